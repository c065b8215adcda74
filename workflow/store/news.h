// What a commit touched, as one line for the other processes that serve the same store.
#pragma once
#include <string>

#include "workflow/store/store.h"

namespace huiyin {

// Too long a line leaves out the conversations: who looks at one of them hears of it with its next message.
std::string to_news(const Touched& touched);  // "" where nothing was touched
// Throws std::runtime_error on what is no such line.
Touched from_news(const std::string& words);

}  // namespace huiyin
