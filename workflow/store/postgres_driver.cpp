#include "workflow/store/postgres_driver.h"

#include <chrono>
#include <cstring>
#include <regex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "workflow/base/digest.h"
#include "workflow/store/address.h"
#include "workflow/store/postgres_connection.h"
#include "workflow/store/sql.h"

namespace huiyin {
namespace {

// Types by their numbers in every PostgreSQL (catalog pg_type).
constexpr Oid bytes_type = 17, integer_type = 20, text_type = 25;
constexpr int binary = 1;
constexpr std::chrono::milliseconds lock_wait{3000}, between_tries{50};
const Sentence tell_others{"SELECT pg_notify('huiyin_' || current_schema()::regnamespace::oid, $1)"};
constexpr const char* last_writer = "last writer";  // the series of `counters` that tells who wrote last

std::int64_t from_network(const char* bytes, int count) {
    std::uint64_t value = (static_cast<unsigned char>(*bytes) & 0x80) ? ~std::uint64_t{0} : 0;
    for (int i = 0; i < count; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return static_cast<std::int64_t>(value);
}

class PostgresDriver;

class PostgresStatement final : public Statement {
public:
    PostgresStatement(PostgresDriver& driver, const char* text, std::string name)
        : driver_(driver), text_(text), name_(std::move(name)) {}
    void bind(int place, std::int64_t value) override {
        auto& slot = at(place, Kind::kept, integer_type);
        slot.kept.resize(sizeof value);
        for (auto byte = slot.kept.rbegin(); byte != slot.kept.rend(); ++byte, value >>= 8)
            *byte = static_cast<char>(value & 0xff);
    }
    void bind_text(int place, std::string_view value) override { at(place, Kind::kept, text_type).kept = value; }
    void bind_bytes(int place, std::string_view value) override { at(place, Kind::kept, bytes_type).kept = value; }
    void lend_text(int place, const std::string& value) override { at(place, Kind::lent, text_type).lent = value; }
    void lend_bytes(int place, std::string_view value) override { at(place, Kind::lent, bytes_type).lent = value; }
    void bind_nothing(int place) override { at(place, Kind::nothing, 0); }
    bool step() override;
    std::int64_t integer(int column) const override {
        if (is_nothing(column)) return 0;
        return from_network(PQgetvalue(result_.get(), row_, column), PQgetlength(result_.get(), row_, column));
    }
    std::string text(int column) const override {
        return {PQgetvalue(result_.get(), row_, column),
                static_cast<std::size_t>(PQgetlength(result_.get(), row_, column))};
    }
    bool is_nothing(int column) const override { return PQgetisnull(result_.get(), row_, column) == 1; }
    void reset() noexcept override {
        in_use = false;
        result_.reset();
        row_ = -1;
    }
    bool in_use = false;

private:
    enum class Kind { nothing, kept, lent };
    struct Slot {
        Kind kind = Kind::nothing;
        Oid type = 0;
        std::string kept;
        std::string_view lent;
    };
    Slot& at(int place, Kind kind, Oid type) {
        const auto index = static_cast<std::size_t>(place - 1);
        if (index >= slots_.size()) slots_.resize(index + 1);
        auto& slot = slots_[index];
        slot.kind = kind;
        slot.type = type;
        return slot;
    }
    void prepare();
    void execute();

    PostgresDriver& driver_;
    const char* text_;
    std::string name_;
    int prepared_on_ = 0;  // which connection of the driver
    std::vector<Slot> slots_;
    PostgresResult result_;
    int row_ = -1;
};

class PostgresDriver final : public Driver {
public:
    PostgresDriver(std::string url, PostgresAccess access) : url_(std::move(url)), access_(access) {
        const auto random = random_bytes(8);
        mark_ = from_network(random.data(), 8) & 0x7fffffffffffffff;
        connect();
    }
    Statement& use(const Sentence& sentence) override {
        auto& slot = statements_[&sentence];
        if (!slot) slot = std::make_unique<PostgresStatement>(*this, sentence.text, "s" + std::to_string(++named_));
        if (slot->in_use) throw std::logic_error(std::string("store: sentence used inside itself: ") + sentence.text);
        slot->in_use = true;
        return *slot;
    }
    const Sentence& of(const Sentence&, const Sentence& postgres) const override { return postgres; }
    std::int64_t changed() const override { return changed_; }
    void begin() override {
        const auto found = open_transaction(begin_words_);
        if (!organisation_) return;
        const bool mine =
            PQntuples(found.get()) == 1 && std::strtoll(PQgetvalue(found.get(), 0, 0), nullptr, 10) == mark_;
        if (mine) return;
        others_wrote_ = true;
        change(*this, sql::set_number, organisation_, last_writer, mark_);
    }
    void begin_reading() override { open_transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); }
    void commit() override {
        const auto done = asked("COMMIT");
        if (std::strcmp(PQcmdStatus(done.get()), "COMMIT") != 0)
            throw StoreFailed("store: the database gave up the group instead of keeping it", false);
    }
    void roll_back() noexcept override {
        for (auto& [sentence, statement] : statements_)
            if (statement) statement->reset();
        if (!in_transaction()) return;
        const PostgresResult done(PQexec(connection_.get(), "ROLLBACK"));  // else it ends with its connection
    }
    void savepoint() override { asked("SAVEPOINT unit_of_work"); }
    void release() override { asked("RELEASE unit_of_work"); }
    void roll_back_to_savepoint() override { asked("ROLLBACK TO unit_of_work; RELEASE unit_of_work"); }
    bool in_transaction() const override {
        const auto state = PQtransactionStatus(connection_.get());
        return state == PQTRANS_INTRANS || state == PQTRANS_INERROR || state == PQTRANS_ACTIVE;
    }
    void script(const std::string& sentences) override { asked(postgres_words(sentences)); }
    bool writes_alone() const override { return false; }
    bool others_wrote() override { return std::exchange(others_wrote_, false); }
    void announce(const std::string& news) override {
        if (number_ && !news.empty()) change(*this, tell_others, std::to_string(*number_) + " " + news);
    }
    int pages_waiting() const override { return 0; }  // the server looks after its own log
    void checkpoint() override {}

    bool hold_number(int number) {
        number_ = number;
        return takes_number();
    }
    void take_turns(std::int64_t organisation) {
        organisation_ = organisation;
        say_how_to_begin();
    }
    PGconn* connection() const { return connection_.get(); }
    int connection_number() const { return connection_number_; }
    void note_changed(const PGresult* result) {
        changed_ = std::strtoll(PQcmdTuples(const_cast<PGresult*>(result)), nullptr, 10);
    }

private:
    void connect() {
        connection_ = connect_postgres(url_, access_);
        ++connection_number_;
        try {
            say_how_to_begin();
            if (!number_ || takes_number()) return;
        } catch (...) {  // without its number it must not serve: the others would take it for dead
            connection_.reset();
            throw;
        }
        connection_.reset();
        throw StoreFailed("store: another process serves this store: " + without_password(url_), false);
    }
    // A process that was killed, or a connection that was cut a moment ago, holds the lock until the server sees that.
    bool takes_number() {
        const auto words =
            "SELECT pg_try_advisory_lock(current_schema()::regnamespace::oid::int4, " + std::to_string(*number_) + ")";
        const auto until = std::chrono::steady_clock::now() + lock_wait;
        while (true) {
            const auto found = asked(words);
            if (std::strcmp(PQgetvalue(found.get(), 0, 0), "t") == 0) return true;
            if (std::chrono::steady_clock::now() >= until) return false;
            std::this_thread::sleep_for(between_tries);
        }
    }
    // Each sentence of these words sees what was committed before it begins, so the last one, which stands behind the
    // lock, sees who wrote last. Numbers of our own are all that is put in.
    void say_how_to_begin() {
        begin_words_ =
            "BEGIN ISOLATION LEVEL READ COMMITTED; "
            "SELECT pg_advisory_xact_lock(1213552945, current_schema()::regnamespace::oid::int4)";
        if (organisation_)
            begin_words_ +=
                "; SELECT last_number FROM counters WHERE organisation_id = " + std::to_string(organisation_) +
                " AND series = '" + last_writer + "'";
    }
    PostgresResult asked(const std::string& words) {
        PostgresResult result(PQexec(connection_.get(), words.c_str()));
        const auto status = PQresultStatus(result.get());
        if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
            tell_failure(connection_.get(), result.get(), without_password(url_));
        return result;
    }
    // Nothing is lost yet when the first words of a transaction find the connection gone: once more on a new one.
    PostgresResult open_transaction(const std::string& words) {
        const bool is_new = PQstatus(connection_.get()) != CONNECTION_OK;
        if (is_new) connect();
        try {
            return asked(words);
        } catch (const StoreFailed&) {
            if (is_new || PQstatus(connection_.get()) == CONNECTION_OK) throw;
        }
        connect();
        return asked(words);
    }

    std::string url_;
    PostgresAccess access_;
    std::int64_t mark_ = 0, organisation_ = 0, changed_ = 0;
    bool others_wrote_ = false;
    std::optional<int> number_;
    std::string begin_words_;
    PostgresConnection connection_;
    int connection_number_ = 0;
    std::unordered_map<const Sentence*, std::unique_ptr<PostgresStatement>> statements_;
    int named_ = 0;  // no two sentences have one name
};

// The types are those that are bound: of "$6 = '' OR state = $6" a server alone might guess another one.
void PostgresStatement::prepare() {
    std::vector<Oid> types;
    types.reserve(slots_.size());
    for (const auto& slot : slots_) types.push_back(slot.type);
    const PostgresResult done(
        PQprepare(driver_.connection(), name_.c_str(), text_, static_cast<int>(types.size()), types.data()));
    if (PQresultStatus(done.get()) != PGRES_COMMAND_OK) tell_failure(driver_.connection(), done.get(), text_);
    prepared_on_ = driver_.connection_number();
}

void PostgresStatement::execute() {
    if (prepared_on_ != driver_.connection_number()) prepare();
    std::vector<const char*> values;
    std::vector<int> lengths, formats(slots_.size(), binary);
    values.reserve(slots_.size());
    lengths.reserve(slots_.size());
    for (const auto& slot : slots_) {
        const auto value = slot.kind == Kind::kept ? std::string_view(slot.kept) : slot.lent;
        // An empty value is no bytes, not nothing: the pointer must not be null.
        values.push_back(slot.kind == Kind::nothing ? nullptr : value.data() ? value.data() : "");
        lengths.push_back(static_cast<int>(value.size()));
    }
    result_.reset(PQexecPrepared(driver_.connection(), name_.c_str(), static_cast<int>(values.size()), values.data(),
                                 lengths.data(), formats.data(), binary));
    const auto status = PQresultStatus(result_.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        tell_failure(driver_.connection(), result_.get(), text_);
    driver_.note_changed(result_.get());
}

bool PostgresStatement::step() {
    if (!result_) execute();
    return ++row_ < PQntuples(result_.get());
}

}  // namespace

std::unique_ptr<Driver> open_postgres(const std::string& url, PostgresAccess access) {
    return std::make_unique<PostgresDriver>(url, access);
}

bool hold_number(Driver& driver, int number) { return static_cast<PostgresDriver&>(driver).hold_number(number); }

void take_turns(Driver& driver, std::int64_t organisation) {
    static_cast<PostgresDriver&>(driver).take_turns(organisation);
}

std::string postgres_words(const std::string& sqlite_words) {
    static const std::regex blob(R"(\bBLOB\b)"), integer(R"(\bINTEGER\b)"), text(R"(\bTEXT\b)"),
        rowid(R"( WITHOUT ROWID\b)");
    auto words = std::regex_replace(sqlite_words, blob, "BYTEA");
    words = std::regex_replace(words, integer, "BIGINT");
    words = std::regex_replace(words, text, "TEXT COLLATE \"C\"");
    return std::regex_replace(words, rowid, "");
}

}  // namespace huiyin
