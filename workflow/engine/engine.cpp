#include "workflow/engine/engine.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <tuple>

#include "workflow/base/json_text.h"
#include "workflow/base/log.h"
#include "workflow/engine/history_cache.h"
#include "workflow/engine/work.h"
#include "workflow/ticket/chain.h"
#include "workflow/ticket/evolve.h"

namespace huiyin {
namespace {

Problem not_found(TicketId id) { return {"ticket.not_found", "没有这张工单", "ticket " + to_text(id)}; }

Problem bad_field(const std::string& field, const std::string& text) { return {"ticket.bad_field", text, "/" + field}; }

std::string padded(int number, int width) {
    auto digits = std::to_string(number);
    const auto wanted = static_cast<std::size_t>(std::max(width, 0));
    return std::string(digits.size() < wanted ? wanted - digits.size() : 0, '0') + digits;
}

// Which of the slots that every conversation asks hold something.
std::vector<std::string> told_of(const Details& details, bool occurred, bool pictures) {
    std::vector<std::string> told;
    const auto put = [&](const char* slot, bool there) {
        if (there) told.emplace_back(slot);
    };
    put("description", !details.description.empty());
    put("place", !details.label.empty() || !details.location.empty());
    put("phone", !details.contact_phone.empty());
    put("name", !details.contact_name.empty());
    put("occurred", occurred || !details.occurred_text.empty());
    put("people", !details.people.empty());
    put("wish", !details.wish.empty());
    put("photo", pictures);
    return told;
}
// What was told before stays told.
std::vector<std::string> merged(const Facts& facts, std::vector<std::string> told) {
    const auto found = facts.find("told");
    const auto* before = found == facts.end() ? nullptr : std::get_if<std::vector<std::string>>(&found->second);
    if (before)
        for (const auto& slot : *before)
            if (std::find(told.begin(), told.end(), slot) == told.end()) told.push_back(slot);
    return told;
}

// What was said at filing, what the caller knows was told, and what the person's own record holds.
std::vector<std::string> told_at_filing(Reading& reading, const OpenTicket& wish) {
    auto details = wish.details;
    if (const auto person = wish.customer ? reading.person(wish.customer) : std::nullopt; person && !wish.anonymous) {
        if (details.contact_name.empty()) details.contact_name = person->name;
        if (details.contact_phone.empty()) details.contact_phone = person->phone;
    }
    return merged(wish.more, told_of(details, wish.occurred_at.has_value(), !wish.attachments.empty()));
}

// Amounts are kept in whole fen, as those of commands are; no other fact is a fraction.
std::optional<Problem> keep_money_in_fen(Facts& facts) {
    for (auto at = facts.begin(); at != facts.end();) {
        const auto* broken = std::get_if<double>(&at->second);
        if (!broken) {
            ++at;
            continue;
        }
        const auto name = at->first;
        if (!is_yuan(name)) return bad_field("facts", "这里只能写整数、文字、是否：" + name);
        const auto fen = std::llround(*broken * 100);
        if (std::abs(*broken * 100 - static_cast<double>(fen)) > 1e-6)
            return bad_field("facts", "金额最多写到分：" + name);
        const auto place = at - facts.begin();
        facts.erase(at);
        facts[fen_name(name)] = static_cast<std::int64_t>(fen);
        at = facts.begin() + place;  // what comes after it has moved up
    }
    return std::nullopt;
}

std::string next_number(Transaction& tx, const Policy& policy, TimePoint now) {
    const auto series = number_series(policy, now);
    return series.prefix + padded(tx.next_number(series.prefix + "|" + series.suffix), series.width) + series.suffix;
}

UnitId unit_named(const Directory& directory, const std::string& name) {
    if (const auto* unit = directory.unit_by_key(name)) return unit->id;
    if (!name.empty() && name.size() < 20 && name.find_first_not_of("0123456789") == std::string::npos)
        if (const auto* unit = directory.unit(UnitId{std::stoll(name)})) return unit->id;
    return {};
}

// The kind of ticket that a service centre answers for; when the address is not known, whoever stands over all.
UnitId answering_unit(const Directory& directory, UnitId unit) {
    if (unit) {
        const auto centre = directory.service_centre_of(unit);
        return centre ? centre : unit;
    }
    UnitId only;
    for (const auto& each : directory.units()) {
        if (each.kind != "service_centre") continue;
        if (only) return directory.organisation().id;
        only = each.id;
    }
    return only ? only : directory.organisation().id;
}

}  // namespace

// --- one ticket in one unit of work ---------------------------------------------------------------------------------

Engine::Work::Work(const EngineParts& engine_parts, Transaction& transaction, Ticket present, TimePoint moment,
                   Held holding, UnitId roles_of)
    : parts(engine_parts),
      tx(transaction),
      ticket(std::move(present)),
      now(moment),
      held(holding),
      around(transaction, engine_parts, ticket, roles_of) {
    around.context.draw_counts = draw_counts(tx, *around.policy, now);
}

void Engine::Work::seal(Event& event) {
    for (auto& [name, value] : event.data.items()) {
        const bool kept = value.is_object() && value.contains("text_id");
        if (kept && !value.contains("hash")) {
            value["hash"] = tx.text_hash(TextId{std::stoll(value.at("text_id").get<std::string>())});
        } else if (!kept && is_words(name) && (value.is_string() || value.is_object())) {
            const auto words = value.is_string() ? value.get<std::string>() : to_text(value);
            const auto id = tx.add_text(words, ticket.id, ticket.conversation, event.at);
            value = {{"text_id", to_text(id)}, {"hash", tx.text_hash(id)}};
        }
    }
}

// A paper gets its number when it is made.
void Engine::Work::number_form(Event& event, std::vector<Owed>& owed) {
    const auto found = event.data.find("form");
    if (event.type != "ticket.completed" || found == event.data.end() || !found->is_string()) return;
    const auto* form = around.policy->form(found->get<std::string>());
    if (!form) return;
    // What is told from then on may name the paper and its number.
    const auto tell = [&](const char* name, const std::string& value) {
        for (auto& each : owed)
            if (each.sequence >= event.sequence) each.given.insert_or_assign(name, value);
    };
    tell("form", form->title);
    if (form->number.empty()) return;
    const auto series = number_series(*around.policy, form->number, event.at);
    const auto counter = form->key + "|" + series.prefix + "|" + series.suffix;
    const auto number = series.prefix + padded(tx.next_number(counter), series.width) + series.suffix;
    event.data["form_number"] = number;
    tell("form_number", number);
}

void Engine::Work::tie_attachments(const Event& event) {
    const auto found = event.data.find("attachments");
    if (found == event.data.end() || !found->is_array()) return;
    for (const auto& id : *found)
        if (auto attachment = tx.attachment(AttachmentId{id.get<std::string>()}); attachment && !attachment->ticket) {
            attachment->ticket = ticket.id;
            tx.save(*attachment);
        }
}

void Engine::Work::note_surveys(const std::vector<Event>& events) {
    for (const auto& event : events)
        if (event.type == "rating.asked") tx.note_survey(ticket.customer, ticket.id, event.at);
}

// Questions that were answered in another way, or lost their sense, stay readable but are open no more.
void Engine::Work::settle_prompts(const std::vector<Event>& events) {
    const auto conversation = where_to_speak(tx, ticket.customer, ticket.conversation);
    const auto happened = [&](const char* type) {
        return std::any_of(events.begin(), events.end(), [&](const Event& event) { return event.type == type; });
    };
    const bool settles = happened("ticket.consented") || happened("ticket.confirmed") || happened("ticket.rated") ||
                         happened("ticket.reopened") || happened("ticket.escalated") || happened("ticket.revisited") ||
                         is_end(ticket.phase);
    if (!conversation || !settles) return;
    for (auto& prompt : tx.open_prompts(*conversation)) {
        if (prompt.ticket != ticket.id || prompt.kind == ticket.asked) continue;
        const bool answered = (prompt.kind == "consent" && happened("ticket.consented")) ||
                              (prompt.kind == "fixed" && happened("ticket.confirmed")) ||
                              (prompt.kind == "rating" && happened("ticket.rated"));
        if (answered) {
            parts.speaker->answered(tx, prompt, now);
        } else if (prompt.kind == "consent" || prompt.kind == "fixed" || prompt.kind == "rating") {
            prompt.state = "replaced";
            tx.save(prompt);
        }
    }
}

void Engine::Work::project() {
    deadlines_ = huiyin::deadlines_of(ticket, *around.policy, around.context, now);
    ticket.deadlines = projected(*deadlines_);
    for (auto& step : ticket.steps)
        for (const auto& deadline : *deadlines_)
            if (step.state == "open" && !step.deadline.empty() && step.deadline == deadline.name)
                step.due_at = deadline.due_at;
}

std::vector<Deadline> Engine::Work::deadlines_at(TimePoint at) const {
    return deadlines_ && at == now ? *deadlines_ : huiyin::deadlines_of(ticket, *around.policy, around.context, at);
}

void Engine::Work::set_reminder() {
    const auto next = next_look(ticket, deadlines_at(now), *around.policy, around.context);
    if (!next) return tx.drop_reminder(ticket.id, {}, "ticket", "");
    Reminder reminder;
    reminder.id = parts.ids->make<ReminderId>(to_ms(parts.system->now()));
    reminder.due_at = *next;
    reminder.ticket = ticket.id;
    reminder.kind = "ticket";
    tx.set_reminder(reminder);
}

void Engine::Work::keep(Decision decision) {
    for (const auto& problem : decision.declined)
        log::warning("policy.declined", {{"ticket", ticket.number}, {"code", problem.code}, {"problem", problem.text}});
    if (decision.events.empty()) return;
    const auto version_before = ticket.version;
    const auto unit_before = ticket.unit;
    auto hash = version_before == 0 ? first_hash : ticket.last_hash;
    std::vector<StoredEvent> stored;
    std::vector<EventId> ids;
    for (auto& event : decision.events) {
        event.id = parts.ids->make<EventId>(to_ms(parts.system->now()));
        number_form(event, decision.owed);
        seal(event);
        tie_attachments(event);
        ticket = evolve(std::move(ticket), event);
        deadlines_.reset();
        around.context.history.push_back(history_of(event));
        stored.push_back(chained(event, hash, around.zone()));
        ids.push_back(event.id);
        hash = stored.back().hash;
    }
    ticket.last_hash = hash;
    if (ticket.unit != unit_before) around.take_calendar(parts, ticket);
    if (parts.histories) parts.histories->keep(ticket, around.context.history);
    now = std::max(now, ticket.updated_at);
    project();
    tx.save(ticket, version_before, stored, ids);
    set_reminder();
    note_surveys(decision.events);
    count_draws(tx, *around.policy, now, decision.draws);
    count_ticket(tx, ticket, around, now);
    known_.reset();
    settle_prompts(decision.events);
    update_cards(decision.events);
    told_.clear();
    for (std::size_t i = 0; i < decision.owed.size(); ++i) give(decision.owed[i], static_cast<int>(i));
}

void Engine::Work::catch_up() { keep(decide_due(ticket, *around.policy, around.context, now)); }

// --- the engine -----------------------------------------------------------------------------------------------------

Engine::Engine(EngineParts parts) : histories_(std::make_shared<HistoryCache>()), parts_(std::move(parts)) {
    parts_.histories = histories_.get();
}

Result<Ticket> Engine::open(Transaction& tx, const OpenTicket& wish, TimePoint now, Held held) {
    const auto directory = parts_.directory->get();
    Ticket filed;
    filed.id = parts_.ids->make<TicketId>(to_ms(parts_.system->now()));
    filed.unit = answering_unit(*directory, wish.unit);
    filed.customer = wish.customer;
    filed.conversation = wish.conversation;
    filed.household = wish.household;  // whose other tickets count
    filed.repeat_of = wish.repeat_of;
    filed.joined_to = wish.joined_to;
    filed.opened_at = now;
    // The rules of the place it is about, though the centre above answers for it.
    const auto rules = parts_.policies->for_unit(wish.unit ? wish.unit : filed.unit, *directory);
    filed.policy_id = rules->id;
    filed.policy_version = rules->version;
    Work work(parts_, tx, filed, now, held);
    const auto& policy = *work.around.policy;
    filed.kind = wish.kind;
    filed.category = wish.category;
    filed.flags = wish.flags;
    if (!wish.emergency.empty()) filed.flags.insert("emergency");
    filed.emergency = wish.emergency;
    filed.anonymous = wish.anonymous;
    filed.amount_fen = wish.amount_fen;
    filed.purchase_fen = wish.purchase_fen;
    filed.occurred_at = wish.occurred_at;
    filed.attachments = wish.attachments;
    filed.facts = wish.more;
    if (!policy.slots.empty()) filed.facts["told"] = told_at_filing(tx, wish);
    if (auto problem = keep_money_in_fen(filed.facts)) return std::move(*problem);
    if (wish.anonymous && policy.identity.anonymous == "refused")
        return Problem{"ticket.bad_field", "这里要实名反映，请留下姓名和联系方式", "/anonymous",
                       policy.identity.clause};
    for (const auto& flag : filed.flags)
        if (const auto& known = common_flags(); std::find(known.begin(), known.end(), flag) == known.end())
            return bad_field("flags", "没有这个标记：" + flag);
    // Refused before anything is written: the texts and the number come after.
    if (!policy.kind(filed.kind) || (!filed.category.empty() && !policy.category(filed.kind, filed.category)))
        if (auto refused = decide_open(filed, wish.by, policy, work.around.context, now); !refused)
            return refused.problem();
    filed.details = tx.add_details(wish.details, filed.id, wish.conversation, now);
    work.told = wish.details;
    filed.number = next_number(tx, policy, now);
    work.ticket.number = filed.number;
    auto decision = decide_open(filed, wish.by, policy, work.around.context, now);
    work.keep(std::move(decision.value()));
    work.take_declared();
    return work.ticket;
}

namespace {

// Names in a command become ids: a login, a unit's key, a ticket's number. Gives the first thing that is unknown.
std::optional<Problem> resolve_names(Reading& reading, const Directory& directory, const Ticket& ticket,
                                     Command& command) {
    auto& fields = command.fields;
    if (fields.is_null()) fields = Json::object();
    if (command.name == "assign" && fields.contains("assignee")) {
        const auto login = fields.at("assignee").get<std::string>();
        const auto* staff = directory.staff_by_login(login);
        // Where a level has moved the owner up, the work is still done below: whoever has a say in the ticket's own
        // unit.
        if (!staff || staff->disabled || !may_be_given(directory, ticket, *staff))
            return bad_field("assignee", "没有这位可以派单的同事：" + login);
        fields["assignee"] = to_text(staff->id);
    }
    if (command.name == "transfer" && fields.contains("unit")) {
        const auto unit = unit_named(directory, fields.at("unit").get<std::string>());
        if (!unit) return bad_field("unit", "没有这个单位：" + fields.at("unit").get<std::string>());
        fields["unit"] = to_text(answering_unit(directory, unit));
    }
    if (command.name == "merge" && fields.contains("into")) {
        const auto number = fields.at("into").get<std::string>();
        const auto other = reading.ticket_numbered(number);
        if (!other || other->id == ticket.id || is_end(other->phase) || other->unit != ticket.unit)
            return bad_field("into", "没有这张可以并入的工单：" + number);
        fields["into"] = to_text(other->id);
    }
    if (const auto found = fields.find("attachments"); found != fields.end())
        for (const auto& id : *found) {
            const auto attachment = reading.attachment(AttachmentId{id.get<std::string>()});
            if (!attachment || (attachment->ticket && attachment->ticket != ticket.id))
                return bad_field("attachments", "没有这个附件：" + id.get<std::string>());
        }
    return std::nullopt;
}

// Persons and units in the pack's own fields: a login becomes the id.
std::optional<Problem> resolve_people(const Directory& directory, const Policy& policy, Command& command) {
    const auto resolve = [&](Json& fields, const MoveField& field) -> std::optional<Problem> {
        const auto found = fields.find(field.name);
        if (found == fields.end() || !found->is_string()) return std::nullopt;
        const auto name = found->get<std::string>();
        if (field.type == "person") {
            const auto* staff = directory.staff_by_login(name);
            if (!staff) return bad_field(field.name, "没有这位同事：" + name);
            *found = to_text(staff->id);
        } else if (field.type == "unit" && command.name != "transfer") {
            const auto unit = unit_named(directory, name);
            if (!unit) return bad_field(field.name, "没有这个单位：" + name);
            *found = to_text(unit);
        }
        return std::nullopt;
    };
    // The same field may stand in several moves of the command: it is resolved once.
    std::set<std::string> done;
    for (const auto& move : policy.moves) {
        if (move.command != command.name) continue;
        for (const auto& field : move.fields)
            if (done.insert(field.name).second)
                if (auto problem = resolve(command.fields, field)) return problem;
    }
    if (command.name != "complete") return std::nullopt;
    const auto* step = policy.step(command.fields.value("step", ""));
    if (!step) return std::nullopt;
    for (const auto& field : step->fields) {
        if (done.insert(field.name).second)
            if (auto problem = resolve(command.fields, field)) return problem;
        if (command.fields.contains("fields") && command.fields["fields"].is_object())
            if (auto problem = resolve(command.fields["fields"], field)) return problem;
    }
    return std::nullopt;
}

// What of it sends somebody to another place, or makes him call another number: "place", "contact".
Json changed_by(const Amendment& amendment, Reading& reading, const Ticket& ticket, bool moves) {
    const auto before = amendment.details ? reading.details(ticket.details) : Details{};
    const auto after = amendment.details.value_or(before);
    const auto place = [](const Details& each) {
        return std::tie(each.building, each.unit, each.room, each.label, each.location);
    };
    auto changed = Json::array();
    if (moves || place(before) != place(after)) changed.push_back("place");
    if (before.contact_phone != after.contact_phone || before.contact_name != after.contact_name)
        changed.push_back("contact");
    return changed;
}

UnitId unit_wanted(const Command& command) {
    if (command.name != "transfer" || !command.fields.contains("unit")) return {};
    return UnitId{std::stoll(command.fields.at("unit").get<std::string>())};
}

}  // namespace

Result<Ticket> Engine::execute(Transaction& tx, TicketId id, Command command, TimePoint now, Held held,
                               std::optional<std::int64_t> expected) {
    auto present = tx.ticket(id);
    if (!present) return not_found(id);
    if (expected && *expected != present->version)
        return Problem{"ticket.stale", "工单刚刚有了变化，请刷新后再操作",
                       "version " + std::to_string(present->version) + ", expected " + std::to_string(*expected)};
    const auto directory = parts_.directory->get();
    if (auto problem = resolve_names(tx, *directory, *present, command)) return std::move(*problem);
    if (auto problem = resolve_people(*directory, *policy_of(*present), command)) return std::move(*problem);
    Work work(parts_, tx, std::move(*present), now, held, unit_wanted(command));
    work.catch_up();
    if (command.roles.empty()) command.roles = huiyin::acting_as(work.ticket, command.by, work.around);
    auto decision = decide(work.ticket, command, *work.around.policy, work.around.context, work.now);
    if (!decision) return decision.problem();
    const auto into = work.ticket.merged_into;
    const auto unit = work.ticket.unit;
    const bool was_over = is_end(work.ticket.phase);
    work.keep(std::move(decision.value()));
    if (work.ticket.unit != unit || was_over) work.take_declared();
    if (work.ticket.merged_into && !into)  // whoever reported it stays informed by the ticket that goes on
        if (auto joined = join(tx, work.ticket.merged_into, work.ticket.customer, work.ticket.conversation, now, held);
            !joined)
            return joined.problem();
    if (work.ticket.merged_into && !into)
        for (const auto supporter : work.ticket.supporters)
            if (auto joined = join(tx, work.ticket.merged_into, supporter, {}, now, held); !joined)
                return joined.problem();
    return work.ticket;
}

Result<Ticket> Engine::amend(Transaction& tx, TicketId id, const Amendment& amendment, const Party& by, TimePoint now,
                             Held held) {
    auto present = tx.ticket(id);
    if (!present) return not_found(id);
    const auto directory = parts_.directory->get();
    const auto unit = amendment.unit ? answering_unit(*directory, amendment.unit) : present->unit;
    Work work(parts_, tx, std::move(*present), now, held, unit);
    work.catch_up();
    const auto& policy = *work.around.policy;
    const auto kind = amendment.kind.empty() ? work.ticket.kind : amendment.kind;
    if (!policy.kind(kind)) return bad_field("kind", "没有这个性质：" + kind);
    if (!amendment.category.empty() && !policy.category(kind, amendment.category))
        return bad_field("category", "没有这个类别：" + amendment.category);
    auto data = Json::object();
    if (amendment.details)
        data["details"] = {{"text_id", to_text(tx.add_details(*amendment.details, id, work.ticket.conversation, now))}};
    if (amendment.amount_fen) data["amount_fen"] = *amendment.amount_fen;
    if (amendment.purchase_fen) data["purchase_fen"] = *amendment.purchase_fen;
    if (amendment.occurred_at) data["occurred_at"] = to_ms(*amendment.occurred_at);
    if (!amendment.kind.empty()) data["kind"] = amendment.kind;
    if (!amendment.category.empty()) data["category"] = amendment.category;
    auto add_flags = amendment.add_flags;
    if (!amendment.emergency.empty()) {
        add_flags.insert("emergency");
        data["emergency"] = amendment.emergency;
    }
    if (!add_flags.empty()) data["add_flags"] = add_flags;
    if (!amendment.drop_flags.empty()) data["drop_flags"] = amendment.drop_flags;
    if (amendment.household) data["household"] = to_text(*amendment.household);
    if (unit != work.ticket.unit) {
        const auto& units = work.around.context.unit_of;
        const auto owner = units.find(work.ticket.owner_role);
        data["unit"] = to_text(unit);
        data["owner_unit"] = to_text(owner == units.end() ? work.around.context.nobody_unit : owner->second);
    }
    if (data.empty()) return work.ticket;
    if (auto changed = changed_by(amendment, tx, work.ticket, data.contains("unit")); !changed.empty())
        data["changed"] = std::move(changed);
    if (!policy.slots.empty() && amendment.details) {
        const auto details = *amendment.details;
        data["facts"] = {{"told", merged(work.ticket.facts, told_of(details, work.ticket.occurred_at.has_value(),
                                                                    !work.ticket.attachments.empty()))}};
    }
    work.keep(decide_record(work.ticket, "details.amended", data, by, policy, work.around.context, work.now));
    if (data.contains("unit")) work.take_declared();
    return work.ticket;
}

Result<Ticket> Engine::add_evidence(Transaction& tx, TicketId id, const std::string& words,
                                    const std::vector<AttachmentId>& attachments, const Party& by, TimePoint now,
                                    Held held) {
    auto present = tx.ticket(id);
    if (!present) return not_found(id);
    Work work(parts_, tx, std::move(*present), now, held);
    work.catch_up();
    auto data = Json::object();
    if (!words.empty()) data["words"] = words;
    if (!attachments.empty()) {
        data["attachments"] = Json::array();
        for (const auto& attachment : attachments) data["attachments"].push_back(attachment.value);
    }
    if (data.empty()) return work.ticket;
    work.keep(
        decide_record(work.ticket, "evidence.added", data, by, *work.around.policy, work.around.context, work.now));
    return work.ticket;
}

Result<Ticket> Engine::join(Transaction& tx, TicketId id, PersonId person, ConversationId conversation, TimePoint now,
                            Held held) {
    auto present = tx.ticket(id);
    if (!present) return not_found(id);
    const auto& supporters = present->supporters;
    if (person == present->customer || std::find(supporters.begin(), supporters.end(), person) != supporters.end())
        return std::move(*present);
    Work work(parts_, tx, std::move(*present), now, held);
    work.catch_up();
    Json data{{"person", to_text(person)}};
    if (conversation) data["conversation"] = to_text(conversation);
    work.keep(decide_record(work.ticket, "supporter.joined", data, resident(person), *work.around.policy,
                            work.around.context, work.now));
    work.welcome(person, conversation);
    return work.ticket;
}

void Engine::due(Transaction& tx, const Reminder& reminder, TimePoint at) {
    auto present = tx.ticket(reminder.ticket);
    if (!present) return;
    Work work(parts_, tx, std::move(*present), at, {});
    const auto version = work.ticket.version;
    work.catch_up();
    if (work.ticket.version == version) {
        work.project();
        tx.save(work.ticket, version, {}, {});
        work.set_reminder();
    }
}

void Engine::recompute(Transaction& tx, TicketId id, TimePoint now) {
    auto present = tx.ticket(id);
    if (!present) return;
    Work work(parts_, tx, *present, now, {});
    work.project();
    if (work.ticket != *present) tx.save(work.ticket, present->version, {}, {});
    work.set_reminder();
}

}  // namespace huiyin
