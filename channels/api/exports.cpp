// /api/v1/exports/{kind}: the directory and the tickets to take along, for leads; …/directory/{kind}/export for who
// keeps the directory.
// Written to a file row by row and page by page, so that a hundred thousand tickets need no more memory than ten.
#include <algorithm>

#include "bot/wording.h"
#include "channels/api/directory_json.h"
#include "channels/api/export_command.h"
#include "channels/api/export_file.h"
#include "channels/api/guard.h"
#include "channels/api/routes.h"
#include "channels/api/ticket_filter.h"
#include "workflow/base/log.h"
#include "workflow/base/time_text.h"
#include "workflow/directory/directory_merge.h"
#include "workflow/reports/workbook.h"

namespace huiyin::api {
namespace {

constexpr int tickets_at_once = 200;
constexpr std::size_t most_in_a_workbook = 20000;
constexpr const char* workbook_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

using Rows = std::function<void(const std::function<void(const std::vector<std::string>&)>& take)>;
struct Export {
    std::string name;
    std::vector<std::string> keys, titles;
    Rows rows;
};

bool contains(const std::vector<UnitId>& units, UnitId unit) {
    return std::find(units.begin(), units.end(), unit) != units.end();
}

// The rows of one list of the directory that lie in these units. A phone of a colleague is masked for who does not keep
// the directory.
Export directory_export(const ApiParts& parts, DirectoryKind kind, std::string name, std::vector<UnitId> units,
                        bool whole) {
    Export out{std::move(name), {}, {}, {}};
    for (const auto& column : columns_of(kind)) {
        out.keys.push_back(column.key);
        out.titles.push_back(column.title);
    }
    out.rows = [directory = parts.directory->get(), roles = editor_words(parts).roles, kind, units = std::move(units),
                whole](const auto& take) {
        if (kind == DirectoryKind::units)
            for (const auto& one : directory->all_units())
                if (contains(units, one.id)) take(cells_of(*directory, one));
        if (kind == DirectoryKind::buildings)
            for (const auto& one : directory->all_buildings())
                if (contains(units, one.community)) take(cells_of(*directory, one));
        if (kind == DirectoryKind::households)
            for (const auto& one : directory->all_households())
                if (contains(units, one.community)) take(cells_of(*directory, one));
        if (kind == DirectoryKind::staff)
            for (auto one : directory->staff()) {
                if (!contains(units, one.unit)) continue;
                if (!whole) one.phone = phone_masked(one.phone), one.addresses.clear();
                take(cells_of(*directory, one, roles));
            }
    };
    return out;
}

const std::vector<std::pair<std::string, std::string>>& ticket_columns() {
    static const std::vector<std::pair<std::string, std::string>> columns{
        {"number", "工单号"},    {"unit", "单位"},        {"place", "地点"},       {"kind", "性质"},
        {"category", "类别"},    {"level", "级别"},       {"state", "状态"},       {"flags", "标记"},
        {"summary", "事情"},     {"customer", "客户"},    {"phone", "电话"},       {"assignee", "承办人"},
        {"opened_at", "登记"},   {"accepted_at", "受理"}, {"resolved_at", "办结"}, {"closed_at", "结案"},
        {"next_due_at", "时限"}, {"fixed", "是否解决"},   {"score", "评分"},       {"amount_yuan", "金额（元）"}};
    return columns;
}

std::string moment(const std::optional<TimePoint>& at, const Zone& zone) {
    return at ? to_rfc3339(*at, zone).substr(0, 16).replace(10, 1, " ") : std::string();
}

std::string yuan_cell(std::int64_t fen) {
    const auto rest = std::to_string(fen % 100);
    return std::to_string(fen / 100) + (fen % 100 == 0 ? "" : "." + std::string(2 - rest.size(), '0') + rest);
}

std::string title_or(const auto* found, const std::string& key) { return found ? found->title : key; }

std::vector<std::string> ticket_cells(const TicketRow& row, const Engine& engine, const Directory& directory) {
    const auto& ticket = row.ticket;
    const auto& details = row.details;
    const auto policy = engine.policy_of(ticket);
    const auto& zone = policy->calendar.zone();
    const bool hidden = ticket.anonymous || ticket.flags.contains("confidential");
    const auto* unit = directory.unit(ticket.unit);
    const auto* assignee = directory.staff(ticket.assignee);
    std::string flags;
    for (const auto& flag : ticket.flags) flags += (flags.empty() ? "" : "、") + flag;
    std::optional<TimePoint> due;
    for (const auto& deadline : ticket.deadlines)
        if (deadline.state == "running" && (!due || deadline.due_at < *due)) due = deadline.due_at;
    return {ticket.number,
            unit ? unit->name : std::string(),
            without_numbers(details.label),
            title_or(policy->kind(ticket.kind), ticket.kind),
            title_or(policy->category(ticket.kind, ticket.category), ticket.category),
            title_or(policy->level(ticket.level), ticket.level),
            title_or(policy->state(ticket.state), ticket.state),
            flags,
            without_numbers(details.summary),
            hidden ? std::string() : without_numbers(details.contact_name),
            hidden ? std::string() : phone_masked(details.contact_phone),
            assignee ? assignee->name : std::string(),
            moment(ticket.opened_at, zone),
            moment(ticket.accepted_at, zone),
            moment(ticket.resolved_at, zone),
            moment(ticket.closed_at, zone),
            moment(due, zone),
            ticket.fixed,
            ticket.rating ? std::to_string(ticket.rating->score) : std::string(),
            ticket.amount_fen ? yuan_cell(*ticket.amount_fen) : std::string()};
}

// A page at a time, each a look of its own: a reading that lasted minutes would hold back the store's checkpoints.
Export ticket_export(const ApiParts& parts, const Staff& staff, TicketFilter filter) {
    Export out{"tickets", {}, {}, {}};
    for (const auto& [key, title] : ticket_columns()) {
        out.keys.push_back(key);
        out.titles.push_back(title);
    }
    filter.limit = tickets_at_once;
    filter.cursor.clear();
    out.rows = [parts = &parts, staff, filter = std::move(filter)](const auto& take) mutable {
        const auto directory = parts->directory->get();
        if (filter.units.empty()) return;
        do {
            if (parts->stopping && parts->stopping()) throw std::runtime_error("the service stops");
            parts->store->read([&](Reading& reading) {
                const auto page = reading.tickets(filter);
                for (const auto& row : page.items)
                    if (!parts->engine->keeps_out(row.ticket, staff))
                        take(ticket_cells(row, *parts->engine, *directory));
                filter.cursor = page.next_cursor;
            });
        } while (!filter.cursor.empty());
    };
    return out;
}

http::Answer as_workbook(const Export& wanted) {
    PaperTable table{wanted.name, wanted.name, {}, {}, {}};
    for (std::size_t i = 0; i < wanted.keys.size(); ++i)
        table.columns.push_back({wanted.keys[i], wanted.titles[i], {}});
    bool too_many = false;
    wanted.rows([&](const std::vector<std::string>& cells) {
        too_many = table.rows.size() == most_in_a_workbook;
        if (!too_many) table.rows.push_back(cells);
    });
    if (too_many) return problem_answer(Problem{"export.too_large", "超过2万行，Excel 工作簿放不下：请选 CSV", {}});
    return http::Answer::from_file(workbook_type, http::File::holding(to_xlsx(wanted.name, {table}, {"floors"})));
}

http::Answer made(const Export& wanted, const std::string& format) {
    if (format == "xlsx") return as_workbook(wanted);
    ExportFile file(format == "csv" ? ExportFormat::csv : ExportFormat::json, wanted.keys, wanted.titles);
    wanted.rows([&](const std::vector<std::string>& cells) { file.add(cells); });
    return http::Answer::from_file(format == "csv" ? "text/csv; charset=utf-8" : "application/json", file.end());
}

// All in one document: {"units":[…],"buildings":[…],"staff":[…]}; households follow from buildings.
http::Answer whole_directory(const ApiParts& parts, const std::vector<UnitId>& units) {
    const auto directory = parts.directory->get();
    Json json{{"units", Json::array()}, {"buildings", Json::array()}, {"staff", Json::array()}};
    for (const auto& one : directory->all_units())
        if (contains(units, one.id)) json["units"].push_back(unit_json(*directory, one));
    for (const auto& one : directory->all_buildings())
        if (contains(units, one.community)) json["buildings"].push_back(building_json(*directory, one));
    for (const auto& one : directory->staff())
        if (contains(units, one.unit)) json["staff"].push_back(staff_json(*directory, one, false));
    return http::Answer::from_file("application/json", http::File::holding(to_text(json)));
}

Result<std::string> format_of(const Asked& asked, const std::string& kind) {
    const std::string format(asked.request.query("format").value_or(kind == "directory" ? "json" : "csv"));
    if (format != "csv" && format != "json" && format != "xlsx")
        return Problem{"api.bad_query", "format: write csv, json or xlsx", {}};
    if (kind == "directory" && format != "json")
        return Problem{"api.bad_query", "format: the whole directory is json; units, buildings … have tables", {}};
    return format;
}

// The answer to take along; that it was taken is noted first.
http::Answer taken(const ApiParts& parts, http::Answer answer, const SignedIn& who, const std::string& kind,
                   const std::string& format) {
    if (answer.status != 200) return answer;
    parts.store->run([&](Transaction& tx) { tx.audit(who.staff.id, "export", {}, kind, format, parts.system->now()); });
    log::info("export.taken", {{"login", who.staff.login}, {"kind", kind}, {"format", format}});
    answer.with("Content-Disposition", "attachment; filename=\"" + kind + "." + format + "\"")
        .with("Cache-Control", "no-store");
    return answer;
}

Result<Work> of_directory(Asked& asked, DirectoryKind list, bool whole) {
    const std::string kind(asked.request.segment("kind"));
    const auto format = format_of(asked, kind);
    if (!format) return format.problem();
    auto wanted = std::make_shared<const Export>(directory_export(asked.parts, list, kind, asked.who.units, whole));
    return Work([parts = &asked.parts, wanted = std::move(wanted), format = *format, who = asked.who] {
        return taken(*parts, made(*wanted, format), who, wanted->name, format);
    });
}

// For leads: what lies in their units, phones masked.
Result<Work> exported(Asked& asked) {
    const std::string kind(asked.request.segment("kind"));
    if (const auto list = directory_kind(kind)) return of_directory(asked, *list, false);
    const auto format = format_of(asked, kind);
    if (!format) return format.problem();
    if (kind == "directory")
        return Work([parts = &asked.parts, who = asked.who] {
            return taken(*parts, whole_directory(*parts, who.units), who, "directory", "json");
        });
    if (kind != "tickets")
        return Problem{
            "export.not_found", "no such export: units, buildings, households, staff, directory or tickets", {}};
    auto filter = ticket_filter(asked, {"format"});
    if (!filter) return filter.problem();
    auto wanted = std::make_shared<const Export>(ticket_export(asked.parts, asked.who.staff, std::move(*filter)));
    return Work([parts = &asked.parts, wanted = std::move(wanted), format = *format, who = asked.who] {
        return taken(*parts, made(*wanted, format), who, wanted->name, format);
    });
}

// For who keeps the directory: as the import reads it again.
Result<Work> own_export(Asked& asked) {
    if (auto refused = keeps_no_directory(asked)) return *refused;
    const auto list = directory_kind(asked.request.segment("kind"));
    if (!list) return Problem{"directory.not_found", "no such list: units, buildings, households or staff", {}};
    return of_directory(asked, *list, true);
}

}  // namespace

Result<http::File> export_file_of(const ApiParts& parts, const std::string& kind, const std::string& format,
                                  const std::vector<UnitId>& units) {
    if (kind == "directory") return http::File::holding(whole_directory(*parts.directory->get(), units).dump(1) + "\n");
    const auto list = directory_kind(kind);
    TicketFilter filter;
    filter.units = units;
    const auto wanted = list ? directory_export(parts, *list, kind, units, true) : ticket_export(parts, {}, filter);
    auto answer = made(wanted, format);
    if (answer.status != 200) return Problem{"export.too_large", "more than 20 000 rows: use --format csv", {}};
    return std::move(answer.file);
}

void add_export_routes(http::RouteTable& routes, const Shared& parts) {
    add_later(routes, parts,
              {"GET", "/api/v1/exports/{kind}",
               "units, buildings, households, staff, directory, tickets (with the filters of the list): "
               "?format=csv|json|xlsx.",
               Body::none, lead_roles},
              exported);
    add_later(routes, parts,
              {"GET",
               "/api/v1/directory/{kind}/export",
               "The list as the import reads it: ?format=csv|json|xlsx.",
               Body::none,
               {"administrator"}},
              own_export);
}

}  // namespace huiyin::api
