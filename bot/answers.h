// Questions people ask, with answers that name their source: an enquiry answered here opens no ticket.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "workflow/base/result.h"

namespace huiyin {

struct Answered {
    struct Words {
        std::string answer;  // as it is said
        std::string source;  // "收费公示 2026"
    };
    std::string key;                       // "property_fee"
    Words words;                           // in the house's language
    std::map<std::string, Words> written;  // by language
    // In that language; where nobody wrote it in it, the house's, in the writing he reads best.
    Words in(const std::string& language) const;
};

class Answers {
public:
    Answers() = default;
    // Errors: answers.unreadable, with all findings. A missing file is an error too: configure none to have none.
    static Result<Answers> from_file(const std::string& path);
    // The answer whose ask-words fit best; null when none fits well enough. `text` normalised; of words in Latin
    // letters, their case does not count.
    const Answered* find(const std::string& text) const;
    bool empty() const { return items_.empty(); }
    std::vector<Answered> all() const;

private:
    struct Item {
        Answered answered;
        std::vector<std::vector<std::string>> ask;  // any of these groups; all words of a group must occur
    };
    std::vector<Item> items_;
};

}  // namespace huiyin
