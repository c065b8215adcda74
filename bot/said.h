// What somebody's words say to what was put to him: yes or no, one title or another, the number of a line. A word that
// is denied ("不要立案", "不是真的好了") is not said; one that is denied twice ("不是没影响") is. Pure.
#pragma once
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace huiyin {

// Without marks and blanks: "没有申请过,也不能申请" is the title that has a comma of another width.
std::string plain(std::string_view words);
// Between the marks, without blanks around; empty ones left out.
std::vector<std::string> clauses(std::string_view text);
// The same for what is told: only between commas and full stops, and a comma between figures ("1,200元") parts nothing.
std::vector<std::string> told_parts(std::string_view text);
std::string without_outer_marks(std::string_view text);  // "，批号A12。" -> "批号A12"
// How far a code point reaches from `at`, in bytes; and where the one before `at` begins. Never cut inside of one.
std::size_t point_length(std::string_view text, std::size_t at);
std::size_t point_before(std::string_view text, std::size_t at);

// Any of the words stands in the text, denied or not.
bool contains_any(std::string_view text, std::initializer_list<std::string_view> words);
// An odd number of denials leads up to `at`, within the clause: "没有" before 立案, but not "不是没有".
bool is_denied(std::string_view text, std::size_t at);
// The words stand somewhere in the text and are not denied there.
bool says(std::string_view text, std::string_view words);
bool says_any(std::string_view text, std::initializer_list<std::string_view> words);
// They stand there and are denied wherever they do.
bool denies(std::string_view text, std::string_view words);
// The text is this title and nothing beside it but politeness and particles: "嗯,已经照办了,谢谢" for 已经照办.
bool says_only(std::string_view text, std::string_view title);
// The same, or a clause of it is, and no other takes it back: "还差一点，希望今天来" for 还差一点.
bool says_just(std::string_view text, std::string_view title);
// "算了,不申诉了": nothing but that it is not wanted any more.
bool gives_up(std::string_view text);
// A consent or a "mended" that is quoted, doubted, asked back or set under a condition: "谁说修好了", "修好了才怪".
bool is_doubted(std::string_view text);
// The same, but a denial doubts only where it stands before the mending within its clause: not in "修好了,没味道了".
bool doubts_mending(std::string_view text);

// The answer to this question of yes or no; none: it cannot be told, ask again. `text` normalised (half-width marks).
// A clear word, or a word of the question, denied or not: "用不了" is none for "影响使用吗". Where the question itself
// denies ("不用再还,对吗"), only a right or wrong.
std::optional<bool> yes_or_no(std::string_view text, std::string_view question);
// The line of a list somebody means, as a whole message: "改10", "第十项", "十". 1 to 99.
std::optional<int> line_number(std::string_view text);

}  // namespace huiyin
