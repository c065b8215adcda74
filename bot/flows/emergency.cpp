// Danger to life: first the advice and the number, at once the page to the duty person, only then questions.
// Better one false alarm than one missed.
#include "bot/communities.h"
#include "bot/flows/filing.h"
#include "bot/said.h"

namespace huiyin {
namespace {

Phones phones_at(const Turn& t, UnitId unit) { return phones_of(*t.world.directory, unit); }

constexpr std::int64_t same_danger_ms = 6 * 3600 * 1000;
constexpr std::int64_t fresh_ms = 30 * 60 * 1000;  // so long whatever is said is of the danger

std::string category_of(const Turn& t, const std::string& danger) {
    if (!t.world.pack->model_knows) return t.world.pack->categories.find(t.meant.text).category;
    // The field of work that stops this kind of danger; what the words say counts more where they say something.
    if (danger == "lift" || danger == "gas" || danger == "electricity") return "equipment";
    if (danger == "water_on_wires") return "housing";
    if (danger == "fire" || danger == "violence" || danger == "falling_object") return "order";
    return t.meant.category.empty() ? "service" : t.meant.category;
}

// An emergency of this person that is still open and was opened a short while ago: more words belong to it.
bool runs(const Turn& t, const OwnTicket& own) {
    return own.ticket.flags.contains("emergency") && !is_end(own.ticket.phase) &&
           to_ms(t.now) - to_ms(own.ticket.opened_at) < same_danger_ms;
}
const OwnTicket* running(const Turn& t) {
    for (const auto& own : t.tickets())
        if (runs(t, own)) return &own;
    return nullptr;
}

// The house of a ticket, as far as its label begins with one: "5栋1单元302" of "5栋1单元302 家里着火了".
std::string house_of(const OwnTicket& own) {
    auto place = own.label.substr(0, own.label.find(' '));
    return place.find("栋") == std::string::npos || place.starts_with("可能在") ? std::string{} : place;
}

// What this danger may turn into: whoever fainted in the lift, the smoke from the meter box. A cry for help, which is
// kept as an injury and says not even where, may turn out to be anything.
bool grows_into(const OwnTicket& own, std::string_view danger) {
    const std::string_view from = own.ticket.emergency;
    const auto burns = [](std::string_view one) {
        return one == "fire" || one == "gas" || one == "electricity" || one == "water_on_wires";
    };
    return (danger == "injury" && from != "self_harm") || (from == "injury" && house_of(own).empty()) ||
           (burns(from) && burns(danger));
}

bool is_elsewhere(const Turn& t, const OwnTicket& own, const Draft* asked_of) {
    const auto& said = t.meant.slots;
    if (asked_of && t.means(MeaningKind::correct_slot)) return false;
    const auto known = asked_of && !asked_of->building.empty() ? asked_of->building + "栋" : house_of(own);
    if (known.empty()) return false;
    const auto there = community_of(*t.world.directory, own.ticket.unit);
    const auto named = said.community ? community_named(*t.world.directory, *said.community) : UnitId{};
    return (there && named && there != named) || (said.building && !known.starts_with(*said.building + "栋"));
}

// The one that these words belong to: nobody has dealt with it yet, no other house is named, and it is the same danger,
// or for a short while what comes of it. Whatever else is told is a danger of its own: somebody is called for it.
const OwnTicket* running(const Turn& t, const std::string& danger, const Draft* in_hand) {
    for (const bool same : {true, false})
        for (const auto& own : t.tickets()) {
            const auto& ticket = own.ticket;
            if (!runs(t, own) || ticket.phase >= Phase::resolved || (ticket.emergency == danger) != same) continue;
            if (!same && (!grows_into(own, danger) || to_ms(t.now) - to_ms(ticket.opened_at) > fresh_ms)) continue;
            if (!is_elsewhere(t, own, in_hand && in_hand->ticket == ticket.id ? in_hand : nullptr)) return &own;
        }
    return nullptr;
}

// Who hears of somebody else's danger ("有人要跳楼", "我老公不想活了") is told what to do for him, and not spoken to as
// if he were it: the person named last before the words that tell of it. "我" alone is himself; in doubt it is himself.
bool tells_of_someone(const Turn& t) {
    const auto& text = t.meant.text;
    if (t.meant.language == "en") {
        const bool himself = contains_any(text, {"I want", "I will", "I'll", "I'm", "I am", "I can't", "I don't want",
                                                 "kill myself", "my life", "myself"});
        return !himself &&
               contains_any(text, {"omebody", "omeone", " man",     " woman",  " boy",   " girl",   " he ",
                                   "He ",     " she ",  "She ",     "husband", "wife",   " son",    "daughter",
                                   "mother",  "father", "eighbour", "eighbor", "friend", "himself", "herself"});
    }
    constexpr auto none = std::string::npos;
    std::size_t at = none;
    for (const std::string_view deed :
         {"跳",   "割",   "轻生",   "自杀",   "不想活", "活不", "想死", "寻死", "上吊", "吞药",
          "吃药", "喝药", "喝农药", "想不开", "寻短",   "了断", "烧炭", "自残", "站在", "坐在"})
        if (const auto found = text.rfind(deed); found != none && (at == none || found > at)) at = found;
    if (at == none) at = text.size();
    std::size_t begin = 0;
    for (const std::string_view mark : {",", ".", "!", "?", ";", "。", "、", " "})
        if (const auto found = at == 0 ? none : text.rfind(mark, at - 1); found != none)
            begin = std::max(begin, found + mark.size());
    std::size_t other = none, himself = none;
    const auto look = [&](std::size_t from, std::size_t until) {
        for (const std::string_view who :
             {"有人", "有个", "他",   "她",     "老公",   "老婆",   "丈夫",   "妻子", "媳妇",     "女儿",    "儿子",
              "孩子", "小孩", "闺女", "妈",     "爸",     "姐",     "妹",     "哥",   "弟",       "奶奶",    "爷爷",
              "外婆", "外公", "邻居", "室友",   "舍友",   "租客",   "同事",   "朋友", "男的",     "女的",    "男人",
              "女人", "男孩", "女孩", "小伙",   "姑娘",   "老人",   "老太",   "大爷", "大妈",     "阿姨",    "业主",
              "住户", "那人", "学生", "楼上的", "楼下的", "对面的", "隔壁的", "隔壁", "一个人站", "一个人坐"})
            for (auto found = text.find(who, from); found != none && found < until; found = text.find(who, found + 1))
                if (other == none || found > other) other = found;
        // "有人吗": whether he is heard, nobody else.
        if (other != none && contains_any(std::string_view(text).substr(other, 12),
                                          {"有人吗", "有人么", "有人管", "有人在", "有人没", "有人理"}))
            other = none;
        for (auto found = text.find("我", from); found != none && found < until; found = text.find("我", found + 1)) {
            const auto behind = std::string_view(text).substr(found + std::string_view("我").size());
            bool of_other = false;
            for (const std::string_view next :
                 {"老",   "丈夫", "妻子", "媳妇", "妈",   "爸",   "女儿", "儿子", "孩子", "姐",   "妹",   "哥",
                  "弟",   "奶",   "爷",   "外",   "朋友", "同事", "室友", "邻居", "家",   "们",   "看",   "楼",
                  "对面", "对门", "隔壁", "这边", "听",   "发现", "怀疑", "担心", "怕",   "害怕", "闺女", "刚看"})
                of_other = of_other || behind.starts_with(next);
            if (!of_other) himself = found;
        }
    };
    look(begin, at);
    if (other == none && himself == none && begin > 0 && contains_any(text, {"跳", "割", "站在", "坐在"}))
        look(0, begin);  // "有人,要跳": what can be seen of him
    return other != none && (himself == none || other > himself);
}

bool is_in_water(const Turn& t) {
    return contains_any(t.meant.text,
                        {"掉河",   "掉到河",         "掉进河",         "落水",          "溺水",        "掉水",
                         "掉进水", "掉到水",         "掉湖",           "掉进湖",        "掉到湖",      "掉塘",
                         "掉进池", "掉到池",         "掉池",           "掉江",          "掉进江",      "掉到江",
                         "掉海",   "掉进海",         "掉渠",           "掉进渠",        "掉到渠",      "drown",
                         "Drown",  "into the river", "into the water", "into the pond", "in the water"}) &&
           !contains_any(t.meant.text, {"救上来", "捞上来", "拉上来", "pulled out"});
}

// What is said and done of a danger, by the finer of its kinds where those are told apart: its phrases end so.
std::string advice_on(const Turn& t, const std::string& danger) {
    if (danger == "self_harm" && tells_of_someone(t)) return "self_harm_seen";
    if (danger == "injury" && is_in_water(t)) return "drowning";
    return danger;
}

// Among what a draft was asked: it is about somebody else; it waits until a danger is over.
constexpr const char *onlooker = "onlooker", *aside = "aside";

// The danger's questions end. What was being told before waits until it is over (take_up_again), and is not asked again
// what they brought.
void put_aside(Turn& t, const Draft& known) {
    t.talk.drop_draft(known.id);
    t.clear_question();
    auto* before = t.talk.draft();
    if (!before) return;
    if (!before->has_place()) {
        before->community = known.community;
        before->building = known.building;
        before->unit = known.unit;
        before->place_scanned_ms = known.place_scanned_ms;
    }
    if (before->phone.empty()) before->phone = known.phone;
    before->asked.insert(aside);
    if (before->promised && before->category.empty()) before->kind = known.kind, before->category = known.category;
}

void take_up_again(Turn& t) {
    auto* draft = t.talk.draft();
    if (!draft) return;
    draft->asked.erase(aside);
    if (draft->matter.empty()) return filing::next(t);
    Draft nothing;
    nothing.kind = draft->kind;
    nothing.category = draft->category;
    filing::go_on(t, nothing);
}

void ask_what_is_missing(Turn& t, Draft& draft) {
    if (t.meant.emergency == Emergency::self_harm && tells_of_someone(t)) draft.asked.insert(onlooker);
    // Each is put at most twice: whoever is in danger has other things to do.
    const auto& question = t.talk.question;
    const auto put = [&](const char* slot) {
        return question.kind == "ask" && question.detail == slot && question.key.rfind("talk.emergency_", 0) == 0
                   ? question.asked
                   : 0;
    };
    const int place = put("place"), phone = put("phone");
    if (t.world.conversation.state == "person") return t.talk.drop_draft(draft.id);  // who has the talk asks himself
    if (!draft.has_place() && place >= 2) draft.place_settled = true;
    if (!draft.has_place() && !draft.declined.contains("place")) {
        const auto* own = t.own(draft.ticket);
        const bool himself =
            (t.meant.emergency == Emergency::self_harm || (own && own->ticket.emergency == "self_harm")) &&
            !draft.asked.contains(onlooker);
        t.ask(
            {.kind = "ask",
             .detail = "place",
             .key = std::string("talk.emergency_ask_place") + (himself ? "_self" : "") + (place > 0 ? "_again" : "")});
    } else if (draft.phone.empty() && !draft.declined.contains("phone") && phone < 2) {
        t.ask({.kind = "ask",
               .detail = "phone",
               .key = phone > 0 ? "talk.emergency_ask_phone_again" : "talk.emergency_ask_phone"});
    } else {
        t.say("talk.emergency_known", {{"place", t.shown_label(filing::place_label(t, draft))},
                                       {"phone", phones_at(t, unit_about(t, &draft)).duty}});
        put_aside(t, Draft(draft));
    }
}

void advise(Turn& t, const std::string& danger, UnitId unit) {
    const auto advice = advice_on(t, danger);
    t.say("talk.emergency." + advice, {{"phone", phones_at(t, unit).in_danger(danger)}}).kind = "emergency";
    t.out.warned = {advice, unit};
    if (danger == "self_harm" || danger == "violence") t.act(CallPerson{danger, unit});
}

// Of the danger that is in hand.
std::string danger_phone(const Turn& t, const Draft& draft) {
    const auto* own = t.own(draft.ticket);
    return phones_at(t, unit_about(t, &draft)).in_danger(own ? own->ticket.emergency : std::string{});
}

// Whoever is in danger and wants a person waits for no desk: those on duty are paged, and the number is there.
void call_in_danger(Turn& t) {
    const auto* draft = t.talk.draft();
    const auto* own = draft && draft->ticket ? t.own(draft->ticket) : running(t);
    const auto unit = draft && draft->ticket ? unit_about(t, draft) : own ? own->ticket.unit : t.world.here;
    t.act(CallPerson{"danger", unit});
    const auto danger = own ? own->ticket.emergency : std::string{};
    t.say("talk.emergency_person", {{"phone", phones_at(t, unit).in_danger(danger)}});
}

// The danger is over, in so many words and nothing beside them: who says that one is out and another is not, or gives a
// place, goes on telling. What somebody does to himself or another is never over because he says so.
// `asked`: its questions are open, and a bare "好了" answers to it.
bool is_over(const Turn& t, const OwnTicket& own, bool asked) {
    auto text = t.meant.text;
    constexpr std::string_view harmless = "没事";  // no denial
    for (std::size_t at = 0; (at = text.find(harmless, at)) != std::string::npos;) text.erase(at, harmless.size());
    if (t.heard.kind != HeardKind::text || own.ticket.emergency == "self_harm" || own.ticket.emergency == "violence" ||
        is_doubted(text) || t.meant.slots.building || t.meant.slots.location || text.find("还") != std::string::npos)
        return false;
    if (asked && t.is_just(MeaningKind::fixed_yes)) return true;
    for (const auto& clause : clauses(t.meant.text))
        for (const std::string_view way :
             {"没事了",     "人没事",     "人没事了",   "出来了", "人出来了",   "救出来了",   "放出来了",
              "不用来了",   "不用过来了", "已经好了",   "虚惊",   "虚惊一场",   "是虚惊一场", "火灭了",
              "火已经灭了", "火扑灭了",   "火被扑灭了", "扑灭了", "火已经扑灭", "明火灭了",   "火熄了"})
            if (says_just(clause, way)) return true;
    return contains_any(t.meant.text, {"false alarm", "False alarm", "we're out now", "We're out now", "we are out now",
                                       "We are out now", "everyone is safe", "Everyone is safe", "everybody is safe",
                                       "fire is out", "re all fine now", "are all fine now"}) &&
           !contains_any(t.meant.text, {"not a false", "n't a false", "still", " but "});
}

// Passed on; whoever is on the way looks after him all the same. A fire that seems out is the firemen's to look at.
void tell_over(Turn& t, const OwnTicket& own, UnitId unit) {
    const bool fire = contains_any(t.meant.text, {"火", "灭了", "fire"});
    t.act(AddEvidence{own.ticket.id, t.heard.text, {}});
    t.say(fire ? "talk.emergency_over_fire" : "talk.emergency_over", {{"phone", phones_at(t, unit).duty}}).ticket =
        own.ticket.id;
}

bool only_thanks(const Turn& t) {
    return t.heard.kind == HeardKind::text && t.meant.matter.empty() &&
           (t.means(MeaningKind::thanks) || t.means(MeaningKind::farewell));
}
bool only_scolds(const Turn& t) {
    return t.heard.kind == HeardKind::text && t.meant.matter.empty() && !has_facts(t.meant) &&
           (t.means(MeaningKind::abuse) || t.means(MeaningKind::emotion));
}

// The form is done and somebody is on the way: what the person still says of the danger is passed on at once, and what
// he told before it waits until he says that it is over, or goes on with that himself.
bool after_it(Turn& t) {
    const auto* waiting = t.talk.draft();
    const bool media = waiting && t.heard.kind == HeardKind::media && !t.heard.attachments.empty();
    if ((waiting && (!waiting->asked.contains(aside) || !t.talk.question.kind.empty())) ||
        t.world.conversation.state != "bot" || (t.heard.kind != HeardKind::text && !media))
        return false;
    const bool asked_of_else = !t.world.prompts.empty() || !t.talk.question.kind.empty();
    if (waiting && !asked_of_else && plain_yes(t)) return take_up_again(t), true;
    const bool scolds = !asked_of_else && only_scolds(t), thanks = !asked_of_else && only_thanks(t);
    const bool over = !asked_of_else && contains_any(t.meant.text, {"没事", "出来", "不用", "好了", "虚惊", "灭", "熄",
                                                                    "alarm", "out", "safe", "fine"});
    const bool corrects = waiting && t.means(MeaningKind::correct_slot);
    if (t.meant.matter.empty() && !scolds && !thanks && !over && !media && !corrects) return false;
    const auto* own = running(t);  // last: the person's tickets are read only when they are asked for
    if (!own || to_ms(t.now) - to_ms(own->ticket.opened_at) > fresh_ms) return false;
    const auto phones = phones_at(t, own->ticket.unit);
    const PhraseValues phone{{"phone", phones.in_danger(own->ticket.emergency)}};
    if (over && is_over(t, *own, false)) {
        tell_over(t, *own, own->ticket.unit);
        take_up_again(t);
        return true;
    }
    if (thanks) return t.say("talk.emergency_thanks", {{"phone", phones.duty}}), true;
    if (scolds) return t.say("talk.emergency_calm", phone), true;
    if ((t.meant.matter.empty() && !media && !corrects) || (t.meant.slots.has_address() && !corrects) ||
        t.means(MeaningKind::another_matter) || t.means(MeaningKind::fixed_yes) || t.means(MeaningKind::withdraw) ||
        t.means(MeaningKind::cancel) || t.means(MeaningKind::hand_over))
        return false;
    // He speaks of what he told before.
    if (waiting && !media && !t.meant.category.empty() && t.meant.category == waiting->category &&
        t.meant.category != own->ticket.category)
        return false;
    t.act(AddEvidence{own->ticket.id, t.heard.text, t.heard.attachments});
    t.say("talk.emergency_more", phone).ticket = own->ticket.id;
    return true;
}

// Whoever tells of a matter half a day later does not answer what he was asked in danger.
bool tells_of_another(const Turn& t, const Draft& draft) {
    return !t.meant.emergency && t.heard.kind == HeardKind::text && !t.meant.matter.empty() &&
           to_ms(t.now) - draft.touched_ms > same_danger_ms;
}

}  // namespace

void call_person_for(Turn& t) {
    const auto* draft = t.talk.draft();
    const bool in_hand = draft && draft->ticket;
    const auto* own = in_hand ? nullptr : running(t);
    const bool fresh = own && !own->ticket.taken_over && to_ms(t.now) - to_ms(own->ticket.opened_at) <= fresh_ms;
    if (!in_hand && !fresh) return t.act(CallPerson{"wished", unit_about(t, draft)});
    call_in_danger(t);
    if (in_hand && t.talk.question.kind == "ask") t.ask_again();
}

void filing::take_up_when_over(Turn& t) {
    const auto* draft = t.talk.draft();
    if (!draft || !draft->asked.contains(aside) || !t.talk.question.kind.empty() || t.meant.emergency ||
        t.world.conversation.state != "bot" || !t.world.prompts.empty() || t.means(MeaningKind::pause) ||
        (t.heard.kind != HeardKind::text && t.heard.kind != HeardKind::choice))
        return;
    for (const auto& act : t.out.acts)
        if (std::holds_alternative<CallPerson>(act) || std::holds_alternative<FileDraft>(act)) return;
    const auto* own = running(t);
    if (own && to_ms(t.now) - to_ms(own->ticket.opened_at) <= fresh_ms && own->ticket.phase < Phase::resolved) return;
    take_up_again(t);
}

void filing::turns_out_dangerous(Turn& t, const std::string& danger) {
    Draft known = *t.talk.draft();
    t.talk.drop_draft(known.id);
    auto& fresh = t.talk.begin_draft(to_ms(t.now));
    known.id = fresh.id;
    fresh = known;
    if (to_ms(t.now) - fresh.place_scanned_ms >= just_now_ms) only_guess(t, fresh);  // it may smell where he is by now
    fresh.kind = "complaint";
    fresh.category = category_of(t, danger);
    fresh.category_sure = true;
    fresh.flags.insert("safety");
    if (fresh.phone.empty()) fresh.phone = t.world.person.phone;
    t.clear_question();
    advise(t, danger, unit_about(t, &fresh));
    t.act(FileDraft{fresh, danger});
    ask_what_is_missing(t, fresh);
}

bool emergency_flow(Turn& t) {
    auto* draft = t.talk.draft();
    if (draft && draft->ticket && t.world.conversation.state == "bot" && tells_of_another(t, *draft)) {
        t.talk.drop_draft(draft->id);
        t.clear_question();
        draft = t.talk.draft();
    }
    const bool answering = draft && draft->ticket;  // a danger is filed, its questions are open
    if (!t.meant.emergency) {
        if (t.heard.kind == HeardKind::choice || t.world.conversation.state == "person") return false;
        if (!answering) return after_it(t);
        const auto before = *draft;
        // "没事了", "出来了": passed on, and the questions end.
        const auto* own = t.own(draft->ticket);
        const bool himself = own && own->ticket.emergency == "self_harm" && !draft->asked.contains(onlooker);
        if (own && is_over(t, *own, true)) {
            const Draft known = *draft;
            tell_over(t, *own, unit_about(t, &known));
            put_aside(t, known);
            take_up_again(t);
            return true;
        }
        filing::take_slots(t, *draft);
        const bool place_asked = t.talk.question.kind == "ask" && t.talk.question.detail == "place";
        if (place_asked && wants_household(t) && t.is_just(MeaningKind::menu_number) && draft->building.empty())
            draft->building = t.value_of(MeaningKind::menu_number);
        // Where no directory knows the places, his words are the place.
        if (place_asked && !wants_household(t) && t.heard.kind == HeardKind::text && !t.meant.slots.phone &&
            !t.is_just(MeaningKind::no) && !t.means(MeaningKind::skip) && t.heard.text.size() <= 120) {
            draft->location = t.heard.text;
            draft->place_settled = true;
        }
        if (t.means(MeaningKind::skip) || t.is_just(MeaningKind::no)) draft->declined.insert(t.talk.question.detail);
        for (const auto& attachment : t.heard.attachments) draft->attachments.push_back(attachment.value);
        auto compared = *draft;
        compared.touched_ms = before.touched_ms;
        compared.words = before.words;
        compared.flags = before.flags;
        const bool wants_person = t.means(MeaningKind::hand_over);
        const bool new_facts = !(compared == before);
        if (new_facts) {
            t.act(AmendTicket{draft->ticket, *draft});
            if (!t.heard.attachments.empty()) {
                t.act(AddEvidence{draft->ticket, t.heard.text, t.heard.attachments});
                if (!himself) t.say("talk.emergency_more", {{"phone", danger_phone(t, *draft)}}).ticket = draft->ticket;
            }
        } else if (only_scolds(t) && !himself) {
            t.say("talk.emergency_calm", {{"phone", danger_phone(t, *draft)}}).ticket = draft->ticket;
        } else if (!wants_person) {
            // Nothing new for the form. Thanks, or "what did you ask", are answered as ever; whatever else somebody in
            // danger says is passed on, and nothing of it is an errand.
            if (only_thanks(t) && !himself) {
                t.say("talk.emergency_thanks", {{"phone", phones_at(t, unit_about(t, draft)).duty}});
                return t.ask_again(), true;
            }
            if (t.heard.kind != HeardKind::text || t.means(MeaningKind::thanks) || t.means(MeaningKind::farewell) ||
                t.is_just(MeaningKind::repeat_please))
                return false;
            t.act(AddEvidence{draft->ticket, t.heard.text, {}});
            // Who would harm himself is not answered by a form of words: he is asked again where he is.
            if (!himself) t.say("talk.emergency_more", {{"phone", danger_phone(t, *draft)}}).ticket = draft->ticket;
        }
        if (wants_person) call_in_danger(t);
        ask_what_is_missing(t, *draft);
        return true;
    }
    const std::string danger(to_text(*t.meant.emergency));
    if (const auto* own = running(t, danger, draft)) {
        const bool of_it = answering && draft->ticket == own->ticket.id;  // else the questions are of another danger
        if (of_it) filing::take_slots(t, *draft);
        advise(t, danger, of_it ? unit_about(t, draft) : own->ticket.unit);
        t.act(AddEvidence{own->ticket.id, t.heard.text, t.heard.attachments});
        if (of_it) {
            t.act(AmendTicket{draft->ticket, *draft});
            ask_what_is_missing(t, *draft);
        } else if (answering && t.world.conversation.state == "bot") {
            t.ask_again();
        }
        return true;
    }
    // What was being told stays as it is; what it knows of place and phone serves here too.
    // Where he told from is not where he is, if he scanned a code elsewhere since.
    Draft known;
    if (draft) known = *draft;
    // Nor is he where a code hangs that he scanned long ago.
    const auto ago = [&](std::int64_t ms) { return to_ms(t.now) - ms; };
    const bool moved = (scanned_since(t, known.touched_ms) && ago(t.talk.here.ms) < just_now_ms) ||
                       (known.place_scanned_ms != 0 && ago(known.place_scanned_ms) >= just_now_ms);
    if (moved) known.community.clear(), known.building.clear(), known.unit.clear(), known.room.clear();
    if (moved) known.location.clear(), known.place_scanned_ms = 0;
    // The questions of an earlier danger are past.
    std::erase_if(t.talk.drafts, [](const Draft& one) { return static_cast<bool>(one.ticket); });
    auto& fresh = t.talk.begin_draft(to_ms(t.now));
    fresh.community = known.community;
    fresh.building = known.building;
    fresh.unit = known.unit;
    fresh.room = known.room;
    fresh.place_scanned_ms = known.place_scanned_ms;
    // The garage he spoke of a moment ago is where he still is; of a day ago it is not.
    if (known.building.empty() && ago(known.touched_ms) < just_now_ms) fresh.location = known.location;
    fresh.phone = known.phone.empty() ? t.world.person.phone : known.phone;
    filing::take_slots(t, fresh);
    stand_here(t, fresh, just_now_ms);
    if (speaks_of_home(t)) only_guess(t, fresh);
    // Where he was in danger a moment ago he may still be: a guess for those who come, and he is asked.
    if (const auto* earlier = running(t);
        earlier && !fresh.has_place() && fresh.perhaps.empty() && ago(to_ms(earlier->ticket.opened_at)) <= fresh_ms)
        fresh.perhaps = house_of(*earlier);
    fresh.kind = "complaint";
    fresh.category = category_of(t, danger);
    fresh.category_sure = true;
    fresh.flags.insert("safety");
    if (fresh.matter.empty()) fresh.matter = t.heard.text;
    for (const auto& attachment : t.heard.attachments) fresh.attachments.push_back(attachment.value);
    t.clear_question();  // what was asked about another matter was not asked about this one
    advise(t, danger, unit_about(t, &fresh));
    t.act(FileDraft{fresh, danger});
    ask_what_is_missing(t, fresh);
    return true;
}

}  // namespace huiyin
