// How long what is personal is kept, by class: what the operator may set, within what the law and the work allow, and
// which part of the nightly run takes each class away. The words after `keep:` in the migrations are looked up here, so
// that no column names a time that nobody minds. Values; threads: any.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/base/clock.h"

namespace huiyin {

struct KeepingPeriods {      // the defaults; "retention" of the configuration
    int talk_days = 180;     // a talk that came to no ticket, after its last word
    int ticket_months = 24;  // names, phones, addresses and words of a ticket, after it ended
    int media_months = 12;   // its pictures, recordings and files
    int outbox_days = 90;    // what was sent, after it ended
    int prompt_days = 90;    // what buttons meant
    int raw_days = 7;        // callbacks that nobody could read, as they came
    int audit_months = 36;   // who saw or changed what; holds and requests, after they ended
    friend bool operator==(const KeepingPeriods&, const KeepingPeriods&) = default;
};

struct KeepingPeriod {
    const char* key;  // of the configuration and of the API
    int KeepingPeriods::*value;
    int least, most;
    bool months;
    const char* about;
};
const std::vector<KeepingPeriod>& keeping_periods();
// What is wrong with them together; nothing: they go together.
std::optional<std::string> periods_problem(const KeepingPeriods& periods);

// What was over before that moment has had its time. A day that the month lacks becomes its last.
TimePoint days_before(TimePoint now, int days);
TimePoint months_before(TimePoint now, int months);

// How the words after `keep:` are kept to: a part of the nightly run (keeping_run.h), or why no part is needed.
struct KeepRule {
    const char* keep;  // "12 months after closing"; what stands behind it in brackets is left out
    const char* part;  // of keeping_parts(); empty: it goes by itself, or stays
    const char* how;
};
const std::vector<KeepRule>& keep_rules();
const KeepRule* keep_rule(std::string_view keep);
const std::vector<std::string>& keeping_parts();  // in the order of a night

}  // namespace huiyin
