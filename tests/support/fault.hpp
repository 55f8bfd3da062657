// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_TESTS_SUPPORT_FAULT_HPP
#define KEYWAY_TESTS_SUPPORT_FAULT_HPP

// Fault injection: the shared library keyway_fault (fault.cpp) interposes libc's socket calls. It counts them, and
// makes some of them fail or transfer fewer bytes.
//
// Linked into a test (before libc, as any library is), it follows the plan of the current fault::scope:
//
//     const fault::scope faults(fault::plan().fail(fault::call::accept4, 1, ECONNABORTED));
//     auto next = listener.accept();                      // its first accept4 fails, the second does not
//     CHECK(fault::count(fault::call::accept4) == 2);
//
// Loaded into any dynamically linked program, it follows the environment, from the first call on:
//
//     LD_PRELOAD=libkeyway_fault.so KEYWAY_FAULT=send:eintr=3,recv:clamp=7,accept4:fail=2:EMFILE ./program
//
// KEYWAY_FAULT is a list of items separated by commas, each of the form CALL:WHAT=NUMBER[:ERRNO]. CALL is one of the
// names below or `any`; ERRNO is a name like EMFILE or a number:
//
//     send:eintr=3            every third send is interrupted before it does anything (not 1: none would succeed)
//     send:clamp=7            a send transfers at most 7 bytes, also of iovecs; for send* and recv*, on streams only
//     accept4:fail=2:EMFILE   the second accept4 fails and is not made
//     recv:every=5:ENOBUFS    every fifth recv fails and is not made
//     connect:after=1:EINTR   the first connect is made, but reported as failed
//     any:fail=9:EINVAL       the ninth of all calls fails
//
// Only calls on sockets, on descriptors of epoll and eventfd, and on numbers without a descriptor are counted and can
// fail; all others are unchanged. The calls on files, from `read` on, are separate: they are counted on all descriptors
// except the standard streams, and do not count as calls of any kind. A close is always made: Linux closes the
// descriptor even if close(2) fails.
//
// Programs that use it may be built with sanitizers, which are linked first and call this library as if it were libc.

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace fault {

/// The calls that the library interposes.
enum class call : unsigned char {
    socket,
    socketpair,
    bind,
    listen,
    accept4,
    connect,
    send,
    sendto,
    sendmsg,
    recv,
    recvfrom,
    recvmsg,
    sendmmsg,
    recvmmsg,
    shutdown,
    close,
    fcntl,
    getsockopt,
    setsockopt,
    getsockname,
    getpeername,
    poll,
    ppoll,
    epoll_create1,
    epoll_ctl,
    epoll_wait,
    eventfd,
    read,
    write,
    sendfile,
    splice,
    copy_file_range,
};

/// Indexed by call.
inline constexpr std::array<std::string_view, 32> call_names{
    "socket",    "socketpair", "bind",       "listen",      "accept4",     "connect",  "send",     "sendto",
    "sendmsg",   "recv",       "recvfrom",   "recvmsg",     "sendmmsg",    "recvmmsg", "shutdown", "close",
    "fcntl",     "getsockopt", "setsockopt", "getsockname", "getpeername", "poll",     "ppoll",    "epoll_create1",
    "epoll_ctl", "epoll_wait", "eventfd",    "read",        "write",       "sendfile", "splice",   "copy_file_range",
};

constexpr std::string_view name_of(call which) noexcept { return call_names[static_cast<std::size_t>(which)]; }

/// Whether a call that is reported as failed was made.
enum class timing : bool {
    instead,  ///< it is not made, and changes nothing
    after,    ///< it is made: a connect goes on. A descriptor that the call returned is lost.
};

/// The calls that fail, and their errors. If several rules apply to a call, the first counts.
class plan {
public:
    /// The k-th call of a kind, counted from 1, and those after it fail, `times` in total.
    plan& fail(call which, unsigned k, int error, timing when = timing::instead, unsigned times = 1) noexcept;
    /// The n-th call of a kind fails, and every n-th one after that.
    plan& fail_every(call which, unsigned n, int error, timing when = timing::instead) noexcept;
    /// The k-th call of any kind fails.
    plan& fail_any(unsigned k, int error) noexcept;
    /// A transfer on a stream socket transfers at most this many bytes.
    plan& clamp(call which, std::size_t bytes) noexcept;
    /// Clamps every call that sends or receives.
    plan& clamp_transfers(std::size_t bytes) noexcept;

    /// The plan of this value of KEYWAY_FAULT; empty if it is malformed.
    static std::optional<plan> parse(std::string_view text) noexcept;

    struct rule {
        std::optional<call> which;  // empty: of any kind
        unsigned first = 0;
        unsigned times = 1;
        unsigned every = 0;  // 0: `times` in a row
        int error = 0;
        timing when = timing::instead;
    };

    /// The rule for the call that is the `nth` of its kind and the `nth_of_all`, or null.
    [[nodiscard]] const rule* rule_for(call which, unsigned nth, unsigned nth_of_all) const noexcept;
    /// The largest number of bytes that a transfer may transfer.
    [[nodiscard]] std::size_t limit(call which) const noexcept;

private:
    plan& add(const rule& added) noexcept;

    std::array<rule, 16> rules_{};
    std::size_t rule_count_ = 0;
    std::array<std::size_t, call_names.size()> limits_{};  // 0: none
};

/// Puts a plan into effect for all threads until destroyed; the counts start at 0. Only one may exist at a time, and it
/// has to outlive the threads that make calls.
class scope {
public:
    explicit scope(const plan& faults = {}) noexcept;
    scope(const scope&) = delete;
    scope& operator=(const scope&) = delete;
    ~scope();
};

// The results of the current scope, or of the last one.

/// The number of calls of a kind, including failed ones.
[[nodiscard]] unsigned count(call which) noexcept;
/// The number of calls of all kinds.
[[nodiscard]] unsigned count() noexcept;
/// The number of injected failures.
[[nodiscard]] unsigned injected() noexcept;
/// The kind of the last call with an injected failure.
[[nodiscard]] call last_injected() noexcept;

}  // namespace fault

#endif
