// What follows from what happened: effects, and the fields that a command or a step carries.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/policy/fact.h"

namespace huiyin {

// clang-format off
// What must follow. A closed set; `when` is asked of the facts *after* the event (the command's fields as "given").
// Fields are texts; those in [] may be absent.
//
// name        fields                          who, what
// tell        phrase                          engine: outbox row to the customer and to every supporter
// notify      phrase, role, [unit]            engine: push to the staff who hold the role (a card where the channel has them)
// page        phrase, role, [unit]            engine: the same as kind `emergency`, first in every queue; event emergency.paged
// ask_consent [phrase]                        engine: prompt agreed / small_gap / irreconcilable to the customer
// ask_fixed   [phrase]                        engine: prompt yes / partly / no, within Surveys.from-until, else at the next `from`
// ask_rating  [phrase]                        engine: prompt 1-5 under the survey limits; suppressed -> Surveys.suppressed
// task        task, role, [unit], [phrase],   engine: a duty on the work list of a role, due with that deadline; event
//             [deadline], [means]             task.opened; with a phrase the role is told at once
// sample      revisit                         engine: draws whether this ticket is visited in person (revisit.h) and opens
//                                             Revisit.task, or drops it when a later draw no longer wants it
// route       [role], [unit]                  decide: owner role and unit anew: by the routes, or as written; "given" takes
//                                             the command's fields of that name, if there; the assignee is released
// assign      to                              decide: "actor" (who gave the command), "given" (its field assignee), "nobody"
// set_level   level                           decide: ticket.level_changed with the effect's clause, never downwards
// set_flag    flag                            decide: added to the flags
// set         fact, value                     decide: a fact of the pack; also "kind", "category", "validity", "cause"
// clear       fact                            decide: "consent", "fixed", "score": forgotten, a new round begins
// drop        task                            decide: an open task is needed no more
// penalty     penalty                         decide: proposed to whoever decides it (consequence.h); nobody is punished by it
// run         command                         decide: the same unit of work goes on with that command, as actor "policy"
//
// `role`: a role of the directory (front_desk …), or "owner" (who owns the ticket now: the assignee, else the office),
// "assignee" (the same), "office" (everyone who holds the owner's role in the owner's unit, whoever it is assigned to),
// "acceptor" (Policy.accept_role), "handler" (the role that the routes without states name: the field of work).
// `unit`: "nearest" (default: the ticket's unit, or the nearest above it where somebody holds the role) or "own".
// clang-format on
struct Effect {
    std::string name;
    std::map<std::string, std::string, std::less<>> fields;
    Rule when;
    std::string clause;
    std::string field(std::string_view key) const;  // "" if absent
};
using Effects = std::vector<Effect>;

struct EffectInfo {
    std::string name;
    std::vector<std::string> required, optional;  // fields
};
const std::vector<EffectInfo>& known_effects();

// A field of a command or a step, beyond those that the interface fixes. One that is named like a fact of the pack sets
// that fact; free words are sealed.
struct MoveField {
    std::string name, title;
    std::string type;  // text, integer, number, boolean, time, choice, person, unit
    bool required = false;
    std::vector<std::string> choices;        // keys
    std::vector<std::string> choice_titles;  // as many, or none
    bool sets_fact = false;                  // named like a fact
    friend bool operator==(const MoveField&, const MoveField&) = default;
};

}  // namespace huiyin
