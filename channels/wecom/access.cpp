#include "channels/wecom/access.h"

#include "channels/codec/json_fields.h"
#include "channels/wecom/reactions.h"

namespace huiyin::wecom {

std::shared_ptr<TokenCache> token_cache_of(const AppSecret& app, Caller call, const Clock& clock, TokenShelf shelf) {
    const auto api = std::make_shared<JsonApi>(std::move(call), app.api_base, reactions(), nullptr);
    const auto fetch = [api, app, &clock]() -> Result<TokenCache::Fresh> {
        auto answer =
            api->get("/cgi-bin/gettoken?corpid=" + url_encoded(app.corp_id) + "&corpsecret=" + url_encoded(app.secret));
        if (!answer) return answer.problem();
        if (answer->errcode) return problem_of(reactions(), *answer, clock.now());
        auto token = text_in(answer->json, "access_token");
        const auto life = number_in(answer->json, "expires_in");
        if (token.empty() || life <= 0)
            return Problem{"channel.busy", "WeCom's answer has no access_token", "unreadable"};
        return TokenCache::Fresh{std::move(token), std::chrono::seconds(life)};
    };
    return std::make_shared<TokenCache>(clock, fetch, std::move(shelf));
}

}  // namespace huiyin::wecom
