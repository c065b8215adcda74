#include "workflow/base/json_text.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>
#include <sstream>
#include <utility>

#include "workflow/base/utf8.h"

namespace huiyin {
namespace {

// Builds the tree while it watches depth and duplicate keys, so that a hostile text never becomes a tree.
class BoundedBuilder final : public nlohmann::json_sax<Json> {
public:
    explicit BoundedBuilder(const JsonLimits& limits) : limits_(limits) {}
    Json root;
    std::string code, text;
    std::size_t error_at = 0;

    bool null() override { return put(nullptr); }
    bool boolean(bool value) override { return put(value); }
    bool number_integer(number_integer_t value) override { return put(value); }
    bool number_unsigned(number_unsigned_t value) override { return put(value); }
    bool number_float(number_float_t value, const string_t&) override { return put(value); }
    bool string(string_t& value) override { return put(std::move(value)); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(Json::object()); }
    bool start_array(std::size_t) override { return open(Json::array()); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(string_t& value) override {
        auto& object = stack_.back()->get_ref<Json::object_t&>();
        const auto [slot, is_new] = object.try_emplace(std::move(value));
        if (!is_new && !limits_.duplicate_keys) {
            code = "json.duplicate_key";
            text = "the key \"" + slot->first + "\" stands twice in one object";
            return false;
        }
        slot_ = &slot->second;
        return true;
    }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& e) override {
        code = "json.unreadable";
        text = e.what();
        text.resize(std::min(text.size(), text.find("; last read")));  // what was read may be a person's words
        error_at = position;
        return false;
    }

private:
    Json* place(Json value) {
        if (stack_.empty()) {
            root = std::move(value);
            return &root;
        }
        if (stack_.back()->is_array()) {
            stack_.back()->push_back(std::move(value));
            return &stack_.back()->back();
        }
        return &(*slot_ = std::move(value));
    }
    template <class T>
    bool put(T&& value) {
        place(Json(std::forward<T>(value)));
        return true;
    }
    bool open(Json value) {
        if (static_cast<int>(stack_.size()) >= limits_.depth) {
            code = "json.too_deep";
            text = "nested deeper than " + std::to_string(limits_.depth) + " levels";
            return false;
        }
        stack_.push_back(place(std::move(value)));
        return true;
    }
    bool close() {
        stack_.pop_back();
        return true;
    }
    const JsonLimits& limits_;
    std::vector<Json*> stack_;
    Json* slot_ = nullptr;  // of the key that was just read
};

std::string line_and_column(std::string_view text, std::size_t at) {
    at = std::clamp<std::size_t>(at, 1, text.size() + 1);  // bytes read, the offending one (or the end) among them
    const auto before = text.substr(0, at - 1);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const auto start = before.rfind('\n');
    return "line " + std::to_string(line) + ", column " +
           std::to_string(start == std::string_view::npos ? at : at - start - 1);
}

void write_text(std::string_view text, std::string& out) {
    if (!is_utf8(text)) {
        out += Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
        return;
    }
    static constexpr char digit[] = "0123456789abcdef";
    out += '"';
    std::size_t done = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        out.append(text, done, i - done);
        done = i + 1;
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\b':
                out += "\\b";
                break;
            case '\f':
                out += "\\f";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            default:
                out += "\\u00";
                out += digit[c >> 4];
                out += digit[c & 15];
        }
    }
    out.append(text, done);
    out += '"';
}

std::u16string utf16(const std::string& text) {  // for RFC 8785's order of keys
    std::u16string out;
    for (std::size_t i = 0; i < text.size();) {
        const auto c = static_cast<unsigned char>(text[i]);
        const int more = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
        char32_t point = more == 0 ? c : c & (0x3f >> more);
        for (int k = 1; k <= more && i + k < text.size(); ++k)
            point = point << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3f);
        i += static_cast<std::size_t>(more) + 1;
        if (point >= 0x10000) {
            out += static_cast<char16_t>(0xd800 + ((point - 0x10000) >> 10));
            out += static_cast<char16_t>(0xdc00 + ((point - 0x10000) & 0x3ff));
        } else {
            out += static_cast<char16_t>(point);
        }
    }
    return out;
}

bool fits(const Json& integer) {  // the library keeps what is beyond 2^63 as unsigned, and would wrap it
    return !integer.is_number_unsigned() ||
           integer.get<std::uint64_t>() <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
}

