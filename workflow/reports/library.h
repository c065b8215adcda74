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

// How a case kept a limit that began for it. One that was missed once counts as missed, also where it was counted anew
// later.
struct LimitOfCase {
    std::string name;
    enum class Course { kept, missed, running } course = Course::running;
};
std::vector<LimitOfCase> limits_of(const CaseOnRecord& of);

// How each limit of the pack was kept: a line each, in the pack's order, with how many began, were kept, were missed,
// and still run.
class LimitTable {
public:
    explicit LimitTable(const Policy& policy) : policy_(policy) {}
    void take(const CaseOnRecord& of) { take(limits_of(of), 1); }
    void take(const std::vector<LimitOfCase>& limits, int times);  // of so many cases that are alike
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
