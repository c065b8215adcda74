#include "workflow/engine/report_desk.h"

#include <algorithm>

#include "workflow/base/time_text.h"
#include "workflow/engine/case_records.h"
#include "workflow/engine/kept_figures.h"
#include "workflow/reports/library.h"
#include "workflow/reports/table_text.h"

namespace huiyin {
namespace {

PaperTable files_table() {
    return {"files",
            "档案",
            {},
            {{"number", "编号", {}}, {"what", "内容", {}}, {"file", "归入", {}}, {"until", "保存到", {}}},
            {}};
}

void add_files(PaperTable& table, const Policy& policy, const CaseOnRecord& record) {
    for (const auto& kept : kept_records(policy, record)) {
        const auto until =
            kept.until ? to_date(policy.calendar.zone().to_local(*kept.until - Milliseconds{1}).day) : std::string();
        table.rows.push_back({record.ticket.number, kept.what, kept.file, kept.permanent ? "永久" : until});
    }
}

Json period_json(const NamedPeriod& period, const Policy& policy) {
    const auto& zone = policy.calendar.zone();
    return {{"label", period.label},
            {"from", to_rfc3339(period.period.from, zone)},
            {"until", to_rfc3339(period.period.until, zone)}};
}

Problem unknown(const ReportWish& wish, const std::vector<Report>& reports) {
    std::string names = "files";
    for (const auto& [name, title] : registers_of(*wish.policy))
        names = name == "register" ? "register, " + names : names + ", " + name;
    for (const auto& report : reports) names += ", " + report.name;
    return {"report.unknown", "no report \"" + wish.name + "\" in " + wish.policy->id + ": write one of " + names, {}};
}

std::string label_of(const std::string& every, int month) {  // months since the year 0
    const auto year = std::to_string(month / 12);
    const auto of_year = month % 12;
    if (every == "year") return year;
    if (every == "quarter") return year + "-Q" + std::to_string(of_year / 3 + 1);
    return year + (of_year < 9 ? "-0" : "-") + std::to_string(of_year + 1);
}

// The period that `now` lies in, or so many later.
std::string period_beside(const Policy& policy, const Report& report, TimePoint now, int later) {
    const auto day = policy.calendar.zone().to_local(now).day;
    if (report.every == "day" || report.every == "week")
        return to_date(day + std::chrono::days{(report.every == "day" ? 1 : 7) * later});
    const std::chrono::year_month_day date{day};
    const int step = report.every == "year" ? 12 : report.every == "quarter" ? 3 : 1;
    const int month = static_cast<int>(date.year()) * 12 + static_cast<int>(static_cast<unsigned>(date.month())) - 1;
    const auto period = period_named(policy, report, label_of(report.every, month));
    const bool over = period && now >= period->period.until;
    return label_of(report.every, month + (later + (over ? 1 : 0)) * step);
}

}  // namespace

std::string present_period(const Policy& policy, const Report& report, TimePoint now) {
    return period_beside(policy, report, now, 0);
}

std::string last_period(const Policy& policy, const Report& report, TimePoint now) {
    return period_beside(policy, report, now, -1);
}

const std::set<std::string>& report_numbers() {
    static const std::set<std::string> columns{"count", "rank", "serial", "begun", "kept", "missed", "running"};
    return columns;
}

Result<ReportMade> make_report(Store& store, const EngineParts& parts, const ReportWish& wish, TimePoint now) {
    const auto& policy = *wish.policy;
    const auto reports = reports_of(policy);
    const auto found =
        std::find_if(reports.begin(), reports.end(), [&](const Report& report) { return report.name == wish.name; });
    const bool is_report = found != reports.end();
    const auto report = is_report ? *found : Report{};
    auto table = is_report ? std::nullopt : wish.name == "files" ? files_table() : empty_register(policy, wish.name);
    if (!is_report && !table) return unknown(wish, reports);
    const auto period =
        period_named(policy, report, wish.period.empty() ? present_period(policy, report, now) : wish.period);
    if (!period) return period.problem();

    const bool only_figures = is_report && !report.lists && report.attaches.empty();
    const auto each = [&](const std::function<void(const CaseOnRecord&)>& take) {
        each_record(store, parts,
                    {policy.id, period->period, wish.units, only_figures ? RecordOf::figures : RecordOf::all}, now,
                    [&](const CaseOnRecord& record) {
                        if (!wish.may_see || wish.may_see(record.ticket)) take(record);
                    });
    };
    if (is_report) {
        ReportMaker maker(policy, report, *period);
        LimitTable limits(policy);
        const auto take = [&](const CaseOnRecord& record) {
            if (maker.take(record)) limits.take(record);
        };
        if (only_figures && !wish.anew)
            take_figures(store, parts,
                         {wish.policy, static_cast<std::size_t>(found - reports.begin()), period->period, wish.units,
                          wish.may_see},
                         now,
                         {[&](const AlikeCases& cases, const std::vector<LimitOfCase>& kept, int count) {
                              maker.take(cases);
                              limits.take(kept, count);
                          },
                          take});
        else
            each(take);
        auto made = maker.end();
        if (report.name == "timeliness") made.tables.push_back(limits.end());
        auto json = to_json(made, report, policy);
        json["meanings"] = Json::object();
        for (const auto& measure : report.measures)
            if (auto meaning = measure_meaning(measure); !meaning.empty())
                json["meanings"][measure] = std::move(meaning);
        auto tables = std::move(made.tables);
        tables.insert(tables.begin(), as_table(made.figures, report, policy));
        json["table"] = to_json(tables.front());
        return ReportMade{report.title, std::move(tables), report_numbers(), std::move(json)};
    }
    each([&](const CaseOnRecord& record) {
        if (wish.name == "files")
            add_files(*table, policy, record);
        else if (belongs_into(policy, wish.name, record))
            add_case(*table, record, policy);
    });
    Json json{{"report", wish.name},
              {"title", table->title},
              {"policy", {{"id", policy.id}, {"version", policy.version}}},
              {"period", period_json(*period, policy)},
              {"table", to_json(*table)},
              {"tables", Json::array()}};
    return ReportMade{table->title, {std::move(*table)}, {"serial"}, std::move(json)};
}

std::optional<Result<Done>> each_register_row(Store& store, const EngineParts& parts, const ReportWish& wish,
                                              TimePoint now, const TakeHead& head, const TakeRow& take) {
    const auto& policy = *wish.policy;
    const auto reports = reports_of(policy);
    const bool is_report =
        std::any_of(reports.begin(), reports.end(), [&](const Report& report) { return report.name == wish.name; });
    const auto table = is_report ? std::nullopt : empty_register(policy, wish.name);
    if (!table) return std::nullopt;
    const auto period = period_named(policy, {}, wish.period.empty() ? present_period(policy, {}, now) : wish.period);
    if (!period) return Result<Done>(period.problem());
    head(*table);
    int serial = 0;
    each_record(store, parts, {policy.id, period->period, wish.units, RecordOf::all}, now,
                [&](const CaseOnRecord& record) {
                    if (wish.may_see && !wish.may_see(record.ticket)) return;
                    if (belongs_into(policy, wish.name, record))
                        take(register_row(table->columns, record, policy, ++serial));
                });
    return Result<Done>(Done{});
}

}  // namespace huiyin
