// One transcript, played: its lines are said and checked one after another. transcripts.cpp says what a line may be.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "room.h"
#include "tests/story.h"

namespace huiyin::test {

class Player {
public:
    // One thing a resident says: before it is said, and after it was answered.
    struct Watch {
        std::function<void(Room&, const std::string&who, const std::string&said)> before, after;
    };
    Player(std::vector<Line> lines, std::string pack, Watch watch = {});

    std::vector<std::string> plays();
    std::vector<std::string> out;
    std::string differences;
    bool checking = true;  // false: played for its course alone

private:
    bool staff_line(const std::string& text) const;
    Room& room() const;
    void settles();
    void checks(const Line& line);

    std::vector<Line> lines_;
    std::string pack_;
    Watch watch_;
    mutable std::unique_ptr<Room> room_;
    std::vector<Line> expected_;
    std::vector<std::string> actual_, events_;
    std::map<std::string, std::string> staff_heard_;
    std::set<std::string> residents_;
    std::string speaker_, refused_;
    int number_ = 0;
};

// Those of the demo community, and those of a pack's own folder: names, in order.
std::vector<std::string> transcripts(const std::string& pack = {});
std::string transcript_path(const std::string& pack, const std::string& name);
const std::vector<std::string>& transcript_packs();  // those with a folder

}  // namespace huiyin::test
