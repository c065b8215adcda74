#include "workflow/engine/language.h"

#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "workflow/base/json_text.h"
#include "workflow/engine/wording.h"
#include "workflow/phrases/writing.h"

namespace huiyin {
namespace {

using namespace std::chrono;

constexpr std::string_view days_of_week[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::string_view months_of_year[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string date_in_english(local_days day) {
    const year_month_day date{day};
    return std::to_string(static_cast<unsigned>(date.day())) + " " +
           std::string(months_of_year[static_cast<unsigned>(date.month()) - 1]);
}

// Midnight ends a day: "Wed 4 Mar 24:00".
LocalTime as_read(LocalTime local) {
    if (local.since_midnight == Milliseconds{0}) return {local.day - days{1}, hours{24}};
    return local;
}

std::string moment_in_english(TimePoint at, TimePoint now, const Zone& zone) {
    const auto local = as_read(zone.to_local(at));
    const auto today = zone.to_local(now).day;
    const auto clock = to_clock(local.since_midnight);
    if (local.day == today) return clock + " today";
    if (local.day == today + days{1}) return clock + " tomorrow";
    const auto year = year_month_day{local.day}.year();
    const bool this_year = year == year_month_day{today}.year();
    return std::string(days_of_week[weekday{local.day}.c_encoding()]) + " " + date_in_english(local.day) +
           (this_year ? "" : " " + std::to_string(static_cast<int>(year))) + " " + clock;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
        text.replace(at, from.size(), to);
    return text;
}

// A name of a part that stands at `at`, as the directory and people write numbers: letters and digits.
std::string part_before(std::string_view label, std::size_t& at, std::string_view mark) {
    auto end = at;
    while (end < label.size() && (static_cast<unsigned char>(label[end]) < 0x80)) ++end;
    if (end == at || label.substr(end, mark.size()) != mark) return {};
    auto part = std::string(label.substr(at, end - at));
    at = end + mark.size();
    return part;
}

}  // namespace

std::string language_of(const Conversation& conversation) {
    // Most bodies name none; and what people said stands in them with its quotation marks escaped.
    if (conversation.body.find("\"language\"") == std::string::npos) return std::string(house_language);
    const auto body = Json::parse(conversation.body, nullptr, false);
    if (!body.is_object()) return std::string(house_language);
    const auto found = body.find("language");
    if (found == body.end() || !found->is_string()) return std::string(house_language);
    auto language = found->get<std::string>();
    return is_language(language) ? language : std::string(house_language);
}

std::string moment_in(std::string_view language, TimePoint at, TimePoint now, const Zone& zone) {
    if (language == "en") return moment_in_english(at, now, zone);
    auto words = moment_in_words(at, now, zone);
    return language == "zh-TW" ? replaced(std::move(words), "周", "週") : words;
}

std::string date_in(std::string_view language, local_days day) {
    if (language == "en") return std::string(days_of_week[weekday{day}.c_encoding()]) + " " + date_in_english(day);
    const year_month_day date{day};
    return std::to_string(static_cast<unsigned>(date.month())) + "月" +
           std::to_string(static_cast<unsigned>(date.day())) + "日";
}

std::string yuan_in(std::string_view language, std::int64_t fen) {
    auto words = yuan_in_words(fen);
    return language == "en" ? replaced(std::move(words), "元", " yuan") : words;
}

std::string label_in(std::string_view language, const std::string& label) {
    if (language != "en") return label;
    // A community's name before the building stays as it is: it is a name.
    const auto first = label.find_first_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    if (first == std::string::npos) return label;
    std::size_t at = first;
    const auto building = part_before(label, at, "栋");
    if (building.empty()) return label;
    auto text = label.substr(0, first) + (first > 0 ? " " : "") + "Building " + building;
    const auto unit = part_before(label, at, "单元");
    if (!unit.empty()) text += ", Unit " + unit;
    auto end = at;
    while (end < label.size() && label[end] >= '0' && label[end] <= '9') ++end;
    if (end > at) text += ", Room " + label.substr(at, end - at);
    const auto rest = label.substr(end);
    return text + (rest.empty() || rest[0] == ' ' ? "" : " ") + rest;
}

}  // namespace huiyin
