// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_TESTS_SUPPORT_CHILD_HPP
#define KEYWAY_TESTS_SUPPORT_CHILD_HPP

// Runs code in a child process, because it may end the process or change it permanently.

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace child {

/// Runs `body()` in a child process, which exits with its return value, or ends by a signal: SIGALRM after `seconds`.
/// The body must not use doctest: its result is the exit code. Returns: the status of waitpid(2).
template <class Body>
[[nodiscard]] int run(Body body, unsigned seconds = 20) {
    // In qemu a thread that was joined just now may still hold the lock that new threads take, and a child that inherits it
    // could create none: time to let go of it.
    ::usleep(20'000);
    const ::pid_t made = ::fork();
    if (made < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (made == 0) {
        ::signal(SIGALRM, SIG_DFL);
        ::alarm(seconds);
        int code = 125;
        try {
            code = body();
        } catch (...) {
            // The exit code 125 reports it.
        }
        ::_exit(code);
    }
    int status = 0;
    while (::waitpid(made, &status, 0) < 0)
        if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "waitpid");
    return status;
}

/// As text that a test can compare: `exit 0`, `signal 13`.
[[nodiscard]] inline std::string fate(int status) {
    if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
    return "exit " + std::to_string(WEXITSTATUS(status));
}

}  // namespace child

#endif
