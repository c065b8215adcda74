// What a platform lets us say to a resident after he wrote: so many messages, so long. Counted here, kept for what
// matters, and saved by saying in one message what can be said in one.
//
// A row of the outbox that goes leads a letter; rows that go with it are marked "with:<row>" before anything is sent,
// and `attempts` is counted before too: whoever dies in between finds the same letter again, under the same name.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "channels/channel.h"
#include "workflow/store/store.h"

namespace huiyin {

// An answer to what a resident just said.
bool is_answer_to_him(const OutboxItem& item);

// Of five messages the last two are for what must arrive: danger, consent, deadlines, and answers to what he said.
inline constexpr int kept_for_duties = 2;
inline constexpr int news_held_from = 1;  // messages since he wrote, before which nothing is held on any channel

struct Allowance {
    int left = 0;     // messages; 0: closed
    TimePoint until;  // service clock
};
Allowance allowance_of(const Capabilities& can, const std::optional<Conversation>& conversation, TimePoint now);
bool is_windowed(const Capabilities& can);

struct Letter {
    enum class Fate {
        go,      // `lead` holds the words of all; it and `with` are marked in the store
        hold,    // news that can wait for his next message, for company, or for the window's end: saved so
        closed,  // nothing goes any more
        follow   // it goes with another row: saved so
    } fate = Fate::go;
    OutboxItem lead;
    std::vector<OutboxItem> with;
};
// Decides over a claimed row, in the caller's unit of work.
Letter make_letter(Transaction& tx, const OutboxItem& claimed, const Channel& channel, const Capabilities& can,
                   TimePoint now, TimePoint system_now);

// What came of it, in a unit of its own. `messages`: that the platform counts. `used_up`: it will take no more before
// he writes. The rows that went with a letter that did not go are free again.
void settle_letter(Transaction& tx, const OutboxItem& lead, const std::vector<OutboxItem>& with, int messages,
                   bool used_up, const Capabilities& can, TimePoint now, TimePoint system_now);

// The platform tells later that it did not arrive: the row and what went with it are owed again, with `code`, which the
// courier gives up at once, or once more as text. It may tell so before we have written down that it was sent: then it
// is noted in the row, and settle_letter() does it. False: no such row was sent, or is being sent.
inline constexpr const char* not_arrived = "not_arrived";
bool reopen_letter(Transaction& tx, OutboxId lead, const ChannelId& channel, const std::string& code,
                   const std::string& text, bool as_text, TimePoint now, TimePoint system_now);

// What reopen_letter() noted in a row that was being sent, done now that it no longer is. Where the process ended in
// between, a row that goes once more as text comes back with that note.
void reopen_noted(Transaction& tx, const OutboxItem& noted, TimePoint now, TimePoint system_now);
bool goes_once_more_as_text(const OutboxItem& item);

// The reference of a row that a person wants sent once more: it is not held, and goes under a new name where the
// platform takes each name once.
std::string asked_again(TimePoint system_now);
bool is_asked_again(const OutboxItem& item);

// While the window is closed a notice may tell him that there is something (Channel::rings): the row waits for him, and
// goes its next way when he does not come for it in two days. Such a notice did not arrive: `id` is the platform's, or
// "0" where it does not tell, and then it is the one notice that he has not come for, if it is one alone.
// True: its rows go their next way now. False: no row waits for it; should one be written down as sent by it a moment
// later, settle_letter() knows.
bool reopen_ring(Transaction& tx, const Conversation& conversation, const std::string& id, const std::string& how,
                 TimePoint now, TimePoint system_now);

// What his message lets us say, where that is less than the whole window; `before`: his talk as it stood before it.
void keep_opening(Transaction& tx, const Capabilities& can, const InboundMessage& message,
                  const std::optional<Conversation>& before, ConversationId id, TimePoint now);

// He wrote: what was held goes now.
void free_held(Transaction& tx, ConversationId conversation, TimePoint now, TimePoint system_now);

// All of it in one message of at most `bytes`: choices as numbered lines, the rest cut.
Said in_one_message(const Said& said, std::size_t bytes);

}  // namespace huiyin
