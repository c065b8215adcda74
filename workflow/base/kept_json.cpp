#include "workflow/base/kept_json.h"

#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "workflow/base/utf8_check.h"

namespace huiyin {
namespace {

using Json = nlohmann::json;

// What is no plain part of a text in quotes.
constexpr auto ends_run = [] {
    std::array<bool, 256> signs{};
    for (std::size_t i = 0; i < 0x20; ++i) signs.at(i) = true;
    signs.at('"') = signs.at('\\') = true;
    return signs;
}();

// Reads what is written in the usual way; false: something is unusual or wrong, which the library is to say.
class UsualText {
public:
    explicit UsualText(const std::string& text) : at_(text.data()), end_(text.data() + text.size()) {}
    bool read(Json& into) { return value(into, 0) && at_ == end_; }
    template <class Take>
    bool fields(const Take& take) {
        if (!take_sign('{')) return false;
        if (take_sign('}')) return at_ == end_;
        std::string name;
        do {
            name.clear();
            Json one;
            if (!string(name) || !take_sign(':') || !value(one, 1) || !take(name, std::move(one))) return false;
        } while (take_sign(','));
        return take_sign('}') && at_ == end_;
    }

private:
    static constexpr int deepest = 64;

    bool take_sign(char wanted) {
        if (at_ == end_ || *at_ != wanted) return false;
        ++at_;
        return true;
    }
    bool word(std::string_view wanted) {
        if (std::string_view(at_, static_cast<std::size_t>(end_ - at_)).substr(0, wanted.size()) != wanted)
            return false;
        at_ += wanted.size();
        return true;
    }
    bool value(Json& into, int depth) {
        if (at_ == end_ || depth > deepest) return false;
        switch (*at_) {
            case '{':
                return object(into, depth);
            case '[':
                return array(into, depth);
            case '"': {
                std::string text;
                if (!string(text)) return false;
                into = std::move(text);
                return true;
            }
            case 't':
                into = true;
                return word("true");
            case 'f':
                into = false;
                return word("false");
            case 'n':
                into = nullptr;
                return word("null");
            default:
                return number(into);
        }
    }
    bool object(Json& into, int depth) {
        ++at_;
        into = Json::object();
        auto& fields = into.get_ref<Json::object_t&>();
        if (take_sign('}')) return true;
        do {
            std::string key;
            if (!string(key) || !take_sign(':')) return false;
            const auto count = fields.size();
            const auto field = fields.emplace_hint(fields.end(), std::move(key), nullptr);
            if (fields.size() == count || !value(field->second, depth + 1)) return false;
        } while (take_sign(','));
        return take_sign('}');
    }
    bool array(Json& into, int depth) {
        ++at_;
        into = Json::array();
        auto& items = into.get_ref<Json::array_t&>();
        if (take_sign(']')) return true;
        do {
            items.emplace_back();
            if (!value(items.back(), depth + 1)) return false;
        } while (take_sign(','));
        return take_sign(']');
    }
    bool number(Json& into) {
        const bool negative = *at_ == '-';
        const auto* digits = at_ + (negative ? 1 : 0);
        std::int64_t amount = 0;
        const auto read = std::from_chars(digits, end_, amount);
        const auto length = read.ptr - digits;
        if (read.ec != std::errc() || length == 0 || (*digits == '0' && (length > 1 || negative)) || *digits == '-')
            return false;
        if (read.ptr != end_ && (*read.ptr == '.' || *read.ptr == 'e' || *read.ptr == 'E')) return false;
        at_ = read.ptr;
        if (negative)
            into = -amount;
        else
            into = static_cast<std::uint64_t>(amount);
        return true;
    }
    bool string(std::string& into) {
        if (!take_sign('"')) return false;
        unsigned bits = 0;
        for (const auto* from = at_;; ++at_) {
            unsigned char c = 0;
            while (!ends_run.at(c = static_cast<unsigned char>(*at_))) bits |= c, ++at_;  // the text ends in a nought
            into.append(from, at_);
            if (c == '"') {
                ++at_;
                return bits < 0x80 || is_utf8(into);
            }
            if (c != '\\') return false;
            const auto plain = std::string_view("\"\\/bfnrt").find(*++at_);
            if (at_ == end_ || plain == std::string_view::npos) return false;
            into += "\"\\/\b\f\n\r\t"[plain];
            from = at_ + 1;
        }
    }

    const char* at_;
    const char* end_;
};

}  // namespace

nlohmann::json kept_json(const std::string& text) {
    Json json;
    if (!UsualText(text).read(json)) json = Json::parse(text);
    return json;
}

bool each_kept_field(const std::string& text, const std::function<bool(std::string_view, nlohmann::json&&)>& take) {
    return UsualText(text).fields(take);
}

}  // namespace huiyin
