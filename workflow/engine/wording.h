// Moments, numbers and words as people read them. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "workflow/base/time_text.h"

namespace huiyin {

// "今天17:30", "明天(周五)17:30", "11月27日(周五)17:30", with the year when it is another one. A moment at midnight
// ends a day: "3月4日(周三)24:00".
std::string moment_in_words(TimePoint at, TimePoint now, const Zone& zone);
// As short as a push needs it: "今天17:30", "周五17:30" within six days, "11月27日17:30".
std::string moment_in_short(TimePoint at, TimePoint now, const Zone& zone);
std::string yuan_in_words(std::int64_t fen);       // "2000元", "12.50元"
std::string phone_masked(std::string_view phone);  // "138****5678"; what is no phone comes back as "****"
// Runs of seven digits and more, as phones and ID numbers have, keep their first three and last two at most.
std::string numbers_masked(std::string_view words);
std::string cut_to(std::string_view words, std::size_t characters);  // with "…" when cut; never inside a character

}  // namespace huiyin
