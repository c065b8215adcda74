#include "workflow/policy/pack_part.h"

#include <cmath>

namespace huiyin {
namespace {

const std::vector<std::string>& field_types() {
    static const std::vector<std::string> types{"text", "integer", "number", "boolean",
                                                "time", "choice",  "person", "unit"};
    return types;
}

std::string as_text(const Json& value) { return value.is_string() ? value.get<std::string>() : to_text(value); }

}  // namespace

Effect PartReader::effect(Reader& reader) {
    Effect effect;
    std::vector<std::string> names;
    for (const auto& info : known_effects()) names.push_back(info.name);
    effect.name = word(reader, "effect", names, "");
    effect.when = rule(reader, "when");
    effect.clause = reader.text_or("clause", "");
    const auto info = std::find_if(known_effects().begin(), known_effects().end(),
                                   [&](const EffectInfo& each) { return each.name == effect.name; });
    if (info == known_effects().end()) return effect;
    for (const auto& field : info->required) {
        const Json* value = field == "value" ? reader.any_or_none(field) : nullptr;
        effect.fields[field] =
            value && value->is_primitive() && !value->is_null() ? as_text(*value) : reader.text(field);
    }
    for (const auto& field : info->optional)
        if (reader.has(field)) effect.fields[field] = reader.text(field);
    return effect;
}

void PartReader::choices(Reader& reader, std::vector<std::string>& keys, std::vector<std::string>& titles) {
    const Json* written = reader.list_or_none("choices");
    if (!written) return;
    for (const auto& choice : *written) {
        const auto part = [&](const char* name) {
            return choice.is_object() && choice.contains(name) ? choice.at(name) : Json();
        };
        const Json key = choice.is_object() ? part("key") : choice, title = part("title");
        if (!key.is_string() || !(title.is_string() || title.is_null()))
            reader.wrong("choices", "no choice: write a key, or {\"key\",\"title\"}");
        keys.push_back(key.is_string() ? key.get<std::string>() : "");
        titles.push_back(title.is_string() ? title.get<std::string>() : keys.back());
    }
}

// A name alone means the fact or the slot of that name, with its type, title and choices.
std::vector<MoveField> PartReader::fields(Reader& reader, std::string_view key) {
    std::vector<MoveField> list;
    const Json* written = reader.list_or_none(key);
    if (!written) return list;
    for (std::size_t i = 0; i < written->size(); ++i) {
        MoveField field;
        if ((*written)[i].is_string()) {
            field.name = (*written)[i].get<std::string>();
        } else {
            Reader item{(*written)[i], reader.pointer(key) + "/" + std::to_string(i), findings_};
            field.name = item.text("name");
            field.title = item.text_or("title", "");
            if (item.has("type")) field.type = word(item, "type", field_types(), "");
            field.required = item.boolean_or("required", false);
            choices(item, field.choices, field.choice_titles);
            if (field.type == "choice" && field.choices.empty())
                item.wrong("choices", "a choice without choices: write them");
            item.finish();
        }
        list.push_back(std::move(field));
    }
    return list;
}

std::vector<RegisterColumn> PartReader::columns(Reader& reader, std::string_view key) {
    std::vector<RegisterColumn> list;
    each(reader, key, [&](Reader& item) {
        RegisterColumn column{item.text("key"), item.text("title"), item.text_or("group", "")};
        column.event = item.text_or("event", "");
        column.when = rule(item, "when");
        column.shows = item.text_or("shows", column.event.empty() ? "" : "moment");
        if (column.event.empty() && !column.shows.empty() && column.shows != "blank")
            item.wrong("shows", "nothing happens that this could show: write the \"event\", or \"blank\"");
        list.push_back(std::move(column));
    });
    return list;
}

std::optional<std::int64_t> PartReader::yuan(Reader& reader, std::string_view key) {
    const Json* value = reader.any_or_none(key);
    if (!value) return std::nullopt;
    const double fen = value->is_number() ? std::round(value->get<double>() * 100) : -1;
    if (fen >= 0 && fen <= 1e11 && std::abs(value->get<double>() * 100 - fen) < 1e-6)
        return static_cast<std::int64_t>(fen);
    reader.wrong(key, "no amount in yuan: write a number from 0 on with at most two decimals");
    return std::nullopt;
}

namespace {

Counter counter(PartReader& part, Reader item) {
    Counter counts;
    counts.event = item.text_or("event", "");
    counts.when = part.rule(item, counts.event.empty() ? "tickets" : "when");
    if (counts.event.empty()) {
        if (!counts.when)
            item.wrong("tickets", "nothing to count: write \"event\", or in \"tickets\" what makes a ticket count");
        counts.of = part.word(item, "of", {"unit", "customer", "household", "assignee"}, "");
        counts.within = item.text_or("within", "calendar month");
        counts.sum = item.text_or("sum", "");
        if (counts.within != "calendar month" && counts.within != "calendar year")
            counts.back = part.span(item, "within", true);
    }
    item.finish();
    return counts;
}

}  // namespace

void read_facts_of_pack(PartReader& part, Reader& reader, Policy& policy) {
    policy.facts = common_facts();
    part.each(reader, "facts", [&](Reader& item) {
        static const std::vector<std::string> types{to_text(FactType::yes_no), to_text(FactType::integer),
                                                    to_text(FactType::number), to_text(FactType::text),
                                                    to_text(FactType::list),   to_text(FactType::time)};
        FactInfo info;
        info.name = item.text("name");
        DerivedFact derived;
        const bool by_age = item.has("since"), by_count = item.has("counts"), by_rule = item.has("is");
        const std::string type = part.word(item, "type", types, by_age ? "yes_no" : by_count ? "integer" : "");
        if (const auto known = fact_type_named(type)) info.type = *known;
        info.title = item.text("title");
        part.choices(item, info.choices, info.choice_titles);
        if (by_age + by_count + by_rule > 1)
            item.wrong("is", "a fact is worked out in one way: write is, since or counts");
        derived.name = info.name;
        derived.type = info.type;
        derived.is = part.rule(item, "is");
        if (by_age) {
            derived.since = item.text("since");
            derived.longer_than = part.span(item, "longer_than");
            if (!item.has("longer_than")) item.wrong("longer_than", "an age without a measure: write a span, 5 months");
            derived.until = item.text_or("until", "");
        }
        if (by_count) derived.counts = counter(part, item.child("counts"));
        if (by_age || by_count || by_rule) policy.derived.push_back(std::move(derived));
        policy.facts.push_back(std::move(info));
    });
}

void read_questions(PartReader& part, Reader& reader, Revisit& revisit) {
    const Json* written = reader.list_or_none("questions");
    const bool plain = !written || std::all_of(written->begin(), written->end(),
                                               [](const Json& question) { return question.is_string(); });
    if (plain) {
        revisit.questions = reader.texts_or_none("questions");
        return;
    }
    revisit.fields = part.fields(reader, "questions");
    for (const auto& field : revisit.fields)
        revisit.questions.push_back(field.title.empty() ? field.name : field.title);
}

void read_report(PartReader& part, Reader& reader, Report& report) {
    report.every = part.word(reader, "every", {"day", "week", "month", "quarter", "year"}, "month");
    report.measures = reader.texts_or_none("measures");
    report.by = reader.texts_or_none("by");
    report.attaches = reader.texts_or_none("attaches");
    report.ranked_by = reader.text_or("ranked_by", "");
    report.lists = reader.boolean_or("lists", false);
    report.nil = reader.boolean_or("nil", false);
    report.where = part.rule(reader, "where");
    part.each(reader, "receivers", [&](Reader& item) {
        report.receivers.push_back({item.text("role"), part.whole(item, "due_day", 0, 0, 31)});
    });
}

}  // namespace huiyin
