// Every pack does what its paper says: plays tests/scenarios/<pack>/*.txt. README.md beside this file tells how to
// write one. HUIYIN_SCENARIO=property-group/late plays only those whose path begins so.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>

#include "tests/scenarios/player.h"

using namespace huiyin::test;

TEST_CASE("scenarios: the packs do what is printed") {
    const char* only = std::getenv("HUIYIN_SCENARIO");
    const auto paths = scenario_paths();
    REQUIRE(paths.size() >= 8);
    for (const auto& path : paths) {
        if (only && !begins(path, only)) continue;
        std::vector<ScenarioFault> faults;
        const auto scenario = read_scenario(path, faults);
        const bool readable = faults.empty();
        if (readable) faults = play(scenario);
        INFO(path);
        if (readable && !scenario.awaits.empty()) {
            INFO("it plays: take its line \"awaits:\" out");
            CHECK_FALSE(faults.empty());
            continue;
        }
        for (const auto& fault : faults) std::cout << told(fault) << '\n';  // unbroken, as an editor can follow it
        CHECK(faults.empty());
    }
}
