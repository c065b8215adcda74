#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "evaluation.h"
#include "talks.h"
#include "workflow/base/json_text.h"

namespace huiyin::test {
namespace {

Problem unreadable(const std::string& file, int line, const std::string& what) {
    return {"evaluate.unreadable",
            what + ": " + file + " line " + std::to_string(line) + ": write it as tests/README.md shows", ""};
}

// What was understood, under the names of the labels.
std::string slot_of(const Slots& slots, const std::string& name) {
    const auto text = [](const std::optional<std::string>& value) { return value.value_or(""); };
    if (name == "building") return text(slots.building);
    if (name == "unit") return text(slots.unit);
    if (name == "room") return text(slots.room);
    if (name == "floor") return text(slots.floor);
    if (name == "community") return text(slots.community);
    if (name == "phone") return text(slots.phone);
    if (name == "second_phone") return text(slots.second_phone);
    if (name == "broken_phone") return text(slots.broken_phone);
    if (name == "name") return text(slots.name);
    if (name == "contact") return text(slots.contact);
    if (name == "ticket") return text(slots.ticket);
    if (name == "location") return text(slots.location);
    if (name == "people") return text(slots.people);
    if (name == "wish") return text(slots.wish);
    if (name == "vulnerable") return text(slots.vulnerable);
    if (name == "recurrence") return text(slots.recurrence);
    if (name == "duration") return text(slots.duration);
    if (name == "occurred_text") return slots.occurred_text;
    if (name == "occurred_at") return slots.occurred_at ? to_rfc3339(*slots.occurred_at, {}) : "";
    if (name == "amount_yuan" && slots.amount_fen) {
        const auto yuan = *slots.amount_fen / 100, fen = *slots.amount_fen % 100;
        char digits[40];
        std::snprintf(digits, sizeof digits, fen ? "%lld.%02lld" : "%lld", static_cast<long long>(yuan),
                      static_cast<long long>(fen));
        return digits;
    }
    return "";
}
const char* const slot_names[] = {"building",   "unit",         "room",          "floor",       "community",
                                  "phone",      "second_phone", "broken_phone",  "name",        "contact",
                                  "ticket",     "location",     "people",        "wish",        "vulnerable",
                                  "recurrence", "duration",     "occurred_text", "occurred_at", "amount_yuan"};

std::string label_text(const Json& value) {
    if (value.is_null()) return "";
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number_integer()) return std::to_string(value.get<long long>());
    if (value.is_number()) {
        char digits[40];
        std::snprintf(digits, sizeof digits, "%.2f", value.get<double>());
        return digits;
    }
    return value.dump();
}

std::string percent(int part, int all) {
    char text[60];
    std::snprintf(text, sizeof text, "%d of %d (%.1f %%)", part, all, all ? 100.0 * part / all : 0.0);
    return text;
}

void add_labels(std::string& out, const char* name, const Labels& labels) {
    if (!labels.all()) return;
    char line[200];
    std::snprintf(line, sizeof line, "%s: accuracy %.3f, macro-F1 %.3f (%d messages)\n", name, labels.accuracy(),
                  labels.macro_f1(), labels.all());
    out += line;
    for (const auto& [label, count] : labels.expected()) {
        std::snprintf(line, sizeof line, "  %-16s F1 %.3f of %d\n", label.c_str(), labels.f1(label), count);
        out += line;
    }
    int shown = 0;
    for (const auto& [pair, times] : labels.confusions()) {
        if (++shown > 12) break;
        out += "  " + pair.first + " read as " + (pair.second.empty() ? "nothing" : pair.second) + ": " +
               std::to_string(times) + "\n";
    }
}

}  // namespace

