#include "channels/wecom_aibot/reading.h"

#include "channels/codec/json_fields.h"
#include "channels/codec/utf8.h"
#include "channels/outgoing/words.h"
#include "channels/unreadable.h"
#include "workflow/base/digest.h"
#include "workflow/base/log.h"

namespace huiyin::aibot {
namespace {

std::string trimmed(const std::string& text) {
    const auto from = text.find_first_not_of(" \t\r\n");
    return from == std::string::npos ? std::string{} : text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

// In a group he names the bot first: "@回音 电梯坏了".
std::string without_mention(const std::string& text) {
    if (text.empty() || text.front() != '@') return text;
    const auto end = text.find_first_of(" \t\n");
    // The client puts a narrow space behind a name.
    const auto narrow = text.find("\u2005");
    if (narrow != std::string::npos && narrow < end) return trimmed(text.substr(narrow + 3));
    return end == std::string::npos ? std::string{} : trimmed(text.substr(end));
}

void add_medium(InboundMessage& message, const Json& part) {
    if (auto url = text_in(part, "url"); !url.empty())
        message.media.push_back({{}, std::move(url), text_in(part, "filename"), {}, {}});
}

void read_content(const Json& json, InboundMessage& message) {
    const auto type = text_in(json, "msgtype");
    const auto& content = part_of(json, type.c_str());
    if (type == "text") {
        message.kind = InboundKind::text;
        message.text = text_in(content, "content");
    } else if (type == "voice") {  // what was heard is what he says
        message.kind = InboundKind::voice;
        message.text = text_in(content, "content");
    } else if (type == "mixed") {
        const auto list = content.find("msg_item");
        for (const auto& item : list != content.end() && list->is_array() ? *list : Json::array()) {
            if (text_in(item, "msgtype") == "image") add_medium(message, part_of(item, "image"));
            const auto words = text_in(part_of(item, "text"), "content");
            if (!words.empty()) message.text += (message.text.empty() ? "" : "\n") + words;
        }
        message.kind = message.media.empty() ? InboundKind::text : InboundKind::image;
    } else if (type == "image" || type == "file" || type == "video") {
        message.kind = type == "image" ? InboundKind::image : type == "file" ? InboundKind::file : InboundKind::video;
        add_medium(message, content);
    }
    message.text = trimmed(message.text);
    if (!message.group.empty()) message.text = without_mention(message.text);
    if (message.text.empty() && message.media.empty()) message.kind = InboundKind::unknown;
}

}  // namespace

std::optional<InboundMessage> read_message(const ChannelId& channel, const Json& json, const std::string& raw,
                                           TimePoint received_at) {
    const auto type = text_in(json, "msgtype");
    if (type == "stream") return std::nullopt;
    auto message = unreadable_callback(channel, raw, received_at);
    const auto id = text_in(json, "msgid"), from = text_in(part_of(json, "from"), "userid");
    if (id.empty()) return message;
    message.key = "m|" + id;
    message.address = from;
    if (text_in(json, "chattype") == "group") {
        message.group = text_in(json, "chatid");
        message.begins_alone = false;  // what answers a group is read by all of it
    }
    if (type == "event") {
        const auto& event = part_of(json, "event");
        const auto name = text_in(event, "eventtype");
        if (name == "enter_chat") {
            message.kind = InboundKind::entered;
            message.opens = InboundMessage::Opens::nothing;  // the welcome is all that may be said
        } else if (name == "feedback_event") {
            const auto& told = part_of(event, "feedback_event");
            log::info("channel.feedback", {{"channel", channel.value},
                                           {"answer", text_in(told, "id").substr(0, 64)},
                                           {"type", number_in(told, "type")}});
            return std::nullopt;
        } else if (name == "template_card_event") {
            return std::nullopt;  // no card of ours has a button
        } else {
            message.address.clear();  // nobody said anything: it is kept as it came, and not answered
        }
    } else if (!from.empty()) {
        read_content(json, message);
    }
    if (message.kind != InboundKind::unknown) message.raw.clear();
    return message;
}

std::string talk_of(const InboundMessage& message) { return message.group.empty() ? message.address : message.group; }

std::string stream_of(const std::string& message_key) { return "s" + sha256_hex(message_key).substr(0, 24); }

std::string words_of(const std::vector<Said>& all) {
    std::string out;
    for (const auto& said : all) {
        // What people wrote must become no mention, no link and no mark.
        auto words = with_wide(with_numbered_choices(said), markdown_signs);
        if (said.card) {
            words = joined(words, with_wide(joined(said.card->title, said.card->text), markdown_signs), "\n\n");
            if (!said.card->url.empty() && said.card->url.find(')') == std::string::npos)
                words = joined(words, "[点这里看详情](" + said.card->url + ")");
        }
        out = joined(out, words, "\n\n");
    }
    return clean_text(out);
}

}  // namespace huiyin::aibot
