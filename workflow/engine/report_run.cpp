#include "workflow/engine/report_run.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "workflow/base/json_text.h"
#include "workflow/base/log.h"
#include "workflow/engine/push.h"
#include "workflow/engine/surroundings.h"
#include "workflow/engine/timer.h"
#include "workflow/engine/wording.h"
#include "workflow/policy/papers.h"

namespace huiyin {
namespace {

constexpr const char* make_kind = "report";     // of reminders; name: the id of the report
constexpr const char* way_kind = "report_way";  // the same

const Duty* duty_of(const Policy& policy, const std::string& report) {
    for (const auto& duty : policy.duties)
        if (duty.name == report) return &duty;
    return nullptr;
}

std::vector<UnitId> owing_units(const Duty& duty, const Policy& policy, const Policies& policies,
                                const Directory& directory) {
    const auto under = [&](UnitId unit) { return policies.for_unit(unit, directory)->id == policy.id; };
    std::map<std::string, int> seats;  // by the kind of their unit
    std::set<UnitId> seated;
    for (const auto& staff : directory.staff())
        if (const auto* unit = directory.unit(staff.unit);
            unit && !staff.disabled && under(staff.unit) &&
            std::find(staff.roles.begin(), staff.roles.end(), duty.role) != staff.roles.end())
            ++seats[unit->kind], seated.insert(unit->id);
    const auto kind =
        std::max_element(seats.begin(), seats.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    std::vector<UnitId> owing;
    for (const auto& unit : directory.units()) {
        const bool topmost = !unit.parent || !under(unit.parent);
        if (!under(unit.id)) continue;
        if (seats.empty() ? topmost : unit.kind == kind->first || seated.contains(unit.id)) owing.push_back(unit.id);
    }
    return owing;
}

// The end of a due day: when work ends on it, or on other days where it is a day off.
TimePoint end_of(const Calendar& calendar, const std::chrono::year_month_day& date) {
    const std::chrono::local_days day{date};
    const auto& zone = calendar.zone();
    if (const auto closing = calendar.closing_of_day(zone.from_local({day, std::chrono::hours{12}}))) return *closing;
    const auto& usual = calendar.week_hours().days.front();
    return zone.from_local({day, usual.empty() ? Milliseconds{std::chrono::hours{24}} : usual.back().until});
}

std::string days_in_words(const ReportPeriod& period, const Zone& zone) {
    const std::chrono::year_month_day first{zone.to_local(period.from).day},
        last{zone.to_local(period.until - Milliseconds{1}).day};
    const auto day = [](const std::chrono::year_month_day& date) {
        return std::to_string(static_cast<unsigned>(date.month())) + "月" +
               std::to_string(static_cast<unsigned>(date.day())) + "日";
    };
    if (first == last) return day(first);
    return (first.year() == last.year() ? "" : std::to_string(static_cast<int>(first.year())) + "年") + day(first) +
           "至" + day(last);
}

// "件数 5，及时 2/5 40.0%": the line of all; empty where nothing was counted.
std::string figures_in_a_line(const ReportMade& made) {
    const auto& all = made.json.at("all").value("measured", Json::object());
    const bool any = std::any_of(all.begin(), all.end(), [](const Json& measured) {
        return measured.at("part") != 0 || measured.contains("of") || measured.contains("sum");
    });
    const auto& table = made.tables.front();
    std::string line;
    if (!any || table.rows.empty()) return line;
    const auto measures = made.json.at("measures").size();
    for (auto i = table.columns.size() - measures; i < table.columns.size(); ++i) {
        const auto& cell = table.rows.back()[i];
        if (cell.empty() || (cell == "0" && !line.empty())) continue;  // of none there is no share
        line += (line.empty() ? "" : "，") + table.columns[i].title + " " + cell;
    }
    return line;
}

std::vector<ReportHop> way_of(const Policy& policy, const Report& report, const NamedPeriod& period) {
    std::vector<ReportHop> way;
    const auto add = [&](const std::string& role) {
        way.emplace_back();
        way.back().role = role;
    };
    if (!report.due_to.empty()) add(report.due_to);
    for (const auto& receiver : report.receivers) {
        // Who has it hands it on by the day on which the next is to have it.
        if (!way.empty() && period.month)
            if (const auto due = report_due(report, receiver.due_day, *period.month))
                way.back().until = end_of(policy.calendar, *due);
        add(receiver.role);
    }
    return way;
}

// He is told now. Whoever is told after his day has the next working day for it.
void tell_at(ReportHop& place, const Calendar& calendar, TimePoint at) {
    place.told_at = at;
    if (place.until && *place.until <= at) place.until = calendar.closing_of_day(calendar.next_start_of_work(at));
}

}  // namespace

const Report* report_of(const Policy& policy, const Duty& duty) {
    for (const auto& report : policy.reports)
        if (report.name == duty.name) return &report;
    return nullptr;
}

void plan_reports(Transaction& tx, const EngineParts& parts, const Policy& policy, const Duty& duty,
                  const DutyOccurrence& occurrence) {
    const auto* report = report_of(policy, duty);
    SentReport wanted;
    wanted.policy = policy.id;
    wanted.report = report->name;
    const auto noon = policy.calendar.zone().from_local({occurrence.nominal, std::chrono::hours{12}});
    wanted.period = last_period(policy, *report, noon);
    // A day that was brought forward may lie before the end of what is counted.
    const auto period = period_named(policy, *report, wanted.period);
    for (const auto unit : owing_units(duty, policy, *parts.policies, *parts.directory->get())) {
        wanted.unit = unit;
        Reminder reminder;
        reminder.id = parts.ids->make<ReminderId>(to_ms(parts.system->now()));
        reminder.due_at = std::max(occurrence.at, period ? period->period.until : occurrence.at);
        reminder.kind = make_kind;
        reminder.name = id_of(wanted);
        tx.set_reminder(reminder);
    }
}

ReportRun::ReportRun(EngineParts parts) : parts_(std::move(parts)) {}

void ReportRun::add_duties(Duties& duties) const {
    duties.beside(make_kind,
                  [this](Store& store, const Reminder& reminder, TimePoint at) { make(store, reminder, at); });
    duties.on(way_kind,
              [this](Transaction& tx, const Reminder& reminder, TimePoint at) { not_confirmed(tx, reminder, at); });
}

struct ReportRun::Order {
    ReportOf which;
    std::shared_ptr<const Policy> policy;
    const Duty* duty = nullptr;      // of the policy, like the report
    const Report* report = nullptr;  // the pack may be another when it is sent: what was made stays what it is
};

void ReportRun::make(Store& store, const Reminder& reminder, TimePoint at) const {
    std::optional<Order> order;
    if (const auto which = report_named(reminder.name)) {
        Order wanted{*which, parts_.policies->in_force(which->policy)};
        if (wanted.policy) wanted.duty = duty_of(*wanted.policy, which->report);
        if (wanted.duty) wanted.report = report_of(*wanted.policy, *wanted.duty);
        const bool in_force = wanted.report && parts_.directory->get()->unit(which->unit) &&
                              period_named(*wanted.policy, *wanted.report, which->period);
        if (in_force) order = std::move(wanted);
    }
    if (!order) log::error("report.gone", {{"report", reminder.name}});
    bool sent_already = false;
    store.read([&](Reading& reading) { sent_already = sent_report(reading, reminder.name).has_value(); });
    if (sent_already) log::info("report.sent_already", {{"report", reminder.name}});
    std::optional<Result<ReportMade>> made;
    if (order && !sent_already) {
        ReportWish wish;
        wish.policy = order->policy;
        wish.name = order->which.report;
        wish.period = order->which.period;
        wish.units = parts_.directory->get()->with_below(order->which.unit);
        made = make_report(store, parts_, wish, at);
    }
    if (made && !*made) throw std::logic_error(made->problem().text);
    store.run([&](Transaction& tx) {
        tx.drop_reminder({}, {}, make_kind, reminder.name);
        if (made && !sent_report(tx, reminder.name)) send(tx, *order, **made, at);
    });
}

void ReportRun::send(Transaction& tx, const Order& order, const ReportMade& made, TimePoint at) const {
    const auto& [which, policy, ordered, wanted] = order;
    const auto& duty = *ordered;
    const auto& report = *wanted;
    const auto period = *period_named(*policy, report, which.period);
    SentReport sent;
    sent.policy = which.policy;
    sent.report = which.report;
    sent.period = which.period;
    sent.unit = which.unit;
    sent.title = report.title;
    sent.clause = report.clause;
    sent.span = period.period;
    sent.days = days_in_words(period.period, policy->calendar.zone());
    sent.at = at;
    tx.audit({}, "report", {}, id_of(sent), to_rfc3339(at, policy->calendar.zone()), parts_.system->now());
    if (!made.json.at("to_be_sent").get<bool>()) return save(tx, sent);
    sent.paper = tx.add_text(to_text(made.json), {}, {}, at);
    sent.figures = figures_in_a_line(made);
    sent.way = way_of(*policy, report, period);
    if (!sent.way.empty()) tell_at(sent.way[0], policy->calendar, at);

    const auto directory = parts_.directory->get();
    auto values = values_of(sent, *policy, 0, at);
    values["duty"] = duty.title;
    values["clause"] = duty.clause;
    values["why"] = to_chinese(duty.every);
    Push push;
    push.said.text = pack_words(parts_, policy, duty.phrase, values);
    push.kind = "task";
    push.at = at;
    std::set<StaffId> knows;
    for (const auto* staff : directory->holders(duty.role, sent.unit)) {
        knows.insert(staff->id);
        push.key = "report:" + id_of(sent) + ":made:" + to_text(staff->id);
        push_to_staff(tx, parts_, *staff, push);
    }
    if (knows.empty() && sent.way.empty())
        log::error("report.nobody_holds_role", {{"report", id_of(sent)}, {"role", duty.role}});
    if (!sent.way.empty()) {
        tell(tx, sent, 0, "staff.report_received", values_of(sent, *policy, 0, at), knows);
        remind(tx, sent, 0);
    }
    save(tx, sent);
}

PhraseValues ReportRun::values_of(const SentReport& sent, const Policy& policy, std::size_t hop, TimePoint at) const {
    const auto directory = parts_.directory->get();
    const auto pack = parts_.policies->in_force(policy.id);
    const auto* unit = directory->unit(sent.unit);
    const auto title = [&](std::size_t place) {
        return place < sent.way.size() ? title_of_role(parts_, pack, sent.way[place].role, "") : std::string();
    };
    PhraseValues values;
    values["unit"] = unit ? unit->name : std::string();
    values["duty"] = sent.title;
    values["date"] = sent.days;
    values["text"] = sent.figures;
    values["owner"] = title(hop);
    values["handler"] = title(hop + 1);
    const bool limited = hop < sent.way.size() && sent.way[hop].until;
    values["until"] = limited ? moment_in_words(*sent.way[hop].until, at, policy.calendar.zone()) : std::string();
    values["by"] = values["clause"] = values["why"] = std::string();
    return values;
}

void ReportRun::tell(Transaction& tx, SentReport& sent, std::size_t hop, const std::string& phrase,
                     const PhraseValues& values, const std::set<StaffId>& knows) const {
    auto& place = sent.way[hop];
    const auto policy = parts_.policies->in_force(sent.policy);
    Push push;
    push.said.text = pack_words(parts_, policy, phrase, values);
    if (!parts_.public_url.empty()) {
        push.said.card = Card{values.at("unit") + " " + sent.title, push.said.text, {}};
        push.said.card->url = parts_.public_url + "/console/reports/" + id_of(sent);
    }
    push.kind = "task";
    push.at = *place.told_at;
    for (const auto* staff : parts_.directory->get()->holders(place.role, sent.unit)) {
        place.told.push_back(staff->id);
        if (knows.count(staff->id) != 0) continue;
        push.key = "report:" + id_of(sent) + ":" + std::to_string(hop) + ":" + to_text(staff->id);
        push_to_staff(tx, parts_, *staff, push);
    }
    if (place.told.empty()) log::error("report.nobody_holds_role", {{"report", id_of(sent)}, {"role", place.role}});
}

void ReportRun::remind(Transaction& tx, const SentReport& sent, std::size_t hop) const {
    if (hop + 1 >= sent.way.size() || !sent.way[hop].until) return;
    Reminder reminder;
    reminder.id = parts_.ids->make<ReminderId>(to_ms(parts_.system->now()));
    reminder.due_at = *sent.way[hop].until;
    reminder.kind = way_kind;
    reminder.name = id_of(sent);
    tx.set_reminder(reminder);
}

void ReportRun::not_confirmed(Transaction& tx, const Reminder& reminder, TimePoint at) const {
    auto sent = sent_report(tx, reminder.name);
    const auto policy = sent ? parts_.policies->in_force(sent->policy) : nullptr;
    if (!policy) return log::info("report.gone", {{"report", reminder.name}});
    std::size_t hop = 0;
    while (hop + 1 < sent->way.size() && sent->way[hop + 1].told_at) ++hop;
    if (hop + 1 >= sent->way.size() || sent->way[hop].confirmed_at) return;
    sent->way[hop + 1].unconfirmed = true;
    tell_at(sent->way[hop + 1], policy->calendar, at);
    tell(tx, *sent, hop + 1, "staff.report_not_confirmed", values_of(*sent, *policy, hop, at));
    remind(tx, *sent, hop + 1);
    save(tx, *sent);
}

Result<SentReport> ReportRun::confirm(Transaction& tx, const std::string& id, StaffId by, TimePoint now) const {
    auto sent = sent_report(tx, id);
    const auto policy = sent ? parts_.policies->in_force(sent->policy) : nullptr;
    if (!policy) return Problem{"report.unknown", "没有这份报表，或它不在您管的范围里", {}};
    const auto directory = parts_.directory->get();
    const auto* staff = directory->staff(by);
    std::optional<std::size_t> hop;
    bool confirmed = false;
    for (std::size_t i = 0; staff && i < sent->way.size(); ++i) {
        const auto& place = sent->way[i];
        if (!place.told_at || !directory->holds(*staff, place.role, sent->unit)) continue;
        confirmed = place.confirmed_at.has_value();
        if (!confirmed && !hop) hop = i;
    }
    if (!hop && confirmed) return Problem{"report.not_allowed", "这份报表已经确认过了", {}};
    if (!hop) return Problem{"report.wrong_role", "这份报表不是报给您的，请收到它的人确认", {}};
    auto& place = sent->way[*hop];
    place.confirmed_at = now;
    place.confirmed_by = by;
    if (*hop + 1 < sent->way.size() && !sent->way[*hop + 1].told_at) {
        tx.drop_reminder({}, {}, way_kind, id);
        auto values = values_of(*sent, *policy, *hop + 1, now);
        values["by"] = title_of_role(parts_, policy, place.role, "");
        tell_at(sent->way[*hop + 1], policy->calendar, now);
        tell(tx, *sent, *hop + 1, "staff.report_confirmed", values);
        remind(tx, *sent, *hop + 1);
    }
    tx.audit(by, "report_confirm", {}, id, {}, parts_.system->now());
    save(tx, *sent);
    return *sent;
}

}  // namespace huiyin
