#include "tests/bench/talks.h"

#include <chrono>

#include "workflow/base/digest.h"

namespace huiyin::bench {
namespace {

using Steady = std::chrono::steady_clock;

class Talks {
public:
    explicit Talks(int connections) : lines_(static_cast<std::size_t>(connections)) {}
    std::string next(int index, int status, const std::string& body, bool end) {
        auto& line = lines_[static_cast<std::size_t>(index)];
        const auto now = Steady::now();
        if (status != 0) {
            result.times[line.turn].push_back(static_cast<std::uint32_t>(
                std::chrono::duration_cast<std::chrono::microseconds>(now - line.asked).count()));
            check(line.turn, status, body);
            if (line.turn == 0)
                if (const auto at = body.find("\"token\":\""); at != body.npos) line.token = body.substr(at + 9, 64);
            line.turn = (line.turn + 1) % turns.size();
        }
        if (end) return {};
        std::string headers = "Content-Type: application/json\r\nIdempotency-Key: " + random_hex(8) + "\r\n";
        if (line.turn != 0) headers += "Authorization: Bearer " + line.token + "\r\n";
        line.asked = now;
        return request_text("POST", "/chat/web/messages", std::string("{\"text\":\"") + turns[line.turn] + "\"}",
                            headers);
    }
    Talked result;

private:
    void check(std::size_t turn, int status, const std::string& body) {
        static constexpr std::array<const char*, 4> wanted{"电话", "138****5678", "T20", "T20"};
        const bool right = status == 200 && body.find(wanted[turn]) != body.npos;
        result.astray += !right;
        if (!right && result.example.empty())
            result.example = std::string(turn_names[turn]) + ": " + std::to_string(status) + " " + body.substr(0, 600);
        result.filed += turn == 2 && right;
    }
    struct Line {
        std::string token;
        std::size_t turn = 0;
        Steady::time_point asked{};
    };
    std::vector<Line> lines_;
};

}  // namespace

Talked talk(int port, int connections, int seconds) {
    Talks talks(connections);
    LoadPlan plan;
    plan.port = port;
    plan.connections = connections;
    plan.time = std::chrono::seconds(seconds + 30);  // it ends by itself, so that every request gets its answer
    const auto end = Steady::now() + std::chrono::seconds(seconds);
    plan.next = [&](int index, int status, const std::string& body) {
        return talks.next(index, status, body, Steady::now() >= end);
    };
    auto outcome = load(plan);
    outcome.per_second = static_cast<double>(outcome.answers) / outcome.seconds;
    talks.result.outcome = outcome;
    return std::move(talks.result);
}

std::string first_words(const std::string& headers) {
    return request_text("POST", "/chat/web/messages", std::string("{\"text\":\"") + turns[0] + "\"}",
                        "Content-Type: application/json\r\n" + headers);
}

LoadOutcome say_first_words(int port, int connections, std::int64_t residents) {
    LoadPlan plan;
    plan.port = port;
    plan.connections = connections;
    plan.time = std::chrono::minutes(10);
    plan.next = [&](int, int, const std::string&) { return residents-- > 0 ? first_words() : std::string(); };
    return load(plan);
}

}  // namespace huiyin::bench
