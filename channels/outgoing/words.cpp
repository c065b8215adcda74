#include "channels/outgoing/words.h"

#include "channels/codec/utf8.h"

namespace huiyin {

std::string with_wide(std::string_view text, std::string_view signs) {
    constexpr unsigned wide = 0xFEE0;  // from "!" to "！", and so on to "~"
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (signs.find(c) == std::string_view::npos) {
            out += c;
            continue;
        }
        const unsigned point = static_cast<unsigned char>(c) + wide;
        out += static_cast<char>(0xE0 | point >> 12);
        out += static_cast<char>(0x80 | (point >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (point & 0x3F));
    }
    return out;
}

std::string within(const std::string& text, std::size_t bytes) {
    auto clean = clean_text(text);
    if (clean.size() <= bytes) return clean;
    const auto pieces = cut_text(clean, bytes - 3);
    return pieces.empty() ? std::string{} : pieces.front() + "…";
}

std::string joined(const std::string& a, const std::string& b, const char* between) {
    return a.empty() ? b : b.empty() ? a : a + between + b;
}

}  // namespace huiyin
