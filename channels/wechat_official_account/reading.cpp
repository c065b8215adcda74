#include "channels/wechat_official_account/reading.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "workflow/base/digest.h"

namespace huiyin::wechat {
namespace {

std::string lower(std::string text) {
    for (auto& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

std::optional<double> decimal(const std::string& text) {
    double value = 0;
    const auto end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || at != end) return std::nullopt;
    return value;
}

constexpr std::int64_t last_second = 253402214400;  // a day before the year 10000, which no text of a moment has

TimePoint seconds_of(const std::string& text) {
    std::int64_t seconds = 0;
    const auto end = text.data() + text.size();
    if (std::from_chars(text.data(), end, seconds).ptr != end || seconds < 0 || seconds > last_second) return {};
    return from_ms(seconds * 1000);
}

std::string hash_of(const std::string& raw) { return "h|" + sha256_hex(raw).substr(0, 40); }

// What is told apart only by a part with lists in it: popups and results of subscription notifications.
constexpr const char* wrappers[] = {"SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent", "SubscribeMsgSentEvent"};

std::string event_key(const Xml& xml, const InboundMessage& message, const std::string& event, const std::string& raw) {
    std::string key = "e|" + message.address + "|" + xml.text("CreateTime") + "|" + event + "|" + xml.text("EventKey") +
                      "|" + xml.text("MsgID");
    for (const auto* wrapper : wrappers)
        if (xml.has(wrapper)) key += "|" + hash_of(raw);
    return key;
}

std::string with_lines(std::initializer_list<std::string> lines) {
    std::string out;
    for (const auto& line : lines)
        if (!line.empty()) (out += out.empty() ? "" : "\n") += line;
    return out;
}

// "failed: system failed" and "failed:user block": with and without a space.
std::string status_of(std::string status) {
    if (const auto colon = status.find(": "); colon != std::string::npos) status.erase(colon + 1, 1);
    return status;
}

// One line a template: its id, how it stands, and the notice's number where there is one. The change event comes under
// the popup's name, too.
std::string notices_in(const Xml& xml) {
    std::string lines;
    for (const auto* wrapper : wrappers)
        for (const auto& list : xml.root().child(wrapper).children("List")) {
            const auto status = text_of(list.child("SubscribeStatusString")), code = text_of(list.child("ErrorCode"));
            lines += (lines.empty() ? "" : "\n") + text_of(list.child("TemplateId")) + " " +
                     (status.empty() ? code : status);
            if (const auto id = text_of(list.child("MsgID")); !id.empty()) lines += " " + id;
        }
    return lines;
}

bool is_only_a_notice(const std::string& event) {
    static constexpr std::string_view notices[] = {"view",
                                                   "location",
                                                   "view_miniprogram",
                                                   "pic_sysphoto",
                                                   "pic_photo_or_album",
                                                   "pic_weixin",
                                                   "location_select",
                                                   "scancode_push",
                                                   "masssendjobfinish",
                                                   "kf_create_session",
                                                   "kf_close_session",
                                                   "kf_switch_session"};
    return std::find(std::begin(notices), std::end(notices), event) != std::end(notices);
}

bool is_result(const std::string& event) {
    static constexpr std::string_view results[] = {"templatesendjobfinish",      "subscribe_msg_popup_event",
                                                   "subscribe_msg_change_event", "subscribe_msg_sent_event",
                                                   "user_authorization_revoke",  "user_authorization_cancellation",
                                                   "user_info_modified"};
    return std::find(std::begin(results), std::end(results), event) != std::end(results);
}

std::optional<InboundMessage> read_event(const Xml& xml, InboundMessage message, const std::string& raw) {
    const auto event = lower(xml.text("Event"));
    message.key = event_key(xml, message, event, raw);
    const auto event_parameter = xml.text("EventKey");
    message.opens = InboundMessage::Opens::nothing;
    if (event == "subscribe" || event == "scan" || event == "click" || event == "scancode_waitmsg")
        message.opens = InboundMessage::Opens::moment;
    if (event == "subscribe" || event == "scan") {
        message.kind = InboundKind::entered;
        // The prefix is WeChat's and stands once, on `subscribe` only; a scene may itself begin with the same word.
        const std::string prefix = "qrscene_";
        const bool prefixed = event == "subscribe" && event_parameter.compare(0, prefix.size(), prefix) == 0;
        if (prefixed) message.label = event_parameter.substr(prefix.size());
        if (event == "scan") message.label = event_parameter;
        return message;
    }
    if (event == "unsubscribe") {
        message.kind = InboundKind::left;
        return message;
    }
    if (event == "click") {
        message.kind = InboundKind::choice;
        message.choice = message.text = event_parameter;
        return message;
    }
    if (event == "scancode_waitmsg") {
        message.kind = InboundKind::text;
        message.text = text_of(xml.root().child("ScanCodeInfo").child("ScanResult"));
        return message;
    }
    if (is_only_a_notice(event)) return std::nullopt;
    if (is_result(event)) {
        message.kind = InboundKind::event;
        message.text = event;
        message.label = event == "templatesendjobfinish" ? status_of(xml.text("Status")) : notices_in(xml);
        message.reply_reference = xml.text("MsgID");
        return message;
    }
    message.address.clear();  // he said nothing: it is kept as it came, and not answered
    message.raw = raw;
    return message;
}

}  // namespace

std::optional<InboundMessage> read_message(const ChannelId& channel, const Xml& xml, const std::string& raw) {
    InboundMessage message;
    message.channel = channel;
    message.address = xml.text("FromUserName");
    message.sent_at = seconds_of(xml.text("CreateTime"));
    const auto type = xml.text("MsgType");
    if (message.address.empty() || message.address.size() > 128 || type.empty())
        return unreadable_message(channel, raw, message.sent_at);
    if (type == "event") return read_event(xml, std::move(message), raw);

    const auto id = xml.text("MsgId");
    message.key = id.empty() ? hash_of(raw) : "m|" + message.address + "|" + id;
    const auto media = [&](const char* name, const std::string& media_type) {
        message.media.push_back({xml.text("MediaId"), xml.text("PicUrl"), name, media_type, {}});
    };
    if (type == "text") {
        message.text = xml.text("Content");
        message.choice = xml.text("bizmsgmenuid");
        message.kind = message.choice.empty() ? InboundKind::text : InboundKind::choice;
        // A tap on our own menu, though it comes as words.
        if (!message.choice.empty()) message.opens = InboundMessage::Opens::moment;
    } else if (type == "image") {
        message.kind = InboundKind::image;
        media("", "");
    } else if (type == "voice") {
        message.kind = InboundKind::voice;
        message.text = xml.text("Recognition");
        media(xml.text("Format").c_str(), xml.text("Format") == "amr" ? "audio/amr" : "");
    } else if (type == "video" || type == "shortvideo") {
        message.kind = InboundKind::video;
        media("", "video/mp4");
    } else if (type == "location") {
        message.kind = InboundKind::location;
        message.latitude = decimal(xml.text("Location_X"));
        message.longitude = decimal(xml.text("Location_Y"));
        message.label = xml.text("Label");
    } else if (type == "link") {
        message.kind = InboundKind::link;
        message.label = xml.text("Title");
        message.text = with_lines({xml.text("Title"), xml.text("Description"), xml.text("Url")});
    } else {
        message.raw = raw;
    }
    return message;
}

InboundMessage unreadable_message(const ChannelId& channel, const std::string& raw, TimePoint at) {
    InboundMessage message;
    message.channel = channel;
    message.key = hash_of(raw);
    message.sent_at = at;
    message.raw = raw;
    return message;
}

}  // namespace huiyin::wechat
