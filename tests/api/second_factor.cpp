// The second factor of staff in a real store: what opens, what is counted, and what is asked of whom.
#include "channels/api/second_factor.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <cctype>
#include <set>
#include <thread>

#include "channels/codec/one_time_code.h"
#include "tests/store/store_house.h"

using namespace huiyin;
using namespace huiyin::test;
using namespace std::chrono_literals;

namespace {

const std::string password = "a quite good password", here = "192.0.2.1";

Staff person(std::int64_t id, const std::string& login, const std::string& role) {
    Staff staff;
    staff.id = StaffId{id};
    staff.login = login;
    staff.roles = {role};
    staff.unit = UnitId{1};
    return staff;
}

// A house whose staff have passwords; its clock stands until it is moved.
struct Office {
    explicit Office(SignInRules asked = {}) : rules(asked) {
        Unit top;
        top.id = UnitId{1};
        top.key = "top";
        top.kind = "group";
        holder.set(std::make_shared<const Directory>("top", std::vector<Unit>{top}, std::vector<Building>{},
                                                     std::vector<Household>{}, std::vector<Staff>{li, admin}));
        const auto hash = hash_password(password);
        house.open().run([&](Transaction& t) {
            t.set_password_hash(li.id, hash);
            t.set_password_hash(admin.id, hash);
        });
        door = std::make_unique<Access>(*house.store, holder, clock, "", rules);
    }
    void start_again() {
        door.reset();
        house.open();
        door = std::make_unique<Access>(*house.store, holder, clock, "", rules);
    }
    SecondFactors factors() { return {*house.store, clock, rules}; }
    std::string code_of(const std::string& seed, int off = 0) const {
        return one_time::code(seed, one_time::step_at(clock.now()) + off);
    }
    void pass(Milliseconds time) { clock.set(clock.now() + time); }
    // As the API has him after a sign-in.
    SignedIn signed_in(const Staff& who) {
        const auto opened = door->sign_in(who.login, password, here);
        REQUIRE(opened);
        REQUIRE(std::holds_alternative<Access::Issued>(*opened));
        SignedIn found;
        found.staff = who;
        house.store->read(
            [&](Reading& r) { found.session = *r.session(sha256_hex(std::get<Access::Issued>(*opened).token)); });
        return found;
    }
    // Set up by him; the step is over, so that the next code is a fresh one.
    std::string set_up(const Staff& who) {
        const auto he = signed_in(who);
        auto mine = factors();
        const auto seed = mine.offer(he, {password, "", here});
        REQUIRE(seed);
        const auto codes = mine.switch_on(he, {"", code_of(*seed), here});
        REQUIRE(codes);
        recovery = *codes;
        pass(30s);
        return *seed;
    }
    std::string half(const Staff& who) {
        const auto opened = door->sign_in(who.login, password, here);
        REQUIRE(opened);
        REQUIRE(std::holds_alternative<Access::CodeWanted>(*opened));
        return std::get<Access::CodeWanted>(*opened).token;
    }
    // "in", or the code of the refusal.
    std::string tries(const std::string& half_session, const std::string& code, const std::string& address = here) {
        const auto session = door->sign_in_by_code(half_session, code, address);
        return session ? "in" : session.problem().code;
    }
    std::vector<std::string> audited() {
        std::vector<std::string> actions;
        house.store->read([&](Reading& r) {
            for (const auto& entry : r.audit_page({}, 50, "").items) actions.push_back(entry.action);
        });
        return actions;
    }
    House house;
    ManualClock clock{nine};
    SignInRules rules;
    Staff li = person(1, "li.na", "front_desk"), admin = person(2, "admin", "administrator");
    DirectoryHolder holder{nullptr};
    std::unique_ptr<Access> door;
    std::vector<std::string> recovery;
};

}  // namespace

TEST_CASE("a code opens once, and none that is older; also in another process and after a restart") {
    Office office;
    const auto seed = office.set_up(office.li);
    const auto next = office.code_of(seed, 1), now = office.code_of(seed), before = office.code_of(seed, -1);
    CHECK(office.tries(office.half(office.li), before) == "access.wrong_code");  // it switched the factor on
    CHECK(office.tries(office.half(office.li), next) == "in");
    office.start_again();
    for (const auto& code : {next, now}) CHECK(office.tries(office.half(office.li), code) == "access.wrong_code");
    office.pass(30s);
    CHECK(office.tries(office.half(office.li), office.code_of(seed)) ==
          "access.wrong_code");  // taken when it was early
    office.pass(30s);
    CHECK(office.tries(office.half(office.li), office.code_of(seed)) == "in");
}

