#include "channels/api/attempts.h"

#include "workflow/base/digest.h"

namespace huiyin {
namespace {

constexpr auto window = std::chrono::minutes{15};
constexpr auto day = std::chrono::hours{24};  // as long as the store keeps them
constexpr int of_a_login = 5, from_an_address = 20, codes_a_day = 20;

std::string login_key(const std::string& login) { return "login:" + sha256_hex(login); }
std::string code_key(const std::string& login) { return "code:" + sha256_hex(login); }
std::string address_key(const std::string& address) { return "address:" + address; }

}  // namespace

Problem too_many_tries() { return {"access.too_many", "试得太多次，请15分钟后再登录", {}}; }

bool too_many_from(Reading& reading, const std::string& address, TimePoint now) {
    return reading.sign_in_failures(address_key(address), now - window) >= from_an_address;
}
std::optional<Problem> not_now(Reading& reading, const Attempt& attempt) {
    if (reading.sign_in_failures(login_key(attempt.login), attempt.now - window) < of_a_login &&
        !too_many_from(reading, attempt.address, attempt.now))
        return std::nullopt;
    return too_many_tries();
}
std::optional<Problem> no_code_now(Reading& reading, const Attempt& attempt) {
    if (auto why = not_now(reading, attempt)) return why;
    if (reading.sign_in_failures(code_key(attempt.login), attempt.now - day) < codes_a_day) return std::nullopt;
    return Problem{"access.too_many", "一天里验证码错得太多，请明天再登录，或者请管理员重置两步验证", {}};
}

void count_failure_from(Transaction& tx, const std::string& address, TimePoint now) {
    tx.note_sign_in_failure(address_key(address), now);
}
void count_failure(Transaction& tx, const Attempt& attempt) {
    tx.note_sign_in_failure(login_key(attempt.login), attempt.now);
    count_failure_from(tx, attempt.address, attempt.now);
}
void count_wrong_code(Transaction& tx, const Attempt& attempt) {
    count_failure(tx, attempt);
    tx.note_sign_in_failure(code_key(attempt.login), attempt.now);
}

void forget_failures(Transaction& tx, const std::string& login) { tx.clear_sign_in_failures(login_key(login)); }
void forget_wrong_codes(Transaction& tx, const std::string& login) { tx.clear_sign_in_failures(code_key(login)); }

}  // namespace huiyin
