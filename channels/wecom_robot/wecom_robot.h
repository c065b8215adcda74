// WeCom group robot (群机器人): speaks into one group of staff, hears nothing.
// Source: channels/wecom/README.md.
#pragma once
#include <memory>
#include <string>

#include "channels/channel.h"
#include "channels/outgoing/json_api.h"

namespace huiyin {

struct WecomRobotSettings {
    ChannelId id;
    std::string webhook_url;  // holds the robot's key: a secret, in no log and no error text
};

// 20 messages a minute a robot; what is beyond is answered channel.busy with the time to wait. There is no duplicate
// check and no message id: a message whose answer was lost may be shown twice.
// Errors: channel.bad_settings. `clock` is the system clock; it and what `call` refers to must outlive the channel.
Result<std::unique_ptr<Channel>> make_wecom_robot(WecomRobotSettings settings, Caller call, const Clock& clock);

// {"msgtype":…} for one thing said: markdown where it has a card, else text; cut at the platform's limits.
Json robot_body_of(const Said& said);

}  // namespace huiyin
