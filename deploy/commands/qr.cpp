#include "deploy/commands/qr.h"

#include <algorithm>
#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <kainjow/mustache.hpp>
#include <memory>
#include <sstream>

#include "channels/codec/qr_picture.h"
#include "channels/edge/http_client.h"
#include "channels/place_code.h"
#include "channels/wechat_official_account/printed_codes.h"
#include "deploy/commands/common.h"
#include "deploy/service/channels.h"
#include "workflow/base/log.h"
#include "workflow/directory/directory_file.h"

namespace huiyin {
namespace {

namespace fs = std::filesystem;
namespace mustache = kainjow::mustache;
using commands::refuse;

struct Asked {
    std::string config = "huiyin.json", share, channel, unit, out = "codes";
    std::vector<std::string> buildings;
    bool all_buildings = false, entrances = false;
    int days = 0;
};

std::shared_ptr<const Directory> directory_of(const Config& config) {
    IdMaker ids{1};
    if (commands::store_is_there(config)) {
        auto store = commands::store_or_refuse(config, true, ids);
        std::shared_ptr<const Directory> known;
        store->read([&](Reading& reading) { known = reading.directory(); });
        store->stop();
        if (known && !known->units().empty()) return known;
    }
    if (config.directory.empty())
        refuse("no organisation is known yet: " + config.file + ": write \"directory\", or start the service once");
    auto content = read_directory_file(config.directory, ids, SystemClock{}.now());
    if (!content) refuse(content.problem().text);
    return content->directory();
}

const ChannelConfig& channel_of(const Config& config, const std::string& id) {
    const auto prints = [](const ChannelConfig& one) {
        return one.type == "wechat_official_account" || one.type == "webchat";
    };
    const ChannelConfig* found = nullptr;
    for (const auto& one : config.channels) {
        if (id.empty() ? !prints(one) : one.id != id) continue;
        if (!found || (found->type == "webchat" && one.type != "webchat")) found = &one;
    }
    if (!found && !id.empty()) refuse("no channel \"" + id + "\" in " + config.file + ": name one of \"channels\"");
    if (!found || !prints(*found))
        refuse("codes are printed for a wechat_official_account or a webchat, and " + config.file +
               " has none: add it");
    if (found->type == "webchat" && config.public_url.empty())
        refuse("a web chat's code needs an address that phones reach: write \"public_url\" into " + config.file);
    return *found;
}

std::vector<Spot> spots_of(const Directory& directory, const Asked& asked, bool only_communities) {
    std::vector<Spot> spots;
    const auto* only = asked.unit.empty() ? nullptr : directory.unit_by_key(asked.unit);
    if (!asked.unit.empty() && !only) refuse("no unit with the key \"" + asked.unit + "\": see the directory");
    const bool wants_buildings = asked.all_buildings || asked.entrances || !asked.buildings.empty();
    if (wants_buildings && only_communities) refuse("a web chat's code names a community only: leave buildings out");
    auto missing = asked.buildings;
    for (const auto& unit : directory.units()) {
        if (unit.kind != "community" || (only && !directory.is_within(unit.id, only->id))) continue;
        if (asked.buildings.empty()) spots.push_back({unit.id, {}, {}});
        if (!wants_buildings) continue;
        for (const auto& building : directory.buildings()) {
            if (building.community != unit.id) continue;
            if (!asked.buildings.empty() &&
                std::find(asked.buildings.begin(), asked.buildings.end(), building.name) == asked.buildings.end())
                continue;
            std::erase(missing, building.name);
            spots.push_back({unit.id, building.name, {}});
            if (!asked.entrances) continue;
            for (const auto& entrance : building.units) spots.push_back({unit.id, building.name, entrance});
        }
    }
    if (!missing.empty()) refuse("no building \"" + missing.front() + "\" here: write it as the directory does: \"3\"");
    if (spots.empty()) refuse("there is no community to print a code for: see the directory");
    return spots;
}

std::string place_of(const Directory& directory, const Spot& spot) {
    return directory.household_label({{}, spot.unit, spot.building, spot.entrance, {}});
}

std::string file_of(const Directory& directory, const Spot& spot) {
    std::string name = directory.unit(spot.unit)->key;
    for (const auto& part : {spot.building, spot.entrance})
        if (!part.empty()) name += "-" + part;
    std::replace(name.begin(), name.end(), '/', '_');
    return name + ".png";
}

std::string duty_phone_of(const Directory& directory, UnitId id) {
    for (const auto* unit = directory.unit(id); unit; unit = unit->parent ? directory.unit(unit->parent) : nullptr)
        if (!unit->duty_phone.empty()) return unit->duty_phone;
    return {};
}

void write(const fs::path& path, const std::string& bytes) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << bytes;
    file.close();
    if (!file) refuse("cannot write " + path.string() + ": choose a folder of yours with --out");
}

std::string text_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) refuse("cannot read " + path.string() + ": it belongs to the templates");
    return text.str();
}

