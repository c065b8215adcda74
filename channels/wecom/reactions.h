#pragma once
#include "channels/outgoing/json_api.h"

namespace huiyin::wecom {

// Codes of the WeCom API and what we do about them. Source: WeCom developer page 90313.
const Reactions& reactions();
// A card (or one of its fields) is wrong for this app or this client: the same words go out as text.
bool is_about_card(std::int64_t errcode);

}  // namespace huiyin::wecom
