// Which scenario proves which mechanism of which pack, and what nobody proves yet.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

#include "tests/scenarios/mechanisms.h"
#include "tests/scenarios/player.h"

using namespace huiyin::test;

namespace {

const std::string packs_folder = HUIYIN_SOURCE "/templates/policies";
const std::string table_path = packs_folder + "/README.md";

std::vector<std::string> shipped_packs() {
    std::vector<std::string> ids;
    for (const auto& entry : std::filesystem::directory_iterator(packs_folder))
        if (entry.path().extension() == ".json") ids.push_back(entry.path().stem().string());
    std::sort(ids.begin(), ids.end());
    return ids;
}

// Scenarios by pack, in the order of their paths.
std::map<std::string, std::vector<Scenario>> all_scenarios() {
    std::map<std::string, std::vector<Scenario>> all;
    for (const auto& path : scenario_paths()) {
        std::vector<ScenarioFault> faults;
        auto scenario = read_scenario(path, faults);
        all[scenario.pack].push_back(std::move(scenario));
    }
    return all;
}

bool has(const std::vector<std::string>& list, const std::string& item) {
    return std::find(list.begin(), list.end(), item) != list.end();
}

std::string stem(const std::string& path) { return std::filesystem::path(path).stem().string(); }

// "[`five_working_days`](../../tests/scenarios/property-group/five_working_days.txt), …": the first three.
std::string proofs(const std::vector<Scenario>& scenarios, const Mechanism& mechanism, const std::string& pack) {
    std::string cell;
    int more = 0, named = 0;
    const auto name = [&](const std::string& title, const std::string& path) {
        if (++named > 3) return void(++more);
        cell += (cell.empty() ? "" : ", ") + ("[" + title + "](../../" + path + ")");
    };
    for (const auto& scenario : scenarios)
        if (scenario.awaits.empty() && has(scenario.mechanisms, mechanism.code))
            name(stem(scenario.path), "tests/scenarios/" + scenario.path);
    if (const auto other = mechanism.elsewhere.find(pack); other != mechanism.elsewhere.end())
        name(stem(other->second), other->second);
    if (more > 0) cell += " and " + std::to_string(more) + " more";
    return cell;
}

std::string head() {
    return "# The packs, and what proves them\n\n"
           "One JSON file is one organisation's rules; `workflow/policy/README.md` says how to write one, "
           "`tests/scenarios/README.md` how its\nscenarios are written. The tables below are made from the scenarios "
           "by "
           "`HUIYIN_REWRITE=1 build/test_scenarios`; a test keeps them so.\n"
           "A mechanism is what an organisation's paper may ask of the engine: the checklist in "
           "`tests/scenarios/mechanisms.json`.\n";
}

std::string table() {
    const auto scenarios = all_scenarios();
    std::ostringstream out;
    out << head();
    for (const auto& pack : shipped_packs()) {
        const auto found = scenarios.find(pack);
        const auto list = found == scenarios.end() ? std::vector<Scenario>{} : found->second;
        out << "\n## " << pack << "\n\n"
            << shipped_pack(pack)->title << ": " << list.size() << " scenarios.\n\n"
            << "| code | mechanism | proved by |\n|---|---|---|\n";
        for (const auto& mechanism : mechanisms()) {
            const auto cell = proofs(list, mechanism, pack);
            if (cell.empty() && !has(mechanism.needed_by, pack)) continue;
            out << "| " << mechanism.code << " | " << mechanism.title << " | "
                << (cell.empty() ? "**nothing yet**" : cell) << " |\n";
        }
    }
    return out.str();
}

}  // namespace

TEST_CASE("every scenario is well written, and names clauses that its pack has") {
    for (const auto& path : scenario_paths()) {
        INFO(path);
        std::vector<ScenarioFault> faults;
        const auto scenario = read_scenario(path, faults);
        for (const auto& fault : faults) std::cout << told(fault) << '\n';
        CHECK(faults.empty());
        if (!faults.empty()) continue;
        for (const auto& clause : scenario.proves) {
            INFO(clause);
            CHECK(shipped_pack(scenario.pack)->clause(clause));
        }
    }
}

TEST_CASE("no mechanism that a shipped pack needs is without a proof, and every proof is there") {
    const auto scenarios = all_scenarios();
    for (const auto& pack : shipped_packs()) {
        INFO(pack);
        const auto found = scenarios.find(pack);
        REQUIRE(found != scenarios.end());
        CHECK(found->second.size() >= 8);
        for (const auto& mechanism : mechanisms()) {
            INFO(mechanism.code << " " << mechanism.title);
            const bool proved = !proofs(found->second, mechanism, pack).empty();
            if (has(mechanism.needed_by, pack)) CHECK(proved != has(mechanism.open, pack));
            const auto other = mechanism.elsewhere.find(pack);
            if (other != mechanism.elsewhere.end()) CHECK(std::filesystem::exists(HUIYIN_SOURCE "/" + other->second));
        }
    }
}

TEST_CASE("the table of templates/policies/README.md is the one that the scenarios give") {
    const auto wanted = table();
    if (std::getenv("HUIYIN_REWRITE")) std::ofstream(table_path) << wanted;
    std::ifstream in(table_path);
    const std::string written((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    INFO("run HUIYIN_REWRITE=1 build/test_scenarios, and read the difference before committing it");
    CHECK((written == wanted));
}

TEST_CASE("clauses that no scenario names", "[.][uncovered]") {
    const auto scenarios = all_scenarios();
    for (const auto& pack : shipped_packs()) {
        std::set<std::string> named;
        if (const auto found = scenarios.find(pack); found != scenarios.end())
            for (const auto& scenario : found->second) named.insert(scenario.proves.begin(), scenario.proves.end());
        std::size_t missing = 0;
        for (const auto& clause : shipped_pack(pack)->clauses) {
            if (named.count(clause.id) != 0) continue;
            ++missing;
            std::cout << clause.id << ": " << clause.text << '\n';
        }
        std::cout << pack << ": " << missing << " clauses without a scenario\n";
        CHECK(missing < shipped_pack(pack)->clauses.size());
    }
}
