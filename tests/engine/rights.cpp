// A resident sees what is kept of him, has it put right, and has it erased; what is open or held stays, and says so.
#include "workflow/privacy/rights.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/engine/world.h"
#include "workflow/store/verify.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

struct Office {
    World world;
    std::unique_ptr<Rights> rights;
    Office() { opens(); }
    void opens() {
        rights = std::make_unique<Rights>(RightsParts{.store = world.store.get(),
                                                      .policies = world.policies.get(),
                                                      .directory = world.directory.get(),
                                                      .phrases = world.phrases.get(),
                                                      .speaker = world.speaker.get(),
                                                      .ids = &world.ids,
                                                      .system = &world.system,
                                                      .erased_list = (world.folder / "erased").string()});
    }
    World::Case closed(const std::string& summary) {
        const auto ticket = world.files(summary);
        REQUIRE(world.staff_does(li, ticket, "accept"));
        REQUIRE(world.staff_does(li, ticket, "assign", {{"assignee", zhang}}));
        REQUIRE(world.staff_does(zhang, ticket, "propose", {{"text", "更换地漏"}}));
        REQUIRE(world.taps(ticket, "同意"));
        REQUIRE(world.staff_does(zhang, ticket, "resolve", {{"text", "已更换"}}));
        REQUIRE(world.taps(ticket, "真的好了"));
        REQUIRE(world.taps(ticket, "5分 很满意"));
        REQUIRE(is_end(world.ticket(ticket).phase));
        return ticket;
    }
    template <class T>
    Result<T> in_unit(const std::function<Result<T>(Transaction&)>& work) {
        std::optional<Result<T>> outcome;
        world.store->run([&](Transaction& tx) { outcome = work(tx); });
        return std::move(*outcome);
    }
    Result<PrivacyRequest> asks(const World::Case& who, const std::string& kind, const std::string& words = {}) {
        return in_unit<PrivacyRequest>([&](Transaction& tx) {
            return rights->ask(tx, {who.person, who.conversation, kind, words, {}}, world.now());
        });
    }
    Result<PrivacyRequest> decides(std::int64_t id, const PrivacyDecision& decision) {
        return in_unit<PrivacyRequest>([&](Transaction& tx) { return rights->decide(tx, id, decision, world.now()); });
    }
    void works() {
        for (int pieces = 0; rights->pieces(world.now()); ++pieces) REQUIRE(pieces < 100);
    }
    Details details(const World::Case& of) {
        Details found;
        world.store->read([&](Reading& reading) { found = reading.details(world.ticket(of).details); });
        return found;
    }
    std::string said(const World::Case& to) {
        const auto lines = world.House::talk(to.conversation);
        return lines.empty() ? std::string() : lines.back().said.text;
    }
};

}  // namespace

TEST_CASE("rights: what we hold of somebody is his own words and nothing of anybody else") {
    Office office;
    const auto ticket = office.closed("卫生间漏水，<b>已经</b>漏到楼下");
    const auto other = office.world.files("楼道灯不亮");
    REQUIRE(office.world.staff_does(li, other, "note", {{"text", "此人难缠"}}));
    nlohmann::json held;
    office.world.store->read(
        [&](Reading& reading) { held = office.rights->held_of(reading, ticket.person, office.world.now()); });
    REQUIRE(held.at("tickets").size() == 1);
    CHECK(held["tickets"][0].at("number") == "T20260302-001");
    CHECK(held["tickets"][0].at("summary").get<std::string>().find("漏水") != std::string::npos);
    REQUIRE(held.at("channels").size() == 1);
    CHECK_FALSE(held["channels"][0].at("messages").empty());
    CHECK_FALSE(held.at("person").at("phone").get<std::string>().empty());
    const auto text = held.dump();
    CHECK(text.find("难缠") == std::string::npos);
    CHECK(text.find("灯不亮") == std::string::npos);
    const auto page = Rights::page_of(held);
    CHECK(page.find("T20260302-001") != std::string::npos);
    CHECK(page.find("<b>") == std::string::npos);
    CHECK(page.find("&lt;b&gt;") != std::string::npos);
    CHECK(page.find("<script") == std::string::npos);
}

