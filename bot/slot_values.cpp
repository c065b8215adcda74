#include "bot/slot_values.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "bot/said.h"
#include "bot/understanding/numbers.h"
#include "bot/understanding/text.h"
#include "workflow/engine/language.h"
#include "workflow/engine/wording.h"

namespace huiyin {
namespace {

bool is_money(const SlotRule& slot) {
    return slot.type == "number" && (slot.key == "amount_yuan" || slot.key.ends_with("_yuan"));
}

bool begins_any(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return text.rfind(word, 0) == 0; });
}

std::optional<std::int64_t> first_number(const std::string& text) {  // in hundredths
    const auto points = to_points(text);
    for (std::size_t at = 0; at < points.size(); ++at)
        if (const auto quantity = read_quantity(points, at)) return quantity->hundredths;
    return std::nullopt;
}

// A title, or a word for one, is said: within a clause and not denied there, or across clauses as it stands.
bool is_said(const std::string& said, const std::string& words) {
    const auto whole = plain(words);
    if (whole.empty()) return false;
    if (clauses(words).size() > 1) return plain(said).find(whole) != std::string::npos;
    const auto parts = clauses(said);
    return std::any_of(parts.begin(), parts.end(), [&](const std::string& part) { return says(part, whole); });
}

bool is_denied_there(const std::string& said, const std::string& words) {
    return clauses(words).size() == 1 && denies(plain(said), plain(words)) && !is_said(said, words);
}

bool says_no(const std::string& title) { return begins_any(plain(title), {"没有", "无", "不", "还没有", "未"}); }

std::optional<std::string> chosen(const SlotRule& slot, const std::string& said, bool asked) {
    const auto text = plain(said);
    std::size_t longest = 0;
    std::optional<std::string> found;
    for (std::size_t i = 0; i < slot.choices.size(); ++i)
        for (const auto& words : slot.choice_words[i])
            if (words.size() > longest && is_said(said, words)) longest = words.size(), found = slot.choices[i];
    if (!asked) return found;
    std::vector<std::string> titles;
    for (const auto& title : slot.choice_titles) titles.push_back(plain(title));
    for (std::size_t i = 0; i < slot.choices.size(); ++i)
        if (text == titles[i]) return slot.choices[i];
    if (found) return found;
    bool denied = false;
    for (std::size_t i = 0; i < slot.choices.size(); ++i) {
        if (titles[i].size() > longest && is_said(said, slot.choice_titles[i]))
            longest = titles[i].size(), found = slot.choices[i];
        denied = denied || is_denied_there(said, slot.choice_titles[i]);
        for (const auto& words : slot.choice_words[i]) denied = denied || is_denied_there(said, words);
    }
    if (found) return found;
    std::size_t holds = 0;  // a part of one title only, as the title means it
    for (std::size_t i = 0; i < slot.choices.size(); ++i)
        if (text.size() >= 6 && says(titles[i], text)) ++holds, found = slot.choices[i];
    if (holds == 1) return found;
    found.reset();
    // "没有", "不是", or the other one denied: the choice that says no, where there is just one.
    constexpr std::size_t few_words = 18;  // bytes
    if (denied || (begins_any(text, {"没", "不", "无", "未"}) && text.size() <= few_words)) {
        std::size_t refusals = 0;
        for (std::size_t i = 0; i < slot.choices.size(); ++i)
            if (says_no(slot.choice_titles[i]) && refusals++ == 0) found = slot.choices[i];
        if (refusals == 1 || !denied) return found;
        found.reset();
        if (slot.choices.size() == 2 && refusals == 0)  // this or that, and not this
            for (std::size_t i = 0; i < slot.choices.size(); ++i) {
                const bool out = is_denied_there(said, slot.choice_titles[i]) ||
                                 std::any_of(slot.choice_words[i].begin(), slot.choice_words[i].end(),
                                             [&](const auto& words) { return is_denied_there(said, words); });
                if (!out) found = slot.choices[i], ++refusals;
            }
        if (refusals == 1) return found;
    }
    return std::nullopt;
}

std::optional<std::string> said_yes_or_no(const SlotRule& slot, const Heard& heard) {
    if (const auto answer = yes_or_no(heard.understood.text, slot.ask.empty() ? slot.title : slot.ask))
        return *answer ? "yes" : "no";
    return std::nullopt;
}

