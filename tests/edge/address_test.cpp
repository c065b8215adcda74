#include "channels/edge/address.h"

#include <catch2/catch.hpp>

using namespace huiyin::http;

TEST_CASE("only addresses out in the Internet are public") {
    for (const char* text : {"8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.1",
                             "192.167.255.255", "2400:3200::1", "2606:4700::1111"}) {
        CAPTURE(text);
        CHECK(read_address(text)->is_public());
    }
    for (const char* text : {"0.0.0.0",         "10.1.2.3",        "100.64.0.1",   "127.0.0.1",
                             "169.254.169.254", "172.16.0.1",      "192.168.1.1",  "198.18.0.1",
                             "224.0.0.1",       "255.255.255.255", "::",           "::1",
                             "fe80::1",         "fc00::1",         "fd12::1",      "ff02::1",
                             "64:ff9b::a00:1",  "64:ff9b:1::1",    "2002:a00:1::", "2001::1",
                             "2001:db8::1",     "::ffff:10.0.0.1", "::10.0.0.1",   "::ffff:127.0.0.1"}) {
        CAPTURE(text);
        CHECK(!read_address(text)->is_public());
    }
}

TEST_CASE("blocks hold what they name") {
    CHECK(read_block("10.0.0.0/8")->contains(*read_address("10.255.0.1")));
    CHECK_FALSE(read_block("10.0.0.0/8")->contains(*read_address("11.0.0.0")));
    CHECK(read_block("10.0.0.128/25")->contains(*read_address("10.0.0.200")));
    CHECK_FALSE(read_block("10.0.0.128/25")->contains(*read_address("10.0.0.127")));
    CHECK(read_block("127.0.0.1")->contains(*read_address("127.0.0.1")));
    CHECK(read_block("fd00::/8")->contains(*read_address("fdff::1")));
    CHECK(read_block("0.0.0.0/0")->contains(*read_address("9.9.9.9")));
    CHECK_FALSE(read_block("0.0.0.0/0")->contains(*read_address("2400::1")));
    for (const char* bad : {"", "/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "10.0.0/8", "fd00::/129", "a/8"}) {
        CAPTURE(bad);
        CHECK(!read_block(bad));
    }
}

TEST_CASE("X-Forwarded-For counts as far as proxies we trust wrote it") {
    const std::vector<AddressBlock> trusted{*read_block("127.0.0.1/32"), *read_block("10.0.0.0/8")};
    const auto client = [&](const char* peer, std::string_view forwarded) {
        return client_address(*read_address(peer), forwarded, trusted).text();
    };
    CHECK(client("127.0.0.1", "6.6.6.6") == "6.6.6.6");
    CHECK(client("127.0.0.1", "1.2.3.4, 6.6.6.6") == "6.6.6.6");  // the client wrote the first one itself
    CHECK(client("127.0.0.1", "1.2.3.4, 6.6.6.6, 10.1.1.1") == "6.6.6.6");
    CHECK(client("7.7.7.7", "6.6.6.6") == "7.7.7.7");
    CHECK(client("127.0.0.1", "") == "127.0.0.1");
    CHECK(client("127.0.0.1", "6.6.6.6, nonsense") == "127.0.0.1");
    CHECK(client("127.0.0.1", "2400::7") == "2400::7");
    CHECK(read_address("2400:1:2:3:4:5:6:7")->household() == *read_address("2400:1:2:3::"));
}
