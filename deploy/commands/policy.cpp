#include "deploy/commands/policy.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "deploy/commands/common.h"
#include "deploy/commands/policy_simulate.h"
#include "deploy/service/config.h"
#include "workflow/policy/check.h"
#include "workflow/policy/explain.h"
#include "workflow/policy/jsonlogic.h"
#include "workflow/policy/pack.h"

namespace huiyin {
namespace {

namespace fs = std::filesystem;

struct Asked {
    std::vector<std::string> files;
    std::string file, facts, share;
    bool json = false, list_facts = false;
};

[[noreturn]] void refuse(const std::string& text) {
    std::cerr << "huiyin: " << text << '\n';
    throw CLI::RuntimeError(1);
}

std::string templates_of(const Asked& asked) {
    const auto share = find_share(asked.share);
    if (!share) refuse(share.problem().text);
    return (fs::path(*share) / "templates").string();
}

PhraseKeys phrase_keys(const std::string& templates) {
    PhraseKeys phrases;
    std::error_code absent;
    for (const auto& entry : fs::directory_iterator(fs::path(templates) / "phrases", absent)) {
        if (entry.path().extension() != ".json") continue;
        const auto json = read_json_file(entry.path().string());
        if (!json) refuse(json.problem().text);
        for (const auto& [key, unused] : json->items()) phrases[entry.path().stem().string()].push_back(key);
    }
    return phrases;
}

// Findings to standard error; says whether an error was among them.
bool told(const std::vector<PackFinding>& findings) {
    for (const auto& finding : findings)
        std::cerr << (finding.weight == PackFinding::Weight::warning ? "huiyin: warning: " : "huiyin: ")
                  << to_text(finding) << '\n';
    return has_errors(findings);
}

void check(const Asked& asked) {
    const std::string templates = templates_of(asked);
    const auto phrases = phrase_keys(templates);
    bool wrong = false;
    for (const auto& file : asked.files) {
        const auto pack = load_pack(commands::pack_file(file, templates), templates);
        auto findings = pack.findings;
        const auto more = check_pack(pack, phrases);
        findings.insert(findings.end(), more.begin(), more.end());
        if (told(findings)) {
            wrong = true;
            continue;
        }
        const Policy& policy = *pack.policy;
        std::cout << file << ": " << policy.id << " " << policy.version << ": " << policy.states.size() << " states, "
                  << policy.moves.size() << " moves, " << policy.deadlines.size() << " deadlines, "
                  << policy.clauses.size() << " clauses: every check passed\n";
    }
    if (wrong) throw CLI::RuntimeError(1);
}

Policy usable_policy(const Asked& asked) {
    const std::string templates = templates_of(asked);
    const auto pack = load_pack(commands::pack_file(asked.file, templates), templates);
    auto findings = pack.findings;
    const auto more = check_pack(pack);
    findings.insert(findings.end(), more.begin(), more.end());
    if (told(findings)) throw CLI::RuntimeError(1);
    return *pack.policy;
}

void explain_case(const Asked& asked) {
    const Policy policy = usable_policy(asked);
    if (asked.list_facts) {
        std::cout << list_facts(policy);
        return;
    }
    const auto facts = read_json_file(asked.facts);
    if (!facts) refuse(facts.problem().text);
    std::vector<Finding> findings;
    const auto what = read_case(*facts, policy, SystemClock{}.now(), findings);
    if (!findings.empty()) {
        for (const auto& finding : findings)
            std::cerr << "huiyin: "
                      << to_text(PackFinding{PackFinding::Weight::error, asked.facts, finding.pointer, finding.text})
                      << '\n';
        throw CLI::RuntimeError(1);
    }
    const auto explanation = explain(policy, what);
    if (asked.json)
        std::cout << to_json(explanation, policy).dump(2) << '\n';
    else
        std::cout << to_text(explanation, policy);
}

void eval(const Asked& asked) {
    const auto rules = read_json_file(asked.file, {.bytes = 16 << 20, .depth = 256, .comments = true});
    if (!rules) refuse(rules.problem().text);
    if (!rules->is_array()) refuse("these are no rules: " + asked.file + ": write a list [{\"rule\":…,\"data\":…}]");
    Json answers = Json::array();
    for (std::size_t i = 0; i < rules->size(); ++i) {
        const Json& item = (*rules)[i];
        if (!item.is_object() || !item.contains("rule"))
            refuse("no rule: " + asked.file + " /" + std::to_string(i) + ": write {\"rule\":…,\"data\":…}");
        const auto answer = evaluate(item["rule"], item.contains("data") ? item["data"] : Json{});
        if (answer)
            answers.push_back({{"result", *answer}});
        else
            answers.push_back({{"error", {{"type", answer.problem().text}}}});
    }
    std::cout << to_text(answers) << '\n';
}

}  // namespace

void add_policy_commands(CLI::App& app) {
    auto asked = std::make_shared<Asked>();
    CLI::App* policy = app.add_subcommand("policy", "check, explain and try the rules of a policy");
    policy->require_subcommand(1);

    CLI::App* checking =
        policy->add_subcommand("check", "validate packs: schema, rules, states, deadlines, routes, phrases");
    checking->add_option("FILE", asked->files, "pack files, or ids of packs that came with the program")->required();
    checking->add_option("--share", asked->share, "folder that holds templates/");
    checking->callback([asked] { check(*asked); });

    CLI::App* explaining =
        policy->add_subcommand("explain", "level, deadlines, owner and revisit of a case, each with its clause");
    explaining->add_option("FILE", asked->file, "pack file, or the id of a pack that came with the program")
        ->required();
    auto* facts =
        explaining->add_option("--facts", asked->facts, "the case: {\"kind\":…,\"category\":…,\"opened_at\":…}");
    auto* list = explaining->add_flag("--list-facts", asked->list_facts, "print the facts the pack knows");
    explaining->add_flag("--json", asked->json, "print JSON");
    explaining->add_option("--share", asked->share, "folder that holds templates/");
    facts->excludes(list);
    explaining->callback([asked] {
        if (asked->facts.empty() && !asked->list_facts) throw CLI::RequiredError("--facts FACTS.json or --list-facts");
        explain_case(*asked);
    });

    add_simulate_command(*policy);
    CLI::App* evaluating = policy->add_subcommand("eval", "evaluate JsonLogic rules and print their results");
    evaluating->add_option("RULES.json", asked->file, "a list [{\"rule\":…,\"data\":…}]")->required();
    evaluating->callback([asked] { eval(*asked); });
}

}  // namespace huiyin
