#include "workflow/base/result.h"

#include <catch2/catch.hpp>
#include <memory>

using namespace huiyin;

TEST_CASE("a result is a value or a no") {
    Result<std::string> yes = std::string("登记");
    REQUIRE(yes);
    CHECK(*yes == "登记");
    CHECK(yes->size() == 6);
    *yes += "了";
    CHECK(yes.value() == "登记了");

    const Result<std::string> no = Problem{"ticket.not_allowed", "write another", "why", "property-group/T1"};
    REQUIRE_FALSE(no);
    CHECK(no.problem() == Problem{"ticket.not_allowed", "write another", "why", "property-group/T1"});
}

TEST_CASE("a value taken from a refusal is a mistake of ours that names the refusal") {
    Result<int> no = Problem{"store.gone", "there is none", {}};
    CHECK_THROWS_WITH(no.value(), "value taken from a refusal: store.gone: there is none");
    CHECK_THROWS_AS(*no, std::logic_error);
}

TEST_CASE("what cannot be copied is moved out of a result") {
    Result<std::unique_ptr<int>> owned = std::make_unique<int>(7);
    const auto taken = std::move(owned).value();
    CHECK(*taken == 7);
    CHECK(*Result<std::unique_ptr<int>>(std::make_unique<int>(8)).value() == 8);
}
