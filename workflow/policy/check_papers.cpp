// Registers, forms, reports and what is kept: do they name what there is?
#include "workflow/policy/checker.h"
#include "workflow/policy/papers.h"

namespace huiyin::check {
namespace {

Names with(Names names, const Names& more) {
    names.insert(names.end(), more.begin(), more.end());
    return names;
}

}  // namespace

// What a column may show of its own accord: a word of every case, a fact, a slot, a field that somebody fills in.
Names Checker::column_keys() const {
    Names may = with(known_columns(), facts_);
    for (const auto& slot : policy_.slots) may.push_back(slot.key);
    for (const auto& step : policy_.steps)
        for (const auto& field : step.fields) may.push_back(field.name);
    for (const auto& move : policy_.moves)
        for (const auto& field : move.fields) may.push_back(field.name);
    for (const auto& kind : kind_keys_) may.push_back(kind + "_category");
    return may;
}

void Checker::columns(const std::string& pointer, const std::vector<RegisterColumn>& list) {
    std::set<std::string> seen;
    const Names may = column_keys();
    for (std::size_t i = 0; i < list.size(); ++i) {
        const RegisterColumn& column = list[i];
        const std::string at = numbered(pointer, i);
        unique(at + "/key", "column", column.key, seen);
        rule(at + "/when", column.when, {}, true);
        if (!column.event.empty())
            known(at + "/event", "event", column.event, known_events(), "write an event that happens to a ticket");
        else if (column.shows != "blank")
            known(at + "/key", "column", column.key, may,
                  "write a word of every case, a fact or a field; or name the \"event\" that it shows");
    }
}

void Checker::papers() {
    columns("/register", policy_.register_columns);
    Names books{"register"};
    std::set<std::string> seen;
    for (std::size_t i = 0; i < policy_.registers.size(); ++i) {
        const RegisterBook& book = policy_.registers[i];
        const std::string at = numbered("/registers", i);
        unique(at + "/name", "register", book.name, seen);
        rule(at + "/when", book.when);
        clause(at + "/clause", book.clause);
        columns(at + "/columns", book.columns);
        books.push_back(book.name);
    }
    for (std::size_t i = 0; i < policy_.forms.size(); ++i)
        columns(numbered("/forms", i) + "/columns", policy_.forms[i].columns);
    for (std::size_t i = 0; i < policy_.retention.size(); ++i) {
        const std::string at = numbered("/retention", i);
        clause(at + "/clause", policy_.retention[i].clause);
        if (const auto& by = policy_.retention[i].filed_by; !by.empty())
            known(at + "/filed_by", "file", by, {"household", "folder", "case"}, "write household, folder or case");
    }
    Names measures = known_measures(), divisions = with(known_divisions(), facts_);
    for (const auto& fact : policy_.facts)
        if (fact.type == FactType::integer || fact.type == FactType::number) measures.push_back(fact.name);
    for (std::size_t i = 0; i < policy_.reports.size(); ++i) {
        const Report& report = policy_.reports[i];
        const std::string at = numbered("/reports", i);
        rule(at + "/where", report.where);
        for (std::size_t r = 0; r < report.receivers.size(); ++r)
            role(numbered(at + "/receivers", r) + "/role", report.receivers[r].role, {});
        for (std::size_t m = 0; m < report.measures.size(); ++m)
            known(numbered(at + "/measures", m), "measure", report.measures[m], measures,
                  "write a measure, or a fact that is a number");
        for (std::size_t b = 0; b < report.by.size(); ++b)
            known(numbered(at + "/by", b), "division", report.by[b], divisions,
                  "write unit, kind, category … or a fact");
        for (std::size_t a = 0; a < report.attaches.size(); ++a)
            known(numbered(at + "/attaches", a), "register", report.attaches[a], books,
                  "write \"register\" or one of \"registers\"");
        if (!report.ranked_by.empty())
            known(at + "/ranked_by", "measure", report.ranked_by, report.measures, "write one of its \"measures\"");
        if (!report.ranked_by.empty() && report.by.empty())
            wrong(at + "/ranked_by", "there is nothing to rank: write in \"by\" what is compared, for example unit");
    }
    clause("/published/clause", policy_.published.clause);
}

void Checker::number_pattern(const std::string& pointer, const std::string& pattern) {
    // {YYYY} {YY} {MM} {DD} and one counter {NNN}
    int counters = 0;
    for (auto open = pattern.find('{'); open != std::string::npos; open = pattern.find('{', open + 1)) {
        const auto close = pattern.find('}', open);
        const std::string token = close == std::string::npos ? "" : pattern.substr(open + 1, close - open - 1);
        const bool counter = !token.empty() && token.find_first_not_of('N') == std::string::npos && token.size() <= 9;
        counters += counter ? 1 : 0;
        if (!counter && token != "YYYY" && token != "YY" && token != "MM" && token != "DD")
            wrong(pointer, "cannot read \"{" + token + "}" +
                               "\" in the number pattern: write {YYYY}, {YY}, {MM}, {DD} and one counter {NNN}");
    }
    if (counters != 1) wrong(pointer, "the number pattern has no counter or several: write exactly one, {NNN}");
}

}  // namespace huiyin::check
