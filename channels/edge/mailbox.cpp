#include "channels/edge/mailbox.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace huiyin::http {

Mailbox::Mailbox(std::shared_ptr<Counters> counters)
    : counters_(std::move(counters)), wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (wake_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}
Mailbox::~Mailbox() { ::close(wake_); }

bool Mailbox::post(Post post) {
    bool first = false;
    {
        std::lock_guard lock(mutex_);
        if (closed_) return false;
        first = posts_.empty();
        posts_.push_back(std::move(post));
    }
    if (first) ::eventfd_write(wake_, 1);
    return true;
}

std::vector<Post> Mailbox::take() {
    // Emptied before the posts are taken: one that comes between the two only wakes the room once too often.
    eventfd_t ignored = 0;
    ::eventfd_read(wake_, &ignored);
    std::lock_guard lock(mutex_);
    return std::exchange(posts_, {});
}

std::vector<Post> Mailbox::close() {
    std::lock_guard lock(mutex_);
    closed_ = true;
    return std::exchange(posts_, {});
}

}  // namespace huiyin::http