TEST_CASE("rights: what is put right replaces what was there; a new phone has to be confirmed") {
    Office office;
    const auto ticket = office.world.files("卫生间漏水");
    const auto correct = [&](const Correction& right, PersonId whom) {
        return office.in_unit<Person>([&](Transaction& tx) { return office.rights->correct(tx, whom, right); });
    };
    const auto done = correct({.name = "王秀兰", .phone = "139-1234-5678"}, ticket.person);
    REQUIRE(done);
    CHECK(done->name == "王秀兰");
    CHECK(done->phone == "13912345678");
    CHECK_FALSE(done->phone_confirmed);
    office.world.store->read([&](Reading& reading) { CHECK(reading.person(ticket.person)->name == "王秀兰"); });
    CHECK(correct({.name = {}, .phone = "12"}, ticket.person).problem().code == "privacy.bad_field");
    CHECK(correct({.name = "谁"}, PersonId{1}).problem().code == "privacy.not_found");
}

TEST_CASE("rights: a wish waits 15 working days at most, stands once, may be taken back, and a refusal says why") {
    Office office;
    const auto ticket = office.world.files("卫生间漏水");
    CHECK(office.asks(ticket, "forget").problem().code == "privacy.bad_field");
    CHECK(office.asks(ticket, "correct").problem().code == "privacy.bad_field");
    const auto wish = office.asks(ticket, "erase", "都删掉");
    REQUIRE(wish);
    CHECK(office.world.shown(wish->due_at) == "2026-03-23 17:30");
    CHECK(office.asks(ticket, "erase").problem().code == "privacy.taken");
    const auto take_back = [&](PersonId by) {
        return office.in_unit<PrivacyRequest>(
            [&](Transaction& tx) { return office.rights->withdraw(tx, wish->id, by, office.world.now()); });
    };
    CHECK(take_back(PersonId{1}).problem().code == "privacy.not_found");
    REQUIRE(take_back(ticket.person));
    CHECK(office.decides(wish->id, {.granted = true}).problem().code == "privacy.conflict");
    const auto again = office.asks(ticket, "erase");
    REQUIRE(again);
    CHECK(office.decides(again->id, {.granted = false}).problem().code == "privacy.bad_field");
    CHECK(office.decides(again->id, {.granted = true, .open_too = true}).problem().code == "privacy.bad_field");
    CHECK(office.decides(7, {.granted = true}).problem().code == "privacy.not_found");
    REQUIRE(office.decides(again->id, {.granted = false, .reason = "还在办理"}));
    CHECK(office.said(ticket).find("还在办理") != std::string::npos);
}

TEST_CASE("rights: an erasure takes what is closed, waits for what is open, and leaves nothing but the answer") {
    Office office;
    auto& world = office.world;
    const auto ticket = office.closed("卫生间漏水，已经漏到楼下");
    World::Case open{{}, ticket.person, ticket.conversation};
    {
        OpenTicket wish;
        wish.kind = "complaint";
        wish.category = "housing";
        wish.details.summary = wish.details.description = "窗户关不上";
        world.dress(wish, {ticket.person, ticket.conversation}, "jinxiu", "3", "2", "501");
        const auto opened = world.opens(wish);
        REQUIRE(opened);
        open.id = opened->id;
    }
    const auto wish = office.asks(ticket, "erase", "都删掉，电话13812345678也删掉");
    REQUIRE(wish);
    office.works();
    CHECK_FALSE(office.details(ticket).summary.empty());  // nobody decided yet
    REQUIRE(office.decides(wish->id, {.granted = true, .by = world.staff(zhao)}));
    office.works();
    CHECK(office.details(ticket) == Details{});
    CHECK(office.details(open).summary == "窗户关不上");
    CHECK(office.said(ticket).find(world.ticket(open).number) != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(world.folder / "erased"));
    // A process that dies here finds the wish as it stands.
    REQUIRE(world.staff_does(li, open, "accept"));
    REQUIRE(world.staff_does(li, open, "assign", {{"assignee", zhang}}));
    REQUIRE(world.staff_does(zhang, open, "propose", {{"text", "换合页"}}));
    REQUIRE(world.taps(open, "同意"));
    REQUIRE(world.staff_does(zhang, open, "resolve", {{"text", "已更换"}}));
    REQUIRE(world.taps(open, "真的好了"));
    if (!is_end(world.ticket(open).phase)) REQUIRE(world.taps(open, "5分 很满意"));
    world.restarts();
    office.opens();
    office.works();
    CHECK(office.details(open) == Details{});
    const auto talk = world.House::talk(ticket.conversation);
    REQUIRE(talk.size() == 1);
    CHECK(talk[0].said.text.find("已经删除") != std::string::npos);
    world.store->read([&](Reading& reading) {
        CHECK(reading.person(ticket.person)->name.empty());
        CHECK(reading.person(ticket.person)->phone.empty());
        CHECK(reading.kept().privacy_request(wish->id)->state == "done");
        CHECK(reading.kept().privacy_request(wish->id)->wish.empty());
        CHECK(reading.kept().erased_at(ticket.person));
    });
    CHECK(verify_chains(*world.store).faults.empty());
    // Half a day later the talk goes with his address in it.
    world.moves_to(world.now() + std::chrono::hours(13));
    office.works();
    world.store->read([&](Reading& reading) {
        CHECK_FALSE(reading.conversation(ticket.conversation));
        CHECK_FALSE(reading.person(ticket.person));
    });
    // A store that knows nothing of it erases him again, and one that knows does not.
    CHECK(office.rights->erase_again(world.now()) == 0);
    std::ifstream list(world.folder / "erased");
    std::int64_t person = 0;
    REQUIRE(list >> person);
    CHECK(person == ticket.person.value);
}

