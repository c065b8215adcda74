// An attachment of ours that is to be sent, and how a channel gets at it.
#pragma once
#include <functional>
#include <string>

#include "workflow/base/id.h"
#include "workflow/base/result.h"

namespace huiyin {

struct OutgoingFile {
    std::string name;  // with an extension: the platforms refuse an upload without
    std::string media_type;
    std::string bytes;
};
// Threads: the courier's of the channel that asks.
using FileReader = std::function<Result<OutgoingFile>(const AttachmentId&)>;

}  // namespace huiyin
