#include "bot/understanding/danger_cues.h"

#include <algorithm>

namespace huiyin {
namespace {

bool in(char32_t point, std::u32string_view set) { return set.find(point) != std::u32string_view::npos; }

}  // namespace

bool DangerGuards::says(std::u32string_view words, std::size_t from, std::size_t to) const {
    if (from >= low_.size()) return false;
    const auto part = low_.substr(from, to == low_.npos || to < from ? low_.npos : to - from);
    for (std::size_t begin = 0; begin < words.size();) {
        const auto end = std::min(words.find(U' ', begin), words.size());
        if (end > begin && part.find(words.substr(begin, end - begin)) != part.npos) return true;
        begin = end + 1;
    }
    return false;
}

std::size_t DangerGuards::sentence_begin(std::size_t at) const {
    while (at > 0 && !in(low_[at - 1], U".!?\n;")) --at;
    return at;
}
std::size_t DangerGuards::sentence_end(std::size_t at) const {
    while (at < low_.size() && !in(low_[at], U".!?\n;")) ++at;
    return at;
}
std::size_t DangerGuards::clause_begin(std::size_t at) const {
    while (at > 0 && !is_stop(low_[at - 1]) && low_[at - 1] != U' ') --at;
    return at;
}
std::size_t DangerGuards::clause_end(std::size_t at) const {
    while (at < low_.size() && !is_stop(low_[at]) && low_[at] != U' ') ++at;
    return at;
}

bool DangerGuards::negated(const Cue& cue) const {
    const std::size_t anchor = cue.anchor;
    for (const auto& hit : hits_.all()) {
        if (hit.group != Word::negation && hit.group != Word::noone) continue;
        for (const std::size_t before : {cue.begin, anchor}) {
            if (hit.end > before || before - hit.end > (hit.group == Word::noone ? 4u : 3u)) continue;
            // 是不是着火了, 有没有人受伤: a question, no denial.
            if (hit.begin > 0 && (low_[hit.begin - 1] == U'是' || low_[hit.begin - 1] == U'有' ||
                                  low_[hit.begin - 1] == U'能' || low_[hit.begin - 1] == U'会'))
                continue;
            if (hit.begin >= clause_begin(hit.begin) && hit.begin < clause_begin(before)) continue;  // another clause
            bool turned = false;  // 不是漏水是着火: the second 是 turns it round
            for (std::size_t at = hit.end; at < before; ++at)
                if (in(low_[at], U"是,人看停修爬坐站")) turned = hit.group == Word::negation;
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

bool DangerGuards::present_near(const Cue& cue, std::size_t from, std::size_t to) const {
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
                for (const auto* for_what : {U"道歉", U"赔", U"结果", U"说法", U"处理", U"管", U"理", U"回复", U"下文",
                                             U"答复", U"解释", U"联系"})
                    if (after.find(for_what) != after.npos) waiting = true;
            if (!waiting) return true;
        }
    return false;
}

// A month or a date before today's talk: "3月5号", "五月份".
bool DangerGuards::dated(std::size_t from, std::size_t to) const {
    for (std::size_t at = from + 1; at < to; ++at)
        if (low_[at] == U'月' && digit_of(low_[at - 1]) >= 0) return true;
    return false;
}

bool DangerGuards::past(const Cue& cue) const {
    // 着火那栋楼的捐款怎么捐: known to all by now.
    for (const auto* which : {U"那栋", U"那家", U"那户", U"那次", U"那天", U"那回", U"那件", U"那晚", U"那辆"})
        if (word_at(cue.end, which) && !says(U"里面 还有人 快 救 现在 正 出不来 又")) return true;
    // 老人摔跤后你们连个电话都没有
    if (cue.kind == Emergency::injury && says(U"没事 医药 电话 赔 道歉 慰问 说法") &&
        (word_at(cue.end, U"后") || word_at(cue.end, U"以后") || word_at(cue.end, U"之后") ||
         word_at(cue.end, U"那次")))
        return true;
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
            if (hits_.words(hit) == U"着过" && word_at(hit.end, U"电")) continue;  // 摸着过电
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

bool DangerGuards::supposed(const Cue& cue) const {
    // 灭火器压力不够,着火了咋办
    if (cue.kind == Emergency::fire) {
        const auto after = low_.substr(cue.end, 8);
        const auto before = low_.substr(0, cue.begin);
        bool asks = false, equipment = false;
        for (const auto* ask : {U"怎么办", U"咋办", U"怎么逃", U"咋逃", U"往哪", U"谁负责", U"怎么跑", U"咋整"})
            asks = asks || after.find(ask) != after.npos;
        for (const auto* thing : {U"灭火器", U"消防", U"通道", U"出口", U"过期", U"水带", U"堵", U"锁", U"堆", U"不能",
                                  U"禁止", U"不让", U"不许"})
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
    // 小孩脚能掉下去, 老人容易滑倒: may happen.
    if (cue.kind == Emergency::injury && cue.anchor > 0 && in(low_[cue.anchor - 1], U"能会易")) return true;
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
                 word == U"才会" || word == U"才算" || word == U"才重视" || word == U"就麻烦了" || word == U"就糟了" ||
                 word == U"就惨了" || word == U"就晚了") &&
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
bool DangerGuards::present_between(std::size_t from, std::size_t to) const {
    for (const auto& hit : hits_.all())
        if (hit.group == Word::present && hit.begin >= from && hit.end <= to) {
            const auto word = hits_.words(hit);
            if (word == U"现在" || word == U"已经" || word == U"正在" || word == U"还在") return true;
        }
    return false;
}

bool DangerGuards::figurative(const Cue& cue) const {
    if (cue.kind == Emergency::electricity && says(U"静电 毛衣 秋裤 脱衣服 羊绒 态度 账单")) return true;
    if (cue.kind == Emergency::self_harm) {
        for (const auto* price : {U"房价", U"股票", U"股市", U"基金", U"账单", U"减价", U"甩卖", U"促销"})
            if (low_.find(price) != std::u32string_view::npos) return true;
        return false;
    }
    // 流血大甩卖,全场五折
    if (says(U"甩卖 清仓 全场 打折 大促 五折") && !says(U"快 救 现在 刚")) return true;
    if (hits_.has(Word::figure) && cue.kind != Emergency::gas && cue.kind != Emergency::lift) {
        const std::size_t begin = clause_begin(cue.begin);
        for (const auto& hit : hits_.all()) {
            if (hit.group != Word::figure) continue;
            if (hit.begin >= begin && hit.end <= cue.begin && cue.begin - hit.end <= 8) return true;
        }
    }
    // 亮得像着火, 触电的感觉; 好像着火了 is meant.
    // Gas smells of nothing but "like" bad eggs.
    if (cue.begin > 0 && low_[cue.begin - 1] == U'像' && !(cue.begin > 1 && in(low_[cue.begin - 2], U"好很真")))
        return cue.kind != Emergency::gas;
    // 大得像要爆炸, 像要打人
    if (cue.begin > 1 && word_at(cue.begin - 2, U"像要") && !(cue.begin > 2 && in(low_[cue.begin - 3], U"好很真")) &&
        cue.kind != Emergency::falling_object)
        return true;
    if (word_at(cue.end, U"的感觉") && cue.kind != Emergency::lift) return true;
    // 晕倒,这都能算错
    if (cue.begin == 0 && cue.end < low_.size() && low_[cue.end] == U',' && word_at(0, U"晕倒")) return true;
    // 像着火一样, 跟打架似的
    const std::size_t end = std::min(clause_end(cue.end), cue.end + 6);
    const auto after = low_.substr(cue.end, end - cue.end);
    if (after.find(U"一样") != after.npos || after.find(U"似的") != after.npos || after.find(U"般") != after.npos)
        return true;
    return false;
}

bool DangerGuards::over(const Cue& cue) const {
    // 砸到我车顶要求赔: what is asked for comes after it.
    if (cue.kind == Emergency::falling_object && says(U"赔 理赔 保险 维修费 道闸 地锁") &&
        !says(U"快 还在 下面 底下 现在 又 正 随时 砸人"))
        return true;
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

bool DangerGuards::about_it(const Cue& cue) const {  // a lesson, a film, an insurance: talk about danger
    const std::size_t begin = sentence_begin(cue.begin), end = sentence_end(cue.end);
    if (hits_.first(Word::drill, begin, end)) {
        const auto* hit = hits_.first(Word::drill, begin, end);
        const bool denied =
            hit->begin > 0 && in(low_[hit->begin - 1], U"是") && hit->begin > 1 && low_[hit->begin - 2] == U'不';
        if (!denied) return true;
    }
    if (hits_.has(Word::joke)) {
        const auto* hit = hits_.first(Word::joke);
        const bool denied = hit->begin > 0 && in(low_[hit->begin - 1], U"不没别是") && !word_at(hit->begin, U"谣言");
        if (!denied) return true;
    }
    const bool happened = cue.end < low_.size() && low_[cue.end] == U'了';
    // 着火灭火器不会用: who looks for one needs one.
    if (cue.kind == Emergency::fire &&
        says(U"灭火器不会 灭火器打不 灭火器喷不 灭火器在哪 灭火器呢 找不到灭火器", begin, end))
        return false;
    const bool now = present_near(cue, begin, end);
    if (!happened && !now && (hits_.first(Word::topic, begin, end) || hits_.first(Word::prevention, begin, end)))
        return true;
    if (happened && !now) {
        // Liability, inquiry, aftermath: 着火了谁赔, 摔伤了物业负不负责.
        const auto* after = hits_.first(Word::prevention, cue.end, end);
        if (after) {
            const auto word = hits_.words(*after);
            if (word.find(U'赔') != word.npos || word.find(U"负责") != word.npos || word.find(U"处理") != word.npos ||
                word.find(U"算谁") != word.npos || word.find(U"原因") != word.npos || word.find(U"结果") != word.npos ||
                word.find(U"责任") != word.npos)
                return true;
        }
    }
    return false;
}

bool DangerGuards::explained(const Cue& cue) const {
    return kitchen_or_cigarette(cue) || thanked(cue) || over(cue) || asked_in_general(cue) || hits_.has(Word::joke) ||
           hits_.has(Word::drill);
}

bool DangerGuards::guarded(const Cue& cue) const {
    return kitchen_or_cigarette(cue) || thanked(cue) || negated(cue) || past(cue) || supposed(cue) || figurative(cue) ||
           over(cue) || about_it(cue) || almost(cue) || habitual(cue) || asked_in_general(cue) || proposed(cue) ||
           of_animals(cue) || lives_with_it(cue) || only_noise(cue) || about_its_handling(cue) || exaggerated(cue);
}

}  // namespace huiyin
