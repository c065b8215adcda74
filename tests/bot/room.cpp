#include "room.h"

#include <algorithm>
#include <stdexcept>

#include "bot/communities.h"
#include "bot/in_public.h"
#include "workflow/ticket/chain.h"

namespace huiyin::test {
namespace {

std::string address_of(const std::string& who) { return "resident:" + who; }
const ChannelId oa{"oa"};

bool begins(const std::string& text, const std::string& with) { return text.rfind(with, 0) == 0; }

std::string value_text(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    return value.dump();
}

// What the pack adds to a command, beside the fields that the interface fixes.
std::vector<FieldSpec> added_fields(const Policy& policy, const std::string& command) {
    std::vector<FieldSpec> more;
    const auto* spec = find_command(command);
    const auto knows = [](const std::vector<FieldSpec>& list, const std::string& name) {
        return std::any_of(list.begin(), list.end(), [&](const FieldSpec& field) { return field.name == name; });
    };
    const auto take = [&](const std::vector<MoveField>& fields) {
        for (const auto& field : fields)
            if (!knows(more, field.name) && !(spec && knows(spec->fields, field.name)))
                more.push_back({field.name, field.type, false, field.choices, field.title});
    };
    for (const auto& move : policy.moves)
        if (move.command == command) take(move.fields);
    if (command == "complete" || command == "decide")
        for (const auto& step : policy.steps) take(step.fields);
    return more;
}

}  // namespace

Room::Room(const std::string& start, const std::string& pack)
    : world(pack.empty() ? World(start)
                         : World(pack, HUIYIN_SOURCE "/tests/transcripts/" + pack + "/directory.json", start)) {
    const auto known = world.directory->get();
    if (const auto* unit = known->unit_by_key(pack.empty() ? "jinxiu" : "home")) home_ = unit->id;
    auto loaded = Answers::from_file(HUIYIN_SOURCE "/templates/demo/answers.json");
    if (!loaded) throw std::runtime_error(loaded.problem().text);
    answers = std::move(*loaded);
    static const auto built = [] {
        const auto model = find_model();
        if (!model) throw std::runtime_error(model.problem().text);
        auto made = builtin_understanding(*model, demo_communities);
        if (!made) throw std::runtime_error(made.problem().text);
        return std::shared_ptr<const Understanding>(std::move(*made));
    }();
    understanding = built;
    restarts();
    world.duties.on("burst", [this](Transaction& tx, const Reminder& reminder, TimePoint at) {
        (*of_desk_.find("burst"))(tx, reminder, at);
    });
}

void Room::restarts() {
    FrontDeskParts parts;
    parts.engine = world.engine.get();
    parts.speaker = world.speaker.get();
    parts.policies = world.policies.get();
    parts.directory = world.directory.get();
    parts.phrases = world.phrases.get();
    parts.answers = &answers;
    parts.understanding = understanding.get();
    parts.ids = &world.ids;
    parts.system = &world.system;
    desk = std::make_unique<FrontDesk>(parts);
    of_desk_ = {};
    desk->add_duties(of_desk_);
}

std::string Room::text_of(const Message& message) {
    auto text = shown(message.said.text);
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos;) text.replace(at, 1, " / "), at += 3;
    if (!message.said.choices.empty()) text += " ";
    for (const auto& choice : message.said.choices) text += "[" + choice.title + "]";
    return text;
}

