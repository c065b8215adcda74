#include "channels/dingtalk/messages.h"

#include <algorithm>

#include "channels/codec/utf8.h"
#include "channels/outgoing/words.h"

namespace huiyin::dingtalk {
namespace {
using nlohmann::json;

constexpr std::size_t most_title_bytes = 150;
constexpr std::size_t most_value_bytes = 1000;  // of a card; the platform says one KB

// What people wrote must become no link, picture or heading; else its lines run together.
std::string without_markdown(const std::string& text) {
    std::string out;
    for (const char c : with_wide(text, std::string(markdown_signs) + "#")) (c == '\n' ? out += "  \n" : out += c);
    return out;
}

bool can_have_buttons(const Said& said) {
    return !said.choices.empty() && said.choices.size() <= most_buttons &&
           std::all_of(said.choices.begin(), said.choices.end(), [](const Choice& choice) {
               return !choice.payload.empty() && choice.payload.size() <= most_value_bytes && !choice.title.empty();
           });
}

// The card's own title, else the first line of the words.
std::string title_of(const Said& said) {
    if (said.card && !said.card->title.empty()) return clean_text(said.card->title);
    const auto words = clean_text(said.text);
    return words.substr(0, words.find('\n'));
}

// Everything but the title, nothing twice; the ticket's number makes a message that came twice known again.
std::string words_of(const Said& said) {
    auto words = said.text;
    if (!said.card || said.card->title.empty()) {
        // A first line that is too long for a title stands here as well.
        const auto end = std::min(words.find('\n'), words.size());
        if (end <= most_title_bytes) words = words.substr(std::min(end + 1, words.size()));
    }
    if (said.card && words.find(said.card->text) == std::string::npos) words = joined(words, said.card->text);
    const bool named = said.ticket_number.empty() || words.find(said.ticket_number) != std::string::npos;
    if (said.card && !named) words = joined(words, "工单 " + said.ticket_number);
    return clean_text(words);
}

// Every value of the template stands there, also the empty ones: an older card's would stay.
json values_of(const Said& said) {
    json values{{"title", within(title_of(said), most_title_bytes)},
                {"text", within(words_of(said), most_value_bytes)},
                {"number", said.ticket_number},
                {"url", said.card ? said.card->url : std::string{}},
                {"notice", ""}};
    for (std::size_t i = 0; i < most_buttons; ++i) {
        const auto number = std::to_string(i + 1);
        const bool there = i < said.choices.size();
        values["b" + number] = there ? within(said.choices[i].title, most_title_bytes) : "";
        values["p" + number] = there ? said.choices[i].payload : "";
    }
    return values;
}

}  // namespace

std::vector<Body> plain_bodies_of(const Said& said) {
    auto words = clean_text(with_numbered_choices(said));
    if (said.card) {
        words = joined(words, clean_text(joined(said.card->title, said.card->text)));
        words = joined(words, said.card->url);
    }
    std::vector<Body> bodies;
    for (auto& piece : cut_text(words, most_text_bytes))
        bodies.push_back({"sampleText", {{"content", std::move(piece)}}});
    return bodies;
}

std::vector<Body> rest_bodies_of(const Said& said) {
    Said rest = said;
    rest.text = title_of(said);
    if (rest.card) {
        rest.card->title.clear();
        rest.card->text.clear();
    }
    return plain_bodies_of(rest);
}

std::vector<Body> bodies_of(const Said& said, bool cards) {
    const auto title = title_of(said);
    const auto words = words_of(said);
    if (cards && can_have_buttons(said) && !title.empty()) {
        std::vector<Body> bodies;
        if (words.size() > most_value_bytes)
            for (auto& piece : cut_text(words, most_text_bytes))
                bodies.push_back({"sampleText", {{"content", std::move(piece)}}});
        bodies.push_back({"card", values_of(said)});
        return bodies;
    }
    if (!said.card || said.card->title.empty()) return plain_bodies_of(said);
    Said numbered = said;
    numbered.text = with_numbered_choices(said);
    const auto text = within(without_markdown(words_of(numbered)), most_text_bytes);
    json content{{"title", within(title, most_title_bytes)},
                 {"text", "**" + without_markdown(within(title, most_title_bytes)) + "**\n\n" + text}};
    if (said.card->url.empty()) return {{"sampleMarkdown", std::move(content)}};
    content["singleTitle"] = "查看工单";
    content["singleURL"] = said.card->url;
    return {{"sampleActionCard", std::move(content)}};
}

std::vector<Body> bare_bodies_of(const Said& said, bool cards) {
    if (said.ticket_number.empty()) return {};
    Said bare = said;
    const bool linked = said.card && !said.card->url.empty();
    bare.text = "工单 " + said.ticket_number + (linked ? " 有新进展，请打开工单查看。" : " 有新进展，请向服务台询问。");
    if (bare.card) {
        bare.card->title = "工单 " + said.ticket_number;
        bare.card->text.clear();
    }
    return bodies_of(bare, cards);
}

json settled_values_of(const Said& said) {
    Said settled = said;
    settled.choices.clear();
    return values_of(settled);
}

json hook_message_of(const Body& body) {
    if (body.key == "sampleMarkdown") return {{"msgtype", "markdown"}, {"markdown", body.content}};
    if (body.key == "sampleActionCard") return {{"msgtype", "actionCard"}, {"actionCard", body.content}};
    return {{"msgtype", "text"}, {"text", {{"content", body.content.at("content")}}}};
}

json robot_message_of(const Said& said) {
    const auto bodies = bodies_of(said, false);
    if (bodies.empty()) return nullptr;
    auto body = bodies.front();
    for (const auto* name : {"text", "content"})
        if (body.content.contains(name))
            body.content[name] = within(body.content[name].get<std::string>(), most_robot_bytes / 2);
    return hook_message_of(body);
}

}  // namespace huiyin::dingtalk
