#include "tests/scenarios/mechanisms.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "workflow/base/json_text.h"

namespace huiyin::test {

const std::vector<Mechanism>& mechanisms() {
    static const auto list = [] {
        const auto json = read_json_file(HUIYIN_SOURCE "/tests/scenarios/mechanisms.json");
        if (!json) throw std::runtime_error(json.problem().text);
        std::vector<Mechanism> all;
        for (const auto& item : *json) {
            Mechanism one;
            one.code = item.at("code").get<std::string>();
            one.title = item.at("title").get<std::string>();
            one.needed_by = item.at("needed_by").get<std::vector<std::string>>();
            if (item.contains("elsewhere"))
                one.elsewhere = item.at("elsewhere").get<std::map<std::string, std::string>>();
            if (item.contains("open")) one.open = item.at("open").get<std::vector<std::string>>();
            all.push_back(std::move(one));
        }
        return all;
    }();
    return list;
}

const Mechanism* mechanism_named(const std::string& code) {
    const auto& all = mechanisms();
    const auto found = std::find_if(all.begin(), all.end(), [&](const Mechanism& each) { return each.code == code; });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace huiyin::test
