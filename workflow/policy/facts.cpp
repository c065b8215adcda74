#include <algorithm>
#include <cstdint>
#include <stdexcept>

#include "workflow/policy/fact.h"
#include "workflow/policy/same_text.h"

namespace huiyin {

Facts::Facts(std::initializer_list<value_type> facts) {
    reserve(facts.size());
    for (const auto& [name, fact] : facts)
        if (count(name) == 0) add(name, fact);  // the first one counts, as in a map
}

void Facts::reserve(std::size_t count) {
    marks_.reserve(count);
    all_.reserve(count);
}

const Fact& Facts::at(FactName name) const {
    const auto found = find(name);
    if (found == end()) throw std::out_of_range("no fact " + std::string(name.text()));
    return found->second;
}

Fact& Facts::operator[](FactName name) {
    const auto place = static_cast<std::size_t>(place_of(name));
    return place < all_.size() ? all_[place].second : add(name, Fact{});
}

// Both or neither: without memory for one of them the facts stay as they were.
Fact& Facts::add(FactName name, Fact fact) {
    auto& added = all_.emplace_back(name.text(), std::move(fact));
    try {
        marks_.push_back(name.mark());
    } catch (...) {
        all_.pop_back();
        throw;
    }
    return added.second;
}

std::size_t Facts::erase(FactName name) {
    const auto found = find(name);
    if (found == end()) return 0;
    erase(found);
    return 1;
}

Facts::iterator Facts::erase(const_iterator place) {
    marks_.erase(marks_.begin() + (place - all_.cbegin()));
    return all_.erase(place);
}

void Facts::clear() {
    marks_.clear();
    all_.clear();
}

bool operator==(const Facts& a, const Facts& b) {
    return a.size() == b.size() && std::all_of(a.begin(), a.end(), [&](const Facts::value_type& each) {
               const auto found = b.find(each.first);
               return found != b.end() && found->second == each.second;
           });
}

// Brings a fact to its place from behind it, where it is known already; what lay there goes to where it was.
Fact& FactWriter::brought_to(std::size_t place, FactName name) {
    auto& all = facts_.all_;
    auto& marks = facts_.marks_;
    const auto found = facts_.place_behind(place, name);
    if (found == all.size()) facts_.add(name, Fact{});
    if (found != place) {
        std::swap(marks[place], marks[found]);
        std::swap(all[place], all[found]);
    }
    return all[place].second;
}

std::vector<std::string>& FactWriter::list(FactName name, std::size_t size) {
    auto& fact = next(name);
    auto* items = std::get_if<std::vector<std::string>>(&fact);
    if (!items) items = &fact.emplace<std::vector<std::string>>();
    items->resize(size);
    return *items;
}

void FactWriter::put_if_new(FactName name, const Fact& fact) {
    const auto found = facts_.place_behind(0, name);
    if (found >= at_) next(name) = fact;
}

void FactWriter::finish() {
    facts_.all_.resize(at_);
    facts_.marks_.resize(at_);
}

}  // namespace huiyin
