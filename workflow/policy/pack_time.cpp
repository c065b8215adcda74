#include "workflow/policy/pack_time.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

namespace huiyin {
namespace {

class TimeReader {
public:
    explicit TimeReader(std::vector<Finding>& findings) : findings_(findings) {}

    // Every object of a list; one alone stands for a list of one.
    template <class Read>
    void each(Reader& reader, std::string_view key, Read read_one) {
        const Json* written = reader.any_or_none(key);
        if (!written) return;
        if (written->is_object()) return item(*written, reader.pointer(key), read_one);
        if (!written->is_array()) return reader.wrong(key, "this is neither an object nor a list of them: write [{…}]");
        for (std::size_t i = 0; i < written->size(); ++i)
            item((*written)[i], reader.pointer(key) + "/" + std::to_string(i), read_one);
    }
    static std::vector<std::string> names(Reader& reader, std::string_view key) {
        const Json* value = reader.any_or_none(key);
        if (value && value->is_string()) return {value->get<std::string>()};
        return reader.texts_or_none(key);
    }
    static Rule rule(Reader& reader, std::string_view key) {
        const Json* value = reader.any_or_none(key);
        return value ? rule_of(*value) : Rule{};
    }
    static Span cap(Reader& reader, std::string_view key) {
        const std::string text = reader.text_or(key, "");
        if (text.empty()) return {};
        const auto span = parse_span(text);
        if (span && span->count > 0 && !span->from_start_of_work) return *span;
        reader.wrong(key, span ? "\"" + text + "\" is no length: write a number and a unit, for example 3 working days"
                               : span.problem().text);
        return {};
    }
    static LimitEffect effect(Reader& reader) {
        const std::string word = reader.one_of("effect", {"replaces", "shortens"}, "replaces");
        return word == "shortens" ? LimitEffect::shortens : LimitEffect::replaces;
    }
    static int whole(Reader& reader, std::string_view key, int least, int most) {
        const auto value = reader.integer_or(key, least);
        if (value >= least && value <= most) return static_cast<int>(value);
        reader.wrong(key, std::to_string(value) + " is out of range: write " + std::to_string(least) + " to " +
                              std::to_string(most));
        return least;
    }

