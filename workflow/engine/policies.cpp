#include "workflow/engine/policies.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "workflow/base/json_text.h"
#include "workflow/base/log.h"

namespace huiyin {
namespace {

Calendar calendar_for(const Policy& policy, const Unit& unit) {
    auto calendar = policy.calendar;
    if (!unit.hours.empty()) {
        std::vector<Finding> findings;
        const auto json = parse_json(unit.hours);
        auto hours = json && json->is_object() ? read_hours(*json, "", findings) : WeekHours{};
        if (json && json->is_object() && findings.empty())
            calendar = calendar.with_hours(std::move(hours));
        else
            log::warning("unit.unreadable_hours", {{"unit", unit.key}});
    }
    if (const auto zone = Zone::named(unit.zone)) calendar = calendar.in_zone(*zone);
    calendar.make_ready();  // once: it is kept
    return calendar;
}

bool same(const Policy& one, const Policy& other) { return one.id == other.id && one.version == other.version; }

}  // namespace

Policies::Policies(std::shared_ptr<const Policy> standard) { put_in_force(std::move(standard)); }

void Policies::put_in_force(std::shared_ptr<const Policy> standard, std::vector<std::shared_ptr<const Policy>> others) {
    if (!standard) throw std::logic_error("there is no service without a policy");
    others.insert(others.begin(), std::move(standard));
    std::lock_guard lock(mutex_);
    calendars_.clear();
    phrases_.clear();
    older_.insert(older_.end(), in_force_.begin(), in_force_.end());
    in_force_ = std::move(others);
    std::erase_if(older_, [&](const auto& before) {
        return std::any_of(in_force_.begin(), in_force_.end(), [&](const auto& now) { return same(*now, *before); });
    });
}

void Policies::add_older(std::shared_ptr<const Policy> policy) {
    std::lock_guard lock(mutex_);
    calendars_.clear();
    phrases_.clear();
    std::erase_if(older_, [&](const auto& each) { return same(*each, *policy); });
    older_.push_back(std::move(policy));
}

std::shared_ptr<const Policy> Policies::in_force(const std::string& id) const {
    std::lock_guard lock(mutex_);
    return of_id(id);
}

std::shared_ptr<const Policy> Policies::of_id(const std::string& id) const {
    const auto found =
        std::find_if(in_force_.begin(), in_force_.end(), [&](const auto& each) { return each->id == id; });
    return found == in_force_.end() ? nullptr : *found;
}

std::shared_ptr<const Policy> Policies::for_unit(UnitId unit, const Directory& directory) const {
    std::lock_guard lock(mutex_);
    for (const auto* here = directory.unit(unit); here; here = directory.unit(here->parent)) {
        if (here->policy.empty()) continue;
        if (auto found = of_id(here->policy)) return found;
    }
    return in_force_.front();
}

std::shared_ptr<const Policy> Policies::pinned(const std::string& id, const std::string& version) const {
    std::lock_guard lock(mutex_);
    for (const auto* list : {&in_force_, &older_})
        for (const auto& policy : *list)
            if (policy->id == id && policy->version == version) return policy;
    auto same_id = of_id(id);
    return same_id ? same_id : in_force_.front();
}

std::shared_ptr<const Calendar> Policies::calendar_of(const std::shared_ptr<const Policy>& policy,
                                                      const Unit* unit) const {
    const bool own_zone = unit && unit->zone != policy->calendar.zone().name();
    if (!unit || (unit->hours.empty() && !own_zone)) return {policy, &policy->calendar};
    std::lock_guard lock(mutex_);
    auto& kept = calendars_[{policy.get(), unit->zone + unit->hours}];
    if (!kept) kept = std::make_shared<const Calendar>(calendar_for(*policy, *unit));
    return kept;
}

std::shared_ptr<const Phrases> Policies::phrases_of(const std::shared_ptr<const Policy>& policy,
                                                    const std::string& locale) const {
    const auto texts = policy->phrases.find(locale);
    if (texts == policy->phrases.end()) return nullptr;
    std::lock_guard lock(mutex_);
    auto& kept = phrases_[{policy.get(), locale}];
    if (kept) return kept;
    auto made = Phrases::from_text(to_text(Json(texts->second)), policy->id + " " + locale);
    if (!made) {
        log::error("policy.unreadable_phrases", {{"policy", policy->id}, {"problem", made.problem().text}});
        return nullptr;
    }
    kept = std::make_shared<const Phrases>(std::move(made.value()));
    return kept;
}

std::shared_ptr<const Policy> Policies::standard() const {
    std::lock_guard lock(mutex_);
    return in_force_.front();
}

std::vector<std::shared_ptr<const Policy>> Policies::in_force() const {
    std::lock_guard lock(mutex_);
    return in_force_;
}

}  // namespace huiyin
