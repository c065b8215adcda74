// A story in lines, as transcripts and scenarios are written: "at 2026-03-02 09:00", "王女士: …", "bot -> 李娜: …".
#pragma once
#include <string>
#include <vector>

namespace huiyin::test {

struct Line {
    int number = 0;  // in its file, from 1
    std::string text;
};

// Throws when the file is not there or has no lines.
std::vector<Line> read_story(const std::string& path);

bool begins(const std::string& text, const std::string& with);
std::string after(const std::string& text, const std::string& with);  // what stands behind a beginning
std::vector<std::string> words(const std::string& text);              // apart at spaces
// Is every word of `wanted` a word of `line`? "ticket.opened kind=complaint" fits "ticket.opened kind=complaint by=…".
bool fits(const std::string& line, const std::string& wanted);
std::string trimmed(const std::string& text);

}  // namespace huiyin::test
