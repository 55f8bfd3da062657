// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_CONNECT_HPP
#define KEYWAY_CONNECT_HPP

// A connection to whichever of several endpoints answers first: Happy Eyeballs (RFC 8305). With this header
// tcp::connect() takes host names, and ranges of endpoints. There are no threads: the kernel makes the attempts.

#include <array>
#include <cerrno>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include <keyway/connecting.hpp>
#include <keyway/deadline.hpp>
#include <keyway/detail/bounded_list.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/interleaved.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>
#include <keyway/resolve.hpp>
#include <keyway/transport.hpp>
#include <keyway/waiting.hpp>

namespace keyway::inline KEYWAY_MODE {

/// After how long without an answer the next attempt begins beside the others: 250 ms, and at least 10 ms and at most 2 s.
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

/// How attempts are made.
template <class Endpoint>
struct connect_options {
    attempt_delay delay = {};
    std::optional<Endpoint> local =
        {};  ///< where the connection is to come from; endpoints of another family fail then
};

/// One endpoint that there is no connection to, and why.
template <class Endpoint>
struct failed_attempt {
    Endpoint to;
    error why;
};

/// Why there is no connection: the error of the first attempt that failed where they all did, else timed_out or
/// operation_canceled, or what the look-up of the host says. attempts() tells of each one.
template <class Endpoint>
class connect_error : public error {
public:
    explicit connect_error(const error& why) noexcept : error(why) {}
    connect_error(const error& why, detail::bounded_list<failed_attempt<Endpoint>>&& attempts) noexcept
        : error(why), attempts_(std::move(attempts)) {}

    /// In the order in which they failed; those that were still under way at the end have its error.
    [[nodiscard]] std::span<const failed_attempt<Endpoint>> attempts() const noexcept { return attempts_.elements(); }

private:
    detail::bounded_list<failed_attempt<Endpoint>> attempts_;
};

template <class Transport>
using connect_result = expected<typename Transport::connection, connect_error<typename Transport::endpoint>>;

/// What may be done with each socket before it connects: sets no option.
struct no_preparation {
    result<void> operator()(const handle_view&) const noexcept { return {}; }
};

namespace detail {

template <class R, class Endpoint>
concept range_of = requires(const R& range) {
    { *range.begin() } -> std::convertible_to<const Endpoint&>;
    range.begin() == range.end();
};

/// The attempts, from first to last.
template <class Transport, class Range, class Prepare>
class race {
public:
    using endpoint = typename Transport::endpoint;
    using connection = typename Transport::connection;

    race(const Range& to, const os::limit& within, const connect_options<endpoint>& options,
         const Prepare& prepare) noexcept
        : endpoints_(to), rest_(to), within_(within), options_(options), prepare_(prepare) {}

