// The form of a matter: what has to be known of it before it is filed, line by line, where the pack says so itself.
// Pure. A pack without slots has the form of those who manage houses: matter, place, phone, photo, wish (talk.h, Slot).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bot/pack_talk.h"
#include "bot/talk.h"
#include "workflow/policy/fact.h"

namespace huiyin {

// One line. The keys matter, place, phone, name, occurred, people, wish and photo are the draft's own; any other one is
// a slot of the pack.
struct FormLine {
    std::string key, title;
    const SlotRule* rule = nullptr;  // null: the pack does not name it, and the talk asks it anyway
    bool required() const { return rule && rule->required; }
    bool is_pack_slot() const;
};

// What the pack's rules may look at of a matter that is not filed yet.
Facts facts_before_filing(const Draft& draft, const PackTalk& pack, const ChannelId& channel, TimePoint now);
// The pack's facts that the draft gives to its ticket: filed with it.
Facts facts_to_file(const Draft& draft, const Policy& policy);
// The lines wanted on these facts: the matter first, then in the pack's order, the phone in any case.
std::vector<FormLine> form_lines(const Draft& draft, const PackTalk& pack, const Facts& facts);
std::optional<std::int64_t> amount_of(const Draft& draft);  // what is at stake, in fen
bool is_told(const Draft& draft, const FormLine& line);
// What the words of pack slots say, for the ticket's description: "批号：A12".
std::vector<std::string> told_in_words(const Draft& draft, const Policy& policy);

}  // namespace huiyin
