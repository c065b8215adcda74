// The socket beside the store (<store>.sock, mode 0600): commands that write ask the running service through it, since
// one process alone writes to a SQLite store. One JSON line in, one JSON line out.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "channels/api/access.h"
#include "workflow/base/json_text.h"

namespace huiyin {

// Where one-time links lead: Config::address_of_links. here_only: nobody wrote a "public_url".
struct LinkPlace {
    std::string address;
    bool here_only = false;
};

// Commands on staff accounts; the same function serves the socket and a command that holds the store itself.
// {"command":"user.add","login","name","roles","unit"} · {"command":"user.list"} ·
// {"command":"user.reset-password","login"} · {"command":"user.reset-second-factor","login"} ·
// {"command":"user.disable","login"} · {"command":"user.enable","login"}.
// `companies`: the channels whose readings add and disable staff. Errors: user.unknown, user.taken, user.bad.
Result<Json> staff_command(const Json& wish, Store& store, Access& access, const DirectoryHolder& directory,
                           IdMaker& ids, const Clock& system, const LinkPlace& links,
                           const std::vector<ChannelId>& companies);

class Control {
public:
    // What else is asked there: {"command":"import",…}.
    using More = std::function<Result<Json>(const Json& wish)>;
    // store_url: "sqlite:PATH". Serves until stop(). Without a socket (too long a path) it only logs.
    Control(const std::string& store_url, Store& store, Access& access, const DirectoryHolder& directory, IdMaker& ids,
            const Clock& system, LinkPlace links, std::vector<ChannelId> companies, More more = {});
    ~Control();
    Control(const Control&) = delete;
    Control& operator=(const Control&) = delete;
    void stop();

private:
    void run();
    std::string path_;
    int listening_ = -1, wake_[2] = {-1, -1};
    Store& store_;
    Access& access_;
    const DirectoryHolder& directory_;
    IdMaker& ids_;
    const Clock& system_;
    LinkPlace links_;
    std::vector<ChannelId> companies_;
    More more_;
    std::thread thread_;
};

std::string socket_path(const std::string& store_url);
// Asks the service that runs on this store. Errors: control.nobody - nobody listens there; control.refused - what it
// said.
// `patience_ms`: how long it may say nothing.
Result<Json> ask_service(const std::string& store_url, const Json& wish, int patience_ms = 5000);

}  // namespace huiyin
