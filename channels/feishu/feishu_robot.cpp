#include <map>

#include "channels/codec/feishu_seal.h"
#include "channels/edge/http_client.h"
#include "channels/feishu/cards.h"
#include "channels/feishu/feishu.h"
#include "channels/feishu/reactions.h"
#include "channels/outgoing/rates.h"
#include "channels/outgoing/unanswered.h"

namespace huiyin {
namespace {
using namespace std::chrono_literals;

constexpr std::size_t most_bytes = 19000;  // of a request's 20 KB, without what stands around the words

class FeishuRobot final : public Channel {
public:
    FeishuRobot(FeishuRobotSettings settings, Caller call, const Clock& clock)
        : settings_(std::move(settings)),
          clock_(clock),
          api_(std::move(call), settings_.webhook_url, feishu::reactions(), nullptr, feishu::dialect()) {
        capabilities_.push = true;
        capabilities_.cards = true;
        capabilities_.text_bytes = static_cast<int>(feishu::most_text_bytes);
        capabilities_.to_group = true;
        capabilities_.rates = {{"bot/v2/hook", Rate::Of::channel, 5, 1s},
                               {"bot/v2/hook", Rate::Of::channel, 80, 60s}};  // of a hundred: others may use it too
        rates_ = Rates(capabilities_.rates);
    }

    const ChannelId& id() const override { return settings_.id; }
    const Capabilities& capabilities() const override { return capabilities_; }
    void shared_among(const std::function<int()>& processes) override { rates_.share(processes); }

    Result<HttpAnswer> verify(const Callback&) const override { return hears_nothing(); }
    Result<std::vector<InboundMessage>> read(const Callback&) const override { return hears_nothing(); }
    HttpAnswer passive(const Callback&, const InboundMessage&, const std::vector<Said>&) const override { return {}; }

    Result<Receipt> send(const OutboxItem& item) override {
        // It has no name that the platform would know again: what may have been shown is asked once more at most.
        if (unanswered_.twice(item)) {
            unanswered_.forget(item.id);
            parts_sent_.erase(item.id);
            return Problem{"channel.rejected",
                           "the robot gave no answer twice: the message may stand in the group, look there before "
                           "sending it again",
                           "unknown"};
        }
        const auto bodies = feishu::robot_bodies_of(item.said, most_bytes);
        if (bodies.empty()) return Problem{"channel.rejected", "there is nothing to say in this message", "empty"};
        auto& done = parts_sent_[item.id];  // a repeat goes on where the last attempt stopped
        while (done < bodies.size()) {
            auto sent = send_part(item, bodies[done]);
            if (!sent) {
                if (sent.problem().code == "channel.rejected") parts_sent_.erase(item.id);
                if (parts_sent_.size() > 1000) parts_sent_.clear();
                return sent.problem();
            }
            ++done;
        }
        parts_sent_.erase(item.id);
        unanswered_.forget(item.id);
        return Receipt{};
    }

    Result<std::string> check() override {
        return std::string("a robot can only be tried by a message into its group");
    }

private:
    static Problem hears_nothing() { return {"channel.bad_signature", "a group robot takes no callbacks", "robot"}; }

    Result<Done> send_part(const OutboxItem& item, const feishu::Body& body) {
        if (auto room = rates_.take("bot/v2/hook", "", item.priority, clock_.now()); !room) return room.problem();
        Json message{{"msg_type", body.type}, {body.type == "interactive" ? "card" : "content", body.content}};
        if (!settings_.secret.empty()) {
            const auto timestamp = std::to_string(to_ms(clock_.now()) / 1000);
            message["timestamp"] = timestamp;
            message["sign"] = feishu::robot_signature(timestamp, settings_.secret);
        }
        auto answer = api_.post("", message);
        if (!answer) {
            unanswered_.note(item.id, answer.problem().detail);
            return answer.problem();
        }
        if (answer->errcode) return problem_of(feishu::reactions(), *answer, clock_.now());
        return Done{};
    }

    const FeishuRobotSettings settings_;
    Capabilities capabilities_;
    const Clock& clock_;
    JsonApi api_;
    Unanswered unanswered_;
    std::map<OutboxId, std::size_t> parts_sent_;
    Rates rates_{{}};
};

}  // namespace

Result<std::unique_ptr<Channel>> make_feishu_robot(FeishuRobotSettings settings, Caller call, const Clock& clock) {
    const auto at = settings.webhook_url.find("/bot/v2/hook/");
    if (http::origin_of(settings.webhook_url).empty() || at == std::string::npos ||
        at + 13 == settings.webhook_url.size())
        return Problem{"channel.bad_settings",
                       "channel \"" + settings.id.value +
                           "\": \"webhook_url\" has no key: copy the whole address from the robot's page in the group",
                       {}};
    return std::unique_ptr<Channel>(std::make_unique<FeishuRobot>(std::move(settings), std::move(call), clock));
}

}  // namespace huiyin
