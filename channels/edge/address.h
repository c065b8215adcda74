// Internet addresses: reading, blocks of them, and which are public. Pure.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct sockaddr;

namespace huiyin::http {

// An IPv4 address is kept as ::ffff:a.b.c.d.
struct Address {
    std::array<std::uint8_t, 16> bytes{};
    friend auto operator<=>(const Address&, const Address&) = default;
    bool is_v4() const;
    bool is_loopback() const;
    // Out in the Internet: neither private, loopback, link-local, shared (RFC 6598), documentation, multicast,
    // reserved, nor one that a translator (NAT64, 6to4, Teredo, IPv4-compatible) would lead elsewhere. Source: the IANA
    // special-purpose address registries.
    bool is_public() const;
    // What one customer of a provider usually has: the address itself, or the /64 of an IPv6 address.
    Address household() const;
    std::string text() const;
};
std::optional<Address> read_address(std::string_view text);    // "1.2.3.4", "2001:db8::1", "[::1]"
std::optional<Address> address_from(const sockaddr* address);  // nothing for other families

struct AddressBlock {
    Address first;
    int prefix = 128;  // of the 128 bits
    bool contains(const Address& address) const;
};
std::optional<AddressBlock> read_block(std::string_view text);  // "127.0.0.1/32", "fd00::/8"; no slash: one address

// The client behind a chain of proxies: walks `forwarded` (the values of X-Forwarded-For in order, joined by commas)
// from its end, and stops at the first address that no trusted proxy has.
Address client_address(const Address& peer, std::string_view forwarded, const std::vector<AddressBlock>& trusted);
bool contains(const std::vector<AddressBlock>& blocks, const Address& address);

}  // namespace huiyin::http
