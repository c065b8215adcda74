#include "channels/api/second_factor.h"

#include <charconv>

#include "channels/api/attempts.h"
#include "channels/codec/one_time_code.h"
#include "workflow/base/digest.h"
#include "workflow/base/log.h"

namespace huiyin {
namespace {

constexpr std::size_t recovery_codes = 10, recovery_characters = 10;
constexpr auto just_now = std::chrono::minutes{10};
// No letter that is taken for a digit (Crockford's base32): 50 bits a code.
constexpr std::string_view recovery_alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

std::vector<std::string> ten_codes() {
    std::vector<std::string> codes;
    for (std::size_t i = 0; i < recovery_codes; ++i) {
        std::string code;
        for (const unsigned char byte : random_bytes(recovery_characters)) code += recovery_alphabet[byte % 32];
        codes.push_back(std::move(code));
    }
    return codes;
}

// As it was typed: with blanks and dashes between, in capitals, a letter for the digit it looks like.
std::string plain(const std::string& typed) {
    std::string code;
    for (const char c : typed) {
        if (c == ' ' || c == '-') continue;
        const char small = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        code += small == 'o' ? '0' : small == 'i' || small == 'l' ? '1' : small;
    }
    return code;
}

// What is kept of an offer: the seed, and when it was shown.
std::string offer_of(const std::string& seed, TimePoint now) { return seed + std::to_string(to_ms(now)); }
// The seed; nothing: none was shown, or too long ago.
std::optional<std::string> offered_now(const std::string& offer, TimePoint now) {
    if (offer.size() <= one_time::seed_bytes) return std::nullopt;
    std::int64_t shown = 0;
    std::from_chars(offer.data() + one_time::seed_bytes, offer.data() + offer.size(), shown);
    if (now < from_ms(shown) || now - from_ms(shown) > just_now) return std::nullopt;
    return offer.substr(0, one_time::seed_bytes);
}

Problem wrong_code() {
    return {"second_factor.code", "验证码不对，或者用过了：等手机上换一个新的再输；手机时间要设成自动", {}};
}
// A code for what he is about to change; a wrong one is noted.
std::optional<Problem> code_refused(Transaction& tx, StaffId staff, const Attempt& attempt, const std::string& code) {
    if (auto refused = no_code_now(tx, attempt)) return refused;
    if (take_code(tx, staff, code, attempt.now) != Proof::none) return std::nullopt;
    count_wrong_code(tx, attempt);
    return wrong_code();
}
Problem nothing_on() { return {"second_factor.conflict", "您没有打开两步验证", {}}; }

}  // namespace

bool has_second_factor(Reading& reading, StaffId staff) {
    const auto factor = reading.second_factor(staff);
    return factor && factor->on();
}

Proof take_code(Transaction& tx, StaffId staff, const std::string& typed, TimePoint now) {
    auto factor = tx.second_factor(staff);
    if (!factor || !factor->on()) return Proof::none;
    const auto code = plain(typed);
    if (code.size() == recovery_characters) {
        if (!tx.use_recovery_code(staff, code)) return Proof::none;
        tx.audit(staff, "second_factor.recovery_code_used", {}, "",
                 "还剩 " + std::to_string(tx.recovery_codes(staff)) + " 个", now);
        return Proof::recovery_code;
    }
    const auto step = one_time::step_of(factor->seed, code, now, factor->last_step);
    if (!step) return Proof::none;
    factor->last_step = *step;
    tx.save(staff, *factor);
    return Proof::code;
}

bool reset_second_factor(Transaction& tx, const Staff& staff) {
    if (!has_second_factor(tx, staff.id)) return false;
    tx.drop_second_factor(staff.id);
    tx.drop_sessions_of(staff.id);
    forget_failures(tx, staff.login);
    forget_wrong_codes(tx, staff.login);
    return true;
}

SecondFactors::SecondFactors(Store& store, const Clock& system, SignInRules rules)
    : store_(store), system_(system), rules_(rules) {}

SecondFactors::State SecondFactors::state_of(const Staff& staff) const {
    State state{.required = rules_.asks_second_factor_of(staff)};
    store_.read([&](Reading& reading) {
        const auto factor = reading.second_factor(staff.id);
        if (!factor || !factor->on()) return;
        state.on = true;
        state.since = factor->since;
        state.recovery_codes = reading.recovery_codes(staff.id);
    });
    return state;
}

// Hashing is slow on purpose, so it is done beside the unit.
std::optional<Problem> SecondFactors::wrong_password(const SignedIn& who, const Given& given) {
    const Attempt attempt{who.staff.login, given.address, system_.now()};
    std::string hash;
    std::optional<Problem> refused;
    store_.read([&](Reading& reading) {
        refused = not_now(reading, attempt);
        hash = reading.password_hash(who.staff.id);
    });
    if (refused) return refused;
    if (hash.empty()) {
        if (attempt.now - who.session.created_at <= just_now) return std::nullopt;
        return Problem{"second_factor.password", "您没有密码：先退出，重新登录一次，十分钟内来改", {}};
    }
    if (password_fits(given.password, hash)) return std::nullopt;
    store_.run([&](Transaction& tx) { count_failure(tx, attempt); });
    log::warning("access.refused", {{"address", given.address}});
    return Problem{"second_factor.password", "密码不对", {}};
}

Result<std::string> SecondFactors::offer(const SignedIn& who, const Given& given) {
    if (const auto refused = wrong_password(who, given)) return *refused;
    const Attempt attempt{who.staff.login, given.address, system_.now()};
    const auto seed = random_bytes(one_time::seed_bytes);
    std::optional<Problem> refused;
    store_.run([&](Transaction& tx) {
        refused.reset();
        if (has_second_factor(tx, who.staff.id)) refused = code_refused(tx, who.staff.id, attempt, given.code);
        if (refused) return;
        auto factor = tx.second_factor(who.staff.id).value_or(SecondFactor{});
        factor.offered = offer_of(seed, attempt.now);
        tx.save(who.staff.id, factor);
    });
    if (refused) return *refused;
    return seed;
}

Result<std::vector<std::string>> SecondFactors::switch_on(const SignedIn& who, const Given& given) {
    const auto now = system_.now();
    const Attempt attempt{who.staff.login, given.address, now};
    const auto codes = ten_codes();
    std::optional<Problem> refused;
    store_.run([&](Transaction& tx) {
        refused.reset();
        auto factor = tx.second_factor(who.staff.id);
        const auto seed = factor ? offered_now(factor->offered, now) : std::nullopt;
        if (!seed) {
            refused = Problem{"second_factor.conflict", "先点“开始设置”，十分钟内扫了码再输验证码", {}};
            return;
        }
        if ((refused = no_code_now(tx, attempt))) return;
        const auto step = one_time::step_of(*seed, plain(given.code), now, 0);
        if (!step) {
            count_wrong_code(tx, attempt);
            refused = wrong_code();
            return;
        }
        const bool changed = factor->on();
        tx.save(who.staff.id, SecondFactor{.seed = *seed, .offered = {}, .last_step = *step, .since = now});
        tx.set_recovery_codes(who.staff.id, codes);
        // Who came in by the password alone, or with the old phone, is to come again.
        tx.drop_sessions_of(who.staff.id);
        tx.save(who.session);
        tx.audit(who.staff.id, changed ? "second_factor.changed" : "second_factor.set_up", {}, "", "", now);
    });
    if (refused) return *refused;
    log::info("second_factor.on", {{"staff", who.staff.id.value}});
    return codes;
}

Result<std::vector<std::string>> SecondFactors::new_recovery_codes(const SignedIn& who, const Given& given) {
    const Attempt attempt{who.staff.login, given.address, system_.now()};
    const auto codes = ten_codes();
    std::optional<Problem> refused;
    store_.run([&](Transaction& tx) {
        refused = has_second_factor(tx, who.staff.id) ? code_refused(tx, who.staff.id, attempt, given.code)
                                                      : std::optional(nothing_on());
        if (refused) return;
        tx.set_recovery_codes(who.staff.id, codes);
        tx.audit(who.staff.id, "second_factor.new_recovery_codes", {}, "", "", attempt.now);
    });
    if (refused) return *refused;
    return codes;
}

Result<Done> SecondFactors::switch_off(const SignedIn& who, const Given& given) {
    const auto state = state_of(who.staff);
    if (!state.on) return nothing_on();
    if (state.required)
        return Problem{"second_factor.conflict", "管理员必须用两步验证，不能关：换手机请点“换手机”", {}};
    if (const auto refused = wrong_password(who, given)) return *refused;
    const Attempt attempt{who.staff.login, given.address, system_.now()};
    std::optional<Problem> refused;
    store_.run([&](Transaction& tx) {
        refused = code_refused(tx, who.staff.id, attempt, given.code);
        if (refused) return;
        tx.drop_second_factor(who.staff.id);
        tx.audit(who.staff.id, "second_factor.switched_off", {}, "", "", attempt.now);
    });
    if (refused) return *refused;
    log::info("second_factor.off", {{"staff", who.staff.id.value}});
    return Done{};
}

}  // namespace huiyin
