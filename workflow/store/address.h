// Where a store is: "sqlite:PATH" or "postgresql://USER:PASSWORD@HOST:PORT/DATABASE".
#pragma once
#include <string>

namespace huiyin {

bool is_postgres(const std::string& url);
// For people and logs: without the password that may stand in it.
std::string without_password(const std::string& url);

}  // namespace huiyin
