// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_CLIENT_DETAIL_BOUNDED_LIST_HPP
#define KEYWAY_CLIENT_DETAIL_BOUNDED_LIST_HPP

// A list with a maximum length that is known beforehand, allocated with its first element: the failed attempts of a
// connection. If there is no memory for it, it stays empty.

#include <cstddef>
#include <new>
#include <span>
#include <utility>

#include <keyway/detail/config.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail {

template <class Element>
class bounded_list {
public:
    bounded_list() noexcept = default;
    bounded_list(const bounded_list& other) noexcept {
        for (const Element& element : other.elements()) add(element, other.size_);
    }
    bounded_list(bounded_list&& other) noexcept
        : elements_(std::exchange(other.elements_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    bounded_list& operator=(const bounded_list& other) noexcept {
        *this = bounded_list(other);
        return *this;
    }
    bounded_list& operator=(bounded_list&& other) noexcept {
        std::swap(elements_, other.elements_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~bounded_list() { delete[] elements_; }

    /// Adds an element, of `most` in all.
    void add(const Element& element, std::size_t most) noexcept {
        if (elements_ == nullptr) elements_ = new (std::nothrow) Element[most];
        if (elements_ != nullptr) elements_[size_++] = element;
    }

    [[nodiscard]] std::span<const Element> elements() const noexcept { return {elements_, size_}; }

private:
    Element* elements_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace detail
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
