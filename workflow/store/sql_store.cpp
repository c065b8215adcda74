#include "workflow/store/sql_store.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "workflow/base/digest.h"
#include "workflow/base/json_text.h"
#include "workflow/store/change_list.h"
#include "workflow/store/search.h"
#include "workflow/store/sql.h"

namespace huiyin {
namespace {

constexpr std::int64_t far_future = std::numeric_limits<std::int64_t>::max();
constexpr auto delivery_days = std::chrono::hours(8 * 24);
constexpr std::size_t claimed_keys_kept = 32;  // of a talk
constexpr int surveys_kept = 10;               // of a person, the latest
constexpr auto prompt_days = std::chrono::hours(90 * 24);

std::optional<std::int64_t> ms_of(const std::optional<TimePoint>& at) {
    if (!at) return std::nullopt;
    return to_ms(*at);
}

Json read_json(const std::string& text, const char* what) {
    try {
        return Json::parse(text);
    } catch (const std::exception& e) {
        throw std::runtime_error(std::string("store: ") + what + " cannot be read: " + e.what());
    }
}

Ticket read_ticket(const std::string& body) { return ticket_from_json(read_json(body, "a ticket's row")); }

OutboxState outbox_state(const std::string& name) {
    for (const auto state : {OutboxState::waiting, OutboxState::sending, OutboxState::sent, OutboxState::failed,
                             OutboxState::dead, OutboxState::undeliverable})
        if (to_text(state) == name) return state;
    throw std::runtime_error("store: unknown outbox state \"" + name + "\"");
}

std::int64_t next_due(const Ticket& ticket) {
    auto due = far_future;
    for (const auto& deadline : ticket.deadlines)
        if (deadline.state == "running" && !deadline.soft && deadline.binds.empty())
            due = std::min(due, to_ms(deadline.due_at));
    return due;
}

// A place in a list: the value it is ordered by, and the id that makes it unique.
using Key = std::pair<std::int64_t, std::int64_t>;
std::string to_cursor(const Key& key) { return std::to_string(key.first) + "." + std::to_string(key.second); }
std::optional<Key> from_cursor(const std::string& text) {
    const auto dot = text.find('.');
    if (dot == std::string::npos) return std::nullopt;
    try {
        std::size_t used_first = 0, used_second = 0;
        const auto first = text.substr(0, dot), second = text.substr(dot + 1);
        const Key key{std::stoll(first, &used_first), std::stoll(second, &used_second)};
        if (used_first != first.size() || used_second != second.size()) return std::nullopt;
        return key;
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

bool has_unit(const TicketFilter& filter, UnitId unit) {
    return std::find(filter.units.begin(), filter.units.end(), unit) != filter.units.end();
}

bool passes(const TicketFilter& filter, const Ticket& ticket) {
    if (!has_unit(filter, ticket.unit) && !has_unit(filter, ticket.owner_unit)) return false;
    const auto differs = [](const std::string& wanted, const std::string& is) {
        return !wanted.empty() && wanted != is;
    };
    if (differs(filter.state, ticket.state) || differs(filter.phase, to_text(ticket.phase)) ||
        differs(filter.kind, ticket.kind) || differs(filter.category, ticket.category) ||
        differs(filter.level, ticket.level))
        return false;
    if (filter.assignee && filter.assignee != ticket.assignee) return false;
    const bool open = !is_end(ticket.phase);
    if (filter.overdue && *filter.overdue != (open && next_due(ticket) < to_ms(filter.now))) return false;
    if ((filter.open_only || filter.order == TicketFilter::Order::next_deadline) && !open) return false;
    if (filter.since && ticket.opened_at < *filter.since) return false;
    if (filter.until && ticket.opened_at >= *filter.until) return false;
    return !filter.customer || filter.customer == ticket.customer;
}

bool looks_like_a_number(const std::string& form) {
    const auto all = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-'; };
    return form.size() >= 4 && std::all_of(form.begin(), form.end(), all) &&
           form.find_first_of("0123456789") != std::string::npos;
}

}  // namespace

// Which column of which row, so that a sealed value opens there only.
std::string SqlTransaction::place(const char* column, std::int64_t row, std::int64_t part) const {
    std::string text = column;
    for (const auto id : {context_.organisation, row, part}) {
        text += '/';
        text += std::to_string(id);
    }
    return text;
}
std::string SqlTransaction::place(const char* column, const std::string& row) const {
    return column + ("/" + std::to_string(context_.organisation)) + "/" + row;
}

// Conversations

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
    auto& claimed = claimed_keys_[talk];
    if (delivery.first) return claimed;
    if (const auto* known = recent_ ? recent_->talks.find(talk) : nullptr; known && known->claimed)
        return claimed = *known->claimed;
    Query row(driver_.aside(), sql::delivery_keys, context_.organisation, delivery.channel.value, talk.value,
              static_cast<int>(claimed_keys_kept));
    while (row.step()) claimed.keys.emplace_back(row.text(0), from_ms(row.integer(1)));
    claimed.all = claimed.keys.size() < claimed_keys_kept;
    return claimed;
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
    // With one new one in ten or twenty go more old ones than came since, so the table stays as small as its eight
    // days.
    if ((kept_key.back() & 15) == 0) {
        const auto forget_before = to_ms(delivery.at - delivery_days);
        bool old = false;
        {
            Query oldest(driver_.aside(), sql::delivery_before, context_.organisation, forget_before);
            old = oldest.step();
        }
        if (old) change_later(driver_, sql::forget_deliveries, Expected::any, context_.organisation, forget_before, 64);
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
    const auto answer = context_.vault.seal(delivery.answer, delivery_place(delivery.channel, kept_key));
    if (!change_later(driver_, sql::claim_delivery, Expected::one, context_.organisation, delivery.channel.value,
                      delivery.conversation.value, kept_key, Bytes{answer}, to_ms(delivery.at)))
        throw std::runtime_error("store: a delivery was taken by somebody else meanwhile: " + kept_key);
}

void SqlTransaction::set_delivery_answer(const ChannelId& channel, ConversationId conversation, const std::string& key,
                                         const std::string& answer) {
    if (const auto held = claimed_.find({channel, conversation, key}); held != claimed_.end()) {
        held->second.delivery.answer = answer;
        return;
    }
    const auto kept_key = delivery_key(key);
    const auto sealed = context_.vault.seal(answer, delivery_place(channel, kept_key));
    change_later(driver_, sql::set_delivery_answer, Expected::any, Bytes{sealed}, context_.organisation, channel.value,
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
    auto& talk = talks_[id];
    talk.is_stored = true;
    return talk.conversation = c;
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
    auto& talk = talks_[c.id];
    talk.conversation = c;
    talk.to_write = true;
}

void SqlTransaction::finish() {
    for (const auto& [key, claim] : claimed_) write(claim);
    claimed_.clear();
    for (auto& [id, talk] : talks_)
        if (std::exchange(talk.to_write, false)) write(talk);
}

void SqlTransaction::write(Talk& talk) {
    const auto& c = talk.conversation;
    const auto body = context_.vault.seal(c.body, place("conversations.body", c.id.value));
    const auto update = [&](auto&& make, const auto&... more) {
        return make(driver_, sql::update_conversation, more..., c.person.value, c.unit.value, c.state, c.taken_by.value,
                    to_ms(c.state_since), c.last_message, to_ms(c.updated_at), to_ms(c.last_inbound_at),
                    c.pushes_since_inbound, Bytes{body}, context_.organisation, c.id.value);
    };
    const bool is_new = absent_.erase({c.channel, c.address}) == 1;
    if (!is_new && (talk.is_stored || (recent_ && recent_->talks.find(c.id)))) {
        if (update([](auto&&... values) { return change_later(values...); }, Expected::one)) return;
    } else if (!is_new) {
        if (update([](auto&&... values) { return change(values...); }) == 1) return;
    }
    const auto address = context_.vault.seal(c.address, place("conversations.address", c.id.value));
    const auto index = context_.vault.index(c.address, "address");
    change_later(driver_, sql::add_conversation, Expected::one, context_.organisation, c.id.value, c.channel.value,
                 Bytes{address}, Bytes{index}, c.person.value, c.unit.value, c.state, c.taken_by.value,
                 to_ms(c.state_since), c.last_message, to_ms(c.created_at), to_ms(c.updated_at),
                 to_ms(c.last_inbound_at), c.pushes_since_inbound, Bytes{body});
    talk.is_stored = true;
}

std::size_t SqlTransaction::pass_on() {
    if (!recent_) return 0;
    const auto rows = std::max({talks_.size(), people_.size(), cases_.size(), tickets_of_.size(), opened_.size(),
                                texts_.size() + fresh_texts_.size(), surveys_.size(), fresh_without_talk_.size(),
                                settings_.size(), numbers_.size()});
    for (auto& [id, held] : talks_) {
        std::optional<std::vector<Prompt>> open;
        if (const auto prompts = open_prompts_.find(id); prompts != open_prompts_.end())
            open = std::move(prompts->second);
        else if (auto* known = recent_->talks.find(id))
            open = std::move(known->open_prompts);
        recent_->addresses.put(held.conversation.channel.value + "\n" + held.conversation.address, id);
        std::optional<RecentRows::ClaimedKeys> claimed;
        if (const auto keys = claimed_keys_.find(id); keys != claimed_keys_.end())
            claimed = std::move(keys->second);
        else if (auto* known = recent_->talks.find(id))
            claimed = std::move(known->claimed);
        recent_->talks.put(id, {std::move(held.conversation), std::move(open), std::move(claimed)});
    }
    for (auto& [id, claimed] : claimed_keys_)
        if (!talks_.contains(id))
            if (auto* known = recent_->talks.find(id)) known->claimed = std::move(claimed);
    for (const auto& [channel, some] : without_talk_) recent_->any_without_talk[channel] = some;
    for (auto& [key, at] : fresh_without_talk_) recent_->without_talk.put(std::move(key), at);
    for (auto& [id, one] : details_) recent_->details.put(id, std::move(one));
    for (auto& [id, prompts] : open_prompts_)
        if (!talks_.contains(id))
            if (auto* known = recent_->talks.find(id)) known->open_prompts = std::move(prompts);
    for (auto& [id, person] : people_) recent_->people.put(id, std::move(person));
    for (auto& [id, one] : cases_) recent_->cases.put(id, std::move(one));
    for (auto& [person, list] : tickets_of_) recent_->tickets_of.put(person, std::move(list));
    for (const auto& [person, ticket] : opened_)
        if (auto* list = recent_->tickets_of.find(person);
            list && std::find(list->tickets.begin(), list->tickets.end(), ticket) == list->tickets.end()) {
            list->tickets.insert(list->tickets.begin(), ticket);  // ids grow: the newest is the first
            if (static_cast<int>(list->tickets.size()) > list->limit) list->tickets.pop_back();
        }
    for (const auto& [person, ticket] : opened_)
        if (!recent_->tickets_of.find(person)) recent_->opened.put(person, ticket);
    for (auto& [series, number] : numbers_) recent_->numbers.put(series, number);
    for (auto& [key, value] : settings_) recent_->settings.put(key, std::move(value));
    for (auto& [person, asked] : surveys_) recent_->surveys.put(person, std::move(asked));
    for (auto& [id, words] : texts_) recent_->texts.put(id, std::move(words));
    for (auto& [id, fresh] : fresh_texts_) recent_->texts.put(id, std::move(fresh.words));
    return rows;
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
    const auto said =
        context_.vault.seal(to_text(message.said), place("messages.said", message.conversation.value, message.id));
    change_later(driver_, sql::add_message, Expected::any, context_.organisation, message.conversation.value,
                 message.id, to_ms(message.at), static_cast<int>(message.from), Bytes{said});
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
    const auto body =
        context_.vault.seal(prompt.body, place("prompts.body", prompt.conversation.value, prompt.id.value));
    change_later(driver_, sql::save_prompt, Expected::any, context_.organisation, prompt.conversation.value,
                 prompt.id.value, prompt.ticket.value, prompt.kind, Bytes{body}, prompt.state, to_ms(prompt.asked_at),
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
        return;  // it is younger than anything that could be forgotten
    if (held != open_prompts_.end())
        std::erase_if(held->second, [&](const Prompt& each) { return each.asked_at < prompt.asked_at - prompt_days; });
    change_later(driver_, sql::forget_prompts, Expected::any, context_.organisation, prompt.conversation.value,
                 to_ms(prompt.asked_at - prompt_days));
}

// People and words

Person SqlTransaction::read_person(const Query& row) const {
    Person person;
    person.id = PersonId{row.integer(0)};
    person.name = context_.vault.open(row.text(1), place("people.name", person.id.value));
    person.phone = context_.vault.open(row.text(2), place("people.phone", person.id.value));
    person.phone_confirmed = row.flag(3);
    person.created_at = from_ms(row.integer(4));
    person.notice_version = row.text(5);
    person.surveys_stopped = row.flag(6);
    return person;
}

std::optional<Person> SqlTransaction::person(PersonId id) {
    if (const auto held = people_.find(id); held != people_.end()) return held->second;
    if (recent_)
        if (const auto* known = recent_->people.find(id)) return *known;
    Query row(driver_.aside(), sql::person, context_.organisation, id.value);
    if (!row.step()) return std::nullopt;
    return people_[id] = read_person(row);
}

std::optional<Person> SqlTransaction::person_with_phone(const std::string& phone) {
    if (phone.empty()) return std::nullopt;
    const auto index = context_.vault.index(phone, "phone");
    Query row(driver_, sql::person_with_phone, context_.organisation, Bytes{index});
    if (!row.step()) return std::nullopt;
    return read_person(row);
}

void SqlTransaction::add(const Person& person) {
    save(person);
    tickets_of_[person.id] = {{}, std::numeric_limits<int>::max()};
    surveys_[person.id];
}

void SqlTransaction::save(const Person& person) {
    people_[person.id] = person;
    const auto name = context_.vault.seal(person.name, place("people.name", person.id.value));
    const auto phone = context_.vault.seal(person.phone, place("people.phone", person.id.value));
    const auto index = person.phone.empty() ? std::string() : context_.vault.index(person.phone, "phone");
    std::optional<Bytes> index_or_none;
    if (!index.empty()) index_or_none = Bytes{index};
    change_later(driver_, sql::save_person, Expected::any, context_.organisation, person.id.value, Bytes{name},
                 Bytes{phone}, index_or_none, person.phone_confirmed, to_ms(person.created_at), person.notice_version,
                 person.surveys_stopped);
}

std::string SqlTransaction::text(TextId id) {
    if (!id) return {};
    if (const auto fresh = fresh_texts_.find(id); fresh != fresh_texts_.end()) return fresh->second.words;
    if (const auto held = texts_.find(id); held != texts_.end()) return held->second;
    if (recent_)
        if (const auto* known = recent_->texts.find(id)) return *known;
    Query row(driver_.aside(), sql::text, context_.organisation, id.value);
    return texts_[id] = row.step() ? context_.vault.open(row.text(0), place("texts.words", id.value)) : std::string();
}

Details SqlTransaction::details(TextId id) {
    if (const auto held = details_.find(id); held != details_.end()) return held->second;
    if (recent_)
        if (const auto* known = recent_->details.find(id)) return *known;
    const auto words = text(id);
    return words.empty() ? Details{} : details_[id] = details_from_text(words);
}

TextId SqlTransaction::add_details(const Details& details, TicketId for_ticket, ConversationId for_conversation,
                                   TimePoint now) {
    const auto id = add_text(to_text(details), for_ticket, for_conversation, now);
    details_[id] = details;
    return id;
}

TextId SqlTransaction::add_text(const std::string& words, TicketId for_ticket, ConversationId for_conversation,
                                TimePoint now) {
    const auto id = context_.ids->make<TextId>(to_ms(now));
    const auto sealed = context_.vault.seal(words, place("texts.words", id.value));
    const auto salt = random_bytes(16);
    change_later(driver_, sql::add_text, Expected::any, context_.organisation, id.value, for_ticket.value,
                 for_conversation.value, "words", to_ms(now), Bytes{salt}, Bytes{sealed});
    fresh_texts_[id] = {words, salt};
    return id;
}

std::string SqlTransaction::text_hash(TextId id) {
    if (const auto fresh = fresh_texts_.find(id); fresh != fresh_texts_.end())
        return sha256_hex(fresh->second.salt + fresh->second.words);
    Query row(driver_, sql::text, context_.organisation, id.value);
    if (!row.step()) return {};
    return sha256_hex(row.text(1) + context_.vault.open(row.text(0), place("texts.words", id.value)));
}

std::vector<TimePoint> SqlTransaction::surveys_asked(PersonId person, int count) {
    const auto first = [count](const std::vector<TimePoint>& all) {
        const auto wanted = std::min(all.size(), static_cast<std::size_t>(std::max(count, 0)));
        return std::vector<TimePoint>(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(wanted));
    };
    const bool kept = count <= surveys_kept;
    if (const auto held = surveys_.find(person); kept && held != surveys_.end()) return first(held->second);
    if (kept && recent_)
        if (const auto* known = recent_->surveys.find(person)) return first(*known);
    std::vector<TimePoint> found;
    Query row(kept ? driver_.aside() : driver_, sql::surveys_asked, context_.organisation, person.value,
              std::max(count, surveys_kept));
    while (row.step()) found.push_back(from_ms(row.integer(0)));
    if (!kept) return found;
    return first(surveys_[person] = std::move(found));
}

std::int64_t SqlTransaction::tally(const std::string& counter, const std::string& subject, TimePoint from,
                                   TimePoint until, TicketId but_for) {
    Query row(driver_, sql::tally, context_.organisation, counter, subject, to_ms(from), to_ms(until), but_for.value);
    return row.step() ? row.integer(0) : 0;
}

void SqlTransaction::set_tally(const std::string& counter, const std::string& subject, TicketId ticket, TimePoint at,
                               std::int64_t amount) {
    if (amount == 0)
        change_later(driver_, sql::drop_tally, Expected::any, context_.organisation, counter, ticket.value);
    else
        change_later(driver_, sql::set_tally, Expected::any, context_.organisation, counter, ticket.value, subject,
                     to_ms(at), amount);
}

void SqlTransaction::note_survey(PersonId person, TicketId ticket, TimePoint at) {
    auto asked = surveys_asked(person, surveys_kept);  // the latest first
    asked.insert(std::find_if(asked.begin(), asked.end(), [&](TimePoint each) { return each <= at; }), at);
    if (asked.size() > static_cast<std::size_t>(surveys_kept)) asked.pop_back();
    surveys_[person] = std::move(asked);
    change_later(driver_, sql::note_survey, Expected::any, context_.organisation, person.value, to_ms(at),
                 ticket.value);
}

Attachment SqlTransaction::read_attachment(const Query& row) const {
    Attachment a;
    a.id = AttachmentId{row.text(0)};
    a.ticket = TicketId{row.integer(1)};
    a.conversation = ConversationId{row.integer(2)};
    a.kind = row.text(3);
    a.name = context_.vault.open(row.text(4), place("attachments.name", a.id.value));
    a.media_type = row.text(5);
    a.bytes = row.integer(6);
    a.sha256 = row.text(7);
    a.created_at = from_ms(row.integer(8));
    return a;
}

std::optional<Attachment> SqlTransaction::attachment(const AttachmentId& id) {
    Query row(driver_, sql::attachment, context_.organisation, id.value);
    if (!row.step()) return std::nullopt;
    return read_attachment(row);
}

std::vector<Attachment> SqlTransaction::attachments_of(TicketId ticket) {
    std::vector<Attachment> found;
    Query row(driver_, sql::attachments_of, context_.organisation, ticket.value);
    while (row.step()) found.push_back(read_attachment(row));
    return found;
}

void SqlTransaction::save(const Attachment& a) {
    const auto name = context_.vault.seal(a.name, place("attachments.name", a.id.value));
    change_later(driver_, sql::save_attachment, Expected::any, context_.organisation, a.id.value, a.ticket.value,
                 a.conversation.value, a.kind, Bytes{name}, a.media_type, a.bytes, a.sha256, to_ms(a.created_at));
}

// Tickets

std::optional<Ticket> SqlTransaction::ticket(TicketId id) {
    if (const auto held = cases_.find(id); held != cases_.end()) return held->second.ticket;
    if (recent_)
        if (const auto* known = recent_->cases.find(id)) return known->ticket;
    Query row(driver_.aside(), sql::ticket, context_.organisation, id.value);
    if (!row.step()) return std::nullopt;
    return cases_[id].ticket = read_ticket(row.text(0));
}

std::optional<Ticket> SqlTransaction::ticket_numbered(const std::string& number) {
    Query row(driver_, sql::ticket_numbered, context_.organisation, number);
    if (!row.step()) return std::nullopt;
    return read_ticket(row.text(0));
}

std::vector<Ticket> SqlTransaction::tickets_of(PersonId person, int limit) {
    std::vector<Ticket> found;
    const bool opened =
        std::any_of(opened_.begin(), opened_.end(), [&](const auto& each) { return each.first == person; });
    if (recent_ && !opened)
        if (const auto* known = recent_->tickets_of.find(person);
            known && (known->limit >= limit || static_cast<int>(known->tickets.size()) < known->limit)) {
            const auto ids = known->tickets;
            for (const auto id : ids)
                if (static_cast<int>(found.size()) < limit)
                    if (auto one = ticket(id)) found.push_back(std::move(*one));
            return found;
        }
    const bool opened_lately = opened || (recent_ && recent_->opened.find(person));
    Query row(opened_lately ? driver_ : driver_.aside(), sql::tickets_of, context_.organisation, person.value, limit);
    auto& list = tickets_of_[person];
    list = {{}, limit};
    while (row.step()) {
        auto one = read_ticket(row.text(0));
        list.tickets.push_back(one.id);
        if (const auto held = cases_.find(one.id); held != cases_.end()) {
            one = held->second.ticket;
        } else if (const auto* known = recent_ ? recent_->cases.find(one.id) : nullptr) {
            one = known->ticket;  // the row may be older than what a unit before this one made of it
        } else if (recent_) {
            cases_.emplace(one.id, RecentRows::Case{one, std::nullopt});
        }
        found.push_back(std::move(one));
    }
    return found;
}

void SqlTransaction::each_ticket(const std::function<void(const Ticket&)>& visit) {
    for (std::int64_t last = std::numeric_limits<std::int64_t>::min();;) {
        std::vector<Ticket> some;
        {
            Query row(driver_, sql::all_tickets, context_.organisation, last, 256);
            while (row.step()) {
                last = row.integer(0);
                some.push_back(read_ticket(row.text(1)));
            }
        }
        if (some.empty()) return;
        for (const auto& one : some) visit(one);
    }
}

std::int64_t SqlTransaction::event_count() {
    Query row(driver_, sql::event_count, context_.organisation);
    return row.step() ? row.integer(0) : 0;
}

void SqlTransaction::save(const Ticket& ticket, std::int64_t version_before, const std::vector<StoredEvent>& events,
                          const std::vector<EventId>& ids) {
    if (events.size() != ids.size()) throw std::logic_error("store: every event needs its id");
    TextId details_before;
    const auto held = cases_.find(ticket.id);
    const auto* known = held != cases_.end() ? &held->second : recent_ ? recent_->cases.find(ticket.id) : nullptr;
    const bool at_version = version_before == 0 || (known && known->ticket.version == version_before);
    if (version_before > 0 && known) {
        details_before = known->ticket.details;
    } else if (version_before > 0) {
        Query row(driver_, sql::details_of, context_.organisation, ticket.id.value);
        if (row.step()) details_before = TextId{row.integer(0)};
    }
    const auto body = to_text(to_json_value(ticket));
    const auto phase = to_text(ticket.phase);
    const bool open = !is_end(ticket.phase);
    const auto due = open ? next_due(ticket) : far_future;
    const auto update = [&](auto&& make, const auto&... more) {
        return make(driver_, sql::update_ticket, more..., ticket.number, ticket.version, ticket.state, phase, open,
                    ticket.kind, ticket.category, ticket.level, ticket.unit.value, ticket.owner_unit.value,
                    ticket.assignee.value, ticket.customer.value, ticket.details.value, to_ms(ticket.opened_at), due,
                    body, context_.organisation, ticket.id.value, version_before);
    };
    const bool saved =
        version_before == 0
            ? change_later(driver_, sql::add_ticket, Expected::one, context_.organisation, ticket.id.value,
                           ticket.number, ticket.version, ticket.state, phase, open, ticket.kind, ticket.category,
                           ticket.level, ticket.unit.value, ticket.owner_unit.value, ticket.assignee.value,
                           ticket.customer.value, ticket.details.value, to_ms(ticket.opened_at), due, body)
        : at_version ? update([](auto&&... values) { return change_later(values...); }, Expected::one)
                     : update([](auto&&... values) { return change(values...); }) == 1;
    if (!saved)
        throw StaleTicket("ticket " + ticket.number + " is not at version " + std::to_string(version_before) +
                          " any more");
    remember(ticket, version_before, events);
    for (std::size_t i = 0; i < events.size(); ++i) {
        const auto& event = events[i];
        change_later(driver_, sql::add_event, Expected::any, context_.organisation, ticket.id.value, event.sequence,
                     ids[i].value, event.type, to_ms(event.at), event.text, event.previous_hash, event.hash);
    }
    if (ticket.details != details_before) index_words(ticket);
}

void SqlTransaction::remember(const Ticket& ticket, std::int64_t version_before,
                              const std::vector<StoredEvent>& events) {
    auto held = cases_.find(ticket.id);
    if (held == cases_.end()) {
        const auto* known = recent_ ? recent_->cases.find(ticket.id) : nullptr;
        held = cases_.emplace(ticket.id, known ? *known : RecentRows::Case{}).first;
    }
    auto& [row, history] = held->second;
    if (version_before == 0) {
        history.emplace();
        opened_.emplace_back(ticket.customer, ticket.id);
    }
    if (version_before != 0 && row.id && row.customer != ticket.customer && recent_) {
        for (const auto person : {row.customer, ticket.customer}) {
            recent_->tickets_of.erase(person);
            recent_->opened.put(person, ticket.id);
        }
    }
    if (history) history->insert(history->end(), events.begin(), events.end());
    row = ticket;
}

void SqlTransaction::index_words(const Ticket& ticket) {
    if (!ticket.details) return;
    const auto details = this->details(ticket.details);
    const auto pairs = packed(pair_hashes(context_.vault, search_form(details.summary + "\n" + details.label)));
    change_later(driver_, sql::save_words, Expected::any, context_.organisation, ticket.id.value, Bytes{pairs});
}

TicketRow SqlTransaction::row_of(TicketId id) {
    TicketRow row;
    if (auto found = ticket(id)) row.ticket = std::move(*found);
    row.details = details(row.ticket.details);
    return row;
}

Page<TicketRow> SqlTransaction::tickets(const TicketFilter& filter) {
    if (filter.units.empty() || filter.limit <= 0) return {};
    return filter.words.empty() && !filter.customer ? tickets_listed(filter) : tickets_found(filter);
}

// Reads one page of keys for every unit, as home and as owner, and keeps the first of all.
Page<TicketRow> SqlTransaction::tickets_listed(const TicketFilter& filter) {
    const bool by_deadline = filter.order == TicketFilter::Order::next_deadline;
    const auto until = filter.until ? to_ms(*filter.until) : far_future;
    Key from = by_deadline ? Key{std::numeric_limits<std::int64_t>::min(), 0} : Key{until, 0};
    if (!by_deadline && !filter.until) from.second = far_future;
    if (!filter.cursor.empty()) {
        const auto given = from_cursor(filter.cursor);
        if (!given) return {};
        from = by_deadline ? *given : std::min(from, *given);
    }
    const auto since = filter.since ? to_ms(*filter.since) : std::numeric_limits<std::int64_t>::min();
    const int overdue = filter.overdue ? (*filter.overdue ? 1 : 0) : -1;
    std::set<Key> keys;
    const auto read = [&](const Sentence& sentence, UnitId unit) {
        const auto collect = [&](Query& row) {
            while (row.step()) keys.insert({row.integer(0), row.integer(1)});
        };
        if (by_deadline) {
            Query row(driver_, sentence, context_.organisation, unit.value, from.first, from.second, since,
                      filter.state, filter.phase, filter.kind, filter.category, filter.level, filter.assignee.value,
                      overdue, to_ms(filter.now), until, filter.limit + 1);
            collect(row);
        } else {
            Query row(driver_, sentence, context_.organisation, unit.value, from.first, from.second, since,
                      filter.state, filter.phase, filter.kind, filter.category, filter.level, filter.assignee.value,
                      overdue, to_ms(filter.now), filter.limit + 1);
            collect(row);
        }
    };
    for (const auto unit : filter.units) {
        read(by_deadline        ? sql::tickets_by_deadline
             : filter.open_only ? sql::tickets_newest_open
                                : sql::tickets_newest,
             unit);
        read(by_deadline        ? sql::tickets_by_deadline_owned
             : filter.open_only ? sql::tickets_newest_open_owned
                                : sql::tickets_newest_owned,
             unit);
    }
    std::vector<Key> ordered(keys.begin(), keys.end());
    if (!by_deadline) std::reverse(ordered.begin(), ordered.end());
    Page<TicketRow> page;
    const auto count = std::min<std::size_t>(ordered.size(), static_cast<std::size_t>(filter.limit));
    for (std::size_t i = 0; i < count; ++i) page.items.push_back(row_of(TicketId{ordered[i].second}));
    if (ordered.size() > count) page.next_cursor = to_cursor(ordered[count - 1]);
    return page;
}

// Few enough to look at each: by number, by customer, or by the words' character pairs.
std::vector<TicketId> SqlTransaction::candidates(const TicketFilter& filter) {
    constexpr int most = 2000;
    std::vector<TicketId> found;
    const auto collect = [&](Query& row) {
        while (row.step()) found.push_back(TicketId{row.integer(0)});
    };
    if (filter.words.empty()) {
        Query row(driver_, sql::ids_of_customer, context_.organisation, filter.customer.value, most);
        collect(row);
        return found;
    }
    const auto terms = search_terms(filter.words);
    if (terms.size() == 1 && looks_like_a_number(terms.front())) {
        auto number = terms.front();
        std::transform(number.begin(), number.end(), number.begin(),
                       [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
        Query row(driver_, sql::numbered_like, context_.organisation, number, number + "\x7f", most);
        collect(row);
        if (!found.empty()) return found;
    }
    std::vector<std::uint32_t> pairs;
    for (const auto& term : terms) {
        const auto of_term = pair_hashes(context_.vault, term);
        if (of_term.empty()) return {};  // one character alone says too little
        pairs.insert(pairs.end(), of_term.begin(), of_term.end());
    }
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    for (const auto id : tickets_with_pairs(driver_, context_.organisation, pairs)) {
        if (found.size() == most) break;
        found.push_back(TicketId{id});
    }
    return found;
}

Page<TicketRow> SqlTransaction::tickets_found(const TicketFilter& filter) {
    const bool by_deadline = filter.order == TicketFilter::Order::next_deadline;
    std::optional<Key> after;
    if (!filter.cursor.empty() && !(after = from_cursor(filter.cursor))) return {};
    std::vector<std::pair<Key, TicketRow>> rows;
    const auto terms = search_terms(filter.words);
    for (const auto id : candidates(filter)) {
        auto found = ticket(id);
        if (!found || !passes(filter, *found)) continue;
        TicketRow row{std::move(*found), {}};
        row.details = details(row.ticket.details);
        const auto form = search_form(row.details.summary + "\n" + row.details.label);
        const auto number = search_form(row.ticket.number);
        const bool all = std::all_of(terms.begin(), terms.end(), [&](const std::string& term) {
            return form.find(term) != std::string::npos || number.compare(0, term.size(), term) == 0;
        });
        if (!all) continue;
        const Key key{by_deadline ? next_due(row.ticket) : to_ms(row.ticket.opened_at), id.value};
        if (after && (by_deadline ? key <= *after : key >= *after)) continue;
        rows.emplace_back(key, std::move(row));
    }
    std::sort(rows.begin(), rows.end(),
              [&](const auto& a, const auto& b) { return by_deadline ? a.first < b.first : b.first < a.first; });
    Page<TicketRow> page;
    const auto count = std::min<std::size_t>(rows.size(), static_cast<std::size_t>(filter.limit));
    if (rows.size() > count) page.next_cursor = to_cursor(rows[count - 1].first);
    for (std::size_t i = 0; i < count; ++i) page.items.push_back(std::move(rows[i].second));
    return page;
}

std::vector<StoredEvent> SqlTransaction::events(TicketId ticket) {
    const auto held = cases_.find(ticket);
    if (held != cases_.end() && held->second.events) return *held->second.events;
    if (held == cases_.end() && recent_)
        if (const auto* known = recent_->cases.find(ticket); known && known->events) return *known->events;
    std::vector<StoredEvent> found;
    const bool changed_lately = held != cases_.end() || (recent_ && recent_->cases.find(ticket));
    Query row(changed_lately ? driver_ : driver_.aside(), sql::events, context_.organisation, ticket.value,
              std::numeric_limits<std::int64_t>::min(), far_future);
    while (row.step())
        found.push_back({row.integer(0), row.text(1), from_ms(row.integer(2)), row.text(3), row.text(4), row.text(5)});
    if (held != cases_.end()) held->second.events = found;
    return found;
}

Page<StoredEvent> SqlTransaction::events_page(TicketId ticket, std::int64_t after, int limit) {
    Page<StoredEvent> page;
    Query row(driver_, sql::events, context_.organisation, ticket.value, after, limit + 1);
    while (row.step()) {
        if (static_cast<int>(page.items.size()) == limit) {
            page.next_cursor = std::to_string(page.items.back().sequence);
            break;
        }
        page.items.push_back(
            {row.integer(0), row.text(1), from_ms(row.integer(2)), row.text(3), row.text(4), row.text(5)});
    }
    return page;
}

int SqlTransaction::next_number(const std::string& series) {
    auto held = numbers_.find(series);
    if (held == numbers_.end() && recent_)
        if (const auto* known = recent_->numbers.find(series)) held = numbers_.emplace(series, *known).first;
    if (held != numbers_.end()) {
        ++held->second;
        change_later(driver_, sql::set_number, Expected::one, context_.organisation, series, held->second);
        return held->second;
    }
    Query row(driver_, sql::next_number, context_.organisation, series);
    row.step();
    const auto number = static_cast<int>(row.integer(0));
    if (recent_) numbers_[series] = number;
    return number;
}

// Outbox and reminders

OutboxItem SqlTransaction::read_outbox(const Query& row) const {
    OutboxItem item;
    item.id = OutboxId{row.integer(0)};
    item.channel = ChannelId{row.text(1)};
    item.staff = StaffId{row.integer(2)};
    item.conversation = ConversationId{row.integer(3)};
    item.message = row.integer(4);
    item.ticket = TicketId{row.integer(5)};
    item.ticket_number = row.text(6);
    item.kind = row.text(7);
    item.priority = static_cast<Priority>(std::clamp<std::int64_t>(row.integer(8), 0, 4));
    item.said = said_from_text(context_.vault.open(row.text(9), place("outbox.said", item.id.value)));
    item.key = row.text(10);
    item.state = outbox_state(row.text(11));
    item.attempts = static_cast<int>(row.integer(12));
    item.created_at = from_ms(row.integer(13));
    item.next_attempt_at = from_ms(row.integer(14));
    item.next_attempt_system = from_ms(row.integer(15));
    if (!row.is_nothing(16)) item.sent_at = from_ms(row.integer(16));
    item.error_code = row.text(17);
    item.error_text = context_.vault.open(row.text(18), place("outbox.error", item.id.value));
    item.reference = context_.vault.open(row.text(19), place("outbox.reference", item.id.value));
    return item;
}

std::optional<OutboxItem> SqlTransaction::outbox(OutboxId id) {
    Query row(driver_, sql::outbox_item, context_.organisation, id.value);
    if (!row.step()) return std::nullopt;
    return read_outbox(row);
}

std::optional<OutboxItem> SqlTransaction::outbox_keyed(const std::string& key) {
    std::int64_t id = 0;
    if (Query row(driver_, sql::outbox_keyed, context_.organisation, key); row.step()) id = row.integer(0);
    return id ? outbox(OutboxId{id}) : std::nullopt;
}

Page<OutboxItem> SqlTransaction::outbox_page(const std::string& state, int limit, const std::string& cursor) {
    Page<OutboxItem> page;
    auto before = far_future;
    if (!cursor.empty()) {
        const auto given = from_cursor(cursor);
        if (!given) return page;
        before = given->second;
    }
    const auto collect = [&](Query& row) {
        while (row.step()) {
            if (static_cast<int>(page.items.size()) == limit) {
                page.next_cursor = to_cursor({0, page.items.back().id.value});
                break;
            }
            page.items.push_back(read_outbox(row));
        }
    };
    if (state.empty()) {
        Query row(driver_, sql::outbox_page, context_.organisation, before, limit + 1);
        collect(row);
    } else if (state == "sent") {
        Query row(driver_, sql::outbox_page_sent, context_.organisation, before, limit + 1);
        collect(row);
    } else {
        Query row(driver_, sql::outbox_page_of_state, context_.organisation, state, before, limit + 1);
        collect(row);
    }
    return page;
}

std::vector<OutboxItem> SqlTransaction::outbox_of(TicketId ticket) {
    std::vector<OutboxItem> found;
    Query row(driver_, sql::outbox_of, context_.organisation, ticket.value);
    while (row.step()) found.push_back(read_outbox(row));
    return found;
}

bool SqlTransaction::add(const OutboxItem& item) {
    if (!item.key.empty()) {
        Query known(driver_, sql::outbox_keyed, context_.organisation, item.key);
        if (known.step()) return false;
    }
    const auto said = context_.vault.seal(to_text(item.said), place("outbox.said", item.id.value));
    const auto error = context_.vault.seal(item.error_text, place("outbox.error", item.id.value));
    const auto reference = context_.vault.seal(item.reference, place("outbox.reference", item.id.value));
    change_later(driver_, sql::add_outbox, Expected::any, context_.organisation, item.id.value, item.channel.value,
                 item.staff.value, item.conversation.value, item.message, item.ticket.value, item.ticket_number,
                 item.kind, static_cast<int>(item.priority), Bytes{said}, item.key, to_text(item.state), item.attempts,
                 to_ms(item.created_at), to_ms(item.next_attempt_at), to_ms(item.next_attempt_system),
                 ms_of(item.sent_at), item.error_code, Bytes{error}, Bytes{reference});
    if (item.state == OutboxState::waiting || item.state == OutboxState::failed) touched_.channels.insert(item.channel);
    return true;
}

void SqlTransaction::save(const OutboxItem& item) {
    const auto error = context_.vault.seal(item.error_text, place("outbox.error", item.id.value));
    const auto reference = context_.vault.seal(item.reference, place("outbox.reference", item.id.value));
    if (change(driver_, sql::save_outbox, to_text(item.state), item.attempts, to_ms(item.next_attempt_at),
               to_ms(item.next_attempt_system), ms_of(item.sent_at), item.error_code, Bytes{error}, Bytes{reference},
               context_.organisation, item.id.value) != 1)
        throw std::logic_error("store: outbox item " + to_text(item.id) + " is not there to be saved");
    touched_.channels.insert(item.channel);
}

std::string SqlTransaction::address_of(const OutboxItem& item) {
    if (item.conversation) {
        const auto with = conversation(item.conversation);
        return with ? with->address : std::string();
    }
    if (!item.staff) return {};
    Query row(driver_, sql::staff_address, context_.organisation, item.staff.value);
    if (!row.step()) return {};
    const auto addresses = context_.vault.open(row.text(1), place("staff.addresses", item.staff.value));
    if (!addresses.empty()) {
        const auto json = read_json(addresses, "a member of staff's addresses");
        if (const auto on = json.find(item.channel.value); on != json.end()) return on->get<std::string>();
    }
    return row.text(0);
}

std::vector<OutboxItem> SqlTransaction::claim_outbox(const ChannelId& channel, TimePoint service_now,
                                                     TimePoint system_now, int most) {
    std::vector<OutboxId> ids;
    {
        Query row(driver_, sql::claimable_outbox_sqlite, context_.organisation, channel.value, to_ms(service_now),
                  to_ms(system_now), most);
        while (row.step()) ids.push_back(OutboxId{row.integer(0)});
    }
    std::vector<OutboxItem> items;
    for (const auto id : ids) {
        change_later(driver_, sql::take_outbox, Expected::any, context_.organisation, id.value);
        if (auto item = outbox(id)) {
            item->address = address_of(*item);
            items.push_back(std::move(*item));
        }
    }
    return items;
}

void SqlTransaction::release_claims() {
    {
        Query row(driver_, sql::channels_in_flight, context_.organisation);
        while (row.step()) touched_.channels.insert(ChannelId{row.text(0)});
    }
    change_later(driver_, sql::release_claims, Expected::any, context_.organisation);
}

void SqlTransaction::set_reminder(const Reminder& reminder) {
    const auto id = reminder.id ? reminder.id : context_.ids->make<ReminderId>(to_ms(SystemClock().now()));
    change_later(driver_, sql::set_reminder, Expected::any, context_.organisation, id.value, to_ms(reminder.due_at),
                 reminder.system, reminder.ticket.value, reminder.conversation.value, reminder.kind, reminder.name);
    touched_.reminders = true;
}

void SqlTransaction::drop_reminder(TicketId ticket, ConversationId conversation, const std::string& kind,
                                   const std::string& name) {
    change_later(driver_, sql::drop_reminder, Expected::any, context_.organisation, ticket.value, conversation.value,
                 kind, name);
}

void SqlTransaction::drop_reminders(TicketId ticket, const std::string& kind) {
    change_later(driver_, sql::drop_reminders_of, Expected::any, context_.organisation, ticket.value, kind);
}

std::vector<Reminder> SqlTransaction::take_due(TimePoint now, bool system, int most) {
    std::vector<Reminder> due;
    {
        Query row(driver_, sql::due_reminders, context_.organisation, system, to_ms(now), most);
        while (row.step())
            due.push_back({ReminderId{row.integer(0)}, from_ms(row.integer(1)), row.flag(2), TicketId{row.integer(3)},
                           ConversationId{row.integer(4)}, row.text(5), row.text(6)});
    }
    for (const auto& one : due) drop_reminder(one.ticket, one.conversation, one.kind, one.name);
    return due;
}

std::optional<TimePoint> SqlTransaction::next_reminder(bool system) {
    Query row(driver_, sql::next_reminder, context_.organisation, system);
    if (!row.step()) return std::nullopt;
    return from_ms(row.integer(0));
}

// Staff

std::optional<Session> SqlTransaction::session(const std::string& token_hash) {
    Query row(driver_, sql::session, context_.organisation, token_hash);
    if (!row.step()) return std::nullopt;
    return Session{token_hash,
                   StaffId{row.integer(0)},
                   context_.vault.open(row.text(1), place("sessions.csrf", token_hash)),
                   from_ms(row.integer(2)),
                   from_ms(row.integer(3)),
                   from_ms(row.integer(4))};
}

void SqlTransaction::save(const Session& session) {
    const auto csrf = context_.vault.seal(session.csrf, place("sessions.csrf", session.token_hash));
    change_later(driver_, sql::save_session, Expected::any, context_.organisation, session.token_hash,
                 session.staff.value, Bytes{csrf}, to_ms(session.created_at), to_ms(session.seen_at),
                 to_ms(session.expires_at));
}

void SqlTransaction::drop_session(const std::string& token_hash) {
    change_later(driver_, sql::drop_session, Expected::any, context_.organisation, token_hash);
}
void SqlTransaction::drop_sessions_of(StaffId staff) {
    change_later(driver_, sql::drop_sessions_of, Expected::any, context_.organisation, staff.value);
}

std::string SqlTransaction::password_hash(StaffId staff) {
    Query row(driver_, sql::password, context_.organisation, staff.value);
    return row.step() ? row.text(0) : std::string();
}
void SqlTransaction::set_password_hash(StaffId staff, const std::string& hash) {
    change_later(driver_, sql::set_password, Expected::any, context_.organisation, staff.value, hash);
}

int SqlTransaction::sign_in_failures(const std::string& key, TimePoint since) {
    const auto index = context_.vault.index(key, "sign-in");
    Query row(driver_, sql::failures, context_.organisation, Bytes{index}, to_ms(since));
    return row.step() ? static_cast<int>(row.integer(0)) : 0;
}
void SqlTransaction::note_sign_in_failure(const std::string& key, TimePoint at) {
    const auto index = context_.vault.index(key, "sign-in");
    change_later(driver_, sql::note_failure, Expected::any, context_.organisation, Bytes{index}, to_ms(at));
}
void SqlTransaction::clear_sign_in_failures(const std::string& key) {
    const auto index = context_.vault.index(key, "sign-in");
    change_later(driver_, sql::clear_failures, Expected::any, context_.organisation, Bytes{index});
}

std::optional<StaffId> SqlTransaction::one_time_link(const std::string& token_hash, TimePoint now) {
    Query row(driver_, sql::one_time_link, context_.organisation, token_hash, to_ms(now));
    if (!row.step()) return std::nullopt;
    return StaffId{row.integer(0)};
}
void SqlTransaction::save_one_time_link(const std::string& token_hash, StaffId staff, TimePoint expires_at) {
    change_later(driver_, sql::save_one_time_link, Expected::any, context_.organisation, token_hash, staff.value,
                 to_ms(expires_at));
}
void SqlTransaction::use_one_time_link(const std::string& token_hash, TimePoint at) {
    change_later(driver_, sql::use_one_time_link, Expected::any, to_ms(at), context_.organisation, token_hash);
}

std::shared_ptr<const Directory> SqlTransaction::directory() {
    std::vector<Unit> units;
    {
        Query row(driver_, sql::units, context_.organisation);
        while (row.step()) {
            Unit unit;
            unit.id = UnitId{row.integer(0)};
            unit.parent = UnitId{row.integer(1)};
            unit.key = row.text(2);
            unit.name = row.text(3);
            unit.kind = row.text(4);
            unit.zone = row.text(5);
            unit.policy = row.text(6);
            unit.duty_phone = row.text(7);
            unit.gas_phone = row.text(8);
            unit.lift_phone = row.text(9);
            unit.hours = row.text(10);
            unit.shifts = row.text(11);
            units.push_back(std::move(unit));
        }
    }
    std::vector<Building> buildings;
    {
        Query row(driver_, sql::buildings, context_.organisation);
        while (row.step())
            buildings.push_back({UnitId{row.integer(0)}, row.text(1),
                                 read_json(row.text(2), "a building").get<std::vector<std::string>>(),
                                 static_cast<int>(row.integer(3)),
                                 read_json(row.text(4), "a building").get<std::vector<std::string>>()});
    }
    std::vector<Household> households;
    {
        Query row(driver_, sql::households, context_.organisation);
        while (row.step())
            households.push_back(
                {HouseholdId{row.integer(0)}, UnitId{row.integer(1)}, row.text(2), row.text(3), row.text(4)});
    }
    std::vector<Staff> people;
    {
        Query row(driver_, sql::staff, context_.organisation);
        while (row.step()) {
            Staff one;
            one.id = StaffId{row.integer(0)};
            one.login = row.text(1);
            one.name = context_.vault.open(row.text(2), place("staff.name", one.id.value));
            one.phone = context_.vault.open(row.text(3), place("staff.phone", one.id.value));
            one.roles = read_json(row.text(4), "a member of staff's roles").get<std::vector<std::string>>();
            one.unit = UnitId{row.integer(5)};
            if (const auto addresses = context_.vault.open(row.text(6), place("staff.addresses", one.id.value));
                !addresses.empty())
                one.addresses =
                    read_json(addresses, "a member of staff's addresses").get<std::map<std::string, std::string>>();
            one.disabled = row.flag(7);
            people.push_back(std::move(one));
        }
    }
    std::string key;
    for (const auto& unit : units)
        if (!unit.parent) key = unit.key;
    return std::make_shared<const Directory>(key, std::move(units), std::move(buildings), std::move(households),
                                             std::move(people));
}

void SqlTransaction::save(const Unit& unit) {
    change_later(driver_, sql::save_unit, Expected::any, context_.organisation, unit.id.value, unit.parent.value,
                 unit.key, unit.name, unit.kind, unit.zone, unit.policy, unit.duty_phone, unit.gas_phone,
                 unit.lift_phone, unit.hours, unit.shifts);
    if (!unit.parent) change_later(driver_, sql::name_organisation, Expected::any, unit.key, context_.organisation);
    touched_.directory = true;
}
void SqlTransaction::save(const Building& building) {
    change_later(driver_, sql::save_building, Expected::any, context_.organisation, building.community.value,
                 building.name, to_text(Json(building.units)), building.floors, to_text(Json(building.rooms)));
    touched_.directory = true;
}
void SqlTransaction::save(const Household& household) {
    change_later(driver_, sql::save_household, Expected::any, context_.organisation, household.id.value,
                 household.community.value, household.building, household.unit, household.room);
    touched_.directory = true;
}
void SqlTransaction::save(const Staff& staff) {
    const auto name = context_.vault.seal(staff.name, place("staff.name", staff.id.value));
    const auto phone = context_.vault.seal(staff.phone, place("staff.phone", staff.id.value));
    const auto addresses = context_.vault.seal(staff.addresses.empty() ? std::string() : to_text(Json(staff.addresses)),
                                               place("staff.addresses", staff.id.value));
    change_later(driver_, sql::save_staff, Expected::any, context_.organisation, staff.id.value, staff.login,
                 Bytes{name}, Bytes{phone}, to_text(Json(staff.roles)), staff.unit.value, Bytes{addresses},
                 staff.disabled);
    touched_.directory = true;
}

std::optional<std::string> SqlTransaction::setting(const std::string& key) {
    if (const auto held = settings_.find(key); held != settings_.end()) return held->second;
    if (recent_)
        if (const auto* known = recent_->settings.find(key)) return *known;
    Query row(driver_.aside(), sql::setting, context_.organisation, key);
    auto& value = settings_[key];
    if (row.step()) value = context_.vault.open(row.text(0), place("settings.value", key));
    return value;
}
void SqlTransaction::set_setting(const std::string& key, const std::string& value) {
    const auto sealed = context_.vault.seal(value, place("settings.value", key));
    settings_[key] = value;
    change_later(driver_, sql::set_setting, Expected::any, context_.organisation, key, Bytes{sealed});
}

std::vector<PolicyVersion> SqlTransaction::policy_versions() {
    std::vector<PolicyVersion> found;
    Query row(driver_, sql::policy_versions, context_.organisation);
    while (row.step()) found.push_back({row.text(0), row.text(1), row.text(2), row.text(3)});
    return found;
}
void SqlTransaction::save(const PolicyVersion& kept) {
    change(driver_, sql::save_policy_version, context_.organisation, kept.policy, kept.version, kept.hash, kept.text);
}
void SqlTransaction::drop_policy_version(const std::string& policy, const std::string& version) {
    change(driver_, sql::drop_policy_version, context_.organisation, policy, version);
}

int SqlTransaction::reveals_since(StaffId staff, TimePoint since) {
    Query row(driver_, sql::reveals, context_.organisation, staff.value, to_ms(since));
    return row.step() ? static_cast<int>(row.integer(0)) : 0;
}
void SqlTransaction::audit(StaffId who, const std::string& action, TicketId ticket, const std::string& field,
                           const std::string& reason, TimePoint at) {
    const auto id = context_.ids->next(to_ms(at));
    const auto sealed = context_.vault.seal(reason, place("audit.reason", id));
    change_later(driver_, sql::audit, Expected::any, context_.organisation, id, who.value, action, ticket.value, field,
                 Bytes{sealed}, to_ms(at));
}

void SqlTransaction::forget_old(TimePoint system_now) {
    change_later(driver_, sql::forget_deliveries, Expected::any, context_.organisation,
                 to_ms(system_now - delivery_days), 5000);
    change_later(driver_, sql::forget_sessions, Expected::any, context_.organisation, to_ms(system_now));
    change_later(driver_, sql::forget_failures, Expected::any, context_.organisation,
                 to_ms(system_now - std::chrono::hours(24)));
    change_later(driver_, sql::forget_links, Expected::any, context_.organisation, to_ms(system_now));
}

}  // namespace huiyin
