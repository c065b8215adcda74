#include "workflow/reports/contribution.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "workflow/policy/moving.h"
#include "workflow/policy/same_text.h"
#include "workflow/reports/register.h"

namespace huiyin {
namespace {

// What stands in a list is at these places of the text.
enum Place { version, channel, counted, by, measured, limits, places };

bool is_of_limits(const std::string& measure) { return measure == "timeliness" || measure == "revisits"; }

// The number of a case's own, kept beside the text: as good as every case has another one.
std::int64_t* own_number(const std::string& measure, Figure& figure) {
    if (measure == "waiting_time") return &figure.sum;
    return contains(known_measures(), measure) ? nullptr : &figure.part;
}

// A column that is worked out of more than the text holds.
bool is_beyond(const std::string& word) {
    static const std::vector<std::string> within{"unit",     "owner", "handler", "kind",  "category",
                                                 "validity", "cause", "level",   "state", "source"};
    return contains(known_columns(), word) && !contains(within, word);
}

const Event* last_resolution(const CaseOnRecord& record) {
    const auto found = std::find_if(record.events.rbegin(), record.events.rend(),
                                    [](const Event& event) { return event.type == "ticket.resolved"; });
    return found == record.events.rend() ? nullptr : &*found;
}

std::runtime_error unreadable() { return std::runtime_error("kept figures that cannot be read"); }

Fact fact_of(const Json& value) {
    if (value.is_array()) return value.get<std::vector<std::string>>();
    if (value.is_boolean()) return value.get<bool>();
    if (value.is_number_float()) return value.get<double>();
    if (value.is_number()) return value.get<std::int64_t>();
    return value.get<std::string>();
}

Json read(const std::string& shared) {
    auto text = Json::parse(shared, nullptr, false);
    if (!text.is_array() || text.size() != places) throw unreadable();
    return text;
}

// When a limit runs out by time alone; and whether one is in a pause, or may be: then its due time moves on.
struct Course {
    std::optional<TimePoint> until;
    bool moves = false;
};
Course course_of(const CaseOnRecord& record) {
    Course course;
    for (const auto& deadline : record.deadlines) {
        if (deadline.stopped_at) continue;
        const auto& rule = record.rules->deadlines.at(deadline.rule);
        const bool was_paused = std::any_of(record.events.begin(), record.events.end(), [&](const Event& event) {
            return std::any_of(rule.pauses_on.begin(), rule.pauses_on.end(),
                               [&](const DeadlineStop& stop) { return stop.event == event.type; });
        });
        if (was_paused) course.moves = true;
        if (deadline.state == DeadlineState::running && deadline.due_at)
            course.until = course.until ? std::min(*course.until, *deadline.due_at) : *deadline.due_at;
    }
    return course;
}

}  // namespace

// Which reports cannot be kept for cases of one version of the pack, whatever the case.
struct Contributions::Movement {
    std::shared_ptr<const Policy> rules;  // held, so that nothing else is found at its place in memory
    std::vector<bool> moves;              // of each report
};

Contributions::Contributions(const Policy& policy) : policy_(policy), reports_(reports_of(policy)) {
    const auto add = [](std::vector<std::string>& list, const std::string& name) {
        if (!contains(list, name)) list.push_back(name);
    };
    for (const auto& report : reports_) {
        for (const auto& word : report.by) {
            if (word == "category") add(words_, "kind");  // its title is of a kind
            if (word == "handler") add(words_, "owner");  // where nobody is named, the role is
            add(words_, word);
        }
        for (const auto& measure : report.measures) add(measures_, measure);
    }
    Figure any;
    for (std::size_t i = 0; i < measures_.size(); ++i)
        if (own_number(measures_[i], any)) own_.push_back(i);
}

const Contributions::Movement& Contributions::movement_of(const CaseOnRecord& record) const {
    const bool has_talk = static_cast<bool>(record.ticket.conversation);
    auto& kept = movements_[{record.rules.get(), has_talk}];
    if (kept) return *kept;
    auto made = std::make_shared<Movement>();
    made->rules = record.rules;
    const auto moving = moving_facts(*record.rules, has_talk);
    const auto any = [](const std::vector<std::string>& words, const auto& is_so) {
        return std::any_of(words.begin(), words.end(), is_so);
    };
    for (const auto& report : reports_) {
        const bool of_limits = report.name == "timeliness" || any(report.measures, is_of_limits);
        const auto moves = [&](const std::string& word) { return moving.names.contains(word); };
        made->moves.push_back((of_limits && moving.limits) || looks_at(report.where, moving.names) ||
                              any(report.by, moves) || any(report.by, is_beyond) || any(report.measures, moves));
    }
    kept = std::move(made);
    return *kept;
}

std::string Contributions::text_of(const CaseOnRecord& record, const std::vector<Counts>& counted_by) const {
    const auto& ticket = record.ticket;
    Json text = Json::array_t(places);
    text[version] = ticket.policy_version;
    const auto from = record.facts.find("channel");
    const auto* came_by = from == record.facts.end() ? nullptr : std::get_if<std::string>(&from->second);
    text[channel] = came_by && ticket.conversation && !record.rules->sources.empty() ? *came_by : std::string();
    std::string marks;
    for (const auto each : counted_by) marks += static_cast<char>(each);
    text[counted] = marks;
    text[by] = Json::array();
    text[measured] = Json::array();
    text[limits] = Json::array();
    if (marks.find('1') == std::string::npos) return text.dump(-1, ' ', false, Json::error_handler_t::replace);
    for (const auto& word : words_) {
        Json value;
        if (const auto fact = record.facts.find(word); fact != record.facts.end())
            std::visit([&](const auto& each) { value = each; }, fact->second);
        else if (word == "owner")
            value = ticket.owner_role;
        else if (word == "handler") {
            const auto* resolved = last_resolution(record);
            const auto by_staff = resolved && resolved->by.kind == PartyKind::staff ? resolved->by.id : 0;
            value = {ticket.assignee.value, by_staff};
        }
        text[by].push_back(std::move(value));
    }
    for (const auto& measure : measures_) {
        auto figure = measure_of(policy_, record, measure);
        if (auto* number = own_number(measure, figure)) *number = 0;
        for (const auto number : {figure.part, figure.of, figure.sum}) text[measured].push_back(number);
    }
    for (const auto& limit : limits_of(record)) {
        const auto rule = std::find_if(policy_.deadlines.begin(), policy_.deadlines.end(),
                                       [&](const DeadlineRule& each) { return each.name == limit.name; });
        if (rule == policy_.deadlines.end()) continue;  // nobody reads of it any more
        text[limits].push_back(rule - policy_.deadlines.begin());
        text[limits].push_back(static_cast<int>(limit.course));
    }
    return text.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Contributions::Head Contributions::head_of(const std::string& shared) const {
    const auto text = read(shared);
    try {
        Head head{text[version].get<std::string>(), text[channel].get<std::string>(), {}};
        for (const char mark : text[counted].get_ref<const std::string&>())
            head.counted.push_back(static_cast<Counts>(mark));
        if (head.counted.size() != reports_.size()) throw unreadable();
        return head;
    } catch (const Json::exception&) {
        throw unreadable();
    }
}

Contributions::Opened Contributions::opened(const std::string& shared) const {
    const auto text = read(shared);
    try {
        Opened opened;
        const auto& values = text[by];
        const auto& numbers = text[measured];
        if (values.size() != words_.size() || numbers.size() != 3 * measures_.size()) throw unreadable();
        auto& like = opened.like;
        auto& ticket = like.ticket;
        for (std::size_t i = 0; i < words_.size(); ++i) {
            const auto& word = words_[i];
            const auto& value = values[i];
            if (word == "handler" && value.is_array() && value.size() == 2 && value[0].is_number()) {
                ticket.assignee = StaffId{value[0].get<std::int64_t>()};
                const StaffId resolver{value[1].get<std::int64_t>()};
                opened.people = {ticket.assignee, resolver};
                if (!resolver) continue;
                Event resolved;
                resolved.type = "ticket.resolved";
                resolved.by = staff(resolver);
                like.events.push_back(std::move(resolved));
                continue;
            }
            if (word == "owner" && value.is_string()) ticket.owner_role = value.get<std::string>();
            if (word == "kind" && value.is_string()) ticket.kind = value.get<std::string>();
            if (word == "category" && value.is_string()) ticket.category = value.get<std::string>();
            if (word == "level" && value.is_string()) ticket.level = value.get<std::string>();
            if (word == "state" && value.is_string()) ticket.state = value.get<std::string>();
            if (word == "owner" || word == "unit" || value.is_null()) continue;
            like.facts.insert_or_assign(word, fact_of(value));
        }
        for (std::size_t i = 0; i < measures_.size(); ++i)
            opened.measured.push_back({numbers[3 * i].get<std::int64_t>(), numbers[3 * i + 1].get<std::int64_t>(),
                                       numbers[3 * i + 2].get<std::int64_t>()});
        const auto& runs = text[limits];
        for (std::size_t i = 0; i + 1 < runs.size(); i += 2)
            opened.limits.push_back({policy_.deadlines.at(runs[i].get<std::size_t>()).name,
                                     static_cast<LimitOfCase::Course>(runs[i + 1].get<int>())});
        return opened;
    } catch (const Json::exception&) {
        throw unreadable();
    } catch (const std::out_of_range&) {
        throw unreadable();
    }
}

void Contributions::add_own(std::string_view own, std::vector<std::int64_t>& numbers) const {
    numbers.resize(own_.size());
    const char* at = own.data();
    const char* const end = at + own.size();
    for (auto& number : numbers) {
        std::int64_t value = 0;
        const auto read = std::from_chars(at, end, value);
        if (read.ec != std::errc()) throw unreadable();
        number += value;
        at = read.ptr == end ? end : read.ptr + 1;
    }
}

std::vector<Figure> Contributions::sum_of(const Opened& opened, std::int64_t count,
                                          const std::vector<std::int64_t>& own, const Report& report) const {
    auto all = opened.measured;
    for (auto& figure : all) figure = {figure.part * count, figure.of * count, figure.sum * count};
    for (std::size_t i = 0; i < own_.size(); ++i) *own_number(measures_[own_[i]], all.at(own_[i])) += own.at(i);
    std::vector<Figure> some;
    for (const auto& measure : report.measures) {
        const auto place = std::find(measures_.begin(), measures_.end(), measure);
        some.push_back(all.at(static_cast<std::size_t>(place - measures_.begin())));
    }
    return some;
}

bool Contributions::says_the_same(const CaseOnRecord& record, const Opened& opened, const Report& report) const {
    return split_of(policy_, report.by, record, false) == split_of(policy_, report.by, opened.like, false) &&
           split_of(policy_, report.by, record, true) == split_of(policy_, report.by, opened.like, true);
}

Contribution Contributions::of(const CaseOnRecord& record) const {
    const auto& movement = movement_of(record);
    std::vector<Counts> counts;
    for (std::size_t i = 0; i < reports_.size(); ++i)
        counts.push_back(movement.moves[i]                          ? Counts::look
                         : is_counted(policy_, reports_[i], record) ? Counts::yes
                                                                    : Counts::no);
    Contribution made;
    const auto course = course_of(record);
    made.until = course.until;
    made.moves = course.moves;
    for (const auto measure : own_) {
        auto figure = measure_of(policy_, record, measures_[measure]);
        made.own += (made.own.empty() ? "" : " ") + std::to_string(*own_number(measures_[measure], figure));
    }
    made.shared = text_of(record, counts);
    if (std::find(counts.begin(), counts.end(), Counts::yes) == counts.end()) return made;
    auto again = opened(made.shared);
    again.like.unit = record.unit;
    again.like.owner = record.owner;
    again.like.staff = record.staff;
    bool differs = false;
    for (std::size_t i = 0; i < reports_.size(); ++i)
        if (counts[i] == Counts::yes && !says_the_same(record, again, reports_[i])) {
            counts[i] = Counts::look;
            differs = true;
        }
    if (differs) made.shared = text_of(record, counts);
    return made;
}

}  // namespace huiyin
