// What a button carries: opaque, signed, short. A foreign or altered one reads as nothing.
//
// Residents: "p1." + base64url(prompt id, choice, first 12 bytes of HMAC-SHA256 over these and the conversation).
// Staff:     "s1." + base64url(ticket id, button, 12 bytes of HMAC-SHA256 over these): who tapped is proved by the
//            platform, what he may do by his roles.
// Both are at most 60 characters. Threads: any.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/base/digest.h"
#include "workflow/base/id.h"
#include "workflow/ticket/command.h"

namespace huiyin {

// Keys derived from the configured secrets, newest first: the newest signs, all are accepted.
class PayloadKeys {
public:
    explicit PayloadKeys(const std::vector<std::string>& secrets);

    std::string for_choice(ConversationId conversation, PromptId prompt, int choice) const;
    struct Pressed {
        PromptId prompt;
        int choice = 0;  // index into the prompt's choices
        friend bool operator==(const Pressed&, const Pressed&) = default;
    };
    // Nothing: no payload of ours, or not for this conversation.
    std::optional<Pressed> read_choice(ConversationId conversation, std::string_view payload) const;

    std::string for_staff(TicketId ticket,
                          std::string_view button) const;  // button: at most 10 bytes, see staff_button()
    struct StaffPressed {
        TicketId ticket;
        std::string button;
        friend bool operator==(const StaffPressed&, const StaffPressed&) = default;
    };
    std::optional<StaffPressed> read_staff(std::string_view payload) const;

private:
    std::vector<Hmac> choice_keys_, staff_keys_;
};

// A button of a staff push: its title and the command it stands for (`by` and `roles` are left to the caller).
struct StaffButton {
    std::string name, title;  // "accept", "受理"
    Command command;
};
// accept, return ("我这边接不了"), progress (a reply to the customer that work has begun), resolve, approve, take.
std::optional<StaffButton> staff_button(std::string_view name);

}  // namespace huiyin
