#include "workflow/directory/directory_file.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "workflow/base/time_text.h"

namespace huiyin {
namespace {

const std::vector<std::string> kinds{"organisation", "branch", "project_centre", "service_centre", "community"};
constexpr std::size_t most_households = 500000;

bool all_of(const std::string& text, const char* allowed) {
    return !text.empty() && text.find_first_not_of(allowed) == std::string::npos;
}
bool is_key(const std::string& text) {
    return text.size() <= 64 && all_of(text, "abcdefghijklmnopqrstuvwxyz0123456789_-");
}
bool is_phone(const std::string& text) {
    return text.size() >= 3 && text.size() <= 24 && all_of(text, "0123456789+- ");
}

// One letter changed, left out, put in, or two changed places.
bool one_slip(std::string_view a, std::string_view b) {
    if (a.size() > b.size()) std::swap(a, b);
    if (b.size() - a.size() > 1 || a == b) return false;
    std::size_t i = 0;
    while (i < a.size() && a[i] == b[i]) ++i;
    if (a.size() < b.size()) return a.substr(i) == b.substr(i + 1);
    if (a.substr(i + 1) == b.substr(i + 1)) return true;
    return i + 1 < a.size() && a[i] == b[i + 1] && a[i + 1] == b[i] && a.substr(i + 2) == b.substr(i + 2);
}

std::string in_quotes(const std::string& text) { return "\"" + text.substr(0, 60) + "\""; }

// Collects what the file says while it is read; names are looked up once all units are known.
class FileReader {
public:
    FileReader(IdMaker& ids, TimePoint now, std::vector<Finding>& findings, const HoursReader& read_hours)
        : ids_(ids), now_(now), findings_(findings), read_hours_(read_hours) {}

    DirectoryContent read(const Json& json) {
        Reader top(json, "", findings_);
        top.text_or("$schema", "");
        content_.organisation_key = top.text("organisation");
        content_.demo_password = top.text_or("demo_password", "");
        if (!content_.demo_password.empty() && content_.demo_password.size() < 8)
            top.wrong("demo_password", "too short: write 8 characters or more");
        each(top, "units", [&](Reader& one) { unit(one); });
        tree(top);
        each(top, "buildings", [&](Reader& one) { buildings(one); });
        each(top, "households", [&](Reader& one) { household(one); });
        each(top, "staff", [&](Reader& one) { staff(one); });
        if (content_.households.size() > most_households)
            top.wrong("buildings",
                      "more than " + std::to_string(most_households) + " households: mend floors and rooms");
        top.finish();
        return std::move(content_);
    }

private:
    template <class F>
    void each(Reader& top, const char* key, F&& read_one) {
        const auto* list = top.list_or_none(key);
        if (!list) return;
        for (std::size_t i = 0; i < list->size(); ++i) {
            Reader one((*list)[i], "/" + std::string(key) + "/" + std::to_string(i), findings_);
            read_one(one);
            one.finish();
        }
    }
    template <class Id>
    Id id() {
        return ids_.make<Id>(to_ms(now_));
    }

    void unit(Reader& read) {
        Unit unit;
        unit.id = id<UnitId>();
        unit.key = read.text("key");
        if (!unit.key.empty() && !is_key(unit.key))
            read.wrong("key", "not a key: write small letters, digits, - and _");
        unit.name = read.text("name");
        unit.kind = read.one_of("kind", kinds);
        parents_.push_back(read.text_or("parent", ""));
        unit.zone = read.text_or("zone", "Asia/Shanghai");
        if (!Zone::named(unit.zone)) read.wrong("zone", "no time zone: write one like Asia/Shanghai");
        unit.policy = read.text_or("policy", "");
        if (read.has("phones")) {
            auto phones = read.child("phones");
            unit.duty_phone = phone(phones, "duty");
            unit.gas_phone = phone(phones, "gas");
            unit.lift_phone = phone(phones, "lift");
            phones.finish();
        }
        if (const auto* hours = read.object_or_none("hours"); hours && !hours->empty()) {
            unit.hours = to_text(*hours);
            if (read_hours_) read_hours_(*hours, read.pointer("hours"), findings_);
        }
        if (const auto* shifts = read.list_or_none("shifts")) unit.shifts = to_text(*shifts);
        unit.disabled = read.boolean_or("disabled", false);
        if (!unit.key.empty() && find(unit.key))
            read.wrong("key", in_quotes(unit.key) + " stands twice: give every unit its own");
        content_.units.push_back(std::move(unit));
    }

    std::string phone(Reader& read, const char* key) {
        auto text = read.text_or(key, "");
        if (!text.empty() && !is_phone(text)) read.wrong(key, "no phone number: write digits, + and -");
        return text;
    }

