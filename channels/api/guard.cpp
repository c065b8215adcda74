#include "channels/api/guard.h"

#include <algorithm>

#include "channels/api/ticket_json.h"
#include "workflow/base/digest.h"

namespace huiyin::api {
namespace {

Result<Json> read_body(const http::Request& request, const ApiParts& parts) {
    const auto type = request.header("Content-Type").value_or("");
    if (type.substr(0, 16) != "application/json") return Problem{"api.unsupported", "send application/json", {}};
    auto json = parse_json(request.body(), {.bytes = parts.body_bytes, .depth = 16});
    if (!json)
        return Problem{json.problem().code == "json.too_large" ? "json.too_large" : "api.bad_json", json.problem().text,
                       json.problem().detail};
    if (!json->is_object()) return Problem{"api.bad_json", "the body is no object: write {…}", {}};
    return json;
}

}  // namespace

void add(http::RouteTable& routes, const std::shared_ptr<const ApiParts>& parts, RouteRule rule, Handle handle) {
    std::string roles;
    for (const auto& role : rule.roles) roles += (roles.empty() ? "" : ",") + role;
    const http::BodyLimit limit{
        .bytes = rule.body == Body::upload ? parts->media_bytes + (64 << 10) : parts->body_bytes,
        .upload = rule.body == Body::upload};
    const std::map<std::string, std::string> tags{{"who", "staff"}, {"roles", roles}, {"about", rule.about}};
    const auto method = rule.method, pattern = rule.pattern;
    routes.add(
        method, pattern, limit,
        [parts, rule = std::move(rule), handle = std::move(handle)](http::Request& request,
                                                                    http::Responder& responder) {
            auto who = parts->access->who(request);
            if (!who) return responder.answer(problem_answer(who.problem()));
            const bool writes = rule.method != "GET";
            if (writes)
                if (const auto may = parts->access->may_write(request, *who); !may)
                    return responder.answer(problem_answer(may.problem()));
            if (!rule.roles.empty() && std::none_of(rule.roles.begin(), rule.roles.end(),
                                                    [&](const auto& role) { return who->has_role(role); }))
                return responder.answer(problem_answer(Problem{"access.forbidden", "您的岗位不能做这件事", {}}));
            Asked asked{request, *parts, std::move(*who), Json::object(), parts->service->now()};
            if (rule.body == Body::json) {
                auto body = read_body(request, *parts);
                if (!body) return responder.answer(problem_answer(body.problem()));
                asked.body = std::move(*body);
            }
            if (writes && !parts->store->writable())
                return responder.answer(
                    problem_answer(Problem{"store.not_writable", "现在存不了,请过几秒再试;没有丢东西", {}}));
            responder.answer(handle(asked));
        },
        tags);
}

std::optional<Once> once(const Asked& asked) {
    const auto key = asked.request.header("Idempotency-Key");
    if (!key || key->empty() || key->size() > 200) return std::nullopt;
    return Once{ChannelId{"api"}, to_text(asked.who.staff.id) + ":" +
                                      sha256_hex(std::string(asked.request.path()) + "\n" + std::string(*key))};
}

http::Answer whole_ticket(Asked& asked, Reading& reading, const Ticket& ticket, int status) {
    const auto details = reading.details(ticket.details);
    auto answer = json_answer(status, ticket_json(reading, *asked.parts.engine, *asked.parts.directory->get(),
                                                  asked.who, ticket, details, asked.now, Extent::whole));
    answer.with("ETag", "\"" + std::to_string(ticket.version) + "\"");
    return answer;
}

http::Answer json_answer(int status, const Json& json) {
    auto text = to_text(json);
    if (text.size() <= (1 << 20)) return http::Answer::json(status, std::move(text));
    auto answer = http::Answer::from_file("application/json", http::File::holding(text));
    answer.status = status;
    return answer;
}

Result<Paging> paging(const http::Request& request) {
    Paging page;
    if (const auto limit = request.query("limit")) {
        if (limit->empty() || limit->size() > 3 ||
            !std::all_of(limit->begin(), limit->end(), [](char c) { return c >= '0' && c <= '9'; }) ||
            std::stoi(std::string(*limit)) < 1)
            return Problem{"api.bad_query", "limit: write a number from 1 to 200", {}};
        page.limit = std::min(200, std::stoi(std::string(*limit)));
    }
    if (const auto cursor = request.query("cursor")) page.cursor = *cursor;
    return page;
}

Problem unknown_ticket() { return {"ticket.not_found", "没有这张工单,或者它不在您管的范围里", {}}; }

bool may_see(const Asked& asked, const Ticket& ticket) {
    const auto& units = asked.who.units;
    const auto has = [&](UnitId unit) { return std::find(units.begin(), units.end(), unit) != units.end(); };
    // Who keeps out of a matter does not even learn that it is there.
    if (asked.parts.engine->keeps_out(ticket, asked.who.staff)) return false;
    return has(ticket.unit) || has(ticket.owner_unit);
}

std::shared_ptr<const Policy> pack_for(const ApiParts& parts, const Directory& directory, UnitId unit) {
    return parts.policies->for_unit(unit, directory);
}

bool may_file(const SignedIn& who, const Policy& policy) {
    const auto& held = who.staff.roles;
    return std::any_of(policy.roles.begin(), policy.roles.end(), [&](const std::string& role) {
        return role != "administrator" && std::find(held.begin(), held.end(), role) != held.end();
    });
}

Result<Ticket> visible_ticket(Reading& reading, const Asked& asked, std::string_view number) {
    auto ticket = number.size() > 64 ? std::nullopt : reading.ticket_numbered(std::string(number));
    if (!ticket || !may_see(asked, *ticket)) return unknown_ticket();
    return std::move(*ticket);
}

}  // namespace huiyin::api
