// What each item of the customer service does, inside the unit of work that also saves how far was fetched.
#pragma once
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "channels/hearing.h"
#include "channels/wecom_kf/items.h"
#include "workflow/directory/directory.h"
#include "workflow/engine/speaker.h"
#include "workflow/phrases/phrases.h"

namespace huiyin {
class Engine;
}

namespace huiyin::kf {

struct NewsDeskParts {  // all must outlive it
    ChannelId channel;
    FrontDesk* desk = nullptr;
    const Engine* engine = nullptr;
    const SpeakerDesk* speaker = nullptr;
    const DirectoryHolder* directory = nullptr;
    const Phrases* phrases = nullptr;
    IdMaker* ids = nullptr;
    bool to_servicers = false;
    int window_pushes = 5;
};

struct News {  // one item, with what was worked out before the unit
    Item item;
    Understood understood;
    int too_fast = 0;  // seconds
    std::string raw;   // as it came
};

struct Handled {
    int messages = 0, repeated = 0, events = 0, unreadable = 0, history = 0, given_up = 0;
};

// Threads: the writer's, in units of work; no state but what cannot be handled.
class NewsDesk {
public:
    explicit NewsDesk(NewsDeskParts parts) : parts_(std::move(parts)), hearing_({parts_.desk, parts_.ids}) {}

    // All of a page, in order. What was written before `live_since` is kept and told to the front desk, and not
    // answered. Throws what the talk throws; `failing` then names the item. Items of `given_up` are kept as they came.
    Handled handle(Transaction& tx, const std::vector<News>& page, TimePoint live_since,
                   const std::set<std::string>& given_up, std::string& failing, TimePoint now,
                   TimePoint system_now) const;

private:
    struct Moment {
        Transaction& tx;
        TimePoint live_since, now, system_now;
        Handled& handled;
    };
    void handle(Moment& at, const News& news) const;
    void hear(Moment& at, const News& news) const;
    void keep_history(Moment& at, const Item& item) const;
    void entered(Moment& at, const News& news) const;
    void servicer_said(Moment& at, const Item& item) const;
    void session_changed(Moment& at, const Item& item) const;
    void recalled(Moment& at, const Item& item) const;
    void send_failed(Moment& at, const Item& item) const;
    bool claim(Moment& at, const Item& item, ConversationId conversation) const;
    Conversation opened(Moment& at, const Item& item) const;
    void say_by_code(Moment& at, Conversation& conversation, const Item& item, std::string words,
                     TimePoint until) const;
    StaffId staff_of(const std::string& userid) const;
    UnitId unit_of(const Item& item) const;
    NewsDeskParts parts_;
    Hearing hearing_;
};

}  // namespace huiyin::kf
