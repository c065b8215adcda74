// The matters that registers and reports are made of, gathered from the store: names and words opened, masked as staff
// may read them. Threads: any; reads only.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "workflow/engine/engine.h"
#include "workflow/reports/case_on_record.h"

namespace huiyin {

// figures: what people wrote and who they are stays sealed, for those who only count.
enum class RecordOf { all, figures };
CaseOnRecord record_of(Reading& reading, const EngineParts& parts, const Ticket& ticket, TimePoint now,
                       RecordOf what = RecordOf::all);

// Those of that pack, of whatever version, that are of the period (is_of_period), of these units (home or owner);
// oldest first. They are read in portions, each a look of its own: what was read is forgotten in between, and a year of
// cases needs no more memory than a portion. A case that changes meanwhile is as it is when its portion comes.
struct RecordsWanted {
    std::string policy;
    ReportPeriod period;
    std::vector<UnitId> units;
    RecordOf what = RecordOf::all;
};
void each_record(Store& store, const EngineParts& parts, const RecordsWanted& wanted, TimePoint now,
                 const std::function<void(const CaseOnRecord&)>& take);

}  // namespace huiyin
