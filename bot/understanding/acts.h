// What a message does: agree, cancel, ask for a person … A word is an act only as the whole message, as a clause of its
// own, or in a phrase that can be nothing else; 取消 or 满意 inside a sentence is none.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "bot/understanding/lexicon.h"
#include "bot/understanding/meaning.h"
#include "bot/understanding/slots.h"

namespace huiyin {

// Threads: any; does not change once it is built.
class Acts {
public:
    Acts();
    ~Acts();
    Acts(const Acts&) = delete;
    Acts& operator=(const Acts&) = delete;
    // All acts of a message, surest first.
    std::vector<Meaning> find(const Written& written, const Hits& hits, const FoundFacts& facts) const;

private:
    struct Table;
    std::unique_ptr<const Table> table_;
};

}  // namespace huiyin
