#include "workflow/ticket/command.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "workflow/base/time_text.h"
#include "workflow/policy/fact.h"

namespace huiyin {
namespace {

constexpr std::size_t longest_text = 2000;  // characters

FieldSpec text(std::string name, std::string title) { return {std::move(name), "text", true, {}, std::move(title)}; }
FieldSpec text_if_any(std::string name, std::string title) {
    return {std::move(name), "text", false, {}, std::move(title)};
}
FieldSpec needed(std::string name, std::string type, std::string title) {
    return {std::move(name), std::move(type), true, {}, std::move(title)};
}
FieldSpec perhaps(std::string name, std::string type, std::string title) {
    return {std::move(name), std::move(type), false, {}, std::move(title)};
}
FieldSpec one_of(std::string name, std::vector<std::string> choices, std::string title) {
    return {std::move(name), "choice", true, std::move(choices), std::move(title)};
}
FieldSpec one_of_if_any(std::string name, std::vector<std::string> choices, std::string title) {
    return {std::move(name), "choice", false, std::move(choices), std::move(title)};
}
FieldSpec attachments() { return perhaps("attachments", "attachments", "附件"); }
// How the customer's word reached the member of staff who passes it on.
FieldSpec word_by() { return one_of_if_any("means", {"phone", "visit"}, "客户怎么说的"); }

std::vector<CommandSpec> make_list() {
    return {
        {"accept", "受理", {}},
        {"reject", "不予受理", {text("reason", "理由"), attachments()}},
        {"assign", "派单", {needed("assignee", "person", "承办人")}},
        {"transfer",
         "转派",
         {perhaps("unit", "unit", "转给哪个单位"), text_if_any("role", "转给哪个岗位"), text("reason", "理由")}},
        {"return", "退单", {text("reason", "理由")}},
        {"escalate", "升级", {text("reason", "理由")}},
        {"urge", "催办", {}},
        {"extend",
         "延期",
         {one_of("clock", {}, "哪个时限"), needed("until", "time", "延到什么时候"), text("reason", "理由")}},
        {"pause", "挂起", {text("reason", "理由"), needed("until", "time", "挂起到什么时候")}},
        {"resume", "恢复", {}},
        {"classify",
         "调整分类",
         {one_of_if_any("kind", {}, "性质"), one_of_if_any("category", {}, "类别"), one_of_if_any("level", {}, "级别"),
          perhaps("flags", "flags", "标记"), one_of_if_any("validity", {"valid", "invalid"}, "是否有效"),
          one_of_if_any("cause", {"own", "customer", "supplier", "other_company", "developer", "nobody"}, "最终原因"),
          text("reason", "理由")}},
        {"propose",
         "提出方案",
         {text("text", "方案"), perhaps("amount_yuan", "number", "金额（元）"),
          perhaps("finish_by", "time", "完成时间"), attachments()}},
        {"review", "内部评审", {one_of("decision", {"approved", "rejected"}, "结论"), text("text", "评审意见")}},
        {"consent",
         "客户对方案的意见",
         {one_of("answer", {"agreed", "small_gap", "irreconcilable"}, "客户的答复"), text_if_any("text", "客户的话"),
          word_by()}},
        {"resolve",
         "办结",
         {text("text", "办理结果"), text_if_any("cause", "原因分析"), text_if_any("correction", "纠正措施"),
          text_if_any("prevention", "预防措施"), attachments()}},
        {"confirm",
         "客户确认",
         {one_of("fixed", {"yes", "partly", "no"}, "问题解决了吗"), text_if_any("text", "客户的话"), word_by()}},
        {"rate", "客户评分", {needed("score", "integer", "分数"), text_if_any("comment", "客户的话"), word_by()}},
        {"revisit",
         "回访",
         {one_of("means", {"phone", "visit", "chat"}, "方式"), needed("reached", "boolean", "联系上了吗"),
          perhaps("score", "integer", "满意度"), text_if_any("text", "客户的话"), attachments()}},
        {"reopen", "重办", {text("reason", "理由")}},
        {"withdraw", "撤诉", {text("reason", "理由"), word_by()}},
        {"merge", "并案", {needed("into", "ticket", "并入工单"), text("reason", "理由")}},
        {"terminate", "终止", {text("reason", "理由")}},
        {"note", "内部备注", {text("text", "备注"), attachments()}},
        {"reply", "回复客户", {text("text", "回复"), attachments()}},
        {"complete", "完成事项", {text("step", "事项"), perhaps("fields", "object", "内容"), attachments()}},
        {"decide", "审批", {text("step", "事项"), text("decision", "决定"), text("text", "意见")}},
    };
}

std::size_t characters(const std::string& words) {
    return static_cast<std::size_t>(std::count_if(
        words.begin(), words.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool is_blank(const std::string& words) { return words.find_first_not_of(" \t\r\n") == std::string::npos; }

std::string listed(const std::vector<std::string>& names) {
    std::string all;
    for (const auto& name : names) all += (all.empty() ? "" : ", ") + name;
    return all;
}

void read_texts(Reader& read, const FieldSpec& field, Command& command) {
    auto names = read.texts_or_none(field.name);
    if (field.type == "flags") {
        const auto& known = common_flags();
        for (const auto& name : names)
            if (std::find(known.begin(), known.end(), name) == known.end())
                read.wrong(field.name, "unknown flag \"" + name + "\": write some of " + listed(known));
    } else if (names.size() > 20) {
        read.wrong(field.name, "more than 20 attachments: send them with several commands");
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    command.fields[field.name] = names;
}

void read_words(Reader& read, const FieldSpec& field, Command& command) {
    if (const auto* given = read.any_or_none(field.name); !given->is_string()) return void(read.text(field.name));
    const auto words = read.text(field.name);
    if (field.required && is_blank(words)) return read.wrong(field.name, "must not be empty: say it in a few words");
    if (characters(words) > longest_text) return read.wrong(field.name, "longer than 2000 characters: shorten it");
    if (!is_blank(words)) command.fields[field.name] = words;
}

void read_field(Reader& read, const FieldSpec& field, Command& command) {
    const Json* given = read.any_or_none(field.name);
    if (!given || given->is_null()) {
        if (field.required) read.wrong(field.name, "is missing: " + field.title);
        return;
    }
    const auto& type = field.type;
    if (type == "flags" || type == "attachments") return read_texts(read, field, command);
    if (type == "integer") {
        command.fields[field.name] = read.integer(field.name);
    } else if (type == "boolean") {
        if (!given->is_boolean()) return read.wrong(field.name, "is neither true nor false");
        command.fields[field.name] = given->get<bool>();
    } else if (type == "number") {
        const double yuan = given->is_number() ? given->get<double>() : -1;
        const double fen = std::round(yuan * 100);
        if (!(yuan >= 0 && yuan <= 1e9) || std::abs(yuan * 100 - fen) > 1e-6)
            return read.wrong(field.name, "is no amount in yuan: write a number from 0 on with at most two decimals");
        command.fields[fen_name(field.name)] = static_cast<std::int64_t>(fen);
    } else if (type == "time") {
        const auto words = read.text(field.name);
        if (!given->is_string()) return;
        const auto at = parse_rfc3339(words);
        if (!at) return read.wrong(field.name, "is no time: write it like 2026-03-06T17:30:00+08:00");
        command.fields[field.name] = to_ms(*at);
    } else if (type == "choice" && given->is_string()) {
        const auto words = read.text(field.name);
        const auto& known = field.choices;
        if (!known.empty() && std::find(known.begin(), known.end(), words) == known.end())
            return read.wrong(field.name, "unknown value \"" + words + "\": write one of " + listed(known));
        command.fields[field.name] = words;
    } else if (type == "object") {
        if (!given->is_object()) return read.wrong(field.name, "is no object");
        if (to_text(*given).size() > 16384) return read.wrong(field.name, "is larger than 16 KiB: shorten it");
        command.fields[field.name] = *given;
    } else {
        read_words(read, field, command);
    }
}

}  // namespace

const std::vector<CommandSpec>& command_list() {
    static const std::vector<CommandSpec> list = make_list();
    return list;
}

const CommandSpec* find_command(std::string_view name) {
    const auto& list = command_list();
    const auto found =
        std::find_if(list.begin(), list.end(), [&](const auto& spec) { return is_same_text(spec.name, name); });
    return found == list.end() ? nullptr : &*found;
}

bool is_words(std::string_view field) {
    static const std::vector<std::string_view> names{"text",       "reason",      "comment", "correction",
                                                     "prevention", "cause_words", "fields",  "words"};
    return std::find(names.begin(), names.end(), field) != names.end();
}

Command read_command(const Json& body, std::vector<Finding>& findings, const std::vector<FieldSpec>& more) {
    Command command;
    command.fields = Json::object();
    if (!body.is_object()) {
        findings.push_back({"", "is no object: write {\"command\": …}"});
        return command;
    }
    Reader read(body, "", findings);
    command.name = read.text("command");
    const auto* spec = find_command(command.name);
    if (!spec) {
        if (command.name.empty()) return command;
        std::vector<std::string> names;
        for (const auto& known : command_list()) names.push_back(known.name);
        const auto near = nearest(command.name, names);
        read.wrong("command", "unknown command \"" + command.name + "\": " +
                                  (near ? "did you mean \"" + *near + "\"?" : "write one of " + listed(names)));
        return command;
    }
    for (const auto& field : spec->fields) read_field(read, field, command);
    for (const auto& field : more) read_field(read, field, command);
    if (spec->name == "transfer" && !command.fields.contains("unit") && !command.fields.contains("role"))
        read.wrong("role", "is missing: name a role or a unit");
    if (spec->name == "classify" && command.fields.size() <= 1)
        read.wrong("reason", "nothing to change: name a kind, category, level, validity, cause or flags");
    read.finish();
    return command;
}

}  // namespace huiyin
