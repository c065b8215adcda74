// What a member's message or an event of the AI bot means, and how words become its answers. Pure.
#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "channels/channel.h"

namespace huiyin::aibot {

inline constexpr std::size_t most_answer_bytes = 20480;  // of a whole answer, bytes of UTF-8

// Nothing: the platform asks how far an answer is, or tells what we do not act on.
std::optional<InboundMessage> read_message(const ChannelId& channel, const Json& json, const std::string& raw,
                                           TimePoint received_at);

// The talk that an answer is shown in: a group, or the member's own.
std::string talk_of(const InboundMessage& message);

// The same name for each repeat of a delivery.
std::string stream_of(const std::string& message_key);

// All of it in one text; choices as numbered lines.
std::string words_of(const std::vector<Said>& all);

}  // namespace huiyin::aibot
