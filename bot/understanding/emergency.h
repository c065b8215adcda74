// Is somebody in danger now? Rules only: cues in the message, each tried against its guards (negated, past, supposed,
// a drill, a figure of speech, already over). Better one false alarm than one missed: what is doubtful is a danger.
#pragma once
#include <optional>
#include <string>

#include "bot/understanding/lexicon.h"
#include "bot/understanding/meaning.h"

namespace huiyin {

struct Danger {
    Emergency kind{};
    std::string because;  // the words that decided
};
struct DangerFound {
    std::optional<Danger> danger;
    bool guarded = false;    // there are cues, and each is denied, over, supposed …
    bool explained = false;  // so, and one is explained away wherever that stands: somebody smokes, it was a joke
};
// Whether any word says what happens in a danger, of whatever kind: 困, 漏, 着了, 倒下.
bool names_event(const Hits& hits);
// Pure. `low` as Written::low, `hits` of the same text.
DangerFound find_danger(std::u32string_view low, const Hits& hits);

}  // namespace huiyin
