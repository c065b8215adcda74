#include "bot/understanding/emergency.h"

#include <algorithm>
#include <vector>

namespace huiyin {
namespace {

struct Cue {
    Emergency kind;
    std::size_t begin, end;
    std::size_t anchor;  // where the decisive word begins: guards that look "just before" look before this
};

bool in(char32_t point, std::u32string_view set) { return set.find(point) != std::u32string_view::npos; }

class Finder {
public:
    Finder(std::u32string_view low, const Hits& hits) : low_(low), hits_(hits) {}

    std::optional<Danger> find() {
        collect();
        // Graver, or nearer to a life, first: the advice that is given first must be the one that helps.
        static constexpr Emergency order[] = {Emergency::self_harm, Emergency::fire,        Emergency::gas,
                                              Emergency::lift,      Emergency::electricity, Emergency::water_on_wires,
                                              Emergency::violence,  Emergency::injury,      Emergency::falling_object};
        for (const auto kind : order)
            for (const auto& cue : cues_)
                if (cue.kind == kind && !guarded(cue))
                    return Danger{kind, to_utf8(low_.substr(cue.begin, cue.end - cue.begin))};
        return std::nullopt;
    }

private:
    // Inside a harmless word (火锅, 电梯卡), or crossing one that is long enough to be meant.
    bool masked(std::size_t begin, std::size_t end) const {
        if (!hits_.has(Word::masked)) return false;
        for (const auto& hit : hits_.all()) {
            if (hit.group != Word::masked || hit.begin >= end || hit.end <= begin) continue;
            const auto word = hits_.words(hit);
            const char32_t next = hit.end < low_.size() ? low_[hit.end] : U' ';
            if (word == U"电梯卡" && in(next, U"在住着到死进了")) continue;
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
        if (!masked(begin, end)) cues_.push_back({kind, begin, end, anchor});
    }
    void whole(Word group, Emergency kind) {
        if (!hits_.has(group)) return;
        for (const auto& hit : hits_.all())
            if (hit.group == group) add(kind, hit.begin, hit.end, hit.begin);
    }
    // A hard stop or too many words between two places part them.
    bool together(std::size_t from, std::size_t to, std::size_t most) const {
        if (to < from || to - from > most) return to < from;
        for (std::size_t at = from; at < to; ++at)
            if (in(low_[at], U".!?\n")) return false;
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
                if (hit.group != Word::fire_whole) continue;
                const bool device = std::any_of(electric.begin(), electric.end(), [&](const Cue& cue) {
                    return cue.kind == Emergency::electricity && cue.begin < hit.end && cue.end > hit.begin;
                });
                if (!device) add(Emergency::fire, hit.begin, hit.end, hit.begin);
            }
        whole(Word::shock_whole, Emergency::electricity);
        pairs(Word::high_thing, Word::falls, Emergency::falling_object, 10, true, [&](const Hit& a, const Hit& b) {
            if (b.begin >= a.end) return b.begin - a.end <= 10;
            return a.begin - b.end <= 4;
        });
        whole(Word::falls_whole, Emergency::falling_object);
        wet_devices();
        for (const auto& hit : hits_.all()) {
            if (hit.group != Word::injury_whole) continue;
            // A phone that fell into the well is nobody hurt.
            const auto before = low_.substr(hit.begin >= 6 ? hit.begin - 6 : 0, hit.begin >= 6 ? 6 : hit.begin);
            bool thing = false;
            for (const auto* lost :
                 {U"手机", U"钥匙", U"快递", U"卡", U"戒指", U"耳机", U"球", U"东西", U"鞋", U"衣服"})
                if (low_[hit.begin] == U'掉' && before.find(lost) != before.npos) thing = true;
            if (!thing) add(Emergency::injury, hit.begin, hit.end, hit.begin);
        }
        pairs(Word::injury_person, Word::injury_fall, Emergency::injury, 8, false, [&](const Hit& a, const Hit& b) {
            // 孩子的球掉进池里: a thing of his.
            const auto between = low_.substr(a.end, b.begin > a.end ? b.begin - a.end : 0);
            return hits_.words(a) != U"我" && between.find(U'的') == between.npos &&
                   between.find(U'把') == between.npos;
        });
        whole(Word::violence_whole, Emergency::violence);
        whole(Word::self_harm_whole, Emergency::self_harm);
        for (const auto& hit : hits_.all())
            if (hit.group == Word::cry_for_help &&
                (low_.size() <= 8 || low_.find(U"快") != std::u32string_view::npos) &&
                low_.find(U"费") == std::u32string_view::npos && low_.find(U"价") == std::u32string_view::npos &&
                low_.find(U"涨") == std::u32string_view::npos && low_.find(U"贵") == std::u32string_view::npos &&
                low_.find(U"这物业") == std::u32string_view::npos && low_.find(U"可爱") == std::u32string_view::npos &&
                low_.find(U"太好") == std::u32string_view::npos)
                add(Emergency::injury, hit.begin, hit.end, hit.begin);
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
        const bool somebody = any({U"我",   U"孩子", U"小孩", U"老人", U"有人", U"人在",   U"大爷",    U"大妈",
                                   U"妈",   U"爸",   U"老婆", U"老公", U"奶奶", U"爷爷",   U"邻居",    U"小哥",
                                   U"个人", U"娃",   U"i'm",  U"i am", U"we ",  U"people", U"someone", U" i "});
        const bool stuck = any({U"出不来",     U"出不去",      U"门不开",     U"死活不开", U"就是不开",   U"开不了门",
                                U"门打不开",   U"门开不开",    U"停住",       U"不动了",   U"卡住",       U"没人应",
                                U"按铃",       U"有人敲",      U"里面敲",     U"拍门",     U"喊人",       U"关电梯",
                                U"can't open", U"cannot open", U"won't open", U"stuck",    U"stopped and"});
        const bool told = any({U"昨", U"上周", U"上次", U"去年", U"老是", U"经常", U"每次", U"如果", U"万一", U"怕",
                               U"以前", U"没人在", U"广告", U"之前"});
        if (inside && somebody && stuck && !told) add(Emergency::lift, lift->begin, lift->end, lift->begin);
    }

