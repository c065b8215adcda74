// What may be asked of a ticket.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "workflow/base/json_text.h"
#include "workflow/base/result.h"
#include "workflow/ticket/ticket.h"

namespace huiyin {

// A wish concerning one ticket. `fields` were read by read_command() (known names, right types), or made by our own code.
// Words in it (reason, text, comment) are plain here; the engine seals them and events carry their TextId.
struct Command {
    std::string name;                    // "accept"
    Party by;
    nlohmann::json fields;               // an object, perhaps empty
    std::vector<std::string> roles = {}; // what the asker is to this ticket: his roles in its units, plus
                                         // "assignee", "owner" (holds the owner role), "handler", "customer", "policy"
    std::string means = {};              // chat, phone, visit: how a customer's word reached us
    std::string clause = {};             // set when the policy itself asks (a deadline passed)
};

struct FieldSpec {
    std::string name, type;              // text, integer, number, boolean, time, choice, person, unit, flags, attachments
    bool required = false;
    std::vector<std::string> choices = {};
};
struct CommandSpec {
    std::string name, title;             // "propose", "提出方案"
    std::vector<FieldSpec> fields;
};
// The closed list of interface: the same names for every policy. Commands our own code gives (amend, join, page, warn,
// miss, close) are not in it and cannot come from outside.
const std::vector<CommandSpec>& command_list();
const CommandSpec* find_command(std::string_view name);
// Reads what came from outside: {"command": …, fields}. All findings at once, with pointers.
// Errors come back as findings; the command is only good if there are none.
Command read_command(const nlohmann::json& body, std::vector<Finding>& findings);

}  // namespace huiyin
