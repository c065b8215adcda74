#include "channels/webhook/webhook.h"

#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>

#include "channels/codec/webhook_signature.h"
#include "tests/platforms/desk.h"
#include "workflow/base/digest.h"

using namespace huiyin;
using namespace std::chrono_literals;

namespace {

const std::string new_secret = "whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";
const std::string old_secret = "whsec_ZWZnaGlqa2xtbm9wcXJzdHV2d3h5ent8fX5/gIGCg4Q=";
const std::string demo_body =
    "{\"type\":\"complaint.created\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"data\":{\"id\":\"T-1001\",\"title\":"
    "\"电梯噪音\"}}";
const std::string by_new = "v1,ShvVqneU1YXvMUqY1UCkUpDvAFit/f7Hyg/r8dOt0GI=";
const std::string by_old = "v1,VKxX7sdajG3FTVg4AfviT75z31jwURSrViebEqBpHOQ=";
const TimePoint then = from_ms(1767225600000);

std::string key_of(const std::string& secret) { return webhook::read_secret(secret).value(); }
std::string code_of_check(const std::vector<std::string>& keys, const webhook::SignedHeaders& headers,
                          const std::string& body = demo_body, TimePoint now = then) {
    const auto checked = webhook::check(keys, headers, body, now, 300s);
    return checked ? "fits" : checked.problem().code;
}

// Another system that is called by us: answers as told, and keeps what it was sent.
struct Endpoint {
    ManualClock clock{then};
    int status = 200;
    std::vector<http::Header> headers;
    std::vector<http::Call> calls;
    EndpointHealth health;
    int told = 0;  // that the endpoint was disabled, or is no longer
    std::unique_ptr<Channel> channel(std::vector<std::string> secrets = {new_secret},
                                     std::string url = "https://hooks.example.com/in") {
        return make_webhook(
                   {.id = {"hook"}, .secrets = std::move(secrets), .url = std::move(url)},
                   [this](const http::Call& call) -> Result<http::Reply> {
                       calls.push_back(call);
                       if (status == 0) return Problem{"http.timeout", "too slow", {}};
                       return http::Reply{status, headers, "ok"};
                   },
                   {[this] { return health; },
                    [this](const EndpointHealth& before, const EndpointHealth& now) {
                        told += before.disabled != now.disabled;
                        health = now;
                    }},
                   clock)
            .value();
    }
};
std::string header(const http::Call& call, const std::string& name) {
    for (const auto& one : call.headers)
        if (one.name == name) return one.value;
    return {};
}
Callback signed_callback(const std::string& body, const std::string& id = "msg_1", const char* prefix = "webhook-") {
    Callback callback;
    callback.method = "POST";
    callback.received_at = then;
    callback.body = body;
    const std::string timestamp = "1767225600";
    callback.headers = {
        {std::string(prefix) + "id", id},
        {std::string(prefix) + "timestamp", timestamp},
        {std::string(prefix) + "signature", webhook::signature(key_of(new_secret), id, timestamp, body)}};
    return callback;
}
OutboxItem row(std::int64_t id, int attempts, bool to_somebody = true) {
    auto item = item_to(to_somebody ? "u-17" : "", saying("已受理"), id);
    if (to_somebody) item.conversation = ConversationId{5};
    item.kind = "progress";
    item.attempts = attempts;
    return item;
}

}  // namespace

TEST_CASE("webhook signatures are those of the published vectors") {
    CHECK(webhook::signature(key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), "msg_p5jXN8AQM9LWM0D4loKWxJek",
                             "1614265330",
                             "{\"test\": 2432232314}") == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    CHECK(webhook::signature(key_of(new_secret), "msg_demo0001", "1767225600", demo_body) == by_new);
    CHECK(webhook::signature(key_of(old_secret), "msg_demo0001", "1767225600", demo_body) == by_old);
    CHECK(webhook::signatures({key_of(new_secret), key_of(old_secret)}, "msg_demo0001", "1767225600", demo_body) ==
          by_new + " " + by_old);
}

