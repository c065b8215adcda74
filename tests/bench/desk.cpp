#include "tests/bench/desk.h"

#include <array>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/bench/load.h"

namespace huiyin::bench {
namespace {

using Steady = std::chrono::steady_clock;

}  // namespace

std::string sign_in(int port, const std::string& login) {
    std::string token;
    LoadPlan plan;
    plan.port = port;
    plan.connections = 1;
    plan.time = std::chrono::seconds(10);
    plan.next = [&](int, int status, const std::string& body) {
        if (status == 0)
            return request_text("POST", "/api/v1/sessions", R"({"login":")" + login + R"(","password":"huiyin-demo"})",
                                "Content-Type: application/json\r\n");
        const auto answer = nlohmann::json::parse(body, nullptr, false);
        if (answer.is_object()) token = answer.value("token", "");
        return std::string();
    };
    load(plan);
    if (token.empty()) throw std::runtime_error("nobody signs in as " + login);
    return token;
}

Desk work_at_desk(int port, int asking, int seconds, std::int64_t tickets) {
    const std::array<const char*, 3> logins{"zhao.min", "chen.gang", "zhou.jie"};  // each sees all of it
    std::vector<std::string> tokens;
    for (const auto* login : logins) tokens.push_back(sign_in(port, login));
    std::vector<std::string> listen;
    for (const auto& token : tokens)
        for (int i = 0; i < 5; ++i)
            listen.push_back(request_text("GET", "/api/v1/news", "", "Authorization: Bearer " + token + "\r\n"));
    const Idlers listening(port, static_cast<int>(listen.size()), listen);
    Desk desk;
    const std::array<const char*, 7> names{"newest",   "next deadline", "overdue",     "two characters",
                                           "a number", "one ticket",    "its timeline"};
    for (const auto* name : names) desk.pages.emplace_back(name, std::vector<std::uint32_t>());
    struct Line {
        std::size_t page = 0;
        Steady::time_point asked{};
    };
    std::vector<Line> lines(static_cast<std::size_t>(asking));
    std::size_t turn = 0;
    LoadPlan plan;
    plan.port = port;
    plan.connections = asking;
    plan.time = std::chrono::seconds(seconds);
    plan.next = [&](int index, int status, const std::string&) {
        auto& line = lines[static_cast<std::size_t>(index)];
        const auto now = Steady::now();
        if (status != 0) {
            desk.pages[line.page].second.push_back(static_cast<std::uint32_t>(
                std::chrono::duration_cast<std::chrono::microseconds>(now - line.asked).count()));
            desk.refused += status != 200;
        }
        line = {turn % names.size(), now};
        const auto number =
            "T2025-" + std::to_string(static_cast<std::int64_t>(turn * 7919 % static_cast<std::size_t>(tickets)));
        const std::array<std::string, 7> targets{"/api/v1/tickets?limit=50",
                                                 "/api/v1/tickets?limit=50&order=next_deadline",
                                                 "/api/v1/tickets?limit=50&overdue=true&order=next_deadline",
                                                 "/api/v1/tickets?q=%E6%BC%8F%E6%B0%B4",
                                                 "/api/v1/tickets?q=" + number,
                                                 "/api/v1/tickets/" + number,
                                                 "/api/v1/tickets/" + number + "/events"};
        const auto& token = tokens[turn / names.size() % tokens.size()];
        return request_text("GET", targets[turn++ % names.size()], "", "Authorization: Bearer " + token + "\r\n");
    };
    const auto outcome = load(plan);
    desk.asked = outcome.answers;
    desk.per_second = outcome.per_second;
    std::vector<std::uint32_t> all;
    for (const auto& [name, times] : desk.pages) all.insert(all.end(), times.begin(), times.end());
    desk.p95 = part(all, 0.95) / 1000.0;
    return desk;
}

}  // namespace huiyin::bench
