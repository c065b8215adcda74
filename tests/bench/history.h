// A store with very many tickets, each led by the engine or told again under other names after one that was.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/bench/program.h"
#include "workflow/engine/engine.h"

namespace huiyin::bench {

// What the n-th resident complains of: one or two lines of templates/utterances, the same for the same n.
class Words {
public:
    Words();
    std::string summary(std::int64_t n) const;
    static std::string label(std::int64_t n);
    static std::string phone(std::int64_t n);

private:
    std::vector<std::string> lines_;
};

class History {
public:
    // now: tickets are filed and accepted shortly before, so that their deadlines run for days.
    History(const Program& program, const Words& words, TimePoint now);
    ~History();
    // The n-th to the last before `until` are stored; gives how many that were when the time was over.
    std::int64_t grow(std::int64_t from, std::int64_t until, double seconds_at_most);
    // So many whose last day was a week ago, but nobody has looked yet: the first is due at `first`.
    std::vector<TicketId> fall_due(std::int64_t from, std::int64_t count, TimePoint first,
                                   std::chrono::microseconds apart);
    // How long it takes to find and take so many reminders that are due, µs; they are put back.
    double claim(TimePoint now, int most);

private:
    struct Life;
    Life lived(TimePoint filed_at, std::int64_t n);
    TicketId again(Transaction& tx, const Life& life, std::int64_t n, TimePoint due_at);
    void keep_words(Reading& reading, Life& life, const Json& data);
    static void say_again(Transaction& tx, const Life& life, const Ticket& ticket, Json& data);

    const Words& words_;
    const TimePoint now_;
    const std::string file_;
    IdMaker ids_{7};
    std::unique_ptr<Store> store_;
    SystemClock system_;
    DirectoryHolder directory_{nullptr};
    std::unique_ptr<Policies> policies_;
    std::optional<Phrases> phrases_;
    PayloadKeys keys_{{std::string(32, 's')}};
    std::unique_ptr<SpeakerDesk> speaker_;
    std::unique_ptr<Engine> engine_;
    std::vector<Life> lives_;
};

}  // namespace huiyin::bench
