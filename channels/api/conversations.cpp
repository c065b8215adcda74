// Talks as staff see them: those that wait for a person, what was said, and taking over.
#include "channels/api/conversations.h"

#include <algorithm>

#include "bot/talk.h"
#include "bot/wording.h"
#include "channels/api/guard.h"
#include "channels/api/revealing.h"
#include "channels/api/routes.h"

namespace huiyin::api {
namespace {

constexpr int matters_looked_at = 200;  // of a customer, the latest: more than anybody has in hand
constexpr const char* attachments_at = "/api/v1/attachments/";

Problem unknown() { return {"conversation.not_found", "没有这个会话，或者它不在您管的范围里", {}}; }

bool may_see(const SignedIn& who, const Conversation& conversation, const Directory& directory) {
    // Nobody knows yet where it belongs: whoever stands over all of it, or the front desk that it waits for, may look.
    if (!conversation.unit) return who.has_role("front_desk") || who.staff.unit == directory.organisation().id;
    return std::find(who.units.begin(), who.units.end(), conversation.unit) != who.units.end();
}

// As staff read it: whose number it is is told by the ticket alone, which says who looked. Whoever has taken the talk
// over is spoken to, and hears all of it; our own lines name the house's phones, and nobody else's in full.
Json line_json(const Asked& asked, const Conversation& conversation, Message message) {
    const auto& zone = asked.parts.policies->standard()->calendar.zone();
    const bool is_told = conversation.state == "person" && conversation.taken_by == asked.who.staff.id;
    if (is_told || message.from == Speaker::bot) return message_json(message, zone, attachments_at);
    auto& said = message.said;
    said.text = without_numbers(said.text);
    for (auto& choice : said.choices) choice.title = without_numbers(choice.title);
    if (said.card) {
        said.card->title = without_numbers(said.card->title);
        said.card->text = without_numbers(said.card->text);
    }
    return message_json(message, zone, attachments_at);
}

// Whoever keeps out of one of the customer's matters does not hear what he says of it.
bool keeps_out(Reading& reading, const Asked& asked, const Conversation& conversation) {
    const auto tickets = reading.tickets_of(conversation.person, matters_looked_at);
    return std::any_of(tickets.begin(), tickets.end(),
                       [&](const Ticket& ticket) { return asked.parts.engine->keeps_out(ticket, asked.who.staff); });
}

Result<Conversation> visible(Reading& reading, const Asked& asked) {
    const auto id = read_id(asked.request.segment("id"));
    return id ? visible_conversation(reading, asked, ConversationId{*id}) : unknown();
}

Json conversation_json(Reading& reading, const Asked& asked, const Conversation& conversation) {
    const auto& zone = asked.parts.policies->standard()->calendar.zone();
    const auto directory = asked.parts.directory->get();
    const auto person = reading.person(conversation.person);
    Json json{{"id", to_text(conversation.id)},
              {"channel", conversation.channel.value},
              {"state", conversation.state},
              {"since", to_rfc3339(conversation.state_since, zone)}};
    // Who looks after the machine alone does not learn whom he reads; nor does anybody who may not
    // know whose some matter is, for it is told here.
    const auto tickets = reading.tickets_of(conversation.person, matters_looked_at);
    const bool veiled = (asked.who.is_administrator() && asked.who.staff.roles.size() == 1) ||
                        std::any_of(tickets.begin(), tickets.end(), [&](const Ticket& ticket) {
                            return hides_customer(asked.parts, asked.who, ticket);
                        });
    json["customer"] = {
        {"name", person && !veiled && !person->name.empty() ? Json(without_numbers(person->name)) : Json()},
        {"phone_masked", person && !veiled && !person->phone.empty() ? Json(phone_masked(person->phone)) : Json()}};
    const auto* unit = directory->unit(conversation.unit);
    json["unit"] = unit ? Json{{"id", to_text(unit->id)}, {"name", unit->name}} : Json();
    const auto* taken = directory->staff(conversation.taken_by);
    json["taken_by"] = taken ? Json{{"login", taken->login}, {"name", taken->name}} : Json();
    // What is known of a matter that is being told: whoever takes over asks nothing twice.
    json["draft"] = Json();
    auto talk = talk_from_text(conversation.body);
    if (const auto* draft = talk.draft())
        json["draft"] = {{"matter", without_numbers(draft->matter)},
                         {"building", draft->building},
                         {"unit", draft->unit},
                         {"room", draft->room},
                         {"location", without_numbers(draft->location)},
                         {"phone_masked", veiled ? std::string() : phone_masked(draft->phone)},
                         {"wish", without_numbers(draft->wish)},
                         {"category", draft->category}};
    const auto seen =
        std::find_if(tickets.begin(), tickets.end(), [&](const Ticket& ticket) { return may_see(asked, ticket); });
    json["ticket"] = seen != tickets.end() ? Json(seen->number) : Json();
    const auto last = reading.last_messages(conversation.id, 1);
    json["last_message"] = last.empty() ? Json() : line_json(asked, conversation, last.front());
    return json;
}

http::Answer list(Asked& asked) {
    const auto page = paging(asked.request);
    if (!page) return problem_answer(page.problem());
    const std::string state(asked.request.query("state").value_or(""));
    if (!state.empty() && state != "bot" && state != "waiting" && state != "person")
        return problem_answer(Problem{"api.bad_query", "state: write bot, waiting or person", {}});
    auto units = asked.who.units;
    if (const auto named = asked.request.query("unit"); named && !named->empty()) {
        const auto directory = asked.parts.directory->get();
        const auto* unit = directory->unit_by_key(*named);
        if (const auto id = read_id(*named); !unit && id) unit = directory->unit(UnitId{*id});
        if (!unit) return problem_answer(Problem{"api.bad_query", "unit: unknown unit", {}});
        std::vector<UnitId> narrowed;
        for (const auto id : directory->with_below(unit->id))
            if (std::find(units.begin(), units.end(), id) != units.end()) narrowed.push_back(id);
        units = std::move(narrowed);
    } else if (asked.who.has_role("front_desk")) {
        units.push_back(UnitId{});
    }
    Json items = Json::array();
    std::string next;
    asked.parts.store->read([&](Reading& reading) {
        const auto found = reading.conversations(state, units, page->limit, page->cursor);
        for (const auto& conversation : found.items)
            if (!keeps_out(reading, asked, conversation))
                items.push_back(conversation_json(reading, asked, conversation));
        next = found.next_cursor;
    });
    return json_answer(200, {{"items", std::move(items)}, {"next_cursor", next.empty() ? Json() : Json(next)}});
}

http::Answer messages(Asked& asked) {
    const auto number = [](std::string_view text) -> std::optional<std::int64_t> {
        return text.size() > 15 ? std::nullopt : read_id(text);
    };
    auto from = asked.request.query("after");
    if (!from) from = asked.request.query("cursor");
    const auto after = number(from && !from->empty() ? *from : "0");
    if (!after) return problem_answer(Problem{"api.bad_query", "after: write the id of a message", {}});
    const auto count = asked.request.query("last");
    const auto last = number(count ? *count : "0");
    if (!last) return problem_answer(Problem{"api.bad_query", "last: write how many messages", {}});
    std::optional<http::Answer> answer;
    asked.parts.store->read([&](Reading& reading) {
        const auto conversation = visible(reading, asked);
        if (!conversation) {
            answer = problem_answer(conversation.problem());
            return;
        }
        Json items = Json::array();
        const auto begin = *last ? std::max(*after, conversation->last_message - *last) : *after;
        const auto found = reading.messages(conversation->id, begin, 200);
        for (const auto& message : found) items.push_back(line_json(asked, *conversation, message));
        answer =
            json_answer(200, {{"items", std::move(items)},
                              {"next_cursor", found.size() == 200 ? Json(std::to_string(found.back().id)) : Json()},
                              {"conversation", conversation_json(reading, asked, *conversation)}});
    });
    return std::move(*answer);
}

http::Answer command(Asked& asked) {
    std::vector<Finding> findings;
    Reader read(asked.body, "", findings);
    const auto name = read.one_of("command", {"take_over", "say", "give_back"});
    const auto words = name == "say" ? read.text("text") : std::string{};
    if (name == "say" && words.empty() && findings.empty()) read.wrong("text", "it is empty: write something");
    if (words.size() > 4000) read.wrong("text", "longer than 4000 bytes: shorten it");
    read.finish();
    if (!findings.empty()) return findings_answer(findings);
    const auto done = in_unit<Conversation>(asked.parts, [&](Transaction& tx) -> Result<Conversation> {
        const auto conversation = visible(tx, asked);
        if (!conversation) return conversation.problem();
        const auto unit = conversation->unit ? conversation->unit : asked.who.staff.unit;
        if (!may_file(asked.who, *pack_for(asked.parts, *asked.parts.directory->get(), unit)))
            return Problem{"access.forbidden", "您的岗位不接待住户，请交给受理的同事", {}};
        const auto first = first_time(tx, asked);
        if (!first) return first.problem();
        if (!*first) return *conversation;
        if (name == "take_over") return asked.parts.desk->take_over(tx, conversation->id, asked.who.staff, asked.now);
        if (name == "give_back") return asked.parts.desk->give_back(tx, conversation->id, asked.who.staff, asked.now);
        const auto said = asked.parts.desk->say(tx, conversation->id, asked.who.staff, words, asked.now);
        if (!said) return said.problem();
        return *tx.conversation(conversation->id);
    });
    if (!done) return problem_answer(done.problem());
    Json json;
    asked.parts.store->read([&](Reading& reading) { json = conversation_json(reading, asked, *done); });
    return json_answer(200, json);
}

}  // namespace

Result<Conversation> visible_conversation(Reading& reading, const Asked& asked, ConversationId id) {
    auto conversation = reading.conversation(id);
    if (!conversation || !may_see(asked.who, *conversation, *asked.parts.directory->get()) ||
        keeps_out(reading, asked, *conversation))
        return unknown();
    return std::move(*conversation);
}

void add_conversation_routes(http::RouteTable& routes, const Shared& parts) {
    add(routes, parts, {"GET", "/api/v1/conversations", "Talks of the asker's units."}, list);
    add(routes, parts,
        {"GET", "/api/v1/conversations/{id}/messages",
         "What was said, oldest first: ?after=, ?last= (how many of the newest)."},
        messages);
    add(routes, parts, {"POST", "/api/v1/conversations/{id}/commands", "take_over, say, give_back.", Body::json},
        command);
}

}  // namespace huiyin::api
