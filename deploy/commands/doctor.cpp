#include "deploy/commands/doctor.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <sstream>

#include "bot/answers.h"
#include "bot/understanding/understand.h"
#include "channels/advice/endpoint.h"
#include "channels/api/access.h"
#include "channels/api/second_factor.h"
#include "channels/courier.h"
#include "channels/edge/http_client.h"
#include "deploy/commands/common.h"
#include "deploy/service/channels.h"
#include "deploy/service/first_directory.h"
#include "deploy/service/rules.h"
#include "workflow/base/log.h"
#include "workflow/phrases/phrases.h"
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
    // Every finding is a line of its own.
    void bad(const std::string& part, const Problem& problem) {
        std::istringstream lines(problem.text);
        for (std::string line; std::getline(lines, line);) bad(part + ": " + line);
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
    if (administrators == 0) return;  // look_at_people says so
    const auto have =
        std::to_string(with) + " of " + std::to_string(administrators) + " administrators have a second factor";
    if (!config.second_factor_for_administrators)
        report.warn("sign_in: " + have + ", and none must: write \"sign_in\": {\"second_factor\": \"administrators\"}");
    else if (with < administrators)
        report.warn("sign_in: " + have + ": the others set one up before anything else is open to them");
    else
        report.good("sign_in: " + have);
}

// Staff who come in at all, one who keeps the accounts, and one who answers what residents ask about their own data.
void look_at_people(const Directory& directory, const std::string& file, Report& report) {
    std::size_t active = 0, administrators = 0, leads = 0;
    for (const auto& staff : directory.staff()) {
        if (staff.disabled) continue;
        ++active;
        if (std::find(staff.roles.begin(), staff.roles.end(), "administrator") != staff.roles.end()) ++administrators;
        if (is_lead(staff)) ++leads;
    }
    const std::string add = "huiyin user add LOGIN --name NAME --role administrator --unit KEY --config " + file;
    if (active == 0)
        report.warn("staff: nobody could sign in, and nobody is told of anything: " + add);
    else if (administrators == 0)
        report.warn("staff: " + std::to_string(active) + ", and no administrator among them: " + add);
    else
        report.good("staff: " + std::to_string(active) + ", " + std::to_string(administrators) + " administrators");
    // These roles may be held under any pack; a pack's own roles do not answer for data.
    if (active > 0 && leads == 0)
        report.warn(
            "staff: nobody may hold evidence or answer what residents ask about their own data within 15 working days: "
            "give somebody centre_manager, project_centre or quality_centre, in the console or by `huiyin user add`");
}

// The organisation as the service will know it; nothing where it would not start.
std::shared_ptr<const Directory> look_at_directory(const Config& config, Reading* reading, IdMaker& ids, TimePoint now,
                                                   Report& report) {
    if (reading) {
        const auto known = reading->directory();
        if (known && !known->units().empty()) {
            if (const auto problem = demo_in_public(*reading, config)) report.bad("directory", *problem);
            return known;
        }
    }
    const auto content = first_directory(config, ids, now);
    if (!content) {
        report.bad("directory", content.problem());
        return nullptr;
    }
    report.good("directory: " + config.directory + ": " + std::to_string(content->units.size()) + " units, " +
                std::to_string(content->households.size()) + " households: read at the first start");
    return content->directory();
}

// The State Council publishes a year's holidays and make-up working days in November of the year before.
void look_at_holidays(const Policy& policy, const std::string& templates, TimePoint now, Report& report) {
    if (!policy.calendar.uses_holidays()) return;
    const auto day = std::chrono::year_month_day(policy.calendar.zone().to_local(now).day);
    const int year = static_cast<int>(day.year());
    const auto lacks = [&](int wanted, const std::string& why) {
        if (policy.calendar.knows_year(wanted)) return false;
        const auto name = std::to_string(wanted);
        report.warn("holidays: " + policy.id + ": no file for " + name + why + ": put " + name + ".json into " +
                    templates + "/holidays-cn, made like those beside it, and reload; until then deadlines in " + name +
                    " count plain weeks");
        return true;
    };
    bool lacking = lacks(year, "");
    if (day.month() >= std::chrono::November)
        lacking |= lacks(year + 1, ", which the State Council publishes in November of each year for the next");
    if (!lacking) report.good("holidays: " + policy.id + ": known");
}

