// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_TESTS_SUPPORT_FAULT_HPP
#define KEYWAY_TESTS_SUPPORT_FAULT_HPP

// Faults on demand: the shared library keyway_fault (fault.cpp) stands between a program and libc's socket calls,
// counts them, and makes some of them fail, or move fewer bytes than they were asked to.
//
// Linked into a test (before libc, that is as any library), it does what the one living fault::scope says:
//
//     const fault::scope faults(fault::plan().fail(fault::call::accept4, 1, ECONNABORTED));
//     auto next = listener.accept();                      // its first accept4 fails, the second does not
//     CHECK(fault::count(fault::call::accept4) == 2);
//
// Loaded into any dynamically linked program, it does what the environment says, from the first call on:
//
//     LD_PRELOAD=libkeyway_fault.so KEYWAY_FAULT=send:eintr=3,recv:clamp=7,accept4:fail=2:EMFILE ./program
//
// KEYWAY_FAULT is a list of items separated by commas, each of them CALL:WHAT=NUMBER[:ERRNO] with CALL one of the names
// below or `any`, and ERRNO a name like EMFILE or a number:
//
//     send:eintr=3            every third send is interrupted before it did anything (not 1: nothing could ever pass)
//     send:clamp=7            a send takes at most 7 bytes, of iovecs too; for send* and recv*, on stream sockets only
//     accept4:fail=2:EMFILE   the second accept4 fails and is not made
//     recv:every=5:ENOBUFS    so does every fifth recv
//     connect:after=1:EINTR   the first connect is made, and then reported as failed
//     any:fail=9:EINVAL       the ninth of all calls fails
//
// Only calls on sockets, on what epoll and eventfd made, and on numbers that no descriptor has, are counted and fail; all
// others go through untouched.
// The calls on files, from `read` on, are apart: they are counted on all descriptors but the standard streams, and not
// among the calls of any kind.
// A close is always made for real, as on Linux, where it frees the number whatever it reports.
//
// Programs that use it may be built with sanitizers, which come first and call this library as if it were libc.

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace fault {

/// The calls that the library stands in for.
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
    instead,  ///< it was not, and changed nothing
    after,    ///< it was: a connect is under way. What a call made that yields a descriptor is lost.
};

/// Which calls fail and how. A call that several rules hit obeys the first of them.
class plan {
public:
    /// The k-th call of a kind fails, counted from 1, and so do those after it, `times` in all.
    plan& fail(call which, unsigned k, int error, timing when = timing::instead, unsigned times = 1) noexcept;
    /// The n-th call of a kind fails, and every n-th one after that.
    plan& fail_every(call which, unsigned n, int error, timing when = timing::instead) noexcept;
    /// The k-th call of any kind fails.
    plan& fail_any(unsigned k, int error) noexcept;
    /// A transfer on a stream socket moves at most so many bytes.
    plan& clamp(call which, std::size_t bytes) noexcept;
    /// The same for every call that sends or receives.
    plan& clamp_transfers(std::size_t bytes) noexcept;

    /// What KEYWAY_FAULT would mean with this value; nothing where it is malformed.
    static std::optional<plan> parse(std::string_view text) noexcept;

    struct rule {
        std::optional<call> which;  // of any kind where it has none
        unsigned first = 0;
        unsigned times = 1;
        unsigned every = 0;  // 0: `times` in a row
        int error = 0;
        timing when = timing::instead;
    };

    /// The rule for the call that is the `nth` of its kind and the `nth_of_all`, or null.
    [[nodiscard]] const rule* rule_for(call which, unsigned nth, unsigned nth_of_all) const noexcept;
    /// The most bytes that a transfer may move.
    [[nodiscard]] std::size_t limit(call which) const noexcept;

private:
    plan& add(const rule& added) noexcept;

    std::array<rule, 16> rules_{};
    std::size_t rule_count_ = 0;
    std::array<std::size_t, call_names.size()> limits_{};  // 0: none
};

/// Puts a plan in force, for all threads, while it lives; counting starts again at 0. There is one at a time, and it
/// has to outlive the threads that make calls.
class scope {
public:
    explicit scope(const plan& faults = {}) noexcept;
    scope(const scope&) = delete;
    scope& operator=(const scope&) = delete;
    ~scope();
};

// About the living scope, or about the last one.

/// Calls of a kind that were made, failed ones included.
[[nodiscard]] unsigned count(call which) noexcept;
/// Calls of all kinds.
[[nodiscard]] unsigned count() noexcept;
/// Calls that were made to fail.
[[nodiscard]] unsigned injected() noexcept;
/// The kind of the last call that was made to fail.
[[nodiscard]] call last_injected() noexcept;

}  // namespace fault

#endif
