// How much the service bears on this machine, in one run: see README.md.
#include <SQLiteCpp/Database.h>

#include <algorithm>
#include <array>
#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "channels/codec/envelope.h"
#include "channels/codec/xml.h"
#include "channels/edge/http_server.h"
#include "tests/bench/desk.h"
#include "tests/bench/load.h"
#include "tests/bench/peers.h"
#include "tests/bench/program.h"
#include "tests/bench/talks.h"
#include "tests/bench/verdict.h"
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
    bool peers = true;
    bool keep = false;  // the folders, to look at afterwards
};

double since(Steady::time_point start) { return std::chrono::duration<double>(Steady::now() - start).count(); }
double middle(std::vector<double> values) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}
double ms(std::chrono::microseconds time) { return static_cast<double>(time.count()) / 1000; }

// ---- the service and what it has stored

class House : public Program {
public:
    explicit House(const Options& options)
        : Program(options.program, "2026-03-02T09:00:00+08:00", options.keep), options_(options) {}

    std::int64_t rows(const std::string& what) const {
        SQLite::Database database(file(), SQLite::OPEN_READONLY, 2000);
        return database.execAndGet("SELECT count(*) FROM " + what).getInt64();
    }

    // Fills the store with history while the service is down: people, talks, and tickets, one in fifty of them open.
    std::int64_t seed(std::int64_t wanted) {
        IdMaker ids{0};
        const auto store = open(ids);
        UnitId centre;
        store->read([&](Reading& reading) {
            for (const auto& unit : reading.directory()->units())
                if (unit.kind == "service_centre") centre = unit.id;
        });
        const auto start = *parse_rfc3339("2025-03-02T09:00:00+08:00");
        const auto began = Steady::now();
        std::int64_t count = 0;
        for (; count < wanted && since(began) < options_.seed_seconds;) {
            for (int i = 0; i < 500 && count < wanted; ++i, ++count)
                store->submit([&ids, centre, n = count, at = start + milliseconds{count * 1000}](
                                  Transaction& tx) { add_history(tx, ids, centre, n, at); },
                              {});
            store->run([](Transaction&) {});
        }
        store->stop();
        return count;
    }

private:
    static void add_history(Transaction& tx, IdMaker& ids, UnitId centre, std::int64_t n, TimePoint at) {
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

// Others on the same callbacks, in the same rounds; without what cannot be had here.
class Peers {
public:
    explicit Peers(const Options& options) {
        if (!options.peers) return;
        try {
            answers_ = std::make_unique<Peer>(false);
            keeps_ = std::make_unique<Peer>(true);
        } catch (const std::exception& e) {
            std::printf("without %s: %s\n", answers_ ? "the peer that stores" : "peers", e.what());
        }
    }
    void measure(const Options& options, const std::function<std::string()>& callback, double durable) {
        const auto asked = [&](const Peer& peer) {
            const auto outcome = ask(peer.port(), options.connections, options.seconds, callback);
            if (outcome.by_status.size() != 1 || !outcome.by_status.contains(200))
                throw std::runtime_error("a peer does not answer 200");
            return outcome.per_second;
        };
        if (answers_) {
            echoes.push_back(asked(*answers_));
            against_echo.push_back(durable / echoes.back());
        }
        if (keeps_) {
            kept.push_back(asked(*keeps_));
            against_kept.push_back(durable / kept.back());
        }
    }
    void say() const {
        if (!echoes.empty()) std::printf("express + wechat, nothing stored: %.0f/s", middle(echoes));
        if (!kept.empty()) std::printf("; with better-sqlite3: %.0f/s", middle(kept));
        if (!echoes.empty()) std::printf("\n");
    }
    std::vector<double> echoes, kept, against_echo, against_kept;

private:
    std::unique_ptr<Peer> answers_, keeps_;
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

void check_rows(Side& side, const char* which, Verdicts& verdicts) {
    side.house->end();
    const auto heard = side.house->rows("messages WHERE speaker = 2") - 2 * side.tickets;
    const auto tickets = side.house->rows("tickets") - side.tickets;
    const bool equal = heard == static_cast<std::int64_t>(side.answers) &&
                       tickets == static_cast<std::int64_t>(side.filed) && side.errors == 0 && side.astray == 0;
    verdicts.must(equal);
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
    std::vector<double> hellos, echoes, echo_used, echo_p99s, ratios, tails, growth, quiet, idle;
    Peers peers(options);
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
        echo_p99s.push_back(ms(echoed.p99));
        ratios.push_back(small.rates.back() / echoed.per_second);
        tails.push_back(small.p99s.back() / echo_p99s.back());
        peers.measure(options, next_callback, small.rates.back());
        growth.push_back(small.rates.back() / large.rates.back());
        std::printf("%8d %12.0f %12.0f %12.0f %12.0f\n", round, hellos.back(), echoes.back(), small.rates.back(),
                    large.rates.back());
        std::fflush(stdout);
    }
    for (int round = 0; round < 2 * options.rounds; ++round) {  // in turn the one first and the other: the store grows
        const auto alone = [&] { quiet.push_back(ms(small.talks(options).outcome.p99)); };
        if (round % 2 == 0) alone();
        {
            const Idlers idlers(small.house->port(), 512);
            idle.push_back(ms(small.talks(options).outcome.p99));
        }
        if (round % 2 == 1) alone();
    }
    std::printf("\n%d connections; the middle of %d rounds of %d s\n", options.connections, options.rounds,
                options.seconds);
    std::printf("hello %.0f/s, encrypted echo %.0f/s: p99 %.2f ms, durable step %.0f/s: p50 %.2f ms, p99 %.2f ms\n",
                middle(hellos), middle(echoes), middle(echo_p99s), middle(small.rates), middle(small.p50s),
                middle(small.p99s));
    peers.say();
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
    std::printf("p99 without and with 512 idle connections: %.2f ms, %.2f ms\n", middle(quiet), middle(idle));

    const auto strangers = newcomers(small.house->port(), 256, [] { return first_words("Connection: close\r\n"); });
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
    Verdicts verdicts;
    verdicts.must(desk.refused == 0);

    verdicts.at_least("durable step against encrypted echo", middle(ratios), "", 0.25);
    verdicts.at_most("p99 of the durable step against that of the echo", middle(tails), "x", 3);
    if (!peers.echoes.empty())
        verdicts.at_least("durable step against express + wechat, nothing stored", middle(peers.against_echo), "x", 3);
    if (!peers.kept.empty())
        verdicts.at_least("durable step against express + wechat + better-sqlite3", middle(peers.against_kept), "x", 8);
    const auto grown = std::to_string(small.tickets) + " against " + std::to_string(large.tickets) + " tickets";
    verdicts.at_most(grown.c_str(), middle(growth), "x", 1.2);
    verdicts.at_most("p99 with 512 idle connections against without", middle(idle) / middle(quiet), "x", 1.1);
    verdicts.at_most("slowest of 256 newcomers, each a durable step", ms(strangers.slowest), "ms", 50);
    verdicts.at_most("95 of 100 pages of the console, many tickets", desk.p95, "ms", 100);
    verdicts.at_most("most memory, few tickets", small.house->most_memory(), "MB", 200);
    verdicts.at_most("most memory, many tickets", large.house->most_memory(), "MB", 200);
    check_rows(small, "few tickets", verdicts);
    check_rows(large, "many tickets", verdicts);
    return verdicts.missed() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace huiyin::bench

int main(int count, char** words) {
    using namespace huiyin::bench;
    Options options;
    CLI::App app{"How much the service bears on this machine", "bench"};
    app.add_option("--huiyin", options.program, "the program")->capture_default_str();
    app.add_option("--few", options.small, "tickets")->check(CLI::NonNegativeNumber)->capture_default_str();
    app.add_option("--many", options.large, "tickets")->check(CLI::PositiveNumber)->capture_default_str();
    app.add_option("--seconds", options.seconds, "of each look")->check(CLI::PositiveNumber)->capture_default_str();
    app.add_option("--rounds", options.rounds)->check(CLI::PositiveNumber)->capture_default_str();
    app.add_option("--connections", options.connections)->check(CLI::PositiveNumber)->capture_default_str();
    app.add_option("--asking", options.asking, "at the console")->check(CLI::PositiveNumber)->capture_default_str();
    app.add_option("--seed-seconds", options.seed_seconds, "at most, to store tickets")->capture_default_str();
    app.add_flag("!--no-peers", options.peers, "without the peers of tests/bench/peer");
    app.add_flag("--keep", options.keep, "the folders, to look at afterwards");
    CLI11_PARSE(app, count, words);
    try {
        return run(options);
    } catch (const std::exception& e) {
        std::cerr << "bench: " << e.what() << "\n";
        return 1;
    }
}
