#include "channels/wecom_kf/news_desk.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "channels/wecom_kf/reactions.h"
#include "channels/wecom_kf/wecom_kf.h"
#include "channels/window.h"
#include "workflow/base/json_text.h"
#include "workflow/base/log.h"
#include "workflow/engine/engine.h"
#include "workflow/engine/push.h"
#include "workflow/store/driver.h"

namespace huiyin::kf {
namespace {
using namespace std::chrono_literals;

constexpr auto code_life = 18s;       // of the twenty the platform gives: the way there takes its time
constexpr auto long_code_life = 47h;  // of 48
constexpr auto before_live = 5min;    // written while the service was being set up: answered all the same
constexpr auto at_once = 60s;         // pulled so soon: it was written now

// A link's scene may come as it was printed, or with its percent signs.
std::string decoded(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const auto digit = [&](std::size_t at) {
            const char c = at < text.size() ? text[at] : ' ';
            return c >= '0' && c <= '9'   ? c - '0'
                   : c >= 'a' && c <= 'f' ? c - 'a' + 10
                   : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                          : -1;
        };
        if (digit(i + 1) < 0 || digit(i + 2) < 0) return text;
        out += static_cast<char>(digit(i + 1) * 16 + digit(i + 2));
        i += 2;
    }
    return out;
}

}  // namespace

Handled NewsDesk::handle(Transaction& tx, const std::vector<News>& page, TimePoint live_since,
                         const std::set<std::string>& given_up, std::string& failing, TimePoint now,
                         TimePoint system_now) const {
    Handled handled;
    Moment at{tx, live_since, now, system_now, handled};
    for (const auto& news : page) {
        if (given_up.contains(news.item.key)) {
            auto letter = news.item.message;
            letter.raw = news.raw;
            letter.key = "dead|" + news.item.key;
            Hearing::keep_unreadable(tx, letter, now, system_now);
            log::error("pull.given_up", {{"channel", parts_.channel.value}, {"delivery", news.item.key}});
            ++handled.given_up;
            continue;
        }
        try {
            handle(at, news);
        } catch (const StoreFailed&) {
            throw;
        } catch (const StaleTicket&) {
            throw;
        } catch (const std::exception&) {
            failing = news.item.key;
            throw;
        }
    }
    if (handled.history > 0) {
        Push push;
        push.said.text = parts_.phrases->render("staff.history", {{"count", std::to_string(handled.history)}});
        push.kind = "handover";
        push.priority = Priority::deadline;
        push.at = now;
        const auto key = "history:" + parts_.channel.value + ":" + page.front().item.key;
        push.key = key;
        parts_.engine->push_to_groups(tx, push);
        // Nobody knows yet whose they are: every front desk looks.
        const auto directory = parts_.directory->get();
        for (const auto& unit : directory->units()) {
            if (unit.kind != "service_centre") continue;
            push.key = key + ":" + to_text(unit.id);
            parts_.engine->push_to_holders(tx, "front_desk", unit.id, push);
        }
    }
    return handled;
}

void NewsDesk::handle(Moment& at, const News& news) const {
    const auto& item = news.item;
    switch (item.kind) {
        case ItemKind::customer:
            return item.sent_at + before_live < at.live_since ? keep_history(at, item) : hear(at, news);
        case ItemKind::entered:
            return entered(at, news);
        case ItemKind::servicer:
            return servicer_said(at, item);
        case ItemKind::session_changed:
            return session_changed(at, item);
        case ItemKind::recalled:
            return recalled(at, item);
        case ItemKind::send_failed:
            return send_failed(at, item);
        case ItemKind::notice:
            ++at.handled.events;
            log::info("pull.notice", {{"channel", parts_.channel.value}, {"about", item.about}});
            return;
        case ItemKind::unknown:
            ++at.handled.unreadable;
            return Hearing::keep_unreadable(at.tx, item.message, at.now, at.system_now);
    }
}

bool NewsDesk::claim(Moment& at, const Item& item, ConversationId conversation) const {
    const bool first = at.tx.claim_delivery(
        {.channel = parts_.channel, .key = item.key, .conversation = conversation, .answer = {}, .at = at.system_now});
    ++(first ? at.handled.events : at.handled.repeated);
    return first;
}