TEST_CASE("of many that bring one code at once, one is let in") {
    Office office;
    const auto seed = office.set_up(office.li);
    const auto code = office.code_of(seed);
    std::vector<std::string> halves;
    for (int i = 0; i < 4; ++i) halves.push_back(office.half(office.li));
    std::atomic<int> in{0};
    std::vector<std::thread> threads;
    for (const auto& half : halves)
        threads.emplace_back([&office, &in, half, code] {
            if (office.door->sign_in_by_code(half, code, here)) ++in;
        });
    for (auto& one : threads) one.join();
    CHECK(in == 1);
}

TEST_CASE("half a session is good for five minutes, once, and not after the account was closed to it") {
    Office office;
    const auto seed = office.set_up(office.li);
    CHECK(office.tries("", office.code_of(seed)) == "access.no_session");
    CHECK(office.tries(std::string(64, 'a'), office.code_of(seed)) == "access.no_session");
    const auto old = office.half(office.li);
    office.pass(5min - 1ms);
    CHECK(office.tries(old, office.code_of(seed)) == "in");
    CHECK(office.tries(old, office.code_of(seed, 1)) == "access.no_session");
    const auto older = office.half(office.li);
    office.pass(5min);
    CHECK(office.tries(older, office.code_of(seed)) == "access.no_session");
    const auto ended = office.half(office.li);
    office.house.store->run([&](Transaction& t) { t.drop_sessions_of(office.li.id); });
    CHECK(office.tries(ended, office.code_of(seed)) == "access.no_session");
    const auto left = office.half(office.li);
    office.house.store->run([&](Transaction& t) { t.forget_old(office.clock.now() + 5min); });
    CHECK(office.tries(left, office.code_of(seed)) == "access.no_session");
}

TEST_CASE("five wrong codes lock the login as wrong passwords do, and a right password in between forgives none") {
    Office office;
    const auto seed = office.set_up(office.li);
    for (int i = 0; i < 5; ++i) CHECK(office.tries(office.half(office.li), "000000") == "access.wrong_code");
    const auto locked = office.door->sign_in("li.na", password, here);
    REQUIRE_FALSE(locked);
    CHECK(locked.problem().code == "access.too_many");
    office.pass(15min + 1ms);
    const auto half = office.half(office.li);
    for (int i = 0; i < 5; ++i) CHECK(office.tries(half, "000000") == "access.wrong_code");
    CHECK(office.tries(half, office.code_of(seed)) == "access.too_many");  // the right one comes too late
    office.pass(15min + 1ms);
    CHECK(office.tries(office.half(office.li), office.code_of(seed)) == "in");
}

TEST_CASE("twenty wrong codes are all of a day, however slowly and from wherever they come; a reset opens again") {
    Office office;
    const auto seed = office.set_up(office.li);
    for (int i = 0; i < 20; ++i) {
        CHECK(office.tries(office.half(office.li), "000000", "192.0.2." + std::to_string(i)) == "access.wrong_code");
        office.pass(16min);
        if (i == 10) CHECK(office.tries(office.half(office.li), office.code_of(seed)) == "in");
    }
    office.pass(16min);
    CHECK(office.tries(office.half(office.li), office.code_of(seed)) == "access.too_many");
    office.house.store->run([&](Transaction& t) { CHECK(reset_second_factor(t, office.li)); });
    office.signed_in(office.li);
    office.house.store->run([&](Transaction& t) { CHECK_FALSE(reset_second_factor(t, office.li)); });
}

