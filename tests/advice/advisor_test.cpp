// The endpoint on its worst day: messages go on by the rules, in order, and no later than its time limit.
#include "channels/advice/advisor.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <list>
#include <optional>

#include "channels/edge/http_client.h"
#include "stand_in.h"
#include "tests/scarce_memory.h"

using namespace huiyin;
using namespace huiyin::test;
using namespace std::chrono_literals;

namespace {

const advice::Choices choices{{{"complaint", "equipment", "设备管理"}, {"demand", "basic", "基础服务"}}};

Understood unclear(const std::string& text) {
    Understood understood;
    understood.text = understood.original = text;
    return understood;
}

advice::AdvisorParts parts_for(const std::string& url, std::chrono::milliseconds time = 5s) {
    return {.endpoint = {.url = url, .key = "key-1", .model = "m", .time = time}, .choices = [] { return choices; }};
}

// Says it, waits until it goes on; gives what was understood then.
Understood through(advice::Advisor& advisor, const std::string& text, const std::string& who = "wang",
                   const std::string& key = {}) {
    auto understood = unclear(text);
    const auto done = std::make_shared<std::promise<void>>();
    advisor.advise({{.channel = "web", .address = who, .key = key, .understood = &understood}},
                   [done] { done->set_value(); });
    done->get_future().wait();
    return understood;
}

// So that a thread of the pool is refused some, too; let go by the same thread.
thread_local std::optional<scarce::Memory> scarcity;

// One message of one person, whose name needs memory of its own.
struct Said {
    Understood understood = unclear("那玩意儿又整活了");
    std::promise<void> gone_on;
    std::vector<advice::Spoken> spoken{
        {.channel = "web", .address = "wang, and so on", .key = {}, .understood = &understood}};
    bool goes_on(std::chrono::seconds within = 20s) {
        return gone_on.get_future().wait_for(within) == std::future_status::ready;
    }
};

Answering good(const std::string&) { return {.bytes = http_answer(completion(advice_of("complaint", "equipment")))}; }

}  // namespace

TEST_CASE("an unclear message is helped, masked, with the key, and a repeat is not asked again") {
    const StandIn endpoint(good);
    advice::Advisor advisor(parts_for(endpoint.url()));
    const auto understood = through(advisor, "那玩意儿又整活了,电话13812345678", "wang", "d-1");
    CHECK(understood.kind == MessageKind::complaint);
    CHECK(understood.category == "equipment");
    CHECK(through(advisor, "那玩意儿又整活了,电话13812345678", "wang", "d-1").category == "equipment");
    const auto requests = endpoint.requests();
    REQUIRE(requests.size() == 1);
    CHECK(requests[0].starts_with("POST /v1/chat/completions HTTP/1.1\r\n"));
    CHECK(requests[0].find("Authorization: Bearer key-1\r\n") != std::string::npos);
    CHECK(requests[0].find("13812345678") == std::string::npos);
    CHECK(requests[0].find("[电话]") != std::string::npos);
    const auto figures = advisor.figures();
    CHECK(figures.asked == 1);
    CHECK(figures.helped == 1);
    CHECK(figures.refused.empty());
}

