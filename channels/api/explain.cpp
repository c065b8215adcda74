// /api/v1/policies/{id}/explain: what the rules would do with a case that somebody thinks of. Nothing is stored.
#include "workflow/policy/explain.h"

#include "channels/api/guard.h"
#include "channels/api/routes.h"

namespace huiyin::api {
namespace {

http::Answer explained(Asked& asked) {
    const auto policy = asked.parts.policies->in_force(std::string(asked.request.segment("id")));
    if (!policy || (!asked.who.is_administrator() && !may_file(asked.who, *policy)))
        return problem_answer(Problem{"policy.not_found", "没有这份制度，或它不管您的单位", {}});
    std::vector<Finding> findings;
    const auto what = read_case(asked.body, *policy, asked.now, findings);
    if (!findings.empty()) return findings_answer(findings);
    auto json = to_json(explain(*policy, what), *policy);
    for (const auto* who : {"accept", "owner"})
        json[who]["title"] = asked.parts.engine->role_title(policy, json[who]["role"].get<std::string>());
    return json_answer(200, json);
}

}  // namespace

void add_explain_routes(http::RouteTable& routes, const Shared& parts) {
    add(routes, parts,
        {"POST", "/api/v1/policies/{id}/explain",
         "What the rules would do with a case: {\"kind\",\"category\", facts, \"opened_at\"?}.", Body::json},
        explained);
}

}  // namespace huiyin::api
