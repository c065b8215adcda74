#include "workflow/reports/workbook.h"

#include <unistd.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace huiyin {
namespace {

constexpr std::size_t rows_in_memory = 5'000;  // above, each row goes to disk as it is written
constexpr std::size_t cell_bytes_most = 32'000;
constexpr double narrowest = 6, widest = 40;  // columns, in characters of the normal font

// A file that is gone when we are.
class OwnFile {
public:
    explicit OwnFile(const std::string& directory) : path_(directory + "/huiyin-XXXXXX") {
        const int descriptor = ::mkstemp(path_.data());
        if (descriptor < 0)
            throw std::runtime_error("no workbook can be made in " + directory + ": make room there or let us write");
        ::close(descriptor);
    }
    ~OwnFile() { ::unlink(path_.c_str()); }
    OwnFile(const OwnFile&) = delete;
    OwnFile& operator=(const OwnFile&) = delete;
    const std::string& path() const { return path_; }

    std::string content() const {
        const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path_.c_str(), "rb"), &std::fclose);
        if (!file) throw std::runtime_error("the workbook " + path_ + " cannot be read back");
        std::string bytes;
        char part[1 << 16];
        for (std::size_t got = 0; (got = std::fread(part, 1, sizeof part, file.get())) > 0;) bytes.append(part, got);
        return bytes;
    }

private:
    std::string path_;
};

void good(lxw_error error) {
    if (error != LXW_NO_ERROR) throw std::runtime_error(std::string("workbook: ") + lxw_strerror(error));
}

std::string cut(const std::string& text, std::size_t bytes) {
    if (text.size() <= bytes) return text;
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
    return text.substr(0, bytes);
}

// Chinese characters are twice as wide.
double width_of(const std::string& text) {
    double width = 0;
    for (const char each : text) {
        const auto byte = static_cast<unsigned char>(each);
        if ((byte & 0xC0) != 0x80) width += byte < 0x80 ? 1.1 : 2.1;
    }
    return width;
}

// At most 31 signs, none of []:*?/\, none twice.
std::string sheet_name(const PaperTable& table, std::set<std::string>& taken) {
    std::string name;
    for (const char each : table.title.empty() ? table.name : table.title)
        name += std::string("[]:*?/\\'").find(each) == std::string::npos ? each : ' ';
    name = cut(name, 81);  // 27 Chinese characters
    auto free = name;
    for (int i = 2; !taken.insert(free).second; ++i) free = cut(name, 75) + " " + std::to_string(i);
    return free;
}

