#include "workflow/store/records.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "workflow/base/json_text.h"

namespace huiyin {

std::string to_text(const Said& said) {
    Json json = Json::object();
    if (!said.text.empty()) json["text"] = said.text;
    for (const auto& choice : said.choices)
        json["choices"].push_back({{"title", choice.title}, {"payload", choice.payload}});
    if (said.card) json["card"] = {{"title", said.card->title}, {"text", said.card->text}, {"url", said.card->url}};
    if (!said.image.value.empty()) json["image"] = said.image.value;
    if (said.ticket) json["ticket"] = to_text(said.ticket);
    if (!said.ticket_number.empty()) json["ticket_number"] = said.ticket_number;
    if (!said.kind.empty()) json["kind"] = said.kind;
    if (!said.key.empty()) json["key"] = said.key;
    return to_text(json);
}

Said said_from_text(const std::string& text) {
    Said said;
    if (text.empty()) return said;
    try {
        const auto json = Json::parse(text);
        said.text = json.value("text", "");
        if (const auto choices = json.find("choices"); choices != json.end())
            for (const auto& choice : *choices)
                said.choices.push_back(
                    {choice.at("title").get<std::string>(), choice.at("payload").get<std::string>()});
        if (const auto card = json.find("card"); card != json.end())
            said.card = Card{card->at("title").get<std::string>(), card->at("text").get<std::string>(),
                             card->at("url").get<std::string>()};
        said.image = AttachmentId{json.value("image", "")};
        if (const auto ticket = json.find("ticket"); ticket != json.end())
            said.ticket = TicketId{std::stoll(ticket->get<std::string>())};
        said.ticket_number = json.value("ticket_number", "");
        said.kind = json.value("kind", "");
        said.key = json.value("key", "");
    } catch (const std::exception& e) {
        throw std::runtime_error(std::string("store: a message cannot be read: ") + e.what());
    }
    return said;
}

std::string to_text(OutboxState state) {
    static const char* const names[] = {"waiting", "sending", "sent", "failed", "dead", "undeliverable"};
    return names[static_cast<int>(state)];
}

}  // namespace huiyin
