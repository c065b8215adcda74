// The reports that the clock makes: a duty that bears the name of a report of its pack makes it on its day, for each
// unit that owes one, and sends it on its way.
//
//   duty comes round ─▶ a reminder "report" a unit ─▶ made beside the writer ─▶ kept, told, noted in one unit of work
//                                                     └▶ a reminder "report_way": not confirmed by its day ─▶ the next
//
// Which report was sent is looked up before it is made and again before it is kept, so that it is sent once, whatever
// happens to the process in between. Threads: any; keeps nothing between calls.
#pragma once
#include <set>
#include <string>

#include "workflow/engine/engine.h"
#include "workflow/engine/sent_reports.h"
#include "workflow/policy/duty.h"

namespace huiyin {

class Duties;

// The report that the duty makes; null: the duty is only told.
const Report* report_of(const Policy& policy, const Duty& duty);
// Sets a reminder for each unit that owes the report: where the duty's role sits, and the other units of the kind in
// which it sits most; where nobody under the pack holds it, the topmost units under the pack. The period is the last
// that was over on the day that the rhythm names, whatever a day off made of it.
void plan_reports(Transaction& tx, const EngineParts& parts, const Policy& policy, const Duty& duty,
                  const DutyOccurrence& occurrence);

class ReportRun {
public:
    explicit ReportRun(EngineParts parts);  // what they point to must outlive it
    void add_duties(Duties& duties) const;  // the run must outlive them

    // Somebody of the place it has come to found it right: it goes on to the next, if there is one. Errors:
    // report.unknown, report.wrong_role (it did not come to him), report.not_allowed (confirmed already).
    Result<SentReport> confirm(Transaction& tx, const std::string& id, StaffId by, TimePoint now) const;

private:
    void make(Store& store, const Reminder& reminder, TimePoint at) const;
    struct Order;  // what is made, by which pack
    void send(Transaction& tx, const Order& order, const ReportMade& made, TimePoint at) const;
    void not_confirmed(Transaction& tx, const Reminder& reminder, TimePoint at) const;
    // `knows`: who heard of it already, and is not told again.
    void tell(Transaction& tx, SentReport& sent, std::size_t hop, const std::string& phrase, const PhraseValues& values,
              const std::set<StaffId>& knows = {}) const;
    void remind(Transaction& tx, const SentReport& sent, std::size_t hop) const;
    PhraseValues values_of(const SentReport& sent, const Policy& policy, std::size_t hop, TimePoint at) const;
    EngineParts parts_;
};

}  // namespace huiyin
