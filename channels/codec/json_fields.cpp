#include "channels/codec/json_fields.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "channels/codec/utf8.h"

namespace huiyin {

const Json& part_of(const Json& json, const char* name) {
    static const Json nothing = Json::object();
    if (!json.is_object()) return nothing;
    const auto at = json.find(name);
    return at != json.end() ? *at : nothing;
}

std::string text_in(const Json& json, const char* name) {
    const auto& value = part_of(json, name);
    return value.is_string() ? clean_text(value.get<std::string>()) : std::string{};
}

std::int64_t number_in(const Json& json, const char* name) {
    const auto& value = part_of(json, name);
    if (value.is_number_integer()) return value.get<std::int64_t>();
    std::int64_t number = 0;
    if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        std::from_chars(text.data(), text.data() + text.size(), number);
    }
    return number;
}

}  // namespace huiyin
