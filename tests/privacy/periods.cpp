// No column names a time that nobody minds; the periods have bounds; a month that is too short has its last day.
#include "workflow/privacy/periods.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "workflow/base/time_text.h"

using namespace huiyin;

namespace {

struct Kept {
    std::string where, keep;
};

// What every column of the migrations says after `keep:`, without what stands in brackets.
std::vector<Kept> kept_of_the_schema() {
    std::vector<Kept> found;
    const std::regex annotation(R"(-- class: (?:none|personal|secret); keep: ([^(]*[^( ]))");
    for (const auto& file : std::filesystem::directory_iterator(HUIYIN_SOURCE "/workflow/store/migrations")) {
        std::ifstream in(file.path());
        int number = 0;
        for (std::string line; std::getline(in, line);) {
            ++number;
            std::smatch match;
            if (std::regex_search(line, match, annotation))
                found.push_back({file.path().filename().string() + ":" + std::to_string(number), match[1].str()});
        }
    }
    return found;
}

TimePoint at(const char* text) { return *parse_rfc3339(text); }

}  // namespace

TEST_CASE("whatever a column says of how long it is kept, a part of the night keeps to it, or nothing has to") {
    const auto all = kept_of_the_schema();
    REQUIRE(all.size() > 250);
    std::set<std::string> said;
    for (const auto& one : all) {
        INFO(one.where << ": keep: " << one.keep);
        said.insert(one.keep);
        const auto* rule = keep_rule(one.keep);
        REQUIRE(rule);
        const bool names_a_time = std::regex_search(one.keep, std::regex(R"(\d+ (days?|months?|years?|hours?)\b)"));
        if (names_a_time) CHECK_FALSE(std::string(rule->part).empty());
    }
    for (const auto& rule : keep_rules()) {
        INFO(rule.keep);
        CHECK(said.count(rule.keep) == 1);  // and no rule is about nothing
        const auto& parts = keeping_parts();
        const bool known = std::find(parts.begin(), parts.end(), rule.part) != parts.end();
        CHECK((std::string(rule.part).empty() || known));
    }
}

TEST_CASE("the figures in the schema are the defaults of the configuration") {
    const KeepingPeriods defaults;
    const auto says = [](const char* keep, const std::string& figure) {
        REQUIRE(keep_rule(keep));
        CHECK(std::string(keep).find(figure) == 0);
    };
    says("180 days without a ticket, else as the ticket", std::to_string(defaults.talk_days) + " days");
    says("24 months after closing", std::to_string(defaults.ticket_months) + " months");
    says("12 months after closing", std::to_string(defaults.media_months) + " months");
    says("90 days", std::to_string(defaults.prompt_days) + " days");
    says("90 days after it ended", std::to_string(defaults.outbox_days) + " days");
    CHECK_FALSE(periods_problem(defaults));
    for (const auto& period : keeping_periods()) {
        INFO(period.key);
        CHECK(defaults.*period.value >= period.least);
        CHECK(defaults.*period.value <= period.most);
    }
    auto longer = defaults;
    longer.media_months = defaults.ticket_months + 1;
    CHECK(periods_problem(longer));
}

TEST_CASE("months are counted by the calendar") {
    CHECK(months_before(at("2028-03-31T10:00:00Z"), 1) == at("2028-02-29T10:00:00Z"));
    CHECK(months_before(at("2028-02-29T10:00:00Z"), 24) == at("2026-02-28T10:00:00Z"));
    CHECK(months_before(at("2026-01-15T00:00:00Z"), 13) == at("2024-12-15T00:00:00Z"));
    CHECK(days_before(at("2026-03-01T00:00:00Z"), 1) == at("2026-02-28T00:00:00Z"));
}
