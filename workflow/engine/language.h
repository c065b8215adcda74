// In which language somebody is spoken to, and how moments, money, places and reasons are said in it. Pure.
// A language is one of workflow/phrases/writing.h; an empty one is the house's.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "workflow/base/time_text.h"
#include "workflow/policy/calendar.h"
#include "workflow/store/records.h"

namespace huiyin {

// The one that the talk keeps in the conversation's body, under "language"; none there: the house's.
std::string language_of(const Conversation& conversation);

// As moment_in_words (wording.h): "明天(周五)17:30", "17:30 tomorrow", "Thu 26 Nov 17:30".
std::string moment_in(std::string_view language, TimePoint at, TimePoint now, const Zone& zone);
std::string date_in(std::string_view language, std::chrono::local_days day);  // "11月26日", "Thu 26 Nov"
std::string yuan_in(std::string_view language, std::int64_t fen);             // "2000元", "2000 yuan"
// A place's label as the directory writes it; in English its parts have names: "Building 3, Unit 2, Room 501".
std::string label_in(std::string_view language, const std::string& label);
// How a due time came about, as to_chinese(derivation) tells it.
std::string reason_in(std::string_view language, const Derivation& derivation, const Calendar& calendar);

}  // namespace huiyin
