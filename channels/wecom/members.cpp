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
constexpr std::size_t doubted_from = 2;  // one may leave, whatever part of all he is
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

// A list that the answer must have, be it empty: without it nothing is known, and that is not "nobody".
Result<Json> owed_list(const Json& json, const char* name) {
    const auto at = json.find(name);
    if (at == json.end() || !at->is_array())
        return Problem{"members.unreadable", std::string("WeCom's answer has no \"") + name + "\"", {}};
    return *at;
}

// A department that is too large for one answer: who is in it, and then each by himself.
Result<Json> one_by_one(JsonApi& api, const std::string& department, TimePoint now) {
    const auto listed = asked(api, "/cgi-bin/user/simplelist?department_id=" + department, now);
    if (!listed) return listed.problem();
    const auto these = owed_list(*listed, "userlist");
    if (!these) return these.problem();
    Json all = Json::array();
    for (const auto& one : *these) {
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

bool is_administrator(const Staff& staff) {
    return std::find(staff.roles.begin(), staff.roles.end(), "administrator") != staff.roles.end();
}

// Our people by what WeCom calls them, in lower case.
class Accounts {
public:
    Accounts(const Directory& directory, const ChannelId& channel) {
        for (const auto& staff : directory.staff()) {
            const auto at = staff.addresses.find(channel.value);
            if (at != staff.addresses.end()) addressed_[lower(at->second)].push_back(&staff);
            logins_[lower(staff.login)].push_back({&staff, at != staff.addresses.end()});
        }
    }
    // By the address that was written for him; if nobody has that, by his login, where he has no address of the
    // channel's. An administrator never by his login alone: whoever is called so in the company would be him.
    const Staff* of(const std::string& userid) const {
        if (const auto found = addressed_.find(userid); found != addressed_.end()) {
            auto these = found->second;
            if (these.size() > 1) std::erase_if(these, [](const Staff* one) { return one->disabled; });
            return these.size() == 1 ? these.front() : nullptr;
        }
        const auto found = logins_.find(userid);
        if (found == logins_.end() || found->second.size() != 1) return nullptr;
        const auto& [staff, elsewhere] = found->second.front();
        return elsewhere || is_administrator(*staff) ? nullptr : staff;
    }
    bool is_taken(const std::string& userid) const { return addressed_.contains(userid) || logins_.contains(userid); }

private:
    std::map<std::string, std::vector<const Staff*>> addressed_;
    std::map<std::string, std::vector<std::pair<const Staff*, bool>>> logins_;  // whether he has an address
};

std::size_t enabled_administrators(const Directory& directory) {
    const auto& all = directory.staff();
    return static_cast<std::size_t>(std::count_if(
        all.begin(), all.end(), [](const Staff& staff) { return !staff.disabled && is_administrator(staff); }));
}

void sort_once(std::vector<std::string>& list) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
}

}  // namespace

Result<Company> read_company(JsonApi& api, TimePoint now) {
    Company company;
    const auto tree = asked(api, "/cgi-bin/department/simplelist", now);
    if (!tree) return tree.problem();
    const auto departments = owed_list(*tree, "department_id");
    if (!departments) return departments.problem();
    for (const auto& one : *departments)
        company.departments.push_back({number_in(one, "id"), number_in(one, "parentid")});
    if (company.departments.empty())
        return Problem{"members.unreadable", "the app sees no department: widen its visible range", ""};
    if (company.departments.size() > departments_most)
        return Problem{"channel.alarm", "the app sees more departments than can be read: narrow its visible range", ""};
    std::set<std::string> seen;
    for (const auto& department : company.departments) {
        const auto id = std::to_string(department.id);
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
            auto these = owed_list(answer->json, "userlist");
            if (!these) return these.problem();
            members = std::move(*these);
        }
        for (const auto& one : members) {
            auto member = member_of(one);
            if (!member.userid.empty() && seen.insert(lower(member.userid)).second)
                company.members.push_back(std::move(member));
        }
    }
    if (company.members.empty())
        return Problem{"members.unreadable", "the app sees nobody in its departments: widen its visible range", ""};
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

namespace {

// One reading against what is known.
class CompanyReading {
public:
    CompanyReading(const Company& company, const std::vector<DepartmentRule>& rules, const Directory& directory,
                   ChannelId channel, const KnownMembers& known)
        : company_(company),
          directory_(directory),
          channel_(std::move(channel)),
          rule_(company, rules),
          accounts_(directory, channel_),
          administrators_(enabled_administrators(directory)) {
        changes_.known = known;
    }

