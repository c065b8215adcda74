// Fetches what a platform holds ready at an address it named itself.
#pragma once
#include <string>

#include "channels/outgoing/json_api.h"

namespace huiyin {

// The bytes as they came. The caller goes to no private address. Errors: media.too_large; media.gone - the address is
// none that may be called, or the platform has it no longer; channel.busy - later, perhaps.
Result<std::string> fetched_medium(const Caller& call, const std::string& url, std::size_t most_bytes);

}  // namespace huiyin
