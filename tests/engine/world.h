// The demo community under property-group: a house with the people that every example speaks of.
#pragma once
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/engine/house.h"

namespace huiyin::test {

inline const char* const li = "li.na";           // front desk
inline const char* const zhang = "zhang.qiang";  // engineering
inline const char* const wang = "wang.fang";     // centre manager
inline const char* const chen = "chen.gang";     // project centre
inline const char* const zhao = "zhao.min";      // quality centre

class World : public House {
public:
    explicit World(const std::string& start = "2026-03-02 09:00");
    // The people of a directory file under another shipped pack.
    World(const std::string& pack, const std::string& directory_file, const std::string& start);

    static TimePoint at(const std::string& local);  // in Shanghai
    // A resident with a conversation of his own files: flat 3-2-501, a complaint about housing unless said otherwise.
    Case files(const std::string& summary, const std::function<void(OpenTicket&)>& change = {});
    Case phones(const std::string& summary);  // no conversation: the front desk opens it

    std::vector<std::string> event_types(const Case& of);
    int count(const Case& of, const std::string& type);
    std::vector<Message> talk(const Case& of) { return House::talk(of.conversation); }
    std::string last_said(const Case& of);
    // What somebody's pushes about it said, oldest first.
    std::vector<std::string> heard(const std::string& login, const Case& of);
    std::string due(const Case& of, const std::string& clock);  // "2026-03-06 17:30 running"; "" if there is none
};

}  // namespace huiyin::test
