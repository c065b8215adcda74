#include "workflow/reports/report.h"

#include <nlohmann/json.hpp>

#include "workflow/base/time_text.h"

namespace huiyin {

ReportMaker::ReportMaker(const Policy& policy, const Report& report, NamedPeriod period)
    : policy_(policy), period_(period.period), figures_(policy, report, std::move(period)) {
    if (report.lists) tables_.push_back({"cases", report.title, report.clause, policy.register_columns, {}});
    for (const auto& name : report.attaches)
        if (auto table = empty_register(policy, name)) tables_.push_back(std::move(*table));
}

bool ReportMaker::take(const CaseOnRecord& of) {
    if (!is_of_period(of.ticket, period_)) return false;
    const bool counted = figures_.take(of);
    for (auto& table : tables_)
        if (table.name == "cases" ? counted : belongs_into(policy_, table.name, of)) add_case(table, of, policy_);
    return counted;
}

MadeReport ReportMaker::end() { return {figures_.end(), std::move(tables_)}; }

namespace {

Json measured_json(const Figure& measured) {
    Json json{{"part", measured.part}};
    if (measured.of != 0) {
        json["of"] = measured.of;
        const auto tenths = measured.part * 1000 / measured.of;
        json["percent"] = static_cast<double>(tenths) / 10;
    }
    if (measured.sum != 0) json["sum"] = measured.sum;
    return json;
}

Json row_json(const FigureRow& row, const Report& report) {
    Json json = Json::object();
    for (std::size_t i = 0; i < row.split.size(); ++i)
        json["split"][report.by[i]] = {{"key", row.split[i]}, {"title", row.titles[i]}};
    if (row.rank != 0) json["rank"] = row.rank;
    for (std::size_t i = 0; i < row.measured.size(); ++i)
        json["measured"][report.measures[i]] = measured_json(row.measured[i]);
    return json;
}

}  // namespace

Json to_json(const PaperTable& table) {
    Json json{{"name", table.name}, {"title", table.title}, {"columns", Json::array()}, {"rows", table.rows}};
    if (!table.tickets.empty()) json["tickets"] = table.tickets;
    if (!table.clause.empty()) json["clause"] = table.clause;
    for (const auto& column : table.columns) {
        Json one{{"key", column.key}, {"title", column.title}};
        if (!column.group.empty()) one["group"] = column.group;
        json["columns"].push_back(std::move(one));
    }
    return json;
}

Json to_json(const MadeReport& made, const Report& report, const Policy& policy) {
    const auto& zone = policy.calendar.zone();
    const auto& period = made.figures.period;
    Json json{{"report", report.name},
              {"title", report.title},
              {"clause", report.clause},
              {"policy", {{"id", policy.id}, {"version", policy.version}}},
              {"period",
               {{"label", period.label},
                {"from", to_rfc3339(period.period.from, zone)},
                {"until", to_rfc3339(period.period.until, zone)}}},
              {"to_be_sent", made.figures.to_be_sent},
              {"receivers", Json::array()},
              {"measures", report.measures},
              {"by", report.by},
              {"all", row_json(made.figures.all, report)},
              {"rows", Json::array()},
              {"tables", Json::array()}};
    for (const auto& each : made.figures.receivers) {
        Json one{{"role", each.role}};
        if (each.due) one["due"] = to_date(std::chrono::local_days{*each.due});
        json["receivers"].push_back(std::move(one));
    }
    for (const auto& row : made.figures.rows) json["rows"].push_back(row_json(row, report));
    for (const auto& table : made.tables) json["tables"].push_back(to_json(table));
    return json;
}

}  // namespace huiyin
