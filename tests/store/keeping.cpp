// What goes when its time is over: words, pictures and people go, and nothing finds them any more; chains, figures and
// everything of others stay.
#include "workflow/store/keeping.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "tests/store/store_house.h"
#include "workflow/store/search.h"
#include "workflow/store/sqlite_driver.h"
#include "workflow/store/verify.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

const TimePoint long_after = nine + std::chrono::hours(24 * 800);

// A ticket that ended at that moment, with words, a note and the customer's name.
Ticket ended_ticket(House& house, Transaction& t, const std::string& number, TimePoint at, PersonId customer,
                    const std::string& summary) {
    auto ticket = a_ticket(house, number);
    ticket.customer = customer;
    ticket.phase = Phase::closed;
    ticket.closed_at = ticket.updated_at = at;
    Details details;
    details.summary = summary;
    details.contact_name = "王秀英";
    details.contact_phone = "13812345678";
    file_ticket(house, t, ticket, details);
    return ticket;
}

std::vector<std::string> found_by(Store& store, const std::string& words) {
    std::vector<std::string> numbers;
    store.read([&](Reading& reading) {
        TicketFilter filter;
        filter.units = {UnitId{7}};
        filter.words = words;
        for (const auto& row : reading.tickets(filter).items) numbers.push_back(row.ticket.number);
    });
    return numbers;
}

void make_old(const std::string& file) {
    const struct timespec times[2]{{1'000'000'000, 0}, {1'000'000'000, 0}};
    REQUIRE(::utimensat(AT_FDCWD, file.c_str(), times, 0) == 0);
}

std::int64_t rows(const Gone& gone, const std::string& name) {
    const auto found = gone.find(name);
    return found == gone.end() ? 0 : found->second;
}

}  // namespace

TEST_CASE("tickets are found in the order of their ends, by what of them is kept; whoever goes on is not found") {
    House house;
    auto& store = house.open();
    std::vector<TicketId> ids;
    store.run([&](Transaction& t) {
        ids.clear();
        for (int i = 0; i < 5; ++i)
            ids.push_back(
                ended_ticket(house, t, "T" + std::to_string(i), nine + Milliseconds{i / 2}, PersonId{4}, "漏水").id);
        auto open = a_ticket(house, "T9");
        file_ticket(house, t, open, {});
    });
    std::vector<TicketId> found;
    store.read([&](Reading& reading) {
        EndedTicket after;
        for (;;) {
            const auto page = reading.kept().ended(KeptStage::all, after, nine + Milliseconds{1}, 3);
            if (page.empty()) break;
            for (const auto& each : page) found.push_back(each.ticket);
            after = page.back();
        }
    });
    CHECK(found == std::vector<TicketId>(ids.begin(), ids.begin() + 4));
    store.run([&](Transaction& t) { t.keeping().drop_media(ids[0]); });
    store.read([&](Reading& reading) {
        auto& kept = reading.kept();
        CHECK(kept.ended(KeptStage::all, {}, long_after, 10).size() == 4);
        REQUIRE(kept.ended(KeptStage::media_gone, {}, long_after, 10).size() == 1);
        auto stage = KeptStage::all;
        REQUIRE(kept.end_of(ids[0], stage));
        CHECK(stage == KeptStage::media_gone);
    });
    // Whatever changes a ticket makes it due anew.
    store.run([&](Transaction& t) {
        auto ticket = *t.ticket(ids[0]);
        const auto event = an_event(house, 2, ticket.last_hash, "ticket.reopened");
        ticket.version = 2;
        ticket.last_hash = event.hash;
        ticket.phase = Phase::working;
        t.save(ticket, 1, {event}, {house.id<EventId>()});
    });
    store.read([&](Reading& reading) {
        auto stage = KeptStage::all;
        CHECK_FALSE(reading.kept().end_of(ids[0], stage));
        CHECK(reading.kept().ended(KeptStage::media_gone, {}, long_after, 10).empty());
    });
}

