#include "deploy/commands/ownership.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <exception>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <utility>

#include "workflow/store/address.h"
#include "workflow/store/store.h"

namespace huiyin::commands {
namespace {

namespace fs = std::filesystem;
using Owner = std::pair<uid_t, gid_t>;

// Nothing: root's own, or not to be seen.
std::optional<Owner> owner_of(const fs::path& place) {
    struct stat seen {};
    if (::stat(place.c_str(), &seen) != 0 || seen.st_uid == 0) return std::nullopt;
    return Owner{seen.st_uid, seen.st_gid};
}

// Through the open file, so that nothing can be put in its place between looking and giving.
void give(const fs::path& path, const Owner& to) {
    const int file = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) return;
    struct stat seen {};
    const bool ours = ::fstat(file, &seen) == 0 && seen.st_uid == 0 &&
                      (S_ISDIR(seen.st_mode) || (S_ISREG(seen.st_mode) && seen.st_nlink == 1));
    if (ours && ::fchown(file, to.first, to.second) != 0)
        std::cerr << "huiyin: stays root's: " << path.string() << ": chown it to the user who runs the service\n";
    ::close(file);
}

void give_store(const fs::path& store) {
    const auto folder = store.has_parent_path() ? store.parent_path() : fs::path(".");
    const auto owner = owner_of(folder);
    if (!owner) return;
    std::error_code ignored;
    for (const auto& each : fs::directory_iterator(folder, ignored))
        if (each.path().filename().string().starts_with(store.filename().string())) give(each.path(), *owner);
}

void give_media(const fs::path& media) {
    const auto above = media.has_parent_path() ? media.parent_path() : fs::path(".");
    auto owner = owner_of(media);
    if (!owner) owner = owner_of(above);
    if (!owner) return;
    std::error_code ignored;
    for (const auto& each : fs::recursive_directory_iterator(media, ignored)) give(each.path(), *owner);
    give(media, *owner);
}

}  // namespace

void give_to_owner_of_folder(const StoreOptions& store) noexcept {
    if (::geteuid() != 0) return;
    try {
        if (!is_postgres(store.url)) give_store(store.url.substr(store.url.find(':') + 1));
        if (!store.media.empty()) give_media(store.media);
    } catch (const std::exception& e) {
        std::cerr << "huiyin: " << e.what() << ": see that the store's files belong to the user who runs the service\n";
    }
}

}  // namespace huiyin::commands
