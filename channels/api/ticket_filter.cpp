#include "channels/api/ticket_filter.h"

#include <algorithm>

namespace huiyin::api {
namespace {

Problem bad_query(const std::string& name, const std::string& mend) {
    return {"api.bad_query", name + ": " + mend, {}};
}

}  // namespace

const std::vector<std::string>& ticket_filter_names() {
    static const std::vector<std::string> names{"state",   "phase", "kind",  "category", "level", "unit", "assignee",
                                                "overdue", "since", "until", "q",        "order", "open"};
    return names;
}

Result<TicketFilter> ticket_filter(const Asked& asked, const std::vector<std::string>& besides) {
    const auto& request = asked.request;
    const auto page = paging(request);
    if (!page) return page.problem();
    TicketFilter filter;
    filter.limit = page->limit;
    filter.cursor = page->cursor;
    filter.units = asked.who.units;
    filter.now = asked.now;
    const auto directory = asked.parts.directory->get();
    auto known = ticket_filter_names();
    known.insert(known.end(), {"limit", "cursor"});
    known.insert(known.end(), besides.begin(), besides.end());
    for (const auto& [name, value] : request.query()) {
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            const auto near = nearest(name, known);
            return bad_query(name, near ? "unknown filter: did you mean \"" + *near + "\"?" : "unknown filter");
        }
        if (value.empty()) continue;
        if (name == "state")
            filter.state = value;
        else if (name == "phase") {
            if (!phase_named(value)) return bad_query(name, "unknown phase");
            filter.phase = value;
        } else if (name == "kind")
            filter.kind = value;
        else if (name == "category")
            filter.category = value;
        else if (name == "level")
            filter.level = value;
        else if (name == "q")
            filter.words = value;
        else if (name == "unit") {
            auto units = units_asked(asked, value);
            if (!units) return units.problem();
            filter.units = std::move(units->units);
        } else if (name == "assignee") {
            const auto* staff = value == "me" ? &asked.who.staff : directory->staff_by_login(value);
            if (!staff) return bad_query(name, "unknown login \"" + value + "\"");
            filter.assignee = staff->id;
        } else if (name == "overdue" || name == "open") {
            if (value != "true" && value != "false") return bad_query(name, "write true or false");
            if (name == "overdue")
                filter.overdue = value == "true";
            else
                filter.open_only = value == "true";
        } else if (name == "order") {
            if (value != "newest" && value != "next_deadline") return bad_query(name, "write newest or next_deadline");
            filter.order = value == "newest" ? TicketFilter::Order::newest : TicketFilter::Order::next_deadline;
        } else if (name == "since" || name == "until") {
            const auto at = parse_rfc3339(value);
            if (!at) return bad_query(name, at.problem().text);
            (name == "since" ? filter.since : filter.until) = *at;
        }
    }
    return filter;
}

}  // namespace huiyin::api
