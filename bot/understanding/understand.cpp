#include "bot/understanding/understand.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include "bot/understanding/acts.h"
#include "bot/understanding/emergency.h"
#include "bot/understanding/model.h"

namespace huiyin {
namespace {

constexpr std::size_t read_at_most = 4000;
// How sure the model must be: where a word says what happens (it falls, burns, is shut in), and where none does.
constexpr double endangered_by_event = 0.6, endangered_by_tone = 0.7;

bool has(std::u32string_view text, std::u32string_view word) { return text.find(word) != text.npos; }

// The matter in its own words: without address, phone, greeting, politeness, abuse, and without what is only a wish.
std::string matter_of(const Written& written, const Hits& hits, const Facts& facts) {
    const std::u32string_view all = written.points;
    std::vector<bool> drop(all.size(), false);
    for (const auto& fact : facts.list) {
        const bool place =
            fact.slot == "building" || fact.slot == "unit" || fact.slot == "room" || fact.slot == "community";
        const bool number =
            fact.slot == "phone" || fact.slot == "second_phone" || fact.slot == "broken_phone" || fact.slot == "ticket";
        if (fact.score < 1 || (!place && !number)) continue;
        std::size_t begin = fact.begin;
        if (number)  // 电话, 联系电话:, 打我老婆 before the number
            for (bool more = true; more;) {
                more = false;
                while (begin > 0 && (all[begin - 1] == U' ' || all[begin - 1] == U':' || all[begin - 1] == U'是' ||
                                     all[begin - 1] == U'的'))
                    --begin;
                for (const auto& hit : hits.all())
                    if ((hit.group == Word::phone_cue || hit.group == Word::relation) && hit.end == begin &&
                        hit.begin < begin) {
                        begin = hit.begin;
                        more = true;
                        break;
                    }
                if (begin > 0 && all[begin - 1] == U'我') --begin;
            }
        for (std::size_t at = begin; at < fact.end && at < drop.size(); ++at) drop[at] = true;
    }
    std::u32string matter;
    std::size_t begin = 0;
    const auto keep_clause = [&](std::size_t from, std::size_t to) {
        std::u32string clause;
        for (std::size_t at = from; at < to; ++at)
            if (!drop[at]) clause.push_back(all[at]);
        const auto trim = [&clause](std::u32string_view ends) {
            while (!clause.empty() && ends.find(clause.front()) != ends.npos) clause.erase(0, 1);
            while (!clause.empty() && std::u32string_view(U" ,:-的。").find(clause.back()) != std::u32string_view::npos)
                clause.pop_back();
        };
        trim(U" ,:-的");
        for (const auto* polite : {U"你好",     U"您好",   U"喂",       U"在吗", U"请问",     U"物业",   U"我要投诉",
                                   U"我想投诉", U"投诉",   U"我要报修", U"报修", U"反映一下", U"我反映", U"我想反映",
                                   U"我住",     U"我家住", U"我是",     U"我在", U"哎",       U"那个",   U"麻烦"})
            if (clause == polite ||
                (std::u32string_view(clause).starts_with(polite) && std::u32string_view(polite).size() >= 2 &&
                 clause.size() > std::u32string_view(polite).size() + 2 &&
                 (std::u32string_view(polite) == U"我要投诉" || std::u32string_view(polite) == U"我想投诉" ||
                  std::u32string_view(polite) == U"我要报修" || std::u32string_view(polite) == U"你好" ||
                  std::u32string_view(polite) == U"您好" || std::u32string_view(polite) == U"我想反映" ||
                  std::u32string_view(polite) == U"反映一下"))) {
                clause.erase(0, std::u32string_view(polite).size());
                trim(U" ,:-的");
            }
        if (clause.size() < 2) {
            if (clause.empty() || !is_han(clause[0]) ||
                std::u32string_view(U"修灯漏堵脏吵臭").find(clause[0]) == std::u32string_view::npos)
                return;
        }
        const bool abusive = [&] {
            for (const auto& hit : hits.all())
                if (hit.group == Word::abuse && hit.begin >= from && hit.end <= to &&
                    clause.size() <= static_cast<std::size_t>(hit.end - hit.begin) + 8)
                    return true;
            return false;
        }();
        if (abusive) return;
        for (const auto* thanks :
             {U"谢谢", U"多谢", U"麻烦了", U"辛苦了", U"拜托了", U"好吗", U"快点", U"在吗", U"有人吗"})
            if (clause == thanks) return;
        if (!matter.empty()) matter += U",";
        matter += clause;
    };
    for (std::size_t at = 0; at <= all.size(); ++at) {
        bool stop = at == all.size() ||
                    (is_stop(all[at]) &&
                     !(at > 0 && at + 1 < all.size() && is_ascii_digit(all[at - 1]) && is_ascii_digit(all[at + 1])));
        if (!stop && all[at] == U' ' && at > 0 && !is_ascii_letter(all[at - 1])) stop = true;
        if (!stop) continue;
        if (at > begin) keep_clause(begin, at);
        begin = at + 1;
    }
    if (matter.size() > 200) matter.resize(200);
    return to_utf8(matter);
}

bool is_nonsense(const Written& written, const Hits& hits, const Facts& facts) {
    const std::u32string_view low = written.low;
    if (low.empty()) return true;
    std::size_t han = 0, letters = 0, digits = 0, other = 0, repeats = 0;
    for (std::size_t at = 0; at < low.size(); ++at) {
        const char32_t point = low[at];
        if (is_han(point))
            ++han;
        else if (is_ascii_letter(point))
            ++letters;
        else if (is_ascii_digit(point))
            ++digits;
        else
            ++other;
        if (at > 0 && low[at - 1] == point) ++repeats;
    }
    if (!facts.list.empty()) return false;
    if (han == 0 && letters == 0 && digits == 0) return !hits.has(Word::feeling);
    if (han == 0 && letters > 0) {
        if (!hits.all().empty()) return false;
        // A word of English has vowels and is known or stands among others; asdf, qwerty, hjkl do not.
        std::size_t words = 1, vowels = 0;
        for (const auto point : low)
            words += point == U' ', vowels += std::u32string_view(U"aeiou").find(point) != std::u32string_view::npos;
        return words < 3 || vowels * 6 < letters;
    }
    if (han > 2 && repeats + 1 >= low.size()) return true;  // 啊啊啊啊啊
    return false;
}

// Only facts and the words around them: "不是2栋,是3栋2单元501", "我电话是138…". Nothing is reported by it.
bool only_facts(const Written& written, const Hits& hits, const Facts& facts) {
    if (facts.list.empty() || hits.has(Word::fault)) return false;
    std::vector<bool> drop(written.low.size(), false);
    const auto cover = [&](std::size_t begin, std::size_t end) {
        for (std::size_t at = begin; at < end && at < drop.size(); ++at) drop[at] = true;
    };
    for (const auto& fact : facts.list) {
        if (fact.slot == "wish" || fact.slot == "vulnerable" || fact.slot == "people") return false;
        cover(fact.begin, fact.end);
    }
    for (const auto& hit : hits.all())
        if (hit.group == Word::correction || hit.group == Word::phone_cue || hit.group == Word::relation)
            cover(hit.begin, hit.end);
    constexpr std::u32string_view around =
        U"不对是错了的我家在住改成写说应该就栋幢单元号楼室座房层区电话手机叫姓那这吧啊呢呀哦嗯好您你们,.:;!?~ -#/";
    for (std::size_t at = 0; at < drop.size(); ++at) {
        const char32_t point = written.low[at];
        if (!drop[at] && digit_of(point) < 0 && around.find(point) == around.npos) return false;
    }
    return true;
}

class Builtin final : public Understanding {
public:
    explicit Builtin(std::optional<Model> model) : model_(std::move(model)) {}