TEST_CASE("each of ten recovery codes opens once, as people type it, and no one else's does") {
    Office office;
    office.set_up(office.admin);
    const auto others = office.recovery;
    office.set_up(office.li);
    REQUIRE(office.recovery.size() == 10);
    CHECK(std::set(office.recovery.begin(), office.recovery.end()).size() == 10);
    CHECK(office.tries(office.half(office.li), others.front()) == "access.wrong_code");
    auto typed = office.recovery.front();
    for (auto& c : typed) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    typed.insert(5, " - ");
    CHECK(office.tries(office.half(office.li), typed) == "in");
    CHECK(office.tries(office.half(office.li), typed) == "access.wrong_code");
    CHECK(office.factors().state_of(office.li).recovery_codes == 9);
    CHECK(office.audited().front() == "second_factor.recovery_code_used");
    for (std::size_t i = 1; i < 10; ++i) CHECK(office.tries(office.half(office.li), office.recovery[i]) == "in");
    CHECK(office.factors().state_of(office.li).recovery_codes == 0);
}

TEST_CASE(
    "it is on when a code of what was shown was typed; a new phone needs a code of the old one, which holds until "
    "then") {
    Office office;
    const auto he = office.signed_in(office.li);
    auto mine = office.factors();
    CHECK(mine.switch_on(he, {"", "000000", here}).problem().code == "second_factor.conflict");
    CHECK(mine.offer(he, {"wrong", "", here}).problem().code == "second_factor.password");
    const auto seed = *mine.offer(he, {password, "", here});
    CHECK(mine.switch_on(he, {"", "000000", here}).problem().code == "second_factor.code");
    CHECK_FALSE(mine.state_of(office.li).on);
    const auto again = office.signed_in(office.li);  // what was only shown is asked of nobody
    REQUIRE(mine.switch_on(again, {"", office.code_of(seed), here}));
    CHECK(mine.state_of(office.li).since == office.clock.now());
    office.house.store->read([&](Reading& r) {
        CHECK_FALSE(r.session(he.session.token_hash));  // he came by the password alone
        CHECK(r.session(again.session.token_hash));
    });
    office.pass(30s);
    CHECK(mine.offer(again, {password, "", here}).problem().code == "second_factor.code");
    const auto newer = *mine.offer(again, {password, office.code_of(seed), here});
    office.pass(30s);
    CHECK(office.tries(office.half(office.li), office.code_of(newer)) == "access.wrong_code");
    CHECK(office.tries(office.half(office.li), office.code_of(seed)) == "in");
    REQUIRE(mine.switch_on(again, {"", office.code_of(newer), here}));
    office.pass(30s);
    CHECK(office.tries(office.half(office.li), office.code_of(seed)) == "access.wrong_code");
    CHECK(office.tries(office.half(office.li), office.code_of(newer)) == "in");
    CHECK(office.audited() == std::vector<std::string>{"second_factor.changed", "second_factor.set_up"});
}

TEST_CASE("what was shown is good for ten minutes, and whoever guesses its codes is stopped as at the door") {
    Office office;
    const auto he = office.signed_in(office.li);
    auto mine = office.factors();
    const auto on = [&](const std::string& code) {
        const auto codes = mine.switch_on(he, {"", code, here});
        return codes ? "on" : codes.problem().code;
    };
    const auto late = *mine.offer(he, {password, "", here});
    office.pass(10min + 1s);
    CHECK(on(office.code_of(late)) == "second_factor.conflict");
    const auto seed = *mine.offer(he, {password, "", here});
    office.pass(-5s);  // a clock that was put back makes it no longer
    CHECK(on(office.code_of(seed)) == "second_factor.conflict");
    office.pass(5s);
    for (int i = 0; i < 5; ++i) CHECK(on("000000") == "second_factor.code");
    CHECK(on("000000") == "access.too_many");
    CHECK(on(office.code_of(seed)) == "access.too_many");
    office.pass(16min);
    const auto again = *mine.offer(he, {password, "", here});
    CHECK(on(office.code_of(again)) == "on");
}

TEST_CASE("it is switched off by password and code together, and new recovery codes cost a code") {
    Office office;
    const auto seed = office.set_up(office.li);
    const auto first = office.recovery;
    SignedIn he;
    he.staff = office.li;
    auto mine = office.factors();
    CHECK(mine.new_recovery_codes(he, {"", "000000", here}).problem().code == "second_factor.code");
    const auto renewed = mine.new_recovery_codes(he, {"", office.code_of(seed), here});
    REQUIRE(renewed);
    CHECK(office.tries(office.half(office.li), first.front()) == "access.wrong_code");
    CHECK(office.tries(office.half(office.li), renewed->front()) == "in");
    office.pass(30s);
    CHECK(mine.switch_off(he, {password, "000000", here}).problem().code == "second_factor.code");
    CHECK(mine.switch_off(he, {"wrong", office.code_of(seed), here}).problem().code == "second_factor.password");
    REQUIRE(mine.switch_off(he, {password, office.code_of(seed), here}));
    CHECK(mine.switch_off(he, {password, office.code_of(seed), here}).problem().code == "second_factor.conflict");
    office.signed_in(office.li);
    CHECK(office.factors().state_of(office.li).recovery_codes == 0);
}