void write_canonical(const Json& json, std::string& out) {
    switch (json.type()) {
        case Json::value_t::object: {
            std::vector<const std::string*> keys;
            for (const auto& [key, value] : json.items()) keys.push_back(&key);
            const bool ascii = std::all_of(keys.begin(), keys.end(), [](const std::string* key) {
                return std::all_of(key->begin(), key->end(),
                                   [](char c) { return static_cast<unsigned char>(c) < 0x80; });
            });
            if (!ascii) std::sort(keys.begin(), keys.end(), [](auto* a, auto* b) { return utf16(*a) < utf16(*b); });
            out += '{';
            for (std::size_t i = 0; i < keys.size(); ++i) {
                if (i) out += ',';
                write_text(*keys[i], out);
                out += ':';
                write_canonical(json.at(*keys[i]), out);
            }
            out += '}';
            return;
        }
        case Json::value_t::array:
            out += '[';
            for (std::size_t i = 0; i < json.size(); ++i) {
                if (i) out += ',';
                write_canonical(json[i], out);
            }
            out += ']';
            return;
        case Json::value_t::number_integer:
        case Json::value_t::number_unsigned: {
            const auto value = json.get<std::int64_t>();
            if (!fits(json) || value > 9007199254740992 || value < -9007199254740992)
                throw std::logic_error("canonical JSON: an integer beyond 2^53; write it as text");
            out += std::to_string(value);
            return;
        }
        case Json::value_t::number_float:
            throw std::logic_error("canonical JSON: only integers are kept");
        case Json::value_t::string:
            write_text(json.get_ref<const std::string&>(), out);
            return;
        case Json::value_t::boolean:
            out += json.get<bool>() ? "true" : "false";
            return;
        default:
            out += "null";
    }
}

const char* kind_name(const Json& json) {
    return json.is_string()    ? "a text"
           : json.is_object()  ? "an object"
           : json.is_array()   ? "a list"
           : json.is_boolean() ? "true or false"
           : json.is_number()  ? "a number"
                               : "null";
}

std::string escaped(std::string_view key) {
    std::string out;
    for (const char c : key) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    return out;
}

}  // namespace

Result<Json> parse_json(std::string_view text, const JsonLimits& limits) {
    if (text.size() > limits.bytes)
        return Problem{"json.too_large", "the text has more than " + std::to_string(limits.bytes) + " bytes", {}};
    BoundedBuilder builder(limits);
    if (!Json::sax_parse(text.begin(), text.end(), &builder, Json::input_format_t::json, true, limits.comments)) {
        if (builder.code.empty()) builder.code = "json.unreadable";
        if (builder.code == "json.unreadable")
            return Problem{builder.code, "not readable as JSON at " + line_and_column(text, builder.error_at),
                           builder.text};
        return Problem{builder.code, builder.text, {}};
    }
    return std::move(builder.root);
}

Result<Json> read_json_file(const std::string& path, const JsonLimits& limits) {
    std::ifstream file(path, std::ios::binary);
    file.peek();  // a folder opens, but cannot be read
    if (file.bad() || !file)
        return Problem{
            "file.missing", "cannot read the file: " + path + ": is it there, and may this user read it?", {}};
    std::ostringstream bytes;
    bytes << file.rdbuf();
    auto json = parse_json(bytes.str(), limits);
    if (json) return json;
    // What the library found there: "… - unexpected end of input; expected '}'".
    const auto& detail = json.problem().detail;
    const auto dash = detail.find(" - ");
    const auto cause = dash == std::string::npos ? std::string() : " (" + detail.substr(dash + 3) + ")";
    return Problem{json.problem().code, json.problem().text + cause + ": " + path, detail};
}

