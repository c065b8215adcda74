#include "workflow/directory/directory_table.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "workflow/directory/workbook_rows.h"

namespace huiyin {
namespace {

constexpr std::size_t most_findings = 100, most_shown = 5;

const std::vector<std::pair<std::string, std::string>>& kind_titles() {
    static const std::vector<std::pair<std::string, std::string>> titles{{"organisation", "集团"},
                                                                         {"branch", "分公司"},
                                                                         {"project_centre", "项目管理中心"},
                                                                         {"service_centre", "物业服务中心"},
                                                                         {"community", "小区"}};
    return titles;
}

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const auto& part : parts) text += (text.empty() ? "" : "、") + part;
    return text;
}
std::string yes_if(bool is) { return is ? "是" : ""; }
std::string key_of(const Directory& directory, UnitId id) {
    const auto* unit = directory.unit(id);
    return unit ? unit->key : std::string();
}
// As people know it, unless two are called so.
std::string name_of(const Directory& directory, UnitId id) {
    const auto* unit = directory.unit(id);
    if (!unit) return {};
    const auto& all = directory.all_units();
    const auto same =
        std::count_if(all.begin(), all.end(), [&](const Unit& other) { return other.name == unit->name; });
    return same == 1 ? unit->name : unit->key;
}

// "1、2、3", "1,2 3".
std::vector<std::string> list_in(const std::string& text) {
    std::vector<std::string> parts{""};
    for (std::size_t i = 0; i < text.size();) {
        std::size_t wide = 0;
        for (const std::string_view sign : {"、", "，", "；", ",", ";", " ", "/", "|"})
            if (std::string_view(text).substr(i).starts_with(sign)) wide = sign.size();
        if (wide > 0)
            parts.emplace_back();
        else
            parts.back() += text[i], wide = 1;
        i += wide;
    }
    std::erase_if(parts, [](const std::string& part) { return part.empty(); });
    return parts;
}

// The two ends of what is written as a range, "01-04" or "A-D"; nothing where it is none, as "商-1".
std::optional<std::pair<std::string, std::string>> ends_of(const std::string& part) {
    const auto made_of = [](const std::string& text, auto is) {
        return !text.empty() && std::all_of(text.begin(), text.end(), is);
    };
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    for (const std::string_view sign : {"——", "—", "–", "－", "～", "-", "~"}) {
        const auto at = part.find(sign);
        if (at == std::string::npos) continue;
        const std::string from = part.substr(0, at), to = part.substr(at + sign.size());
        if ((made_of(from, is_digit) && made_of(to, is_digit)) || (made_of(from, is_letter) && made_of(to, is_letter)))
            return std::pair{from, to};
    }
    return std::nullopt;
}

// The same, and of "01-04" from, to and all between, as wide as the first; nothing where a range has no such meaning.
std::optional<std::vector<std::string>> numbers_in(const std::string& text) {
    constexpr int longest_range = 200;
    std::vector<std::string> all;
    for (const auto& part : list_in(text)) {
        const auto ends = ends_of(part);
        if (!ends) {
            all.push_back(part);
            continue;
        }
        const auto& first = ends->first;
        const auto number = [](const std::string& digits) {
            int value = -1;
            const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
            return read.ec == std::errc{} && read.ptr == digits.data() + digits.size() ? value : -1;
        };
        const int from = number(first), to = number(ends->second);
        if (from < 0 || to < from || to - from >= longest_range) return std::nullopt;
        for (int i = from; i <= to; ++i) {
            auto one = std::to_string(i);
            if (first.front() == '0' && one.size() < first.size()) one.insert(0, first.size() - one.size(), '0');
            all.push_back(one);
        }
    }
    return all;
}

// One cell into the field that it stands for; what is wrong with it, or nothing.
std::string set_field(Json& row, const std::string& key, const std::string& cell) {
    if (key == "units" || key == "rooms") {
        const auto numbers = numbers_in(cell);
        if (!numbers) return "连号从小到大写，比如 01-04，最多200个；字母一个个写：A、B、C";
        row[key] = *numbers;
    } else if (key == "roles") {
        row[key] = list_in(cell);
    } else if (key == "duty_phone" || key == "gas_phone" || key == "lift_phone") {
        row["phones"][key.substr(0, key.find('_'))] = cell;
    } else if (key == "disabled") {
        const auto is = yes_or_no(cell);
        if (!is) return "写“是”或“否”";
        row[key] = *is;
    } else if (key == "floors") {
        int floors = 0;
        const auto read = std::from_chars(cell.data(), cell.data() + cell.size(), floors);
        if (read.ec != std::errc{} || read.ptr != cell.data() + cell.size()) return "写整数，比如 18";
        row[key] = floors;
    } else if (key == "kind") {
        const auto& titles = kind_titles();
        const auto found =
            std::find_if(titles.begin(), titles.end(), [&](const auto& each) { return each.second == cell; });
        row[key] = found == titles.end() ? cell : found->first;
    } else if (key == "addresses") {
        row[key] = Json::object();
        for (const auto& part : list_in(cell)) {
            const auto equals = part.find('=');
            if (equals == std::string::npos || equals == 0) return "写成 app=zhangsan，几个之间用顿号隔开";
            row[key][part.substr(0, equals)] = part.substr(equals + 1);
        }
    } else {
        row[key] = cell;
    }
    return {};
}

