#include "workflow/directory/csv.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <stdexcept>

#include "workflow/base/utf8.h"

namespace huiyin {
namespace {

constexpr std::size_t most_columns = 64, most_cell_bytes = 4000;

Problem unreadable(std::string text) { return {"csv.unreadable", std::move(text), {}}; }
std::string line_said(int line) { return "第" + std::to_string(line) + "行"; }

// The bytes as UTF-8; nothing where they are no GB18030.
std::optional<std::string> from_gb18030(std::string_view bytes) {
    const auto refused = reinterpret_cast<iconv_t>(-1);
    const iconv_t opened = ::iconv_open("UTF-8", "GB18030");
    if (opened == refused) throw std::runtime_error("this machine cannot read GB18030");
    const std::unique_ptr<void, int (*)(iconv_t)> reader(opened, ::iconv_close);
    std::string out(bytes.size() * 2 + 16, '\0');
    // iconv wants a pointer that it may move; it does not write through it.
    char* in = const_cast<char*>(bytes.data());  // NOLINT
    char* to = out.data();
    std::size_t in_left = bytes.size(), out_left = out.size();
    if (::iconv(reader.get(), &in, &in_left, &to, &out_left) == static_cast<std::size_t>(-1)) return std::nullopt;
    out.resize(out.size() - out_left);
    if (!is_utf8(out)) return std::nullopt;  // iconv knows characters that Unicode does not
    return out;
}

bool strip(std::string_view& text, std::string_view begin) {
    if (!text.starts_with(begin)) return false;
    text.remove_prefix(begin.size());
    return true;
}

std::string_view without_blanks(std::string_view text) {
    static constexpr std::array<std::string_view, 7> blanks{" ", "\t", "\r", "\n", "\u00a0", "\u3000", "\u200b"};
    for (bool more = true; more;) {
        more = false;
        for (const auto blank : blanks) {
            if (text.starts_with(blank)) text.remove_prefix(blank.size()), more = true;
            if (text.ends_with(blank)) text.remove_suffix(blank.size()), more = true;
        }
    }
    return text;
}

// What exports put before a formula's sign (reports/table_text.h).
std::string plain_cell(std::string_view text) {
    text = without_blanks(text);
    static constexpr std::array<std::string_view, 10> signs{"=", "+", "-", "@", "|", "%", "＝", "＋", "－", "＠"};
    if (text.starts_with('\''))
        for (const auto sign : signs)
            if (text.substr(1).starts_with(sign)) return std::string(text.substr(1));
    return std::string(text);
}

// The sign that stands most often in the first line, outside of quotes.
char separator_of(std::string_view text) {
    std::array<std::size_t, 3> found{};
    static constexpr std::array<char, 3> signs{',', ';', '\t'};
    bool quoted = false;
    for (const char c : text) {
        if (c == '"') quoted = !quoted;
        if (!quoted && (c == '\n' || c == '\r')) break;
        for (std::size_t i = 0; i < signs.size(); ++i)
            if (!quoted && c == signs[i]) ++found[i];
    }
    return signs[static_cast<std::size_t>(std::max_element(found.begin(), found.end()) - found.begin())];
}

class Rows {
public:
    Rows(std::string_view text, char separator) : text_(text), separator_(separator) {}
    bool more() const { return at_ < text_.size(); }

    // One row, with the breaks that stand in its quotes. Errors: csv.unreadable.
    Result<CsvRow> next() {
        CsvRow row{line_, {}};
        std::string cell;
        bool in_quotes = false, had_quotes = false;
        const auto ends = [&] {
            row.cells.push_back(plain_cell(cell));
            cell.clear();
            had_quotes = false;
        };
        for (; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (cell.size() > most_cell_bytes) return unreadable(line_said(row.line) + "有一格太长：最多写1000个字");
            if (in_quotes) {
                if (c == '\n') ++line_;
                if (c != '"')
                    cell += c;
                else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"')
                    cell += text_[++at_];
                else
                    in_quotes = false;
                continue;
            }
            if (c == '"' && !had_quotes && without_blanks(cell).empty()) {
                in_quotes = had_quotes = true;
                cell.clear();
            } else if (c == separator_) {
                ends();
            } else if (c == '\n' || c == '\r') {
                if (c == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') ++at_;
                ++at_, ++line_;
                ends();
                return row;
            } else {
                cell += c;
            }
        }
        if (in_quotes) return unreadable(line_said(row.line) + "的引号没有合上：在格子末尾补一个英文双引号");
        ends();
        return row;
    }

private:
    std::string_view text_;
    char separator_;
    std::size_t at_ = 0;
    int line_ = 1;
};

bool is_empty(const CsvRow& row) {
    return std::all_of(row.cells.begin(), row.cells.end(), [](const std::string& cell) { return cell.empty(); });
}

Result<std::pair<std::string, std::string>> text_of(std::string_view bytes) {
    if (bytes.starts_with("PK")) return unreadable("这是 Excel 工作簿，读不了：在表格软件里另存为“CSV UTF-8”再导入");
    if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff") || bytes.find('\0') != std::string_view::npos)
        return unreadable("这不是 CSV，或者是 UTF-16 编码：在表格软件里另存为“CSV UTF-8”再导入");
    strip(bytes, "\xEF\xBB\xBF");
    if (is_utf8(bytes)) return std::pair{std::string("UTF-8"), std::string(bytes)};
    if (auto text = from_gb18030(bytes)) return std::pair{std::string("GB18030"), std::move(*text)};
    return unreadable("文字读不出来，既不是 UTF-8，也不是 GB18030：在表格软件里另存为“CSV UTF-8”再导入");
}

}  // namespace

Result<CsvTable> read_csv(std::string_view bytes, std::size_t most_rows) {
    auto text = text_of(bytes);
    if (!text) return text.problem();
    CsvTable table{text->first, separator_of(text->second), {}, {}};
    Rows rows(text->second, table.separator);
    while (rows.more()) {
        auto row = rows.next();
        if (!row) return row.problem();
        if (is_empty(*row)) continue;
        if (table.head.empty()) {
            table.head = std::move(row->cells);
            while (!table.head.empty() && table.head.back().empty()) table.head.pop_back();
            if (table.head.size() > most_columns) return unreadable("表头太宽：最多64列");
            continue;
        }
        auto& cells = row->cells;
        while (cells.size() > table.head.size() && cells.back().empty()) cells.pop_back();
        if (cells.size() > table.head.size())
            return unreadable(line_said(row->line) + "有" + std::to_string(cells.size()) + "格，表头只有" +
                              std::to_string(table.head.size()) + "格：含逗号的格子要加英文双引号");
        cells.resize(table.head.size());
        if (table.rows.size() == most_rows)
            return unreadable("一次最多导入" + std::to_string(most_rows) + "行：请分成几个文件");
        table.rows.push_back(std::move(*row));
    }
    if (table.head.empty()) return unreadable("文件是空的：第一行写表头，下面每行一条");
    return table;
}

}  // namespace huiyin
