// What is known of a case, as one flat list of typed facts: all that a policy's rules may look at.
// Pure values. The ticket room fills them (from the ticket, the moment and the command), the policy room reads them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "workflow/base/json_text.h"
#include "workflow/base/result.h"
#include "workflow/policy/same_text.h"

namespace huiyin {

// A fact that is not known is left out (JsonLogic sees null), never written as 0 or "".
using Fact = std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>>;

// A fact's name with what finds it quickly; made of a literal, it costs nothing.
class FactName {
public:
    constexpr FactName(std::string_view text) : text_(text), mark_(mark_of(text)) {}
    template <std::size_t size>
    consteval FactName(const char (&literal)[size]) : FactName(std::string_view(literal, size - 1)) {}
    template <class Pointer>
    requires std::is_same_v<Pointer, const char*> FactName(Pointer text) : FactName(std::string_view(text)) {}
    FactName(const std::string& text) : FactName(std::string_view(text)) {}
    constexpr FactName(std::string_view text, std::uint32_t mark) : text_(text), mark_(mark) {}
    constexpr std::string_view text() const { return text_; }
    constexpr std::uint32_t mark() const { return mark_; }
    static constexpr std::uint32_t mark_of(std::string_view text) {  // of its length and its outermost letters
        const auto size = text.size();
        const auto letter = [&](std::size_t at) {
            return at < size ? static_cast<std::uint32_t>(static_cast<unsigned char>(text[at])) : 0U;
        };
        const auto head = letter(0) | letter(1) << 8 | letter(2) << 16 | letter(3) << 24;
        const auto tail = letter(size - 1) | letter(size - 2) << 8 | letter(size - 3) << 16 | letter(size - 5) << 24;
        return head * 2654435761U ^ tail * 2246822519U ^ static_cast<std::uint32_t>(size) * 3266489917U;
    }

private:
    std::string_view text_;
    std::uint32_t mark_;
};

// Facts by name, each name once, in the order in which they became known. Few enough that looking through them beats a
// tree: the rules ask for them all the time. Iterators end with the next change.
class Facts {
public:
    using value_type = std::pair<std::string, Fact>;
    using iterator = std::vector<value_type>::iterator;
    using const_iterator = std::vector<value_type>::const_iterator;