    void tree(Reader& top) {
        const auto wrong = [&](std::size_t i, const std::string& text) {
            findings_.push_back({"/units/" + std::to_string(i) + "/parent", text});
        };
        std::vector<std::string> keys;
        for (const auto& unit : content_.units) keys.push_back(unit.key);
        for (std::size_t i = 0; i < content_.units.size(); ++i) {
            auto& unit = content_.units[i];
            if (parents_[i].empty()) {
                if (unit.key != content_.organisation_key)
                    wrong(i, in_quotes(unit.key) +
                                 " has no parent: only the organisation stands alone, name the unit above");
                continue;
            }
            if (unit.key == content_.organisation_key) wrong(i, "the organisation has no parent: remove it");
            const auto* above = find(parents_[i]);
            if (!above) {
                const auto near = nearest(parents_[i], keys);
                wrong(i, "unknown unit " + in_quotes(parents_[i]) +
                             (near ? ": did you mean " + in_quotes(*near) + "?"
                                   : std::string(": name the key of a unit")));
            } else {
                unit.parent = above->id;
            }
        }
        if (!content_.organisation_key.empty() && !find(content_.organisation_key))
            top.wrong("organisation",
                      "no unit has the key " + in_quotes(content_.organisation_key) + ": add it to \"units\"");
        for (std::size_t i = 0; i < content_.units.size(); ++i) {
            const auto* at = &content_.units[i];
            std::size_t steps = 0;
            while (at && at->parent && steps <= content_.units.size()) at = by_id(at->parent), ++steps;
            if (steps > content_.units.size()) wrong(i, "the units go round in a circle: name a unit that lies above");
        }
    }

    const Unit* find(const std::string& key) const {
        const auto found =
            std::find_if(content_.units.begin(), content_.units.end(), [&](const Unit& one) { return one.key == key; });
        return found == content_.units.end() ? nullptr : &*found;
    }
    const Unit* by_id(UnitId id) const {
        const auto found =
            std::find_if(content_.units.begin(), content_.units.end(), [&](const Unit& one) { return one.id == id; });
        return found == content_.units.end() ? nullptr : &*found;
    }
    const Unit* named_unit(Reader& read, const char* key) {
        const auto name = read.text(key);
        if (name.empty()) return nullptr;
        const auto* unit = find(name);
        if (unit) return unit;
        std::vector<std::string> keys;
        for (const auto& one : content_.units) keys.push_back(one.key);
        const auto near = nearest(name, keys);
        read.wrong(key,
                   "unknown unit " + in_quotes(name) +
                       (near ? ": did you mean " + in_quotes(*near) + "?" : std::string(": name the key of a unit")));
        return nullptr;
    }
    const Unit* community(Reader& read) {
        const auto* unit = named_unit(read, "community");
        if (unit && unit->kind != "community") {
            read.wrong("community", in_quotes(unit->key) + " is a " + unit->kind + ": buildings stand in a community");
            return nullptr;
        }
        return unit;
    }

    void buildings(Reader& read) {
        const auto* where = community(read);
        const auto names = read.texts_or_none("names");
        if (names.empty()) read.wrong("names", "no building is named: write a list like [\"1\", \"2\"]");
        const auto units = read.texts_or_none("units");
        const auto floors = read.integer("floors");
        if (floors < 1 || floors > 200) read.wrong("floors", "write 1 to 200");
        const auto rooms = read.texts_or_none("rooms");
        if (rooms.empty()) read.wrong("rooms", "no room is named: write a list like [\"01\", \"02\"]");
        const bool disabled = read.boolean_or("disabled", false);
        if (!where || floors < 1 || floors > 200) return;
        for (const auto& name : names) {
            if (const auto* other = building_named(where->id, name)) {
                read.wrong("names", "building " + in_quotes(name) + " stands twice in " + in_quotes(where->key) +
                                        (other->name == name ? "" : ", as " + in_quotes(other->name)) +
                                        ": name it once");
                continue;
            }
            building_at_[to_text(where->id) + "/" + plain_address_part(name)] = content_.buildings.size();
            content_.buildings.push_back({where->id, name, units, static_cast<int>(floors), rooms, disabled});
            for (const auto& unit : units.empty() ? std::vector<std::string>{""} : units)
                for (std::int64_t floor = 1; floor <= floors; ++floor)
                    for (const auto& room : rooms) {
                        if (content_.households.size() > most_households) return;
                        content_.households.push_back(
                            {id<HouseholdId>(), where->id, name, unit, std::to_string(floor) + room});
                    }
        }
    }

    // "1" and "01" are one to whoever gives an address.
    const Building* building_named(UnitId community, const std::string& name) const {
        const auto found = building_at_.find(to_text(community) + "/" + plain_address_part(name));
        return found == building_at_.end() ? nullptr : &content_.buildings[found->second];
    }
    static std::string place_of(const Household& one) {
        return to_text(one.community) + "/" + plain_address_part(one.building) + "/" + plain_address_part(one.unit) +
               "/" + plain_address_part(one.room);
    }

