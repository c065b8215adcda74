#include "workflow/engine/declared.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "workflow/base/json_text.h"
#include "workflow/base/log.h"
#include "workflow/engine/work.h"

namespace huiyin {
namespace {

constexpr const char* setting = "declared_events";
constexpr auto kept_after = std::chrono::hours{24 * 366};
constexpr const char* kind = "declared";  // of reminders: name "id" with a ticket, "id|cursor" without
constexpr int a_page = 100;

Json to_json(const Declaration& each) {
    Json json{{"id", each.id},
              {"event", each.event},
              {"title", each.title},
              {"unit", to_text(each.unit)},
              {"from", to_ms(each.from)},
              {"until", to_ms(each.until)},
              {"reason", each.reason},
              {"clause", each.clause},
              {"by", to_text(each.by)},
              {"at", to_ms(each.at)}};
    if (each.lifted_at) json["lifted_at"] = to_ms(*each.lifted_at);
    return json;
}

Declaration from_json(const Json& json) {
    const auto text = [&](const char* name) { return json.at(name).get<std::string>(); };
    const auto time = [&](const char* name) { return from_ms(json.at(name).get<std::int64_t>()); };
    Declaration each;
    each.id = text("id");
    each.event = text("event");
    each.title = text("title");
    each.unit = UnitId{std::stoll(text("unit"))};
    each.from = time("from");
    each.until = time("until");
    each.reason = text("reason");
    each.clause = text("clause");
    each.by = StaffId{std::stoll(text("by"))};
    each.at = time("at");
    if (json.contains("lifted_at")) each.lifted_at = time("lifted_at");
    return each;
}

Problem refused(const char* code, std::string text, std::string detail, std::string clause = {}) {
    return {code, std::move(text), std::move(detail), std::move(clause)};
}

const DeclaredEventKind* kind_of(const Policy& policy, const std::string& name) {
    for (const auto& each : policy.declared_events)
        if (each.name == name) return &each;
    return nullptr;
}

bool concerns(const Policy& policy, const std::string& event) {
    return std::any_of(policy.deadlines.begin(), policy.deadlines.end(), [&](const DeadlineRule& rule) {
        return std::any_of(rule.stretches_on.begin(), rule.stretches_on.end(),
                           [&](const StretchRule& stretch) { return stretch.event == event; });
    });
}

bool in_history(const std::vector<HistoryEvent>& history, const char* type, const std::string& id) {
    return std::any_of(history.begin(), history.end(), [&](const HistoryEvent& event) {
        const auto found = event.fields.find("declaration");
        return event.type == type && found != event.fields.end() && found->second == Fact(id);
    });
}

// Unique by the day: D20260303-1, D20260303-2 …
std::string next_id(const std::vector<Declaration>& all, const Zone& zone, TimePoint now) {
    std::string day = to_date(zone.to_local(now).day);
    day.erase(std::remove(day.begin(), day.end(), '-'), day.end());
    int highest = 0;
    for (const auto& each : all)
        if (each.id.rfind("D" + day + "-", 0) == 0) highest = std::max(highest, std::stoi(each.id.substr(10)));
    return "D" + day + "-" + std::to_string(highest + 1);
}

}  // namespace

std::vector<Declaration> declarations(Reading& reading) {
    std::vector<Declaration> all;
    const auto kept = reading.setting(setting);
    if (!kept) return all;
    const auto json = parse_json(*kept, {.bytes = 16 << 20});
    if (json && json->is_array())
        for (const auto& each : *json) all.push_back(from_json(each));
    return all;
}

std::optional<Declaration> declaration(Reading& reading, const std::string& id) {
    for (auto& each : declarations(reading))
        if (each.id == id) return std::move(each);
    return std::nullopt;
}

void save_declarations(Transaction& tx, const std::vector<Declaration>& all) {
    Json json = Json::array();
    for (const auto& each : all) json.push_back(to_json(each));
    tx.set_setting(setting, to_text(json));
}

void Engine::Work::take_declared() {
    if (is_end(ticket.phase)) return;
    for (const auto& each : declarations(tx)) {
        if (!around.directory->is_within(ticket.unit, each.unit) || !concerns(*around.policy, each.event)) continue;
        const bool known = in_history(around.context.history, "event.declared", each.id);
        if (!known && each.over_at() > now)
            keep(decide_record(ticket, "event.declared",
                               {{"event", each.event},
                                {"declaration", each.id},
                                {"title", each.title},
                                {"from", to_ms(each.from)},
                                {"until", to_ms(each.until)},
                                {"staff", to_text(each.by)}},
                               staff(each.by), *around.policy, around.context, now));
        if (known && each.lifted_at && !in_history(around.context.history, "event.lifted", each.id))
            keep(decide_record(ticket, "event.lifted", {{"declaration", each.id}, {"until", to_ms(*each.lifted_at)}},
                               Party{PartyKind::system, 0}, *around.policy, around.context, now));
    }
}

void Engine::bring_to_tickets(Transaction& tx, const std::string& id, TimePoint now) {
    Reminder reminder;
    reminder.id = parts_.ids->make<ReminderId>(to_ms(parts_.system->now()));
    reminder.due_at = now;
    reminder.kind = kind;
    reminder.name = id + "|";
    tx.set_reminder(reminder);
}

Result<Declaration> Engine::declare(Transaction& tx, const DeclareWish& wish, StaffId by, TimePoint now) {
    const auto directory = parts_.directory->get();
    const auto* unit = directory->unit(wish.unit);
    if (!unit) return refused("declared.bad_field", "没有这个单位", "/unit");
    const auto policy = parts_.policies->for_unit(wish.unit, *directory);
    const auto* event = kind_of(*policy, wish.event);
    if (!event) return refused("declared.bad_field", "制度里没有这种可以宣布的情况：" + wish.event, "/event");
    const auto* who = directory->staff(by);
    const bool may = who && !who->disabled && directory->is_within(wish.unit, who->unit) &&
                     std::any_of(event->roles.begin(), event->roles.end(), [&](const std::string& role) {
                         return std::find(who->roles.begin(), who->roles.end(), role) != who->roles.end();
                     });
    if (!may) return refused("declared.wrong_role", "“" + event->title + "”不由您这个岗位宣布", {}, event->clause);
    if (wish.reason.find_first_not_of(" \t\r\n") == std::string::npos)
        return refused("declared.bad_field", "请写明依据，例如气象台几时发布的预警", "/reason", event->clause);
    if (wish.until <= wish.from || wish.until <= now)
        return refused("declared.bad_field", "结束时间要晚于开始时间，也要晚于现在", "/until", event->clause);
    if (event->longest.count > 0 && wish.until > policy->calendar.add(wish.from, event->longest, FirstDay::counted).due)
        return refused("declared.bad_field", "一次最多宣布" + to_chinese(event->longest), "/until", event->clause);
    auto all = declarations(tx);
    for (const auto& each : all)
        if (each.event == wish.event && each.unit == wish.unit && each.from < wish.until && wish.from < each.over_at())
            return refused("declared.conflict", "这段时间已经宣布过：" + each.id + "。要改，请先撤销那一次", each.id);
    all.erase(std::remove_if(all.begin(), all.end(),
                             [&](const Declaration& each) { return each.over_at() + kept_after < now; }),
              all.end());
    Declaration made{next_id(all, policy->calendar.zone(), now),
                     event->name,
                     event->title,
                     wish.unit,
                     wish.from,
                     wish.until,
                     wish.reason,
                     event->clause,
                     by,
                     now,
                     std::nullopt};
    all.insert(all.begin(), made);
    save_declarations(tx, all);
    tx.audit(by, "declare", {}, made.id + " " + made.event + " " + unit->key, wish.reason, parts_.system->now());
    bring_to_tickets(tx, made.id, now);
    return made;
}

Result<Declaration> Engine::lift(Transaction& tx, const std::string& id, StaffId by, TimePoint now) {
    auto all = declarations(tx);
    const auto found = std::find_if(all.begin(), all.end(), [&](const Declaration& each) { return each.id == id; });
    if (found == all.end()) return refused("declared.not_found", "没有这次宣布", id);
    const auto directory = parts_.directory->get();
    const auto policy = parts_.policies->for_unit(found->unit, *directory);
    const auto* event = kind_of(*policy, found->event);
    const auto* who = directory->staff(by);
    const bool may = who && event && directory->is_within(found->unit, who->unit) &&
                     std::any_of(event->roles.begin(), event->roles.end(), [&](const std::string& role) {
                         return std::find(who->roles.begin(), who->roles.end(), role) != who->roles.end();
                     });
    if (!may) return refused("declared.wrong_role", "“" + found->title + "”不由您这个岗位撤销", {}, found->clause);
    if (found->over_at() <= now) return refused("declared.conflict", "已经结束了，不用撤销", id, found->clause);
    found->lifted_at = std::max(now, found->from);
    const Declaration lifted = *found;
    save_declarations(tx, all);
    tx.audit(by, "lift", {}, lifted.id + " " + lifted.event, {}, parts_.system->now());
    bring_to_tickets(tx, id, now);
    return lifted;
}

void Engine::declared_due(Transaction& tx, const Reminder& reminder, TimePoint at) {
    const auto bar = reminder.name.find('|');
    if (bar == std::string::npos) {
        auto present = tx.ticket(reminder.ticket);
        if (!present || is_end(present->phase)) return;
        Work work(parts_, tx, std::move(*present), at, {});
        work.catch_up();  // what was missed before the declaration stays missed
        work.take_declared();
        return;
    }
    const auto found = declaration(tx, reminder.name.substr(0, bar));
    if (!found) return log::warning("declared.unknown", {{"declaration", reminder.name}});
    TicketFilter filter;
    filter.units = parts_.directory->get()->with_below(found->unit);
    filter.open_only = true;
    filter.limit = a_page;
    filter.cursor = reminder.name.substr(bar + 1);
    const auto page = tx.tickets(filter);
    Reminder next = reminder;
    for (const auto& row : page.items) {
        next.id = parts_.ids->make<ReminderId>(to_ms(parts_.system->now()));
        next.due_at = at;
        next.ticket = row.ticket.id;
        next.name = found->id;
        tx.set_reminder(next);
    }
    if (page.next_cursor.empty()) return;
    next.id = parts_.ids->make<ReminderId>(to_ms(parts_.system->now()));
    next.ticket = {};
    next.name = found->id + "|" + page.next_cursor;
    tx.set_reminder(next);
}

}  // namespace huiyin
