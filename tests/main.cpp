#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

#include "tests/tally.h"

namespace huiyin {
namespace {

// Writes "PASSED FAILED SKIPPED" (test cases) to the file that HUIYIN_TALLY names, for deploy/test to add up. A program
// that dies before the end writes nothing, and that counts as a failure there.
struct Tally : Catch::TestEventListenerBase {
    using TestEventListenerBase::TestEventListenerBase;
    void testCaseStarting(const Catch::TestCaseInfo&) override { test_is_skipped = false; }
    void testCaseEnded(const Catch::TestCaseStats& test) override {
        const bool failed = test.totals.testCases.failed > 0;
        ++(failed ? failed_ : test_is_skipped ? skipped_ : passed_);
    }
    void testRunEnded(const Catch::TestRunStats&) override {
        if (const char* path = std::getenv("HUIYIN_TALLY"))
            std::ofstream(path) << passed_ << ' ' << failed_ << ' ' << skipped_ << '\n';
    }

private:
    int passed_ = 0, failed_ = 0, skipped_ = 0;
};
CATCH_REGISTER_LISTENER(Tally)

}  // namespace
}  // namespace huiyin
