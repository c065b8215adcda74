#include "tests/bench/lives.h"

#include <nlohmann/json.hpp>

#include "workflow/base/digest.h"
#include "workflow/policy/pack.h"
#include "workflow/ticket/chain.h"

namespace huiyin::bench {
namespace {

void keep_words(Reading& reading, Life& life, const Json& data) {
    for (const auto& each : data) {
        if (!each.is_object()) continue;
        if (const auto id = each.find("text_id"); id == each.end())
            keep_words(reading, life, each);
        else
            life.words[*id] = reading.text(TextId{std::stoll(id->get<std::string>())});
    }
}

// The same words under names of their own.
void say_again(Transaction& tx, const Life& life, const Ticket& ticket, Json& data) {
    for (auto& each : data) {
        if (!each.is_object()) continue;
        const auto id = each.find("text_id");
        if (id == each.end()) {
            say_again(tx, life, ticket, each);
            continue;
        }
        const auto text = tx.add_text(life.words.at(*id), ticket.id, ticket.conversation, ticket.opened_at);
        each["text_id"] = to_text(text);
        each["hash"] = tx.text_hash(text);
    }
}

}  // namespace

EngineHouse::EngineHouse(const Program& program, const Clock& system)
    : store(program.open(ids)), directory(std::make_unique<DirectoryHolder>(nullptr)) {
    const std::string templates = HUIYIN_SOURCE "/templates";
    store->read([&](Reading& reading) { directory->set(reading.directory()); });
    policies_ = std::make_unique<Policies>(
        std::make_shared<const Policy>(good(load_policy(templates + "/policies/property-group.json", templates))));
    phrases_ = good(Phrases::load(templates + "/phrases/zh-CN.json"));
    speaker_ = std::make_unique<SpeakerDesk>(
        ids, system, keys_, std::vector<ChannelTraits>{{.id = ChannelId{"web"}, .pulls = true, .kind = "webchat"}});
    EngineParts parts;
    parts.policies = policies_.get();
    parts.directory = directory.get();
    parts.phrases = &*phrases_;
    parts.speaker = speaker_.get();
    parts.keys = &keys_;
    parts.ids = &ids;
    parts.system = &system;
    engine = std::make_unique<Engine>(parts);
}

EngineHouse::~EngineHouse() { store->stop(); }

std::string EngineHouse::phone(std::int64_t n) { return "13" + std::to_string(800000000 + n); }

Person EngineHouse::customer(std::int64_t n, TimePoint at) {
    return {ids.make<PersonId>(to_ms(at)), "王女士", phone(n), false, at, {}, false};
}

Conversation EngineHouse::talk_of(const Person& person, std::int64_t n, TimePoint at) {
    Conversation talk;
    talk.id = ids.make<ConversationId>(to_ms(at));
    talk.channel = ChannelId{"web"};
    talk.address = sha256_hex(std::to_string(n));
    talk.person = person.id;
    talk.state_since = talk.created_at = talk.updated_at = talk.last_inbound_at = at;
    talk.body = "{}";
    return talk;
}

void EngineHouse::look_back(Life& life) {
    store->read([&](Reading& reading) {
        life.details = reading.details(life.ticket.details);
        for (const auto& event : reading.events(life.ticket.id)) {
            life.events.push_back(event_from_text(event.text));
            keep_words(reading, life, life.events.back().data);
        }
    });
}

Ticket EngineHouse::again(Transaction& tx, const Life& life, std::int64_t n, const std::string& number,
                          Details details) {
    const auto at = life.ticket.opened_at;
    const auto person = customer(n, at);
    tx.add(person);
    const auto talk = talk_of(person, n, at);
    tx.save(talk);
    auto ticket = life.ticket;
    ticket.id = ids.make<TicketId>(to_ms(at));
    ticket.number = number;
    ticket.customer = person.id;
    ticket.conversation = talk.id;
    details.contact_phone = person.phone;
    ticket.details = tx.add_details(details, ticket.id, talk.id, at);
    std::vector<StoredEvent> events;
    std::vector<EventId> event_ids;
    for (auto event : life.events) {
        event.id = ids.make<EventId>(to_ms(event.at));
        say_again(tx, life, ticket, event.data);
        events.push_back(chained(event, events.empty() ? first_hash : events.back().hash, Zone()));
        event_ids.push_back(event.id);
    }
    ticket.last_hash = events.back().hash;
    tx.save(ticket, 0, events, event_ids);
    return ticket;
}

}  // namespace huiyin::bench
