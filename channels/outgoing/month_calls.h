// The calls that a platform sells an organisation for a calendar month: counted where all processes of the store find
// them, and through restarts. Like other rates they are kept in part for what matters more.
#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "channels/channel.h"
#include "channels/outgoing/json_api.h"
#include "workflow/base/clock.h"
#include "workflow/base/result.h"

namespace huiyin {

struct MonthCalls {
    std::string month;  // "2026-11", in China
    std::int64_t calls = 0;
    friend bool operator==(const MonthCalls&, const MonthCalls&) = default;
};
// What was kept, as to_text() wrote it; nothing yet where it is of another month, or cannot be read.
MonthCalls month_calls(const std::string& kept, TimePoint now);
std::string to_text(const MonthCalls& calls);

// Threads: any.
struct MonthLedger {
    int most = 0;                           // 0: as many as one likes, and nobody counts
    std::function<MonthCalls()> look = {};  // empty: nobody counts
    std::function<void()> add = {};         // a call is about to be made
};

// The error code of what is not sent, and in the detail of the problem.
inline constexpr const char* month_calls_kept = "month_calls";

// May this message take a call of this month's? A danger to life always: perhaps there are more than we were told. An
// answer to what a resident just said matters as much as a consent. Errors: channel.gone - what is left is kept for
// others; waiting until next month would say nothing.
Result<Done> room_in_month(const MonthLedger& ledger, const OutboxItem& item);

// Calls that are counted, whatever comes of them.
Caller counted(Caller call, const MonthLedger& ledger);

// Which part of a month's calls was just reached by the last of them: a hundredth of them, or 0.
int reached_of_month(std::int64_t calls, int most);  // 80, 100 or 0

}  // namespace huiyin
