#include "bot/understanding/emergency.h"

#include <algorithm>
#include <vector>

#include "bot/understanding/danger_cues.h"
#include "bot/understanding/scenes.h"

namespace huiyin {
namespace {

bool in(char32_t point, std::u32string_view set) { return set.find(point) != std::u32string_view::npos; }

class Finder {
public:
    Finder(std::u32string_view low, const Hits& hits)
        : low_(low), hits_(hits), guards_(low, hits), latin_(std::none_of(low.begin(), low.end(), is_han)) {}

    DangerFound find() {
        collect();
        // Graver, or nearer to a life, first: the advice that is given first must be the one that helps.
        static constexpr Emergency order[] = {Emergency::self_harm, Emergency::fire,        Emergency::gas,
                                              Emergency::lift,      Emergency::electricity, Emergency::water_on_wires,
                                              Emergency::violence,  Emergency::injury,      Emergency::falling_object};
        for (const auto kind : order)
            for (const auto& cue : cues_)
                if (cue.kind == kind && !guards_.guarded(cue))
                    return {Danger{kind, to_utf8(low_.substr(cue.begin, cue.end - cue.begin))}, false};
        const bool explained =
            std::any_of(cues_.begin(), cues_.end(), [&](const Cue& cue) { return guards_.explained(cue); });
        return {std::nullopt, masked_ || !cues_.empty(), explained};
    }

private:
    // Inside a harmless word (火锅, 电梯卡), or crossing one that is long enough to be meant.
    bool masked(std::size_t begin, std::size_t end) const {
        if (!hits_.has(Word::masked)) return false;
        for (const auto& hit : hits_.all()) {
            if (hit.group != Word::masked || hit.begin >= end || hit.end <= begin) continue;
            const auto word = hits_.words(hit);
            const char32_t next = hit.end < low_.size() ? low_[hit.end] : U' ';
            if ((word == U"燃气表" || word == U"煤气表") && in(next, U"嘶呲漏冒滋")) continue;
            if (word == U"电梯卡" && in(next, U"在住着到死进了")) continue;
            if (word == U"大出血" && low_.find_first_of(U"价卖促店") == low_.npos) continue;
            if (word == U"困了" && in(next, U"个人我一两三好老孩几你他她")) continue;
            const bool contains = hit.begin <= begin && hit.end >= end;
            const bool smoke = word.back() == U'烟' || word.front() == U'火';
            if (contains || (smoke && word != U"火大") ||
                (hit.end - hit.begin >= 3 && !(begin <= hit.begin && end >= hit.end)))
                return true;
        }
        return false;
    }
    void add(Emergency kind, std::size_t begin, std::size_t end, std::size_t anchor) {
        if (masked(begin, end))
            masked_ = true;
        else
            cues_.push_back({kind, begin, end, anchor});
    }
    void whole(Word group, Emergency kind) {
        if (!hits_.has(group)) return;
        for (const auto& hit : hits_.all())
            if (hit.group == group) add(kind, hit.begin, hit.end, hit.begin);
    }
    // A hard stop or too many words between two places part them.
    bool together(std::size_t from, std::size_t to, std::size_t most) const {
        if (to < from || to - from > (latin_ ? most * 4 : most)) return to < from;
        for (std::size_t at = from; at < to; ++at)
            if (in(low_[at], latin_ ? U".?\n" : U".!?\n")) return false;
        return true;
    }
    // Pairs of one word and another, in the named order or in any, at most `most` code points apart.
    template <class Good>
    void pairs(Word first, Word second, Emergency kind, std::size_t most, bool any_order, Good good) {
        if (!hits_.has(first) || !hits_.has(second)) return;
        for (const auto& a : hits_.all()) {
            if (a.group != first || masked(a.begin, a.end)) continue;
            for (const auto& b : hits_.all()) {
                if (b.group != second || masked(b.begin, b.end)) continue;
                if (b.begin < a.end && a.begin < b.end) {  // 关在电梯: one word holds the other
                    if (any_order && good(a, b))
                        add(kind, std::min(a.begin, b.begin), std::max(a.end, b.end), std::min(a.begin, b.begin));
                } else if (b.begin >= a.end) {
                    if (together(a.end, b.begin, most) && good(a, b)) add(kind, a.begin, b.end, b.begin);
                } else if (any_order && a.begin >= b.end) {
                    if (together(b.end, a.begin, most) && good(a, b)) add(kind, b.begin, a.end, b.begin);
                }
            }
        }
    }

