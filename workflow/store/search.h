// Finding tickets by words without scanning and without plain words in the store.
//
// A ticket is known by the keyed hashes of all pairs of neighbouring characters in its summary and address label (two
// Chinese characters are a word more often than not; SQLite's own trigrams find nothing for them). Filing appends one
// row with all of a ticket's pairs. When the writer has nothing to do it folds a portion of such rows into one row a
// pair, so a search reads the few rows not folded yet and one short range a pair. Hits are hints: who searches compares
// the real words.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "workflow/store/driver.h"
#include "workflow/store/vault.h"

namespace huiyin {

// Lower case, white space gone.
std::string search_form(const std::string& words);
// Words that were given with spaces between them, each in search form.
std::vector<std::string> search_terms(const std::string& words);
// Sorted and unique; empty for fewer than two characters.
std::vector<std::uint32_t> pair_hashes(const Vault& vault, const std::string& form);
std::string packed(const std::vector<std::uint32_t>& pairs);

// Tickets that have all pairs, newest first.
std::vector<std::int64_t> tickets_with_pairs(Driver& driver, std::int64_t organisation,
                                             const std::vector<std::uint32_t>& pairs);

constexpr int words_portion = 512;  // rows folded at a time
// In a transaction of its own, when at least a portion waits. False: nothing was to be done.
bool fold_words(Driver& driver, std::int64_t organisation);

}  // namespace huiyin
