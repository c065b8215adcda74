// What somebody does in a scenario: "propose 周三上门换水管 amount_yuan=300 finish_by=2026-03-05 17:00".
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "workflow/policy/policy.h"
#include "workflow/ticket/command.h"

namespace huiyin::test {

// The fields as the API takes them. `text` is a JSON object, or words for the first required field (if any) followed by
// name=value pairs; a value ends where the next name begins. Values are read by the type of their field: 是 and yes are
// true, a time is local, a list is parted by commas. Throws std::runtime_error with what cannot be read.
nlohmann::json read_fields(const std::string& text, const std::vector<FieldSpec>& fields, const Zone& zone);

// The fields of a command: those of the interface, and those that the pack adds to its moves (`added`).
std::vector<FieldSpec> added_fields(const Policy& policy, const std::string& command);
std::vector<FieldSpec> all_fields(const Policy& policy, const std::string& command);
// The fields of "files" and "opens": what is known of a case, the pack's own facts among it.
std::vector<FieldSpec> filing_fields(const Policy& policy);

}  // namespace huiyin::test
