// /api/v1/me/filters: searches of the tickets list that somebody gave a name, for himself alone.
#include <algorithm>

#include "channels/api/guard.h"
#include "channels/api/routes.h"
#include "channels/api/ticket_filter.h"

namespace huiyin::api {
namespace {

constexpr std::size_t most_filters = 20, most_name = 20, most_value = 100;

std::string key_of(const Asked& asked) { return "saved_filters:" + to_text(asked.who.staff.id); }

Json kept(Reading& reading, const Asked& asked) {
    const auto text = reading.setting(key_of(asked));
    const auto json = text ? parse_json(*text) : Result<Json>(Problem{});
    return json && json->is_array() ? *json : Json::array();
}

Json read_query(Reader& read, const std::string& pointer, std::vector<Finding>& findings) {
    const auto* query = read.object_or_none("query");
    if (!query) {
        read.wrong("query", "还没有填");
        return {};
    }
    for (const auto& [name, value] : query->items()) {
        const auto& known = ticket_filter_names();
        if (std::find(known.begin(), known.end(), name) == known.end())
            findings.push_back({pointer + "/query/" + name, "没有这个条件，请去掉"});
        else if (!value.is_string() || characters_of(value.get_ref<const std::string&>()) > most_value)
            findings.push_back({pointer + "/query/" + name, "写文字，最多100个字"});
    }
    return *query;
}

Json read_filters(const Json& body, std::vector<Finding>& findings) {
    Reader top(body, "", findings);
    const auto* list = top.list_or_none("items");
    top.finish();
    if (!list) {
        findings.push_back({"/items", "还没有填"});
        return {};
    }
    if (list->size() > most_filters) findings.push_back({"/items", "最多存20个：先删掉不用的"});
    Json items = Json::array();
    std::vector<std::string> names;
    for (std::size_t i = 0; i < list->size() && findings.empty(); ++i) {
        const auto pointer = "/items/" + std::to_string(i);
        Reader read((*list)[i], pointer, findings);
        const auto whole = read.text("name");
        const std::string name(trimmed(whole));
        if (characters_of(name) > most_name) read.wrong("name", "名字最多20个字");
        if (std::find(names.begin(), names.end(), name) != names.end())
            read.wrong("name", "“" + name + "”已经有了：换个名字");
        names.push_back(name);
        items.push_back({{"name", name}, {"query", read_query(read, pointer, findings)}});
        read.finish();
    }
    return items;
}

http::Answer list(Asked& asked) {
    Json items;
    asked.parts.store->read([&](Reading& reading) { items = kept(reading, asked); });
    return json_answer(200, {{"items", std::move(items)}, {"next_cursor", Json()}});
}

http::Answer keep(Asked& asked) {
    std::vector<Finding> findings;
    const auto items = read_filters(asked.body, findings);
    if (!findings.empty()) return findings_answer(findings);
    const auto text = to_text(items);
    asked.parts.store->run([&](Transaction& tx) { tx.set_setting(key_of(asked), text); });
    return json_answer(200, {{"items", items}, {"next_cursor", Json()}});
}

}  // namespace

void add_saved_filter_routes(http::RouteTable& routes, const Shared& parts) {
    add(routes, parts, {"GET", "/api/v1/me/filters", "One's own searches that have a name."}, list);
    add(routes, parts,
        {"PUT", "/api/v1/me/filters", "All of them anew: {\"items\":[{\"name\",\"query\":{…}}]}.", Body::json}, keep);
}

}  // namespace huiyin::api
