#include "channels/api/guard.h"

#include <algorithm>

#include "channels/api/ticket_json.h"
#include "workflow/base/digest.h"
#include "workflow/base/log.h"

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

namespace {

// What stands before every handler: who asks, may he, is the body readable. Answers where it is not so.
std::optional<Asked> admitted(http::Request& request, http::Responder& responder, const ApiParts& parts,
                              const RouteRule& rule) {
    const auto refuse = [&](const Problem& problem) {
        responder.answer(problem_answer(problem));
        return std::nullopt;
    };
    auto who = parts.access->who(request);
    if (!who) return refuse(who.problem());
    const bool writes = rule.method != "GET";
    if (writes)
        if (const auto may = parts.access->may_write(request, *who); !may) return refuse(may.problem());
    if (who->second_factor_wanted && !rule.before_second_factor)
        return refuse({"access.second_factor_wanted", "管理员要先设好两步验证，才能做别的：打开工作台，照着做", {}});
    if (!rule.roles.empty() &&
        std::none_of(rule.roles.begin(), rule.roles.end(), [&](const auto& role) { return who->has_role(role); }))
        return refuse({"access.forbidden", "您的岗位不能做这件事", {}});
    Asked asked{request, parts, std::move(*who), Json::object(), parts.service->now()};
    if (rule.body == Body::json) {
        auto body = read_body(request, parts);
        if (!body) return refuse(body.problem());
        asked.body = std::move(*body);
    }
    if (writes && !parts.store->writable())
        return refuse({"store.not_writable", "现在存不了，请过几秒再试；没有丢东西", {}});
    return asked;
}

void add_handler(http::RouteTable& routes, const std::shared_ptr<const ApiParts>& parts, const RouteRule& rule,
                 std::function<void(Asked&, http::Responder&)> handle) {
    std::string roles;
    for (const auto& role : rule.roles) roles += (roles.empty() ? "" : ",") + role;
    const http::BodyLimit limit{
        .bytes = rule.body == Body::upload ? parts->media_bytes + (64 << 10) : parts->body_bytes,
        .upload = rule.body == Body::upload};
    const std::map<std::string, std::string> tags{{"who", "staff"}, {"roles", roles}, {"about", rule.about}};
    routes.add(
        rule.method, rule.pattern, limit,
        [parts, rule, handle = std::move(handle)](http::Request& request, http::Responder& responder) {
            if (auto asked = admitted(request, responder, *parts, rule)) handle(*asked, responder);
        },
        tags);
}

constexpr auto longest_work = std::chrono::minutes{10};  // some millions of rows

void do_later(const ApiParts& parts, Work work, http::Responder& responder) {
    const auto parked = std::make_shared<http::Parked>(responder.park());
    parked->otherwise(longest_work,
                      problem_answer(Problem{"api.failed", "这一份太大，十分钟没有做完：请分几段来取", {}}));
    const bool taken = parts.later([parked, work = std::move(work)] {
        try {
            parked->answer(work());
        } catch (const std::exception& e) {
            log::error("api.later", {{"what", e.what()}});
            parked->answer(problem_answer(Problem{"api.failed", "没有做成，请过一会儿再试", {}}));
        }
    });
    if (!taken) parked->answer(problem_answer(Problem{"api.busy", "前面还有几份在做，请过一会儿再试", {}}));
}

}  // namespace

void add(http::RouteTable& routes, const std::shared_ptr<const ApiParts>& parts, const RouteRule& rule, Handle handle) {
    add_handler(routes, parts, rule, [handle = std::move(handle)](Asked& asked, http::Responder& responder) {
        responder.answer(handle(asked));
    });
}

void add_stream(http::RouteTable& routes, const std::shared_ptr<const ApiParts>& parts, const RouteRule& rule,
                std::function<void(Asked&, http::Responder&)> handle) {
    add_handler(routes, parts, rule, std::move(handle));
}

void add_later(http::RouteTable& routes, const std::shared_ptr<const ApiParts>& parts, const RouteRule& rule,
               HandleLater handle) {
    add_handler(routes, parts, rule, [handle = std::move(handle)](Asked& asked, http::Responder& responder) {
        auto work = handle(asked);
        if (!work) return responder.answer(problem_answer(work.problem()));
        do_later(asked.parts, std::move(*work), responder);
    });
}

