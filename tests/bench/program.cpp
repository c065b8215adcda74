#include "tests/bench/program.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "workflow/base/digest.h"

namespace huiyin::bench {
namespace {

std::string text_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream all;
    all << in.rdbuf();
    return all.str();
}

}  // namespace

Program::Program(std::string program, std::string clock, bool keep)
    : program_(std::move(program)), clock_(std::move(clock)), key_(random_bytes(32)), keep_(keep) {
    std::string name = (std::filesystem::temp_directory_path() / "huiyin-bench-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    folder_ = name;
    write_configuration();
}

Program::Program(std::string program, std::string clock, const std::filesystem::path& folder)
    : program_(std::move(program)),
      clock_(std::move(clock)),
      key_(random_bytes(32)),
      folder_(std::filesystem::absolute(folder)),
      keep_(true) {
    if (const auto written = text_of(folder_ / "huiyin.json"); !written.empty()) {
        key_ = from_hex(nlohmann::json::parse(written).at("data_key").get<std::string>()).value();
        return;
    }
    std::filesystem::create_directories(folder_);
    write_configuration();
}

void Program::write_configuration() const {
    const nlohmann::json config{{"listen", "127.0.0.1:0"},
                                {"store", "sqlite:huiyin.db"},
                                {"media", "media"},
                                {"policy", "templates/policies/property-group.json"},
                                {"directory", "templates/demo/directory.json"},
                                {"secret", random_hex(32)},
                                {"data_key", to_hex(key_)},
                                {"limits", {{"messages_per_minute_per_user", 100000}}},
                                {"channels", {{{"id", "web"}, {"type", "webchat"}}}}};
    std::ofstream(folder_ / "huiyin.json") << config;
}

Program::~Program() {
    end();
    std::error_code ignored;
    if (!keep_) std::filesystem::remove_all(folder_, ignored);
}

std::unique_ptr<Store> Program::open(IdMaker& ids) const {
    StoreOptions wish;
    wish.url = "sqlite:" + file();
    wish.media = (folder_ / "media").string();
    wish.data_key = key_;
    auto store = open_store(wish, ids);
    if (!store) throw std::runtime_error(store.problem().text);
    return std::move(*store);
}

void Program::start() {
    const auto config = (folder_ / "huiyin.json").string();
    const auto clock = clock_.empty() ? std::string("system") : "manual:" + clock_;
    int out[2];
    if (::pipe2(out, O_CLOEXEC) != 0) throw std::runtime_error("no pipe for the service");
    process_ = ::fork();
    if (process_ < 0) throw std::runtime_error("no process for the service");
    if (process_ == 0) {
        ::dup2(out[1], 1);
        ::dup2(out[1], 2);
        ::execl(program_.c_str(), program_.c_str(), "serve", "--config", config.c_str(), "--clock", clock.c_str(),
                static_cast<char*>(nullptr));
        ::_exit(127);
    }
    ::close(out[1]);
    said_.clear();
    ended_ = false;
    listening_ = std::jthread([this, from = out[0]] { listen(from); });
    try {
        port_ = std::stoi(hear("listening on http://127.0.0.1:", std::chrono::minutes{2}));
    } catch (const std::exception&) {
        kill();
        throw;
    }
}

void Program::listen(int output) {
    std::array<char, 4096> piece{};
    for (ssize_t size = 0; (size = ::read(output, piece.data(), piece.size())) > 0;) {
        const std::lock_guard lock(said_mutex_);
        said_.append(piece.data(), static_cast<std::size_t>(size));
        heard_.notify_all();
    }
    ::close(output);
    const std::lock_guard lock(said_mutex_);
    ended_ = true;
    heard_.notify_all();
}

std::string Program::hear(const std::string& words, std::chrono::seconds at_most) {
    std::unique_lock lock(said_mutex_);
    std::string rest;
    const auto is_said = [&] {
        const auto at = said_.find(words);
        const auto end = at == said_.npos ? at : said_.find('\n', at);
        if (end == said_.npos) return false;
        rest = said_.substr(at + words.size(), end - at - words.size());
        return true;
    };
    heard_.wait_for(lock, at_most, [&] { return is_said() || ended_; });
    if (!is_said()) throw std::runtime_error(program_ + " does not say \"" + words + "\": " + said_);
    return rest;
}

void Program::end() { end_by(SIGTERM); }
void Program::kill() { end_by(SIGKILL); }

void Program::end_by(int signal) {
    if (process_ <= 0) return;
    ::kill(process_, signal);
    ::waitpid(process_, nullptr, 0);
    process_ = 0;
    listening_ = {};  // what it said last is heard
}

double Program::memory(const std::string& line) const {
    const auto text = text_of("/proc/" + std::to_string(process_) + "/status");
    const auto at = text.find(line);
    return at == text.npos ? 0 : std::atof(text.c_str() + at + line.size()) / 1024;
}

double Program::most_memory() const { return memory("VmHWM:"); }
double Program::present_memory() const { return memory("VmRSS:"); }
void Program::forget_most_memory() { std::ofstream("/proc/" + std::to_string(process_) + "/clear_refs") << "5"; }

Program::Used Program::used() const {
    Used used;
    const auto tick = 1e6 / static_cast<double>(::sysconf(_SC_CLK_TCK));
    for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(process_) + "/task")) {
        auto text = text_of(task.path() / "stat");
        std::istringstream fields(text.substr(text.rfind(')') + 1));
        std::string skipped;
        for (int i = 0; i < 11; ++i) fields >> skipped;
        double user = 0, system = 0;
        fields >> user >> system;
        used.all += (user + system) * tick;
        used.busiest = std::max(used.busiest, (user + system) * tick);
    }
    return used;
}

}  // namespace huiyin::bench
