// The matter in its own words, and whether a message has any.
#pragma once
#include <string>

#include "bot/understanding/lexicon.h"
#include "bot/understanding/slots.h"

namespace huiyin {

// Without address, phone, greeting, politeness, abuse, and without what is only a wish; at most 200 characters.
std::string matter_of(const Written& written, const Hits& hits, const FoundFacts& facts);
bool is_nonsense(const Written& written, const Hits& hits, const FoundFacts& facts);
// Only facts and the words around them: "不是2栋,是3栋2单元501", "我电话是138…". Nothing is reported by it.
bool only_facts(const Written& written, const Hits& hits, const FoundFacts& facts);

}  // namespace huiyin
