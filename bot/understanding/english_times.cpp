// When it happened, said in English: "two days ago", "last Tuesday at 9 in the evening", "since March 1st", "for three
// days".
#include <algorithm>
#include <iterator>
#include <optional>

#include "bot/understanding/slots.h"
#include "bot/understanding/text.h"

namespace huiyin {
namespace {

using namespace std::chrono;

struct Token {
    std::string word;  // small letters and digits
    std::size_t begin = 0, end = 0;
};

std::vector<Token> tokens_of(const std::u32string& low) {
    std::vector<Token> tokens;
    for (std::size_t at = 0; at < low.size(); ++at) {
        const auto point = low[at];
        if (!is_ascii_letter(point) && !is_ascii_digit(point)) continue;
        const bool goes_on = at > 0 && (is_ascii_letter(low[at - 1]) || is_ascii_digit(low[at - 1]));
        if (!goes_on) tokens.push_back({{}, at, at});
        tokens.back().word += static_cast<char>(point);
        tokens.back().end = at + 1;
    }
    return tokens;
}

constexpr std::string_view numbers[] = {"zero",  "one",   "two",  "three", "four",   "five",  "six",
                                        "seven", "eight", "nine", "ten",   "eleven", "twelve"};
constexpr std::string_view weekdays[] = {"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};
constexpr std::string_view months[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                       "jul", "aug", "sep", "oct", "nov", "dec"};

template <std::size_t N>
std::optional<int> place_in(std::string_view word, const std::string_view (&list)[N]) {
    const auto* const at = std::find(std::begin(list), std::end(list), word);
    return at == std::end(list) ? std::nullopt : std::optional(static_cast<int>(std::distance(std::begin(list), at)));
}

// A whole number of at most three figures, in figures or as a word.
std::optional<int> number_of(const std::string& word) {
    if (word.empty() || word.size() > 6) return std::nullopt;
    if (word == "a" || word == "an") return 1;
    if (const auto named = place_in(word, numbers)) return named;
    int value = 0;
    for (const char c : word) {
        if (c < '0' || c > '9' || word.size() > 3) return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value;
}

std::optional<int> month_of(const std::string& word) {
    static constexpr std::string_view full[] = {"january", "february", "march",     "april",   "may",      "june",
                                                "july",    "august",   "september", "october", "november", "december"};
    if (const auto at = place_in(word, full)) return *at + 1;
    if (const auto at = place_in(word, months)) return *at + 1;
    return std::nullopt;
}

std::optional<int> day_of_month(std::string word) {
    if (word.size() > 2)
        for (const std::string_view end : {"st", "nd", "rd", "th"})
            if (word.ends_with(end)) word.resize(word.size() - 2);
    if (word.empty() || word[0] < '0' || word[0] > '9') return std::nullopt;
    const auto value = number_of(word);
    return value && *value >= 1 && *value <= 31 ? value : std::nullopt;
}

struct Unit {
    minutes length;
    bool by_day;
};
std::optional<Unit> unit_of(std::string word) {
    if (word.size() > 3 && word.ends_with('s')) word.pop_back();
    if (word == "minute" || word == "min") return Unit{minutes{1}, false};
    if (word == "hour" || word == "hr") return Unit{hours{1}, false};
    if (word == "day") return Unit{hours{24}, true};
    if (word == "week") return Unit{hours{24 * 7}, true};
    if (word == "month") return Unit{hours{24 * 30}, true};
    return std::nullopt;
}

struct When {
    std::size_t first = 0, last = 0;  // tokens
    local_days day{};
    TimePoint exact{};  // where it was said by its distance in hours
    minutes clock{-1};  // none: less than zero
    bool is_exact = false;
    TimeGrain grain = TimeGrain::day;
};

class Reader {
public:
    Reader(const std::u32string& low, TimePoint now, const Zone& zone)
        : tokens_(tokens_of(low)), now_(now), today_(zone.to_local(now).day) {}

    std::optional<When> moment() const {
        for (std::size_t at = 0; at < tokens_.size(); ++at) {
            auto found = ago(at);
            if (!found) found = named_day(at);
            if (!found) found = weekday_at(at);
            if (!found) found = date(at);
            if (!found) continue;
            if (!found->is_exact) clock(*found);
            return found;
        }
        return std::nullopt;
    }
    // "for three days": the tokens of the span.
    std::optional<std::pair<std::size_t, std::size_t>> duration() const {
        for (std::size_t at = 0; at + 2 < tokens_.size(); ++at) {
            if (word(at) != "for" && word(at) != "over") continue;
            std::size_t count = at + 1;
            if (word(count) == "over" || word(count) == "about" || word(count) == "almost") ++count;
            if (number_of(word(count)) && unit_of(word(count + 1)) && word(count + 2) != "ago")
                return std::pair{count, count + 1};
        }
        return std::nullopt;
    }
    const Token& token(std::size_t at) const { return tokens_[at]; }

private:
    const std::string& word(std::size_t at) const {
        static const std::string none;
        return at < tokens_.size() ? tokens_[at].word : none;
    }

    std::optional<When> ago(std::size_t at) const {
        auto end = at;
        auto count = number_of(word(at));
        if (word(at) == "a" && word(at + 1) == "couple" && word(at + 2) == "of") count = 2, end = at + 2;
        if (!count) return std::nullopt;
        const auto unit = unit_of(word(end + 1));
        if (!unit || word(end + 2) != "ago") return std::nullopt;
        When when{.first = at, .last = end + 2};
        if (unit->by_day)
            when.day = today_ - floor<days>(unit->length * *count);
        else
            when.exact = now_ - unit->length * *count, when.is_exact = true, when.grain = TimeGrain::hour;
        return when;
    }

    std::optional<When> named_day(std::size_t at) const {
        if (word(at) == "yesterday") {
            const bool before = at >= 3 && word(at - 1) == "before" && word(at - 2) == "day";
            return When{.first = before ? at - 3 : at, .last = at, .day = today_ - days{before ? 2 : 1}};
        }
        return std::nullopt;
    }

    std::optional<When> weekday_at(std::size_t at) const {
        const auto wanted = place_in(word(at), weekdays);
        if (!wanted || at == 0) return std::nullopt;
        const auto& lead = word(at - 1);
        if (lead != "last" && lead != "since" && lead != "on" && lead != "past") return std::nullopt;
        // "please come on Monday" lies ahead.
        if (lead == "on")
            for (std::size_t i = at >= 7 ? at - 7 : 0; i + 1 < at; ++i)
                for (const std::string_view ahead :
                     {"please", "come", "can", "could", "will", "send", "want", "need", "free"})
                    if (word(i) == ahead) return std::nullopt;
        auto back = static_cast<int>(weekday{today_}.c_encoding()) - *wanted;
        if (back <= 0) back += 7;
        return When{.first = lead == "last" || lead == "past" ? at - 1 : at, .last = at, .day = today_ - days{back}};
    }

    std::optional<When> date(std::size_t at) const {
        auto month = month_of(word(at));
        auto day = day_of_month(word(at + 1));
        auto last = at + 1;
        if (!month || !day) {  // "1st of March", "1 March"
            day = day_of_month(word(at));
            last = word(at + 1) == "of" ? at + 2 : at + 1;
            month = month_of(word(last));
        }
        // "may" is a word of its own.
        if (!month || !day || (word(at) == "may" && at == 0)) return std::nullopt;
        const year_month_day today{today_};
        for (const auto in_year : {today.year(), today.year() - years{1}}) {
            const year_month_day found{in_year, std::chrono::month(static_cast<unsigned>(*month)),
                                       std::chrono::day(static_cast<unsigned>(*day))};
            if (found.ok() && local_days{found} <= today_)
                return When{.first = at, .last = last, .day = local_days{found}};
        }
        return std::nullopt;
    }

    // "at 9 in the evening", "9pm", "at 21:30", beside the day.
    void clock(When& when) const {
        const auto from = when.first >= 5 ? when.first - 5 : 0;
        for (std::size_t at = from; at < tokens_.size() && at <= when.last + 6; ++at) {
            if (at >= when.first && at <= when.last) continue;
            auto figures = word(at);
            std::string half;
            for (const std::string_view end : {"am", "pm"})
                if (figures.size() > 2 && figures.ends_with(end)) half = end, figures.resize(figures.size() - 2);
            if (figures.empty() || figures.size() > 2 || figures.find_first_not_of("0123456789") != std::string::npos)
                continue;
            auto hour = std::stoi(figures);
            auto next = at + 1;
            int minute = 0;
            const bool with_minutes = next < tokens_.size() && tokens_[next].begin == tokens_[at].end + 1 &&
                                      word(next).size() == 2 &&
                                      word(next).find_first_not_of("0123456789") == std::string::npos;
            if (with_minutes) minute = std::stoi(word(next++));
            if (half.empty() && (word(next) == "am" || word(next) == "pm")) half = word(next++);
            if (half.empty() && word(next) == "in" && word(next + 1) == "the")
                half = word(next + 2) == "morning"                                    ? "am"
                       : word(next + 2) == "evening" || word(next + 2) == "afternoon" ? "pm"
                                                                                      : "",
                next += half.empty() ? 0 : 3;
            if (half.empty() && word(next) == "at" && word(next + 1) == "night") half = "pm", next += 2;
            const bool led = at > 0 && (word(at - 1) == "at" || word(at - 1) == "around" || word(at - 1) == "about");
            if (half.empty() && !led && !with_minutes) continue;
            if (hour > 23 || minute > 59) continue;
            if (half == "pm" && hour < 12) hour += 12;
            if (half == "am" && hour == 12) hour = 0;
            when.clock = hours{hour} + minutes{minute};
            when.grain = with_minutes ? TimeGrain::minute : TimeGrain::hour;
            when.first = std::min(when.first, led ? at - 1 : at);
            when.last = std::max(when.last, next - 1);
            return;
        }
    }

    std::vector<Token> tokens_;
    TimePoint now_;
    local_days today_;
};

}  // namespace

void read_english_times(const std::u32string& text, TimePoint now, const Zone& zone, FoundFacts& facts) {
    if (std::any_of(text.begin(), text.end(), is_han)) return;
    std::u32string low = text;
    for (auto& point : low)
        if (point >= U'A' && point <= U'Z') point += 32;
    const Reader reader{low, now, zone};
    auto& slots = facts.slots;
    const auto words = [&](std::size_t begin, std::size_t end) { return to_utf8(text.substr(begin, end - begin)); };
    if (const auto when = reader.moment()) {
        const auto begin = reader.token(when->first).begin, end = reader.token(when->last).end;
        const bool clock = when->clock.count() >= 0;
        const auto at = when->is_exact
                            ? when->exact
                            : zone.from_local({when->day, clock ? Milliseconds{when->clock} : Milliseconds{0}});
        // What was read already stands, unless this says more.
        if (at <= now && (clock || !slots.occurred_at) && !slots.occurred_in_future) {
            std::erase_if(facts.list, [](const Fact& fact) { return fact.slot == "occurred"; });
            slots.occurred_at = at;
            slots.occurred_grain = when->grain;
            slots.occurred_text = words(begin, end);
            facts.list.push_back({"occurred", slots.occurred_text, begin, end, false, 1});
        }
    }
    if (const auto span = reader.duration(); span && !slots.duration) {
        const auto begin = reader.token(span->first).begin, end = reader.token(span->second).end;
        slots.duration = words(begin, end);
        facts.list.push_back({"duration", *slots.duration, begin, end, false, 1});
    }
}

}  // namespace huiyin
