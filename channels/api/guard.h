// What every route of the API does first: who asks, may he, and is the body readable. Used by the files of this folder.
#pragma once
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "channels/api/api.h"
#include "channels/api/findings.h"
#include "channels/wire.h"
#include "workflow/base/json_text.h"

namespace huiyin::api {

struct Asked {
    http::Request& request;
    const ApiParts& parts;
    SignedIn who;
    Json body;      // of a write; an object
    TimePoint now;  // service clock
};
using Handle = std::function<http::Answer(Asked&)>;

enum class Body { none, json, upload };
struct RouteRule {
    std::string method, pattern, about;  // about: one line, for the description of the API
    Body body = Body::none;
    std::vector<std::string> roles = {};  // any of these; empty: all staff
    // Also open to who must have a second factor and has none yet: what leads him there, and out.
    bool before_second_factor = false;
};
// Adds a route that only signed-in staff reach. A handler runs on a worker and may read; what it changes it gives to
// `store.run`, which waits for the commit: staff are few, residents never come here.
void add(http::RouteTable& routes, const std::shared_ptr<const ApiParts>& parts, const RouteRule& rule, Handle handle);
// The same for what takes longer than anybody should wait behind: `handle` looks at the request at once, and the work
// it gives is done where nobody waits (ApiParts::later). Work must copy what it needs of `Asked`.
using Work = std::function<http::Answer()>;
using HandleLater = std::function<Result<Work>(Asked&)>;
void add_later(http::RouteTable& routes, const std::shared_ptr<const ApiParts>& parts, const RouteRule& rule,
               HandleLater handle);

// The same for an answer that stays open.
void add_stream(http::RouteTable& routes, const std::shared_ptr<const ApiParts>& parts, const RouteRule& rule,
                std::function<void(Asked&, http::Responder&)> handle);

http::Answer json_answer(int status, const Json& json);
http::Answer json_answer(int status, std::string&& written);
// ?limit=&cursor=. Errors: api.bad_query.
struct Paging {
    int limit = 50;
    std::string cursor;
};
Result<Paging> paging(const http::Request& request);
// The unit of that key or id, and those of it and below that the asker may see. Errors: api.bad_query.
struct UnitsAsked {
    UnitId unit;
    std::vector<UnitId> units;
};
Result<UnitsAsked> units_asked(const Asked& asked, std::string_view unit);
Problem unknown_ticket();
// The ticket of that number, if the asker may see it. Errors: ticket.not_found.
Result<Ticket> visible_ticket(Reading& reading, const Asked& asked, std::string_view number);
bool may_see(const Asked& asked, const Ticket& ticket);
// Has he a part in that matter, beside seeing it? Who looks after the machine alone has none.
bool works_on(Reading& reading, const Asked& asked, const Ticket& ticket);
// What is of the whole organisation is for an administrator of the organisation itself; who is of a unit of it is told
// `why`. The refusal, or nothing.
std::optional<Problem> only_at_top(const Asked& asked, const char* why);
// The pack that a matter of that unit is opened under: its own, else that of the nearest unit above.
std::shared_ptr<const Policy> pack_for(const ApiParts& parts, const Directory& directory, UnitId unit);
// Has he a part in the pack's work? Who looks after the machine alone files nothing, nor who holds no role of the pack.
bool may_file(const SignedIn& who, const Policy& policy);
// False: this very request - the same asker, Idempotency-Key and body - was done before, and nothing happens again.
// Without such a header everything is done. One that is refused is undone with its unit.
// Errors: idempotency.other_body - something else was done under that key.
Result<bool> first_time(Transaction& tx, const Asked& asked);
// The same where the body is no JSON: `content` is what tells one from another.
Result<bool> first_time(Transaction& tx, const Asked& asked, std::string_view content);
// What is to be known again when it is asked again, in the unit that did it; and then. Short.
void note_outcome(Transaction& tx, const Asked& asked, const std::string& outcome);
std::string noted_outcome(Reading& reading, const Asked& asked);
// One ticket with all there is to it; ETag is its version.
http::Answer whole_ticket(Asked& asked, Reading& reading, const Ticket& ticket, int status);
// Runs a unit of work; a Result that is a refusal undoes it.
template <class T>
Result<T> in_unit(const ApiParts& parts, const std::function<Result<T>(Transaction&)>& work) {
    struct Refused {};
    std::optional<Result<T>> outcome;
    try {
        parts.store->run([&](Transaction& tx) {
            outcome = work(tx);
            if (!*outcome) throw Refused{};
        });
    } catch (const Refused&) {
    }
    return std::move(*outcome);
}

}  // namespace huiyin::api