TEST_CASE("erased words are read by nobody and found by no search; chains fit and others keep theirs") {
    House house;
    auto& store = house.open();
    Ticket gone, other;
    TextId note;
    store.run([&](Transaction& t) {
        gone = ended_ticket(house, t, "T1", nine, PersonId{4}, "楼上邻居的猫半夜跑酷");
        other = ended_ticket(house, t, "T2", nine, PersonId{5}, "楼上邻居的猫半夜跑酷");
        note = t.add_text("他家电话 13812345678", gone.id, {}, nine);
        OutboxItem item;
        item.id = house.id<OutboxId>();
        item.channel = ChannelId{"oa"};
        item.ticket = gone.id;
        item.state = OutboxState::sent;
        item.said.text = "猫的事";
        item.sent_at = nine;
        t.add(item);
    });
    CHECK(found_by(store, "跑酷").size() == 2);
    const bool folded = GENERATE(false, true);
    CAPTURE(folded);
    if (folded) {  // its words lie in a portion with those of five hundred others
        store.run([&](Transaction& t) {
            for (int i = 0; i < words_portion; ++i)
                ended_ticket(house, t, "U" + std::to_string(i), nine, PersonId{6}, "猫跑酷 " + std::to_string(i));
        });
        // The writer folds when it has nothing to do; a commit of its own comes after that.
        const auto fresh = [&] {
            const auto driver = house.schema.empty() ? open_sqlite(house.file(), SqliteAccess::reading) : nullptr;
            if (!driver) return std::int64_t{0};
            const Sentence count{"SELECT COUNT(*) FROM ticket_words"};
            Query row(*driver, count);
            return row.step() ? row.integer(0) : -1;
        };
        for (int i = 0; i < 5000 && fresh() >= words_portion; ++i) store.run([](Transaction&) {});
        REQUIRE(fresh() < words_portion);
    }
    Gone went;
    store.run([&](Transaction& t) {
        CHECK_FALSE(t.details(gone.details).summary.empty());  // so that it is among the rows that were read lately
        went = t.keeping().erase_words({gone.id});
        CHECK(t.text(note).empty());
    });
    CHECK(rows(went, "texts") == 2);
    CHECK(rows(went, "outbox") == 1);
    const auto look = [&](Reading& reading) {
        CHECK(reading.details(gone.details) == Details{});
        CHECK(reading.text(note).empty());
        CHECK(reading.details(other.details).summary == "楼上邻居的猫半夜跑酷");
        CHECK(reading.tickets_of(PersonId{4}, 10).empty());
        CHECK(reading.tickets_of(PersonId{5}, 10).size() == 1);
        CHECK_FALSE(reading.kept().first_kept_ticket(PersonId{4}));
        CHECK(reading.ticket(gone.id)->number == "T1");
    };
    store.run([&](Transaction& t) { look(t); });
    store.read(look);
    CHECK(found_by(store, "半夜跑酷") == std::vector<std::string>{"T2"});
    CHECK(found_by(store, "T1").size() <= 1);
    CHECK(verify_chains(store).faults.empty());
    if (!house.schema.empty()) return;
    // Not a pair of characters leads to it any more.
    store.stop();
    house.store.reset();
    const auto driver = open_sqlite(house.file(), SqliteAccess::reading);
    std::string id(8, '\0');
    std::memcpy(id.data(), &gone.id.value, 8);
    const Sentence portions{"SELECT ticket_ids FROM word_portions WHERE pair_index >= 0"};
    Query row(*driver, portions);
    while (row.step()) {
        const auto ids = row.text(0);
        for (std::size_t at = 0; at < ids.size(); at += 8) CHECK(ids.compare(at, 8, id) != 0);
    }
}

