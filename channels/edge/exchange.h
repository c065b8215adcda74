// One request on its way from the waiting room to its handler.
#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "channels/edge/counters.h"
#include "channels/edge/http_message.h"
#include "channels/edge/request_head.h"
#include "channels/edge/route_table.h"

namespace huiyin::http {

// Lives on the heap and never moves: the views of `head` point into `head_text`.
struct Exchange {
    explicit Exchange(const std::shared_ptr<Counters>& counters)
        : held(counters, &Counters::held), on_disk(counters, &Counters::on_disk) {}
    std::string head_text;
    Head head;
    std::uint64_t body_bytes = 0;  // announced
    std::string body;
    File body_file;  // instead of `body`, for a large upload
    const Route* route = nullptr;
    std::vector<std::pair<std::string_view, std::string>> segments;
    std::string address;
    bool from_this_machine = false;
    Held held;     // head and body in memory
    Held on_disk;  // or the body's file

    std::uint64_t body_here() const { return body_file ? body_file.bytes() : body.size(); }
    bool complete() const { return body_here() == body_bytes; }
};

}  // namespace huiyin::http
