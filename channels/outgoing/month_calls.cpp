#include "channels/outgoing/month_calls.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "channels/outgoing/rates.h"
#include "channels/window.h"
#include "workflow/base/json_text.h"
#include "workflow/base/time_text.h"

namespace huiyin {
namespace {

constexpr Milliseconds a_month{31ll * 86400000};  // for its parts, any long span does

}  // namespace

MonthCalls month_calls(const std::string& kept, TimePoint now) {
    MonthCalls month{to_date(Zone{}.to_local(now).day).substr(0, 7), 0};
    const auto json = parse_json(kept);
    if (!json || !json->is_object() || json->value("month", std::string{}) != month.month) return month;
    month.calls = json->value("calls", std::int64_t{0});
    return month;
}

std::string to_text(const MonthCalls& calls) { return to_text(Json{{"month", calls.month}, {"calls", calls.calls}}); }

Result<Done> room_in_month(const MonthLedger& ledger, const OutboxItem& item) {
    if (ledger.most == 0 || !ledger.look || item.priority == Priority::emergency) return Done{};
    const auto priority = is_answer_to_him(item) ? std::min(item.priority, Priority::consent) : item.priority;
    const auto share = share_of({"", Rate::Of::channel, ledger.most, a_month}, priority);
    if (ledger.look().calls < share) return Done{};
    return Problem{"channel.gone",
                   "of the " + std::to_string(ledger.most) +
                       " calls that this month has (\"month_calls\") the rest is kept for what matters more",
                   month_calls_kept};
}

Caller counted(Caller call, const MonthLedger& ledger) {
    if (!ledger.add) return call;
    return [call = std::move(call), add = ledger.add](const http::Call& wish) {
        add();
        return call(wish);
    };
}

int reached_of_month(std::int64_t calls, int most) {
    const auto part = [&](std::int64_t hundredth) { return (most * hundredth + 99) / 100; };
    if (most <= 0) return 0;
    return calls == part(100) ? 100 : calls == part(80) ? 80 : 0;
}

}  // namespace huiyin
