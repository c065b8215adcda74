#include "channels/wecom/members.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "channels/codec/json_fields.h"
#include "channels/wecom/reactions.h"
#include "channels/wire.h"
#include "workflow/base/json_text.h"

namespace huiyin::wecom {
namespace {

constexpr int status_active = 1;
constexpr std::size_t believed_always = 5;  // fewer may leave at once
constexpr std::size_t departments_most = 5000;
constexpr int too_large = 45029;

std::string lower(std::string text) {
    for (auto& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

Result<Json> asked(JsonApi& api, const std::string& path, TimePoint now) {
    auto answer = api.get(path);
    if (!answer) return answer.problem();
    if (answer->errcode) return problem_of(reactions(), *answer, now);
    return std::move(answer->json);
}

const Json& list_in(const Json& json, const char* name) {
    static const Json none = Json::array();
    const auto at = json.find(name);
    return at != json.end() && at->is_array() ? *at : none;
}

Member member_of(const Json& json) {
    Member member;
    member.userid = text_in(json, "userid");
    member.name = text_in(json, "name");
    member.active = number_in(json, "status") == status_active;
    for (const auto& department : list_in(json, "department"))
        if (department.is_number_integer()) member.departments.push_back(department.get<std::int64_t>());
    return member;
}

// A department that is too large for one answer: who is in it, and then each by himself.
Result<Json> one_by_one(JsonApi& api, const std::string& department, TimePoint now) {
    const auto listed = asked(api, "/cgi-bin/user/simplelist?department_id=" + department, now);
    if (!listed) return listed.problem();
    Json all = Json::array();
    for (const auto& one : list_in(*listed, "userlist")) {
        auto whole = asked(api, "/cgi-bin/user/get?userid=" + url_encoded(text_in(one, "userid")), now);
        if (!whole) return whole.problem();
        all.push_back(std::move(*whole));
    }
    return all;
}

class Rules {
public:
    Rules(const Company& company, const std::vector<DepartmentRule>& rules) {
        for (const auto& one : company.departments) parent_[one.id] = one.parent;
        for (const auto& rule : rules) rule_[rule.department] = &rule;
    }
    const DepartmentRule* of(const Member& member) const {
        for (const auto id : member.departments) {
            auto at = id;
            for (int depth = 0; at != 0 && depth < 64; ++depth) {
                if (const auto found = rule_.find(at); found != rule_.end()) return found->second;
                const auto up = parent_.find(at);
                at = up == parent_.end() ? 0 : up->second;
            }
        }
        return nullptr;
    }

private:
    std::map<std::int64_t, std::int64_t> parent_;
    std::map<std::int64_t, const DepartmentRule*> rule_;
};

const Staff* staff_with(const Directory& directory, const ChannelId& channel, const std::string& userid) {
    for (const auto& staff : directory.staff()) {
        const auto at = staff.addresses.find(channel.value);
        if (lower(at == staff.addresses.end() ? staff.login : at->second) == userid) return &staff;
    }
    return nullptr;
}

}  // namespace

Result<Company> read_company(JsonApi& api, TimePoint now) {
    Company company;
    const auto tree = asked(api, "/cgi-bin/department/simplelist", now);
    if (!tree) return tree.problem();
    for (const auto& one : list_in(*tree, "department_id"))
        company.departments.push_back({number_in(one, "id"), number_in(one, "parentid"), {}});
    if (company.departments.size() > departments_most)
        return Problem{"channel.alarm", "the app sees more departments than can be read: narrow its visible range", ""};
    std::set<std::string> seen;
    for (auto& department : company.departments) {
        const auto id = std::to_string(department.id);
        const auto named = asked(api, "/cgi-bin/department/get?id=" + id, now);
        if (!named) return named.problem();
        if (const auto at = named->find("department"); at != named->end()) department.name = text_in(*at, "name");
        auto answer = api.get("/cgi-bin/user/list?department_id=" + id);
        if (!answer) return answer.problem();
        Json members;
        if (answer->errcode == too_large) {
            auto all = one_by_one(api, id, now);
            if (!all) return all.problem();
            members = std::move(*all);
        } else if (answer->errcode) {
            return problem_of(reactions(), *answer, now);
        } else {
            members = list_in(answer->json, "userlist");
        }
        for (const auto& one : members) {
            auto member = member_of(one);
            if (!member.userid.empty() && seen.insert(lower(member.userid)).second)
                company.members.push_back(std::move(member));
        }
    }
    return company;
}

std::string to_text(const KnownMembers& known) {
    Json json = Json::object();
    for (const auto& [userid, one] : known)
        json[userid] = {{"staff", to_text(one.staff)}, {"made", one.made}, {"left", one.left}};
    return huiyin::to_text(json);
}

KnownMembers read_known(const std::string& text) {
    KnownMembers known;
    const auto json = parse_json(text, {.bytes = 8 << 20});
    if (!json || !json->is_object()) return known;
    for (const auto& [userid, one] : json->items()) {
        const auto id = read_id(text_in(one, "staff"));
        if (id) known[userid] = {StaffId{*id}, one.value("made", false), one.value("left", false)};
    }
    return known;
}

MemberChanges changes_of(const Company& company, const std::vector<DepartmentRule>& rules, const Directory& directory,
                         const ChannelId& channel, const KnownMembers& known, const std::function<StaffId()>& new_id) {
    MemberChanges changes;
    changes.known = known;
    const Rules rule(company, rules);
    std::set<std::string> here;
    for (const auto& member : company.members) {
        const auto userid = lower(member.userid);
        auto earlier = changes.known.find(userid);
        const auto* staff = earlier == changes.known.end() ? nullptr : directory.staff(earlier->second.staff);
        if (!staff) staff = staff_with(directory, channel, userid);
        const auto* his = rule.of(member);
        if (!member.active || (!staff && !his)) continue;
        const auto* unit = his ? directory.unit_by_key(his->unit) : nullptr;
        if (his && !unit) {
            changes.unknown_units.push_back(his->unit);
            if (!staff) continue;
        }
        // Of those that we made, who is in none of the named departments any more has left them.
        if (staff && earlier != changes.known.end() && earlier->second.made && !his) continue;
        here.insert(userid);
        if (!staff) {
            Staff fresh;
            fresh.id = new_id();
            fresh.login = member.userid;
            fresh.name = member.name.empty() ? member.userid : member.name;
            fresh.roles = his->roles;
            fresh.unit = unit->id;
            changes.known[userid] = {fresh.id, true, false};
            changes.added.push_back(std::move(fresh));
            continue;
        }
        auto& one = changes.known[userid];
        one.staff = staff->id;
        auto now = *staff;
        if (one.made && unit) {
            if (!member.name.empty()) now.name = member.name;
            now.roles = his->roles;
            now.unit = unit->id;
        }
        if (one.left) now.disabled = one.left = false;
        const bool same = now.name == staff->name && now.roles == staff->roles && now.unit == staff->unit &&
                          now.disabled == staff->disabled;
        if (!same) changes.changed.push_back(std::move(now));
    }
    std::size_t present = 0;
    for (auto& [userid, one] : changes.known) {
        if (one.left) continue;
        ++present;
        if (here.contains(userid)) continue;
        const auto* staff = directory.staff(one.staff);
        if (!staff || staff->disabled) continue;
        auto gone = *staff;
        gone.disabled = one.left = true;
        changes.disabled.push_back(std::move(gone));
    }
    std::sort(changes.unknown_units.begin(), changes.unknown_units.end());
    changes.unknown_units.erase(std::unique(changes.unknown_units.begin(), changes.unknown_units.end()),
                                changes.unknown_units.end());
    if (changes.disabled.size() >= believed_always && changes.disabled.size() * 2 > present) {
        MemberChanges nothing;
        nothing.known = known;
        nothing.refused = std::to_string(changes.disabled.size()) + " of " + std::to_string(present) +
                          " members would be gone: look at the app's visible range";
        return nothing;
    }
    return changes;
}

}  // namespace huiyin::wecom
