// A simulation as a table: one column, or two and the difference.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "workflow/engine/simulate/simulate.h"

namespace huiyin {
namespace {

struct Row {
    std::string section, name, title;  // the title in the pack's own words; may be empty
    double value = 0;
    int decimals = 0;
    std::string unit;
};

std::string digits(double value, int decimals) {
    const double scale = decimals == 0 ? 1 : decimals == 1 ? 10 : 100;
    const auto whole = static_cast<std::int64_t>(value * scale + (value < 0 ? -0.5 : 0.5));
    const auto sign = whole < 0 ? "-" : "";
    auto text = std::to_string(whole < 0 ? -whole : whole);
    if (decimals == 0) return sign + text;
    const auto places = static_cast<std::size_t>(decimals);
    if (text.size() <= places) text.insert(0, places + 1 - text.size(), '0');
    return sign + text.substr(0, text.size() - places) + "." + text.substr(text.size() - places);
}

double percent(std::int64_t part, std::int64_t whole) {
    return whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole);
}

class Table {
public:
    explicit Table(const Simulated& of) : policy_(of.policy), counts_(of.counts) {
        tickets();
        deadlines();
        tallies("levels", counts_.levels, [&](const std::string& key) {
            const auto* level = policy_.level(key);
            return level ? level->title : std::string();
        });
        tallies("raised", counts_.raised);
        tallies("escalated", counts_.escalated, [&](const std::string& clause) { return words_of(clause); });
        tallies("warned", counts_.warned);
        tallies("ends", counts_.ends, [&](const std::string& key) {
            const auto* state = policy_.state(key);
            return state ? state->title : std::string();
        });
        tallies("revisits", counts_.revisits);
        tallies("scores", counts_.scores);
        tallies("tasks", counts_.tasks);
        roles();
    }
    std::vector<Row> rows;

private:
    void add(const char* section, const std::string& name, double value, int decimals = 0, const char* unit = "",
             const std::string& title = {}) {
        rows.push_back({section, name, title, value, decimals, unit});
    }
    std::string words_of(const std::string& id) const {
        const auto* clause = policy_.clause(id);
        return clause ? clause->text : std::string();
    }
    template <class Title>
    void tallies(const char* section, const Tallies& all, Title title) {
        for (const auto& [name, count] : all) add(section, name, static_cast<double>(count), 0, "", title(name));
    }
    void tallies(const char* section, const Tallies& all) {
        tallies(section, all, [](const std::string&) { return std::string(); });
    }

    void tickets() {
        add("tickets", "all", static_cast<double>(counts_.tickets));
        for (const auto& [name, count] : counts_.kinds) add("tickets", name, static_cast<double>(count));
        add("tickets", "still open", static_cast<double>(counts_.open));
        add("tickets", "stuck", static_cast<double>(counts_.stuck));
        add("tickets", "events", static_cast<double>(counts_.events));
        add("tickets", "words to customers", static_cast<double>(counts_.told));
        add("tickets", "proposals", static_cast<double>(counts_.rounds));
        times("to acceptance", counts_.to_acceptance);
        times("to resolution", counts_.to_resolution);
        times("to the end", counts_.to_end);
    }
    void times(const std::string& what, const Spread& spread) {
        add("time", what + ", half within", spread.percentile(50) / 60, 1, "hours");
        add("time", what + ", 95 in 100 within", spread.percentile(95) / 60, 1, "hours");
    }
    void deadlines() {
        for (const auto& [name, counts] : counts_.deadlines) {
            std::string title;
            for (const auto& rule : policy_.deadlines)
                if (rule.name == name && title.empty()) title = rule.title;
            add("deadlines", name + ": begun", static_cast<double>(counts.begun), 0, "", title);
            add("deadlines", name + ": met", static_cast<double>(counts.met));
            add("deadlines", name + ": missed", static_cast<double>(counts.missed));
            add("deadlines", name + ": missed", percent(counts.missed, counts.met + counts.missed), 2, "%");
            add("deadlines", name + ": cancelled", static_cast<double>(counts.cancelled));
            if (counts.exempt > 0) add("deadlines", name + ": exempt", static_cast<double>(counts.exempt));
            add("deadlines", name + ": running", static_cast<double>(counts.running));
        }
    }
    void roles() {
        for (const auto& [role, counts] : counts_.roles) {
            if (counts.commands + counts.pushes + counts.tasks == 0) continue;
            add("roles", role + ": commands", static_cast<double>(counts.commands));
            add("roles", role + ": pushes", static_cast<double>(counts.pushes));
            add("roles", role + ": tasks", static_cast<double>(counts.tasks));
            add("roles", role + ": hours at work", counts.minutes / 60, 1, "hours");
            add("roles", role + ": waited for, 95 in 100 within", counts.waited.percentile(95) / 60, 1, "hours");
        }
    }
    const Policy& policy_;
    const SimulationCounts& counts_;
};

std::string padded(const std::string& text, std::size_t width) {
    return std::string(text.size() < width ? width - text.size() : 0, ' ') + text;
}
std::string filled(const std::string& text, std::size_t width) {
    return text + std::string(text.size() < width ? width - text.size() : 1, ' ');
}

std::string head(const Simulated& one, const SimulationAsked& asked) {
    return one.policy.id + " " + one.policy.version + ": " + std::to_string(one.counts.tickets) + " tickets, " +
           std::to_string(asked.days) + " days from " + to_date(asked.from) + ", seed " + std::to_string(asked.seed) +
           ", " + std::to_string(one.counts.centres) + (one.counts.centres == 1 ? " centre\n" : " centres\n");
}

constexpr std::size_t name_width = 52, number_width = 12;

const Row* same_in(const std::vector<Row>& rows, const Row& wanted) {
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& row) {
        return row.section == wanted.section && row.name == wanted.name && row.unit == wanted.unit;
    });
    return found == rows.end() ? nullptr : &*found;
}

}  // namespace

