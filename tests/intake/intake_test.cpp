// What a platform is told of its delivery: nothing that is not saved, and nothing twice.
#include "channels/intake.h"

#include <catch2/catch.hpp>
#include <future>

#include "../bot/room.h"
#include "channels/channel.h"
#include "channels/edge/http_client.h"
#include "channels/edge/http_server.h"
#include "channels/rate_limit.h"

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
        return std::vector<InboundMessage>{message};
    }
    HttpAnswer passive(const Callback&, const InboundMessage&, const std::vector<Said>& said) const override {
        HttpAnswer answer;
        answer.body = said.empty() ? "success" : "";
        for (const auto& one : said) answer.body += one.text + "\n";
        return answer;
    }
    bool passive_fits(const std::vector<Said>&) const override { return fits; }
    bool fits = true;
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