// Kept as text by whatever the slot was when it was told: a pack may have made it another type since.
std::optional<std::int64_t> kept_number(const std::string& value) {
    std::int64_t number = 0;
    const auto* end = value.data() + value.size();
    const auto read = std::from_chars(value.data(), end, number);
    return read.ec == std::errc{} && read.ptr == end ? std::optional(number) : std::nullopt;
}

std::optional<std::string> number_of(const SlotRule& slot, const Heard& heard) {
    if (is_money(slot) && heard.understood.slots.amount_fen) return std::to_string(*heard.understood.slots.amount_fen);
    auto value = first_number(heard.understood.text);
    if (!value) return std::nullopt;
    if (slot.type == "integer") *value = *value / 100 * 100;
    return std::to_string(*value);
}

// A limit ("answer_by", "wanted_by") lies ahead, anything else behind us if it can.
std::optional<std::string> time_of(const SlotRule& slot, const Heard& heard, TimePoint now, const Zone& zone) {
    const bool limit = slot.key.ends_with("_by") || slot.key.ends_with("_until");
    if (!limit && heard.understood.slots.occurred_at) return std::to_string(to_ms(*heard.understood.slots.occurred_at));
    if (const auto ahead = day_ahead(heard.understood.text, now, zone)) return std::to_string(to_ms(*ahead));
    return std::nullopt;
}

