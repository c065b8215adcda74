#include "workflow/store/copy.h"

#include <filesystem>
#include <list>
#include <map>
#include <optional>
#include <stdexcept>

#include "workflow/base/digest.h"
#include "workflow/store/address.h"
#include "workflow/store/migrate.h"
#include "workflow/store/opening.h"
#include "workflow/store/postgres_store.h"
#include "workflow/store/sql_store.h"
#include "workflow/store/sqlite_store.h"

namespace huiyin {
namespace {

// A page is what is in memory at once; so many rows go with one sentence; so much is committed together.
constexpr std::size_t page_rows = 256, rows_at_once = 64, commit_rows = 8192, commit_bytes = 16 << 20;
constexpr int pages_to_carry = 4000;  // as the writer does (writer.cpp)

const Sentence columns_sqlite{
    "SELECT m.name, p.name, p.type, p.pk FROM sqlite_master m JOIN pragma_table_info(m.name) p"
    " WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY m.name, p.cid"};
const Sentence columns_postgres{
    "SELECT c.relname::text, a.attname::text, t.typname::text,"
    " COALESCE((SELECT k.place FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place)"
    "  WHERE k.number = a.attnum), 0)"
    " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
    "  AND NOT a.attisdropped JOIN pg_catalog.pg_type t ON t.oid = a.atttypid"
    " LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary"
    " WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' ORDER BY c.relname, a.attnum"};
const Sentence let_wait_again{"UPDATE outbox SET state = 'waiting', claimed_by = 0 WHERE state = 'sending'"};

enum class Kind { number, text, bytes };

Kind kind_of(const std::string& type, const std::string& where) {
    if (type == "BIGINT" || type == "INTEGER" || type == "int8") return Kind::number;
    if (type == "TEXT" || type == "text") return Kind::text;
    if (type == "BLOB" || type == "bytea") return Kind::bytes;
    throw std::logic_error("store: no copy of a column of type " + type + ": " + where);
}

struct Column {
    std::string name;
    Kind kind = Kind::number;
    std::int64_t key_place = 0;  // from 1 on; 0: not of the key
    friend bool operator==(const Column&, const Column&) = default;
};
using Tables = std::map<std::string, std::vector<Column>>;

// The schema's own note of its version is each store's own.
Tables tables_of(Driver& driver) {
    Tables tables;
    Query row(driver, driver.of(columns_sqlite, columns_postgres));
    while (row.step()) {
        const auto table = row.text(0), column = row.text(1);
        tables[table].push_back({column, kind_of(row.text(2), table + "." + column), row.integer(3)});
    }
    tables.erase("schema_versions");
    return tables;
}

struct Value {
    bool is_nothing = true;
    std::int64_t number = 0;
    std::string bytes;
};
using Row = std::vector<Value>;

// The sentences of one table, made of its columns as the schema has them. They live as long as the drivers do, which
// know a sentence by its address.
class TableSentences {
public:
    TableSentences(const std::string& name, std::vector<Column> columns) : columns_(std::move(columns)) {
        std::map<std::int64_t, std::size_t> by_place;
        for (std::size_t i = 0; i < columns_.size(); ++i)
            if (columns_[i].key_place > 0) by_place[columns_[i].key_place] = i;
        for (const auto& [place, column] : by_place) key_.push_back(column);
        if (key_.empty()) throw std::logic_error("store: no copy of a table without a key: " + name);
        std::string all, key, after, places;
        for (const auto& column : columns_) all += (all.empty() ? "" : ", ") + quoted(column.name);
        for (const auto column : key_) {
            key += (key.empty() ? "" : ", ") + quoted(columns_[column].name);
            after += (after.empty() ? "$" : ", $") + std::to_string(++key_places_);
        }
        const auto select = "SELECT " + all + " FROM " + quoted(name);
        const auto tail = " ORDER BY " + key + " LIMIT " + std::to_string(page_rows);
        first_ = &kept(select + tail);
        next_ = &kept(select + " WHERE (" + key + ") > (" + after + ")" + tail);
        one_ = &kept(insertion(name, all, 1));
        many_ = &kept(insertion(name, all, rows_at_once));
    }

