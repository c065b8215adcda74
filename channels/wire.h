// MESSAGE and its neighbours as the outside reads them.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "channels/edge/http_message.h"
#include "workflow/base/result.h"
#include "workflow/base/time_text.h"
#include "workflow/store/records.h"

namespace huiyin {

// One of our ids as the outside writes it; nothing for what is none.
std::optional<std::int64_t> read_id(std::string_view text);
// {"id","at","from","text"?,"choices"?,"card"?,"image"?,"ticket"?}. attachments: the address before an attachment's id.
nlohmann::json message_json(const Message& message, const Zone& zone, const std::string& attachments);
// The HTTP answer to an expected no: its status by its code, application/problem+json.
http::Answer problem_answer(const Problem& problem);
int status_of(const Problem& problem);

}  // namespace huiyin
