#include "workflow/policy/pack.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "workflow/policy/check.h"
#include "workflow/policy/pack_part.h"
#include "workflow/policy/pack_time.h"

namespace huiyin {
namespace {

using Path = std::filesystem::path;

// ---- extends -------------------------------------------------------------------------------------------------------

struct ListKey {
    const char* list;
    std::vector<const char*> key;  // fields that name an entry together
    bool child_first;              // new entries come before the parent's: the first that fits is taken
};
const std::vector<ListKey>& keyed_lists() {
    static const std::vector<ListKey> lists{{"clauses", {"id"}, false},
                                            {"facts", {"name"}, false},
                                            {"kinds", {"key"}, false},
                                            {"levels", {"key"}, false},
                                            {"states", {"key"}, false},
                                            {"moves", {"name"}, true},
                                            {"deadlines", {"name", "kinds"}, false},
                                            {"declared_events", {"name"}, false},
                                            {"duties", {"name"}, false},
                                            {"routes", {"name"}, true},
                                            {"sources", {"key"}, false},
                                            {"slots", {"key"}, true},
                                            {"steps", {"key"}, false},
                                            {"forms", {"key"}, false},
                                            {"reactions", {"name"}, false},
                                            {"penalties", {"key"}, false},
                                            {"authority", {"name"}, true},
                                            {"registers", {"name"}, false},
                                            {"retention", {"what"}, false},
                                            {"reasons", {"command", "key"}, false},
                                            {"reports", {"name"}, false},
                                            {"register", {"key"}, false}};
    return lists;
}

std::string entry_key(const Json& entry, const std::vector<const char*>& fields) {
    std::string key;
    if (!entry.is_object()) return key;
    for (const char* field : fields)
        if (entry.contains(field)) key += to_text(entry[field]) + "|";
    return key;
}

// The child's part over the parent's, field by field; the places of what came from the child are noted.
Json merged_object(const Json& parent, const Json& child, const std::string& pointer, const std::string& child_pointer,
                   const PackOrigins::Place& origin, PackOrigins& origins) {
    Json out = parent;
    for (const auto& [key, value] : child.items()) {
        out[key] = value;
        origins.places[pointer + "/" + key] = {origin.file, child_pointer + "/" + key};
    }
    return out;
}

Json merged_list(const Json& parent, const Json& child, const ListKey& rule, const PackOrigins& parents,
                 PackOrigins& origins) {
    struct Entry {
        Json value;
        std::map<std::string, PackOrigins::Place> places;  // below the entry, "" for itself
    };
    const std::string list = std::string("/") + rule.list;
    std::vector<Entry> entries, fresh;
    for (std::size_t i = 0; i < parent.size(); ++i) {
        const std::string pointer = list + "/" + std::to_string(i);
        const auto place = parents.finding(pointer, "");
        entries.push_back({parent[i], {{"", {place.file, place.pointer}}}});
    }
    for (std::size_t i = 0; i < child.size(); ++i) {
        const std::string pointer = list + "/" + std::to_string(i);
        const std::string key = entry_key(child[i], rule.key);
        const auto same = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) {
            return !key.empty() && entry_key(entry.value, rule.key) == key;
        });
        if (same == entries.end()) {
            fresh.push_back({child[i], {{"", {origins.file, pointer}}}});
        } else if (child[i].value("removed", Json{}) == true) {
            entries.erase(same);
        } else {
            for (const auto& [field, value] : child[i].items()) {
                same->value[field] = value;
                same->places["/" + field] = {origins.file, pointer + "/" + field};
            }
        }
    }
    entries.insert(rule.child_first ? entries.begin() : entries.end(), fresh.begin(), fresh.end());
    Json out = Json::array();
    for (const auto& entry : entries) {
        for (const auto& [below, place] : entry.places)
            origins.places[list + "/" + std::to_string(out.size()) + below] = place;
        out.push_back(entry.value);
    }
    return out;
}

