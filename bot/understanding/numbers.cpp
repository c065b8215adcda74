#include "bot/understanding/numbers.h"

namespace huiyin {
namespace {

constexpr std::size_t longest_numeral = 24;  // no more is read at one place

std::int64_t unit_of(char32_t point) {
    switch (point) {
        case U'十':
        case U'拾':
            return 10;
        case U'百':
        case U'佰':
            return 100;
        case U'千':
        case U'仟':
            return 1000;
        default:
            return 0;
    }
}

// 三百五 -> 350, 一千零五十 -> 1050, 一万二 -> 12000, 十二 -> 12. Reads as far as it makes sense.
struct Numeral {
    std::size_t end = 0;
    std::int64_t value = 0;
    bool units = false;  // a 十, 百, 千 or 万 was there
};
std::optional<Numeral> read_numeral(std::u32string_view low, std::size_t at) {
    std::int64_t total = 0, section = 0, digit = -1, last_unit = 0;
    bool units = false, zero = false;
    std::size_t end = at;
    for (; end < low.size() && end - at < longest_numeral; ++end) {
        const char32_t point = low[end];
        if (is_ascii_digit(point)) break;
        if (const auto unit = unit_of(point)) {
            if (digit < 0 && unit != 10) break;
            if (last_unit != 0 && unit >= last_unit) break;
            section += (digit < 0 ? 1 : digit) * unit;
            digit = -1;
            last_unit = unit;
            units = true, zero = false;
        } else if (point == U'万' || point == U'萬') {
            if (digit >= 0) section += digit;
            if (section == 0) break;
            total = section * 10000;
            section = 0, digit = -1, last_unit = 10000;
            units = true, zero = false;
        } else {
            const int d = digit_of(point);
            if (d < 0) break;
            if (d == 0) {
                if (!units) break;
                zero = true;
                continue;
            }
            if (digit >= 0) {  // 两三千: take the lower; 五六: two digits in a row are read elsewhere
                if (end + 1 < low.size() && (unit_of(low[end + 1]) || low[end + 1] == U'万')) continue;
                break;
            }
            digit = d;
        }
    }
    if (end == at) return std::nullopt;
    if (digit >= 0) section += (last_unit >= 100 && !zero) ? digit * last_unit / 10 : digit;
    return Numeral{end, total + section, units};
}

}  // namespace

std::optional<SmallNumber> read_small_number(std::u32string_view low, std::size_t at, std::size_t most) {
    if (at >= low.size()) return std::nullopt;
    SmallNumber number;
    if (is_ascii_digit(low[at])) {
        std::size_t end = at;
        while (end < low.size() && is_ascii_digit(low[end]) && number.digits.size() <= most)
            number.digits.push_back(static_cast<char>(low[end++]));
        if (number.digits.size() > most) return std::nullopt;
        number.end = end;
        number.value = std::stoi(number.digits);
        return number;
    }
    number.han = true;
    // Spoken digits first; a numeral if a 十 or 百 is among them.
    std::size_t end = at;
    bool units = false;
    while (end < low.size() && end - at <= longest_numeral &&
           (((digit_of(low[end]) >= 0) && !is_ascii_digit(low[end])) || unit_of(low[end]))) {
        if (unit_of(low[end])) units = true;
        ++end;
    }
    if (end == at) return std::nullopt;
    if (units) {
        const auto numeral = read_numeral(low, at);
        if (!numeral || numeral->value <= 0 || numeral->value > 99999) return std::nullopt;
        number.end = numeral->end;
        number.value = static_cast<int>(numeral->value);
        number.digits = std::to_string(numeral->value);
        return number;
    }
    if (end - at > most) return std::nullopt;
    for (std::size_t place = at; place < end; ++place)
        number.digits.push_back(static_cast<char>('0' + digit_of(low[place])));
    number.end = end;
    number.value = std::stoi(number.digits);
    return number;
}

std::optional<Quantity> read_quantity(std::u32string_view low, std::size_t at) {
    if (at >= low.size()) return std::nullopt;
    Quantity quantity;
    if (is_ascii_digit(low[at])) {
        std::int64_t whole = 0, fraction = 0, scale = 1;
        std::size_t end = at, digits = 0;
        while (end < low.size() && (is_ascii_digit(low[end]) ||
                                    (low[end] == U',' && end + 3 < low.size() && is_ascii_digit(low[end + 1]) &&
                                     is_ascii_digit(low[end + 2]) && is_ascii_digit(low[end + 3]) && digits <= 3 &&
                                     (end + 4 >= low.size() || !is_ascii_digit(low[end + 4]))))) {
            if (low[end] != U',') {
                if (++digits > 9) return std::nullopt;
                whole = whole * 10 + static_cast<std::int64_t>(low[end] - U'0');
            }
            ++end;
        }
        if (end + 1 < low.size() && low[end] == U'.' && is_ascii_digit(low[end + 1])) {
            ++end;
            while (end < low.size() && is_ascii_digit(low[end])) {
                if (scale < 1000000) fraction = fraction * 10 + static_cast<std::int64_t>(low[end] - U'0'), scale *= 10;
                ++end;
            }
            quantity.plain = false;
        }
        std::int64_t factor = 1;
        if (end < low.size()) {
            switch (low[end]) {
                case U'万':
                case U'w':
                    factor = 10000;
                    break;
                case U'千':
                case U'k':
                    factor = 1000;
                    break;
                case U'百':
                    factor = 100;
                    break;
                default:
                    break;
            }
            if ((low[end] == U'w' || low[end] == U'k') && end + 1 < low.size() && is_ascii_letter(low[end + 1]))
                factor = 1;
            if (factor > 1) ++end, quantity.plain = false;
        }
        quantity.hundredths = whole * 100 * factor + fraction * 100 * factor / scale;
        // 3千5, 1万2: the digit after the multiplier is a tenth of it.
        if (factor > 1 && end < low.size() && digit_of(low[end]) > 0 &&
            (end + 1 >= low.size() || (digit_of(low[end + 1]) < 0 && !unit_of(low[end + 1])))) {
            quantity.hundredths += digit_of(low[end]) * factor * 10;
            ++end;
        } else if (factor > 1 && end + 1 < low.size() && digit_of(low[end]) > 0 && unit_of(low[end + 1]) &&
                   unit_of(low[end + 1]) < factor) {
            quantity.hundredths += digit_of(low[end]) * unit_of(low[end + 1]) * 100;
            end += 2;
        }
        quantity.end = end;
        quantity.digits = digits;
        return quantity;
    }
    const auto numeral = read_numeral(low, at);
    if (!numeral) return std::nullopt;
    quantity.han = true;
    quantity.plain = !numeral->units;
    quantity.hundredths = numeral->value * 100;
    quantity.end = numeral->end;
    return quantity;
}

}  // namespace huiyin
