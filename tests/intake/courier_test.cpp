// A platform that gives no answer: who is left alone, for how long, and that nobody else waits and nothing is lost.
#include "channels/courier.h"

#include <catch2/catch.hpp>
#include <map>
#include <mutex>
#include <set>

#include "../bot/room.h"
#include "channels/api/undelivered.h"
#include "channels/outgoing/rates.h"
#include "channels/outgoing/rest.h"
#include "workflow/store/keeping.h"

using namespace huiyin;
using namespace huiyin::test;
using namespace std::chrono_literals;

namespace {

// Takes everything, or says nothing, or refuses what has a word in it.
class ScriptedPlatform final : public Channel {
public:
    explicit ScriptedPlatform(const std::string& id) : id_{id} { capabilities_.push = true; }
    const ChannelId& id() const override { return id_; }
    const Capabilities& capabilities() const override { return capabilities_; }
    Result<HttpAnswer> verify(const Callback&) const override { return HttpAnswer{}; }
    Result<std::vector<InboundMessage>> read(const Callback&) const override { return std::vector<InboundMessage>{}; }
    HttpAnswer passive(const Callback&, const InboundMessage&, const std::vector<Said>&) const override { return {}; }
    Result<Receipt> send(const OutboxItem& item) override {
        std::lock_guard lock(mutex_);
        ++calls_;
        if (!silence_.empty()) return Problem{"channel.busy", "no answer", silence_};
        if (clock_)
            if (auto room = rates_.take("send", item.address, item.priority, clock_->now()); !room)
                return room.problem();
        if (item.said.text.find("毒") != std::string::npos) return Problem{"channel.rejected", "never", "40058 wrong"};
        if (item.said.text.find("走了") != std::string::npos) return Problem{"channel.gone", "nobody", "43004 left"};
        shown_.push_back(item.said.text);
        told_.push_back(item.address);
        if (when_shown_) std::exchange(when_shown_, {})();
        return Receipt{};
    }
    Result<std::string> fetch_media(const InboundMedia&) override {
        std::lock_guard lock(mutex_);
        ++calls_;
        if (!silence_.empty()) return Problem{"channel.busy", "no answer", silence_};
        return std::string("a file");
    }
    void falls_silent(const std::string& how) {
        std::lock_guard lock(mutex_);
        silence_ = how;
    }
    void has(std::vector<Rate> rates, const Clock& clock) {
        std::lock_guard lock(mutex_);
        rates_ = Rates(std::move(rates));
        clock_ = &clock;
    }
    void when_next_shown(std::function<void()> happens) {
        std::lock_guard lock(mutex_);
        when_shown_ = std::move(happens);
    }
    int calls() {
        std::lock_guard lock(mutex_);
        return calls_;
    }
    std::vector<std::string> shown() {
        std::lock_guard lock(mutex_);
        return shown_;
    }
    std::vector<std::string> told() {  // whom
        std::lock_guard lock(mutex_);
        return told_;
    }

private:
    const ChannelId id_;
    Capabilities capabilities_;
    std::mutex mutex_;
    std::string silence_;
    Rates rates_{{}};
    const Clock* clock_ = nullptr;
    std::function<void()> when_shown_;
    std::vector<std::string> shown_, told_;
    int calls_ = 0;
};

// Looks into each unit of the couriers' before it is saved.
class WatchedStore final : public Store {
public:
    explicit WatchedStore(Store& store) : store_(store) {}
    void watches(std::function<void(Transaction&)> look) {
        std::lock_guard lock(mutex_);
        look_ = std::move(look);
    }
    void submit(Unit unit, After after) override {
        store_.submit(
            [this, held = std::make_shared<Unit>(std::move(unit))](Transaction& tx) {
                (*held)(tx);
                std::lock_guard lock(mutex_);
                if (look_) look_(tx);
            },
            std::move(after));
    }
    void read(const std::function<void(Reading&)>& look) override { store_.read(look); }
    void on_commit(std::function<void(const Touched&)> hears) override { store_.on_commit(std::move(hears)); }
    bool writable() override { return store_.writable(); }
    std::size_t waiting() override { return store_.waiting(); }
    std::uint64_t commits() override { return store_.commits(); }
    void limit_pages(std::int64_t pages) override { store_.limit_pages(pages); }
    void stop() override { store_.stop(); }
    std::string saved_media(const std::string& bytes) override {
        auto hash = store_.saved_media(bytes);
        if (when_saved) when_saved();
        return hash;
    }
    Result<std::string> media_path(const std::string& sha256) override { return store_.media_path(sha256); }
    bool remove_media(const std::string& sha256) override { return store_.remove_media(sha256); }
    std::function<void()> when_saved;  // set before a courier runs

private:
    Store& store_;
    std::mutex mutex_;
    std::function<void(Transaction&)> look_;
};

struct Post {
    explicit Post(const std::vector<std::string>& ids, const std::vector<ChannelId>& next = {}) : fallback(next) {
        std::vector<ChannelTraits> traits;
        for (auto& id : ids) {
            platforms.push_back(std::make_unique<ScriptedPlatform>(id));
            traits.push_back({.id = ChannelId{id}, .login_is_address = true});
        }
        auto& world = room.world;
        speaker = std::make_unique<SpeakerDesk>(world.ids, world.system, *world.keys, std::move(traits));
        couriers.resize(ids.size());
        for (std::size_t i = 0; i < ids.size(); ++i) starts(i);
    }
    void starts(std::size_t i) {
        couriers[i].reset();
        couriers[i] = std::make_unique<Courier>(CourierParts{.store = &store,
                                                             .channel = platforms[i].get(),
                                                             .engine = room.world.engine.get(),
                                                             .directory = room.world.directory.get(),
                                                             .speaker = speaker.get(),
                                                             .phrases = room.world.phrases.get(),
                                                             .service = &room.world.service,
                                                             .system = &room.world.system,
                                                             .ids = &room.world.ids,
                                                             .fallback = fallback,
                                                             .slow_call = slow_call});
    }
    // The same person is known there too.
    Conversation is_on(const std::string& channel, ConversationId known) {
        Conversation other;
        room.world.store->run([&](Transaction& tx) {
            other = *tx.conversation(known);
            other.id = room.world.ids.make<ConversationId>(to_ms(room.world.system.now()));
            other.channel = ChannelId{channel};
            other.last_message = 0;
            tx.save(other);
        });
        return other;
    }
    ~Post() { couriers.clear(); }
    // A row to one of the staff, or to a customer.
    // He sent one that lies with the platform.
    AttachmentId awaits_a_picture(const std::string& who) {
        Attachment attachment;
        attachment.id = AttachmentId{"0123456789abcdef0123456789abcdef"};
        attachment.conversation = room.conversation(who).id;
        attachment.kind = "file";
        attachment.created_at = room.world.now();
        room.world.store->run([&](Transaction& tx) {
            tx.save(attachment);
            OutboxItem item;
            item.id = room.world.ids.make<OutboxId>(to_ms(room.world.system.now()));
            item.channel = ChannelId{"oa"};
            item.conversation = attachment.conversation;
            item.kind = "fetch_media";
            item.said.image = attachment.id;
            item.said.text = R"({"media_id":"m1"})";
            item.key = "fetch";
            item.created_at = item.next_attempt_at = room.world.now();
            item.next_attempt_system = room.world.system.now();
            tx.add(item);
        });
        return attachment.id;
    }
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
    // One who complains, and the first message about it that he is to get.
    OutboxItem complains(const std::string& owed_words) {
        room.says("王女士", "3栋2单元501卫生间漏水,已经漏到楼下了,电话13812345678");
        room.says("王女士", "对");
        REQUIRE(room.tickets().size() == 1);
        const auto ticket = room.tickets().front();
        room.pushed_to_staff("李娜");
        owes("oa", owed_words, Priority::progress, 0, ticket.id, ticket.conversation);
        settles();
        return row("oa:" + owed_words);
    }
    OutboxItem row(const std::string& key) {
        std::optional<OutboxItem> found;
        room.world.store->read([&](Reading& reading) { found = reading.outbox_keyed(key); });
        REQUIRE(found);
        return *found;
    }
    // What asking for it once more is refused with; nothing if it is not.
    std::string asks_again(OutboxId id) {
        std::string code;
        room.world.store->run([&](Transaction& tx) {
            const auto done = api::send_once_more(tx, id, room.world.now(), room.world.system.now());
            code = done ? "" : done.problem().code;
        });
        settles();
        return code;
    }
    // Somebody of the staff is no longer as he was.
    void changes(std::size_t who, const std::function<void(Staff&)>& change) {
        const auto before = room.world.directory->get();
        auto all = before->staff();
        change(all.at(who));
        room.world.directory->set(std::make_shared<const Directory>(before->organisation().key, before->all_units(),
                                                                    before->all_buildings(), before->all_households(),
                                                                    std::move(all)));
    }
    Room room;
    WatchedStore store{*room.world.store};
    std::unique_ptr<SpeakerDesk> speaker;
    std::chrono::milliseconds slow_call{1000};
    std::vector<ChannelId> fallback;
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

TEST_CASE("a rest is over when a clock was put back to before it began") {
    Rest rest;
    const TimePoint ahead = from_ms(1'000'000'000'000);
    for (int i = 0; i < 5; ++i) rest.failed(ahead, ahead, 0);
    CHECK(rest.room(16, ahead + 1s, ahead + 1s) == 0);
    CHECK(rest.room(16, ahead - 24h, ahead - 24h) == 1);
    CHECK(rest.room(16, ahead + 1s, ahead - 24h) == 1);
    const Lull lull{ahead, ahead + 10s};
    CHECK_FALSE(lull.lasts(ahead - 1ms));
    CHECK(lull.lasts(ahead));
    CHECK(lull.lasts(ahead + 10s - 1ms));
    CHECK_FALSE(lull.lasts(ahead + 10s));
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
    for (const auto* detail : {"40058 wrong", "33012 no such member", "48001 api unauthorized", "43004"}) {
        CAPTURE(detail);
        CHECK(is_answer({"channel.rejected", "", detail}));
    }
    // What a channel says without having asked: of an address that is missing too.
    for (const auto* detail :
         {"budget retry_after_ms=5", "empty", "", "http.stopped", "unknown", "ban retry_after_ms=240000", "33012",
          "82001", "230034", "40096", "48001", "no_url", "no_notice", "session.expired", "press retry_after_ms=200",
          "media.missing", "http.bad_url", "not_granted"}) {
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

TEST_CASE("a danger to life that was tried in vain often is tried every ten seconds still") {
    Post post({"app"});
    post.platforms[0]->falls_silent("503");
    post.owes("app", "电梯困人", Priority::emergency);
    for (int i = 0; i < 120; ++i) post.passes(10s);
    CHECK(post.platforms[0]->calls() > 100);
    CHECK(post.couriers[0]->figures().rest != Rest::State::open);
    post.platforms[0]->falls_silent("");
    for (int i = 0; i < 2; ++i) post.passes(10s);
    CHECK(post.platforms[0]->shown() == std::vector<std::string>{"电梯困人"});
}

TEST_CASE("of several dangers to life none waits for another while the platform rests") {
    Post post({"app"});
    post.platforms[0]->falls_silent("http.timeout");
    for (std::size_t i = 0; i < 6; ++i) post.owes("app", "消息" + std::to_string(i), Priority::progress, i);
    post.settles();
    REQUIRE(post.couriers[0]->figures().rest == Rest::State::resting);
    for (std::size_t i = 0; i < 3; ++i) post.owes("app", "困人" + std::to_string(i), Priority::emergency, i);
    for (int i = 0; i < 30; ++i) post.passes(10s);
    for (const auto* words : {"困人0", "困人1", "困人2"}) {
        CAPTURE(words);
        CHECK(post.row(std::string("app:") + words).attempts >= 7);
    }
    CHECK(post.rows("sending") == 0);
    post.platforms[0]->falls_silent("");
    for (int i = 0; i < 40; ++i) post.passes(10s);
    CHECK(post.platforms[0]->shown().size() == 9);
}

TEST_CASE("since when a platform rests is not forgotten by a restart before it answered") {
    Post post({"app"});
    post.platforms[0]->falls_silent("http.timeout");
    for (std::size_t i = 0; i < 6; ++i) post.owes("app", "消息" + std::to_string(i), Priority::progress, i);
    post.settles();
    const auto since = post.setting("app");
    REQUIRE_FALSE(since.empty());
    post.starts(0);
    const auto before = post.platforms[0]->calls();
    for (const auto* silence : {"http.timeout", "budget retry_after_ms=1000"}) {
        post.platforms[0]->falls_silent(silence);
        post.passes(1h);
        CHECK(post.setting("app") == since);
    }
    CHECK(post.platforms[0]->calls() > before);
    post.platforms[0]->falls_silent("");
    for (int i = 0; i < 3; ++i) post.passes(1h);
    CHECK(post.setting("app").empty());
    CHECK(post.rows("waiting") == 0);
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

TEST_CASE("the first answer after an outage gives nothing up, whatever it says; a day and a refusal do") {
    for (const auto* answer : {"45009 retry_after_ms=60000", "-1 busy", "429", "budget retry_after_ms=3000"})
        for (const auto priority : {Priority::progress, Priority::emergency}) {
            CAPTURE(answer, priority);
            Post post({"app"});
            post.platforms[0]->falls_silent("http.timeout");
            post.owes("app", "消息", priority);
            for (int i = 0; i < 40; ++i) post.passes(301s);
            CHECK(post.row("app:消息").attempts > 30);
            post.platforms[0]->falls_silent(answer);
            for (int i = 0; i < 3; ++i) post.passes(301s);
            CHECK(post.rows("dead") == 0);
            post.platforms[0]->falls_silent("");
            post.passes(90min);
            CHECK(post.platforms[0]->shown().size() == 1);
        }
    Post post({"app"});
    post.platforms[0]->falls_silent("-1 busy");
    post.owes("app", "消息");
    for (int i = 0; i < 40; ++i) post.passes(90min);
    CHECK(post.rows("waiting") == 1);
    post.room.world.service.set(post.room.world.service.now() + 25h);
    post.passes(90min);
    CHECK(post.rows("dead") == 1);
}

TEST_CASE("what our own count holds back was tried: a letter to him is the same when it goes") {
    Post post({"oa"});
    post.room.says("王女士", "你好");
    const auto here = post.complains("进展");
    post.platforms[0]->falls_silent("budget retry_after_ms=1000");
    post.owes("oa", "更多进展", Priority::progress, 0, here.ticket, here.conversation);
    post.settles();
    CHECK(post.row("oa:更多进展").state == OutboxState::waiting);
    CHECK(post.row("oa:更多进展").attempts == 1);
    post.platforms[0]->falls_silent("");
    post.passes(1s);
    CHECK(post.row("oa:更多进展").state == OutboxState::sent);
}

TEST_CASE("a picture that no platform answers for is fetched when it is back") {
    Post post({"oa"});
    post.room.says("王女士", "你好");
    const auto file = post.awaits_a_picture("王女士");
    post.platforms[0]->falls_silent("http.timeout");
    for (int i = 0; i < 40; ++i) post.passes(301s);
    CHECK(post.platforms[0]->calls() > 30);
    CHECK(post.row("fetch").state == OutboxState::waiting);
    post.platforms[0]->falls_silent("-1 busy");
    post.passes(301s);
    CHECK(post.row("fetch").state == OutboxState::waiting);
    post.platforms[0]->falls_silent("");
    for (int i = 0; i < 2; ++i) post.passes(301s);
    CHECK(post.row("fetch").state == OutboxState::sent);
    std::optional<Attachment> arrived;
    post.room.world.store->read([&](Reading& reading) { arrived = reading.attachment(file); });
    REQUIRE(arrived);
    CHECK(arrived->bytes == 6);
}

TEST_CASE("a picture whose row went while it was fetched is asked for no more") {
    Post post({"oa"});
    post.room.says("王女士", "你好");
    const auto talk = post.room.conversation("王女士").id;
    post.store.when_saved = [&] {
        post.room.world.store->run([&](Transaction& tx) { tx.keeping().drop_unfiled(talk); });
    };
    post.awaits_a_picture("王女士");
    post.passes(1s);
    CHECK(post.row("fetch").state == OutboxState::dead);
    CHECK(post.rows("sending") == 0);
}

TEST_CASE("to staff it goes where the directory says now, and to nobody who was disabled since") {
    Post post({"app"});
    post.room.world.store->run([&](Transaction& tx) {
        auto written = post.room.world.directory->get()->staff()[0];
        written.addresses = {{"app", "OldName"}};
        tx.save(written);
    });
    post.platforms[0]->falls_silent("http.timeout");
    for (std::size_t who = 0; who < 3; ++who) post.owes("app", "消息" + std::to_string(who), Priority::progress, who);
    post.settles();
    CHECK(post.rows("waiting") == 3);
    post.changes(0, [](Staff& staff) {
        staff.addresses = {{"app", "OldName"}};
        staff.disabled = true;
    });
    post.changes(1, [](Staff& staff) { staff.addresses = {{"app", "NewName"}}; });
    post.platforms[0]->falls_silent("");
    post.passes(10s);
    CHECK(post.platforms[0]->shown() == std::vector<std::string>{"消息1", "消息2"});
    CHECK(post.platforms[0]->told() ==
          std::vector<std::string>{"NewName", post.room.world.directory->get()->staff()[2].login});
    CHECK(post.row("app:消息0").state == OutboxState::undeliverable);
    CHECK(post.row("app:消息0").error_code == "no_address");
}

TEST_CASE("a login is an address where the channel says so, and nowhere else") {
    Post post({"oa"});
    post.couriers[0].reset();
    post.speaker = std::make_unique<SpeakerDesk>(post.room.world.ids, post.room.world.system, *post.room.world.keys,
                                                 std::vector<ChannelTraits>{{.id = ChannelId{"oa"}}});
    post.starts(0);
    post.owes("oa", "给员工的");
    post.settles();
    CHECK(post.platforms[0]->shown().empty());
    CHECK(post.row("oa:给员工的").error_code == "no_address");
}

TEST_CASE("after a slow call what is more urgent goes next, whatever was claimed before it came") {
    Post post({"app"});
    post.slow_call = -1ms;  // each is
    post.starts(0);
    post.platforms[0]->falls_silent("http.timeout");
    for (std::size_t who = 0; who < 3; ++who) post.owes("app", "消息" + std::to_string(who), Priority::progress, who);
    post.settles();
    post.platforms[0]->when_next_shown([&] { post.owes("app", "危险", Priority::emergency, 4); });
    post.platforms[0]->falls_silent("");
    post.passes(10s);
    CHECK(post.platforms[0]->shown() == std::vector<std::string>{"消息0", "危险", "消息1", "消息2"});
}

TEST_CASE("the first unit after the platform took a message says so, though the platform's rest ends with it") {
    Post post({"app"});
    post.platforms[0]->falls_silent("http.timeout");
    for (std::size_t i = 0; i < 6; ++i) post.owes("app", "消息" + std::to_string(i), Priority::progress, i);
    post.settles();
    REQUIRE_FALSE(post.setting("app").empty());
    std::atomic<int> units{0}, late{0};
    post.store.watches([&](Transaction& tx) {
        ++units;
        if (tx.outbox_page("sent", 1000, "").items.size() != post.platforms[0]->shown().size()) ++late;
    });
    post.platforms[0]->falls_silent("");
    for (int i = 0; i < 3; ++i) post.passes(301s);
    post.store.watches({});
    CHECK(post.platforms[0]->shown().size() == 6);
    CHECK(units > 6);
    CHECK(late == 0);
    CHECK(post.setting("app").empty());
}

TEST_CASE("sent once more in vain, it is told once more; what is still tried, or went elsewhere, is not sent again") {
    Post post({"oa", "well"}, {ChannelId{"well"}});
    const auto lost = post.complains("毒");
    CHECK(lost.state == OutboxState::dead);
    CHECK(post.room.pushed_to_staff("李娜").size() == 1);
    CHECK(post.asks_again(lost.id).empty());
    CHECK(post.row(lost.key).state == OutboxState::dead);
    CHECK(post.room.pushed_to_staff("李娜").size() == 1);

    post.platforms[0]->falls_silent("-1 busy");
    post.owes("oa", "等着", Priority::progress, 0, lost.ticket, lost.conversation);
    post.settles();
    const auto tried = post.row("oa:等着");
    CHECK(tried.state == OutboxState::waiting);
    CHECK(post.asks_again(tried.id) == "outbox.conflict");
    CHECK(post.row(tried.key).attempts == tried.attempts);
    post.platforms[0]->falls_silent("");
    post.passes(1h);
    CHECK(post.row(tried.key).state == OutboxState::sent);
    CHECK(post.asks_again(tried.id) == "outbox.conflict");

    post.is_on("well", lost.conversation);
    post.owes("oa", "他走了", Priority::progress, 0, lost.ticket, lost.conversation);
    post.settles();
    const auto elsewhere = post.row("oa:他走了");
    CHECK(elsewhere.state == OutboxState::undeliverable);
    CHECK(post.row(fallback_key(elsewhere.id, ChannelId{"well"})).channel.value == "well");
    CHECK(post.asks_again(elsewhere.id) == "outbox.conflict");
}

TEST_CASE("what a customer will not be told any more stands in the ticket and is told to the front desk") {
    Post post({"oa"});
    const auto ticket = post.complains("毒").ticket;
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

TEST_CASE("a danger to life does not wait until midnight for the calls of a new day; what else is owed does") {
    Post post({"oa"});
    const auto ticket = post.complains("好").ticket;
    const auto talk = post.room.tickets().front().conversation;
    post.platforms[0]->falls_silent("45009 retry_after_ms=36000000");
    post.owes("oa", "师傅到了", Priority::progress, 0, ticket, talk);
    post.settles();
    CHECK(post.row("oa:师傅到了").state == OutboxState::waiting);
    post.room.pushed_to_staff("李娜");
    post.owes("oa", "请离开", Priority::emergency, 0, ticket, talk);
    post.passes(1h);
    post.passes(10h);
    CHECK(post.row("oa:请离开").state == OutboxState::undeliverable);
    CHECK(post.row("oa:请离开").error_code == "45009");
    CHECK(post.room.pushed_to_staff("李娜").size() == 1);  // he is to be called
    // A limit of a minute is waited for.
    post.platforms[0]->falls_silent("45011 retry_after_ms=60000");
    post.owes("oa", "请快离开", Priority::emergency, 0, ticket, talk);
    post.settles();
    CHECK(post.row("oa:请快离开").state == OutboxState::waiting);
}

TEST_CASE("what no channel of a person can say goes through each of them once, and then somebody has to call") {
    Post post({"oa", "kf", "sms"}, {ChannelId{"oa"}, ChannelId{"kf"}, ChannelId{"sms"}});
    const auto known = post.complains("好");
    post.room.pushed_to_staff("李娜");
    for (const auto* channel : {"kf", "sms"}) post.is_on(channel, known.conversation);
    std::vector<int> before;
    for (auto& platform : post.platforms) before.push_back(platform->calls());
    post.owes("oa", "他走了", Priority::consent, 0, known.ticket, known.conversation);
    for (int i = 0; i < 5; ++i) post.settles();
    for (std::size_t i = 0; i < 3; ++i) CHECK(post.platforms[i]->calls() == before[i] + 1);
    CHECK(post.rows("undeliverable") == 3);
    CHECK(post.room.pushed_to_staff("李娜").size() == 1);
}

TEST_CASE("what was refused is written down once, though telling of it fails") {
    Post post({"oa"});
    const auto known = post.complains("好");
    post.room.pushed_to_staff("李娜");
    const auto refused = [&](const std::string& words, std::function<bool(Transaction&)> fails) {
        post.store.watches([fails = std::move(fails)](Transaction& tx) {
            if (fails(tx)) throw std::logic_error("no such phrase");
        });
        const auto before = post.platforms[0]->calls();
        post.owes("oa", words, Priority::progress, 0, known.ticket, known.conversation);
        for (int i = 0; i < 3; ++i) post.passes(2s);
        post.store.watches({});
        CHECK(post.platforms[0]->calls() == before + 1);
        CHECK(post.row("oa:" + words).state == OutboxState::dead);
        return post.room.pushed_to_staff("李娜").size();
    };
    const auto has_note = [&](Transaction& tx) {
        const auto events = tx.events(known.ticket);
        return std::any_of(events.begin(), events.end(), [](const auto& one) { return one.type == "ticket.noted"; });
    };
    const auto has_call = [&](Transaction& tx) {
        const auto rows = tx.outbox_of(known.ticket);
        return std::any_of(rows.begin(), rows.end(), [](const auto& one) { return one.key.rfind("call:", 0) == 0; });
    };
    CHECK(refused("毒一", [&](Transaction& tx) { return has_note(tx) || has_call(tx); }) == 0);
    CHECK(refused("毒二", has_note) == 1);
    CHECK(refused("毒三", [](Transaction&) { return false; }) == 1);
}

TEST_CASE("what a channel's own limit holds back waits without being tried, and what matters more goes first") {
    Post post({"crew"});
    auto& platform = *post.platforms[0];
    platform.has({{"send", Rate::Of::channel, 20, 60s}}, post.room.world.system);
    for (int i = 0; i < 60; ++i) post.owes("crew", "消息" + std::to_string(i), Priority::progress, i % 5);
    post.settles();
    CHECK(platform.shown().size() == 15);  // of twenty
    const auto tried = platform.calls();
    CHECK(tried == 16);  // one heard that it is full: nobody else asks
    post.settles();
    CHECK(platform.calls() == tried);
    post.owes("crew", "请您确认", Priority::consent, 6);
    post.owes("crew", "电梯困人", Priority::emergency, 0);  // overtakes what waits for the same person
    post.settles();
    CHECK(platform.shown().size() == 17);
    CHECK(std::set<std::string>{platform.shown()[15], platform.shown()[16]} ==
          std::set<std::string>{"电梯困人", "请您确认"});
    for (int minute = 0; minute < 3; ++minute) post.passes(62s);
    CHECK(platform.shown().size() == 62);
    CHECK(post.rows("waiting") == 0);
    // In order for each, and nothing twice.
    std::map<std::string, int> last;
    std::set<std::string> all;
    for (const auto& words : platform.shown()) {
        CHECK(all.insert(words).second);
        if (words.rfind("消息", 0) != 0) continue;
        const int number = std::stoi(words.substr(std::string("消息").size()));
        auto& before = last.emplace(std::to_string(number % 5), -1).first->second;
        CHECK(before < number);
        before = number;
    }
}
