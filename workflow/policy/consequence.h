// What somebody may grant on his own, and what follows for staff and units. The engine only ever proposes a penalty; a
// named person decides it, and the customer never hears of it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "workflow/policy/effect.h"
#include "workflow/policy/span.h"

namespace huiyin {

struct Policy;

// "Up to 30 % off the labour": a role, the field of the command it limits, and how far.
struct Authority {
    std::string role, field;  // field: labour_percent, goods_yuan, amount_yuan …
    double at_most = 0;
    std::vector<std::string> kinds, levels;  // only for these; empty = all
    Rule when;
    std::string clause;
};

struct AuthorityJudgement {
    bool over = false;
    std::string field, clause;
    double asked = 0;
    std::optional<double> at_most;   // the actor's own; nothing: none of his roles may grant any of it
    std::vector<std::string> roles;  // that may grant as much, the least first
};
// The first field of `given` that is beyond what the actor's roles may grant together with nobody else.
AuthorityJudgement judge_authority(const Policy& policy, const std::vector<std::string>& actor, const Facts& facts,
                                   const Facts& given);

struct Penalty {
    std::string key, title, clause;
    std::optional<std::int64_t> fen, from_fen, to_fen;  // fixed, or a range in which the person decides
    Rule amount;                                        // or worked out from the facts, in yuan
    std::string against;                                // owner, assignee, a role, or a field of type person
    std::string decided_by;                             // role
    std::string appeal_to;                              // role; empty: no appeal
    Span appeal_within;                                 // a count of 0: no limit printed
};
// What the penalty comes to on these facts; nothing when the person is to set it.
std::optional<std::int64_t> penalty_fen(const Penalty& penalty, const Facts& facts);

}  // namespace huiyin
