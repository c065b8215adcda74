// What is owed is neither lost nor done twice: deliveries, outbox, reminders.
#include <catch2/catch.hpp>

#include "tests/store/store_house.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

const ChannelId oa{"oa"}, app{"app"};

OutboxItem item_to(House& house, ConversationId to, Priority priority = Priority::progress,
                   const std::string& key = "") {
    OutboxItem item;
    item.id = house.id<OutboxId>();
    item.channel = oa;
    item.conversation = to;
    item.kind = "progress";
    item.priority = priority;
    item.said.text = "处理中";
    item.key = key;
    item.created_at = item.next_attempt_at = nine;
    item.next_attempt_system = nine;
    return item;
}

std::vector<OutboxId> ids_of(const std::vector<OutboxItem>& items) {
    std::vector<OutboxId> ids;
    for (const auto& item : items) ids.push_back(item.id);
    return ids;
}

std::vector<OutboxItem> claimed(Store& store, int most = 10, TimePoint service = nine, TimePoint system = nine) {
    std::vector<OutboxItem> items;
    store.run([&](Transaction& t) { items = t.claim_outbox(oa, service, system, most); });
    return items;
}

void finish(Store& store, OutboxItem item, OutboxState state) {
    item.state = state;
    if (state == OutboxState::sent) item.sent_at = nine;
    store.run([&](Transaction& t) { t.save(item); });
}

using Ids = std::vector<OutboxId>;

}  // namespace

TEST_CASE("a delivery is claimed once, and a repeat finds its answer") {
    House house;
    auto& store = house.open();
    Delivery first{oa, "23587612345", ConversationId{5}, "", nine};
    bool claimed_first = false, claimed_again = true;
    store.run([&](Transaction& t) {
        claimed_first = t.claim_delivery(first);
        t.set_delivery_answer(oa, first.conversation, first.key, "已登记");
    });
    store.run([&](Transaction& t) { claimed_again = t.claim_delivery(first); });
    CHECK(claimed_first);
    CHECK_FALSE(claimed_again);
    house.open().read([&](Reading& r) {
        const auto found = r.delivery(oa, first.conversation, first.key);
        REQUIRE(found);
        CHECK(found->answer == "已登记");
        CHECK(found->conversation == ConversationId{5});
        CHECK(found->key == first.key);
        CHECK_FALSE(r.delivery(app, first.conversation, first.key));
        CHECK_FALSE(r.delivery(oa, {}, first.key));
        CHECK_FALSE(r.delivery(oa, first.conversation, "2358761234"));
    });
}

TEST_CASE("events whose keys differ only at the end are two deliveries") {
    House house;
    house.open().run([&](Transaction& t) {
        CHECK(t.claim_delivery({oa, "openid:1772413200:LOCATION:", {}, "", nine}));
        CHECK(t.claim_delivery({oa, "openid:1772413200:VIEW:https://example.com", {}, "", nine}));
        CHECK_FALSE(t.claim_delivery({oa, "openid:1772413200:LOCATION:", {}, "", nine}));
        CHECK(t.delivery(oa, {}, "openid:1772413200:LOCATION:"));
    });
}

TEST_CASE("a delivery that was undone can be claimed again") {
    House house;
    auto& store = house.open();
    CHECK_THROWS(store.run([&](Transaction& t) {
        CHECK(t.claim_delivery({oa, "1", {}, "", nine}));
        throw std::runtime_error("later");
    }));
    store.run([&](Transaction& t) { CHECK(t.claim_delivery({oa, "1", {}, "", nine})); });
}

