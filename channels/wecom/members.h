// Who works in the company, as WeCom knows it, and what that changes among our staff.
//
// An app sees its visible range alone. Of the departments that the operator named ("members" in the configuration), and
// those below them, every active member becomes a member of staff with that unit and those roles; who has an account
// already keeps what was written for him. Whoever has left, or was seen here and is seen no more, signs in no longer.
// Source: WeCom developer pages 90196, 90201, 95350, 95351.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "channels/outgoing/json_api.h"
#include "channels/wecom/department_rule.h"
#include "workflow/directory/directory.h"

namespace huiyin::wecom {

struct Department {
    std::int64_t id = 0, parent = 0;
};
struct Member {
    std::string userid;  // in the spelling received; compared without regard to case
    std::string name;
    std::vector<std::int64_t> departments;
    bool active = false;
};
struct Company {
    std::vector<Department> departments;
    std::vector<Member> members;  // each once
};
// All that the app may see, department by department. Errors: as the API's; members.unreadable - a list is missing, or
// there is no department or nobody at all. Nothing is half read.
Result<Company> read_company(JsonApi& api, TimePoint now);

// What is kept of earlier readings, by userid in lower case.
struct KnownMember {
    StaffId staff;
    bool made = false;  // by us: unit, name and roles follow the company
    bool left = false;  // disabled by a reading: enabled again when he is back
    friend bool operator==(const KnownMember&, const KnownMember&) = default;
};
using KnownMembers = std::map<std::string, KnownMember>;
std::string to_text(const KnownMembers& known);
KnownMembers read_known(const std::string& text);

struct MemberChanges {
    std::vector<Staff> added, changed, disabled;  // whole rows, to be saved
    KnownMembers known;
    std::vector<std::string> unknown_units;  // named by a rule, and not in the directory
    std::vector<std::string> taken;          // userids that got no account: the login, or the address, is another's
    std::vector<std::string> kept;           // logins of administrators who left, and without whom none would be
    std::string refused;                     // not empty: nothing is done, and why
    bool nothing() const { return added.empty() && changed.empty() && disabled.empty(); }
};
// Pure. A reading that would take away two or more, and half of those known or more, is not believed, nor one without
// anybody active: the app's visible range was narrowed, most likely. The last administrator is never taken away.
// `new_id` gives ids.
MemberChanges changes_of(const Company& company, const std::vector<DepartmentRule>& rules, const Directory& directory,
                         const ChannelId& channel, const KnownMembers& known, const std::function<StaffId()>& new_id);

}  // namespace huiyin::wecom
