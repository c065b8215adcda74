// What a scenario says of registers, reports, papers and kept records: made of its tickets, as the program makes them.
#pragma once
#include <optional>
#include <string>

#include "tests/scenarios/player.h"

namespace huiyin::test {

std::optional<std::string> row_met(Stage& stage, const std::string& wanted);  // "register 1 customer_name=王女士"
std::optional<std::string> figures_met(Stage& stage, const std::string& wanted);  // "monthly 2026-03 all count=3"
std::optional<std::string> paper_met(Stage& stage, const std::string& wanted);    // "notice number=TZ2026001"
// "monthly 2026-03 centre to project_centre told 2026-03-25 09:00"; must = false: nothing like that was sent.
std::optional<std::string> sent_met(Stage& stage, const std::string& wanted, bool must);
std::optional<std::string> kept_met(Stage& stage, const std::string& wanted);  // "permanent file=3栋2单元501"

}  // namespace huiyin::test
