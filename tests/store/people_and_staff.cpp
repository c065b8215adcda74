// Prompts, texts, attachments, sessions, sign-in, settings, the directory: each comes back as it went in.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/store/store_house.h"
#include "workflow/directory/directory_file.h"
#include "workflow/store/keeping.h"

using namespace huiyin;
using namespace huiyin::test;

TEST_CASE("prompts are found by id, the open ones newest first, and old ones go when a new one comes") {
    House house;
    auto& store = house.open();
    const ConversationId talk{1};
    const auto prompt = [&](const char* kind, TimePoint at) {
        Prompt p;
        p.id = house.id<PromptId>();
        p.conversation = talk;
        p.kind = kind;
        p.body = R"({"choices":[]})";
        p.asked_at = at;
        return p;
    };
    auto consent = prompt("consent", nine), rating = prompt("rating", nine);
    consent.ticket = TicketId{9};
    store.run([&](Transaction& t) { t.save(consent), t.save(rating); });
    store.read([&](Reading& r) {
        const auto open = r.open_prompts(talk);
        REQUIRE(open.size() == 2);
        CHECK(open[0].id == rating.id);
        const auto found = r.prompt(talk, consent.id);
        REQUIRE(found);
        CHECK(found->ticket == TicketId{9});
        CHECK(found->body == consent.body);
        CHECK_FALSE(found->answered_at);
        CHECK_FALSE(r.prompt(ConversationId{2}, consent.id));
    });
    consent.state = "answered";
    consent.answered_at = after(5);
    store.run([&](Transaction& t) { t.save(consent); });
    store.read([&](Reading& r) {
        CHECK(r.open_prompts(talk).size() == 1);
        CHECK(r.prompt(talk, consent.id)->answered_at == after(5));
    });
    const auto day = std::chrono::hours(24);
    store.run([&](Transaction& t) { t.save(prompt("menu", nine + day * 90)); });
    store.read([&](Reading& r) { CHECK(r.prompt(talk, consent.id)); });
    auto disputed = prompt("fixed", nine);
    disputed.ticket = TicketId{10};
    store.run([&](Transaction& t) {
        t.save(disputed);
        Hold hold;
        hold.id = 1;
        hold.ticket = disputed.ticket;
        hold.reason = "诉讼";
        hold.set_at = nine;
        hold.until = nine + day * 400;
        t.keeping().save(hold);
    });
    const auto menu = prompt("menu", nine + day * 91);
    const auto stays = [&](Reading& r) {  // what is held, also for whoever knows what was open before
        const auto open = r.open_prompts(talk);
        return std::any_of(open.begin(), open.end(), [&](const Prompt& each) { return each.id == disputed.id; });
    };
    store.run([&](Transaction& t) {
        CHECK(stays(t));
        t.save(menu);
        CHECK(stays(t));
    });
    store.read([&](Reading& r) {
        CHECK_FALSE(r.prompt(talk, consent.id));
        CHECK(r.prompt(talk, disputed.id));
        CHECK(stays(r));
    });
}

TEST_CASE("a text's hash is the salted one of its words: equal words do not show") {
    House house;
    TextId one, two;
    std::string hash_one, hash_two;
    house.open().run([&](Transaction& t) {
        one = t.add_text("漏水", TicketId{1}, {}, nine);
        two = t.add_text("漏水", TicketId{1}, {}, nine);
        hash_one = t.text_hash(one);
        hash_two = t.text_hash(two);
        CHECK(t.text(one) == "漏水");
    });
    CHECK(hash_one.size() == 64);
    CHECK(hash_one != hash_two);
    CHECK(hash_one != sha256_hex("漏水"));
    house.open().run([&](Transaction& t) {
        CHECK(t.text_hash(one) == hash_one);
        CHECK(t.text(two) == "漏水");
        CHECK(t.text(TextId{}).empty());
        CHECK(t.text(TextId{12345}).empty());
        CHECK(t.text_hash(TextId{12345}).empty());
    });
}

