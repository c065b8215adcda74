#include "bot/talk.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace huiyin {
namespace {

// Absent means default, both ways: a talk at rest is a few bytes.
void put(JsonWriter& json, const char* key, const std::string& value) {
    if (!value.empty()) json.key(key).text(value);
}
void put(JsonWriter& json, const char* key, std::int64_t value) {
    if (value != 0) json.key(key).number(value);
}
void put(JsonWriter& json, const char* key, int value) { put(json, key, std::int64_t{value}); }
void put(JsonWriter& json, const char* key, bool value) {
    if (value) json.key(key).boolean(value);
}
template <class List>
void put_all(JsonWriter& json, const char* key, const List& values) {
    if (values.empty()) return;
    json.key(key).begin('[');
    for (const auto& value : values) json.text(value);
    json.end(']');
}
template <class T>
void get(const Json& json, const char* key, T& value) {
    if (const auto at = json.find(key); at != json.end()) at->get_to(value);
}
void get(const Json& json, const char* key, std::optional<std::int64_t>& value) {
    if (const auto at = json.find(key); at != json.end()) value = at->get<std::int64_t>();
}

void write(JsonWriter& json, const Question& q) {
    json.begin('{');
    put(json, "kind", q.kind);
    put(json, "detail", q.detail);
    put_all(json, "options", q.options);
    if (q.asked != 1) json.key("asked").number(q.asked);
    put(json, "asked_at", q.asked_ms);
    put(json, "key", q.key);
    if (!q.variables.empty()) json.key("variables").json(q.variables);
    if (!q.choices.empty()) {
        json.key("choices").begin('[');
        for (const auto& [title, action] : q.choices) {
            json.begin('{').key("title").text(title);
            json.key("action").json(action);
            json.end('}');
        }
        json.end(']');
    }
    json.end('}');
}

Question question_from(const Json& json) {
    Question q;
    get(json, "kind", q.kind);
    get(json, "detail", q.detail);
    get(json, "options", q.options);
    get(json, "asked", q.asked);
    get(json, "asked_at", q.asked_ms);
    get(json, "key", q.key);
    if (const auto at = json.find("variables"); at != json.end()) q.variables = *at;
    if (const auto at = json.find("choices"); at != json.end())
        for (const auto& choice : *at)
            q.choices.emplace_back(choice.value("title", std::string{}), choice.at("action"));
    return q;
}

void write(JsonWriter& json, const Draft& d) {
    json.begin('{').key("id").number(d.id);
    put(json, "kind", d.kind);
    put(json, "category", d.category);
    put(json, "category_sure", d.category_sure);
    put(json, "matter", d.matter);
    put_all(json, "words", d.words);
    put(json, "community", d.community);
    put(json, "building", d.building);
    put(json, "unit", d.unit);
    put(json, "room", d.room);
    put(json, "location", d.location);
    put(json, "place_doubted", d.place_doubted);
    put(json, "place_settled", d.place_settled);
    put(json, "place_scanned", d.place_scanned_ms);
    put(json, "perhaps", d.perhaps);
    put(json, "phone", d.phone);
    put(json, "contact", d.contact);
    put(json, "phone_from_person", d.phone_from_person);
    put(json, "occurred_text", d.occurred_text);
    put(json, "recurrence", d.recurrence);
    put(json, "duration", d.duration);
    put(json, "people", d.people);
    put(json, "wish", d.wish);
    put(json, "vulnerable", d.vulnerable);
    if (d.occurred_at_ms) json.key("occurred_at").number(*d.occurred_at_ms);
    if (d.amount_fen) json.key("amount_fen").number(*d.amount_fen);
    put_all(json, "flags", d.flags);
    put_all(json, "declined", d.declined);
    put_all(json, "attachments", d.attachments);
    put(json, "ticket", d.ticket.value);
    put(json, "anonymous", d.anonymous);
    put(json, "name", d.name);
    if (!d.slots.empty()) {
        json.key("slots").begin('{');
        for (const auto& [key, value] : d.slots) json.key(key).text(value);
        json.end('}');
    }
    put_all(json, "unknown", d.unknown);
    put_all(json, "asked", d.asked);
    put(json, "insists", d.insists);
    put(json, "kind_sure", d.kind_sure);
    put(json, "promised", d.promised);
    put(json, "same_as", d.same_as.value);
    put(json, "same_home", d.same_home);
    put(json, "touched", d.touched_ms);
    json.end('}');
}

Draft draft_from(const Json& json) {
    Draft d;
    get(json, "id", d.id);
    get(json, "kind", d.kind);
    get(json, "category", d.category);
    get(json, "category_sure", d.category_sure);
    get(json, "matter", d.matter);
    get(json, "words", d.words);
    get(json, "community", d.community);
    get(json, "building", d.building);
    get(json, "unit", d.unit);
    get(json, "room", d.room);
    get(json, "location", d.location);
    get(json, "place_doubted", d.place_doubted);
    get(json, "place_settled", d.place_settled);
    get(json, "place_scanned", d.place_scanned_ms);
    get(json, "perhaps", d.perhaps);
    get(json, "phone", d.phone);
    get(json, "contact", d.contact);
    get(json, "phone_from_person", d.phone_from_person);
    get(json, "occurred_text", d.occurred_text);
    get(json, "recurrence", d.recurrence);
    get(json, "duration", d.duration);
    get(json, "people", d.people);
    get(json, "wish", d.wish);
    get(json, "vulnerable", d.vulnerable);
    get(json, "occurred_at", d.occurred_at_ms);
    get(json, "amount_fen", d.amount_fen);
    get(json, "flags", d.flags);
    get(json, "declined", d.declined);
    get(json, "attachments", d.attachments);
    get(json, "ticket", d.ticket.value);
    get(json, "anonymous", d.anonymous);
    get(json, "name", d.name);
    get(json, "slots", d.slots);
    get(json, "unknown", d.unknown);
    get(json, "asked", d.asked);
    get(json, "insists", d.insists);
    get(json, "kind_sure", d.kind_sure);
    get(json, "promised", d.promised);
    get(json, "same_as", d.same_as.value);
    get(json, "same_home", d.same_home);
    get(json, "touched", d.touched_ms);
    return d;
}

constexpr std::string_view slot_names[] = {"matter", "place", "phone", "photo", "wish"};

// Spots that every building or flat has: without a building they lead nobody anywhere. Longer ones first.
constexpr std::string_view spots_of_any_building[] = {
    "楼梯间", "电梯间", "电梯厅", "电梯口", "卫生间", "洗手间", "天花板", "下水道", "单元门", "管道井", "水表间",
    "配电间", "配电箱", "弱电井", "地下室", "楼道",   "楼梯",   "走廊",   "过道",   "电梯",   "主卧",   "次卧",
    "门口",   "家门",   "家里",   "我家",   "屋里",   "屋内",   "室内",   "厕所",   "厨房",   "阳台",   "客厅",
    "卧室",   "房间",   "书房",   "窗户",   "窗台",   "吊顶",   "墙面",   "外墙",   "楼上",   "楼下",   "楼顶",
    "屋顶",   "顶楼",   "大厅",   "大堂",   "门厅",   "单元",   "入户",   "水管",   "里面",   "旁边",   "外面",
    "附近",   "这里",   "那里",   "这边",   "那边",   "这个",   "那个",   "我们",   "隔壁",   "一",     "二",
    "三",     "四",     "五",     "六",     "七",     "八",     "九",     "十",     "几",     "家",     "里",
    "上",     "下",     "外",     "边",     "处",     "的",     "墙",     "楼",     "层",     "我",     "在",
    "门",     "-",      " ",      ","};

bool names_one_spot(std::string_view location) {
    while (!location.empty()) {
        if (location.front() >= '0' && location.front() <= '9') {
            location.remove_prefix(1);
            continue;
        }
        const auto* known = std::find_if(std::begin(spots_of_any_building), std::end(spots_of_any_building),
                                         [&](std::string_view spot) { return location.rfind(spot, 0) == 0; });
        if (known == std::end(spots_of_any_building)) return true;
        location.remove_prefix(known->size());
    }
    return false;
}

}  // namespace

