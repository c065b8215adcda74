// People's words made fit for places where less may be shown. Pure.
#pragma once
#include <string>

#include "workflow/engine/wording.h"  // phone_masked: how a phone is shown

namespace huiyin {

// Phones and ID numbers cut out: "电话13812345678" -> "电话[电话]", an 18-digit number -> "[证件号]".
std::string without_numbers(const std::string& words);
std::string without_phones(const std::string& words);  // "打13812345678找我" -> "打找我"; dates and order numbers stay
// Understanding writes half-width marks; between Chinese words they are read back as people write them.
std::string with_chinese_marks(const std::string& text);
// At most `characters` code points, with "…" when something was cut.
std::string shortened(const std::string& text, std::size_t characters);

}  // namespace huiyin