void look_at_rules(const Config& config, const std::string& share, const Directory* directory, TimePoint now,
                   Report& report) {
    const auto templates = share + "/templates";
    const auto phrases = Phrases::load(templates + "/phrases/zh-CN.json");  // with the languages beside it
    if (!phrases) {
        report.bad("phrases", phrases.problem());
    } else {
        report.good("phrases: " + std::to_string(phrases->keys().size()));
        const auto of_units = directory ? packs_of_units(*directory) : std::vector<std::string>{};
        const auto rules = load_rules(config.policy, of_units, share, *phrases);
        if (!rules) report.bad("policy", rules.problem());
        for (const auto& policy : rules ? all_of(*rules) : std::vector<std::shared_ptr<const Policy>>{}) {
            report.good("policy: " + policy->id + " " + policy->version);
            for (const auto& warning : policy->warnings) report.warn("policy: " + warning);
            look_at_holidays(*policy, templates, now, report);
        }
    }
    if (!config.answers.empty()) {
        if (const auto answers = Answers::from_file(config.answers))
            report.good("answers: " + config.answers);
        else
            report.bad("answers", answers.problem());
    }
    if (const auto model = find_model(share))
        report.good("model: " + *model);
    else
        report.bad("model", model.problem());
    if (std::filesystem::is_regular_file(share + "/pages/chat/index.html"))
        report.good("pages: " + share + "/pages");
    else
        report.warn("pages: not built in " + share + "/pages: run deploy/build; the API works without them");
}

// The folder is the operator's to make: a data disk that is not mounted must not get an empty store in its place.
// False: something is wrong with it.
bool look_at_folder(const std::string& folder, const std::string& key, const Config& config, Report& report) {
    if (!std::filesystem::is_directory(folder))
        report.bad(key + ": the folder " + folder + " is not there: make it, or mend \"" + key + "\" in " +
                   config.file);
    else if (::access(folder.c_str(), W_OK | X_OK) != 0)
        report.bad(key + ": this user may not write into " + folder + ": chown it to the user who runs the service");
    else
        return true;
    return false;
}

// As the service would need them: what is there must be his.
bool may_write(const std::string& path, Report& report) {
    for (const auto* end : {"", ".lock", "-wal", "-shm"}) {
        const auto file = path + end;
        if (::access(file.c_str(), F_OK) != 0 || ::access(file.c_str(), R_OK | W_OK) == 0) continue;
        report.bad("store: this user may not write " + file + ": chown it to the user who runs the service");
        return false;
    }
    return true;
}

void look_at_disk(const std::string& folder, Report& report) {
    struct statvfs disk {};
    if (::statvfs(folder.c_str(), &disk) != 0) return;
    const auto free = static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
    const auto text = std::to_string(free >> 20) + " MiB free in " + folder;
    free < (std::uint64_t{1} << 30) ? report.warn("disk: " + text + ": less than 1 GiB; make room")
                                    : report.good("disk: " + text);
}

bool on_one_disk(const std::string& one, const std::string& other) {
    struct stat a {
    }, b{};
    return ::stat(one.c_str(), &a) == 0 && ::stat(other.c_str(), &b) == 0 && a.st_dev == b.st_dev;
}

std::string folder_of(const std::string& path) {
    const auto folder = std::filesystem::path(path).parent_path().string();
    return folder.empty() ? "." : folder;
}

