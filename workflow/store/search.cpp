#include "workflow/store/search.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>
#include <map>

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

std::vector<std::int64_t> tickets_with_pairs(Driver& driver, std::int64_t organisation,
                                             const std::vector<std::uint32_t>& pairs) {
    if (pairs.empty()) return {};
    std::vector<std::int64_t> common;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        std::vector<std::int64_t> with;
        Query portion(driver, sql::portions, organisation, std::int64_t{pairs[i]});
        while (portion.step()) {
            const auto ids = from_bytes<std::int64_t>(portion.text(0));
            with.insert(with.end(), ids.begin(), ids.end());
        }
        std::sort(with.begin(), with.end(), std::greater<>());
        if (i == 0) {
            common = std::move(with);
        } else {
            std::vector<std::int64_t> both;
            std::set_intersection(common.begin(), common.end(), with.begin(), with.end(), std::back_inserter(both),
                                  std::greater<>());
            common = std::move(both);
        }
        if (common.empty()) break;
    }
    Query fresh(driver, sql::fresh_words, organisation, std::numeric_limits<std::int64_t>::max());
    while (fresh.step()) {
        const auto has = from_bytes<std::uint32_t>(fresh.text(1));
        if (std::includes(has.begin(), has.end(), pairs.begin(), pairs.end())) common.push_back(fresh.integer(0));
    }
    std::sort(common.begin(), common.end(), std::greater<>());
    common.erase(std::unique(common.begin(), common.end()), common.end());
    return common;
}

namespace {

struct FreshPortion {
    std::map<std::uint32_t, std::vector<std::int64_t>> by_pair;
    int rows = 0;
    std::int64_t last = 0;  // ticket
};

FreshPortion fresh_portion(Driver& driver, std::int64_t organisation) {
    FreshPortion found;
    Query fresh(driver, sql::fresh_words, organisation, words_portion);
    for (; fresh.step(); ++found.rows) {
        found.last = fresh.integer(0);
        for (const auto pair : from_bytes<std::uint32_t>(fresh.text(1))) found.by_pair[pair].push_back(found.last);
    }
    return found;
}

}  // namespace

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
