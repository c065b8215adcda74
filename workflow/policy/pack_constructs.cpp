// Reads what a pack says about intake, steps, reactions, authority, consequences and talk.
#include <nlohmann/json.hpp>

#include "workflow/policy/pack_part.h"

namespace huiyin {
namespace {

void read_slots(PartReader& part, Reader& reader, Policy& policy) {
    part.each(reader, "sources", [&](Reader& item) {
        policy.sources.push_back({item.text("key"), item.text("title"), item.text_or("clause", ""),
                                  item.texts_or_none("channels"), item.boolean_or("otherwise", false)});
    });
    part.each(reader, "slots", [&](Reader& item) {
        static const std::vector<std::string> types{"text",   "integer", "number", "boolean", "time",
                                                    "choice", "person",  "unit",   "evidence"};
        SlotRule slot;
        slot.key = item.text("key");
        const auto& told = told_slots();
        const bool asked_anyway = std::find(told.begin(), told.end(), slot.key) != told.end();
        slot.title = item.text("title");
        slot.type = part.word(item, "type", types, asked_anyway ? "text" : "");
        part.choices(item, slot.choices, slot.choice_titles);
        slot.choice_words.resize(slot.choices.size());
        if (const Json* choices = item.list_or_none("choices"))
            for (std::size_t choice = 0; choice < choices->size(); ++choice) {
                const auto& written = (*choices)[choice];
                if (!written.is_object() || !written.contains("words")) continue;
                for (const auto& word : written["words"])
                    if (word.is_string())
                        slot.choice_words[choice].push_back(word.get<std::string>());
                    else
                        item.wrong("choices", "no words: write texts");
            }
        if (slot.type == "choice" && slot.choices.empty())
            item.wrong("choices", "a choice without choices: write them");
        slot.kinds = part.names(item, "kinds");
        slot.categories = part.names(item, "categories");
        slot.when = part.rule(item, "when");
        slot.required = item.boolean_or("required", false);
        slot.may_be_unknown = item.boolean_or("may_be_unknown", false);
        slot.ask = item.text_or("ask", "");
        slot.words = part.names(item, "words");
        slot.proves = item.text_or("proves", "");
        slot.clause = item.text_or("clause", "");
        policy.slots.push_back(std::move(slot));
    });
}

// A slot that holds no words is a fact; a pack need not write it twice.
void make_slot_facts(Policy& policy) {
    for (const auto& slot : policy.slots) {
        const bool known = std::any_of(policy.facts.begin(), policy.facts.end(),
                                       [&](const FactInfo& fact) { return fact.name == slot.key; });
        if (known || slot.type == "text" || slot.type == "evidence" || slot.type == "person" || slot.type == "unit")
            continue;
        const auto type = slot.type == "integer"   ? FactType::integer
                          : slot.type == "number"  ? FactType::number
                          : slot.type == "boolean" ? FactType::yes_no
                          : slot.type == "time"    ? FactType::time
                                                   : FactType::text;
        policy.facts.push_back({slot.key, type, slot.title, slot.choices, slot.choice_titles});
    }
}

void read_admission(PartReader& part, Reader& pack, Policy& policy) {
    if (pack.has("admission")) {
        Reader reader = pack.child("admission");
        policy.admission.refusal_forbidden =
            part.word(reader, "refusal", {"allowed", "forbidden"}, "allowed") == "forbidden";
        policy.admission.clause = reader.text_or("clause", "");
        part.each(reader, "tests", [&](Reader& item) {
            AdmissionTest test;
            test.name = item.text("name");
            test.title = item.text_or("title", test.name);
            test.kinds = part.names(item, "kinds");
            test.when = part.rule(item, "when");
            if (!test.when) item.wrong("when", "a test that bites on everything: write when it does");
            test.answer = part.word(item, "answer", {"refuse", "redirect", "advise", "ask"}, "");
            test.reason = item.text("reason");
            test.advice = item.text_or("advice", "");
            part.each(item, "to", [&](Reader& body) {
                test.bodies.push_back({part.rule(body, "when"), body.text("name"), body.text_or("contact", "")});
            });
            if (test.answer == "redirect" && (test.bodies.empty() || test.bodies.back().when))
                item.wrong("to", "nowhere to go for some: write a last body without \"when\"");
            test.transfers_file = item.boolean_or("transfers_file", false);
            test.notice = part.word(item, "notice", {"told", "written", "letter_returned"}, "told");
            test.gives_way = item.boolean_or("unless_insists", false);
            test.clause = item.text("clause");
            policy.admission.tests.push_back(std::move(test));
        });
        reader.finish();
    }
    if (pack.has("identity")) {
        Reader reader = pack.child("identity");
        policy.identity.anonymous = part.word(reader, "anonymous", {"taken", "discouraged", "refused"}, "taken");
        policy.identity.named_to = part.names(reader, "named_to");
        policy.identity.result_to = part.word(reader, "result_to", {"everyone", "identified"}, "everyone");
        policy.identity.warning = reader.text_or("warning", "");
        policy.identity.clause = reader.text("clause");
        reader.finish();
    }
}

void read_steps(PartReader& part, Reader& pack, Policy& policy) {
    part.each(pack, "steps", [&](Reader& item) {
        StepRule step;
        step.key = item.text("key");
        step.title = item.text("title");
        step.by = part.names(item, "by");
        step.fields = part.fields(item, "fields");
        part.each(item, "decisions", [&](Reader& choice) {
            step.decisions.push_back({choice.text("key"), choice.text("title")});
        });
        step.form = item.text_or("form", "");
        step.other_than_before = item.boolean_or("other_than_before", false);
        step.clause = item.text("clause");
        policy.steps.push_back(std::move(step));
    });
    part.each(pack, "forms", [&](Reader& item) {
        Form form;
        form.key = item.text("key");
        form.title = item.text("title");
        form.number = item.text_or("number", "");
        form.copies = item.texts_or_none("copies");
        form.signed_by = item.texts_or_none("signed_by");
        form.sealed = item.boolean_or("sealed", false);
        form.columns = part.columns(item, "columns");
        form.clause = item.text("clause");
        policy.forms.push_back(std::move(form));
    });
    part.each(pack, "reactions", [&](Reader& item) {
        ReactionRule reaction;
        reaction.name = item.text("name");
        reaction.on = part.names(item, "on");
        if (reaction.on.empty())
            item.wrong("on", "a reaction to nothing: write an event, for example ticket.escalated");
        reaction.when = part.rule(item, "when");
        reaction.effects = part.effects(item, "effects");
        reaction.clause = item.text("clause");
        for (auto& effect : reaction.effects)
            if (effect.clause.empty()) effect.clause = reaction.clause;
        policy.reactions.push_back(std::move(reaction));
    });
    if (pack.has("recusal")) {
        Reader reader = pack.child("recusal");
        policy.recusal.fields = part.names(reader, "fields");
        policy.recusal.line = reader.boolean_or("line", false);
        policy.recusal.clause = reader.text("clause");
        reader.finish();
    }
    if (pack.has("proposals")) {
        Reader reader = pack.child("proposals");
        if (reader.has("answers")) policy.proposals.answers = reader.texts_or_none("answers");
        for (const auto& answer : policy.proposals.answers)
            if (answer != "agreed" && answer != "small_gap" && answer != "irreconcilable")
                reader.wrong("answers", "unknown answer \"" + answer + "\": write agreed, small_gap or irreconcilable");
        policy.proposals.rounds = part.whole(reader, "rounds", 0, 0, 1000);
        policy.proposals.clause = reader.text("clause");
        reader.finish();
    }
}

void read_consequences(PartReader& part, Reader& pack, Policy& policy) {
    part.each(pack, "authority", [&](Reader& item) {
        Authority authority;
        item.text_or("name", "");
        authority.role = item.text("role");
        authority.field = item.text("field");
        const Json* most = item.any_or_none("at_most");
        if (!most || !most->is_number() || most->get<double>() < 0)
            item.wrong("at_most", "no cap: write a number from 0 on");
        else
            authority.at_most = most->get<double>();
        authority.kinds = part.names(item, "kinds");
        authority.levels = part.names(item, "levels");
        authority.when = part.rule(item, "when");
        authority.clause = item.text("clause");
        policy.authority.push_back(std::move(authority));
    });
    part.each(pack, "penalties", [&](Reader& item) {
        Penalty penalty;
        penalty.key = item.text("key");
        penalty.title = item.text("title");
        penalty.fen = part.yuan(item, "yuan");
        penalty.from_fen = part.yuan(item, "from_yuan");
        penalty.to_fen = part.yuan(item, "to_yuan");
        penalty.amount = part.rule(item, "amount");
        if (penalty.from_fen.has_value() != penalty.to_fen.has_value())
            item.wrong(penalty.from_fen ? "to_yuan" : "from_yuan", "half a range: write from_yuan and to_yuan");
        if (penalty.fen.has_value() + penalty.from_fen.has_value() + static_cast<bool>(penalty.amount) > 1)
            item.wrong("yuan", "an amount is said in one way: write yuan, from_yuan with to_yuan, or amount");
        penalty.against = item.text("against");
        penalty.decided_by = item.text("decided_by");
        if (item.has("appeal")) {
            Reader appeal = item.child("appeal");
            penalty.appeal_to = appeal.text("to");
            penalty.appeal_within = part.span(appeal, "within");
            appeal.finish();
        }
        penalty.clause = item.text("clause");
        policy.penalties.push_back(std::move(penalty));
    });
}

// "30 years": papers are kept for longer than any limit runs.
bool is_long_term(const std::string& keep) {
    const auto space = keep.find(' ');
    return space >= 1 && space <= 2 && keep.find_first_not_of("0123456789") == space && keep[0] != '0' &&
           keep.substr(space) == " years";
}

void read_talk(PartReader& part, Reader& pack, Policy& policy) {
    if (pack.has("talk")) {
        Reader reader = pack.child("talk");
        part.each(reader, "never", [&](Reader& item) {
            policy.talk.never.push_back({part.names(item, "words"), item.text("because"), item.text("clause")});
        });
        part.each(reader, "stages", [&](Reader& item) {
            policy.talk.stages.push_back(
                {part.word(item, "stage", {"greeting", "intake", "waiting", "answer", "closing"}, ""),
                 item.text("script"), item.text("clause")});
        });
        policy.talk.states_time = reader.boolean_or("states_time", false);
        policy.talk.convey_only = part.names(reader, "convey_only");
        policy.talk.clause = reader.text("clause");
        reader.finish();
    }
    if (pack.has("published")) {
        Reader reader = pack.child("published");
        policy.published.procedure = reader.text("procedure");
        policy.published.expected = reader.text_or("expected", "");
        part.each(reader, "channels", [&](Reader& item) {
            policy.published.channels.push_back({item.text("title"), item.text_or("contact", "")});
        });
        policy.published.clause = reader.text("clause");
        reader.finish();
    }
    if (const Json* locales = pack.object_or_none("phrases"))
        for (const auto& [locale, texts] : locales->items()) {
            if (!texts.is_object()) {
                pack.wrong("phrases", "no texts for \"" + locale + "\": write {\"customer.filed\":\"…\"}");
                continue;
            }
            for (const auto& [key, text] : texts.items())
                if (text.is_string() && !text.get_ref<const std::string&>().empty())
                    policy.phrases[locale][key] = text.get<std::string>();
                else
                    pack.wrong("phrases/" + locale + "/" + key, "no text: write one");
        }
    part.each(pack, "registers", [&](Reader& item) {
        RegisterBook book;
        book.name = item.text("name");
        book.title = item.text("title");
        book.when = part.rule(item, "when");
        book.columns = part.columns(item, "columns");
        book.clause = item.text("clause");
        policy.registers.push_back(std::move(book));
    });
    part.each(pack, "retention", [&](Reader& item) {
        Retention retention{item.text("what"), item.text("keep"), item.text_or("filed_by", ""), item.text("clause")};
        if (retention.keep != "permanent" && !parse_span(retention.keep) && !is_long_term(retention.keep))
            item.wrong("keep", "unknown length \"" + retention.keep + "\": write permanent or a span, 10 years");
        policy.retention.push_back(std::move(retention));
    });
}

// What a form calls a fact of that type; a list is filled in by none.
std::string field_type(FactType type, bool closed) {
    if (type == FactType::yes_no) return "boolean";
    if (type == FactType::text && closed) return "choice";
    return type == FactType::list ? std::string() : to_text(type);
}

// A field that is named like a fact or a slot is that fact or slot.
void name_fields(const Policy& policy, Reader& pack, const std::string& at, std::vector<MoveField>& fields) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
        auto& field = fields[i];
        const auto fact = std::find_if(policy.facts.begin(), policy.facts.end(),
                                       [&](const FactInfo& each) { return each.name == field.name; });
        const SlotRule* slot = policy.slot(field.name);
        const bool is_fact = fact != policy.facts.end();
        const std::string meant = is_fact ? field_type(fact->type, !fact->choices.empty())
                                  : slot  ? (slot->type == "evidence" ? std::string() : slot->type)
                                          : std::string();
        if (field.type.empty()) field.type = meant;
        if (field.name == "not_yet_known") {
            field.type = "choice";
            if (field.title.empty()) field.title = "暂时不清楚的事项";
            for (const auto& each : policy.slots)
                if (each.may_be_unknown && field.choices.empty()) field.choices.push_back(each.key);
            field.choice_titles.clear();
            for (const auto& key : field.choices) {
                const SlotRule* each = policy.slot(key);
                field.choice_titles.push_back(each ? each->title : key);
            }
        }
        if (field.type.empty())
            pack.wrong(at + "/" + std::to_string(i),
                       "no type for \"" + field.name + "\": write one, or name a fact or a slot");
        // Free words are sealed: they are never a fact.
        field.sets_fact = is_fact && field.type == meant && (field.type != "text");
        if (field.title.empty()) field.title = is_fact ? fact->title : slot ? slot->title : field.name;
        if (field.type == "choice" && field.choices.empty() && (is_fact || slot)) {
            field.choices = is_fact ? fact->choices : slot->choices;
            field.choice_titles = is_fact ? fact->choice_titles : slot->choice_titles;
        }
    }
}

}  // namespace

void read_constructs(PartReader& part, Reader& reader, Policy& policy) {
    read_slots(part, reader, policy);
    make_slot_facts(policy);
    read_admission(part, reader, policy);
    read_steps(part, reader, policy);
    read_consequences(part, reader, policy);
    read_talk(part, reader, policy);
    name_fields(policy, reader, "revisit/questions", policy.revisit.fields);
    for (std::size_t i = 0; i < policy.moves.size(); ++i) {
        auto& move = policy.moves[i];
        name_fields(policy, reader, "moves/" + std::to_string(i) + "/fields", move.fields);
        if (move.command != "revisit") continue;
        for (const auto& field : policy.revisit.fields)
            if (std::none_of(move.fields.begin(), move.fields.end(),
                             [&](const MoveField& own) { return own.name == field.name; }))
                move.fields.push_back(field);
    }
    for (std::size_t i = 0; i < policy.steps.size(); ++i)
        name_fields(policy, reader, "steps/" + std::to_string(i) + "/fields", policy.steps[i].fields);
}

}  // namespace huiyin
