// What is wrong with one row must not keep the others from their turn.
#pragma once
#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "workflow/store/driver.h"
#include "workflow/store/store.h"

namespace huiyin {

// Does it; what went wrong with it alone comes back in words. That the store failed, or that somebody else was first,
// is thrown on: that is wrong with all.
template <class Work>
std::optional<std::string> wrong_alone(Work&& work) {
    try {
        std::forward<Work>(work)();
    } catch (const StoreFailed&) {
        throw;
    } catch (const StaleTicket&) {
        throw;
    } catch (const std::exception& problem) {
        return problem.what();
    }
    return std::nullopt;
}

}  // namespace huiyin
