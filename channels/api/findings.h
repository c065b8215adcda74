// What is wrong with a body, said to staff: the readers below the API explain themselves to programmers.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "channels/wire.h"
#include "workflow/base/json_text.h"

namespace huiyin::api {

// One text of a body: so many characters at most.
constexpr std::size_t most_characters = 2000;
std::size_t characters_of(std::string_view text);
// Without the blanks around it; full-width, non-breaking and zero-width ones are blanks too.
std::string_view trimmed(std::string_view text);

// 422 with errors:[{pointer,detail}], each detail as in_chinese() says it.
http::Answer findings_answer(const std::vector<Finding>& findings);
// The text of a reader's finding for people at a desk; what is for them already stays as it is, and what nobody knows.
std::string in_chinese(const std::string& finding);

}  // namespace huiyin::api
