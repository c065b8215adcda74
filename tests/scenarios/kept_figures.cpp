// A report adds up what was kept of its cases and counts the rest: it is the same as looking at every case, whatever
// was counted when, and whatever happened since. Random lives under every shipped pack, on random clocks.
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/scarce_memory.h"
#include "tests/scenarios/standard_house.h"
#include "workflow/engine/kept_figures.h"
#include "workflow/engine/report_desk.h"
#include "workflow/engine/simulate/random.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

std::vector<std::string> packs() {
    std::vector<std::string> ids;
    for (const auto& entry : std::filesystem::directory_iterator(HUIYIN_SOURCE "/templates/policies"))
        if (entry.path().extension() == ".json") ids.push_back(entry.path().stem().string());
    std::sort(ids.begin(), ids.end());
    return ids;
}

class Lives {
public:
    Lives(const std::string& pack, std::uint64_t seed)
        : random(seed),
          content(standard_directory(*shipped_pack(pack))),
          house(shipped_pack(pack), content, "2026-03-02 09:00"),
          keeper(*house.store, parts) {
        parts.policies = house.policies.get();
        parts.directory = house.directory.get();
        parts.phrases = house.phrases.get();
        parts.speaker = house.speaker.get();
    }

    template <class List>
    auto& one_of(List& list) {
        return list[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(list.size())))];
    }

    void opens() {
        OpenTicket wish;
        const auto& policy = *house.policies->standard();
        const auto& kind = one_of(policy.kinds);
        const auto who = house.resident_named("王女士", "13812345678", random.chance(75));
        house.dress(wish, who, random.chance(70) ? "home" : "other-home", "1", "2", "101");
        wish.kind = kind.key;
        if (!kind.categories.empty()) wish.category = one_of(kind.categories).key;
        wish.details.summary = "楼道灯坏了";
        wish.by = resident(who.person);
        if (random.chance(30)) wish.amount_fen = random.below(600'000);
        if (random.chance(20)) wish.flags.insert(one_of(common_flags()));
        if (!cases.empty() && random.chance(20)) wish.repeat_of = one_of(cases).id;
        if (const auto opened = house.opens(wish)) cases.push_back(*opened);
    }

    // Somebody does something that he may.
    void acts() {
        const auto& of = one_of(cases);
        const auto party = random.chance(15) ? resident(of.person) : huiyin::staff(one_of(content.staff).id);
        std::vector<AllowedCommand> open;
        house.store->read([&](Reading& reading) {
            open = house.engine->allowed(reading, *reading.ticket(of.id), party, house.now());
        });
        if (open.empty()) return;
        const auto& chosen = one_of(open);
        Command command;
        command.name = chosen.command;
        command.by = party;
        command.fields = Json::object();
        for (const auto& field : chosen.fields)
            if (field.required || random.chance(40)) put(command.fields, field);
        house.in_unit_of_work(
            [&](Transaction& tx) { done += house.engine->execute(tx, of.id, command, house.now()) ? 1 : 0; });
    }

    void time_passes() {
        const auto minutes = random.chance(30) ? random.below(6LL * 24 * 60) : random.below(90);
        const auto then = house.now() + std::chrono::minutes{minutes};
        if (random.chance(70)) {
            house.moves_to(then);
        } else {
            house.service.set(then);  // nobody looks yet at what has become due
        }
    }

    // All of it, or as far as it came before it ended.
    void counts() {
        keeper.begin();
        const auto all = random.chance(60);
        while (keeper.count_due(house.now()) && all) continue;
        while (all && (keeper.count_over(house.now()) || keeper.count_stale(house.now()))) continue;
    }

    void is_right() {
        const auto policy = house.policies->standard();
        const auto directory = house.directory->get();
        for (const auto& report : reports_of(*policy))
            for (const char* period : {"2026-03", "2026-Q1", "2026", "2026-03-05..2026-04-11"})
                for (const char* unit : {"head", "other-centre"}) {
                    ReportWish wish{policy, report.name, period, {}, {}};
                    wish.units = directory->with_below(directory->unit_by_key(unit)->id);
                    const auto kept = made(wish);
                    wish.anew = true;
                    INFO(policy->id << " " << report.name << " " << period << " " << unit);
                    CHECK(kept == made(wish));
                }
        const auto verified = verify_figures(*house.store, parts, house.now());
        CHECK(verified.faults == std::vector<std::string>{});
        settled += verified.settled;
    }

    void renames() {
        for (auto& each : content.staff) each.name += "某";
        for (auto& each : content.units) each.name += "新";
        house.directory->set(content.directory());
    }

    void works_at_other_hours() {
        for (auto& each : content.units)
            if (each.key == "centre") each.hours = R"({"every day": ["10:00-11:00"]})";
        house.directory->set(content.directory());
    }

    void changes_pack() {
        auto other = *house.policies->standard();
        other.version += "+";
        other.written += "\n";  // as it would stand in the file
        other.surveys.low = 4;
        if (other.reports.size() > 1) other.reports.pop_back();
        if (other.deadlines.size() > 1) other.deadlines.pop_back();
        make_ready(other);
        house.policies->put_in_force(std::make_shared<const Policy>(std::move(other)));
    }

    Random random;
    DirectoryContent content;
    House house;
    EngineParts parts;
    FigureKeeper keeper;
    std::vector<House::Case> cases;
    std::int64_t settled = 0;
    int done = 0;

private:
    std::string made(const ReportWish& wish) {
        const auto report = make_report(*house.store, parts, wish, house.now());
        return report ? report->json.dump(1) : report.problem().text;
    }
    void put(Json& fields, const FieldSpec& field) {
        auto name = field.name;
        if (field.type == "number" && is_yuan(name)) name = fen_name(name);
        if (field.type == "integer")
            fields[name] = 1 + random.below(5);
        else if (field.type == "number")
            fields[name] = random.below(5000) * 100;
        else if (field.type == "boolean")
            fields[name] = random.chance(60);
        else if (field.type == "time")
            fields[name] = to_ms(house.now() + std::chrono::hours{random.below(300)});
        else if (field.type == "person")
            fields[name] = to_text(one_of(content.staff).id);
        else if (field.type == "unit")
            fields[name] = to_text(one_of(content.units).id);
        else if (field.type == "flags")
            fields[name] = Json::array({one_of(common_flags())});
        else if (field.type == "ticket")
            fields[name] = to_text(one_of(cases).id);
        else if (!field.choices.empty())
            fields[name] = one_of(field.choices);
        else if (field.type == "text" || field.type == "choice")
            fields[name] = "换了灯管";
    }
};

}  // namespace

