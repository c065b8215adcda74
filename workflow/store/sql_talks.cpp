// Deliveries, conversations, messages and the questions that are open in them.
#include "workflow/store/sql_store.h"

#include <algorithm>

#include "workflow/base/digest.h"
#include "workflow/store/change_list.h"
#include "workflow/store/keeping.h"
#include "workflow/store/sql.h"
#include "workflow/store/sql_rows.h"

namespace huiyin {
namespace {

using namespace rows;

constexpr std::size_t claimed_keys_kept = 32;  // of a talk
constexpr auto prompt_days = std::chrono::hours(90 * 24);

}  // namespace

// A platform's own number stays as it is (and new ones come to lie beside each other); all else may name a person.
std::string SqlTransaction::delivery_key(const std::string& key) const {
    if (!key.empty() && key.size() <= 32 && key.find_first_not_of("0123456789") == std::string::npos) return key;
    return "h" + to_hex(context_.vault.index(key, "delivery"));
}

std::optional<Delivery> SqlTransaction::delivery(const ChannelId& channel, ConversationId conversation,
                                                 const std::string& key) {
    if (const auto held = claimed_.find({channel, conversation, key}); held != claimed_.end())
        return held->second.delivery;
    const auto kept_key = delivery_key(key);
    Query row(driver_, sql::delivery, context_.organisation, channel.value, conversation.value, kept_key);
    if (!row.step()) return std::nullopt;
    return Delivery{channel, key, ConversationId{row.integer(0)},
                    context_.vault.open(row.text(1), delivery_place(channel, kept_key)), from_ms(row.integer(2))};
}

RecentRows::ClaimedKeys& SqlTransaction::claimed_keys(const Delivery& delivery) {
    const auto talk = delivery.conversation;
    if (const auto held = claimed_keys_.find(talk); held != claimed_keys_.end()) return held->second;
    if (delivery.first) return claimed_keys_[talk];
    if (const auto* known = recent_ ? recent_->talks.find(talk) : nullptr; known && known->claimed)
        return claimed_keys_.emplace(talk, *known->claimed).first->second;
    RecentRows::ClaimedKeys claimed;  // kept when it is whole: one that breaks off would look like all there are
    Query row(driver_.aside(), sql::delivery_keys, context_.organisation, delivery.channel.value, talk.value,
              static_cast<int>(claimed_keys_kept));
    while (row.step()) claimed.keys.emplace_back(row.text(0), from_ms(row.integer(1)));
    claimed.all = claimed.keys.size() < claimed_keys_kept;
    return claimed_keys_[talk] = std::move(claimed);
}

bool SqlTransaction::has_deliveries_without_talk(const ChannelId& channel) {
    if (!recent_) return true;
    if (const auto held = without_talk_.find(channel.value); held != without_talk_.end()) return held->second;
    if (const auto known = recent_->any_without_talk.find(channel.value); known != recent_->any_without_talk.end())
        return known->second;
    Query row(driver_.aside(), sql::delivery_without_talk, context_.organisation, channel.value);
    return without_talk_[channel.value] = row.step();
}

bool SqlTransaction::is_kept(const Delivery& delivery, const std::string& kept_key) {
    Query row(driver_.aside(), sql::delivery, context_.organisation, delivery.channel.value,
              delivery.conversation.value, kept_key);
    return row.step();
}

// One of no conversation counts for all. Notes it as claimed where it was not.
bool SqlTransaction::was_claimed(const Delivery& delivery, const std::string& kept_key) {
    const auto forgotten_before = delivery.at - delivery_days;
    const auto recent_key = delivery.channel.value + "\n" + kept_key;
    if (claimed_.contains({delivery.channel, {}, delivery.key})) return true;
    if (const auto* at = recent_ ? recent_->without_talk.find(recent_key) : nullptr; at && *at >= forgotten_before)
        return true;
    if (!delivery.conversation) {
        if (is_kept(delivery, kept_key)) return true;
        fresh_without_talk_.emplace_back(recent_key, delivery.at);
        without_talk_[delivery.channel.value] = true;
        return false;
    }
    auto& [keys, all] = claimed_keys(delivery);
    const auto known = std::find_if(keys.begin(), keys.end(), [&](const auto& each) { return each.first == kept_key; });
    if (known != keys.end() && known->second >= forgotten_before) return true;
    const bool perhaps = known != keys.end() || !all || has_deliveries_without_talk(delivery.channel);
    if (perhaps && is_kept(delivery, kept_key)) return true;
    keys.emplace_back(kept_key, delivery.at);
    if (keys.size() > claimed_keys_kept) {
        keys.erase(keys.begin());
        all = false;
    }
    return false;
}

bool SqlTransaction::claim_delivery(const Delivery& delivery) {
    auto kept_key = delivery_key(delivery.key);
    // With one new one in fifty or a hundred go more old ones than came since, so the table stays as small as its
    // eight days.
    const auto last = kept_key.size() - 1;
    if ((kept_key[last] & 15) == 0 && (last == 0 || (kept_key[last - 1] & 3) == 0)) {
        const auto forget_before = to_ms(delivery.at - delivery_days);
        bool old = false;
        {
            Query oldest(driver_.aside(), sql::delivery_before, context_.organisation, forget_before);
            old = oldest.step();
        }
        if (old)
            change_later(driver_, sql::forget_deliveries, Expected::any, context_.organisation, forget_before, 256);
    }
    if (was_claimed(delivery, kept_key)) return false;
    claimed_.emplace(std::tuple(delivery.channel, delivery.conversation, delivery.key),
                     Claim{delivery, std::move(kept_key)});
    return true;
}

std::string SqlTransaction::delivery_place(const ChannelId& channel, const std::string& kept_key) const {
    return place("deliveries.answer/", channel.value + "/" + kept_key);
}

void SqlTransaction::write(const Claim& claim) {
    const auto& [delivery, kept_key] = claim;
    const auto answer = to_seal(delivery.answer, delivery_place(delivery.channel, kept_key));
    if (!change_later(driver_, sql::claim_delivery, Expected::one, context_.organisation, delivery.channel.value,
                      delivery.conversation.value, kept_key, answer, to_ms(delivery.at)))
        throw std::runtime_error("store: a delivery was taken by somebody else meanwhile: " + kept_key);
}

void SqlTransaction::set_delivery_answer(const ChannelId& channel, ConversationId conversation, const std::string& key,
                                         const std::string& answer) {
    if (const auto held = claimed_.find({channel, conversation, key}); held != claimed_.end()) {
        held->second.delivery.answer = answer;
        return;
    }
    const auto kept_key = delivery_key(key);
    const auto kept = to_seal(answer, delivery_place(channel, kept_key));
    change_later(driver_, sql::set_delivery_answer, Expected::any, kept, context_.organisation, channel.value,
                 conversation.value, kept_key);
}

Conversation SqlTransaction::read_conversation(const Query& row) {
    const ConversationId id{row.integer(0)};
    if (const auto held = talks_.find(id); held != talks_.end()) return held->second.conversation;
    if (recent_)
        if (const auto* known = recent_->talks.find(id)) return known->conversation;
    Conversation c;
    c.id = id;
    c.channel = ChannelId{row.text(1)};
    c.address = context_.vault.open(row.text(2), place("conversations.address", c.id.value));
    c.person = PersonId{row.integer(3)};
    c.unit = UnitId{row.integer(4)};
    c.state = row.text(5);
    c.taken_by = StaffId{row.integer(6)};
    c.state_since = from_ms(row.integer(7));
    c.last_message = row.integer(8);
    c.created_at = from_ms(row.integer(9));
    c.updated_at = from_ms(row.integer(10));
    c.last_inbound_at = from_ms(row.integer(11));
    c.pushes_since_inbound = static_cast<int>(row.integer(12));
    c.body = context_.vault.open(row.text(13), place("conversations.body", c.id.value));
    talks_.emplace(id, Talk{.conversation = c, .is_stored = true});
    return c;
}

std::optional<Conversation> SqlTransaction::conversation(ConversationId id) {
    if (const auto held = talks_.find(id); held != talks_.end()) return held->second.conversation;
    if (recent_)
        if (const auto* known = recent_->talks.find(id)) return known->conversation;
    Query row(driver_.aside(), sql::conversation, context_.organisation, id.value);
    if (!row.step()) return std::nullopt;
    return read_conversation(row);
}

std::optional<Conversation> SqlTransaction::conversation_at(const ChannelId& channel, const std::string& address) {
    for (const auto& [id, held] : talks_)
        if (held.conversation.channel == channel && held.conversation.address == address) return held.conversation;
    if (recent_)
        if (const auto* known = recent_->addresses.find(channel.value + "\n" + address))
            if (auto found = conversation(*known)) return found;
    const auto index = context_.vault.index(address, "address");
    Query row(driver_.aside(), sql::conversation_at, context_.organisation, channel.value, Bytes{index});
    if (!row.step()) {
        absent_.emplace(channel, address);
        return std::nullopt;
    }
    return read_conversation(row);
}

std::vector<Conversation> SqlTransaction::conversations_of(PersonId person) {
    finish();
    std::vector<Conversation> found;
    Query row(driver_, sql::conversations_of, context_.organisation, person.value);
    while (row.step()) found.push_back(read_conversation(row));
    return found;
}

Page<Conversation> SqlTransaction::conversations(const std::string& state, const std::vector<UnitId>& units, int limit,
                                                 const std::string& cursor) {
    finish();
    Page<Conversation> page;
    Key from{far_future, far_future};
    if (!cursor.empty()) {
        const auto given = from_cursor(cursor);
        if (!given) return page;
        from = *given;
    }
    const std::vector<std::string> states =
        state.empty() ? std::vector<std::string>{"bot", "waiting", "person"} : std::vector<std::string>{state};
    std::set<Key> keys;
    for (const auto& one : states)
        for (const auto unit : units) {
            Query row(driver_, sql::conversation_list, context_.organisation, one, unit.value, from.first, from.second,
                      limit + 1);
            while (row.step()) keys.insert({row.integer(0), row.integer(1)});
        }
    for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
        if (static_cast<int>(page.items.size()) == limit) {
            const auto& last = page.items.back();
            page.next_cursor = to_cursor({to_ms(last.state_since), last.id.value});
            break;
        }
        if (auto one = conversation(ConversationId{key->second})) page.items.push_back(std::move(*one));
    }
    return page;
}

