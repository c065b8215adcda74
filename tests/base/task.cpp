#include "workflow/base/task.h"

#include <catch2/catch.hpp>
#include <memory>
#include <string>

using namespace huiyin;

TEST_CASE("a task owns what cannot be copied and is moved, not copied") {
    static_assert(!std::is_copy_constructible_v<Task<int()>>);
    Task<int(int)> add = [base = std::make_unique<int>(40)](int more) { return *base + more; };
    Task<int(int)> moved = std::move(add);
    CHECK(moved(2) == 42);
    CHECK(moved);
    CHECK_FALSE(Task<void()>{});
}

TEST_CASE("a task hands its arguments on without a copy") {
    Task<std::string(std::unique_ptr<std::string>)> take = [](std::unique_ptr<std::string> text) { return *text; };
    CHECK(take(std::make_unique<std::string>("一")) == "一");
    std::string changed;
    Task<void(std::string&)> change = [](std::string& text) { text = "改了"; };
    change(changed);
    CHECK(changed == "改了");
}

TEST_CASE("a task lets go of what it owns when it dies") {
    auto owned = std::make_shared<int>(1);
    {
        Task<void()> keeps = [owned] { ++*owned; };
        keeps();
        CHECK(owned.use_count() == 2);
    }
    CHECK(*owned == 2);
    CHECK(owned.use_count() == 1);
}
