// A night lets go what has had its time and nothing else, goes on where it was cut off, and tells how much went.
#include "workflow/privacy/keeping_run.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/store/store_house.h"
#include "workflow/engine/spare_time.h"
#include "workflow/privacy/keeping_thread.h"
#include "workflow/store/driver.h"
#include "workflow/store/sqlite_driver.h"
#include "workflow/store/verify.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

constexpr auto day = std::chrono::hours(24);
const TimePoint night = nine + day * 1000;

struct Neighbour {  // a resident with a talk, who may have a ticket that ended
    PersonId person;
    Conversation talk;
    std::optional<Ticket> ticket = {};
};

Neighbour neighbour(House& house, Transaction& t, int number, TimePoint last_spoke) {
    Neighbour one;
    one.person = PersonId{1000 + number};
    Person person;
    person.id = one.person;
    person.name = "住户" + std::to_string(number);
    person.phone = std::to_string(13800000000 + number);
    person.created_at = last_spoke;
    t.save(person);
    one.talk = a_conversation(house, "openid-" + std::to_string(number));
    one.talk.person = one.person;
    one.talk.last_message = 1;
    one.talk.created_at = one.talk.updated_at = one.talk.last_inbound_at = last_spoke;
    t.save(one.talk);
    t.add(Message{1, one.talk.id, last_spoke, Speaker::resident, {.text = "水管漏了"}});
    t.save(Prompt{house.id<PromptId>(), one.talk.id, {}, "menu", "{}", "open", last_spoke, std::nullopt});
    return one;
}

void files(House& house, Transaction& t, Neighbour& one, TimePoint ended, const std::string& picture = {}) {
    auto ticket = a_ticket(house, "T" + std::to_string(one.person.value));
    ticket.customer = one.person;
    ticket.conversation = one.talk.id;
    ticket.opened_at = ended - day;
    ticket.phase = Phase::closed;
    ticket.closed_at = ticket.updated_at = ended;
    Details details;
    details.summary = "水管漏了";
    file_ticket(house, t, ticket, details);
    if (!picture.empty()) {
        Attachment a;
        a.id = AttachmentId{"a" + std::to_string(one.person.value)};
        a.ticket = ticket.id;
        a.conversation = one.talk.id;
        a.sha256 = picture;
        a.created_at = ended;
        t.save(a);
    }
    one.ticket = ticket;
}

void hold(Transaction& t, TicketId ticket, TimePoint since) {
    Hold hold;
    hold.id = 5;
    hold.ticket = ticket;
    hold.reason = "诉讼";
    hold.set_at = since;
    hold.until = night + day;
    t.keeping().save(hold);
}

void run_night(Store& store, TimePoint now, const KeepingPeriods& periods = {}) {
    KeepingRun run(store, periods);
    run.begin(now);
    int steps = 0;
    while (run.step(now, now)) REQUIRE(++steps < 10'000);
}

KeepingReport last_report(Store& store) {
    std::vector<KeepingReport> reports;
    store.read([&](Reading& reading) { reports = keeping_reports(reading); });
    REQUIRE_FALSE(reports.empty());
    return reports.front();
}

std::string saved_long_ago(Store& store, const std::string& bytes) {
    auto hash = store.saved_media(bytes);
    const struct timespec times[2]{{1'000'000'000, 0}, {1'000'000'000, 0}};
    REQUIRE(::utimensat(AT_FDCWD, store.media_path(hash)->c_str(), times, 0) == 0);
    return hash;
}

}  // namespace

