// What may be asked of a ticket.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "workflow/base/json_text.h"
#include "workflow/base/result.h"
#include "workflow/ticket/ticket.h"

namespace huiyin {

// A wish concerning one ticket. `fields` were read by read_command() (known names, right types), or made by our own
// code. Words in it (reason, text, comment) are plain here; the engine seals them and events carry their TextId.
struct Command {
    std::string name;  // "accept"
    Party by;
    nlohmann::json fields;                // an object, perhaps empty
    std::vector<std::string> roles = {};  // what the asker is to this ticket (see Engine::acting_as): his roles in its
                                          // units, "staff", "assignee", "owner" (holds the owner role); or "customer";
                                          // or "policy". Engine::execute fills them in when they are empty.
    std::string means = {};               // chat, phone, visit: how a customer's word reached us
    std::string clause = {};              // set when the policy itself asks (a deadline passed)
};

// Types and what they are in `fields` once read:
//   text (at most 2,000 characters) · integer · number (yuan: at most two decimals; read as a whole number of fen under
//   the name with _yuan replaced by _fen) · boolean · time (RFC 3339; milliseconds) · choice · person (a login) ·
//   unit (its key or id) · flags (a list of names) · attachments (a list of ids) · ticket (a number) · object
struct FieldSpec {
    std::string name, type;
    bool required = false;
    std::vector<std::string> choices = {};
    std::string title = {};                       // "理由"
    std::vector<std::string> choice_titles = {};  // as many as choices where the pack names them, or none
};
struct CommandSpec {
    std::string name, title;  // "propose", "提出方案"
    std::vector<FieldSpec> fields;
};
// The closed list of interface: the same names for every policy. Commands our own code gives (amend, join, page, warn,
// miss, close) are not in it and cannot come from outside.
const std::vector<CommandSpec>& command_list();
const CommandSpec* find_command(std::string_view name);
// Fields whose words are people's own: they are sealed before an event is kept.
bool is_words(std::string_view field);
// Reads what came from outside: {"command": …, fields}. All findings at once, with pointers; unknown fields are
// refused. Fields that a pack adds to its moves (Move.fields) are read when given as `more`. The command is only good
// if there are no findings.
Command read_command(const nlohmann::json& body, std::vector<Finding>& findings,
                     const std::vector<FieldSpec>& more = {});

}  // namespace huiyin
