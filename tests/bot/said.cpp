// What people say to what was put to them: yes or no, one title or another, the number of a line.
#include "bot/said.h"

#include <catch2/catch.hpp>

#include "bot/flows/filing.h"
#include "bot/form.h"
#include "bot/slot_values.h"
#include "bot/wording.h"
#include "room.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

Heard heard(const std::string& words) {
    static const auto understanding = builtin_understanding(find_model().value(), demo_communities);
    Heard one;
    one.text = words;
    one.understood = understanding.value()->understand(words, test::World::at("2026-03-04 10:00"), Zone{});
    return one;
}

}  // namespace

TEST_CASE("said: yes or no, however it is put") {
    static constexpr const char* affects = "影响使用性能吗";
    static constexpr const char* whose = "是您本人或本单位的号码、账户吗？";
    static constexpr const char* back = "退回的货就归我们处理，不用再还给贵司，对吗？";
    static constexpr const char* agree = "您同意吗？";
    static constexpr const char* told = "向企业投诉过吗？";
    static constexpr const char* done = "货交接办完了吗？";
    static constexpr const char* handed = "已经交货了吗？";
    struct Row {
        const char* words;
        const char* answer;
        const char* question = affects;
    };
    const std::vector<Row> said = {
        {"是", "yes"},
        {"是的", "yes"},
        {"是我本人的", "yes", whose},
        {"有影响", "yes"},
        {"影响", "yes"},
        {"非常影响", "yes"},
        {"特别影响使用", "yes"},
        {"会的", "yes"},
        {"对", "yes"},
        {"嗯", "yes"},
        {"没错", "yes"},
        {"不错,是我的", "yes", whose},
        {"没问题", "yes"},
        {"没意见", "yes"},
        {"不是没影响", "yes"},
        {"不是不影响", "yes"},
        {"没有不同意", "yes", agree},
        {"不是不行", "yes"},
        {"也不是没有影响", "yes"},
        {"不能说没有影响", "yes"},
        {"不可能没影响", "yes"},
        {"是的,没人管", "yes"},
        {"有,但是不多", "yes"},
        {"对,不用还了", "yes", back},
        {"需要", "yes"},
        {"已经影响了", "yes"},
        {"不停地停机,影响", "yes"},
        {"OK", "yes"},
        {"不", "no"},
        {"不是", "no"},
        {"不是的", "no"},
        {"不是,我替我爸问的", "no", whose},
        {"不用了谢谢", "no"},
        {"不用了", "no"},
        {"不用,谢谢", "no"},
        {"还没", "no"},
        {"还没有", "no"},
        {"还没有办完", "no", done},
        {"没有", "no"},
        {"没有没有", "no"},
        {"不是不是", "no"},
        {"不要不要", "no"},
        {"没有影响", "no"},
        {"不影响", "no"},
        {"不太影响", "no"},
        {"影响不大", "no"},
        {"没什么影响", "no"},
        {"对我没影响", "no"},
        {"我没有投诉过", "no", told},
        {"不同意", "no", agree},
        {"从来没有过", "no", told},
        {"未交货", "no", handed},
        {"我爸的,不是我的", "no", whose},
        {"算了", "-"},
        {"不一定", "-"},
        {"不好说", "-"},
        {"不清楚", "-"},
        {"不知道", "-"},
        {"无所谓", "-"},
        {"随便", "-"},
        {"有没有影响我也不知道", "-"},
        {"有影响吗", "-"},
        {"什么意思?", "-"},
        {"周三", "-"},
        {"根本用不了", "-"},
        {"没法用了", "-"},
        {"装不上去", "-"},
        {"不能使用", "-"},
        {"可以使用", "-"},
        {"用不了,影响很大", "yes"},
        {"影响外观", "-"},
        {"不影响外观", "-"},
        {"完全不影响使用", "no"},
        {"当然不影响", "no"},
        {"当然影响", "yes"},
        {"嗯,不影响", "no"},
        {"嗯不影响", "no"},
        {"对,不影响", "-"},
        {"影响外观,不影响使用", "no"},
        {"要是影响呢", "-"},
        {"不用再还了", "-", back},
        {"不用还", "-", back},
        {"不用了", "-", back},
        {"还要还给我们", "-", back},
        {"没有", "-", back},
        {"对", "yes", back},
        {"是的,不用还", "yes", back},
        {"不对,要还的", "no", back},
        {"不是,修好还要还给我们", "no", back},
        {"是我妈的号", "-", whose},
        {"我妈的", "-", whose},
        {"不是我爸的,是我的", "yes", whose},
        {"是我的号", "yes", whose},
        {"我本人", "yes", whose},
        {"是我的朋友的号", "-", whose},
        {"我是本人", "-", "投诉过吗？"},
        {"投诉过", "yes", told},
        {"没投诉", "no", told},
        {"不是我本人的", "no", whose},
        {"是我们单位的", "yes", whose},
        {"没有影响", "no", "有没有影响？"},
        {"有影响", "yes", "有没有影响？"},
    };
    for (const auto& [words, answer, question] : said) {
        CAPTURE(words, question);
        const auto found = yes_or_no(heard(words).understood.text, question);
        CHECK((!found ? "-" : *found ? "yes" : "no") == std::string(answer));
    }
}

