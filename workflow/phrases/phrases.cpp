#include "workflow/phrases/phrases.h"

#include <atomic>
#include <filesystem>
#include <kainjow/mustache.hpp>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <unordered_map>

#include "workflow/base/json_text.h"
#include "workflow/phrases/writing.h"

namespace huiyin {
namespace {

namespace mustache = kainjow::mustache;

mustache::mustache compiled(const std::string& text) {
    mustache::mustache template_text(text);
    template_text.set_custom_escape([](const std::string& plain) { return plain; });  // chat texts are no HTML
    return template_text;
}

// The names between braces: {{name}}, {{{name}}}, {{&name}}, {{#name}}, {{^name}}, {{/name}}.
std::set<std::string> names_in(const std::string& text) {
    std::set<std::string> names;
    for (std::size_t at = text.find("{{"); at != std::string::npos; at = text.find("{{", at)) {
        const auto end = text.find("}}", at);
        if (end == std::string::npos) break;
        auto name = text.substr(at + 2, end - at - 2);
        const auto first = name.find_first_not_of("{&#^/ \t"), last = name.find_last_not_of("} \t");
        if (first != std::string::npos && name.front() != '!') names.insert(name.substr(first, last - first + 1));
        at = end + 2;
    }
    return names;
}

constexpr std::string_view name_letters = "abcdefghijklmnopqrstuvwxyz0123456789_";

// Most texts only name values and show a part where one is not empty, which needs no parser. Nothing: the text has
// other tags, one part within another, or a value is missing.
std::optional<std::string> filled_in(std::string_view text, const PhraseSource& values, bool inside = false) {
    std::string filled;
    std::size_t done = 0;
    for (auto at = text.find("{{"); at != std::string_view::npos; at = text.find("{{", done)) {
        const auto end = text.find("}}", at);
        if (end == std::string_view::npos) return std::nullopt;
        auto name = text.substr(at + 2, end - at - 2);
        const char mark = name.empty() ? '\0' : name.front();
        const bool part = mark == '#' || mark == '^';
        if (part) name.remove_prefix(1);
        if (name.empty() || (part && inside) || name.find_first_not_of(name_letters) != std::string_view::npos)
            return std::nullopt;
        const auto* value = values.find(name);
        if (!value) return std::nullopt;
        filled.append(text, done, at - done);
        done = end + 2;
        if (!part) {
            filled.append(*value);
            continue;
        }
        const auto closing = "{{/" + std::string(name) + "}}";
        const auto close = text.find(closing, done);
        if (close == std::string_view::npos) return std::nullopt;
        if (value->empty() == (mark == '^')) {
            const auto shown = filled_in(text.substr(done, close - done), values, true);
            if (!shown) return std::nullopt;
            filled.append(*shown);
        }
        done = close + closing.size();
    }
    filled.append(text, done);
    return filled;
}

std::atomic<std::uint64_t> texts_made{0};

// Parsing a text costs more than filling it in, so each thread keeps those it has parsed.
mustache::mustache& parsed(const std::string& text, std::uint64_t number) {
    thread_local std::unordered_map<std::uint64_t, mustache::mustache> kept;
    const auto found = kept.find(number);
    if (found != kept.end()) return found->second;
    if (kept.size() > 4096) kept.clear();  // of phrases that were loaded anew many times
    return kept.emplace(number, compiled(text)).first->second;
}

std::string fault_of(const std::string& text) {
    auto template_text = compiled(text);
    if (!template_text.is_valid()) return template_text.error_message();
    for (const auto& name : names_in(text))
        if (name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") != std::string::npos)
            return "\"" + name + "\" is no variable: write small letters, digits and _";
    return {};
}

// Values as they stand in a traditional text.
class Traditional final : public PhraseSource {
public:
    explicit Traditional(const PhraseSource& values) : values_(values) {}
    const std::string* find(std::string_view name) const override {
        const auto* value = values_.find(name);
        if (!value) return nullptr;
        return &(written_[std::string(name)] = in_traditional(*value));
    }

private:
    const PhraseSource& values_;
    mutable PhraseValues written_;
};

}  // namespace

Result<Phrases> Phrases::load(const std::string& path) {
    const auto read = [](const std::filesystem::path& file) -> Result<Phrases> {
        const auto json = read_json_file(file.string());
        if (!json) return json.problem();
        auto phrases = from_text(to_text(*json), file.string());
        if (phrases) phrases->locale_ = file.stem().string();
        return phrases;
    };
    const std::filesystem::path own(path);
    auto phrases = read(own);
    if (!phrases) return phrases;
    for (const auto language : languages) {
        const auto beside = own.parent_path() / (std::string(language) + ".json");
        if (language == phrases->locale_ || !std::filesystem::exists(beside)) continue;
        auto other = read(beside);
        if (!other) return other;
        other->texts_.insert(phrases->texts_.begin(), phrases->texts_.end());  // only those it lacks
        phrases->others_[std::string(language)] = std::make_shared<const Phrases>(std::move(*other));
    }
    return phrases;
}

const Phrases& Phrases::in(std::string_view language) const {
    const auto other = others_.find(language);
    return other == others_.end() ? *this : *other->second;
}

Result<Phrases> Phrases::from_text(const std::string& text, const std::string& name) {
    const auto json = parse_json(text, {.bytes = 4 << 20, .comments = true});
    if (!json) return json.problem();
    if (!json->is_object())
        return Problem{"phrases.unreadable", "no object: " + name + ": write {\"customer.filed\": \"…\"}", {}};
    Phrases phrases;
    phrases.locale_ = name;
    std::string faults;
    for (const auto& [key, value] : json->items()) {
        const auto fault = value.is_string() ? fault_of(value.get<std::string>()) : std::string("this is no text");
        if (fault.empty())
            phrases.texts_[key] = {value.get<std::string>(), names_in(value.get<std::string>()), ++texts_made};
        else
            faults += (faults.empty() ? "" : "\n") + std::string("bad phrase: ") + name + " /" + key + ": " + fault;
    }
    if (!faults.empty()) return Problem{"phrases.unreadable", faults, {}};
    return phrases;
}

Result<std::string> Phrases::try_render(std::string_view key, const PhraseValues& values) const {
    const PlainValues plain(values);
    return locale_ == "zh-TW" ? fill(key, Traditional(plain)) : fill(key, plain);
}

Result<std::string> Phrases::fill(std::string_view key, const PhraseSource& values) const {
    const auto found = texts_.find(key);
    if (found == texts_.end())
        return Problem{"phrases.unknown_key",
                       "unknown phrase: " + std::string(key) + ": add it to templates/phrases/" + locale_ + ".json",
                       {}};
    if (auto filled = filled_in(found->second.text, values)) return std::move(*filled);
    mustache::data data;
    for (const auto& name : found->second.names) {
        const auto* value = values.find(name);
        if (!value)
            return Problem{
                "phrases.missing_value",
                "no value for {{" + name + "}}: phrase " + std::string(key) + ": nobody gives that value here",
                {}};
        if (value->empty())
            data.set(name, mustache::data(mustache::data::type::bool_false));
        else
            data.set(name, *value);
    }
    return parsed(found->second.text, found->second.number).render(data);
}

std::string Phrases::render(std::string_view key, const PhraseValues& values) const {
    return render(key, PlainValues(values));
}

std::string Phrases::render(std::string_view key, const PhraseSource& values) const {
    auto text = locale_ == "zh-TW" ? fill(key, Traditional(values)) : fill(key, values);
    if (!text) throw std::logic_error(text.problem().text);
    return std::move(*text);
}

bool Phrases::has(std::string_view key) const { return texts_.find(key) != texts_.end(); }

std::vector<std::string> Phrases::keys() const {
    std::vector<std::string> keys;
    for (const auto& each : texts_) keys.push_back(each.first);
    return keys;
}

std::set<std::string> Phrases::variables(std::string_view key) const {
    const auto found = texts_.find(key);
    return found == texts_.end() ? std::set<std::string>() : found->second.names;
}

}  // namespace huiyin
