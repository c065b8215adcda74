// A store of every earlier schema is brought forward with all that is in it, also when the program dies at any point of
// it.
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "tests/store/store_house.h"
#include "workflow/store/migrate.h"
#include "workflow/store/sqlite_driver.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

constexpr int people = 30;
const ChannelId oa{"oa"};

std::set<std::string> columns_of(SQLite::Database& db, const std::string& schema, const std::string& table) {
    std::set<std::string> names;
    SQLite::Statement info(db, "PRAGMA " + schema + ".table_info('" + table + "')");
    while (info.executeStep()) names.insert(info.getColumn(1).getString());
    return names;
}

std::vector<std::string> tables_of(SQLite::Database& db, const std::string& schema) {
    std::vector<std::string> names;
    SQLite::Statement rows(db, "SELECT name FROM " + schema + ".sqlite_master WHERE type = 'table' ORDER BY name");
    while (rows.executeStep()) names.push_back(rows.getColumn(0).getString());
    return names;
}

// Every kind of row: talks with their words, deliveries and questions, tickets with their events, what is owed and due.
std::string filled_store(House& house) {
    auto& store = house.open();
    for (int i = 0; i < people; ++i)
        store.run([&](Transaction& t) {
            auto talk = a_conversation(house, "openid-" + std::to_string(i));
            talk.last_message = 2;
            t.save(talk);
            t.add(Message{1, talk.id, nine, Speaker::resident, {.text = "漏水 " + std::to_string(i)}});
            t.add(Message{2, talk.id, nine, Speaker::bot, {.text = "记下了"}});
            t.save(Prompt{house.id<PromptId>(), talk.id, {}, "menu", "{}", "open", nine, std::nullopt});
            t.claim_delivery({oa, std::to_string(24800000000 + i), talk.id, "[2]", nine});
            auto ticket = a_ticket(house, "T" + std::to_string(i));
            ticket.conversation = talk.id;
            Details details;
            details.summary = "卫生间漏水";
            file_ticket(house, t, ticket, details);
            OutboxItem item;
            item.id = house.id<OutboxId>();
            item.channel = oa;
            item.conversation = talk.id;
            item.said.text = "已登记";
            t.add(item);
            t.set_reminder({{}, after(i), false, ticket.id, talk.id, "deadline", std::to_string(i)});
            t.set_setting("s" + std::to_string(i), "x");
        });
    house.store.reset();
    return house.file();
}

// The same rows as a program of that schema would have kept them: its tables, and of ours the columns they have.
void write_as_schema(int version, const std::string& from, const std::string& to) {
    SQLite::Database db(to, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    db.exec("PRAGMA journal_mode = WAL");
    for (const auto& step : migrations())
        if (step.version <= version) db.exec(step.text);
    db.exec("ATTACH DATABASE '" + from + "' AS newer");
    db.exec("CREATE TABLE schema_versions AS SELECT * FROM newer.schema_versions WHERE version <= " +
            std::to_string(version));
    SQLite::Transaction whole(db);
    for (const auto& table : tables_of(db, "main")) {
        if (table == "schema_versions") continue;
        std::string common;
        const auto there = columns_of(db, "newer", table);
        for (const auto& column : columns_of(db, "main", table))
            if (there.contains(column)) common += (common.empty() ? "" : ", ") + column;
        if (!common.empty())
            db.exec("INSERT INTO main." + table + " (" + common + ") SELECT " + common + " FROM newer." + table);
    }
    whole.commit();
    const int mark = db.execAndGet("PRAGMA newer.application_id").getInt();
    db.exec("PRAGMA main.application_id = " + std::to_string(mark));
    db.exec("DETACH DATABASE newer");
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

std::map<std::string, int> rows_of(const std::string& file) {
    SQLite::Database db(file, SQLite::OPEN_READONLY);
    std::map<std::string, int> counts;
    for (const auto& table : tables_of(db, "main"))
        counts[table] = db.execAndGet("SELECT COUNT(*) FROM " + table).getInt();
    counts.erase("schema_versions");
    return counts;
}

void check_whole(Store& store, int version) {
    CAPTURE(version);
    store.read([&](Reading& r) {
        for (int i = 0; i < people; ++i) {
            const auto talk = r.conversation_at(oa, "openid-" + std::to_string(i));
            REQUIRE(talk);
            const auto said = r.messages(talk->id, 0, 10);
            REQUIRE(said.size() == 2);
            CHECK(said[0].said.text == "漏水 " + std::to_string(i));
            CHECK(r.open_prompts(talk->id).size() == 1);
            CHECK(r.delivery(oa, talk->id, std::to_string(24800000000 + i)));
            CHECK(r.setting("s" + std::to_string(i)) == "x");
        }
        int tickets = 0;
        r.each_ticket([&](const Ticket& one) {
            ++tickets;
            CHECK(r.events(one.id).size() == 1);
            CHECK_FALSE(r.text(one.details).empty());
        });
        CHECK(tickets == people);
    });
}

}  // namespace

TEST_CASE("a store of each earlier schema keeps every row, and goes on") {
    House made;
    const auto now = filled_store(made);
    const auto counts = rows_of(now);
    REQUIRE(newest_schema() > 1);
    for (int version = 1; version < newest_schema(); ++version) {
        House house;
        write_as_schema(version, now, house.file());
        for (const auto& [table, count] : rows_of(house.file())) {
            CAPTURE(version, table);
            CHECK(count == counts.at(table));
        }
        auto& store = house.open();
        check_whole(store, version);
        store.run([&](Transaction& t) {
            const auto talk = t.conversation_at(oa, "openid-0");
            CHECK_FALSE(t.claim_delivery({oa, "24800000000", talk->id, "", nine}));
            CHECK(t.take_due(after(people), false, 1000).size() == people);
        });
        house.store.reset();
        for (const auto& [table, count] : rows_of(house.file()))
            if (counts.contains(table) && table != "reminders" && table != "probes") {
                CAPTURE(version, table);
                CHECK(count == counts.at(table));
            }
        const auto driver = open_sqlite(house.file(), SqliteAccess::reading);
        CHECK(schema_version(*driver) == newest_schema());
        CHECK(quick_check(*driver) == "ok");
    }
}

TEST_CASE("a program that dies anywhere in bringing a store forward leaves the old one or the new one") {
    House made;
    const auto now = filled_store(made);
    for (int version = 1; version < newest_schema(); ++version) {
        House house;
        write_as_schema(version, now, house.file());
        const auto old_main = bytes_of(house.file());
        house.open();
        const auto log = bytes_of(house.file() + "-wal");  // all that was written, before it was carried into the file
        house.store.reset();
        REQUIRE(log.size() > 32);
        std::set<int> found;
        for (int cut = 0; cut <= 50; ++cut) {
            CAPTURE(version, cut);
            House killed;
            write_bytes(killed.file(), old_main);
            write_bytes(killed.file() + "-wal", log.substr(0, log.size() * static_cast<std::size_t>(cut) / 50));
            {
                const auto driver = open_sqlite(killed.file(), SqliteAccess::reading);
                const auto stands = schema_version(*driver);
                CHECK((stands == version || stands == newest_schema()));
                CHECK(quick_check(*driver) == "ok");
                found.insert(stands);
            }
            check_whole(killed.open(), version);
        }
        CHECK(found == std::set<int>{version, newest_schema()});
    }
}
