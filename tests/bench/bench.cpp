// How much the service bears on this machine, in one run: see README.md.
#include <fcntl.h>
#include <signal.h>
#include <SQLiteCpp/Database.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "channels/codec/envelope.h"
#include "channels/codec/xml.h"
#include "channels/edge/http_server.h"
#include "tests/bench/desk.h"
#include "tests/bench/load.h"
#include "workflow/base/digest.h"
#include "workflow/base/log.h"
#include "workflow/store/store.h"
#include "workflow/ticket/chain.h"

namespace huiyin::bench {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

struct Options {
    std::string program = HUIYIN_BINARY "/huiyin";
    std::int64_t small = 10'000, large = 300'000;
    int seconds = 3, rounds = 3, connections = 64, seed_seconds = 240, asking = 8;
    bool keep = false;  // the folders, to look at afterwards
};

double since(Steady::time_point start) { return std::chrono::duration<double>(Steady::now() - start).count(); }
double middle(std::vector<double> values) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}
double ms(std::chrono::microseconds time) { return static_cast<double>(time.count()) / 1000; }
std::string text_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream all;
    all << in.rdbuf();
    return all.str();
}

// ---- the service: the real program in a folder of its own

class House {
public:
    explicit House(const Options& options) : options_(options), key_(random_bytes(32)) {
        std::string name = (std::filesystem::temp_directory_path() / "huiyin-bench-XXXXXX").string();
        if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
        folder_ = name;
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
    House(const House&) = delete;
    House& operator=(const House&) = delete;
    ~House() {
        end();
        std::error_code ignored;
        if (!options_.keep) std::filesystem::remove_all(folder_, ignored);
    }

    void start() {
        const auto said = folder_ / "said";
        const auto config = (folder_ / "huiyin.json").string();
        const auto began = Steady::now();
        std::filesystem::remove(said);  // else the address of the start before would be read
        process_ = fork();
        if (process_ < 0) throw std::runtime_error("no process for the service");
        if (process_ == 0) {
            const int out = ::open(said.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
            ::dup2(out, 1);
            ::dup2(out, 2);
            ::execl(options_.program.c_str(), options_.program.c_str(), "serve", "--config", config.c_str(), "--clock",
                    "manual:2026-03-02T09:00:00+08:00", static_cast<char*>(nullptr));
            _exit(127);
        }
        const std::string mark = "listening on http://127.0.0.1:";
        while (true) {
            const auto text = text_of(said);
            if (const auto at = text.find(mark);
                at != text.npos && text.find_first_not_of("0123456789", at + mark.size()) != text.npos) {
                port_ = std::atoi(text.c_str() + at + mark.size());
                return;
            }
            if (::waitpid(process_, nullptr, WNOHANG) != 0 || since(began) > 120) {
                process_ = 0;
                throw std::runtime_error(options_.program + " does not start: " + text);
            }
            std::this_thread::sleep_for(milliseconds{5});
        }
    }
    void end() {
        if (process_ <= 0) return;
        ::kill(process_, SIGTERM);
        ::waitpid(process_, nullptr, 0);
        process_ = 0;
    }
    int port() const { return port_; }

    // "VmHWM": the most memory the process ever had, MB.
    double memory() const {
        const auto text = text_of("/proc/" + std::to_string(process_) + "/status");
        const auto at = text.find("VmHWM:");
        return at == text.npos ? 0 : std::atof(text.c_str() + at + 6) / 1024;
    }
    // Processor time used so far, µs: of the whole process, and of its thread that used most (the writer).
    struct Used {
        double all = 0, busiest = 0;
    };
    Used used() const {
        Used used;
        const auto tick = 1e6 / static_cast<double>(sysconf(_SC_CLK_TCK));
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
    std::string file() const { return (folder_ / "huiyin.db").string(); }
    std::int64_t rows(const std::string& what) const {
        SQLite::Database database(file(), SQLite::OPEN_READONLY, 2000);
        return database.execAndGet("SELECT count(*) FROM " + what).getInt64();
    }

    // Fills the store with history while the service is down: people, talks, and tickets, one in fifty of them open.
    std::int64_t seed(std::int64_t wanted) {
        IdMaker ids{0};
        StoreOptions wish;
        wish.url = "sqlite:" + file();
        wish.media = (folder_ / "media").string();
        wish.data_key = key_;
        auto store = open_store(wish, ids);
        if (!store) throw std::runtime_error(store.problem().text);
        UnitId centre;
        (*store)->read([&](Reading& reading) {
            for (const auto& unit : reading.directory()->units())
                if (unit.kind == "service_centre") centre = unit.id;
        });
        const auto start = *parse_rfc3339("2025-03-02T09:00:00+08:00");
        const auto began = Steady::now();
        std::int64_t count = 0;
        for (; count < wanted && since(began) < options_.seed_seconds;) {
            for (int i = 0; i < 500 && count < wanted; ++i, ++count)
                (*store)->submit([&ids, centre, n = count, at = start + milliseconds{count * 1000}](
                                     Transaction& tx) { file(tx, ids, centre, n, at); },
                                 {});
            (*store)->run([](Transaction&) {});
        }
        (*store)->stop();
        return count;
    }

private:
    static void file(Transaction& tx, IdMaker& ids, UnitId centre, std::int64_t n, TimePoint at) {
        const auto now = to_ms(at);
        Person person;
        person.id = ids.make<PersonId>(now);
        person.phone = "13" + std::to_string(800000000 + n);
        person.created_at = at;
        tx.save(person);
        Conversation talk;
        talk.id = ids.make<ConversationId>(now);
        talk.channel = ChannelId{"web"};
        talk.address = sha256_hex(std::to_string(n));
        talk.person = person.id;
        talk.unit = centre;
        talk.last_message = 4;
        talk.state_since = talk.created_at = talk.updated_at = talk.last_inbound_at = at;
        talk.body = R"({"drafts":[],"facts":{},"question":{}})";
        tx.save(talk);
        static const std::array<const char*, 4> lines{
            "卫生间漏水,已经漏到楼下了", "我记下了:卫生间漏水。请留一个电话,方便师傅联系您。", "电话13812345678",
            "好的,您看这样对吗:1 事情 卫生间漏水 2 地点 3栋2单元501 3 电话 138****5678"};
        for (std::int64_t i = 0; i < 4; ++i)
            tx.add(Message{i + 1,
                           talk.id,
                           at,
                           i % 2 ? Speaker::bot : Speaker::resident,
                           {.text = lines[static_cast<std::size_t>(i)]}});
        Ticket ticket;
        ticket.id = ids.make<TicketId>(now);
        ticket.number = "T2025-" + std::to_string(n);
        ticket.version = 2;
        ticket.policy_id = "property-group";
        ticket.policy_version = "1";
        ticket.kind = "complaint";
        ticket.category = "housing";
        ticket.level = "general";
        ticket.state = n % 50 ? "closed" : "handling";
        ticket.phase = n % 50 ? Phase::closed : Phase::accepted;
        ticket.unit = ticket.owner_unit = centre;
        ticket.customer = person.id;
        ticket.conversation = talk.id;
        ticket.opened_at = ticket.updated_at = at;
        if (n % 50 == 0) ticket.deadlines = {{"handle", at + std::chrono::hours(24 * 400), "running", ""}};
        Details details;
        details.summary = "卫生间漏水,已经漏到楼下" + std::to_string(n * 7919 % 100000);
        details.description = details.summary;
        details.label = std::to_string(n % 12 + 1) + "栋2单元501";
        details.contact_phone = person.phone;
        ticket.details = tx.add_text(to_text(details), ticket.id, talk.id, at);
        std::vector<StoredEvent> events;
        std::vector<EventId> event_ids;
        for (const char* type : {"ticket.opened", "ticket.accepted"}) {
            Event event;
            event.sequence = static_cast<std::int64_t>(events.size()) + 1;
            event.id = ids.make<EventId>(now);
            event.type = type;
            event.at = at;
            event.by = resident(person.id);
            event.data = nlohmann::json::object();
            events.push_back(chained(event, events.empty() ? first_hash : events.back().hash, Zone()));
            event_ids.push_back(event.id);
        }
        ticket.last_hash = events.back().hash;
        tx.save(ticket, 0, events, event_ids);
        if (n % 50 == 0)
            tx.set_reminder({.id = ids.make<ReminderId>(now),
                             .due_at = at + std::chrono::hours(24 * 400),
                             .system = false,
                             .ticket = ticket.id,
                             .conversation = {},
                             .kind = "ticket",
                             .name = "handle"});
    }

    const Options& options_;
    std::string key_;
    std::filesystem::path folder_;
    pid_t process_ = 0;
    int port_ = 0;
};

// ---- what is asked

// The same server as the service's, with no service behind it.
class Bare {
public:
    Bare() : envelope_({"platform-token"}, {AesKey{}}, "wx0123456789abcdef") {
        http::RouteTable table;
        table.add("GET", "/healthz", {}, [](http::Request&, http::Responder& responder) {
            responder.answer(http::Answer::json(200, R"({"status":"ok"})"));
        });
        table.add("POST", "/hooks/{channel}", {.bytes = http::hook_body_bytes},
                  [this](http::Request& request, http::Responder& responder) { echo(request, responder); });
        http::ServerOptions options;
        options.connections_per_address = 0;
        options.connects_per_second_per_address = 0;
        server_ = std::make_unique<http::Server>(options, std::move(table));
        if (auto started = server_->start(); !started) throw std::runtime_error(started.problem().text);
    }
    int port() const { return server_->port(); }

    // A sealed callback as the platform sends it, with a message id of its own.
    std::string callback(std::int64_t id) const {
        const auto inner = XmlWriter()
                               .text("ToUserName", "gh_0123456789ab")
                               .text("FromUserName", "oAbCdEf0123456789_" + std::to_string(id % 5000))
                               .number("CreateTime", "1772413200")
                               .text("MsgType", "text")
                               .text("Content", "3栋2单元501卫生间漏水,已经漏到楼下了,电话13812345678")
                               .number("MsgId", std::to_string(24000000000000000 + id))
                               .done();
        const std::string timestamp = "1772413200", nonce = std::to_string(100000000 + id);
        const auto sealed = envelope_.seal(inner, timestamp, nonce, {});
        const auto body = XmlWriter().text("ToUserName", "gh_0123456789ab").text("Encrypt", sealed.encrypt).done();
        return request_text("POST",
                            "/hooks/oa?timestamp=" + timestamp + "&nonce=" + nonce +
                                "&encrypt_type=aes&msg_signature=" + sealed.signature,
                            body, "Content-Type: text/xml\r\n");
    }

private:
    void echo(http::Request& request, http::Responder& responder) {
        const auto outer = Xml::read(std::string(request.body()));
        if (!outer) return responder.answer(http::Answer::empty(400));
        const auto timestamp = request.query("timestamp").value_or(""), nonce = request.query("nonce").value_or("");
        const auto opened =
            envelope_.open(request.query("msg_signature").value_or(""), timestamp, nonce, outer->text("Encrypt"));
        if (!opened) return responder.answer(http::Answer::empty(403));
        const auto inner = Xml::read(opened->message);
        if (!inner) return responder.answer(http::Answer::empty(400));
        const auto reply = XmlWriter()
                               .text("ToUserName", inner->text("FromUserName"))
                               .text("FromUserName", inner->text("ToUserName"))
                               .number("CreateTime", "1772413200")
                               .text("MsgType", "text")
                               .text("Content", inner->text("Content"))
                               .done();
        const auto sealed = envelope_.seal(reply, timestamp, nonce, opened->used);
        responder.answer(http::Answer::bytes(200, "text/xml",
                                             XmlWriter()
                                                 .text("Encrypt", sealed.encrypt)
                                                 .text("MsgSignature", sealed.signature)
                                                 .number("TimeStamp", timestamp)
                                                 .text("Nonce", nonce)
                                                 .done()));
    }

    Envelope envelope_;
    std::unique_ptr<http::Server> server_;
};

// Of this process without this thread, which makes the load, µs.
double processor_time() {
    const auto of = [](clockid_t clock) {
        timespec time{};
        clock_gettime(clock, &time);
        return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
    };
    return of(CLOCK_PROCESS_CPUTIME_ID) - of(CLOCK_THREAD_CPUTIME_ID);
}

// A resident's four turns, over and over with a new resident each time.
constexpr std::array<const char*, 4> turns{"3栋2单元501卫生间漏水,已经漏到楼下了", "电话13812345678", "对", "查进度"};
constexpr std::array<const char*, 4> turn_names{"report", "contact", "confirm = files", "progress"};

struct Talked {
    LoadOutcome outcome;
    std::array<std::vector<std::uint32_t>, 4> times;  // µs
    std::uint64_t filed = 0, astray = 0;              // astray: not the answer this turn must get
    std::string example;                              // of one that went astray
};

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
        static constexpr std::array<const char*, 4> wanted{"电话", "138****5678", "T20260302-", "T20260302-"};
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

LoadOutcome ask(int port, int connections, int seconds, const std::function<std::string()>& request) {
    LoadPlan plan;
    plan.port = port;
    plan.connections = connections;
    plan.time = std::chrono::seconds(seconds);
    plan.next = [&](int, int, const std::string&) { return request(); };
    return load(plan);
}

// Everybody comes at once, each with one request and a connection of his own.
LoadOutcome newcomers(int port, int count, const std::function<std::string()>& request) {
    LoadPlan plan;
    plan.port = port;
    plan.connections = count;
    plan.keep_alive = false;
    plan.time = std::chrono::seconds(30);
    plan.next = [&](int, int status, const std::string&) { return status == 0 ? request() : std::string(); };
    return load(plan);
}

// ---- what is printed

int missed = 0;
void verdict(const char* what, double value, const char* unit, double goal, bool at_least) {
    const bool reached = at_least ? value >= goal : value <= goal;
    missed += !reached;
    std::printf("%-56s %9.3f %-4s (%s %g: %s)\n", what, value, unit, at_least ? "at least" : "at most", goal,
                reached ? "reached" : "MISSED");
}

struct Side {  // one store and what was measured on it
    std::unique_ptr<House> house;
    std::int64_t tickets = 0;
    std::uint64_t answers = 0, filed = 0, errors = 0, astray = 0;
    std::string example;
    std::vector<double> rates, p50s, p99s;
    std::vector<double> used, busiest;  // processor time a step, µs
    std::array<std::vector<std::uint32_t>, 4> times;

    Talked talks(const Options& options) {
        auto result = talk(house->port(), options.connections, options.seconds);
        answers += result.outcome.answers;
        filed += result.filed;
        errors += result.outcome.errors;
        astray += result.astray;
        if (example.empty()) example = result.example;
        return result;
    }
    void measure(const Options& options) {
        const auto before = house->used();
        auto result = talks(options);
        const auto after = house->used();
        const auto steps = static_cast<double>(result.outcome.answers);
        used.push_back((after.all - before.all) / steps);
        busiest.push_back((after.busiest - before.busiest) / steps);
        rates.push_back(result.outcome.per_second);
        p50s.push_back(ms(result.outcome.p50));
        p99s.push_back(ms(result.outcome.p99));
        for (std::size_t i = 0; i < turns.size(); ++i)
            times[i].insert(times[i].end(), result.times[i].begin(), result.times[i].end());
    }
};

Side prepare(const Options& options, std::int64_t tickets) {
    Side side;
    side.house = std::make_unique<House>(options);
    side.house->start();  // makes the store and reads the directory
    side.house->end();
    const auto began = Steady::now();
    side.tickets = side.house->seed(tickets);
    std::printf("%lld tickets stored in %.0f s%s\n", static_cast<long long>(side.tickets), since(began),
                side.tickets < tickets ? " (that was the time for it: --seed-seconds)" : "");
    std::fflush(stdout);
    side.house->start();
    return side;
}

void check_rows(Side& side, const char* which) {
    side.house->end();
    const auto heard = side.house->rows("messages WHERE speaker = 2") - 2 * side.tickets;
    const auto tickets = side.house->rows("tickets") - side.tickets;
    const bool equal = heard == static_cast<std::int64_t>(side.answers) &&
                       tickets == static_cast<std::int64_t>(side.filed) && side.errors == 0 && side.astray == 0;
    missed += !equal;
    std::printf(
        "%s: %llu answers, %lld messages stored; %llu filings confirmed, %lld tickets stored; %llu broken, "
        "%llu astray: %s\n",
        which, static_cast<unsigned long long>(side.answers), static_cast<long long>(heard),
        static_cast<unsigned long long>(side.filed), static_cast<long long>(tickets),
        static_cast<unsigned long long>(side.errors), static_cast<unsigned long long>(side.astray),
        equal ? "equal" : "NOT EQUAL");
    if (!side.example.empty()) std::printf("  for example %s\n", side.example.c_str());
}

int run(const Options& options) {
    log::silence(true);
    auto small = prepare(options, options.small);
    auto large = prepare(options, options.large);
    Bare bare;
    std::vector<std::string> callbacks;
    for (std::int64_t i = 0; i < 20000; ++i) callbacks.push_back(bare.callback(i));
    std::size_t turn = 0;
    const auto next_callback = [&] { return callbacks[turn++ % callbacks.size()]; };
    const auto hello = [] { return request_text("GET", "/healthz", ""); };

    small.talks(options);  // both get warm
    large.talks(options);
    std::vector<double> hellos, echoes, echo_used, ratios, growth, quiet, idle;
    std::printf("%8s %12s %12s %12s %12s\n", "round", "hello/s", "echo/s", "durable/s", "with more");
    for (int round = 1; round <= options.rounds; ++round) {
        const auto greeted = ask(bare.port(), options.connections, options.seconds, hello);
        const auto before = processor_time();
        const auto echoed = ask(bare.port(), options.connections, options.seconds, next_callback);
        echo_used.push_back((processor_time() - before) / static_cast<double>(echoed.answers));
        if (echoed.by_status.size() != 1 || !echoed.by_status.contains(200))
            throw std::runtime_error("the echo does not answer 200");
        small.measure(options);
        large.measure(options);
        hellos.push_back(greeted.per_second);
        echoes.push_back(echoed.per_second);
        ratios.push_back(small.rates.back() / echoed.per_second);
        growth.push_back(small.rates.back() / large.rates.back());
        std::printf("%8d %12.0f %12.0f %12.0f %12.0f\n", round, hellos.back(), echoes.back(), small.rates.back(),
                    large.rates.back());
        std::fflush(stdout);
    }
    for (int round = 0; round < options.rounds; ++round) {
        quiet.push_back(ms(small.talks(options).outcome.p99));
        const Idlers idlers(small.house->port(), 256);
        idle.push_back(ms(small.talks(options).outcome.p99));
    }
    std::printf("\n%d connections; the middle of %d rounds of %d s\n", options.connections, options.rounds,
                options.seconds);
    std::printf("hello %.0f/s, encrypted echo %.0f/s, durable step %.0f/s: p50 %.2f ms, p99 %.2f ms\n", middle(hellos),
                middle(echoes), middle(small.rates), middle(small.p50s), middle(small.p99s));
    std::size_t slowest = 0;
    for (std::size_t i = 0; i < turns.size(); ++i) {
        std::printf("  %-16s p50 %7.2f ms, p99 %7.2f ms\n", turn_names[i], part(small.times[i], 0.5) / 1000.0,
                    part(small.times[i], 0.99) / 1000.0);
        if (part(small.times[i], 0.5) > part(small.times[slowest], 0.5)) slowest = i;
    }
    std::printf("  slowest: %s\n", turn_names[slowest]);
    std::printf("processor time a step: %.0f us, of it the busiest thread (the writer) %.0f us; an echo: %.0f us\n",
                middle(small.used), middle(small.busiest), middle(echo_used));
    std::printf("with %lld tickets: p50 %.2f ms, p99 %.2f ms\n", static_cast<long long>(large.tickets),
                middle(large.p50s), middle(large.p99s));
    std::printf("p99 without and with 256 idle connections: %.2f ms, %.2f ms\n", middle(quiet), middle(idle));

    const auto strangers = newcomers(small.house->port(), 256, [] {
        return request_text("POST", "/chat/web/messages", std::string("{\"text\":\"") + turns[0] + "\"}",
                            "Content-Type: application/json\r\nConnection: close\r\n");
    });
    small.answers += strangers.answers;
    small.errors += strangers.errors;
    const auto passers = newcomers(small.house->port(), 256,
                                   [] { return request_text("GET", "/healthz", "", "Connection: close\r\n"); });
    std::printf("256 new connections at once: slowest greeting %.1f ms, slowest durable step %.1f ms\n\n",
                ms(passers.slowest), ms(strangers.slowest));

    auto desk = work_at_desk(large.house->port(), options.asking, options.seconds * 2, large.tickets);
    std::printf("console, %lld tickets, 15 listen and %d ask without a pause: %.0f pages/s, %llu refused\n",
                static_cast<long long>(large.tickets), options.asking, desk.per_second,
                static_cast<unsigned long long>(desk.refused));
    for (auto& [name, times] : desk.pages)
        std::printf("  %-16s p50 %7.2f ms, p95 %7.2f ms\n", name.c_str(), part(times, 0.5) / 1000.0,
                    part(times, 0.95) / 1000.0);
    std::printf("\n");
    missed += desk.refused != 0;

    verdict("durable step against encrypted echo", middle(ratios), "", 0.12, true);
    const auto grown = std::to_string(small.tickets) + " against " + std::to_string(large.tickets) + " tickets";
    verdict(grown.c_str(), middle(growth), "x", 1.2, false);
    verdict("p99 with 256 idle connections against without", middle(idle) / middle(quiet), "x", 1.1, false);
    verdict("slowest of 256 newcomers, each a durable step", ms(strangers.slowest), "ms", 250, false);
    verdict("95 of 100 pages of the console, many tickets", desk.p95, "ms", 100, false);
    verdict("most memory, few tickets", small.house->memory(), "MB", 150, false);
    verdict("most memory, many tickets", large.house->memory(), "MB", 150, false);
    check_rows(small, "few tickets");
    check_rows(large, "many tickets");
    return missed == 0 ? 0 : 1;
}

int usage() {
    std::cerr << "usage: bench [--huiyin PROGRAM] [--few N] [--many N] [--seconds S] [--rounds R] [--connections C]\n"
                 "             [--asking C] [--seed-seconds S] [--keep]\n";
    return 2;
}

}  // namespace
}  // namespace huiyin::bench

int main(int count, char** words) {
    using namespace huiyin::bench;
    Options options;
    for (int i = 1; i < count; ++i) {
        const std::string word = words[i];
        if (word == "--keep") {
            options.keep = true;
            continue;
        }
        if (i + 1 == count) return usage();
        const char* value = words[++i];
        if (word == "--huiyin")
            options.program = value;
        else if (word == "--few")
            options.small = std::atoll(value);
        else if (word == "--many")
            options.large = std::atoll(value);
        else if (word == "--seconds")
            options.seconds = std::atoi(value);
        else if (word == "--rounds")
            options.rounds = std::atoi(value);
        else if (word == "--connections")
            options.connections = std::atoi(value);
        else if (word == "--asking")
            options.asking = std::atoi(value);
        else if (word == "--seed-seconds")
            options.seed_seconds = std::atoi(value);
        else
            return usage();
    }
    if (options.small < 0 || options.large < 1 || options.seconds < 1 || options.rounds < 1 ||
        options.connections < 1 || options.asking < 1)
        return usage();
    try {
        return run(options);
    } catch (const std::exception& e) {
        std::cerr << "bench: " << e.what() << "\n";
        return 1;
    }
}
