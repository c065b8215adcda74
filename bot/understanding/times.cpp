#include <algorithm>

#include "bot/understanding/numbers.h"
#include "bot/understanding/slots.h"

namespace huiyin {
namespace {

using namespace std::chrono;

bool in(char32_t point, std::u32string_view set) { return set.find(point) != std::u32string_view::npos; }

struct Named {
    std::u32string_view word;
    int value;
};
// Parts of the day by the hour they begin with; the second list of hours follows in hour_of().
enum Part { none, small_hours, morning, forenoon, noon, afternoon, dusk, evening, midnight };
constexpr int part_begins[] = {0, 0, 6, 8, 12, 13, 17, 18, 0};
constexpr Named part_words[] = {
    {U"凌晨", small_hours},  {U"后半夜", small_hours}, {U"大半夜", midnight}, {U"三更半夜", midnight},
    {U"半夜三更", midnight}, {U"前半夜", evening},     {U"半夜", midnight},   {U"深夜", midnight},
    {U"午夜", midnight},     {U"夜里", midnight},      {U"夜间", evening},    {U"清晨", morning},
    {U"大清早", morning},    {U"一大早", morning},     {U"一早", morning},    {U"大早上", morning},
    {U"早上", morning},      {U"早晨", morning},       {U"清早", morning},    {U"上午", forenoon},
    {U"中午", noon},         {U"正午", noon},          {U"下午", afternoon},  {U"午后", afternoon},
    {U"傍晚", dusk},         {U"大晚上", evening},     {U"晚上", evening},    {U"晚间", evening},
    {U"晚", evening},        {U"早", morning},         {U"夜", evening},      {U"黄昏", dusk},
};
constexpr Named day_words[] = {
    {U"大前天", -3},     {U"前天", -2}, {U"前晚", -2},        {U"前夜", -2},   {U"昨天", -1},    {U"昨晚", -1},
    {U"昨夜", -1},       {U"昨早", -1}, {U"昨晨", -1},        {U"昨下午", -1}, {U"昨", -1},      {U"今天", 0},
    {U"今早", 0},        {U"今晚", 0},  {U"今晨", 0},         {U"今夜", 0},    {U"今", 0},       {U"大后天", 3},
    {U"后天", 2},        {U"明天", 1},  {U"明早", 1},         {U"明晚", 1},    {U"当天", 0},     {U"yesterday", -1},
    {U"last night", -1}, {U"today", 0}, {U"this morning", 0}, {U"tonight", 0}, {U"tomorrow", 1},
};

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

    std::vector<Moment> moments() const {
        std::vector<Moment> found;
        for (std::size_t at = 0; at < text_.size();) {
            Moment moment;
            moment.begin = at;
            moment.end = at;
            if (recurrence(at, moment) || read(at, moment)) {
                at = std::max(moment.end, at + 1);
                found.push_back(moment);
            } else {
                ++at;
            }
        }
        return found;
    }

    // The absolute time of a moment, and its grain.
    std::optional<TimePoint> resolve(Moment& moment) const {
        if (moment.exact) return moment.exact;
        if (moment.vague && !moment.day) return std::nullopt;
        local_days day = moment.day.value_or(local_.day);
        milliseconds since{};
        if (moment.hour) {
            int hour = *moment.hour;
            bool next = false;
            switch (moment.part) {
                case afternoon:
                case dusk:
                    if (hour < 12) hour += 12;
                    break;
                case evening:
                    if (hour >= 5 && hour < 12)
                        hour += 12;
                    else if (hour < 5 || hour == 12)
                        next = true;
                    break;
                case midnight:
                    if (hour == 12)
                        hour = 0, next = true;
                    else if (hour >= 9 && hour < 12)
                        hour += 12;
                    break;
                case noon:
                    if (hour < 3) hour += 12;
                    break;
                default:
                    break;
            }
            if (hour == 24 || (next && hour == 12)) hour = 0, next = true;
            // 昨晚两点 is the small hours of today; 上周三半夜两点 stays on the Wednesday.
            if (next && (moment.part == evening || hour == 0)) day += days{1};
            since = hours{hour} + minutes{moment.minute};
            moment.grain = moment.minute ? TimeGrain::minute : TimeGrain::hour;
        } else if (moment.part != none) {
            since = hours{part_begins[moment.part]};
            moment.grain = TimeGrain::part_of_day;
        }
        auto at = zone_.from_local({day, since});
        // "晚上十点", said at nine in the morning, was yesterday.
        if (!moment.day && at > now_ && (moment.hour || moment.part != none))
            at = zone_.from_local({day - days{1}, since});
        return at;
    }
    std::size_t after_connector(std::size_t at) const {
        while (at < text_.size() && in(text_[at], U" 的")) ++at;
        return at;
    }

private:
    bool word(std::size_t at, std::u32string_view expected) const {
        return text_.compare(at, expected.size(), expected) == 0;
    }
    char32_t point(std::size_t at) const { return at < text_.size() ? text_[at] : U'\0'; }

