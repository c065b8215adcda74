// The reports that were sent by the clock: of which unit, to whom, and the paper as it was then.
//
// Kept in the settings: a list of the periods, and for each period its reports; the paper itself is a sealed text.
// Threads: any.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "workflow/engine/report_desk.h"

namespace huiyin {

struct ReportHop {  // one place of the way that a report goes
    std::string role;
    std::optional<TimePoint> until;         // confirms it by then, and so passes it on; none: no day is printed
    std::optional<TimePoint> told_at;       // none: it has not come to him yet
    std::vector<StaffId> told = {};         // who held the role then
    bool unconfirmed = false;               // it came because the one before him did not confirm it
    std::optional<TimePoint> confirmed_at;  // may be after `until`
    StaffId confirmed_by = {};
};
struct SentReport {
    std::string policy, report, period;  // the period's label
    UnitId unit;                         // whose matters it counts
    std::string title, clause, days;     // "2月25日至3月24日"
    ReportPeriod span;
    TimePoint at;
    TextId paper;         // none: there was nothing to report, and the pack wants no nil report
    std::string figures;  // in a line; empty: a nil report
    std::vector<ReportHop> way;
};
std::string id_of(const SentReport& sent);  // "property-group~monthly~2026-03~17"

// Which report an id names, without looking whether there is one.
struct ReportOf {
    std::string policy, report, period;
    UnitId unit;
};
std::optional<ReportOf> report_named(const std::string& id);

// The newest first, those for which `wanted` holds; `after`: the id of the last one of the page before.
std::vector<SentReport> sent_reports(Reading& reading, const std::function<bool(const SentReport&)>& wanted,
                                     std::size_t most, const std::string& after = {});
std::optional<SentReport> sent_report(Reading& reading, const std::string& id);
void save(Transaction& tx, const SentReport& sent);  // inserts or updates
// Until when it is given out: by the pack's retention of "report", of that report, or of a register it attaches, the
// longest of them. Nothing: for ever.
std::optional<TimePoint> given_until(const Policy& policy, const SentReport& sent);
// The paper as it was sent. A case that `may_see` refuses is not in its tables. Nothing: no paper was made.
std::optional<ReportMade> kept_paper(Reading& reading, const SentReport& sent,
                                     const std::function<bool(const Ticket&)>& may_see);

}  // namespace huiyin
