// Plays tests/transcripts/*.txt: does the talk still feel right? A line is
//   at 2026-03-02 09:00             the clocks move there
//   王女士: 3栋漏水                   a resident says it, ten seconds after the line before ("王女士+:" right after it)
//   王女士: [提交]                    … or taps a choice he was shown, or sends [图片], [语音], [位置 快递柜]
//   again                           the last delivery comes a second time
//   quiet                           three seconds in which nothing is said
//   bot: 请核对…                     an answer; every one must be there, in this order
//   bot -> 王女士: …                  said to him without his asking; every one must be there
//   bot -> 李娜: …                    among what this member of staff was pushed since; a part of its text is enough
//   李娜: accept {…}                  a command on the newest ticket; or takes over, says …, gives back
//   refused: …                      what the staff's command was refused with
//   event: ticket.opened kind=…     happened since the last such line of its kind; every value must fit
//   slot: building=3                of the draft in hand, else of the newest ticket
//   ticket: phase=closed            of the newest ticket; count is the number of tickets
//   state: waiting                  of the conversation
// Lines of the bot are written anew with HUIYIN_REWRITE=1; read the difference before committing it.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "room.h"
#include "tests/story.h"

using namespace huiyin::test;

namespace {

const std::string folder = HUIYIN_SOURCE "/tests/transcripts";

class Player {
public:
    Player(std::vector<Line> lines, std::string pack) : lines_(std::move(lines)), pack_(std::move(pack)) {}

    std::vector<std::string> plays() {
        for (const auto& line : lines_) {
            const auto& text = line.text;
            if (text.empty() || text.front() == '#') {
                if (text.empty()) settles();
                out.push_back(text);
                continue;
            }
            if (begins(text, "bot: ")) {
                expected_.push_back({line.number, text});
                continue;
            }
            if (begins(text, "bot -> ") && !staff_line(text)) {
                expected_.push_back({line.number, text});
                continue;
            }
            settles();
            INFO("line " << line.number << ": " << text);
            if (!refused_.empty() && !begins(text, "refused: "))
                FAIL_CHECK("line " << number_ << " was refused: " << refused_);
            out.push_back(text);
            try {
                checks(line);
            } catch (const std::exception& problem) {
                FAIL_CHECK("line " << line.number << ": " << problem.what());
            }
        }
        if (!refused_.empty()) FAIL_CHECK("line " << number_ << " was refused: " << refused_);
        settles();
        return std::move(out);
    }
    std::vector<std::string> out;
    std::string differences;

private:
    bool staff_line(const std::string& text) const {
        const auto name = after(text, "bot -> ");
        return room().is_staff(name.substr(0, name.find(':')));
    }
    Room& room() const {
        if (!room_) room_ = std::make_unique<Room>("2026-03-02 09:00", pack_);
        return *room_;
    }

    // What the bot was to say since the last step against what it said.
    void settles() {
        for (const auto& who : residents_)
            for (const auto& text : room().pushed(who)) actual_.push_back("bot -> " + who + ": " + text);
        const std::size_t most = std::max(actual_.size(), expected_.size());
        for (std::size_t i = 0; i < most; ++i) {
            const auto is = i < actual_.size() ? actual_[i] : std::string("(nothing)");
            const auto should = i < expected_.size() ? expected_[i].text : std::string("(nothing)");
            if (is == should) continue;
            const int at = i < expected_.size() ? expected_[i].number : number_;
            differences += "  line " + std::to_string(at) + "\n    expected " + should + "\n    said     " + is + "\n";
        }
        for (auto& text : actual_) out.push_back(std::move(text));
        actual_.clear();
        expected_.clear();
    }

