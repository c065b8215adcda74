#include "channels/channel.h"

#include "channels/codec/utf8.h"

namespace huiyin {

std::string cut_utf8(const std::string& text, std::size_t bytes) {
    std::size_t at = 0;
    while (at < text.size()) {
        const auto size = std::max<std::size_t>(first_code_point(std::string_view(text).substr(at)).size, 1);
        if (at + size > bytes) break;
        at += size;
    }
    return text.substr(0, at);
}

std::string with_numbered_choices(const Said& said) {
    std::string out = said.text;
    int number = 0;
    for (const auto& choice : said.choices) {
        if (!out.empty()) out += '\n';
        out += std::to_string(++number) + ' ' + choice.title;
    }
    return out;
}

}  // namespace huiyin
