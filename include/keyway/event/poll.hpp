// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_EVENT_POLL_HPP
#define KEYWAY_EVENT_POLL_HPP

// A set of handles that one thread waits for at once.

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/poll.hpp>
#include <keyway/error.hpp>
#include <keyway/handle.hpp>
#include <keyway/limit.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// The events to wait for on a handle: `kw::readable`, `kw::writable`, `kw::readable | kw::writable`.
enum class interest : std::uint8_t {
    nothing = 0,  ///< only hang-ups and failures are reported; on the BSDs nothing is
    readable = detail::os::poll_readable,
    writable = detail::os::poll_writable,
};

constexpr interest operator|(interest a, interest b) noexcept {
    return static_cast<interest>(static_cast<std::uint8_t>(a) | static_cast<std::uint8_t>(b));
}

inline constexpr interest readable = interest::readable;
inline constexpr interest writable = interest::writable;

/// The value by which a program knows a handle: a pointer, an index, an enumerator.
template <class T>
// clang-format off
concept poll_token = std::is_trivially_copyable_v<T> && std::default_initializable<T> && sizeof(T) <= sizeof(void*);  // keyway: a token is a pointer, an index or an enumerator, by which the program finds the rest
// clang-format on

namespace detail {

struct poll_flags {
    bool readable, writable, hung_up, failed;
};

/// The flags for each sum of the platform layer's bits. Errors are reported under every interest, so that the next call sees
/// them and the caller cannot spin.
inline constexpr auto poll_flags_of = [] {
    std::array<poll_flags, os::all_poll_bits + 1> flags{};
    for (unsigned bits = 0; bits < flags.size(); ++bits) {
        const bool hung_up = (bits & os::poll_hung_up) != 0;
        const bool failed = (bits & os::poll_failed) != 0;
        flags[bits] = {hung_up || failed || (bits & os::poll_readable) != 0,
                       hung_up || failed || (bits & os::poll_writable) != 0, hung_up, failed};
    }
    return flags;
}();

/// Whether poll_set::add() takes these. A temporary owner is refused by a sentence of its own.
template <class Token, class... A>
inline constexpr bool poll_arguments = false;
template <class Token, class H, std::convertible_to<interest> I, std::convertible_to<Token> T>
    requires std::convertible_to<std::remove_reference_t<H>&, handle_view>
inline constexpr bool poll_arguments<Token, H, I, T> = true;

}  // namespace detail

/// Which handle is ready, and for what. Readiness is only a hint; trust the result of the call you make next. A socket may
/// be reported and then not be ready if others share it, or if a datagram turns out to be damaged: option::non_blocking
/// keeps such a call from blocking. The BSDs report each direction in an event of its own.
template <poll_token Token>
struct poll_event {
    Token token;
    bool readable;  ///< recv() has bytes, the end or an error; accept() a connection
    bool writable;  ///< send() has buffer space, or an error; a connection attempt can be finish()ed
    bool
        hung_up;  ///< the connection has ended both ways, on Windows perhaps only the peer's; received data can be read
    bool failed;  ///< there is an error to report: of the connection, of a datagram, or in the error queue
};

/// The events of one wait: `for (const auto& event : *ready)`. A view of what the set has, valid until its next wait. Each
/// event is made when it is looked at.
template <poll_token Token>
class poll_events {
public:
    class iterator {
    public:
        using value_type = poll_event<Token>;
        using difference_type = std::ptrdiff_t;

        constexpr iterator() noexcept = default;
        constexpr explicit iterator(const detail::os::ready_event* at) noexcept : at_(at) { skip_wake(); }

        [[nodiscard]] value_type operator*() const noexcept {
            const detail::poll_flags& flags = detail::poll_flags_of[detail::os::bits_of(*at_)];
            const std::uint64_t bits = detail::os::token_of(*at_);
            value_type event;
            std::memcpy(&event.token, &bits, sizeof(Token));
            event.readable = flags.readable;
            event.writable = flags.writable;
            event.hung_up = flags.hung_up;
            event.failed = flags.failed;
            return event;
        }
        constexpr iterator& operator++() noexcept {
            ++at_;
            skip_wake();
            return *this;
        }
        constexpr iterator operator++(int) noexcept {
            const iterator before = *this;
            ++*this;
            return before;
        }
        friend constexpr bool operator==(const iterator& a, const iterator& b) noexcept { return a.at_ == b.at_; }

