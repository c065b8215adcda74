// What stands inside a callback once it was opened: every platform's messages and events.
#include <nlohmann/json.hpp>

#include "channels/codec/json_fields.h"
#include "channels/codec/xml.h"
#include "channels/dingtalk/reading.h"
#include "channels/feishu/reading.h"
#include "channels/place_code.h"
#include "channels/wechat_official_account/reading.h"
#include "channels/wecom/reading.h"
#include "channels/wecom_kf/items.h"
#include "tests/fuzz/fuzz.h"
#include "workflow/base/utf8.h"
#include "workflow/directory/directory_file.h"

namespace huiyin::fuzz {
namespace {

const ChannelId channel{"fuzz"};
const TimePoint received = from_ms(1'700'000'000'000);

// What holds of every message that goes on to the talk.
void check(const std::optional<InboundMessage>& message) {
    if (!message) return;
    must(!message->key.empty(), "a message has a key");
    must(is_utf8(message->text) && is_utf8(message->label), "words are UTF-8");
    must(message->kind == InboundKind::unknown || message->kind == InboundKind::event || !message->address.empty(),
         "what is answered has an address");
    must(parse_rfc3339(to_rfc3339(message->sent_at, Zone{})).operator bool(), "a message's moment can be written");
}

template <class Read>
void read_xml(std::string_view input, Read read) {
    const std::string raw(input);
    if (const auto xml = Xml::read(raw)) check(read(channel, *xml, raw));
}
void official_account(std::string_view input) { read_xml(input, wechat::read_message); }
void wecom_app(std::string_view input) { read_xml(input, wecom::read_message); }

void wecom_kf(std::string_view input) {
    const auto json = parse_json(input);
    if (!json) return;
    const auto item = kf::read_item(channel, *json);
    must(!item.key.empty(), "an item has a key");
    if (item.kind == kf::ItemKind::customer || item.kind == kf::ItemKind::servicer) check(item.message);
}

void feishu_event(std::string_view input) {
    const auto json = parse_json(input);
    if (!json) return;
    const std::string raw(input);
    const auto message = feishu::read_event(channel, *json, raw, received);
    check(message);
    check(feishu::read_old_press(channel, *json, raw, "k", "ours", received));
    for (const auto& medium : message ? message->media : std::vector<InboundMedia>{}) {
        const auto path = feishu::medium_path(medium.media_id);
        must(path.find("..") == std::string::npos && path.find_first_of(" \r\n#%") == std::string::npos,
             "a medium's path is a clean one");
    }
}

void dingtalk_event(std::string_view input) {
    const auto json = parse_json(input);
    if (!json) return;
    const std::string raw(input);
    check(dingtalk::read_words(channel, *json, raw, received));
    check(dingtalk::read_press(channel, *json, raw, text_in(*json, "time"), received));
    check(dingtalk::read_event(channel, *json, raw, received));
}

void printed_code(std::string_view input) {
    static const auto demo = [] {
        IdMaker ids(1);
        return read_directory_file(HUIYIN_SOURCE "/templates/demo/directory.json", ids, from_ms(0))->directory();
    }();
    const auto spot = spot_of(*demo, input);
    must(!spot.unit || demo->unit(spot.unit), "a code names units we know");
    must(spot.building.empty() || spot.unit, "a building lies in a community");
    if (spot.unit) {
        const auto again = spot_of(*demo, scene_of(*demo, spot));
        must(again.unit == spot.unit && again.building == spot.building && again.entrance == spot.entrance,
             "a code comes back");
    }
}

}  // namespace

std::vector<Target> platform_targets() {
    return {{"official_account", official_account}, {"wecom_app", wecom_app},           {"wecom_kf", wecom_kf},
            {"feishu_event", feishu_event},         {"dingtalk_event", dingtalk_event}, {"printed_code", printed_code}};
}

}  // namespace huiyin::fuzz
