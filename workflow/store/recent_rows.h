// Rows that were read or written lately, opened and parsed: what the next turn of a talk will ask for again.
//
// Only for the connection that alone writes (the store's lock sees to it that there is one). A unit of work puts its
// rows in when it stands; a group that is not committed clears all. Threads: the writer's.
#pragma once
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "workflow/base/recent.h"
#include "workflow/store/records.h"
#include "workflow/ticket/event.h"

namespace huiyin {

struct RecentRows {
    struct ClaimedKeys {  // of a talk: some deliveries as they were read, in any order, then those that came since
        std::vector<std::pair<std::string, TimePoint>> keys;
        bool all = true;  // there are no others
    };
    struct Talk {
        Conversation conversation;
        std::optional<std::vector<Prompt>> open_prompts;
        std::optional<ClaimedKeys> claimed;
    };
    struct Case {
        Ticket ticket;
        std::optional<std::vector<StoredEvent>> events;
    };
    struct OfPerson {  // newest first
        std::vector<TicketId> tickets;
        int limit = 0;  // as many were asked for; fewer than that are all
    };
    Recent<ConversationId, Talk> talks{2000};
    Recent<std::string, ConversationId> addresses{2000};  // channel, line feed, address
    Recent<PersonId, Person> people{2000};
    Recent<PersonId, OfPerson> tickets_of{2000};
    Recent<TicketId, Case> cases{1000};
    Recent<PersonId, TicketId> opened{2000};  // the last one of a person; its row may not be committed yet
    Recent<TextId, std::string> texts{1000};
    Recent<TextId, Details> details{1000};
    Recent<PersonId, std::vector<TimePoint>> surveys{2000};  // the latest first
    Recent<std::string, TimePoint> without_talk{1000};       // channel, line feed, key of no conversation: claimed then
    std::unordered_map<std::string, bool> any_without_talk;  // of a channel: are there deliveries of no conversation?
    Recent<std::string, int> numbers{500};                   // of a series, the last one
    Recent<std::string, std::optional<std::string>> settings{1000};

    void clear() {
        talks.clear();
        addresses.clear();
        people.clear();
        tickets_of.clear();
        cases.clear();
        opened.clear();
        texts.clear();
        details.clear();
        without_talk.clear();
        surveys.clear();
        any_without_talk.clear();
        numbers.clear();
        settings.clear();
    }
};

}  // namespace huiyin
