// What was used lately, by key. Bounded: two generations, the older one is dropped whole when the younger is full.
//
// Threads: one at a time.
#pragma once
#include <unordered_map>
#include <utility>

namespace huiyin {

template <class Key, class Value, class Hash = std::hash<Key>>
class Recent {
public:
    explicit Recent(std::size_t most) : most_(most) {}
    // What it points to lives until the next put.
    Value* find(const Key& key) {
        if (const auto found = young_.find(key); found != young_.end()) return &found->second;
        const auto found = old_.find(key);
        if (found == old_.end()) return nullptr;
        auto value = std::move(found->second);
        old_.erase(found);
        return &put(key, std::move(value));
    }
    Value& put(const Key& key, Value value) {
        if (young_.size() >= most_) {
            old_ = std::move(young_);
            young_.clear();
        }
        old_.erase(key);
        return young_.insert_or_assign(key, std::move(value)).first->second;
    }
    void erase(const Key& key) {
        young_.erase(key);
        old_.erase(key);
    }
    void clear() {
        young_.clear();
        old_.clear();
    }

private:
    std::size_t most_;
    std::unordered_map<Key, Value, Hash> young_, old_;
};

}  // namespace huiyin
