#include "bot/pack_talk.h"

#include <algorithm>

#include "workflow/phrases/writing.h"

namespace huiyin {
namespace {

// Those that templates/utterances teaches.
constexpr std::string_view taught[] = {"housing", "equipment", "order",   "environment", "service",   "consultation",
                                       "basic",   "special",   "leasing", "dispute",     "developer", "other"};

bool all_taught(const Policy& policy) {
    for (const auto& kind : policy.kinds) {
        if (kind.unasked) continue;
        for (const auto& category : kind.categories)
            if (!is_taught(category.key)) return false;
    }
    return true;
}

}  // namespace

bool is_taught(std::string_view category) {
    return std::find(std::begin(taught), std::end(taught), category) != std::end(taught);
}

std::string PackTalk::text(std::string_view key, const PhraseValues& values, std::string_view language) const {
    const auto other = others.find(language);
    const bool in_other = other != others.end() && other->second->has(key);
    const bool in_own = !in_other && own && own->has(key);
    const auto& texts = in_other ? *other->second : in_own ? *own : house->in(language);
    const auto written = [&](std::string said) {
        return in_other || in_own ? in_writing_of(language, said) : std::move(said);
    };
    if (auto said = texts.try_render(key, values)) return written(std::move(*said));
    auto all = values;
    for (const auto& name : texts.variables(key)) all.try_emplace(name);
    return written(texts.render(key, all));
}

std::string PackTalk::name(std::string_view what, std::string_view key, const std::string& title,
                           std::string_view language) const {
    const auto other = others.find(language);
    if (other == others.end()) return in_writing_of(language, title);
    const auto name = "customer." + std::string(what) + "." + std::string(key);
    return other->second->has(name) ? other->second->render(name) : in_writing_of(language, title);
}

bool PackTalk::has(std::string_view key) const { return (own && own->has(key)) || house->has(key); }

const Never* PackTalk::forbidden_in(std::string_view text) const {
    for (const auto& never : policy->talk.never)
        for (const auto& words : never.words)
            if (!words.empty() && text.find(words) != std::string_view::npos) return &never;
    return nullptr;
}

std::shared_ptr<const PackTalk> made_ready(std::shared_ptr<const Policy> policy, std::shared_ptr<const Phrases> own,
                                           const Phrases& house,
                                           std::map<std::string, std::shared_ptr<const Phrases>, std::less<>> others) {
    auto ready = std::make_shared<PackTalk>();
    ready->categories = PackCategories(*policy);
    ready->model_knows = all_taught(*policy);
    ready->own_form = !policy->slots.empty();
    ready->policy = std::move(policy);
    ready->own = std::move(own);
    ready->house = &house;
    ready->others = std::move(others);
    return ready;
}

std::shared_ptr<const PackTalk> PackTalks::of(const std::shared_ptr<const Policy>& policy) const {
    constexpr std::size_t most = 64;  // versions and packs in force at a time are few
    const std::lock_guard lock(mutex_);
    if (const auto found = kept_.find(policy.get()); found != kept_.end()) return found->second;
    if (kept_.size() >= most) kept_.clear();
    std::map<std::string, std::shared_ptr<const Phrases>, std::less<>> others;
    for (const auto language : languages)
        if (language != house_.locale())
            if (auto texts = policies_.phrases_of(policy, std::string(language)))
                others.emplace(language, std::move(texts));
    return kept_[policy.get()] =
               made_ready(policy, policies_.phrases_of(policy, house_.locale()), house_, std::move(others));
}

}  // namespace huiyin
