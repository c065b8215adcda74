// The groups of routes, one file each.
#pragma once
#include <memory>

#include "channels/api/api.h"

namespace huiyin::api {

using Shared = std::shared_ptr<const ApiParts>;
void add_session_routes(http::RouteTable& routes, const Shared& parts);
void add_second_factor_routes(http::RouteTable& routes, const Shared& parts);
void add_ticket_routes(http::RouteTable& routes, const Shared& parts);
void add_timeline_routes(http::RouteTable& routes, const Shared& parts);  // events and deadlines of a ticket
void add_sign_in_routes(http::RouteTable& routes, const Shared& parts);
// What he signed in with by a platform is good no more, in his browser and here.
void forget_sign_in(const ApiParts& parts, StaffId staff, http::Answer& signed_out);
void add_undelivered_routes(http::RouteTable& routes, const Shared& parts);
void add_filing_routes(http::RouteTable& routes, const Shared& parts);
void add_words_routes(http::RouteTable& routes, const Shared& parts);
void add_conversation_routes(http::RouteTable& routes, const Shared& parts);
void add_operation_routes(http::RouteTable& routes,
                          const Shared& parts);                           // clock, outbox, health, metrics, description
void add_declared_routes(http::RouteTable& routes, const Shared& parts);  // storms and the like
void add_report_routes(http::RouteTable& routes, const Shared& parts);
void add_directory_routes(http::RouteTable& routes, const Shared& parts);
void add_import_routes(http::RouteTable& routes, const Shared& parts);
void add_ticket_import_routes(http::RouteTable& routes, const Shared& parts);
void add_export_routes(http::RouteTable& routes, const Shared& parts);
void add_explain_routes(http::RouteTable& routes, const Shared& parts);
void add_privacy_routes(http::RouteTable& routes, const Shared& parts);
void add_audit_routes(http::RouteTable& routes, const Shared& parts);
void add_saved_filter_routes(http::RouteTable& routes, const Shared& parts);
void add_news_routes(http::RouteTable& routes, const Shared& parts);
void add_page_routes(http::RouteTable& routes, const Shared& parts);

}  // namespace huiyin::api