    // The rows behind `last`, in the order of the key; from the beginning without one.
    std::vector<Row> page(Driver& driver, const std::optional<Row>& last) const {
        std::vector<Row> rows;
        const Use use(driver, last ? *next_ : *first_);
        int place = 0;
        if (last)
            for (const auto column : key_) bind(use.statement, ++place, columns_[column].kind, (*last)[column]);
        while (use.statement.step()) {
            auto& row = rows.emplace_back();
            row.reserve(columns_.size());
            for (std::size_t i = 0; i < columns_.size(); ++i) row.push_back(read(use.statement, static_cast<int>(i)));
        }
        return rows;
    }
    void put(Driver& driver, const std::vector<Row>& rows) const {
        for (std::size_t at = 0; at < rows.size();) {
            const std::size_t count = rows.size() - at >= rows_at_once ? rows_at_once : 1;
            const Use use(driver, count == 1 ? *one_ : *many_);
            int place = 0;
            for (std::size_t i = at; i < at + count; ++i)
                for (std::size_t column = 0; column < columns_.size(); ++column)
                    bind(use.statement, ++place, columns_[column].kind, rows[i][column]);
            use.statement.step();
            if (driver.changed() != static_cast<std::int64_t>(count))
                throw std::logic_error("store: rows were not taken as they came");
            at += count;
        }
    }

private:
    struct Use {  // gives the statement back
        Use(Driver& driver, const Sentence& sentence) : statement(driver.use(sentence)) {}
        Use(const Use&) = delete;
        Use& operator=(const Use&) = delete;
        ~Use() { statement.reset(); }
        Statement& statement;
    };
    static std::string quoted(const std::string& name) { return '"' + name + '"'; }
    const Sentence& kept(std::string text) {
        texts_.push_back(std::move(text));
        sentences_.push_back({texts_.back().c_str()});
        return sentences_.back();
    }
    std::string insertion(const std::string& name, const std::string& all, std::size_t rows) const {
        std::string text = "INSERT INTO " + quoted(name) + " (" + all + ") VALUES ";
        std::size_t place = 0;
        for (std::size_t row = 0; row < rows; ++row) {
            text += row == 0 ? "(" : ", (";
            for (std::size_t column = 0; column < columns_.size(); ++column)
                text += (column == 0 ? "$" : ", $") + std::to_string(++place);
            text += ")";
        }
        return text;
    }
    static void bind(Statement& statement, int place, Kind kind, const Value& value) {
        if (value.is_nothing) return statement.bind_nothing(place);
        if (kind == Kind::number) return statement.bind(place, value.number);
        if (kind == Kind::text) return statement.lend_text(place, value.bytes);
        statement.lend_bytes(place, value.bytes);
    }
    Value read(const Statement& statement, int column) const {
        Value value;
        value.is_nothing = statement.is_nothing(column);
        if (value.is_nothing) return value;
        if (columns_[static_cast<std::size_t>(column)].kind == Kind::number) {
            value.number = statement.integer(column);
        } else {
            value.bytes = statement.text(column);
        }
        return value;
    }

    std::vector<Column> columns_;
    std::vector<std::size_t> key_;  // the columns of the key, in its order
    std::size_t key_places_ = 0;
    std::list<std::string> texts_;
    std::list<Sentence> sentences_;
    const Sentence *first_ = nullptr, *next_ = nullptr, *one_ = nullptr, *many_ = nullptr;
};

// What a table holds, in one hash: every value of every row in the order of the key.
class Sum {
public:
    void add(const std::vector<Row>& page) {
        std::string all = hash_;
        for (const auto& row : page)
            for (const auto& value : row) {
                all += value.is_nothing ? "-" : std::to_string(value.number) + ":" + std::to_string(value.bytes.size());
                all += ' ';
                all += value.bytes;
            }
        bytes_ += all.size();
        hash_ = sha256(all);
        rows_ += static_cast<std::int64_t>(page.size());
    }
    std::int64_t rows() const { return rows_; }
    std::size_t bytes() const { return bytes_; }
    friend bool operator==(const Sum& a, const Sum& b) { return a.rows_ == b.rows_ && a.hash_ == b.hash_; }

private:
    std::string hash_;
    std::int64_t rows_ = 0;
    std::size_t bytes_ = 0;
};

Milliseconds since(std::chrono::steady_clock::time_point began) {
    return std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - began);
}

class Copying {
public:
    using Progress = std::function<void(const CopyProgress&)>;
    Copying(Driver& from, Driver& to, const Progress& progress) : from_(from), to_(to), progress_(progress) {}

