// What anybody may send before we know who he is: the head of a request, its target, the addresses of proxies.
#include <algorithm>

#include "channels/edge/address.h"
#include "channels/edge/decode.h"
#include "channels/edge/request_head.h"
#include "tests/fuzz/fuzz.h"
#include "workflow/base/utf8.h"

namespace huiyin::fuzz {
namespace {

using namespace huiyin::http;

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F; }

void check_clean(const Head& head, std::string_view text) {
    must(!head.path.empty() && head.path.front() == '/', "a path begins with a slash");
    must(is_utf8(head.path), "a path is UTF-8");
    must(head.path.find("/../") == std::string::npos && !head.path.ends_with("/.."), "no path climbs");
    int hosts = 0;
    for (const auto& [name, value] : head.headers) {
        must(name.data() >= text.data() && value.data() + value.size() <= text.data() + text.size(),
             "a header points into its head");
        must(std::none_of(value.begin(), value.end(), is_control), "a value has no control characters");
        hosts += equal_ignoring_case(name, "Host") ? 1 : 0;
        must(!equal_ignoring_case(name, "Transfer-Encoding"), "nothing chunked comes in");
    }
    must(hosts == 1, "there is one host");
    const bool reads = head.method == "GET" || head.method == "HEAD";
    must(!reads || head.content_length.value_or(0) == 0, "no body is read with GET");
}

// However a head arrives, it is judged the same, and what passes is clean.
void http_head(std::string_view input) {
    HeadScanner at_once, in_crumbs;
    const auto whole = at_once.scan(input);
    HeadScanner::Step last;
    for (std::size_t size = 1; size <= input.size(); ++size) {
        last = in_crumbs.scan(input.substr(0, size));
        if (last.refusal || last.head_bytes) break;
    }
    if (!input.empty()) {
        must(whole.refusal.has_value() == last.refusal.has_value() || last.refusal,
             "crumbs are refused where the whole is");
        if (!last.refusal) must(whole.head_bytes == last.head_bytes, "a head ends at one place");
    }
    if (whole.refusal || whole.head_bytes == 0) return;
    must(whole.head_bytes <= HeadLimits{}.bytes, "a head has its limit");
    const auto text = input.substr(0, whole.head_bytes);
    Head head;
    if (!read_head(text, head)) check_clean(head, text);
    (void)is_hook(target_of(text));
}

void web_address(std::string_view input) {
    const auto line = std::min(input.find('\n'), input.size());
    const auto first = input.substr(0, line), rest = input.substr(std::min(line + 1, input.size()));
    if (const auto decoded = percent_decode(first, Plus::is_space))
        must(is_utf8(*decoded) && decoded->find('\0') == std::string::npos, "what was decoded is text");
    if (const auto fields = read_query(first))
        for (const auto& [name, value] : *fields) must(is_utf8(name) && is_utf8(value), "a field is text");
    if (const auto address = read_address(first)) {
        const auto again = read_address(address->text());
        must(again && *again == *address, "an address is read as it is written");
        must(!(address->is_public() && address->is_loopback()), "a loopback address is not public");
        (void)address->household();
    }
    const auto block = read_block(first);
    if (block) must(block->contains(block->first), "a block holds its first address");
    const auto peer = *read_address("127.0.0.1");
    (void)client_address(peer, rest, {*read_block("127.0.0.0/8"), block.value_or(AddressBlock{peer})});
}

}  // namespace

std::vector<Target> edge_targets() { return {{"http_head", http_head}, {"web_address", web_address}}; }

}  // namespace huiyin::fuzz
