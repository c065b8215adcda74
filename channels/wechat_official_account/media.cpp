#include "channels/wechat_official_account/media.h"

#include "channels/codec/json_fields.h"

namespace huiyin::wechat {
namespace {

// "http://" of theirs is asked for by https. Empty: it is not theirs.
std::string on_their_host(std::string url, const std::string& api_base) {
    if (http::origin_of(url) == http::origin_of(api_base)) return url;
    if (url.starts_with("http://")) url.insert(4, "s");
    auto host = http::origin_of(url);
    if (!host.starts_with("https://")) return {};
    host = host.substr(0, host.find(':', 8));
    return host.ends_with(".qq.com") || host.ends_with(".qpic.cn") ? url : std::string{};
}

}  // namespace

Result<std::string> fetch_media(Account& account, const std::string& media_id, std::size_t most_bytes) {
    if (media_id.empty()) return Problem{"media.gone", "the message names no medium", {}};
    const auto path = "/cgi-bin/media/get?media_id=" + url_encoded(media_id);
    auto bytes = account.api().download(path, most_bytes);
    const bool told_where = !bytes && bytes.problem().code == "media.gone" && bytes.problem().detail == "0";
    if (!told_where) return bytes;
    const auto answer = account.good(account.api().get(path));
    if (!answer) return answer.problem();
    http::Call call;
    call.url = on_their_host(text_in(answer->json, "video_url"), account.settings().api_base);
    if (call.url.empty()) return bytes;
    call.time = std::chrono::seconds(30);
    call.body_bytes = most_bytes;
    auto reply = account.caller()(call);  // without a token: this address is no API
    if (!reply && reply.problem().code == "http.too_large")
        return Problem{"media.too_large", "the medium is larger than " + std::to_string(most_bytes) + " bytes", {}};
    if (!reply)
        return Problem{"channel.busy", "the platform gave no answer: " + reply.problem().text, reply.problem().code};
    if (reply->status >= 500 || reply->status == 429)
        return Problem{"channel.busy", "the platform answers " + std::to_string(reply->status), "video"};
    if (reply->status != 200 || reply->body.empty())
        return Problem{"media.gone", "the platform no longer has the video", std::to_string(reply->status)};
    return std::move(reply->body);
}

}  // namespace huiyin::wechat
