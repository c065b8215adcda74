#include "bot/understanding/sounds.h"

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>

#include "bot/understanding/text.h"

namespace huiyin {
namespace {

constexpr char32_t first_han = 0x4E00, last_han = 0x9FFF;
constexpr std::size_t longest_syllable = 6;

std::string merged(std::string syllable) {
    if (syllable.size() > 1 && syllable[1] == 'h' && (syllable[0] == 'z' || syllable[0] == 'c' || syllable[0] == 's'))
        syllable.erase(1, 1);
    const auto size = syllable.size();
    if (size > 3 && syllable.compare(size - 3, 3, "ing") == 0) syllable.pop_back();
    if (size > 3 && syllable.compare(size - 3, 3, "eng") == 0) syllable.pop_back();
    return syllable;
}

struct Sounds {
    std::array<std::uint16_t, last_han - first_han + 1> of_character{};  // sound's number, 0: none
    std::unordered_map<std::string, std::uint16_t> of_syllable;

    Sounds() {
        std::map<std::string, std::uint16_t> numbers;
        for (const auto& row : sound_rows()) {
            const auto [place, is_new] =
                numbers.emplace(merged(row.syllable), static_cast<std::uint16_t>(numbers.size() + 1));
            of_syllable[row.syllable] = place->second;
            for (const char32_t* character = row.characters; *character; ++character)
                if (*character >= first_han && *character <= last_han)
                    of_character[*character - first_han] = place->second;
        }
    }
};
const Sounds& sounds() {
    static const Sounds made;
    return made;
}

// Appends the syllables of a run of letters, fewest first; nothing and false if it is not wholly syllables.
bool syllables(std::u32string_view run, std::size_t begin, std::vector<Syllable>& into) {
    const auto& known = sounds().of_syllable;
    constexpr std::size_t longest_run = 40;
    if (run.size() < 2 || run.size() > longest_run) return false;
    std::array<std::uint8_t, longest_run + 1> count{}, length{};
    std::array<std::uint16_t, longest_run + 1> sound{};
    count[run.size()] = 1;
    for (std::size_t at = run.size(); at-- > 0;)
        for (std::size_t size = std::min(longest_syllable, run.size() - at); size > 0; --size) {
            if (!count[at + size]) continue;
            std::string syllable;
            for (std::size_t letter = at; letter < at + size; ++letter)
                syllable.push_back(static_cast<char>(run[letter]));
            const auto found = known.find(syllable);
            if (found == known.end() || (count[at] && count[at] <= count[at + size] + 1)) continue;
            count[at] = static_cast<std::uint8_t>(count[at + size] + 1);
            length[at] = static_cast<std::uint8_t>(size);
            sound[at] = found->second;
        }
    if (!count[0]) return false;
    for (std::size_t at = 0; at < run.size(); at += length[at])
        into.push_back({first_sound + sound[at], begin + at, begin + at + length[at]});
    return true;
}

std::size_t run_end(std::u32string_view low, std::size_t at) {
    while (at < low.size() && is_ascii_letter(low[at])) ++at;
    return at;
}

}  // namespace

char32_t sound_of(char32_t character) {
    if (character < first_han || character > last_han) return 0;
    const auto number = sounds().of_character[character - first_han];
    return number ? first_sound + number : 0;
}

std::u32string sounds_of(std::u32string_view low) {
    std::u32string heard;
    heard.reserve(low.size());
    for (std::size_t at = 0; at < low.size();) {
        if (is_ascii_letter(low[at])) {
            const auto end = run_end(low, at);
            std::vector<Syllable> run;
            if (syllables(low.substr(at, end - at), at, run))
                for (const auto& one : run) heard.push_back(one.sound);
            else
                heard.push_back(0);
            at = end;
            continue;
        }
        if (low[at] != U' ') heard.push_back(sound_of(low[at]));
        ++at;
    }
    return heard;
}

std::vector<Syllable> syllables_of(std::u32string_view low) {
    std::vector<Syllable> all;
    for (std::size_t at = 0; at < low.size();) {
        if (!is_ascii_letter(low[at])) {
            ++at;
            continue;
        }
        const auto end = run_end(low, at);
        const bool apart = !all.empty() && !(all.back().end + 1 == at && low[at - 1] == U' ');
        if (apart) all.push_back({0, at, at});
        if (!syllables(low.substr(at, end - at), at, all)) all.push_back({0, end, end});
        at = end;
    }
    return all;
}

}  // namespace huiyin
