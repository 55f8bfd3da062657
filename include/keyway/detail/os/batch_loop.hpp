// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_BATCH_LOOP_HPP
#define KEYWAY_DETAIL_OS_BATCH_LOOP_HPP

// Many messages, each in a call of its own, where the system has no call for several. The counterpart is
// <keyway/detail/os/linux/batch.hpp>, with the same names.

#include <array>
#include <cstddef>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/detail/os/batch_types.hpp>  // IWYU pragma: export
#include <keyway/detail/os/control.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

class batch {
public:
    void put(std::size_t i, const void* data, std::size_t size, const void* address, std::size_t address_size,
             const control_bytes& control) noexcept {
        messages_[i] = {make_buffer(data, size),
                        const_cast<void*>(address),
                        static_cast<address_length>(address_size),
                        control,
                        {}};
    }

    /// Only the first message waits. Those that cannot be sent at once are left to the next call.
    template <class Limit>
    std::ptrdiff_t send(native_handle handle, std::size_t first, std::size_t count, const Limit& limit) noexcept {
        if (send_one(handle, messages_[first], limit) < 0) return -1;
        std::size_t done = 1;
        while (done < count && send_one(handle, messages_[first + done], wait_limit{.until = at_once}) >= 0) ++done;
        return static_cast<std::ptrdiff_t>(done);
    }

    template <class Limit>
    std::ptrdiff_t recv(native_handle handle, std::size_t count, const Limit& limit) noexcept {
        if (recv_one(handle, messages_[0], limit) < 0) return -1;
        std::size_t done = 1;
        while (done < count && recv_one(handle, messages_[done], wait_limit{.until = at_once}) >= 0) ++done;
        return static_cast<std::ptrdiff_t>(done);
    }

    [[nodiscard]] batch_outcome received(std::size_t i) const noexcept {
        const slot& one = messages_[i];
        return {static_cast<std::size_t>(one.outcome.length), static_cast<std::size_t>(one.address_size)};
    }
    [[nodiscard]] bool is_incomplete(std::size_t i) const noexcept {
        return messages_[i].outcome.truncated || messages_[i].outcome.control_truncated;
    }
    void describe_loss(std::size_t i, bool& truncated, bool& control_truncated) const noexcept {
        truncated = messages_[i].outcome.truncated;
        control_truncated = messages_[i].outcome.control_truncated;
    }
    [[nodiscard]] std::size_t control_size(std::size_t i) const noexcept { return messages_[i].control.size; }

private:
    struct slot {
        io_buffer buffer;
        void* address;
        address_length address_size;
        control_bytes control;
        message_outcome outcome;
    };

    template <class Limit>
    static std::ptrdiff_t send_one(native_handle handle, const slot& one, const Limit& limit) noexcept {
        return send_with_control(handle, &one.buffer, 1, one.address, static_cast<std::size_t>(one.address_size),
                                 one.control, limit);
    }

    template <class Limit>
    static std::ptrdiff_t recv_one(native_handle handle, slot& one, const Limit& limit) noexcept {
        one.outcome = recv_with_control(handle, &one.buffer, 1, one.address, &one.address_size, one.control,
                                        report_full_length, limit);
        return one.outcome.length;
    }

    std::array<slot, most_in_batch> messages_;
};

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
