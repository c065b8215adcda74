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
    Result<Person> corrects(PersonId whom, const Correction& right) {
        return in_unit<Person>([&](Transaction& tx) {
            return rights->correct(
                tx, whom, right, {.engine = world.engine.get(), .by = resident(whom), .now = world.now(), .held = {}});
        });
    }
    nlohmann::json held(PersonId of) {
        nlohmann::json found;
        world.store->read([&](Reading& reading) { found = rights->held_of(reading, of, world.now()); });
        return found;
    }
    std::vector<OutboxItem> sent_to(const World::Case& to) {
        std::vector<OutboxItem> found;
        world.store->read([&](Reading& reading) {
            for (auto& one : reading.outbox_page("", 1000, "").items)
                if (one.conversation == to.conversation) found.push_back(std::move(one));
        });
        return found;
    }
    void reach_him() {  // the platform took all that waited
        world.store->run([&](Transaction& tx) {
            for (auto& one : tx.outbox_page("waiting", 1000, "").items) {
                one.state = OutboxState::sent;
                one.sent_at = world.now();
                tx.save(one);
            }
        });
    }
    // Another matter of his, still open.
    World::Case another(const World::Case& of, const std::string& summary) {
        OpenTicket wish;
        wish.kind = "complaint";
        wish.category = "housing";
        wish.details.summary = wish.details.description = summary;
        world.dress(wish, {of.person, of.conversation}, "jinxiu", "3", "2", "501");
        const auto opened = world.opens(wish);
        REQUIRE(opened);
        return {opened->id, of.person, of.conversation};
    }
    void joins(const World::Case& ticket, const World::Case& who, const std::string& words,
               const std::string& picture) {
        world.in_unit_of_work([&](Transaction& tx) {
            REQUIRE(world.engine->join(tx, ticket.id, who.person, who.conversation, world.now()));
            Attachment a;
            a.id = AttachmentId{picture};
            a.conversation = who.conversation;
            a.kind = "image";
            a.sha256 = picture;
            a.created_at = world.now();
            tx.save(a);
            REQUIRE(world.engine->add_evidence(tx, ticket.id, words, {a.id}, resident(who.person), world.now()));
        });
    }
    bool has_picture(const std::string& id) {
        bool has = false;
        world.store->read([&](Reading& reading) { has = reading.attachment(AttachmentId{id}).has_value(); });
        return has;
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
    const auto correct = [&](const Correction& right, PersonId whom) { return office.corrects(whom, right); };
    const auto done = correct({.name = "王秀兰", .phone = "139-1234-5678"}, ticket.person);
    REQUIRE(done);
    CHECK(done->name == "王秀兰");
    CHECK(done->phone == "13912345678");
    CHECK_FALSE(done->phone_confirmed);
    office.world.store->read([&](Reading& reading) { CHECK(reading.person(ticket.person)->name == "王秀兰"); });
    CHECK(correct({.name = {}, .phone = "12"}, ticket.person).problem().code == "privacy.bad_field");
    for (const char* phone : {"", "没有电话"})
        CHECK(correct({.name = {}, .phone = phone}, ticket.person).problem().code == "privacy.bad_field");
    office.world.store->read([&](Reading& reading) { CHECK(reading.person(ticket.person)->phone == "13912345678"); });
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
    const auto open = office.another(ticket, "窗户关不上");
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
    // Half a day after he was told the talk goes with his address in it.
    office.reach_him();
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
    office.reach_him();
    world.moves_to(world.now() + std::chrono::hours(13));
    for (int pieces = 0; office.rights->pieces(world.now()); ++pieces) REQUIRE(pieces < 1000);
    world.store->read([&](Reading& reading) {
        CHECK_FALSE(reading.conversation(first.conversation));
        CHECK_FALSE(reading.conversation(second.conversation));
    });
}

