// What the talk needs of a pack, made ready once and kept: no pack is read while somebody waits for an answer.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "bot/categories.h"
#include "workflow/engine/policies.h"
#include "workflow/phrases/phrases.h"
#include "workflow/policy/policy.h"

namespace huiyin {

// The trained model was taught this category of the packs (templates/utterances).
bool is_taught(std::string_view category);

struct PackTalk {
    std::shared_ptr<const Policy> policy;
    std::shared_ptr<const Phrases> own;  // the pack's own texts; null: it has none
    const Phrases* house = nullptr;      // everyone's
    std::map<std::string, std::shared_ptr<const Phrases>, std::less<>> others;  // the pack's in further languages
    PackCategories categories;
    bool model_knows = false;  // the trained model names the pack's categories; else the pack's own words do
    bool own_form = false;     // the pack says what is asked; else matter, place, phone, photo and wish are

    // The pack's text of that key in that language, else in the house's, else the house's text in that language. A
    // value that a text names and nobody gave is nothing.
    std::string text(std::string_view key, const PhraseValues& values = {}, std::string_view language = {}) const;
    // What the pack calls one of its own in that language: its text "customer.<what>.<key>"; without one, `title`.
    std::string name(std::string_view what, std::string_view key, const std::string& title,
                     std::string_view language) const;
    bool has(std::string_view key) const;
    // The words that the pack forbids and this text says; null: none.
    const Never* forbidden_in(std::string_view text) const;
};

std::shared_ptr<const PackTalk> made_ready(
    std::shared_ptr<const Policy> policy, std::shared_ptr<const Phrases> own, const Phrases& house,
    std::map<std::string, std::shared_ptr<const Phrases>, std::less<>> others = {});

// Of all packs that are spoken for. Threads: any.
class PackTalks {
public:
    // Both must outlive it.
    PackTalks(const Policies& policies, const Phrases& house) : policies_(policies), house_(house) {}
    std::shared_ptr<const PackTalk> of(const std::shared_ptr<const Policy>& policy) const;

private:
    const Policies& policies_;
    const Phrases& house_;
    mutable std::mutex mutex_;
    mutable std::map<const Policy*, std::shared_ptr<const PackTalk>> kept_;  // each keeps its pack alive
};

}  // namespace huiyin
