// How DingTalk signs where it does not seal: an HMAC over a time, never over the body. Pure. Threads: any.
// Source: DingTalk open platform, "receive messages", "custom robot security", "card callbacks".
#pragma once
#include <string>
#include <string_view>

namespace huiyin::dingtalk {

// `sign` of a robot's callback (milliseconds, the app's secret), and, before it is encoded for a query, of a call to a
// group's robot (milliseconds, the robot's secret with its SEC).
std::string robot_signature(std::string_view timestamp, std::string_view secret);
// x-ddpaas-signature of a press on a card.
std::string card_signature(std::string_view timestamp, std::string_view secret);

}  // namespace huiyin::dingtalk
