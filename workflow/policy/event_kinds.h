// The kinds of events as bits in sets: the rules ask for them all the time, and need not compare names. Pure.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace huiyin {

class Facts;
struct DeadlineRule;

// known_events() have a bit each, but for the last, where they are too many, which share one; all that are not known
// share another.
std::uint64_t event_kind(std::string_view type);
// Is nothing owed after an event of this kind, whatever else it says?
bool is_last_word(std::uint64_t kind);

// What is known beside the kind, so that nobody has to look into the event for it: it ends all that is owed, or it does
// not. Neither of both: who asks has to look.
inline constexpr std::uint64_t ends_mark = std::uint64_t{1} << 62, goes_on_mark = std::uint64_t{1} << 63;
// event_kind() with such a mark, of events that carry their phase: HistoryEvent::kind_and_end.
std::uint64_t kind_and_end(std::string_view type, const Facts& fields);
constexpr std::uint64_t kind_in(std::uint64_t known) { return known & ~(ends_mark | goes_on_mark); }

// Finds, anew, what rules say of kinds and names: the part of make_ready() that concerns them.
void find_kinds(std::vector<DeadlineRule>& rules);

}  // namespace huiyin