Result<UnitsAsked> units_asked(const Asked& asked, std::string_view unit) {
    const auto directory = asked.parts.directory->get();
    const auto* found = directory->unit_by_key(unit);
    if (const auto id = read_id(unit); !found && id) found = directory->unit(UnitId{*id});
    if (!found) return Problem{"api.bad_query", "unit: unknown unit \"" + std::string(unit) + "\"", {}};
    UnitsAsked units{found->id, {}};
    const auto& seen = asked.who.units;
    for (const auto id : directory->with_below(found->id))
        if (std::find(seen.begin(), seen.end(), id) != seen.end()) units.units.push_back(id);
    return units;
}

namespace {

const ChannelId scope{"api"};

std::optional<std::string> key_of(const Asked& asked) {
    const auto key = asked.request.header("Idempotency-Key");
    if (!key || key->empty() || key->size() > 200) return std::nullopt;
    return to_text(asked.who.staff.id) + ":" + sha256_hex(std::string(asked.request.path()) + "\n" + std::string(*key));
}

// What is kept of a request that was done: the hash of what was asked, and what came of it.
struct Kept {
    std::string content, outcome;  // content: empty where it was kept before hashes were
};

std::string in_writing(const Kept& kept) { return kept.content + "\n" + kept.outcome; }

Kept kept_of(Reading& reading, const std::string& key) {
    const auto delivery = reading.delivery(scope, {}, key);
    if (!delivery) return {};
    const auto end = delivery->answer.find('\n');
    if (end == std::string::npos) return {{}, delivery->answer};
    return {delivery->answer.substr(0, end), delivery->answer.substr(end + 1)};
}

}  // namespace

Result<bool> first_time(Transaction& tx, const Asked& asked) { return first_time(tx, asked, to_text(asked.body)); }

Result<bool> first_time(Transaction& tx, const Asked& asked, std::string_view content) {
    const auto key = key_of(asked);
    if (!key) return true;
    const auto hash = sha256_hex(content);
    if (tx.claim_delivery({.channel = scope,
                           .key = *key,
                           .conversation = {},
                           .answer = in_writing({hash, {}}),
                           .at = asked.parts.system->now()}))
        return true;
    const auto before = kept_of(tx, *key);
    if (before.content.empty() || before.content == hash) return false;
    return Problem{"idempotency.other_body", "用这个 Idempotency-Key 已经交过别的内容：改过的内容请换一个新的再交", {}};
}

void note_outcome(Transaction& tx, const Asked& asked, const std::string& outcome) {
    const auto key = key_of(asked);
    if (!key) return;
    auto kept = kept_of(tx, *key);
    kept.outcome = outcome;
    tx.set_delivery_answer(scope, {}, *key, in_writing(kept));
}

std::string noted_outcome(Reading& reading, const Asked& asked) {
    const auto key = key_of(asked);
    return key ? kept_of(reading, *key).outcome : std::string{};
}

http::Answer whole_ticket(Asked& asked, Reading& reading, const Ticket& ticket, int status) {
    const auto details = reading.details(ticket.details);
    JsonWriter json;
    write_ticket(json, reading, *asked.parts.engine, *asked.parts.directory->get(), asked.who, ticket, details,
                 asked.now, Extent::whole);
    auto answer = json_answer(status, json.done());
    answer.with("ETag", "\"" + std::to_string(ticket.version) + "\"");
    return answer;
}

http::Answer json_answer(int status, const Json& json) { return json_answer(status, to_text(json)); }

http::Answer json_answer(int status, std::string&& written) {
    if (written.size() <= (1 << 20)) return http::Answer::json(status, std::move(written));
    auto answer = http::Answer::from_file("application/json", http::File::holding(written));
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

Problem unknown_ticket() { return {"ticket.not_found", "没有这张工单，或者它不在您管的范围里", {}}; }

bool may_see(const Asked& asked, const Ticket& ticket) {
    const auto& units = asked.who.units;
    const auto has = [&](UnitId unit) { return std::find(units.begin(), units.end(), unit) != units.end(); };
    // Who keeps out of a matter does not even learn that it is there.
    if (asked.parts.engine->keeps_out(ticket, asked.who.staff)) return false;
    return has(ticket.unit) || has(ticket.owner_unit);
}

bool works_on(Reading& reading, const Asked& asked, const Ticket& ticket) {
    const auto roles = asked.parts.engine->acting_as(reading, ticket, staff(asked.who.staff.id));
    return std::find(roles.begin(), roles.end(), "staff") != roles.end();
}

std::optional<Problem> only_at_top(const Asked& asked, const char* why) {
    if (asked.who.staff.unit == asked.parts.directory->get()->organisation().id) return std::nullopt;
    return Problem{"access.forbidden", why, {}};
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
