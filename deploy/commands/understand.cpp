#include "deploy/commands/understand.h"

#include <CLI/CLI.hpp>
#include <cmath>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "bot/understanding/explain.h"
#include "workflow/base/json_text.h"

namespace huiyin {

nlohmann::json understood_json(const Understood& understood, const Zone& zone) {
    Json json;
    json["text"] = understood.text;
    json["language"] = understood.language;
    json["meanings"] = Json::array();
    for (const auto& meaning : understood.meanings) {
        Json one{{"meaning", std::string(to_text(meaning.kind))}};
        if (!meaning.slot.empty()) one["slot"] = meaning.slot;
        if (!meaning.value.empty()) one["value"] = meaning.value;
        json["meanings"].push_back(std::move(one));
    }
    json["kind"] = std::string(to_text(understood.kind));
    json["category"] = understood.category.empty() ? Json() : Json(understood.category);
    Json kinds = Json::object(), categories = Json::object();
    const auto rounded = [](double score) { return static_cast<double>(static_cast<int>(score * 1000 + 0.5)) / 1000; };
    for (const auto& score : understood.kind_scores) kinds[score.name] = rounded(score.score);
    for (const auto& score : understood.category_scores) categories[score.name] = rounded(score.score);
    json["scores"] = {{"kind", std::move(kinds)}, {"category", std::move(categories)}};
    Json slots = Json::object();
    const auto& said = understood.slots;
    const auto give = [&](const char* name, const std::optional<std::string>& value) {
        if (value) slots[name] = *value;
    };
    give("community", said.community);
    give("building", said.building);
    give("unit", said.unit);
    give("room", said.room);
    give("floor", said.floor);
    give("phone", said.phone);
    give("second_phone", said.second_phone);
    give("broken_phone", said.broken_phone);
    give("name", said.name);
    give("contact", said.contact);
    give("ticket", said.ticket);
    if (said.amount_fen) {
        if (*said.amount_fen % 100 == 0)
            slots["amount_yuan"] = *said.amount_fen / 100;
        else
            slots["amount_yuan"] = static_cast<double>(*said.amount_fen) / 100;
    }
    if (said.occurred_at) slots["occurred_at"] = to_rfc3339(*said.occurred_at, zone);
    if (!said.occurred_text.empty()) slots["occurred_text"] = said.occurred_text;
    give("recurrence", said.recurrence);
    give("duration", said.duration);
    give("location", said.location);
    give("people", said.people);
    give("wish", said.wish);
    give("vulnerable", said.vulnerable);
    json["slots"] = std::move(slots);
    json["level"] = understood.level ? Json(std::string(to_text(*understood.level))) : Json();
    json["emergency"] = understood.emergency ? Json(std::string(to_text(*understood.emergency))) : Json();
    json["because"] = understood.because;
    return json;
}

namespace {

// {"class": "complaint/equipment", "probability": 0.93, "for": {"灯不": 0.41, …}, "against": {…}}, the likeliest first.
Json reasons_json(const Explainer& explainer, const std::string& message) {
    const auto rounded = [](double number) { return std::round(number * 100) / 100; };
    Json list = Json::array();
    for (const auto& one : explainer.explain(message, 2, 8)) {
        Json said_for = Json::object(), said_against = Json::object();
        for (const auto& [words, weight] : one.reasons) (weight > 0 ? said_for : said_against)[words] = rounded(weight);
        list.push_back({{"class", one.name},
                        {"probability", rounded(one.probability)},
                        {"for", std::move(said_for)},
                        {"against", std::move(said_against)}});
    }
    return list;
}

}  // namespace

void add_understand_command(CLI::App& app) {
    auto* command = app.add_subcommand("understand", "what the bot understands: one JSON object a message");
    struct Options {
        std::string text, share, at, zone = "Asia/Shanghai";
    };
    auto options = std::make_shared<Options>();
    auto* text =
        command->add_option("TEXT", options->text, "the message; without it, one message a line from standard input");
    command->add_option("--share", options->share, "folder with model.bin (default: where the program's files lie)");
    command->add_option("--at", options->at, "the moment the message was written, RFC 3339 (default: now)");
    command->add_option("--zone", options->zone, "the time zone its times are meant in")->capture_default_str();
    command->callback([options, text] {
        const auto refuse = [](const Problem& problem) {
            std::cerr << "huiyin: " << problem.text << '\n';
            throw CLI::RuntimeError(1);
        };
        const auto file = find_model(options->share);
        if (!file) refuse(file.problem());
        const auto understanding = builtin_understanding(*file, demo_communities);
        if (!understanding) refuse(understanding.problem());
        const auto zone = Zone::named(options->zone);
        if (!zone) refuse(zone.problem());
        TimePoint now = SystemClock{}.now();
        if (!options->at.empty()) {
            const auto at = parse_rfc3339(options->at);
            if (!at) refuse(at.problem());
            now = *at;
        }
        const auto explainer = Explainer::read(*file);
        if (!explainer) refuse(explainer.problem());
        const auto print = [&](const std::string& message) {
            auto json = understood_json((*understanding)->understand(message, now, *zone), *zone);
            json["why"] = reasons_json(*explainer, message);
            std::cout << to_text(json) << '\n';
        };
        if (text->count() > 0) {
            print(options->text);
        } else {
            for (std::string line; std::getline(std::cin, line);) {
                if (!line.empty() && line.back() == '\r') line.pop_back();
                print(line);
            }
        }
        std::cout.flush();
        if (!std::cout) {
            std::cerr
                << "huiyin: the answer could not be written: standard output: look at the disk's space or the reader\n";
            throw CLI::RuntimeError(1);
        }
    });
}

}  // namespace huiyin
