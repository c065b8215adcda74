// What people say for a slot of a pack, and how it is shown. Pure. A value is kept as text: words as they were said,
// "yes" and "no", a number in hundredths ("1250" is 12.50), a choice's key, the milliseconds of a time.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bot/message.h"
#include "workflow/base/time_text.h"
#include "workflow/policy/intake.h"

namespace huiyin {

// The answer to a question for the slot. Nothing: it says nothing that fits, and is asked again.
std::optional<std::string> answered_value(const SlotRule& slot, const Heard& heard, TimePoint now, const Zone& zone);
// What the words say of it without being asked: a choice by its words, anything else behind the slot's name
// ("批号是A12", "型号 XE215").
std::optional<std::string> volunteered_value(const SlotRule& slot, const Heard& heard, TimePoint now, const Zone& zone);
std::string shown_value(const SlotRule& slot, const std::string& value, TimePoint now, const Zone& zone,
                        std::string_view language = {});
// As a fact of the ticket; nothing for words, which are sealed, and for evidence.
std::optional<Fact> value_as_fact(const SlotRule& slot, const std::string& value);
// Both read tolerantly: what was kept when the slot was of another type gives nothing, and is shown as it stands.
std::optional<std::int64_t> kept_fen(const std::string& value);
// The name of that fact: money is kept as fen.
std::string fact_name(const SlotRule& slot);

// "我姓窦", "免贵姓欧阳": the surname; else empty.
std::string surname_in(std::string_view text);
// "在城东网点办的" with the word 网点: 城东网点. At most six characters stand before the word.
std::string place_in(std::string_view text, const std::vector<std::string>& words);

// A day that lies ahead, as people name it: 明天, 后天, 三天内, 周五, 下周三, 3月10日, 10号, 月底. Its end, 24:00, or
// the hour that was said.
std::optional<TimePoint> day_ahead(std::string_view text, TimePoint now, const Zone& zone);

}  // namespace huiyin
