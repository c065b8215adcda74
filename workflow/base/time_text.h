// Times as people and programs write them.
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "workflow/base/clock.h"
#include "workflow/base/result.h"

namespace huiyin {

// A moment as a wall clock in a zone shows it.
struct LocalTime {
    std::chrono::local_days day;
    Milliseconds since_midnight{};
    friend auto operator<=>(const LocalTime&, const LocalTime&) = default;
};

// A time zone of the system's tz database ("Asia/Shanghai"). Cheap to copy; Threads: any.
class Zone {
public:
    Zone();  // Asia/Shanghai
    // Errors: zone.unknown - no such name in the system's database.
    static Result<Zone> named(std::string_view name);
    LocalTime to_local(TimePoint at) const;
    // A wall-clock time that a daylight-saving jump left out is moved to the first moment after the gap; one that
    // happens twice is taken the first time.
    TimePoint from_local(LocalTime local) const;
    std::chrono::minutes offset_at(TimePoint at) const;
    const std::string& name() const { return name_; }
    friend bool operator==(const Zone& a, const Zone& b) { return a.name_ == b.name_; }

private:
    Zone(std::string name, const void* zone) : name_(std::move(name)), zone_(zone) {}
    std::string name_;
    const void* zone_;  // date::time_zone, owned by the database for ever
};

// "2026-03-02T09:00:00+08:00"; with_ms adds ".000", as events are kept.
enum class Precision { seconds, milliseconds };
std::string to_rfc3339(TimePoint at, const Zone& zone = {}, Precision precision = Precision::seconds);
// Any offset and fraction (kept to the millisecond). Errors: time.unreadable.
Result<TimePoint> parse_rfc3339(std::string_view text);

std::string to_date(std::chrono::local_days day);                   // "2026-03-02"
Result<std::chrono::local_days> parse_date(std::string_view text);  // Errors: time.unreadable
std::string to_clock(Milliseconds since_midnight);                  // "09:05"
// "08:30" to "24:00". Errors: time.unreadable.
Result<Milliseconds> parse_clock(std::string_view text);

}  // namespace huiyin
