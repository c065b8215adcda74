#include "channels/api/findings.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

namespace huiyin::api {
namespace {

struct Wording {
    std::string_view begins, said;
    // What follows `begins` and is said too, between the words: "a, b" of "write one of a, b".
    std::string_view after = {};
};

// The longer beginning stands first.
constexpr Wording wordings[] = {
    {"is missing: name a role or a unit", "请选岗位或单位"},
    {"is missing: ", "还没有填："},
    {"missing: write {\"name\"", "请留下电话或称呼；不愿意留的，选匿名"},
    {"missing: ", "还没有填"},
    {"must not be empty", "不能空着，请写几个字"},
    {"longer than 2000 characters", "太长了，最多写2000个字"},
    {"more than 20 attachments", "一次最多附20张照片"},
    {"is larger than 16 KiB", "太长了，请写短一些"},
    {"is no amount in yuan", "请写金额，单位是元，最多两位小数"},
    {"is no time", "时间没有读懂：写成 2026-03-06T17:30:00+08:00"},
    {"is neither true nor false", "请选是或否"},
    {"is no object", "填写的形式不对"},
    {"nothing to change", "没有要改的：请选性质、类别、级别、标记或结论"},
    {"unknown key", "没有这一项，请去掉"},
    {"unknown command", "没有这个操作"},
    {"unknown ", "没有这个选项"},
};

// "this is a text: write a whole number", "\"people\" is no whole number: write a whole number".
constexpr Wording kinds[] = {
    {"a whole number", "请写整数"},
    {"a number", "请写数字"},
    {"a text", "请写文字"},
    {"true or false", "请选是或否"},
    {"a time", "时间没有读懂：写成 2026-03-06T17:30:00+08:00"},
    {"a list", "这里可以有几项"},
    {"an object", "填写的形式不对"},
};

bool is_for_people(std::string_view text) {  // begins in Chinese
    return !text.empty() && (static_cast<unsigned char>(text.front()) & 0x80) != 0;
}

std::string_view after_write(std::string_view text) {
    const auto at = text.rfind(": write ");
    return at == std::string_view::npos ? std::string_view() : text.substr(at + 8);
}

// The value that was not understood, as it stands in the finding's quotes; empty if none.
std::string_view quoted(std::string_view text) {
    const auto from = text.find('"');
    const auto until = from == std::string_view::npos ? from : text.find('"', from + 1);
    return until == std::string_view::npos ? std::string_view() : text.substr(from + 1, until - from - 1);
}

std::string choices_said(std::string_view text) {
    std::string said;
    for (const std::string_view begin : {"one of ", "some of "}) {
        const auto choices = after_write(text);
        if (choices.substr(0, begin.size()) != begin) continue;
        for (const char c : choices.substr(begin.size())) {
            if (c == ' ') continue;
            if (c == ',')
                said += "、";
            else
                said += c;
        }
    }
    return said.empty() ? said : "，可以写：" + said;
}

}  // namespace

std::size_t characters_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xc0) != 0x80; }));
}

// Without the blanks around it; full-width, non-breaking and zero-width ones are blanks too.
std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks[] = {" ", "\t", "\r", "\n", "\v", "\f", "\u3000", "\u00a0", "\u200b", "\ufeff"};
    for (bool more = true; more;) {
        more = false;
        for (const auto blank : blanks) {
            if (text.starts_with(blank)) text.remove_prefix(blank.size()), more = true;
            if (text.ends_with(blank)) text.remove_suffix(blank.size()), more = true;
        }
    }
    return text;
}

std::string in_chinese(const std::string& finding) {
    const std::string_view text = finding;
    if (text.empty() || is_for_people(text)) return finding;
    for (const auto& wording : wordings) {
        if (text.substr(0, wording.begins.size()) != wording.begins) continue;
        std::string said(wording.said);
        if (wording.begins == "is missing: ") return said + std::string(text.substr(wording.begins.size()));
        if (wording.begins.substr(0, 8) != "unknown ") return said;
        if (const auto value = quoted(text); !value.empty() && wording.begins != "unknown key")
            said += "：" + std::string(value);
        return said + choices_said(text);
    }
    for (const auto& kind : kinds)
        if (after_write(text).substr(0, kind.begins.size()) == kind.begins) return std::string(kind.said);
    return finding;
}

http::Answer findings_answer(const std::vector<Finding>& findings) {
    Json errors = Json::array();
    for (const auto& finding : findings)
        errors.push_back({{"pointer", finding.pointer}, {"detail", in_chinese(finding.text)}});
    std::string first;
    if (!findings.empty())
        first = (findings.front().pointer.empty() ? "" : findings.front().pointer + ": ") +
                in_chinese(findings.front().text);
    return http::Answer::bytes(422, "application/problem+json",
                               to_text(Json{{"type", "about:blank"},
                                            {"title", "Unprocessable Content"},
                                            {"status", 422},
                                            {"code", "api.bad_fields"},
                                            {"detail", first},
                                            {"errors", errors}}));
}

}  // namespace huiyin::api
