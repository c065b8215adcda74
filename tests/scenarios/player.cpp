#include "tests/scenarios/player.h"

#include <stdexcept>

namespace huiyin::test {
namespace {

class Play {
public:
    explicit Play(const Scenario& scenario) : scenario_(scenario) {}

    std::vector<ScenarioFault> run() {
        for (const auto& line : scenario_.lines) {
            line_ = line.number;
            try {
                if (!takes(line.text)) break;
            } catch (const std::exception& wrong) {
                fault(std::string(wrong.what()) + " (" + line.text + ")");
                break;
            }
        }
        complain_of_refusal();
        return std::move(faults_);
    }

private:
    void fault(const std::string& text) { faults_.push_back({scenario_.path, line_, text}); }

    // A refusal that no line expected is a fault of the step that was refused.
    bool complain_of_refusal() {
        if (!stage_ || !stage_->refused) return false;
        const auto& no = *stage_->refused;
        faults_.push_back({scenario_.path, step_,
                           "refused: " + no.code + " " + no.clause + " " + no.text +
                               (no.detail.empty() ? "" : " (" + no.detail + ")")});
        stage_->refused.reset();
        return true;
    }

    bool takes(const std::string& text) {
        if (!stage_) {
            if (!begins(text, "at ")) throw std::runtime_error("say first when it begins: at 2026-03-02 09:00");
            stage_ = std::make_unique<Stage>(shipped_pack(scenario_.pack), after(text, "at "));
            return true;
        }
        if (is_expectation(text)) {
            if (!begins(text, "refused: ") && complain_of_refusal()) return false;
            if (const auto found = unmet(*stage_, stage_->filled_in(text))) {
                fault("expected " + text + "\n    found  " + *found);
                if (begins(text, "refused: ")) stage_->refused.reset();
            }
            return true;
        }
        if (complain_of_refusal()) return false;
        step_ = line_;
        steps(text);
        return true;
    }

    void steps(const std::string& text) {
        if (begins(text, "at ")) return stage_->moves_to(after(text, "at "));
        if (begins(text, "until ")) return stage_->moves_to(after(text, "until "));
        if (begins(text, "+")) return stage_->passes(trimmed(text.substr(1)));
        if (begins(text, "ticket ")) return stage_->turns_to(after(text, "ticket "));
        const auto colon = text.find(": ");
        if (colon == std::string::npos)
            throw std::runtime_error("this line is of no known form: see tests/scenarios/README.md");
        const auto who = text.substr(0, colon);
        const auto what = trimmed(text.substr(colon + 2));
        const bool may_be_new = begins(what, "files ") || what == "joins";
        if (!stage_->is_staff(who) && !stage_->is_resident(who) && !may_be_new)
            throw std::runtime_error("nobody is called " + who + ": name a role of the pack or who has filed");
        stage_->does(who, what);
    }

    const Scenario& scenario_;
    std::unique_ptr<Stage> stage_;
    std::vector<ScenarioFault> faults_;
    int line_ = 1, step_ = 1;
};

}  // namespace

std::vector<ScenarioFault> play(const Scenario& scenario) { return Play(scenario).run(); }

}  // namespace huiyin::test
