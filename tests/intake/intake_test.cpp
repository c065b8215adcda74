// What a platform is told of its delivery: nothing that is not saved, and nothing twice.
#include "channels/intake.h"

#include <catch2/catch.hpp>
#include <future>

#include "../bot/room.h"
#include "channels/channel.h"
#include "channels/courier.h"
#include "channels/edge/http_client.h"
#include "channels/edge/http_server.h"
#include "channels/rate_limit.h"
#include "workflow/store/keeping.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

// Reads "key|words" of one resident, and answers with what is to be said, a line each.
class PaperPlatform final : public Channel {
public:
    PaperPlatform() { capabilities_.passive_reply = capabilities_.push = capabilities_.to_residents = true; }
    const ChannelId& id() const override { return id_; }
    const Capabilities& capabilities() const override { return capabilities_; }
    Result<HttpAnswer> verify(const Callback&) const override { return HttpAnswer{}; }
    Result<std::vector<InboundMessage>> read(const Callback& callback) const override {
        const auto bar = callback.body.find('|');
        InboundMessage message;
        message.channel = id_;
        message.address = "openid-1";
        message.key = callback.body.substr(0, bar);
        message.kind = InboundKind::text;
        message.text = callback.body.substr(bar + 1);
        message.label = label;
        if (message.text == "[位置]") {
            message.kind = InboundKind::location;
            message.text.clear();
        } else if (message.text == "[表情]" || message.text == "[事件]") {
            message.kind = InboundKind::unknown;
            message.raw = callback.body + std::string(70'000, '.');
            if (message.text == "[事件]") message.address.clear();
            message.text.clear();
        } else if (message.text == "[图片]") {
            message.kind = InboundKind::image;
            message.text.clear();
            message.media.push_back({.media_id = "m1", .url = {}, .name = {}, .media_type = {}, .bytes = {}});
        }
        return std::vector<InboundMessage>{message};
    }
    HttpAnswer passive(const Callback&, const InboundMessage&, const std::vector<Said>& said) const override {
        HttpAnswer answer;
        answer.body = said.empty() ? "success" : "";
        for (const auto& one : said) answer.body += one.text + "\n";
        return answer;
    }
    bool passive_fits(const std::vector<Said>&) const override { return fits; }
    Result<std::string> fetch_media(const InboundMedia&) override {
        ++fetches;
        if (bytes_are_refused) return Problem{"channel.alarm", "compare the secret with the account's page", "40001"};
        return "\xFF\xD8\xFF\xC0" + std::string("\x00\x0B\x08\x00\x01\x00\x01", 7) + std::string(13, '\x01');
    }
    bool fits = true;
    std::string label;
    std::atomic<bool> bytes_are_refused{false};
    std::atomic<int> fetches{0};
    Result<Receipt> send(const OutboxItem&) override { return Receipt{}; }

private:
    ChannelId id_{"oa"};
    Capabilities capabilities_;
};

struct Hook {
    explicit Hook(std::chrono::milliseconds patience) {
        IntakeParts parts;
        parts.store = room.world.store.get();
        parts.desk = room.desk.get();
        parts.understanding = room.understanding.get();
        parts.policies = room.world.policies.get();
        parts.phrases = room.world.phrases.get();
        parts.speaker = room.world.speaker.get();
        parts.ids = &room.world.ids;
        parts.limit = &limit;
        parts.service = &room.world.service;
        parts.system = &room.world.system;
        parts.channels = {{"oa", &platform}};
        parts.patience = patience;
        http::RouteTable routes;
        add_hook_routes(routes, std::move(parts));
        server = std::make_unique<http::Server>(http::ServerOptions{}, std::move(routes));
        if (const auto started = server->start(); !started) throw std::runtime_error(started.problem().text);
        url = "http://127.0.0.1:" + std::to_string(server->port());
        client = std::make_unique<http::Client>(http::ClientOptions{{url}});
    }
    http::Reply delivers(const std::string& body) const {
        http::Call call;
        call.method = "POST";
        call.url = url + "/hooks/oa";
        call.body = body;
        const auto reply = client->send(call);
        if (!reply) throw std::runtime_error(reply.problem().text);
        return *reply;
    }
    std::size_t waiting_rows() {
        std::size_t rows = 0;
        room.world.store->read([&](Reading& reading) {
            for (const auto& item : reading.outbox_page("waiting", 100, "").items) rows += item.channel.value == "oa";
        });
        return rows;
    }
    std::size_t heard() {  // messages of the resident that are stored
        std::size_t count = 0;
        room.world.store->read([&](Reading& reading) {
            const auto talk = reading.conversation_at(ChannelId{"oa"}, "openid-1");
            if (!talk) return;
            for (const auto& message : reading.last_messages(talk->id, 50)) count += message.from == Speaker::resident;
        });
        return count;
    }
    std::int64_t kept_as_they_came() {  // texts; afterwards there are none
        std::int64_t count = 0;
        auto& world = room.world;
        world.store->run([&](Transaction& tx) {
            for (const auto& [name, rows] : tx.keeping().drop_raw(world.now() + std::chrono::hours{1}, 100))
                count += rows;
        });
        return count;
    }
    std::string place() {  // of what he tells
        std::string found;
        room.world.store->read([&](Reading& reading) {
            const auto talk = reading.conversation_at(ChannelId{"oa"}, "openid-1");
            if (!talk) return;
            auto told = talk_from_text(talk->body);
            if (const auto* draft = told.draft()) found = draft->location;
        });
        return found;
    }
    std::vector<OutboxItem> pictures_to_fetch() {
        std::vector<OutboxItem> rows;
        room.world.store->read([&](Reading& reading) {
            for (auto& item : reading.outbox_page("waiting", 100, "").items)
                if (item.kind == "fetch_media") rows.push_back(std::move(item));
        });
        return rows;
    }
    Room room;
    RateLimit limit{60};
    PaperPlatform platform;
    std::string url;
    std::unique_ptr<http::Server> server;
    std::unique_ptr<http::Client> client;
};

// The writer is in a unit that lasts until it is let go: what comes meanwhile waits behind it.
class HeldWriter {
public:
    explicit HeldWriter(Store& store) : store_(store) {
        std::promise<void> started;
        store.submit(
            [&started, going_on = go_on_.get_future().share()](Transaction&) {
                started.set_value();
                going_on.wait();
            },
            {});
        started.get_future().wait();
    }
    HeldWriter(const HeldWriter&) = delete;
    HeldWriter& operator=(const HeldWriter&) = delete;
    ~HeldWriter() {
        if (held_) let_go();
    }
    bool has_waiting(std::size_t units) const {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{10};
        while (store_.waiting() < units && std::chrono::steady_clock::now() < until) std::this_thread::yield();
        return store_.waiting() >= units;
    }
    void let_go() {
        held_ = false;
        go_on_.set_value();
    }

private:
    Store& store_;
    std::promise<void> go_on_;
    bool held_ = true;
};

}  // namespace

