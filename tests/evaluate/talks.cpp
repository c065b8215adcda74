#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "talks.h"
#include "tests/bot/room.h"
#include "workflow/base/json_text.h"

namespace huiyin::test {
namespace {

const char* const resident = "王女士";

std::string text_of(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::string all_of(const std::vector<std::string>& said) {
    std::string text;
    for (const auto& one : said) text += one + "\n";
    return text;
}

// Plays one script; gives what is wrong with its end, or nothing. turns: what the resident needed to the first ticket.
std::string play(const Json& script, int& turns_to_file) {
    Room room(script.contains("at") ? script["at"].get<std::string>() : "2026-03-02 09:00");
    turns_to_file = 0;
    int turns = 0;
    std::string said;
    for (const auto& turn : script["turns"]) {
        const bool plain = turn.is_string();
        if (!plain && turn.contains("staff")) {
            const auto refused = room.staff_does(text_of(turn["staff"]), text_of(turn["does"]));
            if (!refused.empty()) return "staff was refused: " + refused;
            continue;
        }
        if (!plain && turn.contains("at")) {
            room.moves_to(text_of(turn["at"]));
            continue;
        }
        // What follows at once belongs to the turn before: a burst counts as one.
        const bool at_once = !plain && turn.value("at_once", false);
        const auto words = plain ? turn.get<std::string>() : text_of(turn["say"]);
        turns += at_once && turns > 0 ? 0 : 1;
        said = all_of(room.says(resident, words, at_once).said);
        if (!turns_to_file && !room.tickets().empty()) turns_to_file = turns;
        if (!plain && turn.contains("hears") && said.find(text_of(turn["hears"])) == std::string::npos)
            return "\"" + text_of(turn["hears"]) + "\" was not said to \"" + words + "\" but: " + said;
    }
    std::string wrong;
    for (const auto& [name, value] : script["expect"].items()) {
        std::string found;
        if (name == "tickets")
            found = std::to_string(room.tickets().size());
        else if (name == "turns_at_most") {
            if (turns_to_file && turns_to_file <= value.get<int>()) continue;
            found = turns_to_file ? std::to_string(turns_to_file) : "no ticket";
        } else if (name == "says") {
            if (said.find(text_of(value)) != std::string::npos) continue;
            found = said;
        } else if (name == "state")
            found = room.conversation(resident).state;
        else if (name == "slots") {
            for (const auto& [slot, wanted] : value.items()) {
                const auto is = room.slot(resident, slot);
                if (is != text_of(wanted)) wrong += "slot " + slot + " is \"" + is + "\", not " + wanted.dump() + "; ";
            }
            continue;
        } else {
            found = room.field(name);
        }
        if (found != text_of(value)) wrong += name + " is \"" + found + "\", not " + value.dump() + "; ";
    }
    return wrong;
}

}  // namespace

Result<TalkReport> evaluate_talks(const std::string& file) {
    std::ifstream in(file);
    const auto unreadable = [&](int line, const std::string& what) {
        return Problem{"evaluate.unreadable",
                       what + ": " + file + " line " + std::to_string(line) + ": write it as tests/README.md shows",
                       ""};
    };
    if (!in) return unreadable(0, "no such file");
    TalkReport report;
    int number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        if (line.empty() || line[0] == '#') continue;
        const Json script = Json::parse(line, nullptr, false);
        if (!script.is_object() || !script.contains("turns") || !script["turns"].is_array() ||
            !script.contains("expect") || !script["expect"].is_object())
            return unreadable(number, "no object with \"turns\" and \"expect\"");
        const auto name = script.value("name", "line " + std::to_string(number));
        ++report.talks;
        std::string wrong;
        int turns = 0;
        try {
            wrong = play(script, turns);
        } catch (const std::exception& error) {  // a choice that was not offered, a field that does not exist
            wrong = error.what();
        }
        if (wrong.empty()) {
            ++report.passed;
            if (turns) report.turns_to_file.push_back(turns);
        } else {
            report.failed.push_back(name + ": " + wrong);
        }
    }
    std::sort(report.turns_to_file.begin(), report.turns_to_file.end());
    return report;
}

std::string to_text(const TalkReport& report) {
    char line[200];
    std::snprintf(line, sizeof line, "%d talks, %d pass (%.1f %%)\n", report.talks, report.passed,
                  report.talks ? 100.0 * report.passed / report.talks : 0.0);
    std::string out = line;
    if (!report.turns_to_file.empty())
        out += "turns to a ticket: median " + std::to_string(report.turns_to_file[report.turns_to_file.size() / 2]) +
               ", most " + std::to_string(report.turns_to_file.back()) + " (" +
               std::to_string(report.turns_to_file.size()) + " talks)\n";
    for (const auto& failed : report.failed) out += "failed: " + failed + "\n";
    return out;
}

}  // namespace huiyin::test
