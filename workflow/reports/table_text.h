// Tables for people: figures as a table, a table as CSV or HTML. Pure. Threads: any.
#pragma once
#include <string>
#include <vector>

#include "workflow/reports/report.h"

namespace huiyin {

// A row for each part and a last one for all: "18/20 90.0%" is a share, "4.2" the mean of a score or of minutes.
PaperTable as_table(const ReportFigures& figures, const Report& report, const Policy& policy);

// With a byte order mark, each cell in quotes; what a spreadsheet would take for a formula begins with an apostrophe.
std::string to_csv(const PaperTable& table);
// The same piece by piece, for tables that are larger than memory should be: the mark that a file begins with, a line.
std::vector<std::string> csv_heads(const PaperTable& table);
std::string csv_mark();
std::string csv_line(const std::vector<std::string>& cells);
// A page of its own; heads with a group stand over their columns.
std::string to_html(const std::string& title, const std::vector<PaperTable>& tables);

}  // namespace huiyin
