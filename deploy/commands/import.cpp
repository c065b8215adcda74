#include "deploy/commands/import.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "channels/api/directory_import.h"
#include "channels/api/directory_json.h"
#include "channels/api/ticket_import.h"
#include "deploy/commands/common.h"
#include "deploy/commands/ownership.h"
#include "deploy/commands/quiet_house.h"
#include "deploy/service/control.h"
#include "workflow/base/digest.h"
#include "workflow/base/log.h"

namespace huiyin {
namespace {

using commands::refuse;

constexpr std::uintmax_t most_bytes = 10 << 20;
constexpr int patience_ms = 120'000;  // twenty thousand rows are judged in a second or two

struct Asked {
    std::string kind, file, by, config = "huiyin.json", share;
    bool apply = false;
    bool of_tickets() const { return kind == "tickets"; }
    const std::vector<TableColumn>& columns() const {
        static const std::vector<TableColumn> none;  // of a whole directory: places are pointers
        if (kind == "directory") return none;
        return of_tickets() ? api::ticket_import_columns() : columns_of(*directory_kind(kind));
    }
};

std::string bytes_of(const std::string& file) {
    std::error_code failed;
    const auto size = std::filesystem::file_size(file, failed);
    if (failed) refuse("cannot read the file: " + file + ": " + failed.message());
    if (size > most_bytes) refuse("the file is larger than 10 MiB: " + file + ": split it");
    std::ifstream in(file, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(in)), {});
    if (!in) refuse("cannot read the file: " + file + ": look at its permissions");
    return bytes;
}

// Through the running service if there is one, else on the store itself: one process alone writes to it.
Json plan_of(const Asked& asked) {
    log::silence(true);
    std::string share;
    const auto config = commands::config_or_refuse(asked.config, asked.share, &share);
    Json wish{
        {"command", "import"}, {"kind", asked.kind}, {"file", to_base64(bytes_of(asked.file))}, {"take", asked.apply}};
    if (asked.of_tickets()) wish["by"] = asked.by;
    if (!asked.of_tickets() && !asked.by.empty()) refuse("--by is of tickets: leave it out");
    if (asked.of_tickets() && asked.by.empty())
        refuse("in whose name are they filed? --by: write the login of a colleague at the front desk");
    auto answer = ask_service(config.store, wish, patience_ms);
    if (!answer && answer.problem().code == "control.nobody" && asked.of_tickets()) {
        // Whoever opens a matter tells people of it, and that only the service does.
        refuse(config.store.starts_with("sqlite:")
                   ? "matters are opened by the running service: start it, then try again"
                   : "matters are opened by the running service: with PostgreSQL in the console, 登记, 从文件导入");
    }
    if (!answer && answer.problem().code == "control.nobody") {
        {
            const commands::QuietHouse house(config, share, !asked.apply);
            answer = api::import_command(wish, house.parts);
        }
        commands::give_to_owner_of_folder(commands::store_options(config, false));
    }
    if (!answer) refuse(asked.file + ": " + answer.problem().text);
    return std::move(*answer);
}

// Which column of the file that is, by its title or its key; 0: none.
std::size_t place_of(const Asked& asked, const Json& head, const std::string& title) {
    std::string key;
    for (const auto& column : asked.columns())
        if (column.title == title) key = column.key;
    for (std::size_t i = 0; i < head.size(); ++i)
        if (head[i] == title || (!key.empty() && head[i] == key)) return i + 1;
    return 0;
}

// "staff.csv:3:4: 岗位 “保洁员”：没有这个岗位", as compilers say it.
std::string said(const Asked& asked, const Json& plan, const Json& finding) {
    std::string place = asked.file, what;
    if (finding["line"].is_number()) place += ":" + std::to_string(finding["line"].get<int>());
    if (finding["column"].is_string()) {
        const auto title = finding["column"].get<std::string>();
        const auto at = place_of(asked, plan["head"], title);
        if (finding["line"].is_number() && at > 0) place += ":" + std::to_string(at);
        if (title.starts_with("/"))
            place += " " + title;
        else
            what = title + " ";
    }
    if (const auto value = finding.value("value", ""); !value.empty()) what += "“" + value + "”";
    return place + ": " + what + (what.empty() ? "" : ": ") + finding.value("detail", "");
}

void run(const Asked& asked) {
    const auto plan = plan_of(asked);
    for (const auto& column : plan["unknown_columns"])
        std::cerr << "huiyin: " << asked.file << ": this column is not imported: " << column.get<std::string>() << '\n';
    if (const auto count = plan.value("error_count", 0); count > 0) {
        std::string text;
        for (const auto& finding : plan["errors"]) text += said(asked, plan, finding) + "\n";
        refuse(text + std::to_string(count) + (count == 1 ? " cell is" : " cells are") +
               " wrong: nothing was imported: mend the file and try again");
    }
    const auto number = [&](const char* name) { return std::to_string(plan.value(name, 0)); };
    std::cout << asked.file << ": " << plan.value("encoding", "") << ", " << number("rows")
              << " rows: " << number("added") << " added, " << number("changed") << " changed, " << number("unchanged")
              << " as they were";
    if (asked.of_tickets() && plan["first"].is_string())
        std::cout << "; " << plan.value("first", "") << " to " << plan.value("last", "");
    if (plan.value("households_added", 0) > 0) std::cout << "; " << number("households_added") << " households added";
    std::cout << '\n';
    if (!asked.apply) std::cout << "this is what would be done; nothing was changed: give --apply to do it\n";
}

std::string titles_of(const std::string& kind) {
    Asked asked;
    asked.kind = kind;
    std::string text;
    for (const auto& column : asked.columns()) text += (text.empty() ? "" : "、") + column.title;
    return "  " + kind + std::string(12 - kind.size(), ' ') + text + "\n";
}

}  // namespace

void add_import_command(CLI::App& app) {
    auto asked = std::make_shared<Asked>();
    auto* command = app.add_subcommand(
        "import",
        "rows of the directory, or matters, from a CSV file or an Excel workbook; shows what it would do, does it with "
        "--apply");
    command->add_option("KIND", asked->kind, "units, buildings, households, staff, tickets, or directory: all of it")
        ->required()
        ->check(CLI::IsMember({"units", "buildings", "households", "staff", "tickets", "directory"}));
    command
        ->add_option("FILE", asked->file,
                     "CSV in UTF-8 or GB18030, or .xlsx (its first sheet); the first row names the columns, as "
                     "\"huiyin export\" writes them; a directory is JSON, like the file of the first start")
        ->required();
    command->add_option("--by", asked->by, "of tickets: the login of the colleague who files them");
    command->add_flag("--apply", asked->apply, "takes all of it, or nothing if one cell is wrong");
    command->add_option("--config", asked->config, "configuration file")->capture_default_str();
    command->add_option("--share", asked->share, "folder that holds templates/");
    std::string footer = "Columns, by these titles or by the names that \"huiyin export KIND --format json\" gives:\n";
    for (const auto* kind : {"units", "buildings", "households", "staff", "tickets"}) footer += titles_of(kind);
    command->footer(footer +
                    "An empty cell leaves what is there; nothing is erased. The directory is imported beside a running "
                    "service or without "
                    "one.\nTickets are opened by the running service, on SQLite; with PostgreSQL import them in the "
                    "console: 登记, 从文件导入.");
    command->callback([asked] { run(*asked); });
}

}  // namespace huiyin
