// What stands in a platform's JSON under a name, whatever it made of it: nothing here throws. Threads: any.
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "workflow/base/json_text.h"

namespace huiyin {

const Json& part_of(const Json& json, const char* name);     // an empty object where there is none
std::string text_in(const Json& json, const char* name);     // clean; empty where it is no text
std::int64_t number_in(const Json& json, const char* name);  // whole; also one that is written as a text, as ids are

}  // namespace huiyin
