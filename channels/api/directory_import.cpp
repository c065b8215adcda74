// /api/v1/directory/{kind}/import: a file of rows, first looked at, then taken whole or not at all.
#include "channels/api/directory_json.h"
#include "channels/api/guard.h"
#include "channels/api/routes.h"
#include "channels/codec/multipart.h"
#include "workflow/base/log.h"

namespace huiyin::api {
namespace {

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
            {"households_added", kind == "buildings" ? plan.changes.households.size() : 0},
            {"errors", findings},
            {"error_count", plan.finding_count}};
}

// The form's file. Errors: form.unreadable, media.too_large.
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

struct Import {
    const ApiParts* parts;
    DirectoryKind kind;
    std::string name, bytes;
    bool preview;
    StaffId by;

    Result<ImportPlan> plan(const Directory& directory) const {
        return plan_import(kind, bytes, directory, editor_words(*parts), *parts->ids, parts->system->now());
    }

    http::Answer refused(const ImportPlan& plan) const {
        auto json = plan_json(plan, name, false);
        json.update({{"type", "about:blank"},
                     {"title", "Unprocessable Content"},
                     {"status", 422},
                     {"code", "import.bad_rows"},
                     {"detail", "有" + std::to_string(plan.finding_count) + "处要改，一行都没有导入"}});
        return http::Answer::bytes(422, "application/problem+json", to_text(json));
    }

    http::Answer look() const {
        const auto plan = this->plan(*parts->directory->get());
        return plan ? json_answer(200, plan_json(*plan, name, true)) : problem_answer(plan.problem());
    }

    // Judged anew on the directory as it is at that moment: it may have changed since the preview.
    http::Answer take() const {
        const auto now = parts->system->now();
        std::optional<Result<ImportPlan>> plan;
        const auto saved = in_unit<Done>(*parts, [&](Transaction& tx) -> Result<Done> {
            const auto before = tx.directory();
            plan = this->plan(*before);
            if (!*plan) return plan->problem();
            if ((*plan)->finding_count > 0) return Problem{"import.bad_rows", {}, {}};
            save_changes(tx, *parts, *before, (*plan)->changes);
            tx.audit(by, "directory.imported", {}, name,
                     "新增" + std::to_string((*plan)->added) + "，修改" + std::to_string((*plan)->changed), now);
            return Done{};
        });
        if (!*plan) return problem_answer(plan->problem());
        if (!saved) return refused(**plan);
        wait_until_seen(*parts, (*plan)->changes);
        log::info("directory.imported", {{"staff", by.value}, {"kind", name}, {"rows", (*plan)->rows}});
        return json_answer(200, plan_json(**plan, name, false));
    }
};

Result<Work> import(Asked& asked) {
    if (auto refused = keeps_no_directory(asked)) return *refused;
    const auto kind = directory_kind(asked.request.segment("kind"));
    if (!kind) return Problem{"directory.not_found", "no such list: units, buildings, households or staff", {}};
    const auto preview = asked.request.query("preview").value_or("true");
    if (preview != "true" && preview != "false")
        return Problem{"api.bad_query", "preview: write true (the default) or false", {}};
    auto bytes = file_of(asked);
    if (!bytes) return bytes.problem();
    const auto wish =
        std::make_shared<const Import>(Import{&asked.parts, *kind, std::string(asked.request.segment("kind")),
                                              std::move(*bytes), preview == "true", asked.who.staff.id});
    return Work([wish] { return wish->preview ? wish->look() : wish->take(); });
}

}  // namespace

void add_import_routes(http::RouteTable& routes, const Shared& parts) {
    add_later(
        routes, parts,
        {"POST",
         "/api/v1/directory/{kind}/import",
         "A CSV file, \"file\" of a form, UTF-8 or GB18030: ?preview=true looks, false takes all of it or nothing.",
         Body::upload,
         {"administrator"}},
        import);
}

}  // namespace huiyin::api
