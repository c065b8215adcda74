// Who may extend a deadline, and how far.
#include <algorithm>

#include "workflow/policy/deadlines.h"

namespace huiyin {
namespace {

bool shares(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    return std::any_of(a.begin(), a.end(),
                       [&](const auto& each) { return std::find(b.begin(), b.end(), each) != b.end(); });
}

bool fits_level(const ExtensionRule& rule, const Facts& facts) {
    if (rule.levels.empty()) return true;
    const auto found = facts.find("level");
    const auto* level = found == facts.end() ? nullptr : std::get_if<std::string>(&found->second);
    return level && std::find(rule.levels.begin(), rule.levels.end(), *level) != rule.levels.end();
}

// The farthest due time that a cap allows. A due time at a closing or at 24:00 belongs to the day it ends.
TimePoint farthest(const Calendar& calendar, TimePoint due, const Span& cap) {
    const TimePoint from = counts_days(cap.unit) ? due - Milliseconds{1} : due;
    return calendar.due(from, cap, FirstDay::not_counted);
}

// The due time before anything was extended.
TimePoint first_due(const Derivation& derivation) {
    TimePoint due = derivation.due;
    for (const auto& change : derivation.changes) {
        if (change.by == DueChange::By::extension) break;
        due = change.due;
    }
    return due;
}

}  // namespace

Result<const ExtensionRule*> may_extend(const Policy& policy, const Deadline& deadline, const Facts& facts,
                                        const Calendar& calendar, const ExtensionWish& wish) {
    const DeadlineRule& rule = policy.deadlines.at(deadline.rule);
    const auto other = policy.calendars.find(rule.calendar);
    const Calendar& counted_by = other == policy.calendars.end() ? calendar : other->second;
    const std::string named = "“" + deadline.title + "”";
    const auto no = [&](const char* code, const std::string& text, const std::string& clause) {
        const std::string detail = "deadline " + deadline.name;
        return Problem{code, text, std::string(code) == "ticket.bad_field" ? "/until" : detail,
                       clause.empty() ? rule.clause : clause};
    };
    if (!deadline.due_at || deadline.stopped_at || deadline.state == DeadlineState::cancelled)
        return no("ticket.not_allowed", named + "现在没有在计时，不用延期", {});
    if (rule.extend.empty()) return no("ticket.not_allowed", named + "的时限不能延。办不完的，请先告诉客户进展", {});
    const ExtensionRule* allowed = nullptr;
    bool others = false;
    for (const auto& each : rule.extend) {
        if (!fits_level(each, facts) || !holds(each.when, facts)) continue;
        if (!each.roles.empty() && !shares(each.roles, wish.roles)) {
            others = true;
            continue;
        }
        allowed = &each;
        break;
    }
    if (!allowed)
        return others
                   ? no("ticket.wrong_role", named + "延期不由您这个岗位批准，请报上一级", rule.extend.front().clause)
                   : no("ticket.not_allowed", named + "现在不符合延期的条件", rule.extend.front().clause);
    if (deadline.state == DeadlineState::missed && !allowed->late)
        return no("ticket.not_allowed", named + "已经超时，不能再延期。请告诉客户什么时候能办完", allowed->clause);
    if (allowed->times > 0 && deadline.extensions >= allowed->times)
        return no("ticket.not_allowed", named + "最多延期" + std::to_string(allowed->times) + "次，已经用完",
                  allowed->clause);
    if (allowed->consent && !wish.customer_agreed)
        return no("ticket.not_allowed", "延期要客户同意。请先问过客户，再注明客户已同意", allowed->clause);
    if (wish.until <= *deadline.due_at)
        return no("ticket.bad_field", "新的时间不晚于现在的时限，请写一个更晚的时间", allowed->clause);
    if (allowed->at_most.count > 0 && wish.until > farthest(counted_by, *deadline.due_at, allowed->at_most))
        return no("ticket.bad_field", "一次最多延" + to_chinese(allowed->at_most), allowed->clause);
    if (allowed->in_all.count > 0 && wish.until > farthest(counted_by, first_due(deadline.derivation), allowed->in_all))
        return no("ticket.bad_field", "前后加起来最多延" + to_chinese(allowed->in_all), allowed->clause);
    return allowed;
}

}  // namespace huiyin
