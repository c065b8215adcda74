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

void take_kept(World& world, Policies& policies) {
    world.store->read([&](Reading& reading) { take_kept_versions(reading, policies, *world.phrases, templates); });
}

// The program ends and starts again on the same store, with this pack in its file.
void restarts_with(World& world, const std::shared_ptr<const Policy>& newer) {
    std::vector<std::shared_ptr<const Policy>> in_force;
    world.store->run([&](Transaction& tx) { in_force = keep_versions(tx, {newer}); });
    world.policies = std::make_unique<Policies>(in_force.front());
    take_kept(world, *world.policies);
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
    CHECK(world.policies->in_force("property-group")->version == "1.3");
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

TEST_CASE("one that is kept is in force for nobody: no new ticket, no duty, and it goes when no ticket needs it") {
    World world("2026-03-02 09:00");
    auto other = *read_json_file(templates + "/policies/bank.json");
    auto bank = pack_from_text(to_text(other), "bank", templates);
    REQUIRE(bank.policy);
    world.store->run(
        [&](Transaction& tx) { keep_versions(tx, {std::make_shared<const Policy>(std::move(*bank.policy))}); });
    restarts_with(world, pack("1.2", "5 working days"));
    CHECK_FALSE(world.policies->in_force("bank"));
    CHECK(world.policies->in_force().size() == 1);
    CHECK(world.policies->pinned("bank", other.at("version").get<std::string>())->id == "bank");
    forget_unpinned_versions(*world.store, *world.policies);
    CHECK(kept(world) == std::vector<std::string>{"property-group 1.2"});
}

TEST_CASE("going back to an earlier version is in force at once, and after the next start") {
    World world("2026-03-02 09:00");
    const auto earlier = pack("1.2", "5 working days"), later = pack("1.3", "3 working days");
    Policies policies(pack("1.0", "1 working day"));
    policies.put_in_force(policies.standard(), {});
    policies.put_in_force(earlier);
    policies.put_in_force(later);
    policies.put_in_force(earlier);
    CHECK(policies.in_force("property-group")->version == "1.2");
    CHECK(policies.pinned("property-group", "1.3")->version == "1.3");
    CHECK(policies.pinned("property-group", "1.0")->version == "1.0");
    CHECK(policies.in_force().size() == 1);
}

TEST_CASE("a kept version that names a phrase which is no more does not stop its tickets") {
    World world("2026-03-02 09:00");
    auto json = *read_json_file(templates + "/policies/property-group.json");
    json["version"] = "1.1";
    for (auto& effect : json["opening"]["effects"])
        if (effect["effect"] == "tell") effect["phrase"] = "customer.filed_long_ago";
    world.store->run([&](Transaction& tx) {
        tx.save(PolicyVersion{"property-group", "1.1", sha256_hex(to_text(json)), to_text(json)});
    });
    restarts_with(world, pack("1.2", "5 working days"));
    CHECK(world.policies->pinned("property-group", "1.1")->version == "1.2");
}

TEST_CASE("a pack that was edited without a new version reaches no older ticket, and the same text has one name") {
    World world("2026-03-02 09:00");
    const auto first = pack("1.2", "5 working days"), edited = pack("1.2", "3 working days");
    restarts_with(world, first);
    const auto old = world.files("楼道灯坏了");
    restarts_with(world, edited);
    const auto marked = "1.2+" + sha256_hex(edited->written).substr(0, 8);
    CHECK(world.policies->standard()->version == marked);
    CHECK(world.due(old, "handle") == "2026-03-06 17:30 running");
    const auto fresh = world.files("门禁坏了");
    CHECK(world.ticket(fresh).policy_version == marked);
    CHECK(world.due(fresh, "handle") == "2026-03-04 17:30 running");
    world.in_unit_of_work([&](Transaction& tx) { world.engine->recompute(tx, old.id, world.now()); });
    CHECK(world.due(old, "handle") == "2026-03-06 17:30 running");
    // Started again with either text, and with the version that should have been: each ticket obeys its own.
    for (const auto& next : {edited, first, pack("1.3", "1 working day"), edited}) {
        restarts_with(world, next);
        CHECK(world.due(old, "handle") == "2026-03-06 17:30 running");
        CHECK(world.due(fresh, "handle") == "2026-03-04 17:30 running");
    }
    CHECK(kept(world) ==
          std::vector<std::string>{"property-group 1.2", "property-group " + marked, "property-group 1.3"});
    // Also where the text that had the version first is needed no more.
    world.store->run([&](Transaction& tx) { tx.drop_policy_version("property-group", "1.2"); });
    restarts_with(world, edited);
    CHECK(world.policies->standard()->version == marked);
    CHECK(world.due(fresh, "handle") == "2026-03-04 17:30 running");
}

TEST_CASE("the same text is kept once, and a damaged one stops nothing") {
    World world("2026-03-02 09:00");
    const auto first = pack("1.2", "5 working days");
    for (int times = 0; times < 2; ++times) {
        world.store->run([&](Transaction& tx) { CHECK(keep_versions(tx, {first}).front() == first); });
    }
    world.store->read([&](Reading& reading) {
        const auto all = reading.policy_versions();
        REQUIRE(all.size() == 1);
        CHECK(all[0].text == first->written);
        CHECK(all[0].hash == sha256_hex(first->written));
    });
    world.store->run([&](Transaction& tx) { tx.save(PolicyVersion{"property-group", "0.9", "x", "{\"id\":"}); });
    Policies policies(pack("1.3", "3 working days"));
    take_kept(world, policies);
    CHECK(policies.in_force().size() == 1);
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
