#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/walk/walker.h"
#include "workflow/policy/same_text.h"

namespace huiyin::test {
namespace {

// The name that {"var": "given.answer"} asks for: "answer"; empty for anything else.
std::string asked_name(const Json& logic) {
    if (!logic.is_object() || logic.size() != 1) return {};
    const auto& key = logic.begin().key();
    const auto& what = logic.begin().value();
    if ((key != "var" && key != "val") || !what.is_string()) return {};
    const auto name = what.get<std::string>();
    return name.substr(name.rfind('.') + 1);
}

}  // namespace

WalkGround::WalkGround(std::shared_ptr<const Policy> pack) : pack_(std::move(pack)) {
    roles_ = pack_->roles;
    for (const auto& state : pack_->states)
        for (const auto& move : pack_->moves)
            if (const auto from = moves_from(*pack_, state.key, move.command);
                !move.refused && std::find(from.begin(), from.end(), &move) != from.end())
                moves_[state.key].push_back(&move);
    for (const auto& move : pack_->moves)
        if (!move.refused && (move.roles.size() != 1 || move.roles.front() != "policy") &&
            !contains(commands_, move.command))
            commands_.push_back(move.command);
    for (const auto& level : pack_->levels)
        for (const auto& reason : level.any_of) learn(reason.when);
    for (const auto& move : pack_->moves) learn(move.when);
    for (const auto& opening : pack_->openings) learn(opening.when);
    for (const auto& route : pack_->routes) learn(route.when);
    for (const auto& test : pack_->admission.tests) learn(test.when);
    for (const auto& reaction : pack_->reactions) learn(reaction.when);
    for (const auto& deadline : pack_->deadlines) learn(deadline.when);
}

void WalkGround::learn(const Rule& rule) {
    if (rule.logic) learn(*rule.logic);
}

void WalkGround::learn(const Json& logic) {
    if (logic.is_number()) {
        const auto number = logic.get<std::int64_t>();
        for (const auto near : {number - 1, number, number + 1}) numbers_.push_back(std::max<std::int64_t>(0, near));
    }
    if (logic.is_array()) {
        std::string name;
        for (const auto& item : logic)
            if (auto asked = asked_name(item); !asked.empty()) name = std::move(asked);
        for (const auto& item : logic) {
            if (item.is_string() && !name.empty() && !contains(words_[name], item.get_ref<const std::string&>()))
                words_[name].push_back(item);
            if (item.is_array() && !name.empty())
                for (const auto& each : item)
                    if (each.is_string() && !contains(words_[name], each.get_ref<const std::string&>()))
                        words_[name].push_back(each);
            learn(item);
        }
    }
    if (logic.is_object())
        for (const auto& item : logic) learn(item);
}

const std::vector<const Move*>& WalkGround::moves(const std::string& state) const {
    static const std::vector<const Move*> none;
    const auto found = moves_.find(state);
    return found == moves_.end() ? none : found->second;
}

bool WalkGround::is_given(const std::string& command) const { return contains(commands_, command); }

std::int64_t WalkGround::telling_number(Random& random) const {
    return numbers_[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(numbers_.size())))];
}

std::string WalkGround::telling_word(const std::string& name, Random& random) const {
    const auto found = words_.find(name);
    if (found == words_.end() || found->second.empty()) return {};
    return found->second[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(found->second.size())))];
}

constexpr int enough_visits = 50;

std::int64_t WalkMap::refusals() const {
    std::int64_t sum = 0;
    for (const auto& [code, times] : refused) sum += times;
    return sum;
}

std::vector<std::string> WalkMap::dead_ends() const {
    std::set<std::string> good;
    for (const auto& [end, times] : ends) good.insert(end);
    for (bool grown = true; grown;) {
        grown = false;
        for (const auto& [state, next] : ways)
            if (good.count(state) == 0 &&
                std::any_of(next.begin(), next.end(), [&](const std::string& each) { return good.count(each) != 0; }))
                grown = good.insert(state).second;
    }
    std::vector<std::string> dead;
    for (const auto& [state, next] : ways)
        if (good.count(state) == 0 && visits.count(state) != 0 && visits.at(state) >= enough_visits)
            dead.push_back(state);
    return dead;
}

}  // namespace huiyin::test
