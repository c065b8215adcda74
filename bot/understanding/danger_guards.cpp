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
    while (at > 0 && !parts_clauses(low_, at - 1)) --at;
    return at;
}
std::size_t DangerGuards::clause_end(std::size_t at) const {
    while (at < low_.size() && !parts_clauses(low_, at)) ++at;
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
    for (const auto* nobody : {U"no one is ", U"nobody is ", U"nobody was ", U"no one was "})
        if (low_.substr(0, anchor).ends_with(nobody) || low_.substr(0, cue.begin).ends_with(nobody)) return true;
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
            if (word == U"still" && (after.starts_with(U" have") || after.starts_with(U" wait") ||
                                     after.starts_with(U" no ") || after.starts_with(U" not")))
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

// 去年也这样, 上个月刚报过,外墙又掉了; …,昨天也是: what was before is told beside what is now.
bool DangerGuards::of_the_background(const Cue& cue, const Hit& hit) const {
    const std::size_t begin = clause_begin(hit.begin), end = clause_end(hit.end);
    if (begin <= cue.begin && cue.end <= end) return false;  // the cue's own clause
    if (hit.begin > cue.end) return true;
    // I came home late yesterday, the lobby is on fire; but: last year, the lobby was on fire
    if (is_ascii_letter(low_[hit.begin]) && end - begin > static_cast<std::size_t>(hit.end - hit.begin) + 4)
        return true;
    return says(
        U"也是 也这样 就这样 就有 就是这样 也有 也发生 就发生 也出过 报过 反映过 说过 修过 来过 投诉过 报修 维修过 "
        U"检修 搬来 入住 装修 "
        U"打过电话 刚报 刚修 提过 讲过",
        hit.begin, end);
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
            if (hit.begin > cue.end + (is_ascii_letter(low_[hit.begin]) ? 40u : 6u)) continue;
            if (of_the_background(cue, hit)) continue;
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
    // 听说那家店老板之前触过电,现在还开着: heard of, and long ago.
    if (when && says(U"听说 据说", begin, cue.begin)) return true;
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
            after.find(U"用啥") != after.npos || after.find(U"用什么") != after.npos ||
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
                // 我怕死了,楼道里着火了: fears for what is, not of what may be.
                if ((word == U"怕" || word == U"担心" || word == U"害怕" || word == U"生怕") &&
                    (clause_end(hit.end) <= cue.begin || in(hit.end < low_.size() ? low_[hit.end] : U' ', U"死得坏极")))
                    continue;
                // 要是没人来我就报警,外墙瓷砖往下掉: what follows from it is said already.
                const std::size_t its_end = clause_end(hit.end);
                if (its_end <= cue.begin && says(U"就 再 才 i'll i will", hit.end, its_end)) continue;
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
    if (cue.kind == Emergency::electricity && says(U"漏电", cue.begin, cue.end) && says(U"电费 电表走") &&
        says(U"是不是 会不会 难道"))
        return true;
    if (cue.kind == Emergency::electricity && says(U"静电 毛衣 秋裤 脱衣服 羊绒 态度 账单")) return true;
    if (cue.kind == Emergency::self_harm) {
        // 吃安眠药都不管用: sleeps badly.
        if (says(U"安眠药", cue.begin, cue.end) && says(U"不管用 没用 睡不着 失眠 医生 救不了 神经衰弱") &&
            !says(U"一瓶 整瓶 一把 全 吞 不想活"))
            return true;
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
    // 跑八楼腿都断了, 拿砖头顶着门, 炉子火苗小
    if (cue.kind == Emergency::injury && says(U"断了", cue.begin, cue.end) &&
        says(U"跑 爬楼 爬了 爬上 走得 站得 等得", sentence_begin(cue.begin), cue.end))
        return true;
    if (cue.kind == Emergency::violence && cue.end < low_.size() && in(low_[cue.end], U"顶垫压抵挡塞卡撑")) return true;
    if (cue.kind == Emergency::fire && says(U"火苗", cue.begin, cue.end) && cue.end < low_.size() &&
        in(low_[cue.end], U"小黄红不") && says(U"灶 气 热水器 炉"))
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
        if (in_doubt(hit) || of_another_matter(cue, hit)) continue;
        bool again = false;
        for (const auto& later : hits_.all())
            if (later.group == Word::present && later.begin >= hit.end) again = true;
        if (!again) return true;
    }
    return false;
}

// 应该没事吧, 不会是误报吧, 人没事就好, is it a false alarm: hoped, asked or denied.
bool DangerGuards::in_doubt(const Hit& hit) const {
    const std::size_t begin = clause_begin(hit.begin), end = clause_end(hit.end);
    if (end < low_.size() && low_[end] == U'?') return true;
    if (says(U"吧 吗 嘛 么 就好 就行 才好", hit.end, std::min<std::size_t>(end, hit.end + 4u))) return true;
    if (says(U"会不会 是不是 应该 可能 希望 但愿 不知道 不晓得 不确定 不会是 不是 别是 别跟我 怎么会 哪里 谁说 别说 "
             U"别想 假如 能不能 "
             U"not hope maybe",
             begin, hit.end))
        return true;
    // 刚才群里说没事, 保安说不要紧: others say so, who tells it sees it.
    if (says(U"群里 保安 邻居 物业 有人 他们 管家 我妈 我爸 别人 大家 楼长", begin, hit.begin) &&
        says(U"说 讲", begin, hit.begin))
        return true;
    return false;
}

// 还有我家灯修好了, 上次也是这样最后没事, yesterday you fixed my tap: something else is over.
bool DangerGuards::of_another_matter(const Cue& cue, const Hit& hit) const {
    const std::size_t begin = clause_begin(hit.begin), end = clause_end(hit.end);
    if (begin <= cue.begin) return false;  // the cue's own clause
    if (says(U"上次也 上回也 上次那 昨天 前天 上周 上个月 去年 yesterday last my", begin, end)) return true;
    if (says(U"还有我 还有你 对了 另外 顺便 我家 我们家 你们", begin, hit.begin)) return true;
    if (low_.find(U"thank") != low_.npos) return true;
    // What was mended is named, and is not what the danger is about.
    for (const auto* thing : {U"灯", U"水管", U"龙头", U"马桶", U"水表", U"门禁", U"门锁", U"热水", U"暖气", U"道闸",
                              U"网", U"水",   U"电",   U"门",   U"钥匙", U"快递", U"空调", U"电梯", U"路",   U"栏杆"}) {
        const auto at = low_.find(thing, begin);
        if (at == low_.npos || at >= hit.begin) continue;
        if (low_.substr(cue.begin, cue.end - cue.begin).find(thing) != low_.npos) continue;
        return cue.kind != Emergency::lift || at + 1 != hit.begin || low_[at] != U'门';  // 困电梯,门修好了
    }
    return false;
}

namespace {

// What makes all of a message one of a game: it need not stand beside the danger.
constexpr std::u32string_view whole_drills =
    U"演习 演练 彩排 模拟 排练 拍戏 拍电影 剧本杀 密室 鬼屋 狼人杀 桌游 cosplay 做梦 梦见 梦到 噩梦 梦里 道具 话剧 "
    U"表演";

}  // namespace

// Is it told of a film, a lesson, a dream, a drill? 新闻里说着火了, 梦见电梯困人. Not 刚看完电影回来,楼道里着火了.
bool DangerGuards::staged(const Cue& cue) const {
    if (!hits_.has(Word::drill)) return false;
    const std::size_t begin = sentence_begin(cue.begin), end = sentence_end(cue.end);
    const std::size_t own_begin = clause_begin(cue.begin), own_end = clause_end(cue.end);
    for (const auto& hit : hits_.all()) {
        if (hit.group != Word::drill || hit.begin < begin || hit.end > end) continue;
        if (denied(hit)) continue;
        if (says(U"群里 邻居 有人 别人", clause_begin(hit.begin), hit.begin) &&
            says(U"说是 说在 讲是", clause_begin(hit.begin), hit.begin))
            continue;  // heard from others, and seen otherwise
        const bool beside = hit.begin >= own_begin && hit.end <= own_end;
        const std::size_t its_begin = clause_begin(hit.begin), its_end = clause_end(hit.end);
        // While something else was done, or after it: 看着电影呢 楼上着火了.
        if (says(U"完 正看 正在看 在看 看着 刚看 写作业 在写 刚上 在上 打着 在打 刚打 在放 你们 白搞 was were while "
                 U"after",
                 its_begin, its_end) &&
            !says(U"梦", its_begin, its_end) && !(beside && says(U"里 中 说 讲", hit.end, hit.end + 2)))
            continue;
        if (beside) return true;
        if (says(whole_drills, hit.begin, hit.end) ||
            !says(U"我家 我们 隔壁 楼道 楼上 楼下 现在 here my our", own_begin, own_end))
            return true;
        if (says(U"主角 剧情 情节")) return true;
        // 新闻里说,…
        if (says(U"里 说 讲 上 播 报 到", hit.end, its_end)) return true;
    }
    return false;
}

// 不是演习, not a drill, 你们是在开玩笑吗, 别以为我开玩笑
bool DangerGuards::denied(const Hit& hit) const {
    const std::size_t begin = std::max<std::size_t>(clause_begin(hit.begin), hit.begin >= 10 ? hit.begin - 10u : 0u);
    auto before = low_.substr(begin, hit.begin - begin);
    if (before.ends_with(U"是不是")) return false;         // asks
    if (before.ends_with(U'开')) before.remove_suffix(1);  // 不开玩笑, found as 玩笑 too
    for (const auto* word : {U"不是", U"没有", U"没在", U"不算", U"可不", U"别以为", U"你们", U"别当", U"以为", U"当是",
                             U"not ", U"n't ", U"no "})
        if (before.find(word) != before.npos) return true;
    return !before.empty() && in(before.back(), U"不没别") && !word_at(hit.begin, U"谣言");
}

// 着火了哈哈骗你的, …,开玩笑的. Not 哈哈你们可真行,着火都不管.
bool DangerGuards::joked(const Cue& cue) const {
    if (!hits_.has(Word::joke)) return false;
    const std::size_t own_begin = clause_begin(cue.begin), own_end = clause_end(cue.end);
    for (const auto& hit : hits_.all()) {
        if (hit.group != Word::joke || denied(hit)) continue;
        if (hit.begin >= own_begin && hit.end <= own_end) return true;
        const std::size_t end = clause_end(hit.end);
        if (says(U"吗 呢你", hit.end, end) || (end < low_.size() && low_[end] == U'?')) continue;
        const auto word = hits_.words(hit);
        const bool laughs = word == U"哈哈" || word == U"哈哈哈" || word == U"笑哭";
        // A laugh says something only of what it follows.
        if (!laughs || (hit.begin >= cue.end && end + 1 >= low_.size() && hit.end + 2u >= end)) return true;
    }
    return false;
}

bool DangerGuards::about_it(const Cue& cue) const {  // a lesson, a film, an insurance: talk about danger
    if (staged(cue) || joked(cue)) return true;
    const bool happened = cue.end < low_.size() && low_[cue.end] == U'了';
    const std::size_t begin = sentence_begin(cue.begin), end = sentence_end(cue.end);
    // 着火灭火器不会用: who looks for one needs one.
    if (cue.kind == Emergency::fire &&
        says(U"拿灭火器 灭火器快 灭火器不会 灭火器打不 灭火器喷不 灭火器在哪 灭火器呢 找不到灭火器", begin, end))
        return false;
    const bool now = present_near(cue, begin, end);
    // 外墙瓷砖往下掉,赔偿怎么算: what a clause tells of here is not taken back by what is asked beside it.
    const bool told = tells_of_here(cue);
    const std::size_t from = told ? clause_begin(cue.begin) : begin, to = told ? clause_end(cue.end) : end;
    if (!happened && !now && (hits_.first(Word::topic, from, to) || hits_.first(Word::prevention, from, to)))
        return true;
    if (happened && !now) {
        // Liability, inquiry, aftermath: 着火了谁赔, 摔伤了物业负不负责.
        const auto* after = hits_.first(Word::prevention, cue.end, to);
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

// A clause that says where or to whom it happens, and asks nothing: 楼道里着火了, 老人摔倒起不来.
bool DangerGuards::tells_of_here(const Cue& cue) const {
    const std::size_t begin = clause_begin(cue.begin), end = clause_end(cue.end);
    if (end < low_.size() && low_[end] == U'?') return false;
    if (says(U"吗 怎么 怎样 如何 谁 什么 哪 多少 多久 是否 能不能 要不要 有没有 请问 如果 要是 万一 假如", begin, end))
        return false;
    const bool where = says(
        U"楼道 楼梯 楼顶 楼上 楼下 隔壁 对门 邻居 我家 我们 家里 厨房 阳台 车库 地库 里面 里头 门口 屋里 房间 大厅 "
        U"电梯里 里困 老人 孩子 小孩 有人 我 他 她 往下掉 往外冒 在冒 在漏 栋 单元 窗户",
        begin, end);
    return end - begin >= 6 && (where || (end - begin >= 8 && low_[end - 1] == U'了'));
}

bool DangerGuards::explained(const Cue& cue) const {
    return kitchen_or_cigarette(cue) || thanked(cue) || over(cue) || asked_in_general(cue) || joked(cue) || staged(cue);
}

bool DangerGuards::guarded(const Cue& cue) const {
    return kitchen_or_cigarette(cue) || thanked(cue) || negated(cue) || past(cue) || supposed(cue) || figurative(cue) ||
           over(cue) || about_it(cue) || almost(cue) || habitual(cue) || asked_in_general(cue) || proposed(cue) ||
           of_animals(cue) || lives_with_it(cue) || only_noise(cue) || about_its_handling(cue) || exaggerated(cue);
}

}  // namespace huiyin
