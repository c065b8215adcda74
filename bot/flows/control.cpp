// Steering the talk: help, again, back, pause, resume, cancel, and questions about the bot itself.
#include "bot/flows/filing.h"
#include "bot/languages.h"
#include "bot/said.h"

namespace huiyin {
namespace {

// "那现在501的人报了什么", "隔壁投诉过什么": what somebody else has told is his.
bool asks_of_others(const Turn& t) {
    constexpr std::size_t a_question = 75;  // bytes
    return t.heard.kind == HeardKind::text && t.meant.text.size() <= a_question && t.meant.matter.empty() &&
           contains_any(t.meant.text,
                        {"报了什么", "报了啥", "报过什么", "报过啥", "投诉了什么", "投诉了啥", "投诉过什么", "投诉过啥",
                         "反映了什么", "反映过什么", "说了什么", "说了啥", "提了什么"}) &&
           contains_any(t.meant.text, {"的人", "邻居", "隔壁", "楼上", "楼下", "对门", "对面", "别人", "人家", "他家",
                                       "她家", "那家", "那户", "住户", "租客", "房东", "业主"}) &&
           !contains_any(t.meant.text, {"我报", "我投诉", "我反映", "我说", "我家", "我们家"});
}

}  // namespace

bool control_flow(Turn& t) {
    auto* draft = t.talk.draft();
    if (t.heard.kind == HeardKind::text && only_wishes_language(t.meant.text)) {
        t.say("talk.language");  // in the language he asked for: it was taken before the turn
        t.ask_again();
        return true;
    }
    if (t.is_just(MeaningKind::help)) {
        t.say("talk.help");
        t.ask_again();
        return true;
    }
    if (t.means(MeaningKind::robot_question)) {
        t.say("talk.robot");
        t.ask_again();
        return true;
    }
    if (t.is_just(MeaningKind::repeat_please)) {
        if (t.talk.question.kind.empty())
            t.say("talk.nothing_asked");
        else
            t.ask_again();
        return true;
    }
    if (t.means(MeaningKind::others_data) || asks_of_others(t)) {
        t.say("talk.others_data");
        t.ask_again();
        return true;
    }
    if (t.heard.kind == HeardKind::text)
        if (const auto wish = own_data_wish(t.meant.text, draft || !t.talk.question.kind.empty())) {
            // A name is kept in the writing in which he gave it.
            const auto as_written = wish->name.empty() ? std::nullopt : own_data_wish(t.heard.text, false);
            t.act(OwnData{as_written ? *as_written : *wish, t.meant.text});
            t.ask_again();
            return true;
        }
    if (t.means(MeaningKind::bot_complaint) && t.meant.category.empty()) {
        auto& reply = t.ask({.kind = "offer_person", .key = "talk.bot_complaint"});
        t.choice(reply, t.text("talk.choice.person"), {{"talk", "person"}});
        return true;
    }
    if (t.means(MeaningKind::stop_surveys)) {
        t.act(StopSurveys{});
        t.say("talk.surveys_stopped");
        // Nor is he asked now for what belongs to the rating.
        const auto& question = t.talk.question;
        if (question.kind == "revisit" || question.key == "talk.ask_revisit" || question.key == "talk.ask_low_reason")
            return t.clear_question(), true;
        const bool rating_next =
            question.kind.empty() && !t.world.prompts.empty() && t.world.prompts.front().kind == "rating";
        if (!rating_next) t.ask_again();
        return true;
    }
    if (t.is_just(MeaningKind::pause) && draft) {
        t.talk.parked_until_ms = to_ms(t.now) + 24 * 3600 * 1000;
        t.say("talk.paused");
        return true;
    }
    if (t.is_just(MeaningKind::pause) && t.talk.question.kind != "words" && t.world.prompts.empty()) {
        t.say("talk.paused_idle");
        return true;
    }
    // No promise beyond what the rules give: the date is known once it is filed.
    if (t.means(MeaningKind::promise_wish) && draft) {
        t.say("talk.promise");
        t.ask_again();
        return true;
    }
    if (t.is_just(MeaningKind::restart) && draft) {
        t.talk.drop_draft(draft->id);
        t.talk.focus = 0;  // what else was told waits until the new telling is done
        t.ask({.kind = "ask", .detail = "matter", .key = "talk.restart"});
        return true;
    }
    if (t.means(MeaningKind::resume) && t.is_just(MeaningKind::resume)) {
        if (!draft) {
            t.say("talk.nothing_to_resume");
            return true;
        }
        t.talk.parked_until_ms = 0;
        t.say("talk.resumed", {{"matter", draft->matter}});
        if (t.telling())
            t.ask_again();  // what was asked is asked, as it was
        else
            filing::next(t);
        return true;
    }
    const bool cancels = !would_skip(t) && (t.is_just(MeaningKind::cancel) ||
                                            (t.heard.kind == HeardKind::text && gives_up(t.meant.text)));
    if (cancels && draft && !draft->ticket) {
        if (t.talk.question.kind == "split")  // of all that he has just told
            std::erase_if(t.talk.drafts, [id = draft->id](const Draft& one) { return one.promised && one.id > id; }),
                draft = t.talk.draft();
        const Draft dropped = *draft;
        t.talk.drop_draft(dropped.id);
        t.clear_question();
        t.say("talk.draft_dropped");
        filing::go_on(t, dropped);
        return true;
    }
    if (cancels && !draft && t.talk.question.kind != "words" &&
        (t.is_just(MeaningKind::cancel) || t.talk.question.kind == "ask")) {
        if (t.talk.question.kind == "ask") {  // he was about to tell, and rather does not
            t.clear_question();
            t.say("talk.draft_dropped");
            if (!t.talk.drafts.empty()) {  // what was told beside it, before he began anew
                const auto& first = t.talk.drafts.front();
                t.talk.focus = first.id;
                if (first.promised && !own_form(t)) t.say("talk.other_draft", {{"matter", first.matter}});
                filing::go_on(t, Draft{});
            }
            return true;
        }
        if (const auto& own = t.tickets(); own.empty() || is_end(own.front().ticket.phase)) {
            t.clear_question();
            t.say("talk.nothing_to_cancel");
            return true;
        }
        return false;  // "算了不投诉了" about what is filed: withdraw
    }
    if (t.is_just(MeaningKind::back) && draft && t.talk.question.kind == "ask") {
        const auto slot = slot_named(t.talk.question.detail);
        if (!slot && t.talk.question.detail != "community") {  // a slot of the pack: all that is known so far
            filing::read_back(t, *draft);
            return true;
        }
        const auto before =
            slot && *slot != Slot::matter ? static_cast<Slot>(static_cast<int>(*slot) - 1) : Slot::matter;
        if (before > Slot::phone) {  // a photo, a wish: what there is of them stands in the read-back
            filing::read_back(t, *draft);
            return true;
        }
        const std::string name(to_text(before));
        const auto present = before == Slot::place    ? t.shown_label(filing::place_label(t, *draft))
                             : before == Slot::matter ? draft->matter
                                                      : phone_masked(draft->phone);
        t.ask({.kind = "ask", .detail = name, .key = "talk.back_to_" + name}, {{"present", present}});
        return true;
    }
    return false;
}

}  // namespace huiyin
