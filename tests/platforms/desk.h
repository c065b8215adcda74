// What the platform tests share: adapters pointed at a stand-in platform, on a clock that is moved by hand.
#pragma once
#include <atomic>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "channels/dingtalk/dingtalk.h"
#include "channels/feishu/feishu.h"
#include "channels/wechat_official_account/official_account.h"
#include "channels/wecom/wecom_app.h"
#include "channels/wecom_aibot/wecom_aibot.h"
#include "channels/wecom_kf/wecom_kf.h"
#include "channels/wecom_robot/wecom_robot.h"
#include "tests/platform/stand_in.h"

namespace huiyin {

inline TimePoint today() { return SystemClock().now(); }

struct Desk {
    StandIn platform;
    ManualClock clock{today()};
    http::Client client{{.trusted_origins = {platform.url()}}};
    std::atomic<int> calls{0};
    std::string picture = std::string("\xFF\xD8\xFF\xE0 a picture", 14);
    std::chrono::milliseconds patience{10000};
    bool keeps_connections = false;

    Caller caller() {
        return [this](const http::Call& asked) {
            ++calls;
            auto call = asked;
            call.time = std::min(call.time, patience);
            // On a connection used before, libcurl itself sends a call again that got no answer; one test wants that.
            if (!keeps_connections) call.headers.push_back({"Connection", "close"});
            return client.send(call);
        };
    }
    FileReader files() {
        return [this](const AttachmentId& id) -> Result<OutgoingFile> {
            if (id.value == "lost") return Problem{"media.gone", "no such attachment", {}};
            return OutgoingFile{id.value + ".jpg", "image/jpeg", picture};
        };
    }
    // Moves both clocks: ours and the platform's.
    void pass(std::chrono::milliseconds span) {
        clock.set(clock.now() + span);
        platform.post("/_clock", {{"advance_ms", span.count()}});
    }

    OfficialAccountSettings account_settings() {
        OfficialAccountSettings settings;
        settings.id = {"oa"};
        settings.app_id = "wx0123456789abcdef";
        settings.app_secret = "wechat-secret-0123456789abcdef01";
        settings.tokens = {"Tower7token"};
        settings.encoding_aes_keys = {"abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"};
        settings.api_base = platform.url();
        return settings;
    }
    std::unique_ptr<Channel> account() { return account(account_settings()); }
    std::unique_ptr<Channel> account(OfficialAccountSettings settings) {
        return make_official_account(std::move(settings), caller(), files(), clock).value();
    }

    WecomAppSettings app_settings() {
        WecomAppSettings settings;
        settings.id = {"app"};
        settings.corp_id = "ww0123456789abcdef";
        settings.agent_id = 1000002;
        settings.secret = "wecom-app-secret-0123456789abcdefghijklmnop";
        settings.tokens = {"tsCallbackTok01"};
        settings.encoding_aes_keys = {"ABEiM0RVZneImaq7zN3u/w8eLTxLWml4h5altMPS4fA"};
        settings.api_base = platform.url();
        return settings;
    }
    std::unique_ptr<Channel> app() { return app(app_settings()); }
    std::unique_ptr<Channel> app(WecomAppSettings settings) {
        return make_wecom_app(std::move(settings), caller(), files(), clock).value();
    }
    WecomKfSettings service_settings() {
        WecomKfSettings settings;
        settings.id = {"kf"};
        settings.corp_id = "ww0123456789abcdef";
        settings.secret = "wecom-kf-secret-0123456789abcdefghijklmnopq";
        settings.open_kfid = "wkTESTkfid0001";
        settings.tokens = {"kfCallbackTok02"};
        settings.encoding_aes_keys = {"obLD1OX2BxgpOktcbX6PkKCxwtPk9QYXKDlKW2x9jp8"};
        settings.api_base = platform.url();
        return settings;
    }
    std::unique_ptr<WecomKf> service() { return service(service_settings()); }
    std::unique_ptr<WecomKf> service(WecomKfSettings settings) {
        return make_wecom_kf(std::move(settings), caller(), files(), clock).value();
    }

