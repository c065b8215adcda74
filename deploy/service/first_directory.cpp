#include "deploy/service/first_directory.h"

#include <optional>
#include <string>

#include "channels/api/access.h"
#include "workflow/base/log.h"
#include "workflow/directory/directory_file.h"
#include "workflow/policy/calendar.h"

namespace huiyin {
namespace {

bool is_known(const std::shared_ptr<const Directory>& directory) { return directory && !directory->units().empty(); }

std::optional<Problem> read_into(Store& store, const Config& config, IdMaker& ids, TimePoint now) {
    const auto content = first_directory(config, ids, now);
    if (!content) return content.problem();
    const auto hash = content->demo_password.empty() ? std::string{} : hash_password(content->demo_password);
    store.run([&](Transaction& tx) {
        if (is_known(tx.directory())) return;  // another one was first
        for (const auto& unit : content->units) tx.save(unit);
        for (const auto& building : content->buildings) tx.save(building);
        for (const auto& household : content->households) tx.save(household);
        for (const auto& member : content->staff) {
            tx.save(member);
            if (!hash.empty()) tx.set_password_hash(member.id, hash);
        }
        if (!hash.empty()) tx.set_setting("demo_directory", "yes");
    });
    log::info(
        "directory.loaded",
        {{"file", config.directory}, {"households", content->households.size()}, {"staff", content->staff.size()}});
    return std::nullopt;
}

}  // namespace

Result<DirectoryContent> first_directory(const Config& config, IdMaker& ids, TimePoint now) {
    if (config.directory.empty())
        return Problem{"directory.missing",
                       "the store knows no organisation yet: write \"directory\" into " + config.file +
                           " for the first start: a file of your own units, buildings and staff, made like "
                           "templates/demo/directory.json",
                       {}};
    const auto look_at_hours = [](const Json& hours, const std::string& pointer, std::vector<Finding>& findings) {
        (void)read_hours(hours, pointer, findings);
    };
    auto content = read_directory_file(config.directory, ids, now, look_at_hours);
    if (!content) return content.problem();
    const auto others = config.open_to_others();
    if (!content->demo_password.empty() && !others.empty())
        return Problem{"directory.demo",
                       "everybody's password would be the one that stands in the file: " + config.directory +
                           " /demo_password: " + others +
                           ", and others come here: write your own directory, and take \"demo_password\" out of it",
                       {}};
    return content;
}

std::optional<Problem> demo_in_public(Reading& reading, const Config& config) {
    const auto others = config.open_to_others();
    if (others.empty() || !reading.setting("demo_directory")) return std::nullopt;
    return Problem{"directory.demo",
                   "this store holds the demo community with its public password, and others come here: " + others +
                       ": begin a new store with your own directory",
                   {}};
}

Result<std::shared_ptr<const Directory>> directory_of(Store& store, const Config& config, IdMaker& ids, TimePoint now) {
    std::shared_ptr<const Directory> known;
    std::optional<Problem> in_public;
    const auto look = [&] {
        store.read([&](Reading& reading) {
            known = reading.directory();
            in_public = demo_in_public(reading, config);
        });
    };
    look();
    if (!is_known(known)) {
        if (auto problem = read_into(store, config, ids, now)) return *problem;
        look();
    }
    if (in_public) return *in_public;
    return known;
}

}  // namespace huiyin
