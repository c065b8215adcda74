#include "channels/feishu/reading.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <vector>

#include "channels/codec/json_fields.h"
#include "channels/codec/utf8.h"
#include "channels/unreadable.h"
#include "workflow/base/json_text.h"
#include "workflow/base/time_text.h"

namespace huiyin::feishu {
namespace {

constexpr std::int64_t last_ms = 4'000'000'000'000;  // in 2096: what says later is no time of ours

// "open_id" and the other names of the same person. Of these his user_id is one of his own company's: in another it
// may be somebody else's.
void take_person(const Json& ids, bool of_our_company, InboundMessage& message) {
    message.address = text_in(ids, "open_id");
    if (auto user = text_in(ids, "user_id"); of_our_company && !user.empty())
        message.aliases.push_back(std::move(user));
    if (auto everywhere = text_in(ids, "union_id"); !everywhere.empty())
        message.aliases.push_back(std::move(everywhere));
}

// The event's header says whose app it came to.
bool is_of_company(const Json& person, const Json& header) {
    return !person.is_object() || !person.contains("tenant_key") ||
           text_in(person, "tenant_key") == text_in(header, "tenant_key");
}

void replace_all(std::string& text, const std::string& what, const std::string& by) {
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
        text.replace(at, what.size(), by);
}

std::string trimmed(const std::string& text) {
    const auto from = text.find_first_not_of(" \t\r\n");
    return from == std::string::npos ? std::string{} : text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

// What a group says to the bot begins with its name, or has it as the only one: that is no part of the words. The
// longer keys first: @_user_1 is the beginning of @_user_12.
std::string without_mentions(std::string text, const Json& mentions, bool group) {
    std::vector<std::pair<std::string, std::string>> known;  // key and name
    if (mentions.is_array())
        for (const auto& one : mentions)
            if (auto key = text_in(one, "key"); key.size() > 1)
                known.emplace_back(std::move(key), text_in(one, "name"));
    std::sort(known.begin(), known.end(), [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
    if (group && known.size() == 1) known.front().second.clear();
    for (bool leading = group; leading;) {
        text = trimmed(text);
        leading = false;
        for (const auto& [key, name] : known)
            if (text.compare(0, key.size(), key) == 0) {
                text.erase(0, key.size());
                leading = true;
                break;
            }
    }
    for (const auto& [key, name] : known) replace_all(text, key, name.empty() ? "" : "@" + name);
    return trimmed(text);
}

std::string medium_id(const char* type, const std::string& message, const std::string& key) {
    return std::string(type) + ":" + message + ":" + key;
}

void add_medium(InboundMessage& message, const char* type, const std::string& id, const std::string& key,
                const std::string& name = {}) {
    if (!key.empty()) message.media.push_back({medium_id(type, id, key), {}, name, {}, {}});
}

// Lines of pieces; an older client may leave the language around them.
void read_post(const Json& content, const std::string& id, InboundMessage& message) {
    const auto* post = &content;
    if (!post->contains("content"))
        for (const auto& [language, one] : content.items())
            if (one.is_object() && one.contains("content")) post = &one;
    std::string text = text_in(*post, "title");
    const auto& lines = part_of(*post, "content");
    for (const auto& line : lines.is_array() ? lines : Json::array()) {
        std::string words;
        for (const auto& piece : line.is_array() ? line : Json::array()) {
            const auto tag = text_in(piece, "tag");
            if (tag == "img")
                add_medium(message, "image", id, text_in(piece, "image_key"));
            else if (tag == "at")
                words += text_in(piece, "user_id");
            else
                words += text_in(piece, "text");
        }
        if (!words.empty()) text += (text.empty() ? "" : "\n") + words;
    }
    message.text = std::move(text);
    message.kind = message.media.empty() ? InboundKind::text : InboundKind::image;
}

std::optional<InboundMessage> read_words(InboundMessage message, const Json& header, const Json& event) {
    const auto& words = part_of(event, "message");
    const auto& sender = part_of(event, "sender");
    // Two bots would talk to each other for ever.
    const auto sent_by = text_in(sender, "sender_type");
    if (sent_by == "app" || sent_by == "bot") return std::nullopt;
    if (sent_by != "user") return message;  // nobody we know how to answer: kept as it came
    const bool colleague = is_of_company(sender, header);
    take_person(part_of(sender, "sender_id"), colleague, message);
    const auto id = text_in(words, "message_id");
    if (!id.empty()) message.key = "m|" + id;
    if (const auto at = number_in(words, "create_time"); at > 0 && at <= last_ms) message.sent_at = from_ms(at);
    const auto type = text_in(words, "message_type");
    const auto content = parse_json(text_in(words, "content"), {.bytes = 65536});
    if (message.address.empty() || id.empty() || !content || !content->is_object()) {
        message.address.clear();
        return message;  // signed, but nobody can be answered: kept as it came
    }
    const bool in_group = text_in(words, "chat_type") == "group";
    if (in_group) message.group = text_in(words, "chat_id");
    message.begins_alone = !in_group || colleague;  // to another company's people the robot cannot write first
    if (type == "text") {
        message.kind = InboundKind::text;
        message.text = text_in(*content, "text");
    } else if (type == "post") {
        read_post(*content, id, message);
    } else if (type == "image") {
        message.kind = InboundKind::image;
        add_medium(message, "image", id, text_in(*content, "image_key"));
    } else if (type == "audio" || type == "media" || type == "file") {
        message.kind = type == "audio" ? InboundKind::voice : type == "media" ? InboundKind::video : InboundKind::file;
        add_medium(message, "file", id, text_in(*content, "file_key"), text_in(*content, "file_name"));
    } else {
        return message;  // kind unknown, and he is told what we can read
    }
    message.text = without_mentions(message.text, part_of(words, "mentions"), in_group);
    if (message.media.empty() && message.text.empty()) message.kind = InboundKind::unknown;
    if (message.kind != InboundKind::unknown) message.raw.clear();
    return message;
}

void take_press(const Json& action, InboundMessage& message) {
    message.kind = InboundKind::choice;
    const auto& value = part_of(action, "value");
    message.choice = text_in(value, "p");
    message.text = text_in(value, "t");
    message.raw.clear();
}

}  // namespace

std::optional<InboundMessage> read_event(const ChannelId& channel, const Json& json, const std::string& raw,
                                         TimePoint received_at) {
    InboundMessage message = unreadable_callback(channel, raw, received_at);
    const auto& header = part_of(json, "header");
    const auto& event = part_of(json, "event");
    // The older envelope has its id beside, and the type inside.
    const bool older = !json.contains("schema");
    const auto id = older ? text_in(json, "uuid") : text_in(header, "event_id");
    const auto type = older ? text_in(event, "type") : text_in(header, "event_type");
    if (!id.empty()) message.key = "e|" + id;
    if (older || id.empty()) return message;  // we subscribe to the newer ones alone
    if (auto at = number_in(header, "create_time"); at > 0) {
        if (at > 100'000'000'000'000) at /= 1000;  // callbacks count microseconds
        if (at <= last_ms) message.sent_at = from_ms(at);
    }
    if (type == "im.message.receive_v1") return read_words(std::move(message), header, event);
    if (type == "im.message.recalled_v1" || type == "im.message.message_read_v1") return std::nullopt;
    if (type == "card.action.trigger") {
        const auto& person = part_of(event, "operator");
        take_person(person, is_of_company(person, header), message);
        take_press(part_of(event, "action"), message);
        message.reply_reference = message.label = text_in(part_of(event, "context"), "open_message_id");
        if (message.address.empty() || message.choice.empty()) return unreadable_callback(channel, raw, received_at);
        return message;
    }
    if (type == "application.bot.menu_v6") {
        const auto& person = part_of(event, "operator");
        take_person(part_of(person, "operator_id"), is_of_company(person, header), message);
        message.choice = message.text = text_in(event, "event_key");
        if (message.address.empty() || message.choice.empty()) return unreadable_callback(channel, raw, received_at);
        message.kind = InboundKind::choice;
        if (const auto at = number_in(event, "timestamp"); at > 0 && at <= last_ms / 1000)
            message.sent_at = from_ms(at * 1000);
        message.raw.clear();
        return message;
    }
    if (type == "im.chat.access_event.bot_p2p_chat_entered_v1") {
        take_person(part_of(event, "operator_id"), is_of_company(event, header), message);
        if (message.address.empty()) return message;
        message.kind = InboundKind::entered;
        // Whoever opens the talk ten times a day is greeted once.
        message.key = "entered|" + message.address + "|" + to_rfc3339(message.sent_at, Zone{}).substr(0, 10);
        message.raw.clear();
        return message;
    }
    return message;
}

InboundMessage read_old_press(const ChannelId& channel, const Json& press, const std::string& raw,
                              const std::string& key, const std::string& company, TimePoint received_at) {
    auto message = unreadable_callback(channel, raw, received_at);
    message.key = "p|" + key;
    auto pressed = message;
    take_person(press, !press.contains("tenant_key") || text_in(press, "tenant_key") == company, pressed);
    take_press(part_of(press, "action"), pressed);
    return pressed.address.empty() || pressed.choice.empty() ? message : pressed;
}

std::string medium_path(const std::string& media_id) {
    const auto first = media_id.find(':'), second = media_id.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) return {};
    const auto type = media_id.substr(0, first), message = media_id.substr(first + 1, second - first - 1),
               key = media_id.substr(second + 1);
    const auto plain = [](const std::string& id) {
        return !id.empty() && std::all_of(id.begin(), id.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
        });
    };
    if ((type != "image" && type != "file") || !plain(message) || !plain(key)) return {};
    return "/open-apis/im/v1/messages/" + message + "/resources/" + key + "?type=" + type;
}

}  // namespace huiyin::feishu
