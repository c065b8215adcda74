// What was decided to be erased goes: closed tickets first, what is left when it can, the talk with his address last.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "workflow/base/digest.h"
#include "workflow/base/json_text.h"
#include "workflow/base/log.h"
#include "workflow/engine/language.h"
#include "workflow/privacy/rights.h"
#include "workflow/privacy/said_by.h"
#include "workflow/privacy/wrong_alone.h"

namespace huiyin {
namespace {

constexpr int tickets_most = 10'000, tickets_at_once = 8, messages_at_once = 400, outbox_at_once = 1000;
constexpr std::size_t rows_at_once = 400;
constexpr auto ever = TimePoint::max();  // whatever the clock was when it was said
constexpr auto look_again_after = std::chrono::hours{12};
constexpr auto tried_again_after = std::chrono::minutes{10};
constexpr auto waits_for_platform = std::chrono::hours{24 * 7};  // that it takes the answer
constexpr auto looked_for =
    std::chrono::hours{24 * 60};  // a talk that is left for longer goes with those that are quiet

constexpr std::int64_t first_of_all = 1'577'836'800'000;  // 2020: no time of ours is shorter, but one that was cut off

bool may_go(Transaction& tx, const Ticket& ticket, bool open_too, TimePoint now) {
    return (is_end(ticket.phase) || open_too) && !tx.keeping().is_held(ticket.id, now);
}

PartOfTicket part_of(const SaidBy& said) {
    PartOfTicket part;
    for (const auto& one : said.words) part.texts.insert(one.text);
    part.pictures = said.pictures;
    return part;
}

std::string stays_setting(std::int64_t request) { return "privacy/stays/" + std::to_string(request); }

}  // namespace

bool Rights::pieces(TimePoint now) {
    constexpr int at_once = 200;
    for (std::int64_t last = 0;;) {
        std::vector<std::int64_t> erasing;
        parts_.store->read([&](Reading& reading) { erasing = reading.kept().erasing_requests(last, at_once); });
        for (const auto request : erasing) {
            last = request;
            if (tried(request, now, [&] { return erase_some(request, now); })) return true;
        }
        if (static_cast<int>(erasing.size()) < at_once) break;
    }
    return leave_nothing(now);
}

// What cannot be done is tried again a while later: the others, and the night, do not wait for it.
bool Rights::tried(std::int64_t what, TimePoint now, const std::function<bool()>& piece) {
    if (const auto looked = looked_at_.find(what);
        looked != looked_at_.end() && now >= looked->second && now - looked->second < look_again_after)
        return false;
    bool more = false;
    const auto wrong = wrong_alone([&] { more = piece(); });
    if (!wrong) return more;
    log::error("privacy.not_erased", {{"of", what}, {"problem", *wrong}});
    looked_at_[what] = now - look_again_after + tried_again_after;
    return false;
}

bool Rights::erase_some(std::int64_t id, TimePoint now) {
    std::optional<PrivacyRequest> request;
    bool more = false;
    parts_.store->run([&](Transaction& tx) {
        more = false;
        request = tx.keeping().privacy_request(id);
        if (!request || request->state != "erasing") return;
        std::vector<TicketId> due;
        for (const auto& ticket : tx.tickets_of(request->person, tickets_most))
            if (static_cast<int>(due.size()) < tickets_at_once && may_go(tx, ticket, request->open_too, now))
                due.push_back(ticket.id);
        for (const auto one : due)
            if (const auto ticket = tx.ticket(one)) tx.keeping().erase_words_but(one, of_others(tx, *ticket));
        if (due.empty())
            for (const auto& [ticket, said] : joined_by(tx, request->person)) {
                if (tx.keeping().is_held(ticket.id, now)) continue;
                tx.keeping().erase_part(ticket.id, part_of(said));
                due.push_back(ticket.id);
            }
        for (const auto ticket : due)
            tx.audit(request->decided_by, "privacy.erased", ticket, "words", {}, parts_.system->now());
        more = !due.empty();
    });
    return more || (request && request->state == "erasing" && finish(*request, now));
}

// No index leads from a talk to what was sent in it: all that was sent is walked through, behind `last`.
std::vector<OutboxId> Rights::said_to(Reading& reading, PersonId person, OutboxId& last) {
    std::set<ConversationId> talks;
    for (const auto& talk : reading.conversations_of(person)) talks.insert(talk.id);
    std::vector<OutboxId> found;
    for (;;) {
        const auto page = reading.kept().outbox_ends(last, outbox_at_once);
        if (page.empty()) return found;
        for (const auto& one : page)
            if (one.conversation && talks.contains(one.conversation)) found.push_back(one.id);
        last = page.back().id;
    }
}

bool Rights::finish(const PrivacyRequest& request, TimePoint now) {
    std::vector<Staying> stays;
    std::vector<OutboxId> said;
    OutboxId last_said;
    parts_.store->read([&](Reading& reading) {
        stays = all_that_stays(reading, request.person, now);
        if (stays.empty()) said = said_to(reading, request.person, last_said);
    });
    if (said.size() > rows_at_once) {
        said.resize(rows_at_once);
        parts_.store->run([&](Transaction& tx) { tx.keeping().drop_said(said); });
        return true;
    }
    if (stays.empty()) note_outside(request.person, now);  // first: whoever is erased twice is erased
    bool more = false;
    parts_.store->run([&](Transaction& tx) {
        more = false;
        auto& keeping = tx.keeping();
        auto present = keeping.privacy_request(request.id);
        if (!present || present->state != "erasing") return;
        if (present->person != request.person) {  // he is known as another since: it begins anew
            more = true;
            return;
        }
        const auto left = all_that_stays(tx, request.person, now);
        if (!left.empty()) return say_what_stays(tx, *present, left, now);
        for (auto& talk : tx.conversations_of(request.person)) {
            const auto gone = keeping.forget_messages(talk.id, ever, messages_at_once);
            more = more || (!gone.empty() && gone.at("messages") >= messages_at_once);
            if (more) return;
            keeping.forget_prompts(talk.id, ever, ever);
            keeping.drop_unfiled(talk.id);
            auto emptied = tx.conversation(talk.id).value_or(talk);
            emptied.body = to_text(Json{{"language", language_of(talk)}});
            // A clock that was ahead would keep his talk for as long.
            emptied.last_inbound_at = std::min(emptied.last_inbound_at, now);
            tx.save(emptied);
        }
        keeping.drop_said(said);
        keeping.drop_said(said_to(tx, request.person, last_said));
        keeping.forget_person(request.person);
        if (tx.setting(stays_setting(request.id))) tx.set_setting(stays_setting(request.id), {});
        close_requests(tx, *present, now);
        keeping.note_erased(request.person, now);
        keeping.wipe_log();
        tx.audit(request.decided_by, "privacy.erased", {}, "person", std::to_string(request.id), parts_.system->now());
        tell(tx, *present, "customer.privacy_erased", {}, now);
    });
    if (more) return true;
    looked_at_[request.id] = now;
    return false;
}

// What he said in a neighbour's ticket that is held, too.
std::vector<Staying> Rights::all_that_stays(Reading& reading, PersonId person, TimePoint now) const {
    auto all = staying(reading, person, now);
    for (const auto& [ticket, said] : joined_by(reading, person))
        if (const auto until = held_until(reading, ticket.id, now)) all.push_back({ticket.id, ticket.number, until});
    return all;
}

// Told once, and again when something else stays than he was told.
void Rights::say_what_stays(Transaction& tx, PrivacyRequest& request, const std::vector<Staying>& stays,
                            TimePoint now) const {
    std::string list;
    for (const auto& one : stays)
        list += to_text(one.ticket) + " " + (one.held_until ? std::to_string(to_ms(*one.held_until)) : "open") + "\n";
    const auto hash = sha256_hex(list).substr(0, 32);
    if (tx.setting(stays_setting(request.id)) == hash) return;
    const auto where = request.conversation ? tx.conversation(request.conversation) : std::nullopt;
    request.answer = in_words(stays, where ? language_of(*where) : std::string(), now);
    tx.keeping().save(request);
    tx.set_setting(stays_setting(request.id), hash);
    tell(tx, request, "customer.privacy_stays", {{"stays", request.answer}}, now, std::to_string(to_ms(now)));
}

// What he asked beside it is empty, and what of it waited has nothing to be about any more.
void Rights::close_requests(Transaction& tx, PrivacyRequest& done, TimePoint now) {
    for (auto& one : tx.keeping().privacy_requests_of(done.person)) {
        if (one.id == done.id || one.state == "erasing") one.state = "done";
        if (one.state == "waiting") {
            one.state = "withdrawn";
            one.decided_at = now;
        }
        one.wish.clear();
        one.answer.clear();
        tx.keeping().save(one);
        if (one.id == done.id) done = one;
    }
}

// The answer has to reach him first; then the talk goes with his address in it, if he has not spoken again.
bool Rights::leave_nothing(TimePoint now) {
    constexpr int at_once = 50;
    const auto by = now - look_again_after;
    for (LookedAt last{by - looked_for, {}};;) {
        std::vector<LookedAt> left;
        parts_.store->read([&](Reading& reading) { left = reading.kept().talks_of_erased(last, by, at_once); });
        for (const auto& each : left) {
            last = each;
            if (tried(each.conversation.value, now, [&] { return drop_talk(each, now); })) return true;
        }
        if (static_cast<int>(left.size()) < at_once) return false;
    }
}

bool Rights::drop_talk(const LookedAt& erased, TimePoint now) {
    bool more = false;
    parts_.store->run([&](Transaction& tx) {
        more = false;
        const auto present = tx.conversation(erased.conversation);
        if (!present || present->last_inbound_at > erased.at) return;  // he spoke a moment ago
        if (now - erased.at < waits_for_platform && tx.keeping().is_owed(*present)) return;
        Gone gone;
        more = true;
        if (!tx.keeping().drop_talk(present->id, messages_at_once, gone)) return;
        if (tx.conversations_of(present->person).empty()) tx.keeping().drop_person(present->person);
    });
    if (!more) looked_at_[erased.conversation.value] = now - look_again_after + tried_again_after;
    return more;
}

// One line a person, synced before the store says that he is erased. The file lies with the media, so that it is there
// when the store itself was lost.
void Rights::note_outside(PersonId person, TimePoint now) const {
    if (parts_.erased_list.empty()) return;
    const int file = ::open(parts_.erased_list.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    // A line that was cut off by a full disk or a power cut stays alone.
    char last = '\n';
    if (const auto size = file >= 0 ? ::lseek(file, 0, SEEK_END) : 0;
        size > 0 && ::pread(file, &last, 1, size - 1) != 1)
        last = ' ';
    const auto line = (last == '\n' ? "" : "\n") + to_text(person) + " " + std::to_string(to_ms(now)) + "\n";
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
        std::string more;
        if (line.empty()) continue;
        if (words >> person >> at && !(words >> more) && person > 0 && at >= first_of_all)
            listed[PersonId{person}] = from_ms(at);
        else
            log::warning("privacy.erased_list_unread", {{"bytes", line.size()}});
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
