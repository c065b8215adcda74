#include <algorithm>
#include <cstdint>
#include <cstring>
#include <stdexcept>

#include "workflow/policy/fact.h"

namespace huiyin {
namespace {

// As ==, without a call for the names there are: two words, which may lie over each other, hold all of most of them.
bool is_same(const std::string& one, std::string_view other) {
    const auto size = one.size();
    constexpr std::size_t word = sizeof(std::uint64_t);
    if (size != other.size()) return false;
    if (size < word || size > 2 * word) return one == other;
    const auto word_at = [](const char* at) {
        std::uint64_t value = 0;
        std::memcpy(&value, at, sizeof value);
        return value;
    };
    return word_at(one.data()) == word_at(other.data()) &&
           word_at(one.data() + size - word) == word_at(other.data() + size - word);
}

}  // namespace

Facts::Facts(std::initializer_list<value_type> facts) {
    reserve(facts.size());
    for (const auto& [name, fact] : facts)
        if (count(name) == 0) add(name, fact);  // the first one counts, as in a map
}

void Facts::reserve(std::size_t count) {
    marks_.reserve(count);
    all_.reserve(count);
}

std::ptrdiff_t Facts::place_of(FactName name) const {
    const auto count = marks_.size();
    const auto* marks = marks_.data();
    for (std::size_t i = 0; i < count; ++i)
        if (marks[i] == name.mark() && is_same(all_[i].first, name.text())) return static_cast<std::ptrdiff_t>(i);
    return static_cast<std::ptrdiff_t>(count);
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

Fact& Facts::add(FactName name, Fact fact) {
    marks_.push_back(name.mark());
    return all_.emplace_back(std::string(name.text()), std::move(fact)).second;
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

Fact& FactWriter::next(FactName name) {
    auto& all = facts_.all_;
    auto& marks = facts_.marks_;
    const auto is_it = [&](std::size_t place) {
        return marks[place] == name.mark() && is_same(all[place].first, name.text());
    };
    auto place = at_;
    while (place < all.size() && !is_it(place)) ++place;
    const auto here = static_cast<std::ptrdiff_t>(at_++);
    if (place == all.size()) {  // new among the others
        marks.insert(marks.begin() + here, name.mark());
        return all.emplace(all.begin() + here, std::string(name.text()), Fact{})->second;
    }
    if (const auto skipped = static_cast<std::ptrdiff_t>(place) - here; skipped > 0) {  // not known any more
        marks.erase(marks.begin() + here, marks.begin() + here + skipped);
        all.erase(all.begin() + here, all.begin() + here + skipped);
    }
    return all[static_cast<std::size_t>(here)].second;
}

void FactWriter::finish() {
    facts_.all_.resize(at_);
    facts_.marks_.resize(at_);
}

}  // namespace huiyin
