// What the talk makes of a pack: its words, its kinds and categories, its slots; and that a flood is heard whole.
#include <catch2/catch.hpp>

#include "bot/categories.h"
#include "bot/pack_talk.h"
#include "bot/slot_values.h"
#include "room.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

const std::vector<std::string> packs{"bank",
                                     "car-dealer-ladder",
                                     "construction-machinery",
                                     "consumer-association",
                                     "factory-two-stage",
                                     "manufacturing-8d",
                                     "property-group",
                                     "property-internal",
                                     "property-relay",
                                     "real-estate-developer",
                                     "telecom-regulator",
                                     "water-bureau"};

const Phrases& house() {
    static const auto phrases = Phrases::load(HUIYIN_SOURCE "/templates/phrases/zh-CN.json");
    return phrases.value();
}

std::string filed_as(const std::string& pack, const std::string& words) {
    const auto found = PackCategories(*shipped_pack(pack)).find(words);
    return found.kind + "/" + found.category + (found.sure ? "" : "?");
}

Heard heard(const std::string& words) {
    static const auto understanding = builtin_understanding(find_model().value(), demo_communities);
    Heard one;
    one.text = words;
    one.understood = understanding.value()->understand(words, test::World::at("2026-03-04 10:00"), Zone{});
    return one;
}

std::string ahead(const std::string& words) {
    const auto at = day_ahead(words, test::World::at("2026-03-04 10:00"), Zone{});  // a Wednesday
    if (!at) return "-";
    const auto local = Zone{}.to_local(*at);
    return to_date(local.day) + " " + to_clock(local.since_midnight);
}

}  // namespace

TEST_CASE("packs: a customer's words are known by the pack's own") {
    CHECK(filed_as("bank", "你们多扣了我300块年费") == "complaint/fees");
    CHECK(filed_as("bank", "排队排了两个小时") == "complaint/queue");
    CHECK(filed_as("bank", "太让人失望了") == "/?");
    CHECK(filed_as("telecom-regulator", "流量套餐多扣了我50块") == "appeal/charges");
    CHECK(filed_as("water-bureau", "我要举报,看到执法队收红包") == "report/favours");
    CHECK(filed_as("water-bureau", "乱罚款") == "complaint/unlawful_act");
    CHECK(filed_as("car-dealer-ladder", "订的车一直没到") == "sales/waiting");
    CHECK(filed_as("manufacturing-8d", "外壳划伤,要退货") == "goods_return/quality");
    CHECK(filed_as("real-estate-developer", "主卧漏水") == "complaint/leak");
}

TEST_CASE("packs: the model speaks for those whose categories it was taught") {
    for (const auto& id : packs) {
        const auto ready = made_ready(shipped_pack(id), nullptr, house());
        CAPTURE(id);
        CHECK(ready->model_knows == (id == "property-group" || id == "property-internal" || id == "property-relay"));
    }
}

TEST_CASE("packs: nothing the talk says is forbidden, nor speaks of another trade") {
    for (const auto& id : packs) {
        const auto pack = shipped_pack(id);
        const auto texts = pack->phrases.find("zh-CN");
        std::shared_ptr<const Phrases> own;
        if (texts != pack->phrases.end())
            own = std::make_shared<const Phrases>(Phrases::from_text(to_text(Json(texts->second)), id).value());
        const auto ready = made_ready(pack, own, house());
        const bool houses = id.rfind("property-", 0) == 0 || id == "real-estate-developer";
        for (const auto& key : house().keys()) {
            if (key.rfind("talk.", 0) != 0) continue;
            PhraseValues values;
            for (const auto& name : house().variables(key)) values[name] = "";
            const auto text = ready->text(key, values);
            CAPTURE(id, key, text);
            CHECK(ready->forbidden_in(text) == nullptr);
            if (key == "talk.no_answer") continue;  // said only where the model knows the trade
            const bool asks_houses = key.starts_with("talk.ask_community") || key.find("_place") != std::string::npos;
            if (houses || (asks_houses && key.find("emergency") == std::string::npos)) continue;
            for (const char* word : {"物业", "小区", "几栋", "单元", "师傅", "中心经理", "前台", "楼道", "保安"})
                CHECK(text.find(word) == std::string::npos);
        }
    }
}

TEST_CASE("slots: a day that lies ahead") {
    CHECK(ahead("周五之前") == "2026-03-07 00:00");  // Friday 24:00
    CHECK(ahead("下周三") == "2026-03-12 00:00");
    CHECK(ahead("明天下午三点") == "2026-03-05 15:00");
    CHECK(ahead("三天内") == "2026-03-08 00:00");
    CHECK(ahead("3月10日") == "2026-03-11 00:00");
    CHECK(ahead("1月5日") == "2027-01-06 00:00");
    CHECK(ahead("20号") == "2026-03-21 00:00");
    CHECK(ahead("2号") == "2026-04-03 00:00");
    CHECK(ahead("尽快") == "-");
}

