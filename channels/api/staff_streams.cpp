#include "channels/api/staff_streams.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "channels/api/ticket_json.h"
#include "workflow/base/json_text.h"
#include "workflow/base/log.h"

namespace huiyin {
namespace {

constexpr std::size_t streams_a_person = 6, streams_most = 500;
constexpr std::size_t commits_at_once = 256;

bool sees(const std::vector<UnitId>& units, UnitId unit) {
    return std::find(units.begin(), units.end(), unit) != units.end();
}

// Whose doing the newest change was. What the rules made of it at the same moment is his doing too; what nobody by name
// did is the policy's.
struct Doer {
    Json name;  // null: no member of staff
    std::string kind = "policy";
};
Doer last_by(Reading& reading, const Ticket& ticket, const Directory& directory) {
    constexpr int looked_at = 12;
    const auto last = reading.events_page(ticket.id, std::max<std::int64_t>(ticket.version - looked_at, 0), looked_at);
    Doer doer;
    for (auto each = last.items.rbegin(); each != last.items.rend() && each->at == last.items.back().at; ++each) {
        const auto event = api::event_json(*each, directory);
        const auto by = event.find("by");
        const auto kind = by == event.end() ? std::string() : by->value("kind", "");
        if (kind == "staff") return {event.value("by_name", Json()), kind};
        if (kind == "resident") doer.kind = kind;
    }
    return doer;
}

}  // namespace

StaffStreams::StaffStreams(Store& store, const Engine& engine, const DirectoryHolder& directory, const Clock& system)
    : store_(store), engine_(engine), directory_(directory), system_(system), thread_([this] { run(); }) {}
StaffStreams::~StaffStreams() { news_.close(); }

bool StaffStreams::open(http::Responder& responder, const SignedIn& who) {
    auto one = std::make_shared<One>();
    one->staff = who.staff.id;
    one->session = who.session.token_hash;
    std::shared_ptr<One> oldest;
    {
        std::lock_guard lock(mutex_);
        std::erase_if(open_, [](const auto& other) { return other->gone || !other->stream.open(); });
        if (open_.size() >= streams_most) return false;
        one->stream = responder.stream({}, [weak = std::weak_ptr<One>(one)] {
            if (const auto gone = weak.lock()) gone->gone = true;
        });
        one->stream.send(http::event_text("", "hello", "{}"));
        const auto his = [&](const auto& other) { return other->staff == who.staff.id; };
        if (std::count_if(open_.begin(), open_.end(), his) >= static_cast<std::ptrdiff_t>(streams_a_person)) {
            const auto at = std::find_if(open_.begin(), open_.end(), his);
            oldest = *at;
            open_.erase(at);
        }
        open_.push_back(std::move(one));
    }
    if (oldest) oldest->stream.close();
    return true;
}

void StaffStreams::news(const Touched& touched) {
    if (touched.tickets.empty() && touched.conversations.empty()) return;
    {
        std::lock_guard lock(mutex_);
        if (open_.empty()) return;
    }
    Touched one;
    one.tickets = touched.tickets;
    one.conversations = touched.conversations;
    news_.put(std::move(one));
}

std::size_t StaffStreams::count() const {
    std::lock_guard lock(mutex_);
    return open_.size();
}

void StaffStreams::run() {
    while (true) {
        auto all = news_.take_up_to(commits_at_once);
        if (all.empty()) return;
        Touched together;
        for (auto& each : all) {
            together.tickets.merge(each.tickets);
            together.conversations.merge(each.conversations);
        }
        try {
            send(together);
        } catch (const std::exception& e) {
            log::error("staff_streams.failed", {{"what", e.what()}});
        }
    }
}

StaffStreams::Open StaffStreams::those_open() {
    std::lock_guard lock(mutex_);
    std::erase_if(open_, [](const auto& one) { return one->gone || !one->stream.open(); });
    return open_;
}

// What each of them may see now: his unit, his roles and his session are looked at again every time.
std::map<StaffId, std::vector<UnitId>> StaffStreams::still_there(Reading& reading, Open& list) const {
    const auto directory = directory_.get();
    std::map<StaffId, std::vector<UnitId>> seen;
    std::erase_if(list, [&](const auto& one) {
        const auto* staff = directory->staff(one->staff);
        const auto session = reading.session(one->session);
        if (!staff || staff->disabled || !session || is_over(*session, system_.now())) {
            one->stream.close();
            return true;
        }
        if (!seen.contains(one->staff)) seen[one->staff] = directory->with_below(staff->unit);
        return false;
    });
    return seen;
}

void StaffStreams::tell_of(Reading& reading, TicketId id, const std::map<StaffId, std::vector<UnitId>>& seen,
                           const Open& list) {
    const auto ticket = reading.ticket(id);
    if (!ticket) return;
    const auto directory = directory_.get();
    std::string words;
    for (const auto& one : list) {
        const auto& units = seen.at(one->staff);
        const auto* staff = directory->staff(one->staff);
        if (!staff || !(sees(units, ticket->unit) || sees(units, ticket->owner_unit)) ||
            engine_.keeps_out(*ticket, *staff))
            continue;
        if (words.empty()) {
            const auto by = last_by(reading, *ticket, *directory);
            words = http::event_text(
                "", "ticket",
                to_text(Json{
                    {"number", ticket->number}, {"version", ticket->version}, {"by", by.name}, {"by_kind", by.kind}}));
        }
        one->stream.send(words);
    }
}

void StaffStreams::send(const Touched& touched) {
    auto list = those_open();
    if (list.empty()) return;
    store_.read([&](Reading& reading) {
        const auto seen = still_there(reading, list);
        for (const auto id : touched.tickets) tell_of(reading, id, seen, list);
        for (const auto id : touched.conversations) {
            const auto talk = reading.conversation(id);
            if (!talk) continue;
            // Where nobody knows yet where it belongs, the list says who may look.
            for (const auto& one : list)
                if (!talk->unit || sees(seen.at(one->staff), talk->unit))
                    one->stream.send(
                        http::event_text("", "talk", talk->unit ? to_text(Json{{"id", to_text(id)}}) : "{}"));
        }
    });
}

}  // namespace huiyin
