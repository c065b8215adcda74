// Units that run ahead of their commits: they see each other's work, and when something fails behind them nothing that
// was built on it stands.
#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <latch>
#include <random>
#include <sstream>
#include <thread>

#include "tests/store/store_house.h"
#include "workflow/store/driver.h"
#include "workflow/store/sqlite_driver.h"

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
    explicit Heard(std::size_t count) : outcomes(count), all(static_cast<std::ptrdiff_t>(count)) {}
    Store::After at(std::size_t place) {
        return [this, place](Outcome outcome, std::exception_ptr) {
            outcomes[place] = outcome;
            all.count_down();
        };
    }
    std::vector<std::optional<Outcome>> outcomes;
    std::latch all;
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

TEST_CASE("a unit that asks after a group behind has failed hears that the store failed, and is run again") {
    House house;
    auto& store = house.open();
    const auto talk = a_conversation(house, "u1");
    store.run([&](Transaction& tx) {
        tx.save(talk);
        tx.add(a_message(talk.id, 3, "was there before"));
    });
    int store_failed = 0, something_else = 0, ended = 0;
    constexpr std::size_t last = 16;  // the first that runs while the sixteen before it are behind
    Heard heard(last + 1);
    Held held(store);
    for (std::size_t i = 0; i <= last; ++i)
        store.submit(
            [&, i](Transaction& tx) {
                tx.set_setting("s" + std::to_string(i), "x");
                // Many, so that those behind are still at it when the last one asks.
                for (std::int64_t k = 0; i < last && k < 300; ++k)
                    tx.add(a_message(talk.id, 1000 + static_cast<std::int64_t>(i) * 300 + k, "x"));
                if (i + 1 == last) tx.add(a_message(talk.id, 3, "the same place again"));
                if (i < last) return;
                try {
                    (void)tx.last_messages(talk.id, 10);
                    ++ended;
                } catch (const StoreFailed&) {
                    ++store_failed;
                    throw;
                } catch (const std::exception&) {
                    ++something_else;
                    throw;
                }
            },
            heard.at(i));
    held.let_go();
    heard.all.wait();
    CHECK(store_failed == 1);
    CHECK(something_else == 0);
    CHECK(ended == 1);
    CHECK(heard.outcomes[last - 1] == Outcome::undone);
    CHECK(heard.outcomes[last] == Outcome::saved);
}

TEST_CASE("two units of which one is wrong are told so at once, though nobody comes after them") {
    House house;
    auto& store = house.open();
    const auto talk = a_conversation(house, "u1");
    store.run([&](Transaction& tx) {
        tx.save(talk);
        tx.add(a_message(talk.id, 3, "was there before"));
    });
    struct Told {
        std::atomic<int> saved{0}, undone{0};
        std::promise<void> all;
    };
    const auto told = std::make_shared<Told>();  // outlives a test that gives up
    const auto note = [told](Outcome outcome, std::exception_ptr) {
        ++(outcome == Outcome::saved ? told->saved : told->undone);
        if (told->saved + told->undone == 2) told->all.set_value();
    };
    Held held(store);
    store.submit([](Transaction& tx) { tx.set_setting("a", "x"); }, note);
    store.submit([talk](Transaction& tx) { tx.add(a_message(talk.id, 3, "the same place again")); }, note);
    held.let_go();
    REQUIRE(told->all.get_future().wait_for(std::chrono::seconds{10}) == std::future_status::ready);
    CHECK(told->saved == 1);
    CHECK(told->undone == 1);
}

