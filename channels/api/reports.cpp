// /api/v1/reports: the periodic reports and registers of the rules, for reading and for taking along. They are counted
// from the cases each time, so this is done beside the workers, one after the other.
#include <algorithm>

#include "channels/api/guard.h"
#include "channels/api/routes.h"
#include "workflow/base/digest.h"
#include "workflow/base/log.h"
#include "workflow/engine/report_desk.h"
#include "workflow/reports/library.h"
#include "workflow/reports/table_text.h"
#include "workflow/reports/workbook.h"

namespace huiyin::api {
namespace {

constexpr const char* workbook_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
// What is printed is a page of its own with its style in it, and nothing else.
constexpr const char* print_policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'";

EngineParts engine_parts(const ApiParts& parts) {
    EngineParts engine;
    engine.policies = parts.policies;
    engine.directory = parts.directory;
    engine.phrases = parts.phrases;
    return engine;
}

struct Scope {
    std::shared_ptr<const Policy> policy;
    std::vector<UnitId> units;
};

// ?unit=: its matters and those below, as far as the asker may see them, under the rules of that unit.
Result<Scope> scope_of(const Asked& asked) {
    const auto directory = asked.parts.directory->get();
    Scope scope{nullptr, asked.who.units};
    auto unit = asked.who.staff.unit;
    if (const auto wanted = asked.request.query("unit"); wanted && !wanted->empty()) {
        auto found = units_asked(asked, *wanted);
        if (!found) return found.problem();
        unit = found->unit;
        scope.units = std::move(found->units);
    }
    scope.policy = asked.parts.policies->for_unit(unit, *directory);
    // Who looks after the machine alone reads no names and no matters.
    if (!may_file(asked.who, *scope.policy)) return Problem{"access.forbidden", "您的岗位不看报表", {}};
    return scope;
}

http::Answer list(Asked& asked) {
    const auto scope = scope_of(asked);
    if (!scope) return problem_answer(scope.problem());
    const auto& policy = *scope->policy;
    Json items = Json::array();
    for (const auto& report : reports_of(policy)) {
        Json item{{"name", report.name},
                  {"title", report.title},
                  {"is", "report"},
                  {"every", report.every},
                  {"present", present_period(policy, report, asked.now)}};
        if (!report.clause.empty()) item["clause"] = report.clause;
        items.push_back(std::move(item));
    }
    for (const auto& [name, title] : registers_of(policy))
        items.push_back({{"name", name},
                         {"title", title},
                         {"is", "register"},
                         {"every", "month"},
                         {"present", present_period(policy, {}, asked.now)}});
    return json_answer(200, {{"items", std::move(items)},
                             {"next_cursor", nullptr},
                             {"policy", {{"id", policy.id}, {"title", policy.title}}}});
}

std::string file_name(const ReportMade& made, const std::string& ending) {
    std::string name;
    for (const char each :
         made.json.at("report").get<std::string>() + "_" + made.json.at("period").at("label").get<std::string>())
        name += std::isalnum(static_cast<unsigned char>(each)) || each == '_' || each == '-' ? each : '-';
    return name + "." + ending;
}

http::Answer answer_in(const std::string& format, const ReportMade& made) {
    if (format == "json") return json_answer(200, made.json);
    const auto whole = [](std::string_view type, const std::string& bytes) {
        return http::Answer::from_file(type, http::File::holding(bytes));
    };
    if (format == "html") {
        auto answer = whole("text/html; charset=utf-8", to_html(made.title, made.tables));
        answer.with("Content-Security-Policy", print_policy).with("Cache-Control", "no-store");
        return answer;
    }
    const bool as_book = format == "xlsx";
    auto answer = as_book ? whole(workbook_type, to_xlsx(made.title, made.tables, made.numbers))
                          : whole("text/csv; charset=utf-8", to_csv(made.tables.front()));
    answer.with("Content-Disposition", "attachment; filename=\"" + file_name(made, format) + "\"")
        .with("Cache-Control", "no-store");
    return answer;
}

Result<Work> one(Asked& asked) {
    const auto format = std::string(asked.request.query("format").value_or("json"));
    static const std::vector<std::string> formats{"json", "csv", "html", "xlsx"};
    if (std::find(formats.begin(), formats.end(), format) == formats.end())
        return Problem{"api.bad_query", "format: write json, xlsx, csv or html", {}};
    auto scope = scope_of(asked);
    if (!scope) return scope.problem();
    ReportWish wish;
    wish.policy = scope->policy;
    wish.name = asked.request.segment("name");
    wish.period = asked.request.query("period").value_or("");
    wish.units = std::move(scope->units);
    if (wish.name.size() > 64 || wish.period.size() > 64)
        return Problem{"report.not_found", "no report of that name", {}};
    const auto* parts = &asked.parts;
    wish.may_see = [parts, staff = asked.who.staff](const Ticket& ticket) {
        if (parts->stopping && parts->stopping()) throw std::runtime_error("the service stops");
        return !parts->engine->keeps_out(ticket, staff);
    };
    return Work([parts, wish = std::move(wish), format, login = asked.who.staff.login, now = asked.now] {
        std::optional<Result<ReportMade>> made;
        parts->store->read([&](Reading& reading) { made = make_report(reading, engine_parts(*parts), wish, now); });
        if (!*made) return problem_answer(made->problem());
        if (format != "json") log::info("report.taken", {{"login", login}, {"report", wish.name}, {"format", format}});
        return answer_in(format, **made);
    });
}

}  // namespace

void add_report_routes(http::RouteTable& routes, const Shared& parts) {
    add(routes, parts, {"GET", "/api/v1/reports", "Reports and registers of the rules.", Body::none}, list);
    add_later(
        routes, parts,
        {"GET", "/api/v1/reports/{name}",
         "One of them: ?period=2026-03 (or 2026-Q1, 2026, 2026-03-01..2026-03-31) &unit= &format=json|xlsx|csv|html.",
         Body::none},
        one);
}

}  // namespace huiyin::api
