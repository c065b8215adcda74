// A group: others read along. There one short line is said, with nothing in it that is the person's own; the talk goes
// on alone with him. The row of the outbox names the group in its reference, for no conversation has its address; its
// `message` is a number of the group, by which the store tells one group's rows from another's.
#pragma once
#include <string>
#include <string_view>

namespace huiyin {

inline constexpr const char* public_kind = "public";  // of the outbox row
inline constexpr std::string_view in_group = "group:";
// What is said of a danger where nobody could be told of it, or no text could be had: it promises nothing.
inline constexpr std::string_view help_yourselves = "有危险先离开，马上打119、110或120。";

inline std::string group_in(std::string_view reference) {
    return reference.rfind(in_group, 0) == 0 ? std::string(reference.substr(in_group.size())) : std::string{};
}

}  // namespace huiyin
