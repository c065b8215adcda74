#include "workflow/policy/span.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "workflow/base/json_text.h"

namespace huiyin {
namespace {

struct UnitName {
    SpanUnit unit;
    const char* one;
    const char* many;
    const char* chinese;  // after the number
    int longest;          // about ten years: more is a slip of the pen
};
constexpr std::array<UnitName, 9> units{
    {{SpanUnit::minutes, "minute", "minutes", "分钟", 100000},
     {SpanUnit::hours, "hour", "hours", "小时", 90000},
     {SpanUnit::days, "day", "days", "天", 3660},
     {SpanUnit::weeks, "week", "weeks", "周", 520},
     {SpanUnit::months, "month", "months", "个月", 120},
     {SpanUnit::years, "year", "years", "年", 10},
     {SpanUnit::working_minutes, "working minute", "working minutes", "个工作分钟", 100000},
     {SpanUnit::working_hours, "working hour", "working hours", "个工作小时", 20000},
     {SpanUnit::working_days, "working day", "working days", "个工作日", 2500}}};
constexpr std::string_view after_start = " after next start of work";

const UnitName* find_unit(std::string_view name) {
    for (const auto& unit : units)
        if (name == unit.one || name == unit.many) return &unit;
    return nullptr;
}

const UnitName* find_unit(SpanUnit kind) {
    for (const auto& unit : units)
        if (unit.unit == kind) return &unit;
    return nullptr;
}

Problem unreadable(std::string text) { return {"span.unreadable", std::move(text), {}}; }

}  // namespace

Result<Span> parse_span(std::string_view text) {
    if (text == "at once") return Span{0, SpanUnit::minutes, false};
    if (text == "same day") return Span{0, SpanUnit::same_day, false};
    if (text == "closing of the day") return Span{0, SpanUnit::closing, false};
    if (text == "next start of work") return Span{0, SpanUnit::start_of_work, false};
    Span span;
    std::string_view rest = text;
    if (rest.size() > after_start.size() && rest.substr(rest.size() - after_start.size()) == after_start) {
        span.from_start_of_work = true;
        rest.remove_suffix(after_start.size());
    }
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), span.count);
    const std::string written(text.substr(0, 60));
    if (error != std::errc{} || end == rest.data() + rest.size() || *end != ' ' || span.count < 0)
        return unreadable(
            "cannot read \"" + written +
            "\" as a span: write a number and a unit (\"5 working days\"), \"same day\", \"closing of the "
            "day\", \"next start of work\" or \"at once\"");
    const std::string_view name = rest.substr(static_cast<std::size_t>(end - rest.data()) + 1);
    const UnitName* unit = find_unit(name);
    if (!unit) {
        std::vector<std::string> known;
        for (const auto& each : units) known.insert(known.end(), {each.one, each.many});
        std::string said = "unknown unit \"" + std::string(name.substr(0, 40)) + "\"";
        if (const auto near = nearest(name, known)) said += " (did you mean \"" + *near + "\"?)";
        return unreadable(said +
                          ": write minutes, hours, days, weeks, months, years, working minutes, working hours or "
                          "working days");
    }
    if (span.count > unit->longest)
        return unreadable("\"" + written + "\" is longer than ten years: write a shorter span");
    span.unit = unit->unit;
    return span;
}

bool counts_days(SpanUnit unit) {
    switch (unit) {
        case SpanUnit::working_days:
        case SpanUnit::closing:
        case SpanUnit::same_day:
        case SpanUnit::days:
        case SpanUnit::weeks:
        case SpanUnit::months:
        case SpanUnit::years:
            return true;
        default:
            return false;
    }
}

std::string to_text(const Span& span) {
    std::string text;
    switch (span.unit) {
        case SpanUnit::same_day:
            return "same day";
        case SpanUnit::closing:
            return "closing of the day";
        case SpanUnit::start_of_work:
            return "next start of work";
        default:
            break;
    }
    if (span.count == 0 && !span.from_start_of_work && span.unit == SpanUnit::minutes) return "at once";
    const UnitName* unit = find_unit(span.unit);
    text = std::to_string(span.count) + " " + (span.count == 1 ? unit->one : unit->many);
    if (span.from_start_of_work) text += after_start;
    return text;
}

std::string to_chinese(const Span& span) {
    switch (span.unit) {
        case SpanUnit::same_day:
            return "当天";
        case SpanUnit::closing:
            return "当天下班前";
        case SpanUnit::start_of_work:
            return "下次上班时";
        default:
            break;
    }
    if (span.count == 0 && !span.from_start_of_work) return "立即";
    const std::string amount = std::to_string(span.count) + find_unit(span.unit)->chinese;
    return span.from_start_of_work ? "上班后" + amount : amount;
}

}  // namespace huiyin
