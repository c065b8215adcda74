#include "channels/webhook/webhook.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "channels/codec/json_fields.h"
#include "channels/codec/utf8.h"
#include "channels/codec/webhook_signature.h"
#include "channels/edge/http_client.h"
#include "channels/outgoing/rest.h"
#include "workflow/base/digest.h"
#include "workflow/base/json_text.h"
#include "workflow/base/log.h"
#include "workflow/base/time_text.h"

namespace huiyin {
namespace {
using namespace std::chrono_literals;

constexpr auto disabled_after = 5 * 24h;
constexpr auto tried_again_after = 1h;  // one that is disabled
constexpr auto answer_time = 20s;
constexpr std::size_t most_address_bytes = 128;

std::string header_of(const Callback& callback, const std::string& name) {
    for (const auto* prefix : {"webhook-", "svix-"}) {  // the older name of the same scheme
        const auto at = callback.headers.find(prefix + name);
        if (at != callback.headers.end()) return at->second;
    }
    return {};
}

// One message of another system. Nothing: its type is none of ours.
std::optional<InboundMessage> read_event(const Json& json, InboundMessage message) {
    const auto data = json.find("data");
    if (text_in(json, "type") != "message.received" || data == json.end() || !data->is_object()) return std::nullopt;
    message.address = text_in(*data, "from");
    if (message.address.empty() || message.address.size() > most_address_bytes) return std::nullopt;
    if (const auto at = parse_rfc3339(text_in(json, "timestamp"))) message.sent_at = *at;
    message.text = text_in(*data, "text");
    message.choice = text_in(*data, "choice");
    const auto entered = data->find("entered"), location = data->find("location");
    if (!message.choice.empty()) {
        message.kind = InboundKind::choice;
    } else if (!message.text.empty()) {
        message.kind = InboundKind::text;
    } else if (location != data->end() && location->is_object()) {
        message.kind = InboundKind::location;
        message.label = text_in(*location, "label");
    } else if (entered != data->end() && *entered == true) {
        message.kind = InboundKind::entered;
    } else {
        return std::nullopt;
    }
    return message;
}

Json said_json(const Said& said) {
    Json json = Json::object();
    if (!said.text.empty()) json["text"] = said.text;
    if (!said.choices.empty()) {
        auto& choices = json["choices"] = Json::array();  // as in wire.cpp: safe without memory
        for (const auto& choice : said.choices)
            choices.push_back({{"title", choice.title}, {"payload", choice.payload}});
    }
    if (said.card) json["card"] = {{"title", said.card->title}, {"text", said.card->text}, {"url", said.card->url}};
    if (!said.ticket_number.empty()) json["ticket"] = said.ticket_number;
    if (!said.kind.empty()) json["kind"] = said.kind;
    return json;
}

class Webhook final : public Channel {
public:
    Webhook(WebhookSettings settings, std::vector<std::string> keys, Caller call, HealthKeeper health,
            const Clock& clock)
        : settings_(std::move(settings)),
          keys_(std::move(keys)),
          call_(std::move(call)),
          health_(std::move(health)),
          clock_(clock) {
        capabilities_.passive_reply = settings_.url.empty();
        capabilities_.push = !settings_.url.empty();
        capabilities_.buttons = capabilities_.cards = true;
        capabilities_.text_bytes = 8192;
        capabilities_.buttons_most = 20;
        capabilities_.to_residents = capabilities_.to_group = true;
    }

    const ChannelId& id() const override { return settings_.id; }
    const Capabilities& capabilities() const override { return capabilities_; }

    // Nothing proves an address here but a signature, and a GET has none.
    Result<HttpAnswer> verify(const Callback&) const override { return bad_signature("webhook.get"); }

    Result<std::vector<InboundMessage>> read(const Callback& callback) const override {
        const webhook::SignedHeaders headers{header_of(callback, "id"), header_of(callback, "timestamp"),
                                             header_of(callback, "signature")};
        const auto checked = webhook::check(keys_, headers, callback.body, callback.received_at, settings_.window);
        if (!checked) return bad_signature(checked.problem().code);
        InboundMessage message;
        message.channel = settings_.id;
        message.key = "w|" + headers.id;
        message.sent_at = callback.received_at;
        const auto json = parse_json(callback.body, {.bytes = 65536});
        if (json && json->is_object())
            if (auto read = read_event(*json, message)) return std::vector{std::move(*read)};
        message.raw = callback.body;
        return std::vector{std::move(message)};
    }

    HttpAnswer passive(const Callback&, const InboundMessage&, const std::vector<Said>& said) const override {
        HttpAnswer answer{200, "application/json; charset=utf-8", {}};
        Json messages = Json::array();
        if (capabilities_.passive_reply)
            for (const auto& one : said) messages.push_back(said_json(one));
        answer.body = to_text(Json{{"messages", std::move(messages)}});
        return answer;
    }
    bool passive_fits(const std::vector<Said>&) const override { return capabilities_.passive_reply; }

    Result<Receipt> send(const OutboxItem& item) override {
        if (settings_.url.empty())
            return Problem{"channel.gone", "this channel has no \"url\": nothing is pushed", "no_url"};
        auto health = health_.load();
        const auto before = health;
        const auto now = clock_.now();
        if (health.disabled && Lull{health.tried_at, health.tried_at + tried_again_after}.lasts(now))
            return Problem{"channel.rejected",
                           "the endpoint gave no good answer for five days and is tried once an hour: mend it, then "
                           "retry this row",
                           "disabled"};
        const auto id = "msg_" + to_text(item.id);
        const auto result = post(id, body_of(item, now));
        if (result) {
            health = {};
            if (health != before) health_.save(before, health);
            Receipt receipt;
            receipt.reference = id;
            return receipt;
        }
        const bool gone = result.problem().detail.rfind("410", 0) == 0;
        health.tried_at = now;
        if (health.failing_since == TimePoint{}) health.failing_since = now;
        health.disabled = health.disabled || gone || now - health.failing_since >= disabled_after;
        health_.save(before, health);
        if (gone) return Problem{"channel.rejected", "the endpoint says that it is gone for good", "410"};
        return later(item, result.problem());
    }

