// JSON as it comes in, rules in it, and the times and dates written in it.
#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "tests/fuzz/fuzz.h"
#include "workflow/base/json_text.h"
#include "workflow/base/time_text.h"
#include "workflow/policy/jsonlogic.h"
#include "workflow/policy/quick_rule.h"

namespace huiyin::fuzz {
namespace {

int depth_of(const Json& json) {
    int depth = 0;
    if (json.is_structured())
        for (const auto& child : json) depth = std::max(depth, depth_of(child));
    return depth + (json.is_structured() ? 1 : 0);
}

bool is_whole(const Json& json) {
    constexpr std::int64_t most = std::int64_t{1} << 53;
    if (json.is_number_float()) return false;
    if (json.is_number_unsigned()) return json.get<std::uint64_t>() <= static_cast<std::uint64_t>(most);
    if (json.is_number_integer()) return std::abs(json.get<std::int64_t>()) <= most;
    return !json.is_structured() || std::all_of(json.begin(), json.end(), is_whole);
}

void json(std::string_view input) {
    const auto read = parse_json(input);
    if (!read) return;
    must(depth_of(*read) <= 64, "nothing deeper than sixty-four is taken");
    must(Json::accept(input), "what is taken is JSON");
    const auto text = to_text(*read);
    must(text.find('\n') == std::string::npos, "JSON is one line");
    const auto again = parse_json(text, {.bytes = 16 << 20});
    must(again && to_text(*again) == text, "JSON comes back");
    if (is_whole(*read)) must(canonical(*again) == canonical(*read), "canonical JSON does not change");
    std::vector<Finding> findings;
    Reader reader(*read, "", findings);
    for (const char* name : {"text", "choice", "command", "fields", "n"}) {
        (void)reader.text_or(name, "");
        (void)reader.integer_or(name, 0);
        (void)reader.boolean_or(name, false);
        (void)reader.texts_or_none(name);
    }
    reader.child("fields").finish();
    reader.finish();
}

Facts facts_of(const Json& data) {
    Facts facts;
    if (!data.is_object()) return facts;
    for (const auto& [name, value] : data.items()) {
        if (value.is_boolean()) facts[name] = value.get<bool>();
        if (value.is_number_integer() && !value.is_number_unsigned()) facts[name] = value.get<std::int64_t>();
        if (value.is_string()) facts[name] = value.get<std::string>();
    }
    return facts;
}

// A line of data, then a rule: both readings of it agree, and it ends.
void rule(std::string_view input) {
    const auto line = std::min(input.find('\n'), input.size());
    const auto data = parse_json(input.substr(0, line)),
               logic = parse_json(input.substr(std::min(line + 1, input.size())));
    if (!data || !logic) return;
    const RuleLimits limits{.depth = 200, .steps = 20000};
    const auto first = evaluate(*logic, *data, limits);
    const auto second = evaluate(*logic, *data, limits);
    must(first ? second && to_text(*first) == to_text(*second) : !second && first.problem() == second.problem(),
         "a rule answers the same twice");
    if (first) (void)is_truthy(*first);
    (void)rule_use(*logic);
    if (const auto quick = QuickRule::made_of(*logic)) (void)quick->holds(facts_of(*data), {}, {});
}

void times(std::string_view input) {
    if (const auto at = parse_rfc3339(input)) {
        const auto again = parse_rfc3339(to_rfc3339(*at, Zone{}, Precision::milliseconds));
        must(again && *again == *at, "a moment comes back");
    } else {
        must(at.problem().text.size() < 400, "what cannot be read is quoted briefly");
    }
    if (const auto day = parse_date(input)) must(to_date(*day) == input, "a date comes back");
    if (const auto clock = parse_clock(input)) must(to_clock(*clock) == input, "a time of day comes back");
    (void)Zone::named(input);
}

}  // namespace

std::vector<Target> json_targets() { return {{"json", json}, {"rule", rule}, {"times", times}}; }

}  // namespace huiyin::fuzz
