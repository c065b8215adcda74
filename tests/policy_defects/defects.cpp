// The lint of packs: every planted defect is found, and sound packs are left in peace.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "workflow/policy/check.h"
#include "workflow/policy/pack.h"

using namespace huiyin;

namespace {

const std::string source = HUIYIN_SOURCE;

PhraseKeys house_phrases() {
    PhraseKeys phrases;
    const auto texts = read_json_file(source + "/templates/phrases/zh-CN.json");
    for (const auto& [key, unused] : texts->items()) phrases["zh-CN"].push_back(key);
    phrases["zh-CN"].push_back("customer.resolved");
    return phrases;
}

std::vector<std::string> complaints_about(const Json& json) {
    const auto folder = std::filesystem::temp_directory_path() / ("huiyin-defects-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    std::ofstream{folder / "pack.json"} << json.dump();
    const auto pack = load_pack((folder / "pack.json").string(), source + "/templates");
    std::vector<std::string> lines;
    for (const auto& finding : pack.findings) lines.push_back(to_text(finding));
    for (const auto& finding : check_pack(pack, house_phrases())) lines.push_back(to_text(finding));
    std::filesystem::remove_all(folder);
    return lines;
}

// "/moves/@name=accept/to" -> "/moves/3/to"
std::string resolved(const Json& pack, const std::string& pointer) {
    std::string out;
    const Json* here = &pack;
    for (std::size_t at = 1; at <= pointer.size();) {
        const auto end = std::min(pointer.find('/', at), pointer.size());
        auto part = pointer.substr(at, end - at);
        at = end + 1;
        if (part.rfind("@name=", 0) == 0) {
            const auto name = part.substr(6);
            const auto found = std::find_if(here->begin(), here->end(),
                                            [&](const Json& entry) { return entry.value("name", "") == name; });
            if (found == here->end()) throw std::runtime_error("no entry " + name);
            part = std::to_string(found - here->begin());
        }
        out += "/" + part;
        const Json::json_pointer place(out);
        static const Json nothing;
        here = pack.contains(place) ? &pack.at(place) : &nothing;
    }
    return out;
}

Json planted(const Json& defect) {
    const auto base = defect.value("pack", "property-group") == "minimal"
                          ? source + "/tests/policy/minimal.json"
                          : source + "/templates/policies/property-group.json";
    auto pack = *read_json_file(base);
    const Json put = defect.value("put", Json::object()), drop = defect.value("drop", Json::array()),
               add = defect.value("add", Json::object());
    for (const auto& [pointer, value] : put.items()) pack[Json::json_pointer(resolved(pack, pointer))] = value;
    for (const auto& pointer : drop) {
        const Json::json_pointer place(resolved(pack, pointer.get<std::string>()));
        auto& parent = pack.at(place.parent_pointer());
        if (parent.is_array())
            parent.erase(static_cast<std::size_t>(std::stoul(place.back())));
        else
            parent.erase(place.back());
    }
    for (const auto& [pointer, value] : add.items()) pack[Json::json_pointer(resolved(pack, pointer))].push_back(value);
    return pack;
}

}  // namespace

TEST_CASE("every planted defect is found and told with its mend") {
    const auto defects = read_json_file(source + "/tests/policy_defects/defects.json");
    REQUIRE(defects);
    CHECK(defects->size() >= 60);
    std::set<std::string> names;
    for (const auto& defect : *defects) {
        const auto name = defect.at("name").get<std::string>();
        const auto says = defect.at("says").get<std::string>();
        const auto lines = complaints_about(planted(defect));
        const bool found = std::any_of(lines.begin(), lines.end(),
                                       [&](const std::string& line) { return line.find(says) != std::string::npos; });
        std::string all;
        for (const auto& line : lines) all += line + "\n";
        CAPTURE(name, says, all);
        CHECK(found);
        CHECK(names.insert(name).second);
        // A finding says where it is and what to do: "what: file pointer: mend".
        for (const auto& line : lines) CHECK(line.find("pack.json /") != std::string::npos);
    }
}

TEST_CASE("no pack of the house raises an alarm") {
    int packs = 0;
    for (const auto& entry : std::filesystem::directory_iterator(source + "/templates/policies")) {
        if (entry.path().extension() != ".json") continue;
        ++packs;
        const auto pack = load_pack(entry.path().string(), source + "/templates");
        std::string all;
        for (const auto& finding : pack.findings) all += to_text(finding) + "\n";
        for (const auto& finding : check_pack(pack, house_phrases())) all += to_text(finding) + "\n";
        CAPTURE(entry.path().filename().string());
        CHECK(all == "");
    }
    CHECK(packs >= 1);
}

TEST_CASE("the end of a record of our own needs no word to anybody; that of a customer's matter does") {
    auto pack = *read_json_file(source + "/tests/policy/minimal.json");
    const auto add = [&](const char* list, const char* entry) { pack[list].push_back(*parse_json(entry)); };
    add("kinds",
        R"({"key": "delivery", "title": "交车", "unasked": true, "clause": "example/1", "categories": [{"key": "new_car", "title": "新车"}]})");
    add("states", R"({"key": "delivered", "title": "已交车", "phase": "working"})");
    add("states", R"({"key": "looked_at", "title": "已回访", "phase": "closed"})");
    add("moves",
        R"({"name": "looked-at", "command": "revisit", "from": ["delivered"], "to": "looked_at", "roles": ["staff"], "clause": "example/1"})");
    const auto usual = pack["opening"];
    const auto opens_when = [&](const char* rule) {
        auto own = *parse_json(R"({"to": "delivered", "clause": "example/1"})");
        own["when"] = *parse_json(rule);
        pack["opening"] = Json::array({own, usual});
    };
    const auto complains = [&] {
        for (const auto& line : complaints_about(pack))
            if (line.find("the customer hears nothing") != std::string::npos) return true;
        return false;
    };
    opens_when(R"({"==": [{"var": "kind"}, "delivery"]})");
    CHECK_FALSE(complains());
    // A customer's matter that can come there makes it his.
    add("moves",
        R"({"name": "astray", "command": "note", "from": ["handling"], "to": "delivered", "roles": ["staff"], "clause": "example/1"})");
    CHECK(complains());
    pack["moves"].erase(pack["moves"].size() - 1);
    // So does an opening that is not for such records alone.
    opens_when(R"({"or": [{"==": [{"var": "kind"}, "delivery"]}, {"var": "media"}]})");
    CHECK(complains());
    opens_when(R"({"and": [{"in": [{"var": "kind"}, ["delivery"]]}, {"var": "media"}]})");
    CHECK_FALSE(complains());
}