TEST_CASE("a webhook is taken if any known signature fits any secret, in time") {
    const auto fresh = key_of(new_secret), older = key_of(old_secret);
    const webhook::SignedHeaders good{"msg_demo0001", "1767225600", by_new};
    CHECK(code_of_check({fresh}, good) == "fits");
    CHECK(code_of_check({older}, good) == "webhook.signature");
    const webhook::SignedHeaders both{"msg_demo0001", "1767225600", by_new + " " + by_old};
    CHECK(code_of_check({fresh}, both) == "fits");
    CHECK(code_of_check({older}, both) == "fits");
    CHECK(code_of_check({fresh, older}, {"msg_demo0001", "1767225600", by_old}) == "fits");
    const std::string v1a =
        "v1a,iB4aAB7zRZv2eT8dfX20QL2Aj07aoBp4YnM/TZMo7S3Jx69drreY8+T4ZOI8fqSdEWCQY+GHkntgerxLSN7iBA==";
    CHECK(code_of_check({fresh}, {"msg_demo0001", "1767225600", v1a + " " + by_new}) == "fits");
    CHECK(code_of_check({fresh}, {"msg_demo0001", "1767225600", v1a}) == "webhook.signature");

    CHECK(code_of_check({fresh}, good, demo_body, then + 299s) == "fits");
    CHECK(code_of_check({fresh}, good, demo_body, then + 301s) == "webhook.time");
    CHECK(code_of_check({fresh}, good, demo_body, then - 301s) == "webhook.time");
    CHECK(code_of_check({fresh}, {"msg_demo0001", "1767225601", by_new}) == "webhook.signature");
    CHECK(code_of_check({fresh}, {"msg.demo0001", "1767225600", by_new}) == "webhook.headers");
    CHECK(code_of_check({new_secret.substr(6)}, good) == "webhook.signature");  // used without decoding
    for (const auto* none : {"", "v1", "v1 ", "v2,abc"})
        CHECK_FALSE(code_of_check({fresh}, {"msg_demo0001", "1767225600", none}) == "fits");
    CHECK(code_of_check({}, good) == "webhook.signature");
    CHECK(code_of_check({fresh}, {"", "1767225600", by_new}) == "webhook.headers");
    CHECK(code_of_check({fresh}, {"msg_demo0001", "soon", by_new}) == "webhook.headers");
    CHECK(code_of_check({fresh}, good, demo_body + " ") == "webhook.signature");
    for (const auto* bad : {"", "whsec_", "whsec_AAAA", "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=", "whsec_!!!"})
        CHECK_FALSE(webhook::read_secret(bad));
}

TEST_CASE("what another system says for somebody is read; what is none of ours is kept") {
    Endpoint endpoint;
    const auto channel = endpoint.channel();
    const auto read = [&](const std::string& body) { return channel->read(signed_callback(body)).value().front(); };
    auto message = read(
        "{\"type\":\"message.received\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"data\":{\"from\":\"u-17\",\"text\":"
        "\"电梯坏了\"}}");
    CHECK(message.kind == InboundKind::text);
    CHECK(message.address == "u-17");
    CHECK(message.text == "电梯坏了");
    CHECK(message.key == "w|msg_1");
    CHECK(message.sent_at == then);
    CHECK_FALSE(message.staff);
    message = read("{\"type\":\"message.received\",\"data\":{\"from\":\"u-17\",\"choice\":\"p1.a\"}}");
    CHECK(message.kind == InboundKind::choice);
    CHECK(message.choice == "p1.a");
    CHECK(read("{\"type\":\"message.received\",\"data\":{\"from\":\"u-17\",\"entered\":true}}").kind ==
          InboundKind::entered);
    CHECK(
        read("{\"type\":\"message.received\",\"data\":{\"from\":\"u-17\",\"location\":{\"label\":\"东门\"}}}").label ==
        "东门");
    for (const auto* other : {"not json", "[]", "{\"type\":\"order.paid\",\"data\":{\"from\":\"u\",\"text\":\"x\"}}",
                              "{\"type\":\"message.received\",\"data\":{\"text\":\"x\"}}",
                              "{\"type\":\"message.received\",\"data\":{\"from\":\"u\"}}"}) {
        CAPTURE(other);
        message = read(other);
        CHECK(message.kind == InboundKind::unknown);
        CHECK(message.address.empty());
        CHECK(message.raw == other);
    }
    CHECK(channel->read(signed_callback("{}", "msg_2", "svix-")));
    auto forged = signed_callback("{}");
    forged.body = "{ }";
    CHECK(channel->read(forged).problem().code == "channel.bad_signature");
    CHECK(channel->verify(forged).problem().code == "channel.bad_signature");
    CHECK(channel->passive(forged, message, {saying("好")}).body == "{\"messages\":[]}");
    const auto silent = endpoint.channel({new_secret}, "");
    CHECK(silent->passive(forged, message, {saying("好", {{"对", "p1.a"}})}).body.find("p1.a") != std::string::npos);
    CHECK(silent->passive_fits({saying("好")}));
    CHECK(code_of(silent->send(row(1, 1))) == "channel.gone");
}

