#include <algorithm>

#include "bot/understanding/slots.h"

namespace huiyin {
namespace {

struct Run {  // digits that stand together, ASCII or spoken
    std::size_t begin = 0, end = 0;
    std::string digits;
};

bool spoken_digit(char32_t point) { return digit_of(point) >= 0 && point != U'两' && point != U'贰' && point != U'叁'; }

std::vector<Run> digit_runs(const std::u32string& text) {
    std::vector<Run> runs;
    for (std::size_t at = 0; at < text.size();) {
        if (!spoken_digit(text[at])) {
            ++at;
            continue;
        }
        Run run{at, at, {}};
        while (run.end < text.size() && spoken_digit(text[run.end]))
            run.digits.push_back(static_cast<char>('0' + digit_of(text[run.end++])));
        at = run.end;
        runs.push_back(std::move(run));
    }
    return runs;
}

bool is_mobile(std::string_view digits) {
    return digits.size() == 11 && digits[0] == '1' && digits[1] >= '3' && digits[1] <= '9';
}

// 0912345678: of Taiwan.
bool is_taiwan_mobile(std::string_view digits) { return digits.size() == 10 && digits.starts_with("09"); }

// Dialled from abroad: Hong Kong and Macau have eight digits, Taiwan 9xxxxxxxx or an area code and its number. Kept
// with the country's code, without what is dialled before it.
bool is_from_abroad(std::string_view digits) {
    if (digits.starts_with("852") || digits.starts_with("853"))
        return digits.size() == 11 && digits[3] >= '2' && digits[3] <= '9';
    if (!digits.starts_with("886")) return false;
    return digits.size() == 12 ? digits[3] != '0' : digits.size() == 11 && digits[3] >= '2' && digits[3] <= '8';
}

bool is_country_code(std::string_view digits) {
    if (digits.starts_with("00")) digits.remove_prefix(2);
    return digits == "852" || digits == "853" || digits == "886";
}

bool joins(const std::u32string& text, std::size_t from, std::size_t to) {
    if (to - from > 2 || to == from) return false;
    for (std::size_t at = from; at < to; ++at)
        if (text[at] != U' ' && text[at] != U'-' && text[at] != U'.' && text[at] != U',') return false;
    return true;
}

// 20261126 is no phone, whatever was spoken of.
bool is_day(std::string_view digits) {
    return digits.size() == 8 && (digits.starts_with("19") || digits.starts_with("20")) && digits[4] <= '1' &&
           digits[6] <= '3';
}

struct Phone {
    std::size_t begin, end;
    std::string digits;
    bool broken = false;
};

std::vector<Phone> find_phones(const std::u32string& text, const Hits& hits) {
    std::vector<Phone> phones;
    const auto runs = digit_runs(text);
    const auto cued = [&](std::size_t begin) {
        for (const auto& hit : hits.all())
            if (hit.group == Word::phone_cue && hit.end <= begin && begin - hit.end <= 6) return true;
        return false;
    };
    for (std::size_t first = 0; first < runs.size(); ++first) {
        const Run& run = runs[first];
        // Part of a longer word (a number plate, an order number)?
        if (run.begin > 0 && is_ascii_letter(text[run.begin - 1]) && !cued(run.begin)) continue;
        if (run.end < text.size() && is_ascii_letter(text[run.end]) && run.digits.size() < 11) continue;
        // Pieces: 138 1234 5678, +86 138-1234-5678, 0571-88886666, one digit at a time.
        std::string digits;
        std::size_t last = first, end = run.end;
        bool found = false;
        std::size_t start = first;
        if ((run.digits == "86" || run.digits == "0086") && first + 1 < runs.size() &&
            (joins(text, run.end, runs[first + 1].begin)))
            start = first + 1, last = start;
        for (std::size_t next = start; next < runs.size(); ++next) {
            if (next > start && !joins(text, runs[next - 1].end, runs[next].begin)) break;
            digits += runs[next].digits;
            end = runs[next].end;
            last = next;
            if (digits.size() > 15) break;
            std::string_view seen = digits;
            if (seen.size() == 13 && seen.substr(0, 2) == "86") seen.remove_prefix(2);
            const bool abroad = run.begin > 0 && text[run.begin - 1] == U'+';
            std::string_view whole = seen;
            if (whole.starts_with("00")) whole.remove_prefix(2);
            const bool with_code = abroad || seen.starts_with("00") || is_country_code(run.digits) || cued(run.begin) ||
                                   whole.size() == 12;
            // In pieces, 0931-123456 is rather a fixed line of the mainland that lost a digit.
            const bool in_threes =
                next == start + 2 && runs[start].digits.size() == 4 && runs[start + 1].digits.size() == 3;
            const bool of_taiwan = is_taiwan_mobile(seen) && (next == start || in_threes);
            const bool is_one = is_mobile(seen) || of_taiwan;
            if (is_one || (with_code && is_from_abroad(whole))) {
                // "0912-3456789" is a fixed line of the mainland, and goes on.
                if (of_taiwan && next + 1 < runs.size() && runs[next + 1].begin == end) continue;
                phones.push_back({run.begin - (abroad ? 1 : 0), end, std::string(is_one ? seen : whole)});
                found = true;
                break;
            }
        }
        if (!found) {
            // A fixed line: area code and number, or eight digits where a phone was spoken of.
            const bool of_taiwan = run.digits.size() == 2 && run.digits[1] >= '2';  // 02-23456789
            if ((of_taiwan || (run.digits.size() >= 3 && run.digits.size() <= 4)) && run.digits[0] == '0' &&
                first + 1 < runs.size() &&
                (joins(text, run.end, runs[first + 1].begin) ||
                 (runs[first + 1].begin == run.end + 1 && text[run.end] == U')'))) {
                std::string rest = runs[first + 1].digits;
                std::size_t rest_end = runs[first + 1].end, used = first + 1;
                if ((rest.size() == 4 || (of_taiwan && rest.size() == 3)) && first + 2 < runs.size() &&
                    joins(text, rest_end, runs[first + 2].begin) &&
                    (runs[first + 2].digits.size() == 4 || runs[first + 2].digits.size() == 3))
                    rest += runs[first + 2].digits, rest_end = runs[first + 2].end, used = first + 2;
                if (rest.size() == 7 || rest.size() == 8 || (run.digits.starts_with("037") && rest.size() == 6)) {
                    phones.push_back({run.begin, rest_end, run.digits + "-" + rest});
                    first = used;
                    continue;
                }
            }
            if (run.digits[0] == '0' && run.digits.size() >= 10 && run.digits.size() <= 12) {
                const std::size_t area = (run.digits[1] == '1' || run.digits[1] == '2') ? 3 : 4;
                if (run.digits.size() - area == 7 || run.digits.size() - area == 8) {
                    phones.push_back({run.begin, run.end, run.digits.substr(0, area) + "-" + run.digits.substr(area)});
                    continue;
                }
            }
            // Eight digits, also as 9123 4567, where a phone was spoken of.
            std::string eight = run.digits;
            std::size_t eight_end = run.end, used = first;
            if (eight.size() == 4 && first + 1 < runs.size() && runs[first + 1].digits.size() == 4 &&
                joins(text, run.end, runs[first + 1].begin))
                eight += runs[first + 1].digits, eight_end = runs[first + 1].end, used = first + 1;
            if (eight.size() == 8 && eight[0] >= '2' && cued(run.begin) && !is_day(eight)) {
                phones.push_back({run.begin, eight_end, eight});
                first = used;
                continue;
            }
            // A room and a phone in one breath: 五零一一三八一二三四五六七八
            if (run.digits.size() >= 14 && run.digits.size() <= 15 &&
                is_mobile(run.digits.substr(run.digits.size() - 11)) && run.begin > 0 &&
                (text[run.begin - 1] == U'元' || text[run.begin - 1] == U'栋' || text[run.begin - 1] == U'楼' ||
                 text[run.begin - 1] == U'座' || text[run.begin - 1] == U'#')) {
                phones.push_back({run.end - 11, run.end, run.digits.substr(run.digits.size() - 11)});
                continue;
            }
            // Digits offered as a phone that are none: kept apart so that they are asked again.
            const bool nearly = run.digits.size() >= 9 && run.digits.size() <= 12 && run.digits[0] == '1' &&
                                run.digits[1] >= '3' && run.digits.size() != 11;
            if ((nearly && (run.digits.size() != 12 || cued(run.begin))) ||
                (cued(run.begin) && run.digits.size() >= 7 && run.digits.size() <= 13)) {
                phones.push_back({run.begin, run.end, run.digits, true});
            } else if (cued(run.begin) && digits.size() >= 7 && digits.size() <= 13 && last > first) {
                phones.push_back({run.begin, end, digits, true});
                first = last;
            }
            continue;
        }
        first = last;
    }
    return phones;
}

// Whose number: the person named between the last stop and the number, "打我老婆 139", "我妈的电话是 138".
std::string whose(const std::u32string& text, const Hits& hits, std::size_t begin, std::size_t after) {
    const Hit* found = nullptr;
    for (const auto& hit : hits.all())
        if (hit.group == Word::relation && hit.end <= begin && hit.begin >= after && begin - hit.end <= 10)
            found = &hit;
    if (!found) return {};
    bool call = false;
    for (const auto& hit : hits.all())
        if (hit.group == Word::phone_cue && hit.begin + 8u >= found->begin && hit.end <= begin) call = true;
    const auto between = std::u32string_view(text).substr(found->end, begin - found->end);
    for (const auto point : between)
        if (is_stop(point) && point != U':' && point != U',') return {};
    if (!call && begin - found->end > 4) return {};
    std::u32string_view word = hits.words(*found);
    if (word.size() > 2 && word[0] == U'我') word.remove_prefix(1);
    return to_utf8(word);
}

}  // namespace

void read_numbers_that_are_no_phones(std::u32string& text, FoundFacts& facts) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        // T20261122-007
        if (is_ascii_digit(text[at]) && (at == 0 || !is_ascii_digit(text[at - 1]))) {
            std::size_t end = at;
            while (end < text.size() && is_ascii_digit(text[end])) ++end;
            const bool letter = at > 0 && (text[at - 1] == U't' || text[at - 1] == U'T');
            if (end - at == 8 && text[at] == U'2' && text[at + 1] == U'0' && end + 3 < text.size() &&
                text[end] == U'-' && is_ascii_digit(text[end + 1]) && is_ascii_digit(text[end + 2]) &&
                is_ascii_digit(text[end + 3])) {
                std::size_t last = end + 1;
                while (last < text.size() && is_ascii_digit(text[last])) ++last;
                std::string number = "T" + to_utf8(std::u32string_view(text).substr(at, last - at));
                facts.slots.ticket = number;
                facts.list.push_back({"ticket", number, letter ? at - 1 : at, last, false, 1});
                for (std::size_t place = letter ? at - 1 : at; place < last; ++place) text[place] = blank;
            }
            at = end;
            continue;
        }
        // 浙A12345, 沪AD12345: one of the provinces' characters, a letter, five or six more.
        if (is_ascii_letter(text[at]) && at > 0 &&
            std::u32string_view(U"京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼").find(text[at - 1]) !=
                std::u32string_view::npos) {
            std::size_t end = at + 1, digits = 0;
            if (end < text.size() && (text[end] == U'-' || text[end] == U'.' || text[end] == U' ')) ++end;
            while (end < text.size() && (is_ascii_digit(text[end]) || is_ascii_letter(text[end])) && end - at <= 8)
                digits += is_ascii_digit(text[end]) ? 1 : 0, ++end;
            if (digits >= 3 && end - at >= 6)
                for (std::size_t place = at - 1; place < end; ++place) text[place] = blank;
            at = end - 1;
        }
    }
}

