// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_POSIX_THREAD_HPP
#define KEYWAY_DETAIL_OS_POSIX_THREAD_HPP

// Threads on POSIX; <keyway/detail/os/thread.hpp> has the contract.

#include <pthread.h>
#include <signal.h>

#include <cerrno>

#include <keyway/detail/config.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

using thread_function = void(void*) noexcept;

/// A new thread inherits the signal mask.
template <thread_function* Run>
int start_thread(void* argument) noexcept {
    ::sigset_t all;
    ::sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    ::pthread_t thread;
    const auto body = [](void* given) -> void* {
        Run(given);
        return nullptr;
    };
    const int failure = ::pthread_create(&thread, nullptr, body, argument);
    if (failure == 0) ::pthread_detach(thread);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (failure == 0) return 0;
    errno = failure;
    return -1;
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