TEST_CASE("words that look like details are words, and go like any others") {
    House house;
    auto& store = house.open();
    Ticket ticket;
    std::vector<TextId> notes;
    store.run([&](Transaction& t) {
        notes.clear();
        ticket = ended_ticket(house, t, "T1", nine, PersonId{4}, "楼上邻居的猫半夜跑酷");
        for (const char* note : {R"({"summary":1})", R"({"wish":5})", "[]", "{"})
            notes.push_back(t.add_text(note, ticket.id, {}, nine));
    });
    store.run([&](Transaction& t) { CHECK(rows(t.keeping().erase_words({ticket.id}), "texts") == 5); });
    store.read([&](Reading& reading) {
        CHECK(reading.details(ticket.details) == Details{});
        for (const auto note : notes) CHECK(reading.text(note).empty());
    });
    CHECK(found_by(store, "半夜跑酷").empty());
}

TEST_CASE("a ticket's words go but for those of others; a part goes alone, and the ticket's time goes on") {
    House house;
    auto& store = house.open();
    Ticket ticket;
    TextId own, other;
    store.run([&](Transaction& t) {
        ticket = ended_ticket(house, t, "T1", nine, PersonId{4}, "楼上邻居的猫半夜跑酷");
        own = t.add_text("我家孩子睡不着", ticket.id, {}, nine);
        other = t.add_text("我家也是", ticket.id, {}, nine);
        for (const char* id : {"a1", "a2"}) {
            Attachment a;
            a.id = AttachmentId{id};
            a.ticket = ticket.id;
            a.kind = "image";
            a.sha256 = id;
            a.created_at = nine;
            t.save(a);
        }
    });
    PartOfTicket of_others;
    of_others.texts.insert(other);
    of_others.pictures.insert(AttachmentId{"a2"});
    store.run([&](Transaction& t) {
        const auto gone = t.keeping().erase_words_but(ticket.id, of_others);
        CHECK(rows(gone, "texts") == 2);
        CHECK(rows(gone, "attachments") == 1);
    });
    CHECK(found_by(store, "半夜跑酷").empty());
    store.read([&](Reading& reading) {
        CHECK(reading.details(ticket.details) == Details{});
        CHECK(reading.text(own).empty());
        CHECK(reading.text(other) == "我家也是");
        CHECK_FALSE(reading.attachment(AttachmentId{"a1"}));
        CHECK(reading.attachment(AttachmentId{"a2"}));
        CHECK(reading.tickets_of(PersonId{4}, 10).empty());
        // Its time goes on for what is left.
        CHECK(reading.kept().ended(KeptStage::all, {}, long_after, 10).size() == 1);
    });
    store.run([&](Transaction& t) {
        CHECK(rows(t.keeping().erase_part(ticket.id, of_others), "texts") == 1);
        CHECK(t.text(other).empty());
        CHECK_FALSE(t.attachment(AttachmentId{"a2"}));
        CHECK(t.keeping().media_to_remove("", 10).size() == 2);
    });
}

TEST_CASE("what was sealed is not in the file any more") {
    House house{""};
    TextId text;
    Ticket ticket;
    house.open().run([&](Transaction& t) {
        ticket = ended_ticket(house, t, "T1", nine, PersonId{4}, "漏水");
        text = t.add_text(std::string(900, 'w'), ticket.id, {}, nine);
    });
    house.store.reset();
    std::string sealed;
    {
        const auto driver = open_sqlite(house.file(), SqliteAccess::reading);
        const Sentence words{"SELECT words_sealed FROM texts WHERE length(words_sealed) > 900"};
        Query row(*driver, words);
        REQUIRE(row.step());
        sealed = row.text(0);
    }
    const auto piece = sealed.substr(40, 200);
    REQUIRE(bytes_of(house.file()).find(piece) != std::string::npos);
    house.open().run([&](Transaction& t) { t.keeping().erase_words({ticket.id}); });
    house.store.reset();
    CHECK(bytes_of(house.file()).find(piece) == std::string::npos);
    CHECK_FALSE(std::filesystem::exists(house.file() + "-wal"));
}

