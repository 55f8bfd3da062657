// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_POLL_WINDOWS_HPP
#define KEYWAY_DETAIL_OS_POLL_WINDOWS_HPP

// Poll sets on Windows: an array for WSAPoll, with the socket that wakes in front. A wait costs what the set holds.

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/poll_vocabulary.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace detail::os {

struct poller {
    ::WSAPOLLFD* entries = nullptr;   // the first is the waker's; behind the last is room for a canceller
    std::uint64_t* tokens = nullptr;  // of the entries, one by one
    std::size_t count = 0;
    std::size_t room = 0;
    std::size_t turn = 0;     // the entry that was looked at last
    std::int64_t search = 0;  // when to look for failed attempts again
};

inline bool is_open(const poller& set) noexcept { return set.count != 0; }

// NOLINTBEGIN(cppcoreguidelines-no-malloc,cppcoreguidelines-owning-memory): <memory> and <vector> are large
inline void close_poller(poller& set) noexcept {
    if (set.count != 0) close(set.entries[0].fd);
    std::free(set.entries);
    std::free(set.tokens);
    set = {};
}

template <class Item>
inline bool enlarge(Item*& items, std::size_t count) noexcept {
    auto* const grown = static_cast<Item*>(std::realloc(items, count * sizeof(Item)));
    if (grown != nullptr) items = grown;
    return grown != nullptr;
}
// NOLINTEND(cppcoreguidelines-no-malloc,cppcoreguidelines-owning-memory)

constexpr ::SHORT events_for(unsigned wanted) noexcept {
    return static_cast<::SHORT>(((wanted & poll_readable) != 0 ? POLLRDNORM : 0) |
                                ((wanted & poll_writable) != 0 ? POLLWRNORM : 0));
}

inline int append(poller& set, native_handle handle, unsigned wanted, std::uint64_t token) noexcept {
    if (set.count + 2 > set.room) {
        const std::size_t more = set.room == 0 ? 16 : 2 * set.room;
        if (!enlarge(set.entries, more) || !enlarge(set.tokens, more)) return fail_with(ERROR_NOT_ENOUGH_MEMORY);
        set.room = more;
    }
    set.entries[set.count] = {handle, events_for(wanted), 0};
    set.tokens[set.count] = token;
    ++set.count;
    return 0;
}

/// Where the handle is; 0, which is the waker's place, where it is not.
inline std::size_t place_of(const poller& set, native_handle handle) noexcept {
    for (std::size_t i = 1; i < set.count; ++i)
        if (set.entries[i].fd == handle) return i;
    return 0;
}

/// Whether it is an open socket. WSAPoll would take anything.
inline int check_socket(native_handle handle) noexcept {
    int type = 0;
    address_length size = sizeof(type);
    return get_option(handle, SOL_SOCKET, SO_TYPE, &type, &size);
}

inline set_change add_to(poller& set, native_handle handle, unsigned wanted, std::uint64_t token) noexcept {
    if (!is_open(set)) return fail_with(WSAEBADF), set_change::failed;
    if (place_of(set, handle) != 0) return set_change::is_there_already;
    const bool done = check_socket(handle) == 0 && append(set, handle, wanted, token) == 0;
    return done ? set_change::done : set_change::failed;
}

inline set_change modify_in(poller& set, native_handle handle, unsigned wanted, std::uint64_t token) noexcept {
    const std::size_t place = place_of(set, handle);
    if (place == 0) return check_socket(handle) == 0 ? set_change::is_not_there : set_change::failed;
    set.entries[place].events = events_for(wanted);
    set.tokens[place] = token;
    return set_change::done;
}

inline set_change remove_from(poller& set, native_handle handle) noexcept {
    const std::size_t place = place_of(set, handle);
    if (place == 0) return check_socket(handle) == 0 ? set_change::is_not_there : set_change::failed;
    --set.count;
    set.entries[place] = set.entries[set.count];
    set.tokens[place] = set.tokens[set.count];
    return set_change::done;
}

inline int open_poller(poller& set) noexcept {
    const native_handle waker = open_waker();
    if (waker == invalid_handle) return -1;
    if (append(set, waker, poll_readable, reserved_token) == 0) return 0;
    const int cause = last_error();
    close(waker);
    return fail_with(cause);
}

inline int wake_poller(const poller& set) noexcept {
    return is_open(set) ? wake(set.entries[0].fd) : fail_with(WSAEBADF);
}

/// Before Windows 10 2004 and Server 2022, WSAPoll says nothing of a connection that could not be made; select does.
inline int find_failed_attempts(poller& set) noexcept {
    int found = 0;
    for (std::size_t i = 1; i < set.count; ++i) {
        ::WSAPOLLFD& entry = set.entries[i];
        sockaddr_any peer;
        address_length size = sizeof(peer);
        if ((entry.events & POLLWRNORM) == 0 || entry.revents != 0 || peer_name(entry.fd, &peer, &size) == 0) continue;
        ::fd_set failed{.fd_count = 1, .fd_array = {entry.fd}};
        ::timeval no_time{};
        if (::select(0, nullptr, nullptr, &failed, &no_time) != 1) continue;
        entry.revents = POLLERR;
        ++found;
    }
    return found;
}

constexpr unsigned told_by(int events) noexcept {
    return ((events & POLLRDNORM) != 0 ? poll_readable : 0) | ((events & POLLWRNORM) != 0 ? poll_writable : 0) |
           ((events & POLLHUP) != 0 ? poll_hung_up : 0) | ((events & (POLLERR | POLLNVAL)) != 0 ? poll_failed : 0);
}

/// Begins behind where it ended the last time, so that everything gets its turn.
template <class Sink>
inline void tell(poller& set, Sink sink) noexcept {
    std::size_t told = 0;
    for (std::size_t looked = 0; looked < set.count && told < events_at_once; ++looked) {
        set.turn = set.turn + 1 < set.count ? set.turn + 1 : 0;
        const ::WSAPOLLFD& entry = set.entries[set.turn];
        if (entry.revents == 0) continue;
        if (set.turn == 0) quiet(entry.fd);
        else sink(set.tokens[set.turn], told_by(entry.revents)), ++told;
    }
}

inline constexpr int between_searches = 50;  // milliseconds

/// Whether it may hold connections under way.
inline bool needs_searches(const poller& set) noexcept {
    for (std::size_t i = 1; i < set.count; ++i)
        if ((set.entries[i].events & POLLWRNORM) != 0) return true;
    return false;
}

/// How many are ready, perhaps none before the time is over.
inline int look(poller& set, std::size_t asked, int milliseconds) noexcept {
    const bool searches = needs_searches(set);
    const bool is_long = milliseconds < 0 || milliseconds > between_searches;
    const int time = searches && is_long ? between_searches : milliseconds;
    const int ready = ::WSAPoll(set.entries, static_cast<::ULONG>(asked), time);
    if (ready < 0 || !searches || now() < set.search) return ready;
    set.search = now() + std::int64_t{between_searches} * 1'000'000;
    return ready + find_failed_attempts(set);
}

template <class Sink>
inline int wait_for_events(poller& set, Sink sink, const limit& within = {}) noexcept {
    if (!is_open(set)) return fail_with(WSAEBADF);
    if (may_begin(within) < 0) return -1;
    ::WSAPOLLFD& cancel = set.entries[set.count];
    cancel = {within.cancel, POLLRDNORM, 0};
    const std::size_t asked = set.count + (within.cancel != invalid_handle ? 1 : 0);
    const std::int64_t sleeps_from = within.spin > 0 ? now() + within.spin : 0;
    for (;;) {
        const bool spins = sleeps_from != 0 && now() < sleeps_from;
        const int ready = look(set, asked, spins ? 0 : time_left(within.until));
        if (ready < 0) return -1;
        if (cancel.revents != 0)
            return fail_with((cancel.revents & POLLNVAL) != 0 ? WSAENOTSOCK : ERROR_OPERATION_ABORTED);
        if (ready > 0) {
            tell(set, sink);
            return 0;
        }
        if (time_left(within.until) == 0) return fail_with(WSAETIMEDOUT);
    }
}

}  // namespace detail::os
}  // namespace keyway::inline KEYWAY_MODE

#endif
