// Who saw or changed what is personal or belongs to all: for the administrators of the organisation, and of one ticket
// for the leads who answer for it.
#include "channels/api/directory_json.h"
#include "channels/api/guard.h"
#include "channels/api/routes.h"

namespace huiyin::api {
namespace {

// What nobody signed in for: on the machine accounts and lists are changed by commands; the rest the service does by
// itself, or at a resident's wish.
const char* name_of_nobody(const std::string& action) { return action.starts_with("directory.") ? "命令行" : "系统"; }

Json entry_json(Reading& reading, const AuditEntry& entry, const Directory& directory, const Zone& zone) {
    const auto* who = directory.staff(entry.who);
    const auto ticket = entry.ticket ? reading.ticket(entry.ticket) : std::nullopt;
    return {{"id", std::to_string(entry.id)},
            {"at", to_rfc3339(entry.at, zone)},
            {"by", who          ? Json{{"login", who->login}, {"name", who->name}}
                   : !entry.who ? Json{{"login", nullptr}, {"name", name_of_nobody(entry.action)}}
                                : Json()},
            {"action", entry.action},
            {"ticket", ticket ? Json(ticket->number) : Json()},
            {"field", entry.field},
            {"reason", entry.reason}};
}

Json page_json(Reading& reading, const Asked& asked, TicketId ticket, const Paging& page) {
    const auto directory = asked.parts.directory->get();
    const auto& zone = asked.parts.policies->standard()->calendar.zone();
    const auto found = reading.audit_page(ticket, page.limit, page.cursor);
    Json items = Json::array();
    for (const auto& entry : found.items) items.push_back(entry_json(reading, entry, *directory, zone));
    return {{"items", std::move(items)}, {"next_cursor", found.next_cursor.empty() ? Json() : Json(found.next_cursor)}};
}

http::Answer all(Asked& asked) {
    if (const auto refused = only_at_top(asked, "这里记着整个组织的事：请最上面单位的管理员来看"))
        return problem_answer(*refused);
    const auto page = paging(asked.request);
    if (!page) return problem_answer(page.problem());
    Json json;
    asked.parts.store->read([&](Reading& reading) { json = page_json(reading, asked, {}, *page); });
    return json_answer(200, json);
}

http::Answer of_ticket(Asked& asked) {
    const auto page = paging(asked.request);
    if (!page) return problem_answer(page.problem());
    std::optional<http::Answer> answer;
    asked.parts.store->read([&](Reading& reading) {
        const auto ticket = visible_ticket(reading, asked, asked.request.segment("number"));
        answer =
            ticket ? json_answer(200, page_json(reading, asked, ticket->id, *page)) : problem_answer(ticket.problem());
    });
    return std::move(*answer);
}

}  // namespace

void add_audit_routes(http::RouteTable& routes, const Shared& parts) {
    add(routes, parts,
        {"GET", "/api/v1/audit", "Who saw or changed what, the newest first.", Body::none, {"administrator"}}, all);
    add(routes, parts,
        {"GET", "/api/v1/tickets/{number}/audit", "Who saw what of this ticket.", Body::none, lead_roles}, of_ticket);
}

}  // namespace huiyin::api
