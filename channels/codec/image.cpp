#include "channels/codec/image.h"

#include <cstdint>

namespace huiyin {
namespace {

unsigned byte(std::string_view bytes, std::size_t at) {
    return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0;
}
unsigned big(std::string_view bytes, std::size_t at, int count) {
    unsigned value = 0;
    for (int i = 0; i < count; ++i) value = value << 8 | byte(bytes, at + static_cast<std::size_t>(i));
    return value;
}
unsigned little(std::string_view bytes, std::size_t at, int count) {
    unsigned value = 0;
    for (int i = count - 1; i >= 0; --i) value = value << 8 | byte(bytes, at + static_cast<std::size_t>(i));
    return value;
}

std::optional<ImageKind> checked(ImageKind kind) {
    if (kind.width == 0 || kind.height == 0 || std::uint64_t{kind.width} * kind.height > 50'000'000)
        return std::nullopt;
    return kind;
}

std::optional<ImageKind> jpeg(std::string_view bytes) {
    for (std::size_t at = 2; at + 9 < bytes.size();) {
        if (byte(bytes, at) != 0xff) return std::nullopt;
        const auto marker = byte(bytes, at + 1);
        if (marker == 0xff) {
            ++at;
            continue;
        }
        const bool frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
        if (frame) return checked({"image/jpeg", "jpg", big(bytes, at + 7, 2), big(bytes, at + 5, 2)});
        if (marker == 0xd9 || marker == 0xda) return std::nullopt;
        const auto length = big(bytes, at + 2, 2);
        if (length < 2) return std::nullopt;
        at += 2 + length;
    }
    return std::nullopt;
}

std::optional<ImageKind> webp(std::string_view bytes) {
    const auto chunk = bytes.substr(12, 4);
    if (chunk == "VP8 " && bytes.size() >= 30)
        return checked({"image/webp", "webp", little(bytes, 26, 2) & 0x3fff, little(bytes, 28, 2) & 0x3fff});
    if (chunk == "VP8L" && bytes.size() >= 25) {
        const auto bits = little(bytes, 21, 4);
        return checked({"image/webp", "webp", (bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1});
    }
    if (chunk == "VP8X" && bytes.size() >= 30)
        return checked({"image/webp", "webp", little(bytes, 24, 3) + 1, little(bytes, 27, 3) + 1});
    return std::nullopt;
}

}  // namespace

std::optional<ImageKind> image_kind(std::string_view bytes) {
    using namespace std::string_view_literals;
    if (bytes.size() < 24) return std::nullopt;
    if (bytes.starts_with("\xff\xd8\xff"sv)) return jpeg(bytes);
    if (bytes.starts_with("\x89PNG\r\n\x1a\n"sv) && bytes.substr(12, 4) == "IHDR")
        return checked({"image/png", "png", big(bytes, 16, 4), big(bytes, 20, 4)});
    if (bytes.starts_with("RIFF") && bytes.substr(8, 4) == "WEBP") return webp(bytes);
    return std::nullopt;
}

}  // namespace huiyin
