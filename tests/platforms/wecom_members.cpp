// Who works in the company, and who signs in by it.
#include "channels/wecom/members.h"

#include <catch2/catch.hpp>
#include <future>

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
        const auto reply = visits(sign_in().address(inside, "https://desk.example.com/back", "s1"));
        const auto back = std::string(reply.header("Location").value_or(""));
        REQUIRE(back.starts_with("https://desk.example.com/back?code="));
        REQUIRE(back.ends_with("&state=s1"));
        return back.substr(35, back.find('&') - 35);
    }
    std::string who(const std::string& code, const std::string& state = "s1") {
        std::promise<std::string> told;
        sign_in().ask(code, state,
                      [&](Result<std::string> userid) { told.set_value(userid ? *userid : userid.problem().code); });
        return told.get_future().get();
    }
    std::shared_ptr<TokenCache> access;
    std::unique_ptr<wecom::SignIn> signing;
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
const std::vector<wecom::Department> tree{
    {1, 0, "悦居"}, {2, 1, "锦绣"}, {3, 2, "工程"}, {4, 3, "电梯组"}, {9, 1, "财务"}};

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
        CHECK(company->departments[1].name == "锦绣花园");
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

TEST_CASE("WeCom tells who signs in, once a code; the same code with the same state is answered the same") {
    CompanyDesk desk;
    for (const bool inside : {true, false}) {
        CAPTURE(inside);
        const auto code = desk.sign_in_code("Zhang.Qiang", inside);
        CHECK(desk.who(code) == "Zhang.Qiang");
        const auto asked = desk.platform.calls("/cgi-bin/auth/getuserinfo").size();
        CHECK(desk.who(code) == "Zhang.Qiang");  // the browser opened the link twice
        CHECK(desk.platform.calls("/cgi-bin/auth/getuserinfo").size() == asked);
        CHECK(desk.who(code, "s2") == "sign_in.again");
    }
    const auto old = desk.sign_in_code("zhang.qiang");
    desk.pass(301s);
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
