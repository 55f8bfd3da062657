// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_SERVER_DETAIL_WORKERS_HPP
#define KEYWAY_SERVER_DETAIL_WORKERS_HPP

// A bounded number of threads that do one job at a time each. One thread, the owner, hands out the jobs and waits for them;
// a thread is started if no other is idle.

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include <keyway/canceller.hpp>
#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail {

template <class Job, class Run>
class workers {
public:
    /// `freed` wakes the owner while it waits.
    workers(std::size_t most, Run& run, const canceller_view& freed) noexcept
        : slots_(new(std::nothrow) slot[most]), most_(slots_ ? most : 0), run_(run), freed_(freed) {}
    workers(const workers&) = delete;
    workers& operator=(const workers&) = delete;

    /// Waits for every job in progress.
    ~workers() {
        {
            const std::lock_guard lock(mutex_);
            ending_ = true;
            for (std::size_t i = 0; i < made_; ++i) slots_[i].handed_over.notify_one();
        }
        for (std::size_t i = 0; i < made_; ++i) slots_[i].thread.join();
    }

    /// Most jobs that may be in progress at once; 0 if there is no memory for them.
    [[nodiscard]] std::size_t most() const noexcept { return most_; }

    /// Hands the job to a thread. False if no thread can be started; the job then stays the caller's.
    /// Requires: fewer than most() jobs are in progress.
    bool hand(Job& job) noexcept {
        slot* chosen = nullptr;
        {
            const std::lock_guard lock(mutex_);
            chosen = idle_;
            if (chosen != nullptr) {
                idle_ = chosen->next_idle;
            } else {
                if (made_ == most_) return false;
                chosen = &slots_[made_];
                if (!start(*chosen)) return false;
                ++made_;
            }
            chosen->job.emplace(std::move(job));
            ++busy_;
        }
        chosen->handed_over.notify_one();  // without the mutex, for which the thread would have to wait
        return true;
    }

    /// Waits until another job can be handed over, and returns 0; negative if the limit is reached first.
    int wait_for_slot(const os::wait_limit& limit) noexcept { return wait_for_fewer_than(most_, limit); }

    /// Waits until no job is in progress, and returns 0; negative if the limit is reached first.
    int wait_idle(const os::wait_limit& limit) noexcept { return wait_for_fewer_than(1, limit); }

    /// Visits each job in progress; none ends meanwhile.
    template <class Visit>
    void visit(Visit visit) noexcept {
        const std::lock_guard lock(mutex_);
        for (std::size_t i = 0; i < made_; ++i)
            if (slots_[i].job) visit(*slots_[i].job);
    }

private:
    struct slot {
        std::thread thread;
        std::condition_variable handed_over;
        std::optional<Job> job;
        slot* next_idle = nullptr;
    };

    int wait_for_fewer_than(std::size_t count, const os::wait_limit& limit) noexcept {
        for (;;) {
            {
                const std::lock_guard lock(mutex_);
                owner_waits_ = busy_ >= count;
                if (!owner_waits_) return 0;
            }
            if (os::wait_ready(freed_.native_handle(), os::readiness::readable, limit) < 0) return -1;
            static_cast<void>(freed_.reset());
        }
    }

    bool start(slot& one) noexcept {
#if KEYWAY_HAS_EXCEPTIONS
        try {
            one.thread = std::thread(&workers::work, this, &one);
        } catch (const std::system_error&) {
            return false;
        }
#else
        one.thread = std::thread(&workers::work, this, &one);
#endif
        return true;
    }

    void work(slot* own) noexcept {
        std::unique_lock lock(mutex_);
        for (;;) {
            own->handed_over.wait(lock, [&] { return own->job || ending_; });
            if (!own->job) return;
            lock.unlock();
            run_(*own->job);
            lock.lock();
            std::optional<Job> ended = std::exchange(own->job, std::nullopt);
            own->next_idle = std::exchange(idle_, own);
            --busy_;
            if (owner_waits_) static_cast<void>(freed_.cancel());
            lock.unlock();
            ended.reset();  // closes its connection
            lock.lock();
        }
    }

    std::unique_ptr<slot[]> slots_;
    const std::size_t most_;
    Run& run_;
    const canceller_view freed_;

    std::mutex mutex_;  // of all that follows, and of the slots
    slot* idle_ = nullptr;
    std::size_t made_ = 0;
    std::size_t busy_ = 0;
    bool owner_waits_ = false;
    bool ending_ = false;
};

}  // namespace detail
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
