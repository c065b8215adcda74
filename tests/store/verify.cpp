// Whoever lays hands on the events is found out.
#include "workflow/store/verify.h"

#include <catch2/catch.hpp>

#include "tests/store/store_house.h"
#include "workflow/store/sqlite_driver.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

// Three tickets of four events each, then somebody with a database tool.
std::vector<std::string> faults_after(const std::string& tampering) {
    House house;
    house.open().run([&](Transaction& t) {
        for (int n = 1; n <= 3; ++n) {
            auto ticket = a_ticket(house, "T" + std::to_string(n));
            ticket.id = TicketId{n};
            Details details;
            details.summary = "漏水";
            file_ticket(house, t, ticket, details);
            for (int sequence = 2; sequence <= 4; ++sequence) {
                const auto event = an_event(house, sequence, ticket.last_hash, "note.added");
                ticket.version = sequence;
                ticket.last_hash = event.hash;
                t.save(ticket, sequence - 1, {event}, {house.id<EventId>()});
            }
        }
    });
    house.store.reset();
    if (!tampering.empty()) open_sqlite(house.file(), SqliteAccess::writing)->script(tampering);
    auto options = house.options();
    options.read_only = true;
    const auto found = verify_chains(house.open(options));
    if (found.faults.empty()) {
        CHECK(found.tickets == 3);
        CHECK(found.events == 12);
    }
    return found.faults;
}

}  // namespace

TEST_CASE("chains that nobody touched fit") { CHECK(faults_after("").empty()); }

TEST_CASE("an altered, removed, inserted or moved event is named") {
    const auto one = [](const std::string& tampering) {
        const auto faults = faults_after(tampering);
        INFO(tampering);
        REQUIRE(faults.size() == 1);
        return faults[0];
    };
    CHECK(one("UPDATE events SET body = replace(body, 'note.added', 'ticket.closed') WHERE ticket_id = 2 AND sequence "
              "= 3")
              .find("ticket T2: event 3: ") == 0);
    CHECK(one("UPDATE events SET at = at + 1 WHERE ticket_id = 2 AND sequence = 2").find("ticket T2: event 2: ") == 0);
    CHECK(one("DELETE FROM events WHERE ticket_id = 1 AND sequence = 2").find("ticket T1: event 2: is missing") == 0);
    CHECK(one("DELETE FROM events WHERE ticket_id = 3 AND sequence = 4").find("ticket T3: event 4: ") == 0);
    CHECK(one("DELETE FROM events WHERE ticket_id = 3").find("ticket T3: event 1: ") == 0);
    CHECK(one("UPDATE events SET hash = substr(hash, 2) || 'a' WHERE ticket_id = 1 AND sequence = 4")
              .find("ticket T1: event 4: ") == 0);
    CHECK(one("INSERT INTO events SELECT organisation_id, ticket_id, 5, event_id + 1, type, at, body, hash, hash FROM "
              "events"
              " WHERE ticket_id = 1 AND sequence = 4")
              .find("ticket T1: event 5: ") == 0);
    CHECK(one("DELETE FROM tickets WHERE ticket_id = 2").find("4 events belong to no ticket") == 0);
    CHECK(one("UPDATE tickets SET body = '{' WHERE ticket_id = 2").find("after 0 tickets: ") == 0);
    CHECK(faults_after("UPDATE events SET body = ''").size() == 3);
}
