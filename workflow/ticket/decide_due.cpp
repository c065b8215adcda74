// What time alone brings about: the steps of deadlines, the end of a pause, questions that had to wait, and the sign of
// life in an emergency. Everything is found from the ticket and its history; reminders only say when to look.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "workflow/policy/running.h"
#include "workflow/ticket/course.h"

namespace huiyin {
namespace {

// Minutes after the page at which a resident in danger hears again that help is being called.
constexpr std::array<int, 4> signs_of_life{3, 8, 15, 30};

constexpr auto very_late = std::chrono::hours{1};

struct Pending {
    enum class What { look, step, resume, question, question_again, sign_of_life } what = What::look;
    TimePoint at;
    const Deadline* deadline = nullptr;  // of a step
    std::string name = {};               // of the step, or the question
};

const Calendar& calendar_of(const Policy& policy, const DecideContext& context) {
    return context.calendar ? *context.calendar : policy.calendar;
}

void consider(std::optional<Pending>& best, Pending candidate) {
    if (!best || candidate.at < best->at) best = std::move(candidate);
}

bool is_still_open_question(const Ticket& ticket, const std::string& question) {
    if (question == "fixed") return ticket.fixed.empty() && ticket.resolved_at && !is_end(ticket.phase);
    if (question == "rating") return !ticket.rating && ticket.resolved_at;
    return ticket.proposal && !ticket.consent && !is_end(ticket.phase);
}

void consider_deadlines(std::optional<Pending>& best, const std::vector<Deadline>& deadlines) {
    for (const auto& deadline : deadlines) {
        if (!deadline.next_look_at) continue;
        if (deadline.state == DeadlineState::paused) {
            consider(best, {Pending::What::look, *deadline.next_look_at});
            continue;
        }
        const auto step =
            std::find_if(deadline.steps.begin(), deadline.steps.end(), [](const StepDue& each) { return !each.done; });
        if (step != deadline.steps.end()) consider(best, {Pending::What::step, step->at, &deadline, step->name});
    }
}

void consider_sign_of_life(std::optional<Pending>& best, const Ticket& ticket,
                           const std::vector<HistoryEvent>& history) {
    const auto given = static_cast<std::size_t>(ticket.kept_alive);
    if (!ticket.flags.count("emergency") || ticket.taken_over || is_end(ticket.phase) || given >= signs_of_life.size())
        return;
    const auto paged = std::find_if(history.begin(), history.end(),
                                    [](const HistoryEvent& event) { return event.type == "emergency.paged"; });
    const auto since = paged == history.end() ? ticket.opened_at : paged->at;
    consider(best, {Pending::What::sign_of_life, since + std::chrono::minutes{signs_of_life[given]}});
}

std::optional<Pending> earliest(const Ticket& ticket, const std::vector<HistoryEvent>& history,
                                const std::vector<Deadline>& all, const Policy& policy, const Calendar& calendar) {
    std::optional<Pending> best;
    // A pause ends before anything that is due at the same moment.
    if (ticket.paused && ticket.paused_until) consider(best, {Pending::What::resume, *ticket.paused_until});
    consider_deadlines(best, all);
    if (ticket.put_off_until) consider(best, {Pending::What::question, *ticket.put_off_until, nullptr, ticket.put_off});
    const bool survey = ticket.asked == "fixed" || ticket.asked == "rating";
    if (survey && ticket.asked_at && !ticket.asked_again && ticket.put_off.empty() &&
        policy.surveys.remind_after.count > 0) {
        const auto at = calendar.due(*ticket.asked_at, policy.surveys.remind_after, FirstDay::not_counted);
        consider(best,
                 {Pending::What::question_again, asking_time(policy, calendar.zone(), at), nullptr, ticket.asked});
    }
    consider_sign_of_life(best, ticket, history);
    return best;
}

void take_step(Course& course, const Policy& policy, const Deadline& deadline, const std::string& step) {
    const bool miss = step == "miss";
    auto effects = step_effects(policy, deadline, step);
    const auto clause = effects.empty() || effects.front().clause.empty() ? policy.deadlines.at(deadline.rule).clause
                                                                          : effects.front().clause;
    auto data = data_of("deadline", deadline.name, "step", step, "start_at", to_ms(deadline.start_at));
    if (deadline.due_at) data["due_at"] = to_ms(*deadline.due_at);
    // Who reads the event later must not count it against us.
    if (deadline.soft) data["soft"] = true;
    if (!deadline.binds.empty()) data["binds"] = deadline.binds;
    course.happen(miss ? "deadline.missed" : "deadline.warned", std::move(data), by_policy, clause);
    Facts given{{"deadline", deadline.name}, {"step", step}};
    if (deadline.due_at) given["due_at"] = static_cast<std::int64_t>(to_ms(*deadline.due_at));
    course.follow(effects, given, by_policy);
}

void resume(Course& course, const Policy& policy) {
    const auto moves = moves_from(policy, course.ticket().state, "resume");
    const auto to = moves.empty() ? std::string() : moves.front()->to;
    const auto clause = moves.empty() ? std::string() : moves.front()->clause;
    course.moved("ticket.resumed", Json::object(), by_policy, clause, to);
    if (!moves.empty()) course.follow(moves.front()->effects, {}, by_policy);
}

void ask_again(Course& course, const Policy& policy, const std::string& question) {
    course.happen("question.repeated", data_of("question", question), by_policy, policy.surveys.clause);
    auto effect = ask_effect(policy, question);
    effect.fields["phrase"] = "customer.ask_" + question + "_again";
    course.owe(std::move(effect), {});
}

void give_sign_of_life(Course& course, const Policy& policy) {
    course.happen("emergency.kept_alive", Json::object(), by_policy, {});
    Effect tell;
    tell.name = "tell";
    tell.fields["phrase"] = "customer.emergency_still_calling";
    course.owe(std::move(tell), {});
    Effects pages;
    for (const auto& effect : opening_for(policy, course.facts()).effects)
        if (effect.name == "page") pages.push_back(effect);
    course.follow(pages, {}, by_policy);
}

void act(Course& course, const Policy& policy, const DecideContext& context, const Pending& due, TimePoint now) {
    const bool question = due.what == Pending::What::question || due.what == Pending::What::question_again;
    if (question && now - due.at > very_late) {
        // The service was down when it should have been asked: not in the middle of the night instead.
        const auto at = asking_time(policy, calendar_of(policy, context).zone(), now);
        if (at != now) {
            course.go_on_at(now);
            return course.happen("question.put_off", data_of("question", due.name, "until", to_ms(at)), by_policy,
                                 policy.surveys.clause);
        }
    }
    switch (due.what) {
        case Pending::What::step:
            return take_step(course, policy, *due.deadline, due.name);
        case Pending::What::resume:
            return resume(course, policy);
        case Pending::What::question_again:
            return ask_again(course, policy, due.name);
        case Pending::What::sign_of_life:
            return give_sign_of_life(course, policy);
        case Pending::What::question:
            if (is_still_open_question(course.ticket(), due.name)) {
                // One that was asked before, and whose reminder had to wait, is not asked anew.
                if (course.ticket().asked == due.name && !course.ticket().asked_again)
                    ask_again(course, policy, due.name);
                else
                    course.ask(due.name, {}, true);
            }
            // Asked, or asked by telephone, or pointless: it waits no longer.
            if (course.ticket().put_off == due.name)
                course.happen("question.put_off", data_of("question", ""), by_policy, {});
            return;
        case Pending::What::look:
            return;
    }
}

}  // namespace

std::vector<Deadline> deadlines_of(const Ticket& ticket, const Policy& policy, const DecideContext& context,
                                   TimePoint now) {
    return deadlines(policy, facts_of(ticket, policy, context, now), context.history, calendar_of(policy, context),
                     now);
}

std::optional<TimePoint> next_look(const Ticket& ticket, const std::vector<Deadline>& deadlines, const Policy& policy,
                                   const DecideContext& context) {
    const auto next = earliest(ticket, context.history, deadlines, policy, calendar_of(policy, context));
    return next ? std::optional(next->at) : std::nullopt;
}

Decision decide_due(const Ticket& ticket, const Policy& policy, const DecideContext& context, TimePoint now) {
    Course course(ticket, policy, context, ticket.updated_at);
    thread_local Facts facts;  // written over each time (FactWriter)
    for (int round = 0;; ++round) {
        const auto& calendar = calendar_of(policy, context);
        write_facts(facts, course.ticket(), policy, context, now, &course.history());
        const auto all = running_deadlines(policy, facts, course.history(), calendar, now);
        const auto due = earliest(course.ticket(), course.history(), all, policy, calendar);
        if (!due || due->at > now || due->what == Pending::What::look) break;
        if (round > 500)
            throw std::logic_error("time brings about the same thing for ever: ticket " + ticket.number + ": " +
                                   (due->deadline ? due->deadline->name : std::string()) + " " + due->name);
        course.go_on_at(due->at);
        act(course, policy, context, *due, now);
        course.settle();
    }
    return course.end();
}

}  // namespace huiyin
