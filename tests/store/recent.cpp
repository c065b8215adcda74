// What the writer keeps of lately read rows must never differ from what is stored.
#include <catch2/catch.hpp>
#include <random>
#include <stdexcept>
#include <thread>

#include "tests/store/store_house.h"
#include "workflow/store/recent_rows.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

const ChannelId web{"web"};

Conversation talk_numbered(int n) {
    Conversation talk;
    talk.id = ConversationId{100 + n};
    talk.channel = web;
    talk.address = "address " + std::to_string(n);
    talk.person = PersonId{200 + n};
    talk.state_since = talk.created_at = talk.updated_at = talk.last_inbound_at = nine;
    return talk;
}

Ticket ticket_numbered(int n, int customer) {
    Ticket ticket;
    ticket.id = TicketId{300 + n};
    ticket.number = "T" + std::to_string(n);
    ticket.version = 1;
    ticket.customer = PersonId{200 + customer};
    ticket.state = "filed";
    ticket.opened_at = ticket.updated_at = nine;
    return ticket;
}

StoredEvent event_numbered(std::int64_t sequence) {
    return {sequence, "ticket.noted", nine, "{\"n\":" + std::to_string(sequence) + "}", "before", "hash"};
}

// All that a unit can see, as text: read in a unit (with what the writer keeps) or from a snapshot (without).
std::string seen(Reading& r, int talks, int tickets) {
    std::string all;
    for (int n = 0; n < talks; ++n) {
        const auto by_id = r.conversation(ConversationId{100 + n});
        const auto by_address = r.conversation_at(web, "address " + std::to_string(n));
        all += by_id ? by_id->body + "/" + by_id->state + "/" + std::to_string(by_id->last_message) : "-";
        all += by_address ? by_address->body + by_address->address : "-";
        for (const auto& prompt : r.open_prompts(ConversationId{100 + n}))
            all += "p" + std::to_string(prompt.id.value) + prompt.body;
        const auto person = r.person(PersonId{200 + n});
        all += person ? person->name + person->phone : "-";
        for (const int limit : {8, 2})
            for (const auto& ticket : r.tickets_of(PersonId{200 + n}, limit))
                all += ticket.number + ":" + ticket.state + std::to_string(ticket.version) + " ";
        all += "\n";
    }
    for (int n = 0; n < tickets; ++n) {
        const auto ticket = r.ticket(TicketId{300 + n});
        all += ticket ? ticket->number + ticket->state : "-";
        for (const auto& event : r.events(TicketId{300 + n})) all += event.text;
        if (ticket) all += r.text(ticket->details);
    }
    return all;
}

}  // namespace

TEST_CASE("a unit reads what a snapshot reads, whatever units before it did or had undone") {
    std::mt19937 random(20261125);
    const auto pick = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
    House house;
    auto& store = house.open();
    constexpr int talks = 5;
    int tickets = 0;
    std::int64_t prompts = 0;
    for (int round = 0; round < 400; ++round) {
        const bool undone = pick(4) == 0;
        int opened = 0;
        const auto unit = [&](Transaction& t) {
            opened = 0;
            for (int step = 0; step < 1 + pick(4); ++step) {
                const int n = pick(talks);
                auto talk = t.conversation_at(web, "address " + std::to_string(n)).value_or(talk_numbered(n));
                switch (pick(6)) {
                    case 0:
                        talk.body = std::to_string(random());
                        talk.state = pick(2) ? "bot" : "person";
                        t.save(talk);
                        break;
                    case 1: {
                        Person person;
                        person.id = talk.person;
                        person.name = std::to_string(random());
                        person.created_at = nine;
                        t.save(person);
                        break;
                    }
                    case 2: {
                        auto open = t.open_prompts(talk.id);
                        if (!open.empty() && pick(2)) {
                            open.front().state = "answered";
                            t.save(open.front());
                        } else {
                            t.save(Prompt{PromptId{++prompts},
                                          talk.id,
                                          {},
                                          "menu",
                                          std::to_string(random()),
                                          "open",
                                          nine,
                                          std::nullopt});
                        }
                        break;
                    }
                    case 3: {
                        auto ticket = ticket_numbered(tickets + opened++, n);
                        ticket.details =
                            t.add_text("{\"summary\":\"" + std::to_string(random()) + "\"}", ticket.id, talk.id, nine);
                        t.save(ticket, 0, {event_numbered(1)}, {EventId{1000 * (ticket.id.value) + 1}});
                        break;
                    }
                    case 4: {
                        if (tickets == 0) break;
                        auto ticket = *t.ticket(TicketId{300 + pick(tickets)});
                        const auto before = ticket.version++;
                        ticket.state = std::to_string(random());
                        t.save(ticket, before, {event_numbered(ticket.version)},
                               {EventId{1000 * ticket.id.value + ticket.version}});
                        break;
                    }
                    default:
                        seen(t, talks, tickets);  // fills what is kept
                }
            }
            if (undone) throw std::runtime_error("undone");
        };
        if (undone) {
            CHECK_THROWS_WITH(store.run(unit), "undone");
        } else {
            store.run(unit);
            tickets += opened;
        }
        std::string in_unit, in_snapshot;
        store.run([&](Transaction& t) { in_unit = seen(t, talks, tickets); });
        store.read([&](Reading& r) { in_snapshot = seen(r, talks, tickets); });
        REQUIRE(in_unit == in_snapshot);
    }
    CHECK(tickets > 30);
}

TEST_CASE("a group the disk refused leaves nothing of its units behind") {
    House house;
    auto& store = house.open();
    store.run([&](Transaction& t) { t.save(talk_numbered(0)); });
    store.limit_pages(150);
    CHECK_THROWS(store.run([&](Transaction& t) {
        auto talk = *t.conversation(ConversationId{100});
        talk.body = std::string(2'000'000, 'x');
        t.save(talk);
    }));
    store.limit_pages(0);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (!store.writable() && std::chrono::steady_clock::now() < until) std::this_thread::yield();
    std::string body = "unread";
    store.run([&](Transaction& t) { body = t.conversation(ConversationId{100})->body; });
    CHECK(body.empty());
}

TEST_CASE("recent rows are bounded, and what was asked for lately stays longest") {
    Recent<int, std::string> recent(10);
    for (int n = 0; n < 1000; ++n) {
        recent.put(n, std::to_string(n));
        REQUIRE(recent.find(0));  // asked for all the time
    }
    int left = 0;
    for (int n = 1; n < 1000; ++n) left += recent.find(n) != nullptr;
    CHECK(left <= 20);
    recent.erase(0);
    CHECK_FALSE(recent.find(0));
    recent.put(5, "five");
    recent.clear();
    CHECK_FALSE(recent.find(5));
}
