// Tickets, their events, the lists of them, and their numbers.
#include "workflow/store/sql_store.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "workflow/base/json_text.h"
#include "workflow/store/change_list.h"
#include "workflow/store/search.h"
#include "workflow/store/sql.h"
#include "workflow/store/sql_rows.h"

namespace huiyin {
namespace {

using namespace rows;

Ticket read_ticket(const std::string& body) { return ticket_from_json(read_json(body, "a ticket's row")); }

std::int64_t next_due(const Ticket& ticket) {
    auto due = far_future;
    for (const auto& deadline : ticket.deadlines)
        if (deadline.state == "running" && !deadline.soft && deadline.binds.empty())
            due = std::min(due, to_ms(deadline.due_at));
    return due;
}

// When what is personal in it begins to be kept for its time.
std::int64_t end_of(const Ticket& ticket) {
    return std::max(to_ms(ticket.closed_at.value_or(ticket.updated_at)), to_ms(ticket.opened_at));
}

bool has_unit(const TicketFilter& filter, UnitId unit) {
    return std::find(filter.units.begin(), filter.units.end(), unit) != filter.units.end();
}

bool passes(const TicketFilter& filter, const Ticket& ticket) {
    if (!has_unit(filter, ticket.unit) && !has_unit(filter, ticket.owner_unit)) return false;
    const auto differs = [](const std::string& wanted, const std::string& is) {
        return !wanted.empty() && wanted != is;
    };
    if (differs(filter.state, ticket.state) || differs(filter.phase, to_text(ticket.phase)) ||
        differs(filter.kind, ticket.kind) || differs(filter.category, ticket.category) ||
        differs(filter.level, ticket.level))
        return false;
    if (filter.assignee && filter.assignee != ticket.assignee) return false;
    const bool open = !is_end(ticket.phase);
    if (filter.overdue && *filter.overdue != (open && next_due(ticket) < to_ms(filter.now))) return false;
    if ((filter.open_only || filter.order == TicketFilter::Order::next_deadline) && !open) return false;
    if (filter.since && ticket.opened_at < *filter.since) return false;
    if (filter.until && ticket.opened_at >= *filter.until) return false;
    return !filter.customer || filter.customer == ticket.customer;
}

constexpr int looked_at_most = 2000;  // for a page

bool looks_like_a_number(const std::string& form) {
    const auto all = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-'; };
    return form.size() >= 4 && std::all_of(form.begin(), form.end(), all) &&
           form.find_first_of("0123456789") != std::string::npos;
}

// Of all terms; none where one of them is a character alone, which says too little.
std::vector<std::uint32_t> pairs_of(const std::vector<std::string>& terms, const Vault& vault) {
    std::vector<std::uint32_t> pairs;
    for (const auto& term : terms) {
        const auto of_term = pair_hashes(vault, term);
        if (of_term.empty()) return {};
        pairs.insert(pairs.end(), of_term.begin(), of_term.end());
    }
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    return pairs;
}

}  // namespace

std::optional<Ticket> SqlTransaction::ticket(TicketId id) {
    if (const auto held = cases_.find(id); held != cases_.end()) return held->second.ticket;
    if (recent_)
        if (const auto* known = recent_->cases.find(id)) return known->ticket;
    Query row(driver_.aside(), sql::ticket, context_.organisation, id.value);
    if (!row.step()) return std::nullopt;
    return cases_[id].ticket = read_ticket(row.text(0));
}

std::optional<Ticket> SqlTransaction::ticket_numbered(const std::string& number) {
    Query row(driver_, sql::ticket_numbered, context_.organisation, number);
    if (!row.step()) return std::nullopt;
    return read_ticket(row.text(0));
}

std::vector<Ticket> SqlTransaction::tickets_of(PersonId person, int limit) {
    std::vector<Ticket> found;
    const bool opened =
        std::any_of(opened_.begin(), opened_.end(), [&](const auto& each) { return each.first == person; });
    const auto enough = [limit](const RecentRows::OfPerson& known) {
        return known.limit >= limit || static_cast<int>(known.tickets.size()) < known.limit;
    };
    if (!opened) {
        const RecentRows::OfPerson* known = nullptr;
        if (const auto held = tickets_of_.find(person); held != tickets_of_.end()) {
            known = &held->second;
        } else if (recent_) {
            known = recent_->tickets_of.find(person);
        }
        if (known && enough(*known)) {
            const auto ids = known->tickets;
            for (const auto id : ids)
                if (static_cast<int>(found.size()) < limit)
                    if (auto one = ticket(id)) found.push_back(std::move(*one));
            return found;
        }
    }
    const bool opened_lately = opened || (recent_ && recent_->opened.find(person));
    Query row(opened_lately ? driver_ : driver_.aside(), sql::tickets_of, context_.organisation, person.value, limit);
    RecentRows::OfPerson list{{}, limit};  // kept when it is whole: one that breaks off would look like all there are
    while (row.step()) {
        auto one = read_ticket(row.text(0));
        list.tickets.push_back(one.id);
        if (const auto held = cases_.find(one.id); held != cases_.end()) {
            one = held->second.ticket;
        } else if (const auto* known = recent_ ? recent_->cases.find(one.id) : nullptr) {
            one = known->ticket;  // the row may be older than what a unit before this one made of it
        } else if (recent_) {
            cases_.emplace(one.id, RecentRows::Case{one, std::nullopt});
        }
        found.push_back(std::move(one));
    }
    tickets_of_[person] = std::move(list);
    return found;
}

void SqlTransaction::each_ticket(const std::function<void(const Ticket&)>& visit) {
    for (std::int64_t last = std::numeric_limits<std::int64_t>::min();;) {
        std::vector<Ticket> some;
        {
            Query row(driver_, sql::all_tickets, context_.organisation, last, 256);
            while (row.step()) {
                last = row.integer(0);
                some.push_back(read_ticket(row.text(1)));
            }
        }
        if (some.empty()) return;
        for (const auto& one : some) visit(one);
    }
}

std::int64_t SqlTransaction::event_count() {
    Query row(driver_, sql::event_count, context_.organisation);
    return row.step() ? row.integer(0) : 0;
}

void SqlTransaction::save(const Ticket& ticket, std::int64_t version_before, const std::vector<StoredEvent>& events,
                          const std::vector<EventId>& ids) {
    if (events.size() != ids.size()) throw std::logic_error("store: every event needs its id");
    if (touched_.tickets.insert(ticket.id).second)
        change_later(driver_, sql::note_case_due, Expected::any, context_.organisation, ticket.id.value);
    TextId details_before;
    const auto held = cases_.find(ticket.id);
    const auto* known = held != cases_.end() ? &held->second : recent_ ? recent_->cases.find(ticket.id) : nullptr;
    const bool at_version = version_before == 0 || (known && known->ticket.version == version_before);
    if (version_before > 0 && known) {
        details_before = known->ticket.details;
    } else if (version_before > 0) {
        Query row(driver_, sql::details_of, context_.organisation, ticket.id.value);
        if (row.step()) details_before = TextId{row.integer(0)};
    }
    const auto body = to_text(to_json_value(ticket));
    const auto phase = to_text(ticket.phase);
    const bool open = !is_end(ticket.phase);
    const auto due = open ? next_due(ticket) : far_future;
    const auto accepted_at = ticket.accepted_at ? to_ms(*ticket.accepted_at) : 0;
    const auto ended_at = open ? 0 : end_of(ticket);
    const auto update = [&](auto&& make, const auto&... more) {
        return make(driver_, sql::update_ticket, more..., ticket.number, ticket.version, ticket.state, phase, open,
                    ticket.kind, ticket.category, ticket.level, ticket.unit.value, ticket.owner_unit.value,
                    ticket.assignee.value, ticket.customer.value, ticket.details.value, to_ms(ticket.opened_at), due,
                    accepted_at, ended_at, body, context_.organisation, ticket.id.value, version_before);
    };
    const bool saved =
        version_before == 0
            ? change_later(driver_, sql::add_ticket, Expected::one, context_.organisation, ticket.id.value,
                           ticket.number, ticket.version, ticket.state, phase, open, ticket.kind, ticket.category,
                           ticket.level, ticket.unit.value, ticket.owner_unit.value, ticket.assignee.value,
                           ticket.customer.value, ticket.details.value, to_ms(ticket.opened_at), due, accepted_at,
                           ended_at, body)
        : at_version ? update([](auto&&... values) { return change_later(values...); }, Expected::one)
                     : update([](auto&&... values) { return change(values...); }) == 1;
    if (!saved)
        throw StaleTicket("ticket " + ticket.number + " is not at version " + std::to_string(version_before) +
                          " any more");
    remember(ticket, version_before, events);
    for (std::size_t i = 0; i < events.size(); ++i) {
        const auto& event = events[i];
        change_later(driver_, sql::add_event, Expected::any, context_.organisation, ticket.id.value, event.sequence,
                     ids[i].value, event.type, to_ms(event.at), event.text, event.previous_hash, event.hash);
    }
    if (ticket.details != details_before) index_words(ticket);
}

void SqlTransaction::remember(const Ticket& ticket, std::int64_t version_before,
                              const std::vector<StoredEvent>& events) {
    auto held = cases_.find(ticket.id);
    if (held == cases_.end()) {
        const auto* known = recent_ ? recent_->cases.find(ticket.id) : nullptr;
        held = cases_.emplace(ticket.id, known ? *known : RecentRows::Case{}).first;
    }
    auto& [row, history] = held->second;
    if (version_before == 0) {
        history.emplace();
        opened_.emplace_back(ticket.customer, ticket.id);
    }
    if (version_before != 0 && row.id && row.customer != ticket.customer && recent_) {
        for (const auto person : {row.customer, ticket.customer}) {
            recent_->tickets_of.erase(person);
            recent_->opened.put(person, ticket.id);
        }
    }
    if (history) history->insert(history->end(), events.begin(), events.end());
    row = ticket;
}

void SqlTransaction::index_words(const Ticket& ticket) {
    if (!ticket.details) return;
    const auto details = this->details(ticket.details);
    const auto pairs = packed(pair_hashes(context_.vault, search_form(details.summary + "\n" + details.label)));
    change_later(driver_, sql::save_words, Expected::any, context_.organisation, ticket.id.value, Bytes{pairs});
}

TicketRow SqlTransaction::row_of(TicketId id) {
    TicketRow row;
    if (auto found = ticket(id)) row.ticket = std::move(*found);
    row.details = details(row.ticket.details);
    return row;
}

Page<TicketRow> SqlTransaction::tickets(const TicketFilter& filter) {
    if (filter.units.empty() || filter.limit <= 0) return {};
    return filter.words.empty() && !filter.customer ? tickets_listed(filter) : tickets_found(filter);
}

// Where the list goes on; nothing for a cursor that is none of ours.
std::optional<Key> SqlTransaction::place_in_list(const TicketFilter& filter) {
    const bool by_deadline = filter.order == TicketFilter::Order::next_deadline;
    Key from{std::numeric_limits<std::int64_t>::min(), 0};
    if (!by_deadline) from = filter.until ? Key{to_ms(*filter.until), 0} : Key{far_future, far_future};
    if (filter.cursor.empty()) return from;
    const auto given = from_cursor(filter.cursor);
    if (!given) return std::nullopt;
    return by_deadline ? *given : std::min(from, *given);
}

// Reads so many keys for every unit, as home and as owner, and keeps the first of all; words and customer aside.
std::vector<Key> SqlTransaction::keys_listed(const TicketFilter& filter, const Key& from, int count) {
    const bool by_deadline = filter.order == TicketFilter::Order::next_deadline;
    const auto until = filter.until ? to_ms(*filter.until) : far_future;
    const auto since = filter.since ? to_ms(*filter.since) : std::numeric_limits<std::int64_t>::min();
    const int overdue = filter.overdue ? (*filter.overdue ? 1 : 0) : -1;
    const bool open_only =
        filter.open_only || overdue == 1;  // only open ones are late: the closed are not walked through
    std::set<Key> keys;
    const auto read = [&](const Sentence& sentence, UnitId unit) {
        const auto collect = [&](Query& row) {
            while (row.step()) keys.insert({row.integer(0), row.integer(1)});
        };
        if (by_deadline) {
            Query row(driver_, sentence, context_.organisation, unit.value, from.first, from.second, since,
                      filter.state, filter.phase, filter.kind, filter.category, filter.level, filter.assignee.value,
                      overdue, to_ms(filter.now), until, count);
            collect(row);
        } else {
            Query row(driver_, sentence, context_.organisation, unit.value, from.first, from.second, since,
                      filter.state, filter.phase, filter.kind, filter.category, filter.level, filter.assignee.value,
                      overdue, to_ms(filter.now), count);
            collect(row);
        }
    };
    for (const auto unit : filter.units) {
        read(by_deadline ? sql::tickets_by_deadline : open_only ? sql::tickets_newest_open : sql::tickets_newest, unit);
        read(by_deadline ? sql::tickets_by_deadline_owned
             : open_only ? sql::tickets_newest_open_owned
                         : sql::tickets_newest_owned,
             unit);
    }
    std::vector<Key> ordered(keys.begin(), keys.end());
    if (!by_deadline) std::reverse(ordered.begin(), ordered.end());
    if (ordered.size() > static_cast<std::size_t>(count)) ordered.resize(static_cast<std::size_t>(count));
    return ordered;
}

Page<TicketRow> SqlTransaction::tickets_listed(const TicketFilter& filter) {
    const auto from = place_in_list(filter);
    if (!from) return {};
    const auto ordered = keys_listed(filter, *from, filter.limit + 1);
    Page<TicketRow> page;
    const auto count = std::min<std::size_t>(ordered.size(), static_cast<std::size_t>(filter.limit));
    for (std::size_t i = 0; i < count; ++i) page.items.push_back(row_of(TicketId{ordered[i].second}));
    if (ordered.size() > count) page.next_cursor = to_cursor(ordered[count - 1]);
    return page;
}

// Goes through the list and keeps what is wanted of it. A page may be short, or empty, and go on.
Page<TicketRow> SqlTransaction::tickets_walked(const TicketFilter& filter, const Wanted& wanted) {
    constexpr int at_a_time = 256;
    Page<TicketRow> page;
    auto last = place_in_list(filter);
    if (!last) return page;
    for (int looked = 0;;) {
        const auto keys = keys_listed(filter, *last, at_a_time);
        for (const auto& key : keys) {
            auto row = looked == looked_at_most ? std::nullopt : wanted(TicketId{key.second});
            if (looked++ == looked_at_most || (row && static_cast<int>(page.items.size()) == filter.limit)) {
                page.next_cursor = to_cursor(*last);
                return page;
            }
            if (row) page.items.push_back(std::move(*row));
            last = key;
        }
        if (keys.size() < at_a_time) return page;
    }
}

std::vector<TicketId> SqlTransaction::tickets_of_period(const std::vector<UnitId>& units, TimePoint from,
                                                        TimePoint until) {
    constexpr std::int64_t a_day = 86'400'000;
    std::vector<Key> keys;
    for (const auto unit : units)
        for (const auto* sentence : {&sql::tickets_of_period, &sql::tickets_of_period_owned}) {
            Query row(driver_, *sentence, context_.organisation, unit.value, to_ms(from) - a_day, to_ms(until),
                      to_ms(from));
            while (row.step()) keys.push_back({row.integer(0), row.integer(1)});
        }
    const std::set<UnitId> among(units.begin(), units.end());
    Query row(driver_, sql::tickets_accepted_later, context_.organisation, to_ms(from), to_ms(until));
    while (row.step())
        if (among.contains(UnitId{row.integer(2)}) || among.contains(UnitId{row.integer(3)}))
            keys.push_back({row.integer(0), row.integer(1)});
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());  // home and owner may both be among the units
    std::vector<TicketId> found;
    found.reserve(keys.size());
    for (const auto& key : keys) found.push_back(TicketId{key.second});
    return found;
}

