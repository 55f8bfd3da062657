// SPDX-License-Identifier: BSL-1.0
#include "support/fault.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdarg>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <utility>

namespace fault {
namespace {

// All variables have constant initialization, since calls are made before any constructor runs.

constinit plan in_force;
constinit std::atomic<bool> active = false;
constinit std::array<std::atomic<unsigned>, call_names.size()> counts{};
constinit std::atomic<unsigned> total = 0;
constinit std::atomic<unsigned> faults = 0;
constinit std::atomic<call> last_fault = call::socket;

[[noreturn]] void give_up(std::string_view reason) noexcept {
    const auto say = [](std::string_view text) { return ::write(STDERR_FILENO, text.data(), text.size()) >= 0; };
    static_cast<void>(say("keyway_fault: ") && say(reason) && say("\n"));
    std::abort();
}

void enforce(const plan& wanted) noexcept {
    if (active.load()) give_up("there is a fault::scope already");
    in_force = wanted;
    for (auto& one : counts) one = 0;
    total = 0;
    faults = 0;
    active.store(true, std::memory_order_release);
}

constexpr std::size_t index(call which) noexcept { return static_cast<std::size_t>(which); }

constexpr std::array transfers{call::send, call::sendto, call::sendmsg, call::recv, call::recvfrom, call::recvmsg};

}  // namespace

plan& plan::add(const rule& added) noexcept {
    if (rule_count_ == rules_.size()) give_up("a fault::plan has too many rules");
    if (added.first == 0) give_up("calls are counted from 1");
    rules_[rule_count_++] = added;
    return *this;
}

plan& plan::fail(call which, unsigned k, int error, timing when, unsigned times) noexcept {
    return add({.which = which, .first = k, .times = times, .error = error, .when = when});
}

plan& plan::fail_every(call which, unsigned n, int error, timing when) noexcept {
    return add({.which = which, .first = n, .every = n, .error = error, .when = when});
}

plan& plan::fail_any(unsigned k, int error) noexcept { return add({.which = {}, .first = k, .error = error}); }

plan& plan::clamp(call which, std::size_t bytes) noexcept {
    limits_[index(which)] = bytes;
    return *this;
}

plan& plan::clamp_transfers(std::size_t bytes) noexcept {
    for (const call which : transfers) clamp(which, bytes);
    return *this;
}

const plan::rule* plan::rule_for(call which, unsigned nth, unsigned nth_of_all) const noexcept {
    for (const rule& one : std::span(rules_).first(rule_count_)) {
        if (one.which && *one.which != which) continue;
        const unsigned n = one.which ? nth : nth_of_all;
        if (n < one.first) continue;
        if (one.every == 0 ? n - one.first < one.times : (n - one.first) % one.every == 0) return &one;
    }
    return nullptr;
}

std::size_t plan::limit(call which) const noexcept {
    const std::size_t bytes = limits_[index(which)];
    return bytes == 0 ? SIZE_MAX : bytes;
}

scope::scope(const plan& wanted) noexcept { enforce(wanted); }
scope::~scope() { active = false; }

unsigned count(call which) noexcept { return counts[index(which)]; }
unsigned count() noexcept { return total; }
unsigned injected() noexcept { return faults; }
call last_injected() noexcept { return last_fault; }

// The text form.

namespace {

constexpr std::array<std::pair<std::string_view, int>, 35> error_names{{
    {"EACCES", EACCES},
    {"EADDRINUSE", EADDRINUSE},
    {"EADDRNOTAVAIL", EADDRNOTAVAIL},
    {"EAFNOSUPPORT", EAFNOSUPPORT},
    {"EAGAIN", EAGAIN},
    {"EALREADY", EALREADY},
    {"EBADF", EBADF},
    {"ECONNABORTED", ECONNABORTED},
    {"ECONNREFUSED", ECONNREFUSED},
    {"ECONNRESET", ECONNRESET},
    {"EHOSTDOWN", EHOSTDOWN},
    {"EHOSTUNREACH", EHOSTUNREACH},
    {"EINPROGRESS", EINPROGRESS},
    {"EINTR", EINTR},
    {"EINVAL", EINVAL},
    {"EIO", EIO},
    {"EISCONN", EISCONN},
    {"EMFILE", EMFILE},
    {"EMSGSIZE", EMSGSIZE},
    {"ENETDOWN", ENETDOWN},
    {"ENETUNREACH", ENETUNREACH},
    {"ENFILE", ENFILE},
    {"ENOBUFS", ENOBUFS},
    {"ENOENT", ENOENT},
    {"ENOMEM", ENOMEM},
    {"ENONET", ENONET},
    {"ENOPROTOOPT", ENOPROTOOPT},
    {"ENOSPC", ENOSPC},
    {"ENOTCONN", ENOTCONN},
    {"ENOTSOCK", ENOTSOCK},
    {"EOPNOTSUPP", EOPNOTSUPP},
    {"EPERM", EPERM},
    {"EPIPE", EPIPE},
    {"EPROTO", EPROTO},
    {"ETIMEDOUT", ETIMEDOUT},
}};

/// Removes and returns the text before the first `separator`, and removes the separator.
std::string_view take_until(char separator, std::string_view& text) noexcept {
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view head = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return head;
}

/// A number of at least 1; 0 if the text is not one.
unsigned parse_number(std::string_view text) noexcept {
    unsigned number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    return failed == std::errc() && end == text.data() + text.size() ? number : 0;
}

int parse_error(std::string_view text) noexcept {
    for (const auto& [name, error] : error_names)
        if (name == text) return error;
    return static_cast<int>(parse_number(text));
}

std::optional<call> parse_call(std::string_view text) noexcept {
    const auto found = std::find(call_names.begin(), call_names.end(), text);
    if (found == call_names.end()) return {};
    return static_cast<call>(found - call_names.begin());
}

bool parse_item(std::string_view item, plan& into) noexcept {
    const std::string_view subject = take_until(':', item);
    const std::optional<call> which = parse_call(subject);
    const std::string_view what = take_until('=', item);
    const unsigned number = parse_number(take_until(':', item));
    const int error = parse_error(item);
    if (number == 0) return false;
    if (subject == "any") {
        if (what != "fail" || error == 0) return false;
        into.fail_any(number, error);
        return true;
    }
    if (!which) return false;
    if (what == "eintr" || what == "clamp") {
        if (!item.empty()) return false;
        if (what == "eintr") {
            into.fail_every(*which, number, EINTR);
            return number > 1;
        }
        into.clamp(*which, number);
        return std::find(transfers.begin(), transfers.end(), *which) != transfers.end();
    }
    if (error == 0) return false;
    if (what == "fail") into.fail(*which, number, error);
    else if (what == "every") into.fail_every(*which, number, error);
    else if (what == "after") into.fail(*which, number, error, timing::after);
    else return false;
    return true;
}

}  // namespace

std::optional<plan> plan::parse(std::string_view text) noexcept {
    plan parsed;
    while (!text.empty())
        if (!parse_item(take_until(',', text), parsed)) return {};
    return parsed;
}

namespace {

[[gnu::constructor]] void obey_the_environment() noexcept {
    const char* const text = std::getenv("KEYWAY_FAULT");
    if (text == nullptr || active.load()) return;
    const std::optional<plan> wanted = plan::parse(text);
    if (!wanted) give_up("KEYWAY_FAULT is malformed; tests/support/fault.hpp says how to write it");
    enforce(*wanted);
}

// The calls.

template <class Signature>
class next_in_line;

/// The next function of this name in the order of libraries: libc's. A sanitizer's comes before this library.
template <class Result, class... Arguments>
class next_in_line<Result(Arguments...)> {
public:
    constexpr explicit next_in_line(call which) noexcept : which_(which) {}

