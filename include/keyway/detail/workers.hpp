// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_WORKERS_HPP
#define KEYWAY_DETAIL_WORKERS_HPP

// A bounded number of threads that each do one job at a time. One thread, the owner, hands the jobs out and waits for
// them; a thread is made when a job finds none that is idle.

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

namespace keyway::inline KEYWAY_MODE {
namespace detail {

template <class Job, class Run>
class workers {
public:
    /// `freed` wakes the owner while it waits.
    workers(std::size_t most, Run& run, const canceller_view& freed) noexcept
        : slots_(new(std::nothrow) slot[most]), most_(slots_ ? most : 0), run_(run), freed_(freed) {}
    workers(const workers&) = delete;
    workers& operator=(const workers&) = delete;

    /// Waits for every job that is under way.
    ~workers() {
        {
            const std::lock_guard lock(mutex_);
            ending_ = true;
            for (std::size_t i = 0; i < made_; ++i) slots_[i].given.notify_one();
        }
        for (std::size_t i = 0; i < made_; ++i) slots_[i].thread.join();
    }

    /// How many jobs may be under way at once; 0 where there is no memory for them.
    [[nodiscard]] std::size_t most() const noexcept { return most_; }

    /// Gives the job to a thread. False where none can be made, and the job stays the caller's. Requires: that there is room.
    bool hand(Job& job) noexcept {
        const std::lock_guard lock(mutex_);
        slot* taker = idle_;
        if (taker != nullptr) {
            idle_ = taker->next_idle;
        } else {
            if (made_ == most_) return false;
            taker = &slots_[made_];
            if (!start(*taker)) return false;
            ++made_;
        }
        taker->job.emplace(std::move(job));
        taker->given.notify_one();
        ++busy_;
        return true;
    }

    /// Waits until another job may be handed over; 0 then. Negative where the limit came first.
    int await_room(const os::limit& within) noexcept { return await_fewer_than(most_, within); }

    /// Waits until no job is under way; 0 then. Negative where the limit came first.
    int await_idle(const os::limit& within) noexcept { return await_fewer_than(1, within); }

    /// Shows each job that is under way, which does not end meanwhile.
    template <class Visit>
    void visit(Visit visit) noexcept {
        const std::lock_guard lock(mutex_);
        for (std::size_t i = 0; i < made_; ++i)
            if (slots_[i].job) visit(*slots_[i].job);
    }

private:
    struct slot {
        std::thread thread;
        std::condition_variable given;
        std::optional<Job> job;
        slot* next_idle = nullptr;
    };

    int await_fewer_than(std::size_t count, const os::limit& within) noexcept {
        for (;;) {
            {
                const std::lock_guard lock(mutex_);
                owner_waits_ = busy_ >= count;
                if (!owner_waits_) return 0;
            }
            if (os::await(freed_.native_handle(), os::readiness::readable, within) < 0) return -1;
            freed_.reset();
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
            own->given.wait(lock, [&] { return own->job || ending_; });
            if (!own->job) return;
            lock.unlock();
            run_(*own->job);
            lock.lock();
            own->job.reset();
            own->next_idle = std::exchange(idle_, own);
            --busy_;
            if (owner_waits_) freed_.cancel();
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
}  // namespace keyway::inline KEYWAY_MODE

#endif
