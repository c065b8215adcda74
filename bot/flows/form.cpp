// What a pack wants to know, asked one line at a time: what is required in the pack's order, the rest once, and only
// where the pack has a question for it. What was said is not asked again; nobody is held up by what he cannot say.
#include <algorithm>

#include "bot/flows/filing.h"
#include "bot/said.h"
#include "bot/slot_values.h"
#include "workflow/phrases/writing.h"

namespace huiyin {
namespace {

std::string as_question(const Turn& t, const std::string& ask) {
    for (const std::string_view mark : {"？", "?", "。", "！", "：", "."})
        if (ask.ends_with(mark)) return ask;
    if (t.in_english()) return ask + "?";
    // "请告诉我…" asks without a question mark.
    return ask + (contains_any(ask, {"请", "請", "发", "發", "傳", "？"}) ? "。" : "？");
}

std::optional<std::size_t> choice_of(const SlotRule& slot, const std::string& value) {
    const auto at = std::find(slot.choices.begin(), slot.choices.end(), value);
    if (slot.type != "choice" || at == slot.choices.end()) return std::nullopt;
    return static_cast<std::size_t>(std::distance(slot.choices.begin(), at));
}

bool has_choices(const FormLine& line) { return line.rule && !line.rule->choices.empty(); }

std::string title_of(const Turn& t, const FormLine& line) {
    return line.title.empty() ? t.text("talk.line." + line.key) : t.name("slot", line.key, line.title);
}

// The question of a line: the pack's own words, else ours.
std::string question_of(const Turn& t, const FormLine& line) {
    if (line.rule && !line.rule->ask.empty()) return as_question(t, t.name("ask", line.key, line.rule->ask));
    if (line.key == "name") return t.text("talk.ask_name");
    for (const char* own : {"matter", "place", "phone", "wish"})
        if (line.key == own) return t.text(line.key == "wish" ? "talk.edit_wish" : "talk.ask_" + line.key);
    return t.text("talk.ask_line", {{"title", title_of(t, line)}});
}

void put(Turn& t, const Draft& draft, const FormLine& line, std::string_view key, const std::string& more = {}) {
    auto& reply = t.ask({.kind = "ask", .detail = line.key, .key = std::string(key)},
                        {{"ask", question_of(t, line) + more}, {"title", title_of(t, line)}});
    if (!has_choices(line) && !(line.rule && line.rule->type == "boolean")) return;
    const auto offer = [&](const std::string& title, const std::string& value) {
        t.choice(reply, shortened(title, 19),
                 {{"talk", "slot"}, {"draft", draft.id}, {"slot", line.key}, {"value", value}});
        t.talk.question.options.push_back(value);
    };
    if (!has_choices(line)) {
        offer(t.text("talk.choice.is_so"), "yes");
        offer(t.text("talk.choice.is_not_so"), "no");
    } else if (line.rule->choices.size() <= 9) {
        for (std::size_t i = 0; i < line.rule->choices.size(); ++i)
            offer(t.option(*line.rule, i), line.rule->choices[i]);
    }
    if (line.rule->may_be_unknown && t.talk.question.options.size() < 9) offer(t.text("talk.choice.not_known"), "?");
}

const FormLine* line_named(const std::vector<FormLine>& lines, const std::string& key) {
    const auto at = std::find_if(lines.begin(), lines.end(), [&](const FormLine& line) { return line.key == key; });
    return at == lines.end() ? nullptr : &*at;
}

std::vector<FormLine> lines_of(const Turn& t, const Draft& draft) {
    return form_lines(draft, *t.world.pack, known_of(t, draft));
}

bool says_not_known(const Turn& t) {
    for (const char* words :
         {"不知道", "不清楚", "不记得", "记不清", "忘了", "不确定", "说不上", "说不好", "没看到", "暂时不", "还不知道"})
        if (t.meant.text.find(words) != std::string::npos && t.meant.text.size() <= 36) return true;
    return false;
}

void set_aside(Draft& draft, const FormLine& line) {
    if (line.rule && line.rule->may_be_unknown)
        draft.unknown.insert(line.key);
    else
        draft.declined.insert(line.key);
}

bool is_settled(const Draft& draft, const FormLine& line) {
    return is_told(draft, line) || draft.declined.contains(line.key) || draft.unknown.contains(line.key);
}

// Papers and pictures are asked for together: nobody is sent to his drawer three times.
std::string other_evidence(const Turn& t, Draft& draft, const std::vector<FormLine>& lines, const FormLine& asked) {
    std::string more;
    for (const auto& line : lines) {
        if (line.key == asked.key || !line.rule || line.rule->type != "evidence" || line.rule->ask.empty()) continue;
        if (line.required() || is_settled(draft, line) || !draft.asked.insert(line.key).second) continue;
        more += as_question(t, t.name("ask", line.key, line.rule->ask));
    }
    return more;
}

// An answer in words to one of the draft's own lines.
bool take_own(Turn& t, Draft& draft, const FormLine& line) {
    const auto words = t.heard.text;
    if (line.key == "name") {
        auto name = t.meant.slots.name ? *t.meant.slots.name : words;
        for (const std::string_view lead : {"我叫", "我姓", "叫我", "免贵姓", "姓", "我是", "叫"})
            if (name.size() > lead.size() && name.starts_with(lead)) {
                name.erase(0, lead.size());
                break;
            }
        if (name.empty() || name.size() > 36 || t.meant.slots.phone) return false;
        draft.name = name;
        return true;
    }
    if (line.key == "occurred") {
        // The time itself was taken with the other facts; here are words that hold none we can place.
        const bool edits = t.talk.question.key.rfind("talk.edit", 0) == 0;
        if (edits && t.meant.slots.occurred_text.empty()) draft.occurred_at_ms.reset(), draft.occurred_text.clear();
        if (is_told(draft, line)) return true;
        if (t.meant.slots.occurred_in_future || words.size() > 60) return false;
        draft.occurred_text = words;
        return true;
    }
    if (line.key == "people") return draft.people = words, true;
    if (line.key == "wish") return draft.wish = words, true;
    if (line.key == "place" && !wants_household(t)) {
        if (words.size() > 120) return false;
        if (draft.location.empty() || !t.meant.slots.location) draft.location = words;
        return true;
    }
    return false;
}

std::string value_of_line(const Turn& t, const Draft& draft, const FormLine& line) {
    const auto none = [&](const char* key) { return t.text(key); };
    if (draft.unknown.contains(line.key)) return none("talk.line.not_known");
    if (line.key == "matter") {
        std::string matter = draft.matter;
        const bool own_line = std::any_of(t.world.policy->slots.begin(), t.world.policy->slots.end(),
                                          [](const SlotRule& slot) { return slot.key == "occurred"; });
        if (!own_line && !draft.occurred_text.empty() && matter.find(draft.occurred_text) == std::string::npos)
            matter = draft.occurred_text + " " + matter;
        constexpr std::size_t longest_line = 80;  // characters; all of it is kept
        return shortened(with_chinese_marks(own_line ? matter : matter + date_behind(t, draft)), longest_line);
    }
    if (line.key == "phone") {
        if (draft.phone.empty()) return none("talk.line.no_phone");
        return phone_masked(draft.phone) + in_brackets(t, draft.contact);
    }
    std::string value;
    if (line.key == "place") value = t.shown_label(filing::place_label(t, draft));
    if (line.key == "name") value = draft.name;
    if (line.key == "occurred") value = draft.occurred_text + date_behind(t, draft);
    if (line.key == "people") value = draft.people;
    if (line.key == "wish") value = with_chinese_marks(draft.wish);
    if (line.key == "photo" || (line.rule && line.rule->type == "evidence")) {
        const auto found = draft.slots.find(line.key);
        const bool here = line.key == "photo" || (found != draft.slots.end() && !found->second.empty());
        if (here && !draft.attachments.empty())
            return t.text("talk.line.photos", {{"count", std::to_string(draft.attachments.size())}});
    } else if (line.is_pack_slot()) {
        const auto found = draft.slots.find(line.key);
        if (line.key == "amount_yuan")
            value = amount_of(draft) ? yuan_in(t.talk.language, *amount_of(draft)) : std::string{};
        else if (const auto choice = found == draft.slots.end() ? std::nullopt : choice_of(*line.rule, found->second))
            value = t.option(*line.rule, *choice);
        else if (found != draft.slots.end())
            value = shown_value(*line.rule, found->second, t.now, t.world.zone, t.talk.language);
    }
    if (!value.empty()) return value;
    return none(line.required() ? "talk.line.place_untold" : "talk.line.no_wish");
}

}  // namespace

bool own_form(const Turn& t) { return t.world.pack->own_form; }

Facts known_of(const Turn& t, const Draft& draft) {
    return facts_before_filing(draft, *t.world.pack, t.world.conversation.channel, t.now);
}

void take_form_slots(Turn& t, Draft& draft) {
    if (t.heard.kind == HeardKind::choice) return;
    const auto lines = lines_of(t, draft);
    if (draft.name.empty() && !t.meant.slots.contact && line_named(lines, "name")) {
        draft.name = t.meant.slots.name ? *t.meant.slots.name : surname_in(t.meant.text);
    }
    if (const auto* place = line_named(lines, "place");
        place && place->rule && !wants_household(t) && draft.location.empty())
        draft.location = place_in(t.meant.text, place->rule->words);
    for (const auto& line : lines) {
        if (!line.is_pack_slot() || !line.rule) continue;
        if (line.rule->type == "evidence") continue;
        if (is_told(draft, line)) continue;
        if (auto value = volunteered_value(*line.rule, t.heard, t.now, t.world.zone)) {
            draft.slots[line.key] = std::move(*value);
            draft.unknown.erase(line.key);
            draft.declined.erase(line.key);
        }
    }
    if (t.heard.attachments.empty()) return;
    // Pictures belong to the evidence that was asked for, else to the first that is wanted.
    const FormLine* place = nullptr;
    for (const auto& line : lines)
        if (line.rule && line.rule->type == "evidence") {
            if (t.talk.question.kind == "ask" && t.talk.question.detail == line.key) place = &line;
            if (!place) place = &line;
        }
    if (place) draft.slots[place->key] = "given", draft.declined.erase(place->key);
}

bool take_form_answer(Turn& t, Draft& draft) {
    const auto& question = t.talk.question;
    if (question.kind != "ask" || question.detail == "matter" || question.detail == "phone") return false;
    const auto lines = lines_of(t, draft);
    const auto* line = line_named(lines, question.detail);
    if (!line || !line->rule) return false;
    if (line->key == "place" && wants_household(t)) return false;
    if (!t.heard.attachments.empty() && line->rule->type == "evidence") return true;
    if (!t.heard.attachments.empty() &&
        std::find(line->rule->choices.begin(), line->rule->choices.end(), "photo") != line->rule->choices.end()) {
        draft.slots[line->key] = "photo";  // asked what is enclosed, he encloses it
        return true;
    }
    if (t.heard.kind != HeardKind::text) return false;
    // "没有", "不想说": what need not be told stays open; what has to be is explained once (ask_for_form).
    const bool none =
        would_skip(t) || (t.is_just(MeaningKind::no) && line->rule->type != "boolean" && line->rule->type != "choice");
    if (t.is_just(MeaningKind::menu_number) && !question.options.empty()) {
        const auto index = static_cast<std::size_t>(t.value_of(MeaningKind::menu_number)[0] - '1');
        if (index < question.options.size()) {
            if (question.options[index] == "?")
                draft.unknown.insert(line->key);
            else
                draft.slots[line->key] = question.options[index];
            return true;
        }
    }
    // By its title in his own language; in the house's the slot's own reader knows more ways.
    for (std::size_t i = 0; t.talk.language != house_language && i < line->rule->choices.size(); ++i)
        if (says_just(t.heard.text, t.option(*line->rule, i))) {
            draft.slots[line->key] = line->rule->choices[i];
            return true;
        }
    if (says_not_known(t) && (line->rule->may_be_unknown || !line->required() || question.asked >= 2)) {
        set_aside(draft, *line);
        return true;
    }
    if (none && !line->required()) {
        draft.declined.insert(line->key);
        return true;
    }
    if (none && question.asked >= 2) {
        set_aside(draft, *line);
        return true;
    }
    if (none || says_not_known(t)) return true;  // asked again, with the reason
    if ((t.is_just(MeaningKind::yes) || t.is_just(MeaningKind::vague_yes)) && line->rule->type != "boolean")
        return true;  // says nothing here
    // A number or an address that answers another line was taken there.
    const auto& slots = t.meant.slots;
    if (line->key != "phone" && slots.phone && t.meant.text.size() <= slots.phone->size() + 12) return true;
    if (wants_household(t) && slots.has_address() && t.meant.matter.empty()) return true;
    const bool typed = line->rule->type != "text" && line->is_pack_slot();
    if (typed)
        if (auto value = answered_value(*line->rule, t.heard, t.now, t.world.zone)) {
            draft.slots[line->key] = std::move(*value);
            draft.unknown.erase(line->key);
            draft.declined.erase(line->key);
            return true;
        }
    const bool code = t.meant.text.find_first_of("0123456789") != std::string::npos;
    // What is asked only once is answered by a feeling too: it would be lost otherwise.
    const bool only_chance = line->is_pack_slot() && !typed && !line->required();
    if (t.means(MeaningKind::abuse) || (t.means(MeaningKind::emotion) && !only_chance) ||
        t.is_just(MeaningKind::greet) || t.is_just(MeaningKind::thanks) ||
        (t.is_just(MeaningKind::nonsense) && !code) || t.is_just(MeaningKind::question) ||
        (t.meant.kind == MessageKind::consultation && t.meant.text.ends_with('?')))
        return false;
    if (!line->is_pack_slot()) return take_own(t, draft, *line);
    if (typed) return false;
    if (auto value = answered_value(*line->rule, t.heard, t.now, t.world.zone)) {
        draft.slots[line->key] = std::move(*value);
        draft.unknown.erase(line->key);
        draft.declined.erase(line->key);
        return true;
    }
    return false;
}

bool edit_in_words(Turn& t, Draft& draft) {
    if (t.heard.kind != HeardKind::text) return false;
    bool changed = false;
    for (const auto& line : lines_of(t, draft)) {
        if (!line.rule || !line.is_pack_slot() || line.rule->type == "evidence") continue;
        const auto value = volunteered_value(*line.rule, t.heard, t.now, t.world.zone);
        if (!value || draft.slots[line.key] == *value) continue;
        draft.slots[line.key] = *value;
        draft.unknown.erase(line.key);
        draft.declined.erase(line.key);
        changed = true;
    }
    return changed;
}

bool ask_for_form(Turn& t, Draft& draft) {
    const auto& question = t.talk.question;
    const auto put_so_often = [&](const FormLine& line) {
        return question.kind == "ask" && question.detail == line.key ? question.asked : 0;
    };
    const auto lines = lines_of(t, draft);
    const bool household = wants_household(t);
    const bool would_rather_not = would_skip(t) || t.is_just(MeaningKind::no) || says_not_known(t);
    for (const auto& line : lines) {
        if (!line.required() || line.key == "matter") continue;
        if (line.key == "place" && household) {
            if (ask_place(t, draft)) return true;
            continue;
        }
        if (is_settled(draft, line)) continue;
        if (line.key == "phone") {
            if (ask_phone(t, draft)) return true;
            continue;
        }
        const int times = put_so_often(line);
        if (times >= 3) {
            set_aside(draft, line);
            continue;
        }
        const bool reason = times == 2 || (times == 1 && would_rather_not);
        put(t, draft, line, reason ? "talk.ask_slot_why" : times == 1 ? "talk.ask_slot_again" : "talk.ask_slot");
        return true;
    }
    for (const auto& line : lines) {
        if (line.required() || !line.rule || line.rule->ask.empty() || is_settled(draft, line)) continue;
        if ((line.key == "place" && household) || line.key == "phone" || line.key == "matter") continue;
        if (!draft.asked.insert(line.key).second) {
            // A yes or no that could not be told is asked for once more.
            if (!line.rule || line.rule->type != "boolean" || put_so_often(line) != 1 ||
                t.heard.kind != HeardKind::text)
                continue;
            put(t, draft, line, "talk.ask_slot_again");
            return true;
        }
        put(t, draft, line, draft.asked.size() > 1 ? "talk.ask_optional_more" : "talk.ask_optional",
            line.rule->type == "evidence" ? other_evidence(t, draft, lines, line) : "");
        return true;
    }
    return false;
}

bool asks_for_slot(const Turn& t) {
    const auto& question = t.talk.question;
    return question.kind == "ask" && question.detail != "occurred" && t.world.policy->slot(question.detail) != nullptr;
}

bool asks_for_time(const Turn& t) {
    const auto& question = t.talk.question;
    const auto* slot = question.kind == "ask" ? t.world.policy->slot(question.detail) : nullptr;
    return slot && slot->type == "time";
}

bool filing::edit_line(Turn& t, Draft& draft, int number) {
    std::string key;
    if (own_form(t)) {
        const auto& keys = t.talk.question.options;
        if (number < 1 || number > static_cast<int>(keys.size())) return false;
        key = keys[static_cast<std::size_t>(number - 1)];
    } else {
        if (number < 1 || number > slot_count) return false;
        key = to_text(static_cast<Slot>(number - 1));
    }
    if (const auto slot = slot_named(key); slot && !(*slot == Slot::place && own_form(t) && !wants_household(t))) {
        t.ask({.kind = "ask", .detail = key, .key = "talk.edit_" + key});
        return true;
    }
    const auto lines = lines_of(t, draft);
    const auto* line = line_named(lines, key);
    if (!line) return false;
    const bool evidence = line->rule && line->rule->type == "evidence";
    put(t, draft, *line, evidence ? "talk.edit_photo" : "talk.edit_slot");
    return true;
}

Reply& read_back_form(Turn& t, Draft& draft, std::string_view lead) {
    std::string list;
    std::vector<std::string> keys;
    auto lines = lines_of(t, draft);
    // A long form shows what was told or is wanted; the rest may still be told in words.
    constexpr std::size_t short_form = 9;
    if (lines.size() > short_form)
        std::erase_if(lines, [&](const FormLine& line) {
            return line.rule && !line.required() && line.rule->ask.empty() && !is_told(draft, line) &&
                   line.key != "phone";
        });
    for (const auto& line : lines) {
        keys.push_back(line.key);
        list += (list.empty() ? "" : "\n") + std::to_string(keys.size()) + " " + title_of(t, line) + "  " +
                value_of_line(t, draft, line);
    }
    auto& reply = t.ask({.kind = "readback", .key = std::string(lead)}, {{"lines", list}});
    t.talk.question.options = std::move(keys);
    return reply;
}

bool filing::put_again(Turn& t) {
    auto* draft = t.talk.draft();
    const auto question = t.talk.question;
    if (!draft) return false;
    if (question.kind == "admission") {
        t.talk.question.asked = 0;  // a digression is no answer: it is put as often as before
        if (!ask_admission(t, *draft)) return t.talk.question = question, false;
        t.talk.question.asked = question.asked;
        return true;
    }
    if (question.kind != "ask" || !own_form(t)) return false;
    const auto lines = lines_of(t, *draft);
    const auto* line = line_named(lines, question.detail);
    if (!line || !line->rule || !(line->is_pack_slot() || !line->rule->ask.empty())) return false;
    // Only what was put here; a broken phone, a doubted place have words of their own.
    static constexpr std::string_view own[] = {"talk.ask_slot",     "talk.ask_slot_again",    "talk.ask_slot_why",
                                               "talk.ask_optional", "talk.ask_optional_more", "talk.edit_slot",
                                               "talk.edit_photo"};
    if (std::find(std::begin(own), std::end(own), question.key) == std::end(own)) return false;
    put(t, *draft, *line, question.key);
    t.talk.question.asked = question.asked;
    return true;
}

}  // namespace huiyin
