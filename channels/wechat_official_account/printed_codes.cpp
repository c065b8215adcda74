#include "channels/wechat_official_account/printed_codes.h"

#include <algorithm>

#include "channels/codec/json_fields.h"

namespace huiyin::wechat {

Result<std::string> code_address(Account& account, const std::string& scene, std::optional<std::chrono::seconds> life) {
    constexpr std::size_t longest_scene = 64;
    if (scene.empty() || scene.size() > longest_scene)
        return Problem{"code.bad_scene",
                       "a code holds 1 to 64 signs, this would be " + std::to_string(scene.size()) +
                           ": give the unit a shorter key",
                       scene};
    Json wish{{"action_name", life ? "QR_STR_SCENE" : "QR_LIMIT_STR_SCENE"},
              {"action_info", {{"scene", {{"scene_str", scene}}}}}};
    // Without it a code would live for less than a minute.
    if (life) wish["expire_seconds"] = std::clamp<std::int64_t>(life->count(), 60, longest_code_life.count());
    const auto answer = account.good(account.api().post("/cgi-bin/qrcode/create", wish));
    if (!answer) return answer.problem();
    auto url = text_in(answer->json, "url");
    if (url.empty()) return Problem{"channel.busy", "WeChat's answer holds no address for the code", "unreadable"};
    return url;
}

}  // namespace huiyin::wechat
