#include "bot/front_desk.h"

#include <algorithm>
#include <mutex>
#include <tuple>
#include <unordered_map>

#include "bot/wording.h"
#include "workflow/base/digest.h"
#include "workflow/base/log.h"

namespace huiyin {
namespace {

constexpr int tickets_remembered = 8;
constexpr std::size_t held_most = 50;                   // later ones stand in the conversation, as all do
constexpr std::chrono::seconds between_slow_downs{60};  // nobody is asked to wait more often

UnitId community_of(const Directory& directory, UnitId unit) {
    if (!unit) return {};
    const auto communities = directory.communities_of(unit);
    return communities.size() == 1 ? communities.front() : UnitId{};
}

// Where a ticket without a clear address belongs: the conversation's unit, else the only community, else the first one.
UnitId unit_for(const Directory& directory, UnitId known, UnitId place) {
    if (place) return place;
    if (known) return known;
    for (const auto& unit : directory.units())
        if (unit.kind == "community") return unit.id;
    return directory.organisation().id;
}

std::string joined(const std::vector<std::string>& words, const char* between) {
    std::string out;
    for (const auto& one : words) out += (out.empty() ? "" : between) + one;
    return out;
}

}  // namespace

// What one unit of work holds in its hands.
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
    std::shared_ptr<const Directory> directory = parts.directory->get();

    Held held() { return {&conversation, how}; }

