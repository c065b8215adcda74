#include "workflow/engine/surroundings.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "workflow/base/json_text.h"
#include "workflow/engine/history_cache.h"
#include "workflow/policy/same_text.h"
#include "workflow/ticket/chain.h"

namespace huiyin {
namespace {

const Deadline* running_until(const std::vector<Deadline>& deadlines, const Policy& policy, const char* event) {
    const Deadline* latest = nullptr;
    for (const auto& deadline : deadlines) {
        if (!deadline.due_at || deadline.stopped_at) continue;
        const auto& stops = policy.deadlines.at(deadline.rule).stops_on;
        const bool ends_so =
            std::any_of(stops.begin(), stops.end(), [&](const DeadlineStop& stop) { return stop.event == event; });
        if (ends_so && (!latest || *deadline.due_at > *latest->due_at)) latest = &deadline;
    }
    return latest;
}

}  // namespace

Surroundings::Surroundings(Reading& reading, const EngineParts& parts, const Ticket& ticket, UnitId unit,
                           const std::vector<Event>* events)
    : directory(parts.directory->get()) {
    const auto here = unit ? unit : ticket.unit;
    policy = ticket.policy_id.empty() ? parts.policies->for_unit(here, *directory)
                                      : parts.policies->pinned(ticket.policy_id, ticket.policy_version);
    take_calendar(parts, ticket);
    for (const auto& staff : directory->staff())
        if (!ticket.recused.empty() && keeps_out(ticket, *policy, *directory, staff))
            context.kept_out.insert(staff.id.value);
    take_units(ticket, here);
    take_staff(parts);
    take_history(reading, parts, ticket, events);
    take_customer(reading, parts, ticket);
    if (!events) take_surveys(reading, ticket);
    std::int64_t repeats = 0;
    for (auto earlier = ticket.repeat_of; earlier && repeats < 20; ++repeats) {
        const auto before = reading.ticket(earlier);
        earlier = before ? before->repeat_of : TicketId{};
    }
    if (repeats > 0) context.more["repeats"] = repeats;
    take_counters(reading, ticket);
}

void Surroundings::take_calendar(const EngineParts& parts, const Ticket& ticket) {
    calendar_ = parts.policies->calendar_of(policy, directory->unit(ticket.unit));
    context.calendar = calendar_.get();
}

void Surroundings::take_history(Reading& reading, const EngineParts& parts, const Ticket& ticket,
                                const std::vector<Event>* known) {
    if (ticket.version == 0) return;
    if (known) {
        for (const auto& event : *known) context.history.push_back(history_of(event));
        return;
    }
    if (const auto kept = parts.histories ? parts.histories->find(ticket) : nullptr) {
        context.history = *kept;
        return;
    }
    const auto events = reading.events(ticket.id);
    for (const auto& event : events) context.history.push_back(history_of(event_from_text(event.text)));
    if (parts.histories && !events.empty() && events.back().hash == ticket.last_hash)
        parts.histories->keep(ticket, context.history);
}

namespace {

std::string subject_of(const Counter& counter, const Ticket& ticket) {
    if (counter.of == "customer") return to_text(ticket.customer);
    if (counter.of == "household") return ticket.household ? to_text(ticket.household) : std::string();
    if (counter.of == "assignee") return ticket.assignee ? to_text(ticket.assignee) : std::string();
    return to_text(ticket.unit);
}

struct CountedTime {
    TimePoint from, until;
};
// The month or year in which the ticket was filed, or the time back from then.
CountedTime counted_time(const Counter& counter, const Calendar& calendar, TimePoint filed) {
    using namespace std::chrono;
    const auto& zone = calendar.zone();
    const year_month_day date{zone.to_local(filed).day};
    const auto midnight = [&](year_month_day day) { return zone.from_local({local_days{day}, Milliseconds{0}}); };
    if (counter.within == "calendar month")
        return {midnight(date.year() / date.month() / 1),
                midnight((year_month{date.year(), date.month()} + months{1}) / day{1})};
    if (counter.within == "calendar year")
        return {midnight(date.year() / January / 1), midnight((date.year() + years{1}) / January / 1)};
    return {calendar.subtract(filed, counter.back), filed + Milliseconds{1}};
}

}  // namespace

void Surroundings::take_counters(Reading& reading, const Ticket& ticket) {
    for (const auto& fact : policy->derived) {
        if (!fact.counts || !fact.counts->event.empty()) continue;
        const auto subject = subject_of(*fact.counts, ticket);
        if (subject.empty()) continue;
        const auto time = counted_time(*fact.counts, calendar(), ticket.opened_at);
        context.of_others[fact.name] =
            reading.tally(policy->id + "/" + fact.name, subject, time.from, time.until, ticket.id);
    }
}

void count_ticket(Transaction& tx, const Ticket& ticket, const Surroundings& around, TimePoint now) {
    std::optional<Facts> facts;
    for (const auto& fact : around.policy->derived) {
        if (!fact.counts || !fact.counts->event.empty()) continue;
        const auto subject = subject_of(*fact.counts, ticket);
        if (subject.empty()) continue;
        if (!facts) facts = facts_of(ticket, *around.policy, around.context, now);
        const auto amount = ticket.phase == Phase::merged ? 0 : own_count(*fact.counts, *facts);
        tx.set_tally(around.policy->id + "/" + fact.name, subject, ticket.id, ticket.opened_at, amount);
    }
}

bool may_be_given(const Directory& directory, const Ticket& ticket, const Staff& staff) {
    return directory.is_within(ticket.owner_unit, staff.unit) || directory.is_within(ticket.unit, staff.unit);
}

bool keeps_out(const Ticket& ticket, const Policy& policy, const Directory& directory, const Staff& staff) {
    if (ticket.recused.count(staff.id.value)) return true;
    if (!policy.recusal.line) return false;
    return std::any_of(ticket.recused.begin(), ticket.recused.end(), [&](std::int64_t id) {
        const auto* person = directory.staff(StaffId{id});
        return person && directory.is_within(staff.unit, person->unit);
    });
}

std::vector<const Staff*> free_holders(const Ticket& ticket, const Policy& policy, const Directory& directory,
                                       const std::string& role, UnitId unit) {
    auto holders = directory.holders(role, unit);
    if (ticket.recused.empty()) return holders;
    for (const auto* here = directory.unit(unit); here; here = directory.unit(here->parent)) {
        holders = directory.holders(role, here->id);
        holders.erase(std::remove_if(holders.begin(), holders.end(),
                                     [&](const Staff* each) { return keeps_out(ticket, policy, directory, *each); }),
                      holders.end());
        if (!holders.empty()) break;
    }
    return holders;
}

void Surroundings::take_units(const Ticket& ticket, UnitId unit) {
    context.nobody_unit = directory->organisation().id;
    const auto add = [&](const std::string& role) {
        if (role.empty() || context.unit_of.count(role)) return;
        const auto holders = free_holders(ticket, *policy, *directory, role, unit);
        if (!holders.empty()) context.unit_of[role] = holders.front()->unit;
    };
    for (const auto& role : policy->roles) add(role);
    for (const auto& route : policy->routes) add(route.role);
    add(policy->accept_role);
}

void Surroundings::take_staff(const EngineParts& parts) {
    if (!policy->authority.empty() && parts.phrases)
        context.role_title = [this, &parts](const std::string& role) { return title_of_role(parts, policy, role); };
    const bool of_people = std::any_of(policy->penalties.begin(), policy->penalties.end(), [&](const Penalty& penalty) {
        return penalty.against != "owner" && penalty.against != "assignee" && !contains(policy->roles, penalty.against);
    });
    if (!of_people) return;
    for (const auto& staff : directory->staff())
        if (!staff.roles.empty()) context.role_of[staff.id.value] = staff.roles.front();
}

// How it came in, unless that was said: by the channel, else as the pack takes everything else.
void Surroundings::take_source(const EngineParts& parts, const Ticket& ticket) {
    if (policy->sources.empty()) return;
    const auto channel = context.more.find("channel");
    const auto* id =
        ticket.conversation && channel != context.more.end() ? std::get_if<std::string>(&channel->second) : nullptr;
    const auto* traits = id && parts.speaker ? parts.speaker->traits(ChannelId{*id}) : nullptr;
    const Source* otherwise = nullptr;
    for (const auto& source : policy->sources) {
        if (source.otherwise && !otherwise) otherwise = &source;
        const bool came_so =
            id && (contains(source.channels, *id) || (traits && contains(source.channels, traits->kind)));
        if (!came_so) continue;
        context.more["source"] = source.key;
        return;
    }
    if (otherwise) context.more["source"] = otherwise->key;
}

void Surroundings::take_customer(Reading& reading, const EngineParts& parts, const Ticket& ticket) {
    const auto conversation = where_to_speak(reading, ticket.customer, ticket.conversation);
    context.has_chat = conversation.has_value();
    if (conversation)
        if (const auto talk = reading.conversation(*conversation)) context.more["channel"] = talk->channel.value;
    take_source(parts, ticket);
}

void Surroundings::take_surveys(Reading& reading, const Ticket& ticket) {
    if (const auto person = reading.person(ticket.customer)) context.surveys_stopped = person->surveys_stopped;
    context.surveys_asked = reading.surveys_asked(ticket.customer, 10);
}

std::string draw_setting(const Policy& policy, TimePoint at, bool of_the_day) {
    using namespace std::chrono;
    const auto name = "revisits_drawn/" + policy.id + "/";
    const auto today = policy.calendar.zone().to_local(at).day;
    if (of_the_day) return name + "day";  // one row, which says of which day it is
    const year_month_day date{today};
    auto month = year_month{date.year(), date.month()};
    for (const auto& report : policy.reports)
        if (report.to_day != 0) {
            if (date.day() > day{static_cast<unsigned>(report.to_day)}) month += months{1};
            break;
        }
    const auto number = static_cast<unsigned>(month.month());
    return name + std::to_string(static_cast<int>(month.year())) + (number < 10 ? "-0" : "-") + std::to_string(number);
}

namespace {

bool any_share(const Policy& policy, bool of_the_day) {
    return std::any_of(policy.revisit.strata.begin(), policy.revisit.strata.end(),
                       [&](const RevisitStratum& stratum) { return stratum.by_day == of_the_day; });
}

// What was drawn so far; a row of another day counts no more.
Json drawn_so_far(Reading& reading, const Policy& policy, TimePoint at, bool of_the_day) {
    if (!any_share(policy, of_the_day)) return Json::object();
    const auto kept = reading.setting(draw_setting(policy, at, of_the_day));
    auto json = kept ? parse_json(*kept) : Result<Json>(Json::object());
    if (!json || !json->is_object()) return Json::object();
    if (of_the_day && json->value("day", "") != to_date(policy.calendar.zone().to_local(at).day)) return Json::object();
    return std::move(*json);
}

}  // namespace

std::map<std::string, DrawCounts> draw_counts(Reading& reading, const Policy& policy, TimePoint at) {
    std::map<std::string, DrawCounts> counts;
    const auto of_period = drawn_so_far(reading, policy, at, false), of_day = drawn_so_far(reading, policy, at, true);
    // A stratum nobody was drawn in yet counts from nought, so that the first is always taken.
    for (const auto& stratum : policy.revisit.strata) {
        auto& count = counts[stratum.name];
        const auto& json = stratum.by_day ? of_day : of_period;
        const auto row = json.find(stratum.name);
        if (row != json.end()) count = {row->at(0).get<int>(), row->at(1).get<int>(), row->at(2).get<int>()};
    }
    return counts;
}

void count_draws(Transaction& tx, const Policy& policy, TimePoint at, const std::vector<Draw>& draws) {
    if (draws.empty()) return;
    auto counts = draw_counts(tx, policy, at);
    for (const auto& draw : draws) {
        auto& count = counts[draw.stratum];
        ++count.tickets;
        count.revisits += draw.revisit ? 1 : 0;
        count.in_person += draw.in_person ? 1 : 0;
    }
    for (const bool of_the_day : {false, true}) {
        if (!any_share(policy, of_the_day)) continue;
        auto json = Json::object();
        if (of_the_day) json["day"] = to_date(policy.calendar.zone().to_local(at).day);
        for (const auto& stratum : policy.revisit.strata)
            if (const auto& count = counts[stratum.name]; stratum.by_day == of_the_day)
                json[stratum.name] = {count.tickets, count.revisits, count.in_person};
        tx.set_setting(draw_setting(policy, at, of_the_day), to_text(json));
    }
}

const Deadline* result_deadline(const std::vector<Deadline>& deadlines, const Policy& policy) {
    return running_until(deadlines, policy, "ticket.resolved");
}

const Deadline* acceptance_deadline(const std::vector<Deadline>& deadlines, const Policy& policy) {
    return running_until(deadlines, policy, "ticket.accepted");
}

std::optional<ConversationId> where_to_speak(Reading& reading, PersonId person, ConversationId first) {
    if (first) return first;
    if (!person) return std::nullopt;
    const auto all = reading.conversations_of(person);
    const auto last = std::max_element(all.begin(), all.end(), [](const Conversation& a, const Conversation& b) {
        return a.last_inbound_at < b.last_inbound_at;
    });
    return last == all.end() ? std::nullopt : std::optional(last->id);
}

ActingAs acting_as(const Ticket& ticket, const Party& party, const Surroundings& around) {
    if (party.kind == PartyKind::policy) return {"policy"};
    if (party.kind == PartyKind::resident) {
        const PersonId person{party.id};
        if (person == ticket.customer) return {"customer"};
        if (std::find(ticket.supporters.begin(), ticket.supporters.end(), person) != ticket.supporters.end())
            return {"supporter"};
        return {};
    }
    if (party.kind != PartyKind::staff) return {};
    const auto* staff = around.directory->staff(StaffId{party.id});
    if (!staff || staff->disabled || around.context.kept_out.count(party.id)) return {};
    ActingAs roles;
    const bool over_ticket = around.directory->is_within(ticket.unit, staff->unit);
    const bool over_owner = around.directory->is_within(ticket.owner_unit, staff->unit);
    const bool assigned = ticket.assignee == staff->id;
    // A matter whose place nobody knows yet lies with the organisation: whoever holds a role below may take it.
    const bool unplaced = ticket.unit == around.directory->organisation().id;
    if (over_ticket || over_owner || unplaced) roles = staff->roles;
    const bool works =
        std::any_of(roles.begin(), roles.end(), [](const auto& role) { return role != "administrator"; });
    if (works || assigned) roles.push_back("staff");
    if (assigned) roles.push_back("assignee");
    // Whoever a penalty names may appeal, also where he has no role of the matter.
    const bool penalised = std::any_of(ticket.penalties.begin(), ticket.penalties.end(),
                                       [&](const PenaltyProposed& each) { return each.staff == staff->id; });
    if (penalised) {
        roles.push_back("penalised");
        if (!contains(roles, "staff")) roles.push_back("staff");
    }
    if (contains(roles, ticket.owner_role)) roles.push_back("owner");
    Facts facts{{"kind", ticket.kind}, {"category", ticket.category}, {"level", ticket.level}};
    if (const auto* route = handler_route(*around.policy, facts); route && contains(roles, route->role))
        roles.push_back("handler");
    return roles;
}

}  // namespace huiyin
