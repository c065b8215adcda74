// A file of rows into the directory: looked at, or taken whole or not at all. For the route and for the command.
#pragma once
#include <optional>
#include <string>

#include "channels/api/api.h"
#include "workflow/directory/directory_table.h"

namespace huiyin::api {

struct DirectoryImport {
    const ApiParts* parts;
    std::optional<DirectoryKind> kind;  // none: a whole directory, JSON like the file of a first start
    std::string name, bytes;            // the kind as it is written; the file
    StaffId by;                         // none: the command

    Result<ImportPlan> look() const;
    // Judged anew on the directory as it is at that moment: it may have changed since the look. With a finding in the
    // plan nothing was saved.
    Result<ImportPlan> take() const;
    Result<ImportPlan> plan_on(const Directory& directory, TimePoint now) const;
};
Json plan_json(const ImportPlan& plan, const std::string& kind, bool preview);
// {"command":"import","kind","file" (base64),"take"} of the socket beside the store: the plan. kind: as of the routes,
// or "directory". Errors: import.bad, those of a plan.
Result<Json> import_command(const Json& wish, const ApiParts& parts);

}  // namespace huiyin::api
