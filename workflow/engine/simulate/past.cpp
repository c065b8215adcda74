#include "workflow/engine/simulate/past.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "workflow/policy/explain.h"

namespace huiyin {
namespace {

constexpr std::size_t most_numbers = 50;

// A ticket of the API as a case to explain: its facts, and when its milestones were.
Json as_case(const Json& ticket, const Policy& policy) {
    auto given = Json::object();
    for (const char* name : {"kind", "category", "opened_at", "accepted_at", "resolved_at"})
        if (const auto found = ticket.find(name); found != ticket.end() && !found->is_null()) given[name] = *found;
    const auto known = [&](const std::string& name) {
        return std::any_of(policy.facts.begin(), policy.facts.end(),
                           [&](const FactInfo& fact) { return fact.name == name; });
    };
    if (const auto facts = ticket.find("facts"); facts != ticket.end() && facts->is_object())
        for (const auto& [name, value] : facts->items())
            if (known(name) && !value.is_null()) given[name] = value;
    if (const auto flags = ticket.find("flags"); flags != ticket.end() && flags->is_array()) {
        given["flags"] = *flags;
        for (const auto& flag : *flags)
            for (const char* fact : {"media", "lawsuit", "group", "exempt"})
                if (flag == fact) given[fact] = true;
    }
    return given;
}

std::map<std::string, bool> missed_in_fact(const Json& ticket) {
    std::map<std::string, bool> missed;
    const auto list = ticket.find("deadlines");
    if (list == ticket.end() || !list->is_array()) return missed;
    for (const auto& each : *list)
        if (each.is_object() && each.contains("clock") && each.at("clock").is_string())
            missed[each.at("clock").get<std::string>()] = each.value("state", Json()) == "missed";
    return missed;
}

std::optional<TimePoint> moment(const Json& ticket, const char* name) {
    const auto found = ticket.find(name);
    if (found == ticket.end() || !found->is_string()) return std::nullopt;
    const auto at = parse_rfc3339(found->get<std::string>());
    return at ? std::optional(*at) : std::nullopt;
}

std::string text(const Json& ticket, const char* name) {
    const auto found = ticket.find(name);
    return found != ticket.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Was it late? By when it was met or, when it never was, by the end of the ticket.
bool would_miss(const Deadline& deadline, const Json& ticket) {
    if (!deadline.due_at) return false;
    if (deadline.stopped_at) return *deadline.stopped_at > *deadline.due_at;
    const auto ended = moment(ticket, "closed_at");
    return ended && *ended > *deadline.due_at;
}

}  // namespace

PastCounts past_under(const Policy& policy, const Json& tickets, std::vector<Finding>& findings) {
    PastCounts counts;
    const auto* list = tickets.is_object() && tickets.contains("items") ? &tickets.at("items") : &tickets;
    if (!list->is_array()) {
        findings.push_back({"", "no list of tickets: write [{\"number\":…,\"kind\":…,\"opened_at\":…}]"});
        return counts;
    }
    const std::string root = list == &tickets ? "" : "/items";
    for (std::size_t i = 0; i < list->size(); ++i) {
        const auto& ticket = (*list)[i];
        const auto pointer = root + "/" + std::to_string(i);
        if (!ticket.is_object() || !moment(ticket, "opened_at")) {
            findings.push_back({pointer, "no ticket: write at least kind and opened_at"});
            continue;
        }
        std::vector<Finding> own;
        const auto what = read_case(as_case(ticket, policy), policy, *moment(ticket, "opened_at"), own);
        for (auto& each : own) findings.push_back({pointer + each.pointer, std::move(each.text)});
        if (!own.empty()) continue;
        const auto would = explain(policy, what);
        ++counts.tickets;
        bool changed = false;
        if (const auto level = text(ticket, "level"); !level.empty()) {
            ++counts.levels[level + " -> " + would.level.level];
            if (level == would.level.level) ++counts.same_level;
            changed = level != would.level.level;
        }
        if (what.accepted_at) ++counts.owners[would.owner_role];
        const auto in_fact = missed_in_fact(ticket);
        for (const auto& [name, missed] : in_fact) {
            ++counts.deadlines[name].had;
            counts.deadlines[name].missed += missed ? 1 : 0;
        }
        for (const auto& each : would.deadlines) {
            if (!each.deadline) continue;
            auto& deadline = counts.deadlines[each.deadline->name];
            ++deadline.would_have;
            const bool late = would_miss(*each.deadline, ticket);
            const auto before = in_fact.find(each.deadline->name);
            const bool was_late = before != in_fact.end() && before->second;
            deadline.would_miss += late ? 1 : 0;
            deadline.newly += late && !was_late ? 1 : 0;
            deadline.no_longer += was_late && !late ? 1 : 0;
            changed = changed || late != was_late;
        }
        if (changed && counts.changed.size() < most_numbers) counts.changed.push_back(text(ticket, "number"));
    }
    return counts;
}

std::string to_text(const PastCounts& counts, const Policy& policy) {
    const auto number = [](std::int64_t value) { return std::to_string(value); };
    std::string out = policy.id + " " + policy.version + " on " + number(counts.tickets) +
                      " past tickets: what really happened, and what would have\n\nlevels\n";
    for (const auto& [change, count] : counts.levels) out += "  " + change + ": " + number(count) + "\n";
    out += "\nowners once accepted\n";
    for (const auto& [role, count] : counts.owners) out += "  " + role + ": " + number(count) + "\n";
    out += "\ndeadlines\n";
    for (const auto& [name, each] : counts.deadlines)
        out += "  " + name + ": missed " + number(each.missed) + " of " + number(each.had) + ", would miss " +
               number(each.would_miss) + " of " + number(each.would_have) + " (newly " + number(each.newly) +
               ", no longer " + number(each.no_longer) + ")\n";
    if (!counts.changed.empty()) {
        out += "\notherwise\n ";
        for (const auto& each : counts.changed) out += " " + each;
        out += "\n";
    }
    return out;
}

}  // namespace huiyin
