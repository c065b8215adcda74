#include "channels/feishu/cards.h"

#include <algorithm>

#include "channels/codec/utf8.h"
#include "channels/outgoing/words.h"
#include "workflow/base/json_text.h"
#include "workflow/engine/wording.h"

namespace huiyin::feishu {
namespace {
using nlohmann::json;

constexpr std::size_t most_title_bytes = 150;

// What people wrote must become no mention and no link, in texts and in cards.
std::string shown(const std::string& text, bool markdown = false) {
    return with_wide(clean_text(text), markdown ? "<>[]*`" : "<>[]");
}

bool can_have_buttons(const Said& said) {
    return !said.choices.empty() && said.choices.size() <= most_buttons &&
           std::all_of(said.choices.begin(), said.choices.end(),
                       [](const Choice& choice) { return !choice.payload.empty() && !choice.title.empty(); });
}

json plain_text(const std::string& text) { return {{"tag", "plain_text"}, {"content", text}}; }

json card_of(const std::string& title, const std::string& words, json buttons) {
    json card{{"schema", "2.0"}, {"config", {{"update_multi", true}}}};
    if (!title.empty()) card["header"] = {{"title", plain_text(within(title, most_title_bytes))}, {"template", "blue"}};
    auto elements = json::array();
    if (!words.empty()) elements.push_back({{"tag", "markdown"}, {"content", within(words, most_card_bytes)}});
    for (auto& button : buttons) elements.push_back(std::move(button));
    card["body"] = {{"elements", std::move(elements)}};
    return card;
}

json buttons_of(const Said& said) {
    auto buttons = json::array();
    for (const auto& choice : said.choices) {
        const json value{{"p", choice.payload}, {"t", choice.title}};
        buttons.push_back({{"tag", "button"},
                           {"text", plain_text(choice.title)},
                           {"type", buttons.empty() ? "primary" : "default"},
                           {"behaviors", json::array({{{"type", "callback"}, {"value", value}}})}});
    }
    if (said.card && !said.card->url.empty())
        buttons.push_back({{"tag", "button"},
                           {"text", plain_text("查看工单")},
                           {"behaviors", json::array({{{"type", "open_url"}, {"default_url", said.card->url}}})}});
    return buttons;
}

// Words under the title: what is said, the card's own text, the ticket; nothing twice.
std::string words_of(const Said& said, bool markdown) {
    auto words = said.text;
    if (said.card && words.find(said.card->text) == std::string::npos) words = joined(words, said.card->text);
    const bool named = said.ticket_number.empty() || words.find(said.ticket_number) != std::string::npos;
    if (said.card && !named) words = joined(words, "工单 " + said.ticket_number);
    return shown(words, markdown);
}

std::string title_of(const Said& said) { return said.card ? shown(said.card->title) : std::string{}; }

Body text_body(const std::string& text) { return {"text", {{"text", text}}}; }

}  // namespace

std::string without_contacts(std::string text) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    for (std::size_t from = 0; from < text.size(); ++from) {
        if (!is_digit(text[from])) continue;
        auto end = from;
        while (end < text.size() && is_digit(text[end])) ++end;
        if (end - from == 11 && text[from] == '1') text.replace(from, 11, phone_masked(text.substr(from, 11)));
        from = end;
    }
    // name@host.name: the name is cut out.
    const auto part_of_name = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == '-' || c == '+';
    };
    for (std::size_t at = 0; (at = text.find('@', at)) != std::string::npos; ++at) {
        auto from = at;
        while (from > 0 && part_of_name(text[from - 1])) --from;
        const bool host =
            at + 1 < text.size() && part_of_name(text[at + 1]) && text.find('.', at) < text.find_first_of(" \n", at);
        if (from == at || !host) continue;
        text.replace(from, at - from, "***");
        at = from + 3;
    }
    return text;
}

Said without_contacts(Said said) {
    said.text = without_contacts(std::move(said.text));
    if (said.card) {
        said.card->title = without_contacts(std::move(said.card->title));
        said.card->text = without_contacts(std::move(said.card->text));
    }
    return said;
}

std::vector<Body> plain_bodies_of(const Said& said) {
    auto words = shown(with_numbered_choices(said));
    if (said.card) {
        words = joined(words, shown(joined(said.card->title, said.card->text)));
        words = joined(words, said.card->url);
    }
    std::vector<Body> bodies;
    for (const auto& piece : cut_text(words, most_text_bytes)) bodies.push_back(text_body(piece));
    return bodies;
}

std::vector<Body> bodies_of(const Said& said) {
    const auto title = title_of(said);
    const bool buttons = can_have_buttons(said);
    const bool titled = !title.empty() || !said.text.empty();
    if (titled && (buttons || (said.choices.empty() && said.card && !said.card->url.empty())))
        return {{"interactive", card_of(title, words_of(said, true), buttons_of(said))}};
    if (said.choices.empty() && said.card && !title.empty()) {
        auto lines = json::array();
        const auto words = within(words_of(said, false), most_card_bytes);
        for (std::size_t from = 0; from < words.size();) {
            const auto end = std::min(words.find('\n', from), words.size());
            lines.push_back(json::array({{{"tag", "text"}, {"text", words.substr(from, end - from)}}}));
            from = end + 1;
        }
        if (!lines.empty())
            return {{"post", {{"zh_cn", {{"title", within(title, most_title_bytes)}, {"content", std::move(lines)}}}}}};
    }
    return plain_bodies_of(said);
}

std::vector<Body> bare_bodies_of(const Said& said) {
    if (said.ticket_number.empty()) return {};
    Said bare = said;
    const bool linked = said.card && !said.card->url.empty();
    bare.text = "工单 " + said.ticket_number + (linked ? " 有新进展，请打开工单查看。" : " 有新进展，请向服务台询问。");
    if (bare.card) bare.card->title = bare.card->text = {};
    return bodies_of(bare);
}

json settled_card_of(const Said& said) {
    Said settled = said;
    settled.choices.clear();
    return card_of(title_of(settled), words_of(settled, true), buttons_of(settled));
}

std::vector<Body> robot_bodies_of(const Said& told, std::size_t most_bytes) {
    const auto said = without_contacts(told);
    Said linked = said;
    linked.text = with_numbered_choices(said);
    linked.choices.clear();
    const bool is_card = said.card && !said.card->title.empty();
    std::string words = is_card ? words_of(linked, true) : std::string{};
    if (!is_card)
        for (const auto& body : plain_bodies_of(said)) words += body.content.at("text").get<std::string>();
    // How many bytes words are as JSON depends on the words: pieces become smaller until all fit.
    for (std::size_t piece_bytes = most_bytes - most_bytes / 16;; piece_bytes /= 2) {
        const auto pieces = cut_text(words, std::max<std::size_t>(piece_bytes, 64));
        std::vector<Body> bodies;
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            const auto place = "（" + std::to_string(i + 1) + "/" + std::to_string(pieces.size()) + "）";
            const auto piece = pieces.size() == 1 ? pieces[i] : pieces[i] + place;
            bodies.push_back(i == 0 && is_card
                                 ? Body{"interactive", card_of(title_of(linked), piece, buttons_of(linked))}
                                 : text_body(piece));
        }
        if (is_card && bodies.empty())
            bodies.push_back({"interactive", card_of(title_of(linked), words, buttons_of(linked))});
        const bool fit = std::all_of(bodies.begin(), bodies.end(),
                                     [&](const Body& body) { return to_text(body.content).size() <= most_bytes; });
        if (fit || piece_bytes <= 64) return bodies;
    }
}

}  // namespace huiyin::feishu
