// The directory and its people, sign-in, settings, the audit, and what has had its time.
#include "workflow/store/sql_store.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "workflow/base/json_text.h"
#include "workflow/store/change_list.h"
#include "workflow/store/sql.h"
#include "workflow/store/sql_rows.h"

namespace huiyin {
namespace {

using namespace rows;

}  // namespace

std::optional<Session> SqlTransaction::session(const std::string& token_hash) {
    Query row(driver_, sql::session, context_.organisation, token_hash);
    if (!row.step()) return std::nullopt;
    return Session{token_hash,
                   StaffId{row.integer(0)},
                   context_.vault.open(row.text(1), place("sessions.csrf", token_hash)),
                   from_ms(row.integer(2)),
                   from_ms(row.integer(3)),
                   from_ms(row.integer(4))};
}

void SqlTransaction::save(const Session& session) {
    const auto csrf = to_seal(session.csrf, place("sessions.csrf", session.token_hash));
    change_later(driver_, sql::save_session, Expected::any, context_.organisation, session.token_hash,
                 session.staff.value, csrf, to_ms(session.created_at), to_ms(session.seen_at),
                 to_ms(session.expires_at));
}

void SqlTransaction::drop_session(const std::string& token_hash) {
    change_later(driver_, sql::drop_session, Expected::any, context_.organisation, token_hash);
}
void SqlTransaction::drop_sessions_of(StaffId staff) {
    change_later(driver_, sql::drop_sessions_of, Expected::any, context_.organisation, staff.value);
    change_later(driver_, sql::drop_half_sessions_of, Expected::any, context_.organisation, staff.value);
}

std::string SqlTransaction::password_hash(StaffId staff) {
    Query row(driver_, sql::password, context_.organisation, staff.value);
    return row.step() ? row.text(0) : std::string();
}
void SqlTransaction::set_password_hash(StaffId staff, const std::string& hash) {
    change_later(driver_, sql::set_password, Expected::any, context_.organisation, staff.value, hash);
}

int SqlTransaction::sign_in_failures(const std::string& key, TimePoint since) {
    const auto index = context_.vault.index(key, "sign-in");
    Query row(driver_, sql::failures, context_.organisation, Bytes{index}, to_ms(since));
    return row.step() ? static_cast<int>(row.integer(0)) : 0;
}
void SqlTransaction::note_sign_in_failure(const std::string& key, TimePoint at) {
    const auto index = context_.vault.index(key, "sign-in");
    change_later(driver_, sql::note_failure, Expected::any, context_.organisation, Bytes{index}, to_ms(at));
}
void SqlTransaction::clear_sign_in_failures(const std::string& key) {
    const auto index = context_.vault.index(key, "sign-in");
    change_later(driver_, sql::clear_failures, Expected::any, context_.organisation, Bytes{index});
}

std::optional<StaffId> SqlTransaction::one_time_link(const std::string& token_hash, TimePoint now) {
    Query row(driver_, sql::one_time_link, context_.organisation, token_hash, to_ms(now));
    if (!row.step()) return std::nullopt;
    return StaffId{row.integer(0)};
}
void SqlTransaction::save_one_time_link(const std::string& token_hash, StaffId staff, TimePoint expires_at) {
    change_later(driver_, sql::save_one_time_link, Expected::any, context_.organisation, token_hash, staff.value,
                 to_ms(expires_at));
}
void SqlTransaction::drop_one_time_links_of(StaffId staff) {
    change_later(driver_, sql::drop_one_time_links_of, Expected::any, context_.organisation, staff.value);
}

std::optional<SecondFactor> SqlTransaction::second_factor(StaffId staff) {
    Query row(driver_, sql::second_factor, context_.organisation, staff.value);
    if (!row.step()) return std::nullopt;
    return SecondFactor{context_.vault.open(row.text(0), place("second_factors.seed", staff.value)),
                        context_.vault.open(row.text(1), place("second_factors.offered", staff.value)), row.integer(2),
                        from_ms(row.integer(3))};
}
void SqlTransaction::save(StaffId staff, const SecondFactor& factor) {
    const auto seed = to_seal(factor.seed, place("second_factors.seed", staff.value));
    const auto offered = to_seal(factor.offered, place("second_factors.offered", staff.value));
    change_later(driver_, sql::save_second_factor, Expected::any, context_.organisation, staff.value, seed, offered,
                 factor.last_step, to_ms(factor.since));
}
void SqlTransaction::drop_second_factor(StaffId staff) {
    change_later(driver_, sql::drop_second_factor, Expected::any, context_.organisation, staff.value);
    change_later(driver_, sql::drop_recovery_codes, Expected::any, context_.organisation, staff.value);
}

int SqlTransaction::recovery_codes(StaffId staff) {
    Query row(driver_, sql::recovery_codes, context_.organisation, staff.value);
    return row.step() ? static_cast<int>(row.integer(0)) : 0;
}
void SqlTransaction::set_recovery_codes(StaffId staff, const std::vector<std::string>& codes) {
    change_later(driver_, sql::drop_recovery_codes, Expected::any, context_.organisation, staff.value);
    for (const auto& code : codes) {
        const auto index = context_.vault.index(std::to_string(staff.value) + ":" + code, "recovery");
        change_later(driver_, sql::add_recovery_code, Expected::any, context_.organisation, staff.value, Bytes{index});
    }
}
bool SqlTransaction::use_recovery_code(StaffId staff, const std::string& code) {
    const auto index = context_.vault.index(std::to_string(staff.value) + ":" + code, "recovery");
    {
        Query row(driver_, sql::recovery_code, context_.organisation, staff.value, Bytes{index});
        if (!row.step()) return false;
    }
    change_later(driver_, sql::use_recovery_code, Expected::any, context_.organisation, staff.value, Bytes{index});
    return true;
}

std::optional<StaffId> SqlTransaction::half_session(const std::string& token_hash, TimePoint now) {
    Query row(driver_, sql::half_session, context_.organisation, token_hash, to_ms(now));
    if (!row.step()) return std::nullopt;
    return StaffId{row.integer(0)};
}
void SqlTransaction::save_half_session(const std::string& token_hash, StaffId staff, TimePoint expires_at) {
    change_later(driver_, sql::save_half_session, Expected::any, context_.organisation, token_hash, staff.value,
                 to_ms(expires_at));
}
void SqlTransaction::drop_half_session(const std::string& token_hash) {
    change_later(driver_, sql::drop_half_session, Expected::any, context_.organisation, token_hash);
}

std::shared_ptr<const Directory> SqlTransaction::directory() {
    std::vector<Unit> units;
    {
        Query row(driver_, sql::units, context_.organisation);
        while (row.step()) {
            Unit unit;
            unit.id = UnitId{row.integer(0)};
            unit.parent = UnitId{row.integer(1)};
            unit.key = row.text(2);
            unit.name = row.text(3);
            unit.kind = row.text(4);
            unit.zone = row.text(5);
            unit.policy = row.text(6);
            unit.duty_phone = row.text(7);
            unit.gas_phone = row.text(8);
            unit.lift_phone = row.text(9);
            unit.hours = row.text(10);
            unit.shifts = row.text(11);
            unit.disabled = row.flag(12);
            units.push_back(std::move(unit));
        }
    }
    std::vector<Building> buildings;
    {
        Query row(driver_, sql::buildings, context_.organisation);
        while (row.step())
            buildings.push_back({UnitId{row.integer(0)}, row.text(1),
                                 read_json(row.text(2), "a building").get<std::vector<std::string>>(),
                                 static_cast<int>(row.integer(3)),
                                 read_json(row.text(4), "a building").get<std::vector<std::string>>(), row.flag(5)});
    }
    std::vector<Household> households;
    {
        Query row(driver_, sql::households, context_.organisation);
        while (row.step())
            households.push_back({HouseholdId{row.integer(0)}, UnitId{row.integer(1)}, row.text(2), row.text(3),
                                  row.text(4), row.flag(5)});
    }
    std::vector<Staff> people;
    {
        Query row(driver_, sql::staff, context_.organisation);
        while (row.step()) {
            Staff one;
            one.id = StaffId{row.integer(0)};
            one.login = row.text(1);
            one.name = context_.vault.open(row.text(2), place("staff.name", one.id.value));
            one.phone = context_.vault.open(row.text(3), place("staff.phone", one.id.value));
            one.roles = read_json(row.text(4), "a member of staff's roles").get<std::vector<std::string>>();
            one.unit = UnitId{row.integer(5)};
            if (const auto addresses = context_.vault.open(row.text(6), place("staff.addresses", one.id.value));
                !addresses.empty())
                one.addresses =
                    read_json(addresses, "a member of staff's addresses").get<std::map<std::string, std::string>>();
            one.disabled = row.flag(7);
            people.push_back(std::move(one));
        }
    }
    std::string key;
    for (const auto& unit : units)
        if (!unit.parent) key = unit.key;
    return std::make_shared<const Directory>(key, std::move(units), std::move(buildings), std::move(households),
                                             std::move(people));
}

void SqlTransaction::save(const Unit& unit) {
    change_later(driver_, sql::save_unit, Expected::any, context_.organisation, unit.id.value, unit.parent.value,
                 unit.key, unit.name, unit.kind, unit.zone, unit.policy, unit.duty_phone, unit.gas_phone,
                 unit.lift_phone, unit.hours, unit.shifts, unit.disabled);
    if (!unit.parent) change_later(driver_, sql::name_organisation, Expected::any, unit.key, context_.organisation);
    touched_.directory = true;
}
void SqlTransaction::save(const Building& building) {
    change_later(driver_, sql::save_building, Expected::any, context_.organisation, building.community.value,
                 building.name, to_text(Json(building.units)), building.floors, to_text(Json(building.rooms)),
                 building.disabled);
    touched_.directory = true;
}
void SqlTransaction::save(const Household& household) {
    change_later(driver_, sql::save_household, Expected::any, context_.organisation, household.id.value,
                 household.community.value, household.building, household.unit, household.room, household.disabled);
    touched_.directory = true;
}
void SqlTransaction::save(const Staff& staff) {
    const auto name = to_seal(staff.name, place("staff.name", staff.id.value));
    const auto phone = to_seal(staff.phone, place("staff.phone", staff.id.value));
    const auto held = staff.addresses.empty() ? std::string() : to_text(Json(staff.addresses));
    const auto addresses = to_seal(held, place("staff.addresses", staff.id.value));
    change_later(driver_, sql::save_staff, Expected::any, context_.organisation, staff.id.value, staff.login, name,
                 phone, to_text(Json(staff.roles)), staff.unit.value, addresses, staff.disabled);
    touched_.directory = true;
}

std::optional<std::string> SqlTransaction::setting(const std::string& key) {
    if (const auto held = settings_.find(key); held != settings_.end()) return held->second;
    if (recent_)
        if (const auto* known = recent_->settings.find(key)) return *known;
    Query row(driver_.aside(), sql::setting, context_.organisation, key);
    std::optional<std::string> value;
    if (row.step()) value = context_.vault.open(row.text(0), place("settings.value", key));
    return settings_[key] = std::move(value);
}
void SqlTransaction::set_setting(const std::string& key, const std::string& value) {
    const auto kept = to_seal(value, place("settings.value", key));
    settings_[key] = value;
    change_later(driver_, sql::set_setting, Expected::any, context_.organisation, key, kept);
}

std::vector<PolicyVersion> SqlTransaction::policy_versions() {
    std::vector<PolicyVersion> found;
    Query row(driver_, sql::policy_versions, context_.organisation);
    while (row.step()) found.push_back({row.text(0), row.text(1), row.text(2), row.text(3)});
    return found;
}
void SqlTransaction::save(const PolicyVersion& kept) {
    change(driver_, sql::save_policy_version, context_.organisation, kept.policy, kept.version, kept.hash, kept.text);
}
void SqlTransaction::drop_policy_version(const std::string& policy, const std::string& version) {
    change(driver_, sql::drop_policy_version, context_.organisation, policy, version);
}

int SqlTransaction::reveals_since(StaffId staff, TimePoint since) {
    Query row(driver_, sql::reveals, context_.organisation, staff.value, to_ms(since));
    return row.step() ? static_cast<int>(row.integer(0)) : 0;
}
void SqlTransaction::audit(StaffId who, const std::string& action, TicketId ticket, const std::string& field,
                           const std::string& reason, TimePoint at) {
    const auto id = context_.ids->next(to_ms(at));
    const auto kept = to_seal(reason, place("audit.reason", id));
    change_later(driver_, sql::audit, Expected::any, context_.organisation, id, who.value, action, ticket.value, field,
                 kept, to_ms(at));
}

Page<AuditEntry> SqlTransaction::audit_page(TicketId ticket, int limit, const std::string& cursor) {
    Page<AuditEntry> page;
    auto before = far_future;
    if (!cursor.empty()) {
        const auto given = from_cursor(cursor);
        if (!given) return page;
        before = given->second;
    }
    const auto collect = [&](Query& row) {
        while (row.step()) {
            if (static_cast<int>(page.items.size()) == limit) {
                page.next_cursor = to_cursor({0, page.items.back().id});
                break;
            }
            AuditEntry entry{
                row.integer(0),         StaffId{row.integer(1)}, row.text(2), TicketId{row.integer(3)}, row.text(4), {},
                from_ms(row.integer(6))};
            entry.reason = context_.vault.open(row.text(5), place("audit.reason", entry.id));
            page.items.push_back(std::move(entry));
        }
    };
    if (ticket) {
        Query row(driver_, sql::audit_page_of_ticket, context_.organisation, ticket.value, before, limit + 1);
        collect(row);
    } else {
        Query row(driver_, sql::audit_page, context_.organisation, before, limit + 1);
        collect(row);
    }
    return page;
}

void SqlTransaction::forget_old(TimePoint system_now) {
    change_later(driver_, sql::forget_deliveries, Expected::any, context_.organisation,
                 to_ms(system_now - delivery_days), 5000);
    change_later(driver_, sql::forget_sessions, Expected::any, context_.organisation, to_ms(system_now));
    change_later(driver_, sql::forget_half_sessions, Expected::any, context_.organisation, to_ms(system_now));
    change_later(driver_, sql::forget_failures, Expected::any, context_.organisation,
                 to_ms(system_now - std::chrono::hours(24)));
    change_later(driver_, sql::forget_links, Expected::any, context_.organisation, to_ms(system_now));
}

}  // namespace huiyin
