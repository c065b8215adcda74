// Danger to life: first the advice and the number, at once the page to the duty person, only then questions.
// Better one false alarm than one missed.
#include "bot/flows/flows.h"

namespace huiyin {
namespace {

constexpr std::int64_t same_danger_ms = 6 * 3600 * 1000;

std::string category_of(const Turn& t, const std::string& danger) {
    // The field of work that stops this kind of danger; what the words say counts more where they say something.
    if (danger == "lift" || danger == "gas" || danger == "electricity") return "equipment";
    if (danger == "water_on_wires") return "housing";
    if (danger == "fire" || danger == "violence" || danger == "falling_object") return "order";
    return t.meant.category.empty() ? "service" : t.meant.category;
}

std::string phone_for(const Turn& t, const std::string& danger) {
    const auto& world = t.world;
    if (danger == "lift" && !world.lift_phone.empty()) return world.lift_phone;
    if (danger == "gas" && !world.gas_phone.empty()) return world.gas_phone;
    return world.duty_phone;
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
    if (!draft.has_place()) {
        t.ask({.kind = "ask", .detail = "place", .key = "talk.emergency_ask_place"});
    } else if (draft.phone.empty() && !draft.declined.contains("phone")) {
        t.ask({.kind = "ask", .detail = "phone", .key = "talk.emergency_ask_phone"});
    } else {
        t.clear_question();
        t.say("talk.emergency_known", {{"place", filing::place_label(t, draft)}});
        t.talk.drop_draft(draft.id);
        if (t.talk.draft()) filing::next(t);  // what was being told before the danger goes on
    }
}

void advise(Turn& t, const std::string& danger) {
    t.say("talk.emergency." + danger, {{"phone", phone_for(t, danger)}}).kind = "emergency";
    if (danger == "self_harm" || danger == "violence") t.act(CallPerson{danger});
}

}  // namespace

bool emergency_flow(Turn& t) {
    auto* draft = t.talk.draft();
    const bool answering = draft && draft->ticket;  // a danger is filed, its questions are open
    if (!t.meant.emergency) {
        if (!answering || t.heard.kind == HeardKind::choice || t.world.conversation.state != "bot") return false;
        const auto before = *draft;
        filing::take_slots(t, *draft);
        if (t.means(MeaningKind::skip)) draft->declined.insert(t.talk.question.detail);
        for (const auto& attachment : t.heard.attachments) draft->attachments.push_back(attachment.value);
        auto changed = *draft;
        changed.touched_ms = before.touched_ms;
        if (changed == before) {
            // Nothing new for the form: another errand may have the message (a person wanted, for one); but words about
            // the danger itself are never dropped.
            if (t.heard.kind != HeardKind::text || !t.meant.has_substance) return false;
            if (t.meant.matter.empty()) return false;
            t.act(AddEvidence{draft->ticket, t.heard.text, {}});
        } else {
            t.act(AmendTicket{draft->ticket, *draft});
            if (!t.heard.attachments.empty()) t.act(AddEvidence{draft->ticket, t.heard.text, t.heard.attachments});
        }
        ask_what_is_missing(t, *draft);
        return true;
    }
    const std::string danger(to_text(*t.meant.emergency));
    if (const auto* own = running(t)) {
        advise(t, own->ticket.emergency.empty() ? danger : danger);
        t.act(AddEvidence{own->ticket.id, t.heard.text, t.heard.attachments});
        if (answering) {
            filing::take_slots(t, *draft);
            t.act(AmendTicket{draft->ticket, *draft});
            ask_what_is_missing(t, *draft);
        }
        return true;
    }
    // What was being told stays as it is; what it knows of place and phone serves here too.
    Draft known;
    if (draft) known = *draft;
    auto& fresh = t.talk.begin_draft(to_ms(t.now));
    fresh.community = known.community;
    fresh.building = known.building;
    fresh.unit = known.unit;
    fresh.room = known.room;
    fresh.phone = known.phone.empty() ? t.world.person.phone : known.phone;
    filing::take_slots(t, fresh);
    fresh.kind = "complaint";
    fresh.category = category_of(t, danger);
    fresh.category_sure = true;
    fresh.flags.insert("safety");
    if (fresh.matter.empty()) fresh.matter = t.heard.text;
    for (const auto& attachment : t.heard.attachments) fresh.attachments.push_back(attachment.value);
    advise(t, danger);
    t.act(FileDraft{fresh, danger});
    ask_what_is_missing(t, fresh);
    return true;
}

}  // namespace huiyin
