// What happened to a ticket, and how each of its limits came about.
//
// An event stands as it was hashed. What it only refers to stands beside the list, by the event's sequence: in `words`
// what people wrote, without phones, and the answers of a form as an object; in `names` who and what its ids mean.
#include "bot/wording.h"
#include "channels/api/guard.h"
#include "channels/api/routes.h"
#include "channels/api/ticket_json.h"

namespace huiyin::api {
namespace {

std::int64_t number_in(const Json& value) {
    if (value.is_number_integer()) return value.get<std::int64_t>();
    return value.is_string() ? read_id(value.get<std::string>()).value_or(0) : 0;
}

// Every text of it, however deep.
void mask(Json& value) {
    if (value.is_string()) value = without_numbers(value.get<std::string>());
    if (value.is_structured())
        for (auto& each : value) mask(each);
}

// The words that an event refers to; those of a form, which are kept as one text, as the object they were.
Json words_of(Reading& reading, const Json& data) {
    Json words = Json::object();
    for (const auto& [name, value] : data.items()) {
        if (!value.is_object() || !value.contains("text_id") || name == "details") continue;
        auto text = reading.text(TextId{number_in(value["text_id"])});
        if (text.empty()) continue;
        auto form = text.front() == '{' && name == "fields" ? parse_json(text) : Result<Json>(Problem{});
        words[name] = form && form->is_object() ? std::move(*form) : Json(std::move(text));
        mask(words[name]);
    }
    return words;
}

// The fields of a pack that name somebody or some unit, by their type.
std::map<std::string, std::string> naming_fields(const Policy& policy) {
    std::map<std::string, std::string> fields{{"assignee", "person"}, {"staff", "person"},    {"recused", "person"},
                                              {"team", "person"},     {"unit", "unit"},       {"owner_unit", "unit"},
                                              {"into", "ticket"},     {"repeat_of", "ticket"}};
    const auto take = [&](const std::vector<MoveField>& list) {
        for (const auto& field : list)
            if (field.type == "person" || field.type == "unit") fields.emplace(field.name, field.type);
    };
    for (const auto& move : policy.moves) take(move.fields);
    for (const auto& step : policy.steps) take(step.fields);
    return fields;
}

std::string name_of(Reading& reading, const Directory& directory, const std::string& type, const Json& value) {
    const auto id = number_in(value);
    if (type == "person") {
        const auto* staff = directory.staff(StaffId{id});
        return staff ? staff->name : std::string{};
    }
    if (type == "unit") {
        const auto* unit = directory.unit(UnitId{id});
        return unit ? unit->name : std::string{};
    }
    const auto ticket = id ? reading.ticket(TicketId{id}) : std::nullopt;
    return ticket ? ticket->number : std::string{};
}

Json names_in(Reading& reading, const Directory& directory, const std::map<std::string, std::string>& fields,
              const Json& data) {
    Json names = Json::object();
    for (const auto& [field, type] : fields) {
        const auto found = data.find(field);
        if (found == data.end()) continue;
        Json list = Json::array();
        const auto add = [&, &kind = type](const Json& id) {
            if (auto name = name_of(reading, directory, kind, id); !name.empty()) list.push_back(std::move(name));
        };
        if (found->is_array())
            for (const auto& id : *found) add(id);
        else
            add(*found);
        if (!list.empty()) names[field] = std::move(list);
    }
    return names;
}

Result<std::int64_t> sequence_after(const std::string& cursor) {
    if (cursor.empty()) return std::int64_t{0};
    if (cursor.size() > 15 || cursor.find_first_not_of("0123456789") != std::string::npos)
        return Problem{"api.bad_query", "cursor: this cursor is none of ours", {}};
    return std::int64_t{std::stoll(cursor)};
}

http::Answer events(Asked& asked) {
    const auto page = paging(asked.request);
    if (!page) return problem_answer(page.problem());
    const auto after = sequence_after(page->cursor);
    if (!after) return problem_answer(after.problem());
    std::optional<http::Answer> answer;
    asked.parts.store->read([&](Reading& reading) {
        const auto ticket = visible_ticket(reading, asked, asked.request.segment("number"));
        if (!ticket) {
            answer = problem_answer(ticket.problem());
            return;
        }
        const auto directory = asked.parts.directory->get();
        const auto fields = naming_fields(*asked.parts.engine->policy_of(*ticket));
        const auto found = reading.events_page(ticket->id, *after, page->limit);
        Json items = Json::array(), all_words = Json::object(), all_names = Json::object();
        for (const auto& event : found.items) {
            auto json = event_json(event, *directory);
            if (const auto data = json.find("data"); data != json.end() && data->is_object()) {
                const auto sequence = std::to_string(event.sequence);
                auto words = words_of(reading, *data);
                auto names = names_in(reading, *directory, fields, *data);
                if (const auto form = words.find("fields"); form != words.end() && form->is_object())
                    names.update(names_in(reading, *directory, fields, *form));
                if (!words.empty()) all_words[sequence] = std::move(words);
                if (!names.empty()) all_names[sequence] = std::move(names);
            }
            items.push_back(std::move(json));
        }
        answer = json_answer(200, {{"items", std::move(items)},
                                   {"words", std::move(all_words)},
                                   {"names", std::move(all_names)},
                                   {"next_cursor", found.next_cursor.empty() ? Json() : Json(found.next_cursor)}});
    });
    return std::move(*answer);
}

http::Answer deadlines(Asked& asked) {
    std::optional<http::Answer> answer;
    asked.parts.store->read([&](Reading& reading) {
        const auto ticket = visible_ticket(reading, asked, asked.request.segment("number"));
        if (!ticket) {
            answer = problem_answer(ticket.problem());
            return;
        }
        Json items = Json::array();
        const auto policy = asked.parts.engine->policy_of(*ticket);
        for (const auto& deadline : asked.parts.engine->deadlines_of(reading, *ticket, asked.now))
            items.push_back(deadline_json(deadline, *policy));
        answer = json_answer(200, {{"items", std::move(items)}, {"next_cursor", Json()}});
    });
    return std::move(*answer);
}

}  // namespace

void add_timeline_routes(http::RouteTable& routes, const Shared& parts) {
    add(routes, parts, {"GET", "/api/v1/tickets/{number}/events", "The timeline, oldest first."}, events);
    add(routes, parts, {"GET", "/api/v1/tickets/{number}/deadlines", "Every deadline with its derivation."}, deadlines);
}

}  // namespace huiyin::api