// "/phones/duty" is the column "duty_phone"; "/roles/2" is "roles".
std::string column_of(const std::string& pointer) {
    if (pointer.starts_with("/phones/")) return pointer.substr(8) + "_phone";
    const auto end = pointer.find('/', 1);
    return pointer.empty() ? pointer : pointer.substr(1, end == std::string::npos ? end : end - 1);
}

class Import {
public:
    Import(DirectoryKind kind, CsvTable table, const Directory& directory, const EditorWords& words, IdMaker& ids,
           TimePoint now)
        : kind_(kind),
          table_(std::move(table)),
          editor_(directory, words, ids, now),
          plan_(plan_of(table_)),
          named_(named_columns(table_.head, columns_of(kind),
                               [this](const TableColumn& column) { return is_key(column); })) {
        plan_.unknown_columns = named_.unknown;
        for (const auto& head : named_.twice) add({0, head, {}, "这一列写了两次：去掉一列"});
    }

    const NamedColumns& named() const { return named_; }

    ImportPlan done() {
        for (const auto& row : table_.rows) take(row);
        std::vector<Finding> last;
        editor_.finish(last);
        for (const auto& finding : last) add({0, title_of(column_of(finding.pointer)), {}, finding.text});
        plan_.changes = editor_.changes();
        return std::move(plan_);
    }

private:
    // What a row is known by; the others may be left out where rows only change what is there.
    bool is_key(const TableColumn& column) const {
        switch (kind_) {
            case DirectoryKind::units:
                return column.key == "key";
            case DirectoryKind::buildings:
                return column.key == "community" || column.key == "name";
            case DirectoryKind::households:
                return column.key == "community" || column.key == "building" || column.key == "room";
            case DirectoryKind::staff:
                return column.key == "login";
        }
        return false;
    }

    std::string title_of(const std::string& key) const {
        for (const auto& column : columns_of(kind_))
            if (column.key == key) return column.title;
        return key;
    }

    void add(ImportFinding finding) { plan_.add(std::move(finding)); }

    const std::string& cell_of(const CsvRow& row, const std::string& key) const {
        return named_.cell_of(row.cells, key);
    }

    void take(const CsvRow& row) {
        Json fields = Json::object();
        bool readable = true;
        const auto& keys = named_.keys;
        for (std::size_t i = 0; i < keys.size(); ++i) {
            if (keys[i].empty() || row.cells[i].empty()) continue;
            if (const auto wrong = set_field(fields, keys[i], row.cells[i]); !wrong.empty()) {
                add({row.line, title_of(keys[i]), row.cells[i], wrong});
                readable = false;
            }
        }
        if (!readable || is_repeated(row)) return;
        std::vector<Finding> found;
        const auto taken = editor_.take(kind_, fields, Wish::either, found);
        for (const auto& finding : found) {
            const auto key = column_of(finding.pointer);
            add({row.line, title_of(key), cell_of(row, key), finding.text});
        }
        if (!found.empty()) return;
        ++(taken == Taken::added ? plan_.added : taken == Taken::changed ? plan_.changed : plan_.unchanged);
    }

    bool is_repeated(const CsvRow& row) {
        std::string key;
        for (const auto& column : columns_of(kind_))
            if (is_key(column) || (kind_ == DirectoryKind::households && column.key == "unit"))
                key += cell_of(row, column.key) + "\n";
        const auto [found, fresh] = seen_.emplace(key, row.line);
        if (fresh) return false;
        add({row.line, {}, {}, "和第" + std::to_string(found->second) + "行是同一条：留一行"});
        return true;
    }

    DirectoryKind kind_;
    CsvTable table_;
    DirectoryEditor editor_;
    ImportPlan plan_;
    NamedColumns named_;
    std::unordered_map<std::string, int> seen_;
};

}  // namespace

std::optional<bool> yes_or_no(const std::string& cell) {
    static const std::vector<std::string> yes{"是", "停用", "true", "1", "y", "yes", "√"};
    static const std::vector<std::string> no{"否", "在用", "启用", "false", "0", "n", "no"};
    if (std::find(yes.begin(), yes.end(), cell) != yes.end()) return true;
    if (std::find(no.begin(), no.end(), cell) != no.end()) return false;
    return std::nullopt;
}

void ImportPlan::add(ImportFinding finding) {
    ++finding_count;
    if (findings.size() < most_findings) findings.push_back(std::move(finding));
}

ImportPlan plan_of(const CsvTable& table) {
    ImportPlan plan;
    plan.encoding = table.encoding;
    plan.head = table.head;
    plan.rows = static_cast<int>(table.rows.size());
    for (std::size_t i = 0; i < std::min(most_shown, table.rows.size()); ++i)
        plan.first_rows.push_back(table.rows[i].cells);
    return plan;
}

