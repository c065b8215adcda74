#include "tests/bench/history.h"

#include <SQLiteCpp/Database.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/bench/wait.h"
#include "workflow/store/search.h"

namespace huiyin::bench {
namespace {

constexpr int lives = 20, in_one_unit = 500;
constexpr std::chrono::hours week{24 * 7}, day{24};

std::uint64_t mixed(std::uint64_t n) {  // splitmix64
    n += 0x9e3779b97f4a7c15;
    n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9;
    n = (n ^ (n >> 27)) * 0x94d049bb133111eb;
    return n ^ (n >> 31);
}

}  // namespace

Words::Words() {
    const std::string folder = HUIYIN_SOURCE "/templates/utterances/";
    for (const char* name : {"complaints", "demands", "housing", "environment", "equipment", "order", "service", "more",
                             "plain", "developer"}) {
        std::ifstream file(folder + name + ".tsv");
        for (std::string line; std::getline(file, line);)
            if (const auto tab = line.rfind('\t'); tab != line.npos && line.front() != '#')
                lines_.push_back(line.substr(tab + 1));
    }
    if (lines_.size() < 1000) throw std::runtime_error(folder + ": too few lines");
}

std::string Words::summary(std::int64_t n) const {
    const auto chance = mixed(static_cast<std::uint64_t>(n));
    auto text = lines_[chance % lines_.size()];
    if (n % 2) text += "，" + lines_[(chance >> 32) % lines_.size()];
    return text;
}

std::string Words::label(std::int64_t n) {
    const auto chance = mixed(static_cast<std::uint64_t>(n) + (1ULL << 40));
    return std::to_string(chance % 40 + 1) + "栋" + std::to_string((chance >> 8) % 4 + 1) + "单元" +
           std::to_string(((chance >> 16) % 30 + 1) * 100 + (chance >> 24) % 4 + 1);
}

History::History(const Program& program, const Words& words, TimePoint now)
    : words_(words), now_(now), file_(program.file()), house_(program, system_) {}

History::Running History::lived(TimePoint filed_at, std::int64_t n) {
    Running lived;
    auto& ticket = lived.life.ticket;
    house_.store->run([&](Transaction& tx) {
        const auto customer = house_.customer(n, filed_at);
        tx.save(customer);
        const auto place = house_.directory->get()->find_place("3", "2", "501", house_.unit("jinxiu"));
        OpenTicket wish;
        wish.kind = "complaint";
        wish.category = "housing";
        wish.details.summary = wish.details.description = "-";  // nobody finds it
        wish.details.contact_name = customer.name;
        wish.details.contact_phone = customer.phone;
        wish.household = place.household;
        wish.unit = place.community;
        wish.customer = customer.id;
        wish.by = resident(customer.id);
        ticket = good(house_.engine->open(tx, wish, filed_at));
        ticket = good(
            house_.engine->execute(tx, ticket.id, {"accept", house_.staff_named("li.na"), Json::object()}, filed_at));
    });
    house_.look_back(lived.life);
    for (const auto& deadline : ticket.deadlines)
        if (deadline.state == "running" && (!lived.due_at || deadline.due_at < *lived.due_at))
            lived.due_at = deadline.due_at;
    return lived;
}

TicketId History::again(Transaction& tx, const Life& life, std::int64_t n, TimePoint due_at) {
    auto details = life.details;
    details.summary = details.description = words_.summary(n);
    details.label = Words::label(n);
    const auto ticket = house_.again(tx, life, n, "H" + std::to_string(10'000'000 + n), std::move(details));
    tx.set_reminder({.id = house_.ids.make<ReminderId>(to_ms(ticket.opened_at)),
                     .due_at = due_at,
                     .system = false,
                     .ticket = ticket.id,
                     .conversation = {},
                     .kind = "ticket",
                     .name = ""});
    return ticket.id;
}

std::int64_t History::grow(std::int64_t from, std::int64_t until, double seconds_at_most) {
    if (lives_.empty())
        for (int i = lives; i > 0; --i) lives_.push_back(lived(now_ - std::chrono::minutes{i}, -i));
    for (const auto& lived : lives_)
        if (!lived.due_at || *lived.due_at < now_ + day) throw std::runtime_error("a deadline that does not run on");
    const auto began = std::chrono::steady_clock::now();
    auto n = from;
    for (; n < until; n += in_one_unit) {
        if (std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count() > seconds_at_most) break;
        house_.store->run([&](Transaction& tx) {
            for (auto i = n; i < std::min(n + in_one_unit, until); ++i) {
                const auto& lived = lives_[static_cast<std::size_t>(i) % lives_.size()];
                again(tx, lived.life, i, *lived.due_at);
            }
        });
    }
    // The writer folds their words when it has nothing to do; a service that serves has long done so.
    SQLite::Database database(file_, SQLite::OPEN_READONLY, 2000);
    house_.store->run([](Transaction&) {});
    wait_until("all words are folded", std::chrono::minutes{30},
               [&] { return database.execAndGet("SELECT count(*) FROM ticket_words").getInt64() <= words_portion; });
    return std::min(n, until);
}

std::vector<TicketId> History::fall_due(std::int64_t from, std::int64_t count, TimePoint first,
                                        std::chrono::microseconds apart) {
    const auto life = lived(now_ - 3 * week, from).life;
    std::vector<TicketId> found;
    house_.store->run([&](Transaction& tx) {
        tx.drop_reminder(life.ticket.id, {}, "ticket", "");  // it would be done as of long ago
        for (std::int64_t i = 0; i < count; ++i)
            found.push_back(
                again(tx, life, from + i, first + std::chrono::duration_cast<std::chrono::milliseconds>(apart * i)));
    });
    return found;
}

double History::claim(TimePoint now, int most) {
    double took = 0;
    house_.store->run([&](Transaction& tx) {
        const auto began = std::chrono::steady_clock::now();
        const auto due = tx.take_due(now, false, most);
        took = std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - began).count();
        if (static_cast<int>(due.size()) != most) throw std::runtime_error("other reminders are due than were set");
        for (const auto& one : due) tx.set_reminder(one);
    });
    return took;
}

}  // namespace huiyin::bench