    void collect() {
        const auto always = [](const Hit&, const Hit&) { return true; };
        pairs(Word::lift, Word::lift_trapped, Emergency::lift, 14, true, [&](const Hit& a, const Hit& b) {
            // A single 困 must touch the lift: 困电梯, 电梯里困了.
            if (b.end - b.begin == 1) return (b.begin >= a.end ? b.begin - a.end : a.begin - b.end) <= 2;
            return true;
        });
        inside_and_stuck();
        pairs(Word::lift, Word::lift_falls, Emergency::lift, 8, false, [&](const Hit&, const Hit& b) {
            // 电梯外墙掉下来 and 卡片掉下去 are no falling lift; 掉 needs the lift as its subject.
            return b.begin > 0;
        });
        pairs(Word::gas, Word::gas_sign, Emergency::gas, 6, true, [&](const Hit& a, const Hit& b) {
            if (hits_.words(b).starts_with(U"漏") && b.end < low_.size() && low_[b.end] == U'水') return false;
            if (b.begin >= a.end)
                for (std::size_t at = a.end; at < b.begin; ++at)
                    if (in(low_[at], U"炸饭菜油烟")) return false;
            return true;
        });
        whole(Word::gas_whole, Emergency::gas);
        // 配电箱冒烟 is both; the device decides, as the advice is another than for a burning bin.
        pairs(Word::device, Word::device_burns, Emergency::electricity, 8, false, always);
        std::vector<Cue> electric = cues_;
        if (hits_.has(Word::fire_whole))
            for (const auto& hit : hits_.all()) {
                if (hit.group != Word::fire_whole || only_smells_of_smoke(hit)) continue;
                const bool device = std::any_of(electric.begin(), electric.end(), [&](const Cue& cue) {
                    return cue.kind == Emergency::electricity && cue.begin < hit.end && cue.end > hit.begin;
                });
                if (!device) add(Emergency::fire, hit.begin, hit.end, hit.begin);
            }
        whole(Word::shock_whole, Emergency::electricity);
        pairs(Word::high_thing, Word::falls, Emergency::falling_object, 10, true, [&](const Hit& a, const Hit& b) {
            if (b.begin < a.end) return a.begin - b.end <= 4;
            // Paint and plaster hurt nobody.
            return low_.substr(a.end, b.begin - a.end).find_first_of(U"皮漆灰涂") == low_.npos;
        });
        for (const auto& hit : hits_.all())  // a ball is no falling object
            if (hit.group == Word::falls_whole &&
                low_.substr(hit.begin >= 6 ? hit.begin - 6 : 0, std::min<std::size_t>(6, hit.begin)).find(U'球') ==
                    low_.npos)
                add(Emergency::falling_object, hit.begin, hit.end, hit.begin);
        wet_devices();
        for (const auto& hit : hits_.all()) {
            if (hit.group != Word::injury_whole) continue;
            // A phone that fell into the well is nobody hurt.
            const auto before = low_.substr(hit.begin >= 6 ? hit.begin - 6 : 0, hit.begin >= 6 ? 6 : hit.begin);
            bool thing = low_[hit.begin] == U'倒' && before.find_first_of(U"把油水垃圾菜汤") != before.npos;
            for (const auto* lost : {U"插线", U"插座", U"插排", U"手机", U"钥匙", U"快递", U"卡", U"戒指", U"耳机",
                                     U"球", U"东西", U"鞋", U"衣服"})
                if ((low_[hit.begin] == U'掉' || low_[hit.begin] == U'锁') && before.find(lost) != before.npos)
                    thing = true;
            if (!thing) add(Emergency::injury, hit.begin, hit.end, hit.begin);
        }
        pairs(Word::injury_person, Word::injury_fall, Emergency::injury, 8, false, [&](const Hit& a, const Hit& b) {
            // 孩子的球掉进池里: a thing of his.
            const auto between = low_.substr(a.end, b.begin > a.end ? b.begin - a.end : 0);
            if (hits_.words(a) == U"我" || between.find_first_of(U"的把") != between.npos) return false;
            // 摔了手机, 跌了一块玻璃: a thing broke.
            return !hits_.words(b).ends_with(U"了") || b.end == low_.size() || !is_han(low_[b.end]) ||
                   in(low_[b.end], U"一跤下倒好几老半很多啊呢吧,快起不头腿手");
        });
        whole(Word::violence_whole, Emergency::violence);
        whole(Word::self_harm_whole, Emergency::self_harm);
        for (const auto& hit : hits_.all())
            if (hit.group == Word::shut_in && !thing_before(hit.begin))
                add(Emergency::lift, hit.begin, hit.end, hit.begin);
        for (const auto& scene : scenes()) stage(scene);
        for (const auto& hit : hits_.all())
            if (hit.group == Word::cry_for_help &&
                (low_.size() <= 8 || low_.find(U"快") != std::u32string_view::npos) && !wants_service())
                add(Emergency::injury, hit.begin, hit.end, hit.begin);
    }