    private:
        /// The waker's event, of which there is at most one, is not the program's.
        constexpr void skip_wake() noexcept {
            if (detail::os::token_of(*at_) == detail::os::reserved_token) [[unlikely]]
                ++at_;
        }

        const detail::os::ready_event* at_ = nullptr;
    };

    /// Requires: `*end` exists, and is not the waker's event.
    constexpr poll_events(const detail::os::ready_event* begin, const detail::os::ready_event* end) noexcept
        : begin_(begin), end_(end) {}

    [[nodiscard]] constexpr iterator begin() const noexcept { return iterator(begin_); }
    [[nodiscard]] constexpr iterator end() const noexcept { return iterator(end_); }
    [[nodiscard]] constexpr bool empty() const noexcept { return begin() == end(); }
    /// The number of events, which it counts.
    [[nodiscard]] constexpr std::size_t size() const noexcept {
        std::size_t count = 0;
        for (iterator at = begin(); at != end(); ++at) ++count;
        return count;
    }
    /// The first event. Requires: !empty().
    [[nodiscard]] poll_event<Token> front() const noexcept { return *begin(); }

private:
    const detail::os::ready_event* begin_;
    const detail::os::ready_event* end_;
};

/// Waits for many handles at once: sockets, listeners, connections, connection attempts and cancellers; on POSIX anything
/// that poll(2) accepts, such as pipes. It is level-triggered: every wait reports the handles that are ready until the
/// program has served them.
///
///     auto set = kw::poll_set<client*>::open();
///     set->add(listener, kw::readable, nullptr);
///     while (auto ready = set->wait(5s))
///         for (const auto& event : *ready) event.token == nullptr ? welcome() : serve(*event.token);
///
/// Remove a handle before it is closed. If that is forgotten, Linux and the BSDs drop it, unless a duplicate is open,
/// perhaps in a child process: then it stays and cannot be removed. Windows reports it as failed, and a new socket with the
/// same number is mistaken for it.
///
/// Costs: on Linux (epoll(7)) two descriptors, on the BSDs (kqueue(2)) one; the cost of a wait depends on the number of
/// ready handles, not on the size of the set. On Windows (WSAPoll) it depends on the size, and add() may allocate. No wait
/// allocates.
///
/// Thread safety: any thread, and a signal handler, may call wake(); everything else needs exclusive access. After fork(2)
/// parent and child share the set on Linux: let the child open one of its own.
///
/// `MaxEvents`: the events that one wait() may return; later calls return the rest. The set has space for them: on Linux 12
/// or 16 bytes for each.
template <poll_token Token = std::uintptr_t, std::size_t MaxEvents = 64>
class poll_set {
    static_assert(MaxEvents > 0 && MaxEvents <= 65536, "keyway: a wait returns between 1 and 65536 events");

public:
    using token_type = Token;
    using event = poll_event<Token>;
    using events = poll_events<Token>;
    static constexpr std::size_t max_events = MaxEvents;

    /// Empty, and not open.
    poll_set() noexcept = default;

    /// Errors: too_many_files_open, too_many_files_open_in_system, not_enough_memory.
    /// Source: epoll_create(2), eventfd(2); kqueue(2).
    [[nodiscard]] static result<poll_set> open() noexcept {
        poll_set opened;
        if (detail::os::open_poller(opened.poller_) < 0) return detail::last_error(operation::open);
        return opened;
    }

    // clang-format off
    poll_set(const poll_set&) = delete;  // KEYWAY_DELETE("a poll_set has one owner: std::move() it, or open() another")
    poll_set& operator=(const poll_set&) = delete;  // KEYWAY_DELETE("a poll_set has one owner: std::move() it, or open() another")
    // clang-format on
    poll_set(poll_set&& other) noexcept : poller_(std::exchange(other.poller_, {})) {}
    poll_set& operator=(poll_set&& other) noexcept {
        if (this != &other) {
            discard();
            poller_ = std::exchange(other.poller_, {});
        }
        return *this;
    }
    ~poll_set() { discard(); }

