// Registers, papers and the file a record goes into: what a pack lays out, filled from the cases. Pure. Threads: any.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "workflow/policy/papers.h"
#include "workflow/reports/case_on_record.h"

namespace huiyin {

// A head stands over one column or, with a group, over several; `rows` have as many cells as there are columns.
struct PaperTable {
    std::string name, title, clause;
    std::vector<RegisterColumn> columns;
    std::vector<std::vector<std::string>> rows;
    std::vector<std::string> tickets{};  // the case of each row; empty: rows are no cases
};

// The pack's register ("register"), or one of its others by name; nothing: it has none of that name.
std::optional<PaperTable> empty_register(const Policy& policy, const std::string& name);
// Does the case stand in that register, and with what? `serial`: the row's number.
bool belongs_into(const Policy& policy, const std::string& name, const CaseOnRecord& of);
// The next row.
void add_case(PaperTable& table, const CaseOnRecord& of, const Policy& policy);
std::vector<std::string> register_row(const std::vector<RegisterColumn>& columns, const CaseOnRecord& of,
                                      const Policy& policy, int serial);

// A paper that was made: the newest of that form, as its step was completed.
struct Paper {
    const Form* form = nullptr;
    std::string number;  // "8D20260302001", or empty
    TimePoint at;
    std::vector<std::string> cells;  // one for each column of the form; a blank is empty
};
std::optional<Paper> paper_of(const Policy& policy, const std::string& form, const CaseOnRecord& of);

// Where the records of a case are kept, and until when; one entry for each rule of the pack. Nothing in `until`: for
// ever, or not over yet.
struct KeptRecord {
    std::string what, file, clause;  // file: "3栋2单元501", "2026", "T20260302-001"; empty where the pack names none
    bool permanent = false;
    std::optional<TimePoint> until;
};
std::vector<KeptRecord> kept_records(const Policy& policy, const CaseOnRecord& of);

}  // namespace huiyin
