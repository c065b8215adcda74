#include "workflow/privacy/said_by.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "workflow/base/json_text.h"

namespace huiyin {
namespace {

constexpr int messages_at_once = 500;

std::int64_t number_at(const Json& json, const char* place) {
    const Json::json_pointer pointer(place);
    if (!json.contains(pointer) || !json.at(pointer).is_string()) return 0;
    const auto& text = json.at(pointer).get_ref<const std::string&>();
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

void take(SaidBy& said, const Json& data, TimePoint at) {
    for (const auto& [name, value] : data.items()) {
        if (name == "details") continue;
        if (const auto text = number_at(value, "/text_id")) said.words.push_back({at, TextId{text}});
        if (name == "attachments" && value.is_array())
            for (const auto& picture : value)
                if (picture.is_string()) said.pictures.insert(AttachmentId{picture.get<std::string>()});
    }
}

}  // namespace

std::map<PersonId, SaidBy> said_in(Reading& reading, TicketId ticket) {
    std::map<PersonId, SaidBy> found;
    for (const auto& event : reading.events(ticket)) {
        const auto json = parse_json(event.text, {.bytes = 1 << 20});
        if (!json || json->value(Json::json_pointer("/by/kind"), std::string()) != "resident") continue;
        const auto data = json->find("data");
        if (data != json->end() && data->is_object())
            take(found[PersonId{number_at(*json, "/by/id")}], *data, event.at);
    }
    return found;
}

PartOfTicket of_others(Reading& reading, const Ticket& ticket) {
    PartOfTicket others;
    for (const auto& [person, said] : said_in(reading, ticket.id)) {
        if (!person || person == ticket.customer || !reading.person(person)) continue;
        for (const auto& words : said.words)
            if (!reading.text(words.text).empty()) others.texts.insert(words.text);
        for (const auto& picture : said.pictures)
            if (reading.attachment(picture)) others.pictures.insert(picture);
    }
    return others;
}

std::vector<Joined> joined_by(Reading& reading, PersonId person) {
    std::set<TicketId> told_of;
    for (const auto& talk : reading.conversations_of(person))
        for (std::int64_t last = 0;;) {
            const auto some = reading.messages(talk.id, last, messages_at_once);
            for (const auto& message : some)
                if (message.said.ticket) told_of.insert(message.said.ticket);
            if (some.empty()) break;
            last = some.back().id;
        }
    std::vector<Joined> found;
    for (const auto id : told_of) {
        auto ticket = reading.ticket(id);
        if (!ticket || ticket->customer == person) continue;
        const auto all = said_in(reading, id);
        const auto own = all.find(person);
        if (own == all.end()) continue;
        auto said = own->second;
        std::erase_if(said.words, [&](const SaidBy::Words& one) { return reading.text(one.text).empty(); });
        std::erase_if(said.pictures, [&](const AttachmentId& one) { return !reading.attachment(one); });
        if (!said.words.empty() || !said.pictures.empty()) found.push_back({std::move(*ticket), std::move(said)});
    }
    return found;
}

}  // namespace huiyin
