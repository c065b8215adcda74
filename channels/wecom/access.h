// The access token of one WeCom app: one for all channels that use its secret, whichever of them needs it first.
#pragma once
#include <memory>
#include <string>

#include "channels/outgoing/json_api.h"
#include "channels/outgoing/token_cache.h"

namespace huiyin::wecom {

struct AppSecret {
    std::string api_base, corp_id, secret;
    friend auto operator<=>(const AppSecret&, const AppSecret&) = default;
};

// `clock`: the system clock; it and what `call` refers to must outlive the cache.
std::shared_ptr<TokenCache> token_cache_of(const AppSecret& app, Caller call, const Clock& clock,
                                           TokenShelf shelf = {});

}  // namespace huiyin::wecom