TEST_CASE("said: a title is said by itself, not inside of something else") {
    for (const char* words : {"已经照办", "已经照办了", "照办了", "嗯,已经照办了", "他们已经照办了,谢谢", "都照办了",
                              "是的,照办了", "已经照办,钱退给我了"}) {
        CAPTURE(words);
        CHECK(says_just(words, "已经照办"));
    }
    for (const char* words : {"没有已经照办", "说是已经照办,其实没有", "等已经照办了再说", "不是已经照办", "已经照办?",
                              "已经照办了吗", "谁说已经照办了", "已经照办的话我就不来了", "照办", "没照办",
                              "通知写着已经照办,可是钱没到", "已经照办了,但是还差五十"}) {
        CAPTURE(words);
        CHECK(says_just(words, "已经照办") == (std::string(words) == "照办"));
    }
    CHECK(says_just("真的好了,谢谢师傅", "真的好了"));
    CHECK_FALSE(says_just("没修好,真的好了再说", "真的好了"));
    CHECK(says_just("好了一部分", "好了一部分"));
    CHECK_FALSE(says_just("没有好了一部分", "好了一部分"));
}

TEST_CASE("said: what is denied is not said, what is denied twice is") {
    CHECK(says("我要立案", "立案"));
    CHECK_FALSE(says("不要立案", "立案"));
    CHECK_FALSE(says("我没有想要立案", "立案"));
    CHECK_FALSE(says("不是要立案", "立案"));
    CHECK(says("不是没有立案", "立案"));
    CHECK(says("没有,法院立案了", "立案"));
    CHECK(says("特别立案", "立案"));
    CHECK(denies("法院没有立案", "立案"));
    CHECK_FALSE(denies("法院立案了", "立案"));
    CHECK_FALSE(denies("没去法院", "立案"));
}

TEST_CASE("said: a denial doubts the mending only where it stands before it") {
    for (const char* words : {"修好了,没味道了", "好了,没水滴了", "修好了,没再漏", "味道没了,修好了", "好了,没毛病"}) {
        CAPTURE(words);
        CHECK_FALSE(doubts_mending(words));
    }
    for (const char* words :
         {"没修好", "修好了没", "修好了没有", "说修好了,其实没修好", "没人修好过", "还没弄好", "修好了,可是管子没换",
          "好了,但没擦干净", "修好了,还没试", "没说同意", "同意,没门", "没来修"}) {
        CAPTURE(words);
        CHECK(doubts_mending(words));
    }
}

TEST_CASE("said: nothing but giving up is giving up") {
    for (const char* words :
         {"算了", "算了不申诉了", "算了,不报了", "那算了吧", "不投诉了", "我不想投诉了", "好的,不登记了,谢谢"}) {
        CAPTURE(words);
        CHECK(gives_up(words));
    }
    for (const char* words : {"算了一下多收了三十", "不投诉了谁管", "不投诉不行", "别人都不投诉了,我投诉", "对", ""}) {
        CAPTURE(words);
        CHECK_FALSE(gives_up(words));
    }
}

TEST_CASE("said: the line of a list, of two figures too") {
    const std::vector<std::pair<const char*, int>> lines = {
        {"改10", 10},           {"10", 10},         {"十", 10},    {"第十项", 10},
        {"改第10项", 10},       {"改第十条", 10},   {"十一", 11},  {"改十二", 12},
        {"第12条不对", 12},     {"10改", 10},       {"改2", 2},    {"修改第三条", 3},
        {"我要改第 11 项", 11}, {"第十项错了", 10}, {"改 10", 10}, {"10不对", 10}};
    for (const auto& [words, line] : lines) {
        CAPTURE(words);
        CHECK(line_number(words) == line);
    }
    for (const char* words :
         {"10栋", "改成10", "10元", "3栋2单元501", "对", "改100", "十点", "13812345678", "0", "改"}) {
        CAPTURE(words);
        CHECK_FALSE(line_number(words));
    }
}

