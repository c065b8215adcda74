#include "workflow/privacy/periods.h"

#include <algorithm>

namespace huiyin {

const std::vector<KeepingPeriod>& keeping_periods() {
    // Least: a draft waits 7 days and a closed matter may be reopened for 30; the Cybersecurity Law wants logs for six
    // months.
    static const std::vector<KeepingPeriod> all{
        {"talk_days", &KeepingPeriods::talk_days, 30, 3650, false,
         "a talk that came to no ticket, after its last word"},
        {"ticket_months", &KeepingPeriods::ticket_months, 3, 1200, true,
         "names, phones, addresses and words of a ticket, after it ended"},
        {"media_months", &KeepingPeriods::media_months, 2, 1200, true,
         "pictures and files of a ticket, after it ended"},
        {"outbox_days", &KeepingPeriods::outbox_days, 30, 3650, false, "what was sent or given up, after that"},
        {"prompt_days", &KeepingPeriods::prompt_days, 30, 3650, false, "what the buttons of a question meant"},
        {"raw_days", &KeepingPeriods::raw_days, 1, 90, false, "callbacks that could not be read, as they came"},
        {"audit_months", &KeepingPeriods::audit_months, 6, 1200, true,
         "who saw or changed what; holds and residents' requests, after they ended"}};
    return all;
}

std::optional<std::string> periods_problem(const KeepingPeriods& periods) {
    if (periods.media_months > periods.ticket_months)
        return "pictures cannot be kept longer than the words of their ticket: write at most " +
               std::to_string(periods.ticket_months) + ", as \"ticket_months\" says";
    return std::nullopt;
}

TimePoint days_before(TimePoint now, int days) { return now - std::chrono::hours{24} * days; }

TimePoint months_before(TimePoint now, int months) {
    const auto day = std::chrono::floor<std::chrono::days>(now);
    auto date = std::chrono::year_month_day{day} - std::chrono::months{months};
    if (!date.ok()) date = date.year() / date.month() / std::chrono::last;
    return std::chrono::sys_days{date} + (now - day);
}

const std::vector<std::string>& keeping_parts() {
    static const std::vector<std::string> all{"wishes", "media", "words",   "talks", "outbox",
                                              "audit",  "raw",   "expired", "files"};
    return all;
}

const std::vector<KeepRule>& keep_rules() {
    static const std::vector<KeepRule> all{
        {"always", "", "names nobody, or only members of staff, places and rules"},
        {"while employed", "", "staff are removed by the directory"},
        {"while rows are sealed with it", "", "a key goes when nothing needs it"},
        {"until it is switched off", "", "a second factor, by its holder or an administrator"},
        {"until it is used", "", "a code for who lost his second factor"},
        {"until a code of it was typed", "", "what is offered and not taken yet"},
        {"until replaced", "", "the next value takes its place"},
        {"until due", "", "a reminder goes when it comes up"},
        {"until removed", "files", "a file that lost a row, until it is looked at"},
        {"until the case is counted", "", "counting takes it"},
        {"as the tickets pinned to it", "", "rules, no words of people"},
        {"as the ticket", "", "figures and numbers without a name; they stay, as the events do"},
        {"until it expires", "expired", "sessions and links"},
        {"1 day", "expired", "failed sign-ins"},
        {"8 days", "expired", "deliveries, so that a repeat is known"},
        {"90 days", "talks", "prompt_days"},
        {"90 days after it ended", "outbox", "outbox_days"},
        {"6 months at least", "audit", "audit_months"},
        {"12 months after closing", "media", "media_months"},
        {"24 months after closing", "words", "ticket_months"},
        {"24 months after the last ticket", "words", "ticket_months: with the last ticket of that person"},
        {"as the ticket's words", "words", "what a search finds it by goes with the words"},
        {"180 days without a ticket, else as the ticket", "talks", "talk_days; ticket_months"},
        {"as the conversation", "talks", "with the talk"}};
    return all;
}

const KeepRule* keep_rule(std::string_view keep) {
    const auto& all = keep_rules();
    const auto found = std::find_if(all.begin(), all.end(), [&](const KeepRule& rule) { return rule.keep == keep; });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace huiyin
