// The reproducible draw: who is revisited, and who of them in person.
#pragma once
#include <optional>
#include <string>

#include "workflow/policy/policy.h"

namespace huiyin {

// How far the report period has got in one stratum, before this ticket.
struct DrawCounts {
    int tickets = 0, revisits = 0, in_person = 0;
};

struct Draw {
    std::string stratum;
    bool revisit = false, in_person = false;
    int lot = 0;  // 0..9999, from SHA-256 of the policy's id and the ticket's number: anyone can draw it again
    std::string clause;
};

// Drawn by lot against the stratum's percentages; with `counts` also whenever leaving this one out would bring the
// running share below the percentage (so the share holds and the first is always taken).
Draw draw_revisit(const Policy& policy, const Facts& facts, std::string_view ticket_number,
                  const std::optional<DrawCounts>& counts = {});

}  // namespace huiyin
