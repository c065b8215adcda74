// What somebody sent: the bytes, from the platform's own hosts and nowhere else.
#pragma once
#include <string>

#include "channels/wechat_official_account/account.h"

namespace huiyin::wechat {

// Pictures and voices come at once; of a video the platform tells where it lies. Errors: as Channel::fetch_media().
Result<std::string> fetch_media(Account& account, const std::string& media_id, std::size_t most_bytes);

}  // namespace huiyin::wechat
