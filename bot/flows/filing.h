// The parts of filing: what the flows file, telling, sorting, place, asking and form share.
#pragma once
#include <string>

#include "bot/flows/flows.h"
#include "bot/form.h"

namespace huiyin {

// telling.cpp
// What it is about, for the read-back: as understanding cut it out, where it knows the field; else his own words.
std::string matter_of(const Turn& t);
// "（2月18日）" behind a day that was said by its distance, "上上周三", "前天": he sees which day was understood.
std::string date_behind(const Turn& t, const Draft& draft);
std::string in_brackets(const Turn& t, const std::string& words);  // nothing around nothing
bool opens_ticket(const Understood& meant);
bool is_only_time(const Turn& t, const std::string& matter);  // what the matter says is only when: no matter yet
bool has_facts(const Understood& meant);
std::string own_words(const std::string& text);
bool plain_yes(const Turn& t);
// An answer to the slot that was asked for, where understanding alone cannot know that it is one.
void take_answer(Turn& t, Draft& draft);
// "跳过"; and "不要了", "不说了" to a line that was asked: of that line, not of the whole matter.
bool would_skip(const Turn& t);
bool answers_question(const Turn& t, const Draft& before, const Draft& after);

// sorting.cpp
void take_kind(const Turn& t, Draft& draft);
void take_pack_kind(const Turn& t, Draft& draft);         // by the pack's own words
bool ask_category(Turn& t, Draft& draft);                 // of the two that the model finds likeliest
bool ask_pack_category(Turn& t, Draft& draft);            // of the pack's own, where its words do not tell
void take_offer(Draft& draft, const std::string& value);  // "kind/category", or a category alone
bool smells_unnamed(const Turn& t);
void ask_smell(Turn& t, const Draft& draft);

// place.cpp
// A draft that begins within so long after he scanned a printed code, and says no place itself, is about where that
// hangs.
void stand_here(const Turn& t, Draft& draft, std::int64_t within_ms);
// The newest code says where he is (a house, or another community than his own), and he scanned it since then.
bool scanned_since(const Turn& t, std::int64_t ms);
// "家里着火了": his home need not be where the code hangs. That is a guess for those on duty, and he is asked.
bool speaks_of_home(const Turn& t);
void only_guess(const Turn& t, Draft& draft);
// He has said an address, `before` knew a place from a code: which of the two communities it is in.
void settle_scanned(const Turn& t, const Draft& before, Draft& draft);
inline constexpr std::int64_t same_day_ms = 24 * 3600 * 1000;
Place find_place(const Turn& t, const Draft& draft);
bool ask_community(Turn& t, Draft& draft);
bool doubt_place(Turn& t, Draft& draft);
// The household, or a spot on its grounds, is wanted: by everyone who manages houses.
bool wants_household(const Turn& t);
bool wants_place(const Turn& t);  // a place of some kind: an outlet, a building site

// form.cpp: what a pack wants to know, where it says so itself
bool own_form(const Turn& t);
Facts known_of(const Turn& t, const Draft& draft);
bool ask_for_form(Turn& t, Draft& draft);      // asks the next thing; false: nothing is missing
void take_form_slots(Turn& t, Draft& draft);   // what was said without being asked
bool take_form_answer(Turn& t, Draft& draft);  // the answer to the line in question; true: taken or put again
bool edit_in_words(Turn& t, Draft& draft);     // "批号改成A12"
bool asks_for_slot(const Turn& t);             // the open question is for a slot of the pack
bool asks_for_time(const Turn& t);             // the open question is for a time that may lie ahead
Reply& read_back_form(Turn& t, Draft& draft, std::string_view lead);

// admission.cpp: whether it is taken at all
// Says why not, and what can be done instead; false: nothing bites. `unclear`: asked just now, and not answered.
bool ask_admission(Turn& t, Draft& draft, bool unclear = false);
bool admission_flow(Turn& t, Draft& draft);  // the answer to that

// asking.cpp: the two that are asked in their own way; true: a question was put
bool ask_place(Turn& t, Draft& draft);
bool ask_phone(Turn& t, Draft& draft);

// identity.cpp: whose matter it is
bool ask_identity(Turn& t, Draft& draft);  // a name, where the pack wants one in spite of "anonymous"
bool take_identity_answer(Turn& t, Draft& draft);
void tell_before_filing(Turn& t, Draft& draft);  // what the pack wants told to whoever complains, once

}  // namespace huiyin
