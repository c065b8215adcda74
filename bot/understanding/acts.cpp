#include "bot/understanding/acts.h"

#include <algorithm>
#include <unordered_map>

#include "bot/understanding/numbers.h"

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
     U"是 是的 对 对的 对对 对对对 没错 正确 确认 确定 可以 可以的 好 好的 好呀 好啊 行 中 得 要得 ok okay yes y yep "
     U"yeah sure correct right 嗯对 是这样 是这样的 就是这样 没问题 提交 就这样 无误 信息无误 "
     U"确认无误 准确 好滴 好嘞 成 妥 对滴 是滴 可 没毛病 是我 👌 👍 👌🏻 👍🏻 "
     U"确认提交 "
     U"提交吧 "
     U"对就这样 "
     U"都对 "
     U"全对 "
     U"没有问题 登记吧 就这么登记 对没错 是对的 系 可以提交 嗯是 嗯好 嗯可以 嗯行 嗯好的 嗯是的 嗯对的"},
    {Kind::agree_proposal, "",
     U"同意 我同意 接受 我接受 可以 可以的 好 好的 好啊 行 没问题 没意见 ok okay yes 成 就按这个办 就这么办 "
     U"按你们说的办 按这个方案 按这个来 赞成 认可 就这样 同意方案 同意这个方案 接受方案 接受这个方案 可以接受 能接受 "
     U"我可以接受 我们同意 就按你们说的 按方案办 👍 👌 agree agreed i_agree accept 同意的 我认可 没意见就这么办 "
     U"就按这个方案来 听你们的 没有意见 好就这样 行就这样 完全同意 双手赞成 同意你们的方案 同意处理方案"},
    {Kind::vague_yes, "",
     U"嗯 嗯嗯 嗯嗯嗯 恩 恩恩 哦 噢 行吧 好吧 那好吧 额 唔 也行 也可以 凑合 勉强可以 那就这样吧 差不多 差不多吧 应该是 "
     U"可能是 大概是 大概吧 可能吧 应该吧 hmm em 呃 嗯呐 昂 行行行 好好好 那行吧 成吧 中吧 先这样吧 "
     U"嗯哼 奥 噢噢 哦哦 勉强行 还凑合 那就这样"},
    {Kind::indifferent, "",
     U"随便 随便吧 都行 都可以 无所谓 看着办 你看着办 你们看着办 你定 你们定 怎么都行 随你 随你们 爱咋咋地 爱咋咋的 "
     U"whatever 都行吧 随意 都好 怎样都行 看你们 你们决定 你决定 我无所谓 你说了算 你们说了算 随你便 随你们便 任你们"},
    {Kind::no, "",
     U"不 不是 不对 不行 不可以 不要 不用 没有 否 错 错了 不用了 no nope 不需要 不好 别 nah 不是的 不对的 没 不的 非也 "
     U"不正确 有误 有错 不准确 不是这样 不要了 wrong 没有了 唔系 都不对 全错 ❌ 👎"},
    {Kind::refuse_proposal, "",
     U"不同意 不接受 不行 不可以 不满意 不认可 拒绝 没法接受 无法接受 不能接受 接受不了 我不同意 我不接受 这不行 "
     U"绝对不行 不答应 想得美 太少 太少了 不够 差太远 差太远了 打发叫花子 打发叫花子呢 这算什么方案 disagree reject no "
     U"坚决不同意 不可能 门都没有 我不认可 不妥 这个方案不行 这方案不行 不能同意 我们不同意 不干 👎 i_disagree "
     U"not_acceptable 没得谈 免谈 不答应这个 不接受这个方案 不同意这个方案 不满意这个方案 方案不行"},
    {Kind::fixed_yes, "",
     U"好了 修好了 解决了 已解决 已经解决 已经解决了 已经好了 已经修好了 弄好了 搞定了 恢复了 可以用了 正常了 没问题了 "
     U"处理好了 已经处理好了 不漏了 亮了 通了 能用了 fixed solved 完全解决 都好了 真好了 完全好了 确实好了 已恢复 "
     U"恢复正常 恢复正常了 已经正常了 修好啦 是修好了 都解决了 全部解决 已经弄好了 问题解决了 问题已解决 it's_fixed "
     U"done 已经恢复 已修好 已处理 来水了 来电了 不响了 不吵了 干净了 清理干净了 彻底好了"},
    {Kind::fixed_partly, "",
     U"部分 部分解决 好了一半 好一点 好一点了 好一些 好些了 好点了 解决了一部分 修了一半 没全好 没完全好 没有完全解决 "
     U"还差一点 一半 partly partially 有改善 基本好了 基本解决 基本解决了 没彻底解决 没有彻底好 只修了一半 差一点 "
     U"部分好了 一部分 修了一部分 好了一部分 不完全 没完全解决 只好了一半 算是部分 好多了但没全好"},
    {Kind::fixed_no, "",
     U"没有解决 没解决 没修好 没好 还没好 还没修 还没修好 还是坏的 还是老样子 没人来 还在漏 根本没修 根本没解决 "
     U"根本没好 还是不行 没弄好 没有 not_fixed not_yet 没动静 依旧 一点没变 没有修好 还没解决 并没有解决 没处理 "
     U"还没处理 还是没好 没有好 "
     U"没人修 没人来修 还是漏 还在响 还是一样 老样子 没变化 still_broken not_solved 压根没修 完全没解决 没解决啊 没修 "
     U"还没 没用 没有用 未解决 没有任何变化"},
    {Kind::cancel, "",
     U"取消 取消吧 不投诉了 算了 算了不投诉了 不报了 不报修了 不弄了 不要了 不用登记了 放弃 退出 不说了 不填了 cancel "
     U"quit 结束 停止 算了吧 当我没说 不反映了 不提交了 不想投诉了 不登记了 不搞了 算啦 不办了 别登记了 不用了算了 "
     U"算了不说了 算了算了 "
     U"取消登记 取消填写 不用投诉了 撤销 我不投诉了 我不想投诉了 不整了 forget_it never_mind 取消本次投诉 算了不弄了 "
     U"算了不报了 不打算投诉了 还是算了 还是不投诉了 那算了 这次就算了 放弃投诉 退出登记"},
    {Kind::withdraw, "",
     U"撤诉 撤回投诉 撤销投诉 撤回 不投诉了 不用管了 不用处理了 不追究了 撤单 取消投诉 取消工单 我要撤诉 撤掉 不用来了 "
     U"withdraw 撤销工单 撤回工单 把投诉撤了 撤了吧 不用修了 不用再跟进了 不用跟进了 取消我的投诉 撤销我的投诉 "
     U"我要撤销投诉 我想撤诉 "
     U"投诉撤了 工单撤了 我要取消投诉 帮我撤诉 不用派人了 不用来人了 不需要处理了 withdraw_my_complaint "
     U"cancel_my_complaint"},
    {Kind::pause, "",
     U"等会 等会儿 等会儿说 等会儿再说 等下说 等下再说 等一下再说 待会 待会儿 等会说 等会再说 待会说 待会儿说 待会再说 "
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
     U"上一步 返回 回去 退回 后退 返回上一步 back 上一个 回到上一步 退一步 退回上一步 回上一步 返回上一级 上一题 回退 "
     U"上一个问题 go_back"},
    {Kind::skip, "",
     U"跳过 不想说 不方便说 不告诉你 略过 略 不填 没有照片 没照片 没图 没有图 不提供 不留 不想留 下一步 skip 暂无 "
     U"无可奉告 不拍 拍不了 没法拍 没拍 不想填 不愿说 不愿意说 不想提供 不方便 不方便透露 不方便留 没有图片 没图片 "
     U"跳过这个 这个跳过 不说 不想回答 pass none 先不填 不清楚 "
     U"不知道 记不清 记不清了 忘了 没注意 不晓得 不记得 不记得了 说不清 没有电话 没电话 不想留电话 不留电话 不想给"},
    {Kind::help, "",
     U"帮助 怎么用 怎么操作 你能做什么 你会什么 使用说明 功能 菜单 help 怎么投诉 能干嘛 有什么功能 怎么弄 不会用 "
     U"怎么使用 你能干什么 你能干啥 你有什么用 你能帮我什么 怎么报修 怎么反映问题 如何投诉 如何使用 说明 你可以做什么 "
     U"这个怎么用 咋用 咋弄 怎么玩 主菜单 首页 "
     U"menu 有哪些功能 你都会啥 你会干啥 what_can_you_do how_to_use 我不会用 教教我 怎么填 不会弄 不会操作"},
    {Kind::repeat_please, "",
     U"你刚才问啥 你刚才问什么 再说一遍 重复一下 什么意思 啥意思 没看懂 没听清 你说什么 你说啥 啥 刚才说的啥 问的什么 "
     U"重说一遍 没明白 你问什么 你问啥 pardon say_again 再讲一遍 再问一遍 刚才问的啥 看不懂 不明白 什么 说的啥 没懂 "
     U"重复一遍 再发一遍 "
     U"刚刚问的什么 你刚刚说啥 你刚说什么 what_did_you_say come_again ? ?? ???"},
    {Kind::restart, "",
     U"重新来 重来 从头开始 重新开始 重新填 重新登记 restart 从头来 重新说 重填 全部重来 start_over 重新投诉 从头说 "
     U"重头来"},
    {Kind::hand_over, "",
     U"人工 转人工 人工客服 人工服务 找人工 要人工 找个人 找活人 找个活人 真人 客服 转客服 找客服 人呢 找真人 接人工 "
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
     U"催一下 催单 快点 抓紧 加急 赶紧 催催 快点处理 怎么还没来 还没来 还不来 快点啊 hurry 怎么还没人来 还要多久 "
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
     U"我要单独投诉 单独投诉 不合并 不要合并 分开处理 我自己投诉 单独立案 不要并案 不并案 单独登记 我要单独登记 "
     U"单独处理 别合并 不加入 不想加入 我单独投诉 另外立案 分开登记 我要自己单独投诉"},
    {Kind::add_evidence, "",
     U"就这个 补充 我补充一下 补充一点 还有照片 看图 见图 如图 这是照片 这是视频 发你看 给你看 你看 看照片 我要补充 "
     U"补充一下 我再补充一下 看这个 就是这个 你看看 看视频 照片来了 图来了 这是现场 现场照片 这是现场照片 补充材料 "
     U"补充证据 我有证据 有图有真相 照片发了 已发照片"},
    {Kind::escalate_wish, "",
     U"找领导 我要找领导 叫你们领导来 叫经理来 找经理 找你们负责人 找你们老总 我要升级 升级 要见经理 投诉到总部 找上级 "
     U"越级 manager supervisor 升级处理 找你们领导 找你们经理 我要找你们领导 我要找经理 叫你们经理来 让你们领导来 "
     U"让经理来 换领导 领导呢 你们领导呢 "
     U"你们经理呢 负责人呢 找负责人 我要见领导 我要见你们领导 叫领导来 领导电话 上报领导 越级投诉 我要越级投诉 "
     U"找总公司 找集团 投诉到集团 向上级投诉 let_me_speak_to_your_manager i_want_your_manager 找项目经理 叫项目经理来 "
     U"升级投诉 找主管"},
    {Kind::stop_surveys, "",
     U"别再发了 不要再发 不要再发了 别发了 别再问了 不要评价 不想评价 别骚扰 退订 td 别再打扰 不要再推送 unsubscribe "
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
     U"非常满意 很满意 特别满意 十分满意 五星 五星好评 好评 满分 五分 5星 5分 5颗星 给5分 给五分 打5分 打五分 十分满意 "
     U"超级满意 相当满意 太满意了 very_satisfied 给满分 打满分 五颗星 给五星 给5星 excellent 满意极了 5⭐ ⭐⭐⭐⭐⭐ "
     U"必须五星 100分"},
    {Kind::rating, "4",
     U"满意 比较满意 挺满意 还算满意 四星 四分 4星 4分 给4分 给四分 打4分 打四分 4颗星 satisfied 较满意 四颗星 挺好 "
     U"蛮好 ⭐⭐⭐⭐ 蛮满意 还是满意的"},
    {Kind::rating, "3",
     U"一般 还行 一般般 还可以 三星 三分 3星 3分 给3分 给三分 打3分 打三分 3颗星 凑合 马马虎虎 普通 中等 so_so 三颗星 "
     U"一般吧 还行吧 ⭐⭐⭐ 中规中矩 基本满意 就那样"},
    {Kind::rating, "2",
     U"不太满意 不满意 不怎么满意 二星 两星 二分 两分 2星 2分 给2分 给两分 打2分 打两分 2颗星 差 不好 unsatisfied 较差 "
     U"比较差 两颗星 ⭐⭐ 有点差 不是很满意 不是太满意"},
    {Kind::rating, "1",
     U"很不满意 非常不满意 极差 差评 一星 一分 1星 1分 给1分 给一分 打1分 打一分 1颗星 太差 太差了 很差 极不满意 "
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

bool in(char32_t point, std::u32string_view set) { return set.find(point) != std::u32string_view::npos; }

bool is_mark(char32_t point) {
    return point == U' ' || point == U'\n' || is_stop(point) || in(point, U"\"'()[]{}<>《》【】|/\\-_=*&^%$#@`·,。");
}

// Without marks; a space is kept between Latin words.
std::u32string bare(std::u32string_view text) {
    std::u32string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char32_t point = text[at];
        if (is_mark(point) && point != U'\'') {
            if (!out.empty() && is_ascii_letter(out.back()) && at + 1 < text.size() && is_ascii_letter(text[at + 1]))
                out.push_back(U' ');
            continue;
        }
        if (point == U'\'' && !(at > 0 && is_ascii_letter(text[at - 1]))) continue;
        if (point == 0xFE0F || point == 0x200D) continue;
        out.push_back(point);
    }
    return out;
}