TEST_CASE("a delivery is remembered for eight days, then its room is given back as new ones come") {
    House house;
    auto& store = house.open();
    const auto day = std::chrono::hours(24);
    store.run([&](Transaction& t) {
        for (int i = 0; i < 10; ++i) t.claim_delivery({oa, std::to_string(i), {}, "", nine});
    });
    store.run([&](Transaction& t) { CHECK_FALSE(t.claim_delivery({oa, "3", {}, "", nine + day * 8})); });
    store.run([&](Transaction& t) {
        for (int i = 0; i < 2000; ++i) t.claim_delivery({oa, "new" + std::to_string(i), {}, "", nine + day * 9});
    });
    store.read([&](Reading& r) {
        int left = 0;
        for (int i = 0; i < 10; ++i) left += r.delivery(oa, {}, std::to_string(i)).has_value();
        CHECK(left == 0);
        CHECK(r.delivery(oa, {}, "new0"));
    });
    store.run([&](Transaction& t) { t.forget_old(nine + day * 20); });
    store.read([&](Reading& r) { CHECK_FALSE(r.delivery(oa, {}, "new4")); });
}

TEST_CASE("the outbox goes by priority, then by age, one for each recipient at a time") {
    House house;
    auto& store = house.open();
    const ConversationId wang{1}, li{2}, zhao{3};
    const auto wang_first = item_to(house, wang), wang_second = item_to(house, wang, Priority::consent);
    const auto li_survey = item_to(house, li, Priority::survey),
               zhao_deadline = item_to(house, zhao, Priority::deadline);
    store.run([&](Transaction& t) {
        for (const auto& item : {wang_first, wang_second, li_survey, zhao_deadline}) CHECK(t.add(item));
    });
    const auto first = claimed(store);
    CHECK(ids_of(first) == Ids{zhao_deadline.id, wang_first.id, li_survey.id});
    for (const auto& item : first) CHECK(item.state == OutboxState::sending);
    CHECK(claimed(store).empty());
    finish(store, first[1], OutboxState::sent);
    CHECK(ids_of(claimed(store)) == Ids{wang_second.id});
    house.open().read([&](Reading& r) {
        CHECK(r.outbox(wang_first.id)->state == OutboxState::sent);
        CHECK(r.outbox(wang_second.id)->state == OutboxState::sending);
        CHECK(r.outbox(wang_first.id)->said.text == "处理中");
    });
}

TEST_CASE("an older item that waits for its next attempt holds back the newer ones, but not an emergency") {
    House house;
    auto& store = house.open();
    const ConversationId wang{1};
    auto failing = item_to(house, wang);
    const auto newer = item_to(house, wang);
    auto emergency = item_to(house, wang, Priority::emergency);
    store.run([&](Transaction& t) { t.add(failing), t.add(newer); });
    auto first = claimed(store);
    REQUIRE(ids_of(first) == Ids{failing.id});
    failing = first[0];
    failing.attempts = 1;
    failing.next_attempt_at = failing.next_attempt_system = after(60000);
    failing.error_code = "channel.busy";
    failing.error_text = "45009";
    finish(store, failing, OutboxState::failed);
    CHECK(claimed(store).empty());
    store.run([&](Transaction& t) { t.add(emergency); });
    auto urgent = claimed(store);
    REQUIRE(ids_of(urgent) == Ids{emergency.id});
    // While it is on its way nothing else is, even if due.
    CHECK(claimed(store, 10, after(60000), after(60000)).empty());
    finish(store, urgent[0], OutboxState::sent);
    CHECK(claimed(store, 10, after(59999), after(59999)).empty());
    SECTION("due by the service clock") { CHECK(ids_of(claimed(store, 10, after(60000), nine)) == Ids{failing.id}); }
    SECTION("due by the system clock") {
        const auto again = claimed(store, 10, nine, after(60000));
        REQUIRE(ids_of(again) == Ids{failing.id});
        CHECK(again[0].attempts == 1);
        CHECK(again[0].error_code == "channel.busy");
        finish(store, again[0], OutboxState::dead);
        CHECK(ids_of(claimed(store)) == Ids{newer.id});
    }
}

