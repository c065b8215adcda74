// The first sheet of an Excel workbook (.xlsx) as the CSV that an import reads. Pure. Threads: any.
// Titles above the head, one cell in a row, are left out. A row of the sheet is a line, empty ones too, so that line
// numbers are those that the spreadsheet shows. Source: ECMA-376 part 1, 18.3 (worksheets), 18.4 (shared strings).
#pragma once
#include <string>
#include <string_view>

#include "workflow/base/result.h"
#include "workflow/directory/csv.h"

namespace huiyin {

bool is_workbook(std::string_view bytes);  // a ZIP archive, as every workbook is
// Numbers as people wrote them (13800001111, not 1.38E+10), formulas by the value that was saved with them.
// Errors: csv.unreadable - no workbook inside, more than 64 MiB unpacked, or more than `most_rows` rows or 200 columns.
Result<std::string> workbook_as_csv(std::string_view bytes, std::size_t most_rows);
// Whichever of the two it is; the encoding of a workbook is "Excel".
Result<CsvTable> read_table(std::string_view bytes, std::size_t most_rows);

}  // namespace huiyin
