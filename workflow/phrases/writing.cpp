#include "workflow/phrases/writing.h"

#include <algorithm>
#include <opencc/SimpleConverter.hpp>

namespace huiyin {

bool is_language(std::string_view name) {
    return std::find(languages.begin(), languages.end(), name) != languages.end();
}

std::string in_traditional(const std::string& text) {
    if (std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; })) return text;
    static const opencc::SimpleConverter converter{"s2tw.json"};
    return converter.Convert(text);
}

std::string in_writing_of(std::string_view language, const std::string& text) {
    return language == "zh-TW" ? in_traditional(text) : text;
}

}  // namespace huiyin
