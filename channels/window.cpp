#include "channels/window.h"

#include <algorithm>
#include <climits>
#include <cstring>

#include "workflow/engine/speaker.h"

namespace huiyin {
namespace {
using namespace std::chrono_literals;

constexpr const char* held_code = "held";
constexpr const char* once_as_text = "/as_text";  // behind a code: what is to follow
constexpr const char* plain_words = "plain";      // the reference of a row whose words go as text
constexpr const char* no_number = "0";            // what the platform tells of a notice that had a name of ours
constexpr auto last_chance = 30min;               // before the window ends: what is left is spent
constexpr auto comes_for_it = 48h;                // after a notice that there is something
constexpr auto not_alone = 365 * 24h;             // until then it goes with another row only
constexpr int tickets_looked_at = 10;
constexpr int answers_in_one = 8;
const std::string not_arrived_text = "the notice did not arrive: ";

std::string mark_of(OutboxId lead) { return "with:" + to_text(lead); }
bool is_marked(const OutboxItem& item) { return item.reference.rfind("with:", 0) == 0; }
bool waits(const OutboxItem& item) { return item.state == OutboxState::waiting || item.state == OutboxState::failed; }

bool must_arrive(const OutboxItem& item) { return item.priority <= Priority::deadline || is_answer_to_him(item); }

// Words alone: more can be said in the same message.
bool is_plain(const Said& said) { return said.choices.empty() && !said.card && !said.image; }

std::size_t room_for_words(const Said& said, const Capabilities& can) {
    const bool menu = !said.choices.empty() || said.card;
    return static_cast<std::size_t>(menu && can.menu_text_bytes > 0 ? can.menu_text_bytes : can.text_bytes);
}

// `first`, then `second`, as one; nothing if that is no single message.
std::optional<Said> joined(const Said& first, const Said& second, const Capabilities& can) {
    if (!is_plain(first) || second.image || first.text.empty()) return std::nullopt;
    auto both = second;
    both.text = first.text + (second.text.empty() ? "" : "\n\n" + second.text);
    std::size_t bytes = both.text.size();
    if (both.card) bytes += both.card->title.size() + both.card->text.size() + 4;
    if (bytes > room_for_words(both, can)) return std::nullopt;
    if (both.kind.empty()) both.kind = first.kind;
    return both;
}

// Rows of this talk that are held, or marked for `lead`, among those of the person's tickets.
std::vector<OutboxItem> rows_of_tickets(Transaction& tx, const Conversation& conversation,
                                        const std::function<bool(const OutboxItem&)>& wanted) {
    std::vector<OutboxItem> found;
    for (const auto& ticket : tx.tickets_of(conversation.person, tickets_looked_at))
        for (auto& item : tx.outbox_of(ticket.id))
            if (item.conversation == conversation.id && waits(item) && wanted(item)) found.push_back(std::move(item));
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    return found;
}

// What the bot said in the same turn, behind this row.
std::vector<OutboxItem> answers_behind(Transaction& tx, const OutboxItem& lead) {
    std::vector<OutboxItem> found;
    if (!is_answer_to_him(lead)) return found;
    for (int i = 1; i < answers_in_one; ++i) {
        auto next = tx.outbox_keyed(passive_key(lead.conversation, lead.message + i));
        if (!next || !waits(*next) || next->channel != lead.channel) break;
        found.push_back(std::move(*next));
    }
    return found;
}

bool is_rung(const OutboxItem& item) { return item.reference.rfind(rung, 0) == 0; }

void put_back(Transaction& tx, OutboxItem item, TimePoint at, TimePoint system_at) {
    item.state = OutboxState::waiting;
    item.next_attempt_at = at;
    item.next_attempt_system = system_at;
    tx.save(item);
}

// The window is closed. True: a notice is to go, or none is needed: `letter` says it.
bool ring(Transaction& tx, Letter& letter, const Conversation& conversation, const Channel& channel,
          const std::vector<OutboxItem>& before, const std::vector<OutboxItem>& behind, TimePoint now,
          TimePoint system_now) {
    auto& lead = letter.lead;
    const auto hold = [&](TimePoint until) {
        lead.error_code = held_code;
        lead.error_text = "a notice was sent: kept until he writes";
        lead.attempts = 0;
        put_back(tx, lead, until, system_now + not_alone);
        letter.fate = Letter::Fate::hold;
    };
    if (is_rung(lead)) {
        if (must_arrive(lead)) return false;  // he did not come for it: by the next way
        lead.state = OutboxState::sent;       // he knows that there is news, and does not want it
        lead.sent_at = now;
        lead.error_code.clear();
        lead.error_text.clear();
        tx.save(lead);
        letter.fate = Letter::Fate::hold;
        return true;
    }
    if (!channel.rings(lead)) return false;
    for (const auto& others : {before, behind})
        for (auto item : others) {
            item.reference.clear();
            put_back(tx, item, now, system_now);
        }
    if (!must_arrive(lead)) {
        // One notice is enough for all the news behind it.
        const auto waiting = rows_of_tickets(tx, conversation, [&](const OutboxItem& one) {
            return one.id != lead.id && is_rung(one) && one.error_code == held_code;
        });
        if (!waiting.empty()) {
            lead.reference = waiting.back().reference;
            hold(waiting.back().next_attempt_at);
            return true;
        }
    }
    lead.reference = ring_by_notice;
    ++lead.attempts;
    auto row = lead;
    row.state = OutboxState::sending;
    tx.save(row);
    letter.fate = Letter::Fate::go;
    return true;
}

// Notices of which the platform says that they did not arrive before we wrote down which rows they went for: one a
// line, "<conversation> <id> <why>", the newest last. What is settled is taken out; of others this many are kept.
constexpr std::size_t most_lost = 64;

std::string lost_key(const ChannelId& channel) { return "notices_lost:" + channel.value; }

void note_lost(Transaction& tx, const Conversation& conversation, const std::string& id, std::string why) {
    std::replace(why.begin(), why.end(), '\n', ' ');
    auto lines = tx.setting(lost_key(conversation.channel)).value_or("");
    lines += to_text(conversation.id) + " " + id + " " + why + "\n";
    for (auto count = std::count(lines.begin(), lines.end(), '\n'); count > std::ptrdiff_t{most_lost}; --count)
        lines.erase(0, lines.find('\n') + 1);
    tx.set_setting(lost_key(conversation.channel), lines);
}

// The notice that his rows wait for; nothing where that is none or not one alone.
std::string only_ring_of(Transaction& tx, const Conversation& conversation) {
    const auto rows = rows_of_tickets(tx, conversation, is_rung);
    const bool one = !rows.empty() && std::all_of(rows.begin(), rows.end(), [&](const OutboxItem& row) {
        return row.reference == rows.front().reference;
    });
    return one ? rows.front().reference.substr(std::strlen(rung)) : std::string{};
}

// Why it was lost, if it was.
std::optional<std::string> take_lost(Transaction& tx, const Conversation& conversation, const std::string& id) {
    auto lines = tx.setting(lost_key(conversation.channel)).value_or("");
    const auto name = to_text(conversation.id) + " " + id + " ";
    auto at = lines.find(name);
    while (at != std::string::npos && at > 0 && lines[at - 1] != '\n') at = lines.find(name, at + 1);
    if (at == std::string::npos) return std::nullopt;
    const auto end = lines.find('\n', at);
    auto why = lines.substr(at + name.size(), end - at - name.size());
    lines.erase(at, end - at + 1);
    tx.set_setting(lost_key(conversation.channel), lines);
    return why;
}

// Did he write while the notice was on its way? By our own count nothing could be said when it went (ring()), or the
// platform said so; then only what he wrote since opens anything.
bool wrote_meanwhile(Transaction& tx, const OutboxItem& lead, const Conversation& conversation, const Capabilities& can,
                     TimePoint now) {
    const auto went = tx.outbox(lead.id);
    if (!went || allowance_of(can, conversation, now).left <= 0) return false;
    return went->reference == ring_by_notice || conversation.last_inbound_at > went->next_attempt_at;
}

// A notice went for it and for what was to go with it: they wait for him, unless he is there already.
void settle_ring(Transaction& tx, const OutboxItem& lead, const std::vector<OutboxItem>& with, const Capabilities& can,
                 TimePoint now, TimePoint system_now) {
    auto conversation = tx.conversation(lead.conversation);
    std::optional<std::string> lost;  // the platform was quicker than we
    if (conversation) lost = take_lost(tx, *conversation, lead.reference.substr(std::strlen(rung)));
    const bool came = conversation && wrote_meanwhile(tx, lead, *conversation, can, now);
    auto all = with;
    all.push_back(lead);
    for (auto& item : all) {
        item.attempts = 0;
        item.sent_at.reset();
        if (came) {
            item.reference.clear();
            item.error_code.clear();
            item.error_text.clear();
            put_back(tx, item, now, system_now);
            continue;
        }
        item.reference = lost ? std::string{} : lead.reference;
        item.error_code = lost ? not_arrived : held_code;
        item.error_text = lost ? not_arrived_text + *lost : "a notice was sent: kept until he writes";
        put_back(tx, item, lost ? now : now + comes_for_it, lost ? system_now : system_now + not_alone);
    }
    if (!conversation || came) return;
    conversation->pushes_since_inbound = std::max(conversation->pushes_since_inbound, can.window_pushes);
    tx.save(*conversation);
}

}  // namespace

bool is_answer_to_him(const OutboxItem& item) { return item.key.rfind("passive:", 0) == 0; }

bool reopen_ring(Transaction& tx, const Conversation& conversation, const std::string& told, const std::string& how,
                 TimePoint now, TimePoint system_now) {
    const bool numbered = !told.empty() && told != no_number;
    const auto id = numbered ? told : only_ring_of(tx, conversation);
    if (id.empty()) return false;
    bool any = false;
    for (const auto& ticket : tx.tickets_of(conversation.person, tickets_looked_at))
        for (auto& item : tx.outbox_of(ticket.id)) {
            if (item.conversation != conversation.id) continue;
            if (!waits(item) || item.reference != rung + id) continue;
            item.error_code = not_arrived;
            item.error_text = not_arrived_text + how;
            any = true;
            item.reference.clear();
            put_back(tx, item, now, system_now);
        }
    if (!any && numbered) note_lost(tx, conversation, id, how);
    return any;
}

void keep_opening(Transaction& tx, const Capabilities& can, const InboundMessage& message,
                  const std::optional<Conversation>& before, ConversationId id, TimePoint now) {
    auto conversation = tx.conversation(id);
    if (!conversation || !can.window || can.window_pushes <= 0) return;
    const bool left = message.kind == InboundKind::left;
    const auto stood = left ? Allowance{} : allowance_of(can, before, now);
    if (stood.left > 0 || message.opens == InboundMessage::Opens::nothing) {
        conversation->last_inbound_at = before && !left ? before->last_inbound_at : TimePoint{};
        conversation->pushes_since_inbound = before ? before->pushes_since_inbound : 0;
    } else {
        conversation->last_inbound_at = now - (*can.window - can.moment);
        conversation->pushes_since_inbound = std::max(0, can.window_pushes - can.moment_pushes);
    }
    tx.save(*conversation);
}

std::string asked_again(TimePoint system_now) {
    return "again:" + std::to_string(to_ms(system_now) / 1000 % 1'000'000);
}
bool is_asked_again(const OutboxItem& item) { return item.reference.rfind("again:", 0) == 0; }

bool is_windowed(const Capabilities& can) { return can.window || can.window_pushes > 0 || !can.push; }

Allowance allowance_of(const Capabilities& can, const std::optional<Conversation>& conversation, TimePoint now) {
    if (!can.push || !conversation) return {};
    Allowance room{INT_MAX, now + 365 * 24h};
    if (can.window) {
        room.until = conversation->last_inbound_at + *can.window;
        if (now > room.until) return {};
    }
    if (can.window_pushes > 0) room.left = std::max(0, can.window_pushes - conversation->pushes_since_inbound);
    return room;
}

Letter make_letter(Transaction& tx, const OutboxItem& claimed, const Channel& channel, const Capabilities& can,
                   TimePoint now, TimePoint system_now) {
    Letter letter;
    letter.lead = claimed;
    auto& lead = letter.lead;
    const bool by_code = lead.reference.rfind("code:", 0) == 0;  // an event's own answer is outside of the window
    const auto conversation = tx.conversation(lead.conversation);
    auto room = allowance_of(can, conversation, now);
    if (by_code) room = {1, now};
    // Of a letter that was tried, exactly what went then.
    const auto mark = mark_of(lead.id);
    std::vector<OutboxItem> before, behind;
    if (lead.attempts > 0 && conversation) {
        const auto is_ours = [&](const OutboxItem& item) { return item.reference == mark; };
        before = rows_of_tickets(tx, *conversation, is_ours);
        behind = answers_behind(tx, lead);
        std::erase_if(behind, [&](const OutboxItem& item) { return !is_ours(item); });
        std::erase_if(before, [&](const OutboxItem& item) {
            return std::any_of(behind.begin(), behind.end(), [&](const auto& other) { return other.id == item.id; });
        });
    }
    if (!conversation || room.left <= 0) {
        if (conversation && lead.ticket && ring(tx, letter, *conversation, channel, before, behind, now, system_now))
            return letter;
        letter.fate = Letter::Fate::closed;
        letter.with = std::move(before);
        letter.with.insert(letter.with.end(), behind.begin(), behind.end());
        return letter;
    }
    if (is_rung(lead) || lead.reference == ring_by_notice) {
        // He wrote since a notice was tried or sent for it: its words were never tried, and may go.
        lead.reference.clear();
        lead.error_code.clear();
        lead.error_text.clear();
        lead.attempts = 0;
    }
    if (is_marked(lead)) {
        const auto other = tx.outbox(OutboxId{std::atoll(lead.reference.c_str() + 5)});
        if (other && (waits(*other) || other->state == OutboxState::sending)) {
            put_back(tx, lead, std::max(now, other->next_attempt_at) + 1s,
                     std::max(system_now, other->next_attempt_system) + 1s);
            letter.fate = Letter::Fate::follow;
            return letter;
        }
        lead.reference.clear();
    }
    const bool must = by_code || must_arrive(lead) || is_asked_again(lead);
    const bool again = lead.attempts > 0;
    if (can.window_pushes > 0 && !must && !again && room.left <= kept_for_duties && now < room.until - last_chance) {
        lead.error_code = held_code;
        lead.error_text = "kept until he writes, or until the window ends: the last messages are for what must arrive";
        put_back(tx, lead, room.until - last_chance, system_now + not_alone);
        letter.fate = Letter::Fate::hold;
        return letter;
    }

    if (!again && can.window_pushes > 0) {
        behind = answers_behind(tx, lead);
        if (lead.priority != Priority::emergency)
            before = rows_of_tickets(tx, *conversation, [&](const OutboxItem& item) {
                return item.error_code == held_code && item.id != lead.id && !is_marked(item);
            });
    }
    Said words = lead.said;
    for (auto& item : behind) {
        auto both = joined(words, item.said, can);
        if (!both) break;
        words = std::move(*both);
        letter.with.push_back(std::move(item));
    }
    // News that was held stands where it would have stood.
    const auto newer = std::find_if(before.begin(), before.end(), [&](const auto& item) { return item.id > lead.id; });
    for (auto one = newer; one != before.end(); ++one)
        if (auto both = joined(words, one->said, can)) {
            words = std::move(*both);
            letter.with.push_back(*one);
        }
    for (auto one = newer; one != before.begin();)
        if (auto both = joined((--one)->said, words, can)) {
            words = std::move(*both);
            letter.with.push_back(*one);
        }
    if (room.left < INT_MAX && (by_code || channel.messages_of(words) > room.left))
        if (channel.messages_of(words) > 1) words = in_one_message(words, static_cast<std::size_t>(can.text_bytes));
    lead.said = std::move(words);
    ++lead.attempts;
    lead.next_attempt_at = now;  // when it went
    for (auto& item : letter.with) {
        item.state = OutboxState::sending;
        item.reference = mark;
        tx.save(item);
    }
    auto row = lead;
    row.state = OutboxState::sending;
    if (row.error_code == held_code) row.error_code.clear();
    tx.save(row);
    return letter;
}

void settle_letter(Transaction& tx, const OutboxItem& lead, const std::vector<OutboxItem>& with, int messages,
                   bool used_up, const Capabilities& can, TimePoint now, TimePoint system_now) {
    if (is_rung(lead) && lead.state == OutboxState::sent) return settle_ring(tx, lead, with, can, now, system_now);
    const auto told = tx.outbox(lead.id);
    tx.save(lead);
    for (auto item : with) {
        if (lead.state == OutboxState::sent) {
            item.state = OutboxState::sent;
            item.sent_at = lead.sent_at;
            item.error_code.clear();
            item.error_text.clear();
            tx.save(item);
        } else if (lead.state == OutboxState::waiting) {
            put_back(tx, item, lead.next_attempt_at + not_alone, lead.next_attempt_system + not_alone);
        } else {
            item.reference.clear();
            item.error_code.clear();
            put_back(tx, item, now, system_now);
        }
    }
    // The platform was quicker than we: it has told already that this did not arrive.
    const bool owed = lead.state == OutboxState::sent || lead.state == OutboxState::waiting;
    if (told && owed && told->error_code.rfind(not_arrived, 0) == 0) reopen_noted(tx, *told, now, system_now);
    if ((messages == 0 && !used_up) || can.window_pushes <= 0) return;
    auto conversation = tx.conversation(lead.conversation);
    if (!conversation) return;
    conversation->pushes_since_inbound = used_up ? std::max(conversation->pushes_since_inbound, can.window_pushes)
                                                 : conversation->pushes_since_inbound + messages;
    tx.save(*conversation);
}

bool reopen_letter(Transaction& tx, OutboxId id, const ChannelId& channel, const std::string& code,
                   const std::string& text, bool as_text, TimePoint now, TimePoint system_now) {
    auto lead = tx.outbox(id);
    if (!lead || lead->channel != channel || !lead->conversation || lead->attempts == 0) return false;
    if (lead->state == OutboxState::sending) {
        lead->error_code = code + (as_text ? once_as_text : "");
        lead->error_text = text;
        tx.save(*lead);
        return true;
    }
    // One that waits was asked before, and its answer was lost.
    if (lead->state != OutboxState::sent && !waits(*lead)) return false;
    const bool once_more = as_text && lead->reference != plain_words;
    const auto mark = mark_of(id);
    std::vector<OutboxItem> all;
    for (int i = 1; is_answer_to_him(*lead) && i < answers_in_one; ++i)
        if (auto item = tx.outbox_keyed(passive_key(lead->conversation, lead->message + i));
            item && item->reference == mark)
            all.push_back(std::move(*item));
    if (const auto conversation = tx.conversation(lead->conversation))
        for (const auto& ticket : tx.tickets_of(conversation->person, tickets_looked_at))
            for (auto& item : tx.outbox_of(ticket.id))
                if (item.reference == mark &&
                    std::none_of(all.begin(), all.end(), [&](const auto& other) { return other.id == item.id; }))
                    all.push_back(std::move(item));
    for (auto& item : all) item.reference.clear();
    lead->reference = once_more ? plain_words : "";
    all.push_back(std::move(*lead));
    for (auto& item : all) {
        item.attempts = 0;
        item.sent_at.reset();
        item.error_code = once_more ? "" : code;
        item.error_text = text;
        put_back(tx, item, now, system_now);
    }
    return true;
}

bool goes_once_more_as_text(const OutboxItem& item) {
    return item.error_code.rfind(not_arrived, 0) == 0 && item.error_code.ends_with(once_as_text);
}

void reopen_noted(Transaction& tx, const OutboxItem& noted, TimePoint now, TimePoint system_now) {
    const bool as_text = goes_once_more_as_text(noted);
    const auto code =
        as_text ? noted.error_code.substr(0, noted.error_code.size() - std::strlen(once_as_text)) : noted.error_code;
    if (auto row = tx.outbox(noted.id); row && row->state == OutboxState::sending) put_back(tx, *row, now, system_now);
    reopen_letter(tx, noted.id, noted.channel, code, noted.error_text, as_text, now, system_now);
}

void free_held(Transaction& tx, ConversationId id, TimePoint now, TimePoint system_now) {
    const auto conversation = tx.conversation(id);
    if (!conversation) return;
    for (auto& item : rows_of_tickets(tx, *conversation, [](const OutboxItem& one) {
             return one.error_code == held_code && !is_marked(one);  // what goes with a letter goes with it
         })) {
        item.error_code.clear();
        item.error_text.clear();
        if (is_rung(item)) item.reference.clear();
        put_back(tx, item, now, system_now);
    }
}

Said in_one_message(const Said& said, std::size_t bytes) {
    Said one;
    one.text = said.choices.empty() ? said.text : with_numbered_choices(said);
    if (said.card) {
        for (const auto& part : {said.card->title, said.card->text, said.card->url})
            if (!part.empty()) one.text += (one.text.empty() ? "" : "\n") + part;
    }
    if (one.text.size() > bytes) one.text = cut_utf8(one.text, bytes - 3) + "…";
    one.ticket = said.ticket;
    one.ticket_number = said.ticket_number;
    one.kind = said.kind;
    if (one.text.empty()) one.image = said.image;
    return one;
}

}  // namespace huiyin