std::string to_text(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

void JsonWriter::separate() {
    if (!out_.empty() && out_.back() != '{' && out_.back() != '[' && out_.back() != ':') out_ += ',';
}
JsonWriter& JsonWriter::begin(char bracket) {
    separate();
    out_ += bracket;
    return *this;
}
JsonWriter& JsonWriter::end(char bracket) {
    out_ += bracket;
    return *this;
}
JsonWriter& JsonWriter::key(std::string_view name) {
    separate();
    write_text(name, out_);
    out_ += ':';
    return *this;
}
JsonWriter& JsonWriter::text(std::string_view value) {
    separate();
    write_text(value, out_);
    return *this;
}
JsonWriter& JsonWriter::number(std::int64_t value) {
    separate();
    out_ += std::to_string(value);
    return *this;
}
JsonWriter& JsonWriter::boolean(bool value) {
    separate();
    out_ += value ? "true" : "false";
    return *this;
}
JsonWriter& JsonWriter::null() {
    separate();
    out_ += "null";
    return *this;
}
JsonWriter& JsonWriter::json(const Json& value) {
    separate();
    out_ += to_text(value);
    return *this;
}

std::string canonical(const Json& json) {
    std::string out;
    write_canonical(json, out);
    return out;
}

Reader::Reader(const Json& object, std::string pointer, std::vector<Finding>& findings)
    : object_(&object), pointer_(std::move(pointer)), findings_(&findings) {
    if (!object.is_object()) {
        static const Json nothing = Json::object();
        findings_->push_back({pointer_, std::string("this is ") + kind_name(object) + ": write an object {…}"});
        object_ = &nothing;
    }
}

bool Reader::has(std::string_view key) const { return object_->contains(std::string(key)); }

const Json* Reader::find(std::string_view key) {
    seen_.emplace_back(key);
    const auto at = object_->find(std::string(key));
    return at == object_->end() || at->is_null() ? nullptr : &*at;
}

const Json* Reader::required(std::string_view key, const char* kind) {
    const auto* value = find(key);
    if (!value) wrong(key, std::string("missing: write ") + kind);
    return value;
}

std::string Reader::pointer(std::string_view key) const { return pointer_ + "/" + escaped(key); }
void Reader::wrong(std::string_view key, std::string text) { findings_->push_back({pointer(key), std::move(text)}); }

std::string Reader::text(std::string_view key) {
    const auto* value = required(key, "a text");
    if (!value) return {};
    if (value->is_string()) return value->get<std::string>();
    wrong(key, std::string("this is ") + kind_name(*value) + ": write a text");
    return {};
}

std::string Reader::text_or(std::string_view key, std::string fallback) {
    const auto* value = find(key);
    if (!value) return fallback;
    if (value->is_string()) return value->get<std::string>();
    wrong(key, std::string("this is ") + kind_name(*value) + ": write a text");
    return fallback;
}

std::int64_t Reader::integer(std::string_view key) {
    const auto* value = required(key, "a whole number");
    return value ? integer_or(key, 0) : 0;
}

std::int64_t Reader::integer_or(std::string_view key, std::int64_t fallback) {
    const auto* value = find(key);
    if (!value) return fallback;
    if (value->is_number_integer() && fits(*value)) return value->get<std::int64_t>();
    wrong(key, std::string("this is ") + (value->is_number_integer() ? "beyond 2^63" : kind_name(*value)) +
                   ": write a whole number");
    return fallback;
}

bool Reader::boolean_or(std::string_view key, bool fallback) {
    const auto* value = find(key);
    if (!value) return fallback;
    if (value->is_boolean()) return value->get<bool>();
    wrong(key, std::string("this is ") + kind_name(*value) + ": write true or false");
    return fallback;
}

std::vector<std::string> Reader::texts_or_none(std::string_view key) {
    const auto* value = list_or_none(key);
    std::vector<std::string> out;
    if (!value) return out;
    for (std::size_t i = 0; i < value->size(); ++i) {
        if ((*value)[i].is_string())
            out.push_back((*value)[i].get<std::string>());
        else
            findings_->push_back({pointer(key) + "/" + std::to_string(i),
                                  std::string("this is ") + kind_name((*value)[i]) + ": write a text"});
    }
    return out;
}

const Json* Reader::any_or_none(std::string_view key) { return find(key); }

const Json* Reader::object_or_none(std::string_view key) {
    const auto* value = find(key);
    if (!value || value->is_object()) return value;
    wrong(key, std::string("this is ") + kind_name(*value) + ": write an object {…}");
    return nullptr;
}

const Json* Reader::list_or_none(std::string_view key) {
    const auto* value = find(key);
    if (!value || value->is_array()) return value;
    wrong(key, std::string("this is ") + kind_name(*value) + ": write a list […]");
    return nullptr;
}

std::string Reader::one_of(std::string_view key, const std::vector<std::string>& allowed, std::string fallback) {
    const bool optional = !fallback.empty();
    const auto* given = find(key);
    if (!given || !given->is_string()) return optional ? text_or(key, std::move(fallback)) : text(key);
    const auto value = given->get<std::string>();
    if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return value;
    std::string list;
    for (const auto& word : allowed) list += (list.empty() ? "" : ", ") + word;
    wrong(key, "unknown word \"" + value + "\": write one of " + list);
    return optional ? fallback : std::string{};
}

Reader Reader::child(std::string_view key) {
    static const Json nothing = Json::object();
    const auto* value = find(key);
    return Reader(value ? *value : nothing, pointer(key), *findings_);
}

void Reader::finish() {
    for (const auto& [key, value] : object_->items()) {
        if (std::find(seen_.begin(), seen_.end(), key) != seen_.end()) continue;
        const auto near = nearest(key, seen_);
        wrong(key, "unknown key" + (near ? ": did you mean \"" + *near + "\"?" : std::string(": remove it")));
    }
}

std::optional<std::string> nearest(std::string_view name, const std::vector<std::string>& known) {
    std::optional<std::string> best;
    std::size_t best_distance = (name.size() + 2) / 3 + 1;  // one letter in three may be wrong
    for (const auto& word : known) {
        const auto longer = std::max(name.size(), word.size());
        if (longer - std::min(name.size(), word.size()) >= best_distance) continue;
        std::vector<std::size_t> above, row(word.size() + 1), before;
        std::iota(row.begin(), row.end(), 0);
        for (std::size_t i = 1; i <= name.size(); ++i) {
            before = std::exchange(above, row);
            row[0] = i;
            for (std::size_t j = 1; j <= word.size(); ++j) {
                const bool same = name[i - 1] == word[j - 1];
                row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1)});
                // Two letters that changed places are one slip.
                if (i > 1 && j > 1 && name[i - 1] == word[j - 2] && name[i - 2] == word[j - 1])
                    row[j] = std::min(row[j], before[j - 2] + 1);
            }
        }
        if (row.back() < best_distance && row.back() < longer) best_distance = row.back(), best = word;
    }
    return best;
}

}  // namespace huiyin
