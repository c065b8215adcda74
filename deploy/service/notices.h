// What the service tells those who look after it: the administrators of the whole organisation, and their groups. In
// the unit of work in which it became so.
#pragma once
#include "channels/outgoing/month_calls.h"
#include "workflow/engine/engine.h"

namespace huiyin {

struct NoticeParts {
    const Engine* engine = nullptr;
    const DirectoryHolder* directory = nullptr;
    const Phrases* phrases = nullptr;
    TimePoint now;
};
// A system that listens to us has not answered for five days, or answers again.
void tell_of_endpoint(Transaction& tx, const NoticeParts& parts, const ChannelId& endpoint, bool disabled);
// A platform sells calls by the month, and so many hundredths of them are used: most, or all.
void tell_of_month(Transaction& tx, const NoticeParts& parts, const std::string& channel, int most,
                   const MonthCalls& month, int hundredths);

}  // namespace huiyin