const std::string& NamedColumns::cell_of(const std::vector<std::string>& cells, const std::string& key) const {
    static const std::string none;
    const auto at = std::find(keys.begin(), keys.end(), key);
    return at == keys.end() || key.empty() ? none : cells[static_cast<std::size_t>(at - keys.begin())];
}

NamedColumns named_columns(const std::vector<std::string>& head, const std::vector<TableColumn>& columns,
                           const std::function<bool(const TableColumn&)>& is_needed) {
    NamedColumns named;
    std::vector<std::string> titles;
    for (const auto& column : columns) titles.push_back(column.title);
    for (const auto& one : head) {
        std::string key;
        for (const auto& column : columns)
            if (one == column.title || one == column.key) key = column.key;
        if (key.empty()) {
            const auto near = nearest(one, titles);
            named.unknown.push_back(one + (near ? "（是不是“" + *near + "”？）" : ""));
        } else if (std::find(named.keys.begin(), named.keys.end(), key) != named.keys.end()) {
            named.twice.push_back(one);
        }
        named.keys.push_back(key);
    }
    for (const auto& column : columns)
        if (is_needed(column) && std::find(named.keys.begin(), named.keys.end(), column.key) == named.keys.end())
            named.missing += (named.missing.empty() ? "" : "、") + column.title;
    return named;
}

Problem missing_columns(const NamedColumns& named, const std::vector<TableColumn>& columns) {
    std::string head;
    for (const auto& column : columns) head += (head.empty() ? "" : "、") + column.title;
    return {"import.no_column", "表头缺少：" + named.missing + "。表头可以写：" + head, {}};
}

const std::vector<TableColumn>& columns_of(DirectoryKind kind) {
    static const std::vector<TableColumn> units{
        {"key", "编号", true},      {"name", "名称", true},    {"kind", "类型", true},     {"parent", "上级", true},
        {"duty_phone", "值班电话"}, {"gas_phone", "燃气电话"}, {"lift_phone", "电梯电话"}, {"policy", "制度"},
        {"zone", "时区"},           {"disabled", "停用"}};
    static const std::vector<TableColumn> buildings{{"community", "小区", true}, {"name", "楼栋", true},
                                                    {"units", "单元"},           {"floors", "层数", true},
                                                    {"rooms", "每层房号", true}, {"disabled", "停用"}};
    static const std::vector<TableColumn> households{{"community", "小区", true},
                                                     {"building", "楼栋", true},
                                                     {"unit", "单元"},
                                                     {"room", "房号", true},
                                                     {"disabled", "停用"}};
    static const std::vector<TableColumn> staff{
        {"login", "登录名", true}, {"name", "姓名", true},    {"roles", "岗位", true}, {"unit", "单位", true},
        {"phone", "电话"},         {"addresses", "平台账号"}, {"disabled", "停用"}};
    switch (kind) {
        case DirectoryKind::units:
            return units;
        case DirectoryKind::buildings:
            return buildings;
        case DirectoryKind::households:
            return households;
        case DirectoryKind::staff:
            break;
    }
    return staff;
}

std::vector<std::string> cells_of(const Directory& directory, const Unit& unit) {
    std::string kind = unit.kind;
    for (const auto& [key, title] : kind_titles())
        if (key == unit.kind) kind = title;
    return {unit.key,        unit.name,   kind,      key_of(directory, unit.parent), unit.duty_phone, unit.gas_phone,
            unit.lift_phone, unit.policy, unit.zone, yes_if(unit.disabled)};
}
std::vector<std::string> cells_of(const Directory& directory, const Building& building) {
    return {name_of(directory, building.community), building.name,          joined(building.units),
            std::to_string(building.floors),        joined(building.rooms), yes_if(building.disabled)};
}
std::vector<std::string> cells_of(const Directory& directory, const Household& household) {
    return {name_of(directory, household.community), household.building, household.unit, household.room,
            yes_if(household.disabled)};
}
std::vector<std::string> cells_of(const Directory& directory, const Staff& staff,
                                  const std::map<std::string, std::string>& roles) {
    std::vector<std::string> titles, addresses;
    for (const auto& role : staff.roles) {
        const auto found = roles.find(role);
        titles.push_back(found == roles.end() ? role : found->second);
    }
    for (const auto& [channel, address] : staff.addresses) addresses.push_back(channel + "=" + address);
    return {staff.login, staff.name,        joined(titles),        name_of(directory, staff.unit),
            staff.phone, joined(addresses), yes_if(staff.disabled)};
}

Result<ImportPlan> plan_import(DirectoryKind kind, std::string_view bytes, const Directory& directory,
                               const EditorWords& words, IdMaker& ids, TimePoint now) {
    auto table = read_table(bytes, most_import_rows);
    if (!table) return table.problem();
    Import import(kind, std::move(*table), directory, words, ids, now);
    if (!import.named().missing.empty()) return missing_columns(import.named(), columns_of(kind));
    return import.done();
}

}  // namespace huiyin