    void checks(const Line& line) {
        number_ = line.number;
        const auto& text = line.text;
        if (begins(text, "at ")) {
            if (!room_)
                room_ = std::make_unique<Room>(after(text, "at "), pack_);
            else
                room().moves_to(after(text, "at "));
        } else if (text == "quiet") {
            room().passes(3000);
        } else if (text == "again") {
            const auto heard = room().says_again();
            CHECK(heard.repeated);
            for (const auto& said : heard.said) actual_.push_back("bot: " + said);
        } else if (begins(text, "bot -> ")) {
            const auto colon = text.find(": ");
            const auto name = text.substr(7, colon - 7);
            const auto wanted = text.substr(colon + 2);
            for (const auto& said : room().pushed_to_staff(name)) staff_heard_[name] += said + "\n";
            INFO(name << " heard: " << staff_heard_[name]);
            CHECK(staff_heard_[name].find(wanted) != std::string::npos);
        } else if (begins(text, "refused: ")) {
            CHECK(refused_ == after(text, "refused: "));
            refused_.clear();
        } else if (begins(text, "event: ") || begins(text, "no event: ")) {
            for (auto& event : room().new_events()) events_.push_back(std::move(event));
            const bool wanted = begins(text, "event: ");
            const auto pattern = after(text, wanted ? "event: " : "no event: ");
            std::string all;
            for (const auto& event : events_) all += event + "\n";
            INFO("events: " << all);
            const auto found =
                std::find_if(events_.begin(), events_.end(), [&](const auto& event) { return fits(event, pattern); });
            CHECK((found != events_.end()) == wanted);
            if (found != events_.end()) events_.erase(events_.begin(), found + 1);
        } else if (begins(text, "slot: ") || begins(text, "ticket: ")) {
            const bool slot = begins(text, "slot: ");
            const auto pair = after(text, slot ? "slot: " : "ticket: ");
            const auto equals = pair.find('=');
            const auto name = pair.substr(0, equals);
            CHECK((slot ? room().slot(speaker_, name) : room().field(name)) == pair.substr(equals + 1));
        } else if (begins(text, "state: ")) {
            CHECK(room().conversation(speaker_).state == after(text, "state: "));
        } else {
            const auto colon = text.find(": ");
            if (colon == std::string::npos) FAIL("line " << line.number << " is of no known form: " << text);
            auto name = text.substr(0, colon);
            const auto said = text.substr(colon + 2);
            staff_heard_.clear();
            if (room().is_staff(name)) {
                refused_ = room().staff_does(name, said);
                return;
            }
            const bool right_after = name.back() == '+';
            if (right_after) name.pop_back();
            speaker_ = name;
            const auto heard = room().says(name, said, right_after);
            residents_.insert(name);
            for (const auto& one : heard.said) actual_.push_back("bot: " + one);
        }
    }

    std::vector<Line> lines_;
    std::string pack_;
    mutable std::unique_ptr<Room> room_;
    std::vector<Line> expected_;
    std::vector<std::string> actual_, events_;
    std::map<std::string, std::string> staff_heard_;
    std::set<std::string> residents_;
    std::string speaker_, refused_;
    int number_ = 0;
};

// Those of the demo community, and those of a pack's own folder.
std::vector<std::string> transcripts(const std::string& pack = {}) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder + "/" + pack))
        if (entry.path().extension() == ".txt") names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

void play(const std::string& pack, const std::string& name) {
    const auto path = folder + "/" + (pack.empty() ? "" : pack + "/") + name;
    auto lines = read_story(path);
    CHECK(begins(lines.front().text, "# " + name + " - "));
    Player player(std::move(lines), pack);
    std::string written;
    for (const auto& line : player.plays()) written += line + "\n";
    if (std::getenv("HUIYIN_REWRITE"))
        std::ofstream(path) << written;
    else if (!player.differences.empty())
        FAIL_CHECK(name << "\n" << player.differences);
}

}  // namespace

TEST_CASE("transcripts: the talk still says what it said") {
    const auto names = transcripts();
    REQUIRE(names.size() >= 30);
    const char* only = std::getenv("HUIYIN_TRANSCRIPT");  // one file's name, for whoever works on it
    for (const auto& name : names) {
        if (only && name != only) continue;
        DYNAMIC_SECTION(name) { play({}, name); }
    }
}

TEST_CASE("transcripts: each pack speaks for its own organisation") {
    const std::vector<std::string> packs{"bank",
                                         "car-dealer-ladder",
                                         "construction-machinery",
                                         "consumer-association",
                                         "factory-two-stage",
                                         "manufacturing-8d",
                                         "property-internal",
                                         "property-relay",
                                         "real-estate-developer",
                                         "telecom-regulator",
                                         "water-bureau"};
    const char* only = std::getenv("HUIYIN_TRANSCRIPT");
    for (const auto& pack : packs) {
        const auto names = transcripts(pack);
        CHECK(names.size() >= 3);
        for (const auto& name : names) {
            if (only && name != only && pack != only) continue;
            DYNAMIC_SECTION(pack << "/" << name) { play(pack, name); }
        }
    }
}
