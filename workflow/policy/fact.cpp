#include "workflow/policy/fact.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "workflow/base/time_text.h"
#include "workflow/policy/jsonlogic.h"
#include "workflow/policy/quick_rule.h"

namespace huiyin {
namespace {

constexpr std::string_view yuan_ending = "_yuan", fen_ending = "_fen";

bool ends_with(std::string_view name, std::string_view ending) {
    return name.size() > ending.size() && name.substr(name.size() - ending.size()) == ending;
}

const std::array<std::string, 6> fact_types{"yes_no", "integer", "number", "text", "list", "time"};

}  // namespace

bool is_yuan(std::string_view name) { return ends_with(name, yuan_ending); }
bool is_fen(std::string_view name) { return ends_with(name, fen_ending); }

std::string fen_name(std::string name) {
    if (is_yuan(name)) name.replace(name.size() - yuan_ending.size(), yuan_ending.size(), fen_ending);
    return name;
}

std::string yuan_name(std::string_view fen) {
    return std::string(fen.substr(0, fen.size() - fen_ending.size())).append(yuan_ending);
}

const std::string& to_text(FactType type) { return fact_types.at(static_cast<std::size_t>(type)); }

std::optional<FactType> fact_type_named(std::string_view name) {
    const auto found = std::find(fact_types.begin(), fact_types.end(), name);
    return found == fact_types.end() ? std::nullopt : std::optional(static_cast<FactType>(found - fact_types.begin()));
}

const std::vector<std::string>& common_flags() {
    static const std::vector<std::string> flags{"emergency",   "media",        "lawsuit",    "group",
                                                "repeat",      "unreasonable", "improper",   "developer",
                                                "exempt",      "confidential", "abuse",      "praise",
                                                "suggestion",  "safety",       "vulnerable", "unverified_address",
                                                "key_customer"};
    return flags;
}

const std::vector<FactInfo>& common_facts() {
    using enum FactType;
    static const std::vector<FactInfo> facts{
        {"kind", text, "性质", {}, {}},
        {"category", text, "类别", {}, {}},
        {"level", text, "级别", {}, {}},
        {"state", text, "状态", {}, {}},
        {"phase",
         text,
         "阶段",
         {"open", "accepted", "working", "deciding", "resolved", "revisiting", "closed", "rejected", "withdrawn",
          "merged", "terminated"},
         {}},
        {"channel", text, "渠道", {}, {}},
        {"validity", text, "是否有效", {"valid", "invalid"}, {}},
        {"cause", text, "最终原因", {}, {}},
        {"owner_role", text, "责任岗位", {}, {}},
        {"amount_yuan", number, "涉及金额（元）：客户的主张、赔偿、收费合计", {}, {}},
        {"purchase_yuan", number, "维修采购金额（元）", {}, {}},
        {"people", integer, "反映同一事项的人数", {}, {}},
        {"contacts", integer, "客户联系次数", {}, {}},
        {"repeats", integer, "同一事项重复投诉次数", {}, {}},
        {"media", yes_no, "已被媒体曝光", {}, {}},
        {"lawsuit", yes_no, "已引起诉讼", {}, {}},
        {"group", yes_no, "可能引起群体诉讼", {}, {}},
        {"anonymous", yes_no, "匿名", {}, {}},
        {"flags", list, "标记", common_flags(), {}},
        {"accepted", yes_no, "已受理", {}, {}},
        {"assigned", yes_no, "已派单", {}, {}},
        {"escalated", yes_no, "已升级", {}, {}},
        {"exempt", yes_no, "免时限", {}, {}},
        {"paused", yes_no, "挂起中", {}, {}},
        {"overdue", yes_no, "超过办结时限", {}, {}},
        {"overdue_accept", yes_no, "超过受理时限", {}, {}},
        {"consent", text, "客户对方案的答复", {"agreed", "small_gap", "irreconcilable"}, {}},
        {"proposals", integer, "提出方案次数", {}, {}},
        {"reviews", integer, "内部评审次数", {}, {}},
        {"reopens", integer, "重办次数", {}, {}},
        {"attempts", integer, "联系客户未果次数", {}, {}},
        {"fixed", text, "是否真的解决", {"yes", "partly", "no"}, {}},
        {"score", integer, "满意度评分", {}, {}},
        {"days_since_resolved", integer, "办结后天数", {}, {}},
        {"days_since_closed", integer, "结案后天数", {}, {}},
        {"working_time", yes_no, "现在是工作时间", {}, {}},
        {"source", text, "来源", {}, {}},
        {"intake_kind", text, "登记时的性质", {}, {}},
        {"intake_category", text, "登记时的类别", {}, {}},
        {"admission", text, "受理审查的结论", {"accept", "refuse", "redirect", "advise", "ask"}, {}},
        {"admission_test", text, "没有通过的受理审查", {}, {}},
        {"insists", yes_no, "听过劝告仍坚持要求受理", {}, {}},
        {"told", list, "已经说明的事项", {}, {}},
        {"missing_slots", list, "还缺的事项", {}, {}},
        {"unknown_slots", list, "暂时不清楚的事项", {}, {}},
        {"steps_open", list, "待办事项", {}, {}},
        {"steps_done", list, "已完成的事项", {}, {}},
        {"missed", list, "超过的时限", {}, {}},
        {"handlers", integer, "办理人数", {}, {}},
        {"drawn", yes_no, "抽中回访", {}, {}},
        {"emergency",
         text,
         "紧急情况",
         {"lift", "gas", "fire", "electricity", "falling_object", "water_on_wires", "injury", "violence", "self_harm"},
         {}}};
    return facts;
}

const std::vector<std::string>& known_commands() {
    static const std::vector<std::string> commands{
        "accept", "reject",   "assign",  "transfer",  "return",  "escalate", "urge",     "extend", "pause",
        "resume", "classify", "propose", "review",    "consent", "resolve",  "confirm",  "rate",   "revisit",
        "reopen", "withdraw", "merge",   "terminate", "note",    "reply",    "complete", "decide"};
    return commands;
}

std::string event_of(std::string_view command) {
    static const std::map<std::string, std::string, std::less<>> events{
        {"accept", "ticket.accepted"},      {"reject", "ticket.rejected"},     {"assign", "ticket.assigned"},
        {"transfer", "ticket.transferred"}, {"return", "ticket.returned"},     {"escalate", "ticket.escalated"},
        {"urge", "ticket.urged"},           {"extend", "ticket.extended"},     {"pause", "ticket.paused"},
        {"resume", "ticket.resumed"},       {"classify", "ticket.classified"}, {"propose", "ticket.proposed"},
        {"review", "ticket.reviewed"},      {"consent", "ticket.consented"},   {"resolve", "ticket.resolved"},
        {"confirm", "ticket.confirmed"},    {"rate", "ticket.rated"},          {"revisit", "ticket.revisited"},
        {"reopen", "ticket.reopened"},      {"withdraw", "ticket.withdrawn"},  {"merge", "ticket.merged"},
        {"terminate", "ticket.terminated"}, {"note", "ticket.noted"},          {"reply", "ticket.replied"},
        {"complete", "ticket.completed"},   {"decide", "ticket.decided"},      {"open", "ticket.opened"}};
    const auto found = events.find(command);
    return found == events.end() ? std::string{} : found->second;
}

const std::vector<std::string>& known_events() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> list{"ticket.opened"};
        for (const auto& command : known_commands()) list.push_back(event_of(command));
        for (const char* name :
             {"ticket.level_changed", "ticket.routed",  "ticket.closed",   "deadline.warned",  "deadline.missed",
              "emergency.paged",      "consent.asked",  "fixed.asked",     "rating.asked",     "task.opened",
              "supporter.joined",     "evidence.added", "details.amended", "penalty.proposed", "revisit.drawn",
              "task.dropped",         "fact.set",       "flag.set",        "event.declared",   "event.lifted"})
            list.emplace_back(name);
        return list;
    }();
    return names;
}