TEST_CASE("after a night, words are gone at 24 months, pictures at 12, talks at 180 days, and the rest is as it was") {
    House house;
    auto& store = house.open();
    const auto old_picture = saved_long_ago(store, "old"), young_picture = saved_long_ago(store, "young");
    Neighbour two_years, a_year, fresh, talked_long_ago, talked_lately, comes_again;
    store.run([&](Transaction& t) {
        two_years = neighbour(house, t, 1, night - day * 740);
        files(house, t, two_years, night - day * 735, old_picture);
        a_year = neighbour(house, t, 2, night - day * 400);
        files(house, t, a_year, night - day * 380, old_picture);
        fresh = neighbour(house, t, 3, night - day * 20);
        files(house, t, fresh, night - day * 10, young_picture);
        talked_long_ago = neighbour(house, t, 4, night - day * 181);
        talked_lately = neighbour(house, t, 5, night - day * 120);
        comes_again = neighbour(house, t, 6, night - day * 3);  // an old ticket, and he spoke three days ago
        files(house, t, comes_again, night - day * 735);
    });
    run_night(store, night);
    store.read([&](Reading& reading) {
        // two years: words, name, talk and picture are gone; the ticket and its events stay
        CHECK(reading.ticket(two_years.ticket->id));
        CHECK(reading.details(two_years.ticket->details) == Details{});
        CHECK_FALSE(reading.conversation(two_years.talk.id));
        CHECK(reading.messages(two_years.talk.id, 0, 10).empty());
        CHECK_FALSE(reading.person(two_years.person));
        CHECK_FALSE(reading.attachment(AttachmentId{"a1001"}));
        // a year: the picture alone; its buttons had their days
        CHECK(reading.details(a_year.ticket->details).summary == "水管漏了");
        CHECK_FALSE(reading.attachment(AttachmentId{"a1002"}));
        CHECK(reading.conversation(a_year.talk.id));
        CHECK(reading.person(a_year.person)->name == "住户2");
        CHECK(reading.open_prompts(a_year.talk.id).empty());
        // fresh: all of it
        CHECK(reading.details(fresh.ticket->details).summary == "水管漏了");
        CHECK(reading.attachment(AttachmentId{"a1003"}));
        CHECK(reading.open_prompts(fresh.talk.id).size() == 1);
        // talks without a ticket
        CHECK_FALSE(reading.conversation(talked_long_ago.talk.id));
        CHECK_FALSE(reading.person(talked_long_ago.person));
        CHECK(reading.conversation(talked_lately.talk.id));
        CHECK(reading.open_prompts(talked_lately.talk.id).empty());
        CHECK(reading.messages(talked_lately.talk.id, 0, 10).size() == 1);
        // an old matter of somebody who still speaks with us: its words and his name, not the talk
        CHECK(reading.details(comes_again.ticket->details) == Details{});
        CHECK(reading.person(comes_again.person)->name.empty());
        CHECK(reading.conversation(comes_again.talk.id));
    });
    CHECK_FALSE(store.media_path(old_picture));
    CHECK(store.media_path(young_picture));
    CHECK(verify_chains(store).faults.empty());
    const auto report = last_report(store);
    CHECK(report.began == night);
    CHECK(report.ended == night);
    CHECK(report.gone.at("tickets") == 2);
    CHECK(report.gone.at("texts") == 2);
    CHECK(report.gone.at("attachments") == 2);
    CHECK(report.gone.at("files") == 1);
    CHECK(report.gone.at("conversations") == 2);
    CHECK(report.gone.at("prompts") == 4);
    // The next night finds nothing; ninety quiet days later the talk that was young is old.
    run_night(store, night + day);
    CHECK(last_report(store).gone.empty());
    run_night(store, night + day * 61);
    store.read([&](Reading& reading) { CHECK_FALSE(reading.conversation(talked_lately.talk.id)); });
}

TEST_CASE("nothing of a ticket under a hold goes, by however much time; when the hold is over it goes") {
    House house;
    auto& store = house.open();
    const auto picture = saved_long_ago(store, "evidence");
    Neighbour held;
    store.run([&](Transaction& t) {
        held = neighbour(house, t, 1, night - day * 900);
        files(house, t, held, night - day * 900, picture);
        hold(t, held.ticket->id, night - day * 800);
    });
    run_night(store, night);
    store.read([&](Reading& reading) {
        CHECK(reading.details(held.ticket->details).summary == "水管漏了");
        CHECK(reading.attachment(AttachmentId{"a1001"}));
        CHECK(reading.person(held.person)->name == "住户1");
        CHECK(reading.conversation(held.talk.id));
        CHECK(reading.messages(held.talk.id, 0, 10).size() == 1);
    });
    run_night(store, night + day * 2);
    store.read([&](Reading& reading) {
        CHECK(reading.details(held.ticket->details) == Details{});
        CHECK_FALSE(reading.attachment(AttachmentId{"a1001"}));
    });
    CHECK_FALSE(store.media_path(picture));
}

TEST_CASE("a file that no row came to need goes in a night") {
    House house;
    auto& store = house.open();
    const auto needed = saved_long_ago(store, "needed"), left = saved_long_ago(store, "left");
    store.run([&](Transaction& t) {
        auto one = neighbour(house, t, 1, night - day * 20);
        files(house, t, one, night - day * 10, needed);
    });
    run_night(store, night);
    CHECK(store.media_path(needed));
    CHECK_FALSE(store.media_path(left));
    CHECK(last_report(store).gone.at("files") == 1);
    store.read([&](Reading& reading) { CHECK(reading.kept().media_to_remove("", 10).empty()); });
}

