// What the advisor must know of the house around it.
#pragma once
#include <string>
#include <vector>

#include "bot/advice/advice.h"
#include "workflow/directory/directory.h"
#include "workflow/policy/policy.h"
#include "workflow/store/store.h"

namespace huiyin::advice {

// The pack's categories as far as our own model was taught them: others are found by the pack's words, not by advice.
Choices choices_of(const Policy& policy);

// Staff and communities: none of these leaves the house.
std::vector<std::string> names_of(const Directory& directory);

// What this person is called, as far as the store has heard: by the channel, by staff, in what he is telling.
// Reads the store on the calling thread.
std::vector<std::string> names_known(Store& store, const std::string& channel, const std::string& address);

// Something was asked of this person, or a colleague has the talk: what he says now is an answer.
// Reads the store on the calling thread.
bool awaits_answer(Store& store, const std::string& channel, const std::string& address);

}  // namespace huiyin::advice
