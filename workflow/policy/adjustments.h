// What may set, move or stretch a due time beside the plain count: parts of a deadline rule. Values.
#pragma once
#include <string>
#include <vector>

#include "workflow/policy/fact.h"
#include "workflow/policy/span.h"

namespace huiyin {

// How a wish or a promise meets the limit that is already there.
enum class LimitEffect {
    replaces,  // it is the limit, earlier or later
    shortens,  // only an earlier one counts
};

// The limit that the customer set himself: a fact that holds a moment (milliseconds or RFC 3339), a date (till the end
// of that date) or a span ("3 days", counted from the start of the deadline). A fact that cannot be read changes
// nothing and is named in the derivation's warnings.
struct CustomerLimit {
    std::string fact;
    LimitEffect effect = LimitEffect::replaces;
    std::string clause;
    friend bool operator==(const CustomerLimit&, const CustomerLimit&) = default;
};

// A promise made in the case: an event whose field holds the new limit, in the forms of CustomerLimit (a span counts
// from the promise). The latest one counts; one made before the deadline began is not one of this deadline.
struct PromiseSource {
    std::string event, field;
    LimitEffect effect = LimitEffect::replaces;
    Rule when;  // over the facts and the event
    std::string clause;
};

// Who may extend, and how far. The first entry that fits the approver, the level and the facts is the one that counts.
struct ExtensionRule {
    std::vector<std::string> roles;   // any of the approver's; empty: whoever the move "extend" admits
    std::vector<std::string> levels;  // only tickets of these; empty: all
    Rule when;
    int times = 0;         // so many extensions of one count; 0: as often as needed, each one logged
    Span at_most, in_all;  // beyond the present due time; beyond the first one, all together. A count of 0: no cap
    bool consent = false;  // the customer has to agree: the command says so in its field `customer_agreed`
    bool late = false;     // also after the limit was missed (which stays missed)
    std::string clause;
};

// An event that an administrator declares for a unit and a period: a storm, a power cut. Auditable, and a ticket's
// event.
struct DeclaredEventKind {
    std::string name, title;         // "storm", "台风红色预警"
    std::vector<std::string> roles;  // who may declare it
    Span longest;                    // a count of 0: no cap
    std::string clause;
    friend bool operator==(const DeclaredEventKind&, const DeclaredEventKind&) = default;
};

// What a declared event does to a limit that runs while it lasts.
struct StretchRule {
    std::string event;        // DeclaredEventKind::name
    bool stops_clock = true;  // the time of the event is not counted, as in a pause …
    int percent = 0;          // … or the span grows by so much, rounded up to the whole unit, once an event
    std::string clause;
    friend bool operator==(const StretchRule&, const StretchRule&) = default;
};

}  // namespace huiyin