    // One that no shape gives, a shop, a caretaker's flat; or what is to be said of one that a shape gave.
    void household(Reader& read) {
        const auto* where = community(read);
        Household one{id<HouseholdId>(), {}, read.text("building"), read.text_or("unit", ""), read.text("room")};
        one.disabled = read.boolean_or("disabled", false);
        if (!where) return;
        one.community = where->id;
        const auto* block = building_named(where->id, one.building);
        if (!block && !one.building.empty())
            read.wrong("building", "no building " + in_quotes(one.building) + " in " + in_quotes(where->key) +
                                       ": add it to \"buildings\"");
        if (!block) return;
        one.building = block->name;
        if (!one.unit.empty() && !block->units.empty() &&
            std::none_of(block->units.begin(), block->units.end(), [&](const std::string& unit) {
                return plain_address_part(unit) == plain_address_part(one.unit);
            }))
            read.wrong("unit", "building " + in_quotes(block->name) + " has no unit " + in_quotes(one.unit) +
                                   ": write one that it has");
        if (places_.empty())
            for (std::size_t i = 0; i < content_.households.size(); ++i) places_[place_of(content_.households[i])] = i;
        const auto [known, is_new] = places_.try_emplace(place_of(one), content_.households.size());
        if (is_new)
            content_.households.push_back(std::move(one));
        else
            content_.households[known->second].disabled = one.disabled;
    }

    void staff(Reader& read) {
        Staff one;
        one.id = id<StaffId>();
        one.login = read.text("login");
        if (one.login.size() > 64 || one.login.find_first_of(" \t/\\\"'<>") != std::string::npos)
            read.wrong("login", "not a login: write letters, digits, dots, at most 64");
        for (const auto& other : content_.staff)
            if (!one.login.empty() && other.login == one.login)
                read.wrong("login", in_quotes(one.login) + " stands twice: give everybody his own");
        one.name = read.text("name");
        one.roles = read.texts_or_none("roles");
        if (one.roles.empty()) read.wrong("roles", "no role: write a list like [\"front_desk\"]");
        for (const auto& role : one.roles) {
            // A pack may have roles of its own, so only what looks like a slip of the pen is refused.
            const auto near = std::find_if(usual_roles().begin(), usual_roles().end(),
                                           [&](const std::string& usual) { return one_slip(role, usual); });
            if (!all_of(role, "abcdefghijklmnopqrstuvwxyz_")) {
                read.wrong("roles", in_quotes(role) + " is no role: write small letters and _");
            } else if (near != usual_roles().end()) {
                read.wrong("roles", "unknown role " + in_quotes(role) + ": did you mean " + in_quotes(*near) + "?");
            }
        }
        const auto* unit = named_unit(read, "unit");
        if (unit) one.unit = unit->id;
        one.phone = phone(read, "phone");
        if (const auto* addresses = read.object_or_none("addresses"))
            for (const auto& [channel, address] : addresses->items()) {
                if (address.is_string() && !address.get<std::string>().empty()) {
                    one.addresses[channel] = address.get<std::string>();
                    const auto [whose, is_new] =
                        addresses_.try_emplace(channel + "\n" + one.addresses[channel], one.login);
                    if (!is_new)
                        read.wrong("addresses", "the address on " + in_quotes(channel) + " is that of " +
                                                    in_quotes(whose->second) + " already: give everybody his own");
                } else {
                    read.wrong("addresses",
                               "the address on " + in_quotes(channel) + " is no text: write the user's id there");
                }
            }
        one.disabled = read.boolean_or("disabled", false);
        if (unit && unit->disabled && !one.disabled)
            read.wrong("unit", in_quotes(unit->key) + " is disabled: name a unit that is in use");
        content_.staff.push_back(std::move(one));
    }

    IdMaker& ids_;
    TimePoint now_;
    std::vector<Finding>& findings_;
    const HoursReader& read_hours_;
    DirectoryContent content_;
    std::vector<std::string> parents_;                          // keys, as units
    std::unordered_map<std::string, std::size_t> places_;       // of the households, once one of them is named
    std::unordered_map<std::string, std::size_t> building_at_;  // community and name, as addresses are compared
    std::unordered_map<std::string, std::string> addresses_;    // channel and address -> login
};

}  // namespace

const std::vector<std::string>& usual_roles() {
    static const std::vector<std::string> roles{"front_desk",     "engineering",    "order",          "environment",
                                                "centre_manager", "project_centre", "quality_centre", "administrator"};
    return roles;
}

DirectoryContent read_directory(const Json& json, IdMaker& ids, TimePoint now, std::vector<Finding>& findings,
                                const HoursReader& read_hours) {
    return FileReader(ids, now, findings, read_hours).read(json);
}

Result<DirectoryContent> read_directory_file(const std::string& path, IdMaker& ids, TimePoint now,
                                             const HoursReader& read_hours) {
    const auto json = read_json_file(path);
    if (!json) return json.problem();
    std::vector<Finding> findings;
    auto content = read_directory(*json, ids, now, findings, read_hours);
    if (findings.empty()) return content;
    std::string text;
    for (const auto& finding : findings) {
        if (!text.empty()) text += "\n";
        text += finding.text + ": " + path + " " + (finding.pointer.empty() ? "/" : finding.pointer);
    }
    return Problem{"directory.invalid", text, {}};
}

}  // namespace huiyin
