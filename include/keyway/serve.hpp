// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_SERVE_HPP
#define KEYWAY_SERVE_HPP

// The life of a server: wait at a well-known port, serve, go back to waiting; and come to an end that loses nothing.

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
#include <keyway/deadline.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/workers.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>
#include <keyway/listener.hpp>
#include <keyway/option/socket.hpp>
#include <keyway/poll.hpp>
#include <keyway/waiting.hpp>

namespace keyway::inline KEYWAY_MODE {

/// How serve() goes about it.
struct serve_options {
    /// Connections that are handled at once, each in a thread; further ones wait in the listener's queue. With 1 the
    /// calling thread handles one after the other, and no thread is made.
    std::size_t handlers = 64;
    /// What ends the serving: a canceller, a stop_canceller, a signal_stop, a deadline.
    waiting until = {};
    /// How long handlers may go on after that, before they are asked to come back and their connections shut down.
    std::chrono::nanoseconds drain = std::chrono::seconds(5);
};

/// What serve() has done.
struct serve_report {
    std::uint64_t accepted = 0;   ///< connections that a handler got
    std::uint64_t threw = 0;      ///< handlers that ended by an exception
    std::uint64_t exhausted = 0;  ///< times that a connection was there, and no descriptor or memory for it
    std::uint64_t shed = 0;       ///< connections that were closed for want of a descriptor, and no handler saw
    std::size_t aborted = 0;      ///< handlers that were not done in time at the end
    error ended_by;               ///< operation_canceled or timed_out, as `until` said; else what failed
};

namespace detail {

/// Calls the handler with as much as it takes: the connection, its peer, and what tells it to come back.
template <class Handler, class Accepted>
void handle(Handler& handler, Accepted& accepted, const canceller_view& abort) {
    const typename decltype(accepted.connection)::view_type view = accepted.connection;
    const auto& peer = accepted.peer;
    if constexpr (std::invocable<Handler&, decltype(view), decltype(peer), canceller_view>) handler(view, peer, abort);
    else if constexpr (std::invocable<Handler&, decltype(view), decltype(peer)>) handler(view, peer);
    else handler(view);
}

template <class Listener>
using accepted_by = typename decltype(std::declval<const Listener&>().accept())::value_type;

template <class Handler, class... Listeners>
class server {
public:
    server(std::tuple<const Listeners&...> listeners, Handler& handler, const serve_options& options) noexcept
        : listeners_(listeners), options_(options), run_{handler, {}, {}} {}

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
            run_.abort = canceller_view(options_.until.limit().cancel);
            calling_thread here;
            while (!ended()) step(here);
        }
        report_.threw = run_.threw;
        return report_;
    }

private:
    using job = std::variant<accepted_by<Listeners>...>;

    /// What a thread does with a job.
    struct runner {
        Handler& handler;
        canceller_view abort;
        std::atomic<std::uint64_t> threw;

        void operator()(job& one) noexcept {
            const auto call = [this](auto& accepted) { handle(handler, accepted, abort); };
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
            if (!opened) return unexpected<error>(opened.error());
            *one = std::move(*opened);
        }
        auto opened = poll_set<>::open();
        if (!opened) return unexpected<error>(opened.error());
        ready_ = std::move(*opened);
        return add_all(std::index_sequence_for<Listeners...>());
    }

    /// Non-blocking, so that a connection that another process took is not waited for.
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

    /// Where one connection is handled at a time: never a thread that would take it.
    struct calling_thread {
        static int await_room(const os::limit&) noexcept { return 0; }
        static bool hand(job&) noexcept { return false; }
    };

    [[nodiscard]] bool ended() const noexcept { return report_.ended_by != error{}; }
    void end_with(const error& why) noexcept { report_.ended_by = why; }

    /// Waits for a connection and has it handled.
    template <class Threads>
    void step(Threads& threads) noexcept {
        if (threads.await_room(options_.until.limit()) < 0) return end_with(error(os::last_error(), operation::accept));
        const auto events = ready_.wait(options_.until);
        if (!events) return end_with(error(events.error().code(), operation::accept));
        for (const auto& event : *events) {
            take_from(threads, event.token, std::index_sequence_for<Listeners...>());
            if (ended() || threads.await_room({.until = os::at_once}) < 0) return;
        }
    }

