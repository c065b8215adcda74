#include "workflow/engine/sent_reports.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "workflow/base/json_text.h"
#include "workflow/policy/papers.h"

namespace huiyin {
namespace {

constexpr JsonLimits ours{.bytes = std::size_t{1} << 30};  // what we wrote ourselves
constexpr const char* periods_setting = "reports";         // ["property-group~monthly~2026-03", …], the oldest first

std::string period_of(const std::string& policy, const std::string& report, const std::string& period) {
    return policy + "~" + report + "~" + period;
}
std::string period_setting(const std::string& period) { return "reports/" + period; }

Json list_in(Reading& reading, const std::string& setting) {
    const auto kept = reading.setting(setting);
    return kept ? *parse_json(*kept, ours) : Json::array();
}

std::optional<TimePoint> time_in(const Json& json, const char* name) {
    const auto found = json.find(name);
    return found == json.end() ? std::nullopt : std::optional(from_ms(found->get<std::int64_t>()));
}
void put(Json& json, const char* name, const std::optional<TimePoint>& at) {
    if (at) json[name] = to_ms(*at);
}

Json to_json(const ReportHop& hop) {
    Json json{{"role", hop.role}, {"told", Json::array()}, {"unconfirmed", hop.unconfirmed}};
    for (const auto id : hop.told) json["told"].push_back(id.value);
    put(json, "until", hop.until);
    put(json, "told_at", hop.told_at);
    put(json, "confirmed_at", hop.confirmed_at);
    if (hop.confirmed_by) json["confirmed_by"] = hop.confirmed_by.value;
    return json;
}

ReportHop hop_from(const Json& json) {
    ReportHop hop;
    hop.role = json.at("role").get<std::string>();
    for (const auto& id : json.at("told")) hop.told.push_back(StaffId{id.get<std::int64_t>()});
    hop.unconfirmed = json.at("unconfirmed").get<bool>();
    hop.until = time_in(json, "until");
    hop.told_at = time_in(json, "told_at");
    hop.confirmed_at = time_in(json, "confirmed_at");
    hop.confirmed_by = StaffId{json.value("confirmed_by", std::int64_t{0})};
    return hop;
}

Json to_json(const SentReport& sent) {
    Json json{{"policy", sent.policy},   {"report", sent.report},         {"period", sent.period},
              {"unit", sent.unit.value}, {"title", sent.title},           {"clause", sent.clause},
              {"days", sent.days},       {"from", to_ms(sent.span.from)}, {"until", to_ms(sent.span.until)},
              {"at", to_ms(sent.at)},    {"paper", sent.paper.value},     {"figures", sent.figures},
              {"way", Json::array()}};
    for (const auto& hop : sent.way) json["way"].push_back(to_json(hop));
    return json;
}

SentReport sent_from(const Json& json) {
    const auto text = [&](const char* name) { return json.at(name).get<std::string>(); };
    const auto number = [&](const char* name) { return json.at(name).get<std::int64_t>(); };
    SentReport sent;
    sent.policy = text("policy");
    sent.report = text("report");
    sent.period = text("period");
    sent.unit = UnitId{number("unit")};
    sent.title = text("title");
    sent.clause = text("clause");
    sent.days = text("days");
    sent.span = {from_ms(number("from")), from_ms(number("until"))};
    sent.at = from_ms(number("at"));
    sent.paper = TextId{number("paper")};
    sent.figures = text("figures");
    for (const auto& hop : json.at("way")) sent.way.push_back(hop_from(hop));
    return sent;
}

PaperTable table_from(const Json& json) {
    PaperTable table;
    table.name = json.at("name").get<std::string>();
    table.title = json.at("title").get<std::string>();
    table.clause = json.value("clause", "");
    for (const auto& column : json.at("columns"))
        table.columns.push_back(
            {column.at("key").get<std::string>(), column.at("title").get<std::string>(), column.value("group", "")});
    table.rows = json.at("rows").get<std::vector<std::vector<std::string>>>();
    table.tickets = json.value("tickets", std::vector<std::string>{});
    return table;
}

// Takes the rows out whose case he must not see.
void leave_out(Json& table, Reading& reading, const std::function<bool(const Ticket&)>& may_see) {
    const auto cases = table.find("tickets");
    if (cases == table.end() || !may_see) return;
    Json rows = Json::array(), tickets = Json::array();
    for (std::size_t i = 0; i < cases->size(); ++i) {
        const auto ticket = reading.ticket_numbered((*cases)[i].get<std::string>());
        if (ticket && !may_see(*ticket)) continue;
        rows.push_back(std::move(table["rows"][i]));
        tickets.push_back((*cases)[i]);
    }
    table["rows"] = std::move(rows);
    table["tickets"] = std::move(tickets);
}

}  // namespace

std::string id_of(const SentReport& sent) {
    return period_of(sent.policy, sent.report, sent.period) + "~" + to_text(sent.unit);
}

std::optional<ReportOf> report_named(const std::string& id) {
    std::array<std::string, 4> parts;
    std::size_t from = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto until = i + 1 == parts.size() ? id.size() : id.find('~', from);
        if (until == std::string::npos) return std::nullopt;
        parts.at(i) = id.substr(from, until - from);
        from = until + 1;
    }
    std::int64_t unit = 0;
    const auto& digits = parts[3];
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), unit);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return ReportOf{parts[0], parts[1], parts[2], UnitId{unit}};
}

