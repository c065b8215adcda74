#include "tests/scenarios/standard_house.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/story.h"
#include "workflow/base/json_text.h"

namespace huiyin::test {
namespace {

struct Seats {
    std::string unit = "centre";
    int people = 2;
};

std::map<std::string, Seats> seats_of(const Policy& policy) {
    std::map<std::string, Seats> seats;
    for (const auto& role : policy.roles) seats[role];
    const auto path = std::string(HUIYIN_SOURCE "/tests/scenarios/") + policy.id + "/house.txt";
    if (!std::filesystem::exists(path)) return seats;
    for (const auto& line : read_story(path)) {
        const auto list = words(line.text);
        if (list.empty() || list.front().front() == '#') continue;
        const auto seat = seats.find(list.front());
        const auto wrong = [&](const std::string& what) {
            throw std::runtime_error(path + ":" + std::to_string(line.number) + ": " + what);
        };
        if (seat == seats.end()) wrong("the pack has no role " + list.front());
        static const std::vector<std::string> units{"head", "district", "centre"};
        if (list.size() == 3 && list[1] == "at" && std::find(units.begin(), units.end(), list[2]) != units.end())
            seat->second.unit = list[2];
        else if (list.size() == 3 && list[1] == "has" && list[2].size() == 1 && list[2] >= "1" && list[2] <= "9")
            seat->second.people = std::stoi(list[2]);
        else
            wrong("write \"" + list.front() + " at head\" (or district, centre) or \"" + list.front() + " has 3\"");
    }
    return seats;
}

Json unit(const char* key, const char* name, const char* kind, const char* parent) {
    Json one{{"key", key}, {"name", name}, {"kind", kind}, {"zone", "Asia/Shanghai"}};
    if (*parent) one["parent"] = parent;
    return one;
}

Json person(const std::string& login, const std::string& role, const std::string& at) {
    return {{"login", login}, {"name", login}, {"roles", {role}}, {"unit", at}};
}

}  // namespace

DirectoryContent standard_directory(const Policy& policy) {
    Json json{{"organisation", "head"},
              {"units",
               {unit("head", "总部", "organisation", ""), unit("district", "片区中心", "project_centre", "head"),
                unit("centre", "服务中心", "service_centre", "district"), unit("home", "本小区", "community", "centre"),
                unit("other-centre", "第二服务中心", "service_centre", "district"),
                unit("other-home", "第二小区", "community", "other-centre")}},
              {"buildings", Json::array()},
              {"staff", Json::array()}};
    for (const char* community : {"home", "other-home"})
        json["buildings"].push_back({{"community", community},
                                     {"names", {"1", "2", "3", "4", "5", "6", "7", "8", "9"}},
                                     {"units", {"1", "2", "3"}},
                                     {"floors", 6},
                                     {"rooms", {"01", "02", "03", "04"}}});
    for (const auto& [role, seats] : seats_of(policy)) {
        for (int i = 1; i <= seats.people; ++i)
            json["staff"].push_back(person(i == 1 ? role : role + "." + std::to_string(i), role, seats.unit));
        if (seats.unit == "centre") json["staff"].push_back(person(role + ".other", role, "other-centre"));
    }
    static IdMaker ids{6};
    std::vector<Finding> findings;
    auto content = read_directory(json, ids, from_ms(1772413200000), findings);
    if (!findings.empty()) throw std::runtime_error(findings.front().pointer + ": " + findings.front().text);
    return content;
}

}  // namespace huiyin::test
