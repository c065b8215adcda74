// Where it is: is the place one of the directory, which community, and how it is said.
#include "bot/flows/filing.h"

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
    UnitId community;
    if (!draft.community.empty()) {
        for (const auto& unit : directory.units())
            if (unit.kind == "community" && unit.name.find(draft.community) != std::string::npos) community = unit.id;
    } else if (t.world.conversation.unit) {
        const auto communities = directory.communities_of(t.world.conversation.unit);
        if (communities.size() == 1) community = communities.front();
    }
    if (draft.building.empty())
        return {.match = PlaceMatch::unknown, .community = community, .household = {}, .label = {}};
    auto place = directory.find_place(draft.building, draft.unit, draft.room, community);
    if (!place.community) place.community = community;
    return place;
}

void stand_here(const Turn& t, Draft& draft) {
    constexpr std::int64_t soon_ms = 24 * 3600 * 1000;
    if (!draft.building.empty() || !draft.community.empty() || to_ms(t.now) - t.talk.here_ms >= soon_ms) return;
    if (draft.room.empty() && draft.has_place()) return;  // a spot of its own: the gate, the garage
    draft.building = t.talk.here_building;
    if (draft.unit.empty()) draft.unit = t.talk.here_unit;
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
    if (!draft.location.empty() && label.find(draft.location) == std::string::npos)
        if (draft.building.empty() || draft.flags.contains("safety") ||
            draft.matter.find(draft.location) == std::string::npos)
            label += (label.empty() ? "" : " ") + draft.location;
    return label;
}

}  // namespace filing
}  // namespace huiyin
