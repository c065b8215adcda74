#include "workflow/engine/kept_figures.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "workflow/base/digest.h"
#include "workflow/base/log.h"
#include "workflow/engine/case_records.h"
#include "workflow/engine/surroundings.h"
#include "workflow/store/driver.h"

namespace huiyin {
namespace {

constexpr std::size_t a_portion = 200;

std::int64_t number_of(const std::string& text) {
    const auto bytes = sha256(text);
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < 8; ++i) number = number << 8 | static_cast<unsigned char>(bytes[i]);
    return static_cast<std::int64_t>(number >> 1);
}

std::unordered_set<std::int64_t> numbers_of(const std::vector<UnitId>& units) {
    std::unordered_set<std::int64_t> numbers;
    for (const auto unit : units) numbers.insert(unit.value);
    return numbers;
}

}  // namespace

KeptFigures::KeptFigures(const EngineParts& parts, std::shared_ptr<const Policy> in_force)
    : parts_(parts),
      in_force_(std::move(in_force)),
      directory_(parts.directory->get()),
      contributions_(*in_force_),
      mark_(sha256(std::to_string(Contributions::form) + "\n" + in_force_->written + "\n" +
                   mark_of(in_force_->calendar))) {}

// All that a calendar says of a moment: zone, hours, and every day of the years that it knows.
std::string KeptFigures::mark_of(const Calendar& calendar) {
    using namespace std::chrono;
    std::string all = calendar.zone().name();
    const auto add = [&](const std::vector<Period>& periods) {
        all += '\n';
        for (const auto& period : periods)
            all += std::to_string(period.from.count()) + "-" + std::to_string(period.until.count()) + " ";
    };
    for (const auto& day : calendar.week_hours().days) add(day);
    add(calendar.week_hours().make_up);
    for (const auto& [day, periods] : calendar.week_hours().dates) {
        all += "\n" + to_date(day);
        add(periods);
    }
    constexpr int first_year = 1970, last_year = 2100;
    for (int number = first_year; number <= last_year; ++number) {
        if (!calendar.knows_year(number)) continue;
        all += "\n" + std::to_string(number);
        for (auto day = local_days{year{number} / January / 1}; day < local_days{year{number + 1} / January / 1};
             day += days{1}) {
            const auto status = calendar.day(day);
            all += std::to_string(static_cast<int>(status.kind)) + status.name + ",";
        }
    }
    return sha256(all);
}

std::int64_t KeptFigures::edition(const std::string& version, UnitId unit, const std::string& channel) {
    auto& mark = marks_[{version, unit}];
    if (mark.empty()) {
        const auto rules = parts_.policies->pinned(in_force_->id, version);
        const auto of_calendar = [&](const std::shared_ptr<const Calendar>& calendar) {
            auto& known = calendar_marks_[calendar.get()];
            if (known.empty()) {
                calendars_.push_back(calendar);  // first: a mark of one that is not kept would be another's
                known = mark_of(*calendar);
            }
            return known;
        };
        auto all = mark_ + rules->version + "\n" + rules->written;
        all += of_calendar(parts_.policies->calendar_of(rules, directory_->unit(unit)));
        for (const auto& [name, calendar] : rules->calendars) all += name + of_calendar({rules, &calendar});
        mark = sha256(all);  // whole or empty: it is taken for what it says from now on
    }
    const auto* traits = !channel.empty() && parts_.speaker ? parts_.speaker->traits(ChannelId{channel}) : nullptr;
    return number_of(mark + channel + "\n" + (traits ? traits->kind : std::string()));
}

CaseFigures KeptFigures::of(Reading& reading, const Ticket& ticket, TimePoint now) {
    CaseFigures kept;
    kept.policy = in_force_->id;
    kept.counted_at = counted_at(ticket);
    kept.ticket = ticket.id;
    kept.unit = ticket.unit;
    kept.owner_unit = ticket.owner_unit;
    kept.settled_at = now;
    kept.kept_out = !ticket.recused.empty();
    const auto record = record_of(reading, parts_, ticket, now, RecordOf::figures);
    auto made = contributions_.of(record);
    kept.until = made.moves ? from_ms(0) : made.until;
    kept.shared = std::move(made.shared);
    kept.own = std::move(made.own);
    const auto head = contributions_.head_of(kept.shared);
    kept.edition = edition(head.version, ticket.unit, head.channel);
    return kept;
}

