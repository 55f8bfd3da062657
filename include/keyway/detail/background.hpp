// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_BACKGROUND_HPP
#define KEYWAY_DETAIL_BACKGROUND_HPP

// Calls of the system that cannot be given up, made so that they can be: in a thread, which outlives the caller's patience
// and then cleans up alone.

#include <atomic>
#include <new>
#include <utility>

#include <keyway/canceller.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/thread.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>

namespace keyway::inline KEYWAY_MODE {

/// How many look-ups with a limit a program may have under way at once, abandoned ones included.
inline constexpr int max_lookups = 64;

namespace detail {

/// Of this process; nothing at its end waits for them.
inline std::atomic<int> lookups_under_way{0};

/// What the caller and the thread share. Whoever comes last frees it: the caller takes a job that is finished, the thread
/// drops one that is abandoned.
template <class Job>
struct shared_job {
    enum class stage : unsigned char { running, finished, abandoned };

    explicit shared_job(Job&& wanted) noexcept : job(std::move(wanted)) {}

    Job job;
    error outcome;
    canceller signal;  // sent by the thread when the job is finished, and nothing of the job is its own any more
    std::atomic<stage> now{stage::running};

    static void run(void* given) noexcept {
        auto* const self = static_cast<shared_job*>(given);
        self->outcome = self->job.run();
        lookups_under_way.fetch_sub(1);
        if (self->now.exchange(stage::finished) == stage::abandoned) delete self;
        else self->signal.cancel();
    }
};

/// The thread at work, or why there is none.
template <class Job>
result<shared_job<Job>*> start_job(Job job) noexcept {
    using shared = shared_job<Job>;
    if (lookups_under_way.fetch_add(1) >= max_lookups) {
        lookups_under_way.fetch_sub(1);
        return failure(errc::too_many_lookups, Job::name);
    }
    const auto give_up = [](shared* made, const error& why) {
        lookups_under_way.fetch_sub(1);
        delete made;
        return unexpected<error>(error(why.code(), Job::name, why.domain()));
    };
    auto* const made = new (std::nothrow) shared(std::move(job));
    if (made == nullptr) return give_up(made, error(errc::not_enough_memory, Job::name));
    auto signal = canceller::open();
    if (!signal) return give_up(made, signal.error());
    made->signal = std::move(*signal);
    // Whatever the system calls it, there is no thread to be had.
    if (os::start_thread<&shared::run>(made) < 0) return give_up(made, error(errc::too_many_lookups, Job::name));
    return made;
}

/// Runs the job here where that takes no time or all the time there is, else in a thread until the limit is reached.
/// Returns: the job's outcome, error{} for success, or why nobody waited for it.
template <class Job>
error run_within(Job& job, const os::limit& within) noexcept {
    if (os::may_begin(within) < 0) return error(os::last_error(), Job::name);
    const bool for_ever = within.until == os::never && within.cancel == os::invalid_handle;
    if (for_ever || !job.may_block()) return job.run();
    if (within.until == os::at_once) return error(errc::timed_out, Job::name);

    auto started = start_job(std::move(job));
    if (!started) return started.error();
    auto* const shared = *started;
    using stage = typename shared_job<Job>::stage;
    const auto signal = shared->signal.native_handle();
    const bool in_time = os::await(signal, os::readiness::readable, within) >= 0;
    const error late = in_time ? error{} : error(os::last_error(), Job::name);
    if (shared->now.exchange(stage::abandoned) == stage::running) return late;
    // It came, perhaps at the last moment. The thread may still be about to send the signal.
    if (!in_time) os::await(signal, os::readiness::readable, {});
    shared->signal.reset();
    job = std::move(shared->job);
    const error outcome = shared->outcome;
    delete shared;
    return outcome;
}

}  // namespace detail
}  // namespace keyway::inline KEYWAY_MODE

#endif
