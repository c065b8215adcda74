// How much somebody's message lets us say, and what a notice does where that is nothing.
#include <catch2/catch.hpp>
#include <mutex>

#include "../bot/room.h"
#include "channels/courier.h"
#include "channels/place_code.h"
#include "channels/window.h"

using namespace huiyin;
using namespace huiyin::test;
using namespace std::chrono_literals;

namespace {

// Five messages in 48 hours; rings, and takes whatever comes but for what it is told to refuse.
class CountingPlatform final : public Channel {
public:
    CountingPlatform() {
        capabilities_.push = true;
        capabilities_.window = 48h;
        capabilities_.window_pushes = 5;
    }
    const ChannelId& id() const override { return id_; }
    const Capabilities& capabilities() const override { return capabilities_; }
    Result<HttpAnswer> verify(const Callback&) const override { return HttpAnswer{}; }
    Result<std::vector<InboundMessage>> read(const Callback&) const override { return std::vector<InboundMessage>{}; }
    HttpAnswer passive(const Callback&, const InboundMessage&, const std::vector<Said>&) const override { return {}; }
    bool rings(const OutboxItem&) const override { return true; }
    Result<Receipt> send(const OutboxItem& item) override {
        std::function<void()> meanwhile;
        Receipt receipt;
        {
            std::lock_guard lock(mutex_);
            const bool ring = item.reference == ring_by_notice;
            sent_.push_back((ring ? "ring: " : "") + item.said.text);
            if (ring && !busy_.empty()) return Problem{"channel.busy", "later", busy_};
            if (ring || std::exchange(closed_, false)) {
                receipt.reference = rung + std::to_string(sent_.size());
                receipt.messages = 0;
                meanwhile = std::exchange(meanwhile_, {});
            }
        }
        if (meanwhile) meanwhile();
        return receipt;
    }
    // The next notice meets this on its way; `closed`: it goes instead of words, for the platform knows better.
    void happens_meanwhile(std::function<void()> what, bool closed = false) {
        std::lock_guard lock(mutex_);
        meanwhile_ = std::move(what);
        closed_ = closed;
    }
    void takes_no_notice(const std::string& why) {
        std::lock_guard lock(mutex_);
        busy_ = why;
    }
    std::vector<std::string> sent() {
        std::lock_guard lock(mutex_);
        return std::exchange(sent_, {});
    }

private:
    const ChannelId id_{"web"};
    Capabilities capabilities_;
    std::mutex mutex_;
    std::vector<std::string> sent_;
    std::string busy_;
    bool closed_ = false;
    std::function<void()> meanwhile_;
};

struct Post {
    Post() {
        room.says("王女士", "3栋2单元501卫生间漏水,已经漏到楼下了,电话13812345678");
        room.says("王女士", "对");
        ticket = room.tickets().front().id;
        talk = room.tickets().front().conversation;
        room.pushed_to_staff("李娜");
        starts();
    }
    void starts() {
        courier = std::make_unique<Courier>(CourierParts{.store = room.world.store.get(),
                                                         .channel = &platform,
                                                         .engine = room.world.engine.get(),
                                                         .directory = room.world.directory.get(),
                                                         .speaker = room.world.speaker.get(),
                                                         .phrases = room.world.phrases.get(),
                                                         .service = &room.world.service,
                                                         .system = &room.world.system,
                                                         .ids = &room.world.ids,
                                                         .fallback = {}});
        settles();
    }
    ~Post() { courier.reset(); }
    void owes(const std::string& words, Priority priority) {
        room.world.store->run([&](Transaction& tx) {
            OutboxItem item;
            item.id = room.world.ids.make<OutboxId>(to_ms(room.world.system.now()));
            item.channel = platform.id();
            item.kind = "progress";
            item.priority = priority;
            item.said.text = words;
            item.ticket = ticket;
            item.conversation = talk;
            item.key = words;
            item.created_at = item.next_attempt_at = room.world.now();
            item.next_attempt_system = room.world.system.now();
            tx.add(item);
        });
        settles();
    }
    void writes() {
        room.world.store->run([&](Transaction& tx) {
            auto with = *tx.conversation(talk);
            with.last_inbound_at = room.world.now();
            with.pushes_since_inbound = 0;
            tx.save(with);
            free_held(tx, talk, room.world.now(), room.world.system.now());
        });
    }
    void settles() { courier->flush(std::chrono::steady_clock::now() + 20s); }
    void passes(Milliseconds span) {
        room.world.service.set(room.world.service.now() + span);
        room.world.system.set(room.world.system.now() + span);
        settles();
    }
    OutboxItem row(const std::string& words) {
        std::optional<OutboxItem> found;
        room.world.store->read([&](Reading& reading) { found = reading.outbox_keyed(words); });
        REQUIRE(found);
        return *found;
    }
    // Since the last look: the front desk was told to call him, on whichever of her channels.
    bool has_to_call() {
        bool told = false;
        for (const auto& text : room.pushed_to_staff("李娜")) told |= text.find("打电话") != std::string::npos;
        return told;
    }
    Conversation conversation() {
        std::optional<Conversation> found;
        room.world.store->read([&](Reading& reading) { found = reading.conversation(talk); });
        return *found;
    }
    Room room;
    CountingPlatform platform;
    TicketId ticket;
    ConversationId talk;
    std::unique_ptr<Courier> courier;
};

}  // namespace

