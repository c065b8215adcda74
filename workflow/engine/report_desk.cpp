#include "workflow/engine/report_desk.h"

#include <algorithm>

#include "workflow/base/time_text.h"
#include "workflow/engine/case_records.h"
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

Result<NamedPeriod> period_of(const ReportWish& wish, const Report& report, TimePoint now) {
    if (!wish.period.empty()) return period_named(*wish.policy, report, wish.period);
    const auto today = to_date(wish.policy->calendar.zone().to_local(now).day);
    const bool by_days = report.every == "day" || report.every == "week";
    return period_named(*wish.policy, report, by_days ? today : today.substr(0, 7));
}

}  // namespace

Result<ReportMade> make_report(Reading& reading, const EngineParts& parts, const ReportWish& wish, TimePoint now) {
    const auto& policy = *wish.policy;
    const auto reports = reports_of(policy);
    const auto found =
        std::find_if(reports.begin(), reports.end(), [&](const Report& report) { return report.name == wish.name; });
    const bool is_report = found != reports.end();
    const auto report = is_report ? *found : Report{};
    auto table = is_report ? std::nullopt : wish.name == "files" ? files_table() : empty_register(policy, wish.name);
    if (!is_report && !table) return unknown(wish, reports);
    const auto period = period_of(wish, report, now);
    if (!period) return period.problem();

    const auto each = [&](const std::function<void(const CaseOnRecord&)>& take) {
        each_record(reading, parts, {policy.id, period->period, wish.units}, now, [&](const CaseOnRecord& record) {
            if (!wish.may_see || wish.may_see(record.ticket)) take(record);
        });
    };
    if (is_report) {
        ReportMaker maker(policy, report, *period);
        LimitTable limits(policy);
        each([&](const CaseOnRecord& record) {
            if (maker.take(record)) limits.take(record);
        });
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
        return ReportMade{report.title,
                          std::move(tables),
                          {"count", "rank", "serial", "begun", "kept", "missed", "running"},
                          std::move(json)};
    }
    each([&](const CaseOnRecord& record) {
        if (wish.name == "files")
            add_files(*table, policy, record);
        else if (belongs_into(policy, wish.name, record))
            table->rows.push_back(
                register_row(table->columns, record, policy, static_cast<int>(table->rows.size()) + 1));
    });
    Json json{{"report", wish.name},
              {"title", table->title},
              {"policy", {{"id", policy.id}, {"version", policy.version}}},
              {"period", period_json(*period, policy)},
              {"table", to_json(*table)},
              {"tables", Json::array()}};
    return ReportMade{table->title, {std::move(*table)}, {"serial"}, std::move(json)};
}

}  // namespace huiyin