TEST_CASE("attachments and their files come back; saving the same bytes again finds them") {
    House house;
    auto& store = house.open();
    const std::string bytes("\xff\xd8 picture \0 with zeros", 23);
    const auto hash = store.saved_media(bytes);
    CHECK(hash == sha256_hex(bytes));
    CHECK(store.saved_media(bytes) == hash);
    const auto path = store.media_path(hash);
    REQUIRE(path);
    CHECK(bytes_of(*path) == bytes);
    for (const auto& name : {std::string(64, '0'), std::string("../huiyin.db"), std::string(), hash + "0"}) {
        const auto missing = store.media_path(name);
        REQUIRE_FALSE(missing);
        CHECK(missing.problem().code == "media.missing");
    }
    int files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(house.folder.path / "media"))
        files += entry.is_regular_file();
    CHECK(files == 1);
    const Attachment photo{AttachmentId{random_hex(16)},
                           TicketId{4},
                           ConversationId{2},
                           "image",
                           "漏水.jpg",
                           "image/jpeg",
                           23,
                           hash,
                           nine};
    store.run([&](Transaction& t) { t.save(photo); });
    house.open().read([&](Reading& r) {
        const auto found = r.attachment(photo.id);
        REQUIRE(found);
        CHECK(found->name == "漏水.jpg");
        CHECK(found->bytes == 23);
        CHECK(found->sha256 == hash);
        CHECK(r.attachments_of(TicketId{4}).size() == 1);
        CHECK(r.attachments_of(TicketId{}).empty());
        CHECK_FALSE(r.attachment(AttachmentId{"none"}));
    });
}

TEST_CASE("media that is cut short is written again") {
    House house;
    auto& store = house.open();
    const auto hash = store.saved_media("whole");
    const auto path = *store.media_path(hash);
    write_bytes(path, "wh");
    CHECK(store.saved_media("whole") == hash);
    CHECK(bytes_of(path) == "whole");
}

TEST_CASE("sessions live until dropped, and old ones are forgotten") {
    House house;
    auto& store = house.open();
    const auto session = [](const char* token, std::int64_t staff, TimePoint until) {
        return Session{sha256_hex(token), StaffId{staff}, std::string("csrf-") + token, nine, nine, until};
    };
    auto one = session("one", 1, after(1000));
    store.run([&](Transaction& t) {
        t.save(one), t.save(session("two", 1, after(2000))), t.save(session("three", 2, after(3000)));
    });
    one.seen_at = after(10);
    store.run([&](Transaction& t) { t.save(one); });
    store.read([&](Reading& r) {
        const auto found = r.session(one.token_hash);
        REQUIRE(found);
        CHECK(found->staff == StaffId{1});
        CHECK(found->csrf == "csrf-one");
        CHECK(found->seen_at == after(10));
        CHECK(found->expires_at == after(1000));
        CHECK_FALSE(r.session("one"));
    });
    store.run([&](Transaction& t) { t.forget_old(after(1000)); });
    store.read([&](Reading& r) {
        CHECK_FALSE(r.session(sha256_hex("one")));
        CHECK(r.session(sha256_hex("two")));
    });
    store.run([&](Transaction& t) { t.drop_sessions_of(StaffId{1}), t.drop_session(sha256_hex("three")); });
    store.read([&](Reading& r) {
        CHECK_FALSE(r.session(sha256_hex("two")));
        CHECK_FALSE(r.session(sha256_hex("three")));
    });
}

TEST_CASE("failed sign-ins are counted by login or address within a time") {
    House house;
    auto& store = house.open();
    store.run([&](Transaction& t) {
        t.note_sign_in_failure("login:li.na", nine);
        t.note_sign_in_failure("login:li.na", nine);
        t.note_sign_in_failure("login:li.na", after(100));
        t.note_sign_in_failure("address:10.0.0.1", after(100));
    });
    store.read([&](Reading& r) {
        CHECK(r.sign_in_failures("login:li.na", nine) == 3);
        CHECK(r.sign_in_failures("login:li.na", after(1)) == 1);
        CHECK(r.sign_in_failures("address:10.0.0.1", nine) == 1);
        CHECK(r.sign_in_failures("login:nobody", nine) == 0);
    });
    store.run([&](Transaction& t) { t.clear_sign_in_failures("login:li.na"); });
    store.read([&](Reading& r) { CHECK(r.sign_in_failures("login:li.na", nine) == 0); });
}

