// Which community is meant: by a unit, by what people call it.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "bot/understanding/community_names.h"
#include "workflow/directory/directory.h"

namespace huiyin {

// The community of a unit that has just one; none otherwise.
UnitId community_of(const Directory& directory, UnitId unit);
// The one of that name, else one whose name has these words in it; none: nobody is called so.
UnitId community_named(const Directory& directory, std::string_view name);

// What the communities in use are called, made ready once for each state of the directory.
CommunitiesNow names_of_communities(std::function<std::shared_ptr<const Directory>()> directory);

// Whom people of a unit call; its own, else those of what it belongs to. Empty where there are none.
struct Phones {
    std::string duty, gas, lift;
    // In that danger: who opens lifts or shuts off gas, else those on duty.
    const std::string& in_danger(std::string_view danger) const;
};
Phones phones_of(const Directory& directory, UnitId unit);

}  // namespace huiyin
