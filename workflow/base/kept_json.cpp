#include "workflow/base/kept_json.h"

#include <simdjson.h>
#include <nlohmann/json.hpp>

namespace huiyin {
namespace {

using Json = nlohmann::json;
namespace dom = simdjson::dom;

Json value_of(dom::element element) {
    switch (element.type()) {
        case dom::element_type::OBJECT: {
            auto json = Json::object();
            auto& fields = json.get_ref<Json::object_t&>();
            for (const auto field : dom::object(element))
                fields.insert_or_assign(fields.end(), std::string(field.key), value_of(field.value));
            return json;
        }
        case dom::element_type::ARRAY: {
            auto json = Json::array();
            auto& items = json.get_ref<Json::array_t&>();
            for (const auto item : dom::array(element)) items.push_back(value_of(item));
            return json;
        }
        case dom::element_type::STRING:
            return std::string(std::string_view(element));
        case dom::element_type::INT64:
            if (const std::int64_t number = element; number < 0) return number;
            return std::uint64_t(element);  // as nlohmann::json has it
        case dom::element_type::UINT64:
            return std::uint64_t(element);
        case dom::element_type::DOUBLE:
            return double(element);
        case dom::element_type::BOOL:
            return bool(element);
        case dom::element_type::NULL_VALUE:
            break;
    }
    return nullptr;
}

// The one number whose kind the library does not tell, and nobody writes: perhaps it stands in the text.
bool may_hold_minus_nought(std::string_view text) {
    for (auto at = text.find("-0"); at != text.npos; at = text.find("-0", at + 1))
        if (at == 0 || std::string_view("[,: \t\r\n").find(text[at - 1]) != std::string_view::npos) return true;
    return false;
}

// Nothing: it is wrong, or too deep.
std::optional<dom::element> element_of(dom::parser& parser, const std::string& text) {
    dom::element element;
    if (may_hold_minus_nought(text) || parser.parse(text).get(element) != simdjson::SUCCESS) return std::nullopt;
    return element;
}

}  // namespace

nlohmann::json kept_json(const std::string& text) {
    thread_local dom::parser parser;
    const auto element = element_of(parser, text);
    return element ? value_of(*element) : Json::parse(text);  // which says what is wrong
}

bool each_kept_field(const std::string& text, const std::function<bool(std::string_view, nlohmann::json&&)>& take) {
    thread_local dom::parser parser;
    const auto element = element_of(parser, text);
    dom::object object;
    if (!element || element->get(object) != simdjson::SUCCESS) return false;
    for (const auto field : object)
        if (!take(field.key, value_of(field.value))) return false;
    return true;
}

}  // namespace huiyin
