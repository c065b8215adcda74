// Plays tests/transcripts/*.txt: does the talk still feel right? A line is
//   at 2026-03-02 09:00             the clocks move there
//   王女士: 3栋漏水                   a resident says it, ten seconds after the line before ("王女士+:" right after it)
//   王女士: [提交]                    … or taps a choice he was shown, or sends [图片], [语音], [位置 快递柜]
//   王女士: [群] 电梯又坏了            … in the group of owners; [群外人] where we cannot write to him first
//   bot -> 业主群: …                 said there, before everybody; every one must be there
//   again                           the last delivery comes a second time
//   quiet                           three seconds in which nothing is said
//   restart                         the process is ended and begun anew: what is kept is all there is
//   bot: 请核对…                     an answer; every one must be there, in this order
//   bot -> 王女士: …                  said to him without his asking; every one must be there
//   bot -> 李娜: …                    among what this member of staff was pushed since; a part of its text is enough
//   李娜: accept {…}                  a command on the newest ticket; or takes over, says …, gives back
//   refused: …                      what the staff's command was refused with
//   event: ticket.opened kind=…     happened since the last such line of its kind; every value must fit
//   slot: building=3                of the draft in hand, else of the newest ticket
//   ticket: phase=closed            of the newest ticket; count is the number of tickets
//   state: waiting                  of the conversation
// Lines of the bot are written anew with HUIYIN_REWRITE=1; read the difference before committing it.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

#include "player.h"

using namespace huiyin::test;

namespace {

void play(const std::string& pack, const std::string& name) {
    const auto path = transcript_path(pack, name);
    auto lines = read_story(path);
    CHECK(begins(lines.front().text, "# " + name + " - "));
    Player player(std::move(lines), pack);
    std::string written;
    for (const auto& line : player.plays()) written += line + "\n";
    if (std::getenv("HUIYIN_REWRITE"))
        std::ofstream(path) << written;
    else if (!player.differences.empty())
        FAIL_CHECK(name << "\n" << player.differences);
}

}  // namespace

TEST_CASE("transcripts: the talk still says what it said") {
    const auto names = transcripts();
    REQUIRE(names.size() >= 30);
    const char* only = std::getenv("HUIYIN_TRANSCRIPT");  // one file's name, for whoever works on it
    for (const auto& name : names) {
        if (only && name != only) continue;
        DYNAMIC_SECTION(name) { play({}, name); }
    }
}

TEST_CASE("transcripts: each pack speaks for its own organisation") {
    const char* only = std::getenv("HUIYIN_TRANSCRIPT");
    for (const auto& pack : transcript_packs()) {
        const auto names = transcripts(pack);
        CHECK(names.size() >= 3);
        for (const auto& name : names) {
            if (only && name != only && pack != only) continue;
            DYNAMIC_SECTION(pack << "/" << name) { play(pack, name); }
        }
    }
}
