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
// Pure. `low` as Written::low, `hits` of the same text.
std::optional<Danger> find_danger(std::u32string_view low, const Hits& hits);

}  // namespace huiyin
