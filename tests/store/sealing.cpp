// Nothing personal stands in the files in plain, and the key is needed to read it.
#include <catch2/catch.hpp>

#include "tests/store/store_house.h"
#include "workflow/store/vault.h"

using namespace huiyin;
using namespace huiyin::test;

TEST_CASE("no word, name, phone, address or secret is readable in any file of the store") {
    House house;
    auto& store = house.open();
    const auto canary = [](const std::string& what) { return "canary-" + what + "-金丝雀"; };
    store.run([&](Transaction& t) {
        auto talk = a_conversation(house, canary("openid"));
        talk.body = R"({"draft":")" + canary("draft") + "\"}";
        talk.last_message = 1;
        t.save(talk);
        Said said;
        said.text = canary("message");
        said.choices = {{canary("choice"), "p1"}};
        t.add(Message{1, talk.id, nine, Speaker::resident, said});
        t.save(Person{house.id<PersonId>(), canary("name"), "13987654321", true, nine, "1", false});
        Prompt prompt;
        prompt.id = house.id<PromptId>();
        prompt.conversation = talk.id;
        prompt.body = canary("prompt");
        prompt.asked_at = nine;
        t.save(prompt);
        t.claim_delivery({ChannelId{"oa"}, canary("openid") + ":1772413200:VIEW", talk.id, canary("answer"), nine});
        auto ticket = a_ticket(house, "T1");
        Details details;
        details.summary = canary("summary");
        details.description = canary("description");
        details.label = canary("label");
        details.contact_phone = "13987654321";
        file_ticket(house, t, ticket, details);
        OutboxItem item;
        item.id = house.id<OutboxId>();
        item.channel = ChannelId{"oa"};
        item.conversation = talk.id;
        item.said.text = canary("outbox");
        item.error_text = canary("error");
        item.reference = canary("reference");
        t.add(item);
        t.save(Attachment{AttachmentId{"a1"}, ticket.id, talk.id, "image", canary("file"), "image/png", 1, "00", nine});
        t.set_setting("token", canary("token"));
        t.save(Session{"hash", StaffId{1}, canary("csrf"), nine, nine, nine});
        t.note_sign_in_failure(canary("login"), nine);
        t.save(StaffId{1}, SecondFactor{canary("seed"), canary("offered"), 0, nine});
        t.set_recovery_codes(StaffId{1}, {canary("recovery")});
        t.audit(StaffId{1}, "reveal", ticket.id, "phone", canary("reason"), nine);
        Staff staff;
        staff.id = StaffId{1};
        staff.login = "li.na";
        staff.name = canary("staff");
        staff.phone = "13987654321";
        staff.addresses = {{"app", canary("userid")}};
        t.save(staff);
    });
    const auto search = [&] {
        int files = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(house.folder.path)) {
            if (!entry.is_regular_file()) continue;
            ++files;
            const auto bytes = bytes_of(entry.path());
            INFO(entry.path());
            CHECK(bytes.find("canary") == std::string::npos);
            CHECK(bytes.find("金丝雀") == std::string::npos);
            CHECK(bytes.find("13987654321") == std::string::npos);
            CHECK(bytes.find(test_key) == std::string::npos);
        }
        CHECK(files >= 2);
    };
    search();
    house.store.reset();
    search();
    CHECK(bytes_of(house.file()).find("property-group") != std::string::npos);  // the test looks where rows are
}

TEST_CASE("the vault opens what it sealed, in that place only, with that key or an older one") {
    const Vault one({test_key}), both({other_key, test_key}), other({other_key});
    const auto sealed = one.seal("王女士", "people.name/1/5");
    CHECK(sealed != one.seal("王女士", "people.name/1/5"));
    CHECK(one.open(sealed, "people.name/1/5") == "王女士");
    CHECK(both.open(sealed, "people.name/1/5") == "王女士");
    CHECK_THROWS_WITH(one.open(sealed, "people.name/1/6"), Catch::Contains("altered or moved"));
    CHECK_THROWS_WITH(other.open(sealed, "people.name/1/5"), Catch::Contains("data_key"));
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        auto altered = sealed;
        altered[i] = static_cast<char>(altered[i] ^ 1);
        CHECK_THROWS_AS(one.open(altered, "people.name/1/5"), std::runtime_error);
        CHECK_THROWS_AS(one.open(sealed.substr(0, i == 0 ? 1 : i), "people.name/1/5"), std::runtime_error);
    }
    CHECK(one.seal("", "x").empty());
    CHECK(one.open("", "x").empty());
    CHECK(other.open(both.seal("new", "x"), "x") == "new");
}

TEST_CASE("a newer key in front of the old one opens all and seals what is new; alone it is refused") {
    House house;
    const auto talk = a_conversation(house, "openid-1");
    house.open().run([&](Transaction& t) { t.save(talk), t.set_setting("a", "old"); });
    house.store.reset();

    auto wrong = house.options();
    wrong.data_key = other_key;
    const auto problem = house.refused(wrong);
    CHECK(problem.code == "store.wrong_key");
    CHECK(problem.text.find("\"data_key\"") != std::string::npos);

    auto rotated = house.options();
    rotated.data_key = other_key;
    rotated.older_keys = {test_key};
    house.open(rotated).run([&](Transaction& t) {
        CHECK(t.setting("a") == "old");
        CHECK(t.conversation_at(talk.channel, "openid-1"));
        t.set_setting("b", "new");
    });
    house.store.reset();
    CHECK(house.refused(house.options()).code == "store.wrong_key");
    CHECK(house.refused(wrong).code == "store.wrong_key");
    house.open(rotated).read([&](Reading& r) {
        CHECK(r.setting("a") == "old");
        CHECK(r.setting("b") == "new");
        CHECK(r.conversation_at(talk.channel, "openid-1")->address == "openid-1");
    });
}

TEST_CASE("a key of another length is refused before anything is touched") {
    House house;
    auto options = house.options();
    options.data_key = "short";
    CHECK(house.refused(options).code == "store.wrong_key");
    options = house.options();
    options.older_keys = {"short"};
    CHECK(house.refused(options).code == "store.wrong_key");
    CHECK_FALSE(std::filesystem::exists(house.file()));
}
