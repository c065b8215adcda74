// Whose matter it is: anonymous where the pack takes it so, with a name where it does not, and what has to be told to
// whoever complains before it is filed.
#include "bot/flows/filing.h"

namespace huiyin {

bool ask_identity(Turn& t, Draft& draft) {
    const auto& rules = t.world.policy->identity;
    if (!draft.anonymous || rules.anonymous == "taken" || !draft.name.empty()) return false;
    const bool refused = rules.anonymous == "refused";
    const auto& question = t.talk.question;
    const int put = question.kind == "ask" && question.detail == "identity" ? question.asked : 0;
    if (put == 0 && draft.asked.contains("identity")) return false;
    if (!refused && put >= 1) return false;
    draft.asked.insert("identity");
    if (put >= 2) {  // no name, and none without: a person finds a way
        auto& reply = t.ask({.kind = "offer_person", .key = "talk.anonymous_person"});
        t.choice(reply, t.text("talk.choice.person"), {{"talk", "person"}});
        return true;
    }
    t.ask({.kind = "ask",
           .detail = "identity",
           .key = refused ? "talk.anonymous_refused" : "talk.anonymous_discouraged"});
    return true;
}

bool take_identity_answer(Turn& t, Draft& draft) {
    if (t.talk.question.kind != "ask" || t.talk.question.detail != "identity") return false;
    if (would_skip(t) || t.is_just(MeaningKind::no) || t.means(MeaningKind::confidential) || t.meant.hints.anonymous)
        return true;
    auto name = t.meant.slots.name ? *t.meant.slots.name : t.heard.text;
    for (const std::string_view lead : {"我叫", "我姓", "叫我", "免贵姓", "姓", "我是", "叫"})
        if (name.size() > lead.size() && name.starts_with(lead)) {
            name.erase(0, lead.size());
            break;
        }
    if (name.empty() || name.size() > 36 || t.meant.slots.phone) return false;
    draft.name = name;
    draft.anonymous = false;
    draft.flags.insert("confidential");  // who would rather not be named is named to nobody who need not know
    return true;
}

void tell_before_filing(Turn& t, Draft& draft) {
    const auto& rules = t.world.policy->identity;
    if (draft.anonymous && rules.result_to == "identified" && draft.asked.insert("no_answer").second)
        t.say("talk.anonymous_no_answer");
    if (!rules.warning.empty() && t.world.pack->has(rules.warning) && draft.asked.insert("warning").second)
        t.say(rules.warning);
}

}  // namespace huiyin
