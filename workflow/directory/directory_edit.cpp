#include "workflow/directory/directory_edit.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <unordered_set>

#include "workflow/base/time_text.h"

namespace huiyin {
namespace {

constexpr std::size_t most_households = 500000, most_name_bytes = 200;

bool made_of(std::string_view text, std::string_view allowed) {
    return text.find_first_not_of(allowed) == std::string_view::npos;
}
bool is_key(const std::string& text) {
    return !text.empty() && text.size() <= 64 && made_of(text, "abcdefghijklmnopqrstuvwxyz0123456789_-");
}
bool is_phone(const std::string& text) {
    return text.size() >= 3 && text.size() <= 24 && made_of(text, "0123456789+- ");
}
bool is_login(const std::string& text) {
    return !text.empty() && text.size() <= 64 &&
           made_of(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_@");
}
// Letters, digits and words, no signs that an address is split at.
bool is_part(const std::string& text, std::size_t most) {
    return !text.empty() && text.size() <= most && text.find_first_of("/\\\"'<>\t\r\n") == std::string::npos;
}

const std::vector<std::string>& unit_kinds() {
    static const std::vector<std::string> kinds{"organisation", "branch", "project_centre", "service_centre",
                                                "community"};
    return kinds;
}

// The rows of one kind by their key, with what has been changed of them.
template <class Row>
class Book {
public:
    void know(const std::string& key, Row row) { rows_.emplace(key, std::move(row)); }
    const Row* find(const std::string& key) const {
        const auto found = rows_.find(key);
        return found == rows_.end() ? nullptr : &found->second;
    }
    Taken put(const std::string& key, Row row) {
        last_ = key;
        const auto found = rows_.find(key);
        if (found != rows_.end() && found->second == row) return Taken::unchanged;
        const auto taken = found == rows_.end() ? Taken::added : Taken::changed;
        if (is_touched_.insert(key).second) touched_.push_back(key);
        rows_.insert_or_assign(key, std::move(row));
        return taken;
    }
    std::vector<Row> touched() const {
        std::vector<Row> rows;
        for (const auto& key : touched_) rows.push_back(rows_.at(key));
        return rows;
    }
    const Row* last() const { return last_.empty() ? nullptr : find(last_); }
    void last(const std::string& key) { last_ = key; }
    const std::unordered_map<std::string, Row>& all() const { return rows_; }

private:
    std::unordered_map<std::string, Row> rows_;
    std::vector<std::string> touched_;
    std::set<std::string> is_touched_;
    std::string last_;
};

std::string building_key(UnitId community, const std::string& name) {
    return to_text(community) + "/" + plain_address_part(name);
}
std::string household_key(const Household& one) {
    return to_text(one.community) + "/" + plain_address_part(one.building) + "/" + plain_address_part(one.unit) + "/" +
           plain_address_part(one.room);
}

std::string or_meant(const std::string& name, const std::vector<std::string>& known) {
    const auto near = nearest(name, known);
    return near ? "，是不是“" + *near + "”？" : std::string();
}

}  // namespace

bool is_name(std::string_view text) {
    return text.size() <= most_name_bytes && text.find_first_not_of(" \t\r\n\u3000") != std::string_view::npos;
}

std::optional<DirectoryKind> directory_kind(std::string_view name) {
    if (name == "units") return DirectoryKind::units;
    if (name == "buildings") return DirectoryKind::buildings;
    if (name == "households") return DirectoryKind::households;
    if (name == "staff") return DirectoryKind::staff;
    return std::nullopt;
}

struct DirectoryEditor::State {
    State(const Directory& directory, EditorWords words_known, IdMaker& maker, TimePoint at)
        : words(std::move(words_known)), ids(maker), now(at), organisation(directory.organisation().key) {
        for (const auto& one : directory.all_units()) units.know(one.key, one);
        for (const auto& one : directory.all_buildings()) buildings.know(building_key(one.community, one.name), one);
        for (const auto& one : directory.all_households()) households.know(household_key(one), one);
        for (const auto& one : directory.staff()) {
            staff.know(one.login, one);
            if (one.disabled) continue;
            for (const auto& [channel, address] : one.addresses) stood.insert(place_of(one, channel, address));
        }
    }

    template <class Id>
    Id id() const {
        return ids.make<Id>(to_ms(now));
    }

