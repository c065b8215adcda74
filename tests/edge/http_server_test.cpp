#include "channels/edge/http_server.h"

#include <catch2/catch.hpp>
#include <future>
#include <thread>

#include "tests/scarce_memory.h"
#include "wire.h"

using namespace edge_test;
using namespace huiyin::http;

TEST_CASE("a request is answered, with the headers every answer has") {
    House house;
    const auto heard = house.ask(get("/hello"));
    CHECK(heard.status == 200);
    CHECK(heard.body == "hello");
    CHECK(heard.header("Content-Type") == "text/plain");
    CHECK(heard.header("X-Content-Type-Options") == "nosniff");
    CHECK(heard.header("Referrer-Policy") == "no-referrer");
    CHECK(heard.header("Cache-Control") == "no-store");
    CHECK(heard.header("Content-Security-Policy") == "default-src 'none'; frame-ancestors 'none'");
    CHECK_FALSE(heard.header("Date").empty());
    CHECK(heard.header("Server").empty());
}

TEST_CASE("one connection carries many requests, also when they come all at once or in crumbs") {
    House house;
    auto wire = house.call();
    for (int i = 0; i < 50; ++i) {
        wire.say(post("/echo", std::to_string(i)));
        CHECK(wire.hear().body == std::to_string(i));
    }
    std::string all;
    for (int i = 0; i < 200; ++i) all += i % 3 == 0 ? get("/absent") : post("/echo", "n" + std::to_string(i));
    wire.say(all);
    for (int i = 0; i < 200; ++i) {
        const auto heard = wire.hear();
        CHECK(heard.status == (i % 3 == 0 ? 404 : 200));
        if (i % 3 != 0) CHECK(heard.body == "n" + std::to_string(i));
    }
    for (char c : post("/echo", "crumbs")) wire.say({&c, 1});
    CHECK(wire.hear().body == "crumbs");
    // A client that stops sending still hears the answer.
    wire.say(get("/hello"));
    wire.done_talking();
    CHECK(wire.hear().body == "hello");
    CHECK(wire.closed_within(3s));
}

TEST_CASE("a handler sees the request decoded once") {
    House house;
    const auto heard =
        house.ask(get("/tell/%E5%9B%9E%2525?a=%2B+b&c=%26?x", "Cookie: a=1; b=2\r\nX-MIXED: v%0d%0aw\r\n"));
    CHECK(heard.body == "GET|/tell/回%25|回%25|127.0.0.1|here|2|v%0d%0aw|a=+ b|c=&?x");
}

TEST_CASE("the client's address is the proxy's word only if the proxy is trusted") {
    const auto tell = get("/tell/x", "X-Forwarded-For: 1.1.1.1, 6.6.6.6\r\n");
    House plain;
    CHECK(plain.ask(tell).body.substr(0, 33) == "GET|/tell/x|x|127.0.0.1|afar|-|-");
    auto options = House::roomy();
    options.trusted_proxies = {"127.0.0.1/32"};
    House behind(options);
    CHECK(behind.ask(tell).body.substr(0, 31) == "GET|/tell/x|x|6.6.6.6|afar|-|-");
}

TEST_CASE("HEAD is GET without its body; unknown paths and methods are told apart") {
    House house;
    auto wire = house.call();
    wire.say("HEAD /hello HTTP/1.1\r\nHost: h\r\n\r\n" + get("/hello"));
    const auto head = wire.hear(8s, true);
    CHECK(head.status == 200);
    CHECK(head.header("Content-Length") == "5");
    CHECK(wire.hear().body == "hello");
    const auto absent = house.ask(get("/absent"));
    CHECK(absent.status == 404);
    CHECK(absent.header("Content-Type") == "application/problem+json");
    CHECK(absent.body.find("\"http.not_found\"") != std::string::npos);
    const auto wrong = house.ask(get("/echo"));
    CHECK(wrong.status == 405);
    CHECK(wrong.header("Allow") == "POST");
    CHECK(house.ask(post("/hello", "x")).header("Allow") == "GET, HEAD");
    CHECK(house.ask("DELETE /park HTTP/1.1\r\nHost: h\r\n\r\n").header("Allow") == "GET, HEAD, POST");
    CHECK(house.ask(get("/nothing")).status == 204);
    CHECK(house.ask(get("/nothing")).header("Content-Length").empty());
}