    // 救命啊这物业费, 快来人我要办门禁: he cries for something else.
    bool wants_service() const {
        for (const auto* word :
             {U"费",   U"价",   U"涨",   U"贵", U"这物业", U"可爱", U"太好", U"要办", U"想办",   U"补办",    U"快递",
              U"丢了", U"开票", U"发票", U"缴", U"续卡",   U"充值", U"登记", U"领取", U"取快递", U"前台没人"})
            if (low_.find(word) != low_.npos) return true;
        return false;
    }

    // Somebody is in the lift, and it does not let him out, in whatever words stand between:
    // 我跟孩子在电梯里,门死活不开.
    void inside_and_stuck() {
        const auto* lift = hits_.first(Word::lift);
        if (!lift || masked(lift->begin, lift->end)) return;
        const auto text = low_.substr(lift->begin >= 12 ? lift->begin - 12 : 0, 60);
        const auto any = [&](std::initializer_list<std::u32string_view> words) {
            return std::any_of(words.begin(), words.end(),
                               [&](std::u32string_view word) { return text.find(word) != text.npos; });
        };
        const bool inside = any({U"电梯里", U"电梯内", U"在电梯", U"梯里", U"里面", U"里头", U"轿厢里", U"inside",
                                 U"in the lift", U"in the elevator", U"in lift", U"in elevator"});
        const bool somebody = any({U"我",   U"孩子", U"小孩",    U"老人",    U"有人",   U"人在",   U"大爷", U"大妈",
                                   U"妈",   U"爸",   U"老婆",    U"老公",    U"奶奶",   U"爷爷",   U"邻居", U"小哥",
                                   U"个人", U"娃",   U"grandma", U"grandpa", U"mother", U"father", U"kid",  U"i'm",
                                   U"i am", U"we ",  U"people",  U"someone", U" i "});
        const bool stuck =
            any({U"出不来",     U"出不去",      U"门不开",     U"死活不开", U"就是不开",     U"开不了门",
                 U"门打不开",   U"门开不开",    U"停住",       U"不动了",   U"卡住",         U"没人应",
                 U"按铃",       U"有人敲",      U"里面敲",     U"拍门",     U"喊人",         U"关电梯",
                 U"can't open", U"cannot open", U"won't open", U"stuck",    U"doesn't open", U"stopped and"});
        const bool told = any({U"昨", U"上周", U"上次", U"去年", U"老是", U"经常", U"每次", U"如果", U"万一", U"怕",
                               U"以前", U"没人在", U"广告", U"之前"});
        if (inside && somebody && stuck && !told) add(Emergency::lift, lift->begin, lift->end, lift->begin);
    }

    void wet_devices() {
        pairs(Word::device, Word::device_wet, Emergency::water_on_wires, 5, false, [&](const Hit& a, const Hit& b) {
            for (std::size_t at = a.end; at < b.begin; ++at)
                if (in(low_[at], U"坏不了和,还")) return false;
            return b.end == low_.size() || !in(low_[b.end], U"印渍垢表费管龙");
        });
        if (!hits_.has(Word::water)) return;
        pairs(Word::flows_onto, Word::device, Emergency::water_on_wires, 5, false, [&](const Hit& a, const Hit&) {
            // Water is said somewhere before, or the verb itself is one of water.
            const auto verb = hits_.words(a);
            return hits_.first(Word::water, 0, a.end) != nullptr || verb.find(U"漏") != verb.npos ||
                   verb.find(U"滴") != verb.npos || verb.find(U"淋") != verb.npos;
        });
    }

