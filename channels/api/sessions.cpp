// Signing in and out, and who I am.
#include <algorithm>

#include "channels/api/guard.h"
#include "channels/api/routes.h"

namespace huiyin::api {
namespace {

// Is an address there a building, a unit and a room?
bool has_buildings(const Directory& directory, UnitId community) {
    const auto& buildings = directory.buildings();
    return std::any_of(buildings.begin(), buildings.end(),
                       [&](const Building& each) { return each.community == community; });
}

Json me_json(const Staff& staff, const Directory& directory) {
    const auto* unit = directory.unit(staff.unit);
    Json json{{"login", staff.login},
              {"name", staff.name},
              {"roles", staff.roles},
              {"unit", unit ? Json{{"id", to_text(unit->id)}, {"name", unit->name}} : Json()},
              {"keeps_directory",
               staff.unit == directory.organisation().id &&
                   std::find(staff.roles.begin(), staff.roles.end(), "administrator") != staff.roles.end()}};
    json["units"] = Json::array();
    for (const auto id : directory.with_below(staff.unit))
        if (const auto* below = directory.unit(id); below && !below->disabled)
            json["units"].push_back({{"id", to_text(id)},
                                     {"key", below->key},
                                     {"name", below->name},
                                     {"kind", below->kind},
                                     {"has_buildings", has_buildings(directory, id)}});
    return json;
}

http::Answer issued(const ApiParts& parts, const Access::Issued& session) {
    auto me = me_json(session.staff, *parts.directory->get());
    me["second_factor_wanted"] = session.second_factor_wanted;
    auto answer = http::Answer::json(200, to_text(Json{{"token", session.token},
                                                       {"expires_at", to_rfc3339(session.expires_at)},
                                                       {"csrf", session.csrf},
                                                       {"me", std::move(me)}}));
    answer.with("Set-Cookie", parts.access->cookie(session.token));
    return answer;
}

http::Answer opened(const ApiParts& parts, const Result<Access::Opened>& outcome) {
    if (!outcome) return problem_answer(outcome.problem());
    if (const auto* session = std::get_if<Access::Issued>(&*outcome)) return issued(parts, *session);
    const auto& half = std::get<Access::CodeWanted>(*outcome);
    auto answer = http::Answer::json(
        202, to_text(Json{
                 {"code_wanted", true}, {"half_session", half.token}, {"expires_at", to_rfc3339(half.expires_at)}}));
    answer.with("Set-Cookie", parts.access->half_cookie(half.token));
    return answer;
}

// The other half of a sign-in: the code. Which half it belongs to, the browser knows by its cookie.
void sign_in_by_code(const ApiParts& parts, http::Request& request, http::Responder& responder) {
    if (const auto may = parts.access->may_sign_in(request); !may)
        return responder.answer(problem_answer(may.problem()));
    const auto json = parse_json(request.body(), {.bytes = 4096, .depth = 4});
    if (!json) return responder.answer(problem_answer(Problem{"api.bad_json", json.problem().text, {}}));
    std::vector<Finding> findings;
    Reader read(*json, "", findings);
    const auto code = read.text("code");
    const auto half = read.text_or("half_session", parts.access->half_of(request));
    read.finish();
    if (!findings.empty()) return responder.answer(findings_answer(findings));
    const auto session = parts.access->sign_in_by_code(half, code, request.address());
    auto answer = session ? issued(parts, *session) : problem_answer(session.problem());
    if (answer.status == 429) answer.with("Retry-After", "900");
    if (session) answer.with("Set-Cookie", parts.access->half_cookie(""));
    responder.answer(std::move(answer));
}

}  // namespace

void add_session_routes(http::RouteTable& routes, const Shared& parts) {
    routes.add(
        "POST", "/api/v1/sessions", {.bytes = 4096},
        [parts](http::Request& request, http::Responder& responder) {
            if (const auto may = parts->access->may_sign_in(request); !may)
                return responder.answer(problem_answer(may.problem()));
            const auto json = parse_json(request.body(), {.bytes = 4096, .depth = 4});
            if (!json) return responder.answer(problem_answer(Problem{"api.bad_json", json.problem().text, {}}));
            std::vector<Finding> findings;
            Reader read(*json, "", findings);
            if (read.has("link")) {
                const auto link = read.text("link");
                const auto password = read.text("password");
                read.finish();
                if (!findings.empty()) return responder.answer(findings_answer(findings));
                auto answer = opened(*parts, parts->access->sign_in_by_link(link, password, request.address()));
                if (answer.status == 429) answer.with("Retry-After", "900");
                return responder.answer(std::move(answer));
            }
            const auto login = read.text("login");
            const auto password = read.text("password");
            read.finish();
            if (!findings.empty()) return responder.answer(findings_answer(findings));
            auto answer = opened(*parts, parts->access->sign_in(login, password, request.address()));
            if (answer.status == 429) answer.with("Retry-After", "900");
            responder.answer(std::move(answer));
        },
        {{"who", "anyone"},
         {"about", "Signs in; answers a token, also as a cookie, or 202: a code of the second factor is wanted."}});
    routes.add(
        "POST", "/api/v1/sessions/code", {.bytes = 4096},
        [parts](http::Request& request, http::Responder& responder) { sign_in_by_code(*parts, request, responder); },
        {{"who", "anyone"}, {"about", "The code that is wanted; answers as signing in does."}});
    add(routes, parts, {"DELETE", "/api/v1/sessions/current", "Signs out.", Body::none, {}, true}, [](Asked& asked) {
        asked.parts.access->sign_out(asked.who);
        auto answer = http::Answer::empty(204);
        answer.with("Set-Cookie", asked.parts.access->cookie(""));
        forget_sign_in(asked.parts, asked.who.staff.id, answer);
        return answer;
    });
    add(routes, parts, {"GET", "/api/v1/me", "Who I am, my roles and units.", Body::none, {}, true}, [](Asked& asked) {
        auto json = me_json(asked.who.staff, *asked.parts.directory->get());
        json["second_factor_wanted"] = asked.who.second_factor_wanted;
        json["csrf"] = asked.who.session.csrf;
        return json_answer(200, json);
    });
}

}  // namespace huiyin::api
