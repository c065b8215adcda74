#include "workflow/directory/directory_merge.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace huiyin {
namespace {

class Merge {
public:
    Merge(const Directory& directory, const EditorWords& words, const HoursReader& read_hours, IdMaker& ids,
          TimePoint now)
        : directory_(directory), read_hours_(read_hours), editor_(directory, words, ids, now) {
        plan_.encoding = "JSON";
    }

    ImportPlan done(const Json& json) {
        std::vector<Finding> findings;
        Reader top(json, "", findings);
        top.text_or("$schema", "");
        top.text("organisation");
        if (top.has("demo_password")) {
            top.any_or_none("demo_password");
            top.wrong("demo_password", "只在第一次启动时用：去掉这一行");
        }
        const auto* units = top.list_or_none("units");
        const auto* buildings = top.list_or_none("buildings");
        const auto* households = top.list_or_none("households");
        const auto* staff = top.list_or_none("staff");
        top.finish();
        add("", findings);
        if (units) take_units(*units);
        if (buildings) take_buildings(*buildings);
        if (households) take_each(DirectoryKind::households, "/households", *households);
        if (staff) take_each(DirectoryKind::staff, "/staff", *staff);
        findings.clear();
        if (plan_.finding_count == 0) editor_.finish(findings);
        add("/staff", findings);
        plan_.changes = editor_.changes();
        return std::move(plan_);
    }

private:
    void add(const std::string& pointer, const std::vector<Finding>& findings) {
        for (const auto& finding : findings) plan_.add({0, pointer + finding.pointer, {}, finding.text});
    }

    void take(DirectoryKind kind, const std::string& pointer, const Json& row, std::vector<Finding> findings = {}) {
        ++plan_.rows;
        const auto taken = editor_.take(kind, row, Wish::either, findings);
        if (!findings.empty()) return add(pointer, findings);
        ++(taken == Taken::added ? plan_.added : taken == Taken::changed ? plan_.changed : plan_.unchanged);
    }

    void take_each(DirectoryKind kind, const std::string& pointer, const Json& list) {
        for (std::size_t i = 0; i < list.size(); ++i) take(kind, pointer + "/" + std::to_string(i), list[i]);
    }

    static std::string text_in(const Json& row, const char* key) {
        const auto found = row.is_object() ? row.find(key) : row.end();
        return row.is_object() && found != row.end() && found->is_string() ? found->get<std::string>() : std::string();
    }

    // Above before below, in whatever order they are written.
    void take_units(const Json& list) {
        std::set<std::string> known;
        for (const auto& unit : directory_.all_units()) known.insert(unit.key);
        std::vector<bool> taken(list.size(), false);
        for (bool last = false, goes_on = true; goes_on;) {
            goes_on = false;
            for (std::size_t i = 0; i < list.size(); ++i) {
                const auto parent = text_in(list[i], "parent");
                if (taken[i] || (!last && !parent.empty() && !known.contains(parent))) continue;
                taken[i] = goes_on = true;
                take(DirectoryKind::units, "/units/" + std::to_string(i), list[i], hours_of(list[i]));
                known.insert(text_in(list[i], "key"));
            }
            if (!goes_on && !last) last = goes_on = true;  // whose parent is nowhere is told so
        }
    }

    std::vector<Finding> hours_of(const Json& row) {
        std::vector<Finding> findings;
        if (!row.is_object()) return findings;
        const auto hours = row.find("hours");
        const auto* unit = directory_.unit_by_key(text_in(row, "key"));
        if (unit && hours != row.end() && (hours->empty() ? std::string() : to_text(*hours)) != unit->hours)
            findings.push_back({"/hours", "上班时间定了就不能改：时限已经按它告诉了客户"});
        else if (!unit && hours != row.end() && hours->is_object() && !hours->empty())
            read_hours_(*hours, "/hours", findings);
        return findings;
    }

    // One shape for all buildings that have it.
    void take_buildings(const Json& list) {
        for (std::size_t i = 0; i < list.size(); ++i) {
            const auto pointer = "/buildings/" + std::to_string(i);
            std::vector<Finding> findings;
            Reader read(list[i], pointer, findings);
            const auto names = read.texts_or_none("names");
            if (findings.empty() && names.empty()) read.wrong("names", "写有哪些楼栋，比如 [\"1\", \"2\"]");
            add("", findings);
            if (!findings.empty()) continue;
            auto row = list[i];
            row.erase("names");
            for (const auto& name : names) {
                row["name"] = name;
                take(DirectoryKind::buildings, pointer, row);
            }
        }
    }

    const Directory& directory_;
    const HoursReader& read_hours_;
    DirectoryEditor editor_;
    ImportPlan plan_;
};

std::size_t rows_of(const Json& json) {
    std::size_t rows = 0;
    for (const auto* key : {"units", "buildings", "households", "staff"})
        if (const auto list = json.find(key); list != json.end() && list->is_array()) rows += list->size();
    return rows;
}

}  // namespace

