// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_POLL_HPP
#define KEYWAY_POLL_HPP

// A set of handles that one thread waits for at once. Opt-in.

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <utility>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/poll.hpp>
#include <keyway/error.hpp>
#include <keyway/handle.hpp>
#include <keyway/waiting.hpp>

namespace keyway::inline KEYWAY_MODE {

/// What to wait for at a handle: `kw::readable`, `kw::writable`, `kw::readable | kw::writable`.
enum class interest : std::uint8_t {
    nothing = 0,  ///< to be told of a hang-up or a failure alone; the BSDs tell nothing then
    readable = detail::os::poll_readable,
    writable = detail::os::poll_writable,
};

constexpr interest operator|(interest a, interest b) noexcept {
    return static_cast<interest>(static_cast<std::uint8_t>(a) | static_cast<std::uint8_t>(b));
}

inline constexpr interest readable = interest::readable;
inline constexpr interest writable = interest::writable;

/// What a program knows a handle by: a pointer to what belongs to it, an index, an enumerator.
template <class T>
concept poll_token = std::is_trivially_copyable_v<T> && std::default_initializable<T> && sizeof(T) <= sizeof(void*);

/// What is ready. It is a hint: what counts is what the call says that it leads to. A socket may be ready and then not
/// be, where others share it or a datagram turns out damaged: option::non_blocking keeps such a call from waiting.
/// The BSDs tell of each direction in an event of its own.
template <poll_token Token>
struct poll_event {
    Token token;
    bool readable;  ///< recv() has bytes, the end or an error; accept() a connection
    bool writable;  ///< send() has room, or an error; a connection under way can be finish()ed
    bool hung_up;   ///< the connection has ended both ways, on Windows perhaps only the peer's; what came can be read
    bool failed;    ///< there is an error to be told: of the connection, of a datagram, or in the error queue
};

/// Waits for many handles at once: sockets, listeners, connections and attempts of them, cancellers; on POSIX whatever
/// else poll(2) knows, such as pipes. It is level-triggered: what is ready is told by every wait until it is dealt with.
///
///     auto set = kw::poll_set<client*>::open();
///     set->add(listener, kw::readable, nullptr);
///     while (auto ready = set->wait(5s))
///         for (const auto& event : *ready) event.token == nullptr ? welcome() : serve(*event.token);
///
/// A handle has to be removed before it is closed. Where that is forgotten, Linux and the BSDs drop it by themselves,
/// unless a duplicate is open, in a child process perhaps: then it stays and cannot be removed. Windows tells that it
/// failed, and a new socket with the same number passes for it.
///
/// Costs: on Linux (epoll(7)) and the BSDs (kqueue(2)) two descriptors or one, and a wait costs what is ready, however
/// many handles there are. On Windows (WSAPoll) a wait costs all of them, and add() may allocate. No wait allocates.
///
/// Thread safety: any thread may call wake(), and a signal handler; everything else needs the set to itself. After
/// fork(2) Linux' parent and child have the same set: the child is to open one of its own.
template <poll_token Token = std::uintptr_t>
class poll_set {
public:
    using token_type = Token;
    using event = poll_event<Token>;

    /// How many events one wait tells at most; the next ones tell the others.
    static constexpr std::size_t max_events = detail::os::events_at_once;

    /// Empty, and not open.
    poll_set() noexcept = default;

    /// Errors: too_many_files, too_many_files_in_system, not_enough_memory.
    /// Source: epoll_create(2), eventfd(2); kqueue(2).
    [[nodiscard]] static result<poll_set> open() noexcept {
        poll_set opened;
        if (detail::os::open_poller(opened.poller_) < 0) return detail::last_error(operation::open);
        return opened;
    }

    poll_set(const poll_set&) = delete;
    poll_set(poll_set&& other) noexcept : poller_(std::exchange(other.poller_, {})) {}
    poll_set& operator=(const poll_set&) = delete;
    poll_set& operator=(poll_set&& other) noexcept {
        if (this != &other) {
            discard();
            poller_ = std::exchange(other.poller_, {});
        }
        return *this;
    }
    ~poll_set() { discard(); }

    [[nodiscard]] bool is_open() const noexcept { return detail::os::is_open(poller_); }

