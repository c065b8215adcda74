// What the communities are called follows the directory, whichever is in force.
#include "bot/communities.h"

#include <catch2/catch.hpp>

using namespace huiyin;

namespace {

std::shared_ptr<const Directory> with(const std::vector<std::pair<std::string, bool>>& communities) {
    std::vector<Unit> units(1);
    units[0].id = UnitId{1};
    units[0].key = "all";
    units[0].kind = "organisation";
    for (const auto& [name, disabled] : communities) {
        Unit unit;
        unit.id = UnitId{static_cast<std::int64_t>(units.size()) + 1};
        unit.parent = UnitId{1};
        unit.key = name;
        unit.kind = "community";
        unit.name = name;
        unit.disabled = disabled;
        units.push_back(std::move(unit));
    }
    return std::make_shared<const Directory>("all", std::move(units), std::vector<Building>{}, std::vector<Household>{},
                                             std::vector<Staff>{});
}

}  // namespace

TEST_CASE("communities: those in use are known by name, and made ready once for each state of the directory") {
    std::shared_ptr<const Directory> now;
    const auto names = names_of_communities([&] { return now; });
    CHECK(names() == nullptr);
    now = with({{"和平里", false}, {"旧院", true}});
    const auto first = names();
    REQUIRE(first);
    CHECK(names() == first);
    CHECK(first->find(U"和平里3栋").size() == 1);
    CHECK(first->find(U"旧院3栋").empty());
    now = with({{"新村东区", false}});
    CHECK(names()->find(U"和平里3栋").empty());
    CHECK(names()->find(U"新村东区没水").front().name == "新村东区");
}