TEST_CASE("errors under /hooks have no body") {
    House house;
    for (const auto& bytes : {get("/hooks/absent/x"), get("/hooks/oa", "Range: bytes=0-1\r\n"),
                              post("/hooks/oa", std::string(hook_body_bytes + 1, 'x')),
                              get("/hooks/oa", "bad header\r\n"), get("/hooks/forgetful")}) {
        const auto heard = house.ask(bytes);
        CAPTURE(heard.head);
        CHECK(heard.status >= 400);
        CHECK(heard.header("Content-Length") == "0");
    }
}

TEST_CASE("limits of a body follow from the route and are told before the body is read") {
    House house;
    CHECK(house.ask(post("/hooks/oa", std::string(hook_body_bytes, 'x'))).body.size() == hook_body_bytes);
    CHECK(house.ask(post("/echo", std::string(api_body_bytes, 'x'))).body.size() == api_body_bytes);
    for (const char* head : {"POST /hooks/oa HTTP/1.1\r\nHost: h\r\nContent-Length: 65537\r\n\r\n",
                             "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1048577\r\n\r\n",
                             "POST /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 999999999999\r\n\r\n",
                             "DELETE /hello HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n"}) {
        const auto start = now();
        const auto heard = house.ask(head);
        CAPTURE(head);
        CHECK(heard.status == (head[0] == 'D' ? 405 : 413));
        CHECK(heard.header("Connection") == "close");
        CHECK(since(start) < 4s);
    }
}

TEST_CASE("the answer of a refused upload is heard even though the client goes on sending") {
    House house;
    auto wire = house.call();
    wire.say("POST /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 20000000\r\n\r\n");
    const std::string block(64 << 10, 'x');
    for (int i = 0; i < 20 && wire.say(block); ++i) {
    }
    CHECK(wire.hear().status == 413);
}

TEST_CASE("large uploads wait in a file, small ones in memory") {
    House house;
    std::string bytes(3'000'000, '\0');
    std::size_t sum = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<char>(i * 7 + i / 251);
        sum += static_cast<unsigned char>(bytes[i]);
    }
    CHECK(house.ask(post("/upload", bytes)).body == "file 3000000 " + std::to_string(sum));
    CHECK(house.ask(post("/upload", "abc")).body == "memory 3 294");
    CHECK(house.server().figures().spilled == 1);
    CHECK(house.server().figures().held_on_disk_now == 0);
}