    Facts() = default;
    Facts(std::initializer_list<value_type> facts);
    iterator begin() { return all_.begin(); }
    iterator end() { return all_.end(); }
    const_iterator begin() const { return all_.begin(); }
    const_iterator end() const { return all_.end(); }
    bool empty() const { return all_.empty(); }
    std::size_t size() const { return all_.size(); }
    void reserve(std::size_t count);
    const_iterator find(FactName name) const { return all_.begin() + place_of(name); }
    iterator find(FactName name) { return all_.begin() + place_of(name); }
    std::size_t count(FactName name) const { return find(name) == end() ? 0 : 1; }
    const Fact& at(FactName name) const;  // throws std::out_of_range
    Fact& operator[](FactName name);
    void insert_or_assign(FactName name, Fact fact) { (*this)[name] = std::move(fact); }
    // For a name that is not there yet, as the caller knows.
    Fact& add(FactName name, Fact fact);
    std::size_t erase(FactName name);
    iterator erase(const_iterator place);  // gives the one after it
    void clear();
    friend bool operator==(const Facts& a, const Facts& b);  // in whatever order

private:
    friend class FactWriter;
    std::ptrdiff_t place_of(FactName name) const { return static_cast<std::ptrdiff_t>(place_behind(0, name)); }
    [[gnu::always_inline]] bool stands_at(std::size_t place, FactName name) const {
        return marks_[place] == name.mark() && is_same_text(all_[place].first, name.text());
    }
    // Where the name stands at `from` or behind it; the size if nowhere.
    std::size_t place_behind(std::size_t from, FactName name) const {
        while (from < marks_.size() && !stands_at(from, name)) ++from;
        return from;
    }
    std::vector<std::uint32_t> marks_;
    std::vector<value_type> all_;
};

// Writes facts over those of the time before, which are mostly the same ones in the same order: then nothing is
// allocated and nothing is looked for. What is not written again is gone when finish() is called.
class FactWriter {
public:
    explicit FactWriter(Facts& facts) : facts_(facts) {}
    // Each name once. Mixed into its caller, as is_same_text() is.
    template <class Value>
    [[gnu::always_inline]] void put(FactName name, Value&& value) {
        auto& fact = next(name);
        using Kind = std::remove_cvref_t<Value>;
        auto* before = std::get_if<Kind>(&fact);
        if (!before)
            fact = std::forward<Value>(value);
        else if constexpr (!std::is_same_v<Kind, std::string>)
            *before = std::forward<Value>(value);
        else if (!is_same_text(*before, value))
            *before = std::forward<Value>(value);
    }
    // A list of so many items, to be written over.
    std::vector<std::string>& list(FactName name, std::size_t size);
    // What was put already keeps its value.
    void put_if_new(FactName name, const Fact& fact);
    void finish();

private:
    [[gnu::always_inline]] Fact& next(FactName name) {
        const auto here = at_++;
        return here < facts_.marks_.size() && facts_.stands_at(here, name) ? facts_.all_[here].second
                                                                           : brought_to(here, name);
    }
    Fact& brought_to(std::size_t place, FactName name);
    Facts& facts_;
    std::size_t at_ = 0;
};

// Money is kept in whole fen and looked at in yuan: "labour_fen" -> "labour_yuan".
bool is_yuan(std::string_view name);
bool is_fen(std::string_view name);
std::string fen_name(std::string name);  // one that is not in yuan stays as it is
std::string yuan_name(std::string_view fen);

enum class FactType { yes_no, integer, number, text, list, time };  // time: milliseconds; written as RFC 3339
const std::string& to_text(FactType type);                          // "yes_no", as a pack writes it
std::optional<FactType> fact_type_named(std::string_view name);

struct FactInfo {
    std::string name;
    FactType type = FactType::text;
    std::string title;                       // for managers, in the pack's language
    std::vector<std::string> choices;        // closed lists only; empty = open
    std::vector<std::string> choice_titles;  // as many, where the pack names them
    friend bool operator==(const FactInfo&, const FactInfo&) = default;
};

// clang-format off
// The facts every pack may use; a pack adds its own under "facts". In this order:
//
//  kind category level state phase channel validity cause owner_role                 text
//  amount_yuan (at stake with the customer) purchase_yuan (cost of repair)           number
//  people (distinct complainants) contacts repeats                                   integer
//  media lawsuit group anonymous                                                     yes_no (also true when the flag is set)
//  flags                                                                             list, the closed list of interface
//  accepted assigned escalated exempt paused                                         yes_no: has happened / holds now
//  overdue (`handle` or `escalated` was missed since work began anew) overdue_accept yes_no
//  consent (agreed, small_gap, irreconcilable; absent while a newer proposal waits)  text
//  proposals reviews reopens attempts (to reach the customer since it was resolved)  integer
//  fixed (yes, partly, no) score (1..5)                                              text, integer
//  days_since_resolved days_since_closed                                             integer, whole days of 24 hours
//  working_time                                                                      yes_no: the unit is at work at `now`
//  source (how it came in)                                                           text, Policy.sources
//  intake_kind intake_category (as filed; kind and category are as judged since)     text
//  admission (accept, refuse, redirect, advise, ask) admission_test                  text: what the tests say now
//  insists (on being taken in spite of advice)                                       yes_no
//  told missing_slots unknown_slots                                                  list of slots: filled / wanting / "not yet known"
//  steps_open steps_done missed (deadlines)                                          list
//  handlers (distinct people who have it in hand)                                    integer
//  drawn (for a revisit)                                                             yes_no
//  emergency (which danger: lift, gas, injury …; absent when there is none)           text
//
// Beside them a rule sees the fields of the command in hand as {"var":"given.answer"}, and, in a deadline's start or
// stop, those of the event in hand as {"var":"event.to"}.
// clang-format on
const std::vector<FactInfo>& common_facts();

// Flags of the interface, in its order.
const std::vector<std::string>& common_flags();

// What happens to a ticket, by name; deadlines start and stop on these. Every event that a command causes carries the
// fields `from` and `to` (state names, equal when it stays) and the command's own fields.
//
//  ticket.opened ticket.accepted ticket.rejected ticket.assigned ticket.transferred ticket.returned ticket.escalated
//  ticket.urged ticket.extended{clock, until} ticket.paused{until} ticket.resumed ticket.classified ticket.proposed
//  ticket.reviewed{decision} ticket.consented{answer} ticket.resolved ticket.confirmed{fixed} ticket.rated{score}
//  ticket.revisited{means, reached, score} ticket.reopened ticket.withdrawn ticket.merged ticket.terminated
//  ticket.noted ticket.replied ticket.completed{step} ticket.decided{step, decision}
//  ticket.level_changed{level} ticket.routed{role} ticket.closed deadline.warned{deadline} deadline.missed{deadline}
//  emergency.paged consent.asked fixed.asked rating.asked task.opened{task} task.dropped{task}
//  fact.set{fact, value} flag.set{flag} revisit.drawn{stratum, revisit} supporter.joined evidence.added
//  details.amended penalty.proposed{penalty, amount_fen}
//  event.declared{event, declaration, title, from, until} event.lifted{declaration, until}
const std::vector<std::string>& known_events();
// The commands of the interface, and the event each becomes: "accept" -> "ticket.accepted"; empty if unknown.
const std::vector<std::string>& known_commands();
std::string event_of(std::string_view command);

Json to_json(const Facts& facts);
// Facts from a JSON object, checked against `known`: unknown names (with the nearest), wrong types, choices outside the
// list. `pointer` is where the object stands.
Facts read_facts(const Json& object, const std::vector<FactInfo>& known, const std::string& pointer,
                 std::vector<Finding>& findings);

// A JsonLogic rule of a pack; empty = always. Cheap to copy, never changed after loading. Threads: any.
class QuickRule;
struct Rule {
    std::shared_ptr<const Json> logic;
    std::shared_ptr<const QuickRule> quick = {};  // the same made ready, where it can be (quick_rule.h)
    bool asks_given = false;                      // it looks at the fields of the command in hand
    explicit operator bool() const { return logic != nullptr; }
};
Rule rule_of(const Json& logic);
// Does the rule hold? An empty one does; one that cannot be evaluated on these facts does not.
// `given` and `event` are the fields seen under those names.
bool holds(const Rule& rule, const Facts& facts, const Facts& given = {}, const Facts& event = {});

}  // namespace huiyin
