#include "channels/streams.h"

#include <algorithm>

#include "workflow/base/log.h"

namespace huiyin {
namespace {
constexpr std::size_t streams_a_conversation = 10;
}

Streams::Streams(Store& store) : store_(store), thread_([this] { run(); }) {}
Streams::~Streams() { news_->close(); }

void Streams::open(http::Responder& responder, ConversationId conversation, std::int64_t after, Render render) {
    auto one = std::make_shared<One>();
    one->last = after;
    one->render = std::move(render);
    one->stream = responder.stream({}, [weak = std::weak_ptr<One>(one), news = news_, conversation] {
        if (const auto gone = weak.lock()) gone->gone = true;
        news->put(conversation);
    });
    std::shared_ptr<One> oldest;
    {
        std::lock_guard lock(mutex_);
        auto& list = open_[conversation];
        std::erase_if(list, [](const auto& other) { return other->gone || !other->stream.open(); });
        if (list.size() >= streams_a_conversation) {
            oldest = list.front();
            list.erase(list.begin());
        }
        list.push_back(std::move(one));
    }
    if (oldest) oldest->stream.close();
    news_->put(conversation);
}

void Streams::news(ConversationId conversation) {
    {
        std::lock_guard lock(mutex_);
        if (!open_.contains(conversation)) return;
    }
    news_->put(conversation);
}

std::size_t Streams::count() const {
    std::lock_guard lock(mutex_);
    std::size_t all = 0;
    for (const auto& [conversation, list] : open_) all += list.size();
    return all;
}

void Streams::run() {
    while (true) {
        auto changed = news_->take_up_to(256);
        if (changed.empty()) return;
        std::sort(changed.begin(), changed.end());
        changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
        for (const auto conversation : changed) try {
                send(conversation);
            } catch (const std::exception& e) {
                log::error("streams.failed", {{"what", e.what()}});
            }
    }
}

void Streams::send(ConversationId conversation) {
    std::vector<std::shared_ptr<One>> list;
    {
        std::lock_guard lock(mutex_);
        const auto at = open_.find(conversation);
        if (at == open_.end()) return;
        std::erase_if(at->second, [](const auto& one) { return one->gone || !one->stream.open(); });
        list = at->second;
        if (list.empty()) open_.erase(at);
    }
    if (list.empty()) return;
    std::int64_t from = list.front()->last;
    for (const auto& one : list) from = std::min(from, one->last);
    while (true) {
        std::vector<Message> messages;
        store_.read([&](Reading& reading) { messages = reading.messages(conversation, from, 200); });
        for (const auto& message : messages) {
            for (const auto& one : list) {
                if (message.id <= one->last) continue;
                one->stream.send(http::event_text(std::to_string(message.id), "", one->render(message)));
                one->last = message.id;  // what could not be sent comes with the next
            }
            from = message.id;
        }
        if (messages.size() < 200) return;
    }
}

}  // namespace huiyin
