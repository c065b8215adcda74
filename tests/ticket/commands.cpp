// What may be asked from outside, and how a wrong wish is answered: all findings at once, each with its pointer.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "workflow/policy/fact.h"
#include "workflow/ticket/command.h"

using namespace huiyin;
using nlohmann::json;

namespace {

struct Read {
    Command command;
    std::vector<Finding> findings;
};
Read read(const json& body) {
    Read result;
    result.command = read_command(body, result.findings);
    return result;
}
std::string found(const Read& read) {
    std::string all;
    for (const auto& finding : read.findings) all += finding.pointer + ": " + finding.text + "\n";
    return all;
}

}  // namespace

TEST_CASE("every command of the interface is known, once, with a title and an event") {
    std::vector<std::string> names;
    for (const auto& spec : command_list()) {
        CHECK_FALSE(spec.title.empty());
        CHECK_FALSE(event_of(spec.name).empty());
        names.push_back(spec.name);
        for (const auto& field : spec.fields) CHECK_FALSE(field.title.empty());
    }
    auto known = known_commands();
    std::sort(names.begin(), names.end());
    std::sort(known.begin(), known.end());
    CHECK(names == known);
}

TEST_CASE("fields are read into their types") {
    const auto good = read({{"command", "propose"},
                            {"text", "换地漏"},
                            {"amount_yuan", 120.5},
                            {"finish_by", "2026-03-06T17:30:00+08:00"},
                            {"attachments", {"00ff"}}});
    CHECK(found(good) == "");
    CHECK(good.command.name == "propose");
    CHECK(good.command.fields ==
          json{{"text", "换地漏"}, {"amount_fen", 12050}, {"finish_by", 1772789400000}, {"attachments", {"00ff"}}});
    CHECK(found(read({{"command", "revisit"}, {"means", "visit"}, {"reached", false}})) == "");
    CHECK(found(read({{"command", "transfer"}, {"role", "order"}, {"reason", "属于秩序"}})) == "");
    CHECK(found(read({{"command", "classify"}, {"flags", {"exempt"}}, {"reason", "工期长"}})) == "");
}

TEST_CASE("what is wrong is said at its place, all at once") {
    CHECK(found(read({{"command", "propse"}, {"text", "x"}})) ==
          "/command: unknown command \"propse\": did you mean \"propose\"?\n");
    CHECK(read({{"command", "reject"}}).findings.at(0).pointer == "/reason");
    CHECK(read({{"command", "reject"}, {"reason", "   "}}).findings.at(0).pointer == "/reason");
    CHECK(read({{"command", "reject"}, {"reason", 7}}).findings.size() == 1);
    CHECK(read({{"command", "consent"}, {"answer", "maybe"}}).findings.at(0).pointer == "/answer");
    CHECK(read({{"command", "rate"}, {"score", "5"}}).findings.at(0).pointer == "/score");
    CHECK(read({{"command", "propose"}, {"text", "x"}, {"amount_yuan", 1.234}}).findings.at(0).pointer ==
          "/amount_yuan");
    CHECK(read({{"command", "propose"}, {"text", "x"}, {"amount_yuan", -1}}).findings.at(0).pointer == "/amount_yuan");
    CHECK(read({{"command", "pause"}, {"reason", "x"}, {"until", "tomorrow"}}).findings.at(0).pointer == "/until");
    CHECK(read({{"command", "accept"}, {"force", true}}).findings.at(0).pointer == "/force");
    CHECK(read({{"command", "transfer"}, {"reason", "x"}}).findings.at(0).pointer == "/role");
    CHECK(read({{"command", "classify"}, {"reason", "x"}}).findings.size() == 1);
    CHECK(read({{"command", "classify"}, {"flags", {"urgent"}}, {"reason", "x"}}).findings.at(0).pointer == "/flags");
    CHECK(read({{"command", "complete"}, {"step", "visit"}, {"fields", "x"}}).findings.at(0).pointer == "/fields");
    CHECK(read(json::array()).findings.size() == 1);
    CHECK(read(json::object()).findings.at(0).pointer == "/command");
    const auto many = read({{"command", "propose"}, {"amount_yuan", "x"}, {"finish_by", 3}, {"colour", "red"}});
    CHECK(many.findings.size() == 4);
    const std::string too_long(6003, 'x');
    CHECK(read({{"command", "note"}, {"text", too_long}}).findings.at(0).pointer == "/text");
    std::string long_enough;
    for (int i = 0; i < 2000; ++i) long_enough += "漏";
    CHECK(found(read({{"command", "note"}, {"text", long_enough}})) == "");
}

TEST_CASE("fields that a pack adds are read when they are known") {
    std::vector<Finding> findings;
    const auto command =
        read_command({{"command", "accept"}, {"receipt", "A-17"}}, findings, {{"receipt", "text", true, {}, "回执号"}});
    CHECK(findings.empty());
    CHECK(command.fields.at("receipt") == "A-17");
    read_command({{"command", "accept"}}, findings, {{"receipt", "text", true, {}, "回执号"}});
    CHECK(findings.size() == 1);
}
