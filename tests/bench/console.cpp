// What the console takes with very many tickets: pages while two hundred work, and all of them taken along as CSV. See
// README.md.
#include <algorithm>
#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/bench/desk.h"
#include "tests/bench/lives.h"
#include "tests/bench/load.h"
#include "tests/bench/office.h"
#include "tests/bench/program.h"
#include "workflow/base/log.h"

namespace huiyin::bench {
namespace {

constexpr int lives = 40;
constexpr std::chrono::minutes between{7};

std::string number_of(int n) { return "T20260302-" + std::to_string(10000 + n); }

class Filling {
public:
    explicit Filling(const Program& program) : house_(program, system_) {}
    void store(int tickets) {
        std::vector<Life> all;
        for (int i = 0; i < lives; ++i) all.push_back(lived(i));
        // One life after the other, as its moments are: the file holds tickets in the order in which they were filed.
        for (int from = lives; from < tickets; from += 500)
            house_.store->run([&](Transaction& tx) {
                for (int i = from; i < std::min(from + 500, tickets); ++i) {
                    const auto& life = all[static_cast<std::size_t>(i) * lives / static_cast<std::size_t>(tickets)];
                    house_.again(tx, life, i, number_of(i), life.details);
                }
            });
    }

private:
    Life lived(int n) {
        Life life;
        house_.store->run([&](Transaction& tx) {
            auto now = start_ + between * n;
            const auto customer = house_.customer(n, now);
            tx.save(customer);
            auto talk = house_.talk_of(customer, n, now);
            tx.save(talk);
            const auto people = house_.directory->get();
            const auto place = people->find_place(std::to_string(n % 10 + 1), "2", "501", house_.unit("jinxiu"));
            OpenTicket wish;
            wish.kind = n % 4 == 3 ? "demand" : "complaint";
            wish.category = n % 4 == 3 ? "basic" : n % 4 == 2 ? "environment" : "housing";
            wish.details.summary = wish.details.description =
                n % 2 ? "楼道灯坏了三天没人修" : "卫生间漏水，已经漏到楼下";
            wish.details.wish = "今天来人看看";
            wish.details.label = place.label;
            wish.details.contact_name = customer.name;
            wish.details.contact_phone = customer.phone;
            wish.household = place.household;
            wish.unit = place.community;
            wish.customer = customer.id;
            wish.conversation = talk.id;
            wish.anonymous = n % 10 == 9;
            wish.by = resident(customer.id);
            life.ticket = good(house_.engine->open(tx, wish, now, {&talk, How::passive}));
            const auto does = [&](const char* command, Party by, Json fields) {
                now += std::chrono::hours{1};
                life.ticket = good(house_.engine->execute(tx, life.ticket.id, {command, by, std::move(fields)}, now));
            };
            does("accept", house_.staff_named("li.na"), Json::object());
            does("note", house_.staff_named("li.na"), {{"text", "已经约好上门时间"}});
            if (n % 40 == 19) return;  // not done yet, and late
            does("resolve", house_.staff_named("wang.fang"), {{"text", "换了阀门，试水两小时不漏"}});
            does("confirm", resident(customer.id), {{"fixed", "yes"}});
            does("rate", resident(customer.id), {{"score", 5}, {"comment", "来得很快"}});
        });
        house_.look_back(life);
        return life;
    }