void NewsDesk::hear(Moment& at, const News& news) const {
    const auto before = at.tx.conversation_at(parts_.channel, news.item.customer);
    const auto heard =
        hearing_.hear(at.tx, news.item.message, news.understood, news.too_fast, UnitId{}, at.now, at.system_now);
    if (heard.repeated) {
        ++at.handled.repeated;
        return;
    }
    ++at.handled.messages;
    // Nothing rides on a doorbell's answer.
    Hearing::push_instead(at.tx, Hearing::said_in({heard}), at.now, at.system_now);
    auto conversation = at.tx.conversation(heard.conversation);
    if (!conversation) return;
    const auto late = at.system_now - news.item.sent_at;
    if (late > at_once && news.item.sent_at != TimePoint{}) {
        // The platform counts its 48 hours from when he wrote.
        conversation->last_inbound_at = at.now - late;
        at.tx.save(*conversation);
    }
    const bool asked_for_person = conversation->state == "waiting" && (!before || before->state == "bot");
    if (!parts_.to_servicers || !asked_for_person) return;
    OutboxItem wish;
    wish.id = parts_.ids->make<OutboxId>(to_ms(at.system_now));
    wish.channel = parts_.channel;
    wish.conversation = conversation->id;
    wish.kind = "hand_over";
    wish.priority = Priority::progress;
    wish.said.text = to_text(Json{{"to", "servicer"}});
    wish.key = "servicer:" + to_text(conversation->id) + ":" + std::to_string(conversation->last_message);
    wish.created_at = wish.next_attempt_at = at.now;
    wish.next_attempt_system = at.system_now;
    at.tx.add(wish);
}

// The talk of somebody who has not written yet.
Conversation NewsDesk::opened(Moment& at, const Item& item) const {
    Person person;
    person.id = parts_.ids->make<PersonId>(to_ms(at.system_now));
    person.created_at = at.now;
    at.tx.add(person);
    Conversation conversation;
    conversation.id = parts_.ids->make<ConversationId>(to_ms(at.system_now));
    conversation.channel = parts_.channel;
    conversation.address = item.customer;
    conversation.person = person.id;
    conversation.created_at = conversation.updated_at = conversation.state_since = at.now;
    at.tx.save(conversation);
    return conversation;
}

void NewsDesk::keep_history(Moment& at, const Item& item) const {
    auto conversation = at.tx.conversation_at(parts_.channel, item.customer);
    if (!conversation) conversation = opened(at, item);
    if (!at.tx.claim_delivery({.channel = parts_.channel,
                               .key = item.key,
                               .conversation = conversation->id,
                               .answer = {},
                               .at = at.system_now})) {
        ++at.handled.repeated;
        return;
    }
    ++at.handled.history;
    Said words;
    words.text = item.message.text.empty() ? "[" + item.about + "]" : item.message.text;
    parts_.speaker->heard(at.tx, *conversation, std::move(words), at.now);
    conversation->last_inbound_at = at.now - (at.system_now - item.sent_at);
    conversation->pushes_since_inbound = 0;
    at.tx.save(*conversation);
}

void NewsDesk::entered(Moment& at, const News& news) const {
    const auto& item = news.item;
    const auto before = at.tx.conversation_at(parts_.channel, item.customer);
    const auto unit = unit_of(item);
    const auto until = item.sent_at + code_life;
    if (item.code.empty() || at.system_now > until) {
        // Nothing can be said now; where he comes from is kept.
        if (!claim(at, item, before ? before->id : ConversationId{}) || !unit) return;
        auto conversation = before ? *before : opened(at, item);
        if (conversation.unit) return;
        conversation.unit = unit;
        at.tx.save(conversation);
        return;
    }
    auto message = item.message;
    message.kind = InboundKind::entered;
    const auto heard = hearing_.hear(at.tx, message, {}, 0, unit, at.now, at.system_now);
    if (heard.repeated) {
        ++at.handled.repeated;
        return;
    }
    ++at.handled.events;
    Hearing::push_instead(at.tx, Hearing::said_in({heard}), at.now, at.system_now, event_reference(item.code, until));
    // Opening the talk is no message: it opens no window.
    auto conversation = at.tx.conversation(heard.conversation);
    if (!conversation) return;
    conversation->last_inbound_at = before ? before->last_inbound_at : TimePoint{};
    conversation->pushes_since_inbound = before ? before->pushes_since_inbound : 0;
    at.tx.save(*conversation);
}

