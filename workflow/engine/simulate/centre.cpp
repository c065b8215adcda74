#include "workflow/engine/simulate/centre.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <queue>

#include "workflow/engine/simulate/tally.h"
#include "workflow/policy/running.h"
#include "workflow/policy/same_text.h"
#include "workflow/ticket/decide.h"

namespace huiyin {
namespace {

constexpr int most_tries_of_a_step = 6;  // then it is ticked off, reached or not

double minutes_of(Milliseconds span) { return static_cast<double>(span.count()) / 60'000; }
Milliseconds span_of(double minutes) { return Milliseconds{static_cast<std::int64_t>(minutes * 60'000)}; }

// The people of one role: when each is free again.
struct Desk {
    std::string role;
    std::vector<TimePoint> free;
};

// Somebody is to do something at a ticket. A job that the ticket has outrun is looked at, and chosen anew.
struct Job {
    std::string command;   // empty: the step is to be done, one way or another
    std::string step;      // a duty beside the main line
    std::size_t desk = 0;  // who does it
    std::size_t person = 0;
    double minutes = 0;
    std::string state, role;  // where the ticket stood when it was chosen, and as what it is given
};

struct Live {
    Ticket ticket;
    std::vector<HistoryEvent> history;
    bool has_chat = true;
    std::unique_ptr<Job> job;
    std::vector<std::string> refused;          // "command/role" tried in vain since the last change
    std::map<std::string, int> tries_of_step;  // by name
    std::optional<TimePoint> look;
    std::uint32_t look_stamp = 0, question_stamp = 0;
    int wishes = 0;  // answers, urges, withdrawals and reopenings under way
};

enum class What { arrival, look, job, answer, urge, withdraw, reopen };
struct Due {
    TimePoint at;
    std::uint64_t order = 0;
    What what = What::arrival;
    std::size_t live = 0;
    std::uint32_t stamp = 0;
    friend bool operator>(const Due& a, const Due& b) { return a.at != b.at ? a.at > b.at : a.order > b.order; }
};

class Centre {
public:
    Centre(const Conduct& conduct, const WorkingHours& hours, const CentreTask& task)
        : conduct_(conduct),
          policy_(conduct.policy()),
          mix_(conduct.mix()),
          hours_(hours),
          task_(task),
          random_(task.seed),
          tally_(conduct.policy()) {
        for (const auto& role : policy_.roles) desk_of(role);
        desk_of(policy_.accept_role);
        for (const auto& route : policy_.routes) desk_of(route.role);
        for (std::size_t i = 0; i < desks_.size(); ++i)
            context_.unit_of[desks_[i].role] = UnitId{static_cast<std::int64_t>(i) + 2};
        context_.nobody_unit = UnitId{1};
        context_.says_what_instead = false;
        for (const auto& stratum : policy_.revisit.strata) context_.draw_counts[stratum.name];
    }

    SimulationCounts run() {
        live_.resize(static_cast<std::size_t>(task_.tickets));
        for (std::size_t i = 0; i < live_.size(); ++i) put(arrival(), What::arrival, i);
        while (!dues_.empty() && dues_.top().at < task_.until) {
            const auto due = dues_.top();
            dues_.pop();
            act(due);
        }
        for (auto& live : live_) finish(live);
        tally_.counts.centres = 1;
        tally_.counts.tickets = task_.tickets;
        return std::move(tally_.counts);
    }

private:
    // --- who and when -----------------------------------------------------------------------------------------------

    std::size_t desk_of(const std::string& role) {
        for (std::size_t i = 0; i < desks_.size(); ++i)
            if (desks_[i].role == role) return i;
        const auto own = mix_.people_of.find(role);
        const auto people = static_cast<std::size_t>(own == mix_.people_of.end() ? mix_.people : own->second);
        desks_.push_back({role, std::vector<TimePoint>(people, task_.from)});
        return desks_.size() - 1;
    }
    RoleCounts& desk_counts(std::size_t desk) { return tally_.role(desks_[desk].role); }
    static StaffId staff_of(std::size_t desk, std::size_t person) {
        return StaffId{static_cast<std::int64_t>(desk * 1000 + person + 1)};
    }
    TimePoint arrival() {
        if (random_.chance(mix_.working_hours_percent)) {
            const auto at = hours_.somewhere(random_.share() * span_share());
            if (at < task_.until) return at;
        }
        return task_.from + span_of(random_.share() * minutes_of(task_.until - task_.from));
    }
    // The part of the table's working time that lies before the end; the table reaches beyond it.
    double span_share() const {
        return static_cast<double>(hours_.before(task_.until).count()) / static_cast<double>(hours_.total().count());
    }
    void put(TimePoint at, What what, std::size_t live, std::uint32_t stamp = 0) {
        dues_.push({at, ++order_, what, live, stamp});
    }

    // The centre's surroundings with what is the ticket's own; it goes back when this ends.
    class Around {
    public:
        Around(DecideContext& context, Live& live) : context_(context), live_(live) {
            context_.history.swap(live_.history);
            context_.has_chat = live_.has_chat;
        }
        ~Around() { context_.history.swap(live_.history); }
        Around(const Around&) = delete;
        Around& operator=(const Around&) = delete;
        operator const DecideContext&() const { return context_; }

    private:
        DecideContext& context_;
        Live& live_;
    };

    void act(const Due& due) {
        now_ = due.at;
        begin_day_of_draws();
        if (due.what == What::arrival) return arrives(due.live);
        if (!live_[due.live]) return;  // over
        auto& live = *live_[due.live];
        if (due.what == What::look) {
            if (due.stamp != live.look_stamp) return;
            live.look.reset();
            auto decision = decide_due(live.ticket, policy_, Around(context_, live), now_);
            take(due.live, std::move(decision));
        } else if (due.what == What::job) {
            works(due.live);
        } else {
            --live.wishes;
            wishes(due.live, due.what, due.stamp);
        }
        goes_on(due.live);
    }

    // --- a ticket's way ---------------------------------------------------------------------------------------------

    void arrives(std::size_t index) {
        live_[index] = std::make_unique<Live>();
        auto& live = *live_[index];
        live.has_chat = !random_.chance(mix_.phone_percent);
        Ticket filed;
        filed.id = TicketId{task_.first + static_cast<std::int64_t>(index) + 1};
        filed.number = "S" + std::to_string(filed.id.value);
        filed.unit = UnitId{1};
        filed.customer = PersonId{filed.id.value};
        filed.details = TextId{1};
        if (live.has_chat) filed.conversation = ConversationId{filed.id.value};
        const auto& kind = chosen(mix_.kinds);
        const auto slash = kind.find('/');
        filed.kind = kind.substr(0, slash);
        if (slash != std::string::npos) filed.category = kind.substr(slash + 1);
        for (const auto& [flag, percent] : mix_.flags)
            if (random_.chance(percent)) filed.flags.insert(flag);
        if (filed.flags.count("emergency")) filed.emergency = "lift";
        for (const auto& share : mix_.facts) give_fact(filed, share);
        ++tally_.counts.kinds[kind];
        auto opened = decide_open(filed, resident(filed.customer), policy_, Around(context_, live), now_);
        if (!opened) {  // the pack itself turns it away
            ++tally_.counts.refused;
            ++tally_.counts.ends["(refused at filing) " + opened.problem().clause];
            return live_[index].reset();
        }
        take(index, std::move(*opened));
        wish(index, What::urge, mix_.urge_percent, 48);
        wish(index, What::withdraw, mix_.withdraw_percent, 72);
        goes_on(index);
    }

    const std::string& chosen(const Weights& weights) {
        double sum = 0;
        for (const auto& each : weights) sum += each.second;
        auto left = random_.share() * sum;
        for (const auto& each : weights)
            if ((left -= each.second) < 0) return each.first;
        return weights.back().first;
    }
    void give_fact(Ticket& ticket, const FactShare& share) {
        if (!random_.chance(share.percent)) return;
        const auto number = random_.between(share.from, share.until);
        if (share.name == "amount_yuan") {
            ticket.amount_fen = static_cast<std::int64_t>(number * 100);
        } else if (share.name == "purchase_yuan") {
            ticket.purchase_fen = static_cast<std::int64_t>(number * 100);
        } else if (!share.values.empty()) {
            const auto& word = chosen(share.values);
            ticket.facts[share.name] = word == "true" || word == "false" ? Fact(word == "true") : Fact(word);
        } else {
            ticket.facts[share.name] = static_cast<std::int64_t>(number + 0.5);
        }
    }

    void take(std::size_t index, Decision&& decision) {
        if (decision.events.empty()) return;
        auto& live = *live_[index];
        const auto asked_before = live.ticket.asked_at;
        const bool ended_before = is_end(live.ticket.phase);
        const bool first = live.ticket.version == 0;
        const auto id = first ? TicketId{task_.first + static_cast<std::int64_t>(index) + 1} : live.ticket.id;
        live.history.insert(live.history.end(), std::make_move_iterator(decision.happened.begin()),
                            std::make_move_iterator(decision.happened.end()));
        tally_.decided(decision);
        // JSON goes faster from its inside: as a whole it first makes a list of all that it holds.
        for (auto& event : decision.events) event.data.get_ref<Json::object_t&>().clear();
        for (const auto& draw : decision.draws) {
            auto& counts = context_.draw_counts[draw.stratum];
            ++counts.tickets;
            counts.revisits += draw.revisit ? 1 : 0;
            counts.in_person += draw.in_person ? 1 : 0;
        }
        live.ticket = std::move(decision.ticket);
        live.ticket.id = id;
        live.refused.clear();
        const auto& ticket = live.ticket;
        if (!ticket.asked.empty() && ticket.asked_at != asked_before) {
            ++live.question_stamp;
            if (!random_.chance(mix_.silent_percent)) {
                put(now_ + span_of(60 * random_.waiting(mix_.customer_reaction_hours)), What::answer, index,
                    live.question_stamp);
                ++live.wishes;
            }
        }
        if (is_end(ticket.phase) && !ended_before) wish(index, What::reopen, mix_.reopen_percent, 150);
        set_look(index);
    }

    void set_look(std::size_t index) {
        auto& live = *live_[index];
        const Around around(context_, live);
        conduct_.due_facts().write(facts_, live.ticket, around, now_);
        const auto running = running_deadlines(policy_, facts_, context_.history, policy_.calendar, now_);
        auto next = next_look(live.ticket, running, policy_, around);
        if (next && *next <= now_) next = now_ + std::chrono::minutes{1};
        live.look = next;
        ++live.look_stamp;
        if (next) put(*next, What::look, index, live.look_stamp);
    }

    void wish(std::size_t index, What what, double percent, double hours) {
        if (!random_.chance(percent)) return;
        put(now_ + span_of(60 * random_.waiting(hours)), what, index);
        ++live_[index]->wishes;
    }

    // What the customer does by himself.
    void wishes(std::size_t index, What what, std::uint32_t stamp) {
        auto& live = *live_[index];
        Command command;
        command.by = resident(live.ticket.customer);
        command.roles = {"customer"};
        if (what == What::answer) {
            if (stamp != live.question_stamp || live.ticket.asked.empty()) return;
            command.name = answering(live.ticket.asked);
        } else {
            command.name = what == What::urge ? "urge" : what == What::withdraw ? "withdraw" : "reopen";
            if (!conduct_.has_move(live.ticket.state, command.name)) return;
        }
        if (command.name.empty()) return;
        command.fields = conduct_.fields(command.name, now_, random_);
        give(index, command);
    }

    static std::string answering(std::string_view question) {
        return question == "consent" ? "consent" : question == "fixed" ? "confirm" : question == "rating" ? "rate" : "";
    }

    // Shares by the day begin anew with it.
    void begin_day_of_draws() {
        if (now_ < end_of_day_) return;
        const auto& zone = policy_.calendar.zone();
        const auto today = zone.to_local(now_).day;
        end_of_day_ = zone.from_local({today + std::chrono::days{1}, Milliseconds{0}});
        if (today == day_of_draws_) return;
        day_of_draws_ = today;
        for (const auto& stratum : policy_.revisit.strata)
            if (stratum.by_day) context_.draw_counts[stratum.name] = {};
    }

    bool give(std::size_t index, const Command& command) {
        auto& live = *live_[index];
        auto decision = decide(live.ticket, command, policy_, Around(context_, live), now_);
        if (!decision) {
            ++tally_.counts.refused;
            return false;
        }
        ++tally_.counts.commands;
        take(index, std::move(*decision));
        return true;
    }

    // --- staff ------------------------------------------------------------------------------------------------------

    // Chooses who does what next, or lets the ticket go.
    void goes_on(std::size_t index) {
        auto& live = *live_[index];
        if (live.job) return;
        // An open question is the customer's; when he stays silent and no deadline is left, staff go on.
        const bool waits = !live.ticket.asked.empty() && (live.wishes > 0 || live.look);
        if (!choose_step(live) && !waits && !is_end(live.ticket.phase)) {
            choose_lead(live);
            if (!live.job) choose_call(live);
        }
        if (live.job) return begin(index);
        if (is_end(live.ticket.phase) && !live.look && live.wishes == 0) finish(live_[index]);
    }

    bool choose_step(Live& live) {
        for (const auto& step : live.ticket.steps) {
            if (step.state != "open") continue;
            live.job = std::make_unique<Job>();
            live.job->step = step.step;
            live.job->desk = desk_of(step.role);
            live.job->person = at_desk(live.job->desk, live.ticket);
            return true;
        }
        return false;
    }

    // The one who is free first; for a word with the customer rather somebody who does not handle the ticket himself.
    std::size_t at_desk(std::size_t desk, const Ticket& ticket) const {
        const auto& free = desks_[desk].free;
        std::size_t best = 0;
        bool best_handles = handles(ticket, staff_of(desk, 0));
        for (std::size_t i = 1; i < free.size(); ++i) {
            const bool this_handles = handles(ticket, staff_of(desk, i));
            if (this_handles == best_handles ? free[i] >= free[best] : this_handles) continue;
            best = i;
            best_handles = this_handles;
        }
        return best;
    }
    static bool handles(const Ticket& ticket, StaffId who) {
        return ticket.assignee == who || ticket.handlers.count(who.value) != 0;
    }

    void choose_lead(Live& live) {
        const auto& ticket = live.ticket;
        const Conduct::Lead* best = nullptr;
        double sum = 0;
        const std::string* role = nullptr;
        std::string best_role;
        for (const auto& lead : conduct_.leads(ticket.state)) {
            if (is_pointless(ticket, lead.command) || !role_for(live, lead, role)) continue;
            sum += lead.weight;
            if (random_.share() * sum >= lead.weight) continue;
            best = &lead;
            best_role = *role;
        }
        if (!best) return;
        live.job = std::make_unique<Job>();
        auto& job = *live.job;
        job.command = best->command;
        job.state = ticket.state;
        job.role = best_role;
        if (best_role == "assignee") {
            job.desk = static_cast<std::size_t>(ticket.assignee.value - 1) / 1000;
            job.person = static_cast<std::size_t>(ticket.assignee.value - 1) % 1000;
        } else {
            job.desk = desk_of(best_role);
            job.person = at_desk(job.desk, ticket);
        }
    }

    // What the customer has still to say, asked in the chat or by telephone.
    static std::string open_question(const Ticket& ticket) {
        if (!ticket.asked.empty()) return ticket.asked;
        if (ticket.proposal && !ticket.consent) return "consent";
        return ticket.resolved_at && ticket.fixed.empty() ? "fixed" : "";
    }

    // The customer owes an answer, nothing else leads on, and nobody waits any more: he is called until he gives it.
    void choose_call(Live& live) {
        const auto command = answering(open_question(live.ticket));
        if (command.empty() || !conduct_.has_move(live.ticket.state, command)) return;
        const auto desk = calling_desk(live, command);
        if (!desk) return;
        live.job = std::make_unique<Job>();
        live.job->command = command;
        live.job->state = live.ticket.state;
        live.job->role = desks_[*desk].role;
        live.job->desk = *desk;
        live.job->person = at_desk(*desk, live.ticket);
    }

    // Whoever handled the ticket does not speak for the customer: where everybody at the front desk has, a colleague
    // from another desk calls him.
    std::optional<std::size_t> calling_desk(const Live& live, const std::string& command) {
        const auto may_call = [&](std::size_t desk) {
            return !handles(live.ticket, staff_of(desk, at_desk(desk, live.ticket))) &&
                   !contains(live.refused, command + "/" + desks_[desk].role);
        };
        const auto front = desk_of(policy_.accept_role);
        if (may_call(front)) return front;
        for (std::size_t desk = 0; desk < desks_.size(); ++desk)
            if (may_call(desk)) return desk;
        return std::nullopt;
    }

    // Who gives the command: the assignee or the owner where they may, else the first role that has not tried in vain.
    static bool role_for(const Live& live, const Conduct::Lead& lead, const std::string*& role) {
        const auto& ticket = live.ticket;
        const auto fresh = [&](const std::string& who) {
            return live.refused.empty() || !contains(live.refused, lead.command + "/" + who);
        };
        const bool as_owner =
            contains(lead.roles, "owner") || contains(lead.roles, "staff") || contains(lead.roles, ticket.owner_role);
        static const std::string assignee = "assignee";
        if (ticket.assignee && (as_owner || contains(lead.roles, assignee)) && fresh(assignee)) {
            role = &assignee;
            return true;
        }
        if (as_owner && fresh(ticket.owner_role)) {
            role = &ticket.owner_role;
            return true;
        }
        for (const auto& each : lead.roles) {
            if (each == "owner" || each == "assignee" || each == "staff" || !fresh(each)) continue;
            role = &each;
            return true;
        }
        return false;
    }

    static bool is_pointless(const Ticket& ticket, std::string_view command) {
        if (command == "assign") return static_cast<bool>(ticket.assignee);
        if (command == "propose") return ticket.consent && ticket.consent->answer == "agreed";
        if (command == "resume") return !ticket.paused;
        if (command == "pause") return ticket.paused;
        return false;
    }

    void begin(std::size_t index) {
        auto& job = *live_[index]->job;
        const auto& range = conduct_.minutes(job.command.empty() ? std::string_view("revisit") : job.command);
        job.minutes = random_.between(range.from, range.until);
        auto& free = desks_[job.desk].free[job.person];
        const auto there = hours_.after(now_, span_of(random_.waiting(mix_.staff_reaction_minutes)));
        const auto start = hours_.next(std::max(there, free));
        free = hours_.after(start, span_of(job.minutes));
        desk_counts(job.desk).waited.add(minutes_of(start - now_));
        put(free, What::job, index);
    }

    void works(std::size_t index) {
        auto& live = *live_[index];
        const auto job = std::move(live.job);
        auto& desk = desk_counts(job->desk);
        if (!job->step.empty()) {
            desk.minutes += job->minutes;
            return do_step(index, *job);
        }
        if (job->state != live.ticket.state) return;  // outrun: chosen anew
        desk.minutes += job->minutes;
        auto command = as_staff(live.ticket, *job, job->command);
        if (job->command == "assign") {
            const auto handler = desk_of(live.ticket.owner_role);
            command.fields["assignee"] = to_text(staff_of(handler, at_desk(handler, Ticket{})));
        }
        if (job->command == answering(open_question(live.ticket))) command.fields["means"] = "phone";
        if (give(index, command))
            ++desk.commands;
        else
            live.refused.push_back(job->command + "/" + job->role);
    }

    Command as_staff(const Ticket& ticket, const Job& job, const std::string& name) {
        Command command;
        command.name = name;
        const auto who = staff_of(job.desk, job.person);
        command.by = staff(who);
        command.roles.reserve(4);
        command.roles.push_back(desks_[job.desk].role);
        command.roles.emplace_back("staff");
        if (desks_[job.desk].role == ticket.owner_role) command.roles.emplace_back("owner");
        if (ticket.assignee == who) command.roles.emplace_back("assignee");
        command.fields = conduct_.fields(name, now_, random_);
        return command;
    }

    // A duty beside the main line: a call that was to be made, a visit, a form, a signature.
    void do_step(std::size_t index, const Job& job) {
        auto& live = *live_[index];
        const auto open = [&]() -> const Step* {
            for (const auto& step : live.ticket.steps)
                if (step.step == job.step && step.state == "open") return &step;
            return nullptr;
        };
        if (!open()) return;
        const auto means = open()->means;
        std::vector<std::string> ways;
        const auto question = answering(
            job.step.rfind("call_", 0) == 0 && live.ticket.asked.empty() ? job.step.substr(5) : live.ticket.asked);
        if (!means.empty() && !question.empty()) ways.push_back(question);
        if (!means.empty()) ways.emplace_back("revisit");
        ways.emplace_back("decide");
        ways.emplace_back("complete");
        const bool last = ++live.tries_of_step[job.step] >= most_tries_of_a_step;
        auto& desk = desk_counts(job.desk);
        for (const auto& way : ways) {
            if (last && way != "complete") continue;
            if (!conduct_.has_move(live.ticket.state, way)) continue;
            auto command = as_staff(live.ticket, job, way);
            if (way == "complete" || way == "decide")
                command.fields = form_of_step(live, job, command);
            else
                command.fields["means"] = means == "visit" ? "visit" : "phone";
            if (!give(index, command)) continue;
            ++desk.commands;
            const bool called = way == "revisit" && command.fields["reached"] == false;
            if (!open() || called) return;
        }
        if (last && open()) live.ticket.steps.clear();  // no command of the pack ends it: counted, and let be
    }

    // What the pack wants filled in, or decided, at this step.
    Json form_of_step(Live& live, const Job& job, const Command& command) {
        for (const auto& form :
             allowed(live.ticket, command.roles, policy_, Around(context_, live), now_, command.name)) {
            if (form.command != command.name) continue;
            for (const auto& field : form.fields)
                if (field.name == "step" && contains(field.choices, job.step)) {
                    auto fields = conduct_.filled(form, now_, random_);
                    fields["step"] = job.step;
                    return fields;
                }
        }
        auto fields = command.fields;
        fields["step"] = job.step;
        return fields;
    }

    // Counts a ticket whose end, or the end of the time, has come; nothing is kept of it.
    void finish(std::unique_ptr<Live>& ended) {
        if (!ended) return;
        auto& live = *ended;
        const bool stuck = !live.job && !live.look && live.wishes == 0;
        {
            const Around around(context_, live);
            conduct_.due_facts().write(facts_, live.ticket, around, now_);
            const auto all =
                deadlines(policy_, facts_, context_.history, policy_.calendar, now_, DeadlineParts::times_only);
            tally_.over(live.ticket, context_.history, all, stuck);
        }
        ended.reset();
    }

    const Conduct& conduct_;
    const Policy& policy_;
    const Mix& mix_;
    const WorkingHours& hours_;
    const CentreTask& task_;
    Random random_;
    std::vector<Desk> desks_;
    Facts facts_;  // of the ticket looked at last, written over by the next
    DecideContext context_;
    std::chrono::local_days day_of_draws_{};
    TimePoint end_of_day_;
    std::vector<std::unique_ptr<Live>> live_;
    std::priority_queue<Due, std::vector<Due>, std::greater<>> dues_;
    std::uint64_t order_ = 0;
    TimePoint now_;
    Tally tally_;
};

}  // namespace

SimulationCounts run_centre(const Conduct& conduct, const WorkingHours& hours, const CentreTask& task) {
    return Centre(conduct, hours, task).run();
}

}  // namespace huiyin
