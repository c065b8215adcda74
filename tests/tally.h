// How a test says that it could not be made here, so that it counts as skipped and not as passed.
#pragma once
#include <string>

namespace huiyin {

// Ends nothing: return after it. `why` says what to do to have the test made: "set HUIYIN_CONFORMANCE to …".
void skip_test(const std::string& why);

extern bool test_is_skipped;  // the running one; for tests/main.cpp

}  // namespace huiyin
