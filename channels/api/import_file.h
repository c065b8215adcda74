// What every import of a file asks for and answers.
#pragma once
#include <string>

#include "channels/api/guard.h"

namespace huiyin::api {

// The form's "file". Errors: form.unreadable, media.too_large.
Result<std::string> file_of(const Asked& asked);
// ?preview=true (the default): look only. Errors: api.bad_query.
Result<bool> preview_wanted(const Asked& asked);
// 422 for a plan with findings: nothing was taken.
http::Answer bad_rows(Json plan);

}  // namespace huiyin::api
