#include "channels/codec/utf8.h"

#include <algorithm>

namespace huiyin {
namespace {

bool is_forbidden(char32_t c) {
    return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0xFFFE || c == 0xFFFF;
}

bool is_plain(unsigned char byte) { return byte >= 0x20 ? byte < 0x80 : byte == '\n' || byte == '\t' || byte == '\r'; }

// Belongs to the character before it.
bool continues(char32_t c) {
    return c == 0x200D || c == 0x20E3 || (c >= 0x0300 && c <= 0x036F) || (c >= 0xFE00 && c <= 0xFE0F) ||
           (c >= 0x1F3FB && c <= 0x1F3FF) || (c >= 0xE0020 && c <= 0xE007F);
}
bool is_flag_half(char32_t c) { return c >= 0x1F1E6 && c <= 0x1F1FF; }

// How good a place to cut is after this character: 3 a line, 2 a sentence, 1 a clause or word, 0 any.
int rank_after(char32_t c) {
    switch (c) {
        case '\n':
            return 3;
        case U'。':
        case U'！':
        case U'？':
        case U'；':
        case U'…':
        case '!':
        case '?':
        case ';':
            return 2;
        case U'，':
        case U'、':
        case U'：':
        case ',':
        case ' ':
            return 1;
        default:
            return 0;
    }
}

std::size_t first_piece(std::string_view text, std::size_t most) {
    std::size_t at = 0, last = 0, any = 0;
    std::size_t best[4] = {0, 0, 0, 0};
    char32_t before = 0;
    int flag_halves = 0;
    bool in_link = false;
    while (at < text.size()) {
        if (text.compare(at, 3, "<a ") == 0) in_link = true;
        const auto point = first_code_point(text.substr(at));
        const std::size_t size = std::max<std::size_t>(point.size, 1);
        const bool joined = at > 0 && (continues(point.value) || before == 0x200D ||
                                       (is_flag_half(point.value) && flag_halves % 2 == 1));
        const bool link_goes_on = in_link && text.compare(at, 3, "<a ") != 0;
        if (at > 0 && at <= most) {
            any = at;
            if (!joined && !link_goes_on) {
                last = at;
                best[rank_after(before)] = at;
            }
        }
        if (at + size > most) break;
        flag_halves = is_flag_half(point.value) ? flag_halves + 1 : 0;
        before = point.value;
        at += size;
        if (in_link && at >= 4 && text.compare(at - 4, 4, "</a>") == 0) in_link = false;
    }
    if (at >= text.size()) return text.size();
    for (int rank = 3; rank > 0; --rank)
        if (best[rank] >= most / 2) return best[rank];
    return last ? last : any;
}

std::string_view trimmed_end(std::string_view text) {
    const auto end = text.find_last_not_of(" \n\r\t");
    return end == std::string_view::npos ? std::string_view{} : text.substr(0, end + 1);
}

}  // namespace

CodePoint first_code_point(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto first = byte(0);
    if (first < 0x80) return {first, 1};
    const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
    if (size == 0 || first > 0xF4 || text.size() < size) return {};
    char32_t value = first & (0xFF >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return {};
        value = value << 6 | (byte(i) & 0x3F);
    }
    constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < least[size] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return {};
    return {value, size};
}

std::string clean_text(std::string text) {
    std::size_t at = 0;
    const auto good_from = [&](std::size_t from) {  // the first place that needs mending
        while (from < text.size()) {
            if (is_plain(static_cast<unsigned char>(text[from]))) {
                ++from;
                continue;
            }
            const auto point = first_code_point(std::string_view(text).substr(from));
            if (point.size == 0 || is_forbidden(point.value)) break;
            from += point.size;
        }
        return from;
    };
    at = good_from(0);
    if (at == text.size()) return text;
    std::string out(text, 0, at);
    while (at < text.size()) {
        const auto point = first_code_point(std::string_view(text).substr(at));
        if (point.size == 0) out += "\xEF\xBF\xBD";
        at += std::max<std::size_t>(point.size, 1);
        const auto next = good_from(at);
        out.append(text, at, next - at);
        at = next;
    }
    return out;
}

std::vector<std::string> cut_text(std::string_view text, std::size_t most_bytes) {
    std::vector<std::string> pieces;
    while (!text.empty()) {
        const auto size = first_piece(text, most_bytes);
        const auto piece = trimmed_end(text.substr(0, size));
        if (!piece.empty()) pieces.emplace_back(piece);
        text.remove_prefix(size);
    }
    return pieces;
}

}  // namespace huiyin