const KeptFigures::Text* KeptFigures::text_of(const CaseFigures& kept) {
    place_ = kept.shared;
    for (auto number : {kept.edition, kept.unit.value})
        for (int i = 0; i < 8; ++i, number >>= 8) place_ += static_cast<char>(number & 0xff);
    if (place_ == last_place_) return last_;
    auto found = texts_.find(place_);
    if (found == texts_.end()) {
        std::unique_ptr<const Text> text;
        try {
            auto head = contributions_.head_of(kept.shared);
            if (edition(head.version, kept.unit, head.channel) == kept.edition)
                text = std::make_unique<const Text>(Text{kept.shared, kept.unit, std::move(head.counted)});
        } catch (const std::runtime_error&) {  // of other reports, or of an older form
        }
        found = texts_.emplace(place_, std::move(text)).first;
    }
    std::swap(place_, last_place_);
    return last_ = found->second.get();
}

void KeptFigures::forget_texts() {
    texts_.clear();
    last_place_.clear();
}

Contributions::Opened KeptFigures::opened(const Text& text) const {
    auto opened = contributions_.opened(text.shared);
    auto& like = opened.like;
    const auto* unit = directory_->unit(text.unit);
    like.unit = unit ? unit->name : std::string();
    const auto rules = parts_.policies->pinned(in_force_->id, contributions_.head_of(text.shared).version);
    like.owner = title_of_role(parts_, rules, like.ticket.owner_role);
    for (const auto person : opened.people)
        if (const auto* staff = directory_->staff(person)) like.staff[person.value] = staff->name;
    return opened;
}

bool KeptFigures::is_current() const {
    return parts_.directory->get() == directory_ && parts_.policies->in_force(in_force_->id) == in_force_;
}

namespace {

// Cases that count together: what they share is read once.
struct Group {
    int count = 0;
    std::vector<std::int64_t> own;
    std::pair<TimePoint, TicketId> first;
};

class Taking {
public:
    Taking(Store& store, const EngineParts& parts, const FiguresWanted& wanted, TimePoint now)
        : store_(store),
          parts_(parts),
          wanted_(wanted),
          now_(now),
          figures_(parts, wanted.policy),
          units_(numbers_of(wanted.units)) {}

    // One snapshot. What is due is counted whatever is kept of it, also where it counts in another period by now.
    void look() {
        const auto& period = wanted_.period;
        store_.read([&](Reading& reading) {
            std::unordered_set<std::int64_t> due;
            reading.each_case_due([&](const CaseDue& one) {
                due.insert(one.ticket.value);
                const bool counts = one.counted_at >= period.from && one.counted_at < period.until;
                if (counts && is_wanted(one.unit, one.owner_unit)) to_count_.push_back(one.ticket);
            });
            reading.each_case_figures(wanted_.policy->id, period.from, {}, period.until, [&](const CaseFigures& kept) {
                if (is_wanted(kept.unit, kept.owner_unit) && (due.empty() || !due.contains(kept.ticket.value)))
                    take(kept);
                return true;
            });
        });
    }