    void adjustments(Reader& reader, DeadlineRule& rule);
    void calendars(Reader& reader, Policy& policy, const std::string& holidays);
    void declared_events(Reader& reader, Policy& policy);
    void duties(Reader& reader, Policy& policy);

private:
    template <class Read>
    void item(const Json& json, std::string pointer, Read read_one) {
        Reader reader{json, std::move(pointer), findings_};
        read_one(reader);
        reader.finish();
    }
    std::vector<Finding>& findings_;
};

void TimeReader::adjustments(Reader& reader, DeadlineRule& rule) {
    rule.calendar = reader.text_or("calendar", "");
    rule.binds = reader.text_or("binds", "");
    rule.soft = reader.boolean_or("soft", false);
    rule.outlives_end = reader.boolean_or("outlives_end", false);
    if (reader.has("customer_limit"))
        each(reader, "customer_limit", [&](Reader& item) {
            if (rule.customer_limit)
                return item.wrong("fact", "a second limit of the customer: one deadline obeys one fact");
            rule.customer_limit = CustomerLimit{item.text("fact"), effect(item), item.text_or("clause", "")};
        });
    each(reader, "promises_on", [&](Reader& item) {
        rule.promises_on.push_back({item.text("event"), item.text("field"), effect(item),
                                    TimeReader::rule(item, "when"), item.text_or("clause", "")});
    });
    each(reader, "extend", [&](Reader& item) {
        ExtensionRule extension;
        extension.roles = names(item, "roles");
        extension.levels = names(item, "levels");
        extension.when = TimeReader::rule(item, "when");
        extension.times = whole(item, "times", 0, 1000);
        extension.at_most = cap(item, "at_most");
        extension.in_all = cap(item, "in_all");
        extension.consent = item.boolean_or("consent", false);
        extension.late = item.boolean_or("late", false);
        extension.clause = item.text_or("clause", "");
        rule.extend.push_back(std::move(extension));
    });
    each(reader, "stretches_on", [&](Reader& item) {
        StretchRule stretch;
        stretch.event = item.text("event");
        stretch.percent = whole(item, "percent", 0, 1000);
        stretch.stops_clock = item.boolean_or("stops_clock", stretch.percent == 0);
        if (stretch.stops_clock && stretch.percent > 0)
            item.wrong("percent", "a limit either stands still or grows: write stops_clock or percent");
        if (!stretch.stops_clock && stretch.percent == 0)
            item.wrong("percent", "this event stretches nothing: write percent, or leave stops_clock out");
        stretch.clause = item.text_or("clause", "");
        rule.stretches_on.push_back(std::move(stretch));
    });
}

void TimeReader::calendars(Reader& reader, Policy& policy, const std::string& holidays) {
    const Json* written = reader.object_or_none("calendars");
    if (!written) return;
    for (const auto& [name, json] : written->items()) {
        Reader item{json, reader.pointer("calendars") + "/" + name, findings_};
        Zone zone = policy.calendar.zone();
        if (const auto named = item.text_or("zone", ""); !named.empty()) {
            const auto found = Zone::named(named);
            if (found)
                zone = *found;
            else
                item.wrong("zone", found.problem().text);
        }
        WeekHours hours = policy.calendar.week_hours();
        if (const Json* own = item.any_or_none("hours")) hours = read_hours(*own, item.pointer("hours"), findings_);
        Calendar calendar{zone, hours};
        const std::string folder = item.text_or("holidays", "");
        if (!folder.empty()) {
            if (folder.find('/') != std::string::npos || folder.front() == '.')
                item.wrong("holidays", "\"" + folder + "\" is no plain folder name: write holidays-cn");
            else if (const auto added =
                         calendar.add_holiday_folder((std::filesystem::path(holidays) / folder).string());
                     !added)
                policy.warnings.push_back(added.problem().text);
        }
        item.finish();
        calendar.make_ready();
        policy.calendars.insert_or_assign(name, std::move(calendar));
    }
}

void TimeReader::declared_events(Reader& reader, Policy& policy) {
    each(reader, "declared_events", [&](Reader& item) {
        DeclaredEventKind kind;
        kind.name = item.text("name");
        kind.title = item.text("title");
        kind.roles = names(item, "roles");
        if (kind.roles.empty()) item.wrong("roles", "an event that nobody may declare: write roles");
        kind.longest = cap(item, "longest");
        kind.clause = item.text("clause");
        policy.declared_events.push_back(std::move(kind));
    });
}

void TimeReader::duties(Reader& reader, Policy& policy) {
    each(reader, "duties", [&](Reader& item) {
        static const std::vector<std::string> words{"stays", "next working day", "working day before", "left out"};
        Duty duty;
        duty.name = item.text("name");
        duty.title = item.text("title");
        const std::string every = item.text("every");
        if (auto rhythm = parse_rhythm(every))
            duty.every = std::move(*rhythm);
        else if (!every.empty())
            item.wrong("every", rhythm.problem().text);
        const auto at = parse_clock(item.text_or("at", "09:00"));
        if (at && *at < std::chrono::hours{24})
            duty.at = *at;
        else
            item.wrong("at", "this is no time of the day: write 09:00");
        const std::string word = item.one_of("on_day_off", words, "stays");
        const auto found = std::find(words.begin(), words.end(), word);
        if (found != words.end()) duty.on_day_off = static_cast<OnDayOff>(found - words.begin());
        duty.role = item.text("role");
        duty.phrase = item.text("phrase");
        duty.clause = item.text("clause");
        policy.duties.push_back(std::move(duty));
    });
}

}  // namespace

void read_adjustments(Reader& reader, DeadlineRule& rule, std::vector<Finding>& findings) {
    TimeReader{findings}.adjustments(reader, rule);
}

void read_time_parts(Reader& reader, Policy& policy, const std::string& holidays, std::vector<Finding>& findings) {
    TimeReader read{findings};
    read.calendars(reader, policy, holidays);
    read.declared_events(reader, policy);
    read.duties(reader, policy);
}

}  // namespace huiyin