    [[nodiscard]] bool is_open() const noexcept { return detail::os::is_open(poller_); }

    /// Adds a handle, whose events carry the token. The handle has to outlive its membership.
    ///
    /// Errors: already_added (the BSDs treat it as modify()), bad_file_descriptor, not_a_socket (Windows),
    /// operation_not_permitted (Linux: a regular file, which is always ready), not_enough_memory, no_space_on_device (Linux:
    /// /proc/sys/fs/epoll/max_user_watches), invalid_argument (the token of 64 one bits, which is reserved).
    /// Source: epoll_ctl(2), EPOLL_CTL_ADD; kqueue(2), EV_ADD.
    [[nodiscard]] result<void> add(const handle_view& handle, interest wanted, const Token& token) noexcept {
        return change(detail::os::add_to, handle, wanted, token, operation::poll_add);
    }

    /// Changes the events or the token of a handle. Errors: not_added, and those of add().
    [[nodiscard]] result<void> modify(const handle_view& handle, interest wanted, const Token& token) noexcept {
        return change(detail::os::modify_in, handle, wanted, token, operation::poll_modify);
    }

    /// Removes a handle. Events that wait() has returned before stay in their span: keep what their tokens point to until
    /// they have been dealt with.
    /// Errors: not_added, bad_file_descriptor (it is closed).
    [[nodiscard]] result<void> remove(const handle_view& handle) noexcept {
        return changed(detail::os::remove_from(poller_, handle.native_handle()), operation::poll_remove);
    }

    /// The events of the handles that are ready, valid until the next wait or the end of the set; none after wake().
    ///
    /// Errors: bad_file_descriptor (the set is not open); with a limit limit_reached and operation_canceled.
    /// Blocks: until a handle is ready or wake() is called, even if the set is empty.
    /// System calls: on Linux one, with a canceller two; there a limit ends in whole milliseconds, rounded up. On the
    /// BSDs one if a handle is ready or there is no limit, otherwise three.
    /// Source: epoll_wait(2), kqueue(2), WSAPoll.
    template <limit_like L = no_limit>
    [[nodiscard]] result<events> wait(const L& limit = {}) noexcept {
        const int count = detail::os::wait_for_events(poller_, found_.data(), static_cast<int>(MaxEvents),
                                                      detail::limit_of_one_call(limit));
        if (count < 0) return detail::last_error(operation::poll);
        detail::os::ready_event* const end = found_.data() + count;
        *end = {};
        return events(found_.data(), end);
    }

    /// Makes wait() return at once, in whichever thread waits, or the next one if none does. Calls made before wait()
    /// returns are merged. No data is passed: use a flag or a queue.
    /// Errors: bad_file_descriptor (the set is not open).
    [[nodiscard]] result<void> wake() const noexcept {
        return detail::checked(detail::os::wake_poller(poller_), operation::poll_wake);
    }

    // clang-format off
    template <class... A> requires(!detail::poll_arguments<Token, A...>) detail::refused add(A&&...) KEYWAY_DELETE("add() takes a socket, listener, connection or kw::handle_view::borrow(descriptor), then the interest kw::readable or kw::writable, then the token");
    template <class... A> requires(!detail::poll_arguments<Token, A...>) detail::refused modify(A&&...) KEYWAY_DELETE("modify() takes a socket, listener, connection or kw::handle_view::borrow(descriptor), then the interest kw::readable or kw::writable, then the token");
    template <class H> requires(!std::convertible_to<const H&, handle_view>) detail::refused remove(const H&) KEYWAY_DELETE("remove() takes a socket, listener, connection or kw::handle_view::borrow(descriptor)");
    template <not_a_limit L> detail::refused wait(const L&) KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller: wait(5s), wait(stop)");
    // clang-format on

private:
    void discard() noexcept {
        const int kept = detail::os::last_error();  // as owners of handles do
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

    detail::os::poller poller_;
    std::array<detail::os::ready_event, MaxEvents + 1> found_;  // one more ends what a wait returns
};

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
