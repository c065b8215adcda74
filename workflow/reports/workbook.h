// Tables as a spreadsheet (XLSX), a sheet each, made by libxlsxwriter. Threads: any.
#pragma once
#include <set>
#include <string>
#include <vector>

#include "workflow/reports/register.h"

namespace huiyin {

// The bytes of a workbook that prints on A4 across: the title, heads with their groups over their columns, then the
// rows. Every cell is text, so that nothing in it is ever taken for a formula, but for whole numbers in the columns of
// `numbers`. `directory` holds what does not fit into memory while it is made.
// Throws std::runtime_error where the directory is full or not writable.
std::string to_xlsx(const std::string& title, const std::vector<PaperTable>& tables,
                    const std::set<std::string>& numbers, const std::string& directory = "/tmp");

}  // namespace huiyin
