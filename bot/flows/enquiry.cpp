// Questions that have an answer, small talk, and what is left when nothing fits: never a dead end.
#include "bot/flows/flows.h"

namespace huiyin {
namespace {

void offer_ways(Turn& t, std::string_view key) {
    auto& reply = t.say(key);
    t.choice(reply, t.text("talk.choice.report"), {{"talk", "report"}});
    t.choice(reply, t.text("talk.choice.progress"), {{"talk", "progress"}});
    t.choice(reply, t.text("talk.choice.person"), {{"talk", "person"}});
}

}  // namespace

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