TEST_CASE("a one-time link works once and not for ever; passwords are replaced") {
    House house;
    auto& store = house.open();
    store.run([&](Transaction& t) {
        t.save_one_time_link("hash-a", StaffId{1}, after(100));
        t.save_one_time_link("hash-b", StaffId{2}, after(100));
        t.save_one_time_link("hash-older", StaffId{1}, after(50));
        t.set_password_hash(StaffId{1}, "first");
        t.set_password_hash(StaffId{1}, "second");
    });
    store.read([&](Reading& r) {
        CHECK(r.one_time_link("hash-a", after(99)) == StaffId{1});
        CHECK_FALSE(r.one_time_link("hash-a", after(100)));
        CHECK_FALSE(r.one_time_link("hash-c", nine));
        CHECK(r.password_hash(StaffId{1}) == "second");
        CHECK(r.password_hash(StaffId{2}).empty());
    });
    store.run([&](Transaction& t) {
        t.drop_one_time_links_of(StaffId{1});
        CHECK_FALSE(t.one_time_link("hash-a", after(1)));
    });
    store.read([&](Reading& r) {
        CHECK_FALSE(r.one_time_link("hash-a", after(2)));
        CHECK_FALSE(r.one_time_link("hash-older", after(2)));
        CHECK(r.one_time_link("hash-b", after(2)));
    });
}

TEST_CASE("a second factor comes back as it was saved, and goes with its recovery codes") {
    House house;
    const StaffId li{1}, wang{2};
    const std::string seed("\0seed\xff of twenty bytes", 20);
    house.open().run([&](Transaction& t) {
        t.save(li, SecondFactor{.seed = {}, .offered = seed, .last_step = 0, .since = {}});
        t.set_recovery_codes(li, {"one", "two"});
        t.set_recovery_codes(li, {"two", "three"});
        t.set_recovery_codes(wang, {"three"});
    });
    house.open().read([&](Reading& r) {
        const auto found = r.second_factor(li);
        REQUIRE(found);
        CHECK_FALSE(found->on());
        CHECK(found->offered == seed);
        CHECK_FALSE(r.second_factor(wang));
        CHECK(r.recovery_codes(li) == 2);
    });
    house.store->run([&](Transaction& t) {
        t.save(li, SecondFactor{.seed = seed, .offered = {}, .last_step = 59047113, .since = nine});
        CHECK(t.second_factor(li)->last_step == 59047113);
        CHECK_FALSE(t.use_recovery_code(li, "one"));
        CHECK_FALSE(t.use_recovery_code(wang, "two"));
        CHECK(t.use_recovery_code(li, "three"));
        CHECK_FALSE(t.use_recovery_code(li, "three"));
        CHECK(t.recovery_codes(li) == 1);
    });
    house.store->read([&](Reading& r) {
        CHECK(r.second_factor(li)->on());
        CHECK(r.second_factor(li)->since == nine);
        CHECK(r.recovery_codes(wang) == 1);
    });
    house.store->run([&](Transaction& t) { t.drop_second_factor(li); });
    house.store->read([&](Reading& r) {
        CHECK_FALSE(r.second_factor(li));
        CHECK(r.recovery_codes(li) == 0);
        CHECK(r.recovery_codes(wang) == 1);
    });
}

TEST_CASE("half a session is over at its time, when it is dropped, and with its holder's sessions") {
    House house;
    auto& store = house.open();
    store.run([&](Transaction& t) {
        for (const auto* hash : {"a", "b", "c", "d"}) t.save_half_session(hash, StaffId{1}, after(100));
        t.save_half_session("e", StaffId{2}, after(200));
    });
    store.read([&](Reading& r) {
        CHECK(r.half_session("a", after(99)) == StaffId{1});
        CHECK_FALSE(r.half_session("a", after(100)));
        CHECK_FALSE(r.half_session("x", nine));
        CHECK_FALSE(r.session("a"));
    });
    store.run([&](Transaction& t) { t.drop_half_session("a"), t.forget_old(after(100)); });
    store.read([&](Reading& r) {
        for (const auto* hash : {"a", "b"}) CHECK_FALSE(r.half_session(hash, nine));
        CHECK(r.half_session("e", nine) == StaffId{2});
    });
    store.run([&](Transaction& t) { t.drop_sessions_of(StaffId{2}); });
    store.read([&](Reading& r) { CHECK_FALSE(r.half_session("e", nine)); });
}