TEST_CASE("a report of what was kept is the report that looks at every case") {
    const auto pack = GENERATE(from_range(packs()));
    const auto seed = GENERATE(take(3, random(0, 1'000'000)));
    CAPTURE(pack, seed);
    Lives lives(pack, static_cast<std::uint64_t>(seed));
    for (int i = 0; i < 12; ++i) lives.opens();
    REQUIRE_FALSE(lives.cases.empty());
    for (int round = 0; round < 6; ++round) {
        for (int step = 0; step < 25; ++step) {
            if (lives.random.chance(15)) lives.opens();
            lives.acts();
            if (lives.random.chance(25)) lives.time_passes();
            if (lives.random.chance(10)) lives.counts();
        }
        if (round == 1) lives.counts();
        lives.is_right();
        if (round == 2) lives.renames();
        if (round == 3) lives.works_at_other_hours();
        if (round == 4) lives.changes_pack();
        lives.is_right();
    }
    const auto now = lives.house.now();
    lives.house.service.set(now - std::chrono::hours{24 * 9});  // a clock that was put back
    lives.is_right();
    lives.house.service.set(now + std::chrono::hours{24 * 40});  // what runs out by time alone
    lives.is_right();
    CHECK(lives.done > 10);
    CHECK(lives.settled > 0);
}