    template <std::size_t... I>
    void take_from(auto& threads, std::size_t place, std::index_sequence<I...>) noexcept {
        ((I == place ? take<I>(threads) : void()), ...);
    }

    template <std::size_t I>
    void take(auto& threads) noexcept {
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

    /// The connection stays in the queue, and the listener ready: without a pause this would go round in circles. When
    /// the longest pause has brought nothing, those who wait are told so by a closed connection.
    void wait_for_resources(const auto& listener) noexcept {
        if (pause_ == longest_pause) shed(listener);
        os::limit within = options_.until.limit();
        const std::int64_t until = os::now() + pause_;
        if (until < within.until) within.until = until;
        os::await(os::invalid_handle, os::readiness::readable, within);
        pause_ = pause_ * 2 < longest_pause ? pause_ * 2 : longest_pause;
    }

    /// Closes what is in the queue, by means of a descriptor that was kept for this.
    void shed(const auto& listener) noexcept {
        reserve_ = canceller();
        constexpr int many = 64;
        for (int i = 0; i < many && listener.accept(); ++i) ++report_.shed;
        if (auto opened = canceller::open()) reserve_ = std::move(*opened);
    }

    /// Lets handlers end by themselves, then sees to it that they do.
    void drain(auto& threads) noexcept {
        const deadline until = options_.drain;
        if (threads.await_idle({.until = until.native()}) == 0) return;
        threads.visit([this](job& one) {
            ++report_.aborted;
            abort_.cancel();
            std::visit([](auto& accepted) { os::shutdown(accepted.connection.native_handle(), os::shut_both); }, one);
        });
    }

    static constexpr std::int64_t shortest_pause = 5'000'000;     // ns
    static constexpr std::int64_t longest_pause = 1'000'000'000;  // ns

    std::tuple<const Listeners&...> listeners_;
    const serve_options& options_;
    runner run_;
    canceller abort_;
    canceller freed_;
    canceller reserve_;
    poll_set<> ready_;
    std::int64_t pause_ = shortest_pause;
    serve_report report_;
};

}  // namespace detail

/// Accepts connections and has them handled until it is told to stop. The handler is called with a view of the
/// connection, and where it takes them with the peer's endpoint and a canceller_view that tells it to come back; the
/// connection is closed when it has.
///
///     const auto stop = kw::signal_stop::open();
///     const auto report = kw::serve(*listener, [](const kw::tcp::connection_view& client) { echo(client); },
///                                   {.until = *stop, .drain = 2s});
///
/// Connections that die in the queue are passed over. Where descriptors or memory run out it pauses, for 5 ms and twice
/// as long each time up to 1 s, and then closes what waits in the queue. Where no thread can be made the calling one
/// handles the connection. A handler that throws ends its connection alone.
///
/// At the end no connection is accepted any more; those in the queue are the listener's. Handlers that are not back when
/// the drain is over find their canceller canceled and their connection shut down both ways, which wakes recv() and
/// send(), but not on Windows; serve() returns when all are back. With one handler at a time, its canceller is the one of
/// `until`, and it is not hurried otherwise.
///
/// The listener is non-blocking from now on.
/// Blocks: until the end.
/// Uses: five descriptors, or six; as many threads as handlers are needed at once.
template <class F, class T, class P, class Handler>
serve_report serve(const listener_view<F, T, P>& listener, Handler&& handler,
                   const serve_options& options = {}) noexcept {
    return detail::server<std::remove_reference_t<Handler>, listener_view<F, T, P>>(std::tie(listener), handler,
                                                                                    options)
        .run();
}

/// The same with several listeners, also of different families: `serve(std::tie(tcp, local), [](auto client) {...})`.
template <class... Listeners, class Handler>
serve_report serve(const std::tuple<Listeners&...>& listeners, Handler&& handler,
                   const serve_options& options = {}) noexcept {
    return detail::server<std::remove_reference_t<Handler>, std::remove_const_t<Listeners>...>(listeners, handler,
                                                                                               options)
        .run();
}

}  // namespace keyway::inline KEYWAY_MODE

#endif