void NewsDesk::servicer_said(Moment& at, const Item& item) const {
    auto conversation = at.tx.conversation_at(parts_.channel, item.customer);
    if (!claim(at, item, conversation ? conversation->id : ConversationId{}) || !conversation) return;
    if (conversation->state != "person") {
        conversation->state = "person";
        conversation->state_since = at.now;
    }
    if (const auto staff = staff_of(item.servicer)) conversation->taken_by = staff;
    Message message;
    message.id = ++conversation->last_message;
    message.conversation = conversation->id;
    message.at = at.now;
    message.from = Speaker::staff;
    message.said.text = item.message.text.empty() ? "[" + item.about + "]" : item.message.text;
    conversation->updated_at = at.now;
    at.tx.save(*conversation);
    at.tx.add(message);
}

void NewsDesk::session_changed(Moment& at, const Item& item) const {
    auto conversation = at.tx.conversation_at(parts_.channel, item.customer);
    if (!claim(at, item, conversation ? conversation->id : ConversationId{}) || !conversation) return;
    constexpr int taken = 1, ended = 3;
    const bool over = item.number == ended;
    conversation->state = over ? "bot" : "person";
    conversation->state_since = at.now;
    conversation->taken_by = over ? StaffId{} : staff_of(item.servicer);
    at.tx.save(*conversation);
    log::info("talk.session_changed", {{"conversation", conversation->id.value}, {"change", item.number}});
    if (item.code.empty()) return;
    if (over)
        return say_by_code(at, *conversation, item, parts_.phrases->render("talk.given_back"),
                           item.sent_at + code_life);
    const auto directory = parts_.directory->get();
    const auto* staff = conversation->taken_by ? directory->staff(conversation->taken_by) : nullptr;
    if (item.number == taken && staff)
        say_by_code(at, *conversation, item, parts_.phrases->render("talk.taken_over", {{"name", staff->name}}),
                    item.sent_at + long_code_life);
}

void NewsDesk::say_by_code(Moment& at, Conversation& conversation, const Item& item, std::string words,
                           TimePoint until) const {
    if (at.system_now > until) return;
    Said said;
    said.text = std::move(words);
    Saying how;
    how.priority = Priority::consent;
    how.key = "session:" + parts_.channel.value + ":" + item.key;
    if (!parts_.speaker->say(at.tx, conversation, said, {}, how, at.now)) return;
    if (auto row = at.tx.outbox_keyed(how.key)) {
        row->reference = event_reference(item.code, until);
        at.tx.save(*row);
    }
}

void NewsDesk::recalled(Moment& at, const Item& item) const {
    auto conversation = at.tx.conversation_at(parts_.channel, item.customer);
    if (!claim(at, item, conversation ? conversation->id : ConversationId{}) || !conversation) return;
    // What was said stays: a complaint does not vanish. Whoever reads on sees that it was taken back.
    Said words;
    words.text = "[撤回了一条消息]";
    parts_.speaker->heard(at.tx, *conversation, std::move(words), at.now);
}

void NewsDesk::send_failed(Moment& at, const Item& item) const {
    if (!claim(at, item, {})) return;
    const auto failure = failure_of(item.number);
    const auto row = item_of_message_id(item.failed_id);
    const bool known =
        row && reopen_letter(at.tx, *row, parts_.channel, std::string(not_arrived) + "/" + std::to_string(item.number),
                             failure.text, failure.form, at.now, at.system_now);
    const auto fields = {log::Field("channel", parts_.channel.value), log::Field("type", item.number),
                         log::Field("known", known)};
    failure.operators ? log::error("outbox.not_arrived", fields) : log::warning("outbox.not_arrived", fields);
    if (!failure.until_he_writes || item.customer.empty()) return;
    auto conversation = at.tx.conversation_at(parts_.channel, item.customer);
    if (!conversation) return;
    conversation->pushes_since_inbound = std::max(conversation->pushes_since_inbound, parts_.window_pushes);
    at.tx.save(*conversation);
}

StaffId NewsDesk::staff_of(const std::string& userid) const {
    if (userid.empty()) return {};
    const auto directory = parts_.directory->get();
    for (const auto& staff : directory->staff()) {
        const auto own = staff.addresses.find(parts_.channel.value);
        if ((own != staff.addresses.end() && own->second == userid) || staff.login == userid) return staff.id;
    }
    return {};
}

UnitId NewsDesk::unit_of(const Item& item) const {
    const auto directory = parts_.directory->get();
    for (const auto& scene : {decoded(item.scene_param), item.scene})
        if (const auto* unit = scene.empty() ? nullptr : directory->unit_by_key(scene)) return unit->id;
    return {};
}

}  // namespace huiyin::kf
