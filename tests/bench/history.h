// A store with very many tickets, each led by the engine or told again under other names after one that was.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/bench/lives.h"

namespace huiyin::bench {

// What the n-th resident complains of: one or two lines of templates/utterances, the same for the same n.
class Words {
public:
    Words();
    std::string summary(std::int64_t n) const;
    static std::string label(std::int64_t n);

private:
    std::vector<std::string> lines_;
};

class History {
public:
    // now: tickets are filed and accepted shortly before, so that their deadlines run for days.
    History(const Program& program, const Words& words, TimePoint now);
    // The n-th to the last before `until` are stored; gives how many that were when the time was over.
    std::int64_t grow(std::int64_t from, std::int64_t until, double seconds_at_most);
    // So many whose last day was a week ago, but nobody has looked yet: the first is due at `first`.
    std::vector<TicketId> fall_due(std::int64_t from, std::int64_t count, TimePoint first,
                                   std::chrono::microseconds apart);
    // How long it takes to find and take so many reminders that are due, µs; they are put back.
    double claim(TimePoint now, int most);

private:
    struct Running {
        Life life;
        std::optional<TimePoint> due_at;  // when to look again
    };
    Running lived(TimePoint filed_at, std::int64_t n);
    TicketId again(Transaction& tx, const Life& life, std::int64_t n, TimePoint due_at);

    const Words& words_;
    const TimePoint now_;
    const std::string file_;
    SystemClock system_;
    EngineHouse house_;
    std::vector<Running> lives_;
};

}  // namespace huiyin::bench
