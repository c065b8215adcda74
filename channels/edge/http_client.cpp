#include "channels/edge/http_client.h"

#include <curl/curl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <stdexcept>

#include "channels/edge/address.h"
#include "channels/edge/decode.h"

namespace huiyin::http {
namespace {

constexpr std::size_t head_bytes = 64 << 10;  // of an answer
constexpr std::size_t head_lines = 100;
constexpr std::size_t kept_handles = 8;

struct EasyDeleter {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Easy = std::unique_ptr<CURL, EasyDeleter>;
struct ListDeleter {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, ListDeleter>;
struct MimeDeleter {
    void operator()(curl_mime* mime) const { curl_mime_free(mime); }
};
using Mime = std::unique_ptr<curl_mime, MimeDeleter>;

void start_library() {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (started != CURLE_OK) throw std::runtime_error("libcurl does not start");
}

// What one call under way knows; libcurl's callbacks get a pointer to it.
struct Transfer {
    const Call& call;
    const std::atomic<bool>& stopped;
    bool any_address = false;
    Reply reply = {};
    std::size_t head_seen = 0;
    std::size_t lines_seen = 0;
    bool too_large = false;
    bool refused_address = false;
};

// No exception may pass through libcurl: where memory ends the transfer does.
template <std::size_t (*take)(std::string_view bytes, Transfer& transfer)>
std::size_t taken(char* bytes, std::size_t, std::size_t count, void* user) noexcept {
    try {
        return take({bytes, count}, *static_cast<Transfer*>(user));
    } catch (const std::exception&) {
        return CURL_WRITEFUNC_ERROR;
    }
}

std::size_t take_body(std::string_view bytes, Transfer& transfer) {
    const auto count = bytes.size();
    if (count > transfer.call.body_bytes - transfer.reply.body.size()) {
        transfer.too_large = true;
        return 0;
    }
    transfer.reply.body += bytes;
    return count;
}

std::size_t take_header(std::string_view line, Transfer& transfer) {
    const auto count = line.size();
    transfer.head_seen += count;
    if (transfer.head_seen > head_bytes || ++transfer.lines_seen > head_lines) {
        transfer.too_large = true;
        return 0;
    }
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
    if (line.substr(0, 5) == "HTTP/") {
        transfer.reply.headers.clear();  // those of a "100 Continue" before
        return count;
    }
    const auto colon = line.find(':');
    if (colon == line.npos) return count;
    auto value = line.substr(colon + 1);
    while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
    transfer.reply.headers.push_back({std::string(line.substr(0, colon)), std::string(value)});
    return count;
}

// The address is looked at when the socket is made: a name that resolves anew between a check and a call cannot slip
// by.
curl_socket_t open_socket(void* user, curlsocktype, curl_sockaddr* to) {
    auto& transfer = *static_cast<Transfer*>(user);
    const auto address = address_from(&to->addr);
    if (!transfer.any_address && (!address || !address->is_public())) {
        transfer.refused_address = true;
        return CURL_SOCKET_BAD;
    }
    return ::socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

int watch(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Transfer*>(user)->stopped ? 1 : 0;
}

bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F; });
}

bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

std::optional<Problem> check(const Call& call) {
    if (!is_token(call.method))
        return Problem{"http.bad_call", "this is no HTTP method: name one like GET", call.method};
    for (const auto& header : call.headers)
        if (!is_token(header.name) || has_control(header.value))
            return Problem{"http.bad_call", "a header has a line break or a strange name: leave it out", header.name};
    return std::nullopt;
}

// sent: some of the request left this house.
Problem problem_of(CURLcode code, const Transfer& transfer, bool sent, const std::string& where) {
    // libcurl's general text for the code, not the one of this call: that one repeats names and numbers from outside.
    const std::string what = curl_easy_strerror(code);
    if (transfer.stopped) return {"http.stopped", "the service is stopping", where};
    if (transfer.too_large)
        return {"http.too_large", where + ": the answer is longer than it may be: check the address", ""};
    if (transfer.refused_address)
        return {"http.refused_address",
                where +
                    ": leads to an address inside a private network: name this origin in the configuration if it "
                    "is meant",
                ""};
    const Problem unreachable{"http.unreachable", where + ": cannot be reached: check the name, the network, TLS",
                              what};
    if (!sent && (code == CURLE_OPERATION_TIMEDOUT || code == CURLE_GOT_NOTHING)) return unreachable;
    switch (code) {
        case CURLE_OPERATION_TIMEDOUT:
            return {"http.timeout", where + ": no complete answer in time: check the network and the other side", what};
        case CURLE_URL_MALFORMAT:
            return {"http.bad_url", "this address cannot be called: write https://…", what};
        case CURLE_UNSUPPORTED_PROTOCOL:  // the scheme was looked at before: this is an answer without a head
        case CURLE_WEIRD_SERVER_REPLY:
        case CURLE_HTTP2:
        case CURLE_PARTIAL_FILE:
        case CURLE_BAD_CONTENT_ENCODING:
        case CURLE_GOT_NOTHING:
        case CURLE_WRITE_ERROR:  // what came of it was not taken: the request is with them
            return {"http.bad_reply", where + ": the answer is no whole HTTP answer", what};
        case CURLE_OUT_OF_MEMORY:
        case CURLE_RECV_ERROR:
            if (sent) return {"http.bad_reply", where + ": the connection broke off before the answer", what};
            return unreachable;
        default:
            return unreachable;
    }
}

}  // namespace

struct Client::State {
    ClientOptions options;
    std::atomic<bool> stopped{false};
    std::mutex mutex;
    std::vector<Easy> idle;  // each with its open connections

