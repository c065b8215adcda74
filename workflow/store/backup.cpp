#include "workflow/store/backup.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <SQLiteCpp/SQLiteCpp.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "workflow/base/digest.h"
#include "workflow/base/json_text.h"
#include "workflow/base/time_text.h"
#include "workflow/store/media.h"

namespace huiyin {
namespace {

namespace fs = std::filesystem;

constexpr int format = 1;
constexpr const char* fence_setting = "restored_from";
constexpr std::size_t manifest_most = 256 << 20;

Problem unwritable(const std::string& path, const std::string& what) {
    return {"backup.unwritable",
            "cannot write (" + what + "): " + path + ": see that the disk has room and the folder is ours", path};
}
Problem damaged(const std::string& file, const std::string& what) {
    return {"backup.damaged",
            "this is no whole backup (" + what + "): " + file + ": take another one; nothing was changed", what};
}

std::string path_of(const StoreOptions& options) { return options.url.substr(std::string("sqlite:").size()); }

// The server has tools of its own, which also bring a database to any moment; the media are files beside it.
std::optional<Problem> not_in_a_file(const StoreOptions& options) {
    if (options.url.compare(0, 7, "sqlite:") == 0) return std::nullopt;
    return Problem{"backup.unwritable",
                   "a store on PostgreSQL is saved and brought back by the server's own tools: \"store\": use pg_dump "
                   "and pg_restore (or pg_basebackup), and copy the folder \"media\" after it",
                   {}};
}

// A folder of our own beside `path`, gone when we are.
class Workshop {
public:
    explicit Workshop(const std::string& path) : folder_(path + ".XXXXXX") {
        if (!::mkdtemp(folder_.data())) folder_.clear();
    }
    ~Workshop() {
        std::error_code ignored;
        if (!folder_.empty()) fs::remove_all(folder_, ignored);
    }
    Workshop(const Workshop&) = delete;
    Workshop& operator=(const Workshop&) = delete;
    bool stands() const { return !folder_.empty(); }
    std::string at(const std::string& name) const { return folder_ + "/" + name; }

private:
    std::string folder_;
};

bool synced(const std::string& path) {
    const int handle = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (handle < 0) return false;
    const bool done = ::fsync(handle) == 0;
    ::close(handle);
    return done;
}
std::string folder_of(const std::string& path) {
    const auto parent = fs::path(path).parent_path().string();
    return parent.empty() ? "." : parent;
}

// Seen through the memory map: a store need not fit into memory.
std::optional<std::string> hash_of(const std::string& path) {
    const int handle = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat found {};
    if (handle < 0) return std::nullopt;
    std::optional<std::string> hash;
    if (::fstat(handle, &found) == 0 && found.st_size > 0) {
        const auto bytes = static_cast<std::size_t>(found.st_size);
        if (void* at = ::mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, handle, 0); at != MAP_FAILED) {
            hash = sha256_hex(std::string_view(static_cast<const char*>(at), bytes));
            ::munmap(at, bytes);
        }
    }
    ::close(handle);
    return hash;
}

StoreOptions elsewhere(const StoreOptions& options, const std::string& path, const std::string& media) {
    auto moved = options;
    moved.url = "sqlite:" + path;
    moved.media = media;
    moved.read_only = false;
    return moved;
}

// The store as it is at one moment, in one file that knows the moment.
std::optional<Problem> take_snapshot(const StoreOptions& from, const std::string& to, const std::string& media,
                                     TimePoint fence, IdMaker& ids) {
    const auto before = ::umask(0077);
    try {
        SQLite::Database store(path_of(from), SQLite::OPEN_READONLY, 30'000);
        SQLite::Statement copy(store, "VACUUM INTO ?");
        copy.bind(1, to);
        copy.exec();
    } catch (const SQLite::Exception& e) {
        ::umask(before);
        return Problem{"backup.unwritable",
                       std::string("no snapshot of the store can be made (") + e.what() + "): " + path_of(from) +
                           ": see that it is there and the disk has room",
                       e.what()};
    }
    ::umask(before);
    auto snapshot = open_store(elsewhere(from, to, media), ids);
    if (!snapshot) return snapshot.problem();
    (*snapshot)->run(
        [&](Transaction& tx) { tx.set_setting(fence_setting, to_rfc3339(fence, Zone{}, Precision::milliseconds)); });
    (*snapshot)->stop();
    snapshot->reset();
    if (fs::exists(to + "-wal") && fs::file_size(to + "-wal") != 0)
        return Problem{"backup.unwritable", "the snapshot was not closed: " + to + ": try again", to};
    return std::nullopt;
}

std::map<std::string, std::int64_t> media_of(const std::string& snapshot) {
    std::map<std::string, std::int64_t> media;
    SQLite::Database store(snapshot, SQLite::OPEN_READONLY);
    SQLite::Statement each(store, "SELECT DISTINCT sha256, bytes FROM attachments WHERE sha256 <> ''");
    while (each.executeStep()) media[each.getColumn(0).getString()] = each.getColumn(1).getInt64();
    return media;
}

// ---- the tar

class TarOut {
public:
    explicit TarOut(const std::string& path) : archive_(archive_write_new(), &archive_write_free) {
        archive_write_set_format_pax_restricted(archive_.get());
        opened_ = archive_write_open_filename(archive_.get(), path.c_str()) == ARCHIVE_OK;
    }
    bool put(const std::string& name, const std::string& bytes) {
        return head(name, static_cast<std::int64_t>(bytes.size())) && body(bytes.data(), bytes.size());
    }
    // Before anything is written where the file cannot be opened.
    bool put_file(const std::string& name, const std::string& path) {
        std::ifstream file(path, std::ios::binary);
        std::error_code none;
        const auto bytes = fs::file_size(path, none);
        if (none || !file || !head(name, static_cast<std::int64_t>(bytes))) return false;
        std::string part(1 << 20, '\0');
        std::uintmax_t written = 0;
        while (file.read(part.data(), static_cast<std::streamsize>(part.size())) || file.gcount() > 0) {
            if (!body(part.data(), static_cast<std::size_t>(file.gcount()))) return false;
            written += static_cast<std::uintmax_t>(file.gcount());
        }
        return written == bytes;
    }
    bool end() { return opened_ && archive_write_close(archive_.get()) == ARCHIVE_OK; }
    std::string what() const {
        const char* text = archive_error_string(archive_.get());
        return text ? text : std::strerror(errno);
    }

private:
    bool head(const std::string& name, std::int64_t bytes) {
        if (!opened_) return false;
        const std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry(archive_entry_new(), &archive_entry_free);
        archive_entry_set_pathname(entry.get(), name.c_str());
        archive_entry_set_size(entry.get(), bytes);
        archive_entry_set_filetype(entry.get(), AE_IFREG);
        archive_entry_set_perm(entry.get(), 0600);
        return archive_write_header(archive_.get(), entry.get()) == ARCHIVE_OK;
    }
    bool body(const char* bytes, std::size_t count) {
        return count == 0 || archive_write_data(archive_.get(), bytes, count) == static_cast<la_ssize_t>(count);
    }
    std::unique_ptr<archive, int (*)(archive*)> archive_;
    bool opened_ = false;
};

class TarIn {
public:
    explicit TarIn(const std::string& path) : archive_(archive_read_new(), &archive_read_free) {
        archive_read_support_format_tar(archive_.get());
        archive_read_support_filter_all(archive_.get());  // somebody may have packed it
        opened_ = archive_read_open_filename(archive_.get(), path.c_str(), 1 << 18) == ARCHIVE_OK;
    }
    bool opened() const { return opened_; }
    // The next entry's name; nothing at the end. Throws std::runtime_error where it is cut off.
    std::optional<std::string> next() {
        archive_entry* entry = nullptr;
        const int got = archive_read_next_header(archive_.get(), &entry);
        if (got == ARCHIVE_EOF) return std::nullopt;
        if (got != ARCHIVE_OK) failed();
        return archive_entry_pathname(entry);
    }
    std::string text(std::size_t at_most) {
        std::string bytes;
        each([&](const char* part, std::size_t count) {
            if (bytes.size() + count > at_most) throw std::runtime_error("an entry is too large");
            bytes.append(part, count);
        });
        return bytes;
    }
    void each(const std::function<void(const char*, std::size_t)>& take) {
        std::string part(1 << 20, '\0');
        for (la_ssize_t got = 0; (got = archive_read_data(archive_.get(), part.data(), part.size())) != 0;) {
            if (got < 0) failed();
            take(part.data(), static_cast<std::size_t>(got));
        }
    }

private:
    [[noreturn]] void failed() {
        const char* text = archive_error_string(archive_.get());
        throw std::runtime_error(text ? text : "cut off");
    }
    std::unique_ptr<archive, int (*)(archive*)> archive_;
    bool opened_ = false;
};

using MediaPaths = std::vector<std::pair<std::string, std::string>>;  // hash, where it lies

enum class Written { all, one_is_gone, no };

Written write_tar(const std::string& file, const Json& manifest, const std::string& snapshot, const MediaPaths& media,
                  std::string& what) {
    TarOut tar(file);
    bool good = tar.put("manifest.json", manifest.dump(1)) && tar.put_file("huiyin.db", snapshot);
    for (const auto& [hash, path] : media) {
        if (!good) break;
        good = tar.put_file("media/" + hash.substr(0, 2) + "/" + hash, path);
        if (!good && !fs::exists(path)) return Written::one_is_gone;
    }
    good = good && tar.end();
    if (good) return Written::all;
    what = tar.what();
    return Written::no;
}

// A name of our own for the file, so that it stays though it is removed while it waits for its turn. Where that cannot
// be, as on another disk, its own.
std::string kept_name(const std::string& path, const std::string& own) {
    return ::link(path.c_str(), own.c_str()) == 0 || errno == EEXIST ? own : path;
}

struct Manifest {
    TimePoint fence;
    std::int64_t store_bytes = 0;
    std::string store_hash;
    std::map<std::string, std::int64_t> media;
    std::vector<std::string> missing;
};

Result<Manifest> read_manifest(const std::string& text, const std::string& file) {
    const auto json = parse_json(text, {.bytes = manifest_most, .depth = 8});
    try {
        if (!json || json->at("format") != format) return damaged(file, "its manifest is of another form");
        Manifest manifest;
        const auto fence = parse_rfc3339(json->at("fence").get<std::string>());
        if (!fence) return damaged(file, "its manifest has no fence");
        manifest.fence = *fence;
        manifest.store_bytes = json->at("store").at("bytes").get<std::int64_t>();
        manifest.store_hash = json->at("store").at("sha256").get<std::string>();
        for (const auto& one : json->at("media"))
            manifest.media[one.at("sha256").get<std::string>()] = one.at("bytes").get<std::int64_t>();
        for (const auto& one : json->at("missing")) manifest.missing.push_back(one.get<std::string>());
        return manifest;
    } catch (const Json::exception& e) {
        return damaged(file, e.what());
    }
}

}  // namespace

Result<BackupMade> back_up(const StoreOptions& from, const std::string& file, TimePoint now, IdMaker& ids) {
    if (auto problem = not_in_a_file(from)) return *problem;
    if (fs::exists(file))
        return Problem{"backup.taken", "something lies there already: " + file + ": write another name", file};
    const Workshop workshop(file);
    if (!workshop.stands()) return unwritable(folder_of(file), std::strerror(errno));
    const auto snapshot = workshop.at("huiyin.db");
    if (auto problem = take_snapshot(from, snapshot, folder_of(snapshot), now, ids)) return *problem;

    BackupMade made;
    made.fence = now;
    made.store_bytes = static_cast<std::int64_t>(fs::file_size(snapshot));
    const auto hash = hash_of(snapshot);
    if (!hash) return unwritable(snapshot, "the snapshot cannot be read back");
    auto bytes_of = media_of(snapshot);
    MediaPaths media;
    const MediaFolder folder(from.media);
    for (const auto& [name, bytes] : bytes_of) {
        if (const auto path = folder.path(name))
            media.emplace_back(name, kept_name(*path, workshop.at(name)));
        else
            made.missing.push_back(name);
    }
    const auto part = workshop.at("backup.tar");
    std::string what;
    auto written = Written::one_is_gone;
    while (written == Written::one_is_gone) {
        // What was removed while it was written is missing, too; the manifest says so from the start.
        std::erase_if(media, [&](const auto& each) {
            const bool gone = !fs::exists(each.second);
            if (gone) made.missing.push_back(each.first);
            return gone;
        });
        Json listed = Json::array();
        for (const auto& [name, path] : media) listed.push_back({{"sha256", name}, {"bytes", bytes_of[name]}});
        const Json manifest{{"format", format},
                            {"fence", to_rfc3339(now, Zone{}, Precision::milliseconds)},
                            {"store", {{"bytes", made.store_bytes}, {"sha256", *hash}}},
                            {"media", std::move(listed)},
                            {"missing", made.missing}};
        written = write_tar(part, manifest, snapshot, media, what);
    }
    if (written == Written::no) return unwritable(file, what);
    made.media = media.size();
    ::chmod(part.c_str(), 0600);
    if (!synced(part) || ::rename(part.c_str(), file.c_str()) != 0 || !synced(folder_of(file)))
        return unwritable(file, std::strerror(errno));
    return made;
}

Result<BackupMade> restore(const StoreOptions& to, const std::string& file, IdMaker& ids) {
    if (auto problem = not_in_a_file(to)) return *problem;
    const auto store = path_of(to);
    for (const auto& each : {store, store + "-wal"})
        if (fs::exists(each))
            return Problem{"backup.taken",
                           "a store is there already: " + each +
                               ": stop the service and move it away, or name another place in the configuration",
                           each};
    TarIn tar(file);
    if (!tar.opened())
        return Problem{"backup.unreadable", "cannot be read: " + file + ": name a file that huiyin backup made", file};
    const Workshop workshop(store);
    if (!workshop.stands()) return unwritable(folder_of(store), std::strerror(errno));
    if (::mkdir(to.media.c_str(), 0700) != 0 && errno != EEXIST) return unwritable(to.media, std::strerror(errno));
    const auto snapshot = workshop.at("huiyin.db");
    std::optional<Manifest> manifest;
    std::size_t media = 0;
    bool has_store = false;
    try {
        for (auto name = tar.next(); name; name = tar.next()) {
            if (!manifest) {
                if (*name != "manifest.json") return damaged(file, "it does not begin with its manifest");
                auto read = read_manifest(tar.text(manifest_most), file);
                if (!read) return read.problem();
                manifest = std::move(*read);
            } else if (*name == "huiyin.db") {
                std::ofstream out(snapshot, std::ios::binary);
                tar.each([&](const char* bytes, std::size_t count) {
                    out.write(bytes, static_cast<std::streamsize>(count));
                });
                out.close();
                if (!out) return unwritable(snapshot, std::strerror(errno));
                if (hash_of(snapshot) != manifest->store_hash)
                    return damaged(file, "the store in it is not what it was");
                has_store = true;
            } else if (name->compare(0, 6, "media/") == 0) {
                const auto hash = fs::path(*name).filename().string();
                const auto listed = manifest->media.find(hash);
                if (listed == manifest->media.end()) return damaged(file, *name + " is not in its manifest");
                const auto bytes = tar.text(static_cast<std::size_t>(listed->second) + 1);
                if (sha256_hex(bytes) != hash) return damaged(file, *name + " is not what it was");
                try {
                    MediaFolder(to.media).save(bytes);
                } catch (const std::runtime_error& e) {  // the place it goes to, not the backup
                    return unwritable(to.media, e.what());
                }
                ++media;
            }
        }
    } catch (const std::runtime_error& e) {
        return damaged(file, e.what());
    }
    if (!manifest || !has_store || media != manifest->media.size()) return damaged(file, "it is cut off");
    ::chmod(snapshot.c_str(), 0600);
    {  // the key fits, and the schema is brought up to date, before it gets its name
        const auto opened = open_store(elsewhere(to, snapshot, to.media), ids);
        if (!opened) return opened.problem();
        (*opened)->stop();
    }
    if (!synced(snapshot) || ::rename(snapshot.c_str(), store.c_str()) != 0 || !synced(folder_of(store)))
        return unwritable(store, std::strerror(errno));
    return BackupMade{manifest->fence, manifest->store_bytes, media, manifest->missing};
}

std::optional<int> hold_back_after_restore(Store& store) {
    std::optional<std::string> fence;
    store.read([&](Reading& reading) { fence = reading.setting(fence_setting); });
    if (!fence || fence->empty()) return std::nullopt;
    int held = 0;
    store.run([&](Transaction& tx) {
        held = 0;
        for (const auto* state : {"waiting", "sending"}) {
            std::vector<OutboxItem> items;
            std::string cursor;
            do {
                auto page = tx.outbox_page(state, 200, cursor);
                items.insert(items.end(), page.items.begin(), page.items.end());
                cursor = page.next_cursor;
            } while (!cursor.empty());
            for (auto& item : items) {
                item.state = OutboxState::dead;
                item.error_code = "restored";
                item.error_text = "waited at " + *fence + ", and may have been sent since: look, then send it again";
                tx.save(item);
                ++held;
            }
        }
        tx.set_setting(fence_setting, "");
    });
    return held;
}

}  // namespace huiyin