    Result operator()(Arguments... arguments) noexcept {
        function* found = found_.load(std::memory_order_relaxed);
        if (found == nullptr) {
            // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): the names are literals
            found = reinterpret_cast<function*>(::dlsym(RTLD_NEXT, name_of(which_).data()));
            if (found == nullptr) give_up("libc lacks a socket call");
            found_.store(found, std::memory_order_relaxed);
        }
        return found(arguments...);
    }

    [[nodiscard]] call which() const noexcept { return which_; }

private:
    using function = Result(Arguments...);
    call which_;
    std::atomic<function*> found_ = nullptr;
};

using address = ::sockaddr;
using length = ::socklen_t;

constinit next_in_line<int(int, int, int)> next_socket(call::socket);
constinit next_in_line<int(int, int, int, int*)> next_socketpair(call::socketpair);
constinit next_in_line<int(int, const address*, length)> next_bind(call::bind);
constinit next_in_line<int(int, int)> next_listen(call::listen);
constinit next_in_line<int(int, address*, length*, int)> next_accept4(call::accept4);
constinit next_in_line<int(int, const address*, length)> next_connect(call::connect);
constinit next_in_line<::ssize_t(int, const void*, std::size_t, int)> next_send(call::send);
constinit next_in_line<::ssize_t(int, const void*, std::size_t, int, const address*, length)> next_sendto(call::sendto);
constinit next_in_line<::ssize_t(int, const ::msghdr*, int)> next_sendmsg(call::sendmsg);
constinit next_in_line<::ssize_t(int, void*, std::size_t, int)> next_recv(call::recv);
constinit next_in_line<::ssize_t(int, void*, std::size_t, int, address*, length*)> next_recvfrom(call::recvfrom);
constinit next_in_line<::ssize_t(int, ::msghdr*, int)> next_recvmsg(call::recvmsg);
constinit next_in_line<int(int, ::mmsghdr*, unsigned, int)> next_sendmmsg(call::sendmmsg);
constinit next_in_line<int(int, ::mmsghdr*, unsigned, int, ::timespec*)> next_recvmmsg(call::recvmmsg);
constinit next_in_line<int(int, int)> next_shutdown(call::shutdown);
constinit next_in_line<int(int)> next_close(call::close);
constinit next_in_line<int(int, int, void*)> next_fcntl(call::fcntl);
constinit next_in_line<int(int, int, int, void*, length*)> next_getsockopt(call::getsockopt);
constinit next_in_line<int(int, int, int, const void*, length)> next_setsockopt(call::setsockopt);
constinit next_in_line<int(int, address*, length*)> next_getsockname(call::getsockname);
constinit next_in_line<int(int, address*, length*)> next_getpeername(call::getpeername);
constinit next_in_line<int(::pollfd*, ::nfds_t, int)> next_poll(call::poll);
constinit next_in_line<::ssize_t(int, void*, std::size_t)> next_read(call::read);
constinit next_in_line<::ssize_t(int, const void*, std::size_t)> next_write(call::write);
constinit next_in_line<::ssize_t(int, int, ::off_t*, std::size_t)> next_sendfile(call::sendfile);
constinit next_in_line<::ssize_t(int, ::loff_t*, int, ::loff_t*, std::size_t, unsigned)> next_splice(call::splice);
constinit next_in_line<::ssize_t(int, ::loff_t*, int, ::loff_t*, std::size_t, unsigned)> next_copy_file_range(
    call::copy_file_range);
constinit next_in_line<int(::pollfd*, ::nfds_t, const ::timespec*, const ::sigset_t*)> next_ppoll(call::ppoll);
constinit next_in_line<int(int)> next_epoll_create1(call::epoll_create1);
constinit next_in_line<int(int, int, int, ::epoll_event*)> next_epoll_ctl(call::epoll_ctl);
constinit next_in_line<int(int, ::epoll_event*, int, int)> next_epoll_wait(call::epoll_wait);
constinit next_in_line<int(unsigned, int)> next_eventfd(call::eventfd);

/// Restores errno after calls that this library makes for itself.
class errno_keeper {
public:
    errno_keeper() = default;
    errno_keeper(const errno_keeper&) = delete;
    errno_keeper& operator=(const errno_keeper&) = delete;
    ~errno_keeper() { errno = kept_; }

private:
    int kept_ = errno;
};

/// Whether it is a socket, a descriptor of epoll or eventfd, or a number without a descriptor, whose close would be a
/// mistake to count.
bool is_ours(int descriptor) noexcept {
    struct ::stat status{};
    return ::fstat(descriptor, &status) != 0 || S_ISSOCK(status.st_mode) || (status.st_mode & S_IFMT) == 0;
}

/// Counts a call, and returns the rule by which it fails, if any.
std::optional<plan::rule> judge(call which) noexcept {
    const unsigned nth = counts[index(which)].fetch_add(1) + 1;
    const unsigned nth_of_all = total.fetch_add(1) + 1;
    const plan::rule* const hit = in_force.rule_for(which, nth, nth_of_all);
    if (hit == nullptr) return {};
    faults.fetch_add(1);
    last_fault = which;
    return *hit;
}

std::optional<plan::rule> judge(call which, int descriptor) noexcept {
    if (!active.load(std::memory_order_acquire)) return {};
    const errno_keeper keep;
    if (!is_ours(descriptor)) return {};
    return judge(which);
}

/// Counts a call on files, which does not count as a call of any kind.
std::optional<plan::rule> judge_file(call which, int descriptor) noexcept {
    if (!active.load(std::memory_order_acquire) || descriptor <= STDERR_FILENO) return {};
    const unsigned nth = counts[index(which)].fetch_add(1) + 1;
    const plan::rule* const hit = in_force.rule_for(which, nth, 0);
    if (hit == nullptr) return {};
    faults.fetch_add(1);
    last_fault = which;
    return *hit;
}

/// The largest number of bytes that this transfer of a file may transfer.
std::size_t file_limit(call which, int descriptor) noexcept {
    if (!active.load(std::memory_order_acquire) || descriptor <= STDERR_FILENO) return SIZE_MAX;
    return in_force.limit(which);
}

int failed_with(int error) noexcept {
    errno = error;
    return -1;
}

template <class Result, class... Arguments>
Result forward(const std::optional<plan::rule>& fault, next_in_line<Result(Arguments...)>& next,
               std::type_identity_t<Arguments>... arguments) noexcept {
    if (!fault) return next(arguments...);
    if (fault->when == timing::after) next(arguments...);
    return failed_with(fault->error);
}

/// The call on the descriptor that is its first argument.
template <class Result, class... Arguments>
Result forward_on(next_in_line<Result(int, Arguments...)>& next, int descriptor,
                  std::type_identity_t<Arguments>... arguments) noexcept {
    return forward(judge(next.which(), descriptor), next, descriptor, arguments...);
}

/// A wait for several descriptors, which is counted if one of these is to be counted.
std::optional<plan::rule> judge(call which, std::span<const ::pollfd> waits) noexcept {
    if (!active.load(std::memory_order_acquire)) return {};
    const errno_keeper keep;
    if (std::none_of(waits.begin(), waits.end(), [](const ::pollfd& one) { return is_ours(one.fd); })) return {};
    return judge(which);
}

/// The largest number of bytes that this transfer may transfer. A message is never truncated.
std::size_t limit(call which, int descriptor) noexcept {
    if (!active.load(std::memory_order_acquire) || in_force.limit(which) == SIZE_MAX) return SIZE_MAX;
    const errno_keeper keep;
    int type = 0;
    length size = sizeof(type);
    if (next_getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_STREAM) return SIZE_MAX;
    return in_force.limit(which);
}

/// The first bytes of a message, up to a limit, in a limited number of buffers.
class clamped {
public:
    clamped(const ::msghdr& whole, std::size_t limit) noexcept : part_(whole) {
        if (limit == SIZE_MAX) return;
        std::size_t used = 0;
        for (; used < whole.msg_iovlen && used < buffers_.size() && limit > 0; ++used) {
            buffers_[used] = whole.msg_iov[used];
            buffers_[used].iov_len = std::min(buffers_[used].iov_len, limit);
            limit -= buffers_[used].iov_len;
        }
        part_.msg_iov = buffers_.data();
        part_.msg_iovlen = used;
    }
    clamped(const clamped&) = delete;
    clamped& operator=(const clamped&) = delete;
    ~clamped() = default;

