// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_WINDOWS_THREAD_HPP
#define KEYWAY_DETAIL_OS_WINDOWS_THREAD_HPP

// Threads on Windows; <keyway/detail/os/thread.hpp> has the contract.

#include <keyway/detail/config.hpp>
#include <keyway/detail/os/windows/winsock.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

using thread_function = void(void*) noexcept;

template <thread_function* Run>
::DWORD WINAPI thread_body(void* given) noexcept {
    Run(given);
    return 0;
}

template <thread_function* Run>
int start_thread(void* argument) noexcept {
    void* const thread = ::CreateThread(nullptr, 0, &thread_body<Run>, argument, 0, nullptr);
    if (thread == nullptr) return -1;
    ::CloseHandle(thread);
    return 0;
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