TEST_CASE("what we say is posted with the same id at every attempt, signed by every secret") {
    Endpoint endpoint;
    const auto channel = endpoint.channel({new_secret, old_secret});
    CHECK(channel->send(row(7, 1))->reference == "msg_7");
    endpoint.status = 500;
    CHECK(code_of(channel->send(row(7, 2))) == "channel.busy");
    REQUIRE(endpoint.calls.size() == 2);
    for (const auto& call : endpoint.calls) {
        CHECK(call.method == "POST");
        CHECK(header(call, "webhook-id") == "msg_7");
        CHECK(call.time >= 15s);
        for (const auto& secret : {new_secret, old_secret})
            CHECK(code_of_check({key_of(secret)},
                                {"msg_7", header(call, "webhook-timestamp"), header(call, "webhook-signature")},
                                call.body) == "fits");
    }
    const auto body = parse_json(endpoint.calls.front().body).value();
    CHECK(body.at("type") == "message.sent");
    CHECK(body.at("data").at("to") == "u-17");
    CHECK(body.at("data").at("text") == "已受理");
    CHECK(body.at("timestamp") == "2026-01-01T08:00:00+08:00");
    endpoint.status = 200;
    CHECK(code_of(channel->send(row(8, 1, false))) == "sent");
    CHECK(parse_json(endpoint.calls.back().body)->at("type") == "notice");
    CHECK(channel->check());
}

TEST_CASE("a webhook that fails is tried ten times in four days, later where it says so") {
    Endpoint endpoint;
    const auto channel = endpoint.channel();
    endpoint.status = 503;
    std::int64_t all = 0;
    for (int attempt = 1; attempt <= 9; ++attempt) {
        const auto problem = channel->send(row(3, attempt)).problem();
        CHECK(problem.code == "channel.busy");
        const auto at = problem.detail.find("retry_after_ms=");
        REQUIRE(at != std::string::npos);
        const auto wait = std::stoll(problem.detail.substr(at + 15));
        const auto wanted = next_attempt_after(attempt)->count();
        CHECK(wait >= wanted * 9 / 10);
        CHECK(wait <= wanted * 11 / 10);
        all += wait;
    }
    CHECK(all > 3 * 86'400'000LL);
    CHECK(code_of(channel->send(row(3, 10))) == "channel.rejected");
    endpoint.status = 429;
    endpoint.headers = {{"Retry-After", "120"}};
    CHECK(channel->send(row(4, 1)).problem().detail == "429 retry_after_ms=120000");
    endpoint.headers.clear();
    for (const int status : {301, 302, 400, 404, 0}) {  // no redirect is followed
        endpoint.status = status;
        CHECK(code_of(channel->send(row(5, 1))) == "channel.busy");
    }
}

TEST_CASE("after five days of failure an endpoint is disabled, once told, and tried now and then") {
    Endpoint endpoint;
    auto channel = endpoint.channel();
    endpoint.status = 500;
    CHECK(code_of(channel->send(row(1, 1))) == "channel.busy");
    endpoint.clock.set(then + 4 * 24h);
    CHECK(code_of(channel->send(row(2, 1))) == "channel.busy");
    CHECK_FALSE(endpoint.health.disabled);
    channel = endpoint.channel();  // a restart forgets nothing
    endpoint.clock.set(then + 5 * 24h);
    CHECK(code_of(channel->send(row(3, 1))) == "channel.busy");
    CHECK(endpoint.health.disabled);
    CHECK(endpoint.told == 1);
    const auto calls = endpoint.calls.size();
    CHECK(channel->send(row(4, 1)).problem().detail == "disabled");
    CHECK(endpoint.calls.size() == calls);
    endpoint.clock.set(then + 5 * 24h + 1h);
    CHECK(code_of(channel->send(row(5, 1))) == "channel.busy");
    CHECK(endpoint.calls.size() == calls + 1);
    CHECK(endpoint.told == 1);
    endpoint.status = 204;
    endpoint.clock.set(then + 5 * 24h + 2h);
    CHECK(code_of(channel->send(row(6, 1))) == "sent");
    CHECK(endpoint.health == EndpointHealth{});
    CHECK(endpoint.told == 2);
    // A good answer in between begins the five days anew.
    endpoint.status = 500;
    CHECK(code_of(channel->send(row(7, 1))) == "channel.busy");
    endpoint.status = 200;
    CHECK(code_of(channel->send(row(8, 1))) == "sent");
    endpoint.status = 500;
    endpoint.clock.set(then + 12 * 24h);
    CHECK(code_of(channel->send(row(9, 1))) == "channel.busy");
    CHECK_FALSE(endpoint.health.disabled);
    endpoint.status = 410;
    CHECK(channel->send(row(10, 1)).problem().detail == "410");
    CHECK(endpoint.health.disabled);
}