std::string to_text(const Simulated& one, const SimulationAsked& asked) {
    auto text = head(one, asked);
    std::string section;
    for (const auto& row : Table(one).rows) {
        if (row.section != section) text += "\n" + row.section + "\n";
        section = row.section;
        text += "  " + filled(row.name, name_width) + padded(digits(row.value, row.decimals), number_width);
        if (!row.unit.empty()) text += " " + row.unit;
        if (!row.title.empty()) text += "  " + row.title;
        text += "\n";
    }
    return text;
}

std::string to_text(const Simulated& one, const Simulated& other, const SimulationAsked& asked) {
    auto text = "A " + one.name + ": " + head(one, asked) + "B " + other.name + ": " + head(other, asked);
    const auto left = Table(one).rows, right = Table(other).rows;
    auto rows = left;  // what only the other one has follows at the end of its section
    for (const auto& row : right) {
        if (same_in(rows, row)) continue;
        auto place =
            std::find_if(rows.rbegin(), rows.rend(), [&](const Row& each) { return each.section == row.section; });
        auto missing = row;
        missing.value = 0;
        rows.insert(place == rows.rend() ? rows.end() : place.base(), std::move(missing));
    }
    std::string section;
    for (const auto& row : rows) {
        if (row.section != section)
            text += "\n" + filled(row.section, name_width + 2) + padded("A", number_width) + padded("B", number_width) +
                    padded("B - A", number_width) + "\n";
        section = row.section;
        const auto* b = same_in(right, row);
        const auto value = b ? b->value : 0;
        const auto difference = digits(value - row.value, row.decimals);
        text += "  " + filled(row.name, name_width) + padded(digits(row.value, row.decimals), number_width) +
                padded(digits(value, row.decimals), number_width) +
                padded((value > row.value ? "+" : "") + difference, number_width);
        if (!row.unit.empty()) text += " " + row.unit;
        text += "\n";
    }
    return text;
}

Json to_json(const Simulated& one, const SimulationAsked& asked) {
    Json json{{"policy", {{"id", one.policy.id}, {"version", one.policy.version}}},
              {"tickets", one.counts.tickets},
              {"days", asked.days},
              {"from", to_date(asked.from)},
              {"seed", asked.seed},
              {"centres", one.counts.centres},
              {"rows", Json::array()}};
    for (const auto& row : Table(one).rows)
        json["rows"].push_back({{"section", row.section},
                                {"name", row.name},
                                {"value", row.decimals == 0 ? Json(static_cast<std::int64_t>(row.value))
                                                            : Json(digits(row.value, row.decimals))},
                                {"unit", row.unit}});
    return json;
}

}  // namespace huiyin
