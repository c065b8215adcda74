// Talk about danger that is none: thanks, habits, general questions, wishes, how it was handled, prices, animals.
#include "bot/understanding/danger_cues.h"

#include <algorithm>

namespace huiyin {

// 多亏保安提醒我忘关煤气: told in thanks, not cried for help.
bool DangerGuards::thanked(const Cue& cue) const {
    if (cue.kind == Emergency::self_harm) return false;
    const std::size_t begin = sentence_begin(cue.begin), end = sentence_end(cue.end);
    if (says(U"thanks thank", clause_begin(cue.begin), cue.begin) && !says(U"now help still please hurry")) return true;
    bool thanks = false;
    for (const auto* word : {U"多亏", U"感谢", U"表扬", U"点赞", U"幸亏有"}) thanks = thanks || says(word, begin, end);
    for (const auto* now : {U"快", U"救", U"现在", U"还在", U"赶紧", U"马上"})
        if (low_.find(now) != low_.npos) return false;
    return thanks;
}

// Smoke of a grill, a stove, a cigarette or a fogging machine, without a word of fire.
bool DangerGuards::kitchen_or_cigarette(const Cue& cue) const {
    if (cue.kind != Emergency::fire) return false;
    const auto words = low_.substr(cue.begin, cue.end - cue.begin);
    const bool burnt = words.find(U'焦') != words.npos || words.find(U'糊') != words.npos;
    if (burnt && says(U"秸秆 烧烤 烧纸 烧香")) return true;
    if (words.find(U'烟') == words.npos || words.find(U'火') != words.npos || words.find(U'黑') != words.npos ||
        words.find(U'浓') != words.npos)
        return false;
    const std::size_t begin = sentence_begin(cue.begin);
    const auto sentence = low_.substr(begin, sentence_end(cue.end) - begin);
    for (const auto* harmless : {U"烧烤",   U"烤红薯", U"烤串", U"烤肉",   U"熏肉",   U"油烟",   U"抽烟",  U"吸烟",
                                 U"烧香",   U"炒菜",   U"做饭", U"烟雾机", U"饭店",   U"餐馆",   U"烟囱",  U"尾气",
                                 U"排气管", U"烧纸",   U"秸秆", U"火锅店", U"正常吗", U"厨房排", U"抽油烟"})
        if (sentence.find(harmless) != sentence.npos) return true;
    return false;
}

// 差点摔倒, 差点被门夹到手: nobody fell. What nearly hit somebody has come down all the same.
bool DangerGuards::almost(const Cue& cue) const {
    if (!hits_.has(Word::almost)) return false;
    if (cue.kind != Emergency::fire && cue.kind != Emergency::violence && cue.kind != Emergency::injury) return false;
    const auto* hit = hits_.last(Word::almost, clause_begin(cue.begin), cue.anchor);
    if (!hit) hit = hits_.last(Word::almost, cue.begin, cue.end);
    return hit != nullptr && cue.anchor - std::min<std::size_t>(cue.anchor, hit->end) <= 8;
}

bool DangerGuards::habitual(const Cue& cue) const {
    // 被夹了两次: told, not cried.
    const auto after = low_.substr(cue.end, 4);
    if (cue.kind == Emergency::injury && after.find(U'次') != after.npos && !says(U"刚 现在 今天 快来 又")) return true;
    if (!hits_.has(Word::habit)) return false;
    if (cue.kind != Emergency::falling_object && cue.kind != Emergency::violence && cue.kind != Emergency::injury)
        return false;
    const auto* hit = hits_.last(Word::habit, sentence_begin(cue.begin), cue.begin);
    if (hit && word_at(hit->end, U"这样")) return false;  // 老是这样,外墙又掉
    return hit && cue.begin - hit->end <= 8 && !says(U"刚 现在 砸");
}

// 流浪狗咬人吗, 狗咬人了谁管, 电梯困人应该打什么电话: nobody is bitten or shut in.
bool DangerGuards::asked_in_general(const Cue& cue) const {
    if (cue.kind == Emergency::self_harm) return false;
    if (says(U"正常吗 算正常", cue.end) && !says(U"烟")) return true;
    // 听说有人触电,是真的吗,哪栋: who asks is not there.
    if (says(U"听说 据说 都在传 群里传 有人传 网上传 朋友圈传 都说") &&
        says(U"真的吗 是真是假 是不是真 有这事 哪栋 哪一栋 咱们小区吗 咱小区吗 是我们这") &&
        !says(U"快 救 现在 正在 看到 看见 还在"))
        return true;
    // 臭鸡蛋味 is of a drain where the drain is named, and nothing of gas is.
    if (cue.kind == Emergency::gas && says(U"臭鸡蛋", cue.begin, cue.end) &&
        says(U"下水 地漏 马桶 厕所 化粪池 垃圾 冰箱 池塘") && !says(U"煤气 燃气 瓦斯 天然气 灶 晕 恶心 阀 管道井 像"))
        return true;
    // 我们老家有人煤气中毒了,所以想装个报警器
    if (says(U"老家 外地 亲戚家 朋友家 同事家 别的小区 隔壁小区") && says(U"所以 想装 要不要 能不能 有没有") &&
        !says(U"快 救 现在 正在"))
        return true;
    // 电梯困人应该先打谁电话,贴个大点的
    if (says(U"电话 号码") && says(U"贴个 贴张 贴一 贴在 贴楼 贴电梯 贴出来 公示") && !says(U"救 现在 里面 出不来"))
        return true;
    // 什么时候装燃气泄漏报警器
    if (word_at(cue.end, U"报警器") && says(U"装 换 买 配 要不要 多少钱") && !says(U"响 叫 滴")) return true;
    if (says(U"快 救 现在 正在 刚 马上 赶紧 血 还在 里面 好大 很浓 不停 一直 here now help")) return false;
    const bool told = tells_of_here(cue);
    const std::size_t begin = told ? clause_begin(cue.begin) : sentence_begin(cue.begin);
    const std::size_t end = told ? clause_end(cue.end) : sentence_end(cue.end);
    const auto victim = [&] {
        return says(U"我 孩子 小孩 老人 我家 有人 老公 老婆 女儿 儿子 my me we", begin, cue.begin + 1);
    };
    // What to do about it as a rule, asked politely or with 应该, 一般.
    if ((says(U"请问 应该 该打 一般 通常 平时 想问 咨询 问一下 问下", begin, end)) &&
        says(U"什么电话 哪个电话 哪里电话 打什么 打哪 拨打什么 拨什么 找谁 联系谁 多久 怎么办 怎么处理 怎么报 哪个部门 "
             U"吗",
             begin, end) &&
        !word_at(cue.end, U"了") && !victim())
        return true;
    const bool bite = says(U"咬", cue.begin, cue.end);
    if (bite && !victim() &&
        says(U"谁管 吗 管不管 没人管 没有人管 怎么办 怎么处理 管管 管一管 建议 归谁 找谁", cue.end, end))
        return true;
    return says(U"一般多久 通常多久 多久能救 多长时间能救 需要多久 由谁负责 归谁管 怎么算", begin, end) && !victim();
}

// 已经有好几个老人摔倒了,请铺防滑垫: what may happen again is told for the sake of a wish.
bool DangerGuards::proposed(const Cue& cue) const {
    if (cue.kind == Emergency::violence) return says(U"请整改 形同虚设 加强管理 加强巡逻 建议 能不能装");
    if (cue.kind != Emergency::injury && cue.kind != Emergency::falling_object && cue.kind != Emergency::electricity)
        return false;
    if (says(U"刚 现在 流血 起不来 快来 快救 救 晕 正 还在 血")) return false;
    if (cue.kind == Emergency::injury &&
        says(U"好几个 不少人 不少老人 好多人 好些 几次 很多人 多次 多少人 好几回 好几次", 0, cue.begin + 6))
        return true;
    return says(
        U"请铺 请装 请加 请设 请在 建议 加装 能否装 能装 装个 铺防滑 防滑垫 装扶手 防护网 想装 希望能 希望装 希望加 "
        U"贴个 立个 提醒大家 请大家");
}

// 保安打人的事处理得怎么样了, 着火那件事有结果吗
bool DangerGuards::about_its_handling(const Cue& cue) const {
    if (cue.kind == Emergency::self_harm) return false;
    const std::size_t end = sentence_end(cue.end);
    const auto after = low_.substr(cue.end, std::min<std::size_t>(end - cue.end, 8));
    bool affair = false;
    for (const auto* word : {U"的事", U"这事", U"那事", U"这件事", U"那件事", U"事件", U"一事", U"的案", U"事情",
                             U"的监控", U"的录像", U"这本书"})
        affair = affair || after.find(word) != after.npos;
    if (affair && !says(U"快来 救 现在 正在 还在")) return true;
    return says(
               U"处理得怎 处理的怎 处理怎么样 处理到哪 处理结果 有结果 出结果 有说法 查得怎 查的怎 处理好了 结案 "
               U"处理完 的责任认定 那次你们 整改了吗 整改了没",
               cue.end, end) &&
           !says(U"快来 救 现在 正在 还在");
}

// 打孩子的声音很吵, 打起来是常事: how they live next door, not what happens now.
bool DangerGuards::only_noise(const Cue& cue) const {
    if (cue.kind == Emergency::violence && says(U"业主群 家长群 群里 评论区")) return !says(U"刀 血 快来");
    return cue.kind == Emergency::violence && says(U"很吵 太吵 吵死 吵得 扰民 影响休息 影响睡 常事 家常便饭 整天吵") &&
           !says(U"刀 救 血 惨 现在 正 快来 打人");
}

// 蚂蚁爬进我家, 被蚊子咬, 鹅追人: no burglar and no wound.
bool DangerGuards::of_animals(const Cue& cue) const {
    // 猫从阳台跳下去跑丢了
    if (cue.kind == Emergency::self_harm)
        return says(U"猫 狗 鸟 兔 松鼠 鹦鹉", sentence_begin(cue.begin), cue.begin) &&
               says(U"跳", cue.begin, cue.end) && !says(U"我想 我要 我就 我跳 有人 他 她 老婆 老公 孩子");
    if (cue.kind != Emergency::violence && !says(U"咬", cue.begin, cue.end)) return false;
    if (cue.kind != Emergency::violence && cue.kind != Emergency::injury) return false;
    const std::size_t begin = sentence_begin(cue.begin);
    if (cue.kind == Emergency::injury) return says(U"蚊 跳蚤 虫 蚂蚁", begin, cue.end);
    return says(U"蚂蚁 蟑螂 老鼠 虫 猫 鸟 鹅 鸡 鸭 蛇 狗 黄鼠狼", begin, cue.end) && !says(U"刀 打人 小偷 贼", begin);
}

// 我腿骨折了,帮忙送上楼: a state one lives with.
bool DangerGuards::lives_with_it(const Cue& cue) const {
    return cue.kind == Emergency::injury && says(U"骨折 断", cue.begin, cue.end) &&
           says(U"送上 坡道 轮椅 下不去 下不了楼 休养 拄拐 拐杖 刚做 手术 出院 代取 电梯卡 请假 在家养 养伤 养着") &&
           !says(U"刚刚 快来 快叫 救 现在 起不来 血");
}

// 活不下去了物业费这么贵: a price drives nobody to his death, unless he says how or where.
bool DangerGuards::exaggerated(const Cue& cue) const {
    if (cue.kind != Emergency::self_harm || !hits_.has(Word::hyperbole)) return false;
    if (says(U"跳 割 药 刀 绳 遗书 楼顶 天台 窗 永别 孩子 今晚 今天就 此刻 逼", 0)) return false;
    return !says(U"我真的 真的不想 我不想活 不想活了 自杀 轻生");
}

}  // namespace huiyin
