// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_TESTS_SUPPORT_CHILD_HPP
#define KEYWAY_TESTS_SUPPORT_CHILD_HPP

// What is done in a process of its own, because it may end it or changes it for good.

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace child {

/// Runs `body()` in a child, which ends with the number that it returns, or by a signal: SIGALRM after `seconds`.
/// The body must not use doctest: its findings are in the number.
/// Returns: what waitpid(2) tells.
template <class Body>
[[nodiscard]] int run(Body body, unsigned seconds = 20) {
    const ::pid_t made = ::fork();
    if (made < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (made == 0) {
        ::signal(SIGALRM, SIG_DFL);
        ::alarm(seconds);
        int code = 125;
        try {
            code = body();
        } catch (...) {
            // 125 tells.
        }
        ::_exit(code);
    }
    int status = 0;
    while (::waitpid(made, &status, 0) < 0)
        if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "waitpid");
    return status;
}

/// In words, for a test to compare: `exit 0`, `signal 13`.
[[nodiscard]] inline std::string fate(int status) {
    if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
    return "exit " + std::to_string(WEXITSTATUS(status));
}

}  // namespace child

#endif
