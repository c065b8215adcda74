// What /api/v1/exports gives, for the command: of all units, as the directory's import reads it again.
#pragma once
#include <string>
#include <vector>

#include "channels/api/api.h"
#include "channels/edge/http_message.h"

namespace huiyin::api {

// `kind`: units, buildings, households, staff, directory or tickets; `format`: csv, json or xlsx (directory: json).
// Errors: export.too_large - a workbook of more than 20 000 rows.
Result<http::File> export_file_of(const ApiParts& parts, const std::string& kind, const std::string& format,
                                  const std::vector<UnitId>& units);

}  // namespace huiyin::api
