// Every state of the talk meets every class of input in some transcript. The table is read off the transcripts as they
// are played, is printed, and stands in tests/transcripts/coverage.txt with the reasons for the cells that are empty.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include "bot/said.h"
#include "player.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

const std::vector<std::string> states{"nothing asked",   "matter asked",   "place asked",    "phone asked",
                                      "line asked",  // of a pack's form
                                      "read back",       "split asked",    "category asked", "smell asked",
                                      "admission asked", "person offered", "which asked",    "consent asked",
                                      "gap asked",  // a little short, or not at all?
                                      "fixed asked",     "rating asked",   "words awaited",  "danger's questions",
                                      "person called",   "person talks"};
const std::vector<std::string> classes{"answers", "another", "corrects", "digresses", "cancels",  "emergency",
                                       "media",   "number",  "new tap",  "old tap",   "nonsense", "abuse"};

struct Moment {
    std::string state;
    Question question;
    std::vector<std::string> fresh;
};

std::string state_of(Room& room, const std::string& who) {
    const auto conversation = room.conversation(who);
    if (conversation.state == "waiting") return "person called";
    if (conversation.state == "person") return "person talks";
    auto talk = room.talk(who);
    const auto& question = talk.question;
    if (const auto* draft = talk.draft(); draft && draft->ticket) return "danger's questions";
    const auto prompts = room.prompts(who);
    const bool asked_since = !prompts.empty() && to_ms(prompts.front().asked_at) >= question.asked_ms;
    if (!prompts.empty() && (question.kind.empty() || asked_since)) return prompts.front().kind + " asked";
    if (question.kind == "ask") {
        if (question.detail == "matter" || question.detail == "phone") return question.detail + " asked";
        if (question.detail == "place" || question.detail == "community") return "place asked";
        return "line asked";
    }
    static const std::map<std::string, std::string> names{
        {"readback", "read back"},       {"split", "split asked"},         {"category", "category asked"},
        {"smell", "smell asked"},        {"admission", "admission asked"}, {"offer_person", "person offered"},
        {"which_ticket", "which asked"}, {"which_answer", "which asked"},  {"refusal", "gap asked"},
        {"words", "words awaited"},      {"revisit", "words awaited"}};
    const auto name = names.find(question.kind);
    return name == names.end() ? "nothing asked" : name->second;
}

bool is_digression(const Understood& meant) {
    for (const auto kind : {MeaningKind::help,         MeaningKind::robot_question, MeaningKind::repeat_please,
                            MeaningKind::greet,        MeaningKind::thanks,         MeaningKind::farewell,
                            MeaningKind::others_data,  MeaningKind::injection,      MeaningKind::pause,
                            MeaningKind::resume,       MeaningKind::progress,       MeaningKind::bot_complaint,
                            MeaningKind::stop_surveys, MeaningKind::hand_over,      MeaningKind::urge,
                            MeaningKind::why_so_long,  MeaningKind::promise_wish,   MeaningKind::threat_external,
                            MeaningKind::back,         MeaningKind::question})
        if (meant.means(kind)) return true;
    return meant.kind == MessageKind::consultation || meant.kind == MessageKind::progress_query;
}

// What somebody says, as a class of input; empty: none of them (he only enters or leaves).
std::string class_of(Room& room, const std::string& who, const std::string& said, const Moment& before) {
    if (said == "[进入]" || said == "[离开]" || said.rfind("[扫码 ", 0) == 0) return {};
    for (const char* medium : {"[图片", "[语音", "[视频", "[文件", "[位置", "[表情", "[收不下"})
        if (said.rfind(medium, 0) == 0) return "media";
    if (said.size() > 2 && said.front() == '[' && said.back() == ']') {
        const auto title = said.substr(1, said.size() - 2);
        const bool fresh = std::find(before.fresh.begin(), before.fresh.end(), title) != before.fresh.end();
        return fresh ? "new tap" : "old tap";
    }
    const auto meant = room.understanding->understand(said, room.world.now(), Zone{});
    const auto is_just = [&](MeaningKind kind) {
        const auto* meaning = meant.find(kind);
        return meaning && meaning->score >= 0.9;
    };
    if (meant.emergency) return "emergency";
    if (is_just(MeaningKind::nonsense)) return "nonsense";
    if (is_just(MeaningKind::menu_number)) return "number";
    if (meant.means(MeaningKind::abuse) || (meant.means(MeaningKind::emotion) && meant.matter.empty())) return "abuse";
    if (is_just(MeaningKind::cancel) || meant.means(MeaningKind::withdraw) || gives_up(meant.text)) return "cancels";
    const bool line = before.question.kind == "readback" && line_number(meant.text);
    if (line || meant.means(MeaningKind::correct_slot) || meant.means(MeaningKind::edit_number) ||
        meant.means(MeaningKind::deny_matter) || meant.means(MeaningKind::rating_correction) ||
        says_any(meant.text, {"记错", "说错", "写错"}))
        return "corrects";
    if (is_digression(meant)) return "digresses";
    if (before.state == "nothing asked") return "answers";  // he begins to tell
    // What moved the talk on was an answer; what was taken while the question stands was one to something else.
    const auto after = room.talk(who).question;
    const bool stands = state_of(room, who) == before.state && after.kind == before.question.kind &&
                        after.detail == before.question.detail && after.kind != "readback";
    const bool silent = before.state == "person called" || before.state == "person talks";
    if (silent) return meant.slots.has_address() || meant.slots.phone ? "another" : "answers";
    if (before.question.kind == "readback") return after.kind == "readback" ? "another" : "answers";
    return stands ? "another" : "answers";
}