TEST_CASE("slots: a choice that is denied is not chosen") {
    const Zone zone;
    const auto now = test::World::at("2026-03-04 10:00");
    const auto answer = [&](const char* pack, const char* slot, const char* words) {
        return answered_value(*shipped_pack(pack)->slot(slot), heard(words), now, zone).value_or("-");
    };
    const auto told = [&](const char* pack, const char* slot, const char* words) {
        return volunteered_value(*shipped_pack(pack)->slot(slot), heard(words), now, zone).value_or("-");
    };
    CHECK(answer("telecom-regulator", "proceedings", "法院已经立案了") == "accepted");
    CHECK(answer("telecom-regulator", "proceedings", "不要立案") != "accepted");
    CHECK(answer("telecom-regulator", "proceedings", "法院没有立案") != "accepted");
    CHECK(answer("telecom-regulator", "proceedings", "不是没有立案,已经立案了") == "accepted");
    CHECK(told("telecom-regulator", "proceedings", "我不想立案,就想退钱") == "-");
    CHECK(told("telecom-regulator", "operator_stage", "答复了但是不满意") == "unsatisfied");
    CHECK(answer("manufacturing-8d", "defect_extent", "不是整批,就几个") == "single");
    CHECK(answer("manufacturing-8d", "defect_extent", "不是个别,一批都有") == "batch");
    CHECK(answer("factory-two-stage", "market", "不是出口的,国内") == "domestic");
    CHECK(answer("manufacturing-8d", "performance_defect", "不是没影响") == "yes");
    CHECK(answer("manufacturing-8d", "performance_defect", "说不好") == "-");
}

TEST_CASE("slots: what was kept when a slot was of another type is read all the same") {
    const Zone zone;
    const auto now = test::World::at("2026-03-04 10:00");
    for (const char* type : {"text", "number", "integer", "boolean", "choice", "time", "evidence"})
        for (const char* value :
             {"", "yes", "周三下午", "1772589600000", "12x", "99999999999999999999", "none", "-5", "given"}) {
            CAPTURE(type, value);
            SlotRule slot;
            slot.key = "sum_yuan";
            slot.title = "金额";
            slot.type = type;
            CHECK_NOTHROW(shown_value(slot, value, now, zone));
            CHECK_NOTHROW(value_as_fact(slot, value));
            if (std::string(value) == "周三下午") CHECK(shown_value(slot, value, now, zone) == value);
        }
    Draft draft;
    draft.amount_fen = 300;
    draft.slots["amount_yuan"] = "三百块左右";
    CHECK(amount_of(draft) == 300);
    draft.slots["amount_yuan"] = "50000";
    CHECK(amount_of(draft) == 50000);
}

TEST_CASE("slots: names and places are never cut inside of a character") {
    CHECK(surname_in("我姓窦") == "窦");
    CHECK(surname_in("免贵姓欧阳,投诉快递") == "欧阳");
    CHECK(surname_in("我姓\xF0\xA0\xAE\xB7,住3栋") == "\xF0\xA0\xAE\xB7");
    CHECK(surname_in("我姓O'Neil") == "");
    CHECK(surname_in("我姓") == "");
    CHECK(place_in("在城东网点办的", {"网点"}) == "城东网点");
    CHECK(place_in("é城东网点", {"网点"}) == "城东网点");
    CHECK(place_in("\xF0\xA0\xAE\xB7家村网点", {"网点"}) == "村网点");
    CHECK(place_in("我在\xF0\xA0\xAE\xB7村网点", {"网点"}) == "\xF0\xA0\xAE\xB7村网点");
    CHECK(place_in("网点", {"网点"}) == "");
    CHECK(place_in("3号网点", {"网点"}) == "号网点");
}

TEST_CASE("wording: dates and order numbers stay in the matter, phones do not") {
    CHECK(own_words("2026年2月15日买的冰箱不制冷,电话13812345678") == "2026年2月15日买的冰箱不制冷");
    CHECK(own_words("订单20260301123456发错货,订单号13812345678一直没发") ==
          "订单20260301123456发错货，订单号13812345678一直没发");
    CHECK(own_words("2026-02-15那天扣了我1,200元") == "2026-02-15那天扣了我1,200元");
    CHECK(own_words("漏水,打我老婆13900001111") == "漏水");
    CHECK(own_words("13812345678") == "13812345678");
    CHECK(own_words("保安骂人,别说是我说的") == "保安骂人");
    CHECK(own_words("别说修了,看都没来看") == "别说修了，看都没来看");
    CHECK(own_words("漏水三天了请打13812345678给我爱人李老师说清楚时间") == "漏水三天了请打给我爱人李老师说清楚时间");
}
