// Calls to a platform's JSON API: one answer with a code, whatever HTTP made of it.
#pragma once
#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "channels/edge/http_client.h"
#include "channels/outgoing/token_cache.h"
#include "workflow/base/json_text.h"

namespace huiyin {

// How a call leaves the house: http::Client::send in the service. Threads: any.
using Caller = std::function<Result<http::Reply>(const http::Call&)>;

// How a platform's API speaks: where it wants the token, and how an answer says what came of a call. The default is
// Tencent's way.
struct ApiDialect {
    const char* code = "errcode";
    const char* text = "errmsg";
    const char* token_header = nullptr;       // none: in the query, as access_token
    const char* token_prefix = "";            // before the token in that header
    bool refuses_by_status = false;           // a refusal comes with another status than 200 and its code in the body
    const char* wait_header = "Retry-After";  // whole seconds
    std::int64_t (*number)(std::string_view) = nullptr;  // of a code that is a word; none: codes are numbers
};

struct ApiAnswer {
    std::int64_t errcode = 0;  // absent in an answer means 0
    std::string errmsg;        // free text: for the log
    Json json;
    std::string name = {};              // the code as the platform wrote it, where it is a word
    std::chrono::milliseconds wait{0};  // it says so itself; a little longer, so that not all come back together
};

// What a code means for the message that was sent.
enum class Reaction {
    retry,         // busy: later again
    wait_minute,   // too fast: after a minute
    wait_day,      // the day's quota is used up: after midnight in China
    renew_token,   // fetch a token and repeat once
    unreachable,   // this recipient cannot be reached this way
    closed,        // … until he writes again
    wrong,         // this message will never be taken
    configuration  // somebody has to mend the account or our settings
};
struct CodeReaction {
    std::int64_t first, last;
    Reaction reaction;
    const char* text;  // what it means and how to mend
};
using Reactions = std::vector<CodeReaction>;
// The reaction to a code; unknown ones are `wrong`: never a loop.
CodeReaction reaction_to(const Reactions& reactions, std::int64_t errcode);

// The problem of the channel contract for a code: channel.busy, channel.gone, channel.closed, channel.rejected or
// channel.alarm; the detail begins with the code and may hold retry_after_ms=….
Problem problem_of(const Reactions& reactions, const ApiAnswer& answer, TimePoint now);

class JsonApi {
public:
    // base: "https://api.weixin.qq.com", without a slash at the end. tokens: may be null for an API without.
    JsonApi(Caller call, std::string base, const Reactions& reactions, TokenCache* tokens,
            const ApiDialect& dialect = {});

    // `path` with its query, without the token. A call with a token is repeated once with a new one when the platform
    // refuses the old. Any errcode that is no token error is an answer. Errors: channel.busy - no answer, no JSON, 429
    // or 5xx; channel.rejected - another 4xx about this request; channel.alarm - 401, 403, 404, or no token to be had.
    Result<ApiAnswer> get(const std::string& path);
    // most_bytes: of the answer; more is channel.busy with the detail "http.too_large".
    Result<ApiAnswer> post(const std::string& path, const Json& body, std::size_t most_bytes = 1 << 20);
    Result<ApiAnswer> send(const char* method, const std::string& path, const Json& body,
                           std::size_t most_bytes = 1 << 20);
    Result<ApiAnswer> upload(const std::string& path, std::vector<http::Part> parts);
    // A medium: a file by what the answer says of itself, or bytes that are no JSON with a code. Errors as above;
    // media.too_large; media.gone - 40007, or the platform only tells where else to look.
    Result<std::string> download(const std::string& path, std::size_t most_bytes);

private:
    Result<ApiAnswer> with_token(http::Call call, const std::string& path);
    Result<ApiAnswer> once(const http::Call& call);
    std::optional<ApiAnswer> read_answer(const http::Reply& reply) const;
    std::optional<ApiAnswer> read_refusal(const http::Reply& reply) const;  // with a status other than 200
    bool is_file(const http::Reply& reply) const;
    Problem problem_of_status(const http::Reply& reply) const;
    std::chrono::milliseconds wait_of(const http::Reply& reply) const;
    void authorise(http::Call& call, const std::string& path, const std::string& token) const;
    Caller call_;
    std::string base_;
    const Reactions& reactions_;
    TokenCache* tokens_;
    const ApiDialect dialect_;
};

// "a b&c" -> "a%20b%26c".
std::string url_encoded(std::string_view text);

}  // namespace huiyin
