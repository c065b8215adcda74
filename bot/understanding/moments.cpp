#include "bot/understanding/moments.h"

#include <algorithm>

#include "bot/understanding/numbers.h"

namespace huiyin::times {
namespace {

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

}  // namespace

std::vector<Moment> Scanner::moments() const {
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

std::optional<TimePoint> Scanner::resolve(Moment& moment) const {
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
    if (!moment.day && at > now_ && (moment.hour || moment.part != none)) at = zone_.from_local({day - days{1}, since});
    return at;
}

std::size_t Scanner::after_connector(std::size_t at) const {
    while (at < text_.size() && in(text_[at], U" 的")) ++at;
    return at;
}

bool Scanner::word(std::size_t at, std::u32string_view expected) const {
    return at < text_.size() && text_[at] == expected[0] && text_.compare(at, expected.size(), expected) == 0;
}

char32_t Scanner::point(std::size_t at) const { return at < text_.size() ? text_[at] : U'\0'; }

const Named* Scanner::longest(std::size_t at, std::span<const Named> table) const {
    const Named* best = nullptr;
    const char32_t first = point(at);
    for (const auto& named : table)
        if (named.word[0] == first && (!best || named.word.size() > best->word.size()) && word(at, named.word))
            best = &named;
    return best;
}

bool Scanner::clock_or_part(std::size_t at, Moment& moment) const {
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

bool Scanner::clock(std::size_t at, bool trusted, Moment& moment) const {
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

bool Scanner::hour_mark(std::size_t end, int hour, bool trusted, Moment& moment) const {
    if (point(end) != U'点' && !(point(end) == U'时' && (digit_of(point(end + 1)) >= 0 || trusted) &&
                                 point(end + 1) != U'候' && point(end + 1) != U'间'))
        return false;
    ++end;
    for (const auto* no : {U"意见", U"建议", U"要求", U"问题", U"希望", U"诉求", U"都不", U"也不", U"儿", U"点", U"小"})
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

void Scanner::day_done(std::size_t end, Moment& moment) const {
    moment.end = end;
    Moment rest;
    if (clock_or_part(after_connector(end), rest)) {
        moment.part = rest.part;
        moment.hour = rest.hour;
        moment.minute = rest.minute;
        moment.end = rest.end;
    }
}

bool Scanner::read(std::size_t at, Moment& moment) const {
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
         {U"前几天", U"前些天", U"前两天", U"前阵子", U"前段时间", U"最近", U"上个星期", U"上星期", U"上周", U"上个月",
          U"上月", U"去年", U"前年", U"年初", U"月初", U"这几天", U"这两天", U"近期"})
        if (word(at, vague)) {
            moment.vague = true;
            moment.end = at + std::u32string_view(vague).size();
            return true;
        }
    if (word(at, U"明年") || word(at, U"下周") || word(at, U"下个月") || word(at, U"下月") || word(at, U"下个星期") ||
        word(at, U"下星期")) {
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

}  // namespace huiyin::times