    const TimePoint start_ = *parse_rfc3339("2026-03-02T09:00:00+08:00");
    ManualClock system_{start_};
    EngineHouse house_;
};

// One file; exit code 1 where it is too slow, too large or not whole.
bool is_taken_in_time(Program& program, const std::string& token, const std::string& title, const std::string& target,
                      std::size_t rows) {
    std::string file;
    int status = 0;
    program.forget_most_memory();
    const auto before = program.present_memory();
    const auto worked = program.used().all;
    LoadPlan plan;
    plan.port = program.port();
    plan.connections = 1;
    plan.time = std::chrono::minutes(10);
    plan.next = [&](int, int answered, const std::string& body) {
        if (answered == 0) return request_text("GET", target, "", "Authorization: Bearer " + token + "\r\n");
        status = answered;
        file = body;
        return std::string();
    };
    const auto took = load(plan).seconds;
    const auto more = program.most_memory() - before;
    std::size_t lines = 0;
    for (const char each : file) lines += each == '\n';
    const bool whole = status == 200 && lines == rows + 1;
    std::printf("%s: %zu rows, %.1f MB: %.2f s (%.0f us of processor time a row), %.1f MB more memory, sha256 %s%s\n",
                title.c_str(), lines == 0 ? 0 : lines - 1, static_cast<double>(file.size()) / 1e6, took,
                (program.used().all - worked) / static_cast<double>(rows), more, sha256_hex(file).substr(0, 16).c_str(),
                whole ? "" : ": NOT WHOLE");
    std::fflush(stdout);
    return whole && took <= std::max(1.0, 10.0 * static_cast<double>(rows) / 100'000) && more <= 64;
}

// The pages of so many people; false where one of a hundred pages and more than five took longer than 100 ms.
bool is_quick(const char* title, const OfficePlan& plan) {
    auto office = work_in_office(plan);
    std::vector<std::uint32_t> all;
    for (const auto& [name, times] : office.pages) all.insert(all.end(), times.begin(), times.end());
    const auto p95 = part(all, 0.95) / 1000.0;
    std::printf("%s: %zu people, %llu requests in %lld s, %llu news heard, %llu filed; %llu refused, %llu broken\n",
                title, plan.tokens.size(), static_cast<unsigned long long>(office.asked),
                static_cast<long long>(plan.time.count() / 1000), static_cast<unsigned long long>(office.heard),
                static_cast<unsigned long long>(office.filed), static_cast<unsigned long long>(office.refused),
                static_cast<unsigned long long>(office.lost));
    if (!office.example.empty()) std::printf("  for example %s\n", office.example.c_str());
    for (auto& [name, times] : office.pages)
        if (!times.empty())
            std::printf("  %-22s %6zu: p50 %7.2f ms, p95 %7.2f ms\n", name.c_str(), times.size(),
                        part(times, 0.5) / 1000.0, part(times, 0.95) / 1000.0);
    std::printf("  %-22s %6zu: p50 %7.2f ms, p95 %7.2f ms (at most 100: %s)\n", "all pages", all.size(),
                part(all, 0.5) / 1000.0, p95, p95 <= 100 ? "reached" : "MISSED");
    std::fflush(stdout);
    return p95 <= 100 && office.refused == 0 && office.lost == 0 && !all.empty();
}

struct Wish {
    std::string huiyin = HUIYIN_BINARY "/huiyin";
    int tickets = 300'000, rounds = 1, staff = 200, seconds = 60;
    bool keep = false;
};

int run(const Wish& wish) {
    log::silence(true);
    Program program(wish.huiyin, "2026-03-20T09:00:00+08:00", wish.keep);
    program.start();  // makes the store and reads the directory
    program.end();
    const auto began = std::chrono::steady_clock::now();
    Filling(program).store(wish.tickets);
    std::printf("%d tickets stored in %.0f s\n", wish.tickets,
                std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
    std::fflush(stdout);
    program.start();
    bool good = true;
    OfficePlan plan;
    plan.port = program.port();
    plan.time = std::chrono::seconds(wish.seconds);
    for (int n = lives; n < wish.tickets && n < lives + 100'000; n += 97) plan.numbers.push_back(number_of(n));
    if (wish.staff > 0) {
        plan.tokens = hire(plan.port, wish.staff);
        good &= is_quick("as people work", plan);
        // Without a pause, while the others listen: their streams stay open.
        auto eager = plan;
        eager.tokens.resize(std::min<std::size_t>(8, plan.tokens.size()));
        eager.think_least = eager.think_most = std::chrono::milliseconds{0};
        eager.time = std::chrono::seconds(std::max(5, wish.seconds / 4));
        std::vector<std::string> listen;
        for (const auto& token : plan.tokens)
            listen.push_back(request_text("GET", "/api/v1/news", "", "Authorization: Bearer " + token + "\r\n"));
        const Idlers listening(plan.port, static_cast<int>(listen.size()), listen);
        good &= is_quick("without a pause", eager);
    }
    const auto token = sign_in(program.port(), "zhao.min");
    for (int i = 0; i < wish.rounds; ++i) {
        good &= is_taken_in_time(program, token, "register",
                                 "/api/v1/reports/register?period=2026-02-25..2026-03-19&format=csv",
                                 static_cast<std::size_t>(wish.tickets));
        good &= is_taken_in_time(program, token, "tickets",
                                 "/api/v1/exports/tickets?format=csv&until=2026-03-20T00:00:00%2B08:00",
                                 static_cast<std::size_t>(wish.tickets));
    }
    std::printf("files: at most 10 s for 100,000 rows and 64 MB more memory; pages: 95 of 100 within 100 ms: %s\n",
                good ? "reached" : "MISSED");
    return good ? 0 : 1;
}

}  // namespace
}  // namespace huiyin::bench

int main(int count, char** words) {
    using namespace huiyin::bench;
    Wish wish;
    CLI::App app{"What the console takes with very many tickets", "bench_console"};
    app.add_option("--huiyin", wish.huiyin, "the program")->capture_default_str();
    app.add_option("--tickets", wish.tickets)->check(CLI::Range(2 * lives, 100'000'000))->capture_default_str();
    app.add_option("--staff", wish.staff)->check(CLI::NonNegativeNumber)->capture_default_str();
    app.add_option("--seconds", wish.seconds, "that they work")->check(CLI::PositiveNumber)->capture_default_str();
    app.add_option("--rounds", wish.rounds, "of taking files along")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    app.add_flag("--keep", wish.keep, "the folder, to look at afterwards");
    CLI11_PARSE(app, count, words);
    try {
        return run(wish);
    } catch (const std::exception& e) {
        std::cerr << "bench_console: " << e.what() << "\n";
        return 1;
    }
}
