#include "workflow/reports/register.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "workflow/base/time_text.h"
#include "workflow/ticket/decide.h"

namespace huiyin {
namespace {

constexpr std::string_view of_kind = "_category";

// What is asked of one case: its cells.
class Cells {
public:
    Cells(const CaseOnRecord& of, const Policy& policy, int serial)
        : of_(of), policy_(policy), zone_(policy.calendar.zone()), serial_(serial) {}

    std::string cell(const RegisterColumn& column) const {
        if (column.shows == "blank") return {};
        if (!column.event.empty()) {
            const auto* event = last(column.event, column.when);
            return event ? shown(*event, column.shows) : std::string();
        }
        const auto& key = column.key;
        if (auto known = of_case(key)) return std::move(*known);
        if (auto known = of_moments(key)) return std::move(*known);
        if (key.size() > of_kind.size() && key.substr(key.size() - of_kind.size()) == of_kind)
            return of_.ticket.kind == key.substr(0, key.size() - of_kind.size()) ? category() : std::string();
        return of_facts(key);
    }
    std::string shown(const Event& event, const std::string& what) const {
        if (what == "date") return date(event.at);
        if (what == "time") return time(event.at);
        if (what == "moment") return date(event.at) + " " + time(event.at);
        if (what == "by") return who(event.by);
        return field(event.data, what);
    }
    // A field of an event, or of the step that it completed, as people read it.
    std::string field(const Json& data, const std::string& name) const {
        for (const auto& inside : {std::string(), std::string("facts"), std::string("fields")}) {
            const auto* from = inside.empty() ? &data : data.contains(inside) ? &data.at(inside) : nullptr;
            if (!from || !from->is_object()) continue;
            for (const auto& key : {name, fen_name(name)})
                if (const auto found = from->find(key); found != from->end()) return worded(name, key, *found);
        }
        return {};
    }
    std::string worded(const std::string& name, const std::string& key, const Json& value) const {
        if (value.is_object() && value.contains("text_id")) {
            const auto& id = value.at("text_id");
            const bool opens = of_.said && id.is_string() && name != "details";  // a whole record, not words
            return opens ? of_.said(TextId{std::stoll(id.get<std::string>())}) : std::string();
        }
        if (value.is_boolean()) return value.get<bool>() ? "是" : "否";
        if (value.is_number_integer() && is_fen(key)) return yuan(value.get<std::int64_t>());
        const auto* field = field_named(name);
        if (value.is_number_integer() && field && field->type == "time")
            return date(from_ms(value.get<std::int64_t>())) + " " + time(from_ms(value.get<std::int64_t>()));
        if (value.is_string()) {
            const auto text = value.get<std::string>();
            if (field && field->type == "person") return named(text);
            if (field)
                for (std::size_t i = 0; i < field->choices.size() && i < field->choice_titles.size(); ++i)
                    if (field->choices[i] == text) return field->choice_titles[i];
            return text;
        }
        return value.is_number() ? value.dump() : std::string();
    }
    std::string who(const Party& by) const {
        return by.kind == PartyKind::staff ? named(std::to_string(by.id)) : std::string();
    }

private:
    const Event* last(const std::string& type, const Rule& when = {}) const {
        const auto found = std::find_if(of_.events.rbegin(), of_.events.rend(), [&](const Event& event) {
            return event.type == type && (!when || holds(when, of_.facts, {}, given_of(event.data)));
        });
        return found == of_.events.rend() ? nullptr : &*found;
    }
    const Event* first(const std::array<const char*, 2>& types) const {
        for (const auto* type : types) {
            const auto found = std::find_if(of_.events.begin(), of_.events.end(),
                                            [&](const Event& event) { return event.type == type; });
            if (found != of_.events.end()) return &*found;
        }
        return nullptr;
    }
    std::string date(TimePoint at) const { return to_date(zone_.to_local(at).day); }
    std::string time(TimePoint at) const { return to_clock(zone_.to_local(at).since_midnight); }
    static std::string yuan(std::int64_t fen) {
        auto text = std::to_string(fen / 100);
        const auto rest = std::to_string(fen % 100);
        if (fen % 100 != 0) text += "." + std::string(2 - rest.size(), '0') + rest;
        return text;
    }
    std::string named(const std::string& staff) const {
        const bool number = !staff.empty() && staff.size() < 20 && staff.find_first_not_of("0123456789") == staff.npos;
        const auto found = number ? of_.staff.find(std::stoll(staff)) : of_.staff.end();
        return found == of_.staff.end() ? std::string() : found->second;
    }
    const MoveField* field_named(const std::string& name) const {
        const auto in = [&](const std::vector<MoveField>& fields) {
            const auto found =
                std::find_if(fields.begin(), fields.end(), [&](const MoveField& field) { return field.name == name; });
            return found == fields.end() ? nullptr : &*found;
        };
        for (const auto& step : policy_.steps)
            if (const auto* field = in(step.fields)) return field;
        for (const auto& move : policy_.moves)
            if (const auto* field = in(move.fields)) return field;
        return nullptr;
    }
    std::string category() const {
        const auto* known = policy_.category(of_.ticket.kind, of_.ticket.category);
        return known ? known->title : of_.ticket.category;
    }
    // The words of the last thing that was told or decided, and the number of the paper it stands on.
    std::string handling() const {
        std::string words;
        for (const auto* type : {"ticket.resolved", "ticket.rejected", "ticket.terminated", "ticket.withdrawn",
                                 "ticket.replied", "ticket.proposed"})
            if (const auto* event = last(type)) {
                words = field(event->data, "text");
                if (words.empty()) words = field(event->data, "reason");
                if (!words.empty()) break;
            }
        const auto numbered = std::find_if(of_.events.rbegin(), of_.events.rend(), [](const Event& event) {
            return event.data.contains("form_number") && event.data.at("form_number").is_string();
        });
        if (numbered == of_.events.rend()) return words;
        const auto number = numbered->data.at("form_number").get<std::string>();
        return words.empty() ? number : words + "(" + number + ")";
    }
    std::string satisfaction() const {
        std::optional<int> score;
        for (const auto& revisit : of_.ticket.revisits)
            if (revisit.reached && revisit.score) score = revisit.score;
        if (!score && of_.ticket.rating) score = of_.ticket.rating->score;
        if (!score) return {};
        for (const auto& answer : policy_.surveys.answers)
            if (answer.score == *score) return answer.title;
        return std::to_string(*score);
    }
    std::string limit() const {
        const Deadline* latest = nullptr;
        for (const auto& deadline : of_.deadlines) {
            const auto& stops = policy_.deadlines.at(deadline.rule).stops_on;
            const bool to_the_result = std::any_of(
                stops.begin(), stops.end(), [](const DeadlineStop& stop) { return stop.event == "ticket.resolved"; });
            if (deadline.due_at && to_the_result && (!latest || *deadline.due_at > *latest->due_at)) latest = &deadline;
        }
        return latest ? date(*latest->due_at) + " " + time(*latest->due_at) : std::string();
    }
    template <class List>
    static std::string title_in(const List& list, const std::string& key) {
        const auto found = std::find_if(list.begin(), list.end(), [&](const auto& each) { return each.key == key; });
        return found == list.end() ? key : found->title;
    }
    std::optional<std::string> of_case(const std::string& key) const {
        const auto& ticket = of_.ticket;
        if (key == "serial") return std::to_string(serial_);
        if (key == "number") return ticket.number;
        if (key == "customer_name") return of_.customer;
        if (key == "room") return of_.place;
        if (key == "contact") return of_.contact;
        if (key == "matter") return of_.matter;
        if (key == "wish") return of_.wish;
        if (key == "kind") return title_in(policy_.kinds, ticket.kind);
        if (key == "category") return category();
        if (key == "level") return title_in(policy_.levels, ticket.level);
        if (key == "state") return title_in(policy_.states, ticket.state);
        if (key == "unit") return of_.unit;
        if (key == "owner") return of_.owner;
        if (key == "handling") return handling();
        if (key == "limit") return limit();
        if (key == "satisfaction") return satisfaction();
        if (key == "handler") {
            const auto assigned = named(to_text(ticket.assignee));
            const auto* resolved = last("ticket.resolved");
            if (!assigned.empty()) return assigned;
            const auto by = resolved ? who(resolved->by) : std::string();
            return by.empty() ? of_.owner : by;
        }
        return std::nullopt;
    }
    // Who did something, and when: "accepted_by", "taken_date" …
    std::optional<std::string> of_moments(const std::string& key) const {
        struct Moment {
            std::string_view name;
            std::array<const char*, 2> events;  // the second where the first never came
        };
        static constexpr std::array<Moment, 4> moments{{{"opened", {"ticket.opened", "ticket.opened"}},
                                                        {"accepted", {"ticket.accepted", "ticket.opened"}},
                                                        {"taken", {"ticket.assigned", "ticket.accepted"}},
                                                        {"closed", {"ticket.closed", "ticket.closed"}}}};
        const auto bar = key.rfind('_');
        if (bar == std::string::npos) return std::nullopt;
        const auto name = std::string_view(key).substr(0, bar);
        const auto what = key.substr(bar + 1);
        if (what != "by" && what != "date" && what != "time") return std::nullopt;
        const Event* event = nullptr;
        if (name == "revisited") {
            event = last("ticket.revisited");
        } else if (name == "resolved" || name == "returned") {
            event = last("ticket.resolved");
        } else {
            const auto found =
                std::find_if(moments.begin(), moments.end(), [&](const Moment& each) { return each.name == name; });
            if (found == moments.end()) return std::nullopt;
            event = first(found->events);
        }
        return event ? shown(*event, what) : std::string();
    }
    std::string of_facts(const std::string& key) const {
        if (const auto found = of_.facts.find(key); found != of_.facts.end()) return fact(key, found->second);
        // Words that a step or a move was given are sealed, and no fact.
        for (auto event = of_.events.rbegin(); event != of_.events.rend(); ++event)
            if (auto words = field(event->data, key); !words.empty()) return words;
        return {};
    }
    std::string fact(const std::string& key, const Fact& value) const {
        const auto info = std::find_if(policy_.facts.begin(), policy_.facts.end(),
                                       [&](const FactInfo& each) { return each.name == key; });
        if (const auto* text = std::get_if<std::string>(&value)) {
            if (key == "source") return title_in(policy_.sources, *text);
            if (info != policy_.facts.end())
                for (std::size_t i = 0; i < info->choices.size() && i < info->choice_titles.size(); ++i)
                    if (info->choices[i] == *text) return info->choice_titles[i];
            return word_for(key, *text);
        }
        if (const auto* yes = std::get_if<bool>(&value)) return *yes ? "是" : "否";
        if (const auto* whole = std::get_if<std::int64_t>(&value)) {
            if (info == policy_.facts.end() || info->type != FactType::time) return std::to_string(*whole);
            return date(from_ms(*whole)) + " " + time(from_ms(*whole));
        }
        if (const auto* number = std::get_if<double>(&value))
            return yuan(static_cast<std::int64_t>(*number * 100 + (*number < 0 ? -0.5 : 0.5)));
        std::string all;
        for (const auto& each : std::get<std::vector<std::string>>(value)) all += (all.empty() ? "" : "、") + each;
        return all;
    }
    static std::string word_for(const std::string& key, const std::string& value) {
        static const std::map<std::pair<std::string, std::string>, std::string> words{
            {{"validity", "valid"}, "有效"},    {{"validity", "invalid"}, "无效"},
            {{"cause", "own"}, "我方"},         {{"cause", "customer"}, "客户"},
            {{"cause", "supplier"}, "供方"},    {{"cause", "other_company"}, "其他单位"},
            {{"cause", "developer"}, "开发商"}, {{"cause", "nobody"}, "无责任方"}};
        const auto found = words.find({key, value});
        return found == words.end() ? value : found->second;
    }