TEST_CASE("other periods: what the operator keeps longer stays, what he keeps shorter goes") {
    House house;
    auto& store = house.open();
    Neighbour one;
    store.run([&](Transaction& t) {
        one = neighbour(house, t, 1, night - day * 740);
        files(house, t, one, night - day * 735);
    });
    KeepingPeriods longer;
    longer.ticket_months = 36;
    run_night(store, night, longer);
    store.read([&](Reading& reading) { CHECK(reading.details(one.ticket->details).summary == "水管漏了"); });
    KeepingPeriods shorter;
    shorter.ticket_months = 6;
    shorter.media_months = 3;
    run_night(store, night, shorter);
    store.read([&](Reading& reading) { CHECK(reading.details(one.ticket->details) == Details{}); });
}

TEST_CASE("a night that is killed at any step goes on where it was, and its report counts every row once") {
    const int steps = GENERATE(1, 2, 3, 4, 6, 8, 11);
    CAPTURE(steps);
    House house{""};
    constexpr int people = 60;
    std::vector<Neighbour> all;
    house.open().run([&](Transaction& t) {
        all.clear();
        for (int i = 0; i < people; ++i) {
            all.push_back(neighbour(house, t, i, night - day * 800));
            files(house, t, all.back(), night - day * 800);
        }
    });
    house.store.reset();
    const auto child = ::fork();
    if (child == 0) {
        IdMaker ids{0};
        auto opened = open_store(house.options(), ids);
        if (!opened) ::_exit(9);
        KeepingRun run(**opened, {});
        run.begin(night);
        for (int i = 0; i < steps; ++i) run.step(night, night);
        ::kill(::getpid(), SIGKILL);
        ::_exit(8);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    auto& store = house.open();
    store.read([&](Reading& reading) { REQUIRE(keeping_unfinished(reading)); });
    run_night(store, night + std::chrono::hours(1));
    store.read([&](Reading& reading) {
        CHECK_FALSE(keeping_unfinished(reading));
        for (const auto& one : all) {
            CHECK(reading.details(one.ticket->details) == Details{});
            CHECK_FALSE(reading.conversation(one.talk.id));
        }
    });
    const auto report = last_report(store);
    CHECK(report.began == night);
    CHECK(report.gone.at("tickets") == people);
    CHECK(report.gone.at("texts") == people);
    CHECK(report.gone.at("messages") == people);
    CHECK(report.gone.at("conversations") == people);
    CHECK(verify_chains(store).faults.empty());
}

TEST_CASE("what cannot be read is left, and the rest of the night goes on; once it can be read it goes, too") {
    House house{""};
    std::vector<Neighbour> all;
    house.open().run([&](Transaction& t) {
        all.clear();
        for (int i = 0; i < 9; ++i) {
            all.push_back(neighbour(house, t, i, night - day * 800));
            files(house, t, all.back(), night - day * 800);
        }
    });
    house.store.reset();
    const auto& spoilt = all[2];
    std::string kept;
    const auto put = [&](const std::string& bytes) {
        const auto driver = open_sqlite(house.file(), SqliteAccess::writing);
        const Sentence read{"SELECT words_sealed FROM texts WHERE text_id = $1"};
        if (Query row(*driver, read, spoilt.ticket->details.value); row.step() && kept.empty()) kept = row.text(0);
        const Sentence write{"UPDATE texts SET words_sealed = $1 WHERE text_id = $2"};
        driver->begin();
        CHECK(change(*driver, write, Bytes{bytes}, spoilt.ticket->details.value) == 1);
        driver->commit();
    };
    put("not sealed by us");
    run_night(house.open(), night);
    house.store->read([&](Reading& reading) {
        CHECK_FALSE(keeping_unfinished(reading));
        for (const auto& one : all)
            if (one.person != spoilt.person) {
                CHECK(reading.details(one.ticket->details) == Details{});
                CHECK_FALSE(reading.conversation(one.talk.id));
            }
        CHECK(reading.person(spoilt.person)->name == "住户2");
    });
    CHECK(last_report(*house.store).gone.at("tickets") == 8);
    CHECK(last_report(*house.store).gone.at("conversations") == 8);
    house.store.reset();
    put(kept);
    run_night(house.open(), night + day);
    house.store->read([&](Reading& reading) { CHECK(reading.details(spoilt.ticket->details) == Details{}); });
    CHECK(last_report(*house.store).gone.at("tickets") == 1);
}

TEST_CASE("what was sent and asked about a ticket under a hold stays; what was sent in a talk that is gone goes") {
    House house;
    auto& store = house.open();
    Neighbour held, free, gone;
    std::map<std::string, OutboxId> sent;
    store.run([&](Transaction& t) {
        sent.clear();
        held = neighbour(house, t, 1, night - day * 150);
        files(house, t, held, night - day * 150);
        free = neighbour(house, t, 2, night - day * 150);
        files(house, t, free, night - day * 150);
        gone = neighbour(house, t, 3, night - day * 200);
        for (auto* one : {&held, &free}) {
            t.save(Prompt{house.id<PromptId>(), one->talk.id, one->ticket->id, "fixed", "{}", "open", night - day * 150,
                          std::nullopt});
        }
        const auto add = [&](const char* name, const Neighbour& to, TimePoint at) {
            OutboxItem item;
            item.id = sent[name] = house.id<OutboxId>();
            item.channel = ChannelId{"oa"};
            item.conversation = to.talk.id;
            if (to.ticket) item.ticket = to.ticket->id;
            item.state = OutboxState::sent;
            item.created_at = at;
            item.sent_at = at;
            t.add(item);
        };
        add("held", held, night - day * 150);
        add("free", free, night - day * 150);
        add("young", free, night - day * 10);
        add("left over", gone, night - day * 10);
        hold(t, held.ticket->id, night - day * 100);
    });
    run_night(store, night);
    store.read([&](Reading& reading) {
        const auto asked = [&](const Neighbour& of) { return reading.open_prompts(of.talk.id).size(); };
        CHECK(asked(held) == 1);  // what it asked, not the menu
        CHECK(asked(free) == 0);
        CHECK(reading.outbox(sent["held"]));
        CHECK_FALSE(reading.outbox(sent["free"]));
        CHECK(reading.outbox(sent["young"]));
        CHECK_FALSE(reading.conversation(gone.talk.id));
        CHECK_FALSE(reading.outbox(sent["left over"]));
    });
    run_night(store, night + day * 100);
    store.read([&](Reading& reading) {
        CHECK(reading.open_prompts(held.talk.id).empty());
        CHECK_FALSE(reading.outbox(sent["held"]));
    });
}

TEST_CASE("a run is due once a day in the quiet hours; at any hour after a day and a half; at once when cut off") {
    const Zone zone;
    const auto at = [](const char* text) { return *parse_rfc3339(text); };
    const auto last = at("2026-03-02T02:10:00+08:00");
    CHECK_FALSE(keeping_due(std::nullopt, false, last, zone));
    CHECK_FALSE(keeping_due(last, false, at("2026-03-02T04:00:00+08:00"), zone));
    CHECK_FALSE(keeping_due(last, false, at("2026-03-03T01:59:00+08:00"), zone));
    CHECK(keeping_due(last, false, at("2026-03-03T02:00:00+08:00"), zone));
    CHECK_FALSE(keeping_due(last, false, at("2026-03-03T05:00:00+08:00"), zone));
    CHECK(keeping_due(last, false, at("2026-03-03T14:10:00+08:00"), zone));
    CHECK(keeping_due(last, true, at("2026-03-02T09:00:00+08:00"), zone));
}

// How long a night takes, and how long others wait meanwhile.
TEST_CASE("bench: a night's tickets go while others write", "[.bench]") {
    House house;
    auto& store = house.open();
    constexpr int people = 4000;
    for (int from = 0; from < people; from += 100)
        store.run([&](Transaction& t) {
            for (int i = from; i < from + 100; ++i) {
                auto one = neighbour(house, t, i, night - day * 800);
                files(house, t, one, night - day * 800);
            }
        });
    const auto writes = [&](const std::stop_token& stop, std::size_t most) {
        std::vector<double> waited;
        auto talk = a_conversation(house, "openid-x" + std::to_string(house.id<TextId>().value));
        while (!stop.stop_requested() && waited.size() < most) {
            const auto began = std::chrono::steady_clock::now();
            store.run([&](Transaction& t) {
                auto present = t.conversation(talk.id).value_or(talk);
                ++present.last_message;
                t.add(Message{present.last_message, talk.id, nine, Speaker::resident, {.text = "在吗"}});
                t.save(present);
            });
            waited.push_back(
                std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count());
        }
        std::sort(waited.begin(), waited.end());
        return waited;
    };
    const auto quiet = writes({}, 4000);
    std::vector<double> busy;
    std::jthread writer([&](const std::stop_token& stop) { busy = writes(stop, 1'000'000); });
    begin_counting(store, night - day * 2);
    const ManualClock clock{night};
    const auto began = std::chrono::steady_clock::now();
    KeepingRun run(store, {}, {});
    run.begin(night);
    SpareTime spare(store, clock, 0, {});
    spare.work({}, [&] { return run.step(night, night); });
    const auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    writer.request_stop();
    writer.join();
    const auto p99 = [](const std::vector<double>& all) { return all.empty() ? 0 : all[all.size() * 99 / 100]; };
    WARN(people << " tickets with their talks in " << took << " s (" << took / people * 1e6
                << " us each, with the rests it takes); a unit of somebody else waits p50 " << quiet[quiet.size() / 2]
                << " -> " << busy[busy.size() / 2] << " ms, p99 " << p99(quiet) << " -> " << p99(busy) << " ms");
}
