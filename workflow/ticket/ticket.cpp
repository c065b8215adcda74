#include "workflow/ticket/ticket.h"

#include <new>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "workflow/base/json_text.h"
#include "workflow/base/kept_json.h"
#include "workflow/ticket/decide.h"  // given_of

namespace huiyin {
namespace {

// One description of the row for both directions: a Writer puts fields into JSON, leaving out what is empty; a Loader
// takes them out again. So a field cannot be written and forgotten when reading.
struct Writer {
    Json json = Json::object();
    template <class T>
    void field(const char* name, const T& value) {
        put(name, value);
    }

private:
    template <class T>
    void put(const char* name, const T& value) {
        if (value != T{}) json[name] = plain(value);
    }
    template <class T>
    void put(const char* name, const std::optional<T>& value) {
        if (value) json[name] = plain(*value);
    }
    static Json plain(const std::string& value) { return value; }
    static Json plain(bool value) { return value; }
    static Json plain(int value) { return value; }
    static Json plain(std::int64_t value) { return value; }
    static Json plain(TimePoint at) { return to_ms(at); }
    static Json plain(Phase phase) { return to_text(phase); }
    static Json plain(const Party& party) { return Json::array({to_text(party.kind), party.id}); }
    template <class Tag, class Value>
    static Json plain(const Strong<Tag, Value>& id) {
        return id.value;
    }
    template <class T>
    static Json plain(const std::set<T>& values) {
        auto list = Json::array();
        for (const auto& value : values) list.push_back(plain(value));
        return list;
    }
    template <class T>
    static Json plain(const std::vector<T>& values) {
        auto list = Json::array();
        for (const auto& value : values) list.push_back(plain(value));
        return list;
    }
    static Json plain(const Facts& facts) { return to_json(facts); }
    template <class T>
    static Json plain(const T& value) {
        Writer inner;
        describe(inner, value);
        return inner.json;
    }
};

struct Loader {
    const Json& json;
    template <class T>
    void field(const char* name, T& value) {
        const auto found = json.find(name);
        if (found != json.end())
            take(*found, value);
        else
            value = T{};  // what was left out was empty, whatever a new ticket starts with
    }

private:
    static void take(const Json& from, std::string& value) { value = from.get<std::string>(); }
    static void take(const Json& from, bool& value) { value = from.get<bool>(); }
    static void take(const Json& from, int& value) { value = from.get<int>(); }
    static void take(const Json& from, std::int64_t& value) { value = from.get<std::int64_t>(); }
    static void take(const Json& from, TimePoint& value) { value = from_ms(from.get<std::int64_t>()); }
    static void take(const Json& from, Phase& value) {
        const auto phase = phase_named(from.get<std::string>());
        if (!phase) throw std::runtime_error("unknown phase " + from.get<std::string>());
        value = *phase;
    }
    static void take(const Json& from, Party& value) {
        const auto kind = from.at(0).get<std::string>();
        for (const auto known : {PartyKind::resident, PartyKind::staff, PartyKind::policy, PartyKind::system})
            if (to_text(known) == kind) value.kind = known;
        value.id = from.at(1).get<std::int64_t>();
    }
    template <class Tag, class Value>
    static void take(const Json& from, Strong<Tag, Value>& id) {
        id.value = from.get<Value>();
    }
    template <class T>
    static void take(const Json& from, std::optional<T>& value) {
        take(from, value.emplace());
    }
    template <class T>
    static void take(const Json& from, std::set<T>& values) {
        for (const auto& item : from) {
            T value{};
            take(item, value);
            values.insert(std::move(value));
        }
    }
    template <class T>
    static void take(const Json& from, std::vector<T>& values) {
        for (const auto& item : from) take(item, values.emplace_back());
    }
    static void take(const Json& from, Facts& facts) { facts = given_of(from); }
    template <class T>
    static void take(const Json& from, T& value) {
        Loader inner{from};
        describe(inner, value);
    }
};

// clang-format off
template <class T, class Value> concept Either = std::is_same_v<std::remove_const_t<T>, Value>;

void describe(auto& f, Either<Proposal> auto& p) {
    f.field("text", p.text); f.field("amount_fen", p.amount_fen); f.field("finish_by", p.finish_by);
    f.field("round", p.round); f.field("at", p.at);
}
void describe(auto& f, Either<Consent> auto& c) { f.field("answer", c.answer); f.field("at", c.at); }
void describe(auto& f, Either<RevisitMade> auto& r) {
    f.field("means", r.means); f.field("at", r.at); f.field("by", r.by); f.field("reached", r.reached);
    f.field("score", r.score);
}
void describe(auto& f, Either<Rating> auto& r) {
    f.field("score", r.score); f.field("scale", r.scale); f.field("comment", r.comment); f.field("at", r.at);
}
void describe(auto& f, Either<Step> auto& s) {
    f.field("step", s.step); f.field("state", s.state); f.field("due_at", s.due_at); f.field("role", s.role);
    f.field("unit", s.unit); f.field("means", s.means); f.field("deadline", s.deadline);
}
void describe(auto& f, Either<Why> auto& w) {
    f.field("decision", w.decision); f.field("clause", w.clause); f.field("because", w.because);
}
void describe(auto& f, Either<PenaltyProposed> auto& p) {
    f.field("penalty", p.penalty); f.field("state", p.state); f.field("fen", p.fen); f.field("role", p.role);
    f.field("staff", p.staff); f.field("at", p.at);
}
void describe(auto& f, Either<TicketDeadline> auto& d) {
    f.field("name", d.name); f.field("due_at", d.due_at); f.field("state", d.state); f.field("clause", d.clause);
    f.field("soft", d.soft); f.field("binds", d.binds);
}
void describe(auto& f, Either<Ticket> auto& t) {
    f.field("id", t.id); f.field("number", t.number); f.field("version", t.version);
    f.field("policy_id", t.policy_id); f.field("policy_version", t.policy_version);
    f.field("kind", t.kind); f.field("category", t.category); f.field("level", t.level); f.field("flags", t.flags);
    f.field("filed_kind", t.filed_kind); f.field("filed_category", t.filed_category);
    f.field("state", t.state); f.field("phase", t.phase);
    f.field("unit", t.unit); f.field("owner_unit", t.owner_unit); f.field("owner_role", t.owner_role);
    f.field("assignee", t.assignee); f.field("household", t.household); f.field("customer", t.customer);
    f.field("conversation", t.conversation); f.field("anonymous", t.anonymous); f.field("details", t.details);
    f.field("amount_fen", t.amount_fen); f.field("purchase_fen", t.purchase_fen); f.field("occurred_at", t.occurred_at);
    f.field("attachments", t.attachments); f.field("facts", t.facts);
    f.field("opened_at", t.opened_at); f.field("accepted_at", t.accepted_at); f.field("resolved_at", t.resolved_at);
    f.field("closed_at", t.closed_at);
    f.field("proposal", t.proposal); f.field("rounds", t.rounds); f.field("reviews", t.reviews);
    f.field("consent", t.consent); f.field("revisits", t.revisits); f.field("rating", t.rating);
    f.field("fixed", t.fixed); f.field("steps", t.steps); f.field("supporters", t.supporters);
    f.field("joined_to", t.joined_to); f.field("repeat_of", t.repeat_of); f.field("merged_into", t.merged_into);
    f.field("urged", t.urged); f.field("reopened", t.reopened); f.field("escalations", t.escalations);
    f.field("attempts", t.attempts); f.field("validity", t.validity); f.field("cause", t.cause);
    f.field("paused", t.paused); f.field("paused_until", t.paused_until); f.field("level_pin", t.level_pin);
    f.field("missed", t.missed); f.field("asked", t.asked); f.field("emergency", t.emergency);
    f.field("taken_over", t.taken_over);
    f.field("team", t.team); f.field("recused", t.recused); f.field("penalties", t.penalties);
    f.field("handlers", t.handlers); f.field("kept_alive", t.kept_alive); f.field("asked_at", t.asked_at);
    f.field("asked_again", t.asked_again); f.field("put_off", t.put_off); f.field("put_off_until", t.put_off_until); f.field("updated_at", t.updated_at);
    f.field("deadlines", t.deadlines); f.field("why", t.why); f.field("last_hash", t.last_hash);
}
void describe(auto& f, Either<Details> auto& d) {
    f.field("summary", d.summary); f.field("description", d.description); f.field("building", d.building);
    f.field("unit", d.unit); f.field("room", d.room); f.field("label", d.label); f.field("location", d.location);
    f.field("occurred_text", d.occurred_text); f.field("people", d.people); f.field("wish", d.wish);
    f.field("contact_name", d.contact_name); f.field("contact_phone", d.contact_phone);
}
// clang-format on

}  // namespace

std::string to_text(PartyKind kind) {
    switch (kind) {
        case PartyKind::resident:
            return "resident";
        case PartyKind::staff:
            return "staff";
        case PartyKind::policy:
            return "policy";
        case PartyKind::system:
            return "system";
    }
    return "system";
}

Json to_json_value(const Ticket& ticket) {
    Writer write;
    describe(write, ticket);
    return write.json;
}

Ticket ticket_from_json(const Json& json) {
    try {
        if (!json.is_object()) throw std::runtime_error("no object");
        Ticket ticket;
        Loader load{json};
        describe(load, ticket);
        return ticket;
    } catch (const std::bad_alloc&) {
        throw;  // not the row's fault
    } catch (const std::exception& problem) {
        throw std::runtime_error(std::string("unreadable ticket row: ") + problem.what() +
                                 ": restore the store from a backup, or use the program version that wrote it");
    }
}

std::string to_text(const Details& details) {
    Writer write;
    describe(write, details);
    return to_text(write.json);
}

Details details_from_text(const std::string& json) {
    Details details;
    if (json.empty()) return details;  // erased
    Json parsed;
    try {
        parsed = kept_json(json);  // our own, sealed: no limits needed
    } catch (const Json::parse_error&) {
        parsed = nullptr;
    }
    if (!parsed.is_object()) throw std::runtime_error("unreadable details of a ticket: no JSON object");
    Loader load{parsed};
    describe(load, details);
    return details;
}

}  // namespace huiyin