    const CaseOnRecord& of_;
    const Policy& policy_;
    const Zone& zone_;
    int serial_;
};

const RegisterBook* book_named(const Policy& policy, const std::string& name) {
    const auto found = std::find_if(policy.registers.begin(), policy.registers.end(),
                                    [&](const RegisterBook& book) { return book.name == name; });
    return found == policy.registers.end() ? nullptr : &*found;
}

}  // namespace

std::optional<PaperTable> empty_register(const Policy& policy, const std::string& name) {
    if (const auto* book = book_named(policy, name))
        return PaperTable{name, book->title, book->clause, book->columns, {}};
    if (name != "register" || policy.register_columns.empty()) return std::nullopt;
    return PaperTable{name, "登记表", {}, policy.register_columns, {}};
}

bool belongs_into(const Policy& policy, const std::string& name, const CaseOnRecord& of) {
    const auto* book = book_named(policy, name);
    return book ? holds(book->when, of.facts) : name == "register";
}

void add_case(PaperTable& table, const CaseOnRecord& of, const Policy& policy) {
    table.rows.push_back(register_row(table.columns, of, policy, static_cast<int>(table.rows.size()) + 1));
    table.tickets.push_back(of.ticket.number);
}

std::vector<std::string> register_row(const std::vector<RegisterColumn>& columns, const CaseOnRecord& of,
                                      const Policy& policy, int serial) {
    const Cells cells(of, policy, serial);
    std::vector<std::string> row;
    row.reserve(columns.size());
    for (const auto& column : columns) row.push_back(cells.cell(column));
    return row;
}

std::optional<Paper> paper_of(const Policy& policy, const std::string& name, const CaseOnRecord& of) {
    const auto* form = policy.form(name);
    if (!form) return std::nullopt;
    const auto made = std::find_if(of.events.rbegin(), of.events.rend(), [&](const Event& event) {
        return event.type == "ticket.completed" && event.data.value("form", "") == name;
    });
    if (made == of.events.rend()) return std::nullopt;
    Paper paper{form, made->data.value("form_number", ""), made->at, {}};
    const Cells cells(of, policy, 1);
    for (const auto& column : form->columns) {
        auto own = column.event.empty() && column.shows.empty() ? cells.field(made->data, column.key) : std::string();
        paper.cells.push_back(own.empty() ? cells.cell(column) : std::move(own));
    }
    return paper;
}

std::vector<KeptRecord> kept_records(const Policy& policy, const CaseOnRecord& of) {
    std::vector<KeptRecord> list;
    for (const auto& rule : policy.retention) {
        KeptRecord kept{rule.what, {}, rule.clause, rule.keep == "permanent", std::nullopt};
        if (rule.filed_by == "household")
            kept.file = of.place;
        else if (rule.filed_by == "folder")
            kept.file = to_date(policy.calendar.zone().to_local(of.ticket.opened_at).day).substr(0, 4);
        else if (!rule.filed_by.empty())
            kept.file = of.ticket.number;
        if (of.ticket.closed_at) kept.until = kept_until(rule, policy.calendar, *of.ticket.closed_at);
        list.push_back(std::move(kept));
    }
    return list;
}

}  // namespace huiyin
