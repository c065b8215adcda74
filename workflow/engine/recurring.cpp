// Duties that come round: each occurrence is told once, whatever happens to the clock or the process in between.
//
// What is kept is the moment of the last occurrence that was done, one setting a duty; the reminder is an index.
// Telling and noting it are one unit of work.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "workflow/base/log.h"
#include "workflow/engine/engine.h"
#include "workflow/engine/push.h"
#include "workflow/engine/report_run.h"
#include "workflow/engine/surroundings.h"
#include "workflow/engine/wording.h"

namespace huiyin {
namespace {

constexpr const char* kind = "duty";  // of reminders: name "policy/duty"

std::string setting_of(const std::string& name) { return "duty/" + name; }

std::optional<TimePoint> last_done(Reading& reading, const std::string& name) {
    const auto kept = reading.setting(setting_of(name));
    return kept ? std::optional(from_ms(std::stoll(*kept))) : std::nullopt;
}

const Duty* duty_named(const Policy& policy, const std::string& name) {
    for (const auto& duty : policy.duties)
        if (duty.name == name) return &duty;
    return nullptr;
}

// Everyone who holds the role in a unit under the pack; where none of these units has one, the nearest above them.
std::vector<const Staff*> told_of(const Duty& duty, const Policy& policy, const Policies& policies,
                                  const Directory& directory) {
    const auto under = [&](UnitId unit) { return policies.for_unit(unit, directory)->id == policy.id; };
    std::vector<const Staff*> whom;
    for (const auto& staff : directory.staff())
        if (!staff.disabled && under(staff.unit) &&
            std::find(staff.roles.begin(), staff.roles.end(), duty.role) != staff.roles.end())
            whom.push_back(&staff);
    if (!whom.empty()) return whom;
    for (const auto& unit : directory.units()) {
        if (!under(unit.id)) continue;
        for (const auto* holder : directory.holders(duty.role, unit.id))
            if (std::find(whom.begin(), whom.end(), holder) == whom.end()) whom.push_back(holder);
    }
    return whom;
}

}  // namespace

void Engine::plan_duty(Transaction& tx, const Policy& policy, const Duty& duty, TimePoint after) {
    const auto next = next_occurrence(duty, policy.calendar, after);
    if (!next) return tx.drop_reminder({}, {}, kind, policy.id + "/" + duty.name);
    Reminder reminder;
    reminder.id = parts_.ids->make<ReminderId>(to_ms(parts_.system->now()));
    reminder.due_at = next->at;
    reminder.kind = kind;
    reminder.name = policy.id + "/" + duty.name;
    tx.set_reminder(reminder);
}

void Engine::plan_duties(Transaction& tx, TimePoint now) {
    // Duties belong to the organisation, not to a ticket that is pinned to an older version.
    for (const auto& policy : parts_.policies->in_force())
        for (const auto& duty : policy->duties) {
            const auto name = policy->id + "/" + duty.name;
            auto last = last_done(tx, name);
            if (!last) {  // a duty that is new begins now
                last = now;
                tx.set_setting(setting_of(name), std::to_string(to_ms(now)));
            }
            plan_duty(tx, *policy, duty, *last);
        }
}

void Engine::duty_due(Transaction& tx, const Reminder& reminder, TimePoint at) {
    const auto slash = reminder.name.find('/');
    const auto policy = parts_.policies->in_force(reminder.name.substr(0, slash));
    const auto* duty =
        policy && slash != std::string::npos ? duty_named(*policy, reminder.name.substr(slash + 1)) : nullptr;
    if (!duty) return log::info("duty.gone", {{"duty", reminder.name}});
    const auto last = last_done(tx, reminder.name).value_or(reminder.due_at - Milliseconds{1});
    const auto occurrence = next_occurrence(*duty, policy->calendar, last);
    // Not yet: the pack or the holidays changed since the reminder was set.
    if (!occurrence || occurrence->at > std::max(at, reminder.due_at)) return plan_duty(tx, *policy, *duty, last);

    const auto& zone = policy->calendar.zone();
    tx.audit({}, "duty", {}, reminder.name, to_rfc3339(occurrence->at, zone), parts_.system->now());
    tx.set_setting(setting_of(reminder.name), std::to_string(to_ms(occurrence->at)));
    plan_duty(tx, *policy, *duty, occurrence->at);
    // Who owes a report hears of it when it is made.
    if (report_of(*policy, *duty)) return plan_reports(tx, parts_, *policy, *duty, *occurrence);

    const auto directory = parts_.directory->get();
    PhraseValues values;
    values["duty"] = duty->title;
    values["date"] = moment_in_words(occurrence->at, at, zone);
    values["why"] = to_chinese(*duty, *occurrence);
    values["clause"] = duty->clause;
    const auto key = "duty:" + reminder.name + ":" + std::to_string(to_ms(occurrence->at));
    const auto whom = told_of(*duty, *policy, *parts_.policies, *directory);
    for (const auto* staff : whom) {
        const auto* unit = directory->unit(staff->unit);
        values["unit"] = unit ? unit->name : std::string();
        Said said;
        said.text = pack_words(parts_, policy, duty->phrase, values);
        push_to_staff(tx, parts_, *staff,
                      {std::move(said), "task", Priority::progress, at, key + ":" + to_text(staff->id)});
    }
    if (whom.empty()) log::error("duty.nobody_holds_role", {{"duty", reminder.name}, {"role", duty->role}});
}

}  // namespace huiyin