Json merged(const Json& parent, const PackOrigins& parents, const Json& child, PackOrigins& origins) {
    Json out = parent;
    for (const auto& [key, unused] : parent.items()) {
        const auto place = parents.finding("/" + key, "");
        origins.places["/" + key] = {place.file, place.pointer};
    }
    for (const auto& [pointer, place] : parents.places) origins.places[pointer] = place;
    for (const auto& [key, value] : child.items()) {
        if (key == "extends") continue;
        const auto rule = std::find_if(keyed_lists().begin(), keyed_lists().end(),
                                       [&, &name = key](const ListKey& each) { return name == each.list; });
        const std::string pointer = "/" + key;
        const bool both = out.contains(key);
        if (both && rule != keyed_lists().end() && out[key].is_array() && value.is_array()) {
            const Json before = out[key];
            origins.places.erase(pointer);
            out[key] = merged_list(before, value, *rule, parents, origins);
        } else if (both && key != "hours" && out[key].is_object() && value.is_object()) {
            out[key] = merged_object(out[key], value, pointer, pointer, {origins.file, {}}, origins);
        } else {
            out[key] = value;
            for (auto at = origins.places.begin(); at != origins.places.end();)
                at = at->first.rfind(pointer + "/", 0) == 0 ? origins.places.erase(at) : std::next(at);
            origins.places[pointer] = {origins.file, pointer};
        }
    }
    out.erase("extends");
    return out;
}

// ---- reading -------------------------------------------------------------------------------------------------------

class PackReader : public PartReader {
public:
    using PartReader::PartReader;

    Policy read(const Json& json, const std::string& holidays);

private:
    Move move(Reader& reader, bool opening);
    Kind kind(Reader& reader);
    Level level(Reader& reader, int rank);
    DeadlineRule deadline(Reader& reader);
    template <class Value, class Read>
    std::vector<Value> events(Reader& reader, std::string_view key, Read read_more) {
        std::vector<Value> list;
        const Json* written = reader.any_or_none(key);
        if (!written) return list;
        const Json wrapped = written->is_array() ? *written : Json::array({*written});
        for (std::size_t i = 0; i < wrapped.size(); ++i) {
            Value value;
            if (wrapped[i].is_string()) {
                value.event = wrapped[i].get<std::string>();
            } else {
                const std::string at = reader.pointer(key) + (written->is_array() ? "/" + std::to_string(i) : "");
                Reader item{wrapped[i], at, findings_};
                value.event = item.text("event");
                value.when = rule(item, "when");
                read_more(item, value);
                item.finish();
            }
            list.push_back(std::move(value));
        }
        return list;
    }
    std::vector<DeadlineStop> stops(Reader& reader, std::string_view key) {
        return events<DeadlineStop>(reader, key, [](Reader&, DeadlineStop&) {});
    }
    void calendar(Reader& reader, Policy& policy, const std::string& holidays);
};

Move PackReader::move(Reader& reader, bool opening) {
    Move move;
    reader.text_or("name", "");
    move.command = opening ? "open" : reader.text("command");
    move.title = reader.text_or("title", "");
    if (!opening) move.from = names(reader, "from");
    move.to = opening ? reader.text("to") : reader.text_or("to", "");
    move.when = rule(reader, "when");
    if (!opening) {
        move.roles = names(reader, "roles");
        move.step = reader.text_or("step", "");
        move.refused = reader.boolean_or("refused", false);
        move.refuse_text = reader.text_or("refuse_text", "");
        if (move.refused && move.refuse_text.empty())
            reader.wrong("refuse_text", "a refusal says nothing: write why it is refused and what can be done instead");
        if (move.from.empty()) reader.wrong("from", "a move without a state to leave: write states, phases or \"*\"");
        if (move.roles.empty() && !move.refused) reader.wrong("roles", "a move that nobody may make: write roles");
    }
    move.fields = fields(reader, "fields");
    move.effects = effects(reader, "effects");
    move.clause = reader.text("clause");
    return move;
}

Kind PackReader::kind(Reader& reader) {
    Kind kind{reader.text("key"),
              reader.text("title"),
              reader.text_or("about", ""),
              reader.text("clause"),
              {},
              reader.boolean_or("unasked", false),
              names(reader, "words")};
    each(reader, "categories", [&](Reader& item) {
        kind.categories.push_back({item.text("key"), item.text("title"), item.text_or("about", ""),
                                   item.text_or("clause", kind.clause), names(item, "words")});
    });
    return kind;
}