TEST_CASE("where it is asked of administrators it is asked of these alone, and they cannot switch it off") {
    Office office(SignInRules{.second_factor_for_administrators = true});
    CHECK_FALSE(std::get<Access::Issued>(*office.door->sign_in("li.na", password, here)).second_factor_wanted);
    CHECK(std::get<Access::Issued>(*office.door->sign_in("admin", password, here)).second_factor_wanted);
    const auto seed = office.set_up(office.admin);
    SignedIn he;
    he.staff = office.admin;
    CHECK(office.factors().state_of(office.admin).required);
    CHECK(office.factors().switch_off(he, {password, office.code_of(seed), here}).problem().code ==
          "second_factor.conflict");
    CHECK(office.tries(office.half(office.admin), office.code_of(seed)) == "in");
}

TEST_CASE("a link gives a new password and no way around the code") {
    Office office;
    const auto seed = office.set_up(office.li);
    const auto link = office.door->new_link(office.li.id);
    const auto opened = office.door->sign_in_by_link(link, "another good password", here);
    REQUIRE(opened);
    REQUIRE(std::holds_alternative<Access::CodeWanted>(*opened));
    CHECK(office.tries(std::get<Access::CodeWanted>(*opened).token, office.code_of(seed)) == "in");
    CHECK(std::holds_alternative<Access::CodeWanted>(office.door->sign_in_by_platform(office.li)));
}

TEST_CASE("a new link, and the use of one, end the other links of that person") {
    Office office;
    const auto by = [&](const std::string& link) {
        return static_cast<bool>(office.door->sign_in_by_link(link, "another good password", here));
    };
    const auto others = office.door->new_link(office.admin.id);
    const auto first = office.door->new_link(office.li.id), second = office.door->new_link(office.li.id);
    CHECK_FALSE(by(first));
    CHECK(by(second));
    CHECK_FALSE(by(second));
    const auto third = office.door->new_link(office.li.id);
    office.house.store->run([&](Transaction& t) {  // as an earlier program left two of them
        t.save_one_time_link(sha256_hex("older"), office.li.id, office.clock.now() + 1h);
    });
    CHECK(by(third));
    CHECK_FALSE(by("older"));
    CHECK(by(others));
}

TEST_CASE("whoever makes links up is counted, and looked at no more") {
    Office office;
    const auto by = [&](const std::string& link, const std::string& address) {
        const auto opened = office.door->sign_in_by_link(link, "another good password", address);
        return opened ? std::string("in") : opened.problem().code;
    };
    const auto link = office.door->new_link(office.li.id);
    for (int i = 0; i < 20; ++i) CHECK(by("made-up-" + std::to_string(i), here) == "access.no_session");
    CHECK(by(link, here) == "access.too_many");
    CHECK(by(link, "192.0.2.7") == "in");
}

TEST_CASE("who has no password sets it up right after he signed in, or signs in once more") {
    Office office;
    auto he = office.signed_in(office.li);
    office.house.store->run([&](Transaction& t) { t.set_password_hash(office.li.id, ""); });
    CHECK(office.factors().offer(he, {"", "", here}));
    office.pass(10min + 1ms);
    CHECK(office.factors().offer(he, {"", "", here}).problem().code == "second_factor.password");
}

TEST_CASE("neither the seed nor a recovery code is readable in a file of the store") {
    Office office;
    const auto seed = office.set_up(office.li);
    office.door.reset();
    office.house.store.reset();
    int files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(office.house.folder.path)) {
        if (!entry.is_regular_file()) continue;
        ++files;
        const auto bytes = bytes_of(entry.path());
        CHECK(bytes.find(seed) == std::string::npos);
        for (const auto& code : office.recovery) CHECK(bytes.find(code) == std::string::npos);
    }
    CHECK(files >= 1);
}
