// To a person: at the first wish, in one turn, without a loop. Threats and crises go the same way.
#include "bot/flows/flows.h"
#include "bot/said.h"

namespace huiyin {
namespace {

// "能不能打电话给我", "老人不会打字,给我回个电话": somebody has to speak with him.
bool wants_a_call(const Turn& t) {
    constexpr std::size_t a_sentence = 75;  // bytes
    const auto& text = t.meant.text;
    if (t.heard.kind != HeardKind::text || text.size() > a_sentence || t.meant.slots.phone ||
        t.meant.slots.has_address() || t.means(MeaningKind::escalate_wish))
        return false;
    if (contains_any(text, {"不用", "别", "不要", "不想", "不方便"})) return false;
    return contains_any(text, {"打电话给我", "给我打电话", "给我打个电话", "给我回电话", "给我回个电话", "回我电话",
                               "回个电话", "打个电话给我", "电话联系我", "打我电话"}) &&
           (t.meant.matter.empty() || t.meant.kind == MessageKind::handoff);
}

}  // namespace

bool person_flow(Turn& t) {
    const bool offered =
        t.talk.question.kind == "offer_person" &&
        (t.means(MeaningKind::yes) || t.means(MeaningKind::vague_yes) ||
         (t.is_just(MeaningKind::menu_number) && t.value_of(MeaningKind::menu_number) == "1"));  // the one choice
    const bool no_call = contains_any(t.meant.text, {"不用打电话", "别打电话", "不要打电话", "不用给我打"});
    if ((t.means(MeaningKind::hand_over) && !no_call) || offered || wants_a_call(t)) {
        t.clear_question();
        call_person_for(t);
        return true;
    }
    // Who cannot write is asked whether somebody shall speak with him.
    const bool cannot_write = t.heard.kind == HeardKind::text && !t.talk.draft() && !t.meant.slots.has_address() &&
                              contains_any(t.meant.text, {"打不了字", "不会打字", "不识字", "看不清字", "写不了字"});
    if (cannot_write) {
        auto& reply = t.ask({.kind = "offer_person", .key = "talk.offer_person_here"});
        t.choice(reply, t.text("talk.choice.person"), {{"talk", "person"}});
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
        t.act(CallPerson{"threat", unit_about(t, t.talk.draft())});
        // What it is about is still taken down.
        if (t.meant.category.empty()) return true;
        return file_flow(t);
    }
    return false;
}

}  // namespace huiyin
