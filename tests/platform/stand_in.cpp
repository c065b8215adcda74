#include "tests/platform/stand_in.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

extern char** environ;

namespace huiyin {

StandIn::Program StandIn::started() {
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) throw std::runtime_error("no pipes for the stand-in");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    std::string name = "node", script = HUIYIN_SOURCE "/tests/platform/platform.js";
    char* arguments[] = {name.data(), script.data(), nullptr};
    Program program;
    const int failed = posix_spawnp(&program.process, "node", &actions, nullptr, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    std::string line;
    for (char c = 0; !failed && read(out[0], &c, 1) == 1 && c != '\n';) line += c;
    close(out[0]);
    program.input = in[1];
    const auto at = line.find("http://");
    if (at == std::string::npos) {
        close(program.input);
        if (!failed) waitpid(program.process, nullptr, 0);
        throw std::runtime_error("the stand-in platform did not start: node " + script);
    }
    program.url = line.substr(at);
    return program;
}

StandIn::StandIn() : program_(started()), client_({.trusted_origins = {program_.url}}) {}

StandIn::~StandIn() {
    close(program_.input);
    waitpid(program_.process, nullptr, 0);
}

Json StandIn::call(const std::string& method, const std::string& path, const std::string& body) {
    http::Call call;
    call.method = method;
    call.url = program_.url + path;
    call.body = body;
    call.body_bytes = 64 << 20;
    call.time = std::chrono::seconds{60};
    auto reply = client_.send(call);
    if (!reply) throw std::runtime_error("the stand-in platform is silent: " + reply.problem().text);
    auto json = parse_json(reply->body, {.bytes = 64 << 20}).value();
    if (reply->status != 200) throw std::runtime_error("the stand-in platform refuses " + path + ": " + reply->body);
    return json;
}

Json StandIn::get(const std::string& path) { return call("GET", path, {}); }
Json StandIn::post(const std::string& path, const Json& body) { return call("POST", path, to_text(body)); }
void StandIn::mend() { call("DELETE", "/_fault", {}); }
Json StandIn::calls(const std::string& path) { return get("/_recorded?path=" + path).at("calls"); }
Json StandIn::delivered(const std::string& to) {
    return get("/_recorded" + (to.empty() ? to : "?to=" + to)).at("delivered");
}

StandIn::Order StandIn::made(const std::string& path, Json order, TimePoint received_at) {
    order["dry"] = true;
    const auto request = post(path, order);
    Order out{order, request.at("sent"), request.at("echo"), {}};
    if (path == "/_click") out.order["platform"] = "wecom";
    if (path == "/_feishu") out.order["platform"] = "feishu";
    if (path == "/_dingtalk") out.order["platform"] = "dingtalk";
    if (path == "/_aibot") {
        out.order["platform"] = "aibot";
        out.order["nonce"] = request.at("query").value("nonce", "");
    }
    out.callback.method = request.at("method").get<std::string>();
    out.callback.body = request.at("body").get<std::string>();
    for (const auto& [name, value] : request.at("query").items()) out.callback.query[name] = value.get<std::string>();
    if (request.contains("headers"))
        for (const auto& [name, value] : request.at("headers").items())
            out.callback.headers[name] = value.get<std::string>();
    out.callback.received_at = received_at;
    return out;
}
StandIn::Order StandIn::ordered(Json order, TimePoint received_at) {
    return made("/_callback", std::move(order), received_at);
}
StandIn::Order StandIn::tapped(Json order, TimePoint received_at) {
    return made("/_click", std::move(order), received_at);
}

StandIn::Order StandIn::in_feishu(Json order, TimePoint received_at) {
    return made("/_feishu", std::move(order), received_at);
}

StandIn::Order StandIn::in_dingtalk(Json order, TimePoint received_at) {
    return made("/_dingtalk", std::move(order), received_at);
}

StandIn::Order StandIn::in_aibot(Json order, TimePoint received_at) {
    return made("/_aibot", std::move(order), received_at);
}

Json StandIn::judged(const Order& order, const HttpAnswer& answer) {
    return post("/_judge",
                {{"order", order.order},
                 {"sent", order.sent},
                 {"echo", order.echo},
                 {"answer", {{"status", answer.status}, {"type", answer.content_type}, {"body", answer.body}}}});
}

}  // namespace huiyin
