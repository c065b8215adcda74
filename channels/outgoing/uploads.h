// Pictures of ours on a platform: uploaded once, known by the platform's id for as long as it keeps them.
// Threads: one.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "channels/outgoing/file_reader.h"
#include "channels/outgoing/json_api.h"
#include "workflow/base/clock.h"

namespace huiyin {

struct UploadForm {
    std::string path = "/cgi-bin/media/upload?type=image";
    std::string part = "media";  // the picture's name in the form
    std::vector<http::Part> fields = {};
    std::string answer = "/media_id";  // a JSON pointer to the platform's id
};

class Uploads {
public:
    using Refusal = std::function<Problem(const ApiAnswer&)>;  // what an errcode means to this channel
    // `api` and `clock` must outlive it.
    Uploads(JsonApi& api, FileReader files, const Clock& clock, Refusal refusal, UploadForm form = {})
        : api_(api), files_(std::move(files)), clock_(clock), refusal_(std::move(refusal)), form_(std::move(form)) {}

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
    const UploadForm form_;
    std::map<AttachmentId, Upload> known_;
};

}  // namespace huiyin
