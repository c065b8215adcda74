// People, their words, what they were asked and what they sent.
#include "workflow/store/sql_store.h"

#include <algorithm>
#include <limits>

#include "workflow/base/digest.h"
#include "workflow/store/change_list.h"
#include "workflow/store/sql.h"

namespace huiyin {
namespace {

constexpr int surveys_kept = 10;  // of a person, the latest

}  // namespace

Person SqlTransaction::read_person(const Query& row) const {
    Person person;
    person.id = PersonId{row.integer(0)};
    person.name = context_.vault.open(row.text(1), place("people.name", person.id.value));
    person.phone = context_.vault.open(row.text(2), place("people.phone", person.id.value));
    person.phone_confirmed = row.flag(3);
    person.created_at = from_ms(row.integer(4));
    person.notice_version = row.text(5);
    person.surveys_stopped = row.flag(6);
    return person;
}

std::optional<Person> SqlTransaction::person(PersonId id) {
    if (const auto held = people_.find(id); held != people_.end()) return held->second;
    if (recent_)
        if (const auto* known = recent_->people.find(id)) return *known;
    Query row(driver_.aside(), sql::person, context_.organisation, id.value);
    if (!row.step()) return std::nullopt;
    return people_[id] = read_person(row);
}

std::optional<Person> SqlTransaction::person_with_phone(const std::string& phone) {
    if (phone.empty()) return std::nullopt;
    const auto index = context_.vault.index(phone, "phone");
    Query row(driver_, sql::person_with_phone, context_.organisation, Bytes{index});
    if (!row.step()) return std::nullopt;
    return read_person(row);
}

void SqlTransaction::add(const Person& person) {
    save(person);
    tickets_of_[person.id] = {{}, std::numeric_limits<int>::max()};
    surveys_[person.id];
}

void SqlTransaction::save(const Person& person) {
    people_[person.id] = person;
    const auto name = to_seal(person.name, place("people.name", person.id.value));
    const auto phone = to_seal(person.phone, place("people.phone", person.id.value));
    const auto index = person.phone.empty() ? std::string() : context_.vault.index(person.phone, "phone");
    std::optional<Bytes> index_or_none;
    if (!index.empty()) index_or_none = Bytes{index};
    change_later(driver_, sql::save_person, Expected::any, context_.organisation, person.id.value, name, phone,
                 index_or_none, person.phone_confirmed, to_ms(person.created_at), person.notice_version,
                 person.surveys_stopped);
}

std::string SqlTransaction::text(TextId id) {
    if (!id) return {};
    if (const auto fresh = fresh_texts_.find(id); fresh != fresh_texts_.end()) return fresh->second.words;
    if (const auto held = texts_.find(id); held != texts_.end()) return held->second;
    if (recent_)
        if (const auto* known = recent_->texts.find(id)) return *known;
    Query row(driver_.aside(), sql::text, context_.organisation, id.value);
    return texts_[id] = row.step() ? context_.vault.open(row.text(0), place("texts.words", id.value)) : std::string();
}

Details SqlTransaction::details(TextId id) {
    if (const auto held = details_.find(id); held != details_.end()) return held->second;
    if (recent_)
        if (const auto* known = recent_->details.find(id)) return *known;
    const auto words = text(id);
    return words.empty() ? Details{} : details_[id] = details_from_text(words);
}

TextId SqlTransaction::add_details(const Details& details, TicketId for_ticket, ConversationId for_conversation,
                                   TimePoint now) {
    const auto id = add_text(to_text(details), for_ticket, for_conversation, now);
    details_[id] = details;
    return id;
}

TextId SqlTransaction::add_text(const std::string& words, TicketId for_ticket, ConversationId for_conversation,
                                TimePoint now) {
    const auto id = context_.ids->make<TextId>(to_ms(now));
    const auto kept = to_seal(words, place("texts.words", id.value));
    const auto salt = random_bytes(16);
    change_later(driver_, sql::add_text, Expected::any, context_.organisation, id.value, for_ticket.value,
                 for_conversation.value, "words", to_ms(now), Bytes{salt}, kept);
    fresh_texts_[id] = {words, salt};
    return id;
}

TextId SqlTransaction::add_raw(const std::string& bytes, ConversationId for_conversation, TimePoint now) {
    const auto id = context_.ids->make<TextId>(to_ms(now));
    change_later(driver_, sql::add_raw_text, Expected::any, context_.organisation, id.value, for_conversation.value,
                 to_ms(now), Bytes{random_bytes(16)}, to_seal(bytes, place("texts.words", id.value)));
    return id;
}

std::string SqlTransaction::text_hash(TextId id) {
    if (const auto fresh = fresh_texts_.find(id); fresh != fresh_texts_.end())
        return sha256_hex(fresh->second.salt + fresh->second.words);
    Query row(driver_, sql::text, context_.organisation, id.value);
    if (!row.step()) return {};
    return sha256_hex(row.text(1) + context_.vault.open(row.text(0), place("texts.words", id.value)));
}

std::vector<TimePoint> SqlTransaction::surveys_asked(PersonId person, int count) {
    const auto first = [count](const std::vector<TimePoint>& all) {
        const auto wanted = std::min(all.size(), static_cast<std::size_t>(std::max(count, 0)));
        return std::vector<TimePoint>(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(wanted));
    };
    const bool kept = count <= surveys_kept;
    if (const auto held = surveys_.find(person); kept && held != surveys_.end()) return first(held->second);
    if (kept && recent_)
        if (const auto* known = recent_->surveys.find(person)) return first(*known);
    std::vector<TimePoint> found;
    Query row(kept ? driver_.aside() : driver_, sql::surveys_asked, context_.organisation, person.value,
              std::max(count, surveys_kept));
    while (row.step()) found.push_back(from_ms(row.integer(0)));
    if (!kept) return found;
    return first(surveys_[person] = std::move(found));
}

std::int64_t SqlTransaction::tally(const std::string& counter, const std::string& subject, TimePoint from,
                                   TimePoint until, TicketId but_for) {
    Query row(driver_, sql::tally, context_.organisation, counter, subject, to_ms(from), to_ms(until), but_for.value);
    return row.step() ? row.integer(0) : 0;
}

void SqlTransaction::set_tally(const std::string& counter, const std::string& subject, TicketId ticket, TimePoint at,
                               std::int64_t amount) {
    if (amount == 0)
        change_later(driver_, sql::drop_tally, Expected::any, context_.organisation, counter, ticket.value);
    else
        change_later(driver_, sql::set_tally, Expected::any, context_.organisation, counter, ticket.value, subject,
                     to_ms(at), amount);
}

void SqlTransaction::note_survey(PersonId person, TicketId ticket, TimePoint at) {
    auto asked = surveys_asked(person, surveys_kept);  // the latest first
    asked.insert(std::find_if(asked.begin(), asked.end(), [&](TimePoint each) { return each <= at; }), at);
    if (asked.size() > static_cast<std::size_t>(surveys_kept)) asked.pop_back();
    surveys_[person] = std::move(asked);
    change_later(driver_, sql::note_survey, Expected::any, context_.organisation, person.value, to_ms(at),
                 ticket.value);
}

Attachment SqlTransaction::read_attachment(const Query& row) const {
    Attachment a;
    a.id = AttachmentId{row.text(0)};
    a.ticket = TicketId{row.integer(1)};
    a.conversation = ConversationId{row.integer(2)};
    a.kind = row.text(3);
    a.name = context_.vault.open(row.text(4), place("attachments.name", a.id.value));
    a.media_type = row.text(5);
    a.bytes = row.integer(6);
    a.sha256 = row.text(7);
    a.created_at = from_ms(row.integer(8));
    return a;
}

std::optional<Attachment> SqlTransaction::attachment(const AttachmentId& id) {
    Query row(driver_, sql::attachment, context_.organisation, id.value);
    if (!row.step()) return std::nullopt;
    return read_attachment(row);
}

std::vector<Attachment> SqlTransaction::attachments_of(TicketId ticket) {
    std::vector<Attachment> found;
    Query row(driver_, sql::attachments_of, context_.organisation, ticket.value);
    while (row.step()) found.push_back(read_attachment(row));
    return found;
}

void SqlTransaction::save(const Attachment& a) {
    const auto name = to_seal(a.name, place("attachments.name", a.id.value));
    change_later(driver_, sql::save_attachment, Expected::any, context_.organisation, a.id.value, a.ticket.value,
                 a.conversation.value, a.kind, name, a.media_type, a.bytes, a.sha256, to_ms(a.created_at));
}

}  // namespace huiyin
