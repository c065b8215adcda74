#include "workflow/privacy/rights.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "workflow/base/json_text.h"
#include "workflow/base/log.h"
#include "workflow/engine/language.h"
#include "workflow/store/driver.h"

namespace huiyin {
namespace {

constexpr int tickets_most = 10'000, tickets_at_once = 8, messages_at_once = 400;
constexpr auto look_again_after = std::chrono::hours{12};
constexpr auto tried_again_after = std::chrono::minutes{10};
constexpr auto looked_for =
    std::chrono::hours{24 * 60};  // a talk that is left for longer goes with those that are quiet
constexpr std::size_t words_most = 2000;
const Span time_to_answer{15, SpanUnit::working_days};

Problem not_found() { return {"privacy.not_found", "没有这个申请，或没有这个人", {}}; }
Problem bad_field(const std::string& field, const std::string& text) { return {"privacy.bad_field", text, field}; }

bool may_go(Transaction& tx, const Ticket& ticket, bool open_too, TimePoint now) {
    return (is_end(ticket.phase) || open_too) && !tx.keeping().is_held(ticket.id, now);
}

std::string digits_of(const std::string& phone) {
    std::string digits;
    for (const char c : phone)
        if (c >= '0' && c <= '9') digits += c;
    return digits;
}

}  // namespace

std::vector<Staying> Rights::staying(Reading& reading, PersonId person, TimePoint now) const {
    std::vector<Staying> found;
    for (const auto& ticket : reading.tickets_of(person, tickets_most)) {
        Staying one{ticket.id, ticket.number, std::nullopt};
        for (const auto& hold : reading.kept().holds_of(ticket.id))
            if (hold.in_force(now)) one.held_until = std::max(one.held_until.value_or(hold.until), hold.until);
        if (one.held_until || !is_end(ticket.phase)) found.push_back(std::move(one));
    }
    return found;
}

Result<Person> Rights::correct(Transaction& tx, PersonId id, const Correction& right) const {
    auto person = tx.person(id);
    if (!person) return not_found();
    if (right.name) {
        if (right.name->size() > 120) return bad_field("name", "名字太长了：请写40个字以内");
        person->name = *right.name;
    }
    if (right.phone) {
        const auto digits = digits_of(*right.phone);
        if (!digits.empty() && (digits.size() < 7 || digits.size() > 15))
            return bad_field("phone", "这个号码读不出来：请写7到15位数字");
        if (digits != person->phone) person->phone_confirmed = false;
        person->phone = digits;
    }
    tx.save(*person);
    tx.audit({}, "privacy.corrected", {},
             right.name && right.phone ? "name, phone"
             : right.name              ? "name"
                                       : "phone",
             {}, parts_.system->now());
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
                  TimePoint now) const {
    auto talk = request.conversation ? tx.conversation(request.conversation) : std::nullopt;
    if (!talk) return;
    Said said;
    said.text = parts_.phrases->in(language_of(*talk)).render(phrase, values);
    Saying how;
    how.kind = "privacy";
    how.key = "privacy:" + std::to_string(request.id) + ":" + phrase;
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

// --- erasing

bool Rights::pieces(TimePoint now) {
    constexpr int at_once = 200;
    for (std::int64_t last = 0;;) {
        std::vector<PrivacyRequest> erasing;
        parts_.store->read([&](Reading& reading) { erasing = reading.kept().erasing_requests(last, at_once); });
        for (const auto& request : erasing) {
            last = request.id;
            if (const auto looked = looked_at_.find(request.id);
                looked != looked_at_.end() && now - looked->second < look_again_after)
                continue;
            try {
                if (erase_some(request, now)) return true;
            } catch (const StoreFailed&) {
                throw;
            } catch (const std::exception& problem) {  // the others, and the night, do not wait for it
                log::error("privacy.not_erased", {{"request", request.id}, {"problem", problem.what()}});
                looked_at_[request.id] = now - look_again_after + tried_again_after;
            }
        }
        if (static_cast<int>(erasing.size()) < at_once) break;
    }
    return leave_nothing(now);
}

bool Rights::erase_some(const PrivacyRequest& request, TimePoint now) {
    bool more = false;
    parts_.store->run([&](Transaction& tx) {
        more = false;
        std::vector<TicketId> due;
        for (const auto& ticket : tx.tickets_of(request.person, tickets_most))
            if (static_cast<int>(due.size()) < tickets_at_once && may_go(tx, ticket, request.open_too, now))
                due.push_back(ticket.id);
        if (due.empty()) return;
        tx.keeping().erase_words(due);
        for (const auto ticket : due)
            tx.audit(request.decided_by, "privacy.erased", ticket, "words", {}, parts_.system->now());
        more = true;
    });
    return more || finish(request, now);
}

bool Rights::finish(const PrivacyRequest& request, TimePoint now) {
    std::vector<Staying> stays;
    parts_.store->read([&](Reading& reading) { stays = staying(reading, request.person, now); });
    if (stays.empty()) note_outside(request.person, now);  // first: whoever is erased twice is erased
    bool more = false;
    parts_.store->run([&](Transaction& tx) {
        more = false;
        auto& keeping = tx.keeping();
        auto present = keeping.privacy_request(request.id);
        if (!present || present->state != "erasing") return;
        const auto where = present->conversation ? tx.conversation(present->conversation) : std::nullopt;
        const auto language = where ? language_of(*where) : std::string();
        const auto left = in_words(staying(tx, request.person, now), language, now);
        if (!left.empty()) {
            if (present->answer == left) return;
            present->answer = left;
            keeping.save(*present);
            return tell(tx, *present, "customer.privacy_stays", {{"stays", left}}, now);
        }
        for (auto& talk : tx.conversations_of(request.person)) {
            const auto gone = keeping.forget_messages(talk.id, now + std::chrono::hours{1}, messages_at_once);
            more = more || (!gone.empty() && gone.at("messages") >= messages_at_once);
            if (more) return;
            keeping.forget_prompts(talk.id, now + std::chrono::hours{1});
            keeping.drop_unfiled(talk.id);
            auto emptied = tx.conversation(talk.id).value_or(talk);
            emptied.body = to_text(Json{{"language", language_of(talk)}});
            tx.save(emptied);
        }
        tx.keeping().forget_person(request.person);
        present->state = "done";
        present->wish.clear();
        present->answer.clear();
        tx.keeping().save(*present);
        tx.keeping().note_erased(request.person, now);
        tx.keeping().wipe_log();
        tx.audit(request.decided_by, "privacy.erased", {}, "person", std::to_string(request.id), parts_.system->now());
        tell(tx, *present, "customer.privacy_erased", {}, now);
    });
    if (more) return true;
    looked_at_[request.id] = now;
    return false;
}

// The answer has to reach him first; then the talk goes with his address in it, if he has not spoken again.
bool Rights::leave_nothing(TimePoint now) {
    const auto by = now - look_again_after, after = by - looked_for;
    bool left = false;
    parts_.store->read([&](Reading& reading) { left = reading.kept().talk_of_erased(after, by).has_value(); });
    if (!left) return false;
    parts_.store->run([&](Transaction& tx) {
        const auto talk = tx.keeping().talk_of_erased(after, by);
        const auto present = talk ? tx.conversation(*talk) : std::nullopt;
        Gone gone;
        if (!present || !tx.keeping().drop_talk(*talk, messages_at_once, gone)) return;
        if (tx.conversations_of(present->person).empty()) tx.keeping().drop_person(present->person);
    });
    return true;
}

// One line a person, synced before the store says that he is erased. The file lies with the media, so that it is there
// when the store itself was lost.
void Rights::note_outside(PersonId person, TimePoint now) const {
    if (parts_.erased_list.empty()) return;
    const auto line = to_text(person) + " " + std::to_string(to_ms(now)) + "\n";
    const int file = ::open(parts_.erased_list.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const bool written =
        file >= 0 && ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size()) && ::fsync(file) == 0;
    const int reason = errno;
    if (file >= 0) ::close(file);
    if (!written) throw std::runtime_error("privacy: " + parts_.erased_list + ": " + std::strerror(reason));
}

std::size_t Rights::erase_again(TimePoint now) const {
    std::map<PersonId, TimePoint> listed;
    std::ifstream file(parts_.erased_list);
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::int64_t person = 0, at = 0;
        if (words >> person >> at) listed[PersonId{person}] = from_ms(at);
    }
    std::size_t again = 0;
    for (const auto& each : listed) {
        const auto person = each.first;
        const auto at = each.second;
        bool known = true;
        parts_.store->read([&](Reading& reading) {
            const auto erased = reading.kept().erased_at(person);
            known = (erased && *erased >= at) || !reading.person(person);
        });
        if (known) continue;
        parts_.store->run([&](Transaction& tx) {
            for (auto& other : tx.keeping().privacy_requests_of(person))
                if (other.kind == "erase" && other.state == "erasing") return;
            PrivacyRequest request;
            request.id = parts_.ids->next(to_ms(parts_.system->now()));
            request.person = person;
            request.kind = "erase";
            request.state = "erasing";
            request.asked_at = request.due_at = now;
            request.decided_at = now;
            request.open_too = true;  // what is open in the backup was closed when he was erased
            request.reason = "restored";
            tx.keeping().save(request);
            tx.audit({}, "privacy.erased", {}, "restored", std::to_string(request.id), parts_.system->now());
        });
        ++again;
    }
    if (again > 0) log::warning("privacy.erased_again", {{"people", again}});
    return again;
}

}  // namespace huiyin
