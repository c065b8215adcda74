#include "bot/understanding/act_parts.h"

namespace huiyin::acts {

void find_steering(Said& said) {
    auto& found = said.found;
    const auto& low = said.low;
    const auto& hits = said.hits;
    const bool substance = said.substance;
    if (!found.has(Kind::bot_complaint))
        said.add_if(Kind::bot_complaint, 0.8,
                    {U"答非所问", U"听不懂人话", U"破机器人", U"复读机", U"智障机器人", U"人工智障", U"机器人真笨",
                     U"机器人太笨"});
    if (!found.has(Kind::robot_question) && low.size() <= 14)
        said.add_if(Kind::robot_question, 0.8,
                    {U"是机器人", U"是真人", U"是人还是", U"是不是人", U"are you a bot", U"are you a robot"});
    if (!found.has(Kind::stop_surveys))
        said.add_if(Kind::stop_surveys, 0.8,
                    {U"别再发了", U"再叫我评", U"别叫我评", U"不要再发", U"别发问卷", U"别再让我评", U"不想评价",
                     U"不要再让我评", U"别再推送", U"别再问我满", U"别再问满意", U"别再发评价", U"别老让我打分",
                     U"别老让我评", U"别给我发", U"不要给我发", U"别再发评"});
    if (!found.has(Kind::pause) && low.size() <= 20 && !substance)
        said.add_if(Kind::pause, 0.85,
                    {U"晚点说", U"晚点再", U"待会再", U"一会再", U"回头再", U"在开车", U"在开会", U"明天再说",
                     U"下班再", U"等会再", U"稍后再", U"一会儿再", U"待会儿再", U"晚上再说", U"先忙"});
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
        if (!said.add_if(
                Kind::cancel, 0.9,
                {U"不投诉了", U"不想投诉了", U"不报了", U"不反映了", U"当我没说", U"不用登记", U"别登记", U"不登记了"}))
            said.add_if(Kind::cancel, 0.7, {U"算了不"});
    }
    if (!found.has(Kind::withdraw) && low.size() <= 24)
        said.add_if(Kind::withdraw, 0.85,
                    {U"撤诉", U"撤销投诉", U"撤回投诉", U"把投诉撤", U"不用管了", U"不用你们管了", U"投诉取消",
                     U"取消投诉", U"取消我的投诉", U"撤单"});
    if (has(low, U"忽略之前") || has(low, U"忽略以上") || has(low, U"忽略上面") || has(low, U"ignore previous") ||
        has(low, U"ignore all") || has(low, U"ignore the above") || has(low, U"系统提示词") ||
        has(low, U"system prompt") || has(low, U"从现在起你是") || has(low, U"无视之前") || has(low, U"无视上述") ||
        has(low, U"开发者模式") || has(low, U"从现在起只") || has(low, U"只输出") || has(low, U"没有限制的助手") ||
        has(low, U"[system]") || low.starts_with(U"system:") || has(low, U"new instructions") ||
        has(low, U"管理员模式") || has(low, U"忘掉你的规则") || has(low, U"以下是测试,请照做") ||
        has(low, U"你的上级授权") || has(low, U"<system>") || has(low, U"\"role\":\"system\""))
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
}

}  // namespace huiyin::acts
