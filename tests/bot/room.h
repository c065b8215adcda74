// Residents who talk with the front desk of the demo community: engine, store and understanding as the service runs
// them, without HTTP, on a clock that is moved by hand.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "../engine/world.h"
#include "bot/front_desk.h"
#include "bot/understanding/understand.h"

namespace huiyin::test {

class Room {
public:
    // The demo community under property-group, or another pack with tests/transcripts/<pack>/directory.json.
    explicit Room(const std::string& start = "2026-03-02 09:00", const std::string& pack = {});

    struct Heard {
        std::vector<std::string> said;  // in order, with their choices: "请核对… [提交][不报了]"
        bool held = false, repeated = false;
    };
    // What somebody writes, sends or taps: "漏水", "[提交]" (a choice he was shown), "[图片]", "[图片×3]", "[语音]",
    // "[视频]", "[文件]", "[位置 快递柜]", "[进入]", "[离开]", "[表情]" (a kind of message we do not know),
    // "[收不下的文件]" (too large to be taken), "[扫码 锦绣花园 3栋2单元]" (a printed code; without the house: one of
    // the whole community), "[群] …" and "[群外人] …" (said in a group). Ten seconds pass before it, or one when it
    // comes right after another. Throws for a choice nobody was offered.
    Heard says(const std::string& who, const std::string& words, bool right_after = false);
    Heard says_again();  // the last delivery once more

    // What was said to him without being asked since the last call, e.g. by a clock.
    std::vector<std::string> pushed(const std::string& who);
    // Texts pushed to a member of staff since the last call with the same name.
    std::vector<std::string> said_in_public();  // in groups, since the last call: "业主群: …"
    std::vector<std::string> pushed_to_staff(const std::string& name);
    // "type key=value …" of every event since the last call, of all tickets.
    std::vector<std::string> new_events();

    void passes(std::int64_t milliseconds);  // both clocks; does what falls due
    void moves_to(const std::string& local);
    void restarts();  // the front desk is made anew: nothing but the store remembers
    // "accept", "propose {\"text\":…}" on the newest ticket, or "takes over", "says …", "gives back" in the talk.
    // Gives the refusal's text, or nothing.
    std::string staff_does(const std::string& name, const std::string& what);

    Conversation conversation(const std::string& who);
    Talk talk(const std::string& who);
    std::vector<Ticket> tickets();  // oldest first
    // A field of the draft in hand, else of the newest ticket: matter, building, unit, room, location, phone, wish, …
    std::string slot(const std::string& who, const std::string& name);
    std::string field(const std::string& name);  // of the newest ticket: phase, kind, category, level, flags, count, …
    std::string shown(std::string text);         // ticket numbers as {ticket}, {ticket 2}
    std::vector<std::string> choices(const std::string& who);  // titles of all choices he was ever shown, newest first
    std::vector<std::string> fresh_choices(const std::string& who);  // those shown since he last said something
    std::vector<Prompt> prompts(const std::string& who);             // open ones about tickets, newest first
    bool is_staff(const std::string& name) const;

    World world;
    Answers answers;
    std::shared_ptr<const Understanding> understanding;  // one for all rooms: it does not change
    std::unique_ptr<FrontDesk> desk;

private:
    const Staff* staff(const std::string& name) const;
    UnitId home_;  // where residents write from: a printed code of the community names it
    Heard hears(const Arrived& arrived);
    std::string text_of(const Message& message);
    Duties of_desk_;  // of the desk that is there now
    int deliveries_ = 0;
    Arrived last_;
    std::map<std::string, std::int64_t> seen_;                  // by resident: id of the newest message that was shown
    std::map<std::string, std::set<std::int64_t>> staff_seen_;  // by name: outbox rows
    std::set<std::int64_t> public_seen_;
    std::map<std::int64_t, std::int64_t> events_seen_;  // by ticket
};

}  // namespace huiyin::test
