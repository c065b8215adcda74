// Makes a report or a register by its name, for the command, the API and the pages alike. Threads: any; reads only.
#pragma once
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "workflow/engine/engine.h"
#include "workflow/reports/register.h"

namespace huiyin {

struct ReportWish {
    std::shared_ptr<const Policy> policy;
    std::string name = "monthly";  // a report, a register, or "files": where the records are kept
    std::string period;  // "2026-03", "2026-Q1", "2026", "2026-03-14", "2026-03-01..2026-03-31"; empty: the present one
    std::vector<UnitId> units;                   // whose matters
    std::function<bool(const Ticket&)> may_see;  // empty: all of them
    bool anew = false;                           // every case is looked at, whatever is kept of it (kept_figures.h)
};
struct ReportMade {
    std::string title;
    std::vector<PaperTable> tables;   // the figures first
    std::set<std::string> numbers{};  // the columns that are whole numbers
    Json json;
};
// The label of the period that `now` lies in; a month that ends on the 24th is followed by the next on the 25th.
std::string present_period(const Policy& policy, const Report& report, TimePoint now);
// … and of the newest one that is over.
std::string last_period(const Policy& policy, const Report& report, TimePoint now);
const std::set<std::string>& report_numbers();  // ReportMade::numbers of every report
// Errors: report.unknown (with the names that there are), report.bad_period.
Result<ReportMade> make_report(Store& store, const EngineParts& parts, const ReportWish& wish, TimePoint now);

// A register without its rows, which are given one by one: a year of them need not be held in memory.
// Nothing: no register has that name. Errors: report.bad_period.
using TakeHead = std::function<void(const PaperTable& without_rows)>;
using TakeRow = std::function<void(const std::vector<std::string>& cells)>;
std::optional<Result<Done>> each_register_row(Store& store, const EngineParts& parts, const ReportWish& wish,
                                              TimePoint now, const TakeHead& head, const TakeRow& take);

}  // namespace huiyin