    // Errors: copy.differs - the stores have other tables than each other.
    std::optional<Problem> look(const std::string& where) {
        auto tables = tables_of(from_);
        if (tables != tables_of(to_))
            return Problem{"copy.differs",
                           "the two stores do not have the same tables: " + where +
                               ": copy with the program that made the first one",
                           {}};
        for (auto& [name, columns] : tables) sentences_.try_emplace(name, name, std::move(columns));
        return std::nullopt;
    }
    std::vector<CopiedTable> copy() {
        std::vector<CopiedTable> copied;
        for (const auto& [name, table] : sentences_) {
            const auto began = std::chrono::steady_clock::now();
            auto& sum = sums_[name];
            std::int64_t rows_before = 0;
            std::size_t bytes_before = 0;
            to_.begin();
            for (std::optional<Row> last;;) {
                auto page = table.page(from_, last);
                if (page.empty()) break;
                table.put(to_, page);
                sum.add(page);
                last = std::move(page.back());
                say(CopyProgress::Step::copying, name, sum.rows());
                if (sum.rows() - rows_before < static_cast<std::int64_t>(commit_rows) &&
                    sum.bytes() - bytes_before < commit_bytes)
                    continue;
                commit();
                rows_before = sum.rows();
                bytes_before = sum.bytes();
                to_.begin();
            }
            commit();
            copied.push_back({name, sum.rows(), since(began)});
        }
        return copied;
    }
    // Reads the copy back; inside a snapshot of it. Gives the first table that is not what was copied.
    std::optional<std::string> compare() {
        for (const auto& [name, table] : sentences_) {
            Sum sum;
            for (std::optional<Row> last;;) {
                auto page = table.page(to_, last);
                if (page.empty()) break;
                sum.add(page);
                last = std::move(page.back());
                say(CopyProgress::Step::comparing, name, sum.rows());
            }
            if (!(sum == sums_.at(name)))
                return name + " (" + std::to_string(sum.rows()) + " rows of " + std::to_string(sums_.at(name).rows()) +
                       ")";
        }
        return std::nullopt;
    }
    // The tables' names, for the server's figures about them.
    std::string names() const {
        std::string all;
        for (const auto& [name, table] : sentences_) all += (all.empty() ? "" : ", ") + name;
        return all;
    }
    void say(CopyProgress::Step step, const std::string& table, std::int64_t rows) const {
        if (progress_) progress_({step, table, rows});
    }

private:
    void commit() {
        to_.commit();
        if (to_.pages_waiting() > pages_to_carry) to_.checkpoint();
    }
    Driver &from_, &to_;
    const Progress& progress_;
    std::map<std::string, TableSentences> sentences_;
    std::map<std::string, Sum> sums_;
};

std::string path_of(const std::string& url) { return url.substr(std::string("sqlite:").size()); }
bool is_address(const std::string& url) {
    return is_postgres(url) || (url.compare(0, 7, "sqlite:") == 0 && url.size() > 7);
}
std::optional<Problem> address_problem(const std::string& url) {
    if (is_address(url)) return std::nullopt;
    return Problem{"store.unreadable",
                   "not the address of a store: \"" + without_password(url) +
                       "\": write sqlite:PATH or postgresql://USER@HOST/DATABASE",
                   {}};
}

Result<StoreCopied> copied(const StoreOptions& from, const std::string& to, IdMaker& ids,
                           const std::function<void(const CopyProgress&)>& progress) {
    const auto began = std::chrono::steady_clock::now();
    const auto now = SystemClock().now();
    const auto shown = without_password(to);
    auto source = is_postgres(from.url) ? hold_postgres_to_read(from.url) : hold_sqlite_to_read(path_of(from.url));
    if (!source) return source.problem();
    auto context = opening::make_context(from, ids);
    if (auto problem = opening::open_vault(*source->driver, *context, false, now)) return *problem;
    auto target = is_postgres(to) ? hold_postgres_to_fill(to) : hold_sqlite_to_fill(path_of(to));
    if (!target) return target.problem();
    auto& driver = *target->driver;
    if (!begin_copy(driver, now)) return opening::taken(shown);

    Copying copying(*source->driver, driver, progress);
    if (auto problem = copying.look(shown)) return *problem;
    StoreCopied done;
    done.tables = copying.copy();
    source->driver->commit();
    if (is_postgres(to)) driver.script("ANALYZE " + copying.names());  // else its plans are guesses for a minute

    driver.begin_reading();
    if (const auto other = copying.compare())
        return Problem{"copy.differs",
                       "what was read back is not what was written: table " + *other + ": " + shown +
                           ": look at that disk, then copy once more",
                       {}};
    SqlTransaction reading(driver, *context);
    done.chains = verify_chains(
        reading, [&](std::int64_t tickets) { copying.say(CopyProgress::Step::verifying, "tickets", tickets); });
    driver.commit();
    if (!done.chains.faults.empty())
        return Problem{"copy.differs",
                       "the event chains do not fit: " + done.chains.faults.front() + ": " +
                           without_password(from.url) + ": huiyin verify tells all of them; no store was made",
                       {}};

    driver.begin();
    done.wait_again = change(driver, let_wait_again);
    end_copy(driver);
    driver.commit();
    driver.checkpoint();
    if (target->lock) target->lock->mark();
    done.took = since(began);
    return done;
}

// Also where a file is written in two ways.
bool is_one(const std::string& from, const std::string& to) {
    if (from == to) return true;
    if (is_postgres(from) || is_postgres(to)) return false;
    std::error_code absent;
    const auto file = [](const std::string& url) { return std::filesystem::path(url.substr(url.find(':') + 1)); };
    return std::filesystem::equivalent(file(from), file(to), absent);
}

}  // namespace

Result<StoreCopied> copy_store(const StoreOptions& from, const std::string& to, IdMaker& ids,
                               const std::function<void(const CopyProgress&)>& progress) {
    for (const auto& url : {from.url, to})
        if (auto problem = address_problem(url)) return *problem;
    if (is_one(from.url, to))
        return Problem{
            "copy.same",
            "a store cannot be copied into itself: " + without_password(to) + ": name an empty place for the copy",
            {}};
    try {
        return copied(from, to, ids, progress);
    } catch (const std::exception& e) {
        return Problem{"copy.failed",
                       std::string("the copy was not finished (") + e.what() + "): " + without_password(to) +
                           ": mend what it says, then run it once more: it begins anew",
                       e.what()};
    }
}

}  // namespace huiyin
