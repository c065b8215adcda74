// JsonLogic: the rules of a policy, evaluated over facts. Pure. Threads: any.
// Source: jsonlogic.com and the community's compatibility suites (val, exists, try, throw, ?? and scopes included).
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "workflow/base/json_text.h"
#include "workflow/base/result.h"

namespace huiyin {

struct RuleLimits {
    int depth = 200;              // nested evaluations
    std::int64_t steps = 100000;  // operators run, values copied, characters joined
};

// Errors: rule.failed   - the rule says no: `text` is the error's type ("NaN", "Invalid Arguments", what was thrown),
//                         `detail` the error as JSON: {"type":…}
//         rule.too_long - a limit was reached
Result<Json> evaluate(const Json& rule, const Json& data, const RuleLimits& limits = {});

bool is_truthy(const Json& value);  // as JsonLogic has it: [] is false, {} and "0" are true

// What a rule mentions, found without running it: for checks.
struct RuleUse {
    std::vector<std::string> facts;  // names asked with var, val, missing …: "given.answer"
    std::vector<std::string> unknown_operators;
};
RuleUse rule_use(const Json& rule);
const std::vector<std::string>& rule_operators();

}  // namespace huiyin