TEST_CASE("a full disk behind undoes all that ran ahead of it, and nothing of that is seen afterwards") {
    House house;
    auto& store = house.open();
    REQUIRE(number_now(store) == 1);
    const std::string much(60'000, 'x');
    std::vector<ConversationId> talks;
    // In sixteens, as the writer takes them: the last have no more room than those before.
    constexpr std::size_t units = 304;
    for (std::size_t i = 0; i < units; ++i) talks.push_back(house.id<ConversationId>());
    Heard heard(units);
    store.limit_pages(1500);
    store.run([](Transaction&) {});  // the limit stands
    Held held(store);
    for (std::size_t i = 0; i < units; ++i)
        store.submit(
            [&, i](Transaction& tx) {
                auto talk = a_conversation(house, "u" + std::to_string(i));
                talk.id = talks[i];
                tx.save(talk);
                tx.add(a_message(talk.id, tx.next_number("series"), much));
            },
            heard.at(i));
    held.let_go();
    heard.all.wait();
    CHECK_FALSE(store.writable());
    store.limit_pages(0);
    store.run([](Transaction&) {});
    REQUIRE(store.writable());
    int saved = 0;
    store.run([&](Transaction& tx) {
        for (std::size_t i = 0; i < units; ++i) {
            REQUIRE(heard.outcomes[i]);
            const bool stands = *heard.outcomes[i] == Outcome::saved;
            saved += stands;
            CHECK(tx.conversation(talks[i]).has_value() == stands);
            CHECK(tx.conversation_at(ChannelId{"oa"}, "u" + std::to_string(i)).has_value() == stands);
            CHECK(tx.last_messages(talks[i], 10).size() == (stands ? 1U : 0U));
        }
    });
    CHECK(saved > 0);
    CHECK(saved < static_cast<int>(units));
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

TEST_CASE("units that come while a group is under way go together with the next commit") {
    House house;
    auto& store = house.open();
    std::latch first_told(1), go_on(1);
    const auto add = [](Transaction& tx) { (void)tx.next_number("series"); };
    Held held(store);
    store.submit(add, [&](Outcome, std::exception_ptr) {  // the thread behind stands here, with its commit done
        first_told.count_down();
        go_on.wait();
    });
    store.submit(add, {});
    held.let_go();
    first_told.wait();
    const auto before = store.commits();
    Heard heard(5);
    for (std::size_t i = 0; i < 5; ++i) {  // each by itself: the one before it has been run
        std::latch ran(1);
        store.submit([&](Transaction& tx) { add(tx), ran.count_down(); }, heard.at(i));
        ran.wait();
    }
    CHECK(store.commits() == before);
    go_on.count_down();
    heard.all.wait();
    for (const auto& outcome : heard.outcomes) CHECK(outcome == Outcome::saved);
    CHECK(store.commits() == before + 1);
    CHECK(number_now(store) == 8);
}

TEST_CASE("what a long group says is made while its later units still run, and undone with them") {
    House house;
    auto& store = house.open();
    const auto another = open_sqlite(house.file(), SqliteAccess::writing);
    another->script("PRAGMA busy_timeout=0");
    const auto somebody_writes = [&] {
        try {
            another->begin();
        } catch (const StoreFailed&) {
            return true;
        }
        another->roll_back();
        return false;
    };
    bool seen = false;
    Heard heard(9);
    Held held(store);
    for (std::size_t i = 0; i < 9; ++i)
        store.submit(
            [&, i](Transaction& tx) {
                (void)tx.next_number("series");
                if (i < 8 || seen) return;
                const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(10);
                while (!seen && std::chrono::steady_clock::now() < patience) {
                    seen = somebody_writes();
                    std::this_thread::yield();
                }
                throw std::runtime_error("the ninth is wrong, and the eight before it are behind already");
            },
            heard.at(i));
    held.let_go();
    heard.all.wait();
    CHECK(seen);
    for (std::size_t i = 0; i < 9; ++i) CHECK(heard.outcomes[i] == Outcome::saved);  // each by itself, and once
    CHECK(number_now(store) == 10);
}

namespace {

// Leaves the writer with work behind it: what is submitted afterwards runs while nothing of this is committed yet.
void run_ahead_of(Store& store, Held& held, const std::vector<std::function<void(Transaction&)>>& units) {
    Heard heard(units.size());
    for (std::size_t i = 0; i < units.size(); ++i) store.submit(units[i], heard.at(i));
    held.let_go();
    heard.all.wait();
    for (const auto& outcome : heard.outcomes) CHECK(outcome == Outcome::saved);
}

}  // namespace

TEST_CASE("a repeat of the thirty-third delivery of a talk is a repeat, also where the talk is saved with each") {
    House house;
    auto& store = house.open();
    auto talk = a_conversation(house, "u1");
    store.run([&](Transaction& tx) { tx.save(talk); });
    const auto claim = [&](Transaction& tx, int i) {
        tx.save(*tx.conversation(talk.id));
        return tx.claim_delivery({.channel = talk.channel,
                                  .key = "k" + std::to_string(i),
                                  .conversation = talk.id,
                                  .answer = "[]",
                                  .at = nine});
    };
    for (int i = 0; i < 70; ++i) {
        bool fresh = false, repeat = true;
        int runs = 0;
        store.run([&](Transaction& tx) { fresh = claim(tx, i); });
        store.run([&](Transaction& tx) { repeat = claim(tx, i), ++runs; });
        CHECK(fresh);
        CHECK_FALSE(repeat);
        CHECK(runs == 1);
    }
}

TEST_CASE("a question that a unit under way has settled is not open for the next one, whoever holds the talk") {
    House house;
    const auto talk = a_conversation(house, "u1");
    Prompt prompt;
    prompt.id = house.id<PromptId>();
    prompt.conversation = talk.id;
    prompt.kind = "rating";
    prompt.state = "open";
    prompt.asked_at = nine;
    prompt.body = "{}";
    house.open().run([&](Transaction& tx) {
        tx.save(talk);
        tx.save(prompt);
    });
    auto& store = house.open();  // nothing is remembered but the rows
    std::size_t open_after = 99;
    Held held(store);
    std::vector<std::function<void(Transaction&)>> units;
    units.emplace_back([&](Transaction& tx) {
        for (auto each : tx.open_prompts(talk.id)) {
            each.state = "replaced";
            tx.save(each);
        }
    });
    units.emplace_back([&](Transaction& tx) { open_after = tx.open_prompts(talk.id).size(); });
    run_ahead_of(store, held, units);
    CHECK(open_after == 0);
}

TEST_CASE("a person's tickets are as a unit under way left them, and stay so") {
    House house;
    auto ticket = a_ticket(house, "T1");
    ticket.customer = house.id<PersonId>();
    house.open().run([&](Transaction& tx) { file_ticket(house, tx, ticket, {}); });
    auto& store = house.open();
    std::vector<std::string> states;
    Held held(store);
    std::vector<std::function<void(Transaction&)>> units;
    units.emplace_back([&](Transaction& tx) {
        auto now = *tx.ticket(ticket.id);
        now.state = "accepted";
        now.version = 2;
        tx.save(now, 1, {}, {});
    });
    units.emplace_back([&](Transaction& tx) { states.push_back(tx.tickets_of(ticket.customer, 8).at(0).state); });
    units.emplace_back([&](Transaction& tx) { states.push_back(tx.ticket(ticket.id)->state); });
    run_ahead_of(store, held, units);
    CHECK(states == std::vector<std::string>{"accepted", "accepted"});
    store.run([&](Transaction& tx) { CHECK(tx.ticket(ticket.id)->state == "accepted"); });
}

TEST_CASE("a person's new ticket stands in every list of them, also in one that is longer than what was kept") {
    House house;
    const auto person = house.id<PersonId>();
    const auto another = [&](int number) {
        auto ticket = a_ticket(house, "T" + std::to_string(number));
        ticket.customer = person;
        return ticket;
    };
    house.open().run([&](Transaction& tx) {
        for (int i = 1; i <= 8; ++i) {
            auto one = another(i);
            file_ticket(house, tx, one, {});
        }
    });
    auto& store = house.open();
    std::size_t kept = 0, at_once = 0;
    store.run([&](Transaction& tx) { kept = tx.tickets_of(person, 8).size(); });
    auto ninth = another(9);
    Held held(store);
    std::vector<std::function<void(Transaction&)>> units;
    units.emplace_back([&](Transaction& tx) { file_ticket(house, tx, ninth, {}); });
    units.emplace_back([&](Transaction& tx) { at_once = tx.tickets_of(person, 200).size(); });
    run_ahead_of(store, held, units);
    CHECK(kept == 8);
    CHECK(at_once == 9);
    store.run([&](Transaction& tx) { CHECK(tx.tickets_of(person, 200).size() == 9); });
}

TEST_CASE("a setting of a unit under way is read by the next one, however many others are set") {
    House house;
    auto& store = house.open();
    std::optional<std::string> read;
    store.run([](Transaction& tx) {
        for (int i = 0; i < 450; ++i) tx.set_setting("before" + std::to_string(i), "x");
    });
    Held held(store);
    std::vector<std::function<void(Transaction&)>> units;
    units.emplace_back([](Transaction& tx) { tx.set_setting("wanted", "yes"); });
    for (int unit = 0; unit < 3; ++unit)
        units.emplace_back([unit](Transaction& tx) {
            for (int i = 0; i < 60; ++i) tx.set_setting("s" + std::to_string(unit) + "/" + std::to_string(i), "x");
        });
    units.emplace_back([&](Transaction& tx) { read = tx.setting("wanted"); });
    run_ahead_of(store, held, units);
    CHECK(read == "yes");
}

namespace {

// What a unit did and saw, from a seed: the same whether units run one by one or ahead of their commits.
class Walker {
public:
    Walker(House& house, std::uint64_t seed) : random_(seed) {
        for (int i = 0; i < 4; ++i) {
            talks_.push_back(a_conversation(house, "walk" + std::to_string(i)));
            people_.push_back(house.id<PersonId>());
            talks_.back().person = people_.back();
            tickets_.push_back(a_ticket(house, "W" + std::to_string(i)));
        }
    }
    std::function<void(Transaction&)> unit(House& house, std::string& seen) {
        const auto what = random_() % 12, which = random_() % 4, other = random_() % 4;
        const auto talk = talks_[which];
        const auto person = people_[other];
        const auto ticket = tickets_[which];
        const auto prompt = house.id<PromptId>();
        const auto key = "k" + std::to_string(random_() % 12), name = "s" + std::to_string(random_() % 3);
        const auto at = after(static_cast<std::int64_t>(random_() % 1000));
        return [=, &house, &seen](Transaction& tx) {
            std::ostringstream out;
            if (what == 0) {
                auto now = tx.conversation_at(talk.channel, talk.address);
                out << now.has_value();
                auto next = now.value_or(talk);
                next.body = "{\"n\":" + std::to_string(++next.last_message) + "}";
                tx.save(next);
                tx.add(a_message(next.id, next.last_message, next.body));
            } else if (what == 1) {
                if (const auto now = tx.conversation(talk.id)) out << now->body << tx.last_messages(talk.id, 5).size();
            } else if (what == 2) {
                if (!tx.conversation(talk.id)) tx.save(talk);
                Prompt asked;
                asked.id = prompt;
                asked.conversation = talk.id;
                asked.kind = "rating", asked.state = "open", asked.body = "{}", asked.asked_at = at;
                tx.save(asked);
            } else if (what == 3) {
                auto open = tx.open_prompts(talk.id);
                out << open.size();
                if (open.empty()) return;
                open.front().state = "answered";
                tx.save(open.front());
            } else if (what == 4) {
                out << tx.open_prompts(talk.id).size();
            } else if (what == 5) {
                auto now = tx.ticket(ticket.id);
                out << now.has_value();
                if (!now) {
                    auto filed = ticket;
                    filed.customer = person;
                    file_ticket(house, tx, filed, {});
                } else {
                    const auto before = now->version++;
                    now->state = "v" + std::to_string(now->version);
                    tx.save(*now, before, {}, {});
                }
            } else if (what == 6) {
                for (const auto& each : tx.tickets_of(person, 8)) out << each.number << each.state << " ";
            } else if (what == 7) {
                if (const auto now = tx.ticket(ticket.id)) {
                    auto moved = *now;
                    const auto before = moved.version++;
                    moved.customer = person;
                    tx.save(moved, before, {}, {});
                }
            } else if (what == 8) {
                out << tx.claim_delivery({.channel = talk.channel,
                                          .key = key,
                                          .conversation = name == "s0" ? ConversationId{} : talk.id,
                                          .answer = "[]",
                                          .at = nine});
            } else if (what == 9) {
                out << tx.setting(name).value_or("none");
                tx.set_setting(name, key);
            } else if (what == 10) {
                out << tx.next_number(name);
            } else {
                out << tx.surveys_asked(person, 10).size();
                tx.note_survey(person, ticket.id, at);
                if (const auto known = tx.person(person)) out << known->name;
                Person named;
                named.id = person, named.name = key, named.created_at = nine;
                tx.save(named);
            }
            seen = std::to_string(what) + ": " + out.str();
        };
    }

private:
    std::mt19937_64 random_;
    std::vector<Conversation> talks_;
    std::vector<PersonId> people_;
    std::vector<Ticket> tickets_;
};

std::vector<std::string> walk(std::uint64_t seed, bool ahead) {
    House house;
    Walker walker(house, seed);
    std::vector<std::string> seen(400);
    std::vector<std::function<void(Transaction&)>> units;
    for (auto& one : seen) units.push_back(walker.unit(house, one));
    for (std::size_t begin = 0; begin < units.size(); begin += 100) {
        auto& store = house.open();  // nothing is remembered but the rows
        const std::vector<std::function<void(Transaction&)>> some(
            units.begin() + static_cast<std::ptrdiff_t>(begin),
            units.begin() + static_cast<std::ptrdiff_t>(begin + 100));
        if (ahead) {
            Held held(store);
            run_ahead_of(store, held, some);
        } else {
            for (const auto& unit : some) store.run(unit);
        }
    }
    return seen;
}

}  // namespace

TEST_CASE("units that run ahead of their commits see what they would see one by one") {
    for (std::uint64_t seed = 1; seed <= 25; ++seed) {
        const auto ahead = walk(seed, true), one_by_one = walk(seed, false);
        for (std::size_t i = 0; i < ahead.size(); ++i) {
            INFO("seed " << seed << ", unit " << i);
            REQUIRE(ahead[i] == one_by_one[i]);
        }
    }
}
