// A message as a row of code points, in one writing: NFKC, simplified, half-width, common misspellings mended.
#pragma once
#include <memory>
#include <string>
#include <string_view>

namespace huiyin {

std::u32string to_points(std::string_view utf8);  // broken bytes are dropped
std::string to_utf8(std::u32string_view points);

struct Written {
    std::u32string points;  // case as written
    std::u32string low;     // the same with ASCII letters in lower case; same length
    std::string language;   // zh-CN, zh-TW, en
};

// Threads: any; does not change once it is built.
class Normaliser {
public:
    Normaliser();  // opens the converter's dictionaries; throws std::runtime_error if the system has none
    ~Normaliser();
    Normaliser(const Normaliser&) = delete;
    Normaliser& operator=(const Normaliser&) = delete;
    // Reads at most `most` code points.
    Written normalise(std::string_view utf8, std::size_t most) const;

private:
    struct State;
    std::unique_ptr<const State> state_;
};

// 壹 -> 1, 幺 -> 1, 两 -> 2, ASCII digits; -1 for what is no digit.
int digit_of(char32_t point);
inline bool is_ascii_digit(char32_t point) { return point >= U'0' && point <= U'9'; }
inline bool is_ascii_letter(char32_t point) {
    return (point >= U'a' && point <= U'z') || (point >= U'A' && point <= U'Z');
}
bool is_han(char32_t point);
// Ends a clause: a stop, or a blank that does not stand between Latin words.
bool parts_clauses(std::u32string_view low, std::size_t at);
bool is_stop(char32_t point);  // ends a clause: , . ! ? ; : 、 and line ends, after normalising

}  // namespace huiyin
