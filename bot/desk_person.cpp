#include "bot/desk_work.h"

#include <algorithm>

#include "workflow/engine/language.h"
#include "workflow/engine/push.h"
#include "workflow/phrases/writing.h"

namespace huiyin {

FrontDesk::Work::AnswersBy FrontDesk::Work::answers_by(const std::string& language) const {
    const auto& calendar = pack().policy->calendar;
    const auto closing = calendar.is_working_time(now) ? calendar.closing_of_day(now) : std::nullopt;
    const auto at = closing ? *closing : calendar.next_start_of_work(now);
    const auto local = calendar.zone().to_local(at);
    if (language != house_language) return {moment_in(language, at, now, calendar.zone()), closing.has_value()};
    if (closing) return {"今天" + to_clock(local.since_midnight), true};
    const std::chrono::year_month_day day{local.day};
    constexpr const char* weekdays[] = {"日", "一", "二", "三", "四", "五", "六"};
    return {std::to_string(static_cast<unsigned>(day.month())) + "月" +
                std::to_string(static_cast<unsigned>(day.day())) + "日(周" +
                weekdays[std::chrono::weekday{local.day}.c_encoding()] + ")" + to_clock(local.since_midnight),
            false};
}

void FrontDesk::Work::call_person(const CallPerson& wish) {
    if (wish.because == "give_back") {
        conversation.state = "bot";
        conversation.state_since = now;
        return;
    }
    // A threat is told to security; what it is about is taken down meanwhile.
    if (conversation.state == "bot" && wish.because != "threat") {
        conversation.state = "waiting";
        conversation.state_since = now;
    }
    const auto& policy = *pack().policy;
    const auto unit_id = directory->service_centre_of(wish.unit ? wish.unit : here());
    const auto* unit = directory->unit(unit_id);
    const auto phone = unit ? unit->duty_phone : std::string{};
    if (wish.because == "wished" || wish.because == "stumbled") {
        // Nobody waits without knowing how long: until the desk closes today, or from when it opens.
        const auto by = answers_by(language_of(conversation));
        say({.text = text(by.today ? "talk.handover" : "talk.handover_later", {{"when", by.when}, {"phone", phone}}),
             .choices = {},
             .kind = "talk",
             .ticket = {},
             .more = {}});
    }
    // The front desk of the unit hears of it, once a wait: by every channel that reaches them.
    const std::string wanted = wish.because == "threat" ? "order" : "front_desk";
    const bool held = std::find(policy.roles.begin(), policy.roles.end(), wanted) != policy.roles.end();
    const std::string& role = held ? wanted : policy.accept_role;
    Push push;
    push.said.text = pack().text("staff.handover." + wish.because, {{"unit", unit ? unit->name : std::string{}}});
    push.kind = "handover";
    push.priority = wish.because == "wished" || wish.because == "stumbled" ? Priority::consent : Priority::emergency;
    push.at = now;
    push.key = "handover:" + to_text(conversation.id) + ":" + std::to_string(to_ms(conversation.state_since)) + ":" +
               wish.because;
    parts.engine->push_to_holders(tx, role, unit_id, push);
    parts.engine->push_to_groups(tx, push);
}

namespace {

Problem forbidden(const Never& never) {
    return Problem{"conversation.not_allowed", "这句话不能这样说：" + never.because, {}, never.clause};
}

}  // namespace

std::shared_ptr<const Policy> FrontDesk::policy_for(const Conversation& conversation) const {
    return conversation.unit ? parts_.policies->for_unit(conversation.unit, *parts_.directory->get())
                             : parts_.policies->standard();
}

std::string FrontDesk::words_for(const Conversation& conversation, std::string_view key,
                                 const PhraseValues& values) const {
    return packs_->of(policy_for(conversation))->text(key, values, language_of(conversation));
}

Result<Conversation> FrontDesk::take_over(Transaction& tx, ConversationId id, const Staff& by, TimePoint now) {
    auto conversation = tx.conversation(id);
    if (!conversation) return Problem{"conversation.not_found", "没有这个会话，可能已经合并", {}};
    if (conversation->state == "person" && conversation->taken_by != by.id)
        return Problem{"conversation.taken", "已经有同事在接待这位客户：请先和他商量", {}};
    conversation->state = "person";
    conversation->taken_by = by.id;
    conversation->state_since = now;
    Said said;
    said.text = words_for(*conversation, "talk.taken_over", {{"name", by.name}});
    parts_.speaker->say(tx, *conversation, said, {},
                        {.kind = "talk",
                         .priority = Priority::progress,
                         .ticket = {},
                         .how = How::push,
                         .key = {},
                         .from = Speaker::bot,
                         .more = {}},
                        now);
    return *conversation;
}

Result<Message> FrontDesk::say(Transaction& tx, ConversationId id, const Staff& by, const std::string& words,
                               TimePoint now) {
    auto conversation = tx.conversation(id);
    if (!conversation) return Problem{"conversation.not_found", "没有这个会话，可能已经合并", {}};
    if (conversation->state != "person" || conversation->taken_by != by.id)
        return Problem{"conversation.not_taken", "先接手这个会话，再回复客户", {}};
    // What the pack forbids is not said here either; and who only passes on has no words of his own.
    const auto pack = packs_->of(policy_for(*conversation));
    if (const auto* never = pack->forbidden_in(words)) return forbidden(*never);
    const auto& convey = pack->policy->talk.convey_only;
    const bool only_conveys = !by.roles.empty() && std::all_of(by.roles.begin(), by.roles.end(), [&](const auto& role) {
        return std::find(convey.begin(), convey.end(), role) != convey.end();
    });
    if (only_conveys)
        return Problem{
            "conversation.not_allowed", "这个岗位只转达已经批准的答复：请在工单里转达", {}, pack->policy->talk.clause};
    Said said;
    said.text = words;
    auto message = parts_.speaker->say(tx, *conversation, said, {},
                                       {.kind = "talk",
                                        .priority = Priority::progress,
                                        .ticket = {},
                                        .how = How::push,
                                        .key = {},
                                        .from = Speaker::staff,
                                        .more = {}},
                                       now);
    return std::move(*message);
}

Result<Conversation> FrontDesk::give_back(Transaction& tx, ConversationId id, const Staff& by, TimePoint now) {
    auto conversation = tx.conversation(id);
    if (!conversation) return Problem{"conversation.not_found", "没有这个会话，可能已经合并", {}};
    if (conversation->state == "bot") return *conversation;
    if (conversation->state == "person" && conversation->taken_by != by.id)
        return Problem{"conversation.taken", "这个会话由另一位同事接待：只有他能交还", {}};
    conversation->state = "bot";
    conversation->taken_by = {};
    conversation->state_since = now;
    Said said;
    said.text = words_for(*conversation, "talk.given_back", {});
    parts_.speaker->say(tx, *conversation, said, {},
                        {.kind = "talk",
                         .priority = Priority::progress,
                         .ticket = {},
                         .how = How::push,
                         .key = {},
                         .from = Speaker::bot,
                         .more = {}},
                        now);
    return *conversation;
}

}  // namespace huiyin
