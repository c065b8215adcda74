// Who works in the company, and who signs in by it.
#include "channels/wecom/members.h"

#include <catch2/catch.hpp>
#include <future>

#include "channels/staff_desk.h"
#include "channels/wecom/access.h"
#include "channels/wecom/reactions.h"
#include "channels/wecom/sign_in.h"
#include "tests/platforms/desk.h"

using namespace huiyin;
using namespace std::chrono_literals;

namespace {

const ChannelId app_id{"app"};

struct CompanyDesk : Desk {
    CompanyDesk() {
        const auto settings = app_settings();
        access = wecom::token_cache_of({settings.api_base, settings.corp_id, settings.secret}, caller(), clock);
    }
    Result<wecom::Company> company() {
        JsonApi api(caller(), app_settings().api_base, wecom::reactions(), access.get());
        return wecom::read_company(api, clock.now());
    }
    void people(const Json& list) { platform.setup({{"wecom", {{"people", list}}}}); }
    wecom::SignIn& sign_in() {
        const auto settings = app_settings();
        if (!signing)
            signing = std::make_unique<wecom::SignIn>(wecom::SignInSettings{.corp_id = settings.corp_id,
                                                                            .agent_id = settings.agent_id,
                                                                            .api_base = settings.api_base,
                                                                            .access = access},
                                                      caller(), clock);
        return *signing;
    }
    // What a browser gets that is sent to an address of the platform.
    http::Reply visits(const std::string& address) {
        http::Call call;
        call.url = address.substr(0, address.find('#'));
        return caller()(call).value();
    }
    // The code with which a browser comes back in which `userid` is signed in.
    std::string sign_in_code(const std::string& userid, bool inside = true) {
        platform.setup({{"wecom", {{"in_browser", userid}}}});
        state = sign_in().new_state();
        const auto reply = visits(sign_in().address(inside, "https://desk.example.com/back", state));
        const auto back = std::string(reply.header("Location").value_or(""));
        REQUIRE(back.starts_with("https://desk.example.com/back?code="));
        REQUIRE(back.ends_with("&state=" + state));
        return back.substr(35, back.find('&') - 35);
    }
    std::string who(const std::string& code) { return who(code, state); }
    std::string who(const std::string& code, const std::string& with) {
        std::promise<std::string> told;
        sign_in().ask(code, with,
                      [&](Result<std::string> userid) { told.set_value(userid ? *userid : userid.problem().code); });
        return told.get_future().get();
    }
    std::shared_ptr<TokenCache> access;
    std::unique_ptr<wecom::SignIn> signing;
    std::string state;  // of the browser that was sent last
};

Directory directory_of(std::vector<Staff> staff) {
    Unit all, centre;
    all.id = UnitId{1};
    all.key = "group";
    all.kind = "organisation";
    centre.id = UnitId{2};
    centre.parent = all.id;
    centre.key = "centre";
    centre.kind = "service_centre";
    return Directory("group", {all, centre}, {}, {}, std::move(staff));
}
Staff with_login(std::int64_t id, const std::string& login) {
    Staff staff;
    staff.id = StaffId{id};
    staff.login = login;
    staff.name = login;
    staff.roles = {"front_desk"};
    staff.unit = UnitId{2};
    return staff;
}
const std::vector<wecom::DepartmentRule> rules{{2, "centre", {"front_desk"}}, {3, "centre", {"engineering"}}};

wecom::Member member(const std::string& userid, std::int64_t department, bool active = true) {
    return {userid, "名" + userid, {department}, active};
}
const std::vector<wecom::Department> tree{{1, 0}, {2, 1}, {3, 2}, {4, 3}, {9, 1}};  // 3 and 4 below 2, 9 beside it

wecom::MemberChanges changes(const std::vector<wecom::Member>& members, const Directory& directory,
                             const wecom::KnownMembers& known = {}) {
    std::int64_t next = 100;
    return wecom::changes_of({tree, members}, rules, directory, app_id, known, [&] { return StaffId{++next}; });
}

}  // namespace

