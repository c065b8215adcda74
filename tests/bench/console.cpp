// What the console takes with very many tickets: pages while two hundred work, and all of them taken along as CSV. See
// README.md.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "tests/bench/desk.h"
#include "tests/bench/load.h"
#include "tests/bench/office.h"
#include "tests/bench/program.h"
#include "workflow/base/digest.h"
#include "workflow/base/log.h"
#include "workflow/engine/engine.h"
#include "workflow/policy/pack.h"
#include "workflow/ticket/chain.h"

namespace huiyin::bench {
namespace {

constexpr int lives = 40;
constexpr std::chrono::minutes between{7};

template <class T>
T good(Result<T> result) {
    if (!result) throw std::runtime_error(result.problem().text);
    return std::move(*result);
}

std::string number_of(int n) { return "T20260302-" + std::to_string(10000 + n); }

// A ticket that the engine led from its first word to its end, to be stored again and again under other names.
struct Life {
    Ticket ticket;
    Details details;
    Person customer;
    Conversation talk;
    std::vector<Event> events;
    std::map<std::string, std::string> words;  // by text_id
};

class Filling {
public:
    explicit Filling(Program& program) : store_(program.open(ids_)) {
        const std::string templates = HUIYIN_SOURCE "/templates";
        store_->read([&](Reading& reading) { directory_.set(reading.directory()); });
        policies_ = std::make_unique<Policies>(
            std::make_shared<const Policy>(good(load_policy(templates + "/policies/property-group.json", templates))));
        phrases_ = good(Phrases::load(templates + "/phrases/zh-CN.json"));
        speaker_ = std::make_unique<SpeakerDesk>(
            ids_, system_, keys_,
            std::vector<ChannelTraits>{{.id = ChannelId{"web"}, .pulls = true, .kind = "webchat"}});
        EngineParts parts;
        parts.policies = policies_.get();
        parts.directory = &directory_;
        parts.phrases = &*phrases_;
        parts.speaker = speaker_.get();
        parts.keys = &keys_;
        parts.ids = &ids_;
        parts.system = &system_;
        engine_ = std::make_unique<Engine>(parts);
    }
    void store(int tickets) {
        std::vector<Life> all;
        for (int i = 0; i < lives; ++i) all.push_back(lived(i));
        // One life after the other, as its moments are: the file holds tickets in the order in which they were filed.
        for (int from = lives; from < tickets; from += 500)
            store_->run([&](Transaction& tx) {
                for (int i = from; i < std::min(from + 500, tickets); ++i)
                    again(tx, all[static_cast<std::size_t>(i) * lives / static_cast<std::size_t>(tickets)], i);
            });
        store_->stop();
    }

private:
    Life lived(int n) {
        Life life;
        store_->run([&](Transaction& tx) {
            auto now = start_ + between * n;
            life.customer = {ids_.make<PersonId>(to_ms(now)), "王女士", phone(n), false, now, {}, false};
            tx.save(life.customer);
            life.talk = talk_of(life.customer, n, now);
            tx.save(life.talk);
            const auto people = directory_.get();
            const auto place = people->find_place(std::to_string(n % 10 + 1), "2", "501", unit("jinxiu"));
            OpenTicket wish;
            wish.kind = n % 4 == 3 ? "demand" : "complaint";
            wish.category = n % 4 == 3 ? "basic" : n % 4 == 2 ? "environment" : "housing";
            wish.details.summary = wish.details.description =
                n % 2 ? "楼道灯坏了三天没人修" : "卫生间漏水，已经漏到楼下";
            wish.details.wish = "今天来人看看";
            wish.details.label = place.label;
            wish.details.contact_name = life.customer.name;
            wish.details.contact_phone = life.customer.phone;
            wish.household = place.household;
            wish.unit = place.community;
            wish.customer = life.customer.id;
            wish.conversation = life.talk.id;
            wish.anonymous = n % 10 == 9;
            wish.by = resident(life.customer.id);
            life.ticket = good(engine_->open(tx, wish, now, {&life.talk, How::passive}));
            const auto does = [&](const char* command, Party by, Json fields) {
                now += std::chrono::hours{1};
                life.ticket = good(engine_->execute(tx, life.ticket.id, {command, by, std::move(fields)}, now));
            };
            does("accept", staff_named("li.na"), Json::object());
            does("note", staff_named("li.na"), {{"text", "已经约好上门时间"}});
            if (n % 40 == 19) return;  // not done yet, and late
            does("resolve", staff_named("wang.fang"), {{"text", "换了阀门，试水两小时不漏"}});
            does("confirm", resident(life.customer.id), {{"fixed", "yes"}});
            does("rate", resident(life.customer.id), {{"score", 5}, {"comment", "来得很快"}});
        });
        store_->read([&](Reading& reading) {
            life.details = reading.details(life.ticket.details);
            for (const auto& event : reading.events(life.ticket.id)) {
                life.events.push_back(event_from_text(event.text));
                keep_words(reading, life, life.events.back().data);
            }
        });
        return life;
    }

