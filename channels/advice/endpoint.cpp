#include "channels/advice/endpoint.h"

#include <algorithm>

#include "bot/advice/answer.h"
#include "bot/advice/question.h"
#include "channels/edge/http_client.h"

namespace huiyin::advice {
namespace {

Problem reason_of(const Problem& problem) {
    const auto& code = problem.code;
    const char* reason = code == "http.timeout"     ? "advice.timeout"
                         : code == "http.too_large" ? "advice.too_large"
                         : code == "http.bad_reply" ? "advice.unreadable"
                         : code == "http.stopped"   ? "advice.stopped"
                                                    : "advice.unreachable";
    return {reason, "the endpoint gave no answer", code};
}

}  // namespace

// The operator wrote this origin into the configuration: it may be on this machine or in a private network.
Endpoint::Endpoint(EndpointOptions options)
    : options_(std::move(options)),
      client_(std::make_unique<http::Client>(http::ClientOptions{.trusted_origins = {http::origin_of(options_.url)}})) {
}
Endpoint::~Endpoint() = default;

void Endpoint::stop() { client_->stop(); }

Result<Advice> Endpoint::ask(const std::string& message, const Choices& choices) const {
    http::Call call;
    call.method = "POST";
    call.url = options_.url + "/chat/completions";
    call.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}};
    if (!options_.key.empty()) call.headers.push_back({"Authorization", "Bearer " + options_.key});
    call.body = request_text(options_.model, message, choices);
    call.time = options_.time;
    call.connect_time = std::min(options_.time, call.connect_time);
    call.body_bytes = answer_bytes;
    const auto reply = client_->send(call);
    if (!reply) return reason_of(reply.problem());
    if (reply->status != 200) return Problem{"advice.status", "the endpoint refused", std::to_string(reply->status)};
    return read_answer(reply->body, choices);
}

}  // namespace huiyin::advice
