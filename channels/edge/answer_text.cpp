#include "channels/edge/answer_text.h"

#include <algorithm>
#include <array>
#include <ctime>

#include "channels/edge/decode.h"
#include "workflow/base/digest.h"
#include "workflow/base/log.h"

namespace huiyin::http {
namespace {

constexpr std::size_t most_body_bytes = 1 << 20;

bool can_be_written(const Header& header) {
    if (header.name.empty()) return false;
    for (char c : header.name)
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-')) return false;
    return std::none_of(header.value.begin(), header.value.end(),
                        [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F; });
}

std::string_view what_is_wrong(const Answer& answer) {
    if (answer.status < 200 || answer.status > 599) return "status";
    if (answer.body.size() > most_body_bytes) return "body above 1 MiB: give a file";
    for (const auto& header : answer.headers)
        if (!can_be_written(header)) return "header";
    return {};
}

void put(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
}

void put_headers(std::string& out, const std::vector<Header>& headers) {
    struct Default {
        std::string_view name, value;
        bool given = false;
    };
    std::array<Default, 4> defaults{{{"X-Content-Type-Options", "nosniff"},
                                     {"Referrer-Policy", "no-referrer"},
                                     {"Cache-Control", "no-store"},
                                     {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"}}};
    for (const auto& header : headers) {
        // The edge alone knows how the message is framed.
        if (equal_ignoring_case(header.name, "Content-Length") || equal_ignoring_case(header.name, "Connection") ||
            equal_ignoring_case(header.name, "Transfer-Encoding") || equal_ignoring_case(header.name, "Date"))
            continue;
        for (auto& one : defaults) one.given |= equal_ignoring_case(header.name, one.name);
        put(out, header.name, header.value);
    }
    for (const auto& one : defaults)
        if (!one.given) put(out, one.name, one.value);
}

void put_status(std::string& out, int status) {
    out.append("HTTP/1.1 ").append(std::to_string(status)).append(" ").append(status_title(status)).append("\r\n");
    put(out, "Date", http_date());
}

}  // namespace

std::string answer_text(Answer& answer, const Wish& wish) {
    if (const auto wrong = what_is_wrong(answer); !wrong.empty()) {
        const auto id = random_hex(6);
        log::error("http.bad_answer", {{"id", id}, {"status", answer.status}, {"wrong", wrong}});
        answer = edge_error(500, "http.internal", "something went wrong here: error " + id, wish.hook);
    }
    const auto bytes = answer.file ? answer.file.bytes() : answer.body.size();
    const bool bodiless = answer.status == 204 || answer.status == 304;
    std::string out;
    out.reserve(512 + (answer.file || wish.head_only ? 0 : answer.body.size()));
    put_status(out, answer.status);
    if (!bodiless) put(out, "Content-Length", std::to_string(bytes));
    if (!wish.keep_alive)
        put(out, "Connection", "close");
    else if (wish.minor == 0)
        put(out, "Connection", "keep-alive");
    put_headers(out, answer.headers);
    out += "\r\n";
    if (bodiless || wish.head_only)
        answer.file = File{};
    else if (!answer.file)
        out += answer.body;
    return out;
}

std::string stream_head(const std::vector<Header>& headers) {
    std::vector<Header> all{{"Content-Type", "text/event-stream"}, {"X-Accel-Buffering", "no"}};
    std::copy_if(headers.begin(), headers.end(), std::back_inserter(all), can_be_written);
    std::string out;
    put_status(out, 200);
    put(out, "Connection", "close");
    put_headers(out, all);
    out += "\r\n";
    return out;
}

Answer edge_error(int status, std::string_view code, std::string_view detail, bool hook) {
    if (hook) return Answer::empty(status);
    return problem(status, code, detail);
}

std::string_view http_date() {
    thread_local std::time_t shown = 0;
    thread_local std::array<char, 32> text{};
    thread_local std::size_t length = 0;
    const auto now = std::time(nullptr);
    if (now != shown) {
        static constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
        static constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
        std::tm utc{};
        gmtime_r(&now, &utc);
        const int written = std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                                          days[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday % 100,
                                          months[static_cast<std::size_t>(utc.tm_mon)], (utc.tm_year + 1900) % 10000,
                                          utc.tm_hour % 100, utc.tm_min % 100, utc.tm_sec % 100);
        length = static_cast<std::size_t>(written);
        shown = now;
    }
    return {text.data(), length};
}

}  // namespace huiyin::http
