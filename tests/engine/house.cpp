#include "tests/engine/house.h"

#include <unistd.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "workflow/base/log.h"
#include "workflow/policy/pack.h"
#include "workflow/ticket/chain.h"

namespace huiyin::test {
namespace {

template <class T>
T good(Result<T> result) {
    if (!result) throw std::runtime_error(result.problem().text);
    return std::move(*result);
}

const std::string templates = HUIYIN_SOURCE "/templates";

// In memory where the machine has room for files there: nothing of a test has to outlive a power cut.
std::filesystem::path make_folder() {
    const bool in_memory = access("/dev/shm", W_OK) == 0;
    const auto base = in_memory ? std::filesystem::path("/dev/shm") : std::filesystem::temp_directory_path();
    auto name = (base / "huiyin-world-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    return name;
}

// Read once for all tests of the program: it is never changed.
std::shared_ptr<const Phrases> chinese() {
    static const auto phrases = std::make_shared<const Phrases>(good(Phrases::load(templates + "/phrases/zh-CN.json")));
    return phrases;
}

}  // namespace

std::shared_ptr<const Policy> shipped_pack(const std::string& id) {
    static std::map<std::string, std::shared_ptr<const Policy>> packs;
    auto& pack = packs[id];
    if (!pack)
        pack = std::make_shared<const Policy>(good(load_policy(templates + "/policies/" + id + ".json", templates)));
    return pack;
}

House::House(std::shared_ptr<const Policy> pack, const DirectoryContent& content, const std::string& start)
    : policy(std::move(pack)), service(local(start)), system(local(start)) {
    log::silence(true);
    folder = make_folder();
    reopens_store();
    directory = std::make_unique<DirectoryHolder>(content.directory());
    store->run([&](Transaction& tx) {
        for (const auto& each : content.staff) tx.save(each);
    });
    policies = std::make_unique<Policies>(policy);
    phrases = chinese();
    keys = std::make_unique<PayloadKeys>(std::vector<std::string>{std::string(32, 's')});
    wires();
}

void House::reopens_store() {
    if (store) store->stop();
    store.reset();
    StoreOptions options;
    options.url = "sqlite:" + (folder / "huiyin.db").string();
    options.media = (folder / "media").string();
    options.data_key = std::string(32, 'k');
    store = good(open_store(options, ids));
}

void House::wires() {
    speaker = std::make_unique<SpeakerDesk>(
        ids, system, *keys,
        std::vector<ChannelTraits>{{.id = ChannelId{"oa"}, .kind = "wechat_official_account"},
                                   {.id = ChannelId{"app"}, .login_is_address = true, .buttons = true},
                                   {.id = ChannelId{"crew"}, .robot = true}});
    EngineParts parts;
    parts.policies = policies.get();
    parts.directory = directory.get();
    parts.phrases = phrases.get();
    parts.speaker = speaker.get();
    parts.keys = keys.get();
    parts.ids = &ids;
    parts.system = &system;
    parts.staff_channels = {ChannelId{"app"}, ChannelId{"crew"}};
    parts.public_url = "https://service.example.com";
    engine = std::make_unique<Engine>(parts);
    reports = std::make_unique<ReportRun>(parts);
    add_engine_duties(duties, *engine);
    reports->add_duties(duties);
}

void House::restarts() {
    reopens_store();
    wires();
}

House::~House() {
    if (store) store->stop();
    store.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
}

TimePoint House::local(const std::string& text) const {
    if (text.size() < 16) throw std::runtime_error("no time: \"" + text + "\": write it like 2026-03-02 09:00");
    const auto day = good(parse_date(text.substr(0, 10)));
    return policy->calendar.zone().from_local({day, good(parse_clock(text.substr(11)))});
}

std::string House::shown(TimePoint when) const {
    const auto at = policy->calendar.zone().to_local(when);
    return to_date(at.day) + " " + to_clock(at.since_midnight);
}

std::size_t House::moves_to(TimePoint when) {
    service.set(when);
    system.set(when);
    return sweeps();
}

std::size_t House::sweeps() { return run_due(*store, duties, service, system); }

void House::in_unit_of_work(const std::function<void(Transaction&)>& work) { store->run(work); }

House::Resident House::resident_named(const std::string& name, const std::string& phone, bool with_chat) {
    Resident who;
    store->run([&](Transaction& tx) {
        Person person;
        person.id = ids.make<PersonId>(to_ms(now()));
        person.name = name;
        person.phone = phone;
        person.created_at = now();
        tx.save(person);
        who.person = person.id;
        if (!with_chat) return;
        Conversation conversation;
        conversation.id = ids.make<ConversationId>(to_ms(now()));
        conversation.channel = ChannelId{"oa"};
        conversation.address = "resident-" + std::to_string(++residents_);
        conversation.person = person.id;
        conversation.state_since = conversation.created_at = conversation.updated_at = now();
        conversation.last_inbound_at = now();
        conversation.body = "{}";
        tx.save(conversation);
        who.conversation = conversation.id;
    });
    return who;
}

void House::dress(OpenTicket& wish, const Resident& who, const std::string& unit_key, const std::string& building,
                  const std::string& unit, const std::string& room) const {
    const auto now_known = directory->get();
    const auto place = now_known->find_place(building, unit, room, now_known->unit_by_key(unit_key)->id);
    wish.details.building = building;
    wish.details.unit = unit;
    wish.details.room = room;
    wish.details.label = place.label;
    wish.household = place.household;
    wish.unit = place.community;
    wish.customer = who.person;
    wish.conversation = who.conversation;
}

Result<House::Case> House::opens(const OpenTicket& wish) {
    Result<Case> opened(Problem{"test.not_run", "", ""});
    store->run([&](Transaction& tx) {
        auto conversation = wish.conversation ? tx.conversation(wish.conversation) : std::nullopt;
        const auto ticket = engine->open(tx, wish, now(), {conversation ? &*conversation : nullptr, How::passive});
        if (ticket)
            opened = Case{ticket->id, wish.customer, wish.conversation};
        else
            opened = ticket.problem();
    });
    return opened;
}

Result<Ticket> House::staff_does(const std::string& login, const Case& of, const std::string& name, Json fields,
                                 const std::vector<FieldSpec>& more) {
    Result<Ticket> result(Problem{"test.not_run", "", ""});
    fields["command"] = name;
    std::vector<Finding> findings;
    auto command = read_command(fields, findings, more);
    if (!findings.empty()) return Problem{"ticket.bad_field", findings.front().text, findings.front().pointer};
    command.by = huiyin::staff(staff(login));
    store->run([&](Transaction& tx) { result = engine->execute(tx, of.id, command, now()); });
    return result;
}

Result<Ticket> House::staff_does(const std::string& login, const Case& of, const std::string& name, Json fields) {
    return staff_does(login, of, name, std::move(fields), {});
}

Result<Ticket> House::staff_does(const std::string& login, const Case& of, const std::string& name) {
    return staff_does(login, of, name, Json::object(), {});
}

Result<Ticket> House::resident_does(const Case& of, const std::string& name, Json fields) {
    Result<Ticket> result(Problem{"test.not_run", "", ""});
    store->run([&](Transaction& tx) {
        auto conversation = tx.conversation(of.conversation);
        result = engine->execute(tx, of.id, {name, resident(of.person), fields}, now(),
                                 {conversation ? &*conversation : nullptr, How::passive});
    });
    return result;
}

Result<Ticket> House::resident_does(const Case& of, const std::string& name) {
    return resident_does(of, name, Json::object());
}

Result<Ticket> House::taps(const Case& of, const std::string& title) {
    Json action;
    store->read([&](Reading& reading) {
        auto messages = reading.last_messages(of.conversation, 50);
        std::reverse(messages.begin(), messages.end());
        for (const auto& message : messages)
            for (const auto& choice : message.said.choices)
                if (action.is_null() && choice.title == title)
                    if (const auto tapped = speaker->tapped(reading, of.conversation, choice.payload))
                        action = tapped->action;
    });
    if (action.is_null()) throw std::runtime_error("no choice to tap: " + title);
    const auto command = action.at("command").get<std::string>();
    action.erase("command");
    return resident_does(of, command, action);
}

Ticket House::ticket(const Case& of) {
    Ticket found;
    store->read([&](Reading& reading) { found = reading.ticket(of.id).value(); });
    return found;
}

std::vector<Event> House::events(const Case& of) {
    std::vector<Event> list;
    store->read([&](Reading& reading) {
        for (const auto& event : reading.events(of.id)) list.push_back(event_from_text(event.text));
    });
    return list;
}

std::vector<Message> House::talk(ConversationId conversation) {
    std::vector<Message> messages;
    store->read([&](Reading& reading) { messages = reading.messages(conversation, 0, 200); });
    return messages;
}

std::vector<OutboxItem> House::outbox(const Case& of) {
    std::vector<OutboxItem> rows;
    store->read([&](Reading& reading) { rows = reading.outbox_of(of.id); });
    return rows;
}

std::vector<OutboxItem> House::outbox_of_no_ticket() {
    std::vector<OutboxItem> rows;
    store->read([&](Reading& reading) {
        for (auto& row : reading.outbox_page("", 100, "").items)
            if (!row.ticket && !row.conversation) rows.push_back(std::move(row));
    });
    return rows;
}

std::vector<Deadline> House::deadlines(const Case& of) {
    std::vector<Deadline> list;
    store->read([&](Reading& reading) {
        if (const auto found = reading.ticket(of.id)) list = engine->deadlines_of(reading, *found, now());
    });
    return list;
}

StaffId House::staff(const std::string& login) const {
    const auto* found = directory->get()->staff_by_login(login);
    if (!found) throw std::runtime_error("no member of staff has the login " + login);
    return found->id;
}

}  // namespace huiyin::test
