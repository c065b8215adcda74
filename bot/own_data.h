// What somebody wants done with what we hold of himself: to see it, to have it, to have it put right, to have it gone.
// Only where his message says nothing else: "物业泄露我的信息" is a complaint. Pure; threads: any.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace huiyin {

struct OwnDataWish {
    enum class What {
        see,
        take_along,
        correct,
        erase,
        keep
    } what = What::see;       // keep: he takes back that it be erased
    std::string name, phone;  // of `correct`: what is to be right; both empty: he has not said it
};
// `in_hand`: a matter is being told or a question is open; then what he wants put right is that.
std::optional<OwnDataWish> own_data_wish(std::string_view text, bool in_hand);

}  // namespace huiyin
