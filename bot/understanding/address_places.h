// Places as they are written: 3栋2单元501, 3-2-501, B座1802 … each where it stands, none chosen.
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace huiyin::addresses {

struct Place {
    std::optional<std::string> building, unit, room, floor;
    std::size_t begin = 0, end = 0;
    bool denied = false;
    bool corrects = false;
    bool own = false;  // 我住, 我家: the writer's household
    double score = 1;
};

// In the order they stand; text as Written::low with what others took blanked.
std::vector<Place> places_in(const std::u32string& text);

}  // namespace huiyin::addresses
