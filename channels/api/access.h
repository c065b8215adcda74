// Who may come in: passwords, sessions, one-time links, and what a signed-in person may see.
//
// A session's token is random, kept only as its hash; 12 hours at most, 30 minutes idle. A wrong login and a wrong
// password are told apart by nobody: the same answer after the same work. Who has a second factor
// (second_factor.h) gets half a session for his password: good for five minutes, and for a code alone. Times are the
// system clock's, always.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "channels/edge/http_message.h"
#include "workflow/base/result.h"
#include "workflow/directory/directory.h"
#include "workflow/store/store.h"

namespace huiyin {

// argon2id, 19 MiB, 2 rounds, one lane (OWASP's first choice). Slow on purpose: not on the writer's thread.
std::string hash_password(const std::string& password);
bool password_fits(const std::string& password, const std::string& hash);

// Ended, or not used for half an hour. One that begins in the future is over, too: a clock that was put back must not
// lengthen it.
bool is_over(const Session& session, TimePoint now);

struct SignInRules {
    bool second_factor_for_administrators = false;  // offered to all, asked of these
    bool asks_second_factor_of(const Staff& staff) const;
};

// Who leads a centre or a project, under whatever pack: they oversee the work of others and answer for data.
inline const std::vector<std::string> lead_roles{"centre_manager", "project_centre", "quality_centre"};
bool is_lead(const Staff& staff);

struct SignedIn {
    Staff staff;
    Session session;
    bool by_cookie = false;
    bool second_factor_wanted = false;  // asked of him, and he has none: nothing else is open to him
    std::vector<UnitId> units;          // what he may see: his unit and all below
    bool has_role(std::string_view role) const;
    bool is_administrator() const { return has_role("administrator"); }
    bool is_lead() const { return huiyin::is_lead(staff); }
};

class Access {
public:
    // public_origin: "https://host[:port]" of the configuration, or empty. Threads: any.
    Access(Store& store, const DirectoryHolder& directory, const Clock& system, const std::string& public_origin,
           SignInRules rules = {});

    struct Issued {
        std::string token, csrf;
        TimePoint expires_at;
        Staff staff;
        bool second_factor_wanted = false;
    };
    struct CodeWanted {  // half a session
        std::string token;
        TimePoint expires_at;
    };
    using Opened = std::variant<Issued, CodeWanted>;
    // Errors: access.no_session (401; wrong login, wrong password, disabled), access.too_many (429).
    Result<Opened> sign_in(const std::string& login, const std::string& password, const std::string& address);
    // A one-time link's token; used up by this with all others of his, and wrong passwords of before count no more. It
    // gives a new password, and no way around the second factor. Errors: access.no_session, access.too_many.
    Result<Opened> sign_in_by_link(const std::string& token, const std::string& new_password,
                                   const std::string& address);
    // The other half: a code of the authenticator, or one for recovery. Errors: access.no_session (the half is over, or
    // never was), access.wrong_code, access.too_many.
    Result<Issued> sign_in_by_code(const std::string& half, const std::string& code, const std::string& address);
    // Whether this address failed too often of late, by passwords or by platforms; and one more failure.
    bool failed_too_often(const std::string& address);
    void note_failure(const std::string& address);
    // A platform has told who he is, to a browser that we sent there.
    Opened sign_in_by_platform(const Staff& staff) { return open(staff); }
    // Errors: access.no_session - none, unknown, over, or its holder was disabled.
    Result<SignedIn> who(const http::Request& request);
    // Writes by cookie need our own Origin or the session's X-Huiyin-CSRF. Errors: access.forbidden.
    Result<Done> may_write(const http::Request& request, const SignedIn& who) const;
    // Nobody is signed in from a foreign page, as somebody whom that page chose. Programs send no Origin. Errors:
    // access.forbidden.
    Result<Done> may_sign_in(const http::Request& request) const;
    void sign_out(const SignedIn& who);
    // A link's token for a member of staff: 24 hours, once. Those that he had before are good no more.
    std::string new_link(StaffId staff);
    // "Set-Cookie" for a session; an empty token ends it.
    std::string cookie(const std::string& token) const;
    // The same for half a session, and what the browser has of it; empty: nothing.
    std::string half_cookie(const std::string& token) const;
    std::string half_of(const http::Request& request) const;

private:
    // A session, or half of one; in the same unit what `beside` does for who is in.
    Opened open(const Staff& staff, const std::function<void(Transaction&)>& beside = {});
    static bool is_asked_host(const http::Request& request, std::string_view origin);
    bool is_ours(const http::Request& request, std::string_view origin) const;
    Session new_session(const Staff& staff, Issued& issued) const;
    const char* half_cookie_name() const { return secure_ ? "__Host-huiyin_half_session" : "huiyin_half_session"; }
    const char* cookie_name() const { return secure_ ? "__Host-huiyin_session" : "huiyin_session"; }
    Store& store_;
    const DirectoryHolder& directory_;
    const Clock& system_;
    std::string origin_;
    bool secure_;
    SignInRules rules_;
    std::string dummy_hash_;  // what an unknown login is checked against
};

}  // namespace huiyin
