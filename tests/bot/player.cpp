#include "player.h"

#include <catch2/catch.hpp>
#include <filesystem>

namespace huiyin::test {
namespace {

const std::string folder = HUIYIN_SOURCE "/tests/transcripts";

}  // namespace

Player::Player(std::vector<Line> lines, std::string pack, Watch watch)
    : lines_(std::move(lines)), pack_(std::move(pack)), watch_(std::move(watch)) {}

std::vector<std::string> Player::plays() {
    for (const auto& line : lines_) {
        const auto& text = line.text;
        if (text.empty() || text.front() == '#') {
            if (text.empty()) settles();
            out.push_back(text);
            continue;
        }
        if (begins(text, "bot: ")) {
            expected_.push_back({line.number, text});
            continue;
        }
        if (begins(text, "bot -> ") && !staff_line(text)) {
            expected_.push_back({line.number, text});
            continue;
        }
        settles();
        INFO("line " << line.number << ": " << text);
        if (!refused_.empty() && !begins(text, "refused: "))
            if (checking) FAIL_CHECK("line " << number_ << " was refused: " << refused_);
        out.push_back(text);
        try {
            checks(line);
        } catch (const std::exception& problem) {
            FAIL_CHECK("line " << line.number << ": " << problem.what());
        }
    }
    if (!refused_.empty())
        if (checking) FAIL_CHECK("line " << number_ << " was refused: " << refused_);
    settles();
    return std::move(out);
}
bool Player::staff_line(const std::string& text) const {
    const auto name = after(text, "bot -> ");
    return room().is_staff(name.substr(0, name.find(':')));
}
Room& Player::room() const {
    if (!room_) room_ = std::make_unique<Room>("2026-03-02 09:00", pack_);
    return *room_;
}

// What the bot was to say since the last step against what it said.
void Player::settles() {
    for (const auto& who : residents_)
        for (const auto& text : room().pushed(who)) actual_.push_back("bot -> " + who + ": " + text);
    if (room_)
        for (const auto& text : room_->said_in_public()) actual_.push_back("bot -> " + text);
    const std::size_t most = std::max(actual_.size(), expected_.size());
    for (std::size_t i = 0; i < most; ++i) {
        const auto is = i < actual_.size() ? actual_[i] : std::string("(nothing)");
        const auto should = i < expected_.size() ? expected_[i].text : std::string("(nothing)");
        if (is == should) continue;
        const int at = i < expected_.size() ? expected_[i].number : number_;
        differences += "  line " + std::to_string(at) + "\n    expected " + should + "\n    said     " + is + "\n";
    }
    for (auto& text : actual_) out.push_back(std::move(text));
    actual_.clear();
    expected_.clear();
}

void Player::checks(const Line& line) {
    number_ = line.number;
    const auto& text = line.text;
    if (begins(text, "at ")) {
        if (!room_)
            room_ = std::make_unique<Room>(after(text, "at "), pack_);
        else
            room().moves_to(after(text, "at "));
    } else if (text == "quiet") {
        room().passes(3000);
    } else if (text == "restart") {
        room().restarts();
    } else if (text == "again") {
        const auto heard = room().says_again();
        CHECK(heard.repeated);
        for (const auto& said : heard.said) actual_.push_back("bot: " + said);
    } else if (begins(text, "bot -> ")) {
        const auto colon = text.find(": ");
        const auto name = text.substr(7, colon - 7);
        const auto wanted = text.substr(colon + 2);
        for (const auto& said : room().pushed_to_staff(name)) staff_heard_[name] += said + "\n";
        INFO(name << " heard: " << staff_heard_[name]);
        CHECK(staff_heard_[name].find(wanted) != std::string::npos);
    } else if (begins(text, "refused: ")) {
        CHECK(refused_ == after(text, "refused: "));
        refused_.clear();
    } else if (begins(text, "event: ") || begins(text, "no event: ")) {
        for (auto& event : room().new_events()) events_.push_back(std::move(event));
        const bool wanted = begins(text, "event: ");
        const auto pattern = after(text, wanted ? "event: " : "no event: ");
        std::string all;
        for (const auto& event : events_) all += event + "\n";
        INFO("events: " << all);
        const auto found =
            std::find_if(events_.begin(), events_.end(), [&](const auto& event) { return fits(event, pattern); });
        CHECK((found != events_.end()) == wanted);
        if (found != events_.end()) events_.erase(events_.begin(), found + 1);
    } else if (begins(text, "slot: ") || begins(text, "ticket: ")) {
        const bool slot = begins(text, "slot: ");
        const auto pair = after(text, slot ? "slot: " : "ticket: ");
        const auto equals = pair.find('=');
        const auto name = pair.substr(0, equals);
        CHECK((slot ? room().slot(speaker_, name) : room().field(name)) == pair.substr(equals + 1));
    } else if (begins(text, "state: ")) {
        CHECK(room().conversation(speaker_).state == after(text, "state: "));
    } else {
        const auto colon = text.find(": ");
        if (colon == std::string::npos) FAIL("line " << line.number << " is of no known form: " << text);
        auto name = text.substr(0, colon);
        const auto said = text.substr(colon + 2);
        staff_heard_.clear();
        if (room().is_staff(name)) {
            refused_ = room().staff_does(name, said);
            return;
        }
        const bool right_after = name.back() == '+';
        if (right_after) name.pop_back();
        speaker_ = name;
        if (watch_.before) watch_.before(room(), name, said);
        const auto heard = room().says(name, said, right_after);
        if (watch_.after) watch_.after(room(), name, said);
        residents_.insert(name);
        for (const auto& one : heard.said) actual_.push_back("bot: " + one);
    }
}

std::vector<std::string> transcripts(const std::string& pack) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder + "/" + pack))
        if (entry.path().extension() == ".txt" && entry.path().stem() != "coverage")
            names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

std::string transcript_path(const std::string& pack, const std::string& name) {
    return folder + "/" + (pack.empty() ? "" : pack + "/") + name;
}

const std::vector<std::string>& transcript_packs() {
    static const std::vector<std::string> packs{"bank",
                                                "car-dealer-ladder",
                                                "construction-machinery",
                                                "consumer-association",
                                                "factory-two-stage",
                                                "manufacturing-8d",
                                                "property-internal",
                                                "property-relay",
                                                "real-estate-developer",
                                                "telecom-regulator",
                                                "water-bureau"};
    return packs;
}

}  // namespace huiyin::test