TEST_CASE("the company is read department by department, each member once; a large one member by member") {
    CompanyDesk desk;
    desk.people({{{"userid", "Zhang.Qiang"}, {"name", "张强"}, {"department", {2, 3}}, {"status", 1}},
                 {{"userid", "00123"}, {"name", "老王"}, {"department", {3}}, {"status", 4}}});
    for (const int large : {0, 3}) {
        CAPTURE(large);
        desk.platform.setup({{"wecom", {{"large_department", large}}}});
        const auto company = desk.company();
        REQUIRE(company);
        REQUIRE(company->departments.size() == 3);
        CHECK(company->departments[1].parent == company->departments[0].id);
        CHECK(desk.platform.calls("/cgi-bin/department/get").empty());  // what they are called is not asked
        REQUIRE(company->members.size() == 2);
        CHECK(company->members[0].userid == "Zhang.Qiang");
        CHECK(company->members[0].active);
        CHECK(company->members[0].departments == std::vector<std::int64_t>{2, 3});
        CHECK(company->members[1].userid == "00123");
        CHECK_FALSE(company->members[1].active);
    }
    // Whatever breaks on the way: nothing is half read.
    desk.platform.fault({{"path", "/cgi-bin/user/get"}, {"kind", "errcode"}, {"errcode", -1}});
    CHECK(desk.company().problem().code == "channel.busy");
    desk.platform.fault({{"path", "/cgi-bin/user/list"}, {"kind", "http"}});
    CHECK(desk.company().problem().code == "channel.busy");
    desk.platform.setup({{"wecom", {{"ip_refused", "203.0.113.7"}}}});
    CHECK(desk.company().problem().code == "channel.alarm");
}

TEST_CASE("members of a named department, or below it, become staff; who has an account keeps it") {
    const auto directory = directory_of({with_login(7, "li.na")});
    const auto plan =
        changes({member("LI.NA", 3), member("wu.di", 4), member("cai.wu", 9), member("new.one", 3, false)}, directory);
    REQUIRE(plan.added.size() == 1);
    CHECK(plan.added[0].login == "wu.di");
    CHECK(plan.added[0].name == "名wu.di");
    CHECK(plan.added[0].roles == std::vector<std::string>{"engineering"});
    CHECK(plan.added[0].unit == UnitId{2});
    CHECK(plan.changed.empty());  // she has what was written for her
    CHECK(plan.disabled.empty());
    CHECK(plan.known.at("li.na") == wecom::KnownMember{StaffId{7}, false, false});
    CHECK(plan.known.at("wu.di") == wecom::KnownMember{StaffId{101}, true, false});
    CHECK(wecom::read_known(wecom::to_text(plan.known)) == plan.known);
    CHECK(wecom::read_known("nonsense").empty());

    // An address of the channel's is who he is there, and not his login.
    auto other = with_login(8, "wang");
    other.addresses["app"] = "WangFang";
    const auto by_address = changes({member("wangfang", 2)}, directory_of({other}));
    CHECK(by_address.added.empty());
    CHECK(by_address.known.at("wangfang").staff == StaffId{8});
}