void SqlTransaction::save(const Conversation& c) {
    if (absent_.contains({c.channel, c.address})) open_prompts_.try_emplace(c.id);  // nothing was asked yet
    const auto held = talks_.find(c.id);
    if (held == talks_.end()) {
        talks_.emplace(c.id, Talk{.conversation = c, .to_write = true});
        return;
    }
    auto& talk = held->second;
    // Of what changes it alone may want room, and has it before: no conversation is half the old one and half the new.
    talk.conversation.body.reserve(c.body.size());
    talk.conversation = c;
    talk.to_write = true;
}

void SqlTransaction::write(Talk& talk) {
    const auto& c = talk.conversation;
    const auto body = to_seal(c.body, place("conversations.body", c.id.value));
    const auto update = [&](auto&& make, const auto&... more) {
        return make(driver_, sql::update_conversation, more..., c.person.value, c.unit.value, c.state, c.taken_by.value,
                    to_ms(c.state_since), c.last_message, to_ms(c.updated_at), to_ms(c.last_inbound_at),
                    c.pushes_since_inbound, body, context_.organisation, c.id.value);
    };
    const auto absent = absent_.find({c.channel, c.address});
    const bool is_new = absent != absent_.end();
    if (!is_new && (talk.is_stored || (recent_ && recent_->talks.find(c.id)))) {
        if (update([](auto&&... values) { return change_later(values...); }, Expected::one)) return;
    } else if (!is_new) {
        if (update([](auto&&... values) { return change(values...); }) == 1) return;
    }
    const auto address = to_seal(c.address, place("conversations.address", c.id.value));
    const auto index = context_.vault.index(c.address, "address");
    change_later(driver_, sql::add_conversation, Expected::one, context_.organisation, c.id.value, c.channel.value,
                 address, Bytes{index}, c.person.value, c.unit.value, c.state, c.taken_by.value, to_ms(c.state_since),
                 c.last_message, to_ms(c.created_at), to_ms(c.updated_at), to_ms(c.last_inbound_at),
                 c.pushes_since_inbound, body);
    if (is_new) absent_.erase(absent);
    talk.is_stored = true;
}

