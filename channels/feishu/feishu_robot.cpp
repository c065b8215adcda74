#include "channels/codec/feishu_seal.h"
#include "channels/edge/http_client.h"
#include "channels/feishu/cards.h"
#include "channels/feishu/feishu.h"
#include "channels/feishu/reactions.h"
#include "channels/outgoing/budget.h"
#include "channels/outgoing/unanswered.h"

namespace huiyin {
namespace {
using namespace std::chrono_literals;

constexpr std::size_t most_words = 12000;  // of 20 KB in all, which escapes may double

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
    }

    const ChannelId& id() const override { return settings_.id; }
    const Capabilities& capabilities() const override { return capabilities_; }

    Result<HttpAnswer> verify(const Callback&) const override { return hears_nothing(); }
    Result<std::vector<InboundMessage>> read(const Callback&) const override { return hears_nothing(); }
    HttpAnswer passive(const Callback&, const InboundMessage&, const std::vector<Said>&) const override { return {}; }

    Result<Receipt> send(const OutboxItem& item) override {
        // It has no name that the platform would know again: what may have been shown is asked once more at most.
        if (unanswered_.twice(item)) {
            unanswered_.forget(item.id);
            return Problem{"channel.rejected",
                           "the robot gave no answer twice: the message may stand in the group, look there before "
                           "sending it again",
                           "unknown"};
        }
        const auto body = feishu::robot_body_of(item.said, most_words);
        if (body.type.empty()) return Problem{"channel.rejected", "there is nothing to say in this message", "empty"};
        auto wait = per_second_.take("", clock_.now());
        if (wait == 0ms) wait = per_minute_.take("", clock_.now());
        if (wait > 0ms)
            return Problem{"channel.busy", "this minute's 80 messages are used up",
                           "budget retry_after_ms=" + std::to_string(wait.count())};
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
        unanswered_.forget(item.id);
        return Receipt{};
    }

    Result<std::string> check() override {
        return std::string("a robot can only be tried by a message into its group");
    }

private:
    static Problem hears_nothing() { return {"channel.bad_signature", "a group robot takes no callbacks", "robot"}; }

    const FeishuRobotSettings settings_;
    Capabilities capabilities_;
    const Clock& clock_;
    JsonApi api_;
    Unanswered unanswered_;
    Budget per_second_{5, 1s};
    Budget per_minute_{80, 60s};  // of a hundred: others may use the same robot
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
