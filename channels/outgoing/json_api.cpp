#include "channels/outgoing/json_api.h"

#include <algorithm>
#include <charconv>

#include "workflow/base/digest.h"
#include "workflow/base/time_text.h"

namespace huiyin {
namespace {
using namespace std::chrono_literals;

std::string retry_after(std::chrono::milliseconds span) { return " retry_after_ms=" + std::to_string(span.count()); }

bool is_busy(int status) { return status == 408 || status == 429 || status >= 500; }

std::chrono::milliseconds until_midnight(TimePoint now) {
    const Zone china;
    auto local = china.to_local(now);
    return china.from_local({local.day + std::chrono::days{1}, {}}) - now;
}

Problem unreadable() { return Problem{"channel.busy", "the platform's answer cannot be read", "unreadable"}; }

Problem problem_of_transport(const Problem& problem) {
    if (problem.code == "http.bad_url" || problem.code == "http.bad_call" || problem.code == "http.refused_address")
        return Problem{"channel.alarm", "the platform's address cannot be called: " + problem.text, problem.code};
    return Problem{"channel.busy", "the platform gave no answer: " + problem.text, problem.code};
}

}  // namespace

CodeReaction reaction_to(const Reactions& reactions, std::int64_t errcode) {
    for (const auto& one : reactions)
        if (errcode >= one.first && errcode <= one.last) return one;
    return {errcode, errcode, Reaction::wrong, "a code that is not in our table"};
}

Problem problem_of(const Reactions& reactions, const ApiAnswer& answer, TimePoint now) {
    const auto reaction = reaction_to(reactions, answer.errcode);
    const std::string code = answer.name.empty() ? std::to_string(answer.errcode) : answer.name;
    const std::string text = code + ": " + reaction.text;
    const std::string detail = answer.errmsg.empty() ? code : code + " " + answer.errmsg;
    switch (reaction.reaction) {
        case Reaction::retry:
            return {"channel.busy", text,
                    answer.wait.count() > 0 ? code + retry_after(answer.wait) + " " + answer.errmsg : detail};
        case Reaction::wait_minute:
            return {"channel.busy", text, code + retry_after(60s) + " " + answer.errmsg};
        case Reaction::wait_day:
            return {"channel.busy", text, code + retry_after(until_midnight(now)) + " " + answer.errmsg};
        case Reaction::unreachable:
            return {"channel.gone", text, detail};
        case Reaction::closed:
            return {"channel.closed", text, detail};
        case Reaction::wrong:
            return {"channel.rejected", text, detail};
        case Reaction::renew_token:
        case Reaction::configuration:
            return {"channel.alarm", text, detail};
    }
    return {"channel.rejected", text, detail};
}

JsonApi::JsonApi(Caller call, std::string base, const Reactions& reactions, TokenCache* tokens,
                 const ApiDialect& dialect)
    : call_(std::move(call)), base_(std::move(base)), reactions_(reactions), tokens_(tokens), dialect_(dialect) {}

// In whole seconds; a date or nonsense is left out, the courier's own waits are enough then.
std::chrono::milliseconds JsonApi::wait_of(const http::Reply& reply) const {
    const auto header = reply.header(dialect_.wait_header);
    int seconds = 0;
    if (!header || std::from_chars(header->data(), header->data() + header->size(), seconds).ec != std::errc{} ||
        seconds <= 0)
        return {};
    const std::chrono::milliseconds wait = std::chrono::seconds(std::min(seconds, 3600));
    // Those that are refused together should not all come back together.
    const int more = dialect_.refuses_by_status ? static_cast<unsigned char>(random_bytes(1)[0]) * 4 : 0;
    return wait + std::chrono::milliseconds(more);
}

// An error may come as JSON with status 200, and a file may begin with a brace: the answer says which it is. What a
// resident sent as a file has a name, or a type of its own.
bool JsonApi::is_file(const http::Reply& reply) const {
    if (reply.header("Content-Disposition")) return true;
    std::string type(reply.header("Content-Type").value_or(""));
    std::transform(type.begin(), type.end(), type.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (type.find("json") != std::string::npos) return false;
    return dialect_.refuses_by_status || (!type.empty() && type.rfind("text/", 0) != 0);
}

Problem JsonApi::problem_of_status(const http::Reply& reply) const {
    const auto status = std::to_string(reply.status);
    if (is_busy(reply.status)) {
        const auto wait = wait_of(reply);
        return Problem{"channel.busy", "the platform answers " + status,
                       status + (wait.count() > 0 ? retry_after(wait) : std::string{})};
    }
    if (reply.status == 400 || reply.status == 413 || reply.status == 414 || reply.status == 422)
        return Problem{"channel.rejected", "the platform refuses this request: " + status, status};
    return Problem{"channel.alarm", "the platform's address answers " + status + ": look at api_base", status};
}

// An answer of the API, if that is what it is.
std::optional<ApiAnswer> JsonApi::read_answer(const http::Reply& reply) const {
    auto json = parse_json(reply.body, {.bytes = std::max<std::size_t>(reply.body.size(), 1), .duplicate_keys = true});
    if (!json || !json->is_object()) return std::nullopt;
    ApiAnswer answer;
    answer.json = std::move(*json);
    if (const auto at = answer.json.find(dialect_.code); at != answer.json.end()) {
        if (at->is_number_integer()) {
            answer.errcode = at->get<std::int64_t>();
        } else if (dialect_.number && at->is_string()) {
            answer.name = at->get<std::string>().substr(0, 120);
            answer.errcode = dialect_.number(answer.name);
        } else {
            return std::nullopt;
        }
    }
    if (const auto at = answer.json.find(dialect_.text); at != answer.json.end() && at->is_string())
        answer.errmsg = at->get<std::string>().substr(0, 200);
    return answer;
}

// A busy platform's code counts only if we know it: else it is busy, and no more is known.
std::optional<ApiAnswer> JsonApi::read_refusal(const http::Reply& reply) const {
    if (!dialect_.refuses_by_status) return std::nullopt;
    auto answer = read_answer(reply);
    if (!answer || answer->errcode == 0) return std::nullopt;
    const bool known = std::any_of(reactions_.begin(), reactions_.end(), [&](const CodeReaction& one) {
        return answer->errcode >= one.first && answer->errcode <= one.last;
    });
    if (is_busy(reply.status) && !known) return std::nullopt;
    answer->wait = wait_of(reply);
    return answer;
}

Result<ApiAnswer> JsonApi::once(const http::Call& call) {
    auto reply = call_(call);
    if (!reply) return problem_of_transport(reply.problem());
    if (reply->status != 200) {
        if (auto refusal = read_refusal(*reply)) return std::move(*refusal);
        return problem_of_status(*reply);
    }
    auto answer = read_answer(*reply);
    if (!answer) return unreadable();
    return std::move(*answer);
}

void JsonApi::authorise(http::Call& call, const std::string& path, const std::string& token) const {
    call.url = base_ + path;
    if (!dialect_.token_header) {
        call.url += (path.find('?') == std::string::npos ? "?access_token=" : "&access_token=") + url_encoded(token);
        return;
    }
    std::erase_if(call.headers, [&](const http::Header& header) { return header.name == dialect_.token_header; });
    call.headers.push_back({dialect_.token_header, dialect_.token_prefix + token});
}

Result<ApiAnswer> JsonApi::with_token(http::Call call, const std::string& path) {
    if (!tokens_) {
        call.url = base_ + path;
        return once(call);
    }
    auto token = tokens_->get();
    for (int attempt = 0;; ++attempt) {
        if (!token) return token.problem();
        authorise(call, path, *token);
        auto answer = once(call);
        if (!answer || reaction_to(reactions_, answer->errcode).reaction != Reaction::renew_token || attempt == 1)
            return answer;
        token = tokens_->renew(*token);
    }
}

Result<ApiAnswer> JsonApi::get(const std::string& path) { return with_token({}, path); }

Result<ApiAnswer> JsonApi::post(const std::string& path, const Json& body, std::size_t most_bytes) {
    return send("POST", path, body, most_bytes);
}

Result<ApiAnswer> JsonApi::send(const char* method, const std::string& path, const Json& body, std::size_t most_bytes) {
    http::Call call;
    call.method = method;
    call.body_bytes = most_bytes;
    call.headers = {{"Content-Type", "application/json; charset=utf-8"}};
    call.body = to_text(body);
    return with_token(std::move(call), path);
}

Result<ApiAnswer> JsonApi::upload(const std::string& path, std::vector<http::Part> parts) {
    http::Call call;
    call.method = "POST";
    call.parts = std::move(parts);
    call.time = 30s;
    return with_token(std::move(call), path);
}

Result<std::string> JsonApi::download(const std::string& path, std::size_t most_bytes) {
    http::Call call;
    call.time = 30s;
    call.body_bytes = most_bytes;
    auto token = tokens_->get();
    for (int attempt = 0;; ++attempt) {
        if (!token) return token.problem();
        authorise(call, path, *token);
        auto reply = call_(call);
        if (!reply && reply.problem().code == "http.too_large")
            return Problem{"media.too_large", "the medium is larger than " + std::to_string(most_bytes) + " bytes", {}};
        if (!reply) return problem_of_transport(reply.problem());
        if (reply->status != 200 && !dialect_.refuses_by_status) return problem_of_status(*reply);
        std::optional<ApiAnswer> answer;
        if (reply->status != 200) {
            answer = read_refusal(*reply);
            if (!answer) return problem_of_status(*reply);
        } else {
            if (reply->body.empty()) return unreadable();
            if (reply->body.front() != '{' || is_file(*reply)) return std::move(reply->body);
            answer = read_answer(*reply);
            if (!answer) return unreadable();
        }
        if (reaction_to(reactions_, answer->errcode).reaction == Reaction::renew_token && attempt == 0) {
            token = tokens_->renew(*token);
            continue;
        }
        if (answer->errcode == 40007 || answer->errcode == 0)
            return Problem{"media.gone", "the platform no longer has the medium", std::to_string(answer->errcode)};
        return problem_of(reactions_, *answer, {});
    }
}

std::string url_encoded(std::string_view text) {
    static constexpr char digit[] = "0123456789ABCDEF";
    std::string out;
    for (const unsigned char c : text) {
        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
            c == '.' || c == '~')
            out += static_cast<char>(c);
        else
            ((out += '%') += digit[c >> 4]) += digit[c & 15];
    }
    return out;
}

}  // namespace huiyin
