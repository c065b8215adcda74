#include "workflow/store/media.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <mutex>
#include <stdexcept>

#include "workflow/base/digest.h"

namespace huiyin {
namespace {

[[noreturn]] void failed(const std::string& what, const std::string& path) {
    throw std::runtime_error("media: " + what + ": " + path + ": " + std::strerror(errno));
}

class File {  // closes, and removes what was not finished
public:
    File(const std::string& path, int flags) : path_(path), handle_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {
        if (handle_ < 0) failed("cannot open", path);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        ::close(handle_);
        if (unfinished) ::unlink(path_.c_str());
    }
    void write(const std::string& bytes) {
        for (std::size_t at = 0; at < bytes.size();) {
            const auto n = ::write(handle_, bytes.data() + at, bytes.size() - at);
            if (n < 0 && errno == EINTR) continue;
            if (n <= 0) failed("cannot write", path_);
            at += static_cast<std::size_t>(n);
        }
    }
    void sync() {
        if (::fsync(handle_) != 0) failed("cannot sync", path_);
    }
    bool unfinished = false;

private:
    std::string path_;
    int handle_;
};

void sync_folder(const std::string& path) { File(path, O_RDONLY | O_DIRECTORY).sync(); }

// Who finds a file that is there, and who removes one, take turns; another process is kept away by the file's age.
std::mutex finding_or_removing;
constexpr std::time_t young = 600, long_begun = 86'400;  // seconds

bool is_hash(const std::string& text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

}  // namespace

std::string MediaFolder::save(const std::string& bytes) const {
    const auto hash = sha256_hex(bytes);
    const auto folder = folder_ + "/" + hash.substr(0, 2), whole = folder + "/" + hash;
    struct stat found {};
    std::unique_lock lock(finding_or_removing);
    if (::stat(whole.c_str(), &found) == 0 && static_cast<std::size_t>(found.st_size) == bytes.size() &&
        ::utimensat(AT_FDCWD, whole.c_str(), nullptr, 0) == 0) {
        sync_folder(folder);  // another thread may have put it there this very moment
        return hash;
    }
    lock.unlock();
    if (::mkdir(folder.c_str(), 0700) == 0) {
        sync_folder(folder_);
    } else if (errno != EEXIST) {
        failed("cannot make the folder", folder);
    }
    const auto part = whole + "." + random_hex(8) + ".part";
    {
        File file(part, O_WRONLY | O_CREAT | O_EXCL);
        file.unfinished = true;
        file.write(bytes);
        file.sync();
        if (::rename(part.c_str(), whole.c_str()) != 0) failed("cannot rename", part);
        file.unfinished = false;
    }
    sync_folder(folder);
    return hash;
}

bool MediaFolder::remove(const std::string& sha256) const {
    if (!is_hash(sha256)) return true;
    const auto folder = folder_ + "/" + sha256.substr(0, 2), whole = folder + "/" + sha256;
    const std::lock_guard lock(finding_or_removing);
    struct stat found {};
    if (::stat(whole.c_str(), &found) != 0) return true;
    if (found.st_mtime + young > std::time(nullptr)) return false;
    if (::unlink(whole.c_str()) != 0 && errno != ENOENT) failed("cannot remove", whole);
    sync_folder(folder);
    return true;
}

std::size_t MediaFolder::sweep() const {
    namespace fs = std::filesystem;
    std::size_t swept = 0;
    std::error_code none;  // a folder that is not there has nothing to sweep
    for (const auto& folder : fs::directory_iterator(folder_, none)) {
        if (folder.path().filename().string().size() != 2) continue;
        std::error_code gone;
        for (const auto& file : fs::directory_iterator(folder.path(), gone)) {
            struct stat found {};
            if (file.path().extension() != ".part" || ::stat(file.path().c_str(), &found) != 0 ||
                found.st_mtime + long_begun > std::time(nullptr))
                continue;
            if (::unlink(file.path().c_str()) == 0) ++swept;
        }
    }
    return swept;
}

Result<std::string> MediaFolder::path(const std::string& sha256) const {
    const Problem missing{"media.missing",
                          "this file is not here: " + folder_ + ": restore the media folder from a backup", sha256};
    if (!is_hash(sha256)) return missing;
    auto whole = folder_ + "/" + sha256.substr(0, 2) + "/" + sha256;
    struct stat found {};
    if (::stat(whole.c_str(), &found) != 0 || !S_ISREG(found.st_mode)) return missing;
    return whole;
}

}  // namespace huiyin