TEST_CASE("the same delivery again has the same answer and one effect") {
    Hook hook(std::chrono::seconds{4});
    const auto first = hook.delivers("1|你好");
    CHECK(first.status == 200);
    CHECK(first.body.size() > 10);
    const auto again = hook.delivers("1|你好");
    CHECK(again.status == 200);
    CHECK(again.body == first.body);
    CHECK(hook.heard() == 1);
    CHECK(hook.waiting_rows() == 0);
}

TEST_CASE("what is not saved when the platform's patience ends is not acknowledged; what is said of it is said once") {
    Hook hook(std::chrono::milliseconds{30});
    HeldWriter writer(*hook.room.world.store);
    const auto too_early = hook.delivers("1|你好");
    CHECK(too_early.status == 500);
    CHECK(too_early.body.empty());
    writer.let_go();
    hook.room.world.store->run([](Transaction&) {});  // the delivery is saved …
    hook.room.world.store->run([](Transaction&) {});  // … and what it was told waits for the courier
    CHECK(hook.heard() == 1);
    const auto rows = hook.waiting_rows();
    CHECK(rows > 0);
    const auto again = hook.delivers("1|你好");
    CHECK(again.status == 200);
    CHECK(again.body == "success");
    CHECK(hook.heard() == 1);
    CHECK(hook.waiting_rows() == rows);
}

TEST_CASE("a repeat that waits behind a first delivery whose patience is over tells nothing twice") {
    Hook hook(std::chrono::milliseconds{500});
    HeldWriter writer(*hook.room.world.store);
    CHECK(hook.delivers("1|你好").status == 500);
    auto again = std::async(std::launch::async, [&] { return hook.delivers("1|你好"); });
    REQUIRE(writer.has_waiting(2));
    writer.let_go();
    const auto reply = again.get();
    hook.room.world.store->run([](Transaction&) {});
    hook.room.world.store->run([](Transaction&) {});
    CHECK(hook.heard() == 1);
    const bool carried = reply.status == 200 && reply.body != "success";
    const bool pushed = hook.waiting_rows() > 0;
    CHECK(carried != pushed);
}

