#include "world.h"

#include <algorithm>
#include <stdexcept>

#include "workflow/base/log.h"
#include "workflow/directory/directory_file.h"
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

// Read once for all tests of the program: neither is ever changed.
std::shared_ptr<const Policy> property_group() {
    static const auto policy =
        std::make_shared<const Policy>(good(load_policy(templates + "/policies/property-group.json", templates)));
    return policy;
}

}  // namespace

World::World(const std::string& start) : service(at(start)), system(at(start)), policy(property_group()) {
    log::silence(true);
    auto name = (std::filesystem::temp_directory_path() / "huiyin-world-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    folder = name;
    StoreOptions options;
    options.url = "sqlite:" + (folder / "huiyin.db").string();
    options.media = (folder / "media").string();
    options.data_key = std::string(32, 'k');
    store = good(open_store(options, ids));
    static IdMaker directory_ids{6};
    static const auto content = good(read_directory_file(templates + "/demo/directory.json", directory_ids, at(start)));
    directory = std::make_unique<DirectoryHolder>(content.directory());
    store->run([&](Transaction& tx) {
        for (const auto& each : content.staff) tx.save(each);
    });
    policies = std::make_unique<Policies>(policy);
    phrases = std::make_unique<Phrases>(good(Phrases::load(templates + "/phrases/zh-CN.json")));
    keys = std::make_unique<PayloadKeys>(std::vector<std::string>{std::string(32, 's')});
    speaker = std::make_unique<SpeakerDesk>(ids, system, *keys,
                                            std::vector<ChannelTraits>{{ChannelId{"oa"}},
                                                                       {ChannelId{"app"}, false, false, true, true},
                                                                       {ChannelId{"crew"}, false, true, false, false}});
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
    add_engine_duties(duties, *engine);
}

World::~World() {
    if (store) store->stop();
    store.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
}

TimePoint World::at(const std::string& local) {
    const auto day = good(parse_date(local.substr(0, 10)));
    return Zone{}.from_local({day, good(parse_clock(local.substr(11)))});
}

std::size_t World::moves_to(const std::string& local) {
    service.set(at(local));
    system.set(at(local));
    return sweeps();
}

std::size_t World::sweeps() { return run_due(*store, duties, service, system); }

void World::in_unit_of_work(const std::function<void(Transaction&)>& work) { store->run(work); }

World::Case World::files(const std::string& summary, const std::function<void(OpenTicket&)>& change) {
    Case opened;
    store->run([&](Transaction& tx) {
        Person person;
        person.id = ids.make<PersonId>(to_ms(now()));
        person.name = "王女士";
        person.phone = "13812345678";
        person.created_at = now();
        tx.save(person);
        Conversation conversation;
        conversation.id = ids.make<ConversationId>(to_ms(now()));
        conversation.channel = ChannelId{"oa"};
        conversation.address = "resident-" + std::to_string(++residents_);
        conversation.person = person.id;
        conversation.state_since = conversation.created_at = conversation.updated_at = now();
        conversation.last_inbound_at = now();
        conversation.body = "{}";
        tx.save(conversation);
        const auto place = directory->get()->find_place("3", "2", "501", directory->get()->unit_by_key("jinxiu")->id);
        OpenTicket wish;
        wish.kind = "complaint";
        wish.category = "housing";
        wish.details.summary = wish.details.description = summary;
        wish.details.building = "3";
        wish.details.unit = "2";
        wish.details.room = "501";
        wish.details.label = place.label;
        wish.details.contact_name = person.name;
        wish.details.contact_phone = person.phone;
        wish.customer = person.id;
        wish.conversation = conversation.id;
        wish.household = place.household;
        wish.unit = place.community;
        wish.by = resident(person.id);
        if (change) change(wish);
        opened = {good(engine->open(tx, wish, now(), {&conversation, How::passive})).id, person.id, conversation.id};
    });
    return opened;
}

World::Case World::phones(const std::string& summary) {
    Case opened;
    store->run([&](Transaction& tx) {
        Person person;
        person.id = ids.make<PersonId>(to_ms(now()));
        person.name = "刘先生";
        person.phone = "13900001111";
        person.created_at = now();
        tx.save(person);
        OpenTicket wish;
        wish.kind = "complaint";
        wish.category = "housing";
        wish.details.summary = wish.details.description = summary;
        wish.details.label = "5栋1单元1202";
        wish.customer = person.id;
        wish.unit = directory->get()->unit_by_key("jinxiu")->id;
        wish.by = huiyin::staff(staff(li));
        opened = {good(engine->open(tx, wish, now())).id, person.id, {}};
    });
    return opened;
}

Result<Ticket> World::staff_does(const std::string& login, const Case& of, const std::string& name,
                                 nlohmann::json fields) {
    Result<Ticket> result(Problem{"test.not_run", "", ""});
    fields["command"] = name;
    std::vector<Finding> findings;
    auto command = read_command(fields, findings);
    if (!findings.empty()) return Problem{"ticket.bad_field", findings.front().text, findings.front().pointer};
    command.by = huiyin::staff(staff(login));
    store->run([&](Transaction& tx) { result = engine->execute(tx, of.id, command, now()); });
    return result;
}

Result<Ticket> World::resident_does(const Case& of, const std::string& name, nlohmann::json fields) {
    Result<Ticket> result(Problem{"test.not_run", "", ""});
    store->run([&](Transaction& tx) {
        auto conversation = tx.conversation(of.conversation);
        result = engine->execute(tx, of.id, {name, resident(of.person), fields}, now(),
                                 {conversation ? &*conversation : nullptr, How::passive});
    });
    return result;
}

Result<Ticket> World::taps(const Case& of, const std::string& title) {
    nlohmann::json action;
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

Ticket World::ticket(const Case& of) {
    Ticket found;
    store->read([&](Reading& reading) { found = reading.ticket(of.id).value(); });
    return found;
}

std::vector<Event> World::events(const Case& of) {
    std::vector<Event> list;
    store->read([&](Reading& reading) {
        for (const auto& event : reading.events(of.id)) list.push_back(event_from_text(event.text));
    });
    return list;
}

std::vector<std::string> World::event_types(const Case& of) {
    std::vector<std::string> types;
    for (const auto& event : events(of)) types.push_back(event.type);
    return types;
}

int World::count(const Case& of, const std::string& type) {
    const auto types = event_types(of);
    return static_cast<int>(std::count(types.begin(), types.end(), type));
}

std::vector<Message> World::talk(const Case& of) {
    std::vector<Message> messages;
    store->read([&](Reading& reading) { messages = reading.messages(of.conversation, 0, 200); });
    return messages;
}

std::string World::last_said(const Case& of) {
    const auto messages = talk(of);
    return messages.empty() ? std::string() : messages.back().said.text;
}

std::vector<OutboxItem> World::outbox(const Case& of) {
    std::vector<OutboxItem> rows;
    store->read([&](Reading& reading) { rows = reading.outbox_of(of.id); });
    return rows;
}

std::vector<std::string> World::heard(const std::string& login, const Case& of) {
    std::vector<std::string> texts;
    for (const auto& row : outbox(of))
        if (row.staff == staff(login) && row.kind != "card_update") texts.push_back(row.said.text);
    return texts;
}

std::vector<Deadline> World::deadlines(const Case& of) {
    std::vector<Deadline> list;
    store->read([&](Reading& reading) {
        if (const auto found = reading.ticket(of.id)) list = engine->deadlines_of(reading, *found, now());
    });
    return list;
}

std::string World::due(const Case& of, const std::string& clock) {
    for (const auto& deadline : deadlines(of))
        if (deadline.name == clock)
            return (deadline.due_at ? shown(*deadline.due_at) : std::string("none")) + " " + to_text(deadline.state);
    return {};
}

std::string World::shown(TimePoint when) const {
    const auto local = Zone{}.to_local(when);
    return to_date(local.day) + " " + to_clock(local.since_midnight);
}

StaffId World::staff(const std::string& login) const { return directory->get()->staff_by_login(login)->id; }

}  // namespace huiyin::test
