// Lists of tickets: only what the units may see, page by page, the same as filtering by hand; and search by words.
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "tests/store/store_house.h"
#include "workflow/store/search.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

using Order = TicketFilter::Order;

struct Many {
    House house;
    std::vector<Ticket> tickets;

    explicit Many(unsigned seed, int count = 120) {
        std::mt19937 random(seed);
        const auto one_of = [&](std::initializer_list<const char*> names) {
            return std::string(names.begin()[random() % names.size()]);
        };
        house.open().run([&](Transaction& t) {
            for (int i = 0; i < count; ++i) {
                auto ticket = a_ticket(house, "T2026030" + std::to_string(i % 3 + 1) + "-" + std::to_string(100 + i));
                ticket.unit = UnitId{static_cast<std::int64_t>(random() % 4 + 1)};
                ticket.owner_unit = random() % 3 ? ticket.unit : UnitId{9};
                ticket.kind = one_of({"complaint", "demand"});
                ticket.category = one_of({"housing", "equipment", "order"});
                ticket.level = one_of({"general", "major"});
                ticket.state = one_of({"filed", "accepted"});
                ticket.phase = random() % 3 ? Phase::accepted : Phase::closed;
                ticket.assignee = StaffId{static_cast<std::int64_t>(random() % 3)};
                ticket.customer = PersonId{static_cast<std::int64_t>(random() % 5)};
                ticket.opened_at = after(static_cast<std::int64_t>(random() % 50) * 1000);
                if (random() % 3) ticket.accepted_at = ticket.opened_at + waited(random());
                if (random() % 3)
                    ticket.deadlines = {
                        {"handle", after(static_cast<std::int64_t>(random() % 50) * 1000), "running", ""},
                        {"accept", after(0), "met", ""}};
                Details details;
                details.summary = one_of({"卫生间漏水", "电梯困人", "楼道灯不亮", "噪音扰民"}) + std::to_string(i);
                details.label = std::to_string(i % 12 + 1) + "栋2单元" + std::to_string(i % 18 + 1) + "01";
                file_ticket(house, t, ticket, details);
                tickets.push_back(ticket);
            }
        });
    }
    // Mostly seconds; one in five days.
    static Milliseconds waited(unsigned lot) {
        return lot % 5 == 0 ? Milliseconds{(lot / 5 % 4) * 86'400'000LL + (lot / 20 % 3) - 1}
                            : Milliseconds{static_cast<std::int64_t>(lot % 50'000)};
    }
    static std::int64_t due(const Ticket& ticket) {
        for (const auto& one : ticket.deadlines)
            if (one.state == "running") return to_ms(one.due_at);
        return std::numeric_limits<std::int64_t>::max();
    }
    std::vector<std::string> expected(const TicketFilter& f) const {
        auto found = tickets;
        const auto in = [&](UnitId unit) { return std::find(f.units.begin(), f.units.end(), unit) != f.units.end(); };
        const auto no = [&](const Ticket& t) {
            const bool open = !is_end(t.phase), is_overdue = open && due(t) < to_ms(f.now);
            return (!in(t.unit) && !in(t.owner_unit)) || (!f.state.empty() && f.state != t.state) ||
                   (!f.phase.empty() && f.phase != to_text(t.phase)) || (!f.kind.empty() && f.kind != t.kind) ||
                   (!f.category.empty() && f.category != t.category) || (!f.level.empty() && f.level != t.level) ||
                   (f.assignee && f.assignee != t.assignee) || (f.customer && f.customer != t.customer) ||
                   (f.overdue && *f.overdue != is_overdue) || (f.open_only && !open) ||
                   (f.order == Order::next_deadline && !open) || (f.since && t.opened_at < *f.since) ||
                   (f.until && t.opened_at >= *f.until);
        };
        found.erase(std::remove_if(found.begin(), found.end(), no), found.end());
        std::sort(found.begin(), found.end(), [&](const Ticket& a, const Ticket& b) {
            return f.order == Order::newest ? std::pair(a.opened_at, a.id) > std::pair(b.opened_at, b.id)
                                            : std::pair(due(a), a.id) < std::pair(due(b), b.id);
        });
        std::vector<std::string> numbers;
        for (const auto& one : found) numbers.push_back(one.number);
        return numbers;
    }
    std::vector<std::string> listed(TicketFilter f) {
        std::vector<std::string> numbers;
        do {
            house.store->read([&](Reading& r) {
                const auto page = r.tickets(f);
                CHECK(static_cast<int>(page.items.size()) <= f.limit);
                for (const auto& row : page.items) {
                    numbers.push_back(row.ticket.number);
                    CHECK_FALSE(row.details.summary.empty());
                }
                f.cursor = page.next_cursor;
            });
        } while (!f.cursor.empty());
        return numbers;
    }
};

std::vector<std::string> found(Store& store, const std::string& words, std::vector<UnitId> units = {UnitId{7}}) {
    TicketFilter filter;
    filter.units = std::move(units);
    filter.words = words;
    std::vector<std::string> numbers;
    store.read([&](Reading& r) {
        for (const auto& row : r.tickets(filter).items) numbers.push_back(row.ticket.number);
    });
    return numbers;
}

using Numbers = std::vector<std::string>;

}  // namespace

TEST_CASE("a list is what filtering by hand gives, page by page") {
    const auto seed = GENERATE(take(4, random(0, 1'000'000)));
    CAPTURE(seed);
    Many many(static_cast<unsigned>(seed));
    std::mt19937 random(static_cast<unsigned>(seed));
    for (int round = 0; round < 40; ++round) {
        TicketFilter f;
        for (std::int64_t unit : {1, 2, 3, 4, 9})
            if (random() % 2) f.units.push_back(UnitId{unit});
        f.limit = static_cast<int>(random() % 20) + 1;
        f.now = after(25000);
        if (random() % 2) f.order = Order::next_deadline;
        if (random() % 3 == 0) f.open_only = true;
        if (random() % 3 == 0) f.kind = "complaint";
        if (random() % 4 == 0) f.category = "order";
        if (random() % 4 == 0) f.level = "major";
        if (random() % 4 == 0) f.state = "filed";
        if (random() % 5 == 0) f.phase = "closed";
        if (random() % 4 == 0) f.assignee = StaffId{2};
        if (random() % 4 == 0) f.customer = PersonId{3};
        if (random() % 4 == 0) f.overdue = random() % 2 == 0;
        if (random() % 4 == 0) f.since = after(10000);
        if (random() % 4 == 0) f.until = after(40000);
        CAPTURE(round, f.limit, f.units.size(), f.open_only, f.order == Order::newest);
        CHECK(many.listed(f) == many.expected(f));
    }
}

TEST_CASE("the matters of a period are those filed or accepted in it, however long they waited, each once") {
    const auto seed = GENERATE(take(4, random(0, 1'000'000)));
    CAPTURE(seed);
    Many many(static_cast<unsigned>(seed));
    std::mt19937 random(static_cast<unsigned>(seed));
    for (int round = 0; round < 40; ++round) {
        std::vector<UnitId> units;
        for (std::int64_t unit : {1, 2, 3, 4, 9})
            if (random() % 2) units.push_back(UnitId{unit});
        const auto from = after(static_cast<std::int64_t>(random() % 50) * 1000 +
                                static_cast<std::int64_t>(random() % 4) * 86'400'000);
        const auto until = from + Milliseconds{1 + random() % 100'000'000};
        const auto within = [&](TimePoint at) { return at >= from && at < until; };
        const auto in = [&](UnitId unit) { return std::find(units.begin(), units.end(), unit) != units.end(); };
        std::vector<std::pair<TimePoint, TicketId>> expected;
        for (const auto& one : many.tickets)
            if ((in(one.unit) || in(one.owner_unit)) &&
                (within(one.opened_at) || (one.accepted_at && within(*one.accepted_at))))
                expected.emplace_back(one.opened_at, one.id);
        std::sort(expected.begin(), expected.end());
        many.house.store->read([&](Reading& r) {
            std::vector<std::pair<TimePoint, TicketId>> found;
            for (const auto id : r.tickets_of_period(units, from, until))
                found.emplace_back(r.ticket(id)->opened_at, id);
            CHECK(found == expected);
        });
    }
}

TEST_CASE("without units nothing is seen, and a foreign cursor gives an empty page") {
    Many many(1, 10);
    TicketFilter f;
    CHECK(many.listed(f).empty());
    f.units = {UnitId{1}, UnitId{2}, UnitId{3}, UnitId{4}};
    CHECK(many.listed(f).size() == 10);
    for (const char* cursor : {"nonsense", "1", ".", "1.x", "99999999999999999999.1", "'; DROP TABLE tickets"}) {
        f.cursor = cursor;
        many.house.store->read([&](Reading& r) { CHECK(r.tickets(f).items.empty()); });
    }
}

TEST_CASE("a customer's own tickets come newest first, and verify walks through all") {
    Many many(2, 300);
    many.house.store->read([&](Reading& r) {
        const auto own = r.tickets_of(PersonId{3}, 1000);
        std::size_t expected = 0;
        for (const auto& one : many.tickets) expected += one.customer == PersonId{3};
        CHECK(own.size() == expected);
        CHECK(std::is_sorted(own.begin(), own.end(), [](const Ticket& a, const Ticket& b) { return a.id > b.id; }));
        CHECK(r.tickets_of(PersonId{3}, 2).size() == 2);
        CHECK(r.tickets_of(PersonId{}, 1000).empty());
        std::set<TicketId> seen;
        r.each_ticket([&](const Ticket& ticket) { seen.insert(ticket.id); });
        CHECK(seen.size() == 300);
    });
}

TEST_CASE("a ticket is found by number, address and words of its summary, in the units one may see") {
    House house;
    auto& store = house.open();
    const auto file = [&](const char* number, const char* summary, const char* label, UnitId unit = UnitId{7}) {
        auto ticket = a_ticket(house, number, unit);
        Details details;
        details.summary = summary;
        details.label = label;
        details.contact_phone = "13812345678";
        store.run([&](Transaction& t) { file_ticket(house, t, ticket, details); });
        return ticket;
    };
    file("T20260302-001", "卫生间漏水,已经漏到楼下", "3栋2单元501");
    auto noise = file("T20260302-002", "楼上半夜装修噪音", "12栋1503");
    file("T20260303-001", "Lift B stops 电梯停运", "A座");
    file("T20260303-002", "卫生间漏水", "1栋", UnitId{8});
    CHECK(found(store, "漏水") == Numbers{"T20260302-001"});
    CHECK(found(store, "漏水", {UnitId{7}, UnitId{8}}) == Numbers{"T20260303-002", "T20260302-001"});
    CHECK(found(store, "卫生间 楼下") == Numbers{"T20260302-001"});
    CHECK(found(store, "卫生间 装修").empty());
    CHECK(found(store, "3栋2单元501") == Numbers{"T20260302-001"});
    CHECK(found(store, "12栋") == Numbers{"T20260302-002"});
    CHECK(found(store, "LIFT b").empty());  // one letter alone says too little
    CHECK(found(store, "LIFT stops") == Numbers{"T20260303-001"});
    CHECK(found(store, "t20260302-001") == Numbers{"T20260302-001"});
    CHECK(found(store, "T20260302") == Numbers{"T20260302-002", "T20260302-001"});
    CHECK(found(store, "水间").empty());
    CHECK(found(store, "13812345678").empty());
    CHECK(found(store, "").size() == 3);

    // Other details: the new words find it, the old ones do not.
    Details details;
    details.summary = "楼上半夜弹钢琴";
    details.label = "12栋1503";
    store.run([&](Transaction& t) {
        noise.details = t.add_text(to_text(details), noise.id, {}, nine);
        noise.version = 2;
        t.save(noise, 1, {}, {});
    });
    CHECK(found(store, "钢琴") == Numbers{"T20260302-002"});
    CHECK(found(store, "装修").empty());
}

TEST_CASE("what is found by words comes the newest first, page by page, each once") {
    Many many(7, 200);
    TicketFilter f;
    f.units = {UnitId{1}, UnitId{2}, UnitId{9}};
    f.words = "漏水";
    f.limit = 7;
    f.kind = "complaint";
    std::vector<std::string> expected;
    many.house.store->read([&](Reading& r) {
        for (auto ticket = many.tickets.rbegin(); ticket != many.tickets.rend(); ++ticket) {
            const auto among = [&](UnitId unit) { return unit.value == 1 || unit.value == 2 || unit.value == 9; };
            if ((among(ticket->unit) || among(ticket->owner_unit)) && ticket->kind == "complaint" &&
                r.details(ticket->details).summary.find("漏水") != std::string::npos)
                expected.push_back(ticket->number);
        }
    });
    REQUIRE(expected.size() > 14);
    CHECK(many.listed(f) == expected);
}

// All that has the word, page after page, by number.
Numbers listed_with(Store& store, const std::string& word, int limit) {
    TicketFilter filter;
    filter.units = {UnitId{7}};
    filter.words = word;
    filter.limit = limit;
    Numbers numbers;
    store.read([&](Reading& r) {
        do {
            const auto page = r.tickets(filter);
            for (const auto& row : page.items) numbers.push_back(row.ticket.number);
            filter.cursor = page.next_cursor;
        } while (!filter.cursor.empty());
    });
    return numbers;
}

TEST_CASE("a word that thousands have is listed to the last of them, what was amended in its place") {
    House house;
    auto& store = house.open();
    constexpr int tickets = words_portion * 5 + 100;
    std::vector<Ticket> all;
    std::vector<std::string> summaries;
    const auto says = [](int n) {
        std::string said = n % 5 == 0 ? "路灯不亮" : n % 7 == 0 ? "路边的灯不亮" : "灯不亮";
        return n % 900 == 0 ? said + ",有积水" : said;
    };
    const auto amended = [&](int n) {  // its words stand in a later portion than those of its neighbours
        all[static_cast<std::size_t>(n)].version = 2;
        summaries[static_cast<std::size_t>(n)] += ",楼道也黑";
        Details details;
        details.summary = summaries[static_cast<std::size_t>(n)];
        store.run([&](Transaction& t) {
            auto& ticket = all[static_cast<std::size_t>(n)];
            ticket.details = t.add_text(to_text(details), ticket.id, {}, nine);
            t.save(ticket, 1, {}, {});
        });
    };
    for (int i = 0; i < tickets; i += 100) {
        store.run([&](Transaction& t) {
            for (int n = i; n < std::min(i + 100, tickets); ++n) {
                all.push_back(a_ticket(house, "F" + std::to_string(n)));
                summaries.push_back(says(n));
                Details details;
                details.summary = summaries.back();
                file_ticket(house, t, all.back(), details);
            }
        });
        if (i % 300 == 0) amended(i / 2);
    }
    const auto with = [&](const std::string& word) {
        Numbers numbers;
        for (int n = tickets - 1; n >= 0; --n)
            if (summaries[static_cast<std::size_t>(n)].find(word) != std::string::npos)
                numbers.push_back("F" + std::to_string(n));
        return numbers;
    };
    REQUIRE(with("不亮").size() > 2000);
    REQUIRE(with("楼道").size() > 5);
    const int limit = GENERATE(200, 37);
    for (int round = 0; round < 2; ++round) {  // while the writer may fold, and when it has folded what it will
        for (const char* word : {"不亮", "路灯", "楼道", "积水", "楼道也黑", "不亮,有积水", "灯路"}) {
            INFO(word);
            CHECK(listed_with(*house.store, word, limit) == with(word));
        }
        house.open();
    }
}

TEST_CASE("what thousands have is found to the last in the order that is asked for, and by a number that begins none") {
    House house;
    auto& store = house.open();
    constexpr int tickets = 2300;  // more than are looked at for a page
    for (int i = 0; i < tickets; i += 100)
        store.run([&](Transaction& t) {
            for (int n = i; n < i + 100; ++n) {
                auto ticket = a_ticket(house, "F2026-" + std::to_string(1000 + n));
                ticket.opened_at = after(n);
                // The nearest deadlines are those of the oldest, which nobody comes to from the newest.
                ticket.deadlines = {{"handle", after(1'000'000 + n), "running", ""}};
                Details details;
                details.summary = n % 3 ? "灯不亮" : "路灯不亮";
                details.label = "2026室";
                file_ticket(house, t, ticket, details);
            }
        });
    TicketFilter f;
    f.units = {UnitId{7}};
    f.limit = GENERATE(200, 37);
    const auto listed = [&] {
        Numbers numbers;
        f.cursor.clear();
        store.read([&](Reading& r) {
            do {
                const auto page = r.tickets(f);
                for (const auto& row : page.items) numbers.push_back(row.ticket.number);
                f.cursor = page.next_cursor;
            } while (!f.cursor.empty());
        });
        return numbers;
    };
    Numbers oldest_first;
    for (int n = 0; n < tickets; ++n) oldest_first.push_back("F2026-" + std::to_string(1000 + n));
    const Numbers newest_first(oldest_first.rbegin(), oldest_first.rend());
    for (const char* words : {"2026", "F2026", "不亮"}) {
        INFO(words);
        f.words = words;
        f.order = Order::newest;
        CHECK(listed() == newest_first);
        f.order = Order::next_deadline;
        CHECK(listed() == oldest_first);
    }
    f.words = "路灯";  // few enough to look at each
    const auto some = listed();
    CHECK(some.size() == 767);
    CHECK(some.front() == "F2026-1000");
}

TEST_CASE("one who may see nothing of what is found is told to the end that there is nothing") {
    House house;
    auto& store = house.open();
    store.run([&](Transaction& t) {
        for (int n = 0; n < 2100; ++n) {
            auto ticket = a_ticket(house, "F" + std::to_string(n));
            if (n == 3) ticket.unit = ticket.owner_unit = UnitId{8};
            Details details;
            details.summary = "路灯不亮";
            file_ticket(house, t, ticket, details);
        }
    });
    TicketFilter filter;
    filter.units = {UnitId{8}};
    filter.words = "路灯";
    store.read([&](Reading& r) {
        const auto first = r.tickets(filter);
        CHECK(first.items.empty());
        REQUIRE_FALSE(first.next_cursor.empty());
        filter.cursor = first.next_cursor;
        const auto second = r.tickets(filter);
        REQUIRE(second.items.size() == 1);
        CHECK(second.items.front().ticket.number == "F3");
        CHECK(second.next_cursor.empty());
    });
}

TEST_CASE("search finds the same before and after words are folded, and after an amendment") {
    House house;
    auto& store = house.open();
    std::vector<Ticket> tickets;
    for (int batch = 0; batch < 4; ++batch)
        store.run([&](Transaction& t) {
            for (int i = 0; i < words_portion / 2; ++i) {
                const auto n = static_cast<int>(tickets.size());
                tickets.push_back(a_ticket(house, "F" + std::to_string(n)));
                Details details;
                details.summary = n % 100 == 0 ? "路灯不亮" : "门坏了";
                file_ticket(house, t, tickets.back(), details);
            }
        });
    // The writer folds when it has nothing to do; until then and afterwards the answer is one and the same.
    TicketFilter filter;
    filter.units = {UnitId{7}};
    filter.words = "路灯";
    filter.limit = 200;
    for (int i = 0; i < 50; ++i) store.read([&](Reading& r) { REQUIRE(r.tickets(filter).items.size() == 11); });
    auto& changed = tickets[100];
    Details details;
    details.summary = "路面破损";
    store.run([&](Transaction& t) {
        changed.details = t.add_text(to_text(details), changed.id, {}, nine);
        changed.version = 2;
        t.save(changed, 1, {}, {});
    });
    store.read([&](Reading& r) { CHECK(r.tickets(filter).items.size() == 10); });
    CHECK(found(store, "路面") == Numbers{"F100"});
    house.open();
    CHECK(found(*house.store, "路面") == Numbers{"F100"});
}
