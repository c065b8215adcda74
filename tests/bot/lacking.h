// A desk whose texts lack these.
#pragma once
#include <catch2/catch.hpp>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "room.h"

namespace huiyin::test {

struct Lacking {
    explicit Lacking(Room& of, const std::vector<std::string>& keys) : room(of), before(of.world.phrases) {
        std::ifstream file(HUIYIN_SOURCE "/templates/phrases/zh-CN.json");
        auto texts = nlohmann::json::parse(file);
        for (const auto& key : keys) REQUIRE(texts.erase(key) == 1);
        room.world.phrases = std::make_shared<const Phrases>(Phrases::from_text(texts.dump(), "zh-CN.json").value());
        room.restarts();
    }
    ~Lacking() {
        room.world.phrases = before;
        room.restarts();
    }
    Room& room;
    std::shared_ptr<const Phrases> before;  // the engine's
};

}  // namespace huiyin::test
