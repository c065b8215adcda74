#include "workflow/policy/revisit.h"

#include "workflow/base/digest.h"

namespace huiyin {
namespace {

constexpr int lots = 10000;

int share_of(int percent, int count) { return (percent * count + 99) / 100; }  // rounded up

}  // namespace

Draw draw_revisit(const Policy& policy, const Facts& facts, std::string_view ticket_number,
                  const std::optional<DrawCounts>& counts) {
    Draw draw;
    const std::string hash = sha256(policy.id + ":" + std::string(ticket_number));
    std::uint64_t value = 0;
    for (int i = 0; i < 7; ++i) value = value << 8 | static_cast<unsigned char>(hash[static_cast<std::size_t>(i)]);
    draw.lot = static_cast<int>(value % lots);
    for (const auto& stratum : policy.revisit.strata) {
        if (!holds(stratum.when, facts)) continue;
        draw.stratum = stratum.name;
        draw.clause = stratum.clause;
        // One lot for both questions, so that a ticket that moves to a milder stratum can only lose its visit.
        draw.revisit = draw.lot < stratum.rate_percent * 100;
        draw.in_person = draw.lot < stratum.rate_percent * stratum.in_person_percent;
        if (counts) {
            if (counts->revisits < share_of(stratum.rate_percent, counts->tickets + 1)) draw.revisit = true;
            if (draw.revisit && counts->in_person < share_of(stratum.in_person_percent, counts->revisits + 1))
                draw.in_person = true;
        }
        break;
    }
    return draw;
}

}  // namespace huiyin
