#include "channels/dingtalk/notices.h"

#include <algorithm>

#include "channels/codec/json_fields.h"
#include "channels/codec/utf8.h"
#include "channels/outgoing/words.h"
#include "workflow/base/json_text.h"
#include "workflow/base/time_text.h"

namespace huiyin::dingtalk {
namespace {
using nlohmann::json;

constexpr std::size_t most_title_bytes = 100;
constexpr std::size_t most_url_bytes = 500;
constexpr const char* button = "打开工单";
constexpr std::int64_t a_day = 143105, twice = 143106, bad_words = 1430002, a_minute[] = {143103, 143104};

// "11月26日 15:30:05": the seconds tell two of one minute apart.
std::string moment(TimePoint at) {
    const auto text = to_rfc3339(at, Zone{});
    return std::to_string(std::stoi(text.substr(5, 2))) + "月" + std::to_string(std::stoi(text.substr(8, 2))) + "日 " +
           text.substr(11, 8);
}

std::string words_of(const Said& said) {
    auto words = with_numbered_choices(said);
    if (said.card && words.find(said.card->text) == std::string::npos) words = joined(words, said.card->text);
    if (!said.ticket_number.empty() && words.find(said.ticket_number) == std::string::npos)
        words = joined(words, "工单 " + said.ticket_number);
    return clean_text(words);
}

// The longest words with which the message still fits, as JSON counts them.
template <class Make>
json fitted(const std::string& words, const Make& make) {
    for (auto room = words.size();; room = room * 3 / 4) {
        auto message = make(within(words, std::max<std::size_t>(room, 12)));
        if (to_text(message).size() <= most_notice_bytes || room < 16) return message;
    }
}

bool names(const json& result, const char* list, const std::string& userid) {
    const auto at = result.find(list);
    return at != result.end() && at->is_array() && std::any_of(at->begin(), at->end(), [&](const json& one) {
               return one.is_string() && one.get<std::string>() == userid;
           });
}

}  // namespace

json notice_of(const Said& said, TimePoint at) {
    const auto words = words_of(said);
    const std::string title =
        said.card && !said.card->title.empty() ? clean_text(said.card->title) : words.substr(0, words.find('\n'));
    if (words.empty() && title.empty()) return nullptr;
    const bool linked = said.card && !said.card->url.empty() && said.card->url.size() <= most_url_bytes;
    if (!linked)
        return fitted(said.card && words.find(title) == std::string::npos ? joined(title, words) : words,
                      [&](const std::string& part) {
                          return json{{"msgtype", "text"}, {"text", {{"content", part + "\n" + moment(at)}}}};
                      });
    return fitted(words, [&](const std::string& part) {
        std::string markdown = "**" + with_wide(within(title, most_title_bytes), markdown_signs) + "**  \n";
        for (const char c : with_wide(part, std::string(markdown_signs) + "#"))
            (c == '\n' ? markdown += "  \n" : markdown += c);
        return json{{"msgtype", "action_card"},
                    {"action_card",
                     {{"title", within(title, most_title_bytes)},
                      {"markdown", markdown + "  \n" + moment(at)},
                      {"single_title", button},
                      {"single_url", said.card->url}}}};
    });
}

std::optional<Problem> outcome_of(const json& result, const std::string& userid) {
    if (!result.is_object()) return std::nullopt;
    if (names(result, "invalid_user_id_list", userid))
        return Problem{"channel.gone", "no such member", "0 invalid_user_id_list"};
    const auto forbidden = result.find("forbidden_list");
    if (forbidden == result.end() || !forbidden->is_array()) return std::nullopt;
    for (const auto& one : *forbidden) {
        if (text_in(one, "userid") != userid) continue;
        const auto code = number_in(one, "code");
        const auto text = std::to_string(code);
        if (code == twice) return std::nullopt;  // the same words are there already
        if (code == a_day)
            return Problem{"channel.busy", "this member got as many notices today as DingTalk lets through",
                           text + " retry_after_ms=3600000"};
        if (code == a_minute[0] || code == a_minute[1])
            return Problem{"channel.busy", "too many notices in this minute", text + " retry_after_ms=60000"};
        if (code == bad_words) return Problem{"channel.rejected", "the words are refused", text};
        return Problem{"channel.rejected", "DingTalk forbids this notice", text};
    }
    return std::nullopt;
}

}  // namespace huiyin::dingtalk
