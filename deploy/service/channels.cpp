#include "deploy/service/channels.h"

#include <map>
#include <nlohmann/json.hpp>

#include "channels/dingtalk/dingtalk.h"
#include "channels/edge/http_client.h"
#include "channels/feishu/feishu.h"
#include "channels/wechat_official_account/official_account.h"
#include "channels/wecom/access.h"
#include "channels/wecom/wecom_app.h"
#include "channels/wecom_aibot/wecom_aibot.h"
#include "channels/wecom_robot/wecom_robot.h"
#include "workflow/base/digest.h"
#include "workflow/base/json_text.h"
#include "workflow/base/log.h"

namespace huiyin {

std::vector<std::string> trusted_origins(const Config& config) {
    std::vector<std::string> origins;
    for (const auto& channel : config.channels)
        for (const auto& url : {channel.api_base, channel.old_api_base, channel.webhook_url, channel.url})
            if (auto origin = http::origin_of(url); !origin.empty()) origins.push_back(std::move(origin));
    return origins;
}

std::vector<ChannelTraits> traits_of(const Config& config) {
    std::vector<ChannelTraits> traits;
    for (const auto& channel : config.channels)
        traits.push_back(
            {.id = ChannelId{channel.id},
             .pulls = channel.type == "webchat",
             .robot = channel.type.ends_with("_robot") || channel.type == "webhook",
             .login_is_address = channel.type == "wecom_app",
             .buttons = channel.type == "wecom_app" || channel.type == "feishu" || !channel.card_template.empty(),
             .recalls = channel.type == "wecom_app",
             .kind = channel.type});
    return traits;
}

std::vector<ChannelId> companies_of(const Config& config) {
    std::vector<ChannelId> companies;
    for (const auto& channel : config.channels)
        if (channel.type == "wecom_app") companies.push_back(ChannelId{channel.id});
    return companies;
}

TokenShelf shelf_in(Store& store, const std::string& name) {
    const auto key = "token:" + sha256_hex(name).substr(0, 32);
    const auto read_in = [key](Reading& reading) {
        const auto kept = reading.setting(key).value_or("");
        return kept.empty() ? Json::object() : parse_json(kept).value();
    };
    return {[&store, read_in]() -> std::optional<TokenShelf::Kept> {
                Json json;
                store.read([&](Reading& reading) { json = read_in(reading); });
                const auto token = json.value("token", std::string{});
                if (token.empty()) return std::nullopt;
                return TokenShelf::Kept{token, from_ms(json.value("until_ms", std::int64_t{0}))};
            },
            [&store, key, read_in](TimePoint now, TimePoint till) {
                bool ours = false;
                store.run([&](Transaction& tx) {
                    auto json = read_in(tx);
                    const auto taken_till = json.value("taken_till_ms", std::int64_t{0});
                    // One that ends much later than ours would was taken by a clock that was far ahead.
                    ours = taken_till <= to_ms(now) || taken_till > to_ms(till + std::chrono::minutes{1});
                    if (!ours) return;
                    json["taken_till_ms"] = to_ms(till);
                    tx.set_setting(key, to_text(json));
                });
                return ours;
            },
            [&store, key, read_in](const std::optional<TokenShelf::Kept>& kept) {
                store.run([&](Transaction& tx) {
                    auto json = read_in(tx);
                    json["taken_till_ms"] = 0;
                    if (kept) {
                        json["token"] = kept->token;
                        json["until_ms"] = to_ms(kept->until);
                    }
                    tx.set_setting(key, to_text(json));
                });
            }};
}

TalkKeeper talks_in(Store& store, const ChannelId& channel) {
    return [&store, mark = "talk:" + channel.value + ":"](
               const std::string& talk, bool now, const std::function<std::string(const std::string&)>& change) {
        const auto unit = [key = mark + sha256_hex(talk).substr(0, 32), change](Transaction& tx) {
            const auto kept = tx.setting(key).value_or("");
            if (auto changed = change(kept); changed != kept) tx.set_setting(key, changed);
        };
        if (now)
            store.run(unit);
        else  // a worker never waits for a commit; the message's own unit stands behind this one
            store.submit(unit, [](Outcome outcome, const std::exception_ptr&) {
                if (outcome == Outcome::undone) log::error("channel.address_not_kept");
            });
    };
}

std::string month_setting(const ChannelConfig& channel) {
    const auto& company = channel.corp_id.empty() ? channel.app_key : channel.corp_id;
    return "month_calls:" + sha256_hex(company).substr(0, 32);
}

MonthLedger month_in(Store& store, const ChannelConfig& channel, const Clock& system, MonthReached reached) {
    const auto key = month_setting(channel);
    return {channel.month_calls,
            [&store, &system, key] {
                std::string kept;
                store.read([&](Reading& reading) { kept = reading.setting(key).value_or(""); });
                return month_calls(kept, system.now());
            },
            [&store, &system, key, most = channel.month_calls, reached = std::move(reached)] {
                const auto now = system.now();
                store.run([&](Transaction& tx) {
                    auto month = month_calls(tx.setting(key).value_or(""), now);
                    ++month.calls;
                    tx.set_setting(key, to_text(month));
                    if (const int part = reached_of_month(month.calls, most)) reached(tx, month, part);
                });
            }};
}

HealthKeeper keep_in_store(Store& store, const ChannelId& channel,
                           std::function<void(Transaction&, const ChannelId&, bool disabled)> changed) {
    const auto key = "endpoint:" + channel.value;
    return {
        [&store, key] {
            std::optional<std::string> kept;
            store.read([&](Reading& reading) { kept = reading.setting(key); });
            return read_health(kept.value_or(""));
        },
        [&store, key, channel, changed = std::move(changed)](const EndpointHealth& before, const EndpointHealth& now) {
            store.run([&](Transaction& tx) {
                tx.set_setting(key, to_text(now));
                if (before.disabled != now.disabled) changed(tx, channel, now.disabled);
            });
        }};
}

Result<Channels> make_channels(const Config& config, const Caller& call, const FileReader& files,
                               const KeeperOf& keeper_of, const Clock& system, const GrantsOf& grants_of,
                               const ShelfOf& shelf_of, const TalksOf& talks_of, const MonthOf& month_of) {
    Channels channels;
    std::string wrong;
    const std::chrono::seconds window{config.signature_window_seconds};
    const auto secret_of = [](const std::vector<std::string>& all) {
        return all.empty() ? std::string{} : all.front();
    };
    const auto keep = [&](Result<std::unique_ptr<Channel>> made) {
        if (made)
            channels.all.push_back(std::move(*made));
        else
            wrong += (wrong.empty() ? "" : "\n") + made.problem().text;
    };
    const auto shelf_for = [&](const char* api, const std::string& account, const std::string& secret) {
        return shelf_of ? shelf_of(std::string(api) + "\n" + account + "\n" + secret) : TokenShelf{};
    };
    // Channels of one app use one token: each refresh of its own would only ask for the same.
    std::map<wecom::AppSecret, std::shared_ptr<TokenCache>> apps;
    const auto access_of = [&](const ChannelConfig& channel) {
        const wecom::AppSecret app{channel.api_base, channel.corp_id, channel.secret};
        auto& tokens = apps[app];
        if (!tokens)
            tokens =
                wecom::token_cache_of(app, call, system, shelf_for("wecom", app.api_base + app.corp_id, app.secret));
        return tokens;
    };
    for (const auto& channel : config.channels) {
        if (channel.type == "wechat_official_account") {
            keep(make_official_account({.id = ChannelId{channel.id},
                                        .app_id = channel.app_id,
                                        .app_secret = channel.app_secret,
                                        .tokens = channel.tokens,
                                        .encoding_aes_keys = channel.encoding_aes_keys,
                                        .compat = channel.compat,
                                        .can_custom_send = channel.can_custom_send,
                                        .notices = channel.notices,
                                        .grants = grants_of ? grants_of(ChannelId{channel.id}) : wechat::Grants{},
                                        .api_base = channel.api_base,
                                        .signature_window = window,
                                        .media_bytes = config.media_bytes,
                                        .shelf = shelf_for("wechat", channel.app_id, channel.app_secret)},
                                       call, files, system));
        } else if (channel.type == "wecom_app") {
            channels.apps.push_back({.id = ChannelId{channel.id},
                                     .access = access_of(channel),
                                     .api_base = channel.api_base,
                                     .corp_id = channel.corp_id,
                                     .agent_id = channel.agent_id,
                                     .sign_in = channel.sign_in,
                                     .members = channel.members});
            keep(make_wecom_app({.id = ChannelId{channel.id},
                                 .corp_id = channel.corp_id,
                                 .secret = channel.secret,
                                 .agent_id = channel.agent_id,
                                 .tokens = channel.tokens,
                                 .encoding_aes_keys = channel.encoding_aes_keys,
                                 .api_base = channel.api_base,
                                 .signature_window = window,
                                 .media_bytes = config.media_bytes,
                                 .day_messages = channel.day_messages,
                                 .access = access_of(channel)},
                                call, files, system));
        } else if (channel.type == "wecom_kf") {
            auto made = make_wecom_kf({.id = ChannelId{channel.id},
                                       .corp_id = channel.corp_id,
                                       .secret = channel.secret,
                                       .open_kfid = channel.open_kfid,
                                       .tokens = channel.tokens,
                                       .encoding_aes_keys = channel.encoding_aes_keys,
                                       .to_servicers = channel.to_servicers,
                                       .api_base = channel.api_base,
                                       .signature_window = window,
                                       .media_bytes = config.media_bytes,
                                       .access = access_of(channel)},
                                      call, files, system);
            if (made) channels.pulled.push_back(made->get());
            keep(made ? Result<std::unique_ptr<Channel>>(std::move(*made))
                      : Result<std::unique_ptr<Channel>>(made.problem()));
        } else if (channel.type == "webhook") {
            keep(make_webhook(
                {.id = ChannelId{channel.id}, .secrets = channel.hook_secrets, .url = channel.url, .window = window},
                call, keeper_of(ChannelId{channel.id}), system));
        } else if (channel.type == "feishu") {
            keep(make_feishu({.id = ChannelId{channel.id},
                              .app_id = channel.app_id,
                              .app_secret = channel.app_secret,
                              .verification_tokens = channel.verification_tokens,
                              .encrypt_keys = channel.encrypt_keys,
                              .api_base = channel.api_base,
                              .signature_window = window,
                              .media_bytes = config.media_bytes,
                              .shelf = shelf_for("feishu", channel.app_id, channel.app_secret)},
                             call, files, system));
        } else if (channel.type == "feishu_robot") {
            keep(make_feishu_robot(
                {.id = ChannelId{channel.id}, .webhook_url = channel.webhook_url, .secret = channel.robot_secret}, call,
                system));
        } else if (channel.type == "dingtalk") {
            MonthLedger month;
            if (month_of && channel.month_calls > 0)
                channels.months.push_back({ChannelId{channel.id}, month = month_of(channel)});
            keep(make_dingtalk({.id = ChannelId{channel.id},
                                .app_key = channel.app_key,
                                .robot_code = channel.robot_code,
                                .app_secrets = channel.app_secrets,
                                .agent_id = channel.agent_id,
                                .corp_id = channel.corp_id,
                                .tokens = channel.tokens,
                                .aes_keys = channel.encoding_aes_keys,
                                .card_template = channel.card_template,
                                .card_secret = channel.card_secret,
                                .hook_url = config.public_url + "/hooks/" + channel.id,
                                .api_base = channel.api_base,
                                .old_api_base = channel.old_api_base,
                                .media_bytes = config.media_bytes,
                                .shelf = shelf_for("dingtalk", channel.app_key, secret_of(channel.app_secrets)),
                                .old_shelf = shelf_for("dingtalk old", channel.app_key, secret_of(channel.app_secrets)),
                                .month = std::move(month),
                                .keeper = talks_of ? talks_of(ChannelId{channel.id}) : TalkKeeper{}},
                               call, files, system));
        } else if (channel.type == "dingtalk_robot") {
            keep(make_dingtalk_robot(
                {.id = ChannelId{channel.id}, .webhook_url = channel.webhook_url, .secret = channel.robot_secret}, call,
                system));
        } else if (channel.type == "wecom_aibot") {
            keep(make_wecom_aibot({.id = ChannelId{channel.id},
                                   .bot_id = channel.bot_id,
                                   .tokens = channel.tokens,
                                   .encoding_aes_keys = channel.encoding_aes_keys,
                                   .api_base = channel.api_base,
                                   .signature_window = window,
                                   .media_bytes = config.media_bytes,
                                   .keeper = talks_of ? talks_of(ChannelId{channel.id}) : TalkKeeper{}},
                                  call, system));
        } else if (channel.type == "wecom_robot") {
            keep(make_wecom_robot({.id = ChannelId{channel.id}, .webhook_url = channel.webhook_url}, call, system));
        }
    }
    if (!wrong.empty()) return Problem{"config.invalid", wrong, {}};
    return channels;
}

}  // namespace huiyin
