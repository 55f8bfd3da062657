// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_MESSAGE_SEGMENTS_HPP
#define KEYWAY_MESSAGE_SEGMENTS_HPP

// A buffer seen as datagrams of one size. No system calls.

#include <cstddef>
#include <span>

#include <keyway/detail/config.hpp>
#include <keyway/detail/transfer.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// Views a buffer as datagrams of `size` bytes each; the last may be shorter. An empty buffer is one empty datagram.
template <class Byte>
class segments {
public:
    segments() noexcept = default;
    segments(std::span<Byte> bytes, std::size_t size) noexcept
        : bytes_(bytes), size_(size == 0 || size > bytes.size() ? bytes.size() : size) {}

    /// The number of datagrams.
    [[nodiscard]] std::size_t size() const noexcept { return bytes_.empty() ? 1 : (bytes_.size() + size_ - 1) / size_; }
    [[nodiscard]] std::span<Byte> operator[](std::size_t i) const noexcept {
        const std::size_t begin = i * size_;
        return bytes_.subspan(begin, detail::smaller(size_, bytes_.size() - begin));
    }
    /// The whole buffer.
    [[nodiscard]] std::span<Byte> bytes() const noexcept { return bytes_; }

    class iterator {
    public:
        using value_type = std::span<Byte>;
        using difference_type = std::ptrdiff_t;

        iterator() noexcept = default;
        explicit iterator(const segments& all) noexcept : rest_(all.bytes_), size_(all.size_), at_end_(false) {}
        value_type operator*() const noexcept { return rest_.first(detail::smaller(size_, rest_.size())); }
        iterator& operator++() noexcept {
            at_end_ = rest_.size() <= size_;
            rest_ = at_end_ ? std::span<Byte>() : rest_.subspan(size_);
            return *this;
        }
        iterator operator++(int) noexcept {
            const iterator before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(const iterator& a, const iterator& b) noexcept {
            return a.at_end_ == b.at_end_ && a.rest_.size() == b.rest_.size();  // in this order one test a step
        }

    private:
        std::span<Byte> rest_;
        std::size_t size_ = 0;
        bool at_end_ = true;  // without bytes there is one datagram before it
    };
    [[nodiscard]] iterator begin() const noexcept { return iterator(*this); }
    [[nodiscard]] iterator end() const noexcept { return {}; }

private:
    std::span<Byte> bytes_;
    std::size_t size_ = 0;
};

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
