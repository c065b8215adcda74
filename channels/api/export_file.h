// Rows of an export, written to a file as they come: however many there are, memory holds a few. Threads: one.
#pragma once
#include <string>
#include <vector>

#include "channels/edge/http_message.h"

namespace huiyin::api {

enum class ExportFormat { csv, json };

class ExportFile {
public:
    // columns: their keys for JSON, their titles for CSV. Throws std::runtime_error where the disk takes nothing.
    ExportFile(ExportFormat format, std::vector<std::string> keys, const std::vector<std::string>& titles);
    void add(const std::vector<std::string>& cells);
    http::File end();

private:
    void write(bool all);
    ExportFormat format_;
    std::vector<std::string> keys_;
    http::File file_;
    std::string waiting_;
    bool first_ = true;
};

}  // namespace huiyin::api
