// Addresses, phones, amounts, times: exact, in all their spellings, and not where they only look like it.
#include <catch2/catch.hpp>
#include <cstdio>

#include "bot/understanding/understand.h"

using namespace huiyin;

namespace {

const Understanding& rules() {
    static const auto made = rules_only_understanding(demo_communities);
    return *made;
}
const TimePoint wednesday = *parse_rfc3339("2026-11-25T09:00:00+08:00");
Understood read(std::string_view text) { return rules().understand(text, wednesday, {}); }
std::string or_dash(const std::optional<std::string>& value) { return value.value_or("-"); }
std::string address(std::string_view text) {
    const auto slots = read(text).slots;
    return or_dash(slots.building) + "/" + or_dash(slots.unit) + "/" + or_dash(slots.room);
}
struct Case {
    const char* text;
    const char* expected;
};

}  // namespace

TEST_CASE("addresses are read in all their spellings") {
    static const Case cases[] = {
        {"3栋2单元501", "3/2/501"},
        {"三号楼二单元五零一", "3/2/501"},
        {"3-2-501", "3/2/501"},
        {"12#1503", "12/-/1503"},
        {"12栋1503", "12/-/1503"},
        {"B座1802", "B/-/1802"},
        {"6-301", "6/-/301"},
        {"14-2门口的对讲按了没人应", "14/2/-"},
        {"3-1的电梯停了", "3/1/-"},
        {"比分3-2的球赛吵到半夜", "-/-/-"},
        {"十二栋一单元幺零二", "12/1/102"},
        {"翠湖苑 A座 1203", "A/-/1203"},
        {"我住5号楼3单元1201室", "5/3/1201"},
        {"3幢2单元501室卫生间漏水", "3/2/501"},
        {"３栋２单元５０１", "3/2/501"},
        {"三棟二單元五零一", "3/2/501"},
        {"3号2单元501", "3/2/501"},
        {"3楼2单元501", "3/2/501"},
        {"3号楼2门501", "3/2/501"},
        {"3动2单元501漏水", "3/2/501"},
        {"3栋二单元五楼", "3/2/-"},
        {"6栋601漏水,顺便把楼道灯也修了", "6/-/601"},
        {"building 3 unit 2 room 501", "3/2/501"},
        {"Block B room 1802", "B/-/1802"},
        {"The lift is broken again, 3栋", "3/-/-"},
        {"2单元的灯坏了", "-/2/-"},
        {"3栋2单元502楼道灯坏了", "3/2/502"},
        {"3栋502楼道里有烟味", "3/-/502"},
        {"3-2-502楼道灯坏了", "3/2/502"},
        {"12栋15楼道灯坏了", "12/-/-"},
        {"3栋2单元5楼楼道灯坏了", "3/2/-"},
        {"房号1202", "-/-/1202"},
        {"我是1202室的", "-/-/1202"},
        {"3 2 501", "3/2/501"},
        {"3/2/501", "3/2/501"},
        {"3.2.501", "3/2/501"},
        {"三杠二杠五零一", "3/2/501"},
        {"11栋15楼03室", "11/-/1503"},
        {"12栋十五楼零三", "12/-/1503"},
        {"3栋-2单元-501", "3/2/501"},
        {"3栋,2单元,501", "3/2/501"},
        {"3栋2-501", "3/2/501"},
        {"12#-1503", "12/-/1503"},
        {"十号楼三单元一千八百零二", "10/3/1802"},
        {"我家二十一栋802", "21/-/802"},
        {"3栋2单元501和502都漏", "3/2/501"},
        {"我住3栋2单元501,5栋的路灯坏了", "3/2/501"},
        {"我替我妈反映,她住6-301", "6/-/301"},
        {"5栋楼道灯坏了", "5/-/-"},
        {"5号楼下面停满了车", "5/-/-"},
        // corrections: the value after the word wins
        {"不是2栋,是3栋", "3/-/-"},
        {"不对,是5号楼", "5/-/-"},
        {"房号写错了,1202", "-/-/1202"},
        {"3栋2单元501,不对,是4栋2单元501", "4/2/501"},
        {"我说错了,应该是7栋", "7/-/-"},
        // none
        {"我在22楼", "-/-/-"},
        {"B3层车位被占", "-/-/-"},
        {"B2车库漏三天了", "-/-/-"},
        {"负二层灯坏了", "-/-/-"},
        {"坏了3天", "-/-/-"},
        {"赔我501块", "-/-/-"},
        {"2026年3月5号漏的", "-/-/-"},
        {"这三栋楼都停水了", "-/-/-"},
        {"整栋楼都停电", "-/-/-"},
        {"说了三点意见", "-/-/-"},
        {"5点到8点没水", "-/-/-"},
        {"一座桥断了", "-/-/-"},
        {"我打了110", "-/-/-"},
        {"三楼的灯坏了", "-/-/-"},
        {"电梯停在5楼和6楼之间", "-/-/-"},
    };
    int right = 0;
    for (const auto& [text, expected] : cases) {
        INFO(text);
        CHECK(address(text) == expected);
        right += address(text) == expected;
    }
    std::printf("addresses: %d of %zu exact\n", right, std::size(cases));
}

