// Which reports there are: those that a pack orders, and those that every house has. Pure. Threads: any.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "workflow/reports/report.h"

namespace huiyin {

// The pack's, then "monthly", "timeliness", "satisfaction", "categories" and "workload" where it has none of that name.
std::vector<Report> reports_of(const Policy& policy);
// "register" and the pack's others: name and title.
std::vector<std::pair<std::string, std::string>> registers_of(const Policy& policy);

// How each limit of the pack was kept: a line each, in the pack's order, with how many began, were kept, were missed,
// and still run. A limit that was missed once counts as missed, also where it was counted anew later.
class LimitTable {
public:
    explicit LimitTable(const Policy& policy) : policy_(policy) {}
    void take(const CaseOnRecord& of);
    PaperTable end() const;

private:
    struct Counts {
        int begun = 0, kept = 0, missed = 0, running = 0;
    };
    const Policy& policy_;
    std::map<std::string, Counts> limits_;
};

// What a measure means, as managers read it. Empty: a fact of the pack, which is added up.
std::string measure_meaning(const std::string& measure);

}  // namespace huiyin
