// Moments in a text: days, clocks, parts of the day, weeks, dates, "两小时前", and what recurs. Used by times.cpp
// alone.
#pragma once
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bot/understanding/meaning.h"
#include "workflow/base/time_text.h"

namespace huiyin::times {

using namespace std::chrono;

inline bool in(char32_t point, std::u32string_view set) { return set.find(point) != std::u32string_view::npos; }

struct Named {
    std::u32string_view word;
    int value;
};
// Parts of the day, by the hour they begin with.
enum Part { none, small_hours, morning, forenoon, noon, afternoon, dusk, evening, midnight };
struct Moment {
    std::size_t begin = 0, end = 0;
    std::optional<local_days> day;
    bool vague = false;  // 上周, 前几天: said, but no date follows from it
    Part part = none;
    std::optional<int> hour;
    int minute = 0;
    std::optional<TimePoint> exact;  // 两小时前, 刚才
    TimeGrain grain = TimeGrain::day;
    bool recurs = false;
    bool future_word = false;
};

class Scanner {
public:
    Scanner(const std::u32string& text, TimePoint now, const Zone& zone)
        : text_(text), now_(now), zone_(zone), local_(zone.to_local(now)) {}

    std::vector<Moment> moments() const;

    // The absolute time of a moment, and its grain.
    std::optional<TimePoint> resolve(Moment& moment) const;
    std::size_t after_connector(std::size_t at) const;

private:
    bool word(std::size_t at, std::u32string_view expected) const;
    char32_t point(std::size_t at) const;

    const Named* longest(std::size_t at, std::span<const Named> table) const;

    static int weekday_of(char32_t point) {  // Monday 0
        switch (point) {
            case U'一':
            case U'1':
                return 0;
            case U'二':
            case U'2':
                return 1;
            case U'三':
            case U'3':
                return 2;
            case U'四':
            case U'4':
                return 3;
            case U'五':
            case U'5':
                return 4;
            case U'六':
            case U'6':
            case U'末':
                return 5;
            case U'日':
            case U'天':
            case U'7':
            case U'七':
                return 6;
            default:
                return -1;
        }
    }
    local_days monday() const;
    std::optional<local_days> date(int y, int m, int d) const;

    bool recurrence(std::size_t at, Moment& moment) const;

    // A clock time, a part of the day, or both.
    bool clock_or_part(std::size_t at, Moment& moment) const;

    bool clock(std::size_t at, bool trusted, Moment& moment) const;
    bool hour_mark(std::size_t end, int hour, bool trusted, Moment& moment) const;

    // Adds what follows a day: 昨天[的][晚上][八点].
    void day_done(std::size_t end, Moment& moment) const;

    bool read(std::size_t at, Moment& moment) const;

    bool weeks(std::size_t at, Moment& moment) const;
    static days weeks_of(int count) { return days{7 * count}; }

    bool dates(std::size_t at, Moment& moment) const;

    bool ago(std::size_t at, Moment& moment) const;

    const std::u32string& text_;
    TimePoint now_;
    const Zone& zone_;
    LocalTime local_;
};

}  // namespace huiyin::times
