#include "workflow/engine/timer.h"

#include <algorithm>
#include <optional>

#include "workflow/base/log.h"
#include "workflow/engine/engine.h"

namespace huiyin {
namespace {

constexpr auto try_again_after = std::chrono::minutes{1};
// However far off the next reminder is: a clock that is put forward is noticed within five seconds.
constexpr std::chrono::milliseconds longest_wait{4'000}, after_refusal{200};
constexpr std::size_t in_one_unit = 32;  // reminders: enough to be quick, few enough to let others in between
constexpr std::size_t most_at_once = 100'000;

// After an outage of a running clock, what is late is done as of now, not as if nobody had noticed.
constexpr auto late = std::chrono::minutes{1};

struct Moment {
    TimePoint now;
    bool system = false;   // whose reminders: the system clock's or the service clock's
    bool by_hand = false;  // a clock that is moved: everything happens at its own time
};

TimePoint acts_at(const Reminder& reminder, const Moment& moment) {
    const bool as_if_then = moment.by_hand || moment.now - reminder.due_at < late;
    return as_if_then ? reminder.due_at : moment.now;
}

struct Turn {
    std::size_t done = 0;
    std::optional<Reminder> beside = std::nullopt;  // the next one in turn is not done in a unit of work
};

// One after the other, each taken when the one before is done, because it may have set an earlier one.
Turn do_some(Transaction& tx, const Duties& duties, const Moment& moment, std::size_t most) {
    Turn made;
    while (made.done < most) {
        const auto due = tx.take_due(moment.now, moment.system, 1);
        if (due.empty()) break;
        const auto& reminder = due.front();
        if (duties.find_beside(reminder.kind)) {
            tx.set_reminder(reminder);
            made.beside = reminder;
            break;
        }
        if (const auto* handler = duties.find(reminder.kind))
            (*handler)(tx, reminder, acts_at(reminder, moment));
        else
            log::error("timer.nobody_answers", {{"kind", reminder.kind}});
        ++made.done;
    }
    return made;
}

void put_off(Transaction& tx, Reminder reminder, const Moment& moment) {
    log::error("timer.put_off", {{"kind", reminder.kind}, {"ticket", reminder.ticket.value}});
    reminder.due_at = moment.now + try_again_after;
    tx.set_reminder(reminder);
}

void do_beside(Store& store, const Duties& duties, const Moment& moment, const Reminder& reminder) {
    try {
        (*duties.find_beside(reminder.kind))(store, reminder, acts_at(reminder, moment));
    } catch (const std::exception& problem) {
        log::error("timer.failed", {{"problem", problem.what()}});
        store.run([&](Transaction& tx) { put_off(tx, reminder, moment); });
    }
}

// After a failure: the first reminder alone; if it is the one that fails, it waits a minute so that others go on.
Turn do_one(Store& store, const Duties& duties, const Moment& moment) {
    Turn made;
    try {
        store.run([&](Transaction& tx) { made = do_some(tx, duties, moment, 1); });
        return made;
    } catch (const std::exception& problem) {
        log::error("timer.failed", {{"problem", problem.what()}});
    }
    store.run([&](Transaction& tx) {
        for (const auto& reminder : tx.take_due(moment.now, moment.system, 1)) put_off(tx, reminder, moment);
    });
    return {1};
}

std::size_t run_clock(Store& store, const Duties& duties, const Moment& moment, std::size_t most,
                      const std::stop_token& stop) {
    std::size_t all = 0;
    while (all < most && !stop.stop_requested()) {
        Turn made;
        try {
            store.run([&](Transaction& tx) { made = do_some(tx, duties, moment, in_one_unit); });
        } catch (const std::exception&) {
            made = do_one(store, duties, moment);
        }
        if (made.beside) do_beside(store, duties, moment, *made.beside);
        const auto done = made.done + (made.beside ? 1 : 0);
        if (done == 0) break;
        all += done;
    }
    return all;
}

}  // namespace

void Duties::on(const std::string& kind, Handler handler) { handlers_[kind] = std::move(handler); }

const Duties::Handler* Duties::find(const std::string& kind) const {
    const auto found = handlers_.find(kind);
    return found == handlers_.end() ? nullptr : &found->second;
}

void Duties::beside(const std::string& kind, Beside handler) { beside_[kind] = std::move(handler); }

const Duties::Beside* Duties::find_beside(const std::string& kind) const {
    const auto found = beside_.find(kind);
    return found == beside_.end() ? nullptr : &found->second;
}

void add_engine_duties(Duties& duties, Engine& engine) {
    duties.on("ticket",
              [&engine](Transaction& tx, const Reminder& reminder, TimePoint at) { engine.due(tx, reminder, at); });
    duties.on("declared", [&engine](Transaction& tx, const Reminder& reminder, TimePoint at) {
        engine.declared_due(tx, reminder, at);
    });
    duties.on("duty", [&engine](Transaction& tx, const Reminder& reminder, TimePoint at) {
        engine.duty_due(tx, reminder, at);
    });
}

std::size_t run_due(Store& store, const Duties& duties, const Clock& service, const Clock& system,
                    const std::stop_token& stop) {
    const Moment of_service{service.now(), false, service.is_manual()}, of_system{system.now(), true, false};
    const auto done = run_clock(store, duties, of_service, most_at_once, stop);
    return done + run_clock(store, duties, of_system, most_at_once - std::min(most_at_once, done), stop);
}

namespace {

// Does anything run on that the end did not cancel?
bool outlived(const Ticket& ticket, const Engine& engine) {
    if (ticket.deadlines.empty()) return false;
    const auto policy = engine.policy_of(ticket);
    return std::any_of(ticket.deadlines.begin(), ticket.deadlines.end(), [&](const TicketDeadline& deadline) {
        return deadline.state != "met" && deadline.state != "cancelled" &&
               std::any_of(policy->deadlines.begin(), policy->deadlines.end(),
                           [&](const DeadlineRule& rule) { return rule.outlives_end && rule.name == deadline.name; });
    });
}

}  // namespace

void recompute_all(Store& store, Engine& engine, const Clock& service) {
    std::vector<TicketId> open;
    store.read([&](Reading& reading) {
        reading.each_ticket([&](const Ticket& ticket) {
            if (!is_end(ticket.phase) || !ticket.asked.empty() || outlived(ticket, engine)) open.push_back(ticket.id);
        });
    });
    const auto now = service.now();
    for (const auto id : open) store.run([&](Transaction& tx) { engine.recompute(tx, id, now); });
}

Timer::Timer(Store& store, const Duties& duties, const Clock& service, const Clock& system)
    : store_(store), duties_(duties), service_(service), system_(system) {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Timer::~Timer() {
    thread_.request_stop();
    wake_ups_.close();
    thread_.join();
}

void Timer::wake() { wake_ups_.put(0); }

std::size_t Timer::run_now(const std::stop_token& stop) {
    std::lock_guard lock(running_);
    return run_due(store_, duties_, service_, system_, stop);
}

// Looks before it asks for a unit of work: a unit stops whoever writes, and mostly nothing is due.
std::chrono::milliseconds Timer::until_due() {
    auto wait = longest_wait;
    store_.read([&](Reading& reading) {
        const auto look = [&](bool system, const Clock& clock) {
            const auto next = reading.next_reminder(system);
            if (!next) return;
            const std::chrono::milliseconds left{*next - clock.now()};
            // A clock that stands still runs towards nothing by itself.
            if (left.count() <= 0 || system || !clock.is_manual()) wait = std::min(wait, left);
        };
        look(false, service_);
        look(true, system_);
    });
    return wait;
}

void Timer::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        auto wait = longest_wait;
        try {
            wait = until_due();
            if (wait.count() <= 0 && run_now(stop) > 0) continue;
            wait = std::max(wait, std::chrono::milliseconds{1});
        } catch (const std::exception& problem) {  // the store refuses for now: intake says so, we try again
            log::error("timer.store_refuses", {{"problem", problem.what()}});
            wait = after_refusal;
        }
        wake_ups_.take_up_to(1000, wait);
    }
}

}  // namespace huiyin