Level PackReader::level(Reader& reader, int rank) {
    Level level;
    level.key = reader.text("key");
    level.title = reader.text("title");
    level.clause = reader.text("clause");
    level.rank = whole(reader, "rank", rank, 0, 1000);
    level.kinds = names(reader, "kinds");
    each(reader, "any_of", [&](Reader& item) {
        if (!item.has("when")) item.wrong("when", "a reason without a rule: write JsonLogic over the facts");
        level.any_of.push_back({rule(item, "when"), item.text("because"), item.text_or("clause", level.clause)});
    });
    level.effects = effects(reader, "effects");
    return level;
}

DeadlineRule PackReader::deadline(Reader& reader) {
    DeadlineRule deadline;
    deadline.name = reader.text("name");
    deadline.title = reader.text_or("title", deadline.name);
    deadline.kinds = names(reader, "kinds");
    deadline.levels = names(reader, "levels");
    deadline.when = rule(reader, "when");
    deadline.span = span(reader, "span");
    const std::string first = word(reader, "first_day", {"counted", "not counted"}, "not counted");
    deadline.first_day = first == "counted" ? FirstDay::counted : FirstDay::not_counted;
    bool promised = false;
    deadline.starts_on = events<DeadlineStart>(reader, "starts_on", [&](Reader& item, DeadlineStart& start) {
        start.unless_missed = item.text_or("unless_missed", "");
        start.same_day_as = item.text_or("same_day_as", "");
        start.from_fact = item.text_or("from_fact", "");
        start.due_field = item.text_or("due_field", "");
        promised = promised || !start.due_field.empty();
    });
    if (deadline.starts_on.empty())
        reader.wrong("starts_on", "nothing starts this deadline: write an event, for example ticket.accepted");
    read_adjustments(reader, deadline, findings_);
    deadline.only_set_by_event = !reader.has("span");
    if (!reader.has("span") && !promised)
        reader.wrong("span", "a deadline without a length: write a span, for example 5 working days");
    deadline.stops_on = stops(reader, "stops_on");
    deadline.cancels_on = stops(reader, "cancels_on");
    deadline.pauses_on = stops(reader, "pauses_on");
    deadline.resumes_on = stops(reader, "resumes_on");
    each(reader, "warn", [&](Reader& item) {
        DeadlineStep step;
        step.name = item.text("name");
        if (step.name == "miss")
            item.wrong("name", "\"miss\" names the passing of the deadline itself: write another name");
        const char* key = item.has("before_due") ? "before_due" : item.has("after_due") ? "after_due" : "after_start";
        if (!item.has(key))
            item.wrong("after_start", "a warning without a moment: write after_start, before_due or after_due");
        step.from = key == std::string_view("before_due")  ? DeadlineStep::From::due_before
                    : key == std::string_view("after_due") ? DeadlineStep::From::due_after
                                                           : DeadlineStep::From::start;
        step.span = span(item, key, step.from == DeadlineStep::From::due_before);
        step.effects = effects(item, "effects");
        step.clause = item.text_or("clause", "");
        deadline.warns.push_back(std::move(step));
    });
    deadline.miss = effects(reader, "miss");
    deadline.exempt = rule(reader, "exempt");
    deadline.exempt_clause = reader.text_or("exempt_clause", "");
    deadline.clause = reader.text("clause");
    return deadline;
}

void PackReader::calendar(Reader& reader, Policy& policy, const std::string& holidays) {
    const std::string zone_name = reader.text("zone");
    auto zone = Zone::named(zone_name);
    if (!zone) {
        if (!zone_name.empty()) reader.wrong("zone", zone.problem().text);
        zone = Zone{};
    }
    WeekHours hours;
    if (const Json* written = reader.any_or_none("hours"))
        hours = read_hours(*written, reader.pointer("hours"), findings_);
    else
        reader.wrong("hours", "no opening hours: write {\"monday-friday\":[\"08:30-12:00\",\"13:30-17:30\"]}");
    policy.calendar = Calendar{*zone, hours};
    const std::string folder = reader.text_or("holidays", "");
    if (folder.empty()) return;
    if (folder.find('/') != std::string::npos || folder.front() == '.') {
        reader.wrong("holidays", "\"" + folder + "\" is no plain folder name: write holidays-cn");
        return;
    }
    const auto added = policy.calendar.add_holiday_folder((Path(holidays) / folder).string());
    if (!added) policy.warnings.push_back(added.problem().text);
    policy.calendar.make_ready();
}