Message SqlTransaction::read_message(const Query& row, ConversationId conversation) const {
    Message message;
    message.id = row.integer(0);
    message.conversation = conversation;
    message.at = from_ms(row.integer(1));
    message.from = static_cast<Speaker>(std::clamp<std::int64_t>(row.integer(2), 0, 2));
    message.said =
        said_from_text(context_.vault.open(row.text(3), place("messages.said", conversation.value, message.id)));
    return message;
}

std::vector<Message> SqlTransaction::messages(ConversationId conversation, std::int64_t after, int limit) {
    std::vector<Message> found;
    if (const auto fresh = fresh_messages_.find(conversation);
        fresh != fresh_messages_.end() && after + 1 >= fresh->second.front().id) {
        for (const auto& message : fresh->second)
            if (message.id > after && static_cast<int>(found.size()) < limit) found.push_back(message);
        return found;
    }
    Query row(driver_, sql::messages, context_.organisation, conversation.value, after, limit);
    while (row.step()) found.push_back(read_message(row, conversation));
    return found;
}

std::vector<Message> SqlTransaction::last_messages(ConversationId conversation, int count) {
    std::vector<Message> found;
    Query row(driver_, sql::last_messages, context_.organisation, conversation.value, count);
    while (row.step()) found.push_back(read_message(row, conversation));
    std::reverse(found.begin(), found.end());
    return found;
}

