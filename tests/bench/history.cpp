#include "tests/bench/history.h"

#include <SQLiteCpp/Database.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

#include "workflow/base/digest.h"
#include "workflow/policy/pack.h"
#include "workflow/store/search.h"
#include "workflow/ticket/chain.h"

namespace huiyin::bench {
namespace {

constexpr int lives = 20, in_one_unit = 500;
constexpr std::chrono::hours week{24 * 7}, day{24};

template <class T>
T good(Result<T> result) {
    if (!result) throw std::runtime_error(result.problem().text);
    return std::move(*result);
}

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

std::string Words::phone(std::int64_t n) { return "13" + std::to_string(800000000 + n); }

struct History::Life {
    Ticket ticket;
    Details details;
    std::vector<Event> events;
    std::map<std::string, std::string> words;  // by text_id
    std::optional<TimePoint> due_at;           // when to look again
};

History::History(const Program& program, const Words& words, TimePoint now)
    : words_(words), now_(now), file_(program.file()), store_(program.open(ids_)) {
    const std::string templates = HUIYIN_SOURCE "/templates";
    store_->read([&](Reading& reading) { directory_.set(reading.directory()); });
    policies_ = std::make_unique<Policies>(
        std::make_shared<const Policy>(good(load_policy(templates + "/policies/property-group.json", templates))));
    phrases_ = good(Phrases::load(templates + "/phrases/zh-CN.json"));
    speaker_ = std::make_unique<SpeakerDesk>(
        ids_, system_, keys_, std::vector<ChannelTraits>{{.id = ChannelId{"web"}, .pulls = true, .kind = "webchat"}});
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

History::~History() { store_->stop(); }

History::Life History::lived(TimePoint filed_at, std::int64_t n) {
    Life life;
    store_->run([&](Transaction& tx) {
        Person customer{ids_.make<PersonId>(to_ms(filed_at)), "王女士", Words::phone(n), false, filed_at, {}, false};
        tx.save(customer);
        const auto people = directory_.get();
        const auto place = people->find_place("3", "2", "501", people->unit_by_key("jinxiu")->id);
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
        life.ticket = good(engine_->open(tx, wish, filed_at));
        life.ticket = good(engine_->execute(
            tx, life.ticket.id, {"accept", staff(people->staff_by_login("li.na")->id), Json::object()}, filed_at));
    });
    store_->read([&](Reading& reading) {
        life.details = reading.details(life.ticket.details);
        for (const auto& event : reading.events(life.ticket.id)) {
            life.events.push_back(event_from_text(event.text));
            keep_words(reading, life, life.events.back().data);
        }
    });
    for (const auto& deadline : life.ticket.deadlines)
        if (deadline.state == "running" && (!life.due_at || deadline.due_at < *life.due_at))
            life.due_at = deadline.due_at;
    return life;
}

void History::keep_words(Reading& reading, Life& life, const Json& data) {
    for (const auto& each : data) {
        if (!each.is_object()) continue;
        if (const auto id = each.find("text_id"); id == each.end())
            keep_words(reading, life, each);
        else
            life.words[*id] = reading.text(TextId{std::stoll(id->get<std::string>())});
    }
}

void History::say_again(Transaction& tx, const Life& life, const Ticket& ticket, Json& data) {
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

TicketId History::again(Transaction& tx, const Life& life, std::int64_t n, TimePoint due_at) {
    const auto at = to_ms(life.ticket.opened_at);
    Person customer{ids_.make<PersonId>(at), "王女士", Words::phone(n), false, life.ticket.opened_at, {}, false};
    tx.add(customer);
    Conversation talk;
    talk.id = ids_.make<ConversationId>(at);
    talk.channel = ChannelId{"web"};
    talk.address = sha256_hex(std::to_string(n));
    talk.person = customer.id;
    talk.state_since = talk.created_at = talk.updated_at = talk.last_inbound_at = life.ticket.opened_at;
    talk.body = "{}";
    tx.save(talk);
    auto ticket = life.ticket;
    ticket.id = ids_.make<TicketId>(at);
    ticket.number = "H" + std::to_string(10'000'000 + n);
    ticket.customer = customer.id;
    ticket.conversation = talk.id;
    auto details = life.details;
    details.summary = details.description = words_.summary(n);
    details.label = Words::label(n);
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
    tx.set_reminder({.id = ids_.make<ReminderId>(at),
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
    for (const auto& life : lives_)
        if (!life.due_at || *life.due_at < now_ + day) throw std::runtime_error("a deadline that does not run on");
    const auto began = std::chrono::steady_clock::now();
    auto n = from;
    for (; n < until; n += in_one_unit) {
        if (std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count() > seconds_at_most) break;
        store_->run([&](Transaction& tx) {
            for (auto i = n; i < std::min(n + in_one_unit, until); ++i) {
                const auto& life = lives_[static_cast<std::size_t>(i) % lives_.size()];
                again(tx, life, i, *life.due_at);
            }
        });
    }
    // The writer folds their words when it has nothing to do; a service that serves has long done so.
    SQLite::Database database(file_, SQLite::OPEN_READONLY, 2000);
    while (database.execAndGet("SELECT count(*) FROM ticket_words").getInt64() > words_portion) {
        store_->run([](Transaction&) {});
        std::this_thread::sleep_for(std::chrono::seconds{1});
    }
    return std::min(n, until);
}

std::vector<TicketId> History::fall_due(std::int64_t from, std::int64_t count, TimePoint first,
                                        std::chrono::microseconds apart) {
    const auto life = lived(now_ - 3 * week, from);
    std::vector<TicketId> found;
    store_->run([&](Transaction& tx) {
        tx.drop_reminder(life.ticket.id, {}, "ticket", "");  // it would be done as of long ago
        for (std::int64_t i = 0; i < count; ++i)
            found.push_back(
                again(tx, life, from + i, first + std::chrono::duration_cast<std::chrono::milliseconds>(apart * i)));
    });
    return found;
}

double History::claim(TimePoint now, int most) {
    double took = 0;
    store_->run([&](Transaction& tx) {
        const auto began = std::chrono::steady_clock::now();
        const auto due = tx.take_due(now, false, most);
        took = std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - began).count();
        if (static_cast<int>(due.size()) != most) throw std::runtime_error("other reminders are due than were set");
        for (const auto& one : due) tx.set_reminder(one);
    });
    return took;
}

}  // namespace huiyin::bench
