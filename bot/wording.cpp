#include "bot/wording.h"

namespace huiyin {
namespace {
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

constexpr std::size_t fewest_digits = 10;  // of a phone

// A mobile number, or one with its area code; a ticket's number (a letter before it) or a date is none.
bool is_phone(std::string_view words, std::size_t from, std::size_t until) {
    if (from > 0 && is_letter(words[from - 1])) return false;
    std::string digits;
    for (auto i = from; i < until; ++i)
        if (is_digit(words[i])) digits += words[i];
    if (digits.size() < fewest_digits) return false;
    for (const std::string_view code : {"0086", "00852", "00853", "00886"})
        if (digits.starts_with(code)) digits.erase(0, 2);
    if (digits.size() == 13 && digits.starts_with("86")) digits.erase(0, 2);
    const bool plus = from > 0 && words[from - 1] == '+';
    const bool spaced = words.substr(from, until - from).find_first_of(" -") != words.npos;
    // Hong Kong, Macau, Taiwan with their country's code.
    if (digits.size() == 11 && (digits.starts_with("852") || digits.starts_with("853"))) return plus || spaced;
    if (digits.size() == 12 && digits.starts_with("886")) return true;
    return digits[0] == '1' ? digits.size() == 11 : digits[0] == '0' && digits.size() >= 10 && digits.size() <= 12;
}

// The number of an order, by the word before it.
bool is_order(const std::string& words, std::size_t from) {
    for (const std::string_view lead :
         {"单号", "订单", "编号", "单号是", "编号是", "订单是", "单号:", "编号:", "单号：", "编号："})
        if (std::string_view(words).substr(0, from).ends_with(lead)) return true;
    return false;
}

// What stands for a number that is cut out.
struct Marks {
    std::string_view phone, id;  // an empty one for IDs: they stay
    bool orders_stay = false;    // also one that looks like a phone: only where the words stay with who said them
};

std::string cut(const std::string& words, const Marks& marks) {
    std::string out;
    out.reserve(words.size());
    for (std::size_t i = 0; i < words.size();) {
        if (!is_digit(words[i])) {
            const auto from = i;
            while (i < words.size() && !is_digit(words[i])) ++i;
            out.append(words, from, i - from);
            continue;
        }
        std::size_t end = i, count = 0;
        // Spaces and hyphens inside a number belong to it: 138-1234 5678.
        while (end < words.size() && (is_digit(words[end]) || ((words[end] == '-' || words[end] == ' ') &&
                                                               end + 1 < words.size() && is_digit(words[end + 1])))) {
            count += is_digit(words[end]);
            ++end;
        }
        const bool id_number =
            count >= 15 || (count == 17 && end < words.size() && (words[end] == 'X' || words[end] == 'x'));
        if (id_number && !marks.id.empty()) {
            out += marks.id;
            if (end < words.size() && (words[end] == 'X' || words[end] == 'x')) ++end;
        } else if (is_phone(words, i, end) && !(marks.orders_stay && is_order(words, i))) {
            out += marks.phone;
        } else {
            out.append(words, i, end - i);
        }
        i = end;
    }
    return out;
}
}  // namespace

std::string without_numbers(const std::string& words) { return cut(words, {"[电话]", "[证件号]"}); }
std::string without_phones(const std::string& words) { return cut(words, {"", "", true}); }

std::string with_chinese_marks(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool after_chinese = i > 0 && (static_cast<unsigned char>(text[i - 1]) & 0x80) != 0;
        const bool before_chinese = i + 1 < text.size() && (static_cast<unsigned char>(text[i + 1]) & 0x80) != 0;
        if ((after_chinese || before_chinese) && text[i] == ',')
            out += "，";
        else if (after_chinese && text[i] == '?')
            out += "？";
        else if (after_chinese && text[i] == ';')
            out += "；";
        else
            out += text[i];
    }
    return out;
}

std::string shortened(const std::string& text, std::size_t characters) {
    std::size_t at = 0, count = 0;
    while (at < text.size() && count < characters) {
        ++at;
        while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) ++at;
        ++count;
    }
    return at >= text.size() ? text : text.substr(0, at) + "…";
}

}  // namespace huiyin
