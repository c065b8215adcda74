// A platform that gives no answer: who is left alone, for how long, and that nobody else waits and nothing is lost.
#include "channels/courier.h"

#include <catch2/catch.hpp>
#include <map>
#include <mutex>

#include "../bot/room.h"
#include "channels/outgoing/rest.h"

using namespace huiyin;
using namespace huiyin::test;
using namespace std::chrono_literals;

namespace {

// Takes everything, or says nothing, or refuses what has a word in it.
class ScriptedPlatform final : public Channel {
public:
    explicit ScriptedPlatform(std::string id) : id_(std::move(id)) { capabilities_.push = true; }
    const ChannelId& id() const override { return id_; }
    const Capabilities& capabilities() const override { return capabilities_; }
    Result<HttpAnswer> verify(const Callback&) const override { return HttpAnswer{}; }
    Result<std::vector<InboundMessage>> read(const Callback&) const override { return std::vector<InboundMessage>{}; }
    HttpAnswer passive(const Callback&, const InboundMessage&, const std::vector<Said>&) const override { return {}; }
    Result<Receipt> send(const OutboxItem& item) override {
        std::lock_guard lock(mutex_);
        ++calls_;
        if (!silence_.empty()) return Problem{"channel.busy", "no answer", silence_};
        if (item.said.text.find("毒") != std::string::npos) return Problem{"channel.rejected", "never", "40058 wrong"};
        shown_.push_back(item.said.text);
        return Receipt{};
    }
    void falls_silent(const std::string& how) {
        std::lock_guard lock(mutex_);
        silence_ = how;
    }
    int calls() {
        std::lock_guard lock(mutex_);
        return calls_;
    }
    std::vector<std::string> shown() {
        std::lock_guard lock(mutex_);
        return shown_;
    }

private:
    const ChannelId id_;
    Capabilities capabilities_;
    std::mutex mutex_;
    std::string silence_;
    std::vector<std::string> shown_;
    int calls_ = 0;
};

struct Post {
    explicit Post(std::vector<std::string> ids) {
        for (auto& id : ids) {
            platforms.push_back(std::make_unique<ScriptedPlatform>(id));
            couriers.push_back(std::make_unique<Courier>(CourierParts{.store = room.world.store.get(),
                                                                      .channel = platforms.back().get(),
                                                                      .engine = room.world.engine.get(),
                                                                      .directory = room.world.directory.get(),
                                                                      .speaker = room.world.speaker.get(),
                                                                      .phrases = room.world.phrases.get(),
                                                                      .service = &room.world.service,
                                                                      .system = &room.world.system,
                                                                      .ids = &room.world.ids,
                                                                      .fallback = {}}));
        }
    }
    ~Post() { couriers.clear(); }
    // A row to one of the staff, or to a customer.
    void owes(const std::string& channel, const std::string& words, Priority priority = Priority::progress,
              std::size_t who = 0, TicketId ticket = {}, ConversationId conversation = {}) {
        room.world.store->run([&](Transaction& tx) {
            OutboxItem item;
            item.id = room.world.ids.make<OutboxId>(to_ms(room.world.system.now()));
            item.channel = ChannelId{channel};
            item.kind = "progress";
            item.priority = priority;
            item.said.text = words;
            item.ticket = ticket;
            item.conversation = conversation;
            const auto directory = room.world.directory->get();
            if (!conversation) {
                item.staff = directory->staff()[who % directory->staff().size()].id;
                item.address = "staff" + std::to_string(who % directory->staff().size());
            }
            item.key = channel + ":" + words;
            item.created_at = item.next_attempt_at = room.world.now();
            item.next_attempt_system = room.world.system.now();
            tx.add(item);
        });
    }
    void settles() {
        for (auto& courier : couriers) courier->flush(std::chrono::steady_clock::now() + 20s);
    }
    void passes(Milliseconds span) {
        room.world.system.set(room.world.system.now() + span);
        settles();
    }
    std::size_t rows(const std::string& state) {
        std::size_t count = 0;
        room.world.store->read([&](Reading& reading) { count = reading.outbox_page(state, 1000, "").items.size(); });
        return count;
    }
    std::string setting(const std::string& channel) {
        std::optional<std::string> found;
        room.world.store->read([&](Reading& reading) { found = reading.setting(rest_setting(ChannelId{channel})); });
        return found.value_or("");
    }
    Room room;
    std::vector<std::unique_ptr<ScriptedPlatform>> platforms;
    std::vector<std::unique_ptr<Courier>> couriers;
};

}  // namespace

