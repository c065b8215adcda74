// The head of an HTTP/1.1 request: where it ends, what it says, and whether it may come in at all. Pure.
// Stricter than the standard wherever two readers of one request could disagree about where it ends.
// Source: RFC 9110, RFC 9112.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace huiyin::http {

struct HeadLimits {
    std::size_t bytes = 16 << 10;  // request line, header lines and the empty line
    std::size_t lines = 64;        // header lines
    std::size_t line_bytes = 4 << 10;
};

// Why a request is turned away. The texts are constants; nothing of the request is repeated in them.
struct Refusal {
    int status = 400;
    std::string_view code;  // "http.bad_header"
    std::string_view text;
};

// Finds the end of a head in bytes that arrive piece by piece, and refuses early: a head that is too long never
// has to be complete, and a line that ends in a bare line feed is not waited for.
class HeadScanner {
public:
    explicit HeadScanner(HeadLimits limits = {}) : limits_(limits) {}
    struct Step {
        std::size_t head_bytes = 0;  // > 0: the head is complete and this long
        std::optional<Refusal> refusal = std::nullopt;
    };
    // `bytes`: everything since the start of this head, what was given before included.
    Step scan(std::string_view bytes);
    void reset() { *this = HeadScanner(limits_); }
    bool is_new() const { return !started_; }

private:
    std::optional<Refusal> check_first_line(std::string_view bytes);
    HeadLimits limits_;
    std::size_t line_start_ = 0;
    std::size_t lines_ = 0;
    bool first_line_checked_ = false;
    bool started_ = false;
};

// Views point into the text that was read.
struct Head {
    std::string_view method;
    std::string_view target;  // as sent, in origin form
    int minor = 1;            // HTTP/1.x
    std::string path;         // decoded once
    std::vector<std::pair<std::string, std::string>> query;
    std::vector<std::pair<std::string_view, std::string_view>> headers;
    std::optional<std::uint64_t> content_length;
    bool keep_alive = true;
    bool expects_continue = false;

    std::optional<std::string_view> header(std::string_view name) const;
};

// `text`: a complete head, its empty line included.
std::optional<Refusal> read_head(std::string_view text, Head& head);

// Whether a target or path belongs to the platforms' callbacks, which get no bodies with errors.
bool is_hook(std::string_view path);
// The target of a head that may be broken or cut; empty if there is none.
std::string_view target_of(std::string_view text);

}  // namespace huiyin::http