TEST_CASE("who moves holds the other roles; who left signs in no more, and again when he is back") {
    auto made = with_login(101, "wu.di");
    made.roles = {"engineering"};
    const wecom::KnownMembers known{{"wu.di", {StaffId{101}, true, false}}, {"li.na", {StaffId{7}, false, false}}};
    const auto directory = directory_of({with_login(7, "li.na"), made});
    const auto moved = changes({member("wu.di", 2), member("li.na", 2)}, directory, known);
    REQUIRE(moved.changed.size() == 1);
    CHECK(moved.changed[0].roles == std::vector<std::string>{"front_desk"});

    for (const auto& members :
         {std::vector{member("li.na", 2)}, std::vector{member("li.na", 2), member("wu.di", 3, false)},
          std::vector{member("li.na", 2), member("wu.di", 9)}}) {
        const auto left = changes(members, directory, known);
        REQUIRE(left.disabled.size() == 1);
        CHECK(left.disabled[0].login == "wu.di");
        CHECK(left.disabled[0].disabled);
        CHECK(left.known.at("wu.di").left);
    }
    // Seen here once, an account that was made by hand goes the same way; one that never was, does not.
    const auto gone = changes({member("wu.di", 3)}, directory, known);
    REQUIRE(gone.disabled.size() == 1);
    CHECK(gone.disabled[0].login == "li.na");
    CHECK(changes({}, directory_of({with_login(1, "admin")})).nothing());

    made.disabled = true;
    const auto back = changes({member("wu.di", 3)}, directory_of({made}), {{"wu.di", {StaffId{101}, true, true}}});
    REQUIRE(back.changed.size() == 1);
    CHECK_FALSE(back.changed[0].disabled);
    CHECK_FALSE(back.known.at("wu.di").left);
    // Somebody of ours disabled him: the company has no say in that.
    for (const auto& row :
         changes({member("wu.di", 3)}, directory_of({made}), {{"wu.di", {StaffId{101}, true, false}}}).changed)
        CHECK(row.disabled);
}

TEST_CASE("a reading in which most are gone is not believed, nor a rule whose unit is unknown") {
    std::vector<Staff> staff;
    wecom::KnownMembers known;
    for (int i = 1; i <= 8; ++i) {
        staff.push_back(with_login(i, "m" + std::to_string(i)));
        known["m" + std::to_string(i)] = {StaffId{i}, true, false};
    }
    const auto narrowed = changes({member("m1", 2), member("m2", 2)}, directory_of(staff), known);
    CHECK(narrowed.nothing());
    CHECK(narrowed.refused.find("visible range") != std::string::npos);
    CHECK(narrowed.known == known);
    const auto one_unit = directory_of({});
    const auto unknown = wecom::changes_of({tree, {member("a", 3)}}, {{3, "nowhere", {"order"}}}, one_unit, app_id, {},
                                           [] { return StaffId{1}; });
    CHECK(unknown.nothing());
    CHECK(unknown.unknown_units == std::vector<std::string>{"nowhere"});
}

TEST_CASE("a company that is not told whole is not read") {
    CompanyDesk desk;
    desk.people({{{"userid", "zhang.qiang"}, {"name", "张强"}, {"department", {3}}, {"status", 1}}});
    REQUIRE(desk.company());
    for (const auto* path : {"/cgi-bin/department/simplelist", "/cgi-bin/user/list"}) {
        CAPTURE(path);
        desk.platform.fault({{"path", path}, {"kind", "errcode"}, {"errcode", 0}});  // "ok", and no list
        CHECK(desk.company().problem().code == "members.unreadable");
    }
    desk.people(Json::array());
    CHECK(desk.company().problem().code == "members.unreadable");
    desk.people({{{"userid", "zhang.qiang"}, {"name", "张强"}, {"department", {3}}, {"status", 1}}});
    desk.platform.setup({{"wecom", {{"departments", Json::array()}}}});
    CHECK(desk.company().problem().code == "members.unreadable");
}