void SqlTransaction::add(const Message& message) {
    const auto words = to_text(message.said);
    const auto said = to_seal(words, place("messages.said", message.conversation.value, message.id));
    change_later(driver_, sql::add_message, Expected::any, context_.organisation, message.conversation.value,
                 message.id, to_ms(message.at), static_cast<int>(message.from), said);
    touched_.conversations.insert(message.conversation);
    fresh_messages_[message.conversation].push_back(message);
}

Prompt SqlTransaction::read_prompt(const Query& row, ConversationId conversation) const {
    Prompt prompt;
    prompt.id = PromptId{row.integer(0)};
    prompt.conversation = conversation;
    prompt.ticket = TicketId{row.integer(1)};
    prompt.kind = row.text(2);
    prompt.body = context_.vault.open(row.text(3), place("prompts.body", conversation.value, prompt.id.value));
    prompt.state = row.text(4);
    prompt.asked_at = from_ms(row.integer(5));
    if (!row.is_nothing(6)) prompt.answered_at = from_ms(row.integer(6));
    return prompt;
}

std::optional<Prompt> SqlTransaction::prompt(ConversationId conversation, PromptId id) {
    Query row(driver_, sql::prompt, context_.organisation, conversation.value, id.value);
    if (!row.step()) return std::nullopt;
    return read_prompt(row, conversation);
}

std::vector<Prompt> SqlTransaction::open_prompts(ConversationId conversation) {
    if (const auto held = open_prompts_.find(conversation); held != open_prompts_.end()) return held->second;
    if (recent_)
        if (const auto* known = recent_->talks.find(conversation); known && known->open_prompts)
            return *known->open_prompts;
    std::vector<Prompt> found;
    const bool changed_lately = saved_prompt_ || (recent_ && recent_->talks.find(conversation));
    Query row(changed_lately ? driver_ : driver_.aside(), sql::open_prompts, context_.organisation, conversation.value);
    while (row.step()) found.push_back(read_prompt(row, conversation));
    return open_prompts_[conversation] = std::move(found);
}

void SqlTransaction::save(const Prompt& prompt) {
    const auto body = to_seal(prompt.body, place("prompts.body", prompt.conversation.value, prompt.id.value));
    change_later(driver_, sql::save_prompt, Expected::any, context_.organisation, prompt.conversation.value,
                 prompt.id.value, prompt.ticket.value, prompt.kind, body, prompt.state, to_ms(prompt.asked_at),
                 ms_of(prompt.answered_at));
    saved_prompt_ = true;
    // Its talk passes on what is open; one that nobody held is read, so that the next unit does not see the rows
    // before.
    const auto talk = conversation(prompt.conversation);
    auto held = open_prompts_.find(prompt.conversation);
    if (held == open_prompts_.end() && recent_)
        if (const auto* known = recent_->talks.find(prompt.conversation); known && known->open_prompts)
            held = open_prompts_.emplace(prompt.conversation, *known->open_prompts).first;
    if (held != open_prompts_.end()) {
        auto& open = held->second;  // newest first: by id
        std::erase_if(open, [&](const Prompt& each) { return each.id == prompt.id; });
        if (prompt.state == "open")
            open.insert(std::find_if(open.begin(), open.end(),
                                     [&](const Prompt& each) { return each.id.value < prompt.id.value; }),
                        prompt);
    }
    if (prompt.state != "open") return;
    if (talk && talk->created_at >= prompt.asked_at - prompt_days)
        return;                       // it is younger than anything that could be forgotten
    if (held != open_prompts_.end())  // as the rows: what was asked of a held ticket stays
        std::erase_if(held->second, [&](const Prompt& each) {
            return each.asked_at < prompt.asked_at - prompt_days &&
                   !(each.ticket && keeping().is_held(each.ticket, prompt.asked_at));
        });
    change_later(driver_, sql::forget_prompts, Expected::any, context_.organisation, prompt.conversation.value,
                 to_ms(prompt.asked_at - prompt_days), to_ms(prompt.asked_at));
}

}  // namespace huiyin
