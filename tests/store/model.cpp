// Random steps and restarts against a model in memory: the store never knows more or less than what was saved.
#include <catch2/catch.hpp>
#include <map>
#include <random>

#include "tests/store/store_house.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

struct Model {
    std::map<std::string, std::string> deliveries, settings;
    std::map<std::int64_t, std::vector<std::string>> messages;
    std::map<std::string, int> numbers;
    std::map<std::string, std::int64_t> reminders;  // name -> due
    struct Item {
        std::int64_t recipient;
        int priority;
        OutboxState state;
    };
    std::map<std::int64_t, Item> outbox;
};

class Walk {
public:
    explicit Walk(unsigned seed) : random_(seed) { house_.open(); }

    void step() {
        // Several changes in one unit; every fifth unit throws at its end and must leave nothing.
        auto next = model_;
        const bool fails = pick(5) == 0;
        const auto unit = [&](Transaction& t) {
            next = model_;  // a unit may be run again
            for (int n = 1 + pick(4); n > 0; --n) change(t, next);
            if (fails) throw std::runtime_error("undone");
        };
        if (fails) {
            CHECK_THROWS_WITH(house_.store->run(unit), "undone");
        } else {
            house_.store->run(unit);
            model_ = next;
        }
        if (pick(25) == 0) house_.open();
    }

    void compare() {
        house_.store->read([&](Reading& r) {
            for (int i = 0; i < 12; ++i) {
                const auto key = std::to_string(i);
                const auto delivery = r.delivery(ChannelId{"oa"}, {}, key);
                const auto expected = model_.deliveries.find(key);
                REQUIRE(delivery.has_value() == (expected != model_.deliveries.end()));
                if (delivery) REQUIRE(delivery->answer == expected->second);
                const auto setting = r.setting(key);
                REQUIRE(setting.value_or("none") == (model_.settings.count(key) ? model_.settings[key] : "none"));
            }
            for (std::int64_t talk = 1; talk <= 3; ++talk) {
                std::vector<std::string> said;
                for (const auto& message : r.messages(ConversationId{talk}, 0, 100000))
                    said.push_back(message.said.text);
                REQUIRE(said == model_.messages[talk]);
                const auto conversation = r.conversation(ConversationId{talk});
                REQUIRE((conversation ? conversation->last_message : 0) == static_cast<std::int64_t>(said.size()));
            }
            std::optional<TimePoint> first;
            for (const auto& [name, due] : model_.reminders)
                if (!first || from_ms(due) < *first) first = from_ms(due);
            REQUIRE(r.next_reminder(false) == first);
            for (const auto& [id, item] : model_.outbox) REQUIRE(r.outbox(OutboxId{id})->state == item.state);
        });
    }

private:
    int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }

    void change(Transaction& t, Model& model) {
        const auto key = std::to_string(pick(12));
        switch (pick(8)) {
            case 0: {
                const bool fresh = t.claim_delivery({ChannelId{"oa"}, key, {}, "first", nine});
                REQUIRE(fresh == model.deliveries.emplace(key, "first").second);
                break;
            }
            case 1:
                t.set_delivery_answer(ChannelId{"oa"}, {}, key, "answer" + key);
                if (model.deliveries.count(key)) model.deliveries[key] = "answer" + key;
                break;
            case 2:
                t.set_setting(key, std::to_string(random_()));
                model.settings[key] = *t.setting(key);
                break;
            case 3: {
                const ConversationId id{1 + pick(3)};
                auto& said = model.messages[id.value];
                auto talk = t.conversation(id).value_or(Conversation{});
                if (!talk.id) {
                    talk.id = id;
                    talk.channel = ChannelId{"oa"};
                    talk.address = "a" + std::to_string(id.value);
                }
                said.push_back(std::to_string(random_()));
                talk.last_message = static_cast<std::int64_t>(said.size());
                t.save(talk);
                t.add(Message{talk.last_message, id, nine, Speaker::bot, {.text = said.back()}});
                break;
            }
            case 4:
                REQUIRE(t.next_number(key) == ++model.numbers[key]);
                break;
            case 5: {
                const auto due = static_cast<std::int64_t>(pick(1000));
                t.set_reminder({{}, from_ms(due), false, TicketId{1}, {}, "deadline", key});
                model.reminders[key] = due;
                break;
            }
            case 6: {
                const auto now = static_cast<std::int64_t>(pick(1000));
                std::vector<std::pair<std::int64_t, std::string>> expected;
                for (const auto& [name, due] : model.reminders)
                    if (due <= now) expected.emplace_back(due, name);
                std::sort(expected.begin(), expected.end());
                if (expected.size() > 2) expected.resize(2);
                auto taken = t.take_due(from_ms(now), false, 2);
                REQUIRE(taken.size() == expected.size());
                for (std::size_t i = 0; i < taken.size(); ++i) {
                    REQUIRE(to_ms(taken[i].due_at) == expected[i].first);
                    REQUIRE(model.reminders.erase(taken[i].name) == 1);
                }
                break;
            }
            default:
                outbox(t, model);
                break;
        }
    }

    void outbox(Transaction& t, Model& model) {
        if (pick(2)) {
            OutboxItem item;
            item.id = house_.id<OutboxId>();
            item.channel = ChannelId{"oa"};
            item.staff = StaffId{1 + pick(3)};
            item.priority = static_cast<Priority>(pick(5));
            t.add(item);
            model.outbox[item.id.value] = {item.staff.value, static_cast<int>(item.priority), OutboxState::waiting};
            return;
        }
        for (auto& item : t.claim_outbox(ChannelId{"oa"}, nine, nine, 1 + pick(3))) {
            auto& known = model.outbox.at(item.id.value);
            REQUIRE(known.state == OutboxState::waiting);
            for (const auto& [id, other] : model.outbox) {
                if (other.recipient != known.recipient || id == item.id.value) continue;
                REQUIRE(other.state != OutboxState::sending);
                if (other.state == OutboxState::waiting) {
                    if (known.priority != 0) REQUIRE(other.priority != 0);
                    if ((other.priority == 0) == (known.priority == 0)) REQUIRE(id > item.id.value);
                }
            }
            known.state = OutboxState::sending;
        }
        for (auto& [id, item] : model.outbox)
            if (item.state == OutboxState::sending && pick(2)) {
                auto row = *t.outbox(OutboxId{id});
                row.state = item.state = pick(3) ? OutboxState::sent : OutboxState::waiting;
                t.save(row);
            }
    }

    House house_;
    Model model_;
    std::mt19937 random_;
};

}  // namespace

TEST_CASE("after any steps and restarts the store holds what was saved") {
    const auto seed = GENERATE(take(4, random(0, 1'000'000)));
    CAPTURE(seed);
    Walk walk(static_cast<unsigned>(seed));
    for (int i = 0; i < 120; ++i) {
        walk.step();
        if (i % 10 == 0) walk.compare();
    }
    walk.compare();
}