    MemberChanges done(const std::function<StaffId()>& new_id) {
        const auto before = changes_.known;
        for (const auto& member : company_.members)
            if (member.active) take(member, new_id);
        take_away();
        sort_once(changes_.unknown_units);
        sort_once(changes_.taken);
        const auto gone = changes_.disabled.size();
        const bool anybody = std::any_of(company_.members.begin(), company_.members.end(),
                                         [](const Member& member) { return member.active; });
        if (gone == 0 || (anybody && (gone < doubted_from || gone * 2 < present_))) return std::move(changes_);
        MemberChanges nothing;
        nothing.known = before;
        nothing.refused =
            std::to_string(gone) + " of " + std::to_string(present_) +
            " members would be gone: look at the app's visible range; who did leave is disabled by `huiyin user "
            "disable`";
        return nothing;
    }

private:
    const Staff* account_of(const std::string& userid) {
        const auto earlier = changes_.known.find(userid);
        if (earlier != changes_.known.end() && earlier->second.made)
            if (const auto* staff = directory_.staff(earlier->second.staff)) return staff;
        // Who was there before is looked for anew: what was written for him may have changed.
        const auto* staff = accounts_.of(userid);
        if (earlier != changes_.known.end() && (!staff || earlier->second.staff != staff->id))
            changes_.known.erase(earlier);
        return staff;
    }

    void take(const Member& member, const std::function<StaffId()>& new_id) {
        const auto userid = lower(member.userid);
        const auto* staff = account_of(userid);
        const auto* his = rule_.of(member);
        if (!staff && !his) return;
        const auto* unit = his ? directory_.unit_by_key(his->unit) : nullptr;
        if (his && !unit) {
            changes_.unknown_units.push_back(his->unit);
            if (!staff) return;
        }
        if (!staff && accounts_.is_taken(userid)) return changes_.taken.push_back(member.userid);
        if (!staff) return add(member, *his, unit->id, new_id());
        auto& one = changes_.known[userid];
        // Of those that we made, who is in none of the named departments any more has left them.
        if (one.made && !his) return;
        here_.insert(staff->id);
        one.staff = staff->id;
        auto now = *staff;
        if (one.made) {
            now.addresses[channel_.value] = member.userid;
            if (!member.name.empty()) now.name = member.name;
            if (unit) {
                now.unit = unit->id;
                now.roles = his->roles;
            }
        }
        if (one.left) now.disabled = one.left = false;
        if (!staff->disabled && is_administrator(*staff) && !is_administrator(now) && !spare_administrator(*staff))
            now.roles = staff->roles;
        const bool same = now.name == staff->name && now.roles == staff->roles && now.unit == staff->unit &&
                          now.addresses == staff->addresses && now.disabled == staff->disabled;
        if (!same) changes_.changed.push_back(std::move(now));
    }

    void add(const Member& member, const DepartmentRule& rule, UnitId unit, StaffId id) {
        Staff fresh;
        fresh.id = id;
        fresh.login = member.userid;
        fresh.name = member.name.empty() ? member.userid : member.name;
        fresh.roles = rule.roles;
        fresh.unit = unit;
        fresh.addresses[channel_.value] = member.userid;
        changes_.known[lower(member.userid)] = {fresh.id, true, false};
        here_.insert(fresh.id);
        changes_.added.push_back(std::move(fresh));
    }

    void take_away() {
        for (auto& [userid, one] : changes_.known) {
            const auto* staff = one.left ? nullptr : directory_.staff(one.staff);
            if (!staff || staff->disabled) continue;
            ++present_;
            if (here_.contains(staff->id)) continue;  // perhaps under another userid
            // An administrator is known by his address, or was made here: an older reading may have taken a login for
            // him.
            if (!one.made && is_administrator(*staff) && !staff->addresses.contains(channel_.value)) {
                --present_;
                continue;
            }
            if (is_administrator(*staff) && !spare_administrator(*staff)) continue;
            auto gone = *staff;
            gone.disabled = one.left = true;
            changes_.disabled.push_back(std::move(gone));
        }
    }

    // Whether there is another who can let everybody in again.
    bool spare_administrator(const Staff& staff) {
        if (administrators_ > 1) {
            --administrators_;
            return true;
        }
        changes_.kept.push_back(staff.login);
        return false;
    }

    const Company& company_;
    const Directory& directory_;
    const ChannelId channel_;
    const Rules rule_;
    const Accounts accounts_;
    std::size_t administrators_, present_ = 0;
    std::set<StaffId> here_;
    MemberChanges changes_;
};

}  // namespace

MemberChanges changes_of(const Company& company, const std::vector<DepartmentRule>& rules, const Directory& directory,
                         const ChannelId& channel, const KnownMembers& known, const std::function<StaffId()>& new_id) {
    return CompanyReading(company, rules, directory, channel, known).done(new_id);
}

}  // namespace huiyin::wecom
