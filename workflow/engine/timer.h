// Reminders become commands: the one thread that looks at the clock by itself, and the function it runs.
//
// The engine's reminders are of the kind `ticket`, one a ticket: when to look at it again; `duty`, one a recurring
// duty; and `declared`, a declared event on its way to its tickets; `report` and `report_way` are of report_run.h.
// Others register their own kinds.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>

#include "workflow/base/clock.h"
#include "workflow/base/queue.h"
#include "workflow/store/store.h"

namespace huiyin {

class Engine;

// Who answers which kind of reminder. Filled before the timer starts; never changed afterwards.
class Duties {
public:
    // The reminder is gone from the store when the handler runs, in a unit of work of its own. `at`: the moment to act
    // as of: the due time, so that a clock moved by days tells the same story as one that ran through them; the present
    // when a running clock finds it more than a minute late, as after an outage.
    using Handler = std::function<void(Transaction&, const Reminder&, TimePoint at)>;
    void on(const std::string& kind, Handler handler);
    const Handler* find(const std::string& kind) const;
    // What has to look at too much for a unit of work: runs on the timer's thread while others write, in its turn of
    // due times. It reads, and drops the reminder in the unit of work that keeps what it made; until then the reminder
    // comes up again.
    using Beside = std::function<void(Store&, const Reminder&, TimePoint at)>;
    void beside(const std::string& kind, Beside handler);
    const Beside* find_beside(const std::string& kind) const;

private:
    std::map<std::string, Handler> handlers_;
    std::map<std::string, Beside> beside_;
};
// The engine's own kinds.
void add_engine_duties(Duties& duties, Engine& engine);

// Does what is due, in order of due time, until nothing is or it shall stop: the rest waits in the store. Gives how
// many. Those of the service clock first. A reminder whose handler fails is logged and comes up again a minute later.
// Not on the writer thread.
std::size_t run_due(Store& store, const Duties& duties, const Clock& service, const Clock& system,
                    const std::stop_token& stop = {});

// Rebuilds the deadlines and reminders of every open ticket: after a restart, a changed holiday file or policy.
void recompute_all(Store& store, Engine& engine, const Clock& service);

// Sleeps until the next reminder, a wake-up, or ten seconds; then run_due. Starts at once, stops in its destructor.
class Timer {
public:
    Timer(Store& store, const Duties& duties, const Clock& service, const Clock& system);
    ~Timer();
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;
    void wake();  // a new reminder, or the clock was moved. Threads: any
    // Runs what is due and returns when that is done: for a clock that was moved by hand. Not on the writer thread.
    std::size_t run_now(const std::stop_token& stop = {});

private:
    void run(const std::stop_token& stop);
    std::chrono::milliseconds until_due();
    Store& store_;
    const Duties& duties_;
    const Clock& service_;
    const Clock& system_;
    Queue<int> wake_ups_;
    std::mutex running_;  // run_now() and the thread take turns
    std::jthread thread_;
};

}  // namespace huiyin
