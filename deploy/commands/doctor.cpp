#include "deploy/commands/doctor.h"

#include <sys/statvfs.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>

#include "bot/understanding/understand.h"
#include "channels/advice/endpoint.h"
#include "channels/api/second_factor.h"
#include "channels/courier.h"
#include "channels/edge/http_client.h"
#include "deploy/commands/common.h"
#include "deploy/service/channels.h"
#include "workflow/base/log.h"
#include "workflow/phrases/phrases.h"
#include "workflow/policy/pack.h"
#include "workflow/store/address.h"

namespace huiyin {
namespace {

struct Asked {
    std::string config = "huiyin.json", share;
};

struct Report {
    bool well = true;
    void good(const std::string& what) { std::cout << "ok    " << what << '\n'; }
    void warn(const std::string& what) { std::cout << "look  " << what << '\n'; }
    void bad(const std::string& what) {
        well = false;
        std::cout << "bad   " << what << '\n';
    }
};

// Words leave the house: the receiver is named, whether it answers or not. Nobody's message is sent, only ours.
void look_at_endpoint(const Config& config, Report& report) {
    const auto& url = config.endpoint.url;
    const auto origin = http::origin_of(url);
    report.warn("understanding: unclear messages are sent to " + origin.substr(origin.find("://") + 3) +
                ", with names, phones, addresses, numbers and amounts masked as far as they are recognised: name this "
                "receiver to the residents");
    const advice::Endpoint endpoint({.url = url,
                                     .key = config.endpoint.key,
                                     .model = config.endpoint.model,
                                     .time = std::chrono::milliseconds{config.endpoint.timeout_ms}});
    const auto answer = endpoint.ask("楼道灯不亮", {{{"complaint", "equipment", "设备管理"}}});
    if (answer)
        report.good("understanding: the endpoint answers");
    else
        report.warn("understanding: the endpoint gives no answer (" + answer.problem().code + " " +
                    answer.problem().detail + "): messages are understood without it; check url, model and key");
}

// What the running service has seen of the platforms, beside what is asked of them now.
void look_at_resting(const Config& config, Reading& reading, Report& report) {
    for (const auto& channel : config.channels) {
        const auto since = reading.setting(rest_setting(ChannelId{channel.id}));
        if (!since || since->empty()) continue;
        report.warn("channel " + channel.id + ": its platform has given no answer since " + *since +
                    ": what is owed waits and goes out when it is there again");
    }
}

// Of what the platform sells by the month: other programs of the organisation may use it too, and are not counted here.
void look_at_months(const Config& config, Reading& reading, TimePoint now, Report& report) {
    for (const auto& channel : config.channels) {
        if (channel.type != "dingtalk" || channel.month_calls == 0) continue;
        const auto month = month_calls(reading.setting(month_setting(channel)).value_or(""), now);
        const auto text = "channel " + channel.id + ": " + std::to_string(month.calls) + " of " +
                          std::to_string(channel.month_calls) + " calls of " + month.month + " are used";
        if (month.calls * 100 < std::int64_t{80} * channel.month_calls)
            report.good(text);
        else
            report.warn(text +
                        ": the rest is kept for what matters more; if the organisation has more, write it as "
                        "\"month_calls\"");
    }
}

// Who holds an administrator's password holds every account.
void look_at_second_factors(const Config& config, Reading& reading, Report& report) {
    const SignInRules all{.second_factor_for_administrators = true};
    int administrators = 0, with = 0;
    const auto directory = reading.directory();
    if (!directory) return;
    for (const auto& staff : directory->staff()) {
        if (staff.disabled || !all.asks_second_factor_of(staff)) continue;
        ++administrators;
        if (has_second_factor(reading, staff.id)) ++with;
    }
    const auto have =
        std::to_string(with) + " of " + std::to_string(administrators) + " administrators have a second factor";
    if (!config.second_factor_for_administrators)
        report.warn("sign_in: " + have + ", and none must: write \"sign_in\": {\"second_factor\": \"administrators\"}");
    else if (with < administrators)
        report.warn("sign_in: " + have + ": the others set one up before anything else is open to them");
    else
        report.good("sign_in: " + have);
}

void doctor(const Asked& asked) {
    log::silence(true);
    Report report;
    const auto share = find_share(asked.share);
    if (!share) commands::refuse(share.problem().text);
    const auto config = read_config(asked.config, *share);
    if (!config) {
        report.bad(config.problem().text);
        throw CLI::RuntimeError{1};
    }
    report.good("configuration: " + asked.config);
    for (std::size_t i = 0; i < config->secrets.size(); ++i)
        report.good("secret " + std::to_string(i + 1) + ": " + std::to_string(config->secrets[i].size()) + " bytes");
    report.good("data_key: " + std::to_string(config->data_keys.size()) + " key(s) of 32 bytes");

    const auto templates = *share + "/templates";
    if (const auto policy = load_policy(config->policy, templates)) {
        report.good("policy: " + policy->id + " " + policy->version);
        for (const auto& warning : policy->warnings) report.warn("policy: " + warning);
    } else {
        report.bad("policy: " + policy.problem().text);
    }
    if (const auto phrases = Phrases::load(templates + "/phrases/zh-CN.json"))
        report.good("phrases: " + std::to_string(phrases->keys().size()));
    else
        report.bad("phrases: " + phrases.problem().text);
    if (const auto model = find_model(*share))
        report.good("model: " + *model);
    else
        report.bad("model: " + model.problem().text);
    if (config->endpoint) look_at_endpoint(*config, report);
    if (std::filesystem::is_regular_file(*share + "/pages/chat/index.html"))
        report.good("pages: " + *share + "/pages");
    else
        report.warn("pages: not built in " + *share + "/pages: run deploy/build; the API works without them");

    const auto now = SystemClock{}.now();
    if (now < *parse_rfc3339("2025-01-01T00:00:00Z"))
        report.bad("clock: " + to_rfc3339(now) + ": set the machine's clock");
    else
        report.good("clock: " + to_rfc3339(now));

    IdMaker ids{1};
    auto options = commands::store_options(*config, true);
    // What grows on this machine: the file, or where a database is elsewhere the attachments.
    const auto path = is_postgres(options.url) ? options.media : options.url.substr(options.url.find(':') + 1);
    const auto shown = is_postgres(options.url) ? without_password(options.url) : path;
    if (!commands::store_is_there(*config)) {
        report.warn("store: " + shown + " is not there yet: `huiyin serve` makes it");
    } else if (auto store = open_store(options, ids)) {
        report.good("store: " + shown);
        (*store)->read([&](Reading& reading) {
            look_at_resting(*config, reading, report);
            look_at_months(*config, reading, now, report);
            look_at_second_factors(*config, reading, report);
        });
        (*store)->stop();
    } else {
        report.bad("store: " + store.problem().text);
    }
    struct statvfs disk {};
    const auto folder = std::filesystem::path(path).parent_path().string();
    if (::statvfs(folder.empty() ? "." : folder.c_str(), &disk) == 0) {
        const auto free = static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
        const auto text = std::to_string(free >> 20) + " MiB free in " + folder;
        free < (std::uint64_t{1} << 30) ? report.warn("disk: " + text + ": less than 1 GiB; make room")
                                        : report.good("disk: " + text);
    }
    if (!config->listens_on_loopback() && !config->is_https())
        report.warn("public_url: not https, and the service listens on " + config->host +
                    ": put nginx with TLS in front, and write https://…");

    const SystemClock system;
    http::Client client({.trusted_origins = trusted_origins(*config)});
    auto channels = make_channels(
        *config, [&client](const http::Call& call) { return client.send(call); },
        [](const AttachmentId&) -> Result<OutgoingFile> {
            return Problem{"media.missing", "", ""};
        },
        [](const ChannelId&) {  // only asked, and nothing kept
            return HealthKeeper{[] { return EndpointHealth{}; }, [](const EndpointHealth&, const EndpointHealth&) {}};
        },
        system);
    if (!channels) {
        report.bad("channels: " + channels.problem().text);
    } else {
        for (auto& channel : channels->all) {
            const auto seen = channel->check();
            if (seen)
                report.good("channel " + channel->id().value + ": " + *seen);
            else
                // What the platform itself says may name what is to be mended: the address that it saw.
                report.bad("channel " + channel->id().value + ": " + seen.problem().text +
                           (seen.problem().detail.find(' ') == std::string::npos ? std::string()
                                                                                 : " (" + seen.problem().detail + ")"));
        }
    }
    if (!report.well) throw CLI::RuntimeError{1};
}

}  // namespace

void add_doctor_command(CLI::App& app) {
    auto asked = std::make_shared<Asked>();
    auto* checking =
        app.add_subcommand("doctor", "checks configuration, keys, store, clock, disk and the platforms; a line each");
    checking->add_option("--config", asked->config, "configuration file")->capture_default_str();
    checking->add_option("--share", asked->share, "folder that holds templates/ and pages/");
    checking->callback([asked] { doctor(*asked); });
}

}  // namespace huiyin
