#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "channels/codec/envelope.h"
#include "channels/codec/xml.h"
#include "channels/wechat_official_account/official_account.h"
#include "channels/wecom/wecom_app.h"
#include "channels/wecom_kf/items.h"
#include "workflow/base/json_text.h"
#include "workflow/base/log.h"

using namespace huiyin;
namespace files = std::filesystem;

namespace {

const TimePoint noon = from_ms(1767225700000);

std::string text_of_file(const files::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

// As the platform would send it: sealed, signed, now.
Callback sealed(const Envelope& envelope, const std::string& text) {
    Callback callback;
    callback.method = "POST";
    callback.received_at = noon;
    const auto timestamp = std::to_string(to_ms(noon) / 1000);
    const auto envelope_text = envelope.seal(text, timestamp, "372623", {});
    callback.query = {{"timestamp", timestamp},
                      {"nonce", "372623"},
                      {"encrypt_type", "aes"},
                      {"msg_signature", envelope_text.signature}};
    callback.body = XmlWriter().text("ToUserName", "account").text("Encrypt", envelope_text.encrypt).done();
    return callback;
}

Json to_json(const InboundMessage& message) {
    static constexpr const char* kinds[] = {"text",     "choice", "image",   "voice", "video", "file",
                                            "location", "link",   "entered", "left",  "event", "unknown"};
    Json json{{"kind", kinds[static_cast<int>(message.kind)]}, {"key", message.key}};
    const auto put = [&](const char* name, const std::string& value) {
        if (!value.empty()) json[name] = value;
    };
    put("address", message.address);
    put("text", message.text);
    put("choice", message.choice);
    put("label", message.label);
    put("reply_reference", message.reply_reference);
    if (message.latitude) json["latitude"] = *message.latitude;
    if (message.longitude) json["longitude"] = *message.longitude;
    if (message.sent_at != TimePoint{}) json["sent_at_ms"] = to_ms(message.sent_at);
    if (message.staff) json["staff"] = true;
    if (message.opens != InboundMessage::Opens::window)
        json["opens"] = message.opens == InboundMessage::Opens::moment ? "moment" : "nothing";
    if (!message.raw.empty()) json["raw_bytes"] = message.raw.size();
    for (const auto& medium : message.media)
        json["media"].push_back({{"media_id", medium.media_id},
                                 {"url", medium.url},
                                 {"name", medium.name},
                                 {"media_type", medium.media_type}});
    return json;
}

int check_folder(const std::string& folder, const Channel& channel, const Envelope& envelope) {
    std::vector<files::path> found;
    for (const auto& entry : files::directory_iterator(HUIYIN_SOURCE "/tests/payloads/" + folder))
        if (entry.path().extension() == ".xml") found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    std::map<std::string, std::string> keys;  // two different payloads are never taken for one delivery
    for (const auto& path : found) {
        CAPTURE(path.filename().string());
        const auto raw = text_of_file(path);
        const auto read = channel.read(sealed(envelope, raw));
        REQUIRE(read);
        auto seen = Json::array();
        for (const auto& message : *read) {
            CHECK(message.channel == channel.id());
            CHECK_FALSE(message.key.empty());
            if (message.kind == InboundKind::unknown) CHECK(message.raw == raw);
            seen.push_back(to_json(message));
        }
        auto expected_path = path;
        expected_path.replace_extension(".json");
        if (std::getenv("HUIYIN_REWRITE")) std::ofstream(expected_path) << seen.dump(2) << '\n';
        CHECK(seen == read_json_file(expected_path.string()).value());
    }
    return static_cast<int>(found.size());
}

const FileReader no_files = [](const AttachmentId&) -> Result<OutgoingFile> {
    return Problem{"media.gone", "none", {}};
};
const Caller no_calls = [](const http::Call&) -> Result<http::Reply> {
    return Problem{"http.unreachable", "none", {}};
};

}  // namespace

TEST_CASE("every WeChat payload is read as its file says") {
    const std::string key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
    const ManualClock clock(noon);
    OfficialAccountSettings settings;
    settings.id = {"oa"};
    settings.app_id = "wx0123456789abcdef";
    settings.tokens = {"Tower7token"};
    settings.encoding_aes_keys = {key};
    const auto channel = make_official_account(settings, no_calls, no_files, clock).value();
    const Envelope envelope({"Tower7token"}, {read_aes_key(key).value()}, "wx0123456789abcdef");
    CHECK(check_folder("wechat_official_account", *channel, envelope) >= 38);
}

TEST_CASE("every WeCom payload is read as its file says") {
    const std::string key = "ABEiM0RVZneImaq7zN3u/w8eLTxLWml4h5altMPS4fA";
    const ManualClock clock(noon);
    WecomAppSettings settings;
    settings.id = {"app"};
    settings.corp_id = "ww0123456789abcdef";
    settings.secret = "s";
    settings.agent_id = 1000002;
    settings.tokens = {"tsCallbackTok01"};
    settings.encoding_aes_keys = {key};
    const auto channel = make_wecom_app(settings, no_calls, no_files, clock).value();
    const Envelope envelope({"tsCallbackTok01"}, {read_aes_key(key).value()}, "ww0123456789abcdef");
    CHECK(check_folder("wecom_app", *channel, envelope) >= 27);
}

TEST_CASE("every item of the customer service is read as its file says") {
    static constexpr const char* kinds[] = {"customer",        "servicer", "entered", "send_failed",
                                            "session_changed", "recalled", "notice",  "unknown"};
    std::vector<files::path> found;
    for (const auto& entry : files::directory_iterator(HUIYIN_SOURCE "/tests/payloads/wecom_kf"))
        if (entry.path().extension() == ".item") found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    std::set<std::string> keys;
    for (const auto& path : found) {
        CAPTURE(path.filename().string());
        const auto item = kf::read_item({"kf"}, read_json_file(path.string()).value());
        Json seen{{"item", kinds[static_cast<int>(item.kind)]}, {"message", to_json(item.message)}};
        const auto put = [&](const char* name, const std::string& value) {
            if (!value.empty()) seen[name] = value;
        };
        put("servicer", item.servicer);
        put("code", item.code);
        put("scene", item.scene);
        put("scene_param", item.scene_param);
        put("failed_id", item.failed_id);
        put("about", item.about);
        if (item.number) seen["number"] = item.number;
        CHECK(item.message.channel == ChannelId{"kf"});
        CHECK(keys.insert(item.key).second);  // two different items are never taken for one delivery
        if (item.kind == kf::ItemKind::unknown) CHECK_FALSE(item.raw.empty());
        auto expected_path = path;
        expected_path.replace_extension(".json");
        if (std::getenv("HUIYIN_REWRITE")) std::ofstream(expected_path) << seen.dump(2) << '\n';
        CHECK(seen == read_json_file(expected_path.string()).value());
    }
    CHECK(found.size() >= 38);
}
