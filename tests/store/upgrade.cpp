// A store that an earlier program made goes on: nothing in it is lost, and what was handled then is not handled again.
#include <catch2/catch.hpp>
#include <regex>

#include "tests/store/store_house.h"
#include "workflow/store/migrate.h"
#include "workflow/store/sqlite_driver.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

const ChannelId oa{"oa"};

// The statement that made the table in the first schema.
std::string first_form(const std::string& table) {
    const std::string text = migrations().front().text;
    const auto begin = text.find("CREATE TABLE " + table + " (");
    REQUIRE(begin != std::string::npos);
    return text.substr(begin, text.find(";\n", begin) + 1 - begin);
}

void back_to_first_schema(const std::string& file) {
    const auto driver = open_sqlite(file, SqliteAccess::writing);
    for (const std::string table : {"messages", "deliveries", "prompts"}) {
        std::string columns;
        const auto ask = "SELECT group_concat(name, ', ') FROM pragma_table_info('" + table + "')";
        const Sentence sentence{ask.c_str()};
        {
            const auto own = open_sqlite(file, SqliteAccess::reading);  // a sentence is known by its address
            Query row(*own, sentence);
            REQUIRE(row.step());
            columns = row.text(0);
        }
        driver->script("ALTER TABLE " + table + " RENAME TO newer");
        driver->script(first_form(table));
        driver->script("INSERT INTO " + table + " (" + columns + ") SELECT " + columns + " FROM newer");
        driver->script("DROP TABLE newer");
    }
    driver->script("CREATE INDEX deliveries_by_time ON deliveries (organisation_id, at)");
    driver->script(
        "CREATE INDEX prompts_open ON prompts (organisation_id, conversation_id, prompt_id)"
        " WHERE state = 'open'");
    for (const std::string table : {"units", "buildings", "households"})
        driver->script("ALTER TABLE " + table + " DROP COLUMN disabled");
    driver->script("ALTER TABLE outbox DROP COLUMN claimed_by");
    driver->script("DROP INDEX tickets_accepted_later");
    driver->script("ALTER TABLE tickets DROP COLUMN accepted_at");
    for (const std::string table : {"second_factors", "recovery_codes", "half_sessions"})
        driver->script("DROP TABLE " + table);
    for (const std::string index :
         {"tickets_ended", "conversations_looked_at", "attachments_by_content", "attachments_unfiled", "texts_raw"})
        driver->script("DROP INDEX " + index);
    driver->script("DROP INDEX one_time_links_by_staff");
    driver->script("ALTER TABLE tickets DROP COLUMN ended_at");
    driver->script("ALTER TABLE tickets DROP COLUMN kept_stage");
    driver->script("ALTER TABLE conversations DROP COLUMN looked_at");
    for (const std::string table : {"media_to_remove", "holds", "privacy_requests", "erased_people"})
        driver->script("DROP TABLE " + table);
    driver->script("DROP TABLE case_figures");
    driver->script("DROP TABLE figures_due");
    driver->script("DROP TABLE tallies");
    driver->script("DROP TABLE policy_versions");
    driver->script("UPDATE deliveries SET conversation_id = 0 WHERE delivery_key LIKE 'h%'");
    driver->script("DELETE FROM schema_versions WHERE version > 1");
}

}  // namespace

TEST_CASE("a store of the first schema is brought forward with all that is in it") {
    House house;
    Conversation talk;
    talk.id = ConversationId{7};
    talk.channel = oa;
    talk.address = "openid";
    talk.state_since = talk.created_at = talk.updated_at = talk.last_inbound_at = nine;
    talk.last_message = 2;
    house.open().run([&](Transaction& t) {
        t.save(talk);
        t.add(Message{1, talk.id, nine, Speaker::resident, {.text = "漏水"}});
        t.add(Message{2, talk.id, nine, Speaker::bot, {.text = "记下了"}});
        t.save(Prompt{PromptId{5}, talk.id, {}, "menu", R"({"choices":[]})", "open", nine, std::nullopt});
        t.claim_delivery({oa, "24800000000000001", talk.id, "[2]", nine});
        // A first message had no conversation yet when it was claimed; its row says none.
        t.claim_delivery({oa, "openid:1772413200:subscribe", {}, "[2]", nine});
    });
    house.store.reset();
    {
        const auto driver = open_sqlite(house.file(), SqliteAccess::reading);
        const Sentence keys{"SELECT delivery_key FROM deliveries WHERE delivery_key LIKE 'h%'"};
        Query row(*driver, keys);
        REQUIRE(row.step());
        CHECK(std::regex_match(row.text(0), std::regex("h[0-9a-f]{32}")));  // as the first schema kept it
    }
    back_to_first_schema(house.file());
    auto& store = house.open();
    store.read([&](Reading& r) {
        CHECK(r.conversation_at(oa, "openid")->id == talk.id);
        const auto said = r.messages(talk.id, 0, 10);
        REQUIRE(said.size() == 2);
        CHECK(said[0].said.text == "漏水");
        CHECK(said[1].said.text == "记下了");
        REQUIRE(r.open_prompts(talk.id).size() == 1);
        for (const auto* key : {"24800000000000001", "openid:1772413200:subscribe"}) {
            const auto found = r.delivery(oa, talk.id, key);
            REQUIRE(found);
            CHECK(found->answer == "[2]");
        }
    });
    store.run([&](Transaction& t) {
        for (const auto* key : {"24800000000000001", "openid:1772413200:subscribe"})
            CHECK_FALSE(t.claim_delivery({oa, key, talk.id, "", nine}));
        CHECK(t.claim_delivery({oa, "24800000000000002", talk.id, "", nine}));
    });
    house.store.reset();
    const auto driver = open_sqlite(house.file(), SqliteAccess::reading);
    CHECK(schema_version(*driver) == newest_schema());
    CHECK(quick_check(*driver) == "ok");
}

TEST_CASE("a month finds what was accepted in it, also of the matters that an earlier program kept") {
    House house;
    const auto days = [](int count) { return Milliseconds{count * 86'400'000LL}; };
    auto waited = a_ticket(house, "T1"), never = a_ticket(house, "T2");
    waited.opened_at = never.opened_at = nine - days(40);
    house.open().run([&](Transaction& t) {
        file_ticket(house, t, never, {});
        waited.details = t.add_text(to_text(Details{}), waited.id, {}, nine);
        const auto opened = an_event(house, 1, first_hash, "ticket.opened");
        const auto accepted = an_event(house, 2, opened.hash, "ticket.accepted");
        waited.accepted_at = accepted.at;
        waited.version = 2;
        waited.last_hash = accepted.hash;
        t.save(waited, 0, {opened, accepted}, {house.id<EventId>(), house.id<EventId>()});
    });
    const auto found = [&](TimePoint from, TimePoint until) {
        std::vector<TicketId> ids;
        house.store->read([&](Reading& r) { ids = r.tickets_of_period({UnitId{7}}, from, until); });
        return ids;
    };
    const std::vector<TicketId> one{waited.id}, none;
    CHECK(found(nine - days(1), nine + days(1)) == one);
    house.store.reset();
    back_to_first_schema(house.file());
    house.open();
    CHECK(found(nine - days(1), nine + days(1)) == one);
    CHECK(found(nine + days(1), nine + days(2)) == none);
}
