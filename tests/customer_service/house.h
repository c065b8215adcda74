// The customer service as the service runs it, without HTTP coming in: the real channel, puller, courier and front
// desk, on a clock that is moved by hand, against the stand-in platform.
#pragma once
#include <algorithm>
#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "../bot/room.h"
#include "channels/courier.h"
#include "channels/wecom_kf/puller.h"
#include "tests/platform/stand_in.h"

namespace huiyin::test {

class ServiceHouse {
public:
    explicit ServiceHouse(bool to_servicers = false) {
        platform.post("/_clock", {{"advance_ms", to_ms(now()) - to_ms(SystemClock().now())}});
        settings.id = channel_id;
        settings.corp_id = "ww0123456789abcdef";
        settings.secret = "wecom-kf-secret-0123456789abcdefghijklmnopq";
        settings.open_kfid = "wkTESTkfid0001";
        settings.to_servicers = to_servicers;
        settings.api_base = platform.url();
        // Live since yesterday: what is said now is no history.
        room.world.store->run([&](Transaction& tx) {
            kf::PullState state;
            state.live_since = now() - std::chrono::hours{24};
            kf::save(tx, channel_id, state);
        });
        starts();
    }
    ~ServiceHouse() { stops(); }

    std::unique_ptr<WecomKf> make_channel() {
        return make_wecom_kf(
                   settings,
                   [this](const http::Call& asked) {
                       if (asked.url.find("/kf/sync_msg") != std::string::npos && memory_ends.exchange(false))
                           throw std::bad_alloc();
                       auto call = asked;
                       call.time = std::min(call.time, patience);
                       call.headers.push_back({"Connection", "close"});
                       return client.send(call);
                   },
                   [](const AttachmentId& id) -> Result<OutgoingFile> {
                       return OutgoingFile{id.value + ".jpg", "image/jpeg", "\xFF\xD8\xFF\xE0 a picture"};
                   },
                   room.world.system)
            .value();
    }
    kf::PullerParts puller_parts(CustomerService& service) {
        return {.store = room.world.store.get(),
                .service = &service,
                .desk = {.channel = channel_id,
                         .desk = room.desk.get(),
                         .engine = room.world.engine.get(),
                         .speaker = room.world.speaker.get(),
                         .directory = room.world.directory.get(),
                         .phrases = room.world.phrases.get(),
                         .ids = &room.world.ids,
                         .to_servicers = service.to_servicers()},
                .understanding = room.understanding.get(),
                .policies = room.world.policies.get(),
                .limit = &limit,
                .clock = &room.world.service,
                .system = &room.world.system,
                .page = page};
    }
    void starts() {
        channel = make_channel();
        puller = std::make_unique<kf::Puller>(puller_parts(*channel));
        courier = std::make_unique<Courier>(CourierParts{.store = room.world.store.get(),
                                                         .channel = channel.get(),
                                                         .engine = room.world.engine.get(),
                                                         .directory = room.world.directory.get(),
                                                         .speaker = room.world.speaker.get(),
                                                         .phrases = room.world.phrases.get(),
                                                         .service = &room.world.service,
                                                         .system = &room.world.system,
                                                         .ids = &room.world.ids,
                                                         .fallback = fallback});
    }
    void stops() {
        puller.reset();
        courier.reset();
        channel.reset();
    }

