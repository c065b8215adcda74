// Which handler answers which request, with which limits; also the list that 405, OpenAPI and the role tests follow.
// Threads: filled by one thread before the server starts, then read by any.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "channels/edge/responder.h"

namespace huiyin::http {

inline constexpr std::size_t hook_body_bytes = 64 << 10;
inline constexpr std::size_t api_body_bytes = 1 << 20;

struct BodyLimit {
    std::size_t bytes = api_body_bytes;  // more is 413 before any of it is read
    bool upload = false;                 // above 256 KiB the body goes to a file as it arrives
};

struct Route {
    std::string method;  // GET, POST, PUT, PATCH, DELETE or OPTIONS
    std::string
        pattern;  // "/api/v1/tickets/{number}/events"; a last "{path*}" takes the rest, slashes and all, even none
    BodyLimit limit;
    Handler handler;
    std::map<std::string, std::string> tags = {};  // free words of the owner: roles, OpenAPI texts
};

class RouteTable {
public:
    // Throws std::logic_error: a malformed pattern, an unknown method, the same method and shape twice.
    void add(Route route);
    void add(std::string method, std::string pattern, BodyLimit limit, Handler handler,
             std::map<std::string, std::string> tags = {});

    struct Found {
        const Route* route = nullptr;                                    // null: 404 if `allow` is empty, else 405
        std::vector<std::pair<std::string_view, std::string>> segments;  // name -> what stood there
        std::string allow;                                               // "GET, HEAD, POST": what the path does answer
    };
    // `path` is decoded. A fixed segment wins over {name}, {name} over {rest*}. HEAD is answered by GET's route.
    // No regular expression: time grows with the number of segments, not of routes.
    Found find(std::string_view method, std::string_view path) const;

    // In order of addition.
    std::vector<const Route*> routes() const;

    RouteTable();
    ~RouteTable();
    RouteTable(RouteTable&&) noexcept;
    RouteTable& operator=(RouteTable&&) noexcept;

private:
    struct Node;
    std::unique_ptr<Node> root_;
    std::vector<std::unique_ptr<Route>> routes_;
};

}  // namespace huiyin::http
