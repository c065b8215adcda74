// Texts by key: every one that the packs and the engine name exists and is filled in.
#include <catch2/catch.hpp>
#include <fstream>
#include <kainjow/mustache.hpp>
#include <nlohmann/json.hpp>

#include "workflow/phrases/phrases.h"
#include "workflow/policy/pack.h"
#include "world.h"

using namespace huiyin;
using namespace huiyin::test;

TEST_CASE("templates are filled in without escaping, and a section shows only when there is something to show") {
    const auto phrases =
        Phrases::from_text(R"({"a":"{{name}}说:{{#text}}“{{text}}”{{/text}}{{^text}}没说{{/text}}"})", "t");
    REQUIRE(phrases);
    CHECK(phrases->render("a", {{"name", "<王>&"}, {"text", "漏{{name}}"}}) == "<王>&说:“漏{{name}}”");
    CHECK(phrases->render("a", {{"name", "王"}, {"text", ""}}) == "王说:没说");
    CHECK(phrases->variables("a") == std::set<std::string>{"name", "text"});
    CHECK(phrases->try_render("b").problem().code == "phrases.unknown_key");
    CHECK(phrases->try_render("a", {{"name", "王"}}).problem().code == "phrases.missing_value");
    CHECK_THROWS_AS(phrases->render("b"), std::logic_error);
}

TEST_CASE("a broken file names every broken text") {
    const auto broken = Phrases::from_text(R"({"a":"{{#x}}","b":7,"c":"{{> other}}","d":"gut"})", "zh-CN.json");
    REQUIRE_FALSE(broken);
    for (const char* key : {"/a", "/b", "/c"}) CHECK(broken.problem().text.find(key) != std::string::npos);
    CHECK(broken.problem().text.find("/d") == std::string::npos);
    CHECK_FALSE(Phrases::from_text("[]", "x"));
    CHECK_FALSE(Phrases::load("/nonexistent/zh-CN.json"));
}

TEST_CASE("a phrase is filled in as mustache would do it") {
    const auto path = std::string(HUIYIN_SOURCE) + "/templates/phrases/zh-CN.json";
    const auto phrases = Phrases::load(path);
    REQUIRE(phrases);
    const auto texts = nlohmann::json::parse(std::ifstream(path), nullptr, true, true);
    for (const auto& [key, text] : texts.items())
        for (unsigned shown = 0; shown < 8; ++shown) {
            PhraseValues values;
            kainjow::mustache::data data;
            unsigned at = 0;
            for (const auto& name : phrases->variables(key)) {
                const std::string value = (shown >> (at++ % 3) & 1) ? "<" + name + ">" : "";
                values[name] = value;
                if (value.empty())
                    data.set(name, kainjow::mustache::data(kainjow::mustache::data::type::bool_false));
                else
                    data.set(name, value);
            }
            kainjow::mustache::mustache parsed(text.get<std::string>());
            parsed.set_custom_escape([](const std::string& plain) { return plain; });
            INFO(key);
            REQUIRE(phrases->render(key, values) == parsed.render(data));
        }
}

TEST_CASE("every phrase of the pack and of the engine can be said about any ticket") {
    World world;
    const auto ticket = world.files("楼道灯坏了");
    PhraseValues values;
    world.store->read(
        [&](Reading& reading) { values = world.engine->values_of(reading, *reading.ticket(ticket.id), world.now()); });
    for (const auto& key : world.policy->phrase_keys()) {
        CAPTURE(key);
        CHECK(world.phrases->has(key));
    }
    // Given by those who say them, not by the ticket.
    const std::set<std::string> own{"staff.app_unused",          "staff.done",         "staff.endpoint_again",
                                    "staff.endpoint_disabled",   "staff.history",      "staff.month_calls",
                                    "staff.month_calls_used_up", "staff.not_delivered"};
    for (const auto& key : world.phrases->keys()) {
        const bool about_ticket = key.rfind("customer.", 0) == 0 || key.rfind("staff.", 0) == 0;
        if (!about_ticket || own.count(key) || key.rfind("staff.handover", 0) == 0) continue;
        CAPTURE(key);
        auto more = values;
        if (key.rfind("staff.card.", 0) == 0) more["by"] = "李娜";
        if (key.rfind("staff.duty_", 0) == 0 || key.rfind("staff.report_", 0) == 0)
            for (const char* name : {"duty", "date", "text", "owner", "handler", "until", "by"}) more[name] = "月报";
        if (key.rfind("customer.privacy_", 0) == 0)
            for (const char* name : {"answer", "reason", "stays", "until"}) more[name] = "3月9日以前";
        const auto text = world.phrases->try_render(key, more);
        REQUIRE(text);
        CHECK_FALSE(text->empty());
        CHECK(text->find("{{") == std::string::npos);
        for (const char* never : {"亲", "！", "!", "尽快", "稍后", "感谢您的耐心"})
            if (key != "staff.remedy_revisit" || std::string(never) != "亲")
                CHECK(text->find(never) == std::string::npos);
    }
}
