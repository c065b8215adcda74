#include "deploy/service/config.h"

#include <arpa/inet.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "channels/codec/webhook_signature.h"
#include "channels/edge/address.h"
#include "channels/edge/http_client.h"
#include "workflow/base/digest.h"
#include "workflow/directory/directory_file.h"
#include "workflow/store/address.h"

namespace huiyin {
namespace {

namespace fs = std::filesystem;

struct Source {
    fs::path folder;
    std::string share;
    std::vector<Finding>& findings;
};

std::string read_file(const fs::path& path, bool& ok) {
    std::ifstream file(path, std::ios::binary);
    ok = static_cast<bool>(file);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    auto text = bytes.str();
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
    return text;
}

// "${NAME}" from the environment, "file:PATH" from a file, anything else as it stands.
std::string resolved(const std::string& text, const std::string& pointer, const Source& source) {
    if (text.size() > 3 && text.starts_with("${") && text.back() == '}') {
        const auto name = text.substr(2, text.size() - 3);
        const char* value = std::getenv(name.c_str());
        if (value && *value) return value;
        source.findings.push_back(
            {pointer, "the environment has no " + name + ": set it before starting, or write the value here"});
        return {};
    }
    if (text.starts_with("file:")) {
        const auto path = source.folder / text.substr(5);
        bool ok = false;
        auto value = read_file(path, ok);
        if (!ok)
            source.findings.push_back(
                {pointer, "cannot read " + path.string() + ": create the file, readable for this user only"});
        else if (value.empty())  // nobody names a file to say nothing
            source.findings.push_back(
                {pointer, "the file is empty: " + path.string() + ": write into it what it is for"});
        return value;
    }
    return text;
}

// A text, or a list of texts, newest first.
std::vector<std::string> secrets(Reader& read, const std::string& key, const Source& source) {
    std::vector<std::string> out;
    const auto* value = read.any_or_none(key);
    if (!value) return out;
    if (value->is_string()) {
        out.push_back(resolved(value->get<std::string>(), read.pointer(key), source));
    } else if (value->is_array() &&
               std::all_of(value->begin(), value->end(), [](const Json& one) { return one.is_string(); })) {
        for (std::size_t i = 0; i < value->size(); ++i)
            out.push_back(
                resolved((*value)[i].get<std::string>(), read.pointer(key) + "/" + std::to_string(i), source));
    } else {
        read.wrong(key, "write a text, or a list of texts with the newest first");
    }
    std::erase(out, std::string{});
    return out;
}

std::string text(Reader& read, const std::string& key, const std::string& fallback, const Source& source) {
    return resolved(read.text_or(key, fallback), read.pointer(key), source);
}

// Where something is asked: without a slash at the end.
std::string address(Reader& read, const std::string& key, const std::string& fallback, const Source& source) {
    auto url = text(read, key, fallback, source);
    while (!url.empty() && url.back() == '/') url.pop_back();
    return url;
}

std::string path_of(const std::string& path, const Source& source) {
    if (path.empty() || fs::path(path).is_absolute()) return path;
    const auto beside = source.folder / path;
    if (fs::exists(beside) || source.share.empty()) return beside.string();
    const auto shared = fs::path(source.share) / path;
    return fs::exists(shared) ? shared.string() : beside.string();
}

// "http://127.0.0.1:8000", "http://[::1]", "http://localhost:8000"
bool is_this_machine(const std::string& origin) {
    auto host = origin.substr(origin.find("://") + 3);
    if (host.starts_with("["))
        host = host.substr(1, host.find(']') - 1);
    else
        host = host.substr(0, host.find(':'));
    const auto address = http::read_address(host);
    return host == "localhost" || (address && address->is_loopback());
}

void check_aes_keys(Reader& read, const std::vector<std::string>& keys, const char* name = "encoding_aes_key") {
    for (const auto& key : keys)
        if (key.size() != 43 || !from_base64(key + "="))
            read.wrong(name, "this key has " + std::to_string(key.size()) +
                                 " characters: copy the 43 letters and digits from the platform's page");
}

void required(Reader& read, const std::string& key, bool there, const std::string& type) {
    if (!there) read.wrong(key, "missing: a " + type + " channel needs it; copy it from the platform's page");
}

std::vector<wecom::DepartmentRule> read_members(Reader& read, const Source& source) {
    const auto& known = usual_roles();
    std::vector<wecom::DepartmentRule> all;
    const auto* list = read.list_or_none("members");
    for (std::size_t i = 0; list && i < list->size(); ++i) {
        Reader one((*list)[i], read.pointer("members") + "/" + std::to_string(i), source.findings);
        wecom::DepartmentRule members;
        members.department = one.integer("department");
        members.unit = one.text("unit");
        members.roles = one.texts_or_none("roles");
        if (members.department < 1) one.wrong("department", "write the number of a department, as WeCom shows it");
        if (members.roles.empty()) one.wrong("roles", "missing: what do its members do, like [\"engineering\"]");
        for (const auto& role : members.roles)
            if (std::find(known.begin(), known.end(), role) == known.end())
                one.wrong("roles", "unknown role \"" + role + "\"");
        one.finish();
        all.push_back(std::move(members));
    }
    return all;
}

// {"template" or "subscription": id, "data": {key: words}, "url"?: address}
wechat::NoticeForm read_notice(const Json& json, const std::string& pointer, const Source& source) {
    Reader read(json, pointer, source.findings);
    wechat::NoticeForm form;
    form.subscription = read.has("subscription");
    form.id = read.text_or(form.subscription ? "subscription" : "template", "");
    if (form.id.empty())
        read.wrong("template",
                   "missing: copy the template's id from the platform's page; of one that people allow "
                   "each time it is \"subscription\"");
    form.url = read.text_or("url", "");
    if (!form.url.empty() && !form.url.starts_with("https://") && !form.url.starts_with("http://"))
        read.wrong("url", "write an address that begins with https://");
    const auto* data = read.object_or_none("data");
    if (!data || data->empty())
        read.wrong("data", "missing: say what stands at each key of the template: {\"thing2\": \"{{title}}\"}");
    else
        for (const auto& [key, words] : data->items()) {
            if (!words.is_string() || !wechat::is_known_key(key))
                read.wrong("data", "\"" + key + "\": write the template's keys, like thing2, and a text for each");
            else
                form.data.emplace_back(key, words.get<std::string>());
        }
    read.finish();
    return form;
}

void read_notices(Reader& read, ChannelConfig& channel, const Source& source) {
    const auto* kinds = read.object_or_none("templates");
    if (!kinds) return;
    for (const auto& [kind, written] : kinds->items()) {
        const auto pointer = read.pointer("templates") + "/" + kind;
        auto& forms = channel.notices[kind];
        if (!written.is_array()) {
            forms.push_back(read_notice(written, pointer, source));
            continue;
        }
        for (std::size_t i = 0; i < written.size(); ++i)
            forms.push_back(read_notice(written[i], pointer + "/" + std::to_string(i), source));
    }
}

ChannelConfig read_channel(const Json& json, const std::string& pointer, const Source& source) {
    Reader read(json, pointer, source.findings);
    ChannelConfig channel;
    channel.id = read.text("id");
    const bool good_id =
        !channel.id.empty() && channel.id.size() <= 32 && std::all_of(channel.id.begin(), channel.id.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
        });
    if (!channel.id.empty() && !good_id)
        read.wrong("id", "write at most 32 lower-case letters, digits, - or _: it is part of an address");
    channel.type =
        read.one_of("type", {"webchat", "wechat_official_account", "wecom_app", "wecom_kf", "wecom_aibot",
                             "wecom_robot", "feishu", "feishu_robot", "dingtalk", "dingtalk_robot", "webhook"});
    if (channel.type == "wechat_official_account") {
        channel.app_id = text(read, "app_id", "", source);
        channel.app_secret = text(read, "app_secret", "", source);
        channel.tokens = secrets(read, "token", source);
        channel.encoding_aes_keys = secrets(read, "encoding_aes_key", source);
        const auto mode =
            read.one_of("mode", {"plain", "compat", "safe"}, channel.encoding_aes_keys.empty() ? "plain" : "safe");
        if (mode != "plain" && channel.encoding_aes_keys.empty())
            read.wrong("mode", "\"" + mode + "\" needs an encoding_aes_key");
        if (mode == "plain" && !channel.encoding_aes_keys.empty())
            read.wrong("mode", "with an encoding_aes_key write \"safe\" or \"compat\"");
        channel.compat = mode == "compat";
        channel.can_custom_send = read.boolean_or("can_custom_send", true);
        channel.can_template = read.boolean_or("can_template", false);
        channel.can_oauth = read.boolean_or("can_oauth", false);
        if (read.has("templates")) read_notices(read, channel, source);
        if (channel.can_template == channel.notices.empty())
            read.wrong(channel.can_template ? "templates" : "can_template",
                       channel.can_template
                           ? "missing: say which template tells what: {\"*\": {\"template\": …, "
                             "\"data\": {…}}}"
                           : "false, and \"templates\" says what to send: write true, or take them out");
        channel.api_base = address(read, "api_base", "https://api.weixin.qq.com", source);
        required(read, "app_id", !channel.app_id.empty(), channel.type);
        required(read, "token", !channel.tokens.empty(), channel.type);
        if (channel.can_custom_send || channel.can_template || channel.can_oauth)
            required(read, "app_secret", !channel.app_secret.empty(), channel.type);
        check_aes_keys(read, channel.encoding_aes_keys);
    } else if (channel.type == "wecom_app") {
        channel.corp_id = text(read, "corp_id", "", source);
        channel.agent_id = read.integer_or("agent_id", 0);
        channel.secret = text(read, "secret", "", source);
        channel.tokens = secrets(read, "token", source);
        channel.encoding_aes_keys = secrets(read, "encoding_aes_key", source);
        channel.api_base = address(read, "api_base", "https://qyapi.weixin.qq.com", source);
        required(read, "corp_id", !channel.corp_id.empty(), channel.type);
        required(read, "secret", !channel.secret.empty(), channel.type);
        required(read, "agent_id", channel.agent_id > 0, channel.type);
        if (!channel.tokens.empty())
            required(read, "encoding_aes_key", !channel.encoding_aes_keys.empty(), channel.type);
        check_aes_keys(read, channel.encoding_aes_keys);
        channel.sign_in = read.boolean_or("sign_in", true);
        channel.day_messages =
            static_cast<int>(std::clamp<std::int64_t>(read.integer_or("day_messages", 0), -1, 10'000'000));
        if (channel.day_messages < 0)
            read.wrong("day_messages", "a day has no fewer than none: write accounts of the company times 200");
        channel.members = read_members(read, source);
    } else if (channel.type == "wecom_kf") {
        channel.corp_id = text(read, "corp_id", "", source);
        channel.secret = text(read, "secret", "", source);
        channel.open_kfid = text(read, "open_kfid", "", source);
        channel.tokens = secrets(read, "token", source);
        channel.encoding_aes_keys = secrets(read, "encoding_aes_key", source);
        channel.to_servicers = read.one_of("handover", {"console", "servicers"}, "console") == "servicers";
        channel.api_base = address(read, "api_base", "https://qyapi.weixin.qq.com", source);
        required(read, "corp_id", !channel.corp_id.empty(), channel.type);
        required(read, "secret", !channel.secret.empty(), channel.type);
        required(read, "open_kfid", !channel.open_kfid.empty(), channel.type);
        if (!channel.open_kfid.empty() && !channel.open_kfid.starts_with("wk"))
            read.wrong("open_kfid", "an account's id begins with wk, and its capitals count: copy it from its page");
        if (channel.tokens.empty() != channel.encoding_aes_keys.empty())
            read.wrong(
                channel.tokens.empty() ? "token" : "encoding_aes_key",
                "missing: token and encoding_aes_key belong together; write both, or none to only look for news");
        check_aes_keys(read, channel.encoding_aes_keys);
    } else if (channel.type == "wecom_aibot") {
        channel.bot_id = text(read, "bot_id", "", source);
        channel.tokens = secrets(read, "token", source);
        channel.encoding_aes_keys = secrets(read, "encoding_aes_key", source);
        channel.api_base = address(read, "api_base", "https://qyapi.weixin.qq.com", source);
        required(read, "token", !channel.tokens.empty(), channel.type);
        required(read, "encoding_aes_key", !channel.encoding_aes_keys.empty(), channel.type);
        check_aes_keys(read, channel.encoding_aes_keys);
    } else if (channel.type == "wecom_robot") {
        channel.webhook_url = text(read, "webhook_url", "", source);
        required(read, "webhook_url", !channel.webhook_url.empty(), channel.type);
    } else if (channel.type == "feishu") {
        channel.app_id = text(read, "app_id", "", source);
        channel.app_secret = text(read, "app_secret", "", source);
        channel.verification_tokens = secrets(read, "verification_token", source);
        channel.encrypt_keys = secrets(read, "encrypt_key", source);
        channel.api_base = address(read, "api_base", "https://open.feishu.cn", source);
        required(read, "app_id", !channel.app_id.empty(), channel.type);
        required(read, "app_secret", !channel.app_secret.empty(), channel.type);
        required(read, "verification_token", !channel.verification_tokens.empty(), channel.type);
        if (channel.encrypt_keys.empty())
            read.wrong("encrypt_key",
                       "missing: set one on the app's page under events and copy it; nothing else proves who writes");
    } else if (channel.type == "feishu_robot") {
        channel.webhook_url = text(read, "webhook_url", "", source);
        channel.robot_secret = text(read, "secret", "", source);
        required(read, "webhook_url", !channel.webhook_url.empty(), channel.type);
    } else if (channel.type == "dingtalk") {
        channel.app_key = text(read, "app_key", "", source);
        channel.app_secrets = secrets(read, "app_secret", source);
        channel.robot_code = text(read, "robot_code", "", source);
        channel.agent_id = read.integer_or("agent_id", 0);
        channel.corp_id = text(read, "corp_id", "", source);
        channel.tokens = secrets(read, "token", source);
        channel.encoding_aes_keys = secrets(read, "aes_key", source);
        channel.month_calls =
            static_cast<int>(std::clamp<std::int64_t>(read.integer_or("month_calls", 5000), -1, 10'000'000));
        if (channel.month_calls < 0)
            read.wrong("month_calls",
                       "a month has no fewer than none: write what the organisation bought, 0 for no end");
        channel.card_template = text(read, "card_template", "", source);
        channel.card_secret = text(read, "card_secret", "", source);
        channel.api_base = address(read, "api_base", "https://api.dingtalk.com", source);
        channel.old_api_base = address(read, "old_api_base", "https://oapi.dingtalk.com", source);
        required(read, "app_key", !channel.app_key.empty(), channel.type);
        required(read, "app_secret", !channel.app_secrets.empty(), channel.type);
        required(read, "robot_code", !channel.robot_code.empty(), channel.type);
        if (channel.tokens.empty() != channel.encoding_aes_keys.empty())
            read.wrong(channel.tokens.empty() ? "token" : "aes_key",
                       "missing: token and aes_key belong together; write both, or none to take no events");
        if (channel.card_template.empty() != channel.card_secret.empty())
            read.wrong(channel.card_template.empty() ? "card_template" : "card_secret",
                       "missing: card_template and card_secret (any long random text) belong together; write both, or "
                       "none to have no buttons");
        check_aes_keys(read, channel.encoding_aes_keys, "aes_key");
    } else if (channel.type == "dingtalk_robot") {
        channel.webhook_url = text(read, "webhook_url", "", source);
        channel.robot_secret = text(read, "secret", "", source);
        required(read, "webhook_url", !channel.webhook_url.empty(), channel.type);
    } else if (channel.type == "webhook") {
        channel.hook_secrets = secrets(read, "secret", source);
        channel.url = text(read, "url", "", source);
        if (channel.hook_secrets.empty())
            read.wrong(
                "secret",
                "missing: write whsec_ and base64 of 24 to 64 bytes, for example from: echo whsec_$(openssl rand "
                "-base64 32)");
        for (const auto& secret : channel.hook_secrets)
            if (const auto key = webhook::read_secret(secret); !key) read.wrong("secret", key.problem().text);
        if (!channel.url.empty() && http::origin_of(channel.url).empty())
            read.wrong("url", "cannot read this address: write one like https://desk.example.com/huiyin, or nothing");
    }
    read.finish();
    return channel;
}

// https anywhere, http only on this machine: what goes there was somebody's words.
void read_endpoint(Reader& read, EndpointConfig& endpoint, const Source& source) {
    auto url = text(read, "url", "", source);
    if (const auto fragment = url.find('#'); fragment != std::string::npos) {
        endpoint.model = url.substr(fragment + 1);
        url.resize(fragment);
    }
    while (!url.empty() && url.back() == '/') url.pop_back();
    const auto origin = http::origin_of(url);
    const auto visible = [](const std::string& value) {
        return std::all_of(value.begin(), value.end(), [](char c) { return c > ' ' && c < 0x7F; });
    };
    if (url.empty())
        read.wrong("url",
                   "missing: write the endpoint's address, like https://models.example.com/v1#name-of-the-model");
    else if (origin.empty() || url.find('?') != std::string::npos || !visible(url) || !visible(endpoint.model))
        read.wrong("url",
                   "cannot read this address: write one like https://models.example.com/v1, without user name, "
                   "password and query; the name of the model may follow after #");
    else if (!origin.starts_with("https://") && !is_this_machine(origin))
        read.wrong("url",
                   "people's words would travel openly: write https://…; http is taken only for this machine, "
                   "like http://127.0.0.1:8000/v1");
    if (endpoint.model.empty()) endpoint.model = "default";
    const auto keys = secrets(read, "key", source);
    if (!keys.empty()) endpoint.key = keys.front();
    if (!visible(endpoint.key))
        read.wrong("key", "a space, a line break or a strange sign is in it: copy the key alone");
    const auto time = read.integer_or("timeout_ms", 1500);
    if (time < 100 || time > 2000)
        read.wrong("timeout_ms", "write a number from 100 to 2000: somebody waits meanwhile");
    endpoint.timeout_ms = static_cast<int>(std::clamp<std::int64_t>(time, 100, 2000));
    endpoint.url = std::move(url);
}

void read_listen(Reader& read, Config& config) {
    const auto listen = read.text_or("listen", "127.0.0.1:8080");
    const auto colon = listen.rfind(':');
    int port = -1;
    if (colon != std::string::npos && colon + 1 < listen.size() && listen.size() - colon <= 6 &&
        std::all_of(listen.begin() + static_cast<std::ptrdiff_t>(colon) + 1, listen.end(),
                    [](char c) { return c >= '0' && c <= '9'; }))
        port = std::stoi(listen.substr(colon + 1));
    if (port < 0 || port > 65535) {
        read.wrong("listen", "cannot read \"" + listen + "\": write an address and a port, like 127.0.0.1:8080");
        return;
    }
    config.host = listen.substr(0, colon);
    if (config.host.size() > 2 && config.host.front() == '[' && config.host.back() == ']')
        config.host = config.host.substr(1, config.host.size() - 2);
    config.port = port;
    if (!http::read_address(config.host))
        read.wrong("listen", "\"" + config.host + "\" is no numeric address: write one like 127.0.0.1 or 0.0.0.0");
}

// One account says in the web chats who somebody is.
void check_web_sign_in(const Config& config, std::vector<Finding>& findings) {
    const bool has_chat = std::any_of(config.channels.begin(), config.channels.end(),
                                      [](const ChannelConfig& one) { return one.type == "webchat"; });
    const ChannelConfig* first = nullptr;
    for (std::size_t i = 0; i < config.channels.size(); ++i) {
        const auto& channel = config.channels[i];
        if (!channel.can_oauth) continue;
        const auto wrong = [&](std::string text) {
            findings.push_back({"/channels/" + std::to_string(i) + "/can_oauth", std::move(text)});
        };
        if (config.public_url.empty()) wrong("WeChat sends people back to our own address: write \"public_url\"");
        if (!has_chat)
            wrong("there is no web chat to sign in to: add the channel {\"id\":\"web\",\"type\":\"webchat\"}");
        if (first)
            wrong("the channel \"" + first->id + "\" says already who somebody is: write false here");
        else
            first = &channel;
    }
}

std::vector<std::string> data_keys(Reader& read, const Source& source) {
    std::vector<std::string> keys;
    for (const auto& written : secrets(read, "data_key", source)) {
        std::string key;
        if (written.size() == 64) {
            if (auto bytes = from_hex(written)) key = *bytes;
        } else if (auto bytes = from_base64(written)) {
            key = *bytes;
        }
        if (key.size() == 32)
            keys.push_back(key);
        else
            read.wrong("data_key",
                       "not 32 bytes: write 64 hexadecimal digits or base64, for example from: openssl rand -hex 32");
    }
    return keys;
}

}  // namespace

