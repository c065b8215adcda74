// /api/v1/directory/{kind}/import: a file of rows, first looked at, then taken whole or not at all.
#include "channels/api/directory_import.h"

#include "channels/api/directory_json.h"
#include "channels/api/guard.h"
#include "channels/api/import_file.h"
#include "channels/api/routes.h"
#include "channels/codec/multipart.h"
#include "workflow/base/digest.h"
#include "workflow/base/log.h"
#include "workflow/directory/directory_merge.h"
#include "workflow/policy/calendar.h"

namespace huiyin::api {

Json plan_json(const ImportPlan& plan, const std::string& kind, bool preview) {
    Json findings = Json::array();
    for (const auto& each : plan.findings)
        findings.push_back({{"line", each.line == 0 ? Json() : Json(each.line)},
                            {"column", each.column.empty() ? Json() : Json(each.column)},
                            {"value", each.value},
                            {"detail", in_chinese(each.text)}});
    return {{"kind", kind},
            {"preview", preview},
            {"encoding", plan.encoding},
            {"head", plan.head},
            {"unknown_columns", plan.unknown_columns},
            {"first_rows", plan.first_rows},
            {"rows", plan.rows},
            {"added", plan.added},
            {"changed", plan.changed},
            {"unchanged", plan.unchanged},
            {"households_added", kind == "buildings" || kind == "directory" ? plan.changes.households.size() : 0},
            {"errors", findings},
            {"error_count", plan.finding_count}};
}

Result<ImportPlan> DirectoryImport::plan_on(const Directory& directory, TimePoint now) const {
    const auto words = editor_words(*parts);
    if (kind) return plan_import(*kind, bytes, directory, words, *parts->ids, now);
    return plan_whole_directory(
        bytes, directory, words,
        [](const Json& hours, const std::string& pointer, std::vector<Finding>& findings) {
            (void)read_hours(hours, pointer, findings);
        },
        *parts->ids, now);
}

Result<ImportPlan> DirectoryImport::look() const { return plan_on(*parts->directory->get(), parts->system->now()); }

Result<ImportPlan> DirectoryImport::take() const {
    const auto now = parts->system->now();
    std::optional<Result<ImportPlan>> plan;
    const auto saved = in_unit<Done>(*parts, [&](Transaction& tx) -> Result<Done> {
        const auto before = tx.directory();
        plan = plan_on(*before, now);
        if (!*plan) return plan->problem();
        if ((*plan)->finding_count > 0) return Problem{"import.bad_rows", {}, {}};
        save_changes(tx, *parts, *before, (*plan)->changes);
        tx.audit(by, "directory.imported", {}, name,
                 "新增" + std::to_string((*plan)->added) + "，修改" + std::to_string((*plan)->changed), now);
        return Done{};
    });
    if (saved) {
        log::info("directory.imported", {{"staff", by.value}, {"kind", name}, {"rows", (*plan)->rows}});
        wait_until_seen(*parts, (*plan)->changes);
    }
    return std::move(*plan);
}

Result<Json> import_command(const Json& wish, const ApiParts& parts) {
    std::vector<Finding> findings;
    Reader read(wish, "", findings);
    read.text("command");
    const auto name = read.text("kind");
    const auto file = from_base64(read.text("file"));
    const bool takes = read.boolean_or("take", false);
    read.finish();
    const auto kind = directory_kind(name);
    if (!findings.empty()) return Problem{"import.bad", findings.front().pointer + ": " + findings.front().text, {}};
    if ((!kind && name != "directory") || !file)
        return Problem{"import.bad", "unknown kind or unreadable file: " + name, {}};
    const DirectoryImport wanted{&parts, kind, name, *file, {}};
    const auto plan = takes ? wanted.take() : wanted.look();
    if (!plan) return plan.problem();
    return plan_json(*plan, name, !takes);
}

Result<std::string> file_of(const Asked& asked) {
    const auto most = asked.parts.media_bytes + (64 << 10);
    std::string held;
    std::string_view body = asked.request.body();
    if (const auto* file = asked.request.body_file()) {
        held = file->read_all(most);
        body = held;
    }
    const auto form = read_form(asked.request.header("Content-Type").value_or(""), body);
    if (!form) return form.problem();
    for (const auto& part : *form)
        if (part.name == "file") return std::string(part.bytes);
    return Problem{"form.unreadable", "no \"file\" in the form", {}};
}

Result<bool> preview_wanted(const Asked& asked) {
    const auto preview = asked.request.query("preview").value_or("true");
    if (preview != "true" && preview != "false")
        return Problem{"api.bad_query", "preview: write true (the default) or false", {}};
    return preview == "true";
}

http::Answer bad_rows(Json plan) {
    const auto count = std::to_string(plan.value("error_count", 0));
    plan.update({{"type", "about:blank"},
                 {"title", "Unprocessable Content"},
                 {"status", 422},
                 {"code", "import.bad_rows"},
                 {"detail", "有" + count + "处要改，一行都没有导入"}});
    return http::Answer::bytes(422, "application/problem+json", to_text(plan));
}

namespace {

http::Answer looked_at(const DirectoryImport& wanted) {
    const auto plan = wanted.look();
    return plan ? json_answer(200, plan_json(*plan, wanted.name, true)) : problem_answer(plan.problem());
}

http::Answer taken(const DirectoryImport& wanted) {
    const auto plan = wanted.take();
    if (!plan) return problem_answer(plan.problem());
    if (plan->finding_count > 0) return bad_rows(plan_json(*plan, wanted.name, false));
    return json_answer(200, plan_json(*plan, wanted.name, false));
}

Result<Work> import(Asked& asked) {
    if (auto refused = keeps_no_directory(asked)) return *refused;
    const auto kind = directory_kind(asked.request.segment("kind"));
    if (!kind) return Problem{"directory.not_found", "no such list: units, buildings, households or staff", {}};
    const auto preview = preview_wanted(asked);
    if (!preview) return preview.problem();
    auto bytes = file_of(asked);
    if (!bytes) return bytes.problem();
    const auto wanted = std::make_shared<const DirectoryImport>(DirectoryImport{
        &asked.parts, kind, std::string(asked.request.segment("kind")), std::move(*bytes), asked.who.staff.id});
    return Work([wanted, looks = *preview] { return looks ? looked_at(*wanted) : taken(*wanted); });
}

}  // namespace

void add_import_routes(http::RouteTable& routes, const Shared& parts) {
    add_later(routes, parts,
              {"POST",
               "/api/v1/directory/{kind}/import",
               "A CSV file (UTF-8 or GB18030) or a workbook, \"file\" of a form: ?preview=true looks, false takes all "
               "of it or nothing.",
               Body::upload,
               {"administrator"}},
              import);
}

}  // namespace huiyin::api
