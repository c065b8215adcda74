#include "tests/bench/peers.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <vector>

namespace huiyin::bench {
namespace {

const std::string here = HUIYIN_SOURCE "/tests/bench/peer";

// A program whose standard output is read; -1: it cannot be started.
pid_t begun(std::vector<std::string> words, int& output) {
    int out[2];
    if (::pipe(out) != 0) return -1;
    const auto process = ::fork();
    if (process == 0) {
        ::dup2(out[1], 1);
        ::close(out[0]);
        ::close(out[1]);
        ::setenv("NODE_ENV", "production", 1);
        ::setenv("NODE_NO_WARNINGS", "1", 1);
        std::vector<char*> arguments;
        for (auto& word : words) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        ::execvp(arguments.front(), arguments.data());
        ::_exit(127);
    }
    ::close(out[1]);
    output = out[0];
    return process;
}

std::string line_of(int output) {
    std::string line;
    for (char c = 0; ::read(output, &c, 1) == 1 && c != '\n';) line += c;
    return line;
}

void install() {
    int output = -1, status = 1;
    const auto process = begun({here + "/install"}, output);
    if (process > 0) {
        while (!line_of(output).empty()) {
        }
        ::waitpid(process, &status, 0);
    }
    ::close(output);
    if (status != 0) throw std::runtime_error("the peers cannot be installed: " + here + "/install");
}

}  // namespace

Peer::Peer(bool keeps) {
    install();
    std::vector<std::string> words{"node", here + "/server.js"};
    if (keeps) {
        std::string name = (std::filesystem::temp_directory_path() / "huiyin-peer-XXXXXX").string();
        if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
        folder_ = name;
        words.push_back(folder_ + "/peer.db");
    }
    int output = -1;
    process_ = begun(words, output);
    const auto line = line_of(output);
    ::close(output);
    const std::string mark = "listening on ";
    if (line.rfind(mark, 0) == 0) port_ = std::atoi(line.c_str() + mark.size());
    if (port_ != 0) return;
    if (process_ > 0) ::waitpid(process_, nullptr, 0);
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
    throw std::runtime_error(keeps ? "express with better-sqlite3 does not start"
                                   : "express with wechat does not start");
}

Peer::~Peer() {
    ::kill(process_, SIGTERM);
    ::waitpid(process_, nullptr, 0);
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

}  // namespace huiyin::bench
