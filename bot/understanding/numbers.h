// Numbers as people write and say them: 501, 五零一, 幺零二, 十二, 三百五, 两千多, 1.5万, 3k.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bot/understanding/text.h"

namespace huiyin {

// A short number as in an address or a date: ASCII digits ("501"), spoken digits (五零一 -> "501") or a numeral
// (十二 -> "12"). `digits` keeps leading zeros.
struct SmallNumber {
    std::size_t end = 0;
    std::string digits;
    int value = 0;
    bool han = false;
};
// Reads at most `most` digits; a longer run is no small number. Empty where no number begins at `at`.
std::optional<SmallNumber> read_small_number(std::u32string_view low, std::size_t at, std::size_t most = 5);

// A quantity in hundredths, with its multipliers: 1.5万 -> 1500000, 三百五 -> 35000, 两三千 -> 200000 (the lower).
struct Quantity {
    std::size_t end = 0;
    std::int64_t hundredths = 0;
    bool han = false;        // written in Han numerals
    bool plain = true;       // no multiplier and no decimal point
    std::size_t digits = 0;  // ASCII digits read
};
std::optional<Quantity> read_quantity(std::u32string_view low, std::size_t at);

}  // namespace huiyin
