// fuzz TARGET [libFuzzer's options, folders and files]: one program for all readers, so that it is linked once.
// Without a target it lists them.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "tests/fuzz/fuzz.h"

namespace huiyin::fuzz {
namespace {

const Target* chosen = nullptr;
double slowest_ms = 0;
std::size_t slowest_bytes = 0;

std::vector<Target> all_targets() {
    std::vector<Target> all;
    for (const auto& some : {edge_targets(), codec_targets(), json_targets(), policy_targets(), platform_targets(),
                             understanding_targets()})
        all.insert(all.end(), some.begin(), some.end());
    return all;
}

// Of this thread, so that a busy machine does not count.
double used_ms() {
    timespec used{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) * 1000 + static_cast<double>(used.tv_nsec) / 1e6;
}

void tell_slowest() { std::fprintf(stderr, "slowest input: %.1f ms, %zu bytes\n", slowest_ms, slowest_bytes); }

}  // namespace

void must(bool holds, const char* sentence) {
    if (holds) return;
    std::fprintf(stderr, "BROKEN: %s\n", sentence);
    std::abort();
}

void choose(int& count, char**& arguments) {
    static const auto targets = all_targets();
    for (const auto& target : targets)
        if (count > 1 && std::strcmp(arguments[1], target.name) == 0) chosen = &target;
    if (!chosen) {
        for (const auto& target : targets) std::printf("%s\n", target.name);
        std::exit(count > 1 ? 2 : 0);
    }
    arguments[1] = arguments[0];  // libFuzzer sees the rest
    ++arguments;
    --count;
    chosen->run({});  // what is made ready once is not the input's time
    std::atexit(tell_slowest);
}

void run(std::string_view input) {
    const auto before = used_ms();
    chosen->run(input);
    if (const auto took = used_ms() - before; took > slowest_ms) slowest_ms = took, slowest_bytes = input.size();
}

}  // namespace huiyin::fuzz

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
    huiyin::fuzz::choose(*count, *arguments);
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    huiyin::fuzz::run({reinterpret_cast<const char*>(data), size});
    return 0;
}
