// What one unit of work of the front desk holds in its hands: the turn is taken, and its acts are carried out in the
// store and the engine. Used by the front desk only; lives as long as the caller's transaction.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bot/communities.h"
#include "bot/front_desk.h"
#include "bot/pack_talk.h"
#include "workflow/base/log.h"
#include "workflow/engine/language.h"

namespace huiyin {

struct FrontDesk::Work {
    const FrontDesk& desk;
    const FrontDeskParts& parts;
    Transaction& tx;
    Conversation& conversation;
    Person person;
    TimePoint now;
    How how;
    std::vector<Message> said = {};
    bool refused = false;  // a command of this turn
    std::optional<std::vector<OwnTicket>> own = {};
    std::vector<Draft> told_and_joined = {};  // of the talk in hand: what he joined to tickets of others
    std::shared_ptr<const Directory> directory = parts.directory->get();
    mutable std::shared_ptr<const PackTalk> pack_in_force = {};  // looked up when first asked for
    mutable UnitId pack_of_unit = {};
    UnitId stands_at = {};  // he scanned its code just now, and somebody there is nearer than at home
    bool paged = true;      // false: it stumbled over a danger, and nobody could be told of it
    Warned warned = {};     // what the turn warned him of: heard before everybody, too, where he said it in a group

    Held held() { return {&conversation, how}; }
    UnitId here() const;  // where he stands, else where he belongs
    // The pack of the conversation's unit, made ready for the talk.
    const PackTalk& pack() const;
    std::string text(std::string_view key, const PhraseValues& values = {}) const;

    void say(const Reply& reply, const std::string& key = {});
    const std::vector<OwnTicket>& tickets();
    World world();
    Details details_of(const Draft& draft, Place& place) const;
    static std::pair<std::string, std::string> fitting(const Policy& policy, const std::string& kind,
                                                       const std::string& category);

    bool take_turn(Talk talk, const Heard& heard);  // false: it stumbled, and nothing of it was done
    // Something went wrong with this message: said so, the words are kept, and a person is called.
    void stumble(Talk talk, const Heard& heard);
    void run(Talk& talk, const Act& what);
    void file(Talk& talk, const FileDraft& wish);
    void amend(const AmendTicket& wish);
    void correct(const CorrectTicket& wish);
    void join(Talk& talk, const JoinTicket& wish);
    // desk_sharing.cpp: what others told already.
    std::optional<SameMatter> same_matter(const Draft& draft, const Place& place);
    std::optional<GoesAlong> goes_along();
    std::string label_of(const Details& details) const;  // how he tells it from others
    void note_shared(const Ticket& ticket, const Details& details);
    UnitId centre_of(UnitId community) const;
    void command(const GiveCommand& wish);
    void call_person(const CallPerson& wish);
    void own_data(const OwnData& asked);
    // Until when the desk answers, in this language: its closing today, else from its next opening on.
    struct AnswersBy {
        std::string when;
        bool today = false;
    };
    AnswersBy answers_by(const std::string& language) const;
    // desk_public.cpp: he said it in a group; heard there, with nothing of his in it. Whatever goes wrong with that
    // line, the turn stands. After the turn: it says what that did.
    void say_in_public(const Arrived& arrived, TimePoint system_now);
    std::string words_in_public(const Arrived& arrived);

    // What the engine said in this conversation meanwhile belongs to the answer.
    template <class F>
    auto with_engine(F&& call) {
        const auto before = conversation.last_message;
        auto result = call();
        if (conversation.last_message > before)
            for (auto& message : tx.messages(conversation.id, before, 50))
                if (message.from != Speaker::resident) said.push_back(std::move(message));
        return result;
    }

    template <class T>
    void tell_refusal(const Result<T>& result) {
        if (result) return;
        log::info("talk.refused", {{"code", result.problem().code},
                                   {"clause", result.problem().clause},
                                   {"conversation", conversation.id.value}});
        // The rules say why in the house's language only.
        say({.text = language_of(conversation) == "en" ? text("talk.stumbled") : result.problem().text,
             .choices = {},
             .kind = "talk",
             .ticket = {},
             .more = {}});
    }
};

// Where a ticket without a clear address belongs: the conversation's unit, else the only community, else the first one.
UnitId unit_for(const Directory& directory, UnitId known, UnitId place);
std::string joined(const std::vector<std::string>& words, const char* between);

}  // namespace huiyin
