// A file of matters that stand elsewhere so far, on paper or in another program: looked at, or opened all at once or
// not at all, each as if staff had filed it now. For the route and for the command.
#pragma once
#include <string>

#include "channels/api/api.h"
#include "workflow/base/json_text.h"
#include "workflow/directory/directory_table.h"

namespace huiyin::api {

// One unit of work opens them all, and nobody should wait for it longer than half a second.
inline constexpr std::size_t most_imported_tickets = 500;

struct TicketImport {
    const ApiParts& parts;
    const SignedIn& who;  // they are filed in his name, in his units
    const std::string& bytes;

    struct Outcome {
        ImportPlan plan;
        std::string first, last;  // numbers of what was opened
    };
    // Errors: those of a table; access.forbidden: his roles file nothing.
    Result<Outcome> look() const;
    // With a finding in the plan nothing was opened. Errors: as above; import.again: this very file was taken already.
    Result<Outcome> take() const;
};
const std::vector<TableColumn>& ticket_import_columns();
// {"command":"import","kind":"tickets","file" (base64),"take","by" (a login)} of the socket beside the store: the plan,
// and "first" and "last". Errors: import.bad, those above.
Result<Json> ticket_import_command(const Json& wish, const ApiParts& parts);

}  // namespace huiyin::api
