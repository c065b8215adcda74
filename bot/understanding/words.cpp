// The vocabulary of facts and hints, in simplified writing and lower case ("_" is a space inside an English
// expression). Dangers and their guards: danger_words.cpp, guard_words.cpp. Category words are not here: they are data,
// templates/utterances/keywords.tsv.
#include "bot/understanding/lexicon.h"

namespace huiyin {

const std::vector<WordRow>& fact_rows() {
    static const std::vector<WordRow> rows = {
        // ---- facts ----
        {Word::landmark,
         U"大堂 大厅 门厅 前厅 车库 地下车库 地库 停车场 停车位 车位 电梯间 电梯口 电梯厅 单元门 大门口 大门 东门 南门 "
         U"西门 北门 正门 侧门 后门 小门 门口 "
         U"快递柜 丰巢 菜鸟驿站 驿站 快递点 快递站 游乐场 儿童乐园 滑梯 游泳池 泳池 花园 中庭 楼道 楼梯间 楼梯 步梯 "
         U"天台 楼顶 顶楼 屋顶 垃圾站 垃圾房 垃圾桶 "
         U"垃圾箱 垃圾点 垃圾投放点 地下室 广场 喷泉 喷水池 凉亭 岗亭 消防通道 配电房 水泵房 泵房 电表间 设备间 走廊 "
         U"过道 连廊 人行道 车道 坡道 会所 健身房 "
         U"健身区 健身器材 篮球场 羽毛球场 乒乓球台 幼儿园 物业办公室 服务中心 门岗 保安亭 监控室 绿化带 草坪 草地 "
         U"树林 假山 水池 池塘 人工湖 景观湖 小桥 "
         U"围墙 栏杆 底商 商铺 超市 便利店 充电桩 充电棚 车棚 自行车棚 非机动车棚 晾晒区 外墙 架空层 入户大堂 信报箱 "
         U"信箱 道闸 主干道 路口 拐角 "
         U"lobby garage car_park parking_lot corridor stairs staircase roof basement playground pool gate entrance "
         U"garden"},
        {Word::home_place,
         U"卫生间 厕所 洗手间 厨房 客厅 卧室 主卧 次卧 书房 阳台 飘窗 餐厅 浴室 玄关 储物间 天花板 我家里 家里 家门口 "
         U"我家门口 "
         U"bathroom kitchen bedroom balcony living_room"},
        {Word::place_side,
         U"旁边 对面 门口 附近 边上 里面 外面 上面 下面 后面 前面 前边 后边 左边 右边 东边 西边 南边 北边 东侧 西侧 "
         U"南侧 北侧 中间 入口 出口 "
         U"入口处 出口处 拐角 拐角处 角落 尽头 里 上 下 边 处 旁"},
        {Word::staff_role,
         U"保安队长 保安 门卫 保洁阿姨 保洁员 保洁 管家 项目经理 物业经理 经理 客服 前台 维修工 维修师傅 维修员 水电工 "
         U"电工 工程师傅 工程部 师傅 收费员 "
         U"绿化工 秩序员 秩序维护员 巡逻员 园丁 主任 主管 值班员 security_guard guard cleaner"},
        {Word::relation,
         U"老婆 老公 媳妇 妻子 丈夫 先生 太太 爱人 我妈 我爸 妈妈 爸爸 母亲 父亲 婆婆 公公 岳母 岳父 丈母娘 老丈人 "
         U"儿子 女儿 哥哥 姐姐 弟弟 妹妹 "
         U"我哥 我姐 我弟 我妹 奶奶 爷爷 外婆 外公 姥姥 姥爷 老伴 室友 租客 房东 租户 亲戚 朋友 同事 家人 保姆 阿姨 "
         U"女朋友 男朋友 邻居 "
         U"对象 老妈 老爸 孙女 孙子 儿媳 女婿 my_wife my_husband my_mother my_father"},
        {Word::vulnerable_person,
         U"孕妇 怀孕 坐轮椅 轮椅 残疾 瘫痪 刚出院 行动不便 腿脚不便 腿脚不好 腿脚不方便 卧床 坐月子 月子 刚出生 新生儿 "
         U"婴儿 哮喘 "
         U"心脏病 高血压 透析 术后 刚做完手术 刚做手术 拄拐 拐杖 失明 盲人 聋哑 重病 癌症 化疗 "
         U"disabled wheelchair pregnant"},
        {Word::vulnerable_cue,
         U"老人 老太太 老爷子 老母亲 老父亲 爷爷 奶奶 外婆 外公 姥姥 姥爷 孩子 小孩 宝宝 娃 老伴 八十 九十 七十 80 90 "
         U"70 85 "
         U"82 83 86 87 88 elderly baby"},
        {Word::nuisance_child,
         U"跳广场舞 广场舞 踢球 蹦 跑来跑去 跑跳 哭闹 哭 吵 闹 打球 拍球 弹琴 练琴 乱跑 喊叫 打麻将 麻将 捡垃圾 捡破烂 "
         U"纸箱 种菜 大叫 玩滑板"},
        {Word::wish_cue,
         U"要求 希望 必须 请尽快 麻烦尽快 尽快 赶紧 赔偿 赔我 赔钱 赔 给我 要你们 让他们 能不能派 派人 派个人 请派 "
         U"要个说法 给个说法 给个交代 给个答复 退我 "
         U"退钱 退费 退还 道歉 赔礼 换一个 换新 更换 整改 请你们 请安排 安排人 麻烦安排 处理一下 解决一下 管一管 管管 "
         U"请物业 望 盼 恳请 please "
         U"i_want we_want need_you_to fix_it"},
        {Word::correction,
         U"不对 错了 说错 写错 打错 搞错 弄错 记错 填错 报错 改成 改为 更正 纠正 应该是 哦不 噢不 不是 而是 是说 "
         U"重新说 i_mean wrong_number "
         U"should_be"},
        {Word::phone_cue,
         U"电话 手机 手机号 号码 联系电话 联系 联系方式 打这个 打我 打给 拨 tel phone call mobile 座机 微信同号 找我 "
         U"加我"},
        {Word::staff_bad,
         U"骂人 骂我 骂了我 态度差 态度恶劣 态度很差 态度不好 态度极差 态度太差 凶 吼 不理人 爱理不理 爱答不理 睡觉 "
         U"玩手机 脱岗 离岗 不在岗 辱骂 推人 "
         U"推我 索要 收红包 收好处 刁难 推诿 踢皮球 敷衍 甩脸 甩脸子 翻白眼 摆脸色 打人 动手 不耐烦 挂电话 挂我电话 "
         U"骂骂咧咧 骂业主 打瞌睡 抽烟 喝酒 rude "
         U"lazy"},

        // ---- hints ----
        {Word::media_done,
         U"上电视了 上新闻了 已经曝光 曝光了 记者来了 记者来采访 记者采访了 记者已经 电视台来了 电视台报道 报道了 "
         U"媒体报道 被报道 上了热搜 上热搜了 上报纸 "
         U"登报了 已经发抖音 发抖音了 发到抖音了 发到网上了 已经发到网上 发微博了 抖音上都 抖音火了 电视台播了 "
         U"电视台都来 记者都来 媒体来了 媒体已经 "
         U"新闻都播 新闻报道 上了新闻 上了电视 上过电视 on_the_news"},
        {Word::media_threat,
         U"曝光 找记者 找媒体 电视台 找电视台 发抖音 发到网上 发微博 发小红书 发朋友圈 上网曝 媒体 记者 小红书 "
         U"1818黄金眼 帮忙栏目 热线新闻"},
        {Word::lawsuit_done,
         U"已经起诉 已起诉 起诉了 起诉你们了 告到法院了 告上法院了 告上法庭了 法院立案 法院已 已立案 立案了 法院传票 "
         U"收到传票 传票 开庭 判决 诉讼中 正在打官司 "
         U"在打官司 官司打 打了官司 应诉 原告 被告 进入诉讼 提起诉讼了 已经提起诉讼"},
        {Word::lawsuit_threat,
         U"起诉 打官司 告你们 告到法院 法院 法庭 律师 律师函 走法律 法律途径 法律程序 维护权益 诉讼 仲裁"},
        {Word::group_action,
         U"联名 集体维权 集体投诉 集体起诉 集体诉讼 集体上访 集体告 一起告 一起起诉 联合起诉 联合投诉 集体 拉横幅 维权 "
         U"签名 签字联 上访 业主们一起 请愿 "
         U"堵门 罢缴 集体拒交 集体不交 一起不交 全体业主要 几十户联 户业主联 户联名 户一起"},
        {Word::repeat,
         U"又坏 又漏 又停 又堵 又来 又不 又没 又出 又开始 再次 第二次 第三次 第四次 第几次 多少次 好几次 很多次 无数次 "
         U"反复 反映过 报过 报修过 投诉过 说过 上次报 "
         U"上次说 上次投诉 之前报 之前投诉 之前反映 还是老样子 老问题 没修好 修了又 again"},
        {Word::confidential,
         U"别说是我 不要说是我 别说我说 别告诉他 不要告诉他 别透露 不要透露 请保密 帮我保密 保密 替我保密 别让他知道 "
         U"别让邻居知道 不要让他 别提我 不要提我 不想让他知 不想让他们知 不想让人知 不想让别人知 不想让邻居知 "
         U"不想被他知 别让人知道 别让他们知道 不要让人知道 别跟他说是我 别说出去 不要说出去 怕报复 怕被报复 "
         U"怕他报复 怕他们报复 怕打击报复 "
         U"别提到我 别暴露 不要泄露我 confidential"},
        {Word::anonymous, U"匿名 不留名 不具名 不愿留名 不想留名 anonymous"},
        {Word::developer,
         U"开发商 精装修 精装 交房 交付 收房 开发公司 地产公司 房地产 房开 建设单位 施工方 施工单位 售楼处 售楼部 "
         U"置业顾问 购房合同 质保期 保修期 沙盘 样板间 样板房 "
         U"宣传页 虚假宣传 公摊面积 办房产证 不动产证 developer"},
        {Word::external,
         U"12345 市长热线 市民热线 住建局 住建委 房管局 街道办 居委会 社区居委 信访 信访局 12315 消协 消费者协会 城管 "
         U"环保局 12369 物价局 发改委 派出所 报警 "
         U"110 纪委 政府热线 市监局 市场监管"},
        {Word::abuse,
         U"傻逼 傻b sb 煞笔 沙比 操你 草你 草泥马 艹 卧槽 我操 我草 他妈 特么 妈的 尼玛 你妈 去死 滚 滚蛋 废物 饭桶 "
         U"垃圾物业 垃圾公司 狗屁 放屁 王八蛋 王八 混蛋 "
         U"白痴 脑残 智障 畜生 人渣 不要脸 狗东西 狗日 吃屎 神经病 有病吧 猪脑 蠢货 蠢猪 一群猪 骗子 吸血鬼 流氓 无耻 "
         U"缺德 吃干饭 吃白饭 狗眼 死全家 "
         U"fuck shit idiot stupid bastard asshole bullshit damn"},
        {Word::anger,
         U"太差 差劲 气死 气愤 愤怒 过分 太过分 忍无可忍 受不了 受够 烦死 烦人 恶心 离谱 无语 火大 恼火 坑人 坑业主 "
         U"黑心 不作为 没人管 没人理 不管不问 "
         U"推来推去 糊弄 忽悠 敷衍 太慢 垃圾 什么玩意 什么东西 岂有此理 凭什么 到底 还要等 等到什么时候 有完没完 忍 "
         U"失望 寒心 憋屈 "
         U"不像话 太不像话 服了 真服 醉了 吐了 terrible awful unacceptable ridiculous furious"},
        {Word::safety,
         U"危险 安全隐患 隐患 裸露 断裂 开裂 松动 坍塌 塌陷 砸到 绊倒 滑倒 摔 飞线 消防通道 堵塞通道 高空 抛物 坠物 "
         U"无盖 井盖 没盖 灭火器 消防栓 烟感 失灵 不报警 "
         U"露着电线 电线裸露 电线外露 电线 漏电 触电 着火 冒烟 燃气 煤气 扎伤 划伤 钉子 尖锐 伤人 咬人 没牵绳 不牵绳 "
         U"不拴绳 深坑 danger dangerous"},
        {Word::threat,
         U"砸了你们 砸你们 砸办公室 砸了办公室 砸物业 砸了物业 带人砸 打你们 弄死你们 收拾你们 揍你 揍你们 揍他 "
         U"烧了你们 堵你们 堵你们门 等着瞧 走着瞧 "
         U"让你们好看 给你们好看 炸了你们 找人收拾 找人弄 见一次打一次 打断 卸了你"},
        {Word::praise_word,
         U"表扬 点赞 感谢 谢谢 感激 太好了 很好 真好 不错 很棒 真棒 给力 满意 贴心 热心 负责 认真 细心 周到 及时 热情 "
         U"专业 敬业 赞 锦旗 辛苦 暖心 好评 靠谱 "
         U"excellent great thank_you wonderful"},
        {Word::irony,
         U"可真 真会 真行 真是好 真\"好 呵呵 真厉害 真能 好意思 厉害了 牛啊 真牛 佩服 高明 谢谢你们让 感谢你们让 "
         U"多亏了你们 拜你们所赐 托你们的福 好一个 好得很啊 "
         U"真够 也叫 就这 这就是 所谓"},
        {Word::fault,
         U"坏 漏 堵 停水 停电 停了 不亮 不走 不动 没电 没水 没气 没暖 不热 不制冷 不工作 失灵 故障 脏 臭 乱 吵 噪音 破 "
         U"裂 掉 脱落 松 断 锈 霉 渗 积水 占 丢 偷 "
         U"没人修 没人管 没人理 没人清 没人扫 不处理 不修 不管 不清 不给 乱停 乱扔 乱收 多收 不合理 态度 蟑螂 老鼠 "
         U"蚊子 蚊虫 异味 怪味 味道 太贵 涨价 "
         U"打不开 开不了 关不上 刷不了 刷不开 进不去 出不来 卡 摔 broken leak leaking dirty noise noisy noisy blocked "
         U"smell"},
        {Word::feeling,
         U"差劲 太差 生气 气死 气得 气炸 气人 恼火 窝火 憋屈 愤怒 心寒 闹心 糟心 忍不了 火大 失望 无语 恶心 受不了 "
         U"郁闷 烦死 烦 难受 崩溃 委屈 寒心 糟糕 太过分 过分 不像话 "
         U"垃圾 不满 不满意 😡 😠 🤬 😤 💢 👎 😭 😢 "
         U"terrible angry disappointed"},
        {Word::question_mark_word,
         U"吗 么 呢 怎么 如何 多少 几点 几号 哪里 哪儿 在哪 什么时候 啥时候 是否 能不能 可不可以 可以 有没有 是不是 "
         U"多久 为什么 什么 谁 咋 怎样 要不要 "
         U"需不需要 请问 想问 问一下 问下 咨询 what how when where which can_i do_you is_there"},
    };
    return rows;
}

}  // namespace huiyin
