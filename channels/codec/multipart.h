// multipart/form-data, as browsers send it. Pure.
// Source: RFC 7578, RFC 2046.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/base/result.h"

namespace huiyin {

struct FormPart {
    std::string name, filename, media_type;
    std::string_view bytes;  // points into the body
};
// content_type: the request's header. At most 20 parts. Errors: form.unreadable - no boundary, a part without a name,
// an end that never comes, or too many parts.
Result<std::vector<FormPart>> read_form(std::string_view content_type, std::string_view body);

}  // namespace huiyin
