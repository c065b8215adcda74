// What is kept how long and what went, holds on tickets, and what residents ask about their own data: for those who
// answer for it.
#include "workflow/privacy/rights.h"

#include <algorithm>
#include <set>

#include "channels/api/guard.h"
#include "channels/api/revealing.h"
#include "channels/api/routes.h"
#include "workflow/engine/surroundings.h"
#include "workflow/engine/wording.h"
#include "workflow/privacy/keeping_run.h"

namespace huiyin::api {
namespace {

constexpr std::chrono::hours longest_hold{24 * 366 * 10};
constexpr int tickets_looked_at = 1000, requests_looked_at = 2000;

Json who_json(const Directory& directory, StaffId id) {
    const auto* staff = directory.staff(id);
    return staff ? Json{{"login", staff->login}, {"name", staff->name}} : Json();
}

std::string reason_in(Reader& read, const char* key, const char* missing) {
    const std::string reason(trimmed(read.text_or(key, "")));
    if (characters_of(reason) < 2) read.wrong(key, missing);
    if (characters_of(reason) > most_characters) read.wrong(key, "太长了，最多写2000个字");
    return reason;
}

// --- what is kept how long

Json report_json(const KeepingReport& report, const Zone& zone) {
    return {{"began_at", to_rfc3339(report.began, zone)},
            {"ended_at", to_ms(report.ended) > 0 ? Json(to_rfc3339(report.ended, zone)) : Json()},
            {"gone", report.gone}};
}

http::Answer retention(Asked& asked) {
    if (const auto refused = only_at_top(asked, "这里记着整个组织的事：请最上面单位的管理员来看"))
        return problem_answer(*refused);
    const auto& zone = asked.parts.policies->standard()->calendar.zone();
    Json json{{"periods", Json::array()}, {"reports", Json::array()}, {"holds", 0}};
    for (const auto& period : keeping_periods())
        json["periods"].push_back({{"key", period.key},
                                   {"value", asked.parts.periods.*period.value},
                                   {"unit", period.months ? "months" : "days"},
                                   {"about", period.about}});
    asked.parts.store->read([&](Reading& reading) {
        for (const auto& report : keeping_reports(reading)) json["reports"].push_back(report_json(report, zone));
        json["holds"] = reading.kept().holds_in_force(asked.now, 10'000).size();
    });
    return json_answer(200, json);
}

// --- holds

Json hold_json(const Hold& hold, const Directory& directory, TimePoint now, const Zone& zone) {
    return {{"id", std::to_string(hold.id)},
            {"reason", hold.reason},
            {"set_by", who_json(directory, hold.set_by)},
            {"set_at", to_rfc3339(hold.set_at, zone)},
            {"until", to_rfc3339(hold.until, zone)},
            {"in_force", hold.in_force(now)},
            {"lifted_at", hold.lifted_at ? Json(to_rfc3339(*hold.lifted_at, zone)) : Json()},
            {"lifted_by", hold.lifted_at ? who_json(directory, hold.lifted_by) : Json()},
            {"lift_reason", hold.lift_reason}};
}

Json holds_json(Reading& reading, const Asked& asked, TicketId ticket) {
    const auto directory = asked.parts.directory->get();
    const auto& zone = asked.parts.policies->standard()->calendar.zone();
    Json items = Json::array();
    for (const auto& hold : reading.kept().holds_of(ticket))
        items.insert(items.begin(), hold_json(hold, *directory, asked.now, zone));
    return {{"items", std::move(items)}, {"next_cursor", Json()}};
}

http::Answer holds(Asked& asked) {
    std::optional<http::Answer> answer;
    asked.parts.store->read([&](Reading& reading) {
        const auto ticket = visible_ticket(reading, asked, asked.request.segment("number"));
        answer = ticket ? json_answer(200, holds_json(reading, asked, ticket->id)) : problem_answer(ticket.problem());
    });
    return std::move(*answer);
}

http::Answer hold(Asked& asked) {
    std::vector<Finding> findings;
    Reader read(asked.body, "", findings);
    const auto reason = reason_in(read, "reason", "请写为什么要保留");
    const auto until = parse_rfc3339(read.text("until"));
    if (!until)
        read.wrong("until", "时间没有读懂：写成 2027-03-06T17:30:00+08:00");
    else if (*until <= asked.now || *until > asked.now + longest_hold)
        read.wrong("until", "写以后的时间，最远十年；到期前可以再设");
    read.finish();
    if (!findings.empty()) return findings_answer(findings);
    const auto made = in_unit<Json>(asked.parts, [&](Transaction& tx) -> Result<Json> {
        const auto ticket = visible_ticket(tx, asked, asked.request.segment("number"));
        if (!ticket) return ticket.problem();
        Hold one;
        one.id = asked.parts.ids->next(to_ms(asked.parts.system->now()));
        one.ticket = ticket->id;
        one.reason = reason;
        one.set_by = asked.who.staff.id;
        one.set_at = asked.now;
        one.until = *until;
        tx.keeping().save(one);
        tx.audit(one.set_by, "hold.set", ticket->id, "hold", reason, asked.parts.system->now());
        return holds_json(tx, asked, ticket->id);
    });
    return made ? json_answer(201, *made) : problem_answer(made.problem());
}

http::Answer lift(Asked& asked) {
    std::vector<Finding> findings;
    Reader read(asked.body, "", findings);
    const auto reason = reason_in(read, "reason", "请写为什么不用再保留");
    read.finish();
    if (!findings.empty()) return findings_answer(findings);
    const auto id = read_id(asked.request.segment("id"));
    const auto made = in_unit<Json>(asked.parts, [&](Transaction& tx) -> Result<Json> {
        const auto ticket = visible_ticket(tx, asked, asked.request.segment("number"));
        if (!ticket) return ticket.problem();
        auto all = tx.keeping().holds_of(ticket->id);
        const auto found = std::find_if(all.begin(), all.end(), [&](const Hold& one) { return id && one.id == *id; });
        if (found == all.end()) return Problem{"hold.not_found", "这张工单没有这个保留", {}};
        if (!found->in_force(asked.now)) return Problem{"hold.conflict", "这个保留已经不在生效了", {}};
        found->lifted_at = asked.now;
        found->lifted_by = asked.who.staff.id;
        found->lift_reason = reason;
        tx.keeping().save(*found);
        tx.audit(asked.who.staff.id, "hold.lifted", ticket->id, "hold", reason, asked.parts.system->now());
        return holds_json(tx, asked, ticket->id);
    });
    return made ? json_answer(200, *made) : problem_answer(made.problem());
}

// --- requests

bool sees(const Asked& asked, UnitId unit) {
    return std::find(asked.who.units.begin(), asked.who.units.end(), unit) != asked.who.units.end();
}

// Whoever sees all that the person has with us, and nobody else, decides about it.
bool may_decide(Reading& reading, const Asked& asked, PersonId person, ConversationId talk) {
    const auto tickets = reading.tickets_of(person, tickets_looked_at);
    if (!tickets.empty())
        return std::all_of(tickets.begin(), tickets.end(),
                           [&](const Ticket& ticket) { return may_see(asked, ticket); });
    const auto where = talk ? reading.conversation(talk) : std::nullopt;
    if (where && where->unit) return sees(asked, where->unit);
    return asked.who.staff.unit == asked.parts.directory->get()->organisation().id;
}

Json request_json(Reading& reading, const Asked& asked, const PrivacyRequest& request) {
    const auto directory = asked.parts.directory->get();
    const auto& zone = asked.parts.policies->standard()->calendar.zone();
    const auto person = reading.person(request.person);
    Json tickets = Json::array(), stays = Json::array();
    std::set<TicketId> hidden;  // no number of these stands beside his name
    for (const auto& ticket : reading.tickets_of(request.person, tickets_looked_at))
        if (hides_customer(asked.parts, asked.who, ticket))
            hidden.insert(ticket.id);
        else
            tickets.push_back(ticket.number);
    for (const auto& one : asked.parts.rights->staying(reading, request.person, asked.now))
        if (!hidden.contains(one.ticket))
            stays.push_back({{"ticket", one.number},
                             {"held_until", one.held_until ? Json(to_rfc3339(*one.held_until, zone)) : Json()}});
    const bool late = request.state == "waiting" && request.due_at < asked.now;
    return {{"id", std::to_string(request.id)},
            {"kind", request.kind},
            {"state", request.state},
            {"customer",
             {{"name", person ? person->name : ""},
              {"phone_masked", person && !person->phone.empty() ? phone_masked(person->phone) : ""}}},
            {"tickets", std::move(tickets)},
            {"stays", std::move(stays)},
            {"wish", request.wish},
            {"noted_by", who_json(*directory, request.noted_by)},
            {"asked_at", to_rfc3339(request.asked_at, zone)},
            {"due_at", to_rfc3339(request.due_at, zone)},
            {"overdue", late},
            {"decided_at", request.decided_at ? Json(to_rfc3339(*request.decided_at, zone)) : Json()},
            {"decided_by", who_json(*directory, request.decided_by)},
            {"open_too", request.open_too},
            {"reason", request.reason},
            {"answer", hidden.empty() ? request.answer : std::string()}};  // it names what stays
}

http::Answer requests(Asked& asked) {
    const auto page = paging(asked.request);
    if (!page) return problem_answer(page.problem());
    const std::string state(asked.request.query("state").value_or("open"));
    if (state != "open" && state != "all")
        return problem_answer(Problem{"api.bad_query", "state：请写 open 或 all", {}});
    Json items = Json::array();
    std::string next;
    // Past those that are others' to decide; a page may be short, and go on.
    asked.parts.store->read([&](Reading& reading) {
        next = page->cursor;
        int looked = 0;
        do {
            const int wanted = page->limit - static_cast<int>(items.size());
            const auto found = state == "open" ? reading.kept().open_requests(wanted, next)
                                               : reading.kept().privacy_requests(wanted, next);
            next = found.next_cursor;
            looked += wanted;
            for (const auto& request : found.items)
                if (may_decide(reading, asked, request.person, request.conversation))
                    items.push_back(request_json(reading, asked, request));
        } while (static_cast<int>(items.size()) < page->limit && !next.empty() && looked < requests_looked_at);
    });
    return json_answer(200, {{"items", std::move(items)}, {"next_cursor", next.empty() ? Json() : Json(next)}});
}

http::Answer refused(const Problem& problem) {
    if (problem.code == "privacy.bad_field") return findings_answer({{"/" + problem.detail, problem.text}});
    return problem_answer(problem);
}

// For a resident who called or came: whose ticket it is.
http::Answer note(Asked& asked) {
    std::vector<Finding> findings;
    Reader read(asked.body, "", findings);
    const auto number = read.text("ticket");
    PrivacyWish wish;
    wish.kind = read.one_of("kind", {"export", "correct", "erase"});
    wish.words = std::string(trimmed(read.text_or("words", "")));
    wish.noted_by = asked.who.staff.id;
    read.finish();
    if (!findings.empty()) return findings_answer(findings);
    const auto made = in_unit<Json>(asked.parts, [&](Transaction& tx) -> Result<Json> {
        const auto ticket = visible_ticket(tx, asked, number);
        if (!ticket) return ticket.problem();
        if (hides_customer(asked.parts, asked.who, *ticket))
            return Problem{"access.forbidden",
                           "这张工单的来电人不公开，不能从它找到本人：请本人在自己的对话里提，或写他别的工单号",
                           {}};
        wish.person = ticket->customer;
        wish.conversation = where_to_speak(tx, ticket->customer, ticket->conversation).value_or(ConversationId{});
        if (!may_decide(tx, asked, wish.person, wish.conversation)) return unknown_ticket();
        const auto request = asked.parts.rights->ask(tx, wish, asked.now);
        if (!request) return request.problem();
        return request_json(tx, asked, *request);
    });
    return made ? json_answer(201, *made) : refused(made.problem());
}

http::Answer decide(Asked& asked) {
    std::vector<Finding> findings;
    Reader read(asked.body, "", findings);
    PrivacyDecision decision;
    decision.granted = read.one_of("command", {"grant", "refuse"}) == "grant";
    decision.open_too = read.boolean_or("open_too", false);
    decision.reason = std::string(trimmed(read.text_or("reason", "")));
    if (characters_of(decision.reason) > most_characters) read.wrong("reason", "太长了，最多写2000个字");
    decision.by = asked.who.staff.id;
    Correction right;
    if (read.has("name")) right.name = std::string(trimmed(read.text("name")));
    if (read.has("phone")) right.phone = read.text("phone");
    read.finish();
    if (!findings.empty()) return findings_answer(findings);
    const auto id = read_id(asked.request.segment("id")).value_or(0);
    const auto made = in_unit<Json>(asked.parts, [&](Transaction& tx) -> Result<Json> {
        const auto& rights = *asked.parts.rights;
        const auto request = tx.keeping().privacy_request(id);
        if (!request || !may_decide(tx, asked, request->person, request->conversation))
            return Problem{"privacy.not_found", "没有这个申请", {}};
        const bool corrects = right.name || right.phone;
        if (corrects != (request->kind == "correct" && decision.granted))
            return Problem{"privacy.bad_field",
                           corrects ? "只有同意更正时才写新的姓名或电话" : "同意更正：请写新的姓名或电话",
                           right.name || !corrects ? "name" : "phone"};
        const auto decided = rights.decide(tx, id, decision, asked.now);
        if (!decided) return decided.problem();
        if (corrects)
            if (const auto done = rights.correct(
                    tx, request->person, right,
                    {.engine = asked.parts.engine, .by = staff(asked.who.staff.id), .now = asked.now, .held = {}});
                !done)
                return done.problem();
        return request_json(tx, asked, *decided);
    });
    if (!made) return refused(made.problem());
    if (asked.parts.wake_keeping) asked.parts.wake_keeping();
    return json_answer(200, *made);
}

Result<Work> data(Asked& asked) {
    const std::string format(asked.request.query("format").value_or("json"));
    if (format != "json" && format != "html") return Problem{"api.bad_query", "format：请写 json 或 html", {}};
    const auto id = read_id(asked.request.segment("id")).value_or(0);
    std::optional<PrivacyRequest> request;
    asked.parts.store->read([&](Reading& reading) {
        request = reading.kept().privacy_request(id);
        if (request && !may_decide(reading, asked, request->person, request->conversation)) request.reset();
    });
    if (!request || request->kind != "export") return Problem{"privacy.not_found", "没有这个申请", {}};
    if (request->state != "done")
        return Problem{"privacy.conflict", "还没有同意这个申请：先同意，再取资料", request->state};
    const auto noted = in_unit<Done>(asked.parts, [&](Transaction& tx) -> Result<Done> {
        if (auto refused = note_revealed(tx, asked, {}, "privacy:" + std::to_string(id), format))
            return std::move(*refused);
        return Done{};
    });
    if (!noted) return noted.problem();
    const auto& parts = asked.parts;
    return Work([&parts, who = asked.who, person = request->person, format, now = asked.now] {
        const auto shows = [&](const Ticket& ticket) { return !hides_customer(parts, who, ticket); };
        Json held;
        parts.store->read([&](Reading& reading) { held = parts.rights->held_of(reading, person, now, shows); });
        held["note"] = "来电人不公开的工单，只有能看来电人的岗位取的资料里才有；本人在自己的对话里都看得到。";
        const bool page = format == "html";
        auto text = page ? Rights::page_of(held) : held.dump(1, ' ', false, Json::error_handler_t::replace);
        auto answer = http::Answer::from_file(page ? "text/html; charset=utf-8" : "application/json",
                                              http::File::holding(std::move(text)));
        answer.with("Content-Disposition", "attachment; filename=\"personal-data." + format + "\"");
        return answer;
    });
}

}  // namespace

void add_privacy_routes(http::RouteTable& routes, const Shared& parts) {
    add(routes, parts,
        {"GET",
         "/api/v1/retention",
         "What is kept how long, and what went in the last nights.",
         Body::none,
         {"administrator"}},
        retention);
    add(routes, parts,
        {"GET", "/api/v1/tickets/{number}/holds", "What keeps this ticket's words and pictures from going.", Body::none,
         lead_roles},
        holds);
    add(routes, parts,
        {"POST", "/api/v1/tickets/{number}/holds", "Holds all that is kept of this ticket: {\"reason\",\"until\"}.",
         Body::json, lead_roles},
        hold);
    add(routes, parts,
        {"POST", "/api/v1/tickets/{number}/holds/{id}/lift", "Lifts a hold: {\"reason\"}.", Body::json, lead_roles},
        lift);
    add(routes, parts,
        {"GET", "/api/v1/privacy/requests", "What residents asked about their own data: ?state=open|all.", Body::none,
         lead_roles},
        requests);
    add(routes, parts,
        {"POST", "/api/v1/privacy/requests",
         "Notes what a resident asked in another way: {\"ticket\",\"kind\":\"export|correct|erase\",\"words\"?}.",
         Body::json, lead_roles},
        note);
    add(routes, parts,
        {"POST", "/api/v1/privacy/requests/{id}/commands",
         "Decides: {\"command\":\"grant|refuse\",\"reason\"?,\"open_too\"?,\"name\"?,\"phone\"?}.", Body::json,
         lead_roles},
        decide);
    add_later(routes, parts,
              {"GET", "/api/v1/privacy/requests/{id}/data",
               "All that is kept of the person, once it was granted; logged and limited: ?format=json|html.",
               Body::none, lead_roles},
              data);
}

}  // namespace huiyin::api