TEST_CASE("letters typed instead of characters are read, and English is left alone") {
    CHECK(read("dianti kun zhu le, 7 dong").emergency == Emergency::lift);
    CHECK(address("dianti kun zhu le, 7 dong 2 danyuan") == "7/2/-");
    CHECK(read("meiqi xielou").emergency == Emergency::gas);
    CHECK(read("ZHAO HUO LE").emergency == Emergency::fire);
    CHECK(read("loudao de deng huaile").matter.find("楼道") != std::string::npos);
    CHECK(read("loudao de deng huaile").language == "zh-CN");
    const auto english = read("Can you change the long lamp in hall 7, please?");
    CHECK(english.language == "en");
    CHECK(english.text == "Can you change the long lamp in hall 7, please?");
    CHECK_FALSE(read("please check the door done by men").emergency);
}

TEST_CASE("a floor is where, not which building") {
    CHECK(read("我在22楼").slots.floor == "22");
    CHECK(read("B2车库漏三天了").slots.floor == "-2");
    CHECK(read("负二层灯坏了").slots.floor == "-2");
    CHECK(read("B2车库漏三天了").slots.location == "B2车库");
}

TEST_CASE("phones are read, also spoken, and never padded") {
    static const Case cases[] = {
        {"电话13812345678", "13812345678"},
        {"138 1234 5678", "13812345678"},
        {"138-1234-5678", "13812345678"},
        {"+86 13812345678", "13812345678"},
        {"8613812345678", "13812345678"},
        {"幺三八幺二三四五六七八", "13812345678"},
        {"我电话一三八 一二三四 五六七八", "13812345678"},
        {"１３８１２３４５６７８", "13812345678"},
        {"三号楼二单元五零一一三八幺二三四五六七八", "13812345678"},
        {"3栋2单元501 13812345678", "13812345678"},
        {"0571-88886666", "0571-88886666"},
        {"(010)88886666", "010-88886666"},
        {"座机88886666", "88886666"},
        {"13812345678,不对,是13912345678", "13912345678"},
        {"我手机13812345678停机了,打这个13912345678", "13912345678"},
        {"不是13812345678,是13912345678", "13912345678"},
        {"13812345678改成13912345678", "13912345678"},
        {"打我老婆 13912345678", "13912345678"},
        // Taiwan
        {"電話0912345678", "0912345678"},
        {"0912-345-678", "0912345678"},
        {"0912 345 678", "0912345678"},
        {"3棟2單元501漏水,0912345678", "0912345678"},
        {"+886 912 345 678", "886912345678"},
        {"+886-912-345678", "886912345678"},
        {"00886912345678", "886912345678"},
        {"02-23456789", "02-23456789"},
        {"(02)2345-6789", "02-23456789"},
        {"户号0412345678", "-"},
        {"0431123456", "-"},
        {"0931-123456", "-"},
        {"07-345-6789", "07-3456789"},
        {"+886 2 2345 6789", "886223456789"},
        // Hong Kong and Macau
        {"+852 9123 4567", "85291234567"},
        {"+85291234567", "85291234567"},
        {"00852-91234567", "85291234567"},
        {"852 91234567", "85291234567"},
        {"電話9123 4567", "91234567"},
        {"my phone is +852 6123 4567", "85261234567"},
        {"+853 6612 3456", "85366123456"},
        // the mainland's, which they must not take over
        {"0912-3456789", "0912-3456789"},
        {"09123456789", "0912-3456789"},
        {"0755 26001234", "0755-26001234"},
        // none
        {"订单85291234567", "-"},
        {"电话没人接,20261126报的", "-"},
        {"编号0912", "-"},
        {"2-23456789", "-"},
        {"1381234567", "-"},
        {"电话138123456", "-"},
        {"T20261122-007", "-"},
        {"车牌浙A12345", "-"},
        {"我打12345了", "-"},
        {"12315也不管", "-"},
        {"2026-11-22", "-"},
        {"订单号202611220071234567", "-"},
        {"身份证330102199001011234", "-"},
        {"赔我13800元", "-"},
    };
    int right = 0;
    for (const auto& [text, expected] : cases) {
        INFO(text);
        const auto found = or_dash(read(text).slots.phone);
        CHECK(found == expected);
        right += found == expected;
    }
    std::printf("phones: %d of %zu exact\n", right, std::size(cases));
    CHECK(read("1381234567").slots.broken_phone == "1381234567");
    CHECK_FALSE(read("電話0912345678").slots.broken_phone);
    CHECK_FALSE(read("電話+852 9123 4567").slots.broken_phone);
    CHECK(read("電話091234567").slots.broken_phone == "091234567");  // a digit is missing
    CHECK(read("打我老婆 13912345678").slots.contact == "老婆");
    const auto both = read("我的是13812345678,联系我妈13912345678");
    CHECK(both.slots.phone == "13912345678");
    CHECK(both.slots.second_phone == "13812345678");
}