std::vector<SentReport> sent_reports(Reading& reading, const std::function<bool(const SentReport&)>& wanted,
                                     std::size_t most, const std::string& after) {
    std::vector<SentReport> found;
    bool begun = after.empty();
    const auto periods = list_in(reading, periods_setting);
    for (auto period = periods.rbegin(); period != periods.rend(); ++period) {
        const auto list = list_in(reading, period_setting(period->get<std::string>()));
        for (auto one = list.rbegin(); one != list.rend(); ++one) {
            auto sent = sent_from(*one);
            if (!begun) {
                begun = id_of(sent) == after;
                continue;
            }
            if (!wanted(sent)) continue;
            found.push_back(std::move(sent));
            if (found.size() == most) return found;
        }
    }
    return found;
}

std::optional<SentReport> sent_report(Reading& reading, const std::string& id) {
    const auto which = report_named(id);
    if (!which) return std::nullopt;
    for (const auto& one : list_in(reading, period_setting(period_of(which->policy, which->report, which->period))))
        if (one.at("unit").get<std::int64_t>() == which->unit.value) return sent_from(one);
    return std::nullopt;
}

void save(Transaction& tx, const SentReport& sent) {
    const auto period = period_of(sent.policy, sent.report, sent.period);
    auto list = list_in(tx, period_setting(period));
    const auto same = std::find_if(list.begin(), list.end(), [&](const Json& one) {
        return one.at("unit").get<std::int64_t>() == sent.unit.value;
    });
    if (same != list.end())
        *same = to_json(sent);
    else
        list.push_back(to_json(sent));
    tx.set_setting(period_setting(period), to_text(list));
    auto periods = list_in(tx, periods_setting);
    if (std::find(periods.rbegin(), periods.rend(), period) != periods.rend()) return;
    periods.push_back(period);
    tx.set_setting(periods_setting, to_text(periods));
}

std::optional<TimePoint> given_until(const Policy& policy, const SentReport& sent) {
    std::vector<std::string> names{"report", sent.report};
    for (const auto& report : policy.reports)
        if (report.name == sent.report) names.insert(names.end(), report.attaches.begin(), report.attaches.end());
    std::optional<TimePoint> until;
    for (const auto& rule : policy.retention) {
        if (std::find(names.begin(), names.end(), rule.what) == names.end()) continue;
        const auto end = kept_until(rule, policy.calendar, sent.at);
        if (!end) return std::nullopt;
        until = until ? std::max(*until, *end) : *end;
    }
    return until;
}

std::optional<ReportMade> kept_paper(Reading& reading, const SentReport& sent,
                                     const std::function<bool(const Ticket&)>& may_see) {
    if (!sent.paper) return std::nullopt;
    const auto read = parse_json(reading.text(sent.paper), ours);
    if (!read) return std::nullopt;
    ReportMade made;
    made.title = sent.title;
    made.json = *read;
    made.numbers = report_numbers();
    made.tables.push_back(table_from(made.json.at("table")));
    for (auto& table : made.json.at("tables")) {
        leave_out(table, reading, may_see);
        made.tables.push_back(table_from(table));
    }
    return made;
}

}  // namespace huiyin
