// What the operator wrote ("members" in the configuration): whoever is in this department of the company, or below it,
// holds these roles in that unit. The nearest counts.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace huiyin::wecom {

struct DepartmentRule {
    std::int64_t department = 0;
    std::string unit;  // its key
    std::vector<std::string> roles;
    friend bool operator==(const DepartmentRule&, const DepartmentRule&) = default;
};

}  // namespace huiyin::wecom