    void wet_devices() {
        pairs(Word::device, Word::device_wet, Emergency::water_on_wires, 5, false, [&](const Hit& a, const Hit& b) {
            for (std::size_t at = a.end; at < b.begin; ++at)
                if (in(low_[at], U"坏不了和,还")) return false;
            return true;
        });
        if (!hits_.has(Word::water)) return;
        pairs(Word::flows_onto, Word::device, Emergency::water_on_wires, 5, false, [&](const Hit& a, const Hit&) {
            // Water is said somewhere before, or the verb itself is one of water.
            const auto verb = hits_.words(a);
            return hits_.first(Word::water, 0, a.end) != nullptr || verb.find(U"漏") != verb.npos ||
                   verb.find(U"滴") != verb.npos || verb.find(U"淋") != verb.npos;
        });
    }

    std::size_t sentence_begin(std::size_t at) const {
        while (at > 0 && !in(low_[at - 1], U".!?\n;")) --at;
        return at;
    }
    std::size_t sentence_end(std::size_t at) const {
        while (at < low_.size() && !in(low_[at], U".!?\n;")) ++at;
        return at;
    }
    std::size_t clause_begin(std::size_t at) const {
        while (at > 0 && !is_stop(low_[at - 1]) && low_[at - 1] != U' ') --at;
        return at;
    }
    std::size_t clause_end(std::size_t at) const {
        while (at < low_.size() && !is_stop(low_[at]) && low_[at] != U' ') ++at;
        return at;
    }
    bool word_at(std::size_t at, std::u32string_view word) const { return low_.compare(at, word.size(), word) == 0; }