using Table = std::map<std::string, std::map<std::string, int>>;

Table table_of_all() {
    Table table;
    Moment before;
    Player::Watch watch;
    watch.before = [&](Room& room, const std::string& who, const std::string&) {
        before.state = state_of(room, who);
        before.question = room.talk(who).question;
        before.fresh = room.fresh_choices(who);
    };
    watch.after = [&](Room& room, const std::string& who, const std::string& said) {
        if (const auto name = class_of(room, who, said, before); !name.empty()) ++table[before.state][name];
    };
    const auto play = [&](const std::string& pack, const std::string& name) {
        Player player(read_story(transcript_path(pack, name)), pack, watch);
        player.checking = false;
        player.plays();
    };
    for (const auto& name : transcripts()) play({}, name);
    for (const auto& pack : transcript_packs())
        for (const auto& name : transcripts(pack)) play(pack, name);
    return table;
}

std::string padded(const std::string& text, std::size_t width) {
    return text.size() < width ? text + std::string(width - text.size(), ' ') : text;
}

std::string shown(const Table& table) {
    std::string out = padded("", 20);
    for (const auto& name : classes) out += padded(name, 11);
    for (const auto& state : states) {
        out += "\n" + padded(state, 20);
        for (const auto& name : classes) {
            const auto row = table.find(state);
            const bool there = row != table.end() && row->second.contains(name);
            out += padded(there ? std::to_string(row->second.at(name)) : "-", 11);
        }
    }
    return out;
}

}  // namespace

TEST_CASE("coverage: every state meets every class of input, or says why not") {
    const auto table = table_of_all();
    const auto text = shown(table);
    std::cout << text << "\n";
    // "state x class: reason" for every empty cell, and for no other.
    std::map<std::string, std::string> reasons;
    for (const auto& line : read_story(transcript_path({}, "coverage.txt"))) {
        const auto cross = line.text.find(" x "), colon = line.text.find(": ");
        if (begins(line.text, "#") || cross == std::string::npos || colon == std::string::npos) continue;
        reasons[line.text.substr(0, colon)] = line.text.substr(colon + 2);
    }
    int empty = 0;
    for (const auto& [state, row] : table) {
        CAPTURE(state);
        CHECK(std::find(states.begin(), states.end(), state) != states.end());
    }
    for (const auto& state : states)
        for (const auto& name : classes) {
            const auto row = table.find(state);
            const bool there = row != table.end() && row->second.contains(name);
            const auto cell = state + " x " + name;
            CAPTURE(cell);
            if (!there) ++empty;
            CHECK(there != reasons.contains(cell));
        }
    std::cout << states.size() * classes.size() - static_cast<std::size_t>(empty) << " of "
              << states.size() * classes.size() << " cells have a transcript, " << empty << " a reason\n";
}

TEST_CASE("coverage: a ticket takes at most three turns in the median over all transcripts") {
    std::vector<int> turns;  // of whoever files first; what is said in a burst counts as so many turns
    for (const auto& name : transcripts()) {
        int said = 0, filed = 0;
        Player::Watch watch;
        watch.after = [&](Room& room, const std::string&, const std::string&) {
            if (filed) return;
            ++said;
            if (!room.tickets().empty()) filed = said;
        };
        Player player(read_story(transcript_path({}, name)), {}, watch);
        player.checking = false;
        player.plays();
        if (filed) turns.push_back(filed);
    }
    std::sort(turns.begin(), turns.end());
    REQUIRE(turns.size() >= 80);
    const auto few = std::count_if(turns.begin(), turns.end(), [](int one) { return one <= 4; });
    std::cout << "turns to a ticket: median " << turns[turns.size() / 2] << ", at most four in " << few << " of "
              << turns.size() << " transcripts\n";
    CHECK(turns[turns.size() / 2] <= 3);
}

TEST_CASE("coverage: every behaviour is named by a transcript, or is missing and says why") {
    std::set<std::string> named;
    const auto read = [&](const std::string& pack, const std::string& name) {
        for (const auto& line : read_story(transcript_path(pack, name)))
            if (begins(line.text, "# C"))
                for (const auto& word : words(line.text.substr(2))) named.insert(word);
    };
    for (const auto& name : transcripts()) read({}, name);
    for (const auto& pack : transcript_packs())
        for (const auto& name : transcripts(pack)) read(pack, name);
    std::set<std::string> missing;  // "C76: why" in coverage.txt
    for (const auto& line : read_story(transcript_path({}, "coverage.txt")))
        if (begins(line.text, "C") && line.text.find(": ") == 3) missing.insert(line.text.substr(0, 3));
    for (int i = 1; i <= 88; ++i) {
        const auto id = (i < 10 ? "C0" : "C") + std::to_string(i);
        CAPTURE(id);
        CHECK(named.contains(id) != missing.contains(id));
    }
}
