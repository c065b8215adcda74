// Facts out of a message: addresses, phones, amounts, times, places, people, wishes. Hand-written scanners, exact.
#pragma once
#include <string>
#include <vector>

#include "bot/understanding/community_names.h"
#include "bot/understanding/lexicon.h"
#include "bot/understanding/meaning.h"
#include "workflow/base/time_text.h"

namespace huiyin {

// One fact where it stands in the text (code points).
struct Fact {
    std::string slot;
    std::string value;
    std::size_t begin = 0, end = 0;
    bool corrects = false;  // a word of correction stands before it
    double score = 1;
};

struct FoundFacts {
    Slots slots;
    std::vector<Fact> list;  // in the order they were said; what another one corrected in the same message is left out
    // Correction words whose slot was named without a value: "房号写错了".
    std::vector<std::string> doubted;
};

FoundFacts read_facts(const Written& written, const Hits& hits, const CommunityNames& communities, TimePoint now,
                      const Zone& zone);

// The parts of it, each pure. A reader sees a copy of the text in which what others took is blanked with U+0001.
inline constexpr char32_t blank = 1;
void read_numbers_that_are_no_phones(std::u32string& text, FoundFacts& facts);  // ticket numbers, number plates
void read_phones(std::u32string& text, const Hits& hits, FoundFacts& facts);
void read_address(std::u32string& text, const Hits& hits, const CommunityNames& communities, FoundFacts& facts);
void read_times(std::u32string& text, const Hits& hits, TimePoint now, const Zone& zone, FoundFacts& facts);
void read_english_times(const std::u32string& text, TimePoint now, const Zone& zone, FoundFacts& facts);
void read_amount(std::u32string& text, const Hits& hits, FoundFacts& facts);
void read_circumstances(const std::u32string& text, const Hits& hits, FoundFacts& facts);

}  // namespace huiyin