Policy PackReader::read(const Json& json, const std::string& holidays) {
    Policy policy;
    Reader reader{json, "", findings_};
    reader.text_or("$schema", "");
    policy.id = reader.text("id");
    policy.title = reader.text("title");
    policy.version = reader.text("version");
    calendar(reader, policy, holidays);
    each(reader, "clauses", [&](Reader& item) {
        Clause clause{item.text("id"), item.text("text"), !item.boolean_or("assumed", false),
                      item.text_or("because", "")};
        if (clause.printed == !clause.because.empty())
            item.wrong("because", clause.printed
                                      ? "a reason for an assumption that is none: write \"assumed\": true too"
                                      : "an assumption without a reason: say why the pack reads it so");
        policy.clauses.push_back(std::move(clause));
    });
    read_facts_of_pack(*this, reader, policy);
    policy.roles = reader.texts_or_none("roles");
    policy.accept_role = reader.text("accept_role");
    each(reader, "kinds", [&](Reader& item) { policy.kinds.push_back(kind(item)); });
    each(reader, "levels",
         [&](Reader& item) { policy.levels.push_back(level(item, static_cast<int>(policy.levels.size()))); });
    std::stable_sort(policy.levels.begin(), policy.levels.end(),
                     [](const Level& a, const Level& b) { return a.rank < b.rank; });
    each(reader, "states", [&](Reader& item) {
        State state{item.text("key"), item.text("title"), Phase::open, item.text_or("about", "")};
        std::vector<std::string> phases;
        for (int i = 0; i <= static_cast<int>(Phase::terminated); ++i) phases.push_back(to_text(static_cast<Phase>(i)));
        if (const auto phase = phase_named(word(item, "phase", phases, ""))) state.phase = *phase;
        policy.states.push_back(std::move(state));
    });
    if (const Json* written = reader.any_or_none("opening"); written && written->is_array()) {
        each(reader, "opening", [&](Reader& item) {
            auto one = move(item, true);
            if (one.when)
                policy.openings.push_back(std::move(one));
            else
                policy.opening = std::move(one);
        });
        if (policy.opening.to.empty())
            reader.wrong("opening", "no opening without \"when\": write the one that all other matters take");
    } else {
        Reader opening = reader.child("opening");
        policy.opening = move(opening, true);
        if (policy.opening.when)
            opening.wrong("when", "the only opening has a condition: write a list, one of it without \"when\"");
        opening.finish();
    }
    each(reader, "moves", [&](Reader& item) { policy.moves.push_back(move(item, false)); });
    read_time_parts(reader, policy, holidays, findings_);
    each(reader, "deadlines", [&](Reader& item) { policy.deadlines.push_back(deadline(item)); });
    make_ready(policy);
    each(reader, "routes", [&](Reader& item) {
        item.text_or("name", "");
        Route route;
        route.kinds = names(item, "kinds");
        route.categories = names(item, "categories");
        route.levels = names(item, "levels");
        route.states = names(item, "states");
        route.when = rule(item, "when");
        route.role = item.text("role");
        route.unit = word(item, "unit", {"nearest", "own"}, "nearest");
        route.clause = item.text("clause");
        policy.routes.push_back(std::move(route));
    });
    Reader surveys = reader.child("surveys");
    policy.surveys.from = clock(surveys, "from", "09:00");
    policy.surveys.until = clock(surveys, "until", "20:30");
    policy.surveys.scale = whole(surveys, "scale", 5, 2, 10);
    each(surveys, "answers", [&](Reader& item) {
        policy.surveys.answers.push_back({whole(item, "score", 0, 0, 10), item.text("title")});
    });
    std::stable_sort(policy.surveys.answers.begin(), policy.surveys.answers.end(),
                     [](const SurveyAnswer& a, const SurveyAnswer& b) { return a.score < b.score; });
    if (!policy.surveys.answers.empty()) policy.surveys.scale = policy.surveys.answers.back().score;
    policy.surveys.low = whole(surveys, "low", 2, 0, 10);
    policy.surveys.remind_after = span(surveys, "remind_after");
    each(surveys, "limits", [&](Reader& item) {
        policy.surveys.limits.push_back({whole(item, "days", 7, 1, 3660), whole(item, "at_most", 1, 0, 1000)});
    });
    policy.surveys.suppressed = effects(surveys, "suppressed");
    policy.surveys.clause = surveys.text("clause");
    surveys.finish();
    Reader revisit = reader.child("revisit");
    policy.revisit.means = revisit.texts_or_none("means");
    policy.revisit.in_person = revisit.texts_or_none("in_person");
    read_questions(*this, revisit, policy.revisit);
    each(revisit, "strata", [&](Reader& item) {
        RevisitStratum stratum;
        stratum.name = item.text("name");
        stratum.title = item.text_or("title", stratum.name);
        stratum.when = rule(item, "when");
        stratum.rate_percent = whole(item, "rate_percent", 100, 0, 100);
        stratum.in_person_percent = whole(item, "in_person_percent", 0, 0, 100);
        stratum.role = item.text_or("role", "");
        stratum.task = item.text_or("task", "");
        stratum.by_day = word(item, "shares", {"report period", "day"}, "report period") == "day";
        stratum.clause = item.text("clause");
        policy.revisit.strata.push_back(std::move(stratum));
    });
    if (revisit.has("task")) {
        Reader task = revisit.child("task");
        policy.revisit.task = effect(task);
        task.finish();
    }
    policy.revisit.clause = revisit.text_or("clause", "");
    revisit.finish();
    policy.reopen_days = whole(reader, "reopen_days", 30, 0, 3660);
    policy.number = reader.text_or("number", "T{YYYY}{MM}{DD}-{NNN}");
    each(reader, "reasons", [&](Reader& item) {
        policy.reasons.push_back({item.text("command"), item.text("key"), item.text("title"), item.text("clause")});
    });
    each(reader, "reports", [&](Reader& item) {
        Report report;
        report.name = item.text("name");
        report.title = item.text_or("title", report.name);
        report.from_day = whole(item, "from_day", 1, 1, 28);
        report.to_day = whole(item, "to_day", 0, 0, 28);
        report.due_day = whole(item, "due_day", 0, 0, 31);
        report.due_next_month =
            word(item, "due_in", {"month of the end", "next month"}, "month of the end") == "next month";
        report.due_to = item.text_or("due_to", "");
        read_report(*this, item, report);
        report.clause = item.text("clause");
        policy.reports.push_back(std::move(report));
    });
    policy.register_columns = columns(reader, "register");
    read_constructs(*this, reader, policy);
    reader.finish();
    return policy;
}

