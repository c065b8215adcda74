#include "workflow/directory/workbook_rows.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <memory>
#include <pugixml.hpp>
#include <vector>

namespace huiyin {
namespace {

constexpr std::size_t most_bytes = 64 << 20;  // of all parts together, unpacked
constexpr std::size_t most_columns = 200;

Problem unreadable(std::string text) { return {"csv.unreadable", std::move(text), {}}; }
Problem damaged() { return unreadable("这个工作簿坏了：在表格软件里打开，重新存一次"); }

using Parts = std::map<std::string, std::string>;

// The parts that hold words; pictures and styles are left where they are.
Result<Parts> unpacked(std::string_view bytes) {
    const std::unique_ptr<archive, decltype(&archive_read_free)> zip(archive_read_new(), &archive_read_free);
    archive_read_support_format_zip(zip.get());
    if (archive_read_open_memory(zip.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) return damaged();
    Parts parts;
    std::size_t total = 0, entries = 0;
    archive_entry* entry = nullptr;
    int got = ARCHIVE_OK;
    while ((got = archive_read_next_header(zip.get(), &entry)) == ARCHIVE_OK) {
        ++entries;
        const char* raw = archive_entry_pathname(entry);
        const std::string name = raw ? raw : "";
        if (!name.starts_with("xl/") || !(name.ends_with(".xml") || name.ends_with(".rels"))) continue;
        auto& part = parts[name];
        std::string piece(64 << 10, '\0');
        for (la_ssize_t count = 0; (count = archive_read_data(zip.get(), piece.data(), piece.size())) != 0;) {
            if (count < 0) return damaged();
            total += static_cast<std::size_t>(count);
            if (total > most_bytes) return unreadable("这个工作簿太大：分成几个文件，或另存为 CSV");
            part.append(piece, 0, static_cast<std::size_t>(count));
        }
    }
    if (got != ARCHIVE_EOF || entries == 0) return damaged();
    return parts;
}

// Some writers give every name a prefix: "x:row".
std::string_view local_name(const pugi::xml_node& node) {
    const std::string_view name = node.name();
    const auto colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

pugi::xml_node child(const pugi::xml_node& node, std::string_view name) {
    for (const auto& each : node.children())
        if (local_name(each) == name) return each;
    return {};
}

// <si> and <is>: its own <t>, or those of its runs; not how it is pronounced.
std::string words_of(const pugi::xml_node& node) {
    std::string words;
    for (const auto& each : node.children()) {
        if (local_name(each) == "t") words += each.text().get();
        if (local_name(each) == "r") words += words_of(each);
    }
    return words;
}

bool read_xml(const Parts& parts, const std::string& name, pugi::xml_document& document) {
    const auto found = parts.find(name);
    return found != parts.end() && document.load_buffer(found->second.data(), found->second.size(),
                                                        pugi::parse_default | pugi::parse_ws_pcdata);
}

// The part of the sheet that stands first in the workbook, whatever it is called inside.
std::string first_sheet(const Parts& parts) {
    pugi::xml_document book, relations;
    if (!read_xml(parts, "xl/workbook.xml", book) || !read_xml(parts, "xl/_rels/workbook.xml.rels", relations))
        return {};
    const auto sheet = child(child(book.document_element(), "sheets"), "sheet");
    std::string id;
    for (const auto& attribute : sheet.attributes())
        if (std::string_view(attribute.name()).ends_with(":id")) id = attribute.value();
    for (const auto& each : relations.document_element().children()) {
        if (id != each.attribute("Id").value()) continue;
        const std::string target = each.attribute("Target").value();
        return target.starts_with('/') ? target.substr(1) : "xl/" + target;
    }
    return {};
}

// "C7" is the third; 0 where it is none.
std::size_t column_of(const char* reference) {
    std::size_t column = 0;
    for (; *reference >= 'A' && *reference <= 'Z' && column <= most_columns; ++reference)
        column = column * 26 + static_cast<std::size_t>(*reference - 'A' + 1);
    return column;
}

std::string number_said(const std::string& text) {
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc{} || read.ptr != text.data() + text.size() || std::floor(value) != value ||
        std::fabs(value) >= 1e15)
        return text;
    return std::to_string(static_cast<long long>(value));
}

std::string cell_said(const pugi::xml_node& cell, const std::vector<std::string>& shared) {
    const std::string_view type = cell.attribute("t").value();
    if (type == "inlineStr") return words_of(child(cell, "is"));
    const std::string value = child(cell, "v").text().get();
    if (type == "s") {
        std::size_t at = 0;
        const auto read = std::from_chars(value.data(), value.data() + value.size(), at);
        return read.ec == std::errc{} && at < shared.size() ? shared[at] : std::string{};
    }
    if (type == "b") return value == "1" ? "true" : "false";
    return type.empty() || type == "n" ? number_said(value) : value;
}

void add_cell(std::string& line, std::string_view words) {
    line += '"';
    for (const char c : words) {
        if (c == '"') line += '"';
        line += c == '\n' || c == '\r' ? ' ' : c;  // a row stays a line
    }
    line += '"';
}

std::string line_of(const std::vector<std::string>& cells) {
    std::string line;
    auto last = cells.size();
    while (last > 0 && cells[last - 1].empty()) --last;
    for (std::size_t i = 0; i < last; ++i) {
        if (i > 0) line += ',';
        add_cell(line, cells[i]);
    }
    return line + "\n";
}

}  // namespace

bool is_workbook(std::string_view bytes) { return bytes.starts_with("PK\x03\x04"); }

Result<std::string> workbook_as_csv(std::string_view bytes, std::size_t most_rows) {
    const auto parts = unpacked(bytes);
    if (!parts) return parts.problem();
    pugi::xml_document sheet, strings;
    if (!read_xml(*parts, first_sheet(*parts), sheet) && !parts->empty()) return damaged();
    if (parts->empty()) return unreadable("这不是 Excel 工作簿（.xlsx）：在表格软件里另存为 .xlsx 或 CSV 再导入");
    std::vector<std::string> shared;
    if (read_xml(*parts, "xl/sharedStrings.xml", strings))
        for (const auto& each : strings.document_element().children())
            if (local_name(each) == "si") shared.push_back(words_of(each));
    std::string csv, titles;  // what stands above the head is no row: one cell in a line
    bool headed = false;
    std::size_t line = 0, rows = 0;
    for (const auto& row : child(sheet.document_element(), "sheetData").children()) {
        if (local_name(row) != "row") continue;
        const auto number = std::max<std::size_t>(line + 1, row.attribute("r").as_ullong(line + 1));
        // The head is one more; a row far below the others is not worth a million empty lines.
        if (++rows > most_rows + 1 || number > most_rows * 2)
            return unreadable("超过" + std::to_string(most_rows) + "行：分成几个文件");
        csv.append(number - line - 1, '\n');
        line = number;
        std::vector<std::string> cells;
        for (const auto& cell : row.children()) {
            if (local_name(cell) != "c") continue;
            const auto named = column_of(cell.attribute("r").value());
            const auto at = named == 0 ? cells.size() + 1 : named;
            if (at > most_columns) return unreadable("第" + std::to_string(line) + "行超过200列：去掉多余的列");
            if (cells.size() < at) cells.resize(at);
            cells[at - 1] = cell_said(cell, shared);
        }
        const auto filled =
            std::count_if(cells.begin(), cells.end(), [](const std::string& cell) { return !cell.empty(); });
        if (headed || filled > 1) {
            headed = true;
            csv += line_of(cells);
        } else {
            csv += '\n';
            titles += line_of(cells);
        }
    }
    return headed ? csv : titles;
}

Result<CsvTable> read_table(std::string_view bytes, std::size_t most_rows) {
    if (!is_workbook(bytes)) return read_csv(bytes, most_rows);
    const auto csv = workbook_as_csv(bytes, most_rows);
    if (!csv) return csv.problem();
    auto table = read_csv(*csv, most_rows);
    if (table) table->encoding = "Excel";
    return table;
}

}  // namespace huiyin