TEST_CASE("of two emergencies for one recipient the older goes first, and ordinary ones wait for both") {
    House house;
    auto& store = house.open();
    const ConversationId wang{1};
    const auto ordinary = item_to(house, wang), one = item_to(house, wang, Priority::emergency),
               two = item_to(house, wang, Priority::emergency);
    store.run([&](Transaction& t) { t.add(ordinary), t.add(one), t.add(two); });
    Ids order;
    for (auto items = claimed(store); !items.empty(); items = claimed(store)) {
        REQUIRE(items.size() == 1);
        order.push_back(items[0].id);
        finish(store, items[0], OutboxState::sent);
    }
    CHECK(order == Ids{one.id, two.id, ordinary.id});
}

TEST_CASE("where no person is meant the lines of one group go one after the other, and no group waits for another") {
    House house;
    auto& store = house.open();
    const auto line_to = [&](std::int64_t group, Priority priority = Priority::consent) {
        auto item = item_to(house, {}, priority);
        item.message = group;
        return item;
    };
    auto silent = line_to(1);
    const auto again = line_to(1), other = line_to(2), danger = line_to(3, Priority::emergency), person = [&] {
        auto item = item_to(house, ConversationId{1});
        item.message = 1;
        return item;
    }();
    store.run([&](Transaction& t) { t.add(silent), t.add(again), t.add(other), t.add(danger), t.add(person); });
    const auto first = claimed(store);
    CHECK(ids_of(first) == Ids{danger.id, silent.id, other.id, person.id});
    CHECK(claimed(store).empty());
    // A group that takes nothing now holds up only its own lines; a person's own still go one by one.
    REQUIRE(first.size() == 4);
    silent = first[1];
    silent.next_attempt_at = silent.next_attempt_system = after(60000);
    finish(store, silent, OutboxState::failed);
    const auto later = line_to(2), newest = item_to(house, ConversationId{1});
    store.run([&](Transaction& t) { t.add(later), t.add(newest); });
    CHECK(claimed(store).empty());
    finish(store, first[2], OutboxState::sent);
    CHECK(ids_of(claimed(store)) == Ids{later.id});
    finish(store, first[3], OutboxState::sent);
    CHECK(ids_of(claimed(store)) == Ids{newest.id});
}

TEST_CASE("a picture that is to be fetched holds back nothing that is said, however long nobody answers for it") {
    House house;
    auto& store = house.open();
    const ConversationId wang{1};
    auto picture = item_to(house, wang);
    picture.kind = "fetch_media";
    const auto words = item_to(house, wang), newer = item_to(house, wang);
    store.run([&](Transaction& t) { t.add(picture); });
    auto first = claimed(store);
    REQUIRE(ids_of(first) == Ids{picture.id});
    store.run([&](Transaction& t) { t.add(words), t.add(newer); });
    auto second = claimed(store);  // while it is being fetched
    REQUIRE(ids_of(second) == Ids{words.id});
    first[0].next_attempt_at = first[0].next_attempt_system = after(60000);
    finish(store, first[0], OutboxState::waiting);
    CHECK(claimed(store).empty());  // words go one by one still
    finish(store, second[0], OutboxState::sent);
    CHECK(ids_of(claimed(store)) == Ids{newer.id});  // while it waits for its next attempt
}

TEST_CASE("of long queues the heads are claimed together, and who is not due holds up nobody else") {
    House house;
    auto& store = house.open();
    std::vector<OutboxItem> of_li, of_zhang;
    const auto to_staff = [&](int who, Priority priority) {
        auto item = item_to(house, {}, priority);
        item.staff = StaffId{who};
        return item;
    };
    for (int i = 0; i < 50; ++i) {
        of_li.push_back(to_staff(11, Priority::progress));
        of_zhang.push_back(to_staff(12, Priority::progress));
    }
    const auto words = item_to(house, ConversationId{7});
    const auto danger = to_staff(12, Priority::emergency);
    of_li[0].next_attempt_at = of_li[0].next_attempt_system = after(60000);
    store.run([&](Transaction& t) {
        for (const auto& item : of_li) t.add(item);
        for (const auto& item : of_zhang) t.add(item);
        t.add(words);
        t.add(danger);
    });
    CHECK(ids_of(claimed(store, 16)) == Ids{danger.id, words.id});
    CHECK(ids_of(claimed(store, 16, after(60000))) == Ids{of_li[0].id});
    auto said = danger;
    finish(store, said, OutboxState::sent);
    CHECK(ids_of(claimed(store, 16)) == Ids{of_zhang[0].id});
}

