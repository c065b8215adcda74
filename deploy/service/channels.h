// The configured channels as adapters. The web chat is none: it has no platform behind it.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "channels/channel.h"
#include "channels/outgoing/file_reader.h"
#include "channels/outgoing/json_api.h"
#include "channels/outgoing/month_calls.h"
#include "channels/webhook/webhook.h"
#include "channels/wechat_official_account/notices.h"
#include "channels/wecom_aibot/talks.h"
#include "channels/wecom_kf/wecom_kf.h"
#include "deploy/service/config.h"
#include "workflow/engine/speaker.h"
#include "workflow/store/store.h"

namespace huiyin {

struct WecomApp {  // of the company: what asks it beside its channel
    ChannelId id;
    std::shared_ptr<TokenCache> access;
    std::string api_base;  // without a slash at the end
    std::string corp_id;
    std::int64_t agent_id = 0;
    bool sign_in = true;
    std::vector<wecom::DepartmentRule> members;
};

struct MonthOfChannel {  // whose platform sells calls by the month
    ChannelId id;
    MonthLedger ledger;
};

// `pulled`: those among them whose messages are fetched.
struct Channels {
    std::vector<std::unique_ptr<Channel>> all;
    std::vector<CustomerService*> pulled;
    std::vector<WecomApp> apps;
    std::vector<MonthOfChannel> months;
};
using KeeperOf = std::function<HealthKeeper(const ChannelId&)>;
// Where the token of an account is found by all processes; the name tells one account and secret from another.
using ShelfOf = std::function<TokenShelf(const std::string& name)>;
TokenShelf shelf_in(Store& store, const std::string& name);  // in a setting, sealed as all of them
// Where the addresses for later answers of an AI bot and of DingTalk's outsiders are kept: in settings, sealed as all
// of them.
using TalksOf = std::function<TalkKeeper(const ChannelId&)>;
TalkKeeper talks_in(Store& store, const ChannelId& channel);
// Where the calls of a month are counted: in a setting of the organisation at the platform, as several channels may be
// its. `reached`, in the unit of work that counts: 80 or 100 hundredths of them are used.
std::string month_setting(const ChannelConfig& channel);
using MonthReached = std::function<void(Transaction&, const MonthCalls&, int hundredths)>;
MonthLedger month_in(Store& store, const ChannelConfig& channel, const Clock& system, MonthReached reached);
using MonthOf = std::function<MonthLedger(const ChannelConfig&)>;
using GrantsOf = std::function<wechat::Grants(const ChannelId&)>;
// Keeps an endpoint's health as a setting. `changed`, in the same unit of work: it was disabled, or answers again.
HealthKeeper keep_in_store(Store& store, const ChannelId& channel,
                           std::function<void(Transaction&, const ChannelId&, bool disabled)> changed);

// What the functions and the clock (the system's) refer to must outlive the channels.
// Errors: config.invalid - all of them, a line each.
Result<Channels> make_channels(const Config& config, const Caller& call, const FileReader& files,
                               const KeeperOf& keeper_of, const Clock& system, const GrantsOf& grants_of = {},
                               const ShelfOf& shelf_of = {}, const TalksOf& talks_of = {},
                               const MonthOf& month_of = {});
// What the engine must know of each configured channel.
std::vector<ChannelTraits> traits_of(const Config& config);
// The channels that may read who works in the company.
std::vector<ChannelId> companies_of(const Config& config);
// The origins of every api_base, webhook_url and url: a person wrote them down, so they may be called even on this
// machine.
std::vector<std::string> trusted_origins(const Config& config);

}  // namespace huiyin
