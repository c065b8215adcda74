#include "deploy/service/notices.h"

#include "workflow/base/log.h"
#include "workflow/engine/push.h"

namespace huiyin {
namespace {

void tell_administrators(Transaction& tx, const NoticeParts& parts, std::string text, std::string key) {
    Push push;
    push.said.text = std::move(text);
    push.kind = "task";
    push.priority = Priority::deadline;
    push.at = parts.now;
    push.key = std::move(key);
    parts.engine->push_to_holders(tx, "administrator", parts.directory->get()->organisation().id, push);
    parts.engine->push_to_groups(tx, push);
}

}  // namespace

void tell_of_endpoint(Transaction& tx, const NoticeParts& parts, const ChannelId& endpoint, bool disabled) {
    tell_administrators(
        tx, parts,
        parts.phrases->render(disabled ? "staff.endpoint_disabled" : "staff.endpoint_again",
                              {{"channel", endpoint.value}}),
        "endpoint:" + endpoint.value + ":" + std::to_string(to_ms(parts.now)) + (disabled ? ":off" : ":on"));
}

void tell_of_month(Transaction& tx, const NoticeParts& parts, const std::string& channel, int most,
                   const MonthCalls& month, int hundredths) {
    log::warning("channel.month_calls", {{"channel", channel}, {"month", month.month}, {"calls", month.calls}});
    tell_administrators(
        tx, parts,
        parts.phrases->render(
            hundredths < 100 ? "staff.month_calls" : "staff.month_calls_used_up",
            {{"channel", channel}, {"calls", std::to_string(month.calls)}, {"most", std::to_string(most)}}),
        "month_calls:" + channel + ":" + month.month + ":" + std::to_string(hundredths));
}

}  // namespace huiyin
