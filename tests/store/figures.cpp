// What cases add to reports is kept as long as they are what was counted; whoever was saved since is due. On both
// engines.
#include <catch2/catch.hpp>

#include "tests/store/store_house.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

CaseFigures figures_of(const Ticket& ticket, const std::string& shared) {
    CaseFigures kept;
    kept.policy = ticket.policy_id;
    kept.counted_at = ticket.accepted_at.value_or(ticket.opened_at);
    kept.ticket = ticket.id;
    kept.unit = ticket.unit;
    kept.owner_unit = ticket.owner_unit;
    kept.edition = 42;
    kept.settled_at = after(5);
    kept.shared = shared;
    kept.own = "7 0";
    return kept;
}

struct Books {
    House house;
    Books() { house.open(); }
    Store& store() { return *house.store; }
    Ticket files(const std::string& number, TimePoint at = nine) {
        auto ticket = a_ticket(house, number);
        ticket.opened_at = at;
        store().run([&](Transaction& t) { file_ticket(house, t, ticket, {}); });
        return ticket;
    }
    void goes_on(Ticket& ticket, const std::function<void(Ticket&)>& change = {}) {
        store().run([&](Transaction& t) {
            const auto before = ticket.version;
            const auto event = an_event(house, ++ticket.version, ticket.last_hash, "ticket.noted");
            ticket.last_hash = event.hash;
            if (change) change(ticket);
            t.save(ticket, before, {event}, {house.id<EventId>()});
        });
    }
    void settle(const CaseFigures& kept, const Ticket& ticket, std::int64_t version) {
        store().run([&](Transaction& t) { t.settle(kept, ticket.opened_at, version); });
    }
    std::vector<TicketId> due() {
        std::vector<TicketId> found;
        store().read([&](Reading& r) { found = r.cases_due({}, 100); });
        return found;
    }
    std::vector<CaseFigures> kept(TimePoint from = nine, TimePoint until = after(1'000'000)) {
        std::vector<CaseFigures> found;
        store().read([&](Reading& r) {
            r.each_case_figures("property-group", from, {}, until, [&](const CaseFigures& one) {
                found.push_back(one);
                return true;
            });
        });
        return found;
    }
};

}  // namespace

TEST_CASE(
    "a case is due from its first commit on, until it is counted at the "
    "version that it has") {
    Books books;
    auto ticket = books.files("T1");
    CHECK(books.due() == std::vector{ticket.id});
    auto counted = figures_of(ticket, "[1]");
    counted.until = after(9);
    counted.kept_out = true;
    books.settle(counted, ticket, 1);
    CHECK(books.due().empty());
    const auto kept = books.kept();
    REQUIRE(kept.size() == 1);
    CHECK(kept[0].policy == "property-group");
    CHECK(kept[0].counted_at == nine);
    CHECK(kept[0].ticket == ticket.id);
    CHECK(kept[0].unit == ticket.unit);
    CHECK(kept[0].owner_unit == ticket.owner_unit);
    CHECK(kept[0].edition == 42);
    CHECK(kept[0].settled_at == after(5));
    CHECK(kept[0].until == after(9));
    CHECK(kept[0].kept_out);
    CHECK(kept[0].shared == "[1]");
    CHECK(kept[0].own == "7 0");

    books.goes_on(ticket);
    CHECK(books.due() == std::vector{ticket.id});
    books.settle(figures_of(ticket, "[of before]"), ticket,
                 1);  // it was counted before that
    CHECK(books.due() == std::vector{ticket.id});
    CHECK(books.kept().at(0).shared == "[1]");
    books.settle(figures_of(ticket, "[2]"), ticket, 2);
    CHECK(books.due().empty());
    REQUIRE(books.kept().size() == 1);
    CHECK(books.kept()[0].shared == "[2]");
    CHECK_FALSE(books.kept()[0].until);
    books.house.open();
    CHECK(books.due().empty());
}

