// Where a talk stands: drafts that are being told, the question that is open, what must not be forgotten.
// Kept as JSON in the conversation's row (sealed there, for it holds people's words); only the bot reads it.
#pragma once
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "workflow/base/clock.h"
#include "workflow/base/id.h"
#include "workflow/base/json_text.h"

namespace huiyin {

enum class Slot { matter, place, phone, photo, wish };  // the numbered lines of the read-back, in this order
inline constexpr int slot_count = 5;
std::string_view to_text(Slot slot);
std::optional<Slot> slot_named(std::string_view name);

// A matter that is being told. Lives 7 days untouched, then it is dropped.
struct Draft {
    int id = 0;                  // within this conversation
    std::string kind, category;  // keys of the policy; empty: not clear yet
    bool category_sure = false;
    std::string matter;              // as the read-back shows it
    std::vector<std::string> words;  // everything that was said about it, in order
    std::string community, building, unit, room, location;
    bool place_doubted = false;         // an unknown address was asked about once: now it is taken as said
    bool place_settled = false;         // asked often enough: whatever is known of the place has to do
    std::int64_t place_scanned_ms = 0;  // the place, or its community, is that of a code he scanned then; 0: his words
    std::string perhaps;                // where that code hangs, while nobody knows whether he is there: said to staff
    std::string phone, contact;
    bool phone_from_person = false;  // known from before: shown in the read-back, never asked
    std::string occurred_text, recurrence, duration, people, wish, vulnerable;
    std::optional<std::int64_t> occurred_at_ms, amount_fen;
    std::set<std::string> flags;
    std::set<std::string> declined;  // slots the customer would not give
    std::vector<std::string> attachments;
    TicketId ticket;  // an emergency is filed before it is complete: answers amend this one
    bool anonymous = false;
    // What the pack asks beside (form.h).
    std::string name;                          // how he is called, where the pack wants it
    std::map<std::string, std::string> slots;  // the pack's own, by key, as slot_values.h keeps them
    std::set<std::string> unknown;             // he cannot say yet
    std::set<std::string> asked;               // what need not be told, asked once
    bool insists = false;                      // wants it taken, whatever the admission tests say
    bool kind_sure = false;                    // the pack's kind, where its categories stand under several
    bool promised = false;                     // told beside another, and taken up when that one is done
    // What somebody else has told already and is being dealt with (shared_matters.h): offered to be joined, once.
    TicketId same_as;
    bool same_home = false;  // it is his own household's
    std::int64_t touched_ms = 0;
    // Somebody could go there: a building, or a spot that is the only one of its kind. "楼道" alone is none.
    bool has_place() const;
    friend bool operator==(const Draft&, const Draft&) = default;
};

// What the bot asked last and waits for. Questions about tickets (consent, fixed, rating) are prompts of the store.
struct Question {
    std::string kind = {};  // "": none · ask (a slot) · readback · which_line · split · category · smell
                            // · admission · which_ticket · which_answer · words · revisit · refusal · offer_person
                            // · doubted
    std::string detail = {};                // the slot; the errand of which_ticket; the ticket that `words` go to
    std::vector<std::string> options = {};  // what 1, 2, 3 mean, where the question offered them
    int asked = 1;                          // times it was put
    std::int64_t asked_ms = 0;              // when, by the service clock
    std::string key = {};  // the phrase it was put with, and its variables: put again after a digression
    nlohmann::json variables = nlohmann::json::object();
    std::vector<std::pair<std::string, nlohmann::json>> choices = {};  // title and what it means, to be put again
    friend bool operator==(const Question&, const Question&) = default;
};

// The printed code that he scanned last: what he tells soon after is told from there.
struct Here {
    UnitId community;
    std::string building, unit;
    int drafts = 0;  // so many were begun before
    std::int64_t ms = 0;
    friend bool operator==(const Here&, const Here&) = default;
};

// The group in which words that wait were said (the last, where there are two).
struct HeldIn {
    std::string group;     // empty: alone
    bool outside = false;  // we cannot write to him alone first
    friend bool operator==(const HeldIn&, const HeldIn&) = default;
};

inline constexpr std::int64_t just_now_ms = 15 * 60 * 1000;  // so long after he scanned a code he is still there

struct Talk {
    std::vector<Draft> drafts;
    int focus = 0;  // id of the draft in hand; 0: none
    int drafts_made = 0;
    Question question;
    int nonsense = 0, abuse = 0;  // in a row
    bool greeted = false;
    std::string language = "zh-CN";        // one of workflow/phrases/writing.h; the engine reads it here too
    bool language_wished = false;          // he asked for it: what he writes in changes nothing any more
    std::string language_setting;          // the page's, as it came last; with a "?" where he has not chosen it himself
    std::vector<std::string> held;         // words that wait: a burst's for what comes next, a flood's for their turn
    std::int64_t slowed_system_ms = 0;     // when he was last asked to wait
    std::vector<std::string> loose_media;  // attachments sent before any matter was named
    std::int64_t last_heard_system_ms = 0;
    std::string last_text;  // for "the same sentence twenty times"
    int same_text = 0;
    std::int64_t last_text_ms = 0;     // when it was said
    std::int64_t parked_until_ms = 0;  // "I am driving": no nudge before this
    std::vector<Draft> joined;  // what he told and joined to somebody else's ticket (`ticket`): he hears its news
    TicketId last_ticket;       // the one spoken of last
    std::string last_community, last_building, last_unit;  // where the newest filed matter was: "另外…" means the same
    std::int64_t last_filed_ms = 0;
    Here here;
    HeldIn held_in;
    friend bool operator==(const Talk&, const Talk&) = default;

    Draft* draft();
    Draft& begin_draft(std::int64_t now_ms);
    // A further matter that waits until the one in hand is done; that stays in hand. References to drafts end here.
    Draft& promise_draft(std::int64_t now_ms);
    void drop_draft(int id);
    // For what he tells next: the house of this one, which stands in that community.
    void note_filed(const Draft& filed, UnitId community);
    void forget_held();
};

std::string to_text(const Talk& talk);
// An empty text is a new talk. Throws std::runtime_error on what is none.
Talk talk_from_text(const std::string& json);

}  // namespace huiyin