    // 全是烟味, 好多烟头: somebody smokes.
    bool only_smells_of_smoke(const Hit& hit) const {
        return low_[hit.end - 1] == U'烟' && hit.end < low_.size() &&
               in(low_[hit.end], U"味头灰蒂囱道感民草油酒店花盒机");
    }
    // 钥匙锁里面了 is nobody shut in.
    bool thing_before(std::size_t at) const {
        const auto from = at >= 6 ? at - 6 : 0;
        for (const auto& hit : hits_.all())
            if (hit.group == Word::thing && hit.begin >= from && hit.end <= at) return true;
        return false;
    }
    // 手机掉水里; but 玩手机掉水里 is he himself.
    bool thing_falls(std::size_t at) const {
        for (const auto& hit : hits_.all())
            if (hit.group == Word::thing && hit.end == at && hit.begin > 0 && hit.end - hit.begin >= 2)
                return !in(low_[hit.begin - 1], U"玩看拿推骑捡提抱");
        return false;
    }
    // A letter of the body, not of another thing: no 砖头, 扶手, 桌腿.
    bool of_a_body(const Hit& hit) const {
        if (hit.end - hit.begin != 1) return true;
        const char32_t before = hit.begin > 0 ? low_[hit.begin - 1] : U' ';
        const char32_t after = hit.end < low_.size() ? low_[hit.end] : U' ';
        switch (low_[hit.begin]) {
            case U'头':
                return !in(before, U"砖石木骨龙插镜里外上罐镐街路床接喷锤斧烟念领零口馒笼门墙箱") &&
                       !in(after, U"条像绳疼部巾");
            case U'手':
                return !in(before, U"扶二把新对助凶水歌选帮拉") && !in(after, U"机续动柄工册术套推电环里");
            case U'脚':
                return !in(before, U"山墙桌床") && !in(after, U"手架踏步垫本");
            case U'腿':
                return !in(before, U"桌椅床");
            default:
                return true;
        }
    }
    bool parted(std::size_t from, std::size_t to, Reach reach) const {
        for (std::size_t at = from; at < to; ++at)
            if (reach == Reach::clause ? is_stop(low_[at]) : in(low_[at], U".!?\n")) return true;
        return false;
    }
    bool also(Word group, const Hit& a, const Hit& b) const {
        if (group == Word::count_) return true;
        if (!hits_.has(group)) return false;
        for (const auto& hit : hits_.all())
            if (hit.group == group && (hit.begin >= a.end || hit.end <= a.begin) &&
                (hit.begin >= b.end || hit.end <= b.begin))
                return true;
        return false;
    }
    bool excluded(const Scene& scene, std::size_t begin, std::size_t between, std::size_t next, std::size_t end) const {
        const auto any = [&](Word group, std::size_t from, std::size_t to) {
            return hits_.first(group, from, to) != nullptr;
        };
        switch (scene.without) {
            case Word::thing:  // 小孩把手机掉下去, 有人说外墙掉下来; 妈的手机掉水里
                if (scene.first == Word::fall_verb && thing_falls(begin)) return true;
                return any(Word::thing, between, next) || any(Word::high_thing, between, next) ||
                       any(Word::device, between, next) ||
                       low_.substr(between, next - between).find_first_of(U"的把") != low_.npos;
            case Word::phone_like: {  // 打我电话, 打我138…
                if (any(Word::phone_like, end, end + 5)) return true;
                for (std::size_t at = end; at < low_.size() && at < end + 4; ++at)
                    if (is_ascii_digit(low_[at])) return true;
                return false;
            }
            case Word::cold_air:
                return any(Word::cold_air, begin >= 4 ? begin - 4 : 0, end + 1);
            case Word::count_:
                return false;
            default:
                return hits_.has(scene.without);
        }
    }
    // What the words of this scene alone do not say.
    bool holds(const Scene& scene, const Hit& a, const Hit& b) const {
        const auto first = std::min(a.end, b.end), second = std::max(a.begin, b.begin);
        const auto between = second > first ? low_.substr(first, second - first) : std::u32string_view();
        const auto after = [&](const Hit& hit) { return hit.end < low_.size() ? low_[hit.end] : U' '; };
        const auto has = [&](std::u32string_view set) { return between.find_first_of(set) != between.npos; };
        switch (scene.first) {
            case Word::gas:
                // 天然气灶台漏水, 煤气表箱门关不上
                return !(low_[b.end - 1] == U'漏' && in(after(b), U"水电")) && !has(U"箱柜盖炸饭菜油烟") &&
                       (!has(U"门") || has(U"阀"));
            case Word::smoke_place:
                return !only_smells_of_smoke(b);
            case Word::flood:
                return !has(U"坏没不了还和修换,");
            case Word::limb:
                return of_a_body(a) && !has(U"跑打举写磨想笑喊累站");  // 腿都跑断了
            case Word::passive:
                // 被打了孔, 被打了差评
                return !in(after(b), U"孔洞折分药差标码叉电个") &&
                       (low_[b.end - 1] != U'打' || b.end == low_.size() || is_stop(low_[b.end]));
            case Word::last_place:
                return !in(after(b), U"舞绳操广健蹦槽远高蚤闸电来");
            default:
                return true;
        }
    }
    void stage(const Scene& scene) {
        if (!hits_.has(scene.first) || !hits_.has(scene.second)) return;
        for (const auto& a : hits_.all()) {
            if (a.group != scene.first || (scene.first != Word::fire_alarm && masked(a.begin, a.end))) continue;
            for (const auto& b : hits_.all()) {
                if (b.group != scene.second || (b.begin < a.end && a.begin < b.end)) continue;
                const bool forward = b.begin >= a.end;
                if (!forward && !scene.any_order) continue;
                const std::size_t between = forward ? a.end : b.end, next = forward ? b.begin : a.begin;
                if (next - between > scene.gap || parted(between, next, scene.reach) || masked(b.begin, b.end))
                    continue;
                const std::size_t begin = forward ? a.begin : b.begin, end = forward ? b.end : a.end;
                if (!also(scene.with, a, b) || !also(scene.and_with, a, b) ||
                    excluded(scene, begin, between, next, end) || !holds(scene, a, b))
                    continue;
                if (scene.first == Word::fire_alarm)  // its words are harmless by themselves
                    cues_.push_back({scene.kind, begin, end, next});
                else
                    add(scene.kind, begin, end, next);
            }
        }
    }

