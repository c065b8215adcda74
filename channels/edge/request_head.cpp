#include "channels/edge/request_head.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "channels/edge/decode.h"

namespace huiyin::http {
namespace {

constexpr Refusal bad_request_line{400, "http.bad_request_line",
                                   "the request line is not \"METHOD target HTTP/1.1\": send one such line"};
constexpr Refusal bad_line_end{400, "http.bad_line", "a line does not end in CR LF: end every line of the head so"};
constexpr Refusal bad_header{400, "http.bad_header",
                             "a header line is not \"Name: value\" with a name of letters, digits and \"-\", without "
                             "control characters and on one line: mend or leave it out"};
constexpr Refusal bad_target{400, "http.bad_target",
                             "the target is not a clean path: use UTF-8 with whole % escapes, no empty or dot "
                             "segments, no encoded slashes or control characters"};
constexpr Refusal bad_host{400, "http.bad_host", "there must be exactly one Host header with a host name in it"};
constexpr Refusal bad_length{400, "http.bad_length", "there must be at most one Content-Length, of plain digits"};
constexpr Refusal both_lengths{400, "http.bad_length",
                               "Transfer-Encoding and Content-Length contradict each other: send Content-Length only"};
constexpr Refusal doubled{400, "http.bad_header", "Content-Type and Authorization may be given only once"};
constexpr Refusal body_on_get{400, "http.unexpected_body", "GET and HEAD carry no body: leave it out"};
constexpr Refusal unknown_method{501, "http.unknown_method", "this method is not known here"};
constexpr Refusal unknown_version{505, "http.unknown_version", "speak HTTP/1.1"};
constexpr Refusal chunked{501, "http.transfer_encoding", "send the body with Content-Length, not Transfer-Encoding"};
constexpr Refusal encoded{415, "http.content_encoding", "send the body as it is, not compressed"};
constexpr Refusal ranged{416, "http.range", "ranges are not served: ask for the whole"};
constexpr Refusal odd_expectation{417, "http.expectation", "only \"Expect: 100-continue\" is understood"};
constexpr Refusal no_length{411, "http.no_length", "say with Content-Length how long the body is, 0 if there is none"};
constexpr Refusal head_too_large{431, "http.head_too_large",
                                 "the head of a request may have 16 KiB, 64 lines, 4 KiB "
                                 "each: send fewer or smaller headers and cookies"};
constexpr Refusal target_too_long{414, "http.target_too_long", "a target may have 4 KiB: send long values in the body"};

constexpr std::array<std::string_view, 7> methods{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F; }
bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view without_blanks(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::optional<Refusal> read_target(std::string_view target, Head& head) {
    if (target.empty() || target.front() != '/') return bad_target;
    for (char c : target)
        if (c <= 0x20 || c >= 0x7F || c == '#') return bad_target;
    head.target = target;
    const auto mark = target.find('?');
    const auto path = target.substr(0, mark);
    for (std::size_t start = 1; start <= path.size();) {
        const auto end = std::min(path.find('/', start), path.size());
        const auto segment = percent_decode(path.substr(start, end - start), Plus::is_plus);
        if (!segment) return bad_target;
        const bool last = end == path.size();
        if ((segment->empty() && !last) || *segment == "." || *segment == "..") return bad_target;
        for (char c : *segment)
            if (c == '/' || c == '\\' || is_control(c) || c == '\t') return bad_target;
        head.path += '/';
        head.path += *segment;
        start = end + 1;
    }
    if (mark == target.npos) return std::nullopt;
    auto query = read_query(target.substr(mark + 1));
    if (!query) return bad_target;
    head.query = std::move(*query);
    return std::nullopt;
}

// "GET /a?b=c HTTP/1.1"; the absolute form "http://host/a", which the standard wants accepted, loses its origin.
std::optional<Refusal> read_request_line(std::string_view line, Head& head, std::string_view& authority) {
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == line.npos || first == 0 || last == first) return bad_request_line;
    head.method = line.substr(0, first);
    auto target = line.substr(first + 1, last - first - 1);
    const auto version = line.substr(last + 1);
    for (char c : head.method)
        if (!is_letter_or_digit(c) && c != '-' && c != '_') return bad_request_line;
    if (target.find(' ') != target.npos) return bad_request_line;
    if (version.size() != 8 || version.substr(0, 5) != "HTTP/" || !is_digit(version[5]) || version[6] != '.' ||
        !is_digit(version[7]))
        return bad_request_line;
    if (version != "HTTP/1.1" && version != "HTTP/1.0") return unknown_version;
    head.minor = version[7] - '0';
    if (std::find(methods.begin(), methods.end(), head.method) == methods.end()) return unknown_method;
    if (target.substr(0, 7) == "http://") {
        const auto slash = std::min(target.find('/', 7), target.size());
        authority = target.substr(7, slash - 7);
        target = slash == target.size() ? "/" : target.substr(slash);
    }
    return read_target(target, head);
}

std::optional<Refusal> read_header_line(std::string_view line, Head& head) {
    const auto colon = line.find(':');
    if (colon == line.npos || colon == 0) return bad_header;
    const auto name = line.substr(0, colon);
    for (char c : name)  // refuses folded lines (a leading blank) and a blank before the colon as well
        if (!is_letter_or_digit(c) && c != '-') return bad_header;
    const auto raw = line.substr(colon + 1);
    for (char c : raw)
        if (is_control(c)) return bad_header;
    // Some readers take " 5 " for a length and some do not.
    if (equal_ignoring_case(name, "Content-Length")) {
        const auto digits = raw.substr(0, 1) == " " ? raw.substr(1) : raw;
        if (digits.empty() || digits.size() > 18 || !std::all_of(digits.begin(), digits.end(), is_digit) ||
            (digits.size() > 1 && digits.front() == '0') || head.content_length)
            return bad_length;
        std::uint64_t length = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), length);
        head.content_length = length;
    }
    head.headers.emplace_back(name, without_blanks(raw));
    return std::nullopt;
}

