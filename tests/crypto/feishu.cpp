#include <catch2/catch.hpp>

#include "channels/codec/feishu_seal.h"
#include "workflow/base/digest.h"

using namespace huiyin;

namespace {
const std::string key = "fs-demo-encrypt-key";
const std::string proof = R"({"challenge":"c0ffee-1234","token":"vtok-demo-01","type":"url_verification"})";
const std::string proof_sealed =
    "AAECAwQFBgcICQoLDA0ODwkRkVMe1DesCyIGEYiMYZ0Wod7iLI4aIWdQ0yVHxUaC2Q/eZj/X8qnv/"
    "x8P6JSAFJXEZYkyRoLJtfV7QZ+RAsS92rDm8Py/"
    "VTX+ItNj6lla";
const std::string words =
    R"({"schema":"2.0","header":{"event_id":"ev_0001","token":"vtok-demo-01","create_time":"1767225600000","event_type":"im.message.receive_v1","tenant_key":"tk_demo","app_id":"cli_demo"},"event":{"sender":{"sender_id":{"open_id":"ou_demo"},"sender_type":"user"},"message":{"message_id":"om_demo","chat_id":"oc_demo","chat_type":"p2p","message_type":"text","content":"{\"text\":\"我要投诉\"}"}}})";
const std::string words_sealed =
    "EBESExQVFhcYGRobHB0eH43S2/"
    "lF9qES3klHz7grxIqq30f3g9eTsgQRjwji2mRsw9TMRGFdFdZroa9cIHxhtS9sYFeFeeot0pbuF8pkLsiEDPqfaHmKc5WrLFhUelSqVFFruHip9/"
    "ZmmvRQUItZsE6QElI1kV2w3hJTb/TpxqzeNW/"
    "KLiW9LOp3QbmjveyrcVrzUUauoMaoZKCnFMjryzstogGslsP3zfJgenfaURi1vsuP4LWVCYwMk9Eejk95j6CdHyT+pxmQ1J/z8llN2CD+L/"
    "X+HpDDpbnNPUkzPxy/mBac2uFyZ/"
    "NnklWopF7cQaC+OT97MW2BJ2xH87szmN6toa0Sj8V4EKvCndI88TPkzQkJNySncKHDhBR+"
    "ApPNRuezRqzoS7OIKyCDeE8fPmYMg3EAqGFLDRv8TNOqYp3F2WH1+hg6FYU1jzAah0bH2K8krwkWA3kV+"
    "id7V0i6rRM/Q+Oy6XvLM9b9PxwlhCSK6YlUxyiNgpZXI0XismHU6qNJoI4KgM4/vYOGRh6Ow6dKmlTuq0LhoKrfEHCpsUA=";
const std::string body = R"({"encrypt":")" + words_sealed + R"("})";
const std::string signed_so = "9c68fff6cd612cbbea341d41521ce2c36352c9b32e49362888db1016b590847e";
}  // namespace

TEST_CASE("Feishu's own example is opened") {
    const auto opened = feishu::open("test key", "P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=");
    REQUIRE(opened);
    CHECK(*opened == "hello world");
}

TEST_CASE("Feishu's sealed proof of the address, both ways") {
    CHECK(to_hex(sha256(key)) == "653ca2061dffe63b8c24ca4c7fb5fb8e9b59c756d4ace2d5814e416fa219cad5");
    CHECK(feishu::open(key, proof_sealed).value() == proof);
    CHECK(feishu::seal_with(from_hex("000102030405060708090a0b0c0d0e0f").value(), key, proof) == proof_sealed);
}

TEST_CASE("Feishu's sealed and signed message, both ways, and what must be refused") {
    CHECK(feishu::open(key, words_sealed).value() == words);
    CHECK(feishu::seal_with(from_hex("101112131415161718191a1b1c1d1e1f").value(), key, words) == words_sealed);
    CHECK(feishu::signature("1767225600", "8f6d2c41", key, body) == signed_so);
    const auto respaced = R"({"encrypt": ")" + words_sealed + R"("})";
    CHECK(feishu::signature("1767225600", "8f6d2c41", key, respaced) != signed_so);
    CHECK(feishu::signature("1767225600", "8f6d2c41", "another key", body) != signed_so);
    CHECK(feishu::open("another key", words_sealed).problem().code == "codec.padding");
}

TEST_CASE("what is no sealed event of Feishu's is refused without reading beyond it") {
    CHECK(feishu::open(key, "").problem().code == "codec.length");
    CHECK(feishu::open(key, "***").problem().code == "codec.base64");
    CHECK(feishu::open(key, to_base64(std::string(16, 'a'))).problem().code == "codec.length");
    CHECK(feishu::open(key, to_base64(std::string(33, 'a'))).problem().code == "codec.length");
    for (std::size_t size = 0; size < 70; ++size) {
        const std::string text(size, 'x');
        CHECK(feishu::open(key, feishu::seal(key, text)).value() == text);
    }
    CHECK(feishu::seal(key, words) != feishu::seal(key, words));
}

TEST_CASE("Feishu's group robot and its older card callback are signed as published") {
    CHECK(feishu::robot_signature("1767225600", "fsBotSecretDemo01") == "QJTZJFI9Wu4aF1ZCCNR1Y5bBqvL0qvkKJzE6d60quGc=");
    CHECK(feishu::old_card_signature("1767225600", "8f6d2c41", "vtok-demo-01",
                                     R"({"open_id":"ou_demo","action":{"tag":"button","value":{"choice":"1"}}})") ==
          "da61eda1687930e891098525f866485388b4842f");
}