TEST_CASE(
    "a tap lets us say three things for a minute, where nothing is left from before; a result lets us say nothing") {
    Post post;
    const auto now = post.room.world.now();
    const auto& can = post.platform.capabilities();
    const auto after = [&](InboundMessage::Opens opens, std::chrono::hours ago, int said,
                           InboundKind kind = InboundKind::choice) {
        InboundMessage message;
        message.kind = kind;
        message.opens = opens;
        auto before = post.conversation();
        before.last_inbound_at = now - ago;
        before.pushes_since_inbound = said;
        post.room.world.store->run([&](Transaction& tx) {
            auto heard = before;  // as every message leaves it
            heard.last_inbound_at = now;
            heard.pushes_since_inbound = 0;
            tx.save(heard);
            keep_opening(tx, can, message, before, post.talk, now);
        });
        return allowance_of(can, post.conversation(), now);
    };
    using Opens = InboundMessage::Opens;
    const auto has = [](const Allowance& room, int left, TimePoint until) {
        return room.left == left && (left == 0 || room.until == until);
    };
    CHECK(has(after(Opens::moment, 1h, 1), 4, now + 47h));
    CHECK(has(after(Opens::moment, 1h, 4), 1, now + 47h));
    CHECK(has(after(Opens::moment, 1h, 5), 3, now + 1min));
    CHECK(has(after(Opens::moment, 49h, 0), 3, now + 1min));
    CHECK(has(after(Opens::nothing, 1h, 1), 4, now + 47h));
    CHECK(has(after(Opens::nothing, 49h, 0), 0, now));
    CHECK(has(after(Opens::nothing, 1h, 1, InboundKind::left), 0, now));
}

TEST_CASE("what must arrive is announced, waits two days for him, and then goes its next way") {
    Post post;
    post.passes(72h);
    post.platform.sent();
    post.owes("您同意吗", Priority::consent);
    CHECK(post.platform.sent() == std::vector<std::string>{"ring: 您同意吗"});
    CHECK(post.row("您同意吗").state == OutboxState::waiting);
    CHECK(post.row("您同意吗").reference == "rung:1");
    post.passes(47h);
    CHECK(post.platform.sent().empty());
    CHECK_FALSE(post.has_to_call());
    post.passes(2h);
    CHECK(post.platform.sent().empty());
    CHECK(post.row("您同意吗").state == OutboxState::undeliverable);
    CHECK(post.has_to_call());
}