// Where the pack lies that the one at `path` extends: beside it, else in `shipped`, the folder of those that came with
// the program. A file of its own name there is another pack: an organisation's may be called like the one it changes.
std::optional<Path> extended_by(const Path& path, const std::string& name, const Path& shipped) {
    Path file = name;
    if (file.extension() != ".json") file += ".json";
    std::error_code absent;
    for (const auto& place : {path.parent_path() / file, shipped / file})
        if (std::filesystem::exists(place, absent) && !std::filesystem::equivalent(place, path, absent)) return place;
    return std::nullopt;
}

// The pack as written, with what it extends put under it.
std::optional<Json> written_pack(const Path& path, const Path& shipped, PackOrigins& origins,
                                 std::vector<PackFinding>& findings, std::vector<std::string>& files) {
    const auto json = read_json_file(path.string());
    origins.file = path.filename().string();
    if (!json) {
        findings.push_back({PackFinding::Weight::error, "", "", json.problem().text});  // it names the file
        return std::nullopt;
    }
    files.push_back(path.string());
    if (!json->is_object() || !json->contains("extends")) return *json;
    const Json& name = (*json)["extends"];
    if (!name.is_string() || name.get<std::string>().find('/') != std::string::npos) {
        findings.push_back(origins.finding("/extends", "this names no pack: write the id of one, like property-group"));
        return std::nullopt;
    }
    if (files.size() > 8) {
        findings.push_back(
            origins.finding("/extends", "packs extend each other without end: take one \"extends\" out"));
        return std::nullopt;
    }
    const auto parent = extended_by(path, name.get<std::string>(), shipped);
    if (!parent) {
        findings.push_back(origins.finding("/extends", "no other pack \"" + name.get<std::string>() +
                                                           "\": none lies beside this file or in " + shipped.string()));
        return std::nullopt;
    }
    PackOrigins parents;
    const auto below = written_pack(*parent, shipped, parents, findings, files);
    if (!below) return std::nullopt;
    if (!below->is_object()) return *json;
    return merged(*below, parents, *json, origins);
}

