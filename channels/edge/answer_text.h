// An answer as the bytes of HTTP/1.1. Threads: any.
#pragma once
#include <string>
#include <string_view>

#include "channels/edge/http_message.h"

namespace huiyin::http {

// What the request says about the shape of its answer.
struct Wish {
    int minor = 1;
    bool keep_alive = true;
    bool head_only = false;  // HEAD: no body, but its length
    bool hook = false;       // errors of the edge have no body
};

// Head and, unless there is a file or it is a HEAD, the body. An answer that cannot be written (a line break in a
// header, a status out of range, a body above 1 MiB) is logged and becomes a 500 in place: `answer` then is that 500.
std::string answer_text(Answer& answer, const Wish& wish);
// The head of an event stream, which ends with its connection. Headers that cannot be written are left out.
std::string stream_head(const std::vector<Header>& headers);
// An error of the edge itself: problem+json, or no body at all for hooks.
Answer edge_error(int status, std::string_view code, std::string_view detail, bool hook);
// "Sun, 06 Nov 1994 08:49:37 GMT", now.
std::string_view http_date();

}  // namespace huiyin::http
