#include "workflow/reports/figures.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "workflow/policy/same_text.h"
#include "workflow/reports/register.h"

namespace huiyin {
namespace {

// By the version that the case is pinned to: one in force may have other limits.
const std::vector<DeadlineStop>& stops_of(const Policy& policy, const CaseOnRecord& of, const Deadline& deadline) {
    return (of.rules ? *of.rules : policy).deadlines.at(deadline.rule).stops_on;
}

bool ends_with_result(const Policy& policy, const CaseOnRecord& of, const Deadline& deadline) {
    const auto& stops = stops_of(policy, of, deadline);
    return std::any_of(stops.begin(), stops.end(),
                       [](const DeadlineStop& stop) { return stop.event == "ticket.resolved"; });
}

bool has_limit_to_the_result(const Policy& policy) {
    return std::any_of(policy.deadlines.begin(), policy.deadlines.end(), [](const DeadlineRule& rule) {
        return rule.is_breach() &&
               std::any_of(rule.stops_on.begin(), rule.stops_on.end(),
                           [](const DeadlineStop& stop) { return stop.event == "ticket.resolved"; });
    });
}

// A miss stays one, also where the limit counted anew after it: the event is looked for, not only the last count.
bool was_late(const Policy& policy, const CaseOnRecord& of) {
    const bool only_result = has_limit_to_the_result(policy);
    const auto concerns = [&](const std::string& name) {
        return std::any_of(policy.deadlines.begin(), policy.deadlines.end(), [&](const DeadlineRule& rule) {
            return rule.name == name && rule.is_breach() &&
                   (!only_result ||
                    std::any_of(rule.stops_on.begin(), rule.stops_on.end(),
                                [](const DeadlineStop& stop) { return stop.event == "ticket.resolved"; }));
        });
    };
    const bool missed_before = std::any_of(of.events.begin(), of.events.end(), [&](const Event& event) {
        return event.type == "deadline.missed" && !event.data.contains("soft") && !event.data.contains("binds") &&
               event.data.value("step", "") == "miss" && concerns(event.data.value("deadline", ""));
    });
    return missed_before || std::any_of(of.deadlines.begin(), of.deadlines.end(), [&](const Deadline& deadline) {
               return deadline.is_breach() && (!only_result || ends_with_result(policy, of, deadline));
           });
}

const RevisitMade* reached_revisit(const CaseOnRecord& of) {
    const auto& made = of.ticket.revisits;
    const auto found =
        std::find_if(made.rbegin(), made.rend(), [](const RevisitMade& revisit) { return revisit.reached; });
    return found == made.rend() ? nullptr : &*found;
}

// Drawn for one, or resolved where nothing is drawn; while there is still time for it, nobody can be said to have
// failed.
bool to_be_revisited(const Policy& policy, const CaseOnRecord& of) {
    if (reached_revisit(of)) return true;
    const bool still_time = std::any_of(of.deadlines.begin(), of.deadlines.end(), [&](const Deadline& deadline) {
        const auto& stops = stops_of(policy, of, deadline);
        return deadline.state == DeadlineState::running &&
               std::any_of(stops.begin(), stops.end(),
                           [](const DeadlineStop& stop) { return stop.event == "ticket.revisited"; });
    });
    if (still_time) return false;
    if (policy.revisit.strata.empty()) return of.ticket.resolved_at.has_value();
    const auto drawn = std::find_if(of.events.rbegin(), of.events.rend(),
                                    [](const Event& event) { return event.type == "revisit.drawn"; });
    return drawn != of.events.rend() && drawn->data.value("revisit", false);
}

std::optional<int> score_of(const CaseOnRecord& of) {
    const auto& made = of.ticket.revisits;
    const auto found = std::find_if(made.rbegin(), made.rend(), [](const RevisitMade& revisit) {
        return revisit.reached && revisit.score.has_value();
    });
    if (found != made.rend()) return found->score;
    return of.ticket.rating ? std::optional(of.ticket.rating->score) : std::nullopt;
}

std::int64_t whole(const Fact& fact) {
    if (const auto* number = std::get_if<std::int64_t>(&fact)) return *number;
    if (const auto* broken = std::get_if<double>(&fact)) return static_cast<std::int64_t>(*broken);
    const auto* yes = std::get_if<bool>(&fact);
    return yes && *yes ? 1 : 0;
}

void add(Figure& to, const Figure& more) {
    to.part += more.part;
    to.of += more.of;
    to.sum += more.sum;
}

// Which of two is ranked first: the higher, as a share where both are shares; of waits the shorter, and whoever has
// accepted none last.
bool is_before(const std::string& measure, const Figure& one, const Figure& other) {
    if (measure == "waiting_time") {
        if (one.of == 0 || other.of == 0) return one.of > 0 && other.of == 0;
        return one.sum * other.of < other.sum * one.of;
    }
    if (one.of == 0 || other.of == 0) return one.part > other.part;
    return one.part * other.of > other.part * one.of;
}

// As things stand: what was sent back is not.
bool is_resolved(const Ticket& ticket) { return ticket.resolved_at && ticket.phase >= Phase::resolved; }

bool is_solved_directly(const CaseOnRecord& of) {
    const auto times = std::count_if(of.events.begin(), of.events.end(),
                                     [](const Event& event) { return is_same_text(event.type, "ticket.resolved"); });
    return times == 1 && of.ticket.escalations == 0 && of.ticket.reopened == 0;
}

}  // namespace

std::string tenths(std::int64_t value) { return std::to_string(value / 10) + "." + std::to_string(value % 10); }

std::string percent(std::int64_t part, std::int64_t of) { return of == 0 ? "" : tenths(part * 1000 / of) + "%"; }

TimePoint counted_at(const Ticket& ticket) { return ticket.accepted_at.value_or(ticket.opened_at); }

bool is_of_period(const Ticket& ticket, const ReportPeriod& period) {
    const auto at = counted_at(ticket);
    return at >= period.from && at < period.until;
}

bool is_counted(const Policy& policy, const Report& report, const CaseOnRecord& of) {
    const auto* kind = policy.kind(of.ticket.kind);
    return of.ticket.phase != Phase::merged && !(kind && kind->unasked) && holds(report.where, of.facts);
}

std::vector<std::string> split_of(const Policy& policy, const std::vector<std::string>& by, const CaseOnRecord& of,
                                  bool titles) {
    std::vector<RegisterColumn> columns;
    for (const auto& word : by) columns.push_back({word, word, {}});
    if (titles) return register_row(columns, of, policy, 0);
    std::vector<std::string> keys;
    for (const auto& word : by) {
        const auto found = of.facts.find(word);
        const auto* text = found == of.facts.end() ? nullptr : std::get_if<std::string>(&found->second);
        if (word == "unit")
            keys.push_back(of.unit);
        else if (text)
            keys.push_back(*text);
        else
            keys.push_back(register_row({{word, word, {}}}, of, policy, 0).front());
    }
    return keys;
}

Figure measure_of(const Policy& policy, const CaseOnRecord& of, const std::string& name) {
    const auto& ticket = of.ticket;
    const auto share = [](bool among, bool is) { return Figure{among && is ? 1 : 0, among ? 1 : 0, 0}; };
    const bool resolved = is_resolved(ticket);
    if (name == "count") return {1, 0, 0};
    if (name == "timeliness") {
        const bool late = was_late(policy, of);
        return share(late || resolved, !late);
    }
    if (name == "revisits") return share(to_be_revisited(policy, of), reached_revisit(of) != nullptr);
    if (name == "in_person") {
        const auto* made = reached_revisit(of);
        const bool any = made && std::any_of(ticket.revisits.begin(), ticket.revisits.end(), [&](const auto& each) {
                             return each.reached && contains(policy.revisit.in_person, each.means);
                         });
        return share(made != nullptr, any);
    }
    if (name == "satisfaction") {
        const auto score = score_of(of);
        auto measured = share(score.has_value(), score && *score > policy.surveys.low);
        measured.sum = score.value_or(0);
        return measured;
    }
    if (name == "direct_solve") return share(resolved, is_solved_directly(of));
    if (name == "waiting_time") {
        if (!ticket.accepted_at) return {};
        const auto waited = std::chrono::floor<std::chrono::minutes>(*ticket.accepted_at - ticket.opened_at).count();
        return {0, 1, waited};
    }
    if (name == "repeats") return share(true, static_cast<bool>(ticket.repeat_of));
    const auto fact = of.facts.find(name);
    return {fact == of.facts.end() ? 0 : whole(fact->second), 0, 0};
}

FigureMaker::FigureMaker(const Policy& policy, const Report& report, NamedPeriod period)
    : policy_(policy), report_(report), period_(std::move(period)) {
    all_.measured.resize(report.measures.size());
}

bool FigureMaker::take(const CaseOnRecord& of) {
    const auto at = counted_at(of.ticket);
    if (!is_of_period(of.ticket, period_.period) || !is_counted(policy_, report_, of)) return false;
    AlikeCases alone{&of, {}, {at, of.ticket.id}};
    for (const auto& measure : report_.measures) alone.measured.push_back(measure_of(policy_, of, measure));
    take(alone);
    return true;
}

void FigureMaker::take(const AlikeCases& cases) {
    const auto add_to = [&](std::vector<Figure>& measured) {
        measured.resize(cases.measured.size());
        for (std::size_t i = 0; i < measured.size(); ++i) add(measured[i], cases.measured[i]);
    };
    add_to(all_.measured);
    if (report_.by.empty()) return;
    auto& row = rows_[split_of(policy_, report_.by, *cases.like, false)];
    if (row.figures.titles.empty() || cases.first < row.first) {
        row.figures.titles = split_of(policy_, report_.by, *cases.like, true);
        row.first = cases.first;
    }
    add_to(row.figures.measured);
}

ReportFigures FigureMaker::end() {
    ReportFigures figures;
    for (auto& [keys, row] : rows_) {
        figures.rows.push_back(std::move(row.figures));
        figures.rows.back().split = keys;
    }
    const auto ranked = std::find(report_.measures.begin(), report_.measures.end(), report_.ranked_by);
    if (ranked != report_.measures.end()) {
        const auto at = static_cast<std::size_t>(ranked - report_.measures.begin());
        std::stable_sort(figures.rows.begin(), figures.rows.end(), [&](const FigureRow& a, const FigureRow& b) {
            return is_before(*ranked, a.measured[at], b.measured[at]);
        });
        for (std::size_t i = 0; i < figures.rows.size(); ++i) {
            const bool equal =
                i > 0 && !is_before(*ranked, figures.rows[i - 1].measured[at], figures.rows[i].measured[at]);
            figures.rows[i].rank = equal ? figures.rows[i - 1].rank : static_cast<int>(i) + 1;
        }
    }
    const bool any = !figures.rows.empty() || std::any_of(all_.measured.begin(), all_.measured.end(),
                                                          [](const auto& m) { return m.part != 0 || m.of != 0; });
    figures.all = std::move(all_);
    figures.to_be_sent = any || report_.nil;
    const auto due = [&](int day) { return period_.month ? report_due(report_, day, *period_.month) : std::nullopt; };
    if (!report_.due_to.empty()) figures.receivers.push_back({report_.due_to, due(report_.due_day)});
    for (const auto& receiver : report_.receivers) figures.receivers.push_back({receiver.role, due(receiver.due_day)});
    figures.period = std::move(period_);
    return figures;
}

}  // namespace huiyin