TEST_CASE("slots: what people say for them") {
    const Zone zone;
    const auto now = test::World::at("2026-03-04 10:00");
    const auto pack = shipped_pack("telecom-regulator");
    const auto answer = [&](const char* slot, const char* words) {
        return answered_value(*pack->slot(slot), heard(words), now, zone).value_or("-");
    };
    CHECK(answer("proceedings", "没有") == "none");
    CHECK(answer("proceedings", "法院已经立案了") == "accepted");
    CHECK(answer("operator_stage", "没投诉过") == "not_complained");
    CHECK(answer("operator_stage", "投诉了,没回复") == "waiting");
    CHECK(answer("operator_stage", "蓝色") == "-");
    CHECK(answer("direct_interest", "是我本人的") == "yes");
    CHECK(answer("direct_interest", "不是,我替我爸问的") == "no");
    const auto eight = shipped_pack("manufacturing-8d");
    const auto said = [&](const char* slot, const char* words) {
        return volunteered_value(*eight->slot(slot), heard(words), now, zone).value_or("-");
    };
    CHECK(said("lot", "外壳有划伤,型号A12,批号0301") == "0301");
    CHECK(said("product", "型号A12这批外壳") == "A12");
    CHECK(said("lot", "批号写错了,是0302") == "0302");
    CHECK(said("lot", "没有写批号的都坏了") == "-");
    const auto dealer = shipped_pack("car-dealer-ladder");
    const auto* amount = dealer->slot("amount_yuan");
    CHECK(answered_value(*amount, heard("一千二百元"), now, zone) == "120000");
    CHECK(shown_value(*amount, "120050", now, zone) == "1200.50元");
    CHECK(fact_name(*amount) == "amount_fen");
}

TEST_CASE("front desk: what a flood says is answered whole") {
    Room room;
    room.says("王女士", "你好");
    const auto before = room.conversation("王女士").last_message;
    int answers = 0;
    for (int i = 0; i < 120; ++i) {
        Arrived arrived;
        arrived.channel = ChannelId{"oa"};
        arrived.address = "resident:王女士";
        arrived.key = "flood-" + std::to_string(i);
        arrived.text = "3栋2单元501漏水" + std::to_string(i);
        arrived.too_fast = 30;
        const auto understood = room.understanding->understand(arrived.text, room.world.now(), Zone{});
        room.world.store->run([&](Transaction& tx) {
            const auto back = room.desk->hear(tx, arrived, understood, room.world.now(), room.world.system.now());
            REQUIRE(back);
            if (!back->held) ++answers;
        });
    }
    CHECK(answers == 2);  // two full bundles, each answered once
    CHECK(room.talk("王女士").held.size() == 20);
    room.passes(60'000);
    CHECK(room.talk("王女士").held.empty());
    // Every word of it stands in what is being told.
    auto talk = room.talk("王女士");
    REQUIRE(talk.draft() != nullptr);
    std::string told;
    for (const auto& words : talk.draft()->words) told += words + "\n";
    for (const char* last : {"漏水0", "漏水49", "漏水50", "漏水99", "漏水119"})
        CHECK(told.find(last) != std::string::npos);
    CHECK(room.conversation("王女士").last_message > before + 120);
}

namespace {

// Somebody who writes faster than is taken.
Heardback says_too_fast(Room& room, const std::string& text) {
    Arrived arrived;
    arrived.channel = ChannelId{"oa"};
    arrived.address = "resident:王女士";
    arrived.key = "flood-" + text;
    arrived.text = text;
    arrived.too_fast = 30;
    const auto understood = room.understanding->understand(text, room.world.now(), Zone{});
    Heardback back;
    room.world.store->run([&](Transaction& tx) {
        auto heard = room.desk->hear(tx, arrived, understood, room.world.now(), room.world.system.now());
        REQUIRE(heard);
        back = std::move(*heard);
    });
    return back;
}

}  // namespace

TEST_CASE("front desk: a danger told in pieces in a flood is heard as soon as they tell it") {
    Room room;
    room.says("王女士", "你好");
    room.passes(60'000);
    const bool long_before = GENERATE(false, true);
    if (long_before)
        for (int i = 0; i < 12; ++i) REQUIRE(says_too_fast(room, "好的" + std::to_string(i)).held);
    REQUIRE(says_too_fast(room, "冒").held);
    CHECK_FALSE(says_too_fast(room, "烟了").held);
    CHECK(room.field("emergency") == "fire");
    CHECK(room.talk("王女士").held.size() == (long_before ? 5u : 0u));
    room.passes(60'000);
    CHECK(room.talk("王女士").held.empty());
    CHECK(room.tickets().size() == 1);
}

TEST_CASE("front desk: what a flood held tells of a danger also to whom a person was called meanwhile") {
    Room room;
    room.says("王女士", "你好");
    room.passes(60'000);
    REQUIRE(says_too_fast(room, "那个").held);
    auto talk = room.talk("王女士");
    const bool danger = GENERATE(true, false);
    if (danger) talk.held = {"冒", "烟了"};  // as they are understood only together
    auto conversation = room.conversation("王女士");
    conversation.body = to_text(talk);
    room.world.store->run([&](Transaction& tx) { tx.save(conversation); });
    room.says("王女士", "[找人工]");
    REQUIRE(room.conversation("王女士").state == "waiting");
    room.passes(60'000);
    CHECK(room.talk("王女士").held.empty());
    REQUIRE(room.tickets().size() == (danger ? 1u : 0u));
    if (danger) CHECK(room.field("emergency") == "fire");
    CHECK(room.conversation("王女士").state == "waiting");
}