TEST_CASE("sights of personal data are counted, surveys and numbers remembered") {
    House house;
    auto& store = house.open();
    store.run([&](Transaction& t) {
        t.audit(StaffId{1}, "reveal", TicketId{5}, "phone", "回拨客户", nine);
        t.audit(StaffId{1}, "reveal", TicketId{5}, "phone", "回拨客户", after(10));
        t.audit(StaffId{1}, "export", TicketId{}, "", "月报", after(10));
        t.note_survey(PersonId{1}, TicketId{5}, nine);
        t.note_survey(PersonId{1}, TicketId{6}, after(10));
        t.note_survey(PersonId{2}, TicketId{7}, after(20));
        CHECK(t.next_number("T20260302") == 1);
        CHECK(t.next_number("T20260302") == 2);
        CHECK(t.next_number("T20260303") == 1);
    });
    CHECK_THROWS(store.run([](Transaction& t) {
        CHECK(t.next_number("T20260302") == 3);
        throw std::runtime_error("undone");
    }));
    house.open().run([](Transaction& t) {
        CHECK(t.next_number("T20260302") == 3);
        CHECK(t.reveals_since(StaffId{1}, nine) == 2);
        CHECK(t.reveals_since(StaffId{1}, after(1)) == 1);
        CHECK(t.reveals_since(StaffId{2}, nine) == 0);
        CHECK(t.surveys_asked(PersonId{1}, 5) == std::vector<TimePoint>{after(10), nine});
        CHECK(t.surveys_asked(PersonId{1}, 1) == std::vector<TimePoint>{after(10)});
        CHECK(t.surveys_asked(PersonId{3}, 5).empty());
    });
}

TEST_CASE("settings are replaced and survive") {
    House house;
    house.open().run([](Transaction& t) {
        t.set_setting("token:oa", "one");
        t.set_setting("token:oa", "two");
        t.set_setting("empty", "");
    });
    house.open().read([](Reading& r) {
        CHECK(r.setting("token:oa") == "two");
        CHECK(r.setting("empty") == "");
        CHECK_FALSE(r.setting("none"));
    });
}

TEST_CASE("the demo directory goes in and comes out whole") {
    House house;
    auto content = read_directory_file(HUIYIN_SOURCE "/templates/demo/directory.json", house.ids, nine);
    REQUIRE(content);
    house.open().run([&](Transaction& t) { save_directory(t, *content); });
    std::shared_ptr<const Directory> directory;
    house.open().read([&](Reading& r) { directory = r.directory(); });
    CHECK(directory->organisation().name == "悦居物业集团");
    CHECK(directory->units().size() == content->units.size());
    CHECK(directory->buildings().size() == content->buildings.size());
    const auto place = directory->find_place("3", "2", "501", {});
    CHECK(place.match == PlaceMatch::household);
    const auto* wang = directory->staff_by_login("wang.fang");
    REQUIRE(wang);
    CHECK(wang->name == "王芳");
    CHECK(wang->phone == "15400000105");
    CHECK(wang->roles == std::vector<std::string>{"centre_manager"});
    const auto* centre = directory->unit_by_key("jinxiu-centre");
    CHECK(centre->duty_phone == "021-1055-0110");
    CHECK_FALSE(centre->hours.empty());
    auto changed = *wang;
    changed.disabled = true;
    changed.addresses = {{"app", "WangFang"}};
    house.store->run([&](Transaction& t) { t.save(changed); });
    house.store->read([&](Reading& r) {
        const auto now = r.directory();
        CHECK(now->staff_by_login("wang.fang")->disabled);
        CHECK(now->staff_by_login("wang.fang")->addresses.at("app") == "WangFang");
        CHECK(now->staff().size() == directory->staff().size());
    });
}

TEST_CASE("conversations are listed by state and unit, the latest change first") {
    House house;
    auto& store = house.open();
    std::vector<ConversationId> waiting;
    store.run([&](Transaction& t) {
        for (int i = 0; i < 9; ++i) {
            auto talk = a_conversation(house, "a" + std::to_string(i));
            talk.unit = UnitId{i % 3 + 1};
            talk.state = i < 6 ? "waiting" : i < 8 ? "person" : "bot";
            talk.state_since = after(100 - i);
            t.save(talk);
            if (i < 6 && talk.unit != UnitId{3}) waiting.push_back(talk.id);
        }
    });
    store.read([&](Reading& r) {
        std::vector<ConversationId> seen;
        std::string cursor;
        do {
            const auto page = r.conversations("waiting", {UnitId{1}, UnitId{2}}, 3, cursor);
            for (const auto& one : page.items) seen.push_back(one.id);
            cursor = page.next_cursor;
        } while (!cursor.empty());
        CHECK(seen == waiting);
        CHECK(r.conversations("", {UnitId{1}, UnitId{2}, UnitId{3}}, 50, "").items.size() == 9);
        CHECK(r.conversations("person", {UnitId{1}}, 50, "").items.size() == 1);
        CHECK(r.conversations("waiting", {}, 50, "").items.empty());
        CHECK(r.conversations("waiting", {UnitId{9}}, 50, "").items.empty());
    });
}
