// JSON that this program wrote itself, read again: a store's rows are read far more often than anything from outside.
// Pure. Threads: any.
#pragma once
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace huiyin {

// The same value as nlohmann::json::parse(text), and the same exceptions, read by simdjson.
nlohmann::json kept_json(const std::string& text);

// The fields of one object in their order, without an object that holds them. False: the text cannot be read so, or
// `take`, which must not call this, wanted no more; what was taken until then is to be forgotten.
bool each_kept_field(const std::string& text,
                     const std::function<bool(std::string_view name, nlohmann::json&& value)>& take);

}  // namespace huiyin
