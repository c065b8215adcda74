#include "channels/edge/route_table.h"

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>

namespace huiyin::http {

// The routes as a tree of path segments. A node's names differ from route to route ({id} here, {number} there), so they
// are kept with the route and matched by position.
struct RouteTable::Node {
    struct Entry {
        const Route* route;
        std::vector<std::string> names;
    };
    std::map<std::string, std::unique_ptr<Node>, std::less<>> fixed;
    std::unique_ptr<Node> named;
    std::map<std::string, Entry, std::less<>> here;  // method -> route
    std::map<std::string, Entry, std::less<>> rest;  // the same for "{name*}"
};

namespace {

constexpr std::array<std::string_view, 6> known_methods{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

[[noreturn]] void mistaken(const Route& route, std::string_view why) {
    throw std::logic_error("route " + route.method + " " + route.pattern + ": " + std::string(why));
}

// Splits "/a/b" into its first segment and what follows it; "/a" is followed by nothing, "/a/" by one empty segment.
std::string_view next_segment(std::string_view& path) {
    path.remove_prefix(1);
    const auto end = std::min(path.find('/'), path.size());
    const auto segment = path.substr(0, end);
    path.remove_prefix(end);
    return segment;
}

bool is_name(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

}  // namespace

RouteTable::RouteTable() : root_(std::make_unique<Node>()) {}
RouteTable::~RouteTable() = default;
RouteTable::RouteTable(RouteTable&&) noexcept = default;
RouteTable& RouteTable::operator=(RouteTable&&) noexcept = default;

void RouteTable::add(std::string method, std::string pattern, BodyLimit limit, Handler handler,
                     std::map<std::string, std::string> tags) {
    add(Route{std::move(method), std::move(pattern), limit, std::move(handler), std::move(tags)});
}

void RouteTable::add(Route added) {
    auto owned = std::make_unique<Route>(std::move(added));
    const Route& route = *owned;
    if (std::find(known_methods.begin(), known_methods.end(), route.method) == known_methods.end())
        mistaken(route, "the method is none of GET, POST, PUT, PATCH, DELETE, OPTIONS (HEAD follows from GET)");
    if (route.pattern.empty() || route.pattern.front() != '/') mistaken(route, "a pattern begins with a slash");
    if (!route.handler) mistaken(route, "there is no handler");
    Node* node = root_.get();
    Node::Entry entry{&route, {}};
    bool takes_rest = false;
    for (std::string_view left = route.pattern; !left.empty();) {
        if (takes_rest) mistaken(route, "{name*} is the last segment");
        auto segment = next_segment(left);
        if (segment.find_first_of("{}") == segment.npos) {
            if (segment.empty() && !left.empty()) mistaken(route, "a segment is empty");
            auto& child = node->fixed[std::string(segment)];
            if (!child) child = std::make_unique<Node>();
            node = child.get();
            continue;
        }
        if (segment.size() < 3 || segment.front() != '{' || segment.back() != '}') mistaken(route, "write {name}");
        segment = segment.substr(1, segment.size() - 2);
        takes_rest = segment.back() == '*';
        if (takes_rest) segment.remove_suffix(1);
        if (!is_name(segment)) mistaken(route, "a segment's name has small letters and \"_\"");
        if (std::find(entry.names.begin(), entry.names.end(), segment) != entry.names.end())
            mistaken(route, "a segment's name stands twice");
        entry.names.emplace_back(segment);
        if (takes_rest) continue;
        if (!node->named) node->named = std::make_unique<Node>();
        node = node->named.get();
    }
    auto& place = takes_rest ? node->rest : node->here;
    if (!place.emplace(route.method, std::move(entry)).second) mistaken(route, "there is one like it already");
    routes_.push_back(std::move(owned));
}

namespace {

// One walk down the tree: remembers what stood at the names, and which methods the places it came by would take.
template <class Node>
struct Walk {
    std::string_view method;
    std::vector<std::string_view> values;
    std::vector<std::string_view> allowed;
    const typename Node::Entry* found = nullptr;
    std::vector<std::string_view> found_values;

    bool try_place(const std::map<std::string, typename Node::Entry, std::less<>>& place) {
        for (const auto& [known, entry] : place) {
            if (known == method) {
                found = &entry;
                found_values = values;
                return true;
            }
            allowed.push_back(known);
        }
        return false;
    }
    bool down(const Node& node, std::string_view path) {
        if (path.empty() && try_place(node.here)) return true;
        if (!path.empty()) {
            auto left = path;
            const auto segment = next_segment(left);
            if (const auto child = node.fixed.find(segment); child != node.fixed.end() && down(*child->second, left))
                return true;
            if (node.named && !segment.empty()) {
                values.push_back(segment);
                if (down(*node.named, left)) return true;
                values.pop_back();
            }
        }
        if (node.rest.empty()) return false;
        values.push_back(path.empty() ? path : path.substr(1));
        if (try_place(node.rest)) return true;
        values.pop_back();
        return false;
    }
};

}  // namespace

RouteTable::Found RouteTable::find(std::string_view method, std::string_view path) const {
    Found found;
    if (path.empty() || path.front() != '/') return found;
    Walk<Node> walk{method == "HEAD" ? "GET" : method, {}, {}, nullptr, {}};
    if (walk.down(*root_, path)) {
        found.route = walk.found->route;
        for (std::size_t i = 0; i < walk.found_values.size(); ++i)
            found.segments.emplace_back(walk.found->names[i], walk.found_values[i]);
        return found;
    }
    for (std::string_view known : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
        const auto wanted = known == "HEAD" ? std::string_view("GET") : known;
        if (std::find(walk.allowed.begin(), walk.allowed.end(), wanted) == walk.allowed.end()) continue;
        if (!found.allow.empty()) found.allow += ", ";
        found.allow += known;
    }
    return found;
}

std::vector<const Route*> RouteTable::routes() const {
    std::vector<const Route*> list;
    for (const auto& route : routes_) list.push_back(route.get());
    return list;
}

}  // namespace huiyin::http
