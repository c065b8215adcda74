// A ticket keeps the version of the rules that it was opened under, also when the program starts again with a newer
// one.
#include "workflow/engine/versions.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/engine/world.h"
#include "workflow/base/digest.h"
#include "workflow/policy/pack.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

const std::string templates = std::string(HUIYIN_SOURCE) + "/templates";

// property-group with another version and another limit.
std::shared_ptr<const Policy> pack(const std::string& version, const std::string& span) {
    auto json = *read_json_file(templates + "/policies/property-group.json");
    json["version"] = version;
    for (auto& deadline : json["deadlines"])
        if (deadline["name"] == "handle") deadline["span"] = span;
    auto loaded = pack_from_text(to_text(json), "test", templates);
    REQUIRE(loaded.policy);
    return std::make_shared<const Policy>(std::move(*loaded.policy));
}

// The program ends and starts again on the same store, with this pack in its file.
void restarts_with(World& world, std::shared_ptr<const Policy> newer) {
    Policies fresh(std::move(newer));
    world.store->run([&](Transaction& tx) { keep_versions(tx, fresh); });
    world.store->read([&](Reading& reading) { take_kept_versions(reading, fresh, templates); });
    for (const auto& policy : world.policies->all()) CHECK(policy);
    world.policies = std::make_unique<Policies>(fresh.standard());
    world.store->read([&](Reading& reading) { take_kept_versions(reading, *world.policies, templates); });
    EngineParts parts;
    parts.policies = world.policies.get();
    parts.directory = world.directory.get();
    parts.phrases = world.phrases.get();
    parts.speaker = world.speaker.get();
    parts.keys = world.keys.get();
    parts.ids = &world.ids;
    parts.system = &world.system;
    parts.staff_channels = {ChannelId{"app"}};
    world.engine = std::make_unique<Engine>(parts);
}

std::vector<std::string> kept(World& world) {
    std::vector<std::string> list;
    world.store->read([&](Reading& reading) {
        for (const auto& each : reading.policy_versions()) list.push_back(each.policy + " " + each.version);
    });
    return list;
}

}  // namespace

TEST_CASE("a ticket opened under 1.2 obeys 1.2 after a restart with 1.3") {
    World world("2026-03-02 09:00");
    restarts_with(world, pack("1.2", "5 working days"));
    const auto old = world.files("楼道灯坏了");
    CHECK(world.ticket(old).policy_version == "1.2");
    CHECK(world.due(old, "handle") == "2026-03-06 17:30 running");
    restarts_with(world, pack("1.3", "3 working days"));
    CHECK(world.policies->standard()->version == "1.3");
    CHECK(world.policies->newest("property-group")->version == "1.3");
    const auto fresh = world.files("门禁坏了");
    CHECK(world.ticket(fresh).policy_version == "1.3");
    CHECK(world.due(fresh, "handle") == "2026-03-04 17:30 running");
    CHECK(world.due(old, "handle") == "2026-03-06 17:30 running");
    world.in_unit_of_work([&](Transaction& tx) { world.engine->recompute(tx, old.id, world.now()); });
    CHECK(world.ticket(old).deadlines.front().due_at == world.deadlines(old).front().due_at);
    CHECK(world.due(old, "handle") == "2026-03-06 17:30 running");
    // And a third time, when 1.2 is two versions old.
    restarts_with(world, pack("1.4", "1 working day"));
    CHECK(world.due(old, "handle") == "2026-03-06 17:30 running");
    CHECK(world.due(fresh, "handle") == "2026-03-04 17:30 running");
    CHECK(kept(world) == std::vector<std::string>{"property-group 1.2", "property-group 1.3", "property-group 1.4"});
}

TEST_CASE("versions that no ticket is pinned to are forgotten, the one in force is not") {
    World world("2026-03-02 09:00");
    restarts_with(world, pack("1.2", "5 working days"));
    world.files("楼道灯坏了");
    restarts_with(world, pack("1.3", "3 working days"));  // nobody files under it
    restarts_with(world, pack("1.4", "1 working day"));
    forget_unpinned_versions(*world.store, *world.policies);
    CHECK(kept(world) == std::vector<std::string>{"property-group 1.2", "property-group 1.4"});
    forget_unpinned_versions(*world.store, *world.policies);
    CHECK(kept(world).size() == 2);
}

TEST_CASE(
    "the same text is kept once, an edited one of the same version takes its place, a damaged one stops nothing") {
    World world("2026-03-02 09:00");
    const auto first = pack("1.2", "5 working days"), edited = pack("1.2", "4 working days");
    for (const auto& each : {first, first, edited}) {
        Policies policies(each);
        world.store->run([&](Transaction& tx) { keep_versions(tx, policies); });
    }
    world.store->read([&](Reading& reading) {
        const auto all = reading.policy_versions();
        REQUIRE(all.size() == 1);
        CHECK(all[0].text == edited->written);
        CHECK(all[0].hash == sha256_hex(edited->written));
    });
    world.store->run([&](Transaction& tx) { tx.save(PolicyVersion{"property-group", "0.9", "x", "{\"id\":"}); });
    Policies policies(pack("1.3", "3 working days"));
    world.store->read([&](Reading& reading) { take_kept_versions(reading, policies, templates); });
    CHECK(policies.all().size() == 2);
    CHECK(policies.pinned("property-group", "0.9")->version == "1.3");
    CHECK(policies.pinned("property-group", "1.2")->version == "1.2");
}

TEST_CASE("what extends another pack is kept whole") {
    World world;
    std::filesystem::copy_file(templates + "/policies/property-group.json", world.folder / "property-group.json");
    std::ofstream{world.folder / "child.json"} << R"({"extends": "property-group", "version": "7", "reopen_days": 12})";
    auto child = load_policy((world.folder / "child.json").string(), templates);
    REQUIRE(child);
    const auto again = pack_from_text(child->written, "kept", templates);
    REQUIRE(again.policy);
    CHECK(again.policy->reopen_days == 12);
    CHECK(again.policy->moves.size() == child->moves.size());
    CHECK(again.policy->written == child->written);
}
