// What a message says goes into the draft: facts wherever they were said, and the answer to what was asked.
#include <algorithm>

#include "bot/flows/filing.h"
#include "bot/said.h"

namespace huiyin {

std::string matter_of(const Turn& t) {
    if (t.world.pack->model_knows || t.meant.matter.empty()) return t.meant.matter;
    return own_words(t.meant.text);
}

std::string date_behind(const Turn& t, const Draft& draft) {
    const auto& said = draft.occurred_text;
    if (!draft.occurred_at_ms || said.find("月") != std::string::npos) return {};
    bool far = false;
    for (const std::string_view day :
         {"周一",   "周二",   "周三",     "周四",    "周五",    "周六",     "周日",
          "周天",   "星期一", "星期二",   "星期三",  "星期四",  "星期五",   "星期六",
          "星期天", "星期日", "礼拜一",   "礼拜二",  "礼拜三",  "礼拜四",   "礼拜五",
          "礼拜六", "礼拜天", "前天",     "天前",    "day ago", "days ago", "before yesterday",
          "onday",  "uesday", "ednesday", "hursday", "riday",   "aturday",  "unday"})
        far = far || said.find(day) != std::string::npos;
    if (!far) return {};
    return in_brackets(t, date_in(t.talk.language, t.world.zone.to_local(from_ms(*draft.occurred_at_ms)).day));
}

std::string in_brackets(const Turn& t, const std::string& words) {
    if (words.empty()) return words;
    return t.in_english() ? " (" + words + ")" : "（" + words + "）";
}

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

namespace {

// "电话13812345678", "打我老婆手机139…": nothing but how to reach somebody. Dates and order numbers belong to the
// matter.
bool only_reaches(const std::string& clause) {
    auto rest = without_phones(clause);
    if (rest == clause) return false;
    for (const std::string_view word :
         {"联系电话", "联系方式", "手机号码", "电话号码", "手机号", "我的", "电话", "手机",
          "号码",     "联系我",   "联系",     "可以",     "找我",   "打我", "请打", "打",
          "是",       "我",       "请",       "留",       ":",      "：",   " "})
        for (std::size_t at = 0; (at = rest.find(word, at)) != std::string::npos;) rest.erase(at, word.size());
    constexpr std::size_t a_name = 12;  // bytes: 老婆, 王先生
    return rest.size() <= a_name;
}

bool asks_silence(const std::string& clause) {
    return says_any(clause, {"别说是我", "别说我", "别告诉", "别说出去", "不要说是我", "别透露"}) ||
           clause.find("别说是我") != std::string::npos || clause.find("别说我") != std::string::npos;
}

}  // namespace

// The clauses of the message without those that only hold a phone or a wish to be kept out of it.
std::string own_words(const std::string& text) {
    std::string kept;
    for (const auto& part : told_parts(text)) {
        if (only_reaches(part) || asks_silence(part)) continue;
        kept += (kept.empty() ? "" : "，") + without_phones(part);
    }
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

namespace {

// Asked where it is, he asks back, blames or hurries: no place anybody could go to.
bool is_no_place(const std::string& text) {
    return contains_any(text,
                        {"凭什么", "为什么", "怎么",   "什么时候", "多少", "吗",   "?",      "赔",     "投诉", "起诉",
                         "算了",   "尽快",   "快点",   "赶紧",     "你们", "你管", "不知道", "不清楚", "说了", "说过",
                         "报过",   "好多次", "多少次", "升级",     "随便", "都是", "电话",   "打字"});
}

}  // namespace

bool would_skip(const Turn& t) {
    if (t.is_just(MeaningKind::skip)) return true;
    const auto& question = t.talk.question;
    if (question.kind != "ask" || question.detail == "matter" || t.heard.kind != HeardKind::text) return false;
    return says_just(t.meant.text, "不要了") || says_just(t.meant.text, "不说了");
}

// An answer to the slot that was asked for, where understanding alone cannot know that it is one.
void take_answer(Turn& t, Draft& draft) {
    const auto& question = t.talk.question;
    const auto text = t.meant.text;
    if (question.kind == "category" && t.is_just(MeaningKind::menu_number)) {
        const auto index = static_cast<std::size_t>(t.value_of(MeaningKind::menu_number)[0] - '1');
        if (index < question.options.size()) {
            if (t.world.pack->model_knows)
                draft.category = question.options[index];
            else
                take_offer(draft, question.options[index]);
        }
        return;
    }
    if (question.kind == "category" && !t.world.pack->model_knows) {
        // "贷款的", "收费": one of the titles in his own words.
        const auto found = t.world.pack->categories.find(text);
        if (!found.category.empty()) take_offer(draft, found.kind + "/" + found.category);
        return;
    }
    if (question.kind != "ask") return;
    const auto& slot = question.detail;
    if (would_skip(t)) {
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
            draft.matter = t.meant.matter.empty() ? t.heard.text : matter_of(t);
        return;
    }
    const bool no_place = wants_household(t) && is_no_place(text);
    const bool names_himself = own_form(t) && t.meant.slots.name && t.world.policy->slot("name");
    if (slot == "place" && !t.meant.slots.has_address() && !t.meant.slots.location && !names_himself) {
        // Where choices are numbered lines, 1 is "就是这个地址": what was said stands.
        if (question.key == "talk.place_doubt" && t.is_just(MeaningKind::menu_number) &&
            t.value_of(MeaningKind::menu_number) == "1")
            return;
        // "快递柜旁边", "大门口": a place in words. A bare number is a building.
        if (t.is_just(MeaningKind::menu_number))
            draft.building = t.value_of(MeaningKind::menu_number);
        else if (!no_place && !t.meant.slots.phone && !t.meant.slots.occurred_at && !text.empty() &&
                 !t.is_just(MeaningKind::nonsense) && !t.is_just(MeaningKind::emotion) &&
                 !t.is_just(MeaningKind::abuse) && !t.is_just(MeaningKind::yes) && !t.is_just(MeaningKind::no) &&
                 !t.is_just(MeaningKind::question) && !t.is_just(MeaningKind::greet) && text.size() <= 90 &&
                 !t.means(MeaningKind::thanks) && !t.means(MeaningKind::fixed_yes) && !t.means(MeaningKind::rating) &&
                 !t.means(MeaningKind::agree_proposal) &&
                 !(t.meant.category_sure && opens_ticket(t.meant) && !t.meant.matter.empty()))
            draft.location = t.heard.text;
    }
}

bool answers_question(const Turn& t, const Draft& before, const Draft& after) {
    return !(before == after) || !t.heard.attachments.empty();
}

namespace {

// The figures right before one of the words; empty: there are none.
std::string figures_before(std::string_view text, std::initializer_list<std::string_view> words) {
    for (const auto word : words) {
        const auto at = text.find(word);
        if (at == std::string_view::npos) continue;
        auto from = at;
        while (from > 0 && text[from - 1] >= '0' && text[from - 1] <= '9') --from;
        if (at > from && at - from <= 3) return std::string(text.substr(from, at - from));
    }
    return {};
}

// "还是3栋,不不,6栋2单元": of an address that is taken back in the same breath, what was said last.
void take_last_address(const std::string& text, Draft& draft) {
    std::size_t from = std::string::npos;
    for (const std::string_view back : {"不不", "哦不", "噢不", "啊不", "不是不是", "说错了", "口误", "打错了"})
        if (const auto at = text.rfind(back); at != std::string::npos && (from == std::string::npos || at > from))
            from = at + back.size();
    if (from == std::string::npos) return;
    const auto last = std::string_view(text).substr(from);
    const auto building = figures_before(last, {"栋", "号楼", "幢", "座"});
    if (building.empty() || (building == draft.building && last.find("单元") == std::string_view::npos)) return;
    if (building != draft.building) draft.unit.clear(), draft.room.clear();
    draft.building = building;
    if (const auto unit = figures_before(last, {"单元"}); !unit.empty()) draft.unit = unit;
}

}  // namespace

namespace filing {

void take_slots(Turn& t, Draft& draft) {
    const auto& meant = t.meant;
    const auto& slots = meant.slots;
    const auto take = [](std::string& into, const std::optional<std::string>& said) {
        if (said && !said->empty()) into = *said;
    };
    // An address is none where nobody manages houses: "3号柜台" is no building. In danger it says where to go.
    const bool address = wants_household(t) || t.meant.emergency || draft.ticket;
    const bool corrects_building = std::any_of(meant.meanings.begin(), meant.meanings.end(), [](const Meaning& m) {
        return m.kind == MeaningKind::correct_slot && m.slot == "building";
    });
    if (address && slots.building && *slots.building != draft.building && !draft.building.empty() &&
        !corrects_building) {
        // Another building altogether: its unit and room are not those of the first.
        draft.unit.clear();
        draft.room.clear();
    }
    const auto changes = [](const std::string& known, const std::optional<std::string>& said) {
        return said && *said != known;
    };
    if (changes(draft.building, slots.building) || changes(draft.unit, slots.unit) || changes(draft.room, slots.room))
        draft.place_doubted = false, draft.flags.erase("unverified_address");
    const auto scanned = draft.place_scanned_ms != 0 ? std::optional(draft) : std::nullopt;
    if (address) {
        take(draft.community, slots.community);
        take(draft.building, slots.building);
        take(draft.unit, slots.unit);
        take(draft.room, slots.room);
    }
    // The name of a community is no spot in it.
    const auto& units = t.world.directory->units();
    const bool community = slots.location && std::any_of(units.begin(), units.end(), [&](const Unit& unit) {
                               return unit.kind == "community" && unit.name == *slots.location;
                           });
    if ((address || wants_place(t)) && !community) take(draft.location, slots.location);
    if (address && slots.floor && draft.location.empty() && !slots.room) draft.location = *slots.floor + "楼";
    if (slots.phone) {
        if (*slots.phone != draft.phone) draft.contact.clear();  // another's number, another's name
        draft.phone = *slots.phone;
        draft.phone_from_person = false;
    } else if (draft.phone.empty() && contains_any(meant.text, {"不用打电话", "别打电话", "不要打电话", "不方便接电话",
                                                                "不用给我打电话", "别给我打电话", "不想留电话"})) {
        draft.declined.insert("phone");
    }
    take(draft.contact, slots.contact);
    // The day that was asked for is no day on which it happened.
    const bool when = !own_form(t) || !(asks_for_time(t) || (asks_for_slot(t) && !draft.occurred_text.empty()));
    if (when && !slots.occurred_text.empty() && !slots.occurred_in_future) draft.occurred_text = slots.occurred_text;
    if (when && slots.occurred_at) draft.occurred_at_ms = to_ms(*slots.occurred_at);
    take(draft.recurrence, slots.recurrence);
    take(draft.duration, slots.duration);
    take(draft.people, slots.people);
    take(draft.wish, slots.wish);
    take(draft.vulnerable, slots.vulnerable);
    if (slots.amount_fen) draft.amount_fen = slots.amount_fen;
    for (const auto& meaning : meant.meanings) {
        if (meaning.kind != MeaningKind::correct_slot || meaning.value.empty()) continue;
        if (address && meaning.slot == "building") draft.building = meaning.value;
        if (address && meaning.slot == "unit") draft.unit = meaning.value;
        if (address && meaning.slot == "room") draft.room = meaning.value;
        if (meaning.slot == "location") draft.location = meaning.value;
        if (meaning.slot == "phone") draft.phone = meaning.value;
        if (meaning.slot == "matter") draft.matter = meaning.value;
    }
    if (address && (slots.building || corrects_building)) take_last_address(meant.text, draft);
    if (address && scanned && (slots.community || slots.building || corrects_building))
        settle_scanned(t, *scanned, draft);
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
        const bool vague = draft.category == "consultation" || (draft.category == "other" && !draft.category_sure &&
                                                                meant.category_sure && !slots.has_address());
        if (vague && t.world.pack->model_knows && opens_ticket(meant) && !meant.category.empty() &&
            !meant.matter.empty()) {
            while (!draft.matter.empty() && (draft.matter.back() == '?' || draft.matter.back() == '!'))
                draft.matter.pop_back();
            if (draft.matter.find(meant.matter) == std::string::npos) draft.matter += "，" + meant.matter;
            draft.category_sure = false;
            draft.category.clear();
        }
        if (t.world.pack->model_knows)
            take_kind(t, draft);
        else
            take_pack_kind(t, draft);
        const bool telling = !meant.matter.empty() && opens_ticket(meant) && !is_only_time(t, meant.matter);
        constexpr std::size_t few_words = 12;  // bytes: four characters
        if (draft.matter.empty() && telling)
            draft.matter = matter_of(t);
        else if (telling && draft.matter.size() <= few_words && meant.category_sure && !slots.has_address() &&
                 !slots.phone && !slots.location && draft.matter.find(meant.matter) == std::string::npos &&
                 meant.matter.size() <= 60 && !t.means(MeaningKind::another_matter))
            draft.matter += meant.matter;  // "电梯", "又坏了"
        // What he wishes stands in its own line.
        if (t.world.pack->model_knows && !draft.wish.empty() && draft.matter.size() > draft.wish.size() + 6 &&
            draft.matter.ends_with(draft.wish)) {
            draft.matter.resize(draft.matter.size() - draft.wish.size());
            while (!draft.matter.empty() && (draft.matter.back() == ',' || draft.matter.back() == ' '))
                draft.matter.pop_back();
        }
    }
    for (const std::string_view lead : {"我说的是", "我是说", "我想说", "我要说的是", "那我自己报,", "那我自己报，"})
        if (draft.matter.size() > lead.size() + 6 && draft.matter.starts_with(lead)) draft.matter.erase(0, lead.size());
    if (!t.heard.text.empty() && t.heard.kind != HeardKind::choice) draft.words.push_back(t.heard.text);
    if (draft.words.size() > 50) draft.words.erase(draft.words.begin() + 1);  // the first telling and the newest words
    if (!t.heard.location_label.empty()) draft.location = t.heard.location_label;
    if (own_form(t)) take_form_slots(t, draft);
}

}  // namespace filing
}  // namespace huiyin
