// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_WINDOWS_POLL_HPP
#define KEYWAY_DETAIL_OS_WINDOWS_POLL_HPP

// Poll sets on Windows: an array for WSAPoll, with the waker's socket in front. The cost of a wait depends on the size of
// the set.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/poll_types.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

struct poller {
    ::WSAPOLLFD* entries = nullptr;   // the first is the waker's; after the last there is space for the cancellers
    std::uint64_t* tokens = nullptr;  // one for each entry
    std::size_t count = 0;
    std::size_t capacity = 0;
    std::size_t turn = 0;     // the entry that was examined last
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
    if (set.count + 1 + most_cancellers > set.capacity) {
        const std::size_t more = set.capacity == 0 ? 16 : 2 * set.capacity;
        if (!enlarge(set.entries, more) || !enlarge(set.tokens, more)) return fail_with(ERROR_NOT_ENOUGH_MEMORY);
        set.capacity = more;
    }
    set.entries[set.count] = {handle, events_for(wanted), 0};
    set.tokens[set.count] = token;
    ++set.count;
    return 0;
}

/// The handle's place; 0, the waker's, if it is not in the set.
inline std::size_t place_of(const poller& set, native_handle handle) noexcept {
    for (std::size_t i = 1; i < set.count; ++i)
        if (set.entries[i].fd == handle) return i;
    return 0;
}

/// Whether it is an open socket. WSAPoll accepts any number.
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

/// Before Windows 10 2004 and Server 2022, WSAPoll does not report a failed connection attempt; select does.
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

constexpr unsigned reported_by(int events) noexcept {
    return ((events & POLLRDNORM) != 0 ? poll_readable : 0) | ((events & POLLWRNORM) != 0 ? poll_writable : 0) |
           ((events & POLLHUP) != 0 ? poll_hung_up : 0) | ((events & (POLLERR | POLLNVAL)) != 0 ? poll_failed : 0);
}

/// The event of a handle that is ready.
struct ready_event {
    std::uint64_t token;
    unsigned bits;
};

constexpr std::uint64_t token_of(const ready_event& event) noexcept { return event.token; }
constexpr unsigned bits_of(const ready_event& event) noexcept { return event.bits; }

/// Stores the events of the entries that are ready, and returns how many there are. Begins after the entry where it ended
/// last time, so that every handle gets its turn.
inline int report(poller& set, ready_event* into, int most) noexcept {
    int stored = 0;
    for (std::size_t looked = 0; looked < set.count && stored < most; ++looked) {
        set.turn = set.turn + 1 < set.count ? set.turn + 1 : 0;
        const ::WSAPOLLFD& entry = set.entries[set.turn];
        if (entry.revents == 0) continue;
        if (set.turn == 0) reset_waker(entry.fd);
        else into[stored++] = {set.tokens[set.turn], reported_by(entry.revents)};
    }
    return stored;
}

inline constexpr int between_searches = 50;  // milliseconds

/// Whether it may hold connection attempts.
inline bool needs_searches(const poller& set) noexcept {
    for (std::size_t i = 1; i < set.count; ++i)
        if ((set.entries[i].events & POLLWRNORM) != 0) return true;
    return false;
}

/// The number of entries that are ready, perhaps 0 before the time is over.
inline int poll_entries(poller& set, std::size_t asked, int milliseconds) noexcept {
    const bool searches = needs_searches(set);
    const bool is_long = milliseconds < 0 || milliseconds > between_searches;
    const int time = searches && is_long ? between_searches : milliseconds;
    const int ready = ::WSAPoll(set.entries, static_cast<::ULONG>(asked), time);
    if (ready < 0 || !searches || now() < set.search) return ready;
    set.search = now() + std::int64_t{between_searches} * 1'000'000;
    return ready + find_failed_attempts(set);
}

inline int wait_for_events(poller& set, ready_event* into, int most, const wait_limit& limit) noexcept {
    if (!is_open(set)) return fail_with(WSAEBADF);
    if (check_limit(limit) < 0) return -1;
    ::WSAPOLLFD* const cancellers = set.entries + set.count;
    for (std::size_t i = 0; i < limit.canceller_count; ++i) cancellers[i] = {limit.cancellers[i], POLLRDNORM, 0};
    const std::size_t asked = set.count + limit.canceller_count;
    const std::int64_t sleeps_from = limit.spin > 0 ? now() + limit.spin : 0;
    for (;;) {
        const bool spins = sleeps_from != 0 && now() < sleeps_from;
        const int ready = poll_entries(set, asked, spins ? 0 : time_left(limit.until));
        if (ready < 0) return -1;
        for (std::size_t i = 0; i < limit.canceller_count; ++i)
            if (cancellers[i].revents != 0)
                return fail_with((cancellers[i].revents & POLLNVAL) != 0 ? WSAENOTSOCK : ERROR_OPERATION_ABORTED);
        if (ready > 0) return report(set, into, most);
        if (time_left(limit.until) == 0) return fail_with(limit_reached);
    }
}

/// A wait on Windows is never a matter of a mode.
inline int wait_for_events(poller& set, ready_event* into, int most, no_limit) noexcept {
    return wait_for_events(set, into, most, wait_limit{});
}

/// Sleeps until the socket has one of the wanted events. Returns what it has, a sum of poll_readable and so on.
inline int wait_interest(native_handle handle, unsigned wanted, const wait_limit& limit) noexcept {
    std::array<::WSAPOLLFD, 1 + most_cancellers> set;
    set[0] = {handle, events_for(wanted), 0};
    if (wait_any(set, 1, limit) < 0) return -1;
    if ((set[0].revents & POLLNVAL) != 0) return fail_with(WSAENOTSOCK);
    return static_cast<int>(reported_by(set[0].revents));
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
