// What a handler gets and what it gives: one HTTP request, complete and within its limits, and one answer.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "workflow/base/result.h"

namespace huiyin::http {

struct Route;
struct Exchange;  // the edge's own record of one request (exchange.h)

struct Header {
    std::string name;
    std::string value;
    friend bool operator==(const Header&, const Header&) = default;
};

// An open file that belongs to one owner.
class File {
public:
    File() = default;
    File(int descriptor, std::uint64_t bytes) : descriptor_(descriptor), bytes_(bytes) {}
    ~File();
    File(File&& other) noexcept;
    File& operator=(File&& other) noexcept;
    // Errors: http.no_file - absent, not a regular file, or not readable; a symbolic link is never followed.
    static Result<File> open(const std::string& path);
    // A nameless file in `directory` that vanishes with its last owner. Errors: http.no_space.
    static Result<File> nameless(const std::string& directory);
    // Bytes too many for an answer's body (a report, an export), kept in memory by the system until sent.
    static File holding(std::string_view bytes);

    explicit operator bool() const { return descriptor_ >= 0; }
    int descriptor() const { return descriptor_; }
    std::uint64_t bytes() const { return bytes_; }
    // Appends; false when the disk is full or broken.
    bool append(std::string_view bytes);
    // The whole content; throws if the file cannot be read. `at_most` guards memory: longer content is cut there.
    std::string read_all(std::size_t at_most) const;

private:
    int descriptor_ = -1;
    std::uint64_t bytes_ = 0;
};

// One request. Owns its bytes: may be moved into work that outlives the handler; views stay valid through a move.
// Everything is decoded exactly once, is valid UTF-8 (path and query) and free of control characters (path and
// headers). Threads: one at a time.
class Request {
public:
    explicit Request(std::unique_ptr<Exchange> exchange);
    ~Request();
    Request(Request&&) noexcept;
    Request& operator=(Request&&) noexcept;

    std::string_view method() const;  // "POST"; a HEAD that is answered by GET's handler says "HEAD"
    std::string_view path() const;    // decoded, without the query; no empty, "." or ".." segment, no encoded slash
    std::string_view target() const;  // as sent; may hold secrets in its query: never log it
    const Route& route() const;

    // What stood in the place of {name} in the route's pattern. Throws std::logic_error if the pattern has no such
    // name.
    std::string_view segment(std::string_view name) const;
    // The first value of a query field; nothing if it is absent. "+" and %20 are spaces.
    std::optional<std::string_view> query(std::string_view name) const;
    const std::vector<std::pair<std::string, std::string>>& query() const;
    // The first header of that name, letter case ignored, blanks around it removed, never decoded.
    std::optional<std::string_view> header(std::string_view name) const;
    const std::vector<std::pair<std::string_view, std::string_view>>& headers() const;
    std::optional<std::string_view> cookie(std::string_view name) const;

    std::string_view body() const;  // empty when the body is in a file
    // The body of an upload above the spill size; null otherwise. Position: use read_all() or pread.
    const File* body_file() const;
    std::uint64_t body_bytes() const;

    // The client's address in text. X-Forwarded-For counts only as far as configured proxies wrote it.
    const std::string& address() const;
    // The connection comes from this machine and no proxy passed it on.
    bool from_this_machine() const;

private:
    std::unique_ptr<Exchange> exchange_;
};

// One answer. The edge adds Date, Content-Length, Connection, X-Content-Type-Options and Referrer-Policy, and, where
// the handler says nothing else, `Cache-Control: no-store` and a Content-Security-Policy that allows nothing.
// A header with a control character or a body above 1 MiB is a mistake of ours: it is logged and answered 500.
struct Answer {
    int status = 200;
    std::vector<Header> headers = {};
    std::string body = {};  // at most 1 MiB
    File file = {};         // if open, sent instead of `body`

    static Answer bytes(int status, std::string_view content_type, std::string body);
    static Answer json(int status, std::string body) { return bytes(status, "application/json", std::move(body)); }
    static Answer empty(int status) { return {.status = status}; }
    static Answer from_file(std::string_view content_type, File file);
    Answer& with(std::string_view name, std::string_view value) &;
    Answer&& with(std::string_view name, std::string_view value) &&;
};

// RFC 9457: {"type":"about:blank","title","status","code","detail"}.
Answer problem(int status, std::string_view code, std::string_view detail);
// "Payload Too Large"; "Unknown" for a status without a name.
std::string_view status_title(int status);

}  // namespace huiyin::http
