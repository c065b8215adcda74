// Questions that have an answer, small talk, and what is left when nothing fits: never a dead end.
#include <algorithm>

#include "bot/flows/flows.h"

namespace huiyin {

void offer_ways(Turn& t, std::string_view key) {
    auto& reply = t.say(key);
    t.choice(reply, t.text("talk.choice.report"), {{"talk", "report"}});
    t.choice(reply, t.text("talk.choice.progress"), {{"talk", "progress"}});
    t.choice(reply, t.text("talk.choice.person"), {{"talk", "person"}});
}

bool tell_published(Turn& t) {
    const auto& published = t.world.policy->published;
    if (published.procedure.empty() || t.heard.kind != HeardKind::text) return false;
    const auto says = [&](std::initializer_list<std::string_view> words) {
        return std::any_of(words.begin(), words.end(),
                           [&](std::string_view word) { return t.meant.text.find(word) != std::string::npos; });
    };
    constexpr std::size_t a_question = 60;  // bytes: who tells a story asks for no procedure
    if (t.meant.text.size() > a_question || !says({"流程", "程序", "怎么投诉", "怎么申诉", "怎么举报", "如何投诉",
                                                   "如何申诉", "如何举报", "投诉电话", "举报电话", "怎么个投诉"}))
        return false;
    std::string channels;
    for (const auto& one : published.channels)
        channels += (channels.empty() ? "" : "；") + one.title + (one.contact.empty() ? "" : "：" + one.contact);
    t.say("talk.published",
          {{"procedure", published.procedure}, {"expected", published.expected}, {"channels", channels}});
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
    if (t.means(MeaningKind::greet)) {
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
    if (t.talk.nonsense >= 3) {
        auto& reply = t.ask({.kind = "offer_person", .key = "talk.offer_person"});
        t.choice(reply, t.text("talk.choice.person"), {{"talk", "person"}});
        return;
    }
    if (t.talk.nonsense == 2 || t.talk.question.kind.empty()) {
        offer_ways(t, t.talk.nonsense == 2 ? "talk.ways" : "talk.not_understood");
        return;
    }
    t.say("talk.not_understood_here");
    t.ask_again();
}

}  // namespace huiyin
