// What the rules in force call things and what they ask of a matter: all that a page for staff has to know of a pack.
#include <algorithm>

#include "channels/api/guard.h"
#include "channels/api/routes.h"

namespace huiyin::api {
namespace {

template <class List, class Read>
Json each_of(const List& list, Read read) {
    Json all = Json::array();
    for (const auto& one : list) all.push_back(read(one));
    return all;
}

Json titled(const std::string& key, const std::string& title) { return {{"key", key}, {"title", title}}; }

Json slot_json(const SlotRule& slot) {
    Json json{{"name", slot.key},
              {"type", slot.type},
              {"title", slot.title},
              {"required", slot.required},
              {"ask", slot.ask},
              {"kinds", slot.kinds},
              {"categories", slot.categories},
              {"conditional", static_cast<bool>(slot.when)}};
    if (!slot.choices.empty()) json["choices"] = slot.choices;
    for (std::size_t i = 0; i < slot.choices.size() && i < slot.choice_titles.size(); ++i)
        json["choice_titles"][slot.choices[i]] = slot.choice_titles[i];
    return json;
}

Json field_json(const MoveField& field) {
    Json json{{"name", field.name}, {"type", field.type}, {"title", field.title}};
    for (std::size_t i = 0; i < field.choices.size() && i < field.choice_titles.size(); ++i)
        if (field.choice_titles[i] != field.choices[i]) json["choices"][field.choices[i]] = field.choice_titles[i];
    return json;
}

// What the pack's own forms ask, each name once; a step's own title for it stands with the step.
Json fields_of_moves(const Policy& policy) {
    Json all = Json::array();
    std::vector<std::string> named;
    const auto take = [&](const std::vector<MoveField>& fields) {
        for (const auto& field : fields) {
            if (std::find(named.begin(), named.end(), field.name) != named.end()) continue;
            named.push_back(field.name);
            all.push_back(field_json(field));
        }
    };
    for (const auto& move : policy.moves) take(move.fields);
    take(policy.revisit.fields);
    return all;
}

// One name for a limit, though several rules may share it.
Json deadline_titles(const Policy& policy) {
    Json all = Json::array();
    std::vector<std::string> named;
    for (const auto& rule : policy.deadlines) {
        if (std::find(named.begin(), named.end(), rule.name) != named.end()) continue;
        named.push_back(rule.name);
        all.push_back(titled(rule.name, rule.title));
    }
    return all;
}

Json words_of(const std::shared_ptr<const Policy>& pack, const Engine& engine) {
    const auto& policy = *pack;
    const auto named = [](const auto& one) { return titled(one.key, one.title); };
    return {
        {"policy", {{"id", policy.id}, {"version", policy.version}, {"title", policy.title}}},
        {"kinds", each_of(policy.kinds,
                          [](const Kind& kind) {
                              auto json = titled(kind.key, kind.title);
                              json["about"] = kind.about;
                              json["categories"] = each_of(kind.categories, [](const Category& category) {
                                  auto one = titled(category.key, category.title);
                                  one["about"] = category.about;
                                  return one;
                              });
                              return json;
                          })},
        {"levels", each_of(policy.levels, named)},
        {"states", each_of(policy.states, named)},
        {"roles",
         each_of(policy.roles, [&](const std::string& role) { return titled(role, engine.role_title(pack, role)); })},
        {"deadlines", deadline_titles(policy)},
        {"steps", each_of(policy.steps,
                          [&](const StepRule& step) {
                              auto json = titled(step.key, step.title);
                              if (!step.decisions.empty()) json["decisions"] = each_of(step.decisions, named);
                              if (!step.fields.empty()) json["fields"] = each_of(step.fields, field_json);
                              return json;
                          })},
        {"fields", fields_of_moves(policy)},
        {"tests",
         each_of(policy.admission.tests, [](const AdmissionTest& test) { return titled(test.name, test.title); })},
        {"penalties", each_of(policy.penalties, named)},
        {"forms", each_of(policy.forms, named)},
        {"sources", each_of(policy.sources, named)},
        {"answers", each_of(policy.surveys.answers,
                            [](const SurveyAnswer& answer) {
                                return Json{{"score", answer.score}, {"title", answer.title}};
                            })},
        {"scale", policy.surveys.scale},
        {"reasons", each_of(policy.reasons,
                            [](const ReasonChoice& reason) {
                                return Json{{"command", reason.command}, {"title", reason.title}};
                            })},
        {"stages", each_of(policy.talk.stages,
                           [](const TalkStage& part) {
                               return Json{{"stage", part.stage}, {"script", part.script}};
                           })},
        {"slots", each_of(policy.slots, slot_json)},
        {"facts", each_of(policy.facts,
                          [](const FactInfo& fact) {
                              auto json = titled(fact.name, fact.title);
                              json["type"] = fact.type == FactType::yes_no ? "boolean" : to_text(fact.type);
                              for (std::size_t i = 0; i < fact.choices.size() && i < fact.choice_titles.size(); ++i)
                                  json["choices"][fact.choices[i]] = fact.choice_titles[i];
                              return json;
                          })},
        {"clauses", each_of(policy.clauses, [](const Clause& clause) {
             return Json{
                 {"id", clause.id}, {"text", clause.text}, {"printed", clause.printed}, {"because", clause.because}};
         })}};
}

Json words_for(const Asked& asked, const std::shared_ptr<const Policy>& pack) {
    auto words = words_of(pack, *asked.parts.engine);
    words["may_file"] = may_file(asked.who, *pack);
    words["units"] = Json::array();
    return words;
}

// The packs of the asker's units, the one of his own unit first; with each, for which of his units it is.
http::Answer words(Asked& asked) {
    const auto directory = asked.parts.directory->get();
    std::vector<std::shared_ptr<const Policy>> packs{pack_for(asked.parts, *directory, asked.who.staff.unit)};
    Json items = Json::array();
    items.push_back(words_for(asked, packs.front()));
    for (const auto& unit : asked.who.units) {
        auto pack = pack_for(asked.parts, *directory, unit);
        const auto at = static_cast<std::size_t>(std::find(packs.begin(), packs.end(), pack) - packs.begin());
        if (at == packs.size()) {
            items.push_back(words_for(asked, pack));
            packs.push_back(std::move(pack));
        }
        items[at]["units"].push_back(to_text(unit));
    }
    return json_answer(200, {{"items", std::move(items)}, {"next_cursor", Json()}});
}

}  // namespace

void add_words_routes(http::RouteTable& routes, const Shared& parts) {
    add(routes, parts,
        {"GET", "/api/v1/words", "What the rules of the asker's units call things, ask of a matter, and say."}, words);
}

}  // namespace huiyin::api
