// To a person: at the first wish, in one turn, without a loop. Threats and crises go the same way.
#include "bot/flows/flows.h"

namespace huiyin {

bool person_flow(Turn& t) {
    const bool offered =
        t.talk.question.kind == "offer_person" &&
        (t.means(MeaningKind::yes) || t.means(MeaningKind::vague_yes) ||
         (t.is_just(MeaningKind::menu_number) && t.value_of(MeaningKind::menu_number) == "1"));  // the one choice
    if (t.means(MeaningKind::hand_over) || offered) {
        t.clear_question();
        t.act(CallPerson{"wished"});
        return true;
    }
    if (t.talk.question.kind == "offer_person" && t.means(MeaningKind::no)) {
        t.clear_question();
        t.say("talk.no_person");
        filing::next(t);
        return true;
    }
    if (t.means(MeaningKind::threat_staff)) {
        t.say("talk.threat");
        t.act(CallPerson{"threat"});
        // What it is about is still taken down.
        if (t.meant.category.empty()) return true;
        return file_flow(t);
    }
    return false;
}

}  // namespace huiyin
