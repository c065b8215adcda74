// What an endpoint may say about a message: a choice from a closed list, never a word of its own. Values, no code.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "bot/understanding/meaning.h"

namespace huiyin::advice {

// A category that may be named, under the kind of ticket that has it: "complaint" or "demand".
struct Choice {
    std::string kind, category, title;
};

// The closed list. Kinds and acts are the same for everybody, categories are the pack's.
struct Choices {
    std::vector<Choice> categories;
    bool has(std::string_view kind, std::string_view category) const;
    std::vector<std::string> keys() const;  // each once
};

// What may be said of a message as a whole. Commands (cancel, hand over, a rating) are no kinds here: they are exact.
inline constexpr MessageKind kinds[] = {MessageKind::complaint,  MessageKind::demand, MessageKind::consultation,
                                        MessageKind::suggestion, MessageKind::praise, MessageKind::progress_query,
                                        MessageKind::chitchat};
// Acts that only show or offer something. None that answers a question, changes a ticket or ends anything.
inline constexpr MeaningKind acts[] = {MeaningKind::progress, MeaningKind::why_so_long, MeaningKind::hand_over};

struct Advice {
    MessageKind kind = MessageKind::chitchat;
    std::string category;           // one of the choices; empty: none of them
    std::vector<MeaningKind> acts;  // each once
    friend bool operator==(const Advice&, const Advice&) = default;
};

}  // namespace huiyin::advice
