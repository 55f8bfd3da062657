// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_LIST_ITERATOR_HPP
#define KEYWAY_DETAIL_LIST_ITERATOR_HPP

#include <cstddef>

#include <keyway/detail/config.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace detail {

/// Walks a linked list that the system gave: a std::forward_iterator, whose category the library sees for itself. The
/// cursor knows the entries: value() makes what the program sees of one, next() goes on, and the default is the end.
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
}  // namespace keyway::inline KEYWAY_MODE

#endif
