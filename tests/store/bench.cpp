// Run with: test_store "[bench]". Prints units of work a second in groups, and search and list times as history grows.
#include <catch2/catch.hpp>
#include <cstdio>
#include <thread>

#include "tests/store/store_house.h"
#include "workflow/base/queue.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

double seconds(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// A turn of a talk: dedupe, conversation, two lines, the passive answer as an outbox row.
void turn(Transaction& t, IdMaker& ids, int talk_number, int message) {
    const ChannelId channel{"oa"};
    const ConversationId id{1000 + talk_number};
    t.claim_delivery({channel, std::to_string(talk_number) + std::to_string(1000000 + message), id, "", nine});
    auto talk = t.conversation(id).value_or(Conversation{});
    if (!talk.id) {
        talk.id = id;
        talk.channel = channel;
        talk.address = "openid" + std::to_string(talk_number);
    }
    talk.body = std::string(600, 'b');
    talk.last_message += 2;
    t.add(
        Message{talk.last_message - 1, id, nine, Speaker::resident, {.text = "3栋2单元501卫生间漏水,已经漏到楼下了"}});
    t.add(Message{
        talk.last_message, id, nine, Speaker::bot, {.text = "我记下的是:1 事情 卫生间漏水 2 地点 3栋2单元501"}});
    t.save(talk);
    OutboxItem item;
    item.id = ids.make<OutboxId>(to_ms(nine));
    item.channel = channel;
    item.conversation = id;
    item.state = OutboxState::sent;
    item.said.text = "我记下的是:1 事情 卫生间漏水";
    t.add(item);
    t.set_delivery_answer(channel, id, std::to_string(talk_number) + std::to_string(1000000 + message), item.said.text);
}

}  // namespace

TEST_CASE("units of work a second", "[.bench]") {
    for (const int in_flight : {1, 8, 32, 64, 256}) {
        House house;
        auto& store = house.open();
        const int total = in_flight == 1 ? 2000 : 20000;
        std::atomic<int> answered{0};
        Queue<int> room;  // a place for each unit under way
        for (int i = 0; i < in_flight; ++i) room.put(i);
        const auto before = store.commits();
        const auto took = seconds([&] {
            for (int i = 0; i < total; ++i) {
                room.take();
                store.submit([&house, i](Transaction& t) { turn(t, house.ids, i % 512, i / 512); },
                             [&](Outcome outcome, std::exception_ptr) {
                                 answered += outcome == Outcome::saved;
                                 room.put(0);
                             });
            }
            store.run([](Transaction&) {});
        });
        CHECK(answered == total);
        std::printf("%3d in flight: %7.0f units/s, %5.1f units a commit\n", in_flight, total / took,
                    static_cast<double>(total) / static_cast<double>(store.commits() - before));
    }
}

TEST_CASE("filing, lists and search as history grows", "[.bench]") {
    House house;
    auto& store = house.open();
    int filed = 0;
    for (const int history : {1000, 10000, 50000}) {
        const auto took = seconds([&] {
            const int first = filed;
            for (; filed < history; ++filed) {
                store.submit(
                    [&house, n = filed](Transaction& t) {
                        auto ticket = a_ticket(house, "T" + std::to_string(100000000 + n), UnitId{n % 5 + 1});
                        ticket.phase = n % 20 ? Phase::closed : Phase::accepted;
                        ticket.deadlines = {{"handle", after(n), "running", ""}};
                        Details details;
                        details.summary = "卫生间漏水,已经漏到楼下" + std::to_string(n * 7919 % 100000);
                        details.label = std::to_string(n % 12 + 1) + "栋2单元501";
                        file_ticket(house, t, ticket, details);
                    },
                    {});
                if ((filed - first) % 256 == 255) store.run([](Transaction&) {});
            }
            store.run([](Transaction&) {});
        });
        std::printf("%6d tickets: last part filed in %.2f s", history, took);
        TicketFilter filter;
        filter.units = {UnitId{1}, UnitId{2}};
        filter.limit = 50;
        const auto time = [&](const char* what, const TicketFilter& f) {
            std::size_t rows = 0;
            const auto s = seconds([&] { store.read([&](Reading& r) { rows = r.tickets(f).items.size(); }); });
            std::printf(", %s %.1f ms (%zu rows)", what, s * 1000, rows);
        };
        time("newest", filter);
        filter.order = TicketFilter::Order::next_deadline;
        time("by deadline", filter);
        filter.order = TicketFilter::Order::newest;
        filter.words = "楼下" + std::to_string(500 * 7919 % 100000);
        time("search", filter);
        std::printf("\n");
    }
    CHECK(filed == 50000);
}

TEST_CASE("a claim beside what waits for few recipients", "[.bench]") {
    for (const int waiting : {30, 3000, 30000}) {
        House house;
        auto& store = house.open();
        const ChannelId channel{"app"};
        store.run([&](Transaction& t) {
            for (int i = 0; i < waiting; ++i) {
                OutboxItem item;
                item.id = house.id<OutboxId>();
                item.channel = channel;
                item.staff = StaffId{11 + i % 3};
                item.said.text = "您有一张新工单";
                item.created_at = item.next_attempt_at = item.next_attempt_system = nine;
                t.add(item);
            }
        });
        constexpr int claims = 200;
        const auto took = seconds([&] {
            for (int i = 0; i < claims; ++i)
                store.run([&](Transaction& t) {
                    for (auto& item : t.claim_outbox(channel, nine, nine, 16)) {
                        item.state = OutboxState::waiting;
                        t.save(item);
                    }
                });
        });
        std::printf("%6d waiting: %7.3f ms a claim of three, put back\n", waiting, took / claims * 1000);
    }
}
