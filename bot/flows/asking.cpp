// The next question of the draft in hand, the read-back, and filing.
#include "bot/flows/filing.h"
#include "bot/said.h"

namespace huiyin {
namespace {

std::string attachment_line(const Turn& t, const Draft& draft) {
    if (draft.attachments.empty()) return t.text("talk.line.no_photo");
    return t.text("talk.line.photos", {{"count", std::to_string(draft.attachments.size())}});
}

bool ask_matter(Turn& t, const Draft& draft) {
    if (!draft.matter.empty()) return false;
    const auto& question = t.talk.question;
    const bool again = question.kind == "ask" && question.asked >= 1 && question.detail == "matter";
    t.ask({.kind = "ask", .detail = "matter", .key = again ? "talk.ask_matter_again" : "talk.ask_matter"});
    return true;
}

}  // namespace

// Twice, and once with the reason; then whatever is known has to do, and whoever handles it asks.
bool ask_place(Turn& t, Draft& draft) {
    const auto& question = t.talk.question;
    const int asked = question.kind == "ask" && question.detail == "place" ? question.asked : 0;
    // A spot that every flat has says nothing of which one: that is worth the question with its reason.
    const bool indoors = contains_any(draft.location, {"厨房", "卫生间", "厕所", "卧", "客厅", "阳台", "家", "屋"});
    if (!draft.has_place() && (asked >= 3 || (asked == 2 && !draft.location.empty() && !indoors)))
        draft.place_settled = true;
    if (draft.has_place()) return own_form(t) && (ask_community(t, draft) || doubt_place(t, draft));
    if (draft.declined.contains("place") || asked == 2) {
        draft.declined.erase("place");
        t.ask({.kind = "ask", .detail = "place", .key = "talk.ask_place_why"});
        return true;
    }
    t.ask({.kind = "ask", .detail = "place", .key = asked >= 1 ? "talk.ask_place_again" : "talk.ask_place"});
    return true;
}

bool ask_phone(Turn& t, Draft& draft) {
    if (draft.phone.empty() && !t.world.person.phone.empty() && !draft.anonymous) {
        draft.phone = t.world.person.phone;
        draft.phone_from_person = true;
    }
    const auto& question = t.talk.question;
    const int asked = question.kind == "ask" && question.detail == "phone" ? question.asked : 0;
    if (t.meant.slots.broken_phone && !t.meant.slots.phone && asked < 3) {
        t.ask({.kind = "ask", .detail = "phone", .key = "talk.ask_phone_broken"},
              {{"phone", *t.meant.slots.broken_phone}});
        return true;
    }
    const bool wants_answer = !draft.flags.contains("praise") && !draft.flags.contains("suggestion");
    if (wants_answer && draft.phone.empty() && !draft.declined.contains("phone") && asked < 2) {
        t.ask({.kind = "ask", .detail = "phone", .key = asked >= 1 ? "talk.ask_phone_again" : "talk.ask_phone"});
        return true;
    }
    if (draft.phone.empty() && asked >= 2) draft.declined.insert("phone");
    return false;
}

namespace filing {

namespace {

constexpr std::size_t longest_line = 80;  // characters: a letter is kept whole, and read back in its beginning

Reply& read_back_house_form(Turn& t, Draft& draft, std::string_view lead) {
    std::string matter = draft.matter;
    const bool how_long = draft.occurred_text == draft.duration;  // "一天": since when, and no moment
    if (!draft.occurred_text.empty() && !how_long && matter.find(draft.occurred_text) == std::string::npos)
        matter = draft.occurred_text + " " + matter;
    if (!draft.recurrence.empty() && matter.find(draft.recurrence) == std::string::npos)
        matter += in_brackets(t, draft.recurrence);
    if (!draft.duration.empty() && matter.find(draft.duration) == std::string::npos)
        matter += in_brackets(t, t.text("talk.line.how_long", {{"duration", draft.duration}}));
    const auto phone =
        draft.phone.empty() ? t.text("talk.line.no_phone") : phone_masked(draft.phone) + in_brackets(t, draft.contact);
    const auto place = t.shown_label(place_label(t, draft));
    return t.ask(
        {.kind = "readback", .key = std::string(lead)},
        {{"matter", shortened(with_chinese_marks(matter + date_behind(t, draft)), longest_line)},
         {"place",
          !place.empty() ? place : t.text(draft.place_settled ? "talk.line.place_untold" : "talk.line.no_place")},
         {"phone", phone},
         {"photo", attachment_line(t, draft)},
         {"wish", draft.wish.empty() ? t.text("talk.line.no_wish") : with_chinese_marks(draft.wish)}});
}

}  // namespace

void read_back(Turn& t, Draft& draft, std::string_view lead) {
    if (lead.empty()) lead = draft.promised ? "talk.readback_second" : "talk.readback";
    auto& reply =
        own_form(t) ? read_back_form(t, draft, std::string(lead) + "_form") : read_back_house_form(t, draft, lead);
    t.choice(reply, t.text("talk.choice.submit"), {{"talk", "submit"}, {"draft", draft.id}});
    t.choice(reply, t.text("talk.choice.drop"), {{"talk", "cancel"}, {"draft", draft.id}});
    look_for_same(t, draft);
    offer_same(t, draft);
}

void next(Turn& t) {
    auto* found = t.talk.draft();
    if (!found) return;
    auto& draft = *found;
    if (ask_matter(t, draft)) return;
    if (own_form(t)) {
        if (!t.world.pack->model_knows && ask_pack_category(t, draft)) return;
        if (ask_admission(t, draft) || ask_identity(t, draft)) return;
        if (ask_for_form(t, draft) || ask_phone(t, draft)) return;
        tell_before_filing(t, draft);
    } else {
        const bool needs_place =
            draft.category != "consultation" && !draft.flags.contains("praise") && !draft.flags.contains("suggestion");
        if (needs_place && ask_place(t, draft)) return;
        if (ask_community(t, draft) || doubt_place(t, draft)) return;
        look_for_same(t, draft);
        if (ask_phone(t, draft)) {
            if (!draft.same_home) offer_same(t, draft);  // of his own home with the read-back
            return;
        }
    }
    if (t.world.pack->model_knows && ask_category(t, draft)) return;
    read_back(t, draft);
}

void submit(Turn& t, Draft& draft) {
    if (own_form(t) && ask_admission(t, draft)) return;  // a correction may have changed what the tests say
    Draft filed = draft;
    filed.place_scanned_ms = 0;  // he has read the place, and said yes to it
    t.talk.drop_draft(filed.id);
    t.clear_question();
    t.talk.note_filed(filed, find_place(t, filed).community);
    t.talk.last_filed_ms = to_ms(t.now);
    if (!filed.phone.empty() && !filed.phone_from_person && filed.contact.empty()) t.act(SaveContact{{}, filed.phone});
    t.act(FileDraft{filed, {}});
    go_on(t, filed);
}

namespace {

// What was told for the first matter holds for what was told beside it, unless that says otherwise itself.
void take_over(Draft& draft, const Draft& done) {
    if (!draft.has_place()) {
        draft.community = done.community;
        draft.building = done.building;
        draft.unit = done.unit;
        draft.room = done.room;
        draft.place_settled = done.place_settled;
        draft.place_scanned_ms = done.place_scanned_ms;
        draft.place_doubted = true;
    }
    if (draft.phone.empty()) {
        draft.phone = done.phone;
        draft.contact = done.contact;
        draft.phone_from_person = !done.phone.empty();
        if (done.declined.contains("phone")) draft.declined.insert("phone");
    }
    if (draft.name.empty()) draft.name = done.name;
    draft.anonymous = draft.anonymous || done.anonymous;
    if (done.flags.contains("confidential")) draft.flags.insert("confidential");
}

}  // namespace

void go_on(Turn& t, const Draft& done) {
    auto* other = t.talk.draft();
    if (!other) return;
    auto& draft = *other;
    draft.touched_ms = to_ms(t.now);
    if (draft.ticket || !draft.promised) {
        if (!draft.ticket) t.say("talk.other_draft", {{"matter", draft.matter}});
        return next(t);
    }
    for (auto& waiting : t.talk.drafts)
        if (waiting.promised && !waiting.ticket) take_over(waiting, done);
    if (own_form(t)) {
        // What the pack asks of a matter is asked of each.
        if (!t.world.pack->model_knows) draft.category_sure = false, take_pack_kind(t, draft);
        t.say("talk.other_draft", {{"matter", draft.matter}});
        return next(t);
    }
    if (draft.category.empty()) draft.kind = done.kind, draft.category = done.category;
    draft.category_sure = true;
    next(t);
}

}  // namespace filing
}  // namespace huiyin
