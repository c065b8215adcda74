#include "deploy/service/control.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "channels/api/second_factor.h"
#include "channels/wecom/member_reader.h"
#include "workflow/base/log.h"
#include "workflow/directory/directory_edit.h"
#include "workflow/directory/directory_file.h"

namespace huiyin {
namespace {

constexpr auto seen_within = std::chrono::seconds{3};
constexpr std::size_t line_most = 16 << 20;  // a file to be imported goes through it; the socket is its owner's alone

bool address_for(const std::string& path, sockaddr_un& address) {
    address = {};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) return false;
    std::memcpy(address.sun_path, path.c_str(), path.size());
    return true;
}

// One line, ended by a line feed or by the other side; what there is when it was silent for so long.
std::string read_line(int socket, int patience_ms = 5000) {
    std::string line;
    char bytes[32 << 10];
    while (line.size() < line_most) {
        pollfd ready{socket, POLLIN, 0};
        if (::poll(&ready, 1, patience_ms) <= 0) break;
        const auto count = ::read(socket, bytes, sizeof bytes);
        if (count <= 0) break;
        const std::string_view part(bytes, static_cast<std::size_t>(count));
        const auto end = part.find('\n');
        line += part.substr(0, end);
        if (end != std::string_view::npos) break;
    }
    return line;
}

void write_line(int socket, const std::string& text) {
    const auto line = text + "\n";
    for (std::size_t done = 0; done < line.size();) {
        const auto count = ::send(socket, line.data() + done, line.size() - done, MSG_NOSIGNAL);
        if (count <= 0) return;
        done += static_cast<std::size_t>(count);
    }
}

// Whoever is answered finds it so, also with his very next question.
void wait_until_seen(const Json& wish, const DirectoryHolder& holder) {
    const auto command = wish.value("command", "");
    if (command == "user.list" || command == "user.reset-password") return;
    holder.wait_until(std::chrono::steady_clock::now() + seen_within, [&](const Directory& now) {
        const auto* staff = now.staff_by_login(wish.value("login", ""));
        return staff && staff->disabled == (command == "user.disable");
    });
}

Problem bad(std::string text) { return {"user.bad", std::move(text), {}}; }

}  // namespace

std::string socket_path(const std::string& store_url) {
    return store_url.starts_with("sqlite:") ? store_url.substr(7) + ".sock" : std::string{};
}

Result<Json> staff_command(const Json& wish, Store& store, Access& access, const DirectoryHolder& holder, IdMaker& ids,
                           const Clock& system, const LinkPlace& links, const std::vector<ChannelId>& companies) {
    std::vector<Finding> findings;
    Reader read(wish, "", findings);
    const auto command = read.text("command");
    const auto directory = holder.get();
    const auto with_link = [&](const std::string& login, StaffId id) {
        return Json{{"login", login},
                    {"link", links.address + "/console/#/link/" + access.new_link(id)},
                    {"here_only", links.here_only}};
    };
    // As the console notes it: nobody signed in, so nobody's name stands there.
    const auto noted = [&](Transaction& tx, const char* action, const std::string& words) {
        tx.audit({}, action, {}, "staff", words, system.now());
    };
    if (command == "user.list") {
        Json users = Json::array();
        store.read([&](Reading& reading) {
            for (const auto& staff : directory->staff()) {
                const auto* unit = directory->unit(staff.unit);
                users.push_back({{"login", staff.login},
                                 {"name", staff.name},
                                 {"roles", staff.roles},
                                 {"unit", unit ? unit->name : std::string{}},
                                 {"second_factor", has_second_factor(reading, staff.id)},
                                 {"disabled", staff.disabled}});
            }
        });
        return Json{{"users", users}};
    }
    const auto login = read.text("login");
    const auto* known = directory->staff_by_login(login);
    if (command == "user.add") {
        Staff staff;
        staff.login = login;
        staff.name = read.text("name");
        staff.roles = read.texts_or_none("roles");
        const auto unit = read.text("unit");
        read.finish();
        if (!findings.empty()) return bad(findings.front().pointer + ": " + findings.front().text);
        const bool plain =
            !login.empty() && login.size() <= 64 && std::all_of(login.begin(), login.end(), [](unsigned char c) {
                return std::isalnum(c) || c == '.' || c == '-' || c == '_' || c == '@';
            });
        if (!plain) return bad("unreadable login \"" + login + "\": write letters, digits, - . _ @");
        if (!is_name(staff.name))
            return bad("unreadable name \"" + staff.name +
                       "\": write it as residents are to read it, 60 characters at most");
        if (known)
            return Problem{"user.taken",
                           "the login \"" + login + "\" is taken: choose another, or use `huiyin user reset-password`",
                           {}};
        const auto& roles = usual_roles();
        if (staff.roles.empty())
            return bad(
                "no role: give one of front_desk, engineering, order, environment, centre_manager, project_centre, "
                "quality_centre, administrator");
        for (const auto& role : staff.roles)
            if (std::find(roles.begin(), roles.end(), role) == roles.end()) {
                const auto near = nearest(role, roles);
                return bad("unknown role \"" + role + "\"" +
                           (near ? ": did you mean \"" + *near + "\"?" : std::string{}));
            }
        const Unit* found = directory->unit_by_key(unit);
        for (const auto& one : directory->units())
            if (!found && one.name == unit) found = &one;
        if (!found) return bad("unknown unit \"" + unit + "\": write a unit's key or name");
        staff.unit = found->id;
        staff.id = ids.make<StaffId>(to_ms(system.now()));
        store.run([&](Transaction& tx) {
            tx.save(staff);
            noted(tx, "directory.added", login + "：姓名、岗位、单位");
        });
        return with_link(login, staff.id);
    }
    read.finish();
    if (!findings.empty()) return bad(findings.front().pointer + ": " + findings.front().text);
    if (!known) return Problem{"user.unknown", "no such login: \"" + login + "\": `huiyin user list` shows all", {}};
    if (command == "user.reset-password") {
        if (known->disabled)
            return bad("\"" + login + "\" is disabled, and no link would let him in: `huiyin user enable` first");
        store.run([&](Transaction& tx) {
            tx.set_password_hash(known->id, "");
            tx.drop_sessions_of(known->id);
            noted(tx, "directory.reset_password", login);
        });
        return with_link(login, known->id);
    }
    if (command == "user.reset-second-factor") {
        bool had = false;
        store.run([&](Transaction& tx) {
            had = reset_second_factor(tx, *known);
            if (had) noted(tx, "directory.reset_second_factor", login);
        });
        if (!had) return bad("\"" + login + "\" has no second factor: `huiyin user list` shows who has");
        return Json{{"login", login}};
    }
    if (command == "user.disable" || command == "user.enable") {
        store.run([&](Transaction& tx) {
            // As he is now: a reading of the company may have changed him meanwhile.
            const auto now = tx.directory();
            const auto* found = now ? now->staff(known->id) : nullptr;
            auto staff = found ? *found : *known;
            const bool changes = staff.disabled != (command == "user.disable");
            staff.disabled = command == "user.disable";
            tx.save(staff);
            if (changes) noted(tx, "directory.changed", login + (staff.disabled ? "：停用" : "：启用"));
            if (!staff.disabled) return;
            tx.drop_sessions_of(staff.id);
            for (const auto& company : companies) wecom::keep_disabled(tx, company, staff.id);
        });
        return Json{{"login", login}};
    }
    return bad("unknown command \"" + command + "\"");
}