TEST_CASE("few may not be taken away at once either, and never the last administrator") {
    std::vector<Staff> staff;
    wecom::KnownMembers known;
    for (int i = 1; i <= 4; ++i) {
        staff.push_back(with_login(i, "m" + std::to_string(i)));
        known["m" + std::to_string(i)] = {StaffId{i}, false, false};
    }
    CHECK_FALSE(changes({}, directory_of(staff), known).refused.empty());
    CHECK_FALSE(changes({member("m1", 2), member("m2", 2)}, directory_of(staff), known).refused.empty());
    CHECK(changes({member("m1", 2), member("m2", 2), member("m3", 2)}, directory_of(staff), known).disabled.size() ==
          1);
    // Who was disabled by people is nobody's loss, and hides none.
    auto thinned = staff;
    thinned[2].disabled = thinned[3].disabled = true;
    CHECK_FALSE(changes({member("someone", 9)}, directory_of(thinned), known).refused.empty());
    // Even one, where nobody is left in the company.
    CHECK_FALSE(changes({member("m1", 2, false)}, directory_of({staff[0]}), {{"m1", {StaffId{1}, false, false}}})
                    .refused.empty());

    auto boss = with_login(9, "boss");
    boss.roles = {"administrator"};
    boss.addresses["app"] = "boss";
    known["boss"] = {StaffId{9}, false, false};
    staff.push_back(boss);
    const std::vector everybody_else{member("m1", 2), member("m2", 2), member("m3", 2), member("m4", 2)};
    const auto last = changes(everybody_else, directory_of(staff), known);
    CHECK(last.disabled.empty());
    CHECK(last.kept == std::vector<std::string>{"boss"});
    auto second = with_login(10, "second");
    second.roles = {"administrator"};
    staff.push_back(second);
    const auto spare = changes(everybody_else, directory_of(staff), known);
    REQUIRE(spare.disabled.size() == 1);
    CHECK(spare.disabled[0].login == "boss");
    CHECK(spare.kept.empty());
    // Made by a reading, he moves to a department of others: the last one stays what he is.
    const auto moved = changes({member("boss", 3)}, directory_of({boss}), {{"boss", {StaffId{9}, true, false}}});
    CHECK(moved.kept == std::vector<std::string>{"boss"});
    for (const auto& row : moved.changed) CHECK(row.roles == std::vector<std::string>{"administrator"});
}

TEST_CASE("a login that is taken gets no second account, and the others are read all the same") {
    auto elsewhere = with_login(7, "li.na");
    elsewhere.addresses["app"] = "LiNa2";
    auto admin = with_login(8, "admin");
    admin.roles = {"administrator"};
    const auto plan = changes({member("li.na", 2), member("Admin", 2), member("wu.di", 3)},
                              directory_of({elsewhere, admin}), {{"admin", {StaffId{8}, false, false}}});
    CHECK(plan.taken == std::vector<std::string>{"Admin", "li.na"});
    REQUIRE(plan.added.size() == 1);
    CHECK(plan.added[0].login == "wu.di");
    CHECK(plan.added[0].addresses.at("app") == "wu.di");
    CHECK(plan.known.size() == 1);  // nobody is administrator by being called so
    CHECK(plan.disabled.empty());
    CHECK(plan.changed.empty());
}

TEST_CASE("who is at an address: what was written goes before a login, and two are nobody") {
    auto boss = with_login(1, "zhang");
    boss.roles = {"administrator"};
    auto zhang = with_login(2, "zhang.wei");
    zhang.addresses["app"] = "Zhang";
    for (const auto& staff : {std::vector{boss, zhang}, std::vector{zhang, boss}}) {
        const auto directory = directory_of(staff);
        const auto* found = staff_at(directory, app_id, true, {"zhang"});
        REQUIRE(found);
        CHECK(found->id == StaffId{2});
        CHECK(staff_signing_in(directory, app_id, true, "ZHANG")->id == StaffId{2});
        const auto plan = changes({member("zhang", 2)}, directory);
        CHECK(plan.known.at("zhang").staff == StaffId{2});
    }
    // He was disabled: nobody takes his place.
    auto disabled = zhang;
    disabled.disabled = true;
    CHECK_FALSE(staff_at(directory_of({boss, disabled}), app_id, true, {"zhang"}));
    auto anew = zhang;
    anew.id = StaffId{3};
    anew.login = "zhang.wei2";
    CHECK(staff_at(directory_of({disabled, anew}), app_id, true, {"zhang"})->id == StaffId{3});
    CHECK_FALSE(staff_at(directory_of({zhang, anew}), app_id, true, {"zhang"}));
    // By a login alone nobody signs in as administrator, and nobody at all where two are called so.
    CHECK_FALSE(staff_signing_in(directory_of({boss}), app_id, true, "zhang"));
    boss.addresses["app"] = "zhang";
    CHECK(staff_signing_in(directory_of({boss}), app_id, true, "zhang"));
    CHECK(staff_signing_in(directory_of({with_login(4, "li.na")}), app_id, true, "Li.Na"));
    CHECK_FALSE(staff_signing_in(directory_of({with_login(4, "li.na")}), app_id, false, "li.na"));
    CHECK_FALSE(staff_at(directory_of({with_login(4, "li.na"), with_login(5, "Li.Na")}), app_id, true, {"li.na"}));
}

