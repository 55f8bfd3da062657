// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_LIST_ITERATOR_HPP
#define KEYWAY_DETAIL_LIST_ITERATOR_HPP

#include <cstddef>

#include <keyway/detail/config.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail {

/// A std::forward_iterator over a linked list from the system. The cursor's value() makes the value of an entry, its
/// next() advances, and a default-made cursor is the end.
template <class Cursor>
class list_iterator {
public:
    using value_type = decltype(Cursor().value());
    using difference_type = std::ptrdiff_t;

    constexpr list_iterator() noexcept = default;
    constexpr explicit list_iterator(const Cursor& cursor) noexcept : cursor_(cursor) {}

    [[nodiscard]] value_type operator*() const noexcept { return cursor_.value(); }
    list_iterator& operator++() noexcept {
        cursor_.next();
        return *this;
    }
    list_iterator operator++(int) noexcept {
        const list_iterator before = *this;
        cursor_.next();
        return before;
    }
    friend bool operator==(const list_iterator& a, const list_iterator& b) noexcept {
        return a.cursor_.entry == b.cursor_.entry;
    }

private:
    Cursor cursor_;
};

}  // namespace detail
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
