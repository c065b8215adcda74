// DingTalk (钉钉): residents and staff talk to an app's robot; texts, cards with buttons, pictures.
// Source: channels/dingtalk/README.md.
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "channels/channel.h"
#include "channels/outgoing/file_reader.h"
#include "channels/outgoing/json_api.h"
#include "channels/outgoing/month_calls.h"
#include "channels/outgoing/talk_keeper.h"

namespace huiyin {

struct DingtalkSettings {
    ChannelId id;
    std::string app_key, robot_code;
    std::vector<std::string> app_secrets;  // newest first; the newest is ours to use, all are taken
    std::int64_t agent_id = 0;             // of the app: what staff are told goes as work notices; 0: by the robot
    std::string corp_id;                   // may be empty: then it is not compared
    std::vector<std::string> tokens;       // of the event subscription, newest first; none: no events are taken
    std::vector<std::string> aes_keys;     // newest first
    std::string card_template;             // empty: no cards with buttons, choices are numbered lines
    std::string card_secret;               // what presses on cards are signed with
    std::string hook_url;                  // where presses come: our own address as the world sees it
    std::string api_base = "https://api.dingtalk.com";
    std::string old_api_base = "https://oapi.dingtalk.com";
    std::size_t media_bytes = 10 << 20;
    TokenShelf shelf = {}, old_shelf = {};  // of the two APIs
    MonthLedger month = {};                 // of the organisation's calls, of both
    TalkKeeper keeper = {};                 // of outsiders' open talks; empty: in memory
};

// A recipient is a member's id, a group's (cid…), or an outsider as reading.h names him, who is reached for as long as
// his talk is open. The receipt's reference of a card is its name; an item of kind "card_update" with it changes the
// card for everybody who sees it.
// Errors: channel.bad_settings - the text names the field and how to mend it. `clock` is the system clock; it and what
// the functions refer to must outlive the channel.
Result<std::unique_ptr<Channel>> make_dingtalk(DingtalkSettings settings, const Caller& call, FileReader files,
                                               const Clock& clock);

// A group's own robot: speaks, hears nothing.
struct DingtalkRobotSettings {
    ChannelId id;
    std::string webhook_url;  // holds the robot's key: a secret, in no log and no error text
    std::string secret;       // "SEC…"; empty: the robot takes messages without a signature
};
// 18 messages a minute: the platform mutes a robot for ten minutes after the twentieth. What is beyond is answered
// channel.busy with the time to wait.
Result<std::unique_ptr<Channel>> make_dingtalk_robot(DingtalkRobotSettings settings, Caller call, const Clock& clock);

}  // namespace huiyin