void read_into(LoadedPack& pack, const Json& json, const std::string& holidays) {
    std::vector<Finding> findings;
    Policy policy = PackReader{findings}.read(json, holidays);
    for (auto& finding : findings) pack.findings.push_back(pack.origins.finding(finding.pointer, finding.text));
    for (const auto& warning : policy.warnings)
        pack.findings.push_back(pack.origins.finding("/holidays", warning, PackFinding::Weight::warning));
    if (has_errors(pack.findings)) return;
    policy.written = to_text(json);
    pack.policy = std::move(policy);
}

}  // namespace

std::string to_text(const PackFinding& finding) {
    std::size_t colon = std::string::npos;
    bool quoted = false;
    for (std::size_t i = 0; i + 1 < finding.text.size() && colon == std::string::npos; ++i) {
        if (finding.text[i] == '"') quoted = !quoted;
        if (!quoted && finding.text[i] == ':' && finding.text[i + 1] == ' ') colon = i;
    }
    const std::string where = finding.file + (finding.pointer.empty() ? "" : " " + finding.pointer);
    if (where.empty()) return finding.text;
    if (colon == std::string::npos) return finding.text + ": " + where;
    return finding.text.substr(0, colon) + ": " + where + finding.text.substr(colon);
}

bool has_errors(const std::vector<PackFinding>& findings) {
    return std::any_of(findings.begin(), findings.end(),
                       [](const PackFinding& finding) { return finding.weight == PackFinding::Weight::error; });
}

PackFinding PackOrigins::finding(std::string pointer, std::string text, PackFinding::Weight weight) const {
    for (std::string prefix = pointer;; prefix.resize(prefix.rfind('/'))) {
        if (const auto found = places.find(prefix); found != places.end())
            return {weight, found->second.file, found->second.pointer + pointer.substr(prefix.size()), std::move(text)};
        if (prefix.empty() || prefix.rfind('/') == std::string::npos) break;
    }
    return {weight, file, std::move(pointer), std::move(text)};
}

LoadedPack load_pack(const std::string& path, const std::string& holidays) {
    LoadedPack pack;
    const auto json = written_pack(Path(path), Path(holidays) / "policies", pack.origins, pack.findings, pack.files);
    if (json) read_into(pack, *json, holidays);
    return pack;
}

LoadedPack pack_from_text(const std::string& text, const std::string& name, const std::string& holidays) {
    LoadedPack pack;
    pack.origins.file = name;
    const auto json = parse_json(text, {.bytes = 16 << 20});
    if (json)
        read_into(pack, *json, holidays);
    else
        pack.findings.push_back(pack.origins.finding("", json.problem().text));
    return pack;
}

Result<Policy> load_policy(const std::string& path, const std::string& holidays) {
    LoadedPack pack = load_pack(path, holidays);
    if (pack.policy) {
        auto more = check_pack(pack);
        pack.findings.insert(pack.findings.end(), more.begin(), more.end());
    }
    std::string errors;
    for (const auto& finding : pack.findings)
        if (finding.weight == PackFinding::Weight::error) errors += (errors.empty() ? "" : "\n") + to_text(finding);
    if (!errors.empty()) return Problem{"policy.invalid", errors, path};
    return std::move(*pack.policy);
}

}  // namespace huiyin
