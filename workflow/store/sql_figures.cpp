// What cases add to reports, as it is kept, and which are to be counted.
#include <limits>

#include "workflow/store/change_list.h"
#include "workflow/store/sql.h"
#include "workflow/store/sql_rows.h"
#include "workflow/store/sql_store.h"

namespace huiyin {
namespace {

constexpr int a_page = 10'000;  // rows in hand at once: PostgreSQL gives all that was asked for

}  // namespace

void SqlTransaction::each_case_figures(const std::string& policy, TimePoint from, TicketId after, TimePoint until,
                                       const std::function<bool(const CaseFigures&)>& take) {
    CaseFigures one;
    one.policy = policy;
    auto at = to_ms(from), last = after.value;
    for (int found = a_page; found == a_page;) {
        found = 0;
        Query row(driver_, sql::case_figures, context_.organisation, policy, at, last, to_ms(until), a_page);
        while (row.step()) {
            ++found;
            at = row.integer(0);
            last = row.integer(1);
            one.counted_at = from_ms(at);
            one.ticket = TicketId{last};
            one.unit = UnitId{row.integer(2)};
            one.owner_unit = UnitId{row.integer(3)};
            one.edition = row.integer(4);
            one.settled_at = from_ms(row.integer(5));
            one.until = row.is_nothing(6) ? std::nullopt : std::optional(from_ms(row.integer(6)));
            one.kept_out = row.flag(7);
            one.shared = row.text(8);
            one.own = row.text(9);
            if (!take(one)) return;
        }
    }
}

void SqlTransaction::each_case_due(const std::function<void(const CaseDue&)>& take) {
    auto last = std::numeric_limits<std::int64_t>::min();
    for (int found = a_page; found == a_page;) {
        found = 0;
        Query row(driver_, sql::cases_due_counted, context_.organisation, last, a_page);
        while (row.step()) {
            ++found;
            last = row.integer(0);
            const auto accepted = row.integer(1);
            take({TicketId{last}, from_ms(accepted != 0 ? accepted : row.integer(2)), UnitId{row.integer(3)},
                  UnitId{row.integer(4)}});
        }
    }
}

std::vector<TicketId> SqlTransaction::cases_due(TicketId after, int most) {
    std::vector<TicketId> found;
    Query row(driver_, sql::cases_due, context_.organisation, after.value, most);
    while (row.step()) found.push_back(TicketId{row.integer(0)});
    return found;
}

std::vector<TicketId> SqlTransaction::figures_over(TimePoint now, int most) {
    std::vector<TicketId> found;
    Query row(driver_, sql::figures_over, context_.organisation, 0, to_ms(now), most);
    while (row.step()) found.push_back(TicketId{row.integer(0)});
    return found;
}

// Of a case that has changed meanwhile nothing is kept: it stays due.
void SqlTransaction::settle(const CaseFigures& one, TimePoint opened_at, std::int64_t version) {
    const auto until = one.until ? std::optional(to_ms(*one.until)) : std::nullopt;
    if (one.counted_at != opened_at)  // where it was counted before it was accepted
        change_later(driver_, sql::drop_case_figures, Expected::any, context_.organisation, one.policy,
                     to_ms(opened_at), one.ticket.value);
    change_later(driver_, sql::save_case_figures, Expected::any, context_.organisation, one.policy,
                 to_ms(one.counted_at), one.ticket.value, one.unit.value, one.owner_unit.value, one.edition,
                 to_ms(one.settled_at), until, one.kept_out, one.shared, one.own, version);
    change_later(driver_, sql::drop_case_due, Expected::any, context_.organisation, one.ticket.value, version);
}

}  // namespace huiyin
