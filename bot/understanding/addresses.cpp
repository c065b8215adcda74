// Which of the places a message names is the writer's: denied, corrected, one's own, elsewhere.
#include "bot/understanding/address_places.h"
#include "bot/understanding/numbers.h"
#include "bot/understanding/slots.h"

namespace huiyin {

using addresses::Place;
using addresses::places_in;

namespace {

// The whole message is an address without its marks: "3 2 501", "501", "3-2", "3号".
std::optional<Place> bare_message(const std::u32string& text) {
    std::vector<SmallNumber> numbers;
    std::size_t at = 0;
    bool mark = false;
    while (at < text.size()) {
        if (std::u32string_view(U" ,-./#").find(text[at]) != std::u32string_view::npos) {
            ++at;
            continue;
        }
        if (text[at] == U'号' && at + 1 == text.size() && numbers.size() == 1) {
            mark = true;
            ++at;
            continue;
        }
        if (std::u32string_view(U"吧的.了啊。哦呢").find(text[at]) != std::u32string_view::npos && !numbers.empty() &&
            at + 2 >= text.size()) {
            ++at;
            continue;
        }
        const auto number = read_small_number(text, at, 4);
        if (!number || numbers.size() == 3) return std::nullopt;
        numbers.push_back(*number);
        at = number->end;
    }
    Place place;
    place.begin = 0;
    place.end = text.size();
    place.score = 0.6;
    if (numbers.size() == 3 && numbers[0].digits.size() <= 2 && numbers[1].digits.size() == 1 &&
        numbers[2].digits.size() >= 3) {
        place.building = std::to_string(numbers[0].value);
        place.unit = numbers[1].digits;
        place.room = numbers[2].digits;
        return place;
    }
    if (numbers.size() == 2 && numbers[0].digits.size() <= 2 && numbers[0].value > 0) {
        place.building = std::to_string(numbers[0].value);
        if (numbers[1].digits.size() >= 3) {
            place.room = numbers[1].digits;
            return place;
        }
        if (numbers[1].digits.size() == 1 && numbers[1].value > 0) {
            place.unit = numbers[1].digits;
            return place;
        }
        return std::nullopt;
    }
    if (numbers.size() == 1) {
        if (numbers[0].digits.size() >= 3 && !mark) {
            place.room = numbers[0].digits;
            return place;
        }
        if (mark && numbers[0].value >= 1 && numbers[0].value < 100) {
            place.building = std::to_string(numbers[0].value);
            return place;
        }
    }
    return std::nullopt;
}

}  // namespace

void read_address(std::u32string& text, const Hits& hits, const CommunityNames& communities, FoundFacts& facts) {
    std::u32string low = text;
    for (auto& point : low)
        if (point >= U'A' && point <= U'Z') point += 32;
    const auto named = communities.find(low);
    for (const auto& one : named) {
        facts.slots.community = one.name;
        facts.list.push_back({"community", one.name, one.begin, one.end, false, 1});
    }
    auto places = places_in(text);
    if (places.empty())
        if (auto bare = bare_message(text)) places.push_back(*bare);

    // Denied ones and corrections.
    for (std::size_t index = 0; index < places.size(); ++index) {
        auto& place = places[index];
        const std::u32string_view all = text;
        const auto before = all.substr(0, place.begin);
        for (const auto* no : {U"不是", U"不在", U"并非", U"不是我家", U"不是在", U"没在"})
            if (before.ends_with(no)) place.denied = true;
        for (const auto* wrong : {U"错了", U"不对", U"写错", U"说错"})
            if (all.substr(place.end).starts_with(wrong)) place.denied = true;
        for (const auto* own : {U"我住", U"我家", U"我是", U"住在", U"我在", U"我们家", U"家在", U"家住", U"我家在",
                                U"我家是", U"我家住", U"他住", U"她住"})
            if (before.ends_with(own)) place.own = true;
        const std::size_t from = index == 0 ? 0 : places[index - 1].end;
        for (const auto& hit : hits.all()) {
            if (hit.group != Word::correction || hit.begin < from || hit.end > place.begin) continue;
            const auto word = hits.words(hit);
            // 不是 alone corrects only what stands right behind it or what was denied before.
            if (word == U"不是" || word == U"而是" || word == U"应该是")
                place.corrects |= word != U"不是" && hit.end + 2u >= place.begin;
            else
                place.corrects = true;
        }
        if (index > 0 && places[index - 1].denied && place.begin - places[index - 1].end <= 8) place.corrects = true;
    }

    struct Held {
        std::optional<std::string> value;
        std::size_t begin = 0, end = 0;
        bool corrects = false;
        double score = 1;
    };
    Held building, unit, room, floor;
    std::vector<const Place*> elsewhere;
    // The household is the place that is called one's own, else the first with a room, else the first.
    const Place* home = nullptr;
    for (const auto& place : places)
        if (!place.denied && place.own && (place.building || place.room) && (!home || !home->own)) home = &place;
    if (!home)
        for (const auto& place : places)
            if (!place.denied && place.room && place.building && !home) home = &place;
    for (const auto& place : places) {
        if (place.denied) continue;
        const auto take = [&](Held& held, const std::optional<std::string>& value, bool override_value) {
            if (!value) return;
            if (held.value && !override_value) return;
            held = {value, place.begin, place.end, place.corrects, place.score};
        };
        const bool over = place.corrects || &place == home;
        if (!place.corrects && &place != home && home && place.building &&
            (place.building != home->building || place.unit != home->unit)) {
            const bool completes = !home->building;
            if (!completes) {
                elsewhere.push_back(&place);
                continue;
            }
        }
        if (place.corrects && place.building && !place.unit && !place.room) {
            take(building, place.building, true);
        } else {
            if (&place == home && building.value && building.value != place.building && !place.corrects)
                unit = {}, room = {};
            take(building, place.building, over);
            take(unit, place.unit, over);
            take(room, place.room, over);
        }
        take(floor, place.floor, over);
    }
    const auto give = [&](const char* slot, const Held& held, std::optional<std::string>& into) {
        if (!held.value) return;
        into = held.value;
        facts.list.push_back({slot, *held.value, held.begin, held.end, held.corrects, held.score});
    };
    give("building", building, facts.slots.building);
    give("unit", unit, facts.slots.unit);
    give("room", room, facts.slots.room);
    if (floor.value) facts.slots.floor = floor.value;
    if (!elsewhere.empty()) {
        const auto& place = *elsewhere.front();
        facts.slots.location = to_utf8(std::u32string_view(text).substr(place.begin, place.end - place.begin));
    }
    for (const auto& place : places)
        if (place.score == 1)
            for (std::size_t at = place.begin; at < place.end; ++at) text[at] = blank;
    for (const auto& one : named)
        for (std::size_t at = one.begin; at < one.end; ++at) text[at] = blank;
}

}  // namespace huiyin