    bool negated(const Cue& cue) const {
        const std::size_t anchor = cue.anchor;
        for (const auto& hit : hits_.all()) {
            if (hit.group != Word::negation && hit.group != Word::noone) continue;
            for (const std::size_t before : {cue.begin, anchor}) {
                if (hit.end > before || before - hit.end > (hit.group == Word::noone ? 4u : 3u)) continue;
                // 是不是着火了, 有没有人受伤: a question, no denial.
                if (hit.begin > 0 && (low_[hit.begin - 1] == U'是' || low_[hit.begin - 1] == U'有' ||
                                      low_[hit.begin - 1] == U'能' || low_[hit.begin - 1] == U'会'))
                    continue;
                if (hit.begin >= clause_begin(hit.begin) && hit.begin < clause_begin(before))
                    continue;         // another clause
                bool turned = false;  // 不是漏水是着火: the second 是 turns it round
                for (std::size_t at = hit.end; at < before; ++at)
                    if (in(low_[at], U"是,人看停修")) turned = hit.group == Word::negation;
                const auto word = hits_.words(hit);
                if (word == U"别" && in(cue.begin < low_.size() ? low_[hit.end] : U' ', U"人的处家")) continue;
                if (!turned) return true;
            }
        }
        // 煤气味没有了, 烟没了, 人没受伤
        const std::size_t end = clause_end(cue.end);
        const auto rest = low_.substr(cue.end, std::min<std::size_t>(end - cue.end, 6));
        for (const auto* gone : {U"没有了", U"没了", U"没有啊没", U"不存在", U"消失"})
            if (rest.find(gone) != rest.npos) return cue.kind != Emergency::injury && cue.kind != Emergency::self_harm;
        return false;
    }

    bool present_near(const Cue& cue, std::size_t from, std::size_t to) const {
        for (const auto& hit : hits_.all())
            if (hit.group == Word::present && hit.begin >= from && hit.end <= to &&
                !(hit.begin >= cue.begin && hit.end <= cue.end)) {
                // 到现在没人道歉: what goes on is the waiting, not the danger.
                const auto after = low_.substr(hit.end, 10);
                bool waiting = false;
                const auto word = hits_.words(hit);
                // 一直没刷墙, 现在不敢坐: the danger is over, its traces are not.
                if ((word == U"一直" || word == U"至今" || word == U"到现在") && after.starts_with(U"没") &&
                    !(after.size() > 1 && in(after[1], U"停灭断关")))
                    waiting = true;
                if (word == U"不敢" || after.starts_with(U"不敢") || after.starts_with(U"都不敢")) waiting = true;
                if (after.find(U'没') != after.npos && after.find(U'没') <= 2)
                    for (const auto* for_what : {U"道歉", U"赔", U"结果", U"说法", U"处理", U"管", U"理", U"回复",
                                                 U"下文", U"答复", U"解释", U"联系"})
                        if (after.find(for_what) != after.npos) waiting = true;
                if (!waiting) return true;
            }
        return false;
    }

    // A month or a date before today's talk: "3月5号", "五月份".
    bool dated(std::size_t from, std::size_t to) const {
        for (std::size_t at = from + 1; at < to; ++at)
            if (low_[at] == U'月' && digit_of(low_[at - 1]) >= 0) return true;
        return false;
    }

    bool past(const Cue& cue) const {
        const std::size_t begin = sentence_begin(cue.begin), end = sentence_end(cue.end);
        const Hit* when = nullptr;
        for (const auto& hit : hits_.all()) {
            if (hit.begin < begin || hit.end > end) continue;
            const bool lasting =
                cue.kind == Emergency::gas || cue.kind == Emergency::water_on_wires || cue.kind == Emergency::self_harm;
            if (hit.group == Word::past || (hit.group == Word::yesterday && !lasting)) {
                // 十分钟前, 刚才之前: minutes ago is now.
                if (hit.begin >= 2 && (word_at(hit.begin - 2, U"分钟") || word_at(hit.begin - 2, U"小时"))) continue;
                if (hit.begin > cue.end + 6) continue;
                if (!when || hit.begin > when->begin) when = &hit;
            }
        }
        const bool experienced = cue.end < low_.size() && (low_[cue.end] == U'过' && !word_at(cue.end, U"过来"));
        if (!when && !experienced && !dated(begin, cue.begin)) return false;
        const std::size_t from = when ? when->end : begin;
        // 电梯以前困过我一次,现在不敢坐: over, unless it is said to have come back.
        if (experienced && low_.find(U"又", cue.end) == low_.npos && low_.find(U"这次") == low_.npos &&
            low_.find(U"正") == low_.npos)
            return true;
        // What goes on now outweighs what was: 上次也是, 这次又着火了; 从昨天开始; …一直到现在.
        if (present_near(cue, std::min(from, cue.begin), low_.size())) return false;
        if (when && when->begin > 0 && low_[when->begin - 1] == U'从') return false;
        return true;
    }

