// Errands about what is filed already: how far is it, why so long, hurry, take it back, again, add, correct, me too.
#include <algorithm>

#include "bot/flows/filing.h"
#include "bot/said.h"

namespace huiyin {
namespace {

using Wanted = bool (*)(const OwnTicket&);
bool goes_on(const OwnTicket& own) { return !is_end(own.ticket.phase); }
bool is_open(const OwnTicket& own) { return !own.joined && goes_on(own); }
bool is_over(const OwnTicket& own) {
    return !own.joined && (own.ticket.phase == Phase::closed || own.ticket.phase == Phase::resolved ||
                           own.ticket.phase == Phase::revisiting);
}
bool any(const OwnTicket&) { return true; }

// The ticket an errand is about: the only one, the one named by number, the one chosen by button; else the bot asks.
// Null when it asked or had to say that there is none.
const OwnTicket* pick(Turn& t, const std::string& errand, Wanted wanted, std::string_view none) {
    if (t.heard.action.contains("ticket")) {
        if (const auto* own = t.own(ticket_in(t.heard.action))) return own;
    }
    std::vector<const OwnTicket*> fitting;
    for (const auto& own : t.tickets()) {
        if (t.heard.text.find(own.ticket.number) != std::string::npos) return &own;
        if (wanted(own)) fitting.push_back(&own);
    }
    if (fitting.empty()) {
        t.say(none);
        t.ask_again();
        return nullptr;
    }
    if (fitting.size() == 1) return fitting.front();
    // Words of the message that name one of them: its place or its matter.
    std::vector<const OwnTicket*> named;
    if (!t.meant.category.empty())
        for (const auto* own : fitting)
            if (own->ticket.category == t.meant.category) named.push_back(own);
    if (named.size() == 1) return named.front();
    auto& reply = t.ask({.kind = "which_ticket", .detail = errand, .key = "talk.which_ticket"});
    for (const auto* own : fitting) {
        t.choice(reply, t.short_label(own->label),
                 {{"talk", "errand"}, {"errand", errand}, {"ticket", to_text(own->ticket.id)}});
        t.talk.question.options.push_back(to_text(own->ticket.id));
        if (reply.choices.size() == 5) break;
    }
    return nullptr;
}

PhraseValues progress_values(const Turn& t, const OwnTicket& own, const Engine::Progress& now) {
    return {{"number", own.ticket.number},
            {"label", t.shown_label(own.label)},
            {"state", joined_state(t, own, now)},
            {"next", joined_next(t, own, now)},
            {"why", now.why},
            {"clause", now.clause}};
}

void tell_progress(Turn& t, const OwnTicket& own) {
    // To somebody in danger no working day is named.
    if (!own.ticket.emergency.empty() && !own.ticket.taken_over && own.ticket.phase == Phase::open) {
        const auto phones = phones_of(*t.world.directory, own.ticket.unit);
        auto& reply = t.say("talk.emergency_progress",
                            {{"number", own.ticket.number}, {"phone", phones.in_danger(own.ticket.emergency)}});
        reply.ticket = t.talk.last_ticket = own.ticket.id;
        t.choice(reply, t.text("talk.choice.person"), {{"talk", "person"}});
        return;
    }
    const auto now = t.world.progress(own.ticket);
    auto& reply = t.say("talk.progress", progress_values(t, own, now));
    reply.ticket = own.ticket.id;
    t.talk.last_ticket = own.ticket.id;
    if (is_end(own.ticket.phase)) return;
    const auto id = to_text(own.ticket.id);
    if (!own.joined)
        t.choice(reply, t.text("talk.choice.urge"), {{"talk", "errand"}, {"errand", "urge"}, {"ticket", id}});
    if (now.next_at)
        t.choice(reply, t.text("talk.choice.why"), {{"talk", "errand"}, {"errand", "why"}, {"ticket", id}});
    t.choice(reply, t.text("talk.choice.person"), {{"talk", "person"}});
}

bool progress(Turn& t) {
    const auto& all = t.tickets();
    if (all.empty()) {
        t.say(t.telling() ? "talk.promise" : "talk.no_tickets");
        t.ask_again();
        return true;
    }
    if (t.heard.action.contains("ticket")) {
        if (const auto* own = pick(t, "progress", any, "talk.no_tickets")) tell_progress(t, *own);
        return true;
    }
    std::vector<const OwnTicket*> open;
    for (const auto& own : all)
        if (goes_on(own)) open.push_back(&own);
    if (open.empty())
        tell_progress(t, all.front());
    else if (open.size() == 1)
        tell_progress(t, *open.front());
    else {
        std::string lines;
        int number = 0;
        for (const auto* own : open) {
            lines += (number ? "\n" : "") +
                     t.text("talk.progress_line", progress_values(t, *own, t.world.progress(own->ticket)));
            if (++number == 5) break;
        }
        t.say("talk.progress_list", {{"count", std::to_string(open.size())}, {"lines", lines}});
    }
    t.ask_again();
    return true;
}

Reply& tell_why(Turn& t, const OwnTicket& own) {
    const auto now = t.world.progress(own.ticket);
    auto values = progress_values(t, own, now);
    // The clause in its own words: a number of a paper nobody has at hand explains nothing.
    auto& clause = values["clause"];
    const auto& clauses = t.world.policy->clauses;
    const auto at = std::find_if(clauses.begin(), clauses.end(), [&](const Clause& one) { return one.id == clause; });
    clause = at == clauses.end() ? std::string{} : t.name("clause", at->id, at->text);
    return t.say(now.why.empty() ? "talk.why_none" : "talk.why", values);
}

bool why(Turn& t) {
    const auto* own = pick(t, "why", goes_on, "talk.no_tickets");
    if (!own) return true;
    auto& reply = tell_why(t, *own);
    if (!own->joined)
        t.choice(reply, t.text("talk.choice.escalate"),
                 {{"talk", "errand"}, {"errand", "escalate"}, {"ticket", to_text(own->ticket.id)}});
    t.ask_again();
    return true;
}

bool simple(Turn& t, const std::string& errand, Wanted wanted, std::string_view none, const std::string& command,
            nlohmann::json fields) {
    if (const auto* own = pick(t, errand, wanted, none)) {
        t.clear_question();
        t.command(own->ticket.id, command, std::move(fields));
    }
    return true;
}

bool errand(Turn& t, const std::string& name) {
    const auto words = t.heard.text;
    if (name == "progress") return progress(t);
    if (name == "why") return why(t);
    if (name == "urge") return simple(t, name, is_open, "talk.no_open_tickets", "urge", {});
    if (name == "escalate")
        return simple(t, name, is_open, "talk.no_open_tickets", "escalate",
                      {{"reason", words.empty() ? t.world.pack->text("talk.customer_wishes") : words}});
    if (name == "withdraw")
        return simple(t, name, is_open, "talk.nothing_to_cancel", "withdraw",
                      {{"reason", words.empty() ? t.world.pack->text("talk.customer_wishes") : words}});
    if (name == "reopen")
        return simple(t, name, is_over, "talk.no_tickets", "reopen",
                      {{"reason", words.empty() ? t.world.pack->text("talk.customer_wishes") : words}});
    return false;
}

// The only number of three or four figures in the text, as a room has; empty: none, or several.
std::string one_number(const std::string& text) {
    std::string found;
    for (std::size_t at = 0; at < text.size();) {
        auto end = at;
        while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
        if (end - at >= 3 && end - at <= 4) {
            if (!found.empty()) return {};
            found = text.substr(at, end - at);
        } else if (end > at) {
            return {};
        }
        at = end + 1;
    }
    return found;
}

// "地址错了,是502", and shortly after it was filed "不对,是1203", "刚才说错了是302".
bool corrects_number(const Turn& t) {
    constexpr std::size_t a_few_words = 45;  // bytes
    constexpr std::int64_t shortly_ms = 3600 * 1000;
    if (t.meant.text.size() > a_few_words) return false;
    if (contains_any(t.meant.text, {"地址错", "房号错", "门牌错", "房间号错", "地址写错", "房号写错", "地址不对",
                                    "房号不对", "地址说错", "房号说错"}))
        return true;
    const auto* own = t.own(t.talk.last_ticket);
    return own && to_ms(t.now) - to_ms(own->ticket.opened_at) <= shortly_ms &&
           contains_any(t.meant.text, {"不对", "说错", "写错", "打错", "应该是"}) &&
           !contains_any(t.meant.text, {"元", "块", "钱", "费"});
}

// "等等,房号写错了,1202" after it was filed: the same ticket, amended.
bool correct_filed(Turn& t) {
    if (t.talk.draft()) return false;
    CorrectTicket correction;
    for (const auto& meaning : t.meant.meanings) {
        if (meaning.kind != MeaningKind::correct_slot || meaning.value.empty()) continue;
        if (meaning.slot == "building")
            correction.building = meaning.value;
        else if (meaning.slot == "unit")
            correction.unit = meaning.value;
        else if (meaning.slot == "room")
            correction.room = meaning.value;
        else if (meaning.slot == "location")
            correction.location = meaning.value;
        else if (meaning.slot == "phone")
            correction.phone = meaning.value;
    }
    // "地址错了,是502": what was written wrongly is named, and there is one number that it can be.
    if (correction.building.empty() && correction.unit.empty() && correction.room.empty() && !t.meant.slots.phone &&
        corrects_number(t))
        correction.room = one_number(t.meant.text);
    if (t.meant.slots.phone && correction.phone.empty() && contains_any(t.meant.text, {"电话", "号码", "手机"}) &&
        contains_any(t.meant.text, {"换成", "改成", "错了", "不对", "写错"}))
        correction.phone = *t.meant.slots.phone;
    // A bare number after filing is the phone that was missing, or a better one.
    if (t.meant.slots.phone && t.meant.matter.empty() && correction.phone.empty() &&
        std::count_if(t.tickets().begin(), t.tickets().end(), is_open) == 1)
        correction.phone = *t.meant.slots.phone;
    if (correction.building.empty() && correction.unit.empty() && correction.room.empty() &&
        correction.location.empty() && correction.phone.empty())
        return false;
    // Nothing is filed that it could correct: what he says is the beginning of what he wants to tell.
    if (std::none_of(t.tickets().begin(), t.tickets().end(), is_open)) return false;
    const auto* own = pick(t, "correct", is_open, "talk.no_open_tickets");
    if (!own) {
        // What is to be corrected waits for which one it is.
        t.talk.question.variables["correction"] = {{"building", correction.building}, {"unit", correction.unit},
                                                   {"room", correction.room},         {"location", correction.location},
                                                   {"phone", correction.phone},       {"words", t.heard.text}};
        return true;
    }
    correction.ticket = own->ticket.id;
    correction.words = t.heard.text;
    t.act(correction);
    return true;
}

// "赔多少钱", "谁来修", "我要起诉你们", a short while after it was filed: about that, and nothing to be filed anew.
// Whoever deals with it answers; when, is said.
bool speaks_of_filed(Turn& t) {
    constexpr std::size_t a_few_words = 36;  // bytes
    constexpr std::int64_t a_day_ms = 24 * 3600 * 1000;
    if (t.talk.draft() || t.heard.kind != HeardKind::text || t.meant.text.size() > a_few_words) return false;
    if (!t.talk.question.kind.empty() || !t.world.prompts.empty()) return false;
    const auto* filed = t.own(t.talk.last_ticket);
    const bool quietly = t.means(MeaningKind::confidential) ||
                         contains_any(t.meant.text, {"别让他知道", "别让人知道", "不要让他知道", "别让他们知道",
                                                     "别说是我", "别告诉他", "不要说是我", "替我保密", "给我保密"});
    if (quietly && filed && is_open(*filed) && !t.meant.slots.has_address()) {
        t.act(FlagTicket{filed->ticket.id, {"confidential"}});
        t.say("talk.confidential").ticket = filed->ticket.id;
        return true;
    }
    const bool threat = t.means(MeaningKind::threat_external);
    const bool asks = t.meant.kind == MessageKind::consultation || t.means(MeaningKind::question);
    if ((!threat && !asks) || t.meant.slots.has_address() || t.means(MeaningKind::another_matter)) return false;
    if (asks && t.world.answers && t.world.answers->find(t.meant.text)) return false;
    if (asks && !contains_any(t.meant.text,
                              {"赔", "谁来", "谁修", "师傅", "几点来", "上门", "要不要", "收费吗", "要钱吗", "多少钱",
                               "监控", "怎么修", "怎么处理", "怎么弄", "怎么赔", "能修好吗", "修得好吗"}))
        return false;
    const auto* own = t.own(t.talk.last_ticket);
    if (!own || !is_open(*own) || to_ms(t.now) - to_ms(own->ticket.opened_at) > a_day_ms) return false;
    t.act(AddEvidence{own->ticket.id, t.heard.text, {}});
    if (threat) {
        std::set<std::string> flags;
        if (t.meant.hints.media) flags.insert("media");
        if (t.meant.hints.lawsuit) flags.insert("lawsuit");
        if (!flags.empty()) t.act(FlagTicket{own->ticket.id, flags});
        t.say("talk.external", {{"whom", t.value_of(MeaningKind::threat_external)}}).ticket = own->ticket.id;
        return true;
    }
    const auto now = t.world.progress(own->ticket);
    t.say("talk.asked_of_ticket", {{"number", own->ticket.number}, {"next", now.next}}).ticket = own->ticket.id;
    return true;
}

bool add(Turn& t) {
    if (t.talk.draft()) return false;
    const bool media_only = t.heard.kind == HeardKind::media;
    if (!media_only && !t.means(MeaningKind::add_evidence)) return false;
    std::vector<const OwnTicket*> open;
    for (const auto& own : t.tickets())
        if (is_open(own)) open.push_back(&own);
    if (open.empty()) return false;
    const OwnTicket* own = open.size() == 1 ? open.front() : t.talk.last_ticket ? t.own(t.talk.last_ticket) : nullptr;
    if (!own || is_end(own->ticket.phase)) {
        if (!t.heard.attachments.empty())
            return false;  // kept with the talk; the words that follow say where they belong
        own = pick(t, "add", is_open, "talk.no_open_tickets");
        if (!own) return t.talk.question.variables["words"] = t.heard.text, true;
    }
    t.act(AddEvidence{own->ticket.id, t.heard.text, t.heard.attachments});
    t.say("talk.evidence_added", {{"number", own->ticket.number}, {"label", t.shown_label(own->label)}}).ticket =
        own->ticket.id;
    return true;
}

// "漏水那个", "8栋的": the one of those offered whose place or matter his words share most with; none: their count.
std::size_t named_in_words(const Turn& t) {
    const auto& options = t.talk.question.options;
    const auto none = options.size();
    constexpr std::size_t a_few_words = 33;  // bytes
    if (t.meant.text.size() > a_few_words || t.means(MeaningKind::injection)) return none;
    std::size_t best = none, best_length = 0;
    bool alone = false;
    for (std::size_t i = 0; i < options.size(); ++i) {
        const auto* own = t.own(ticket_named(options[i]));
        if (!own) continue;
        std::size_t longest = 0;
        for (std::size_t from = 0; from < t.meant.text.size(); from += point_length(t.meant.text, from)) {
            std::size_t until = from, points = 0;
            while (until < t.meant.text.size()) {
                const auto next = until + point_length(t.meant.text, until);
                if (own->label.find(t.meant.text.substr(from, next - from)) == std::string::npos) break;
                until = next;
                ++points;
            }
            longest = std::max(longest, points);
        }
        if (longest >= 2 && longest > best_length)
            best = i, best_length = longest, alone = true;
        else if (longest == best_length)
            alone = false;
    }
    return alone ? best : none;
}

// The open question "which ticket" is answered: what was wanted is done for it.
bool does_for(Turn& t, TicketId id) {
    const auto question = t.talk.question;
    t.clear_question();
    const auto* own = t.own(id);
    const auto& name = question.detail;
    if (!own) return t.say("talk.draft_gone"), true;
    if (name == "progress") return tell_progress(t, *own), true;
    if (name == "why") return tell_why(t, *own), true;
    if (name == "urge") return t.command(id, "urge"), true;
    if (name == "escalate" || name == "withdraw" || name == "reopen")
        return t.command(id, name, {{"reason", t.world.pack->text("talk.customer_wishes")}}), true;
    if (name == "add") {
        t.act(AddEvidence{id, question.variables.value("words", std::string{}), {}});
        t.say("talk.evidence_added", {{"number", own->ticket.number}, {"label", t.shown_label(own->label)}}).ticket =
            id;
        return true;
    }
    if (const auto wish = question.variables.find("correction");
        name == "correct" && wish != question.variables.end()) {
        const auto part = [&](const char* key) { return wish->value(key, std::string{}); };
        t.act(CorrectTicket{id, part("building"), part("unit"), part("room"), part("location"), part("phone"),
                            part("words")});
        return true;
    }
    return t.say("talk.draft_gone"), true;
}

// "算了你们尽快吧", "赶紧的": nothing but that it should go faster.
bool hurries(const Turn& t) {
    constexpr std::size_t a_few_words = 45;  // bytes
    return !t.talk.draft() && t.world.prompts.empty() && t.heard.kind == HeardKind::text &&
           t.meant.text.size() <= a_few_words && (t.meant.matter.empty() || !t.meant.category_sure) &&
           !t.meant.slots.has_address() && !t.means(MeaningKind::another_matter) &&
           contains_any(t.meant.text, {"尽快", "快点", "快一点", "抓紧", "赶快", "赶紧", "麻利", "太久", "太慢",
                                       "等不了", "等不及", "就要今天", "今天就要", "必须今天", "今天必须"});
}

// What the message tells is this ticket's matter: its place, and its field of work, as far as either is said.
bool speaks_of(const Turn& t, const OwnTicket& own, const std::string& category) {
    const auto& said = t.meant.slots;
    if (said.building && own.label.rfind(*said.building + "栋", 0) != 0) return false;
    const auto at_home = own.label.find("单元");
    if (said.room && at_home != std::string::npos) {  // "3栋2单元 电梯" names no room that could be another one
        const auto room = own.label.substr(at_home + std::string_view("单元").size());
        if (!room.empty() && room[0] >= '0' && room[0] <= '9' && !room.starts_with(*said.room)) return false;
    }
    // How slowly it is dealt with is no other matter.
    return category.empty() || category == "service" || category == own.ticket.category;
}

// "8栋1单元602楼道灯坏了,尽快处理": told anew, however it ends. "3栋漏水的事尽快处理" is about what is filed.
bool tells_another(const Turn& t) {
    if (t.heard.kind != HeardKind::text || t.meant.matter.empty() || !opens_ticket(t.meant)) return false;
    const auto words = t.world.pack->model_knows ? PackCategories::Found{{}, t.meant.category, t.meant.category_sure}
                                                 : t.world.pack->categories.find(t.meant.text);
    const auto category = words.sure ? words.category : std::string{};
    if (category.empty() && !t.meant.slots.has_address()) return false;
    return std::none_of(t.tickets().begin(), t.tickets().end(),
                        [&](const OwnTicket& own) { return is_open(own) && speaks_of(t, own, category); });
}

// It belongs to what is being told: "对,快点处理" to the read-back, "3栋2单元501,快点" to where it is.
bool answers_telling(Turn& t) {
    if (!t.telling()) return false;
    const auto& said = t.meant.slots;
    return (t.talk.question.kind == "readback" && plain_yes(t)) || said.has_address() || said.phone || said.location;
}

// "师傅几点来": before anything was proposed no hour is set. That is said, and who deals with it hears the question.
bool says_no_hour(Turn& t) {
    constexpr std::size_t a_question = 48;  // bytes
    if (t.talk.draft() || t.heard.kind != HeardKind::text || t.meant.text.size() > a_question ||
        t.meant.slots.has_address() ||
        !contains_any(t.meant.text,
                      {"几点来", "几点到", "几点上门", "几点过来", "几点能来", "几点能到", "几点修", "什么时候来",
                       "什么时候上门", "什么时候过来", "什么时候能来", "啥时候来", "啥时候上门", "哪天来", "哪天上门"}))
        return false;
    if (std::count_if(t.tickets().begin(), t.tickets().end(), is_open) != 1) return false;
    const auto own = std::find_if(t.tickets().begin(), t.tickets().end(), is_open);
    if (!own->ticket.emergency.empty() || own->ticket.proposal || own->ticket.phase >= Phase::deciding) return false;
    t.act(AddEvidence{own->ticket.id, t.heard.text, {}});
    t.say("talk.no_hour_yet").ticket = own->ticket.id;
    return true;
}

// "查到哪一步了", "什么时候回复": short, no telling, and something of his is open.
bool asks_how_far(const Turn& t) {
    constexpr std::size_t a_question = 48;  // bytes
    if (t.talk.draft() || t.heard.kind != HeardKind::text || t.meant.text.size() > a_question) return false;
    if (t.meant.slots.has_address() || t.meant.slots.phone) return false;
    const auto& text = t.meant.text;
    const bool when = contains_any(text, {"什么时候", "啥时候", "几时", "哪天", "几点"}) &&
                      contains_any(text, {"答复", "回复", "结果", "受理", "消息", "修", "来", "好", "弄", "处理"});
    if (!when && !contains_any(text, {"哪一步", "到哪了", "到哪儿了", "怎么样了", "怎么办了", "有结果了吗", "有消息吗",
                                      "有进展"}))
        return false;
    return std::any_of(t.tickets().begin(), t.tickets().end(), goes_on);
}

bool ask_withdrawal(Turn& t) {
    const auto own = std::find_if(t.tickets().begin(), t.tickets().end(), is_open);
    const std::string id = to_text(own->ticket.id);
    auto& reply = t.ask({.kind = "which_ticket", .detail = "withdraw", .key = "talk.withdraw_sure"},
                        {{"number", own->ticket.number}});
    t.talk.question.options.push_back(id);
    t.choice(reply, t.text("talk.choice.withdraw"), {{"talk", "errand"}, {"errand", "withdraw"}, {"ticket", id}});
    t.choice(reply, t.text("talk.choice.goes_on"), {{"talk", "errand"}, {"errand", "progress"}, {"ticket", id}});
    return true;
}

}  // namespace

bool ticket_flow(Turn& t) {
    if (t.heard.kind == HeardKind::choice) {
        if (t.talk.question.key == "talk.withdraw_sure") t.clear_question();
        const auto name = t.heard.action.value("errand", std::string{});
        if (t.talk_action() == "errand" && (name == "correct" || name == "add") &&
            t.talk.question.kind == "which_ticket" && t.talk.question.detail == name)
            return does_for(t, ticket_in(t.heard.action));
        if (t.talk_action() == "progress") return progress(t);
        if (t.talk_action() == "errand") return errand(t, t.heard.action.value("errand", std::string{}));
        return false;
    }
    auto& question = t.talk.question;
    if (question.kind == "which_ticket") {
        auto index = question.options.size();
        if (t.is_just(MeaningKind::menu_number))
            index = static_cast<std::size_t>(t.value_of(MeaningKind::menu_number)[0] - '1');
        else if (t.heard.kind == HeardKind::text)
            index = named_in_words(t);
        if (question.key == "talk.withdraw_sure") {
            const bool second = t.is_just(MeaningKind::menu_number) && index == question.options.size();
            if (t.is_just(MeaningKind::no) || second) return t.clear_question(), t.say("talk.goes_on"), true;
            const bool sure =
                t.is_just(MeaningKind::yes) || t.is_just(MeaningKind::cancel) || t.means(MeaningKind::withdraw);
            if (!t.is_just(MeaningKind::menu_number)) index = sure ? 0 : question.options.size();
        }
        if (index < question.options.size()) return does_for(t, ticket_named(question.options[index]));
    }
    if (says_no_hour(t)) return progress(t);
    if (t.means(MeaningKind::progress) &&
        (t.meant.kind == MessageKind::progress_query || t.is_just(MeaningKind::progress)))
        return progress(t);
    if (asks_how_far(t)) return progress(t);
    if (t.means(MeaningKind::why_so_long) && !t.tickets().empty()) return why(t);
    if (t.means(MeaningKind::promise_wish) && !t.tickets().empty() && !t.talk.draft()) return progress(t);
    const bool of_filed = !tells_another(t) && !answers_telling(t);
    if (of_filed && (t.means(MeaningKind::urge) || hurries(t)) &&
        std::any_of(t.tickets().begin(), t.tickets().end(), is_open))
        return errand(t, "urge");
    const bool upwards =
        !t.talk.draft() && t.heard.kind == HeardKind::text &&
        contains_any(t.meant.text, {"给我升级", "我要升级", "申请升级", "往上报", "报给上级", "找上级"});
    if (of_filed && (t.means(MeaningKind::escalate_wish) || upwards) &&
        std::any_of(t.tickets().begin(), t.tickets().end(), is_open))
        return errand(t, "escalate");
    // "又漏了" inside a telling takes up what was closed only where it is the same kind of thing in the same place.
    if (t.means(MeaningKind::reopen) && (t.is_just(MeaningKind::reopen) || !t.talk.draft()) &&
        std::any_of(t.tickets().begin(), t.tickets().end(), [&](const OwnTicket& own) {
            if (!is_over(own)) return false;
            if (t.is_just(MeaningKind::reopen) || t.meant.matter.empty()) return true;
            const auto& said = t.meant.slots;
            const bool elsewhere = said.building && own.label.rfind(*said.building + "栋", 0) != 0;
            return !elsewhere && (t.meant.category.empty() || t.meant.category == own.ticket.category);
        }))
        return errand(t, "reopen");
    const bool gives_up = t.means(MeaningKind::withdraw) || (t.is_just(MeaningKind::cancel) && !t.talk.draft());
    if (gives_up && !t.talk.draft() && std::any_of(t.tickets().begin(), t.tickets().end(), is_open)) {
        // "算了" may be a sigh: what is filed is taken back only when he means it.
        const bool a_sigh = t.meant.text == "算了" || t.meant.text == "算了吧" || t.meant.text == "那算了";
        if (a_sigh && std::count_if(t.tickets().begin(), t.tickets().end(), is_open) == 1) return ask_withdrawal(t);
        return errand(t, "withdraw");
    }
    // What was rated low or called fixed after all, without a question of ours being open.
    if (t.means(MeaningKind::rating_correction) && !t.tickets().empty()) {
        const auto score = t.value_of(MeaningKind::rating_correction);
        const auto* own = t.own(t.talk.last_ticket);
        for (const auto& one : t.tickets())
            if ((!own || own->joined) && !one.joined) own = &one;
        if (!score.empty() && own) return t.command(own->ticket.id, "rate", {{"score", score[0] - '0'}}), true;
    }
    if (correct_filed(t) || speaks_of_filed(t)) return true;
    return add(t);
}

}  // namespace huiyin
