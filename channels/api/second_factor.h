// The second factor of staff: an authenticator's codes beside the password, and ten codes for who has lost it.
//
// What is on stands in the store, with the step of the last code that was taken: a code opens once, whichever process
// it comes to. Whoever has one owes a code however he came: by password, by link, by a platform.
#pragma once
#include <string>
#include <vector>

#include "channels/api/access.h"

namespace huiyin {

bool has_second_factor(Reading& reading, StaffId staff);

// What a code was; none: it fits nothing, or was taken before.
enum class Proof { none, code, recovery_code };
// Takes it, in the unit that does what it opens. A used recovery code stands in the audit.
Proof take_code(Transaction& tx, StaffId staff, const std::string& code, TimePoint now);

// Lost: he signs in without one from then on, and anew. False: he had none.
bool reset_second_factor(Transaction& tx, const Staff& staff);

class SecondFactors {
public:
    // Threads: any. Those who are asked for: of `rules`, as Access has them.
    SecondFactors(Store& store, const Clock& system, SignInRules rules);

    struct State {
        bool on = false, required = false;
        TimePoint since = {};
        int recovery_codes = 0;  // left
    };
    State state_of(const Staff& staff) const;
    // What is typed by him who asks for a change; `code` is wanted where one is on, else it is not looked at.
    struct Given {
        std::string password, code, address;
    };
    // A new seed that is on once a code of it was typed; until then the old one stays. Who has no password must have
    // signed in just now. Errors: second_factor.password, second_factor.code, access.too_many.
    Result<std::string> offer(const SignedIn& who, const Given& given);
    // Gives ten recovery codes; whoever else is signed in as him is signed out. Errors: second_factor.conflict (none
    // was offered within ten minutes), second_factor.code, access.too_many.
    Result<std::vector<std::string>> switch_on(const SignedIn& who, const Given& given);
    // Ten new recovery codes instead of those he has. Errors: second_factor.conflict, second_factor.code,
    // access.too_many.
    Result<std::vector<std::string>> new_recovery_codes(const SignedIn& who, const Given& given);
    // Errors: second_factor.conflict (none is on, or it is required of him), and as offer().
    Result<Done> switch_off(const SignedIn& who, const Given& given);

private:
    std::optional<Problem> wrong_password(const SignedIn& who, const Given& given);
    Store& store_;
    const Clock& system_;
    SignInRules rules_;
};

}  // namespace huiyin
