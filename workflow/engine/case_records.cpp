#include "workflow/engine/case_records.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "workflow/engine/surroundings.h"
#include "workflow/engine/wording.h"
#include "workflow/reports/figures.h"
#include "workflow/ticket/chain.h"

namespace huiyin {
namespace {

constexpr std::size_t a_portion = 200;

void take_names(CaseOnRecord& record, const Directory& directory) {
    const auto put = [&](std::int64_t id) {
        if (const auto* staff = directory.staff(StaffId{id})) record.staff[id] = staff->name;
    };
    for (const auto& event : record.events)
        if (event.by.kind == PartyKind::staff) put(event.by.id);
    put(record.ticket.assignee.value);
    for (const auto id : record.ticket.team) put(id);
    for (const auto id : record.ticket.recused) put(id);
}

}  // namespace

CaseOnRecord record_of(Reading& reading, const EngineParts& parts, const Ticket& ticket, TimePoint now, RecordOf what) {
    CaseOnRecord record;
    for (const auto& event : reading.events(ticket.id)) record.events.push_back(event_from_text(event.text));
    // Most of what people wrote stands in no column: it is opened where somebody asks for it.
    if (what == RecordOf::all) record.said = [&reading](TextId id) { return numbers_masked(reading.text(id)); };
    const Surroundings around(reading, parts, ticket, {}, &record.events);
    record.ticket = ticket;
    record.rules = around.policy;
    record.facts = facts_of(ticket, *around.policy, around.context, now);
    record.deadlines = deadlines(*around.policy, record.facts, around.context.history, around.calendar(), now);
    take_names(record, *around.directory);
    const TicketValues values(reading, parts, ticket, around, now, record.deadlines);
    record.unit = values["unit"];
    record.owner = values["owner"];
    if (what == RecordOf::figures) return record;
    const bool unnamed = ticket.anonymous || ticket.flags.count("confidential") != 0;
    record.customer = unnamed ? std::string() : values["customer"];
    record.contact = unnamed ? std::string() : values["phone"];
    record.place = values["place"];
    record.matter = values["matter"];
    record.wish = values["wish"];
    return record;
}

void each_record(Store& store, const EngineParts& parts, const RecordsWanted& wanted, TimePoint now,
                 const std::function<void(const CaseOnRecord&)>& take) {
    std::vector<TicketId> ids;
    store.read([&](Reading& reading) {
        ids = reading.tickets_of_period(wanted.units, wanted.period.from, wanted.period.until);
    });
    for (std::size_t from = 0; from < ids.size(); from += a_portion)
        store.read([&](Reading& reading) {
            for (auto i = from; i < std::min(from + a_portion, ids.size()); ++i) {
                const auto ticket = reading.ticket(ids[i]);
                if (ticket && ticket->policy_id == wanted.policy && is_of_period(*ticket, wanted.period))
                    take(record_of(reading, parts, *ticket, now, wanted.what));
            }
        });
}

}  // namespace huiyin
