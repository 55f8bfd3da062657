// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_SERVER_SERVE_HPP
#define KEYWAY_SERVER_SERVE_HPP

// Serving connections in threads until told to stop, and draining them at the end.

#include <atomic>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include <keyway/canceller.hpp>
#include <keyway/concepts.hpp>
#include <keyway/deadline.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/error.hpp>
#include <keyway/event/poll.hpp>
#include <keyway/expected.hpp>
#include <keyway/limit.hpp>
#include <keyway/listener.hpp>
#include <keyway/option/socket.hpp>
#include <keyway/server/detail/workers.hpp>
#include <keyway/server/listeners.hpp>  // IWYU pragma: export

namespace keyway {
inline namespace KEYWAY_MODE {

/// How serve() serves.
struct serve_options {
    /// Most connections that are handled at once, each in a thread; further ones wait in the listener's queue. With 1 the
    /// calling thread handles one after the other, and no thread is started.
    std::size_t handlers = 64;
    /// What ends the serving: a canceller, a stop_canceller, a signal_stop, a deadline, or a duration from the call on.
    limit until = {};
    /// How long handlers may go on after that, before they are asked to return and their connections are shut down.
    std::chrono::nanoseconds drain = std::chrono::seconds(5);
};

/// What serve() has done.
struct serve_report {
    std::uint64_t accepted = 0;   ///< connections that a handler got
    std::uint64_t threw = 0;      ///< handlers that ended by an exception
    std::uint64_t exhausted = 0;  ///< times that a connection could not be accepted for lack of descriptors or memory
    std::uint64_t shed = 0;       ///< connections that were closed for lack of descriptors, before any handler
    std::size_t aborted = 0;      ///< handlers that had not returned when the drain was over
    error ended_by;               ///< operation_canceled or limit_reached, by `until`; otherwise the failure
};

namespace detail {

/// Calls the handler with as many of the arguments as it accepts: the connection, its peer, the canceller that asks it to
/// return.
template <class Handler, class Accepted>
void call_handler(Handler& handler, Accepted& accepted, const canceller_view& abort) {
    const typename decltype(accepted.connection)::view_type view = accepted.connection;
    const auto& peer = accepted.peer;
    if constexpr (std::invocable<Handler&, decltype(view), decltype(peer), canceller_view>) handler(view, peer, abort);
    else if constexpr (std::invocable<Handler&, decltype(view), decltype(peer)>) handler(view, peer);
    else handler(view);
}

template <class Listener>
using accepted_by = typename decltype(std::declval<const Listener&>().accept())::value_type;

/// Whether call_handler() can call it with what the listener accepts.
template <class Handler, class Listener,
          class View = const typename decltype(accepted_by<Listener>::connection)::view_type,
          class Peer = const decltype(accepted_by<Listener>::peer)&>
inline constexpr bool handles = std::invocable<Handler&, View&> || std::invocable<Handler&, View, Peer> ||
                                std::invocable<Handler&, View, Peer, canceller_view>;

template <class Server>
inline constexpr bool accepts_connections = can_accept<const Server&>;
template <class... Listeners>
inline constexpr bool accepts_connections<listeners<Listeners...>> = true;

template <class Handler, class... Listeners>
class server {
public:
    server(std::tuple<const Listeners&...> listeners, Handler& handler, const serve_options& options) noexcept
        : listeners_(listeners), options_(options), started_(options.until.start()), until_(started_.native()),
          run_{handler, {}, {}} {}

    serve_report run() noexcept {
        if (auto ready = prepare(); !ready) {
            end_with(ready.error());
            return report_;
        }
        if (options_.handlers > 1) {
            run_.abort = abort_;
            workers<job, runner> threads(options_.handlers, run_, freed_);
            if (threads.most() == 0) end_with(error(errc::not_enough_memory, operation::accept));
            while (!ended()) step(threads);
            drain(threads);
        } else {
            run_.abort =
                until_.has_cancellers() ? canceller_view::borrow(until_.cancellers[0]) : canceller_view(abort_);
            calling_thread here;
            while (!ended()) step(here);
        }
        report_.threw = run_.threw;
        return report_;
    }

private:
    using job = std::variant<accepted_by<Listeners>...>;

    /// Runs a job in its thread.
    struct runner {
        Handler& handler;
        canceller_view abort;
        std::atomic<std::uint64_t> threw;

        void operator()(job& one) noexcept {
            const auto call = [this](auto& accepted) { call_handler(handler, accepted, abort); };
#if KEYWAY_HAS_EXCEPTIONS
            try {
                std::visit(call, one);
            } catch (...) {
                ++threw;
            }
#else
            std::visit(call, one);
#endif
        }
    };

    result<void> prepare() noexcept {
        for (canceller* const one : {&abort_, &freed_, &reserve_}) {
            auto opened = canceller::open();
            if (!opened) return keyway::failure(opened);
            *one = std::move(*opened);
        }
        auto opened = poll_set<>::open();
        if (!opened) return keyway::failure(opened);
        ready_ = std::move(*opened);
        return add_all(std::index_sequence_for<Listeners...>());
    }

    /// Makes the listeners non-blocking, so that accept() does not wait if another process was faster.
    template <std::size_t... I>
    result<void> add_all(std::index_sequence<I...>) noexcept {
        result<void> done;
        const auto add = [&](const auto& listener, std::size_t place) {
            if (done) done = listener.set(option::non_blocking{true});
            if (done) done = ready_.add(listener, readable, place);
        };
        (add(std::get<I>(listeners_), I), ...);
        return done;
    }

    /// In the place of threads when one connection is handled at a time.
    struct calling_thread {
        static int wait_for_slot(const os::wait_limit&) noexcept { return 0; }
        static bool hand(job&) noexcept { return false; }
    };

    [[nodiscard]] bool ended() const noexcept { return report_.ended_by != error{}; }
    void end_with(const error& why) noexcept { report_.ended_by = why; }

    /// Waits for connections and hands them to handlers.
    template <class Threads>
    void step(Threads& threads) noexcept {
        if (threads.wait_for_slot(until_) < 0) return end_with(last_error(operation::accept).error());
        const auto events = ready_.wait(started_);
        if (!events) return end_with(error(events.error().code(), operation::accept, events.error().domain()));
        for (const auto& event : *events) {
            accept_from(threads, event.token, std::index_sequence_for<Listeners...>());
            if (ended() || threads.wait_for_slot({.until = os::at_once}) < 0) return;
        }
    }

    template <std::size_t... I>
    void accept_from(auto& threads, std::size_t place, std::index_sequence<I...>) noexcept {
        ((I == place ? accept_one<I>(threads) : void()), ...);
    }

    template <std::size_t I>
    void accept_one(auto& threads) noexcept {
        auto next = std::get<I>(listeners_).accept();
        if (next) {
            ++report_.accepted;
            pause_ = shortest_pause;
            job one(std::in_place_index<I>, std::move(*next));
            if (!threads.hand(one)) run_(one);
        } else if (next.error().is_resource_exhausted()) {
            ++report_.exhausted;
            wait_for_resources(std::get<I>(listeners_));
        } else if (!next.error().would_block()) {
            end_with(next.error());
        }
    }

    /// The connection stays in the queue and the listener ready, so without a pause this would spin. If even the longest pause
    /// has not helped, the queued connections are closed.
    void wait_for_resources(const auto& listener) noexcept {
        if (pause_ == longest_pause) shed(listener);
        const std::int64_t until = os::now() + pause_;
        const os::wait_limit limit = until < until_.until ? until_.with_time(until) : until_;
        os::wait_ready(os::invalid_handle, os::readiness::readable, limit);
        pause_ = pause_ * 2 < longest_pause ? pause_ * 2 : longest_pause;
    }

    /// Closes the queued connections, with a descriptor that was kept in reserve.
    void shed(const auto& listener) noexcept {
        reserve_ = canceller();
        constexpr int many = 64;
        for (int i = 0; i < many && listener.accept(); ++i) ++report_.shed;
        if (auto opened = canceller::open()) reserve_ = std::move(*opened);
    }

    /// Lets handlers finish, then asks them to return and shuts their connections down.
    void drain(auto& threads) noexcept {
        const deadline until = options_.drain;
        if (threads.wait_idle({.until = until.native()}) == 0) return;
        threads.visit([this](job& one) {
            ++report_.aborted;
            static_cast<void>(abort_.cancel());
            std::visit([](auto& accepted) { os::shutdown(accepted.connection.native_handle(), os::shut_both); }, one);
        });
    }

    static constexpr std::int64_t shortest_pause = 5'000'000;     // ns
    static constexpr std::int64_t longest_pause = 1'000'000'000;  // ns

    std::tuple<const Listeners&...> listeners_;
    const serve_options& options_;
    const limit started_;  // options_.until, whose duration began with serve()
    const os::wait_limit until_;
    runner run_;
    canceller abort_;
    canceller freed_;
    canceller reserve_;
    poll_set<> ready_;
    std::int64_t pause_ = shortest_pause;
    serve_report report_;
};

}  // namespace detail

/// Accepts connections and hands them to a handler until it is told to stop. The handler is called with a view of the
/// connection and, if it accepts them, with the peer's endpoint and a canceller_view that asks it to return; the connection
/// is closed after it has returned.
///
///     const auto stop = kw::signal_stop::open();
///     const auto report = kw::serve(*listener, [](const kw::tcp::connection_view& client) { echo(client); },
///                                   {.until = *stop, .drain = 2s});
///
/// Connections that die in the queue are skipped. If descriptors or memory run out, serve() pauses, for 5 ms at first and
/// twice as long each time up to 1 s, and then closes the queued connections. If no thread can be started, the calling one
/// handles the connection. An exception in a handler ends its connection alone.
///
/// At the end no more connections are accepted; those in the queue stay in the listener. Handlers that have not returned
/// when the drain is over find their canceller cancelled and their connection shut down in both directions, which wakes
/// recv() and send(), except on Windows; serve() returns when all handlers have. With one handler at a time its canceller is
/// the first one of `until`, and it is not interrupted otherwise.
///
/// The listener is non-blocking from now on.
/// Blocks: until the end.
/// Uses: five descriptors, or six; as many threads as handlers are needed at once.
template <class F, class T, class P, class Handler>
serve_report serve(const listener_interface<F, T, P>& listener, Handler&& handler,
                   const serve_options& options = {}) noexcept {
    return detail::server<std::remove_reference_t<Handler>, listener_interface<F, T, P>>(std::tie(listener), handler,
                                                                                         options)
        .run();
}

/// The same with several listeners, of different families if need be: `serve(kw::listeners(tcp, local), handler)`.
template <class... Listeners, class Handler>
serve_report serve(const listeners<Listeners...>& listeners, Handler&& handler,
                   const serve_options& options = {}) noexcept {
    return detail::server<std::remove_reference_t<Handler>, Listeners...>(listeners.all(), handler, options).run();
}

// clang-format off
template <class Server, class Handler> requires(!detail::accepts_connections<Server>)
detail::refused serve(const Server&, Handler&&, auto&&...) KEYWAY_DELETE("serve() accepts connections: pass a listener, such as tcp::listen() returns, or several: serve(kw::listeners(first, second), handler)");
template <class F, class T, class P, class Handler> requires(!detail::handles<Handler, listener_interface<F, T, P>>)
detail::refused serve(const listener_interface<F, T, P>&, Handler&&, const serve_options& = {}) KEYWAY_DELETE("serve() calls the handler with a view of each connection: [](const auto& client) {}; it may have the peer and a canceller_view as well");
template <class F, class T, class P, class Handler> requires(!detail::handles<Handler, listener_interface<F, T, P>>)
detail::refused serve(const listener_interface<F, T, P>&, Handler&&, auto&&) KEYWAY_DELETE("serve() calls the handler with a view of each connection: [](const auto& client) {}; it may have the peer and a canceller_view as well");
template <class... Listeners, class Handler> requires(!(detail::handles<Handler, Listeners> && ...))
detail::refused serve(const listeners<Listeners...>&, Handler&&, const serve_options& = {}) KEYWAY_DELETE("serve() calls the handler with a view of each connection: [](const auto& client) {}; it may have the peer and a canceller_view as well");
template <class... Listeners, class Handler> requires(!(detail::handles<Handler, Listeners> && ...))
detail::refused serve(const listeners<Listeners...>&, Handler&&, auto&&) KEYWAY_DELETE("serve() calls the handler with a view of each connection: [](const auto& client) {}; it may have the peer and a canceller_view as well");
template <class Server, class Handler, limit_like L> requires detail::accepts_connections<Server>
detail::refused serve(const Server&, Handler&&, const L&) KEYWAY_DELETE("the limit of serve() is one of its options: serve(listener, handler, {.until = stop})");
// clang-format on

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