TEST_CASE("rights: with somebody's erasure goes what was said to him, sent or waiting, and what else he asked") {
    Office office;
    auto& world = office.world;
    const auto ticket = office.closed("卫生间漏水"), neighbour = office.world.files("楼道灯不亮");
    const auto copy = office.asks(ticket, "export", "给我一份");
    const auto right = office.asks(ticket, "correct", "我叫王秀兰");
    REQUIRE(copy);
    REQUIRE(right);
    REQUIRE(office.decides(copy->id, {.granted = true, .reason = "已邮寄到3-2-501"}));
    world.store->run([&](Transaction& tx) {  // a clock that was ahead when it was said
        auto talk = *tx.conversation(ticket.conversation);
        ++talk.last_message;
        talk.last_inbound_at = talk.updated_at = world.now() + std::chrono::hours{24 * 1000};
        tx.save(talk);
        tx.add(Message{talk.last_message, talk.id, talk.updated_at, Speaker::resident, {.text = "明年再说"}});
    });
    REQUIRE(office.sent_to(ticket).size() > 3);
    const auto others = office.sent_to(neighbour).size();
    REQUIRE(others > 0);
    const auto wish = office.asks(ticket, "erase", "都删掉");
    REQUIRE(wish);
    REQUIRE(office.decides(wish->id, {.granted = true, .by = world.staff(zhao)}));
    office.works();
    const auto left = office.sent_to(ticket);
    REQUIRE(left.size() == 1);  // that it is done
    CHECK(left[0].said.text.find("已经删除") != std::string::npos);
    CHECK(office.sent_to(neighbour).size() == others);
    CHECK(world.House::talk(ticket.conversation).size() == 1);
    world.store->read([&](Reading& reading) {
        for (const auto& one : reading.kept().privacy_requests_of(ticket.person)) {
            CHECK(one.wish.empty());
            CHECK(one.answer.empty());
        }
        CHECK(reading.kept().privacy_request(copy->id)->state == "done");
        CHECK(reading.kept().privacy_request(right->id)->state == "withdrawn");
    });
    // The talk waits for its answer, and goes when that was sent, whatever its clock was.
    world.moves_to(world.now() + std::chrono::hours(13));
    office.works();
    world.store->read([&](Reading& reading) { CHECK(reading.conversation(ticket.conversation)); });
    office.reach_him();
    world.moves_to(world.now() + std::chrono::hours(1));
    office.works();
    world.store->read([&](Reading& reading) { CHECK_FALSE(reading.conversation(ticket.conversation)); });
}

TEST_CASE("rights: what stays is told again when it is something else, and not when it is told in other words") {
    Office office;
    auto& world = office.world;
    const auto ticket = office.closed("卫生间漏水");
    const auto hold = [&](std::int64_t id, TimePoint until, bool lifted) {
        Hold one;
        one.id = id;
        one.ticket = ticket.id;
        one.reason = "诉讼";
        one.set_at = world.now();
        one.until = until;
        if (lifted) one.lifted_at = world.now();
        world.store->run([&](Transaction& tx) { tx.keeping().save(one); });
    };
    const auto told = [&] {
        int times = 0;
        for (const auto& line : world.House::talk(ticket.conversation))
            if (line.said.text.find("暂时不能删") != std::string::npos) ++times;
        return times;
    };
    const auto later = [&] {
        world.moves_to(world.now() + std::chrono::hours(13));
        office.works();
    };
    const auto spring = world.now() + std::chrono::hours(36);
    hold(1, spring, false);
    const auto wish = office.asks(ticket, "erase");
    REQUIRE(wish);
    REQUIRE(office.decides(wish->id, {.granted = true, .by = world.staff(zhao)}));
    office.works();
    CHECK(told() == 1);
    later();  // what was "tomorrow" is "today"
    CHECK(told() == 1);
    hold(2, spring + std::chrono::hours(240), false);
    later();
    CHECK(told() == 2);
    hold(2, spring + std::chrono::hours(240), true);
    hold(3, spring + std::chrono::hours(480), false);
    later();
    CHECK(told() == 3);
    later();
    CHECK(told() == 3);
}

TEST_CASE(
    "rights: what a neighbour said in somebody's ticket is his: shown to him, erased with him, left without her") {
    Office office;
    auto& world = office.world;
    const auto hers = office.closed("卫生间漏水");
    const auto open = world.files("电梯坏了", [](OpenTicket& wish) { wish.category = "equipment"; });
    const auto his = world.files("楼道灯不亮");
    office.joins(open, his, "我家老人天天爬六楼", "his-picture");
    const auto has = [](const nlohmann::json& held, const char* words) {
        return held.dump().find(words) != std::string::npos;
    };
    CHECK_FALSE(has(office.held(open.person), "爬六楼"));
    CHECK_FALSE(has(office.held(open.person), "his-picture"));
    const auto held = office.held(his.person);
    REQUIRE(held.at("joined").size() == 1);
    CHECK(held["joined"][0].at("number") == world.ticket(open).number);
    CHECK(has(held, "爬六楼"));
    CHECK(has(held, "his-picture"));
    CHECK_FALSE(has(held, "电梯坏了"));
    CHECK(Rights::page_of(held).find("爬六楼") != std::string::npos);
    const auto erases = [&](const World::Case& who) {
        const auto wish = office.asks(who, "erase");
        REQUIRE(wish);
        REQUIRE(office.decides(wish->id,
                               {.granted = true, .open_too = true, .reason = "本人坚持", .by = world.staff(zhao)}));
        office.works();
    };
    erases(open);
    CHECK(office.details(open) == Details{});
    CHECK(has(office.held(his.person), "爬六楼"));
    CHECK(office.has_picture("his-picture"));
    erases(his);
    world.store->read([&](Reading& reading) {
        for (const auto& text : reading.kept().texts_of(open.id)) CHECK(text.words.empty());
    });
    CHECK_FALSE(office.has_picture("his-picture"));
    CHECK(office.details(hers).summary == "卫生间漏水");
    CHECK(verify_chains(*world.store).faults.empty());
}

