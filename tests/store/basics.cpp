// What is put in comes out again, also after a restart.
#include <catch2/catch.hpp>

#include "tests/store/store_house.h"

using namespace huiyin;
using namespace huiyin::test;

TEST_CASE("a conversation, its messages and its person survive a restart") {
    House house;
    auto talk = a_conversation(house, "openid-1");
    Person wang{house.id<PersonId>(), "王女士", "13812345678", true, nine, "2026-01", false};
    talk.person = wang.id;
    talk.last_message = 2;
    talk.body = R"({"errand":"file"})";
    Said menu;
    menu.text = "请选择";
    menu.choices = {{"房屋", "p1.a"}, {"设备", "p1.b"}};
    menu.card = Card{"工单", "漏水", "https://example.com/t"};
    menu.image = AttachmentId{"0123"};
    menu.ticket = TicketId{5};
    menu.ticket_number = "T20260302-001";
    house.open().run([&](Transaction& t) {
        t.save(talk);
        t.save(wang);
        t.add(Message{1, talk.id, nine, Speaker::resident, {.text = "漏水了"}});
        t.add(Message{2, talk.id, after(5), Speaker::bot, menu});
    });
    house.open().read([&](Reading& r) {
        const auto found = r.conversation_at(talk.channel, "openid-1");
        REQUIRE(found);
        CHECK(found->id == talk.id);
        CHECK(found->address == "openid-1");
        CHECK(found->body == talk.body);
        CHECK(found->person == wang.id);
        CHECK(found->last_message == 2);
        CHECK_FALSE(r.conversation_at(ChannelId{"web"}, "openid-1"));
        CHECK(r.conversations_of(wang.id).size() == 1);
        const auto said = r.messages(talk.id, 0, 10);
        REQUIRE(said.size() == 2);
        CHECK(said[0].said.text == "漏水了");
        CHECK(said[0].from == Speaker::resident);
        CHECK(to_text(said[1].said) == to_text(menu));
        CHECK(said[1].at == after(5));
        CHECK(r.messages(talk.id, 1, 10).size() == 1);
        REQUIRE(r.last_messages(talk.id, 1).size() == 1);
        CHECK(r.last_messages(talk.id, 1)[0].id == 2);
        CHECK(r.last_messages(talk.id, 9)[0].id == 1);
        const auto person = r.person(wang.id);
        REQUIRE(person);
        CHECK(person->name == "王女士");
        CHECK(person->phone == "13812345678");
        CHECK(person->phone_confirmed);
        CHECK(r.person_with_phone("13812345678")->id == wang.id);
        CHECK_FALSE(r.person_with_phone("13812345679"));
    });
}

TEST_CASE("a phone that was only typed identifies nobody") {
    House house;
    Person typed{house.id<PersonId>(), "", "13900000000", false, nine, "", false};
    house.open().run([&](Transaction& t) { t.save(typed); });
    house.store->read([&](Reading& r) { CHECK_FALSE(r.person_with_phone("13900000000")); });
    typed.phone_confirmed = true;
    house.store->run([&](Transaction& t) { t.save(typed); });
    house.store->read([&](Reading& r) { CHECK(r.person_with_phone("13900000000")->id == typed.id); });
}

TEST_CASE("a ticket and its events come back as they were, and a stale one is refused") {
    House house;
    auto ticket = a_ticket(house, "T20260302-001");
    ticket.deadlines = {{"handle", after(1000), "running", "property-group/T1"}};
    Details details;
    details.summary = "卫生间漏水";
    details.label = "3栋2单元501";
    house.open().run([&](Transaction& t) { file_ticket(house, t, ticket, details); });
    house.open().read([&](Reading& r) {
        CHECK(r.ticket(ticket.id) == ticket);
        CHECK(r.ticket_numbered("T20260302-001") == ticket);
        CHECK_FALSE(r.ticket_numbered("T20260302-002"));
        CHECK(details_from_text(r.text(ticket.details)) == details);
        const auto events = r.events(ticket.id);
        REQUIRE(events.size() == 1);
        CHECK_FALSE(verify_chain(events, ticket.last_hash, ticket.version));
    });
    auto next = ticket;
    next.version = 2;
    next.phase = Phase::accepted;
    const auto accepted = an_event(house, 2, ticket.last_hash, "ticket.accepted");
    next.last_hash = accepted.hash;
    const auto save = [&](Transaction& t) { t.save(next, 1, {accepted}, {house.id<EventId>()}); };
    house.store->run(save);
    CHECK_THROWS_AS(house.store->run(save), StaleTicket);
    CHECK_THROWS_AS(house.store->run([&](Transaction& t) { t.save(ticket, 0, {}, {}); }), StaleTicket);
    house.store->read([&](Reading& r) {
        CHECK(r.ticket(ticket.id) == next);
        CHECK(r.events(ticket.id).size() == 2);
        const auto page = r.events_page(ticket.id, 0, 1);
        CHECK(page.items.size() == 1);
        CHECK(page.next_cursor == "1");
        CHECK(r.events_page(ticket.id, 1, 1).next_cursor.empty());
    });
}
