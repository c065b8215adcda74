#include "bot/understanding/understand.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "bot/understanding/acts.h"
#include "bot/understanding/emergency.h"
#include "bot/understanding/endangering.h"
#include "bot/understanding/english_figures.h"
#include "bot/understanding/judging.h"
#include "bot/understanding/matter.h"
#include "bot/understanding/model.h"

namespace huiyin {
namespace {

constexpr std::size_t read_at_most = 4000;
constexpr double sure_of_errand = 0.95;  // of the held-out answers to our questions none comes near it
bool has(std::u32string_view text, std::u32string_view word) { return text.find(word) != text.npos; }
// 什么破物业: nothing is named but us.
bool curses_us(std::u32string_view low) {
    return low.size() <= 9 && (has(low, U"破物业") || has(low, U"烂物业") || has(low, U"垃圾物业"));
}
// 垃圾没人收 names a matter; 垃圾物业 and 垃圾! do not.
bool names_rubbish(std::u32string_view low) {
    const auto at = low.find(U"垃圾");
    return at != low.npos && low.size() > at + 4 && !has(low, U"垃圾物业") && !has(low, U"垃圾服务") &&
           !has(low, U"垃圾公司");
}

class Builtin final : public Understanding {
public:
    Builtin(std::optional<Model> model, CommunitiesNow communities)
        : model_(std::move(model)), communities_(std::move(communities)) {}

