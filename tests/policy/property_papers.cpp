// What three property packs publish, keep and have to do by the calendar, as their rules print it: property-internal,
// property-relay and real-estate-developer.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "workflow/policy/pack.h"

using namespace huiyin;

namespace {

using Names = std::vector<std::string>;

const Policy& pack(const std::string& id) {
    static const std::string templates = std::string(HUIYIN_SOURCE) + "/templates";
    static std::map<std::string, Policy> packs;
    auto found = packs.find(id);
    if (found == packs.end())
        found = packs.emplace(id, load_policy(templates + "/policies/" + id + ".json", templates).value()).first;
    return found->second;
}

// "2026-02-28 09:00 general_affairs": when the duty comes round after noon of that day, and for whom.
std::string comes(const Policy& policy, const std::string& name, const std::string& after) {
    for (const auto& duty : policy.duties) {
        if (duty.name != name) continue;
        const auto next =
            next_occurrence(duty, policy.calendar, Zone{}.from_local({*parse_date(after), *parse_clock("12:00")}));
        return next ? to_rfc3339(next->at).substr(0, 16) + " " + duty.role : "never";
    }
    return "no such duty";
}

Names titles(const std::vector<RegisterColumn>& columns) {
    Names list;
    for (const auto& column : columns) list.push_back(column.title);
    return list;
}

Names titles(const std::vector<ContactPoint>& channels) {
    Names list;
    for (const auto& channel : channels) list.push_back(channel.title);
    return list;
}

}  // namespace

TEST_CASE("property-internal: the analysis is due on the 30th, before a day off, on the last of February") {
    const auto& policy = pack("property-internal");
    CHECK(comes(policy, "monthly", "2026-03-01") == "2026-03-30T09:00 general_affairs");
    CHECK(comes(policy, "monthly", "2026-05-01") == "2026-05-29T09:00 general_affairs");
    CHECK(comes(policy, "monthly", "2026-02-01") == "2026-02-28T09:00 general_affairs");
    CHECK(comes(policy, "monthly", "2027-02-01") == "2027-02-26T09:00 general_affairs");
    CHECK(comes(policy, "monthly-analysis-soon", "2026-04-01") == "2026-04-28T09:00 general_affairs");
    REQUIRE(policy.reports.size() == 1);
    CHECK(policy.reports[0].due_day == 30);
    CHECK(policy.reports[0].due_to == "manager_in_charge");
    CHECK(policy.reports[0].attaches == Names{"opinion_forms"});
}

TEST_CASE("property-internal: the record and the opinion forms are two books, and the forms are kept") {
    const auto& policy = pack("property-internal");
    REQUIRE(policy.registers.size() == 1);
    CHECK(policy.registers[0].name == "opinion_forms");
    CHECK(titles(policy.registers[0].columns).size() == 9);
    CHECK(policy.register_columns.size() == 17);
    const auto kept = std::find_if(policy.retention.begin(), policy.retention.end(),
                                   [](const Retention& each) { return each.what == "opinion_forms"; });
    REQUIRE(kept != policy.retention.end());
    CHECK(kept->keep == "30 years");
    CHECK(policy.admission.refusal_forbidden);
}

TEST_CASE("property-relay: the ways in are published, the stages of a talk written down") {
    const auto& policy = pack("property-relay");
    CHECK(titles(policy.published.channels) ==
          Names{"公司投诉电话及联系人", "管理处投诉电话及联系人", "意见箱", "电子邮件"});
    CHECK(policy.published.expected == "一般24小时内回复");
    Names stages;
    for (const auto& stage : policy.talk.stages) stages.push_back(stage.stage);
    CHECK(stages == Names{"greeting", "intake", "waiting", "closing"});
    CHECK(policy.talk.states_time);
    CHECK(policy.admission.refusal_forbidden);
    Names required;
    for (const auto& slot : policy.slots)
        if (slot.required) required.push_back(slot.title);
    CHECK(required == Names{"姓氏", "地址", "电话", "投诉事件"});
}

TEST_CASE(
    "real-estate-developer: 34 items in five groups and one for the rest, and what each supplier is listed with") {
    const auto& policy = pack("real-estate-developer");
    std::map<std::string, int> groups;
    for (const auto& category : policy.kind("complaint")->categories)
        ++groups[category.title.substr(0, category.title.find("："))];
    CHECK(groups ==
          std::map<std::string, int>{
              {"合同", 8}, {"规划、设计、配套", 6}, {"服务", 4}, {"物业质量", 10}, {"物业管理", 6}, {"其他", 1}});
    REQUIRE(policy.form("supplier_list"));
    CHECK(titles(policy.form("supplier_list")->columns) ==
          Names{"供方类别", "名称", "地址", "负责人", "联系人", "联系方式"});
    CHECK(policy.form("supplier_list")->copies == Names{"项目客服专员", "物业管理单位", "集团行政管理中心（备案）"});
    CHECK(titles(policy.published.channels) == Names{"客户服务专线", "客户服务信箱", "电子邮件", "集团统一免费电话"});
}
