#include "channels/edge/http_client.h"

#include <dlfcn.h>
#include <netdb.h>

#include <catch2/catch.hpp>
#include <condition_variable>
#include <cstdarg>
#include <functional>
#include <future>
#include <mutex>
#include <thread>

#include "wire.h"

using namespace edge_test;
using namespace huiyin::http;

namespace {

// Says nothing until it is told to, or for five seconds.
struct SilentResolver {
    std::mutex mutex;
    std::condition_variable changed;
    bool silent = false;
    int asked = 0, told = 0;

    void hear() {
        std::unique_lock lock(mutex);
        ++asked;
        changed.wait_for(lock, 5s, [&] { return !silent; });
        ++told;
        changed.notify_all();
    }
    void be(bool is_silent) {
        const std::lock_guard lock(mutex);
        silent = is_silent;
        changed.notify_all();
    }
    // Somebody asked, and nobody is asking any more.
    bool done() {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, 5s, [&] { return asked > 0 && told == asked; });
    }
} resolver;

}  // namespace

// The C library's, for libcurl too: under silent.example it says nothing for a while.
extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** found) {
    using Look = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
    static const auto look = reinterpret_cast<Look>(::dlsym(RTLD_NEXT, "getaddrinfo"));
    if (name == nullptr || std::string_view(name) != "silent.example") return look(name, service, hints, found);
    resolver.hear();
    return EAI_AGAIN;
}

// libcurl's: a limit of silence would be its shortest, so that no test has to wait for a longer one.
extern "C" int curl_easy_setopt(void* handle, int option, ...) {
    using Set = int (*)(void*, int, ...);
    static const auto set = reinterpret_cast<Set>(::dlsym(RTLD_NEXT, "curl_easy_setopt"));
    constexpr int low_speed_time = 20;
    std::va_list values;
    va_start(values, option);
    void* value = va_arg(values, void*);  // a number, an address or a function: all of one size
    va_end(values);
    return option == low_speed_time ? set(handle, option, 1L) : set(handle, option, value);
}

namespace {

// A server that does to each connection whatever the test says, until it is told to end.
class Stranger {
public:
    using Deed = std::function<void(int socket)>;
    explicit Stranger(Deed deed)
        : deed_(std::move(deed)), listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::bind(listening_, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0 || ::listen(listening_, 64) != 0)
            throw std::runtime_error("a port to listen on");
        socklen_t size = sizeof at;
        ::getsockname(listening_, reinterpret_cast<sockaddr*>(&at), &size);
        port_ = ntohs(at.sin_port);
        thread_ = std::thread([this] {
            while (true) {
                const int socket = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
                if (socket < 0) return;
                ++connections;
                deed_(socket);
                ::close(socket);
            }
        });
    }
    ~Stranger() {
        ended = true;
        ::shutdown(listening_, SHUT_RDWR);
        thread_.join();
        ::close(listening_);
    }
    std::string origin() const { return "http://127.0.0.1:" + std::to_string(port_); }
    std::atomic<bool> ended{false};
    std::atomic<int> connections{0};

private:
    Deed deed_;
    int listening_;
    int port_ = 0;
    std::thread thread_;
};

std::string hear_head(int socket) {
    std::string heard;
    char c = 0;
    while (heard.find("\r\n\r\n") == heard.npos && ::recv(socket, &c, 1, 0) == 1) heard += c;
    return heard;
}

bool say(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

// Waits until the other side has gone.
void wait_for_the_end(int socket) {
    char buffer[4096];
    while (::recv(socket, buffer, sizeof buffer, 0) > 0) {
    }
}

struct Asked {
    std::string code;  // of the problem; empty if there was a reply
    Reply reply;
};
Asked ask(const Stranger& stranger, Call call = {}) {
    Client client({.trusted_origins = {stranger.origin()}});
    if (call.url.empty()) call.url = stranger.origin() + "/x?access_token=SECRET";
    auto result = client.send(call);
    if (result) return {"", *result};
    const auto& problem = result.problem();
    CHECK((problem.text + problem.detail).find("SECRET") == std::string::npos);
    return {problem.code, {}};
}

}  // namespace

TEST_CASE("a call brings its answer, and the next one goes over the same connection") {
    House house;
    Client client({.trusted_origins = {"http://127.0.0.1:" + std::to_string(house.port())}});
    const auto url = "http://127.0.0.1:" + std::to_string(house.port());
    for (int i = 0; i < 3; ++i) {
        const auto reply = client.send({.method = "POST", .url = url + "/echo", .body = "voilà"});
        REQUIRE(reply);
        CHECK(reply->status == 200);
        CHECK(reply->body == "voilà");
        CHECK(reply->header("content-type") == "text/plain");
    }
    const auto told = client.send({.url = url + "/tell/x?a=b", .headers = {{"Cookie", "b=7"}, {"X-Mixed", "m"}}});
    CHECK(told->body == "GET|/tell/x|x|127.0.0.1|here|7|m|a=b");
    CHECK(client.send({.url = url + "/absent"})->status == 404);
    CHECK(client.send({.method = "HEAD", .url = url + "/hello"})->body.empty());
    CHECK(client.send({.method = "POST", .url = url + "/echo"})->status == 200);  // an empty body has a length
    CHECK(client.send({.method = "DELETE", .url = url + "/hello"})->status == 405);
    const auto form = client.send(
        {.method = "POST",
         .url = url + "/echo",
         .parts = {{"media", "a.jpg", "image/jpeg", std::string("\xff\xd8\0x", 4)}, {"text", "", "", "hello"}}});
    REQUIRE(form);
    CHECK(form->body.find("name=\"media\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n") != std::string::npos);
    CHECK(form->body.find(std::string("\xff\xd8\0x", 4)) != std::string::npos);
    CHECK(house.server().figures().connections == 1);
}

