#include "workflow/engine/simulate/tally.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "workflow/policy/event_kinds.h"

namespace huiyin {
namespace {

std::string text_of(const Event& event, std::string_view name) {
    const auto found = event.data.find(name);
    if (found == event.data.end()) return {};
    return found->is_string() ? found->get<std::string>() : found->dump();
}

// The kinds of event that happened() looks at; of most there is nothing to count.
std::uint64_t counted_kinds() {
    static const auto kinds = event_kind("ticket.level_changed") | event_kind("ticket.escalated") |
                              event_kind("deadline.warned") | event_kind("task.opened") | event_kind("ticket.rated") |
                              event_kind("ticket.proposed") | event_kind("revisit.drawn") |
                              event_kind("ticket.revisited");
    return kinds;
}

double minutes_between(TimePoint from, TimePoint until) { return static_cast<double>((until - from).count()) / 60'000; }

}  // namespace

void Tally::decided(const Decision& decision) {
    counts.events += static_cast<std::int64_t>(decision.events.size());
    for (std::size_t i = 0; i < decision.events.size(); ++i)
        if ((decision.happened[i].kind_and_end & counted_kinds()) != 0) happened(decision.events[i]);
    for (const auto& owed : decision.owed) owes(owed, decision.ticket);
}

void Tally::happened(const Event& event) {
    const std::string_view type = event.type;
    if (type == "ticket.level_changed") {
        ++counts.raised[text_of(event, "from_level") + " -> " + text_of(event, "level") + " [" + event.clause + "]"];
    } else if (type == "ticket.escalated") {
        ++counts.escalated[event.clause];
    } else if (type == "deadline.warned") {
        ++counts.warned[text_of(event, "deadline") + "/" + text_of(event, "step")];
    } else if (type == "task.opened") {
        ++counts.tasks[text_of(event, "task")];
        ++role(text_of(event, "role")).tasks;
    } else if (type == "ticket.rated") {
        ++counts.scores[text_of(event, "score")];
    } else if (type == "ticket.proposed") {
        ++counts.rounds;
    } else if (type == "revisit.drawn") {
        const auto stratum = text_of(event, "stratum");
        ++counts.revisits[stratum + ": drawn among"];
        if (text_of(event, "revisit") == "true") ++counts.revisits[stratum + ": to be revisited"];
        if (text_of(event, "in_person") == "true") ++counts.revisits[stratum + ": in person"];
    } else if (type == "ticket.revisited") {
        ++counts.revisits["made by " + text_of(event, "means")];
    }
}

void Tally::owes(const Owed& owed, const Ticket& ticket) {
    const std::string_view name = owed.effect.name;
    if (name != "notify" && name != "page" && name != "task") {
        ++counts.told;
        return;
    }
    if (name == "task" && owed.effect.field("phrase").empty()) return;
    auto to = owed.effect.field("role");
    if (to == "owner" || to == "assignee" || to == "handler") to = ticket.owner_role;
    if (to == "acceptor") to = policy_.accept_role;
    ++role(to).pushes;
}

namespace {

// Ever, also where it was counted anew since.
bool was_missed(const std::vector<HistoryEvent>& history, const std::string& deadline) {
    return std::any_of(history.begin(), history.end(), [&](const HistoryEvent& event) {
        const auto has = [&](const char* name) { return event.fields.find(name) != event.fields.end(); };
        if (event.type != "deadline.missed" || has("soft") || has("binds")) return false;
        const auto name = event.fields.find("deadline");
        return name != event.fields.end() && name->second == Fact(deadline);
    });
}

}  // namespace

void Tally::over(const Ticket& ticket, const std::vector<HistoryEvent>& history, const std::vector<Deadline>& deadlines,
                 bool stuck) {
    ++counts.levels[ticket.level];
    if (is_end(ticket.phase)) {
        ++counts.ends[ticket.state];
        if (ticket.closed_at) counts.to_end.add(minutes_between(ticket.opened_at, *ticket.closed_at));
    } else {
        ++counts.open;
        if (stuck) ++counts.stuck;
    }
    if (ticket.accepted_at) counts.to_acceptance.add(minutes_between(ticket.opened_at, *ticket.accepted_at));
    if (ticket.resolved_at) counts.to_resolution.add(minutes_between(ticket.opened_at, *ticket.resolved_at));
    for (const auto& deadline : deadlines) {
        auto& of = counts.deadlines[deadline.name];
        ++of.begun;
        if (was_missed(history, deadline.name))
            ++of.missed;
        else if (deadline.exempt)
            ++of.exempt;
        else if (deadline.state == DeadlineState::met)
            ++of.met;
        else if (deadline.state == DeadlineState::cancelled)
            ++of.cancelled;
        else
            ++of.running;
    }
}

}  // namespace huiyin