Control::Control(const std::string& store_url, Store& store, Access& access, const DirectoryHolder& directory,
                 IdMaker& ids, const Clock& system, LinkPlace links, std::vector<ChannelId> companies, More more)
    : path_(socket_path(store_url)),
      store_(store),
      access_(access),
      directory_(directory),
      ids_(ids),
      system_(system),
      links_(std::move(links)),
      companies_(std::move(companies)),
      more_(std::move(more)) {
    sockaddr_un address;
    if (!address_for(path_, address)) {
        log::warning("control.no_socket", {{"path", path_}});
        return;
    }
    ::unlink(path_.c_str());  // the store's lock says that nobody else serves it
    listening_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto before = ::umask(0177);
    const bool bound = listening_ >= 0 &&
                       ::bind(listening_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                       ::listen(listening_, 8) == 0;
    ::umask(before);
    if (!bound || ::pipe2(wake_, O_CLOEXEC) != 0) {
        log::warning("control.no_socket", {{"path", path_}, {"why", std::strerror(errno)}});
        if (listening_ >= 0) ::close(listening_);
        listening_ = -1;
        return;
    }
    thread_ = std::thread([this] { run(); });
}

Control::~Control() { stop(); }

void Control::stop() {
    if (!thread_.joinable()) return;
    if (::write(wake_[1], "x", 1) < 0) log::warning("control.stop", {{"why", std::strerror(errno)}});
    thread_.join();
    ::close(listening_);
    ::close(wake_[0]);
    ::close(wake_[1]);
    ::unlink(path_.c_str());
}

void Control::run() {
    while (true) {
        pollfd ready[2] = {{listening_, POLLIN, 0}, {wake_[0], POLLIN, 0}};
        if (::poll(ready, 2, -1) < 0) continue;
        if (ready[1].revents) return;
        const int caller = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
        if (caller < 0) continue;
        Json answer;
        try {
            const auto wish = parse_json(read_line(caller), {.bytes = line_most});
            const auto done =
                !wish ? Result<Json>(wish.problem())
                : more_ && wish->is_object() && wish->value("command", Json()) == "import"
                    ? more_(*wish)
                    : staff_command(*wish, store_, access_, directory_, ids_, system_, links_, companies_);
            if (done && wish->value("command", "").starts_with("user.")) wait_until_seen(*wish, directory_);
            answer = done ? Json{{"ok", *done}} : Json{{"code", done.problem().code}, {"text", done.problem().text}};
        } catch (const std::exception& e) {
            log::error("control.failed", {{"what", e.what()}});
            answer = {{"code", "control.failed"}, {"text", "the service could not do it; its log says why"}};
        }
        write_line(caller, to_text(answer));
        ::close(caller);
    }
}

Result<Json> ask_service(const std::string& store_url, const Json& wish, int patience_ms) {
    const Problem nobody{"control.nobody", "no service answers at " + socket_path(store_url), {}};
    sockaddr_un address;
    if (!address_for(socket_path(store_url), address)) return nobody;
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket < 0 || ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        if (socket >= 0) ::close(socket);
        return nobody;
    }
    write_line(socket, to_text(wish));
    const auto answer = parse_json(read_line(socket, patience_ms), {.bytes = line_most});
    ::close(socket);
    if (!answer) return Problem{"control.refused", "the service did not answer", {}};
    if (const auto ok = answer->find("ok"); ok != answer->end()) return *ok;
    return Problem{answer->value("code", "control.refused"), answer->value("text", "the service refused"), {}};
}

}  // namespace huiyin
