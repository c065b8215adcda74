#include "bot/understanding/scenes.h"

namespace huiyin {

const std::vector<Scene>& scenes() {
    using E = Emergency;
    using W = Word;
    constexpr auto clause = Reach::clause, sentence = Reach::sentence;
    static const std::vector<Scene> all = {
        // 电梯停在半空,孩子在里面哭; 电梯不走了我好害怕
        {E::lift, W::lift, W::lift_stops_hard, 14, true, sentence, W::inside, W::somebody},
        {E::lift, W::lift, W::lift_stops, 14, true, sentence, W::fear, W::somebody},
        // 燃气管挖断了; 煤气阀门关不上
        {E::gas, W::gas, W::gas_escape, 8, true, clause},
        {E::gas, W::gas_alarm, W::rings, 8, false, clause, W::count_, W::count_, W::false_ring},
        {E::gas, W::gas_part, W::hiss, 8, true, sentence, W::count_, W::count_, W::cold_air},
        // 厨房着了; 楼道里好浓的烟; 烟感响了,有焦味
        {E::fire, W::burnable, W::catches, 0, false, clause},
        {E::fire, W::smoke_place, W::smoke_much, 8, true, clause},
        {E::fire, W::fire_alarm, W::rings, 8, false, clause, W::smoke_hint, W::count_, W::false_ring},
        {E::fire, W::fire_alarm, W::rings, 8, false, clause, W::fear, W::count_, W::false_ring},
        // 电线掉地上了; 摸水龙头麻了一下; 栏杆有电
        {E::electricity, W::wire, W::wire_down, 6, false, clause, W::where_people},
        {E::electricity, W::wire, W::wire_bare, 4, false, clause, W::water},
        {E::electricity, W::touched, W::shocked, 14, true, sentence},
        {E::electricity, W::metal, W::has_current, 5, false, clause},
        // 有人从阳台往下扔椅子
        {E::falling_object, W::hard_thing, W::thrown, 6, true, clause, W::down},
        // 水都流到电表箱里了; 配电柜被水泡了
        {E::water_on_wires, W::flood, W::hard_device, 6, false, clause, W::water},
        // 手被门夹断了; 老人喘不上气; 小孩从窗户掉下去; 有人掉水池里
        {E::injury, W::limb, W::pinched, 5, true, clause},
        {E::injury, W::somebody, W::collapse, 10, false, clause, W::count_, W::count_, W::thing},
        {E::injury, W::patient, W::collapse_soft, 4, false, clause, W::count_, W::count_, W::thing},
        {E::injury, W::elder, W::no_answer, 12, true, sentence, W::worry},
        {E::injury, W::somebody, W::height_fall, 10, false, clause, W::count_, W::count_, W::thing},
        {E::injury, W::fall_verb, W::pit, 3, false, clause, W::somebody, W::count_, W::thing},
        {E::injury, W::perch, W::edge, 4, true, clause, W::injury_person, W::teetering},
        // 有人打我老公; 保安把人按在地上; 男的一直跟着我; 有人翻窗
        {E::violence, W::hit_verb, W::hit_whom, 0, false, clause, W::count_, W::count_, W::phone_like},
        {E::violence, W::passive, W::struck, 7, false, clause, W::somebody},
        {E::violence, W::wield, W::blade, 3, false, clause},
        {E::violence, W::wield, W::club, 3, false, clause, W::menace},
        {E::violence, W::stalker, W::follows, 10, false, clause},
        {E::violence, W::intruder, W::enters, 10, false, clause},
        // 楼顶有人要跳; 吞了一瓶安眠药
        {E::self_harm, W::last_place, W::last_act, 12, true, sentence},
        {E::self_harm, W::swallow, W::last_pills, 5, false, clause},
    };
    return all;
}

}  // namespace huiyin