// What stands behind the slot's name: "批号是A12,…" -> A12.
std::string behind_name(const SlotRule& slot, const std::string& text) {
    std::vector<std::string> names = slot.words;
    names.push_back(slot.title);
    std::sort(names.begin(), names.end(),
              [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
    for (const auto& name : names) {
        auto at = name.empty() ? std::string::npos : text.find(name);
        if (at == std::string::npos) continue;
        at += name.size();
        static constexpr std::string_view links[] = {"应该是", "改成",   "改为", "换成", "写错了", "不对",
                                                     "错了",   "其实是", "就是", "是",   "为",     "叫",
                                                     ":",      ",",      " ",    "：",   "，"};
        bool linked = false;
        for (bool skipped = true; skipped;) {
            skipped = false;
            for (const auto link : links)
                if (text.compare(at, link.size(), link) == 0) at += link.size(), skipped = linked = true;
        }
        const auto end = text.find_first_of(",;.\n", at);
        auto value = without_outer_marks(text.substr(at, end == std::string::npos ? end : end - at));
        // Without a link only a number or a code follows its name: "设备编号XE215", not "设备编号牌掉了".
        const bool code = !value.empty() && (static_cast<unsigned char>(value[0]) & 0x80) == 0;
        if (code) {
            const auto han = std::find_if(value.begin(), value.end(),
                                          [](char c) { return (static_cast<unsigned char>(c) & 0x80) != 0; });
            if (!linked || slot.type != "text") value.erase(han, value.end());
            value = without_outer_marks(value);
        }
        if (!value.empty() && value.size() <= 90 && (linked || code)) return value;
    }
    return {};
}

}  // namespace

std::optional<std::string> answered_value(const SlotRule& slot, const Heard& heard, TimePoint now, const Zone& zone) {
    const auto& text = heard.understood.text;
    if (slot.type == "evidence") return heard.attachments.empty() ? std::nullopt : std::optional<std::string>("given");
    if (slot.type == "choice") return chosen(slot, without_outer_marks(text), true);
    if (slot.type == "boolean") return said_yes_or_no(slot, heard);
    if (slot.type == "integer" || slot.type == "number") return number_of(slot, heard);
    if (slot.type == "time") return time_of(slot, heard, now, zone);
    auto words = behind_name(slot, text);
    if (words.empty()) words = without_outer_marks(heard.text);
    for (const std::string_view lead : {"就是", "是", "叫"})
        if (words.size() > lead.size() + 3 && words.starts_with(lead)) {
            words.erase(0, lead.size());
            break;
        }
    if (words.empty() || words.size() > 600) return std::nullopt;
    return words;
}

std::optional<std::string> volunteered_value(const SlotRule& slot, const Heard& heard, TimePoint now,
                                             const Zone& zone) {
    if (heard.kind != HeardKind::text) return std::nullopt;
    if (slot.type == "choice") return chosen(slot, heard.understood.text, false);
    const auto words = behind_name(slot, heard.understood.text);
    if (words.empty()) return std::nullopt;
    if (slot.type == "text") return words;
    Heard part = heard;
    part.understood.text = part.text = words;
    if (slot.type == "boolean") return said_yes_or_no(slot, part);
    if (slot.type == "integer" || slot.type == "number") return number_of(slot, part);
    if (slot.type == "time") return time_of(slot, part, now, zone);
    return std::nullopt;
}

std::string shown_value(const SlotRule& slot, const std::string& value, TimePoint now, const Zone& zone,
                        std::string_view language) {
    if (value.empty()) return value;
    const bool english = language == "en";
    if (slot.type == "boolean" && value == "yes") return english ? "yes" : "是";
    if (slot.type == "boolean" && value == "no") return english ? "no" : "不是";
    if (slot.type == "boolean") return value;
    if (slot.type == "choice") {
        const auto at = std::find(slot.choices.begin(), slot.choices.end(), value);
        return at == slot.choices.end()
                   ? value
                   : slot.choice_titles[static_cast<std::size_t>(std::distance(slot.choices.begin(), at))];
    }
    if (slot.type == "time") {
        const auto kept = kept_number(value);
        if (!kept) return value;
        const auto at = from_ms(*kept);
        const auto local = zone.to_local(at);
        if (at > now || local.since_midnight != Milliseconds{0}) return moment_in(language, at, now, zone);
        // A day behind us is a day, and does not end one.
        const std::chrono::year_month_day day{local.day}, today{zone.to_local(now).day};
        const auto year = day.year() == today.year() ? std::string{} : std::to_string(static_cast<int>(day.year()));
        if (english) return date_in(language, local.day) + (year.empty() ? "" : " " + year);
        return (year.empty() ? year : year + "年") + date_in(language, local.day);
    }
    if (slot.type == "integer" || slot.type == "number") {
        const auto hundredths = kept_number(value);
        if (!hundredths) return value;
        if (is_money(slot)) return yuan_in(language, *hundredths);
        auto words = yuan_in_words(*hundredths);
        words.erase(words.size() - std::string_view("元").size());
        return words;
    }
    return value;
}

std::string fact_name(const SlotRule& slot) {
    if (!is_money(slot)) return slot.key;
    return slot.key.substr(0, slot.key.size() - std::string_view("_yuan").size()) + "_fen";
}

std::optional<std::int64_t> kept_fen(const std::string& value) { return kept_number(value); }

std::optional<Fact> value_as_fact(const SlotRule& slot, const std::string& value) {
    if (slot.type == "boolean")
        return value == "yes" || value == "no" ? std::optional<Fact>(value == "yes") : std::nullopt;
    if (slot.type == "choice") {
        const bool known = std::find(slot.choices.begin(), slot.choices.end(), value) != slot.choices.end();
        return known ? std::optional<Fact>(value) : std::nullopt;
    }
    if (slot.type != "time" && slot.type != "integer" && slot.type != "number") return std::nullopt;
    const auto number = kept_number(value);
    if (!number) return std::nullopt;
    if (slot.type == "time" || is_money(slot)) return *number;
    return *number / 100;
}

std::string surname_in(std::string_view text) {
    for (const std::string_view lead : {"我姓", "免贵姓"}) {
        auto at = text.find(lead);
        if (at == std::string_view::npos || (at += lead.size()) >= text.size()) continue;
        for (const std::string_view two : {"欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容",
                                           "令狐", "司徒", "夏侯", "长孙", "宇文", "轩辕", "端木", "独孤", "南宫"})
            if (text.substr(at).starts_with(two)) return std::string(two);
        const auto name = text.substr(at, point_length(text, at));
        if (name.size() >= 3) return std::string(name);  // a letter or a mark is no surname
    }
    return {};
}

std::string place_in(std::string_view text, const std::vector<std::string>& words) {
    static constexpr std::string_view before[] = {"在", "到", "去", "们", "的", "是", "了",
                                                  "从", "于", "这", "那", "个", "家"};
    for (const auto& word : words) {
        const auto at = word.empty() ? std::string_view::npos : text.find(word);
        if (at == std::string_view::npos) continue;
        auto from = at;
        for (int count = 0; count < 6 && from > 0; ++count) {
            const auto earlier = point_before(text, from);
            const auto sign = text.substr(earlier, from - earlier);
            if (sign.size() < 3 || std::find(std::begin(before), std::end(before), sign) != std::end(before)) break;
            from = earlier;
        }
        auto name = text.substr(from, at - from);
        for (bool cut = true; cut;) {  // "建议网点增加座椅" names no place
            cut = false;
            for (const std::string_view verb :
                 {"建议", "希望", "投诉", "举报", "表扬", "反映", "感谢", "谢谢", "我", "你",
                  "说",   "请",   "让",   "叫",   "找",   "问",   "咱",   "各",   "有", "某"})
                if (name.starts_with(verb)) name.remove_prefix(verb.size()), cut = true;
        }
        if (!name.empty()) return std::string(name) + word;
    }
    return {};
}

std::optional<TimePoint> day_ahead(std::string_view said, TimePoint now, const Zone& zone) {
    using namespace std::chrono;
    const auto text = to_points(said);
    const auto today = zone.to_local(now).day;
    const year_month_day date{today};
    const auto number_before = [&](std::u32string_view unit) -> std::optional<std::pair<int, std::size_t>> {
        for (std::size_t at = text.find(unit); at != std::u32string::npos; at = text.find(unit, at + 1))
            for (std::size_t from = at > 3 ? at - 3 : 0; from < at; ++from)
                if (const auto number = read_small_number(text, from, 2); number && number->end == at)
                    return std::pair(number->value, at + unit.size());
        return std::nullopt;
    };
    const auto has = [&](std::u32string_view words) { return text.find(words) != std::u32string::npos; };
    std::optional<local_days> day;
    if (const auto month = number_before(U"月")) {
        const auto number = read_small_number(text, month->second, 2);
        if (number) {
            auto at = date.year() / std::chrono::month(static_cast<unsigned>(month->first)) /
                      std::chrono::day(static_cast<unsigned>(number->value));
            if (at.ok() && local_days{at} < today) at += years{1};
            if (at.ok()) day = local_days{at};
        }
    }
    if (!day)
        for (const std::u32string_view unit : {std::u32string_view(U"号"), std::u32string_view(U"日")})
            if (const auto number = number_before(unit); !day && number && number->first >= 1 && number->first <= 31) {
                auto at = date.year() / date.month() / std::chrono::day(static_cast<unsigned>(number->first));
                if (!at.ok() || local_days{at} < today) at += months{1};
                if (at.ok()) day = local_days{at};
            }
    if (!day && has(U"大后天")) day = today + days{3};
    if (!day && has(U"后天")) day = today + days{2};
    if (!day && (has(U"明天") || has(U"明日") || has(U"明早") || has(U"明晚"))) day = today + days{1};
    if (!day && (has(U"今天") || has(U"今日") || has(U"今晚") || has(U"当天"))) day = today;
    if (!day)
        for (const std::u32string_view week :
             {std::u32string_view(U"周"), std::u32string_view(U"星期"), std::u32string_view(U"礼拜")}) {
            const auto at = text.find(week);
            if (at == std::u32string::npos || at + week.size() >= text.size()) continue;
            static constexpr std::u32string_view names = U"一二三四五六日";
            auto index = names.find(text[at + week.size()]);
            if (text[at + week.size()] == U'天') index = 6;
            if (index == std::u32string_view::npos) continue;
            const auto monday = today - (weekday{today} - Monday);
            auto wanted = monday + days{static_cast<int>(index)};
            const bool next_week = at > 0 && text[at - 1] == U'下';
            if (next_week)
                wanted += days{7};
            else if (wanted < today)
                wanted += days{7};
            day = wanted;
            break;
        }
    if (!day && has(U"月底")) day = local_days{date.year() / date.month() / last};
    if (!day && (has(U"一周内") || has(U"一个星期内") || has(U"一星期内"))) day = today + days{7};
    if (!day)
        if (const auto count = number_before(U"天"); count && count->first >= 1 && count->first <= 90)
            day = today + days{count->first};
    if (!day) return std::nullopt;
    if (const auto hour = number_before(U"点"); hour && hour->first <= 24) {
        int at = hour->first;
        if (at < 12 && (has(U"下午") || has(U"晚"))) at += 12;
        return zone.from_local({*day, hours{at}});
    }
    return zone.from_local({*day, hours{24}});
}

}  // namespace huiyin