TEST_CASE("rights: of a neighbour's ticket that is held his words stay, and he is told so") {
    Office office;
    auto& world = office.world;
    const auto hers = world.files("电梯坏了"), his = office.closed("楼道灯不亮");
    office.joins(hers, his, "我家老人天天爬六楼", "his-picture");
    Hold hold;
    hold.id = 1;
    hold.ticket = hers.id;
    hold.reason = "诉讼";
    hold.set_at = world.now();
    hold.until = world.now() + std::chrono::hours(24);
    world.store->run([&](Transaction& tx) { tx.keeping().save(hold); });
    const auto wish = office.asks(his, "erase");
    REQUIRE(wish);
    REQUIRE(office.decides(wish->id, {.granted = true, .by = world.staff(zhao)}));
    office.works();
    CHECK(office.said(his).find(world.ticket(hers).number) != std::string::npos);
    CHECK(office.has_picture("his-picture"));
    world.moves_to(world.now() + std::chrono::hours(25));
    office.works();
    CHECK_FALSE(office.has_picture("his-picture"));
    CHECK(office.said(his).find("已经删除") != std::string::npos);
}

TEST_CASE("rights: a line of the erased that was cut off hides no other, and means nobody") {
    Office office;
    auto& world = office.world;
    const auto list = world.folder / "erased";
    const auto first = office.closed("卫生间漏水"), second = world.files("楼道灯不亮"), third = world.files("门禁坏了");
    std::ofstream(list) << second.person.value << " 17723";  // the disk was full
    const auto wish = office.asks(first, "erase");
    REQUIRE(wish);
    REQUIRE(office.decides(wish->id, {.granted = true, .by = world.staff(zhao)}));
    office.works();
    std::ofstream(list, std::ios::app) << third.person.value << " " << to_ms(world.now()) << " 7\n-5 x\n";
    std::ifstream file(list);
    std::string cut, whole;
    REQUIRE(std::getline(file, cut));
    REQUIRE(std::getline(file, whole));
    CHECK(whole == std::to_string(first.person.value) + " " + std::to_string(to_ms(world.now())));
    CHECK(office.rights->erase_again(world.now()) == 0);
    office.works();
    CHECK(office.details(second).summary == "楼道灯不亮");
    CHECK(office.details(third).summary == "门禁坏了");
}

TEST_CASE("rights: what is put right replaces a contact that was himself, in no matter that is over or anonymous") {
    Office office;
    auto& world = office.world;
    const auto over = office.closed("卫生间漏水");
    const auto contact = [&](const World::Case& of) {
        const auto found = office.details(of);
        return found.contact_name + " " + found.contact_phone;
    };
    const auto opens = [&](const std::string& summary, const std::function<void(OpenTicket&)>& change) {
        OpenTicket wish;
        wish.kind = "complaint";
        wish.category = "housing";
        wish.details.summary = wish.details.description = summary;
        world.dress(wish, {over.person, over.conversation}, "jinxiu", "3", "2", "501");
        change(wish);
        const auto opened = world.opens(wish);
        REQUIRE(opened);
        return World::Case{opened->id, over.person, over.conversation};
    };
    const auto of_mother = opens("门禁坏了", [](OpenTicket& wish) {
        wish.details.contact_name = "王奶奶";
        wish.details.contact_phone = "13700000000";
    });
    std::string name, phone;
    world.store->read([&](Reading& reading) {
        name = reading.person(over.person)->name;
        phone = reading.person(over.person)->phone;
    });
    const auto himself = [&](OpenTicket& wish) {
        wish.details.contact_name = name;
        wish.details.contact_phone = phone;
    };
    const auto own = opens("窗户关不上", himself);
    const auto secret = opens("保安骂人", [&](OpenTicket& wish) {
        himself(wish);
        wish.anonymous = true;
    });
    REQUIRE(contact(own) == name + " " + phone);
    const auto closed_one = contact(over), secret_one = contact(secret);
    REQUIRE(office.corrects(over.person, {.name = "王秀兰", .phone = "139-1234-5678"}));
    CHECK(contact(own) == "王秀兰 13912345678");
    CHECK(contact(of_mother) == "王奶奶 13700000000");
    CHECK(contact(secret) == secret_one);
    CHECK(contact(over) == closed_one);
    CHECK(verify_chains(*world.store).faults.empty());
}
