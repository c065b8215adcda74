// The same matter told by several: what is known of others' tickets, and joining them.
#include <algorithm>
#include <utility>

#include "bot/desk_work.h"
#include "bot/shared_matters.h"
#include "bot/wording.h"
#include "workflow/base/log.h"

namespace huiyin {

UnitId FrontDesk::Work::centre_of(UnitId community) const {
    return directory->service_centre_of(unit_for(*directory, conversation.unit, community));
}

std::optional<SameMatter> FrontDesk::Work::same_matter(const Draft& draft, const Place& place) {
    KnownMatter wanted{.ticket = {},
                       .customer = person.id,
                       .household = place.household,
                       .building = draft.building,
                       .unit = draft.unit,
                       .room = draft.room,
                       .location = draft.location,
                       .matter = draft.matter};
    find_things(wanted);
    const auto centre = centre_of(place.community);
    for (const auto& known : desk.shared_->like(tx, centre, wanted, now, parts.system->now())) {
        const auto ticket = tx.ticket(known.ticket);
        if (!ticket || ticket->phase >= Phase::resolved || now - ticket->opened_at > told_lately) continue;
        if (!of_one_community(*directory, centre, ticket->household, place.community)) continue;
        const auto& supporters = ticket->supporters;
        if (!may_be_shared(*ticket) || ticket->customer == person.id ||
            std::find(supporters.begin(), supporters.end(), person.id) != supporters.end())
            continue;
        return SameMatter{ticket->id, same_at_home(known, wanted)};
    }
    return std::nullopt;
}

// Who was put together with another by staff, or joined so long ago that his words of it are gone, is told of it like
// any other, and may say that he is still waiting.
std::optional<GoesAlong> FrontDesk::Work::goes_along() {
    constexpr int looked_back = 20;
    const auto messages = tx.last_messages(conversation.id, looked_back);
    bool newest = true;
    for (auto message = messages.rbegin(); message != messages.rend(); ++message) {
        if (message->from == Speaker::resident) continue;
        const bool said_last = std::exchange(newest, false);
        if (!message->said.ticket) continue;
        auto ticket = tx.ticket(message->said.ticket);
        if (!ticket) continue;
        const auto& supporters = ticket->supporters;
        if (std::find(supporters.begin(), supporters.end(), person.id) == supporters.end()) continue;
        GoesAlong found;
        found.newest = said_last;
        found.told.ticket = ticket->id;
        for (const auto& own_one : tx.tickets_of(person.id, 8)) {
            if (own_one.merged_into != ticket->id) continue;
            const auto details = tx.details(own_one.details);
            found.own.label = label_of(details);
            found.told.kind = own_one.kind;
            found.told.category = own_one.category;
            found.told.category_sure = true;
            found.told.matter = details.summary;
            found.told.words = {details.description};
            found.told.building = details.building;
            found.told.unit = details.unit;
            found.told.room = details.room;
            found.told.location = details.location;
            found.told.phone = details.contact_phone;
            break;
        }
        found.own.ticket = std::move(*ticket);
        found.own.joined = true;
        return found;
    }
    return std::nullopt;
}

void FrontDesk::Work::note_shared(const Ticket& ticket, const Details& details) {
    if (!may_be_shared(ticket)) return;
    desk.shared_->note(ticket.unit, {.ticket = ticket.id,
                                     .customer = ticket.customer,
                                     .household = ticket.household,
                                     .building = details.building,
                                     .unit = details.unit,
                                     .room = details.room,
                                     .location = details.location,
                                     .matter = details.summary,
                                     .things = 0});
}

void FrontDesk::Work::join(Talk& talk, const JoinTicket& wish) {
    const auto& told = wish.told;
    const auto present = tx.ticket(told.ticket);
    if (!present || is_end(present->phase) || !may_be_shared(*present)) {
        // Over meanwhile: what he told is a case of his own, and not lost.
        std::erase_if(talk.joined, [&](const Draft& one) { return one.ticket == told.ticket; });
        FileDraft own_case{told, {}};
        own_case.draft.ticket = {};
        return file(talk, own_case);
    }
    const auto joined_now =
        with_engine([&] { return parts.engine->join(tx, told.ticket, person.id, conversation.id, now, held()); });
    own.reset();
    if (!joined_now) return tell_refusal(joined_now);
    // What he has seen himself reaches whoever deals with it.
    std::vector<AttachmentId> pictures;
    for (const auto& id : told.attachments) pictures.push_back(AttachmentId{id});
    Amendment more;
    for (const auto& flag : told.flags)
        if (flag != "repeat") more.add_flags.insert(flag);
    if (!pictures.empty() || !told.vulnerable.empty() || !told.wish.empty() || !more.add_flags.empty())
        tell_refusal(with_engine([&] {
            return parts.engine->add_evidence(tx, told.ticket, without_numbers(huiyin::joined(told.words, "\n")),
                                              pictures, resident(person.id), now, held());
        }));
    // So does what makes it graver: the press, a court, the old and ill.
    if (!more.add_flags.empty())
        tell_refusal(
            with_engine([&] { return parts.engine->amend(tx, told.ticket, more, resident(person.id), now, held()); }));
    if (!told.same_home || !present->conversation) return;
    // His own household reported it: they hear of each other.
    auto theirs = tx.conversation(present->conversation);
    if (!theirs || theirs->id == conversation.id) return;
    Said news;
    news.text = desk.words_for(*theirs, "talk.joined_by_home", {{"number", present->number}});
    news.ticket = present->id;
    news.ticket_number = present->number;
    parts.speaker->say(tx, *theirs, news, {},
                       {.kind = "progress",
                        .priority = Priority::progress,
                        .ticket = present->id,
                        .how = How::push,
                        .key = "t" + to_text(present->id) + ":joined_by_home:" + to_text(person.id),
                        .from = Speaker::bot,
                        .more = {}},
                       now);
}

}  // namespace huiyin
