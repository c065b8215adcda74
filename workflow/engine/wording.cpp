#include "workflow/engine/wording.h"

#include <array>

namespace huiyin {
namespace {

using namespace std::chrono;

const char* weekday_name(local_days day) {
    static constexpr std::array<const char*, 7> names{"周日", "周一", "周二", "周三", "周四", "周五", "周六"};
    return names.at(weekday{day}.c_encoding());
}

std::string date_in_words(local_days day) {
    const year_month_day date{day};
    return std::to_string(static_cast<unsigned>(date.month())) + "月" +
           std::to_string(static_cast<unsigned>(date.day())) + "日";
}

// Midnight ends a day: people read "3月5日00:00" a day late.
LocalTime as_read(LocalTime local) {
    if (local.since_midnight == Milliseconds{0}) return {local.day - days{1}, hours{24}};
    return local;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string moment_in_words(TimePoint at, TimePoint now, const Zone& zone) {
    const auto local = as_read(zone.to_local(at));
    const auto today = zone.to_local(now).day;
    const auto clock = to_clock(local.since_midnight);
    if (local.day == today) return "今天" + clock;
    const auto with_weekday = std::string("(") + weekday_name(local.day) + ")" + clock;
    if (local.day == today + days{1}) return "明天" + with_weekday;
    const auto year = year_month_day{local.day}.year();
    const bool this_year = year == year_month_day{today}.year();
    return (this_year ? "" : std::to_string(static_cast<int>(year)) + "年") + date_in_words(local.day) + with_weekday;
}

std::string moment_in_short(TimePoint at, TimePoint now, const Zone& zone) {
    const auto local = as_read(zone.to_local(at));
    const auto today = zone.to_local(now).day;
    const auto clock = to_clock(local.since_midnight);
    if (local.day == today) return "今天" + clock;
    if (local.day > today && local.day <= today + days{6}) return weekday_name(local.day) + clock;
    return date_in_words(local.day) + clock;
}

std::string yuan_in_words(std::int64_t fen) {
    auto words = std::to_string(fen / 100);
    if (const auto rest = fen % 100; rest != 0) words += (rest < 10 ? ".0" : ".") + std::to_string(rest);
    return words + "元";
}

std::string phone_masked(std::string_view phone) {
    std::string digits;
    for (const char c : phone)
        if (is_digit(c)) digits += c;
    if (digits.empty()) return {};
    if (digits.size() >= 11) return digits.substr(0, 3) + "****" + digits.substr(digits.size() - 4);
    return digits.size() >= 7 ? "****" + digits.substr(digits.size() - 4) : "****";
}

std::string numbers_masked(std::string_view words) {
    std::string masked;
    for (std::size_t i = 0; i < words.size();) {
        std::size_t end = i;
        while (end < words.size() && is_digit(words[end])) ++end;
        if (end - i >= 7)
            masked += std::string(words.substr(i, 3)) + "****" + std::string(words.substr(end - 2, 2));
        else
            masked += words.substr(i, end - i);
        i = end;
        if (i < words.size()) masked += words[i++];
    }
    return masked;
}

std::string cut_to(std::string_view words, std::size_t characters) {
    std::size_t seen = 0, end = 0;
    while (end < words.size()) {
        if ((static_cast<unsigned char>(words[end]) & 0xC0) != 0x80 && seen++ == characters)
            return std::string(words.substr(0, end)) + "…";
        ++end;
    }
    return std::string(words);
}

}  // namespace huiyin
