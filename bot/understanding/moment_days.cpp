#include "bot/understanding/moments.h"

#include <algorithm>

#include "bot/understanding/numbers.h"

namespace huiyin::times {

local_days Scanner::monday() const {
    const auto today = local_.day;
    return today - (weekday{today} - Monday);
}

std::optional<local_days> Scanner::date(int y, int m, int d) const {
    const year_month_day ymd{year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
    if (!ymd.ok()) return std::nullopt;
    return local_days{ymd};
}

bool Scanner::recurrence(std::size_t at, Moment& moment) const {
    static constexpr std::u32string_view starts[] = {
        U"每天",     U"天天",   U"每日",   U"每晚",   U"每夜",      U"夜夜",        U"每周",          U"每星期",
        U"每个星期", U"每个周", U"每月",   U"每个月", U"每逢",      U"每到",        U"每次",          U"隔三差五",
        U"三天两头", U"一到",   U"一下雨", U"每隔",   U"every day", U"every night", U"every morning", U"every week"};
    for (const auto start : starts) {
        if (!word(at, start)) continue;
        if (start == U"每次" && word(at + 2, U"都说")) return false;
        std::size_t end = at + start.size();
        if (start == U"每周" || start == U"每星期" || start == U"每个周" || start == U"每个星期")
            while (end < text_.size() && weekday_of(text_[end]) >= 0 && in(text_[end], U"一二三四五六日天末")) ++end;
        if (start == U"一到" || start == U"每到" || start == U"每逢" || start == U"每隔") {
            std::size_t stop = end;
            while (stop < text_.size() && stop - end < 6 && !is_stop(text_[stop]) && text_[stop] != U'就' &&
                   text_[stop] != U'都')
                ++stop;
            if (start == U"一到" && point(stop) != U'就' && point(stop) != U'都') {
                Moment probe;
                if (!clock_or_part(end, probe)) return false;
                stop = probe.end;
            }
            end = stop;
        }
        // with its hours: 每天早上六点到七点
        for (int pieces = 0; pieces < 4; ++pieces) {
            std::size_t next = after_connector(end);
            if (next > end && pieces == 0 && point(end) == U'的') next = end;
            if (pieces > 0 &&
                (point(next) == U'到' || point(next) == U'至' || point(next) == U'-' || point(next) == U'~'))
                ++next;
            Moment probe;
            if (!clock_or_part(next, probe)) break;
            end = probe.end;
        }
        moment.end = end;
        moment.recurs = true;
        return true;
    }
    return false;
}

bool Scanner::weeks(std::size_t at, Moment& moment) const {
    std::size_t end = at;
    int back = 0;
    bool said = false, next = false;
    while (point(end) == U'上') ++back, ++end, said = true;
    if (!said && point(end) == U'下') next = true, ++end;
    if (!said && !next && (point(end) == U'这' || point(end) == U'本')) ++end, said = true;
    if (said && point(end) == U'个') ++end;
    if (next && point(end) == U'个') ++end;
    if (point(end) == U'周') {
        ++end;
    } else if (word(end, U"星期")) {
        end += 2;
    } else {
        return false;
    }
    const int weekday = weekday_of(point(end));
    if (weekday < 0 || (in(point(end), U"1234567") && is_ascii_digit(point(end + 1)))) return false;
    if (point(end) == U'一' && in(point(end + 1), U"个次下")) return false;
    ++end;
    local_days day = monday() + days{weekday};
    if (next) {
        day += weeks_of(1);
        moment.future_word = true;
    } else if (said) {
        day -= weeks_of(back);
    } else if (day > local_.day) {
        day -= weeks_of(1);  // 周五, said on a Wednesday of what happened: the last one
    }
    moment.day = day;
    day_done(end, moment);
    return true;
}

bool Scanner::dates(std::size_t at, Moment& moment) const {
    const year_month_day today{local_.day};
    int year_value = static_cast<int>(today.year());
    std::size_t end = at;
    bool year_said = false;
    const char32_t before = at > 0 ? text_[at - 1] : U'\0';
    if (is_ascii_digit(before) || before == U'-' || before == U'.') return false;
    // 2026-03-05, 2026/3/5, 2026.3.5
    if (const auto number = read_small_number(text_, at, 4);
        number && number->digits.size() == 4 && number->value >= 2000 && number->value < 2100) {
        if (in(point(number->end), U"-/.")) {
            const auto month_number = read_small_number(text_, number->end + 1, 2);
            if (month_number && in(point(month_number->end), U"-/.")) {
                const auto day_number = read_small_number(text_, month_number->end + 1, 2);
                if (day_number)
                    if (const auto found = date(number->value, month_number->value, day_number->value)) {
                        moment.day = found;
                        day_done(day_number->end, moment);
                        return true;
                    }
            }
            return false;
        }
        if (point(number->end) == U'年') year_value = number->value, end = number->end + 1, year_said = true;
    }
    for (const auto& [word_of_year, shift] : {std::pair{U"去年", -1}, {U"今年", 0}, {U"前年", -2}, {U"明年", 1}})
        if (word(at, word_of_year)) year_value += shift, end = at + 2, year_said = true, moment.future_word = shift > 0;
    // 上个月5号, 这个月5号, 本月5号
    for (const auto& [word_of_month, shift] :
         {std::pair{U"上个月", -1}, {U"上月", -1}, {U"这个月", 0}, {U"本月", 0}, {U"上上个月", -2}}) {
        const std::u32string_view name = word_of_month;
        if (!word(at, name)) continue;
        const auto number = read_small_number(text_, at + name.size(), 2);
        if (!number || !in(point(number->end), U"号日")) return false;
        const auto that = year_month{today.year(), today.month()} + months{shift};
        const auto found =
            date(static_cast<int>(that.year()), static_cast<int>(static_cast<unsigned>(that.month())), number->value);
        if (!found) return false;
        moment.day = found;
        day_done(number->end + 1, moment);
        return true;
    }
    const auto number = read_small_number(text_, end, 2);
    if (!number || number->value < 1) return false;
    if (point(number->end) == U'月' && number->value <= 12) {
        std::size_t next = number->end + 1;
        if (point(next) == U'份') ++next;
        const auto day_number = read_small_number(text_, next, 2);
        if (day_number && in(point(day_number->end), U"号日")) {
            auto found = date(year_value, number->value, day_number->value);
            if (!found) return false;
            if (!year_said && *found > local_.day + days{60})
                found = date(year_value - 1, number->value, day_number->value);
            if (!found) return false;
            moment.day = found;
            moment.future_word = moment.future_word || *found > local_.day;
            day_done(day_number->end + 1, moment);
            return true;
        }
        auto found = date(year_value, number->value, 1);
        if (!year_said && found && *found > local_.day) found = date(year_value - 1, number->value, 1);
        moment.day = found;
        moment.grain = TimeGrain::month;
        moment.future_word = moment.future_word || (found && *found > local_.day);
        moment.end = next;
        return true;
    }
    // 5号下午, 5号那天: a day of this month, or of the last
    if (!year_said && (point(number->end) == U'号' || point(number->end) == U'日') && number->value <= 31) {
        const std::size_t next = number->end + 1;
        const bool opens = before == U'从' || before == U'到' || before == U'自';
        Moment probe;
        if (!(opens || clock_or_part(next, probe) || word(next, U"那天") || word(next, U"就") || word(next, U"开始")))
            return false;
        if (in(point(next), U"楼线门车栋院单岗")) return false;
        auto that = year_month{today.year(), today.month()};
        auto found =
            date(static_cast<int>(that.year()), static_cast<int>(static_cast<unsigned>(that.month())), number->value);
        if (!found || *found > local_.day) {
            that -= months{1};
            found = date(static_cast<int>(that.year()), static_cast<int>(static_cast<unsigned>(that.month())),
                         number->value);
        }
        if (!found) return false;
        moment.day = found;
        day_done(word(next, U"那天") ? next + 2 : next, moment);
        return true;
    }
    return false;
}

bool Scanner::ago(std::size_t at, Moment& moment) const {
    if (at > 0 && is_ascii_digit(text_[at - 1]) && is_ascii_digit(point(at))) return false;  // the tail of a number
    std::size_t end = at;
    std::int64_t count = 0;
    bool half = false;
    if (point(at) == U'半') {
        half = true;
        ++end;
    } else {
        const auto quantity = read_quantity(text_, at);
        if (!quantity || quantity->hundredths % 100 != 0) return false;
        count = quantity->hundredths / 100;
        if (count > 100'000) return false;  // before it is multiplied
        end = quantity->end;
    }
    while (in(point(end), U"多来几")) ++end;
    if (point(end) == U'个') ++end;
    if (point(end) == U'多') ++end;
    milliseconds span{};
    bool by_day = true;
    TimeGrain grain = TimeGrain::day;
    if (word(end, U"小时") || word(end, U"钟头")) {
        span = half ? milliseconds{minutes{30}} : milliseconds{hours{count}};
        by_day = false, grain = TimeGrain::hour, end += 2;
    } else if (word(end, U"分钟")) {
        span = minutes{count}, by_day = false, grain = TimeGrain::minute, end += 2;
    } else if (point(end) == U'天') {
        span = hours{half ? 12 : 24 * count}, end += 1;
    } else if (point(end) == U'周' || word(end, U"星期")) {
        span = hours{24 * 7 * count}, end += point(end) == U'周' ? 1 : 2;
    } else if (point(end) == U'月') {
        span = hours{half ? 24 * 15 : 24 * 30 * count}, end += 1, grain = TimeGrain::month;
    } else if (point(end) == U'年') {
        span = hours{half ? 24 * 182 : 24 * 365 * count}, end += 1, grain = TimeGrain::month;
    } else {
        return false;
    }
    if (word(end, U"之前") || word(end, U"以前")) {
        end += 2;
    } else if (point(end) == U'前') {
        end += 1;
    } else {
        return false;
    }
    if (span > hours{24 * 365 * 200}) return false;  // nobody complains of it, and no calendar has it
    moment.grain = grain;
    if (by_day) {
        moment.day = local_.day - floor<days>(span);
        day_done(end, moment);
    } else {
        moment.exact = now_ - span;
        moment.end = end;
    }
    return true;
}

}  // namespace huiyin::times
