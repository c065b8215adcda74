#include "workflow/reports/library.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace huiyin {
namespace {

Report house_report(const char* name, const char* title, std::vector<std::string> measures,
                    std::vector<std::string> by) {
    Report report;
    report.name = name;
    report.title = title;
    report.measures = std::move(measures);
    report.by = std::move(by);
    report.nil = true;
    return report;
}

const std::vector<Report>& house_reports() {
    static const std::vector<Report> reports{
        house_report("monthly", "月报",
                     {"count", "timeliness", "revisits", "in_person", "satisfaction", "direct_solve", "repeats"},
                     {"kind", "category"}),
        house_report("timeliness", "及时率", {"count", "timeliness", "waiting_time"}, {"kind", "category"}),
        house_report("satisfaction", "满意度", {"count", "revisits", "in_person", "satisfaction"},
                     {"kind", "category"}),
        house_report("categories", "分类统计", {"count", "repeats", "direct_solve"}, {"kind", "category", "level"}),
        house_report("workload", "工作量", {"count", "timeliness", "satisfaction"}, {"unit", "owner", "handler"})};
    return reports;
}

}  // namespace

std::vector<Report> reports_of(const Policy& policy) {
    auto reports = policy.reports;
    for (const auto& ours : house_reports()) {
        const bool ordered = std::any_of(policy.reports.begin(), policy.reports.end(),
                                         [&](const Report& report) { return report.name == ours.name; });
        if (!ordered) reports.push_back(ours);
    }
    return reports;
}

std::vector<std::pair<std::string, std::string>> registers_of(const Policy& policy) {
    std::vector<std::pair<std::string, std::string>> registers;
    if (const auto first = empty_register(policy, "register")) registers.emplace_back("register", first->title);
    for (const auto& book : policy.registers) registers.emplace_back(book.name, book.title);
    return registers;
}

std::vector<LimitOfCase> limits_of(const CaseOnRecord& of) {
    using Course = LimitOfCase::Course;
    std::set<std::string> missed;
    for (const auto& event : of.events)
        if (event.type == "deadline.missed" && event.data.value("step", "") == "miss")
            missed.insert(event.data.value("deadline", ""));
    std::vector<LimitOfCase> list;
    for (const auto& deadline : of.deadlines) {
        const bool was_missed = missed.count(deadline.name) != 0;
        if (deadline.state == DeadlineState::cancelled && !was_missed) continue;
        list.push_back({deadline.name, deadline.state == DeadlineState::missed || was_missed ? Course::missed
                                       : deadline.state == DeadlineState::met                ? Course::kept
                                                                                             : Course::running});
    }
    return list;
}

void LimitTable::take(const std::vector<LimitOfCase>& limits, int times) {
    for (const auto& limit : limits) {
        auto& counts = limits_[limit.name];
        counts.begun += times;
        (limit.course == LimitOfCase::Course::missed ? counts.missed
         : limit.course == LimitOfCase::Course::kept ? counts.kept
                                                     : counts.running) += times;
    }
}

PaperTable LimitTable::end() const {
    PaperTable table{"limits",
                     "各项时限",
                     {},
                     {{"limit", "时限", {}},
                      {"begun", "起算", {}},
                      {"kept", "按时", {}},
                      {"missed", "超时", {}},
                      {"running", "进行中", {}},
                      {"share", "按时率", {}},
                      {"clause", "依据", {}}},
                     {}};
    std::set<std::string> done;  // several rules may share a name
    for (const auto& rule : policy_.deadlines) {
        const auto found = limits_.find(rule.name);
        if (found == limits_.end() || !done.insert(rule.name).second) continue;
        const auto& counts = found->second;
        table.rows.push_back({rule.title.empty() ? rule.name : rule.title, std::to_string(counts.begun),
                              std::to_string(counts.kept), std::to_string(counts.missed),
                              std::to_string(counts.running), percent(counts.kept, counts.kept + counts.missed),
                              rule.clause});
    }
    return table;
}

std::string measure_meaning(const std::string& measure) {
    static const std::map<std::string, std::string> meanings{
        {"count", "期内受理的件数；没有受理的按登记时间算。合并的算一件，同一件事再来的不另算。"},
        {"timeliness", "已经解决或已经超过处理时限的里面，一次也没有超时的。只作提醒、由别人承担的时限不算。"},
        {"revisits", "该回访而且回访期限已到的里面，回访到本人的。"},
        {"in_person", "回访到的里面，上门的。"},
        {"satisfaction", "打了分的里面，分数高于“不满意”的；回访的分数优先于评价。后面是平均分。"},
        {"direct_solve", "已经解决的里面，一次办好、没有升级、没有重开的。"},
        {"waiting_time", "从登记到受理，平均等了多少分钟。"},
        {"repeats", "全部里面，以前来过又来的。"}};
    const auto found = meanings.find(measure);
    return found == meanings.end() ? std::string() : found->second;
}

}  // namespace huiyin
