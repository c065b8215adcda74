// /api/v1/reports: the periodic reports and registers of the rules, for reading and for taking along. They are counted
// from the cases each time, so this is done beside the workers, one after the other. What was sent by the clock is kept
// and stays as it was.
#include <algorithm>

#include "channels/api/export_file.h"
#include "channels/api/guard.h"
#include "channels/api/routes.h"
#include "workflow/base/digest.h"
#include "workflow/base/log.h"
#include "workflow/engine/report_desk.h"
#include "workflow/engine/report_run.h"
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
    engine.speaker = parts.speaker;  // it knows what kind each channel is
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

std::string file_name(const std::string& report, const std::string& period, const std::string& ending) {
    std::string name;
    for (const char each : report + "_" + period)
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
    answer
        .with("Content-Disposition", "attachment; filename=\"" +
                                         file_name(made.json.at("report").get<std::string>(),
                                                   made.json.at("period").at("label").get<std::string>(), format) +
                                         "\"")
        .with("Cache-Control", "no-store");
    return answer;
}

// A register as CSV goes row by row into a file. Nothing: it is no register.
std::optional<http::Answer> register_file(const ApiParts& parts, const ReportWish& wish, TimePoint now) {
    std::optional<ExportFile> file;
    const auto made = each_register_row(
        *parts.store, engine_parts(parts), wish, now,
        [&](const PaperTable& head) { file.emplace(ExportFormat::csv, std::vector<std::string>{}, csv_heads(head)); },
        [&](const std::vector<std::string>& cells) { file->add(cells); });
    if (!made) return std::nullopt;
    if (!*made) return problem_answer(made->problem());
    auto answer = http::Answer::from_file("text/csv; charset=utf-8", file->end());
    answer
        .with(
            "Content-Disposition",
            "attachment; filename=\"" +
                file_name(wish.name, wish.period.empty() ? present_period(*wish.policy, {}, now) : wish.period, "csv") +
                "\"")
        .with("Cache-Control", "no-store");
    return answer;
}

Result<std::string> format_asked(const Asked& asked) {
    auto format = std::string(asked.request.query("format").value_or("json"));
    static const std::vector<std::string> formats{"json", "csv", "html", "xlsx"};
    if (std::find(formats.begin(), formats.end(), format) == formats.end())
        return Problem{"api.bad_query", "format: write json, xlsx, csv or html", {}};
    return format;
}

// Leaves out what he keeps out of; and gives up when the service stops.
std::function<bool(const Ticket&)> sight_of(const ApiParts& parts, const Staff& staff) {
    return [&parts, staff](const Ticket& ticket) {
        if (parts.stopping && parts.stopping()) throw std::runtime_error("the service stops");
        return !parts.engine->keeps_out(ticket, staff);
    };
}

Result<Work> one(Asked& asked) {
    const auto format = format_asked(asked);
    if (!format) return format.problem();
    auto scope = scope_of(asked);
    if (!scope) return scope.problem();
    ReportWish wish;
    wish.policy = scope->policy;
    wish.name = asked.request.segment("name");
    wish.period = asked.request.query("period").value_or("");
    wish.units = std::move(scope->units);
    if (wish.name.size() > 64 || wish.period.size() > 64)
        return Problem{"report.unknown", "no report of that name: /api/v1/reports lists those there are", {}};
    const auto* parts = &asked.parts;
    wish.may_see = sight_of(*parts, asked.who.staff);
    return Work([parts, wish = std::move(wish), format = *format, login = asked.who.staff.login, now = asked.now] {
        if (format == "csv") {
            if (auto file = register_file(*parts, wish, now)) {
                log::info("report.taken", {{"login", login}, {"report", wish.name}, {"format", format}});
                return std::move(*file);
            }
        }
        const auto made = make_report(*parts->store, engine_parts(*parts), wish, now);
        if (!made) return problem_answer(made.problem());
        if (format != "json") log::info("report.taken", {{"login", login}, {"report", wish.name}, {"format", format}});
        return answer_in(format, *made);
    });
}

// Of his units, or sent to him; only for who has a part in the pack's work, and as long as the pack keeps it.
bool is_his(const SignedIn& who, const ApiParts& parts, const SentReport& sent) {
    const auto policy = parts.policies->in_force(sent.policy);
    if (!policy || !may_file(who, *policy)) return false;
    if (const auto until = given_until(*policy, sent); until && parts.service->now() >= *until) return false;
    const auto is_told = [&](const ReportHop& hop) {
        return std::find(hop.told.begin(), hop.told.end(), who.staff.id) != hop.told.end();
    };
    return std::find(who.units.begin(), who.units.end(), sent.unit) != who.units.end() ||
           std::any_of(sent.way.begin(), sent.way.end(), is_told);
}

// May he say that it is right? Who holds the role of a place it has come to and where nobody said it yet.
bool may_confirm(const SignedIn& who, const Directory& directory, const SentReport& sent) {
    return std::any_of(sent.way.begin(), sent.way.end(), [&](const ReportHop& hop) {
        return hop.told_at && !hop.confirmed_at && directory.holds(who.staff, hop.role, sent.unit);
    });
}