TEST_CASE("Expect: 100-continue is answered at once, and only when the body is welcome") {
    House house;
    auto wire = house.call();
    wire.say("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    CHECK(wire.hear_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    wire.say("four");
    CHECK(wire.hear().body == "four");
    wire.say("POST /hooks/oa HTTP/1.1\r\nHost: h\r\nContent-Length: 65537\r\nExpect: 100-continue\r\n\r\n");
    CHECK(wire.hear().status == 413);
}

TEST_CASE("what could be read in two ways is refused, and no second request is taken from a body") {
    House house;
    const std::string smuggled = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx";
    const std::string start = "POST /echo HTTP/1.1\r\nHost: h\r\n";
    const std::vector<std::pair<int, std::string>> cases{
        {501, start + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {501, start + "Transfer-Encoding: gzip, chunked\r\n\r\n"},
        {501, start + "Transfer-Encoding: identity\r\n\r\n"},
        {415, start + "Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\n"},
        {415, start + "Content-Encoding: br\r\nContent-Length: 1\r\n\r\n"},
        {411, start + "\r\n"},
        {400, start + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {400, start + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n"},
        {400, start + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n"},
        {400, start + "Content-Length: 5abc\r\n\r\n"},
        {400, start + "Content-Length: +5\r\n\r\n"},
        {400, start + "Content-Length:  5 \r\n\r\n"},
        {400, start + "Content-Length: 5, 5\r\n\r\n"},
        {400, start + "Content-Length: -1\r\n\r\n"},
        {400, start + "Content-Length: 0x5\r\n\r\n"},
        {400, start + "Content-Length: 05\r\n\r\n"},
        {400, start + "Content-Length: 9223372036854775808\r\n\r\n"},
        {400, start + "Content-Length:\r\n\r\n"},
        {400, start + "X-A: b\r\n c\r\nContent-Length: 1\r\n\r\n"},
        {400, "GET /hello HTTP/1.1\r\nHost: h\nX-A: b\r\n\r\n"},
        {400, "GET /hello HTTP/1.1\nHost: h\n\n"},
        {400, "GET /hello HTTP/1.1\r\nHost: h\r\nX-A: b\rc\r\n\r\n"},
        {400, "GET /hello HTTP/1.1\r\nHost: h\r\nX-A: b" + std::string(1, '\0') + "c\r\n\r\n"},
        {400, "GET /hello HTTP/1.1\r\nHost : h\r\n\r\n"},
        {400, "GET /hello HTTP/1.1\r\n Host: h\r\n\r\n"},
        {400, "GET /hello HTTP/1.1\r\nHost: h\r\nX_A: b\r\n\r\n"},
        {400, "GET /hello HTTP/1.1\r\nHost: h\r\n: b\r\n\r\n"},
        {400, "GET /hello HTTP/1.1\r\nHost: h\r\nno colon\r\n\r\n"},
        {400, "GET /hello HTTP/1.1\r\n\r\n"},
        {400, "GET /hello HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n"},
        {400, "GET /hello HTTP/1.1\r\nHost: h/x\r\n\r\n"},
        {400, "GET /hello HTTP/1.1\r\nHost:\r\n\r\n"},
        {400, "GET /hello HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"},
        {400, "GET /hello\r\n\r\n"},
        {400, "GET  /hello HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "\r\nGET /hello HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, std::string("\x16\x03\x01\x02\x00\x01\x00", 7)},
        {505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
        {505, "GET /hello HTTP/3.0\r\nHost: h\r\n\r\n"},
        {501, "BREW /hello HTTP/1.1\r\nHost: h\r\n\r\n"},
        {501, "CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n"},
        {501, "TRACE /hello HTTP/1.1\r\nHost: h\r\n\r\n"},
        {416, "GET /hello HTTP/1.1\r\nHost: h\r\nRange: bytes=0-0,0-0\r\n\r\n"},
        {417, start + "Expect: cake\r\nContent-Length: 1\r\n\r\n"},
        {400, start + "Content-Type: a/b\r\nContent-Type: c/d\r\nContent-Length: 1\r\n\r\n"},
    };
    for (const auto& [status, bytes] : cases) {
        CAPTURE(bytes);
        auto wire = house.call();
        wire.say(bytes + smuggled + smuggled);
        const auto heard = wire.hear();
        CHECK(heard.status == status);
        CHECK(heard.header("Connection") == "close");
        CHECK(wire.hear_all(3s).empty());  // no second answer
    }
    CHECK(house.posts == 0);
    CHECK(house.ask(get("/hello")).status == 200);
}

TEST_CASE("a parked request is answered later, by another thread, in the order of its connection") {
    House house;
    auto wire = house.call();
    wire.say(get("/park") + get("/hello") + get("/park"));
    auto first = house.parked.take();
    REQUIRE(first);
    // A worker is free meanwhile, and what came behind waits its turn.
    CHECK(house.ask(get("/hello")).status == 200);
    CHECK(house.server().figures().parked_now == 1);
    bool taken = false;
    std::thread writer([&] { taken = first->answer(Answer::bytes(201, "text/plain", "saved")); });
    CHECK(wire.hear().body == "saved");
    writer.join();
    CHECK(taken);
    CHECK(wire.hear().body == "hello");
    auto second = house.parked.take();
    CHECK(second->answer(Answer::empty(204)));
    CHECK(wire.hear().status == 204);
    CHECK_THROWS_AS(second->answer(Answer::empty(200)), std::logic_error);
    CHECK(house.server().figures().parked_now == 0);
}

TEST_CASE("many parked requests are answered by one thread in one go") {
    House house;
    std::vector<Wire> wires;
    std::vector<Parked> tickets;
    for (int i = 0; i < 300; ++i) {
        wires.push_back(house.call());
        wires.back().say(get("/park"));
        tickets.push_back(*house.parked.take());
    }
    for (auto& ticket : tickets) ticket.answer(Answer::bytes(200, "text/plain", "done"));
    for (auto& wire : wires) CHECK(wire.hear().body == "done");
}

TEST_CASE("a duty that is dropped, or takes too long, is answered for") {
    auto options = House::roomy();
    options.parked_time = 300ms;
    House house(options);
    const auto dropped = house.ask(get("/forgetful"));
    CHECK(dropped.status == 503);
    CHECK(dropped.header("Retry-After") == "1");
    CHECK(house.ask(get("/throw-parked")).status == 503);

    auto wire = house.call();
    wire.say(get("/park"));
    auto ticket = house.parked.take();
    CHECK(wire.hear().status == 503);
    CHECK_FALSE(ticket->answer(Answer::empty(200)));
    CHECK(house.server().figures().parked_expired == 1);
}

TEST_CASE("whoever cannot be answered for want of memory is told so, or let go, and soon") {
    auto options = House::roomy();
    options.parked_time = 1h;
    House house(options);
    int good = 0;
    const auto answers_parked = [&] {
        auto wire = house.call();
        wire.say(get("/park"));
        auto ticket = house.parked.take();
        auto answer = Answer::empty(204);
        CHECK_FALSE(scarce::refused(good, [&] { ticket->answer(std::move(answer)); }));
        const int status = wire.hear().status;
        CHECK((status == 204 || status == 503));
        return status == 204;
    };
    while (!answers_parked()) ++good;
    CHECK(good > 0);

    for (good = 0; good < 20; ++good) {  // to drop a ticket says 503, which needs memory, too
        auto wire = house.call();
        wire.say(get("/park"));
        auto ticket = house.parked.take();
        CHECK_FALSE(scarce::refused(good, [&] { ticket.reset(); }));
        CHECK(wire.hear().status == 503);
    }

    int let_go = 0;
    for (good = 0; good < 20; ++good) {
        auto wire = house.call();
        wire.say(get("/scarce/answer/" + std::to_string(good)));
        const int status = wire.hear().status;
        CHECK((status == 200 || status == 500 || wire.closed_within(8000ms)));
        let_go += status == 0;
    }
    CHECK(let_go > 0);

    good = 0;
    const auto parks = [&] {
        const int status = house.ask(get("/scarce/park/" + std::to_string(good))).status;
        CHECK((status == 204 || status == 500 || status == 503));  // 503: parked, and its answer had no memory
        return status == 204;
    };
    while (!parks()) ++good;
    CHECK(good > 0);

    good = 0;
    const auto streams = [&] {
        auto wire = house.call();
        wire.say(get("/scarce/stream/" + std::to_string(good)));
        const int status = wire.hear().status;
        CHECK((status == 200 || status == 500 || wire.closed_within(8000ms)));
        return status == 200;
    };
    while (!streams()) ++good;
    CHECK(good > 0);
    auto wire = house.call();
    wire.say(get("/stream"));
    house.streams.take();  // of the one above
    auto stream = house.streams.take();
    REQUIRE(!wire.hear_until("\r\n\r\n").empty());
    CHECK_FALSE(scarce::refused(0, [&] { stream->close(); }));
    CHECK(wire.closed_within(8000ms));
    CHECK(house.server().figures().parked_now == 0);
}

TEST_CASE("a parked request has a fallback for a client that waits only so long") {
    House house;
    auto wire = house.call();
    wire.say(get("/park"));
    auto ticket = house.parked.take();
    ticket->otherwise(50ms, Answer::bytes(200, "text/plain", "success"));
    CHECK(wire.hear().body == "success");
    CHECK_FALSE(ticket->answer(Answer::empty(200)));
    wire.say(get("/park"));  // the late answer is in nobody's way
    ticket = house.parked.take();
    ticket->otherwise(1h, Answer::empty(500));
    CHECK(ticket->answer(Answer::bytes(200, "text/plain", "in time")));
    CHECK(wire.hear().body == "in time");
}

TEST_CASE("an answer to a client that has gone harms nobody") {
    House house;
    std::optional<Parked> ticket;
    {
        auto wire = house.call();
        wire.say(get("/park"));
        ticket = house.parked.take();
        linger reset{1, 0};
        ::setsockopt(wire.socket(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    }
    CHECK(house.ask(get("/hello")).status == 200);
    ticket->answer(Answer::bytes(200, "text/plain", std::string(100000, 'x')));
    CHECK(house.ask(get("/hello")).status == 200);
}

TEST_CASE("a parked request may take its bytes along") {
    House house;
    CHECK(house.ask(post("/park", "kept")).body == "kept");
}

TEST_CASE("an exception is a 500 that tells nothing") {
    House house;
    for (const char* path : {"/throw", "/throw-seven", "/silent", "/bad-header", "/big-body"}) {
        const auto heard = house.ask(get(path));
        CAPTURE(path, heard.head, heard.body.substr(0, 200));
        CHECK(heard.status == 500);
        CHECK((heard.head + heard.body).find("hunter2") == std::string::npos);
        CHECK((heard.head + heard.body).find("stolen") == std::string::npos);
        CHECK(heard.head.find("EXCEPTION") == std::string::npos);
        CHECK(heard.body.find("error ") != std::string::npos);
    }
    CHECK(house.server().figures().exceptions == 3);
}

TEST_CASE("a file is sent whole, also to a reader who takes his time") {
    House house;
    Wire wire(house.port(), 4096);
    wire.say(get("/file") + get("/hello"));
    const auto heard = wire.hear();
    REQUIRE(heard.body.size() == 3u << 20);
    bool right = true;
    for (std::size_t i = 0; i < heard.body.size(); ++i) right &= heard.body[i] == static_cast<char>('a' + i % 23);
    CHECK(right);
    CHECK(wire.hear().body == "hello");
}

TEST_CASE("a file answer opens regular files only") {
    CHECK(File::open(HUIYIN_SOURCE "/CMakeLists.txt"));
    CHECK(File::open("/tmp").problem().code == "http.no_file");
    CHECK(File::open("/dev/null").problem().code == "http.no_file");
    CHECK(File::open("/nowhere").problem().code == "http.no_file");
}

TEST_CASE("events reach their reader, and both sides may end the stream") {
    auto options = House::roomy();
    options.comment_time = 100ms;
    House house(options);
    auto wire = house.call();
    wire.say(get("/stream"));
    auto stream = house.streams.take();
    REQUIRE(stream);
    const auto head = wire.hear_until("\r\n\r\n");
    CHECK(head.find("Content-Type: text/event-stream\r\n") != std::string::npos);
    CHECK(head.find("X-Kind: events\r\n") != std::string::npos);
    CHECK(stream->send(event_text("7", "", "{}\nsecond")));
    CHECK(wire.hear_until("\n\n") == "id: 7\ndata: {}\ndata: second\n\n");
    CHECK(wire.hear_until(":\n\n") == ":\n\n");  // keeps proxies awake
    stream->close();
    CHECK(wire.closed_within(3s));
    CHECK_FALSE(stream->send("late"));

    {
        auto leaver = house.call();
        leaver.say(get("/stream"));
        stream = house.streams.take();
        leaver.hear_until("\r\n\r\n");
    }
    CHECK(house.closed.take() == 1);
    CHECK_FALSE(stream->open());
    CHECK(house.closed.size() == 0);  // the stream we ended ourselves said nothing
    CHECK(house.ask("HEAD /stream HTTP/1.1\r\nHost: h\r\n\r\n").status == 200);
}

TEST_CASE("a reader that does not keep up is dropped") {
    auto options = House::roomy();
    options.stream_buffer_bytes = 64 << 10;
    House house(options);
    Wire wire(house.port(), 4096);
    wire.say(get("/stream"));
    auto stream = house.streams.take();
    const std::string event = event_text("", "", std::string(8000, 'x'));
    int sent = 0;
    while (sent < 100000 && stream->send(event)) ++sent;
    CHECK(sent < 100000);
    CHECK(house.closed.take() == 1);
    CHECK(house.server().figures().streams_dropped == 1);
    CHECK(house.server().figures().streams_now == 0);
}

TEST_CASE("five hundred idle and half-spoken connections hold nobody up, and are closed in time") {
    auto options = House::roomy();
    options.head_time = 1000ms;
    options.body_time = 1000ms;
    House house(options);
    std::vector<Wire> idle;
    for (int i = 0; i < 512; ++i) {
        idle.push_back(house.call());
        if (i % 4 == 1) idle.back().say("GET /hel");
        if (i % 4 == 2) idle.back().say("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf");
        if (i % 4 == 3) idle.back().say("GET /hello HTTP/1.1\r\nHost: h\r\n");
    }
    const auto start = now();
    auto good = house.call();
    for (int i = 0; i < 100; ++i) {
        good.say(get("/hello"));
        CHECK(good.hear().status == 200);
    }
    CHECK(since(start) < 5s);
    for (std::size_t i = 0; i < idle.size(); ++i) {
        const auto said = idle[i].hear_all();
        if (i % 4 == 0)
            CHECK(said.empty());
        else
            CHECK(said.substr(0, 12) == "HTTP/1.1 408");
    }
    CHECK(since(start) < 15s);
    CHECK(house.server().figures().timed_out == 384);
}

TEST_CASE("a slow drip does not buy more time") {
    auto options = House::roomy();
    options.head_time = 700ms;
    House house(options);
    auto wire = house.call();
    const auto start = now();
    std::string heard;
    for (int i = 0; i < 100 && heard.empty(); ++i) {
        wire.say(i == 0 ? "GET /hello HTTP/1.1\r\nX-A: " : "x");
        heard = wire.hear_all(100ms);
    }
    CHECK(heard.substr(0, 12) == "HTTP/1.1 408");
    CHECK(since(start) < 5s);
}

TEST_CASE("an answer nobody takes is given up") {
    auto options = House::roomy();
    options.send_time = 500ms;
    House house(options);
    Wire wire(house.port(), 4096);
    wire.say(get("/file"));
    CHECK(wire.hear_until("\r\n\r\n").substr(0, 12) == "HTTP/1.1 200");
    const auto start = now();
    while (house.server().figures().timed_out == 0 && since(start) < 8s) CHECK(house.ask(get("/hello")).status == 200);
    CHECK(house.server().figures().timed_out == 1);
}

TEST_CASE("more connections than the house holds are told so") {
    auto options = House::roomy();
    options.connections = 20;
    House house(options);
    std::vector<Wire> inside;
    for (int i = 0; i < 20; ++i) {
        inside.push_back(house.call());
        inside.back().say(get("/hello"));
        CHECK(inside.back().hear().status == 200);
    }
    CHECK(house.call().hear_all().substr(0, 12) == "HTTP/1.1 503");
    inside.pop_back();
    const auto start = now();
    while (house.server().figures().connections_now == 20 && since(start) < 5s) {
    }
    CHECK(house.ask(get("/hello")).status == 200);
    CHECK(house.server().figures().refused_full == 1);
}

TEST_CASE("memory for requests is shared, and when it is used up the answer is 503") {
    auto options = House::roomy();
    options.held_bytes = 2 << 20;
    House house(options);
    std::vector<Wire> slow;
    const std::string half = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 900000\r\n\r\nhalf";
    for (int i = 0; i < 2; ++i) {
        slow.push_back(house.call());
        slow.back().say(half);
    }
    const auto start = now();
    while (house.server().figures().held_bytes_now < 1'800'000 && since(start) < 5s) {
    }
    const auto heard = house.ask(half);
    CHECK(heard.status == 503);
    CHECK_FALSE(heard.header("Retry-After").empty());
    CHECK(house.ask(get("/hello")).status == 200);
    slow.clear();
    while (house.server().figures().held_bytes_now > 100'000 && since(start) < 9s) {
    }
    CHECK(house.ask(post("/echo", std::string(900000, 'x'))).status == 200);
}

TEST_CASE("one address does not get all the room") {
    auto options = House::roomy();
    options.connections_per_address = 10;
    House house(options);
    std::vector<Wire> many;
    for (int i = 0; i < 10; ++i) {
        many.push_back(house.call());
        many.back().say(get("/hello"));
        CHECK(many.back().hear().status == 200);
    }
    CHECK(house.call().hear_all().empty());
    CHECK(house.server().figures().refused_address == 1);

    options.connections_per_address = 0;
    options.connects_per_second_per_address = 5;
    House slow(options);
    for (int i = 0; i < 40; ++i) slow.call().say(get("/hello"));
    const auto start = now();
    while (slow.server().figures().refused_address == 0 && since(start) < 5s) {
    }
    CHECK(slow.server().figures().refused_address > 0);

    options.trusted_proxies = {"127.0.0.0/8"};  // a proxy speaks for many
    House behind(options);
    for (int i = 0; i < 40; ++i) CHECK(behind.ask(get("/hello")).status == 200);
}

TEST_CASE("stopping takes no longer than it may, and what was taken in is answered") {
    auto options = House::roomy();
    options.stop_time = 2000ms;
    House house(options);
    std::vector<Wire> slow;
    for (int i = 0; i < 50; ++i) {
        slow.push_back(house.call());
        if (i % 3 == 1) slow.back().say("GET /hel");
        if (i % 3 == 2) slow.back().say("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf");
    }
    Wire stuck(house.port(), 4096);
    stuck.say(get("/file"));
    auto reader = house.call();
    reader.say(get("/stream"));
    auto stream = house.streams.take();
    auto waiting = house.call();
    waiting.say(get("/park"));
    auto ticket = house.parked.take();
    auto forgotten = house.call();
    forgotten.say(get("/park"));
    auto never = house.parked.take();

    const auto start = now();
    auto stopped = std::async(std::launch::async, [&] { house.server().stop(); });
    CHECK(slow[0].closed_within(3s));
    CHECK(reader.closed_within(3s));
    CHECK(house.closed.take() == 1);
    ticket->answer(Answer::bytes(200, "text/plain", "saved"));
    const auto heard = waiting.hear();
    CHECK(heard.body == "saved");
    CHECK(heard.header("Connection") == "close");
    stopped.get();
    CHECK(since(start) < 5s);
    CHECK(never->answer(Answer::empty(200)));  // into the void, without harm
    CHECK_FALSE(stream->send("x"));
    CHECK_THROWS(house.call());
    CHECK(house.server().figures().connections_now == 0);
    CHECK(house.server().figures().held_bytes_now == 0);
}

TEST_CASE("a quiet server stops at once, and its port is free again") {
    auto options = House::roomy();
    {
        House house(options);
        options.port = house.port();
        CHECK(house.ask(get("/hello")).status == 200);
        Server second(options, RouteTable{});
        const auto refused = second.start();
        REQUIRE_FALSE(refused);
        CHECK(refused.problem().code == "http.cannot_listen");
        const auto start = now();
        house.server().stop();
        CHECK(since(start) < 2s);
    }
    House again(options);
    CHECK(again.ask(get("/hello")).status == 200);
    options.port = 0;
    options.trusted_proxies = {"10.0.0.0/99"};
    CHECK(Server(options, RouteTable{}).start().problem().code == "http.bad_proxy");
}

TEST_CASE("many clients at once each get their own answers") {
    House house;
    std::vector<std::thread> threads;
    std::atomic<int> wrong{0};
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&, t] {
            for (int round = 0; round < 20; ++round) {
                auto wire = house.call();
                for (int i = 0; i < 20; ++i) {
                    const auto text = std::to_string(t * 1000000 + round * 1000 + i);
                    wire.say(post(i % 2 ? "/echo" : "/park", text));
                    if (wire.hear().body != text) ++wrong;
                }
            }
        });
    for (auto& thread : threads) thread.join();
    CHECK(wrong == 0);
    CHECK(house.server().figures().answers_2xx == 3200);
}
