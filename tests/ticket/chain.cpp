// The chain of events, recomputed here by the sentence that describes it, not by the code that makes it.
#include <openssl/evp.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "workflow/ticket/chain.h"

using namespace huiyin;

namespace {

// hash = lower-case hex SHA-256 of previous_hash, a line feed, and the canonical JSON of the event.
std::string sha256_of(const std::string& bytes) {
    unsigned char digest[32];
    unsigned int size = 0;
    EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha256(), nullptr);
    std::string hex;
    for (const auto byte : digest) {
        const char* digits = "0123456789abcdef";
        hex += digits[byte >> 4];
        hex += digits[byte & 15];
    }
    return hex;
}

Event event(std::int64_t sequence, const char* type, nlohmann::json data) {
    return {sequence,
            EventId{900000000000000001 + sequence},
            type,
            1,
            from_ms(1772413200000 + sequence),
            staff(StaffId{17}),
            "property-group/T1",
            std::move(data)};
}

std::vector<StoredEvent> three() {
    std::vector<StoredEvent> events;
    std::string previous = first_hash;
    for (const auto& each :
         {event(1, "ticket.opened", {{"kind", "complaint"}, {"text", "漏水\n\"急\""}}),
          event(2, "ticket.accepted", {{"from", "filed"}, {"to", "accepted"}}), event(3, "ticket.noted", nullptr)}) {
        events.push_back(chained(each, previous, Zone{}));
        previous = events.back().hash;
    }
    return events;
}

}  // namespace

TEST_CASE("an event is kept as canonical JSON, with milliseconds and the offset of its moment") {
    const auto first = chained(event(1, "ticket.opened", {{"b", 1}, {"a", "漏水"}}), first_hash, Zone{});
    CHECK(first.text ==
          R"({"at":"2026-03-02T09:00:00.001+08:00","by":{"id":"17","kind":"staff"},"clause":"property-group/T1",)"
          R"("data":{"a":"漏水","b":1},"id":"900000000000000002","sequence":1,"type":"ticket.opened","version":1})");
    const std::string zeros(64, '0');
    CHECK(first.previous_hash == zeros);
    CHECK(first.hash == sha256_of(zeros + '\n' + first.text));
}

TEST_CASE("each event carries the hash of the one before, and reads back as it was") {
    const auto events = three();
    std::string previous(64, '0');
    for (const auto& each : events) {
        CHECK(each.previous_hash == previous);
        CHECK(each.hash == sha256_of(previous + '\n' + each.text));
        previous = each.hash;
        const auto again = event_from_text(each.text);
        CHECK(again.type == each.type);
        CHECK(again.at == each.at);
        CHECK(chained(again, each.previous_hash, Zone{}).hash == each.hash);
    }
    CHECK_FALSE(verify_chain(events, events.back().hash, 3));
    CHECK_FALSE(verify_chain({}, first_hash, 0));
}

TEST_CASE("whoever alters, removes or inserts an event is found out, with its place") {
    const auto good = three();
    const auto last = good.back().hash;
    auto altered = good;
    altered[1].text.replace(altered[1].text.find("accepted"), 8, "rejected");
    CHECK(verify_chain(altered, last, 3)->sequence == 2);
    auto renamed = good;
    renamed[1].type = "ticket.rejected";
    CHECK(verify_chain(renamed, last, 3)->sequence == 2);
    auto moved = good;
    moved[1].at += Milliseconds{1};
    CHECK(verify_chain(moved, last, 3)->sequence == 2);
    auto rehashed = altered;  // the forger recomputes the hash of the one he changed
    rehashed[1].hash = sha256_of(rehashed[1].previous_hash + '\n' + rehashed[1].text);
    CHECK(verify_chain(rehashed, last, 3)->sequence == 3);
    auto removed = good;
    removed.erase(removed.begin() + 1);
    CHECK(verify_chain(removed, last, 3)->sequence == 2);
    auto shortened = good;
    shortened.pop_back();
    CHECK(verify_chain(shortened, shortened.back().hash, 3)->sequence == 3);
    CHECK(verify_chain(shortened, last, 2));
    auto broken = good;
    broken[2].text = "{";
    broken[2].hash = sha256_of(broken[2].previous_hash + '\n' + broken[2].text);
    CHECK(verify_chain(broken, broken[2].hash, 3)->sequence == 3);
}

TEST_CASE("an event's numbers are integers: anything else is our own mistake") {
    CHECK_THROWS(chained(event(1, "ticket.opened", {{"amount", 1.5}}), first_hash, Zone{}));
    CHECK_THROWS_AS(event_from_text("[]"), std::runtime_error);
    CHECK_THROWS_AS(event_from_text("{\"at\":1}"), std::runtime_error);
}
