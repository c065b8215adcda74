// What the service would know, read from its store without starting it: for commands that ask as the routes do.
#pragma once
#include <memory>
#include <string>

#include "channels/api/api.h"
#include "deploy/service/config.h"

namespace huiyin::commands {

struct QuietHouse {
    QuietHouse(const Config& config, const std::string& share, bool read_only);
    ~QuietHouse();  // commits what waits
    QuietHouse(const QuietHouse&) = delete;
    QuietHouse& operator=(const QuietHouse&) = delete;

    IdMaker ids{1};
    SystemClock system;
    Phrases phrases;
    std::unique_ptr<Store> store;
    PayloadKeys keys;
    SpeakerDesk speaker;  // what kind each channel is; nobody is spoken to
    std::unique_ptr<DirectoryHolder> directory;
    std::unique_ptr<Policies> policies;
    std::unique_ptr<Engine> engine;
    ApiParts parts;
    EngineParts engine_parts;
    TimePoint now;  // where the service's clock is set by hand: as it stands
};

}  // namespace huiyin::commands
