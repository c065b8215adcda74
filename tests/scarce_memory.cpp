#include "tests/scarce_memory.h"

#include <cstdlib>
#include <new>

namespace {
thread_local int granted = -1;  // -1: all

void* given(std::size_t size) {
    if (granted >= 0 && granted-- == 0) throw std::bad_alloc();
    if (void* memory = std::malloc(size ? size : 1)) return memory;
    throw std::bad_alloc();
}
}  // namespace

namespace scarce {
Memory::Memory(int good) { granted = good; }
Memory::~Memory() { granted = -1; }
void refuse_after(int good) { granted = good; }
}  // namespace scarce

void* operator new(std::size_t size) { return given(size); }
void* operator new[](std::size_t size) { return given(size); }
// A sanitizer has these by themselves.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size ? size : 1); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size ? size : 1); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
