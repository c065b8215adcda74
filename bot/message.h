// What somebody said to us, ready for the conversation: understood, its media kept, its button looked up.
#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "bot/understanding/meaning.h"
#include "workflow/store/records.h"

namespace huiyin {

enum class HeardKind { text, choice, media, location, entered, left, silence, unknown };

// In which language he would read, by what he writes from; an empty one is not told.
struct LanguageSetting {
    std::string language;  // one of workflow/phrases/writing.h
    bool chosen = false;   // by himself; else it is only what his device prefers
    friend bool operator==(const LanguageSetting&, const LanguageSetting&) = default;
};

struct Heard {
    HeardKind kind = HeardKind::text;
    std::string text;              // as it came; for a choice its title
    Understood understood;         // of the text; empty where there was none
    std::optional<Prompt> prompt;  // the question whose button was tapped
    nlohmann::json action;  // what the button means: {"talk":"submit"} or {"command":"consent","answer":"agreed"}
    std::vector<AttachmentId> attachments;
    std::string media_kind;          // image, voice, video, file; empty for none
    std::string location_label;      // of a location message
    std::string media_problem;       // phrase key that says why a medium could not be taken; empty: it was
    LanguageSetting setting;         // of the page or program he writes from
    bool by_code = false;            // he scanned a printed code that names his community …
    UnitId community;                // … this one, where it names one alone …
    std::string building, entrance;  // … and perhaps where in it he stands
};

}  // namespace huiyin