void read_phones(std::u32string& text, const Hits& hits, FoundFacts& facts) {
    const auto phones = find_phones(text, hits);
    if (phones.empty()) return;
    // Which one counts: the one after 不对/改成/打这个; else the first. A denied one ("不是138…") never.
    std::size_t chosen = SIZE_MAX;
    bool corrects = false;
    for (std::size_t index = 0; index < phones.size(); ++index) {
        const std::size_t from = index == 0 ? 0 : phones[index - 1].end;
        const std::u32string_view before = std::u32string_view(text).substr(from, phones[index].begin - from);
        const bool denied = before.find(U"不是") != before.npos && before.rfind(U"不是") + 6 >= before.size() &&
                            before.find(U',', before.rfind(U"不是")) == before.npos;
        const bool never = before.find(U"别打") != before.npos || before.find(U"不要打") != before.npos ||
                           before.find(U"停机") != before.npos;
        if (denied || never) continue;
        bool corrected = false;
        for (const auto& hit : hits.all())
            if (hit.group == Word::correction && hit.begin >= from && hit.end <= phones[index].begin) corrected = true;
        bool wanted = corrected;
        for (const auto* cue : {U"打这个", U"打我", U"联系", U"换成", U"用这个", U"新号", U"打给", U"请打", U"拨",
                                U"以这个为准", U"麻烦打"})
            if (before.find(cue) != before.npos) wanted = true;
        if (chosen == SIZE_MAX || (wanted && (index > 0))) {
            chosen = index;
            corrects = corrected;
        }
    }
    // "138… 这个号停机了, 139…": a number called dead afterwards gives way to the next.
    if (chosen != SIZE_MAX && chosen + 1 < phones.size()) {
        const auto after =
            std::u32string_view(text).substr(phones[chosen].end, phones[chosen + 1].begin - phones[chosen].end);
        for (const auto* dead : {U"停机", U"不用了", U"打不通", U"不用这个", U"作废", U"是旧的", U"旧号", U"换了"})
            if (after.find(dead) != after.npos) {
                ++chosen;
                break;
            }
    }
    if (chosen != SIZE_MAX && phones[chosen].broken)
        for (std::size_t index = 0; index < phones.size(); ++index)
            if (!phones[index].broken) chosen = index;
    for (std::size_t index = 0; index < phones.size(); ++index) {
        const auto& phone = phones[index];
        if (phone.broken) {
            if (!facts.slots.broken_phone) facts.slots.broken_phone = phone.digits;
            if (index == chosen)
                facts.list.push_back({"broken_phone", phone.digits, phone.begin, phone.end, corrects, 1});
        } else if (index == chosen) {
            facts.slots.phone = phone.digits;
            facts.list.push_back({"phone", phone.digits, phone.begin, phone.end, corrects, 1});
            const std::string person = whose(text, hits, phone.begin, index == 0 ? 0 : phones[index - 1].end);
            if (!person.empty()) {
                facts.slots.contact = person;
                facts.list.push_back({"contact", person, phone.begin, phone.begin, false, 1});
            }
        } else if (!facts.slots.second_phone && !(corrects && index < chosen)) {
            facts.slots.second_phone = phone.digits;
            facts.list.push_back({"second_phone", phone.digits, phone.begin, phone.end, false, 1});
        }
    }
    for (const auto& phone : phones)
        for (std::size_t at = phone.begin; at < phone.end; ++at) text[at] = blank;
}

}  // namespace huiyin
