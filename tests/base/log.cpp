#include "workflow/base/log.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "tests/scarce_memory.h"
#include "workflow/base/time_text.h"

using namespace huiyin;
using nlohmann::json;

namespace {

// Standard error, caught while this lives.
class Caught {
public:
    Caught() : file_(std::tmpfile()), kept_(dup(STDERR_FILENO)) {
        std::fflush(stderr);
        dup2(fileno(file_), STDERR_FILENO);
    }
    ~Caught() {
        give_back();
        std::fclose(file_);
    }
    std::vector<std::string> lines() {
        give_back();
        std::rewind(file_);
        std::string all;
        char part[4096];
        for (std::size_t n; (n = std::fread(part, 1, sizeof part, file_)) > 0;) all.append(part, n);
        std::vector<std::string> out;
        for (std::size_t at = 0, end; at < all.size(); at = end + 1) {
            end = std::min(all.find('\n', at), all.size());
            out.push_back(all.substr(at, end - at));
        }
        return out;
    }

private:
    void give_back() {
        if (kept_ < 0) return;
        std::fflush(stderr);
        dup2(kept_, STDERR_FILENO);
        close(kept_);
        kept_ = -1;
    }
    std::FILE* file_;
    int kept_;
};

struct Loud {  // whatever was set before, this test hears all, and the next ones nothing but errors
    Loud() { log::silence(false); }
    ~Loud() { log::silence(true); }
};

}  // namespace

TEST_CASE("an event is one line of JSON: time, level, name, fields in the order given") {
    const Loud loud;
    Caught caught;
    log::info("ticket.filed",
              {{"ticket", "T20261122-007"}, {"ms", 12}, {"late", false}, {"share", 0.5}, {"count", std::size_t{3}}});
    log::warning("outbox.slow");
    log::error("store.gone", {{"unit", std::string("项目")}});
    const auto lines = caught.lines();
    REQUIRE(lines.size() == 3);
    const auto filed = json::parse(lines[0]);
    CHECK(parse_rfc3339(filed["at"].get<std::string>()));
    CHECK(
        lines[0].substr(lines[0].find(",\"level\"")) ==
        R"(,"level":"info","event":"ticket.filed","ticket":"T20261122-007","ms":12,"late":false,"share":0.5,"count":3})");
    CHECK(json::parse(lines[1])["level"] == "warning");
    CHECK(json::parse(lines[2])["unit"] == "项目");
}

TEST_CASE("hostile texts stay inside their line and inside their field") {
    const Loud loud;
    const std::vector<std::string> hostile{"a\nb\r\n{\"level\":\"error\"}",
                                           "\",\"level\":\"error",
                                           std::string("\0\x1b[2J", 5),
                                           "\xff\xfe\xc0\xaf",
                                           "{}%s%n{0}",
                                           "\u2028\u2029",
                                           "\\"};
    Caught caught;
    for (const auto& text : hostile) log::info("said", {{"text", text}});
    const auto lines = caught.lines();
    REQUIRE(lines.size() == hostile.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto line = json::parse(lines[i]);
        CAPTURE(lines[i]);
        CHECK(line["level"] == "info");
        CHECK(line.size() == 4);
        CHECK(lines[i].find_first_of(std::string("\0\x1b\r", 3)) == std::string::npos);
        if (i != 3) CHECK(line["text"] == hostile[i]);
    }
    CHECK(json::parse(lines[3])["text"] == "\uFFFD\uFFFD\uFFFD\uFFFD");
}

TEST_CASE("a long line is cut and is still JSON") {
    const Loud loud;
    const std::string wide(3'000, '\x01');  // each is escaped to six characters
    Caught caught;
    log::info("long.text", {{"text", std::string(100'000, 'x')}});
    log::info("long.line", {{"a", wide}, {"b", wide}});
    log::info(std::string(10'000, '\xff'), {{"a", wide}});
    const auto lines = caught.lines();
    REQUIRE(lines.size() == 3);
    CHECK(json::parse(lines[0])["text"].get<std::string>().size() == 1000);
    CHECK(json::parse(lines[1])["cut"] == true);
    CHECK(json::parse(lines[1])["event"] == "long.line");
    for (const auto& line : lines) CHECK(line.size() <= 4096);
    CHECK(json::parse(lines[2])["cut"] == true);
}

TEST_CASE("a number that JSON has no word for is null") {
    const Loud loud;
    Caught caught;
    log::info("measured", {{"share", std::numeric_limits<double>::quiet_NaN()}});
    CHECK(json::parse(caught.lines().at(0))["share"] == nullptr);
}

TEST_CASE("silence leaves errors only") {
    const Loud loud;
    Caught caught;
    log::silence(true);
    log::info("a");
    log::warning("b");
    log::error("c");
    const auto lines = caught.lines();
    REQUIRE(lines.size() == 1);
    CHECK(json::parse(lines[0])["event"] == "c");
}

TEST_CASE("lines of many threads do not mix") {
    const Loud loud;
    Caught caught;
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([] {
                for (int i = 0; i < 200; ++i) log::info("tick", {{"text", std::string(500, 'y')}});
            });
    }
    const auto lines = caught.lines();
    CHECK(lines.size() == 800);
    for (const auto& line : lines) REQUIRE(json::accept(line));
}

TEST_CASE("an entry for which there is no memory is left out, and nobody hears of it") {
    const Loud loud;
    const std::string wide(900, '\x01');    // each is escaped to six characters: the line is cut
    constexpr std::size_t all = 40;         // more than an entry wishes for
    (void)to_rfc3339(SystemClock{}.now());  // the zones are read once
    Caught caught;
    for (std::size_t wishes = 0; wishes < all; ++wishes) {
        const scarce::Memory memory(static_cast<int>(wishes));
        log::error("talk.stumbled", {{"problem", wishes % 2 ? wide : "few"}, {"conversation", wishes}});
    }
    const auto lines = caught.lines();
    CHECK(lines.size() > 10);
    CHECK(lines.size() < all - 5);
    for (const auto& line : lines) CHECK(json::parse(line)["event"] == "talk.stumbled");
}
