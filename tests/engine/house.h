// A house under any pack, with a store in a temporary folder and a clock that is moved by hand: the engine as the
// service runs it, without HTTP. Residents are on "oa" (a platform that is pushed to), staff on "app" (cards with
// buttons) and in the group "crew".
#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "workflow/directory/directory_file.h"
#include "workflow/engine/engine.h"
#include "workflow/engine/report_run.h"
#include "workflow/engine/timer.h"

namespace huiyin::test {

class House {
public:
    // A clock reads like "2026-03-02 09:00", in the pack's zone.
    House(std::shared_ptr<const Policy> pack, const DirectoryContent& content, const std::string& start);
    ~House();
    House(const House&) = delete;
    House& operator=(const House&) = delete;

    // Time, in the pack's zone. Moving it does what falls due on the way; gives how many reminders that were.
    TimePoint local(const std::string& text) const;
    std::string shown(TimePoint when) const;  // "2026-03-06 17:30"
    std::size_t moves_to(TimePoint when);
    std::size_t moves_to(const std::string& text) { return moves_to(local(text)); }
    std::size_t sweeps();
    TimePoint now() const { return service.now(); }

    struct Case {
        TicketId id;
        PersonId person;
        ConversationId conversation;
    };
    struct Resident {
        PersonId person;
        ConversationId conversation;  // none: known by telephone only
    };
    Resident resident_named(const std::string& name, const std::string& phone, bool with_chat = true);
    // The wish with the resident, his conversation and a flat of the community filled in.
    void dress(OpenTicket& wish, const Resident& who, const std::string& unit_key, const std::string& building,
               const std::string& unit, const std::string& room) const;
    Result<Case> opens(const OpenTicket& wish);
    // A command as the API reads it; `more`: fields that the pack adds to its moves.
    Result<Ticket> staff_does(const std::string& login, const Case& ticket, const std::string& command,
                              nlohmann::json fields, const std::vector<FieldSpec>& more);
    Result<Ticket> staff_does(const std::string& login, const Case& ticket, const std::string& command,
                              nlohmann::json fields);
    Result<Ticket> staff_does(const std::string& login, const Case& ticket, const std::string& command);
    Result<Ticket> resident_does(const Case& ticket, const std::string& command, nlohmann::json fields);
    Result<Ticket> resident_does(const Case& ticket, const std::string& command);
    // The resident taps the choice of that title in the newest open question. Throws if there is none.
    Result<Ticket> taps(const Case& ticket, const std::string& title);

    Ticket ticket(const Case& of);
    std::vector<Event> events(const Case& of);
    std::vector<Message> talk(ConversationId conversation);
    std::vector<OutboxItem> outbox(const Case& of);
    std::vector<OutboxItem> outbox_of_no_ticket();  // the newest: duties, and whatever else is about no ticket
    std::vector<Deadline> deadlines(const Case& of);
    StaffId staff(const std::string& login) const;
    void in_unit_of_work(const std::function<void(Transaction&)>& work);
    void
    restarts();  // nothing but the files remembers; whatever was made with the engine or the speaker is to be made anew

    std::filesystem::path folder;
    IdMaker ids{7};
    std::shared_ptr<const Policy> policy;
    ManualClock service, system;
    std::unique_ptr<Store> store;
    std::unique_ptr<DirectoryHolder> directory;
    std::unique_ptr<Policies> policies;
    std::shared_ptr<const Phrases> phrases;
    std::unique_ptr<PayloadKeys> keys;
    std::unique_ptr<SpeakerDesk> speaker;
    std::unique_ptr<Engine> engine;
    std::unique_ptr<ReportRun> reports;
    Duties duties;

private:
    void reopens_store();
    void wires();
    int residents_ = 0;
};

// A shipped pack by its id, read and checked once for all tests of the program. Throws what is wrong with it.
std::shared_ptr<const Policy> shipped_pack(const std::string& id);

}  // namespace huiyin::test