    FeishuSettings feishu_settings() {
        FeishuSettings settings;
        settings.id = {"lark"};
        settings.app_id = "cli_demo";
        settings.app_secret = "feishu-secret-0123456789abcdef01";
        settings.verification_tokens = {"vtok-demo-01"};
        settings.encrypt_keys = {"fs-demo-encrypt-key"};
        settings.api_base = platform.url();
        return settings;
    }
    std::unique_ptr<Channel> feishu() { return feishu(feishu_settings()); }
    std::unique_ptr<Channel> feishu(FeishuSettings settings) {
        return make_feishu(std::move(settings), caller(), files(), clock).value();
    }
    std::unique_ptr<Channel> feishu_robot(const std::string& secret = "fsBotSecretDemo01") {
        return make_feishu_robot({{"larks"}, platform.url() + "/open-apis/bot/v2/hook/feishu-robot-1", secret},
                                 caller(), clock)
            .value();
    }

    DingtalkSettings dingtalk_settings() {
        DingtalkSettings settings;
        settings.id = {"ding"};
        settings.app_key = settings.robot_code = "dingdemoappkey0001";
        settings.app_secrets = {"demo-app-secret-7f3a"};
        settings.corp_id = "dingdemo";
        settings.tokens = {"dtEventToken01"};
        settings.aes_keys = {"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP0"};
        settings.card_template = "TEMPLATE.schema";
        settings.card_secret = "card-callback-secret-01";
        settings.hook_url = "https://service.example.com/hooks/ding";
        settings.api_base = settings.old_api_base = platform.url();
        return settings;
    }
    std::unique_ptr<Channel> dingtalk() { return dingtalk(dingtalk_settings()); }
    std::unique_ptr<Channel> dingtalk(DingtalkSettings settings) {
        return make_dingtalk(std::move(settings), caller(), files(), clock).value();
    }
    std::unique_ptr<Channel> dingtalk_robot(const std::string& secret = "SEC0a1b2c3d4e5f60718293a4b5c6d7e8f90") {
        return make_dingtalk_robot({{"dings"}, platform.url() + "/robot/send?access_token=ding-robot-1", secret},
                                   caller(), clock)
            .value();
    }

    WecomAibotSettings bot_settings() {
        WecomAibotSettings settings;
        settings.id = {"bot"};
        settings.bot_id = "AIBOTtest";
        settings.tokens = {"aibotToken9"};
        settings.encoding_aes_keys = {"obLD1OX2BxgpOktcbX6PkKCxwtPk9QYXKDlKW2x9jp8"};
        settings.api_base = platform.url();
        return settings;
    }
    std::unique_ptr<Channel> bot() { return bot(bot_settings()); }
    std::unique_ptr<Channel> bot(WecomAibotSettings settings) {
        return make_wecom_aibot(std::move(settings), caller(), clock).value();
    }

    std::unique_ptr<Channel> robot() {
        return make_wecom_robot({{"crew"}, platform.url() + "/cgi-bin/webhook/send?key=robot-key-1"}, caller(), clock)
            .value();
    }
};

inline Said saying(std::string text, std::vector<Choice> choices = {}) {
    Said said;
    said.text = std::move(text);
    said.choices = std::move(choices);
    return said;
}

inline OutboxItem item_to(std::string address, Said said, std::int64_t id = 1) {
    OutboxItem item;
    item.id = OutboxId{id};
    item.address = std::move(address);
    item.said = std::move(said);
    return item;
}

inline OutboxItem urgent(OutboxItem item) {
    item.priority = Priority::emergency;
    return item;
}

inline std::string code_of(const Result<Receipt>& sent) { return sent ? "sent" : sent.problem().code; }
inline std::string many(const std::string& text, int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += text;
    return out;
}

}  // namespace huiyin
