// When an organisation is at work: opening hours by weekday, public holidays, make-up working days.
// Values; all functions are pure. Threads: any.
#pragma once
#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "workflow/base/json_text.h"
#include "workflow/base/time_text.h"
#include "workflow/policy/span.h"

namespace huiyin {

struct Period {  // of a day, from <= t < until; until may be 24:00
    Milliseconds from{}, until{};
    friend bool operator==(const Period&, const Period&) = default;
};

struct Holiday {
    std::string name;     // "春节"
    bool day_off = true;  // false: a weekend day worked in exchange
    friend bool operator==(const Holiday&, const Holiday&) = default;
};

// Opening hours: index 0 = Monday ... 6 = Sunday, periods in order and apart; an empty day is no working day.
struct WeekHours {
    std::array<std::vector<Period>, 7> days;
    std::vector<Period> make_up;  // hours of a make-up working day (as a rule Monday's)
    // Dates with hours of their own, whatever weekday or holiday they are: a half day before a feast, a day that is
    // worked, or (none) a day that is closed.
    std::map<std::chrono::local_days, std::vector<Period>> dates = {};
    friend bool operator==(const WeekHours&, const WeekHours&) = default;
};

enum class DayKind { working, make_up, weekend, holiday, closed };
struct DayStatus {
    DayKind kind = DayKind::working;
    std::string name;             // of the holiday, also for its make-up day
    std::vector<Period> periods;  // empty: nobody works
    bool works() const { return !periods.empty(); }
};

// A stretch of time between start and due, in order, without gaps.
enum class SegmentReason {
    counted,
    first_day_not_counted,
    weekend,
    holiday,
    closed_day,
    outside_hours,
    paused,
    before_start_of_work
};
struct Segment {
    TimePoint from, until;
    SegmentReason reason = SegmentReason::counted;
    std::string name;      // the holiday's name (also on a counted make-up day)
    int number = 0;        // day spans: which day of the count; 0 if not counted
    bool make_up = false;  // counted, a weekend day worked in exchange
    friend bool operator==(const Segment&, const Segment&) = default;
};

enum class FirstDay { counted, not_counted };  // for spans in days, weeks, months, years, working days

struct Pause {
    TimePoint from, until;
    std::string name = {};  // of the declared event that stops the clock: "台风红色预警"; empty: the ticket was paused
    friend bool operator==(const Pause&, const Pause&) = default;
};

// What set or moved the due time after the count.
struct DueChange {
    enum class By { customer, promise, extension, stretch } by = By::promise;
    TimePoint at;      // when it was set: the promise, the approval, the declaration
    TimePoint due;     // the due time from then on
    std::string name;  // of the declared event
    int percent = 0;   // by which it stretched the span
    std::string clause;
    friend bool operator==(const DueChange&, const DueChange&) = default;
};

// How a due time came about: what the customer and the auditor are shown.
struct Derivation {
    TimePoint start{}, due{};  // of the count
    Span span;                 // as written
    FirstDay first_day = FirstDay::not_counted;
    std::vector<Segment> segments;      // of the count, none where an event set the due time
    std::vector<DueChange> changes;     // in order; the last one's due time is the one that counts
    bool set_by_event = false;          // nothing was counted
    std::vector<std::string> warnings;  // "no holiday file for 2027: plain weeks were used"
    TimePoint due_in_force() const { return changes.empty() ? due : changes.back().due; }
    friend bool operator==(const Derivation&, const Derivation&) = default;
};

class DayTable;  // day_table.h

class Calendar {
public:
    Calendar() = default;  // Asia/Shanghai, no holidays and no opening hours: a pack has to state them
    Calendar(Zone zone, WeekHours hours);

    // Adds a year's file in the holiday-cn format: {"year":2026,"days":[{"name","date","isOffDay"}]}; further keys are
    // passed over. Errors: holidays.unreadable.
    Result<Done> add_holidays(const Json& file);
    // Every NNNN.json of a folder. Errors: as above, file.missing when the folder holds none.
    Result<Done> add_holiday_folder(const std::string& folder);
    void add_day(std::chrono::local_days day, Holiday holiday);
    // Works the days of some years out once: what is asked afterwards of a moment in them is looked up. The answers are
    // the same; whatever changes the calendar forgets what was worked out.
    void make_ready(std::chrono::local_days from, std::chrono::local_days until);
    void make_ready();  // the years that are known, and the next; a few years where there are no holidays
    Calendar with_hours(WeekHours hours) const;  // the same holidays with a unit's own hours
    Calendar in_zone(Zone zone) const;

    const Zone& zone() const { return zone_; }
    const WeekHours& week_hours() const { return hours_; }
    bool knows_year(int year) const { return years_.count(year) != 0; }
    bool uses_holidays() const { return !years_.empty(); }

    DayStatus day(std::chrono::local_days day) const;
    bool is_working_time(TimePoint at) const;
    // The closing time of the working day of `at`, nothing if that is no working day.
    std::optional<TimePoint> closing_of_day(TimePoint at) const;
    TimePoint next_start_of_work(TimePoint at) const;  // first opening of a working day, strictly after `at`

    // The moment `span` after `start`, with its derivation. Pauses must be in order and apart; time inside them is not
    // counted (a working day is not counted when its closing lies in a pause, a plain day when its 24:00 does).
    // Throws std::logic_error when no working hour is found within ten years.
    Derivation add(TimePoint start, const Span& span, FirstDay first_day, const std::vector<Pause>& pauses = {}) const;
    // The due time alone, of add().
    TimePoint due(TimePoint start, const Span& span, FirstDay first_day, const std::vector<Pause>& pauses = {}) const;
    // The moment `span` before `due`, on the same calendar: where a warning stands.
    TimePoint subtract(TimePoint due, const Span& span) const;
    // Working time between two moments.
    Milliseconds working_time(TimePoint from, TimePoint until) const;

private:
    TimePoint counted_before(TimePoint due, const Span& span) const;
    Zone zone_;
    WeekHours hours_;
    std::map<std::chrono::local_days, Holiday> holidays_;
    std::set<int> years_;
    std::shared_ptr<const DayTable> ready_;  // or none
};

// {"monday-friday":["08:30-12:00","13:30-17:30"],"saturday":[…]}: names of days or ranges of them, "every day",
// "make-up", and dates: {"2026-02-14":["08:30-12:00"]} is a half day, {"2026-05-04":[]} a day off.
WeekHours read_hours(const Json& object, const std::string& pointer, std::vector<Finding>& findings);

// "5个工作日,从2月12日起算:12日、13日、14日(调休上班)、24日、25日;2月15日至23日春节放假。" In the calendar's zone.
std::string to_chinese(const Derivation& derivation, const Calendar& calendar);
// [{"from","until","counted","reason","name"?,"day"?}], RFC 3339 in the calendar's zone.
Json to_json(const Derivation& derivation, const Calendar& calendar);
// [{"by": customer | promise | extension | declared event, "at", "due_at", "name"?, "percent"?, "clause"?}]
Json changes_json(const Derivation& derivation, const Calendar& calendar);

}  // namespace huiyin
