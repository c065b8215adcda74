#include "channels/outgoing/uploads.h"

#include <nlohmann/json.hpp>

namespace huiyin {
namespace {

constexpr std::chrono::hours life{71};  // of three days
constexpr std::size_t known_most = 1000;

}  // namespace

Result<std::string> Uploads::id_of(const AttachmentId& attachment) {
    if (const auto known = known_.find(attachment); known != known_.end() && clock_.now() < known->second.until)
        return known->second.id;
    auto file = files_(attachment);
    if (!file) return Problem{"channel.rejected", "the picture is no longer there", file.problem().code};
    const auto answer = api_.upload("/cgi-bin/media/upload?type=image",
                                    {"media", file->name, file->media_type, std::move(file->bytes)});
    if (!answer) return answer.problem();
    if (answer->errcode) return refusal_(*answer);
    const auto medium = answer->json.find("media_id");
    if (medium == answer->json.end() || !medium->is_string())
        return Problem{"channel.busy", "the platform's answer has no media_id", "unreadable"};
    if (known_.size() > known_most) known_.clear();
    auto id = medium->get<std::string>();
    known_[attachment] = {id, clock_.now() + life};
    return id;
}

}  // namespace huiyin
