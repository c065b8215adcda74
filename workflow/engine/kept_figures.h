// What each case adds to the reports of its pack, counted once and kept (store: case_figures): counted anew when the
// case was saved, when a limit of it ran out, and when a pack, a holiday or a unit's hours are other ones.
//
//   a case is saved ─▶ it is due, in the same commit ─▶ counted beside the
//   writer ─▶ kept, if it is still at that version
//
// A report adds up what is kept and counts the rest itself, so it is the same whether much is kept or nothing.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "workflow/engine/engine.h"
#include "workflow/reports/contribution.h"

namespace huiyin {

// Of one pack in force. Threads: one; packs and directory as they are when it is made.
class KeptFigures {
public:
    KeptFigures(const EngineParts& parts, std::shared_ptr<const Policy> in_force);
    // What a case of this pack adds, to be kept.
    CaseFigures of(Reading& reading, const Ticket& ticket, TimePoint now);
    // Is what is kept of now: neither from later on nor run out?
    static bool is_in_time(const CaseFigures& kept, TimePoint now) {
        return kept.settled_at <= now && (!kept.until || now < *kept.until);
    }
    struct Text {  // that some cases share
        std::string shared;
        UnitId unit;
        std::vector<Contributions::Counts> counted;
    };
    // Null: it was counted by other rules than those of now. It stays where it is until forget_texts().
    const Text* text_of(const CaseFigures& kept);
    // What it says, with the names of today.
    Contributions::Opened opened(const Text& text) const;
    void forget_texts();
    const Contributions& contributions() const { return contributions_; }
    // Are packs and directory still those that it was made with?
    bool is_current() const;

private:
    std::int64_t edition(const std::string& version, UnitId unit, const std::string& channel);
    static std::string mark_of(const Calendar& calendar);
    const EngineParts& parts_;
    std::shared_ptr<const Policy> in_force_;
    std::shared_ptr<const Directory> directory_;
    Contributions contributions_;
    std::string mark_;                                             // of the pack in force
    std::map<std::pair<std::string, UnitId>, std::string> marks_;  // of the rules of a version, in a unit
    std::map<const Calendar*, std::string> calendar_marks_;
    std::vector<std::shared_ptr<const Calendar>> calendars_;  // whose marks are known: they stay what they are
    std::unordered_map<std::string, std::unique_ptr<const Text>> texts_;  // by text, edition and unit
    std::string place_, last_place_;
    const Text* last_ = nullptr;
};

// Takes to a report what is kept of its period, and counts the rest. `alike`: of cases counted once together; `one`: of
// a case that had to be looked at (whether it belongs to the period is not known yet).
struct FiguresWanted {
    std::shared_ptr<const Policy> policy;
    std::size_t report = 0;  // of Contributions::reports()
    ReportPeriod period;
    std::vector<UnitId> units;
    std::function<bool(const Ticket&)> may_see;  // empty: all of them
};
struct FiguresTaken {
    std::function<void(const AlikeCases& cases, const std::vector<LimitOfCase>& limits, int count)> alike;
    std::function<void(const CaseOnRecord& record)> one;
};
void take_figures(Store& store, const EngineParts& parts, const FiguresWanted& wanted, TimePoint now,
                  const FiguresTaken& take);

// Counts cases, a portion at a time, and keeps what they add, with the version that they were counted at: what changed
// meanwhile stays due. Threads: one.
class FigureKeeper {
public:
    FigureKeeper(Store& store, const EngineParts& parts) : store_(store), parts_(parts) {}
    // Each looks at the next portion and gives whether there was one.
    bool count_due(TimePoint now);    // saved since they were counted, or never counted
    bool count_over(TimePoint now);   // a limit ran out since
    bool count_stale(TimePoint now);  // counted by other rules than those of now:
                                      // once through, whenever these change
    void begin() { after_ = {}; }     // again with the first that is due

private:
    struct Sweep {
        std::size_t pack = 0;
        TimePoint at = from_ms(0);
        TicketId ticket;
    };
    bool count(TimePoint now, const std::vector<TicketId>& cases);
    KeptFigures& figures_of(const std::shared_ptr<const Policy>& in_force);
    void follow_changes();
    Store& store_;
    const EngineParts& parts_;
    TicketId after_;
    std::vector<std::shared_ptr<const Policy>> in_force_;
    std::shared_ptr<const Directory> directory_;
    std::map<std::string, std::unique_ptr<KeptFigures>> packs_;
    Sweep sweep_;
};

// Is what is kept what the cases give? Looks at every one that is kept and not due.
struct FiguresVerified {
    std::int64_t settled = 0, due = 0;  // due: also those that time has made so
    std::vector<std::string> faults;    // "ticket T20260302-001: its kept figures are not its own"
};
FiguresVerified verify_figures(Store& store, const EngineParts& parts, TimePoint now);

}  // namespace huiyin
