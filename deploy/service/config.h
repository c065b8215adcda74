// huiyin.json: what the operator decides. Read once, checked as a whole: all findings at once, before anything starts.
// Source: deploy/config.schema.json.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "channels/wechat_official_account/notice_form.h"
#include "channels/wecom/department_rule.h"
#include "workflow/base/json_text.h"
#include "workflow/base/result.h"
#include "workflow/privacy/periods.h"

namespace huiyin {

struct ChannelConfig {
    // type: webchat, wechat_official_account, wecom_app, wecom_kf, wecom_aibot, wecom_robot, feishu, feishu_robot,
    // dingtalk, dingtalk_robot, webhook
    std::string id, type;
    std::string app_id, app_secret;                              // wechat_official_account, feishu
    std::vector<std::string> verification_tokens, encrypt_keys;  // feishu; newest first
    std::string corp_id, secret;                                 // wecom_app, wecom_kf
    std::string open_kfid;                                       // wecom_kf
    bool to_servicers = false;                                   // wecom_kf: "handover" is "servicers"
    int day_messages = 0;                                        // wecom_app: that it may send in a day; 0: not counted
    std::int64_t agent_id = 0;                                   // wecom_app; dingtalk: staff are told by work notices
    std::vector<wecom::DepartmentRule> members;                  // wecom_app; none: the directory is not read
    bool sign_in = true;                                         // wecom_app: staff may sign in to the console by it
    std::vector<std::string> tokens;                             // newest first
    std::vector<std::string> encoding_aes_keys;
    std::string app_key, robot_code;         // dingtalk
    std::vector<std::string> app_secrets;    // dingtalk; newest first
    std::string card_template, card_secret;  // dingtalk; empty: no cards with buttons
    std::string old_api_base;                // dingtalk
    int month_calls = 5000;                  // dingtalk: of its APIs, that the organisation has; 0: not counted
    bool compat = false;
    bool can_custom_send = true, can_template = false;
    wechat::NoticeForms notices;  // wechat_official_account: "templates"
    bool can_oauth = false;       // wechat_official_account: the web chat asks it who somebody is
    std::string api_base;
    std::string bot_id;                     // wecom_aibot
    std::string webhook_url;                // wecom_robot, feishu_robot
    std::string robot_secret;               // feishu_robot, dingtalk_robot; may be empty
    std::vector<std::string> hook_secrets;  // webhook; newest first
    std::string url;                        // webhook; may be empty
};

// An OpenAI-compatible endpoint that is asked about unclear messages, masked.
struct EndpointConfig {
    std::string url;    // empty: nobody is asked; without a trailing slash and without the fragment
    std::string model;  // the fragment of "url": how the endpoint calls its model
    std::string key;    // may be empty
    int timeout_ms = 1500;
    explicit operator bool() const { return !url.empty(); }
};

struct Config {
    std::string host = "127.0.0.1";
    int port = 8080;  // 0: a free one
    std::string public_url;
    std::string store = "sqlite:data/huiyin.db";
    std::string media = "data/media";
    std::string policy, directory, answers;   // paths; directory and answers may be empty
    std::vector<std::string> secrets;         // newest first, each 32 bytes or more
    std::vector<std::string> data_keys;       // 32 bytes each, decoded; newest first
    std::vector<std::string> metrics_tokens;  // newest first; none: this machine only
    std::vector<std::string> trusted_proxies;
    std::size_t body_bytes = 1 << 20, media_bytes = 10 << 20;
    int messages_per_minute_per_user = 30;
    int signature_window_seconds = 300;
    int workers = 0;                                // 0: as many as cores
    bool second_factor_for_administrators = false;  // "sign_in": {"second_factor": "administrators"}
    EndpointConfig endpoint;
    KeepingPeriods retention;
    std::vector<ChannelConfig> channels;
    std::vector<std::string> notify_staff, notify_fallback;
    std::string file;  // where it was read; paths in it are relative to its folder

    bool listens_on_loopback() const;
    // What says that others than this machine's own people come here: an address listened on, a name, a proxy in front;
    // empty: nothing does. A proxy of a service whose own address is this machine's is this machine's.
    std::string open_to_others() const;
    // Where people open what a link leads to: "public_url", else this machine's own address; port: that it listens on.
    std::string address_of_links(int at_port) const;
    bool is_https() const { return public_url.rfind("https://", 0) == 0; }
};

// Errors: config.missing, config.invalid - every finding on a line of its own: file, pointer, what, how to mend.
// `share`: where templates are found when a path is not there relative to the file.
Result<Config> read_config(const std::string& path, const std::string& share);
Result<Config> config_from(const Json& json, const std::string& path, const std::string& share);

// Where templates/ and pages/ are: `option` (--share), $HUIYIN_SHARE, <exe>/../share/huiyin, <exe>/share/huiyin, the
// source tree known when this was built. The first that has templates/. Errors: share.missing - with all places looked
// at.
Result<std::string> find_share(const std::string& option);

}  // namespace huiyin
