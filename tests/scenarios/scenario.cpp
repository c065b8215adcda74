#include "tests/scenarios/scenario.h"

#include <algorithm>
#include <filesystem>

#include "tests/scenarios/mechanisms.h"

namespace huiyin::test {
namespace {

const std::string folder = HUIYIN_SOURCE "/tests/scenarios";

std::vector<std::string> listed(std::string text) {
    std::replace(text.begin(), text.end(), ',', ' ');
    return words(text);
}

std::string with_number(std::string text, int number) {
    for (auto at = text.find("{n}"); at != std::string::npos; at = text.find("{n}", at))
        text.replace(at, 3, std::to_string(number));
    return text;
}

bool is_count(const std::string& text) {
    return !text.empty() && text.size() < 5 && text.find_first_not_of("0123456789") == std::string::npos;
}

class ScenarioReader {
public:
    ScenarioReader(Scenario& scenario, std::vector<ScenarioFault>& faults) : scenario_(scenario), faults_(faults) {}

    void read(const std::vector<Line>& lines) {
        first(lines.front());
        for (const auto& line : lines) {
            const Line bare{line.number, trimmed(line.text)};
            if (bare.text.empty() || bare.text.front() == '#') continue;
            if (!head(bare)) step(bare);
        }
        if (times_ > 0) fault(repeat_at_, "this repeat has no end: write a line \"end\"");
        if (scenario_.pack.empty()) fault(1, "no pack: write a line \"pack: property-group\"");
        if (scenario_.proves.empty()) fault(1, "it proves nothing: write a line \"proves: property-group/T1\"");
        if (scenario_.mechanisms.empty()) fault(1, "no mechanism: write a line \"mechanisms: D1 D6\"");
        for (const auto& code : scenario_.mechanisms)
            if (!mechanism_named(code)) fault(1, "no mechanism " + code + ": the codes are in mechanisms.json");
    }

private:
    void fault(int line, const std::string& text) { faults_.push_back({scenario_.path, line, text}); }

    void first(const Line& line) {
        const auto name = std::filesystem::path(scenario_.path).filename().string();
        const auto wanted = "# " + name + " - ";
        if (begins(line.text, wanted))
            scenario_.title = after(line.text, wanted);
        else
            fault(1, "begin with what it is about: \"" + wanted + "…\"");
    }
    bool head(const Line& line) {
        const auto take = [&](const char* key, auto&& keep) {
            if (!begins(line.text, key)) return false;
            keep(trimmed(after(line.text, key)));
            return true;
        };
        const auto add = [](std::vector<std::string>& list) {
            return [&list](const std::string& text) {
                for (auto& each : listed(text)) list.push_back(std::move(each));
            };
        };
        return take("pack:", [&](const std::string& text) { scenario_.pack = text; }) ||
               take("proves:", add(scenario_.proves)) || take("mechanisms:", add(scenario_.mechanisms)) ||
               take("awaits:", [&](const std::string& text) { scenario_.awaits = text; });
    }
    void step(const Line& line) {
        if (begins(line.text, "repeat ")) {
            const auto count = trimmed(after(line.text, "repeat "));
            if (times_ > 0 || !is_count(count))
                return fault(line.number, "write \"repeat 20\", and no repeat in another");
            times_ = std::stoi(count);
            repeat_at_ = line.number;
            repeated_.clear();
        } else if (line.text == "end") {
            if (times_ == 0) return fault(line.number, "nothing is repeated here");
            for (int i = 1; i <= times_; ++i)
                for (const auto& each : repeated_) scenario_.lines.push_back({each.number, with_number(each.text, i)});
            times_ = 0;
        } else {
            (times_ > 0 ? repeated_ : scenario_.lines).push_back(line);
        }
    }

    Scenario& scenario_;
    std::vector<ScenarioFault>& faults_;
    std::vector<Line> repeated_;
    int times_ = 0, repeat_at_ = 0;
};

}  // namespace

std::string told(const ScenarioFault& fault) {
    return "tests/scenarios/" + fault.path + ":" + std::to_string(fault.line) + ": " + fault.text;
}

Scenario read_scenario(const std::string& path, std::vector<ScenarioFault>& faults) {
    Scenario scenario;
    scenario.path = path;
    ScenarioReader(scenario, faults).read(read_story(folder + "/" + path));
    const auto place = path.substr(0, path.find('/'));
    if (!scenario.pack.empty() && scenario.pack != place)
        faults.push_back({path, 1, "its pack is " + scenario.pack + ", but it lies in " + place + ": move it"});
    return scenario;
}

std::vector<std::string> scenario_paths() {
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        const auto& path = entry.path();
        if (path.extension() == ".txt" && path.filename() != "house.txt" && path.parent_path() != folder)
            paths.push_back(path.lexically_relative(folder).string());
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

}  // namespace huiyin::test
