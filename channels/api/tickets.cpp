// /api/v1/tickets: lists, one whole, commands, pictures, and the sight of what is masked.
#include <algorithm>

#include "bot/wording.h"
#include "channels/api/conversations.h"
#include "channels/api/guard.h"
#include "channels/api/revealing.h"
#include "channels/api/routes.h"
#include "channels/api/ticket_filter.h"
#include "channels/api/ticket_json.h"
#include "channels/codec/image.h"
#include "channels/codec/multipart.h"
#include "workflow/base/digest.h"
#include "workflow/base/log.h"

namespace huiyin::api {
namespace {

http::Answer list(Asked& asked) {
    const auto filter = ticket_filter(asked);
    if (!filter) return problem_answer(filter.problem());
    JsonWriter json;
    json.begin('{').key("items").begin('[');
    std::string next;
    const auto directory = asked.parts.directory->get();
    if (!filter->units.empty())
        asked.parts.store->read([&](Reading& reading) {
            auto page = reading.tickets(*filter);
            for (const auto& row : page.items)
                if (may_see(asked, row.ticket))  // he keeps out of it
                    write_ticket(json, reading, *asked.parts.engine, *directory, asked.who, row.ticket, row.details,
                                 asked.now, Extent::list);
            next = page.next_cursor;
        });
    json.end(']').key("next_cursor");
    (next.empty() ? json.null() : json.text(next)).end('}');
    return json_answer(200, json.done());
}

http::Answer one(Asked& asked) {
    std::optional<http::Answer> answer;
    asked.parts.store->read([&](Reading& reading) {
        const auto ticket = visible_ticket(reading, asked, asked.request.segment("number"));
        answer = ticket ? whole_ticket(asked, reading, *ticket, 200) : problem_answer(ticket.problem());
    });
    return std::move(*answer);
}

// Several steps have forms under one command; the body says which step it answers.
bool is_meant(const AllowedCommand& form, const Json& body) {
    const auto step = body.find("step");
    if (form.fields.empty() || form.fields.front().name != "step" || step == body.end()) return true;
    const auto& steps = form.fields.front().choices;
    return std::find(steps.begin(), steps.end(), *step) != steps.end();
}

// What a field of the pack's own says may become a fact, which stands in its event for good, as it is written.
void keep_phones_out(Command& wish, const std::vector<FieldSpec>& fields_of_pack) {
    const auto mask = [](Json& fields, const std::string& name) {
        if (const auto found = fields.find(name); found != fields.end() && found->is_string())
            *found = without_numbers(found->get<std::string>());
    };
    const auto form = wish.fields.find("fields");
    for (const auto& field : fields_of_pack) {
        if (field.type != "text") continue;
        mask(wish.fields, field.name);
        if (form != wish.fields.end() && form->is_object()) mask(*form, field.name);
    }
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
    const auto done = in_unit<Ticket>(asked.parts, [&](Transaction& tx) -> Result<Ticket> {
        findings.clear();
        const auto ticket = visible_ticket(tx, asked, asked.request.segment("number"));
        if (!ticket) return ticket.problem();
        const auto first = first_time(tx, asked);  // before its fields are read: what is done is allowed no more
        if (!first) return first.problem();
        if (!*first) return *ticket;
        // Fields that this policy adds to its moves are read beside those of the interface.
        std::vector<FieldSpec> more;
        const auto name =
            asked.body.value("command", Json()).is_string() ? asked.body["command"].get<std::string>() : std::string{};
        for (const auto& allowed : asked.parts.engine->allowed(tx, *ticket, staff(asked.who.staff.id), asked.now))
            if (allowed.command == name && is_meant(allowed, asked.body))
                for (const auto& field : allowed.fields)
                    if (const auto* spec = find_command(name);
                        spec && std::none_of(spec->fields.begin(), spec->fields.end(),
                                             [&](const FieldSpec& known) { return known.name == field.name; }))
                        more.push_back(field);
        auto wish = read_command(asked.body, findings, more);
        keep_phones_out(wish, more);
        if (!findings.empty()) return Problem{"api.bad_fields", {}, {}};
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
        answer = whole_ticket(asked, reading, ticket ? *ticket : *done, 200);
    });
    return std::move(*answer);
}

Problem no_picture() { return {"media.not_found", "没有这个附件", {}}; }

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
            Problem{"media.too_large", "文件太大，最多" + std::to_string(asked.parts.media_bytes >> 20) + "MB", {}});
    const auto kind = image_kind(file->bytes);
    if (!kind) return problem_answer(Problem{"media.unsupported", "这个文件不是照片：请传 JPG、PNG 或 WebP", {}});
    Attachment attachment;
    attachment.id = AttachmentId{random_hex(16)};
    attachment.kind = "image";
    attachment.name = "照片." + kind->extension;
    attachment.media_type = kind->media_type;
    attachment.bytes = static_cast<std::int64_t>(file->bytes.size());
    attachment.created_at = asked.now;
    const auto may_add = [&](Reading& reading) -> Result<Ticket> {
        auto ticket = visible_ticket(reading, asked, asked.request.segment("number"));
        if (ticket && !works_on(reading, asked, *ticket))
            return Problem{"access.forbidden", "您的岗位不办工单，不能加照片", {}};
        return ticket;
    };
    std::optional<Result<Ticket>> may;  // before its bytes are kept
    asked.parts.store->read([&](Reading& reading) { may = may_add(reading); });
    if (!*may) return problem_answer(may->problem());
    attachment.sha256 = asked.parts.store->saved_media(std::string(file->bytes));
    const auto kept = in_unit<Attachment>(asked.parts, [&](Transaction& tx) -> Result<Attachment> {
        const auto ticket = may_add(tx);
        if (!ticket) return ticket.problem();
        const auto first = first_time(tx, asked, attachment.sha256);
        if (!first) return first.problem();
        if (!*first) {
            auto before = tx.attachment(AttachmentId{noted_outcome(tx, asked)});
            return before ? Result<Attachment>(std::move(*before)) : no_picture();
        }
        auto mine = attachment;
        mine.ticket = ticket->id;
        tx.save(mine);
        note_outcome(tx, asked, mine.id.value);
        return mine;
    });
    if (!kept) return problem_answer(kept.problem());
    return json_answer(201, {{"id", kept->id.value},
                             {"kind", kept->kind},
                             {"name", kept->name},
                             {"bytes", kept->bytes},
                             {"sha256", kept->sha256},
                             {"url", "/api/v1/attachments/" + kept->id.value}});
}

