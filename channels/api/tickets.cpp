// /api/v1/tickets: lists, one whole, its events and deadlines, commands, pictures, and the sight of what is masked.
#include <algorithm>

#include "bot/wording.h"
#include "channels/api/guard.h"
#include "channels/api/routes.h"
#include "channels/api/ticket_json.h"
#include "channels/codec/image.h"
#include "channels/codec/multipart.h"
#include "workflow/base/digest.h"
#include "workflow/base/log.h"

namespace huiyin::api {
namespace {

constexpr int reveals_an_hour = 30;

Problem bad_query(const std::string& name, const std::string& mend) {
    return {"api.bad_query", name + ": " + mend, {}};
}

http::Answer whole(Asked& asked, Reading& reading, const Ticket& ticket, int status) {
    const auto details = reading.details(ticket.details);
    auto answer = json_answer(status, ticket_json(reading, *asked.parts.engine, *asked.parts.directory->get(),
                                                  asked.who, ticket, details, asked.now, Extent::whole));
    answer.with("ETag", "\"" + std::to_string(ticket.version) + "\"");
    return answer;
}

Result<TicketFilter> filter_of(const Asked& asked) {
    const auto& request = asked.request;
    const auto page = paging(request);
    if (!page) return page.problem();
    TicketFilter filter;
    filter.limit = page->limit;
    filter.cursor = page->cursor;
    filter.units = asked.who.units;
    filter.now = asked.now;
    const auto directory = asked.parts.directory->get();
    static const std::vector<std::string> known{"state", "phase",    "kind",    "category", "level",
                                                "unit",  "assignee", "overdue", "since",    "until",
                                                "q",     "limit",    "cursor",  "order",    "open"};
    for (const auto& [name, value] : request.query()) {
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            const auto near = nearest(name, known);
            return bad_query(name, near ? "unknown filter: did you mean \"" + *near + "\"?" : "unknown filter");
        }
        if (value.empty()) continue;
        if (name == "state")
            filter.state = value;
        else if (name == "phase") {
            if (!phase_named(value)) return bad_query(name, "unknown phase");
            filter.phase = value;
        } else if (name == "kind")
            filter.kind = value;
        else if (name == "category")
            filter.category = value;
        else if (name == "level")
            filter.level = value;
        else if (name == "q")
            filter.words = value;
        else if (name == "unit") {
            const auto* unit = directory->unit_by_key(value);
            if (const auto id = read_id(value); !unit && id) unit = directory->unit(UnitId{*id});
            if (!unit) return bad_query(name, "unknown unit \"" + value + "\"");
            // Only what he may see of that unit and below.
            std::vector<UnitId> narrowed;
            for (const auto id : directory->with_below(unit->id))
                if (std::find(filter.units.begin(), filter.units.end(), id) != filter.units.end())
                    narrowed.push_back(id);
            filter.units = std::move(narrowed);
        } else if (name == "assignee") {
            const auto* staff = value == "me" ? &asked.who.staff : directory->staff_by_login(value);
            if (!staff) return bad_query(name, "unknown login \"" + value + "\"");
            filter.assignee = staff->id;
        } else if (name == "overdue" || name == "open") {
            if (value != "true" && value != "false") return bad_query(name, "write true or false");
            if (name == "overdue")
                filter.overdue = value == "true";
            else
                filter.open_only = value == "true";
        } else if (name == "order") {
            if (value != "newest" && value != "next_deadline") return bad_query(name, "write newest or next_deadline");
            filter.order = value == "newest" ? TicketFilter::Order::newest : TicketFilter::Order::next_deadline;
        } else if (name == "since" || name == "until") {
            const auto at = parse_rfc3339(value);
            if (!at) return bad_query(name, at.problem().text);
            (name == "since" ? filter.since : filter.until) = *at;
        }
    }
    return filter;
}

http::Answer list(Asked& asked) {
    const auto filter = filter_of(asked);
    if (!filter) return problem_answer(filter.problem());
    Json items = Json::array();
    std::string next;
    const auto directory = asked.parts.directory->get();
    if (!filter->units.empty())
        asked.parts.store->read([&](Reading& reading) {
            auto page = reading.tickets(*filter);
            for (const auto& row : page.items) {
                if (!may_see(asked, row.ticket)) continue;  // he keeps out of it
                items.push_back(ticket_json(reading, *asked.parts.engine, *directory, asked.who, row.ticket,
                                            row.details, asked.now, Extent::list));
            }
            next = page.next_cursor;
        });
    return json_answer(200, {{"items", std::move(items)}, {"next_cursor", next.empty() ? Json() : Json(next)}});
}

http::Answer one(Asked& asked) {
    std::optional<http::Answer> answer;
    asked.parts.store->read([&](Reading& reading) {
        const auto ticket = visible_ticket(reading, asked, asked.request.segment("number"));
        answer = ticket ? whole(asked, reading, *ticket, 200) : problem_answer(ticket.problem());
    });
    return std::move(*answer);
}

http::Answer events(Asked& asked) {
    const auto page = paging(asked.request);
    if (!page) return problem_answer(page.problem());
    std::int64_t after = 0;
    if (!page->cursor.empty()) {
        if (page->cursor.size() > 15 || page->cursor.find_first_not_of("0123456789") != std::string::npos)
            return problem_answer(bad_query("cursor", "this cursor is none of ours"));
        after = std::stoll(page->cursor);
    }
    std::optional<http::Answer> answer;
    asked.parts.store->read([&](Reading& reading) {
        const auto ticket = visible_ticket(reading, asked, asked.request.segment("number"));
        if (!ticket) {
            answer = problem_answer(ticket.problem());
            return;
        }
        const auto found = reading.events_page(ticket->id, after, page->limit);
        // An event stands as it was hashed; the words it refers to stand beside the list, by its sequence.
        Json items = Json::array(), all_words = Json::object();
        for (const auto& event : found.items) {
            auto json = event_json(event, *asked.parts.directory->get());
            Json words = Json::object();
            if (const auto data = json.find("data"); data != json.end() && data->is_object())
                for (const auto& [name, value] : data->items())
                    if (value.is_object() && value.contains("text_id") && name != "details") {
                        const auto& id = value["text_id"];
                        const auto text = reading.text(
                            TextId{id.is_string() ? std::stoll(id.get<std::string>()) : id.get<std::int64_t>()});
                        if (!text.empty()) words[name] = text;
                    }
            if (!words.empty()) all_words[std::to_string(event.sequence)] = std::move(words);
            items.push_back(std::move(json));
        }
        answer = json_answer(200, {{"items", std::move(items)},
                                   {"words", std::move(all_words)},
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

// The same key with the same asker gets the first answer again; nothing happens twice.
struct Once {
    ChannelId scope;
    std::string key;
};
std::optional<Once> once(const Asked& asked) {
    const auto key = asked.request.header("Idempotency-Key");
    if (!key || key->empty() || key->size() > 200) return std::nullopt;
    return Once{ChannelId{"api"}, to_text(asked.who.staff.id) + ":" +
                                      sha256_hex(std::string(asked.request.path()) + "\n" + std::string(*key))};
}

http::Answer command(Asked& asked) {
    std::vector<Finding> findings;
    std::optional<std::int64_t> expected;
    if (const auto match = asked.request.header("If-Match")) {
        auto text = *match;
        if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
        if (text.empty() || text.size() > 15 || text.find_first_not_of("0123456789") != std::string_view::npos)
            return problem_answer(Problem{"api.bad_query", "If-Match: write the version in quotes, like \"7\"", {}});
        expected = std::stoll(std::string(text));
    }
    const auto key = once(asked);
    const auto system_now = asked.parts.system->now();
    const auto done = in_unit<Ticket>(asked.parts, [&](Transaction& tx) -> Result<Ticket> {
        findings.clear();
        const auto ticket = visible_ticket(tx, asked, asked.request.segment("number"));
        if (!ticket) return ticket.problem();
        // Fields that this policy adds to its moves are read beside those of the interface.
        std::vector<FieldSpec> more;
        const auto name =
            asked.body.value("command", Json()).is_string() ? asked.body["command"].get<std::string>() : std::string{};
        for (const auto& allowed : asked.parts.engine->allowed(tx, *ticket, staff(asked.who.staff.id), asked.now))
            if (allowed.command == name)
                for (const auto& field : allowed.fields)
                    if (const auto* spec = find_command(name);
                        spec && std::none_of(spec->fields.begin(), spec->fields.end(),
                                             [&](const FieldSpec& known) { return known.name == field.name; }))
                        more.push_back(field);
        auto wish = read_command(asked.body, findings, more);
        if (!findings.empty()) return Problem{"api.bad_fields", {}, {}};
        if (key && !tx.claim_delivery(
                       {.channel = key->scope, .key = key->key, .conversation = {}, .answer = {}, .at = system_now}))
            return *ticket;
        wish.by = staff(asked.who.staff.id);
        if (wish.means.empty()) wish.means = asked.body.value("means", std::string{});
        return asked.parts.engine->execute(tx, ticket->id, std::move(wish), asked.now, {}, expected);
    });
    if (!findings.empty()) return findings_answer(findings);
    if (!done) {
        if (done.problem().code == "ticket.bad_field")
            return findings_answer({{done.problem().detail.empty() ? "" : done.problem().detail, done.problem().text}});
        return problem_answer(done.problem());
    }
    std::optional<http::Answer> answer;
    asked.parts.store->read([&](Reading& reading) {
        const auto ticket = reading.ticket(done->id);
        answer = whole(asked, reading, ticket ? *ticket : *done, 200);
    });
    return std::move(*answer);
}

struct NewTicket {
    OpenTicket open;
    std::string phone, name;
};

// What a pack wants to know at filing beside what every ticket has: its own facts, and how the matter came in.
Facts facts_of_pack(const Policy& policy, Reader& reader, std::vector<Finding>& findings) {
    Json told = Json::object();
    for (std::size_t i = common_facts().size(); i < policy.facts.size(); ++i) {
        const auto& name = policy.facts[i].name;
        const bool worked_out = std::any_of(policy.derived.begin(), policy.derived.end(),
                                            [&](const DerivedFact& each) { return each.name == name; });
        if (const auto* value = worked_out ? nullptr : reader.any_or_none(name)) told[name] = *value;
    }
    auto facts = read_facts(told, policy.facts, "/facts", findings);
    if (const auto source = reader.text_or("source", ""); !source.empty()) {
        const bool known = std::any_of(policy.sources.begin(), policy.sources.end(),
                                       [&](const Source& each) { return each.key == source; });
        if (known)
            facts["source"] = source;
        else
            reader.wrong("source", "unknown source: write a key of the pack's \"sources\"");
    }
    return facts;
}

NewTicket read_new(const Asked& asked, std::vector<Finding>& findings) {
    NewTicket wish;
    const auto directory = asked.parts.directory->get();
    Reader read(asked.body, "", findings);
    wish.open.kind = read.text("kind");
    wish.open.category = read.text_or("category", "");
    const auto description = read.text("description");
    if (description.size() > 8000) read.wrong("description", "longer than 8000 bytes: shorten it");
    UnitId community;
    if (const auto named = read.text_or("unit", ""); !named.empty()) {
        const auto* unit = directory->unit_by_key(named);
        if (const auto id = read_id(named); !unit && id) unit = directory->unit(UnitId{*id});
        if (!unit || std::find(asked.who.units.begin(), asked.who.units.end(), unit->id) == asked.who.units.end())
            read.wrong("unit", "unknown unit \"" + named + "\"");
        else
            wish.open.unit = unit->id;
        if (unit)
            if (const auto communities = directory->communities_of(unit->id); communities.size() == 1)
                community = communities.front();
    }
    auto& details = wish.open.details;
    if (read.has("household")) {
        auto household = read.child("household");
        details.building = household.text_or("building", "");
        details.unit = household.text_or("unit", "");
        details.room = household.text_or("room", "");
        household.finish();
        const auto place = directory->find_place(details.building, details.unit, details.room, community);
        details.label = place.label;
        if (details.label.empty()) {
            if (!details.building.empty()) details.label = details.building + "栋";
            if (!details.unit.empty()) details.label += details.unit + "单元";
            details.label += details.room;
        }
        wish.open.household = place.household;
        if (!details.building.empty() && place.match == PlaceMatch::unknown)
            wish.open.flags.insert("unverified_address");
        if (place.community && !wish.open.unit) wish.open.unit = place.community;
    }
    if (!wish.open.unit) {
        if (const auto communities = directory->communities_of(asked.who.staff.unit); communities.size() == 1)
            wish.open.unit = communities.front();
        else if (!read.has("unit"))
            read.wrong("unit", "missing: the address does not tell which community it is");
    } else if (std::find(asked.who.units.begin(), asked.who.units.end(), wish.open.unit) == asked.who.units.end()) {
        read.wrong("household", "this address lies outside your units");
    }
    if (read.has("customer")) {
        auto customer = read.child("customer");
        wish.name = customer.text_or("name", "");
        wish.phone = customer.text_or("phone", "");
        wish.open.anonymous = customer.boolean_or("anonymous", false);
        if (!wish.phone.empty() && (wish.phone.size() < 5 || wish.phone.size() > 20 ||
                                    wish.phone.find_first_not_of("0123456789-+ ") != std::string::npos))
            customer.wrong("phone", "this is no phone number");
        customer.finish();
    } else {
        read.wrong("customer", "missing: write {\"name\",\"phone\"} or {\"anonymous\":true}");
    }
    if (read.has("facts")) {
        auto facts = read.child("facts");
        const auto money = [&](const char* name) -> std::optional<std::int64_t> {
            const auto* value = facts.any_or_none(name);
            if (!value) return std::nullopt;
            if (!value->is_number() || value->get<double>() < 0 || value->get<double>() > 1e12) {
                facts.wrong(name, "write an amount in yuan");
                return std::nullopt;
            }
            return static_cast<std::int64_t>(value->get<double>() * 100 + 0.5);
        };
        wish.open.amount_fen = money("amount_yuan");
        wish.open.purchase_fen = money("purchase_yuan");
        if (const auto at = facts.text_or("occurred_at", ""); !at.empty()) {
            const auto parsed = parse_rfc3339(at);
            if (parsed)
                wish.open.occurred_at = *parsed;
            else
                facts.wrong("occurred_at", parsed.problem().text);
        }
        details.occurred_text = facts.text_or("occurred_text", "");
        details.location = facts.text_or("location", "");
        details.people = facts.text_or("people", "");
        details.wish = facts.text_or("wish", "");
        for (const char* flag : {"media", "lawsuit", "group"})
            if (facts.boolean_or(flag, false)) wish.open.flags.insert(flag);
        wish.open.more = facts_of_pack(*asked.parts.policies->for_unit(wish.open.unit, *directory), facts, findings);
        facts.finish();
    }
    read.finish();
    const auto policy = asked.parts.policies->for_unit(wish.open.unit, *directory);
    if (!wish.open.kind.empty() && !policy->kind(wish.open.kind)) {
        std::string kinds;
        for (const auto& kind : policy->kinds) kinds += (kinds.empty() ? "" : ", ") + kind.key;
        read.wrong("kind", "unknown kind \"" + wish.open.kind + "\": write one of " + kinds);
    } else if (const auto* kind = policy->kind(wish.open.kind)) {
        if (wish.open.category.empty() && !kind->categories.empty())
            wish.open.category = kind->categories.back().key;
        else if (!policy->category(wish.open.kind, wish.open.category)) {
            std::string categories;
            for (const auto& category : kind->categories) categories += (categories.empty() ? "" : ", ") + category.key;
            read.wrong("category", "unknown category \"" + wish.open.category + "\": write one of " + categories);
        }
    }
    details.description = without_numbers(description);
    details.summary = shortened(details.description.substr(0, details.description.find('\n')), 40);
    details.contact_name = wish.name;
    details.contact_phone = wish.phone;
    return wish;
}

http::Answer open(Asked& asked) {
    std::vector<Finding> findings;
    const auto wish = read_new(asked, findings);
    if (!findings.empty()) return findings_answer(findings);
    const auto key = once(asked);
    const auto system_now = asked.parts.system->now();
    const auto opened = in_unit<Ticket>(asked.parts, [&](Transaction& tx) -> Result<Ticket> {
        if (key && !tx.claim_delivery(
                       {.channel = key->scope, .key = key->key, .conversation = {}, .answer = {}, .at = system_now})) {
            const auto first = tx.delivery(key->scope, {}, key->key);
            const auto ticket = first ? tx.ticket_numbered(first->answer) : std::nullopt;
            if (ticket) return *ticket;
            return unknown_ticket();
        }
        Person person;
        person.id = asked.parts.ids->make<PersonId>(to_ms(system_now));
        person.name = wish.name;
        person.phone = wish.phone;
        person.created_at = asked.now;
        tx.add(person);
        auto open = wish.open;
        open.customer = person.id;
        open.by = staff(asked.who.staff.id);
        auto ticket = asked.parts.engine->open(tx, open, asked.now);
        if (ticket && key) tx.set_delivery_answer(key->scope, {}, key->key, ticket->number);
        return ticket;
    });
    if (!opened) {
        if (opened.problem().code == "ticket.bad_field")
            return findings_answer({{opened.problem().detail, opened.problem().text}});
        return problem_answer(opened.problem());
    }
    std::optional<http::Answer> answer;
    asked.parts.store->read([&](Reading& reading) { answer = whole(asked, reading, *opened, 201); });
    answer->with("Location", "/api/v1/tickets/" + opened->number);
    return std::move(*answer);
}

http::Answer attach(Asked& asked) {
    std::string held;
    std::string_view body = asked.request.body();
    if (const auto* file = asked.request.body_file()) {
        held = file->read_all(asked.parts.media_bytes + (64 << 10));
        body = held;
    }
    const auto form = read_form(asked.request.header("Content-Type").value_or(""), body);
    if (!form) return problem_answer(form.problem());
    const FormPart* file = nullptr;
    for (const auto& part : *form)
        if (part.name == "file" || part.name == "image") file = &part;
    if (!file) return problem_answer(Problem{"form.unreadable", "no \"file\" in the form", {}});
    if (file->bytes.size() > asked.parts.media_bytes)
        return problem_answer(
            Problem{"media.too_large", "文件太大,最多" + std::to_string(asked.parts.media_bytes >> 20) + "MB", {}});
    const auto kind = image_kind(file->bytes);
    if (!kind) return problem_answer(Problem{"media.unsupported", "这个文件不是照片:请传 JPG、PNG 或 WebP", {}});
    Attachment attachment;
    attachment.id = AttachmentId{random_hex(16)};
    attachment.kind = "image";
    attachment.name = "照片." + kind->extension;
    attachment.media_type = kind->media_type;
    attachment.bytes = static_cast<std::int64_t>(file->bytes.size());
    attachment.created_at = asked.now;
    attachment.sha256 = asked.parts.store->saved_media(std::string(file->bytes));
    const auto kept = in_unit<Ticket>(asked.parts, [&](Transaction& tx) -> Result<Ticket> {
        const auto ticket = visible_ticket(tx, asked, asked.request.segment("number"));
        if (!ticket) return ticket.problem();
        auto mine = attachment;
        mine.ticket = ticket->id;
        tx.save(mine);
        return *ticket;
    });
    if (!kept) return problem_answer(kept.problem());
    return json_answer(201, {{"id", attachment.id.value},
                             {"kind", attachment.kind},
                             {"name", attachment.name},
                             {"bytes", attachment.bytes},
                             {"sha256", attachment.sha256},
                             {"url", "/api/v1/attachments/" + attachment.id.value}});
}

http::Answer attachment(Asked& asked) {
    std::optional<Attachment> found;
    asked.parts.store->read([&](Reading& reading) {
        found = reading.attachment(AttachmentId{std::string(asked.request.segment("id"))});
        if (!found) return;
        const auto ticket = found->ticket ? reading.ticket(found->ticket) : std::nullopt;
        const auto conversation = found->conversation ? reading.conversation(found->conversation) : std::nullopt;
        const bool mine =
            (ticket && may_see(asked, *ticket)) ||
            (!ticket && conversation &&
             std::find(asked.who.units.begin(), asked.who.units.end(), conversation->unit) != asked.who.units.end());
        if (!mine) found.reset();
    });
    if (!found || found->sha256.empty()) return problem_answer(Problem{"media.not_found", "没有这个附件", {}});
    const auto path = asked.parts.store->media_path(found->sha256);
    if (!path) return problem_answer(Problem{"media.not_found", "没有这个附件", {}});
    auto file = http::File::open(*path);
    if (!file) return problem_answer(Problem{"media.not_found", "没有这个附件", {}});
    const bool shown =
        found->media_type == "image/jpeg" || found->media_type == "image/png" || found->media_type == "image/webp";
    auto answer = http::Answer::from_file(shown ? found->media_type : "application/octet-stream", std::move(*file));
    if (!shown) answer.with("Content-Disposition", "attachment");
    answer.with("Content-Security-Policy", "default-src 'none'; sandbox").with("Cache-Control", "private, max-age=600");
    return answer;
}

http::Answer reveal(Asked& asked) {
    std::vector<Finding> findings;
    Reader read(asked.body, "", findings);
    const auto field = read.one_of("field", {"phone", "name"});
    const auto reason = read.text("reason");
    if (findings.empty() && reason.size() < 6) read.wrong("reason", "write why you need to see it");
    read.finish();
    if (!findings.empty()) return findings_answer(findings);
    const auto system_now = asked.parts.system->now();
    Json value;
    const auto seen = in_unit<Ticket>(asked.parts, [&](Transaction& tx) -> Result<Ticket> {
        const auto ticket = visible_ticket(tx, asked, asked.request.segment("number"));
        if (!ticket) return ticket.problem();
        const bool sealed = ticket->anonymous || ticket->flags.contains("confidential") || asked.who.is_administrator();
        const auto policy = asked.parts.engine->policy_of(*ticket);
        const auto& trusted = policy->identity.named_to;  // the pack names who may know
        const bool named =
            !asked.who.is_administrator() && std::any_of(trusted.begin(), trusted.end(), [&](const std::string& role) {
                const auto& roles = asked.who.staff.roles;
                return std::find(roles.begin(), roles.end(), role) != roles.end();
            });
        if (sealed && !named) return Problem{"access.forbidden", "这张工单的来电人不公开", {}};
        if (tx.reveals_since(asked.who.staff.id, system_now - std::chrono::hours{1}) >= reveals_an_hour)
            return Problem{"access.too_many", "一小时内看得太多,请稍后再试,或请主管查看", {}};
        tx.audit(asked.who.staff.id, "reveal", ticket->id, field, reason, system_now);
        const auto details = tx.details(ticket->details);
        value = field == "phone" ? details.contact_phone : details.contact_name;
        return *ticket;
    });
    if (!seen) return problem_answer(seen.problem());
    log::info("access.revealed", {{"staff", asked.who.staff.id.value}, {"ticket", seen->number}, {"field", field}});
    return json_answer(200, {{"field", field}, {"value", value}});
}

}  // namespace

void add_ticket_routes(http::RouteTable& routes, const std::shared_ptr<const ApiParts>& parts) {
    add(routes, parts, {"GET", "/api/v1/tickets", "Tickets the asker may see, filtered."}, list);
    add(routes, parts, {"POST", "/api/v1/tickets", "Opens a ticket for a caller.", Body::json}, open);
    add(routes, parts, {"GET", "/api/v1/tickets/{number}", "One ticket, whole; ETag is its version."}, one);
    add(routes, parts, {"POST", "/api/v1/tickets/{number}/commands", "Gives a command.", Body::json}, command);
    add(routes, parts, {"POST", "/api/v1/tickets/{number}/attachments", "Adds a picture.", Body::upload}, attach);
    add(routes, parts,
        {"POST", "/api/v1/tickets/{number}/reveal", "Shows a masked value; logged and limited.", Body::json}, reveal);
    add(routes, parts, {"GET", "/api/v1/tickets/{number}/events", "The timeline, oldest first."}, events);
    add(routes, parts, {"GET", "/api/v1/tickets/{number}/deadlines", "Every deadline with its derivation."}, deadlines);
    add(routes, parts, {"GET", "/api/v1/attachments/{id}", "A picture of a ticket the asker may see."}, attachment);
}

}  // namespace huiyin::api
