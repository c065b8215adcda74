// One message, one unit of work: was it handled before, who speaks, what does it mean here, what is said and done.
//
// Understanding is done before, outside of the unit; nothing here waits for a network. Whatever is said is saved in the
// same unit; what a repeated delivery is answered is what the first was answered. Whatever goes wrong while talking
// ends in an honest answer and a call for a person; a unit that had begun to act is undone for that, and run again.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bot/answers.h"
#include "bot/pack_talk.h"
#include "bot/turn.h"
#include "bot/understanding/understand.h"
#include "workflow/engine/engine.h"
#include "workflow/engine/timer.h"
#include "workflow/store/store.h"

namespace huiyin {

class Rights;         // workflow/privacy/rights.h
class SharedMatters;  // shared_matters.h

struct FrontDeskParts {  // all pointers must outlive the desk
    Engine* engine = nullptr;
    const SpeakerDesk* speaker = nullptr;
    const Policies* policies = nullptr;
    const DirectoryHolder* directory = nullptr;
    const Phrases* phrases = nullptr;
    const Answers* answers = nullptr;
    const Understanding* understanding = nullptr;  // of the joined words of a burst, and of what staff file
    IdMaker* ids = nullptr;
    const Clock* system = nullptr;
    const Rights* rights = nullptr;  // what he may ask about his own data; null: staff are asked
    Milliseconds burst{2000};        // a fragment waits this long for what comes next; 0: no waiting
};

// A message of a resident, as a channel or the page brought it.
struct Arrived {
    ChannelId channel;
    std::string address;     // who, on that channel
    std::string key;         // of the delivery; empty: cannot be repeated
    std::string client_key;  // the client's own name for it, shown beside the message
    HeardKind kind = HeardKind::text;
    std::string text;
    std::string choice;                   // payload of a tapped button
    std::vector<Attachment> attachments;  // bytes are kept already
    std::string media_problem;            // a phrase key: why a medium could not be taken
    std::string location_label;
    LanguageSetting language;
    UnitId unit;                     // a printed code names it
    std::string building, entrance;  // … and, in it, where it hangs; may be empty
    std::string group;               // he said it in this one, where others read along; empty: to us alone
    bool begins_alone = true;        // of a group: we can write to him alone though he never wrote to us
    int too_fast = 0;  // seconds: more than his share of messages; words are kept, and answered together after these
};

struct Heardback {
    ConversationId conversation;
    std::vector<Message> said;  // to the one who spoke, in order; empty for a held fragment or a silent bot
    bool repeated = false;      // the delivery was handled before; `said` is what was answered then
    bool held = false;
};

class FrontDesk {
public:
    explicit FrontDesk(FrontDeskParts parts);
    // Errors: chat.bad_choice - the payload is none of this conversation's; nothing is done (the caller undoes the
    // unit).
    Result<Heardback> hear(Transaction& tx, const Arrived& arrived, const Understood& understood, TimePoint now,
                           TimePoint system_now);
    // A staff member speaks in a conversation, takes it over, or gives it back.
    // Errors: conversation.not_found, conversation.taken (409), conversation.not_allowed - words that the pack forbids.
    Result<Conversation> take_over(Transaction& tx, ConversationId id, const Staff& by, TimePoint now);
    Result<Message> say(Transaction& tx, ConversationId id, const Staff& by, const std::string& words, TimePoint now);
    Result<Conversation> give_back(Transaction& tx, ConversationId id, const Staff& by, TimePoint now);
    // The category of that kind which somebody's words tell of, for a matter that staff or a program files without one;
    // as a talk would take it before it asks. Empty: not clear from them.
    std::string category_of(const std::string& words, const std::string& kind,
                            const std::shared_ptr<const Policy>& policy, TimePoint now) const;
    // Reminder kinds of the talk: burst (what was held is answered).
    void add_duties(Duties& duties);

private:
    struct Work;
    class TalkCache;
    class Stumbles;
    Result<Heardback> hear(Transaction& tx, const Arrived& arrived, const Understood& understood, TimePoint now,
                           TimePoint system_now, bool stumbled);
    void read_together(Heard& heard, const std::vector<std::string>& pieces, TimePoint now) const;
    Talk talk_of(const Conversation& conversation) const;
    Talk kept_talk(const Conversation& conversation) const;         // a new one where what is kept cannot be read
    void keep(Conversation& conversation, const Talk& talk) const;  // as the conversation's body
    std::shared_ptr<const Policy> policy_for(const Conversation& conversation) const;
    std::string words_for(const Conversation& conversation, std::string_view key, const PhraseValues& values) const;
    void answer_held(Transaction& tx, const Reminder& reminder, TimePoint system_now);
    void answer_held(Transaction& tx, Conversation& conversation, TimePoint system_now, bool stumbled);
    FrontDeskParts parts_;
    std::shared_ptr<TalkCache> talks_;
    std::shared_ptr<Stumbles> stumbles_;
    std::shared_ptr<const PackTalks> packs_;
    std::shared_ptr<SharedMatters> shared_;
};

}  // namespace huiyin
