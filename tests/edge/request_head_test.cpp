#include "channels/edge/request_head.h"

#include <catch2/catch.hpp>
#include <random>

using namespace huiyin::http;

namespace {
std::string get(std::string_view target) { return "GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n\r\n"; }
int status(std::string_view text) {
    HeadScanner scanner;
    const auto step = scanner.scan(text);
    if (step.refusal) return step.refusal->status;
    if (step.head_bytes == 0) return 0;
    Head head;
    const auto no = read_head(text.substr(0, step.head_bytes), head);
    return no ? no->status : 200;
}
}  // namespace

TEST_CASE("a head is read as it was meant") {
    const std::string text =
        "POST /a%20b/%E5%9B%9E?q=%E9%9F%B3+x&empty=&bare&q=2 HTTP/1.1\r\nHost: example.com:8080\r\nX-A:  v w \t\r\n"
        "Content-Length: 12\r\nConnection: Close\r\nExpect: 100-Continue\r\n\r\n";
    Head head;
    REQUIRE_FALSE(read_head(text, head));
    CHECK(head.method == "POST");
    CHECK(head.path == "/a b/回");
    CHECK(head.query == decltype(head.query){{"q", "音 x"}, {"empty", ""}, {"bare", ""}, {"q", "2"}});
    CHECK(head.header("x-a") == "v w");
    CHECK(head.content_length == 12u);
    CHECK_FALSE(head.keep_alive);
    CHECK(head.expects_continue);
}

TEST_CASE("a target is a clean path or nothing") {
    for (const char* good :
         {"/", "/a", "/a/", "/a?b?c=/../", "/a;b", "/%7Euser", "/a.b/..c", "http://h/a", "http://h"}) {
        CAPTURE(good);
        CHECK(status(get(good)) == 200);
    }
    for (const char* bad : {"*",           "a",         "//a",
                            "/a//b",       "/.",        "/..",
                            "/a/../b",     "/%2e%2e/x", "/.%2E",
                            "/a%2fb",      "/a%5Cb",    "/a\\b",
                            "/%00",        "/a%00.png", "/%0d%0aX",
                            "/%",          "/%4",       "/%zz",
                            "/%ff",        "/%c0%ae",   "/a#b",
                            "/?q=%",       "/?q=%00",   "/?q=%ed%a0%80",
                            "/\x80",       "/a\tb",     "http://other/a",
                            "https://h/a", "ftp://h/",  "h:80"}) {
        CAPTURE(bad);
        CHECK(status(get(bad)) == 400);
    }
}

TEST_CASE("limits of a head are met exactly") {
    const auto with_lines = [](int count) {
        std::string text = "GET / HTTP/1.1\r\nHost: h\r\n";
        for (int i = 1; i < count; ++i) text += "A: b\r\n";
        return text + "\r\n";
    };
    CHECK(status(with_lines(64)) == 200);
    CHECK(status(with_lines(65)) == 431);
    CHECK(status(get("/" + std::string(4095, 'a'))) == 200);
    CHECK(status(get("/" + std::string(4096, 'a'))) == 414);
    const auto of_size = [](std::size_t size) {
        std::string text = "GET / HTTP/1.1\r\nHost: h\r\n";
        while (text.size() + 2 < size) {
            const auto line = std::min<std::size_t>(2000, size - 2 - text.size());
            text += line < 10 ? "" : "A: " + std::string(line - 5, 'x') + "\r\n";
            if (line < 10) break;
        }
        return text + "\r\n";
    };
    CHECK(of_size(16384).size() == 16384);
    CHECK(status(of_size(16384)) == 200);
    CHECK(status(of_size(16385)) == 431);
    // A line that never ends is refused before the head is as long as it may be.
    CHECK(status("GET / HTTP/1.1\r\nHost: h\r\nA: " + std::string(4097, 'x')) == 431);
    CHECK(status("GET /" + std::string(5000, 'x')) == 414);
}

TEST_CASE("however a head is cut into pieces, it is judged the same") {
    const std::vector<std::string> heads{get("/a?b=c"), "GET / HTTP/1.1\nHost: h\n\n", "GET /\r\n\r\n",
                                         "GET / HTTP/1.1\r\nHost : h\r\n\r\n", get("/" + std::string(4096, 'a'))};
    const auto seed = GENERATE(take(20, random(0, 1'000'000)));
    CAPTURE(seed);
    std::mt19937 chance(static_cast<unsigned>(seed));
    for (const auto& text : heads) {
        HeadScanner scanner;
        HeadScanner::Step step;
        for (std::size_t have = 0; have < text.size() && !step.refusal && step.head_bytes == 0;) {
            have = std::min(text.size(), have + 1 + chance() % 40);
            step = scanner.scan(std::string_view(text).substr(0, have));
        }
        Head head;
        int got = step.refusal ? step.refusal->status : 0;
        if (step.head_bytes) {
            const auto no = read_head(std::string_view(text).substr(0, step.head_bytes), head);
            got = no ? no->status : 200;
        }
        CHECK(got == status(text));
    }
}

TEST_CASE("random bytes and mutated heads neither crash nor pass unseen") {
    const std::string good =
        "POST /echo?x=1 HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\nX-Y: z\r\nCookie: a=b; c=d\r\n\r\n";
    const auto seed = GENERATE(take(50, random(0, 1'000'000)));
    CAPTURE(seed);
    std::mt19937 chance(static_cast<unsigned>(seed));
    for (int round = 0; round < 200; ++round) {
        auto text = good;
        for (unsigned i = 0, n = 1 + chance() % 4; i < n; ++i)
            text[chance() % text.size()] = static_cast<char>(chance());
        HeadScanner scanner;
        const auto step = scanner.scan(text);
        if (step.refusal || step.head_bytes == 0) continue;
        Head head;
        if (read_head(std::string_view(text).substr(0, step.head_bytes), head)) continue;
        // What passes is clean.
        for (const auto& [name, value] : head.headers)
            for (char c : std::string(name) + std::string(value))
                CHECK((static_cast<unsigned char>(c) >= 0x20 || c == '\t'));
        CHECK(head.path.front() == '/');
    }
}
