#include "bot/desk_work.h"

#include <algorithm>
#include <tuple>

#include "bot/form.h"
#include "bot/wording.h"
#include "workflow/base/log.h"

namespace huiyin {

Details FrontDesk::Work::details_of(const Draft& draft, Place& place) const {
    UnitId community = community_of(*directory, conversation.unit);
    if (const auto named = community_named(*directory, draft.community)) community = named;
    if (!draft.building.empty()) place = directory->find_place(draft.building, draft.unit, draft.room, community);
    if (!place.community) place.community = community;
    Details details;
    details.summary = shortened(with_chinese_marks(draft.matter), 40);
    auto words = draft.words;
    for (auto& line : told_in_words(draft, *pack().policy)) words.push_back(std::move(line));
    details.description = without_numbers(joined(words, "\n"));
    details.building = draft.building;
    details.unit = draft.unit;
    details.room = draft.room;
    details.label = place.label;
    if (details.label.empty()) {
        if (!draft.building.empty()) details.label = draft.building + "栋";
        if (!draft.unit.empty()) details.label += draft.unit + "单元";
        details.label += draft.room;
    }
    if (details.label.empty() && !draft.perhaps.empty()) details.label = "可能在" + draft.perhaps;
    if (!draft.location.empty() && details.label.find(draft.location) == std::string::npos &&
        (details.label.empty() || draft.flags.contains("safety") ||
         details.summary.find(draft.location) == std::string::npos))
        details.label += (details.label.empty() ? "" : " ") + draft.location;
    details.location = draft.location;
    details.occurred_text = draft.occurred_text.empty() ? draft.recurrence : draft.occurred_text;
    if (!draft.duration.empty()) details.occurred_text += (details.occurred_text.empty() ? "" : ",") + draft.duration;
    details.people = draft.people;
    details.wish = draft.wish;
    details.contact_name = !draft.contact.empty() ? draft.contact : !draft.name.empty() ? draft.name : person.name;
    details.contact_phone = draft.phone;
    return details;
}

// A category the policy knows under a kind it knows: what was said last may have come from another kind.
std::pair<std::string, std::string> FrontDesk::Work::fitting(const Policy& policy, const std::string& kind,
                                                             const std::string& category) {
    if (policy.category(kind, category)) return {kind, category};
    for (const auto& other : policy.kinds)
        if (!other.unasked && policy.category(other.key, category)) return {other.key, category};
    const auto* known = policy.kind(kind);
    if (!known || known->unasked) known = policy.kind("demand");
    for (const auto& other : policy.kinds)
        if (!known && !other.unasked) known = &other;
    if (!known) known = &policy.kinds.front();
    const bool has_other = policy.category(known->key, "other") != nullptr;
    return {known->key, has_other || known->categories.empty() ? "other" : known->categories.back().key};
}

void FrontDesk::Work::file(Talk& talk, const FileDraft& wish) {
    const auto& draft = wish.draft;
    Place place;
    OpenTicket open;
    open.details = details_of(draft, place);
    open.unit = unit_for(*directory, conversation.unit, place.community);
    // The rules of the place, which the talk may have learnt only now.
    const auto rules = parts.policies->for_unit(open.unit, *directory);
    std::tie(open.kind, open.category) = fitting(*rules, draft.kind, draft.category);
    open.amount_fen = amount_of(draft);
    if (draft.occurred_at_ms) open.occurred_at = from_ms(*draft.occurred_at_ms);
    open.flags = draft.flags;
    open.customer = person.id;
    open.conversation = conversation.id;
    open.anonymous = draft.anonymous;
    open.household = place.household;
    if (place.community && !conversation.unit) conversation.unit = place.community;
    for (const auto& id : draft.attachments) open.attachments.push_back(AttachmentId{id});
    open.by = resident(person.id);
    open.more = facts_to_file(draft, *rules);
    open.emergency = wish.emergency;
    open.joined_to = draft.same_as;
    const auto opened = with_engine([&] { return parts.engine->open(tx, open, now, held()); });
    if (!opened) {
        // Never lost: the draft is in hand again, and a person hears of it.
        tell_refusal(opened);
        talk.drafts.push_back(draft);
        talk.focus = draft.id;
        return call_person({wish.emergency.empty() ? "wished" : "danger", open.unit});
    }
    talk.last_ticket = opened->id;
    own.reset();
    if (wish.emergency.empty()) note_shared(*opened, open.details);
    for (auto& one : talk.drafts)
        if (one.id == draft.id) one.ticket = opened->id;
}

void FrontDesk::Work::amend(const AmendTicket& wish) {
    Place place;
    Amendment amendment;
    amendment.details = details_of(wish.draft, place);
    amendment.add_flags = wish.draft.flags;
    if (place.household) amendment.household = place.household;
    if (place.community) {
        amendment.unit = place.community;
        if (!conversation.unit) conversation.unit = place.community;
    }
    tell_refusal(
        with_engine([&] { return parts.engine->amend(tx, wish.ticket, amendment, resident(person.id), now, held()); }));
    own.reset();
}

void FrontDesk::Work::correct(const CorrectTicket& wish) {
    const auto ticket = tx.ticket(wish.ticket);
    if (!ticket) return;
    auto details = tx.details(ticket->details);
    Amendment amendment;
    if (!wish.building.empty() && wish.building != details.building) {
        // Another building: unit and room are only kept where they exist there too.
        const auto there =
            directory->find_place(wish.building, details.unit, details.room, community_of(*directory, ticket->unit));
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
    (place.match == PlaceMatch::household ? amendment.drop_flags : amendment.add_flags).insert("unverified_address");
    amendment.details = details;
    const auto changed =
        with_engine([&] { return parts.engine->amend(tx, wish.ticket, amendment, resident(person.id), now, held()); });
    tell_refusal(changed);
    own.reset();
    if (changed)
        say({.text = text("talk.corrected", {{"number", ticket->number},
                                             {"place", label_in(language_of(conversation), details.label)},
                                             {"phone", phone_masked(details.contact_phone)}}),
             .choices = {},
             .kind = "talk",
             .ticket = wish.ticket,
             .more = {}});
}

// What the rules do not let a resident do is said in his words, with where his matter stands.
void FrontDesk::Work::command(const GiveCommand& wish) {
    auto result = with_engine([&] { return parts.engine->execute(tx, wish.ticket, wish.command, now, held()); });
    if (!result && wish.command.name == "escalate") {
        // Whoever wants a superior is heard by one: the urging reaches the manager.
        auto urge = wish.command;
        urge.name = "urge";
        urge.fields = Json::object();
        result = with_engine([&] { return parts.engine->execute(tx, wish.ticket, urge, now, held()); });
        if (result)
            say({.text = text("talk.manager_told"), .choices = {}, .kind = "talk", .ticket = wish.ticket, .more = {}});
    }
    own.reset();
    if (result) return;
    refused = true;
    log::info("talk.refused", {{"code", result.problem().code},
                               {"clause", result.problem().clause},
                               {"conversation", conversation.id.value}});
    for (const auto& one : tickets()) {
        if (one.ticket.id != wish.ticket) continue;
        const auto language = language_of(conversation);
        const auto progress = parts.engine->progress(tx, one.ticket, now, language);
        return say({.text = text(
                        "talk.too_late",
                        {{"label", label_in(language, one.label)}, {"state", progress.state}, {"next", progress.next}}),
                    .choices = {},
                    .kind = "talk",
                    .ticket = wish.ticket,
                    .more = {}});
    }
    say({.text = text("talk.draft_gone"), .choices = {}, .kind = "talk", .ticket = {}, .more = {}});
}

}  // namespace huiyin
