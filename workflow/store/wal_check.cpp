#include "workflow/store/wal_check.h"

#include <array>
#include <cstdint>
#include <fstream>

namespace huiyin {
namespace {

constexpr std::size_t header_bytes = 32, frame_header_bytes = 24;

std::uint32_t big(const char* at) {
    const auto* b = reinterpret_cast<const unsigned char*>(at);
    return std::uint32_t{b[0]} << 24 | std::uint32_t{b[1]} << 16 | std::uint32_t{b[2]} << 8 | std::uint32_t{b[3]};
}
std::uint32_t little(const char* at) {
    const auto* b = reinterpret_cast<const unsigned char*>(at);
    return std::uint32_t{b[3]} << 24 | std::uint32_t{b[2]} << 16 | std::uint32_t{b[1]} << 8 | std::uint32_t{b[0]};
}

struct Sum {
    std::uint32_t first = 0, second = 0;
    bool words_are_big = false;
    void add(const char* bytes, std::size_t count) {
        for (std::size_t at = 0; at + 8 <= count; at += 8) {
            first += (words_are_big ? big(bytes + at) : little(bytes + at)) + second;
            second += (words_are_big ? big(bytes + at + 4) : little(bytes + at + 4)) + first;
        }
    }
    bool is(const char* stored) const { return big(stored) == first && big(stored + 4) == second; }
};

}  // namespace

std::optional<std::string> wal_damage(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    std::array<char, header_bytes> header{};
    file.read(header.data(), header_bytes);
    if (file.gcount() == 0) return std::nullopt;
    // A log is begun by writing its head and syncing it, so a head that is not whole has no commit behind it …
    if (static_cast<std::size_t>(file.gcount()) < header_bytes) return std::nullopt;
    const auto magic = big(header.data());
    const std::size_t page = big(header.data() + 8);
    Sum sum;
    sum.words_are_big = magic == 0x377f0683;
    sum.add(header.data(), 24);
    const bool head_fits =
        (magic & 0xfffffffe) == 0x377f0682 && sum.is(header.data() + 24) && page >= 512 && page <= 65536;
    std::string frame(frame_header_bytes + (head_fits ? page : 4096), '\0');
    // … and one that does not fit although frames follow was damaged.
    if (!head_fits) {
        file.read(frame.data(), static_cast<std::streamsize>(frame.size()));
        if (static_cast<std::size_t>(file.gcount()) < frame.size()) return std::nullopt;
        return "the head of the write-ahead log does not fit";
    }
    std::int64_t number = 0, first_bad = 0, commits_behind = 0;
    while (file.read(frame.data(), static_cast<std::streamsize>(frame.size()))) {
        ++number;
        const bool same_log = frame.compare(8, 8, header.data() + 16, 8) == 0;
        if (first_bad == 0) {
            sum.add(frame.data(), 8);
            sum.add(frame.data() + frame_header_bytes, page);
            if (!same_log || !sum.is(frame.data() + 16)) first_bad = number;
        }
        if (first_bad != 0 && same_log && big(frame.data() + 4) != 0) ++commits_behind;
    }
    if (commits_behind < 2) return std::nullopt;
    return "frame " + std::to_string(first_bad) + " of the write-ahead log does not fit, " +
           std::to_string(commits_behind) + " commits behind it would be lost";
}

}  // namespace huiyin