    void give(const FiguresTaken& take) {
        const auto& contributions = figures_.contributions();
        const auto& report = contributions.reports().at(wanted_.report);
        for (const auto& [text, group] : groups_) {
            const auto opened = figures_.opened(*text);
            take.alike({&opened.like, contributions.sum_of(opened, group.count, group.own, report), group.first},
                       opened.limits, group.count);
        }
        for (std::size_t from = 0; from < to_count_.size(); from += a_portion)
            store_.read([&](Reading& reading) {
                for (auto i = from; i < std::min(from + a_portion, to_count_.size()); ++i) {
                    const auto ticket = reading.ticket(to_count_[i]);
                    if (!ticket || ticket->policy_id != wanted_.policy->id) continue;
                    if (!wanted_.may_see || wanted_.may_see(*ticket))
                        take.one(record_of(reading, parts_, *ticket, now_, RecordOf::figures));
                }
            });
    }

private:
    bool is_wanted(UnitId unit, UnitId owner_unit) const {
        return units_.contains(unit.value) || units_.contains(owner_unit.value);
    }
    void take(const CaseFigures& kept) {
        using Counts = Contributions::Counts;
        const auto* text = KeptFigures::is_in_time(kept, now_) ? figures_.text_of(kept) : nullptr;
        const auto counts = text ? text->counted[wanted_.report] : Counts::look;
        if (counts == Counts::no) return;
        if (counts == Counts::look || (kept.kept_out && wanted_.may_see)) {
            to_count_.push_back(kept.ticket);
            return;
        }
        auto& group = groups_[text];
        if (group.count++ == 0) group.first = {kept.counted_at, kept.ticket};
        figures_.contributions().add_own(kept.own, group.own);
    }

    Store& store_;
    const EngineParts& parts_;
    const FiguresWanted& wanted_;
    TimePoint now_;
    KeptFigures figures_;
    std::unordered_set<std::int64_t> units_;
    std::unordered_map<const KeptFigures::Text*, Group> groups_;
    std::vector<TicketId> to_count_;
};

}  // namespace

void take_figures(Store& store, const EngineParts& parts, const FiguresWanted& wanted, TimePoint now,
                  const FiguresTaken& take) {
    Taking taking(store, parts, wanted, now);
    taking.look();
    taking.give(take);
}

namespace {

struct Counted {
    CaseFigures figures;
    TimePoint opened_at;
    std::int64_t version = 0;
};

// A pack that is in force no more has no reports; what is kept says that nothing was counted.
CaseFigures uncounted(const Ticket& ticket, TimePoint now) {
    return {ticket.policy_id,
            counted_at(ticket),
            ticket.id,
            ticket.unit,
            ticket.owner_unit,
            0,
            now,
            {},
            !ticket.recused.empty(),
            "",
            ""};
}

}  // namespace

KeptFigures& FigureKeeper::figures_of(const std::shared_ptr<const Policy>& in_force) {
    auto& figures = packs_[in_force->id];
    if (!figures) figures = std::make_unique<KeptFigures>(parts_, in_force);
    return *figures;
}

void FigureKeeper::follow_changes() {
    const auto in_force = parts_.policies->in_force();
    const auto directory = parts_.directory->get();
    if (in_force == in_force_ && directory == directory_) return;
    in_force_ = in_force;
    directory_ = directory;
    packs_.clear();
    sweep_ = {};
}

bool FigureKeeper::count(TimePoint now, const std::vector<TicketId>& cases) {
    if (cases.empty()) return false;
    follow_changes();
    std::vector<Counted> counted;
    store_.read([&](Reading& reading) {
        for (const auto id : cases) {
            const auto ticket = reading.ticket(id);
            if (!ticket) continue;
            const auto pack = std::find_if(in_force_.begin(), in_force_.end(),
                                           [&](const auto& each) { return each->id == ticket->policy_id; });
            try {
                auto figures =
                    pack == in_force_.end() ? uncounted(*ticket, now) : figures_of(*pack).of(reading, *ticket, now);
                counted.push_back({std::move(figures), ticket->opened_at, ticket->version});
            } catch (const StoreFailed&) {
                throw;
            } catch (const std::exception& problem) {  // it stays as it is; whoever
                                                       // asks for a report hears of it
                log::error("figures.not_counted", {{"ticket", ticket->number}, {"problem", problem.what()}});
            }
        }
    });
    // Counted in part by the rules before, in part by those of now: all of it once more, when its turn comes.
    const bool same = parts_.directory->get() == directory_ && parts_.policies->in_force() == in_force_;
    if (same && !counted.empty())
        store_.run([&](Transaction& tx) {
            for (const auto& each : counted) tx.settle(each.figures, each.opened_at, each.version);
        });
    return same && !counted.empty();
}

