#include "tests/bench/office.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <stdexcept>
#include <thread>

#include "tests/bench/desk.h"
#include "tests/bench/load.h"

namespace huiyin::bench {
namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

// One connection that is kept, spoken on and waited for.
class Wire {
public:
    explicit Wire(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const int yes = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        const timeval most{30, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(static_cast<std::uint16_t>(port));
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0)
            throw std::runtime_error("no connection to port " + std::to_string(port));
    }
    ~Wire() { ::close(socket_); }
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;

    bool say(const std::string& words) {
        for (std::size_t sent = 0; sent < words.size();) {
            const auto count = ::send(socket_, words.data() + sent, words.size() - sent, MSG_NOSIGNAL);
            if (count <= 0) return false;
            sent += static_cast<std::size_t>(count);
        }
        return true;
    }
    // What came; empty: it broke.
    std::string hear() {
        std::array<char, 65536> buffer;
        const auto count = ::recv(socket_, buffer.data(), buffer.size(), 0);
        return count > 0 ? std::string(buffer.data(), static_cast<std::size_t>(count)) : std::string();
    }
    bool waits(milliseconds at_most) const {
        pollfd ready{socket_, POLLIN, 0};
        return ::poll(&ready, 1, static_cast<int>(std::max<std::int64_t>(at_most.count(), 0))) == 1;
    }
    // The server closes a connection on which nobody asks for a while.
    bool is_closed() const {
        char next = 0;
        return waits(milliseconds{0}) && ::recv(socket_, &next, 1, MSG_PEEK) <= 0;
    }
    // The status of a whole answer with Content-Length; 0: it broke.
    int answer(std::string& text) {
        text.clear();
        while (true) {
            const auto more = hear();
            if (more.empty()) return 0;
            text += more;
            const auto end = text.find("\r\n\r\n");
            if (end == text.npos) continue;
            const auto at = text.find("\r\nContent-Length: ");
            const auto length = at < end ? std::strtoull(text.c_str() + at + 18, nullptr, 10) : 0;
            if (text.size() >= end + 4 + length) return std::atoi(text.c_str() + 9);
        }
    }

private:
    int socket_;
};

enum Page { newest, next_deadline, overdue, two_characters, a_number, one_ticket, reread, filing };
constexpr std::array<const char*, 8> page_names{
    "newest", "next deadline", "overdue", "two characters", "a number", "a ticket (3 requests)", "read again on news",
    "filing"};

class Colleague {
public:
    Colleague(const OfficePlan& plan, std::size_t index)
        : plan_(plan), token_(plan.tokens[index]), random_(index), pages_(page_names.size()) {}

