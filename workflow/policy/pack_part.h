// The words that every part of a pack is read with. Used by pack.cpp and the readers of its parts only.
#pragma once
#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "workflow/base/time_text.h"
#include "workflow/policy/policy.h"

namespace huiyin {

class PartReader {
public:
    explicit PartReader(std::vector<Finding>& findings) : findings_(findings) {}

    template <class Read>
    void each(Reader& reader, std::string_view key, Read read_one) {
        const Json* list = reader.list_or_none(key);
        if (!list) return;
        for (std::size_t i = 0; i < list->size(); ++i) {
            Reader item{(*list)[i], reader.pointer(key) + "/" + std::to_string(i), findings_};
            read_one(item);
            item.finish();
        }
    }
    // A list, or one alone.
    std::vector<std::string> names(Reader& reader, std::string_view key) {
        const Json* value = reader.any_or_none(key);
        if (value && value->is_string()) return {value->get<std::string>()};
        return reader.texts_or_none(key);
    }
    Rule rule(Reader& reader, std::string_view key) {
        const Json* value = reader.any_or_none(key);
        if (!value) return {};
        return rule_of(*value);
    }
    Span span(Reader& reader, std::string_view key, bool before = false) {
        const std::string text = reader.text_or(key, "");
        if (text.empty()) return {};
        const auto parsed = parse_span(text);
        if (!parsed) {
            reader.wrong(key, parsed.problem().text);
            return {};
        }
        if (before && (parsed->unit == SpanUnit::same_day || parsed->unit == SpanUnit::closing ||
                       parsed->unit == SpanUnit::start_of_work || parsed->from_start_of_work))
            reader.wrong(key, "nothing stands \"" + text + "\" before a deadline: write a number and a unit");
        return *parsed;
    }
    int whole(Reader& reader, std::string_view key, int fallback, int least, int most) {
        const auto value = reader.integer_or(key, fallback);
        if (value >= least && value <= most) return static_cast<int>(value);
        reader.wrong(key, std::to_string(value) + " is out of range: write " + std::to_string(least) + " to " +
                              std::to_string(most));
        return fallback;
    }
    std::string word(Reader& reader, std::string_view key, const std::vector<std::string>& allowed,
                     std::string fallback) {
        const std::string value = fallback.empty() ? reader.text(key) : reader.text_or(key, fallback);
        if (value.empty() || std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return value;
        std::string list;
        for (const auto& each : allowed) list += (list.empty() ? "" : ", ") + each;
        const auto near = nearest(value, allowed);
        reader.wrong(key, "unknown word \"" + value.substr(0, 60) + "\"" +
                              (near ? " (did you mean \"" + *near + "\"?)" : "") + ": write one of " + list);
        return fallback;
    }
    Milliseconds clock(Reader& reader, std::string_view key, const char* fallback) {
        const auto time = parse_clock(reader.text_or(key, fallback));
        if (time) return *time;
        reader.wrong(key, time.problem().text);
        return {};
    }

    Effect effect(Reader& reader);
    Effects effects(Reader& reader, std::string_view key) {
        Effects list;
        each(reader, key, [&](Reader& item) { list.push_back(effect(item)); });
        return list;
    }
    std::vector<MoveField> fields(Reader& reader, std::string_view key);
    // "choices": keys, or {"key","title"}; as many titles as keys.
    void choices(Reader& reader, std::vector<std::string>& keys, std::vector<std::string>& titles);
    std::vector<RegisterColumn> columns(Reader& reader, std::string_view key);
    // Yuan with at most two decimals, as fen.
    std::optional<std::int64_t> yuan(Reader& reader, std::string_view key);

protected:
    std::vector<Finding>& findings_;
};

// Facts of the pack, told and worked out; before everything that names them.
void read_facts_of_pack(PartReader& part, Reader& reader, Policy& policy);
void read_questions(PartReader& part, Reader& reader, Revisit& revisit);
void read_report(PartReader& part, Reader& reader, Report& report);
// Intake, steps, forms, reactions, authority, consequences, talk: whatever pack.cpp does not read itself; then fields
// that are named like a fact or a slot take their type from it.
void read_constructs(PartReader& part, Reader& reader, Policy& policy);

}  // namespace huiyin
