#include "bot/front_desk.h"

#include <algorithm>
#include <mutex>
#include <new>
#include <set>
#include <unordered_map>

#include "bot/desk_work.h"
#include "bot/languages.h"
#include "bot/shared_matters.h"
#include "workflow/base/log.h"
#include "workflow/store/driver.h"

namespace huiyin {
namespace {

constexpr std::size_t held_most = 50;                   // so many are answered at once, and the next begin anew
constexpr std::size_t pieces_most = 8;                  // so many of them may tell a danger with the next
constexpr std::chrono::seconds between_slow_downs{60};  // nobody is asked to wait more often

}  // namespace

// The talks of those who spoke last, so that the next turn need not read the body again. What counts is the body: a
// talk that was read from another one is not taken. Threads: any.
class FrontDesk::TalkCache {
public:
    std::optional<Talk> find(const Conversation& conversation) const {
        const std::lock_guard lock(mutex_);
        const auto found = kept_.find(conversation.id);
        if (found == kept_.end() || found->second.first != conversation.body) return std::nullopt;
        return found->second.second;
    }
    void keep(const Conversation& conversation, Talk talk) {
        const std::lock_guard lock(mutex_);
        if (kept_.size() >= most) kept_.clear();
        kept_[conversation.id] = {conversation.body, std::move(talk)};
    }

private:
    static constexpr std::size_t most = 2000;  // about 4 MB
    mutable std::mutex mutex_;
    std::unordered_map<ConversationId, std::pair<std::string, Talk>> kept_;
};

// What could not be dealt with: the unit was undone, and when it comes again it is answered honestly instead. Of this
// process only: after a restart it is tried once more. Threads: any.
class FrontDesk::Stumbles {
public:
    void note(const std::string& what, const char* problem) {
        log::error("talk.stumbled", {{"problem", problem}});
        const std::lock_guard lock(mutex_);
        if (known_.size() >= most) known_.clear();
        known_.insert(what);
    }
    bool knows(const std::string& what) const {
        const std::lock_guard lock(mutex_);
        return known_.contains(what);
    }

private:
    static constexpr std::size_t most = 2000;
    mutable std::mutex mutex_;
    std::set<std::string> known_;
};

FrontDesk::FrontDesk(FrontDeskParts parts)
    : parts_(parts), talks_(std::make_shared<TalkCache>()), stumbles_(std::make_shared<Stumbles>()) {
    packs_ = std::make_shared<const PackTalks>(*parts_.policies, *parts_.phrases);
    shared_ = std::make_shared<SharedMatters>();
}

Talk FrontDesk::talk_of(const Conversation& conversation) const {
    if (conversation.body.empty()) return {};
    auto talk = talks_->find(conversation);
    return talk ? std::move(*talk) : talk_from_text(conversation.body);
}

Talk FrontDesk::kept_talk(const Conversation& conversation) const {
    try {
        return talk_of(conversation);
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception&) {
        return {};
    }
}

void FrontDesk::keep(Conversation& conversation, const Talk& talk) const {
    conversation.body = to_text(talk);
    auto kept = talk;
    if (kept.question.kind.empty()) kept.question = {};  // as it would be read back
    talks_->keep(conversation, std::move(kept));
}

// What was told before anybody knew where he belongs was told of where its address is.
static void keep_places(Talk& talk, const Directory& directory) {
    for (auto& draft : talk.drafts) {
        if (draft.building.empty() || !draft.community.empty()) continue;
        const auto place = directory.find_place(draft.building, draft.unit, draft.room, {});
        if (const auto* community = directory.unit(place.community)) draft.community = community->name;
    }
}

static UnitId stood_at(const Talk& talk, TimePoint now) {
    return to_ms(now) - talk.here.ms < just_now_ms ? talk.here.community : UnitId{};
}

// Pieces that came one after the other are one message, each a clause of its own; a word that was cut in two ("冒",
// "烟了") is read where it tells of a danger.
void FrontDesk::read_together(Heard& heard, const std::vector<std::string>& pieces, TimePoint now) const {
    const auto zone = parts_.policies->standard()->calendar.zone();
    heard.text = joined(pieces, ",");
    heard.understood = parts_.understanding->understand(heard.text, now, zone);
    if (heard.understood.emergency) return;
    auto unparted = joined(pieces, "");
    auto understood = parts_.understanding->understand(unparted, now, zone);
    if (understood.emergency) heard.text = std::move(unparted), heard.understood = std::move(understood);
}

std::string FrontDesk::category_of(const std::string& words, const std::string& kind,
                                   const std::shared_ptr<const Policy>& policy, TimePoint now) const {
    const auto* within = policy->kind(kind);
    if (!within || within->categories.empty()) return {};
    if (within->categories.size() == 1) return within->categories.front().key;
    const auto understood = parts_.understanding->understand(words, now, policy->calendar.zone());
    const auto pack = packs_->of(policy);
    if (!pack->model_knows) {
        const auto found = pack->categories.find(understood.text, kind);
        return found.kind.empty() || found.kind == kind ? found.category : std::string{};
    }
    for (const auto& score : understood.category_scores)
        if (policy->category(kind, score.name)) return score.name;
    return {};
}

// A repeat of the delivery gets the same again.
static void note_answer(Transaction& tx, const Arrived& arrived, Heardback& answer, std::vector<Message> said) {
    answer.said = std::move(said);
    if (arrived.key.empty()) return;
    Json ids = Json::array();
    for (const auto& message : answer.said) ids.push_back(message.id);
    tx.set_delivery_answer(arrived.channel, answer.conversation, arrived.key, to_text(ids));
}

Result<Heardback> FrontDesk::hear(Transaction& tx, const Arrived& arrived, const Understood& understood, TimePoint now,
                                  TimePoint system_now) {
    auto name = arrived.channel.value + "\n" + arrived.address + "\n" + arrived.key;
    if (arrived.key.empty()) {  // told apart by its place in the talk
        const auto spoken_in = tx.conversation_at(arrived.channel, arrived.address);
        name += arrived.text + arrived.choice + "\n" + std::to_string(spoken_in ? spoken_in->last_message : 0);
    }
    const bool again = stumbles_->knows(name);
    try {
        return hear(tx, arrived, understood, now, system_now, again);
    } catch (const StoreFailed&) {
        throw;  // the disk's trouble, not the talk's: nothing is saved, and the channel tries again
    } catch (const StaleTicket&) {
        throw;
    } catch (const std::bad_alloc&) {
        throw;  // no stumble: with memory the same words are understood
    } catch (const std::exception& problem) {
        // What was written of it is undone with the unit; the writer runs it again, or the channel delivers it again.
        if (!again) stumbles_->note(name, problem.what());
        throw;
    }
}

Result<Heardback> FrontDesk::hear(Transaction& tx, const Arrived& arrived, const Understood& understood, TimePoint now,
                                  TimePoint system_now, bool stumbled) {
    Heardback answer;
    auto found = tx.conversation_at(arrived.channel, arrived.address);
    std::optional<SpeakerDesk::Tapped> tapped;
    if (!arrived.choice.empty()) {
        if (found) tapped = parts_.speaker->tapped(tx, found->id, arrived.choice);
        if (!tapped)
            return Problem{"chat.bad_choice",
                           "this choice is none of this conversation's: send one that came with its messages",
                           {}};
    }
    answer.conversation = found ? found->id : parts_.ids->make<ConversationId>(to_ms(system_now));
    if (!arrived.key.empty()) {
        Delivery delivery{.channel = arrived.channel,
                          .key = arrived.key,
                          .conversation = answer.conversation,
                          .answer = {},
                          .at = system_now,
                          .first = !found};
        if (!tx.claim_delivery(delivery)) {
            answer.repeated = true;
            const auto first = tx.delivery(arrived.channel, answer.conversation, arrived.key);
            if (!first) return answer;
            const auto said = parse_json(first->answer.empty() ? "[]" : first->answer);
            if (said && !said->empty())
                for (auto& message : tx.messages(answer.conversation, said->front().get<std::int64_t>() - 1, 50))
                    if (std::find(said->begin(), said->end(), Json(message.id)) != said->end())
                        answer.said.push_back(std::move(message));
            return answer;
        }
    }

    Person person;
    Conversation conversation;
    if (found) conversation = std::move(*found);
    if (found) {
        if (auto known = tx.person(conversation.person)) person = std::move(*known);
    } else {
        const auto ms = to_ms(system_now);
        person.id = parts_.ids->make<PersonId>(ms);
        person.created_at = now;
        tx.add(person);
        conversation.id = answer.conversation;
        conversation.channel = arrived.channel;
        conversation.address = arrived.address;
        conversation.person = person.id;
        conversation.created_at = conversation.state_since = now;
    }
    const auto directory = parts_.directory->get();
    // The first code says where he belongs; whoever scans another place's later stands there for a while.
    const bool by_code = arrived.kind == HeardKind::entered && arrived.unit;
    const bool knew_home = static_cast<bool>(conversation.unit);
    if (!conversation.unit) {
        conversation.unit = arrived.unit;
        if (!conversation.unit) {  // one community only: nobody is asked which
            std::vector<UnitId> communities;
            for (const auto& unit : directory->units())
                if (unit.kind == "community") communities.push_back(unit.id);
            if (communities.size() == 1) conversation.unit = communities.front();
        }
    }
    conversation.last_inbound_at = now;
    conversation.pushes_since_inbound = 0;
    conversation.updated_at = now;

    Said words;
    words.text = tapped ? tapped->title : arrived.text;
    words.key = arrived.client_key;
    if (!arrived.attachments.empty()) words.image = arrived.attachments.front().id;
    if (!found) tx.save(conversation);
    for (auto attachment : arrived.attachments) {
        attachment.conversation = conversation.id;
        attachment.created_at = now;
        tx.save(attachment);
    }
    if (arrived.kind != HeardKind::entered && arrived.kind != HeardKind::left)
        parts_.speaker->heard(tx, conversation, words, now);

    Heard heard;
    heard.kind = tapped ? HeardKind::choice : arrived.kind;
    heard.text = words.text;
    heard.setting = arrived.language;
    heard.understood = understood;
    if (tapped) {
        heard.prompt = tapped->prompt;
        heard.action = tapped->action;
    } else {
        heard.action = Json::object();
    }
    for (const auto& attachment : arrived.attachments) heard.attachments.push_back(attachment.id);
    if (!arrived.attachments.empty()) heard.media_kind = arrived.attachments.front().kind;
    heard.location_label = arrived.location_label;
    heard.media_problem = arrived.media_problem;
    heard.by_code = by_code;
    if (by_code) heard.community = community_of(*directory, arrived.unit);
    heard.building = arrived.building;
    heard.entrance = arrived.entrance;

    auto talk = stumbled ? kept_talk(conversation) : talk_of(conversation);
    Work work{.desk = *this,
              .parts = parts_,
              .tx = tx,
              .conversation = conversation,
              .person = std::move(person),
              .now = now,
              .how = How::passive};
    if (by_code && !knew_home) keep_places(talk, *directory);
    work.stands_at = by_code ? arrived.unit : stood_at(talk, now);
    const auto since_last = to_ms(system_now) - talk.last_heard_system_ms;
    const bool first_words = talk.last_heard_system_ms == 0;
    talk.last_heard_system_ms = to_ms(system_now);
    bool fragment = heard.kind == HeardKind::text && !understood.has_substance && !understood.emergency &&
                    !first_words && since_last < parts_.burst.count() && conversation.state == "bot" &&
                    talk.question.kind != "words" && !only_wishes_language(understood.text) &&
                    !own_data_wish(heard.text, talk.draft() || !talk.question.kind.empty());
    bool too_fast =
        arrived.too_fast > 0 && heard.kind == HeardKind::text && !understood.emergency && conversation.state == "bot";
    // A danger is never kept waiting, nor is a button; nor one that was told in pieces, as soon as they tell it.
    bool told_in_pieces = false;
    if ((fragment || too_fast) && !talk.held.empty() && parts_.understanding) {
        const auto from = talk.held.end() - static_cast<std::ptrdiff_t>(std::min(talk.held.size(), pieces_most));
        std::vector<std::string> pieces(from, talk.held.end());
        pieces.push_back(heard.text);
        Heard together;
        read_together(together, pieces, now);
        if (together.understood.emergency) {
            fragment = too_fast = false;
            told_in_pieces = true;
            heard.text = std::move(together.text);
            heard.understood = std::move(together.understood);
            talk.held.erase(from, talk.held.end());  // what was said before them waits on
            if (talk.held.empty()) {
                talk.forget_held();
                tx.drop_reminder({}, conversation.id, "burst", "held");
            }
        }
    }
    // A bundle that is full is answered as it stands, with this message: nothing that was said goes unheard.
    const bool full = talk.held.size() + 1 >= held_most;
    if ((fragment || too_fast) && !full && !stumbled) {
        talk.held.push_back(heard.text);
        if (!arrived.group.empty()) {
            talk.held_in = {arrived.group, !arrived.begins_alone};
        }
        if (too_fast && system_now - from_ms(talk.slowed_system_ms) >= between_slow_downs) {
            talk.slowed_system_ms = to_ms(system_now);
            work.say({.text = work.text("talk.too_fast", {{"seconds", std::to_string(arrived.too_fast)}}),
                      .choices = {},
                      .kind = "talk",
                      .ticket = {},
                      .more = {}});
        }
        keep(conversation, talk);
        parts_.speaker->save(tx, conversation);
        tx.set_reminder({.id = parts_.ids->make<ReminderId>(to_ms(system_now)),
                         .due_at = system_now + (too_fast ? Milliseconds{arrived.too_fast * 1000} : parts_.burst),
                         .system = true,
                         .ticket = {},
                         .conversation = conversation.id,
                         .kind = "burst",
                         .name = "held"});
        answer.held = true;
        note_answer(tx, arrived, answer, std::move(work.said));
        return answer;
    }
    const bool flooded = system_now - from_ms(talk.slowed_system_ms) < between_slow_downs;
    if (!talk.held.empty() && heard.kind == HeardKind::text && parts_.understanding && !told_in_pieces &&
        !(flooded && understood.emergency)) {
        // The fragments and what came after them are one message; a danger in a flood stands for itself.
        talk.held.push_back(heard.text);
        read_together(heard, talk.held, now);
        talk.forget_held();
        tx.drop_reminder({}, conversation.id, "burst", "held");
    }
    if (!arrived.media_problem.empty())
        work.say({.text = work.text(arrived.media_problem), .choices = {}, .kind = "talk", .ticket = {}, .more = {}});
    if (stumbled) {
        work.stumble(std::move(talk), heard);
        work.say_in_public(arrived, system_now);
        note_answer(tx, arrived, answer, std::move(work.said));
        return answer;
    }
    if (tapped && tapped->prompt.state == "open") parts_.speaker->answered(tx, tapped->prompt, now);
    if (!arrived.media_problem.empty() && heard.text.empty())
        parts_.speaker->save(tx, conversation);
    else if (!work.take_turn(std::move(talk), heard) && tapped && tapped->prompt.state == "open")
        tx.save(tapped->prompt);  // what was tapped has not been done: it may be tapped again
    work.say_in_public(arrived, system_now);

    note_answer(tx, arrived, answer, std::move(work.said));
    return answer;
}

void FrontDesk::answer_held(Transaction& tx, const Reminder& reminder, TimePoint system_now) {
    auto conversation = tx.conversation(reminder.conversation);
    if (!conversation) return;
    const auto name = "held\n" + to_text(conversation->id) + "\n" + std::to_string(conversation->last_message);
    const bool again = stumbles_->knows(name);
    try {
        answer_held(tx, *conversation, system_now, again);
    } catch (const StoreFailed&) {
        throw;
    } catch (const StaleTicket&) {
        throw;
    } catch (const std::bad_alloc&) {
        throw;  // no stumble: with memory the same words are understood
    } catch (const std::exception& problem) {
        if (!again) stumbles_->note(name, problem.what());
        throw;
    }
}

void FrontDesk::answer_held(Transaction& tx, Conversation& spoken_in, TimePoint system_now, bool stumbled) {
    auto* conversation = &spoken_in;
    auto talk = stumbled ? kept_talk(*conversation) : talk_of(*conversation);
    if (talk.held.empty()) return;
    Heard heard;
    heard.kind = HeardKind::text;
    heard.action = Json::object();
    const auto now = conversation->updated_at;  // the service clock's moment of the fragment
    read_together(heard, talk.held, now);
    // A person has the talk, or is called, and reads it himself; a danger is heard all the same.
    if (conversation->state != "bot" && !heard.understood.emergency) {
        log::info("talk.left_to_person", {{"conversation", conversation->id.value},
                                          {"messages", static_cast<std::int64_t>(talk.held.size())}});
        talk.forget_held();
        keep(*conversation, talk);
        return parts_.speaker->save(tx, *conversation);
    }
    Arrived where;  // he said the last of it
    where.channel = conversation->channel;
    where.group = talk.held_in.group;
    where.begins_alone = !talk.held_in.outside;
    where.key = "held:" + std::to_string(conversation->last_message);
    talk.forget_held();
    talk.last_heard_system_ms = to_ms(system_now);
    auto person = tx.person(conversation->person);
    Work work{.desk = *this,
              .parts = parts_,
              .tx = tx,
              .conversation = *conversation,
              .person = person ? *person : Person{},
              .now = now,
              .how = How::push};
    work.stands_at = stood_at(talk, now);
    if (stumbled)
        work.stumble(std::move(talk), heard);
    else
        work.take_turn(std::move(talk), heard);
    work.say_in_public(where, system_now);
}

void FrontDesk::add_duties(Duties& duties) {
    duties.on("burst",
              [this](Transaction& tx, const Reminder& reminder, TimePoint at) { answer_held(tx, reminder, at); });
}
}  // namespace huiyin
