#include "channels/outgoing/unanswered.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace huiyin {
namespace {

constexpr std::size_t most_kept = 1000;

}  // namespace

bool may_have_arrived(const std::string& detail) {
    constexpr std::array<std::string_view, 7> unsure{
        "http.timeout", "http.bad_reply", "http.too_large", "unreadable", "500", "502", "504"};
    const auto code = std::string_view(detail).substr(0, detail.find(' '));
    return std::find(unsure.begin(), unsure.end(), code) != unsure.end();
}

bool Unanswered::twice(const OutboxItem& item) {
    if (item.priority == Priority::emergency) return false;  // rather there twice than not at all
    if (times_.size() > most_kept) times_.clear();
    auto known = times_.find(item.id);
    if (known == times_.end() && may_have_arrived(item.error_code))
        known = times_.emplace(item.id, item.attempts > 2 ? 2 : 1).first;
    return known != times_.end() && known->second >= 2;
}

void Unanswered::note(OutboxId id, const std::string& detail) {
    if (may_have_arrived(detail)) ++times_[id];
}

}  // namespace huiyin
