// A policy tried on synthetic tickets: the same answer every time, nothing stuck, and numbers that add up.
#include "workflow/engine/simulate/simulate.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/engine/house.h"

using namespace huiyin;
using nlohmann::json;

namespace {

const Policy& group() { return *test::shipped_pack("property-group"); }

SimulationAsked asked(std::int64_t tickets, std::uint64_t seed, int threads) {
    SimulationAsked wanted;
    wanted.tickets = tickets;
    wanted.days = 30;
    wanted.seed = seed;
    wanted.from = parse_date("2026-03-02").value();
    wanted.threads = threads;
    return wanted;
}

std::string told(std::int64_t tickets, std::uint64_t seed, int threads) {
    const auto wanted = asked(tickets, seed, threads);
    const auto counts = simulate(group(), standard_mix(group()), wanted);
    return to_text({group(), counts, "group"}, wanted);
}

std::int64_t sum(const Tallies& tallies) {
    std::int64_t all = 0;
    for (const auto& [name, count] : tallies) all += count;
    return all;
}

std::vector<std::string> pointers(const json& mix) {
    std::vector<Finding> findings;
    read_mix(mix, group(), findings);
    std::vector<std::string> list;
    for (const auto& finding : findings) list.push_back(finding.pointer + " " + finding.text);
    return list;
}

}  // namespace

TEST_CASE("simulate: byte-identical for a seed, on one thread or three, and another for another seed") {
    const auto one = told(700, 7, 1);
    CHECK(one == told(700, 7, 3));
    CHECK(one != told(700, 8, 1));
}

TEST_CASE("simulate: every ticket is counted once, and none is stuck") {
    const auto counts = simulate(group(), standard_mix(group()), asked(1000, 1, 2));
    CHECK(counts.tickets == 1000);
    CHECK(counts.stuck == 0);
    CHECK(sum(counts.levels) == 1000);
    CHECK(sum(counts.ends) + counts.open == 1000);
    CHECK(sum(counts.kinds) == 1000);
    const auto& accept = counts.deadlines.at("accept");
    CHECK(accept.begun == 1000);
    CHECK(accept.met + accept.missed + accept.cancelled + accept.exempt + accept.running == accept.begun);
    CHECK(counts.ends.at("closed") > 700);
    CHECK(counts.roles.at("front_desk").commands > 1000);
}

TEST_CASE("simulate: fewer people miss more, and complaints that are never accepted become major") {
    auto mix = standard_mix(group());
    const auto wanted = asked(600, 3, 2);
    const auto with_three = simulate(group(), mix, wanted);
    mix.people = 1;
    const auto with_one = simulate(group(), mix, wanted);
    CHECK(with_one.deadlines.at("accept").missed > with_three.deadlines.at("accept").missed);
    CHECK(with_one.roles.at("front_desk").waited.percentile(95) >
          with_three.roles.at("front_desk").waited.percentile(95));

    mix.people = 3;
    mix.commands = {{"accept", 0}};
    mix.kinds = {{"complaint/housing", 1}};
    mix.withdraw_percent = 0;
    const auto untouched = simulate(group(), mix, wanted);
    CHECK(untouched.deadlines.at("accept").met == 0);
    CHECK(untouched.raised.at("general -> major [property-group/T1]") > 300);
}

TEST_CASE("simulate: what happens to the same ticket by hand, happens here") {
    // One ticket that nobody touches: reminder, miss, project centre, and after five working days the escalation.
    auto mix = standard_mix(group());
    mix.commands = {{"accept", 0}};
    mix.kinds = {{"complaint/housing", 1}};
    mix.facts.clear();
    mix.flags.clear();
    mix.phone_percent = mix.urge_percent = mix.withdraw_percent = 0;
    const auto counts = simulate(group(), mix, asked(1, 5, 1));
    CHECK(counts.warned ==
          Tallies{{"accept/remind", 1}, {"accept/same_day", 1}, {"escalated/accept_today", 1}, {"handle/soon", 1}});
    CHECK(counts.escalated == Tallies{{"property-group/T1", 1}});
    CHECK(counts.deadlines.at("handle").missed == 1);
}

TEST_CASE("simulate: whoever never answers is called, and nothing is stuck for it") {
    auto mix = standard_mix(group());
    mix.silent_percent = 100;
    mix.answers["answer"] = {{"agreed", 40}, {"small_gap", 30}, {"irreconcilable", 30}};
    const auto counts = simulate(group(), mix, asked(1500, 2, 2));
    CHECK(counts.stuck == 0);
    CHECK(counts.ends.at("closed") > 500);
}

TEST_CASE("simulate: where everybody at the front desk has handled a ticket, another desk calls its customer") {
    std::vector<Finding> findings;
    const auto mix = read_mix(json{{"people", {{"otherwise", 1}}}, {"phone_percent", 100}, {"tickets_per_day", 4}},
                              group(), findings);
    CHECK(findings.empty());
    auto wanted = asked(1000, 1, 2);
    wanted.days = 90;
    const auto counts = simulate(group(), mix, wanted);
    CHECK(counts.open > 0);
    CHECK(counts.stuck == 0);
}

TEST_CASE("simulate: a wrong mix is told with its place and mend") {
    CHECK(pointers(json::array()) == std::vector<std::string>{" no object: write {\"tickets_per_day\": 11, …}"});
    CHECK(pointers({{"tickets_per_dya", 3}})
              .front()
              .rfind("/tickets_per_dya unknown key \"tickets_per_dya\" (did you mean \"tickets_per_day\"?): ", 0) == 0);
    CHECK(pointers({{"tickets_per_day", -1}}).front().rfind("/tickets_per_day no number from 0 to 10000", 0) == 0);
    CHECK(pointers({{"people", {{"front_dask", 2}}}})
              .front()
              .rfind("/people/front_dask unknown role \"front_dask\" (did you mean \"front_desk\"?): ", 0) == 0);
    CHECK(pointers({{"kinds", {{"complaint/huosing", 2}}}}).front().rfind("/kinds/complaint/huosing unknown kind", 0) ==
          0);
    CHECK(pointers({{"kinds", {{"complaint/housing", 0}}}}).front().rfind("/kinds all weights are 0", 0) == 0);
    CHECK(pointers({{"facts", {{"amount_yaun", {{"percent", 3}}}}}})
              .front()
              .rfind("/facts/amount_yaun unknown fact", 0) == 0);
    CHECK(pointers({{"facts", {{"amount_yuan", {{"from", 30}, {"until", 3}}}}}}).front() ==
          "/facts/amount_yuan/until lies below \"from\": write a larger number");
    CHECK(pointers({{"work_minutes", {{"resolve", 5}}}}).front() == "/work_minutes/resolve no range: write [5, 20]");
    CHECK(pointers({{"answers", {{"anser", {{"agreed", 1}}}}}}).front().rfind("/answers/anser unknown answer", 0) == 0);
    CHECK(pointers({{"flags", {{"medai", 1}}}}).front().rfind("/flags/medai unknown flag", 0) == 0);
    CHECK(pointers({{"tickets_per_day", 30}, {"people", {{"otherwise", 4}, {"front_desk", 6}}}, {"silent_percent", 10}})
              .empty());
}
