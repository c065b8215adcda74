// Questions that have an answer, small talk, and what is left when nothing fits: never a dead end.
#include <algorithm>

#include "bot/flows/flows.h"
#include "bot/said.h"

namespace huiyin {

bool only_calls(const Turn& t) {
    constexpr std::size_t a_call = 30;  // bytes
    if (t.heard.kind != HeardKind::text || t.meant.text.size() > a_call) return false;
    const auto all = clauses(t.meant.text);
    return !all.empty() && std::all_of(all.begin(), all.end(), [](const std::string& clause) {
        static constexpr std::string_view calls[] = {
            "在",       "在吗",   "在么",     "在不在",       "在不",       "有人吗",     "有人在吗",
            "有人没",   "有人么", "有没有人", "人呢",         "喂",         "有没有人啊", "有人没有",
            "你好",     "您好",   "喂喂",     "人在吗",       "有没有人在", "有人不",     "哈喽",
            "出来",     "说话呀", "说话",     "我想咨询一下", "咨询一下",   "想咨询一下", "我想问一下",
            "想问一下", "问一下", "问个事",   "我想问个事",   "打听一下",   "请问一下"};
        return std::find(std::begin(calls), std::end(calls), clause) != std::end(calls);
    });
}

void offer_ways(Turn& t, std::string_view key) {
    auto& reply = t.say(key);
    t.choice(reply, t.text("talk.choice.report"), {{"talk", "report"}});
    t.choice(reply, t.text("talk.choice.progress"), {{"talk", "progress"}});
    t.choice(reply, t.text("talk.choice.person"), {{"talk", "person"}});
}

namespace {

// The clause asks how complaints go: "投诉流程是什么", "怎么申诉". Not one that tells of it: "流程走完了还没解决".
// `more`: what stands behind the question in the same clause: "怎么投诉移动乱扣话费".
bool asks_procedure(const std::string& clause, std::string& more) {
    const auto has = [&](std::initializer_list<std::string_view> words) {
        return std::any_of(words.begin(), words.end(),
                           [&](std::string_view word) { return clause.find(word) != std::string::npos; });
    };
    for (const std::string_view how : {"怎么个投诉法", "怎么投诉", "怎么申诉", "怎么举报", "如何投诉", "如何申诉",
                                       "如何举报", "怎样投诉", "怎样申诉", "怎样举报", "咋投诉", "去哪投诉", "哪里投诉",
                                       "在哪投诉", "去哪申诉", "哪里申诉", "哪里举报", "向谁投诉"}) {
        const auto at = clause.find(how);
        if (at == std::string::npos) continue;
        more = clause.substr(at + how.size());
        for (const std::string_view tells : {"了", "这么", "那么", "都", "还", "没", "也", "过"})
            if (more.starts_with(tells)) return more.clear(), false;
        return true;
    }
    if (!has({"流程", "程序", "步骤", "投诉电话", "举报电话", "申诉电话", "投诉渠道", "投诉方式"})) return false;
    if (has({"是什么", "怎么走", "怎样",   "如何", "什么样", "有哪些", "哪些", "是多少",
             "多少",   "哪个",   "介绍",   "说说", "说一下", "讲讲",   "告诉", "想知道",
             "了解",   "想问",   "问一下", "请问", "发我",   "给我",   "有吗", "什么"}))
        return true;
    constexpr std::size_t just_that = 24;  // bytes: "投诉流程", "你们的投诉电话"
    return clause.size() <= just_that && (clause.ends_with("流程") || clause.ends_with("程序") ||
                                          clause.ends_with("电话") || clause.ends_with("呢") || clause.ends_with("吗"));
}

}  // namespace

bool tell_published(Turn& t) {
    const auto& published = t.world.policy->published;
    if (published.procedure.empty() || t.heard.kind != HeardKind::text) return false;
    bool asks = false;
    std::string rest;  // what the message tells beside the question
    for (const auto& clause : clauses(t.meant.text)) {
        std::string more;
        const bool asked = asks_procedure(clause, more);
        asks = asks || asked;
        rest += (rest.empty() ? "" : ",") + (asked ? more : clause);
    }
    if (!asks) return false;
    constexpr std::size_t few_words = 15;  // bytes
    const bool tells =
        !t.world.pack->categories.find(rest).category.empty() ||
        (rest.size() > few_words && (t.meant.slots.has_address() || t.meant.slots.duration ||
                                     t.meant.kind == MessageKind::complaint || t.meant.kind == MessageKind::demand));
    std::string channels;
    for (std::size_t i = 0; i < published.channels.size(); ++i) {
        const auto& one = published.channels[i];
        const auto number = std::to_string(i + 1);
        const auto contact = t.name("published", "contact_" + number, one.contact);
        channels += (channels.empty() ? ""
                     : t.in_english() ? "; "
                                      : "；") +
                    t.name("published", "channel_" + number, one.title) +
                    (contact.empty() ? "" : (t.in_english() ? ": " : "：") + contact);
    }
    t.say(tells ? "talk.published_and_filed" : "talk.published",
          {{"procedure", t.name("published", "procedure", published.procedure)},
           {"expected", t.name("published", "expected", published.expected)},
           {"channels", channels}});
    if (tells) return false;  // whoever complains is not sent away with a procedure: it is taken down now
    t.ask_again();
    return true;
}

bool enquiry_flow(Turn& t) {
    if (t.means(MeaningKind::injection)) {
        t.say("talk.injection");
        t.ask_again();
        return true;
    }
    if (t.means(MeaningKind::thanks) || t.means(MeaningKind::farewell)) {
        t.say("talk.welcome_back");
        t.ask_again();
        return true;
    }
    if (t.means(MeaningKind::threat_external)) {
        t.say("talk.external", {{"whom", t.value_of(MeaningKind::threat_external)}});
        t.ask_again();
        return true;
    }
    // What it is about is known where something is asked of a ticket: noted for who deals with it, and asked again.
    const bool angry = t.means(MeaningKind::abuse) || t.means(MeaningKind::emotion);
    const auto& open = t.talk.question.kind;
    if (angry && !t.talk.draft() && !t.world.prompts.empty() && t.talk.abuse == 0 &&
        (open.empty() || open == "doubted" || open == "refusal")) {
        if (t.means(MeaningKind::abuse)) {
            ++t.talk.abuse;
            t.say("talk.anger_here");
        } else {
            t.act(AddEvidence{t.world.prompts.front().ticket, t.heard.text, {}});
            t.say("talk.anger_noted");
        }
        if (open == "refusal")
            t.ask_again();
        else
            put_prompt_again(t, true);
        return true;
    }
    if (t.means(MeaningKind::abuse) && t.talk.draft() && t.talk.abuse == 0) {
        ++t.talk.abuse;
        t.say("talk.abuse_here");
        t.ask_again();
        return true;
    }
    if (t.means(MeaningKind::abuse)) {
        if (++t.talk.abuse > 1) {
            auto& reply = t.ask({.kind = "offer_person", .key = "talk.abuse_again"});
            t.choice(reply, t.text("talk.choice.person"), {{"talk", "person"}});
        } else {
            t.ask({.kind = "ask", .detail = "matter", .key = "talk.abuse"});
        }
        return true;
    }
    if (t.means(MeaningKind::emotion)) {
        t.ask({.kind = "ask", .detail = "matter", .key = "talk.emotion"});
        return true;
    }
    if (t.means(MeaningKind::greet) || only_calls(t)) {
        if (t.talk.draft()) {
            t.ask_again();
            return true;
        }
        if (t.talk.greeted)
            t.say("talk.listening");
        else
            offer_ways(t, "talk.greeting");
        return true;
    }
    if (t.heard.kind == HeardKind::media) {
        for (const auto& attachment : t.heard.attachments) t.talk.loose_media.push_back(attachment.value);
        t.ask({.kind = "ask",
               .detail = "matter",
               .key = t.heard.media_kind == "voice" ? "talk.ask_about_voice" : "talk.ask_about_media"});
        return true;
    }
    return false;
}

void otherwise(Turn& t) {
    ++t.talk.nonsense;
    if (t.heard.kind == HeardKind::unknown) {
        t.say("talk.cannot_read");
        t.ask_again();
        return;
    }
    const bool wants_person =
        t.meant.kind == MessageKind::handoff && t.meant.meanings.empty() && !t.talk.draft() && !t.in_english();
    if (t.talk.nonsense >= 3 || wants_person) {
        auto& reply =
            t.ask({.kind = "offer_person", .key = wants_person ? "talk.offer_person_here" : "talk.offer_person"});
        t.choice(reply, t.text("talk.choice.person"), {{"talk", "person"}});
        return;
    }
    // What the engine asked just now is what he was about to answer.
    if (t.talk.nonsense == 1 && t.talk.question.kind.empty() && put_prompt_again(t)) return;
    if (t.talk.nonsense == 2 || t.talk.question.kind.empty()) {
        offer_ways(t, t.talk.nonsense == 2 ? "talk.ways" : "talk.not_understood");
        return;
    }
    t.say("talk.not_understood_here");
    t.ask_again();
}

}  // namespace huiyin