    Understood understand(std::string_view text, TimePoint now, const Zone& zone) const override {
        Understood result;
        result.original = std::string(text);
        const Written written = normaliser_.normalise(text, read_at_most);
        result.text = to_utf8(written.points);
        result.language = written.language;
        const Hits hits{lexicon_.find(written.low), written.low};
        FoundFacts facts = read_facts(written, hits, *communities(), now, zone);
        const auto features = text_for_features(written, facts);
        ModelScores scores;
        DangerFound found;
        if (const auto plain = without_figures(written.low)) {
            const Hits plain_hits{lexicon_.find(*plain), *plain};
            found = find_danger(*plain, plain_hits);
            found.guarded = true;  // the model reads the figures as well
        } else {
            found = find_danger(written.low, hits);
        }
        // A number alone is no cry for help.
        if (std::none_of(written.low.begin(), written.low.end(),
                         [](char32_t point) { return is_han(point) || is_ascii_letter(point); }))
            found.guarded = true;
        const DangerSigns signs{hits, found};
        if (model_ && !features.empty()) scores = model_->score(features, &signs);
        auto judged = judge_dangers(model_ ? &*model_ : nullptr, written, facts, signs, scores);
        result.emergency = judged.emergency;
        if (!judged.because.empty()) result.because.push_back(std::move(judged.because));
        auto acts = acts_.find(written, hits, facts);
        hint(result, written, hits, acts);
        judge(result, written, hits, facts, acts, scores, features.empty());
        meanings(result, written, hits, facts, std::move(acts));
        result.slots = std::move(facts.slots);
        level(result);
        return result;
    }

private:
    std::shared_ptr<const CommunityNames> communities() const {
        static const auto none = std::make_shared<const CommunityNames>();
        auto known = communities_ ? communities_() : nullptr;
        return known ? known : none;
    }
    void meanings(Understood& result, const Written& written, const Hits& hits, FoundFacts& facts,
                  std::vector<Meaning> acts) const {
        const std::u32string_view low = written.low;
        result.hints.vulnerable = facts.slots.vulnerable.has_value();
        std::vector<Meaning> list = std::move(acts);
        for (const auto& fact : facts.list)
            list.push_back({fact.corrects ? MeaningKind::correct_slot : MeaningKind::fill_slot, fact.slot, fact.value,
                            fact.score, fact.value});
        if (facts.slots.occurred_in_future)
            list.push_back(
                {MeaningKind::fill_slot, "occurred", facts.slots.occurred_text, 0.3, facts.slots.occurred_text});
        for (const auto& slot : facts.doubted) list.push_back({MeaningKind::correct_slot, slot, "", 0.9, "错了"});
        const bool whole_act = std::any_of(list.begin(), list.end(), [](const Meaning& meaning) {
            return meaning.score >= 0.9 && meaning.kind != MeaningKind::fill_slot &&
                   meaning.kind != MeaningKind::abuse && meaning.kind != MeaningKind::confidential &&
                   meaning.kind != MeaningKind::proxy && meaning.kind != MeaningKind::correct_slot &&
                   meaning.kind != MeaningKind::threat_external;
        });
        const bool files = result.kind == MessageKind::complaint || result.kind == MessageKind::demand ||
                           result.kind == MessageKind::suggestion || result.kind == MessageKind::praise;
        const bool nonsense = is_nonsense(written, hits, facts);
        if (nonsense && !whole_act) list.push_back({MeaningKind::nonsense, "", "", 0.9, result.text});
        // A matter is there where a fault, a danger or a request is named, not mere feeling.
        const bool named = hits.has(Word::fault) || result.emergency || hits.has(Word::wish_cue) ||
                           hits.has(Word::landmark) || hits.has(Word::home_place) || hits.has(Word::lift) ||
                           hits.has(Word::device) || hits.has(Word::staff_bad) || names_rubbish(low);
        const bool only_feeling = (hits.has(Word::feeling) || hits.has(Word::anger) || hits.has(Word::abuse)) && !named;
        const bool curses = curses_us(written.low);
        const bool generic = only_feeling || curses ||
                             (result.kind == MessageKind::complaint && !named && written.low.size() <= 12 &&
                              (has(low, U"投诉") || has(low, U"物业")));
        if (files && !nonsense && !(whole_act && !named)) {
            result.matter = matter_of(written, hits, facts);
            if (written.language == "en") result.matter = tidy_english(result.matter);
            const std::u32string words = to_points(result.matter);
            if (generic || (words.size() < 2 && !named)) {
                result.matter.clear();
                if (only_feeling || curses) list.push_back({MeaningKind::emotion, "", "", 0.8, result.text});
            } else if (!result.matter.empty()) {
                list.push_back(
                    {MeaningKind::fill_slot, "matter", result.matter, result.kind_scores[0].score, result.matter});
            }
        } else if (only_feeling && !whole_act) {
            list.push_back({MeaningKind::emotion, "", "", 0.6, result.text});
        }
        if (result.kind == MessageKind::consultation)
            list.push_back({MeaningKind::question, "", result.text, result.kind_scores[0].score, result.text});
        if (result.kind == MessageKind::praise && !std::any_of(list.begin(), list.end(), [](const Meaning& meaning) {
                return meaning.kind == MeaningKind::rating && meaning.score > 0.8;
            }))
            list.push_back({MeaningKind::praise, "", "", result.kind_scores[0].score, result.text});
        if (result.kind == MessageKind::suggestion)
            list.push_back({MeaningKind::suggestion, "", result.text, result.kind_scores[0].score, result.text});
        add_what_is_sure(result, written, list);
        several(result, written, list);
        result.has_substance = std::any_of(list.begin(), list.end(),
                                           [](const Meaning& meaning) {
                                               switch (meaning.kind) {
                                                   case MeaningKind::greet:
                                                   case MeaningKind::nonsense:
                                                   case MeaningKind::emotion:
                                                       return false;
                                                   default:
                                                       return meaning.score >= 0.5;
                                               }
                                           }) ||
                               result.emergency.has_value() || hits.has(Word::resolved) || hits.has(Word::noone);
        // Acts by sureness; facts keep their order behind what outweighs them.
        std::stable_sort(list.begin(), list.end(), [](const Meaning& a, const Meaning& b) {
            const auto rank = [](const Meaning& meaning) {
                return meaning.kind == MeaningKind::fill_slot || meaning.kind == MeaningKind::correct_slot
                           ? 0.65
                           : meaning.score;
            };
            return rank(a) > rank(b);
        });
        result.meanings = std::move(list);
    }

    // What no phrase of ours has, and the model has no doubt of: "进度到哪了". Only where nothing else is said, and
    // only what does no harm should it be wrong.
    static void add_what_is_sure(const Understood& result, const Written& written, std::vector<Meaning>& list) {
        if (!list.empty() || written.language == "en" || result.kind_scores.empty() ||
            result.kind_scores[0].score < sure_of_errand)
            return;
        const auto kind = result.kind == MessageKind::progress_query ? std::optional(MeaningKind::progress)
                          : result.kind == MessageKind::handoff      ? std::optional(MeaningKind::hand_over)
                                                                     : std::nullopt;
        if (kind) list.push_back({*kind, "", "", result.kind_scores[0].score, result.text});
    }

