// Pictures of ours on a Tencent platform: uploaded once, known by the platform's id for as long as it keeps them.
// Threads: one.
#pragma once
#include <functional>
#include <map>
#include <string>

#include "channels/outgoing/file_reader.h"
#include "channels/outgoing/json_api.h"
#include "workflow/base/clock.h"

namespace huiyin {

class Uploads {
public:
    using Refusal = std::function<Problem(const ApiAnswer&)>;  // what an errcode means to this channel
    // `api` and `clock` must outlive it.
    Uploads(JsonApi& api, FileReader files, const Clock& clock, Refusal refusal)
        : api_(api), files_(std::move(files)), clock_(clock), refusal_(std::move(refusal)) {}

    // The platform's id, uploaded now when it was not yet or not lately. Errors: channel.rejected - the picture is no
    // longer there; channel.busy; those of `refusal`.
    Result<std::string> id_of(const AttachmentId& attachment);
    // The platform does not know it any more.
    void forget(const AttachmentId& attachment) { known_.erase(attachment); }

private:
    struct Upload {
        std::string id;
        TimePoint until;
    };
    JsonApi& api_;
    FileReader files_;
    const Clock& clock_;
    Refusal refusal_;
    std::map<AttachmentId, Upload> known_;
};

}  // namespace huiyin
