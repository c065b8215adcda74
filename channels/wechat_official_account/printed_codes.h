// A code that hangs somewhere: whoever scans it comes to the account, and we hear the scene that was put into it.
#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "channels/wechat_official_account/account.h"

namespace huiyin::wechat {

inline constexpr std::chrono::seconds longest_code_life{2592000};

// What the picture has to hold. `life`: none - permanent, of which an account has 100,000 for ever.
// Errors: code.bad_scene - empty or longer than 64 signs; those of a call.
Result<std::string> code_address(Account& account, const std::string& scene, std::optional<std::chrono::seconds> life);

}  // namespace huiyin::wechat