bool is_host(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return is_letter_or_digit(c) || c == '.' || c == '-' || c == '_' || c == ':' || c == '[' || c == ']';
    });
}

bool has_token(std::string_view list, std::string_view token) {
    while (!list.empty()) {
        const auto end = std::min(list.find(','), list.size());
        if (equal_ignoring_case(without_blanks(list.substr(0, end)), token)) return true;
        list.remove_prefix(end == list.size() ? end : end + 1);
    }
    return false;
}

std::optional<Refusal> weigh(Head& head, std::string_view authority) {
    int hosts = 0, types = 0, authorizations = 0;
    bool transfer = false, encoding = false, range = false, odd_expect = false, close = false, keep = false;
    std::string_view host;
    for (const auto& [name, value] : head.headers) {
        if (equal_ignoring_case(name, "Host"))
            ++hosts, host = value;
        else if (equal_ignoring_case(name, "Content-Type"))
            ++types;
        else if (equal_ignoring_case(name, "Authorization"))
            ++authorizations;
        else if (equal_ignoring_case(name, "Transfer-Encoding"))
            transfer = true;
        else if (equal_ignoring_case(name, "Content-Encoding"))
            encoding = true;
        else if (equal_ignoring_case(name, "Range"))
            range = true;
        else if (equal_ignoring_case(name, "Connection"))
            close |= has_token(value, "close"), keep |= has_token(value, "keep-alive");
        else if (equal_ignoring_case(name, "Expect")) {
            if (equal_ignoring_case(value, "100-continue"))
                head.expects_continue = head.minor == 1;
            else
                odd_expect = true;
        }
    }
    if (hosts != 1 || !is_host(host) || (!authority.empty() && !equal_ignoring_case(authority, host))) return bad_host;
    if (transfer) return head.content_length ? both_lengths : chunked;
    if (encoding) return encoded;
    if (range) return ranged;
    if (odd_expect) return odd_expectation;
    if (types > 1 || authorizations > 1) return doubled;
    const bool reads = head.method == "GET" || head.method == "HEAD";
    if (reads && head.content_length.value_or(0) > 0) return body_on_get;
    const bool writes = head.method == "POST" || head.method == "PUT" || head.method == "PATCH";
    if (writes && !head.content_length) return no_length;
    head.keep_alive = !close && (head.minor == 1 || keep);
    return std::nullopt;
}

}  // namespace

HeadScanner::Step HeadScanner::scan(std::string_view bytes) {
    started_ = true;
    while (true) {
        const auto feed = bytes.find('\n', line_start_);
        const bool whole = feed != bytes.npos;
        const auto line_bytes = (whole ? feed + 1 : bytes.size()) - line_start_;
        const bool first = lines_ == 0;
        if (first && line_start_ < bytes.size() && !is_letter_or_digit(bytes[line_start_]))
            return {0, bad_request_line};  // a TLS greeting, an empty line, garbage
        if (line_bytes > limits_.line_bytes + 2) {
            // 4 KiB is the target's measure; the method and the version ride on top.
            if (!first) return {0, head_too_large};
            if (line_bytes > limits_.line_bytes + 32) return {0, target_too_long};
        }
        if (line_start_ + line_bytes > limits_.bytes) return {0, head_too_large};
        if (!whole) return {0, check_first_line(bytes)};
        if (feed == line_start_ || bytes[feed - 1] != '\r') return {0, bad_line_end};
        if (line_bytes == 2) return {feed + 1, std::nullopt};
        if (first && target_of(bytes).size() > limits_.line_bytes) return {0, target_too_long};
        if (++lines_ > limits_.lines + 1) return {0, head_too_large};
        line_start_ = feed + 1;
    }
}

// A wrong request line is answered when it is there, not when the rest of the head is; a whole head is read once only.
std::optional<Refusal> HeadScanner::check_first_line(std::string_view bytes) {
    if (lines_ == 0 || first_line_checked_) return std::nullopt;
    first_line_checked_ = true;
    Head head;
    std::string_view authority;
    return read_request_line(bytes.substr(0, bytes.find('\r')), head, authority);
}

std::optional<Refusal> read_head(std::string_view text, Head& head) {
    head.headers.reserve(16);
    std::string_view authority;
    for (bool first = true;; first = false) {
        const auto end = text.find("\r\n");
        if (end == text.npos) return bad_line_end;
        const auto line = text.substr(0, end);
        text.remove_prefix(end + 2);
        if (line.empty()) break;
        if (auto no = first ? read_request_line(line, head, authority) : read_header_line(line, head)) return no;
    }
    return weigh(head, authority);
}

std::optional<std::string_view> Head::header(std::string_view name) const {
    for (const auto& [known, value] : headers)
        if (equal_ignoring_case(known, name)) return value;
    return std::nullopt;
}

bool is_hook(std::string_view path) { return path.substr(0, 7) == "/hooks/" || path == "/hooks"; }

std::string_view target_of(std::string_view text) {
    text = text.substr(0, text.find_first_of("\r\n"));
    const auto start = text.find(' ');
    if (start == text.npos) return {};
    text.remove_prefix(start + 1);
    return text.substr(0, text.find(' '));
}

}  // namespace huiyin::http