std::string_view to_text(Slot slot) { return slot_names[static_cast<int>(slot)]; }
std::optional<Slot> slot_named(std::string_view name) {
    for (int i = 0; i < slot_count; ++i)
        if (slot_names[i] == name) return static_cast<Slot>(i);
    return std::nullopt;
}

bool Draft::has_place() const {
    if (!building.empty() || !room.empty() || place_settled) return true;
    return !location.empty() && names_one_spot(location);
}

Draft* Talk::draft() {
    const auto at = std::find_if(drafts.begin(), drafts.end(), [this](const Draft& d) { return d.id == focus; });
    return at == drafts.end() ? nullptr : &*at;
}

Draft& Talk::begin_draft(std::int64_t now_ms) {
    Draft draft;
    draft.id = focus = ++drafts_made;
    draft.touched_ms = now_ms;
    drafts.push_back(std::move(draft));
    return drafts.back();
}

Draft& Talk::promise_draft(std::int64_t now_ms) {
    const int in_hand = focus;
    auto& draft = begin_draft(now_ms);
    draft.promised = true;
    if (in_hand != 0) focus = in_hand;
    return draft;
}

void Talk::drop_draft(int id) {
    std::erase_if(drafts, [id](const Draft& d) { return d.id == id; });
    if (focus != id) return;
    // What was promised behind it comes up, in the order in which it was told; else what was in hand before it.
    const Draft *behind = nullptr, *before = nullptr;
    for (const auto& draft : drafts) {
        if (draft.promised && draft.id > id && !behind) behind = &draft;
        if (!draft.promised) before = &draft;
    }
    if (!behind && !before && !drafts.empty()) before = &drafts.front();
    focus = behind ? behind->id : before ? before->id : 0;
}

