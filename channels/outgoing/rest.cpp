#include "channels/outgoing/rest.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace huiyin {
namespace {

std::string_view code_of(const Problem& problem) {
    return std::string_view(problem.detail).substr(0, problem.detail.find(' '));
}

}  // namespace

bool is_silence(const Problem& problem) {
    constexpr std::array<std::string_view, 6> silent{"http.unreachable", "http.timeout", "http.bad_reply",
                                                     "http.too_large",   "unreadable",   "408"};
    if (problem.code != "channel.busy") return false;
    const auto code = code_of(problem);
    return std::find(silent.begin(), silent.end(), code) != silent.end() || (code.size() == 3 && code[0] == '5');
}

bool is_answer(const Problem& problem) {
    // Words of ours: no platform's code is one of them.
    static constexpr std::string_view unasked[] = {"",
                                                   "budget",
                                                   "empty",
                                                   "late",
                                                   "unknown",
                                                   "ban",
                                                   "press",
                                                   "month_calls",
                                                   "session.expired",
                                                   "no_notice",
                                                   "no_value",
                                                   "disabled",
                                                   "no_url",
                                                   "templates",
                                                   "not_granted",
                                                   "media.missing",
                                                   "http.stopped",
                                                   "http.bad_url",
                                                   "http.bad_call",
                                                   "http.refused_address"};
    // Codes that a channel says for a platform it did not ask; a platform's own stand before its words.
    static constexpr std::string_view unsaid[] = {"82001", "33012", "230034", "40096", "48001"};
    const auto is_one_of = [](const auto& codes, std::string_view code) {
        return std::find(std::begin(codes), std::end(codes), code) != std::end(codes);
    };
    return !is_silence(problem) && !is_one_of(unasked, code_of(problem)) && !is_one_of(unsaid, problem.detail);
}

Rest::State Rest::state(TimePoint now, TimePoint system_now) const {
    if (rests_ == 0) return State::open;
    return lull_.lasts(now) && system_lull_.lasts(system_now) ? State::resting : State::trying;
}

int Rest::room(int most, TimePoint now, TimePoint system_now) const {
    switch (state(now, system_now)) {
        case State::open:
            return most;
        case State::trying:
            return 1;
        case State::resting:
            break;
    }
    return 0;
}

void Rest::answered() { failures_ = rests_ = 0; }

void Rest::failed(TimePoint now, TimePoint system_now, double chance) {
    if (rests_ == 0 && ++failures_ < failures_most) return;
    // One more that was under way when the rest began does not make it longer.
    if (state(now, system_now) == State::resting) return;
    auto span = shortest;
    for (int i = 0; i < rests_ && span < longest; ++i) span *= 2;
    span = std::min(span, longest);
    // The longest is a limit: from there it is shortened.
    const auto part = Milliseconds{static_cast<std::int64_t>(static_cast<double>(span.count()) * chance / 5)};
    span += span == longest ? -part : part;
    ++rests_;
    lull_ = {now, now + span};
    system_lull_ = {system_now, system_now + span};
}

}  // namespace huiyin
