// Names that cannot be mixed up: a ticket's id is never taken for a person's, and never for an int.
#pragma once
#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace huiyin {

template <class Tag, class Value = std::int64_t>
struct Strong {
    Value value{};
    friend auto operator<=>(const Strong&, const Strong&) = default;
    explicit operator bool() const { return value != Value{}; }  // a default one names nothing
};

using TicketId = Strong<struct TicketTag>;
using EventId = Strong<struct EventTag>;
using PersonId = Strong<struct PersonTag>;              // a resident, as known on the channels
using ConversationId = Strong<struct ConversationTag>;  // one person on one channel
using StaffId = Strong<struct StaffTag>;
using UnitId = Strong<struct UnitTag>;
using HouseholdId = Strong<struct HouseholdTag>;
using TextId = Strong<struct TextTag>;  // sealed words in `texts`
using OutboxId = Strong<struct OutboxTag>;
using PromptId = Strong<struct PromptTag>;
using ReminderId = Strong<struct ReminderTag>;
using AttachmentId = Strong<struct AttachmentTag, std::string>;  // 128 random bits as 32 hex digits
using ChannelId = Strong<struct ChannelTag, std::string>;        // "oa", as the configuration names it

template <class Tag>
std::string to_text(Strong<Tag, std::int64_t> id) {
    return std::to_string(id.value);
}

// Makes 63-bit ids that grow with time: milliseconds << 22 | node << 12 | counter.
// Threads: any. The n-th id of one millisecond beyond 4,096 borrows the next millisecond.
class IdMaker {
public:
    // node: 0..1023, different for every process that writes to one store.
    explicit IdMaker(int node);
    ~IdMaker();
    IdMaker(const IdMaker&) = delete;
    IdMaker& operator=(const IdMaker&) = delete;
    // at_ms: milliseconds since 1970 of the system clock; an id never goes back even if the clock does.
    std::int64_t next(std::int64_t at_ms);
    template <class Id>
    Id make(std::int64_t at_ms) {
        return Id{next(at_ms)};
    }

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace huiyin

template <class Tag, class Value>
struct std::hash<huiyin::Strong<Tag, Value>> {
    std::size_t operator()(const huiyin::Strong<Tag, Value>& id) const { return std::hash<Value>{}(id.value); }
};