    Understood understand(std::string_view text, TimePoint now, const Zone& zone) const override {
        Understood result;
        result.original = std::string(text);
        const Written written = normaliser_.normalise(text, read_at_most);
        result.text = to_utf8(written.points);
        result.language = written.language;
        const Hits hits{lexicon_.find(written.low), written.low};
        Facts facts = read_facts(written, hits, now, zone);
        const auto features = text_for_features(written, facts);
        ModelScores scores;
        if (model_ && !features.empty()) scores = model_->score(features, &hits);
        endanger(result, hits, find_danger(written.low, hits), scores);
        auto acts = acts_.find(written, hits, facts);
        hint(result, written, hits, acts);
        judge(result, written, hits, facts, acts, scores, features.empty());
        meanings(result, written, hits, facts, std::move(acts));
        result.slots = std::move(facts.slots);
        level(result);
        return result;
    }

private:
    static const Meaning* act(const std::vector<Meaning>& acts, MeaningKind kind, double least) {
        for (const auto& meaning : acts)
            if (meaning.kind == kind && meaning.score >= least) return &meaning;
        return nullptr;
    }

    // What the rules found stands. Where they found nothing at all the model may see a danger in words nobody listed;
    // where they found a cue and saw it denied, they are right.
    static void endanger(Understood& result, const Hits& hits, const DangerFound& found, const ModelScores& scores) {
        if (found.danger) {
            result.emergency = found.danger->kind;
            result.because.push_back("emergency " + std::string(to_text(found.danger->kind)) + ": " +
                                     found.danger->because);
        } else if (!found.guarded &&
                   scores.endangered >= (names_event(hits) ? endangered_by_event : endangered_by_tone)) {
            result.emergency = scores.danger;
            result.because.push_back("emergency " + std::string(to_text(scores.danger)) + ": reads like one, " +
                                     std::to_string(static_cast<int>(scores.endangered * 100)) + " of 100");
        }
    }

