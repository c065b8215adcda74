#include "channels/wecom/cards.h"

#include <algorithm>

#include "channels/codec/utf8.h"
#include "channels/outgoing/words.h"

namespace huiyin::wecom {
namespace {
using nlohmann::json;

constexpr std::size_t most_title_bytes = 108;     // 36 characters: what clients show
constexpr std::size_t most_subtitle_bytes = 480;  // 160 characters
constexpr std::size_t most_value_bytes = 108;

// Clients turn <a href=…> in texts into links: what people wrote must not become one. In markdown brackets would, and
// marks would make words vanish.
constexpr std::string_view links = "<";

// What the card says beyond the words: often it is the same.
std::string more_of(const Said& said) {
    return said.card && said.text.find(said.card->text) == std::string::npos ? said.card->text : std::string{};
}

// Title and the rest: the card's own, or the first line of the words.
std::pair<std::string, std::string> title_and_rest(const Said& said) {
    if (said.card && !said.card->title.empty()) return {said.card->title, joined(said.text, more_of(said))};
    const auto words = joined(said.text, more_of(said));
    const auto end = words.find('\n');
    if (end != std::string::npos) return {words.substr(0, end), words.substr(end + 1)};
    if (words.size() <= most_title_bytes) return {words, {}};
    const auto pieces = cut_text(words, most_title_bytes);
    return {pieces.front(), words.substr(pieces.front().size())};
}

json card_of(const Said& said, const char* type) {
    const auto [title, rest] = title_and_rest(said);
    json card{{"card_type", type}, {"main_title", {{"title", within(title, most_title_bytes)}}}};
    if (!rest.empty()) card["sub_title_text"] = within(rest, most_subtitle_bytes);
    if (!said.ticket_number.empty())
        card["horizontal_content_list"] =
            json::array({{{"keyname", "工单"}, {"value", within(said.ticket_number, most_value_bytes)}}});
    if (said.card && !said.card->url.empty()) card["card_action"] = {{"type", 1}, {"url", said.card->url}};
    return card;
}

// What staff do not see of a long matter stands behind the card's address; a resident's card has none, and nothing that
// was said to him may be cut.
bool shows_all(const Said& said) {
    if (said.card && !said.card->url.empty()) return true;
    const auto [title, rest] = title_and_rest(said);
    return title.size() <= most_title_bytes && rest.size() <= most_subtitle_bytes;
}

bool can_have_buttons(const Said& said) {
    return !said.choices.empty() && said.choices.size() <= most_buttons &&
           std::all_of(said.choices.begin(), said.choices.end(),
                       [](const Choice& choice) { return !choice.payload.empty() && !choice.title.empty(); });
}

json template_card(json card) { return {{"msgtype", "template_card"}, {"template_card", std::move(card)}}; }

}  // namespace

std::vector<json> plain_bodies_of(const Said& said) {
    auto words = with_wide(with_numbered_choices(said), links);
    if (said.card) {
        words = joined(words, with_wide(joined(said.card->title, more_of(said)), links));
        words = joined(words, said.card->url);
    }
    std::vector<json> bodies;
    for (const auto& piece : cut_text(clean_text(std::move(words)), most_text_bytes))
        bodies.push_back({{"msgtype", "text"}, {"text", {{"content", piece}}}});
    return bodies;
}

std::vector<json> bodies_of(const Said& said, const std::string& task) {
    const bool titled = !title_and_rest(said).first.empty();
    if (titled && can_have_buttons(said) && shows_all(said)) {
        auto card = card_of(said, "button_interaction");
        card["task_id"] = task;
        auto buttons = json::array();
        for (const auto& choice : said.choices)
            buttons.push_back({{"text", choice.title}, {"key", choice.payload}, {"style", buttons.empty() ? 1 : 2}});
        card["button_list"] = std::move(buttons);
        return {template_card(std::move(card))};
    }
    if (titled && said.choices.empty() && said.card && !said.card->url.empty()) {
        auto card = card_of(said, "text_notice");
        card["task_id"] = task;
        return {template_card(std::move(card))};
    }
    if (said.choices.empty() && said.card) {
        const auto words = joined(said.text, more_of(said));
        const auto markdown =
            clean_text("**" + with_wide(said.card->title, markdown_signs) + "**\n" + with_wide(words, markdown_signs));
        if (!said.card->title.empty() && markdown.size() <= most_text_bytes)
            return {{{"msgtype", "markdown"}, {"markdown", {{"content", markdown}}}}};
    }
    return plain_bodies_of(said);
}

std::string replace_name_of(const Said& said) {
    // A question that was answered ends with what was chosen.
    if (const auto chosen = said.text.rfind("\n✓ "); chosen != std::string::npos)
        return within(said.text.substr(chosen + 1), 60);
    const auto [title, rest] = title_and_rest(said);
    return within(title, 60);
}

json update_of(const Said& said) {
    if (said.card && !said.card->url.empty() && !title_and_rest(said).first.empty())
        return {{"template_card", card_of(said, "text_notice")}};
    return {{"button", {{"replace_name", replace_name_of(said)}}}};
}

}  // namespace huiyin::wecom