TEST_CASE("only https, or what a person trusted, is called; and no private address behind a name") {
    Client client;
    const auto code = [&](const char* url) {
        const auto result = client.send({.url = url, .connect_time = 500ms, .time = 1000ms});
        return result ? std::string("reply") : result.problem().code;
    };
    for (const char* url : {"http://127.0.0.1/", "http://example.invalid/", "file:///etc/passwd", "gopher://127.0.0.1/",
                            "", "https://", "not a url", "https://user:pass@example.invalid/", "https://a b/"}) {
        CAPTURE(url);
        CHECK(code(url) == "http.bad_url");
    }
    for (const char* url :
         {"https://127.0.0.1/", "https://localhost/", "https://10.0.0.1/", "https://169.254.169.254/", "https://[::1]/",
          "https://[::ffff:10.0.0.1]/", "https://0x7f000001/", "https://2130706433/", "https://127.1/",
          "https://100.64.0.1/", "https://[64:ff9b::a00:1]/", "https://[2002:a00:1::]/"}) {
        CAPTURE(url);
        CHECK(code(url) == "http.refused_address");
    }
    Stranger stranger([](int) {});
    Client other({.trusted_origins = {"http://127.0.0.1:1"}});
    CHECK(other.send({.url = stranger.origin()}).problem().code == "http.bad_url");  // another port is another origin
    CHECK(stranger.connections == 0);
    CHECK(origin_of("HTTPS://Example.COM:443/a?b") == "https://example.com");
    CHECK(origin_of("http://h:8080") == "http://h:8080");
}

TEST_CASE("a call with a line break in it is not made") {
    Stranger stranger([](int) {});
    Call call{.url = stranger.origin(), .headers = {{"X-A", "b\r\nX-C: d"}}};
    CHECK(ask(stranger, call).code == "http.bad_call");
    call.headers = {{"X A", "b"}};
    CHECK(ask(stranger, call).code == "http.bad_call");
    call = {.method = "GET /", .url = stranger.origin()};
    CHECK(ask(stranger, call).code == "http.bad_call");
    call = {.url = stranger.origin() + "/a\r\nX: y"};
    CHECK(ask(stranger, call).code == "http.bad_url");
    CHECK(stranger.connections == 0);
}

