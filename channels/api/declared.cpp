// What is declared for a unit and a period, and stretches the limits of its tickets.
#include "channels/api/guard.h"
#include "channels/api/routes.h"

namespace huiyin::api {
namespace {

Json declaration_json(const Declaration& each, const ApiParts& parts) {
    const auto directory = parts.directory->get();
    const auto& zone = parts.policies->standard()->calendar.zone();
    const auto* unit = directory->unit(each.unit);
    const auto* by = directory->staff(each.by);
    return {{"id", each.id},
            {"event", each.event},
            {"title", each.title},
            {"unit", unit ? Json{{"key", unit->key}, {"name", unit->name}} : Json()},
            {"from", to_rfc3339(each.from, zone)},
            {"until", to_rfc3339(each.until, zone)},
            {"lifted_at", each.lifted_at ? Json(to_rfc3339(*each.lifted_at, zone)) : Json()},
            {"reason", each.reason},
            {"clause", each.clause},
            {"by", by ? Json{{"login", by->login}, {"name", by->name}} : Json()},
            {"at", to_rfc3339(each.at, zone)}};
}

bool sees(const SignedIn& who, UnitId unit) {
    return std::find(who.units.begin(), who.units.end(), unit) != who.units.end();
}

// Those for the asker's own units, and those from above that hold for them too.
bool may_see(const Asked& asked, const Declaration& each) {
    return sees(asked.who, each.unit) || asked.parts.directory->get()->is_within(asked.who.staff.unit, each.unit);
}

http::Answer list(Asked& asked) {
    Json items = Json::array();
    asked.parts.store->read([&](Reading& reading) {
        for (const auto& each : declarations(reading))
            if (may_see(asked, each)) items.push_back(declaration_json(each, asked.parts));
    });
    return json_answer(200, {{"items", items}, {"next_cursor", Json()}});
}

TimePoint time_in(Reader& read, const char* key) {
    const auto text = read.text(key);
    const auto at = parse_rfc3339(text);
    if (!at && !text.empty()) read.wrong(key, "时间没有读懂：写成 2026-03-06T17:30:00+08:00");
    return at ? *at : TimePoint{};
}

http::Answer refused(const Problem& problem) {
    if (problem.code == "declared.bad_field") return findings_answer({{problem.detail, problem.text}});
    return problem_answer(problem);
}

http::Answer declare(Asked& asked) {
    std::vector<Finding> findings;
    Reader read(asked.body, "", findings);
    DeclareWish wish;
    wish.event = read.text("event");
    const auto unit = read.text("unit");
    wish.from = time_in(read, "from");
    wish.until = time_in(read, "until");
    wish.reason = read.text("reason");
    if (characters_of(wish.reason) > most_characters) read.wrong("reason", "太长了，最多写2000个字");
    read.finish();
    const auto* found = asked.parts.directory->get()->unit_by_key(unit);
    if (!unit.empty() && (!found || !sees(asked.who, found->id)))
        findings.push_back({"/unit", "没有这个单位，或它不在您管的范围里：" + unit});
    if (!findings.empty()) return findings_answer(findings);
    wish.unit = found->id;
    const auto made = in_unit<Declaration>(asked.parts, [&](Transaction& tx) {
        return asked.parts.engine->declare(tx, wish, asked.who.staff.id, asked.now);
    });
    return made ? json_answer(201, declaration_json(*made, asked.parts)) : refused(made.problem());
}

http::Answer command(Asked& asked) {
    std::vector<Finding> findings;
    Reader read(asked.body, "", findings);
    read.one_of("command", {"lift"});
    read.finish();
    if (!findings.empty()) return findings_answer(findings);
    const auto done = in_unit<Declaration>(asked.parts, [&](Transaction& tx) -> Result<Declaration> {
        const auto id = asked.request.segment("id");
        for (const auto& each : declarations(tx))
            if (each.id == id && !may_see(asked, each)) return Problem{"declared.not_found", "没有这次宣布", {}};
        return asked.parts.engine->lift(tx, std::string(id), asked.who.staff.id, asked.now);
    });
    return done ? json_answer(200, declaration_json(*done, asked.parts)) : refused(done.problem());
}

}  // namespace

void add_declared_routes(http::RouteTable& routes, const Shared& parts) {
    add(routes, parts, {"GET", "/api/v1/declared-events", "What is declared for your units: storms, power cuts."},
        list);
    add(routes, parts, {"POST", "/api/v1/declared-events", "Declares one; the pack says who may.", Body::json},
        declare);
    add(routes, parts, {"POST", "/api/v1/declared-events/{id}/commands", "lift", Body::json}, command);
}

}  // namespace huiyin::api
