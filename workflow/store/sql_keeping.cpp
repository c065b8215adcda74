// What goes when its time is over, or by its owner's wish.
#include "workflow/store/sql_keeping.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "workflow/base/json_text.h"
#include "workflow/base/log.h"
#include "workflow/store/search.h"
#include "workflow/store/sql.h"
#include "workflow/store/sql_rows.h"

namespace huiyin {
namespace {

using namespace rows;

const std::string nothing;

Gone of(const char* name, std::int64_t rows) { return rows > 0 ? Gone{{name, rows}} : Gone{}; }

}  // namespace

const std::vector<std::string>& gone_classes() {
    static const std::vector<std::string> all{"tickets", "texts",   "names", "attachments", "files",
                                              "people",  "prompts", "raw",   "messages",    "conversations",
                                              "outbox",  "audit",   "holds", "requests",    "expired"};
    return all;
}

void add_to(Gone& all, const Gone& more) {
    for (const auto& [name, rows] : more) all[name] += rows;
}

std::vector<EndedTicket> SqlKeeping::ended(KeptStage stage, const EndedTicket& after, TimePoint by, int most) {
    std::vector<EndedTicket> found;
    Query row(driver_, sql::tickets_ended, organisation_, static_cast<int>(stage), to_ms(after.ended_at),
              after.ticket.value, to_ms(by), most);
    while (row.step()) found.push_back({from_ms(row.integer(0)), TicketId{row.integer(1)}});
    return found;
}

std::optional<EndedTicket> SqlKeeping::end_of(TicketId ticket, KeptStage& stage) {
    Query row(driver_, sql::ticket_end, organisation_, ticket.value);
    if (!row.step() || row.integer(0) == 0) return std::nullopt;
    stage = static_cast<KeptStage>(std::clamp<std::int64_t>(row.integer(1), 0, 2));
    return EndedTicket{from_ms(row.integer(0)), ticket};
}

std::optional<TicketId> SqlKeeping::first_kept_ticket(PersonId person) {
    Query row(driver_, sql::first_kept_ticket, organisation_, person.value);
    return row.step() ? std::optional(TicketId{row.integer(0)}) : std::nullopt;
}

std::vector<LookedAt> SqlKeeping::talks_looked_at(const LookedAt& after, TimePoint by, int most) {
    std::vector<LookedAt> found;
    Query row(driver_, sql::talks_looked_at, organisation_, to_ms(after.at), after.conversation.value, to_ms(by), most);
    while (row.step()) found.push_back({from_ms(row.integer(0)), ConversationId{row.integer(1)}});
    return found;
}

// When an attempt was given up stands nowhere; the next one that was planned is near it.
std::vector<OutboxEnd> SqlKeeping::outbox_ends(OutboxId after, int most) {
    std::vector<OutboxEnd> found;
    Query row(driver_, sql::outbox_ends, organisation_, after.value, most);
    while (row.step()) {
        const auto state = row.text(3);
        const auto at = row.is_nothing(5) ? std::max(row.integer(4), row.integer(6)) : row.integer(5);
        found.push_back({OutboxId{row.integer(0)}, ConversationId{row.integer(1)}, TicketId{row.integer(2)},
                         state == "sent" || state == "dead" || state == "undeliverable", from_ms(row.integer(4)),
                         from_ms(at), row.integer(7) != 0});
    }
    return found;
}

std::vector<std::string> SqlKeeping::media_to_remove(const std::string& after, int most) {
    std::vector<std::string> found;
    Query row(driver_, sql::media_to_remove, organisation_, after, most);
    while (row.step()) found.push_back(row.text(0));
    return found;
}

bool SqlKeeping::media_wanted(const std::string& sha256) {
    Query row(driver_, sql::media_wanted, organisation_, sha256);
    return row.step();
}

void SqlKeeping::media_removed(const std::string& sha256) {
    change(driver_, sql::drop_media_to_remove, organisation_, sha256);
}

// --- holds

std::vector<Hold> SqlKeeping::holds(Query& row) const {
    std::vector<Hold> found;
    while (row.step()) {
        Hold hold;
        hold.id = row.integer(0);
        hold.ticket = TicketId{row.integer(1)};
        hold.reason = context_.vault.open(row.text(2), unit_.place("holds.reason", hold.id));
        hold.set_by = StaffId{row.integer(3)};
        hold.set_at = from_ms(row.integer(4));
        hold.until = from_ms(row.integer(5));
        if (row.integer(6) > 0) hold.lifted_at = from_ms(row.integer(6));
        hold.lifted_by = StaffId{row.integer(7)};
        hold.lift_reason = context_.vault.open(row.text(8), unit_.place("holds.lift_reason", hold.id));
        found.push_back(std::move(hold));
    }
    return found;
}

std::vector<Hold> SqlKeeping::holds_of(TicketId ticket) {
    Query row(driver_, sql::holds_of, organisation_, ticket.value);
    return holds(row);
}

std::vector<Hold> SqlKeeping::holds_in_force(TimePoint now, int most) {
    Query row(driver_, sql::holds_in_force, organisation_, to_ms(now), most);
    return holds(row);
}

bool SqlKeeping::is_held(TicketId ticket, TimePoint now) {
    Query row(driver_, sql::is_held, organisation_, ticket.value, to_ms(now));
    return row.step();
}

void SqlKeeping::save(const Hold& hold) {
    change(driver_, sql::save_hold, organisation_, hold.id, hold.ticket.value,
           unit_.to_seal(hold.reason, unit_.place("holds.reason", hold.id)), hold.set_by.value, to_ms(hold.set_at),
           to_ms(hold.until), hold.lifted_at ? to_ms(*hold.lifted_at) : std::int64_t{0}, hold.lifted_by.value,
           unit_.to_seal(hold.lift_reason, unit_.place("holds.lift_reason", hold.id)));
}

Gone SqlKeeping::drop_holds(TimePoint ended_before) {
    return of("holds", change(driver_, sql::drop_holds, organisation_, to_ms(ended_before)));
}

// --- requests

PrivacyRequest SqlKeeping::request(const Query& row) const {
    PrivacyRequest request;
    request.id = row.integer(0);
    request.person = PersonId{row.integer(1)};
    request.conversation = ConversationId{row.integer(2)};
    request.kind = row.text(3);
    request.state = row.text(4);
    request.wish = context_.vault.open(row.text(5), unit_.place("privacy_requests.wish", request.id));
    request.noted_by = StaffId{row.integer(6)};
    request.asked_at = from_ms(row.integer(7));
    request.due_at = from_ms(row.integer(8));
    if (row.integer(9) > 0) request.decided_at = from_ms(row.integer(9));
    request.decided_by = StaffId{row.integer(10)};
    request.open_too = row.flag(11);
    request.reason = context_.vault.open(row.text(12), unit_.place("privacy_requests.reason", request.id));
    request.answer = context_.vault.open(row.text(13), unit_.place("privacy_requests.answer", request.id));
    return request;
}

std::optional<PrivacyRequest> SqlKeeping::privacy_request(std::int64_t id) {
    Query row(driver_, sql::privacy_request, organisation_, id);
    return row.step() ? std::optional(request(row)) : std::nullopt;
}

std::vector<PrivacyRequest> SqlKeeping::requests(Query& row) const {
    std::vector<PrivacyRequest> found;
    while (row.step()) found.push_back(request(row));
    return found;
}

Page<PrivacyRequest> SqlKeeping::open_requests(int limit, const std::string& cursor) {
    const std::string waiting = "waiting", erasing = "erasing";
    Page<PrivacyRequest> page;
    auto state = waiting;
    Key after{std::numeric_limits<std::int64_t>::min(), 0};
    if (!cursor.empty()) {  // "e" and a place among those that are being erased, "w" and one among those that wait
        const auto given = from_cursor(cursor.substr(1));
        if (!given || (cursor[0] != 'w' && cursor[0] != 'e')) return page;
        after = *given;
        state = cursor[0] == 'w' ? waiting : erasing;
    }
    for (;;) {
        Query row(driver_, sql::privacy_requests_of_state, organisation_, state, after.first, after.second,
                  limit + 1 - static_cast<int>(page.items.size()));
        while (row.step()) {
            if (static_cast<int>(page.items.size()) == limit) {
                const auto& last = page.items.back();
                page.next_cursor = last.state[0] + to_cursor({to_ms(last.due_at), last.id});
                return page;
            }
            page.items.push_back(request(row));
        }
        if (state == erasing) return page;
        state = erasing;
        after = {std::numeric_limits<std::int64_t>::min(), 0};
    }
}

std::vector<std::int64_t> SqlKeeping::erasing_requests(std::int64_t after, int most) {
    std::vector<std::int64_t> found;
    Query row(driver_, sql::erasing_privacy_requests, organisation_, after, most);
    while (row.step()) found.push_back(row.integer(0));
    return found;
}

Page<PrivacyRequest> SqlKeeping::privacy_requests(int limit, const std::string& cursor) {
    Page<PrivacyRequest> page;
    auto before = far_future;
    if (!cursor.empty()) {
        const auto given = from_cursor(cursor);
        if (!given) return page;
        before = given->second;
    }
    Query row(driver_, sql::privacy_requests, organisation_, before, limit + 1);
    while (row.step()) {
        if (static_cast<int>(page.items.size()) == limit) {
            page.next_cursor = to_cursor({0, page.items.back().id});
            break;
        }
        page.items.push_back(request(row));
    }
    return page;
}

std::vector<PrivacyRequest> SqlKeeping::privacy_requests_of(PersonId person) {
    Query row(driver_, sql::privacy_requests_of, organisation_, person.value);
    return requests(row);
}

void SqlKeeping::save(const PrivacyRequest& request) {
    const auto sealed_in = [&](const std::string& words, const char* column) {
        return unit_.to_seal(words, unit_.place(column, request.id));
    };
    change(driver_, sql::save_privacy_request, organisation_, request.id, request.person.value,
           request.conversation.value, request.kind, request.state, sealed_in(request.wish, "privacy_requests.wish"),
           request.noted_by.value, to_ms(request.asked_at), to_ms(request.due_at),
           request.decided_at ? to_ms(*request.decided_at) : std::int64_t{0}, request.decided_by.value,
           request.open_too, sealed_in(request.reason, "privacy_requests.reason"),
           sealed_in(request.answer, "privacy_requests.answer"));
}

Gone SqlKeeping::drop_requests(TimePoint decided_before) {
    return of("requests", change(driver_, sql::drop_privacy_requests, organisation_, to_ms(decided_before)));
}

void SqlKeeping::note_erased(PersonId person, TimePoint at) {
    change(driver_, sql::note_erased, organisation_, person.value, to_ms(at));
}

std::optional<TimePoint> SqlKeeping::erased_at(PersonId person) {
    Query row(driver_, sql::erased_at, organisation_, person.value);
    return row.step() ? std::optional(from_ms(row.integer(0))) : std::nullopt;
}

std::vector<LookedAt> SqlKeeping::talks_of_erased(const LookedAt& after, TimePoint by, int most) {
    std::vector<LookedAt> found;
    Query row(driver_, sql::talks_of_erased, organisation_, to_ms(after.at), to_ms(by), after.conversation.value, most);
    while (row.step()) found.push_back({from_ms(row.integer(0)), ConversationId{row.integer(1)}});
    return found;
}

bool SqlKeeping::is_owed(const Conversation& talk) {
    Query row(driver_, sql::is_owed, organisation_, talk.channel.value, talk.id.value);
    return row.step();
}

// --- words and pictures

std::vector<KeptText> SqlKeeping::texts(const Sentence& sentence, std::int64_t of_whom) {
    std::vector<KeptText> found;
    Query row(driver_, sentence, organisation_, of_whom);
    while (row.step()) {
        KeptText text{TextId{row.integer(0)}, TicketId{row.integer(1)}, from_ms(row.integer(2)), {}};
        text.words = context_.vault.open(row.text(3), unit_.place("texts.words", text.id.value));
        found.push_back(std::move(text));
    }
    return found;
}
std::vector<KeptText> SqlKeeping::texts_of(TicketId ticket) { return texts(sql::texts_of_ticket, ticket.value); }
std::vector<KeptText> SqlKeeping::texts_of(ConversationId talk) { return texts(sql::texts_of_talk, talk.value); }

std::vector<Attachment> SqlKeeping::unfiled_attachments(ConversationId talk) {
    std::vector<Attachment> found;
    Query row(driver_, sql::unfiled_attachments, organisation_, talk.value);
    while (row.step()) found.push_back(unit_.read_attachment(row));
    return found;
}

void SqlKeeping::note_media(const std::vector<Attachment>& attachments) {
    for (const auto& each : attachments)
        if (!each.sha256.empty()) note_file(each.sha256);
}

void SqlKeeping::note_file(const std::string& sha256) {
    change(driver_, sql::note_media_to_remove, organisation_, sha256);
}

Gone SqlKeeping::drop_pictures(const std::vector<Attachment>& pictures) {
    note_media(pictures);
    std::int64_t gone = 0;
    for (const auto& one : pictures) gone += change(driver_, sql::drop_attachment, organisation_, one.id.value);
    return of("attachments", gone);
}

Gone SqlKeeping::drop_media(TicketId ticket) {
    note_media(unit_.attachments_of(ticket));
    const auto gone = change(driver_, sql::drop_attachments_of, organisation_, ticket.value);
    change(driver_, sql::set_kept_stage, static_cast<int>(KeptStage::media_gone), organisation_, ticket.value);
    return of("attachments", gone);
}

// Those it has and had: what else is JSON in a ticket is somebody's words.
std::set<TextId> SqlKeeping::details_of(TicketId ticket) {
    std::set<TextId> found;
    if (const auto present = unit_.ticket(ticket)) found.insert(present->details);
    for (const auto& event : unit_.events(ticket)) {
        const auto json = parse_json(event.text, {.bytes = 1 << 20});
        const nlohmann::json::json_pointer place("/data/details/text_id");
        if (!json || !json->contains(place) || !json->at(place).is_string()) continue;
        const auto& id = json->at(place).get_ref<const std::string&>();
        std::int64_t value = 0;
        if (std::from_chars(id.data(), id.data() + id.size(), value).ec == std::errc()) found.insert(TextId{value});
    }
    return found;
}

// What a search could find it by; nothing of what cannot be read, for it was never found by that.
std::vector<std::uint32_t> SqlKeeping::pairs_of(const KeptText& text) const {
    Details details;
    try {
        details = details_from_text(text.words);
    } catch (const std::exception& problem) {
        log::warning("retention.details_unread", {{"text", text.id.value}, {"problem", problem.what()}});
        return {};
    }
    return pair_hashes(context_.vault, search_form(details.summary + "\n" + details.label));
}

std::set<std::uint32_t> SqlKeeping::search_words_of(TicketId ticket, const std::vector<KeptText>& texts) {
    std::set<std::uint32_t> pairs;
    const auto details = details_of(ticket);
    for (const auto& text : texts)
        if (!text.words.empty() && details.contains(text.id))
            for (const auto pair : pairs_of(text)) pairs.insert(pair);
    return pairs;
}

Gone SqlKeeping::empty(const KeptText& text) {
    if (text.words.empty()) return {};
    unit_.forget(text.id);
    return of("texts", change(driver_, sql::empty_text, Bytes{nothing}, organisation_, text.id.value));
}

// What is sought by, and what was said of it.
Gone SqlKeeping::forget_ticket(TicketId ticket) {
    if (const auto present = unit_.ticket(ticket); present && present->customer) unit_.forget(present->customer);
    change(driver_, sql::drop_words_of, organisation_, ticket.value);
    return of("outbox", change(driver_, sql::drop_outbox_of, organisation_, ticket.value));
}

Gone SqlKeeping::erase_words(const std::vector<TicketId>& tickets) {
    Gone gone;
    std::map<std::int64_t, std::set<std::uint32_t>> pairs_of;  // what a search could find each by
    for (const auto ticket : tickets) {
        add_to(gone, drop_media(ticket));
        const auto texts = texts_of(ticket);
        pairs_of[ticket.value] = search_words_of(ticket, texts);
        for (const auto& text : texts) add_to(gone, empty(text));
        add_to(gone, forget_ticket(ticket));
        change(driver_, sql::forget_customer, static_cast<int>(KeptStage::words_gone), organisation_, ticket.value);
    }
    erase_search_words(pairs_of);
    return gone;
}

Gone SqlKeeping::erase_words_but(TicketId ticket, const PartOfTicket& of_others) {
    if (of_others.empty()) return erase_words({ticket});
    auto pictures = unit_.attachments_of(ticket);
    std::erase_if(pictures, [&](const Attachment& one) { return of_others.pictures.contains(one.id); });
    auto gone = drop_pictures(pictures);
    const auto texts = texts_of(ticket);
    std::map<std::int64_t, std::set<std::uint32_t>> pairs_of{{ticket.value, search_words_of(ticket, texts)}};
    for (const auto& text : texts)
        if (!of_others.texts.contains(text.id)) add_to(gone, empty(text));
    add_to(gone, forget_ticket(ticket));
    change(driver_, sql::forget_customer, static_cast<int>(KeptStage::all), organisation_, ticket.value);
    erase_search_words(pairs_of);
    return gone;
}

Gone SqlKeeping::erase_part(TicketId ticket, const PartOfTicket& part) {
    auto pictures = unit_.attachments_of(ticket);
    std::erase_if(pictures, [&](const Attachment& one) { return !part.pictures.contains(one.id); });
    auto gone = drop_pictures(pictures);
    for (const auto& text : texts_of(ticket))
        if (part.texts.contains(text.id)) add_to(gone, empty(text));
    return gone;
}

// A ticket's pairs were folded into one portion; into a later one as well where it was amended after that.
void SqlKeeping::erase_search_words(const std::map<std::int64_t, std::set<std::uint32_t>>& pairs_of) {
    for (const auto& [portion, has] : portions_with(driver_, organisation_, pairs_of)) {
        std::set<std::uint32_t> pairs;
        for (const auto ticket : has) pairs.insert(pairs_of.at(ticket).begin(), pairs_of.at(ticket).end());
        for (const auto pair : pairs) take_from_portion(driver_, organisation_, pair, portion, has);
    }
}

Gone SqlKeeping::drop_unfiled(ConversationId talk) {
    note_media(unfiled_attachments(talk));
    for (const auto& text : texts_of(talk))
        if (!text.ticket) unit_.forget(text.id);
    auto gone = of("attachments", change(driver_, sql::drop_unfiled_attachments, organisation_, talk.value));
    add_to(gone, of("texts", change(driver_, sql::drop_texts_of_talk, organisation_, talk.value)));
    return gone;
}

Gone SqlKeeping::drop_raw(TimePoint before, int most) {
    return of("raw", change(driver_, sql::drop_raw_texts, organisation_, to_ms(before), most));
}

// --- people and their talks

Gone SqlKeeping::forget_person(PersonId person) {
    change(driver_, sql::drop_surveys, organisation_, person.value);
    unit_.forget(person);
    return of("names", change(driver_, sql::empty_person, Bytes{nothing}, organisation_, person.value));
}

Gone SqlKeeping::drop_person(PersonId person) {
    change(driver_, sql::drop_surveys, organisation_, person.value);
    unit_.forget(person);
    return of("people", change(driver_, sql::drop_person, organisation_, person.value));
}

Gone SqlKeeping::forget_prompts(ConversationId talk, TimePoint asked_before, TimePoint held_at) {
    unit_.forget(talk);
    return of("prompts",
              change(driver_, sql::forget_prompts, organisation_, talk.value, to_ms(asked_before), to_ms(held_at)));
}

// They were said in the order of their ids: the first that is younger is the end.
Gone SqlKeeping::forget_messages(ConversationId talk, TimePoint said_before, int most) {
    std::int64_t last = 0;
    {
        Query row(driver_, sql::messages_before, organisation_, talk.value, 0, most);
        while (row.step() && row.integer(1) < to_ms(said_before)) last = row.integer(0);
    }
    if (last == 0) return {};
    return of("messages", change(driver_, sql::drop_messages, organisation_, talk.value, last));
}

bool SqlKeeping::drop_talk(ConversationId talk, int messages_most, Gone& gone) {
    const auto present = unit_.conversation(talk);
    if (!present) return true;
    const auto some = forget_messages(talk, from_ms(far_future), messages_most);
    add_to(gone, some);
    const auto went = some.find("messages");
    if (went != some.end() && went->second >= messages_most) return false;
    add_to(gone, forget_prompts(talk, from_ms(far_future), from_ms(far_future)));
    add_to(gone, drop_unfiled(talk));
    add_to(gone, of("outbox", change(driver_, sql::drop_owed_to, organisation_, present->channel.value, talk.value)));
    change(driver_, sql::drop_deliveries_of, organisation_, present->channel.value, talk.value);
    change(driver_, sql::drop_reminders_of_talk, organisation_, talk.value);
    add_to(gone, of("conversations", change(driver_, sql::drop_conversation, organisation_, talk.value)));
    unit_.forget(talk);
    return true;
}

void SqlKeeping::look_again(ConversationId talk, TimePoint looked_at) {
    change(driver_, sql::look_again, to_ms(looked_at), organisation_, talk.value);
}

// --- what is kept for a number of days

Gone SqlKeeping::drop_outbox(const std::vector<OutboxId>& ids) {
    std::int64_t gone = 0;
    for (const auto id : ids) gone += change(driver_, sql::drop_outbox, organisation_, id.value);
    return of("outbox", gone);
}

Gone SqlKeeping::drop_said(const std::vector<OutboxId>& ids) {
    std::int64_t gone = 0;
    for (const auto id : ids) gone += change(driver_, sql::drop_said, organisation_, id.value);
    return of("outbox", gone);
}

Gone SqlKeeping::drop_audit(TimePoint before, int most) {
    std::int64_t last = 0;
    {
        Query row(driver_, sql::first_audit, organisation_, 0, most);
        while (row.step() && row.integer(1) < to_ms(before)) last = row.integer(0);
    }
    if (last == 0) return {};
    return of("audit", change(driver_, sql::drop_audit, organisation_, last, to_ms(before)));
}

Gone SqlKeeping::drop_expired(TimePoint system_now, int most) {
    auto rows = change(driver_, sql::forget_deliveries, organisation_, to_ms(system_now - delivery_days), most);
    rows += change(driver_, sql::forget_sessions, organisation_, to_ms(system_now));
    rows += change(driver_, sql::forget_failures, organisation_, to_ms(system_now - std::chrono::hours(24)));
    rows += change(driver_, sql::forget_links, organisation_, to_ms(system_now));
    rows += change(driver_, sql::forget_half_sessions, organisation_, to_ms(system_now));
    return of("expired", rows);
}

}  // namespace huiyin
