#include "channels/wecom_kf/messages.h"

#include <algorithm>

#include "channels/codec/utf8.h"
#include "channels/outgoing/words.h"

namespace huiyin::kf {
namespace {
using nlohmann::json;

constexpr std::size_t most_payload_bytes = 64;  // the older of the two limits the platform has printed
constexpr std::size_t most_url_bytes = 2048;

bool is_opened_in_a_page(const std::string& url) {
    return (url.rfind("https://", 0) == 0 || url.rfind("http://", 0) == 0) && url.size() <= most_url_bytes;
}

bool can_tap(const Said& said) {
    return !said.choices.empty() && said.choices.size() <= most_menu_items &&
           std::all_of(said.choices.begin(), said.choices.end(), [](const Choice& choice) {
               return !choice.title.empty() && choice.title.size() <= most_item_bytes && !choice.payload.empty() &&
                      choice.payload.size() <= most_payload_bytes;
           });
}

std::string words_of(const Said& said, bool numbered, bool with_address) {
    auto words = numbered ? with_numbered_choices(said) : said.text;
    if (!said.card) return words;
    words = joined(words, joined(said.card->title, said.card->text), "\n\n");
    return with_address ? joined(words, said.card->url) : words;
}

json text_body(const std::string& words) { return {{"msgtype", "text"}, {"text", {{"content", words}}}}; }

std::vector<json> text_bodies(std::string words) {
    std::vector<json> bodies;
    for (const auto& piece : cut_text(clean_text(std::move(words)), most_text_bytes))
        bodies.push_back(text_body(piece));
    return bodies;
}

}  // namespace

std::vector<json> plain_bodies_of(const Said& said) { return text_bodies(words_of(said, true, true)); }

std::vector<json> bodies_of(const Said& said) {
    const bool tapped = can_tap(said);
    const bool opened = said.card && is_opened_in_a_page(said.card->url) && said.choices.size() < most_menu_items;
    if (!tapped && !(opened && said.choices.empty())) return plain_bodies_of(said);
    auto list = json::array();
    for (const auto& choice : said.choices)
        list.push_back({{"type", "click"}, {"click", {{"id", choice.payload}, {"content", choice.title}}}});
    if (opened) list.push_back({{"type", "view"}, {"view", {{"url", said.card->url}, {"content", "点这里看详情"}}}});
    auto pieces = cut_text(clean_text(words_of(said, false, !opened)), most_text_bytes);
    if (pieces.empty()) pieces.push_back("请选一项：");
    // A menu's head is shorter than a text.
    if (pieces.back().size() > most_head_bytes) {
        auto halves = cut_text(pieces.back(), most_head_bytes);
        pieces.pop_back();
        pieces.insert(pieces.end(), halves.begin(), halves.end());
    }
    std::vector<json> bodies;
    for (std::size_t i = 0; i + 1 < pieces.size(); ++i) bodies.push_back(text_body(pieces[i]));
    bodies.push_back(
        {{"msgtype", "msgmenu"}, {"msgmenu", {{"head_content", pieces.back()}, {"list", std::move(list)}}}});
    return bodies;
}

}  // namespace huiyin::kf
