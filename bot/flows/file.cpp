// Filing: take what was said, ask one thing at a time for what is missing, read back, file.
// Whatever a message already says is never asked again; a question that was not answered is put once more in other
// words.
#include <algorithm>

#include "bot/flows/filing.h"
#include "bot/said.h"

namespace huiyin {

namespace {

constexpr std::size_t most_promised = 2;  // with the one in hand and a danger in between, a talk keeps four

bool pack_knows(const Turn& t) { return t.world.pack->model_knows; }

// A further matter waits behind the one in hand; more than a few are told in the last of them.
Draft& promise(Turn& t, const std::string& matter, const std::string& category) {
    std::size_t waiting = 0;
    Draft* last = nullptr;
    for (auto& draft : t.talk.drafts)
        if (draft.promised && draft.id != t.talk.focus) ++waiting, last = &draft;
    if (last && waiting >= most_promised) {
        last->matter += "，" + matter;
        last->words.push_back(matter);
        return *last;
    }
    auto& draft = t.talk.promise_draft(to_ms(t.now));
    draft.matter = matter;
    draft.words = {matter};
    draft.category = category;
    draft.kind = t.meant.kind == MessageKind::complaint ? "complaint" : "demand";
    draft.category_sure = !category.empty();
    return draft;
}

bool speaks_of_smell(const Turn& t) {
    for (const char* word : {"味", "像", "不是", "不知道", "不清楚", "说不", "臭", "垃圾", "下水", "闻"})
        if (t.meant.text.find(word) != std::string::npos) return true;
    return false;
}

// "急死了", "烦死了", and not what.
bool only_feels(const Turn& t) {
    if (t.heard.kind != HeardKind::text) return false;
    const auto all = clauses(t.meant.text);
    return !all.empty() && std::all_of(all.begin(), all.end(), [](const std::string& clause) {
        for (const std::string_view feeling :
             {"急死了", "急死我了", "急死人了", "急死", "着急死了", "愁死了", "愁死我了", "怎么办啊", "怎么办", "咋办",
              "咋办啊", "急急急", "救命啊急死了"})
            if (clause == feeling) return true;
        return false;
    });
}

// Water that runs now: what to do first comes before any question.
bool pours(const Turn& t) {
    return t.heard.kind == HeardKind::text &&
           contains_any(t.meant.text,
                        {"水管爆",          "爆管",       "管子爆",     "水管裂",         "水管断",
                         "水一直流",        "水止不住",   "止不住水",   "关不住水",       "水往外喷",
                         "水往外冒",        "水往外涌",   "喷水",       "家里淹",         "家都淹",
                         "屋里淹",          "burst pipe", "pipe burst", "pipe has burst", "water is pouring",
                         "water everywhere"}) &&
           !contains_any(t.meant.text, {"喷水池", "喷水枪", "上次", "上个月", "上周", "去年", "以前", "之前", "修好",
                                        "last week", "last month", "last year"});
}

// "上个月燃气泄漏你们怎么处理的": told, and asked as well.
bool asks_how_dealt(const Turn& t) {
    return t.heard.kind == HeardKind::text &&
           contains_any(t.meant.text, {"怎么处理的", "咋处理的", "怎么解决的", "咋解决的", "处理得怎么样",
                                       "处理的怎么样", "怎么调查的", "怎么查的"});
}

// "你们怎么不早点来修": no answer to what was asked, but heard.
bool blames_us(const Turn& t) {
    return t.heard.kind == HeardKind::text &&
           contains_any(t.meant.text, {"怎么不早", "怎么才", "怎么还不", "怎么还没", "为什么不早", "怎么没人",
                                       "怎么这么慢", "怎么这么久", "早干嘛", "早干什么", "干嘛不早"});
}

// "wifi坏了能报吗": what it is about, where somebody asks whether it may be told here; it may. Nothing: he does not
// ask.
std::optional<std::string> asked_whether(const Turn& t) {
    if (t.heard.kind != HeardKind::text || t.meant.kind != MessageKind::consultation) return std::nullopt;
    for (const std::string_view whether :
         {"能报吗", "能报不", "能报么", "能不能报", "能报修吗", "能不能报修", "可以报吗", "可以报修吗", "能投诉吗",
          "可以投诉吗", "能不能投诉", "能登记吗", "可以登记吗", "能反映吗", "可以反映吗", "能跟你们报吗"}) {
        const auto at = t.meant.text.find(whether);
        if (at == std::string::npos) continue;
        auto rest = t.meant.text.substr(0, at);
        for (const std::string_view tail : {"你们这", "你这", "你们", "这里", "这个", "可不可以", "也", ",", " "})
            if (rest.ends_with(tail)) rest.erase(rest.size() - tail.size());
        return rest;
    }
    return std::nullopt;
}

bool complains(const Turn& t) {
    if (t.meant.sentiment == Sentiment::angry || t.means(MeaningKind::emotion) || t.means(MeaningKind::abuse) ||
        t.meant.slots.duration)
        return true;
    for (const char* word :
         {"投诉", "没人管", "没人理", "没人来", "一直没", "都没", "还没", "凭什么", "不管", "天天坏", "总是"})
        if (t.meant.text.find(word) != std::string::npos) return true;
    return false;
}

}  // namespace

// Only what was told behind the one in hand; what is older waits on. Nothing of it is lost: words, place, photos.
void filing::join_promised(Turn& t) {
    auto* draft = t.talk.draft();
    if (!draft) return;
    const auto joins = [id = draft->id](const Draft& other) { return other.promised && other.id > id; };
    for (const auto& other : t.talk.drafts) {
        if (!joins(other)) continue;
        const bool elsewhere = draft->has_place() && !other.building.empty() && other.building != draft->building;
        draft->matter += "，" + (elsewhere ? place_label(t, other) + " " : "") + other.matter;
        for (const auto& words : other.words)
            if (std::none_of(draft->words.begin(), draft->words.end(),
                             [&](const std::string& said) { return said.find(words) != std::string::npos; }))
                draft->words.push_back(words);
        if (!draft->has_place() && other.has_place()) {
            draft->community = other.community;
            draft->building = other.building;
            draft->unit = other.unit;
            draft->room = other.room;
        }
        if (draft->location.empty()) draft->location = other.location;
        draft->attachments.insert(draft->attachments.end(), other.attachments.begin(), other.attachments.end());
    }
    std::erase_if(t.talk.drafts, joins);
}

bool file_flow(Turn& t) {
    auto& talk = t.talk;
    auto* draft = talk.draft();
    if (only_calls(t)) return false;
    // An order to the desk is no matter; told beside a place it may be one.
    if (!draft && t.means(MeaningKind::injection) && !has_facts(t.meant)) return false;
    if (!draft && only_feels(t)) {
        t.ask({.kind = "ask", .detail = "matter", .key = "talk.hurry"});
        return true;
    }
    if (tell_published(t)) return true;
    // An enquiry that has an answer opens no ticket, also in the middle of a form.
    if (t.heard.kind == HeardKind::text &&
        (t.meant.kind == MessageKind::consultation || t.is_just(MeaningKind::question)) && t.world.answers) {
        if (const auto* found = t.world.answers->find(t.meant.text)) {
            const auto words = found->in(talk.language);
            auto& reply = t.say("talk.answer", {{"answer", words.answer}, {"source", words.source}});
            // Whoever complains gets his answer, and is taken down all the same.
            if (draft || !complains(t)) {
                if (!draft) t.choice(reply, t.text("talk.choice.not_answered"), {{"talk", "person"}});
                t.ask_again();
                return true;
            }
        }
    }
    if (const auto asked = !draft && pack_knows(t) ? asked_whether(t) : std::nullopt) {
        t.say("talk.may_report");
        if (asked->empty()) return t.ask({.kind = "ask", .detail = "matter", .key = "talk.ask_matter"}), true;
        draft = &talk.begin_draft(to_ms(t.now));
        filing::take_slots(t, *draft);
        draft->matter = own_words(*asked);
        draft->kind = "demand";
        draft->category = "other";
        for (const auto& score : t.meant.category_scores)
            if (score.name != "consultation" && t.world.policy->category(draft->kind, score.name)) {
                draft->category = score.name;
                break;
            }
        draft->category_sure = true;
        stand_here(t, *draft, same_day_ms);
        return filing::next(t), true;
    }
    if (!draft) {
        const bool asked_matter = talk.question.kind == "ask" && talk.question.detail == "matter";
        const auto& pack = *t.world.pack;
        const bool of_the_pack = !pack.model_knows && t.heard.kind == HeardKind::text &&
                                 !pack.categories.find(t.meant.text).category.empty();
        const bool consults =
            t.meant.kind == MessageKind::consultation && t.heard.kind == HeardKind::text && !of_the_pack;
        const bool tells = pack.model_knows ? opens_ticket(t.meant) && !t.meant.category.empty()
                                            : of_the_pack || opens_ticket(t.meant);
        const bool telling = tells && !is_only_time(t, t.meant.matter);
        const bool answers_ask = asked_matter && t.heard.kind == HeardKind::text && t.meant.has_substance &&
                                 !t.means(MeaningKind::greet) && !t.is_just(MeaningKind::menu_number);
        const bool place_only = t.heard.kind == HeardKind::location;
        // A phone or an address before any matter: kept, so that it is not asked again.
        const bool fact_only = t.heard.kind == HeardKind::text && !telling && !consults && t.meant.matter.empty() &&
                               (t.meant.slots.phone || t.meant.slots.building) && talk.question.kind != "words" &&
                               talk.question.kind != "which_ticket" && talk.question.kind != "which_answer";
        if (!telling && !consults && !answers_ask && !place_only && !fact_only) return false;
        const bool feeling = t.means(MeaningKind::abuse) || t.means(MeaningKind::emotion);
        if (feeling && t.meant.matter.empty() && !has_facts(t.meant) && !of_the_pack) return false;
        if (t.means(MeaningKind::add_evidence) && t.meant.matter.empty() && !has_facts(t.meant)) {
            // "就这个" about a photo says nothing yet.
            t.ask({.kind = "ask", .detail = "matter", .key = "talk.ask_about_media_again"});
            return true;
        }
        if (telling && t.meant.matter.empty() && !t.meant.has_substance && !of_the_pack) {
            t.ask({.kind = "ask", .detail = "matter", .key = "talk.ask_matter"});  // "我要投诉"
            return true;
        }
        if (consults && !pack.model_knows && !answers_ask && !place_only && !fact_only) {
            offer_ways(t, "talk.no_answer_here");  // no matter of this pack: nothing is filed for a question
            return true;
        }
        draft = &talk.begin_draft(to_ms(t.now));
        filing::take_slots(t, *draft);
        if (pack.model_knows) {
            if (consults && draft->category.empty())
                draft->kind = "demand", draft->category = "consultation", draft->category_sure = true;
            if (draft->category.empty()) draft->kind = "demand", draft->category = "other";
        }
        if (draft->matter.empty())
            draft->matter = !matter_of(t).empty()                ? matter_of(t)
                            : answers_ask || telling || consults ? own_words(t.meant.text)
                                                                 : "";
        if (t.means(MeaningKind::another_matter)) {
            if (const auto second = t.value_of(MeaningKind::another_matter); !second.empty()) draft->matter = second;
            constexpr std::int64_t day_ms = 24 * 3600 * 1000;
            if (!draft->has_place() && draft->community.empty() && !scanned_since(t, talk.last_filed_ms) &&
                to_ms(t.now) - talk.last_filed_ms < day_ms) {
                draft->community = talk.last_community;
                draft->building = talk.last_building;
                draft->unit = talk.last_unit;
            }
        }
        // A smell may be a danger: where that is, is asked.
        const bool smells = smells_unnamed(t);
        stand_here(t, *draft, smells ? just_now_ms : same_day_ms);
        if (smells && speaks_of_home(t)) only_guess(t, *draft);
        if (consults && !place_only && pack.model_knows)
            t.say("talk.no_answer");
        else if (pack.model_knows && asks_how_dealt(t))
            t.say("talk.question_filed");
        if (wants_household(t) && pours(t)) t.say("talk.burst_pipe");
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
        if (t.means(MeaningKind::confidential) && draft->asked.insert("quietly").second) t.say("talk.confidential");
        if (t.meant.sentiment == Sentiment::angry && !t.means(MeaningKind::threat_staff)) t.say("talk.sorry");
        if (wants_household(t) && smells) return ask_smell(t, *draft), true;
        if (t.meant.matters.size() >= 2) {
            // Several matters in one message: the first is told on, the others wait, after asking.
            const auto& told = t.meant.matters;
            if (told[0].text.find(draft->location) == std::string::npos) draft->location.clear();
            draft->matter = told[0].text;
            if (pack.model_knows && !told[0].category.empty()) draft->category = told[0].category;
            const int id = draft->id;
            std::string list = "1 " + told[0].text;
            for (std::size_t i = 1; i < told.size(); ++i) {
                list += "\n" + std::to_string(std::min(i, most_promised) + 1) + " " + told[i].text;
                promise(t, told[i].text, pack.model_knows ? told[i].category : std::string{});
            }
            static constexpr const char *counts[] = {"两", "三", "四"}, *in_english[] = {"two", "three", "four"};
            const auto few = std::min(told.size(), most_promised + 1) - 2;
            const std::string count = t.in_english()                           ? in_english[few]
                                      : t.talk.language == "zh-TW" && few == 0 ? "兩"
                                                                               : counts[few];
            auto& reply = t.ask({.kind = "split", .key = "talk.split"}, {{"list", list}, {"count", count}});
            t.choice(reply, t.text("talk.choice.split_yes"), {{"talk", "split"}, {"draft", id}, {"yes", true}});
            t.choice(reply, t.text("talk.choice.split_no"), {{"talk", "split"}, {"draft", id}, {"yes", false}});
            return true;
        }
        filing::next(t);
        return true;
    }

    // A draft is in hand.
    if (admission_flow(t, *draft)) return true;
    const bool corrects = t.meant.slots.has_address() || t.means(MeaningKind::correct_slot);
    if (talk.question.kind == "split" && !corrects &&
        (t.means(MeaningKind::yes) || t.means(MeaningKind::vague_yes) || t.means(MeaningKind::no) ||
         t.is_just(MeaningKind::menu_number))) {
        const bool no = t.means(MeaningKind::no) ||
                        (t.is_just(MeaningKind::menu_number) && t.value_of(MeaningKind::menu_number) == "2");
        if (no) filing::join_promised(t);
        t.clear_question();
        filing::next(t);
        return true;
    }
    if (talk.question.kind == "smell") {
        const auto& said = t.meant.text;
        const bool first = t.is_just(MeaningKind::menu_number) && t.value_of(MeaningKind::menu_number) == "1";
        const bool named =
            says_any(said, {"像煤气", "像燃气", "像天然气", "是煤气", "是燃气", "是天然气", "煤气味", "燃气味"});
        if (first || named || t.means(MeaningKind::yes) || t.means(MeaningKind::vague_yes))
            return filing::turns_out_dangerous(t, "gas"), true;
        // Nothing about the smell: every minute may count, so it is put once more.
        const bool about_it =
            speaks_of_smell(t) || (t.heard.kind == HeardKind::text && !t.is_just(MeaningKind::nonsense) &&
                                   !t.means(MeaningKind::abuse) && !t.means(MeaningKind::emotion));
        if (!about_it && talk.question.asked < 2) {
            for (const auto& attachment : t.heard.attachments) draft->attachments.push_back(attachment.value);
            return t.ask_once_more(), true;
        }
        // "不是", "像垃圾味", "不知道": told on as it was.
        if (!t.meant.slots.has_address() && !t.meant.slots.phone && said.size() <= 60) {
            draft->words.push_back(t.heard.text);
            t.clear_question();
            return filing::next(t), true;
        }
    }
    if (talk.question.kind == "readback") {
        if (plain_yes(t)) return filing::submit(t, *draft), true;
        auto line = t.heard.kind == HeardKind::text ? line_number(t.meant.text) : std::nullopt;
        if (const auto* edit = t.meant.find(MeaningKind::edit_number); !line && edit) line = line_number(edit->value);
        if (line && filing::edit_line(t, *draft, *line)) return true;
        if (t.is_just(MeaningKind::no)) {
            t.say("talk.which_line");
            return true;
        }
    }
    if (t.means(MeaningKind::another_matter)) {
        // "另外楼上半夜装修": both stay alive, the first is finished first; the other comes up by itself then.
        auto words = t.value_of(MeaningKind::another_matter);
        if (t.meant.slots.has_address() && !matter_of(t).empty()) words = matter_of(t);  // the address has its own line
        if (words.empty()) words = !matter_of(t).empty() ? matter_of(t) : own_words(t.meant.text);
        for (const std::string_view lead : {"另外", "还有", "还有个事", "对了", "再就是", "顺便"})
            if (words.size() > lead.size() + 6 && words.starts_with(lead)) words.erase(0, lead.size());
        auto& second = promise(t, words, pack_knows(t) ? t.meant.category : std::string{});
        const auto& slots = t.meant.slots;
        if (slots.has_address() && wants_household(t)) {
            second.community = slots.community.value_or("");
            second.building = slots.building.value_or("");
            second.unit = slots.unit.value_or("");
            second.room = slots.room.value_or("");
        }
        if (slots.location) second.location = *slots.location;
        for (const auto& attachment : t.heard.attachments) second.attachments.push_back(attachment.value);
        t.say("talk.second_noted", {{"second", with_chinese_marks(words)}});
        t.ask_again();
        return true;
    }
    const Draft before = *draft;
    const bool was_future = t.meant.slots.occurred_in_future && !asks_for_time(t);
    filing::take_slots(t, *draft);
    const bool reads_back = talk.question.kind == "readback";
    const bool taken = own_form(t) && (take_form_answer(t, *draft) || take_identity_answer(t, *draft) ||
                                       (reads_back && edit_in_words(t, *draft)));
    if (!taken) take_answer(t, *draft);
    for (const auto& attachment : t.heard.attachments) draft->attachments.push_back(attachment.value);
    if (was_future) t.say("talk.future_time", {{"when", t.meant.slots.occurred_text}});
    Draft compared = *draft;
    compared.words = before.words;
    compared.flags = before.flags;
    const bool broken_phone = t.meant.slots.broken_phone.has_value();
    // Who complains of staff is not named to them as it is; that he asks for it is answered all the same, once.
    if (t.means(MeaningKind::confidential) && draft->asked.insert("quietly").second) t.say("talk.confidential");
    if (t.heard.kind == HeardKind::location) return filing::next(t), true;
    // A picture while something else is asked: kept, said so, and the question stands as it was.
    const bool only_media = t.heard.kind == HeardKind::media && !t.heard.attachments.empty() && !taken;
    if (only_media && (talk.question.kind == "ask" || talk.question.kind == "category" ||
                       talk.question.kind == "split" || talk.question.kind == "admission")) {
        t.say(t.heard.media_kind == "image"   ? "talk.photo_kept"
              : t.heard.media_kind == "voice" ? "talk.ask_about_voice"
                                              : "talk.file_kept");
        t.ask_again();
        return true;
    }
    // Something else was told than which kind it is, or whether it is one matter or two: asked once more, not passed
    // over.
    const bool passed_over = !taken && draft->category == before.category && draft->kind == before.kind &&
                             !t.is_just(MeaningKind::skip) &&
                             ((talk.question.kind == "category" && !t.world.pack->model_knows && has_facts(t.meant)) ||
                              (talk.question.kind == "smell" && !speaks_of_smell(t)) ||
                              (talk.question.kind == "split" && has_facts(t.meant)));
    if (passed_over && talk.question.asked < 2) {
        if (t.heard.kind == HeardKind::text && before.building != draft->building && !before.building.empty())
            t.say("talk.place_changed", {{"place", t.shown_label(filing::place_label(t, *draft))}});
        return t.ask_once_more(), true;
    }
    // Told in pieces: what was asked a moment ago stands, and is not put again behind each of them.
    constexpr std::int64_t a_moment_ms = 2000;
    const auto& open = talk.question;
    const bool still_open = open.kind == "ask" && ((open.detail == "phone" && draft->phone.empty() && !broken_phone) ||
                                                   (open.detail == "place" && !draft->has_place()));
    if (still_open && t.heard.kind == HeardKind::text && !draft->declined.contains(open.detail) &&
        before.matter != draft->matter && to_ms(t.now) - open.asked_ms < a_moment_ms)
        return t.say("talk.taken_down"), true;
    if (!answers_question(t, before, compared) && !broken_phone && !taken) {
        const bool small_talk = t.means(MeaningKind::greet) || t.means(MeaningKind::thanks) ||
                                t.means(MeaningKind::abuse) || t.means(MeaningKind::injection) ||
                                t.means(MeaningKind::threat_external) || t.means(MeaningKind::farewell);
        if (small_talk) return false;
        if (t.means(MeaningKind::emotion)) {
            t.say("talk.sorry");
            filing::next(t);
            return true;
        }
        if (!t.meant.has_substance && !was_future) return false;
        if (pack_knows(t) && blames_us(t)) t.say("talk.blame_heard");
        // Words about the matter without a new fact: kept, and the question stands.
        filing::next(t);
        return true;
    }
    const auto moved = [&](std::string Draft::*part) {
        return !(before.*part).empty() && before.*part != draft->*part;
    };
    if (t.heard.kind == HeardKind::text && (moved(&Draft::building) || moved(&Draft::unit) || moved(&Draft::room)))
        t.say("talk.place_changed", {{"place", t.shown_label(filing::place_label(t, *draft))}});
    filing::next(t);
    return true;
}

}  // namespace huiyin
