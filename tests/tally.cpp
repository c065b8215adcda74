#include "tests/tally.h"

#include <catch2/catch.hpp>
#include <iostream>

namespace huiyin {

bool test_is_skipped = false;

void skip_test(const std::string& why) {
    SUCCEED("skipped: " + why);
    test_is_skipped = true;
    std::cerr << "skipped: " << Catch::getResultCapture().getCurrentTestName() << ": " << why << '\n';
}

}  // namespace huiyin