    bool supposed(const Cue& cue) const {
        // 灭火器压力不够,着火了咋办
        if (cue.kind == Emergency::fire) {
            const auto after = low_.substr(cue.end, 8);
            const auto before = low_.substr(0, cue.begin);
            bool asks = false, equipment = false;
            for (const auto* ask : {U"怎么办", U"咋办", U"怎么逃", U"咋逃", U"往哪", U"谁负责", U"怎么跑", U"咋整"})
                asks = asks || after.find(ask) != after.npos;
            for (const auto* thing : {U"灭火器", U"消防", U"通道", U"出口", U"过期", U"水带", U"堵", U"锁", U"堆"})
                equipment = equipment || before.find(thing) != before.npos;
            if (asks && equipment) return true;
        }
        // 真着火了怎么办
        if (cue.anchor > 0 && in(low_[cue.anchor - 1], U"真要") && cue.kind != Emergency::self_harm) {
            const auto after = low_.substr(cue.end, 8);
            if (after.find(U"怎么办") != after.npos || after.find(U"咋办") != after.npos ||
                after.find(U"谁负责") != after.npos)
                return true;
        }
        const std::size_t begin = sentence_begin(cue.begin);
        for (const auto& hit : hits_.all()) {
            if (hit.group == Word::hypothesis) {
                const auto word = hits_.words(hit);
                if (hit.end <= cue.anchor && hit.begin >= begin && cue.anchor - hit.end <= 16) {
                    if (hit.end < low_.size() && low_[hit.end] == U'是' && word != U"若" && word != U"要是")
                        continue;  // 怕是, 会不会是
                    if (word == U"怕" && hit.begin > 0 && in(low_[hit.begin - 1], U"恐不可哪")) continue;
                    if (word == U"小心" && hit.begin > 0 && low_[hit.begin - 1] == U'不') continue;
                    if (word == U"一旦" || word == U"若") {
                    } else if (word == U"以后" &&
                               low_.substr(hit.end, cue.begin - hit.end).find(U'现') != std::u32string_view::npos) {
                        continue;
                    }
                    if (cue.kind == Emergency::self_harm &&
                        low_.substr(hit.end, cue.anchor - hit.end).find(U'我') != std::u32string_view::npos)
                        continue;
                    if (present_between(hit.end, cue.begin) && word != U"难道非要") continue;
                    return true;
                }
                if ((word == U"的话" || word == U"才管" || word == U"才来管" || word == U"才知道" || word == U"才肯" ||
                     word == U"才会" || word == U"才算" || word == U"才重视") &&
                    hit.begin >= cue.end && hit.begin - cue.end <= 5 && cue.kind != Emergency::self_harm)
                    return true;
            } else if (hit.group == Word::hazard && cue.kind != Emergency::self_harm) {
                const auto word = hits_.words(hit);
                if (word == U"随时") {
                    if (cue.kind != Emergency::falling_object && hit.end <= cue.anchor && cue.anchor - hit.end <= 5)
                        return true;
                } else if (hit.begin >= cue.end && hit.begin - cue.end <= 4) {
                    return true;
                }
            }
        }
        return false;
    }
    bool present_between(std::size_t from, std::size_t to) const {
        for (const auto& hit : hits_.all())
            if (hit.group == Word::present && hit.begin >= from && hit.end <= to) {
                const auto word = hits_.words(hit);
                if (word == U"现在" || word == U"已经" || word == U"正在" || word == U"还在") return true;
            }
        return false;
    }