    std::u32string_view low_;
    const Hits& hits_;
    DangerGuards guards_;
    std::vector<Cue> cues_;
    bool latin_;           // its words are longer
    bool masked_ = false;  // a cue stood in a harmless word
};

}  // namespace

bool names_event(const Hits& hits) {
    using W = Word;
    static constexpr W events[] = {
        W::lift_trapped, W::lift_falls,     W::lift_stops,      W::shut_in,     W::gas_sign,    W::gas_escape,
        W::gas_whole,    W::hiss,           W::rings,           W::gas_alarm,   W::fire_whole,  W::catches,
        W::smoke_much,   W::fire_alarm,     W::device_burns,    W::shocked,     W::shock_whole, W::wire_down,
        W::has_current,  W::falls,          W::falls_whole,     W::thrown,      W::device_wet,  W::flows_onto,
        W::flood,        W::injury_whole,   W::injury_fall,     W::pinched,     W::collapse,    W::collapse_soft,
        W::no_answer,    W::fall_verb,      W::height_fall,     W::perch,       W::hit_verb,    W::struck,
        W::blade,        W::menace,         W::follows,         W::enters,      W::last_act,    W::last_pills,
        W::fear,         W::violence_whole, W::self_harm_whole, W::cry_for_help};
    return std::any_of(std::begin(events), std::end(events), [&](W group) { return hits.has(group); });
}

DangerFound find_danger(std::u32string_view low, const Hits& hits) {
    // All he says: no joke and no figure of speech.
    for (const auto* said : {U"想死", U"好想死", U"真想死", U"想去死", U"活够了", U"想自杀"})
        if (low == said) return {Danger{Emergency::self_harm, to_utf8(low)}, false};
    for (const auto* said : {U"困住了", U"我困住了", U"被困了", U"我被困了", U"被困住了", U"我被困住了", U"我们困住了"})
        if (low == said) return {Danger{Emergency::lift, to_utf8(low)}, false};
    // 火!3栋
    for (const auto* cry : {U"火", U"火警", U"着火", U"救火"}) {
        const std::u32string_view word(cry);
        if (low.starts_with(word) && (low.size() == word.size() || in(low[word.size()], U"!,")))
            return {Danger{Emergency::fire, to_utf8(word)}, false};
    }
    static constexpr Word cues[] = {Word::lift,         Word::gas,         Word::gas_whole,      Word::fire_whole,
                                    Word::device,       Word::shock_whole, Word::high_thing,     Word::falls_whole,
                                    Word::injury_whole, Word::injury_fall, Word::violence_whole, Word::self_harm_whole,
                                    Word::cry_for_help, Word::shut_in};
    if (std::none_of(std::begin(cues), std::end(cues), [&](Word group) { return hits.has(group); }) &&
        std::none_of(scenes().begin(), scenes().end(),
                     [&](const Scene& scene) { return hits.has(scene.first) && hits.has(scene.second); }))
        return {};
    // A letter is read piece by piece: words that far apart do not belong together, and the work stays linear.
    constexpr std::size_t piece = 400, overlap = 80;
    if (low.size() <= piece + overlap) return Finder{low, hits}.find();
    DangerFound all;
    for (std::size_t begin = 0; begin < low.size(); begin += piece) {
        const auto part = low.substr(begin, piece + overlap);
        const Hits inside = hits.within(part, begin);
        auto found = Finder{part, inside}.find();
        if (found.danger) return found;
        all.guarded = all.guarded || found.guarded;
        all.explained = all.explained || found.explained;
    }
    return all;
}

}  // namespace huiyin
