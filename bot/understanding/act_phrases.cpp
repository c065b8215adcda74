#include "bot/understanding/act_phrases.h"

#include <algorithm>

namespace huiyin {
namespace {

using Kind = MeaningKind;

struct Row {
    Kind kind;
    const char* value;
    const char32_t* phrases;  // separated by spaces, without marks and spaces of their own ("_" = a space in English)
};

// Whole messages (or whole clauses). Politeness around them is stripped before they are looked up.
const Row rows[] = {
    {Kind::yes, "",
     U"没有错 嗯呐没写错 没写错 啱晒 啱 啱交啦 交啦 正确无误  对头就这么写 对头 就这么写 写得对 冇错 ok提交吧 ok提交 "
     U"好提交吧 行提交吧 可以提交吧 冇错 冇问题 没错没错 送出 是 是的 对 对的 对对 对对对 没错 "
     U"正确 "
     U"确认 确定 可以 可以的 好 好的 好呀 好啊 行 中 得 要得 ok okay yes y "
     U"yep "
     U"yeah sure correct right 嗯对 是这样 是这样的 就是这样 没问题 提交 就这样 无误 信息无误 "
     U"确认无误 准确 好滴 好嘞 成 妥 对滴 是滴 可 没毛病 是我 👌 👍 👌🏻 👍🏻 "
     U"确认提交 "
     U"提交吧 "
     U"对就这样 "
     U"都对 "
     U"全对 "
     U"没有问题 登记吧 就这么登记 对没错 是对的 系 可以提交 嗯是 嗯好 嗯可以 嗯行 嗯好的 嗯是的 嗯对的"},
    {Kind::agree_proposal, "",
     U"就照这么办没意见 就照这么办 没有问题就这么做 就这么做 这个方案我接受 这方案我接受 我接受这个方案 同意 我同意 "
     U"接受 我接受 可以 可以的 好 好的 好啊 行 没问题 没意见 ok okay yes 成 就按这个办 就这么办 "
     U"按你们说的办 按这个方案 按这个来 赞成 认可 就这样 同意方案 同意这个方案 接受方案 接受这个方案 可以接受 能接受 "
     U"方案可以 这方案可以 这个方案可以 方案行 这方案行 这个方案行 方案没问题 这个方案没问题 方案没意见 这个方案挺好 "
     U"我可以接受 我们同意 就按你们说的 按方案办 👍 👌 agree agreed i_agree accept 同意的 我认可 没意见就这么办 "
     U"就按这个方案来 听你们的 没有意见 好就这样 行就这样 完全同意 双手赞成 同意你们的方案 同意处理方案"},
    {Kind::vague_yes, "",
     U"行吧行吧 嗯 嗯嗯 嗯嗯嗯 恩 恩恩 哦 噢 行吧 好吧 那好吧 额 唔 也行 也可以 凑合 勉强可以 那就这样吧 差不多 "
     U"差不多吧 应该是 "
     U"可能是 大概是 大概吧 可能吧 应该吧 hmm em 呃 嗯呐 昂 行行行 好好好 那行吧 成吧 中吧 先这样吧 "
     U"嗯哼 奥 噢噢 哦哦 勉强行 还凑合 那就这样"},
    {Kind::indifferent, "",
     U"怎样都成 怎么都成 whatever_you_like up_to_you as_you_like 什么时候都成 怎么都可以 怎样都可以 看你 看你的 "
     U"啥时候都成 啥时候都行 "
     U"什么时候都行 什么时候都可以 几点都行 "
     U"哪天都行 随时都行 "
     U"随便 随便吧 都行 都可以 无所谓 看着办 你看着办 你们看着办 你定 你们定 怎么都行 随你 随你们 爱咋咋地 爱咋咋的 "
     U"whatever 都行吧 随意 都好 怎样都行 看你们 你们决定 你决定 我无所谓 你说了算 你们说了算 随你便 随你们便 任你们"},
    {Kind::no, "",
     U"不是这么回事 不系 写得不对 写错了 nah_that's_wrong that's_wrong 别提交 先别提交 不要提交 别登记 唔好 不 不是 "
     U"不对 不行 不可以 不要 不用 没有 否 错 错了 不用了 no nope 不需要 "
     U"不好 别 nah 不是的 不对的 没 不的 非也 "
     U"不正确 有误 有错 不准确 不是这样 不要了 wrong 没有了 唔系 都不对 全错 ❌ 👎"},
    {Kind::refuse_proposal, "",
     U"我可不答应 这么处理我可不答应 这么处理我不答应 这么处理不行 这方案我不认 这方案不认 这方案我不认可 "
     U"我不认这个方案 不同意 不接受 不行 不可以 不满意 不认可 拒绝 没法接受 "
     U"无法接受 不能接受 接受不了 我不同意 我不接受 这不行 "
     U"绝对不行 不答应 想得美 太少 太少了 不够 差太远 差太远了 打发叫花子 打发叫花子呢 这算什么方案 disagree reject no "
     U"坚决不同意 不可能 门都没有 我不认可 不妥 这个方案不行 这方案不行 不能同意 我们不同意 不干 👎 i_disagree "
     U"not_acceptable 没得谈 免谈 不答应这个 不接受这个方案 不同意这个方案 不满意这个方案 方案不行"},
    {Kind::fixed_yes, "",
     U"搞掂了 搞掂晒 works_fine works_fine_now all_good_now 都搞好了 好了好了 都好了好了 好了 修好了 解决了 已解决 "
     U"已经解决 已经解决了 已经好了 已经修好了 弄好了 搞定了 恢复了 "
     U"可以用了 正常了 没问题了 "
     U"处理好了 已经处理好了 不漏了 亮了 通了 能用了 fixed solved 完全解决 都好了 真好了 完全好了 确实好了 已恢复 "
     U"恢复正常 恢复正常了 已经正常了 修好啦 是修好了 都解决了 全部解决 已经弄好了 问题解决了 问题已解决 it's_fixed "
     U"done 已经恢复 已修好 已处理 来水了 来电了 不响了 不吵了 干净了 清理干净了 彻底好了"},
    {Kind::fixed_partly, "",
     U"好是好了点 好是好了一点 还有一点点 还有一点点渗 还有一点漏 一半好一半坏 一半好了一半没好 一半好一半没好 部分 "
     U"部分解决 好了一半 好一点 好一点了 好一些 好些了 好点了 "
     U"解决了一部分 修了一半 没全好 没完全好 没有完全解决 "
     U"还差一点 一半 partly partially 有改善 基本好了 基本解决 基本解决了 没彻底解决 没有彻底好 只修了一半 差一点 "
     U"部分好了 一部分 修了一部分 好了一部分 不完全 没完全解决 只好了一半 算是部分 好多了但没全好"},
    {Kind::fixed_no, "",
     U"跟没修一样 跟没修一个样 又开始漏 又漏了 又坏了 仲是漏紧 还在滴 还在滴水 师傅走了又开始漏 师傅走了又漏 "
     U"still_dripping still_leaking nope_still_dripping nope_still_leaking 没修好啊 谁说修好了 谁说好了 谁说修好的 "
     U"哪修好了 哪里修好了 哪里好了 哪好了 不是真的好了 没真的好 根本没人来过 "
     U"没人来过 没有解决 没解决 没修好 没好 还没好 还没修 还没修好 还是坏的 还是老样子 没人来 还在漏 根本没修 "
     U"根本没解决 "
     U"根本没好 还是不行 没弄好 没有 not_fixed not_yet 没动静 依旧 一点没变 没有修好 还没解决 并没有解决 没处理 "
     U"还没处理 还是没好 没有好 "
     U"没人修 没人来修 还是漏 还在响 还是一样 老样子 没变化 still_broken not_solved 压根没修 完全没解决 没解决啊 没修 "
     U"还没 没用 没有用 未解决 没有任何变化"},
    {Kind::cancel, "",
     U"唔搞了 唔报了 唔整了 唔使了 拉倒 拉倒吧 拉倒吧不弄了 不搞喇 不报喇 不整喇 不使喇 唔搞喇 唔搞 唔使喇 唔报喇 "
     U"唔整喇 取消 取消吧 不投诉了 算了 "
     U"算了不投诉了 不报了 "
     U"不报修了 不弄了 不要了 "
     U"不用登记了 放弃 退出 不说了 不填了 cancel "
     U"quit 结束 停止 算了吧 当我没说 不反映了 不提交了 不想投诉了 不登记了 不搞了 算啦 不办了 别登记了 不用了算了 "
     U"算了不说了 算了算了 "
     U"取消登记 取消填写 不用投诉了 撤销 我不投诉了 我不想投诉了 不整了 forget_it never_mind 取消本次投诉 算了不弄了 "
     U"算了不报了 不打算投诉了 还是算了 还是不投诉了 那算了 这次就算了 放弃投诉 退出登记"},
    {Kind::withdraw, "",
     U"这单撤了吧 这单撤了 把这单撤了吧 撤了这单 撤诉 撤回投诉 撤销投诉 撤回 不投诉了 不用管了 不用处理了 不追究了 "
     U"撤单 取消投诉 取消工单 我要撤诉 撤掉 不用来了 "
     U"withdraw 撤销工单 撤回工单 把投诉撤了 撤了吧 不用修了 不用再跟进了 不用跟进了 取消我的投诉 撤销我的投诉 "
     U"我要撤销投诉 我想撤诉 "
     U"投诉撤了 工单撤了 我要取消投诉 帮我撤诉 不用派人了 不用来人了 不需要处理了 withdraw_my_complaint "
     U"cancel_my_complaint"},
    {Kind::pause, "",
     U"先放放 我先接个电话 接个电话 我接个电话 等我接个电话 等会 等会儿 等会儿说 等会儿再说 等下说 等下再说 等一下再说 "
     U"待会 待会儿 等会说 等会再说 待会说 待会儿说 待会再说 "
     U"晚点 晚点说 晚点再说 我在开车 开车呢 在开车 "
     U"正开车 我在开会 开会呢 在开会 我在忙 在忙 忙着呢 一会再说 一会儿再说 一会说 回头再说 回头说 有事先忙 稍等 "
     U"等一下 等等 等下 "
     U"明天再说 later 下班再说 现在没空 没空 先忙 我先忙 先放着 先放一放 暂停 过会再说 过一会再说 晚上再说 在上班 "
     U"在上课 手头有事 稍后 稍后再说 现在不方便 不方便 wait 我先去忙 先不说了 先这样 回家再说 到家再说 吃完饭再说 "
     U"在地铁上 talk_later"},
    {Kind::resume, "",
     U"继续 接着说 接着来 继续刚才的 继续填 继续投诉 我回来了 回来了 刚才的继续 接着刚才 接着刚才的 continue 恢复 "
     U"继续吧 go_on 继续登记 接着填 接着刚才说 刚才说到哪了 刚刚说到哪了 继续上次的 继续说 可以继续了 忙完了 我忙完了 "
     U"现在有空了 有空了 resume 开完会了"},
    {Kind::back, "",
     U"退回上一个问题 上一个问题重来 go_back_one 上一个填错了回去 上一个填错了 上一个错了 上一步填错了 刚才那个填错了 "
     U"上一步 返回 回去 退回 后退 返回上一步 back "
     U"上一个 "
     U"回到上一步 退一步 退回上一步 回上一步 返回上一级 上一题 回退 "
     U"上一个问题 go_back"},
    {Kind::skip, "",
     U"没拍照直接下一步 没拍照 电话就不写了吧 电话就不写了 不写了 电话就算了 电话就算了吧 电话就算了吧微信上说 "
     U"微信上说 微信说 这个不方便透露 "
     U"不知㖞 记不得了 记不得 唔知喎 唔知 唔知道 唔记得 想不起来 想不起来了 i_don't_know don't_know idk no_idea "
     U"not_sure "
     U"i_don't_remember can't_remember 跳过 不想说 不方便说 不告诉你 略过 略 不填 没有照片 没照片 没图 没有图 不提供 "
     U"不留 不想留 下一步 skip 暂无 "
     U"无可奉告 不拍 拍不了 没法拍 没拍 不想填 不愿说 不愿意说 不想提供 不方便 不方便透露 不方便留 没有图片 没图片 "
     U"跳过这个 这个跳过 不说 不想回答 pass none 先不填 不清楚 "
     U"不知道 记不清 记不清了 忘了 没注意 不晓得 不记得 不记得了 说不清 没有电话 没电话 不想留电话 不留电话 不想给"},
    {Kind::help, "",
     U"这玩意怎么操作 这玩意怎么用 这玩意咋用 帮助 怎么用 怎么操作 你能做什么 你会什么 使用说明 功能 菜单 help "
     U"怎么投诉 能干嘛 有什么功能 怎么弄 不会用 "
     U"怎么使用 你能干什么 你能干啥 你有什么用 你能帮我什么 怎么报修 怎么反映问题 如何投诉 如何使用 说明 你可以做什么 "
     U"这个怎么用 咋用 咋弄 怎么玩 主菜单 首页 "
     U"menu 有哪些功能 你都会啥 你会干啥 what_can_you_do how_to_use 我不会用 教教我 怎么填 不会弄 不会操作"},
    {Kind::repeat_please, "",
     U"没听懂 听不懂 没太懂 没太明白 你刚才问啥 你刚才问什么 再说一遍 重复一下 什么意思 啥意思 没看懂 没听清 你说什么 "
     U"你说啥 啥 刚才说的啥 问的什么 "
     U"重说一遍 没明白 你问什么 你问啥 pardon say_again 再讲一遍 再问一遍 刚才问的啥 看不懂 不明白 什么 说的啥 没懂 "
     U"重复一遍 再发一遍 "
     U"刚刚问的什么 你刚刚说啥 你刚说什么 what_did_you_say come_again ? ?? ???"},
    {Kind::restart, "",
     U"重新来 重来 从头开始 重新开始 重新填 重新登记 restart 从头来 重新说 重填 全部重来 start_over 重新投诉 从头说 "
     U"重头来"},
    {Kind::hand_over, "",
     U"换个会说人话的 别跟我扯了换个会说人话的 人工 转人工 人工客服 人工服务 找人工 要人工 找个人 找活人 找个活人 真人 "
     U"客服 转客服 找客服 人呢 找真人 接人工 "
     U"活人 叫个人来 换人 human agent operator 人工坐席 转接人工 转人工客服 转人工服务 接人工客服 接线员 真人客服 "
     U"在线客服 客服人员 转接客服 "
     U"找个真人 叫个活人 活人客服 跟人说 和人说 要真人 转真人 转活人 来个人 来个活人 换个人 换人工 人工呢 有没有人工 "
     U"有人工吗 有没有真人 有真人吗 有没有活人 real_person a_human speak_to_a_human talk_to_a_human speak_to_human "
     U"talk_to_human speak_to_someone "
     U"talk_to_someone human_please customer_service 找你们客服 我要找人 我要找真人 我要跟真人说 我要跟人说 "
     U"我要和真人说话 我要跟真人说话 我不跟机器人说 不跟机器人说话 叫人来 让人来跟我说 找人跟我说 转人供 人工客服在吗 "
     U"联系人工 呼叫人工 需要人工 联系客服 呼叫客服 打给人工 接客服"},
    {Kind::progress, "",
     U"进度 查进度 我的投诉到哪了 处理得怎么样了 处理的怎么样了 到哪一步了 进展 处理结果 查询 查工单 我的工单 怎么样了 "
     U"修好没 修好没有 修好了吗 修了吗 什么时候来 办到哪了 有结果了吗 有进展吗 查一下进度 status progress any_update "
     U"any_updates 什么情况了 有消息吗 "
     U"处理完了吗 到哪儿了 查询进度 进度查询 工单进度 投诉进度 处理进度 我的投诉 查投诉 查报修 查一下我的工单 查看进度 "
     U"看进度 看看进度 办得怎么样了 办的怎么样了 有结果没 有回复吗 有没有结果 有没有进展 有没有消息 处理了吗 处理了没 "
     U"处理好了吗 处理好了没 处理好没 处理没有 "
     U"修好了没 修得怎么样了 修的怎么样了 好了没 好了吗 弄好了吗 弄好没 解决了吗 解决了没 解决没有 派人了吗 派人了没 "
     U"派单了吗 谁在处理 谁负责处理 师傅什么时候来 人什么时候来 几点来 什么时候能修好 什么时候修好 什么时候能好 "
     U"什么时候处理 什么时候能处理 多久能修好 多久能处理好 "
     U"现在什么情况 现在到哪一步了 到什么程度了 有下文吗 有下文没 有没有下文 我的单子 我的单子呢 我的单 单子到哪了 "
     U"查单 check_status what's_the_status where_is_my_complaint 进行到哪了 怎么还没消息 为什么还没消息 工单号是多少 "
     U"我的工单号 查我的投诉"},
    {Kind::urge, "",
     U"麻烦快着点 快着点 都等急了 麻烦快着点都等急了 催一下 催单 快点 抓紧 加急 赶紧 催催 快点处理 怎么还没来 还没来 "
     U"还不来 快点啊 hurry 怎么还没人来 还要多久 "
     U"多久能来 催 我要催单 催办 怎么还不来 尽快 尽快处理 赶紧处理 赶快 赶快处理 抓紧处理 抓紧时间 快一点 快些 速度 "
     U"速度点 麻烦快点 能不能快点 可以快点吗 "
     U"人怎么还没来 师傅怎么还没来 师傅还没来 都几天了 怎么还没修 怎么还没处理 怎么还不修 怎么还不处理 还没人联系我 "
     U"没人联系我 怎么没人联系我 怎么还没人联系我 帮我催一下 帮我催催 再催一下 催一催 hurry_up faster 等半天了 "
     U"等不及了 急急急 很急 特急 等了好久了 还没有人来"},
    {Kind::reopen, "",
     U"重办 重新处理 重新开 再处理 重开 重开工单 申诉 我要申诉 reopen 重新打开 再修一次 再来修 返工 要求返工 重新修 "
     U"打开工单 重新打开工单 没修好重新处理 要求重办 不服 我不服 对结果不满意 不认可处理结果 对处理结果不满意 "
     U"要求重新处理 再开一次"},
    {Kind::me_too, "",
     U"我家也是 我们也是 我也是 我们这也是 我家也一样 我也遇到 +1 me_too same_here 我们家也是 我这也是 我这里也是 "
     U"我也一样 我们也一样 我这边也是 同问 同感 我也有 我也要投诉 加我一个 算我一个 我也投诉 我们楼也是 我们栋也是 "
     U"我们单元也是 我也碰到了 同求 附议 我也反映 也是"},
    {Kind::separate_case, "",
     U"我单独报 我单独报不跟他们一起 我要单独投诉 单独投诉 不合并 不要合并 分开处理 我自己投诉 单独立案 不要并案 "
     U"不并案 单独登记 我要单独登记 "
     U"单独处理 别合并 不加入 不想加入 我单独投诉 另外立案 分开登记 我要自己单独投诉"},
    {Kind::add_evidence, "",
     U"就这个 补充 我补充一下 补充一点 还有照片 看图 见图 如图 这是照片 这是视频 发你看 给你看 你看 看照片 我要补充 "
     U"补充一下 我再补充一下 看这个 就是这个 你看看 看视频 照片来了 图来了 这是现场 现场照片 这是现场照片 补充材料 "
     U"补充证据 我有证据 有图有真相 照片发了 已发照片"},
    {Kind::escalate_wish, "",
     U"把你们经理叫来 把经理叫来 把你们领导叫来 找领导 我要找领导 叫你们领导来 叫经理来 找经理 找你们负责人 找你们老总 "
     U"我要升级 升级 要见经理 投诉到总部 找上级 "
     U"越级 manager supervisor 升级处理 找你们领导 找你们经理 我要找你们领导 我要找经理 叫你们经理来 让你们领导来 "
     U"让经理来 换领导 领导呢 你们领导呢 "
     U"你们经理呢 负责人呢 找负责人 我要见领导 我要见你们领导 叫领导来 领导电话 上报领导 越级投诉 我要越级投诉 "
     U"找总公司 找集团 投诉到集团 向上级投诉 let_me_speak_to_your_manager i_want_your_manager 找项目经理 叫项目经理来 "
     U"升级投诉 找主管"},
    {Kind::stop_surveys, "",
     U"以后别老让我打分了 别老让我打分 别让我打分了 别再发了 不要再发 不要再发了 别发了 别再问了 不要评价 不想评价 "
     U"别骚扰 退订 td 别再打扰 不要再推送 unsubscribe "
     U"stop 不评价 别再骚扰 别烦我 别再发问卷 不要发问卷 别发问卷了 不要再问了 不要再发评价 别再让我评价 不参加评价 "
     U"不参与评价 取消推送 别推送了 不想再收到 不要打扰我 "
     U"不要骚扰我 别打扰我 回访别打了 不要回访 不需要回访 别回访了 不用回访 stop_sending"},
    {Kind::greet, "",
     U"你好 您好 hi hello 喂 在吗 在不在 有人吗 早上好 下午好 晚上好 中午好 上午好 哈喽 嗨 hey 在么 早 各位好 你好啊 "
     U"您好啊 你好呀 在没 在不 在嘛 有人在吗 有人没 有人么 亲在吗 物业在吗 物业你好 物业您好 你好在吗 您好在吗 哈罗 "
     U"哈啰 客服你好 客服在吗 good_morning good_evening "
     U"good_afternoon 喂喂 喂你好 你好你好 那个 问一下 问个事 问下 我问一下 打扰一下 请问 请问一下 打扰了 新年好 "
     U"春节好 大家好 hi_there"},
    {Kind::thanks, "",
     U"谢谢 谢谢你 谢谢您 多谢 感谢 thanks thank_you thx 谢了 辛苦了 3q 麻烦了 谢谢啦 非常感谢 谢谢了 谢谢谢谢 "
     U"十分感谢 感激 太感谢了 辛苦 辛苦啦 麻烦你了 麻烦您了 麻烦你们了 辛苦你们了 谢谢你们 有劳了 感谢感谢 谢啦 "
     U"thank_you_very_much 🙏 🌹"},
    {Kind::farewell, "",
     U"再见 拜拜 bye 晚安 88 走了 没事了 没别的了 没有别的了 没别的事了 没有其他了 没其他事了 先走了 就这些 就这些了 "
     U"就这事 拜 goodbye 没了 bye_bye 下次再说 没其他的了 没什么了"},
    {Kind::robot_question, "",
     U"你是机器人吗 你是人吗 你是真人吗 是不是机器人 机器人吗 机器人 你是ai吗 你是人工还是机器 你谁 你是谁 你叫什么 "
     U"are_you_a_robot are_you_human are_you_real bot 你是不是机器人 你是不是真人 你是人还是机器人 你是人还是机器 "
     U"是机器人吗 是真人吗 是人工吗 你是人工吗 你是人工智能吗 你是智能客服吗 "
     U"你是机器人还是人 你是什么 你是谁啊 你叫什么名字 我在跟机器人说话吗 是机器回复吗 自动回复吗 是自动回复吗 "
     U"这是自动回复吗 who_are_you 对面是人吗 对面是真人吗 你哪位 哪位"},
    {Kind::bot_complaint, "",
     U"答非所问 听不懂人话 你听得懂吗 你老是重复 机器人太笨 智障机器人 你这机器人 什么破机器人 人工智障 鸡同鸭讲 "
     U"你老是答非所问 你听不懂吗 你听不懂人话吗 你是复读机吗 复读机 你太笨了 你真笨 你好笨 什么智能客服 破机器人 "
     U"垃圾机器人 你懂什么 你根本不懂 跟你说不清 跟你说不明白 你能不能听懂 "
     U"什么都不懂 你不懂 stupid_bot useless_bot 你这机器人真蠢 机器人没用 机器人真没用"},
    {Kind::visitor, "",
     U"我来串门 我是访客 我来做客 来走亲戚 我不是业主 来找朋友 我是外卖员 我是快递员 送外卖的 送快递的 我是送外卖的 "
     U"我是送快递的 我不住这 我不住这里 我不是这里的业主 我不住这个小区 我是来办事的 我是路过的 路过 i_am_a_visitor "
     U"我是客人"},
    {Kind::rating, "5",
     U"最高分 给最高分 打最高分 非常满意 很满意 特别满意 十分满意 五星 五星好评 好评 满分 五分 5星 5分 5颗星 给5分 "
     U"给五分 打5分 打5吧 打五分 十分满意 "
     U"超级满意 相当满意 太满意了 very_satisfied 给满分 打满分 五颗星 给五星 给5星 excellent 满意极了 5⭐ ⭐⭐⭐⭐⭐ "
     U"必须五星 100分"},
    {Kind::rating, "4",
     U"满意 比较满意 挺满意 还算满意 四星 四分 4星 4分 给4分 给四分 打4分 打4吧 打四分 4颗星 satisfied 较满意 四颗星 "
     U"挺好 "
     U"蛮好 ⭐⭐⭐⭐ 蛮满意 还是满意的"},
    {Kind::rating, "3",
     U"一般 还行 一般般 还可以 三星 三分 3星 3分 给3分 给三分 打3分 打3吧 打三分 3颗星 凑合 马马虎虎 普通 中等 so_so "
     U"三颗星 "
     U"一般吧 还行吧 ⭐⭐⭐ 中规中矩 基本满意 就那样"},
    {Kind::rating, "2",
     U"不太满意 不满意 不怎么满意 二星 两星 二分 两分 2星 2分 给2分 给两分 打2分 打2吧 打两分 2颗星 差 不好 "
     U"unsatisfied 较差 "
     U"比较差 两颗星 ⭐⭐ 有点差 不是很满意 不是太满意"},
    {Kind::rating, "1",
     U"最低分 给最低分 打最低分 很不满意 非常不满意 极差 差评 一星 一分 1星 1分 给1分 给一分 打1分 打1吧 打一分 1颗星 "
     U"太差 "
     U"太差了 很差 极不满意 "
     U"特别不满意 十分不满意 very_dissatisfied 一颗星 零分 0分 ⭐ 超级差 相当不满意 极其不满意 差到极点 烂"},
};

constexpr std::u32string_view prefixes[] = {
    U"请你",       U"请您",    U"请",     U"麻烦你",   U"麻烦您",       U"麻烦",   U"帮我", U"帮忙",     U"给我",
    U"我要求",     U"我要",    U"我想要", U"我想",     U"我需要",       U"能不能", U"可以", U"可不可以", U"那就",
    U"那",         U"好的",    U"好",     U"行",       U"嗯",           U"哎",     U"唉",   U"喂",       U"你好",
    U"您好",       U"快点",    U"快",     U"赶紧",     U"直接",         U"先",     U"还是", U"立刻",     U"马上",
    U"现在",       U"就",      U"能",     U"不好意思", U"抱歉",         U"谢谢",   U"我说", U"哦",       U"啊",
    U"please",     U"我",      U"都",     U"已经",     U"真的",         U"确实",   U"觉得", U"给",       U"总体",
    U"整体",       U"服务",    U"对服务", U"那我",     U"咱",           U"帮俺",   U"替我", U"想",       U"要",
    U"i want to ", U"i want ", U"can i ", U"let me ",  U"i'd like to ", U"ok ",    U"算了", U"不要废话", U"少废话",
    U"别废话",     U"不说了",  U"快给我", U"评"};
constexpr std::u32string_view suffixes[] = {
    U"吧",     U"了",     U"啊",   U"呀",     U"哦",   U"呢",     U"嘛",     U"啦",     U"哈",     U"的",
    U"谢谢你", U"谢谢您", U"谢谢", U"好吗",   U"行吗", U"可以吗", U"行不行", U"好不好", U"可以不", U"一下",
    U"嘞",     U"咯",     U"哒",   U"麻烦了", U"多谢", U"拜托",   U"拜托了", U"您",     U"你",     U"please",
    U"thanks", U"吗",     U"么",   U"哟",     U"噢",   U"滴",     U"先",     U"来",     U"帮我",   U"快点",
    U"哈哈",   U"呵呵",   U"🙏",    U"👍",      U"😊",    U"😡",      U"辛苦了", U"啵",     U"噻",     U"撒",
    U"嘎",     U"唄",     U"呗",   U"now",    U"物业", U"师傅",   U"喽",     U"蛤",     U"诶"};

}  // namespace

ActPhrases::ActPhrases() {
    for (const auto& row : rows) {
        std::u32string phrase;
        const std::u32string_view all = row.phrases;
        for (std::size_t at = 0; at <= all.size(); ++at) {
            if (at == all.size() || all[at] == U' ') {
                if (!phrase.empty()) {
                    longest_ = std::max(longest_, phrase.size());
                    phrases_[phrase].push_back({row.kind, row.value});
                }
                phrase.clear();
            } else {
                phrase.push_back(all[at] == U'_' ? U' ' : all[at]);
            }
        }
    }
}

const std::vector<ActPhrases::Act>* ActPhrases::lookup(std::u32string_view text) const {
    if (text.empty() || text.size() > longest_) return nullptr;
    const auto found = phrases_.find(text);
    return found == phrases_.end() ? nullptr : &found->second;
}

const std::vector<ActPhrases::Act>* ActPhrases::match(std::u32string_view text, int& strips) const {
    strips = 0;
    for (int round = 0; round < 6; ++round) {
        if (const auto* acts = lookup(text)) return acts;
        auto shorter = text;
        bool cut = false;
        for (const auto suffix : suffixes)
            if (text.size() > suffix.size() && text.compare(text.size() - suffix.size(), suffix.size(), suffix) == 0) {
                shorter.remove_suffix(suffix.size());
                cut = true;
                if (const auto* acts = lookup(shorter)) return ++strips, acts;
                break;
            }
        // The beginning alone, of the text with and without its end.
        for (const auto& candidate : {text, shorter})
            for (const auto prefix : prefixes)
                if (candidate.size() > prefix.size() && candidate.compare(0, prefix.size(), prefix) == 0)
                    if (const auto* acts = lookup(candidate.substr(prefix.size()))) return ++strips, acts;
        if (cut) {
            text = shorter;
            ++strips;
            continue;
        }
        std::size_t best = 0;
        for (const auto prefix : prefixes)
            if (text.size() > prefix.size() && prefix.size() > best && text.compare(0, prefix.size(), prefix) == 0)
                best = prefix.size();
        if (best == 0) return nullptr;
        text.remove_prefix(best);
        ++strips;
    }
    return nullptr;
}

}  // namespace huiyin
