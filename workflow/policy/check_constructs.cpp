// What can be proved of intake, steps, reactions, authority, consequences, papers and talk.
#include <nlohmann/json.hpp>
#include <optional>

#include "workflow/policy/checker.h"
#include "workflow/policy/jsonlogic.h"

namespace huiyin::check {
namespace {

const Names& time_facts() {
    static const Names names{"occurred_at", "opened_at", "accepted_at", "resolved_at"};
    return names;
}

// The words "不能" in "customer.rejected": what the pack itself tells with words that it forbids.
std::string forbidden_in(const std::string& text, const std::vector<Never>& never) {
    for (const auto& each : never)
        for (const auto& words : each.words)
            if (!words.empty() && text.find(words) != std::string::npos) return words;
    return {};
}

// What the conversation's own texts may name.
const Names& talk_values() {
    static const Names names{"advice",  "answer",    "ask",      "body",   "channels", "choices", "clause",
                             "contact", "count",     "expected", "first",  "label",    "lines",   "matter",
                             "missing", "name",      "next",     "number", "phone",    "photo",   "place",
                             "present", "procedure", "reason",   "score",  "second",   "source",  "state",
                             "ticket",  "title",     "value",    "when",   "whom",     "why",     "wish"};
    return names;
}

// What every text about a ticket, a step of its life or a duty may name (workflow/engine/values.cpp).
const Names& told_values() {
    static const Names names{"accept_time",
                             "amount",
                             "assignee",
                             "by",
                             "category",
                             "clause",
                             "customer",
                             "danger",
                             "date",
                             "duty",
                             "emergency",
                             "finish_by",
                             "form",
                             "form_number",
                             "handler",
                             "into",
                             "kind",
                             "level",
                             "limit",
                             "limit_title",
                             "location",
                             "matter",
                             "number",
                             "owner",
                             "owner_unit",
                             "phone",
                             "place",
                             "proposal",
                             "reason",
                             "reopen_days",
                             "result_time",
                             "round",
                             "score",
                             "short_matter",
                             "short_place",
                             "state",
                             "state_about",
                             "text",
                             "unit",
                             "unit_phone",
                             "until",
                             "why",
                             "wish",
                             "event",
                             "missing",
                             "admission_body",
                             "admission_contact",
                             "admission_reason",
                             "admission_advice"};
    return names;
}

Names variables_of(const std::string& text) {
    Names names;
    for (auto open = text.find("{{"); open != std::string::npos; open = text.find("{{", open)) {
        const auto close = text.find("}}", open);
        if (close == std::string::npos) break;
        auto name = text.substr(open + 2, close - open - 2);
        const auto first = name.find_first_not_of("{&#^/ \t");
        if (first != std::string::npos) names.push_back(name.substr(first, name.find_last_not_of("} \t") - first + 1));
        open = close + 2;
    }
    return names;
}

}  // namespace

// Beside those of every ticket, and beside its words, a pack's facts stand under their own names.
void Checker::facts_of_pack() {
    std::set<std::string> seen{"location", "occurred_at", "occurred_text", "wish"};
    for (const auto& fact : common_facts()) seen.insert(fact.name);
    for (std::size_t i = common_facts().size(); i < policy_.facts.size(); ++i)
        unique(numbered("/facts", i - common_facts().size()) + "/name", "fact", policy_.facts[i].name, seen);
}

void Checker::intake() {
    std::set<std::string> seen;
    bool otherwise = false;
    for (std::size_t i = 0; i < policy_.sources.size(); ++i) {
        const Source& source = policy_.sources[i];
        const std::string at = numbered("/sources", i);
        unique(at + "/key", "source", source.key, seen);
        clause(at + "/clause", source.clause);
        if (source.otherwise && otherwise) wrong(at + "/otherwise", "two sources for all the rest: leave one");
        otherwise = otherwise || source.otherwise;
    }
    seen.clear();
    for (std::size_t i = 0; i < policy_.slots.size(); ++i) {
        const SlotRule& slot = policy_.slots[i];
        const std::string at = numbered("/slots", i);
        unique(at + "/key", "slot", slot.key, seen);
        known_each(at + "/kinds", "kind", slot.kinds, kind_keys_, "write one of \"kinds\"");
        known_each(at + "/categories", "category", slot.categories, category_keys_, "write a category of \"kinds\"");
        rule(at + "/when", slot.when);
        clause(at + "/clause", slot.clause);
        const auto fact = std::find_if(policy_.facts.begin(), policy_.facts.end(),
                                       [&](const FactInfo& each) { return each.name == slot.key; });
        const bool words = slot.type == "text" || slot.type == "evidence";
        const bool common = std::any_of(common_facts().begin(), common_facts().end(),
                                        [&](const FactInfo& each) { return each.name == slot.key; });
        if (fact != policy_.facts.end() && words && !common)
            wrong(at + "/type", "\"" + slot.key + "\" is a fact and this slot holds words: give one another name");
    }
    Names times = time_facts();
    for (const auto& fact : policy_.facts)
        if (fact.type == FactType::time) times.push_back(fact.name);
    facts_of_pack();
    const Json nothing = Json::array();
    std::set<std::string> before;
    std::set<std::string> derived;
    for (const auto& each : policy_.derived) derived.insert(each.name);
    for (const auto& each : policy_.derived) {
        std::size_t i = 0;
        const auto own = policy_.facts.size() - common_facts().size();
        while (i < own && policy_.facts[common_facts().size() + i].name != each.name) ++i;
        const std::string at = numbered("/facts", i);
        rule(at + "/is", each.is);
        if (each.is)
            for (const auto& name : rule_use(*each.is.logic).facts)
                if (derived.count(name) != 0 && before.count(name) == 0)
                    wrong(at + "/is",
                          "\"" + each.name + "\" looks at \"" + name + "\", which is worked out after it: move it up");
        if (!each.since.empty()) {
            known(at + "/since", "moment", each.since, times, "write occurred_at, opened_at … or a fact of type time");
            span(at + "/longer_than", each.longer_than);
        }
        if (!each.until.empty())
            known(at + "/until", "moment", each.until, times, "write occurred_at, opened_at … or a fact of type time");
        if (each.counts) {
            rule(at + "/counts", each.counts->when, {}, true);
            if (!each.counts->event.empty())
                known(at + "/counts/event", "event", each.counts->event, known_events(),
                      "write one that a ticket has, for example ticket.revisited");
            if (!each.counts->sum.empty()) known(at + "/counts/sum", "fact", each.counts->sum, facts_, "write a fact");
        }
        before.insert(each.name);
    }
    seen.clear();
    clause("/admission/clause", policy_.admission.clause);
    for (std::size_t i = 0; i < policy_.admission.tests.size(); ++i) {
        const AdmissionTest& test = policy_.admission.tests[i];
        const std::string at = numbered("/admission/tests", i);
        unique(at + "/name", "test", test.name, seen);
        known_each(at + "/kinds", "kind", test.kinds, kind_keys_, "write one of \"kinds\"");
        rule(at + "/when", test.when);
        clause(at + "/clause", test.clause);
        for (std::size_t b = 0; b < test.bodies.size(); ++b)
            rule(numbered(at + "/to", b) + "/when", test.bodies[b].when);
        if (policy_.admission.refusal_forbidden && test.answer == "refuse")
            wrong(at + "/answer", "nothing may be refused here, and this test refuses: redirect, advise, or ask");
    }
    if (policy_.admission.refusal_forbidden)
        for (std::size_t i = 0; i < policy_.moves.size(); ++i)
            if (policy_.moves[i].command == "reject" && !policy_.moves[i].refused)
                wrong(numbered("/moves", i),
                      "nothing may be refused here, and this move refuses: take it out, or write "
                      "\"refused\": true");
    clause("/identity/clause", policy_.identity.clause);
    for (const auto& name : policy_.identity.named_to) role("/identity/named_to", name, {});
    clause("/recusal/clause", policy_.recusal.clause);
    for (const auto& field : policy_.recusal.fields) {
        const bool there = std::any_of(policy_.moves.begin(), policy_.moves.end(), [&](const Move& move) {
            return std::any_of(move.fields.begin(), move.fields.end(),
                               [&](const MoveField& each) { return each.name == field && each.type == "person"; });
        });
        if (!there)
            wrong("/recusal/fields", "no move asks for the person \"" + field + "\": add {\"name\":\"" + field +
                                         "\",\"type\":\"person\"} to its fields");
    }
}

// A field stands in the event beside what the engine writes there; one of the same name would be taken for it.
void Checker::own_fields(const std::string& pointer, const std::vector<MoveField>& fields) {
    static const Names taken{"recused",    "team",           "facts",          "fields",    "from",        "to",
                             "phase",      "form",           "copies",         "admission", "form_number", "notice",
                             "body",       "transfers_file", "admission_test", "judged",    "scale",       "correction",
                             "owner_unit", "cause_words",    "attachments",    "step"};
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (contains(taken, fields[i].name))
            wrong(numbered(pointer, i),
                  "\"" + fields[i].name +
                      "\" is what the event itself calls something else: give the field another name");
}

void Checker::steps() {
    for (std::size_t i = 0; i < policy_.moves.size(); ++i)
        own_fields(numbered("/moves", i) + "/fields", policy_.moves[i].fields);
    own_fields("/revisit/questions", policy_.revisit.fields);
    for (std::size_t i = 0; i < policy_.steps.size(); ++i)
        own_fields(numbered("/steps", i) + "/fields", policy_.steps[i].fields);
    for (std::size_t i = 0; i < policy_.steps.size(); ++i) {
        const StepRule& step = policy_.steps[i];
        const std::string at = numbered("/steps", i);
        clause(at + "/clause", step.clause);
        for (const auto& name : step.by) role(at + "/by", name, {"owner", "assignee", "staff", "customer"});
        if (!step.form.empty()) known(at + "/form", "form", step.form, form_keys_, "write one of \"forms\"");
        const bool decided = !step.decisions.empty();
        if (decided && !step.fields.empty())
            wrong(at + "/decisions", "a step is either filled in or decided: take fields or decisions out");
        const std::string wanted = decided ? "decide" : "complete";
        const bool answered = std::any_of(policy_.moves.begin(), policy_.moves.end(), [&](const Move& move) {
            return move.command == wanted && !move.refused && (move.step.empty() || move.step == step.key);
        });
        if (!answered)
            wrong(at, "no move lets anybody " + wanted + " \"" + step.key + "\": add one with \"command\": \"" +
                          wanted + "\"");
        const auto opens = [&](const Effects& list) {
            return std::any_of(list.begin(), list.end(), [&](const Effect& effect) {
                return effect.name == "task" && effect.field("task") == step.key;
            });
        };
        bool opened =
            opens(policy_.opening.effects) || opens({policy_.revisit.task}) || opens(policy_.surveys.suppressed);
        for (const auto& one : policy_.openings) opened = opened || opens(one.effects);
        for (const auto& move : policy_.moves) opened = opened || opens(move.effects);
        for (const auto& level : policy_.levels) opened = opened || opens(level.effects);
        for (const auto& reaction : policy_.reactions) opened = opened || opens(reaction.effects);
        for (const auto& stratum : policy_.revisit.strata) opened = opened || stratum.task == step.key;
        for (const auto& deadline : policy_.deadlines) {
            opened = opened || opens(deadline.miss);
            for (const auto& warning : deadline.warns) opened = opened || opens(warning.effects);
        }
        if (!opened)
            wrong(at,
                  "nothing ever opens the step \"" + step.key + "\": add {\"effect\":\"task\",\"task\":\"" + step.key +
                      "\",…}",
                  Weight::warning);
    }
    for (std::size_t i = 0; i < policy_.moves.size(); ++i) {
        const Move& move = policy_.moves[i];
        const std::string at = numbered("/moves", i);
        if (move.step.empty()) continue;
        if (move.command != "complete" && move.command != "decide")
            wrong(at + "/step", "only complete and decide are about a step: take \"step\" out");
        known(at + "/step", "step", move.step, step_keys_, "write one of \"steps\"");
    }
    for (std::size_t i = 0; i < policy_.forms.size(); ++i) {
        const Form& form = policy_.forms[i];
        const std::string at = numbered("/forms", i);
        clause(at + "/clause", form.clause);
        if (!form.number.empty()) number_pattern(at + "/number", form.number);
        std::set<std::string> columns;
        for (std::size_t c = 0; c < form.columns.size(); ++c)
            unique(numbered(at + "/columns", c) + "/key", "column", form.columns[c].key, columns);
    }
}

void Checker::reactions() {
    std::set<std::string> seen;
    for (std::size_t i = 0; i < policy_.reactions.size(); ++i) {
        const ReactionRule& reaction = policy_.reactions[i];
        const std::string at = numbered("/reactions", i);
        unique(at + "/name", "reaction", reaction.name, seen);
        for (const auto& event : reaction.on)
            known(at + "/on", "event", event, known_events(),
                  "write one that a ticket has, for example ticket.escalated");
        rule(at + "/when", reaction.when, {}, true);
        clause(at + "/clause", reaction.clause);
        effects(at + "/effects", reaction.effects);
        const bool can = std::any_of(reaction.on.begin(), reaction.on.end(),
                                     [&](const std::string& event) { return can_happen(event); });
        if (!can) wrong(at + "/on", "this never happens: no move causes it");
        if (reaction.effects.empty())
            wrong(at + "/effects", "nothing follows: write effects, or take the reaction out");
    }
}

void Checker::consequences() {
    clause("/proposals/clause", policy_.proposals.clause);
    for (std::size_t i = 0; i < policy_.authority.size(); ++i) {
        const Authority& authority = policy_.authority[i];
        const std::string at = numbered("/authority", i);
        role(at + "/role", authority.role, {});
        known_each(at + "/kinds", "kind", authority.kinds, kind_keys_, "write one of \"kinds\"");
        known_each(at + "/levels", "level", authority.levels, level_keys_, "write one of \"levels\"");
        rule(at + "/when", authority.when);
        clause(at + "/clause", authority.clause);
        const bool there =
            authority.field == "amount_yuan" ||
            std::any_of(policy_.moves.begin(), policy_.moves.end(), [&](const Move& move) {
                return std::any_of(move.fields.begin(), move.fields.end(), [&](const MoveField& each) {
                    return each.name == authority.field && (each.type == "integer" || each.type == "number");
                });
            });
        if (!there)
            wrong(at + "/field", "no move has a number \"" + authority.field + "\": add it to the fields of propose");
    }
    for (std::size_t i = 0; i < policy_.penalties.size(); ++i) {
        const Penalty& penalty = policy_.penalties[i];
        const std::string at = numbered("/penalties", i);
        clause(at + "/clause", penalty.clause);
        Names people{"owner", "assignee"};
        const auto take = [&](const std::vector<MoveField>& fields) {
            for (const auto& field : fields)
                if (field.type == "person") people.push_back(field.name);
        };
        for (const auto& move : policy_.moves) take(move.fields);
        for (const auto& step : policy_.steps) take(step.fields);
        role(at + "/against", penalty.against, people);
        role(at + "/decided_by", penalty.decided_by, {});
        if (!penalty.appeal_to.empty()) role(at + "/appeal/to", penalty.appeal_to, {});
        rule(at + "/amount", penalty.amount);
        if (penalty.from_fen && penalty.to_fen && *penalty.from_fen > *penalty.to_fen)
            wrong(at + "/to_yuan", "the range ends below its beginning: write from_yuan below to_yuan");
        const bool decided = std::any_of(policy_.moves.begin(), policy_.moves.end(), [&](const Move& move) {
            return move.command == "decide" && !move.refused && move.step.empty();
        });
        if (!decided) wrong(at, "no move lets anybody decide about a penalty: add one with \"command\": \"decide\"");
    }
}

namespace {

// Of "customer.category.quality": the pack's own of that sort, which such a text names in another language. Nothing:
// a text of another sort.
std::optional<Names> named_after(const Policy& policy, std::string_view sort) {
    Names names;
    const auto keys_of = [&](const auto& parts) {
        for (const auto& part : parts) names.push_back(part.key);
    };
    if (sort == "state") return keys_of(policy.states), names;
    if (sort == "kind") return keys_of(policy.kinds), names;
    if (sort == "level") return keys_of(policy.levels), names;
    if (sort == "slot" || sort == "ask") return keys_of(policy.slots), names;
    if (sort == "category") {
        for (const auto& kind : policy.kinds) keys_of(kind.categories);
        return names;
    }
    if (sort == "deadline") {
        for (const auto& deadline : policy.deadlines) names.push_back(deadline.name);
        return names;
    }
    if (sort == "clause") {
        for (const auto& clause : policy.clauses) names.push_back(clause.id);
        return names;
    }
    return std::nullopt;
}

}  // namespace

void Checker::talk() {
    clause("/talk/clause", policy_.talk.clause);
    for (std::size_t i = 0; i < policy_.talk.never.size(); ++i)
        clause(numbered("/talk/never", i) + "/clause", policy_.talk.never[i].clause);
    for (std::size_t i = 0; i < policy_.talk.stages.size(); ++i)
        clause(numbered("/talk/stages", i) + "/clause", policy_.talk.stages[i].clause);
    for (const auto& name : policy_.talk.convey_only) role("/talk/convey_only", name, {});
    for (const auto& [locale, texts] : policy_.phrases)
        for (const auto& [key, text] : texts) {
            const std::string at = "/phrases/" + locale + "/" + key;
            const bool talk = key.rfind("talk.", 0) == 0;
            if (!talk && key.rfind("customer.", 0) != 0 && key.rfind("staff.", 0) != 0)
                wrong(at, "\"" + key + "\" does not say who is spoken to: begin it with customer., staff. or talk.");
            if (const auto house = phrases_.find(locale); talk && house != phrases_.end())
                known(at, "text of the conversation", key, house->second, "write a key of templates/phrases");
            if (const auto sort = key.find('.'), end = key.find('.', sort + 1); end != std::string::npos && !talk)
                if (const auto names = named_after(policy_, key.substr(sort + 1, end - sort - 1)))
                    known(at, "part of the pack", key.substr(end + 1), *names, "write the key of one that it has");
            Names may = talk ? talk_values() : told_values();
            may.insert(may.end(), facts_.begin(), facts_.end());
            for (const auto& move : policy_.moves)
                for (const auto& field : move.fields) may.push_back(field.name);
            for (const auto& name : variables_of(text))
                known(at, "value", name, may, "write a value of every ticket, a fact, or a field of a command");
            if (!talk && key.rfind("customer.", 0) != 0) continue;
            if (const auto words = forbidden_in(text, policy_.talk.never); !words.empty())
                wrong(at, "this says \"" + words + "\", which the pack forbids: say it otherwise");
        }
}

}  // namespace huiyin::check
