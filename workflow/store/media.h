// Attachments as files named by their content: DIR/ab/abcdef….
//
// A file is written and synced, and its folder too, before the unit of work that refers to it, so no saved ticket
// points at a file that a power cut took. Saving the same bytes again finds them, and makes the file young again.
// Threads: any.
#pragma once
#include <string>

#include "workflow/base/result.h"

namespace huiyin {

class MediaFolder {
public:
    explicit MediaFolder(std::string folder) : folder_(std::move(folder)) {}
    // Gives the SHA-256 as hex. Throws std::runtime_error when the disk refuses.
    std::string save(const std::string& bytes) const;
    // False: its bytes were saved within the last ten minutes, so a row that needs it may be on its way: try it again
    // later. Whoever removes must know that no row needs it. Throws std::runtime_error when the disk refuses.
    bool remove(const std::string& sha256) const;
    // Removes what was begun a day ago or longer, and never finished: whoever wrote it died. Gives how many.
    std::size_t sweep() const;
    // Errors: media.missing - no such file; a name that is no hash is none either.
    Result<std::string> path(const std::string& sha256) const;

private:
    std::string folder_;
};

}  // namespace huiyin
