#include "workflow/ticket/decide.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "workflow/policy/same_text.h"
#include "workflow/ticket/course.h"
#include "workflow/ticket/evolve.h"
#include "workflow/ticket/procedure.h"

namespace huiyin {
namespace {

Problem bad_field(const std::string& field, const std::string& text) { return {"ticket.bad_field", text, "/" + field}; }

std::string text_of(const Json& fields, std::string_view name) {
    const auto found = fields.find(name);
    return found != fields.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool speaks_for_customer(const Command& command) {
    const std::string_view name = command.name;
    return is_same_text(name, "consent") || is_same_text(name, "confirm") || is_same_text(name, "rate") ||
           is_same_text(name, "withdraw");
}

bool handles(const Ticket& ticket, const Party& party) {
    return party.kind == PartyKind::staff && (ticket.assignee == StaffId{party.id} || ticket.handlers.count(party.id));
}

std::string command_title(const Policy& policy, const std::string& name) {
    for (const auto& move : policy.moves)
        if (move.command == name && !move.title.empty()) return move.title;
    const auto* spec = find_command(name);
    return spec ? spec->title : name;
}

// "现在可以：受理、退单": what instead of what was refused.
std::string instead(const Ticket& ticket, const Policy& policy, const ActingAs& actor, const Facts& facts) {
    std::string list;
    int named = 0;
    for (const auto* move : open_moves(policy, ticket.state, actor, facts)) {
        const auto title = command_title(policy, move->command);
        if (move->command == "note" || named == 5 || list.find(title) != std::string::npos) continue;
        list += (list.empty() ? "" : "、") + title;
        ++named;
    }
    return list.empty() ? std::string() : "。现在可以：" + list;
}

std::string others(const Policy& policy, const Ticket& ticket, const std::string& command) {
    std::string roles;
    for (const auto* move : moves_from(policy, ticket.state, command))
        for (const auto& role : move->roles)
            if (roles.find(role) == std::string::npos) roles += (roles.empty() ? "" : ", ") + role;
    return roles;
}

// A record of our own lives another life than a customer's matter: neither becomes the other.
bool may_become(const Policy& policy, const std::string& from, const std::string& to) {
    const auto* before = policy.kind(from);
    const auto* after = policy.kind(to);
    return !before || !after || before->unasked == after->unasked;
}

std::optional<Problem> check_classification(const Ticket& ticket, const Json& fields, const Policy& policy) {
    const auto kind = fields.contains("kind") ? text_of(fields, "kind") : ticket.kind;
    if (!policy.kind(kind)) return bad_field("kind", "没有这个性质：" + kind);
    if (!may_become(policy, ticket.kind, kind))
        return bad_field("kind", "我们自己的记录和客户的事不能互改，请另外登记：" + policy.kind(kind)->title);
    const auto category = fields.contains("category") ? text_of(fields, "category") : ticket.category;
    if (!category.empty() && !policy.category(kind, category))
        return bad_field("category",
                         "“" + policy.kind(kind)->title + "”下没有这个类别：" + category + "。请一并选择类别");
    if (fields.contains("level")) {
        const auto* level = policy.level(text_of(fields, "level"));
        if (!level || (!level->kinds.empty() && !contains(level->kinds, kind)))
            return bad_field("level", "没有这个级别：" + text_of(fields, "level"));
    }
    return std::nullopt;
}

std::optional<Problem> check_score(const Json& fields, const char* name, const Policy& policy) {
    const auto found = fields.find(name);
    if (found == fields.end()) return std::nullopt;
    const auto score = found->is_number_integer() ? found->get<std::int64_t>() : -1;
    const auto& answers = policy.surveys.answers;
    if (!answers.empty()) {
        std::string scores;
        for (const auto& answer : answers) {
            if (answer.score == score) return std::nullopt;
            scores += (scores.empty() ? "" : "、") + std::to_string(answer.score);
        }
        return bad_field(name, "分数是" + scores + "之一");
    }
    if (score < 1 || score > policy.surveys.scale)
        return bad_field(name, "分数是1到" + std::to_string(policy.surveys.scale));
    return std::nullopt;
}

std::optional<Problem> check_future(const Json& fields, const char* name, TimePoint now) {
    const auto found = fields.find(name);
    if (found == fields.end() || !found->is_number_integer()) return std::nullopt;
    if (from_ms(found->get<std::int64_t>()) <= now) return bad_field(name, "这个时间已经过去，请写一个以后的时间");
    return std::nullopt;
}

std::optional<Problem> check_required(const Command& command, const Move& move) {
    if (const auto* spec = find_command(command.name))
        for (const auto& field : spec->fields)
            if (field.required && !command.fields.contains(field.name))
                return bad_field(field.name, "缺少：" + field.title);
    for (const auto& field : move.fields) {
        const auto name = is_same_text(field.type, "number") ? fen_name(field.name) : field.name;
        if (field.required && !command.fields.contains(name)) return bad_field(field.name, "缺少：" + field.title);
    }
    return std::nullopt;
}

std::optional<Problem> check_fields(const Ticket& ticket, const Command& command, const Move& move,
                                    const Policy& policy, TimePoint now) {
    const auto& fields = command.fields;
    const std::string_view name = command.name;
    if (auto problem = check_required(command, move)) return problem;
    if (is_same_text(name, "classify"))
        if (auto problem = check_classification(ticket, fields, policy)) return problem;
    for (const char* score : {"score"})
        if (auto problem = check_score(fields, score, policy)) return problem;
    for (const char* time : {"until", "finish_by"})
        if (auto problem = check_future(fields, time, now)) return problem;
    if (is_same_text(name, "complete") || is_same_text(name, "decide"))
        if (auto problem = check_step(ticket, command, policy, now)) return problem;
    if (is_same_text(name, "consent") && !contains(policy.proposals.answers, text_of(fields, "answer")))
        return bad_field("answer", "没有这个答复：" + text_of(fields, "answer"));
    if (is_same_text(name, "transfer") && fields.contains("role") && !contains(policy.roles, text_of(fields, "role")))
        return bad_field("role", "没有这个岗位：" + text_of(fields, "role"));
    if (speaks_for_customer(command) && command.by.kind == PartyKind::staff && command.means.empty() &&
        !fields.contains("means"))
        return bad_field("means", "请写明客户是电话里说的(phone)还是当面说的(visit)");
    return std::nullopt;
}

// May this limit be moved so far, by this person? The deadline's own rule says it, beside the move.
std::optional<Problem> check_extension(const Ticket& ticket, const Command& command, const Policy& policy,
                                       const DecideContext& context, TimePoint now) {
    const auto clock = text_of(command.fields, "clock");
    const auto running = deadlines_of(ticket, policy, context, now);
    const auto found =
        std::find_if(running.begin(), running.end(), [&](const Deadline& each) { return each.name == clock; });
    if (found == running.end()) return bad_field("clock", "这个时限现在没有在计时：" + clock);
    const auto agreed = command.fields.find("customer_agreed");
    const bool by_customer = command.by.kind == PartyKind::resident;
    const ExtensionWish wish{command.roles, from_ms(command.fields.at("until").get<std::int64_t>()),
                             by_customer || (agreed != command.fields.end() && *agreed == true)};
    auto allowed = may_extend(policy, *found, facts_of(ticket, policy, context, now),
                              context.calendar ? *context.calendar : policy.calendar, wish);
    return allowed ? std::nullopt : std::optional(allowed.problem());
}

Json event_data(const Command& command, const Ticket& ticket, const Policy& policy) {
    Json data = command.fields.is_object() ? command.fields : Json::object();
    if (!command.means.empty() && !data.contains("means")) data["means"] = command.means;
    if (speaks_for_customer(command) && command.by.kind == PartyKind::resident) data["means"] = "chat";
    const std::string_view name = command.name;
    if (is_same_text(name, "rate")) {
        data["scale"] = policy.surveys.scale;
        if (ticket.rating) data["correction"] = true;
    }
    if (is_same_text(name, "resolve") && data.contains("cause")) {
        data["cause_words"] = data["cause"];
        data.erase("cause");
    }
    return data;
}

// What the command itself adds to its event, beside the fields.
void complete_data(Json& data, const Command& command, Course& course, const Policy& policy) {
    const std::string_view name = command.name;
    if (is_same_text(name, "transfer")) {
        const auto role = data.contains("role") ? text_of(data, "role") : course.ticket().owner_role;
        data["owner_unit"] = to_text(course.unit_of(role));
    }
    if (is_same_text(name, "classify") && data.contains("level"))
        data["judged"] = judge_level(policy, course.facts()).level;
}

// Duties that are fulfilled by the command as such: a call that was to be made, a visit that was drawn. A task named
// "revisit" is fulfilled by whoever reaches the customer, and by the customer himself who rates in chat; any other by
// the role it was given to, with the means it names.
void fulfil_steps(Course& course, const Command& command) {
    const auto& steps = course.ticket().steps;
    if (std::none_of(steps.begin(), steps.end(), [](const Step& step) { return is_same_text(step.state, "open"); }))
        return;
    const std::string_view name = command.name;
    const auto question = is_same_text(name, "consent")   ? "consent"
                          : is_same_text(name, "confirm") ? "fixed"
                          : is_same_text(name, "rate")    ? "rating"
                                                          : "";
    const auto means = text_of(command.fields, "means");
    const bool reached = is_same_text(name, "revisit") && command.fields.value("reached", true);
    std::vector<std::string> done;
    for (const auto& step : steps) {
        if (!is_same_text(step.state, "open")) continue;
        const bool called = *question && step.step == std::string("call_") + question;
        const bool answered = step.step == "revisit" && (reached || is_same_text(name, "rate"));
        const bool made = reached && step.means == means && contains(command.roles, step.role);
        if (called || answered || made) done.push_back(step.step);
    }
    for (const auto& step : done) course.happen("ticket.completed", data_of("step", step), command.by, {});
}

bool would_close(const Policy& policy, const Ticket& ticket, const Move& move) {
    const auto* to = policy.state(move.to);
    return to && to->phase == Phase::closed && ticket.phase != Phase::closed;
}

bool is_customers_word(const Command& command) {
    return speaks_for_customer(command) ||
           (is_same_text(command.name, "revisit") && command.fields.value("reached", false));
}

std::vector<std::string> kinds_for(const Policy& policy, const Ticket& ticket) {
    std::vector<std::string> keys;
    for (const auto& kind : policy.kinds)
        if (may_become(policy, ticket.kind, kind.key)) keys.push_back(kind.key);
    return keys;
}

// The choices of this policy and this ticket for a field of the interface.
std::vector<std::string> choices_for(const std::string& command, const FieldSpec& field, const Ticket& ticket,
                                     const Policy& policy, const ActingAs& actor) {
    const auto extensible = [&](const std::string& name) {
        return std::any_of(policy.deadlines.begin(), policy.deadlines.end(),
                           [&](const DeadlineRule& rule) { return rule.name == name && !rule.extend.empty(); });
    };
    std::vector<std::string> keys;
    if (command == "classify" && field.name == "kind") return kinds_for(policy, ticket);
    if (command == "classify" && field.name == "category") {
        for (const auto& kind : policy.kinds)
            for (const auto& category : kind.categories)
                if (!contains(keys, category.key)) keys.push_back(category.key);
    } else if (command == "classify" && field.name == "level") {
        for (const auto& level : policy.levels)
            if (level.kinds.empty() || contains(level.kinds, ticket.kind)) keys.push_back(level.key);
    } else if (is_same_text(field.type, "flags")) {
        return common_flags();
    } else if (field.name == "clock") {
        for (const auto& deadline : ticket.deadlines)
            if ((deadline.state == "running" || deadline.state == "missed" || deadline.state == "paused") &&
                extensible(deadline.name))
                keys.push_back(deadline.name);
    } else if (field.name == "step") {
        for (const auto& step : ticket.steps)  // those of the pack's own have forms of their own
            if (is_same_text(step.state, "open") && !policy.step(step.step) &&
                step.step.find(':') == std::string::npos && may_answer(ticket, step, actor, policy))
                keys.push_back(step.step);
    } else if (command == "transfer" && field.name == "role") {
        return policy.roles;
    } else {
        return field.choices;
    }
    return keys;
}

}  // namespace

namespace {

// The conversation says it before he files, and lists it among what was told.
bool heard_warning(const Ticket& filed) {
    const auto told = filed.facts.find("told");
    const auto* list = told == filed.facts.end() ? nullptr : std::get_if<std::vector<std::string>>(&told->second);
    return list && std::find(list->begin(), list->end(), "warning") != list->end();
}

}  // namespace

Result<Decision> decide_open(const Ticket& filed, const Party& by, const Policy& policy, const DecideContext& context,
                             TimePoint now) {
    if (!policy.kind(filed.kind)) return bad_field("kind", "没有这个性质：" + filed.kind);
    if (!filed.category.empty() && !policy.category(filed.kind, filed.category))
        return bad_field("category", "“" + policy.kind(filed.kind)->title + "”下没有这个类别：" + filed.category);
    Ticket start;
    start.id = filed.id;
    start.number = filed.number;
    Course course(start, policy, context, now);
    // The mildest level first: a worse one is a change of its own, with its reason.
    std::string mildest;
    for (const auto& level : policy.levels)
        if (level.any_of.empty() && (level.kinds.empty() || contains(level.kinds, filed.kind))) {
            mildest = level.key;
            break;
        }
    auto data = data_of("number", filed.number, "policy", policy.id, "policy_version", policy.version, "kind",
                        filed.kind, "category", filed.category, "level", mildest, "flags", filed.flags, "unit",
                        to_text(filed.unit), "owner_role", policy.accept_role, "owner_unit",
                        to_text(course.unit_of(policy.accept_role)), "customer", to_text(filed.customer));
    if (filed.details) data["details"] = data_of("text_id", to_text(filed.details));
    if (filed.household) data["household"] = to_text(filed.household);
    if (filed.conversation) data["conversation"] = to_text(filed.conversation);
    if (filed.anonymous) data["anonymous"] = true;
    if (filed.amount_fen) data["amount_fen"] = *filed.amount_fen;
    if (filed.purchase_fen) data["purchase_fen"] = *filed.purchase_fen;
    if (filed.occurred_at) data["occurred_at"] = to_ms(*filed.occurred_at);
    if (!filed.emergency.empty()) data["emergency"] = filed.emergency;
    if (filed.repeat_of) data["repeat_of"] = to_text(filed.repeat_of);
    if (filed.joined_to) data["joined_to"] = to_text(filed.joined_to);
    if (!filed.facts.empty()) data["facts"] = to_json(filed.facts);
    if (!filed.attachments.empty()) {
        data["attachments"] = Json::array();
        for (const auto& attachment : filed.attachments) data["attachments"].push_back(attachment.value);
    }
    Facts told;
    thread_local Facts facts;  // written over each time (FactWriter)
    write_facts(facts, filed, policy, context, now);
    const auto& opening = opening_for(policy, facts);
    add_told(told, policy, facts);
    course.moved("ticket.opened", std::move(data), by, opening.clause, opening.to);
    const auto* level = course.first_level();
    course.follow(opening.effects, told, by);
    // Whoever is in danger hears of help, and of nothing else.
    const bool warned = !filed.emergency.empty() || heard_warning(filed);
    if (!policy.identity.warning.empty() && by.kind == PartyKind::resident && !warned) {
        Effect warning;
        warning.name = "tell";
        warning.fields["phrase"] = policy.identity.warning;
        warning.clause = policy.identity.clause;
        course.owe(std::move(warning), told);
    }
    // What the level brings comes after; what an effect of the opening raised it to has brought its own.
    if (level && course.ticket().level == level->key) course.follow(level->effects, {}, by_policy);
    return course.end();
}

Result<Decision> decide(const Ticket& ticket, const Command& command, const Policy& policy,
                        const DecideContext& context, TimePoint now) {
    const std::string_view name = command.name;
    thread_local Facts known;  // written over each time (FactWriter)
    write_facts(known, ticket, policy, context, now);
    const Facts& facts = known;
    auto given = given_of(command.fields);
    add_given(given, command, policy, facts);
    if ((speaks_for_customer(command) || is_same_text(name, "revisit")) && handles(ticket, command.by))
        return Problem{"ticket.own_ticket", "这张工单是您自己办的，客户的答复要由别人来问。请让前台联系客户",
                       ticket.number};
    auto found = find_move(policy, ticket.state, command.name, command.roles, facts, given);
    if (!found) {
        auto problem = found.problem();
        // All that is missing, in one go.
        Facts told;
        if (is_same_text(name, "accept") || is_same_text(name, "escalate")) add_told(told, policy, facts);
        if (const auto missing = told.find("missing"); missing != told.end())
            problem.text += "。还缺：" + std::get<std::string>(missing->second);
        if (problem.code == "ticket.not_allowed" && context.says_what_instead)
            problem.text += instead(ticket, policy, command.roles, facts);
        if (problem.code == "ticket.wrong_role") problem.detail += ", roles " + others(policy, ticket, command.name);
        return problem;
    }
    const Move& move = **found;
    if (auto problem = check_fields(ticket, command, move, policy, now)) {
        problem->clause = move.clause;
        return std::move(*problem);
    }
    if (auto problem = check_limits(ticket, command, move, policy, facts, given, context.role_title)) {
        if (problem->clause.empty()) problem->clause = move.clause;
        return std::move(*problem);
    }
    if (is_same_text(name, "assign") && context.kept_out.count(std::atoll(text_of(command.fields, "assignee").c_str())))
        return Problem{"ticket.bad_field", "这位同事要回避这件事，请派给别人", "/assignee", policy.recusal.clause};
    if (is_same_text(name, "extend"))
        if (auto problem = check_extension(ticket, command, policy, context, now)) return std::move(*problem);
    Course course(ticket, policy, context, now);
    if (would_close(policy, ticket, move) && !is_customers_word(command))
        if (auto problem = course.why_not_close(command.by)) {
            problem->clause = move.clause;
            return std::move(*problem);
        }
    auto data = event_data(command, ticket, policy);
    complete_data(data, command, course, policy);
    take_fields(data, command, move, policy, facts);
    course.moved(event_of(command.name), std::move(data), command.by,
                 command.clause.empty() ? move.clause : command.clause, move.to);
    if (is_same_text(name, "classify")) course.level_was_set(ticket.level, command.by);
    fulfil_steps(course, command);
    if (is_same_text(name, "complete") || is_same_text(name, "decide"))
        course.answer_penalty(text_of(command.fields, "step"), text_of(command.fields, "decision"));
    add_told(given, policy, facts);
    course.follow(move.effects, given, command.by);
    return course.end();
}

namespace {

bool owes(const Course& course, std::string_view name) {
    return std::any_of(course.owed().begin(), course.owed().end(),
                       [&](const Owed& each) { return is_same_text(each.effect.name, name); });
}

// The roles that were paged for it so far, each once, and whoever has it in hand.
std::vector<std::string> paged_roles(const Course& course) {
    std::vector<std::string> roles;
    for (const auto& event : course.history()) {
        if (!is_same_text(event.type, "emergency.paged")) continue;
        const auto found = event.fields.find("role");
        const auto* role = found == event.fields.end() ? nullptr : std::get_if<std::string>(&found->second);
        if (role && !contains(roles, *role)) roles.push_back(*role);
    }
    if (!roles.empty() && course.ticket().assignee) roles.emplace_back("assignee");
    return roles;
}

// Where to go, or whom to call, is another thing than those heard who are at work on it: they hear what is new. Whoever
// was paged is paged; a person of several roles once, as all are owed for one event.
void pass_on(Course& course, const Json& changed, const Policy& policy) {
    const auto& now = course.ticket();
    const bool place = std::find(changed.begin(), changed.end(), "place") != changed.end();
    const bool urgent = now.flags.count("emergency") && now.phase < Phase::resolved;
    const auto roles = urgent ? paged_roles(course) : std::vector<std::string>();
    if (!place && now.anonymous) return;  // nobody is told whom
    if (is_end(now.phase) || owes(course, "page") || (roles.empty() && owes(course, "notify"))) return;
    const auto& clause = opening_for(policy, course.facts()).clause;
    for (const auto& role : roles)
        if (role != "assignee")
            course.happen("emergency.paged",
                          data_of("role", role, "unit", to_text(course.unit_of(role)), "emergency", now.emergency),
                          by_policy, clause);
    for (const auto& role : roles) {
        auto page = plain_effect("page", place ? "staff.emergency_place" : "staff.emergency_contact", clause);
        page.fields["role"] = role;
        course.owe(std::move(page), {});
    }
    // Who is to accept it reads the contact when he does; the place he was told already, and it was another one.
    const bool open = now.phase == Phase::open;
    if (!roles.empty() || (open && !place)) return;
    auto notice = plain_effect("notify", place ? "staff.place_amended" : "staff.contact_amended", {});
    notice.fields["role"] = open ? "acceptor" : "assignee";
    course.owe(std::move(notice), {});
}

}  // namespace

Decision decide_record(const Ticket& ticket, const std::string& type, const Json& data, const Party& by,
                       const Policy& policy, const DecideContext& context, TimePoint now) {
    Course course(ticket, policy, context, now);
    course.happen(type, data, by, {});
    if (type == "evidence.added" || type == "supporter.joined") {
        Effect notice;
        notice.name = "notify";
        notice.fields = {{"role", ticket.phase == Phase::open ? "acceptor" : "assignee"},
                         {"phrase", type == "evidence.added" ? "staff.evidence" : "staff.supporter"}};
        course.owe(std::move(notice), given_of(data));
    }
    // What turned out to be a danger later, or to lie elsewhere, is told there as if it had been known at once.
    const bool moved = data.contains("unit") && ticket.phase == Phase::open;
    const bool danger = data.contains("emergency") && ticket.emergency.empty();
    Effects again;
    for (const auto& effect : opening_for(policy, course.facts()).effects)
        if (effect.name == "page" ? danger || moved : moved && effect.name == "notify") again.push_back(effect);
    course.follow(again, {}, by);
    if (const auto changed = data.find("changed"); changed != data.end()) pass_on(course, *changed, policy);
    return course.end();
}

namespace {

// The part of the talk in which a command is given.
std::string_view stage_of(std::string_view command, const Ticket& ticket) {
    if (command == "accept" || command == "classify") return "intake";
    if (command == "propose" || command == "resolve") return "answer";
    if (command == "reply") return ticket.resolved_at ? "answer" : "waiting";
    if (command == "pause" || command == "extend") return "waiting";
    return command == "revisit" || command == "withdraw" ? "closing" : "";
}

std::string script_of(const Policy& policy, std::string_view command, const Ticket& ticket) {
    std::string script;
    const auto stage = stage_of(command, ticket);
    for (const auto& each : policy.talk.stages)
        if (each.stage == stage && !stage.empty()) script += (script.empty() ? "" : "；") + each.script;
    return script;
}

}  // namespace

std::vector<AllowedCommand> allowed(const Ticket& ticket, const ActingAs& actor, const Policy& policy,
                                    const DecideContext& context, TimePoint now, std::string_view command) {
    std::vector<AllowedCommand> list;
    thread_local Facts facts;  // written over each time (FactWriter)
    write_facts(facts, ticket, policy, context, now);
    for (const auto* move : open_moves(policy, ticket.state, actor, facts, command)) {
        const auto* spec = find_command(move->command);
        if (!spec) continue;
        const bool needs_step = move->command == "complete" || move->command == "decide";
        if (needs_step) {
            for (auto& form : allowed_steps(ticket, actor, *move, policy))
                if (std::none_of(list.begin(), list.end(), [&](const AllowedCommand& known) {
                        return known.command == form.command && !known.fields.empty() &&
                               known.fields.front().choices == form.fields.front().choices;
                    }))
                    list.push_back(std::move(form));
            if (!move->step.empty() || choices_for(move->command, {"step", "text"}, ticket, policy, actor).empty())
                continue;
        }
        AllowedCommand one{move->command, move->title.empty() ? spec->title : move->title, {}, move->roles};
        one.script = script_of(policy, move->command, ticket);
        for (auto field : spec->fields) {
            field.choices = choices_for(move->command, field, ticket, policy, actor);
            if (field.name == "means" && contains(actor, "staff")) field.required = true;
            one.fields.push_back(std::move(field));
        }
        for (const auto& field : move->fields) one.fields.push_back(field_spec(field));
        list.push_back(std::move(one));
    }
    return list;
}

}  // namespace huiyin
