// Packs and directories as somebody who edits them leaves them: whole ones with a few changes anywhere in the tree, so
// that the readers behind the JSON are reached.
#include <fuzzer/FuzzedDataProvider.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/fuzz/fuzz.h"
#include "workflow/base/json_text.h"
#include "workflow/base/utf8.h"
#include "workflow/directory/csv.h"
#include "workflow/directory/directory_file.h"
#include "workflow/directory/directory_table.h"
#include "workflow/policy/check.h"
#include "workflow/policy/explain.h"
#include "workflow/policy/pack.h"

namespace huiyin::fuzz {
namespace {

constexpr int most_changes = 4;

// Whole packs, without the calendar's files: those are read from the disk and have a reader of their own.
std::vector<Json> packs() {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(HUIYIN_SOURCE "/templates/policies"))
        if (entry.path().extension() == ".json" && !entry.path().stem().string().ends_with(".schema"))
            paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    std::vector<Json> all;
    for (const auto& path : paths) {
        const auto loaded = load_pack(path.string(), HUIYIN_SOURCE "/templates");
        if (!loaded.policy) continue;
        all.push_back(*parse_json(loaded.policy->written, {.bytes = 16 << 20}));
        if (all.back().contains("calendar") && all.back()["calendar"].is_object())
            all.back()["calendar"].erase("holidays");
        all.back().erase("holidays");
    }
    must(all.size() >= 3, "the packs are there");
    return all;
}

// Goes down from the root, a byte a step; stops where the byte says so.
Json& some_node(Json& root, FuzzedDataProvider& data) {
    Json* node = &root;
    while (node->is_structured() && !node->empty()) {
        const auto step = data.ConsumeIntegralInRange<std::size_t>(0, node->size());
        if (step == node->size() && node != &root) break;
        auto child = node->begin();
        std::advance(child, static_cast<std::ptrdiff_t>(step % node->size()));
        node = &*child;
    }
    return *node;
}

Json some_value(FuzzedDataProvider& data, Json& root) {
    switch (data.ConsumeIntegralInRange(0, 7)) {
        case 0:
            return nullptr;
        case 1:
            return data.ConsumeBool();
        case 2:
            return data.ConsumeIntegral<std::int64_t>();
        case 3:
            return data.ConsumeIntegralInRange<std::int64_t>(-3, 60);
        case 4:
            return data.ConsumeRandomLengthString(24);
        case 5:
            return Json::array();
        case 6:
            return Json::object();
        default:
            return some_node(root, data);
    }
}

void change(Json& root, FuzzedDataProvider& data) {
    auto& node = some_node(root, data);
    switch (data.ConsumeIntegralInRange(0, 3)) {
        case 0:
            node = some_value(data, root);
            break;
        case 1:
            if (node.is_structured() && !node.empty()) {
                auto child = node.begin();
                std::advance(child,
                             static_cast<std::ptrdiff_t>(data.ConsumeIntegralInRange<std::size_t>(0, node.size() - 1)));
                node.erase(child);
            }
            break;
        case 2:
            if (node.is_array()) node.push_back(some_value(data, root));
            if (node.is_object()) node[data.ConsumeRandomLengthString(12)] = some_value(data, root);
            break;
        default:
            if (node.is_array() && !node.empty()) node.push_back(node.back());
    }
}

std::string changed(Json whole, FuzzedDataProvider& data) {
    for (int i = 0; i < most_changes && data.remaining_bytes(); ++i) change(whole, data);
    return to_text(whole);
}

// Reading, checking and explaining a pack end without an exception, whatever stands in it.
void pack(std::string_view input) {
    static const auto whole = packs();
    FuzzedDataProvider data(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
    const auto& base = whole[data.ConsumeIntegralInRange<std::size_t>(0, whole.size() - 1)];
    const auto read = pack_from_text(changed(base, data), "fuzz.json", HUIYIN_SOURCE "/templates");
    for (const auto& finding : read.findings) must(!to_text(finding).empty(), "a finding says something");
    must(read.policy.has_value() != has_errors(read.findings), "a pack is read or has errors");
    if (!read.policy || has_errors(check_pack(read))) return;
    std::vector<Finding> findings;
    const auto now = *parse_rfc3339("2026-03-02T09:00:00+08:00");
    const auto what =
        read_case({{"kind", read.policy->kinds.empty() ? "" : read.policy->kinds[0].key}}, *read.policy, now, findings);
    if (findings.empty()) (void)to_text(explain(*read.policy, what), *read.policy);
}

void directory(std::string_view input) {
    static const auto demo = *read_json_file(HUIYIN_SOURCE "/templates/demo/directory.json");
    FuzzedDataProvider data(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
    const bool as_text = data.ConsumeBool();
    const auto json = parse_json(as_text ? data.ConsumeRemainingBytesAsString() : changed(demo, data));
    if (!json) return;
    IdMaker ids(1);
    std::vector<Finding> findings;
    const auto content = read_directory(*json, ids, from_ms(0), findings);
    if (!findings.empty()) return;
    const auto made = content.directory();
    (void)made->find_place("3", "2", "501", {});
    for (const auto& unit : made->units()) (void)made->holders("front_desk", unit.id);
}

// A file as a spreadsheet saved it, or something that only looks like one; the first byte picks what it shall be.
void table(std::string_view input) {
    static const auto demo = [] {
        IdMaker ids(1);
        return read_directory_file(HUIYIN_SOURCE "/templates/demo/directory.json", ids, from_ms(0))->directory();
    }();
    if (input.empty()) return;
    const auto file = input.substr(1);
    if (const auto read = read_csv(file, 1000)) {
        must(!read->head.empty(), "a table has a head");
        for (const auto& row : read->rows) {
            must(row.line > 0 && row.cells.size() == read->head.size(), "a row has as many cells as the head");
            for (const auto& cell : row.cells) must(is_utf8(cell), "a cell is UTF-8");
        }
    }
    constexpr DirectoryKind kinds[] = {DirectoryKind::units, DirectoryKind::buildings, DirectoryKind::households,
                                       DirectoryKind::staff};
    const auto kind = kinds[static_cast<unsigned char>(input.front()) % std::size(kinds)];
    IdMaker ids(1);
    const EditorWords words{{{"front_desk", "前台"}, {"administrator", "管理员"}}, {"property-group"}};
    if (const auto plan = plan_import(kind, file, *demo, words, ids, from_ms(1'772'413'200'000)))
        must(plan->finding_count >= static_cast<int>(plan->findings.size()), "no more is shown than was found");
}

}  // namespace

std::vector<Target> policy_targets() { return {{"pack", pack}, {"directory", directory}, {"table", table}}; }

}  // namespace huiyin::fuzz
