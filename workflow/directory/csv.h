// A table as spreadsheets save it: comma, semicolon or tab, quotes doubled within quotes, UTF-8 or GB18030. Pure.
// Threads: any.
// Source: RFC 4180; GB 18030-2022 as the C library reads it.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "workflow/base/result.h"

namespace huiyin {

struct CsvRow {
    int line = 0;  // of the file, where the row begins; the first is 1
    std::vector<std::string> cells;
};
struct CsvTable {
    std::string encoding;  // "UTF-8" or "GB18030": what the bytes turned out to be
    char separator = ',';
    std::vector<std::string> head;
    std::vector<CsvRow> rows;  // cells without the blanks around them, as many as the head has; empty rows are left out
};

// An apostrophe that only kept a cell from being taken for a formula is taken off again.
// Errors: csv.unreadable - neither encoding fits, a workbook, a quote that never closes, no head, a row that is longer
// than its head, more rows than `most_rows`; the text is for people and names the line.
Result<CsvTable> read_csv(std::string_view bytes, std::size_t most_rows);

}  // namespace huiyin
