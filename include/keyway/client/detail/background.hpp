// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_CLIENT_DETAIL_BACKGROUND_HPP
#define KEYWAY_CLIENT_DETAIL_BACKGROUND_HPP

// System calls that cannot be interrupted, made in a thread that the caller can abandon; an abandoned thread cleans up after
// itself.

#include <atomic>
#include <new>
#include <utility>

#include <keyway/canceller.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/thread.hpp>
#include <keyway/error.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// Most look-ups with a limit that a program may have in progress at once, abandoned ones included.
inline constexpr int max_lookups = 64;

namespace detail {

/// In this process, which does not wait for them when it ends.
inline std::atomic<int> lookups_in_progress{0};

/// Shared by the caller and the thread. The last of them frees it: the caller collects a finished job, the thread drops an
/// abandoned one.
template <class Job>
struct shared_job {
    enum class stage : unsigned char { running, finished, abandoned };

    explicit shared_job(Job&& wanted) noexcept : job(std::move(wanted)) {}

    Job job;
    error outcome;
    canceller signal;  // sent by the thread after its last access to the job
    std::atomic<stage> now{stage::running};

    static void run(void* given) noexcept {
        auto* const self = static_cast<shared_job*>(given);
        self->outcome = self->job.run();
        lookups_in_progress.fetch_sub(1);
        if (self->now.exchange(stage::finished) == stage::abandoned) delete self;
        else static_cast<void>(self->signal.cancel());
    }
};

/// Starts a thread for the job, or reports why there is none.
template <class Job>
result<shared_job<Job>*> start_job(Job job) noexcept {
    using shared = shared_job<Job>;
    if (lookups_in_progress.fetch_add(1) >= max_lookups) {
        lookups_in_progress.fetch_sub(1);
        return failure(errc::too_many_lookups, Job::name);
    }
    const auto give_up = [](shared* made, const error& why) {
        lookups_in_progress.fetch_sub(1);
        delete made;
        return keyway::failure(error(why.code(), Job::name, why.domain()));
    };
    auto* const made = new (std::nothrow) shared(std::move(job));
    if (made == nullptr) return give_up(made, error(errc::not_enough_memory, Job::name));
    auto signal = canceller::open();
    if (!signal) return give_up(made, signal.error());
    made->signal = std::move(*signal);
    // Whatever the system's reason, there is no thread.
    if (os::start_thread<&shared::run>(made) < 0) return give_up(made, error(errc::too_many_lookups, Job::name));
    return made;
}

/// Runs the job in this thread, as it has no limit.
template <class Job>
error run_within(Job& job, os::no_limit) noexcept {
    return job.run();
}

/// Runs the job in this thread if it takes no time or has no limit, otherwise in a thread of its own until the limit is
/// reached. Returns: the job's outcome, error{} for success, or why it was abandoned.
template <class Job>
error run_within(Job& job, const os::wait_limit& limit) noexcept {
    if (os::check_limit(limit) < 0) return last_error(Job::name).error();
    const bool unlimited = limit.until == os::never && !limit.has_cancellers();
    if (unlimited || !job.may_block()) return job.run();
    if (limit.until == os::at_once) return error(errc::limit_reached, Job::name);

    auto started = start_job(std::move(job));
    if (!started) return started.error();
    auto* const shared = *started;
    using stage = typename shared_job<Job>::stage;
    const auto signal = shared->signal.native_handle();
    const bool in_time = os::wait_ready(signal, os::readiness::readable, limit) >= 0;
    const error late = in_time ? error{} : last_error(Job::name).error();
    if (shared->now.exchange(stage::abandoned) == stage::running) return late;
    // It is finished, perhaps at the last moment. The thread may still be about to send the signal.
    if (!in_time) os::wait_ready(signal, os::readiness::readable, os::wait_limit{});
    static_cast<void>(shared->signal.reset());
    job = std::move(shared->job);
    const error outcome = shared->outcome;
    delete shared;
    return outcome;
}

}  // namespace detail
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