Result<MessageReport> evaluate_messages(const std::string& file, const Understanding& understanding) {
    std::ifstream in(file);
    if (!in) return unreadable(file, 0, "no such file");
    MessageReport report;
    int number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        if (line.empty() || line[0] == '#') continue;
        const Json labelled = Json::parse(line, nullptr, false);
        if (!labelled.is_object() || !labelled.contains("text") || !labelled["text"].is_string())
            return unreadable(file, number, "no object with a \"text\"");
        const auto text = labelled["text"].get<std::string>();
        auto now = *parse_rfc3339("2026-11-25T09:00:00+08:00");
        if (labelled.contains("at")) {
            const auto at = parse_rfc3339(label_text(labelled["at"]));
            if (!at) return unreadable(file, number, "\"at\" is no time");
            now = *at;
        }
        const auto begin = std::chrono::steady_clock::now();
        const auto understood = understanding.understand(text, now, {});
        report.microseconds.push_back(
            std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count());
        ++report.messages;
        std::string differences;
        const auto differs = [&](const std::string& name, const std::string& wanted, const std::string& found) {
            differences += (differences.empty() ? "" : ", ") + name + " " + (wanted.empty() ? "none" : wanted) +
                           " read as " + (found.empty() ? "none" : found);
        };
        const std::string kind(huiyin::to_text(understood.kind));
        if (labelled.contains("kind") && labelled["kind"].is_string()) {
            const auto wanted = label_text(labelled["kind"]);
            if (!message_kind(wanted)) return unreadable(file, number, "unknown kind \"" + wanted + "\"");
            report.kind.add(wanted, kind);
            if (wanted != kind) differs("kind", wanted, kind);
        }
        if (labelled.contains("category") && labelled["category"].is_string() && labelled["category"] != "") {
            const auto wanted = label_text(labelled["category"]);
            report.category.add(wanted, understood.category);
            if (wanted != understood.category) differs("category", wanted, understood.category);
        }
        if (labelled.contains("emergency")) {
            const auto& wanted = labelled["emergency"];
            const bool danger =
                wanted.is_string() ? !wanted.get<std::string>().empty() : wanted.is_boolean() && wanted.get<bool>();
            const std::string found =
                understood.emergency ? std::string(huiyin::to_text(*understood.emergency)) : std::string();
            if (danger) {
                ++report.dangers;
                report.dangers_found += understood.emergency.has_value();
                report.dangers_named += understood.emergency && (!wanted.is_string() || label_text(wanted) == found);
            } else {
                ++report.calm;
                report.false_alarms += understood.emergency.has_value();
            }
            if (danger != understood.emergency.has_value()) differs("emergency", danger ? "danger" : "", found);
        }
        if (labelled.contains("slots")) {
            const auto& slots = labelled["slots"];
            if (!slots.is_object()) return unreadable(file, number, "\"slots\" is no object");
            bool address_named = false, address_right = true;
            for (const auto& [name, value] : slots.items()) {
                if (std::find(std::begin(slot_names), std::end(slot_names), name) == std::end(slot_names))
                    return unreadable(file, number, "unknown slot \"" + name + "\"");
                const auto wanted = label_text(value), found = slot_of(understood.slots, name);
                const bool right = wanted == found;
                if (!right) differs(name, wanted, found);
                if (name == "building" || name == "unit" || name == "room") {
                    address_named = true;
                    address_right = address_right && right;
                    continue;
                }
                ++report.slots[name].all;
                report.slots[name].right += right;
            }
            if (address_named) {
                ++report.slots["address"].all;
                report.slots["address"].right += address_right;
            }
        }
        if (!differences.empty())
            report.wrong.push_back("line " + std::to_string(number) + ": " + differences + ": " + text);
    }
    std::sort(report.microseconds.begin(), report.microseconds.end());
    return report;
}

std::string to_text(const MessageReport& report, bool with_wrong) {
    std::string out = std::to_string(report.messages) + " messages\n";
    add_labels(out, "kind", report.kind);
    add_labels(out, "category", report.category);
    for (const auto& [name, exact] : report.slots)
        out += "slot " + name + ": " + percent(exact.right, exact.all) + "\n";
    if (report.dangers)
        out += "emergencies found: " + percent(report.dangers_found, report.dangers) + ", by their name " +
               percent(report.dangers_named, report.dangers) + "\n";
    if (report.calm) out += "false alarms: " + percent(report.false_alarms, report.calm) + "\n";
    if (!report.microseconds.empty()) {
        char line[100];
        std::snprintf(line, sizeof line, "time: median %.0f us, 99th percentile %.0f us a message\n",
                      report.microseconds[report.microseconds.size() / 2],
                      report.microseconds[report.microseconds.size() * 99 / 100]);
        out += line;
    }
    if (with_wrong)
        for (const auto& wrong : report.wrong) out += wrong + "\n";
    return out;
}

Result<bool> holds_talks(const std::string& file) {
    std::ifstream in(file);
    if (!in) return unreadable(file, 0, "no such file");
    for (std::string line; std::getline(in, line);) {
        if (line.empty() || line[0] == '#') continue;
        const Json first = Json::parse(line, nullptr, false);
        return first.is_object() && first.contains("turns");
    }
    return unreadable(file, 0, "nothing in it");
}

}  // namespace huiyin::test