    void keep_words(Reading& reading, Life& life, const Json& data) {
        for (const auto& each : data) {
            if (!each.is_object()) continue;
            if (const auto id = each.find("text_id"); id == each.end())
                keep_words(reading, life, each);
            else
                life.words[*id] = reading.text(TextId{std::stoll(id->get<std::string>())});
        }
    }
    // The same words under names of their own.
    static void say_again(Transaction& tx, const Life& life, const Ticket& ticket, Json& data) {
        for (auto& each : data) {
            if (!each.is_object()) continue;
            const auto id = each.find("text_id");
            if (id == each.end()) {
                say_again(tx, life, ticket, each);
                continue;
            }
            const auto text = tx.add_text(life.words.at(*id), ticket.id, ticket.conversation, ticket.opened_at);
            each["text_id"] = to_text(text);
            each["hash"] = tx.text_hash(text);
        }
    }
    // The life again, of somebody else.
    void again(Transaction& tx, const Life& life, int n) {
        const auto at = to_ms(life.ticket.opened_at);
        auto customer = life.customer;
        customer.id = ids_.make<PersonId>(at);
        customer.phone = phone(n);
        tx.add(customer);
        const auto talk = talk_of(customer, n, life.ticket.opened_at);
        tx.save(talk);
        auto ticket = life.ticket;
        ticket.id = ids_.make<TicketId>(at);
        ticket.number = number_of(n);
        ticket.customer = customer.id;
        ticket.conversation = talk.id;
        auto details = life.details;
        details.contact_phone = customer.phone;
        ticket.details = tx.add_details(details, ticket.id, talk.id, ticket.opened_at);
        std::vector<StoredEvent> events;
        std::vector<EventId> ids;
        for (auto event : life.events) {
            event.id = ids_.make<EventId>(to_ms(event.at));
            say_again(tx, life, ticket, event.data);
            events.push_back(chained(event, events.empty() ? first_hash : events.back().hash, Zone()));
            ids.push_back(event.id);
        }
        ticket.last_hash = events.back().hash;
        tx.save(ticket, 0, events, ids);
    }

    Conversation talk_of(const Person& person, int n, TimePoint at) {
        Conversation talk;
        talk.id = ids_.make<ConversationId>(to_ms(at));
        talk.channel = ChannelId{"web"};
        talk.address = sha256_hex(std::to_string(n));
        talk.person = person.id;
        talk.state_since = talk.created_at = talk.updated_at = talk.last_inbound_at = at;
        talk.body = "{}";
        return talk;
    }
    static std::string phone(int n) { return "13" + std::to_string(800000000 + n); }
    UnitId unit(const std::string& key) const { return directory_.get()->unit_by_key(key)->id; }
    Party staff_named(const std::string& login) const { return staff(directory_.get()->staff_by_login(login)->id); }

    IdMaker ids_{7};
    std::unique_ptr<Store> store_;
    const TimePoint start_ = *parse_rfc3339("2026-03-02T09:00:00+08:00");
    ManualClock system_{start_};
    DirectoryHolder directory_{nullptr};
    std::unique_ptr<Policies> policies_;
    std::optional<Phrases> phrases_;
    PayloadKeys keys_{{std::string(32, 's')}};
    std::unique_ptr<SpeakerDesk> speaker_;
    std::unique_ptr<Engine> engine_;
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

int usage() {
    std::cerr
        << "usage: bench_console [--huiyin PROGRAM] [--tickets N] [--staff N] [--seconds S] [--rounds R] [--keep]\n";
    return 2;
}

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
    for (int i = 1; i < count; ++i) {
        const std::string_view word = words[i];
        if (word == "--keep") {
            wish.keep = true;
            continue;
        }
        if (i + 1 == count) return usage();
        const char* value = words[++i];
        if (word == "--huiyin")
            wish.huiyin = value;
        else if (word == "--tickets")
            wish.tickets = std::atoi(value);
        else if (word == "--staff")
            wish.staff = std::atoi(value);
        else if (word == "--seconds")
            wish.seconds = std::atoi(value);
        else if (word == "--rounds")
            wish.rounds = std::atoi(value);
        else
            return usage();
    }
    if (wish.tickets < 2 * lives || wish.rounds < 0 || wish.staff < 0 || wish.seconds < 1) return usage();
    try {
        return run(wish);
    } catch (const std::exception& e) {
        std::cerr << "bench_console: " << e.what() << "\n";
        return 1;
    }
}
