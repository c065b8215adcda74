// What the store needs of a database engine: sentences prepared once, values in and out, transactions.
//
// Threads: a driver belongs to one thread at a time. Values that are read live until the next step of their query.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace huiyin {

// One sentence of sql.h; its address is its name, so every sentence is prepared once a connection.
struct Sentence {
    const char* text;
};

// The world failed: disk full, file damaged, connection lost. Everything since begin() is to be given up.
struct StoreFailed : std::runtime_error {
    StoreFailed(const std::string& text, bool is_damage) : std::runtime_error(text), damage(is_damage) {}
    bool damage;  // the file itself is not what it was
};

class Statement {
public:
    virtual ~Statement() = default;
    virtual void bind(int place, std::int64_t value) = 0;             // places count from 1
    virtual void bind_text(int place, std::string_view value) = 0;    // copied
    virtual void bind_bytes(int place, std::string_view value) = 0;   // copied
    virtual void lend_text(int place, const std::string& value) = 0;  // stays where it is until the reset
    virtual void lend_bytes(int place, std::string_view value) = 0;
    virtual void bind_nothing(int place) = 0;
    virtual bool step() = 0;                             // false: no (more) row
    virtual std::int64_t integer(int column) const = 0;  // columns count from 0
    virtual std::string text(int column) const = 0;      // bytes too
    virtual bool is_nothing(int column) const = 0;
    virtual void reset() noexcept = 0;
};

struct InUse {  // gives the statement back however it ends
    Statement& statement;
    explicit InUse(Statement& given) : statement(given) {}
    InUse(const InUse&) = delete;
    InUse& operator=(const InUse&) = delete;
    ~InUse() { statement.reset(); }
};

enum class Expected { any, one };  // rows that a change touches
class ChangeList;

class Driver {
public:
    virtual ~Driver() = default;
    // Changes that are made later (change_list.h), in order and before the next use(); nullptr: this driver defers
    // none.
    virtual ChangeList* deferred() { return nullptr; }
    // For a question that nothing which is still to be committed can touch.
    virtual Driver& aside() { return *this; }
    // Of a sentence that stands twice in sql.h, the one for this engine.
    virtual const Sentence& of(const Sentence& sqlite, const Sentence& /*postgres*/) const { return sqlite; }
    // Ready to be bound. One sentence is not used twice at the same time.
    virtual Statement& use(const Sentence& sentence) = 0;
    virtual std::int64_t changed() const = 0;  // rows of the last change
    virtual void begin() = 0;
    virtual void begin_reading() = 0;       // a snapshot
    virtual void commit() = 0;              // returns when it is on disk
    virtual void roll_back() noexcept = 0;  // no harm if nothing is open
    virtual void savepoint() = 0;           // one at a time
    virtual void release() = 0;
    virtual void roll_back_to_savepoint() = 0;              // and releases it
    virtual bool in_transaction() const = 0;                // an engine may give up by itself
    virtual void script(const std::string& sentences) = 0;  // migrations only, in SQLite's words
    // Whether nobody else changes anything between two of our transactions, so that reading ahead of a transaction sees
    // what it will see.
    virtual bool writes_alone() const { return true; }
    // Somebody else did since this was last asked: what was read before is no longer to be believed. Known after
    // begin().
    virtual bool others_wrote() { return false; }
    // Tells the other processes what this transaction touched, when it is committed.
    virtual void announce(const std::string& /*news*/) {}
    virtual void limit_pages(std::int64_t /*pages*/) {}  // for tests of a full disk; 0 lifts it
    // Pages waiting to be carried into the main file; copies what no reader needs. Never waits.
    virtual int pages_waiting() const = 0;
    virtual void checkpoint() = 0;
    // Carries all over and empties the log, so that nothing that was overwritten is left in a file. Never waits; false:
    // somebody reads, try again later.
    virtual bool wipe_log() { return true; }
};

struct Bytes {  // a value to bind that is no text
    std::string_view value;
};

class Vault;
struct ToSeal {  // a value that is bound sealed (vault.h); whoever makes a change seals it, so that may be done later
    const Vault& vault;
    std::string_view plain;
    std::string place;
};
std::string sealed(const ToSeal&);

// One use of a sentence, bound in order; gives the statement back when it ends.
//
//   Query found(driver, sql::find_ticket, organisation, id.value);
//   while (found.step()) … found.text(0) …
class Query {
public:
    struct Lent {};  // the values outlive the query: nothing is copied
    template <class... Values>
    Query(Driver& driver, const Sentence& sentence, const Values&... values) : statement_(driver.use(sentence)) {
        int place = 0;
        (bind(++place, values), ...);
    }
    template <class... Values>
    Query(Lent, Driver& driver, const Sentence& sentence, const Values&... values)
        : statement_(driver.use(sentence)), lent_(true) {
        int place = 0;
        (bind(++place, values), ...);
    }
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;
    bool step() { return statement_.step(); }
    std::int64_t integer(int column) const { return statement_.integer(column); }
    bool flag(int column) const { return statement_.integer(column) != 0; }
    std::string text(int column) const { return statement_.text(column); }
    bool is_nothing(int column) const { return statement_.is_nothing(column); }

private:
    void bind(int place, std::int64_t value) { statement_.bind(place, value); }
    void bind(int place, int value) { statement_.bind(place, std::int64_t{value}); }
    void bind(int place, bool value) { statement_.bind(place, std::int64_t{value}); }
    void bind(int place, const std::string& value) {
        lent_ ? statement_.lend_text(place, value) : statement_.bind_text(place, value);
    }
    void bind(int place, const char* value) { statement_.bind_text(place, value); }
    void bind(int place, const Bytes& value) {
        lent_ ? statement_.lend_bytes(place, value.value) : statement_.bind_bytes(place, value.value);
    }
    void bind(int place, const ToSeal& value) { statement_.bind_bytes(place, sealed(value)); }
    template <class Value>
    void bind(int place, const std::optional<Value>& value) {
        if (value) {
            bind(place, *value);
        } else {
            statement_.bind_nothing(place);
        }
    }
    Statement& statement_;
    const InUse in_use_{statement_};  // a member: it ends also where a value cannot be bound
    bool lent_ = false;
};

// Runs a sentence that gives no rows; how many it changed.
template <class... Values>
std::int64_t change(Driver& driver, const Sentence& sentence, const Values&... values) {
    Query query(Query::Lent{}, driver, sentence, values...);
    query.step();
    return driver.changed();
}

}  // namespace huiyin
