#include "channels/wecom/reading.h"

#include <algorithm>
#include <charconv>

#include "workflow/base/digest.h"
#include "workflow/base/time_text.h"

namespace huiyin::wecom {
namespace {

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

// Sender and second alone would take two taps for one. ResponseCode stays out: whether a repeat has the same is not
// known.
std::string event_key(const Xml& xml, const std::string& event) {
    std::string key =
        "e|" + xml.text("ToUserName") + "|" + xml.text("FromUserName") + "|" + xml.text("CreateTime") + "|" + event;
    for (const auto* name : {"ChangeType", "EventKey", "TaskId", "UserID", "Id", "ExternalUserID", "OpenKfId", "Token"})
        key += "|" + xml.text(name);
    return key;
}

bool is_only_a_notice(const std::string& event) {
    static constexpr std::string_view notices[] = {
        "LOCATION",           "view",           "view_miniprogram", "scancode_push",        "pic_sysphoto",
        "pic_photo_or_album", "pic_weixin",     "location_select",  "open_approval_change", "share_agent_change",
        "share_chain_change", "active_restored"};
    return std::find(std::begin(notices), std::end(notices), event) != std::end(notices);
}

bool is_news(const std::string& event) {
    static constexpr std::string_view news[] = {
        "subscribe",      "change_contact",       "batch_job_result",      "kf_msg_or_event",  "kf_account_auth_change",
        "inactive_alert", "close_inactive_agent", "reopen_inactive_agent", "low_active_alert", "low_active"};
    return std::find(std::begin(news), std::end(news), event) != std::end(news);
}

// "cause=lift,power" a line for each question of the card.
std::string selected_on(const Xml& xml) {
    std::string out;
    for (const auto item : xml.root().child("SelectedItems").children("SelectedItem")) {
        (out += out.empty() ? "" : "\n") += text_of(item.child("QuestionKey")) + "=";
        bool first = true;
        for (const auto option : item.child("OptionIds").children("OptionId")) {
            (out += first ? "" : ",") += text_of(option);
            first = false;
        }
    }
    return out;
}

std::optional<InboundMessage> read_event(const Xml& xml, InboundMessage message, const std::string& raw) {
    const auto event = xml.text("Event");
    message.key = event_key(xml, event);
    if (event == "template_card_event" || event == "template_card_menu_event") {
        message.kind = InboundKind::choice;
        message.choice = xml.text("EventKey");
        message.label = xml.text("TaskId");
        message.reply_reference = xml.text("ResponseCode");
        message.text = selected_on(xml);
        return message;
    }
    if (event == "click") {
        message.kind = InboundKind::choice;
        message.choice = message.text = xml.text("EventKey");
        return message;
    }
    if (event == "enter_agent") {  // comes each time the app is opened: greeted once a day
        message.kind = InboundKind::entered;
        message.key = "entered|" + message.address + "|" + to_rfc3339(message.sent_at, Zone{}).substr(0, 10);
        return message;
    }
    if (event == "unsubscribe") {
        message.kind = InboundKind::left;
        return message;
    }
    if (event == "scancode_waitmsg") {
        message.kind = InboundKind::text;
        message.text = text_of(xml.root().child("ScanCodeInfo").child("ScanResult"));
        return message;
    }
    if (is_only_a_notice(event)) return std::nullopt;
    if (is_news(event)) {
        message.kind = InboundKind::event;
        message.text = event;
        message.label = event == "kf_msg_or_event" ? xml.text("OpenKfId") : xml.text("ChangeType");
        message.reply_reference = event == "kf_msg_or_event" ? xml.text("Token") : "";
        return message;
    }
    message.address.clear();  // nobody said anything: it is kept as it came, and not answered
    message.key = hash_of(raw);
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
    // A customer service doorbell has no sender; everything else that says who it is from has one.
    if (type.empty() || message.address.size() > 128 || (message.address.empty() && type != "event"))
        return unreadable_message(channel, raw, message.sent_at);
    if (type == "event") {
        auto event = read_event(xml, std::move(message), raw);
        if (event) event->staff = event->kind == InboundKind::event || event->kind == InboundKind::left;
        const bool of_somebody = event && event->kind != InboundKind::event && event->kind != InboundKind::unknown;
        if (of_somebody && event->address.empty()) return unreadable_message(channel, raw, event->sent_at);
        return event;
    }

    const auto id = xml.text("MsgId");
    message.key = id.empty() ? hash_of(raw) : "m|" + message.address + "|" + id;
    const auto media = [&](std::string name, std::string media_type) {
        message.media.push_back({xml.text("MediaId"), xml.text("PicUrl"), std::move(name), std::move(media_type), {}});
    };
    if (type == "text") {
        message.kind = InboundKind::text;
        message.text = xml.text("Content");
    } else if (type == "image") {
        message.kind = InboundKind::image;
        media("", "");
    } else if (type == "voice") {
        message.kind = InboundKind::voice;
        media(xml.text("Format"), xml.text("Format") == "amr" ? "audio/amr" : "");
    } else if (type == "video") {
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
        message.text = xml.text("Title") + "\n" + xml.text("Description") + "\n" + xml.text("Url");
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

}  // namespace huiyin::wecom
