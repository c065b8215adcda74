#include "channels/api/export_file.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "workflow/base/json_text.h"
#include "workflow/reports/table_text.h"

namespace huiyin::api {
namespace {

constexpr std::size_t portion_bytes = 64 << 10;

http::File file_on_disk() {
    auto file = http::File::nameless(std::filesystem::temp_directory_path().string());
    if (!file) throw std::runtime_error("an export has no room: " + file.problem().text);
    return std::move(*file);
}

}  // namespace

ExportFile::ExportFile(ExportFormat format, std::vector<std::string> keys, const std::vector<std::string>& titles)
    : format_(format), keys_(std::move(keys)), file_(file_on_disk()) {
    waiting_ = format == ExportFormat::csv ? csv_mark() + csv_line(titles) : R"({"items":[)";
}

void ExportFile::add(const std::vector<std::string>& cells) {
    if (format_ == ExportFormat::csv) {
        waiting_ += csv_line(cells);
    } else {
        Json row = Json::object();
        for (std::size_t i = 0; i < keys_.size() && i < cells.size(); ++i) row[keys_[i]] = cells[i];
        waiting_ += (first_ ? "\n" : ",\n") + to_text(row);
    }
    first_ = false;
    write(false);
}

http::File ExportFile::end() {
    if (format_ == ExportFormat::json) waiting_ += "\n]}\n";
    write(true);
    return std::move(file_);
}

void ExportFile::write(bool all) {
    if (!all && waiting_.size() < portion_bytes) return;
    if (!file_.append(waiting_)) throw std::runtime_error("an export did not fit on the disk");
    waiting_.clear();
}

}  // namespace huiyin::api
