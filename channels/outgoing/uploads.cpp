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
    auto parts = form_.fields;
    parts.push_back({form_.part, file->name, file->media_type, std::move(file->bytes)});
    const auto answer = api_.upload(form_.path, std::move(parts));
    if (!answer) return answer.problem();
    if (answer->errcode) return refusal_(*answer);
    const auto medium = answer->json.value(Json::json_pointer(form_.answer), Json());
    if (!medium.is_string())
        return Problem{"channel.busy", "the platform's answer does not name the picture", "unreadable"};
    if (known_.size() > known_most) known_.clear();
    auto id = medium.get<std::string>();
    known_[attachment] = {id, clock_.now() + life};
    return id;
}

}  // namespace huiyin
