#include "workflow/policy/event_kinds.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "workflow/policy/event_fields.h"
#include "workflow/policy/policy.h"
#include "workflow/policy/same_text.h"

namespace huiyin {
namespace {

// So many events have a bit of their own; the others share one, and the unknown ones another.
constexpr std::size_t own_kinds = 60;
constexpr std::uint64_t last_kind = std::uint64_t{1} << own_kinds, unknown_kind = last_kind << 1;
constexpr std::uint64_t shared_kinds = last_kind | unknown_kind;
static_assert(unknown_kind << 1 == ends_mark);

void find_kinds(DeadlineRule& rule) {
    // What was warned, missed and extended concerns every rule.
    rule.concerned = event_kind("deadline.warned") | event_kind("deadline.missed") | event_kind("ticket.extended");
    // What ends a pause of the ticket itself concerns those that it pauses.
    if (!rule.pauses_on.empty()) rule.concerned |= event_kind("ticket.resolved") | event_kind("ticket.escalated");
    rule.begun_by = 0;
    for (auto& start : rule.starts_on) rule.begun_by |= start.kind = event_kind(start.event);
    for (auto* stops : {&rule.stops_on, &rule.cancels_on, &rule.pauses_on, &rule.resumes_on})
        for (auto& stop : *stops) rule.concerned |= stop.kind = event_kind(stop.event);
    // A start in between would not be looked at if it must set a due time.
    rule.ended_by = 0;
    if (!rule.only_set_by_event)
        for (const auto* stops : {&rule.stops_on, &rule.cancels_on})
            for (const auto& stop : *stops)
                if (!stop.when && (stop.kind & shared_kinds) == 0) rule.ended_by |= stop.kind;
    for (const auto& promise : rule.promises_on) rule.concerned |= event_kind(promise.event);
    rule.concerned |= rule.begun_by;
}

}  // namespace

std::uint64_t event_kind(std::string_view type) {
    struct Entry {
        std::string_view name;
        std::uint64_t bit = 0;
    };
    constexpr std::size_t places = 256;  // of a table that is looked up by the name's end, the next place if taken
    const auto place_of = [](std::string_view name) {
        std::uint64_t end = name.size();
        if (name.size() >= sizeof end) std::memcpy(&end, name.data() + name.size() - sizeof end, sizeof end);
        return static_cast<std::size_t>((end + name.size()) * 0x9e3779b97f4a7c15U >> 56) % places;
    };
    static const auto table = [&] {
        std::array<Entry, places> kinds{};
        const auto& names = known_events();
        for (std::size_t i = 0; i < names.size(); ++i) {
            auto place = place_of(names[i]);
            while (kinds[place].bit != 0) place = (place + 1) % places;
            kinds[place] = {names[i], std::uint64_t{1} << std::min(i, own_kinds)};
        }
        return kinds;
    }();
    for (auto place = place_of(type);; place = (place + 1) % places) {
        const auto& kind = table[place];
        if (kind.bit == 0) return unknown_kind;
        if (is_same_text(kind.name, type)) return kind.bit;
    }
}

bool is_last_word(std::uint64_t kind) {
    static const auto words = event_kind("ticket.closed") | event_kind("ticket.rejected") |
                              event_kind("ticket.withdrawn") | event_kind("ticket.merged") |
                              event_kind("ticket.terminated");
    return (kind & words) != 0;
}

void find_kinds(std::vector<DeadlineRule>& rules) {
    for (auto& rule : rules) {
        find_kinds(rule);
        rule.alone = std::none_of(rules.begin(), rules.end(), [&](const DeadlineRule& other) {
            return &other != &rule && other.name == rule.name;
        });
    }
}

std::uint64_t kind_and_end(std::string_view type, const Facts& fields) {
    const auto kind = event_kind(type);
    const auto& to = text_field(fields, "to");
    if (is_last_word(kind)) return kind | ends_mark;
    if (to.empty()) return kind | goes_on_mark;
    const auto phase = phase_named(text_field(fields, "phase"));
    return !phase ? kind : kind | (is_end(*phase) ? ends_mark : goes_on_mark);
}

}  // namespace huiyin
