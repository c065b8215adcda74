#include "workflow/base/digest.h"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <set>

using namespace huiyin;

namespace {

std::string bytes(const char* hex) { return from_hex(hex).value(); }

}  // namespace

TEST_CASE("hashes are those of FIPS 180-4's examples") {
    CHECK(sha1_hex("") == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    CHECK(sha1_hex("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d");
    CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(sha256_hex(std::string(1'000'000, 'a')) ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    CHECK(to_hex(sha256("abc")) == sha256_hex("abc"));
}

TEST_CASE("signatures are those of RFC 4231") {
    for (const std::size_t size : {0u, 1u, 20u, 63u, 64u, 65u, 200u}) {
        const std::string key(size, 'k');
        const Hmac kept(key);
        const auto copy = kept;
        for (const std::size_t words : {0u, 1u, 64u, 500u}) {
            CHECK(kept(std::string(words, 'w')) == hmac_sha256(key, std::string(words, 'w')));
            CHECK(copy(std::string(words, 'w')) == hmac_sha256(key, std::string(words, 'w')));
        }
    }
    CHECK(to_hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")) ==
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    CHECK(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(to_hex(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")) ==
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    CHECK(to_hex(hmac_sha256({}, {})) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    CHECK(derived_key("Jefe", "what do ya want for nothing?") == hmac_sha256("Jefe", "what do ya want for nothing?"));
    CHECK(derived_key("secret", "sessions") != derived_key("secret", "links"));
}

TEST_CASE("hexadecimal digits are written small and read in both sizes") {
    CHECK(to_hex(std::string("\x00\x7f\xff", 3)) == "007fff");
    CHECK(from_hex("007FfF").value() == std::string("\x00\x7f\xff", 3));
    CHECK(from_hex("").value().empty());
    const auto text = GENERATE("0", "0g", "123", " 00", "0x00", "00 ");
    CAPTURE(text);
    REQUIRE_FALSE(from_hex(text));
    CHECK(from_hex(text).problem().code == "digest.bad_hex");
}

TEST_CASE("base64 is that of RFC 4648") {
    const auto [plain, text] = GENERATE(table<std::string, std::string>({{"", ""},
                                                                         {"f", "Zg=="},
                                                                         {"fo", "Zm8="},
                                                                         {"foo", "Zm9v"},
                                                                         {"foob", "Zm9vYg=="},
                                                                         {"fooba", "Zm9vYmE="},
                                                                         {"foobar", "Zm9vYmFy"},
                                                                         {"\xfb\xff\xfe", "+//+"}}));
    CHECK(to_base64(plain) == text);
    CHECK(from_base64(text).value() == plain);
}

TEST_CASE("the url alphabet has no padding and no characters that a url escapes") {
    CHECK(to_base64url("\xfb\xff\xfe") == "-__-");
    CHECK(to_base64url("f") == "Zg");
    CHECK(from_base64url("-__-").value() == "\xfb\xff\xfe");
    CHECK(from_base64url("Zm9vYg").value() == "foob");
    const auto text = GENERATE("Zg==", "+//+", "Z", "Zm9vY", "Zm 9");
    CAPTURE(text);
    REQUIRE_FALSE(from_base64url(text));
    CHECK(from_base64url(text).problem().code == "digest.bad_base64");
}

TEST_CASE("base64 with a wrong length, character or padding is refused") {
    const auto text = GENERATE("Zg", "Zg=", "=", "====", "Z===", "Zg==Zg==", "Zm=v", "Zm9v\n", "Zm9-",
                               "Zm9v====", "\xff\xff\xff\xff");
    CAPTURE(text);
    REQUIRE_FALSE(from_base64(text));
    CHECK(from_base64(text).problem().code == "digest.bad_base64");
}

TEST_CASE("spare bits of the last character may be set, as in real keys") {
    CHECK(from_base64("Zh==").value() == "f");
    CHECK(from_base64("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG=").value().size() == 32);
}

TEST_CASE("any bytes come back from every encoding") {
    const auto size = GENERATE(range(0, 70));
    const auto any = random_bytes(static_cast<std::size_t>(size));
    CAPTURE(to_hex(any));
    CHECK(from_hex(to_hex(any)).value() == any);
    CHECK(from_base64(to_base64(any)).value() == any);
    CHECK(from_base64url(to_base64url(any)).value() == any);
}

TEST_CASE("chance does not repeat itself") {
    std::set<std::string> seen;
    for (int i = 0; i < 1'000; ++i) seen.insert(random_bytes(16));
    CHECK(seen.size() == 1'000);
    CHECK(random_bytes(0).empty());
    CHECK(random_hex(16).size() == 32);
    CHECK(random_hex(16).find_first_not_of("0123456789abcdef") == std::string::npos);
}

TEST_CASE("a forked process draws random bytes of its own") {
    const auto before = random_bytes(16);  // there is a handful in store now
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const auto drawn = random_bytes(16);
        const auto written = ::write(ends[1], drawn.data(), drawn.size());
        ::_exit(written == 16 ? 0 : 1);
    }
    const auto ours = random_bytes(16);
    std::string theirs(16, '\0');
    CHECK(::read(ends[0], theirs.data(), theirs.size()) == 16);
    int status = 1;
    CHECK(::waitpid(child, &status, 0) == child);
    ::close(ends[0]);
    ::close(ends[1]);
    CHECK(status == 0);
    CHECK(theirs != ours);
    CHECK(theirs != before);
}

TEST_CASE("secrets are equal only when every byte is") {
    CHECK(equal_secrets("", ""));
    CHECK(equal_secrets(std::string("a\0b", 3), std::string("a\0b", 3)));
    CHECK_FALSE(equal_secrets(std::string("a\0b", 3), std::string("a\0c", 3)));
    CHECK_FALSE(equal_secrets("token", "tokens"));
    CHECK_FALSE(equal_secrets("token", ""));
}

TEST_CASE("a sealed text is AES-256-GCM as published") {
    // McGrew and Viega, "The Galois/Counter Mode of Operation", test case 16: nonce, tag, ciphertext in our order.
    const auto key = bytes("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
    const auto sealed = bytes(
        "cafebabefacedbaddecaf888"
        "76fc6ece0f4e1768cddf8853bb2d551b"
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662");
    CHECK(to_hex(unseal(key, sealed, bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2")).value()) ==
          "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0d"
          "e657ba637b39");
}

TEST_CASE("a sealed text opens with its key and in its place, and never looks the same twice") {
    const auto key = derived_key("secret", "texts");
    const std::string plain = GENERATE(std::string(), std::string("漏水"), std::string(100'000, 'x'));
    const std::string place = GENERATE("", "texts/7");
    const auto sealed = seal(key, plain, place);
    CHECK(sealed.size() == plain.size() + 28);
    CHECK(unseal(key, sealed, place).value() == plain);
    CHECK(seal(key, plain, place) != sealed);
    CHECK(unseal(derived_key("other", "texts"), sealed, place).problem().code == "digest.broken_seal");
    CHECK(unseal(key, sealed, "texts/8").problem().code == "digest.broken_seal");
}

TEST_CASE("one changed bit anywhere, or a missing or added byte, breaks the seal") {
    const auto key = derived_key("secret", "texts");
    const auto sealed = seal(key, "3栋2单元501", "texts/7");
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        auto changed = sealed;
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
        CAPTURE(bit);
        REQUIRE_FALSE(unseal(key, changed, "texts/7"));
    }
    for (std::size_t size = 0; size < sealed.size(); ++size)
        REQUIRE_FALSE(unseal(key, sealed.substr(0, size), "texts/7"));
    CHECK_FALSE(unseal(key, sealed + '\0', "texts/7"));
    CHECK(unseal(key, sealed, "texts/7").value() == "3栋2单元501");  // a refusal leaves nothing behind
}

TEST_CASE("a key of another length is a mistake of ours") {
    CHECK_THROWS_AS(seal("short", "x", ""), std::logic_error);
    CHECK_THROWS_AS(unseal(std::string(33, 'k'), std::string(40, 'x'), ""), std::logic_error);
}