    void work() {
        const auto end = Steady::now() + plan_.time;
        const std::string own = "Authorization: Bearer " + token_ + "\r\n";
        Wire news(plan_.port);
        std::optional<Wire> line;
        news.say(request_text("GET", "/api/v1/news", "", own));
        const auto all = static_cast<std::int64_t>(plan_.tokens.size());
        auto click = Steady::now() + between(milliseconds{0}, plan_.think_most);
        auto file = Steady::now() + between(milliseconds{0}, plan_.files_every * all * 2);
        auto again = Steady::time_point::max(), read = Steady::time_point{};
        while (Steady::now() < end && office.lost == 0) {
            const auto next = std::min({click, again, file, end});
            const auto wait = std::chrono::duration_cast<milliseconds>(next - Steady::now()) + milliseconds{1};
            if (news.waits(wait)) {
                const auto words = news.hear();
                office.lost += words.empty();
                for (auto at = words.find("event: ticket"); at != words.npos;
                     at = words.find("event: ticket", at + 1)) {
                    ++office.heard;
                    // As the page does: at most once a second, and not all in the same instant.
                    if (again == Steady::time_point::max())
                        again = std::max(Steady::now(), read + milliseconds{1000}) + between({}, milliseconds{800});
                }
                continue;
            }
            const auto now = Steady::now();
            if (now >= again) {
                again = Steady::time_point::max();
                read = now;
                ask(line, reread, {"/api/v1/tickets?limit=50&order=next_deadline"});
            }
            if (now >= file) {
                file = now + between(milliseconds{0}, plan_.files_every * all * 2);
                file_one(line);
            }
            if (now >= click) {
                look(line);
                click = Steady::now() + between(plan_.think_least, plan_.think_most);
            }
        }
    }
    Office office;
    const std::vector<std::vector<std::uint32_t>>& pages() const { return pages_; }

private:
    milliseconds between(milliseconds from, milliseconds to) {
        return milliseconds{std::uniform_int_distribution<std::int64_t>(from.count(), to.count())(random_)};
    }
    void look(std::optional<Wire>& line) {
        const auto& number = plan_.numbers[random_() % plan_.numbers.size()];
        switch (random_() % 7) {
            case 0:
                return ask(line, newest, {"/api/v1/tickets?limit=50"});
            case 1:
                return ask(line, next_deadline, {"/api/v1/tickets?limit=50&order=next_deadline"});
            case 2:
                return ask(line, overdue, {"/api/v1/tickets?limit=50&overdue=true&order=next_deadline"});
            case 3:
                return ask(line, two_characters, {"/api/v1/tickets?q=%E6%BC%8F%E6%B0%B4"});
            case 4:
                return ask(line, a_number, {"/api/v1/tickets?q=" + number});
            default: {
                const auto path = "/api/v1/tickets/" + number;
                return ask(line, one_ticket, {path, path + "/events?limit=200", path + "/deadlines"});
            }
        }
    }
    // A page with the requests that it makes, one after the other.
    void ask(std::optional<Wire>& line, Page page, const std::vector<std::string>& targets) {
        const auto began = Steady::now();
        for (const auto& target : targets)
            if (!asked(line, request_text("GET", target, "", "Authorization: Bearer " + token_ + "\r\n"), 200)) return;
        took(page, began);
    }
    void file_one(std::optional<Wire>& line) {
        static constexpr const char* body =
            R"({"kind":"complaint","category":"housing","description":"楼道灯不亮","unit":"jinxiu",)"
            R"("household":{"building":"3","unit":"2","room":"501"},"customer":{"name":"王女士","phone":"13812345678"}})";
        const auto began = Steady::now();
        if (!asked(line,
                   request_text("POST", "/api/v1/tickets", body,
                                "Content-Type: application/json\r\nAuthorization: Bearer " + token_ + "\r\n"),
                   201))
            return;
        took(filing, began);
        ++office.filed;
    }
    bool asked(std::optional<Wire>& line, const std::string& request, int wanted) {
        std::string text;
        if (!line || line->is_closed()) line.emplace(plan_.port);
        const auto status = line->say(request) ? line->answer(text) : 0;
        ++office.asked;
        office.lost += status == 0;
        if (status == wanted) return true;
        ++office.refused;
        office.example = request.substr(0, request.find("\r\n")) + ": " + text.substr(0, 300);
        return false;
    }
    void took(Page page, Steady::time_point began) {
        const auto time = std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - began);
        pages_[page].push_back(static_cast<std::uint32_t>(time.count()));
    }

    const OfficePlan& plan_;
    std::string token_;
    std::mt19937_64 random_;
    std::vector<std::vector<std::uint32_t>> pages_;
};

}  // namespace

Office work_in_office(const OfficePlan& plan) {
    std::vector<std::unique_ptr<Colleague>> people;
    for (std::size_t i = 0; i < plan.tokens.size(); ++i) people.push_back(std::make_unique<Colleague>(plan, i));
    {
        std::vector<std::jthread> threads;
        for (const auto& each : people) threads.emplace_back([one = each.get()] { one->work(); });
    }
    Office all;
    for (const auto* name : page_names) all.pages.emplace_back(name, std::vector<std::uint32_t>());
    for (const auto& each : people) {
        all.asked += each->office.asked;
        all.refused += each->office.refused;
        all.heard += each->office.heard;
        all.filed += each->office.filed;
        all.lost += each->office.lost;
        if (all.example.empty()) all.example = each->office.example;
        for (std::size_t i = 0; i < all.pages.size(); ++i)
            all.pages[i].second.insert(all.pages[i].second.end(), each->pages()[i].begin(), each->pages()[i].end());
    }
    return all;
}

std::vector<std::string> hire(int port, int count) {
    const auto admin = sign_in(port, "admin");
    Wire line(port);
    const auto posted = [&](const std::string& target, const nlohmann::json& body, int wanted) {
        std::string text;
        line.say(request_text("POST", target, body.dump(),
                              "Content-Type: application/json\r\nAuthorization: Bearer " + admin + "\r\n"));
        if (line.answer(text) != wanted) throw std::runtime_error(target + ": " + text.substr(0, 500));
        return nlohmann::json::parse(text.substr(text.find("\r\n\r\n") + 4));
    };
    std::vector<std::string> tokens;
    for (int i = 0; i < count; ++i) {
        const auto login = "desk." + std::to_string(i);
        posted("/api/v1/directory/staff",
               {{"login", login},
                {"name", "前台" + std::to_string(i)},
                {"roles", {"front_desk"}},
                {"unit", "jinxiu-centre"}},
               201);
        const auto link =
            posted("/api/v1/directory/staff/" + login + "/commands", {{"command", "reset_password"}}, 200).dump();
        const auto at = link.find("/link/");
        if (at == link.npos) throw std::runtime_error("no link: " + link);
        const auto session =
            posted("/api/v1/sessions", {{"link", link.substr(at + 6, 64)}, {"password", "a long password"}}, 200);
        tokens.push_back(session.at("token").get<std::string>());
    }
    return tokens;
}

}  // namespace huiyin::bench
