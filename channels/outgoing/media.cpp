#include "channels/outgoing/media.h"

#include "channels/edge/http_client.h"

namespace huiyin {

Result<std::string> fetched_medium(const Caller& call, const std::string& url, std::size_t most_bytes) {
    http::Call wanted;
    wanted.url = url;
    wanted.time = std::chrono::seconds{30};
    wanted.body_bytes = most_bytes;
    const auto reply = call(wanted);
    if (!reply && reply.problem().code == "http.too_large")
        return Problem{"media.too_large", "the medium is larger than we take", {}};
    if (!reply && (reply.problem().code == "http.bad_url" || reply.problem().code == "http.refused_address"))
        return Problem{"media.gone", "the medium's address is none that may be called", reply.problem().code};
    if (!reply)
        return Problem{"channel.busy", "the medium does not come: " + reply.problem().text, reply.problem().code};
    if (reply->status >= 500) return Problem{"channel.busy", "the medium does not come", std::to_string(reply->status)};
    if (reply->status != 200 || reply->body.empty())
        return Problem{"media.gone", "the medium is no longer there", std::to_string(reply->status)};
    return reply->body;
}

}  // namespace huiyin
