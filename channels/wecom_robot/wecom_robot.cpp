#include "channels/wecom_robot/wecom_robot.h"

#include "channels/codec/utf8.h"
#include "channels/outgoing/rates.h"
#include "channels/outgoing/words.h"
#include "channels/wecom/reactions.h"

namespace huiyin {
namespace {
using namespace std::chrono_literals;

constexpr std::size_t most_text_bytes = 2048;
constexpr std::size_t most_markdown_bytes = 4096;

class WecomRobot final : public Channel {
public:
    WecomRobot(WecomRobotSettings settings, Caller call, const Clock& clock)
        : settings_(std::move(settings)),
          clock_(clock),
          api_(std::move(call), settings_.webhook_url, wecom::reactions(), nullptr) {
        capabilities_.push = true;
        capabilities_.cards = true;
        capabilities_.text_bytes = static_cast<int>(most_text_bytes);
        capabilities_.to_group = true;
        capabilities_.rates = {{"webhook/send", Rate::Of::channel, 20, 60s}};
        rates_ = Rates(capabilities_.rates);
    }

    const ChannelId& id() const override { return settings_.id; }
    const Capabilities& capabilities() const override { return capabilities_; }
    void shared_among(const std::function<int()>& processes) override { rates_.share(processes); }

    Result<HttpAnswer> verify(const Callback&) const override { return hears_nothing(); }
    Result<std::vector<InboundMessage>> read(const Callback&) const override { return hears_nothing(); }
    HttpAnswer passive(const Callback&, const InboundMessage&, const std::vector<Said>&) const override { return {}; }

    Result<Receipt> send(const OutboxItem& item) override {
        const auto body = robot_body_of(item.said);
        if (body.is_null()) return Problem{"channel.rejected", "there is nothing to say in this message", "empty"};
        if (auto room = rates_.take("webhook/send", "", item.priority, clock_.now()); !room) return room.problem();
        auto answer = api_.post("", body);
        if (!answer) return answer.problem();
        if (answer->errcode) return problem_of(wecom::reactions(), *answer, clock_.now());
        return Receipt{};
    }

    Result<std::string> check() override {
        return std::string("a robot can only be tried by a message into its group");
    }

private:
    static Problem hears_nothing() { return {"channel.bad_signature", "a group robot takes no callbacks", "robot"}; }

    const WecomRobotSettings settings_;
    Capabilities capabilities_;
    const Clock& clock_;
    JsonApi api_;
    Rates rates_{{}};
};

}  // namespace

Json robot_body_of(const Said& said) {
    // What people wrote must not become a link, a colour, or a mention of the whole group (<@all>).
    const auto more =
        said.card && said.text.find(said.card->text) == std::string::npos ? said.card->text : std::string{};
    if (said.card && !said.card->title.empty()) {
        std::string words = "**" + with_wide(said.card->title, markdown_signs) + "**";
        for (const auto& part : {with_numbered_choices(said), more})
            if (!part.empty()) words += "\n" + with_wide(part, markdown_signs);
        const bool linked = !said.card->url.empty() && said.card->url.find(')') == std::string::npos;
        const std::string link = linked ? "\n[打开工单](" + said.card->url + ")" : "";
        return {{"msgtype", "markdown"},
                {"markdown", {{"content", within(words, most_markdown_bytes - link.size()) + link}}}};
    }
    auto words = with_numbered_choices(said);
    if (said.card)
        for (const auto& part : {more, said.card->url})
            if (!part.empty()) (words += words.empty() ? "" : "\n") += part;
    words = within(words, most_text_bytes);
    if (cut_text(words, most_text_bytes).empty()) return nullptr;
    return {{"msgtype", "text"}, {"text", {{"content", words}}}};
}

Result<std::unique_ptr<Channel>> make_wecom_robot(WecomRobotSettings settings, Caller call, const Clock& clock) {
    if (settings.webhook_url.find("?key=") == std::string::npos &&
        settings.webhook_url.find("&key=") == std::string::npos)
        return Problem{"channel.bad_settings",
                       "channel \"" + settings.id.value +
                           "\": \"webhook_url\" has no key: copy the whole address from the robot's page in the group",
                       {}};
    return std::unique_ptr<Channel>(std::make_unique<WecomRobot>(std::move(settings), std::move(call), clock));
}

}  // namespace huiyin