Json sent_json(const Asked& asked, const SentReport& sent) {
    const auto directory = asked.parts.directory->get();
    const auto policy = asked.parts.policies->in_force(sent.policy);
    const auto& zone = policy->calendar.zone();
    const auto* unit = directory->unit(sent.unit);
    Json json{{"id", id_of(sent)},
              {"report", sent.report},
              {"title", sent.title},
              {"clause", sent.clause},
              {"policy", sent.policy},
              {"period",
               {{"label", sent.period},
                {"from", to_rfc3339(sent.span.from, zone)},
                {"until", to_rfc3339(sent.span.until, zone)},
                {"days", sent.days}}},
              {"unit", unit ? Json{{"key", unit->key}, {"name", unit->name}} : Json()},
              {"sent_at", sent.paper ? Json(to_rfc3339(sent.at, zone)) : Json()},
              {"nil", sent.figures.empty()},
              {"figures", sent.figures},
              {"way", Json::array()},
              {"may_confirm", may_confirm(asked.who, *directory, sent)}};
    const auto moment = [&](const std::optional<TimePoint>& at) { return at ? Json(to_rfc3339(*at, zone)) : Json(); };
    for (const auto& hop : sent.way) {
        const auto* by = directory->staff(hop.confirmed_by);
        json["way"].push_back({{"role", hop.role},
                               {"title", asked.parts.engine->role_title(policy, hop.role)},
                               {"until", moment(hop.until)},
                               {"told_at", moment(hop.told_at)},
                               {"unconfirmed", hop.unconfirmed},
                               {"confirmed_at", moment(hop.confirmed_at)},
                               {"confirmed_by", by ? Json{{"login", by->login}, {"name", by->name}} : Json()}});
    }
    return json;
}

http::Answer list_sent(Asked& asked) {
    const auto page = paging(asked.request);
    if (!page) return problem_answer(page.problem());
    UnitId unit;
    std::vector<UnitId> units;
    if (const auto wanted = asked.request.query("unit"); wanted && !wanted->empty()) {
        auto found = units_asked(asked, *wanted);
        if (!found) return problem_answer(found.problem());
        unit = found->unit;
        units = std::move(found->units);
    }
    const auto equals = [&](const char* name, const std::string& is) {
        const auto wanted = asked.request.query(name);
        return !wanted || wanted->empty() || *wanted == is;
    };
    std::vector<SentReport> found;
    const auto limit = static_cast<std::size_t>(page->limit);
    asked.parts.store->read([&](Reading& reading) {
        found = sent_reports(
            reading,
            [&](const SentReport& sent) {
                return equals("report", sent.report) && equals("period", sent.period) &&
                       (!unit || std::find(units.begin(), units.end(), sent.unit) != units.end()) &&
                       is_his(asked.who, asked.parts, sent);
            },
            limit + 1, page->cursor);
    });
    const bool more = found.size() > limit;
    if (more) found.pop_back();
    Json items = Json::array();
    for (const auto& sent : found) items.push_back(sent_json(asked, sent));
    return json_answer(200, {{"items", std::move(items)}, {"next_cursor", more ? Json(id_of(found.back())) : Json()}});
}

Problem unknown_sent() { return {"report.unknown", "没有这份报表，或它不在您管的范围里", {}}; }

std::optional<SentReport> sent_asked(Reading& reading, const Asked& asked) {
    auto sent = sent_report(reading, std::string(asked.request.segment("id")));
    return sent && is_his(asked.who, asked.parts, *sent) ? sent : std::nullopt;
}

Result<Work> one_sent(Asked& asked) {
    const auto format = format_asked(asked);
    if (!format) return format.problem();
    std::optional<SentReport> sent;
    asked.parts.store->read([&](Reading& reading) { sent = sent_asked(reading, asked); });
    if (!sent || !sent->paper) return unknown_sent();
    const auto* parts = &asked.parts;
    return Work([parts, sent = *sent, format = *format, may_see = sight_of(*parts, asked.who.staff),
                 staff = asked.who.staff.login] {
        std::optional<ReportMade> made;
        parts->store->read([&](Reading& reading) { made = kept_paper(reading, sent, may_see); });
        if (!made) return problem_answer(unknown_sent());
        if (format != "json")
            log::info("report.taken", {{"login", staff}, {"report", id_of(sent)}, {"format", format}});
        return answer_in(format, *made);
    });
}

http::Answer confirm_sent(Asked& asked) {
    std::vector<Finding> findings;
    Reader read(asked.body, "", findings);
    read.one_of("command", {"confirm"});
    read.finish();
    if (!findings.empty()) return findings_answer(findings);
    const auto done = in_unit<SentReport>(asked.parts, [&](Transaction& tx) -> Result<SentReport> {
        const auto sent = sent_asked(tx, asked);
        if (!sent) return unknown_sent();
        const auto first = first_time(tx, asked);
        if (!first) return first.problem();
        if (!*first) return *sent;
        return asked.parts.reports->confirm(tx, std::string(asked.request.segment("id")), asked.who.staff.id,
                                            asked.now);
    });
    return done ? json_answer(200, sent_json(asked, *done)) : problem_answer(done.problem());
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
    add(routes, parts,
        {"GET", "/api/v1/reports/sent", "What was sent on its day, the newest first: ?report= &period= &unit=.",
         Body::none},
        list_sent);
    add_later(routes, parts,
              {"GET", "/api/v1/reports/sent/{id}", "The paper as it was sent: ?format=json|xlsx|csv|html.", Body::none},
              one_sent);
    add(routes, parts,
        {"POST", "/api/v1/reports/sent/{id}", "Found right, and passed on to the next: {\"command\":\"confirm\"}.",
         Body::json},
        confirm_sent);
}

}  // namespace huiyin::api