    template <std::size_t N>
    const Named* longest(std::size_t at, const Named (&table)[N]) const {
        const Named* best = nullptr;
        for (const auto& named : table)
            if ((!best || named.word.size() > best->word.size()) && word(at, named.word)) best = &named;
        return best;
    }

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
    local_days monday() const {
        const auto today = local_.day;
        return today - (weekday{today} - Monday);
    }
    std::optional<local_days> date(int y, int m, int d) const {
        const year_month_day ymd{year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
        if (!ymd.ok()) return std::nullopt;
        return local_days{ymd};
    }

    bool recurrence(std::size_t at, Moment& moment) const {
        static constexpr std::u32string_view starts[] = {
            U"每天",   U"天天",   U"每日",      U"每晚",        U"每夜",          U"夜夜",
            U"每周",   U"每星期", U"每个星期",  U"每个周",      U"每月",          U"每个月",
            U"每逢",   U"每到",   U"每次",      U"隔三差五",    U"三天两头",      U"一到",
            U"一下雨", U"每隔",   U"every day", U"every night", U"every morning", U"every week"};
        for (const auto start : starts) {
            if (!word(at, start)) continue;
            if (start == U"每次" && word(at + 2, U"都说")) return false;
            std::size_t end = at + start.size();
            if (start == U"每周" || start == U"每星期" || start == U"每个周" || start == U"每个星期")
                while (end < text_.size() && weekday_of(text_[end]) >= 0 && in(text_[end], U"一二三四五六日天末"))
                    ++end;
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

    // A clock time, a part of the day, or both.
    bool clock_or_part(std::size_t at, Moment& moment) const {
        std::size_t end = at;
        if (const auto* part = longest(at, part_words)) {
            moment.part = static_cast<Part>(part->value);
            end = at + part->word.size();
        }
        const bool has_part = end > at;
        std::size_t next = after_connector(end);
        if (point(next) == U'大' && point(next + 1) == U'概') next += 2;
        if (point(next) == U'快') ++next;
        if (clock(next, has_part, moment)) {
            return true;
        }
        moment.end = end;
        return has_part;
    }

    bool clock(std::size_t at, bool trusted, Moment& moment) const {
        const auto number = read_small_number(text_, at, 2);
        if (!number || number->value > 24) {
            if (point(at) == U'两' && point(at + 1) == U'点') return hour_mark(at + 1, 2, true, moment);
            return false;
        }
        std::size_t end = number->end;
        if (point(end) == U':' && !number->han) {
            const auto minute = read_small_number(text_, end + 1, 2);
            if (minute && minute->digits.size() == 2 && minute->value < 60) {
                moment.hour = number->value;
                moment.minute = minute->value;
                moment.end = minute->end;
                return true;
            }
            return false;
        }
        if (word(end, U"am") || word(end, U" am")) {
            moment.hour = number->value % 12;
            moment.end = end + (point(end) == U' ' ? 3 : 2);
            return true;
        }
        if (word(end, U"pm") || word(end, U" pm")) {
            moment.hour = number->value % 12 + 12;
            moment.end = end + (point(end) == U' ' ? 3 : 2);
            return true;
        }
        return hour_mark(end, number->value, trusted || (!number->han) || number->value > 1, moment);
    }
    bool hour_mark(std::size_t end, int hour, bool trusted, Moment& moment) const {
        if (point(end) != U'点' && !(point(end) == U'时' && (digit_of(point(end + 1)) >= 0 || trusted) &&
                                     point(end + 1) != U'候' && point(end + 1) != U'间'))
            return false;
        ++end;
        for (const auto* no :
             {U"意见", U"建议", U"要求", U"问题", U"希望", U"诉求", U"都不", U"也不", U"儿", U"点", U"小"})
            if (word(end, no)) return false;
        int minute = 0;
        if (point(end) == U'钟') {
            ++end;
        } else if (point(end) == U'半') {
            minute = 30, ++end;
        } else if (word(end, U"一刻") || word(end, U"1刻")) {
            minute = 15, end += 2;
        } else if (word(end, U"三刻") || word(end, U"3刻")) {
            minute = 45, end += 2;
        } else if (const auto number = read_small_number(text_, end, 3);
                   number && number->value < 60 && number->digits.size() <= 2) {
            const bool marked = point(number->end) == U'分';
            if (marked || number->digits.size() == 2) {
                minute = number->value;
                end = number->end + (marked ? 1 : 0);
            }
        } else if (!trusted && !in(point(end), U"多到左来整的坏")) {
            return false;
        }
        if (point(end) == U'多') ++end;
        if (word(end, U"左右") || word(end, U"来钟") || word(end, U"前后")) end += 2;
        if (word(end, U"整")) ++end;
        moment.hour = hour;
        moment.minute = minute;
        moment.end = end;
        return true;
    }

    // Adds what follows a day: 昨天[的][晚上][八点].
    void day_done(std::size_t end, Moment& moment) const {
        moment.end = end;
        Moment rest;
        if (clock_or_part(after_connector(end), rest)) {
            moment.part = rest.part;
            moment.hour = rest.hour;
            moment.minute = rest.minute;
            moment.end = rest.end;
        }
    }

    bool read(std::size_t at, Moment& moment) const {
        const char32_t before = at > 0 ? text_[at - 1] : U'\0';
        if (const auto* named = longest(at, day_words)) {
            const auto size = named->word.size();
            if (size == 1 && !in(point(at + 1), U"早晚夜晨下上中儿日天")) return false;
            if (named->word == U"当天" || (named->word == U"后天" && before == U'大')) return false;
            moment.day = local_.day + days{named->value};
            moment.future_word = named->value > 0;
            // 昨晚, 今早: the part stands in the same word.
            const char32_t last = named->word.back();
            std::size_t end = at + size;
            if (size >= 2 && last == U'晚') moment.part = evening;
            if (size >= 2 && last == U'夜') moment.part = midnight;
            if (size >= 2 && (last == U'早' || last == U'晨')) moment.part = morning;
            if (named->word == U"last night" || named->word == U"tonight") moment.part = evening;
            if (named->word == U"this morning") moment.part = morning;
            const Part part = moment.part;
            if (end < text_.size() && text_[end] == U'上' && (last == U'晚' || last == U'早')) ++end;
            if (word(end, U" at ")) end += 4;
            day_done(end, moment);
            if (moment.part == none || (part != none && moment.part != small_hours && moment.part != midnight))
                moment.part = part != none ? part : moment.part;
            return true;
        }
        if (word(at, U"刚才") || word(at, U"刚刚") || word(at, U"just now")) {
            moment.exact = now_;
            moment.grain = TimeGrain::minute;
            moment.end = at + (word(at, U"just now") ? 8 : 2);
            return true;
        }
        if (weeks(at, moment) || dates(at, moment) || ago(at, moment)) return true;
        for (const auto* vague :
             {U"前几天", U"前些天", U"前两天", U"前阵子", U"前段时间", U"最近", U"上个星期", U"上星期", U"上周",
              U"上个月", U"上月", U"去年", U"前年", U"年初", U"月初", U"这几天", U"这两天", U"近期"})
            if (word(at, vague)) {
                moment.vague = true;
                moment.end = at + std::u32string_view(vague).size();
                return true;
            }
        if (word(at, U"明年") || word(at, U"下周") || word(at, U"下个月") || word(at, U"下月") ||
            word(at, U"下个星期") || word(at, U"下星期")) {
            moment.vague = moment.future_word = true;
            moment.end = at + (word(at, U"下个") ? (word(at, U"下个星期") ? 4 : 3) : word(at, U"下星期") ? 3 : 2);
            return true;
        }
        // A clock or a part of the day alone: today.
        if (digit_of(before) >= 0) return false;
        Moment alone;
        if (clock_or_part(at, alone)) {
            // 早, 晚, 夜 alone are words of many uses.
            if (!alone.hour && alone.end - at < 2) return false;
            moment.part = alone.part, moment.hour = alone.hour, moment.minute = alone.minute, moment.end = alone.end;
            return true;
        }
        return false;
    }

    bool weeks(std::size_t at, Moment& moment) const {
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
    static days weeks_of(int count) { return days{7 * count}; }

    bool dates(std::size_t at, Moment& moment) const {
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
            if (word(at, word_of_year))
                year_value += shift, end = at + 2, year_said = true, moment.future_word = shift > 0;
        // 上个月5号, 这个月5号, 本月5号
        for (const auto& [word_of_month, shift] :
             {std::pair{U"上个月", -1}, {U"上月", -1}, {U"这个月", 0}, {U"本月", 0}, {U"上上个月", -2}}) {
            const std::u32string_view name = word_of_month;
            if (!word(at, name)) continue;
            const auto number = read_small_number(text_, at + name.size(), 2);
            if (!number || !in(point(number->end), U"号日")) return false;
            const auto that = year_month{today.year(), today.month()} + months{shift};
            const auto found = date(static_cast<int>(that.year()),
                                    static_cast<int>(static_cast<unsigned>(that.month())), number->value);
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
            if (!(opens || clock_or_part(next, probe) || word(next, U"那天") || word(next, U"就") ||
                  word(next, U"开始")))
                return false;
            if (in(point(next), U"楼线门车栋院单岗")) return false;
            auto that = year_month{today.year(), today.month()};
            auto found = date(static_cast<int>(that.year()), static_cast<int>(static_cast<unsigned>(that.month())),
                              number->value);
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

    bool ago(std::size_t at, Moment& moment) const {
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
        if (count > 100000) return false;
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

    const std::u32string& text_;
    TimePoint now_;
    const Zone& zone_;
    LocalTime local_;
};

// A span in words: 三天, 一个多月, 好几天, 半年. The end behind it, or 0.
struct Span {
    std::size_t end = 0;
    hours length{};
    bool exact = true;
};
std::optional<Span> read_span(const std::u32string& text, std::size_t at) {
    const auto point = [&](std::size_t place) { return place < text.size() ? text[place] : U'\0'; };
    const auto word = [&](std::size_t place, std::u32string_view expected) {
        return text.compare(place, expected.size(), expected) == 0;
    };
    Span span;
    std::int64_t count = 0;
    std::size_t end = at;
    bool half = false;
    if (word(at, U"好几") || word(at, U"好多")) {
        end += 2, span.exact = false;
    } else if (point(at) == U'几') {
        end += 1, span.exact = false;
    } else if (point(at) == U'半') {
        half = true, end += 1;
    } else {
        const auto quantity = read_quantity(text, at);
        if (!quantity || quantity->hundredths % 100 != 0 || quantity->hundredths > 1000000) return std::nullopt;
        count = quantity->hundredths / 100;
        end = quantity->end;
        if (point(end) == U'多' || point(end) == U'来') ++end;
    }
    bool plus_half = false;
    if (point(end) == U'个') {
        ++end;
        if (point(end) == U'半') plus_half = true, ++end;
    }
    if (point(end) == U'多') ++end;
    if (word(end, U"小时") || word(end, U"钟头")) {
        span.length = hours{count}, end += 2;
    } else if (point(end) == U'天') {
        span.length = hours{24 * count}, end += 1;
    } else if (point(end) == U'周' || word(end, U"星期")) {
        span.length = hours{24 * 7 * count}, end += point(end) == U'周' ? 1 : 2;
    } else if (point(end) == U'月' && end > at &&
               (text[end - 1] == U'个' || text[end - 1] == U'多' || text[end - 1] == U'半')) {
        span.length = hours{24 * (half ? 15 : 30 * count + (plus_half ? 15 : 0))}, end += 1;
    } else if (point(end) == U'年' && count < 30) {
        span.length = hours{24 * (half ? 182 : 365 * count)}, end += 1;
    } else {
        return std::nullopt;
    }
    if (half && span.length.count() == 0) span.exact = false;
    span.end = end;
    return span;
}

}  // namespace

void read_times(std::u32string& text, const Hits& hits, TimePoint now, const Zone& zone, Facts& facts) {
    const Scanner scanner{text, now, zone};
    auto moments = scanner.moments();
    const std::u32string_view all = text;
    auto& slots = facts.slots;
    const auto is_deadline = [&](const Moment& moment) {
        const auto after = all.substr(moment.end, 6);
        for (const auto* wish :
             {U"必须", U"之前", U"以前",   U"前",   U"内",   U"能不能", U"能修",   U"能来", U"能解决",
              U"能给", U"能好", U"给我",   U"得修", U"一定", U"给个",   U"来修",   U"来人", U"在家",
              U"有空", U"上门", U"过来",   U"要修", U"就要", U"可以来", U"可以上", U"派",   U"再不",
              U"还不", U"能",   U"会不会", U"之内", U"会来", U"请",     U"给",     U"我在", U"要"})
            if (after.starts_with(wish)) return true;
        const auto before = all.substr(0, moment.begin);
        for (const auto* wish : {U"必须", U"要求", U"希望", U"赶紧", U"请", U"限", U"到", U"等到", U"能不能", U"可以",
                                 U"约", U"预约", U"在", U"赶在"})
            if (before.ends_with(wish)) return true;
        return after.find(U"之前") != after.npos || after.find(U"必须") != after.npos;
    };
    bool took = false;
    for (auto& moment : moments) {
        const std::string words = to_utf8(all.substr(moment.begin, moment.end - moment.begin));
        if (moment.recurs) {
            if (!slots.recurrence) {
                slots.recurrence = words;
                facts.list.push_back({"recurrence", words, moment.begin, moment.end, false, 1});
            }
            continue;
        }
        if (took) {
            // 昨天坏的,大概晚上八点: a clock that follows a bare day refines it.
            continue;
        }
        auto at = scanner.resolve(moment);
        const bool future = moment.future_word || (at && *at > now);
        if (future) {
            // Something that has happened cannot have happened tomorrow.
            if (is_deadline(moment)) continue;
            const auto after = all.substr(moment.end, 12);
            bool happened = false;
            for (const auto* sign : {U"漏的", U"坏的", U"停的", U"发生的", U"开始的", U"出的", U"掉的", U"堵的",
                                     U"丢的", U"坏了", U"漏了", U"开始漏的", U"断的", U"裂的", U"不亮的", U"报的"})
                if (after.find(sign) != after.npos) happened = true;
            if (happened) {
                slots.occurred_in_future = true;
                slots.occurred_text = words;
            }
            continue;
        }
        if (is_deadline(moment) && moment.day && *moment.day >= zone.to_local(now).day) continue;
        if (is_deadline(moment) && !moment.day && !moment.exact && !moment.vague) continue;
        slots.occurred_text = words;
        slots.occurred_in_future = false;
        if (at && !moment.day && !moment.exact && !moment.hour) {
            // 早上坏的 is this morning; 半夜装修 is any night.
            const auto after = all.substr(moment.end, 2);
            bool once = false;
            for (const auto* verb : {U"坏", U"漏", U"停", U"开", U"就", U"发", U"断", U"堵", U"还", U"掉", U"丢"})
                if (after.find(verb) != after.npos) once = true;
            if (!once) at.reset();
        }
        if (at) {
            slots.occurred_at = at;
            slots.occurred_grain = moment.grain;
        }
        // 刚才 of "刚才手机号错了" speaks of the talk, not of the matter.
        bool talk = false;
        if (moment.exact && moment.grain == TimeGrain::minute)
            for (const auto* sign :
                 {U"手机", U"电话", U"房号", U"说", U"写", U"发", U"那个", U"打", U"问", U"填", U"的"})
                if (all.substr(moment.end).starts_with(sign)) talk = true;
        if (talk) {
            slots.occurred_at.reset();
            slots.occurred_text.clear();
            continue;
        }
        bool corrects = false;
        for (const auto& hit : hits.all())
            if (hit.group == Word::correction && hit.end <= moment.begin && moment.begin - hit.end <= 6 &&
                hits.words(hit) != U"不是")
                corrects = true;
        facts.list.push_back({"occurred", words, moment.begin, moment.end, corrects, 1});
        took = at.has_value();
    }

    // How long it has lasted.
    for (std::size_t at = 0; at < text.size() && !slots.duration; ++at) {
        if (at > 0 &&
            (is_ascii_digit(text[at - 1]) || digit_of(text[at - 1]) >= 0 || in(text[at - 1], U"十第每前后过周")))
            continue;
        if (!(is_ascii_digit(text[at]) || digit_of(text[at]) > 0 || in(text[at], U"半好几十"))) continue;
        const auto span = read_span(text, at);
        if (!span) continue;
        const auto after = all.substr(span->end, 4);
        const auto before = all.substr(at >= 6 ? at - 6 : 0, at >= 6 ? 6 : at);
        if (after.starts_with(U"前") || after.starts_with(U"之前") || after.starts_with(U"以前") ||
            after.starts_with(U"内") || after.starts_with(U"之内") || after.starts_with(U"后") ||
            after.starts_with(U"一次") || after.starts_with(U"一") || after.starts_with(U"两头"))
            continue;
        if (before.ends_with(U"凭什么等") || before.ends_with(U"要等") || before.ends_with(U"要") ||
            before.ends_with(U"凭什么要"))
            continue;
        static constexpr std::u32string_view faults[] = {
            U"坏了",   U"漏了", U"停了",   U"堵了",   U"不亮",   U"断了",   U"坏",       U"漏",
            U"停",     U"堵",   U"停水",   U"停电",   U"不亮了", U"没水",   U"没电",     U"坏掉",
            U"塌了",   U"锁了", U"关了",   U"坏了都", U"坏了快", U"坏了有", U"坏了已经", U"漏了都",
            U"漏了快", U"漏水", U"漏水都", U"漏水快", U"坏了好", U"没水了"};
        bool fault = false;
        for (const auto sign : faults)
            if (before.ends_with(sign)) fault = true;
        bool lasting = fault || after.starts_with(U"了") || after.starts_with(U"没") || after.starts_with(U"都没") ||
                       after.starts_with(U"还没");
        for (const auto* sign : {U"已经", U"等了", U"都", U"快", U"有", U"持续", U"连续", U"拖了", U"过了", U"整整"})
            if (before.ends_with(sign)) lasting = true;
        if (!lasting) continue;
        slots.duration = to_utf8(all.substr(at, span->end - at));
        facts.list.push_back({"duration", *slots.duration, at, span->end, false, 1});
        if (fault && span->exact && !slots.occurred_at && slots.occurred_text.empty() && span->length.count() > 0) {
            const auto local = zone.to_local(now);
            if (span->length < hours{24})
                slots.occurred_at = now - span->length, slots.occurred_grain = TimeGrain::hour;
            else
                slots.occurred_at = zone.from_local({local.day - floor<days>(span->length), {}}),
                slots.occurred_grain = TimeGrain::day;
            slots.occurred_text = to_utf8(all.substr(at, span->end - at));
        }
    }
}

}  // namespace huiyin
