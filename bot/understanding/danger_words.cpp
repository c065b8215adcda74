// What dangers are made of: whole cues, and the parts that the scenes put together ("_" is a space inside an
// expression).
#include "bot/understanding/lexicon.h"

namespace huiyin {

const std::vector<WordRow>& danger_rows() {
    static const std::vector<WordRow> rows = {
        {Word::lift,
         U"电梯 升降机 客梯 货梯 轿厢 升降梯 梯厢 直梯 lift elevator 号梯 号电梯 观光梯 消防梯 电梯间里的梯 困梯 "
         U"梯里 梯子里 梯内 地梯 点梯 缆梯 电梯轿厢 吊笼 lifts elevators"},
        {Word::lift_trapped,
         U"被困 困住 困在 困人 困电梯 困里 困到里 困了人 困着 困进 困死在 困这 困于 困我 人困 困梯 关里面 关在里 "
         U"关在电梯 关电梯 关我在 关住 关着人 锁里面 锁在里 锁在电梯 出不来 出不去 卡里面 卡在里 卡在电梯 卡电梯里 "
         U"卡在轿厢 门打不开我在里 有人在里面 人在里面 里面有人 里面有老人 里面有孩子 里面有小孩 里面还有人 "
         U"里面有个 有人卡在 在里面出 没法出去 不能出去 打不开出不 里头出 困 stuck_in stuck_inside stuck trapped "
         U"trapped_in can't_get_out cannot_get_out locked_in 我在里面 我在里头 我还在里 在里面呢 人还在里 "
         U"里面两个人 里面三个人 里面四个人 里面五个人 里面好几个 里面一个人 里面好多人 里面还有 里头有人 "
         U"里头有老人 里头有孩子 里头有个 里头还有 里面喊 里面有声音 里面哭 里面拍门 拍门喊 有人拍门 有人喊救命 "
         U"门打不开我 门不开我 被关在 关在了 被锁在 锁在了 出不到 出唔到 入面出 困我们 困着我 门开不了里 悬在半空 "
         U"停在半空人 卡在半空 停在中间里 between_floors people_inside someone_inside i_am_inside i'm_inside "
         U"困了在 困在入 被关 关了在 被锁 给关 出唔嚟 不让出 开唔到 卡梯 卡在梯 困在梯 关梯 卡到梯"},
        {Word::lift_falls,
         U"急坠 下坠 坠落 坠下 往下掉 往下坠 掉下去 掉到 直掉 下滑了 急速下降 突然下降 冲顶 失控 自由落体 蹲底 "
         U"坠梯 falling dropped"},
        {Word::gas, U"煤气 燃气 天然气 瓦斯 液化气 煤气罐 煤气灶 煤气管 燃气管 gas"},
        {Word::gas_sign,
         U"泄漏 泄露 漏气 漏了 在漏 跑气 味 味道 气味 怪味 臭味 报警器响 报警器在响 报警器一直响 报警器叫 "
         U"报警器在叫 闻到 闻着 闻见 嘶嘶 呲呲 很浓 好浓 好大味 好重 好冲 刺鼻 呛 一股 leak leaking leaks smell "
         U"smells 打穿 挖断 挖破 戳破 钻破 钻穿 割断 打断 撞断 断开了 报警一直 报警响 报警在响 报警叫 报警声 "
         U"一直报警 在报警 呼呼响 满屋味 满屋都是味 满屋子味 满屋都是"},
        {Word::gas_whole,
         U"煤气味 燃气味 天然气味 瓦斯味 液化气味 煤气中毒 瓦斯中毒 燃气中毒 一氧化碳中毒 漏煤气 漏燃气 漏天然气 "
         U"漏瓦斯 煤气泄漏 煤气泄露 燃气泄漏 燃气泄露 天然气泄漏 天然气泄露 煤气漏 燃气漏 天然气漏 瓦斯漏 液化气漏 "
         U"瓦斯泄漏 气管断了 臭鸡蛋味 臭鸡蛋的味 臭鸡蛋气味 gas_leak gas_leaking gas_smell smell_gas smell_of_gas "
         U"smells_like_gas smells_of_gas smelling_gas leaking_gas 煤气阀门没关 满屋煤气 满屋子煤气 全是煤气 "
         U"都是煤气 全是燃气 煤气好大 燃气好大 闻到煤气 闻到燃气 闻到天然气 闻到瓦斯 闻见煤气 闻着煤气 漏瓦斯了 "
         U"smelling_like_gas 煤气忘关 煤气没关 煤气灶忘关 煤气灶没关 忘关煤气 忘了关煤气 忘记关煤气 燃气忘关 "
         U"忘关燃气 没关煤气 没关燃气 煤气忘了关 燃气没关 煤气开着 臭鸡蛋的 臭鸡蛋 煤汽味 燃汽味 一氧化碳超 "
         U"gas_is_leaking gas_smells stink_of_gas"},
        {Word::fire_whole,
         U"着紧火 著紧火 扑不灭 床单点燃 窗帘点燃 被子点燃 走火了 烧紧 燒緊 著火 窗帘点了 被子点了 床单点了 着火 起火 "
         U"失火 火灾 冒烟 "
         U"冒黑烟 冒浓烟 冒白烟 浓烟 黑烟 冒着烟 冒出烟 烟冒 好大的烟 好多烟 都是烟 "
         U"全是烟 烟好大 烟很大 冒火 火苗 明火 烧起来 烧着了 烧着 着了火 燃起来 燃烧 着起来 大火 火光 爆炸 炸了 "
         U"烧焦味 焦糊味 烧焦的味 糊味 烧糊 焦味 焦臭 自燃 烧了起来 火势 on_fire a_fire is_burning caught_fire "
         U"smoke smoking_out explosion exploded flames burning_smell 烟雾很大 烟雾好大 烟雾弥漫 全是烟雾 都是烟雾 "
         U"火好大 火很大 火特别大 火太大 火越来越大 厨房着了 阳台着了 车着了 屋里着了 房子着了 楼上着了 楼下着了 "
         U"电瓶着了 棚子着了 在烧 正烧 烧得好大 窜火 蹿火 起大火 有火 火起来 满楼道烟 满屋烟 一屋子烟 楼道烟 "
         U"浓烟滚滚 呛人的烟 烟呛得 fire burning smoky 着了着了 着啦着啦 着火啦 烧了烧了 爆燃 着咗火 火烛 火好犀利 "
         U"火好猛 火很猛 窜出火 蹿出火 往外蹿火 火舌 火球 烧得通红 烧得好旺 火烧到 火烧进 火烧上 大烟 烟熏得 烟呛 "
         U"被烟 浓烈的烟 smoke_everywhere in_flames burning_down burning_plastic "
         U"喊救火 喊着火 喊起火 叫救火 smell_burning something_burning smells_burnt caught_on_fire"},
        {Word::device,
         U"开关面板 配电箱 配电柜 配电房 配电室 配电间 电表箱 电表 电箱 电闸 插座 插排 插线板 电线 电缆 电井 强电井 "
         U"弱电井 "
         U"强电 弱电箱 线路 电路 灯 灯管 灯头 吊灯 顶灯 灯座 筒灯 灯泡 吸顶灯 空开 总闸 变压器 电源 空气开关 "
         U"电源开关 灯开关 电控柜 控制柜 电机 充电桩 开关盒 接线盒 socket wire wires wiring outlet switchboard "
         U"electric_box 电表柜 电控箱 电闸箱 闸刀 电柜 开关箱 插头 插线 接线板 拖线板 强电间 电机房 变电箱 变电站 拖板 "
         U"电掣 插苏 "
         U"电线杆 灯线 灯带 灯箱 插座面板 fuse_box plug power_strip cable socket_box switch_box breaker charger "
         U"light_fixture ceiling_light ceiling_lamp chandelier downlight light_switch meter_box electrical_room "
         U"electric_room switch_room electrical_panel power_outlet mains"},
        {Word::device_burns,
         U"冒烟 冒黑烟 冒白烟 冒火花 打火 火花 冒火星 火星 滋滋响 滋滋的响 噼啪 噼里啪啦 劈啪 焦味 焦糊味 糊味 "
         U"烧焦味 烧焦 爆响 短路 sparks sparking smoking 冒火 烫手 烧红 跳火 闪火 蓝光 火光 打火星 滋滋 吱吱响 "
         U"冒着烟 冒出烟 在冒烟 烧起来 着火 起火 烧化 烧坏冒 burning smoke on_fire"},
        {Word::shock_whole,
         U"线刮断 电线刮断 被打得手 手都黑了 俾电亲 畀电亲 get_a_shock 触电 漏电 电到人 被电到 电到了 被电了 电了一下 "
         U"被电打 电打了 "
         U"电击 带电 电麻 麻手 "
         U"冒火花 打火花 电火花 "
         U"电线断了 电线掉 电线垂到 电线落 高压线断 电线耷拉 电着了 电着人 被电着 过电 electric_shock electrocuted "
         U"got_shocked live_wire 高压线掉 高压线落 电缆掉 电缆断 电线拖 电线搭 电线落地 电线裸 被电麻 电麻了 电倒 "
         U"电死 漏电伤 electrocution 电我一下 水带电 水里有电 一碰就电 一摸就麻 麻了一下 电打人 电人了 电咗 "
         U"shocked_me got_a_shock getting_shocked gave_me_a_shock 烧胶皮味 胶皮味 烧电线 电线烧 电线糊 电线焦 "
         U"线路烧 烧塑料味从 烧橡胶味 焦皮味 electric_shocks gives_shocks"},
        {Word::high_thing,
         U"外墙 墙砖 瓷砖 外墙砖 玻璃 窗户 窗扇 窗子 花盆 外机 广告牌 招牌 灯箱 石块 石头 水泥块 混凝土 砖头 砖块 "
         U"保温层 保温板 雨棚 树枝 大树 树干 吊顶 天花板 铁皮 钢筋 脚手架 酒瓶 啤酒瓶 瓶子 菜刀 铁块 铁棍 吊篮 "
         U"墙体 屋檐 晾衣杆 东西 重物 哑铃 烟灰缸 塔吊 幕墙 檐口 装饰条 铁架 架子 围墙 tiles glass window "
         U"flowerpot bottle brick 栏杆 护栏 窗框 水泥 灯罩 树杈 铁板 板子 钢板 遮阳棚 遮雨棚 彩钢瓦 瓦片 瓦 石膏板 "
         U"顶板 空调 楼板 横幅 阳台板 木板 砧板 啤酒 水泥板 铁管 钢管 门头 门楼 脚手板 铁栏 石板 石材 大理石 tile "
         U"roof_tile sign ceiling facade branch tree lamp bottles bricks fence "
         U"空调架 外机架 顶棚 玻璃顶 铁皮顶 檐板"},
        {Word::falls,
         U"掉进小区 掉到小区 掉下来 掉下 往下掉 砸下来 砸到 砸中 砸着 砸了 砸坏 坠落 坠下 落下来 落下 扔下来 往下扔 "
         U"扔下 丢下来 "
         U"往下丢 丢下 抛下来 往下抛 往下砸 要掉 快掉 要落 摇摇欲坠 悬着 悬在 吊在半空 挂在半空 要倒 快倒 要塌 "
         U"快塌 塌了 塌下来 倒下来 倒了砸 差点砸 险些砸 从天而降 飞下来 掉落 falling fell_down about_to_fall falls "
         U"要脱 快脱 正在掉 整片掉 整块掉 松脱 快要掉 随时掉 被风刮下 刮下来 掀下来 断了横 砸人 砸烂 砸死 砸倒 "
         U"砸穿 砸个 塌陷 塌落 垮了 垮下 垮塌 倒塌 倒向 倒在路 倒在人 哗哗掉 哗哗往 噼里啪啦掉 掉下嚟 跌落 跌下 跌了块 "
         U"落嚟 快断 要断 歪了要 松了要 快砸 落到人 扔楼下 甩下 踢下 fell falling_off coming_down about_to_come "
         U"collapsing collapsed hanging_by 就要下来 快要下来 要掉不掉 掀半边 掀了半 要飞了 要飞下 晃得要"},
        {Word::falls_whole,
         U"墙要倒 墙要塌 墙快倒 墙快塌 墙倒了 墙塌 高空抛物砸 高空坠物砸 正在高空抛物 刚刚高空抛物 又高空抛物 "
         U"在高空抛物 有人高空抛物 砸到人 砸到头 砸中人 差点砸到 差点砸中 差点被砸 险些被砸 险些砸到 almost_hit "
         U"砸着人 砸到车 砸车上 砸我车 砸到我 砸到孩子 砸到老人 砸中车 从天上掉 天上掉 天降 往楼下扔 朝楼下扔 "
         U"从楼上扔 从高空扔 从楼上丢 往楼下丢 楼要塌 房子要塌 楼塌 房塌 塌方 地陷 天坑 地面塌"},
        {Word::device_wet,
         U"掉在水里 掉水里 掉到水里 掉进水 入水 进水 泡水 被淹 滴水 漏水 淹了 渗水 湿了 流水 冒水 泡了 往下滴 往外冒水 "
         U"滴下来 流下来 漏下来 滴出来 "
         U"流出来 淌下来 渗下来 渗出来 灌水 有水 全是水 都是水 被水 被泡 滴答水 淌水 湿透 泡在水 滴滴答答 浸水 "
         U"下雨 wet leaking 往外流水 往外淌 里面是水 里是水 里有水 上有水 水浸 浸到 浸了 泡着水 水泡 进了水 灌了水 "
         U"湿透了 喷水 全湿"},
        {Word::flows_onto,
         U"滴到 漏到 流到 淋到 渗到 溅到 流进 漏进 灌进 滴进 渗进 顺着 沿着 浇到 泡到 淹到 滴在 漏在 流在 淌到 "
         U"淌进 漫到 喷到 浇在 淋在 淹了 泡了 漫过 淹过 泡着 碰到 滴上 漏下来到 dripping_on dripping_onto "
         U"dripping_into leaking_on leaking_onto leaking_into onto_the into_the on_the 漏在了 直接流 流入 灌入 "
         U"浸入 渗入 冲到 冲进 滴落 流向 溅在 喷进 进了 浸着 浸到 快到 已经到 pouring_into pouring_onto "
         U"running_into flooding dripping_from_the leaking_from_the pouring_from_the coming_from_the coming_out_of_the "
         U"running_down_the pouring_out_of_the reaching_the reached_the rising_to_the dripping_through_the"},
        {Word::water, U"水 漏 雨 water leak leaking dripping flood flooded rain"},
        {Word::injury_whole,
         U"憋紫了 呛住了 噎住了 老婆掉下 老公掉下 孩子掉下 小孩掉下 老人掉下 人掉下去 受伤 摔伤 流血 出血 昏倒 晕倒 "
         U"晕了 昏迷 晕过去 昏过去 "
         U"倒地 倒在地上 躺在地上 没呼吸 没有呼吸 没意识 "
         U"没有意识 休克 砸伤 撞伤 撞倒 烫伤 烧伤 咬伤 被狗咬 咬了一口 咬到人 咬了人 狗咬人 夹住手 夹到手 夹了手 "
         U"夹伤 夹到人 夹住人 夹到孩子 夹住孩子 夹住小孩 夹到小孩 卡住脖子 卡住头 溺水 落水 掉水里 掉到水里 掉进水 "
         U"掉进井 掉井里 掉进池 掉进电梯井 心脏病发 心脏病犯 心梗 中风 抽搐 抽筋倒 不省人事 站不起来 爬不起来 "
         U"起不来了 叫救护车 救护车 叫120 打120 噎住 喘不上气 呼吸困难 被车撞 撞了人 撞到人 撞到孩子 撞了孩子 割伤 "
         U"头破了 磕破 破了头 满头是血 都是血 好多血 全是血 一地血 摔下来 摔下楼 滚下楼 从楼梯上滚 快不行了 "
         U"不行了快 昏死 动弹不得 摔得动不了 bleeding unconscious injured heart_attack fainted broken_leg "
         U"broken_arm not_breathing hurt_badly drowning 卡在栏杆 卡在护栏 卡在窗 卡在缝 卡在门缝 头卡 手卡在 "
         U"脚卡在 腿卡在 手指夹 反锁在车里 锁在车里 锁车里 困在车里 胸口疼 胸口痛 胸痛 胸口闷 心口疼 心绞痛 "
         U"喘不过气 上不来气 喘不过来 过敏休克 中暑 抽过去 倒在家 倒在楼道 倒在路 倒在大堂 倒在厕所 倒在门口 "
         U"倒下了 叫不醒 口吐白沫 鲜血 血流 吐血了 大出血了 羊水破 要生了 快生了 烫到孩子 误食 误服 煤气熏 蜇晕 "
         U"被蛇咬 咬到孩子 passed_out can't_breathe chest_pain seizure choking had_a_stroke hit_by_a_car "
         U"叫个救护车 打急救 没脉搏 人没了呼吸 没有心跳 心跳骤停 失血 血流不止 流血不止 止不住血 血止不住 头破血流 "
         U"摔得不轻 摔得很重 断了骨 骨头断 露骨头 晕低 晕咗 跌亲 卡喉咙 卡在喉咙 卡喉 呛到了喘 心跳停了 心脏停 "
         U"疼得打滚 痛得打滚 人快没了 人要不行 压到人 压住人 压着人 被压在 埋在下面 砸到头 撞飞 撞倒人 轧到人 碾到 "
         U"沉底 淹到人 煤气中毒 食物中毒 喝了洁厕 被蜂蜇 马蜂蜇 蛇咬 坠楼 坠亡 手夹断 脚夹断 早产 流产 not_waking "
         U"not_wake_up won't_wake_up call_an_ambulance ambulance bleeding_badly not_responding no_pulse cpr "
         U"head_injury 被咬伤 被咬了 我骨折"},
        {Word::injury_person,
         U"老人 老太太 老爷子 老头 大爷 大妈 阿姨 奶奶 爷爷 孩子 小孩 宝宝 婴儿 孕妇 妈 爸 老婆 老公 有人 人 女的 "
         U"男的 保洁 邻居 老大爷 工人 我 小朋友 娃 男孩 女孩 学生 业主 保安 师傅 老太 女士 女子 男子 老汉 大叔 "
         U"大娘 大姐 大哥 老奶奶 老爷爷 婆婆 公公 阿婆 阿伯 阿公 伯伯 娃娃 闺女 女儿 儿子 丈夫 妻子 媳妇 外婆 外公 "
         U"姥姥 姥爷 母亲 父亲 老爸 老妈 快递员 快递小哥 外卖员 外卖小哥 骑手 租客 住户 户主 居民 行人 路人 姑娘 "
         U"小伙 小姑娘 孙子 孙女 老伴 室友 同事 朋友 女生 男生 他 她"},
        {Word::injury_fall,
         U"摔倒 滑倒 摔了 摔跤 跌倒 跌了 绊倒 摔一跤 摔着 滑了一跤 摔在 晕 掉进 跌进 栽进 摔进 掉下水 跌落 坠下 "
         U"摔得 摔伤 磕倒 跌跤 摔咗 跌咗 跌亲 昏 瘫倒 瘫在 栽倒 绊了 滚下 滚落 fell tripped slipped"},
        {Word::violence_whole,
         U"俾人斩 畀人斩 持械 女人惨叫 传来惨叫 听到惨叫 听见惨叫 小偷还在 贼还在 小偷在我 打人 打起来 打架 动手打 "
         U"动手了 被打了 在打我 打了我 打我了 打伤 拿刀 持刀 动刀 提刀 提着刀 拿着刀 "
         U"拿着菜刀 砍人 砍死 砍你 捅人 捅伤 捅死 行凶 抢劫 绑架 家暴 强奸 猥亵 闯进来 闯进我家 闯入我家 破门而入 "
         U"撬门 撬我家门 撬锁 踹门 踹我家门 砸门 砸我家门 杀人 杀了你 杀你 弄死你 弄死他 打死你 打死他 打死人 "
         U"掐脖子 掐我 勒脖子 围殴 斗殴 群殴 打群架 殴打 挨打 被人打 被保安打 拿棍子 拿着棍 持棍 追着打 尾随我 "
         U"拦着不让我走 威胁要杀 fighting knife attacked attacking beating_me hitting_me assault 打老婆 打孩子打 "
         U"打得很凶 打女人 打我妈 打我爸 打老人 小偷在我 小偷在家 小偷在屋 有小偷进 贼进来 进贼了快 躲房间 躲在房 "
         U"躲在厕所 躲在卧室 拿棍 追人 追着人 追砍 打砸 抢我包 抢东西 抢包 拿砖头 举着刀 有刀 拿斧 撬我的门 撬我门 "
         U"翻进我家 爬进我家 进了我家 robbery robbed_me stabbed stabbing breaking_in broke_into_my burglar "
         U"打成一团 打作一团 干起来了 扭打 厮打 互殴 按在地上打 摁在地上打 围着打 拳打脚踢 往死里打 抄家伙 捅了 "
         U"挟持 劫持 人质 抢孩子 偷孩子 拐孩子 掳走 性侵 非礼 持枪 开枪 枪声 泼硫酸 泼汽油 放火 纵火 家里进贼 "
         U"家里进了人 家里有贼 屋里有贼 屋里进人 家里有陌生人 break_in break_into breaking_into intruder "
         U"beating_his beating_her beating_up fighting_with punched gunshot with_a_gun with_a_knife being_attacked "
         U"being_followed following_me rape 打成一片 干架 动起手 打急眼 掐起来 打红眼 打咗起 打交 动武 干仗 brawl "
         U"brawling 弄死我 弄死我们 砍我 砍死我 杀我 杀了我 杀我全家 弄死你全家 杀全家 要杀 要捅 放火烧我 烧我家 "
         U"炸了这 绑了我 kill_me kill_us kill_him kill_her 要砍人 要砍我 要砍死 砍你全家"},
        {Word::self_harm_whole,
         U"唔想做人 不想做人 跳楼 跳下去 从楼上跳 不想活 自杀 轻生 割腕 上吊 喝农药 喝药自 死给你们看 死给你看 "
         U"活不下去 了结自己 "
         U"结束生命 寻短见 我想死 真想死 想去死 死了算了 不如死了 一死了之 同归于尽 割脉 没有活下去 不活了 suicide "
         U"kill_myself end_my_life jump_off want_to_die 要往下跳 想往下跳 要跳下 准备跳 楼跳 站在楼顶 坐在楼顶 "
         U"站在天台边 坐在天台边 楼顶边上 天台边上 吃了一瓶 吞了一瓶 喝了农药 开煤气自 割了手 割腕了 不想在这世上 "
         U"没有活着的意思 活着没意思 活着没意义 活腻了 hang_myself cut_myself end_it_all not_want_to_live "
         U"站在天台了 站在楼顶了 站上天台 站上楼顶 爬上楼顶要 坐在窗台外 坐在窗外 坐在阳台外 爬出窗 翻出栏杆 "
         U"翻过护栏 活够了 不想撑 不想再撑 撑不下去了 想解脱 遗书 永别了 来世 割了腕 想不开要 活着没劲 活着好累 "
         U"活着太累 活着干嘛 活着有什么意思 活着还有什么 没活头 没有活头 不想在人世 想不开 走上绝路 走绝路 寻死 "
         U"结束这一切 结束自己 死了就解脱 死了一了百了 就了结 了结了 了结我 来生 下辈子再 永别 别救我 一整瓶安眠 "
         U"吞药 喝药了 喝了药 百草枯 割手腕 割自己 划自己 自残 自尽 自缢 勒自己 绳子都准备 药都准备 跟这个世界 "
         U"告别了这 离开这个世界 离开人世 让我死 死掉算了 死在你们 死在这里 死你们门口 跳河 跳江 跳湖 卧轨 不活啦 "
         U"活不成 无活路 没活路 end_my_own_life ending_my_life kill_himself kill_herself killing_myself "
         U"want_to_be_dead better_off_dead don't_want_to_live no_reason_to_live jump_from_the jump_off_the "
         U"going_to_jump take_my_life took_all_the_pills overdose suicidal hurt_myself 烧炭自 烧炭死 想烧炭 要烧炭 "
         U"烧炭走"},
        {Word::cry_for_help,
         U"救命 救救 救人 快来人 来人啊 help_me sos 救命啊 出人命 要出人命 出大事 somebody_help please_help_me"},
        {Word::shut_in,
         U"困里面 困里头 困在里面 困在里头 困在里边 关里面了 关里头了 关里边了 关在里面 关在里头 关在里边 卡里面了 "
         U"卡里头了 卡里边了 卡在里面 卡在里头 卡在里边 锁里面了 锁里头了 锁在里面 锁在里头 被关里 被困里 困了在里 "
         U"被关住了 被锁住了 出不去了救 locked_inside trapped_inside"},
        {Word::lift_stops,
         U"不动了 不走了 停住 停半 停在半 停在中 停在两 停在楼 停在了 停了 停咗 门不开 不开门 门打不开 打不开 "
         U"开不了 死活不开 卡住 卡了 往下掉 直往下 坠 急停 骤停 没反应 按什么都没 按哪都没 黑了 灯灭 不听使唤 乱跳 "
         U"上不去下不来 不上不下 咣当 stopped stuck not_moving shaking dark"},
        {Word::lift_stops_hard,
         U"不动了 不走了 停住 停半 停在半 停在中 停在两 停咗 门不开 不开门 门打不开 打不开 开不了 死活不开 卡住 "
         U"往下掉 直往下 坠 急停 按什么都没 按哪都没 上不去下不来 不上不下 won't_open stuck not_moving"},
        {Word::inside,
         U"里面 里头 里边 在里 梯里 厢里 轿厢 我一个人 我们几个 我在 我们在 我跟 我和 人在 还在里 同个 同两 inside "
         U"in_the_lift in_the_elevator in_here"},
        {Word::fear,
         U"害怕 好怕 怕死 吓 救 哭 快来 快点 快D 快啲 快啊 喘不 憋 闷死 心慌 发抖 求求 赶紧 呼救 喊 尖叫 惨叫 "
         U"scared help hurry please"},
        {Word::somebody,
         U"我 他 她 人 孩 娃 宝宝 老人 老太 老爷 老头 爸 妈 爷 奶奶 婆婆 外婆 阿婆 老婆 公公 外公 阿公 老公 伯伯 "
         U"阿伯 叔 姨 哥 姐 弟 妹 女的 男的 女人 男人 女生 男生 丈夫 妻子 邻居 保洁 保安 业主 工人 师傅 学生 客人 "
         U"租客 快递员 骑手 同事 someone somebody people person man woman kid child baby boy girl mom dad mum wife "
         U"husband son daughter my we us i him her guy guard father mother grandma grandpa"},
        {Word::gas_part,
         U"灶 炉灶 灶台 灶具 炉子 阀门 软管 管道井 气管 气瓶 气罐 热水器 厨房 煤气瓶 气阀 燃气灶 管子 灶头 stove "
         U"cylinder valve 燃气表 煤气表"},
        {Word::gas_escape,
         U"漏 嘶嘶 呲呲 嗤嗤 咝咝 丝丝响 冒气 喷气 在喷 喷出 窜气 跑气 跑了一屋 往外冒 管断 管子断 管道断 管裂 "
         U"管子裂 管破 管子破 管子松 管脱 管子脱 管掉 关不上 关不掉 关不住 关不紧 关不了 拧不上 拧不紧 拧不动 挖断 "
         U"挖破 挖穿 挖爆 挖漏 戳破 戳穿 打穿 撞断 凿穿 凿破 钻透 钻破 钻穿 没关 忘关 忘记关 刺鼻 冲鼻 好大阵 "
         U"hissing burst"},
        {Word::hiss, U"漏气 冒气 嘶嘶 呲呲 嗤嗤 咝咝 丝丝响 喷气 跑气 漏了气 hissing"},
        {Word::gas_alarm,
         U"燃气报警 煤气报警 天然气报警 一氧化碳 co报警 可燃气体 燃气警报 煤气警报 气体报警 gas_alarm gas_detector "
         U"co_alarm carbon_monoxide"},
        {Word::rings, U"响 叫 滴滴 嘀嘀 报警了 在报 闪红 响咗 going_off beeping ringing"},
        {Word::burnable,
         U"车 棚 房 屋 厨房 阳台 锅 油锅 垃圾桶 垃圾 草 草坪 绿化带 树 电瓶 被子 窗帘 沙发 衣服 柜 柜子 纸箱 纸 "
         U"仓库 库 店 铺 家 家里 屋里 棚里 楼 楼道 楼里 电动车 摩托 电池 床 空调 冰箱 热水器 电视 杂物 灶台 桌子 "
         U"油 东西 房子 房间 木头 树叶 货 箱子 机房 地下室 烟道 管道井 井 房顶 顶棚 油烟机 洗衣机"},
        {Word::catches,
         U"着了 着啦 着喽 着咯 着起来 着起 烧着 燃着 燃起 爆燃 着火 都着了 也着了 又着了 全着了 烧了起来 烧起来"},
        {Word::smoke_place,
         U"楼道 楼梯 走廊 车库 地库 地下室 房间 屋里 屋子 家里 我家 家 门缝 窗户 窗口 窗 阳台 机房 井 电梯 厨房 "
         U"隔壁 邻居 对面 对门 楼上 楼下 大堂 天花板 配电 箱 柜 店 车 棚 楼 房 屋 管道 通道 过道 垃圾 桶"},
        {Word::smoke_much,
         U"浓的烟 大的烟 黑的烟 重的烟 呛的烟 好大烟 大烟 好多烟 很多烟 许多烟 烟很浓 烟好浓 烟很大 烟好大 烟特别 "
         U"烟太大 烟越来越 出烟 飘烟 窜烟 冒青烟 青烟 一股烟 股烟 白烟 黑烟 滚滚 呛人的烟 烟呛 烟熏 烟往 烟进 烟把 "
         U"全是烟 都是烟 灌烟 烟冒 烟钻 烟都 满是烟 smoke"},
        {Word::fire_alarm,
         U"烟感 火警 火灾报警 消防警报 消防报警 消防铃 烟雾报警 警铃 警报 火警钟 烟雾探测 烟雾器 smoke_alarm "
         U"fire_alarm smoke_detector"},
        {Word::smoke_hint, U"烟 焦 糊 烧 火光 热浪 烫 快跑 快救 smoke burning"},
        {Word::wire, U"电线 电缆 高压线 线头 线缆 裸线 火线 电线头 线皮 供电线 wire wires cable"},
        {Word::wire_down, U"掉 垂 断 耷拉 落 拖 搭 挂 悬 泡 塌 down fallen hanging lying"},
        {Word::wire_bare, U"裸露 露 破皮 外露 漏铜 漏出 没包 bare exposed"},
        {Word::where_people,
         U"地上 地下 地面 路上 路中 路边 路口 水里 水坑 积水 头上 头顶 草坪 草丛 车上 孩子 小孩 有人 人走 人行 "
         U"门口 滑梯 水 ground road playground water children kids"},
        {Word::touched, U"摸 碰 洗澡 洗手 洗碗 淋浴 扶 拉 拽 踩 按 插 拔 抓 shower touched touching"},
        {Word::shocked,
         U"被电 电了一下 电了我 电我 电着 电麻 麻了一下 麻一下 麻得 麻手 麻酥 麻麻的 发麻 弹开 电咗 shock shocked "
         U"zapped tingling"},
        {Word::metal, U"栏杆 铁门 水龙头 水管 门把 铁栏 护栏 铁栅 水池 水里 花洒 健身器材 地面"},
        {Word::has_current, U"有电 带电 漏电 过电 麻手 麻人 电人 电手 发麻 来电感 通电了 有静电很 electrified"},
        {Word::hard_thing,
         U"瓶 砖 石 刀 玻璃 花盆 椅 凳 铁 木板 砧板 菜板 锅 碗 盘子 哑铃 重物 板砖 灭火器 拖把 桌 电视 音箱 冰块 "
         U"西瓜 榴莲 钢 水泥 铅球 行李箱 bottle bottles brick bricks knife glass stones rocks chair things objects "
         U"stuff pots"},
        {Word::thrown,
         U"chucking chucks tossing hurling 扔 抛 砸 掷 甩下 往下丢 丢下来 丢下去 丢下楼 丢砖 丢瓶 丢石 throwing threw "
         U"thrown throws dropping"},
        {Word::down,
         U"off_a_balcony off_the_balcony 下来 往下 下楼 朝下 向下 从楼 从窗 从阳台 从天台 从高 高层 高处 高空 落地 "
         U"from off_the down at_people "
         U"balcony window roof"},
        {Word::flood, U"进水 淹 灌 泡 漫 滴 流 漏 渗 淋 浸 喷 浇 溅 flooding flooded leaking dripping pouring"},
        {Word::hard_device,
         U"配电 电表 电箱 电闸 插座 插排 电线 电缆 电井 变压器 开关箱 电柜 电控 充电桩 接线 插线板 拖板 电掣 插苏 "
         U"弱电箱 空开 "
         U"总闸 强电 发电机 fuse_box electrical socket outlet switchboard wiring meter_box power_strip breaker"},
        {Word::limb,
         U"手 脚 腿 头 胳膊 手指 手臂 脖子 脑袋 膝盖 腰 眼睛 脸 嘴 鼻子 额头 后脑 背 肋骨 骨头 大腿 小腿 手腕 脚踝 "
         U"脚趾 指头 头皮 hand foot leg arm head finger fingers"},
        {Word::pinched,
         U"夹住 夹到 夹了 夹断 夹着 夹伤 被夹 夹进 夹在 压住 压到 压断 压伤 压着 卡住 卡进 卡在 绞进 绞住 卷进 "
         U"卷到 轧到 轧了 轧断 碾 砸到 砸了 砸伤 砸破 砸断 砸烂 烫了 烫伤 烫到 烫着 割破 割了 割到 割断 割开 划破 "
         U"划了 划开 扎破 扎进 扎穿 扎了 扎到 咬了 咬破 咬到 断了 骨折 破了 磕破 摔破 磕了 摔断 流血 出血 冒血 "
         U"止不住 全是血 都是血 血 掉了一块肉 caught crushed bleeding broken cut stuck 切下 切断 切掉 剁掉 剁到 "
         U"削掉"},
        {Word::collapse,
         U"晕倒 晕了过去 晕过 昏倒 昏了 昏迷 昏死 昏厥 倒地 倒下 瘫倒 瘫在 瘫软 没知觉 没意识 没呼吸 没了呼吸 "
         U"没心跳 叫不醒 喊不醒 叫不应 喊不应 弄不醒 抽筋了 抽搐 口吐 吐白沫 翻白眼 嘴唇发紫 嘴唇发青 嘴唇都紫 "
         U"嘴都紫 脸发紫 脸色发青 脸发青 脸色发紫 脸都紫 脸煞白 喘不 透不过气 呼吸不了 呼吸不上 呼吸困难 吐血 便血 "
         U"流血 流好多血 流了好多血 流了很多血 全是血 疼得打滚 痛得打滚 疼晕 痛晕 疼得站不 疼得直不 疼得直叫 "
         U"疼得受不 疼得要命 疼得不行 中暑 中风 脑梗 心梗 心脏病犯 心脏病发 心脏病突 心脏疼 心脏痛 心绞 不省人事 "
         U"起不来 站不起 爬不起 起不了身 休克 烧伤 烫伤 溺水 呛水 噎住 噎着 卡喉 卡住喉 卡嗓子 被压 被埋 埋在 被撞 "
         U"被轧 被碾 被捅 被砍 要生了 快生了 羊水 见红 难产 失去意识 没了意识 快不行 断了气 咽气 心跳停 羊癫 "
         U"羊角风 煤气中毒 食物中毒 低血糖 惊厥 晕低 晕咗 被电倒 触电 坠楼 摔得不轻 摔得很重 摔得动不 摔断 骨折 "
         U"大出血 胸口疼 胸口痛 胸痛 胸口闷 半边身子 嘴歪 说不出话 被烫 collapsed unconscious fainted seizure "
         U"choking drowning bleeding passed_out unresponsive not_responding not_breathing having_a_stroke "
         U"in_labour in_labor overdosed electrocuted 吞了 误吞"},
        {Word::no_answer,
         U"没人应 没人开 无人应 不应 没应 没反应 打不通 电话不接 不接电话 联系不上 没动静 没声音 没声响 没出门 "
         U"没见人 没见着 没见到 几天没 好几天 没露面 不回话 叫门 敲门 no_answer not_answering not_answered"},
        {Word::elder,
         U"老人 老太 老爷 老头 老奶奶 老爷爷 独居 爷爷 奶奶 大爷 大妈 大娘 阿婆 阿伯 婆婆 伯伯 我妈 我爸 妈妈 爸爸 "
         U"母亲 父亲 老两口 老伴 外婆 外公 姥姥 姥爷 孕妇 室友 租客 老太太 old_man old_lady elderly grandma "
         U"grandpa neighbor neighbour mother father"},
        {Word::worry, U"出事 出意外 不对劲 怪味 臭味 异味 担心 不放心 救 危险 破门 开锁 worried smell"},
        {Word::fall_verb, U"掉 落 跌 栽 滑 摔 沉 淹 坠 扑通 fell"},
        {Word::pit,
         U"水池 泳池 游泳池 池子 池里 池塘 喷水池 景观池 鱼池 喷泉 井里 窨井 下水井 井 坑 沟 河里 湖里 人工湖 湖 "
         U"河 水里 化粪池 电梯井 地沟 深坑 pool pond well manhole hole shaft lake"},
        {Word::height_fall,
         U"掉下来 掉下去 掉下嚟 掉下楼 摔下来 摔下去 摔下楼 坠楼 坠下 坠亡 坠落 跌下来 跌下去 跌下楼 滚下来 滚下去 "
         U"栽下来 栽下去 从楼上掉 从窗户掉 从阳台掉 从楼上摔 从窗户摔 从楼上坠 翻下去 滑下去 fell_from fell_off "
         U"fell_out fell_down"},
        {Word::perch, U"爬 坐 站 吊 趴 翻 骑 跨 探 悬 climbing climbed sitting standing hanging"},
        {Word::edge,
         U"窗台外 窗外 窗户外 窗台上 窗台 窗沿 阳台外 阳台边 阳台栏杆 栏杆外 栏杆上 护栏外 护栏上 天台边 天台上 "
         U"天台 楼顶边 楼顶 顶楼边 空调外机 外机 外墙 房檐 楼边 楼沿 女儿墙 window_ledge ledge edge rooftop "
         U"outside_the_window"},
        {Word::teetering,
         U"外 边 沿 哭 喊 腿 吊 挂 危险 快 抓 救 要掉 没人 不下来 劝 外机 摇 晃 跳 酒瓶 outside crying jump"},
        {Word::hit_verb,
         U"打 揍 殴打 暴打 扇 掐 勒 捅 砍 踹 拳打脚踢 按在地 摁在地 按地上 摁地上 按着 摁着 推倒 扯头发 揪头发 "
         U"抓头发 beating hitting punching kicking strangling stabbed stabbing attacked"},
        {Word::hit_whom,
         U"我 他 她 人 老婆 老公 孩子 小孩 娃 女的 女人 女儿 儿子 老人 老头 老太太 业主 保安 妈 我妈 我爸 爸 媳妇 "
         U"老师傅 师傅 保洁 邻居 学生 门卫 住户 外卖 快递员 他妈 女朋友 孕妇 租客 me him her wife guard kid child "
         U"woman"},
        {Word::struck,
         U"打了 打得 打伤 打倒 打晕 打流血 打趴 打进医院 打惨 打死 打 揍 砍伤 砍了一刀 捅 扇耳光 扇了 掐着 掐住 "
         U"殴打 暴打 围殴 群殴 围着打 按在地 摁在地 追打 追着打 追砍 挟持 劫持"},
        {Word::passive, U"被 遭"},
        {Word::wield, U"拿 持 提 举 挥 抡 掏 抄 带着 揣 攥 拎 握 亮 拔 with_a has_a holding waving carrying"},
        {Word::blade, U"刀 菜刀 匕首 西瓜刀 水果刀 砍刀 斧头 尖刀 剔骨刀 手枪 knife gun machete axe blade"},
        {Word::club,
         U"棍 铁棍 钢管 棒 棒球棍 锤 锤子 砖 砖头 酒瓶 扳手 铁锹 铁锨 铁管 凳子 电棍 甩棍 bat hammer rod stick"},
        {Word::menace,
         U"追 冲过来 冲向 威胁 打人 打我 打他 打架 砍人 捅人 吓人 要弄 要杀 乱晃 乱挥 比划 对着 砸门 砸人 扬言 "
         U"见人 行凶 要打 threatening chasing hit"},
        {Word::stalker,
         U"男的 陌生人 陌生男 有人 男人 男子 醉汉 变态 醉鬼 酒鬼 黑衣 那人 那个人 流氓 精神病 疯子 前男友 前夫 "
         U"前妻 他 someone man guy stranger"},
        {Word::follows,
         U"跟着我 跟着我女 跟着孩子 跟着小孩 尾随 跟踪 一直跟着 跟了我 跟到家 跟到单元 跟到门 盯着我 堵着我 堵住我 "
         U"拦住我 拦着我 拽我 拽着我 摸我 抱住我 抱着我 性骚扰 骚扰女 露阴 脱裤 猥亵 非礼 拉扯我 拉扯女 扒我 追我 "
         U"追着我 追着孩子 抱走孩子 抢孩子 拉孩子 拐孩子 拐走 following_me stalking harassing grabbed_me "
         U"touched_me chasing"},
        {Word::intruder,
         U"有人 小偷 贼 陌生人 男的 男人 男子 那人 他 醉汉 一伙人 几个人 不认识的 前夫 前男友 前妻 债主 讨债 要债 "
         U"催收 高利贷 someone somebody man men guy stranger thief"},
        {Word::enters,
         U"翻窗 翻进 翻阳台 爬窗 爬进 爬阳台 撬 闯进 闯入 硬闯 闯到 砸门 砸我家 踹门 踹我 踢门 踢我家门 钻窗 "
         U"钻进我 钻进屋 破门 溜进我 溜进屋 溜进家 冲进 冲到我家 进了我家 进我屋 拧我家 开我家锁 捅我家锁 捅锁 "
         U"捅门 试我家 试图开 在家里翻 砸窗 砸玻璃 敲碎 赖在我家 泼汽油 砸我门 撞门 撞我家 break_in breaking_in "
         U"break_into breaking_into broke_in broke_into in_my_flat in_my_house in_my_apartment kick_my_door "
         U"kicking_my_door banging"},
        {Word::last_place,
         U"楼顶 天台 顶楼 窗台 阳台 房顶 屋顶 桥上 桥 栏杆 护栏 窗户 窗 高楼 roof rooftop bridge ledge balcony "
         U"window"},
        {Word::last_act, U"要跳 想跳 准备跳 打算跳 跳下 往下跳 要跃 欲跳 轻生 不想活 寻死 跳死 jump jumping"},
        {Word::last_pills,
         U"安眠药 农药 百草枯 老鼠药 敌敌畏 毒药 一瓶药 一把药 一大把药 整瓶药 好多药 很多药 两瓶药 洁厕灵 pills "
         U"sleeping_pills poison pesticide"},
        {Word::swallow, U"吃 喝 吞 took swallowed drank taking"},
        {Word::patient,
         U"老人 老人家 老太太 老太 老爷子 老头 老大爷 孩子 小孩 宝宝 娃 女的 男的 有人 个人 爸 妈 爷爷 奶奶 外婆 "
         U"外公 姥姥 姥爷 老公 老婆 老伴 大爷 大妈 大娘 阿姨 阿婆 阿伯 婆婆 公公 女儿 儿子 学生 工人 男孩 女孩 "
         U"邻居 孕妇 小伙 姑娘 骑手 man woman kid child baby boy girl dad mom father mother"},
        {Word::collapse_soft,
         U"没反应 无反应 不动了 不会动 不能动 动不了 没动静 没气 没气了 断气 沉下 沉底 沉了 淹 不行了 倒了 掉下去 "
         U"掉下来 被夹 卡住 唔郁 没声了 not_moving"},
    };
    return rows;
}

}  // namespace huiyin
