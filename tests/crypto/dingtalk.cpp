#include <catch2/catch.hpp>

#include "channels/codec/dingtalk_signature.h"
#include "channels/codec/envelope.h"
#include "workflow/base/digest.h"

using namespace huiyin;

namespace {
const std::string token = "dtEventToken01", owner = "dingdemoappkey0001", nonce = "n0nceA1b", at = "1767225602789";
const std::string key = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP";
Envelope events(const std::string& last = "0", const std::string& receiver = owner) {
    return Envelope({token}, {read_aes_key(key + last).value()}, receiver);
}
const std::string check_url = R"({"EventType":"check_url"})";
const std::string check_sealed =
    "g5zwjXV81p2AOncB+UO1usUKHqWtPnbI40qZpf3Yh/MVmqptFM2aM1cA9OJWu3kmKREKgTxeS8SccFRUF0McSA==";
const std::string check_signed = "3174afaea6415df957d97ee231137bbb8f9672e6";
}  // namespace

TEST_CASE("DingTalk's robots and cards are signed as published") {
    CHECK(dingtalk::robot_signature("1767225600123", "demo-app-secret-7f3a") ==
          "H4EJaSFNhU++QnJR06JVCMStChGtikMb5QGVG0hltAQ=");
    CHECK(dingtalk::robot_signature("1767225600004", "SEC0a1b2c3d4e5f60718293a4b5c6d7e8f90") ==
          "C4J/qZ+Ykl8YISHgR0vlLlKj2Z6tyAM9yG5c/0R9DSw=");
    CHECK(dingtalk::card_signature("1767225601456", "card-callback-secret-01") ==
          "A8bakmCs6JMkvRwaV+WVeQJZFplLl6XB2975msK8/2w=");
}

TEST_CASE("DingTalk's proof of the address, both ways, with each of the equal keys") {
    CHECK(to_hex(std::string_view(reinterpret_cast<const char*>(read_aes_key(key + "0").value().bytes.data()), 32)) ==
          "69b71d79f8218a39259a7a29aabb2dbafc31cb300108310518720928b30d38fd");
    for (const auto* last : {"0", "1", "2", "3"}) {
        CAPTURE(last);
        CHECK(events(last).open(check_signed, at, nonce, check_sealed).value().message == check_url);
    }
    CHECK(events("4").open(check_signed, at, nonce, check_sealed).problem().code != "codec.signature");
    CHECK_FALSE(read_aes_key(key + "4").value() == read_aes_key(key + "0").value());
    const auto sealed = events().seal_with("0123456789abcdef", check_url, at, nonce, {});
    CHECK(sealed.encrypt == check_sealed);
    CHECK(sealed.signature == check_signed);
}

TEST_CASE("our receipt, with padding beyond one block, and an event in Chinese") {
    const auto receipt = events().seal_with("fedcba9876543210", "success", at, nonce, {});
    CHECK(receipt.encrypt ==
          "eblAolIJMBVWuc0eKQVsYn0LNm4Y7PqanFilPFfwx1AaXNzsDv0+rsbhvQZVqZ6/oWbfsWucWx7XQMWrc8kf0Q==");
    CHECK(receipt.signature == "13e952bfc9d337e93435a3e08ed1028d8a9e2b6c");
    const std::string words = R"({"EventType":"robot_msg_read","eventId":"ev-0001","Title":"投诉单已读"})";
    const std::string encrypt =
        "gt20fKym8eykN62zT41PKfj8oIXlraOxqMqACQlAyW/coAwPTvXf2ymE2+DJYzobEwK/"
        "i40rStGTIq4f1nm6o6rIsrfYJbSLA/41r7c2RclwXiwVFdOlbwqnci7IhvoQGVh6nAaLo2FncRg84D6qtIC8RMem24StHCEQ0sc3WVY=";
    CHECK(events()
              .open("5ce4b67bf6f2d3a10b8c1dded7477c69e5a0127f", "1767225603000", "n0nceC3d", encrypt)
              .value()
              .message == words);
    CHECK(events().seal_with("ABCDEFGHIJKLMNOP", words, "1767225603000", "n0nceC3d", {}).encrypt == encrypt);
}

TEST_CASE("an event of DingTalk's that is not as it should be is refused") {
    const auto code = [](const Envelope& envelope, const std::string& encrypt) {
        const auto opened = envelope.open(platform_signature({token, at, nonce, encrypt}), at, nonce, encrypt);
        return opened ? std::string("opened") : opened.problem().code;
    };
    CHECK(code(events(), check_sealed) == "opened");
    CHECK(code(events("0", "dingother"), check_sealed) == "codec.receiver");
    auto changed = check_sealed;
    changed[10] = changed[10] == 'A' ? 'B' : 'A';
    CHECK(events().open(check_signed, at, nonce, changed).problem().code == "codec.signature");
    auto bytes = from_base64(check_sealed).value();
    bytes.back() = static_cast<char>(bytes.back() ^ 0x55);
    const auto last = code(events(), to_base64(bytes));
    CHECK((last == "codec.padding" || last == "codec.receiver"));
}