http::Answer attachment(Asked& asked) {
    std::optional<Attachment> found;
    asked.parts.store->read([&](Reading& reading) {
        found = reading.attachment(AttachmentId{std::string(asked.request.segment("id"))});
        if (!found) return;
        const auto ticket = found->ticket ? reading.ticket(found->ticket) : std::nullopt;
        const bool mine = ticket ? may_see(asked, *ticket)
                                 : found->conversation && visible_conversation(reading, asked, found->conversation);
        if (!mine) found.reset();
    });
    if (!found || found->sha256.empty()) return problem_answer(no_picture());
    const auto path = asked.parts.store->media_path(found->sha256);
    if (!path) return problem_answer(no_picture());
    auto file = http::File::open(*path);
    if (!file) return problem_answer(no_picture());
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
    if (findings.empty() && characters_of(trimmed(reason)) < 2) read.wrong("reason", "请写为什么要看");
    read.finish();
    if (!findings.empty()) return findings_answer(findings);
    Json value;
    const auto seen = in_unit<Ticket>(asked.parts, [&](Transaction& tx) -> Result<Ticket> {
        const auto ticket = visible_ticket(tx, asked, asked.request.segment("number"));
        if (!ticket) return ticket.problem();
        if (!may_know_customer(asked.parts, asked.who, *ticket))
            return Problem{"access.forbidden", "这张工单的来电人不公开", {}};
        if (auto refused = note_revealed(tx, asked, ticket->id, field, reason)) return std::move(*refused);
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
    add(routes, parts, {"GET", "/api/v1/tickets/{number}", "One ticket, whole; ETag is its version."}, one);
    add(routes, parts, {"POST", "/api/v1/tickets/{number}/commands", "Gives a command.", Body::json}, command);
    add(routes, parts, {"POST", "/api/v1/tickets/{number}/attachments", "Adds a picture.", Body::upload}, attach);
    add(routes, parts,
        {"POST", "/api/v1/tickets/{number}/reveal", "Shows a masked value; logged and limited.", Body::json}, reveal);
    add(routes, parts, {"GET", "/api/v1/attachments/{id}", "A picture of a ticket the asker may see."}, attachment);
}

}  // namespace huiyin::api