bool Config::listens_on_loopback() const {
    const auto address = http::read_address(host);
    return address && address->is_loopback();
}

std::string Config::open_to_others() const {
    if (!listens_on_loopback()) return "this service listens on " + host;
    if (!public_url.empty()) {
        const auto origin = http::origin_of(public_url);
        return !origin.empty() && is_this_machine(origin) ? std::string() : "\"public_url\" is " + public_url;
    }
    return trusted_proxies.empty() ? std::string() : "\"trusted_proxies\" says that others come through a proxy";
}

std::string Config::address_of_links(int at_port) const {
    if (!public_url.empty()) return public_url;
    const bool anywhere = host == "0.0.0.0" || host == "::";
    const auto name = anywhere ? "127.0.0.1" : host.find(':') == std::string::npos ? host : "[" + host + "]";
    return "http://" + name + ":" + (at_port > 0 ? std::to_string(at_port) : "PORT");
}

Result<Config> read_config(const std::string& path, const std::string& share) {
    auto json = read_json_file(path);
    if (!json)
        return Problem{json.problem().code == "file.missing" ? "config.missing" : "config.invalid", json.problem().text,
                       json.problem().detail};
    return config_from(*json, path, share);
}

Result<Config> config_from(const Json& json, const std::string& path, const std::string& share) {
    std::vector<Finding> findings;
    const Source source{fs::absolute(path).parent_path(), share, findings};
    Reader read(json, "", findings);
    Config config;
    config.file = path;
    read_listen(read, config);
    config.public_url = address(read, "public_url", "", source);
    if (!config.public_url.empty() && !config.public_url.starts_with("https://") &&
        !config.public_url.starts_with("http://"))
        read.wrong("public_url", "write an address that begins with https://");
    const auto store = text(read, "store", "sqlite:data/huiyin.db", source);
    if (store.starts_with("sqlite:"))
        config.store = "sqlite:" + (source.folder / store.substr(7)).lexically_normal().string();
    else if (is_postgres(store))
        config.store = store;
    else
        read.wrong("store", "cannot read \"" + store.substr(0, 12) +
                                "…\": write sqlite:PATH or postgresql://USER@HOST/DATABASE");
    config.media = (source.folder / text(read, "media", "data/media", source)).lexically_normal().string();
    config.policy = path_of(text(read, "policy", "templates/policies/property-group.json", source), source);
    config.directory = path_of(text(read, "directory", "", source), source);
    config.answers = path_of(text(read, "answers", "", source), source);
    for (const auto& [key, file] :
         {std::pair{"policy", config.policy}, {"directory", config.directory}, {"answers", config.answers}})
        if (!file.empty() && !fs::is_regular_file(file)) read.wrong(key, "no such file: " + file);
    config.secrets = secrets(read, "secret", source);
    if (config.secrets.empty())
        read.wrong("secret",
                   "missing: write 32 bytes or more that nobody can guess, for example \"${HUIYIN_SECRET}\" with: "
                   "openssl rand -hex 32");
    for (const auto& secret : config.secrets)
        if (secret.size() < 32)
            read.wrong("secret", "only " + std::to_string(secret.size()) +
                                     " bytes: write 32 or more, for example from: openssl rand -hex 32");
    config.data_keys = data_keys(read, source);
    if (config.data_keys.empty())
        read.wrong("data_key",
                   "missing: it encrypts people's names, phones and words. Make one with: openssl rand -hex 32 > "
                   "secrets/data.key, write \"file:secrets/data.key\", and keep a copy elsewhere");
    config.metrics_tokens = secrets(read, "metrics_token", source);
    config.trusted_proxies = read.texts_or_none("trusted_proxies");
    for (const auto& proxy : config.trusted_proxies)
        if (!http::read_block(proxy))
            read.wrong("trusted_proxies", "cannot read \"" + proxy + "\": write blocks like 127.0.0.1/32");
    if (read.has("limits")) {
        auto limits = read.child("limits");
        const auto positive = [&](const char* key, std::int64_t fallback, std::int64_t least, std::int64_t most) {
            const auto value = limits.integer_or(key, fallback);
            if (value < least || value > most)
                limits.wrong(key, "write a number from " + std::to_string(least) + " to " + std::to_string(most));
            return value;
        };
        config.body_bytes = static_cast<std::size_t>(positive("body_bytes", 1 << 20, 1024, 16 << 20));
        config.media_bytes = static_cast<std::size_t>(positive("media_bytes", 10 << 20, 1024, 200 << 20));
        config.messages_per_minute_per_user = static_cast<int>(positive("messages_per_minute_per_user", 30, 1, 100000));
        config.signature_window_seconds = static_cast<int>(positive("signature_window_seconds", 300, 0, 86400));
        config.workers = static_cast<int>(positive("workers", 0, 0, 256));
        limits.finish();
    }
    if (read.has("retention")) {
        auto retention = read.child("retention");
        for (const auto& period : keeping_periods()) {
            auto& kept = config.retention.*period.value;
            const auto value = retention.integer_or(period.key, kept);
            if (value < period.least || value > period.most) {
                retention.wrong(period.key, std::string("how many ") + (period.months ? "months" : "days") + " " +
                                                period.about + ": write a number from " + std::to_string(period.least) +
                                                " to " + std::to_string(period.most));
            } else {
                kept = static_cast<int>(value);
            }
        }
        if (const auto problem = periods_problem(config.retention)) retention.wrong("media_months", *problem);
        retention.finish();
    }
    if (read.has("sign_in")) {
        auto sign_in = read.child("sign_in");
        config.second_factor_for_administrators =
            sign_in.one_of("second_factor", {"offered", "administrators"}, "offered") == "administrators";
        sign_in.finish();
    }
    if (read.has("understanding")) {
        auto understanding = read.child("understanding");
        if (understanding.one_of("model", {"builtin", "openai-compatible"}, "builtin") == "openai-compatible") {
            read_endpoint(understanding, config.endpoint, source);
        } else {
            for (const char* key : {"url", "key", "timeout_ms"})
                if (understanding.has(key)) {
                    understanding.any_or_none(key);
                    understanding.wrong(
                        key, "only with \"model\": \"openai-compatible\": write that, or take this line out");
                }
        }
        understanding.finish();
    }
    std::set<std::string> ids;
    if (const auto* list = read.list_or_none("channels"))
        for (std::size_t i = 0; i < list->size(); ++i) {
            const auto pointer = "/channels/" + std::to_string(i);
            config.channels.push_back(read_channel((*list)[i], pointer, source));
            const auto& id = config.channels.back().id;
            if (!id.empty() && !ids.insert(id).second)
                findings.push_back({pointer + "/id", "the id \"" + id + "\" stands twice: give each channel its own"});
        }
    std::map<std::string, std::string> accounts;
    check_web_sign_in(config, findings);
    for (std::size_t i = 0; i < config.channels.size(); ++i) {
        const auto& channel = config.channels[i];
        if (!channel.card_template.empty() && config.public_url.empty())
            findings.push_back({"/channels/" + std::to_string(i) + "/card_template",
                                "a press on a card comes to our own address: write \"public_url\""});
        if (channel.open_kfid.empty()) continue;
        const auto [other, own] = accounts.emplace(channel.open_kfid, channel.id);
        if (!own)
            findings.push_back({"/channels/" + std::to_string(i) + "/open_kfid",
                                "the channel \"" + other->second +
                                    "\" has this account already: its messages can go to "
                                    "one channel only"});
    }
    if (config.channels.empty())
        read.wrong("channels",
                   "no channel: nobody could reach this service; begin with [{\"id\":\"web\",\"type\":\"webchat\"}]");
    if (read.has("notify")) {
        auto notify = read.child("notify");
        config.notify_staff = notify.texts_or_none("staff");
        config.notify_fallback = notify.texts_or_none("fallback");
        const std::vector<std::string> known(ids.begin(), ids.end());
        for (const auto& [key, list] : {std::pair{"staff", config.notify_staff}, {"fallback", config.notify_fallback}})
            for (const auto& id : list)
                if (!ids.contains(id)) {
                    const auto near = nearest(id, known);
                    notify.wrong(key, "unknown channel \"" + id + "\"" +
                                          (near ? ": did you mean \"" + *near + "\"?" : ": name one of \"channels\""));
                }
        for (const auto& channel : config.channels)
            if (channel.type == "webhook" && channel.url.empty() &&
                std::find(config.notify_staff.begin(), config.notify_staff.end(), channel.id) !=
                    config.notify_staff.end())
                notify.wrong("staff", "the webhook \"" + channel.id + "\" has no \"url\": write where notices go");
        notify.finish();
    }
    read.finish();
    // What could not be read is missing, too, and is said once.
    std::set<std::string> said;
    std::erase_if(findings, [&](const Finding& finding) {
        const bool again = said.contains(finding.pointer) && finding.text.starts_with("missing");
        for (auto place = finding.pointer; !again && !place.empty(); place.resize(place.rfind('/'))) said.insert(place);
        return again;
    });
    if (findings.empty()) return config;
    std::string text;
    for (const auto& finding : findings)
        text += (text.empty() ? "" : "\n") + path + " " + (finding.pointer.empty() ? "/" : finding.pointer) + ": " +
                finding.text;
    return Problem{"config.invalid", text, {}};
}

Result<std::string> find_share(const std::string& option) {
    std::vector<fs::path> places;
    if (!option.empty()) {
        places = {option};
    } else {
        if (const char* set = std::getenv("HUIYIN_SHARE"); set && *set) places.emplace_back(set);
        std::error_code error;
        const auto exe = fs::read_symlink("/proc/self/exe", error);
        if (!error) {
            places.push_back(exe.parent_path().parent_path() / "share" / "huiyin");
            places.push_back(exe.parent_path() / "share" / "huiyin");
        }
        places.emplace_back(HUIYIN_SOURCE_TREE);
    }
    std::string looked;
    for (const auto& place : places) {
        if (fs::is_directory(place / "templates")) return place.string();
        looked += (looked.empty() ? "" : ", ") + place.string();
    }
    return Problem{
        "share.missing", "templates/ not found: " + looked + ": pass --share FOLDER or set HUIYIN_SHARE", {}};
}

}  // namespace huiyin