void Talk::note_filed(const Draft& filed, UnitId community) {
    last_community = filed.community;
    last_building = filed.building;
    last_unit = filed.unit;
    if (filed.id <= here.drafts || filed.building.empty()) return;
    // He told of another house since he scanned a code: where he stands now is not known any more. A code of a whole
    // community says no house: there, he still is.
    if (community != here.community || (!here.building.empty() && filed.building != here.building)) here = {};
}

void Talk::forget_held() {
    held.clear();
    held_in = {};
}

std::string to_text(const Talk& talk) {
    JsonWriter json;
    json.begin('{');
    if (!talk.drafts.empty()) {
        json.key("drafts").begin('[');
        for (const auto& draft : talk.drafts) write(json, draft);
        json.end(']');
    }
    put(json, "focus", talk.focus);
    put(json, "drafts_made", talk.drafts_made);
    if (!talk.question.kind.empty()) write(json.key("question"), talk.question);
    put(json, "nonsense", talk.nonsense);
    put(json, "abuse", talk.abuse);
    put(json, "greeted", talk.greeted);
    if (talk.language != "zh-CN") json.key("language").text(talk.language);
    put(json, "language_wished", talk.language_wished);
    put(json, "language_setting", talk.language_setting);
    put_all(json, "held", talk.held);
    put(json, "slowed", talk.slowed_system_ms);
    put_all(json, "loose_media", talk.loose_media);
    put(json, "last_heard", talk.last_heard_system_ms);
    put(json, "last_text", talk.last_text);
    put(json, "same_text", talk.same_text);
    put(json, "last_text_at", talk.last_text_ms);
    put(json, "parked_until", talk.parked_until_ms);
    if (!talk.joined.empty()) {
        json.key("joined").begin('[');
        for (const auto& told : talk.joined) write(json, told);
        json.end(']');
    }
    put(json, "last_ticket", talk.last_ticket.value);
    put(json, "last_community", talk.last_community);
    put(json, "last_building", talk.last_building);
    put(json, "last_unit", talk.last_unit);
    put(json, "last_filed", talk.last_filed_ms);
    put(json, "here_community", talk.here.community.value);
    put(json, "here_building", talk.here.building);
    put(json, "here_unit", talk.here.unit);
    put(json, "here_drafts", talk.here.drafts);
    put(json, "here", talk.here.ms);
    put(json, "held_group", talk.held_in.group);
    put(json, "held_outside", talk.held_in.outside);
    return json.end('}').done();
}

Talk talk_from_text(const std::string& text) {
    Talk talk;
    if (text.empty()) return talk;
    const auto json = Json::parse(text, nullptr, false);  // our own, sealed: no limits needed
    if (json.is_discarded()) throw std::runtime_error("a conversation's body is not readable as JSON");
    if (const auto at = json.find("drafts"); at != json.end())
        for (const auto& draft : *at) talk.drafts.push_back(draft_from(draft));
    get(json, "focus", talk.focus);
    get(json, "drafts_made", talk.drafts_made);
    if (const auto at = json.find("question"); at != json.end()) talk.question = question_from(*at);
    get(json, "nonsense", talk.nonsense);
    get(json, "abuse", talk.abuse);
    get(json, "greeted", talk.greeted);
    get(json, "language", talk.language);
    get(json, "language_wished", talk.language_wished);
    get(json, "language_setting", talk.language_setting);
    get(json, "held", talk.held);
    get(json, "slowed", talk.slowed_system_ms);
    get(json, "loose_media", talk.loose_media);
    get(json, "last_heard", talk.last_heard_system_ms);
    get(json, "last_text", talk.last_text);
    get(json, "same_text", talk.same_text);
    get(json, "last_text_at", talk.last_text_ms);
    get(json, "parked_until", talk.parked_until_ms);
    if (const auto at = json.find("joined"); at != json.end())
        for (const auto& told : *at) talk.joined.push_back(draft_from(told));
    get(json, "last_ticket", talk.last_ticket.value);
    get(json, "last_community", talk.last_community);
    get(json, "last_building", talk.last_building);
    get(json, "last_unit", talk.last_unit);
    get(json, "last_filed", talk.last_filed_ms);
    get(json, "here_community", talk.here.community.value);
    get(json, "here_building", talk.here.building);
    get(json, "here_unit", talk.here.unit);
    get(json, "here_drafts", talk.here.drafts);
    get(json, "here", talk.here.ms);
    get(json, "held_group", talk.held_in.group);
    get(json, "held_outside", talk.held_in.outside);
    // How a second matter was kept before it was a draft of its own.
    std::string pending;
    get(json, "pending_matter", pending);
    if (!pending.empty()) {
        auto& draft = talk.promise_draft(talk.draft() ? talk.draft()->touched_ms : talk.last_filed_ms);
        draft.matter = pending;
        draft.words = {pending};
        get(json, "pending_category", draft.category);
        draft.category_sure = !draft.category.empty();
    }
    return talk;
}

}  // namespace huiyin
