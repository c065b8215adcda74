// Tickets that the engine led, stored again and again under other names: the cheapest way to very many that are real.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/bench/program.h"
#include "workflow/engine/engine.h"

namespace huiyin::bench {

template <class T>
T good(Result<T> result) {
    if (!result) throw std::runtime_error(result.problem().text);
    return std::move(*result);
}

struct Life {
    Ticket ticket;
    Details details;
    std::vector<Event> events;
    std::map<std::string, std::string> words;  // by text_id
};

// The demo community with the engine on it, while the program does not run.
class EngineHouse {
public:
    EngineHouse(const Program& program, const Clock& system);  // both must outlive it
    ~EngineHouse();
    EngineHouse(const EngineHouse&) = delete;
    EngineHouse& operator=(const EngineHouse&) = delete;

    static std::string phone(std::int64_t n);
    Person customer(std::int64_t n, TimePoint at);
    Conversation talk_of(const Person& person, std::int64_t n, TimePoint at);
    UnitId unit(const std::string& key) const { return directory->get()->unit_by_key(key)->id; }
    Party staff_named(const std::string& login) const { return staff(directory->get()->staff_by_login(login)->id); }

    // What the store holds of the ticket that it led.
    void look_back(Life& life);
    // The same life of the n-th customer, with those details.
    Ticket again(Transaction& tx, const Life& life, std::int64_t n, const std::string& number, Details details);

    IdMaker ids{7};
    std::unique_ptr<Store> store;
    std::unique_ptr<DirectoryHolder> directory;
    std::unique_ptr<Engine> engine;

private:
    std::unique_ptr<Policies> policies_;
    std::optional<Phrases> phrases_;
    PayloadKeys keys_{{std::string(32, 's')}};
    std::unique_ptr<SpeakerDesk> speaker_;
};

}  // namespace huiyin::bench
