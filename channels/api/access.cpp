#include "channels/api/access.h"

#include <argon2.h>

#include <algorithm>

#include "channels/api/attempts.h"
#include "channels/api/second_factor.h"
#include "channels/edge/http_client.h"
#include "workflow/base/digest.h"
#include "workflow/base/log.h"

namespace huiyin {
namespace {

constexpr auto session_most = std::chrono::hours{12};
constexpr auto session_idle = std::chrono::minutes{30};
constexpr auto clock_slack = std::chrono::minutes{5};  // by which clocks are corrected every day
constexpr auto link_life = std::chrono::hours{24};
constexpr auto half_life = std::chrono::minutes{5};
constexpr const char* half_seconds = "300";

Problem wrong() { return {"access.no_session", "登录名或密码不对", {}}; }
Problem not_from_us() { return {"access.forbidden", "这个请求不是从本系统的页面发出的：请刷新页面再试", {}}; }
Problem no_session() { return {"access.no_session", "请先登录", {}}; }

std::string token_hash(const std::string& token) { return sha256_hex(token); }

}  // namespace

bool is_over(const Session& session, TimePoint now) {
    return session.expires_at <= now || session.seen_at + session_idle <= now || session.created_at > now + clock_slack;
}

std::string hash_password(const std::string& password) {
    const auto salt = random_bytes(16);
    std::string encoded(argon2_encodedlen(2, 19456, 1, 16, 32, Argon2_id), '\0');
    const int outcome = argon2id_hash_encoded(2, 19456, 1, password.data(), password.size(), salt.data(), salt.size(),
                                              32, encoded.data(), encoded.size());
    if (outcome != ARGON2_OK) throw std::runtime_error(std::string("argon2 refused: ") + argon2_error_message(outcome));
    encoded.resize(encoded.find('\0'));
    return encoded;
}

bool password_fits(const std::string& password, const std::string& hash) {
    return !hash.empty() && argon2id_verify(hash.c_str(), password.data(), password.size()) == ARGON2_OK;
}

bool SignInRules::asks_second_factor_of(const Staff& staff) const {
    return second_factor_for_administrators &&
           std::find(staff.roles.begin(), staff.roles.end(), "administrator") != staff.roles.end();
}

bool is_lead(const Staff& staff) {
    return std::any_of(staff.roles.begin(), staff.roles.end(), [](const std::string& role) {
        return std::find(lead_roles.begin(), lead_roles.end(), role) != lead_roles.end();
    });
}

bool SignedIn::has_role(std::string_view role) const {
    return std::find(staff.roles.begin(), staff.roles.end(), role) != staff.roles.end();
}

Access::Access(Store& store, const DirectoryHolder& directory, const Clock& system, const std::string& public_origin,
               SignInRules rules)
    : store_(store),
      directory_(directory),
      system_(system),
      origin_(public_origin.empty() ? std::string() : http::origin_of(public_origin)),
      secure_(origin_.starts_with("https://")),
      rules_(rules),
      dummy_hash_(hash_password(random_hex(16))) {}

Result<Access::Opened> Access::sign_in(const std::string& login, const std::string& password,
                                       const std::string& address) {
    const Attempt attempt{login, address, system_.now()};
    std::optional<Problem> refused;
    std::string hash;
    const auto directory = directory_.get();
    const auto* staff = directory->staff_by_login(login);
    store_.read([&](Reading& reading) {
        refused = not_now(reading, attempt);
        if (staff) hash = reading.password_hash(staff->id);
    });
    if (refused) {
        log::warning("access.too_many", {{"address", address}});
        return *refused;
    }
    // An unknown login, one without a password and a disabled one cost the same work as a known one.
    const bool fits = password_fits(password, hash.empty() ? dummy_hash_ : hash);
    if (!fits || !staff || hash.empty() || staff->disabled) {
        store_.run([&](Transaction& tx) { count_failure(tx, attempt); });
        log::warning("access.refused", {{"address", address}});
        return wrong();
    }
    return open(*staff, [&](Transaction& tx) { forget_failures(tx, login); });
}

Result<Access::Opened> Access::sign_in_by_link(const std::string& token, const std::string& new_password,
                                               const std::string& address) {
    if (new_password.size() < 10 || new_password.size() > 200)
        return Problem{"access.bad_field", "新密码要10到200个字符", {}};
    if (failed_too_often(address)) return too_many_tries();
    const auto now = system_.now();
    const auto hash = token_hash(token);
    const auto directory = directory_.get();
    const auto owner_of = [&](Reading& reading) -> const Staff* {
        const auto owner = reading.one_time_link(hash, now);
        const auto* his = owner ? directory->staff(*owner) : nullptr;
        return his && !his->disabled ? his : nullptr;
    };
    const Staff* staff = nullptr;
    store_.read([&](Reading& reading) { staff = owner_of(reading); });
    if (staff) {  // only now the slow part: nobody makes us work with a link that he made up
        const auto password = hash_password(new_password);
        store_.run([&](Transaction& tx) {
            staff = owner_of(tx);
            if (!staff) return;
            forget_failures(tx, staff->login);
            tx.drop_one_time_links_of(staff->id);
            tx.set_password_hash(staff->id, password);
            tx.drop_sessions_of(staff->id);
        });
    }
    if (staff) return open(*staff);
    note_failure(address);
    return Problem{"access.no_session", "这个链接用过了，或者已经过期：请管理员再发一个", {}};
}

Result<Access::Issued> Access::sign_in_by_code(const std::string& half, const std::string& code,
                                               const std::string& address) {
    const auto now = system_.now();
    const auto hash = token_hash(half);
    const auto directory = directory_.get();
    std::optional<Problem> refused;
    Issued issued;
    // Looked at where it is taken: of two that come at once, one is counted before the other.
    store_.run([&](Transaction& tx) {
        refused.reset();
        const auto owner = tx.half_session(hash, now);
        const auto* staff = owner ? directory->staff(*owner) : nullptr;
        if (!staff || staff->disabled || !has_second_factor(tx, staff->id)) {
            refused = Problem{"access.no_session", "这次登录已经过期，请从头登录", {}};
            return;
        }
        const Attempt attempt{staff->login, address, now};
        refused = no_code_now(tx, attempt);
        if (refused) return;
        if (take_code(tx, staff->id, code, now) == Proof::none) {
            count_wrong_code(tx, attempt);
            refused = Problem{"access.wrong_code", "验证码不对，或者用过了：等手机上换一个新的再输", {}};
            return;
        }
        const auto session = new_session(*staff, issued);
        tx.drop_half_session(hash);
        forget_failures(tx, staff->login);
        tx.save(session);
    });
    if (refused) {
        log::warning(refused->code == "access.too_many" ? "access.too_many" : "access.refused", {{"address", address}});
        return *refused;
    }
    log::info("access.signed_in", {{"staff", issued.staff.id.value}});
    return issued;
}

bool Access::failed_too_often(const std::string& address) {
    bool too_often = false;
    store_.read([&](Reading& reading) { too_often = too_many_from(reading, address, system_.now()); });
    if (too_often) log::warning("access.too_many", {{"address", address}});
    return too_often;
}

void Access::note_failure(const std::string& address) {
    store_.run([&](Transaction& tx) { count_failure_from(tx, address, system_.now()); });
    log::warning("access.refused", {{"address", address}});
}

Session Access::new_session(const Staff& staff, Issued& issued) const {
    const auto now = system_.now();
    issued.token = random_hex(32);
    issued.csrf = random_hex(16);
    issued.expires_at = now + session_most;
    issued.staff = staff;
    return {.token_hash = token_hash(issued.token),
            .staff = staff.id,
            .csrf = issued.csrf,
            .created_at = now,
            .seen_at = now,
            .expires_at = issued.expires_at};
}

Access::Opened Access::open(const Staff& staff, const std::function<void(Transaction&)>& beside) {
    Issued issued;
    const auto session = new_session(staff, issued);
    const CodeWanted wanted{random_hex(32), session.created_at + half_life};
    bool owes_code = false;
    store_.run([&](Transaction& tx) {
        owes_code = has_second_factor(tx, staff.id);
        if (owes_code) return tx.save_half_session(token_hash(wanted.token), staff.id, wanted.expires_at);
        if (beside) beside(tx);
        tx.save(session);
    });
    if (owes_code) return wanted;
    issued.second_factor_wanted = rules_.asks_second_factor_of(staff);
    log::info("access.signed_in", {{"staff", staff.id.value}});
    return issued;
}

Result<SignedIn> Access::who(const http::Request& request) {
    std::string token;
    SignedIn found;
    if (const auto header = request.header("Authorization"); header && header->substr(0, 7) == "Bearer ") {
        token = header->substr(7);
    } else if (const auto cookie = request.cookie(cookie_name())) {
        token = *cookie;
        found.by_cookie = true;
    }
    if (token.size() != 64) return no_session();
    const auto now = system_.now();
    std::optional<Session> session;
    const auto directory = directory_.get();
    store_.read([&](Reading& reading) {
        session = reading.session(token_hash(token));
        const auto* his = session ? directory->staff(session->staff) : nullptr;
        found.second_factor_wanted = his && rules_.asks_second_factor_of(*his) && !has_second_factor(reading, his->id);
    });
    if (!session) return no_session();
    if (is_over(*session, now)) {
        store_.submit([hash = session->token_hash](Transaction& tx) { tx.drop_session(hash); },
                      [](Outcome, const std::exception_ptr&) {});  // what is over stays over
        return no_session();
    }
    const auto* staff = directory->staff(session->staff);
    if (!staff || staff->disabled) return no_session();
    found.staff = *staff;
    found.units = directory->with_below(staff->unit);
    // Seen again: written at most once a minute, and nobody waits for it.
    if (now - session->seen_at > std::chrono::minutes{1}) {
        auto seen = *session;
        seen.seen_at = now;
        store_.submit(
            [seen](Transaction& tx) {
                // Signed out meanwhile: it must not come back.
                if (tx.session(seen.token_hash)) tx.save(seen);
            },
            [](Outcome, const std::exception_ptr&) {});
    }
    found.session = std::move(*session);
    return found;
}

// The page was given out under the name that is asked now: no foreign one can say that of itself.
bool Access::is_asked_host(const http::Request& request, std::string_view origin) {
    const auto host = request.header("Host");
    return host && (origin == "http://" + std::string(*host) || origin == "https://" + std::string(*host));
}

bool Access::is_ours(const http::Request& request, std::string_view origin) const {
    return origin_.empty() ? is_asked_host(request, origin) : origin == origin_;
}

Result<Done> Access::may_write(const http::Request& request, const SignedIn& who) const {
    if (!who.by_cookie) return Done{};
    if (const auto token = request.header("X-Huiyin-CSRF"); token && equal_secrets(*token, who.session.csrf))
        return Done{};
    if (const auto origin = request.header("Origin"); origin && is_ours(request, *origin)) return Done{};
    return not_from_us();
}

Result<Done> Access::may_sign_in(const http::Request& request) const {
    const auto origin = request.header("Origin");
    if (!origin || is_ours(request, *origin) || is_asked_host(request, *origin)) return Done{};
    // The browser's own word counts where a proxy tells us another name than the one he sees.
    if (request.header("Sec-Fetch-Site").value_or("") == "same-origin") return Done{};
    return not_from_us();
}

void Access::sign_out(const SignedIn& who) {
    store_.run([&](Transaction& tx) { tx.drop_session(who.session.token_hash); });
}

std::string Access::new_link(StaffId staff) {
    const auto token = random_hex(32);
    const auto now = system_.now();
    store_.run([&](Transaction& tx) {
        tx.drop_one_time_links_of(staff);
        tx.save_one_time_link(token_hash(token), staff, now + link_life);
    });
    return token;
}

std::string Access::cookie(const std::string& token) const {
    return std::string(cookie_name()) + "=" + token + "; Path=/; HttpOnly; SameSite=Strict" +
           (secure_ ? "; Secure" : "") + (token.empty() ? "; Max-Age=0" : "");
}

std::string Access::half_cookie(const std::string& token) const {
    return std::string(half_cookie_name()) + "=" + token +
           "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + (token.empty() ? "0" : half_seconds) +
           (secure_ ? "; Secure" : "");
}

std::string Access::half_of(const http::Request& request) const {
    return std::string(request.cookie(half_cookie_name()).value_or(""));
}

}  // namespace huiyin
