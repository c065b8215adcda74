// What people say in English to what was put to them, and what they want of us: whole clauses, looked up without
// politeness and small words; and words that together can be nothing else.
#include <iterator>

#include "bot/understanding/act_parts.h"
#include "bot/understanding/english_phrases.h"

namespace huiyin::acts {
namespace {

// Said around what is meant. Two words are one entry.
constexpr std::string_view around[] = {
    "please",  "just",     "really",       "well",      "oh",      "so",      "hi",       "hello", "hey",
    "thanks",  "now",      "sorry",        "thank you", "kindly",  "um",      "uh",       "pls",   "ok",
    "okay",    "yes",      "yeah",         "then",      "i think", "for now", "actually", "sir",   "to me",
    "anymore", "any more", "again please", "and",       "but",     "alright"};

// Lower case words with one blank between: "It's NOT fixed!" is "its not fixed".
std::string plain_english(std::u32string_view text) {
    std::string plain;
    for (const auto point : text) {
        if (point == U'\'' || point == U'’') continue;
        const bool letter = is_ascii_letter(point) || is_ascii_digit(point);
        if (letter)
            plain += static_cast<char>(point >= U'A' && point <= U'Z' ? point + 32 : point);
        else if (!plain.empty() && plain.back() != ' ')
            plain += ' ';
    }
    while (!plain.empty() && plain.back() == ' ') plain.pop_back();
    return plain;
}

// The words without what stands around them, at either end, one after the other, until they are known.
const std::vector<EnglishAct>* look_up(std::string words, int& stripped) {
    constexpr std::size_t longest = 60;
    stripped = 0;
    if (words.empty() || words.size() > longest) return nullptr;
    if (const auto* meant = english_acts(words)) return meant;
    for (bool cut = true; cut;) {
        cut = false;
        for (const auto word : around) {
            if (words.size() <= word.size() + 1) continue;
            if (words.ends_with(" " + std::string(word))) {
                words.erase(words.size() - word.size() - 1);
                cut = true;
            } else if (words.starts_with(std::string(word) + " ")) {
                words.erase(0, word.size() + 1);
                cut = true;
            }
            if (!cut) continue;
            ++stripped;
            if (const auto* meant = english_acts(words)) return meant;
            break;
        }
    }
    return nullptr;
}

bool starts(const std::string& text, std::initializer_list<std::string_view> heads, std::string* rest = nullptr) {
    for (const auto head : heads)
        if (text.starts_with(head) && (text.size() == head.size() || text[head.size()] == ' ')) {
            if (rest) *rest = text.size() == head.size() ? std::string{} : text.substr(head.size() + 1);
            return true;
        }
    return false;
}

bool any(const std::string& text, std::initializer_list<std::string_view> words) {
    const auto spaced = " " + text + " ";
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
        return spaced.find(" " + std::string(word) + " ") != std::string::npos;
    });
}

// "change 2", "change line 3", "number 1 is wrong", "line 2 should be …"
std::string line_in(const std::string& words) {
    std::string rest = words;
    const bool asks = starts(words, {"change", "edit", "correct", "fix line", "modify"}, &rest);
    std::string number = rest;
    const bool named = starts(rest, {"line", "number", "item", "point", "no"}, &number);
    if (number.empty() || number[0] < '1' || number[0] > '9') return {};
    if (number.size() == 1) return asks ? number : std::string{};
    if (number[1] != ' ') return {};
    const bool wrong = any(number, {"wrong", "incorrect", "not right", "should be", "is not right", "needs changing"});
    return named && (asks || wrong) ? number.substr(0, 1) : std::string{};
}

}  // namespace

