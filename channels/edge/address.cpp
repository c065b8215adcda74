#include "channels/edge/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace huiyin::http {
namespace {

Address v4(const void* four_bytes) {
    Address address;
    address.bytes[10] = address.bytes[11] = 0xFF;
    std::memcpy(address.bytes.data() + 12, four_bytes, 4);
    return address;
}

const std::vector<AddressBlock>& not_public_v4() {
    static const std::vector<AddressBlock> blocks = [] {
        std::vector<AddressBlock> list;
        for (const char* text : {"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
                                 "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
                                 "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"})
            list.push_back(*read_block(text));
        return list;
    }();
    return blocks;
}

const std::vector<AddressBlock>& not_public_v6() {
    // Within 2000::/3, the only part of IPv6 that is given out; NAT64 (64:ff9b::) and all local kinds lie outside it.
    static const std::vector<AddressBlock> blocks = [] {
        std::vector<AddressBlock> list;
        for (const char* text : {"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"})
            list.push_back(*read_block(text));
        return list;
    }();
    return blocks;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

}  // namespace

bool Address::is_v4() const {
    static constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    return std::equal(mapped.begin(), mapped.end(), bytes.begin());
}

bool Address::is_loopback() const {
    if (is_v4()) return bytes[12] == 127;
    return std::all_of(bytes.begin(), bytes.end() - 1, [](auto b) { return b == 0; }) && bytes[15] == 1;
}

bool Address::is_public() const {
    if (is_v4()) return !contains(not_public_v4(), *this);
    return (bytes[0] & 0xE0) == 0x20 && !contains(not_public_v6(), *this);
}

Address Address::household() const {
    Address address = *this;
    if (!is_v4()) std::fill(address.bytes.begin() + 8, address.bytes.end(), std::uint8_t{0});
    return address;
}

std::string Address::text() const {
    char buffer[INET6_ADDRSTRLEN] = {};
    if (is_v4())
        inet_ntop(AF_INET, bytes.data() + 12, buffer, sizeof buffer);
    else
        inet_ntop(AF_INET6, bytes.data(), buffer, sizeof buffer);
    return buffer;
}

std::optional<Address> read_address(std::string_view text) {
    if (text.size() >= 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
    if (text.empty() || text.size() >= INET6_ADDRSTRLEN) return std::nullopt;
    const std::string copy(text);
    in_addr four{};
    if (inet_pton(AF_INET, copy.c_str(), &four) == 1) return v4(&four);
    Address address;
    if (inet_pton(AF_INET6, copy.c_str(), address.bytes.data()) == 1) return address;
    return std::nullopt;
}

std::optional<Address> address_from(const sockaddr* address) {
    if (address->sa_family == AF_INET) return v4(&reinterpret_cast<const sockaddr_in*>(address)->sin_addr);
    if (address->sa_family != AF_INET6) return std::nullopt;
    Address six;
    std::memcpy(six.bytes.data(), &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, 16);
    return six;
}

bool AddressBlock::contains(const Address& address) const {
    const auto whole = static_cast<std::size_t>(prefix / 8);
    if (!std::equal(first.bytes.begin(), first.bytes.begin() + static_cast<std::ptrdiff_t>(whole),
                    address.bytes.begin()))
        return false;
    const int rest = prefix % 8;
    return rest == 0 || ((first.bytes[whole] ^ address.bytes[whole]) >> (8 - rest)) == 0;
}

std::optional<AddressBlock> read_block(std::string_view text) {
    const auto slash = text.find('/');
    const auto address = read_address(text.substr(0, slash));
    if (!address) return std::nullopt;
    AddressBlock block{*address, 128};
    if (slash == text.npos) return block;
    const auto digits = text.substr(slash + 1);
    int prefix = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
    const int most = address->is_v4() ? 32 : 128;
    if (error != std::errc{} || end != digits.data() + digits.size() || prefix < 0 || prefix > most)
        return std::nullopt;
    block.prefix = address->is_v4() ? 96 + prefix : prefix;
    return block;
}

bool contains(const std::vector<AddressBlock>& blocks, const Address& address) {
    return std::any_of(blocks.begin(), blocks.end(), [&](const auto& block) { return block.contains(address); });
}

Address client_address(const Address& peer, std::string_view forwarded, const std::vector<AddressBlock>& trusted) {
    Address client = peer;
    while (!forwarded.empty() && contains(trusted, client)) {
        const auto comma = forwarded.rfind(',');
        const auto hop = read_address(trimmed(comma == forwarded.npos ? forwarded : forwarded.substr(comma + 1)));
        if (!hop) break;
        client = *hop;
        forwarded = comma == forwarded.npos ? std::string_view{} : forwarded.substr(0, comma);
    }
    return client;
}

}  // namespace huiyin::http
