#include "channels/wecom_kf/items.h"

#include <nlohmann/json.hpp>

#include "channels/codec/utf8.h"
#include "workflow/base/digest.h"
#include "workflow/base/json_text.h"

namespace huiyin::kf {
namespace {

constexpr std::int64_t last_second = 253402214400;  // a day before the year 10000, which no text of a moment has

const Json& part_of(const Json& json, const std::string& name) {
    static const Json nothing = Json::object();
    const auto at = json.find(name);
    return at != json.end() && at->is_object() ? *at : nothing;
}

// A text; numbers too, for a platform is not always strict with itself.
std::string text_of(const Json& json, const char* name) {
    const auto at = json.find(name);
    if (at == json.end()) return {};
    if (at->is_string()) return clean_text(at->get<std::string>());
    return at->is_number_integer() ? std::to_string(at->get<std::int64_t>()) : std::string{};
}

std::int64_t number_of(const Json& json, const char* name) {
    const auto at = json.find(name);
    return at != json.end() && at->is_number_integer() ? at->get<std::int64_t>() : 0;
}

std::optional<double> decimal_of(const Json& json, const char* name) {
    const auto at = json.find(name);
    return at != json.end() && at->is_number() ? std::optional(at->get<double>()) : std::nullopt;
}

void add_line(std::string& text, const std::string& line) {
    if (!line.empty()) (text += text.empty() ? "" : "\n") += line;
}

// A talk that was passed on: who said what, a line each; what holds no words is named by its type.
std::string words_of_merged(const Json& part) {
    auto text = "[聊天记录] " + text_of(part, "title");
    const auto list = part.find("item");
    if (list == part.end() || !list->is_array()) return text;
    for (const auto& one : *list) {
        if (!one.is_object()) continue;
        const auto type = text_of(one, "msgtype");
        const auto content = parse_json(text_of(one, "msg_content"));
        const auto words =
            content && content->is_object() ? text_of(part_of(*content, type.c_str()), "content") : std::string{};
        add_line(text, text_of(one, "sender_name") + "：" + (words.empty() ? "[" + type + "]" : words));
    }
    return text.size() <= 4000 ? text : cut_utf8(text, 4000) + "…";
}

// What he sent but cannot be worked with; his words about it are kept.
std::string words_of_other(const std::string& type, const Json& part) {
    std::string text;
    if (type == "link") {
        for (const auto* name : {"title", "desc", "url"}) add_line(text, text_of(part, name));
    } else if (type == "business_card") {
        text = "[名片] " + text_of(part, "userid");
    } else if (type == "miniprogram") {
        text = "[小程序] " + text_of(part, "title");
    } else if (type == "channels_shop_product") {
        text = "[商品] " + text_of(part, "title") + " " + text_of(part, "sales_price");
    } else if (type == "channels_shop_order") {
        text = "[订单] " + text_of(part, "product_titles") + " " + text_of(part, "price_wording");
    } else if (type == "channels") {
        text = "[视频号] " + text_of(part, "nickname") + " " + text_of(part, "title");
    } else if (type == "msgmenu") {
        text = text_of(part, "head_content");
    } else if (type == "note") {
        text = "[笔记]";
    }
    return text;
}

// False: a type that we do not know.
bool read_words(const std::string& type, const Json& json, InboundMessage& message) {
    const auto& part = part_of(json, type);
    const auto medium = [&](InboundKind kind, std::string media_type) {
        message.kind = kind;
        message.media.push_back({text_of(part, "media_id"), {}, {}, std::move(media_type), {}});
        return !message.media.back().media_id.empty();
    };
    if (type == "text") {
        message.text = text_of(part, "content");
        message.choice = text_of(part, "menu_id");
        message.kind = message.choice.empty() ? InboundKind::text : InboundKind::choice;
        return part.contains("content");
    }
    if (type == "image") return medium(InboundKind::image, "");
    if (type == "voice") return medium(InboundKind::voice, "audio/amr");
    if (type == "video") return medium(InboundKind::video, "video/mp4");
    if (type == "file") return medium(InboundKind::file, "");
    if (type == "location") {
        message.kind = InboundKind::location;
        message.latitude = decimal_of(part, "latitude");
        message.longitude = decimal_of(part, "longitude");
        add_line(message.label, text_of(part, "name"));
        add_line(message.label, text_of(part, "address"));
        return message.latitude && message.longitude;
    }
    if (type == "merged_msg") {
        message.kind = InboundKind::text;
        message.text = words_of_merged(part);
        return true;
    }
    message.kind = type == "link" ? InboundKind::link : InboundKind::unknown;
    message.text = words_of_other(type, part);
    return !message.text.empty();
}

Item read_event(const Json& event, Item item) {
    const auto type = text_of(event, "event_type");
    item.about = type;
    item.customer = text_of(event, "external_userid");
    if (type == "enter_session") {
        item.kind = ItemKind::entered;
        item.code = text_of(event, "welcome_code");
        item.scene = text_of(event, "scene");
        item.scene_param = text_of(event, "scene_param");
    } else if (type == "msg_send_fail") {
        item.kind = ItemKind::send_failed;
        item.failed_id = text_of(event, "fail_msgid");
        item.number = number_of(event, "fail_type");
    } else if (type == "session_status_change") {
        item.kind = ItemKind::session_changed;
        item.number = number_of(event, "change_type");
        item.servicer = text_of(event, "new_servicer_userid");
        item.code = text_of(event, "msg_code");
    } else if (type == "user_recall_msg") {
        item.kind = ItemKind::recalled;
        item.failed_id = text_of(event, "recall_msgid");
    } else if (type == "servicer_recall_msg" || type == "servicer_status_change" ||
               type == "reject_customer_msg_switch_change") {
        item.kind = ItemKind::notice;
        item.servicer = text_of(event, "servicer_userid");
    } else {
        item.kind = ItemKind::unknown;
    }
    const bool about_somebody =
        item.kind == ItemKind::entered || item.kind == ItemKind::session_changed || item.kind == ItemKind::recalled;
    if (about_somebody && item.customer.empty()) item.kind = ItemKind::unknown;
    return item;
}

}  // namespace

Item read_item(const ChannelId& channel, const Json& json) {
    Item item;
    const auto raw = to_text(json);
    const auto id = json.is_object() ? text_of(json, "msgid") : std::string{};
    item.key = id.empty() || id.size() > 64 ? "h|" + sha256_hex(raw).substr(0, 40) : "k|" + id;
    if (json.is_object()) {
        const auto seconds = number_of(json, "send_time");
        if (seconds > 0 && seconds <= last_second) item.sent_at = from_ms(seconds * 1000);
        const auto type = text_of(json, "msgtype");
        if (type == "event") {
            item = read_event(part_of(json, "event"), std::move(item));
        } else {
            item.customer = text_of(json, "external_userid");
            const auto origin = number_of(json, "origin");
            const bool read = read_words(type, json, item.message);
            item.about = type;
            if (origin == 5) {
                item.kind = ItemKind::servicer;
                item.servicer = text_of(json, "servicer_userid");
            } else if (origin == 3) {
                item.kind = ItemKind::customer;
                if (!read) item.message.kind = InboundKind::unknown;
            }
            if (!read) item.raw = raw;
        }
        if (item.customer.size() > 128) item.kind = ItemKind::unknown;
        if (item.customer.empty() && (item.kind == ItemKind::customer || item.kind == ItemKind::servicer))
            item.kind = ItemKind::unknown;
    }
    if (item.kind == ItemKind::unknown) item.raw = raw;
    item.message.channel = channel;
    item.message.address = item.customer;
    item.message.key = item.key;
    item.message.sent_at = item.sent_at;
    item.message.raw = item.raw;
    return item;
}

}  // namespace huiyin::kf
