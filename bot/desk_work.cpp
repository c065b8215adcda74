#include "bot/desk_work.h"

#include <algorithm>
#include <new>

#include "bot/in_public.h"
#include "bot/languages.h"
#include "bot/wording.h"
#include "workflow/base/log.h"
#include "workflow/engine/language.h"
#include "workflow/phrases/writing.h"
#include "workflow/store/driver.h"

namespace huiyin {
namespace {

constexpr int tickets_remembered = 8;

}  // namespace

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

UnitId FrontDesk::Work::here() const {
    const auto known = stands_at ? stands_at : conversation.unit;
    return unit_for(*directory, directory->unit(known) ? known : UnitId{}, {});
}

const PackTalk& FrontDesk::Work::pack() const {
    if (pack_in_force && pack_of_unit == conversation.unit) return *pack_in_force;
    pack_of_unit = conversation.unit;
    pack_in_force =
        desk.packs_->of(pack_of_unit ? parts.policies->for_unit(pack_of_unit, *directory) : parts.policies->standard());
    return *pack_in_force;
}

std::string FrontDesk::Work::text(std::string_view key, const PhraseValues& values) const {
    return pack().text(key, values, language_of(conversation));
}

void FrontDesk::Work::say(const Reply& reply, const std::string& key) {
    Said words;
    words.text = reply.text;
    words.ticket = reply.ticket;
    Saying saying;
    saying.kind = reply.kind;
    saying.priority = reply.kind == "emergency" ? Priority::emergency : Priority::progress;
    saying.ticket = reply.ticket;
    saying.how = how;
    saying.key = key;
    saying.more = reply.more;
    if (auto message = parts.speaker->say(tx, conversation, words, reply.choices, saying, now))
        said.push_back(std::move(*message));
}

std::string FrontDesk::Work::label_of(const Details& details) const {
    return shortened(details.label.empty() ? details.summary : details.label + " " + details.summary,
                     language_of(conversation) == "en" ? 44 : 20);
}

const std::vector<OwnTicket>& FrontDesk::Work::tickets() {
    if (own) return *own;
    own.emplace();
    for (auto& ticket : tx.tickets_of(person.id, tickets_remembered)) {
        OwnTicket one;
        one.label = label_of(tx.details(ticket.details));
        one.ticket = std::move(ticket);
        own->push_back(std::move(one));
    }
    for (const auto& told : told_and_joined) {
        auto ticket = tx.ticket(told.ticket);
        for (int hops = 0; ticket && ticket->merged_into && hops < 5; ++hops) ticket = tx.ticket(ticket->merged_into);
        if (!ticket ||
            std::find(ticket->supporters.begin(), ticket->supporters.end(), person.id) == ticket->supporters.end())
            continue;
        // By his own words: those of who told it first are not his to read.
        Place place;
        OwnTicket one;
        one.label = label_of(details_of(told, place));
        one.ticket = std::move(*ticket);
        one.joined = true;
        own->push_back(std::move(one));
    }
    return *own;
}

World FrontDesk::Work::world() {
    World world;
    world.directory = directory;
    world.policy = pack().policy;
    world.pack = pack_in_force;
    world.answers = parts.answers;
    world.conversation = conversation;
    world.person = person;
    for (auto& prompt : tx.open_prompts(conversation.id))
        if (prompt.ticket && (prompt.kind == "consent" || prompt.kind == "fixed" || prompt.kind == "rating"))
            world.prompts.push_back(std::move(prompt));
    world.tickets = [this]() -> const std::vector<OwnTicket>& { return tickets(); };
    world.progress = [this](const Ticket& ticket) {
        return parts.engine->progress(tx, ticket, now, language_of(conversation));
    };
    world.same_matter = [this](const Draft& draft, const Place& place) { return same_matter(draft, place); };
    world.goes_along = [this] { return goes_along(); };
    world.here = here();
    world.zone = world.policy->calendar.zone();
    return world;
}

void FrontDesk::Work::run(Talk& talk, const Act& what) {
    if (const auto* reply = std::get_if<Reply>(&what)) return say(*reply);
    if (const auto* wish = std::get_if<FileDraft>(&what)) return file(talk, *wish);
    if (const auto* wish = std::get_if<AmendTicket>(&what)) return amend(*wish);
    if (const auto* wish = std::get_if<CorrectTicket>(&what)) return correct(*wish);
    if (const auto* wish = std::get_if<JoinTicket>(&what)) return join(talk, *wish);
    if (const auto* wish = std::get_if<FlagTicket>(&what)) {
        Amendment amendment;
        amendment.add_flags = wish->flags;
        return tell_refusal(with_engine(
            [&] { return parts.engine->amend(tx, wish->ticket, amendment, resident(person.id), now, held()); }));
    }
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
    if (const auto* wish = std::get_if<OwnData>(&what)) return own_data(*wish);
    if (std::get_if<StopSurveys>(&what)) {
        person.surveys_stopped = true;
        tx.save(person);
    }
}

void FrontDesk::Work::stumble(Talk talk, const Heard& heard) {
    // A question that cannot be answered is not put again; what was told so far stays.
    talk.question = {};
    talk.forget_held();
    if (auto* draft = talk.draft(); draft && heard.kind == HeardKind::text && !heard.text.empty())
        draft->words.push_back(heard.text);
    paged = !heard.understood.emergency;
    bool advised = paged;
    try {
        if (heard.understood.emergency) {
            // Paged first, whoever has the talk: then it may be said that somebody was.
            const std::string danger(to_text(*heard.understood.emergency));
            warned = {danger, here()};
            call_person({danger == "self_harm" || danger == "violence" ? danger : "danger", here()});
            paged = true;
            say({.text = text("talk.emergency." + danger, {{"phone", phones_of(*directory, here()).in_danger(danger)}}),
                 .choices = {},
                 .kind = "emergency",
                 .ticket = {},
                 .more = {}});
            advised = true;
        }
        say({.text = text("talk.stumbled"), .choices = {}, .kind = "talk", .ticket = {}, .more = {}});
        if (conversation.state == "bot") call_person({"stumbled", here()});
    } catch (const StoreFailed&) {
        throw;
    } catch (const StaleTicket&) {
        throw;
    } catch (const std::bad_alloc&) {
        throw;  // what was half written goes with the unit
    } catch (const std::exception& problem) {
        log::error("talk.stumbled_twice", {{"problem", problem.what()}, {"conversation", conversation.id.value}});
        conversation.state = "waiting";
        conversation.state_since = now;
        if (said.empty() || !advised) {
            const bool himself = heard.understood.emergency == Emergency::self_harm;
            const std::string first = advised   ? std::string{}
                                      : himself ? "您先别一个人待着，现在就打 12356 或者 120。\n"
                                                : std::string(help_yourselves) + "\n";
            std::string waits = "您的话都留着，着急请打值班电话。";
            try {
                const auto by = answers_by(std::string(house_language));
                waits = "您的话都留着，前台同事" + by.when + (by.today ? "前" : "上班后") + "在这里回您。";
            } catch (const std::exception& no_time) {
                log::error("talk.stumbled_twice", {{"problem", no_time.what()}});
            }
            say({.text = first + "对不住，我这里出了差错。" + waits,
                 .choices = {},
                 .kind = "talk",
                 .ticket = {},
                 .more = {}});
        }
    }
    desk.keep(conversation, talk);
    conversation.updated_at = now;
    parts.speaker->save(tx, conversation);
}

bool FrontDesk::Work::take_turn(Talk talk, const Heard& heard) {
    TurnResult result;
    told_and_joined = talk.joined;
    // Before anything is said or done: the engine finds the language with the conversation.
    if (const auto before = talk.language; choose_language(talk, heard)) {
        put_choices_into(talk, pack(), before);
        desk.keep(conversation, talk);
    }
    try {
        result = turn(std::move(talk), heard, world(), now);
    } catch (const StoreFailed&) {
        throw;
    } catch (const std::bad_alloc&) {
        throw;  // no fault of the talk's: the unit is run again, or the channel delivers it again
    } catch (const std::exception& problem) {
        // Nothing was done yet: a turn is pure. What is kept of the talk is what it was before.
        log::error("talk.stumbled", {{"problem", problem.what()}, {"conversation", conversation.id.value}});
        auto kept = desk.kept_talk(conversation);
        kept.last_heard_system_ms = to_ms(parts.system->now());
        stumble(std::move(kept), heard);
        return false;
    }
    warned = result.warned;
    // What the emergency's FileDraft opens must be known to the acts that amend it in the same turn.
    for (auto& act : result.acts) {
        if (auto* amendment = std::get_if<AmendTicket>(&act); amendment && !amendment->ticket)
            for (const auto& draft : result.talk.drafts)
                if (draft.id == amendment->draft.id) amendment->ticket = draft.ticket;
        // Nobody is asked for the reason of an answer that was not taken.
        if (const auto* reply = std::get_if<Reply>(&act);
            reply && refused && (reply->kind == "words" || reply->kind == "revisit"))
            continue;
        run(result.talk, act);
    }
    if (refused && (result.talk.question.kind == "words" || result.talk.question.kind == "revisit"))
        result.talk.question = {};
    desk.keep(conversation, result.talk);
    conversation.updated_at = now;
    parts.speaker->save(tx, conversation);
    return true;
}

}  // namespace huiyin
