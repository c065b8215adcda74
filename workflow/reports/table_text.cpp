#include "workflow/reports/table_text.h"

#include <algorithm>
#include <array>

namespace huiyin {
namespace {

std::string title_of(const Policy& policy, const std::string& name) {
    static const std::map<std::string, std::string> titles{
        {"count", "件数"},        {"timeliness", "及时"},
        {"revisits", "回访"},     {"in_person", "上门回访"},
        {"satisfaction", "满意"}, {"direct_solve", "一次解决"},
        {"repeats", "重复"},      {"waiting_time", "平均等待受理（分钟）"},
        {"unit", "单位"},         {"kind", "性质"},
        {"category", "类别"},     {"level", "级别"},
        {"state", "状态"},        {"validity", "是否有效"},
        {"cause", "原因"}};
    if (const auto found = titles.find(name); found != titles.end()) return found->second;
    const auto fact =
        std::find_if(policy.facts.begin(), policy.facts.end(), [&](const FactInfo& each) { return each.name == name; });
    return fact == policy.facts.end() || fact->title.empty() ? name : fact->title;
}

std::string shown(const Figure& measured, const std::string& name) {
    if (name == "waiting_time") return measured.of == 0 ? "" : tenths(measured.sum * 10 / measured.of);
    if (measured.of == 0) return std::to_string(measured.part);
    auto text =
        std::to_string(measured.part) + "/" + std::to_string(measured.of) + " " + percent(measured.part, measured.of);
    if (measured.sum != 0) text += " " + tenths(measured.sum * 10 / measured.of);
    return text;
}

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '&')
            out += "&amp;";
        else if (c == '"')
            out += "&quot;";
        else
            out += c;
    }
    return out;
}

// Where the first visible sign of a cell begins a formula, in whatever width, it is no formula any more.
bool begins_formula(std::string_view text) {
    static constexpr std::array<std::string_view, 14> unseen{" ",
                                                             "\t",
                                                             "\r",
                                                             "\n",
                                                             "\xC2\xA0",
                                                             "\xE3\x80\x80",
                                                             "\xE2\x80\x8B",
                                                             "\xE2\x80\x8C",
                                                             "\xE2\x80\x8D",
                                                             "\xE2\x80\x8E",
                                                             "\xE2\x80\x8F",
                                                             "\xEF\xBB\xBF",
                                                             "\xE2\x81\xA0",
                                                             "\xC2\xAD"};
    static constexpr std::array<std::string_view, 10> signs{"=", "+", "-", "@", "|", "%", "＝", "＋", "－", "＠"};
    const auto starts = [&](std::string_view with) { return text.substr(0, with.size()) == with; };
    for (bool more = true; more;) {
        more = false;
        for (const auto each : unseen)
            if (starts(each)) text.remove_prefix(each.size()), more = true;
    }
    return std::any_of(signs.begin(), signs.end(), starts);
}

std::string csv_cell(const std::string& text) {
    std::string out = "\"";
    if (begins_formula(text)) out += '\'';
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c == '\n' || c == '\r' || c == '\t' ? ' ' : c;
    }
    return out + "\"";
}

std::string head_of(const RegisterColumn& column) {
    return column.group.empty() ? column.title : column.group + "/" + column.title;
}

std::string html_heads(const std::vector<RegisterColumn>& columns) {
    const bool grouped =
        std::any_of(columns.begin(), columns.end(), [](const auto& each) { return !each.group.empty(); });
    std::string upper, lower;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto& column = columns[i];
        if (column.group.empty()) {
            upper += std::string("<th") + (grouped ? " rowspan=\"2\"" : "") + ">" + escaped(column.title) + "</th>";
            continue;
        }
        lower += "<th>" + escaped(column.title) + "</th>";
        if (i > 0 && columns[i - 1].group == column.group) continue;
        std::size_t wide = i;
        while (wide < columns.size() && columns[wide].group == column.group) ++wide;
        upper += "<th colspan=\"" + std::to_string(wide - i) + "\">" + escaped(column.group) + "</th>";
    }
    return "<tr>" + upper + "</tr>" + (grouped ? "<tr>" + lower + "</tr>" : std::string());
}

}  // namespace

PaperTable as_table(const ReportFigures& figures, const Report& report, const Policy& policy) {
    PaperTable table{report.name, report.title, report.clause, {}, {}};
    const auto add = [&](const std::string& name) { table.columns.push_back({name, title_of(policy, name), {}}); };
    if (!report.ranked_by.empty()) table.columns.push_back({"rank", "名次", {}});
    for (const auto& by : report.by) add(by);
    for (const auto& measure : report.measures) add(measure);
    const auto row_of = [&](const FigureRow& row, std::vector<std::string> cells) {
        for (std::size_t i = 0; i < row.measured.size(); ++i)
            cells.push_back(shown(row.measured[i], report.measures[i]));
        table.rows.push_back(std::move(cells));
    };
    for (const auto& row : figures.rows) {
        std::vector<std::string> cells;
        if (!report.ranked_by.empty()) cells.push_back(std::to_string(row.rank));
        cells.insert(cells.end(), row.titles.begin(), row.titles.end());
        row_of(row, std::move(cells));
    }
    std::vector<std::string> cells(report.by.size() + (report.ranked_by.empty() ? 0 : 1));
    if (!cells.empty()) cells.front() = "合计";
    row_of(figures.all, std::move(cells));
    return table;
}

std::vector<std::string> csv_heads(const PaperTable& table) {
    std::vector<std::string> heads;
    for (const auto& column : table.columns) heads.push_back(head_of(column));
    return heads;
}

std::string csv_mark() { return "\xEF\xBB\xBF"; }

std::string csv_line(const std::vector<std::string>& cells) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) line += (i == 0 ? "" : ",") + csv_cell(cells[i]);
    return line + "\r\n";
}

std::string to_csv(const PaperTable& table) {
    std::string out = csv_mark() + csv_line(csv_heads(table));
    for (const auto& row : table.rows) out += csv_line(row);
    return out;
}

std::string to_html(const std::string& title, const std::vector<PaperTable>& tables) {
    std::string out = "<!doctype html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>" + escaped(title) +
                      "</title><style>table{border-collapse:collapse;margin:1em 0}th,td{border:1px solid #888;"
                      "padding:.2em .5em;text-align:left}</style></head><body><h1>" +
                      escaped(title) + "</h1>\n";
    for (const auto& table : tables) {
        out += "<table><caption>" + escaped(table.title) + "</caption><thead>" + html_heads(table.columns) +
               "</thead><tbody>\n";
        for (const auto& row : table.rows) {
            out += "<tr>";
            for (const auto& cell : row) out += "<td>" + escaped(cell) + "</td>";
            out += "</tr>\n";
        }
        out += "</tbody></table>\n";
    }
    return out + "</body></html>\n";
}

}  // namespace huiyin
