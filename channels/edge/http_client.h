// Outgoing calls, by libcurl: bounded in time and size, to public https addresses, without redirects.
#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "channels/edge/http_message.h"

namespace huiyin::http {

struct Part {  // of a multipart/form-data body
    std::string name;
    std::string filename;      // empty: a plain field
    std::string content_type;  // empty: the library's choice
    std::string bytes;
};

struct Call {
    std::string method = "GET";
    std::string url;  // its query may hold tokens: it is never logged and in no error text
    std::vector<Header> headers = {};
    std::string body = {};
    std::vector<Part> parts = {};  // if any, they are the body
    std::chrono::milliseconds connect_time{3000};
    std::chrono::milliseconds time{10000};  // in all
    std::size_t body_bytes = 1 << 20;       // of the answer, after decoding; more is http.too_large
};

struct Reply {
    int status = 0;
    std::vector<Header> headers;
    std::string body;
    std::optional<std::string_view> header(std::string_view name) const;  // letter case ignored; the first
};

struct ClientOptions {
    // Origins ("http://127.0.0.1:18080", "https://wecom.example.internal") that a person wrote into the configuration:
    // plain http and private addresses are allowed for these and no others.
    std::vector<std::string> trusted_origins = {};
};

// "https://host:port" of a URL, lower case, without a default port; empty if it is none.
std::string origin_of(std::string_view url);

// Threads: any; connections are kept and used again, at most one call on each at a time.
class Client {
public:
    explicit Client(ClientOptions options = {});
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    // Blocks until the whole answer is here. Any status is a Reply; redirects are not followed.
    // Errors: http.bad_url - not https (nor a trusted origin), or unreadable; http.bad_call - a header with a line
    // break; http.refused_address - the name leads to a private, loopback, link-local, shared or translated address;
    // http.unreachable - nothing was sent: no such name, refused, no connection in time, TLS failed; http.timeout - the
    // whole took longer than the call's time, be it in silence or in trickles; http.too_large - body or headers beyond
    // the limit; http.bad_reply - no HTTP, or the connection broke off. After the last three the request may have been
    // taken.
    Result<Reply> send(const Call& call);
    // Ends calls under way and refuses new ones (http.stopped): for a stop that must not wait for a slow platform.
    void stop();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace huiyin::http
