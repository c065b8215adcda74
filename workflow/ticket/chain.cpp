#include "workflow/ticket/chain.h"

#include <array>
#include <new>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "workflow/base/digest.h"
#include "workflow/base/json_text.h"
#include "workflow/base/kept_json.h"

namespace huiyin {
namespace {

Json party_json(const Party& party) { return {{"kind", to_text(party.kind)}, {"id", std::to_string(party.id)}}; }

Party party_from(const Json& json) {
    const auto kind = json.at("kind").get<std::string>();
    for (const auto known : {PartyKind::resident, PartyKind::staff, PartyKind::policy, PartyKind::system})
        if (to_text(known) == kind) return {known, std::stoll(json.at("id").get<std::string>())};
    throw std::runtime_error("unknown kind of party: " + kind);
}

std::string link(const std::string& previous_hash, const std::string& text) {
    return sha256_hex(previous_hash + "\n" + text);
}

}  // namespace

StoredEvent chained(const Event& event, const std::string& previous_hash, const Zone& zone) {
    const Json json{{"sequence", event.sequence},
                    {"id", to_text(event.id)},
                    {"type", event.type},
                    {"version", event.version},
                    {"at", to_rfc3339(event.at, zone, Precision::milliseconds)},
                    {"by", party_json(event.by)},
                    {"clause", event.clause},
                    {"data", event.data.is_null() ? Json::object() : event.data}};
    StoredEvent stored{event.sequence, event.type, event.at, canonical(json), previous_hash, {}};
    stored.hash = link(previous_hash, stored.text);
    return stored;
}

namespace {

void set_field(Event& event, std::string_view name, Json&& value) {
    if (name == "at") {
        const auto at = parse_rfc3339(value.get_ref<const std::string&>());
        if (!at) throw std::runtime_error(at.problem().text);
        event.at = *at;
    } else if (name == "sequence") {
        event.sequence = value.get<std::int64_t>();
    } else if (name == "id") {
        event.id = EventId{std::stoll(value.get_ref<const std::string&>())};
    } else if (name == "type") {
        event.type = std::move(value.get_ref<std::string&>());
    } else if (name == "version") {
        event.version = value.get<int>();
    } else if (name == "by") {
        event.by = party_from(value);
    } else if (name == "clause") {
        event.clause = std::move(value.get_ref<std::string&>());
    } else if (name == "data") {
        event.data = std::move(value);
    }
}

constexpr std::array<std::string_view, 8> fields_of_events{"at", "by",       "clause", "data",
                                                           "id", "sequence", "type",   "version"};

}  // namespace

Event event_from_text(const std::string& text) {
    try {
        // As it was written: each of its fields once, in the order of their names.
        Event event;
        std::size_t read = 0;
        const bool usual = each_kept_field(text, [&](std::string_view name, Json&& value) {
            if (read == fields_of_events.size() || name != fields_of_events.at(read++)) return false;
            set_field(event, name, std::move(value));
            return true;
        });
        if (usual && read == fields_of_events.size()) return event;
        auto json = Json::parse(text);
        event = {};
        for (const auto name : fields_of_events) set_field(event, name, std::move(json.at(std::string(name))));
        return event;
    } catch (const std::bad_alloc&) {
        throw;  // not the row's fault
    } catch (const std::exception& problem) {
        throw std::runtime_error(std::string("unreadable event: ") + problem.what());
    }
}

std::optional<ChainFault> verify_chain(const std::vector<StoredEvent>& events, const std::string& last_hash,
                                       std::int64_t version) {
    std::string previous = first_hash;
    std::int64_t sequence = 0;
    for (const auto& event : events) {
        ++sequence;
        if (event.sequence != sequence)
            return ChainFault{sequence, "is missing: the next event kept is " + std::to_string(event.sequence)};
        if (event.previous_hash != previous) return ChainFault{sequence, "does not follow the event before it"};
        if (event.hash != link(previous, event.text)) return ChainFault{sequence, "its text was altered"};
        try {
            const auto inner = event_from_text(event.text);
            if (inner.sequence != sequence) return ChainFault{sequence, "its text belongs to another place"};
            if (inner.type != event.type || inner.at != event.at)
                return ChainFault{sequence, "its row does not say what its text says"};
        } catch (const std::runtime_error& problem) {
            return ChainFault{sequence, problem.what()};
        }
        previous = event.hash;
    }
    if (version != sequence)
        return ChainFault{sequence + 1, "the ticket counts " + std::to_string(version) + " events, kept are " +
                                            std::to_string(sequence)};
    if (last_hash != previous) return ChainFault{sequence, "the ticket's receipt does not fit the last event"};
    return std::nullopt;
}

}  // namespace huiyin