Json to_json(const Facts& facts) {
    Json object = Json::object();
    for (const auto& [name, fact] : facts)
        std::visit([&, &key = name](const auto& value) { object[key] = value; }, fact);
    return object;
}

Facts read_facts(const Json& object, const std::vector<FactInfo>& known, const std::string& pointer,
                 std::vector<Finding>& findings) {
    Facts facts;
    if (!object.is_object()) {
        findings.push_back({pointer, "facts are an object: write {\"kind\":\"complaint\",\"amount_yuan\":2500}"});
        return facts;
    }
    std::vector<std::string> names;
    for (const auto& info : known) names.push_back(info.name);
    for (const auto& [name, value] : object.items()) {
        const std::string where = pointer + "/" + name;
        const auto info =
            std::find_if(known.begin(), known.end(), [&, &key = name](const auto& each) { return each.name == key; });
        if (info == known.end()) {
            const auto near = nearest(name, names);
            findings.push_back({where, "unknown fact \"" + name + "\"" +
                                           (near ? " (did you mean \"" + *near + "\"?)" : "") +
                                           ": see policy explain --list-facts"});
            continue;
        }
        if (value.is_null()) continue;
        const auto choice_fits = [&](const std::string& choice) {
            if (info->choices.empty() ||
                std::find(info->choices.begin(), info->choices.end(), choice) != info->choices.end())
                return true;
            const auto near = nearest(choice, info->choices);
            findings.push_back(
                {where, "unknown value \"" + choice + "\"" + (near ? " (did you mean \"" + *near + "\"?)" : "")});
            return false;
        };
        const char* wanted = nullptr;
        switch (info->type) {
            case FactType::yes_no:
                if (value.is_boolean())
                    facts[name] = value.get<bool>();
                else
                    wanted = "true or false";
                break;
            case FactType::time:
                if (value.is_number_integer())
                    facts[name] = value.get<std::int64_t>();
                else if (const auto at = parse_rfc3339(value.is_string() ? value.get<std::string>() : ""))
                    facts[name] = static_cast<std::int64_t>(to_ms(*at));
                else
                    wanted = "a time like 2026-03-06T17:30:00+08:00";
                break;
            case FactType::integer:
                if (value.is_number_integer())
                    facts[name] = value.get<std::int64_t>();
                else
                    wanted = "a whole number";
                break;
            case FactType::number:
                if (value.is_number_integer())
                    facts[name] = value.get<std::int64_t>();
                else if (value.is_number())
                    facts[name] = value.get<double>();
                else
                    wanted = "a number";
                break;
            case FactType::text:
                if (!value.is_string())
                    wanted = "a text";
                else if (choice_fits(value.get<std::string>()))
                    facts[name] = value.get<std::string>();
                break;
            case FactType::list: {
                std::vector<std::string> list;
                bool good = value.is_array();
                if (good)
                    for (const auto& item : value) {
                        if (!item.is_string())
                            good = false;
                        else if (choice_fits(item.get<std::string>()))
                            list.push_back(item.get<std::string>());
                    }
                if (good)
                    facts[name] = list;
                else
                    wanted = "a list of texts";
                break;
            }
        }
        if (wanted)
            findings.push_back({where, "\"" + name + "\" is no " +
                                           std::string(wanted).substr(wanted[0] == 'a' && wanted[1] == ' ' ? 2 : 0) +
                                           ": write " + wanted});
    }
    return facts;
}

