#include "workflow/policy/consequence.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "workflow/policy/jsonlogic.h"
#include "workflow/policy/policy.h"
#include "workflow/policy/same_text.h"

namespace huiyin {
namespace {

std::optional<double> number(const Facts& facts, std::string_view name) {
    const auto found = facts.find(name);
    if (found == facts.end()) return std::nullopt;
    if (const auto* whole = std::get_if<std::int64_t>(&found->second)) return static_cast<double>(*whole);
    if (const auto* broken = std::get_if<double>(&found->second)) return *broken;
    return std::nullopt;
}

bool applies(const Authority& authority, const Facts& facts, const Facts& given) {
    const auto fits = [&](const std::vector<std::string>& wanted, const char* name) {
        const auto found = facts.find(name);
        const auto* text = found == facts.end() ? nullptr : std::get_if<std::string>(&found->second);
        return wanted.empty() || (text && contains(wanted, *text));
    };
    return fits(authority.kinds, "kind") && fits(authority.levels, "level") && holds(authority.when, facts, given);
}

}  // namespace

AuthorityJudgement judge_authority(const Policy& policy, const std::vector<std::string>& actor, const Facts& facts,
                                   const Facts& given) {
    std::vector<std::string_view> fields;  // that were asked for, in the order of the pack
    std::string_view last;                 // those of one field mostly stand together
    for (const auto& authority : policy.authority) {
        if (authority.field == last) continue;
        last = authority.field;
        if (number(given, last).value_or(0) > 0 && std::find(fields.begin(), fields.end(), last) == fields.end())
            fields.push_back(last);
    }
    for (const auto field : fields) {
        const auto asked = number(given, field).value_or(0);
        AuthorityJudgement judged;
        judged.field = field;
        judged.asked = asked;
        std::vector<const Authority*> enough;
        bool any = false;
        for (const auto& authority : policy.authority) {
            if (authority.field != field || !applies(authority, facts, given)) continue;
            any = true;
            if (judged.clause.empty()) judged.clause = authority.clause;
            if (authority.at_most >= asked) enough.push_back(&authority);
            if (!contains(actor, authority.role)) continue;
            if (!judged.at_most || authority.at_most > *judged.at_most) {
                judged.at_most = authority.at_most;
                judged.clause = authority.clause;
            }
        }
        if (!any || (judged.at_most && *judged.at_most >= asked)) continue;
        std::stable_sort(enough.begin(), enough.end(),
                         [](const Authority* a, const Authority* b) { return a->at_most < b->at_most; });
        for (const auto* authority : enough)
            if (!contains(judged.roles, authority->role)) judged.roles.push_back(authority->role);
        judged.over = true;
        return judged;
    }
    return {};
}

std::optional<std::int64_t> penalty_fen(const Penalty& penalty, const Facts& facts) {
    if (penalty.fen) return penalty.fen;
    if (!penalty.amount) return std::nullopt;
    const auto worked_out = evaluate(*penalty.amount.logic, to_json(facts));
    if (!worked_out || !worked_out->is_number() || worked_out->get<double>() < 0) return std::nullopt;
    return static_cast<std::int64_t>(std::round(worked_out->get<double>() * 100));
}

}  // namespace huiyin
