#include "tests/scenarios/papers.h"

#include <algorithm>
#include <functional>
#include <stdexcept>

#include "workflow/engine/case_records.h"
#include "workflow/reports/figures.h"
#include "workflow/reports/register.h"

namespace huiyin::test {
namespace {

using Unmet = std::optional<std::string>;

EngineParts parts_of(Stage& stage) {
    EngineParts parts;
    parts.policies = stage.house.policies.get();
    parts.directory = stage.house.directory.get();
    parts.speaker = stage.house.speaker.get();
    parts.phrases = stage.house.phrases.get();
    return parts;
}

// Every matter of the scenario, as the store finds it in that time.
// What people wrote can be read only meanwhile.
void each_case(Stage& stage, const ReportPeriod& period, const std::function<void(const CaseOnRecord&)>& take) {
    const auto directory = stage.house.directory->get();
    const RecordsWanted wanted{stage.house.policy->id, period, directory->with_below(directory->organisation().id)};
    each_record(*stage.house.store, parts_of(stage), wanted, stage.house.now(), take);
}
ReportPeriod so_far(Stage& stage) { return {from_ms(0), stage.house.now() + Milliseconds{1}}; }

std::string in_one_word(std::string text) {
    std::replace(text.begin(), text.end(), ' ', '_');
    return text.empty() ? "nothing" : text;
}

Unmet some_fits(const std::vector<std::string>& found, const std::string& wanted) {
    std::string all;
    for (const auto& line : found) {
        if (fits(line, wanted)) return std::nullopt;
        all += (all.empty() ? "" : "\n           ") + line;
    }
    return all.empty() ? "nothing" : all;
}

std::string shown_cells(const std::vector<RegisterColumn>& columns, const std::vector<std::string>& cells) {
    std::string line;
    for (std::size_t i = 0; i < columns.size(); ++i) line += " " + columns[i].key + "=" + in_one_word(cells[i]);
    return line;
}

std::string shown(const Figure& measured, const std::string& name) {
    auto text = name + "=" + std::to_string(measured.part);
    if (measured.of != 0) text += "/" + std::to_string(measured.of);
    if (measured.sum != 0) text += ":" + std::to_string(measured.sum);
    return text;
}

std::string rest_of(const std::vector<std::string>& list, std::size_t from) {
    std::string text;
    for (auto i = from; i < list.size(); ++i) text += (text.empty() ? "" : " ") + list[i];
    return text;
}

}  // namespace

Unmet row_met(Stage& stage, const std::string& wanted) {
    const auto list = words(wanted);
    if (list.size() < 3) throw std::runtime_error("write \"row: register 1 customer_name=王女士 …\"");
    const auto& policy = *stage.house.policy;
    auto table = empty_register(policy, list[0]);
    if (!table) return "no such register";
    std::vector<std::string> rows;
    each_case(stage, so_far(stage), [&](const CaseOnRecord& record) {
        if (!belongs_into(policy, list[0], record)) return;
        const auto serial = static_cast<int>(rows.size()) + 1;
        rows.push_back(std::to_string(serial) +
                       shown_cells(table->columns, register_row(table->columns, record, policy, serial)));
    });
    return some_fits(rows, rest_of(list, 1));
}

Unmet figures_met(Stage& stage, const std::string& wanted) {
    const auto list = words(wanted);
    if (list.size() < 3) throw std::runtime_error("write \"report: monthly 2026-03 all count=3 …\"");
    const auto& policy = *stage.house.policy;
    const auto report = std::find_if(policy.reports.begin(), policy.reports.end(),
                                     [&](const Report& each) { return each.name == list[0]; });
    if (report == policy.reports.end()) return "no such report";
    const auto period = period_named(policy, *report, list[1]);
    if (!period) throw std::runtime_error(period.problem().text);
    FigureMaker maker(policy, *report, *period);
    each_case(stage, period->period, [&](const CaseOnRecord& record) { maker.take(record); });
    const auto figures = maker.end();
    std::vector<std::string> lines;
    const auto add = [&](const FigureRow& row, const std::string& name) {
        auto line = name + (row.rank ? " rank=" + std::to_string(row.rank) : std::string());
        for (std::size_t i = 0; i < row.measured.size(); ++i) line += " " + shown(row.measured[i], report->measures[i]);
        lines.push_back(std::move(line));
    };
    add(figures.all, figures.to_be_sent ? "all" : "all not-sent");
    for (const auto& row : figures.rows) {
        std::string name;
        for (const auto& key : row.split) name += (name.empty() ? "" : "/") + in_one_word(key);
        add(row, name);
    }
    for (const auto& receiver : figures.receivers)
        lines.push_back("to " + receiver.role +
                        (receiver.due ? " by " + to_date(std::chrono::local_days{*receiver.due}) : std::string()));
    return some_fits(lines, rest_of(list, 2));
}

Unmet sent_met(Stage& stage, const std::string& wanted, bool must) {
    const auto directory = stage.house.directory->get();
    std::vector<std::string> lines;
    stage.house.store->read([&](Reading& reading) {
        for (const auto& sent : sent_reports(
                 reading, [](const SentReport&) { return true; }, 1000)) {
            const auto begins = sent.report + " " + sent.period + " " + directory->unit(sent.unit)->key + " at " +
                                stage.house.shown(sent.at) +
                                (!sent.paper            ? " nothing-to-report"
                                 : sent.figures.empty() ? std::string(" nil")
                                                        : " " + sent.figures);
            if (sent.way.empty()) lines.push_back(begins);
            for (const auto& hop : sent.way) {
                auto line = begins + " to " + hop.role;
                if (hop.until) line += " until " + stage.house.shown(*hop.until);
                line += hop.told_at ? " told " + stage.house.shown(*hop.told_at) : std::string(" waiting");
                if (hop.unconfirmed) line += " unconfirmed";
                if (hop.confirmed_at)
                    line += " confirmed " + stage.house.shown(*hop.confirmed_at) +
                            " by=" + directory->staff(hop.confirmed_by)->login;
                lines.push_back(std::move(line));
            }
        }
    });
    if (must) return some_fits(lines, wanted);
    for (const auto& line : lines)
        if (fits(line, wanted)) return line;
    return std::nullopt;
}

Unmet paper_met(Stage& stage, const std::string& wanted) {
    const auto list = words(wanted);
    if (list.empty()) throw std::runtime_error("write \"paper: notice number=… customer_name=…\"");
    std::string found = "no such paper was made";
    bool met = false;
    each_case(stage, so_far(stage), [&](const CaseOnRecord& record) {
        if (met || record.ticket.id != stage.current().id) return;
        const auto paper = paper_of(*stage.house.policy, list[0], record);
        if (!paper) return;
        found = "number=" + in_one_word(paper->number) + shown_cells(paper->form->columns, paper->cells);
        met = fits(found, rest_of(list, 1));
    });
    return met ? std::nullopt : Unmet(found);
}

Unmet kept_met(Stage& stage, const std::string& wanted) {
    std::vector<std::string> lines;
    each_case(stage, so_far(stage), [&](const CaseOnRecord& record) {
        if (record.ticket.id != stage.current().id) return;
        for (const auto& kept : kept_records(*stage.house.policy, record))
            lines.push_back(in_one_word(kept.what) + " file=" + in_one_word(kept.file) +
                            (kept.permanent ? " permanent"
                             : kept.until   ? " until " + stage.house.shown(*kept.until)
                                            : std::string(" not-over")) +
                            " " + kept.clause);
    });
    return some_fits(lines, wanted);
}

}  // namespace huiyin::test
