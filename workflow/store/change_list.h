// Changes with their values, kept to be made later in the same order. Used again and again: clear() keeps the room.
//
// Threads: one at a time.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "workflow/store/driver.h"

namespace huiyin {

class ChangeList {
public:
    template <class... Values>
    void add(const Sentence& sentence, Expected expected, const Values&... values) {
        const auto changes_before = used_changes_, values_before = used_values_;
        try {
            next(changes_, used_changes_) = {&sentence, expected, static_cast<int>(sizeof...(values))};
            (put(values), ...);
        } catch (...) {  // all or nothing: with some of its values, those after it would take the wrong ones
            used_changes_ = changes_before;
            used_values_ = values_before;
            throw;
        }
    }
    bool empty() const { return used_changes_ == 0; }
    void clear() { used_changes_ = used_values_ = 0; }
    // Throws what the driver throws, and std::logic_error when a change touched other rows than it was to.
    void make(Driver&) const;

private:
    static constexpr std::size_t large = 16384;
    enum class Kind { nothing, number, text, bytes, to_seal };
    struct Change {
        const Sentence* sentence = nullptr;
        Expected expected = Expected::any;
        int values = 0;
    };
    struct Value {
        Kind kind = Kind::nothing;
        std::int64_t number = 0;  // of one to seal: how long its place is, which stands before its words
        std::string words;
        const Vault* vault = nullptr;
    };
    template <class T>
    static T& next(std::vector<T>& list, std::size_t& used) {
        if (used == list.size()) list.emplace_back();
        return list[used++];
    }
    void put(std::int64_t number) {
        auto& value = next(values_, used_values_);
        value.kind = Kind::number;
        value.number = number;
    }
    void put(int number) { put(std::int64_t{number}); }
    void put(bool yes) { put(std::int64_t{yes}); }
    void put(const std::string& text) { put_words(Kind::text, text); }
    void put(const char* text) { put_words(Kind::text, text); }
    void put(const Bytes& bytes) { put_words(Kind::bytes, bytes.value); }
    void put(const ToSeal& value) {
        put_words(Kind::to_seal, value.place);
        auto& kept = values_[used_values_ - 1];
        kept.number = static_cast<std::int64_t>(value.place.size());
        kept.words += value.plain;
        kept.vault = &value.vault;
    }
    template <class T>
    void put(const std::optional<T>& value) {
        if (value) return put(*value);
        next(values_, used_values_).kind = Kind::nothing;
    }
    void put_words(Kind kind, std::string_view words) {
        auto& value = next(values_, used_values_);
        value.kind = kind;
        if (value.words.capacity() > large && words.size() <= large) value.words = {};  // rare: not kept for ever
        value.words.assign(words);
    }

    std::vector<Change> changes_;
    std::vector<Value> values_;
    std::size_t used_changes_ = 0, used_values_ = 0;  // what stands behind is room from before
};

// Runs a sentence that gives no rows and whose count nobody asks for at once: at the latest before the driver's next
// question or commit. False: it touched other rows than it was to (where it is made later, the group of units is
// undone instead and each unit runs again by itself).
template <class... Values>
bool change_later(Driver& driver, const Sentence& sentence, Expected expected, const Values&... values) {
    if (auto* list = driver.deferred()) {
        list->add(sentence, expected, values...);
        return true;
    }
    const auto count = change(driver, sentence, values...);
    return expected == Expected::any || count == 1;
}

}  // namespace huiyin
