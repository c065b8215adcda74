#include "deploy/service/first_directory.h"

#include <optional>
#include <string>

#include "channels/api/access.h"
#include "workflow/base/log.h"
#include "workflow/directory/directory_file.h"

namespace huiyin {
namespace {

bool is_known(const std::shared_ptr<const Directory>& directory) { return directory && !directory->units().empty(); }

std::optional<Problem> read_into(Store& store, const Config& config, IdMaker& ids, TimePoint now) {
    if (config.directory.empty())
        return Problem{"directory.missing",
                       "the store knows no organisation yet: write \"directory\" into " + config.file +
                           " for the first start, for example templates/demo/directory.json",
                       {}};
    auto content = read_directory_file(config.directory, ids, now);
    if (!content) return content.problem();
    if (!content->demo_password.empty() && !config.listens_on_loopback())
        return Problem{"directory.demo",
                       "the directory " + config.directory + " holds a demo password, and this service listens on " +
                           config.host + ": listen on 127.0.0.1, or take \"demo_password\" out of the file",
                       {}};
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

Result<std::shared_ptr<const Directory>> directory_of(Store& store, const Config& config, IdMaker& ids, TimePoint now) {
    std::shared_ptr<const Directory> known;
    std::optional<std::string> demo;
    const auto look = [&] {
        store.read([&](Reading& reading) {
            known = reading.directory();
            demo = reading.setting("demo_directory");
        });
    };
    look();
    if (!is_known(known)) {
        if (auto problem = read_into(store, config, ids, now)) return *problem;
        look();
    }
    if (demo && !config.listens_on_loopback())
        return Problem{"directory.demo",
                       "this store holds the demo community with its public password, and this service listens on " +
                           config.host + ": listen on 127.0.0.1, or begin a new store",
                       {}};
    return known;
}

}  // namespace huiyin
