// What DingTalk's robot callbacks, presses on cards and events mean to us. Pure.
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "channels/channel.h"

namespace huiyin::dingtalk {

// One message to the robot. Nothing: one that nobody needs to answer or keep. A type that we do not know gives kind
// `unknown`.
//   address     the member's id; of an outsider "out|" and the platform's id
//   group       the conversation's id, where it is no single one; an outsider there cannot be written to first
//   text        trimmed; of a voice what the platform heard
//   image, voice, video, file    a medium's id is its download code
std::optional<InboundMessage> read_words(const ChannelId& channel, const nlohmann::json& message,
                                         const std::string& raw, TimePoint received_at);
// A press on a card: `choice` our payload, `text` its title, `reply_reference` "card:" and the card's name. `time`: of
// the callback's header.
std::optional<InboundMessage> read_press(const ChannelId& channel, const nlohmann::json& press, const std::string& raw,
                                         const std::string& time, TimePoint received_at);
// An opened event. Nothing: the proof of the address, or a notice that nobody needs.
std::optional<InboundMessage> read_event(const ChannelId& channel, const nlohmann::json& event, const std::string& raw,
                                         TimePoint received_at);

inline constexpr std::int64_t last_ms = 4'000'000'000'000;  // in 2096: what says later is no time of ours
inline constexpr const char* outsider = "out|";
inline constexpr const char* card_reference = "card:";

}  // namespace huiyin::dingtalk
