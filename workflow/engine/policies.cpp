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
    return calendar;
}

}  // namespace

Policies::Policies(std::shared_ptr<const Policy> standard) {
    if (!standard) throw std::logic_error("there is no service without a policy");
    all_.push_back(std::move(standard));
}

void Policies::add(std::shared_ptr<const Policy> policy) {
    std::lock_guard lock(mutex_);
    all_.push_back(std::move(policy));
}

void Policies::add_older(std::shared_ptr<const Policy> policy) {
    std::lock_guard lock(mutex_);
    calendars_.clear();
    phrases_.clear();
    const auto same = std::find_if(all_.begin(), all_.end(), [&](const auto& each) {
        return each->id == policy->id && each->version == policy->version;
    });
    if (same == all_.end())
        all_.insert(all_.begin() + 1, std::move(policy));
    else
        *same = std::move(policy);
}

std::shared_ptr<const Policy> Policies::newest(const std::string& id) const {
    std::lock_guard lock(mutex_);
    return newest_of(id);
}

// The default if it is of that id, else the one that was added last.
std::shared_ptr<const Policy> Policies::newest_of(const std::string& id) const {
    if (all_.front()->id == id) return all_.front();
    for (auto policy = all_.rbegin(); policy != all_.rend(); ++policy)
        if ((*policy)->id == id) return *policy;
    return nullptr;
}

void Policies::set_standard(std::shared_ptr<const Policy> policy) {
    std::lock_guard lock(mutex_);
    calendars_.clear();
    phrases_.clear();
    std::erase_if(all_, [&](const auto& each) { return each->id == policy->id && each->version == policy->version; });
    all_.insert(all_.begin(), std::move(policy));
}

void Policies::replace(std::shared_ptr<const Policy> policy) {
    std::lock_guard lock(mutex_);
    calendars_.clear();
    phrases_.clear();
    const auto found = std::find_if(all_.begin(), all_.end(), [&](const auto& each) {
        return each->id == policy->id && each->version == policy->version;
    });
    if (found == all_.end())
        all_.push_back(std::move(policy));
    else
        *found = std::move(policy);
}

std::shared_ptr<const Policy> Policies::for_unit(UnitId unit, const Directory& directory) const {
    std::lock_guard lock(mutex_);
    for (const auto* here = directory.unit(unit); here; here = directory.unit(here->parent)) {
        if (here->policy.empty()) continue;
        if (auto found = newest_of(here->policy)) return found;
    }
    return all_.front();
}

std::shared_ptr<const Policy> Policies::pinned(const std::string& id, const std::string& version) const {
    std::lock_guard lock(mutex_);
    for (const auto& policy : all_)
        if (policy->id == id && policy->version == version) return policy;
    auto same_id = newest_of(id);
    return same_id ? same_id : all_.front();
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
    return all_.front();
}

std::vector<std::shared_ptr<const Policy>> Policies::all() const {
    std::lock_guard lock(mutex_);
    return all_;
}

}  // namespace huiyin