    // What happens at the platform; gives the items. A doorbell follows unless it is lost.
    Json happens(Json what, bool rings = true) {
        auto items = platform.post("/_kf", what).at("items");
        if (rings) ring();
        return items;
    }
    void ring(int times = 1) {
        const auto token = platform.post("/_kf", {{"do", "token"}}).at("token").get<std::string>();
        for (int i = 0; i < times; ++i) {
            std::promise<bool> noted;
            puller->ring(token, now(), [&noted](bool saved) { noted.set_value(saved); });
            if (!noted.get_future().get()) throw std::runtime_error("the doorbell was not noted");
        }
        settles();
    }
    void settles() {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        if (puller) puller->flush(until);
        if (courier) courier->flush(until);
    }
    // Gives what he was told since the last time, one text a platform message.
    std::vector<std::string> says(const std::string& who, const std::string& words) {
        happens({{"do", "say"}, {"from", who}, {"text", words}});
        return told(who);
    }
    std::vector<std::string> taps(const std::string& who, const std::string& title) {
        happens({{"do", "tap"}, {"from", who}, {"text", title}});
        return told(who);
    }
    std::vector<std::string> told(const std::string& who) {
        std::vector<std::string> words;
        const auto all = platform.delivered(who);
        auto& seen = seen_[who];
        for (; seen < all.size(); ++seen) {
            const auto& message = all[seen].at("message");
            const auto type = message.at("msgtype").get<std::string>();
            words.push_back(type == "text"      ? message.at("text").at("content").get<std::string>()
                            : type == "msgmenu" ? message.at("msgmenu").at("head_content").get<std::string>()
                                                : "[" + type + "]");
        }
        return words;
    }
    // Both clocks and the platform's.
    void passes(Milliseconds span) {
        platform.post("/_clock", {{"advance_ms", span.count()}});
        room.world.system.set(now() + span);
        room.world.moves_to(room.world.now() + span);
        settles();
    }
    TimePoint now() const { return room.world.system.now(); }

    std::optional<Conversation> talk(const std::string& who) {
        std::optional<Conversation> found;
        room.world.store->read([&](Reading& reading) { found = reading.conversation_at(channel_id, who); });
        return found;
    }
    std::vector<Message> messages(const std::string& who) {
        std::vector<Message> found;
        room.world.store->read([&](Reading& reading) {
            if (const auto with = reading.conversation_at(channel_id, who)) found = reading.messages(with->id, 0, 2000);
        });
        return found;
    }
    std::vector<std::string> heard(const std::string& who, Speaker from = Speaker::resident) {
        std::vector<std::string> words;
        for (const auto& message : messages(who))
            if (message.from == from) words.push_back(message.said.text);
        return words;
    }
    std::vector<OutboxItem> rows(const std::string& state) {
        std::vector<OutboxItem> found;
        room.world.store->read([&](Reading& reading) {
            for (const auto& item : reading.outbox_page(state, 1000, "").items)
                if (item.channel == channel_id) found.push_back(item);
        });
        std::reverse(found.begin(), found.end());
        return found;
    }
    kf::PullState pulled() {
        kf::PullState state;
        room.world.store->read([&](Reading& reading) { state = kf::pull_state(reading, channel_id); });
        return state;
    }
    // Says something to him that he did not ask for.
    void pushes(const std::string& who, const std::string& words, Priority priority, TicketId ticket = {},
                const std::vector<ChoiceAction>& choices = {}) {
        room.world.store->run([&](Transaction& tx) {
            auto with = tx.conversation_at(channel_id, who);
            Said said;
            said.text = words;
            Saying how;
            how.kind = priority == Priority::consent ? "consent" : priority == Priority::survey ? "rating" : "progress";
            how.priority = priority;
            how.ticket = ticket;
            how.key = "push:" + words;
            room.world.speaker->say(tx, *with, said, choices, how, room.world.now());
        });
        settles();
    }
    // He files the usual complaint.
    TicketId files(const std::string& who) {
        says(who, "3栋2单元501卫生间漏水,已经漏到楼下了,电话13812345678");
        says(who, "对");
        const auto all = room.tickets();
        if (all.empty()) throw std::runtime_error("no ticket: " + told(who).back());
        return all.back().id;
    }

    const ChannelId channel_id{"kf"};
    Room room;
    StandIn platform;
    http::Client client{{.trusted_origins = {platform.url()}}};
    RateLimit limit{100000};
    WecomKfSettings settings;
    std::chrono::milliseconds patience{10000};
    std::atomic<bool> memory_ends{false};  // when news is fetched, once
    int page = 100;
    std::vector<ChannelId> fallback;
    std::unique_ptr<WecomKf> channel;
    std::unique_ptr<kf::Puller> puller;
    std::unique_ptr<Courier> courier;

private:
    std::map<std::string, std::size_t> seen_;
};

}  // namespace huiyin::test
