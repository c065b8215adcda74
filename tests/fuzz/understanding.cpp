// Whatever a resident types: the whole understanding, and its readers of numbers, places, phones, sums and times alone.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "bot/understanding/address_places.h"
#include "bot/understanding/numbers.h"
#include "bot/understanding/slots.h"
#include "bot/understanding/understand.h"
#include "tests/fuzz/fuzz.h"
#include "workflow/base/utf8.h"

namespace huiyin::fuzz {
namespace {

// Days on which calendars go wrong; the first byte picks one, and the zone.
struct Moment {
    TimePoint now;
    Zone zone;
};
Moment moment_of(std::string_view input) {
    static const char* days[] = {"2026-11-25T09:00:00+08:00", "2024-02-29T23:59:59+08:00", "2026-12-31T23:59:59+08:00",
                                 "2027-01-01T00:00:00+08:00", "2026-03-08T02:30:00-05:00", "2026-11-01T01:30:00-04:00"};
    const auto byte = input.empty() ? 0U : static_cast<unsigned char>(input.front());
    return {*parse_rfc3339(days[byte % std::size(days)]), byte & 64 ? *Zone::named("America/New_York") : Zone{}};
}

bool all_digits(const std::string& text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void check_slots(const Slots& slots, const Moment& moment) {
    if (slots.phone) {
        auto digits = *slots.phone;
        digits.erase(std::remove(digits.begin(), digits.end(), '-'), digits.end());
        must(all_digits(digits) && digits.size() >= 7 && digits.size() <= 14, "a phone is digits");
    }
    if (slots.amount_fen) must(*slots.amount_fen >= 0, "no sum is below nothing");
    if (slots.occurred_at) must(*slots.occurred_at <= moment.now + std::chrono::hours{24}, "it happened already");
    must(!(slots.occurred_in_future && slots.occurred_at), "what is to come did not happen");
    for (const auto* place : {&slots.building, &slots.unit, &slots.room})
        if (*place) must(!(*place)->empty() && (*place)->size() <= 16, "a part of an address is short");
}

const Understanding& builtin() {
    static const auto made = [] {
        const auto file = find_model();
        must(file.operator bool(), "the model is built");
        auto understanding = builtin_understanding(*file, demo_communities);
        must(understanding.operator bool(), "the model can be read");
        return std::move(*understanding);
    }();
    return *made;
}

void understand(std::string_view input) {
    const auto moment = moment_of(input);
    const auto text = input.substr(std::min<std::size_t>(1, input.size()));
    const auto read = builtin().understand(text, moment.now, moment.zone);
    must(read.original == text, "what was said is kept");
    must(is_utf8(read.text) && is_utf8(read.matter), "what is understood is UTF-8");
    for (const auto& meaning : read.meanings) {
        must(meaning.score >= 0 && meaning.score <= 1.0001, "a meaning is sure between nothing and all");
        must(is_utf8(meaning.value) && is_utf8(meaning.because), "a meaning is UTF-8");
        must(!to_text(meaning.kind).empty(), "a meaning has a name");
    }
    double sum = 0;
    for (const auto& score : read.kind_scores) sum += score.score;
    must(read.kind_scores.empty() || std::abs(sum - 1) < 0.01, "what it may be adds up to one");
    must(read.category.empty() || !read.category_scores.empty(), "a category has its score");
    check_slots(read.slots, moment);
}

void facts(std::string_view input) {
    static const Normaliser normaliser;
    static const Lexicon lexicon;
    const auto moment = moment_of(input);
    const auto written = normaliser.normalise(input.substr(std::min<std::size_t>(1, input.size())), 4000);
    must(written.low.size() == written.points.size(), "both writings are of one length");
    const Hits hits{lexicon.find(written.low), written.low};
    const auto found = read_facts(written, hits, *demo_communities(), moment.now, moment.zone);
    for (const auto& fact : found.list) {
        must(fact.begin <= fact.end && fact.end <= written.low.size(), "a fact stands in the text");
        must(!fact.slot.empty(), "a fact has a name");
    }
    check_slots(found.slots, moment);
}

void numbers(std::string_view input) {
    const auto points = to_points(input);
    must(to_points(to_utf8(points)) == points, "letters come back");
    for (std::size_t at = 0; at < points.size(); ++at) {
        if (const auto number = read_small_number(points, at)) {
            must(number->end > at && number->end <= points.size(), "a number goes on and ends in the text");
            must(number->value >= 0 && number->value <= 99999 && all_digits(number->digits), "a small number is small");
        }
        if (const auto quantity = read_quantity(points, at)) {
            must(quantity->end > at && quantity->end <= points.size(), "a quantity goes on and ends in the text");
            must(quantity->hundredths >= 0, "a quantity is not below nothing");
        }
    }
    for (const auto& place : addresses::places_in(points))
        must(place.begin < place.end && place.end <= points.size(), "a place stands in the text");
}

}  // namespace

std::vector<Target> understanding_targets() {
    return {{"understand", understand}, {"facts", facts}, {"numbers", numbers}};
}

}  // namespace huiyin::fuzz
