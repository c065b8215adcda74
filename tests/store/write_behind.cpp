// Units that run ahead of their commits: they see each other's work, and when something fails behind them nothing that
// was built on it stands.
#include <catch2/catch.hpp>
#include <thread>

#include "tests/store/store_house.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

Message a_message(ConversationId conversation, std::int64_t id, const std::string& words) {
    Message message;
    message.id = id;
    message.conversation = conversation;
    message.at = nine;
    message.said.text = words;
    return message;
}

struct Heard {  // what each of many units was told
    explicit Heard(std::size_t count) : outcomes(count) {}
    Store::After at(std::size_t place) {
        return [this, place](Outcome outcome, std::exception_ptr) { outcomes[place] = outcome; };
    }
    std::vector<std::optional<Outcome>> outcomes;
};

int number_now(Store& store) {
    int number = 0;
    store.run([&](Transaction& tx) { number = tx.next_number("series"); });
    return number;
}

}  // namespace

TEST_CASE("a unit sees what units before it changed, committed or under way, asked or listed") {
    House house;
    auto& store = house.open();
    const auto talk = a_conversation(house, "u1");
    std::vector<std::size_t> listed(200);
    std::vector<int> numbers(200);
    Held held(store);
    store.submit([&](Transaction& tx) { tx.save(talk); }, {});
    for (std::size_t i = 0; i < 200; ++i)  // more than three groups
        store.submit(
            [&, i](Transaction& tx) {
                tx.add(a_message(talk.id, static_cast<std::int64_t>(i) + 1, "x"));
                numbers[i] = tx.next_number("series");
                if (i % 7 == 0) listed[i] = tx.last_messages(talk.id, 1000).size();
            },
            {});
    held.let_go();
    store.run([](Transaction&) {});
    for (std::size_t i = 0; i < 200; ++i) {
        CHECK(numbers[i] == static_cast<int>(i) + 1);
        if (i % 7 == 0) CHECK(listed[i] == i + 1);
    }
}

TEST_CASE("a change that fails behind undoes its own unit alone") {
    House house;
    auto& store = house.open();
    const auto talk = a_conversation(house, "u1");
    store.run([&](Transaction& tx) {
        tx.save(talk);
        tx.add(a_message(talk.id, 3, "was there before"));
    });
    Heard heard(150);
    Held held(store);
    for (std::size_t i = 0; i < 150; ++i)
        store.submit(
            [&, i](Transaction& tx) {
                tx.set_setting("s" + std::to_string(i), std::to_string(tx.next_number("series")));
                if (i == 20) tx.add(a_message(talk.id, 3, "the same place again"));
            },
            heard.at(i));
    held.let_go();
    store.run([](Transaction&) {});
    store.read([&](Reading& reading) {
        for (std::size_t i = 0; i < 150; ++i) {
            REQUIRE(heard.outcomes[i]);
            CHECK((*heard.outcomes[i] == Outcome::saved) == (i != 20));
            CHECK(reading.setting("s" + std::to_string(i)).has_value() == (i != 20));
        }
        CHECK(reading.last_messages(talk.id, 10).size() == 1);
    });
    CHECK(number_now(store) == 150);  // none was used up by the unit that is undone
    CHECK(store.writable());
}

TEST_CASE("a full disk behind undoes all that ran ahead of it, and nothing of that is seen afterwards") {
    House house;
    auto& store = house.open();
    REQUIRE(number_now(store) == 1);
    const std::string much(60'000, 'x');
    std::vector<ConversationId> talks;
    for (int i = 0; i < 300; ++i) talks.push_back(house.id<ConversationId>());
    Heard heard(300);
    store.limit_pages(1500);
    store.run([](Transaction&) {});  // the limit stands
    Held held(store);
    for (std::size_t i = 0; i < 300; ++i)
        store.submit(
            [&, i](Transaction& tx) {
                auto talk = a_conversation(house, "u" + std::to_string(i));
                talk.id = talks[i];
                tx.save(talk);
                tx.add(a_message(talk.id, tx.next_number("series"), much));
            },
            heard.at(i));
    held.let_go();
    for (int i = 0; i < 2000 && store.waiting() > 0; ++i) std::this_thread::yield();
    try {
        store.run([](Transaction&) {});
    } catch (const std::runtime_error&) {  // it may have come among those that were lost
        CHECK_FALSE(store.writable());
    }
    store.limit_pages(0);
    for (int i = 0; i < 100 && !store.writable(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds{50});
    REQUIRE(store.writable());
    int saved = 0;
    store.run([&](Transaction& tx) {
        for (std::size_t i = 0; i < 300; ++i) {
            REQUIRE(heard.outcomes[i]);
            const bool stands = *heard.outcomes[i] == Outcome::saved;
            saved += stands;
            CHECK(tx.conversation(talks[i]).has_value() == stands);
            CHECK(tx.conversation_at(ChannelId{"oa"}, "u" + std::to_string(i)).has_value() == stands);
            CHECK(tx.last_messages(talks[i], 10).size() == (stands ? 1U : 0U));
        }
    });
    CHECK(saved > 0);
    CHECK(saved < 300);
    CHECK(number_now(store) == saved + 2);
}

TEST_CASE("a delivery claimed by a unit under way is known to the next one, and free again when that is undone") {
    House house;
    auto& store = house.open();
    auto talk = a_conversation(house, "u1");
    store.run([&](Transaction& tx) { tx.save(talk); });
    const Delivery delivery{.channel = talk.channel, .key = "k", .conversation = talk.id, .answer = "[]", .at = nine};
    std::vector<int> claimed;
    bool first_time = true;
    Held held(store);
    for (int i = 0; i < 3; ++i)
        store.submit([&](Transaction& tx) { claimed.push_back(tx.claim_delivery(delivery)); }, {});
    store.submit(
        [&](Transaction&) {
            if (std::exchange(first_time, false)) throw Refused("the group is run again");
        },
        {});
    held.let_go();
    store.run([](Transaction&) {});
    REQUIRE(claimed.size() == 6);  // each unit twice
    CHECK(claimed == std::vector<int>{1, 0, 0, 1, 0, 0});
    bool again = true;
    store.run([&](Transaction& tx) { again = tx.claim_delivery(delivery); });
    CHECK_FALSE(again);
}

TEST_CASE("a conversation that is known by its keys claims and refuses as one whose keys are too many") {
    House house;
    auto& store = house.open();
    const auto talk = a_conversation(house, "u1");
    store.run([&](Transaction& tx) { tx.save(talk); });
    const auto claim = [&](Transaction& tx, int i) {
        return tx.claim_delivery({.channel = talk.channel,
                                  .key = "k" + std::to_string(i),
                                  .conversation = talk.id,
                                  .answer = "[]",
                                  .at = nine});
    };
    for (int i = 0; i < 100; ++i) {
        bool fresh = false, repeat = true, old = true;
        store.run([&](Transaction& tx) { fresh = claim(tx, i); });
        store.run([&](Transaction& tx) {
            repeat = claim(tx, i);
            old = claim(tx, i / 2);
        });
        CHECK(fresh);
        CHECK_FALSE(repeat);
        CHECK_FALSE(old);
    }
    house.open();  // nothing is remembered but the rows
    bool old = true, fresh = false;
    house.store->run([&](Transaction& tx) {
        old = claim(tx, 5);
        fresh = claim(tx, 100);
    });
    CHECK_FALSE(old);
    CHECK(fresh);
}