    bool figurative(const Cue& cue) const {
        if (cue.kind == Emergency::self_harm) {
            for (const auto* price : {U"房价", U"股票", U"股市", U"基金", U"账单", U"减价", U"甩卖", U"促销"})
                if (low_.find(price) != std::u32string_view::npos) return true;
            return false;
        }
        if (hits_.has(Word::figure) && cue.kind != Emergency::gas && cue.kind != Emergency::lift) {
            const std::size_t begin = clause_begin(cue.begin);
            for (const auto& hit : hits_.all()) {
                if (hit.group != Word::figure) continue;
                if (hit.begin >= begin && hit.end <= cue.begin && cue.begin - hit.end <= 8) return true;
            }
        }
        // 亮得像着火, 触电的感觉; 好像着火了 is meant.
        if (cue.begin > 0 && low_[cue.begin - 1] == U'像' && !(cue.begin > 1 && in(low_[cue.begin - 2], U"好很真")))
            return true;
        if (word_at(cue.end, U"的感觉")) return true;
        // 晕倒,这都能算错
        if (cue.begin == 0 && cue.end < low_.size() && low_[cue.end] == U',' && word_at(0, U"晕倒")) return true;
        // 像着火一样, 跟打架似的
        const std::size_t end = std::min(low_.size(), cue.end + 6);
        const auto after = low_.substr(cue.end, end - cue.end);
        if (after.find(U"一样") != after.npos || after.find(U"似的") != after.npos || after.find(U"般") != after.npos)
            return true;
        return false;
    }

    bool over(const Cue& cue) const {
        if (!hits_.has(Word::resolved)) return false;
        for (const auto& hit : hits_.all()) {
            if (hit.group != Word::resolved || hit.begin + 6u < cue.end) continue;
            // 还没修好, 没灭了: not over at all.
            if (hit.begin > 0 && in(low_[hit.begin - 1], U"没不未")) continue;
            if (hits_.words(hit) == U"出来了" && cue.kind != Emergency::lift) continue;
            if (hits_.words(hit) == U"灭了" && cue.kind != Emergency::fire) continue;  // the light in the lift
            if (hits_.words(hit) == U"出来了" && hit.begin > 0 && in(low_[hit.begin - 1], U"冒飘漏渗流")) continue;
            bool again = false;
            for (const auto& later : hits_.all())
                if (later.group == Word::present && later.begin >= hit.end) again = true;
            if (!again) return true;
        }
        return false;
    }

    bool about_it(const Cue& cue) const {  // a lesson, a film, an insurance: talk about danger
        const std::size_t begin = sentence_begin(cue.begin), end = sentence_end(cue.end);
        if (hits_.first(Word::drill, begin, end)) {
            const auto* hit = hits_.first(Word::drill, begin, end);
            const bool denied =
                hit->begin > 0 && in(low_[hit->begin - 1], U"是") && hit->begin > 1 && low_[hit->begin - 2] == U'不';
            if (!denied) return true;
        }
        if (hits_.has(Word::joke)) {
            const auto* hit = hits_.first(Word::joke);
            const bool denied = hit->begin > 0 && in(low_[hit->begin - 1], U"不没别是");
            if (!denied) return true;
        }
        const bool happened = cue.end < low_.size() && low_[cue.end] == U'了';
        const bool now = present_near(cue, begin, end);
        if (!happened && !now && (hits_.first(Word::topic, begin, end) || hits_.first(Word::prevention, begin, end)))
            return true;
        if (happened && !now) {
            // Liability, inquiry, aftermath: 着火了谁赔, 摔伤了物业负不负责.
            const auto* after = hits_.first(Word::prevention, cue.end, end);
            if (after) {
                const auto word = hits_.words(*after);
                if (word.find(U'赔') != word.npos || word.find(U"负责") != word.npos ||
                    word.find(U"处理") != word.npos || word.find(U"算谁") != word.npos ||
                    word.find(U"原因") != word.npos || word.find(U"结果") != word.npos ||
                    word.find(U"责任") != word.npos)
                    return true;
            }
        }
        return false;
    }