bool whole_number(const std::string& text) {
    return !text.empty() && text.size() <= 9 && (text == "0" || text[0] != '0') &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

struct Looks {
    lxw_format *title, *head, *cell;
};

class Sheet {
public:
    Sheet(lxw_workbook* book, const std::string& name, const Looks& looks, bool in_memory)
        : sheet_(workbook_add_worksheet(book, name.c_str())), looks_(looks), in_memory_(in_memory) {
        if (!sheet_) throw std::runtime_error("workbook: no sheet \"" + name + "\"");
        worksheet_set_paper(sheet_, 9);  // A4
        worksheet_set_landscape(sheet_);
        worksheet_fit_to_pages(sheet_, 1, 0);
    }

    void fill(const std::string& title, const PaperTable& table, const std::set<std::string>& numbers) {
        widths(table);
        write(0, 0, title, looks_.title);
        const auto first = heads(table.columns);
        worksheet_freeze_panes(sheet_, first, 0);
        worksheet_repeat_rows(sheet_, 1, first - 1);
        std::vector<bool> numeric;
        for (const auto& column : table.columns) numeric.push_back(numbers.count(column.key) != 0);
        auto line = first;
        for (const auto& row : table.rows) {
            for (std::size_t i = 0; i < row.size(); ++i) {
                const auto column = static_cast<lxw_col_t>(i);
                if (i < numeric.size() && numeric[i] && whole_number(row[i]))
                    good(worksheet_write_number(sheet_, line, column, std::stod(row[i]), looks_.cell));
                else
                    write(line, column, row[i], looks_.cell);
            }
            ++line;
        }
    }

private:
    void write(lxw_row_t line, lxw_col_t column, const std::string& text, lxw_format* look) {
        good(worksheet_write_string(sheet_, line, column, cut(text, cell_bytes_most).c_str(), look));
    }

    void widths(const PaperTable& table) {
        const auto looked_at = std::min<std::size_t>(table.rows.size(), 200);
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            auto width = width_of(table.columns[i].title);
            for (std::size_t row = 0; row < looked_at; ++row)
                if (i < table.rows[row].size()) width = std::max(width, width_of(table.rows[row][i]));
            const auto column = static_cast<lxw_col_t>(i);
            good(worksheet_set_column(sheet_, column, column, std::clamp(width + 1, narrowest, widest), nullptr));
        }
    }

    // Gives the first line below them.
    lxw_row_t heads(const std::vector<RegisterColumn>& columns) {
        const bool grouped =
            std::any_of(columns.begin(), columns.end(), [](const auto& each) { return !each.group.empty(); });
        for (std::size_t i = 0; i < columns.size();) {
            const auto& group = columns[i].group;
            const auto at = static_cast<lxw_col_t>(i);
            std::size_t end = i + 1;
            if (!group.empty())
                while (end < columns.size() && columns[end].group == group) ++end;
            const auto last = static_cast<lxw_col_t>(end - 1);
            if (last > at)
                good(worksheet_merge_range(sheet_, 1, at, 1, last, group.c_str(), looks_.head));
            else
                write(1, at, group.empty() ? columns[i].title : group, looks_.head);
            i = end;
        }
        if (!grouped) return 2;
        for (std::size_t i = 0; i < columns.size(); ++i)
            write(2, static_cast<lxw_col_t>(i), columns[i].group.empty() ? "" : columns[i].title, looks_.head);
        // A head without a group stands over both lines. Rows that went to disk cannot be touched again.
        if (in_memory_)
            for (std::size_t i = 0; i < columns.size(); ++i) {
                const auto at = static_cast<lxw_col_t>(i);
                if (columns[i].group.empty())
                    good(worksheet_merge_range(sheet_, 1, at, 2, at, columns[i].title.c_str(), looks_.head));
            }
        return 3;
    }

    lxw_worksheet* sheet_;
    Looks looks_;
    bool in_memory_;
};

}  // namespace

std::string to_xlsx(const std::string& title, const std::vector<PaperTable>& tables,
                    const std::set<std::string>& numbers, const std::string& directory) {
    const OwnFile file(directory);
    const bool in_memory = std::all_of(tables.begin(), tables.end(),
                                       [](const PaperTable& table) { return table.rows.size() <= rows_in_memory; });
    auto where = directory;
    lxw_workbook_options options{};
    options.constant_memory = in_memory ? LXW_FALSE : LXW_TRUE;
    options.tmpdir = where.data();
    auto* book = workbook_new_opt(file.path().c_str(), &options);
    if (!book) throw std::runtime_error("no workbook can be made in " + directory);
    std::unique_ptr<lxw_workbook, void (*)(lxw_workbook*)> unless_closed(book, &lxw_workbook_free);
    Looks looks{workbook_add_format(book), workbook_add_format(book), workbook_add_format(book)};
    format_set_bold(looks.title);
    format_set_font_size(looks.title, 14);
    format_set_bold(looks.head);
    for (auto* look : {looks.head, looks.cell}) {
        format_set_border(look, LXW_BORDER_THIN);
        format_set_align(look, LXW_ALIGN_VERTICAL_CENTER);
        format_set_text_wrap(look);
    }
    format_set_align(looks.head, LXW_ALIGN_CENTER);
    std::set<std::string> taken;
    for (const auto& table : tables)
        Sheet(book, sheet_name(table, taken), looks, in_memory)
            .fill(tables.size() == 1 || table.title == title ? title : title + "：" + table.title, table, numbers);
    good(workbook_close(unless_closed.release()));
    return file.content();
}

}  // namespace huiyin