    /// Waits for the handle from now on. Events of it carry the token.
    ///
    /// Errors: already_added (the BSDs take it for modify()), bad_descriptor, not_a_socket (Windows), not_permitted
    /// (Linux: a file, which is always ready), not_enough_memory, no_space_on_device by its native code (Linux:
    /// /proc/sys/fs/epoll/max_user_watches), invalid_argument (a token of 64 bits that are all ones: it is taken).
    /// Source: epoll_ctl(2), EPOLL_CTL_ADD; kqueue(2), EV_ADD.
    result<void> add(const handle_view& handle, interest wanted, const Token& token) noexcept {
        return change(detail::os::add_to, handle, wanted, token, operation::poll_add);
    }

    /// Waits for something else, or with another token. Errors: not_added, and those of add().
    result<void> modify(const handle_view& handle, interest wanted, const Token& token) noexcept {
        return change(detail::os::modify_in, handle, wanted, token, operation::poll_modify);
    }

    /// Waits for it no longer. Events that a wait told before stay in its span: let what their tokens point to live until
    /// they have been dealt with.
    /// Errors: not_added, bad_descriptor (it is closed).
    result<void> remove(const handle_view& handle) noexcept {
        return changed(detail::os::remove_from(poller_, handle.native_handle()), operation::poll_remove);
    }

    /// The events of what is ready, until the next wait or the set's end; there are none where wake() was called.
    ///
    /// Errors: bad_descriptor (the set is not open).
    /// Blocks: until something is ready or wake() is called; with nothing in the set too.
    /// Source: epoll_wait(2), kqueue(2), WSAPoll.
    [[nodiscard]] result<std::span<const event>> wait() noexcept { return collect(); }

    /// The same, as long as it may wait: `wait(5s)`, `wait(stop)`. Adds the errors timed_out and operation_canceled.
    ///
    /// System calls on POSIX: one where something is ready, and three where it is waited for.
    [[nodiscard]] result<std::span<const event>> wait(const waiting& how) noexcept { return collect(how.limit()); }

    /// Makes wait() return at once, in whichever thread waits; where none does, the next one. Many calls before it returns
    /// are one. What it is to look at then, the program knows: a flag, a queue.
    /// Errors: bad_descriptor (the set is not open).
    result<void> wake() const noexcept {
        return detail::checked(detail::os::wake_poller(poller_), operation::poll_wake);
    }

private:
    void discard() noexcept {
        const int kept = detail::os::last_error();  // as handles do
        detail::os::close_poller(poller_);
        detail::os::set_last_error(kept);
    }

    static result<void> changed(detail::os::set_change what, operation op) noexcept {
        switch (what) {
        case detail::os::set_change::done: return {};
        case detail::os::set_change::is_there_already: return detail::failure(errc::already_added, op);
        case detail::os::set_change::is_not_there: return detail::failure(errc::not_added, op);
        case detail::os::set_change::failed: break;
        }
        return detail::last_error(op);
    }

    template <class Change>
    result<void> change(Change make, const handle_view& handle, interest wanted, const Token& token,
                        operation op) noexcept {
        std::uint64_t bits = 0;
        std::memcpy(&bits, &token, sizeof(token));
        if (bits == detail::os::reserved_token) return detail::failure(errc::invalid_argument, op);
        return changed(make(poller_, handle.native_handle(), static_cast<unsigned>(wanted), bits), op);
    }

    template <class... Limit>
    result<std::span<const event>> collect(const Limit&... within) noexcept {
        std::size_t count = 0;
        const auto take = [&](std::uint64_t bits, unsigned told) noexcept {
            event& next = events_[count++];
            std::memcpy(&next.token, &bits, sizeof(Token));
            next.hung_up = (told & detail::os::poll_hung_up) != 0;
            next.failed = (told & detail::os::poll_failed) != 0;
            // Whatever the program waits for, its next call is told what happened: nobody goes round in circles.
            next.readable = next.hung_up || next.failed || (told & detail::os::poll_readable) != 0;
            next.writable = next.hung_up || next.failed || (told & detail::os::poll_writable) != 0;
        };
        if (detail::os::wait_for_events(poller_, take, within...) < 0) return detail::last_error(operation::poll);
        return std::span<const event>(events_.data(), count);
    }

    detail::os::poller poller_;
    std::array<event, max_events> events_;
};

}  // namespace keyway::inline KEYWAY_MODE

#endif