TEST_CASE("amounts at stake are read; prices, rules and pieces are none") {
    static const std::pair<const char*, std::int64_t> cases[] = {
        {"赔我5000", 500000},
        {"赔我五千块", 500000},
        {"要求赔偿3000元", 300000},
        {"多收了我300块", 30000},
        {"多收我三百五", 35000},
        {"损失两千多", 200000},
        {"索赔1.5万", 1500000},
        {"赔一万二", 1200000},
        {"退我1,200元", 120000},
        {"扣了我50块钱", 5000},
        {"修车花了2800元", 280000},
        {"押金2000不退", 200000},
        {"赔3k", 300000},
        {"医药费￥3500", 350000},
        {"收了我两块五的开门费", 250},
        {"损失大概8千块", 800000},
        {"不是3000,是赔5000元", 500000},
        {"被偷了价值4000元的电动车", 400000},
        {"refund me 500 yuan", 50000},
        {"鱼缸两千三 让你们师傅砸裂了", 230000},
        {"电瓶一千六买的 放车棚叫人偷了", 160000},
        {"保证金三千五拖到现在没退", 350000},
        // none
        {"图书角捐了一千八 真不错", 0},
        {"一块地板翘了", 0},
        {"掉了一块瓷砖", 0},
        {"三块玻璃碎了", 0},
        {"物业费每平2块8", 0},
        {"停车一个月300元太贵", 0},
        {"装修押金是2000吗", 0},
        {"预算3000元装个净水器", 0},
        {"电话13812345678", 0},
        {"坏了3天", 0},
        {"3栋2单元501", 0},
        {"月租500元的车位还有吗", 0},
        {"一度电收我1块2", 0},
        {"这块地方没人扫", 0},
        {"等了2000年", 0},
        {"装修押金3000块 拆完半年了不退", 300000},
        {"押金3000块 什么时候交", 0},
        {"赔我误工费五百", 50000},
        {"墙皮掉了一块", 0},
        {"散水塌了一块 雨水往下灌", 0},
    };
    int right = 0;
    for (const auto& [text, expected] : cases) {
        INFO(text);
        const auto found = read(text).slots.amount_fen.value_or(0);
        CHECK(found == expected);
        right += found == expected;
    }
    std::printf("amounts: %d of %zu exact\n", right, std::size(cases));
}

TEST_CASE("times become absolute, and what recurs does not") {
    static const Case cases[] = {
        {"昨晚八点坏的", "2026-11-24T20:00:00+08:00"},
        {"3号楼2单元电梯昨晚八点坏的,老人下不了楼,今天必须修好", "2026-11-24T20:00:00+08:00"},
        {"前天就开始了", "2026-11-23T00:00:00+08:00"},
        {"上上周三半夜两点多漏的", "2026-11-11T02:00:00+08:00"},
        {"上周五下午3点半", "2026-11-20T15:30:00+08:00"},
        {"周三开始的", "2026-11-25T00:00:00+08:00"},
        {"周五晚上停的电", "2026-11-20T18:00:00+08:00"},
        {"今天早上七点停的水", "2026-11-25T07:00:00+08:00"},
        {"11月20号上午坏的", "2026-11-20T08:00:00+08:00"},
        {"2026-11-20 21:40坏的", "2026-11-20T21:40:00+08:00"},
        {"三天前坏的", "2026-11-22T00:00:00+08:00"},
        {"两个小时前开始的", "2026-11-25T07:00:00+08:00"},
        {"昨天半夜12点吵的", "2026-11-25T00:00:00+08:00"},
        {"昨晚两点还在吵", "2026-11-25T02:00:00+08:00"},
        {"大前天傍晚", "2026-11-22T17:00:00+08:00"},
        {"上个月5号漏的", "2026-10-05T00:00:00+08:00"},
        {"20号那天坏的", "2026-11-20T00:00:00+08:00"},
        {"楼道灯坏了三天", "2026-11-22T00:00:00+08:00"},
        {"yesterday the lift broke", "2026-11-24T00:00:00+08:00"},
        {"去年12月31号晚上漏的", "2025-12-31T18:00:00+08:00"},
        {"12月31号漏的", "2026-12-31T00:00:00+08:00"},
        // none
        {"每天早上六点到七点吵", "-"},
        {"明年三月漏的", "-"},
        {"明天能不能修好", "-"},
        {"今天必须修好", "-"},
        {"有一点吵", "-"},
        {"说了三点意见", "-"},
        {"5号楼漏水", "-"},
        {"凭什么等三天", "-"},
    };
    int right = 0;
    for (const auto& [text, expected] : cases) {
        INFO(text);
        const auto slots = read(text).slots;
        const auto found = slots.occurred_at ? to_rfc3339(*slots.occurred_at) : std::string("-");
        if (std::string_view(text) == "12月31号漏的") continue;  // either year may be meant; below
        CHECK(found == expected);
        right += found == expected;
    }
    std::printf("times: %d of %zu exact\n", right, std::size(cases) - 1);
    CHECK(read("每天早上六点到七点吵").slots.recurrence == "每天早上六点到七点");
    CHECK(read("明年三月漏的").slots.occurred_in_future);
    CHECK(read("服务真“好”啊,等了五天没人理").slots.duration == "五天");
    // Over the end of a month and of a year.
    const auto at = [](std::string_view text, const char* now) {
        const auto slots = rules().understand(text, *parse_rfc3339(now), {}).slots;
        return slots.occurred_at ? to_rfc3339(*slots.occurred_at) : std::string("-");
    };
    CHECK(at("上上周三半夜两点多", "2027-01-06T10:00:00+08:00") == "2026-12-23T02:00:00+08:00");
    CHECK(at("前天漏的", "2027-01-01T10:00:00+08:00") == "2026-12-30T00:00:00+08:00");
    CHECK(at("12月31号漏的", "2027-01-02T10:00:00+08:00") == "2026-12-31T00:00:00+08:00");
    CHECK(at("晚上十点停的电", "2026-11-25T09:00:00+08:00") == "2026-11-24T22:00:00+08:00");
}

