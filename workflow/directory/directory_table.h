// The directory as tables that people fill in with a spreadsheet: which columns there are, a row out, a file in. Pure.
// Threads: any.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/base/result.h"
#include "workflow/directory/csv.h"
#include "workflow/directory/directory_edit.h"

namespace huiyin {

// What one import may bring; more goes into several files. It is saved in one unit of work, which nobody should wait
// for longer than half a second.
inline constexpr std::size_t most_import_rows = 20000;

struct TableColumn {
    std::string key, title;  // both are read in a head: "login", "登录名"
    bool required = false;   // of a row that is new
};
const std::vector<TableColumn>& columns_of(DirectoryKind kind);
std::vector<std::string> cells_of(const Directory& directory, const Unit& unit);
std::vector<std::string> cells_of(const Directory& directory, const Building& building);
std::vector<std::string> cells_of(const Directory& directory, const Household& household);
// Roles by their titles.
std::vector<std::string> cells_of(const Directory& directory, const Staff& staff,
                                  const std::map<std::string, std::string>& roles);

struct ImportFinding {
    int line = 0;  // of the file; 0: of all of it
    std::string column, value, text;
};
// Which column each head of a file stands for; what may have been meant by those that stand for none.
struct NamedColumns {
    std::vector<std::string> keys;     // as the head; empty: unknown
    std::vector<std::string> unknown;  // "电话号码（是不是“电话”？）"
    std::vector<std::string> twice;    // heads of a column that is there already
    std::string missing;               // titles of needed ones, "小区、楼栋"; empty: none
    const std::string& cell_of(const std::vector<std::string>& cells, const std::string& key) const;  // "" if none
};
NamedColumns named_columns(const std::vector<std::string>& head, const std::vector<TableColumn>& columns,
                           const std::function<bool(const TableColumn&)>& is_needed);
// "表头缺少：…。表头可以写：…"
Problem missing_columns(const NamedColumns& named, const std::vector<TableColumn>& columns);
std::optional<bool> yes_or_no(const std::string& cell);  // "是", "否" and their like

struct ImportPlan {
    std::string encoding;                      // "UTF-8", "GB18030" or "Excel"
    std::vector<std::string> head;             // as the file has it
    std::vector<std::string> unknown_columns;  // and what may have been meant: "电话号码（是不是“电话”？）"
    std::vector<std::vector<std::string>> first_rows;
    int rows = 0, added = 0, changed = 0, unchanged = 0;
    std::vector<ImportFinding> findings;  // the first hundred
    int finding_count = 0;
    DirectoryContent changes;  // to be saved only if there is no finding

    void add(ImportFinding finding);
};
ImportPlan plan_of(const CsvTable& table);  // with nothing judged yet
// What the file, CSV or the first sheet of a workbook, would do. An empty cell leaves what is there; of a list, all of
// it is written: "1、2、3" or "1-3". Errors: csv.unreadable; import.no_column - a column that no row can do without is
// missing.
Result<ImportPlan> plan_import(DirectoryKind kind, std::string_view bytes, const Directory& directory,
                               const EditorWords& words, IdMaker& ids, TimePoint now);

}  // namespace huiyin
