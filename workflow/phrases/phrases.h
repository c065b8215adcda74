// Texts by key, filled in: what the house says, apart from the code that says it.
//
// A file is a flat JSON object {"customer.filed": "已登记,工单 {{number}}。…"}: mustache without escaping ({{name}};
// {{#name}}…{{/name}} shows its inside only when the variable is not empty). Keys begin with who is spoken to:
// customer., staff., talk. Threads: any; never changed after loading.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/base/result.h"

namespace huiyin {

using PhraseValues = std::map<std::string, std::string, std::less<>>;

// Where a phrase finds its values. Asked only for those its text names, so one that is dear to find is found on demand.
class PhraseSource {
public:
    virtual ~PhraseSource() = default;
    virtual const std::string* find(std::string_view name) const = 0;  // nullptr: nobody gives it
};

class PlainValues final : public PhraseSource {  // of a map, which must outlive it
public:
    explicit PlainValues(const PhraseValues& values) : values_(values) {}
    const std::string* find(std::string_view name) const override {
        const auto found = values_.find(name);
        return found == values_.end() ? nullptr : &found->second;
    }

private:
    const PhraseValues& values_;
};

class Phrases {
public:
    // Errors: phrases.unreadable - with every key that is no valid template.
    // The other languages that lie beside it come along.
    static Result<Phrases> load(const std::string& path);  // templates/phrases/zh-CN.json
    static Result<Phrases> from_text(const std::string& json, const std::string& name);

    // Throws std::logic_error for an unknown key or a variable that was not given: a mistake of ours.
    std::string render(std::string_view key, const PhraseValues& values = {}) const;
    std::string render(std::string_view key, const PhraseSource& values) const;
    // The same as an answer. Errors: phrases.unknown_key, phrases.missing_value.
    Result<std::string> try_render(std::string_view key, const PhraseValues& values = {}) const;
    bool has(std::string_view key) const;
    std::vector<std::string> keys() const;
    std::set<std::string> variables(std::string_view key) const;  // every variable the text names
    const std::string& locale() const { return locale_; }         // "zh-CN"
    // The same texts in another language; a text that it lacks is that of this one. A language that was not loaded:
    // these. Into traditional texts, values that are written in simplified characters are put in traditional ones.
    const Phrases& in(std::string_view language) const;

private:
    Result<std::string> fill(std::string_view key, const PhraseSource& values) const;
    struct Text {
        std::string text;
        std::set<std::string> names;  // the variables it names
        std::uint64_t number = 0;     // of its own, in this process
    };
    std::string locale_;
    std::map<std::string, Text, std::less<>> texts_;
    std::map<std::string, std::shared_ptr<const Phrases>, std::less<>> others_;  // by language
};

}  // namespace huiyin
