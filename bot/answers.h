// Questions people ask, with answers that name their source: an enquiry answered here opens no ticket.
#pragma once
#include <string>
#include <vector>

#include "workflow/base/result.h"

namespace huiyin {

struct Answered {
    std::string key;     // "property_fee"
    std::string answer;  // as it is said
    std::string source;  // "收费公示 2026"
};

class Answers {
public:
    Answers() = default;
    // Errors: answers.unreadable, with all findings. A missing file is an error too: configure none to have none.
    static Result<Answers> from_file(const std::string& path);
    // The answer whose ask-words fit best; null when none fits well enough. `text` normalised.
    const Answered* find(const std::string& text) const;
    bool empty() const { return items_.empty(); }

private:
    struct Item {
        Answered answered;
        std::vector<std::vector<std::string>> ask;  // any of these groups; all words of a group must occur
    };
    std::vector<Item> items_;
};

}  // namespace huiyin