TEST_CASE("five calls without an answer, and the platform rests; each rest is longer, up to five minutes") {
    Rest rest;
    TimePoint now = from_ms(1'000'000'000);
    for (int i = 0; i < 4; ++i) rest.failed(now, now, 0);
    CHECK(rest.room(16, now, now) == 16);
    rest.failed(now, now, 0);
    CHECK(rest.room(16, now, now) == 0);
    CHECK(rest.room(16, now + 10s - 1ms, now) == 0);
    CHECK(rest.room(16, now + 10s, now) == 1);
    CHECK(rest.room(16, now, now + 10s) == 1);  // either clock
    rest.failed(now, now, 1);                   // was under way when the rest began
    CHECK(rest.room(16, now, now + 10s) == 1);
    for (const auto span : {20s, 40s, 80s, 160s, 300s, 300s}) {
        now += 10min;
        REQUIRE(rest.state(now, now) == Rest::State::trying);
        rest.failed(now, now, 0);
        CHECK(rest.room(1, now + span - 1ms, now) == 0);
        CHECK(rest.room(1, now + span, now) == 1);
    }
    now += 10min;
    rest.failed(now, now, 1);
    CHECK(rest.room(1, now + 300s, now) == 1);  // never longer, by whatever chance
    rest.answered();
    CHECK(rest.room(16, now, now) == 16);
    for (int i = 0; i < 4; ++i) rest.failed(now, now, 0);
    rest.answered();
    rest.failed(now, now, 0);
    CHECK(rest.state(now, now) == Rest::State::open);
}

TEST_CASE("what is no answer, and what is one") {
    for (const auto* detail : {"http.timeout", "http.unreachable", "http.bad_reply", "http.too_large", "unreadable",
                               "500", "502", "503 retry_after_ms=2000", "504", "408"}) {
        CAPTURE(detail);
        CHECK(is_silence({"channel.busy", "", detail}));
        CHECK_FALSE(is_answer({"channel.busy", "", detail}));
    }
    for (const auto* detail :
         {"45009 retry_after_ms=60000", "-1", "429", "token retry_after_ms=2000", "95001", "50003"}) {
        CAPTURE(detail);
        CHECK_FALSE(is_silence({"channel.busy", "", detail}));
        CHECK(is_answer({"channel.busy", "", detail}));
    }
    for (const auto* detail : {"budget retry_after_ms=5", "empty", "", "http.stopped"}) {
        CAPTURE(detail);
        CHECK_FALSE(is_silence({"channel.busy", "", detail}));
        CHECK_FALSE(is_answer({"channel.busy", "", detail}));
    }
    CHECK_FALSE(is_silence({"channel.rejected", "", "500"}));
}

TEST_CASE("a dead platform is asked once a rest, nobody else waits, and all of it goes out in order when it is back") {
    Post post({"dead", "well"});
    post.platforms[0]->falls_silent("http.timeout");
    std::vector<std::string> owed;
    for (int i = 0; i < 40; ++i) {
        const auto words = "消息" + std::to_string(100 + i);
        owed.push_back(words);
        for (const auto* channel : {"dead", "well"})
            post.owes(channel, words, Priority::progress, static_cast<std::size_t>(i));
    }
    post.settles();
    const auto all_in_order = [&](ScriptedPlatform& platform) {
        auto shown = platform.shown();
        std::map<int, std::string> last;
        for (const auto& one : shown) {
            auto& before = last[std::stoi(one.substr(6)) % 9];  // of the nine
            CHECK(before < one);
            before = one;
        }
        std::sort(shown.begin(), shown.end());
        return shown == owed;
    };
    CHECK(all_in_order(*post.platforms[1]));
    CHECK(post.platforms[0]->calls() == Rest::failures_most);
    CHECK(post.rows("sending") == 0);
    CHECK(post.rows("waiting") == 40);
    CHECK(post.couriers[0]->figures().rest == Rest::State::resting);
    CHECK(post.couriers[1]->figures().rest == Rest::State::open);
    CHECK_FALSE(post.setting("dead").empty());
    // Ten minutes: by its own waits each of the forty would have asked four times.
    for (int i = 0; i < 60; ++i) post.passes(10s);
    CHECK(post.platforms[0]->calls() <= Rest::failures_most + 7);
    CHECK(post.platforms[0]->calls() > Rest::failures_most + 3);
    CHECK(post.couriers[0]->figures().rests >= 4);
    post.platforms[0]->falls_silent("");
    for (int i = 0; i < 3; ++i) post.passes(301s);
    CHECK(all_in_order(*post.platforms[0]));
    CHECK(post.rows("waiting") == 0);
    CHECK(post.rows("dead") == 0);
    CHECK(post.couriers[0]->figures().rest == Rest::State::open);
    CHECK(post.setting("dead").empty());
}

TEST_CASE("a danger to life is tried every ten seconds, though the platform rests for minutes") {
    Post post({"app"});
    post.platforms[0]->falls_silent("http.timeout");
    for (std::size_t i = 0; i < 6; ++i) post.owes("app", "消息" + std::to_string(i), Priority::progress, i);
    post.settles();
    for (int i = 0; i < 60; ++i) post.passes(10s);
    const auto before = post.platforms[0]->calls();
    post.owes("app", "电梯困人", Priority::emergency);
    post.passes(10s);
    CHECK(post.platforms[0]->calls() > before);
    CHECK(post.platforms[0]->shown().empty());
    post.platforms[0]->falls_silent("");
    for (int i = 0; i < 31 && post.platforms[0]->shown().empty(); ++i) post.passes(10s);
    REQUIRE_FALSE(post.platforms[0]->shown().empty());
    CHECK(post.platforms[0]->shown().front() == "电梯困人");
}

TEST_CASE("a refusal is an answer: one message that is never taken rests nobody") {
    Post post({"app"});
    for (std::size_t i = 0; i < 12; ++i) post.owes("app", "毒" + std::to_string(i), Priority::progress, i);
    post.owes("app", "好消息");
    post.settles();
    CHECK(post.platforms[0]->shown() == std::vector<std::string>{"好消息"});
    CHECK(post.rows("dead") == 12);
    CHECK(post.couriers[0]->figures().rests == 0);
}

TEST_CASE("what waits for a platform that is away is not given up within a day") {
    Post post({"app"});
    post.platforms[0]->falls_silent("503");
    post.owes("app", "消息");
    for (int i = 0; i < 70; ++i) post.passes(301s);
    CHECK(post.platforms[0]->calls() > 60);
    CHECK(post.rows("dead") == 0);
    post.platforms[0]->falls_silent("");
    post.passes(301s);
    CHECK(post.platforms[0]->shown().size() == 1);
}

TEST_CASE("what a customer will not be told any more stands in the ticket and is told to the front desk") {
    Post post({"oa"});
    TicketId ticket;
    ConversationId talk;
    post.room.says("王女士", "3栋2单元501卫生间漏水,已经漏到楼下了,电话13812345678");
    post.room.says("王女士", "对");
    REQUIRE(post.room.tickets().size() == 1);
    ticket = post.room.tickets().front().id;
    talk = post.room.tickets().front().conversation;
    post.room.pushed_to_staff("李娜");
    post.owes("oa", "毒", Priority::progress, 0, ticket, talk);
    post.settles();
    CHECK(post.rows("dead") == 1);
    const auto pushed = post.room.pushed_to_staff("李娜");
    CAPTURE(pushed);
    CHECK(pushed.size() == 1);
    bool noted = false;
    post.room.world.store->read([&](Reading& reading) {
        for (const auto& event : reading.events(ticket)) noted |= event.type == "ticket.noted";
    });
    CHECK(noted);
}