TEST_CASE("one notice is enough for all news; he comes, and hears it; he does not, and is left in peace") {
    Post post;
    post.passes(72h);
    post.platform.sent();
    post.owes("师傅出发了", Priority::progress);
    post.owes("师傅到了", Priority::progress);
    CHECK(post.platform.sent() == std::vector<std::string>{"ring: 师傅出发了"});
    post.writes();
    post.settles();
    const auto heard = post.platform.sent();
    std::string all;
    for (const auto& one : heard) all += one + "\n";
    CHECK(all.find("师傅出发了") < all.find("师傅到了"));
    CHECK(all.find("ring") == std::string::npos);
    CHECK(post.row("师傅到了").state == OutboxState::sent);

    post.passes(72h);
    post.owes("师傅走了", Priority::progress);
    CHECK(post.platform.sent() == std::vector<std::string>{"ring: 师傅走了"});
    post.passes(49h);
    CHECK(post.platform.sent().empty());
    CHECK(post.row("师傅走了").state == OutboxState::sent);
    CHECK_FALSE(post.has_to_call());
}

TEST_CASE(
    "a notice that did not arrive: the next way at once, also when the platform says so before we wrote it down") {
    Post post;
    post.passes(72h);
    post.owes("您同意吗", Priority::consent);
    const auto fails = [&](const std::string& id) {
        bool known = false;
        post.room.world.store->run([&](Transaction& tx) {
            known = reopen_ring(tx, post.conversation(), id, "failed:user block", post.room.world.now(),
                                post.room.world.system.now());
        });
        post.settles();
        return known;
    };
    const auto id = post.row("您同意吗").reference.substr(5);
    CHECK_FALSE(fails("another"));
    CHECK(post.row("您同意吗").state == OutboxState::waiting);
    CHECK(fails(id));
    CHECK(post.row("您同意吗").state == OutboxState::undeliverable);
    CHECK(post.has_to_call());

    // As the courier does, to the moment at which the platform has it and nobody has written that down; meanwhile the
    // platform tells what became of `failed`.
    post.courier.reset();
    const auto now = post.room.world.now(), system_now = post.room.world.system.now();
    const auto asks = [&](const std::string& words, bool open, const std::string& failed) {
        post.room.world.store->run([&](Transaction& tx) {
            auto talk = post.conversation();
            talk.last_inbound_at = open ? now : TimePoint{};
            talk.pushes_since_inbound = 0;
            tx.save(talk);
            auto item = *tx.outbox_keyed("您同意吗");
            item.id = post.room.world.ids.make<OutboxId>(to_ms(system_now));
            item.key = words;
            item.state = OutboxState::waiting;
            item.error_code.clear();
            item.reference.clear();
            item.attempts = 0;
            tx.add(item);
            const auto claimed = tx.claim_outbox(post.platform.id(), now, system_now, 16);
            const auto asked =
                std::find_if(claimed.begin(), claimed.end(), [&](const auto& one) { return one.key == words; });
            REQUIRE(asked != claimed.end());
            auto letter = make_letter(tx, *asked, post.platform, post.platform.capabilities(), now, system_now);
            REQUIRE(letter.fate == Letter::Fate::go);
            CHECK((letter.lead.reference == ring_by_notice) == !open);
            CHECK_FALSE(reopen_ring(tx, talk, failed, "failed\n78 for ever", now, system_now));
            letter.lead.state = OutboxState::sent;
            letter.lead.reference = "rung:" + words;
            settle_letter(tx, letter.lead, letter.with, 0, false, post.platform.capabilities(), now, system_now);
        });
        const auto row = post.row(words);
        CHECK(row.state == OutboxState::waiting);
        post.room.world.store->run([&](Transaction& tx) {
            auto done = row;
            done.state = OutboxState::dead;
            tx.save(done);
        });
        return row;
    };
    const auto own = asks("77", false, "77");
    CHECK(own.error_code == not_arrived);
    CHECK(own.reference.empty());
    CHECK(own.error_text == "the notice did not arrive: failed 78 for ever");
    // The failure of another notice, which comes late, is not this one's.
    CHECK(asks("78", false, "7").reference == "rung:78");
    // One for which the platform itself said that nothing more may be written.
    CHECK(asks("79", true, "79").error_code == not_arrived);
    // Neither fills the store: what nobody asks for is forgotten.
    post.room.world.store->run([&](Transaction& tx) {
        for (int i = 1000; i < 1200; ++i) reopen_ring(tx, post.conversation(), std::to_string(i), "f", now, system_now);
        const auto kept = tx.setting("notices_lost:" + post.conversation().channel.value).value_or("");
        CHECK(std::count(kept.begin(), kept.end(), '\n') == 64);
    });
}