TEST_CASE("rights: whoever was erased after the backup is erased again; an open matter goes by a lead's decision") {
    Office office;
    auto& world = office.world;
    const auto ticket = world.files("卫生间漏水");
    std::ofstream(world.folder / "erased") << ticket.person.value << " " << to_ms(world.now()) << "\n";
    CHECK(office.rights->erase_again(world.now()) == 1);
    CHECK(office.rights->erase_again(world.now()) == 1);  // once more before it was done does no harm
    office.works();
    CHECK(office.details(ticket) == Details{});
    CHECK(office.rights->erase_again(world.now()) == 0);

    const auto other = world.files("楼道灯不亮");
    const auto wish = office.asks(other, "erase");
    REQUIRE(wish);
    REQUIRE(
        office.decides(wish->id, {.granted = true, .open_too = true, .reason = "本人坚持", .by = world.staff(zhao)}));
    office.works();
    CHECK(office.details(other) == Details{});
    CHECK(verify_chains(*world.store).faults.empty());
}

TEST_CASE("rights: what is decided is done however much waits for a decision, and whatever cannot be done now") {
    Office office;
    auto& world = office.world;
    world.store->run([&](Transaction& tx) {
        for (int i = 0; i < 450; ++i) {  // of people whom nobody has heard of: half of them wait, half cannot end
            PrivacyRequest other;
            other.id = 1 + i;
            other.person = PersonId{1'000'000 + i};
            other.kind = "erase";
            other.state = i % 2 ? "waiting" : "erasing";
            other.asked_at = other.due_at = world.now();
            tx.keeping().save(other);
        }
    });
    const auto first = office.closed("卫生间漏水"), second = office.closed("楼道灯不亮");
    for (const auto& each : {first, second}) {
        const auto wish = office.asks(each, "erase");
        REQUIRE(wish);
        REQUIRE(office.decides(wish->id, {.granted = true, .by = world.staff(zhao)}));
    }
    // The list of the erased cannot be written, then it can.
    std::filesystem::create_directory(world.folder / "erased");
    for (int pieces = 0; office.rights->pieces(world.now()); ++pieces) REQUIRE(pieces < 1000);
    CHECK(office.details(first) == Details{});
    CHECK(office.details(second) == Details{});
    const auto erased = [&](const World::Case& who) {
        bool is = false;
        world.store->read([&](Reading& reading) { is = reading.kept().erased_at(who.person).has_value(); });
        return is;
    };
    CHECK_FALSE(erased(first));
    std::filesystem::remove(world.folder / "erased");
    world.moves_to(world.now() + std::chrono::minutes(11));
    for (int pieces = 0; office.rights->pieces(world.now()); ++pieces) REQUIRE(pieces < 1000);
    CHECK(erased(first));
    CHECK(erased(second));
    world.moves_to(world.now() + std::chrono::hours(13));
    for (int pieces = 0; office.rights->pieces(world.now()); ++pieces) REQUIRE(pieces < 1000);
    world.store->read([&](Reading& reading) {
        CHECK_FALSE(reading.conversation(first.conversation));
        CHECK_FALSE(reading.conversation(second.conversation));
    });
}