TEST_CASE("WeCom tells who signs in, once a code; the same code with the same state is answered the same") {
    CompanyDesk desk;
    for (const bool inside : {true, false}) {
        CAPTURE(inside);
        const auto code = desk.sign_in_code("Zhang.Qiang", inside);
        CHECK(desk.who(code) == "Zhang.Qiang");
        const auto asked = desk.platform.calls("/cgi-bin/auth/getuserinfo").size();
        CHECK(desk.who(code) == "Zhang.Qiang");  // the browser opened the link twice
        CHECK(desk.platform.calls("/cgi-bin/auth/getuserinfo").size() == asked);
        CHECK(desk.who(code, desk.sign_in().new_state()) == "sign_in.again");
        CHECK(desk.platform.calls("/cgi-bin/auth/getuserinfo").size() == asked + 1);
    }
    const auto old = desk.sign_in_code("zhang.qiang");
    desk.pass(301s);  // WeCom's five minutes, not ours
    REQUIRE(desk.sign_in().is_ours(desk.state));
    CHECK(desk.who(old) == "sign_in.again");
    CHECK(desk.who("invented") == "sign_in.again");
    CHECK(desk.who("") == "sign_in.again");
    CHECK(desk.who(std::string(513, 'x')) == "sign_in.again");

    // Not of the company: the page offers one.
    desk.platform.setup({{"wecom", {{"in_browser", ""}}}});
    const auto page = desk.visits(desk.sign_in().address(false, "https://desk.example.com/back", "s1")).body;
    const auto link = page.rfind("code=");
    REQUIRE(link != std::string::npos);
    CHECK(desk.who(page.substr(link + 5, page.find('&', link) - link - 5)) == "sign_in.refused");

    for (const auto* kind : {"http", "reset", "empty"}) {
        CAPTURE(kind);
        desk.platform.fault({{"path", "/cgi-bin/auth"}, {"kind", kind}});
        CHECK(desk.who(desk.sign_in_code("zhang.qiang")) == "sign_in.busy");
    }
    desk.platform.fault({{"path", "/cgi-bin/auth"}, {"kind", "errcode"}, {"errcode", 60020}});
    CHECK(desk.who(desk.sign_in_code("zhang.qiang")) == "sign_in.alarm");
}

