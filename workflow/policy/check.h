// What can be proved of a pack without running it.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "workflow/policy/pack.h"

namespace huiyin {

// Locale -> the keys of its phrases: {"zh-CN": {...}}. None: phrases are not looked at.
using PhraseKeys = std::map<std::string, std::vector<std::string>>;

// Unknown names (states, phases, commands, roles, events, effects, facts, clauses, deadlines), states that cannot be
// reached or left, deadlines that nothing starts or stops, categories that nobody handles, commands that run each other
// without end, ends without a word to the customer, moves that can never be taken, phrases that no locale has. The pack
// must have been read without errors.
std::vector<PackFinding> check_pack(const LoadedPack& pack, const PhraseKeys& phrases = {});

}  // namespace huiyin
