// JSON at the door: bounded parsing, typed reading with pointers, canonical writing.
#pragma once
#include <cstdint>
#include <functional>
#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/base/clock.h"
#include "workflow/base/result.h"

namespace huiyin {

using Json = nlohmann::json;

struct JsonLimits {
    std::size_t bytes = 262144;
    int depth = 64;               // copying and writing recurse in the library: deeper text would end the process
    bool comments = false;        // "//" comments, for files that people edit
    bool duplicate_keys = false;  // allow them (the last wins)? Never from outside.
};
// Errors: json.too_large, json.too_deep, json.duplicate_key, json.unreadable (with line and column, or the byte).
Result<Json> parse_json(std::string_view text, const JsonLimits& limits = {});
// Errors as above and file.missing; the text names the file.
Result<Json> read_json_file(const std::string& path, const JsonLimits& limits = {.bytes = 16 << 20, .comments = true});

// One line; bytes that are no UTF-8 become U+FFFD (never throws).
std::string to_text(const Json& json);
// RFC 8785: sorted keys, shortest escapes, one line. Numbers must be integers within ±2^53; throws std::logic_error
// else.
std::string canonical(const Json& json);

// Writes JSON text as it goes, without a tree: for what is written at every message.
//
//   JsonWriter().begin('{').key("text").text(words).key("n").number(2).end('}').done()
class JsonWriter {
public:
    JsonWriter& begin(char bracket);  // '{' or '['; brackets and keys must fit together, nobody checks
    JsonWriter& end(char bracket);
    JsonWriter& key(std::string_view name);
    JsonWriter& text(std::string_view value);  // bytes that are no UTF-8 become U+FFFD, as in to_text
    JsonWriter& number(std::int64_t value);
    JsonWriter& boolean(bool value);
    JsonWriter& null();
    JsonWriter& json(const Json& value);
    std::string done() { return std::move(out_); }

private:
    void separate();
    std::string out_;
};

// One thing wrong with a document. `pointer` is a JSON pointer (RFC 6901).
struct Finding {
    std::string pointer;
    std::string text;  // what is wrong and how to mend
    friend bool operator==(const Finding&, const Finding&) = default;
};

// Reads one object field by field and collects all findings; a field that nobody read is a finding too (with the
// nearest known name), reported by finish(). The document must outlive the reader.
//
//   Reader read(json, "/deadlines/2");
//   auto span = read.text("span");              // required; "" and a finding if absent or no text
//   auto cap  = read.integer_or("cap", 0);      // optional
//   for (auto& item : read.objects_or_none("warn")) ...
//   read.finish();
class Reader {
public:
    Reader(const Json& object, std::string pointer, std::vector<Finding>& findings);
    bool has(std::string_view key) const;
    std::string text(std::string_view key);
    std::string text_or(std::string_view key, std::string fallback);
    std::int64_t integer(std::string_view key);
    std::int64_t integer_or(std::string_view key, std::int64_t fallback);
    bool boolean_or(std::string_view key, bool fallback);
    std::vector<std::string> texts_or_none(std::string_view key);  // a list of texts
    const Json* any_or_none(std::string_view key);                 // whatever is there; null pointer if nothing
    const Json* object_or_none(std::string_view key);
    const Json* list_or_none(std::string_view key);
    std::string one_of(std::string_view key, const std::vector<std::string>& allowed, std::string fallback = {});
    // A reader of a child object at key (or at a list's index), with the right pointer.
    Reader child(std::string_view key);
    std::string pointer(std::string_view key) const;
    void wrong(std::string_view key, std::string text);  // add a finding of your own about a field
    void finish();                                       // complains of unknown keys

private:
    const Json* find(std::string_view key);
    const Json* required(std::string_view key, const char* kind);
    const Json* object_;
    std::string pointer_;
    std::vector<Finding>* findings_;
    std::vector<std::string> seen_;
};

// Of `known`, the one nearest to `name` by edit distance, if it is near enough to be what was meant.
std::optional<std::string> nearest(std::string_view name, const std::vector<std::string>& known);

}  // namespace huiyin
