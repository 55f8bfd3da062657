// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_CLIENT_CONNECT_HPP
#define KEYWAY_CLIENT_CONNECT_HPP

// Connecting to whichever of several endpoints answers first: Happy Eyeballs (RFC 8305). With this header tcp::connect()
// accepts host names and ranges of endpoints. No threads are used: the kernel makes the attempts.

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include <keyway/client/connecting.hpp>
#include <keyway/client/detail/bounded_list.hpp>
#include <keyway/client/detail/interleaved.hpp>
#include <keyway/client/resolve.hpp>
#include <keyway/deadline.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>
#include <keyway/limit.hpp>
#include <keyway/transport.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// The time without an answer after which the next attempt begins beside the others: 250 ms by default, clamped to between
/// 10 ms and 2 s.
/// Source: RFC 8305 section 5, "Connection Attempt Delay".
class attempt_delay {
public:
    constexpr attempt_delay() noexcept = default;
    template <duration_shape D>
    constexpr attempt_delay(const D& delay) noexcept : nanoseconds_(clamped(detail::nanoseconds_in(delay))) {}

    [[nodiscard]] constexpr std::int64_t nanoseconds() const noexcept { return nanoseconds_; }

private:
    static constexpr std::int64_t clamped(std::int64_t wanted) noexcept {
        constexpr std::int64_t least = 10'000'000;
        constexpr std::int64_t most = 2'000'000'000;
        return wanted < least ? least : wanted > most ? most : wanted;
    }

    std::int64_t nanoseconds_ = 250'000'000;
};

/// How connect() makes its attempts.
template <class Endpoint>
struct connect_options {
    attempt_delay delay = {};
    std::optional<Endpoint> local = {};  ///< the local endpoint to bind to; endpoints of another family then fail
};

/// An endpoint that could not be connected to, and why.
template <class Endpoint>
struct failed_attempt {
    Endpoint to;
    error why;
};

/// Why there is no connection: if all attempts failed the error of the first one, otherwise limit_reached or
/// operation_canceled, or the error of the look-up. attempts() has each one.
template <class Endpoint>
class connect_error : public error {
public:
    explicit connect_error(const error& why) noexcept : error(why) {}
    connect_error(const error& why, detail::bounded_list<failed_attempt<Endpoint>>&& attempts) noexcept
        : error(why), attempts_(std::move(attempts)) {}

    /// In the order in which they failed; those that were still in progress at the end have the error of the whole.
    [[nodiscard]] std::span<const failed_attempt<Endpoint>> attempts() const& noexcept { return attempts_.elements(); }
    // clang-format off
    std::span<const failed_attempt<Endpoint>> attempts() const&& KEYWAY_DELETE("the attempts would outlive the temporary error: keep the result in a variable");
    // clang-format on

private:
    detail::bounded_list<failed_attempt<Endpoint>> attempts_;
};

template <class Transport>
using connect_result = expected<typename Transport::connection, connect_error<typename Transport::endpoint>>;

namespace detail {

template <class R, class Endpoint>
concept range_of = requires(const R& range) {
    { *range.begin() } -> std::convertible_to<const Endpoint&>;
    range.begin() == range.end();
};

/// The attempts, from first to last.
template <class Transport, class Range, class Hook>
class race {
public:
    using endpoint = typename Transport::endpoint;
    using connection = typename Transport::connection;

    race(const Range& to, const os::wait_limit& limit, const connect_options<endpoint>& options,
         const Hook& before_connect) noexcept
        : endpoints_(to), rest_(to), limit_(limit), options_(options), before_connect_(before_connect) {}

    connect_result<Transport> run() noexcept {
        for (;;) {
            if (os::check_limit(limit_) < 0) return give_up();
            if (!rest_.at_end() && (running_ == 0 || os::now() >= next_start_)) {
                start(rest_.next());
                continue;
            }
            if (running_ == 0) return none_left();
            const int ready = wait_ready();
            if (ready < 0) {
                if (os::last_error() == os::limit_reached && may_start_another()) continue;
                return give_up();
            }
            auto made = finish(static_cast<std::size_t>(ready));
            if (made) return std::move(*made);
        }
    }

private:
    using attempt = connecting<typename Transport::family, typename Transport::type, typename Transport::protocol>;

    struct runner {
        attempt socket;
        endpoint to;
    };

    /// Begins an attempt; if it fails at once the next one begins at once.
    void start(const endpoint& to) noexcept {
        auto begun = begin(to);
        if (!begun) return failed(to, begun.error());
        if (running_ == runners_.size()) lose(0, error(errc::limit_reached, operation::connect));
        runners_[running_++] = {std::move(*begun), to};
        next_start_ = os::now() + options_.delay.nanoseconds();
    }

    result<attempt> begin(const endpoint& to) noexcept {
        auto socket = Transport::socket::open_for(to);
        if (!socket) return keyway::failure(socket);
        if (options_.local)
            if (auto bound = socket->bind(*options_.local); !bound) return keyway::failure(bound);
        const typename Transport::socket_view view = *socket;
        if (const result<void> prepared = before_connect_(view); !prepared) return keyway::failure(prepared);
        return start_connect(std::move(*socket), to);
    }

    /// The number of an attempt that has ended; negative if it is time for the next one, or for all.
    int wait_ready() noexcept {
        std::array<os::native_handle, os::most_connects> handles;
        for (std::size_t i = 0; i < running_; ++i) handles[i] = runners_[i].socket.native_handle();
        const os::wait_limit limit = may_start_another() ? limit_.with_time(next_start_) : limit_;
        return os::wait_connects(handles.data(), running_, limit);
    }

