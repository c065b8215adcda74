// How a matter comes in: where from, what must be known of it, who may bring it, and whether it is taken.
// Pure; what is written here the conversation asks and the engine obeys.
#pragma once
#include <string>
#include <vector>

#include "workflow/policy/effect.h"

namespace huiyin {

struct Policy;

// A way in, as the rules name it: "letter", "found_in_revisit", "manufacturer". The fact `source` holds its key.
struct Source {
    std::string key, title, clause;
    std::vector<std::string> channels;  // ids or kinds of channels that are this way; empty: only when it is named
    bool otherwise = false;             // what a matter comes by when nothing else says
};

// Something that has to be asked. A slot of type text holds words (sealed), one of type evidence a picture or a paper;
// any other is a fact of the same name. The keys description, place, phone, name, occurred, people, wish and photo mean
// what the conversation asks anyway.
struct SlotRule {
    std::string key, title, clause;
    std::string type;                            // of a MoveField, or evidence
    std::vector<std::string> choices;            // keys
    std::vector<std::string> choice_titles;      // as many
    std::vector<std::string> kinds, categories;  // only for these; empty = all
    Rule when;
    bool required = false;
    bool may_be_unknown = false;          // "not yet known, because …" fills it for the time being and leaves it open
    std::string ask;                      // the question
    std::vector<std::string> words = {};  // other names that people give it: "型号"
    std::vector<std::vector<std::string>> choice_words = {};  // as many as choices: words that mean each of them
    std::string proves;                                       // evidence: what it is to show
};
const std::vector<std::string>& told_slots();  // those that the conversation asks anyway

// Where a matter is sent that belongs elsewhere.
struct Body {
    Rule when;
    std::string name, contact;
};

// One test of the matter. It bites when its rule holds; the first that bites gives the answer.
struct AdmissionTest {
    std::string name, title, clause;
    std::vector<std::string> kinds;
    Rule when;
    std::string answer;  // refuse, redirect, advise (told, and not taken unless the person insists), ask
    std::string reason, advice;
    std::vector<Body> bodies;     // redirect: the first that fits
    bool transfers_file = false;  // redirect: we send the file there; else the person goes himself
    std::string notice = "told";  // told, written, letter_returned
    bool gives_way = false;       // not asked of someone who insists
};

struct AdmissionRules {
    std::vector<AdmissionTest> tests;
    bool refusal_forbidden = false;
    std::string clause;
};

struct AdmissionJudgement {
    std::string answer = "accept";  // accept, refuse, redirect, advise, ask
    const AdmissionTest* test = nullptr;
    const Body* body = nullptr;
};
// The first test that bites; accept when none does.
AdmissionJudgement judge_admission(const Policy& policy, const Facts& facts);

// The slots that are wanted of this case, and those of them that must be filled and are not: neither told, nor a fact,
// nor known to be unknown.
std::vector<const SlotRule*> wanted_slots(const Policy& policy, const Facts& facts);
std::vector<const SlotRule*> missing_slots(const Policy& policy, const Facts& facts);

struct IdentityRules {
    std::string anonymous = "taken";     // taken, discouraged (asked once for a name), refused
    std::vector<std::string> named_to;   // who sees the name of a person who does not want it known; empty: nobody
    std::string result_to = "everyone";  // or "identified": who stays anonymous gets no answer
    std::string warning;                 // phrase: what a person is told about false statements
    std::string clause;
};

}  // namespace huiyin
