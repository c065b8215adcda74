#include "workflow/store/search.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <iterator>
#include <limits>
#include <map>
#include <set>

#include "workflow/store/sql.h"

namespace huiyin {
namespace {

std::size_t character_bytes(unsigned char first) {
    if (first < 0x80) return 1;
    if (first >= 0xf0) return 4;
    return first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
}

template <class Integer>
std::string to_bytes(const std::vector<Integer>& values) {
    std::string bytes(values.size() * sizeof(Integer), '\0');
    if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
}
template <class Integer>
std::vector<Integer> from_bytes(const std::string& bytes) {
    std::vector<Integer> values(bytes.size() / sizeof(Integer));
    if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(Integer));
    return values;
}

}  // namespace

std::string search_form(const std::string& words) {
    std::string form;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto c = static_cast<unsigned char>(words[i]);
        if (words.compare(i, 3, "\xE3\x80\x80") == 0) {  // the wide space
            i += 2;
        } else if (c > ' ') {
            form += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : words[i];
        }
    }
    return form;
}

std::vector<std::string> search_terms(const std::string& words) {
    std::vector<std::string> terms;
    std::string term;
    const auto done = [&] {
        if (auto form = search_form(term); !form.empty()) terms.push_back(std::move(form));
        term.clear();
    };
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words.compare(i, 3, "\xE3\x80\x80") == 0) {
            done();
            i += 2;
        } else if (static_cast<unsigned char>(words[i]) <= ' ') {
            done();
        } else {
            term += words[i];
        }
    }
    done();
    return terms;
}

std::vector<std::uint32_t> pair_hashes(const Vault& vault, const std::string& form) {
    std::vector<std::uint32_t> pairs;
    for (std::size_t at = 0; at < form.size();) {
        const auto first = character_bytes(static_cast<unsigned char>(form[at]));
        const auto next = at + first;
        if (next >= form.size()) break;
        const auto both = first + character_bytes(static_cast<unsigned char>(form[next]));
        const auto hash = vault.index(std::string_view(form).substr(at, both), "pair");
        std::uint32_t value = 0;
        std::memcpy(&value, hash.data(), sizeof value);
        pairs.push_back(value);
        at = next;
    }
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    return pairs;
}

std::string packed(const std::vector<std::uint32_t>& pairs) { return to_bytes(pairs); }

namespace {

// Beside the pairs, which are 32 bits without a sign: of each portion the greatest ticket in it or in any older one,
// and its own least. A ticket that is amended stands in a later portion too, so the order of portions is not all there
// is.
constexpr std::int64_t ends_of_portions = -1;
constexpr auto everything = std::numeric_limits<std::int64_t>::max();
constexpr int portions_at_most = 64;

}  // namespace

const PairSearch::Portion* PairSearch::Column::at_most(std::int64_t portion) {
    while (true) {
        while (at_ < held_.size() && held_[at_].id > portion) ++at_;
        if (at_ < held_.size()) return &held_[at_];
        if (all_read_) return nullptr;
        held_.clear();
        at_ = 0;
        Query row(driver_, sql::portions, organisation_, pair_, portion, many_);
        while (row.step()) held_.push_back({row.integer(0), from_bytes<std::int64_t>(row.text(1))});
        all_read_ = static_cast<int>(held_.size()) < many_;
        many_ = std::min(many_ * 4, portions_at_most);
    }
}

PairSearch::PairSearch(Driver& driver, std::int64_t organisation, const std::vector<std::uint32_t>& pairs,
                       std::int64_t below)
    : ends_(driver, organisation, ends_of_portions), below_(below), last_(below) {
    for (const auto pair : pairs) columns_.emplace_back(driver, organisation, std::int64_t{pair});
    all_read_ = pairs.empty();
    if (all_read_) return;
    Query fresh(driver, sql::fresh_words, organisation, everything);
    while (fresh.step()) {
        if (fresh.integer(0) >= below) break;
        const auto has = from_bytes<std::uint32_t>(fresh.text(1));
        if (std::includes(has.begin(), has.end(), pairs.begin(), pairs.end())) found_.push(fresh.integer(0));
    }
    auto at = everything;
    const Portion* newest = ends_.at_most(at);
    while (newest && newest->tickets.back() >= below) newest = ends_.at_most(at = newest->id - 1);
    next_portion_ = at;
    unread_ = newest ? newest->tickets.front() : everything;
}

std::optional<std::int64_t> PairSearch::next() {
    while (true) {
        if (!found_.empty() && (all_read_ || found_.top() > unread_)) {
            const auto ticket = found_.top();
            found_.pop();
            if (ticket >= last_) continue;  // it was amended, and given as it stands now
            return last_ = ticket;
        }
        if (all_read_) return std::nullopt;
        all_read_ = !read_portion();
    }
}

