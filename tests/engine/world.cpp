#include "tests/engine/world.h"

#include <algorithm>
#include <map>
#include <stdexcept>

namespace huiyin::test {
namespace {

template <class T>
T good(Result<T> result) {
    if (!result) throw std::runtime_error(result.problem().text);
    return std::move(*result);
}

const DirectoryContent& demo_community() {
    static IdMaker ids{6};
    static const auto content =
        good(read_directory_file(HUIYIN_SOURCE "/templates/demo/directory.json", ids, World::at("2026-03-02 09:00")));
    return content;
}

// Read once for all tests of the program.
const DirectoryContent& people_of(const std::string& file) {
    static IdMaker ids{6};
    static std::map<std::string, DirectoryContent> read;
    auto found = read.find(file);
    if (found == read.end())
        found = read.emplace(file, good(read_directory_file(file, ids, World::at("2026-03-02 09:00")))).first;
    return found->second;
}

}  // namespace

World::World(const std::string& start) : House(shipped_pack("property-group"), demo_community(), start) {}

World::World(const std::string& pack, const std::string& directory_file, const std::string& start)
    : House(shipped_pack(pack), people_of(directory_file), start) {}

TimePoint World::at(const std::string& local) {
    const auto day = good(parse_date(local.substr(0, 10)));
    return Zone{}.from_local({day, good(parse_clock(local.substr(11)))});
}

World::Case World::files(const std::string& summary, const std::function<void(OpenTicket&)>& change) {
    const auto who = resident_named("王女士", "13812345678");
    OpenTicket wish;
    dress(wish, who, "jinxiu", "3", "2", "501");
    wish.kind = "complaint";
    wish.category = "housing";
    wish.details.summary = wish.details.description = summary;
    wish.details.contact_name = "王女士";
    wish.details.contact_phone = "13812345678";
    wish.by = resident(who.person);
    if (change) change(wish);
    auto opened = good(opens(wish));
    opened.person = who.person;
    opened.conversation = who.conversation;
    return opened;
}

World::Case World::phones(const std::string& summary) {
    const auto who = resident_named("刘先生", "13900001111", false);
    OpenTicket wish;
    wish.kind = "complaint";
    wish.category = "housing";
    wish.details.summary = wish.details.description = summary;
    wish.details.label = "5栋1单元1202";
    wish.customer = who.person;
    wish.unit = directory->get()->unit_by_key("jinxiu")->id;
    wish.by = huiyin::staff(staff(li));
    return good(opens(wish));
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

std::string World::last_said(const Case& of) {
    const auto messages = talk(of);
    return messages.empty() ? std::string() : messages.back().said.text;
}

std::vector<std::string> World::heard(const std::string& login, const Case& of) {
    std::vector<std::string> texts;
    for (const auto& row : outbox(of))
        if (row.staff == staff(login) && row.kind != "card_update") texts.push_back(row.said.text);
    return texts;
}

std::string World::due(const Case& of, const std::string& clock) {
    for (const auto& deadline : deadlines(of))
        if (deadline.name == clock)
            return (deadline.due_at ? shown(*deadline.due_at) : std::string("none")) + " " + to_text(deadline.state);
    return {};
}

}  // namespace huiyin::test