// Of how many tickets that begins the number, at most so many.
std::vector<TicketId> SqlTransaction::numbered(std::string beginning, int most) {
    std::transform(beginning.begin(), beginning.end(), beginning.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    std::vector<TicketId> found;
    Query row(driver_, sql::numbered_like, context_.organisation, beginning, beginning + "\x7f", most);
    while (row.step()) found.push_back(TicketId{row.integer(0)});
    return found;
}

// By number, by customer, or by the words' character pairs, at most so many.
std::vector<TicketId> SqlTransaction::candidates(const TicketFilter& filter, const std::vector<std::string>& terms,
                                                 int most) {
    std::vector<TicketId> found;
    if (terms.empty()) {
        Query row(driver_, sql::ids_of_customer, context_.organisation, filter.customer.value, most);
        while (row.step()) found.push_back(TicketId{row.integer(0)});
        return found;
    }
    if (terms.size() == 1 && looks_like_a_number(terms.front())) found = numbered(terms.front(), most);
    if (!found.empty()) return found;
    PairSearch search(driver_, context_.organisation, pairs_of(terms, context_.vault), far_future);
    while (static_cast<int>(found.size()) < most)
        if (const auto id = search.next())
            found.push_back(TicketId{*id});
        else
            break;
    return found;
}

Page<TicketRow> SqlTransaction::tickets_found(const TicketFilter& filter) {
    const bool by_deadline = filter.order == TicketFilter::Order::next_deadline;
    const auto terms = search_terms(filter.words);
    std::optional<Key> after;
    if (!filter.cursor.empty() && !(after = from_cursor(filter.cursor))) return {};
    const Wanted wanted = [&](TicketId id) -> std::optional<TicketRow> {
        auto found = ticket(id);
        if (!found || !passes(filter, *found)) return std::nullopt;
        TicketRow row{std::move(*found), {}};
        row.details = details(row.ticket.details);
        const auto form = search_form(row.details.summary + "\n" + row.details.label);
        const auto number = search_form(row.ticket.number);
        const bool all = std::all_of(terms.begin(), terms.end(), [&](const std::string& term) {
            return form.find(term) != std::string::npos || number.compare(0, term.size(), term) == 0;
        });
        if (!all) return std::nullopt;
        return row;
    };
    const auto limit = static_cast<std::size_t>(filter.limit);
    const bool by_number =
        terms.size() == 1 && looks_like_a_number(terms.front()) && !numbered(terms.front(), 1).empty();
    Page<TicketRow> page;
    // Found by words they come newest first: who wants the newest needs no more of them than his page. A page may be
    // short, or empty, and go on: of one who may see little, much is looked at in vain.
    if (!by_deadline && !terms.empty() && !by_number) {
        PairSearch search(driver_, context_.organisation, pairs_of(terms, context_.vault),
                          after ? after->second : far_future);
        std::int64_t last = 0;
        for (int looked = 0; const auto id = search.next(); ++looked) {
            if (looked == looked_at_most) {
                page.next_cursor = to_cursor({last, last});
                break;
            }
            auto row = wanted(TicketId{*id});
            if (row && page.items.size() == limit) {
                page.next_cursor = to_cursor({last, last});
                break;
            }
            if (row) page.items.push_back(std::move(*row));
            last = *id;
        }
        return page;
    }
    // In another order than they are found: looked at one and all, where they are few.
    const auto few = candidates(filter, terms, looked_at_most + 1);
    if (few.size() > looked_at_most) return tickets_walked(filter, wanted);
    std::vector<std::pair<Key, TicketRow>> rows;
    for (const auto id : few) {
        auto row = wanted(id);
        if (!row) continue;
        const Key key{by_deadline ? next_due(row->ticket) : to_ms(row->ticket.opened_at), id.value};
        if (after && (by_deadline ? key <= *after : key >= *after)) continue;
        rows.emplace_back(key, std::move(*row));
    }
    std::sort(rows.begin(), rows.end(),
              [&](const auto& a, const auto& b) { return by_deadline ? a.first < b.first : b.first < a.first; });
    const auto count = std::min(rows.size(), limit);
    if (rows.size() > count) page.next_cursor = to_cursor(rows[count - 1].first);
    for (std::size_t i = 0; i < count; ++i) page.items.push_back(std::move(rows[i].second));
    return page;
}

std::vector<StoredEvent> SqlTransaction::events(TicketId ticket) {
    const auto held = cases_.find(ticket);
    if (held != cases_.end() && held->second.events) return *held->second.events;
    if (held == cases_.end() && recent_)
        if (const auto* known = recent_->cases.find(ticket); known && known->events) return *known->events;
    std::vector<StoredEvent> found;
    const bool changed_lately = held != cases_.end() || (recent_ && recent_->cases.find(ticket));
    Query row(changed_lately ? driver_ : driver_.aside(), sql::events, context_.organisation, ticket.value,
              std::numeric_limits<std::int64_t>::min(), far_future);
    while (row.step())
        found.push_back({row.integer(0), row.text(1), from_ms(row.integer(2)), row.text(3), row.text(4), row.text(5)});
    if (held != cases_.end()) held->second.events = found;
    return found;
}

Page<StoredEvent> SqlTransaction::events_page(TicketId ticket, std::int64_t after, int limit) {
    Page<StoredEvent> page;
    Query row(driver_, sql::events, context_.organisation, ticket.value, after, limit + 1);
    while (row.step()) {
        if (static_cast<int>(page.items.size()) == limit) {
            page.next_cursor = std::to_string(page.items.back().sequence);
            break;
        }
        page.items.push_back(
            {row.integer(0), row.text(1), from_ms(row.integer(2)), row.text(3), row.text(4), row.text(5)});
    }
    return page;
}

int SqlTransaction::next_number(const std::string& series) {
    auto held = numbers_.find(series);
    if (held == numbers_.end() && recent_)
        if (const auto* known = recent_->numbers.find(series)) held = numbers_.emplace(series, *known).first;
    if (held != numbers_.end()) {
        change_later(driver_, sql::set_number, Expected::one, context_.organisation, series, held->second + 1);
        return ++held->second;
    }
    Query row(driver_, sql::next_number, context_.organisation, series);
    row.step();
    const auto number = static_cast<int>(row.integer(0));
    if (recent_) numbers_[series] = number;
    return number;
}

}  // namespace huiyin
