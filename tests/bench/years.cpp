// What years of use change: a million tickets, their deadlines, their words. See README.md.
#include <fcntl.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <thread>

#include "tests/bench/desk.h"
#include "tests/bench/history.h"
#include "tests/bench/load.h"
#include "tests/bench/program.h"
#include "tests/bench/talks.h"
#include "tests/bench/verdict.h"
#include "tests/bench/wait.h"
#include "workflow/base/log.h"
#include "workflow/store/search.h"

namespace huiyin::bench {
namespace {

using Steady = std::chrono::steady_clock;

struct Options {
    std::string program = HUIYIN_BINARY "/huiyin";
    std::int64_t few = 10'000, at_start = 300'000, tickets = 1'000'000, residents = 100'000;
    std::int64_t due = 1000;
    int seconds = 3, rounds = 5, connections = 64, idle_seconds = 30, words = 200;
    double seed_seconds = 1200;
    bool keep = false, talks = true;
    std::string in;  // the folder where both stores are and stay
};

double since(Steady::time_point start) { return std::chrono::duration<double>(Steady::now() - start).count(); }
double middle(std::vector<double> values) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}
long long shown(std::int64_t number) { return static_cast<long long>(number); }

struct Answered {
    int status = 0;
    std::string body;
    double ms = 0;
};
// One after the other on one connection.
std::vector<Answered> ask_each(int port, const std::vector<std::string>& requests) {
    std::vector<Answered> answers;
    std::size_t asked = 0;
    auto began = Steady::now();
    LoadPlan plan;
    plan.port = port;
    plan.connections = 1;
    plan.time = std::chrono::minutes(10);
    plan.next = [&](int, int status, const std::string& body) {
        if (status != 0) answers.push_back({status, body, since(began) * 1000});
        began = Steady::now();
        return asked < requests.size() ? requests[asked++] : std::string();
    };
    load(plan);
    return answers;
}

struct Grown {
    std::unique_ptr<Program> program;
    std::int64_t tickets = 0;
};

std::int64_t grow(const Program& program, const Words& words, std::int64_t from, std::int64_t until, double seconds) {
    const auto began = Steady::now();
    const auto reached = History(program, words, SystemClock().now()).grow(from, until, seconds);
    struct stat file {};
    ::stat(program.file().c_str(), &file);
    std::printf("%lld tickets stored in %.0f s, %.1f GB%s\n", shown(reached - from), since(began),
                static_cast<double>(file.st_size) / 1e9,
                reached < until ? " (that was the time for it: --seed-seconds)" : "");
    std::fflush(stdout);
    return reached;
}

std::int64_t tickets_in(const Program& program) {
    SQLite::Database database(program.file(), SQLite::OPEN_READONLY, 2000);
    return database.execAndGet("SELECT count(*) FROM tickets WHERE number >= 'H' AND number < 'I'").getInt64();
}

Grown begin(const Options& options, const Words& words, const char* name, std::int64_t tickets) {
    Grown made;
    made.program = options.in.empty() ? std::make_unique<Program>(options.program, "", options.keep)
                                      : std::make_unique<Program>(options.program, "", options.in + "/" + name);
    if (!std::filesystem::exists(made.program->file())) {
        made.program->start();  // makes the store and reads the directory
        made.program->end();
    }
    made.tickets = tickets_in(*made.program);
    if (made.tickets < tickets) made.tickets = grow(*made.program, words, made.tickets, tickets, options.seed_seconds);
    return made;
}

// ---- from exec to the first answers

struct Started {
    double ready = 0, durable = 0;  // s
};
Started start(Program& program) {
    const auto began = Steady::now();
    Started started;
    program.start();
    const auto ready = ask_each(program.port(), {request_text("GET", "/readyz", "")});
    started.ready = since(began);
    const auto durable = ask_each(program.port(), {first_words()});
    started.durable = since(began);
    if (ready.empty() || ready.front().status != 200 || durable.empty() || durable.front().status != 200)
        throw std::runtime_error("it started and does not answer 200");
    return started;
}

void measure_starts(Grown& large, Verdicts& verdicts) {
    auto& program = *large.program;
    start(program);
    program.end();
    std::vector<double> ready;
    double slowest = 0;
    const auto each = [&](const char* after) {
        const auto started = start(program);
        std::printf("start with %lld tickets, %s: ready after %.3f s, first durable answer after %.3f s\n",
                    shown(large.tickets), after, started.ready, started.durable);
        std::fflush(stdout);
        slowest = std::max(slowest, started.ready);
    };
    each("after an orderly end");
    talk(program.port(), 64, 2);
    program.kill();
    each("after kill -9 under way");
    program.end();
    // As after the machine was off: nothing of the file is in its memory.
    const int file = ::open(program.file().c_str(), O_RDONLY);
    ::fsync(file);
    ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    ::close(file);
    each("the file not in the machine's memory");
    program.end();
    verdicts.at_most("slowest of these starts, until ready", slowest, "s", 0.5);
}

// ---- deadlines

// How late the latest of all due reminders is, looked at again and again until nothing is due any more.
class Lateness {
public:
    explicit Lateness(const Program& program)
        : database_(program.file(), SQLite::OPEN_READONLY, 2000),
          due_(database_,
               "SELECT min(due_at), count(*) FROM reminders WHERE organisation_id = (SELECT organisation_id FROM "
               "organisations) AND on_system_clock = 0 AND due_at <= ?") {}
    // Until `last` is past and everything is done.
    void watch(TimePoint last, std::chrono::seconds at_most) {
        wait_until("reminders that are due are done", at_most, [&] {
            const auto now = SystemClock().now();
            due_.bind(1, static_cast<int64_t>(to_ms(now)));
            due_.executeStep();
            const auto waiting = due_.getColumn(1).getInt64();
            if (waiting > 0)
                worst_ = std::max(worst_, static_cast<double>(to_ms(now) - due_.getColumn(0).getInt64()) / 1000);
            due_.reset();
            return waiting == 0 && now > last;
        });
    }
    double worst() const { return worst_; }  // s

private:
    SQLite::Database database_;
    SQLite::Statement due_;
    double worst_ = 0;
};

// Until the file and what is kept for reports are looked through, every case is counted for them, and nothing waits to
// be sent.
void settle(Program& program) {
    constexpr std::uintmax_t looked_at_before = 32U << 20;
    if (std::filesystem::file_size(program.file()) > looked_at_before)
        program.hear("store.looked_through", std::chrono::minutes{30});
    program.hear("figures.looked_through", std::chrono::minutes{30});
    SQLite::Database database(program.file(), SQLite::OPEN_READONLY, 2000);
    wait_until("all cases are counted and all is sent", std::chrono::minutes{30}, [&] {
        return database
                   .execAndGet(
                       "SELECT (SELECT count(*) FROM figures_due) + (SELECT count(*) FROM outbox WHERE state = "
                       "'waiting')")
                   .getInt64() == 0;
    });
}

std::int64_t events_of(const Program& program, const std::vector<TicketId>& tickets) {
    SQLite::Database database(program.file(), SQLite::OPEN_READONLY, 2000);
    SQLite::Statement count(database,
                            "SELECT count(*) FROM events WHERE organisation_id = (SELECT organisation_id FROM "
                            "organisations) AND ticket_id = ?");
    std::int64_t all = 0;
    for (const auto ticket : tickets) {
        count.reset();
        count.bind(1, static_cast<int64_t>(ticket.value));
        count.executeStep();
        all += count.getColumn(0).getInt64();
    }
    return all;
}

void measure_deadlines(const Options& options, Grown& large, const Grown& few, const Words& words, Verdicts& verdicts) {
    auto& program = *large.program;
    const std::chrono::microseconds apart{20'000};
    TimePoint first, last, at_once;
    std::vector<TicketId> spread, together;
    std::array<std::vector<double>, 2> claims;
    {
        History of_large(program, words, SystemClock().now());
        History of_few(*few.program, words, SystemClock().now());
        first = SystemClock().now() + std::chrono::seconds{60};  // the stores stand open by now
        last = first + std::chrono::duration_cast<std::chrono::milliseconds>(apart * options.due);
        at_once = last + std::chrono::seconds{10};
        of_few.fall_due(few.tickets, 100, first, apart);
        spread = of_large.fall_due(large.tickets, options.due, first, apart);
        together = of_large.fall_due(large.tickets + options.due, options.due, at_once, {});
        for (int i = 0; i < 9; ++i) {
            claims[0].push_back(of_few.claim(last, 100));
            claims[1].push_back(of_large.claim(last, 100));
        }
    }
    std::printf("to find and take 100 reminders that are due: %.0f us of %lld, %.0f us of %lld\n", middle(claims[0]),
                shown(few.tickets), middle(claims[1]), shown(large.tickets));
    const auto before = events_of(program, spread);
    program.start();
    if (SystemClock().now() > first)
        throw std::runtime_error("the first deadline was over before the service had begun");
    Lateness one_by_one(program);
    one_by_one.watch(last, std::chrono::seconds{60} + std::chrono::duration_cast<std::chrono::seconds>(last - first));
    Lateness all_at_once(program);
    all_at_once.watch(at_once, std::chrono::seconds{120});
    const auto added = events_of(program, spread) - before;
    std::printf(
        "%lld deadlines that were missed, 50 a second among %lld that run: %lld events, the latest done after "
        "%.3f s; %lld at one moment: all done after %.3f s\n",
        shown(options.due), shown(large.tickets), shown(added), one_by_one.worst(), shown(options.due),
        all_at_once.worst());
    if (added < options.due) throw std::runtime_error("deadlines fell due and nothing happened");
    verdicts.at_most("a deadline that is due is done after", one_by_one.worst(), "s", 1);
    settle(program);
    const auto used = program.used().all;
    const auto began = Steady::now();
    std::this_thread::sleep_for(std::chrono::seconds{options.idle_seconds});  // what is measured is this time
    const auto idle = (program.used().all - used) / 1e6 / since(began);
    verdicts.at_most("a service with its deadlines that nobody asks", idle * 100, "%", 1);
    program.end();
    large.tickets += 2 * options.due;
}

// ---- words

// Pairs of characters as they lie beside each other in what people complained of, the frequent ones more often.
std::vector<std::string> words_to_search(const Words& words, std::int64_t tickets, int wanted) {
    std::mt19937_64 chance(20260302);
    std::set<std::string> found;
    for (int tries = 0; static_cast<int>(found.size()) < wanted && tries < wanted * 100; ++tries) {
        const auto summary = words.summary(static_cast<std::int64_t>(chance() % static_cast<std::uint64_t>(tickets)));
        std::vector<std::string> pairs;
        for (std::size_t at = 0; at + 6 <= summary.size();) {
            const auto c = static_cast<unsigned char>(summary[at]);
            if (c >= 0xe4 && c <= 0xe9 && static_cast<unsigned char>(summary[at + 3]) >= 0xe4 &&
                static_cast<unsigned char>(summary[at + 3]) <= 0xe9)
                pairs.push_back(summary.substr(at, 6));
            at += c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
        }
        if (!pairs.empty()) found.insert(pairs[chance() % pairs.size()]);
    }
    return {found.begin(), found.end()};
}

std::string encoded(const std::string& text) {
    std::string all;
    for (const unsigned char c : text) {
        std::array<char, 4> hex{};
        std::snprintf(hex.data(), hex.size(), "%%%02X", c);
        all += hex.data();
    }
    return all;
}

std::string search_request(const std::string& token, const std::string& word, const std::string& more) {
    return request_text("GET", "/api/v1/tickets?q=" + encoded(word) + more, "",
                        "Authorization: Bearer " + token + "\r\n");
}

// As many as the list has, page after page.
std::int64_t listed(int port, const std::string& token, const std::string& word) {
    std::int64_t all = 0;
    std::string cursor;
    do {
        const auto answers = ask_each(
            port, {search_request(token, word, "&limit=200" + (cursor.empty() ? "" : "&cursor=" + encoded(cursor)))});
        if (answers.empty() || answers.front().status != 200) throw std::runtime_error("a search is not answered");
        const auto page = nlohmann::json::parse(answers.front().body);
        for (const auto& item : page["items"]) all += item["number"].get<std::string>().front() == 'H';  // told by us
        cursor = page.value("next_cursor", nlohmann::json()).is_string() ? page["next_cursor"].get<std::string>() : "";
    } while (!cursor.empty());
    return all;
}

void measure_search(const Options& options, Grown& large, const Words& words, Verdicts& verdicts) {
    auto& program = *large.program;
    program.start();
    const auto token = sign_in(program.port(), "zhao.min");
    const auto all_words = words_to_search(words, large.tickets, options.words);
    std::vector<std::string> requests;
    for (const auto& word : all_words) requests.push_back(search_request(token, word, ""));
    ask_each(program.port(), requests);  // gets warm
    std::vector<std::uint32_t> times;
    for (const auto& answer : ask_each(program.port(), requests)) {
        if (answer.status != 200) throw std::runtime_error("a search is not answered: " + answer.body);
        times.push_back(static_cast<std::uint32_t>(answer.ms * 1000));
    }
    std::vector<std::int64_t> like(all_words.size());
    for (std::int64_t n = 0; n < large.tickets; ++n) {
        const auto form = search_form(words.summary(n) + "\n" + Words::label(n));
        for (std::size_t i = 0; i < all_words.size(); ++i) like[i] += form.find(all_words[i]) != form.npos;
    }
    auto sorted = like;
    std::sort(sorted.begin(), sorted.end());
    std::printf(
        "%zu words of two characters in %lld tickets, found in %lld to %lld of them: p50 %.2f ms, slowest %.2f ms\n",
        all_words.size(), shown(large.tickets), shown(sorted.front()), shown(sorted.back()), part(times, 0.5) / 1000.0,
        part(times, 1) / 1000.0);
    verdicts.at_most("a search, 95 of 100", part(times, 0.95) / 1000.0, "ms", 5);
    int unequal = 0, counted = 0;
    std::int64_t rows = 0;
    for (std::size_t i = 0; i < all_words.size() && rows < 200'000; ++i, ++counted) {
        const auto found = listed(program.port(), token, all_words[i]);
        rows += found;
        if (found != like[i] && ++unequal <= 5)
            std::printf("  %s: %lld are listed, %lld have it\n", all_words[i].c_str(), shown(found), shown(like[i]));
    }
    std::printf("%d of these words listed to the last page, %lld rows: %d with another count than LIKE\n", counted,
                shown(rows), unequal);
    verdicts.must(unequal == 0);
    program.end();
}

// ---- few against very many

void measure_growth(const Options& options, Grown& few, Grown& large, Verdicts& verdicts) {
    few.program->start();
    large.program->start();
    talk(few.program->port(), options.connections, options.seconds);  // both get warm
    talk(large.program->port(), options.connections, options.seconds);
    std::vector<double> ratios, used;
    for (int round = 1; round <= options.rounds; ++round) {
        std::array<double, 2> rates{}, cost{};
        int i = 0;
        for (auto* one : {&few, &large}) {
            const auto before = one->program->used().all;
            const auto talked = talk(one->program->port(), options.connections, options.seconds);
            verdicts.must(talked.astray == 0 && talked.outcome.errors == 0);
            rates.at(i) = talked.outcome.per_second;
            cost.at(i++) = (one->program->used().all - before) / static_cast<double>(talked.outcome.answers);
        }
        std::printf("round %d: %.0f durable steps/s, %.0f with more; %.0f us of the processor a step, %.0f\n", round,
                    rates[0], rates[1], cost[0], cost[1]);
        std::fflush(stdout);
        ratios.push_back(rates[0] / rates[1]);
        used.push_back(cost[1] / cost[0]);
    }
    std::printf("processor time a step with %lld tickets against %lld: %.3f x\n", shown(large.tickets),
                shown(few.tickets), middle(used));
    const auto what = std::to_string(few.tickets) + " against " + std::to_string(large.tickets) + " tickets";
    verdicts.at_most(what.c_str(), middle(ratios), "x", 1.2);
    few.program->end();
    large.program->end();
}

// ---- talks that are open

void measure_memory(const Options& options, Verdicts& verdicts) {
    Program program(options.program, "2026-03-02T09:00:00+08:00", options.keep);
    program.start();
    const auto at_first = program.present_memory();
    say_first_words(program.port(), options.connections, 1000);
    const auto warm = program.present_memory();
    const auto told = say_first_words(program.port(), options.connections, options.residents);
    verdicts.must(told.errors == 0 && told.by_status.size() == 1 && told.by_status.contains(200));
    const auto after = program.present_memory();
    std::printf(
        "memory: %.1f MB at first, %.1f MB after 1,000 residents, %.1f MB after %lld more, %.0f answers a second\n",
        at_first, warm, after, shown(options.residents), told.per_second);
    program.end();
    verdicts.at_most("memory for 100,000 open talks, since the start",
                     (after - at_first) * 100'000 / static_cast<double>(options.residents), "MB", 60);
}

int run(const Options& options) {
    log::silence(true);
    const Words words;
    Verdicts verdicts;
    if (options.talks) measure_memory(options, verdicts);
    auto large = begin(options, words, "large", std::min(options.at_start, options.tickets));
    measure_starts(large, verdicts);
    if (large.tickets < options.tickets)
        large.tickets = grow(*large.program, words, large.tickets, options.tickets, options.seed_seconds);
    auto few = begin(options, words, "few", options.few);
    measure_deadlines(options, large, few, words, verdicts);
    measure_search(options, large, words, verdicts);
    measure_growth(options, few, large, verdicts);
    return verdicts.missed() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace huiyin::bench

int main(int count, char** words) {
    using namespace huiyin::bench;
    Options options;
    CLI::App app{"What years of use change", "bench_years"};
    const CLI::Range hundreds(100, 100'000'000);
    app.add_option("--huiyin", options.program, "the program")->capture_default_str();
    app.add_option("--few", options.few, "tickets")->check(hundreds)->capture_default_str();
    app.add_option("--start-with", options.at_start, "tickets")->check(CLI::PositiveNumber)->capture_default_str();
    app.add_option("--tickets", options.tickets)->check(CLI::PositiveNumber)->capture_default_str();
    app.add_option("--residents", options.residents)->check(CLI::PositiveNumber)->capture_default_str();
    app.add_option("--due", options.due, "deadlines that are missed")->check(hundreds)->capture_default_str();
    app.add_option("--seconds", options.seconds, "of each look")->check(CLI::PositiveNumber)->capture_default_str();
    app.add_option("--rounds", options.rounds)->check(CLI::PositiveNumber)->capture_default_str();
    app.add_option("--connections", options.connections)->check(CLI::PositiveNumber)->capture_default_str();
    app.add_option("--idle-seconds", options.idle_seconds)->check(CLI::PositiveNumber)->capture_default_str();
    app.add_option("--words", options.words, "searched for")->check(CLI::PositiveNumber)->capture_default_str();
    app.add_option("--seed-seconds", options.seed_seconds, "at most, to store tickets")->capture_default_str();
    app.add_option("--in", options.in, "a folder in which both stores are and stay");
    app.add_flag("!--no-talks", options.talks, "without the open talks");
    app.add_flag("--keep", options.keep, "the folders, to look at afterwards");
    CLI11_PARSE(app, count, words);
    try {
        return run(options);
    } catch (const std::exception& e) {
        std::cerr << "bench_years: " << e.what() << "\n";
        return 1;
    }
}