    // By its key, else by its name where only one is called so.
    const Unit* unit_named(const std::string& name) const {
        if (const auto* found = units.find(name)) return found;
        const Unit* found = nullptr;
        for (const auto& [key, one] : units.all()) {
            if (one.name != name) continue;
            if (found) return nullptr;
            found = &one;
        }
        return found;
    }
    const Unit* unit_of(UnitId id) const {
        for (const auto& [key, one] : units.all())
            if (one.id == id) return &one;
        return nullptr;
    }
    const Unit* named_unit(Reader& read, const char* field) const {
        const auto name = read.text(field);
        if (name.empty()) return nullptr;
        const auto* found = unit_named(name);
        if (found) return found;
        std::vector<std::string> known;
        for (const auto& [key, one] : units.all()) known.insert(known.end(), {one.key, one.name});
        read.wrong(field, "没有叫“" + name + "”的单位" + or_meant(name, known) + "（写编号或全名）");
        return nullptr;
    }
    const Unit* community(Reader& read) const {
        const auto* found = named_unit(read, "community");
        if (!found || found->kind == "community") return found;
        read.wrong("community", "“" + found->name + "”不是小区：楼栋和住户只在小区里");
        return nullptr;
    }

    std::string phone(Reader& read, const char* field, std::string before) const {
        if (!read.has(field)) return before;
        auto text = read.text_or(field, "");
        if (!text.empty() && !is_phone(text)) read.wrong(field, "不像电话号码：只写数字、+ 和 -");
        return text;
    }
    std::string name(Reader& read, const char* field, const std::string& before) const {
        auto text = before.empty() || read.has(field) ? read.text(field) : before;
        if (read.has(field) && !is_name(text)) read.wrong(field, "请写名称：不能空着，最多60个字");
        return text;
    }

    Taken unit(const Json& row, Wish wish, std::vector<Finding>& findings);
    Taken building(const Json& row, Wish wish, std::vector<Finding>& findings);
    Taken household(const Json& row, Wish wish, std::vector<Finding>& findings);
    Taken person(const Json& row, Wish wish, std::vector<Finding>& findings);
    void read_parent(Reader& read, Unit& unit, bool known) const;
    void may_disable(Reader& read, const Unit& unit) const;
    std::string role_named(const std::string& said) const;
    void read_roles(Reader& read, Staff& one) const;
    void read_addresses(Reader& read, Staff& one) const;
    static std::string place_of(const Staff& one, const std::string& channel, const std::string& address) {
        return one.login + "\n" + channel + "\n" + address;
    }
    void look_at_addresses(std::vector<Finding>& findings) const;
    void add_missing_households(const Building& building);

