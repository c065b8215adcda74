#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/scenarios/papers.h"
#include "tests/scenarios/player.h"
#include "workflow/base/json_text.h"
#include "workflow/engine/surroundings.h"

namespace huiyin::test {
namespace {

using Unmet = std::optional<std::string>;

std::string joined(const std::vector<std::string>& list, const std::string& between = "\n           ") {
    std::string all;
    for (const auto& each : list) all += (all.empty() ? "" : between) + each;
    return all.empty() ? "nothing" : all;
}

// Some line of `found` must hold every word of `wanted`.
Unmet some_fits(const std::vector<std::string>& found, const std::string& wanted) {
    for (const auto& line : found)
        if (fits(line, wanted)) return std::nullopt;
    return joined(found);
}

Unmet equal(const std::string& found, const std::string& wanted) {
    return found == wanted ? std::nullopt : Unmet(found.empty() ? "nothing" : found);
}

Unmet none_fits(const std::vector<std::string>& found, const std::string& wanted) {
    for (const auto& line : found)
        if (fits(line, wanted)) return line;
    return std::nullopt;
}

std::string first_word(const std::string& text) { return text.substr(0, text.find(' ')); }
std::string behind_first(const std::string& text) {
    const auto space = text.find(' ');
    return space == std::string::npos ? std::string() : trimmed(text.substr(space));
}

std::string plain(const Json& value) { return value.is_string() ? value.get<std::string>() : to_text(value); }

std::string name_of(Stage& stage, const Party& party) {
    if (party.kind != PartyKind::staff) return to_text(party.kind);
    const auto directory = stage.house.directory->get();
    const auto* staff = directory->staff(StaffId{party.id});
    return staff ? staff->login : "staff";
}

std::string shown_event(Stage& stage, const Event& event) {
    auto line = event.type + " at=" + stage.house.shown(event.at) + " by=" + name_of(stage, event.by);
    std::replace(line.begin(), line.end(), ' ', '\n');
    line.replace(line.find("\nat="), 4, " at=");
    line.replace(line.find("\nby="), 4, " by=");
    std::replace(line.begin(), line.end(), '\n', 'T');
    if (!event.clause.empty()) line += " clause=" + event.clause;
    for (const auto& [key, value] : event.data.items())
        if (!value.is_object()) line += " " + key + "=" + plain(value);
    return line;
}

Unmet event_met(Stage& stage, const std::string& wanted, bool must) {
    const auto events = stage.house.events(stage.current());
    std::vector<std::string> lines;
    for (auto i = stage.events_seen; i < events.size(); ++i) lines.push_back(shown_event(stage, events[i]));
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (!fits(lines[i], wanted)) continue;
        if (!must) return lines[i];
        stage.events_seen += i + 1;
        return std::nullopt;
    }
    return must ? Unmet(joined(lines)) : std::nullopt;
}

std::vector<std::string> shown_deadlines(Stage& stage, const std::string& name) {
    std::vector<std::string> lines;
    for (const auto& each : stage.house.deadlines(stage.current())) {
        if (!name.empty() && each.name != name) continue;
        lines.push_back(each.name + " " + (each.due_at ? stage.house.shown(*each.due_at) : std::string("exempt")) +
                        " " + to_text(each.state) + " " + each.clause);
    }
    if (lines.empty() && !name.empty()) lines.push_back(name + " none");
    return lines;
}

Unmet derivation_met(Stage& stage, const std::string& wanted) {
    Unmet found = "no such deadline has begun";
    stage.house.store->read([&](Reading& reading) {
        const auto ticket = *reading.ticket(stage.current().id);
        for (const auto& each : stage.house.engine->deadlines_of(reading, ticket, stage.house.now())) {
            if (each.name != first_word(wanted)) continue;
            const auto text = to_chinese(each.derivation, stage.house.policy->calendar);
            found = text.find(behind_first(wanted)) == std::string::npos ? Unmet(text) : std::nullopt;
        }
    });
    return found;
}

Facts facts_now(Stage& stage) {
    Facts facts;
    stage.house.store->read([&](Reading& reading) {
        const auto ticket = *reading.ticket(stage.current().id);
        EngineParts parts;
        parts.policies = stage.house.policies.get();
        parts.directory = stage.house.directory.get();
        parts.speaker = stage.house.speaker.get();
        const Surroundings around(reading, parts, ticket);
        facts = facts_of(ticket, *around.policy, around.context, stage.house.now());
    });
    return facts;
}

Unmet fact_met(Stage& stage, const std::string& wanted) {
    const auto equals = wanted.find('=');
    if (equals == std::string::npos) throw std::runtime_error("write \"fact: consent=agreed\"");
    const auto facts = to_json(facts_now(stage));
    const auto found = facts.find(wanted.substr(0, equals));
    return equal(found == facts.end() ? "unknown" : plain(*found), wanted.substr(equals + 1));
}

std::vector<std::string> shown_steps(const Ticket& ticket, Stage& stage) {
    std::vector<std::string> lines;
    for (const auto& step : ticket.steps)
        lines.push_back(step.step + " " + step.state + " " + step.role +
                        (step.means.empty() ? "" : " by=" + step.means) +
                        (step.due_at ? " " + stage.house.shown(*step.due_at) : std::string()));
    return lines;
}

std::string assignee_of(const Ticket& ticket, Stage& stage) {
    return ticket.assignee ? name_of(stage, staff(ticket.assignee)) : "nobody";
}

bool counts(const House::Case& of, const std::string& key, std::string value, Stage& stage) {
    const auto ticket = stage.house.ticket(of);
    if (key == "state") return ticket.state == value;
    if (key == "phase") return to_text(ticket.phase) == value;
    if (key == "level") return ticket.level == value;
    if (key == "owner") return ticket.owner_role == value;
    if (key == "step") {
        std::replace(value.begin(), value.end(), '/', ' ');
        return !some_fits(shown_steps(ticket, stage), value);
    }
    if (key == "event") {
        std::replace(value.begin(), value.end(), ',', ' ');
        std::vector<std::string> lines;
        for (const auto& event : stage.house.events(of)) lines.push_back(shown_event(stage, event));
        return !some_fits(lines, value);
    }
    throw std::runtime_error("count by state, phase, level, owner, step or event, not by " + key);
}

// step=visit/open 16, event=revisit.drawn,stratum=demand at least 3
Unmet count_met(Stage& stage, const std::string& wanted) {
    const auto list = words(wanted);
    const auto equals = wanted.find('=');
    const bool at_least = list.size() == 4 && list[1] == "at" && list[2] == "least";
    if ((list.size() != 2 && !at_least) || equals == std::string::npos)
        throw std::runtime_error("write \"count: step=visit 16\" or \"count: step=visit at least 16\"");
    const auto value = list.front().substr(equals + 1);
    int count = 0;
    for (const auto& of : stage.all())
        if (counts(of, wanted.substr(0, equals), value, stage)) ++count;
    if (at_least && count >= std::stoi(list.back())) return std::nullopt;
    return equal(std::to_string(count), list.back());
}

Unmet may_met(Stage& stage, const std::string& wanted, bool must) {
    auto list = words(wanted);
    if (list.size() < 2) throw std::runtime_error("write \"may: front_desk accept assign\"");
    const auto who = list.front();
    const auto party =
        stage.is_staff(who) ? staff(stage.house.staff(who)) : resident(stage.resident_called(who).person);
    std::vector<std::string> allowed;
    stage.house.store->read([&](Reading& reading) {
        const auto ticket = *reading.ticket(stage.current().id);
        for (const auto& each : stage.house.engine->allowed(reading, ticket, party, stage.house.now()))
            allowed.push_back(each.command);
    });
    for (auto word = list.begin() + 1; word != list.end(); ++word)
        if ((std::find(allowed.begin(), allowed.end(), *word) != allowed.end()) != must) return joined(allowed, " ");
    return std::nullopt;
}

// "script: management_office reply 告诉顾客最快什么时候有反馈": how the pack wants that part of the talk led.
Unmet script_met(Stage& stage, const std::string& wanted) {
    const auto list = words(wanted);
    if (list.size() < 3) throw std::runtime_error("write \"script: front_desk reply …\"");
    std::vector<std::string> found;
    stage.house.store->read([&](Reading& reading) {
        const auto ticket = *reading.ticket(stage.current().id);
        for (const auto& each :
             stage.house.engine->allowed(reading, ticket, staff(stage.house.staff(list[0])), stage.house.now()))
            if (each.command == list[1]) found.push_back(each.script.empty() ? "nothing" : each.script);
    });
    return some_fits(found, list[2]);
}

Unmet period_met(Stage& stage, const std::string& wanted) {  // monthly 2026-03 from … until … due 2026-04-05
    const auto list = words(wanted);
    if (list.size() != 8 && list.size() != 10)
        throw std::runtime_error("write \"period: monthly 2026-03 from 2026-02-25 00:00 until …\"");
    for (const auto& report : stage.house.policy->reports) {
        if (report.name != list[0]) continue;
        const auto month = std::chrono::year{std::stoi(list[1].substr(0, 4))} /
                           std::chrono::month{static_cast<unsigned>(std::stoi(list[1].substr(5)))};
        const auto period = report_period(*stage.house.policy, report, month);
        auto found = "from " + stage.house.shown(period.from) + " until " + stage.house.shown(period.until);
        if (const auto due = report_due(report, report.due_day, month); due && list.size() == 10)
            found += " due " + to_date(std::chrono::local_days{*due});
        return equal(found, behind_first(behind_first(wanted)));
    }
    return "no such report";
}

// "15 heads 21 columns 序号 受理时间/日期 …"
std::string shown_register(const std::vector<RegisterColumn>& columns) {
    std::string line;
    std::size_t heads = 0;
    std::string head;
    for (const auto& column : columns) {
        if (column.group.empty() || column.group != head) ++heads;
        head = column.group;
        line += " " + (head.empty() ? column.title : head + "/" + column.title);
    }
    return std::to_string(heads) + " heads " + std::to_string(columns.size()) + " columns" + line;
}

// "register ledger: …": one of several.
Unmet register_met(Stage& stage, const std::string& wanted) {
    const auto& policy = *stage.house.policy;
    const auto colon = wanted.find(": ");
    if (colon == std::string::npos) throw std::runtime_error("write \"register ledger: …\"");
    for (const auto& book : policy.registers)
        if (book.name == trimmed(wanted.substr(0, colon)))
            return some_fits({shown_register(book.columns)}, wanted.substr(colon + 2));
    return "no such register";
}

Unmet progress_met(Stage& stage, const std::string& wanted) {
    std::string found;
    stage.house.store->read([&](Reading& reading) {
        const auto ticket = *reading.ticket(stage.current().id);
        const auto progress = stage.house.engine->progress(reading, ticket, stage.house.now());
        found = progress.state + " " + progress.next + " " + progress.why + " " + progress.clause;
    });
    return found.find(wanted) == std::string::npos ? Unmet(found) : std::nullopt;
}

Unmet refused_met(Stage& stage, const std::string& wanted) {
    if (!stage.refused) return "it was done";
    const auto& no = *stage.refused;
    const auto found = no.code + " " + no.clause + " " + no.text;
    for (const auto& word : words(wanted))
        if (found.find(word) == std::string::npos) return found + (no.detail.empty() ? "" : " (" + no.detail + ")");
    stage.refused.reset();
    return std::nullopt;
}

Unmet heard_met(Stage& stage, const std::string& wanted) {
    const auto colon = wanted.find(": ");
    if (colon == std::string::npos) throw std::runtime_error("write \"bot -> front_desk: …\"");
    const auto texts = stage.heard(wanted.substr(0, colon));
    const auto part = trimmed(wanted.substr(colon + 2));
    const bool met = std::any_of(texts.begin(), texts.end(),
                                 [&](const std::string& text) { return text.find(part) != std::string::npos; });
    return met ? std::nullopt : Unmet(joined(texts));
}

std::vector<std::string> shown_why(const Ticket& ticket) {
    std::vector<std::string> lines;
    for (const auto& why : ticket.why) lines.push_back(why.decision + " " + why.clause + " " + why.because);
    return lines;
}

std::string flags_of(const Ticket& ticket) {
    return joined(std::vector<std::string>(ticket.flags.begin(), ticket.flags.end()), " ");
}

struct Form {
    const char* begin;
    Unmet (*met)(Stage&, const std::string&);
};

const std::vector<Form>& forms() {
    static const std::vector<Form> list{
        {"bot -> ", heard_met},
        {"silent: ",
         [](Stage& s, const std::string& w) -> Unmet {
             const auto texts = s.heard(w);
             return texts.empty() ? std::nullopt : Unmet(joined(texts));
         }},
        {"refused: ", refused_met},
        {"state: ", [](Stage& s, const std::string& w) { return equal(s.house.ticket(s.current()).state, w); }},
        {"phase: ",
         [](Stage& s, const std::string& w) { return equal(to_text(s.house.ticket(s.current()).phase), w); }},
        {"kind: ",
         [](Stage& s, const std::string& w) {
             const auto ticket = s.house.ticket(s.current());
             return equal(ticket.category.empty() ? ticket.kind : ticket.kind + "/" + ticket.category, w);
         }},
        {"level: ", [](Stage& s, const std::string& w) { return equal(s.house.ticket(s.current()).level, w); }},
        {"owner: ", [](Stage& s, const std::string& w) { return equal(s.house.ticket(s.current()).owner_role, w); }},
        {"assignee: ",
         [](Stage& s, const std::string& w) { return equal(assignee_of(s.house.ticket(s.current()), s), w); }},
        {"number: ", [](Stage& s, const std::string& w) { return equal(s.house.ticket(s.current()).number, w); }},
        {"asked: ",
         [](Stage& s, const std::string& w) {
             const auto asked = s.house.ticket(s.current()).asked;
             return equal(asked.empty() ? "nothing" : asked, w);
         }},
        {"flag: ",
         [](Stage& s, const std::string& w) { return some_fits({flags_of(s.house.ticket(s.current()))}, w); }},
        {"no flag: ",
         [](Stage& s, const std::string& w) { return none_fits({flags_of(s.house.ticket(s.current()))}, w); }},
        {"why: ", [](Stage& s, const std::string& w) { return some_fits(shown_why(s.house.ticket(s.current())), w); }},
        {"step: ",
         [](Stage& s, const std::string& w) { return some_fits(shown_steps(s.house.ticket(s.current()), s), w); }},
        {"no step: ",
         [](Stage& s, const std::string& w) { return none_fits(shown_steps(s.house.ticket(s.current()), s), w); }},
        {"event: ", [](Stage& s, const std::string& w) { return event_met(s, w, true); }},
        {"no event: ", [](Stage& s, const std::string& w) { return event_met(s, w, false); }},
        {"deadline: ", [](Stage& s, const std::string& w) { return some_fits(shown_deadlines(s, first_word(w)), w); }},
        {"derivation: ", derivation_met},
        {"fact: ", fact_met},
        {"count: ", count_met},
        {"script: ", script_met},
        {"may: ", [](Stage& s, const std::string& w) { return may_met(s, w, true); }},
        {"may not: ", [](Stage& s, const std::string& w) { return may_met(s, w, false); }},
        {"period: ", period_met},
        {"row: ", row_met},
        {"report: ", figures_met},
        {"paper: ", paper_met},
        {"kept: ", kept_met},
        {"sent: ", [](Stage& s, const std::string& w) { return sent_met(s, w, true); }},
        {"not sent: ", [](Stage& s, const std::string& w) { return sent_met(s, w, false); }},
        {"register: ",
         [](Stage& s, const std::string& w) {
             return some_fits({shown_register(s.house.policy->register_columns)}, w);
         }},
        {"register ", register_met},
        {"revisit asks: ",
         [](Stage& s, const std::string& w) { return equal(joined(s.house.policy->revisit.questions, " "), w); }},
        {"progress: ", progress_met}};
    return list;
}

const Form* form_of(const std::string& line) {
    const auto& list = forms();
    const auto found =
        std::find_if(list.begin(), list.end(), [&](const Form& form) { return begins(line, form.begin); });
    return found == list.end() ? nullptr : &*found;
}

}  // namespace

bool is_expectation(const std::string& line) { return form_of(line) != nullptr; }

std::optional<std::string> unmet(Stage& stage, const std::string& line) {
    const auto* form = form_of(line);
    if (!form) throw std::runtime_error("this line is of no known form: see tests/scenarios/README.md");
    return form->met(stage, trimmed(after(line, form->begin)));
}

}  // namespace huiyin::test
