#include "workflow/base/time_text.h"

#include <date/tz.h>

#include <array>
#include <cstdio>

namespace huiyin {
namespace {

using namespace std::chrono;

const date::time_zone* as_zone(const void* zone) { return static_cast<const date::time_zone*>(zone); }

bool digits(std::string_view text, std::size_t at, std::size_t count, int& out) {
    if (at + count > text.size()) return false;
    out = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        if (text[i] < '0' || text[i] > '9') return false;
        out = out * 10 + (text[i] - '0');
    }
    return true;
}

Problem unreadable(std::string_view text, const char* like) {
    return {"time.unreadable",
            "cannot read \"" + std::string(text.substr(0, 40)) + "\" as a time: write it like " + like,
            {}};
}

bool valid_day(int y, int m, int d, local_days& out) {
    const year_month_day day{year{y}, month{static_cast<unsigned>(m)}, std::chrono::day{static_cast<unsigned>(d)}};
    out = local_days{day};
    return day.ok();
}

}  // namespace

Zone::Zone() : name_("Asia/Shanghai") {
    static const date::time_zone* shanghai = date::locate_zone("Asia/Shanghai");
    zone_ = shanghai;
}

Result<Zone> Zone::named(std::string_view name) {
    try {
        return Zone{std::string(name), date::locate_zone(name)};
    } catch (const std::exception& e) {
        return Problem{"zone.unknown", "unknown time zone \"" + std::string(name) + "\": write one like Asia/Shanghai",
                       e.what()};
    }
}

LocalTime Zone::to_local(TimePoint at) const {
    const auto info = as_zone(zone_)->get_info(at);
    const auto local = at.time_since_epoch() + info.offset;
    const auto day = floor<days>(local);
    return {local_days{day}, duration_cast<Milliseconds>(local - day)};
}

TimePoint Zone::from_local(LocalTime local) const {
    const date::local_time<Milliseconds> wall{local.day.time_since_epoch() + local.since_midnight};
    return TimePoint{as_zone(zone_)->to_sys(wall, date::choose::earliest).time_since_epoch()};
}

minutes Zone::offset_at(TimePoint at) const { return duration_cast<minutes>(as_zone(zone_)->get_info(at).offset); }

std::string to_rfc3339(TimePoint at, const Zone& zone, Precision precision) {
    // Before 1901 offsets had seconds; the text has minutes only, so the wall clock shown is that of whole minutes.
    const auto shift = zone.offset_at(at);
    const auto local = at + shift;
    const auto midnight = floor<days>(local);
    const year_month_day day{midnight};
    const auto ms = static_cast<int>((local - midnight).count());
    const int offset = static_cast<int>(shift.count());
    char text[48];
    int n = std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(day.year()),
                          static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()), ms / 3600000,
                          ms / 60000 % 60, ms / 1000 % 60);
    if (precision == Precision::milliseconds) n += std::snprintf(text + n, sizeof text - n, ".%03d", ms % 1000);
    std::snprintf(text + n, sizeof text - n, "%c%02d:%02d", offset < 0 ? '-' : '+', std::abs(offset) / 60,
                  std::abs(offset) % 60);
    return text;
}

Result<TimePoint> parse_rfc3339(std::string_view text) {
    const auto no = [&] { return unreadable(text, "2026-03-02T09:00:00+08:00"); };
    int y, mo, d, h, mi, s;
    if (!(digits(text, 0, 4, y) && digits(text, 5, 2, mo) && digits(text, 8, 2, d) && digits(text, 11, 2, h) &&
          digits(text, 14, 2, mi) && digits(text, 17, 2, s)))
        return no();
    if (text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't' && text[10] != ' ') ||
        text[13] != ':' || text[16] != ':' || h > 23 || mi > 59 || s > 60)
        return no();
    local_days day;
    if (!valid_day(y, mo, d, day)) return no();
    std::size_t at = 19;
    int ms = 0;
    if (at < text.size() && text[at] == '.') {
        int scale = 100;
        const auto start = ++at;
        for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10)
            ms += (text[at] - '0') * scale;
        if (at == start) return no();
    }
    int offset = 0;
    if (at < text.size() && (text[at] == 'Z' || text[at] == 'z')) {
        ++at;
    } else {
        int oh, om;
        if (at >= text.size() || (text[at] != '+' && text[at] != '-') || !digits(text, at + 1, 2, oh) ||
            at + 3 >= text.size() || text[at + 3] != ':' || !digits(text, at + 4, 2, om) || oh > 23 || om > 59)
            return no();
        offset = (oh * 60 + om) * (text[at] == '-' ? -1 : 1);
        at += 6;
    }
    if (at != text.size()) return no();
    // Near either end its year would have another number of digits in another zone.
    constexpr sys_days first{year{1} / 1 / 3}, end{year{9999} / 12 / 30};
    const TimePoint moment{day.time_since_epoch() + hours{h} + minutes{mi - offset} + seconds{s} + Milliseconds{ms}};
    if (moment < first || moment >= end) return no();
    return moment;
}

std::string to_date(local_days day) {
    const year_month_day date{day};
    char text[32];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    return text;
}

Result<local_days> parse_date(std::string_view text) {
    int y, m, d;
    local_days day;
    if (text.size() != 10 || !digits(text, 0, 4, y) || text[4] != '-' || !digits(text, 5, 2, m) || text[7] != '-' ||
        !digits(text, 8, 2, d) || !valid_day(y, m, d, day))
        return unreadable(text, "2026-03-02");
    return day;
}

std::string to_clock(Milliseconds since_midnight) {
    const auto minute = static_cast<int>(since_midnight.count() / 60000);
    char text[16];
    std::snprintf(text, sizeof text, "%02d:%02d", minute / 60, minute % 60);
    return text;
}

Result<Milliseconds> parse_clock(std::string_view text) {
    int h, m;
    if (text.size() != 5 || !digits(text, 0, 2, h) || text[2] != ':' || !digits(text, 3, 2, m) || h > 24 || m > 59 ||
        (h == 24 && m))
        return unreadable(text, "08:30");
    return Milliseconds{(h * 60 + m) * 60000};
}

}  // namespace huiyin
