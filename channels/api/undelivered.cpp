#include "channels/api/undelivered.h"

#include <algorithm>

#include "bot/wording.h"
#include "channels/api/guard.h"
#include "channels/api/routes.h"
#include "channels/courier.h"
#include "channels/window.h"
#include "workflow/base/log.h"

namespace huiyin::api {
namespace {

constexpr std::size_t shown_most = 5;
constexpr std::size_t preview_characters = 60;

bool is_given_up(const OutboxItem& item) {
    return item.state == OutboxState::dead || item.state == OutboxState::undeliverable;
}

// Another channel on which he is known took it over: that row says how it went.
bool went_elsewhere(Reading& reading, const OutboxItem& item) {
    const auto from = reading.conversation(item.conversation);
    if (!from) return false;
    const auto known = reading.conversations_of(from->person);
    return std::any_of(known.begin(), known.end(), [&](const Conversation& other) {
        return reading.outbox_keyed(fallback_key(item.id, other.channel)).has_value();
    });
}

http::Answer retry(Asked& asked) {
    std::vector<Finding> findings;
    Reader read(asked.body, "", findings);
    read.one_of("command", {"retry"});
    read.finish();
    if (!findings.empty()) return findings_answer(findings);
    std::optional<Ticket> seen;
    const auto done = in_unit<OutboxItem>(asked.parts, [&](Transaction& tx) -> Result<OutboxItem> {
        auto ticket = visible_ticket(tx, asked, asked.request.segment("number"));
        if (!ticket) return ticket.problem();
        if (!works_on(tx, asked, *ticket)) return Problem{"access.forbidden", "您的岗位不能做这件事", {}};
        const auto id = read_id(asked.request.segment("id"));
        const auto row = id ? tx.outbox(OutboxId{*id}) : std::nullopt;
        if (!row || row->ticket != ticket->id || !is_owed_to_resident(*row))
            return Problem{"outbox.not_found", "这张工单没有这条消息", {}};
        seen = *ticket;
        return send_once_more(tx, row->id, asked.now, asked.parts.system->now());
    });
    if (!done) return problem_answer(done.problem());
    log::info("outbox.asked_again", {{"staff", asked.who.staff.id.value}, {"item", done->id.value}});
    http::Answer answer;
    asked.parts.store->read([&](Reading& reading) { answer = whole_ticket(asked, reading, *seen, 200); });
    return answer;
}

}  // namespace

Json undelivered_json(Reading& reading, const Ticket& ticket, const Zone& zone) {
    const auto rows = reading.outbox_of(ticket.id);
    Json json = Json::array();
    std::vector<const OutboxItem*> found;
    for (const auto& row : rows)
        if (is_given_up(row) && is_owed_to_resident(row) && !went_elsewhere(reading, row)) found.push_back(&row);
    std::sort(found.begin(), found.end(), [](const auto* a, const auto* b) { return a->id > b->id; });
    for (const auto* row : found) {
        if (json.size() == shown_most) break;
        json.push_back({{"id", to_text(row->id)},
                        {"at", to_rfc3339(row->created_at, zone)},
                        {"channel", row->channel.value},
                        {"kind", row->kind},
                        {"state", to_text(row->state)},
                        {"code", row->error_code},
                        {"attempts", row->attempts},
                        {"preview", shortened(without_numbers(row->said.text), preview_characters)}});
    }
    return json;
}

Result<OutboxItem> send_once_more(Transaction& tx, std::optional<OutboxId> id, TimePoint now, TimePoint system_now) {
    auto item = id ? tx.outbox(*id) : std::nullopt;
    if (!item) return Problem{"outbox.not_found", "发件箱里没有这一条", {}};
    if (!is_given_up(*item))
        return Problem{
            "outbox.conflict", "this row is " + to_text(item->state) + ": only what was given up can be retried", {}};
    if (went_elsewhere(tx, *item)) return Problem{"outbox.conflict", "这一条后来换了渠道发：请到那一条上重试", {}};
    item->state = OutboxState::waiting;
    item->attempts = 0;
    item->error_code.clear();
    item->error_text.clear();
    if (item->conversation) item->reference = asked_again(system_now);
    item->next_attempt_at = now;
    item->next_attempt_system = system_now;
    tx.save(*item);
    return *item;
}

void add_undelivered_routes(http::RouteTable& routes, const Shared& parts) {
    add(routes, parts,
        {"POST", "/api/v1/tickets/{number}/undelivered/{id}/commands", "Sends a message to the customer once more.",
         Body::json},
        retry);
}

}  // namespace huiyin::api
