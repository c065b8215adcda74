// WeChat customer service (微信客服) by WeCom: residents write in WeChat; doorbells say that there is news, which is
// then pulled; what we say goes out as texts and menus. Source: channels/wecom_kf/README.md.
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "channels/channel.h"
#include "channels/outgoing/file_reader.h"
#include "channels/outgoing/json_api.h"

namespace huiyin {

struct WecomKfSettings {
    ChannelId id;
    std::string corp_id, secret;
    std::string open_kfid;                       // the letter case counts
    std::vector<std::string> tokens;             // newest first; none: no doorbell is heard, only looked for
    std::vector<std::string> encoding_aes_keys;  // newest first
    bool to_servicers = false;  // who asks for a person is handed to a servicer in WeCom, not to the console
    std::string api_base = "https://qyapi.weixin.qq.com";
    std::chrono::seconds signature_window{300};  // 0: any age
    std::size_t media_bytes = 10 << 20;
    std::shared_ptr<TokenCache> access = {};  // shared with the other channels of this secret; none: its own
};

// Something that has news to be fetched. Threads: one at a time.
class CustomerService {
public:
    struct News {
        std::vector<Json> items;
        std::string next_cursor;  // empty: as before
        bool more = false;
    };
    virtual ~CustomerService() = default;
    virtual const ChannelId& id() const = 0;
    virtual const std::string& account() const = 0;
    virtual bool to_servicers() const = 0;
    // What happened since `cursor` (empty: in the last three days), at most `most` items. `token`: of a doorbell,
    // empty: the platform lets us ask seldom. Errors: as Channel::send; the detail begins with the platform's code or
    // with what the call failed by (http.too_large: ask for fewer).
    virtual Result<News> news(const std::string& cursor, const std::string& token, int most) = 0;
};

// The channel, which also has news. Items of the kind "hand_over" change the session's state instead of saying
// something: {"to":"servicer"}, the receipt's reference is then "servicer" or "pool"; {"to":"nobody"} ends it.
// A reference "code:…" sends by the event's code, see event_reference().
class WecomKf : public Channel, public CustomerService {
public:
    const ChannelId& id() const override = 0;
};

// Errors: channel.bad_settings - the text names the field and how to mend it. `clock` is the system clock; it and what
// the functions refer to must outlive the channel.
Result<std::unique_ptr<WecomKf>> make_wecom_kf(WecomKfSettings settings, Caller call, FileReader files,
                                               const Clock& clock);

// The reference of an outbox row that goes out by the code of an event (a welcome, the end of a session), until `until`
// by the system clock, and never otherwise.
std::string event_reference(const std::string& code, TimePoint until);
struct EventCode {
    std::string code;
    TimePoint until;
};
std::optional<EventCode> read_event_reference(const std::string& reference);

// The name under which the platform knows a part of an outbox item, and back. `again`: of a row that a person had sent
// once more, its reference; else empty.
std::string platform_message_id(OutboxId item, std::size_t part, bool plain, const std::string& again = {});
std::optional<OutboxId> item_of_message_id(const std::string& message_id);

}  // namespace huiyin
