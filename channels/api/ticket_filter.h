// The filters of the tickets list, as a query says them; the same for an export and for searches that have a name.
#pragma once
#include <string>
#include <vector>

#include "channels/api/guard.h"

namespace huiyin::api {

// state, phase, kind, category, level, unit, assignee, overdue, since, until, q, order, open.
const std::vector<std::string>& ticket_filter_names();
// As far as the asker may see; `besides`: names that mean something else here. Errors: api.bad_query.
Result<TicketFilter> ticket_filter(const Asked& asked, const std::vector<std::string>& besides = {});

}  // namespace huiyin::api