    Result<std::string> check() override {
        if (settings_.url.empty()) return std::string("answers ride on the calls: there is no \"url\" to ask");
        const auto now = clock_.now();
        const auto asked =
            post("msg_test" + random_hex(8),
                 to_text(Json{{"type", "test"}, {"timestamp", to_rfc3339(now, {})}, {"data", Json::object()}}));
        if (!asked) return Problem{"channel.alarm", "the endpoint: " + asked.problem().text + ": look at \"url\"", ""};
        return std::string("the endpoint takes a signed test");
    }

private:
    static Problem bad_signature(std::string reason) {
        return {"channel.bad_signature", "the webhook is not signed with our secret: compare \"secret\" on both sides",
                std::move(reason)};
    }

    // A message to a resident, or a notice to whoever listens to what staff are told.
    static std::string body_of(const OutboxItem& item, TimePoint now) {
        auto data = said_json(item.said);
        data["id"] = to_text(item.id);
        if (item.conversation) data["to"] = item.address;
        if (!data.contains("kind")) data["kind"] = item.kind;
        if (!item.ticket_number.empty()) data["ticket"] = item.ticket_number;
        return to_text(Json{{"type", item.conversation ? "message.sent" : "notice"},
                            {"timestamp", to_rfc3339(now, {})},
                            {"data", std::move(data)}});
    }

    // Errors: the detail is the status, or what the call failed by; perhaps with retry_after_ms=….
    Result<Done> post(const std::string& id, const std::string& body) {
        const auto timestamp = std::to_string(to_ms(clock_.now()) / 1000);
        http::Call call;
        call.method = "POST";
        call.url = settings_.url;
        call.headers = {{"Content-Type", "application/json; charset=utf-8"},
                        {"webhook-id", id},
                        {"webhook-timestamp", timestamp},
                        {"webhook-signature", webhook::signatures(keys_, id, timestamp, body)}};
        call.body = body;
        call.time = answer_time;
        const auto reply = call_(call);
        if (!reply) return Problem{"channel.busy", "it gave no answer: " + reply.problem().text, reply.problem().code};
        if (reply->status >= 200 && reply->status < 300) return Done{};
        const auto status = std::to_string(reply->status);
        std::string wait;
        int seconds = 0;
        if (const auto told = reply->header("Retry-After");
            told && std::from_chars(told->data(), told->data() + told->size(), seconds).ec == std::errc{} &&
            seconds > 0)
            wait = " retry_after_ms=" + std::to_string(std::min(seconds, 86400) * 1000LL);
        return Problem{"channel.busy", "it answers " + status, status + wait};
    }

    static Problem later(const OutboxItem& item, const Problem& problem) {
        const auto wait = next_attempt_after(item.attempts);
        if (!wait) return {"channel.rejected", problem.text, problem.detail};
        if (problem.detail.find("retry_after_ms=") != std::string::npos) return problem;
        // A tenth sooner or later, by the row: those that failed together do not all come together.
        const auto shift = (item.id.value * 37 + item.attempts * 11) % 21 - 10;
        const auto span = wait->count() + wait->count() * shift / 100;
        return {"channel.busy", problem.text, problem.detail + " retry_after_ms=" + std::to_string(span)};
    }

    const WebhookSettings settings_;
    const std::vector<std::string> keys_;
    const Caller call_;
    const HealthKeeper health_;
    const Clock& clock_;
    Capabilities capabilities_;
};

}  // namespace

EndpointHealth read_health(const std::string& kept) {
    EndpointHealth health;
    if (kept.empty()) return health;
    const auto json = parse_json(kept).value();
    health.failing_since = from_ms(json.value("failing_since_ms", std::int64_t{0}));
    health.tried_at = from_ms(json.value("tried_at_ms", std::int64_t{0}));
    health.disabled = json.value("disabled", false);
    return health;
}

std::string to_text(const EndpointHealth& health) {
    return to_text(Json{{"failing_since_ms", to_ms(health.failing_since)},
                        {"tried_at_ms", to_ms(health.tried_at)},
                        {"disabled", health.disabled}});
}

std::optional<Milliseconds> next_attempt_after(int attempts) {
    static constexpr std::int64_t seconds[] = {5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400};
    if (attempts < 1) return Milliseconds{0};
    if (attempts > static_cast<int>(std::size(seconds))) return std::nullopt;
    return Milliseconds{seconds[attempts - 1] * 1000};
}

Result<std::unique_ptr<Channel>> make_webhook(WebhookSettings settings, Caller call, HealthKeeper health,
                                              const Clock& clock) {
    const auto bad = [&](const std::string& text) {
        return Problem{"channel.bad_settings", "channel \"" + settings.id.value + "\": " + text, {}};
    };
    std::vector<std::string> keys;
    for (const auto& text : settings.secrets) {
        auto key = webhook::read_secret(text);
        if (!key) return bad("\"secret\": " + key.problem().text);
        keys.push_back(std::move(*key));
    }
    if (keys.empty()) return bad("\"secret\" is missing: write whsec_ and base64 of 24 to 64 bytes");
    return std::unique_ptr<Channel>(
        std::make_unique<Webhook>(std::move(settings), std::move(keys), std::move(call), std::move(health), clock));
}

}  // namespace huiyin