    EditorWords words;
    IdMaker& ids;
    TimePoint now;
    std::string organisation;
    Book<Unit> units;
    Book<Building> buildings;
    Book<Household> households;
    Book<Staff> staff;
    std::unordered_set<std::string> stood;  // place_of each address in use before
};

namespace {

// Whether the row is about something that is there as its wish says; a finding where not.
bool fits(Reader& read, const char* field, bool known, Wish wish, const std::string& what) {
    if (known && wish == Wish::add) read.wrong(field, what + "已经有了：改那一条，或换一个");
    if (!known && wish == Wish::change) read.wrong(field, "没有" + what + "：先添加");
    return known ? wish != Wish::add : wish != Wish::change;
}

std::vector<std::string> texts(Reader& read, const char* field, const std::vector<std::string>& before) {
    return read.has(field) ? read.texts_or_none(field) : before;
}

}  // namespace

void DirectoryEditor::State::read_parent(Reader& read, Unit& unit, bool known) const {
    if (unit.key == organisation) {
        if (!read.text_or("parent", "").empty()) read.wrong("parent", "最上面的单位没有上级：这一格空着");
        return;
    }
    if (known && !read.has("parent")) return;
    const auto* above = named_unit(read, "parent");
    if (!above) return;
    for (const auto* at = above; at; at = at->parent ? unit_of(at->parent) : nullptr)
        if (at->id == unit.id) return read.wrong("parent", "“" + above->name + "”在它下面，不能做它的上级");
    if (above->disabled && !unit.disabled) read.wrong("parent", "“" + above->name + "”已停用：先启用它，或换一个上级");
    unit.parent = above->id;
}

// What still hangs on a unit has to go first, so that nobody and nothing is left without a place.
void DirectoryEditor::State::may_disable(Reader& read, const Unit& unit) const {
    if (unit.key == organisation) return read.wrong("disabled", "最上面的单位不能停用");
    std::size_t below = 0, people = 0;
    for (const auto& [key, one] : units.all()) below += one.parent == unit.id && !one.disabled;
    for (const auto& [key, one] : staff.all()) people += one.unit == unit.id && !one.disabled;
    if (below > 0)
        read.wrong("disabled", "下面还有" + std::to_string(below) + "个单位在用：先停用它们，或换到别的上级");
    else if (people > 0)
        read.wrong("disabled", "还有" + std::to_string(people) + "个人在这里：先停用，或换到别的单位");
}

Taken DirectoryEditor::State::unit(const Json& row, Wish wish, std::vector<Finding>& findings) {
    Reader read(row, "", findings);
    const auto key = read.text("key");
    if (!key.empty() && !is_key(key)) read.wrong("key", "编号只写小写字母、数字、- 和 _，最多64个");
    const auto* known = units.find(key);
    fits(read, "key", known != nullptr, wish, "编号是“" + key + "”的单位");
    Unit one = known ? *known : Unit{};
    one.key = key;
    one.name = name(read, "name", one.name);
    if (!known) {
        one.id = id<UnitId>();
        one.kind = read.one_of("kind", unit_kinds());
    } else if (read.has("kind") && read.one_of("kind", unit_kinds()) != one.kind) {
        read.wrong("kind", "类型定了就不能改：停用它，另加一个");
    }
    const bool was_disabled = one.disabled;
    one.disabled = read.boolean_or("disabled", one.disabled);
    read_parent(read, one, known != nullptr);
    if (one.disabled && !was_disabled && known) may_disable(read, one);
    if (!one.disabled && was_disabled)
        if (const auto* above = unit_of(one.parent); above && above->disabled)
            read.wrong("disabled", "上级“" + above->name + "”已停用：先启用它");
    one.zone = read.text_or("zone", one.zone);
    if (!Zone::named(one.zone))
        read.wrong("zone", "没有这个时区：写成 Asia/Shanghai 这样");
    else if (known && known->zone != one.zone)
        read.wrong("zone", "时区定了就不能改：时限已经按它告诉了客户");
    one.policy = read.text_or("policy", one.policy);
    if (!one.policy.empty() && (!known || known->policy != one.policy) &&
        std::find(words.policies.begin(), words.policies.end(), one.policy) == words.policies.end())
        read.wrong("policy", "没有启用这份制度：“" + one.policy + "”" + or_meant(one.policy, words.policies));
    if (read.has("phones")) {
        auto phones = read.child("phones");
        one.duty_phone = phone(phones, "duty", one.duty_phone);
        one.gas_phone = phone(phones, "gas", one.gas_phone);
        one.lift_phone = phone(phones, "lift", one.lift_phone);
        phones.finish();
    }
    if (const auto* hours = read.object_or_none("hours")) one.hours = hours->empty() ? "" : to_text(*hours);
    if (const auto* shifts = read.list_or_none("shifts")) one.shifts = shifts->empty() ? "" : to_text(*shifts);
    read.finish();
    return findings.empty() ? units.put(key, std::move(one)) : Taken::unchanged;
}

Taken DirectoryEditor::State::building(const Json& row, Wish wish, std::vector<Finding>& findings) {
    Reader read(row, "", findings);
    const auto* where = community(read);
    const auto called = read.text("name");
    if (!called.empty() && !is_part(called, 30)) read.wrong("name", "楼栋名太长或有符号：写成 3 或 A，不带“栋”");
    const auto key = building_key(where ? where->id : UnitId{}, called);
    const auto* known = where ? buildings.find(key) : nullptr;
    if (where) fits(read, "name", known != nullptr, wish, where->name + "的" + called + "栋");
    Building one = known ? *known : Building{where ? where->id : UnitId{}, called, {}, 0, {}, false};
    one.units = texts(read, "units", one.units);
    one.rooms = texts(read, "rooms", one.rooms);
    const auto floors = known ? read.integer_or("floors", one.floors) : read.integer("floors");
    if (floors < 1 || floors > 200) read.wrong("floors", "层数写 1 到 200");
    one.floors = static_cast<int>(std::clamp<std::int64_t>(floors, 0, 200));
    if (one.rooms.empty()) read.wrong("rooms", "写每层有哪些房号，比如 01、02、03");
    for (const auto& part : one.units)
        if (!is_part(part, 30)) read.wrong("units", "单元写成 1、2、3");
    for (const auto& part : one.rooms)
        if (!is_part(part, 30)) read.wrong("rooms", "房号写成 01、02");
    if (one.units.size() > 60 || one.rooms.size() > 200) read.wrong("rooms", "单元最多60个，每层房号最多200个");
    one.disabled = read.boolean_or("disabled", one.disabled);
    read.finish();
    const auto rooms = std::max<std::size_t>(one.units.size(), 1) * one.rooms.size() * std::max(one.floors, 1);
    if (findings.empty() && households.all().size() + rooms > most_households)
        findings.push_back({"/floors", "住户会超过50万户：核对层数和房号"});
    if (!findings.empty()) return Taken::unchanged;
    const auto taken = buildings.put(key, one);
    if (taken != Taken::unchanged) add_missing_households(one);
    return taken;
}

// A shape only ever adds flats: which of those that are there belong to no shape, a shop, nobody could tell.
void DirectoryEditor::State::add_missing_households(const Building& building) {
    const auto before = households.last() ? household_key(*households.last()) : std::string();
    for (const auto& unit : building.units.empty() ? std::vector<std::string>{""} : building.units)
        for (int floor = 1; floor <= building.floors; ++floor)
            for (const auto& room : building.rooms) {
                Household one{{}, building.community, building.name, unit, std::to_string(floor) + room, false};
                const auto key = household_key(one);
                if (households.find(key)) continue;
                one.id = id<HouseholdId>();
                households.put(key, std::move(one));
            }
    households.last(before);
}

Taken DirectoryEditor::State::household(const Json& row, Wish wish, std::vector<Finding>& findings) {
    Reader read(row, "", findings);
    const auto* where = community(read);
    Household one{
        {}, where ? where->id : UnitId{}, read.text("building"), read.text_or("unit", ""), read.text("room"), false};
    for (const auto* part : {&one.building, &one.unit, &one.room})
        if (!part->empty() && !is_part(*part, 30))
            read.wrong(part == &one.room   ? "room"
                       : part == &one.unit ? "unit"
                                           : "building",
                       "太长或有符号：写成 3、2、501");
    const auto* block = where ? buildings.find(building_key(where->id, one.building)) : nullptr;
    if (where && !one.building.empty() && !block)
        read.wrong("building", where->name + "没有" + one.building + "栋：先添加楼栋");
    if (block) one.building = block->name;
    if (block && !one.unit.empty() && !block->units.empty() &&
        std::find(block->units.begin(), block->units.end(), one.unit) == block->units.end())
        read.wrong("unit", one.building + "栋没有" + one.unit + "单元：核对一下，或先改楼栋");
    const auto key = household_key(one);
    const auto* known = where ? households.find(key) : nullptr;
    if (findings.empty()) fits(read, "room", known != nullptr, wish, one.building + "栋" + one.unit + " " + one.room);
    one = known ? *known : one;
    if (!known) one.id = id<HouseholdId>();
    one.disabled = read.boolean_or("disabled", one.disabled);
    read.finish();
    if (findings.empty() && households.all().size() >= most_households)
        findings.push_back({"/room", "住户已有50万户，不能再加"});
    return findings.empty() ? households.put(key, std::move(one)) : Taken::unchanged;
}

// By its key, its title, or the words that one title alone begins with: "工程" for "工程维修". Empty: there is none.
std::string DirectoryEditor::State::role_named(const std::string& said) const {
    if (words.roles.contains(said)) return said;
    std::string begun;
    int count = 0;
    for (const auto& [key, title] : words.roles) {
        if (title == said) return key;
        if (!title.starts_with(said)) continue;
        begun = key;
        ++count;
    }
    return count == 1 ? begun : std::string();
}

void DirectoryEditor::State::read_roles(Reader& read, Staff& one) const {
    if (!one.roles.empty() && !read.has("roles")) return;
    const auto said = read.texts_or_none("roles");
    one.roles.clear();
    if (said.empty()) read.wrong("roles", "至少选一个岗位");
    for (const auto& role : said) {
        const auto key = role_named(role);
        std::vector<std::string> known;
        std::string titles;
        for (const auto& [each, title] : words.roles) {
            known.insert(known.end(), {each, title});
            titles += (titles.empty() ? "：写" : "、") + title;
        }
        const auto meant = or_meant(role, known);
        if (key.empty()) read.wrong("roles", "没有“" + role + "”这个岗位" + (meant.empty() ? titles : meant));
        if (std::find(one.roles.begin(), one.roles.end(), key) == one.roles.end()) one.roles.push_back(key);
    }
}

void DirectoryEditor::State::read_addresses(Reader& read, Staff& one) const {
    const auto* addresses = read.object_or_none("addresses");
    if (!addresses) return;
    one.addresses.clear();
    for (const auto& [channel, address] : addresses->items()) {
        if (!address.is_string() || address.get_ref<const std::string&>().size() > 200)
            read.wrong("addresses", "“" + channel + "”上的账号要写文字");
        else if (!address.get_ref<const std::string&>().empty())
            one.addresses[channel] = address.get<std::string>();
    }
}

// Whoever writes from an address, or is pushed to at it, is one person. Looked at when all rows are taken, for two may
// exchange theirs; what stood so before stays as it is.
void DirectoryEditor::State::look_at_addresses(std::vector<Finding>& findings) const {
    std::map<std::pair<std::string, std::string>, std::vector<const Staff*>> owners;
    for (const auto& [login, one] : staff.all())
        if (!one.disabled)
            for (const auto& place : one.addresses) owners[place].push_back(&one);
    for (const auto& owned : owners) {
        const auto& [channel, address] = owned.first;
        const auto& people = owned.second;
        const auto is_new = [&](const Staff* one) {
            return !stood.contains(place_of(*one, owned.first.first, owned.first.second));
        };
        if (people.size() < 2 || std::none_of(people.begin(), people.end(), is_new)) continue;
        findings.push_back({"/addresses", "“" + channel + "”上的账号“" + address + "”" + people[0]->name + "和" +
                                              people[1]->name + "都有：一个账号只给一个人"});
    }
}

Taken DirectoryEditor::State::person(const Json& row, Wish wish, std::vector<Finding>& findings) {
    Reader read(row, "", findings);
    const auto login = read.text("login");
    if (!login.empty() && !is_login(login)) read.wrong("login", "登录名只写字母、数字和 . - _ @，最多64个");
    const auto* known = staff.find(login);
    fits(read, "login", known != nullptr, wish, "登录名是“" + login + "”的人");
    Staff one = known ? *known : Staff{};
    if (!known) one.id = id<StaffId>();
    one.login = login;
    one.name = name(read, "name", one.name);
    read_roles(read, one);
    if (!known || read.has("unit"))
        if (const auto* unit = named_unit(read, "unit")) one.unit = unit->id;
    one.phone = phone(read, "phone", one.phone);
    read_addresses(read, one);
    one.disabled = read.boolean_or("disabled", one.disabled);
    if (const auto* unit = unit_of(one.unit); unit && unit->disabled && !one.disabled)
        read.wrong("unit", "“" + unit->name + "”已停用：换一个单位");
    read.finish();
    return findings.empty() ? staff.put(login, std::move(one)) : Taken::unchanged;
}

DirectoryEditor::DirectoryEditor(const Directory& directory, EditorWords words, IdMaker& ids, TimePoint now)
    : state_(std::make_unique<State>(directory, std::move(words), ids, now)) {}
DirectoryEditor::~DirectoryEditor() = default;

Taken DirectoryEditor::take(DirectoryKind kind, const Json& row, Wish wish, std::vector<Finding>& findings) {
    std::vector<Finding> found;
    auto taken = Taken::unchanged;
    if (kind == DirectoryKind::units) taken = state_->unit(row, wish, found);
    if (kind == DirectoryKind::buildings) taken = state_->building(row, wish, found);
    if (kind == DirectoryKind::households) taken = state_->household(row, wish, found);
    if (kind == DirectoryKind::staff) taken = state_->person(row, wish, found);
    findings.insert(findings.end(), found.begin(), found.end());
    return taken;
}

void DirectoryEditor::finish(std::vector<Finding>& findings) const {
    const auto& staff = state_->staff.all();
    if (std::none_of(staff.begin(), staff.end(), [](const auto& each) {
            const auto& [login, one] = each;
            return !one.disabled && std::find(one.roles.begin(), one.roles.end(), "administrator") != one.roles.end();
        }))
        findings.push_back({"/roles", "这样就没有管理员了：至少留一个在用的系统管理员"});
    state_->look_at_addresses(findings);
}

DirectoryContent DirectoryEditor::changes() const {
    DirectoryContent content;
    content.organisation_key = state_->organisation;
    content.units = state_->units.touched();
    content.buildings = state_->buildings.touched();
    content.households = state_->households.touched();
    content.staff = state_->staff.touched();
    return content;
}

const Unit* DirectoryEditor::last_unit() const { return state_->units.last(); }
const Building* DirectoryEditor::last_building() const { return state_->buildings.last(); }
const Household* DirectoryEditor::last_household() const { return state_->households.last(); }
const Staff* DirectoryEditor::last_staff() const { return state_->staff.last(); }

}  // namespace huiyin
