// Text as platforms take it: valid UTF-8, without the characters XML forbids, cut to a number of bytes.
// Pure. Threads: any.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace huiyin {

// One code point and its size in bytes at the start of `text` (not empty); size 0: no UTF-8 begins here. Surrogates,
// over-long forms and what lies above U+10FFFF are no UTF-8.
struct CodePoint {
    char32_t value = 0;
    std::size_t size = 0;
};
CodePoint first_code_point(std::string_view text);

// Bytes that are no UTF-8 become U+FFFD; characters that XML 1.0 forbids (controls but tab, LF, CR; U+FFFE, U+FFFF)
// are dropped. Text that needs neither comes back as it was, at the cost of one look.
std::string clean_text(std::string text);

// Pieces of at most `most_bytes` (16 or more) each, none empty or of white space alone. Cuts after a line or a sentence
// where one ends in the second half of a piece, else between characters; never inside a character of several code
// points (joined emoji, variation selectors, flags), never inside <a …>…</a> unless that alone is too long.
std::vector<std::string> cut_text(std::string_view text, std::size_t most_bytes);

}  // namespace huiyin