TEST_CASE("whatever an endpoint does wrong, the rules stand, and after five times it is left alone") {
    const auto ok = http_answer(completion(advice_of("complaint", "equipment")));
    struct Fault {
        const char* name;
        Answering answering;
        const char* reason;
    };
    const Fault faults[] = {
        {"hangs", {.hang = true}, "timeout"},
        {"drips", {.bytes = ok, .drip = true}, "timeout"},
        {"resets", {.reset = true}, "unreadable"},
        {"500", {.bytes = http_answer(completion(advice_of("complaint", "equipment")), "500 Oops")}, "status"},
        {"404", {.bytes = http_answer("{}", "404 Not Found")}, "status"},
        {"429", {.bytes = http_answer("{}", "429 Slow")}, "status"},
        {"no JSON", {.bytes = http_answer("<html>hello</html>")}, "unreadable"},
        {"no HTTP", {.bytes = "hello"}, "unreadable"},
        {"wrong enum", {.bytes = http_answer(completion(advice_of("emergency", "equipment")))}, "off_list"},
        {"extra field",
         {.bytes = http_answer(completion(R"({"kind":"complaint","category":"equipment","acts":[],"level":"major"})"))},
         "off_list"},
        {"1 MiB", {.bytes = http_answer(std::string(1 << 20, ' '))}, "too_large"},
        {"1 MiB after a good start",
         {.bytes = http_answer(completion(advice_of("complaint", "equipment")) + std::string(1 << 20, ' '))},
         "too_large"},
        {"truncated", {.bytes = ok.substr(0, ok.size() - 20)}, "unreadable"},
        {"cut content", {.bytes = http_answer(completion(R"({"kind":"compl)"))}, "unreadable"},
        {"no choices", {.bytes = http_answer(R"({"choices":[]})")}, "no_answer"},
        {"refusal text", {.bytes = http_answer(completion("抱歉,我不能处理这个请求。"))}, "unreadable"},
    };
    for (const auto& fault : faults) {
        CAPTURE(fault.name);
        const StandIn endpoint([&](const std::string&) { return fault.answering; });
        constexpr auto limit = 150ms;
        const bool slow = fault.answering.hang || fault.answering.drip;
        advice::Advisor advisor(parts_for(endpoint.url(), slow ? std::chrono::milliseconds(limit) : 5s));
        for (int i = 0; i < 7; ++i) {
            const auto began = std::chrono::steady_clock::now();
            const auto understood = through(advisor, "那玩意儿又整活了");
            CHECK(understood.kind == MessageKind::chitchat);
            CHECK(understood.category.empty());
            CHECK(understood.meanings.empty());
            if (slow) CHECK(std::chrono::steady_clock::now() - began < limit + 1s);
        }
        const auto figures = advisor.figures();
        CHECK(figures.asked == 5);
        CHECK(figures.helped == 0);
        CHECK(figures.refused.at(fault.reason) == 5);
        CHECK(figures.refused.at("resting") == 2);
        CHECK(figures.breaker == advice::Breaker::State::open);
    }
}

TEST_CASE("a redirect is not followed, wherever it leads") {
    const StandIn other(good);
    const StandIn endpoint([&](const std::string&) {
        return Answering{.bytes = http_answer("", "302 Found", "Location: " + other.url() + "/chat/completions\r\n")};
    });
    advice::Advisor advisor(parts_for(endpoint.url()));
    CHECK(through(advisor, "那玩意儿又整活了").category.empty());
    CHECK(other.requests().empty());
    CHECK(advisor.figures().refused.at("status") == 1);
}

TEST_CASE("nobody is there") {
    int port = 0;
    {
        const StandIn gone(good);
        port = gone.port();
    }
    advice::Advisor advisor(parts_for("http://127.0.0.1:" + std::to_string(port) + "/v1"));
    CHECK(through(advisor, "那玩意儿又整活了").category.empty());
    CHECK(advisor.figures().refused.at("unreachable") == 1);
}

TEST_CASE("it closes again when the endpoint is well") {
    std::atomic<bool> well{false};
    const StandIn endpoint([&](const std::string& request) {
        return well ? good(request) : Answering{.bytes = http_answer("{}", "503 Away")};
    });
    auto now = std::make_shared<std::atomic<std::int64_t>>(1000);  // seconds
    auto parts = parts_for(endpoint.url());
    parts.now = [now] { return advice::Breaker::Time{std::chrono::seconds{now->load()}}; };
    advice::Advisor advisor(std::move(parts));
    for (int i = 0; i < 6; ++i) through(advisor, "那玩意儿又整活了");
    CHECK(advisor.figures().asked == 5);
    well = true;
    *now += 29;
    CHECK(through(advisor, "那玩意儿又整活了").category.empty());
    *now += 1;
    CHECK(through(advisor, "那玩意儿又整活了").category == "equipment");
    CHECK(advisor.figures().breaker == advice::Breaker::State::closed);
    CHECK(advisor.figures().asked == 6);
}

TEST_CASE("the messages of one sender go on in their order, those of others do not wait") {
    std::promise<void> let_answer;
    auto may_answer = let_answer.get_future().share();
    const StandIn endpoint([&](const std::string& request) {
        if (request.find("第一句") != std::string::npos) may_answer.wait();
        return good(request);
    });
    advice::Advisor advisor(parts_for(endpoint.url()));
    std::mutex mutex;
    std::vector<std::string> order;
    const auto all = std::make_shared<std::promise<void>>();
    auto first = unclear("那个第一句"), second = unclear("那个第二句"), clear = unclear("");
    const auto note = [&](const char* what) {
        return [&, all, what] {
            const std::lock_guard lock(mutex);
            order.emplace_back(what);
            if (order.size() == 4) all->set_value();
        };
    };
    advisor.advise({{.channel = "web", .address = "wang", .key = {}, .understood = &first}}, note("first"));
    advisor.advise({{.channel = "web", .address = "wang", .key = {}, .understood = &second}}, note("second"));
    advisor.advise({{.channel = "web", .address = "wang", .key = {}, .understood = nullptr}}, note("button"));
    advisor.advise({{.channel = "web", .address = "li", .key = {}, .understood = &clear}}, note("another"));
    {
        const std::lock_guard lock(mutex);
        CHECK(order == std::vector<std::string>{"another"});
    }
    let_answer.set_value();
    all->get_future().wait();
    const std::lock_guard lock(mutex);
    CHECK(order == std::vector<std::string>{"another", "first", "second", "button"});
    CHECK(first.category == "equipment");
    CHECK(second.category == "equipment");
}

TEST_CASE("when all are busy a message goes on at once, and a stop lets everything go on") {
    const StandIn endpoint([](const std::string&) { return Answering{.hang = true}; });
    auto parts = parts_for(endpoint.url(), 60s);
    parts.threads = 2;
    advice::Advisor advisor(std::move(parts));
    std::atomic<int> gone_on{0};
    auto a = unclear("那个整活了"), b = unclear("这个整活了"), c = unclear("又在整活了");
    const auto count = [&] { ++gone_on; };
    advisor.advise({{.channel = "web", .address = "a", .key = {}, .understood = &a}}, count);
    advisor.advise({{.channel = "web", .address = "b", .key = {}, .understood = &b}}, count);
    endpoint.wait_for(2);
    CHECK(gone_on == 0);
    advisor.advise({{.channel = "web", .address = "c", .key = {}, .understood = &c}}, count);
    CHECK(gone_on == 1);
    CHECK(advisor.figures().refused.at("full") == 1);
    advisor.stop();
    CHECK(gone_on == 3);
    advisor.advise({{.channel = "web", .address = "a", .key = {}, .understood = &a}}, count);
    CHECK(gone_on == 4);
    CHECK(advisor.figures().breaker == advice::Breaker::State::closed);  // our own stop is nobody's failure
}

TEST_CASE("a repeat while the first is still asked about is not asked again, and goes on behind it") {
    std::promise<void> let_answer;
    auto may_answer = let_answer.get_future().share();
    const StandIn endpoint([&](const std::string& request) {
        may_answer.wait();
        return good(request);
    });
    advice::Advisor advisor(parts_for(endpoint.url()));
    auto first = unclear("那玩意儿又整活了"), again = first;
    std::promise<void> first_done, again_done;
    advisor.advise({{.channel = "web", .address = "wang", .key = "d-1", .understood = &first}},
                   [&] { first_done.set_value(); });
    endpoint.wait_for(1);
    advisor.advise({{.channel = "web", .address = "wang", .key = "d-1", .understood = &again}},
                   [&] { again_done.set_value(); });
    CHECK(again_done.get_future().wait_for(50ms) == std::future_status::timeout);
    let_answer.set_value();
    first_done.get_future().wait();
    advisor.stop();
    CHECK(first.category == "equipment");
    CHECK(endpoint.requests().size() == 1);
    CHECK(advisor.figures().asked == 1);
}

TEST_CASE("a list of categories that cannot be read blocks nobody") {
    const StandIn endpoint(good);
    std::atomic<bool> broken{false};
    auto parts = parts_for(endpoint.url());
    parts.choices = [&]() -> advice::Choices {
        if (broken) throw std::runtime_error("no list");
        return choices;
    };
    advice::Advisor advisor(std::move(parts));
    CHECK(through(advisor, "那玩意儿又整活了", "wang", "d-1").category == "equipment");
    broken = true;
    auto again = unclear("那玩意儿又整活了"), another = again;
    std::atomic<int> gone_on{0};
    const auto count = [&] { ++gone_on; };
    CHECK_NOTHROW(advisor.advise({{.channel = "web", .address = "wang", .key = "d-1", .understood = &again},
                                  {.channel = "web", .address = "wang", .key = "d-2", .understood = &another}},
                                 count));
    CHECK_NOTHROW(advisor.advise({{.channel = "web", .address = "wang", .key = {}, .understood = nullptr}}, count));
    advisor.stop();
    CHECK(gone_on == 2);
    CHECK(again.category.empty());
    CHECK(another.category.empty());
}

TEST_CASE("what this person is called stays here") {
    const StandIn endpoint(good);
    auto parts = parts_for(endpoint.url());
    parts.names = [](const std::string& channel, const std::string& address) {
        return std::vector<std::string>{channel == "web" && address == "wang" ? "阿依古丽" : "别人"};
    };
    advice::Advisor advisor(std::move(parts));
    through(advisor, "阿依古丽这边又整活了");
    REQUIRE(endpoint.requests().size() == 1);
    CHECK(endpoint.requests()[0].find("阿依古丽") == std::string::npos);
}

TEST_CASE("whoever answers a question is not asked about") {
    const StandIn endpoint(good);
    auto parts = parts_for(endpoint.url());
    parts.awaits_answer = [](const std::string&, const std::string& address) { return address == "asked"; };
    advice::Advisor advisor(std::move(parts));
    CHECK(through(advisor, "那玩意儿又整活了", "asked").category.empty());
    CHECK(through(advisor, "那玩意儿又整活了", "free").category == "equipment");
    CHECK(endpoint.requests().size() == 1);
}

TEST_CASE("many senders at once: each message goes on once, each sender's in order", "[property]") {
    std::atomic<int> n{0};
    const StandIn endpoint(
        [&](const std::string&) { return n++ % 3 ? good({}) : Answering{.bytes = http_answer("{}", "500 Oops")}; });
    advice::Advisor advisor(parts_for(endpoint.url()));
    constexpr int senders = 6, each = 30;
    std::mutex mutex;
    std::vector<std::vector<int>> heard(senders);
    std::vector<Understood> all(senders * each, unclear("那玩意儿又整活了"));
    std::atomic<int> left{senders * each};
    const auto done = std::make_shared<std::promise<void>>();
    std::vector<std::thread> people;
    for (int who = 0; who < senders; ++who)
        people.emplace_back([&, who] {
            for (int i = 0; i < each; ++i)
                advisor.advise({{.channel = "web",
                                 .address = std::to_string(who),
                                 .key = {},
                                 .understood = i % 3 ? &all[static_cast<std::size_t>(who * each + i)] : nullptr}},
                               [&, done, who, i] {
                                   {
                                       const std::lock_guard lock(mutex);
                                       heard[static_cast<std::size_t>(who)].push_back(i);
                                   }
                                   if (--left == 0) done->set_value();
                               });
        });
    for (auto& one : people) one.join();
    done->get_future().wait();
    for (const auto& list : heard) {
        REQUIRE(list.size() == each);
        CHECK(std::is_sorted(list.begin(), list.end()));
    }
}

TEST_CASE("where memory ends a message is given back or goes on, and nobody waits behind it") {
    const StandIn endpoint(good);
    std::list<Said> said;  // longer than the advisor
    auto parts = parts_for(endpoint.url());
    parts.threads = 1;
    advice::Advisor advisor(std::move(parts));
    std::vector<Said*> given_back;
    for (int granted = 0; granted < 60; ++granted) {
        CAPTURE(granted);
        auto& first = said.emplace_back();
        std::function<void()> go_on = [&] { first.gone_on.set_value(); };
        if (scarce::refused(granted, [&] { advisor.advise(first.spoken, std::move(go_on)); }))
            given_back.push_back(&first);
        else
            REQUIRE(first.goes_on());
        auto& next = said.emplace_back();
        advisor.advise(next.spoken, [&] { next.gone_on.set_value(); });
        REQUIRE(next.goes_on());
        CHECK(next.understood.category == "equipment");  // the pool has room for it
    }
    CHECK(given_back.size() > 3);
    advisor.stop();
    for (auto* one : given_back) CHECK_FALSE(one->goes_on(0s));
}

TEST_CASE("where memory ends in what goes on, those behind it go on") {
    std::promise<void> let_answer;
    auto may_answer = let_answer.get_future().share();
    const StandIn endpoint([&](const std::string& request) {
        may_answer.wait();
        return good(request);
    });
    const bool throws = GENERATE(true, false);
    Said first, second;
    second.spoken.front().understood = nullptr;
    advice::Advisor advisor(parts_for(endpoint.url()));
    advisor.advise(first.spoken, [&] {
        const std::runtime_error failed("a reason that needs memory of its own");
        first.gone_on.set_value();
        scarcity.emplace(0);
        if (throws) throw failed;
    });
    advisor.advise(second.spoken, [&] {
        scarcity.reset();
        second.gone_on.set_value();
    });
    let_answer.set_value();
    CHECK(first.goes_on());
    CHECK(second.goes_on());
}

TEST_CASE("a question for which memory ends is no failure of the endpoint, and no reason to wait for its end") {
    const Answering away{.bytes = http_answer("{}", "503 Away")}, odd{.bytes = "a reason that was not counted before"},
        well = good({});
    std::atomic<const Answering*> answering{&away};
    const StandIn endpoint([&](const std::string&) { return *answering.load(); });
    std::atomic<std::int64_t> seconds{1000};
    std::atomic<int> looks_left{-1};  // of the pool's thread at the clock, then its memory ends
    auto parts = parts_for(endpoint.url());
    parts.threads = 1;
    parts.now = [&, here = std::this_thread::get_id()] {
        if (std::this_thread::get_id() != here && looks_left >= 0 && looks_left-- == 0) scarcity.emplace(0);
        return advice::Breaker::Time{std::chrono::seconds{seconds}};
    };
    const bool asked_before_it_ends = GENERATE(false, true);
    std::list<Said> said;
    advice::Advisor advisor(std::move(parts));
    const auto says = [&]() -> const Understood& {
        auto& one = said.emplace_back();
        advisor.advise(one.spoken, [&one] {
            scarcity.reset();
            one.gone_on.set_value();
        });
        REQUIRE(one.goes_on());
        return one.understood;
    };
    for (int i = 0; i < advice::Breaker::failures_most; ++i) says();
    REQUIRE(advisor.figures().breaker == advice::Breaker::State::open);
    seconds += 30;
    answering = &odd;
    looks_left = asked_before_it_ends ? 1 : 0;
    CHECK(says().category.empty());
    CHECK(looks_left == -1);
    seconds += asked_before_it_ends ? 30 : 0;
    answering = &well;
    CHECK(says().category == "equipment");
    CHECK(advisor.figures().breaker == advice::Breaker::State::closed);
}

TEST_CASE("an answer for which memory ends is a broken one, and the next is heard") {
    const StandIn there(good);
    http::Client client({.trusted_origins = {http::origin_of(there.url())}});
    const http::Call call{.url = there.url()};
    int cut_off = 0;
    for (int granted = 0;; ++granted) {
        CAPTURE(granted);
        std::optional<Result<http::Reply>> reply;
        if (scarce::refused(granted, [&] { reply.emplace(client.send(call)); })) continue;
        if (*reply) break;
        ++cut_off;
        CHECK(reply->problem().code == "http.bad_reply");  // the request was with them
        CHECK(client.send(call));
    }
    CHECK(cut_off > 3);
}
