#include "bot/form.h"

#include <algorithm>

#include "bot/slot_values.h"
#include "workflow/ticket/decide.h"

namespace huiyin {
namespace {

// As the language calls them, and as the draft does.
constexpr std::string_view drafts_own[] = {"matter", "place", "phone", "name", "occurred", "people", "wish", "photo"};

std::string line_key(const SlotRule& slot) { return slot.key == "description" ? "matter" : slot.key; }

std::vector<std::string> told_list(const Draft& draft, const Policy& policy) {
    std::vector<std::string> told;
    for (const auto& slot : policy.slots)
        if (is_told(draft, {line_key(slot), slot.title, &slot}) && !draft.unknown.contains(slot.key))
            told.push_back(slot.key);
    return told;
}

// How it comes in: by the channel, else as the pack takes everything else.
std::string source_of(const Policy& policy, const ChannelId& channel) {
    std::string otherwise;
    for (const auto& source : policy.sources) {
        if (std::find(source.channels.begin(), source.channels.end(), channel.value) != source.channels.end())
            return source.key;
        if (source.otherwise && otherwise.empty()) otherwise = source.key;
    }
    return otherwise;
}

}  // namespace

bool FormLine::is_pack_slot() const {
    return std::find(std::begin(drafts_own), std::end(drafts_own), key) == std::end(drafts_own);
}

bool is_told(const Draft& draft, const FormLine& line) {
    if (line.key == "matter") return !draft.matter.empty();
    if (line.key == "place") return draft.has_place() || !draft.location.empty();
    if (line.key == "phone") return !draft.phone.empty();
    if (line.key == "name") return !draft.name.empty();
    if (line.key == "occurred") return !draft.occurred_text.empty() || draft.occurred_at_ms;
    if (line.key == "people") return !draft.people.empty();
    if (line.key == "wish") return !draft.wish.empty();
    if (line.key == "photo") return !draft.attachments.empty();
    if (line.key == "amount_yuan" && draft.amount_fen) return true;
    const auto found = draft.slots.find(line.key);
    return found != draft.slots.end() && !found->second.empty();
}

Facts facts_to_file(const Draft& draft, const Policy& policy) {
    Facts facts;
    if (policy.slots.empty()) return facts;
    for (const auto& slot : policy.slots)
        if (const auto found = draft.slots.find(slot.key); found != draft.slots.end() && slot.key != "amount_yuan")
            if (const auto fact = value_as_fact(slot, found->second)) facts[fact_name(slot)] = *fact;
    auto told = told_list(draft, policy);
    if (draft.asked.contains("warning")) told.emplace_back("warning");  // and need not be said again
    facts["told"] = std::move(told);
    if (!draft.unknown.empty())
        facts["unknown_slots"] = std::vector<std::string>(draft.unknown.begin(), draft.unknown.end());
    if (draft.insists) facts["insists"] = true;
    return facts;
}

Facts facts_before_filing(const Draft& draft, const PackTalk& pack, const ChannelId& channel, TimePoint now) {
    Ticket ticket;
    ticket.kind = draft.kind;
    ticket.category = draft.category;
    ticket.flags = draft.flags;
    ticket.anonymous = draft.anonymous;
    ticket.amount_fen = amount_of(draft);
    if (draft.occurred_at_ms) ticket.occurred_at = from_ms(*draft.occurred_at_ms);
    ticket.opened_at = now;
    ticket.facts = facts_to_file(draft, *pack.policy);
    DecideContext context;
    if (!channel.value.empty()) context.more["channel"] = channel.value;
    if (const auto source = source_of(*pack.policy, channel); !source.empty()) context.more["source"] = source;
    return facts_of(ticket, *pack.policy, context, now);
}

std::optional<std::int64_t> amount_of(const Draft& draft) {
    const auto found = draft.slots.find("amount_yuan");
    if (found == draft.slots.end()) return draft.amount_fen;
    const auto told = kept_fen(found->second);
    return told ? told : draft.amount_fen;
}

std::vector<FormLine> form_lines(const Draft& draft, const PackTalk& pack, const Facts& facts) {
    std::vector<FormLine> lines{{"matter", {}, nullptr}};
    bool phone = false;
    for (const auto* slot : wanted_slots(*pack.policy, facts)) {
        if (slot->type == "person" || slot->type == "unit") continue;  // staff find these out
        if (slot->key == "description") {
            lines.front() = {"matter", slot->title, slot};
            continue;
        }
        phone = phone || slot->key == "phone";
        lines.push_back({line_key(*slot), slot->title, slot});
    }
    if (!phone) lines.push_back({"phone", {}, nullptr});
    const bool evidence = std::any_of(lines.begin(), lines.end(), [](const FormLine& line) {
        return line.key == "photo" || (line.rule && line.rule->type == "evidence");
    });
    if (!evidence && !draft.attachments.empty()) lines.push_back({"photo", {}, nullptr});
    return lines;
}

std::vector<std::string> told_in_words(const Draft& draft, const Policy& policy) {
    std::vector<std::string> list;
    for (const auto& slot : policy.slots)
        if (const auto found = draft.slots.find(slot.key); slot.type == "text" && found != draft.slots.end())
            list.push_back(slot.title + "：" + found->second);
    return list;
}

}  // namespace huiyin
