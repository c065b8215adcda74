#include "channels/wecom/member_reader.h"

#include "channels/wecom/reactions.h"
#include "workflow/base/log.h"

namespace huiyin::wecom {

std::string members_setting(const ChannelId& channel) { return "members:" + channel.value; }

void keep_disabled(Transaction& tx, const ChannelId& channel, StaffId staff) {
    const auto before = tx.setting(members_setting(channel));
    if (!before) return;
    auto known = read_known(*before);
    for (auto& [userid, one] : known)
        if (one.staff == staff) one.left = false;
    if (auto text = to_text(known); text != *before) tx.set_setting(members_setting(channel), text);
}

void MemberReader::stop() {
    wake_ups_.close();
    if (thread_.joinable()) thread_.join();
}

Result<MemberChanges> MemberReader::read() {
    JsonApi api(parts_.call, parts_.api_base, reactions(), parts_.access.get());
    const auto company = read_company(api, parts_.system->now());
    if (!company) return company.problem();
    MemberChanges changes;
    parts_.store->run([&](Transaction& tx) {
        const auto directory = tx.directory();
        if (!directory) return;
        const auto before = tx.setting(members_setting(parts_.channel)).value_or("");
        changes = changes_of(*company, parts_.rules, *directory, parts_.channel, read_known(before),
                             [&] { return parts_.ids->make<StaffId>(to_ms(parts_.system->now())); });
        if (!changes.refused.empty()) return;
        for (const auto* rows : {&changes.added, &changes.changed, &changes.disabled})
            for (const auto& staff : *rows) tx.save(staff);
        for (const auto& staff : changes.disabled) tx.drop_sessions_of(staff.id);
        if (auto text = to_text(changes.known); text != before) tx.set_setting(members_setting(parts_.channel), text);
    });
    if (!changes.refused.empty()) return Problem{"members.refused", changes.refused, {}};
    for (const auto& unit : changes.unknown_units)
        log::warning("members.unknown_unit", {{"channel", parts_.channel.value}, {"unit", unit}});
    for (const auto& login : changes.taken)
        log::warning("members.login_taken",
                     {{"channel", parts_.channel.value},
                      {"login", login},
                      {"what", "no account was made: another account has this login or this address"}});
    for (const auto& login : changes.kept)
        log::warning("members.last_administrator",
                     {{"channel", parts_.channel.value},
                      {"login", login},
                      {"what", "he is gone, and stays administrator: nobody else is one"}});
    log::info("members.read", {{"channel", parts_.channel.value},
                               {"members", company->members.size()},
                               {"added", changes.added.size()},
                               {"changed", changes.changed.size()},
                               {"disabled", changes.disabled.size()}});
    return changes;
}

void MemberReader::start() {
    thread_ = std::jthread([this] { run(); });
}

void MemberReader::run() {
    while (!wake_ups_.closed()) {
        bool well = false;
        try {
            const auto done = read();
            well = static_cast<bool>(done);
            if (!done)
                log::warning(
                    "members.not_read",
                    {{"channel", parts_.channel.value}, {"code", done.problem().code}, {"what", done.problem().text}});
        } catch (const std::exception& e) {
            log::error("members.failed", {{"channel", parts_.channel.value}, {"what", e.what()}});
        }
        wake_ups_.take_up_to(1000, well ? parts_.every : parts_.again);
    }
}

}  // namespace huiyin::wecom
