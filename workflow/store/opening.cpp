#include "workflow/store/opening.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "workflow/base/digest.h"
#include "workflow/store/migrate.h"
#include "workflow/store/sql.h"

namespace huiyin::opening {
namespace {

constexpr std::string_view key_check = "huiyin data key check";

std::string key_place(const char* column, std::int64_t organisation, const std::string& id) {
    return std::string("data_keys.") + column + "/" + std::to_string(organisation) + "/" + id;
}

}  // namespace

Problem unreadable(const std::string& what, const std::string& where, const std::string& mend) {
    return {"store.unreadable", what + ": " + where + ": " + mend, {}};
}

std::string folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

std::optional<Problem> folder_problem(const std::string& folder, const std::string& what, bool to_write) {
    struct stat found {};
    if (::stat(folder.c_str(), &found) != 0)
        return unreadable("the folder of " + what + " is missing", folder,
                          "make it (mkdir -p), or mend the path in the configuration");
    if (!S_ISDIR(found.st_mode))
        return unreadable("the folder of " + what + " is no folder", folder, "mend the path in the configuration");
    if (::access(folder.c_str(), to_write ? R_OK | W_OK | X_OK : R_OK | X_OK) != 0)
        return unreadable("the folder of " + what + " cannot be " + (to_write ? "written" : "read") + " (" +
                              std::strerror(errno) + ")",
                          folder, "give it to the user who runs huiyin");
    return std::nullopt;
}

std::optional<Problem> media_problem(const StoreOptions& options) {
    if (options.media.empty() || options.read_only) return std::nullopt;
    if (::mkdir(options.media.c_str(), 0700) != 0 && errno != EEXIST)
        return unreadable(std::string("the media folder cannot be made (") + std::strerror(errno) + ")", options.media,
                          "make the folder above it, or mend \"media\" in the configuration");
    return folder_problem(options.media, "attachments", true);
}

std::optional<Problem> schema_problem(int version, const std::string& where, bool read_only) {
    if (version == half_copied)
        return Problem{"store.half_copied",
                       "a copy into this store was begun and not finished: " + where +
                           ": run huiyin copy-store once more, or name another store",
                       {}};
    if (version > newest_schema())
        return Problem{"store.too_new",
                       "the store was made by a newer program (schema " + std::to_string(version) +
                           ", this one knows " + std::to_string(newest_schema()) + "): " + where +
                           ": use the newer program, or restore an older backup",
                       {}};
    if (read_only && version < newest_schema())
        return Problem{"store.older",
                       "the store's schema is older than this program: " + where +
                           ": run huiyin migrate, or start the service once",
                       {}};
    return std::nullopt;
}

Problem taken(const std::string& where) {
    return {"store.taken",
            "there is something already where the copy would go: " + where + ": name an empty place for it", where};
}

std::unique_ptr<StoreContext> make_context(const StoreOptions& options, IdMaker& ids) {
    std::vector<std::string> keys{options.data_key};
    keys.insert(keys.end(), options.older_keys.begin(), options.older_keys.end());
    return std::make_unique<StoreContext>(StoreContext{0, Vault(std::move(keys)), &ids, options.node});
}

std::optional<Problem> open_vault(Driver& driver, StoreContext& context, bool may_write, TimePoint now) {
    {
        Query row(driver, sql::organisation);
        if (row.step()) context.organisation = row.integer(0);
    }
    if (context.organisation == 0) {
        if (!may_write) return unreadable("the store is empty", "\"store\"", "start the service once");
        context.organisation = context.ids->next(to_ms(now));
        change(driver, sql::add_organisation, context.organisation, to_ms(now));
    }
    std::string index_key;
    std::vector<std::string> sealed_with, unknown;
    {
        Query row(driver, sql::data_keys, context.organisation);
        while (row.step()) {
            const auto id = row.text(0);
            sealed_with.push_back(id);
            try {
                if (context.vault.open(row.text(1), key_place("check", context.organisation, id)) != key_check)
                    throw std::runtime_error("another text");
                index_key = context.vault.open(row.text(2), key_place("index_key", context.organisation, id));
            } catch (const std::runtime_error&) {
                unknown.push_back(id);
            }
        }
    }
    if (!unknown.empty())
        return Problem{"store.wrong_key",
                       "the data_key does not open what is in the store (sealed with key " + unknown.front() +
                           "): \"data_key\" in the configuration: give the key it was made with; a newer one goes in "
                           "front of it in "
                           "a list, not in its place",
                       unknown.front()};
    const auto newest = to_hex(Vault::key_id(context.vault.keys().front()));
    if (std::find(sealed_with.begin(), sealed_with.end(), newest) == sealed_with.end()) {
        if (!may_write) {
            if (index_key.empty()) return unreadable("the store is empty", "\"store\"", "start the service once");
        } else {
            if (index_key.empty()) index_key = random_bytes(32);
            const auto check = context.vault.seal(key_check, key_place("check", context.organisation, newest));
            const auto sealed = context.vault.seal(index_key, key_place("index_key", context.organisation, newest));
            change(driver, sql::add_data_key, context.organisation, newest, Bytes{check}, Bytes{sealed}, to_ms(now));
        }
    }
    context.vault.set_index_key(index_key);
    return std::nullopt;
}

}  // namespace huiyin::opening
