// Danger to life: first the advice and the number, at once the page to the duty person, only then questions.
// Better one false alarm than one missed.
#include "bot/communities.h"
#include "bot/flows/filing.h"
#include "bot/said.h"

namespace huiyin {
namespace {

Phones phones_at(const Turn& t, UnitId unit) { return phones_of(*t.world.directory, unit); }

constexpr std::int64_t same_danger_ms = 6 * 3600 * 1000;

std::string category_of(const Turn& t, const std::string& danger) {
    if (!t.world.pack->model_knows) return t.world.pack->categories.find(t.meant.text).category;
    // The field of work that stops this kind of danger; what the words say counts more where they say something.
    if (danger == "lift" || danger == "gas" || danger == "electricity") return "equipment";
    if (danger == "water_on_wires") return "housing";
    if (danger == "fire" || danger == "violence" || danger == "falling_object") return "order";
    return t.meant.category.empty() ? "service" : t.meant.category;
}

// An emergency of this person that is still open and was opened a short while ago: more words belong to it.
const OwnTicket* running(const Turn& t) {
    for (const auto& own : t.tickets())
        if (own.ticket.flags.contains("emergency") && !is_end(own.ticket.phase) &&
            to_ms(t.now) - to_ms(own.ticket.opened_at) < same_danger_ms)
            return &own;
    return nullptr;
}

void ask_what_is_missing(Turn& t, Draft& draft) {
    // Each is put at most twice: whoever is in danger has other things to do.
    const auto& question = t.talk.question;
    const auto put = [&](const char* slot) {
        return question.kind == "ask" && question.detail == slot && question.key.rfind("talk.emergency_", 0) == 0
                   ? question.asked
                   : 0;
    };
    const int place = put("place"), phone = put("phone");
    if (t.world.conversation.state == "person") return t.talk.drop_draft(draft.id);  // who has the talk asks himself
    if (!draft.has_place() && place >= 2) draft.place_settled = true;
    if (!draft.has_place() && !draft.declined.contains("place")) {
        const auto* own = t.own(draft.ticket);
        const bool himself = t.meant.emergency == Emergency::self_harm || (own && own->ticket.emergency == "self_harm");
        t.ask(
            {.kind = "ask",
             .detail = "place",
             .key = std::string("talk.emergency_ask_place") + (himself ? "_self" : "") + (place > 0 ? "_again" : "")});
    } else if (draft.phone.empty() && !draft.declined.contains("phone") && phone < 2) {
        t.ask({.kind = "ask",
               .detail = "phone",
               .key = phone > 0 ? "talk.emergency_ask_phone_again" : "talk.emergency_ask_phone"});
    } else {
        t.clear_question();
        t.say("talk.emergency_known", {{"place", t.shown_label(filing::place_label(t, draft))},
                                       {"phone", phones_at(t, unit_about(t, &draft)).duty}});
        const Draft known = draft;
        t.talk.drop_draft(known.id);
        if (auto* before = t.talk.draft()) {
            // What was being told before the danger goes on; what the danger's questions brought is not asked again.
            if (!before->has_place()) {
                before->community = known.community;
                before->building = known.building;
                before->unit = known.unit;
                before->place_scanned_ms = known.place_scanned_ms;
            }
            if (before->phone.empty()) before->phone = known.phone;
            if (!before->matter.empty() && !before->promised) t.say("talk.other_draft", {{"matter", before->matter}});
            if (before->promised)
                filing::go_on(t, known);
            else
                filing::next(t);
        }
    }
}

void advise(Turn& t, const std::string& danger, UnitId unit) {
    t.say("talk.emergency." + danger, {{"phone", phones_at(t, unit).in_danger(danger)}}).kind = "emergency";
    t.out.warned = {danger, unit};
    if (danger == "self_harm" || danger == "violence") t.act(CallPerson{danger, unit});
}

// Of the danger that is in hand.
std::string danger_phone(const Turn& t, const Draft& draft) {
    const auto* own = t.own(draft.ticket);
    return phones_at(t, unit_about(t, &draft)).in_danger(own ? own->ticket.emergency : std::string{});
}

// Whoever is in danger and wants a person waits for no desk: those on duty are paged, and the number is there.
void call_in_danger(Turn& t) {
    const auto* draft = t.talk.draft();
    const auto* own = draft && draft->ticket ? t.own(draft->ticket) : running(t);
    const auto unit = draft && draft->ticket ? unit_about(t, draft) : own ? own->ticket.unit : t.world.here;
    t.act(CallPerson{"danger", unit});
    const auto danger = own ? own->ticket.emergency : std::string{};
    t.say("talk.emergency_person", {{"phone", phones_at(t, unit).in_danger(danger)}});
}

// The form is done and somebody is on the way: what the person still says of the danger is passed on at once.
bool more_of_it(Turn& t) {
    constexpr std::int64_t fresh_ms = 30 * 60 * 1000;
    if (t.talk.draft() || t.heard.kind != HeardKind::text || t.world.conversation.state != "bot") return false;
    if (t.meant.matter.empty()) return false;
    const auto* own = running(t);  // last: the person's tickets are read only when they are asked for
    if (!own || to_ms(t.now) - to_ms(own->ticket.opened_at) > fresh_ms) return false;
    if (t.meant.slots.has_address() || t.means(MeaningKind::another_matter) || t.means(MeaningKind::fixed_yes) ||
        t.means(MeaningKind::withdraw) || t.means(MeaningKind::cancel) || t.means(MeaningKind::hand_over))
        return false;
    t.act(AddEvidence{own->ticket.id, t.heard.text, {}});
    const auto phones = phones_at(t, own->ticket.unit);
    t.say("talk.emergency_more", {{"phone", phones.in_danger(own->ticket.emergency)}}).ticket = own->ticket.id;
    return true;
}

// The danger is over, in so many words and nothing beside them: who says that one is out and another is not, or gives a
// place, goes on telling. What somebody does to himself or another is never over because he says so.
bool is_over(const Turn& t, const Draft& draft) {
    const auto* own = t.own(draft.ticket);
    if (t.heard.kind != HeardKind::text || !own || own->ticket.emergency == "self_harm" ||
        own->ticket.emergency == "violence" || is_doubted(t.meant.text) || t.meant.slots.building ||
        t.meant.slots.location || t.meant.text.find("还") != std::string::npos)
        return false;
    if (t.is_just(MeaningKind::fixed_yes)) return true;
    for (const auto& clause : clauses(t.meant.text))
        for (const std::string_view way : {"没事了", "人没事", "人没事了", "出来了", "人出来了", "救出来了", "放出来了",
                                           "不用来了", "不用过来了", "已经好了", "虚惊", "虚惊一场", "是虚惊一场"})
            if (says_just(clause, way)) return true;
    return contains_any(t.meant.text,
                        {"false alarm", "False alarm", "we're out now", "We're out now", "we are out now",
                         "We are out now", "everyone is safe", "Everyone is safe", "everybody is safe"}) &&
           !contains_any(t.meant.text, {"not a false", "n't a false", "still", " but "});
}

// Whoever tells of a matter half a day later does not answer what he was asked in danger.
bool tells_of_another(const Turn& t, const Draft& draft) {
    return !t.meant.emergency && t.heard.kind == HeardKind::text && !t.meant.matter.empty() &&
           to_ms(t.now) - draft.touched_ms > same_danger_ms;
}

}  // namespace

void call_person_for(Turn& t) {
    const auto* draft = t.talk.draft();
    constexpr std::int64_t fresh_ms = 30 * 60 * 1000;
    const bool in_hand = draft && draft->ticket;
    const auto* own = in_hand ? nullptr : running(t);
    const bool fresh = own && !own->ticket.taken_over && to_ms(t.now) - to_ms(own->ticket.opened_at) <= fresh_ms;
    if (!in_hand && !fresh) return t.act(CallPerson{"wished", unit_about(t, draft)});
    call_in_danger(t);
    if (in_hand && t.talk.question.kind == "ask") t.ask_again();
}

void filing::turns_out_dangerous(Turn& t, const std::string& danger) {
    Draft known = *t.talk.draft();
    t.talk.drop_draft(known.id);
    auto& fresh = t.talk.begin_draft(to_ms(t.now));
    known.id = fresh.id;
    fresh = known;
    if (to_ms(t.now) - fresh.place_scanned_ms >= just_now_ms) only_guess(t, fresh);  // it may smell where he is by now
    fresh.kind = "complaint";
    fresh.category = category_of(t, danger);
    fresh.category_sure = true;
    fresh.flags.insert("safety");
    if (fresh.phone.empty()) fresh.phone = t.world.person.phone;
    t.clear_question();
    advise(t, danger, unit_about(t, &fresh));
    t.act(FileDraft{fresh, danger});
    ask_what_is_missing(t, fresh);
}

bool emergency_flow(Turn& t) {
    auto* draft = t.talk.draft();
    if (draft && draft->ticket && t.world.conversation.state == "bot" && tells_of_another(t, *draft)) {
        t.talk.drop_draft(draft->id);
        t.clear_question();
        draft = t.talk.draft();
    }
    const bool answering = draft && draft->ticket;  // a danger is filed, its questions are open
    if (!t.meant.emergency) {
        if (t.heard.kind == HeardKind::choice || t.world.conversation.state == "person") return false;
        if (!answering) return more_of_it(t);
        const auto before = *draft;
        // "没事了", "出来了": passed on, the questions end, and whoever is on the way looks after him all the same.
        if (is_over(t, *draft)) {
            const Draft known = *draft;
            t.act(AddEvidence{known.ticket, t.heard.text, {}});
            t.talk.drop_draft(known.id);
            t.clear_question();
            t.say("talk.emergency_over", {{"phone", phones_at(t, unit_about(t, &known)).duty}}).ticket = known.ticket;
            if (t.talk.draft()) filing::go_on(t, known);
            return true;
        }
        filing::take_slots(t, *draft);
        const bool place_asked = t.talk.question.kind == "ask" && t.talk.question.detail == "place";
        if (place_asked && wants_household(t) && t.is_just(MeaningKind::menu_number) && draft->building.empty())
            draft->building = t.value_of(MeaningKind::menu_number);
        // Where no directory knows the places, his words are the place.
        if (place_asked && !wants_household(t) && t.heard.kind == HeardKind::text && !t.meant.slots.phone &&
            !t.is_just(MeaningKind::no) && !t.means(MeaningKind::skip) && t.heard.text.size() <= 120) {
            draft->location = t.heard.text;
            draft->place_settled = true;
        }
        if (t.means(MeaningKind::skip) || t.is_just(MeaningKind::no)) draft->declined.insert(t.talk.question.detail);
        for (const auto& attachment : t.heard.attachments) draft->attachments.push_back(attachment.value);
        auto compared = *draft;
        compared.touched_ms = before.touched_ms;
        compared.words = before.words;
        const bool wants_person = t.means(MeaningKind::hand_over);
        const bool new_facts = !(compared == before);
        if (new_facts) {
            t.act(AmendTicket{draft->ticket, *draft});
            if (!t.heard.attachments.empty()) t.act(AddEvidence{draft->ticket, t.heard.text, t.heard.attachments});
        } else if (!wants_person) {
            // Nothing new for the form. Thanks, or "what did you ask", are answered as ever; whatever else somebody in
            // danger says is passed on, and nothing of it is an errand.
            if (t.heard.kind != HeardKind::text || t.means(MeaningKind::thanks) || t.means(MeaningKind::farewell) ||
                t.is_just(MeaningKind::repeat_please))
                return false;
            t.act(AddEvidence{draft->ticket, t.heard.text, {}});
            // Who would harm himself is not answered by a form of words: he is asked again where he is.
            const auto* own = t.own(draft->ticket);
            if (!own || own->ticket.emergency != "self_harm")
                t.say("talk.emergency_more", {{"phone", danger_phone(t, *draft)}}).ticket = draft->ticket;
        }
        if (wants_person) call_in_danger(t);
        ask_what_is_missing(t, *draft);
        return true;
    }
    const std::string danger(to_text(*t.meant.emergency));
    if (const auto* own = running(t)) {
        if (answering) filing::take_slots(t, *draft);
        advise(t, danger, answering ? unit_about(t, draft) : own->ticket.unit);
        t.act(AddEvidence{own->ticket.id, t.heard.text, t.heard.attachments});
        if (answering) {
            t.act(AmendTicket{draft->ticket, *draft});
            ask_what_is_missing(t, *draft);
        }
        return true;
    }
    // What was being told stays as it is; what it knows of place and phone serves here too.
    // Where he told from is not where he is, if he scanned a code elsewhere since.
    Draft known;
    if (draft) known = *draft;
    // Nor is he where a code hangs that he scanned long ago.
    const auto ago = [&](std::int64_t ms) { return to_ms(t.now) - ms; };
    const bool moved = (scanned_since(t, known.touched_ms) && ago(t.talk.here.ms) < just_now_ms) ||
                       (known.place_scanned_ms != 0 && ago(known.place_scanned_ms) >= just_now_ms);
    if (moved) known.community.clear(), known.building.clear(), known.unit.clear(), known.room.clear();
    if (moved) known.location.clear(), known.place_scanned_ms = 0;
    // The questions of an earlier danger are past.
    std::erase_if(t.talk.drafts, [](const Draft& one) { return static_cast<bool>(one.ticket); });
    auto& fresh = t.talk.begin_draft(to_ms(t.now));
    fresh.community = known.community;
    fresh.building = known.building;
    fresh.unit = known.unit;
    fresh.room = known.room;
    fresh.place_scanned_ms = known.place_scanned_ms;
    // The garage he spoke of a moment ago is where he still is; of a day ago it is not.
    if (known.building.empty() && ago(known.touched_ms) < just_now_ms) fresh.location = known.location;
    fresh.phone = known.phone.empty() ? t.world.person.phone : known.phone;
    filing::take_slots(t, fresh);
    stand_here(t, fresh, just_now_ms);
    if (speaks_of_home(t)) only_guess(t, fresh);
    fresh.kind = "complaint";
    fresh.category = category_of(t, danger);
    fresh.category_sure = true;
    fresh.flags.insert("safety");
    if (fresh.matter.empty()) fresh.matter = t.heard.text;
    for (const auto& attachment : t.heard.attachments) fresh.attachments.push_back(attachment.value);
    t.clear_question();  // what was asked about another matter was not asked about this one
    advise(t, danger, unit_about(t, &fresh));
    t.act(FileDraft{fresh, danger});
    ask_what_is_missing(t, fresh);
    return true;
}

}  // namespace huiyin
