// What was reported after its commit is there after kill -9, once; a message that was not reported may be repeated
// safely.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <random>
#include <thread>

#include "tests/store/store_house.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

constexpr int senders = 4;

struct Heard {
    std::int32_t sender, number;
};

// One message: dedupe, a line of the conversation, an outbox row, a reminder, a number; as a message does it.
void take_message(Transaction& t, int sender, int number) {
    const ChannelId channel{"web"};
    const ConversationId talk_id{1000 + sender};
    const auto key = std::to_string(sender) + std::to_string(100000 + number);
    if (!t.claim_delivery({channel, key, talk_id, "answer " + key, nine})) return;
    auto talk = t.conversation(talk_id);
    if (!talk) {
        talk.emplace();
        talk->id = talk_id;
        talk->channel = channel;
        talk->address = "sender " + std::to_string(sender);
        talk->created_at = talk->updated_at = talk->state_since = talk->last_inbound_at = nine;
    }
    ++talk->last_message;
    t.add(Message{talk->last_message, talk_id, nine, Speaker::resident, {.text = std::to_string(number)}});
    t.save(*talk);
    OutboxItem item;
    item.id = OutboxId{sender * 1000000 + number + 1};
    item.channel = channel;
    item.conversation = talk_id;
    item.said.text = "answer";
    t.add(item);
    t.set_reminder({{}, after(number), false, {}, talk_id, "late_reply", std::to_string(number)});
    t.next_number("messages");
}

// The child: senders that repeat nothing and go on from `from`; every saved message is reported through the pipe.
[[noreturn]] void serve(const StoreOptions& options, const std::vector<int>& from, int pipe_end) {
    IdMaker ids{0};
    auto opened = open_store(options, ids);
    if (!opened) _exit(9);
    auto& store = **opened;
    std::vector<std::thread> threads;
    for (int sender = 0; sender < senders; ++sender)
        threads.emplace_back([&, sender] {
            // A window of messages under way, so that groups are large.
            for (int number = from[static_cast<std::size_t>(sender)];; ++number) {
                const bool wait = number % 8 == 7;
                const auto report = [sender, number, pipe_end](Outcome outcome, std::exception_ptr) {
                    const Heard line{sender, number};
                    if (outcome != Outcome::saved || write(pipe_end, &line, sizeof line) != sizeof line) _exit(8);
                };
                store.submit([sender, number](Transaction& t) { take_message(t, sender, number); }, report);
                if (wait) store.run([](Transaction&) {});
            }
        });
    for (auto& thread : threads) thread.join();
    _exit(0);
}

}  // namespace

TEST_CASE("kill -9 at any moment: no reported message is lost, none is doubled, the order is kept") {
    House house;
    const auto seed = GENERATE(take(2, random(0, 1'000'000)));
    CAPTURE(seed);
    std::mt19937 random(static_cast<unsigned>(seed));
    std::vector<int> next(senders, 0);  // the first number of each sender that was not reported
    int reported = 0;
    for (int round = 0; round < 5; ++round) {
        int ends[2];
        REQUIRE(pipe(ends) == 0);
        const auto child = fork();
        if (child == 0) {
            close(ends[0]);
            serve(house.options(), next, ends[1]);
        }
        close(ends[1]);
        // The moment is drawn by reports heard, not by a clock: so it lies inside the work on any machine.
        const int until = reported + 1 + static_cast<int>(random() % 400);
        Heard line{};
        bool killed = false;
        while (read(ends[0], &line, sizeof line) == sizeof line) {
            REQUIRE(line.number == next[static_cast<std::size_t>(line.sender)]);
            ++next[static_cast<std::size_t>(line.sender)];
            if (++reported >= until && !killed) {
                kill(child, SIGKILL);
                killed = true;
            }
        }
        close(ends[0]);
        int status = 0;
        waitpid(child, &status, 0);
        REQUIRE(WIFSIGNALED(status));
        REQUIRE(WTERMSIG(status) == SIGKILL);

        auto& store = house.open();
        std::int64_t messages = 0;
        for (int sender = 0; sender < senders; ++sender) {
            store.read([&](Reading& r) {
                const auto said = r.messages(ConversationId{1000 + sender}, 0, 1000000);
                // Reported or not, what is there is there once and in order, without a gap.
                REQUIRE(said.size() >= static_cast<std::size_t>(next[static_cast<std::size_t>(sender)]));
                for (std::size_t i = 0; i < said.size(); ++i) REQUIRE(said[i].said.text == std::to_string(i));
                for (std::size_t i = 0; i < said.size(); ++i) {
                    const auto key = std::to_string(sender) + std::to_string(100000 + i);
                    REQUIRE(r.delivery(ChannelId{"web"}, ConversationId{1000 + sender}, key)->answer ==
                            "answer " + key);
                    REQUIRE(r.outbox(OutboxId{sender * 1000000 + static_cast<std::int64_t>(i) + 1}));
                }
                messages += static_cast<std::int64_t>(said.size());
            });
            // The sender repeats what was not reported; it has one effect.
            const auto first = next[static_cast<std::size_t>(sender)];
            store.run([&](Transaction& t) { take_message(t, sender, first); });
        }
        std::int64_t all = 0;
        store.read([&](Reading& r) {
            for (int sender = 0; sender < senders; ++sender)
                all += r.conversation(ConversationId{1000 + sender})->last_message;
        });
        CHECK(all - messages <= senders);
        // One number and one reminder a message; looked at in a unit that is undone.
        CHECK_THROWS_WITH(store.run([&](Transaction& t) {
            CHECK(t.next_number("messages") == all + 1);
            CHECK(t.take_due(after(10000000), false, 10000000).size() == static_cast<std::size_t>(all));
            throw std::runtime_error("only looking");
        }),
                          "only looking");
        house.store.reset();
    }
    CHECK(reported > 5);
}
