#pragma once
#include "channels/outgoing/json_api.h"

namespace huiyin::wechat {

// Codes of the Official Account API and what we do about them. Source: the global return codes and the endpoints'
// pages.
const Reactions& reactions();

}  // namespace huiyin::wechat
