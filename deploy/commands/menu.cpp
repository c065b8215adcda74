#include "deploy/commands/menu.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "channels/edge/http_client.h"
#include "channels/wechat_official_account/account.h"
#include "deploy/commands/common.h"
#include "deploy/service/channels.h"
#include "workflow/base/log.h"

namespace huiyin {
namespace {

using commands::refuse;

struct Asked {
    std::string config = "huiyin.json", share, channel, file;
    bool show = false, check = false, remove = false;
};

const ChannelConfig& account_of(const Config& config, const std::string& id) {
    const ChannelConfig* found = nullptr;
    for (const auto& one : config.channels)
        if (one.type == "wechat_official_account" && (id.empty() || one.id == id) && !found) found = &one;
    if (!found)
        refuse("no wechat_official_account" + (id.empty() ? std::string() : " \"" + id + "\"") + " in " + config.file +
               ": only they have a menu");
    return *found;
}

// "报事投诉 → 我要投诉", a line a button.
std::string lines_of(const Json& buttons, const std::string& before = {}) {
    std::string lines;
    if (!buttons.is_array()) return lines;
    for (const auto& button : buttons) {
        const auto below = button.find("sub_button");
        // What the platform shows has its list in an object of its own.
        const auto list = below == button.end() ? Json::array()
                          : below->is_object()  ? below->value("list", Json::array())
                                                : *below;
        lines += before + button.value("name", "");
        for (const auto* what : {"key", "url"})
            if (const auto value = button.value(what, ""); !value.empty()) lines += " → " + value;
        lines += "\n" + lines_of(list, before + "  ");
    }
    return lines;
}

void set_menu(const Asked& asked) {
    log::silence(true);
    std::string share;
    const auto config = commands::config_or_refuse(asked.config, asked.share, &share);
    const auto& channel = account_of(config, asked.channel);
    const SystemClock system;
    http::Client client({.trusted_origins = trusted_origins(config)});
    wechat::Account account(
        {channel.app_id, channel.app_secret, channel.api_base},
        [&client](const http::Call& call) { return client.send(call); }, system);
    const auto good = [&](Result<ApiAnswer> answer) {
        auto checked = account.good(std::move(answer));
        if (!checked) refuse(channel.id + ": " + checked.problem().text + " (" + checked.problem().detail + ")");
        return std::move(checked->json);
    };
    const auto standing = [&] {
        const auto menu = good(account.api().get("/cgi-bin/get_current_selfmenu_info"));
        return lines_of(menu.value("selfmenu_info", Json::object()).value("button", Json::array()));
    };
    if (asked.show) {
        std::cout << standing();
        return;
    }
    if (asked.remove) {
        good(account.api().get("/cgi-bin/menu/delete"));
        std::cout << channel.id << ": there is no menu now\n";
        return;
    }
    const auto menu = read_json_file(asked.file.empty() ? share + "/templates/wechat/menu.json" : asked.file);
    if (!menu) refuse(menu.problem().text);
    if (asked.check) {
        const auto wanted = lines_of(menu->value("button", Json::array())), there = standing();
        if (wanted != there)
            refuse(channel.id + ": another menu stands there: \"huiyin menu\" sets this one:\n" + wanted +
                   "there is:\n" + (there.empty() ? "none" : there));
        std::cout << channel.id << ": the menu stands as it is written\n";
        return;
    }
    good(account.api().post("/cgi-bin/menu/create", *menu));
    std::cout << lines_of(menu->value("button", Json::array()));
    std::cout << channel.id << ": the menu stands; phones show it within five minutes\n";
}

}  // namespace

void add_menu_command(CLI::App& app) {
    auto asked = std::make_shared<Asked>();
    auto* command = app.add_subcommand("menu", "the menu of a WeChat official account: sets it, shows it, removes it");
    command->add_option("--config", asked->config, "configuration file")->capture_default_str();
    command->add_option("--share", asked->share, "folder that holds templates/");
    command->add_option("--channel", asked->channel, "id; by default the first official account");
    command->add_option("--file", asked->file,
                        "the menu, in the platform's JSON; by default templates/wechat/menu.json");
    auto* show = command->add_flag("--show", asked->show, "only shows what stands there");
    auto* check =
        command->add_flag("--check", asked->check, "only tells whether what stands there is the file's; exit 1 if not")
            ->excludes(show);
    command->add_flag("--delete", asked->remove, "takes the menu away")->excludes(show)->excludes(check);
    command->callback([asked] { set_menu(*asked); });
}

}  // namespace huiyin
