// The understanding that was built, loaded once a test program.
#pragma once
#include <catch2/catch.hpp>

#include "bot/understanding/understand.h"

namespace huiyin::test {

inline const Understanding& builtin() {
    static const auto made = [] {
        const auto file = find_model();
        REQUIRE(file);
        auto understanding = builtin_understanding(*file, demo_communities);
        REQUIRE(understanding);
        return std::move(*understanding);
    }();
    return *made;
}

}  // namespace huiyin::test
