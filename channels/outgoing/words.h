// Words on their way out, made fit for a platform. Threads: any.
#pragma once
#include <string>
#include <string_view>

namespace huiyin {

// Each of these ASCII signs as its full-width twin, "<" as "＜": what people wrote must become no mention, no link and
// no mark of a client.
std::string with_wide(std::string_view text, std::string_view signs);
inline constexpr std::string_view markdown_signs = "<[]*`";

// Clean and at most so many bytes, of which a "…" takes three; cut between characters.
std::string within(const std::string& text, std::size_t bytes);

// Nothing stands between them where one is empty.
std::string joined(const std::string& a, const std::string& b, const char* between = "\n");

}  // namespace huiyin