// The store, and with it the organisation; the rules that the units of this follow.
void look_at_store(const Config& config, const std::string& share, TimePoint now, Report& report) {
    IdMaker ids{1};
    const auto options = commands::store_options(config, true);
    const auto path = options.url.substr(options.url.find(':') + 1);
    const auto shown = is_postgres(options.url) ? without_password(options.url) : path;
    std::shared_ptr<const Directory> directory;
    const auto ask = [&](Reading* reading) {
        directory = look_at_directory(config, reading, ids, now, report);
        if (directory) look_at_people(*directory, config.file, report);
    };
    if (!commands::store_is_there(config)) {
        report.warn("store: " + shown + " is not there yet: `huiyin serve` makes it");
        if (!is_postgres(options.url)) look_at_folder(folder_of(path), "store", config, report);
        ask(nullptr);
    } else if (!is_postgres(options.url) &&
               !(look_at_folder(folder_of(path), "store", config, report) && may_write(path, report))) {
        ask(nullptr);
    } else if (auto store = open_store(options, ids)) {
        report.good("store: " + shown);
        (*store)->read([&](Reading& reading) {
            ask(&reading);
            look_at_resting(config, reading, report);
            look_at_months(config, reading, now, report);
            look_at_second_factors(config, reading, report);
        });
        (*store)->stop();
    } else {
        report.bad("store", store.problem());
    }
    const auto media = std::filesystem::is_directory(options.media) ? options.media : folder_of(options.media);
    look_at_folder(media, "media", config, report);
    look_at_rules(config, share, directory.get(), now, report);
    // What grows on this machine: the file, and the attachments.
    if (!is_postgres(options.url)) look_at_disk(folder_of(path), report);
    if (is_postgres(options.url) || !on_one_disk(folder_of(path), media)) look_at_disk(media, report);
}

// Each alone, so that one that is wrong hides none of the others.
void look_at_channels(const Config& config, Report& report) {
    const SystemClock system;
    http::Client client({.trusted_origins = trusted_origins(config)});
    for (const auto& channel : config.channels) {
        const auto name = "channel " + channel.id;
        auto alone = config;
        alone.channels = {channel};
        auto made = make_channels(
            alone, [&client](const http::Call& call) { return client.send(call); },
            [](const AttachmentId&) -> Result<OutgoingFile> {
                return Problem{"media.missing", "", ""};
            },
            [](const ChannelId&) {  // only asked, and nothing kept
                return HealthKeeper{[] { return EndpointHealth{}; },
                                    [](const EndpointHealth&, const EndpointHealth&) {}};
            },
            system);
        if (!made) {
            report.bad(name, made.problem());
        } else if (made->all.empty()) {
            report.good(name + ": " + config.address_of_links(config.port) + "/chat/" + channel.id);
        } else if (const auto seen = made->all.front()->check()) {
            report.good(name + ": " + *seen);
        } else {
            // What the platform itself says may name what is to be mended: the address that it saw.
            const auto& problem = seen.problem();
            report.bad(name + ": " + problem.text +
                       (problem.detail.find(' ') == std::string::npos ? std::string() : " (" + problem.detail + ")"));
        }
    }
}

void doctor(const Asked& asked) {
    log::silence(true);
    Report report;
    const auto share = find_share(asked.share);
    if (!share) commands::refuse(share.problem().text);
    const auto config = read_config(asked.config, *share);
    if (!config) {
        report.bad("configuration", config.problem());
        throw CLI::RuntimeError{1};
    }
    report.good("configuration: " + asked.config);
    for (std::size_t i = 0; i < config->secrets.size(); ++i)
        report.good("secret " + std::to_string(i + 1) + ": " + std::to_string(config->secrets[i].size()) + " bytes");
    report.good("data_key: " + std::to_string(config->data_keys.size()) + " key(s) of 32 bytes");
    const auto now = SystemClock{}.now();
    if (now < *parse_rfc3339("2025-01-01T00:00:00Z"))
        report.bad("clock: " + to_rfc3339(now) + ": set the machine's clock");
    else
        report.good("clock: " + to_rfc3339(now));
    look_at_store(*config, *share, now, report);
    if (!config->listens_on_loopback() && !config->is_https())
        report.warn("public_url: not https, and the service listens on " + config->host +
                    ": put nginx with TLS in front, and write https://…");
    if (config->endpoint) look_at_endpoint(*config, report);
    look_at_channels(*config, report);
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