    static void hint(Understood& result, const Written& written, const Hits& hits, const std::vector<Meaning>& acts) {
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
        if (hints.group &&
            (has(low, U"签名确认") || has(low, U"集体照") || has(low, U"集体活动") || has(low, U"集体宿舍")))
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

    void judge(Understood& result, const Written& written, const Hits& hits, const Facts& facts,
               const std::vector<Meaning>& acts, const ModelScores& scores, bool nothing_else) const {
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
            result.kind_scores.push_back({std::string(to_text(static_cast<MessageKind>(index))),
                                          kinds[static_cast<std::size_t>(index)] / total});
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

    void meanings(Understood& result, const Written& written, const Hits& hits, Facts& facts,
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
                           hits.has(Word::device) || hits.has(Word::staff_bad);
        const bool only_feeling = (hits.has(Word::feeling) || hits.has(Word::anger) || hits.has(Word::abuse)) && !named;
        const bool generic = only_feeling || (result.kind == MessageKind::complaint && !named &&
                                              written.low.size() <= 12 && (has(low, U"投诉") || has(low, U"物业")));
        if (files && !nonsense && !(whole_act && !named)) {
            result.matter = matter_of(written, hits, facts);
            const std::u32string words = to_points(result.matter);
            if (generic || (words.size() < 2 && !named)) {
                result.matter.clear();
                if (only_feeling) list.push_back({MeaningKind::emotion, "", "", 0.8, result.text});
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

    // Several matters: parts joined by 另外, 顺便, 还有, or numbered, whose categories differ or that each name a
    // fault.
    void several(Understood& result, const Written& written, const std::vector<Meaning>& list) const {
        if (!model_ || result.matter.empty()) return;
        const std::u32string_view all = written.low;
        std::vector<std::size_t> cuts;
        for (const auto* joint :
             {U"另外", U"顺便", U"顺带", U"还有就是", U",还有", U"还有,", U"还有个", U"还有一", U"第二", U"除此之外",
              U"此外", U"再就是", U"然后就是", U"2.", U"二是", U"2,", U"also", U"二来", U"其次"}) {
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
            const Facts facts = read_facts(piece, hits, {}, {});
            if (!hits.has(Word::fault) && !hits.has(Word::nuisance_child) && !hits.has(Word::lift) &&
                !hits.has(Word::device) && !hits.has(Word::staff_bad))
                continue;
            std::string text = matter_of(piece, hits, facts);
            for (const std::string_view joint : {"另外", "顺便", "顺带", "还有就是", "还有个", "还有一个", "还有",
                                                 "此外", "再就是", "然后就是", "也", "把"}) {
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
};

}  // namespace

Result<std::unique_ptr<Understanding>> builtin_understanding(const std::string& model_file) {
    auto model = Model::read(model_file);
    if (!model) return model.problem();
    return std::unique_ptr<Understanding>(new Builtin(std::move(*model)));
}

std::unique_ptr<Understanding> rules_only_understanding() {
    return std::unique_ptr<Understanding>(new Builtin(std::nullopt));
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