bool FigureKeeper::count_due(TimePoint now) {
    std::vector<TicketId> due;
    store_.read([&](Reading& reading) { due = reading.cases_due(after_, static_cast<int>(a_portion)); });
    if (due.empty()) return false;
    count(now, due);
    after_ = due.back();
    return true;
}

bool FigureKeeper::count_over(TimePoint now) {
    std::vector<TicketId> over;
    store_.read([&](Reading& reading) { over = reading.figures_over(now, static_cast<int>(a_portion)); });
    return count(now, over);
}

bool FigureKeeper::count_stale(TimePoint now) {
    constexpr int a_look = 5000;  // rows
    follow_changes();
    if (sweep_.pack >= in_force_.size()) return false;
    auto& figures = figures_of(in_force_[sweep_.pack]);
    std::vector<TicketId> stale;
    auto at = sweep_;
    int looked = 0;
    bool more = false;
    store_.read([&](Reading& reading) {
        reading.each_case_figures(in_force_[at.pack]->id, at.at, at.ticket, TimePoint::max(),
                                  [&](const CaseFigures& kept) {
                                      if (kept.settled_at > now || !figures.text_of(kept)) stale.push_back(kept.ticket);
                                      at.at = kept.counted_at;
                                      at.ticket = kept.ticket;
                                      more = ++looked == a_look || stale.size() == a_portion;
                                      return !more;
                                  });
    });
    figures.forget_texts();  // a year has many
    const auto in_force = in_force_;
    count(now, stale);
    if (in_force != in_force_) return true;  // they changed meanwhile: it has begun anew
    sweep_ = more ? at : Sweep{at.pack + 1, from_ms(0), {}};
    if (sweep_.pack == in_force_.size()) log::info("figures.looked_through");
    return true;
}

FiguresVerified verify_figures(Store& store, const EngineParts& parts, TimePoint now) {
    FiguresVerified found;
    for (const auto& policy : parts.policies->in_force()) {
        KeptFigures figures(parts, policy);
        TimePoint at = from_ms(0);
        TicketId last;
        for (bool more = true; more;) {
            more = false;
            store.read([&](Reading& reading) {
                std::vector<CaseFigures> some;
                reading.each_case_figures(policy->id, at, last, TimePoint::max(), [&](const CaseFigures& kept) {
                    some.push_back(kept);
                    more = some.size() == a_portion;
                    return !more;
                });
                for (const auto& kept : some) {
                    at = kept.counted_at;
                    last = kept.ticket;
                    const auto due = reading.cases_due(TicketId{kept.ticket.value - 1}, 1);
                    if (!due.empty() && due.front() == kept.ticket) continue;
                    if (!KeptFigures::is_in_time(kept, now) || !figures.text_of(kept)) {
                        ++found.due;
                        continue;
                    }
                    ++found.settled;
                    const auto ticket = reading.ticket(kept.ticket);
                    const auto anew = ticket ? figures.of(reading, *ticket, now) : CaseFigures{};
                    if (anew.shared != kept.shared || anew.own != kept.own || anew.until != kept.until ||
                        anew.counted_at != kept.counted_at || anew.unit != kept.unit ||
                        anew.owner_unit != kept.owner_unit || anew.kept_out != kept.kept_out)
                        found.faults.push_back("ticket " + (ticket ? ticket->number : to_text(kept.ticket)) +
                                               ": its kept figures are not what it gives");
                }
            });
        }
    }
    store.read([&](Reading& reading) {
        for (TicketId last;;) {
            const auto due = reading.cases_due(last, 10'000);
            if (due.empty()) break;
            found.due += static_cast<std::int64_t>(due.size());
            last = due.back();
        }
    });
    return found;
}

}  // namespace huiyin
