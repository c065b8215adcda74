#include "deploy/commands/policy_simulate.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "deploy/commands/common.h"
#include "workflow/engine/simulate/past.h"
#include "workflow/engine/simulate/simulate.h"
#include "workflow/policy/pack.h"

namespace huiyin {
namespace {

namespace fs = std::filesystem;
using commands::refuse;

struct Asked {
    std::string file, against, mix, from = "2026-03-02", share;
    std::int64_t tickets = 1000;
    int days = 90, threads = 2;
    std::uint64_t seed = 1;
    bool json = false;
};

std::string templates_of(const Asked& asked) {
    const auto share = find_share(asked.share);
    if (!share) refuse(share.problem().text);
    return (fs::path(*share) / "templates").string();
}

// A path, or the id of a pack that came with the program.
Policy policy_in(const std::string& file, const std::string& templates) {
    const auto own = fs::path(templates) / "policies" / (file + ".json");
    const bool is_id = !fs::exists(file) && file.find('/') == std::string::npos && fs::exists(own);
    auto policy = load_policy(is_id ? own.string() : file, templates);
    if (!policy) refuse(policy.problem().text);
    return std::move(*policy);
}

Json json_in(const std::string& file) {
    auto json = read_json_file(file, {.bytes = 256 << 20, .comments = true});
    if (!json) refuse(json.problem().text);
    return std::move(*json);
}

void refuse_findings(const std::vector<Finding>& findings, const std::string& file) {
    std::string all;
    for (const auto& finding : findings)
        all += (all.empty() ? "" : "\n") +
               to_text(PackFinding{PackFinding::Weight::error, file, finding.pointer, finding.text});
    if (!all.empty()) refuse(all);
}

Mix mix_for(const Asked& asked, const Policy& policy) {
    if (asked.mix.empty()) return standard_mix(policy);
    std::vector<Finding> findings;
    auto mix = read_mix(json_in(asked.mix), policy, findings);
    refuse_findings(findings, asked.mix);
    return mix;
}

SimulationAsked question(const Asked& asked, const std::string& name) {
    const auto day = parse_date(asked.from);
    if (!day) refuse("no day \"" + asked.from + "\": --from: write it like 2026-03-02");
    SimulationAsked wanted;
    wanted.tickets = asked.tickets;
    wanted.days = asked.days;
    wanted.seed = asked.seed;
    wanted.from = *day;
    wanted.threads = asked.threads;
    if (::isatty(STDERR_FILENO) == 1)
        wanted.progress = [name, all = asked.tickets](std::int64_t done) {
            std::cerr << "\r" << name << ": " << done << " of " << all << (done >= all ? "\n" : "") << std::flush;
        };
    return wanted;
}

// A list of tickets, or a page of them; anything else is to be a pack.
bool is_tickets(const std::string& file) {
    const auto json = read_json_file(file, {.bytes = 256 << 20, .comments = true});
    return json && (json->is_array() || (json->is_object() && json->contains("items")));
}

void against_past(const Asked& asked, const Policy& policy) {
    std::vector<Finding> findings;
    const auto counts = past_under(policy, json_in(asked.against), findings);
    refuse_findings(findings, asked.against);
    std::cout << to_text(counts, policy);
}

void run(const Asked& asked) {
    const auto templates = templates_of(asked);
    const auto policy = policy_in(asked.file, templates);
    const auto mix = mix_for(asked, policy);
    const auto wanted = question(asked, policy.id);
    if (!asked.against.empty() && is_tickets(asked.against)) return against_past(asked, policy);
    if (asked.against.empty()) {
        const auto counts = simulate(policy, mix, wanted);
        const Simulated one{policy, counts, asked.file};
        std::cout << (asked.json ? to_json(one, wanted).dump(2) + "\n" : to_text(one, wanted));
        return;
    }
    const auto other = policy_in(asked.against, templates);
    const auto other_mix = mix_for(asked, other);
    const auto counts = simulate(policy, mix, wanted);
    const auto other_counts = simulate(other, other_mix, question(asked, other.id));
    const Simulated one{policy, counts, asked.file}, two{other, other_counts, asked.against};
    if (asked.json)
        std::cout << Json{{"a", to_json(one, wanted)}, {"b", to_json(two, wanted)}}.dump(2) << '\n';
    else
        std::cout << to_text(one, two, wanted);
}

}  // namespace

void add_simulate_command(CLI::App& policy) {
    auto asked = std::make_shared<Asked>();
    CLI::App* command = policy.add_subcommand("simulate", "try a policy on synthetic complaints, through virtual time");
    command->add_option("FILE", asked->file, "pack file, or the id of a pack that came with the program")->required();
    command->add_option("--tickets", asked->tickets, "how many")->check(CLI::Range(1LL, 1'000'000'000LL));
    command->add_option("--days", asked->days, "days of virtual time")->check(CLI::Range(1, 3650));
    command->add_option("--seed", asked->seed, "the same seed gives the same output, byte for byte");
    command->add_option("--from", asked->from, "the first day, like 2026-03-02");
    command->add_option("--mix", asked->mix, "what comes in, who works there, how customers answer: a JSON file");
    command->add_option(
        "--against", asked->against,
        "another pack: both side by side; or past tickets as the API lists them: what would have been otherwise");
    command->add_option("--threads", asked->threads, "at once")->check(CLI::Range(1, 256));
    command->add_flag("--json", asked->json, "print JSON");
    command->add_option("--share", asked->share, "folder that holds templates/");
    command->callback([asked] { run(*asked); });
}

}  // namespace huiyin
