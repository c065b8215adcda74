#include "bot/understanding/judging.h"

#include <algorithm>
#include <array>

#include "bot/understanding/matter.h"

namespace huiyin {
namespace {

bool has(std::u32string_view text, std::u32string_view word) { return text.find(word) != text.npos; }

const Meaning* act(const std::vector<Meaning>& acts, MeaningKind kind, double least) {
    for (const auto& meaning : acts)
        if (meaning.kind == kind && meaning.score >= least) return &meaning;
    return nullptr;
}

}  // namespace

void hint(Understood& result, const Written& written, const Hits& hits, const std::vector<Meaning>& acts) {
    const std::u32string_view low = written.low;
    auto& hints = result.hints;
    const auto note = [&](bool& flag, Word group, const char* name) {
        if (const auto* hit = hits.first(group)) {
            flag = true;
            result.because.push_back(std::string(name) + ": " + to_utf8(hits.words(*hit)));
        }
    };
    note(hints.media, Word::media_done, "media");
    if (hints.media && (has(low, U"再不") || has(low, U"就要") || has(low, U"小心") || has(low, U"如果") ||
                        has(low, U"要不然") || has(low, U"否则") || has(low, U"别怪")))
        hints.media = has(low, U"已经");
    note(hints.lawsuit, Word::lawsuit_done, "lawsuit");
    if (hints.lawsuit &&
        (has(low, U"再不") || has(low, U"就要") || has(low, U"如果") || has(low, U"否则") || has(low, U"准备")))
        hints.lawsuit = has(low, U"已经");
    note(hints.group, Word::group_action, "group");
    if (hints.group && (has(low, U"签名确认") || has(low, U"集体照") || has(low, U"集体活动") || has(low, U"集体宿舍")))
        hints.group = false;
    note(hints.repeat, Word::repeat, "repeat");
    note(hints.confidential, Word::confidential, "confidential");
    note(hints.anonymous, Word::anonymous, "anonymous");
    note(hints.developer, Word::developer, "developer");
    note(hints.safety, Word::safety, "safety");
    if (result.emergency) hints.safety = true;
    note(hints.threat, Word::threat, "threat");
    note(hints.external, Word::external, "external");
    hints.abuse = act(acts, MeaningKind::abuse, 0) != nullptr;
    if (const auto* bad = hits.first(Word::staff_bad))
        if (hits.has(Word::staff_role)) {
            hints.staff_complaint = true;
            result.because.push_back("staff complaint: " + to_utf8(hits.words(*bad)));
        }
    // Tone.
    int bad = 0;
    for (const auto& hit : hits.all())
        if (hit.group == Word::anger || hit.group == Word::feeling || hit.group == Word::irony) ++bad;
    const bool exclaims = has(low, U"!!");
    if (hints.abuse || hints.threat || bad >= 2 || (bad >= 1 && exclaims))
        result.sentiment = Sentiment::angry;
    else if (bad == 1 || exclaims)
        result.sentiment = Sentiment::unhappy;
    else if (hits.has(Word::praise_word) && !hits.has(Word::fault))
        result.sentiment = Sentiment::content;
}

void judge(Understood& result, const Written& written, const Hits& hits, const FoundFacts& facts,
           const std::vector<Meaning>& acts, const ModelScores& scores, bool nothing_else) {
    const std::u32string_view low = written.low;
    std::array<double, message_kinds> kinds{};
    if (scores.kind.empty()) {
        kinds[static_cast<std::size_t>(hits.has(Word::fault)                ? MessageKind::complaint
                                       : hits.has(Word::question_mark_word) ? MessageKind::consultation
                                                                            : MessageKind::chitchat)] = 0.6;
        for (auto& one : kinds) one += 0.04;
    } else {
        for (const auto& score : scores.kind)
            if (const auto kind = message_kind(score.name)) kinds[static_cast<std::size_t>(*kind)] = score.score;
    }
    const auto raise = [&](MessageKind kind, double to) {
        auto& score = kinds[static_cast<std::size_t>(kind)];
        for (auto& other : kinds) other *= 1 - to;
        score += to;
    };
    const auto lower = [&](MessageKind kind, double by) { kinds[static_cast<std::size_t>(kind)] *= by; };
    using Kind = MeaningKind;
    const auto surely = [&](std::initializer_list<Kind> list, double least) {
        for (const auto kind : list)
            if (const auto* found = act(acts, kind, least)) return found;
        return static_cast<const Meaning*>(nullptr);
    };
    const Meaning* by = nullptr;
    const bool fault = hits.has(Word::fault);
    if ((by = surely({Kind::hand_over}, 0.85)))
        raise(MessageKind::handoff, by->score >= 0.95 || !fault ? 0.95 : 0.6);
    else if ((by = surely({Kind::rating_correction}, 0.85)))
        raise(MessageKind::rating, 0.95);
    else if ((by = surely({Kind::withdraw, Kind::cancel}, 0.85)) && !surely({Kind::fixed_no}, 0.7))
        raise(MessageKind::cancel, 0.92);
    else if ((by = surely({Kind::rating}, 0.85)) && low.size() <= 40 && !surely({Kind::refuse_proposal}, 1.1) &&
             // 服务太差了 blames; 太差了 alone, or with a number, a star, a 满意, judges.
             !(has(low, U"服务") && !has(low, U"满意") && !has(low, U"分") && !has(low, U"星") && !has(low, U"评")))
        raise(MessageKind::rating, 0.92);
    else if ((by = surely({Kind::progress, Kind::urge}, 0.9)))
        raise(MessageKind::progress_query, 0.92);
    else if ((by = surely({Kind::progress}, 0.8)))
        raise(MessageKind::progress_query, 0.7);
    else if ((by = surely({Kind::why_so_long, Kind::promise_wish}, 0.85)))
        raise(MessageKind::progress_query, 0.6);
    else if ((by = surely({Kind::greet,
                           Kind::thanks,
                           Kind::farewell,
                           Kind::robot_question,
                           Kind::bot_complaint,
                           Kind::yes,
                           Kind::no,
                           Kind::vague_yes,
                           Kind::indifferent,
                           Kind::agree_proposal,
                           Kind::refuse_proposal,
                           Kind::pause,
                           Kind::resume,
                           Kind::back,
                           Kind::skip,
                           Kind::help,
                           Kind::repeat_please,
                           Kind::restart,
                           Kind::menu_number,
                           Kind::edit_number,
                           Kind::partial_consent,
                           Kind::stop_surveys,
                           Kind::fixed_yes,
                           Kind::injection},
                          0.9)) &&
             (!fault || by->score >= 0.95))
        raise(MessageKind::chitchat, 0.92);
    else {
        by = nullptr;
        const bool nothing_said = is_nonsense(written, hits, facts) || nothing_else ||
                                  (only_facts(written, hits, facts) && !result.emergency);
        if (nothing_said) raise(MessageKind::chitchat, 0.95);
        // A command inside a longer sentence is none.
        // Nothing is asked without a word that asks; 在吗 only greets.
        bool asks = written.language == "en" || has(low, U"?") || has(low, U"了解") || has(low, U"咨询") ||
                    has(low, U"请问") || has(low, U"想知道") || has(low, U"打听");
        for (const auto& hit : hits.all())
            if (hit.group == Word::question_mark_word &&
                !(hits.words(hit) == U"吗" && hit.begin > 0 && low[hit.begin - 1] == U'在'))
                asks = true;
        if (!asks && low.size() > 2) lower(MessageKind::consultation, 0.1);
        // A thing and where it stands is more than talk, whatever greeting stands before it.
        const auto talk = kinds[static_cast<std::size_t>(MessageKind::chitchat)] +
                          kinds[static_cast<std::size_t>(MessageKind::rating)];
        const double progress = kinds[static_cast<std::size_t>(MessageKind::progress_query)];
        if (talk + progress + kinds[static_cast<std::size_t>(MessageKind::cancel)] > 0.5 && !asks &&
            (hits.has(Word::resolved) || hits.has(Word::noone)))
            raise(MessageKind::complaint, 0.6);
        if (progress > 0.5 && !asks && facts.slots.duration &&
            (has(low, U"停") || has(low, U"坏") || has(low, U"漏") || has(low, U"堵") || has(low, U"断")) &&
            !surely({Kind::progress, Kind::urge}, 0.5))
            raise(MessageKind::complaint, 0.6);
        if (talk > 0.5 && (((hits.has(Word::lift) || hits.has(Word::device) || fault) && facts.slots.building) ||
                           (facts.slots.duration && !asks && written.language != "en")))
            raise(MessageKind::complaint, 0.6);
        if ((hits.has(Word::feeling) || hits.has(Word::anger)) && !hits.has(Word::praise_word))
            lower(MessageKind::chitchat, 0.02);
        if (fault || low.size() > 14) {
            lower(MessageKind::handoff, 0.2);
            lower(MessageKind::cancel, 0.3);
            if (!surely({Kind::rating}, 0.5)) lower(MessageKind::rating, 0.15);
        }
        if (result.emergency && !nothing_said) raise(MessageKind::complaint, 0.3);
        if (fault && hits.has(Word::anger)) lower(MessageKind::chitchat, 0.5), lower(MessageKind::praise, 0.4);
        // Praise that blames.
        if (hits.has(Word::irony) && (fault || hits.has(Word::anger))) lower(MessageKind::praise, 0.1);
    }
    if (by) result.because.push_back("act " + std::string(to_text(by->kind)) + ": " + by->because);
    double total = 1e-12;
    for (const double score : kinds) total += score;
    for (int index = 0; index < message_kinds; ++index)
        result.kind_scores.push_back(
            {std::string(to_text(static_cast<MessageKind>(index))), kinds[static_cast<std::size_t>(index)] / total});
    std::stable_sort(result.kind_scores.begin(), result.kind_scores.end(),
                     [](const Score& a, const Score& b) { return a.score > b.score; });
    result.kind = *message_kind(result.kind_scores[0].name);
    result.kind_sure = result.kind_scores[0].score - result.kind_scores[1].score > 0.15;
    // The category, among those its kind may have.
    const bool opens = result.kind == MessageKind::complaint || result.kind == MessageKind::demand ||
                       result.kind == MessageKind::suggestion || result.kind == MessageKind::praise ||
                       result.kind == MessageKind::consultation;
    if (!opens) return;
    if (scores.category.empty()) return;
    result.category_scores = scores.category;
    if (result.kind == MessageKind::consultation) {
        result.category = "consultation";
    } else if (result.kind == MessageKind::praise) {
        result.category = "other";
    } else {
        // What the kind may have: a complaint five, a demand the rest, as it was trained; a suggestion follows what
        // it is about, in or outside of the agreement.
        const std::string kind = result.kind == MessageKind::complaint || result.kind == MessageKind::suggestion
                                     ? std::string(to_text(result.kind))
                                     : "demand";
        double first = 0, second = 0;
        for (const auto& one : scores.both) {
            if (one.kind != kind) continue;
            if (result.category.empty()) {
                result.category = one.category;
                first = one.score;
            } else {
                second = one.score;
                break;
            }
        }
        result.category_sure = first > 1.25 * second;
    }
    if (!scores.concepts.empty()) {
        std::string words;
        for (std::size_t index = 0; index < scores.concepts.size() && index < 5; ++index)
            words += (index ? ", " : "") + scores.concepts[index].second;
        result.because.push_back("category " + result.category + ": " + words);
    }
}

}  // namespace huiyin
