// What somebody else has told already: offered to be joined, by one tap, beside what is asked anyway; whoever would
// rather have a case of his own goes on telling. Of who told it first nothing is said.
#include <algorithm>
#include <utility>

#include "bot/flows/filing.h"
#include "bot/said.h"
#include "bot/shared_matters.h"

namespace huiyin {

namespace filing {

void look_for_same(const Turn& t, Draft& draft) {
    if (draft.asked.contains("apart")) return;  // he has said so: what it is linked with stays
    std::optional<SameMatter> same;
    const auto& flags = draft.flags;
    const bool to_himself =
        draft.anonymous || flags.contains("confidential") || flags.contains("praise") || flags.contains("suggestion");
    // Elsewhere than where people live the same place says little: two customers of a bank share nothing.
    if (!to_himself && wants_household(t) && t.world.same_matter)
        same = t.world.same_matter(draft, find_place(t, draft));
    draft.same_as = same ? same->ticket : TicketId{};  // looked for anew: what he told may have changed
    draft.same_home = same && same->home;
}

void offer_same(Turn& t, Draft& draft) {
    if (!draft.same_as || draft.asked.contains("apart") || !t.asked_act) return;
    auto& reply = std::get<Reply>(t.out.acts[*t.asked_act]);
    t.choice(reply, t.text("talk.choice.join"), {{"talk", "join"}, {"draft", draft.id}});
    if (draft.asked.insert("same").second)
        reply.text = t.text(draft.same_home ? "talk.same_home" : "talk.same_neighbour") + "\n" + reply.text;
}

void join_same(Turn& t, const Draft& draft) {
    constexpr std::size_t remembered = 4;
    Draft told = draft;
    told.ticket = draft.same_as;
    told.place_scanned_ms = 0;  // he has read the place
    t.talk.drop_draft(draft.id);
    t.clear_question();
    t.talk.last_ticket = told.ticket;
    t.talk.note_filed(told, find_place(t, told).community);
    if (!told.phone.empty() && !told.phone_from_person && told.contact.empty()) t.act(SaveContact{{}, told.phone});
    t.act(JoinTicket{told});
    auto& joined = t.talk.joined;
    std::erase_if(joined, [&](const Draft& one) { return one.ticket == told.ticket; });
    if (joined.size() == remembered) joined.erase(joined.begin());
    joined.push_back(told);
    joined.back().attachments.clear();  // they went to the ticket
    go_on(t, told);
}

}  // namespace filing

namespace {

constexpr std::size_t a_few_words = 48;  // bytes

// A case of his own after all: what he told when he joined is read back, with what he says now.
void begin_apart(Turn& t, const Draft& told) {
    auto& draft = t.talk.begin_draft(to_ms(t.now));
    const auto id = draft.id;
    const auto touched = draft.touched_ms;
    draft = told;
    draft.id = id;
    draft.touched_ms = touched;
    draft.same_as = std::exchange(draft.ticket, {});
    draft.promised = false;
    draft.asked.insert("apart");
    t.clear_question();
    if (t.heard.kind == HeardKind::text) {
        const auto matter = draft.matter;
        filing::take_slots(t, draft);
        if (!matter.empty()) draft.matter = matter;  // "我家还是没好" says how it stands, not what it is about
        for (const auto& one : t.heard.attachments) draft.attachments.push_back(one.value);
    }
    filing::next(t);
}

void begin_apart(Turn& t, TicketId ticket) {
    const auto& joined = t.talk.joined;
    const auto at = std::find_if(joined.begin(), joined.end(), [&](const Draft& d) { return d.ticket == ticket; });
    if (at != joined.end()) return begin_apart(t, Draft(*at));
    if (const auto along = t.world.goes_along ? t.world.goes_along() : std::nullopt;
        along && along->own.ticket.id == ticket)
        return begin_apart(t, along->told);
    t.ask({.kind = "ask", .detail = "matter", .key = "talk.ask_matter"});
}

// "一起跟进", "算我一个", "跟他们一起": to what was offered just now.
bool would_join(const Turn& t) {
    if (t.heard.kind != HeardKind::text || t.meant.text.size() > a_few_words) return false;
    return says_any(t.meant.text,
                    {"一起跟进", "一起吧", "一起办", "一起报", "算我一个", "加我一个", "加上我", "把我加", "加入",
                     "并在一起", "合在一起", "合并", "跟着他们", "跟他们", "就是这件", "同一件"}) &&
           !contains_any(t.meant.text, {"另外", "还有"});
}

bool would_stay_apart(const Turn& t) {
    if (t.heard.kind != HeardKind::text || t.meant.text.size() > a_few_words) return false;
    return !contains_any(t.meant.text, {"分不开", "分开不"}) &&  // a door
           contains_any(t.meant.text,
                        {"单独", "分开", "各办各", "各报各", "自己报", "自己登记", "不合并", "不要合并", "别合并",
                         "不想合并", "不加入", "不跟他们", "不要一起", "不一起", "不是一回事", "不是同一件", "另开一"});
}

// Whoever joined is asked to decide nothing: what he would decide, he decides about a case of his own.
void say_not_own(Turn& t, const OwnTicket& own) {
    auto& reply = t.say("talk.joined_not_own", {{"number", own.ticket.number}});
    reply.ticket = own.ticket.id;
    t.choice(reply, t.text("talk.choice.apart"), {{"talk", "apart"}, {"ticket", to_text(own.ticket.id)}});
}

// "我家还是没好", "还停着呢".
bool says_not_yet(const std::string& text) {
    return contains_any(text, {"没好", "没修好", "没弄好", "没解决", "没来水", "没来电", "没通", "没恢复", "还停",
                               "还坏", "还漏", "还是老样子", "还是那样", "还不行", "还是不行", "又坏", "又停"});
}

// "楼道灯又坏了" after the lift: that is told as a new matter is.
bool names_another_thing(const Turn& t, const std::string& told) {
    KnownMatter now, then;
    now.matter = t.meant.text;
    then.matter = told;
    find_things(now);
    find_things(then);
    return now.things != 0 && then.things != 0 && (now.things & then.things) == 0;
}

std::int64_t days_since(const Turn& t, const OwnTicket& own) {
    constexpr std::int64_t a_day_ms = std::int64_t{24} * 3600 * 1000;
    return (to_ms(t.now) - to_ms(own.ticket.updated_at)) / a_day_ms;
}

constexpr std::int64_t days_to_say_not_yet = 30;

// As he was invited to: he goes along with a ticket of others, of which the talk itself knows nothing any more.
template <class HasOwn>
bool still_waits(Turn& t, const HasOwn& has_own) {
    constexpr std::size_t a_sentence = 75;  // bytes
    const bool says_so = t.heard.kind == HeardKind::text && t.meant.text.size() <= a_sentence &&
                         !t.meant.slots.has_address() &&
                         (says_not_yet(t.meant.text) || t.means(MeaningKind::fixed_no) ||
                          t.means(MeaningKind::fixed_partly) || would_stay_apart(t));
    if (!says_so || !t.world.goes_along) return false;
    const auto along = t.world.goes_along();
    if (!along || along->own.ticket.phase < Phase::resolved || (!along->newest && has_own())) return false;
    if (days_since(t, along->own) >= days_to_say_not_yet ||
        names_another_thing(t, along->own.label + " " + along->told.matter))
        return false;
    begin_apart(t, along->told);
    return true;
}

// `mended`: one that is said to be done goes before, for it is the one that he may contradict.
const OwnTicket* newest_joined(const Turn& t, bool mended) {
    const auto rank = [&](const OwnTicket& own) {
        return (mended && own.ticket.phase >= Phase::resolved ? 2 : 0) + (own.ticket.id == t.talk.last_ticket ? 1 : 0);
    };
    const OwnTicket* found = nullptr;
    for (const auto& own : t.tickets())
        if (own.joined && (!found || rank(own) > rank(*found))) found = &own;
    return found;
}

}  // namespace

bool joining_flow(Turn& t) {
    auto* draft = t.talk.draft();
    if (t.heard.kind == HeardKind::choice) {
        const auto what = t.talk_action();
        if (what == "join")
            for (const auto& one : t.talk.drafts)
                if (one.same_as && t.heard.action.value("draft", 0) == one.id) {
                    const Draft told = one;
                    return filing::join_same(t, told), true;
                }
        if (what == "join") return t.say("talk.draft_gone"), t.ask_again(), true;
        if (what == "apart" && !draft) return begin_apart(t, ticket_in(t.heard.action)), true;
        if (what == "apart") return t.ask_again(), true;
        return false;
    }
    if (draft && draft->same_as && draft->asked.contains("same") && !draft->asked.contains("apart")) {
        if (would_stay_apart(t)) {
            draft->asked.insert("apart");
            filing::take_slots(t, *draft);  // "不要一起,我要匿名"
            t.say("talk.apart");
            filing::next(t);
            return true;
        }
        if (would_join(t) && !t.meant.hints.anonymous && !t.meant.hints.confidential) {
            filing::take_slots(t, *draft);
            const Draft told = *draft;
            return filing::join_same(t, told), true;
        }
        return false;
    }
    const bool picture = t.heard.kind == HeardKind::media && !t.heard.attachments.empty();
    if (draft || !t.world.prompts.empty()) return false;
    if (t.means(MeaningKind::hand_over)) return false;  // a person is called, whatever else he says
    if (t.heard.kind != HeardKind::text && !picture) return false;
    const auto is_own = [](const OwnTicket& own) { return !own.joined && !is_end(own.ticket.phase); };
    const auto has_own = [&] { return std::any_of(t.tickets().begin(), t.tickets().end(), is_own); };
    if (t.talk.joined.empty()) return still_waits(t, has_own);
    const bool only_joined = !has_own();
    constexpr std::size_t a_sentence = 75;  // bytes
    const bool not_yet =
        t.heard.kind == HeardKind::text && t.meant.text.size() <= a_sentence && says_not_yet(t.meant.text);
    const auto* own = only_joined ? newest_joined(t, not_yet) : nullptr;
    if (!own) return still_waits(t, has_own);
    if (t.meant.slots.has_address() || days_since(t, *own) >= (not_yet ? days_to_say_not_yet : 3)) return false;
    if (not_yet && names_another_thing(t, own->label)) return false;
    if (picture) {
        if (is_end(own->ticket.phase) || t.talk.question.kind == "ask") return false;
        t.act(AddEvidence{own->ticket.id, t.heard.text, t.heard.attachments});
        t.say("talk.evidence_added", {{"number", own->ticket.number}, {"label", t.shown_label(own->label)}}).ticket =
            own->ticket.id;
        return true;
    }
    if (would_stay_apart(t)) return begin_apart(t, own->ticket.id), true;
    const bool mended = own->ticket.phase >= Phase::resolved;
    if (mended && (not_yet || t.means(MeaningKind::fixed_no) || t.means(MeaningKind::fixed_partly) ||
                   t.is_just(MeaningKind::reopen)))
        return begin_apart(t, own->ticket.id), true;
    if (mended && t.means(MeaningKind::fixed_yes) && !doubts_mending(t.meant.text))
        return t.say("talk.joined_fine"), true;
    if (is_end(own->ticket.phase)) return false;
    if (t.means(MeaningKind::urge)) {
        t.act(AddEvidence{own->ticket.id, t.heard.text, {}});
        const auto now = t.world.progress(own->ticket);
        t.say("talk.joined_urged", {{"number", own->ticket.number}, {"next", joined_next(t, *own, now)}}).ticket =
            own->ticket.id;
        return true;
    }
    if (t.means(MeaningKind::escalate_wish)) return say_not_own(t, *own), true;
    if (t.means(MeaningKind::withdraw) || t.is_just(MeaningKind::cancel)) {
        t.say("talk.joined_goes_on", {{"number", own->ticket.number}}).ticket = own->ticket.id;
        return true;
    }
    return false;
}

std::string joined_state(const Turn& t, const OwnTicket& own, const Engine::Progress& now) {
    if (!own.joined) return now.state;
    if (own.ticket.phase == Phase::deciding) return t.text("talk.joined_state.deciding");
    if (is_end(own.ticket.phase)) return t.text("talk.joined_state.over");
    return own.ticket.phase >= Phase::resolved ? t.text("talk.joined_state.resolved") : now.state;
}

std::string joined_next(const Turn& t, const OwnTicket& own, const Engine::Progress& now) {
    if (!own.joined) return now.next;
    const bool mended = own.ticket.phase >= Phase::resolved && !is_end(own.ticket.phase);
    if (mended) return t.text("talk.joined_next.resolved");
    return own.ticket.phase == Phase::deciding || is_end(own.ticket.phase) ? std::string{} : now.next;
}

}  // namespace huiyin
