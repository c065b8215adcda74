// Work notices (工作通知): what staff are told although they never spoke with the robot. Pure.
// Source: DingTalk open platform, "send work notices", "results of work notices".
#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "channels/channel.h"
#include "workflow/base/clock.h"

namespace huiyin::dingtalk {

inline constexpr std::size_t most_notice_bytes = 2048;  // the message whole, as JSON

// The message: an action_card where there is an address to open, else text. `at`, of the row, stands in it: DingTalk
// drops the same words to the same person on the same day without a word. Null: there is nothing to say.
nlohmann::json notice_of(const Said& said, TimePoint at);

// What became of it, where DingTalk says so at once. Nothing: it is under way, or arrived. Errors: channel.gone - no
// such member; channel.busy with the time to wait - beyond what he may be sent; channel.rejected - its words are
// refused.
std::optional<Problem> outcome_of(const nlohmann::json& result, const std::string& userid);

}  // namespace huiyin::dingtalk