TEST_CASE("the platform does not say which notice was lost: it was the only one he had, or nobody knows") {
    Post post;
    post.passes(72h);
    post.owes("您同意吗", Priority::consent);
    const auto fails = [&] {
        bool known = false;
        post.room.world.store->run([&](Transaction& tx) {
            known = reopen_ring(tx, post.conversation(), "0", "failed:user block", post.room.world.now(),
                                post.room.world.system.now());
        });
        post.settles();
        return known;
    };
    post.owes("请确认", Priority::consent);  // a notice of its own
    CHECK(post.row("请确认").reference != post.row("您同意吗").reference);
    CHECK_FALSE(fails());
    CHECK(post.row("您同意吗").state == OutboxState::waiting);
    post.room.world.store->run([&](Transaction& tx) {
        auto other = *tx.outbox_keyed("请确认");
        other.state = OutboxState::dead;
        tx.save(other);
    });
    CHECK(fails());
    CHECK(post.row("您同意吗").state == OutboxState::undeliverable);
    CHECK(post.has_to_call());
    CHECK_FALSE(fails());
    std::string kept;
    post.room.world.store->read([&](Reading& reading) {
        kept = reading.setting("notices_lost:" + post.conversation().channel.value).value_or("");
    });
    CHECK(kept.empty());
}

TEST_CASE("he writes before the notice went: he hears the words, and his window is open") {
    for (const auto* why : {"45009 retry_after_ms=60000", "http.timeout"}) {
        CAPTURE(why);
        Post post;
        post.passes(72h);
        post.platform.sent();
        post.platform.takes_no_notice(why);
        post.owes("您同意吗", Priority::consent);
        CHECK(post.platform.sent() == std::vector<std::string>{"ring: 您同意吗"});
        CHECK(post.row("您同意吗").reference == ring_by_notice);
        post.platform.takes_no_notice("");
        post.writes();
        post.passes(1h);
        CHECK(post.platform.sent() == std::vector<std::string>{"您同意吗"});
        CHECK(post.row("您同意吗").state == OutboxState::sent);
        CHECK(post.conversation().pushes_since_inbound == 1);
    }
}

TEST_CASE("words that a notice went for are said once, though nobody freed them when he wrote") {
    Post post;
    post.passes(72h);
    post.owes("您同意吗", Priority::consent);
    REQUIRE(post.row("您同意吗").reference.rfind(rung, 0) == 0);
    post.platform.sent();
    post.room.world.store->run([&](Transaction& tx) {
        auto row = *tx.outbox_keyed("您同意吗");
        row.error_code.clear();  // so free_held() does not know it
        tx.save(row);
    });
    post.passes(47h);
    post.writes();
    for (int i = 0; i < 3; ++i) post.passes(2h);
    CHECK(post.platform.sent() == std::vector<std::string>{"您同意吗"});
    CHECK(post.row("您同意吗").state == OutboxState::sent);
}

