// Wrong passwords and wrong codes are counted: five for a login or twenty from an address in a quarter of an hour, and
// nobody is looked at any more. Of codes twenty for a login in a day are all: there are only a million of them.
#pragma once
#include <optional>
#include <string>

#include "workflow/base/result.h"
#include "workflow/store/store.h"

namespace huiyin {

struct Attempt {
    std::string login, address;
    TimePoint now;  // system clock
};

// access.too_many, where he is not to be looked at for now.
std::optional<Problem> not_now(Reading& reading, const Attempt& attempt);
std::optional<Problem> no_code_now(Reading& reading, const Attempt& attempt);
Problem too_many_tries();  // access.too_many, of a login or of an address
bool too_many_from(Reading& reading, const std::string& address, TimePoint now);
void count_failure(Transaction& tx, const Attempt& attempt);
void count_failure_from(Transaction& tx, const std::string& address, TimePoint now);
void count_wrong_code(Transaction& tx, const Attempt& attempt);
// He is in: his wrong passwords count no more. Wrong codes do for their day: whoever has the password and guesses must
// not be helped by the one who comes in.
void forget_failures(Transaction& tx, const std::string& login);
void forget_wrong_codes(Transaction& tx, const std::string& login);

}  // namespace huiyin