Result<ImportPlan> plan_whole_directory(std::string_view text, const Directory& directory, const EditorWords& words,
                                        const HoursReader& read_hours, IdMaker& ids, TimePoint now) {
    const auto json = parse_json(text, {.bytes = 16 << 20, .comments = true});
    if (!json) return json.problem();
    if (!json->is_object())
        return Problem{"json.unreadable", "not a directory: write {\"organisation\": …, \"units\": […]}", {}};
    const auto organisation = json->find("organisation");
    if (organisation != json->end() && organisation->is_string() &&
        organisation->get<std::string>() != directory.organisation().key)
        return Problem{"import.other_organisation",
                       "这是另一个组织的文件：organisation 写的是“" + organisation->get<std::string>() + "”，这里是“" +
                           directory.organisation().key + "”",
                       {}};
    if (rows_of(*json) > most_import_rows)
        return Problem{"csv.unreadable", "超过" + std::to_string(most_import_rows) + "行：分成几个文件", {}};
    return Merge(directory, words, read_hours, ids, now).done(*json);
}

Json whole_directory(const Directory& directory, const std::vector<UnitId>& units) {
    const auto is_in = [&](UnitId id) { return std::find(units.begin(), units.end(), id) != units.end(); };
    const auto key_of = [&](UnitId id) { return directory.unit(id) ? directory.unit(id)->key : std::string(); };
    const auto marked = [](Json row, bool disabled) {
        if (disabled) row["disabled"] = true;
        return row;
    };
    Json json{{"organisation", directory.organisation().key}};
    for (const auto* list : {"units", "buildings", "households", "staff"}) json[list] = Json::array();
    for (const auto& one : directory.all_units()) {
        if (!is_in(one.id)) continue;
        Json row{{"key", one.key}, {"name", one.name}, {"kind", one.kind}, {"zone", one.zone}};
        if (one.parent) row["parent"] = key_of(one.parent);
        if (!one.policy.empty()) row["policy"] = one.policy;
        for (const auto& [name, phone] :
             {std::pair{"duty", one.duty_phone}, {"gas", one.gas_phone}, {"lift", one.lift_phone}})
            if (!phone.empty()) row["phones"][name] = phone;
        for (const auto& [name, text] : {std::pair{"hours", one.hours}, {"shifts", one.shifts}})
            if (const auto value = parse_json(text); !text.empty() && value) row[name] = *value;
        json["units"].push_back(marked(std::move(row), one.disabled));
    }
    std::set<std::string> shaped;  // the flats that follow from a shape
    const auto place = [](UnitId community, const std::string& building, const std::string& unit,
                          const std::string& room) {
        return to_text(community) + "/" + building + "/" + unit + "/" + room;
    };
    std::vector<const Building*> shapes;  // one of each, as they are written
    for (const auto& one : directory.all_buildings()) {
        if (!is_in(one.community)) continue;
        for (const auto& unit : one.units.empty() ? std::vector<std::string>{""} : one.units)
            for (int floor = 1; floor <= one.floors; ++floor)
                for (const auto& room : one.rooms)
                    shaped.insert(place(one.community, one.name, unit, std::to_string(floor) + room));
        const auto alike = std::find_if(shapes.begin(), shapes.end(), [&](const Building* other) {
            return other->community == one.community && other->units == one.units && other->floors == one.floors &&
                   other->rooms == one.rooms && other->disabled == one.disabled;
        });
        if (alike != shapes.end()) {
            json["buildings"][static_cast<std::size_t>(alike - shapes.begin())]["names"].push_back(one.name);
            continue;
        }
        shapes.push_back(&one);
        Json row{{"community", key_of(one.community)},
                 {"names", Json::array({one.name})},
                 {"floors", one.floors},
                 {"rooms", one.rooms}};
        if (!one.units.empty()) row["units"] = one.units;
        json["buildings"].push_back(marked(std::move(row), one.disabled));
    }
    for (const auto& one : directory.all_households()) {
        if (!is_in(one.community)) continue;
        if (!one.disabled && shaped.contains(place(one.community, one.building, one.unit, one.room))) continue;
        Json row{{"community", key_of(one.community)}, {"building", one.building}, {"room", one.room}};
        if (!one.unit.empty()) row["unit"] = one.unit;
        json["households"].push_back(marked(std::move(row), one.disabled));
    }
    for (const auto& one : directory.staff()) {
        if (!is_in(one.unit)) continue;
        Json row{{"login", one.login}, {"name", one.name}, {"roles", one.roles}, {"unit", key_of(one.unit)}};
        if (!one.phone.empty()) row["phone"] = one.phone;
        if (!one.addresses.empty()) row["addresses"] = one.addresses;
        json["staff"].push_back(marked(std::move(row), one.disabled));
    }
    return json;
}

}  // namespace huiyin
