#include "bot/understanding/act_parts.h"

namespace huiyin::acts {

void find_errands(Said& said) {
    auto& found = said.found;
    const auto& low = said.low;
    const auto& facts = said.facts;
    const bool substance = said.substance;
    if (!found.has(Kind::hand_over))
        said.add_if(
            Kind::hand_over, 0.9,
            {U"转人工",      U"转接人工",     U"人工客服",   U"找个活人",    U"要真人",           U"找真人",
             U"找人工",      U"要人工",       U"接人工",     U"真人客服",    U"叫个真人",         U"换真人",
             U"换个真人",    U"跟真人说",     U"和真人说",   U"叫人工",      U"来个真人",         U"人工服务",
             U"让真人来",    U"真人讲",       U"转真人",     U"real person", U"speak to a human", U"talk to a human",
             U"human agent", U"不想跟机器人", U"不跟机器人", U"不要机器人",  U"别让机器人"});
    if (has(low, U"人工客服") && (has(low, U"态度") || has(low, U"也不") || has(low, U"不接") || has(low, U"打不通")))
        found.remove(Kind::hand_over);
    // "我的投诉到哪了", "上次报的那个灯修了没"
    {
        static constexpr std::u32string_view about[] = {
            U"我的投诉", U"我投诉的", U"工单",     U"我报的",   U"上次报",       U"上次反映",  U"上次投诉",
            U"反映的",   U"报修的",   U"那个",     U"昨天报",   U"前天报",       U"我的报修",  U"提交的",
            U"之前报",   U"之前反映", U"上周报",   U"报的修",   U"那件事",       U"那事",      U"登记的",
            U"我的单",   U"我那个",   U"投诉的事", U"我说的那", U"反映那",       U"我的事",    U"投诉单",
            U"报修单",   U"上周反映", U"上回报",   U"上回反映", U"my complaint", U"my ticket", U"my report",
            U"我的诉求", U"我提的"};
        static constexpr std::u32string_view how[] = {
            U"到哪",       U"怎么样了",   U"进度",         U"进展",       U"有结果",   U"结果呢",   U"结果了吗",
            U"结果出来",   U"处理了吗",   U"处理了没",     U"处理好了吗", U"处理好没", U"处理没",   U"修好没",
            U"修好了吗",   U"修好了没",   U"修了没",       U"修了吗",     U"好了没",   U"好了吗",   U"什么时候来",
            U"什么时候修", U"什么时候能", U"什么时候处理", U"啥时候来",   U"啥时候修", U"啥时候能", U"咋样了",
            U"办得",       U"有没有处理", U"有没有人处理", U"怎么还没",   U"有消息",   U"没消息",   U"没动静",
            U"有回复",     U"没回复",     U"有下文",       U"没下文",     U"解决没",   U"解决了吗", U"解决了没",
            U"查一下",     U"查查",       U"查询",         U"status",     U"progress", U"any news", U"any update",
            U"什么情况",   U"多久能",     U"几时",         U"何时",       U"安排了吗", U"安排了没", U"派人了",
            U"搞好没",     U"弄好没",     U"弄好了吗",     U"怎样了",     U"怎么样啦", U"如何了",   U"处理到",
            U"谁在处理",   U"没人管吗",   U"受理了吗",     U"受理没"};
        if (has_any(low, about) && has_any(low, how) && low.size() <= 60) found.add(Kind::progress, 0.85, low);
        if (facts.slots.ticket && low.size() <= 40) found.add(Kind::progress, 0.6, low);
    }
    // 找你们领导, 叫经理出来
    if (!found.has(Kind::escalate_wish)) {
        static constexpr std::u32string_view verbs[] = {U"找", U"叫",     U"让",     U"见",     U"喊",    U"联系",
                                                        U"请", U"要你们", U"跟你们", U"向你们", U"给你们"};
        static constexpr std::u32string_view bosses[] = {U"领导", U"经理",   U"老板",   U"老总", U"负责人", U"上级",
                                                         U"上司", U"总经理", U"管事的", U"boss", U"manager"};
        for (const auto boss : bosses) {
            const auto at = low.find(boss);
            if (at == low.npos) continue;
            const auto before = low.substr(at >= 8 ? at - 8 : 0, at >= 8 ? 8 : at);
            bool wanted = false;
            for (const auto verb : verbs)
                if (const auto place = before.rfind(verb); place != before.npos) {
                    const auto between = before.substr(place + verb.size());
                    if (between.empty() || between == U"你们" || between == U"你" || between == U"你们的" ||
                        between == U"物业" || between == U"你们物业" || between == U"公司" || between == U"个" ||
                        between == U"项目" || between == U"你们公司" || between == U"一下你们" || between == U"总" ||
                        between == U"你们项目")
                        wanted = true;
                }
            if (has(low, U"speak to") || has(low, U"talk to")) wanted = true;
            const bool tried = has(low, U"找过") || has(low, U"找了") || has(before, U"不让");
            if (wanted && !tried) found.add(Kind::escalate_wish, 0.85, boss);
            break;
        }
    }
    // 凭什么等三天
    {
        static constexpr std::u32string_view why[] = {U"凭什么", U"凭啥", U"为什么", U"为啥",
                                                      U"干嘛",   U"怎么", U"咋",     U"why"};
        static constexpr std::u32string_view wait[] = {
            U"是这天",   U"要等",     U"等三天",     U"等这么久",   U"等那么久",   U"这么久",     U"那么久",
            U"这么慢",   U"那么慢",   U"要这么长",   U"这么长时间", U"那么长时间", U"要三天",     U"要五天",
            U"等五天",   U"等几天",   U"so long",    U"拖这么久",   U"要一周",     U"要一个星期", U"要两天",
            U"得等",     U"还要等",   U"等两天",     U"等一周",     U"要十天",     U"要15天",     U"要5天",
            U"拖五天",   U"拖几天",   U"拖三天",     U"等一个礼拜", U"等一个星期", U"等个把月",   U"要一个礼拜",
            U"要3天",    U"等3天",    U"等5天",      U"需要三天",   U"需要五天",   U"需要5天",    U"需要3天",
            U"要半个月", U"等半个月", U"五个工作日", U"5个工作日",  U"要好几天"};
        if (has_any(low, why) && has_any(low, wait) && low.size() <= 30 && !has(low, U"坏") && !has(low, U"漏"))
            found.add(Kind::why_so_long, 0.9, low);
    }
    // 你就说明天能不能修好
    {
        static constexpr std::u32string_view press[] = {
            U"就说",     U"直接说",          U"给句话",    U"给个准话", U"准话",   U"你能保证", U"能不能保证",
            U"能保证吗", U"敢保证",          U"你保证",    U"给我保证", U"承诺",   U"给个准信", U"准信",
            U"打包票",   U"can you promise", U"guarantee", U"一句话",   U"痛快话", U"给个痛快"};
        static constexpr std::u32string_view outcome[] = {U"能不能",   U"能修好", U"修好",   U"解决",   U"几点",
                                                          U"什么时候", U"到底",   U"来不来", U"行不行", U"准话",
                                                          U"准信",     U"保证",   U"痛快",   U"fixed",  U"明天"};
        if (has_any(low, press) && has_any(low, outcome) && low.size() <= 40)
            found.add(Kind::promise_wish, 0.85, low);
        else if (low.size() <= 14 &&
                 (has(low, U"能不能修好") || has(low, U"能修好吗") || has(low, U"能好吗") || has(low, U"能解决吗")) &&
                 !substance)
            found.add(Kind::promise_wish, 0.7, low);
        else if (low.size() <= 14 && (has(low, U"明天能") || has(low, U"今天能") || has(low, U"今晚能")) &&
                 has(low, U"修"))
            found.add(Kind::promise_wish, 0.7, low);
    }
}

}  // namespace huiyin::acts
