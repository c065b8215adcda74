#include "workflow/store/served_store.h"

#include <sys/resource.h>

#include "workflow/base/digest.h"
#include "workflow/base/log.h"
#include "workflow/store/keeping.h"

namespace huiyin {

ServedStore::ServedStore(Connect reader, std::shared_ptr<void> held, std::unique_ptr<StoreContext> context,
                         MediaFolder media)
    : reader_(std::move(reader)), held_(std::move(held)), context_(std::move(context)), media_(std::move(media)) {}

ServedStore::~ServedStore() { ServedStore::stop(); }

void ServedStore::write_with(std::unique_ptr<Driver> driver, std::unique_ptr<Driver> beside) {
    writer_ = std::make_unique<Writer>(std::move(driver), std::move(beside), *context_);
    if (const auto swept = media_.sweep(); swept > 0) log::info("media.swept", {{"parts", swept}});
}

std::string ServedStore::saved_media(const std::string& bytes) {
    const auto hash = sha256_hex(bytes);
    run([&](Transaction& tx) { tx.keeping().note_file(hash); });
    return media_.save(bytes);
}

void ServedStore::look_beside(Look look, std::function<void()> suspect) {
    suspect_ = std::move(suspect);
    if (!look) return;
    looking_ = std::jthread([this, look = std::move(look)](const std::stop_token& stop) {
        ::setpriority(PRIO_PROCESS, 0, 19);  // of this thread: who is served comes first
        try {
            const auto found = look(stop);
            if (found.empty()) return;
            if (found == "ok") return log::info("store.looked_through");
            log::error("store.damaged", {{"problem", found}});
            suspect_();
            writer_->hear_of_damage();
        } catch (const std::exception& e) {
            log::warning("store.not_looked_through", {{"problem", e.what()}});
        }
    });
}

void ServedStore::submit(Unit unit, After after) {
    if (writer_) return writer_->submit(std::move(unit), std::move(after));
    after(Outcome::undone, std::make_exception_ptr(std::logic_error("store: opened for reading only")));
}

void ServedStore::read(const std::function<void(Reading&)>& look) {
    auto driver = idle_reader();
    try {
        driver->begin_reading();
        SqlTransaction reading(*driver, *context_);
        look(reading);
        driver->commit();
    } catch (const StoreFailed&) {
        throw;  // and the connection goes
    } catch (...) {
        driver->roll_back();
        give_back(std::move(driver));
        throw;
    }
    give_back(std::move(driver));
}

void ServedStore::on_commit(std::function<void(const Touched&)> listen) {
    if (watch_) watch_->listen(listen);
    if (writer_) writer_->on_commit(std::move(listen));
}

void ServedStore::limit_pages(std::int64_t pages) {
    if (writer_) writer_->limit_pages(pages);
}

void ServedStore::stop() {
    watch_.reset();
    looking_.request_stop();
    if (looking_.joinable()) looking_.join();
    if (writer_) writer_->stop();
    if (writer_ && writer_->is_damaged() && suspect_) suspect_();
}

std::unique_ptr<Driver> ServedStore::idle_reader() {
    {
        std::lock_guard lock(readers_mutex_);
        if (!readers_.empty()) {
            auto driver = std::move(readers_.back());
            readers_.pop_back();
            return driver;
        }
    }
    return reader_();
}

void ServedStore::give_back(std::unique_ptr<Driver> driver) {
    std::lock_guard lock(readers_mutex_);
    readers_.push_back(std::move(driver));
}

}  // namespace huiyin