bool has(std::u32string_view text, std::u32string_view word) { return text.find(word) != text.npos; }
template <std::size_t N>
bool has_any(std::u32string_view text, const std::u32string_view (&words)[N]) {
    for (const auto word : words)
        if (has(text, word)) return true;
    return false;
}

}  // namespace

struct Acts::Table {
    struct Act {
        Kind kind;
        const char* value;
    };
    std::unordered_map<std::u32string, std::vector<Act>> phrases;
    std::size_t longest = 0;

    const std::vector<Act>* lookup(const std::u32string& text) const {
        if (text.empty() || text.size() > longest) return nullptr;
        const auto found = phrases.find(text);
        return found == phrases.end() ? nullptr : &found->second;
    }
    // The phrase itself, or with politeness stripped from its ends. `strips` counts what was taken off.
    const std::vector<Act>* match(std::u32string text, int& strips) const {
        strips = 0;
        for (int round = 0; round < 6; ++round) {
            if (const auto* acts = lookup(text)) return acts;
            std::u32string shorter = text;
            bool cut = false;
            for (const auto suffix : suffixes)
                if (text.size() > suffix.size() &&
                    text.compare(text.size() - suffix.size(), suffix.size(), suffix) == 0) {
                    shorter.resize(text.size() - suffix.size());
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
            text.erase(0, best);
            ++strips;
        }
        return nullptr;
    }
};

Acts::Acts() {
    auto table = std::make_unique<Table>();
    for (const auto& row : rows) {
        std::u32string phrase;
        const std::u32string_view all = row.phrases;
        for (std::size_t at = 0; at <= all.size(); ++at) {
            if (at == all.size() || all[at] == U' ') {
                if (!phrase.empty()) {
                    table->longest = std::max(table->longest, phrase.size());
                    table->phrases[phrase].push_back({row.kind, row.value});
                }
                phrase.clear();
            } else {
                phrase.push_back(all[at] == U'_' ? U' ' : all[at]);
            }
        }
    }
    table_ = std::move(table);
}

Acts::~Acts() = default;

namespace {

// Collects meanings, one a kind and value, the surest kept.
class Collector {
public:
    void add(Kind kind, double score, std::u32string_view because, std::string value = {}) {
        for (auto& meaning : meanings_)
            if (meaning.kind == kind && (meaning.value == value || kind == Kind::rating)) {
                if (score > meaning.score)
                    meaning.score = score, meaning.because = to_utf8(because), meaning.value = value;
                return;
            }
        meanings_.push_back({kind, {}, std::move(value), score, to_utf8(because)});
    }
    void remove(Kind kind) {
        std::erase_if(meanings_, [kind](const Meaning& meaning) { return meaning.kind == kind; });
    }
    bool has(Kind kind) const {
        return std::any_of(meanings_.begin(), meanings_.end(),
                           [kind](const Meaning& meaning) { return meaning.kind == kind; });
    }
    std::vector<Meaning> take() {
        std::stable_sort(meanings_.begin(), meanings_.end(),
                         [](const Meaning& a, const Meaning& b) { return a.score > b.score; });
        return std::move(meanings_);
    }

private:
    std::vector<Meaning> meanings_;
};

struct Clause {
    std::u32string_view words;
    std::size_t begin, end;
};
std::vector<Clause> clauses_of(std::u32string_view low) {
    std::vector<Clause> clauses;
    std::size_t begin = 0;
    for (std::size_t at = 0; at <= low.size(); ++at) {
        const bool stop =
            at == low.size() || is_stop(low[at]) || (low[at] == U' ' && at > 0 && !is_ascii_letter(low[at - 1]));
        if (!stop) continue;
        if (at < low.size() && in(low[at], U".:") && at > 0 && at + 1 < low.size() && is_ascii_digit(low[at - 1]) &&
            is_ascii_digit(low[at + 1]))
            continue;
        if (at > begin) clauses.push_back({low.substr(begin, at - begin), begin, at});
        begin = at + 1;
    }
    return clauses;
}

// "5分", "给5星,师傅很好": the number of the rating at the head of a clause, or 0.
int rating_in(std::u32string_view clause) {
    static constexpr std::u32string_view heads[] = {
        U"我给",   U"我打",   U"给",   U"打",   U"评",       U"我评",   U"给个",     U"打个",
        U"给你们", U"给师傅", U"给你", U"就给", U"只能给",   U"最多",   U"应该",     U"应该是",
        U"是",     U"改成",   U"改为", U"想给", U"本来想给", U"想打",   U"我想给",   U"我要给",
        U"要给",   U"必须给", U"给他", U"给您", U"应该给",   U"应该打", U"我应该给", U"应是"};
    std::size_t at = 0;
    for (const auto head : heads)
        if (clause.starts_with(head) && head.size() > at) at = head.size();
    const auto number = read_small_number(clause, at, 1);
    int value = 0;
    std::size_t end = 0;
    if (number) {
        value = number->value, end = number->end;
    } else if (at < clause.size() && clause[at] == U'两') {
        value = 2, end = at + 1;
    } else {
        return 0;
    }
    if (value < 1 || value > 5) return 0;
    const auto rest = clause.substr(end);
    if (rest.starts_with(U"分钟") || rest.starts_with(U"分之") || rest.starts_with(U"分店")) return 0;
    if (rest.starts_with(U"分") || rest.starts_with(U"星") || rest.starts_with(U"颗星") || rest.starts_with(U"个星"))
        return rest.size() <= 6 ? value : 0;
    if (clause.size() == end && at > 0) return value;
    return 0;
}

}  // namespace

std::vector<Meaning> Acts::find(const Written& written, const Hits& hits, const Facts& facts) const {
    Collector found;
    const std::u32string_view low = written.low;
    const std::u32string whole = bare(low);
    const auto clauses = clauses_of(low);
    const bool substance =
        facts.slots.has_address() || facts.slots.phone || facts.slots.location || hits.has(Word::fault);

    // ---- the whole message ----
    bool whole_act = false;
    if (whole.size() <= 24) {
        int strips = 0;
        if (const auto* acts = table_->match(whole, strips)) {
            for (const auto& act : *acts) found.add(act.kind, strips == 0 ? 1.0 : 0.95, low, act.value);
            whole_act = true;
        } else if (low.size() > 0 && whole.empty()) {
            if (low.find(U'?') != low.npos) found.add(Kind::repeat_please, 0.9, low), whole_act = true;
        }
    }
    // A bare number: a menu's, a rating's.
    {
        std::u32string number = whole;
        if (number.size() == 3 && number[0] == U'第' && number[2] == U'个') number = number.substr(1, 1);
        if (number.size() == 2 && number[0] == U'选') number.erase(0, 1);
        if (number.size() == 1 && digit_of(number[0]) >= 1) {
            const int value = digit_of(number[0]);
            found.add(Kind::menu_number, 1.0, low, std::to_string(value));
            if (value <= 5) found.add(Kind::rating, 0.5, low, std::to_string(value));
            whole_act = true;
        }
        // A: or "1 2": several choices are the conversation's business.
    }
    // 改2, 第2项错了, 2改成…, 修改第三条
    {
        std::u32string_view text = whole;
        std::size_t at = std::u32string_view::npos;
        for (const auto* head : {U"修改第", U"改第", U"修改一下", U"改一下第", U"改一下", U"修改", U"更改", U"我要改",
                                 U"要改", U"改下", U"改", U"edit ", U"change ", U"第"})
            if (text.starts_with(head)) {
                at = std::u32string_view(head).size();
                const auto number = read_small_number(text, at, 1);
                if (number && number->value >= 1) {
                    const auto rest = text.substr(number->end);
                    const bool ordinal = std::u32string_view(head) == U"第";
                    const bool item = rest.starts_with(U"个") || rest.starts_with(U"项") || rest.starts_with(U"条") ||
                                      rest.starts_with(U"点");
                    const bool wrong = has(rest, U"错") || has(rest, U"不对") || has(rest, U"改");
                    const bool unit = !item && !rest.empty() && in(rest[0], U"栋号单楼座幢#元块分星天次");
                    if (!unit && (ordinal ? item && wrong : rest.size() <= 24)) {
                        found.add(Kind::edit_number, rest.size() <= 2 ? 1.0 : 0.9, low, std::to_string(number->value));
                        whole_act = whole_act || rest.size() <= 2;
                    }
                }
                break;
            }
        if (!found.has(Kind::edit_number) && !text.empty() && digit_of(text[0]) >= 1 && text.size() >= 3 &&
            text.size() <= 20 && digit_of(text[1]) < 0) {
            const auto rest = text.substr(1);
            for (const auto* wrong : {U"错了", U"不对", U"改成", U"改为", U"要改", U"写错", U"改一下", U"有误", U"改"})
                if (rest.starts_with(wrong)) found.add(Kind::edit_number, 0.95, low, std::to_string(digit_of(text[0])));
        }
    }

    // ---- clause by clause ----
    if (!whole_act || clauses.size() > 1) {
        for (std::size_t index = 0; index < clauses.size(); ++index) {
            const auto& clause = clauses[index];
            if (const int value = rating_in(clause.words); value > 0 && (index == 0 || clauses.size() <= 3)) {
                const bool alone = clauses.size() == 1;
                found.add(Kind::rating, alone ? 0.95 : 0.85, clause.words, std::to_string(value));
            }
            const std::u32string words = bare(clause.words);
            if (words.empty() || words.size() > 18) continue;
            int strips = 0;
            const auto* acts = table_->match(words, strips);
            if (!acts) continue;
            const bool first = index == 0, last = index + 1 == clauses.size();
            for (const auto& act : *acts) {
                switch (act.kind) {
                    case Kind::fixed_yes:
                    case Kind::fixed_no:
                    case Kind::fixed_partly:
                        if (words.size() >= 2 && words != U"没有" && words != U"没用" && words != U"还没" &&
                            !(words == U"好了" && !first))
                            found.add(act.kind, 0.8, clause.words);
                        break;
                    case Kind::greet:
                        if (first && words.size() > 1) found.add(act.kind, 0.6, clause.words);
                        break;
                    case Kind::thanks:
                        if (last || first) found.add(act.kind, 0.5, clause.words);
                        break;
                    case Kind::hand_over:
                        if (words.size() >= 3 && (last || first)) found.add(act.kind, 0.9, clause.words);
                        break;
                    case Kind::yes:
                    case Kind::agree_proposal:
                    case Kind::no:
                    case Kind::refuse_proposal:
                        if (first) found.add(act.kind, 0.7, clause.words);
                        break;
                    case Kind::withdraw:
                        if (words.size() >= 3 && (!hits.has(Word::fault) || last))
                            found.add(act.kind, 0.85, clause.words);
                        break;
                    case Kind::cancel:
                        if (!substance) found.add(act.kind, words.size() >= 4 ? 0.9 : 0.75, clause.words);
                        break;
                    case Kind::pause:
                        if (!substance && words.size() >= 3) found.add(act.kind, 0.85, clause.words);
                        break;
                    case Kind::progress:
                        if (last && words.size() >= 3) found.add(act.kind, 0.75, clause.words);
                        break;
                    case Kind::urge:
                        if (last && words.size() >= 2) found.add(act.kind, 0.6, clause.words);
                        break;
                    case Kind::rating:
                        if (first && words.size() >= 3 && !substance && clauses.size() <= 3)
                            found.add(act.kind, 0.7, clause.words, act.value);
                        break;
                    case Kind::me_too:
                    case Kind::separate_case:
                    case Kind::escalate_wish:
                    case Kind::stop_surveys:
                    case Kind::visitor:
                    case Kind::robot_question:
                    case Kind::bot_complaint:
                    case Kind::reopen:
                    case Kind::resume:
                    case Kind::restart:
                    case Kind::repeat_please:
                        if (words.size() >= 3 && (first || last)) found.add(act.kind, 0.8, clause.words);
                        break;
                    case Kind::add_evidence:
                        if (first) {
                            std::u32string_view rest =
                                clause.end < low.size() ? low.substr(clause.end + 1) : std::u32string_view{};
                            found.add(act.kind, 0.8, clause.words, to_utf8(rest));
                        }
                        break;
                    default:
                        break;
                }
            }
        }
    }

    // ---- phrases that can be nothing else ----
    const auto add_if = [&](Kind kind, double score, std::initializer_list<std::u32string_view> words) {
        for (const auto word : words)
            if (has(low, word)) {
                found.add(kind, score, word);
                return true;
            }
        return false;
    };
    if (!found.has(Kind::hand_over))
        add_if(Kind::hand_over, 0.9,
               {U"转人工",     U"转接人工",    U"人工客服",         U"找个活人",        U"要真人",      U"找真人",
                U"找人工",     U"要人工",      U"接人工",           U"真人客服",        U"叫个真人",    U"换真人",
                U"换个真人",   U"跟真人说",    U"和真人说",         U"叫人工",          U"来个真人",    U"人工服务",
                U"让真人来",   U"real person", U"speak to a human", U"talk to a human", U"human agent", U"不想跟机器人",
                U"不跟机器人", U"不要机器人",  U"别让机器人"});
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
            U"要等",     U"等三天",     U"等这么久",   U"等那么久",   U"这么久",     U"那么久",  U"这么慢",
            U"那么慢",   U"要这么长",   U"这么长时间", U"那么长时间", U"要三天",     U"要五天",  U"等五天",
            U"等几天",   U"so long",    U"拖这么久",   U"要一周",     U"要一个星期", U"要两天",  U"得等",
            U"还要等",   U"等两天",     U"等一周",     U"要十天",     U"要15天",     U"要5天",   U"要3天",
            U"等3天",    U"等5天",      U"需要三天",   U"需要五天",   U"需要5天",    U"需要3天", U"要半个月",
            U"等半个月", U"五个工作日", U"5个工作日",  U"要好几天"};
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
    // 先这样,但灯也要修
    {
        static constexpr std::u32string_view agree[] = {
            U"先这样",   U"可以",   U"行",       U"同意", U"好的",   U"好",       U"接受",     U"就这样",   U"没意见",
            U"ok",       U"原则上", U"基本同意", U"大体", U"我同意", U"方案可以", U"赔偿可以", U"金额可以", U"大部分",
            U"部分同意", U"暂时",   U"勉强",     U"那行", U"没问题", U"修可以",   U"这个可以"};
        static constexpr std::u32string_view but[] = {U"但是", U"但",   U"不过", U"可是", U"只是",   U"前提是", U"前提",
                                                      U"除非", U"除了", U"还要", U"还得", U"另外还", U"再加",   U"but"};
        bool agrees = false;
        for (const auto word : agree)
            if (low.starts_with(word) || (low.size() > 1 && low[0] == U'那' && low.substr(1).starts_with(word)))
                agrees = true;
        if (agrees && !low.starts_with(U"好像") && !low.starts_with(U"行不") && !low.starts_with(U"可以不")) {
            for (const auto word : but) {
                const auto at = low.find(word);
                if (at == low.npos || at == 0 || at > 14) continue;
                const auto rest = low.substr(at + word.size());
                if (rest.size() < 2) continue;
                found.remove(Kind::agree_proposal);
                found.remove(Kind::yes);
                found.add(Kind::partial_consent, 0.9, low, to_utf8(rest));
                break;
            }
        }
    }
    // 同意你们的处理, 不同意这个方案
    if (!found.has(Kind::partial_consent) && low.size() <= 24 && !clauses.empty()) {
        const auto head = clauses.front().words;
        if (head.starts_with(U"不同意") || head.starts_with(U"我不同意") || head.starts_with(U"不接受") ||
            head.starts_with(U"我不接受") || head.starts_with(U"不能接受") || head.starts_with(U"无法接受") ||
            head.starts_with(U"坚决不") || head.starts_with(U"这个方案我不") || head.starts_with(U"方案不"))
            found.add(Kind::refuse_proposal, 0.9, head);
        else if ((head.starts_with(U"同意") || head.starts_with(U"我同意") || head.starts_with(U"我接受") ||
                  head.starts_with(U"接受你") || head.starts_with(U"接受这") || head.starts_with(U"我们同意") ||
                  head.starts_with(U"可以接受") || head.starts_with(U"就按")) &&
                 !has(head, U"不") && !has(head, U"吗") && head.size() <= 14)
            found.add(Kind::agree_proposal, 0.9, head);
    }
    // The repair did not hold: 其实还在漏, 修了还是漏, 又坏了
    {
        static constexpr std::u32string_view still[] = {
            U"还在漏",        U"还是漏",       U"又漏了",       U"又坏了",   U"还在响",   U"还是不亮",
            U"还是坏",        U"没修好",       U"没有修好",     U"还没修好", U"还在滴",   U"还是不行",
            U"根本没修",      U"修了跟没修",   U"修了等于没修", U"又堵了",   U"又不亮了", U"还是堵",
            U"还是老样子",    U"仍然漏",       U"照样漏",       U"照样坏",   U"没解决",   U"没有解决",
            U"still leaking", U"still broken", U"not fixed",    U"依然",     U"依旧没",   U"越修越"};
        if (low.size() <= 30)
            for (const auto word : still)
                if (has(low, word)) {
                    found.add(Kind::fixed_no, whole_act ? 1.0 : 0.75, word);
                    found.remove(Kind::fixed_yes);
                    if (word[0] == U'又' || has(low, U"上次") || has(low, U"修完") || has(low, U"修过") ||
                        has(low, U"修了"))
                        found.add(Kind::reopen, 0.7, word);
                    break;
                }
        if (!found.has(Kind::fixed_yes) && !found.has(Kind::fixed_no) && low.size() <= 40 && !has(low, U"吗") &&
            !has(low, U"没有") && !has(low, U"什么时候") && !has(low, U"必须") && !has(low, U"要") && !has(low, U"?") &&
            !has(low, U"才") && !has(low, U"赶紧") && !has(low, U"能") && !has(low, U"尽快") && !has(low, U"快") &&
            (has(low, U"修好了") || has(low, U"解决了") || has(low, U"已经修好") || has(low, U"弄好了") ||
             has(low, U"处理好了")) &&
            !has(low, U"没") && !has(low, U"又"))
            found.add(Kind::fixed_yes, 0.75, low);
        if (found.has(Kind::fixed_yes) &&
            (has(low, U"不用管") || has(low, U"不用来") || has(low, U"不用处理") || has(low, U"不用跟")))
            found.add(Kind::withdraw, 0.9, low);
        if (found.has(Kind::fixed_yes) && (has(low, U"但") || has(low, U"不过") || has(low, U"就是"))) {
            found.remove(Kind::fixed_yes);
            found.add(Kind::fixed_partly, 0.7, low);
        }
    }
    // 点错了应该5分
    if (has(low, U"点错") || has(low, U"按错") || has(low, U"选错") || has(low, U"评错") || has(low, U"手滑") ||
        has(low, U"手误") || has(low, U"打错分") || has(low, U"评分错") || has(low, U"误点") || has(low, U"不小心点")) {
        std::string value;
        for (std::size_t at = 0; at < low.size(); ++at) {
            const int digit = digit_of(low[at]);
            if (digit >= 1 && digit <= 5 && at + 1 < low.size() &&
                (low[at + 1] == U'分' || low[at + 1] == U'星' || low[at + 1] == U'颗') &&
                (at == 0 || digit_of(low[at - 1]) < 0))
                value = std::to_string(digit);
        }
        if (value.empty() && !whole.empty() && digit_of(whole.back()) >= 1 && digit_of(whole.back()) <= 5 &&
            whole.size() <= 14)
            value = std::to_string(digit_of(whole.back()));
        if (value.empty() && has(low, U"非常满意"))
            value = "5";
        else if (value.empty() && has(low, U"满意") && !has(low, U"不满意"))
            value = "4";
        found.remove(Kind::rating);
        found.add(Kind::rating_correction, 0.9, low, value);
    }
    // 我替我妈反映
    for (const auto* head : {U"替", U"帮", U"代"}) {
        const auto at = low.find(head);
        if (at == low.npos) continue;
        for (const auto& hit : hits.all())
            if (hit.group == Word::relation && hit.begin > at && hit.begin - at <= 3u) {
                const auto after = low.substr(hit.end, 6);
                if (has(after, U"反映") || has(after, U"投诉") || has(after, U"报") || has(after, U"问") ||
                    has(after, U"说") || has(after, U"登记")) {
                    auto person = hits.words(hit);
                    if (person.size() > 1 && person[0] == U'我') person.remove_prefix(1);
                    found.add(Kind::proxy, 0.9, low.substr(at, hit.end - at), to_utf8(person));
                }
            }
    }
    add_if(Kind::visitor, 0.8,
           {U"来串门", U"我是访客", U"来做客", U"来走亲戚", U"不是业主", U"不住这", U"来看朋友", U"来找朋友",
            U"我是外卖", U"我是快递", U"送外卖的", U"送快递的", U"来拜访", U"路过你们"});
    // 把1202电话给我
    {
        static constexpr std::u32string_view data[] = {U"电话", U"手机", U"号码", U"联系方式", U"姓名",
                                                       U"名字", U"信息", U"住哪", U"哪一户",   U"哪户"};
        const bool asks = has(low, U"给我") || has(low, U"告诉我") || has(low, U"查一下") || has(low, U"发我") ||
                          has(low, U"发给我") || has(low, U"要一下") || has(low, U"提供");
        const bool other =
            has(low, U"业主") || has(low, U"邻居") || has(low, U"他家") || has(low, U"她家") || has(low, U"楼上") ||
            has(low, U"楼下") || has(low, U"对门") || has(low, U"隔壁") || has(low, U"那户") || has(low, U"车主") ||
            has(low, U"投诉人") || has(low, U"举报人") || [&] {
                for (std::size_t at = 0; at + 2 < low.size(); ++at)
                    if (is_ascii_digit(low[at]) && is_ascii_digit(low[at + 1]) && is_ascii_digit(low[at + 2]))
                        return true;
                return false;
            }();
        const bool own = facts.slots.phone.has_value() || has(low, U"打给我") || has(low, U"我的电话") ||
                         has(low, U"我电话") || has(low, U"打我");
        if (asks && other && !own && has_any(low, data) && low.size() <= 30) found.add(Kind::others_data, 0.85, low);
        add_if(Kind::others_data, 0.9,
               {U"谁投诉的我", U"谁投诉我", U"谁举报的", U"谁举报我", U"是谁投诉", U"投诉我的人是谁", U"哪个邻居投诉",
                U"谁告的状"});
    }
    if (const auto* hit = hits.first(Word::confidential)) {
        if (!has(low, U"保密协议")) found.add(Kind::confidential, 0.9, hits.words(*hit));
    }
    // 我打12345了, 我要找媒体曝光, 法院见
    {
        static constexpr std::u32string_view verbs[] = {U"打", U"找", U"投诉", U"举报", U"反映",   U"告",   U"去",
                                                        U"给", U"向", U"到",   U"见",   U"曝光",   U"起诉", U"官司",
                                                        U"上", U"发", U"法律", U"call", U"report", U"维权"};
        const Hit* hit = hits.first(Word::external);
        if (!hit) hit = hits.first(Word::media_threat);
        if (!hit) hit = hits.first(Word::lawsuit_threat);
        if (!hit) hit = hits.first(Word::media_done);
        if (!hit) hit = hits.first(Word::lawsuit_done);
        if (hit && has_any(low, verbs) && !has(low, U"电话多少") && !has(low, U"电话是多少")) {
            const auto word = hits.words(*hit);
            std::string whom = hit->group == Word::external                                         ? to_utf8(word)
                               : hit->group == Word::media_threat || hit->group == Word::media_done ? "媒体"
                                                                                                    : "法院";
            found.add(Kind::threat_external, 0.85, word, whom);
        }
    }
    if (const auto* hit = hits.first(Word::threat)) found.add(Kind::threat_staff, 0.85, hits.words(*hit));
    // 我们楼也停水了
    if (!found.has(Kind::me_too) && low.size() <= 30) {
        for (const auto* who :
             {U"我们楼也", U"我们栋也", U"我们家也", U"我家也", U"我们单元也", U"我们这也", U"我们这边也", U"我这也",
              U"我这里也", U"我这边也", U"我们这里也", U"我们那栋也", U"我们幢也"})
            if (has(low, who)) found.add(Kind::me_too, 0.85, who);
        for (const auto* who : {U"栋也", U"号楼也", U"单元也", U"楼也"})
            if (const auto at = low.find(who); at != low.npos && at <= 8 && facts.list.size() > 0)
                found.add(Kind::me_too, 0.7, who);
    }
    if (!found.has(Kind::separate_case))
        add_if(Kind::separate_case, 0.85,
               {U"单独投诉", U"不要合并", U"不要并", U"单独立案", U"不想跟别人一起", U"单独给我"});
    // 不是电梯的问题
    if (const auto at = low.find(U"不是"); at != low.npos && at <= 3) {
        const auto rest = low.substr(at + 2);
        const auto stop = std::min(rest.find(U','), rest.size());
        const auto clause = rest.substr(0, stop);
        for (const auto* tail : {U"的问题", U"的事", U"的毛病", U"的原因", U"坏了", U"这个事", U"这件事", U"这个问题"})
            if (const auto place = clause.find(tail);
                place != clause.npos && clause.size() <= 14 && !has(clause, U"我的")) {
                found.add(Kind::deny_matter, 0.85, low.substr(at, 2 + clause.size()), to_utf8(clause.substr(0, place)));
                break;
            }
    }
    // 另外…, 还有…, 顺便…
    for (const auto* head :
         {U"另外", U"还有个事", U"还有一件事", U"还有件事", U"还有就是", U"对了还有", U"顺便", U"顺带", U"再说一个",
          U"再反映一个", U"第二件", U"除此之外", U"此外", U"再有就是", U"还有一个", U"also"}) {
        const std::u32string_view word = head;
        const auto at = low.find(word);
        if (at == low.npos) continue;
        auto rest = low.substr(at + word.size());
        while (!rest.empty() && (is_mark(rest[0]) || in(rest[0], U"的呢啊"))) rest.remove_prefix(1);
        if (rest.size() < 3) continue;
        found.add(Kind::another_matter, at == 0 ? 0.8 : 0.7, word, to_utf8(rest));
        break;
    }
    // 补充一下: …
    if (!found.has(Kind::add_evidence))
        for (const auto* head : {U"补充一下", U"我补充", U"再补充", U"补充一点", U"补充:", U"补充,", U"补充说明"})
            if (const auto at = low.find(head); at != low.npos && at <= 6) {
                auto rest = low.substr(at + std::u32string_view(head).size());
                while (!rest.empty() && is_mark(rest[0])) rest.remove_prefix(1);
                found.add(Kind::add_evidence, 0.85, head, to_utf8(rest));
                break;
            }
    if (!found.has(Kind::bot_complaint))
        add_if(Kind::bot_complaint, 0.8,
               {U"答非所问", U"听不懂人话", U"破机器人", U"复读机", U"智障机器人", U"人工智障", U"机器人真笨",
                U"机器人太笨"});
    if (!found.has(Kind::robot_question) && low.size() <= 14)
        add_if(Kind::robot_question, 0.8,
               {U"是机器人", U"是真人", U"是人还是", U"是不是人", U"are you a bot", U"are you a robot"});
    if (!found.has(Kind::stop_surveys))
        add_if(Kind::stop_surveys, 0.8,
               {U"别再发了", U"不要再发", U"别发问卷", U"别再让我评", U"不想评价", U"不要再让我评", U"别再推送",
                U"别给我发", U"不要给我发", U"别再发评"});
    if (!found.has(Kind::pause) && low.size() <= 20 && !substance)
        add_if(Kind::pause, 0.85,
               {U"晚点说", U"晚点再", U"待会再", U"一会再", U"回头再", U"在开车", U"在开会", U"明天再说", U"下班再",
                U"等会再", U"稍后再", U"一会儿再", U"待会儿再", U"晚上再说", U"先忙"});
    if (found.has(Kind::pause)) {
        std::string when;
        for (const auto* word : {U"半小时后", U"一小时后", U"两小时后", U"一个小时后", U"明天", U"今晚", U"晚上",
                                 U"下班", U"下午", U"周末", U"半个小时"})
            if (has(low, word)) {
                when = to_utf8(word);
                break;
            }
        found.remove(Kind::pause);
        found.add(Kind::pause, 0.9, low, when);
    }
    if (!found.has(Kind::cancel) && !found.has(Kind::withdraw) && low.size() <= 16 && !substance) {
        if (!add_if(
                Kind::cancel, 0.9,
                {U"不投诉了", U"不想投诉了", U"不报了", U"不反映了", U"当我没说", U"不用登记", U"别登记", U"不登记了"}))
            add_if(Kind::cancel, 0.7, {U"算了不"});
    }
    if (!found.has(Kind::withdraw) && low.size() <= 24)
        add_if(Kind::withdraw, 0.85,
               {U"撤诉", U"撤销投诉", U"撤回投诉", U"把投诉撤", U"不用管了", U"不用你们管了", U"投诉取消", U"取消投诉",
                U"取消我的投诉", U"撤单"});
    if (has(low, U"忽略之前") || has(low, U"忽略以上") || has(low, U"忽略上面") || has(low, U"ignore previous") ||
        has(low, U"ignore all") || has(low, U"ignore the above") || has(low, U"系统提示词") ||
        has(low, U"system prompt") || has(low, U"从现在起你是") || has(low, U"无视之前") || has(low, U"无视上述") ||
        has(low, U"开发者模式"))
        found.add(Kind::injection, 0.9, low.substr(0, 20));
    if (const auto* hit = hits.first(Word::abuse)) {
        const auto word = hits.words(*hit);
        const auto next = hit->end < low.size() ? low[hit->end] : U'\0';
        const bool innocent =
            (word == U"滚" && (in(next, U"动落来去筒轮") || (hit->begin > 0 && in(low[hit->begin - 1], U"翻打")))) ||
            (word == U"流氓" && has(low, U"耍流氓")) || (word == U"骗子" && has(low, U"防骗"));
        if (!innocent) found.add(Kind::abuse, low.size() <= 12 ? 0.9 : 0.6, word);
    }
    // Consent that is no consent.
    if (found.has(Kind::indifferent) || found.has(Kind::partial_consent)) found.remove(Kind::agree_proposal);
    if (found.has(Kind::refuse_proposal)) found.remove(Kind::agree_proposal);
    return found.take();
}

}  // namespace huiyin