    void say(const Reply& reply, const std::string& key = {}) {
        Said words;
        words.text = reply.text;
        words.ticket = reply.ticket;
        Saying saying;
        saying.kind = reply.kind;
        saying.priority = reply.kind == "emergency" ? Priority::emergency : Priority::progress;
        saying.ticket = reply.ticket;
        saying.how = how;
        saying.key = key;
        if (auto message = parts.speaker->say(tx, conversation, words, reply.choices, saying, now))
            said.push_back(std::move(*message));
    }

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
        say({.text = result.problem().text, .choices = {}, .kind = "talk", .ticket = {}});
    }

    const std::vector<OwnTicket>& tickets() {
        if (own) return *own;
        own.emplace();
        for (auto& ticket : tx.tickets_of(person.id, tickets_remembered)) {
            const auto details = tx.details(ticket.details);
            OwnTicket one;
            one.label = shortened(details.label.empty() ? details.summary : details.label + " " + details.summary, 20);
            one.ticket = std::move(ticket);
            own->push_back(std::move(one));
        }
        return *own;
    }

    World world() {
        World world;
        world.directory = directory;
        world.policy =
            conversation.unit ? parts.policies->for_unit(conversation.unit, *directory) : parts.policies->standard();
        world.phrases = parts.phrases;
        world.answers = parts.answers;
        world.conversation = conversation;
        world.person = person;
        for (auto& prompt : tx.open_prompts(conversation.id))
            if (prompt.ticket && (prompt.kind == "consent" || prompt.kind == "fixed" || prompt.kind == "rating"))
                world.prompts.push_back(std::move(prompt));
        world.tickets = [this]() -> const std::vector<OwnTicket>& { return tickets(); };
        world.progress = [this](const Ticket& ticket) { return parts.engine->progress(tx, ticket, now); };
        const auto* unit = directory->unit(conversation.unit);
        if (!unit) unit = directory->unit(unit_for(*directory, {}, {}));
        for (; unit; unit = directory->unit(unit->parent)) {
            if (world.duty_phone.empty()) world.duty_phone = unit->duty_phone;
            if (world.gas_phone.empty()) world.gas_phone = unit->gas_phone;
            if (world.lift_phone.empty()) world.lift_phone = unit->lift_phone;
        }
        world.zone = world.policy->calendar.zone();
        return world;
    }

    Details details_of(const Draft& draft, Place& place) const {
        UnitId community = community_of(*directory, conversation.unit);
        if (!draft.community.empty())
            for (const auto& unit : directory->units())
                if (unit.kind == "community" && unit.name.find(draft.community) != std::string::npos)
                    community = unit.id;
        if (!draft.building.empty()) place = directory->find_place(draft.building, draft.unit, draft.room, community);
        if (!place.community) place.community = community;
        Details details;
        details.summary = shortened(with_chinese_marks(draft.matter), 40);
        details.description = without_numbers(joined(draft.words, "\n"));
        details.building = draft.building;
        details.unit = draft.unit;
        details.room = draft.room;
        details.label = place.label;
        if (details.label.empty()) {
            if (!draft.building.empty()) details.label = draft.building + "栋";
            if (!draft.unit.empty()) details.label += draft.unit + "单元";
            details.label += draft.room;
        }
        if (!draft.location.empty() && details.label.find(draft.location) == std::string::npos &&
            (details.label.empty() || draft.flags.contains("safety") ||
             details.summary.find(draft.location) == std::string::npos))
            details.label += (details.label.empty() ? "" : " ") + draft.location;
        details.location = draft.location;
        details.occurred_text = draft.occurred_text.empty() ? draft.recurrence : draft.occurred_text;
        if (!draft.duration.empty())
            details.occurred_text += (details.occurred_text.empty() ? "" : ",") + draft.duration;
        details.people = draft.people;
        details.wish = draft.wish;
        details.contact_name = draft.contact.empty() ? person.name : draft.contact;
        details.contact_phone = draft.phone;
        return details;
    }

    // A category the policy knows under a kind it knows: what was said last may have come from another kind.
    std::pair<std::string, std::string> fitting(const std::string& kind, const std::string& category) const {
        const auto policy =
            conversation.unit ? parts.policies->for_unit(conversation.unit, *directory) : parts.policies->standard();
        if (policy->category(kind, category)) return {kind, category};
        for (const auto& other : policy->kinds)
            if (policy->category(other.key, category)) return {other.key, category};
        const auto* known = policy->kind(kind);
        if (!known) known = policy->kind("demand");
        if (!known) known = &policy->kinds.front();
        const bool has_other = policy->category(known->key, "other") != nullptr;
        return {known->key, has_other || known->categories.empty() ? "other" : known->categories.back().key};
    }

    void file(Talk& talk, const FileDraft& wish) {
        const auto& draft = wish.draft;
        Place place;
        OpenTicket open;
        std::tie(open.kind, open.category) = fitting(draft.kind, draft.category);
        open.details = details_of(draft, place);
        open.amount_fen = draft.amount_fen;
        if (draft.occurred_at_ms) open.occurred_at = from_ms(*draft.occurred_at_ms);
        open.flags = draft.flags;
        open.customer = person.id;
        open.conversation = conversation.id;
        open.anonymous = draft.anonymous;
        open.household = place.household;
        open.unit = unit_for(*directory, conversation.unit, place.community);
        if (place.community && !conversation.unit) conversation.unit = place.community;
        for (const auto& id : draft.attachments) open.attachments.push_back(AttachmentId{id});
        open.by = resident(person.id);
        open.emergency = wish.emergency;
        const auto opened = with_engine([&] { return parts.engine->open(tx, open, now, held()); });
        if (!opened) {
            // Never lost: the draft is in hand again, and a person hears of it.
            tell_refusal(opened);
            talk.drafts.push_back(draft);
            talk.focus = draft.id;
            return call_person({"wished"});
        }
        talk.last_ticket = opened->id;
        own.reset();
        for (auto& one : talk.drafts)
            if (one.id == draft.id) one.ticket = opened->id;
    }

    void amend(const AmendTicket& wish) {
        Place place;
        Amendment amendment;
        amendment.details = details_of(wish.draft, place);
        amendment.add_flags = wish.draft.flags;
        if (place.household) amendment.household = place.household;
        if (place.community) {
            amendment.unit = place.community;
            if (!conversation.unit) conversation.unit = place.community;
        }
        tell_refusal(with_engine(
            [&] { return parts.engine->amend(tx, wish.ticket, amendment, resident(person.id), now, held()); }));
        own.reset();
    }

    void correct(const CorrectTicket& wish) {
        const auto ticket = tx.ticket(wish.ticket);
        if (!ticket) return;
        auto details = tx.details(ticket->details);
        Amendment amendment;
        if (!wish.building.empty() && wish.building != details.building) {
            // Another building: unit and room are only kept where they exist there too.
            const auto there = directory->find_place(wish.building, details.unit, details.room,
                                                     community_of(*directory, ticket->unit));
            if (there.match != PlaceMatch::household) details.unit.clear(), details.room.clear();
            details.building = wish.building;
        }
        if (!wish.unit.empty()) details.unit = wish.unit;
        if (!wish.room.empty()) details.room = wish.room;
        if (!wish.location.empty()) details.location = wish.location;
        if (!wish.phone.empty()) details.contact_phone = wish.phone;
        const auto place =
            directory->find_place(details.building, details.unit, details.room, community_of(*directory, ticket->unit));
        if (!place.label.empty())
            details.label = place.label;
        else {
            details.label = details.building.empty() ? std::string{} : details.building + "栋";
            if (!details.unit.empty()) details.label += details.unit + "单元";
            details.label += details.room;
        }
        if (!details.location.empty() && details.summary.find(details.location) == std::string::npos)
            details.label += (details.label.empty() ? "" : " ") + details.location;
        amendment.household = place.household;
        (place.match == PlaceMatch::household ? amendment.drop_flags : amendment.add_flags)
            .insert("unverified_address");
        amendment.details = details;
        const auto changed = with_engine(
            [&] { return parts.engine->amend(tx, wish.ticket, amendment, resident(person.id), now, held()); });
        tell_refusal(changed);
        own.reset();
        if (changed)
            say({.text = parts.phrases->render("talk.corrected", {{"number", ticket->number},
                                                                  {"place", details.label},
                                                                  {"phone", masked_phone(details.contact_phone)}}),
                 .choices = {},
                 .kind = "talk",
                 .ticket = wish.ticket});
    }

    void call_person(const CallPerson& wish) {
        if (wish.because == "give_back") {
            conversation.state = "bot";
            conversation.state_since = now;
            return;
        }
        // A threat is told to security; what it is about is taken down meanwhile.
        if (conversation.state == "bot" && wish.because != "threat") {
            conversation.state = "waiting";
            conversation.state_since = now;
        }
        const auto policy =
            conversation.unit ? parts.policies->for_unit(conversation.unit, *directory) : parts.policies->standard();
        const auto& calendar = policy->calendar;
        const bool at_work = calendar.is_working_time(now);
        const auto unit_id = directory->service_centre_of(unit_for(*directory, conversation.unit, {}));
        const auto* unit = directory->unit(unit_id);
        const auto phone = unit ? unit->duty_phone : std::string{};
        if (wish.because == "wished") {
            std::string when;
            if (!at_work) {
                const auto local = calendar.zone().to_local(calendar.next_start_of_work(now));
                const std::chrono::year_month_day day{local.day};
                constexpr const char* weekdays[] = {"日", "一", "二", "三", "四", "五", "六"};
                when = std::to_string(static_cast<unsigned>(day.month())) + "月" +
                       std::to_string(static_cast<unsigned>(day.day())) + "日(周" +
                       weekdays[std::chrono::weekday{local.day}.c_encoding()] + ")" + to_clock(local.since_midnight);
            }
            say({.text = parts.phrases->render(at_work ? "talk.handover" : "talk.handover_later",
                                               {{"when", when}, {"phone", phone}}),
                 .choices = {},
                 .kind = "talk",
                 .ticket = {}});
        }
        // The front desk of the unit hears of it, once a wait: by every channel that reaches them.
        const std::string role = wish.because == "threat" ? "order" : "front_desk";
        for (const auto& channel : parts.staff_channels) {
            const auto* traits = parts.speaker->traits(channel);
            if (!traits) continue;
            OutboxItem item;
            item.channel = channel;
            item.kind = "handover";
            item.priority = wish.because == "wished" ? Priority::consent : Priority::emergency;
            item.said.text =
                parts.phrases->render("staff.handover." + wish.because, {{"unit", unit ? unit->name : std::string{}}});
            item.created_at = item.next_attempt_at = now;
            item.next_attempt_system = parts.system->now();
            const std::string wait =
                to_text(conversation.id) + ":" + std::to_string(to_ms(conversation.state_since)) + ":" + wish.because;
            if (traits->robot) {
                item.id = parts.ids->make<OutboxId>(to_ms(parts.system->now()));
                item.key = "handover:" + wait + ":" + channel.value;
                tx.add(item);
                continue;
            }
            for (const auto* person_on_duty : directory->holders(role, unit_id)) {
                if (!traits->login_is_address && !person_on_duty->addresses.contains(channel.value)) continue;
                item.id = parts.ids->make<OutboxId>(to_ms(parts.system->now()));
                item.staff = person_on_duty->id;
                item.key = "handover:" + wait + ":" + channel.value + ":" + to_text(person_on_duty->id);
                tx.add(item);
            }
        }
    }

    // What the rules do not let a resident do is said in his words, with where his matter stands.
    void command(const GiveCommand& wish) {
        auto result = with_engine([&] { return parts.engine->execute(tx, wish.ticket, wish.command, now, held()); });
        if (!result && wish.command.name == "escalate") {
            // Whoever wants a superior is heard by one: the urging reaches the manager.
            auto urge = wish.command;
            urge.name = "urge";
            urge.fields = Json::object();
            result = with_engine([&] { return parts.engine->execute(tx, wish.ticket, urge, now, held()); });
            if (result)
                say({.text = parts.phrases->render("talk.manager_told"),
                     .choices = {},
                     .kind = "talk",
                     .ticket = wish.ticket});
        }
        own.reset();
        if (result) return;
        refused = true;
        log::info("talk.refused", {{"code", result.problem().code},
                                   {"clause", result.problem().clause},
                                   {"conversation", conversation.id.value}});
        for (const auto& one : tickets()) {
            if (one.ticket.id != wish.ticket) continue;
            const auto progress = parts.engine->progress(tx, one.ticket, now);
            return say(
                {.text = parts.phrases->render(
                     "talk.too_late", {{"label", one.label}, {"state", progress.state}, {"next", progress.next}}),
                 .choices = {},
                 .kind = "talk",
                 .ticket = wish.ticket});
        }
        say({.text = parts.phrases->render("talk.draft_gone"), .choices = {}, .kind = "talk", .ticket = {}});
    }

    void run(Talk& talk, const Act& what) {
        if (const auto* reply = std::get_if<Reply>(&what)) return say(*reply);
        if (const auto* wish = std::get_if<FileDraft>(&what)) return file(talk, *wish);
        if (const auto* wish = std::get_if<AmendTicket>(&what)) return amend(*wish);
        if (const auto* wish = std::get_if<CorrectTicket>(&what)) return correct(*wish);
        if (const auto* wish = std::get_if<AddEvidence>(&what))
            return tell_refusal(with_engine([&] {
                return parts.engine->add_evidence(tx, wish->ticket, without_numbers(wish->words), wish->attachments,
                                                  resident(person.id), now, held());
            }));
        if (const auto* wish = std::get_if<GiveCommand>(&what)) return command(*wish);
        if (const auto* wish = std::get_if<CallPerson>(&what)) return call_person(*wish);
        if (const auto* wish = std::get_if<SaveContact>(&what)) {
            if (!wish->name.empty()) person.name = wish->name;
            if (!wish->phone.empty() && person.phone != wish->phone)
                person.phone = wish->phone, person.phone_confirmed = false;
            return tx.save(person);
        }
        if (std::get_if<StopSurveys>(&what)) {
            person.surveys_stopped = true;
            tx.save(person);
        }
    }

    void take_turn(Talk talk, const Heard& heard) {
        auto result = turn(std::move(talk), heard, world(), now);
        // What the emergency's FileDraft opens must be known to the acts that amend it in the same turn.
        for (auto& act : result.acts) {
            if (auto* amendment = std::get_if<AmendTicket>(&act); amendment && !amendment->ticket)
                for (const auto& draft : result.talk.drafts)
                    if (draft.id == amendment->draft.id) amendment->ticket = draft.ticket;
            // Nobody is asked for the reason of an answer that was not taken.
            if (const auto* reply = std::get_if<Reply>(&act); reply && refused && reply->kind == "words") continue;
            run(result.talk, act);
        }
        if (refused && result.talk.question.kind == "words") result.talk.question = {};
        desk.keep(conversation, result.talk);
        conversation.updated_at = now;
        parts.speaker->save(tx, conversation);
    }
};

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

