// What is promised beside what was measured: a line each, and how many were missed.
#pragma once

namespace huiyin::bench {

class Verdicts {
public:
    void at_most(const char* what, double value, const char* unit, double goal);
    void at_least(const char* what, double value, const char* unit, double goal);
    // Something that must be so, or the run counts for nothing.
    void must(bool is_so) { missed_ += !is_so; }
    int missed() const { return missed_; }

private:
    void say(const char* what, double value, const char* unit, double goal, const char* how, bool reached);
    int missed_ = 0;
};

}  // namespace huiyin::bench