void print_codes(const Asked& asked) {
    log::silence(true);
    std::string share;
    const auto config = commands::config_or_refuse(asked.config, asked.share, &share);
    const auto& channel = channel_of(config, asked.channel);
    const bool web = channel.type == "webchat";
    if (web && asked.days > 0) refuse("a web chat's code is an address and does not end: leave --days out");
    const auto directory = directory_of(config);
    const auto spots = spots_of(*directory, asked, web);
    const SystemClock system;
    http::Client client({.trusted_origins = trusted_origins(config)});
    wechat::Account account(
        {channel.app_id, channel.app_secret, channel.api_base},
        [&client](const http::Call& call) { return client.send(call); }, system);
    std::optional<std::chrono::seconds> life;
    if (asked.days > 0) life = std::chrono::hours(24) * asked.days;

    std::error_code failed;
    fs::create_directories(asked.out, failed);
    if (failed) refuse("cannot make the folder " + asked.out + ": " + failed.message() + ": choose another with --out");
    mustache::data codes(mustache::data::type::list);
    for (const auto& spot : spots) {
        const auto& unit = *directory->unit(spot.unit);
        const auto address =
            web ? Result<std::string>(config.public_url + "/chat/" + channel.id + "?unit=" + url_encoded(unit.key))
                : wechat::code_address(account, scene_of(*directory, spot), life);
        if (!address) refuse(unit.name + place_of(*directory, spot) + ": " + address.problem().text);
        const auto picture = QrPicture::of(*address);
        if (!picture) refuse(picture.problem().text);
        const auto file = file_of(*directory, spot);
        write(fs::path(asked.out) / file, picture->png());
        mustache::data code;
        code.set("picture", picture->svg());
        code.set("community", unit.name);
        // An empty text is something to the template, a missing one is not.
        if (const auto place = place_of(*directory, spot); !place.empty()) code.set("place", place);
        if (const auto phone = duty_phone_of(*directory, spot.unit); !phone.empty()) code.set("phone", phone);
        code.set("wechat", web ? mustache::data::type::bool_false : mustache::data::type::bool_true);
        codes << code;
        std::cout << file << '\t' << unit.name << place_of(*directory, spot) << '\t' << *address << std::endl;
    }
    mustache::mustache page(text_of(fs::path(share) / "templates" / "print" / "codes.html"));
    mustache::data all;
    all.set("codes", codes);
    all.set("organisation", directory->organisation().name);
    write(fs::path(asked.out) / "sheet.html", page.render(all));
    std::cout << spots.size() << " codes; to print: " << (fs::path(asked.out) / "sheet.html").string() << '\n';
}

}  // namespace

void add_qr_command(CLI::App& app) {
    auto asked = std::make_shared<Asked>();
    auto* command = app.add_subcommand(
        "qr",
        "codes to hang up: PNG files and a sheet to print; of a web chat by community, of a WeChat official account by "
        "building and entrance too: who scans a building's code is not asked for the building");
    command->add_option("--config", asked->config, "configuration file")->capture_default_str();
    command->add_option("--share", asked->share, "folder that holds templates/");
    command->add_option("--channel", asked->channel, "id; by default the official account, else the web chat");
    command->add_option("--unit", asked->unit, "key of a unit: its communities only");
    command->add_option("--building", asked->buildings,
                        "of an official account: this building only; may be given several times");
    command->add_flag("--buildings", asked->all_buildings, "of an official account: a code for every building, too");
    command->add_flag("--entrances", asked->entrances, "of an official account: and for every entrance of them");
    command
        ->add_option("--days", asked->days,
                     "of an official account: codes that end after 1 to 30 days; else they stay for ever")
        ->check(CLI::Range(1, 30));
    command->add_option("--out", asked->out, "folder to write to")->capture_default_str();
    command->callback([asked] { print_codes(*asked); });
}

}  // namespace huiyin
