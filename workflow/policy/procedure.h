// What is done beside the main line of moves: steps with their forms, reactions to events, who must keep out, how one
// speaks.
#pragma once
#include <string>
#include <vector>

#include "workflow/policy/effect.h"
#include "workflow/policy/span.h"

namespace huiyin {

struct RegisterColumn {
    std::string key, title;
    std::string group;  // the head above it; empty = its own head
    // Where the key does not say it all: the last event of that type, and what of it is shown: date, time, moment, by,
    // or one of its fields. "blank" without an event: written by hand on the paper.
    std::string event = {}, shows = {};
    Rule when = {};  // over the event's fields
};

// A paper: what stands on it, who signs, who gets a copy.
struct Form {
    std::string key, title, clause;
    std::string number;                  // "8D{YYYY}{MM}{DD}{NNN}"; empty: it has none
    std::vector<std::string> copies;     // for whom: "消费者"
    std::vector<std::string> signed_by;  // "双方", "调解人"
    bool sealed = false;                 // with the organisation's seal
    std::vector<RegisterColumn> columns;
};

struct DecisionChoice {
    std::string key, title;
};

// A step that a `task` effect opens and that somebody completes (`complete`) or decides (`decide`).
struct StepRule {
    std::string key, title, clause;
    std::vector<std::string>
        by;  // who may, beside the role that the task was given to; "owner", "assignee", "staff" too
    std::vector<MoveField> fields;          // complete: what is filled in
    std::vector<DecisionChoice> decisions;  // decide: what may be answered; empty: the step is completed
    std::string form;                       // the paper that it makes
    bool other_than_before = false;         // not by somebody who handled, proposed or resolved
};

// Whenever that happens, by whatever command or by time alone. `when` sees the facts and the event.
struct ReactionRule {
    std::vector<std::string> on;  // events
    Rule when;
    Effects effects;
    std::string name, clause;
};

// Who is complained of, or has an interest, keeps out: he is neither given the case, nor told of it, nor shown it.
struct Recusal {
    std::vector<std::string> fields;  // fields of type person that name him: "complained_of"
    bool line = false;                // those below him in the directory too: the matter goes to the next one above
    std::string clause;
};

struct Never {
    std::vector<std::string> words;
    std::string because, clause;
};
struct TalkStage {
    std::string stage, script, clause;  // stage: greeting, intake, waiting, answer, closing
};
struct TalkRules {
    std::vector<Never> never;  // words that nobody of us writes to a customer
    std::vector<TalkStage> stages;
    bool states_time = false;              // at every pause a definite time
    std::vector<std::string> convey_only;  // roles that pass on what was approved, and say nothing of their own
    std::string clause;
};

struct Retention {
    std::string what, keep, filed_by, clause;  // keep: "permanent" or a span
};
struct RegisterBook {
    std::string name, title, clause;
    Rule when;
    std::vector<RegisterColumn> columns;
};
struct ContactPoint {
    std::string title, contact;
};
struct Published {  // what anyone may ask for
    std::string procedure, expected, clause;
    std::vector<ContactPoint> channels;
};

}  // namespace huiyin