TEST_CASE("he writes while the notice is on its way: the words go at once, and his window stays open") {
    for (const bool closed_by_platform : {false, true}) {
        CAPTURE(closed_by_platform);
        Post post;
        if (!closed_by_platform) post.passes(72h);
        post.platform.sent();
        post.platform.happens_meanwhile(
            [&] {
                post.room.world.service.set(post.room.world.service.now() + 1s);
                post.writes();
            },
            closed_by_platform);
        post.owes("您同意吗", Priority::consent);
        post.settles();
        CHECK(post.platform.sent() ==
              std::vector<std::string>{closed_by_platform ? "您同意吗" : "ring: 您同意吗", "您同意吗"});
        CHECK(post.row("您同意吗").state == OutboxState::sent);
        CHECK(post.conversation().pushes_since_inbound == 1);
    }
    // He did not: the platform's word holds.
    Post post;
    post.platform.sent();
    post.platform.happens_meanwhile([] {}, true);
    post.owes("您同意吗", Priority::consent);
    post.settles();
    CHECK(post.platform.sent() == std::vector<std::string>{"您同意吗"});
    CHECK(post.row("您同意吗").state == OutboxState::waiting);
    CHECK(post.conversation().pushes_since_inbound == 5);
}

TEST_CASE("no group waits for the line of another, and a line that nobody waits for any more is not said") {
    Post post;
    post.platform.sent();
    const auto writes = [&](const std::string& group, const std::string& words) {
        Arrived arrived;
        arrived.channel = post.platform.id();
        arrived.address = "owner of " + group;
        arrived.key = group + words;
        arrived.text = words;
        arrived.group = group;
        post.room.world.store->run([&](Transaction& tx) {
            const auto understood = post.room.understanding->understand(words, post.room.world.now(), Zone{});
            REQUIRE(post.room.desk->hear(tx, arrived, understood, post.room.world.now(), post.room.world.system.now()));
        });
    };
    const auto lines = [&](OutboxState state) {
        std::multiset<std::string> groups;
        post.room.world.store->read([&](Reading& reading) {
            for (const auto& item : reading.outbox_page(to_text(state), 100, "").items)
                if (item.kind == "public") groups.insert(item.reference + (item.error_code.empty() ? "" : " late"));
        });
        return groups;
    };
    post.courier.reset();
    for (const auto* group : {"一号群", "二号群"}) writes(group, "电梯又坏了");
    post.room.world.store->run([&](Transaction& tx) {
        int claimed = 0;
        for (const auto& item :
             tx.claim_outbox(post.platform.id(), post.room.world.now(), post.room.world.system.now(), 99))
            claimed += item.kind == "public";
        CHECK(claimed == 2);
        tx.release_claims();
    });
    writes("三号群", "电梯里困人了，快来");
    post.room.world.service.set(post.room.world.now() + 6min);
    post.starts();
    CHECK(lines(OutboxState::sent) == std::multiset<std::string>{"group:三号群"});
    CHECK(lines(OutboxState::undeliverable) == std::multiset<std::string>{"group:一号群 late", "group:二号群 late"});
}

TEST_CASE("a printed code carries a place as ASCII, and what the directory does not know is left out") {
    Room room;
    const auto directory = room.world.directory->get();
    const auto* jinxiu = directory->unit_by_key("jinxiu");
    REQUIRE(jinxiu);
    CHECK(scene_of(*directory, {jinxiu->id, {}, {}}) == "v1:jinxiu");
    CHECK(scene_of(*directory, {jinxiu->id, "3", "2"}) == "v1:jinxiu:3:2");
    CHECK(scene_of(*directory, {jinxiu->id, "东1", {}}) == "v1:jinxiu:%E4%B8%9C1");
    CHECK(scene_of(*directory, {}).empty());
    const auto read = [&](const std::string& scene) {
        const auto spot = spot_of(*directory, scene);
        const auto* unit = directory->unit(spot.unit);
        return (unit ? unit->key : "-") + "|" + spot.building + "|" + spot.entrance;
    };
    CHECK(read("v1:jinxiu:3:2") == "jinxiu|3|2");
    CHECK(read("v1:jinxiu:3:9") == "jinxiu|3|");
    CHECK(read("v1:jinxiu:99:2") == "jinxiu||");
    CHECK(read("v1:jinxiu") == "jinxiu||");
    CHECK(read("jinxiu") == "jinxiu||");
    for (const auto* none : {"", "v1:", "v1:nowhere", "v1:jinxiu:3:2:1", "v1:%zz", "v1:jinxiu:%", "v2:jinxiu"})
        CHECK(read(none) == "-||");
}
