// An endpoint's answer, looked at as if a stranger had written it: one strange field, and all of it is refused.
#pragma once
#include <string_view>

#include "bot/advice/advice.h"
#include "workflow/base/result.h"

namespace huiyin::advice {

inline constexpr std::size_t answer_bytes = 64 << 10;

// Errors: advice.too_large - more than 64 KiB; advice.unreadable - no JSON, or not the shape of a chat completion;
// advice.no_answer - no choice in it, a refusal, or cut off; advice.off_list - the answer is not exactly the object
// that was asked for: a field more or less, or a word that is not on the list.
Result<Advice> read_answer(std::string_view body, const Choices& choices);

}  // namespace huiyin::advice
