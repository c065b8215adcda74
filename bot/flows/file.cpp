// Filing: take what was said, ask one thing at a time for what is missing, read back, file.
// Whatever a message already says is never asked again; a question that was not answered is put once more in other
// words.
#include <algorithm>

#include "bot/flows/flows.h"

namespace huiyin {
namespace {

bool opens_ticket(const Understood& meant) {
    return meant.kind == MessageKind::complaint || meant.kind == MessageKind::demand ||
           meant.kind == MessageKind::suggestion || meant.kind == MessageKind::praise;
}

// What the matter says is only when: no matter yet.
bool is_only_time(const Turn& t, const std::string& matter) {
    const auto& said = t.meant.slots;
    return !matter.empty() && (matter == said.occurred_text || matter == said.recurrence.value_or(std::string{}) ||
                               matter == said.duration.value_or(std::string{}));
}

bool has_facts(const Understood& meant) {
    const auto& slots = meant.slots;
    return slots.has_address() || slots.phone || slots.location || slots.occurred_at || slots.duration;
}

// The clauses of the message without those that only hold a number or a wish to be kept out of it.
std::string own_words(const std::string& text) {
    std::string kept, clause;
    const auto take = [&] {
        const auto digits = std::count_if(clause.begin(), clause.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (!clause.empty() && digits < 7 && clause.find("别说") == std::string::npos)
            kept += (kept.empty() ? "" : "，") + clause;
        clause.clear();
    };
    for (std::size_t at = 0; at < text.size();) {
        std::size_t length = 1;
        while (at + length < text.size() && (static_cast<unsigned char>(text[at + length]) & 0xc0) == 0x80) ++length;
        const auto sign = text.substr(at, length);
        if (sign == "," || sign == "，" || sign == "。" || sign == ";" || sign == "；" || sign == "!" || sign == "！")
            take();
        else
            clause += sign;
        at += length;
    }
    take();
    return kept.empty() ? text : kept;
}

// "对", "对,没问题", "对,快点修": a yes that nothing else takes back.
bool plain_yes(const Turn& t) {
    if (t.is_just(MeaningKind::yes) || t.is_just(MeaningKind::vague_yes) || t.is_just(MeaningKind::indifferent))
        return true;
    if (!t.means(MeaningKind::yes) || t.means(MeaningKind::no) || t.means(MeaningKind::correct_slot) ||
        t.means(MeaningKind::another_matter) || t.means(MeaningKind::partial_consent) || has_facts(t.meant) ||
        t.meant.text.size() > 36)
        return false;
    for (const char* but : {"但", "不过", "只是", "可是", "还有", "另外", "改"})
        if (t.meant.text.find(but) != std::string::npos) return false;
    return true;
}

void take_kind(const Turn& t, Draft& draft) {
    const auto& meant = t.meant;
    if (meant.category.empty()) return;
    if (!draft.category.empty() && (draft.category_sure || !meant.category_sure)) return;
    draft.kind = meant.kind == MessageKind::complaint ? "complaint" : "demand";
    draft.category = meant.category;
    draft.category_sure =
        meant.category_sure || meant.kind == MessageKind::praise || meant.kind == MessageKind::suggestion;
    if (meant.kind == MessageKind::praise) draft.flags.insert("praise");
    if (meant.kind == MessageKind::suggestion) draft.flags.insert("suggestion");
    // The policy may not know this category under this kind: then the kind's last one, "other", takes it.
    const auto* kind = t.world.policy->kind(draft.kind);
    if (kind && !t.world.policy->category(draft.kind, draft.category)) {
        for (const auto& other : t.world.policy->kinds)
            if (t.world.policy->category(other.key, draft.category)) {
                draft.kind = other.key;
                return;
            }
        if (!kind->categories.empty()) draft.category = kind->categories.back().key;
    }
}

// Of the customer's words: is this place one of the directory?
Place find_place(const Turn& t, const Draft& draft) {
    const auto& directory = *t.world.directory;
    UnitId community;
    if (!draft.community.empty()) {
        for (const auto& unit : directory.units())
            if (unit.kind == "community" && unit.name.find(draft.community) != std::string::npos) community = unit.id;
    } else if (t.world.conversation.unit) {
        const auto communities = directory.communities_of(t.world.conversation.unit);
        if (communities.size() == 1) community = communities.front();
    }
    if (draft.building.empty())
        return {.match = PlaceMatch::unknown, .community = community, .household = {}, .label = {}};
    auto place = directory.find_place(draft.building, draft.unit, draft.room, community);
    if (!place.community) place.community = community;
    return place;
}

std::string spoken_address(const Draft& draft) {
    std::string label = draft.community;
    if (!draft.building.empty()) label += draft.building + "栋";
    if (!draft.unit.empty()) label += draft.unit + "单元";
    return label + draft.room;
}

std::string attachment_line(const Turn& t, const Draft& draft) {
    if (draft.attachments.empty()) return t.text("talk.line.no_photo");
    return t.text("talk.line.photos", {{"count", std::to_string(draft.attachments.size())}});
}

// The community is not known and the address does not tell: choose among those there are.
bool ask_community(Turn& t, Draft& draft) {
    if (t.world.conversation.unit || !draft.community.empty()) return false;
    const auto place = find_place(t, draft);
    if (place.community) return false;
    std::vector<const Unit*> communities;
    for (const auto& unit : t.world.directory->units())
        if (unit.kind == "community") communities.push_back(&unit);
    if (communities.size() < 2) return false;
    auto& reply = t.ask({.kind = "ask", .detail = "community", .key = "talk.ask_community"});
    for (const auto* unit : communities) {
        t.choice(reply, unit->name, {{"talk", "community"}, {"draft", draft.id}, {"name", unit->name}});
        t.talk.question.options.push_back(unit->name);
        if (reply.choices.size() == 6) break;
    }
    return true;
}

bool doubt_place(Turn& t, Draft& draft) {
    if (draft.building.empty() || draft.place_doubted) return false;
    const auto place = find_place(t, draft);
    if (place.match == PlaceMatch::household) return false;
    if (place.match == PlaceMatch::building_only && draft.room.empty()) return false;
    draft.place_doubted = true;
    draft.flags.insert("unverified_address");
    auto& reply =
        t.ask({.kind = "ask", .detail = "place", .key = "talk.place_doubt"}, {{"place", spoken_address(draft)}});
    t.choice(reply, t.text("talk.choice.place_as_said"), {{"talk", "place_as_said"}, {"draft", draft.id}});
    return true;
}

bool ask_category(Turn& t, Draft& draft) {
    // Worth a turn only where the whole matter was told in one or two messages.
    if (draft.category_sure || draft.category.empty() || draft.words.size() > 2) return false;
    draft.category_sure = true;  // asked once: without an answer the likelier one stands, and staff may change it
    std::vector<std::string> likely;
    for (const auto& score : t.meant.category_scores) {
        if (t.world.policy->category(draft.kind, score.name)) likely.push_back(score.name);
        if (likely.size() == 2) break;
    }
    if (likely.size() < 2) return false;
    auto& reply = t.ask({.kind = "category", .key = "talk.ask_category"});
    for (const auto& key : likely) {
        t.choice(reply, t.world.policy->category(draft.kind, key)->title,
                 {{"talk", "category"}, {"draft", draft.id}, {"kind", draft.kind}, {"category", key}});
        t.talk.question.options.push_back(key);
    }
    return true;
}

// An answer to the slot that was asked for, where understanding alone cannot know that it is one.
void take_answer(Turn& t, Draft& draft) {
    const auto& question = t.talk.question;
    if (question.kind == "category" && t.is_just(MeaningKind::menu_number)) {
        const auto index = static_cast<std::size_t>(t.value_of(MeaningKind::menu_number)[0] - '1');
        if (index < question.options.size()) draft.category = question.options[index];
        return;
    }
    if (question.kind != "ask") return;
    const auto& slot = question.detail;
    const auto text = t.meant.text;
    if (t.is_just(MeaningKind::skip)) {
        draft.declined.insert(slot);
        return;
    }
    if (slot == "community") {
        if (t.is_just(MeaningKind::menu_number)) {
            const auto index = static_cast<std::size_t>(t.value_of(MeaningKind::menu_number)[0] - '1');
            if (index < question.options.size()) draft.community = question.options[index];
        } else {
            for (const auto& name : question.options)
                if (text.size() >= 6 && name.find(text) != std::string::npos) draft.community = name;
        }
        return;
    }
    if (slot == "wish" && !t.means(MeaningKind::no)) {
        draft.wish = t.heard.text;
        return;
    }
    if (slot == "matter") {
        // "改1": what is said now is the matter, whatever else it may look like.
        const bool bare_act =
            t.is_just(MeaningKind::yes) || t.is_just(MeaningKind::no) || t.is_just(MeaningKind::greet) ||
            t.is_just(MeaningKind::nonsense) || t.is_just(MeaningKind::thanks) ||
            ((t.means(MeaningKind::abuse) || t.means(MeaningKind::emotion)) && t.meant.matter.empty());
        const bool only_facts = t.meant.matter.empty() && question.key != "talk.edit_matter" &&
                                (t.meant.slots.has_address() || t.meant.slots.phone || t.meant.slots.location);
        if (!bare_act && !only_facts && !text.empty() &&
            !is_only_time(t, t.meant.matter.empty() ? text : t.meant.matter) &&
            (question.key == "talk.edit_matter" || draft.matter.empty()))
            draft.matter = t.meant.matter.empty() ? t.heard.text : t.meant.matter;
        return;
    }
    if (slot == "place" && !t.meant.slots.has_address() && !t.meant.slots.location) {
        // "快递柜旁边", "大门口": a place in words. A bare number is a building.
        if (t.is_just(MeaningKind::menu_number))
            draft.building = t.value_of(MeaningKind::menu_number);
        else if (!t.meant.slots.phone && !t.meant.slots.occurred_at && !text.empty() &&
                 !t.is_just(MeaningKind::nonsense) && !t.is_just(MeaningKind::emotion) &&
                 !t.is_just(MeaningKind::abuse) && !t.is_just(MeaningKind::yes) && !t.is_just(MeaningKind::no) &&
                 !t.is_just(MeaningKind::question) && text.size() <= 90 && !t.means(MeaningKind::thanks) &&
                 !t.means(MeaningKind::fixed_yes) && !t.means(MeaningKind::rating) &&
                 !t.means(MeaningKind::agree_proposal) &&
                 !(t.meant.category_sure && opens_ticket(t.meant) && !t.meant.matter.empty()))
            draft.location = t.heard.text;
    }
}

// A smell nobody has named might be gas: asked before anything else, for then every minute counts.
bool smells_unnamed(const Turn& t) {
    const auto says = [&](std::initializer_list<std::string_view> words) {
        return std::any_of(words.begin(), words.end(),
                           [&](std::string_view word) { return t.meant.text.find(word) != std::string::npos; });
    };
    return says({"怪味", "异味", "刺鼻", "不知道什么味", "一股味"}) &&
           !says({"煤气", "燃气", "天然气", "垃圾", "下水", "厕所", "油漆", "装修", "油烟", "香烟", "尿", "霉", "狗",
                  "猫"});
}

void ask_smell(Turn& t, const Draft& draft) {
    auto& reply = t.ask({.kind = "smell", .key = "talk.ask_smell"});
    for (const char* kind : {"gas", "other", "unsure"})
        t.choice(reply, t.text(std::string("talk.choice.smell_") + kind),
                 {{"talk", "smell"}, {"draft", draft.id}, {"smell", kind}});
}

bool answers_question(const Turn& t, const Draft& before, const Draft& after) {
    return !(before == after) || !t.heard.attachments.empty();
}

}  // namespace

namespace filing {

std::string place_label(const Turn& t, const Draft& draft) {
    const auto place = find_place(t, draft);
    auto label = place.label.empty() || draft.building.empty() ? spoken_address(draft) : place.label;
    if (!draft.location.empty() && label.find(draft.location) == std::string::npos)
        if (draft.building.empty() || draft.flags.contains("safety") ||
            draft.matter.find(draft.location) == std::string::npos)
            label += (label.empty() ? "" : " ") + draft.location;
    return label;
}

void take_slots(Turn& t, Draft& draft) {
    const auto& meant = t.meant;
    const auto& slots = meant.slots;
    const auto take = [](std::string& into, const std::optional<std::string>& said) {
        if (said && !said->empty()) into = *said;
    };
    const bool corrects_building = std::any_of(meant.meanings.begin(), meant.meanings.end(), [](const Meaning& m) {
        return m.kind == MeaningKind::correct_slot && m.slot == "building";
    });
    if (slots.building && *slots.building != draft.building && !draft.building.empty() && !corrects_building) {
        // Another building altogether: its unit and room are not those of the first.
        draft.unit.clear();
        draft.room.clear();
    }
    const auto changes = [](const std::string& known, const std::optional<std::string>& said) {
        return said && *said != known;
    };
    if (changes(draft.building, slots.building) || changes(draft.unit, slots.unit) || changes(draft.room, slots.room))
        draft.place_doubted = false, draft.flags.erase("unverified_address");
    take(draft.community, slots.community);
    take(draft.building, slots.building);
    take(draft.unit, slots.unit);
    take(draft.room, slots.room);
    take(draft.location, slots.location);
    if (slots.floor && draft.location.empty() && !slots.room) draft.location = *slots.floor + "楼";
    if (slots.phone) draft.phone = *slots.phone, draft.phone_from_person = false;
    take(draft.contact, slots.contact);
    if (!slots.occurred_text.empty()) draft.occurred_text = slots.occurred_text;
    if (slots.occurred_at) draft.occurred_at_ms = to_ms(*slots.occurred_at);
    take(draft.recurrence, slots.recurrence);
    take(draft.duration, slots.duration);
    take(draft.people, slots.people);
    take(draft.wish, slots.wish);
    take(draft.vulnerable, slots.vulnerable);
    if (slots.amount_fen) draft.amount_fen = slots.amount_fen;
    for (const auto& meaning : meant.meanings) {
        if (meaning.kind != MeaningKind::correct_slot || meaning.value.empty()) continue;
        if (meaning.slot == "building") draft.building = meaning.value;
        if (meaning.slot == "unit") draft.unit = meaning.value;
        if (meaning.slot == "room") draft.room = meaning.value;
        if (meaning.slot == "location") draft.location = meaning.value;
        if (meaning.slot == "phone") draft.phone = meaning.value;
        if (meaning.slot == "matter") draft.matter = meaning.value;
    }
    const auto& hints = meant.hints;
    const std::pair<bool, const char*> flags[] = {
        {hints.media, "media"},   {hints.lawsuit, "lawsuit"},           {hints.group, "group"},
        {hints.repeat, "repeat"}, {hints.confidential, "confidential"}, {hints.abuse, "abuse"},
        {hints.safety, "safety"}, {hints.vulnerable, "vulnerable"},     {hints.developer, "developer"}};
    for (const auto& [is, flag] : flags)
        if (is) draft.flags.insert(flag);
    if (hints.anonymous) draft.anonymous = true;
    if (hints.confidential || hints.staff_complaint) draft.flags.insert("confidential");
    if (t.means(MeaningKind::deny_matter)) {
        draft.matter.clear();
        draft.category.clear();
        draft.category_sure = false;
    } else {
        // A question that turns into a complaint takes its words along.
        if (draft.category == "consultation" && opens_ticket(meant) && !meant.category.empty() &&
            !meant.matter.empty()) {
            while (!draft.matter.empty() && (draft.matter.back() == '?' || draft.matter.back() == '!'))
                draft.matter.pop_back();
            if (draft.matter.find(meant.matter) == std::string::npos) draft.matter += "，" + meant.matter;
            draft.category_sure = false;
            draft.category.clear();
        }
        take_kind(t, draft);
        const bool telling = !meant.matter.empty() && opens_ticket(meant) && !is_only_time(t, meant.matter);
        constexpr std::size_t few_words = 12;  // bytes: four characters
        if (draft.matter.empty() && telling)
            draft.matter = meant.matter;
        else if (telling && draft.matter.size() <= few_words && meant.category_sure && !slots.has_address() &&
                 !slots.phone && !slots.location && draft.matter.find(meant.matter) == std::string::npos &&
                 meant.matter.size() <= 60 && !t.means(MeaningKind::another_matter))
            draft.matter += meant.matter;  // "电梯", "又坏了"
        // What he wishes stands in its own line.
        if (!draft.wish.empty() && draft.matter.size() > draft.wish.size() + 6 && draft.matter.ends_with(draft.wish)) {
            draft.matter.resize(draft.matter.size() - draft.wish.size());
            while (!draft.matter.empty() && (draft.matter.back() == ',' || draft.matter.back() == ' '))
                draft.matter.pop_back();
        }
    }
    if (!t.heard.text.empty() && t.heard.kind != HeardKind::choice) draft.words.push_back(t.heard.text);
    if (draft.words.size() > 50) draft.words.erase(draft.words.begin() + 1);  // the first telling and the newest words
    if (!t.heard.location_label.empty()) draft.location = t.heard.location_label;
}

void read_back(Turn& t, Draft& draft, std::string_view lead) {
    std::string matter = draft.matter;
    if (!draft.occurred_text.empty() && matter.find(draft.occurred_text) == std::string::npos)
        matter = draft.occurred_text + " " + matter;
    if (!draft.recurrence.empty() && matter.find(draft.recurrence) == std::string::npos)
        matter += "（" + draft.recurrence + "）";
    const auto phone = draft.phone.empty()
                           ? t.text("talk.line.no_phone")
                           : masked_phone(draft.phone) + (draft.contact.empty() ? "" : "（" + draft.contact + "）");
    const auto place = place_label(t, draft);
    auto& reply =
        t.ask({.kind = "readback", .key = std::string(lead)},
              {{"matter", with_chinese_marks(matter)},
               {"place",
                !place.empty() ? place : t.text(draft.place_settled ? "talk.line.place_untold" : "talk.line.no_place")},
               {"phone", phone},
               {"photo", attachment_line(t, draft)},
               {"wish", draft.wish.empty() ? t.text("talk.line.no_wish") : with_chinese_marks(draft.wish)}});
    t.choice(reply, t.text("talk.choice.submit"), {{"talk", "submit"}, {"draft", draft.id}});
    t.choice(reply, t.text("talk.choice.drop"), {{"talk", "cancel"}, {"draft", draft.id}});
}

void next(Turn& t) {
    auto* found = t.talk.draft();
    if (!found) return;
    auto& draft = *found;
    const auto& question = t.talk.question;
    const bool again = question.kind == "ask" && question.asked >= 1;
    if (draft.matter.empty()) {
        t.ask({.kind = "ask",
               .detail = "matter",
               .key = again && question.detail == "matter" ? "talk.ask_matter_again" : "talk.ask_matter"});
        return;
    }
    const bool needs_place =
        draft.category != "consultation" && !draft.flags.contains("praise") && !draft.flags.contains("suggestion");
    const int asked = question.kind == "ask" ? question.asked : 0;
    // Twice, and once with the reason; then whatever is known has to do, and whoever handles it asks.
    if (needs_place && !draft.has_place() && question.detail == "place" &&
        (asked >= 3 || (asked == 2 && !draft.location.empty())))
        draft.place_settled = true;
    if (needs_place && !draft.has_place()) {
        if (draft.declined.contains("place") || (question.detail == "place" && asked == 2)) {
            draft.declined.erase("place");
            t.ask({.kind = "ask", .detail = "place", .key = "talk.ask_place_why"});
            return;
        }
        t.ask({.kind = "ask",
               .detail = "place",
               .key = again && question.detail == "place" ? "talk.ask_place_again" : "talk.ask_place"});
        return;
    }
    if (ask_community(t, draft)) return;
    if (doubt_place(t, draft)) return;
    if (draft.phone.empty() && !t.world.person.phone.empty()) {
        draft.phone = t.world.person.phone;
        draft.phone_from_person = true;
    }
    const int phone_asked = question.detail == "phone" ? asked : 0;
    if (t.meant.slots.broken_phone && !t.meant.slots.phone && phone_asked < 3) {
        t.ask({.kind = "ask", .detail = "phone", .key = "talk.ask_phone_broken"},
              {{"phone", *t.meant.slots.broken_phone}});
        return;
    }
    const bool wants_answer = !draft.flags.contains("praise") && !draft.flags.contains("suggestion");
    if (wants_answer && draft.phone.empty() && !draft.declined.contains("phone") && phone_asked < 2) {
        t.ask({.kind = "ask",
               .detail = "phone",
               .key = again && question.detail == "phone" ? "talk.ask_phone_again" : "talk.ask_phone"});
        return;
    }
    if (draft.phone.empty() && phone_asked >= 2) draft.declined.insert("phone");
    if (ask_category(t, draft)) return;
    read_back(t, draft);
}

void submit(Turn& t, Draft& draft) {
    const Draft filed = draft;
    t.talk.drop_draft(filed.id);
    t.clear_question();
    t.talk.last_building = filed.building;
    t.talk.last_unit = filed.unit;
    t.talk.last_filed_ms = to_ms(t.now);
    if (!filed.phone.empty() && !filed.phone_from_person && filed.contact.empty()) t.act(SaveContact{{}, filed.phone});
    t.act(FileDraft{filed, {}});
    if (!t.talk.pending_matter.empty()) {
        auto& second = t.talk.begin_draft(to_ms(t.now));
        second.matter = t.talk.pending_matter;
        second.words = {t.talk.pending_matter};
        second.community = filed.community;
        second.building = filed.building;
        second.unit = filed.unit;
        second.room = filed.room;
        second.phone = filed.phone;
        second.phone_from_person = true;
        second.place_doubted = true;
        second.kind = filed.kind;
        second.flags = {};
        second.category = t.talk.pending_category.empty() ? filed.category : t.talk.pending_category;
        second.category_sure = true;
        t.talk.pending_matter.clear();
        t.talk.pending_category.clear();
        read_back(t, second, "talk.readback_second");
    } else if (auto* other = t.talk.draft()) {
        if (!other->ticket) t.say("talk.other_draft", {{"matter", other->matter}});
        next(t);
    }
}

}  // namespace filing

bool file_flow(Turn& t) {
    auto& talk = t.talk;
    auto* draft = talk.draft();
    // An enquiry that has an answer opens no ticket, also in the middle of a form.
    if (t.heard.kind == HeardKind::text &&
        (t.meant.kind == MessageKind::consultation || t.is_just(MeaningKind::question)) && t.world.answers) {
        if (const auto* found = t.world.answers->find(t.meant.text)) {
            auto& reply = t.say("talk.answer", {{"answer", found->answer}, {"source", found->source}});
            if (!draft) t.choice(reply, t.text("talk.choice.not_answered"), {{"talk", "person"}});
            t.ask_again();
            return true;
        }
    }
    if (!draft) {
        const bool asked_matter = talk.question.kind == "ask" && talk.question.detail == "matter";
        const bool consults = t.meant.kind == MessageKind::consultation && t.heard.kind == HeardKind::text;
        const bool telling = opens_ticket(t.meant) && !t.meant.category.empty() && !is_only_time(t, t.meant.matter);
        const bool answers_ask =
            asked_matter && t.heard.kind == HeardKind::text && t.meant.has_substance && !t.means(MeaningKind::greet);
        const bool place_only = t.heard.kind == HeardKind::location;
        // A phone or an address before any matter: kept, so that it is not asked again.
        const bool fact_only = t.heard.kind == HeardKind::text && !telling && !consults && t.meant.matter.empty() &&
                               (t.meant.slots.phone || t.meant.slots.building) && talk.question.kind != "words";
        if (!telling && !consults && !answers_ask && !place_only && !fact_only) return false;
        const bool feeling = t.means(MeaningKind::abuse) || t.means(MeaningKind::emotion);
        if (feeling && t.meant.matter.empty() && !has_facts(t.meant)) return false;
        if (t.means(MeaningKind::add_evidence) && t.meant.matter.empty() && !has_facts(t.meant)) {
            // "就这个" about a photo says nothing yet.
            t.ask({.kind = "ask", .detail = "matter", .key = "talk.ask_about_media_again"});
            return true;
        }
        if (telling && t.meant.matter.empty() && !t.meant.has_substance) {
            t.ask({.kind = "ask", .detail = "matter", .key = "talk.ask_matter"});  // "我要投诉"
            return true;
        }
        draft = &talk.begin_draft(to_ms(t.now));
        filing::take_slots(t, *draft);
        if (consults && draft->category.empty())
            draft->kind = "demand", draft->category = "consultation", draft->category_sure = true;
        if (draft->category.empty()) draft->kind = "demand", draft->category = "other";
        if (draft->matter.empty())
            draft->matter = t.meant.matter.empty() ? (answers_ask || telling || consults ? own_words(t.meant.text) : "")
                                                   : t.meant.matter;
        if (t.means(MeaningKind::another_matter)) {
            if (const auto second = t.value_of(MeaningKind::another_matter); !second.empty()) draft->matter = second;
            constexpr std::int64_t day_ms = 24 * 3600 * 1000;
            if (!draft->has_place() && to_ms(t.now) - talk.last_filed_ms < day_ms)
                draft->building = talk.last_building, draft->unit = talk.last_unit;
        }
        if (consults && !place_only) t.say("talk.no_answer");
        if (fact_only) {
            draft->matter.clear();
            draft->category.clear();
            draft->category_sure = false;
            t.ask({.kind = "ask", .detail = "matter", .key = "talk.ask_matter_fact"});
            return true;
        }
        if (place_only) {
            for (auto& media : talk.loose_media) draft->attachments.push_back(std::move(media));
            talk.loose_media.clear();
            t.ask({.kind = "ask", .detail = "matter", .key = "talk.ask_about_place"});
            return true;
        }
        for (auto& media : talk.loose_media) draft->attachments.push_back(std::move(media));
        talk.loose_media.clear();
        for (const auto& attachment : t.heard.attachments) draft->attachments.push_back(attachment.value);
        if (t.meant.slots.occurred_in_future) t.say("talk.future_time", {{"when", t.meant.slots.occurred_text}});
        if (t.means(MeaningKind::confidential)) t.say("talk.confidential");
        if (t.meant.sentiment == Sentiment::angry && !t.means(MeaningKind::threat_staff)) t.say("talk.sorry");
        if (smells_unnamed(t)) return ask_smell(t, *draft), true;
        if (t.meant.matters.size() >= 2) {
            // Several matters in one message: the first is told on, the others wait, after asking.
            if (t.meant.matters[0].text.find(draft->location) == std::string::npos) draft->location.clear();
            draft->matter = t.meant.matters[0].text;
            if (!t.meant.matters[0].category.empty()) draft->category = t.meant.matters[0].category;
            talk.pending_matter = t.meant.matters[1].text;
            talk.pending_category = t.meant.matters[1].category;
            auto& reply = t.ask({.kind = "split", .key = "talk.split"},
                                {{"first", t.meant.matters[0].text}, {"second", t.meant.matters[1].text}});
            t.choice(reply, t.text("talk.choice.split_yes"), {{"talk", "split"}, {"draft", draft->id}, {"yes", true}});
            t.choice(reply, t.text("talk.choice.split_no"), {{"talk", "split"}, {"draft", draft->id}, {"yes", false}});
            return true;
        }
        filing::next(t);
        return true;
    }

    // A draft is in hand.
    if (talk.question.kind == "split" && (t.means(MeaningKind::yes) || t.means(MeaningKind::vague_yes) ||
                                          t.means(MeaningKind::no) || t.is_just(MeaningKind::menu_number))) {
        const bool no = t.means(MeaningKind::no) ||
                        (t.is_just(MeaningKind::menu_number) && t.value_of(MeaningKind::menu_number) == "2");
        if (no) {
            draft->matter += "，" + talk.pending_matter;
            talk.pending_matter.clear();
            talk.pending_category.clear();
        }
        t.clear_question();
        filing::next(t);
        return true;
    }
    if (talk.question.kind == "smell") {
        const auto& said = t.meant.text;
        const bool first = t.is_just(MeaningKind::menu_number) && t.value_of(MeaningKind::menu_number) == "1";
        if (first || t.means(MeaningKind::yes) || t.means(MeaningKind::vague_yes))
            return filing::turns_out_dangerous(t, "gas"), true;
        // "不是", "像垃圾味", "不知道": told on as it was.
        if (!t.meant.slots.has_address() && !t.meant.slots.phone && said.size() <= 60) {
            draft->words.push_back(t.heard.text);
            t.clear_question();
            return filing::next(t), true;
        }
    }
    if (talk.question.kind == "readback") {
        if (plain_yes(t)) return filing::submit(t, *draft), true;
        const auto* edit = t.meant.find(MeaningKind::edit_number);
        if (!edit && t.is_just(MeaningKind::menu_number)) edit = t.meant.find(MeaningKind::menu_number);
        if (edit && edit->value >= "1" && edit->value <= "5") {
            const std::string slot(to_text(static_cast<Slot>(edit->value[0] - '1')));
            t.ask({.kind = "ask", .detail = slot, .key = "talk.edit_" + slot});
            return true;
        }
        if (t.is_just(MeaningKind::no)) {
            t.say("talk.which_line");
            return true;
        }
    }
    if (t.means(MeaningKind::another_matter) && talk.pending_matter.empty()) {
        // "另外楼上半夜装修": both stay alive, the first is finished first.
        talk.pending_matter = t.value_of(MeaningKind::another_matter);
        talk.pending_category = t.meant.category.empty() ? draft->category : t.meant.category;
        t.say("talk.second_noted", {{"second", talk.pending_matter}});
        t.ask_again();
        return true;
    }
    const Draft before = *draft;
    const bool was_future = t.meant.slots.occurred_in_future;
    filing::take_slots(t, *draft);
    take_answer(t, *draft);
    for (const auto& attachment : t.heard.attachments) draft->attachments.push_back(attachment.value);
    if (was_future) t.say("talk.future_time", {{"when", t.meant.slots.occurred_text}});
    Draft compared = *draft;
    compared.words = before.words;
    compared.flags = before.flags;
    const bool broken_phone = t.meant.slots.broken_phone.has_value();
    if (t.means(MeaningKind::confidential) && !before.flags.contains("confidential")) t.say("talk.confidential");
    if (t.heard.kind == HeardKind::location) return filing::next(t), true;
    if (!answers_question(t, before, compared) && !broken_phone) {
        const bool small_talk = t.means(MeaningKind::greet) || t.means(MeaningKind::thanks) ||
                                t.means(MeaningKind::abuse) || t.means(MeaningKind::injection) ||
                                t.means(MeaningKind::threat_external) || t.means(MeaningKind::farewell);
        if (small_talk) return false;
        if (t.means(MeaningKind::emotion)) {
            t.say("talk.sorry");
            filing::next(t);
            return true;
        }
        if (!t.meant.has_substance) return false;
        // Words about the matter without a new fact: kept, and the question stands.
        filing::next(t);
        return true;
    }
    const auto moved = [&](std::string Draft::*part) {
        return !(before.*part).empty() && before.*part != draft->*part;
    };
    if (t.heard.kind == HeardKind::text && (moved(&Draft::building) || moved(&Draft::unit) || moved(&Draft::room)))
        t.say("talk.place_changed", {{"place", filing::place_label(t, *draft)}});
    filing::next(t);
    return true;
}

}  // namespace huiyin