FrontDesk::FrontDesk(FrontDeskParts parts) : parts_(std::move(parts)), talks_(std::make_shared<TalkCache>()) {}

Talk FrontDesk::talk_of(const Conversation& conversation) const {
    if (conversation.body.empty()) return {};
    auto talk = talks_->find(conversation);
    return talk ? std::move(*talk) : talk_from_text(conversation.body);
}

void FrontDesk::keep(Conversation& conversation, const Talk& talk) const {
    conversation.body = to_text(talk);
    auto kept = talk;
    if (kept.question.kind.empty()) kept.question = {};  // as it would be read back
    talks_->keep(conversation, std::move(kept));
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
    if (found) conversation = *found;
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

    auto talk = talk_of(conversation);
    Work work{.desk = *this,
              .parts = parts_,
              .tx = tx,
              .conversation = conversation,
              .person = std::move(person),
              .now = now,
              .how = How::passive};
    const auto since_last = to_ms(system_now) - talk.last_heard_system_ms;
    const bool first_words = talk.last_heard_system_ms == 0;
    talk.last_heard_system_ms = to_ms(system_now);
    const bool fragment = heard.kind == HeardKind::text && !understood.has_substance && !understood.emergency &&
                          !first_words && since_last < parts_.burst.count() && conversation.state == "bot" &&
                          talk.question.kind != "words";
    // A danger is never kept waiting, nor is a button.
    const bool too_fast =
        arrived.too_fast > 0 && heard.kind == HeardKind::text && !understood.emergency && conversation.state == "bot";
    if (fragment || too_fast) {
        if (talk.held.size() < held_most) talk.held.push_back(heard.text);
        if (too_fast && system_now - from_ms(talk.slowed_system_ms) >= between_slow_downs) {
            talk.slowed_system_ms = to_ms(system_now);
            work.say({.text = parts_.phrases->render("talk.too_fast"), .choices = {}, .kind = "talk", .ticket = {}});
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
    if (!talk.held.empty() && heard.kind == HeardKind::text && parts_.understanding &&
        !(flooded && understood.emergency)) {
        // The fragments and what came after them are one message; a danger in a flood stands for itself.
        talk.held.push_back(heard.text);
        heard.text = joined(talk.held, ",");
        heard.understood =
            parts_.understanding->understand(heard.text, now, parts_.policies->standard()->calendar.zone());
        talk.held.clear();
        tx.drop_reminder({}, conversation.id, "burst", "held");
    }
    if (!arrived.media_problem.empty())
        work.say({.text = parts_.phrases->render(arrived.media_problem), .choices = {}, .kind = "talk", .ticket = {}});
    if (tapped && tapped->prompt.state == "open") parts_.speaker->answered(tx, tapped->prompt, now);
    if (arrived.media_problem.empty() || !heard.text.empty())
        work.take_turn(std::move(talk), heard);
    else
        parts_.speaker->save(tx, conversation);

    note_answer(tx, arrived, answer, std::move(work.said));
    return answer;
}

void FrontDesk::answer_held(Transaction& tx, const Reminder& reminder, TimePoint system_now) {
    auto conversation = tx.conversation(reminder.conversation);
    if (!conversation) return;
    auto talk = talk_of(*conversation);
    if (talk.held.empty()) return;
    if (conversation->state != "bot") {  // a person has the talk and reads it himself
        talk.held.clear();
        keep(*conversation, talk);
        return parts_.speaker->save(tx, *conversation);
    }
    Heard heard;
    heard.kind = HeardKind::text;
    heard.text = joined(talk.held, ",");
    heard.action = Json::object();
    const auto now = conversation->updated_at;  // the service clock's moment of the fragment
    heard.understood = parts_.understanding->understand(heard.text, now, parts_.policies->standard()->calendar.zone());
    talk.held.clear();
    talk.last_heard_system_ms = to_ms(system_now);
    auto person = tx.person(conversation->person);
    Work work{.desk = *this,
              .parts = parts_,
              .tx = tx,
              .conversation = *conversation,
              .person = person ? *person : Person{},
              .now = now,
              .how = How::push};
    work.take_turn(std::move(talk), heard);
}

void FrontDesk::add_duties(Duties& duties) {
    duties.on("burst",
              [this](Transaction& tx, const Reminder& reminder, TimePoint at) { answer_held(tx, reminder, at); });
}

Result<Conversation> FrontDesk::take_over(Transaction& tx, ConversationId id, const Staff& by, TimePoint now) {
    auto conversation = tx.conversation(id);
    if (!conversation) return Problem{"conversation.not_found", "no such conversation", {}};
    if (conversation->state == "person" && conversation->taken_by != by.id)
        return Problem{"conversation.taken", "已经有同事在接待这位住户:请先和他商量", {}};
    conversation->state = "person";
    conversation->taken_by = by.id;
    conversation->state_since = now;
    Said said;
    said.text = parts_.phrases->render("talk.taken_over", {{"name", by.name}});
    parts_.speaker->say(tx, *conversation, said, {},
                        {.kind = "talk",
                         .priority = Priority::progress,
                         .ticket = {},
                         .how = How::push,
                         .key = {},
                         .from = Speaker::bot,
                         .more = {}},
                        now);
    return *conversation;
}

Result<Message> FrontDesk::say(Transaction& tx, ConversationId id, const Staff& by, const std::string& words,
                               TimePoint now) {
    auto conversation = tx.conversation(id);
    if (!conversation) return Problem{"conversation.not_found", "no such conversation", {}};
    if (conversation->state != "person" || conversation->taken_by != by.id)
        return Problem{"conversation.not_taken", "先接手这个会话,再回复住户", {}};
    Said said;
    said.text = words;
    auto message = parts_.speaker->say(tx, *conversation, said, {},
                                       {.kind = "talk",
                                        .priority = Priority::progress,
                                        .ticket = {},
                                        .how = How::push,
                                        .key = {},
                                        .from = Speaker::staff,
                                        .more = {}},
                                       now);
    return std::move(*message);
}

Result<Conversation> FrontDesk::give_back(Transaction& tx, ConversationId id, const Staff& by, TimePoint now) {
    auto conversation = tx.conversation(id);
    if (!conversation) return Problem{"conversation.not_found", "no such conversation", {}};
    if (conversation->state == "bot") return *conversation;
    if (conversation->state == "person" && conversation->taken_by != by.id)
        return Problem{"conversation.taken", "这个会话由另一位同事接待:只有他能交还", {}};
    conversation->state = "bot";
    conversation->taken_by = {};
    conversation->state_since = now;
    Said said;
    said.text = parts_.phrases->render("talk.given_back");
    parts_.speaker->say(tx, *conversation, said, {},
                        {.kind = "talk",
                         .priority = Priority::progress,
                         .ticket = {},
                         .how = How::push,
                         .key = {},
                         .from = Speaker::bot,
                         .more = {}},
                        now);
    return *conversation;
}

}  // namespace huiyin
