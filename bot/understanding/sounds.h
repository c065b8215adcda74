// What a message sounds like: 电剃, 店梯 and dianti are one sound, so that misspellings by ear and letters typed
// instead of characters are still known. Sounds that many speakers do not tell apart (zh z, ch c, sh s, -ng -n) are
// one.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace huiyin {

// A sound as a code point of its own, outside of all writing: words of sounds can be searched like words. 0: none.
inline constexpr char32_t first_sound = 0x110000;
char32_t sound_of(char32_t character);

// The sounds of a message in their order. Letters that are wholly syllables count as those; anything else that is no
// space leaves a 0, so that no word reaches across it.
std::u32string sounds_of(std::u32string_view low);

// A syllable in letters, and where it stands.
struct Syllable {
    char32_t sound;
    std::size_t begin, end;
};
// Of all runs of letters, in lower case, that are wholly syllables; runs that a single space parts follow each other,
// what else parts them leaves a syllable with the sound 0.
std::vector<Syllable> syllables_of(std::u32string_view low);

struct SoundRow {
    const char* syllable;
    const char32_t* characters;
};
const std::vector<SoundRow>& sound_rows();

}  // namespace huiyin