    connect_result<Transport> run() noexcept {
        for (;;) {
            if (os::may_begin(within_) < 0) return give_up();
            if (!rest_.at_end() && (running_ == 0 || os::now() >= next_start_)) {
                start(rest_.take());
                continue;
            }
            if (running_ == 0) return none_left();
            const int ready = await();
            if (ready < 0) {
                if (os::condition(os::last_error()) == ETIMEDOUT && may_start_another()) continue;
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

    /// Begins an attempt; what fails at once makes room for the next one at once.
    void start(const endpoint& to) noexcept {
        auto begun = begin(to);
        if (!begun) return failed(to, begun.error());
        if (running_ == runners_.size()) lose(0, error(errc::timed_out, operation::connect));
        runners_[running_++] = {std::move(*begun), to};
        next_start_ = os::now() + options_.delay.nanoseconds();
    }

    result<attempt> begin(const endpoint& to) noexcept {
        auto socket = Transport::socket::open_for(to);
        if (!socket) return unexpected<error>(socket.error());
        if (options_.local)
            if (auto bound = socket->bind(*options_.local); !bound) return unexpected<error>(bound.error());
        const typename Transport::socket_view view = *socket;
        if (auto prepared = prepare_(view); !prepared) return unexpected<error>(prepared.error());
        return start_connect(std::move(*socket), to);
    }

    /// Which attempt came to its end; negative where the time for another one, or for all, came first.
    int await() noexcept {
        std::array<os::native_handle, os::most_connects> handles;
        for (std::size_t i = 0; i < running_; ++i) handles[i] = runners_[i].socket.native_handle();
        os::limit within = within_;
        if (may_start_another()) within.until = next_start_;
        return os::await_connects(handles.data(), running_, within);
    }

    /// Whether it was the next attempt's time that ended the waiting, and not the end of all.
    [[nodiscard]] bool may_start_another() const noexcept { return !rest_.at_end() && next_start_ < within_.until; }

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
    /// simultaneous open): there is nobody else.
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
        const error why(os::last_error(), operation::connect);
        while (running_ > 0) lose(0, why);
        return unexpected(connect_error<endpoint>(why, std::move(failures_)));
    }

    const Range& endpoints_;
    interleaved<Range> rest_;
    const os::limit within_;
    const connect_options<endpoint>& options_;
    const Prepare& prepare_;
    std::array<runner, os::most_connects> runners_;  // in the order of their start
    std::size_t running_ = 0;
    std::int64_t next_start_ = 0;
    std::optional<error> first_failure_;
    bounded_list<failed_attempt<endpoint>> failures_;
};

}  // namespace detail

/// A connection to whichever of the endpoints answers first. Their families are tried in turn, the first endpoint's first;
/// an attempt begins when the one before has failed, or had its delay and no answer, and they go on side by side, sixteen
/// at most: of more the oldest is given up. Those that lose are closed.
///
///     auto connection = kw::tcp::connect(endpoints, 5s, {.delay = 100ms}, [](const kw::tcp::socket_view& socket) {
///         return socket.set(kw::option::no_delay{true});                   // before each attempt
///     });
///     if (!connection)
///         for (const auto& [to, why] : connection.error().attempts()) report(to, why);
///
/// Errors: as connect_error says; destination_address_required where there is no endpoint. connection_refused also where
/// a socket would talk to itself.
/// Allocates: where an attempt failed, once.
/// Source: RFC 8305.
template <class Transport, class Range, class Prepare = no_preparation>
    requires detail::range_of<Range, typename Transport::endpoint>
[[nodiscard]] connect_result<Transport> connect(const Range& endpoints, const waiting& how = {},
                                                const connect_options<typename Transport::endpoint>& options = {},
                                                const Prepare& prepare = {}) noexcept {
    return detail::race<Transport, Range, Prepare>(endpoints, how.limit(), options, prepare).run();
}

/// A connection to a host by its name: all of its endpoints, in the resolver's order (RFC 6724), as above.
///
///     auto connection = kw::tcp::connect("www.example.org", "https", 5s);     // 5 s for the name and the connection
///
/// Errors: also those of resolve(), by its name.
/// Blocks: without a limit until the resolver and the network have given up.
template <class Transport, class Prepare = no_preparation>
[[nodiscard]] connect_result<Transport> connect(std::string_view host, const service& service, const waiting& how = {},
                                                const connect_options<typename Transport::endpoint>& options = {},
                                                const Prepare& prepare = {}) noexcept {
    const bool unlimited = how.limit().until == detail::os::never && how.limit().cancel == handle_view::invalid;
    using family = typename Transport::family;
    const auto found = unlimited ? resolve<family, typename Transport::type>(host, service)
                                 : resolve<family, typename Transport::type>(host, service, {}, how);
    if (!found) return unexpected(connect_error<typename Transport::endpoint>(found.error()));
    return connect<Transport>(*found, how, options, prepare);
}

namespace detail {

template <class Transport, class Where>
struct include_keyway_connect_hpp {
    using type = include_keyway_connect_hpp;

    template <class... Rest>
    static connect_result<Transport> connect(const Where& where, const Rest&... rest) noexcept {
        return keyway::connect<Transport>(where, rest...);
    }
};

}  // namespace detail
}  // namespace keyway::inline KEYWAY_MODE

#endif
