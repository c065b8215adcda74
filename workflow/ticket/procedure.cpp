#include "workflow/ticket/procedure.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "workflow/policy/same_text.h"

namespace huiyin {
namespace {

std::string text_of(const Json& fields, std::string_view name) {
    const auto found = fields.find(name);
    return found != fields.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Problem bad_field(const std::string& field, const std::string& text) { return {"ticket.bad_field", text, "/" + field}; }

bool has_done_it(const Ticket& ticket, const Party& party) {
    return party.kind == PartyKind::staff && (ticket.assignee == StaffId{party.id} || ticket.handlers.count(party.id));
}
bool handled(const Ticket& ticket, const Party& party) {
    return has_done_it(ticket, party) || (party.kind == PartyKind::staff && ticket.team.count(party.id));
}

// "penalty:idle" is answered with these, whatever the pack.
const std::vector<DecisionChoice>& penalty_choices(bool appeal) {
    static const std::vector<DecisionChoice> first{{"confirmed", "确认"}, {"changed", "调整"}, {"dropped", "不处罚"}};
    static const std::vector<DecisionChoice> second{{"upheld", "维持"}, {"cancelled", "撤销"}};
    return appeal ? second : first;
}
const std::vector<DecisionChoice>* choices_of(const Policy& policy, const std::string& step) {
    if (step.rfind("penalty:", 0) == 0) return &penalty_choices(false);
    if (step.rfind("appeal_decision:", 0) == 0) return &penalty_choices(true);
    const auto* rule = policy.step(step);
    return rule && !rule->decisions.empty() ? &rule->decisions : nullptr;
}

std::string title_of(const Policy& policy, const std::string& step) {
    if (const auto* rule = policy.step(step)) return rule->title;
    const auto colon = step.find(':');
    const auto* penalty = colon == std::string::npos ? nullptr : policy.penalty(step.substr(colon + 1));
    if (!penalty) return step;
    return (step.rfind("penalty:", 0) == 0  ? "考核建议："
            : step.rfind("appeal:", 0) == 0 ? "提出申诉："
                                            : "申诉决定：") +
           penalty->title;
}

bool is_about_penalty(const std::string& step) {
    return step.rfind("penalty:", 0) == 0 || step.rfind("appeal:", 0) == 0 || step.rfind("appeal_decision:", 0) == 0;
}

const PenaltyProposed* penalty_of(const Ticket& ticket, const std::string& step) {
    const auto colon = step.find(':');
    if (colon == std::string::npos) return nullptr;
    const auto key = step.substr(colon + 1);
    for (auto penalty = ticket.penalties.rbegin(); penalty != ticket.penalties.rend(); ++penalty)
        if (penalty->penalty == key) return &*penalty;
    return nullptr;
}

// What is done by calling or visiting the customer looks at the work: whoever did that does not tick it off.
bool is_with_customer(const Step& step) { return !step.means.empty(); }

}  // namespace

bool may_answer(const Ticket& ticket, const Step& step, const ActingAs& actor, const Policy& policy) {
    const auto* rule = policy.step(step.step);
    const bool penalty = is_about_penalty(step.step);
    if (is_with_customer(step) && contains(actor, "assignee")) return false;
    if (!rule && !penalty && !is_with_customer(step)) return true;  // a task of nobody's own: whoever the move admits
    if (contains(actor, step.role) || contains(actor, "policy")) return true;
    if (step.step.rfind("appeal:", 0) == 0 && contains(actor, "penalised")) return true;
    if (rule && step.role == ticket.owner_role && contains(actor, "assignee")) return true;
    return rule && std::any_of(rule->by.begin(), rule->by.end(),
                               [&](const std::string& role) { return contains(actor, role); });
}

namespace {

// Fields of a step come inside `fields`, or beside it, as the form sends them.
Json filled_in(const Json& fields) {
    auto all = fields.contains("fields") && fields.at("fields").is_object() ? fields.at("fields") : Json::object();
    for (const auto& [name, value] : fields.items())
        if (name != "fields" && name != "step" && !all.contains(name)) all[name] = value;
    return all;
}

std::optional<Json> as_type(const MoveField& field, const Json& value) {
    if (is_same_text(field.type, "boolean") && value.is_boolean()) return value;
    if (is_same_text(field.type, "integer") && value.is_number_integer()) return value;
    if (is_same_text(field.type, "number") && value.is_number())
        return static_cast<std::int64_t>(value.get<double>() * 100 + 0.5);
    if (is_same_text(field.type, "time")) {
        if (value.is_number_integer()) return value;
        if (const auto at = parse_rfc3339(value.is_string() ? value.get<std::string>() : "")) return to_ms(*at);
        return std::nullopt;
    }
    if (is_same_text(field.type, "choice") && value.is_string() && contains(field.choices, value.get<std::string>()))
        return value;
    const bool words =
        is_same_text(field.type, "text") || is_same_text(field.type, "person") || is_same_text(field.type, "unit");
    if (words && value.is_string()) return value;
    return std::nullopt;
}

// The amount is the fixed one, or the person's own within the range; an appeal comes in time and from the person
// himself.
std::optional<Problem> check_penalty(const Ticket& ticket, const Step& step, const Command& command,
                                     const Policy& policy, TimePoint now) {
    const auto* proposed = penalty_of(ticket, step.step);
    const auto* rule = proposed ? policy.penalty(proposed->penalty) : nullptr;
    if (!rule) return bad_field("step", "没有这项考核：" + step.step);
    if (step.step.rfind("appeal:", 0) == 0) {
        if (proposed->staff && command.by != staff(proposed->staff))
            return Problem{"ticket.wrong_role", "申诉由本人提出", "step " + step.step, rule->clause};
        if (step.due_at && now >= *step.due_at)
            return Problem{"ticket.not_allowed", "申诉期限已经过了", "step " + step.step, rule->clause};
        return std::nullopt;
    }
    if (step.step.rfind("penalty:", 0) != 0) return std::nullopt;
    const auto decision = text_of(command.fields, "decision");
    const auto amount = command.fields.find("amount_fen");
    const bool given = amount != command.fields.end() && amount->is_number_integer();
    if (decision == "dropped") return std::nullopt;
    if (!given && (decision == "changed" || !proposed->fen)) return bad_field("amount_yuan", "请写明金额");
    if (given && rule->from_fen &&
        (amount->get<std::int64_t>() < *rule->from_fen || amount->get<std::int64_t>() > *rule->to_fen))
        return bad_field("amount_yuan", "金额要在规定的范围以内");
    if (given && decision == "confirmed" && proposed->fen && amount->get<std::int64_t>() != *proposed->fen)
        return bad_field("decision", "金额与建议不同，请选“调整”");
    return std::nullopt;
}

std::optional<Problem> check_filled(const StepRule& rule, const Json& fields) {
    const auto filled = filled_in(fields);
    for (const auto& field : rule.fields) {
        const auto found = filled.find(field.name);
        const bool money = is_same_text(field.type, "number") && filled.contains(fen_name(field.name));
        if (found == filled.end() || found->is_null() || (found->is_string() && found->get<std::string>().empty())) {
            if (field.required && !money) return bad_field("fields/" + field.name, "缺少：" + field.title);
            continue;
        }
        if (!as_type(field, *found)) return bad_field("fields/" + field.name, "填写不对：" + field.title);
    }
    const auto inside = fields.find("fields");
    if (inside == fields.end() || !inside->is_object()) return std::nullopt;
    for (auto at = inside->begin(); at != inside->end(); ++at)
        if (std::none_of(rule.fields.begin(), rule.fields.end(),
                         [&](const MoveField& field) { return field.name == at.key(); }))
            return bad_field("fields/" + at.key(), "这一步没有这一项：" + at.key());
    return std::nullopt;
}

// Adds to a list among the facts, what stands in it already included.
void put_on_list(Json& data, const char* list, const std::string& item, const Facts& facts) {
    auto& all = data["facts"][list];
    if (all.is_null()) {
        const auto found = facts.find(list);
        const auto* items = found == facts.end() ? nullptr : std::get_if<std::vector<std::string>>(&found->second);
        all = items ? Json(*items) : Json::array();
    }
    if (std::find(all.begin(), all.end(), item) == all.end()) all.push_back(item);
}

void take(Json& data, const MoveField& field, const Json& value, const Policy& policy, const Facts& facts) {
    if (field.name == "not_yet_known") return put_on_list(data, "unknown_slots", value.get<std::string>(), facts);
    if (const auto* slot = policy.slot(field.name); slot && !field.sets_fact)
        return put_on_list(data, "told", slot->key, facts);
    if (is_same_text(field.type, "person")) {
        const bool out = contains(policy.recusal.fields, field.name);
        if (out || field.name == "with") {
            auto& list = data[out ? "recused" : "team"];
            if (list.is_null()) list = Json::array();
            list.push_back(value);
        }
        return;
    }
    if (!field.sets_fact) return;
    data["facts"][is_same_text(field.type, "number") ? fen_name(field.name) : field.name] = value;
}

std::string joined(const std::vector<std::string>& words, const char* between) {
    std::string all;
    for (const auto& each : words) all += (all.empty() ? "" : between) + each;
    return all;
}

// 30, 2000, 99.5
std::string plain(double number) {
    auto text = std::to_string(number);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
}

// What the pack calls a role, in whichever language it has.
std::string title_in(const Policy& policy, const std::string& role) {
    for (const auto& [locale, texts] : policy.phrases)
        if (const auto found = texts.find("staff.role." + role); found != texts.end()) return found->second;
    return role;
}

std::optional<Problem> check_talk(const Command& command, const Policy& policy) {
    if (command.by.kind != PartyKind::staff) return std::nullopt;
    if (!is_same_text(command.name, "reply") && !is_same_text(command.name, "propose") &&
        !is_same_text(command.name, "resolve"))
        return std::nullopt;
    const auto text = text_of(command.fields, "text");
    for (const auto& never : policy.talk.never)
        for (const auto& words : never.words)
            if (!words.empty() && text.find(words) != std::string::npos)
                return Problem{"ticket.not_allowed",
                               "对客户不说“" + words + "”：" + never.because + "。请换一种说法",
                               {},
                               never.clause};
    return std::nullopt;
}

}  // namespace

const Step* open_step(const Ticket& ticket, const std::string& name) {
    for (const auto& step : ticket.steps)
        if (is_same_text(step.state, "open") && step.step == name) return &step;
    return nullptr;
}

std::optional<Problem> check_step(const Ticket& ticket, const Command& command, const Policy& policy, TimePoint now) {
    const auto name = text_of(command.fields, "step");
    const auto* step = open_step(ticket, name);
    if (!step) return bad_field("step", "没有这项待办：" + name);
    const auto* rule = policy.step(name);
    const auto title = title_of(policy, name);
    const auto called = title == name ? std::string("这项联系客户的事") : "“" + title + "”";
    const bool checks = rule && rule->other_than_before && handled(ticket, command.by);
    if (checks || (is_with_customer(*step) && has_done_it(ticket, command.by)))
        return Problem{"ticket.own_ticket", called + "要由没有经办这件事的人来做", ticket.number,
                       rule ? rule->clause : std::string()};
    if (!may_answer(ticket, *step, command.roles, policy))
        return Problem{"ticket.wrong_role", called + "不由您这个岗位操作", "step " + name + ", role " + step->role,
                       rule ? rule->clause : std::string()};
    const auto* choices = choices_of(policy, name);
    const auto decision = text_of(command.fields, "decision");
    const bool penalty = is_about_penalty(name);
    if (is_same_text(command.name, "decide")) {
        if (!choices && penalty) return bad_field("step", "“" + title + "”用“完成事项”提出");
        if (!choices)
            return rule ? std::optional(bad_field("step", "“" + title + "”是填写的，不是审批的")) : std::nullopt;
        std::vector<std::string> keys;
        for (const auto& choice : *choices) keys.push_back(choice.key);
        if (!contains(keys, decision))
            return bad_field("decision", "没有这个决定：" + decision + "。可以是：" + joined(keys, "、"));
        return penalty ? check_penalty(ticket, *step, command, policy, now) : std::nullopt;
    }
    if (penalty && !choices) return check_penalty(ticket, *step, command, policy, now);
    if (choices) return bad_field("step", "“" + title + "”要用审批来答复");
    return rule ? check_filled(*rule, command.fields) : std::nullopt;
}

std::optional<Problem> check_limits(const Ticket& ticket, const Command& command, const Move& move,
                                    const Policy& policy, const Facts& facts, const Facts& given,
                                    const std::function<std::string(const std::string&)>& role_title) {
    if (auto problem = check_talk(command, policy)) return problem;
    if (is_same_text(command.name, "propose") && policy.proposals.rounds > 0 &&
        ticket.rounds >= policy.proposals.rounds)
        return Problem{"ticket.not_allowed",
                       "方案最多提出" + std::to_string(policy.proposals.rounds) + "次，已经用完",
                       {},
                       policy.proposals.clause};
    if (is_same_text(command.name, "reply") && !(ticket.consent || ticket.resolved_at)) {
        const bool conveys = std::any_of(policy.talk.convey_only.begin(), policy.talk.convey_only.end(),
                                         [&](const std::string& role) { return contains(command.roles, role); });
        if (conveys)
            return Problem{
                "ticket.not_allowed", "您这个岗位只转达已经批准的答复，不自行答复客户", {}, policy.talk.clause};
    }
    if (policy.authority.empty() || given.at("over_authority") == Fact(false)) return std::nullopt;
    const auto judged = judge_authority(policy, command.roles, facts, given_of(command.fields));
    if (!judged.over || (move.when && to_text(*move.when.logic).find("over_authority") != std::string::npos))
        return std::nullopt;
    const auto field = std::find_if(move.fields.begin(), move.fields.end(),
                                    [&](const MoveField& each) { return each.name == judged.field; });
    const auto title = field != move.fields.end() ? field->title : std::string("金额");
    const auto own = judged.at_most ? "您的权限是" + plain(*judged.at_most) : std::string("您没有这项权限");
    std::vector<std::string> titles;
    for (const auto& role : judged.roles) titles.push_back(role_title ? role_title(role) : title_in(policy, role));
    const auto others = titles.empty() ? std::string("没有岗位可以决定") : "请交给：" + joined(titles, "、");
    return Problem{"ticket.not_allowed", title + plain(judged.asked) + "超出权限：" + own + "。" + others,
                   "field " + judged.field, judged.clause};
}

void add_given(Facts& given, const Command& command, const Policy& policy, const Facts& facts) {
    if (!policy.authority.empty()) given["over_authority"] = judge_authority(policy, command.roles, facts, given).over;
    // A step's own fields are seen beside the others.
    if (is_same_text(command.name, "complete") && command.fields.is_object())
        if (const auto* rule = policy.step(text_of(command.fields, "step"))) {
            const auto filled = filled_in(command.fields);
            for (const auto& field : rule->fields)
                if (const auto found = filled.find(field.name); found != filled.end())
                    for (auto& [name, fact] : given_of(Json{{field.name, *found}})) given[name] = std::move(fact);
        }
}

void take_fields(Json& data, const Command& command, const Move& move, const Policy& policy, const Facts& facts) {
    Json words;  // an object, once there are any
    for (const auto& field : move.fields) {
        const auto name = is_same_text(field.type, "number") ? fen_name(field.name) : field.name;
        const auto found = data.find(name);
        if (found == data.end()) continue;
        const Json value = *found;
        if (is_same_text(field.type, "text")) {
            words[field.name] = value;
            data.erase(name);
        }
        take(data, field, value, policy, facts);
    }
    if (const auto* rule = is_same_text(command.name, "complete") ? policy.step(text_of(data, "step")) : nullptr) {
        const auto filled = filled_in(data);
        for (const auto& field : rule->fields) {
            auto found = filled.find(field.name);
            if (found == filled.end() && is_same_text(field.type, "number")) found = filled.find(fen_name(field.name));
            if (found == filled.end() || found->is_null()) continue;
            const bool read = data.contains(fen_name(field.name));  // read_command made fen of it already
            const auto value =
                read && is_same_text(field.type, "number") ? std::optional(*found) : as_type(field, *found);
            if (!value) continue;
            data.erase(field.name);
            words[field.name] = *found;
            take(data, field, *value, policy, facts);
        }
        if (!rule->form.empty()) {
            data["form"] = rule->form;
            if (const auto* form = policy.form(rule->form); form && !form->copies.empty())
                data["copies"] = form->copies;
        }
    }
    if (!words.empty()) {
        if (data.contains("fields") && data["fields"].is_object())
            for (const auto& [name, value] : words.items()) data["fields"][name] = value;
        else
            data["fields"] = std::move(words);
    }
    if (!is_same_text(command.name, "reject") || policy.admission.tests.empty()) return;
    const auto judged = judge_admission(policy, facts);
    if (!judged.test) return;
    data["admission"] = judged.answer;
    data["admission_test"] = judged.test->name;
    data["notice"] = judged.test->notice;
    if (judged.body) data["body"] = judged.body->name;
    if (judged.test->transfers_file) data["transfers_file"] = true;
}

void add_told(Facts& given, const Policy& policy, const Facts& facts) {
    if (!policy.admission.tests.empty()) {
        const auto judged = judge_admission(policy, facts);
        if (judged.test) {
            given["admission_reason"] = judged.test->reason;
            given["admission_advice"] = judged.test->advice;
        }
        if (judged.body) {
            given["admission_body"] = judged.body->name;
            given["admission_contact"] = judged.body->contact;
        }
    }
    if (policy.slots.empty()) return;
    std::vector<std::string> titles;
    for (const auto* slot : missing_slots(policy, facts)) titles.push_back(slot->title);
    if (!titles.empty()) given["missing"] = joined(titles, "、");
}

FieldSpec field_spec(const MoveField& field) {
    return {field.name, field.type, field.required, field.choices, field.title, field.choice_titles};
}

std::vector<AllowedCommand> allowed_steps(const Ticket& ticket, const ActingAs& actor, const Move& move,
                                          const Policy& policy) {
    std::vector<AllowedCommand> list;
    for (const auto& step : ticket.steps) {
        if (!is_same_text(step.state, "open") || !may_answer(ticket, step, actor, policy)) continue;
        if (move.step.empty() ? has_own_move(policy, ticket.state, move.command, step.step) : move.step != step.step)
            continue;
        const auto* choices = choices_of(policy, step.step);
        if (!policy.step(step.step) && !is_about_penalty(step.step)) continue;
        if ((move.command == "decide") != (choices != nullptr)) continue;
        AllowedCommand one{move.command, title_of(policy, step.step), {}, move.roles};
        one.fields.push_back({"step", "choice", true, {step.step}, "事项", {one.title}});
        if (move.command == "decide") {
            std::vector<std::string> keys, titles;
            if (choices)
                for (const auto& choice : *choices) keys.push_back(choice.key), titles.push_back(choice.title);
            one.fields.push_back({"decision", keys.empty() ? "text" : "choice", true, keys, "决定", titles});
            one.fields.push_back({"text", "text", true, {}, "意见"});
            if (step.step.rfind("penalty:", 0) == 0)
                one.fields.push_back({"amount_yuan", "number", false, {}, "金额（元）"});
        } else if (const auto* rule = policy.step(step.step)) {
            for (const auto& field : rule->fields) one.fields.push_back(field_spec(field));
        }
        for (const auto& field : move.fields) one.fields.push_back(field_spec(field));
        list.push_back(std::move(one));
    }
    return list;
}

}  // namespace huiyin
