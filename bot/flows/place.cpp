// Where it is: is the place one of the directory, which community, and how it is said.
#include "bot/communities.h"
#include "bot/flows/filing.h"
#include "bot/said.h"

namespace huiyin {
namespace {

std::string spoken_address(const Draft& draft) {
    std::string label = draft.community;
    if (!draft.building.empty()) label += draft.building + "栋";
    if (!draft.unit.empty()) label += draft.unit + "单元";
    return label + draft.room;
}

}  // namespace

// Of the customer's words: is this place one of the directory?
Place find_place(const Turn& t, const Draft& draft) {
    const auto& directory = *t.world.directory;
    const auto community = draft.community.empty() ? community_of(directory, t.world.conversation.unit)
                                                   : community_named(directory, draft.community);
    if (draft.building.empty())
        return {.match = PlaceMatch::unknown, .community = community, .household = {}, .label = {}};
    auto place = directory.find_place(draft.building, draft.unit, draft.room, community);
    if (!place.community) place.community = community;
    return place;
}

void stand_here(const Turn& t, Draft& draft, std::int64_t within_ms) {
    constexpr std::int64_t on_a_visit_ms = 2 * 3600 * 1000;
    const auto& here = t.talk.here;
    const auto& directory = *t.world.directory;
    const auto ago = to_ms(t.now) - here.ms;
    if (!draft.community.empty() || ago >= within_ms) return;
    const auto home = community_of(directory, t.world.conversation.unit);
    const auto* there = here.community == home ? nullptr : directory.unit(here.community);
    if (there && ago >= on_a_visit_ms) return;
    if (!draft.building.empty()) {
        // An address he says is at home, unless he has just scanned elsewhere and there is such a one there.
        const auto fits = [&](UnitId community) {
            return directory.find_place(draft.building, draft.unit, draft.room, community).match;
        };
        if (there && ago < just_now_ms && (fits(there->id) != PlaceMatch::unknown || fits(home) == PlaceMatch::unknown))
            draft.community = there->name, draft.place_scanned_ms = here.ms;
        return;
    }
    const bool spot = draft.room.empty() && draft.has_place();  // of its own: the gate, the garage
    if (there) draft.community = there->name, draft.place_scanned_ms = here.ms;
    if (spot || here.building.empty()) return;
    draft.place_scanned_ms = here.ms;
    draft.building = here.building;
    if (draft.unit.empty()) draft.unit = here.unit;
}

bool scanned_since(const Turn& t, std::int64_t ms) {
    const auto& here = t.talk.here;
    if (!here.community || ms > here.ms) return false;
    return !here.building.empty() || here.community != community_of(*t.world.directory, t.world.conversation.unit);
}

bool speaks_of_home(const Turn& t) {
    return contains_any(t.meant.text,
                        {"家里",     "我家",         "们家",         "咱家",          "俺家",      "自己家",  "家中",
                         "屋里",     "屋内",         "屋子",         "厨房",          "卧室",      "客厅",    "my home",
                         "My home",  "at home",      "my house",     "My house",      "our house", "my flat", "My flat",
                         "our flat", "my apartment", "My apartment", "our apartment", "kitchen",   "bedroom"});
}

void only_guess(const Turn& t, Draft& draft) {
    if (draft.place_scanned_ms == 0 || draft.building.empty() || t.meant.slots.building) return;
    auto there = draft;
    there.location.clear();
    draft.perhaps = filing::place_label(t, there);
    // A room is none without its house, and is kept for when that is known.
    if (!draft.room.empty()) draft.location = draft.room;
    draft.building.clear();
    draft.unit.clear();
    draft.room.clear();
}

void settle_scanned(const Turn& t, const Draft& before, Draft& draft) {
    const auto& directory = *t.world.directory;
    const bool names_building = draft.building != before.building || t.meant.slots.building;
    if (t.meant.slots.community) {
        // Another community than that of the code: the code's house is not there.
        if (!names_building && find_place(t, draft).community != find_place(t, before).community)
            draft.building.clear(), draft.unit.clear();
    } else if (names_building && !draft.community.empty()) {
        const auto known_in = [&](UnitId community) {
            return directory.find_place(draft.building, draft.unit, draft.room, community).match != PlaceMatch::unknown;
        };
        const auto home = community_of(directory, t.world.conversation.unit);
        if (known_in(home) && (!before.perhaps.empty() || !known_in(community_named(directory, draft.community))))
            draft.community.clear();
    }
    if (names_building) draft.perhaps.clear();
    if (names_building && (t.meant.slots.community || draft.community.empty())) draft.place_scanned_ms = 0;
}

UnitId unit_about(const Turn& t, const Draft* draft) {
    // A ticket without a place was opened for where he stood then.
    if (!draft || (draft->community.empty() && draft->building.empty())) return t.world.here;
    if (const auto community = find_place(t, *draft).community) return community;
    const auto* own = draft->ticket ? t.own(draft->ticket) : nullptr;
    return own ? own->ticket.unit : t.world.here;
}

// The community is not known and the address does not tell: choose among those there are.
bool ask_community(Turn& t, Draft& draft) {
    if (t.world.conversation.unit || !draft.community.empty()) return false;
    const auto place = find_place(t, draft);
    if (place.community) return false;
    std::vector<const Unit*> communities;
    for (const auto& unit : t.world.directory->units())
        if (unit.kind == "community") communities.push_back(&unit);
    if (communities.size() < 2) return false;
    // Without it nobody can be sent: put again in other words, and then with a way out beside it.
    const auto& question = t.talk.question;
    const int asked = question.kind == "ask" && question.detail == "community" ? question.asked : 0;
    std::string names;
    for (std::size_t i = 0; i < communities.size() && i < 6; ++i)
        names += (i == 0 ? "" : t.text("talk.between_names")) + communities[i]->name;
    auto& reply = t.ask({.kind = "ask",
                         .detail = "community",
                         .key = asked == 0   ? "talk.ask_community"
                                : asked == 1 ? "talk.ask_community_again"
                                             : "talk.ask_community_why"},
                        {{"names", names}});
    for (const auto* unit : communities) {
        t.choice(reply, unit->name, {{"talk", "community"}, {"draft", draft.id}, {"name", unit->name}});
        t.talk.question.options.push_back(unit->name);
        if (reply.choices.size() == 6) break;
    }
    if (asked >= 2) t.choice(reply, t.text("talk.choice.person"), {{"talk", "person"}});
    return true;
}

bool doubt_place(Turn& t, Draft& draft) {
    if (draft.building.empty() || draft.place_doubted) return false;
    const auto place = find_place(t, draft);
    if (place.match == PlaceMatch::household) return false;
    if (place.match == PlaceMatch::building_only && draft.room.empty()) return false;
    draft.place_doubted = true;
    draft.flags.insert("unverified_address");
    auto& reply = t.ask({.kind = "ask", .detail = "place", .key = "talk.place_doubt"},
                        {{"place", t.shown_label(spoken_address(draft))}});
    t.choice(reply, t.text("talk.choice.place_as_said"), {{"talk", "place_as_said"}, {"draft", draft.id}});
    return true;
}

bool wants_place(const Turn& t) { return !own_form(t) || t.world.policy->slot("place") != nullptr; }

bool wants_household(const Turn& t) {
    if (!own_form(t)) return true;
    // A pack that has a question of its own for the place means another one.
    const auto* place = t.world.policy->slot("place");
    return place && place->ask.empty();
}

namespace filing {

std::string place_label(const Turn& t, const Draft& draft) {
    const auto place = find_place(t, draft);
    auto label = place.label.empty() || draft.building.empty() ? spoken_address(draft) : place.label;
    // Another community than his own is named: the same number is there, too.
    const auto home = community_of(*t.world.directory, t.world.conversation.unit);
    const auto* there = home && place.community != home ? t.world.directory->unit(place.community) : nullptr;
    if (there && label.find(there->name) == std::string::npos && label.find(draft.community) != 0)
        label.insert(0, there->name);
    if (!draft.location.empty() && label.find(draft.location) == std::string::npos)
        if (draft.building.empty() || draft.flags.contains("safety") ||
            draft.matter.find(draft.location) == std::string::npos)
            label += (label.empty() ? "" : " ") + draft.location;
    return label;
}

}  // namespace filing
}  // namespace huiyin
