// A store on the connections of an engine: units of work go to its writer, questions to connections that read.
//
// Threads: any. As many reading connections as threads ever read at once; each is used by one thread at a time.
#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "workflow/store/media.h"
#include "workflow/store/store.h"
#include "workflow/store/writer.h"

namespace huiyin {

// What runs beside a store that several processes serve. Threads: its own.
class Watch {
public:
    virtual ~Watch() = default;
    virtual void listen(std::function<void(const Touched&)> hear) = 0;  // to what others commit
    virtual int processes() const = 0;                                  // that serve the store, this one among them
};

class ServedStore final : public Store {
public:
    using Connect = std::function<std::unique_ptr<Driver>()>;
    // reader: opens one more connection that reads. held: let go when all connections are closed (the lock).
    ServedStore(Connect reader, std::shared_ptr<void> held, std::unique_ptr<StoreContext> context, MediaFolder media);
    ~ServedStore() override;
    // Without it the store is for reading only. beside: writer.h.
    void write_with(std::unique_ptr<Driver> driver, std::unique_ptr<Driver> beside);
    // What looks through the file beside the service: its look, and what is done about damage, found then or by a read.
    using Look = std::function<std::string(const std::stop_token&)>;
    void look_beside(Look look, std::function<void()> suspect);
    void watch_with(std::unique_ptr<Watch> watch) { watch_ = std::move(watch); }
    const StoreContext& context() const { return *context_; }

    void submit(Unit unit, After after) override;
    void read(const std::function<void(Reading&)>& look) override;
    void on_commit(std::function<void(const Touched&)> listen) override;
    bool writable() override { return writer_ && writer_->writable(); }
    std::size_t waiting() override { return writer_ ? writer_->waiting() : 0; }
    std::uint64_t commits() override { return writer_ ? writer_->commits() : 0; }
    int processes() override { return watch_ ? watch_->processes() : 1; }
    void limit_pages(std::int64_t pages) override;
    void stop() override;
    // Noted before: where no row comes to need it, a night removes it.
    std::string saved_media(const std::string& bytes) override;
    Result<std::string> media_path(const std::string& sha256) override { return media_.path(sha256); }
    bool remove_media(const std::string& sha256) override { return media_.remove(sha256); }

private:
    std::unique_ptr<Driver> idle_reader();
    void give_back(std::unique_ptr<Driver> driver);

    Connect reader_;
    std::shared_ptr<void> held_;  // let go last
    std::unique_ptr<StoreContext> context_;
    MediaFolder media_;
    std::mutex readers_mutex_;
    std::vector<std::unique_ptr<Driver>> readers_;
    std::unique_ptr<Writer> writer_;
    std::unique_ptr<Watch> watch_;  // ends first
    std::function<void()> suspect_;
    std::jthread looking_;
};

}  // namespace huiyin
