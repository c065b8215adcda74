// What residents may say at any moment, with or without sense, and what somebody tries who wants more than is his.
#pragma once
#include <string>
#include <vector>

namespace huiyin::test {

const std::vector<std::string>& anything();
const std::vector<std::string>& injections();  // 200 and more; each asks for what no resident may have

}  // namespace huiyin::test
