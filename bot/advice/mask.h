// Takes out of a message what tells who and where somebody is, before it leaves the house: names, phones, addresses,
// numbers of identity cards, plates, accounts and tickets, amounts. What stands there instead says only what it was:
// "[姓名]", "[电话]", "[地址]". Rather too much than too little: an endpoint that sees less helps less, and that is
// all.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "bot/understanding/meaning.h"

namespace huiyin::advice {

// `names`: words that are never to leave, whatever stands around them: names of staff and of communities. Those of
// fewer than two characters are left alone. Nothing: a figure or an address was left standing, and the message stays
// here.
std::optional<std::string> masked(const Understood& understood, const std::vector<std::string>& names = {});

}  // namespace huiyin::advice