TEST_CASE("no more are claimed than asked for, and only of the channel") {
    House house;
    auto& store = house.open();
    store.run([&](Transaction& t) {
        for (int i = 0; i < 20; ++i) t.add(item_to(house, ConversationId{100 + i}));
        auto other = item_to(house, ConversationId{7});
        other.channel = app;
        t.add(other);
    });
    CHECK(claimed(store, 8).size() == 8);
    CHECK(claimed(store, 50).size() == 12);
    store.run([&](Transaction& t) { CHECK(t.claim_outbox(app, nine, nine, 5).size() == 1); });
}

TEST_CASE("a claimed item knows the platform's name of its recipient") {
    House house;
    auto& store = house.open();
    const auto talk = a_conversation(house, "openid-wang");
    Staff li;
    li.id = StaffId{11};
    li.login = "li.na";
    li.addresses = {{"oa", "lina-on-oa"}};
    Staff bare = li;
    bare.id = StaffId{12};
    bare.login = "zhang.qiang";
    bare.addresses.clear();
    const auto to_wang = item_to(house, talk.id);
    auto to_li = item_to(house, {}), to_zhang = item_to(house, {}), to_room = item_to(house, {});
    to_li.staff = li.id;
    to_zhang.staff = bare.id;
    store.run([&](Transaction& t) {
        t.save(talk), t.save(li), t.save(bare);
        t.add(to_wang), t.add(to_li), t.add(to_zhang), t.add(to_room);
    });
    const auto items = claimed(store);
    REQUIRE(items.size() == 4);
    CHECK(items[0].address == "openid-wang");
    CHECK(items[1].address == "lina-on-oa");
    CHECK(items[2].address.empty());  // his login is not one everywhere
    CHECK(items[3].address.empty());
}

TEST_CASE("one key is one row, and the first of them stays") {
    House house;
    auto& store = house.open();
    auto first = item_to(house, ConversationId{1}, Priority::consent, "consent:5:1"), second = first;
    second.id = house.id<OutboxId>();
    store.run([&](Transaction& t) {
        CHECK(t.add(first));
        CHECK_FALSE(t.add(second));
        CHECK(t.add(item_to(house, ConversationId{1})));
        CHECK(t.add(item_to(house, ConversationId{1})));
    });
    store.read([&](Reading& r) {
        CHECK(r.outbox(first.id));
        CHECK_FALSE(r.outbox(second.id));
    });
}

TEST_CASE("what a dead process had in its hands is claimed again after a start") {
    House house;
    auto& store = house.open();
    const auto item = item_to(house, ConversationId{1});
    store.run([&](Transaction& t) { t.add(item); });
    CHECK(claimed(store).size() == 1);
    auto& again = house.open();
    CHECK(claimed(again).empty());
    again.run([](Transaction& t) { t.release_claims(); });
    CHECK(ids_of(claimed(again)) == Ids{item.id});
}

TEST_CASE("an item born sent is in no queue until its state says so") {
    House house;
    auto& store = house.open();
    auto passive = item_to(house, ConversationId{1});
    passive.state = OutboxState::sent;
    passive.sent_at = nine;
    store.run([&](Transaction& t) { t.add(passive); });
    CHECK(claimed(store).empty());
    finish(store, passive, OutboxState::waiting);
    CHECK(ids_of(claimed(store)) == Ids{passive.id});
}

