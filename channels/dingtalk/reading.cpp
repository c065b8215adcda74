#include "channels/dingtalk/reading.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "channels/codec/json_fields.h"
#include "channels/codec/utf8.h"
#include "channels/unreadable.h"
#include "workflow/base/digest.h"
#include "workflow/base/json_text.h"

namespace huiyin::dingtalk {
namespace {

std::string trimmed(const std::string& text) {
    const auto from = text.find_first_not_of(" \t\r\n");
    return from == std::string::npos ? std::string{} : text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

void add_medium(InboundMessage& message, const Json& content, const std::string& name = {}) {
    if (auto code = text_in(content, "downloadCode"); !code.empty())
        message.media.push_back({std::move(code), {}, name, {}, {}});
}

void read_content(const Json& json, InboundMessage& message) {
    const auto type = text_in(json, "msgtype");
    const auto& content = part_of(json, "content");
    if (type == "text") {
        message.kind = InboundKind::text;
        message.text = text_in(part_of(json, "text"), "content");
        if (message.text.empty()) message.text = text_in(json, "content");
    } else if (type == "richText") {
        const auto& pieces = part_of(content, "richText");
        for (const auto& piece : pieces.is_array() ? pieces : Json::array()) {
            message.text += text_in(piece, "text");
            if (text_in(piece, "type") == "picture") add_medium(message, piece);
        }
        message.kind = message.media.empty() ? InboundKind::text : InboundKind::image;
    } else if (type == "picture") {
        message.kind = InboundKind::image;
        add_medium(message, content);
    } else if (type == "audio") {
        message.kind = InboundKind::voice;
        message.text = text_in(content, "recognition");
        add_medium(message, content);
    } else if (type == "video") {
        message.kind = InboundKind::video;
        add_medium(message, content);
    } else if (type == "file") {
        message.kind = InboundKind::file;
        add_medium(message, content, text_in(content, "fileName"));
    }
    message.text = trimmed(message.text);
    // What was heard of a voice is what he says.
    if (message.kind == InboundKind::voice && !message.text.empty()) return;
    if (message.text.empty() && message.media.empty()) message.kind = InboundKind::unknown;
}

}  // namespace

std::optional<InboundMessage> read_words(const ChannelId& channel, const Json& json, const std::string& raw,
                                         TimePoint received_at) {
    auto message = unreadable_callback(channel, raw, received_at);
    const auto id = text_in(json, "msgId");
    if (id.empty()) return message;
    message.key = "m|" + id;
    if (const auto at = number_in(json, "createAt"); at > 0 && at <= last_ms) message.sent_at = from_ms(at);
    message.address = text_in(json, "senderStaffId");
    const auto where = text_in(json, "conversationType");
    if (where == "2") message.group = text_in(json, "conversationId");
    if (message.address.empty() && (where == "1" || !message.group.empty())) {
        const auto sender = text_in(json, "senderId");
        if (!sender.empty()) message.address = outsider + sender;
        message.begins_alone = false;  // an outsider is answered in his own talk only, and he opens it
    }
    if (message.address.empty()) return message;
    if (auto union_id = text_in(json, "senderUnionId"); !union_id.empty())
        message.aliases.push_back(std::move(union_id));
    read_content(json, message);
    if (message.kind != InboundKind::unknown) message.raw.clear();
    return message;
}

std::optional<InboundMessage> read_press(const ChannelId& channel, const Json& json, const std::string& raw,
                                         const std::string& time, TimePoint received_at) {
    auto message = unreadable_callback(channel, raw, received_at);
    const auto card = text_in(json, "outTrackId"), user = text_in(json, "userId");
    const auto content = parse_json(text_in(json, "content"), {.bytes = 65536});
    if (text_in(json, "type") != "actionCallback" || card.empty() || user.empty() || !content) return message;
    const auto& pressed = part_of(*content, "cardPrivateData");
    const auto& params = part_of(pressed, "params");
    message.choice = text_in(params, "p");
    message.text = text_in(params, "t");
    if (message.choice.empty()) return message;
    message.key = "c|" + sha256_hex(card + "\n" + user + "\n" + to_text(part_of(pressed, "actionIds")) + "\n" + time);
    message.kind = InboundKind::choice;
    message.address = user;
    message.label = card;
    message.reply_reference = card_reference + card;
    message.raw.clear();
    return message;
}

std::optional<InboundMessage> read_event(const ChannelId& channel, const Json& json, const std::string& raw,
                                         TimePoint received_at) {
    const auto type = text_in(json, "EventType");
    if (type == "check_url" || type == "robot_msg_read") return std::nullopt;
    auto message = unreadable_callback(channel, raw, received_at);
    if (const auto id = text_in(json, "eventId"); !id.empty()) message.key = "e|" + id;
    return message;
}

}  // namespace huiyin::dingtalk