TEST_CASE(
    "a case counts in one place: from its acceptance on there, and no "
    "more where it was filed") {
    Books books;
    auto ticket = books.files("T1");
    books.settle(figures_of(ticket, "[filed]"), ticket, 1);
    books.goes_on(ticket, [](Ticket& t) { t.accepted_at = after(50'000); });
    std::vector<CaseDue> due;
    books.store().read([&](Reading& r) { r.each_case_due([&](const CaseDue& one) { due.push_back(one); }); });
    REQUIRE(due.size() == 1);
    CHECK(due[0].ticket == ticket.id);
    CHECK(due[0].counted_at == after(50'000));
    CHECK(due[0].unit == ticket.unit);
    CHECK(due[0].owner_unit == ticket.owner_unit);
    books.settle(figures_of(ticket, "[accepted]"), ticket, 2);
    const auto kept = books.kept();
    REQUIRE(kept.size() == 1);
    CHECK(kept[0].shared == "[accepted]");
    CHECK(kept[0].counted_at == after(50'000));
}

TEST_CASE(
    "a period's figures come in order of time and ticket, from any place "
    "on, and end when nobody wants more") {
    Books books;
    std::vector<Ticket> tickets;
    for (int i = 0; i < 6; ++i) {
        tickets.push_back(books.files("T" + std::to_string(i),
                                      after(i / 3)));  // three of a moment
        books.settle(figures_of(tickets.back(), std::to_string(i)), tickets.back(), 1);
    }
    const auto shared = [](const std::vector<CaseFigures>& list) {
        std::string all;
        for (const auto& one : list) all += one.shared;
        return all;
    };
    CHECK(shared(books.kept()) == "012345");
    CHECK(shared(books.kept(after(1))) == "345");
    CHECK(shared(books.kept(nine, after(1))) == "012");
    std::string from_place, first;
    books.store().read([&](Reading& r) {
        r.each_case_figures("property-group", nine, tickets[1].id, after(100), [&](const CaseFigures& one) {
            from_place += one.shared;
            return true;
        });
        r.each_case_figures("property-group", nine, {}, after(100), [&](const CaseFigures& one) {
            first += one.shared;
            return first.size() < 2;
        });
        r.each_case_figures("bank", nine, {}, after(100), [&](const CaseFigures&) {
            FAIL("of another pack");
            return true;
        });
    });
    CHECK(from_place == "2345");
    CHECK(first == "01");
}

TEST_CASE(
    "what time alone has changed is found by its moment; what never "
    "holds is not asked for") {
    Books books;
    const auto put = [&](const std::string& number, std::optional<TimePoint> until) {
        const auto ticket = books.files(number);
        auto kept = figures_of(ticket, number);
        kept.until = until;
        books.settle(kept, ticket, 1);
        return ticket.id;
    };
    const auto later = put("T1", after(300)), sooner = put("T2", after(100));
    put("T3", std::nullopt);
    put("T4", from_ms(0));
    const auto over = [&](TimePoint now, int most = 10) {
        std::vector<TicketId> found;
        books.store().read([&](Reading& r) { found = r.figures_over(now, most); });
        return found;
    };
    CHECK(over(after(99)).empty());
    CHECK(over(after(100)) == std::vector{sooner});
    CHECK(over(after(300)) == std::vector{sooner, later});
    CHECK(over(after(300), 1) == std::vector{sooner});
}

TEST_CASE("a unit that is undone leaves nothing due and nothing counted") {
    Books books;
    auto ticket = books.files("T1");
    books.settle(figures_of(ticket, "[1]"), ticket, 1);
    CHECK_THROWS_AS(books.store().run([&](Transaction& t) {
        auto other = a_ticket(books.house, "T2");
        file_ticket(books.house, t, other, {});
        t.settle(figures_of(ticket, "[never]"), ticket.opened_at, 1);
        throw Refused("no");
    }),
                    Refused);
    CHECK(books.due().empty());
    CHECK(books.kept().at(0).shared == "[1]");
}
