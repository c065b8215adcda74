// /api/v1/directory: who and what there is, for administrators: to see, to add, to change, to disable. Nothing is
// erased: old matters still name it.
#include <algorithm>

#include "channels/api/directory_json.h"
#include "channels/api/guard.h"
#include "channels/api/routes.h"
#include "channels/api/second_factor.h"
#include "workflow/base/log.h"
#include "workflow/policy/calendar.h"

namespace huiyin::api {
namespace {

Problem nothing_there() { return {"directory.not_found", "没有这一条：刷新页面看看", {}}; }

// Which of the four, by the path. Errors: directory.not_found, access.forbidden.
Result<DirectoryKind> kind_of(const Asked& asked) {
    if (auto refused = keeps_no_directory(asked)) return *refused;
    const auto kind = directory_kind(asked.request.segment("kind"));
    if (!kind) return Problem{"directory.not_found", "no such list: units, buildings, households or staff", {}};
    return *kind;
}

bool holds(const std::string& text, std::string_view words) { return text.find(words) != std::string::npos; }

// One page of rows that fit; the cursor is how many came before.
template <class Row, class Fits, class Show>
Result<Json> page_of(const Asked& asked, const std::vector<Row>& rows, Fits fits, Show show) {
    const auto page = paging(asked.request);
    if (!page) return page.problem();
    const auto& cursor = page->cursor;
    if (cursor.size() > 9 || cursor.find_first_not_of("0123456789") != std::string::npos)
        return Problem{"api.bad_query", "cursor: not one of ours", {}};
    const std::size_t skip = cursor.empty() ? 0 : std::stoul(cursor);
    Json items = Json::array();
    std::size_t found = 0;
    bool more = false;
    for (const auto& row : rows) {
        if (!fits(row) || found++ < skip) continue;
        more = items.size() == static_cast<std::size_t>(page->limit);
        if (more) break;
        items.push_back(show(row));
    }
    const auto next = more ? Json(std::to_string(skip + items.size())) : Json();
    return Json{{"items", std::move(items)}, {"next_cursor", next}};
}

struct Wanted {
    UnitId unit;  // and those below; none: all
    std::string words, building;
    std::optional<bool> disabled;
};

Result<Wanted> wanted_of(const Asked& asked) {
    Wanted wanted;
    for (const auto& [name, value] : asked.request.query()) {
        if (name == "unit" && !value.empty()) {
            const auto found = units_asked(asked, value);
            if (!found) return found.problem();
            wanted.unit = found->unit;
        } else if (name == "q") {
            wanted.words = trimmed(value);
        } else if (name == "building") {
            wanted.building = value;
        } else if (name == "disabled" && !value.empty()) {
            wanted.disabled = value == "true";
        } else if (name != "limit" && name != "cursor" && name != "unit" && name != "disabled") {
            return Problem{"api.bad_query", name + ": unknown filter: unit, building, q, disabled", {}};
        }
    }
    return wanted;
}

Result<Json> listed(const Asked& asked, DirectoryKind kind) {
    const auto wanted = wanted_of(asked);
    if (!wanted) return wanted.problem();
    const auto held = asked.parts.directory->get();
    const auto& directory = *held;
    const auto within = [&](UnitId unit) { return !wanted->unit || directory.is_within(unit, wanted->unit); };
    const auto fits = [&](const auto& row) { return !wanted->disabled || row.disabled == *wanted->disabled; };
    const auto& words = wanted->words;
    if (kind == DirectoryKind::units)
        return page_of(
            asked, directory.all_units(),
            [&](const Unit& one) {
                return fits(one) && within(one.id) && (holds(one.name, words) || holds(one.key, words));
            },
            [&](const Unit& one) { return unit_json(directory, one); });
    if (kind == DirectoryKind::buildings)
        return page_of(
            asked, directory.all_buildings(),
            [&](const Building& one) { return fits(one) && within(one.community) && holds(one.name, words); },
            [&](const Building& one) { return building_json(directory, one); });
    if (kind == DirectoryKind::households)
        return page_of(
            asked, directory.all_households(),
            [&](const Household& one) {
                return fits(one) && within(one.community) &&
                       (wanted->building.empty() || one.building == wanted->building) &&
                       (words.empty() || holds(directory.household_label(one), words));
            },
            [&](const Household& one) { return household_json(directory, one); });
    return page_of(
        asked, directory.staff(),
        [&](const Staff& one) {
            return fits(one) && within(one.unit) && (holds(one.name, words) || holds(one.login, words));
        },
        [&](const Staff& one) { return staff_json(directory, one, false); });
}

http::Answer list(Asked& asked) {
    const auto kind = kind_of(asked);
    if (!kind) return problem_answer(kind.problem());
    const auto found = listed(asked, *kind);
    return found ? json_answer(200, *found) : problem_answer(found.problem());
}

// The fields that name the row of that id, as the editor wants them; null: there is none.
Json key_of(const Directory& directory, DirectoryKind kind, std::string_view id) {
    const auto number = read_id(id);
    const auto community_key = [&](UnitId unit) {
        const auto* found = directory.unit(unit);
        return found ? found->key : std::string();
    };
    if (kind == DirectoryKind::units) {
        const auto* unit = directory.unit_by_key(id);
        if (!unit && number) unit = directory.unit(UnitId{*number});
        return unit ? Json{{"key", unit->key}} : Json();
    }
    if (kind == DirectoryKind::staff) {
        const auto* staff = directory.staff_by_login(id);
        if (!staff && number) staff = directory.staff(StaffId{*number});
        return staff ? Json{{"login", staff->login}} : Json();
    }
    if (kind == DirectoryKind::households) {
        const auto* one = number ? directory.household(HouseholdId{*number}) : nullptr;
        if (!one) return {};
        return {{"community", community_key(one->community)},
                {"building", one->building},
                {"unit", one->unit},
                {"room", one->room}};
    }
    const auto colon = id.find(':');
    const auto* community = colon == std::string_view::npos ? nullptr : directory.unit_by_key(id.substr(0, colon));
    for (const auto& one : directory.all_buildings())
        if (community && one.community == community->id && one.name == id.substr(colon + 1))
            return {{"community", community->key}, {"name", one.name}};
    return {};
}

Json last_json(const DirectoryEditor& editor, const Directory& directory, DirectoryKind kind) {
    if (kind == DirectoryKind::units) return unit_json(directory, *editor.last_unit());
    if (kind == DirectoryKind::buildings) return building_json(directory, *editor.last_building());
    if (kind == DirectoryKind::households) return household_json(directory, *editor.last_household());
    return staff_json(directory, *editor.last_staff(), true);
}

// Working hours make limits: of a unit that is there they stay, since its limits were told to people.
void look_at_hours(const Json& row, Wish wish, std::vector<Finding>& findings) {
    const auto hours = row.find("hours");
    if (wish == Wish::change && hours != row.end())
        findings.push_back({"/hours", "上班时间定了就不能改：时限已经按它告诉了客户"});
    else if (hours != row.end() && hours->is_object() && !hours->empty())
        (void)read_hours(*hours, "/hours", findings);
}

const std::vector<std::string>& key_names(DirectoryKind kind) {
    static const std::map<DirectoryKind, std::vector<std::string>> names{
        {DirectoryKind::units, {"key"}},
        {DirectoryKind::buildings, {"community", "name"}},
        {DirectoryKind::households, {"community", "building", "unit", "room"}},
        {DirectoryKind::staff, {"login"}}};
    return names.at(kind);
}

std::string title_of(DirectoryKind kind, const std::string& field) {
    static const std::map<std::string, std::string> others{
        {"phones", "电话"}, {"hours", "上班时间"}, {"shifts", "班次"}};
    for (const auto& column : columns_of(kind))
        if (column.key == field) return column.title;
    const auto found = others.find(field);
    return found == others.end() ? field : found->second;
}

// "li.na：电话、岗位": what was changed, without its values.
std::string words_of(const Json& row, DirectoryKind kind) {
    const auto& key = key_names(kind);
    std::string words, fields;
    for (const auto& name : key)
        if (const auto found = row.find(name); found != row.end() && found->is_string())
            words += (words.empty() ? "" : " ") + found->get<std::string>();
    for (const auto& [name, value] : row.items())
        if (std::find(key.begin(), key.end(), name) == key.end())
            fields += (fields.empty() ? "：" : "、") + title_of(kind, name);
    return words + fields;
}

struct Edited {
    Json row;
    DirectoryContent changes;
    bool changed = false;
    StaffId staff;
};

// One row, in one unit of work, on the directory as it is now.
Result<Edited> edit(Asked& asked, DirectoryKind kind, const Json& row, Wish wish, std::vector<Finding>& findings) {
    const auto& parts = asked.parts;
    const auto words = editor_words(parts);
    const auto system_now = parts.system->now();
    return in_unit<Edited>(parts, [&](Transaction& tx) -> Result<Edited> {
        findings.clear();
        const auto before = tx.directory();
        DirectoryEditor editor(*before, words, *parts.ids, system_now);
        look_at_hours(row, wish, findings);
        const auto taken = editor.take(kind, row, wish, findings);
        if (findings.empty()) editor.finish(findings);
        const auto* person = kind == DirectoryKind::staff ? editor.last_staff() : nullptr;
        if (findings.empty() && person && person->disabled && person->id == asked.who.staff.id)
            findings.push_back({"/disabled", "不能停用自己：请别的管理员来做"});
        if (!findings.empty()) return Problem{"api.bad_fields", {}, {}};
        Edited edited{{}, editor.changes(), taken != Taken::unchanged, person ? person->id : StaffId{}};
        save_changes(tx, parts, *before, edited.changes);
        if (edited.changed)
            tx.audit(asked.who.staff.id, taken == Taken::added ? "directory.added" : "directory.changed", {},
                     std::string(asked.request.segment("kind")), words_of(row, kind), system_now);
        edited.row = last_json(editor, *before, kind);
        return edited;
    });
}

// A link to sign in by once, at the address that people use: without a public_url the one that was asked just now.
std::string link_for(const Asked& asked, StaffId staff) {
    const auto host = asked.request.header("Host");
    const auto origin = !asked.parts.public_url.empty() ? asked.parts.public_url
                        : host                          ? "http://" + std::string(*host)
                                                        : std::string();
    return origin + "/console/#/link/" + asked.parts.access->new_link(staff);
}

http::Answer edited_answer(Asked& asked, DirectoryKind kind, const Json& row, Wish wish) {
    std::vector<Finding> findings;
    auto done = edit(asked, kind, row, wish, findings);
    if (!findings.empty()) return findings_answer(findings);
    if (!done) return problem_answer(done.problem());
    if (done->changed) wait_until_seen(asked.parts, done->changes);
    log::info("directory.changed", {{"staff", asked.who.staff.id.value},
                                    {"kind", std::string(asked.request.segment("kind"))},
                                    {"households", done->changes.households.size()}});
    if (wish == Wish::add && kind == DirectoryKind::staff) done->row["link"] = link_for(asked, done->staff);
    if (kind == DirectoryKind::buildings) done->row["households_added"] = done->changes.households.size();
    return json_answer(wish == Wish::add ? 201 : 200, done->row);
}

http::Answer add_one(Asked& asked) {
    const auto kind = kind_of(asked);
    return kind ? edited_answer(asked, *kind, asked.body, Wish::add) : problem_answer(kind.problem());
}

http::Answer change_one(Asked& asked) {
    const auto kind = kind_of(asked);
    if (!kind) return problem_answer(kind.problem());
    const auto key = key_of(*asked.parts.directory->get(), *kind, asked.request.segment("id"));
    if (key.is_null()) return problem_answer(nothing_there());
    auto row = asked.request.method() == "DELETE" ? Json{{"disabled", true}} : asked.body;
    for (const auto& [name, value] : key.items()) {
        if (row.contains(name) && row[name] != value)
            return findings_answer({{"/" + name, "这一项定了就不能改：停用它，另加一条"}});
        row[name] = value;
    }
    return edited_answer(asked, *kind, row, Wish::change);
}

// One whole. Of staff, phone and platforms' ids are seen: that is noted.
http::Answer one(Asked& asked) {
    const auto kind = kind_of(asked);
    if (!kind) return problem_answer(kind.problem());
    const auto directory = asked.parts.directory->get();
    const auto key = key_of(*directory, *kind, asked.request.segment("id"));
    if (key.is_null()) return problem_answer(nothing_there());
    if (*kind == DirectoryKind::units)
        return json_answer(200, unit_json(*directory, *directory->unit_by_key(key["key"].get<std::string>())));
    if (*kind == DirectoryKind::households)
        return json_answer(
            200, household_json(*directory, *directory->household(HouseholdId{*read_id(asked.request.segment("id"))})));
    if (*kind == DirectoryKind::buildings) {
        const auto* community = directory->unit_by_key(key["community"].get<std::string>());
        for (const auto& each : directory->all_buildings())
            if (each.community == community->id && each.name == key["name"].get<std::string>())
                return json_answer(200, building_json(*directory, each));
        return problem_answer(nothing_there());
    }
    const auto* staff = directory->staff_by_login(key["login"].get<std::string>());
    const auto system_now = asked.parts.system->now();
    auto json = staff_json(*directory, *staff, true);
    asked.parts.store->run([&](Transaction& tx) {
        json["second_factor"] = has_second_factor(tx, staff->id);
        tx.audit(asked.who.staff.id, "directory.seen", {}, "staff", staff->login, system_now);
    });
    return json_answer(200, json);
}

// His phone is lost: the password alone opens, until he sets up a new one. Who could do this to himself would have
// none.
http::Answer without_second_factor(Asked& asked, const Staff& staff) {
    if (staff.id == asked.who.staff.id)
        return problem_answer(Problem{
            "directory.conflict", "自己的两步验证不能自己重置：换手机到“我的”里换，手机丢了请别的管理员重置", {}});
    const auto system_now = asked.parts.system->now();
    bool had = false;
    asked.parts.store->run([&](Transaction& tx) {
        had = reset_second_factor(tx, staff);
        if (had) tx.audit(asked.who.staff.id, "directory.reset_second_factor", {}, "staff", staff.login, system_now);
    });
    if (!had) return problem_answer(Problem{"directory.conflict", "这个账号没有打开两步验证", {}});
    log::info("second_factor.reset", {{"staff", staff.id.value}, {"by", asked.who.staff.id.value}});
    return json_answer(200, {{"login", staff.login}, {"second_factor", false}});
}

// reset_password: a link to sign in by once; what he signed in with before is good no more.
http::Answer person_command(Asked& asked) {
    if (auto refused = keeps_no_directory(asked)) return problem_answer(*refused);
    std::vector<Finding> findings;
    Reader read(asked.body, "", findings);
    const auto command = read.one_of("command", {"reset_password", "reset_second_factor"});
    read.finish();
    if (!findings.empty()) return findings_answer(findings);
    const auto directory = asked.parts.directory->get();
    const auto* staff = directory->staff_by_login(asked.request.segment("id"));
    if (!staff) return problem_answer(nothing_there());
    if (command == "reset_second_factor") return without_second_factor(asked, *staff);
    if (staff->disabled) return problem_answer(Problem{"directory.conflict", "这个账号停用着：先启用", {}});
    const auto system_now = asked.parts.system->now();
    asked.parts.store->run([&](Transaction& tx) {
        tx.set_password_hash(staff->id, "");
        tx.drop_sessions_of(staff->id);
        tx.audit(asked.who.staff.id, "directory.reset_password", {}, "staff", staff->login, system_now);
    });
    return json_answer(200, {{"login", staff->login}, {"link", link_for(asked, staff->id)}});
}

}  // namespace

void add_directory_routes(http::RouteTable& routes, const Shared& parts) {
    const std::vector<std::string> administrators{"administrator"};
    add(routes, parts,
        {"GET", "/api/v1/directory/{kind}",
         "units, buildings, households or staff: ?unit= &building= &q= &disabled=true|false.", Body::none,
         administrators},
        list);
    add(routes, parts,
        {"GET", "/api/v1/directory/{kind}/{id}", "One, whole; a look at a member of staff is noted.", Body::none,
         administrators},
        one);
    add(routes, parts,
        {"POST", "/api/v1/directory/{kind}", "Adds one; staff get a link to sign in by once.", Body::json,
         administrators},
        add_one);
    add(routes, parts, {"PATCH", "/api/v1/directory/{kind}/{id}", "Changes one.", Body::json, administrators},
        change_one);
    add(routes, parts,
        {"DELETE", "/api/v1/directory/{kind}/{id}", "Disables one; nothing is erased.", Body::none, administrators},
        change_one);
    add(routes, parts,
        {"POST", "/api/v1/directory/staff/{id}/commands",
         "reset_password: gives a link to sign in by once. reset_second_factor: his phone is lost.", Body::json,
         administrators},
        person_command);
}

}  // namespace huiyin::api
