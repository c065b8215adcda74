// Finding tickets by words without scanning and without plain words in the store.
//
// A ticket is known by the keyed hashes of all pairs of neighbouring characters in its summary and address label (two
// Chinese characters are a word more often than not; SQLite's own trigrams find nothing for them). Filing appends one
// row with all of a ticket's pairs. When the writer has nothing to do it folds a portion of such rows into one row a
// pair, and writes down which tickets the portion ends with, so a search reads the few rows not folded yet and as many
// portions as the page needs. Hits are hints: who searches compares the real words.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <queue>
#include <set>
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

// Tickets that have all pairs, newest first, found as they are asked for: who wants a page reads little more than it.
class PairSearch {
public:
    // below: only tickets with lesser ids.
    PairSearch(Driver& driver, std::int64_t organisation, const std::vector<std::uint32_t>& pairs, std::int64_t below);
    std::optional<std::int64_t> next();

private:
    struct Portion {
        std::int64_t id;
        std::vector<std::int64_t> tickets;  // newest first
    };
    // The portions that a pair is in, newest first, some at a time.
    class Column {
    public:
        Column(Driver& driver, std::int64_t organisation, std::int64_t pair)
            : driver_(driver), organisation_(organisation), pair_(pair) {}
        const Portion* at_most(std::int64_t portion);  // asked for lesser and lesser ones; null: there is none

    private:
        Driver& driver_;
        std::int64_t organisation_, pair_;
        std::vector<Portion> held_;
        std::size_t at_ = 0;
        int many_ = 4;
        bool all_read_ = false;
    };
    bool read_portion();  // the next that has all pairs; false: there is none

    std::vector<Column> columns_;
    Column ends_;
    const std::int64_t below_;
    std::int64_t next_portion_ = 0;  // this one and older ones are not read yet
    std::int64_t unread_ = 0;        // no portion that is not read has a greater ticket
    std::int64_t last_;              // given
    bool all_read_ = false;
    std::priority_queue<std::int64_t> found_;
};

// Which of these tickets (with their pairs) each portion may hold; portions that may hold none are left out.
std::map<std::int64_t, std::set<std::int64_t>> portions_with(Driver& driver, std::int64_t organisation,
                                                             const std::map<std::int64_t, std::set<std::uint32_t>>& of);
// Nobody finds these by that pair any more, in that portion.
void take_from_portion(Driver& driver, std::int64_t organisation, std::uint32_t pair, std::int64_t portion,
                       const std::set<std::int64_t>& tickets);

constexpr int words_portion = 512;  // rows folded at a time
// In a transaction of its own, when at least a portion waits. False: nothing was to be done.
bool fold_words(Driver& driver, std::int64_t organisation);

}  // namespace huiyin