    // Several matters: parts joined by 另外, 顺便, 还有, or numbered, whose categories differ or that each name a
    // fault.
    void several(Understood& result, const Written& written, const std::vector<Meaning>& list) const {
        if (!model_ || result.matter.empty()) return;
        const std::u32string_view all = written.low;
        std::vector<std::size_t> cuts;
        for (const auto* joint : {U"另外",   U"顺便",   U"顺带", U"还有就是", U",还有", U"还有,",  U"还有个",
                                  U"还有一", U"再一个", U"第二", U"除此之外", U"此外",  U"再就是", U"然后就是",
                                  U"2.",     U"二是",   U"2,",   U"also",     U"二来",  U"其次"}) {
            const auto at = all.find(joint);
            if (at != all.npos && at >= 3) cuts.push_back(at);
        }
        if (cuts.empty()) return;
        std::sort(cuts.begin(), cuts.end());
        std::vector<std::u32string_view> parts;
        std::size_t begin = 0;
        for (const auto at : cuts) {
            if (at < begin + 3) continue;
            parts.push_back(all.substr(begin, at - begin));
            begin = at;
        }
        parts.push_back(all.substr(begin));
        std::vector<Matter> matters;
        for (const auto part : parts) {
            Written piece{std::u32string(part), std::u32string(part), written.language};
            const Hits hits{lexicon_.find(piece.low), piece.low};
            const FoundFacts facts = read_facts(piece, hits, *communities(), {}, {});
            if (!hits.has(Word::fault) && !hits.has(Word::nuisance_child) && !hits.has(Word::lift) &&
                !hits.has(Word::device) && !hits.has(Word::staff_bad) && !has(piece.low, U"没"))
                continue;
            std::string text = matter_of(piece, hits, facts);
            for (const std::string_view joint :
                 {"另外", "顺便", "顺带", "还有就是", "还有个", "还有一个", "还有", "此外", "再一个是", "再一个",
                  "两个事", "两件事", "一个是", "第一", "再就是", "然后就是", "也", "把"}) {
                if (text.compare(0, joint.size(), joint) == 0) text.erase(0, joint.size());
                while (!text.empty() && (text[0] == ',' || text[0] == ' ')) text.erase(0, 1);
            }
            if (to_points(text).size() < 2) continue;
            const auto scores = model_->score(text_for_features(piece, facts));
            std::string category = scores.category.empty() ? "" : scores.category[0].name;
            matters.push_back({text, category});
        }
        if (matters.size() >= 2) result.matters = std::move(matters);
        static_cast<void>(list);
    }

    static void level(Understood& result) {
        switch (result.kind) {
            case MessageKind::complaint:
                result.level = result.hints.media || result.hints.lawsuit || result.hints.group ||
                                       result.slots.amount_fen.value_or(0) >= 200000
                                   ? Severity::major
                                   : Severity::general;
                break;
            case MessageKind::demand:
            case MessageKind::suggestion:
            case MessageKind::praise:
                result.level = Severity::general;
                break;
            default:
                result.level.reset();
        }
    }

    Normaliser normaliser_;
    Lexicon lexicon_;
    Acts acts_;
    std::optional<Model> model_;
    CommunitiesNow communities_;
};

}  // namespace

Result<std::unique_ptr<Understanding>> builtin_understanding(const std::string& model_file,
                                                             CommunitiesNow communities) {
    auto model = Model::read(model_file);
    if (!model) return model.problem();
    return std::unique_ptr<Understanding>(new Builtin(std::move(*model), std::move(communities)));
}

std::unique_ptr<Understanding> rules_only_understanding(CommunitiesNow communities) {
    return std::unique_ptr<Understanding>(new Builtin(std::nullopt, std::move(communities)));
}

Result<std::string> find_model(const std::string& share) {
    namespace fs = std::filesystem;
    std::vector<std::string> places;
    if (!share.empty()) places.push_back(share + "/model.bin");
    if (const char* from = std::getenv("HUIYIN_SHARE"); from && *from)
        places.push_back(std::string(from) + "/model.bin");
    std::error_code error;
    const auto program = fs::read_symlink("/proc/self/exe", error);
    if (!error) {
        places.push_back((program.parent_path() / "share/huiyin/model.bin").string());
        places.push_back((program.parent_path() / "../share/huiyin/model.bin").lexically_normal().string());
    }
#ifdef HUIYIN_MODEL
    places.emplace_back(HUIYIN_MODEL);
#endif
    std::string looked;
    for (const auto& place : places) {
        if (fs::is_regular_file(place, error)) return place;
        looked += (looked.empty() ? "" : ", ") + place;
    }
    return Problem{"understanding.no_model",
                   "no model of understanding: looked at " + looked +
                       ": build it, target understanding_model, or name its folder with HUIYIN_SHARE",
                   ""};
}

}  // namespace huiyin
