#include "channels/wechat_official_account/followers.h"

#include <algorithm>
#include <charconv>
#include <sstream>

#include "channels/window.h"
#include "workflow/base/digest.h"
#include "workflow/base/log.h"

namespace huiyin::wechat {
namespace {

std::string grant_key(const ChannelId& channel, const std::string& address, const std::string& template_id) {
    return "notice_grant:" + sha256_hex(channel.value + "\n" + address + "\n" + template_id).substr(0, 40);
}

int granted(Transaction& tx, const std::string& key) {
    const auto text = tx.setting(key).value_or("");
    int number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

void add_granted(Transaction& tx, const std::string& key, int more) {
    tx.set_setting(key, std::to_string(std::max(0, granted(tx, key) + more)));
}

}  // namespace

bool hear_of_follower(Transaction& tx, const InboundMessage& message, TimePoint now, TimePoint system_now) {
    const bool of_template = message.text == "templatesendjobfinish";
    const bool sent = message.text == "subscribe_msg_sent_event";
    const bool popup = message.text == "subscribe_msg_popup_event";
    const bool change = message.text == "subscribe_msg_change_event";
    const bool privacy = message.text.starts_with("user_authorization_") || message.text == "user_info_modified";
    if (message.kind != InboundKind::event || (!of_template && !sent && !popup && !change && !privacy)) return false;
    const auto conversation = tx.conversation_at(message.channel, message.address);
    if (!tx.claim_delivery({.channel = message.channel,
                            .key = message.key,
                            .conversation = conversation ? conversation->id : ConversationId{},
                            .answer = {},
                            .at = system_now}))
        return true;
    const auto failed = [&](const std::string& id, const std::string& how) {
        const bool known = conversation && reopen_ring(tx, *conversation, id, how, now, system_now);
        log::warning("channel.notice_lost", {{"channel", message.channel.value}, {"how", how}, {"known", known}});
    };
    if (of_template && message.label != "success") failed(message.reply_reference, message.label);
    if (privacy)
        log::warning("channel.consent_withdrawn", {{"channel", message.channel.value}, {"what", message.text}});
    // One line a template: its id, how it stands, and the notice's number.
    std::istringstream lines(of_template || privacy ? std::string{} : message.label);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string id, how, notice;
        words >> id >> how >> notice;
        const auto key = grant_key(message.channel, message.address, id);
        if (popup && how == "accept") add_granted(tx, key, 1);
        if (change && how == "reject") tx.set_setting(key, "0");
        if (sent && how != "0") failed(notice, how);
    }
    return true;
}

Grants grants_in(Store& store, const ChannelId& channel) {
    return {[&store, channel](const std::string& address, const std::string& template_id) {
                const auto key = grant_key(channel, address, template_id);
                std::optional<int> left;
                store.run([&](Transaction& tx) {
                    const auto count = granted(tx, key);
                    left = count > 0 ? std::optional(count - 1) : std::nullopt;
                    if (left) add_granted(tx, key, -1);
                });
                return left;
            },
            [&store, channel](const std::string& address, const std::string& template_id, int more) {
                const auto key = grant_key(channel, address, template_id);
                store.run([&](Transaction& tx) { add_granted(tx, key, more); });
            }};
}

}  // namespace huiyin::wechat