    /// Whether the wait ends for the next attempt, and not for all.
    [[nodiscard]] bool may_start_another() const noexcept { return !rest_.at_end() && next_start_ < limit_.until; }

    std::optional<connection> finish(std::size_t which) noexcept {
        auto made = std::move(runners_[which].socket).finish();
        if (!made && made.error().would_block()) return {};
        if (made && is_to_itself(*made, runners_[which].to))
            made = failure(errc::connection_refused, operation::connect);
        if (made) return std::move(*made);
        next_start_ = 0;
        lose(which, made.error());
        return {};
    }

    /// A socket that connects to the port that the system has just given it talks to itself (RFC 9293 section 3.5,
    /// simultaneous open).
    static bool is_to_itself(const connection& made, const endpoint& to) noexcept {
        const auto own = made.local_endpoint();
        return own && *own == to;
    }

    void lose(std::size_t which, const error& why) noexcept {
        failed(runners_[which].to, why);
        for (std::size_t i = which + 1; i < running_; ++i) runners_[i - 1] = std::move(runners_[i]);
        runners_[--running_].socket = attempt();
    }

    void failed(const endpoint& to, const error& why) noexcept {
        if (!first_failure_) first_failure_ = why;
        std::size_t count = 0;
        for (auto it = endpoints_.begin(); it != endpoints_.end(); ++it) ++count;
        failures_.add({to, why}, count);
    }

    auto none_left() noexcept {
        const error nowhere(errc::destination_address_required, operation::connect);
        return unexpected(connect_error<endpoint>(first_failure_.value_or(nowhere), std::move(failures_)));
    }

    auto give_up() noexcept {
        const error why = last_error(operation::connect).error();
        while (running_ > 0) lose(0, why);
        return unexpected(connect_error<endpoint>(why, std::move(failures_)));
    }

    const Range& endpoints_;
    interleaved<Range> rest_;
    const os::wait_limit limit_;
    const connect_options<endpoint>& options_;
    const Hook& before_connect_;
    std::array<runner, os::most_connects> runners_;  // in the order of their start
    std::size_t running_ = 0;
    std::int64_t next_start_ = 0;
    std::optional<error> first_failure_;
    bounded_list<failed_attempt<endpoint>> failures_;
};

}  // namespace detail

/// A connection to whichever of the endpoints answers first. Their families alternate, beginning with the first endpoint's.
/// An attempt begins when the previous one has failed, or has had no answer for the attempt delay. Attempts go on side by
/// side, at most sixteen: with more, the oldest is given up. Those that lose are closed. All share one limit.
///
///     auto connection = kw::tcp::connect(endpoints, 5s, {.delay = 100ms}, [](const kw::tcp::socket_view& socket) {
///         return socket.set(kw::option::no_delay{true});                   // before each attempt
///     });
///     if (!connection)
///         for (const auto& [to, why] : connection.error().attempts()) report(to, why);
///
/// Errors: see connect_error; destination_address_required if there is no endpoint. connection_refused also if a socket
/// would talk to itself.
/// Allocates: once, if an attempt fails.
/// Source: RFC 8305.
template <class Transport, class Range, limit_like L = no_limit,
          socket_hook<typename Transport::socket_view> Hook = no_hook>
    requires detail::range_of<Range, typename Transport::endpoint>
[[nodiscard]] connect_result<Transport> connect(const Range& endpoints, const L& limit = {},
                                                const connect_options<typename Transport::endpoint>& options = {},
                                                const Hook& before_connect = {}) noexcept {
    return detail::race<Transport, Range, Hook>(endpoints, detail::native_limit_or_forever(limit), options,
                                                before_connect)
        .run();
}

/// A connection to a host by its name: to any of its endpoints, in the resolver's order (RFC 6724), as above. The look-up
/// and the connection share one limit.
///
///     auto connection = kw::tcp::connect("www.example.org", "https", 5s);
///
/// Errors: also those of resolve(), under its name.
/// Blocks: without a limit until the resolver and the network have given up.
template <class Transport, limit_like L = no_limit, socket_hook<typename Transport::socket_view> Hook = no_hook>
[[nodiscard]] connect_result<Transport> connect(std::string_view host, const service& service, const L& limit = {},
                                                const connect_options<typename Transport::endpoint>& options = {},
                                                const Hook& before_connect = {}) noexcept {
    const auto started = detail::started(limit);
    const auto found = resolve<typename Transport::family, typename Transport::type>(host, service, started);
    if (!found) return unexpected(connect_error<typename Transport::endpoint>(found.error()));
    return connect<Transport>(*found, started, options, before_connect);
}

// clang-format off
template <class Transport, class Range, not_a_limit L> requires(!std::convertible_to<const Range&, std::string_view>)
detail::refused connect(const Range&, const L&, auto&&...) KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller, and stands before the options: connect<tcp>(endpoints, 5s, options)");
template <class Transport, not_a_limit L>
detail::refused connect(std::string_view, const service&, const L&, auto&&...) KEYWAY_DELETE("a limit is a duration with its unit, a deadline of the steady clock or a canceller, and stands before the options: connect(host, service, 5s, options)");
// clang-format on

namespace detail {

template <class Transport, class Where>
struct include_keyway_client_connect_hpp {
    using type = include_keyway_client_connect_hpp;

    template <class... Rest>
    static connect_result<Transport> connect(const Where& where, const Rest&... rest) noexcept {
        return keyway::connect<Transport>(where, rest...);
    }
};

}  // namespace detail
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
