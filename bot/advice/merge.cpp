#include "bot/advice/merge.h"

#include <algorithm>

#include "bot/advice/question.h"
#include "bot/understanding/text.h"

namespace huiyin::advice {
namespace {

constexpr double half_sure = 0.5;           // what was advised never counts as "the whole message says just this"
constexpr std::size_t matter_points = 200;  // as the rules cut it
constexpr std::size_t likely = 3;           // among so many of our own the advice only picks

// How much follows from a kind: an advice lifts and never lowers.
int weight(MessageKind kind) {
    switch (kind) {
        case MessageKind::complaint:
            return 3;
        case MessageKind::demand:
        case MessageKind::suggestion:
            return 2;
        case MessageKind::consultation:
        case MessageKind::praise:
            return 1;
        default:
            return 0;
    }
}

bool is_command(MessageKind kind) {
    return kind == MessageKind::handoff || kind == MessageKind::cancel || kind == MessageKind::rating;
}

// Words that complain, or a tone that does: then a complaint stays one.
bool blames(const Understood& understood) {
    if (understood.sentiment == Sentiment::angry || understood.sentiment == Sentiment::unhappy) return true;
    if (understood.hints.abuse || understood.hints.repeat || understood.hints.staff_complaint ||
        understood.hints.threat || understood.hints.external)
        return true;
    for (const char* word : {"投诉", "举报", "申诉", "维权", "差评", "没人管", "没人理", "不管", "complain"})
        if (understood.text.find(word) != std::string::npos) return true;
    return false;
}

// Facts that make a matter major under one kind and general under another: there the kind is left alone.
bool level_hangs_on_kind(const Understood& understood) {
    return understood.hints.media || understood.hints.lawsuit || understood.hints.group ||
           understood.slots.amount_fen || understood.level == Severity::major;
}

bool may_become(const Understood& understood, MessageKind kind) {
    const auto was = understood.kind;
    if (is_command(was)) return false;
    if (kind == was) return true;
    if (level_hangs_on_kind(understood)) return false;
    if (understood.kind_sure && weight(was) > 0) return false;  // the rules are sure
    if (was == MessageKind::complaint && kind == MessageKind::demand) return !blames(understood);
    return weight(kind) >= weight(was);
}

// The kind of ticket that a message becomes: what decides which categories it may have.
std::string_view ticket_kind(MessageKind kind) {
    return kind == MessageKind::complaint ? "complaint" : kind == MessageKind::demand ? "demand" : "";
}

bool fits(const Choices& choices, MessageKind kind, const std::string& category) {
    if (category.empty()) return false;
    if (kind == MessageKind::suggestion) return choices.has("complaint", category) || choices.has("demand", category);
    return choices.has(ticket_kind(kind), category);
}

// The name comes to the front of a descending list, with the score that stood there.
void put_first(std::vector<Score>& scores, const std::string& name) {
    const auto found =
        std::find_if(scores.begin(), scores.end(), [&](const Score& score) { return score.name == name; });
    if (found == scores.end()) {
        scores.insert(scores.begin(), {name, scores.empty() ? 1 : scores.front().score});
        return;
    }
    for (auto at = found; at != scores.begin(); --at) std::swap(at->name, std::prev(at)->name);
}

bool among_likely(const std::vector<Score>& scores, const std::string& name) {
    for (std::size_t at = 0; at < scores.size() && at < likely; ++at)
        if (scores[at].name == name) return true;
    return false;
}

void add(Understood& understood, MeaningKind kind, std::string slot, std::string value) {
    if (understood.means(kind) && kind != MeaningKind::fill_slot) return;
    understood.meanings.push_back({kind, std::move(slot), value, half_sure, std::move(value)});
}

// What the rules would have added for such a kind, in the message's own words.
void tell(Understood& understood) {
    const auto& slots = understood.slots;
    const bool opens = weight(understood.kind) > 0;
    if (opens && understood.matter.empty() && !slots.has_address() && !slots.phone && !slots.second_phone &&
        !slots.broken_phone && !slots.ticket && understood.kind != MessageKind::consultation) {
        auto words = to_points(understood.text);
        if (words.size() > matter_points) words.resize(matter_points);
        understood.matter = to_utf8(words);
        add(understood, MeaningKind::fill_slot, "matter", understood.matter);
    }
    if (understood.kind == MessageKind::consultation) add(understood, MeaningKind::question, "", understood.text);
    if (understood.kind == MessageKind::suggestion) add(understood, MeaningKind::suggestion, "", understood.text);
    if (understood.kind == MessageKind::praise) add(understood, MeaningKind::praise, "", understood.text);
    if (opens) understood.has_substance = true;
}

bool take_acts(Understood& understood, const Advice& advice) {
    const bool found = std::any_of(understood.meanings.begin(), understood.meanings.end(), [](const Meaning& meaning) {
        return meaning.kind != MeaningKind::emotion && meaning.kind != MeaningKind::abuse;
    });
    if (found || weight(understood.kind) > 0 || is_command(understood.kind)) return false;
    for (const auto act : advice.acts) {
        understood.meanings.push_back({act, "", "", half_sure, understood.text});
        understood.because.push_back("endpoint: " + std::string(to_text(act)));
    }
    if (advice.acts.empty()) return false;
    understood.has_substance = true;
    if (advice.kind == MessageKind::progress_query && understood.means(MeaningKind::progress)) {
        understood.kind = MessageKind::progress_query;
        put_first(understood.kind_scores, std::string(to_text(understood.kind)));
    }
    return true;
}

}  // namespace

bool take_advice(Understood& understood, const Advice& advice, const Choices& choices) {
    if (!worth_asking(understood)) return false;
    if (advice.kind == MessageKind::chitchat || advice.kind == MessageKind::progress_query)
        return take_acts(understood, advice);
    if (!may_become(understood, advice.kind)) return false;

    const auto was = understood.kind;
    const auto before = understood.category;
    const bool was_sure = understood.category_sure && !before.empty();
    const bool had_sure_kind = understood.kind_sure;
    std::string category;
    if (was_sure && (advice.kind == was || fits(choices, advice.kind, before))) {
        category = before;  // the rules were sure of it
    } else if (advice.kind == MessageKind::consultation || advice.kind == MessageKind::praise) {
        category = advice.kind == MessageKind::consultation ? "consultation" : "other";  // as the rules have it
        if (!choices.has("demand", category)) category.clear();
    } else if (fits(choices, advice.kind, advice.category)) {
        category = advice.category;
    } else if (!choices.categories.empty()) {
        return false;  // a kind with another kind's category is no advice
    }
    // Where nothing had been understood it stays a guess, so that an answer to a question is still taken for one.
    const bool sure =
        was_sure || (!before.empty() && !category.empty() && among_likely(understood.category_scores, category));
    const bool sorts = !category.empty() && category != before;
    if (advice.kind == was && had_sure_kind && !sorts && sure == was_sure) return false;

    understood.kind = advice.kind;
    understood.kind_sure = true;
    put_first(understood.kind_scores, std::string(to_text(advice.kind)));
    if (sorts) {
        understood.category = category;
        put_first(understood.category_scores, category);
    }
    understood.category_sure = sure;
    tell(understood);
    understood.because.push_back("endpoint: " + std::string(to_text(advice.kind)) +
                                 (category.empty() ? "" : " " + category));
    return true;
}

}  // namespace huiyin::advice
