// The demo community under property-group, with a store in a temporary folder and a clock that is moved by hand: the
// engine as the service runs it, without HTTP. Residents are on "oa" (a platform that is pushed to), staff on "app"
// (cards with buttons) and in the group "crew".
#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "workflow/engine/engine.h"
#include "workflow/engine/timer.h"

namespace huiyin::test {

inline const char* const li = "li.na";           // front desk
inline const char* const zhang = "zhang.qiang";  // engineering
inline const char* const wang = "wang.fang";     // centre manager
inline const char* const chen = "chen.gang";     // project centre
inline const char* const zhao = "zhao.min";      // quality centre

class World {
public:
    explicit World(const std::string& start = "2026-03-02 09:00");
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    // Time, in Shanghai. Moving it does what falls due on the way; gives how many reminders that were.
    static TimePoint at(const std::string& local);
    std::size_t moves_to(const std::string& local);
    std::size_t sweeps();
    TimePoint now() const { return service.now(); }

    struct Case {
        TicketId id;
        PersonId person;
        ConversationId conversation;
    };
    // A resident with a conversation of his own files: flat 3-2-501, a complaint about housing unless said otherwise.
    Case files(const std::string& summary, const std::function<void(OpenTicket&)>& change = {});
    Case phones(const std::string& summary);  // no conversation: the front desk opens it
    Result<Ticket> staff_does(const std::string& login, const Case& ticket, const std::string& command,
                              nlohmann::json fields = nlohmann::json::object());
    Result<Ticket> resident_does(const Case& ticket, const std::string& command,
                                 nlohmann::json fields = nlohmann::json::object());
    // The resident taps the choice of that title in the newest open question. Throws if there is none.
    Result<Ticket> taps(const Case& ticket, const std::string& title);

    Ticket ticket(const Case& of);
    std::vector<Event> events(const Case& of);
    std::vector<std::string> event_types(const Case& of);
    int count(const Case& of, const std::string& type);
    std::vector<Message> talk(const Case& of);
    std::string last_said(const Case& of);
    std::vector<OutboxItem> outbox(const Case& of);
    // What somebody's pushes about it said, oldest first.
    std::vector<std::string> heard(const std::string& login, const Case& of);
    std::vector<Deadline> deadlines(const Case& of);
    std::string due(const Case& of, const std::string& clock);  // "2026-03-06 17:30 running"; "" if there is none
    std::string shown(TimePoint when) const;                    // "2026-03-06 17:30"
    StaffId staff(const std::string& login) const;
    void in_unit_of_work(const std::function<void(Transaction&)>& work);

    std::filesystem::path folder;
    IdMaker ids{7};
    ManualClock service, system;
    std::unique_ptr<Store> store;
    std::shared_ptr<const Policy> policy;
    std::unique_ptr<DirectoryHolder> directory;
    std::unique_ptr<Policies> policies;
    std::unique_ptr<Phrases> phrases;
    std::unique_ptr<PayloadKeys> keys;
    std::unique_ptr<SpeakerDesk> speaker;
    std::unique_ptr<Engine> engine;
    Duties duties;

private:
    int residents_ = 0;
};

}  // namespace huiyin::test
