// One ticket under a small pack: the pack of tests/policy/minimal.json with what a test adds to it.
#pragma once
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/policy/small_pack.h"
#include "workflow/ticket/decide.h"
#include "workflow/ticket/evolve.h"

namespace huiyin::test {

inline TimePoint moment(const std::string& local) { return *parse_rfc3339(local + ":00+08:00"); }

// Staff by number: 1 front desk, 2 handler, 3 manager, 4 director, 5 a second handler.
class PackCase {
public:
    explicit PackCase(const std::string& more, const std::string& at = "2026-03-02T09:00")
        : policy(small_pack(more)), now(moment(at)) {
        filed.id = TicketId{1};
        filed.number = "T1";
        filed.kind = "complaint";
        filed.category = "quality";
        filed.unit = UnitId{10};
        filed.customer = PersonId{100};
    }

    void opens() { opens(resident(filed.customer)); }
    void opens(const Party& by) {
        auto decision = decide_open(filed, by, policy, context, now);
        REQUIRE(decision);
        keep(std::move(decision.value()));
    }
    // Empty when it was done; else "code: text".
    std::string does(int who, const std::string& command, Json fields = Json::object()) {
        catch_up();
        Command wish{command, who ? staff(StaffId{who}) : resident(filed.customer), std::move(fields), roles_of(who)};
        if (who && (command == "consent" || command == "confirm" || command == "rate" || command == "withdraw"))
            wish.means = "phone";
        auto decision = decide(ticket, wish, policy, context, now);
        if (!decision) return decision.problem().code + ": " + decision.problem().text;
        keep(std::move(decision.value()));
        return {};
    }
    void at(const std::string& local) {
        now = moment(local);
        catch_up();
    }
    void catch_up() { keep(decide_due(ticket, policy, context, now)); }

    Facts facts() const { return facts_of(ticket, policy, context, now); }
    Json fact(const std::string& name) const {
        const auto all = to_json(facts());
        return all.contains(name) ? all.at(name) : Json();
    }
    int count(const std::string& type) const {
        int number = 0;
        for (const auto& event : events) number += event.type == type ? 1 : 0;
        return number;
    }
    const Event& last(const std::string& type) const {
        for (auto event = events.rbegin(); event != events.rend(); ++event)
            if (event->type == type) return *event;
        throw std::runtime_error("no event " + type);
    }
    bool has_open(const std::string& step) const {
        for (const auto& each : ticket.steps)
            if (each.step == step && each.state == "open") return true;
        return false;
    }
    // Phrases owed to a role since the last look.
    std::vector<std::string> owed(const std::string& name) {
        std::vector<std::string> list;
        for (const auto& each : all_owed)
            if (each.effect.name == name) list.push_back(each.effect.field("role") + each.effect.field("phrase"));
        all_owed.clear();
        return list;
    }
    std::vector<std::string> can(int who) const {
        std::vector<std::string> list;
        for (const auto& each : allowed(ticket, roles_of(who), policy, context, now)) list.push_back(each.title);
        return list;
    }

    Policy policy;
    Ticket filed, ticket;
    DecideContext context;
    TimePoint now;
    std::vector<Event> events;
    std::vector<Owed> all_owed;

private:
    ActingAs roles_of(int who) const {
        static const std::vector<std::string> names{"", "front_desk", "handler", "manager", "director", "handler"};
        if (who == 0) return {"customer"};
        ActingAs roles{names.at(static_cast<std::size_t>(who)), "staff"};
        if (ticket.assignee == StaffId{who}) roles.push_back("assignee");
        if (roles.front() == ticket.owner_role) roles.push_back("owner");
        return roles;
    }
    void keep(Decision decision) {
        for (const auto& event : decision.events) {
            context.history.push_back(history_of(event));
            events.push_back(event);
        }
        all_owed.insert(all_owed.end(), decision.owed.begin(), decision.owed.end());
        if (!decision.events.empty()) {
            ticket = decision.ticket;
            // Whatever was decided, the events alone give the same ticket.
            Ticket again = replay(TicketId{1}, events);
            CHECK(to_json_value(again) == to_json_value(ticket));
            CHECK(ticket_from_json(to_json_value(ticket)) == ticket);
        }
    }
};

}  // namespace huiyin::test
