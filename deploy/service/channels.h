// The configured channels as adapters. The web chat is none: it has no platform behind it.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "channels/channel.h"
#include "channels/outgoing/file_reader.h"
#include "channels/outgoing/json_api.h"
#include "channels/wecom_kf/wecom_kf.h"
#include "deploy/service/config.h"

namespace huiyin {

// `pulled`: those among them whose messages are fetched.
struct Channels {
    std::vector<std::unique_ptr<Channel>> all;
    std::vector<CustomerService*> pulled;
};
// What the functions and the clock (the system's) refer to must outlive the channels.
// Errors: config.invalid - all of them, a line each.
Result<Channels> make_channels(const Config& config, const Caller& call, const FileReader& files, const Clock& system);
// The origins of every api_base and webhook_url: a person wrote them down, so they may be called even on this machine.
std::vector<std::string> trusted_origins(const Config& config);

}  // namespace huiyin
