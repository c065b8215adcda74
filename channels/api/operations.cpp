// What operators and the demonstration need: the clock, the outbox, health, metrics, and the description of the API.
#include <algorithm>

#include "bot/wording.h"
#include "channels/api/guard.h"
#include "channels/api/routes.h"
#include "channels/api/undelivered.h"
#include "workflow/policy/span.h"

namespace huiyin::api {
namespace {

Problem bad(const char* code, std::string text) { return {code, std::move(text), {}}; }

Json clock_json(const ApiParts& parts, TimePoint now) {
    const auto policy = parts.policies->standard();
    const auto& calendar = policy->calendar;
    return {{"now", to_rfc3339(now, calendar.zone())},
            {"working_time", calendar.is_working_time(now)},
            {"next_start_of_work", to_rfc3339(calendar.next_start_of_work(now), calendar.zone())}};
}

http::Answer set_clock(const ApiParts& parts, const Json& body) {
    std::vector<Finding> findings;
    Reader read(body, "", findings);
    const auto at = read.text_or("now", ""), advance = read.text_or("advance", "");
    read.finish();
    if (findings.empty() && at.empty() == advance.empty())
        findings.push_back({"", "write \"now\" or \"advance\", one of them"});
    if (!findings.empty()) return findings_answer(findings);
    const auto now = parts.service->now();
    TimePoint next = now;
    if (!at.empty()) {
        const auto parsed = parse_rfc3339(at);
        if (!parsed) return findings_answer({{"/now", parsed.problem().text}});
        next = *parsed;
    } else {
        const auto span = parse_span(advance);
        if (!span) return findings_answer({{"/advance", span.problem().text}});
        next = parts.policies->standard()->calendar.add(now, *span, FirstDay::not_counted).due;
        // A count of days moves the clock by whole days, not to a closing time.
        using namespace std::chrono;
        const auto count = span->count;
        if (span->unit == SpanUnit::days)
            next = now + hours{24} * count;
        else if (span->unit == SpanUnit::weeks)
            next = now + hours{24 * 7} * count;
        else if (span->unit == SpanUnit::working_days) {
            const auto& calendar = parts.policies->standard()->calendar;
            const auto local = calendar.zone().to_local(now);
            auto day = local.day;
            for (std::int64_t left = count; left > 0;) {
                day += days{1};
                if (calendar.day(day).works()) --left;
            }
            next = calendar.zone().from_local({day, local.since_midnight});
        }
    }
    if (next < now)
        return problem_answer(bad("clock.backwards", "the clock cannot go back: it stands at " + to_rfc3339(now)));
    if (next - now > std::chrono::hours{24 * 366 * 5})
        return findings_answer({{at.empty() ? "/advance" : "/now", "more than five years ahead: go in smaller steps"}});
    parts.move_clock(next);
    return json_answer(200, clock_json(parts, parts.service->now()));
}

Json outbox_json(const OutboxItem& item, const ApiParts& parts, const Zone& zone) {
    const auto directory = parts.directory->get();
    const auto time = [&](const std::optional<TimePoint>& at) { return at ? Json(to_rfc3339(*at, zone)) : Json(); };
    const auto* staff = directory->staff(item.staff);
    Json to = staff               ? Json(staff->login)
              : item.conversation ? Json("resident:" + to_text(item.conversation))
                                  : Json("group");
    return {
        {"id", to_text(item.id)},
        {"channel", item.channel.value},
        {"to", to},
        {"ticket", item.ticket_number.empty() ? Json() : Json(item.ticket_number)},
        {"kind", item.kind},
        {"state", to_text(item.state)},
        {"attempts", item.attempts},
        {"next_attempt_at", item.state == OutboxState::waiting ? time(item.next_attempt_at) : Json()},
        {"last_error", item.error_code.empty() ? Json() : Json{{"code", item.error_code}, {"text", item.error_text}}},
        {"created_at", time(item.created_at)},
        {"sent_at", time(item.sent_at)},
        {"preview", shortened(without_numbers(item.said.text), 60)}};
}

// It holds what is said to customers of every unit.
std::optional<Problem> keeps_no_outbox(const Asked& asked) {
    return only_at_top(asked, "发件箱是整个组织的：请最上面单位的管理员来看");
}

http::Answer outbox(Asked& asked) {
    if (const auto refused = keeps_no_outbox(asked)) return problem_answer(*refused);
    const auto page = paging(asked.request);
    if (!page) return problem_answer(page.problem());
    const std::string state(asked.request.query("state").value_or(""));
    static const std::vector<std::string> states{"", "waiting", "sending", "sent", "failed", "dead", "undeliverable"};
    if (std::find(states.begin(), states.end(), state) == states.end())
        return problem_answer(
            bad("api.bad_query", "state: write waiting, sending, sent, failed, dead or undeliverable"));
    Json items = Json::array();
    std::string next;
    const auto& zone = asked.parts.policies->standard()->calendar.zone();
    asked.parts.store->read([&](Reading& reading) {
        const auto found = reading.outbox_page(state, page->limit, page->cursor);
        for (const auto& item : found.items) items.push_back(outbox_json(item, asked.parts, zone));
        next = found.next_cursor;
    });
    Json months = Json::array();
    if (asked.parts.months)
        for (const auto& one : asked.parts.months())
            months.push_back(
                {{"channel", one.channel}, {"month", one.month}, {"calls", one.calls}, {"most", one.most}});
    return json_answer(200, {{"items", std::move(items)},
                             {"next_cursor", next.empty() ? Json() : Json(next)},
                             {"month_calls", std::move(months)}});
}

// What was told to a colleague by mistake is taken back, where the platform can: WeCom's app, within a day; a card with
// buttons changes instead.
http::Answer recall(Asked& asked, const std::optional<std::int64_t>& id, TimePoint system_now) {
    constexpr auto recalled_within = std::chrono::hours{24};
    const auto done = in_unit<OutboxItem>(asked.parts, [&](Transaction& tx) -> Result<OutboxItem> {
        const auto item = id ? tx.outbox(OutboxId{*id}) : std::nullopt;
        if (!item) return bad("outbox.not_found", "no such outbox row");
        const auto* traits = asked.parts.speaker->traits(item->channel);
        const bool can = traits && traits->recalls && item->staff && item->said.choices.empty() &&
                         item->kind != "card_update" && item->kind != "recall" && !item->reference.empty();
        if (!can || item->state != OutboxState::sent || !item->sent_at || asked.now - *item->sent_at > recalled_within)
            return bad("outbox.conflict",
                       "this row cannot be taken back: only words to a member of staff by a WeCom app, for a day");
        OutboxItem wish;
        wish.id = asked.parts.ids->make<OutboxId>(to_ms(system_now));
        wish.channel = item->channel;
        wish.staff = item->staff;
        wish.address = item->address;
        wish.ticket = item->ticket;
        wish.ticket_number = item->ticket_number;
        wish.kind = "recall";
        wish.priority = Priority::consent;
        wish.reference = item->reference;
        wish.key = "recall:" + to_text(item->id);
        wish.created_at = wish.next_attempt_at = asked.now;
        wish.next_attempt_system = system_now;
        if (!tx.add(wish)) return bad("outbox.conflict", "this row is being taken back already");
        return wish;
    });
    if (!done) return problem_answer(done.problem());
    return json_answer(200, outbox_json(*done, asked.parts, asked.parts.policies->standard()->calendar.zone()));
}

http::Answer outbox_command(Asked& asked) {
    if (const auto refused = keeps_no_outbox(asked)) return problem_answer(*refused);
    std::vector<Finding> findings;
    Reader read(asked.body, "", findings);
    const auto command = read.one_of("command", {"retry", "recall"});
    read.finish();
    if (!findings.empty()) return findings_answer(findings);
    const auto id = read_id(asked.request.segment("id"));
    const auto system_now = asked.parts.system->now();
    if (command == "recall") return recall(asked, id, system_now);
    const auto done = in_unit<OutboxItem>(asked.parts, [&](Transaction& tx) {
        return send_once_more(tx, id ? std::optional(OutboxId{*id}) : std::nullopt, asked.now, system_now);
    });
    if (!done) return problem_answer(done.problem());
    return json_answer(200, outbox_json(*done, asked.parts, asked.parts.policies->standard()->calendar.zone()));
}

// OpenAPI 3.1, made from the route table itself: what is not routed is not described.
Json description(const std::vector<const http::Route*>& routes) {
    Json paths = Json::object();
    for (const auto* route : routes) {
        std::string path = route->pattern;
        if (const auto star = path.find('*'); star != std::string::npos) path.erase(star, 1);
        std::string method = route->method;
        std::transform(method.begin(), method.end(), method.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        Json operation{{"summary", route->tags.contains("about") ? route->tags.at("about") : std::string{}}};
        const auto who = route->tags.contains("who") ? route->tags.at("who") : std::string("anyone");
        operation["tags"] = Json::array({who});
        Json parameters = Json::array();
        for (std::size_t open = path.find('{'); open != std::string::npos; open = path.find('{', open + 1)) {
            const auto close = path.find('}', open);
            parameters.push_back({{"name", path.substr(open + 1, close - open - 1)},
                                  {"in", "path"},
                                  {"required", true},
                                  {"schema", {{"type", "string"}}}});
        }
        if (!parameters.empty()) operation["parameters"] = parameters;
        operation["responses"] = {{"default", {{"description", "JSON, or application/problem+json (RFC 9457)"}}}};
        if (who == "staff") {
            operation["security"] = Json::array({Json{{"bearer", Json::array()}}, Json{{"cookie", Json::array()}}});
            if (const auto roles = route->tags.find("roles"); roles != route->tags.end() && !roles->second.empty())
                operation["description"] = "Roles: " + roles->second;
        }
        if (method == "post" || method == "put" || method == "patch") {
            const bool upload = route->limit.upload;
            operation["requestBody"] = {
                {"content",
                 {{upload ? "multipart/form-data" : "application/json", {{"schema", {{"type", "object"}}}}}}}};
        }
        paths[path][method] = std::move(operation);
    }
    return {
        {"openapi", "3.1.0"},
        {"info",
         {{"title", "Huiyin"}, {"version", "1"}, {"description", "Complaints from the first message to the rating."}}},
        {"paths", paths},
        {"components",
         {{"securitySchemes",
           {{"bearer", {{"type", "http"}, {"scheme", "bearer"}}},
            {"cookie", {{"type", "apiKey"}, {"in", "cookie"}, {"name", "huiyin_session"}}}}}}}};
}

}  // namespace

void add_operation_routes(http::RouteTable& routes, const Shared& parts) {
    const std::vector<std::string> administrators{"administrator"};
    if (parts->move_clock && parts->demo) {
        // In the demonstration the page between the two phones holds the clock, without signing in.
        routes.add("GET", "/api/v1/clock", {},
                   [parts](http::Request&, http::Responder& responder) {
                       responder.answer(json_answer(200, clock_json(*parts, parts->service->now())));
                   },
                   {{"who", "anyone"}, {"about", "The clock, set by hand."}});
        routes.add("PUT", "/api/v1/clock", {.bytes = 4096},
                   [parts](http::Request& request, http::Responder& responder) {
                       const auto body = parse_json(request.body(), {.bytes = 4096, .depth = 4});
                       if (!body) return responder.answer(problem_answer(bad("api.bad_json", body.problem().text)));
                       // Another site's page must not move it: only JSON of our own origin, or a program.
                       const auto origin = request.header("Origin"), host = request.header("Host");
                       if (origin && host && *origin != "http://" + std::string(*host) &&
                           *origin != "https://" + std::string(*host))
                           return responder.answer(problem_answer(bad("access.forbidden", "not from this origin")));
                       responder.answer(set_clock(*parts, *body));
                   },
                   {{"who", "anyone"}, {"about", "Moves the clock forward."}});
    } else if (parts->move_clock) {
        add(routes, parts, {"GET", "/api/v1/clock", "The clock, set by hand."},
            [](Asked& asked) { return json_answer(200, clock_json(asked.parts, asked.now)); });
        add(routes, parts, {"PUT", "/api/v1/clock", "Moves the clock forward.", Body::json, administrators},
            [](Asked& asked) { return set_clock(asked.parts, asked.body); });
    }
    add(routes, parts, {"GET", "/api/v1/outbox", "What is owed, sent and dead.", Body::none, administrators}, outbox);
    add(routes, parts,
        {"POST", "/api/v1/outbox/{id}/commands", "retry, or recall from a colleague's WeCom", Body::json,
         administrators},
        outbox_command);
    add(routes, parts, {"GET", "/api/v1/policies", "The packs in force.", Body::none, administrators},
        [](Asked& asked) {
            Json items = Json::array();
            for (const auto& policy : asked.parts.policies->in_force())
                items.push_back({{"id", policy->id}, {"version", policy->version}, {"title", policy->title}});
            return json_answer(200, {{"items", items}, {"next_cursor", Json()}});
        });
    add(routes, parts, {"GET", "/api/v1/policies/{id}", "One pack with its clauses.", Body::none, administrators},
        [](Asked& asked) {
            const auto policy = asked.parts.policies->in_force(std::string(asked.request.segment("id")));
            if (!policy) return problem_answer(bad("policy.not_found", "no such policy"));
            Json clauses = Json::array();
            for (const auto& clause : policy->clauses)
                clauses.push_back({{"id", clause.id}, {"text", clause.text}, {"printed", clause.printed}});
            return json_answer(
                200,
                {{"id", policy->id}, {"version", policy->version}, {"title", policy->title}, {"clauses", clauses}});
        });
    const std::map<std::string, std::string> anyone{{"who", "operator"}};
    routes.add(
        "GET", "/healthz", {},
        [](http::Request&, http::Responder& responder) {
            responder.answer(http::Answer::json(200, R"({"status":"alive"})"));
        },
        anyone);
    routes.add(
        "GET", "/readyz", {},
        [parts](http::Request&, http::Responder& responder) {
            const bool ready = parts->store->writable();
            Json said{{"status", ready ? "ready" : "not ready"}};
            if (!ready) said["why"] = "the store cannot be written";
            // What comes in is taken all the same: a platform that is away makes nobody else's messages wait.
            const auto resting = parts->resting ? parts->resting() : std::vector<std::string>{};
            if (!resting.empty()) said["resting"] = resting;
            auto answer = http::Answer::json(ready ? 200 : 503, to_text(said));
            if (!ready) answer.with("Retry-After", "2");
            responder.answer(std::move(answer));
        },
        anyone);
    routes.add(
        "GET", "/metrics", {},
        [parts](http::Request& request, http::Responder& responder) {
            const auto given = request.header("Authorization");
            const auto& tokens = parts->metrics_tokens;
            const bool allowed =
                tokens.empty() ? request.from_this_machine()
                               : given && std::any_of(tokens.begin(), tokens.end(), [&](const std::string& token) {
                                     return *given == "Bearer " + token;
                                 });
            if (!allowed) return responder.answer(problem_answer(bad("access.no_session", "metrics need their token")));
            responder.answer(http::Answer::bytes(200, "text/plain; version=0.0.4; charset=utf-8", parts->metrics()));
        },
        anyone);
    auto text = std::make_shared<std::string>();
    routes.add("GET", "/api/v1/openapi.json", {},
               [text](http::Request&, http::Responder& responder) { responder.answer(http::Answer::json(200, *text)); },
               {{"who", "anyone"}, {"about", "This description."}});
    *text = to_text(description(routes.routes()));
}

}  // namespace huiyin::api