namespace {

// Names in the place of names: "kind", "given.answer", ["kind", "level"]. False: one of them is computed, or stands for
// everything.
bool take_names(const Json& words, std::vector<std::string_view>& names) {
    if (words.is_string()) {
        const std::string_view name = words.get_ref<const std::string&>();
        names.push_back(name.substr(0, name.find('.')));
        return !name.empty();
    }
    if (words.is_array() && !words.empty())
        return std::all_of(words.begin(), words.end(), [&](const Json& word) { return take_names(word, names); });
    return words.is_number();
}

// What of the facts a rule looks at, so that only that much is made into JSON. False: it may look at anything.
bool looks_at(const Json& rule, std::vector<std::string_view>& names) {
    if (rule.is_array())
        return std::all_of(rule.begin(), rule.end(), [&](const Json& each) { return looks_at(each, names); });
    if (!rule.is_object()) return true;
    for (auto at = rule.begin(); at != rule.end(); ++at) {
        const auto& words = at.value();
        if (at.key() == "var") {
            const bool list = words.is_array() && !words.empty();
            if (!take_names(list ? words[0] : words, names)) return false;
            for (std::size_t i = 1; list && i < words.size(); ++i)
                if (!looks_at(words[i], names)) return false;
        } else if (at.key() == "val" || at.key() == "exists" || at.key() == "missing") {
            if (!take_names(words, names)) return false;
        } else if (at.key() == "missing_some") {
            if (!words.is_array() || words.size() < 2 || !take_names(words[1], names)) return false;
        } else if (!looks_at(words, names)) {
            return false;
        }
    }
    return true;
}

Json data_for(const Json& rule, const Facts& facts, const Facts& given, const Facts& event) {
    std::vector<std::string_view> names;
    const bool some = looks_at(rule, names);
    const auto wanted = [&](std::string_view name) {
        return !some || std::find(names.begin(), names.end(), name) != names.end();
    };
    Json data = Json::object();
    for (const auto& [name, fact] : facts)
        if (wanted(name)) std::visit([&, &key = name](const auto& value) { data[key] = value; }, fact);
    if (wanted("given")) data["given"] = to_json(given);
    if (wanted("event")) data["event"] = to_json(event);
    return data;
}

}  // namespace

Rule rule_of(const Json& logic) {
    const auto names = rule_use(logic).facts;
    const bool asks_given = std::any_of(names.begin(), names.end(), [](const std::string& name) {
        return name == "given" || name.rfind("given.", 0) == 0;
    });
    return {std::make_shared<const Json>(logic), QuickRule::made_of(logic), asks_given};
}

bool holds(const Rule& rule, const Facts& facts, const Facts& given, const Facts& event) {
    if (!rule) return true;
    if (rule.quick)
        if (const auto sure = rule.quick->holds(facts, given, event)) return *sure;
    const auto data = data_for(*rule.logic, facts, given, event);
    const auto answer = evaluate(*rule.logic, data);
    return answer && is_truthy(*answer);
}

}  // namespace huiyin
