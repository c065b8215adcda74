#include "deploy/commands/serve.h"

#include <signal.h>
#include <sysexits.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <sstream>

#include "deploy/commands/common.h"
#include "deploy/service/service.h"
#include "workflow/base/digest.h"
#include "workflow/base/time_text.h"
#include "workflow/policy/policy.h"

namespace huiyin {
namespace {

// SIGINT and SIGTERM are taken by waiting for them, so no handler ever runs in the middle of something.
sigset_t awaited_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    return set;
}

// The packs were edited: in force at once if they hold, else told and left as they were.
void reload(Service& service) {
    Result<Done> done = Done{};
    try {
        done = service.reload_rules();
    } catch (const std::exception& e) {  // the store refuses to keep them
        done =
            Problem{"policy.not_kept",
                    std::string("the policy files are not taken: ") + e.what() + ": mend that, then send SIGHUP again",
                    {}};
    }
    std::istringstream findings(done ? std::string() : done.problem().text);
    for (std::string line; std::getline(findings, line);) std::cerr << "huiyin: " << line << '\n';
    const auto policy = service.policy();
    std::cerr << (done ? "in force: " : "still in force: ") << policy->id << ' ' << policy->version << std::endl;
}

// Nobody caught it, so nothing is known of what it left half done: who supervises the service starts it anew from what
// is saved. Says why without asking for memory, which may be what is missing.
[[noreturn]] void give_up() noexcept {
    const char* why = "an exception that nobody took";
    try {
        if (const auto problem = std::current_exception()) std::rethrow_exception(problem);
    } catch (const std::exception& e) {
        why = e.what();
    } catch (...) {
    }
    std::array<char, 400> line{};
    const auto size = std::snprintf(line.data(), line.size(), "huiyin: gives up, to be started again: %s\n", why);
    if (size > 0) (void)!::write(STDERR_FILENO, line.data(), std::min<std::size_t>(size, line.size() - 1));
    _exit(EX_SOFTWARE);
}

void run_until_told(ServiceOptions options, const std::function<void(const Service&)>& started) {
    const auto signals = awaited_signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // inherited by every thread of the service
    signal(SIGPIPE, SIG_IGN);
    std::set_terminate(give_up);
    auto service = Service::start(std::move(options));
    if (!service) commands::refuse(service.problem().text);
    std::cerr << "listening on " + (*service)->address() + "\n";  // in one write: other threads write lines, too
    started(**service);
    int told = 0;
    while (sigwait(&signals, &told) == 0 && told == SIGHUP) reload(**service);
    (*service)->stop();
}

std::optional<TimePoint> clock_of(const std::string& word) {
    if (word.empty() || word == "system") return std::nullopt;
    if (word == "manual") return SystemClock{}.now();
    if (word.starts_with("manual:")) {
        const auto at = parse_rfc3339(word.substr(7));
        if (!at) commands::refuse("unreadable clock: --clock " + word + ": write manual:2026-03-02T09:00:00+08:00");
        return *at;
    }
    commands::refuse("unknown clock \"" + word +
                     "\": --clock: write system, manual or manual:2026-03-02T09:00:00+08:00");
}

struct Asked {
    std::string config = "huiyin.json", share, clock = "system", listen = "127.0.0.1:8080";
};

void serve(const Asked& asked) {
    ServiceOptions options;
    options.config = commands::config_or_refuse(asked.config, asked.share, &options.share);
    options.manual_clock = clock_of(asked.clock);
    // The store's folder is the operator's to make: a data disk that is not mounted must not get an empty store in its
    // place.
    std::error_code ignored;
    std::filesystem::create_directory(options.config.media, ignored);
    run_until_told(std::move(options), [](const Service&) {});
}

// A folder that goes when the demonstration ends.
struct Folder {
    std::string path;
    Folder() {
        auto pattern = (std::filesystem::temp_directory_path() / "huiyin-demo-XXXXXX").string();
        if (!mkdtemp(pattern.data()))
            commands::refuse("cannot make a folder: " + pattern + ": is there room, and may this user write there?");
        path = pattern;
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
};

// The first working day at nine after today, so that what the demonstration shows is in the near future.
TimePoint demo_start() {
    const Zone zone;
    auto local = zone.to_local(SystemClock{}.now());
    using namespace std::chrono;
    local.since_midnight = hours{9};
    while (weekday{local.day} == Saturday || weekday{local.day} == Sunday) local.day += days{1};
    return zone.from_local(local);
}

void demo(const Asked& asked) {
    const Folder folder;
    const auto share = find_share(asked.share);
    if (!share) commands::refuse(share.problem().text);
    const Json json{{"listen", asked.listen},
                    {"store", "sqlite:huiyin.db"},
                    {"media", "media"},
                    {"policy", "templates/policies/property-group.json"},
                    {"directory", "templates/demo/directory.json"},
                    {"answers", "templates/demo/answers.json"},
                    {"secret", random_hex(32)},
                    {"data_key", random_hex(32)},
                    {"limits", {{"messages_per_minute_per_user", 600}}},
                    {"channels", Json::array({{{"id", "web"}, {"type", "webchat"}}})}};
    auto config = config_from(json, folder.path + "/huiyin.json", *share);
    if (!config) {  // nothing of it is written by anybody but the address
        auto text = config.problem().text;
        const auto place = folder.path + "/huiyin.json /listen";
        if (const auto at = text.find(place); at != std::string::npos) text.replace(at, place.size(), "--listen");
        commands::refuse(text);
    }
    std::filesystem::create_directories(folder.path + "/media");
    ServiceOptions options;
    options.config = std::move(*config);
    options.share = *share;
    options.manual_clock = asked.clock == "system" ? demo_start() : clock_of(asked.clock);
    options.demo = true;
    run_until_told(std::move(options), [](const Service& service) {
        const auto at = service.address();
        std::cout << "\n  回音演示已经开始\n\n"
                  << "  演示页（住户、员工、时钟） " << at << "/\n"
                  << "  住户聊天页                 " << at << "/chat/web\n"
                  << "  员工控制台                 " << at << "/console/\n\n"
                  << "  登录名 li.na（前台） zhang.qiang（工程） wang.fang（中心经理） chen.gang（项目中心） "
                     "admin（管理员）\n"
                  << "  密码   huiyin-demo\n\n"
                  << "  Ctrl+C 结束；数据在临时目录里，结束时删除。\n"
                  << std::endl;
    });
}

}  // namespace

void add_serve_commands(CLI::App& app) {
    auto asked = std::make_shared<Asked>();
    auto* serving = app.add_subcommand("serve", "the service");
    serving->add_option("--config", asked->config, "configuration file")->capture_default_str();
    serving->add_option("--share", asked->share, "folder that holds templates/ and pages/");
    serving->add_option("--clock", asked->clock, "system, manual or manual:RFC3339")->capture_default_str();
    serving->callback([asked] { serve(*asked); });
    auto* showing = app.add_subcommand(
        "demo", "the service with a temporary data folder, the demo community and a clock set by hand");
    showing->add_option("--listen", asked->listen, "address and port; port 0 takes a free one")->capture_default_str();
    showing->add_option("--share", asked->share, "folder that holds templates/ and pages/");
    showing->add_option("--clock", asked->clock, "manual:RFC3339: where the clock starts");
    showing->callback([asked] { demo(*asked); });
}

}  // namespace huiyin
