#include "tests/bench/verdict.h"

#include <cstdio>

namespace huiyin::bench {

void Verdicts::at_most(const char* what, double value, const char* unit, double goal) {
    say(what, value, unit, goal, "at most", value <= goal);
}
void Verdicts::at_least(const char* what, double value, const char* unit, double goal) {
    say(what, value, unit, goal, "at least", value >= goal);
}
void Verdicts::say(const char* what, double value, const char* unit, double goal, const char* how, bool reached) {
    missed_ += !reached;
    std::printf("%-56s %9.3f %-4s (%s %g: %s)\n", what, value, unit, how, goal, reached ? "reached" : "MISSED");
    std::fflush(stdout);
}

}  // namespace huiyin::bench