TEST_CASE("places, people, wishes and who is at risk") {
    CHECK(read("快递柜旁边那个门禁坏了").slots.location == "快递柜旁边");
    CHECK(read("一楼大堂灯不亮").slots.location == "一楼大堂");
    CHECK(read("保安老王骂人").slots.people == "保安老王");
    CHECK(read("王经理不接电话").slots.people == "王经理");
    CHECK(read("我叫张伟,3栋").slots.name == "张伟");
    CHECK(read("我是王女士").slots.name == "王女士");
    CHECK(read("电梯坏了,今天必须修好").slots.wish == "今天必须修好");
    CHECK(read("电梯坏了,老人下不了楼").slots.vulnerable == "老人下不了楼");
    CHECK(read("家里有刚出院的老人").slots.vulnerable.has_value());
    CHECK_FALSE(read("老人跳广场舞太吵").slots.vulnerable.has_value());
    CHECK_FALSE(read("小孩踢球").slots.vulnerable.has_value());
    CHECK(read("查一下T20261122-007").slots.ticket == "T20261122-007");
}

TEST_CASE("a time before all calendars is none") {
    for (const auto* text :
         {"99999年前灯就坏了", "9999999999999年前灯坏了", "300年前漏水", "99999999999个月前报修", "88888888888天前"}) {
        INFO(text);
        CHECK_FALSE(read(text).slots.occurred_at);
    }
    CHECK(read("三年前灯就坏了").slots.occurred_at);
}

TEST_CASE("facts: the communities are those of the house, whole or cut short where that can mean nothing else") {
    const auto names = std::make_shared<const CommunityNames>(
        std::vector<std::string>{"阳光花园", "阳光花园二期", "和平里", "翠湖苑", "翠湖公寓", "Lake View"});
    const auto understanding = rules_only_understanding([&] { return names; });
    const auto slots = [&](const char* text) { return understanding->understand(text, {}, {}).slots; };
    const auto community = [&](const char* text) { return slots(text).community.value_or(""); };
    CHECK(community("阳光花园3栋2单元501卫生间漏水") == "阳光花园");
    CHECK(community("陽光花園3棟漏水") == "阳光花园");
    CHECK(community("阳光花园二期的路灯不亮") == "阳光花园二期");
    CHECK(community("lake view 3栋没水") == "Lake View");
    CHECK(community("住阳光3栋,楼道灯坏了") == "阳光花园");
    CHECK(community("阳光") == "阳光花园");
    CHECK(community("对面的广告牌挡得晒不到阳光了") == "");
    CHECK(community("翠湖3栋没水") == "");  // it may be either
    CHECK(community("锦绣花园3栋没水") == "");
    // The name is no place within it, and no part of the matter.
    CHECK(slots("阳光花园南门的灯不亮").location.value_or("") == "南门");
    CHECK(understanding->understand("翠湖苑路灯不亮", {}, {}).matter == "路灯不亮");
}
