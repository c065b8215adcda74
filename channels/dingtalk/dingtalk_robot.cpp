#include "channels/codec/dingtalk_signature.h"
#include "channels/dingtalk/dingtalk.h"
#include "channels/dingtalk/messages.h"
#include "channels/dingtalk/reactions.h"
#include "channels/outgoing/rates.h"
#include "channels/outgoing/rest.h"

namespace huiyin {
namespace {
using namespace std::chrono_literals;

constexpr auto muted_for = 10min;
constexpr auto ban = 5min;

class DingtalkRobot final : public Channel {
public:
    DingtalkRobot(DingtalkRobotSettings settings, Caller call, const Clock& clock)
        : settings_(std::move(settings)),
          clock_(clock),
          api_(std::move(call), settings_.webhook_url, dingtalk::reactions(), nullptr) {
        capabilities_.push = true;
        capabilities_.cards = true;
        capabilities_.text_bytes = static_cast<int>(dingtalk::most_robot_bytes / 2);
        capabilities_.to_group = true;
        capabilities_.rates = {{"robot/send", Rate::Of::channel, 18, 60s}};  // of twenty: others may use it too
        rates_ = Rates(capabilities_.rates);
    }

    const ChannelId& id() const override { return settings_.id; }
    const Capabilities& capabilities() const override { return capabilities_; }
    void shared_among(const std::function<int()>& processes) override { rates_.share(processes); }

    Result<HttpAnswer> verify(const Callback&) const override { return hears_nothing(); }
    Result<std::vector<InboundMessage>> read(const Callback&) const override { return hears_nothing(); }
    HttpAnswer passive(const Callback&, const InboundMessage&, const std::vector<Said>&) const override { return {}; }

    Result<Receipt> send(const OutboxItem& item) override {
        auto message = dingtalk::robot_message_of(item.said);
        if (message.is_null()) return Problem{"channel.rejected", "there is nothing to say in this message", "empty"};
        const auto now = clock_.now();
        if (silent_.lasts(now)) {
            const auto left = std::to_string((silent_.until - now).count());
            return Problem{"channel.busy", "this robot may not speak before",
                           "budget all=" + left + " retry_after_ms=" + left};
        }
        if (auto room = rates_.take("robot/send", "", item.priority, clock_.now()); !room) return room.problem();
        auto answer = post(item, std::move(message), "");
        if (answer && dingtalk::is_about_words(answer->errcode)) {
            const auto bare = dingtalk::bare_bodies_of(item.said, false);
            if (!bare.empty()) answer = post(item, dingtalk::hook_message_of(bare.front()), "b");
        }
        if (!answer) return answer.problem();
        if (answer->errcode) return problem_of(dingtalk::reactions(), *answer, clock_.now());
        return Receipt{};
    }

    Result<std::string> check() override {
        return std::string("a robot can only be tried by a message into its group");
    }

private:
    static Problem hears_nothing() { return {"channel.bad_signature", "a group robot takes no callbacks", "robot"}; }

    void begin_silence(Milliseconds span) { silent_ = {clock_.now(), clock_.now() + span}; }

    // The platform takes a name once: what makes a repeat safe.
    Result<ApiAnswer> post(const OutboxItem& item, Json message, const char* form) {
        message["msgUuid"] = "o" + to_text(item.id) + form;
        std::string sign;
        if (!settings_.secret.empty()) {
            const auto time = std::to_string(to_ms(clock_.now()));
            sign = "&timestamp=" + time + "&sign=" + url_encoded(dingtalk::robot_signature(time, settings_.secret));
        }
        auto answer = api_.post(sign, message);
        if (!answer) {
            // A page instead of an answer: our address is shut out.
            if (answer.problem().detail == "unreadable") begin_silence(ban);
            return answer;
        }
        auto told = dingtalk::settled(std::move(*answer));
        if (dingtalk::is_muted(told.errcode)) told.wait = muted_for;
        if (dingtalk::is_ban(told.errcode)) told.wait = ban;
        if (told.wait > 0ms) begin_silence(told.wait);
        return told;
    }

    const DingtalkRobotSettings settings_;
    Capabilities capabilities_;
    const Clock& clock_;
    JsonApi api_;
    Rates rates_{{}};
    Lull silent_;
};

}  // namespace

Result<std::unique_ptr<Channel>> make_dingtalk_robot(DingtalkRobotSettings settings, Caller call, const Clock& clock) {
    const auto bad = [&](const std::string& text) {
        return Problem{"channel.bad_settings", "channel \"" + settings.id.value + "\": " + text, {}};
    };
    if (settings.webhook_url.find("?access_token=") == std::string::npos)
        return bad("\"webhook_url\" has no access_token: copy the whole address from the robot's page in the group");
    if (!settings.secret.empty() && settings.secret.rfind("SEC", 0) != 0)
        return bad("\"secret\" begins with SEC: copy it whole from the robot's page, or leave it out");
    return std::unique_ptr<Channel>(std::make_unique<DingtalkRobot>(std::move(settings), std::move(call), clock));
}

}  // namespace huiyin