    Easy take() {
        {
            std::lock_guard lock(mutex);
            if (!idle.empty()) {
                auto handle = std::move(idle.back());
                idle.pop_back();
                return handle;
            }
        }
        Easy handle(curl_easy_init());
        if (!handle) throw std::bad_alloc();
        return handle;
    }
    void give_back(Easy handle) {
        std::lock_guard lock(mutex);
        if (idle.size() < kept_handles) idle.push_back(std::move(handle));
    }
};

std::string origin_of(std::string_view url) {
    const std::string copy(url);
    const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parts(curl_url(), curl_url_cleanup);
    if (!parts || curl_url_set(parts.get(), CURLUPART_URL, copy.c_str(), 0) != CURLUE_OK) return {};
    const auto part = [&](CURLUPart which) {
        char* text = nullptr;
        std::string value;
        if (curl_url_get(parts.get(), which, &text, CURLU_NO_DEFAULT_PORT) == CURLUE_OK && text) value = text;
        curl_free(text);
        std::transform(value.begin(), value.end(), value.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        return value;
    };
    const auto scheme = part(CURLUPART_SCHEME), host = part(CURLUPART_HOST), port = part(CURLUPART_PORT);
    // "http://trusted@elsewhere/": a name in an address is never what it seems.
    if (!part(CURLUPART_USER).empty() || !part(CURLUPART_PASSWORD).empty()) return {};
    if ((scheme != "http" && scheme != "https") || host.empty()) return {};
    return scheme + "://" + host + (port.empty() ? "" : ":" + port);
}

std::optional<std::string_view> Reply::header(std::string_view name) const {
    for (const auto& header : headers)
        if (equal_ignoring_case(header.name, name)) return header.value;
    return std::nullopt;
}

Client::Client(ClientOptions options) : state_(std::make_unique<State>()) {
    start_library();
    for (auto& origin : options.trusted_origins) origin = origin_of(origin);
    state_->options = std::move(options);
    state_->idle.reserve(kept_handles);  // an answer that is here is not lost for want of memory
}
Client::~Client() = default;

void Client::stop() { state_->stopped = true; }

Result<Reply> Client::send(const Call& call) {
    if (state_->stopped) return Problem{"http.stopped", "the service is stopping", ""};
    if (auto wrong = check(call)) return *wrong;
    const auto origin = origin_of(call.url);
    const auto& trusted = state_->options.trusted_origins;
    const bool is_trusted = !origin.empty() && std::find(trusted.begin(), trusted.end(), origin) != trusted.end();
    if (origin.empty() || has_control(call.url) || (origin.substr(0, 8) != "https://" && !is_trusted))
        return Problem{"http.bad_url", "this address cannot be called: write https://…", origin};

    Transfer transfer{.call = call, .stopped = state_->stopped, .any_address = is_trusted};
    auto easy = state_->take();
    CURL* handle = easy.get();
    curl_easy_reset(handle);  // options only; connections stay
    const auto set = [&](CURLoption option, auto value) {
        if (curl_easy_setopt(handle, option, value) != CURLE_OK)
            throw std::runtime_error("libcurl takes no such option");
    };
    set(CURLOPT_URL, call.url.c_str());
    set(CURLOPT_PROTOCOLS_STR, is_trusted ? "http,https" : "https");
    set(CURLOPT_PROXY, "");  // the environment's proxy would make the address check look at the proxy
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_QUICK_EXIT, 1L);  // else a resolver that hangs holds us until it is done, however short our time
    set(CURLOPT_HTTP09_ALLOWED, 0L);
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(call.connect_time.count()));
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(call.time.count()));
    set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(call.body_bytes));
    set(CURLOPT_WRITEFUNCTION, taken<take_body>);
    set(CURLOPT_WRITEDATA, static_cast<void*>(&transfer));
    set(CURLOPT_HEADERFUNCTION, taken<take_header>);
    set(CURLOPT_HEADERDATA, static_cast<void*>(&transfer));
    set(CURLOPT_OPENSOCKETFUNCTION, open_socket);
    set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(&transfer));
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, watch);
    set(CURLOPT_XFERINFODATA, static_cast<void*>(&transfer));
    set(CURLOPT_USERAGENT, "huiyin");

    List list;
    const auto add_header = [&](const std::string& line) {
        auto* longer = curl_slist_append(list.get(), line.c_str());
        if (!longer) throw std::bad_alloc();
        static_cast<void>(list.release());
        list.reset(longer);
    };
    // "Name;" is how libcurl sends a header without a value; "Name:" would take one of its own away.
    for (const auto& header : call.headers)
        add_header(header.value.empty() ? header.name + ";" : header.name + ": " + header.value);
    add_header("Expect:");  // no waiting for a "100 Continue" before a body
    set(CURLOPT_HTTPHEADER, list.get());

    Mime mime;
    if (!call.parts.empty()) {
        mime.reset(curl_mime_init(handle));
        for (const auto& part : call.parts) {
            auto* piece = curl_mime_addpart(mime.get());
            if (!piece || curl_mime_name(piece, part.name.c_str()) != CURLE_OK ||
                curl_mime_data(piece, part.bytes.data(), part.bytes.size()) != CURLE_OK ||
                (!part.filename.empty() && curl_mime_filename(piece, part.filename.c_str()) != CURLE_OK) ||
                (!part.content_type.empty() && curl_mime_type(piece, part.content_type.c_str()) != CURLE_OK))
                throw std::bad_alloc();
        }
        set(CURLOPT_MIMEPOST, mime.get());
    } else if (!call.body.empty() || call.method == "POST" || call.method == "PUT" || call.method == "PATCH") {
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
        set(CURLOPT_POSTFIELDS, call.body.c_str());
    }
    if (call.method == "HEAD")
        set(CURLOPT_NOBODY, 1L);
    else
        set(CURLOPT_CUSTOMREQUEST, call.method.c_str());

    const auto code = curl_easy_perform(handle);
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    long sent_bytes = 0;
    curl_easy_getinfo(handle, CURLINFO_REQUEST_SIZE, &sent_bytes);
    curl_easy_reset(handle);  // before what it points to goes
    if (code == CURLE_FILESIZE_EXCEEDED) transfer.too_large = true;
    if (code != CURLE_OK) return problem_of(code, transfer, sent_bytes > 0, origin);
    state_->give_back(std::move(easy));
    transfer.reply.status = static_cast<int>(status);
    return std::move(transfer.reply);
}

}  // namespace huiyin::http
