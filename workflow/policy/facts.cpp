#include <algorithm>
#include <cstdint>
#include <stdexcept>

#include "workflow/policy/fact.h"
#include "workflow/policy/same_text.h"

namespace huiyin {
namespace {

using Marks = std::vector<std::uint32_t>;
using Entries = std::vector<Facts::value_type>;

// Where the name stands at `from` or behind it; the size if nowhere.
std::size_t place_behind(std::size_t from, FactName name, const Marks& marks, const Entries& all) {
    const auto begin = marks.begin();
    for (auto at = begin + static_cast<std::ptrdiff_t>(from);; ++at) {
        at = std::find(at, marks.end(), name.mark());
        const auto place = static_cast<std::size_t>(at - begin);
        if (at == marks.end() || is_same_text(all[place].first, name.text())) return place;
    }
}

// Brings a fact to its place from behind it, where it is known already; what lay there goes to where it was. Not to be
// mixed into its caller, who has nothing to do most of the time.
[[gnu::noinline]] Fact& brought_to(std::size_t place, FactName name, Marks& marks, Entries& all) {
    const auto found = place_behind(place, name, marks, all);
    if (found == all.size()) {
        marks.push_back(name.mark());
        all.emplace_back(name.text(), Fact{});
    }
    if (found != place) {
        std::swap(marks[place], marks[found]);
        std::swap(all[place], all[found]);
    }
    return all[place].second;
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
    return static_cast<std::ptrdiff_t>(place_behind(0, name, marks_, all_));
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
    return all_.emplace_back(name.text(), std::move(fact)).second;
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
    const auto here = at_++;
    if (here < marks.size() && marks[here] == name.mark() && is_same_text(all[here].first, name.text()))
        return all[here].second;
    return brought_to(here, name, marks, all);
}

void FactWriter::finish() {
    facts_.all_.resize(at_);
    facts_.marks_.resize(at_);
}

}  // namespace huiyin
