#include "tests/store/cluster.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

namespace huiyin::test {
namespace {

// The script ends with our end of its standard input, so it also ends when we are killed.
class Cluster {
public:
    Cluster() {
        int to[2], from[2];
        if (::pipe2(to, O_CLOEXEC) != 0 || ::pipe2(from, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
        child_ = ::fork();
        if (child_ == 0) {
            ::dup2(to[0], 0);
            ::dup2(from[1], 1);
            const char* script = HUIYIN_SOURCE "/tests/postgres/serve";
            ::execl(script, script, nullptr);
            ::_exit(127);
        }
        ::close(to[0]);
        ::close(from[1]);
        to_ = to[1];
        from_ = from[0];
        const std::string said = line(), serving = "serving ";
        if (said.compare(0, serving.size(), serving) == 0)
            url = said.substr(serving.size());
        else
            why = "install the package postgresql (tests/postgres/serve says what is missing)";
    }
    Cluster(const Cluster&) = delete;
    Cluster& operator=(const Cluster&) = delete;
    ~Cluster() {
        ::close(to_);
        int status = 0;
        ::waitpid(child_, &status, 0);
        ::close(from_);
    }
    void wish(const std::string& words) {
        const auto sent = words + "\n";
        if (::write(to_, sent.data(), sent.size()) != static_cast<ssize_t>(sent.size()) || line() != "done")
            throw std::runtime_error("the cluster did not: " + words);
    }
    std::string url, why;

private:
    std::string line() const {
        std::string words;
        for (char c = 0; ::read(from_, &c, 1) == 1 && c != '\n';) words += c;
        return words;
    }
    pid_t child_ = -1;
    int to_ = -1, from_ = -1;
};

Cluster& the_cluster() {
    static Cluster one;
    return one;
}

}  // namespace

std::optional<std::string> cluster() {
    if (the_cluster().url.empty()) return std::nullopt;
    return the_cluster().url;
}
std::string why_no_cluster() { return the_cluster().why; }

void stop_cluster() { the_cluster().wish("stop"); }
void crash_cluster() { the_cluster().wish("crash"); }
void start_cluster() { the_cluster().wish("start"); }

}  // namespace huiyin::test
