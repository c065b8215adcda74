#include "workflow/privacy/rights.h"

#include <algorithm>

#include "workflow/base/log.h"
#include "workflow/engine/language.h"

namespace huiyin {
namespace {

constexpr int tickets_most = 10'000;
constexpr std::size_t words_most = 2000;
const Span time_to_answer{15, SpanUnit::working_days};

Problem not_found() { return {"privacy.not_found", "没有这个申请，或没有这个人", {}}; }
Problem bad_field(const std::string& field, const std::string& text) { return {"privacy.bad_field", text, field}; }

std::string digits_of(const std::string& phone) {
    std::string digits;
    for (const char c : phone)
        if (c >= '0' && c <= '9') digits += c;
    return digits;
}

}  // namespace

std::optional<TimePoint> Rights::held_until(Reading& reading, TicketId ticket, TimePoint now) {
    std::optional<TimePoint> until;
    for (const auto& hold : reading.kept().holds_of(ticket))
        if (hold.in_force(now)) until = std::max(until.value_or(hold.until), hold.until);
    return until;
}

std::vector<Staying> Rights::staying(Reading& reading, PersonId person, TimePoint now) const {
    std::vector<Staying> found;
    for (const auto& ticket : reading.tickets_of(person, tickets_most)) {
        Staying one{ticket.id, ticket.number, held_until(reading, ticket.id, now)};
        if (one.held_until || !is_end(ticket.phase)) found.push_back(std::move(one));
    }
    return found;
}

Result<Person> Rights::correct(Transaction& tx, PersonId id, const Correction& right, const Correcting& how) const {
    auto person = tx.person(id);
    if (!person) return not_found();
    const auto old = *person;
    if (right.name) {
        if (right.name->size() > 120) return bad_field("name", "名字太长了：请写40个字以内");
        person->name = *right.name;
    }
    if (right.phone) {
        const auto digits = digits_of(*right.phone);
        if (digits.size() < 7 || digits.size() > 15) return bad_field("phone", "这个号码读不出来：请写7到15位数字");
        if (digits != person->phone) person->phone_confirmed = false;
        person->phone = digits;
    }
    tx.save(*person);
    tx.audit({}, "privacy.corrected", {},
             right.name && right.phone ? "name, phone"
             : right.name              ? "name"
                                       : "phone",
             {}, parts_.system->now());
    // Whoever works on what is not over calls the number that is right. Another contact than himself stays, and nothing
    // that is right now tells whose an anonymous matter is.
    for (const auto& ticket : tx.tickets_of(id, tickets_most)) {
        if (is_end(ticket.phase) || ticket.anonymous) continue;
        auto details = tx.details(ticket.details);
        const bool name = right.name && details.contact_name == old.name && old.name != person->name;
        const bool phone = right.phone && digits_of(details.contact_phone) == old.phone && old.phone != person->phone;
        if (name) details.contact_name = person->name;
        if (phone) details.contact_phone = person->phone;
        Amendment amendment;
        amendment.details = std::move(details);
        if (!name && !phone) continue;
        if (const auto done = how.engine->amend(tx, ticket.id, amendment, how.by, how.now, how.held); !done)
            log::warning("privacy.contact_not_amended", {{"ticket", ticket.number}, {"code", done.problem().code}});
    }
    return *person;
}

Result<PrivacyRequest> Rights::ask(Transaction& tx, const PrivacyWish& wish, TimePoint now) const {
    if (wish.kind != "export" && wish.kind != "correct" && wish.kind != "erase")
        return bad_field("kind", "没有这种申请：" + wish.kind + "：请写 export、correct 或 erase");
    if (wish.words.size() > words_most) return bad_field("words", "写得太长了：请写600个字以内");
    if (wish.kind == "correct" && wish.words.empty()) return bad_field("words", "请写应该改成什么");
    if (!tx.person(wish.person)) return not_found();
    for (const auto& other : tx.keeping().privacy_requests_of(wish.person))
        if (other.kind == wish.kind && (other.state == "waiting" || other.state == "erasing"))
            return Problem{"privacy.taken", "这件事已经提过了，正在办", std::to_string(other.id)};
    PrivacyRequest request;
    request.id = parts_.ids->next(to_ms(parts_.system->now()));
    request.person = wish.person;
    request.conversation = wish.conversation;
    request.kind = wish.kind;
    request.wish = wish.words;
    request.noted_by = wish.noted_by;
    request.asked_at = now;
    request.due_at = parts_.policies->standard()->calendar.due(now, time_to_answer, FirstDay::not_counted);
    tx.keeping().save(request);
    tx.audit(wish.noted_by, "privacy.asked", {}, wish.kind, std::to_string(request.id), parts_.system->now());
    return request;
}

Result<PrivacyRequest> Rights::withdraw(Transaction& tx, std::int64_t id, PersonId by, TimePoint now) const {
    auto request = tx.keeping().privacy_request(id);
    if (!request || request->person != by) return not_found();
    if (request->state != "waiting") return Problem{"privacy.conflict", "这个申请已经办了，收不回来了", {}};
    request->state = "withdrawn";
    request->decided_at = now;
    tx.keeping().save(*request);
    tx.audit({}, "privacy.withdrawn", {}, request->kind, std::to_string(id), parts_.system->now());
    return *request;
}

Result<PrivacyRequest> Rights::decide(Transaction& tx, std::int64_t id, const PrivacyDecision& decision,
                                      TimePoint now) const {
    auto request = tx.keeping().privacy_request(id);
    if (!request) return not_found();
    if (request->state != "waiting") return Problem{"privacy.conflict", "这个申请已经有了决定", request->state};
    if (decision.reason.empty() && (!decision.granted || decision.open_too))
        return bad_field("reason",
                         decision.granted ? "没结案的也要删：请写为什么" : "请写为什么不办：这句话会告诉住户");
    if (decision.open_too && request->kind != "erase") return bad_field("open_too", "只有申请删除时才能写 open_too");
    request->decided_at = now;
    request->decided_by = decision.by;
    request->reason = decision.reason;
    request->open_too = decision.open_too;
    request->state = !decision.granted ? "refused" : request->kind == "erase" ? "erasing" : "done";
    tx.keeping().save(*request);
    tx.audit(decision.by, decision.granted ? "privacy.granted" : "privacy.refused", {}, request->kind,
             std::to_string(id) + (decision.reason.empty() ? "" : ": " + decision.reason), parts_.system->now());
    if (!decision.granted) tell(tx, *request, "customer.privacy_refused", {{"reason", decision.reason}}, now);
    if (request->state == "done") tell(tx, *request, "customer.privacy_answered", {{"answer", decision.reason}}, now);
    return *request;
}

void Rights::tell(Transaction& tx, const PrivacyRequest& request, const std::string& phrase, const PhraseValues& values,
                  TimePoint now, const std::string& which) const {
    auto talk = request.conversation ? tx.conversation(request.conversation) : std::nullopt;
    if (!talk) return;
    Said said;
    said.text = parts_.phrases->in(language_of(*talk)).render(phrase, values);
    Saying how;
    how.kind = "privacy";
    how.key = "privacy:" + std::to_string(request.id) + ":" + phrase + (which.empty() ? "" : ":" + which);
    parts_.speaker->say(tx, *talk, std::move(said), {}, how, now);
}

std::string Rights::in_words(const std::vector<Staying>& staying, const std::string& language, TimePoint now) const {
    const auto& zone = parts_.policies->standard()->calendar.zone();
    const auto& phrases = parts_.phrases->in(language);
    std::string words;
    for (const auto& one : staying) {
        PhraseValues values{{"number", one.number}, {"until", ""}};
        if (one.held_until) values["until"] = moment_in(language, *one.held_until, now, zone);
        if (!words.empty()) words += phrases.render("customer.privacy_and");
        words += phrases.render("customer.privacy_stays_one", values);
    }
    return words;
}

}  // namespace huiyin