void find_english(Said& said) {
    const auto& low = said.low;
    if (std::any_of(low.begin(), low.end(), is_han)) return;
    const auto whole = plain_english(low);
    if (whole.empty() || whole.find_first_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos) return;
    auto& found = said.found;
    int stripped = 0;
    if (const auto* meant = look_up(whole, stripped)) {
        for (const auto& one : *meant) found.add(one.kind, stripped == 0 ? 1.0 : 0.95, low, one.value);
        said.whole_act = true;
    }
    if (auto line = line_in(whole); !line.empty()) {
        found.add(Kind::edit_number, whole.size() <= 14 ? 1.0 : 0.9, low, std::move(line));
        said.whole_act = said.whole_act || whole.size() <= 20;
    }
    // "yes, submit it": clause by clause, each for less.
    for (std::size_t i = 0; !said.whole_act && i < said.clauses.size(); ++i) {
        const auto words = plain_english(said.clauses[i].words);
        const bool first = i == 0, last = i + 1 == said.clauses.size();
        const auto* meant = look_up(words, stripped);
        if (!meant) continue;
        for (const auto& one : *meant) {
            const bool steers = one.kind == Kind::cancel || one.kind == Kind::pause || one.kind == Kind::skip ||
                                one.kind == Kind::back || one.kind == Kind::help;
            const bool answers = one.kind == Kind::yes || one.kind == Kind::no || one.kind == Kind::agree_proposal ||
                                 one.kind == Kind::refuse_proposal || one.kind == Kind::rating;
            if ((steers && said.substance) || (answers && !first) || (!first && !last)) continue;
            const bool mended = one.kind == Kind::fixed_yes || one.kind == Kind::fixed_no ||
                                one.kind == Kind::fixed_partly || one.kind == Kind::hand_over;
            found.add(one.kind,
                      mended                     ? 0.85
                      : answers                  ? 0.7
                      : one.kind == Kind::thanks ? 0.5
                                                 : 0.8,
                      said.clauses[i].words, one.value);
        }
    }
    std::string rest;
    // A consent with a "but" is none.
    if (starts(whole,
               {"ok", "okay", "yes", "agree", "agreed", "i agree", "fine", "thats fine", "sounds good", "good",
                "not quite", "almost"},
               &rest) &&
        (any(rest, {"but", "only if", "except", "as long as", "provided"}) || starts(whole, {"not quite", "almost"})) &&
        !said.facts.slots.has_address()) {
        found.remove(Kind::agree_proposal);
        found.remove(Kind::yes);
        found.add(Kind::partial_consent, 0.9, low, rest);
    }
    // "I don't accept your proposal", "I'd give it a 4".
    if (any(whole, {"proposal", "your plan", "the plan", "your offer", "the offer"}) &&
        any(whole, {"accept", "agree", "refuse", "reject"}) && whole.size() <= 60 && !found.has(Kind::partial_consent))
        found.add(any(whole, {"dont", "not", "cant", "cannot", "wont", "refuse", "reject", "never"})
                      ? Kind::refuse_proposal
                      : Kind::agree_proposal,
                  0.9, low);
    if (starts(whole,
               {"id give it a", "i give it a", "i would give it a", "id give it", "i give it", "i give", "give it a",
                "id say"},
               &rest) &&
        rest.size() == 1 && rest[0] >= '1' && rest[0] <= '5')
        found.add(Kind::rating, 0.9, low, rest);
    if (any(whole, {"still not fixed", "not fixed", "isnt fixed", "still leaking", "still leaks", "still broken",
                    "still not working", "still doesnt work", "broke again", "leaking again"}) &&
        whole.size() <= 80) {
        found.remove(Kind::fixed_yes);
        found.add(Kind::fixed_no, said.whole_act ? 1.0 : 0.75, low);
    }
    if (any(whole, {"not completely fixed", "partly fixed", "partially fixed", "half fixed", "not fully fixed"})) {
        found.remove(Kind::fixed_yes);
        found.remove(Kind::fixed_no);
        found.add(Kind::fixed_partly, said.whole_act ? 1.0 : 0.8, low);
    }
    // "sorry, I meant 5", "wrong button, it should be 4"
    if (any(whole, {"meant", "mistake", "wrong button", "by accident", "mistapped", "should be"}) && whole.size() <= 60)
        for (const auto digit : whole)
            if (digit >= '1' && digit <= '5' && !said.facts.slots.phone && !said.facts.slots.has_address()) {
                found.remove(Kind::rating);
                found.add(Kind::rating_correction, 0.9, low, std::string(1, digit));
                break;
            }
    const bool talks_of_filed = any(whole, {"my complaint", "my ticket", "my report", "my case", "the ticket"});
    if (talks_of_filed &&
        any(whole, {"news", "update", "status", "progress", "how far", "when", "happening", "where"}) &&
        whole.size() <= 80)
        found.add(Kind::progress, 0.9, low);
    if (any(whole, {"withdraw", "take back", "cancel"}) && talks_of_filed) found.add(Kind::withdraw, 0.9, low);
    if (any(whole, {"no need to come", "dont need to come", "dont have to come", "no need to send anyone"}))
        found.add(Kind::withdraw, 0.85, low);
    if (any(whole, {"please hurry", "hurry up", "speed it up", "push them"}) && whole.size() <= 60 && !said.substance)
        found.add(Kind::urge, 0.9, low);
    if (any(whole, {"to a human", "to a person", "to a real person", "to an agent", "human being", "real human"}) &&
        any(whole, {"talk", "speak", "connect", "transfer", "get", "put", "want"}))
        found.add(Kind::hand_over, 0.9, low);
    if (any(whole, {"manager", "your boss", "supervisor", "superior"}) &&
        any(whole, {"speak", "talk", "want", "get", "call", "see"}) && whole.size() <= 60 && !any(whole, {"rude"}))
        found.add(Kind::escalate_wish, 0.85, low);
    if (any(whole, {"why"}) && any(whole, {"so long", "days", "that day", "wait", "a week"}) && whole.size() <= 60 &&
        !said.substance)
        found.add(Kind::why_so_long, 0.9, low);
    if (any(whole, {"promise", "guarantee", "can you assure"}) &&
        any(whole, {"fixed", "tomorrow", "today", "done", "will be", "will come"}) && whole.size() <= 80)
        found.add(Kind::promise_wish, 0.85, low);
    if (any(whole,
            {"12345", "the media", "the press", "newspaper", "lawyer", "court", "sue", "journalist", "police"}) &&
        any(whole, {"call", "report", "tell", "go to", "sue", "contact", "see you in", "complain"}) &&
        !any(whole, {"phone number"})) {
        const bool law = any(whole, {"lawyer", "court", "sue"});
        found.add(Kind::threat_external, 0.85, low, law ? "法院" : any(whole, {"12345"}) ? "12345" : "媒体");
    }
    if (any(whole, {"give me", "tell me", "send me"}) && any(whole, {"phone number", "number", "name", "address"}) &&
        any(whole, {"upstairs", "neighbour", "neighbor", "downstairs", "next door", "who complained", "owner"}))
        found.add(Kind::others_data, 0.9, low);
    if (any(whole, {"who complained", "who reported me"})) found.add(Kind::others_data, 0.9, low);
    if (any(whole, {"was me", "my name"}) && any(whole, {"dont say", "dont tell", "out of it", "dont mention", "keep"}))
        found.add(Kind::confidential, 0.9, low);
    if (any(whole, {"surveys", "survey", "ratings"}) && any(whole, {"stop", "no more", "dont send"}))
        found.add(Kind::stop_surveys, 0.9, low);
    if (any(whole, {"either", "too", "as well", "also"}) &&
        starts(whole, {"our building", "our block", "our unit", "we"}))
        found.add(Kind::me_too, 0.8, low);
    if (any(whole, {"idiots", "idiot", "bullshit", "fuck", "fucking", "morons", "assholes", "stupid people", "scum"}))
        found.add(Kind::abuse, whole.size() <= 30 ? 0.9 : 0.6, low);
    if (whole.find("ignore previous") != std::string::npos || whole.find("ignore all previous") != std::string::npos ||
        whole.find("ignore your instructions") != std::string::npos)
        found.add(Kind::injection, 0.9, low);
    // A further matter.
    if (!said.whole_act)
        for (const std::u32string_view head : {U"also", U"by the way", U"one more thing", U"another thing",
                                               U"another problem", U"besides", U"in addition"}) {
            if (!low.starts_with(head)) continue;
            auto more = low.substr(head.size());
            while (!more.empty() && is_mark(more[0])) more.remove_prefix(1);
            constexpr std::size_t a_matter = 10;
            if (more.size() >= a_matter) found.add(Kind::another_matter, 0.8, head, to_utf8(more));
            break;
        }
    if (starts(whole, {"one more detail", "to add", "i want to add", "additional information", "one detail"}))
        found.add(Kind::add_evidence, 0.85, low, rest);
    if (starts(whole, {"its not about", "it is not about", "not about"}, &rest) && rest.size() <= 40)
        found.add(Kind::deny_matter, 0.85, low, rest);
    if (found.has(Kind::refuse_proposal) || found.has(Kind::indifferent)) found.remove(Kind::agree_proposal);
}

}  // namespace huiyin::acts
