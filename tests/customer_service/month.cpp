// Thirty days of cases under the platform's real windows: five messages in 48 hours after he wrote, and no more. What
// must arrive arrives, or somebody calls; what it took is printed.
#include <catch2/catch.hpp>
#include <iostream>
#include <map>
#include <random>

#include "house.h"

using namespace huiyin;
using namespace huiyin::test;
using namespace std::chrono_literals;

namespace {

struct Customer {
    std::string id;
    TicketId ticket;
    int stage = 0;                // filed, accepted, proposed, resolved
    bool answers = true;          // or never writes again
    std::chrono::minutes next{};  // of the month: when staff go on
};

class Month {
public:
    explicit Month(unsigned seed) : chance_(seed) {}

    void lives(int days) {
        for (int day = 0; day < days; ++day) {
            const int fresh = 1 + below(3);
            std::vector<int> hours;
            for (int i = 0; i < fresh; ++i) hours.push_back(below(14));
            for (int hour = 0; hour < 14; ++hour) {  // from nine to eleven at night
                for (const int at : hours)
                    if (at == hour) begins();
                for (auto& one : customers) goes_on(one);
                steps(1h);
            }
            steps(10h);
        }
        steps(24h * 4);
        ends_waiting();
    }

    ServiceHouse house;
    std::vector<Customer> customers;
    int heard = 0;

private:
    int below(int most) { return static_cast<int>(chance_() % static_cast<unsigned>(most)); }
    void steps(std::chrono::minutes span) {
        house.passes(span);
        now_ += span;
    }
    std::string says(const Customer& who, const std::string& words) {
        ++heard;
        const auto told = house.says(who.id, words);
        return told.empty() ? std::string{} : told.back();
    }
    void begins() {
        Customer one;
        one.id = "wmMonth" + std::to_string(1000 + customers.size());
        one.answers = below(4) != 0;
        one.next = now_ + std::chrono::hours{1 + below(5)};
        const auto flat = std::to_string(1 + below(10)) + "栋" + std::to_string(1 + below(3)) + "单元" +
                          std::to_string(1 + below(18)) + "0" + std::to_string(1 + below(4));
        says(one, flat + "卫生间漏水,已经漏到楼下了,电话1381234" + std::to_string(1000 + customers.size()));
        const auto before = house.room.tickets().size();
        says(one, "对");
        const auto all = house.room.tickets();
        if (all.size() == before) return;
        one.ticket = all.back().id;
        customers.push_back(one);
    }
    void staff_does(const std::string& login, TicketId ticket, const std::string& name, const Json& fields) {
        house.room.world.in_unit_of_work([&](Transaction& tx) {
            Command command;
            command.name = name;
            command.by = staff(house.room.world.staff(login));
            command.fields = fields;
            (void)house.room.world.engine->execute(tx, ticket, command, house.room.world.now());
        });
        house.settles();
    }
    void goes_on(Customer& one) {
        if (now_ < one.next) return;
        one.next = now_ + std::chrono::hours{6 + below(40)};
        switch (one.stage++) {
            case 0:
                return staff_does(li, one.ticket, "accept", Json::object());
            case 1:
                staff_does(zhang, one.ticket, "propose", {{"text", "明天上午更换水管"}});
                if (one.answers) says(one, below(5) ? "同意" : "能不能今天");
                return;
            case 2:
                staff_does(zhang, one.ticket, "resolve", {{"text", "水管换好了"}});
                if (one.answers && below(3)) says(one, "真的好了");
                if (one.answers && below(3)) says(one, "5");
                return;
            default:
                if (one.answers && below(3) == 0) says(one, below(2) ? "查进度" : "催一下");
        }
    }
    // What is kept for a window's end goes there, or is given up.
    void ends_waiting() {
        for (int i = 0; i < 6 && !house.rows("waiting").empty(); ++i) steps(24h);
    }
    std::mt19937 chance_;
    std::chrono::minutes now_{};
};

bool must_arrive(const OutboxItem& row) {
    return row.priority <= Priority::deadline || row.key.rfind("passive:", 0) == 0;
}

}  // namespace

TEST_CASE("thirty days under the real windows: what must arrive arrives or is phoned, nothing is overspent") {
    Month month(20260302);
    month.lives(30);
    auto& house = month.house;
    REQUIRE(month.customers.size() > 30);

    std::map<std::string, int> rows;
    int phoned = 0, must_sent = 0, lost = 0;
    std::map<std::int64_t, bool> calls;  // rows about which somebody was asked to call
    house.room.world.store->read([&](Reading& reading) {
        for (const auto& customer : month.customers) {
            const auto all = reading.outbox_of(customer.ticket);
            for (const auto& row : all)
                if (row.key.rfind("call:", 0) == 0) calls[std::atoll(row.key.c_str() + 5)] = true;
            for (const auto& row : all) {
                if (row.channel != house.channel_id || !row.conversation) continue;
                ++rows[to_text(row.state)];
                if (!must_arrive(row)) continue;
                if (row.state == OutboxState::sent) {
                    ++must_sent;
                } else if (row.state == OutboxState::undeliverable && calls[row.id.value]) {
                    ++phoned;
                } else {
                    ++lost;
                    UNSCOPED_INFO(to_text(row.state)
                                  << " " << row.kind << " " << row.error_code << " " << row.said.text);
                }
            }
        }
    });
    CHECK(lost == 0);
    CHECK(rows["waiting"] == 0);
    CHECK(rows["sending"] == 0);
    CHECK(rows["dead"] == 0);
    CHECK(must_sent > 100);

    // On the dot of a window's end the platform may say no: its clock runs on while ours stands still.
    int sent = 0, refused = 0;
    std::map<int, int> by_code;
    for (const auto& call : house.platform.calls("/cgi-bin/kf/send_msg"))
        if (const auto code = call.at("errcode").get<int>())
            ++refused, ++by_code[code];
        else
            ++sent;
    CHECK(refused * 20 < sent);
    std::size_t shown = 0;
    std::map<std::string, int> of_each;
    for (const auto& one : house.platform.delivered())
        if (one.at("platform") == "kf") ++shown, ++of_each[one.at("to").get<std::string>()];
    std::cout << "thirty days: " << month.customers.size() << " cases, " << month.heard << " messages heard, " << shown
              << " sent (" << static_cast<double>(shown) / static_cast<double>(month.customers.size())
              << " a case), for " << must_sent << " notices that must arrive; " << phoned << " of those phoned; rows";
    for (const auto& [state, count] : rows) std::cout << ' ' << state << ' ' << count;
    for (const auto& [code, count] : by_code) std::cout << "; refused " << code << ' ' << count;
    std::cout << '\n';
    CHECK(sent > 0);
}