TEST_CASE("what the answer cannot carry is the courier's in the same commit") {
    Hook hook(std::chrono::seconds{4});
    hook.platform.fits = false;
    HeldWriter writer(*hook.room.world.store);
    auto delivered = std::async(std::launch::async, [&] { return hook.delivers("1|你好"); });
    REQUIRE(writer.has_waiting(1));
    std::size_t right_behind = 0;
    hook.room.world.store->submit(
        [&](Transaction& tx) { right_behind = tx.outbox_page("waiting", 100, "").items.size(); }, {});
    writer.let_go();
    CHECK(delivered.get().body == "success");
    hook.room.world.store->run([](Transaction&) {});
    CHECK(right_behind > 0);
    CHECK(hook.waiting_rows() == right_behind);
    CHECK(hook.delivers("1|你好").body == "success");
    CHECK(hook.waiting_rows() == right_behind);
}

TEST_CASE("what we cannot read is kept as it came, once; who sent it is told so, and an event answers nobody") {
    Hook hook(std::chrono::seconds{4});
    const auto told = hook.delivers("1|[表情]");
    CHECK(told.status == 200);
    CHECK(told.body != "success");
    CHECK(hook.delivers("1|[表情]").body == told.body);
    CHECK(hook.kept_as_they_came() == 1);
    CHECK(hook.delivers("2|你好").status == 200);
    CHECK(hook.kept_as_they_came() == 0);
    CHECK(hook.delivers("3|[事件]").body == "success");
    CHECK(hook.delivers("3|[事件]").body == "success");
    CHECK(hook.kept_as_they_came() == 1);
}

TEST_CASE("only a location's label is a place: a card's name is none") {
    Hook hook(std::chrono::seconds{4});
    hook.platform.label = "card:o7";
    CHECK(hook.delivers("1|3栋2单元的电梯坏了三天了，没人修").status == 200);
    CHECK(hook.place().find("card:o7") == std::string::npos);
    hook.platform.label = "快递柜";
    CHECK(hook.delivers("2|[位置]").status == 200);
    CHECK(hook.place() == "快递柜");
}

TEST_CASE("a picture waits for as long as our own settings keep it from coming") {
    Hook hook(std::chrono::seconds{4});
    CHECK(hook.delivers("1|3栋2单元的电梯坏了三天了，没人修").status == 200);
    CHECK(hook.delivers("2|[图片]").status == 200);
    REQUIRE(hook.pictures_to_fetch().size() == 1);
    hook.platform.bytes_are_refused = true;
    auto& world = hook.room.world;
    Courier courier(CourierParts{.store = world.store.get(),
                                 .channel = &hook.platform,
                                 .engine = world.engine.get(),
                                 .directory = world.directory.get(),
                                 .speaker = world.speaker.get(),
                                 .phrases = world.phrases.get(),
                                 .service = &world.service,
                                 .system = &world.system,
                                 .ids = &world.ids,
                                 .fallback = {}});
    const auto goes_round = [&] { courier.flush(std::chrono::steady_clock::now() + std::chrono::seconds{20}); };
    goes_round();
    for (int fetched = 1; fetched <= 20; ++fetched) {  // more often than a platform that is busy is asked
        CAPTURE(fetched);
        CHECK(hook.platform.fetches == fetched);
        const auto rows = hook.pictures_to_fetch();
        REQUIRE(rows.size() == 1);
        CHECK(rows.front().next_attempt_at - world.service.now() >= std::chrono::minutes{5});
        hook.room.passes(5 * 60 * 1000);
        goes_round();
    }
    hook.platform.bytes_are_refused = false;
    hook.room.passes(5 * 60 * 1000);
    goes_round();
    CHECK(hook.pictures_to_fetch().empty());
    CHECK(courier.figures().dead == 0);
    std::int64_t bytes = 0;
    world.store->read([&](Reading& reading) {
        for (const auto& item : reading.outbox_page("sent", 200, "").items)
            if (item.kind == "fetch_media") bytes = reading.attachment(item.said.image)->bytes;
    });
    CHECK(bytes == 24);
    // Who is refused for a day is told.
    hook.platform.bytes_are_refused = true;
    CHECK(hook.delivers("3|[图片]").status == 200);
    goes_round();
    CHECK(hook.pictures_to_fetch().size() == 1);
    hook.room.passes(24 * 3600 * 1000);
    goes_round();
    CHECK(hook.pictures_to_fetch().empty());
    CHECK(courier.figures().dead == 1);
}