TEST_CASE("the outbox is listed by state, newest first, page by page") {
    House house;
    auto& store = house.open();
    Ids all;
    store.run([&](Transaction& t) {
        for (int i = 0; i < 7; ++i) {
            auto item = item_to(house, ConversationId{i + 1});
            item.state = i % 2 ? OutboxState::dead : OutboxState::sent;
            item.ticket = TicketId{i < 3 ? 5 : 6};
            t.add(item);
            all.insert(all.begin(), item.id);
        }
    });
    store.read([&](Reading& r) {
        Ids seen;
        std::string cursor;
        do {
            const auto page = r.outbox_page("", 3, cursor);
            for (const auto& item : page.items) seen.push_back(item.id);
            cursor = page.next_cursor;
        } while (!cursor.empty());
        CHECK(seen == all);
        CHECK(r.outbox_page("dead", 10, "").items.size() == 3);
        CHECK(r.outbox_page("sent", 10, "").items.size() == 4);
        CHECK(r.outbox_page("waiting", 10, "").items.empty());
        CHECK(r.outbox_page("dead", 10, "nonsense").items.empty());
        CHECK(r.outbox_of(TicketId{5}).size() == 3);
    });
}

TEST_CASE("a reminder is set once by its name, moved by setting it again, and taken once in order of due time") {
    House house;
    auto& store = house.open();
    const TicketId one{1}, two{2};
    store.run([&](Transaction& t) {
        t.set_reminder({{}, after(30), false, one, {}, "deadline", "handle"});
        t.set_reminder({{}, after(20), false, two, {}, "deadline", "handle"});
        t.set_reminder({{}, after(10), false, one, {}, "deadline", "accept"});
        t.set_reminder({{}, after(5), true, {}, ConversationId{3}, "burst", ""});
        t.set_reminder({{}, after(15), false, one, {}, "deadline", "handle"});
    });
    house.open().read([&](Reading& r) {
        CHECK(r.next_reminder(false) == after(10));
        CHECK(r.next_reminder(true) == after(5));
    });
    std::vector<Reminder> due;
    const auto take = [&](TimePoint now, bool system, int most) {
        house.store->run([&](Transaction& t) { due = t.take_due(now, system, most); });
    };
    take(after(9), false, 10);
    CHECK(due.empty());
    take(after(100), false, 2);
    REQUIRE(due.size() == 2);
    CHECK(due[0].name == "accept");
    CHECK(due[0].ticket == one);
    CHECK(due[1].name == "handle");
    CHECK(due[1].due_at == after(15));
    take(after(100), false, 10);
    REQUIRE(due.size() == 1);
    CHECK(due[0].ticket == two);
    take(after(100), false, 10);
    CHECK(due.empty());
    take(after(100), true, 10);
    REQUIRE(due.size() == 1);
    CHECK(due[0].conversation == ConversationId{3});
    CHECK(due[0].system);
    house.store->read([&](Reading& r) { CHECK_FALSE(r.next_reminder(false)); });
}

TEST_CASE("reminders are dropped one by one or all of a kind") {
    House house;
    auto& store = house.open();
    const TicketId one{1};
    store.run([&](Transaction& t) {
        for (const char* name : {"a", "b", "c"}) t.set_reminder({{}, nine, false, one, {}, "deadline", name});
        t.set_reminder({{}, nine, false, one, {}, "survey", ""});
        t.set_reminder({{}, nine, false, TicketId{2}, {}, "deadline", "a"});
        t.drop_reminder(one, {}, "deadline", "b");
        t.drop_reminder(one, {}, "deadline", "none");
    });
    store.run([&](Transaction& t) { CHECK(t.take_due(nine, false, 1).size() == 1); });
    store.run([&](Transaction& t) { t.drop_reminders(one, "deadline"); });
    store.run([&](Transaction& t) {
        const auto left = t.take_due(nine, false, 10);
        REQUIRE(left.size() == 2);
        CHECK(left[0].kind == "survey");
        CHECK(left[1].ticket == TicketId{2});
    });
}