bool PairSearch::read_portion() {
    auto at = next_portion_;
    for (std::size_t i = 0, agreed = 0; agreed < columns_.size(); i = (i + 1) % columns_.size()) {
        const auto* portion = columns_[i].at_most(at);
        if (!portion) return false;
        agreed = portion->id == at ? agreed + 1 : 1;
        at = portion->id;
    }
    // A ticket's pairs are folded together: those of one portion are all that it had.
    auto common = columns_.front().at_most(at)->tickets;
    for (std::size_t i = 1; i < columns_.size(); ++i) {
        const auto& with = columns_[i].at_most(at)->tickets;
        std::vector<std::int64_t> both;
        std::set_intersection(common.begin(), common.end(), with.begin(), with.end(), std::back_inserter(both),
                              std::greater<>());
        common = std::move(both);
    }
    for (const auto ticket : common)
        if (ticket < below_) found_.push(ticket);
    next_portion_ = at - 1;
    const auto* older = ends_.at_most(next_portion_);
    unread_ = older && older->id == next_portion_ ? older->tickets.front() : everything;
    return true;
}

namespace {

struct FreshPortion {
    std::map<std::uint32_t, std::vector<std::int64_t>> by_pair;
    int rows = 0;
    std::int64_t first = 0, last = 0;  // ticket
};

FreshPortion fresh_portion(Driver& driver, std::int64_t organisation) {
    FreshPortion found;
    Query fresh(driver, sql::fresh_words, organisation, words_portion);
    for (; fresh.step(); ++found.rows) {
        found.last = fresh.integer(0);
        if (found.rows == 0) found.first = found.last;
        for (const auto pair : from_bytes<std::uint32_t>(fresh.text(1))) found.by_pair[pair].push_back(found.last);
    }
    return found;
}

std::vector<std::int64_t> ends_with(Driver& driver, std::int64_t organisation, std::int64_t portion,
                                    const FreshPortion& fresh) {
    auto greatest = fresh.last;
    if (portion > 1) {
        Query before(driver, sql::portions, organisation, ends_of_portions, portion - 1, 1);
        // Portions were folded before their ends were written down: they may hold any ticket.
        greatest = before.step() && before.integer(0) == portion - 1
                       ? std::max(greatest, from_bytes<std::int64_t>(before.text(1)).front())
                       : everything;
    }
    return {greatest, fresh.first};
}

}  // namespace

std::map<std::int64_t, std::set<std::int64_t>> portions_with(
    Driver& driver, std::int64_t organisation, const std::map<std::int64_t, std::set<std::uint32_t>>& of) {
    std::map<std::int64_t, std::set<std::int64_t>> found;
    std::int64_t last = 0;
    {
        Query row(driver, sql::last_number, organisation, "word portions");
        if (row.step()) last = row.integer(0);
    }
    std::set<std::int64_t> with_ends;
    {
        Query row(driver, sql::portions, organisation, ends_of_portions, everything, std::numeric_limits<int>::max());
        while (row.step()) {
            with_ends.insert(row.integer(0));
            const auto ends = from_bytes<std::int64_t>(row.text(1));
            for (auto each = of.lower_bound(ends.back()); each != of.end() && each->first <= ends.front(); ++each)
                found[row.integer(0)].insert(each->first);
        }
    }
    for (std::int64_t portion = 1; portion <= last; ++portion)  // folded before ends were written down
        if (!with_ends.contains(portion))
            for (const auto& each : of) found[portion].insert(each.first);
    return found;
}

void take_from_portion(Driver& driver, std::int64_t organisation, std::uint32_t pair, std::int64_t portion,
                       const std::set<std::int64_t>& tickets) {
    std::vector<std::int64_t> kept;
    std::size_t before = 0;
    {
        Query row(driver, sql::portion_of_pair, organisation, std::int64_t{pair}, portion);
        if (!row.step()) return;
        kept = from_bytes<std::int64_t>(row.text(0));
        before = kept.size();
    }
    std::erase_if(kept, [&](std::int64_t each) { return tickets.contains(each); });
    if (kept.size() == before) return;
    if (kept.empty()) {
        change(driver, sql::drop_portion, organisation, std::int64_t{pair}, portion);
    } else {
        change(driver, sql::set_portion, Bytes{to_bytes(kept)}, organisation, std::int64_t{pair}, portion);
    }
}

bool fold_words(Driver& driver, std::int64_t organisation) {
    auto fresh = fresh_portion(driver, organisation);
    if (fresh.rows < words_portion) return false;
    driver.begin();
    try {
        // Before our turn came somebody else may have amended or folded one of these.
        if (!driver.writes_alone()) fresh = fresh_portion(driver, organisation);
        if (fresh.rows < words_portion) {
            driver.roll_back();
            return false;
        }
        // A ticket that is amended after folding stands in a later portion too: portions need a name of their own.
        std::int64_t portion = 0;
        {
            Query number(driver, sql::next_number, organisation, "word portions");
            number.step();
            portion = number.integer(0);
        }
        change(driver, sql::add_portion, organisation, ends_of_portions, portion,
               Bytes{to_bytes(ends_with(driver, organisation, portion, fresh))});
        for (auto& [pair, ids] : fresh.by_pair) {
            std::reverse(ids.begin(), ids.end());
            change(driver, sql::add_portion, organisation, std::int64_t{pair}, portion, Bytes{to_bytes(ids)});
        }
        change(driver, sql::drop_words, organisation, fresh.last);
        driver.commit();
    } catch (...) {
        driver.roll_back();
        throw;
    }
    return true;
}

}  // namespace huiyin
