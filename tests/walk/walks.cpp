// Random walks through every shipped pack: no dead end, no ticket without an owner, no end without a word to the
// customer, ended stays ended, every running deadline has an owner and a consequence, and the events tell it all.
// HUIYIN_WALKS=100000 walks more of them, HUIYIN_SEED another way, HUIYIN_PACK=bank one pack only.
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <set>

#include "tests/engine/house.h"
#include "tests/walk/walker.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

std::int64_t number_from(const char* name, std::int64_t otherwise) {
    const char* text = std::getenv(name);
    return text && *text ? std::atoll(text) : otherwise;
}

std::vector<std::string> packs() {
    std::vector<std::string> ids;
    const char* only = std::getenv("HUIYIN_PACK");
    for (const auto& entry : std::filesystem::directory_iterator(HUIYIN_SOURCE "/templates/policies"))
        if (entry.path().extension() == ".json" && (!only || entry.path().stem() == only))
            ids.push_back(entry.path().stem().string());
    std::sort(ids.begin(), ids.end());
    return ids;
}

constexpr std::int64_t telling_walks = 5000;  // so many come everywhere

// `walks` of them under one pack; gives at most ten faults.
std::vector<std::string> walk(const std::shared_ptr<const Policy>& pack, std::int64_t walks, std::uint64_t seed,
                              WalkMap& map) {
    const WalkGround ground(pack);
    std::vector<std::string> faults;
    Random random(seed);
    for (std::int64_t i = 0; i < walks && faults.size() < 10; ++i) {
        Walker walker(ground, map, random.next());
        walker.walk(static_cast<int>(2 + random.below(14) + (random.chance(35) ? random.below(60) : 0)));
        faults.insert(faults.end(), walker.faults.begin(), walker.faults.end());
    }
    return faults;
}

std::string listed(const std::map<std::string, std::int64_t>& counts) {
    std::string list;
    for (const auto& [name, times] : counts) list += (list.empty() ? "" : ", ") + name + " " + std::to_string(times);
    return list.empty() ? "none" : list;
}

std::string listed(const std::vector<std::string>& names) {
    std::string list;
    for (const auto& name : names) list += (list.empty() ? "" : ", ") + name;
    return list.empty() ? "none" : list;
}

// Where the walks never were: states, and commands that the pack has a move for.
std::vector<std::string> unseen_states(const Policy& pack, const WalkMap& map) {
    std::vector<std::string> unseen;
    for (const auto& state : pack.states)
        if (map.ways.count(state.key) == 0 && map.ends.count(state.key) == 0) unseen.push_back(state.key);
    return unseen;
}
// What nobody ever did: somebody, where anybody may; the policy itself where only that does it.
std::vector<std::string> untaken_commands(const std::shared_ptr<const Policy>& pack, const WalkMap& map) {
    const WalkGround ground(pack);
    std::set<std::string> untaken;
    for (const auto& move : pack->moves) {
        const bool taken = ground.is_given(move.command) ? map.done.count(move.command) != 0
                                                         : map.by_policy.count(event_of(move.command)) != 0;
        if (!move.refused && !taken) untaken.insert(move.command);
    }
    return {untaken.begin(), untaken.end()};
}

void print(const std::shared_ptr<const Policy>& pack, const WalkMap& map, double seconds, std::uint64_t seed) {
    std::int64_t done = 0;
    for (const auto& [command, times] : map.done) done += times;
    std::cout << pack->id << ": " << map.walks << " walks, " << map.steps << " steps, " << done << " commands done, "
              << map.refusals() << " refused, " << map.events.size() << " kinds of event, " << static_cast<int>(seconds)
              << " s, seed " << seed << '\n';
    if (map.walks < telling_walks) return;
    std::cout << "  done: " << listed(map.done) << "\n  done by the policy: " << listed(map.by_policy)
              << "\n  refused: " << listed(map.refused) << "\n  ends: " << listed(map.ends)
              << "\n  states never seen: " << listed(unseen_states(*pack, map))
              << "\n  commands never taken: " << listed(untaken_commands(pack, map)) << '\n';
}

void check(const std::string& pack, std::int64_t walks, std::uint64_t seed) {
    WalkMap map;
    const auto policy = shipped_pack(pack);
    const auto began = std::chrono::steady_clock::now();
    auto faults = walk(policy, walks, seed, map);
    const auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    for (const auto& state : map.dead_ends()) faults.push_back(pack + ": no walk led from " + state + " to an end");
    print(policy, map, took, seed);
    for (const auto& fault : faults) std::cout << fault << '\n';
    CHECK(faults.empty());
    if (walks < telling_walks) return;  // or the walks would prove little:
    const auto unseen = unseen_states(*policy, map);
    const auto untaken = untaken_commands(policy, map);
    INFO(pack << ": never in " << listed(unseen) << "; never did " << listed(untaken));
    CHECK(unseen.empty());
    CHECK(untaken.empty());
}

}  // namespace

TEST_CASE("walks: whatever is asked under any pack, what must hold holds", "[slow]") {
    const auto ids = packs();
    const auto share = number_from("HUIYIN_WALKS", 3'600) / static_cast<std::int64_t>(ids.size());
    const auto seed = static_cast<std::uint64_t>(number_from("HUIYIN_SEED", Catch::rngSeed() + 1));
    for (const auto& pack : ids) check(pack, share, seed);
}

TEST_CASE("walks: what is planted is found, or they would prove nothing") {
    const auto found = [](const std::function<void(Policy&)>& spoil) {
        auto pack = *shipped_pack("property-group");
        spoil(pack);
        make_ready(pack);
        WalkMap map;
        auto faults = walk(std::make_shared<const Policy>(std::move(pack)), 800, 11, map);
        for (const auto& state : map.dead_ends()) faults.push_back("no walk led from " + state);
        std::string all;
        for (const auto& fault : faults) all += fault + "\n";
        return all;
    };
    const auto has = [](const std::string& all, const char* part) { return all.find(part) != std::string::npos; };
    CHECK(found([](Policy&) {}).empty());
    // A state that nothing leads out of.
    CHECK(has(found([](Policy& pack) {
                  for (auto& move : pack.moves)
                      if (move.to == "external_review") move.to = "limbo";
                  pack.states.push_back({"limbo", "悬着", Phase::deciding, "悬着"});
                  std::erase_if(pack.moves, [](const Move& move) {
                      return move.command == "merge" ||
                             std::find(move.from.begin(), move.from.end(), "*") != move.from.end();
                  });
              }),
              "limbo"));
    // A limit whose miss nobody hears of.
    CHECK(has(found([](Policy& pack) {
                  for (auto& deadline : pack.deadlines)
                      if (deadline.name == "accept") deadline.miss.clear(), deadline.warns.clear();
              }),
              "deadline accept runs, and nothing follows when it is missed"));
    // What has ended is handed to somebody again.
    CHECK(has(found([](Policy& pack) {
                  for (auto& move : pack.moves)
                      if (move.command == "assign") move.from.push_back("withdrawn"), move.to = "handling";
              }),
              "came back by ticket.assigned"));
    // A role that nobody has, and a clause that is not there.
    CHECK(has(found([](Policy& pack) {
                  for (auto& route : pack.routes) route.role = "nobody_at_all";
              }),
              "owned by a role that the pack does not have"));
    CHECK(has(found([](Policy& pack) {
                  for (auto& move : pack.moves)
                      if (move.command == "propose") move.clause = "property-group/99";
              }),
              "no clause of the pack"));
}

TEST_CASE("walks: a few of them, for the slow builds") {
    for (const auto& pack : packs()) check(pack, 80, 7);
}
