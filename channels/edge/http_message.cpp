#include "channels/edge/http_message.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <system_error>

#include "channels/edge/decode.h"
#include "channels/edge/exchange.h"
#include "workflow/base/json_text.h"

namespace huiyin::http {

File::~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
}
File::File(File&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), bytes_(std::exchange(other.bytes_, 0)) {}
File& File::operator=(File&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(bytes_, other.bytes_);
    return *this;
}

Result<File> File::open(const std::string& path) {
    // Not blocking, so that a pipe lying there cannot hold us.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (descriptor < 0) return Problem{"http.no_file", "this file cannot be read", path + ": " + std::strerror(errno)};
    File file(descriptor, 0);
    struct stat about {};
    if (::fstat(descriptor, &about) != 0 || !S_ISREG(about.st_mode))
        return Problem{"http.no_file", "this is no regular file", path};
    file.bytes_ = static_cast<std::uint64_t>(about.st_size);
    return file;
}

Result<File> File::nameless(const std::string& directory) {
    const int descriptor = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor >= 0) return File(descriptor, 0);
    // Some file systems know no O_TMPFILE: make one with a name and take the name away.
    std::string name = directory + "/huiyin-upload-XXXXXX";
    const int named = ::mkostemp(name.data(), O_CLOEXEC);
    if (named < 0)
        return Problem{"http.no_space", "an upload cannot be kept at the moment: try again later",
                       directory + ": " + std::strerror(errno)};
    ::unlink(name.c_str());
    return File(named, 0);
}

File File::holding(std::string_view bytes) {
    const int descriptor = ::memfd_create("huiyin-answer", MFD_CLOEXEC);
    if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "memfd_create");
    File file(descriptor, 0);
    if (!file.append(bytes)) throw std::system_error(errno, std::generic_category(), "write to memfd");
    return file;
}

bool File::append(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(bytes_));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes_ += static_cast<std::uint64_t>(written);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

std::string File::read_all(std::size_t at_most) const {
    std::string content(static_cast<std::size_t>(std::min<std::uint64_t>(bytes_, at_most)), '\0');
    for (std::size_t have = 0; have < content.size();) {
        const auto got = ::pread(descriptor_, content.data() + have, content.size() - have, static_cast<off_t>(have));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw std::system_error(errno, std::generic_category(), "read a file");
        if (got == 0) throw std::runtime_error("read a file: it is shorter than it was");
        have += static_cast<std::size_t>(got);
    }
    return content;
}

Request::Request(std::unique_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
Request::~Request() = default;
Request::Request(Request&&) noexcept = default;
Request& Request::operator=(Request&&) noexcept = default;

std::string_view Request::method() const { return exchange_->head.method; }
std::string_view Request::path() const { return exchange_->head.path; }
std::string_view Request::target() const { return exchange_->head.target; }
const Route& Request::route() const { return *exchange_->route; }

std::string_view Request::segment(std::string_view name) const {
    for (const auto& [known, value] : exchange_->segments)
        if (known == name) return value;
    throw std::logic_error("route " + exchange_->route->pattern + ": no segment {" + std::string(name) + "}");
}

std::optional<std::string_view> Request::query(std::string_view name) const {
    for (const auto& [known, value] : exchange_->head.query)
        if (known == name) return value;
    return std::nullopt;
}
const std::vector<std::pair<std::string, std::string>>& Request::query() const { return exchange_->head.query; }

std::optional<std::string_view> Request::header(std::string_view name) const { return exchange_->head.header(name); }
const std::vector<std::pair<std::string_view, std::string_view>>& Request::headers() const {
    return exchange_->head.headers;
}

std::optional<std::string_view> Request::cookie(std::string_view name) const {
    for (const auto& [header, value] : exchange_->head.headers) {
        if (!equal_ignoring_case(header, "Cookie")) continue;
        for (auto left = value; !left.empty();) {
            const auto end = std::min(left.find(';'), left.size());
            auto pair = left.substr(0, end);
            left.remove_prefix(end == left.size() ? end : end + 1);
            while (!pair.empty() && pair.front() == ' ') pair.remove_prefix(1);
            const auto equals = pair.find('=');
            if (equals != pair.npos && pair.substr(0, equals) == name) return pair.substr(equals + 1);
        }
    }
    return std::nullopt;
}

std::string_view Request::body() const { return exchange_->body; }
const File* Request::body_file() const { return exchange_->body_file ? &exchange_->body_file : nullptr; }
std::uint64_t Request::body_bytes() const { return exchange_->body_bytes; }
const std::string& Request::address() const { return exchange_->address; }
bool Request::from_this_machine() const { return exchange_->from_this_machine; }

Answer Answer::bytes(int status, std::string_view content_type, std::string body) {
    return {.status = status, .headers = {{"Content-Type", std::string(content_type)}}, .body = std::move(body)};
}

Answer Answer::from_file(std::string_view content_type, File file) {
    return {.headers = {{"Content-Type", std::string(content_type)}}, .file = std::move(file)};
}

Answer& Answer::with(std::string_view name, std::string_view value) & {
    headers.push_back({std::string(name), std::string(value)});
    return *this;
}
Answer&& Answer::with(std::string_view name, std::string_view value) && { return std::move(with(name, value)); }

Answer problem(int status, std::string_view code, std::string_view detail) {
    return Answer::bytes(status, "application/problem+json",
                         to_text(Json{{"type", "about:blank"},
                                      {"title", status_title(status)},
                                      {"status", status},
                                      {"code", code},
                                      {"detail", detail}}));
}

std::string_view status_title(int status) {
    switch (status) {
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 202:
            return "Accepted";
        case 204:
            return "No Content";
        case 301:
            return "Moved Permanently";
        case 302:
            return "Found";
        case 303:
            return "See Other";
        case 304:
            return "Not Modified";
        case 307:
            return "Temporary Redirect";
        case 308:
            return "Permanent Redirect";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 406:
            return "Not Acceptable";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 410:
            return "Gone";
        case 411:
            return "Length Required";
        case 412:
            return "Precondition Failed";
        case 413:
            return "Content Too Large";
        case 414:
            return "URI Too Long";
        case 415:
            return "Unsupported Media Type";
        case 416:
            return "Range Not Satisfiable";
        case 417:
            return "Expectation Failed";
        case 422:
            return "Unprocessable Content";
        case 428:
            return "Precondition Required";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        case 502:
            return "Bad Gateway";
        case 503:
            return "Service Unavailable";
        case 504:
            return "Gateway Timeout";
        case 505:
            return "HTTP Version Not Supported";
        case 507:
            return "Insufficient Storage";
        default:
            return "Unknown";
    }
}

}  // namespace huiyin::http
