// What a pack's steps, fields, caps and rules of talk demand of a command. Used by decide.cpp only. Pure.
#pragma once
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "workflow/ticket/decide.h"

namespace huiyin {

// The open step that `complete` or `decide` speaks of; nothing if there is none.
const Step* open_step(const Ticket& ticket, const std::string& name);

// May somebody with these roles answer it, as far as roles tell?
bool may_answer(const Ticket& ticket, const Step& step, const ActingAs& actor, const Policy& policy);

// Is the step open, the asker's to answer, filled in, and the decision one of its own?
// Errors: ticket.bad_field, ticket.wrong_role, ticket.own_ticket.
std::optional<Problem> check_step(const Ticket& ticket, const Command& command, const Policy& policy, TimePoint now);
// Is it within what the asker may grant, in decent words, and one of the rounds that are left?
// Errors: ticket.not_allowed, with the clause and who may instead.
// `given`: as add_given() left it. `role_title`: what staff call a role; none: as the pack's own texts do, else as it
// is written.
std::optional<Problem> check_limits(const Ticket& ticket, const Command& command, const Move& move,
                                    const Policy& policy, const Facts& facts, const Facts& given,
                                    const std::function<std::string(const std::string&)>& role_title);

// What the rules see of the command beside its fields: given.over_authority, the fields of a step.
void add_given(Facts& given, const Command& command, const Policy& policy, const Facts& facts);

// The pack's own fields in the event: facts under "facts", people under "team" and "recused", free words together under
// "fields", where they are sealed; a step's form, a refusal's test.
void take_fields(nlohmann::json& data, const Command& command, const Move& move, const Policy& policy,
                 const Facts& facts);

// Values for what is told of the decision: admission_reason, missing …
void add_told(Facts& given, const Policy& policy, const Facts& facts);

// A field of the pack as a form shows it.
FieldSpec field_spec(const MoveField& field);
// Forms for `complete` and `decide`: one for each open step of the pack's own that these roles may answer.
std::vector<AllowedCommand> allowed_steps(const Ticket& ticket, const ActingAs& actor, const Move& move,
                                          const Policy& policy);

}  // namespace huiyin