    [[nodiscard]] ::msghdr& message() noexcept { return part_; }

    /// Copies the kernel's results into the program's message, except the buffers.
    void report_to(::msghdr& whole) const noexcept {
        whole.msg_namelen = part_.msg_namelen;
        whole.msg_controllen = part_.msg_controllen;
        whole.msg_flags = part_.msg_flags;
    }

private:
    std::array<::iovec, 64> buffers_{};
    ::msghdr part_;
};

}  // namespace

// The functions that the program calls. They have libc's names only for the linker, since libc's declarations differ in
// their exception specifications.

extern "C" {

int shim_socket(int domain, int type, int protocol) __asm__("socket");
int shim_socket(int domain, int type, int protocol) {
    const auto fault = active.load(std::memory_order_acquire) ? judge(call::socket) : std::nullopt;
    return forward(fault, next_socket, domain, type, protocol);
}

int shim_socketpair(int domain, int type, int protocol, int* ends) __asm__("socketpair");
int shim_socketpair(int domain, int type, int protocol, int* ends) {
    const auto fault = active.load(std::memory_order_acquire) ? judge(call::socketpair) : std::nullopt;
    return forward(fault, next_socketpair, domain, type, protocol, ends);
}

int shim_bind(int descriptor, const address* at, length size) __asm__("bind");
int shim_bind(int descriptor, const address* at, length size) { return forward_on(next_bind, descriptor, at, size); }

int shim_listen(int descriptor, int backlog) __asm__("listen");
int shim_listen(int descriptor, int backlog) { return forward_on(next_listen, descriptor, backlog); }

int shim_accept4(int descriptor, address* peer, length* size, int flags) __asm__("accept4");
int shim_accept4(int descriptor, address* peer, length* size, int flags) {
    return forward_on(next_accept4, descriptor, peer, size, flags);
}

int shim_connect(int descriptor, const address* to, length size) __asm__("connect");
int shim_connect(int descriptor, const address* to, length size) {
    return forward_on(next_connect, descriptor, to, size);
}

::ssize_t shim_send(int descriptor, const void* data, std::size_t size, int flags) __asm__("send");
::ssize_t shim_send(int descriptor, const void* data, std::size_t size, int flags) {
    return forward_on(next_send, descriptor, data, std::min(size, limit(call::send, descriptor)), flags);
}

::ssize_t shim_sendto(int descriptor, const void* data, std::size_t size, int flags, const address* to,
                      length to_size) __asm__("sendto");
::ssize_t shim_sendto(int descriptor, const void* data, std::size_t size, int flags, const address* to,
                      length to_size) {
    const std::size_t most = limit(call::sendto, descriptor);
    return forward_on(next_sendto, descriptor, data, std::min(size, most), flags, to, to_size);
}

::ssize_t shim_sendmsg(int descriptor, const ::msghdr* message, int flags) __asm__("sendmsg");
::ssize_t shim_sendmsg(int descriptor, const ::msghdr* message, int flags) {
    clamped part(*message, limit(call::sendmsg, descriptor));
    return forward_on(next_sendmsg, descriptor, &part.message(), flags);
}

::ssize_t shim_recv(int descriptor, void* buffer, std::size_t size, int flags) __asm__("recv");
::ssize_t shim_recv(int descriptor, void* buffer, std::size_t size, int flags) {
    return forward_on(next_recv, descriptor, buffer, std::min(size, limit(call::recv, descriptor)), flags);
}

::ssize_t shim_recvfrom(int descriptor, void* buffer, std::size_t size, int flags, address* from,
                        length* from_size) __asm__("recvfrom");
::ssize_t shim_recvfrom(int descriptor, void* buffer, std::size_t size, int flags, address* from, length* from_size) {
    const std::size_t most = limit(call::recvfrom, descriptor);
    return forward_on(next_recvfrom, descriptor, buffer, std::min(size, most), flags, from, from_size);
}

// recv and recvfrom under _FORTIFY_SOURCE.

::ssize_t shim_recv_chk(int descriptor, void* buffer, std::size_t size, std::size_t capacity,
                        int flags) __asm__("__recv_chk");
::ssize_t shim_recv_chk(int descriptor, void* buffer, std::size_t size, std::size_t capacity, int flags) {
    if (size > capacity) give_up("a buffer is smaller than the size passed");
    return shim_recv(descriptor, buffer, size, flags);
}

::ssize_t shim_recvfrom_chk(int descriptor, void* buffer, std::size_t size, std::size_t capacity, int flags,
                            address* from, length* from_size) __asm__("__recvfrom_chk");
::ssize_t shim_recvfrom_chk(int descriptor, void* buffer, std::size_t size, std::size_t capacity, int flags,
                            address* from, length* from_size) {
    if (size > capacity) give_up("a buffer is smaller than the size passed");
    return shim_recvfrom(descriptor, buffer, size, flags, from, from_size);
}

::ssize_t shim_recvmsg(int descriptor, ::msghdr* message, int flags) __asm__("recvmsg");
::ssize_t shim_recvmsg(int descriptor, ::msghdr* message, int flags) {
    clamped part(*message, limit(call::recvmsg, descriptor));
    const ::ssize_t done = forward_on(next_recvmsg, descriptor, &part.message(), flags);
    if (done >= 0) part.report_to(*message);
    return done;
}

int shim_sendmmsg(int descriptor, ::mmsghdr* messages, unsigned count, int flags) __asm__("sendmmsg");
int shim_sendmmsg(int descriptor, ::mmsghdr* messages, unsigned count, int flags) {
    return forward_on(next_sendmmsg, descriptor, messages, count, flags);
}

int shim_recvmmsg(int descriptor, ::mmsghdr* messages, unsigned count, int flags, ::timespec* time) __asm__("recvmmsg");
int shim_recvmmsg(int descriptor, ::mmsghdr* messages, unsigned count, int flags, ::timespec* time) {
    return forward_on(next_recvmmsg, descriptor, messages, count, flags, time);
}

int shim_shutdown(int descriptor, int how) __asm__("shutdown");
int shim_shutdown(int descriptor, int how) { return forward_on(next_shutdown, descriptor, how); }

int shim_close(int descriptor) __asm__("close");
int shim_close(int descriptor) {
    const auto fault = judge(call::close, descriptor);
    const int done = next_close(descriptor);
    return fault ? failed_with(fault->error) : done;
}

int shim_fcntl(int descriptor, int command, ...) __asm__("fcntl");
int shim_fcntl(int descriptor, int command, ...) {
    std::va_list arguments;
    va_start(arguments, command);
    void* const argument = va_arg(arguments, void*);
    va_end(arguments);
    return forward_on(next_fcntl, descriptor, command, argument);
}

// fcntl under _FILE_OFFSET_BITS=64.
int shim_fcntl64(int descriptor, int command, ...) __asm__("fcntl64");
int shim_fcntl64(int descriptor, int command, ...) {
    std::va_list arguments;
    va_start(arguments, command);
    void* const argument = va_arg(arguments, void*);
    va_end(arguments);
    return forward_on(next_fcntl, descriptor, command, argument);
}

int shim_getsockopt(int descriptor, int level, int name, void* value, length* size) __asm__("getsockopt");
int shim_getsockopt(int descriptor, int level, int name, void* value, length* size) {
    return forward_on(next_getsockopt, descriptor, level, name, value, size);
}

int shim_setsockopt(int descriptor, int level, int name, const void* value, length size) __asm__("setsockopt");
int shim_setsockopt(int descriptor, int level, int name, const void* value, length size) {
    return forward_on(next_setsockopt, descriptor, level, name, value, size);
}

int shim_getsockname(int descriptor, address* name, length* size) __asm__("getsockname");
int shim_getsockname(int descriptor, address* name, length* size) {
    return forward_on(next_getsockname, descriptor, name, size);
}

int shim_getpeername(int descriptor, address* name, length* size) __asm__("getpeername");
int shim_getpeername(int descriptor, address* name, length* size) {
    return forward_on(next_getpeername, descriptor, name, size);
}

int shim_poll(::pollfd* waits, ::nfds_t count, int milliseconds) __asm__("poll");
int shim_poll(::pollfd* waits, ::nfds_t count, int milliseconds) {
    return forward(judge(call::poll, {waits, count}), next_poll, waits, count, milliseconds);
}

int shim_ppoll(::pollfd* waits, ::nfds_t count, const ::timespec* time, const ::sigset_t* mask) __asm__("ppoll");
int shim_ppoll(::pollfd* waits, ::nfds_t count, const ::timespec* time, const ::sigset_t* mask) {
    return forward(judge(call::ppoll, {waits, count}), next_ppoll, waits, count, time, mask);
}

int shim_epoll_create1(int flags) __asm__("epoll_create1");
int shim_epoll_create1(int flags) {
    const auto fault = active.load(std::memory_order_acquire) ? judge(call::epoll_create1) : std::nullopt;
    return forward(fault, next_epoll_create1, flags);
}

int shim_epoll_ctl(int set, int what, int descriptor, ::epoll_event* event) __asm__("epoll_ctl");
int shim_epoll_ctl(int set, int what, int descriptor, ::epoll_event* event) {
    return forward_on(next_epoll_ctl, set, what, descriptor, event);
}

int shim_epoll_wait(int set, ::epoll_event* events, int capacity, int milliseconds) __asm__("epoll_wait");
int shim_epoll_wait(int set, ::epoll_event* events, int capacity, int milliseconds) {
    return forward_on(next_epoll_wait, set, events, capacity, milliseconds);
}

int shim_eventfd(unsigned count, int flags) __asm__("eventfd");
int shim_eventfd(unsigned count, int flags) {
    const auto fault = active.load(std::memory_order_acquire) ? judge(call::eventfd) : std::nullopt;
    return forward(fault, next_eventfd, count, flags);
}

::ssize_t shim_read(int descriptor, void* buffer, std::size_t size) __asm__("read");
::ssize_t shim_read(int descriptor, void* buffer, std::size_t size) {
    const std::size_t most = file_limit(call::read, descriptor);
    return forward(judge_file(call::read, descriptor), next_read, descriptor, buffer, std::min(size, most));
}

// read under _FORTIFY_SOURCE.
::ssize_t shim_read_chk(int descriptor, void* buffer, std::size_t size, std::size_t capacity) __asm__("__read_chk");
::ssize_t shim_read_chk(int descriptor, void* buffer, std::size_t size, std::size_t capacity) {
    if (size > capacity) give_up("a buffer is smaller than the size passed");
    return shim_read(descriptor, buffer, size);
}

::ssize_t shim_write(int descriptor, const void* data, std::size_t size) __asm__("write");
::ssize_t shim_write(int descriptor, const void* data, std::size_t size) {
    const std::size_t most = file_limit(call::write, descriptor);
    return forward(judge_file(call::write, descriptor), next_write, descriptor, data, std::min(size, most));
}

::ssize_t shim_sendfile(int to, int from, ::off_t* at, std::size_t size) __asm__("sendfile");
::ssize_t shim_sendfile(int to, int from, ::off_t* at, std::size_t size) {
    const std::size_t most = file_limit(call::sendfile, to);
    return forward(judge_file(call::sendfile, to), next_sendfile, to, from, at, std::min(size, most));
}

::ssize_t shim_splice(int from, ::loff_t* at, int to, ::loff_t* there, std::size_t size,
                      unsigned flags) __asm__("splice");
::ssize_t shim_splice(int from, ::loff_t* at, int to, ::loff_t* there, std::size_t size, unsigned flags) {
    const std::size_t most = file_limit(call::splice, to);
    return forward(judge_file(call::splice, to), next_splice, from, at, to, there, std::min(size, most), flags);
}

::ssize_t shim_copy_file_range(int from, ::loff_t* at, int to, ::loff_t* there, std::size_t size,
                               unsigned flags) __asm__("copy_file_range");
::ssize_t shim_copy_file_range(int from, ::loff_t* at, int to, ::loff_t* there, std::size_t size, unsigned flags) {
    const std::size_t most = file_limit(call::copy_file_range, to);
    return forward(judge_file(call::copy_file_range, to), next_copy_file_range, from, at, to, there,
                   std::min(size, most), flags);
}

}  // extern "C"
}  // namespace fault
