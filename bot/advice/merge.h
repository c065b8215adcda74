// What an advice may change of what was understood, and that is little.
#pragma once
#include "bot/advice/advice.h"

namespace huiyin::advice {

// True: something was taken over. What never changes: text, slots, emergency, level, hints, sentiment, matters, and
// every meaning that was found. The kind is lifted or, without words that complain, sorted between complaint and
// demand; it stays where facts make the level depend on it. A kind and a category are taken only where the rules were
// unsure of them, an act only where they found none. The only text that is added is the message's own.
bool take_advice(Understood& understood, const Advice& advice, const Choices& choices);

}  // namespace huiyin::advice
