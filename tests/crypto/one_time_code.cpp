// The codes of an authenticator against the published vectors, and which of them is taken when.
#include "channels/codec/one_time_code.h"

#include <catch2/catch.hpp>
#include <map>

using namespace huiyin;

namespace {

const std::string seed = "12345678901234567890";
TimePoint at_second(std::int64_t second) { return from_ms(second * 1000); }

}  // namespace

TEST_CASE("RFC 6238, appendix B: the codes of SHA-1 at its times") {
    const std::map<std::int64_t, std::string> vectors{{59, "94287082"},         {1111111109, "07081804"},
                                                      {1111111111, "14050471"}, {1234567890, "89005924"},
                                                      {2000000000, "69279037"}, {20000000000, "65353130"}};
    for (const auto& [second, code] : vectors) {
        CAPTURE(second);
        const auto step = one_time::step_at(at_second(second));
        CHECK(one_time::code(seed, step, 8) == code);
        CHECK(one_time::code(seed, step) == code.substr(2));
    }
}

TEST_CASE("RFC 4226, appendix D: the codes of the first ten counters") {
    const char* codes[] = {"755224", "287082", "359152", "969429", "338314",
                           "254676", "287922", "162583", "399871", "520489"};
    for (int counter = 0; counter < 10; ++counter) CHECK(one_time::code(seed, counter) == codes[counter]);
}

TEST_CASE("RFC 4648: base32, without its padding") {
    const std::map<std::string, std::string> vectors{{"", ""},
                                                     {"f", "MY"},
                                                     {"fo", "MZXQ"},
                                                     {"foo", "MZXW6"},
                                                     {"foob", "MZXW6YQ"},
                                                     {"fooba", "MZXW6YTB"},
                                                     {"foobar", "MZXW6YTBOI"}};
    for (const auto& [plain, text] : vectors) CHECK(one_time::to_base32(plain) == text);
    CHECK(one_time::to_base32(seed) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    CHECK(one_time::to_base32(std::string(20, '\xff')) == std::string(32, '7'));
}

TEST_CASE("a code is taken within one step of the clock, and no step twice nor an earlier one after it") {
    const auto second = GENERATE(1234567890, 1234567919, 1234567920);  // in the middle, at the end, at the beginning
    const auto now = at_second(second);
    const auto step = one_time::step_at(now);
    for (int off = -5; off <= 5; ++off) {
        CAPTURE(second, off);
        const auto found = one_time::step_of(seed, one_time::code(seed, step + off), now, 0);
        if (off < -1 || off > 1)
            CHECK_FALSE(found);
        else
            CHECK(found == step + off);
    }
    for (int taken = -1; taken <= 1; ++taken)
        for (int off = -1; off <= 1; ++off) {
            CAPTURE(taken, off);
            CHECK(one_time::step_of(seed, one_time::code(seed, step + off), now, step + taken).has_value() ==
                  (off > taken));
        }
}

TEST_CASE("what is no code of six digits fits nothing") {
    const auto now = at_second(1234567890);
    const auto code = one_time::code(seed, one_time::step_at(now));
    for (const auto& given : {std::string(), code.substr(1), code + "0", " " + code, code + '\0', std::string(6, '0'),
                              one_time::code(seed, one_time::step_at(now), 8)})
        CHECK_FALSE(one_time::step_of(seed, given, now, 0));
    CHECK_FALSE(one_time::step_of("another seed of his.", code, now, 0));
}

TEST_CASE("an authenticator is told who asks for the code and whose it is, whatever the names are made of") {
    CHECK(one_time::address("悦居 A&B: 物业", "li.na@x", seed) ==
          "otpauth://totp/%E6%82%A6%E5%B1%85%20A%26B%20%E7%89%A9%E4%B8%9A:li.na%40x"
          "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E6%82%A6%E5%B1%85%20A%26B%20%E7%89%A9%E4%B8%9A");
}
