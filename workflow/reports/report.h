// A periodic report with what goes with it: its figures, the cases it names, the registers it attaches. Pure.
// Threads: one.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "workflow/reports/figures.h"
#include "workflow/reports/register.h"

namespace huiyin {

struct MadeReport {
    ReportFigures figures;
    std::vector<PaperTable> tables;  // "cases" where Report::lists, then those of Report::attaches
};

class ReportMaker {
public:
    // Both must outlive it.
    ReportMaker(const Policy& policy, const Report& report, NamedPeriod period);
    bool take(const CaseOnRecord& of);  // oldest first, of its period or not; true: its figures count it
    void take(const AlikeCases& cases) { figures_.take(cases); }  // for its figures alone
    MadeReport end();

private:
    const Policy& policy_;
    ReportPeriod period_;
    FigureMaker figures_;
    std::vector<PaperTable> tables_;
};

// As programs read it:
// {"report","title","clause","policy","period","to_be_sent","receivers","measures","by","all","rows", "tables"}. A
// measure is {"part","of"?,"percent"?,"sum"?}; a table {"name","title","columns":[{"key","title","group"?}],
// "rows":[[…]]}.
nlohmann::json to_json(const MadeReport& made, const Report& report, const Policy& policy);
nlohmann::json to_json(const PaperTable& table);

}  // namespace huiyin
