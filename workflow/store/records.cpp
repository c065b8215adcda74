#include "workflow/store/records.h"

#include <new>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "workflow/base/json_text.h"

namespace huiyin {

std::string to_text(const Said& said) {
    JsonWriter json;
    const auto put = [&](const char* key, const std::string& value) {
        if (!value.empty()) json.key(key).text(value);
    };
    json.begin('{');
    put("text", said.text);
    if (!said.choices.empty()) {
        json.key("choices").begin('[');
        for (const auto& choice : said.choices)
            json.begin('{').key("title").text(choice.title).key("payload").text(choice.payload).end('}');
        json.end(']');
    }
    if (said.card) {
        json.key("card").begin('{').key("title").text(said.card->title).key("text").text(said.card->text);
        json.key("url").text(said.card->url).end('}');
    }
    put("image", said.image.value);
    if (said.ticket) put("ticket", to_text(said.ticket));
    put("ticket_number", said.ticket_number);
    put("kind", said.kind);
    put("key", said.key);
    return json.end('}').done();
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
    } catch (const std::bad_alloc&) {
        throw;  // not the row's fault
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
