// Packs as they were written, kept for the tickets that are pinned to them.
#include <catch2/catch.hpp>

#include "tests/store/store_house.h"

using namespace huiyin;
using namespace huiyin::test;

TEST_CASE("a version of a pack is kept once, replaced by another text, and outlives a restart") {
    House house;
    house.open().run([&](Transaction& tx) {
        tx.save(PolicyVersion{"b", "1.2", "h1", "{\"id\":\"b\"}"});
        tx.save(PolicyVersion{"a", "2", "h2", "{}"});
        tx.save(PolicyVersion{"b", "1.2", "h1", "never taken: the hash is the same"});
        tx.save(PolicyVersion{"b", "1.3", "h3", "{}"});
    });
    house.store.reset();
    auto& store = house.open();
    store.read([&](Reading& reading) {
        CHECK(reading.policy_versions() == std::vector<PolicyVersion>{{"a", "2", "h2", "{}"},
                                                                      {"b", "1.2", "h1", "{\"id\":\"b\"}"},
                                                                      {"b", "1.3", "h3", "{}"}});
    });
    store.run([&](Transaction& tx) {
        tx.save(PolicyVersion{"b", "1.2", "h4", "{\"id\":\"c\"}"});
        tx.drop_policy_version("a", "2");
        tx.drop_policy_version("a", "no such");
    });
    store.read([&](Reading& reading) {
        const auto all = reading.policy_versions();
        REQUIRE(all.size() == 2);
        CHECK(all[0].text == "{\"id\":\"c\"}");
    });
}
