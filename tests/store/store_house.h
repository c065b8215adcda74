// A store in a folder of its own, that can be closed and opened again.
#pragma once
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/store/schema.h"
#include "workflow/base/digest.h"
#include "workflow/base/log.h"
#include "workflow/store/store.h"
#include "workflow/ticket/chain.h"

namespace huiyin::test {

class Folder {
public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "huiyin-store-XXXXXX").string();
        if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
        path = name;
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    std::filesystem::path path;
};

inline std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream all;
    all << in.rdbuf();
    return all.str();
}
inline void write_bytes(const std::filesystem::path& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

inline const std::string test_key(32, 'k'), other_key(32, 'o');
inline const TimePoint nine = from_ms(1772413200000);  // 2026-03-02 09:00 in Shanghai
inline TimePoint after(std::int64_t ms) { return nine + Milliseconds{ms}; }

// On SQLite; on the PostgreSQL database that HUIYIN_TEST_DATABASE names where it does (tests/postgres/run).
struct House {
    House() : House(std::getenv("HUIYIN_TEST_DATABASE") ? std::getenv("HUIYIN_TEST_DATABASE") : "") {}
    // database: where a schema of our own is made; none: a file.
    explicit House(const std::string& database) {
        log::silence(true);
        if (!database.empty()) schema = fresh_schema(database);
    }
    House(const House&) = delete;
    House& operator=(const House&) = delete;
    ~House() {
        store.reset();
        try {
            if (!schema.empty()) drop_schema(schema);
        } catch (const std::exception&) {  // its server is gone, and the schema with it
        }
    }
    Folder folder;
    std::string schema;  // its address; empty: on SQLite
    IdMaker ids{0};
    std::unique_ptr<Store> store;
    std::string file() const { return (folder.path / "huiyin.db").string(); }
    StoreOptions options() const {
        StoreOptions o;
        o.url = schema.empty() ? "sqlite:" + file() : schema;
        o.media = (folder.path / "media").string();
        o.data_key = test_key;
        return o;
    }
    Problem refused(const StoreOptions& o) {
        auto opened = open_store(o, ids);
        return opened ? Problem{"opened", "", ""} : opened.problem();
    }
    Store& open(const StoreOptions& o) {
        store.reset();
        auto opened = open_store(o, ids);
        if (!opened) throw std::runtime_error(opened.problem().code + ": " + opened.problem().text);
        store = std::move(*opened);
        return *store;
    }
    Store& open() { return open(options()); }
    template <class Id>
    Id id() {
        return ids.make<Id>(to_ms(nine));
    }
};

inline Conversation a_conversation(House& house, const std::string& address, const std::string& channel = "oa") {
    Conversation c;
    c.id = house.id<ConversationId>();
    c.channel = ChannelId{channel};
    c.address = address;
    c.state_since = c.created_at = c.updated_at = c.last_inbound_at = nine;
    c.body = "{}";
    return c;
}

inline Ticket a_ticket(House& house, const std::string& number, UnitId unit = UnitId{7}) {
    Ticket t;
    t.id = house.id<TicketId>();
    t.number = number;
    t.version = 1;
    t.policy_id = "property-group";
    t.policy_version = "1";
    t.kind = "complaint";
    t.category = "housing";
    t.level = "general";
    t.state = "filed";
    t.unit = t.owner_unit = unit;
    t.opened_at = nine;
    return t;
}

inline StoredEvent an_event(House& house, std::int64_t sequence, const std::string& previous, const std::string& type) {
    Event event;
    event.sequence = sequence;
    event.id = house.id<EventId>();
    event.type = type;
    event.at = after(sequence);
    event.data = nlohmann::json::object();
    return chained(event, previous, Zone());
}

// Opens a ticket with these details, as the engine does: text, event and row in one unit.
inline void file_ticket(House& house, Transaction& transaction, Ticket& ticket, const Details& details) {
    ticket.details = transaction.add_text(to_text(details), ticket.id, {}, nine);
    const auto event = an_event(house, 1, first_hash, "ticket.opened");
    ticket.last_hash = event.hash;
    transaction.save(ticket, 0, {event}, {house.id<EventId>()});
}

struct Refused : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Holds the writer inside a unit, so that what is submitted meanwhile waits together.
class Held {
public:
    explicit Held(Store& store) {
        std::promise<void> started;
        auto go = open_.get_future().share();
        store.submit(
            [&started, go](Transaction&) {
                started.set_value();
                go.wait();
            },
            {});
        started.get_future().wait();
    }
    void let_go() { open_.set_value(); }

private:
    std::promise<void> open_;
};

}  // namespace huiyin::test