    // 多亏保安提醒我忘关煤气: told in thanks, not cried for help.
    bool thanked(const Cue& cue) const {
        if (cue.kind == Emergency::self_harm) return false;
        bool thanks = false;
        for (const auto* word : {U"多亏", U"感谢", U"表扬", U"点赞", U"幸亏有"})
            thanks = thanks || low_.find(word) != low_.npos;
        for (const auto* now : {U"快", U"救", U"现在", U"还在", U"赶紧", U"马上"})
            if (low_.find(now) != low_.npos) return false;
        return thanks;
    }
    // Smoke of a grill, a stove, a cigarette or a fogging machine, without a word of fire.
    bool kitchen_or_cigarette(const Cue& cue) const {
        if (cue.kind != Emergency::fire) return false;
        const auto words = low_.substr(cue.begin, cue.end - cue.begin);
        if (words.find(U'烟') == words.npos || words.find(U'火') != words.npos || words.find(U'黑') != words.npos ||
            words.find(U'浓') != words.npos)
            return false;
        const std::size_t begin = sentence_begin(cue.begin);
        const auto sentence = low_.substr(begin, sentence_end(cue.end) - begin);
        for (const auto* harmless : {U"烧烤", U"油烟", U"抽烟", U"吸烟", U"烧香", U"炒菜", U"做饭", U"烟雾机", U"饭店",
                                     U"餐馆", U"烧纸", U"火锅店", U"正常吗", U"厨房排", U"抽油烟"})
            if (sentence.find(harmless) != sentence.npos) return true;
        return false;
    }
    bool guarded(const Cue& cue) const {
        if (kitchen_or_cigarette(cue) || thanked(cue)) return true;
        if (negated(cue)) return true;
        if (past(cue)) return true;
        if (supposed(cue)) return true;
        if (figurative(cue)) return true;
        if (over(cue)) return true;
        if (about_it(cue)) return true;
        if (cue.kind == Emergency::injury && hits_.has(Word::almost)) {
            const auto* hit = hits_.last(Word::almost, 0, cue.end);
            if (hit && cue.begin >= hit->end && cue.begin - hit->end <= 6) return true;
        }
        if (cue.kind == Emergency::fire || cue.kind == Emergency::violence || cue.kind == Emergency::injury) {
            const auto* hit = hits_.last(Word::almost, 0, cue.begin);
            if (hit && cue.begin - hit->end <= 3) return true;
        }
        if ((cue.kind == Emergency::falling_object || cue.kind == Emergency::violence ||
             cue.kind == Emergency::injury) &&
            hits_.has(Word::habit)) {
            const auto* hit = hits_.last(Word::habit, sentence_begin(cue.begin), cue.begin);
            if (hit && cue.begin - hit->end <= 8 && low_.find(U"刚") == std::u32string_view::npos &&
                low_.find(U"现在") == std::u32string_view::npos && low_.find(U"砸") == std::u32string_view::npos)
                return true;
        }
        return false;
    }

    std::u32string_view low_;
    const Hits& hits_;
    std::vector<Cue> cues_;
};

}  // namespace

std::optional<Danger> find_danger(std::u32string_view low, const Hits& hits) {
    static constexpr Word cues[] = {Word::lift,         Word::gas,         Word::gas_whole,      Word::fire_whole,
                                    Word::device,       Word::shock_whole, Word::high_thing,     Word::falls_whole,
                                    Word::injury_whole, Word::injury_fall, Word::violence_whole, Word::self_harm_whole,
                                    Word::cry_for_help};
    if (std::none_of(std::begin(cues), std::end(cues), [&](Word group) { return hits.has(group); }))
        return std::nullopt;
    // A letter is read piece by piece: words that far apart do not belong together, and the work stays linear.
    constexpr std::size_t piece = 400, overlap = 80;
    if (low.size() <= piece + overlap) return Finder{low, hits}.find();
    for (std::size_t begin = 0; begin < low.size(); begin += piece) {
        const auto part = low.substr(begin, piece + overlap);
        std::vector<Hit> inside;
        for (const auto& hit : hits.all())
            if (hit.begin >= begin && hit.end <= begin + part.size())
                inside.push_back({static_cast<std::uint16_t>(hit.begin - begin),
                                  static_cast<std::uint16_t>(hit.end - begin), hit.group});
        const Hits hits_inside{std::move(inside), part};
        if (auto danger = Finder{part, hits_inside}.find()) return danger;
    }
    return std::nullopt;
}

}  // namespace huiyin
