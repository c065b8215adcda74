#include "tests/scarce_memory.h"
#include "wire.h"

namespace edge_test {

using namespace huiyin::http;

RouteTable House::routes() {
    RouteTable table;
    const BodyLimit none{0, false};
    const auto text = [](std::string body) { return Answer::bytes(200, "text/plain", std::move(body)); };
    table.add("GET", "/hello", none, [text](Request&, Responder& reply) { reply.answer(text("hello")); });
    const auto echo = [this, text](Request& request, Responder& reply) {
        ++posts;
        reply.answer(text(std::string(request.body())));
    };
    table.add("POST", "/echo", {}, echo);
    table.add("POST", "/hooks/{channel}", {hook_body_bytes, false}, echo);
    table.add("POST", "/upload", {10 << 20, true}, [text](Request& request, Responder& reply) {
        const auto* file = request.body_file();
        const auto content = file ? file->read_all(10 << 20) : std::string(request.body());
        std::size_t sum = 0;
        for (unsigned char c : content) sum += c;
        reply.answer(
            text(std::string(file ? "file " : "memory ") + std::to_string(content.size()) + " " + std::to_string(sum)));
    });
    table.add("GET", "/tell/{what}", none, [text](Request& request, Responder& reply) {
        std::string told = std::string(request.method()) + "|" + std::string(request.path()) + "|" +
                           std::string(request.segment("what")) + "|" + request.address() + "|" +
                           (request.from_this_machine() ? "here" : "afar") + "|" +
                           std::string(request.cookie("b").value_or("-")) + "|" +
                           std::string(request.header("x-Mixed").value_or("-"));
        for (const auto& [name, value] : request.query()) told += "|" + name + "=" + value;
        reply.answer(text(told));
    });
    table.add("GET", "/park", none, [this](Request&, Responder& reply) { parked.put(reply.park()); });
    table.add("POST", "/park", {}, [](Request& request, Responder& reply) {
        auto ticket = reply.park();
        Request kept = std::move(request);  // outlives the handler's argument
        ticket.answer(Answer::bytes(200, "text/plain", std::string(kept.body())));
    });
    table.add("GET", "/hooks/forgetful", none, [](Request&, Responder& reply) { auto lost = reply.park(); });
    table.add("GET", "/forgetful", none, [](Request&, Responder& reply) { auto lost = reply.park(); });
    table.add("GET", "/stream", none, [this](Request&, Responder& reply) {
        streams.put(reply.stream({{"X-Kind", "events"}}, [this] { closed.put(1); }));
    });
    table.add("GET", "/scarce/park/{good}", none, [](Request& request, Responder& reply) {
        const scarce::Memory memory(std::stoi(std::string(request.segment("good"))));
        reply.park().answer(Answer::empty(204));
    });
    table.add("GET", "/scarce/answer/{good}", none, [text](Request& request, Responder& reply) {
        const int good = std::stoi(std::string(request.segment("good")));
        auto answer = text(std::string(100, 'x'));
        scarce::refuse_after(good);
        reply.answer(std::move(answer));
    });
    table.add("GET", "/scarce/stream/{good}", none, [this](Request& request, Responder& reply) {
        const scarce::Memory memory(std::stoi(std::string(request.segment("good"))));
        streams.put(reply.stream({}, {}));
    });
    table.add("GET", "/throw", none, [](Request&, Responder&) { throw std::runtime_error("db password=hunter2"); });
    table.add("GET", "/throw-parked", none, [](Request&, Responder& reply) {
        auto ticket = reply.park();
        throw std::runtime_error("after parking");
    });
    table.add("GET", "/throw-seven", none, [](Request&, Responder&) { throw 7; });
    table.add("GET", "/silent", none, [](Request&, Responder&) {});
    table.add("GET", "/bad-header", none, [](Request&, Responder& reply) {
        reply.answer(Answer::empty(200).with("X-Name", "a\r\nSet-Cookie: stolen=1"));
    });
    table.add("GET", "/big-body", none,
              [text](Request&, Responder& reply) { reply.answer(text(std::string((1 << 20) + 1, 'x'))); });
    table.add("GET", "/file", none, [](Request&, Responder& reply) {
        std::string content(3 << 20, '\0');
        for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>('a' + i % 23);
        reply.answer(Answer::from_file("application/octet-stream", File::holding(content)));
    });
    table.add("GET", "/nothing", none, [](Request&, Responder& reply) { reply.answer(Answer::empty(204)); });
    return table;
}

}  // namespace edge_test
