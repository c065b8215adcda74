#include "workflow/privacy/keeping_run.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "workflow/base/json_text.h"
#include "workflow/base/log.h"
#include "workflow/privacy/wrong_alone.h"

namespace huiyin {
namespace {

const char* const running_setting = "keeping/running";
const char* const reports_setting = "keeping/reports";
const char* const last_setting = "keeping/last";
constexpr std::size_t reports_kept = 31;
// In one unit: about as much as a group of residents' messages, so that nobody waits longer than for them.
constexpr int tickets_at_once = 4, talks_at_once = 4, rows_at_once = 200, messages_at_once = 400, files_at_once = 64;
constexpr auto before_filing = std::chrono::hours{24 * 7};  // a draft lives as long: the talk that led to a ticket

Json to_json_value(const KeepingReport& report) {
    return {{"began", to_ms(report.began)}, {"ended", to_ms(report.ended)}, {"gone", report.gone}};
}
KeepingReport report_from(const Json& json) {
    return {from_ms(json.at("began").get<std::int64_t>()), from_ms(json.at("ended").get<std::int64_t>()),
            json.at("gone").get<Gone>()};
}
std::optional<KeepingReport> running(Reading& reading) {
    const auto kept = reading.setting(running_setting);
    if (!kept || kept->empty()) return std::nullopt;
    const auto json = parse_json(*kept);
    return json ? std::optional(report_from(*json)) : std::nullopt;
}
Json reports_json(Reading& reading) {
    const auto json = parse_json(reading.setting(reports_setting).value_or("[]"));
    return json && json->is_array() ? *json : Json::array();
}

// Of what he may still want to know of: a ticket whose words are kept, or a wish that waits.
bool is_needed(Transaction& tx, PersonId person) {
    if (!person) return false;
    if (tx.keeping().first_kept_ticket(person)) return true;
    const auto wishes = tx.keeping().privacy_requests_of(person);
    return std::any_of(wishes.begin(), wishes.end(),
                       [](const PrivacyRequest& one) { return one.state == "waiting" || one.state == "erasing"; });
}

}  // namespace

std::vector<KeepingReport> keeping_reports(Reading& reading) {
    std::vector<KeepingReport> found;
    if (auto now = running(reading)) found.push_back(std::move(*now));
    for (const auto& each : reports_json(reading)) found.push_back(report_from(each));
    return found;
}

std::optional<TimePoint> last_keeping(Reading& reading) {
    const auto kept = reading.setting(last_setting);
    return kept && !kept->empty() ? std::optional(from_ms(std::stoll(*kept))) : std::nullopt;
}

bool keeping_unfinished(Reading& reading) { return running(reading).has_value(); }

void begin_counting(Store& store, TimePoint now) {
    store.run([&](Transaction& tx) {
        if (!last_keeping(tx)) tx.set_setting(last_setting, std::to_string(to_ms(now)));
    });
}

KeepingRun::KeepingRun(Store& store, KeepingPeriods periods, Wishes wishes)
    : store_(store), periods_(periods), wishes_(std::move(wishes)) {}

void KeepingRun::begin(TimePoint now) {
    part_ = 0;
    place_ = {};
    store_.run([&](Transaction& tx) {
        if (running(tx)) return;
        tx.set_setting(running_setting, to_text(to_json_value(KeepingReport{now, from_ms(0), {}})));
        tx.set_setting(last_setting, std::to_string(to_ms(now)));
    });
}

void KeepingRun::in_unit(const std::function<Gone(Transaction&)>& work) {
    store_.run([&](Transaction& tx) {
        const auto gone = work(tx);
        auto report = running(tx);
        if (gone.empty() || !report) return;
        add_to(report->gone, gone);
        tx.set_setting(running_setting, to_text(to_json_value(*report)));
    });
}

// Works on the first `count` of a page; where that cannot be done, on the first alone; where not even that, it is left
// for another night.
KeepingRun::Past KeepingRun::past(std::size_t count, const std::function<Gone(Transaction&, std::size_t count)>& work) {
    for (auto tried = count;; tried = 1) {
        const auto wrong = wrong_alone([&] { in_unit([&](Transaction& tx) { return work(tx, tried); }); });
        if (!wrong) return {tried, true};
        log::error(
            "retention.left",
            {{"part", keeping_parts()[part_]}, {"tried", static_cast<std::int64_t>(tried)}, {"problem", *wrong}});
        if (tried == 1) return {1, false};
    }
}

bool KeepingRun::does(const std::string& part, TimePoint now, TimePoint system_now) {
    return part == "wishes"    ? wishes_ && wishes_(now)
           : part == "media"   ? media(now)
           : part == "words"   ? words(now)
           : part == "talks"   ? talks(now)
           : part == "outbox"  ? outbox(now)
           : part == "audit"   ? audit(now, system_now)
           : part == "raw"     ? raw(now)
           : part == "expired" ? expired(system_now)
                               : files();
}

bool KeepingRun::step(TimePoint now, TimePoint system_now) {
    const auto& parts = keeping_parts();
    if (part_ == parts.size()) return false;
    bool more = false;
    const auto wrong = wrong_alone([&] { more = does(parts[part_], now, system_now); });
    if (more) return true;
    if (wrong) log::error("retention.part_left", {{"part", parts[part_]}, {"problem", *wrong}});
    place_ = {};
    if (++part_ < parts.size()) return true;
    finish(now, system_now);
    return false;
}

bool KeepingRun::media(TimePoint now) {
    const auto cut = months_before(now, periods_.media_months);
    std::vector<EndedTicket> page;
    store_.read(
        [&](Reading& reading) { page = reading.kept().ended(KeptStage::all, place_.ended, cut, tickets_at_once * 2); });
    if (page.empty()) return false;
    const auto through = past(page.size(), [&](Transaction& tx, std::size_t count) {
        Gone gone;
        for (std::size_t i = 0; i < count; ++i) {
            const auto ticket = page[i].ticket;
            auto stage = KeptStage::all;
            const auto end = tx.keeping().end_of(ticket, stage);
            if (end && end->ended_at <= cut && stage == KeptStage::all && !tx.keeping().is_held(ticket, now))
                add_to(gone, tx.keeping().drop_media(ticket));
        }
        return gone;
    });
    place_.ended = page[through.count - 1];
    return true;
}

bool KeepingRun::words(TimePoint now) {
    const auto cut = months_before(now, periods_.ticket_months);
    std::vector<EndedTicket> page;
    store_.read([&](Reading& reading) {
        page = reading.kept().ended(KeptStage::media_gone, place_.ended, cut, tickets_at_once);
    });
    if (page.empty()) return false;
    const auto through = past(page.size(), [&](Transaction& tx, std::size_t count) {
        std::vector<TicketId> due;
        for (std::size_t i = 0; i < count; ++i) {
            const auto ticket = page[i].ticket;
            auto stage = KeptStage::all;
            const auto end = tx.keeping().end_of(ticket, stage);
            if (end && end->ended_at <= cut && stage == KeptStage::media_gone && !tx.keeping().is_held(ticket, now))
                due.push_back(ticket);
        }
        if (due.empty()) return Gone{};
        auto gone = tx.keeping().erase_words(due);
        gone["tickets"] += static_cast<std::int64_t>(due.size());
        for (const auto ticket : due) add_to(gone, after_words(tx, ticket, now));
        return gone;
    });
    place_.ended = page[through.count - 1];
    return true;
}

// With the words of his last ticket goes what is known of the person; a quiet talk goes in the same night.
Gone KeepingRun::after_words(Transaction& tx, TicketId id, TimePoint now) const {
    Gone gone;
    const auto ticket = tx.ticket(id);
    if (!ticket || !ticket->customer) return gone;
    if (tx.keeping().first_kept_ticket(ticket->customer)) return gone;
    add_to(gone, tx.keeping().forget_person(ticket->customer));
    for (const auto& talk : tx.conversations_of(ticket->customer))
        if (talk.updated_at <= days_before(now, periods_.talk_days)) tx.keeping().look_again(talk.id, from_ms(0));
    return gone;
}

bool KeepingRun::talks(TimePoint now) {
    const auto interval = std::min(periods_.prompt_days, periods_.talk_days);
    std::vector<LookedAt> page;
    store_.read([&](Reading& reading) {
        page = reading.kept().talks_looked_at(place_.looked, days_before(now, interval), talks_at_once);
    });
    if (page.empty()) return false;
    std::size_t whole_ones = 0;
    const auto through = past(page.size(), [&](Transaction& tx, std::size_t count) {
        Gone gone;
        for (whole_ones = 0; whole_ones < count; ++whole_ones) {
            bool whole = true;
            add_to(gone, look_at_talk(tx, page[whole_ones].conversation, now, whole));
            if (!whole) break;  // it is looked at again at once
        }
        return gone;
    });
    if (!through.done) whole_ones = 1;
    if (whole_ones > 0) place_.looked = page[whole_ones - 1];
    return true;
}

Gone KeepingRun::look_at_talk(Transaction& tx, ConversationId id, TimePoint now, bool& whole) const {
    const auto interval = std::min(periods_.prompt_days, periods_.talk_days);
    const auto talk = tx.conversation(id);
    if (!talk) return {};
    auto& keeping = tx.keeping();
    auto gone = keeping.forget_prompts(id, days_before(now, periods_.prompt_days), now);
    if (talk->updated_at > days_before(now, interval)) {  // he spoke since
        keeping.look_again(id, talk->updated_at);
        return gone;
    }
    if (is_needed(tx, talk->person)) {
        // What was said before the oldest ticket that is kept belongs to tickets that are not.
        if (const auto first = talk->person ? keeping.first_kept_ticket(talk->person) : std::nullopt)
            if (const auto ticket = tx.ticket(*first)) {
                const auto before = std::min(ticket->opened_at - before_filing, days_before(now, periods_.talk_days));
                const auto some = keeping.forget_messages(id, before, messages_at_once);
                add_to(gone, some);
                whole = some.empty() || some.at("messages") < messages_at_once;
            }
        if (whole) keeping.look_again(id, now);
        return gone;
    }
    if (talk->updated_at > days_before(now, periods_.talk_days)) {
        keeping.look_again(id, talk->updated_at + std::chrono::hours{24} * (periods_.talk_days - interval));
        return gone;
    }
    whole = keeping.drop_talk(id, messages_at_once, gone);
    if (whole && talk->person && tx.conversations_of(talk->person).empty())
        add_to(gone, keeping.drop_person(talk->person));
    return gone;
}

// All of them: what is left of a talk that is gone may be young.
bool KeepingRun::outbox(TimePoint now) {
    const auto cut = days_before(now, periods_.outbox_days);
    std::vector<OutboxEnd> page;
    store_.read([&](Reading& reading) { page = reading.kept().outbox_ends(place_.outbox, rows_at_once); });
    if (page.empty()) return false;
    place_.outbox = page.back().id;
    std::erase_if(page, [&](const OutboxEnd& one) { return !one.left_over && !(one.ended && one.at <= cut); });
    if (page.empty()) return true;
    in_unit([&](Transaction& tx) {
        std::vector<OutboxId> old, left_over;
        for (const auto& one : page)
            if (!one.ticket || !tx.keeping().is_held(one.ticket, now))
                (one.left_over ? left_over : old).push_back(one.id);
        auto gone = tx.keeping().drop_outbox(old);
        add_to(gone, tx.keeping().drop_said(left_over));
        return gone;
    });
    return true;
}

// The audit follows the system clock.
bool KeepingRun::audit(TimePoint now, TimePoint system_now) {
    bool more = false;
    in_unit([&](Transaction& tx) {
        auto gone = tx.keeping().drop_audit(months_before(system_now, periods_.audit_months), rows_at_once);
        more = !gone.empty();
        if (more) return gone;
        add_to(gone, tx.keeping().drop_requests(months_before(now, periods_.audit_months)));
        add_to(gone, tx.keeping().drop_holds(months_before(now, periods_.audit_months)));
        return gone;
    });
    return more;
}

bool KeepingRun::raw(TimePoint now) {
    bool more = false;
    in_unit([&](Transaction& tx) {
        auto gone = tx.keeping().drop_raw(days_before(now, periods_.raw_days), rows_at_once);
        more = !gone.empty();
        return gone;
    });
    return more;
}

bool KeepingRun::expired(TimePoint system_now) {
    bool more = false;
    in_unit([&](Transaction& tx) {
        auto gone = tx.keeping().drop_expired(system_now, rows_at_once);
        more = !gone.empty();
        return gone;
    });
    return more;
}

// The row that says so goes after the file, so that no file is forgotten; one that a row needs again stays.
bool KeepingRun::files() {
    std::vector<std::string> page;
    std::vector<bool> wanted;
    store_.read([&](Reading& reading) {
        page = reading.kept().media_to_remove(place_.file, files_at_once);
        for (const auto& hash : page) wanted.push_back(reading.kept().media_wanted(hash));
    });
    if (page.empty()) return false;
    std::vector<std::string> settled;
    std::int64_t removed = 0;
    for (std::size_t i = 0; i < page.size(); ++i) {
        if (!wanted[i] && !store_.remove_media(page[i])) continue;  // young again: another night
        if (!wanted[i]) ++removed;
        settled.push_back(page[i]);
    }
    in_unit([&](Transaction& tx) {
        for (const auto& hash : settled) tx.keeping().media_removed(hash);
        return removed > 0 ? Gone{{"files", removed}} : Gone{};
    });
    place_.file = page.back();
    return true;
}

void KeepingRun::finish(TimePoint now, TimePoint system_now) {
    std::optional<KeepingReport> report;
    store_.run([&](Transaction& tx) {
        report = running(tx);
        if (!report) return;
        report->ended = now;
        auto reports = reports_json(tx);
        reports.insert(reports.begin(), to_json_value(*report));
        while (reports.size() > reports_kept) reports.erase(reports.size() - 1);
        tx.set_setting(reports_setting, to_text(reports));
        tx.set_setting(running_setting, "");
        if (!report->gone.empty()) tx.keeping().wipe_log();
        tx.audit({}, "retention", {}, "run", to_text(Json(report->gone)), system_now);
    });
    if (!report) return;
    std::int64_t all = 0;
    for (const auto& [name, rows] : report->gone) all += rows;
    log::info("retention.done", {{"rows", all}, {"classes", to_text(Json(report->gone))}});
}

}  // namespace huiyin
