// What a template's key takes. Source: the rules of the platform's pages on template messages and subscription
// notifications.
#include <algorithm>
#include <array>
#include <functional>

#include "channels/codec/utf8.h"
#include "channels/wechat_official_account/notices.h"
#include "workflow/base/time_text.h"

namespace huiyin::wechat {
namespace {

std::string on_one_line(const std::string& words) {
    std::string out;
    for (const char c : clean_text(words)) {
        const bool blank = c == '\n' || c == '\r' || c == '\t' || c == ' ';
        if (blank && (out.empty() || out.back() == ' ')) continue;
        out += blank ? ' ' : c;
    }
    while (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

std::vector<std::string> characters_of(const std::string& text) {
    std::vector<std::string> all;
    for (const char c : text) {
        if ((static_cast<unsigned char>(c) & 0xC0) == 0x80 && !all.empty())
            all.back() += c;
        else
            all.emplace_back(1, c);
    }
    return all;
}

std::string shortened(const std::string& text, std::size_t most, const char* end = "…") {
    auto all = characters_of(text);
    if (all.size() <= most) return text;
    std::string out;
    for (std::size_t i = 0; i + (*end ? 1 : 0) < most; ++i) out += all[i];
    return out + end;
}

std::string only(const std::string& text, std::size_t most, const std::function<bool(const std::string&)>& fits) {
    std::string out;
    std::size_t count = 0;
    for (const auto& one : characters_of(text))
        if (count < most && fits(one)) out += one, ++count;
    return out;
}

bool is_han(const std::string& c) { return c.size() == 3 && c >= "\u4E00" && c <= "\u9FFF"; }
bool is_digit(const std::string& c) { return c.size() == 1 && c[0] >= '0' && c[0] <= '9'; }
bool is_letter(const std::string& c) {
    return c.size() == 1 && ((c[0] >= 'a' && c[0] <= 'z') || (c[0] >= 'A' && c[0] <= 'Z'));
}
bool is_sign(const std::string& c) { return c.size() == 1 && c[0] > ' ' && c[0] < 0x7F; }

std::string short_form(const std::string& text) { return shortened(text, 20); }
std::string five(const std::string& text) { return shortened(text, 5, ""); }
std::string phrase(const std::string& text) { return only(text, 5, is_han); }
std::string signs(const std::string& text) { return only(text, 32, is_sign); }
std::string digits(const std::string& text) { return only(text, 32, is_digit); }
std::string letters(const std::string& text) { return only(text, 32, is_letter); }
std::string symbols(const std::string& text) {
    return only(text, 5, [](const std::string& c) { return is_sign(c) && !is_digit(c) && !is_letter(c); });
}
std::string as_it_is(const std::string& text) { return characters_of(text).size() <= 24 ? text : ""; }
std::string amount(const std::string& text) {
    const auto value = only(text, 10, is_digit);
    return value.empty() ? value : value + "元";
}
std::string phone(const std::string& text) {
    return only(text, 17, [](const std::string& c) { return is_digit(c) || c == "+" || c == "-"; });
}
std::string plate(const std::string& text) { return shortened(text, 8, ""); }
std::string name(const std::string& text) {
    const auto han = only(text, 10, is_han);
    return han.empty() ? only(text, 20, is_letter) : han;
}

struct Rule {
    const char* word;
    std::string (*make)(const std::string&);
};
constexpr std::array<Rule, 14> rules{{{"thing", short_form},
                                      {"short_thing", five},
                                      {"phrase", phrase},
                                      {"const", short_form},
                                      {"character_string", signs},
                                      {"number", digits},
                                      {"letter", letters},
                                      {"symbol", symbols},
                                      {"time", as_it_is},
                                      {"date", as_it_is},
                                      {"amount", amount},
                                      {"phone_number", phone},
                                      {"car_number", plate},
                                      {"name", name}}};

const Rule* rule_of(const std::string& key) {
    auto word = key;
    while (!word.empty() && word.back() >= '0' && word.back() <= '9') word.pop_back();
    const auto found = std::find_if(rules.begin(), rules.end(), [&](const Rule& rule) { return word == rule.word; });
    return found == rules.end() ? nullptr : &*found;
}

// What it is about, in at most five signs.
const char* about(const std::string& kind) {
    if (kind == "consent") return "待您确认";
    if (kind == "fixed") return "待您验收";
    if (kind == "rating" || kind == "survey") return "待您评价";
    if (kind == "emergency") return "紧急通知";
    return "有新进展";
}

// "工单T20260302-001的方案：…": the number has a key of its own, and there is little room.
std::string without_number(const std::string& text, const std::string& number) {
    const auto lead = "工单" + number;
    if (number.empty() || !text.starts_with(lead)) return text;
    auto rest = text.substr(lead.size());
    for (const std::string mark : {"的", "，", "：", ","})
        if (rest.starts_with(mark)) rest.erase(0, mark.size());
    return rest.empty() ? text : rest;
}

std::string filled(std::string text, const OutboxItem& item) {
    const auto& said = item.said;
    const auto words = without_number(said.text, item.ticket_number);
    const auto first_line = words.substr(0, words.find('\n'));
    const auto local = Zone().to_local(item.created_at);
    const std::pair<const char*, std::string> values[] = {
        {"{{number}}", item.ticket_number},
        {"{{title}}", said.card && !said.card->title.empty() ? said.card->title : first_line},
        {"{{text}}", words},
        {"{{kind}}", about(item.kind)},
        {"{{time}}", to_date(local.day) + " " + to_clock(local.since_midnight)}};
    for (const auto& [mark, value] : values)
        for (std::size_t at = 0; (at = text.find(mark, at)) != std::string::npos; at += value.size())
            text.replace(at, std::string(mark).size(), value);
    return text;
}

}  // namespace

bool is_known_key(const std::string& key) { return rule_of(key) != nullptr; }

std::optional<std::string> fitting_value(const std::string& key, const std::string& words) {
    const auto* rule = rule_of(key);
    if (!rule) return std::nullopt;
    auto value = rule->make(on_one_line(words));
    if (value.empty() || value == "…") return std::nullopt;
    return value;
}

std::string notice_url(const NoticeForm& form, const OutboxItem& item) {
    return form.url.empty() ? std::string{} : filled(form.url, item);
}

std::optional<Json> notice_data(const NoticeForm& form, const OutboxItem& item) {
    auto data = Json::object();
    for (const auto& [key, words] : form.data) {
        const auto value = fitting_value(key, filled(words, item));
        if (!value) return std::nullopt;
        data[key] = {{"value", *value}};
    }
    return data;
}

}  // namespace huiyin::wechat