TEST_CASE("while the store is open, what went is soon in none of its files") {
    House house{""};
    auto& store = house.open();
    Ticket ticket;
    const std::string words(60'000, 'w');  // too long for any page that is used again by chance
    store.run([&](Transaction& t) {
        ticket = ended_ticket(house, t, "T1", nine, PersonId{4}, "漏水");
        t.add_text(words, ticket.id, {}, nine);
    });
    std::string sealed;
    {
        const auto driver = open_sqlite(house.file(), SqliteAccess::reading);
        const Sentence longest{"SELECT words_sealed FROM texts ORDER BY length(words_sealed) DESC LIMIT 1"};
        Query row(*driver, longest);
        REQUIRE(row.step());
        sealed = row.text(0);
    }
    const auto piece = sealed.substr(30'000, 200);
    const auto wal = house.file() + "-wal";
    const auto is_there = [&] {
        return bytes_of(house.file()).find(piece) != std::string::npos ||
               bytes_of(wal).find(piece) != std::string::npos;
    };
    REQUIRE(is_there());
    store.run([&](Transaction& t) { t.keeping().erase_words({ticket.id}); });
    CHECK(is_there());  // the log has it still
    store.run([&](Transaction& t) { t.keeping().wipe_log(); });
    for (int i = 0; i < 2000 && is_there(); ++i) store.run([](Transaction&) {});  // it is done when nobody waits
    CHECK_FALSE(is_there());
    store.run([&](Transaction& t) { CHECK(t.ticket(ticket.id)->number == "T1"); });
    CHECK(verify_chains(store).faults.empty());
}

TEST_CASE("a picture goes with its row; a file that another row needs stays, and one saved a moment ago waits") {
    House house;
    auto& store = house.open();
    const auto shared = store.saved_media("the same picture"), alone = store.saved_media("another picture");
    Ticket first, second;
    const auto add = [&](Transaction& t, const char* id, TicketId ticket, const std::string& hash) {
        Attachment a;
        a.id = AttachmentId{id};
        a.ticket = ticket;
        a.kind = "image";
        a.sha256 = hash;
        a.created_at = nine;
        t.save(a);
    };
    store.run([&](Transaction& t) {
        first = ended_ticket(house, t, "T1", nine, PersonId{4}, "漏水");
        second = ended_ticket(house, t, "T2", nine, PersonId{5}, "漏水");
        add(t, "a1", first.id, shared);
        add(t, "a2", first.id, alone);
        add(t, "a3", second.id, shared);
    });
    store.run([&](Transaction& t) { CHECK(rows(t.keeping().drop_media(first.id), "attachments") == 2); });
    store.read([&](Reading& reading) {
        CHECK_FALSE(reading.attachment(AttachmentId{"a1"}));
        CHECK(reading.attachment(AttachmentId{"a3"}));
        auto noted = reading.kept().media_to_remove("", 10);
        CHECK(noted.size() == 2);
        CHECK(reading.kept().media_wanted(shared));
        CHECK_FALSE(reading.kept().media_wanted(alone));
    });
    CHECK_FALSE(store.remove_media(alone));  // whoever saved it may be about to save its row
    CHECK(store.media_path(alone));
    make_old(*store.media_path(alone));
    CHECK(store.remove_media(alone));
    CHECK_FALSE(store.media_path(alone));
    CHECK(store.remove_media(alone));  // again does no harm
    make_old(*store.media_path(shared));
    CHECK(store.saved_media("the same picture") == shared);  // found again: young again
    CHECK_FALSE(store.remove_media(shared));
    store.run([&](Transaction& t) { t.keeping().media_removed(alone); });
    store.read([&](Reading& reading) { CHECK(reading.kept().media_to_remove("", 10).size() == 1); });
}

TEST_CASE(
    "a file is noted before it is saved, so that one which no row comes to need is found; what was begun long ago "
    "is swept at the next start") {
    House house{""};
    const auto hash = house.open().saved_media("no row needs it");
    house.store->read([&](Reading& reading) {
        CHECK(reading.kept().media_to_remove("", 10) == std::vector<std::string>{hash});
        CHECK_FALSE(reading.kept().media_wanted(hash));
    });
    const auto whole = *house.store->media_path(hash);
    const auto old = whole + ".1234.part", young = whole + ".5678.part";
    write_bytes(old, "half");
    write_bytes(young, "half");
    make_old(old);
    make_old(whole);
    house.store.reset();
    house.open();
    CHECK_FALSE(std::filesystem::exists(old));
    CHECK(std::filesystem::exists(young));
    CHECK(std::filesystem::exists(whole));
}

TEST_CASE("a talk goes whole, in pieces; the person goes with it, and whoever writes again is somebody new") {
    House house;
    auto& store = house.open();
    auto talk = a_conversation(house, "openid-1");
    talk.person = PersonId{4};
    talk.last_message = 250;
    const auto other = a_conversation(house, "openid-2");
    TextId draft;
    store.run([&](Transaction& t) {
        Person person;
        person.id = PersonId{4};
        person.name = "王秀英";
        person.phone = "13812345678";
        person.phone_confirmed = true;
        t.save(person);
        t.save(talk);
        t.save(other);
        for (int i = 1; i <= 250; ++i)
            t.add(Message{i, talk.id, nine, Speaker::resident, {.text = "第" + std::to_string(i) + "句"}});
        t.save(Prompt{house.id<PromptId>(), talk.id, {}, "menu", "{}", "open", nine, std::nullopt});
        draft = t.add_text("草稿", {}, talk.id, nine);
        t.claim_delivery({ChannelId{"oa"}, "24800000000000001", talk.id, "[]", nine});
        t.set_reminder({{}, nine, false, {}, talk.id, "draft", "one"});
    });
    store.read([&](Reading& reading) {
        const auto due = reading.kept().talks_looked_at({}, nine, 10);
        REQUIRE(due.size() == 2);
        CHECK(reading.kept().talks_looked_at(due[0], nine, 10).size() == 1);
        CHECK(reading.kept().talks_looked_at({}, nine - Milliseconds{1}, 10).empty());
    });
    store.run([&](Transaction& t) { t.keeping().look_again(other.id, long_after); });
    Gone gone;
    bool whole = false;
    int pieces = 0;
    for (; !whole && pieces < 10; ++pieces)
        store.run([&](Transaction& t) { whole = t.keeping().drop_talk(talk.id, 100, gone); });
    CHECK(pieces == 3);
    CHECK(rows(gone, "messages") == 250);
    CHECK(rows(gone, "conversations") == 1);
    store.run([&](Transaction& t) {
        CHECK(t.conversations_of(PersonId{4}).empty());
        CHECK(rows(t.keeping().drop_person(PersonId{4}), "people") == 1);
    });
    const auto look = [&](Reading& reading) {
        CHECK_FALSE(reading.conversation(talk.id));
        CHECK_FALSE(reading.conversation_at(ChannelId{"oa"}, "openid-1"));
        CHECK(reading.messages(talk.id, 0, 10).empty());
        CHECK(reading.open_prompts(talk.id).empty());
        CHECK(reading.text(draft).empty());
        CHECK_FALSE(reading.person(PersonId{4}));
        CHECK_FALSE(reading.person_with_phone("13812345678"));
        CHECK_FALSE(reading.next_reminder(false));
        CHECK(reading.conversation(other.id));
        CHECK(reading.kept().talks_looked_at({}, nine, 10).empty());
    };
    store.run([&](Transaction& t) { look(t); });
    store.read(look);
    store.run([&](Transaction& t) {
        auto again = a_conversation(house, "openid-1");
        again.last_message = 1;
        t.save(again);
        t.add(Message{1, again.id, nine, Speaker::resident, {.text = "又来了"}});
        CHECK(t.claim_delivery({ChannelId{"oa"}, "24800000000000002", again.id, "[]", nine}));
    });
    store.read([&](Reading& reading) {
        const auto again = reading.conversation_at(ChannelId{"oa"}, "openid-1");
        REQUIRE(again);
        CHECK(again->id != talk.id);
    });
}

TEST_CASE("who writes at the moment at which his talk goes loses nothing: units of one group see each other") {
    House house;
    auto& store = house.open();
    const auto talk = a_conversation(house, "openid-1");
    store.run([&](Transaction& t) { t.save(talk); });
    for (int round = 0; round < 50; ++round) {
        Held held(store);
        std::vector<std::promise<Outcome>> done(3);
        const auto submit = [&](std::size_t i, Store::Unit unit) {
            store.submit(std::move(unit),
                         [&done, i](Outcome outcome, const std::exception_ptr&) { done[i].set_value(outcome); });
        };
        const auto speak = [&](Transaction& t) {
            auto present = t.conversation_at(ChannelId{"oa"}, "openid-1");
            if (!present) present = a_conversation(house, "openid-1");
            ++present->last_message;
            t.add(Message{present->last_message, present->id, nine, Speaker::resident, {.text = "在吗"}});
            t.save(*present);
        };
        submit(0, speak);
        submit(1, [&](Transaction& t) {
            Gone gone;
            if (const auto present = t.conversation_at(ChannelId{"oa"}, "openid-1"))
                t.keeping().drop_talk(present->id, 100, gone);
        });
        submit(2, speak);
        held.let_go();
        for (auto& one : done) CHECK(one.get_future().get() == Outcome::saved);
        store.read([&](Reading& reading) {
            const auto present = reading.conversation_at(ChannelId{"oa"}, "openid-1");
            REQUIRE(present);
            CHECK(present->last_message == 1);
            CHECK(reading.messages(present->id, 0, 10).size() == 1);
        });
    }
}

TEST_CASE("messages of an old ticket go from a talk that goes on") {
    House house;
    auto& store = house.open();
    auto talk = a_conversation(house, "openid-1");
    talk.last_message = 10;
    store.run([&](Transaction& t) {
        t.save(talk);
        for (int i = 1; i <= 10; ++i)
            t.add(Message{i, talk.id, after(i * 1000), Speaker::resident, {.text = std::to_string(i)}});
    });
    store.run([&](Transaction& t) {
        CHECK(rows(t.keeping().forget_messages(talk.id, after(6000), 3), "messages") == 3);
        CHECK(rows(t.keeping().forget_messages(talk.id, after(6000), 3), "messages") == 2);
        CHECK(t.keeping().forget_messages(talk.id, after(6000), 3).empty());
    });
    store.read([&](Reading& reading) { CHECK(reading.messages(talk.id, 0, 20).front().said.text == "6"); });
}

TEST_CASE("a hold is in force until its end or until it is lifted") {
    House house;
    auto& store = house.open();
    Hold hold;
    hold.id = 77;
    hold.ticket = TicketId{5};
    hold.reason = "诉讼：(2026)沪01民初1号";
    hold.set_by = StaffId{3};
    hold.set_at = nine;
    hold.until = after(1000);
    store.run([&](Transaction& t) { t.keeping().save(hold); });
    store.read([&](Reading& reading) {
        auto& kept = reading.kept();
        CHECK(kept.is_held(TicketId{5}, nine));
        CHECK_FALSE(kept.is_held(TicketId{6}, nine));
        CHECK_FALSE(kept.is_held(TicketId{5}, after(1000)));
        REQUIRE(kept.holds_of(TicketId{5}).size() == 1);
        CHECK(kept.holds_of(TicketId{5})[0].reason == hold.reason);
        CHECK(kept.holds_in_force(nine, 10).size() == 1);
    });
    hold.lifted_at = after(10);
    hold.lifted_by = StaffId{4};
    hold.lift_reason = "撤诉";
    store.run([&](Transaction& t) { t.keeping().save(hold); });
    store.read([&](Reading& reading) {
        auto& kept = reading.kept();
        CHECK_FALSE(kept.is_held(TicketId{5}, after(20)));
        CHECK(kept.holds_in_force(after(20), 10).empty());
        CHECK(kept.holds_of(TicketId{5})[0].lift_reason == "撤诉");
    });
    store.run([&](Transaction& t) {
        CHECK(t.keeping().drop_holds(after(1000)).empty());
        CHECK(rows(t.keeping().drop_holds(after(1001)), "holds") == 1);
    });
}

TEST_CASE("what waits to be said goes with the talk; what was said to a resident goes by itself, on its way it stays") {
    House house;
    auto& store = house.open();
    const auto talk = a_conversation(house, "openid-1"), other = a_conversation(house, "openid-2");
    std::map<std::string, OutboxId> ids;
    store.run([&](Transaction& t) {
        ids.clear();
        t.save(talk);
        t.save(other);
        const auto add = [&](const char* name, ConversationId to, OutboxState state) {
            OutboxItem item;
            item.id = ids[name] = house.id<OutboxId>();
            item.channel = ChannelId{"oa"};
            item.conversation = to;
            item.state = state;
            item.created_at = nine;
            t.add(item);
        };
        add("waits", talk.id, OutboxState::waiting);
        add("sent", talk.id, OutboxState::sent);
        add("under way", talk.id, OutboxState::sending);
        add("another's", other.id, OutboxState::waiting);
        add("to staff", {}, OutboxState::sent);
    });
    store.read([&](Reading& reading) {
        CHECK(reading.kept().is_owed(talk));
        for (const auto& one : reading.kept().outbox_ends({}, 10)) CHECK_FALSE(one.left_over);
    });
    Gone gone;
    store.run([&](Transaction& t) { CHECK(t.keeping().drop_talk(talk.id, 100, gone)); });
    CHECK(rows(gone, "outbox") == 1);
    store.read([&](Reading& reading) {
        CHECK_FALSE(reading.kept().is_owed(talk));
        CHECK_FALSE(reading.outbox(ids["waits"]));
        CHECK(reading.outbox(ids["another's"]));
        for (const auto& one : reading.kept().outbox_ends({}, 10))
            CHECK(one.left_over == (one.conversation == talk.id));
    });
    store.run([&](Transaction& t) {
        std::vector<OutboxId> all;
        for (const auto& [name, id] : ids) all.push_back(id);
        CHECK(rows(t.keeping().drop_said(all), "outbox") == 2);
        CHECK(t.outbox(ids["under way"]));
        CHECK(t.outbox(ids["to staff"]));
    });
}

TEST_CASE("requests come back as they were noted, what is due first; who was erased is remembered") {
    House house;
    auto& store = house.open();
    const auto request = [&](std::int64_t id, TimePoint due) {
        PrivacyRequest one;
        one.id = id;
        one.person = PersonId{id % 2 + 1};
        one.conversation = ConversationId{9};
        one.kind = "erase";
        one.wish = "请删掉我的电话";
        one.asked_at = nine;
        one.due_at = due;
        return one;
    };
    store.run([&](Transaction& t) {
        t.keeping().save(request(1, after(30)));
        t.keeping().save(request(2, after(20)));
        t.keeping().save(request(3, after(10)));
    });
    auto decided = request(2, after(20));
    decided.state = "refused";
    decided.decided_at = after(5);
    decided.decided_by = StaffId{8};
    decided.reason = "还在诉讼中";
    store.run([&](Transaction& t) {
        t.keeping().save(decided);
        t.keeping().note_erased(PersonId{2}, after(6));
    });
    store.read([&](Reading& reading) {
        auto& kept = reading.kept();
        const auto open = kept.open_requests(10, {}).items;
        REQUIRE(open.size() == 2);
        CHECK(open[0].id == 3);
        CHECK(open[0].wish == "请删掉我的电话");
        CHECK(kept.privacy_request(2)->reason == "还在诉讼中");
        CHECK(kept.privacy_requests_of(PersonId{2}).size() == 2);
        const auto page = kept.privacy_requests(2, {});
        CHECK(page.items.front().id == 3);
        CHECK(kept.privacy_requests(2, page.next_cursor).items.size() == 1);
        CHECK(kept.erased_at(PersonId{2}) == after(6));
        CHECK_FALSE(kept.erased_at(PersonId{1}));
    });
    auto moved = request(3, after(10));
    moved.person = PersonId{7};  // known as another since
    moved.state = "erasing";
    store.run([&](Transaction& t) {
        t.keeping().save(moved);
        t.keeping().save(request(4, after(40)));
        t.keeping().save(request(5, after(35)));
    });
    store.read([&](Reading& reading) {  // what waits first, a page at a time
        std::vector<std::int64_t> seen;
        std::string cursor;
        do {
            const auto page = reading.kept().open_requests(1, cursor);
            for (const auto& one : page.items) seen.push_back(one.id);
            cursor = page.next_cursor;
        } while (!cursor.empty() && seen.size() < 10);
        CHECK(seen == std::vector<std::int64_t>{1, 5, 4, 3});
        CHECK(reading.kept().open_requests(10, "x").items.empty());
    });
    store.read([&](Reading& reading) {
        CHECK(reading.kept().privacy_requests_of(PersonId{7}).size() == 1);
        CHECK(reading.kept().erasing_requests(0, 10) == std::vector<std::int64_t>{3});
        CHECK(reading.kept().erasing_requests(3, 10).empty());
    });
    store.run([&](Transaction& t) {
        CHECK(rows(t.keeping().drop_requests(after(6)), "requests") == 1);
        CHECK_FALSE(t.keeping().privacy_request(2));
    });
}

TEST_CASE("what was sent, looked at or could not be read goes after its days; what still waits stays") {
    House house;
    auto& store = house.open();
    OutboxId waits;
    store.run([&](Transaction& t) {
        for (const auto state : {OutboxState::sent, OutboxState::dead, OutboxState::waiting}) {
            OutboxItem item;
            item.id = house.id<OutboxId>();
            item.channel = ChannelId{"oa"};
            item.state = state;
            item.created_at = nine;
            if (state == OutboxState::sent) item.sent_at = after(100);
            if (state == OutboxState::waiting) waits = item.id;
            t.add(item);
        }
        for (int i = 0; i < 5; ++i) t.audit(StaffId{1}, "reveal", TicketId{2}, "phone", "回访", after(i));
        t.add_raw("<xml>?</xml>", {}, nine);
        t.add_raw("<xml>!</xml>", {}, after(50));
        t.note_sign_in_failure("li.na", nine);
    });
    std::vector<OutboxEnd> ends;
    store.read([&](Reading& reading) { ends = reading.kept().outbox_ends({}, 10); });
    REQUIRE(ends.size() == 3);
    CHECK(ends[0].at == after(100));
    CHECK(ends[1].ended);
    CHECK_FALSE(ends[2].ended);
    store.run([&](Transaction& t) {
        CHECK(rows(t.keeping().drop_outbox({ends[0].id, ends[1].id, ends[2].id}), "outbox") == 2);
        CHECK(rows(t.keeping().drop_audit(after(3), 2), "audit") == 2);
        CHECK(rows(t.keeping().drop_audit(after(3), 2), "audit") == 1);
        CHECK(t.keeping().drop_audit(after(3), 2).empty());
        CHECK(rows(t.keeping().drop_raw(after(50), 10), "raw") == 1);
        CHECK(rows(t.keeping().drop_expired(nine + std::chrono::hours(25), 10), "expired") == 1);
    });
    store.read([&](Reading& reading) {
        CHECK(reading.outbox(waits));
        CHECK(reading.audit_page({}, 10, {}).items.size() == 2);
    });
}