TEST_CASE("only with a state of ours is WeCom asked, and what was answered is soon forgotten") {
    CompanyDesk desk;
    const auto asked = [&] { return desk.platform.calls("/cgi-bin/auth/getuserinfo").size(); };
    const auto code = desk.sign_in_code("zhang.qiang");
    auto bent = desk.state;
    bent[20] = bent[20] == '0' ? '1' : '0';
    auto younger = desk.state;
    younger[14] = younger[14] == '9' ? '8' : '9';
    for (const auto& state : {std::string(), std::string("s1"), std::string(32, 'a'), std::string(64, '0'),
                              std::string(64, 'x'), bent, younger}) {
        CAPTURE(state);
        CHECK_FALSE(desk.sign_in().is_ours(state));
        CHECK(desk.who(code, state) == "sign_in.again");
    }
    CHECK(asked() == 0);
    CHECK(desk.who(code) == "zhang.qiang");
    desk.pass(14s);
    CHECK(desk.who(code) == "zhang.qiang");
    CHECK(asked() == 1);
    desk.pass(2s);
    CHECK(desk.who(code) == "sign_in.again");
    CHECK(asked() == 2);

    const auto again = desk.sign_in_code("zhang.qiang");
    CHECK(desk.who(again) == "zhang.qiang");
    desk.sign_in().forget([](const std::string& userid) { return userid == "li.na"; });
    CHECK(desk.who(again) == "zhang.qiang");
    desk.sign_in().forget([](const std::string& userid) { return userid == "zhang.qiang"; });
    CHECK(desk.who(again) == "sign_in.again");

    // Whoever is told may ask on: what is remembered is told without the lock.
    const auto third = desk.sign_in_code("zhang.qiang");
    CHECK(desk.who(third) == "zhang.qiang");
    std::promise<std::string> told;
    desk.sign_in().ask(third, desk.state, [&](const Result<std::string>& userid) {
        desk.sign_in().forget([](const std::string&) { return true; });
        told.set_value(userid ? *userid : userid.problem().code);
    });
    CHECK(told.get_future().get() == "zhang.qiang");

    const auto slow = desk.sign_in().new_state();
    desk.pass(599s);
    CHECK(desk.sign_in().is_ours(slow));
    desk.pass(2s);
    CHECK_FALSE(desk.sign_in().is_ours(slow));
}

TEST_CASE("another process takes a browser back that this one sent, and no other app does") {
    CompanyDesk desk;
    const auto made = [&](std::int64_t agent, const std::string& key) {
        return std::make_unique<wecom::SignIn>(
            wecom::SignInSettings{.corp_id = "ww1", .agent_id = agent, .access = desk.access, .key = key},
            desk.caller(), desk.clock);
    };
    const auto state = made(7, "shared")->new_state();
    CHECK(made(7, "shared")->is_ours(state));
    CHECK_FALSE(made(8, "shared")->is_ours(state));
    CHECK_FALSE(made(7, "other")->is_ours(state));
    CHECK_FALSE(made(7, "")->is_ours(state));
    CHECK_FALSE(made(7, "")->is_ours(made(7, "")->new_state()));
}

TEST_CASE("the addresses of signing in are as WeCom's pages want them") {
    CompanyDesk desk;
    const auto of_real = [&](bool inside) {
        wecom::SignIn real({.corp_id = "ww1", .agent_id = 7, .access = desk.access}, desk.caller(), desk.clock);
        return real.address(inside, "https://d.example.com/b", "ab12");
    };
    CHECK(of_real(true) ==
          "https://open.weixin.qq.com/connect/oauth2/authorize?appid=ww1&redirect_uri=https%3A%2F%2Fd.example.com%2Fb"
          "&response_type=code&scope=snsapi_base&state=ab12&agentid=7#wechat_redirect");
    CHECK(of_real(false) ==
          "https://login.work.weixin.qq.com/wwlogin/sso/login?login_type=CorpApp&appid=ww1&agentid=7"
          "&redirect_uri=https%3A%2F%2Fd.example.com%2Fb&state=ab12&lang=zh");
    desk.platform.setup({{"wecom", {{"trusted_domains", {"desk.example.com"}}, {"in_browser", "zhang.qiang"}}}});
    CHECK(desk.visits(desk.sign_in().address(true, "https://elsewhere.example.com/b", "s1")).body.find("50001") !=
          std::string::npos);
    CHECK(desk.visits(desk.sign_in().address(true, "https://desk.example.com/b", "not-good")).body.find("state") !=
          std::string::npos);
}
