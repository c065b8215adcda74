#include <sys/resource.h>

#include <catch2/catch.hpp>

#include "wire.h"

using namespace edge_test;

namespace {
// Leaves this process few descriptors, and gives them back.
class FewDescriptors {
public:
    explicit FewDescriptors(rlim_t count) {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        rlimit few = before_;
        few.rlim_cur = count;
        ::setrlimit(RLIMIT_NOFILE, &few);
    }
    ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};
}  // namespace

TEST_CASE("when descriptors run out the server waits, and serves again when there are some") {
    House house;
    const int highest = ::dup(0);
    ::close(highest);
    std::size_t made = 0;
    int status = 0;
    {
        // The clients here and the server's ends share the same few. Nothing is checked meanwhile: the sanitizers need
        // descriptors too.
        FewDescriptors few(static_cast<rlim_t>(highest) + 40);
        std::vector<Wire> wires;
        try {
            while (wires.size() < 100) wires.push_back(house.call());
        } catch (const std::runtime_error&) {
        }
        made = wires.size();
        wires.clear();
        status = house.ask(get("/hello")).status;
    }
    CHECK(made > 4);
    CHECK(made < 41);
    CHECK(status == 200);
}