TEST_CASE(
    "once counted, a case is not looked at any more, until it is saved, "
    "or time or the rules change it") {
    Lives lives("property-group", 7);
    for (int i = 0; i < 5; ++i) lives.opens();
    const auto looked_at = [&] {
        FiguresWanted wanted{lives.house.policies->standard(), 0, {from_ms(0), TimePoint::max()}, {}, {}};
        for (const auto& unit : lives.content.units) wanted.units.push_back(unit.id);
        int looked = 0, alike = 0;
        take_figures(*lives.house.store, lives.parts, wanted, lives.house.now(),
                     {[&](const AlikeCases&, const std::vector<LimitOfCase>&, int count) { alike += count; },
                      [&](const CaseOnRecord&) { ++looked; }});
        CHECK(looked + alike <= static_cast<int>(lives.cases.size()));
        return looked;
    };
    const auto counts_all = [&] {
        lives.keeper.begin();
        const auto now = lives.house.now();
        while (lives.keeper.count_due(now) || lives.keeper.count_over(now) || lives.keeper.count_stale(now)) continue;
    };
    const auto all = static_cast<int>(lives.cases.size());
    CHECK(looked_at() == all);
    counts_all();
    CHECK(looked_at() == 0);
    lives.renames();
    CHECK(looked_at() == 0);
    const auto& one = lives.cases.front();
    lives.house.in_unit_of_work([&](Transaction& tx) {
        REQUIRE(lives.house.engine->add_evidence(tx, one.id, "还在漏", {}, resident(one.person), lives.house.now()));
    });
    CHECK(looked_at() == 1);
    counts_all();
    CHECK(looked_at() == 0);
    lives.house.service.set(lives.house.now() + std::chrono::hours{24 * 60});
    CHECK(looked_at() > 0);
    counts_all();
    CHECK(looked_at() == 0);
    lives.changes_pack();
    CHECK(looked_at() == all);
    counts_all();
    CHECK(looked_at() == 0);
}

TEST_CASE(
    "whoever keeps out of a case does not find it in the figures either, "
    "though it is kept") {
    Lives lives("property-group", 3);
    for (int i = 0; i < 4; ++i) lives.opens();
    const auto recused = lives.content.staff.front();
    lives.house.in_unit_of_work([&](Transaction& tx) {
        auto ticket = *tx.ticket(lives.cases.front().id);
        ticket.recused = {recused.id.value};
        tx.save(ticket, ticket.version, {}, {});
    });
    lives.keeper.begin();
    while (lives.keeper.count_due(lives.house.now())) continue;
    const auto directory = lives.house.directory->get();
    ReportWish wish{lives.house.policies->standard(),
                    "categories",
                    "2026",
                    directory->with_below(directory->organisation().id),
                    {}};
    const auto count = [&] {
        return (*make_report(*lives.house.store, lives.parts, wish, lives.house.now()))
            .json["all"]["measured"]["count"]["part"]
            .get<int>();
    };
    const auto all = count();
    wish.may_see = [&](const Ticket& ticket) { return !lives.house.engine->keeps_out(ticket, recused); };
    CHECK(count() == all - 1);
    wish.anew = true;
    CHECK(count() == all - 1);
}

TEST_CASE(
    "a report stands also when the pack in force has fewer limits than "
    "the cases were opened under") {
    Lives lives("property-group", 5);
    for (int i = 0; i < 3; ++i) lives.opens();
    auto fewer = *lives.house.policies->standard();
    fewer.version += "+";
    fewer.written += "\n";
    fewer.deadlines.resize(1);
    make_ready(fewer);
    lives.house.policies->put_in_force(std::make_shared<const Policy>(std::move(fewer)));
    lives.is_right();
}

TEST_CASE("by what rules a case was counted is the same after memory ended") {
    Lives lives("property-group", 7);
    lives.opens();
    lives.keeper.begin();
    while (lives.keeper.count_due(lives.house.now())) continue;
    const auto policy = lives.house.policies->standard();
    CaseFigures kept;
    lives.house.store->read([&](Reading& reading) {
        reading.each_case_figures(policy->id, from_ms(0), {}, TimePoint::max(), [&](const CaseFigures& each) {
            kept = each;
            return false;
        });
    });
    REQUIRE_FALSE(kept.shared.empty());
    // JSON that is let go asks for memory, too, and cannot go without: memory ends only after what is kept was read.
    const auto wishes = [](const auto& work) {
        constexpr int many = 10'000;
        int left = 0;
        const scarce::Memory memory(many);
        work();
        try {
            for (;; ++left) ::operator delete(::operator new(1));
        } catch (const std::bad_alloc&) {
            return many - left;
        }
    };
    const Contributions contributions(*policy);
    const int to_read = wishes([&] { contributions.head_of(kept.shared); });
    int granted = to_read;
    for (bool refused = true; refused; ++granted) {
        CAPTURE(granted);
        KeptFigures figures(lives.parts, policy);
        for (const char* before : {"a", "b"}) {  // so that it has room to look it up
            auto unreadable = kept;
            unreadable.shared = before + kept.shared;
            CHECK_FALSE(figures.text_of(unreadable));
        }
        refused = scarce::refused(granted, [&] { figures.text_of(kept); });
        REQUIRE(figures.text_of(kept));
    }
    CHECK(granted > to_read + 10);
}