TEST_CASE("redirects are answers, not orders") {
    Stranger stranger([](int socket) {
        hear_head(socket);
        say(socket,
            "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    });
    const auto asked = ask(stranger);
    CHECK(asked.reply.status == 302);
    CHECK(asked.reply.header("location") == "http://127.0.0.1:1/");
}

TEST_CASE("an answer without end is cut off, whether it says its length or not") {
    for (const char* framing : {"Content-Length: 1073741824\r\n", "Transfer-Encoding: chunked\r\n", ""}) {
        CAPTURE(framing);
        const bool chunked = std::string_view(framing).substr(0, 1) == "T";
        Stranger stranger([&](int socket) {
            hear_head(socket);
            if (!say(socket, "HTTP/1.1 200 OK\r\n" + std::string(framing) + "\r\n")) return;
            const std::string block(64 << 10, 'x');
            while (say(socket, chunked ? "10000\r\n" + block + "\r\n" : block)) {
            }
        });
        CHECK(ask(stranger).code == "http.too_large");
    }
}

TEST_CASE("a body of exactly the limit is taken, one byte more is not") {
    for (const int more : {0, 1}) {
        Stranger stranger([&](int socket) {
            hear_head(socket);
            say(socket,
                "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + std::string(1000u + static_cast<unsigned>(more), 'x'));
        });
        Call call;
        call.body_bytes = 1000;
        CHECK(ask(stranger, call).code == (more ? "http.too_large" : ""));
    }
}

TEST_CASE("heads beyond measure are refused") {
    Stranger many([](int socket) {
        hear_head(socket);
        say(socket, "HTTP/1.1 200 OK\r\n");
        for (int i = 0; i < 100000 && say(socket, "X-A: b\r\n"); ++i) {
        }
        say(socket, "Content-Length: 0\r\n\r\n");
    });
    CHECK(ask(many).code == "http.too_large");
    Stranger reason([](int socket) {
        hear_head(socket);
        say(socket, "HTTP/1.1 200 " + std::string(30000, 'A') + "\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
    });
    CHECK(ask(reason).reply.body == "ok");  // long, but harmless here
    Stranger longest([](int socket) {
        hear_head(socket);
        say(socket, "HTTP/1.1 200 OK\r\nX-A: ");
        while (say(socket, std::string(10000, 'A'))) {
        }
    });
    CHECK_FALSE(ask(longest).code.empty());
}

TEST_CASE("what is no HTTP is no answer") {
    for (const char* text :
         {"", "hello\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
          "HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\nx"}) {
        CAPTURE(text);
        Stranger stranger([&](int socket) {
            hear_head(socket);
            say(socket, text);
        });
        CHECK(ask(stranger).code == "http.bad_reply");
    }
}

TEST_CASE("compressed answers are not unpacked") {
    std::string head;  // read after the answer that follows it
    Stranger stranger([&](int socket) {
        head = hear_head(socket);
        say(socket,
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\nConnection: "
            "close\r\n\r\n\x1f\x8b\x08xy");
    });
    CHECK(ask(stranger).reply.body == "\x1f\x8b\x08xy");
    CHECK(head.find("Host: 127.0.0.1") != head.npos);
    CHECK(head.find("Accept-Encoding") == head.npos);
}

TEST_CASE("silence, trickling and dead ports end in time") {
    Call hasty;
    hasty.time = 600ms;
    Stranger silent([](int socket) { wait_for_the_end(socket); });
    auto start = now();
    CHECK(ask(silent, hasty).code == "http.timeout");
    CHECK(since(start) < 5s);

    Stranger drip([](int socket) {
        hear_head(socket);
        say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        pollfd gone{socket, POLLIN, 0};
        while (say(socket, "x") && ::poll(&gone, 1, 50) == 0) {
        }
    });
    start = now();
    CHECK(ask(drip, hasty).code == "http.timeout");
    CHECK(since(start) < 5s);

    // Nothing but a greeting was sent: the request cannot have been taken.
    Stranger deaf([](int socket) { wait_for_the_end(socket); });
    const auto secure = "https" + deaf.origin().substr(4);
    Client in_secret({.trusted_origins = {secure}});
    hasty.url = secure;
    CHECK(in_secret.send(hasty).problem().code == "http.unreachable");
    // It was heard, and then the line broke.
    Stranger cut([](int socket) {
        hear_head(socket);
        const linger at_once{1, 0};
        ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    });
    CHECK(ask(cut).code == "http.bad_reply");

    std::string origin;
    {
        origin = Stranger([](int) {}).origin();
    }
    Client client({.trusted_origins = {origin}});
    CHECK(client.send({.url = origin}).problem().code == "http.unreachable");
}

TEST_CASE("whoever takes his time is waited for as long as the call says") {
    Stranger slow([](int socket) {
        hear_head(socket);
        pollfd gone{socket, POLLIN, 0};
        ::poll(&gone, 1, 2500);  // he thinks, or we are gone
        say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
    Call patient;
    patient.time = 20s;
    const auto answer = ask(slow, patient);
    CHECK(answer.code == "");
    CHECK(answer.reply.body == "ok");
}

TEST_CASE("stop ends a call under way") {
    std::promise<void> called;
    Stranger silent([&](int socket) {
        hear_head(socket);
        called.set_value();
        wait_for_the_end(socket);
    });
    Client client({.trusted_origins = {silent.origin()}});
    auto result = std::async(std::launch::async, [&] { return client.send({.url = silent.origin()}); });
    called.get_future().wait();
    const auto start = now();
    client.stop();
    CHECK(result.get().problem().code == "http.stopped");
    CHECK(since(start) < 4s);
    CHECK(client.send({.url = silent.origin()}).problem().code == "http.stopped");
}

TEST_CASE("one client serves many threads") {
    House house;
    const auto url = "http://127.0.0.1:" + std::to_string(house.port());
    Client client({.trusted_origins = {url}});
    std::vector<std::thread> threads;
    std::atomic<int> wrong{0};
    for (int t = 0; t < 6; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < 50; ++i) {
                const auto text = std::to_string(t * 100 + i);
                const auto reply = client.send({.method = "POST", .url = url + "/echo", .body = text});
                if (!reply || reply->body != text) ++wrong;
            }
        });
    for (auto& thread : threads) thread.join();
    CHECK(wrong == 0);
    CHECK(house.server().figures().connections <= 6);
}

TEST_CASE("a resolver that says nothing costs no more than the call's own time") {
    resolver.be(true);
    Client client(ClientOptions{});
    Call call;
    call.url = "https://silent.example/";
    call.connect_time = call.time = 200ms;
    const auto began = std::chrono::steady_clock::now();
    const auto reply = client.send(call);
    const auto took = std::chrono::steady_clock::now() - began;
    resolver.be(false);
    CHECK(!reply);
    CHECK(took < 2s);
    CHECK(resolver.done());
}
