// Letters typed instead of characters: "dianti kun zhu le, 7 dong" is 电梯困住了, 7栋. Only words that are known are
// read, whole syllables of them; anything else, English above all, stays as it is.
#pragma once
#include <string>

namespace huiyin {

// True if a word was read. Upper case or lower; sounds that many do not tell apart (zh z, -ng -n) are one.
bool read_pinyin(std::u32string& text);

}  // namespace huiyin
