#include <algorithm>

#include "bot/understanding/moments.h"
#include "bot/understanding/numbers.h"
#include "bot/understanding/slots.h"

namespace huiyin {
namespace {

using namespace times;

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

void read_times(std::u32string& text, const Hits& hits, TimePoint now, const Zone& zone, FoundFacts& facts) {
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