Room::Heard Room::says(const std::string& who, const std::string& words, bool right_after) {
    passes(right_after ? 1000 : 10'000);
    Arrived arrived;
    arrived.channel = oa;
    arrived.address = address_of(who);
    arrived.key = "delivery-" + std::to_string(++deliveries_);
    arrived.unit = home_;
    const auto media = [&](const std::string& kind, int count) {
        arrived.kind = HeardKind::media;
        for (int i = 0; i < count; ++i) {
            Attachment one;
            one.id = AttachmentId{"a" + std::to_string(deliveries_) + "-" + std::to_string(i)};
            one.kind = kind;
            one.name = kind;
            one.media_type = kind == "image" ? "image/jpeg" : "application/octet-stream";
            one.bytes = 1000;
            one.sha256 = std::string(64, 'a');
            arrived.attachments.push_back(one);
        }
    };
    if (begins(words, "[群] ") || begins(words, "[群外人] ")) {
        arrived.group = "业主群";
        arrived.begins_alone = begins(words, "[群] ");
        arrived.text = words.substr(words.find(' ') + 1);
    } else if (words == "[图片]")
        media("image", 1);
    else if (begins(words, "[图片×"))
        media("image", std::stoi(words.substr(std::string("[图片×").size())));
    else if (words == "[语音]")
        media("voice", 1);
    else if (words == "[视频]")
        media("video", 1);
    else if (words == "[文件]")
        media("file", 1);
    else if (begins(words, "[位置 ")) {
        arrived.kind = HeardKind::location;
        arrived.location_label = words.substr(std::string("[位置 ").size());
        arrived.location_label.pop_back();
    } else if (words == "[收不下的文件]") {
        arrived.kind = HeardKind::media;
        arrived.media_problem = "talk.media_too_large";
    } else if (words == "[进入]")
        arrived.kind = HeardKind::entered;
    else if (begins(words, "[扫码 ")) {
        const auto code = words.substr(std::string("[扫码 ").size(), words.size() - std::string("[扫码 ]").size());
        const auto gap = code.find(' '), block = code.find("栋"), entrance = code.find("单元");
        arrived.kind = HeardKind::entered;
        arrived.unit = community_named(*world.directory->get(), code.substr(0, gap));
        if (gap != std::string::npos) arrived.building = code.substr(gap + 1, block - gap - 1);
        if (entrance != std::string::npos)
            arrived.entrance =
                code.substr(block + std::string("栋").size(), entrance - block - std::string("栋").size());
    } else if (words == "[离开]")
        arrived.kind = HeardKind::left;
    else if (words == "[表情]")
        arrived.kind = HeardKind::unknown;
    else if (words.size() > 2 && words.front() == '[' && words.back() == ']') {
        const auto title = words.substr(1, words.size() - 2);
        arrived.kind = HeardKind::choice;
        world.store->read([&](Reading& reading) {
            const auto found = reading.conversation_at(arrived.channel, arrived.address);
            if (!found) return;
            auto messages = reading.last_messages(found->id, 200);
            for (auto message = messages.rbegin(); message != messages.rend() && arrived.choice.empty(); ++message)
                for (const auto& choice : message->said.choices)
                    if (choice.title == title) arrived.choice = choice.payload;
        });
        if (arrived.choice.empty()) throw std::runtime_error(who + " was offered no choice " + words);
    } else {
        arrived.text = words;
    }
    last_ = arrived;
    return hears(arrived);
}

Room::Heard Room::says_again() { return hears(last_); }

Room::Heard Room::hears(const Arrived& arrived) {
    const auto understood =
        arrived.text.empty() ? Understood{} : understanding->understand(arrived.text, world.now(), Zone{});
    Heard heard;
    Heardback back;
    world.store->run([&](Transaction& tx) {
        auto answered = desk->hear(tx, arrived, understood, world.now(), world.system.now());
        if (!answered) throw std::runtime_error(answered.problem().text);
        back = std::move(*answered);
    });
    for (const auto& message : back.said) heard.said.push_back(text_of(message));
    heard.held = back.held;
    heard.repeated = back.repeated;
    auto& seen = seen_[arrived.address];
    seen =
        std::max(seen, back.said.empty() ? conversation(arrived.address.substr(9)).last_message : back.said.back().id);
    return heard;
}

std::vector<std::string> Room::pushed(const std::string& who) {
    std::vector<std::string> texts;
    const auto id = conversation(who).id;
    auto& seen = seen_[address_of(who)];
    world.store->read([&](Reading& reading) {
        for (const auto& message : reading.messages(id, seen, 200)) {
            seen = message.id;
            if (message.from != Speaker::resident) texts.push_back(text_of(message));
        }
    });
    return texts;
}

std::vector<std::string> Room::said_in_public() {
    std::vector<std::string> texts;
    world.store->read([&](Reading& reading) {
        auto page = reading.outbox_page("waiting", 500, "");
        std::reverse(page.items.begin(), page.items.end());
        for (const auto& item : page.items)
            if (item.kind == public_kind && public_seen_.insert(item.id.value).second)
                texts.push_back(group_in(item.reference) + ": " + shown(item.said.text));
    });
    return texts;
}

std::vector<std::string> Room::pushed_to_staff(const std::string& name) {
    std::vector<std::string> texts;
    const auto* one = staff(name);
    if (!one) throw std::runtime_error("nobody is called " + name);
    auto& seen = staff_seen_[name];
    world.store->read([&](Reading& reading) {
        auto page = reading.outbox_page("waiting", 500, "");
        std::reverse(page.items.begin(), page.items.end());
        for (const auto& item : page.items)
            if (item.staff == one->id && seen.insert(item.id.value).second) texts.push_back(shown(item.said.text));
    });
    return texts;
}

std::vector<std::string> Room::new_events() {
    std::vector<std::string> list;
    for (const auto& ticket : tickets())
        world.store->read([&](Reading& reading) {
            for (const auto& stored : reading.events(ticket.id)) {
                auto& seen = events_seen_[ticket.id.value];
                if (stored.sequence <= seen) continue;
                seen = stored.sequence;
                const auto event = event_from_text(stored.text);
                std::string line = event.type;
                for (const auto& [key, value] : event.data.items())
                    if (!value.is_structured()) line += " " + key + "=" + value_text(value);
                list.push_back(line);
            }
        });
    return list;
}

void Room::passes(std::int64_t milliseconds) {
    world.service.set(world.service.now() + Milliseconds{milliseconds});
    world.system.set(world.system.now() + Milliseconds{milliseconds});
    world.sweeps();
}

void Room::moves_to(const std::string& local) { world.moves_to(local); }

std::string Room::staff_does(const std::string& name, const std::string& what) {
    const auto* one = staff(name);
    if (!one) throw std::runtime_error("nobody is called " + name);
    std::string refusal;
    const auto keep = [&](const auto& result) {
        if (!result) refusal = result.problem().text;
    };
    if (what == "takes over" || what == "gives back" || begins(what, "says ")) {
        world.store->run([&](Transaction& tx) {
            const auto id = tx.conversation_at(oa, last_.address)->id;
            if (what == "takes over")
                keep(desk->take_over(tx, id, *one, world.now()));
            else if (what == "gives back")
                keep(desk->give_back(tx, id, *one, world.now()));
            else
                keep(desk->say(tx, id, *one, what.substr(5), world.now()));
        });
        return refusal;
    }
    const auto space = what.find(' ');
    Json fields = Json::object();
    if (space != std::string::npos) fields = Json::parse(what.substr(space + 1));
    const auto all = tickets();
    if (all.empty()) throw std::runtime_error("there is no ticket yet");
    const auto command = what.substr(0, space);
    keep(world.staff_does(one->login, {all.back().id, {}, {}}, command, fields, added_fields(*world.policy, command)));
    return refusal;
}

Conversation Room::conversation(const std::string& who) {
    std::optional<Conversation> found;
    world.store->read([&](Reading& reading) { found = reading.conversation_at(oa, address_of(who)); });
    return found ? *found : Conversation{};
}

Talk Room::talk(const std::string& who) { return talk_from_text(conversation(who).body); }

std::vector<Ticket> Room::tickets() {
    std::vector<Ticket> list;
    world.store->read([&](Reading& reading) { reading.each_ticket([&](const Ticket& one) { list.push_back(one); }); });
    std::sort(list.begin(), list.end(), [](const Ticket& a, const Ticket& b) { return a.number < b.number; });
    return list;
}

std::string Room::slot(const std::string& who, const std::string& name) {
    auto talk = this->talk(who);
    Json values;
    if (const auto* draft = talk.draft()) {
        values = {{"matter", draft->matter},
                  {"building", draft->building},
                  {"unit", draft->unit},
                  {"room", draft->room},
                  {"location", draft->location},
                  {"phone", draft->phone},
                  {"contact", draft->contact},
                  {"wish", draft->wish},
                  {"occurred", draft->occurred_text},
                  {"recurrence", draft->recurrence},
                  {"people", draft->people},
                  {"duration", draft->duration},
                  {"vulnerable", draft->vulnerable},
                  {"category", draft->category},
                  {"kind", draft->kind},
                  {"name", draft->name},
                  {"photos", std::to_string(draft->attachments.size())}};
        for (const auto& [key, value] : draft->slots) values[key] = value;
    } else {
        const auto all = tickets();
        if (all.empty()) return "(none)";
        Details details;
        std::size_t photos = 0;
        world.store->read([&](Reading& reading) {
            details = details_from_text(reading.text(all.back().details));
            photos = reading.attachments_of(all.back().id).size();
        });
        values = {{"matter", details.summary},
                  {"building", details.building},
                  {"unit", details.unit},
                  {"room", details.room},
                  {"location", details.location},
                  {"phone", details.contact_phone},
                  {"contact", details.contact_name},
                  {"wish", details.wish},
                  {"occurred", details.occurred_text},
                  {"people", details.people},
                  {"photos", std::to_string(photos)},
                  {"place", details.label}};
    }
    if (!values.contains(name)) throw std::runtime_error("no slot is called " + name);
    return values[name].get<std::string>();
}

std::string Room::field(const std::string& name) {
    const auto all = tickets();
    if (name == "count") return std::to_string(all.size());
    if (all.empty()) return "(none)";
    const auto& ticket = all.back();
    if (name == "phase") return std::string(to_text(ticket.phase));
    if (name == "kind") return ticket.kind;
    if (name == "category") return ticket.category;
    if (name == "level") return ticket.level;
    if (name == "emergency") return ticket.emergency;
    if (name == "fixed") return ticket.fixed;
    if (name == "anonymous") return ticket.anonymous ? "yes" : "no";
    if (name == "rating") return ticket.rating ? std::to_string(ticket.rating->score) : "";
    if (name == "linked") return ticket.joined_to ? "yes" : "no";
    if (name == "household") return ticket.household ? "known" : "unknown";
    if (name == "flags") {
        std::string list;
        for (const auto& flag : ticket.flags) list += (list.empty() ? "" : ",") + flag;
        return list;
    }
    throw std::runtime_error("no field is called " + name);
}

std::string Room::shown(std::string text) {
    const auto all = tickets();
    for (std::size_t i = all.size(); i-- > 0;) {
        const auto name = i == 0 ? std::string("{ticket}") : "{ticket " + std::to_string(i + 1) + "}";
        for (std::size_t at = 0; (at = text.find(all[i].number, at)) != std::string::npos;)
            text.replace(at, all[i].number.size(), name), at += name.size();
    }
    return text;
}

std::vector<std::string> Room::choices(const std::string& who) {
    std::vector<std::string> titles;
    const auto id = conversation(who).id;
    if (!id) return titles;
    world.store->read([&](Reading& reading) {
        auto messages = reading.last_messages(id, 200);
        std::reverse(messages.begin(), messages.end());
        for (const auto& message : messages)
            for (const auto& choice : message.said.choices) titles.push_back(choice.title);
    });
    return titles;
}

std::vector<std::string> Room::fresh_choices(const std::string& who) {
    std::vector<std::string> titles;
    const auto id = conversation(who).id;
    if (!id) return titles;
    world.store->read([&](Reading& reading) {
        for (const auto& message : reading.last_messages(id, 50)) {
            if (message.from == Speaker::resident) titles.clear();
            for (const auto& choice : message.said.choices) titles.push_back(choice.title);
        }
    });
    return titles;
}

std::vector<Prompt> Room::prompts(const std::string& who) {
    std::vector<Prompt> list;
    const auto id = conversation(who).id;
    if (!id) return list;
    world.store->read([&](Reading& reading) {
        for (auto& prompt : reading.open_prompts(id))
            if (prompt.ticket && (prompt.kind == "consent" || prompt.kind == "fixed" || prompt.kind == "rating"))
                list.push_back(std::move(prompt));
    });
    return list;
}

const Staff* Room::staff(const std::string& name) const {
    static const std::map<std::string, std::string> logins = {
        {"李娜", "li.na"},     {"张强", "zhang.qiang"}, {"刘洋", "liu.yang"},  {"孙梅", "sun.mei"},
        {"王芳", "wang.fang"}, {"周杰", "zhou.jie"},    {"陈刚", "chen.gang"}, {"赵敏", "zhao.min"}};
    const auto known = world.directory->get();
    for (const auto& one : known->staff())
        if (one.name == name) return known->staff(one.id);
    const auto at = logins.find(name);
    return at == logins.end() ? nullptr : known->staff_by_login(at->second);
}

bool Room::is_staff(const std::string& name) const { return staff(name) != nullptr; }

}  // namespace huiyin::test
