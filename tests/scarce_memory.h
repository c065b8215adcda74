// Memory that is refused to this thread alone: the nth wish for some throws std::bad_alloc, those after it are granted.
#pragma once
#include <new>

namespace scarce {

// While it lives. `good` wishes are granted first.
class Memory {
public:
    explicit Memory(int good);
    ~Memory();
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;
};

// From now on, until that one wish is refused.
void refuse_after(int good);

// Runs `work` with its wish after `good` refused. False: it had no so many, and went through.
template <class Work>
bool refused(int good, Work work) {
    try {
        Memory memory(good);
        work();
        return false;
    } catch (const std::bad_alloc&) {
        return true;
    }
}

}  // namespace scarce
